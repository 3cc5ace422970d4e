"""How WebSockets are read: a little at a time, the thrifty first, and never so that a round of the loop takes long."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from h11._connection import DEFAULT_MAX_INCOMPLETE_EVENT_SIZE
from starlette.types import Receive, Scope, Send
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

import loops
from optviz.ui import entrance
from optviz.ui.connections import (
    ALL_SHARE,
    LONG_REST,
    MOST_ACCEPTED,
    OWN_MOST,
    SAVED,
    SECONDS_OF_A_ROUND,
    SECONDS_TO_LISTEN,
    BoundedWebSocket,
    Readings,
    accept_a_few_at_a_time,
)
from optviz.ui.entrance import (
    FILES_OF_A_VISIT,
    PIECE,
    BoundedHttp,
    Entrance,
    ReadInTime,
    most_connections,
    most_pages,
)

OPEN_FILES = Path("/proc/self/fd")


class Loop:
    """An event loop whose time passes only where something costs time."""

    def __init__(self) -> None:
        self.now = 0.0
        self.calls: list[tuple[float, Callable[..., Any], tuple[Any, ...]]] = []

    def time(self) -> float:
        return self.now

    def call_soon(self, function: Callable[..., Any], *given: Any) -> Handle:
        return self.call_later(0.0, function, *given)

    def call_later(self, wait: float, function: Callable[..., Any], *given: Any) -> Handle:
        call = (self.now + wait, function, given)
        self.calls.append(call)
        return Handle(self, call)

    def run_once(self) -> float:
        """Do what is due next; how long it took."""
        call = min(self.calls, key=lambda call: call[0])
        self.calls.remove(call)
        self.now = began = max(self.now, call[0])
        call[1](*call[2])
        return self.now - began


class Handle:
    """What a call can be cancelled with."""

    def __init__(self, loop: Loop, call: Any) -> None:
        self.loop, self.call = loop, call

    def cancel(self) -> None:
        self.loop.calls.remove(self.call)


class Connection:
    """A connection with so many pieces to be read, each of which takes so long."""

    def __init__(self, readings: Readings, loop: Loop, credit: float, pieces: int, cost: float = 0.001) -> None:
        self.readings, self.loop = readings, loop
        self.left, self.pieces, self.cost = credit, pieces, cost
        self.read: list[float] = []

    def credit(self) -> float:
        return self.left

    def charge(self, seconds: float) -> None:
        self.left -= seconds
        self.readings.bucket.take(seconds)

    def read_a_piece(self) -> None:
        self.loop.now += self.cost
        self.pieces -= 1
        self.read.append(self.loop.now)
        if self.pieces:
            self.come_in()

    def come_in(self) -> None:
        self.readings.come_in(self)  # type: ignore[arg-type]


def readings_of(loop: Loop) -> Readings:
    readings = Readings()
    readings.bucket.clock = loop.time
    readings.bucket._at = loop.now
    return readings


def test_a_round_reads_for_a_moment_however_many_have_sent_something() -> None:
    loop = Loop()
    readings = readings_of(loop)
    cost = 0.0007
    crowd = [Connection(readings, loop, OWN_MOST, 10, cost) for _ in range(400)]
    for connection in crowd:
        connection.come_in()
    rounds = [loop.run_once() for _ in range(200)]
    # A piece that has been begun is read to its end.
    assert max(rounds) <= SECONDS_OF_A_ROUND + cost
    assert sum(len(connection.read) for connection in crowd) >= 200


def test_who_has_cost_least_is_read_first() -> None:
    loop = Loop()
    readings = readings_of(loop)
    crowd = [Connection(readings, loop, OWN_MOST / 2, 100) for _ in range(50)]
    for connection in crowd:
        connection.come_in()
    for _ in range(20):
        loop.run_once()
    visitor = Connection(readings, loop, OWN_MOST, 1)
    visitor.come_in()
    asked = loop.now
    while not visitor.read:
        loop.run_once()
    assert not [when for connection in crowd for when in connection.read if asked < when < visitor.read[0]]


def test_a_crowd_costs_its_share_and_who_has_saved_something_does_not_wait_for_it() -> None:
    loop = Loop()
    readings = readings_of(loop)
    crowd = [Connection(readings, loop, SAVED / 2, 10_000) for _ in range(100)]
    for connection in crowd:
        connection.come_in()
    while loop.now < 10:
        loop.run_once()
    spent = sum(len(connection.read) * connection.cost for connection in crowd)
    # What was saved at the beginning comes on top, and what a round goes beyond it.
    assert spent <= loop.now * ALL_SHARE + readings.bucket.most + 2 * SECONDS_OF_A_ROUND
    assert spent > 0.5 * loop.now * ALL_SHARE
    while readings.bucket.left() > -LONG_REST:
        readings.bucket.take(0.001)
    visitor = Connection(readings, loop, OWN_MOST, 1)
    asked = loop.now
    visitor.come_in()
    while not visitor.read:
        loop.run_once()
    assert visitor.read[0] <= asked + visitor.cost + SECONDS_OF_A_ROUND


class Transport(asyncio.Transport):
    """A transport that notes what is written, and whether it may be read from."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.reads, self.ended = True, False
        self.protocol: asyncio.BaseProtocol | None = None

    def get_protocol(self) -> asyncio.BaseProtocol:
        assert self.protocol is not None
        return self.protocol

    def write(self, data: Any) -> None:
        self.written.append(bytes(data))

    def is_closing(self) -> bool:
        return self.ended

    def close(self) -> None:
        self.ended = True

    abort = close

    def pause_reading(self) -> None:
        self.reads = False

    def resume_reading(self) -> None:
        self.reads = True


