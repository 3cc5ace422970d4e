"""What a setting may be: one table per field that validation, sliders, links, command line and docs read."""

from __future__ import annotations

import dataclasses
import math
import numbers
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

from optviz.bad_input import BadInput

SEEN = 0.01
"""Of its distance from an end that it cannot reach, what a written value may be beside itself."""


@dataclass(frozen=True)
class Parameter:
    """The valid range of a field, and how a slider would offer it.

    The valid range (`above`, `at_least`, `below`, `at_most`) is enforced; `slider` is a suggestion and narrower.
    `structural` fields choose between forms of a formula (which source's), rather than being tuned.
    """

    slider: tuple[float, float] | None = None
    log: bool = False
    symbol: str = ""
    above: float | None = None
    at_least: float | None = None
    below: float | None = None
    at_most: float | None = None
    whole: bool = False
    structural: bool = False

    def contains(self, value: Any) -> bool:
        """Whether a number, or every element of an array, is finite and inside the valid range."""
        value = np.asarray(value, dtype=float)
        return bool(
            np.all(np.isfinite(value))
            and (self.above is None or np.all(value > self.above))
            and (self.at_least is None or np.all(value >= self.at_least))
            and (self.below is None or np.all(value < self.below))
            and (self.at_most is None or np.all(value <= self.at_most))
        )

    def nearest(self, value: float) -> float:
        """The value, or the end of the range (`at_least`, `at_most`) that it is beyond."""
        value = value if self.at_least is None else max(value, self.at_least)
        return value if self.at_most is None else min(value, self.at_most)

    def range_text(self, name: str) -> str:
        """The valid range as an inequality, the same in every language: `0 ≤ momentum < 1`."""
        low = f"{self.above:g} < " if self.above is not None else ""
        low = f"{self.at_least:,.0f} ≤ " if self.at_least is not None and self.whole else low
        low = f"{self.at_least:g} ≤ " if self.at_least is not None and not self.whole else low
        high = f" < {self.below:g}" if self.below is not None else ""
        high = f" ≤ {self.at_most:,.0f}" if self.at_most is not None and self.whole else high
        high = f" ≤ {self.at_most:g}" if self.at_most is not None and not self.whole else high
        return f"{low}{name}{high}" if low or high else f"−∞ < {name} < ∞"

    def written(self, value: float, digits: int = 6) -> str:
        """A value with this many digits, as Python spells it; with more where its distance from an end needs them.

        0.9999999 is no 1, and a β₂ of 0.9999995 remembers twice as long as one of 0.999999.
        """
        if self.whole:
            return f"{value:.0f}"
        return _written(value, digits, tuple(end for end in (self.above, self.below) if end is not None))

    def check_number(self, name: str, value: Any) -> float | int:
        """One finite number inside the range, as int or float. Raises BadInput otherwise."""
        if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
            raise BadInput("not_a_number", name=name, value=value, allowed=self.range_text(name))
        try:
            number = float(value)
        except OverflowError:
            raise BadInput("out_of_range", name=name, value="10^309…", allowed=self.range_text(name)) from None
        if self.whole and not number.is_integer():
            raise BadInput("not_a_whole_number", name=name, value=value, allowed=self.range_text(name))
        if not (
            math.isfinite(number)
            and (self.above is None or number > self.above)
            and (self.at_least is None or number >= self.at_least)
            and (self.below is None or number < self.below)
            and (self.at_most is None or number <= self.at_most)
        ):
            raise BadInput("out_of_range", name=name, value=value, allowed=self.range_text(name))
        if not self.whole:
            # −0.0 equals 0.0, but not to atan2 or 1/x: two races that are equal must run alike.
            return number + 0.0
        # Above 2⁵³ a float has lost digits of a whole number.
        return int(value) if isinstance(value, numbers.Integral) else int(number)


# A slider asks for each of its hundred stops whenever it is drawn.
@lru_cache(maxsize=4096)
def _written(value: float, digits: int, ends: tuple[float, ...]) -> str:
    for count in range(digits, 17):
        text = f"{value:.{count}g}"
        if all(abs(float(text) - value) <= SEEN * abs(value - end) for end in ends):
            return text
    return repr(float(value))


def hyper(
    default: Any,
    *,
    slider: tuple[float, float] | None = None,
    log: bool = False,
    symbol: str = "",
    above: float | None = None,
    at_least: float | None = None,
    below: float | None = None,
    at_most: float | None = None,
    whole: bool = False,
    structural: bool = False,
) -> Any:
    """A dataclass field that carries its valid range and how to offer it (see `Parameter`)."""
    parameter = Parameter(slider, log, symbol, above, at_least, below, at_most, whole, structural)
    return dataclasses.field(default=default, metadata={"parameter": parameter})


def parameters(owner: Any) -> dict[str, Parameter]:
    """The table of a dataclass (type or instance): field name → Parameter, in the order of the fields."""
    return dict(_table_of(owner if isinstance(owner, type) else type(owner)))


@cache
def _table_of(kind: type) -> dict[str, Parameter]:
    return {field.name: field.metadata["parameter"] for field in fields_of(kind) if "parameter" in field.metadata}


@cache
def fields_of(kind: Any) -> tuple[dataclasses.Field[Any], ...]:
    """`dataclasses.fields` of a type, which looks for them each time that it is asked."""
    return dataclasses.fields(kind)


def check_fields(owner: Any, *, arrays: bool = False) -> None:
    """Validate every `hyper` field of a dataclass instance and store it as int, float, bool or float64 array.

    With `arrays`, a field may be an array of shape (..., 1) that broadcasts against leading axes. A bare (K,) array is
    refused: against points of shape (K, 2) it would scale x and y separately when K is 2, and fail otherwise.
    """
    for field in fields_of(type(owner)):  # type: ignore[arg-type]
        parameter = field.metadata.get("parameter")
        if parameter is None:
            continue
        value = getattr(owner, field.name)
        if isinstance(field.default, bool):
            if not isinstance(value, (bool, np.bool_)):
                raise BadInput("unknown_choice", name=field.name, value=value, allowed="true, false")
            checked: Any = bool(value)
        elif arrays and (isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim > 0)):
            checked = _check_array(field.name, value, parameter)
        else:
            checked = parameter.check_number(field.name, value.item() if isinstance(value, np.ndarray) else value)
        object.__setattr__(owner, field.name, checked)


def array_of_numbers(value: Any) -> np.ndarray | None:
    """A copy as float64; None for what nobody means as numbers: text, booleans, lists of unequal length."""
    try:
        array = np.asarray(value)
    except ValueError:
        return None
    return array.astype(float) if array.dtype.kind in "iuf" else None


def _check_array(name: str, value: Any, parameter: Parameter) -> np.ndarray:
    allowed = parameter.range_text(name)
    array = array_of_numbers(value)
    if array is None:
        raise BadInput("not_a_number", name=name, value=value, allowed=allowed)
    if array.shape[-1] != 1:
        raise BadInput("bare_array", name=name, value=array.shape)
    if not parameter.contains(array):
        bad = [item for item in array.ravel().tolist() if not parameter.contains(item)]
        raise BadInput("out_of_range", name=name, value=bad[0], allowed=allowed)
    array.flags.writeable = False
    return array


STEPS = Parameter(slider=(1, 5000), log=True, at_least=1, at_most=5000, whole=True)
SEED = Parameter(slider=(0, 9999), at_least=0, at_most=2**32 - 1, whole=True)
BATCH_SIZE = Parameter(slider=(1, 256), log=True, at_least=1, at_most=1_000_000, whole=True)
COORDINATE = Parameter(at_least=-1e9, at_most=1e9)
