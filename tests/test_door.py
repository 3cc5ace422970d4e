"""The door of the server: floods, forged values, addresses, origins, files, signals; against servers that run."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gzip
import http.client
import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, MutableMapping
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

import loops
import visitor
from docker_replay import free_port
from optviz import BadInput
from optviz.stage import assets, unpack
from optviz.stage.modules import sources
from optviz.text import LANGUAGES, words
from optviz.ui import messages
from optviz.ui.connections import MOST_PIECES_OF_A_MESSAGE
from optviz.ui.door import MOST_FILES, MOST_WAITING, Door
from optviz.ui.entrance import SECONDS_FOR_A_REQUEST
from optviz.ui.messages import DEEPEST_VALUE, LONGEST_JSON, LONGEST_MESSAGE, LONGEST_VALUE, NoMessage, take
from optviz.ui.origins import may_connect, origins
from optviz.ui.sending import coding_for
from optviz.ui.serving import listen
from socket_page import SocketPage
from tiers import long, rest_is_long

ROOT = Path(__file__).parents[1]
HOST = "127.0.0.1"


def rerun(*widgets: WidgetState) -> BackMsg:
    ask = BackMsg()
    ask.rerun_script.widget_states.widgets.extend(widgets)
    ask.rerun_script.query_string = ""
    return ask


class Server:
    """A server of its own for a test: `uvicorn app:app`, or another command."""

    def __init__(self, log: Path, *command: str, port: int | None = None, **variables: str) -> None:
        self.port = free_port() if port is None else port
        self.log = log
        words = command or ("uvicorn", "app:app", "--host", HOST, "--port", str(self.port))
        environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **variables}
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *words],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                # A shell starts what it puts into the background with the signal ignored, and that is inherited.
                preexec_fn=functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
            )

    def printed(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def stop(self, number: int = signal.SIGTERM, seconds: float = 10) -> int:
        """End it with a signal; its exit code. Whoever stops a container kills it after ten seconds."""
        self.process.send_signal(number)
        try:
            return self.process.wait(seconds)
        finally:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that do it no harm; nothing of them may leave a traceback or an address in its log."""
    running = Server(tmp_path_factory.mktemp("door") / "log.txt")
    try:
        visitor.wait_until_healthy(running.port, running.process)
        yield running
    finally:
        running.stop()
    assert "Traceback" not in running.printed()
    # Its own address is what it was asked for; a visitor's comes from another port.
    assert HOST not in running.printed().replace(f"{HOST}:{running.port}", "")


def asked(
    server: Server, path: str, method: str = "GET", headers: dict[str, str] | None = None, body: bytes | None = None
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(HOST, server.port, timeout=30)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


# --- messages ---


@long
def test_a_flood_on_one_socket_costs_few_runs_and_another_page_is_answered_meanwhile(server: Server) -> None:
    async def flood() -> int:
        """Answers that the flooder got to 2,000 requests before the door was closed on it."""
        async with connect(
            f"ws://{HOST}:{server.port}/_stcore/stream", subprotocols=["streamlit"], proxy=None, max_size=None
        ) as socket:
            data, runs = rerun().SerializeToString(), 0
            sending = asyncio.create_task(_send_many(socket, data, 2000))
            try:
                while True:
                    runs += messages.ends_run(await socket.recv(decode=False))
            except ConnectionClosed as closed:
                assert closed.rcvd is not None and closed.rcvd.code == 1008
            sending.cancel()
            return runs

    async def both() -> int:
        async with SocketPage(server.port) as page:
            flooding = asyncio.create_task(flood())
            for rate in page.rates[:3]:
                await page.choose_rate(rate)
            assert page.exceptions == []
            return await flooding

    assert loops.run(both()) <= MOST_WAITING


async def _send_many(socket: object, data: bytes, count: int) -> None:
    try:
        for _ in range(count):
            await socket.send(data)  # type: ignore[attr-defined]
    except ConnectionClosed:
        pass


@long
def test_a_drag_passes_message_after_message(server: Server) -> None:
    async def drag() -> SocketPage:
        async with SocketPage(server.port) as page:
            for step in range(60):
                await page.drag({"start": [0.01 * step, 0.2], "number": step})
                assert unpack(page.picture)[0]["live"] == step
            return page

    assert loops.run(drag()).exceptions == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff\xff\xff\xff", 1002),
        ("text", 1003),
        (b"x" * (LONGEST_MESSAGE + 1), 1009),
        ([b"x"] * (MOST_PIECES_OF_A_MESSAGE + 1), 1009),
    ],
    ids=["garbage", "text", "too long", "in too many pieces"],
)
def test_what_is_no_message_ends_its_own_page_alone(server: Server, data: bytes | str | list[bytes], code: int) -> None:
    async def forge() -> None:
        async with SocketPage(server.port) as page, SocketPage(server.port) as other:
            assert page.connection is not None
            with pytest.raises(ConnectionClosed) as closed:
                await page.connection.send(data)
                while True:
                    await page.connection.recv()
            assert closed.value.rcvd is not None and closed.value.rcvd.code == code
            await other.choose_rate(other.rates[5])

    loops.run(forge())


