"""What tuning brings: the performance to expect of so many settings that are tried."""

from __future__ import annotations

import numpy as np

from optviz.bad_input import BadInput
from optviz.parameter import array_of_numbers


def expected(training: np.ndarray, held_out: np.ndarray) -> np.ndarray:
    """The held-out objective to expect with a budget of k settings, k = 1 … N: scores (N,) twice → E (N,).

        E(k) = Σᵢ H_σ(i) C(N − i, k − 1) / C(N, k)

    Of N settings k are drawn without replacement, and the one with the lowest `training` score is kept; σ orders the
    settings by that score, H is what the kept one scores on what it was not chosen by. E(1) is the mean of all, E(N)
    is what the best one scores. Where several settings have the same training score any of them may be kept: each then
    counts with the mean of theirs, so that E does not depend on the order of the settings.

    The weights are products of fractions, and no binomial coefficient is ever formed: they are exact to rounding for
    any N. Raises BadInput for scores that are not two rows of N ≥ 1 finite numbers.

    Tang et al. 2020, arXiv:2004.13705 (without replacement); Dodge et al. 2019, arXiv:1909.03004 (with).
    """
    training, held_out = _scores("training", training), _scores("held_out", held_out)
    if len(training) != len(held_out):
        raise BadInput("not_readable", name="held_out", value=f"{len(held_out)} scores", allowed=f"{len(training)}")
    _, level, count = np.unique(training, return_inverse=True, return_counts=True)
    means = np.bincount(level, weights=held_out) / count
    return chosen_weights(len(training)) @ means[np.sort(level)]


def chosen_weights(settings: int) -> np.ndarray:
    """How likely the i-th best of N settings is the best of k that are drawn: N → (N, N), row k − 1, column i − 1.

    C(N − i, k − 1) / C(N, k): k/N for the best one, and (N − i − k + 1)/(N − i) of that of the i-th for the next one.
    Each row sums to 1.
    """
    budget, place = np.arange(1, settings + 1)[:, None], np.arange(1, settings)[None, :]
    fractions = np.maximum(settings - place - budget + 1, 0) / (settings - place)
    return np.cumprod(np.hstack([budget / settings, fractions]), axis=1)


def _scores(name: str, scores: np.ndarray) -> np.ndarray:
    array = array_of_numbers(scores)
    if array is None or array.ndim != 1 or not array.size or not np.isfinite(array).all():
        raise BadInput("not_readable", name=name, value=scores, allowed="one row of at least 1 finite number")
    return array
