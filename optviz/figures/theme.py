"""Colours, line styles and markers.

The racers' colours follow the article where it names them (RMSProp green, Adagrad pink, gradient descent black), and
come from the colour-blind-safe set of M. Okabe and K. Ito (2008), jfly.uni-koeln.de/color, lightened for the
dark theme. The accent of the interface is a violet that no racer uses.
"""

from __future__ import annotations

from typing import Any

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
        "other": "#77521f",
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
        "other": "#d3a86a",
    },
}


def _with_bands(theme: dict[str, Any]) -> dict[str, Any]:
    """Each racer's colour once more, faint, for a band: `@theme/adam/band`."""
    bands = {f"{key}/band": f"{theme[key]}2e" for key in (*STYLES, "other")}
    return theme | bands


THEMES = {name: _with_bands(theme) for name, theme in THEMES.items()}


def color_of(key: str) -> str:
    """A reference to the colour of an optimizer, by its key."""
    return f"@theme/{key if key in STYLES else 'other'}"


def styles_of(keys: tuple[str, ...]) -> list[dict[str, str]]:
    """Colour, line style and marker per racer; the second racer of a kind gets another line style, and so on."""
    seen: dict[str, int] = {}
    styles = []
    for key in keys:
        style = STYLES.get(key, {"dash": "solid", "marker": "circle"})
        count = seen[key] = seen.get(key, -1) + 1
        dash = REPEATS[(REPEATS.index(style["dash"]) + count) % len(REPEATS)]
        styles.append({"color": color_of(key), "dash": dash, "marker": style["marker"]})
    return styles