DEEP = "[" * 900 + "]" * 900


@pytest.mark.parametrize(
    "value",
    [
        '{"live": ' + DEEP + "}",
        json.dumps({"live": {"start": [1] * 10_000}}),
        json.dumps({"live": "x" * 50_000}),
        '{"live": ' + "9" * 6000 + "}",
        '{"live": "' + DEEP,
    ],
    ids=["deep", "many", "long", "digits", "no JSON"],
)
def test_a_forged_value_is_left_out_and_the_page_goes_on(server: Server, value: str) -> None:
    async def forge() -> list[str]:
        async with SocketPage(server.port) as page:
            page.widgets[page.stage] = WidgetState(id=page.stage, json_value=value)
            await page.ask()
            del page.widgets[page.stage]
            await page.choose_rate(page.rates[4])
            return page.exceptions

    assert loops.run(forge()) == []


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("[" * DEEPEST_VALUE + "]" * DEEPEST_VALUE, True),
        ("[" * (DEEPEST_VALUE + 1) + "]" * (DEEPEST_VALUE + 1), False),
        ('"' + "[" * 100 + '"', True),
        ('"\\"' + "[" * 100 + '"', True),
        ('["a", {"b": [1, 2]}]', True),
        ("[1, 2", False),
        ("1" * 5000, False),
        ('"' + "x" * LONGEST_JSON + '"', False),
        ('"\\ud800"', False),
        ('"\\ud83d\\ude00"', True),
    ],
)
def test_values_are_bounded_in_size_and_depth(text: str, allowed: bool) -> None:
    for name in ("json_value", "json_trigger_value"):
        taken = take(rerun(WidgetState(id="$$ID-a", **{name: text})).SerializeToString())
        assert taken.runs and taken.data is not None
        left = BackMsg.FromString(taken.data).rerun_script.widget_states.widgets
        assert len(left) == int(allowed)
        assert (taken.refused is None) is allowed


FORMS: dict[str, Callable[[WidgetState], object]] = {
    "a text": lambda value: setattr(value, "string_value", "x"),
    "a truth": lambda value: setattr(value, "bool_value", True),
    "a whole number": lambda value: setattr(value, "int_value", -(2**40)),
    "no number": lambda value: setattr(value, "double_value", float("nan")),
    "places": lambda value: value.int_array_value.data.extend([10**6, -5]),
    "numbers": lambda value: value.double_array_value.data.extend([1e300, 2.0]),
    "no numbers": lambda value: value.double_array_value.SetInParent(),
    "texts": lambda value: value.string_array_value.data.extend(["x", "y"]),
    "no texts": lambda value: value.string_array_value.SetInParent(),
    "JSON": lambda value: setattr(value, "json_value", '{"a": 1}'),
    "bytes": lambda value: setattr(value, "bytes_value", b"x"),
    "a table": lambda value: value.arrow_value.SetInParent(),
    "files": lambda value: value.file_uploader_state_value.SetInParent(),
}


@long
def test_a_value_that_its_widget_cannot_read_leaves_the_page_at_work(server: Server) -> None:
    async def test() -> None:
        async with SocketPage(server.port) as page, asyncio.timeout(60):
            kinds = {kind: name for name, kind in page.kinds.items()}
            assert {"button_group", "selectbox", "number_input", "slider", "checkbox", "bidi_component"} <= kinds.keys()
            for name in kinds.values():
                for give in FORMS.values():
                    page.widgets[name] = WidgetState(id=name)
                    give(page.widgets[name])
                    await page.ask()
                    del page.widgets[name]
            await page.choose_rate(page.rates[2])
            assert page.exceptions == []

    loops.run(test())


