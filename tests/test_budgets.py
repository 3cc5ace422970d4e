"""Expected performance against tuning budget: by hand, by its definition, and where binomials overflow."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import comb

import numpy as np
import pytest

from optviz.bad_input import BadInput
from optviz.statistics.budgets import chosen_weights, expected


def test_three_settings_by_hand() -> None:
    """Best first: 0.1, 0.4, 0.7. One of three: their mean. Two: the best is among two of three pairs."""
    found = expected(np.array([3.0, 1.0, 2.0]), np.array([0.7, 0.1, 0.4]))
    np.testing.assert_allclose(found, [0.4, (2 * 0.1 + 0.4) / 3, 0.1], rtol=1e-15)


def test_it_is_the_mean_over_all_sets_of_settings() -> None:
    """By its definition: every set of k settings, the best of it in training, what that scores on other seeds."""
    generator = np.random.default_rng(11)
    training, held_out = generator.random(8), generator.random(8)
    for budget, found in enumerate(expected(training, held_out), start=1):
        kept = [held_out[min(tried, key=training.__getitem__)] for tried in combinations(range(8), budget)]
        # A mean of up to 70 numbers below 1.
        assert found == pytest.approx(np.mean(kept), abs=1e-14)


@pytest.mark.parametrize("settings", [1, 2, 21, 64])
def test_the_weights_are_those_of_the_formula(settings: int) -> None:
    weights = chosen_weights(settings)
    for budget in range(1, settings + 1):
        exact = [
            float(Fraction(comb(settings - i, budget - 1), comb(settings, budget))) for i in range(1, settings + 1)
        ]
        # A product of up to 64 fractions, each rounded once.
        np.testing.assert_allclose(weights[budget - 1], exact, rtol=64 * np.finfo(float).eps)


def test_thousands_of_settings_overflow_nowhere() -> None:
    """C(2000, 1000) has 600 digits, and a float at most 308."""
    weights = chosen_weights(2000)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, rtol=2000 * np.finfo(float).eps)
    assert weights[999, 0] == 0.5
    assert weights[-1].tolist() == [1.0] + [0.0] * 1999


def test_the_order_of_the_settings_does_not_count_even_where_they_are_level() -> None:
    training, held_out = np.array([1.0, 1.0, 0.5, 1.0, 0.2]), np.array([0.9, 0.3, 0.2, 0.6, 0.1])
    found = expected(training, held_out)
    shuffled = np.random.default_rng(3).permutation(5)
    np.testing.assert_array_equal(expected(training[shuffled], held_out[shuffled]), found)
    np.testing.assert_allclose(found[0], held_out.mean(), rtol=1e-15)
    assert found[-1] == 0.1
    # Of two settings the better known one is kept if it is among them: (4 × 0.1 + 3 × 0.2 + 3 × 0.6) / 10.
    np.testing.assert_allclose(found[1], 0.28, rtol=1e-14)


def test_what_looked_best_in_training_is_what_counts() -> None:
    """With the whole budget the setting that trained best is judged, not the one that turns out best."""
    assert expected(np.array([0.1, 0.2]), np.array([0.9, 0.0]))[-1] == 0.9


@pytest.mark.parametrize(
    ("training", "held_out"),
    [
        ([], []),
        ([0.1, np.nan], [0.1, 0.2]),
        ([0.1, 0.2], [np.inf, 0.2]),
        ([0.1, 0.2], [0.1]),
        ([[0.1], [0.2]], [[0.1], [0.2]]),
        (["a"], [0.1]),
    ],
)
def test_scores_that_cannot_be_used_are_refused(training: list[float], held_out: list[float]) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        expected(training, held_out)  # type: ignore[arg-type]
