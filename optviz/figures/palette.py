"""Every colour, on a light and on a dark page: what figures draw and what style sheets use.

The racers' colours follow the article where it names them (RMSProp green, Adagrad pink, gradient descent black), and
come from the colour-blind-safe set of M. Okabe and K. Ito (2008), jfly.uni-koeln.de/color, lightened for the
dark theme. The accent of the interface is a violet that no racer uses.
"""

from __future__ import annotations

import re
from typing import Any

Colors = dict[str, tuple[str, str]]
"""Name → what it is in the light theme and in the dark one."""

RACERS: Colors = {
    "gradient_descent": ("#111111", "#ffffff"),
    "sgd": ("#8a4b1f", "#d9a06b"),
    "minibatch_sgd": ("#6b6f7c", "#b4bac8"),
    "momentum": ("#d1480b", "#ff7a45"),
    "nag": ("#b57a00", "#f2b632"),
    "adagrad": ("#cf5c9c", "#f08cc4"),
    "adadelta": ("#2f8fc4", "#86d3ff"),
    "rmsprop": ("#00805c", "#2fd09b"),
    "adam": ("#0b45b8", "#5b93ff"),
}

EXTRAS = (
    ("#6b944f", "#acf67a"),
    ("#b03245", "#e96672"),
    ("#2796a2", "#8ff2fe"),
    ("#6e1847", "#bf7d9b"),
    ("#0f4424", "#6efd9f"),
    ("#4689e8", "#81a5f0"),
    ("#403d0a", "#f3e65b"),
)
"""The colours of optimizers without one of their own, in the order of the registry; then from the first again.

Chosen one after the other as the hue that lies farthest from all before it in CIELAB, also as it is seen with
deuteranopia and protanopia (the matrices of Machado, Oliveira and Fernandes 2009, doi:10.1109/TVCG.2009.113).
"""

FIGURE: Colors = {
    "ink": ("#1b1d2a", "#eceef5"),
    "faint": ("#6a6f80", "#a3a9bb"),
    "grid": ("#e6e8ee", "#2b3042"),
    "paper": ("rgba(0,0,0,0)", "rgba(0,0,0,0)"),
    "contour_line": ("rgba(70,86,120,0.32)", "rgba(160,180,225,0.28)"),
    "label_back": ("#ffffff", "#171b29"),
    "accent": ("#6a48d7", "#a48bff"),
}
"""What a figure is drawn with besides its racers: `@theme/ink`."""

RELIEF = {
    "light": [[0, "#b9c6dc"], [0.35, "#d3dcea"], [0.7, "#e9eef5"], [1, "#fafbfd"]],
    "dark": [[0, "#0c1222"], [0.35, "#161e33"], [0.7, "#212b45"], [1, "#2f3b59"]],
}
"""The colours of a surface from its lowest point to its highest."""

PAGE: Colors = {
    "background": ("#fcfcfe", "#12151f"),
    "sidebar": ("#f4f5fa", "#161a27"),
    "field": ("#ffffff", "#1f2536"),
    "block": ("#f1f2f8", "#1b2030"),
    "raised": ("#ffffff", "#1b2030"),
    "hover": ("#f0eefb", "#2a2744"),
    "line": ("#d9dce5", "#333a4f"),
    "quiet": ("#5d6273", "#a3a9bb"),
    "caption": ("#565b6c", "#a9afc1"),
    "on_accent": ("#ffffff", "#14121f"),
    "notice": ("#d09a2a", "#d09a2a"),
    "notice_back": ("#fbf1df", "#332a1c"),
    "shadow": ("#141628", "#141628"),
    "recording": ("#c02742", "#c02742"),
    "lost": ("#8c1d33", "#8c1d33"),
    "on_dark": ("#ffffff", "#ffffff"),
    "unconnected": ("#14121f", "#14121f"),
    "unconnected_back": ("#ffd98a", "#ffd98a"),
    "unconnected_line": ("#b8860b", "#b8860b"),
    "paper_white": ("#ffffff", "#ffffff"),
    "logo": ("#7d5cf0", "#7d5cf0"),
}
"""What only style sheets use, besides those of figures: `var(--optviz-line)`. `.streamlit/config.toml` repeats some."""

FAINTER = "2e"
"""How opaque a band is in its racer's colour, as the last two digits of #rrggbbaa."""


def _theme(name: str, place: int) -> dict[str, Any]:
    """The extra colours as well, and each racer's colour once more, faint, for a band: `@theme/adam/band`."""
    racers = {key: pair[place] for key, pair in RACERS.items()}
    racers |= {f"extra/{number}": pair[place] for number, pair in enumerate(EXTRAS)}
    bands = {f"{key}/band": f"{color}{FAINTER}" for key, color in racers.items()}
    return {key: pair[place] for key, pair in FIGURE.items()} | {"relief": RELIEF[name]} | racers | bands


THEMES = {name: _theme(name, place) for place, name in enumerate(("light", "dark"))}
"""What a reference of a figure stands for in each theme: `@theme/adam` is `THEMES["dark"]["adam"]` on a dark page."""

_USED = re.compile(r"var\(--optviz-(\w+)\)")


def css_color(reference: str) -> str:
    """A colour of a figure, such as "@theme/adam", as CSS: it follows the page's own color-scheme."""
    name = reference.removeprefix("@theme/")
    return _css(THEMES["light"][name], THEMES["dark"][name])


def style_sheet(css: str) -> str:
    """A style sheet with the values of the colours that it uses: `var(--optviz-NAME)`. Raises KeyError for another."""
    known = FIGURE | PAGE
    values = [f"--optviz-{name}: {_css(*known[name])};" for name in dict.fromkeys(_USED.findall(css))]
    return f":root {{ {' '.join(values)} }}\n{css}"


def _css(light: str, dark: str) -> str:
    return light if light == dark else f"light-dark({light}, {dark})"
