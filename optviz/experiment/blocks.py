"""Blocks of seeds: which surfaces a league is asked about, and which ones racers are tuned on."""

from __future__ import annotations

import dataclasses
from typing import Any

from optviz.bad_input import BadInput
from optviz.experiment.reading import read_number
from optviz.parameter import SEED

MOST_SEEDS = 100_000
USUAL_TRAINING = 1000
"""On so many seeds rates are tuned, unless somebody says otherwise."""

Block = tuple[int, int]
"""The first seed, and the one beyond the last."""

BEYOND_ALL = 2**32
_EDGE = dataclasses.replace(SEED, at_most=BEYOND_ALL)


def check_block(name: str, value: Any) -> Block:
    """Seeds as the first one and the one beyond the last, also as text "0:1000". Raises BadInput."""
    allowed = f"0 ≤ first < beyond ≤ {BEYOND_ALL:,}"
    try:
        parts = value.replace("~", ":").split(":") if isinstance(value, str) else tuple(value)
        first, beyond = (read_number(name, part) if isinstance(part, str) else part for part in parts)
        first, beyond = (int(_EDGE.check_number(name, edge)) for edge in (first, beyond))
    except (TypeError, ValueError):
        raise BadInput("bad_block", name=name, value=value, allowed=allowed) from None
    if not first < beyond:
        raise BadInput("bad_block", name=name, value=block_text((first, beyond)), allowed=allowed)
    if beyond - first > MOST_SEEDS:
        raise BadInput("too_many", name=name, value=f"{beyond - first:,}", allowed=f"1 … {MOST_SEEDS:,}")
    return (first, beyond)


def training_beside(seeds: Block, before: Block | None = None) -> Block:
    """The seeds that racers are tuned on where nobody says which, none of which is judged.

    before: those that they were tuned on, which stay as long as they can, and their number in any case; else 1,000. The
    seeds that follow, or those from 0 on where so many do not follow.
    """
    if before is not None and (before[1] <= seeds[0] or seeds[1] <= before[0]):
        return before
    count = USUAL_TRAINING if before is None else before[1] - before[0]
    first = seeds[1] if seeds[1] + count <= BEYOND_ALL else 0
    return first, first + count


def block_text(block: Block) -> str:
    """A block as text, "0:1000"."""
    return f"{block[0]}:{block[1]}"
