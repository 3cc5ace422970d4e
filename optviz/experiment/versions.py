"""Records of earlier versions, made into today's."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from optviz.bad_input import BadInput

VERSION = 1
MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""Version → a function that makes of a record of that version one of the next, so that a printed link stays true.

A default stays out of links and files. Whoever changes one, or renames a field, raises `VERSION` and adds the row that
says what the version before meant: `record["surface"].setdefault("hills", 30)`. The function may change the record it
gets, which has the shape of `Race.to_record`: `surface`, if there, is a table, and `racers` a list of tables. Of a link
numbers and lists are still text, and every parameter, a stranger's too, stands both beside the surface and among its
fields, because no list says where earlier versions had it. So a migration moves, renames and fills in; it does not
compute, and it need not tidy up after links.
"""


def version_of(given: Any) -> int:
    """The version that a record gives as its own, a number or a text. Raises BadInput for one that nobody can read."""
    readable = _readable()
    version = next((known for known in readable if type(given) in (int, str) and given in (known, str(known))), None)
    if version is None:
        raise BadInput("unknown_choice", name="version", value=given, allowed=", ".join(map(str, readable)))
    return version


def migrated(record: Mapping[str, Any], version: int) -> Mapping[str, Any]:
    """The record of this version in today's. Raises BadInput, whatever is in it."""
    for known in range(version, VERSION):
        try:
            moved = MIGRATIONS[known](copy.deepcopy(_shaped(record)))
            record = _shaped({**moved, "version": known + 1})
        except BadInput:
            raise
        except Exception as problem:
            # A migration is written for what we wrote ourselves; this record may be a stranger's.
            allowed = f"a race of version {known}"
            raise BadInput("not_readable", name="race", value=type(problem).__name__, allowed=allowed) from None
    return record


def _readable() -> list[int]:
    """The versions from which migrations lead to today's, oldest first."""
    first = VERSION
    while first - 1 in MIGRATIONS:
        first -= 1
    return list(range(first, VERSION + 1))


def _shaped(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record as a dict, in which a migration finds tables where it looks for them. Raises BadInput."""
    surface, racers = record.get("surface", {}), record.get("racers", [])
    if not isinstance(surface, dict):
        raise BadInput("not_readable", name="surface", value=surface, allowed="a table with a name")
    if not isinstance(racers, list) or not all(isinstance(racer, dict) for racer in racers):
        raise BadInput("not_readable", name="racers", value=racers, allowed="tables with an optimizer each")
    return dict(record)