class Visitor:
    """An HTTP connection, and how much of what it sent was looked at in each round of the event loop."""

    def __init__(self, app: Any, state: ServerState | None = None) -> None:
        configured = Config(app, log_config=None, ws="none", lifespan="off")
        configured.load()
        self.connection = BoundedHttp(config=configured, server_state=state or ServerState(), app_state={})
        self.transport = Transport()
        self.transport.protocol = self.connection
        self.connection.connection_made(self.transport)
        self.pieces: list[int] = []
        take = self.connection.conn.receive_data

        def noted(data: bytes) -> None:
            self.pieces.append(len(data))
            take(data)

        self.connection.conn.receive_data = noted


@pytest.fixture(autouse=True)
def _an_entrance_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BoundedHttp, "entrance", Entrance())


async def answers(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body"})


REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


WITH_A_BODY = REQUEST[:-2] + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "most"),
    [
        (REQUEST * 8000, 100 * len(REQUEST)),
        (REQUEST.replace(b"\r\n", b"\n") * 8000, 100 * len(REQUEST)),
        # The answer to a request whose body is not there yet is the connection's last.
        (WITH_A_BODY + b"1\r\nx\r\n" * 40_000, len(WITH_A_BODY)),
        (b"GET / HTTP/1.1\r\nHost: x\r\na: " + b"y" * 200_000, 3 * PIECE + DEFAULT_MAX_INCOMPLETE_EVENT_SIZE),
    ],
    ids=["requests", "requests without returns", "chunks", "a header"],
)
@pytest.mark.parametrize("first", [0, 1, 2, 27, PIECE - 1])
def test_a_round_looks_at_one_piece_and_never_beyond_a_head(sent: bytes, most: int, first: int) -> None:
    async def test() -> None:
        visitor = Visitor(answers)
        if first:
            # Wherever what comes in is cut.
            visitor.connection.data_received(sent[:first])
            await asyncio.sleep(0)
        visitor.connection.data_received(sent[first:])
        assert not visitor.transport.reads
        for _ in range(100):
            known, answered = sum(visitor.pieces), len(visitor.transport.written)
            await asyncio.sleep(0)
            assert sum(visitor.pieces) - known <= PIECE
            # Head, body and end of one answer.
            assert len(visitor.transport.written) - answered <= 3
            # Nor does it pile up where there is no bound.
            assert len(visitor.connection.conn.trailing_data[0]) <= PIECE + DEFAULT_MAX_INCOMPLETE_EVENT_SIZE
        assert 0 < sum(visitor.pieces) <= most
        visitor.connection.connection_lost(None)

    loops.run(test())


def test_a_crowd_at_the_door_is_let_in_a_few_at_a_time_and_nobody_is_turned_away() -> None:
    crowd = 200

    async def test() -> None:
        server = Server(Config(answers, port=0, log_config=None, ws="none", lifespan="off"))
        accept_a_few_at_a_time(server)
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        await asyncio.sleep(3 * SECONDS_TO_LISTEN)
        address = server.servers[0].sockets[0].getsockname()
        with contextlib.ExitStack() as stack:
            for _ in range(crowd):
                # The system answers, while the server does nothing.
                stack.enter_context(socket.create_connection(address, timeout=10))
            known = 0
            while known < crowd:
                await asyncio.sleep(0)
                now = len(server.server_state.connections)
                assert now - known <= MOST_ACCEPTED
                known = now
        server.should_exit = True
        await serving

    loops.run(test())


