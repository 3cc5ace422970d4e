"""The connections of the server below its app: what one of them may cost before anybody has looked at a message.

Streamlit, uvicorn's command line and `optviz serve` each set uvicorn up in a way of their own, and none of them passes
the app the server it will run in. `tune` finds that server when the app starts and gives all three the same bounds.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
import os
import signal
import socket
import threading
from typing import Any, cast

import uvicorn
from uvicorn._types import ASGIReceiveEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request

from optviz.ui.entrance import PIECE, BoundedHttp, ReadInTime, ending, raise_file_limit
from optviz.ui.messages import LONGEST_MESSAGE
from optviz.ui.turns import Bucket

LOGGER = logging.getLogger("optviz")
MOST_PIECES_OF_A_MESSAGE = 64
# To accept two thousand connections takes most of a second.
MOST_ACCEPTED = 8
SECONDS_TO_LISTEN = 0.02
SECONDS_TO_STOP = 3
SECONDS_TO_BE_GONE = 4.5
# Seconds of reading frames, of every second: of one connection, and of all that read more than others.
OWN_SHARE, ALL_SHARE = 0.03, 0.2
# Seconds that a connection may have saved, that it begins with, and from which on it need not wait for all others.
OWN_MOST, OWN_FIRST, SAVED = 0.03, 0.005, 0.015
SECONDS_OF_A_ROUND = 0.003
SECONDS_TO_CLOSE = 2.0
# After a piece that is read although all together cost too much already: so many times as long, and no less than this.
REST, SHORT_REST, LONG_REST = 3.0, 0.002, 0.01
CHARGE = "optviz.charge"


class Readings:
    """Which WebSocket is read next: a little in each round of the event loop, first who has cost least.

    An answer to a page takes a round of the loop for each of its messages, and a round in which four hundred
    connections are read as far as each of them may go takes seconds.
    """

    def __init__(self) -> None:
        self.bucket = Bucket(most=0.1, a_second=ALL_SHARE)
        self._line: list[tuple[float, int, BoundedWebSocket]] = []
        self._numbers = itertools.count()
        self._next: asyncio.Handle | None = None
        self._rests = self._reads = False

    def come_in(self, connection: BoundedWebSocket) -> None:
        """A connection has something that can be read."""
        heapq.heappush(self._line, (-connection.credit(), next(self._numbers), connection))
        if self._reads or (self._next is not None and not self._rests):
            return
        if self._next is not None:
            self._next.cancel()
        self._rests = False
        self._next = connection.loop.call_soon(self._round, connection.loop)

    def _round(self, loop: asyncio.AbstractEventLoop) -> None:
        self._reads, self._next = True, None
        try:
            rest = self._read(loop)
        finally:
            self._reads = False
        # A short rest is kept; whoever comes in may end a long one.
        self._rests = rest >= LONG_REST
        if self._line:
            self._next = loop.call_later(rest, self._round, loop) if rest else loop.call_soon(self._round, loop)

    def _read(self, loop: asyncio.AbstractEventLoop) -> float:
        # How many seconds to rest after that.
        left, spent = self.bucket.left(), 0.0
        while self._line and spent < SECONDS_OF_A_ROUND:
            if left < 0 and (spent > 0 or -self._line[0][0] < SAVED):
                break
            began = loop.time()
            connection = heapq.heappop(self._line)[2]
            with ending(connection):
                connection.read_a_piece()
            cost = loop.time() - began
            connection.charge(cost)
            spent += cost
        if left >= 0:
            return 0.0
        # Where all together cost too much, those who have saved nothing wait, and the others are read in small pieces.
        return max(SHORT_REST, REST * spent) if spent > 0 else max(LONG_REST, -left / ALL_SHARE)


class BoundedWebSocket(ReadInTime, WebSocketsSansIOProtocol):
    """uvicorn's WebSocket, whose incoming frames may cost a small share of the event loop's time and no more.

    It holds for pings, fragments and garbage as well as for messages, for what counts is the time that they took, and
    the time that the app says it took to look at them. What comes in meanwhile stays in the sender's own buffers. Who
    does not read what is sent is not read from either. Who has just joined goes behind who is here.
    """

    readings = Readings()

    def __init__(self, *given: Any, **settings: Any) -> None:
        super().__init__(*given, **settings)
        self._bucket = Bucket(most=OWN_MOST, a_second=OWN_SHARE)
        self._bucket.take(OWN_MOST - OWN_FIRST)
        self._held = bytearray()
        self._in_line = False
        self._later: asyncio.TimerHandle | None = None
        self.close_timeout = SECONDS_TO_CLOSE

    def credit(self) -> float:
        """Seconds that reading from it may take now."""
        return self._bucket.left()

    def charge(self, seconds: float) -> None:
        """What it sent has taken so long."""
        self._bucket.take(min(seconds, OWN_MOST))
        self.readings.bucket.take(seconds)

    def data_received(self, data: bytes) -> None:
        self._held += data
        if len(self._held) > PIECE:
            self.transport.pause_reading()
        self._go_on()

    def _go_on(self) -> None:
        """Read on when it is its turn, as soon as it can pay for it."""
        if self.transport.is_closing():
            self._held.clear()
        if self._in_line or self._later is not None or self.read_paused:
            return
        if not self._held:
            # Of no effect where it is read from already.
            if not self.transport.is_closing():
                self.transport.resume_reading()
            return
        wait = -self.credit() / OWN_SHARE if self.writable.is_set() else 0.2
        if wait > 0:
            self._later = self.loop.call_later(min(wait, 1.0), self._try_again)
        else:
            self._in_line = True
            self.readings.come_in(self)

    def _try_again(self) -> None:
        self._later = None
        self._go_on()

    def read_a_piece(self) -> None:
        """Deal with the next bytes that have come in."""
        self._in_line = False
        if not self.transport.is_closing():
            piece = bytes(self._held[:PIECE])
            del self._held[:PIECE]
            super().data_received(piece)
            if self.conn.handshake_exc is not None and not self.handshake_initiated:
                # uvicorn waits for a request that will never come.
                self.transport.write(b"".join(self.conn.data_to_send()))
                self.transport.close()
        self._go_on()

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.handshake_initiated and not self.close_sent:
            # Whoever looks at a message tells here what that has cost.
            extensions = cast(dict[str, Any], self.scope.setdefault("extensions", {}))
            extensions[CHARGE] = self.charge

    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) >= MOST_PIECES_OF_A_MESSAGE:
            self._give_up(1009)
            return
        super().handle_cont(event)

    def handle_text(self, event: Frame) -> None:
        # The app's messages are bytes.
        self._give_up(1003)

    async def receive(self) -> ASGIReceiveEvent:
        # As uvicorn's own, which would read on although there is something held.
        message = await self.queue.get()
        if self.read_paused and self.queue.empty():
            self.read_paused = False
            self._go_on()
        return message

    def _give_up(self, code: int) -> None:
        if not self.close_sent and not self.transport.is_closing():
            self.conn.fail(code)
            self.handle_parser_exception()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._later is not None:
            self._later.cancel()
        self._held.clear()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        super().shutdown()
        # What is not read by then never will be, and would keep the server waiting.
        self.loop.call_later(1.0, self.transport.abort)


def tune() -> None:
    """Give the uvicorn server that runs this app its bounds; called on its event loop, while it starts."""
    raise_file_limit()
    server = _running_server()
    if server is None:
        LOGGER.warning(
            "not served by uvicorn's own command, by Streamlit's or by optviz serve: connections are not bounded"
        )
        return
    configured = server.config
    configured.http_protocol_class = BoundedHttp
    configured.ws_protocol_class = BoundedWebSocket
    configured.ws_max_size = LONGEST_MESSAGE
    configured.ws_per_message_deflate = False
    configured.ws_ping_interval = configured.ws_ping_timeout = 30
    configured.timeout_graceful_shutdown = SECONDS_TO_STOP
    accept_a_few_at_a_time(server)
    _end_in_time(server)


def accept_a_few_at_a_time(server: uvicorn.Server) -> None:
    """Let a server that has not begun to listen accept no more than a few connections in a round of its event loop.

    The others wait in the system's own line, which is as long as it would have been.
    """
    # asyncio takes one number for both: the length of the line, and how many of it are accepted at once.
    length, server.config.backlog = server.config.backlog, MOST_ACCEPTED
    loop = asyncio.get_running_loop()

    def lengthen() -> None:
        if not server.started:
            loop.call_later(SECONDS_TO_LISTEN, lengthen)
            return
        for listening in server.servers:
            for same in listening.sockets:
                with socket.socket(fileno=os.dup(same.fileno())) as line:
                    line.listen(length)

    lengthen()


def _running_server() -> uvicorn.Server | None:
    # uvicorn handles both signals with a method of its server.
    handler = signal.getsignal(signal.SIGTERM)
    server = getattr(handler, "__self__", None)
    return server if isinstance(server, uvicorn.Server) else None


def _end_in_time(server: uvicorn.Server) -> None:
    # Whatever the last pages are doing, a signal to stop is obeyed.
    def stop(number: int, frame: Any) -> None:
        last = threading.Timer(SECONDS_TO_BE_GONE, os._exit, [0 if number == signal.SIGTERM else 130])
        last.daemon = True
        last.start()
        server.handle_exit(number, frame)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
