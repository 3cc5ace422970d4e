"""The swarm in a browser: its switch and its dice play at once, and it stays through reload, language and a drag."""

from __future__ import annotations

from collections.abc import Callable

from race_page import RacePage
from tiers import long

Open = Callable[..., RacePage]
PLAYS = "document.querySelector('.optviz-stage').dataset.playing === 'true'"
RESTS = "document.querySelector('.optviz-stage').dataset.playing === 'false'"


def shown(page: RacePage) -> str:
    """The numbers of the points that the stage has got, or "" for none."""
    return str(
        page.page.evaluate(
            "(document.querySelector('.optviz-stage').parentElement.optvizStage.state.message.arrays"
            ".get('swarm/places') ?? []).slice(0, 40).join(' ')"
        )
    )


@long
def test_switch_and_dice_play_at_once_and_a_reload_shows_the_same(open_page: Open) -> None:
    page = open_page("?steps=60")
    assert page.step() == 60 and shown(page) == ""
    page.page.locator(".optviz-speed").select_option("8")
    page.page.locator(".st-key-swarm label").first.click()
    page.page.wait_for_function(PLAYS)
    page.wait_for_address("swarm=0")
    page.page.locator(".optviz-swarm").wait_for()
    first = shown(page)
    assert first
    page.page.wait_for_function(RESTS)
    assert page.step() == 60
    page.page.locator(".st-key-swarm_dice .stButton button").first.click()
    page.page.wait_for_function(PLAYS)
    page.wait_for_address("swarm_seed=")
    page.page.wait_for_function(RESTS)
    second, address, heads = shown(page), page.page.url, page.head_pixels()
    assert second and second != first
    # Steps back move the points.
    page.do("first")
    page.page.wait_for_function("document.querySelector('.optviz-stage').dataset.step === '0'")
    assert page.head_pixels() != heads
    page.open(address.removeprefix(f"{page.address}/"))
    assert (shown(page), page.page.url, page.step()) == (second, address, 60)
    page.page.get_by_role("radio", name="中文").click()
    page.page.wait_for_function("document.querySelector('.optviz-swarm')?.textContent.includes('个起点出发')")
    assert shown(page) == second
    page.page.wait_for_function(RESTS)
