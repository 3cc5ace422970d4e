"""The article's count: its seven optimizers on a thousand of its surfaces, computed once for all who ask."""

from __future__ import annotations

from functools import cache

from optviz import GaussianHills, Trajectory, race
from optviz.experiment import seven


@cache
def thousand_races() -> dict[str, Trajectory]:
    """The author's seven optimizers (tensorflow1, η 0.1) over seeds 0 … 999 as one stack, 200 steps each, by key."""
    paths = race(seven("tensorflow1"), GaussianHills(seed=range(1000)), steps=200)
    return {path.racer.key: path for path in paths}
