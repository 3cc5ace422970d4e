"""What the racers of a race are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from optviz.parameter import Parameter
from optviz.racer import Racer

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def racer_names(racers: Sequence[Racer], titles: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """A distinct name per racer: its label, else its optimizer's title (or key).

    The second of a kind says in what it differs from the first, "adam η=0.01"; where that tells no difference,
    repeats are numbered.
    """
    names: list[str] = []
    first: dict[str, Racer] = {}
    for racer in racers:
        name = racer.label or (titles or {}).get(racer.kind, racer.kind)
        if racer.label is None:
            if racer.batch_size is not None and racer.kind != "sgd":
                name = f"{name} B={racer.batch_size}"
            name = " ".join([name, *_differences(racer, first.setdefault(name, racer))])
        taken, candidate, number = set(names), name, 2
        while candidate in taken:
            candidate, number = f"{name} {number}", number + 1
        names.append(candidate)
    return tuple(names)


def spelled(written: str) -> str:
    """A number below a thousandth as people write it: 1e-06 and 0.0001 as 10⁻⁶ and 10⁻⁴, 2.5e-07 as 2.5·10⁻⁷."""
    shortest = f"{Decimal(written).normalize():e}"
    share, _, exponent = shortest.partition("e-")
    if not exponent or (int(exponent) <= 3 if share == "1" else "e" not in written):
        return written
    power = f"10⁻{exponent.lstrip('0').translate(_RAISED)}"
    return power if share == "1" else f"{share}·{power}"


def _differences(racer: Racer, first: Racer) -> list[str]:
    """In what a racer differs from another one of its kind: "η=0.01", "β₁=0.5". Forms of a rule have no symbol."""
    return [
        *_differing(racer.optimizer.hyperparameters(), racer.optimizer, first.optimizer),
        *_differing(racer.settings(), racer, first),
    ]


def _differing(table: Mapping[str, Parameter], one: Any, another: Any) -> list[str]:
    differences = []
    for name, parameter in table.items():
        value, other = getattr(one, name), getattr(another, name, None)
        if value != other and not isinstance(value, bool):
            # As few digits as tell the two apart.
            texts = (parameter.written(value, digits) for digits in (4, 6, 9, 12, 17))
            text = next(text for text in texts if not isinstance(other, float | int) or float(text) != float(other))
            differences.append(f"{parameter.symbol or name}={spelled(text)}")
    return differences
