"""How the gradient of a batch scatters about the full gradient, at one point of a surface made of samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optviz.bad_input import BadInput
from optviz.batches import batches, check_batch_size
from optviz.surface.base import Surface
from optviz.trajectory import check_start

DRAWS = 400


@dataclass(frozen=True, eq=False)
class GradientNoise:
    """Batch gradients at one point, and their variance against batch size.

    point (2,), full_gradient (2,); gradients (DRAWS, 2) of batches of `batch_size` samples. sizes (K,); measured (K,):
    mean squared distance of such batches' gradients from the full gradient; without_replacement and
    with_replacement (K,): what theory says, σ²/B · (N − B)/(N − 1) and σ²/B.
    """

    point: np.ndarray
    full_gradient: np.ndarray
    batch_size: int
    gradients: np.ndarray
    sizes: np.ndarray
    measured: np.ndarray
    without_replacement: np.ndarray
    with_replacement: np.ndarray

    @property
    def variance_range(self) -> tuple[float, float]:
        """What a logarithmic axis of the variance should span, as powers of ten; rounding errors of 0 do not count."""
        variances = np.concatenate([self.measured, self.without_replacement, self.with_replacement])
        known = variances[variances > 1e-12 * max(float(variances.max()), 1e-300)]
        if not known.size:
            return (-1.0, 1.0)
        return (float(np.log10(known.min())) - 0.2, float(np.log10(known.max())) + 0.2)


def gradient_noise(surface: Surface, point: np.ndarray, batch_size: int, seed: int = 0) -> GradientNoise:
    """Draw `DRAWS` batches of each size at one point (2,) of a single surface made of samples.

    Batches are drawn as the surface draws them, with or without replacement. Raises BadInput for a surface without
    samples, a batch size outside 1 … N, or a point that is not finite.
    """
    samples = surface.samples
    if samples is None or surface.stack_shape:
        raise BadInput("no_samples", name=surface.title, value=batch_size)
    point = check_start(point)
    size = check_batch_size(batch_size, samples)
    sizes = np.unique(np.append(np.geomspace(1, samples, 9).round().astype(int), size))
    seeds = seed + np.arange(DRAWS)

    def drawn(count: int) -> np.ndarray:
        (batch,) = batches(samples, count, 1, seeds % 2**32, surface.replacement)
        return surface.on_batch(batch).gradient(np.broadcast_to(point, (DRAWS, 2)))

    full = surface.gradient(point)
    singles = surface.on_batch(np.arange(samples)[:, None]).gradient(np.broadcast_to(point, (samples, 2)))
    sigma_squared = ((singles - full) ** 2).sum(axis=-1).mean()
    return GradientNoise(
        point=point,
        full_gradient=full,
        batch_size=size,
        gradients=drawn(size),
        sizes=sizes,
        measured=np.array([((drawn(int(count)) - full) ** 2).sum(axis=-1).mean() for count in sizes]),
        without_replacement=sigma_squared / sizes * (samples - sizes) / (samples - 1),
        with_replacement=sigma_squared / sizes,
    )