def test_a_widget_that_no_page_has_is_left_out() -> None:
    states = [WidgetState(id="x", json_value="[1]"), WidgetState(id="$$ID-a", string_value="x" * LONGEST_VALUE)]
    for state in states:
        taken = take(rerun(state).SerializeToString())
        assert taken.data is not None
        assert not BackMsg.FromString(taken.data).rerun_script.widget_states.widgets


def test_looking_into_a_value_takes_each_character_once() -> None:
    """A string that never ends, full of signs that might end it: in a child, so that it can be given up."""
    code = (
        "from optviz.ui import messages\n"
        "for text in ('\"' + '\\\\\"' * 200_000, '\"' * 400_001, '\\\\' * 400_000, '[\"' * 200_000):\n"
        "    messages._depth(text)\n"
    )
    # Quadratic time would be an hour; the limit is only there so that it ends.
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_only_the_kinds_of_message_that_a_page_needs_are_taken() -> None:
    for name in (
        "clear_cache",
        "load_git_info",
        "set_run_on_save",
        "debug_shutdown_runtime",
        "debug_disconnect_websocket",
    ):
        message = BackMsg()
        setattr(message, name, True)
        assert take(message.SerializeToString()).data is None, name
    for payload, allowed in (("install_skills", False), ("dismiss_skills_nudge", False), ("deferred_file", True)):
        message = BackMsg()
        getattr(message.backend_operation_request, payload).SetInParent()
        taken = take(message.SerializeToString())
        assert (taken.data is not None) is allowed, payload
        assert taken.makes_file is allowed, payload
    with pytest.raises(NoMessage):
        take(b"\xff")


@pytest.mark.parametrize(
    ("status", "ends"),
    [
        (ForwardMsg.FINISHED_SUCCESSFULLY, True),
        (ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY, True),
        (ForwardMsg.FINISHED_WITH_COMPILE_ERROR, True),
        (ForwardMsg.FINISHED_EARLY_FOR_RERUN, False),
    ],
)
def test_a_run_given_up_for_the_next_one_is_not_over(status: ForwardMsg.ScriptFinishedStatus, ends: bool) -> None:
    told = ForwardMsg()
    told.script_finished = status
    assert messages.ends_run(told.SerializeToString()) is ends
    assert not messages.ends_run(ForwardMsg().SerializeToString())
    assert not messages.ends_run(b"\xff")


def test_a_page_has_a_few_files_made_and_no_flood_of_them(server: Server) -> None:
    """A class's download is answered, and of thirty requests no more than are let in."""

    async def press() -> tuple[set[str], set[str]]:
        made: set[str] = set()
        refused: set[str] = set()
        async with SocketPage(server.port) as page:
            assert page.connection is not None and len(page.files) == 3
            for number in range(30):
                ask = BackMsg()
                ask.backend_operation_request.request_id = str(number)
                ask.backend_operation_request.session_id = page.session
                ask.backend_operation_request.deferred_file.file_id = page.files[0]
                await page.connection.send(ask.SerializeToString())
            while len(made) + len(refused) < 30:
                told = ForwardMsg.FromString(await page.connection.recv(decode=False))
                if told.WhichOneof("type") == "backend_operation_response":
                    answer = told.backend_operation_response
                    (made if answer.deferred_file.url else refused).add(answer.request_id)
                    # Else the page would wait for three minutes, and say nothing.
                    for language in LANGUAGES:
                        assert bool(answer.deferred_file.url) is not (
                            words(language)["app"]["files"] in answer.error_msg
                        )
            await page.ask()
            assert page.exceptions == [] and page.answers == 0
        return made, refused

    made, refused = loops.run(press())
    assert made == {str(number) for number in range(MOST_FILES)}
    assert refused == {str(number) for number in range(MOST_FILES, 30)}


class Stranger:
    """A WebSocket that is let through a door of its own to an app that only notes what happens."""

    def __init__(self, *protocols: str) -> None:
        self.scope = {
            "type": "websocket",
            "path": "/_stcore/stream",
            "headers": [(b"host", b"x")],
            "subprotocols": list(protocols),
        }
        self.incoming: asyncio.Queue[dict[str, object]] = asyncio.Queue()
        self.incoming.put_nowait({"type": "websocket.connect"})
        self.sent: list[str] = []

    def say(self, message: BackMsg) -> None:
        self.incoming.put_nowait({"type": "websocket.receive", "bytes": message.SerializeToString()})

    def go(self) -> None:
        self.incoming.put_nowait({"type": "websocket.disconnect", "code": 1001})

    async def send(self, message: MutableMapping[str, object]) -> None:
        self.sent.append(str(message["type"]))

    async def through(self, door: Door) -> None:
        await door(self.scope, self.incoming.get, self.send)


