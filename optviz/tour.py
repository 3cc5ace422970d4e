"""A tour: the same race on seed after seed of one family, and who has won so far."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from optviz.bad_input import BadInput
from optviz.experiment import Race, make_surface
from optviz.parameter import SEED, parameters
from optviz.statistics import wins_of
from optviz.surface import FAMILIES, Surface
from optviz.trajectory import Trajectory

SEEDS = 2**32


def seeded_families() -> tuple[str, ...]:
    """The families that a tour can go through, by their keys."""
    return tuple(
        name for name, family in FAMILIES.items() if dataclasses.is_dataclass(family) and "seed" in parameters(family)
    )


@dataclass(frozen=True)
class Tour:
    """Where a tour is: the race on the present seed, how many seeds are over, and each racer's wins on them.

    wins: one number per racer, in the order of the race; they sum to `visited`, unless every racer diverged somewhere
    (see `optviz.statistics.wins`; a tie is shared).
    """

    race: Race
    visited: int = 0
    wins: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not self.wins:
            object.__setattr__(self, "wins", (0.0,) * len(self.race.racers))

    @property
    def seed(self) -> int:
        """The present seed."""
        return int(self.race.bare_surface.seed)  # type: ignore[attr-defined]

    @property
    def first(self) -> int:
        """The seed that the tour began with."""
        return (self.seed - self.visited) % SEEDS

    @property
    def family(self) -> str:
        """The key of the surfaces' family: one of `seeded_families`."""
        return _family_of(self.race.bare_surface) or seeded_families()[0]

    @property
    def shares(self) -> tuple[float, ...]:
        """Each racer's share of the seeds that are over, 0 … 1; 0 before the first is."""
        return tuple(won / max(self.visited, 1) for won in self.wins)

    def after(self, paths: Sequence[Trajectory]) -> Tour:
        """The tour one seed further, once the present race, whose trajectories are `paths`, counts."""
        shares = wins_of(paths)
        counted = tuple(before + float(share) for before, share in zip(self.wins, shares, strict=True))
        surface = dataclasses.replace(self.race.bare_surface, seed=(self.seed + 1) % SEEDS)  # type: ignore[type-var]
        return Tour(self.race.with_bare_surface(surface), self.visited + 1, counted)


def tour(race: Race, first: int | None = None, family: str | None = None) -> Tour:
    """A tour that begins at seed `first` (0 … 2³² − 1), with the racers and steps of `race`, each from its own start.

    family: one of `seeded_families`; by default the race's own, or Gaussian hills where that has no seeds. first: by
    default the race's own seed, or 1. Raises BadInput.
    """
    present = _family_of(race.bare_surface)
    family = family or present or seeded_families()[0]
    if family not in seeded_families():
        raise BadInput("unknown_choice", name="surface", value=family, allowed=", ".join(seeded_families()))
    if family != present:
        race = race.on_surface(make_surface({"name": family}))
    if first is None:
        first = int(race.bare_surface.seed)  # type: ignore[attr-defined]
    seed = int(SEED.check_number("seed", first))
    surface: Surface = dataclasses.replace(race.bare_surface, seed=seed)  # type: ignore[type-var]
    return Tour(race.replaced(start=None).with_bare_surface(surface))


def _family_of(surface: Surface) -> str | None:
    return next((name for name in seeded_families() if FAMILIES[name] is type(surface)), None)
