"""The race page as a test sees it: what is drawn, where, and what the address says."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import ConsoleMessage, Error, Locator, Page, Request, WebSocket

from optviz import Race
from optviz.experiment import read_url

PROJECTOR = {"width": 1024, "height": 768}
PHONE = {"width": 390, "height": 844}


# Back and forward in the history, as the app sees it, to an address of our choice.
GO = """query => {
    history.pushState(null, '', '/' + query);
    dispatchEvent(new PopStateEvent('popstate'));
}"""
CLICK = """([clientX, clientY]) => {
    const given = { clientX, clientY, bubbles: true, cancelable: true, isPrimary: true, pointerType: "mouse" };
    for (const kind of ["down", "up"]) {
        // Plotly lays a cover over the page in between.
        const hit = document.elementFromPoint(clientX, clientY);
        hit.dispatchEvent(new PointerEvent(`pointer${kind}`, given));
        hit.dispatchEvent(new MouseEvent(`mouse${kind}`, given));
    }
}"""
AT_REST = "document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"


class RacePage:
    """One visit, in a tab of its own or in one that others have used.

    A request for another host is noted and finds nobody (`serving.chromium`). It is not caught: a route would switch
    the browser's cache off.
    """

    def __init__(self, tab: Page, address: str) -> None:
        self.page = tab
        self.context = tab.context
        self.address = address
        self.foreign: list[str] = []
        self.errors: list[str] = []
        tab.on("request", self._asked)
        tab.on("websocket", self._connected)
        tab.on("pageerror", self._failed)
        tab.on("console", self._said)

    def _asked(self, request: Request) -> None:
        self._note(request.url)

    def _connected(self, socket: WebSocket) -> None:
        self._note(socket.url.replace("ws", "http", 1))

    def _note(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:", "about:")):
            self.foreign.append(url)

    def _failed(self, error: Error) -> None:
        self.errors.append(str(error))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def leave(self) -> None:
        """End the visit: what the tab does from now on is not noted."""
        self.page.remove_listener("request", self._asked)
        self.page.remove_listener("websocket", self._connected)
        self.page.remove_listener("pageerror", self._failed)
        self.page.remove_listener("console", self._said)

    def open(self, query: str = "") -> None:
        """Load the app and wait for the picture."""
        self.page.goto(f"{self.address}/{query}")
        self.page.wait_for_selector(".optviz-stage[data-drawn]")

    def go(self, query: str) -> None:
        """Go to a link whose picture is another one, as back and forward do: without loading the page, in a third of a
        second of computing."""
        token = self.token()
        self.page.evaluate(GO, query)
        self.wait_for_another(token)
        self.rest()

    def rest(self) -> None:
        """Wait until the app has answered all that it was asked."""
        self.page.wait_for_function(AT_REST)

    def let_pass(self, pictures: int) -> None:
        """Wait until the browser could have drawn so many pictures, 60 a second where it is not busy: what would move
        has moved by then."""
        self.page.evaluate(
            "count => new Promise(done => { const next = () => (count-- > 0 ? requestAnimationFrame(next) : done());"
            " next(); })",
            pictures,
        )

    def unfold(self, title: str) -> None:
        """Open a section of the settings, and wait until it has unfolded: until then what lies in it moves away from
        under a click."""
        self.page.get_by_text(title).click()
        self.page.locator("details[open]", has_text=title).first.wait_for()
        self.let_pass(2)
        self.page.wait_for_function("document.getAnimations().length === 0")

    @property
    def stage(self) -> Locator:
        return self.page.locator(".optviz-stage")

    def token(self) -> str:
        """What the picture that is drawn belongs to; another race draws another token."""
        return self.stage.get_attribute("data-drawn") or ""

    def wait_for_another(self, token: str) -> None:
        """Wait until another race than `token`'s is drawn."""
        self.page.wait_for_function(
            "token => { const drawn = document.querySelector('.optviz-stage')?.dataset.drawn;"
            " return drawn && drawn !== token; }",
            arg=token,
        )

    def wait_for_address(self, part: str) -> None:
        """Wait until the address contains a text."""
        self.page.wait_for_function("part => location.href.includes(part)", arg=part)

    def query(self) -> dict[str, str]:
        """The parameters in the address."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.page.url).query).items()}

    def step(self) -> int:
        return int(self.stage.get_attribute("data-step") or -1)

    def frames(self) -> int:
        return int(self.stage.get_attribute("data-frames") or 0)

    def do(self, what: str) -> None:
        """Press a button of the transport bar."""
        self.page.locator(f".optviz-stage [data-do={what}]").click()

    def plot(self, script: str, argument: Any = None) -> Any:
        """Evaluate a function of (plot element, argument) in the page."""
        return self.page.evaluate(f"argument => ({script})(document.querySelector('.optviz-plot'), argument)", argument)

    def wait_for_plot(self, script: str, expected: Any) -> None:
        """Wait until a function of the plot element returns this: Plotly may follow what is on the canvas."""
        self.page.wait_for_function(
            f"expected => JSON.stringify(({script})(document.querySelector('.optviz-plot'))) === expected",
            arg=json.dumps(expected, separators=(",", ":")),
        )

    def wait_for_range(self, axis: str, expected: list[float], *, other: bool = False) -> None:
        """Wait until an axis spans this, or anything else."""
        self.page.wait_for_function(
            "([axis, [low, high], other]) => {"
            " const { range } = document.querySelector('.optviz-plot')._fullLayout[axis];"
            " const near = (one, two) => Math.abs(one - two) <= 1e-6 * Math.abs(high - low);"
            " return (near(range[0], low) && near(range[1], high)) !== other; }",
            arg=[axis, expected, other],
        )

    def ranges(self) -> dict[str, list[float]]:
        """The ranges of all four axes."""
        return self.plot(
            "plot => Object.fromEntries(['xaxis', 'yaxis', 'xaxis2', 'yaxis2'].map("
            "name => [name, [...plot._fullLayout[name].range]]))"
        )

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the surface is on the screen."""
        left, top = self.plot(
            "(plot, [x, y]) => { const box = plot.getBoundingClientRect(); const {xaxis, yaxis} = plot._fullLayout;"
            " return [box.left + xaxis._offset + xaxis.d2p(x), box.top + yaxis._offset + yaxis.d2p(y)]; }",
            [x, y],
        )
        return left, top

    def click_twice(self, left: float, top: float) -> None:
        """Click two times in one turn: the stage takes only two clicks that come soon enough for a double click, and
        those of the mouse may come too late in a browser that is busy."""
        self.page.mouse.move(left, top)
        self.page.evaluate(f"place => {{ for (let left = 2; left; left -= 1) ({CLICK})(place); }}", [left, top])

    def head_pixels(self) -> str:
        """The pixels of the canvas that shows the heads, as one text to compare."""
        return self.page.evaluate("document.querySelector('.optviz-heads').toDataURL()")

    def slide(self, label: str, key: str, times: int = 1) -> None:
        """Move a slider with the keyboard."""
        slider = self.page.get_by_role("slider", name=label)
        slider.focus()
        for _ in range(times):
            self.page.keyboard.press(key)

    def race(self) -> Race:
        """The race in the address, which must be without a fault."""
        race, problems = read_url(self.page.url)
        assert problems == ()
        return race

    def take(self, what: str) -> None:
        """Choose an entry of the menu that saves: png, svg, webm, link."""
        self.do("save")
        self.page.locator(f".optviz-menu [data-take={what}]").click()

    def type_seed(self, seed: int, name: str = "Seed") -> None:
        """Type another seed."""
        field = self.page.get_by_role("spinbutton", name=name, exact=True)
        field.fill(str(seed))
        field.press("Enter")