async def rounds(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def test_a_page_that_joins_again_costs_a_visit_only_where_there_is_one_or_something_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("optviz.ui.door._is_visit", {"known": True}.get)
    joined = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        joined.append(scope["subprotocols"][2])
        while (await receive())["type"] != "websocket.disconnect":
            pass

    async def test() -> None:
        door = Door(app, "", app, {}, lambda: 100)
        strangers = {name: Stranger("streamlit", "token", name) for name in ("known", "forgotten", "other")}
        tasks = [asyncio.create_task(stranger.through(door)) for stranger in strangers.values()]
        await rounds(20)
        assert joined == ["known"]
        # It is connected all the same, or a browser would try again and again.
        assert strangers["forgotten"].sent == ["websocket.accept"]
        strangers["forgotten"].say(rerun())
        await rounds(20)
        assert joined == ["known", "forgotten"]
        for stranger in strangers.values():
            stranger.go()
        await asyncio.wait_for(asyncio.gather(*tasks), 10)
        assert joined == ["known", "forgotten"]

    loops.run(test())


def test_where_all_places_are_taken_a_page_that_never_asked_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optviz.ui.door._is_visit", lambda _: False)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "websocket.disconnect":
            pass

    async def test() -> None:
        door = Door(app, "", app, {}, lambda: 3)
        door.turns.at_once = 100
        strangers = [Stranger("streamlit", "token", "forgotten") for _ in range(5)]
        tasks = []
        # The first one asks, and keeps its place.
        strangers[0].say(rerun())
        for stranger in strangers:
            tasks.append(asyncio.create_task(stranger.through(door)))
            await rounds(20)
        assert [task.done() for task in tasks] == [False, True, True, False, False]
        assert all(stranger.sent == ["websocket.accept"] for stranger in strangers)
        assert door.pages == 3
        for stranger in strangers:
            stranger.say(rerun())
        await rounds(20)
        tasks.append(asyncio.create_task((late := Stranger("streamlit")).through(door)))
        await rounds(20)
        # Nobody who has asked for something goes.
        assert late.sent == ["websocket.close"]
        for stranger in strangers:
            stranger.go()
        await asyncio.wait_for(asyncio.gather(*tasks), 30)
        assert not door.pages and not door.silent

    loops.run(test())


def test_a_page_whose_line_broke_joins_its_own_visit_again(server: Server) -> None:
    async def test() -> None:
        async with SocketPage(server.port) as page:
            await page.choose_rate(page.rates[4])
            assert page.connection is not None
            page.connection.transport.abort()
            page.connection = await connect(
                f"ws://{HOST}:{server.port}/_stcore/stream",
                subprotocols=["streamlit", "none", page.session],  # type: ignore[list-item]
                proxy=None,
                max_size=None,
            )
            # It has not asked for anything, and is let in all the same: what it had is still known.
            known, page.session = page.session, ""
            await page.ask()
            assert page.session == known and page.exceptions == []

    loops.run(test())


def test_a_crowd_that_leaves_at_once_leaves_one_by_one() -> None:
    left, now = [], 0
    strangers = [Stranger("streamlit") for _ in range(20)]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "websocket.disconnect":
            pass
        left.append(now)
        await send({"type": "websocket.send", "bytes": b""})

    async def count() -> None:
        nonlocal now
        while True:
            await asyncio.sleep(0)
            now += 1

    async def test() -> None:
        door = Door(app, "", app, {}, lambda: 100)
        door.turns.at_once = 100
        counting = asyncio.create_task(count())
        tasks = [asyncio.create_task(stranger.through(door)) for stranger in strangers]
        for stranger in strangers:
            stranger.say(rerun())
        await asyncio.wait_for(_until(lambda: door.turns.given == len(strangers)), 30)
        for stranger in strangers:
            stranger.go()
        await asyncio.wait_for(asyncio.gather(*tasks), 30)
        counting.cancel()

    loops.run(test())
    assert len(left) == 20
    assert len(set(left)) == 20
    # Where nobody listens any more nothing is sent: uvicorn would be surprised.
    assert all(stranger.sent == ["websocket.accept"] for stranger in strangers)


def test_a_crowd_that_joins_again_at_once_joins_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optviz.ui.door._is_visit", lambda _: True)
    joining, at_once, joined = 0, [], 0

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal joining, joined
        await receive()
        joining += 1
        at_once.append(joining)
        for _ in range(3):
            await asyncio.sleep(0)
        await send({"type": "websocket.accept"})
        joining -= 1
        joined += 1
        while (await receive())["type"] != "websocket.disconnect":
            pass

    async def test() -> None:
        door = Door(app, "", app, {}, lambda: 100)
        door.turns.at_once = 100
        strangers = [Stranger("streamlit", "token", "known") for _ in range(20)]
        tasks = [asyncio.create_task(stranger.through(door)) for stranger in strangers]
        # Of those that have gone meanwhile, too, nobody keeps the others out.
        for stranger in strangers[::2]:
            stranger.go()
        await asyncio.wait_for(_until(lambda: joined == len(strangers)), 30)
        for stranger in strangers[1::2]:
            stranger.go()
        await asyncio.wait_for(asyncio.gather(*tasks), 30)
        assert not door.pages
        await asyncio.wait_for(_until(lambda: not door.passage.locked()), 30)

    loops.run(test())
    assert set(at_once) == {1}


async def _until(true: Callable[[], bool]) -> None:
    while not true():
        await asyncio.sleep(0.01)


def test_a_dead_page_is_opened_anew_by_the_next_one(server: Server) -> None:
    """Sockets that come, ask and go leave room for the others."""

    async def storm() -> list[str]:
        async def once() -> None:
            socket = await connect(f"ws://{HOST}:{server.port}/_stcore/stream", subprotocols=["streamlit"], proxy=None)
            await socket.send(rerun().SerializeToString())
            socket.transport.abort()

        await asyncio.gather(*(once() for _ in range(60)))
        async with SocketPage(server.port) as page:
            await page.choose_rate(page.rates[2])
            return page.exceptions

    assert loops.run(storm()) == []


# --- addresses ---


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("GET", "/race", 200),
        ("GET", "/favicon.png", 200),
        ("GET", "/_stcore/health", 200),
        ("GET", "/_stcore/host-config", 200),
        ("GET", "/media/0123.png", 404),
        ("GET", "/static/js/nothing.js", 404),
        ("GET", "/nothing.js", 404),
        ("GET", "/a/b", 404),
        ("GET", "/optviz-assets/nothing.js", 404),
        ("GET", "/_stcore/metrics", 404),
        ("GET", "/_stcore/script-health-check", 404),
        ("GET", "/_stcore/agent/openapi.json", 404),
        ("GET", "/_stcore/bidi-components/a/b.js", 404),
        ("GET", "/component/a/index.html", 404),
        ("GET", "/auth/login", 404),
        ("GET", "/oauth2callback", 200),
        ("GET", "/%2e%2e/%2e%2e/etc/passwd", 404),
        ("PUT", "/_stcore/upload_file/a/b", 405),
        ("DELETE", "/_stcore/upload_file/a/b", 405),
        ("POST", "/_stcore/agent/interact", 405),
        ("POST", "/", 405),
        ("OPTIONS", "/_stcore/health", 405),
    ],
)
def test_only_addresses_that_the_app_needs_answer(server: Server, method: str, path: str, status: int) -> None:
    answer, body = asked(server, path, method)
    assert answer.status == status
    if status != 200:
        assert len(body) < 100
    assert "frame-ancestors 'self'" in (answer.headers["content-security-policy"] or "")


