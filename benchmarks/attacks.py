"""What one stranger can do to a server, by name: each attack is bounded in count and time and stays on this machine.

An attack is a coroutine that is given a `Target`; `@attack` puts it into the table. It may end by itself, and it is
stopped after `target.seconds`.
"""

from __future__ import annotations

import asyncio
import base64
import json
import math
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import quote

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from socket_page import SocketPage

HOST = "127.0.0.1"
LARGEST_FRAME = 65535


@dataclass(frozen=True)
class Target:
    """The server to push: a port of this machine, and how long."""

    port: int
    seconds: float


ATTACKS: dict[str, Callable[[Target], Awaitable[None]]] = {}


def attack(coroutine: Callable[[Target], Awaitable[None]]) -> Callable[[Target], Awaitable[None]]:
    """Put an attack into the table, under its own name with hyphens."""
    ATTACKS[coroutine.__name__.replace("_", "-")] = coroutine
    return coroutine


def frame(payload: bytes, opcode: int = 2, last: bool = True) -> bytes:
    """A WebSocket frame as a browser sends it (RFC 6455, 5.2), under the mask 0, which leaves the bytes as they are."""
    first = bytes([(0x80 if last else 0) | opcode])
    if len(payload) < 126:
        size = bytes([0x80 | len(payload)])
    elif len(payload) <= LARGEST_FRAME:
        size = bytes([0x80 | 126]) + len(payload).to_bytes(2, "big")
    else:
        size = bytes([0x80 | 127]) + len(payload).to_bytes(8, "big")
    return first + size + bytes(4) + payload


def rerun(*widgets: WidgetState) -> bytes:
    """The request to run the page."""
    ask = BackMsg()
    ask.rerun_script.query_string = ""
    ask.rerun_script.widget_states.widgets.extend(widgets)
    return ask.SerializeToString()


