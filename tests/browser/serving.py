"""The app as `streamlit run app.py` serves it, and a Chromium to visit it: for tests, benchmarks, the README."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserType, sync_playwright

from browser import chromium_path

CLASSROOM = "classroom.example"
ROOT = Path(__file__).parents[2]
IN_DEPTH = (
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
)
"""WebGL on a machine without a graphics card."""
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@dataclass(frozen=True)
class Server:
    """A running server: its address, its process, and what it has printed."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    def printed(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def serving(port: int = 0, app: str = "app.py", root: Path = ROOT) -> Iterator[Server]:
    """A server on a free port of 127.0.0.1, or on the one that is named; stopped at the end.

    root: the folder that it is started in, with .streamlit and `app`.
    """
    if port == 0:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", app, "--server.headless", "true"]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.txt"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*command, "--server.port", str(port), "--server.address", "127.0.0.1"],
                cwd=root,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        server = Server(f"http://127.0.0.1:{port}", process, log)
        try:
            _wait_until_healthy(server)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=60)


def _wait_until_healthy(server: Server) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise RuntimeError(f"the server stopped while starting: {server.printed()}")
        try:
            with urllib.request.urlopen(f"{server.address}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not answer within a minute")


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """A headless Chromium that finds no host but this machine, of which `CLASSROOM` is another name."""
    with sync_playwright() as playwright:
        running = launched(playwright.chromium, *flags)
        yield running
        running.close()


def launched(kind: BrowserType, *flags: str) -> Browser:
    """The same, of a Playwright that runs already. flags: with `IN_DEPTH` a slider takes twice as long as without."""
    rules = f"MAP {CLASSROOM} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    return kind.launch(executable_path=chromium_path(), args=[*QUIET, *flags, f"--host-resolver-rules={rules}"])