def test_a_body_is_refused_before_it_is_read(server: Server) -> None:
    connection = http.client.HTTPConnection(HOST, server.port, timeout=30)
    connection.putrequest("PUT", "/_stcore/upload_file/a/b")
    connection.putheader("Content-Length", str(200_000_000))
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 405
    assert answer.headers["connection"] == "close"
    connection.close()


HANDSHAKE = (
    "GET /_stcore/stream HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
)
CHUNKED = "GET /favicon.png HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("first", "then", "status"),
    [
        (CHUNKED, "zz\r\n", 200),
        (CHUNKED.replace("favicon.png", "static/js/none.js"), "zz\r\n", 404),
        (CHUNKED + "zz\r\n", "zz\r\n", 200),
        ("GET / HTTP/1.1\r\nHost: x\r\n" + "a:\r\n" * 5000 + "\r\n", "", 400),
        ("GET / HTTP/1.1\r\nHost: x\r\na: " + "y" * 60_000 + "\r\n\r\n", "", 400),
        ("GET /favicon.png HTTP/1.1\r\nHost: x\r\n\r\n", "\0\0\r\n\r\n", 200),
        (HANDSHAKE + "a:\r\n" * 150 + "\r\n", "", 400),
        (HANDSHAKE + "a: " + "y" * 9000 + "\r\n\r\n", "", 431),
        (HANDSHAKE + "Content-Length: 1\r\n\r\nx", "", None),
        (HANDSHAKE.replace("GET", "POST") + "\r\n", "", 405),
    ],
    ids=[
        "a body that cannot be read, after the answer",
        "the same after a refusal",
        "the same at once",
        "many headers",
        "a long header",
        "a second request that is none",
        "a handshake with many headers",
        "a handshake with a long header",
        "a handshake with a body",
        "a handshake that posts",
    ],
)
def test_what_is_no_request_ends_its_own_connection_and_nobody_elses(
    server: Server, first: str, then: str, status: int | None
) -> None:
    with socket.create_connection((HOST, server.port), timeout=30) as connection:
        connection.sendall(first.encode("latin-1"))
        got = connection.recv(1000)
        assert got.partition(b" ")[2][:3].decode() == ("" if status is None else str(status))
        with contextlib.suppress(ConnectionError):
            connection.sendall(then.encode("latin-1"))
            # The server ends it, and not only its own patience.
            connection.settimeout(SECONDS_FOR_A_REQUEST / 2)
            while connection.recv(1 << 16):
                pass
    answer, _ = asked(server, "/_stcore/health")
    assert answer.status == 200


