"""The table of what the guide says in numbers, and the runs from which they are computed.

A claim's name in the text is the name of a function of this table, found by `claim` in `claims_of_….py`. It fails where
what the text says around its numbers is false, and returns the numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from optviz import Racer, Surface, Trajectory, gallery, trace
from optviz.conventions import with_convention
from optviz.guide.demonstrations import demonstrations

Numbers = Iterable[float]
CLAIMS: dict[str, Callable[[], Numbers]] = {}
RAVINE, BOWL, SADDLE = gallery("ravine"), gallery("bowl"), gallery("saddle")


def claim(computes: Callable[[], Numbers]) -> Callable[[], Numbers]:
    """Enters a claim in the table, under its own name."""
    assert computes.__name__ not in CLAIMS
    CLAIMS[computes.__name__] = computes
    return computes


def shown(figure: str, steps: int | None = None) -> tuple[Trajectory, ...]:
    """The paths of a figure of the guide, in the order of its racers; of more steps where it shows too few."""
    race = demonstrations()[figure].race
    return (race if steps is None else race.replaced(steps=steps)).run()


def run(
    key: str,
    surface: Surface,
    steps: int = 200,
    *,
    start: tuple[float, float] | None = None,
    batch_size: int | None = None,
    seed: int | range = 0,
    convention: str = "article",
    **settings: float | bool,
) -> Trajectory:
    """A path that no figure shows: from the surface's own start where none is given."""
    return trace(Racer(with_convention(key, convention, **settings), batch_size), surface, start, steps, seed)


def share_left(path: Trajectory) -> np.ndarray:
    """The gap (..., steps + 1)."""
    lowest, first = path.surface.lowest.loss, path.losses[..., :1]
    return (path.losses - lowest) / (first - lowest)


def first_step(true: np.ndarray) -> int:
    """The first step at which something is so. Fails where it never is."""
    assert true.any()
    return int(true.argmax())