def test_a_connection_that_cannot_be_read_keeps_nobody_waiting() -> None:
    async def test() -> None:
        told: list[str] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, problem: told.append(str(problem["exception"])))
        broken, other = Visitor(answers), Visitor(answers)

        def fail() -> None:
            raise RuntimeError("as never seen before")

        broken.connection.deal_with_a_piece = fail  # type: ignore[method-assign]
        broken.connection.data_received(REQUEST)
        other.connection.data_received(REQUEST)
        for _ in range(10):
            await asyncio.sleep(0)
        assert broken.transport.ended
        assert told == ["as never seen before"]
        assert b"".join(other.transport.written).startswith(b"HTTP/1.1 200 ")
        for visitor in (broken, other):
            visitor.connection.connection_lost(None)

    loops.run(test())


def test_a_page_that_cannot_be_read_keeps_nobody_waiting() -> None:
    loop = Loop()
    loop.call_exception_handler = lambda problem: None  # type: ignore[attr-defined]
    readings = readings_of(loop)
    broken, other = (Connection(readings, loop, credit, 1) for credit in (OWN_MOST, OWN_MOST / 2))
    broken.transport = Transport()  # type: ignore[attr-defined]

    def fail() -> None:
        raise RuntimeError("as never seen before")

    broken.read_a_piece = fail  # type: ignore[method-assign]
    broken.come_in()
    other.come_in()
    loop.run_once()
    assert broken.transport.ended  # type: ignore[attr-defined]
    assert other.read


def test_where_all_places_are_taken_who_has_been_silent_longest_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entrance, "most_connections", lambda: 3)
    hold = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/slow":
            await hold.wait()
        await answers(scope, receive, send)

    async def test() -> None:
        state = ServerState()
        slow, silent, answered = (Visitor(app, state) for _ in range(3))
        slow.connection.data_received(REQUEST.replace(b"/ ", b"/slow "))
        answered.connection.data_received(REQUEST)
        for _ in range(10):
            await asyncio.sleep(0)
        visitors = [slow, silent, answered]
        ended = []
        for _ in range(3):
            visitors.append(Visitor(app, state))
            ended.append([visitor.transport.ended for visitor in visitors])
            for visitor in visitors:
                if visitor.transport.ended and visitor.connection in state.connections:
                    visitor.connection.connection_lost(None)
        # The one that waits for its answer stays; the newest has a place each time.
        assert ended == [
            [False, True, False, False],
            [False, True, True, False, False],
            [False, True, True, True, False, False],
        ]
        hold.set()
        for _ in range(10):
            await asyncio.sleep(0)
        assert b"".join(slow.transport.written).startswith(b"HTTP/1.1 200 ")
        for connection in list(state.connections):
            connection.connection_lost(None)
        assert not BoundedHttp.entrance.silent

    loops.run(test())


@pytest.mark.skipif(sys.platform == "win32", reason="files are not counted there")
@pytest.mark.parametrize("limit", [1024, 4096, 65_536])
def test_pages_and_connections_have_files_though_others_have_just_gone(
    limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    import resource

    monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, limit))
    pages = most_pages.__wrapped__()
    monkeypatch.setattr(entrance, "most_pages", lambda: pages)
    gone = inspect.signature(MemorySessionStorage).parameters["maxsize"].default
    assert pages * FILES_OF_A_VISIT + most_connections() + gone * FILES_OF_A_VISIT <= limit - 50
    # A class finds room even there.
    assert pages >= 100


@pytest.mark.skipif(not OPEN_FILES.exists(), reason="files are not counted there")
def test_a_visit_takes_as_many_files_as_are_counted() -> None:
    folder = OPEN_FILES
    known = len(list(folder.iterdir()))
    loop = asyncio.new_event_loop()
    try:
        assert len(list(folder.iterdir())) - known == FILES_OF_A_VISIT
    finally:
        loop.close()


@pytest.mark.parametrize(
    ("bounded", "names"),
    [
        (
            BoundedHttp,
            "connection_made data_received handle_events send_400_response on_response_complete connection_lost",
        ),
        (BoundedWebSocket, "data_received handle_connect handle_cont handle_text receive connection_lost shutdown"),
        (ReadInTime, "pause_writing resume_writing connection_lost"),
    ],
)
def test_uvicorn_has_what_is_replaced_in_it(bounded: type, names: str) -> None:
    """Where another version calls a method by another name, ours would never be called."""
    replaced = names.split()
    assert set(replaced) <= vars(bounded).keys()
    classes = [H11Protocol, WebSocketsSansIOProtocol] if bounded is ReadInTime else [bounded.__bases__[1]]
    for name in replaced:
        assert all(name in vars(original) for original in classes), name
