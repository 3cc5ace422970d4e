"""The two tiers: what runs with `make test`, and the long one that `make test-all` adds."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

import pytest

long = pytest.mark.long


def rest_is_long(cases: Iterable[Any], quick: Container[Any]) -> list[Any]:
    """All cases of a table, for `parametrize`: those that are not in `quick` belong to the long tier."""
    chosen = list(cases)
    assert any(case in quick for case in chosen), "else nothing of the table is left in the quick tier"
    return [case if case in quick else _long(case) for case in chosen]


def few_are_quick(cases: Iterable[Any], count: int) -> list[Any]:
    """All cases of a table, for `parametrize`: so many of them, spread evenly over it, are quick, the others long.

    For a table whose cases are alike, so that none of them needs to be named.
    """
    chosen = list(cases)
    assert 0 < count < len(chosen), "else all of the table is in one tier"
    quick = {place * len(chosen) // count for place in range(count)}
    return [case if place in quick else _long(case) for place, case in enumerate(chosen)]


def _long(case: Any) -> Any:
    return pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=long)
