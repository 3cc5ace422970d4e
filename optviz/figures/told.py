"""What is told of a race beside its picture: arrays that the stage puts into words, and how both spell a loss."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

import numpy as np

from optviz.statistics.events import Events

TOLD = {"events": "@told/events", "arrivals": "@told/arrivals", "valleys": "@told/valleys"}
"""Where a layer of tracks finds them."""


def spelled(value: float, digits: int = 3) -> str:
    """A number as people read it: a loss of a place has three digits, one of a table four.

    As `number` in `optviz/stage/js/sentences.js` spells it below the picture: in full from 0.001 to 99,999; a true
    minus sign, and a dash for what is not finite.
    """
    if not np.isfinite(value):
        return "–"
    size = abs(value)
    if size != 0 and (size < 1e-3 or size >= 1e5):
        mantissa, exponent = f"{_rounded(value, 3):.2e}".split("e")
        text = f"{mantissa}e{int(exponent):+d}"
    else:
        whole, _, decimals = f"{_rounded(value, digits):f}".partition(".")
        decimals = decimals.rstrip("0")
        text = f"{whole}.{decimals}" if decimals else whole.replace("-0", "0")
    return text.replace("-", "−")


def _rounded(value: float, digits: int) -> Decimal:
    # Of two numbers that are equally near JavaScript takes the one that is farther from 0.
    return Context(prec=digits, rounding=ROUND_HALF_UP).create_decimal(Decimal(float(value)))


def told_arrays(events: Events) -> dict[str, np.ndarray]:
    """The arrays that `TOLD` refers to, a few dozen numbers.

    events (rows, 6), a row per event and racer: the event's number, step, kind, since; the racer; the valley. arrivals
    (racers, 3): step, valley, whether it has been near the deepest. valleys (V, 3): loss, how far from the start, and
    as how many places it counts.
    """
    rows = [
        (number, event.step, int(event.kind), event.since, racer, event.valley)
        for number, event in enumerate(events.said)
        for racer in event.racers
    ]
    places = [max(events.deepest, 1), *(1 for _ in events.valleys[1:])]
    return {
        "told/events": np.array(rows, dtype=np.int32).reshape(-1, 6),
        "told/arrivals": np.stack([events.arrived, events.valley, events.passed], axis=1).astype(np.int32),
        "told/valleys": np.stack([events.valleys, events.away, places], axis=1),
    }