def test_requests_that_come_together_are_all_answered(server: Server) -> None:
    one = "GET /_stcore/health HTTP/1.1\r\nHost: x\r\n"
    with socket.create_connection((HOST, server.port), timeout=30) as connection:
        connection.sendall((f"{one}\r\n" * 299 + f"{one}Connection: close\r\n\r\n").encode())
        got = b""
        while more := connection.recv(1 << 16):
            got += more
    assert got.count(b"HTTP/1.1 200 ") == 300


def test_the_page_itself_says_nothing_of_other_programs(server: Server) -> None:
    answer, body = asked(server, "/", headers={"Accept-Encoding": "gzip"})
    page = gzip.decompress(body).decode()
    assert "<title>optviz</title>" in page
    assert "agent" not in page
    assert "plotly" in answer.headers["link"]


# --- files ---


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("gzip;q=0", "identity"),
        ("gzip; q=0.000", "identity"),
        ("br, zstd", "identity"),
        ("*", "gzip"),
        ("*;q=0", None),
        ("*;q=0, gzip", "gzip"),
        ("*;q=0, identity", "identity"),
        ("identity;q=0", None),
        ("identity;q=0, gzip;q=0.1", "gzip"),
        ("gzip;q=0.2, identity;q=0.9", "identity"),
        ("gzip;q=0, *", "identity"),
        ("notgzip", "identity"),
        ("gzip;q=x", "identity"),
        ("deflate, gzip;q=1.0, *;q=0.5", "gzip"),
    ],
)
def test_the_coding_is_the_one_that_is_asked_for(accepted: str | None, coding: str | None) -> None:
    assert coding_for(accepted) == coding


