"""Makes a walk that fails as short as it can in the time that there is."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def shortened(
    items: Sequence[Item],
    fails: Callable[[Sequence[Item]], bool],
    seconds: float = 90,
    clock: Callable[[], float] = time.monotonic,
) -> list[Item]:
    """A short subsequence that still fails; the whole, where no shorter one that was tried does.

    First ever longer tails, because what breaks a page is mostly what was done last; then delta debugging on the one
    that fails: pieces are left out, large ones first (Zeller and Hildebrandt 2002, doi:10.1109/32.988498). `fails` may
    take its time and may even be wrong now and then; after `seconds` the shortest so far is the answer.
    """
    deadline = clock() + seconds
    known = list(items)
    length = 1
    while length < len(known):
        if clock() > deadline:
            return known
        if fails(known[-length:]):
            known = known[-length:]
            break
        length *= 2
    pieces = 2
    while len(known) > 1:
        size = -(-len(known) // pieces)
        for begin in range(0, len(known), size):
            if clock() > deadline:
                return known
            rest = known[:begin] + known[begin + size :]
            if rest and fails(rest):
                known, pieces = rest, max(pieces - 1, 2)
                break
        else:
            if size == 1:
                return known
            pieces = min(2 * pieces, len(known))
    return known
