"""What an action is, what a kind of action is, and how its arguments are drawn."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

Draw = Callable[[random.Random], tuple[str, ...]]

PAGES = ("race", "step", "guide", "lessons", "league")
CONTROLLED = ("race", "step", "league")
"""The pages that have the race's controls beside them."""

PLAYED = ("race", "lessons")
"""The pages on which a race plays at full size."""


@dataclass(frozen=True)
class Action:
    """One thing that is done: the name of its kind, and arguments as text."""

    name: str
    arguments: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.arguments:
            return self.name
        return f"{self.name}:" + ",".join(quote(argument, safe=".:-=&~?") for argument in self.arguments)


@dataclass(frozen=True)
class Kind:
    """weight: how often it is drawn. sends: milliseconds in which the page sends something, if it does at all.

    pages: where its control is; elsewhere it is passed over without looking. tells: whether the page may answer with a
    notice. answers: whether it must show that it has understood, by another address or by a notice. pushes: how many
    entries of the history it may make. stays: whether the pointer waits on what it points at until the page is at rest.
    closes: whether it puts something away that had the focus, which must go on to somewhere. keeps: whether it leaves
    the visit's race as it is. in_full: whether it can be done where the stage has the whole screen.
    """

    weight: float
    draw: Draw
    do: Callable[..., None]
    sends: int = 0
    tells: bool = False
    answers: bool = False
    pushes: int = 1
    pages: tuple[str, ...] = PAGES
    stays: bool = False
    closes: bool = False
    keeps: bool = False
    in_full: bool = False


def nothing(_: random.Random) -> tuple[str, ...]:
    """No argument."""
    return ()


def one_of(*lists: tuple[str, ...] | list[str]) -> Draw:
    """One of each list."""
    return lambda chance: tuple(chance.choice(listed) for listed in lists)


def nth(count: int) -> Draw:
    """A number below `count`, for things of which nobody knows beforehand how many there are."""
    return lambda chance: (str(chance.randrange(count)),)


def share(chance: random.Random) -> str:
    """A share of a width or height, off its edges."""
    return f"{chance.uniform(0.04, 0.96):.2f}"


def shares(count: int) -> Draw:
    """So many of them."""
    return lambda chance: tuple(share(chance) for _ in range(count))
