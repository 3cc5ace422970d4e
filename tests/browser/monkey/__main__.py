"""The runner by hand: `make monkey`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser

from monkey.actions import draw, read_walk, tell_walk
from monkey.kinds import PAGES, Action
from monkey.shortening import shortened
from monkey.walk import Failure, Walker, walker
from optviz.laboratory.store import VARIABLE
from serving import IN_DEPTH, ROOT, chromium, serving


def main() -> int:
    """Walk; 1 if anything did not hold."""
    parser = argparse.ArgumentParser(prog="make monkey", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the first walk; the next ones have the next seeds")
    parser.add_argument("--walks", type=int, default=20)
    parser.add_argument("--actions", type=int, default=200, help="in each walk")
    parser.add_argument("--walk", default="", help="these actions instead, as a failing walk prints them")
    parser.add_argument("--page", choices=PAGES, help="stay on this page, mostly")
    parser.add_argument("--minutes", type=float, default=0, help="begin no walk after so many minutes")
    parser.add_argument("--shorten", type=float, default=90, help="seconds for making a walk that failed shorter")
    parser.add_argument("--ignore", default="", help="kinds of failures that are known: invariant/action,invariant")
    parser.add_argument("--at", default="", help="the address of a server that runs already")
    parser.add_argument("--depth", action="store_true", help="the browser draws in 3-D where there is no graphics card")
    parser.add_argument("--root", type=Path, default=ROOT, help="the folder whose app.py is served")
    asked = parser.parse_args()
    # Whoever stops it stops its server and its browser too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with chromium(*(IN_DEPTH if asked.depth else ())) as browser:
        if asked.at:
            return _run(browser, asked.at, str, asked)
        # The leagues of whoever walks are left alone.
        with tempfile.TemporaryDirectory(prefix="optviz-store-") as store:
            os.environ[VARIABLE] = store
            with serving(root=asked.root) as server:
                status = _run(browser, server.address, server.printed, asked)
                if "Traceback" in server.printed():
                    print(server.printed()[-3000:])
                    return 1
                return status


def _run(browser: Browser, address: str, printed: Callable[[], str], asked: argparse.Namespace) -> int:
    if asked.walk:
        with walker(browser, address, asked.seed, printed=printed) as visitor:
            failures = list(visitor.walk(read_walk(asked.walk), 10**6))
            for failure in failures:
                print(failure.told(), flush=True)
            print(f"{len(visitor.done)} actions done, {visitor.passed_over} passed over; {len(failures)} failures")
            return 1 if failures else 0
    known = {tuple(part.split("/")) for part in asked.ignore.split(",") if part}
    begin, failed = time.monotonic(), 0
    for seed in range(asked.seed, asked.seed + asked.walks):
        if asked.minutes and time.monotonic() - begin > 60 * asked.minutes:
            break
        failed += _one_walk(partial(walker, browser, address, seed, printed=printed), seed, asked, known)
    print(f"{failed} kinds of failures in {(time.monotonic() - begin) / 60:.1f} minutes", flush=True)
    return 1 if failed else 0


def _one_walk(
    begun: Callable[[], AbstractContextManager[Walker]],
    seed: int,
    asked: argparse.Namespace,
    known: set[tuple[str, ...]],
) -> int:
    """A walk goes on after a failure, from a new visit: one fault does not hide the next. A kind is told once."""
    begin, failed, done, actions = time.monotonic(), 0, 0, draw(seed, asked.page)
    spent = 0.0
    with begun() as visitor:
        while done < asked.actions:
            for failure in visitor.walk(actions, asked.actions - done):
                if failure.kind not in known and (failure.invariant,) not in known:
                    break
            else:
                done += len(visitor.done)
                break
            done += len(visitor.done)
            known.add(failure.kind)
            failed += 1
            print(f"seed {seed}, action {done}: {failure.invariant}: {failure.complaint}", flush=True)
            paused, passed_over = time.monotonic(), visitor.passed_over
            short = shorten(visitor, failure, asked.shorten)
            spent += time.monotonic() - paused
            print(f"  {len(failure.actions)} actions, shortened to {len(short)}:", flush=True)
            print(f"  make monkey WALK='{tell_walk(short)}' SEED={seed}", flush=True)
            visitor.begin()
            visitor.passed_over = passed_over
        passed_over = visitor.passed_over
    seconds = time.monotonic() - begin - spent
    print(f"seed {seed}: {done} actions, {seconds / max(done, 1):.2f} s each, {passed_over} passed over", flush=True)
    return failed


def shorten(visitor: Walker, failure: Failure, seconds: float) -> tuple[Action, ...]:
    """The shortest walk found that breaks the same invariant by the same kind of action."""

    def fails(actions: object) -> bool:
        visitor.begin()
        assert isinstance(actions, list)
        every = len(actions) if failure.invariant == "restored" else 10**6
        found = visitor.walk(actions, 10**6, every)
        return any(other.invariant == failure.invariant for other in found)

    return tuple(shortened(list(failure.actions), fails, seconds))


if __name__ == "__main__":
    sys.exit(main())
