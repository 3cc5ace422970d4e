"""The process that computes: reads requests, one at a time, and writes answers, until its parent is gone."""

from __future__ import annotations

import _thread
import os
import queue
import signal
import sys
import threading
import time
from typing import BinaryIO

from optviz.laboratory.frames import READY, read_frame, write_frame

MOST_MEMORY = 2 * 2**30
"""Bytes of address space; a race within the budget takes a few hundred megabytes, shared libraries included."""

NICE = 10


class Desk:
    """What lies on the worker's desk: requests that wait, and the one that is being worked on."""

    def __init__(self, requests: BinaryIO) -> None:
        self.requests = requests
        self.waiting: queue.SimpleQueue[tuple[int, bytes]] = queue.SimpleQueue()
        self.current: int | None = None
        self.lock = threading.Lock()

    def read(self) -> None:
        """Read what arrives, in a thread of its own: a word that nobody waits interrupts the work at once."""
        while (frame := read_frame(self.requests)) is not None:
            number, message = int.from_bytes(frame[:4], "little"), frame[4:]
            if message:
                self.waiting.put((number, message))
                continue
            with self.lock:
                if self.current == number:
                    _thread.interrupt_main()
        # The server is gone, however it ended: there is nobody to compute for.
        os._exit(0)

    def work(self, number: int, message: bytes) -> tuple[bytes, bytes]:
        """The letter and the content of the answer."""
        from optviz.export.whole import told
        from optviz.laboratory import values, work

        try:
            try:
                with self.lock:
                    self.current = number
                answer = b"d", values.packed(work.done(message))
            except OSError as problem:
                answer = b"f", told(problem)[:500].encode()
            except Exception as problem:
                answer = b"f", f"{type(problem).__name__}: {problem}"[:500].encode()
            finally:
                with self.lock:
                    self.current = None
                # An interruption that was asked for in time arrives here at the latest.
                time.sleep(0)
        except KeyboardInterrupt:
            self.current = None
            return b"c", b""
        return answer


def main() -> None:
    """Work until the parent is gone."""
    # A server that a shell put into the background ignores the signal that an interruption stands for, and so would we.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever is printed must not come between the answers.
    os.dup2(2, 1)
    _be_modest()
    desk = Desk(sys.stdin.buffer)
    threading.Thread(target=desk.read, daemon=True).start()
    _warm()
    write_frame(answers, READY.to_bytes(4, "little"), b"d")
    while True:
        try:
            number, message = desk.waiting.get()
            letter, content = desk.work(number, message)
            write_frame(answers, number.to_bytes(4, "little"), letter, content)
        except KeyboardInterrupt:
            continue
        except OSError:
            return


def _be_modest() -> None:
    """Visitors whose races are quick come first, and no request may take the machine's memory."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    except (ImportError, ValueError, OSError):
        # Windows has no such limit, and macOS refuses this one.
        pass


def _warm() -> None:
    """Load what the first request would wait for; an import must not be interrupted either."""
    import numpy as np

    from optviz.laboratory import work
    from optviz.surface import Formula

    Formula("x*y").hessian(np.zeros(2))
    assert work.WORK
