"""The way in: HTTP connections, one request at a time; and what bounds every connection, whatever is spoken on it."""

from __future__ import annotations

import asyncio
import re
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

PIECE = 2048  # bytes that are read at a time: some hundred of the smallest frames, a few milliseconds
MOST_HEADERS = 128  # of a request, as websockets has it; a browser sends some twenty
SECONDS_FOR_A_REQUEST = 20
SECONDS_WITHOUT_READING = 60
MOST_FILES = 65_536
FILES_OF_ITS_OWN = 100
# The event loop that Streamlit makes for a visit; it keeps as many visits that have gone, for when they come back.
FILES_OF_A_VISIT, VISITS_KEPT = 3, 128
_END_OF_HEAD = re.compile(rb"\n\r?\n")


class ReadInTime(asyncio.Protocol):
    """What both of uvicorn's protocols gain here: whose answers are not read for some time loses the connection."""

    loop: Any
    transport: Any
    _stuck: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stuck = self.loop.call_later(SECONDS_WITHOUT_READING, self.transport.abort)

    def resume_writing(self) -> None:
        self._unstick()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._unstick()
        super().connection_lost(exc)

    def _unstick(self) -> None:
        if self._stuck is not None:
            self._stuck.cancel()
            self._stuck = None


@contextmanager
def ending(connection: ReadInTime) -> Iterator[None]:
    """What goes wrong with one connection ends that connection, as asyncio would, and keeps nobody else waiting."""
    try:
        yield
    except Exception as problem:
        connection.transport.abort()
        connection.loop.call_exception_handler({"message": "a connection could not be read", "exception": problem})


class Entrance:
    """Requests one at a time: the event loop looks after its open pages between one and the next.

    An answer to a page takes a round of the loop for each of its messages, and a round in which two hundred handshakes
    are dealt with at once takes long. Health checks have a line of their own: who asks decides about the server's life.
    """

    def __init__(self) -> None:
        self.lines: tuple[deque[BoundedHttp], ...] = (deque(), deque())
        self.busy = False
        # Those that nothing is being answered, the longest first.
        self.silent: dict[BoundedHttp, None] = {}

    def make_room(self) -> None:
        """End the connection that has been silent longest, for somebody who may have something to ask for."""
        longest = next(iter(self.silent))
        del self.silent[longest]
        longest.transport.abort()

    def come_in(self, connection: BoundedHttp) -> None:
        """Deal with what a connection has sent, when it is its turn."""
        self.lines[not connection.asks_for_health()].append(connection)
        if not self.busy:
            self.busy = True
            connection.loop.call_soon(self._next, connection.loop)

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        for line in self.lines:
            if line:
                with ending(connection := line.popleft()):
                    connection.deal_with_a_piece()
        self.busy = any(self.lines)
        if self.busy:
            loop.call_soon(self._next, loop)


class BoundedHttp(ReadInTime, H11Protocol):
    """uvicorn's HTTP, in which a request has to arrive whole, and an answer has to be read, within some time.

    What comes in is dealt with a piece at a time, and nothing of it while an answer is on its way: neither the next
    request nor a body, which no address of the app has a use for.
    """

    entrance = Entrance()

    def __init__(self, *given: Any, **settings: Any) -> None:
        super().__init__(*given, **settings)
        self._held = bytearray()
        self._in_line = False

    def asks_for_health(self) -> bool:
        """Whether what is dealt with next is a health check."""
        return b"/_stcore/health" in self._held[:100]

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        self._held += data
        self.transport.pause_reading()
        self.handle_events()

    def handle_events(self) -> None:
        # uvicorn would deal with everything at once, here and when an answer is complete.
        if not self._in_line:
            self._in_line = True
            self.entrance.come_in(self)

    def deal_with_a_piece(self) -> None:
        """What uvicorn does as soon as something comes in."""
        self._in_line = False
        if self._is_open() and self._held:
            self.conn.receive_data(self._next_piece())
            if self._has_too_many_headers():
                self.send_400_response("Too many headers.")
            else:
                super().handle_events()
        if not self._is_open():
            self.entrance.silent.pop(self, None)
            return
        if self._held:
            self.handle_events()
        else:
            self.transport.resume_reading()

    def _is_open(self) -> bool:
        # For something else to be dealt with.
        gone = self.transport.is_closing() or self.transport.get_protocol() is not self
        return not gone and not self._is_answering()

    def _next_piece(self) -> bytes:
        # No further than to the end of a head: h11 would go on with a body, or keep what comes after it.
        begun = self.conn.trailing_data[0][-2:]
        end = _END_OF_HEAD.search(begun + self._held[:PIECE])
        size = PIECE if end is None else end.end() - len(begun)
        piece = bytes(self._held[:size])
        del self._held[:size]
        return piece

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _has_too_many_headers(self) -> bool:
        # To read four thousand of them takes thirty milliseconds, and they have room in what h11 takes.
        if self.conn.their_state is not h11.IDLE:
            return False
        head = self.conn.trailing_data[0].partition(b"\r\n\r\n")[0]
        return head.count(b"\n") > MOST_HEADERS

    def send_400_response(self, msg: str) -> None:
        if self._is_answering():
            self.cycle.disconnected = True
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            super().send_400_response(msg)
        else:
            # It has been answered already.
            self.transport.close()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._patience = self.loop.call_later(SECONDS_FOR_A_REQUEST, self._lose_patience)
        self.entrance.silent[self] = None
        if len(self.connections) > most_connections():
            self.entrance.make_room()

    def on_response_complete(self) -> None:
        self._patience.cancel()
        self._patience = self.loop.call_later(SECONDS_FOR_A_REQUEST, self._lose_patience)
        self.entrance.silent[self] = None
        if self.conn.their_state in (h11.SEND_BODY, h11.ERROR):
            # What has been answered before it was there is not read.
            self.transport.close()
        super().on_response_complete()

    def _lose_patience(self) -> None:
        if not self._is_answering() and not self.transport.is_closing() and self.transport.get_protocol() is self:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._patience.cancel()
        self.entrance.silent.pop(self, None)
        self._held.clear()
        super().connection_lost(exc)


def raise_file_limit() -> None:
    """Let the server have as many files open as the system grants it."""
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


@cache
def most_pages() -> int:
    """How many pages may be open at once, each with one more connection, by the files that the system grants."""
    if sys.platform == "win32":
        return 400
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = MOST_FILES if soft == resource.RLIM_INFINITY else min(soft, MOST_FILES)
    left = limit - FILES_OF_ITS_OWN - VISITS_KEPT * FILES_OF_A_VISIT
    return max(20, left // (FILES_OF_A_VISIT + 2))


def most_connections() -> int:
    """How many connections may be open at once, those of the pages included."""
    return 2 * most_pages()
