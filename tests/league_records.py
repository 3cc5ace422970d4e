"""A league's record made by hand: three racers over ten seeds, one pair of which disagrees with itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from optviz.experiment.league import League
from optviz.figures.league.record import FairRecord, LeagueRecord
from optviz.laboratory.judging import in_convention
from optviz.laboratory.league import run_league
from optviz.laboratory.store import Store
from optviz.statistics.pairs import Pair, Verdict, share_interval
from optviz.statistics.ranking import Contradicted

STEPS = 4
TARGETS = np.array([0.5, 0.1])


def pair(first: int, second: int, share: float, difference: float, verdict: Verdict) -> Pair:
    wins = round(share * 10)
    return Pair(
        first=first,
        second=second,
        wins=wins,
        ties=0,
        losses=10 - wins,
        share=(share, *share_interval(wins, 0, 10 - wins)),
        difference=(difference, difference - 0.05, difference + 0.05),
        verdict=verdict,
        p_value=0.02,
        p_holm=0.04,
        seeds_needed=400 if verdict is Verdict.UNKNOWN else None,
    )


def league_record(fair: bool = False) -> LeagueRecord:
    """NAG ends lower than RMSProp more often, and higher by much; Adam is best."""
    steps = np.arange(STEPS + 1)
    value = np.stack([steps / 10, steps / 20, steps / 5])
    profiles = np.repeat(np.stack([value, value - 0.05, value + 0.05], axis=1)[:, None], 3, axis=1)
    medians = np.stack([10.0**-steps, 10.0 ** (-steps / 2), np.where(steps > 2, np.inf, 1.0)])
    quantiles = np.stack([medians / 10, medians, medians * 10], axis=1)
    return LeagueRecord(
        names=("NAG", "RMSProp", "Adam"),
        keys=("nag", "rmsprop", "adam"),
        seeds=(0, 10),
        steps=STEPS,
        means=np.array([[0.35, 0.3, 0.4], [0.19, 0.15, 0.25], [0.1, 0.05, 0.16]]),
        ranks=np.array([[3, 3], [1, 2], [1, 2]]),
        alone=np.array([[0.2, 0.1, 0.3], [0.3, 0.2, 0.4], [0.5, 0.4, 0.6]]),
        shared=np.array([[0.2, 0.1, 0.3], [0.3, 0.2, 0.4], [0.5, 0.4, 0.6]]),
        diverged=np.array([0, 0, 1]),
        left=np.array([2, 0, 0]),
        order=np.array([2, 1, 0]),
        pairs={
            (0, 1): pair(0, 1, 0.7, 0.16, Verdict.WORSE),
            (0, 2): pair(0, 2, 0.2, 0.25, Verdict.WORSE),
            (1, 2): pair(1, 2, 0.4, 0.09, Verdict.UNKNOWN),
        },
        contradicted=Contradicted((0.8, 0.49, 0.94), (0.3, 0.2, 0.4)),
        targets=TARGETS,
        profiles=profiles,
        evaluations=np.outer([2, 1, 1], steps),
        bands=np.stack([quantiles, quantiles * 0.9, quantiles * 1.1], axis=2),
        fair=fair_record() if fair else None,
    )


def fair_record() -> FairRecord:
    """Of RMSProp only two values could be tried."""
    training = ([0.9, 0.35, 0.5], [0.6, 0.2], [0.3, 0.2, 0.1])
    return FairRecord(
        tuned="learning_rate",
        training_seeds=(10, 30),
        values=tuple(np.array([0.01, 0.1, 1.0][: len(row)]) for row in training),
        training=tuple(np.array(row) for row in training),
        held_out=tuple(np.array(row) + 0.01 for row in training),
        expected=(np.array([0.6, 0.5, 0.36]), np.array([0.4, 0.21]), np.array([0.2, 0.15, 0.11])),
        resampled=(np.array([0.0, 0.9, 0.1]), np.array([0.1, 0.9]), np.array([0.0, 0.1, 0.9])),
        best=(1, 1, 2),
        on_edge=(False, False, True),
        extended=(0, 5),
    )


def store_knowing(asked: League, folder: Path) -> Store:
    """A store that knows a league, in its own convention and in the article's."""
    store = Store(folder)
    for league in (asked, in_convention(asked, "article")):
        run_league(league, store, workers=0)
    return store
