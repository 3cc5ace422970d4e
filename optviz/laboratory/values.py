"""Arrays by name: what processes answer and files hold, as bytes without objects."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np

Record = TypeVar("Record")
Values = dict[str, np.ndarray]


def packed(values: Mapping[str, Any]) -> bytes:
    """The values as bytes."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **values)
    return buffer.getvalue()


def unpacked(message: bytes) -> Values:
    """The inverse of `packed`; arrays are read-only, as those of a trajectory are."""
    with np.load(io.BytesIO(message), allow_pickle=False) as file:
        values = {name: file[name] for name in file.files}
    for value in values.values():
        value.flags.writeable = False
    return values


def fields_of(record: Any) -> Values:
    """A dataclass of arrays, numbers and truth values, by field; what is None is left out."""
    fields = {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
    return {name: np.asarray(value) for name, value in fields.items() if value is not None}


def record_of(kind: Callable[..., Record], values: Mapping[str, np.ndarray], prefix: str = "") -> Record:
    """The inverse of `fields_of`, from the values whose names begin with the prefix."""
    fields = {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}
    return kind(**{name: value if value.ndim else value.item() for name, value in fields.items()})
