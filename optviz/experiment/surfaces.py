"""A surface as a plain dict, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from optviz.bad_input import BadInput
from optviz.experiment.reading import number_or_list
from optviz.surface import FAMILIES, FiniteSum, GallerySurface, Surface, gallery, gallery_names

SAMPLE_FIELDS = {"samples": "samples", "spread": "spread", "sample_seed": "seed", "replacement": "replacement"}


def surface_names() -> tuple[str, ...]:
    """Every key that `surface` may have: the families, then the gallery."""
    return (*FAMILIES, *gallery_names())


def fields_of_family(name: str) -> tuple[str, ...]:
    """The fields of a family, as a record of it may tell them; none for a surface of the gallery."""
    family = FAMILIES.get(name)
    return () if family is None else tuple(item.name for item in dataclasses.fields(family))  # type: ignore[arg-type]


def surface_record(surface: Surface, whole: bool = False) -> dict[str, Any]:
    """A surface as a plain dict: its name, its seed, and the parameters that differ from its family's defaults.

    With `whole`, all its parameters.
    """
    if isinstance(surface, FiniteSum):
        samples: dict[str, Any] = {"samples": surface.samples, "spread": surface.spread}
        samples |= {"sample_seed": surface.seed} if surface.seed or whole else {}
        samples |= {"replacement": surface.replacement} if surface.replacement or whole else {}
        return surface_record(surface.surface, whole) | samples
    if isinstance(surface, GallerySurface):
        return {"name": surface.name}
    name = next((key for key, family in FAMILIES.items() if type(surface) is family), None)
    if name is None:
        raise BadInput("unknown_choice", name="surface", value=surface.title, allowed=", ".join(surface_names()))
    record: dict[str, Any] = {"name": name}
    for item in dataclasses.fields(surface):  # type: ignore[arg-type]
        value = getattr(surface, item.name)
        if whole or item.name in ("seed", "text") or value != item.default:
            record[item.name] = list(value) if isinstance(value, tuple) else value
    return record


def make_surface(record: Mapping[str, Any]) -> Surface:
    """The surface of a `surface_record`; numbers may be given as text, as in a link. Raises BadInput."""
    name = record.get("name")
    if not isinstance(name, str) or (name not in FAMILIES and name not in gallery_names()):
        raise BadInput("unknown_choice", name="surface", value=name, allowed=", ".join(surface_names()))
    rest = {key: value for key, value in record.items() if key != "name"}
    sampling = {} if name == "regression" else taken_out(rest, SAMPLE_FIELDS)
    if sampling:
        settings = {SAMPLE_FIELDS[key]: _value(key, value) for key, value in sampling.items()}
        return FiniteSum(make_surface({"name": name, **rest}), **settings)
    if name not in FAMILIES:
        if rest:
            raise BadInput("unknown_field", name=name, value=", ".join(rest), allowed="–")
        return gallery(name)
    for key in rest:
        if key not in fields_of_family(name):
            raise BadInput("unknown_field", name=name, value=key, allowed=", ".join(fields_of_family(name)))
    values = {key: _value(key, value) for key, value in rest.items()}
    for item in dataclasses.fields(FAMILIES[name]):  # type: ignore[arg-type]
        if item.default is dataclasses.MISSING and item.name not in values:
            raise BadInput("gallery_missing", name=name, value=item.name, allowed=item.name)
    return FAMILIES[name](**values)


def single_surface(record: Mapping[str, Any]) -> Surface:
    """`make_surface` of one surface. Raises BadInput for a stack as well."""
    return check_surface(record, strict=True)


def check_surface(record: Any, strict: bool) -> Surface:
    """The single surface of a record of unknown origin. Raises BadInput.

    Unless `strict`, fields that this surface has not are passed over.
    """
    if not isinstance(record, Mapping):
        raise BadInput("not_readable", name="surface", value=record, allowed="a table with a name")
    if not strict:
        # A link may tell of other surfaces' fields, and of much else: only what belongs to this one is read.
        name = record.get("name")
        fields = (*fields_of_family(str(name)), *(() if name == "regression" else SAMPLE_FIELDS))
        record = {key: record[key] for key in ("name", *fields) if key in record}
    surface = make_surface(record)
    if surface.stack_shape:
        raise BadInput("bad_seed", name="seed", value=record.get("seed"), allowed="0 ≤ seed ≤ 4,294,967,295")
    return surface


def _value(name: str, value: Any) -> Any:
    """The value of a surface's field: text stays text, `true` and `false` become what they say, the rest is numbers."""
    if name in ("text", "kind"):
        return value
    if value in ("true", "false"):
        return value == "true"
    return value if isinstance(value, bool) else number_or_list(name, value)


def taken_out(record: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The named entries, which leave the record."""
    return {name: record.pop(name) for name in names if name in record}
