"""What the sentence below a race is made of, as arrays: the stage puts it into words."""

from __future__ import annotations

import numpy as np

from optviz.statistics.events import Events

TOLD = {"events": "@told/events", "arrivals": "@told/arrivals", "valleys": "@told/valleys"}
"""Where a layer of tracks finds them."""


def told_arrays(events: Events) -> dict[str, np.ndarray]:
    """The arrays that `TOLD` refers to, a few dozen numbers.

    events (rows, 6), a row per event and racer: the event's number, step, kind, since; the racer; the valley. arrivals
    (racers, 3): step, valley, whether it has been near the deepest. valleys (V, 2): loss, how far from the start.
    """
    rows = [
        (number, event.step, int(event.kind), event.since, racer, event.valley)
        for number, event in enumerate(events.said)
        for racer in event.racers
    ]
    return {
        "told/events": np.array(rows, dtype=np.int32).reshape(-1, 6),
        "told/arrivals": np.stack([events.arrived, events.valley, events.passed], axis=1).astype(np.int32),
        "told/valleys": np.stack([events.valleys, events.away], axis=1),
    }
