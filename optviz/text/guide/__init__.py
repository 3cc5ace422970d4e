"""The guide's text: one Markdown file per chapter and language, `en/01_gradient_descent.md`, read into its pieces.

    # Title of the chapter
    ## Title of a section {#key}
    {{rule: adam}}                    the optimizer's rule, as it runs
    {{figure: name}}                  a small picture of a demonstration that plays
    {{show: name | words}}            the same demonstration on the page of races
    {{inside: adam | words}}          a step of it on the page of steps
    [[claim: name | words]]           words that a test of this name holds true; inside a line

All the rest is Markdown. Both languages have the same chapters, sections and pieces, in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NoReturn

FOLDER = Path(__file__).parent
LONGEST_CHAPTER = 60_000
MOST_CHAPTERS = 60
TEXT, RULE, FIGURE, SHOW, INSIDE = "text", "rule", "figure", "show", "inside"
HAVE_WORDS = {RULE: False, FIGURE: False, SHOW: True, INSIDE: True}
"""What may stand on a line of its own, and whether words belong to it."""

_FILE = re.compile(r"[0-9]{2}_([a-z0-9_]+)\.md")
_PIECE = re.compile(r"\{\{\s*([a-z]+)\s*:\s*([a-z0-9_]+)\s*(?:\|\s*(.+?)\s*)?\}\}")
_SECTION = re.compile(r"## +(.+?) +\{#([a-z0-9_]+)\}")
_CLAIM = re.compile(r"\[\[claim:\s*([a-z0-9_]+)\s*\|\s*(.*?)\s*\]\]", re.DOTALL)
_FENCE = "```"


@dataclass(frozen=True)
class Piece:
    """A part of a section. kind: "text" (Markdown), or what stands on a line of its own; name: of what it shows."""

    kind: str
    words: str = ""
    name: str = ""


@dataclass(frozen=True)
class Section:
    """A section; the first of a chapter has neither key nor title."""

    key: str
    title: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Chapter:
    """A chapter in one language. claims: name and words of each."""

    key: str
    title: str
    sections: tuple[Section, ...]
    claims: tuple[tuple[str, str], ...] = ()

    @property
    def pieces(self) -> Iterator[Piece]:
        """All pieces, in their order."""
        return (piece for section in self.sections for piece in section.pieces)


def _files(language: str) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in sorted((FOLDER / language).glob("*.md")):
        name = _FILE.fullmatch(path.name)
        if name is None or name[1] in found or len(found) == MOST_CHAPTERS:
            raise ValueError(f"{path}: a chapter's file is called NN_key.md, each key once, {MOST_CHAPTERS} at most")
        found[name[1]] = path
    return found


@cache
def chapter_keys() -> tuple[str, ...]:
    """The keys of the chapters, in their order."""
    return tuple(_files("en"))


def as_addressed(key: str) -> str | None:
    """How an address tells that a chapter is open: by its key, the first by nothing."""
    return None if key == chapter_keys()[0] else key


@cache
def chapter(key: str, language: str) -> Chapter:
    """A chapter in a language. Raises KeyError for a chapter that is not there, ValueError where its file is wrong."""
    path = _files(language)[key]
    return read_chapter(key, path.read_text(encoding="utf-8"), str(path))


def read_chapter(key: str, written: str, where: str = "") -> Chapter:
    """A chapter from its Markdown. Raises ValueError, which names file and line, where it is none."""
    if len(written) > LONGEST_CHAPTER:
        raise ValueError(f"{where}: {len(written):,} characters, {LONGEST_CHAPTER:,} at most")
    claims: list[tuple[str, str]] = []

    def said(found: re.Match[str]) -> str:
        claims.append((found[1], found[2]))
        # As many lines as before, so that an error names the right one.
        return found[2] + "\n" * (found[0].count("\n") - found[2].count("\n"))

    reader = _Reader(where)
    for number, line in enumerate(_CLAIM.sub(said, written).splitlines(), start=1):
        reader.take(number, line.rstrip())
    return Chapter(key, *reader.done(), claims=tuple(claims))


class _Reader:
    """Takes a chapter line by line."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.title = ""
        self.sections: list[Section] = []
        self.opened = ("", "")
        self.pieces: list[Piece] = []
        self.lines: list[str] = []
        self.is_code = False

    def take(self, number: int, line: str) -> None:
        if line.startswith(_FENCE):
            self.is_code = not self.is_code
        if self.is_code or not line:
            self.lines.append(line)
        elif not self.title:
            if not line.startswith("# "):
                self.refuse(number, line, "a chapter begins with # and its title")
            self.title = line[2:].strip()
        elif line.startswith("{{"):
            self.piece(number, line)
        elif line.startswith(("# ", "## ")):
            self.section(number, line)
        elif "{{" in line or "[[" in line:
            self.refuse(number, line, "{{…}} stands on a line of its own; [[claim: name | words]] ends with ]]")
        else:
            self.lines.append(line)

    def section(self, number: int, line: str) -> None:
        found = _SECTION.fullmatch(line)
        if found is None:
            self.refuse(number, line, "a section begins with ## its title {#key}")
        title, key = found.groups()
        self.close()
        if key in {section.key for section in self.sections}:
            self.refuse(number, line, "a key is that of one section")
        self.opened = (key, title)

    def piece(self, number: int, line: str) -> None:
        found = _PIECE.fullmatch(line)
        if found is None or found[1] not in HAVE_WORDS or (found[3] is not None) != HAVE_WORDS[found[1]]:
            allowed = ", ".join(f"{{{{{kind}: name{' | words' * has}}}}}" for kind, has in HAVE_WORDS.items())
            self.refuse(number, line, f"what stands by itself is one of {allowed}")
        self.close_text()
        self.pieces.append(Piece(found[1], found[3] or "", found[2]))

    def close_text(self) -> None:
        text = "\n".join(self.lines).strip()
        self.lines = []
        if text:
            self.pieces.append(Piece(TEXT, text))

    def close(self) -> None:
        self.close_text()
        if self.pieces or self.opened[0]:
            self.sections.append(Section(*self.opened, tuple(self.pieces)))
        self.pieces = []

    def done(self) -> tuple[str, tuple[Section, ...]]:
        if not self.title or self.is_code:
            self.refuse(
                0, "", "a code block ends with ```" if self.is_code else "a chapter begins with # and its title"
            )
        self.close()
        return self.title, tuple(self.sections)

    def refuse(self, number: int, line: str, why: str) -> NoReturn:
        raise ValueError(f"{self.where}:{number}: {line[:80]!r}: {why}")
