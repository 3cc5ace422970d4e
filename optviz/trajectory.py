"""The one loop that runs an optimizer over a surface."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from optviz.bad_input import BadInput
from optviz.batches import batches, check_batch_size, samples_seen
from optviz.optimizers import Optimizer, State
from optviz.oracle import Oracle
from optviz.outcome import Outcome, first_divergence, judge
from optviz.parameter import COORDINATE, STEPS, array_of_numbers
from optviz.racer import Racer, as_racer
from optviz.surface.base import MOST_ELEMENTS, Surface, check_seed
from optviz.surface.moving import Moved, at_step


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Where a racer went: `points` (..., steps + 1, 2) and the full loss there, `losses` (..., steps + 1), float64.

    On a surface that moves each loss is that of its own step.

    `diverged_at` (...) is the first step that counts as diverged, −1 where there is none; from that step on points and
    losses are NaN. No position is ever clipped. `gradient_evaluations` counts what the steps asked for, per run.
    """

    racer: Racer
    surface: Surface
    points: np.ndarray
    losses: np.ndarray
    diverged_at: Any
    gradient_evaluations: int

    @property
    def steps(self) -> int:
        """How many steps were run."""
        return self.points.shape[-2] - 1

    def until(self, steps: int) -> Trajectory:
        """The first steps of a single run, which are those of a run of so many."""
        points, losses = self.points[: steps + 1], self.losses[: steps + 1]
        diverged_at = self.diverged_at if self.diverged_at <= steps else -1
        return replace(self, points=points, losses=losses, diverged_at=diverged_at)

    @property
    def samples_seen(self) -> np.ndarray:
        """How many samples the run had used up to each step (steps + 1,); see `optviz.batches`."""
        return samples_seen(self.surface.samples, self.racer.batch_size, self.steps, self.surface.replacement)

    @property
    def epochs(self) -> np.ndarray:
        """Passes over the data up to each step (steps + 1,); on a surface without samples each step is one."""
        return self.samples_seen / (self.surface.samples or 1)

    @cached_property
    def outcome(self) -> Outcome | np.ndarray:
        """What became of the run: an `Outcome`, or an object array (...) of them."""
        return judge(self.points, self.diverged_at, at_step(self.surface, self.steps))

    @property
    def points_on_surface(self) -> np.ndarray:
        """The points as somebody sees them who moves with the surface (..., steps + 1, 2)."""
        drift = self.surface.drift(self.steps)
        return self.points if drift is None else self.points - drift


def trace(
    racer: Racer | Optimizer,
    surface: Surface,
    start: Any = None,
    steps: int = 200,
    seed: Any = 0,
) -> Trajectory:
    """Run one racer: `steps` steps from `start` (..., 2), by default the surface's suggested start.

    Leading axes of `start`, of array-valued hyperparameters and of a stack of surfaces broadcast against each other.
    `seed` (0 … 2³² − 1) draws the batches of samples, for a racer with a batch size; a sequence of seeds is one more
    leading axis, of runs that differ in their batches only. On a stack a sequence is one seed per surface.

    Raises BadInput (a ValueError) for steps outside 1 … 5,000, a start that is not finite, or a batch size on a surface
    without samples. A run that blows up is a result, not an error: see `Trajectory.diverged_at`. Where a run goes
    lower, inside the domain, than the surface knew of, the surface learns it: see `Surface.learn`.
    """
    racer = as_racer(racer)
    steps = _check_steps(steps)
    seeds = np.asarray(check_seed(seed))
    _check_samples(racer, surface)
    if seeds.ndim and surface.stack_shape and seeds.shape != surface.stack_shape:
        allowed = f"one seed, or one per surface ({surface.stack_shape[0]:,})"
        raise BadInput("bad_seed", name="seed", value=seed, allowed=allowed)
    point = check_start(surface.suggested_start if start is None else start)
    leading = np.broadcast_shapes(point.shape[:-1], racer.optimizer.leading_shape, surface.stack_shape, seeds.shape)
    point = np.array(np.broadcast_to(point, (*leading, 2)))
    points = np.empty((steps + 1, *leading, 2))
    oracle = Oracle(surface)
    with np.errstate(all="ignore"):
        for step, (reached, _, _) in enumerate(walk(racer, point, steps, seeds, oracle)):
            points[step] = reached
        losses = _losses(surface, points)
    diverged_at = _cut_off(points, losses, surface)
    return Trajectory(
        racer=racer,
        surface=surface,
        points=_read_only(np.moveaxis(points, 0, -2)),
        losses=_read_only(np.moveaxis(losses, 0, -1)),
        diverged_at=diverged_at if leading else int(diverged_at),
        gradient_evaluations=oracle.gradient_evaluations,
    )


