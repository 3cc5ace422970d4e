"""What runs in a race: an optimizer, and how many samples it sees per step."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optviz.bad_input import BadInput
from optviz.batches import check_batch_size
from optviz.optimizers import NAMED_OPTIMIZERS, OPTIMIZERS, Optimizer
from optviz.parameter import BATCH_SIZE, Parameter, check_fields, parameters
from optviz.surface.base import Surface

LONGEST_LABEL = 40

_DESCENTS: dict[str, tuple[str, int | None]] = {
    "gradient_descent": ("gradient_descent", None),
    "sgd": ("gradient_descent", 1),
    "minibatch_sgd": ("gradient_descent", 8),
}


class _Picks(Mapping[str, tuple[str, int | None]]):
    # A view and not a dict: an optimizer may be registered at any time.
    def __iter__(self) -> Iterator[str]:
        yield from _DESCENTS
        yield from (key for key in OPTIMIZERS if key not in _DESCENTS)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getitem__(self, kind: str) -> tuple[str, int | None]:
        if kind in _DESCENTS:
            return _DESCENTS[kind]
        if kind in NAMED_OPTIMIZERS:
            return (kind, None)
        raise KeyError(kind)


PICKS: Mapping[str, tuple[str, int | None]] = _Picks()
"""What a picker offers now: kind → optimizer and batch size (None: all samples). One class, three batch sizes.

A slip (`optviz.optimizers.SLIPS`) is found by its key, and is not among those that are offered.
"""


@dataclass(frozen=True)
class Racer:
    """An optimizer with its hyperparameters; `batch_size` None means all samples; `label` None means its own name.

    A field made by `hyper` is a setting of the racer, whatever its optimizer is, such as a schedule: links, files,
    code, names and controls read it from here.

    Raises BadInput for something that is not an optimizer, a batch size outside 1 … 1,000,000, or a label that is
    empty, longer than 40 characters or not printable.
    """

    optimizer: Optimizer
    batch_size: int | None = None
    label: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.optimizer, Optimizer):
            allowed = 'an optimizer, such as optviz.OPTIMIZERS["adam"]()'
            raise BadInput("not_readable", name="optimizer", value=self.optimizer, allowed=allowed)
        if self.batch_size is not None:
            object.__setattr__(self, "batch_size", BATCH_SIZE.check_number("batch_size", self.batch_size))
        if self.label is not None:
            _check_label(self.label)
        check_fields(self)

    @classmethod
    def settings(cls) -> dict[str, Parameter]:
        """The fields made by `hyper`: name → valid range, slider and symbol."""
        return parameters(cls)

    @property
    def changed_settings(self) -> dict[str, Any]:
        """Those of them that are not as usual."""
        usual = {field.name: field.default for field in dataclasses.fields(self)}
        return {name: getattr(self, name) for name in self.settings() if getattr(self, name) != usual[name]}

    def optimizers(self, steps: int) -> Iterable[Optimizer]:
        """The optimizer of each step: the same one, as long as no setting of the racer says otherwise."""
        return itertools.repeat(self.optimizer, steps)

    @property
    def key(self) -> str:
        """The optimizer's key in `NAMED_OPTIMIZERS`; the class name in lower case for one that is not there."""
        kind = type(self.optimizer)
        for key, known in NAMED_OPTIMIZERS.items():
            if known is kind:
                return key
        return kind.__name__.lower()

    @property
    def kind(self) -> str:
        """The racer's key in `PICKS`: "sgd" is gradient descent on one sample, "minibatch_sgd" on several."""
        if self.batch_size is None or self.key != "gradient_descent":
            return self.key
        return "sgd" if self.batch_size == 1 else "minibatch_sgd"

    def with_hyperparameter(self, name: str, value: Any) -> Racer:
        """The racer with one hyperparameter, or setting of its own, changed.

        Raises BadInput for an unknown name or a value out of range.
        """
        if name in self.settings():
            return dataclasses.replace(self, **{name: value})
        known = self.optimizer.hyperparameters()
        if name not in known:
            raise BadInput("unknown_field", name=self.key, value=name, allowed=", ".join(known))
        return dataclasses.replace(self, optimizer=dataclasses.replace(self.optimizer, **{name: value}))  # type: ignore[type-var]

    def with_learning_rate(self, rate: float | None) -> Racer:
        """The racer at this learning rate; the same racer for None, or where it has no rate of its own.

        Raises BadInput for a rate that it cannot have.
        """
        if rate is None or self.optimizer.own_learning_rate is None:
            return self
        return self.with_hyperparameter("learning_rate", rate)

    def at_another_rate(self) -> Racer:
        """The racer at a third of its learning rate, to two digits, to be compared with it.

        Raises BadInput where it has no learning rate, or so low a one that there is no lower.
        """
        rate = getattr(self.optimizer, "learning_rate", 0.0)
        return self.with_hyperparameter("learning_rate", float(f"{rate / 3:.2g}"))

    def with_possible_learning_rate(self, rate: float | None) -> Racer:
        """The racer at a rate that nobody has chosen for it: it keeps its own where it cannot have that one."""
        try:
            return self.with_learning_rate(rate)
        except BadInput:
            return self

    def with_batch_of_at_most(self, samples: int | None) -> Racer:
        """The racer with a batch that these samples allow."""
        if self.batch_size is None or samples is None or self.batch_size <= samples:
            return self
        return dataclasses.replace(self, batch_size=samples)

    def checked_on(self, surface: Surface) -> Racer:
        """The racer, if its batch can be had of this surface's samples. Raises BadInput."""
        if self.batch_size is not None:
            if surface.samples is None:
                raise BadInput("no_samples", name=surface.title, value=self.batch_size)
            check_batch_size(self.batch_size, surface.samples)
        return self


def as_racer(racer: Racer | Optimizer) -> Racer:
    """A bare optimizer becomes a racer on all samples."""
    return racer if isinstance(racer, Racer) else Racer(racer)


def at_rates(racers: Sequence[Racer], rates: Mapping[str, float]) -> tuple[Racer, ...]:
    """Each racer at the learning rate that stands under its optimizer's key, if it has one of its own.

    Of several that are compared by their rates alone one gets it, and the others keep theirs: else they were the same.
    Raises BadInput for a rate that a racer cannot have.
    """
    now = [dataclasses.replace(racer, label=None) for racer in racers]
    for racer in [racer for place, racer in enumerate(now) if racer not in now[:place]]:
        moved = racer.with_learning_rate(rates.get(racer.key))
        if moved not in now:
            now = [moved if other == racer else other for other in now]
    return tuple(dataclasses.replace(racer, label=before.label) for racer, before in zip(now, racers, strict=True))


def _check_label(label: Any) -> None:
    if not isinstance(label, str) or not label.strip() or not label.isprintable():
        raise BadInput("text_characters", name="label", value=label, allowed="1 … 40 printable characters")
    if len(label) > LONGEST_LABEL:
        raise BadInput("too_long", name="label", value=len(label), allowed=f"1 … {LONGEST_LABEL}")
