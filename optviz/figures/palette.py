"""Every colour, on a light and on a dark page: what figures draw and what style sheets use.

The racers' colours follow the article where it names them (RMSProp green, Adagrad pink, gradient descent black), and
come from the colour-blind-safe set of M. Okabe and K. Ito (2008), jfly.uni-koeln.de/color, lightened for the
dark theme. The accent of the interface is a violet that no racer uses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
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
    "casing": ("#ffffff", "#0b0e17"),
    "frame": ("#3f4863", "#8b93ab"),
    # Opaque: through what WebGL draws half transparent the page is seen, not the surface.
    "scene_line": ("#9fa4b2", "#4d7692"),
    "article_line": ("#e4dade", "#46444c"),
    "label_back": ("#ffffff", "#171b29"),
    "accent": ("#6a48d7", "#a48bff"),
}
"""What a figure is drawn with besides its racers: `@theme/ink`."""

TERMS: Colors = {
    "gradient": ("#962600", "#dd4f28"),
    "moment": ("#143f96", "#3d6cf5"),
    "square": ("#a8861d", "#ebc843"),
    "rate": ("#119c64", "#22eba0"),
    "update": ("#e63adf", "#f48af2"),
    "point": ("#5b667e", "#7d7b90"),
    "step": ("#1b1d2a", "#eceef5"),
    "field": ("#1b1d2a", "#eceef5"),
    "count": ("#1b1d2a", "#eceef5"),
}
"""What a step is made of, by kind: symbols of a rule and the arrows that belong to them, `@theme/term/gradient`."""

RELIEF: dict[str, tuple[str, ...]] = {
    "light": (
        *("#203580", "#224189", "#244e92", "#245b9b", "#2267a4", "#2b74ab", "#3c80ae", "#4a8db0", "#5699b3"),
        *("#62a6b6", "#78b1b6", "#8ebdb5", "#a3c8b4", "#b7d3b8", "#cbddc5", "#dfe7d1", "#f3f2dd"),
    ),
    "dark": (
        *("#12387c", "#184484", "#1e508d", "#225c95", "#26689e", "#2e74a6", "#3b80ac", "#478db3", "#5299b9"),
        *("#5ca6c0", "#70b1c6", "#83bdcc", "#95c8d1", "#a8d3d9", "#bddee2", "#d2e8eb", "#e6f3f4"),
    ),
}
"""The colours of a surface from its lowest point to its highest, at even distances.

Their CIELAB lightness grows evenly from 25 to 95, along a straight line from deep blue through teal to a pale cream, on
the dark page to a pale blue: hue and chroma change little from one to the next, so that lightness alone tells heights.
"""

LIT = (0.86, 1.08)
"""By how much light and shade of the relief multiply its colours: at the darkest slope and at the brightest."""

LINE_CONTRAST = 3.1
"""Of a level line to the ground that it lies on; WCAG 2.2, 1.4.11, asks for 3."""

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


COOLWARM = ("#3b4cc0", "#6282ea", "#8db0fe", "#b8d0f9", "#dddddd", "#f5c4ad", "#f49a7b", "#de604d", "#b40426")
"""The colours of the article's surfaces, in even steps: K. Moreland (2009), doi:10.1007/978-3-642-10520-3_9."""

COOLWARM_OPACITY = 0.6

DUEL: dict[str, tuple[str, str, str]] = {
    "light": ("#f0b58a", "#f4f4f9", "#b7a6f2"),
    "dark": ("#7d431d", "#1c2130", "#54419e"),
}
"""The colours from always higher through even to always lower, on each of which the ink can be read."""


def _article_relief(place: int) -> list[list[Any]]:
    ground = PAGE["background"][place]
    shades = [mixed(color, ground, COOLWARM_OPACITY) for color in COOLWARM]
    return [[step / (len(shades) - 1), shade] for step, shade in enumerate(shades)]


def mixed(color: str, ground: str, opacity: float) -> str:
    """What a colour looks like on a ground where it is not opaque; each is "#rrggbb"."""
    pairs = zip(_channels(color), _channels(ground), strict=True)
    return "#" + "".join(f"{round(over * opacity + under * (1 - opacity)):02x}" for over, under in pairs)


def _theme(name: str, place: int) -> dict[str, Any]:
    """The extra colours as well, and each racer's colour once more, faint, for a band: `@theme/adam/band`."""
    racers = {key: pair[place] for key, pair in RACERS.items()}
    racers |= {f"extra/{number}": pair[place] for number, pair in enumerate(EXTRAS)}
    bands = {f"{key}/band": f"{color}{FAINTER}" for key, color in racers.items()}
    terms = {f"term/{kind}": pair[place] for kind, pair in TERMS.items()}
    reliefs = _relief(name) | {"article_relief": _article_relief(place)}
    return {key: pair[place] for key, pair in FIGURE.items()} | reliefs | racers | bands | terms


def _relief(name: str) -> dict[str, Any]:
    """The colour scales: of who wins, of the heights, and of the level lines, from the lowest to the highest."""
    colors = RELIEF[name]
    last = len(colors) - 1
    return {
        "duel": [[place / 2, color] for place, color in enumerate(DUEL[name])],
        "relief": [[place / last, color] for place, color in enumerate(colors)],
        "relief_lines": [[place / last, level_line(color)] for place, color in enumerate(colors)],
    }


def level_line(ground: str) -> str:
    """A quiet line on a ground "#rrggbb": as much lighter or darker as `LINE_CONTRAST` asks for in light and in shade.

    On a dark ground it is lighter, on a light one darker; towards white or black, whichever can be told from both.
    """
    grounds = [tuple(min(channel * lit, 255) for channel in _channels(ground)) for lit in LIT]
    toward = (255, 255, 255) if luminance(grounds[1]) < 0.2 else (0, 0, 0)
    for part in range(101):
        line = tuple(round(old + (new - old) * part / 100) for old, new in zip(_channels(ground), toward, strict=True))
        if min(contrast(line, shaded) for shaded in grounds) >= LINE_CONTRAST:
            break
    return "#{:02x}{:02x}{:02x}".format(*line)


def contrast(one: Sequence[float], other: Sequence[float]) -> float:
    """The contrast of two colours (red, green, blue), each 0 … 255: 1 … 21, as WCAG 2.2 defines it."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(color: Sequence[float]) -> float:
    """The relative luminance of a colour (red, green, blue), each 0 … 255: 0 … 1, as WCAG 2.2 defines it."""
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (number / 255 for number in color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(color: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(color.removeprefix("#")))


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
