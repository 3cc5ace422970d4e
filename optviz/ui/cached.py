"""What is computed once and shared by all visits: keyed by small frozen values, never by arrays.

Not Streamlit's caches: the keys are hashable values already, and what comes out is read-only and need not be copied;
Streamlit would hash and look up for longer than some of these take to compute.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeAlias, TypeVar

import numpy as np

from optviz.experiment import Race
from optviz.experiment.league import League
from optviz.export.pytorch import to_pytorch
from optviz.figures import fans
from optviz.figures.fans import Fan
from optviz.figures.heights import Heights, contour_heights
from optviz.figures.small import MAP_GRID
from optviz.gradient_noise import GradientNoise, gradient_noise
from optviz.laboratory import tuning
from optviz.laboratory.values import Values
from optviz.laboratory.work import WORK
from optviz.ledger import Ledger, ledger
from optviz.racer import Racer
from optviz.statistics import gradients
from optviz.surface import FiniteSum, Formula, Surface
from optviz.swarm import Swarm
from optviz.swarm import swarm_of as run_swarm
from optviz.trajectory import Trajectory, trace
from optviz.trajectory import race as run_race
from optviz.ui.memory import Memory, Remembered

P = ParamSpec("P")
R = TypeVar("R")
PathArguments: TypeAlias = tuple[Racer, Surface, tuple[float, float], int, int]

COMPUTING = threading.Semaphore(2)
"""So many visits' threads compute at a time: each more would let the server's own thread wait for its turn longer."""

MEMORY = Memory(most_bytes=128 * 2**20)
"""All that is remembered here, for all visits together: some forty races of 24 optimizers and 5,000 steps."""


def once(function: Callable[P, R]) -> Remembered[P, R]:
    """The function, whose values are computed once for all visits and share `MEMORY`."""
    return Remembered(MEMORY, function)


@once
def path(racer: Racer, surface: Surface, start: tuple[float, float], steps: int, batch_seed: int) -> Trajectory:
    """`trace`, once per racer and setting: changing one racer recomputes only that one."""
    surface = prepared(surface)
    with COMPUTING:
        return trace(racer, surface, start, steps, batch_seed)


def path_arguments(race: Race, place: int) -> PathArguments:
    """What `path` is asked for the racer at `place`."""
    return all_path_arguments(race)[place]


def all_path_arguments(race: Race) -> list[PathArguments]:
    """What `path` is asked for each racer, in their order."""
    begin = race.start or start(race.surface)
    return [(racer, race.surface, begin, race.steps, race.batch_seed) for racer in race.racers]


def paths(race: Race) -> list[Trajectory]:
    """The trajectories of a race, in the order of its racers, all over the one surface that stands for its equals."""
    surface = prepared(race.surface)
    asked = dict(enumerate(all_path_arguments(race)))
    together = _computed_together(race, surface, asked)
    run = [together.get(place) or path(*arguments) for place, arguments in asked.items()]
    return [known if known.surface is surface else over(known, surface) for known in run]


def _computed_together(race: Race, surface: Surface, asked: dict[int, PathArguments]) -> dict[int, Trajectory]:
    """Where several racers have to be computed, all of them at once: in step they cost far less than one by one."""
    if sum(not path.known(*arguments) for arguments in asked.values()) < 2:
        return {}
    with COMPUTING:
        # Another visit may have asked for the same while this one waited.
        missing = [place for place, arguments in asked.items() if not path.known(*arguments)]
        _, _, begin, steps, batch_seed = asked[0]
        run = run_race([race.racers[place] for place in missing], surface, begin, steps, batch_seed)
    for place, known in zip(missing, run, strict=True):
        path.put(known, *asked[place])
    return dict(zip(missing, run, strict=True))


def over(path: Trajectory, surface: Surface) -> Trajectory:
    """The trajectory over an equal surface, which learns what this one may have found lower."""
    surface.learn(path.points, path.losses)
    return dataclasses.replace(path, surface=surface)


@once
def slopes_and_lengths(
    racer: Racer, surface: Surface, start: tuple[float, float], steps: int, batch_seed: int
) -> np.ndarray:
    """`gradients.slopes_and_lengths` of `path`, once per racer and setting."""
    run = path(racer, surface, start, steps, batch_seed)
    with COMPUTING:
        return gradients.slopes_and_lengths(run)


@once
def ledger_of(
    racer: Racer, surface: Surface, start: tuple[float, float], steps: int, batch_seed: int, told: int | None = None
) -> Ledger:
    """`ledger` of `path`, or of the first `told` of its steps, once per racer and setting."""
    run = path(racer, surface, start, steps, batch_seed).until(steps if told is None else told)
    with COMPUTING:
        return ledger(run, batch_seed)


@once
def fan_of(racer: Racer, surface: Surface, start: tuple[float, float], steps: int, batch_seed: int) -> Fan:
    """`fans.fan_of`, once per racer and setting."""
    surface = prepared(surface)
    with COMPUTING:
        return fans.fan_of(racer, surface, start, steps, batch_seed)


@once
def swarm_of(racer: Racer, surface: Surface, seed: int, steps: int, batch_seed: int) -> Swarm:
    """`optviz.swarm.swarm_of`, once per racer and setting."""
    surface = prepared(surface)
    with COMPUTING:
        return run_swarm(racer, surface, seed, steps, batch_seed)


@once
def result_of(what: str, race: Race | League, numbers: tuple[tuple[str, Any], ...]) -> Values:
    """What a task of `optviz.laboratory` comes to, once per task."""
    with COMPUTING:
        return WORK[what](race, **dict(numbers))


@once
def fitted(formula: Formula) -> Formula:
    """`Formula.fitted`, once per formula."""
    with COMPUTING:
        return formula.fitted()


@once
def suggested_rates(surface: Surface, convention: str) -> Mapping[str, float]:
    """`tuning.suggested_rates`, once per surface and convention."""
    surface = prepared(surface)
    with COMPUTING:
        return tuning.suggested_rates(surface, convention)


@once
def pytorch_code(race: Race) -> str:
    """`to_pytorch`, once per race."""
    return to_pytorch(race)


@once
def noise_at(surface: Surface, point: tuple[float, float], batch_size: int, seed: int) -> GradientNoise:
    """`gradient_noise`, once per point and batch size."""
    surface = prepared(surface)
    with COMPUTING:
        return gradient_noise(surface, np.array(point), batch_size, seed)


@once
def heights(surface: Surface) -> Heights:
    """`contour_heights`, once per surface."""
    return contour_heights(prepared(surface))


@once
def small_heights(surface: Surface) -> Heights:
    """`contour_heights` for a small map, once per surface."""
    return contour_heights(prepared(surface), MAP_GRID)


@once
def prepared(surface: Surface) -> Surface:
    """The one surface that stands for all equal ones, with what it computes once (`lowest`, coefficients)."""
    if isinstance(surface, FiniteSum):
        # However the samples are drawn, what a run finds lower holds for the surface under them.
        surface = dataclasses.replace(surface, surface=prepared(surface.surface))
    _ = surface.lowest
    return surface


@once
def start(surface: Surface) -> tuple[float, float]:
    """The surface's suggested start."""
    if isinstance(surface, FiniteSum):
        return start(surface.surface)
    x, y = prepared(surface).suggested_start.tolist()
    return (x, y)