def test_the_pages_style_sheets_stand_before_those_of_a_run_and_are_kept(server: Server) -> None:
    _, page = asked(server, "/")
    link = '<link rel="stylesheet" href="(/optviz-assets/[^"]+)">'
    found = re.search(rf'<body>\s*{link}{link}.*<div id="root">', page.decode(), re.DOTALL)
    assert found is not None
    for address, said in zip(found.groups(), (b".optviz-transport", b".st-key-hook_row"), strict=True):
        answer, body = asked(server, address)
        assert (answer.status, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")
        assert "immutable" in answer.headers["cache-control"]
        assert said in body


def test_the_page_names_every_module_of_the_stage_at_once(server: Server) -> None:
    _, page = asked(server, "/")
    addresses = re.findall('<link rel="modulepreload" href="/([^"]+)">', page.decode())
    assert sorted(addresses) == sorted(f"optviz-assets/{assets()[name].name}" for name in sources())
    for address, source in zip(addresses, sources().values(), strict=True):
        answer, body = asked(server, f"/{address}")
        assert (answer.status, body) == (200, source.encode())
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "immutable" in answer.headers["cache-control"]


def test_a_file_is_sent_plain_or_packed_and_not_twice(server: Server) -> None:
    asset = assets()["plotly"]
    path = f"/optviz-assets/{asset.name}"
    packed, body = asked(server, path, headers={"Accept-Encoding": "gzip"})
    assert (packed.status, packed.headers["content-encoding"], body) == (200, "gzip", asset.packed)
    plain, body = asked(server, path, headers={"Accept-Encoding": "gzip;q=0"})
    assert (plain.status, plain.headers["content-encoding"], body) == (200, None, asset.body)
    assert packed.headers["etag"] != plain.headers["etag"]
    for answer in (packed, plain):
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["vary"] == "Accept-Encoding"
    again, body = asked(server, path, headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["etag"]})
    assert (again.status, body) == (304, b"")
    head, body = asked(server, path, "HEAD")
    assert (head.status, int(head.headers["content-length"]), body) == (200, len(asset.body), b"")
    part, body = asked(server, path, headers={"Range": "bytes=0-9"})
    assert (part.status, len(body)) == (200, len(asset.body))
    none, _ = asked(server, path, headers={"Accept-Encoding": "identity;q=0, br"})
    assert none.status == 406


# --- origins ---


@pytest.mark.parametrize(
    ("origin", "host", "listed", "allowed"),
    [
        (None, "a.example", "", True),
        ("http://a.example", "a.example", "", True),
        ("https://A.example", "a.EXAMPLE", "", True),
        ("https://a.example", "a.example:443", "", True),
        ("http://a.example:8501", "a.example:8501", "", True),
        ("http://[::1]:8501", "[::1]:8501", "", True),
        ("http://a.example:8502", "a.example:8501", "", False),
        ("https://evil.example", "a.example", "", False),
        ("http://[", "[", "", False),
        ("http://[", "a.example", "", False),
        ("null", "a.example", "", False),
        ("", "a.example", "", False),
        ("http://a.example/", "a.example", "", False),
        ("http://u@a.example", "a.example", "", False),
        ("http://a.example", None, "", False),
        (None, None, "", False),
        ("http://a b", "a b", "", False),
        ("ftp://a.example", "a.example", "", False),
        ("https://outside.example", "inside:8501", "https://outside.example", True),
        ("https://outside.example", "inside:8501", "https://x.example, https://OUTSIDE.example:443/", True),
        ("http://outside.example", "inside:8501", "https://outside.example", False),
    ],
)
def test_host_alone_or_a_list_decides_about_an_origin(
    origin: str | None, host: str | None, listed: str, allowed: bool
) -> None:
    assert may_connect(origin, host, origins(listed)) is allowed


def test_a_list_that_cannot_be_read_says_so() -> None:
    with pytest.raises(BadInput, match=r"outside.example.*https://host"):
        origins("outside.example")


@pytest.mark.parametrize("origin", ["https://evil.example", "http://[", "null", "http://\u00e9", "x" * 5000])
def test_a_foreign_page_is_refused_whatever_other_headers_say(server: Server, origin: str) -> None:
    async def knock() -> int:
        forged = {"Origin": origin, "X-Forwarded-Host": "evil.example"}
        try:
            async with connect(f"ws://{HOST}:{server.port}/_stcore/stream", proxy=None, additional_headers=forged):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code

    assert loops.run(knock()) == 403
    answer, body = asked(server, f"/optviz-assets/origin?of={origin[:100].encode().hex()}")
    assert (answer.status, json.loads(body)) == (200, {"allowed": False})


