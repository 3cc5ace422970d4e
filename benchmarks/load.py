"""How long a visitor waits while others push the server: the slider's wait, the health check and the server's memory.

    python benchmarks/load.py                            a visitor alone
    python benchmarks/load.py --attack empty-reruns      beside one attack (more: --attack again, or --attack all)
    python benchmarks/load.py --pages 100 --every 3 --seconds 300       a class
    python benchmarks/load.py --list                     what attacks there are

The server is started from this repository, or from another one with --root, on a free port of this machine, and stopped
at the end; the attack runs in a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from attacks import ATTACKS, HOST, Target

from socket_page import SocketPage

ROOT = Path(__file__).parents[1]
NONE = "none"
"""The attack that is none, to compare with in the same run."""

MOST_PAGES = 300
MOST_SECONDS = 1800
SECONDS_OF_AFTERMATH = 5
STARTS = {
    "uvicorn": ["uvicorn", "app:app", "--host", HOST, "--port"],
    "streamlit": ["streamlit", "run", "app.py", "--server.headless", "true", "--server.address", HOST, "--server.port"],
    "serve": ["optviz.cli", "serve", "--no-browser", "--host", HOST, "--port"],
}


@dataclass
class Measured:
    """What the visitors met: waits for a picture, the page and the health check in seconds, errors, memory in MB."""

    waits: list[float] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    health: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    def told(self) -> dict[str, object]:
        """The figures of the report; milliseconds and megabytes."""
        waits = sorted(1000 * wait for wait in self.waits) or [float("nan")]
        return {
            "changes": len(self.waits),
            "opening_max": round(1000 * max(self.opened, default=0)),
            "median": round(statistics.median(waits)),
            "p95": round(waits[int(0.95 * (len(waits) - 1))]),
            "max": round(waits[-1]),
            "health_max": round(1000 * max(self.health, default=0)),
            "memory_first": round(self.memory[0]) if self.memory else None,
            "memory_most": round(max(self.memory)) if self.memory else None,
            "memory_last": round(self.memory[-1]) if self.memory else None,
            "errors": len(self.errors),
        }


def memory_of(pid: int) -> float | None:
    """Megabytes in memory, where /proc tells."""
    status = Path(f"/proc/{pid}/status")
    try:
        lines = status.read_text().splitlines()
    except OSError:
        return None
    kilobytes = [int(line.split()[1]) for line in lines if line.startswith("VmRSS:")]
    return kilobytes[0] / 1000 if kilobytes else None


@contextmanager
def serving(how: str, root: Path) -> Iterator[tuple[int, subprocess.Popen[bytes], Path]]:
    """A server of the repository at `root`: its port, its process, its log."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = int(free.getsockname()[1])
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.txt"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", *STARTS[how], str(port)],
                cwd=root,
                env={
                    **os.environ,
                    "PYTHONPATH": str(root),
                    "PYTHONDONTWRITEBYTECODE": "1",
                    # Of no league anything is known.
                    "OPTVIZ_STORE": str(Path(folder) / "store"),
                },
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            asyncio.run(_until_healthy(port, process, log))
            yield port, process, log
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


