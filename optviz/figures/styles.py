"""Line styles and markers: with its colour, each racer has three ways to be told from the others."""

from __future__ import annotations

from optviz.figures.palette import EXTRAS
from optviz.racer import PICKS

STYLES: dict[str, dict[str, str]] = {
    "gradient_descent": {"dash": "solid", "marker": "circle"},
    "sgd": {"dash": "dot", "marker": "pentagon"},
    "minibatch_sgd": {"dash": "dashdot", "marker": "triangle-right"},
    "momentum": {"dash": "solid", "marker": "square"},
    "nag": {"dash": "dash", "marker": "diamond"},
    "adagrad": {"dash": "dot", "marker": "triangle-up"},
    "adadelta": {"dash": "dashdot", "marker": "triangle-down"},
    "rmsprop": {"dash": "solid", "marker": "hexagon"},
    "adam": {"dash": "solid", "marker": "star"},
}
"""Optimizer key → Plotly line style and marker symbol; repeats of a racer cycle through `REPEATS`."""

REPEATS = ("solid", "dot", "dash", "dashdot")

EXTRA_MARKERS = (
    "triangle-left",
    "hexagram",
    "star-diamond",
    "octagon",
    "star-triangle-up",
    "hourglass",
    "star-square",
    "star-triangle-down",
)
"""The markers of optimizers without a row above.

One more than there are colours, so that the same pair comes back after 56 optimizers only.
"""


def styles_of(keys: tuple[str, ...]) -> list[dict[str, str]]:
    """Colour, line style and marker per racer, by its key; the second of a key gets another line style, and so on.

    An optimizer without a row in `STYLES` has the extra style of its place among those in the registry; a class that is
    not registered one of those after them.
    """
    registered = [key for key in PICKS if key not in STYLES]
    extras = list(dict.fromkeys([*registered, *(key for key in keys if key not in STYLES)]))
    seen: dict[str, int] = {}
    styles = []
    for key in keys:
        style = {"color": f"@theme/{key}", **STYLES[key]} if key in STYLES else _extra(extras.index(key))
        count = seen[key] = seen.get(key, -1) + 1
        styles.append(style | {"dash": REPEATS[(REPEATS.index(style["dash"]) + count) % len(REPEATS)]})
    return styles


def _extra(place: int) -> dict[str, str]:
    return {
        "color": f"@theme/extra/{place % len(EXTRAS)}",
        "dash": REPEATS[place % len(REPEATS)],
        "marker": EXTRA_MARKERS[place % len(EXTRA_MARKERS)],
    }


def color_of(key: str) -> str:
    """A reference to the colour of an optimizer, by its key."""
    return styles_of((key,))[0]["color"]
