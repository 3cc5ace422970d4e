"""The learning rates that are tried in fair mode, and how far their grid goes on."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

MOST_EXTENSIONS = 3
"""So often at most the grid goes on at each end."""

ALWAYS_ADDED = 12
"""So many rates may be added at each end, or as many as the grid has: tuning never tries more than three times as many
as were asked for, and these."""


@dataclass(frozen=True)
class Rates:
    """A grid of learning rates, evenly spaced by their logarithm, and how many were added below and above."""

    grid: tuple[float, float, int]
    below: int = 0
    above: int = 0

    @cached_property
    def values(self) -> np.ndarray:
        """From low to high. Those of the grid as it was asked for are the same numbers, however far it goes on."""
        low, high, count = self.grid
        ratio = (high / low) ** (1 / (count - 1))
        below, above = np.arange(self.below, 0, -1), np.arange(1, self.above + 1)
        return np.concatenate([low * ratio**-below, np.geomspace(low, high, count), high * ratio**above])

    @property
    def at_once(self) -> int:
        """How many rates are added at once: those of a decade, but not more than would double the grid."""
        low, high, count = self.grid
        return max(1, min(count - 1, math.ceil((count - 1) / math.log10(high / low) - 1e-9)))

    def extended(self, below: bool, above: bool) -> Rates:
        """The grid that goes on at one end or both; the same one where that would be too far."""
        return dataclasses.replace(
            self,
            below=min(self.below + self.at_once, self._most_added) if below else self.below,
            above=min(self.above + self.at_once, self._most_added) if above else self.above,
        )

    @property
    def count_at_most(self) -> int:
        """How many rates there are once the grid has gone on at both ends as far as it may."""
        return self.grid[2] + 2 * self._most_added

    @property
    def _most_added(self) -> int:
        return min(MOST_EXTENSIONS * self.at_once, max(self.grid[2], ALWAYS_ADDED))
