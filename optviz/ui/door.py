"""The door of the server: what comes in is looked at here before Streamlit sees it.

Streamlit trusts its pages. It starts a thread for each request to run the page, keeps whatever a page sends, takes
files although no page has a place to put them, and answers addresses that this app does not have. One stranger could so
stop the server for a whole class. This middleware lets in the few addresses and messages that the app needs, bounds
what each may cost, and says in the log, never with a visitor's address, what it has refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from streamlit import file_util
from streamlit.runtime import get_instance

from optviz.text import LANGUAGES, words
from optviz.ui.connections import CHARGE
from optviz.ui.messages import LONGEST_MESSAGE, NoMessage, ends_run, no_file, take
from optviz.ui.origins import frame_ancestors, listed_origins, may_connect, usual_host
from optviz.ui.turns import Bucket, Turns, Visit

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send
    from streamlit.runtime.session_manager import SessionInfo

LOGGER = logging.getLogger("optviz")
STREAM = "_stcore/stream"
# A page's messages: so many at once, so many a second after that, and so many may wait for their turn.
MOST_MESSAGES, MESSAGES_A_SECOND, MOST_WAITING = 40, 40, 64
MOST_BYTES_WAITING = 2 * LONGEST_MESSAGE
# Files to be made for a page's downloads: a race's takes up to seconds.
MOST_FILES, FILES_A_SECOND = 6, 0.2
# From here on they count as a flood and wait for everybody else.
PILED_UP = 4
SECONDS_OF_A_FLOOD = 5.0
SECONDS_TO_SPEAK = 30
SECONDS_UNREAD = 1.0
METHODS = ("GET", "HEAD")
# What of Streamlit's addresses the app needs. Not among them: uploads, metrics, other kinds of components, log-in, the
# interface for other programs.
ADDRESSES = re.compile(r"_stcore/(?:health|host-config)|media/[\w.-]{1,200}")
PAGE = re.compile(r"[\w-]{0,100}")

# Everything comes from this server: a browser then cannot be made to ask anybody else. Streamlit's own pages need
# inline styles, blob: modules (components) and eval (its Vega charts).
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' {sockets} data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors {frames}",
    ]
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def content_security_policy(host: str | None) -> str:
    """The policy of a page that was asked for under this host."""
    # Not every browser lets 'self' stand for the WebSocket of the same host, so it is named.
    known = usual_host(host)
    sockets = f"ws://{known} wss://{known}" if known else ""
    return CONTENT_SECURITY_POLICY.format(sockets=sockets, frames=frame_ancestors())


class Door:
    """ASGI middleware around Streamlit.

    prefix: server.baseUrlPath. page: answers at the address of every page. files: answer at addresses of their own,
    which are given without the prefix. Neither passes Streamlit's middleware, which would pack them anew each time.
    most_pages: how many may be open at once.
    """

    def __init__(
        self, app: ASGIApp, prefix: str, page: ASGIApp, files: Mapping[str, ASGIApp], most_pages: Callable[[], int]
    ) -> None:
        self.app = app
        self.page = page
        self.prefix = f"/{prefix.strip('/')}/" if prefix.strip("/") else "/"
        self.turns = Turns()
        self.pages = 0
        self.silent: dict[_Page, None] = {}
        self.most_pages = most_pages
        static = Path(file_util.get_static_dir())
        self.static = frozenset(path.relative_to(static).as_posix() for path in static.rglob("*") if path.is_file())
        self.files = files
        self.told: dict[str, int] = {}
        # Who joins or ends a visit does so alone: Streamlit looks at every task of the server then.
        self.passage = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def tell(self, kind: str, sentence: str, *given: object) -> None:
        """Log a refusal: the first of its kind, and then each time that their number has doubled."""
        if len(self.told) > 200:
            self.told.clear()
        count = self.told[kind] = self.told.get(kind, 0) + 1
        if count & (count - 1) == 0:
            LOGGER.warning(sentence + (f" ({count} times so far)" if count > 1 else ""), *given)

    # --- HTTP ---

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    answer.setdefault(name, value)
                answer.setdefault("Content-Security-Policy", content_security_policy(headers.get("host")))
            await send(message)

        refusal = self._refusal(scope["method"], scope["path"])
        if refusal is not None:
            status, sentence = refusal
            # The body, however long, is not read: the connection ends with the answer.
            answer = PlainTextResponse(sentence, status, {"Connection": "close", "Allow": ", ".join(METHODS)})
            await answer(scope, receive, send_with_headers)
            return
        await self._inside(scope["path"])(scope, receive, send_with_headers)

    def _inside(self, path: str) -> ASGIApp:
        rest = path.removeprefix(self.prefix)
        return self.page if PAGE.fullmatch(rest) else self.files.get(rest, self.app)

    def _refusal(self, method: str, path: str) -> tuple[int, str] | None:
        if method not in METHODS:
            return 405, "Method Not Allowed"
        if not path.startswith(self.prefix):
            return None if f"{path}/" == self.prefix else (404, "Not Found")
        rest = path.removeprefix(self.prefix)
        known = PAGE.fullmatch(rest) or rest in self.files or rest in self.static or ADDRESSES.fullmatch(rest)
        return None if known else (404, "Not Found")

    # --- WebSocket ---

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        origin, host = headers.get("origin"), headers.get("host")
        if scope["path"] != self.prefix + STREAM:
            await send({"type": "websocket.close", "code": 1008})
            return
        if not may_connect(origin, host, listed_origins()):
            self.tell(
                f"origin {origin} {host}",
                "a page of the origin %.100s was not connected: the server was asked for as the host %.100s. Behind a "
                "proxy, let it pass the Host header on, or list the origin in OPTVIZ_ORIGINS",
                ascii(origin),
                ascii(host),
            )
            await send({"type": "websocket.close", "code": 1008})
            return
        if self.pages >= self.most_pages() and self.silent:
            # Who has not asked for anything yet makes room, the one that has been silent longest first.
            next(iter(self.silent)).make_room()
        elif self.pages >= self.most_pages():
            self.tell("full", "a page was not connected: %d are open, as many as there are files for", self.pages)
            await send({"type": "websocket.close", "code": 1013})
            return
        self.pages += 1
        try:
            await _Page(self, scope, receive, send).run()
        finally:
            self.pages -= 1


def _scope_for_streamlit(scope: Scope) -> Scope:
    # It has been judged: Streamlit, which would ask a foreign host for this server's own address first, need not.
    dropped = (b"origin", b"x-forwarded-host")
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name not in dropped]}


def _is_visit(name: str) -> bool:
    """Whether Streamlit still has a visit of this name, connected or not."""
    # There is no public way to ask for one that is not connected.
    known: SessionInfo | None = get_instance()._session_mgr.get_session_info(name)
    return known is not None


def _for_nothing(_: float) -> None:
    # A server that is not ours counts no costs.
    return


class _Page:
    """One WebSocket: its messages wait here, one after the other, until it is their turn."""

    def __init__(self, door: Door, scope: Scope, receive: Receive, send: Send) -> None:
        self.door, self.scope, self._receive, self._send = door, scope, receive, send
        self.visit = Visit()
        self.charge: Callable[[float], None] = scope.get("extensions", {}).get(CHARGE, _for_nothing)
        self.bucket = Bucket(MOST_MESSAGES, MESSAGES_A_SECOND)
        self.files = Bucket(MOST_FILES, FILES_A_SECOND)
        self.waiting: deque[tuple[bytes, bool]] = deque()
        self.rejoins = False
        self.answer: bytes | None = None  # of the door itself, to the last message
        self.news = asyncio.Event()
        self.over: Message | None = None
        self.accepted = False
        self.connected = False
        self.granted = False
        self.flood_until = 0.0
        self.passes: float | None = None  # since when, of the door's passage
        self.reading: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Until the page has gone."""
        asked: list[str] = self.scope.get("subprotocols", [])
        joins_again = len(asked) >= 3
        await self._receive()
        try:
            if joins_again and _is_visit(asked[2]):
                # It may have nothing to ask for.
                self.rejoins = await self.door.turns.take(self.visit)
                if not self.rejoins:
                    return
                await self._pass()
            else:
                # A new page asks for its run at once; one whose visit the server has forgotten, when something is moved
                # on it. Before that there is nothing that Streamlit had to keep for it.
                await self._send({"type": "websocket.accept", "subprotocol": asked[0] if asked else None})
                self.accepted = True
                self.reading = asyncio.create_task(self._read())
                self.door.silent[self] = None
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.news.wait(), None if joins_again else SECONDS_TO_SPEAK)
                self.door.silent.pop(self, None)
                if not self.waiting:
                    await self._close(1008)
                    return
                # Who is gone again before its turn has cost Streamlit nothing.
                self.granted = await self.door.turns.take(self.visit)
                if not self.granted:
                    return
            await self.door.app(_scope_for_streamlit(self.scope), self._next, self._answer)
        finally:
            if self.reading is not None:
                self.reading.cancel()
            self.door.silent.pop(self, None)
            self.door.turns.leave(self.visit)
            self._let_the_next_pass()

    def make_room(self) -> None:
        """Go, for somebody who may have something to ask for."""
        self.door.silent.pop(self, None)
        # Without a word: to close a WebSocket is to wait for its answer, in a place that is wanted.
        self._end({"type": "websocket.disconnect", "code": 1013})

    async def _pass(self) -> None:
        await self.door.passage.acquire()
        self.passes = asyncio.get_running_loop().time()

    def _let_the_next_pass(self) -> None:
        if self.passes is not None:
            # After as long as it took: half of the time is for the others.
            loop = asyncio.get_running_loop()
            loop.call_later(loop.time() - self.passes, self.door.passage.release)
            self.passes = None

    async def _read(self) -> None:
        while self.over is None:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                self._end(message)
                return
            began = time.perf_counter()
            refused = self._take(message.get("bytes"))
            self.charge(time.perf_counter() - began)
            if refused is not None:
                await self._close(refused)
            elif self.answer is not None:
                answer, self.answer = self.answer, None
                with contextlib.suppress(Exception):  # it has gone: the next message says so
                    await self._send({"type": "websocket.send", "bytes": answer})

    def _take(self, data: bytes | None) -> int | None:
        """Put a message in line. A close code where the page has to go."""
        if data is None:
            return 1003
        try:
            taken = take(data)
        except NoMessage as problem:
            self.door.tell("no message", "a page was disconnected: it sent what is no message, %s", problem)
            return 1002
        if taken.refused is not None:
            self.door.tell(taken.refused.partition(" of ")[0], "not taken from a page: %.100s", taken.refused)
        if taken.data is None:
            return None if self.bucket.take() < 1 else 1008
        if taken.makes_file:
            if self.files.left() < 1:
                self.door.tell("files", "a page asks for more files than it can have looked at")
                self.answer = no_file(taken.data, " ".join(words(language)["app"]["files"] for language in LANGUAGES))
                return None if self.bucket.take() < 1 else 1008
            self.files.take()
        in_line = sum(len(waiting) for waiting, _ in self.waiting)
        if len(self.waiting) >= MOST_WAITING or in_line + len(taken.data) > MOST_BYTES_WAITING:
            self.door.tell("flood", "a page was disconnected: it sends more messages than it waits for answers to")
            return 1008
        self.waiting.append((taken.data, taken.runs))
        if len(self.waiting) >= PILED_UP:
            self.flood_until = asyncio.get_running_loop().time() + SECONDS_OF_A_FLOOD
        self.news.set()
        return None

    async def _close(self, code: int) -> None:
        if self.over is None:
            self._end({"type": "websocket.disconnect", "code": code})
            with contextlib.suppress(Exception):
                await self._send({"type": "websocket.close", "code": code})

    def _end(self, message: Message) -> None:
        # What it has sent before is nobody's concern any more.
        self.over = message
        self.waiting.clear()
        self.door.turns.leave(self.visit)
        self.news.set()

    async def _next(self) -> Message:
        """What Streamlit receives."""
        if not self.connected:
            self.connected = True
            return {"type": "websocket.connect"}
        # Where it joined a visit again, it has.
        self._let_the_next_pass()
        if self.reading is None:
            self.reading = asyncio.create_task(self._read())
        while self.over is None:
            if not self.waiting:
                self.news.clear()
                await self.news.wait()
                continue
            wait = self.bucket.take()
            if wait > 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._gone(), wait)
            _, runs = self.waiting[0] if self.waiting else (b"", False)
            if runs and self.over is None:
                if self.granted:
                    self.granted = False
                    return {"type": "websocket.receive", "bytes": self.waiting.popleft()[0]}
                flooding = asyncio.get_running_loop().time() < self.flood_until
                if not await self.door.turns.take(self.visit, flooding):
                    continue
            if self.waiting and self.over is None:
                return {"type": "websocket.receive", "bytes": self.waiting.popleft()[0]}
        await self._pass()
        return self.over

    async def _gone(self) -> None:
        while self.over is None:
            self.news.clear()
            await self.news.wait()

    async def _answer(self, message: Message) -> None:
        """What Streamlit sends."""
        if message["type"] == "websocket.accept" and self.accepted:
            return
        if self.over is not None:
            # Nobody listens. Streamlit hears of it when this page's turn to leave has come.
            return
        if self.rejoins:
            self.rejoins = False
            self.door.turns.finish(self.visit)
        self.accepted = True
        unread = asyncio.get_running_loop().call_later(SECONDS_UNREAD, self.door.turns.stall, self.visit, True)
        try:
            await self._send(message)
        finally:
            unread.cancel()
            if self.visit.stalled:
                self.door.turns.stall(self.visit, False)
        if message["type"] == "websocket.send" and ends_run(message.get("bytes") or b""):
            self.door.turns.finish(self.visit)
