"""Colours, line styles and markers.

The racers' colours follow the article where it names them (RMSProp green, Adagrad pink, gradient descent black), and
come from the colour-blind-safe set of M. Okabe and K. Ito (2008), jfly.uni-koeln.de/color, lightened for the
dark theme. The accent of the interface is a violet that no racer uses.
"""

from __future__ import annotations

from typing import Any

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

EXTRA_COLORS = {
    "light": ("#6b944f", "#b03245", "#2796a2", "#6e1847", "#0f4424", "#4689e8", "#403d0a"),
    "dark": ("#acf67a", "#e96672", "#8ff2fe", "#bf7d9b", "#6efd9f", "#81a5f0", "#f3e65b"),
}
"""The colours of optimizers without a style of their own, in the order of the registry; then from the first again.

Chosen one after the other as the hue that lies farthest from all before it in CIELAB, also as it is seen with
deuteranopia and protanopia (the matrices of Machado, Oliveira and Fernandes 2009, doi:10.1109/TVCG.2009.113).
"""

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
"""Their markers. One more than there are colours, so that the same pair comes back after 56 optimizers only."""

THEMES: dict[str, dict[str, Any]] = {
    "light": {
        "ink": "#1b1d2a",
        "faint": "#6a6f80",
        "grid": "#e6e8ee",
        "paper": "rgba(0,0,0,0)",
        "surface_scale": [[0, "#b9c6dc"], [0.35, "#d3dcea"], [0.7, "#e9eef5"], [1, "#fafbfd"]],
        "contour_line": "rgba(70,86,120,0.32)",
        "label_back": "#ffffff",
        "accent": "#6a48d7",
        "gradient_descent": "#111111",
        "sgd": "#8a4b1f",
        "minibatch_sgd": "#6b6f7c",
        "momentum": "#d1480b",
        "nag": "#b57a00",
        "adagrad": "#cf5c9c",
        "adadelta": "#2f8fc4",
        "rmsprop": "#00805c",
        "adam": "#0b45b8",
    },
    "dark": {
        "ink": "#eceef5",
        "faint": "#a3a9bb",
        "grid": "#2b3042",
        "paper": "rgba(0,0,0,0)",
        "surface_scale": [[0, "#0c1222"], [0.35, "#161e33"], [0.7, "#212b45"], [1, "#2f3b59"]],
        "contour_line": "rgba(160,180,225,0.28)",
        "label_back": "#171b29",
        "accent": "#a48bff",
        "gradient_descent": "#ffffff",
        "sgd": "#d9a06b",
        "minibatch_sgd": "#b4bac8",
        "momentum": "#ff7a45",
        "nag": "#f2b632",
        "adagrad": "#f08cc4",
        "adadelta": "#86d3ff",
        "rmsprop": "#2fd09b",
        "adam": "#5b93ff",
    },
}


def _with_extras(name: str, theme: dict[str, Any]) -> dict[str, Any]:
    """The extra colours as well, and each racer's colour once more, faint, for a band: `@theme/adam/band`."""
    extras = {f"extra/{place}": color for place, color in enumerate(EXTRA_COLORS[name])}
    theme = theme | extras
    return theme | {f"{key}/band": f"{theme[key]}2e" for key in (*STYLES, *extras)}


THEMES = {name: _with_extras(name, theme) for name, theme in THEMES.items()}


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
        "color": f"@theme/extra/{place % len(EXTRA_COLORS['light'])}",
        "dash": REPEATS[place % len(REPEATS)],
        "marker": EXTRA_MARKERS[place % len(EXTRA_MARKERS)],
    }


def color_of(key: str) -> str:
    """A reference to the colour of an optimizer, by its key."""
    return styles_of((key,))[0]["color"]