@asynccontextmanager
async def raw_socket(port: int, **headers: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A WebSocket after its handshake, as bare bytes."""
    reader, writer = await asyncio.open_connection(HOST, port, limit=1 << 20)
    try:
        told = {
            "Host": f"{HOST}:{port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Protocol": "streamlit",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        writer.write(f"GET /_stcore/stream HTTP/1.1\r\n{lines}\r\n".encode("latin-1"))
        await writer.drain()
        await reader.readuntil(b"\r\n\r\n")
        yield reader, writer
    finally:
        writer.transport.abort()


async def swallow(reader: asyncio.StreamReader) -> None:
    """Read and forget, until the other side ends."""
    try:
        while await reader.read(1 << 20):
            pass
    except OSError:
        pass


async def flood(target: Target, frames: bytes, sockets: int, stay: bool = True, read: bool = True) -> None:
    """The same frames on a number of sockets at once; then stay, or go."""

    async def one() -> None:
        try:
            async with raw_socket(target.port) as (reader, writer):
                reading = asyncio.create_task(swallow(reader)) if read else None
                # What the server does not take stays in this program; written in pieces so that it can be cancelled.
                for first in range(0, len(frames), 1 << 16):
                    writer.write(frames[first : first + (1 << 16)])
                    await writer.drain()
                if stay:
                    await asyncio.sleep(target.seconds)
                if reading is not None:
                    reading.cancel()
        except (OSError, asyncio.IncompleteReadError):
            pass

    await asyncio.gather(*(one() for _ in range(sockets)))


async def again_and_again(target: Target, once: Callable[[], Awaitable[None]], at_once: int, most: int) -> None:
    """Do something over and over, so many at a time and so many in all."""
    left = iter(range(most))

    async def worker() -> None:
        for _ in left:
            try:
                await once()
            except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                await asyncio.sleep(0.01)

    await asyncio.gather(*(worker() for _ in range(at_once)))


@attack
async def empty_reruns(target: Target) -> None:
    """20,000 empty requests to run the page on one socket, which stays."""
    await flood(target, frame(rerun()) * 20_000, 1)


@attack
async def empty_reruns_and_gone(target: Target) -> None:
    """100,000 of them on one socket, which goes as soon as they are sent."""
    await flood(target, frame(rerun()) * 100_000, 1, stay=False)


@attack
async def many_sockets(target: Target) -> None:
    """50 sockets with 400 requests each."""
    await flood(target, frame(rerun()) * 400, 50)


@attack
async def slow_readers(target: Target) -> None:
    """50 sockets that ask for 400 runs each and never read an answer."""
    await flood(target, frame(rerun()) * 400, 50, read=False)


@attack
async def storm(target: Target) -> None:
    """200 sockets at once that ask for the page and go, over and over, 3,000 in all."""

    async def once() -> None:
        async with raw_socket(target.port) as (_, writer):
            writer.write(frame(rerun()))
            await writer.drain()

    await again_and_again(target, once, 200, 3000)


@attack
async def silent_sockets(target: Target) -> None:
    """300 WebSockets that say nothing, 300 connections that stop in the middle of a request, 200 that send nothing."""

    async def half(text: bytes) -> None:
        _, writer = await asyncio.open_connection(HOST, target.port)
        writer.write(text)
        await asyncio.sleep(target.seconds)
        writer.transport.abort()

    begun = f"GET / HTTP/1.1\r\nHost: {HOST}:{target.port}\r\nX-Slow: ".encode()
    await asyncio.gather(flood(target, b"", 300), *(half(begun) for _ in range(300)), *(half(b"") for _ in range(200)))


@attack
async def pings(target: Target) -> None:
    """A million empty pings on each of 4 sockets."""
    await flood(target, frame(b"", 9) * 1_000_000, 4)


@attack
async def fragments(target: Target) -> None:
    """On each of 4 sockets one message in a million pieces of no length, which never ends."""
    await flood(target, frame(b"", 2, last=False) + frame(b"", 0, last=False) * 1_000_000, 4)


@attack
async def text_frames(target: Target) -> None:
    """100 sockets with a text where bytes are due, over and over, 2,000 in all."""

    async def once() -> None:
        async with raw_socket(target.port) as (reader, writer):
            writer.write(frame(b"hello", 1))
            await swallow(reader)

    await again_and_again(target, once, 100, 2000)


@attack
async def garbage(target: Target) -> None:
    """100 sockets with bytes that are no message, over and over, 2,000 in all."""

    async def once() -> None:
        async with raw_socket(target.port) as (reader, writer):
            writer.write(frame(b"\xff\xff\xff\xff" * 100))
            await swallow(reader)

    await again_and_again(target, once, 100, 2000)


@attack
async def other_messages(target: Target) -> None:
    """20,000 messages of every other kind on one socket each: clear the cache, git, heartbeat, files, operations."""
    kinds = []
    for name in ("clear_cache", "load_git_info", "app_heartbeat", "stop_script", "set_run_on_save"):
        ask = BackMsg()
        setattr(ask, name, True)
        kinds.append(ask)
    files, operation = BackMsg(), BackMsg()
    files.file_urls_request.file_names.extend(["a"] * 100)
    operation.backend_operation_request.request_id = "x"
    await asyncio.gather(
        *(flood(target, frame(kind.SerializeToString()) * 20_000, 1) for kind in [*kinds, files, operation])
    )


async def values(target: Target, value: str, pages: int, times: int) -> None:
    """What a forged picture says it was dragged to, on a number of pages."""

    async def one() -> None:
        try:
            async with SocketPage(target.port) as page:
                assert page.connection is not None
                said = page.word(page.stage, None)
                said.json_trigger_value = f'[{{"event": "asked", "value": {value}}}]'
                page.widgets[said.id] = said
                for _ in range(times):
                    await page.connection.send(page.message())
                    await asyncio.sleep(0.5)
                await asyncio.sleep(target.seconds)
        except Exception as refused:
            print(f"refused: {type(refused).__name__}: {str(refused)[:100]}")

    for _ in range(pages):
        asyncio.create_task(one())  # noqa: RUF006
        await asyncio.sleep(0.2)
    await asyncio.sleep(target.seconds)


@attack
async def huge_values(target: Target) -> None:
    """60 pages, each with a value of 14 MB."""
    await values(target, json.dumps({"live": {"start": "x" * 14_000_000}}), 60, 1)


@attack
async def long_starts(target: Target) -> None:
    """10 pages, each with a start of a million numbers."""
    await values(target, json.dumps({"live": {"start": [1] * 1_000_000}}), 10, 3)


@attack
async def deep_values(target: Target) -> None:
    """10 pages, each with a list 900 deep."""
    await values(target, json.dumps({"live": None})[:-5] + "[" * 900 + "]" * 900 + "}", 10, 10)


def with_values(text: str, count: int) -> bytes:
    """The frame of a request to run the page with this JSON in a number of widgets."""
    return frame(rerun(*(WidgetState(id=f"$$ID-{place}", json_value=text) for place in range(count))))


@attack
async def endless_strings(target: Target) -> None:
    """10 sockets, each with one message of 8 strings that never end, full of signs that might end them."""
    await flood(target, with_values('"\\' * 3500, 8), 10)


@attack
async def empty_lists(target: Target) -> None:
    """20 sockets, each with 40 messages of 8 values of 1,300 lists, and again every second."""
    while True:
        await flood(Target(target.port, 1.0), with_values(f"[{'[],' * 1300}1]", 8) * 40, 20)


@attack
async def long_waits(target: Target) -> None:
    """400 sockets, each with 60 messages of 48,000 bytes that wait for their turn."""
    texts = (WidgetState(id=f"$$ID-{place}", string_value="y" * 16_000) for place in range(3))
    await flood(target, frame(rerun(*texts)) * 60, 400)


@attack
async def joining_again(target: Target) -> None:
    """3,000 sockets that say they were connected before, and then nothing."""

    async def one() -> None:
        async with raw_socket(target.port, Sec_WebSocket_Protocol="streamlit, a, b") as (reader, _):
            await swallow(reader)

    await asyncio.gather(*(one() for _ in range(3000)), return_exceptions=True)


@attack
async def one_visit_joined_again(target: Target) -> None:
    """20 sockets that join the same visit again and again, 20,000 times in all."""
    async with SocketPage(target.port) as page:

        async def once() -> None:
            async with raw_socket(target.port, Sec_WebSocket_Protocol=f"streamlit, a, {page.session}"):
                await asyncio.sleep(0.01)

        await again_and_again(target, once, 20, 20_000)


async def request(port: int, head: str, body: bytes = b"", read: bool = True) -> None:
    """One HTTP request by hand."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(head.encode("latin-1") + body)
        await writer.drain()
        if read:
            await swallow(reader)
    finally:
        writer.transport.abort()


@attack
async def plain_assets(target: Target) -> None:
    """8 clients without gzip ask for plotly.js, over and over, 400 times in all."""
    import re
    import urllib.request

    with urllib.request.urlopen(f"http://{HOST}:{target.port}/") as answer:
        found = re.search(r"</(optviz-assets/plotly[^>]+)>", answer.headers["link"])
    assert found is not None
    head = f"GET /{found[1]} HTTP/1.1\r\nHost: {HOST}:{target.port}\r\nConnection: close\r\n\r\n"
    await again_and_again(target, lambda: request(target.port, head), 8, 400)


@attack
async def many_requests(target: Target) -> None:
    """50 clients ask for the page, over and over, 5,000 times in all."""
    head = f"GET / HTTP/1.1\r\nHost: {HOST}:{target.port}\r\nConnection: close\r\n\r\n"
    await again_and_again(target, lambda: request(target.port, head), 50, 5000)


@attack
async def metrics(target: Target) -> None:
    """20 clients ask for the server's statistics, over and over, 5,000 times in all."""
    head = f"GET /_stcore/metrics HTTP/1.1\r\nHost: {HOST}:{target.port}\r\nConnection: close\r\n\r\n"
    await again_and_again(target, lambda: request(target.port, head), 20, 5000)


@attack
async def uploads(target: Target) -> None:
    """8 clients put files of 50 MB where nothing is to be uploaded, 40 in all."""
    head = (
        f"PUT /_stcore/upload_file/a/b HTTP/1.1\r\nHost: {HOST}:{target.port}\r\nConnection: close\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 50000000\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    )
    await again_and_again(target, lambda: request(target.port, head, bytes(50_000_000)), 8, 40)


@attack
async def endless_bodies(target: Target) -> None:
    """20 clients post a body that never ends to the page."""

    async def one() -> None:
        try:
            _, writer = await asyncio.open_connection(HOST, target.port)
            writer.write(
                f"POST / HTTP/1.1\r\nHost: {HOST}:{target.port}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
            )
            piece = b"10000\r\n" + bytes(65536) + b"\r\n"
            for _ in range(2000):
                writer.write(piece)
                await writer.drain()
        except OSError:
            pass

    await asyncio.gather(*(one() for _ in range(20)))


@attack
async def tiny_pieces(target: Target) -> None:
    """10 clients ask for a file with bodies in pieces of one byte, 40,000 at a time, over and over."""
    head = f"GET /favicon.png HTTP/1.1\r\nHost: {HOST}:{target.port}\r\nTransfer-Encoding: chunked\r\n\r\n"
    await again_and_again(target, lambda: request(target.port, head, b"1\r\nx\r\n" * 40_000), 10, 5000)


@attack
async def requests_in_a_row(target: Target) -> None:
    """10 clients ask for the page 2,000 times in one breath, over and over."""
    head = f"HEAD / HTTP/1.1\r\nHost: {HOST}:{target.port}\r\n\r\n"
    await again_and_again(target, lambda: request(target.port, head * 2000), 10, 5000)


@attack
async def only_connecting(target: Target) -> None:
    """10 clients connect and go without a word, over and over, 20,000 times in all."""
    await again_and_again(target, lambda: request(target.port, "", read=False), 10, 20_000)


@attack
async def giant_headers(target: Target) -> None:
    """20 clients send a megabyte of headers, over and over, 400 times in all."""
    head = f"GET / HTTP/1.1\r\nHost: {HOST}:{target.port}\r\n" + "".join(
        f"X-{i}: {'y' * 1000}\r\n" for i in range(1000)
    )
    await again_and_again(target, lambda: request(target.port, head + "\r\n"), 20, 400)


@attack
async def foreign_origins(target: Target) -> None:
    """20 handshakes whose origin is a foreign host that X-Forwarded-Host names, too."""

    async def once() -> None:
        foreign = {"Origin": "https://evil.example", "X_Forwarded_Host": "evil.example"}
        async with raw_socket(target.port, **foreign):
            pass

    await again_and_again(target, once, 2, 20)


def heavy_link(number: int, steps: int = 5000, pinned: bool = True) -> str:
    """A link near the most that may be asked for, different for each number."""
    racers = "~".join(f"adam--learning_rate-{0.001 + 0.0001 * (24 * number + place):.4f}" for place in range(24))
    rough = f"v=1&surface=smoothed_noise&seed={number}&size=128&octaves=5&steps={steps}&racers={racers}"
    formula = "+".join(f"sin({k}*x+{number})*cos({k}*y)" for k in range(2, 9))
    typed = f"v=1&surface=formula&text={quote(formula, safe='')}&steps={steps}&racers={racers}"
    sampled = f"v=1&surface=regression&kind=logistic&seed={number}&samples=512&steps={steps}&racers={racers}"
    link = (rough, typed, sampled)[number % 3]
    other = f"v=1&surface=smoothed_noise&seed={number}&size=128&octaves=5&steps={steps}&racers={racers}&batch_seed=1"
    # A link has a greatest length: with a pinned race both have a shorter list.
    short = "&racers=" + "~".join(racers.split("~")[:12])
    if not pinned or number % 3:
        return link
    return link.split("&racers=")[0] + short + "&pinned=" + quote(other.split("&racers=")[0] + short, safe="")


async def _follow(target: Target, number: int, seconds: float) -> None:
    """Ask for a heavy link, read what comes for so long, and leave."""
    async with connect(
        f"ws://{HOST}:{target.port}/_stcore/stream",
        subprotocols=["streamlit"],  # type: ignore[list-item]
        proxy=None,
        max_size=None,
    ) as connection:
        ask = BackMsg()
        ask.rerun_script.query_string = heavy_link(number)
        await connection.send(ask.SerializeToString())
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                async for _ in connection:
                    pass


async def _heavy_visits(target: Target, sockets: int) -> None:
    async def visit(number: int) -> None:
        while True:
            with suppress(OSError, WebSocketException):
                await _follow(target, number, seconds=4)
            number += sockets

    await asyncio.gather(*(visit(number) for number in range(sockets)))


@attack
async def heavy_links_4(target: Target) -> None:
    """4 sockets, each with one heavy link after another."""
    await _heavy_visits(target, 4)


@attack
async def heavy_links_8(target: Target) -> None:
    """8 sockets, each with one heavy link after another."""
    await _heavy_visits(target, 8)


@attack
async def heavy_links_20(target: Target) -> None:
    """20 sockets, each with one heavy link after another."""
    await _heavy_visits(target, 20)


@attack
async def heavy_links_and_gone(target: Target) -> None:
    """10 heavy links a second, each of which is asked for and left at once."""

    async def once(number: int) -> None:
        with suppress(OSError, WebSocketException):
            await _follow(target, number, seconds=0.05)

    begun = set()
    for number in range(int(10 * target.seconds)):
        begun.add(asyncio.create_task(once(number)))
        await asyncio.sleep(0.1)


@attack
async def downloads(target: Target) -> None:
    """10 sockets that ask for each of their files over and over, thirty times a second."""

    async def one() -> None:
        async with SocketPage(target.port) as page:
            assert page.connection is not None
            reading = asyncio.create_task(_read_all(page))
            for number in range(3000):
                ask = BackMsg()
                ask.backend_operation_request.request_id = str(number)
                ask.backend_operation_request.session_id = page.session
                ask.backend_operation_request.deferred_file.file_id = page.files[number % len(page.files)]
                await page.connection.send(ask.SerializeToString())
                await asyncio.sleep(1 / 30)
            reading.cancel()

    await asyncio.gather(*(one() for _ in range(10)))


async def _read_all(page: SocketPage) -> None:
    assert page.connection is not None
    with suppress(WebSocketException):
        async for _ in page.connection:
            pass


@attack
async def heavy_drags(target: Target) -> None:
    """6 sockets that each drag the start of a heavy race, ten times a second."""

    async def drag(number: int) -> None:
        # Not a surface that takes long to prepare: until it is there nothing can be dragged.
        async with SocketPage(target.port, query=heavy_link(3 * number)) as page:
            for move in range(10_000):
                await page.drag({"start": [math.sin(move / 9 + number), math.cos(move / 7)], "number": move})
                await asyncio.sleep(0.1)

    await asyncio.gather(*(drag(number) for number in range(6)))


@attack
async def leagues(target: Target) -> None:
    """A visitor who asks for a league of 10,000 surfaces, and for another one when it is there, and so on."""
    for first in range(0, 10_000_000, 10_000):
        query = f"seeds={first}~{first + 10_000}"
        async with SocketPage(target.port, query=query, name="league") as page:
            if not await page.press("Run it on"):
                raise ValueError("the page offers no league")
            while not page.offers("Reveal"):
                await asyncio.sleep(1)
                await page.ask()
