"""The guide's text says the same in both languages, in plain words, and no number that no test computes."""

from __future__ import annotations

import re
from fractions import Fraction
from urllib.parse import unquote

import pytest

from guide_text import CLAIM, FILES, HARMLESS, LANGUAGES, MATH, anchors, claims, marks, numbers, running_text
from optviz import OPTIMIZERS
from optviz.guide.demonstrations import demonstrations
from optviz.racer import PICKS
from optviz.text import SEAM, STRAY
from test_words import NOT_SAID

FAMILY = "family"
"""The figure that is no race: the tree of the methods."""

STRUCTURE = re.compile(r"\d+\.\d+|10\^|\d{2,}|[3-9]")
"""In a formula outside a claim: more than the 1 and 2 of its structure."""

LATIN_NAMES = (
    *("SGD", "NAG", "PyTorch", "TensorFlow", "Adagrad", "Adadelta", "RMSProp", "Adam", "Nesterov", "epoch", "notebook"),
    *("Robbins", "Monro", "Polyak", "Zeiler", "Hinton", "Reddi", "Kale", "Kumar", "NumPy", "NaN", "arXiv"),
)


def test_both_languages_have_the_same_files() -> None:
    assert list(FILES["en"]) == list(FILES["zh"])
    assert [name[:3] for name in FILES["en"]] == [f"{number:02}_" for number in range(1, len(FILES["en"]) + 1)]


@pytest.mark.parametrize("name", FILES["en"])
def test_both_languages_have_the_same_sections_pictures_and_claims(name: str) -> None:
    english, chinese = FILES["en"][name], FILES["zh"][name]
    assert anchors(english) == anchors(chinese)
    assert "" not in anchors(english) and len(set(anchors(english))) == len(anchors(english))
    assert [mark[:2] for mark in marks(english)] == [mark[:2] for mark in marks(chinese)]
    assert [claim for claim, _ in claims(english)] == [claim for claim, _ in claims(chinese)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FILES["en"])
def test_the_marks_are_as_agreed(name: str, language: str) -> None:
    text = FILES[language][name]
    assert text.startswith("# ") and text.count("\n# ") == 0
    for kind, shown, words in marks(text):
        assert kind != "not read", "a mark stands on a line of its own: {{figure: name}}, {{show: name | words}}"
        assert bool(words) == (kind in ("show", "inside")), (kind, shown)
        if kind in ("rule", "inside"):
            assert shown in (*PICKS, *OPTIMIZERS), shown
    assert CLAIM.sub("", text).count("[[") == 0, "a claim is [[claim: name | text]]"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FILES["en"])
def test_no_number_stands_outside_a_claim(name: str, language: str) -> None:
    text = FILES[language][name]
    found = [line for line in running_text(text).splitlines() if numbers(line, language)]
    assert found == []
    formulas = [formula for formula in MATH.findall(CLAIM.sub("", text)) if STRUCTURE.search(formula)]
    assert formulas == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_harmless_count_is_said_somewhere(language: str) -> None:
    everything = "".join(FILES[language].values())
    assert [words for words in HARMLESS[language] if words not in everything] == []


@pytest.mark.parametrize("name", FILES["en"])
def test_both_languages_say_the_same_numbers(name: str) -> None:
    for (claim, english), (_, chinese) in zip(claims(FILES["en"][name]), claims(FILES["zh"][name]), strict=True):
        assert sorted(numbers(english, "en")) == sorted(numbers(chinese, "zh")), claim


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("3.2 times, and twice a tenth of 1,185", "en", ["3.2", "2", "0.1", "1185"]),
        (r"$10^{-8}$ and $3 \cdot 10^{-4}$ in TensorFlow 1", "en", ["1e-8", "3e-4"]),
        ("1. often, weighted, one of them, β₁, a second time", "en", []),
        ("四倍，十分之一，一半，1.9%", "zh", ["4", "0.1", "0.5", "1.9"]),
        ("一个，这一对，第二步", "zh", []),
        ("十六个、十个、十一和三", "zh", ["16", "10", "11", "3"]),
        ("sixteen of twenty-two", "en", ["16", "20", "2"]),
    ],
)
def test_numbers_are_found(text: str, language: str, expected: list[str]) -> None:
    assert sorted(number for number, _ in numbers(text, language)) == sorted(map(Fraction, expected))


