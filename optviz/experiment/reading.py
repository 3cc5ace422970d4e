"""Reading links and files piece by piece: numbers spelled as text, and what becomes of what cannot be used."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from typing import Any, TypeVar

from optviz.bad_input import BadInput

MOST_NUMBERS = 4
Value = TypeVar("Value")

DEEP_KEY = re.compile(r"""(?<![\w"'.-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){64}""")
"""A key of more parts than any file here has: a.b.c.…, each part plain or in quotes."""


def read_toml(text: str) -> Any:
    """What a TOML file says, in a time that grows with its length. Raises ValueError."""
    # What tomllib takes for one key grows with the cube of the dots in it.
    if DEEP_KEY.search(text):
        raise ValueError("a name of 64 dots")
    return tomllib.loads(text)


class Reader:
    """Tries to read one thing after the other: strictly, or noting what could not be used."""

    def __init__(self, strict: bool) -> None:
        self.strict = strict
        self.problems: list[BadInput] = []

    def read(self, make: Callable[[], Value], fallback: Value) -> Value:
        try:
            return make()
        except BadInput as problem:
            if self.strict:
                raise
            self.problems.append(problem)
            return fallback

    def refuse(self, problem: BadInput) -> None:
        """Raise it, or note it."""
        if self.strict:
            raise problem
        self.problems.append(problem)


def number_or_list(name: str, value: Any) -> Any:
    """Numbers spelled as text become numbers; everything else is left for the field's own check."""
    if isinstance(value, str):
        texts = re.split("[,~]", value)
        if len(texts) > MOST_NUMBERS:
            raise BadInput("too_many", name=name, value=f"{len(texts):,}", allowed=f"1 … {MOST_NUMBERS}")
        parts = [read_number(name, part) for part in texts]
        return parts[0] if len(parts) == 1 else tuple(parts)
    return tuple(value) if isinstance(value, list) else value


def read_number(name: str, text: str) -> float | int:
    """A number given as text. Raises BadInput."""
    try:
        if len(text) > 40:
            raise ValueError
        return int(text) if re.fullmatch(r"[+-]?[0-9]+", text.strip()) else float(text)
    except ValueError:
        raise BadInput("not_readable", name=name, value=text, allowed="a number") from None
