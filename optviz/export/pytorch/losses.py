"""The losses of surfaces as PyTorch code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from optviz.experiment import Race
from optviz.export.pytorch.code import Loss, refuse
from optviz.export.pytorch.formulas import formula_loss
from optviz.surface import (
    FAMILIES,
    FiniteSum,
    Formula,
    GallerySurface,
    GaussianHills,
    Regression,
    SmoothedNoise,
    Surface,
)

LARGEST_GRID = 96
"""The largest `size` of smoothed noise that is written: its 96² coefficients take 100,000 characters."""


def loss_of(race: Race) -> Loss:
    """How the loss of the race's surface is written. Raises BadInput for a family without a row in `LOSSES`."""
    bare: Surface = race.bare_surface
    surface = bare.inner if isinstance(bare, GallerySurface) else bare
    if type(surface) not in LOSSES:
        allowed = ", ".join(key for key, family in FAMILIES.items() if family in LOSSES)
        refuse("surface", surface.title, allowed)
    loss = LOSSES[type(surface)](surface)
    code, tables = loss.code, dict(loss.tables)
    if isinstance(bare, GallerySurface):
        # One printable line, which the gallery makes sure of; a comment, because it may hold quotes.
        code = f"# {bare.title}\n{code}"
    if any(racer.batch_size is not None for racer in race.racers):
        tilted = isinstance(race.surface, FiniteSum)
        code += TILTED_BATCH if tilted else BATCH
        if isinstance(race.surface, FiniteSum):
            tables["SLOPES"] = race.surface.slopes
    return Loss(code, tables, loss.definitions)


BATCH = '''

def batch_loss(point, batch):
    """The mean of some of the samples."""
    return sample_losses(point, batch).mean()
'''

TILTED_BATCH = '''

def batch_loss(point, batch):
    """The mean of some of the samples: each is the loss and a slope of its own, and all slopes add up to 0."""
    return loss(point) + SLOPES[batch].mean(dim=0) @ point
'''

HILLS = '''\
def loss(point):
    """A sum of Gaussian hills and valleys."""
    x, y = point
    heights = WEIGHTS / (2 * math.pi * X_SIGMAS * Y_SIGMAS)
    squares = ((x - X_MEANS) / X_SIGMAS) ** 2 + ((y - Y_MEANS) / Y_SIGMAS) ** 2
    return (heights * torch.exp(-squares / 2)).sum()
'''


def _hills(surface: GaussianHills) -> Loss:
    names = ("WEIGHTS", "X_MEANS", "Y_MEANS", "X_SIGMAS", "Y_SIGMAS")
    return Loss(HILLS, dict(zip(names, surface.drawn, strict=True)))


NOISE = '''\
def loss(point):
    """Smooth random heights: a cubic B-spline on a grid that repeats without end."""
    position = (point - LOW) / CELL
    knot = position.detach().floor()
    t = position - knot
    weights = torch.stack([(1 - t) ** 3, (3 * t - 6) * t**2 + 4, ((3 - 3 * t) * t + 3) * t + 1, t**3]) / 6
    columns, rows = ((knot.long() + torch.arange(-1, 3)[:, None]) % len(COEFFICIENTS)).T
    return weights[:, 1] @ COEFFICIENTS[rows][:, columns] @ weights[:, 0]
'''

BOWL = "    return height + BOWL * (((point - CENTRE) / HALF) ** 2).sum()\n"


def _noise(surface: SmoothedNoise) -> Loss:
    if surface.size > LARGEST_GRID:
        refuse("size", surface.size, f"size ≤ {LARGEST_GRID}")
    low, high = np.array(surface.domain[::2]), np.array(surface.domain[1::2])
    tables = {"LOW": low, "CELL": (high - low) / surface.size}
    code = NOISE
    if surface.bowl:
        code = NOISE.replace("return weights", "height = weights") + BOWL
        tables |= {"BOWL": surface.bowl, "CENTRE": (high + low) / 2, "HALF": (high - low) / 2}
    return Loss(code, tables | {"COEFFICIENTS": surface.coefficients})


REGRESSION = '''\
def loss(point):
    """The mean over all samples."""
    return sample_losses(point).mean()


def sample_losses(point, chosen=slice(None)):
    """{title}, for each of the chosen samples."""
    w1, w2 = point
{body}'''

_LINEAR = (
    "½ (w · x − y)²",
    "    error = w1 * FIRST[chosen] + w2 * SECOND[chosen] - TARGETS[chosen]\n    return error**2 / 2\n",
)
REGRESSION_KINDS: dict[str, tuple[str, str]] = {
    "linear": _LINEAR,
    "rare_feature": _LINEAR,
    "logistic": (
        "log(1 + exp(−y w · x))",
        "    score = TARGETS[chosen] * (w1 * FIRST[chosen] + w2 * SECOND[chosen])\n"
        "    return -torch.nn.functional.logsigmoid(score)\n",
    ),
    "network": (
        "½ (w₂ tanh(w₁ x) − y)²",
        "    error = w2 * torch.tanh(w1 * FIRST[chosen]) - TARGETS[chosen]\n    return error**2 / 2\n",
    ),
}


def _regression(surface: Regression) -> Loss:
    if surface.kind not in REGRESSION_KINDS:
        refuse("kind", surface.kind, ", ".join(REGRESSION_KINDS))
    title, body = REGRESSION_KINDS[surface.kind]
    features, targets = surface.data
    tables = {"FIRST": features[:, 0], "SECOND": features[:, 1], "TARGETS": targets}
    if "SECOND" not in body:
        del tables["SECOND"]
    return Loss(REGRESSION.format(title=title, body=body), tables)


LOSSES: dict[type[Surface], Callable[[Any], Loss]] = {
    GaussianHills: _hills,
    SmoothedNoise: _noise,
    Regression: _regression,
    Formula: formula_loss,
}
"""Family → how its loss is written. A surface of any other type is refused."""
