"""A method's rule as each source writes it, taken from the optimizers that run."""

from __future__ import annotations

import re
from dataclasses import dataclass

from optviz.conventions import CONVENTIONS, DEFAULT_CONVENTION, with_convention
from optviz.optimizers import Optimizer
from optviz.racer import PICKS


@dataclass(frozen=True)
class Form:
    """A rule in the form that these conventions have in common. settings: symbol or name, and value, but for η."""

    conventions: tuple[str, ...]
    lines: tuple[str, ...]
    settings: tuple[tuple[str, str], ...]


def rule_forms(kind: str) -> tuple[Form, ...]:
    """The forms of a kind that is offered (see `PICKS`), that of the article first.

    Conventions that have lines and settings in common are one form. Raises KeyError for another kind.
    """
    key, _ = PICKS[kind]
    forms: dict[tuple[tuple[str, ...], tuple[tuple[str, str], ...]], list[str]] = {}
    for convention in sorted(CONVENTIONS, key=lambda name: name != DEFAULT_CONVENTION):
        optimizer = with_convention(key, convention)
        forms.setdefault((optimizer.rule, _settings(optimizer)), []).append(convention)
    return tuple(Form(tuple(conventions), *form) for form, conventions in forms.items())


def _spelled(written: str) -> str:
    """With a true minus sign, and 1e-08 as people write it."""
    return re.sub("e-0*", "e-", written).replace("-", "−")


def _settings(optimizer: Optimizer) -> tuple[tuple[str, str], ...]:
    """What sets the rule beside a learning rate of its own, in which form it stands: that is seen in the lines."""
    return tuple(
        (parameter.symbol or name, _spelled(parameter.written(getattr(optimizer, name))))
        for name, parameter in optimizer.hyperparameters().items()
        if not isinstance(getattr(optimizer, name), bool)
        and not (name == "learning_rate" and optimizer.has_own_learning_rate)
    )
