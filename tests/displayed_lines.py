"""What lines of numbers say, read from their text alone: "v = 0.9 · (−0.0231450) + 0.1 · 0.137000 = −0.00713050".

Every number is an interval: one of six significant digits stands for all that are rounded to it, one of fewer is exact.
What follows from numbers is the interval of all that can follow, so there is no tolerance to be chosen.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

DIGITS = 6
ROUNDING = 1e-12
"""Of a run's own arithmetic in double precision, relative: some operations, 1e-16 each."""

RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e−?\d+)?")
_TOKEN = re.compile(rf"\s*({_NUMBER.pattern}|[{RAISED}]+|[A-Za-z]+(?=\()|[-+−·/()√])")
_FUNCTIONS = {"sign": lambda value: math.copysign(1.0, value) if value else 0.0}


@dataclass(frozen=True)
class Interval:
    """All numbers from low to high."""

    low: float
    high: float

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __mul__(self, other: Interval) -> Interval:
        ends = [one * another for one in (self.low, self.high) for another in (other.low, other.high)]
        return Interval(min(ends), max(ends))

    def __truediv__(self, other: Interval) -> Interval:
        if self.low == self.high == other.low == other.high == 0:
            # No step along an axis whose gradient has always been 0.
            return Interval(0.0, 0.0)
        assert other.low > 0 or other.high < 0, "a division by what may be 0"
        return self * Interval(1 / other.high, 1 / other.low)

    def __pow__(self, exponent: int) -> Interval:
        ends = (self.low**exponent, self.high**exponent)
        least = 0.0 if exponent % 2 == 0 and self.low <= 0 <= self.high else min(ends)
        return Interval(least, max(ends))

    def root(self) -> Interval:
        assert self.high >= 0, "the root of a negative number"
        return Interval(math.sqrt(max(self.low, 0.0)), math.sqrt(self.high))

    @property
    def size(self) -> float:
        return max(abs(self.low), abs(self.high))

    @property
    def width(self) -> float:
        return self.high - self.low

    def meets(self, other: Interval, slack: float = 0.0) -> bool:
        return self.low <= other.high + slack and other.low <= self.high + slack


def number(text: str) -> Interval:
    """A number without its sign, as far as its digits tell."""
    value = float(text.replace("−", "-"))
    mantissa, _, exponent = text.partition("e")
    digits = mantissa.replace(".", "").lstrip("0")
    if len(digits) < DIGITS:
        return Interval(value, value)
    decimals = len(mantissa.partition(".")[2])
    half = 0.5 * 10.0 ** (int(exponent.replace("−", "-") or 0) - decimals)
    return Interval(value - half, value + half)


class _Side:
    """Reads one side of a line from left to right."""

    def __init__(self, text: str) -> None:
        self.text, self.tokens, place = text, [], 0
        while text[place:].strip():
            found = _TOKEN.match(text, place)
            assert found, f"cannot read {text!r} from {text[place:]!r} on"
            self.tokens.append(found[1])
            place = found.end()

    def take(self, *wanted: str) -> str:
        return self.tokens.pop(0) if self.tokens and (not wanted or self.tokens[0] in wanted) else ""

    def summands(self) -> list[Interval]:
        sign = self.take("−", "+")
        found = [-self.product() if sign == "−" else self.product()]
        while sign := self.take("−", "+"):
            found.append(-self.product() if sign == "−" else self.product())
        return found

    def sum(self) -> Interval:
        first, *others = self.summands()
        for other in others:
            first = first + other
        return first

    def product(self) -> Interval:
        found = self.factor()
        while sign := self.take("·", "/"):
            found = found * self.factor() if sign == "·" else found / self.factor()
        return found

    def factor(self) -> Interval:
        if self.take("√"):
            return self.factor().root()
        found = self.atom()
        if self.tokens and self.tokens[0][0] in RAISED:
            return found ** int("".join(str(RAISED.index(digit)) for digit in self.take()))
        return found

    def atom(self) -> Interval:
        token = self.take()
        assert token, f"{self.text!r} ends too early"
        if token == "(":
            found = self.sum()
            assert self.take(")"), f"a bracket of {self.text!r} is not closed"
            return found
        if token in _FUNCTIONS:
            argument = self.atom()
            ends = (_FUNCTIONS[token](argument.low), _FUNCTIONS[token](argument.high))
            return Interval(min(ends), max(ends))
        assert _NUMBER.fullmatch(token), f"{token!r} of {self.text!r} is no number"
        return number(token)


def read(line: str) -> tuple[str, list[list[Interval]]]:
    """What a line is about, and the summands of each of its sides."""
    name, *sides = (part.strip() for part in line.split("="))
    assert sides, line
    found = []
    for text in sides:
        side = _Side(text)
        found.append(side.summands())
        assert not side.tokens, f"{text!r} goes on with {side.tokens}"
    return name, found


def total(summands: Sequence[Interval]) -> Interval:
    found = Interval(0.0, 0.0)
    for summand in summands:
        found = found + summand
    return found


def checked_step(lines: Sequence[str]) -> tuple[Interval, Interval]:
    """θ before the step, and Δθ, along one axis, from the lines of the rule filled in with numbers.

    Every line must come to what it says that it comes to. The line of θ begins with θ, and what follows is Δθ.
    """
    told: dict[str, str] = {}
    for line in lines:
        name, sides = read(line)
        values = [total(side) for side in sides]
        for value in values[1:]:
            slack = ROUNDING * max(summand.size for side in sides for summand in side)
            assert values[0].meets(value, slack), f"{line!r} does not come to what it says"
        told[name] = line.rpartition("=")[2].strip()
    name, sides = read(lines[-1])
    assert name == "θ", f"the last line is {lines[-1]!r}"
    before, *moved = sides[0]
    return before, total(moved)


# --- the numbers of a message, filled in as optviz/stage/js/inside/template.js does it


def significant(value: float) -> str:
    """As `significant` in `template.js` writes a number."""
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    text = f"{value:.{DIGITS - 1}e}" if abs(value) < 1e-3 else f"{value:#.{DIGITS}g}".removesuffix(".")
    mantissa, sign, exponent = text.partition("e")
    return (mantissa + (f"e{int(exponent)}" if sign else "")).replace("-", "−")


def filled_in(tokens: Sequence[Mapping[str, Any]], arrays: Mapping[str, np.ndarray], step: int, axis: int) -> str:
    """A line of a message at a step, along one axis."""
    return "".join(_piece(token, arrays, step, axis) for token in tokens)


def _piece(token: Mapping[str, Any], arrays: Mapping[str, np.ndarray], step: int, axis: int) -> str:
    if "text" in token:
        return str(token["text"])
    row = arrays[token["value"][1:]][step - 1 if token.get("before") else step]
    value = float(row[axis] if np.ndim(row) else row)
    if token.get("raised"):
        return "".join(RAISED[int(digit)] for digit in f"{value:.0f}")
    text = significant(value)
    brackets = token.get("brackets")
    return f"({text})" if brackets and (text.startswith("−") or (brackets == "base" and "e" in text)) else text
