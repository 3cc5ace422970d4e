"""The room that a map has on a screen, and that nothing lies on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from race_page import RacePage
from tiers import long, rest_is_long

Open = Callable[..., RacePage]

BOXES = """plot => {
  const { left, top } = plot.getBoundingClientRect();
  const chart = (x, y) => ({ left: left + x._offset, top: top + y._offset, width: x._length, height: y._length });
  const { xaxis, yaxis, xaxis2, yaxis2 } = plot._fullLayout;
  const stage = plot.closest(".optviz-stage");
  const part = (element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return { left, top, width, height };
  };
  return {
    map: chart(xaxis, yaxis), curves: chart(xaxis2, yaxis2),
    bar: part(stage.querySelector(".optviz-transport")),
    sentence: part(stage.querySelector(".optviz-sentence")),
    chips: [...stage.querySelectorAll(".optviz-above button")].filter((button) => button.checkVisibility()).map(part),
  };
}"""

SIDES: dict[str, tuple[str, tuple[int, int], float]] = {
    "projector": ("?v=1&present=1", (1024, 768), 540),
    "large": ("?v=1", (1920, 1080), 700),
    "desk": ("?v=1", (1440, 900), 560),
}
"""Query, window, and pixels that a side of the article's map has at least."""


def boxes(page: RacePage) -> dict[str, Any]:
    found: dict[str, Any] = page.plot(BOXES)
    return found


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    return (
        one["left"] < other["left"] + other["width"]
        and other["left"] < one["left"] + one["width"]
        and one["top"] < other["top"] + other["height"]
        and other["top"] < one["top"] + one["height"]
    )


@pytest.mark.parametrize(
    ("screen", "locale"),
    rest_is_long(
        [(name, locale) for name in SIDES for locale in ("en-US", "zh-CN")], {("projector", "en-US"), ("desk", "zh-CN")}
    ),
)
def test_a_map_is_as_large_as_its_screen_allows(open_page: Open, screen: str, locale: str) -> None:
    query, (width, height), least = SIDES[screen]
    seen = boxes(open_page(query, viewport={"width": width, "height": height}, locale=locale))
    assert seen["map"]["width"] == pytest.approx(seen["map"]["height"], abs=1)
    assert seen["map"]["width"] >= least
    assert seen["bar"]["top"] + seen["bar"]["height"] <= seen["sentence"]["top"]
    assert seen["sentence"]["top"] + seen["sentence"]["height"] <= height
    assert not overlap(seen["map"], seen["curves"])
    for chip in seen["chips"]:
        assert not overlap(chip, seen["map"])
        assert not overlap(chip, seen["curves"])
        assert chip["left"] + chip["width"] <= width


def test_on_a_phone_map_and_curves_are_two_tabs_as_wide_as_the_screen(open_page: Open) -> None:
    page = open_page("?v=1", viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    seen = boxes(page)
    # But for the numbers beside it and the edge of the page.
    assert seen["map"]["width"] >= 390 - 80
    assert seen["map"]["width"] == pytest.approx(seen["map"]["height"], abs=1)
    assert seen["map"]["top"] + seen["map"]["height"] <= seen["sentence"]["top"]
    page.page.locator("[data-name=curves]").tap()
    page.page.wait_for_function("document.querySelector('.optviz-plot')._fullLayout.xaxis.visible === false")
    seen = boxes(page)
    # Beside them stands the title of their axis, too.
    assert seen["curves"]["width"] >= 390 - 80 - 24
    assert seen["curves"]["height"] >= 250


def test_beside_the_open_settings_of_a_small_screen_the_map_is_no_stamp(open_page: Open) -> None:
    page = open_page("?v=1", viewport={"width": 1024, "height": 768})
    seen = boxes(page)
    assert seen["map"]["width"] >= 320
    # One row.
    assert seen["bar"]["height"] <= 60


@long
def test_a_tablet_that_is_held_upright_is_filled(open_page: Open) -> None:
    seen = boxes(open_page("?v=1", viewport={"width": 768, "height": 1024}))
    assert seen["map"]["width"] >= 768 * 0.6
    assert seen["curves"]["top"] > seen["map"]["top"] + seen["map"]["height"]
    assert seen["curves"]["width"] >= 768 * 0.8
    assert seen["map"]["top"] + seen["map"]["height"] <= seen["bar"]["top"]
