"""A phone on its side: the picture and what plays it are in its low window together."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from race_page import PHONE, RacePage
from tiers import long, rest_is_long

Open = Callable[..., RacePage]
SCREENS = {"844x390": (844, 390), "740x360": (740, 360), "640x360": (640, 360)}
ALL = [(screen, locale) for screen in SCREENS for locale in ("en-US", "zh-CN")]
EVERYWHERE = pytest.mark.parametrize(("screen", "locale"), rest_is_long(ALL, {("740x360", "zh-CN")}))
IS_CLOSED = "document.querySelector('[data-testid=stSidebar]').dataset.collapsed === 'true'"
FITS = """() => {
  const stage = document.querySelector(".optviz-stage");
  const box = (part) => stage.querySelector(part).getBoundingClientRect();
  const [picture, bar] = [box(".optviz-picture, .inside-picture"), box(".optviz-transport")];
  const head = document.querySelector("[data-testid=stHeader]");
  const under = document.fullscreenElement ? 0 : head.getBoundingClientRect().bottom;
  return picture.top >= under && picture.height >= 130 && bar.top >= picture.top + 130 && bar.bottom <= innerHeight
    && bar.height < 2 * 44 && bar.bottom > innerHeight - 80;
}"""
"""The bar is one row at the lower edge, the picture above it but for what it may cover of the picture's own edge."""

BESIDE_ONE_ANOTHER = "plot => plot._fullLayout.xaxis2.domain[0] > plot._fullLayout.xaxis.domain[1]"


def sideways(screen: str = "844x390", **settings: object) -> dict[str, object]:
    width, height = SCREENS[screen]
    return {"viewport": {"width": width, "height": height}, "is_mobile": True, "has_touch": True, **settings}


@EVERYWHERE
def test_the_race_and_its_bar_are_seen_first(open_page: Open, screen: str, locale: str) -> None:
    page = open_page("?v=1", **sideways(screen, locale=locale))
    page.page.wait_for_function(f"{IS_CLOSED} && ({FITS})()")
    page.wait_for_plot(BESIDE_ONE_ANOTHER, True)
    before = page.page.locator(".optviz-picture").bounding_box()
    page.do("more")
    bar = page.page.locator(".optviz-transport").bounding_box()
    assert bar is not None
    assert bar["height"] <= 2 * 44 + 20, "what is opened is one row more"
    assert page.page.locator(".optviz-picture").bounding_box() == before


@EVERYWHERE
def test_a_step_its_answer_and_its_bar_are_seen_first(open_page: Open, screen: str, locale: str) -> None:
    page = open_page("?v=1", **sideways(screen, locale=locale))
    page.page.goto(f"{page.address}/step")
    page.page.locator(".inside[data-drawn]").wait_for()
    page.page.wait_for_function(f"{IS_CLOSED} && ({FITS})()")
    said = page.page.locator(".inside-said").bounding_box()
    bar = page.page.locator(".optviz-transport").bounding_box()
    assert said is not None
    assert bar is not None
    assert said["y"] + said["height"] <= bar["y"]


@long
def test_two_optimizers_stand_beside_one_another_above_the_bar(open_page: Open) -> None:
    page = open_page("?v=1", **sideways("740x360"))
    page.page.goto(f"{page.address}/step?beside=6")
    page.page.locator(".inside[data-drawn][data-sides='2']").wait_for()
    page.page.wait_for_function(FITS)
    one, other = (side.bounding_box() for side in page.page.locator(".inside-picture").all())
    assert one is not None
    assert other is not None
    assert one["y"] == other["y"]


@long
def test_the_whole_screen_fits_it(open_page: Open) -> None:
    page = open_page("?v=1", **sideways())
    page.do("more")
    page.do("full")
    page.page.wait_for_function("document.fullscreenElement !== null")
    page.do("more")
    page.page.wait_for_function(FITS.replace("innerHeight - 80", "0"))
    page.do("full")
    page.page.wait_for_function(f"document.fullscreenElement === null && ({FITS})()")


@long
def test_a_phone_is_turned_while_it_plays(open_page: Open) -> None:
    page = open_page("?v=1&steps=2000", viewport=PHONE, is_mobile=True, has_touch=True)
    page.do("play")
    for width, height in ((844, 390), (390, 844), (844, 390)):
        page.page.set_viewport_size({"width": width, "height": height})
        page.wait_for_plot(BESIDE_ONE_ANOTHER, width > height)
        if width > height:
            page.page.wait_for_function(f"{IS_CLOSED} && ({FITS})()")
        step = page.step()
        page.page.wait_for_function(
            "step => Number(document.querySelector('.optviz-stage').dataset.step) !== step", arg=step
        )
        assert page.stage.get_attribute("data-playing") == "true"


@long
def test_settings_that_were_opened_stay_open_and_the_map_beside_them(open_page: Open) -> None:
    page = open_page("?v=1", **sideways())
    page.page.get_by_test_id("stExpandSidebarButton").click()
    page.page.wait_for_function(f"!({IS_CLOSED}) && ({FITS})()")
    page.page.reload()
    page.page.wait_for_selector(".optviz-stage[data-drawn]")
    page.page.wait_for_function(f"!({IS_CLOSED}) && ({FITS})()")


@long
def test_on_a_tablet_the_settings_are_open(open_page: Open) -> None:
    page = open_page("?v=1", viewport={"width": 1024, "height": 768}, is_mobile=True, has_touch=True)
    page.page.wait_for_function(f"!({IS_CLOSED})")