@long
def test_a_proxy_that_changes_host_is_told_in_the_log_and_to_the_page_and_can_be_listed(tmp_path: Path) -> None:
    running = Server(
        tmp_path / "log.txt", OPTVIZ_ORIGINS="https://listed.example", OPTVIZ_FRAME_ANCESTORS="https://c.example"
    )
    try:
        visitor.wait_until_healthy(running.port, running.process)

        async def knock(origin: str) -> bool:
            try:
                async with SocketPage(running.port, headers={"Origin": origin}) as page:
                    return page.exceptions == []
            except InvalidStatus:
                return False

        assert loops.run(knock("https://listed.example"))
        assert not any(loops.run(knock("https://other.example")) for _ in range(3))
        for origin, allowed in (("https://listed.example", True), ("https://other.example", False)):
            _, body = asked(running, f"/optviz-assets/origin?of={origin}")
            assert json.loads(body) == {"allowed": allowed}
        answer, _ = asked(running, "/")
        assert "frame-ancestors 'self' https://c.example" in answer.headers["content-security-policy"]
    finally:
        running.stop()
    told = [line for line in running.printed().splitlines() if "other.example" in line]
    assert 1 <= len(told) <= 2
    assert "OPTVIZ_ORIGINS" in told[0]
    assert "Traceback" not in running.printed()


# --- starting and stopping ---


def flood_and_stop(running: Server, number: int) -> int:
    """With open pages, one of them flooding and one that never reads, a signal; the exit code."""

    async def push() -> int:
        opened = [SocketPage(running.port) for _ in range(5)]
        for page in opened:
            await page.__aenter__()
        _, writer = await asyncio.open_connection(HOST, running.port)
        writer.write(
            f"GET /_stcore/stream HTTP/1.1\r\nHost: {HOST}:{running.port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        assert opened[0].connection is not None
        data = rerun().SerializeToString()
        flooding = asyncio.create_task(_send_many(opened[0].connection, data, 100_000))
        for _ in range(40):
            writer.write(b"\x82" + bytes([0x80 | len(data)]) + bytes(4) + data)
        await asyncio.sleep(0.3)
        code = await asyncio.to_thread(running.stop, number)
        flooding.cancel()
        writer.transport.abort()
        for page in opened:
            assert page.connection is not None
            page.connection.transport.abort()
        return code

    return loops.run(push())


@long
@pytest.mark.parametrize("how", rest_is_long(["uvicorn", "streamlit", "serve"], {"uvicorn"}))
def test_a_signal_ends_the_server_in_time_even_during_a_flood(tmp_path: Path, how: str) -> None:
    port = free_port()
    command = {
        "uvicorn": ["uvicorn", "app:app", "--host", HOST, "--port", str(port)],
        "streamlit": ["streamlit", "run", "app.py", "--server.headless", "true", "--server.port", str(port)],
        "serve": ["optviz.cli", "serve", "--no-browser", "--port", str(port)],
    }[how]
    running = Server(tmp_path / "log.txt", *command, port=port)
    try:
        visitor.wait_until_healthy(port, running.process)
    except BaseException:
        running.stop()
        raise
    assert flood_and_stop(running, signal.SIGTERM) in (0, -signal.SIGTERM)
    assert "Traceback" not in running.printed()


def test_serve_says_one_line_and_ctrl_c_ends_it_with_130(tmp_path: Path) -> None:
    port = free_port()
    running = Server(tmp_path / "log.txt", "optviz.cli", "serve", "--no-browser", "--port", str(port), port=port)
    visitor.wait_until_healthy(port, running.process)
    assert flood_and_stop(running, signal.SIGINT) == 130
    lines = running.printed().splitlines()
    assert f"http://{HOST}:{port}" in lines[0]
    assert "Traceback" not in running.printed()
    assert [line for line in lines[1:] if "disconnected" not in line] == []


def test_serve_on_a_busy_port_says_so_and_ends(tmp_path: Path) -> None:
    with listen(HOST, 0) as busy:
        port = busy.getsockname()[1]
        running = Server(tmp_path / "log.txt", "optviz.cli", "serve", "--port", str(port), port=port, BROWSER="false")
        assert running.process.wait(60) == 2
    (line,) = running.printed().splitlines()
    assert f"port = {port}" in line
    assert "in use" in line


@long
def test_serve_names_an_origin_that_cannot_be_read(tmp_path: Path) -> None:
    running = Server(tmp_path / "log.txt", "optviz.cli", "serve", "--no-browser", "--origin", "a.example")
    assert running.process.wait(60) == 2
    (line,) = running.printed().splitlines()
    assert "origin" in line and "a.example" in line


@pytest.mark.parametrize("host", ["256.1.1.1", "no such host", "8.8.8.8", "\u0000", "x" * 300, "http://a"])
def test_a_host_that_cannot_be_had_is_named(host: str) -> None:
    with pytest.raises(BadInput, match=re.escape("127.0.0.1 for itself")):
        listen(host, 0)
