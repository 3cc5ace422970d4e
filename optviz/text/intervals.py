"""A number with its interval, and a block of seeds: told alike by sentences, tables and reports."""

from __future__ import annotations

from collections.abc import Sequence

from optviz.experiment.blocks import Block
from optviz.text import Words, spaced


def told_interval(numbers: Sequence[float], text: Words, form: str = ".3f") -> str:
    """value, low, high: the number, and its interval in brackets."""
    value, low, high = (with_true_minus(format(float(number), form)) for number in numbers)
    return spaced(text["conclusions"]["number"].format(value=value, low=low, high=high))


def told_share(numbers: Sequence[float], text: Words) -> str:
    """value, low, high, each from 0 to 1: the percentage, and its interval in brackets."""
    value, low, high = (f"{100 * float(number):.1f}" for number in numbers)
    return spaced(text["conclusions"]["percent"].format(value=value, low=low, high=high))


def in_two(told: str) -> tuple[str, str]:
    """The number, and its interval without the brackets: a table prints it smaller."""
    value, _, interval = told.replace("（", "(").replace("）", ")").partition("(")
    return value.strip(), interval.rstrip(")")


def told_block(seeds: Block, text: Words) -> str:
    """The first seed and the last one of a block that is given by the first, and the one beyond its last."""
    first, beyond = seeds
    return f"{first}" if beyond == first + 1 else spaced(text["fair"]["block"].format(first=first, last=beyond - 1))


def with_true_minus(number: str) -> str:
    """With a true minus sign, and no sign before a 0."""
    return number.replace("-", "−") if any(digit in number for digit in "123456789") else number.lstrip("-+")
