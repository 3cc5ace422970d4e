"""A server that goes away and comes back: the page says so, plays on, and has its settings again."""

from __future__ import annotations

from playwright.sync_api import Browser

from optviz import GaussianHills
from race_page import RacePage
from serving import serving
from tabs import new_tab
from tiers import long


@long
def test_a_lost_connection_is_told_and_recovers_with_the_settings(browser: Browser) -> None:
    with serving() as first, new_tab(browser, locale="zh-CN") as tab:
        page = RacePage(tab, first.address)
        page.open("?seed=7")
        told = page.page.locator(".optviz-lost")
        assert told.is_hidden()
        token = page.token()
        page.slide("统一学习率", "ArrowRight")
        page.wait_for_another(token)
        page.wait_for_address("learning_rate=")
        token, address = page.token(), page.page.url
        first.process.kill()
        first.process.wait()
        told.wait_for()
        assert "连接已断开" in told.inner_text()
        page.page.wait_for_function("!document.querySelector('[role=dialog]')?.offsetParent")
        page.do("first")
        page.page.keyboard.press("ArrowRight")
        assert page.step() == 1, "what has been drawn still plays"
        port = int(first.address.rsplit(":", 1)[1])
        with serving(port) as second:
            told.wait_for(state="hidden")
            page.page.wait_for_function(
                "token => document.querySelector('.optviz-stage')?.dataset.drawn === token", arg=token
            )
            assert page.page.url == address
            # The visit goes on: a change is one step from the settings before the break.
            page.type_seed(9, "随机种子")
            page.wait_for_another(token)
            page.wait_for_address("seed=9")
            race = page.race()
            assert race.surface == GaussianHills(seed=9)
            assert race.shared_learning_rate == 0.12
            assert "Traceback" not in second.printed()
        # While nobody answers, the browser reports each try, and so does Streamlit.
        known = ("ERR_CONNECTION", "WebSocket", "reaching server endpoint", "server is not responding")
        assert [error for error in page.errors if not any(part in error for part in known)] == [], page.errors
        assert page.foreign == []
