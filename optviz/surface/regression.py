"""Losses over real samples: two weights, fitted to data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from optviz.bad_input import BadInput
from optviz.parameter import check_fields, hyper
from optviz.surface.base import Domain, Surface
from optviz.surface.lowest import Known, Lowest

KINDS = ("linear", "logistic", "network", "rare_feature")
RARITY = 0.1
_DOMAINS: dict[str, Domain] = {
    "linear": (-2.0, 3.0, -2.5, 2.5),
    "logistic": (-3.0, 5.0, -4.0, 4.0),
    "network": (-4.0, 4.0, -3.0, 3.0),
    "rare_feature": (-2.0, 3.0, -1.0, 4.0),
}

_NUMBERS_PER_SAMPLE = {"linear": 5, "logistic": 16, "network": 6, "rare_feature": 5}


@dataclass(frozen=True)
class Regression(Surface):
    """The mean loss of two weights (w₁, w₂) over N samples drawn from `seed`.

    kind "linear": ½ (w · x − y)², correlated features, so the valley is oblique.
    "logistic": log(1 + exp(−y w · x)), y = ±1, classes that overlap.
    "network": ½ (w₂ tanh(w₁ x) − y)², one hidden unit: a saddle at 0 and twin minima at ±(w₁, w₂).
    "rare_feature": as linear, but x₂ is 0 except in about one sample in ten: sparse gradients, Adagrad's home ground.

    samples: N, 8 … 1,024. `replacement`: how batches are drawn (see `optviz.batches`). The article's example of a rare
    feature is that of Duchi, Hazan and Singer 2011, jmlr.org/papers/v12/duchi11a.html.
    """

    kind: str = "linear"
    seed: int = hyper(0, at_least=0, at_most=2**32 - 1, whole=True)
    samples: int = hyper(64, slider=(8, 512), log=True, at_least=8, at_most=1024, whole=True)
    replacement: bool = hyper(False)

    narrow_dips: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadInput("unknown_choice", name="kind", value=self.kind, allowed=", ".join(KINDS))
        check_fields(self)

    call_cost = 0.8

    def numbers_per_point(self, samples: int | None = None) -> int:
        return _NUMBERS_PER_SAMPLE[self.kind] * (samples or self.samples)

    @property
    def domain(self) -> Domain:  # type: ignore[override]
        return _DOMAINS[self.kind]

    @property
    def title(self) -> str:  # type: ignore[override]
        return f"Regression ({self.kind.replace('_', ' ')}), seed {self.seed}, {self.samples} samples"

    @cached_property
    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Features (samples, 2) and targets (samples,). The network reads the first feature only."""
        random = np.random.RandomState(self.seed)
        noise = random.standard_normal((self.samples, 3))
        features = noise[:, :2].copy()
        if self.kind == "rare_feature":
            # The frequent feature is the larger one: it decides the learning rate that plain descent can bear.
            features[:, 0] *= 3.0
            features[:, 1] = 0.0
            chosen = random.permutation(self.samples)[: max(1, round(RARITY * self.samples))]
            features[chosen, 1] = 1.0
            return features, features @ np.array([1.0, 2.0]) + 0.1 * noise[:, 2]
        features[:, 1] = 0.7 * features[:, 0] + 0.5 * features[:, 1]
        if self.kind == "linear":
            return features, features @ np.array([1.0, -0.5]) + 0.3 * noise[:, 2]
        if self.kind == "logistic":
            return features, np.where(features @ np.array([1.5, -1.0]) + 1.2 * noise[:, 2] > 0, 1.0, -1.0)
        return features, 1.2 * np.tanh(1.5 * features[:, 0]) + 0.2 * noise[:, 2]

    @cached_property
    def _known_lowest(self) -> Lowest | None:
        if self.kind not in ("linear", "rare_feature"):
            return None
        features, targets = self.data
        point = np.linalg.lstsq(features, targets, rcond=None)[0]
        return Lowest(float(self.loss(point)), point, Known.THEORY) if self.contains(point) else None

    @cached_property
    def _all(self) -> _Samples:
        return _Samples(self, *self.data)

    def loss(self, point: np.ndarray) -> np.ndarray:
        return self._all.loss(point)

    def gradient(self, point: np.ndarray) -> np.ndarray:
        return self._all.gradient(point)

    def hessian(self, point: np.ndarray) -> np.ndarray:
        return self._all.hessian(point)

    def loss_and_gradient(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self._all.loss_and_gradient(point)

    def on_batch(self, indices: np.ndarray) -> Surface:
        features, targets = self.data
        return _Samples(self, features[indices], targets[indices])


class _Samples(Surface):
    """The mean over some samples: features (..., B, 2) and targets (..., B), leading axes as the points'."""

    def __init__(self, whole: Regression, features: np.ndarray, targets: np.ndarray) -> None:
        self.domain, self.title, self.kind = whole.domain, whole.title, whole.kind
        self.first, self.second, self.targets = features[..., 0], features[..., 1], targets

    def _slopes(self, point: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
        """Per sample (..., B): loss, and its derivatives by the two weights."""
        w1, w2 = point[..., 0, None], point[..., 1, None]
        if self.kind == "network":
            hidden = np.tanh(w1 * self.first)
            error = w2 * hidden - self.targets
            return 0.5 * error * error, (error * w2 * (1 - hidden * hidden) * self.first, error * hidden)
        score = w1 * self.first + w2 * self.second
        if self.kind == "logistic":
            pull = -self.targets * np.exp(-np.logaddexp(0, self.targets * score))
            return np.logaddexp(0, -self.targets * score), (pull * self.first, pull * self.second)
        error = score - self.targets
        return 0.5 * error * error, (error * self.first, error * self.second)

    def loss(self, point: np.ndarray) -> np.ndarray:
        return _mean(self._slopes(np.asarray(point, dtype=float))[0])

    def gradient(self, point: np.ndarray) -> np.ndarray:
        return self.loss_and_gradient(point)[1]

    def loss_and_gradient(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        loss, (by_first, by_second) = self._slopes(np.asarray(point, dtype=float))
        gradient = np.empty((*loss.shape[:-1], 2))
        gradient[..., 0] = _mean(by_first)
        gradient[..., 1] = _mean(by_second)
        return _mean(loss), gradient

    def hessian(self, point: np.ndarray) -> np.ndarray:
        w1, w2 = point[..., 0, None], point[..., 1, None]
        if self.kind == "network":
            hidden = np.tanh(w1 * self.first)
            slope = (1 - hidden * hidden) * self.first
            error = w2 * hidden - self.targets
            parts = (
                w2 * w2 * slope * slope - 2 * error * w2 * hidden * slope * self.first,
                slope * (w2 * hidden + error),
                hidden * hidden,
            )
        else:
            curvature = np.ones_like(w1 * self.first)
            if self.kind == "logistic":
                score = self.targets * (w1 * self.first + w2 * self.second)
                curvature = np.exp(-np.logaddexp(0, score) - np.logaddexp(0, -score))
            parts = (
                curvature * self.first * self.first,
                curvature * self.first * self.second,
                curvature * self.second * self.second,
            )
        along, across, upward = (_mean(part) for part in parts)
        hessian = np.empty((*along.shape, 2, 2))
        hessian[..., 0, 0], hessian[..., 1, 1] = along, upward
        hessian[..., 0, 1] = hessian[..., 1, 0] = across
        return hessian


def _mean(terms: np.ndarray) -> np.ndarray:
    # A running sum adds in one fixed order, whatever the shape (see GaussianHills).
    return terms.cumsum(axis=-1)[..., -1] / terms.shape[-1]
