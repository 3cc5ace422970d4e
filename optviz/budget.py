"""How much work a race is, known before it runs, and how much of it one visitor may ask a server for.

The unit is one step of gradient descent on ten Gaussian hills: 10 to 20 µs of processor time. Whoever runs races on a
machine of their own (Python, the command line) has no budget.
"""

from __future__ import annotations

import numpy as np

from optviz.bad_input import BadInput
from optviz.experiment import Race
from optviz.experiment.league import CHUNK, League
from optviz.experiment.rates import Rates
from optviz.parameter import STEPS
from optviz.racer import Racer
from optviz.surface import FiniteSum, Surface
from optviz.surface.finite_sum import RMS_GRID

MOST_WORK = 300_000
"""What a race may cost, 3 to 6 s of one processor: all optimizers at the end of every slider pass."""

MOST_WORK_OF_RUNS = 300_000
"""What the many runs of a race may cost together."""

# Measured, in the unit above. A step's own arithmetic; a number that an evaluation works on; to seed a generator and
# draw from it; to take a batch out of the samples.
RULE = 0.6
NUMBER = 0.0003
DRAW = 1.5
BATCH = 0.8
GRID = 121 * 121


MOST_WORK_OF_SWARM = 300_000
"""What a swarm may cost."""


MOST_WORK_OF_LEDGER = 28_000
"""What the numbers of each step of one racer may cost, about 0.3 s: 5,000 steps on ten Gaussian hills."""

LEDGER_STEP = 2.0
"""What a step costs there besides gradients: its own, its counterpart's, and the Hessian where it was."""


MOST_SEEDS_OF_LEAGUE = 10_000
"""How many seeds a visitor may ask about. The answer to 24 racers on all of them takes 6 s of a processor and is 31 MB;
a worker process has 60 s."""

MOST_WORK_OF_LEAGUE = 6_000_000
"""What a league may cost, about two minutes of one processor, and 850,000 runs of 200 steps."""

MOST_FILES_OF_TUNING = 18_000
"""So many files may the values that are tried come to, one a racer, value and chunk of seeds, where the grid goes on as
far as it may. The answer reads each, which takes 2.5 ms: 45 s, three quarters of the time that a worker process has."""

# Of each surface of a stack: the search for its lowest point, and what there is to that for each number of a point.
SEARCH = 20.0
SEARCHED_NUMBER = 0.15


def racer_work(racer: Racer, surface: Surface, runs: int = 1, starts: int = 1) -> float:
    """What each step of one racer costs, from `starts` starts, in `runs` runs that differ in their batches."""
    samples, size = surface.samples, racer.batch_size
    # The loss that is recorded is that of all samples.
    points = runs * starts
    recorded = points * surface.numbers_per_point() * NUMBER
    if samples is None or size is None:
        return RULE + surface.call_cost + 2 * recorded
    seen = min(size, samples)
    draws = 1.0 if surface.replacement else seen / samples
    drawn = BATCH + runs * draws * (DRAW + samples * NUMBER)
    return RULE + surface.call_cost + drawn + recorded + points * surface.numbers_per_point(seen) * NUMBER


def preparation_work(surface: Surface) -> float:
    """What a surface costs once, before it is shown: its heights on a grid, twice, its minima, and what it says."""
    return surface.preparation_cost + 4 * GRID * surface.numbers_per_point() * NUMBER


def race_work(race: Race) -> float:
    """What a race costs."""
    return race.steps * sum(racer_work(racer, race.surface) for racer in race.racers)


def runs_work(race: Race, runs: int) -> float:
    """What `runs` runs of every racer with batches cost."""
    return race.steps * _runs_step(race, runs)


def swarm_work(race: Race, place: int, starts: int) -> float:
    """What a swarm of so many starts under the racer at `place` costs."""
    return race.steps * racer_work(race.racers[place], race.surface, starts=starts)


def league_work(league: League) -> float:
    """What a league costs that nobody has asked before.

    In fair mode each value that is tried is run on both blocks of seeds; a grid that has to go on costs more.
    """
    return _seeds_of(league) * _work_of_seed(league)


def _seeds_of(league: League) -> int:
    first, beyond = league.training or (0, 0)
    return league.n + beyond - first


def _work_of_seed(league: League) -> float:
    tried = league.grid[2] if league.fair else 1
    # As many runs at once as there are surfaces in a chunk, each with batches of its own.
    chunk = sum(racer_work(racer, league.surface, runs=CHUNK) for racer in league.racers)
    return league_preparation_work(league.surface) + tried * league.steps * chunk / CHUNK


