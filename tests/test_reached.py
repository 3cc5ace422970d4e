"""Steps to 90 % of the drop to the lowest loss that any racer reached."""

from __future__ import annotations

import numpy as np

from optviz import Trajectory
from optviz.statistics.reached import gaps_by_best, steps_by_best

# Two racers on three surfaces, from a loss of 10. The first: 0 is reached at step 2 by the first racer, so that 90 % is
# done below 1. The second: nobody goes below the start. The third: the second racer diverges after it reached −10.
FIRST = np.array([[10.0, 5, 0, 3], [10, 11, 12, 13], [10, 2, -7, -8.5]])
SECOND = np.array([[10.0, 0.5, 2, 2], [10, 10, 10, 10], [10, -10, np.nan, np.nan]])


def test_by_hand() -> None:
    found = steps_by_best([FIRST, SECOND])
    assert found.tolist() == [[2, 1], [-1, -1], [3, 1]]
    assert found.dtype == np.int32


def test_who_else_runs_counts() -> None:
    assert steps_by_best([FIRST])[:, 0].tolist() == [2, -1, 2]


def test_gaps_by_hand() -> None:
    lowest = np.stack([np.nanmin(FIRST, axis=1), np.nanmin(SECOND, axis=1)])
    found = gaps_by_best(FIRST[:, 0], np.stack([FIRST[:, -1], SECOND[:, -1]]), lowest)
    np.testing.assert_array_equal(found, [[0.3, np.nan, 0.075], [0.2, np.nan, np.nan]])


def test_a_thousand_of_the_articles_surfaces(thousand_races: dict[str, Trajectory]) -> None:
    reached = steps_by_best([path.losses for path in thousand_races.values()])
    counts = dict(zip(thousand_races, (reached >= 0).sum(axis=0).tolist(), strict=True))
    # At the very bottom RMSProp amplifies rounding: correct programs may differ on three seeds.
    assert abs(counts.pop("rmsprop") - 890) <= 3
    assert counts == {"gradient_descent": 175, "momentum": 692, "nag": 691, "adagrad": 413, "adadelta": 0, "adam": 908}
