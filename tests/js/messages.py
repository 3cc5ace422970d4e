"""Messages as the server packs them, for message.test.js: JSON, each in base64, and the numbers that are in them."""

from __future__ import annotations

import base64
import dataclasses
import json
import math
import sys
from typing import Any

import numpy as np

from optviz import Race
from optviz.figures import Figure
from optviz.figures.heights import contour_heights
from optviz.figures.race import race_figure
from optviz.figures.race_record import race_record
from optviz.figures.told import spelled
from optviz.stage import pack, pack_new
from optviz.text import words

ARRAYS = {
    "single": np.array([1.5, -2.25, np.nan, np.inf]),
    "double": np.array([1.0, 1e300]),
    "bytes": np.array([0, 7, 255], dtype=np.uint8),
    "whole": np.arange(-2, 3),
    "none": np.empty(0),
    "points": np.array([[0.5, 1.0], [2.0, -4.0], [8.0, np.nan]]),
    "map/z": np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
    "one byte": np.array([9], dtype=np.uint8),
    "after it": np.array([[0.25]]),
}
# Sizes around each change of form, halves that two rules of rounding would tell apart, and what is none.
LOSSES = [
    *(
        sign * size
        for sign in (1, -1)
        for size in (0.354, 12345, 99949, 99999.9, 1e5, 123456, 9.999e-4, 1e-3, 12.25, 1e-12)
    ),
    *(0.0, -0.0, 0.0625, 2.675, 1000, 5e-324, 1e300, math.inf, math.nan),
]


def messages() -> dict[str, bytes]:
    """By name; those that begin with `padding` have headers of all lengths modulo 4."""
    text = {"play": "播放 ▶"}
    figure = Figure({"data": [], "layout": {}}, ARRAYS, map_key="a map")
    race = Race(steps=20)
    record = race_record(race.run(), race.racer_names(), tuple(race.surface.suggested_start))
    drawn = race_figure(record, contour_heights(race.surface), "race map", words("en")["figure"])
    # One trace of two is another one, and one array of nine.
    line, other = {"type": "scatter", "x": "@single", "name": "a" * 99}, {"type": "scatter", "name": "b" * 99}
    before = Figure(
        {"data": [line, line], "layout": {}}, ARRAYS, map_key="a map", layers=[{"kind": "tracks", "racers": []}]
    )
    changed = dataclasses.replace(
        before,
        plot={"data": [line, other], "layout": {"title": "new"}},
        arrays=ARRAYS | {"single": np.array([3.5, -2.25, np.nan, np.inf])},
    )
    first, known = pack_new(before, text, (), token="first", stage="here")
    return {
        **{f"padding {length}": pack(figure, text, token="x" * length) for length in range(4)},
        "without map": pack(figure, text, with_map=False),
        "first": first,
        "second": pack_new(changed, text, known, with_map=False, token="second", stage="here")[0],
        "elsewhere": pack_new(changed, text, known, with_map=False, token="second", stage="elsewhere")[0],
        "race": pack(drawn, words("en")["stage"], token="race"),
    }


def told(array: np.ndarray) -> list[Any]:
    """The numbers as JSON: null for what is not finite. All of them are exact in the type in which they travel."""
    listed = array.tolist()
    return [told(np.asarray(item)) if isinstance(item, list) else _number(item) for item in listed]


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


if __name__ == "__main__":
    packed = {name: base64.b64encode(message).decode() for name, message in messages().items()}
    table = [[_number(loss), digits, spelled(loss, digits)] for loss in LOSSES for digits in (3, 4)]
    json.dump(
        {"spelled": table, "messages": packed, "arrays": {name: told(array) for name, array in ARRAYS.items()}},
        sys.stdout,
    )
