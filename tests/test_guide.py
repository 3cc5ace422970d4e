"""The guide: how its text is read, the same in both languages, and what its figures and buttons show."""

from __future__ import annotations

import pytest

from optviz.text import LANGUAGES
from optviz.text.guide import FIGURE, INSIDE, RULE, SHOW, TEXT, Chapter, Piece, chapter, chapter_keys, read_chapter

WHOLE = """# On *rest*

{{rule: adam}}
Before all.

- [[claim: a_name | It is
true.]] And [[claim: another | $x_1$ too]].

## What it is {#idea}

```
{{figure: in_code}}
# no title
```

{{figure: bowl}}
{{show: bowl | See it: here}}

## Empty {#empty}
## End {#end}
Last.
{{inside: nag | Look}}
"""


def test_a_chapter_is_read_into_its_pieces() -> None:
    read = read_chapter("rest", WHOLE)
    assert (read.key, read.title) == ("rest", "On *rest*")
    assert read.claims == (("a_name", "It is\ntrue."), ("another", "$x_1$ too"))
    first, idea, empty, end = read.sections
    assert (first.key, first.title) == ("", "")
    assert first.pieces == (Piece(RULE, "", "adam"), Piece(TEXT, "Before all.\n\n- It is\ntrue. And $x_1$ too."))
    assert (idea.key, idea.title) == ("idea", "What it is")
    code = "```\n{{figure: in_code}}\n# no title\n```"
    assert idea.pieces == (Piece(TEXT, code), Piece(FIGURE, "", "bowl"), Piece(SHOW, "See it: here", "bowl"))
    assert (empty.key, empty.pieces) == ("empty", ())
    assert end.pieces == (Piece(TEXT, "Last."), Piece(INSIDE, "Look", "nag"))
    assert len(list(read.pieces)) == 7


@pytest.mark.parametrize(
    ("written", "line", "why"),
    [
        ("", 0, "begins with #"),
        ("Text.\n# Title", 1, "begins with #"),
        ("# T\n\n## Section", 3, "{#key}"),
        ("# T\n# Another", 2, "{#key}"),
        ("# T\n## S {#a}\n## S {#a}", 3, "one section"),
        ("# T\nsee {{figure: a}}", 2, "line of its own"),
        ("# T\n{{figure: a | words}}", 2, "one of"),
        ("# T\n{{show: a}}", 2, "one of"),
        ("# T\n{{show: A B | words}}", 2, "one of"),
        ("# T\n{{film: a}}", 2, "one of"),
        ("# T\n[[claim: a | never ends", 2, "]]"),
        ("# T\n[[claim: a | over\ntwo lines]]\n{{film: a}}", 4, "one of"),
        ("# T\n```\ncode", 0, "ends with ```"),
        ("# T\n" + "x" * 60_000, None, "60,000 at most"),
    ],
)
def test_a_file_that_is_wrong_says_where_and_why(written: str, line: int | None, why: str) -> None:
    with pytest.raises(ValueError) as told:
        read_chapter("wrong", written, "some.md")
    assert why in str(told.value)
    assert str(told.value).startswith("some.md:" if line is None else f"some.md:{line}:")


def outline(read: Chapter) -> list[tuple[str, list[tuple[str, str]]]]:
    """Its sections, and what stands in them on lines of their own."""
    return [
        (section.key, [(piece.kind, piece.name) for piece in section.pieces if piece.kind != TEXT])
        for section in read.sections
    ]


@pytest.mark.parametrize("key", chapter_keys())
def test_a_chapter_has_the_same_sections_figures_and_claims_in_both_languages(key: str) -> None:
    first, *others = [chapter(key, language) for language in LANGUAGES]
    for other in others:
        assert outline(other) == outline(first)
        # A sentence may be turned round.
        assert sorted(name for name, _ in other.claims) == sorted(name for name, _ in first.claims)
        assert [bool(piece.words) for piece in other.pieces] == [bool(piece.words) for piece in first.pieces]
