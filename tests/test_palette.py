"""Colours: of the racers, and of the relief that they run on. WCAG 2.2 and CIELAB are worked out anew here."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from optviz.experiment import ARTICLE_OPTIMIZERS
from optviz.figures.palette import EXTRAS, LIT, PAGE, RELIEF, TERMS, THEMES, contrast, luminance
from optviz.figures.styles import STYLES
from optviz.racer import PICKS

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
"""Of linear red, green and blue, w3.org/TR/WCAG22/#dfn-relative-luminance."""

RACERS = [*STYLES, *(f"extra/{place}" for place in range(len(EXTRAS)))]
BACKGROUND = dict(zip(THEMES, PAGE["background"], strict=True))


def channels(color: str, lit: float = 1) -> np.ndarray:
    """Of "#rrggbb" in light or shade: 0 … 1, linear in light (IEC 61966-2-1)."""
    coded = np.minimum(np.frombuffer(bytes.fromhex(color[1:]), np.uint8) * lit, 255) / 255
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def lightness(color: str) -> float:
    """CIELAB L*."""
    y = float(LUMINANCE @ channels(color))
    return 116 * np.cbrt(y) - 16 if y > (6 / 29) ** 3 else y * (29 / 3) ** 3


def ratio(one: np.ndarray, other: np.ndarray) -> float:
    low, high = sorted((float(LUMINANCE @ one), float(LUMINANCE @ other)))
    return (high + 0.05) / (low + 0.05)


def grounds(theme: str, place: int) -> list[np.ndarray]:
    return [channels(RELIEF[theme][place], lit) for lit in LIT]


def test_themes_have_the_same_colours_and_everything_in_the_article_has_one() -> None:
    assert set(THEMES["light"]) == set(THEMES["dark"])
    assert {*ARTICLE_OPTIMIZERS, "sgd", "minibatch_sgd"} <= set(STYLES) <= set(PICKS)
    for theme in THEMES.values():
        colours = [theme[key] for key in (*RACERS, "accent")]
        assert len(set(colours)) == len(colours)
    assert len({style["marker"] for style in STYLES.values()}) == len(STYLES)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("key", [*RACERS, "accent", "ink"])
def test_lines_stand_out_from_the_page(theme: str, key: str) -> None:
    """At least 3 : 1, which WCAG 2.2 asks of graphics (1.4.11)."""
    assert ratio(channels(THEMES[theme][key]), channels(BACKGROUND[theme])) >= 3


def test_the_colours_are_the_articles_where_it_names_them() -> None:
    assert float(LUMINANCE @ channels(THEMES["light"]["gradient_descent"])) < 0.01
    assert float(LUMINANCE @ channels(THEMES["dark"]["gradient_descent"])) == pytest.approx(1)
    for theme in THEMES.values():
        red, green, blue = channels(theme["rmsprop"])
        assert green > max(red, blue)
        red, green, blue = channels(theme["adagrad"])
        assert red > blue > green


# --- the terms of a step -------------------------------------------------------------------------------------------

# To linear red, green and blue, what an eye without one kind of cone takes it for: Machado, Oliveira and Fernandes
# 2009, doi:10.1109/TVCG.2009.113, severity 1.
EYES = {
    "normal": np.eye(3),
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
}
# sRGB's white point D65; IEC 61966-2-1.
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
DRAWN = [kind for kind in TERMS if kind not in ("field", "count")]


def lab(color: str, eye: str) -> np.ndarray:
    """CIELAB."""
    seen = np.clip(np.asarray(EYES[eye]) @ channels(color), 0, 1)
    shares = XYZ @ seen / XYZ.sum(axis=1)
    root = np.where(shares > (6 / 29) ** 3, np.cbrt(shares), shares * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("kind", TERMS)
def test_a_term_stands_out_from_the_page(theme: str, kind: str) -> None:
    assert ratio(channels(THEMES[theme][f"term/{kind}"]), channels(BACKGROUND[theme])) >= 3


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("theme", THEMES)
def test_terms_are_told_apart_by_every_eye(theme: str, eye: str) -> None:
    """A difference of 20 is some nine times what is just noticed (2.3)."""
    for one, other in itertools.combinations(DRAWN, 2):
        colors = [lab(THEMES[theme][f"term/{kind}"], eye) for kind in (one, other)]
        assert np.linalg.norm(colors[0] - colors[1]) >= 20, (one, other)


# --- the relief ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", THEMES)
def test_the_relief_grows_lighter_evenly_from_25_to_95(theme: str) -> None:
    heights = [lightness(color) for color in RELIEF[theme]]
    assert heights[0] <= 25.5
    assert heights[-1] >= 94.5
    # A channel is rounded to 1/255, which is up to 0.4 of L* at the dark end.
    even = (heights[-1] - heights[0]) / (len(heights) - 1)
    assert np.diff(heights) == pytest.approx(even, abs=0.8)


@pytest.mark.parametrize(("theme", "racer"), [*itertools.product(THEMES, RACERS)])
def test_a_racer_in_its_casing_is_seen_on_every_ground(theme: str, racer: str) -> None:
    """A path is a line in a casing: it is seen by the contrast of the two, and by one of them beside the ground."""
    color, casing = channels(THEMES[theme][racer]), channels(THEMES[theme]["casing"])
    assert ratio(color, casing) >= 3
    darkest, lightest = grounds(theme, 0)[0], grounds(theme, -1)[1]
    for ground in (darkest, lightest):
        assert max(ratio(color, ground), ratio(casing, ground)) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_a_mark_in_its_halo_is_seen_on_every_ground(theme: str) -> None:
    color, casing = channels(THEMES[theme]["ink"]), channels(THEMES[theme]["casing"])
    assert ratio(color, casing) >= 7
    for place in range(len(RELIEF[theme])):
        for ground in grounds(theme, place):
            assert max(ratio(color, ground), ratio(casing, ground)) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_a_level_line_is_seen_on_its_ground_and_is_no_louder_than_that(theme: str) -> None:
    lines = THEMES[theme]["relief_lines"]
    assert [place for place, _ in lines] == [place for place, _ in THEMES[theme]["relief"]]
    for place, (_, color) in enumerate(lines):
        ratios = [ratio(channels(color), ground) for ground in grounds(theme, place)]
        assert min(ratios) >= 3
        # Between light and shade lies a factor of 1.7 at most.
        assert max(ratios) < 3 * 1.8


def test_contrast_is_that_of_the_guidelines() -> None:
    # 21 for black on white, 4.54 for #767676 on white: examples of the guidelines' own understanding documents.
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((255, 255, 255), (0x76, 0x76, 0x76)) == pytest.approx(4.54, abs=0.005)
    assert luminance((255, 0, 0)) == pytest.approx(0.2126)
