"""Which samples each step sees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from optviz.bad_input import BadInput
from optviz.parameter import BATCH_SIZE


def check_batch_size(batch_size: Any, samples: int) -> int:
    """A batch size of 1 … samples. Raises BadInput."""
    size = int(BATCH_SIZE.check_number("batch_size", batch_size))
    if size > samples:
        raise BadInput("out_of_range", name="batch_size", value=size, allowed=f"1 ≤ batch_size ≤ {samples:,}")
    return size


def batches(samples: int, batch_size: int, steps: int, seeds: np.ndarray, replacement: bool) -> Iterator[np.ndarray]:
    """The indices of each step's samples, one array (*seeds.shape, size) per step.

    Without replacement an epoch is one permutation of all samples, cut into batches of `batch_size`; the last one is
    shorter where it does not divide. With replacement every step draws `batch_size` samples anew. What a step sees
    depends on seed, step and batch size alone: all racers of one batch size see the same samples at the same step.
    """
    flat = [int(seed) for seed in np.ravel(seeds)]
    # One generator, seeded again for each draw: the same numbers as from a new one, which takes eight times as long.
    random = np.random.RandomState(0)

    def seeded(*key: int) -> np.random.RandomState:
        random.seed(key)
        return random

    per_epoch = -(-samples // batch_size)
    order = np.empty((0, samples), dtype=np.intp)
    for step in range(steps):
        if replacement:
            drawn = [seeded(seed, step).randint(0, samples, batch_size) for seed in flat]
            yield np.array(drawn, dtype=np.intp).reshape(*np.shape(seeds), -1)
            continue
        epoch, place = divmod(step, per_epoch)
        if place == 0:
            order = np.stack([seeded(seed, epoch).permutation(samples) for seed in flat])
        batch = order[:, place * batch_size : (place + 1) * batch_size]
        yield batch.reshape(*np.shape(seeds), -1)


def samples_seen(samples: int | None, batch_size: int | None, steps: int, replacement: bool) -> np.ndarray:
    """How many samples a run has used before each step and after the last (steps + 1,).

    A step on all samples uses them all; on a surface without samples each step counts as one pass (one sample).
    """
    if samples is None or batch_size is None:
        return np.arange(steps + 1) * (samples or 1)
    if replacement:
        return np.arange(steps + 1) * batch_size
    per_epoch = -(-samples // batch_size)
    epochs, place = np.divmod(np.arange(steps + 1), per_epoch)
    return epochs * samples + np.minimum(place * batch_size, samples)
