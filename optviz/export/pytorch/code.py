"""How the loss of a surface and the rule of an optimizer are told as PyTorch code, and what cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from optviz.bad_input import BadInput

LINE = 116
"""So long may a line of the code be."""


@dataclass(frozen=True)
class Loss:
    """`def loss(point)`, the tensors and numbers that it reads, and the classes that it needs."""

    code: str
    tables: Mapping[str, Any] = field(default_factory=dict)
    definitions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """How an optimizer is made, and the class that must be written out for it; "" for those of torch."""

    call: str
    definition: str = ""


def refuse(name: str, value: object, allowed: str) -> NoReturn:
    """Say that there is no PyTorch code for this."""
    raise BadInput("no_pytorch", name=name, value=value, allowed=allowed)