def walk(
    racer: Racer, point: np.ndarray, steps: int, seeds: np.ndarray, oracle: Oracle
) -> Iterator[tuple[np.ndarray, Optimizer, State]]:
    """Where a racer is, what took it there, and the state: before the first step, and after each of them.

    What came out of a step may be looked at before the next one is asked for: `oracle` then still has what it saw. No
    argument is checked (see `trace`), and nothing is cut off where a run diverges.
    """
    surface, state = oracle.surface, racer.optimizer.init(point)
    yield point, racer.optimizer, state
    for seen, rule in zip(_seen(racer, surface, steps, seeds), racer.optimizers(steps), strict=True):
        oracle.surface = seen
        point, state = rule.step(point, state, oracle)
        yield point, rule, state


def race(
    racers: Iterable[Racer | Optimizer],
    surface: Surface,
    start: Any = None,
    steps: int = 200,
    seed: Any = 0,
) -> tuple[Trajectory, ...]:
    """Run many racers over one surface, from one start, for the same number of steps (see `trace`).

    Racers that see the same samples go in step with each other, and one call gives all of them their gradients. The
    numbers are those of `trace`, bit for bit.
    """
    listed, steps, seeds = [as_racer(racer) for racer in racers], _check_steps(steps), np.asarray(check_seed(seed))
    for racer in listed:
        _check_samples(racer, surface)
    point = check_start(surface.suggested_start if start is None else start)
    single = not (seeds.ndim or surface.stack_shape)
    found: dict[int, Trajectory] = {}
    for size in {racer.batch_size for racer in listed}:
        alike = [place for place, racer in enumerate(listed) if racer.batch_size == size]
        in_step = [place for place in alike if single and point.ndim == 1 and not listed[place].optimizer.leading_shape]
        if len(in_step) > 1:
            run = _in_step([listed[place] for place in in_step], surface, point, steps, seeds)
            found |= dict(zip(in_step, run, strict=True))
    places = range(len(listed))
    return tuple(found.get(place) or trace(listed[place], surface, point, steps, seed) for place in places)


def _in_step(
    racers: Sequence[Racer], surface: Surface, start: np.ndarray, steps: int, seed: np.ndarray
) -> tuple[Trajectory, ...]:
    """`trace` of racers with one batch size from one point (2,), on a single surface, side by side."""
    rules = zip(*(racer.optimizers(steps) for racer in racers), strict=True)
    seen_by_step = zip(_seen(racers[0], surface, steps, seed), rules, strict=True)
    oracles = [Oracle(surface) for _ in racers]
    now = [start.copy() for _ in racers]
    points = np.empty((steps + 1, len(racers), 2))
    points[0] = start
    with np.errstate(all="ignore"):
        states = [racer.optimizer.init(point) for racer, point in zip(racers, now, strict=True)]
        for step, (seen, rules_of_step) in enumerate(seen_by_step, start=1):
            gradients = seen.gradient(points[step - 1])
            for place, rule in enumerate(rules_of_step):
                oracle = oracles[place]
                oracle.surface = seen
                oracle.know(now[place], gradients[place])
                now[place], states[place] = rule.step(now[place], states[place], oracle)
                points[step, place] = now[place]
        losses = _losses(surface, points)
    diverged_at = _cut_off(points, losses, surface)
    return tuple(
        Trajectory(
            racer=racer,
            surface=surface,
            points=_read_only(points[:, place].copy()),
            losses=_read_only(losses[:, place].copy()),
            diverged_at=int(diverged_at[place]),
            gradient_evaluations=oracles[place].gradient_evaluations,
        )
        for place, racer in enumerate(racers)
    )


