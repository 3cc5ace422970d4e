"""Numbers as people read them."""

from __future__ import annotations

from optviz.figures.told import spelled


def readable(value: float) -> str:
    """A number of a table, with four digits, as the sentence below the picture spells it."""
    return spelled(value, 4)