async def _until_healthy(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit(f"the server ended:\n{log.read_text()}")
        try:
            await health(port)
            return
        except OSError:
            await asyncio.sleep(0.1)
    raise SystemExit("the server did not answer within a minute")


async def health(port: int) -> float:
    """Seconds that the health check takes, connecting included."""
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(f"GET /_stcore/health HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read()
        if b" 200 " not in answer[:20]:
            raise OSError(f"unhealthy: {answer[:60]!r}")
    finally:
        writer.close()
    return time.perf_counter() - began


async def _visit(
    port: int, every: float, seconds: float, seed: int, begin: asyncio.Barrier, measured: Measured
) -> None:
    # A stand-in for a person: moves the slider, looks, moves it again; not all at the same moment.
    chance = random.Random(seed)
    until, first = time.monotonic() + 600, True
    while time.monotonic() < until:
        try:
            began = time.perf_counter()
            async with SocketPage(port) as page:
                measured.opened.append(time.perf_counter() - began)
                if first:
                    await begin.wait()
                    until, first = time.monotonic() + seconds, False
                    await asyncio.sleep(every * chance.random())
                while time.monotonic() < until:
                    await asyncio.sleep(every * (0.5 + chance.random()))
                    began = time.perf_counter()
                    await page.choose_rate(chance.choice(page.rates))
                    measured.waits.append(time.perf_counter() - began)
                    measured.errors += page.exceptions
                    page.exceptions.clear()
        except Exception as problem:
            measured.errors.append(f"{type(problem).__name__}: {str(problem)[:200]}")
            await asyncio.sleep(1)


async def _probe(port: int, pid: int, seconds: float, begin: asyncio.Barrier, measured: Measured) -> None:
    await begin.wait()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            measured.health.append(await asyncio.wait_for(health(port), 120))
        except (OSError, TimeoutError) as problem:
            measured.errors.append(f"health: {problem!r}")
        memory = memory_of(pid)
        if memory is not None:
            measured.memory.append(memory)
        await asyncio.sleep(0.25)


async def measure(port: int, pid: int, attack: str | None, pages: int, every: float, seconds: float) -> Measured:
    """Visitors and health check for so many seconds, the attack beside them, and a while after it."""
    measured = Measured()
    async with SocketPage(port) as page:
        await page.choose_rate(page.rates[3])
    whole = seconds + (SECONDS_OF_AFTERMATH if attack else 0)
    # Nothing is measured, and no attack begins, before all pages are there.
    begin = asyncio.Barrier(pages + 2)
    visits = [asyncio.create_task(_visit(port, every, whole, seed, begin, measured)) for seed in range(pages)]
    probe = asyncio.create_task(_probe(port, pid, whole, begin, measured))
    await begin.wait()
    attacker = None
    if attack is not None:
        await asyncio.sleep(2)
        attacker = await asyncio.create_subprocess_exec(
            sys.executable, __file__, "--attacker", attack, "--port", str(port), "--seconds", str(seconds - 2)
        )
    await asyncio.gather(*visits, probe)
    if attacker is not None and attacker.returncode is None:
        attacker.kill()
        await attacker.wait()
    return measured


def seconds_to_stop(process: subprocess.Popen[bytes]) -> float | None:
    """Seconds from SIGTERM to the end of the server; None where it is still there after 30."""
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        return None
    return time.monotonic() - began


async def _attack(name: str, port: int, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(ATTACKS[name](Target(port, seconds)), seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--attack", action="append", default=[], metavar="NAME", help="see --list; all for each in turn, none for none"
    )
    parser.add_argument("--pages", type=int, default=2, help="open pages that are measured (default: 2)")
    parser.add_argument("--every", type=float, default=0.5, help="seconds from a change to the next (default: 0.5)")
    parser.add_argument("--seconds", type=float, default=20, help="how long each attack is measured (default: 20)")
    parser.add_argument("--server", choices=STARTS, default="uvicorn", help="how the server is started")
    parser.add_argument(
        "--root", type=Path, default=ROOT, help="the repository whose app is served (default: this one)"
    )
    parser.add_argument("--log", action="store_true", help="print what the server has printed")
    parser.add_argument("--list", action="store_true", help="list the attacks")
    parser.add_argument("--attacker", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.list:
        for name, coroutine in ATTACKS.items():
            print(f"{name:24}{coroutine.__doc__}")
        return
    seconds, pages = min(options.seconds, MOST_SECONDS), min(options.pages, MOST_PAGES)
    if options.attacker:
        asyncio.run(_attack(options.attacker, options.port, seconds))
        return
    names = list(ATTACKS) if "all" in options.attack else list(options.attack) or [NONE]
    unknown = [name for name in names if name not in (NONE, *ATTACKS)]
    if unknown:
        parser.error(f"no attack {', '.join(unknown)}; see --list")
    for name in names:
        # A server of its own for each: what one attack leaves behind is not the next one's.
        with serving(options.server, options.root.resolve()) as (port, process, log):
            attacked = None if name == NONE else name
            measured = asyncio.run(measure(port, process.pid, attacked, pages, options.every, seconds))
            told = {"attack": name, **measured.told()}
            stopped = seconds_to_stop(process)
            told["stops_in"] = None if stopped is None else round(stopped, 1)
            told["log_bytes"] = log.stat().st_size
            print(json.dumps(told), flush=True)
            for problem in measured.errors[:5]:
                print(f"  {problem}", flush=True)
            if options.log:
                print(log.read_text(encoding="utf-8", errors="replace")[-4000:])


if __name__ == "__main__":
    main()
