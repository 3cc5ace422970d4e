"""A race as Python code."""

from __future__ import annotations

from collections.abc import Sequence

from optviz.experiment.record import beyond_convention
from optviz.experiment.surfaces import SAMPLE_FIELDS, surface_record, taken_out
from optviz.racer import Racer
from optviz.surface import FiniteSum, GallerySurface, Surface


def python_code(
    surface: Surface,
    racers: Sequence[Racer],
    convention: str,
    start: tuple[float, float] | None,
    steps: int,
    batch_seed: int,
) -> str:
    """Python code that builds this race as `race` and runs it."""
    lines = ["import optviz", "", "race = optviz.Race(", f"    surface={_surface_code(surface)},", "    racers=("]
    for racer in racers:
        own = {"batch_size": racer.batch_size, "label": racer.label, **racer.changed_settings}
        rest = [f"{key}={value!r}" for key, value in beyond_convention(racer, convention).items()]
        optimizer = ", ".join([repr(racer.key), repr(convention), *rest])
        arguments = [f"{key}={value!r}" for key, value in own.items() if value is not None]
        lines.append(f"        optviz.Racer({', '.join([f'optviz.with_convention({optimizer})', *arguments])}),")
    lines += ["    ),", f"    convention={convention!r},"]
    if start is not None:
        lines.append(f"    start={start!r},")
    lines.append(f"    steps={steps},")
    if batch_seed:
        lines.append(f"    batch_seed={batch_seed},")
    lines += [")", "for racer, path in zip(race.racer_names(), race.run()):"]
    lines += ["    print(racer, path.losses[-1], path.outcome)", ""]
    return "\n".join(lines)


def _surface_code(surface: Surface) -> str:
    if isinstance(surface, FiniteSum):
        samples = taken_out(surface_record(surface), SAMPLE_FIELDS)
        settings = ", ".join(f"{SAMPLE_FIELDS[key]}={value!r}" for key, value in samples.items())
        return f"optviz.FiniteSum({_surface_code(surface.surface)}, {settings})"
    record = surface_record(surface)
    name = record.pop("name")
    if isinstance(surface, GallerySurface):
        return f"optviz.gallery({name!r})"
    settings = ", ".join(
        f"{key}={tuple(value) if isinstance(value, list) else value!r}" for key, value in record.items()
    )
    return f"optviz.{type(surface).__name__}({settings})"
