"""Output that can be written in any encoding: what it lacks is said in other words."""

from __future__ import annotations

import codecs
import sys
import unicodedata

_READABLE = {
    "–": "-",
    "−": "-",
    "—": "-",
    "…": "...",
    "≤": "<=",
    "≥": ">=",
    "→": "->",
    "←": "<-",
    "∞": "inf",
    "·": "*",
    "“": '"',
    "”": '"',
    "„": '"',
    "’": "'",
    "‘": "'",
    "×": "x",
    "√": "sqrt",
    "∇": "grad ",
    "Σ": "sum ",
    "∂": "d",
    "η": "eta",
    "θ": "theta",
    "γ": "gamma",
    "β": "beta",
    "ε": "epsilon",
    "ρ": "rho",
    "λ": "lambda",
    "σ": "sigma",
}
"""How a character is written where the encoding of the output has none for it."""


def make_readable() -> None:
    """Let the output write what its encoding lacks in other words, and not stop there."""
    codecs.register_error("optviz_readable", _in_other_words)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="optviz_readable")


def _in_other_words(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    words = []
    for character in error.object[error.start : error.end]:
        plain = _READABLE.get(character) or unicodedata.normalize("NFKD", character)
        words.append(plain if plain.isascii() else "?")
    return "".join(words), error.end
