"""Numbers as people read them."""

from __future__ import annotations

import math

from optviz.figures.told import spelled


def readable(value: float) -> str:
    """A number of a table, with four digits, as the sentence below the picture spells it."""
    return spelled(value, 4)


def roughly(count: int) -> int:
    """A count, 1 or more, that is known by its order alone: rounded up to one digit, to two where the first is 1."""
    digits = len(str(count)) - 1
    unit = 10 ** max(0, digits - 1 if str(count).startswith("1") else digits)
    return math.ceil(count / unit) * unit