def check_start(start: Any) -> np.ndarray:
    """Points (..., 2), finite and within ±10⁹, as float64. Raises BadInput."""
    point = array_of_numbers(start)
    if point is None or point.ndim == 0 or point.shape[-1] != 2 or not COORDINATE.contains(point):
        raise BadInput("bad_point", name="start", value=start, allowed=COORDINATE.range_text("x, y"))
    return point


def check_one_start(start: Any) -> tuple[float, float]:
    """`check_start` of a single point, as two numbers. Raises BadInput."""
    point = check_start(start)
    if point.shape != (2,):
        raise BadInput("bad_point", name="start", value=start, allowed="x, y")
    # −0.0 is 0.0: see `Parameter.check_number`.
    return (float(point[0]) + 0.0, float(point[1]) + 0.0)


def _check_steps(steps: Any) -> int:
    return int(STEPS.check_number("steps", steps))


def _check_samples(racer: Racer, surface: Surface) -> None:
    if racer.batch_size is not None and surface.samples is None:
        raise BadInput("no_samples", name=surface.title, value=racer.batch_size)


def _cut_off(points: np.ndarray, losses: np.ndarray, surface: Surface) -> np.ndarray:
    """Where runs (steps + 1, ..., 2) diverged (...): from there on they become NaN. The surface learns of the rest."""
    diverged_at = first_divergence(points, losses, surface)
    steps = np.arange(len(points)).reshape(-1, *[1] * (points.ndim - 2))
    lost = (steps >= diverged_at) & (diverged_at >= 0)
    points[lost] = np.nan
    losses[lost] = np.nan
    surface.learn(_on_surface(surface, points), losses)
    return diverged_at


def _seen(racer: Racer, surface: Surface, steps: int, seeds: np.ndarray) -> Iterator[Surface]:
    """What each step sees: the surface itself, or the mean of the step's samples, where it is by then."""
    seen, drift = _sampled(racer, surface, steps, seeds), surface.drift(steps)
    # The first step begins at step 0, before anything has moved.
    return seen if drift is None else map(Moved, seen, drift[:steps])


def _sampled(racer: Racer, surface: Surface, steps: int, seeds: np.ndarray) -> Iterator[Surface]:
    if racer.batch_size is None or surface.samples is None:
        return itertools.repeat(surface, steps)
    size = check_batch_size(racer.batch_size, surface.samples)
    drawn = batches(surface.samples, size, steps, seeds, surface.replacement)
    return (surface.on_batch(indices) for indices in drawn)


def _on_surface(surface: Surface, points: np.ndarray) -> np.ndarray:
    """Points (steps + 1, ..., 2) less how far the surface has moved."""
    drift = surface.drift(len(points) - 1)
    return points if drift is None else points - drift.reshape(-1, *[1] * (points.ndim - 2), 2)


def _losses(surface: Surface, points: np.ndarray) -> np.ndarray:
    points = _on_surface(surface, points)
    # Blocks keep the temporaries of a large stack in the cache; the values do not depend on the blocks.
    rows = max(1, MOST_ELEMENTS // max(1, points[0].size // 2 * surface.numbers_per_point()))
    return np.concatenate([surface.loss(points[first : first + rows]) for first in range(0, len(points), rows)])


def _read_only(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array
