"""Behind a proxy that changes the Host header: the page says why it is not connected, in the visitor's language."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tabs import new_tab
from tiers import long

HOST = "127.0.0.1"


class Proxy:
    """Passes everything on to a port of this machine, but for the Host header, which names another server."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.port = 0
        self.loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(asyncio.start_server(self._pass_on, HOST, 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self.loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0.1))
        self.loop.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection(HOST, self.target)
        named, renamed = f"Host: {HOST}:{self.port}".encode(), b"Host: inside.example"

        async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            try:
                while data := await source.read(65_536):
                    target.write(data.replace(named, renamed))
                    await target.drain()
            except OSError:
                pass
            finally:
                target.close()

        await asyncio.gather(copy(reader, forth), copy(back, writer))

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)


@pytest.fixture
def proxy(server: str) -> Iterator[Proxy]:
    running = Proxy(int(server.rsplit(":", 1)[1]))
    yield running
    running.stop()


@pytest.mark.parametrize(
    ("locale", "query", "said"),
    [
        ("en-US", "", "cannot be connected"),
        pytest.param("zh-CN", "", "无法连接", marks=long),
        pytest.param("en-US", "?lang=zh", "无法连接", marks=long),
    ],
)
def test_a_page_that_is_refused_says_so(proxy: Proxy, browser: Browser, locale: str, query: str, said: str) -> None:
    with new_tab(browser, locale=locale) as page:
        address = f"http://{HOST}:{proxy.port}"
        page.goto(address + "/" + query)
        banner = page.locator("#optviz-unconnected")
        banner.wait_for()
        assert said in banner.inner_text()
        assert address in banner.inner_text()
        assert "OPTVIZ_ORIGINS" in banner.inner_text()


def test_a_page_that_is_connected_says_nothing(server: str, browser: Browser) -> None:
    with new_tab(browser) as page:
        page.goto(server)
        page.locator('[data-test-connection-state="CONNECTED"]').wait_for(state="attached")
        page.wait_for_selector(".optviz-stage[data-drawn]")
        assert page.locator("#optviz-unconnected").count() == 0
