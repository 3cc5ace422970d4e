"""What was typed, in plain characters: LaTeX and Unicode spelled out, and each character's place kept."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import NoReturn

from optviz.bad_input import BadInput
from optviz.formula.functions import FUNCTIONS, SAME_FUNCTION, WRITTEN
from optviz.formula.vocabulary import Vocabulary

EXAMPLE = "x^2 + 3*y^2"
CHARACTERS = "letters, digits, dot, comma, + - * / ^ ( ) |"

INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060\u00ad"
"""What comes along when a formula is pasted, and means nothing."""

SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))
SUBSCRIPTS = {"₁": "_1", "₂": "_2"}
# Names get spaces around them, so that they stay names of their own.
SPELLINGS = {
    **dict.fromkeys("−–‐‑﹣", "-"),
    **dict.fromkeys("×·⋅∙•∗✕", "*"),
    **dict.fromkeys("÷∕⁄", "/"),
    **dict.fromkeys("\t\u00a0\u2009\u202f\u3000", " "),
    **dict.fromkeys("∣│", "|"),
    "π": " pi ",
    "⌊": " floor(",
    "⌋": ")",
    "⌈": " ceil(",
    "⌉": ")",
    **dict.fromkeys(INVISIBLE, ""),
}
COMMANDS = {
    **{name: f" {name} " for name in (*FUNCTIONS, *WRITTEN, *SAME_FUNCTION)},
    **dict.fromkeys(("left", "right", "displaystyle", "textstyle"), ""),
    **dict.fromkeys(("big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr"), ""),
    **dict.fromkeys(("cdot", "times", "ast"), "*"),
    **dict.fromkeys(("quad", "qquad"), " "),
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac"), r"\frac"),
    **dict.fromkeys(("lvert", "rvert", "vert", "mid"), "|"),
    "div": "/",
    "sqrt": r"\sqrt",
    "pi": " pi ",
    "sigma": " sigmoid ",
    "lfloor": " floor(",
    "rfloor": ")",
    "lceil": " ceil(",
    "rceil": ")",
    **dict.fromkeys(",;:! ", " "),
    **dict.fromkeys("()[]", ""),
}
"""LaTeX's commands, without the backslash."""
NAMED = re.compile(r"\\(?:operatorname\*?|mathrm|mathit|mathop|text|textrm)\s*\{\s*([A-Za-z][A-Za-z0-9]*)\s*\}")
COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-*/^(){}[]|,. √∛\\")
FULL_WIDTH = 0xFEE0


@dataclass(frozen=True)
class Source:
    """The plain text of a formula, and where each of its characters begins (from 1) and ends in what was typed."""

    typed: str
    plain: str
    columns: list[int]
    ends: list[int]

    def refuse(self, key: str, start: int, end: int, allowed: object) -> NoReturn:
        """Raise BadInput about the part of the formula between two places of the plain text."""
        first = self.columns[start]
        _refuse(key, self.typed[first - 1 : self.ends[max(start, end - 1)]], first, allowed)


def plain(typed: str, vocabulary: Vocabulary) -> Source:
    """The text in the characters of `PLAIN`, without spaces, dollar signs and "f(x, y) =" in front."""
    start, end = 0, len(typed)
    around = frozenset(INVISIBLE + "$")
    while start < end and (typed[start].isspace() or typed[start] in around):
        start += 1
    while start < end and (typed[end - 1].isspace() or typed[end - 1] in around):
        end -= 1
    pieces: list[str] = []
    columns: list[int] = []
    ends: list[int] = []
    raised = False
    place = start
    while place < end:
        piece, after = _spelled(typed, place, end, vocabulary)
        above = typed[place] in SUPERSCRIPTS
        if above and not raised:
            piece = "^" + piece
        elif raised and not above and piece:
            # x²3 is not x to the power of 23.
            piece = " " + piece
        pieces.append(piece)
        columns += [place + 1] * len(piece)
        ends += [after] * len(piece)
        if piece or typed[place] == "\\":
            raised = above
        place = after
    text = "".join(pieces)
    if not text.strip():
        raise BadInput("formula_empty", name="formula", value=typed, allowed=EXAMPLE)
    prefix = vocabulary.prefix.match(text) if vocabulary.prefix else None
    if prefix and prefix[1] not in vocabulary.variables and prefix.end() < len(text):
        text, columns, ends = text[prefix.end() :], columns[prefix.end() :], ends[prefix.end() :]
    source = Source(typed, text, columns, ends)
    for index, character in enumerate(text):
        if character not in PLAIN:
            if character.isascii() and character.isprintable():
                _refuse("formula_character", character, columns[index], CHARACTERS)
            # Letters of other alphabets can look like x and y: say which character it is.
            strange = typed[columns[index] - 1]
            visible = f"{strange} ({_code(strange)})" if strange.isprintable() else _code(strange)
            _refuse("formula_character", visible, columns[index], CHARACTERS)
    return source


def _spelled(typed: str, place: int, end: int, vocabulary: Vocabulary) -> tuple[str, int]:
    """One typed character, or one command of LaTeX, in plain characters, and the place after it."""
    character = typed[place]
    if character == "\\":
        if named := NAMED.match(typed, place, end):
            return f" {named[1]} ", named.end()
        command = COMMAND.match(typed, place, end)
        if command and command[1] in COMMANDS:
            # \\log_{10} is one name.
            piece, after = COMMANDS[command[1]], command.end()
            return (piece.rstrip() if typed[after : after + 1] == "_" else piece), after
        if command and command[1].isalpha() and command[1].isascii():
            _refuse("formula_name", command[0], place + 1, vocabulary.allowed)
        _refuse("formula_character", character, place + 1, CHARACTERS)
    if "\uff01" <= character <= "\uff5e":
        character = chr(ord(character) - FULL_WIDTH)
    elif "\U0001d400" <= character <= "\U0001d7ff":  # letters and digits of formulas in PDF files: 𝑥, 𝜋
        character = unicodedata.normalize("NFKC", character)
    for spellings in (SUPERSCRIPTS, SUBSCRIPTS, SPELLINGS):
        character = spellings.get(character, character)
    return character, place + 1


def _refuse(key: str, what: str, column: int, allowed: object) -> NoReturn:
    visible = "".join(character if character.isprintable() else _code(character) for character in what)
    visible = visible if len(visible) <= 40 else visible[:39] + "…"
    raise BadInput(key, name=visible, value=str(column), allowed=allowed)


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"