def league_preparation_work(surface: Surface) -> float:
    """What each surface of a stack costs before anyone runs: to draw it, and to find its highest and lowest points."""
    bare, spread = surface, 0.0
    if isinstance(surface, FiniteSum):
        bare, spread = surface.surface, RMS_GRID**2 * surface.numbers_per_point() * NUMBER
    search = bare.preparation_cost if bare.narrow_dips else SEARCH + bare.numbers_per_point() * SEARCHED_NUMBER
    return bare.drawing_cost + spread + search


def check_league(league: League) -> League:
    """The league, if it is within the budget of one visitor. Raises BadInput, which says how many seeds would be."""
    if league.n > MOST_SEEDS_OF_LEAGUE:
        raise BadInput("too_many", name="seeds", value=f"{league.n:,}", allowed=f"1 … {MOST_SEEDS_OF_LEAGUE:,}")
    most = _most_seeds(league)
    if _seeds_of(league) <= most:
        return league
    racers, work = str(len(league.racers)), _work_of_seed(league)
    if MOST_WORK_OF_LEAGUE // work < 2:
        steps = _within(MOST_WORK_OF_LEAGUE / 2, work / league.steps)
        raise BadInput("too_much_work", name=racers, value=f"{league.steps:,}", allowed=_steps_up_to(steps))
    value, name = f"{league.n:,}", "seeds"
    if league.fair:
        value, name = f"{value} + {_seeds_of(league) - league.n:,}", "seeds + training"
    raise BadInput("too_much_league", name=racers, value=value, allowed=f"{1 + league.fair} ≤ {name} ≤ {most:,}")


def most_seeds_of_league(league: League) -> int:
    """Of how many seeds a visitor may ask this, with the training seeds as they are; 0 where it is too much for any."""
    within = _most_seeds(league) - (_seeds_of(league) - league.n)
    return max(0, min(MOST_SEEDS_OF_LEAGUE, within))


def _most_seeds(league: League) -> int:
    """How many seeds are within the budget, the training seeds among them, of which there may be more than that."""
    most = int(MOST_WORK_OF_LEAGUE // _work_of_seed(league))
    if league.training is None:
        return most
    first, beyond = league.training
    chunks = MOST_FILES_OF_TUNING // (len(league.racers) * Rates(league.grid).count_at_most)
    left = chunks - ((beyond - 1) // CHUNK + 1 - first // CHUNK)
    # From the first seed to the end of the last chunk that there is room for; there is always room for one and one.
    return min(most, max(2, beyond - first + CHUNK * left - league.seeds[0] % CHUNK))


def most_steps_of_ledger(race: Race) -> int:
    """Of how many steps of each racer all numbers are told within the budget, 1 … 5,000."""
    return min(_within(MOST_WORK_OF_LEDGER, LEDGER_STEP + 3 * racer_work(racer, race.surface)) for racer in race.racers)


def most_steps(race: Race) -> int:
    """How many steps this race may have within the budget, 1 … 5,000."""
    return _within(MOST_WORK, race_work(race) / race.steps)


def most_steps_of_runs(race: Race, runs: int) -> int:
    """How many steps this race may have so that `runs` runs are within their budget, 1 … 5,000."""
    return _within(MOST_WORK_OF_RUNS, _runs_step(race, runs))


def most_steps_of_swarm(race: Race, place: int, starts: int) -> int:
    """How many steps this race may have so that such a swarm is within its budget, 1 … 5,000."""
    return _within(MOST_WORK_OF_SWARM, swarm_work(race, place, starts) / race.steps)


def check_budget(race: Race) -> Race:
    """The race, if it is within the budget of one visitor. Raises BadInput, which says how many steps would be."""
    most = most_steps(race)
    if race.steps > most:
        key = "too_much_work" if race.surface.samples is None else "too_much_work_of_samples"
        raise BadInput(key, name=str(len(race.racers)), value=f"{race.steps:,}", allowed=_steps_up_to(most))
    return race


def within_budget(race: Race) -> tuple[Race, tuple[BadInput, ...]]:
    """The race, with as many of its steps as the budget has room for, and what there is to tell about that."""
    try:
        return check_budget(race), ()
    except BadInput as problem:
        return race.replaced(steps=most_steps(race)), (problem,)


def _runs_step(race: Race, runs: int) -> float:
    return sum(racer_work(racer, race.surface, runs) for racer in race.racers if racer.batch_size is not None)


def _within(budget: float, step: float) -> int:
    longest = int(STEPS.at_most or 0)
    return longest if step * longest <= budget else int(np.clip(budget // step, 1, longest))


def _steps_up_to(most: int) -> str:
    return f"1 ≤ steps ≤ {most:,}"
