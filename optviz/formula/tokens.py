"""The words and signs of a plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from optviz.formula.functions import FUNCTIONS, SAME_FUNCTION, WRITTEN
from optviz.formula.vocabulary import Vocabulary

TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?:(?:np|numpy|math|Math|torch|jnp)\.)?(?P<name>[A-Za-z_]\w*(?:(?<=_)\{\d+\})?)"
    r"|(?P<sign>\*\*|//|\\frac|\\sqrt|[-+*/^(){}\[\]|,._√∛\\])",
    re.ASCII,
)


@dataclass(frozen=True)
class Token:
    """`kind` is "number", "variable", "constant", "function", "unknown" (a name), "end", or the sign itself."""

    kind: str
    text: str
    start: int
    end: int


def _function(name: str) -> str | None:
    for spelling in (name, name.replace("_", ""), name.lower()):
        known = SAME_FUNCTION.get(spelling, spelling)
        if known in FUNCTIONS or known in WRITTEN:
            return known
    return None


def _named(name: str, start: int, end: int, vocabulary: Vocabulary) -> list[Token]:
    """The token of a name, or several: xy is x·y, and xsin is x·sin."""
    if name in vocabulary.variables:
        return [Token("variable", name, start, end)]
    if name in vocabulary.constants:
        return [Token("constant", vocabulary.constants[name], start, end)]
    function = _function(name)
    if function:
        return [Token("function", function, start, end)]
    for one in (vocabulary.letter, vocabulary.longer):
        parts = list(one.finditer(name))
        if "".join(part[0] for part in parts) == name and end - start == len(name):
            return [Token("variable", part[0], start + part.start(), start + part.end()) for part in parts]
    if (split := vocabulary.before_function.fullmatch(name)) and end - start == len(name) and _function(split[2]):
        middle = start + len(split[1])
        return [*_named(split[1], start, middle, vocabulary), *_named(split[2], middle, end, vocabulary)]
    return [Token("unknown", name, start, end)]


def tokens(plain: str, vocabulary: Vocabulary) -> list[Token]:
    """The tokens of a plain text; its spaces part them."""
    found: list[Token] = []
    # Each character of PLAIN but the space begins some token, so that only spaces are skipped.
    for match in TOKEN.finditer(plain):
        if match["number"]:
            found.append(Token("number", match[0], match.start(), match.end()))
        elif match["name"]:
            found += _named(re.sub(r"[{}]", "", match["name"]), match.start(), match.end(), vocabulary)
        else:
            sign = "^" if match[0] == "**" else match[0]
            found.append(Token(sign, match[0], match.start(), match.end()))
    return found
