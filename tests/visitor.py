"""A visitor without a browser: asks a running server for the page as a browser does, and says what it answered."""

from __future__ import annotations

import re
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

SECONDS_TO_START = 90
SECONDS_TO_ANSWER = 60


class NotAsExpected(Exception):
    """The server did not answer as it should; the message says what it did."""


@dataclass
class Page:
    """What one run of the app sent: the title of the page, the elements on it by type, and what went wrong."""

    title: str = ""
    elements: list[str] = field(default_factory=list)
    exceptions: list[str] = field(default_factory=list)
    gathers_statistics: bool | None = None


def wait_until_healthy(port: int, server: subprocess.Popen[bytes]) -> float:
    """Wait until the server says that it is well: the seconds it took. Raises NotAsExpected where it ends or hangs."""
    began = time.monotonic()
    while True:
        try:
            fetch(port, "/_stcore/health")
            return time.monotonic() - began
        except NotAsExpected:
            if server.poll() is not None:
                raise NotAsExpected(f"the server ended with {server.returncode}") from None
            if time.monotonic() - began > SECONDS_TO_START:
                raise NotAsExpected(f"not healthy after {SECONDS_TO_START} s") from None
            time.sleep(0.1)


def fetch(port: int, path: str) -> tuple[bytes, dict[str, str]]:
    """Body and headers (names in lower case) of an address on this machine."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=SECONDS_TO_ANSWER) as answer:
            return answer.read(), {name.lower(): value for name, value in answer.headers.items()}
    except OSError as problem:
        raise NotAsExpected(f"{path}: {problem}") from None


def check_addresses(port: int) -> list[str]:
    """Fetch the page and what it announces of ours, plotly.js in a header and the stage's modules in its head.

    Returns their addresses. Raises NotAsExpected.
    """
    page, headers = fetch(port, "/")
    if b"<html" not in page.lower():
        raise NotAsExpected("/ is not a page")
    if "default-src 'self'" not in headers.get("content-security-policy", ""):
        raise NotAsExpected("/ has no content security policy")
    scripts = re.findall(r"<(/optviz-assets/plotly[^>]+)>", headers.get("link", ""))
    scripts += re.findall(r'<link rel="modulepreload" href="(/optviz-assets/[^"]+)">', page.decode())
    names = {script.split("/")[-1] for script in scripts}
    if len(scripts) < 10 or "stage.js" not in names:
        raise NotAsExpected(f"/ does not announce its scripts: {scripts}")
    for script in scripts:
        body, told = fetch(port, script)
        if len(body) < 100 or "immutable" not in told.get("cache-control", ""):
            raise NotAsExpected(f"{script}: {len(body)} bytes, {told}")
    return ["/", *scripts]


@contextmanager
def open_page(port: int) -> Iterator[Page]:
    """The page after its first run, with the connection held open as an open tab holds it. Raises NotAsExpected."""
    page = Page()
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    with connect(address, subprotocols=["streamlit"], proxy=None, max_size=None) as connection:
        ask = BackMsg()
        ask.rerun_script.query_string = ""
        connection.send(ask.SerializeToString())
        finished = False
        while not finished:
            try:
                told = ForwardMsg.FromString(connection.recv(timeout=SECONDS_TO_ANSWER))
            except TimeoutError:
                raise NotAsExpected("the page did not finish") from None
            finished = _note(page, told)
        if page.exceptions or "bidi_component" not in page.elements:
            raise NotAsExpected(f"the page shows {page.elements}, exceptions: {page.exceptions}")
        yield page


def _note(page: Page, told: ForwardMsg) -> bool:
    kind = told.WhichOneof("type")
    if kind == "new_session":
        page.gathers_statistics = told.new_session.config.gather_usage_stats
    elif kind == "page_config_changed":
        page.title = told.page_config_changed.title or page.title
    elif kind == "delta":
        element = told.delta.new_element
        name = element.WhichOneof("type") or ""
        page.elements.append(name)
        if name == "exception":
            page.exceptions.append(element.exception.message)
    elif kind == "script_finished":
        if told.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY:
            raise NotAsExpected(f"the page ended with {told.script_finished}")
        return True
    return False