# --- captions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("figure", demonstrations())
def test_a_caption_has_no_number_of_its_own(figure: str) -> None:
    """Beyond a count up to three, all are of its race or of a claim of its chapter; both languages say the same."""
    demonstration = demonstrations()[figure]
    said = {
        language: {number for number, _ in numbers(demonstration.captions[language], language)} - {0, 1, 2, 3}
        for language in LANGUAGES
    }
    assert said["en"] == said["zh"]
    chapters = [text for text in FILES["en"].values() if f"{{{{figure: {figure}}}}}" in text]
    assert chapters, "a figure that no chapter shows"
    told = [unquote(demonstration.link), *(words for text in chapters for _, words in claims(text))]
    assert said["en"] <= {number for words in told for number, _ in numbers(words, "en")}


@pytest.mark.parametrize("name", FILES["en"])
def test_every_figure_and_button_has_its_demonstration(name: str) -> None:
    shown = [figure for kind, figure, _ in marks(FILES["en"][name]) if kind in ("figure", "show")]
    assert [figure for figure in shown if figure not in (*demonstrations(), FAMILY)] == []


# --- Chinese ---------------------------------------------------------------------------------------------------------


def plain_chinese(text: str) -> str:
    """Chinese as it is read: claims and marks are their words; formulas are one letter, names stay."""
    text = re.sub(r"^\{\{\w+: *\w+ *\|? *|\}\}$", "", text, flags=re.MULTILINE)
    text = MATH.sub("x", CLAIM.sub(lambda claim: claim[2], text))
    return re.sub(r" \{#\w+\}|[*`]", "", text)


@pytest.mark.parametrize("name", FILES["zh"])
def test_the_chinese_keeps_its_spaces_and_its_words(name: str) -> None:
    lines = plain_chinese(FILES["zh"][name]).splitlines()
    chinese = [line.removeprefix("# ").removeprefix("## ").removeprefix("- ") for line in lines]
    assert [line for line in chinese if SEAM.search(line)] == []
    assert [line for line in chinese if STRAY.search(line)] == []
    assert [line for line in chinese for unwanted in NOT_SAID if unwanted in line] == []
    assert [line for line in chinese if re.search(r"[\u4e00-\u9fff] ?[,;:?!()](?!\w)", line)] == [], "full-width signs"
    assert re.findall(r"(?<!\*)\*[^*\n]*[\u4e00-\u9fff][^*\n]*\*(?!\*)", FILES["zh"][name]) == [], (
        "Chinese has no italics"
    )
    # Markdown sees no end of an emphasis between a sign and a character.
    spans = re.findall(r"\*+[^*\n]+([^*\n])\*+(.)", FILES["zh"][name])
    assert [span for span in spans if re.fullmatch(r"[，。？！：；、）”]\w", "".join(span))] == []


@pytest.mark.parametrize("name", FILES["zh"])
def test_no_english_sentence_stands_in_the_chinese(name: str) -> None:
    text = MATH.sub("", re.sub(r"\{\{\w+: *\w+|claim: *\w+|`[^`]*`|\*[^*]+\*|\{#\w+\}", "", FILES["zh"][name]))
    text = re.sub(r"\n## [^\n]+\n\n[^\n]+\n?\Z", "", text)
    english = re.findall(r"[A-Za-z]+(?:[ ,]+[A-Za-z]+)*", text)
    allowed = {word.lower() for word in LATIN_NAMES}
    assert [words for words in english if len(words) > 1 and not set(words.lower().split()) <= allowed] == []


@pytest.mark.parametrize("name", FILES["en"])
def test_no_chinese_stands_in_the_english(name: str) -> None:
    assert re.findall(r"[\u4e00-\u9fff]", FILES["en"][name]) == []
