"""Who waits for what, whose turn it is, and the processes that compute it."""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from optviz.laboratory.asking import Task
from optviz.laboratory.frames import READY, read_frame, write_frame
from optviz.laboratory.values import Values, unpacked

LOGGER = logging.getLogger("optviz")

LIGHT = 6_000
"""Up to this much work (0.1 s) a task is light: it does not wait behind heavy ones."""

SECONDS_TO_WORK = 60
SECONDS_TO_CANCEL = 3
SECONDS_BETWEEN_ROUNDS = 0.5
SECONDS_OF_A_FAILURE = 20
"""So long a task that failed is not tried again, whoever asks: what ended it, such as a lack of memory, may pass."""

MOST_FAILURES = 256
ROOT = str(Path(__file__).parents[2])
START = "import sys; sys.path.insert(0, sys.argv[1]); from optviz.laboratory.worker import main; main()"


class WorkerGone(Exception):
    """The process has ended, or said what cannot be read."""


class Worker:
    """One process. It imports the core alone, and ends when this process does, however that ends.

    begun: is given the worker as soon as its process is there, seconds before that is ready on a busy machine.
    """

    def __init__(
        self, command: Iterable[str] | None = None, begun: Callable[[Worker], None] = lambda worker: None
    ) -> None:
        # Not multiprocessing: it would import the server's own main module into the process, and pickle what it says.
        self.process = subprocess.Popen(
            list(command or (sys.executable, "-P", "-c", START, ROOT)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # One thread each: a server of two processors has none to give away.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
            # Ctrl-C in a terminal is for the server.
            start_new_session=True,
        )
        self.lock = threading.Lock()
        self.numbers = itertools.count(READY + 1)
        self.number = READY
        try:
            begun(self)
            self._answer()
        except BaseException:
            self.kill()
            raise

    def ask(self, message: bytes) -> tuple[str, bytes]:
        """The letter and the content of the answer. Raises WorkerGone."""
        with self.lock:
            self.number = next(self.numbers)
            self._write(self.number.to_bytes(4, "little"), message)
        return self._answer()

    def cancel(self) -> None:
        """Say that nobody waits for what was asked last."""
        try:
            with self.lock:
                self._write(self.number.to_bytes(4, "little"))
        except WorkerGone:
            pass

    def kill(self) -> None:
        """End the process, without asking it."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _write(self, *parts: bytes) -> None:
        assert self.process.stdin is not None
        try:
            write_frame(self.process.stdin, *parts)  # type: ignore[arg-type]
        except (OSError, ValueError):
            raise WorkerGone from None

    def _answer(self) -> tuple[str, bytes]:
        assert self.process.stdout is not None
        while True:
            try:
                frame = read_frame(self.process.stdout)  # type: ignore[arg-type]
            except (OSError, ValueError):
                frame = None
            if frame is None or len(frame) < 5:
                raise WorkerGone
            if int.from_bytes(frame[:4], "little") == self.number:
                return chr(frame[4]), frame[5:]


@dataclass(eq=False)
class Job:
    """A task that somebody waits for."""

    key: Hashable
    task: Task
    finish: Callable[[Values], None]
    waiting: set[str] = field(default_factory=set)
    worker: Worker | None = None
    started: float | None = None
    dropped: float | None = None
    given_up: bool = False
    """Its process is being ended, because nobody waited for it and it did not stop by itself."""


Wish = tuple[Task, Callable[[Values], None]]


class Pool:
    """A queue that is fair between visits, before a few processes.

    A visit says all that it waits for (`wish`); what it waited for before and nobody else does is dropped, also in the
    middle of its computation. Visits take turns, a task each; equal tasks are computed once. Of several processes the
    first takes light tasks only, so that those wait for nobody's heavy ones; a single one takes light tasks first.

    alive: whether a visit is still there. start: makes a worker; where none can be made, the pool is `disabled`, takes
    no wishes, and tries again now and then.
    """

    def __init__(
        self,
        workers: int = 2,
        alive: Callable[[str], bool] = lambda who: True,
        start: Callable[[], Worker] = Worker,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.alive, self.start, self.clock = alive, start, clock
        self.jobs: dict[Hashable, Job] = {}
        self.turns: OrderedDict[str, list[Job]] = OrderedDict()
        self.failures: OrderedDict[Hashable, tuple[str, float]] = OrderedDict()
        self.changed = threading.Condition()
        self.closed = False
        self.disabled = False
        self.threads = [
            threading.Thread(target=self._work, args=(workers > 1 and place == 0,), daemon=True, name=f"worker {place}")
            for place in range(workers)
        ]
        self.threads.append(threading.Thread(target=self._look_after, daemon=True, name="worker rounds"))
        self.workers: set[Worker] = set()

    def open(self) -> None:
        """Start the processes, each in the background."""
        for thread in self.threads:
            thread.start()

    def close(self) -> None:
        """End the processes; whoever waits waits no longer."""
        with self.changed:
            self.closed = True
            self.jobs.clear()
            self.turns.clear()
            workers = list(self.workers)
            self.changed.notify_all()
        for worker in workers:
            worker.kill()

    def wish(self, who: str, wanted: Mapping[Hashable, Wish]) -> None:
        """Say all that a visit waits for now, in the order in which it should be computed."""
        with self.changed:
            if self.closed or self.disabled:
                return
            left = [job for job in self.jobs.values() if who in job.waiting and job.key not in wanted]
            if not left and not wanted and who not in self.turns:
                # Nothing has changed, as in most runs of a page: nobody need wake up.
                return
            for job in left:
                self._leave(who, job)
            turn = self.turns.setdefault(who, [])
            for key, (task, finish) in wanted.items():
                job = self.jobs.get(key) or Job(key, task, finish)
                if who not in job.waiting:
                    self.failures.pop(key, None)
                    self.jobs[key] = job
                    job.waiting.add(who)
                    job.dropped = None
                    turn.append(job)
            if not turn:
                self.turns.pop(who, None)
            self.changed.notify_all()

    def wait(self, keys: Iterable[Hashable], seconds: float) -> bool:
        """Wait until none of these is being waited for, as long as that; whether none is."""
        wanted = set(keys)
        with self.changed:
            return self.changed.wait_for(lambda: self.closed or not wanted & self.jobs.keys(), seconds)

    def pending(self, keys: Iterable[Hashable]) -> int:
        """How many of these are still to come."""
        with self.changed:
            return sum(key in self.jobs for key in keys)

    def failure(self, key: Hashable) -> str | None:
        """Why a task was computed in vain a short while ago: "failed", "gone" or "too_slow"; None: it may be tried."""
        with self.changed:
            reason, when = self.failures.get(key, (None, 0.0))
            return reason if self.clock() - when < SECONDS_OF_A_FAILURE else None

    def forgive(self, keys: Iterable[Hashable]) -> None:
        """Let these be tried again at once, though they were computed in vain a short while ago."""
        with self.changed:
            for key in keys:
                self.failures.pop(key, None)

    def _leave(self, who: str, job: Job) -> None:
        job.waiting.discard(who)
        turn = self.turns.get(who, [])
        if job in turn:
            turn.remove(job)
        if not turn:
            self.turns.pop(who, None)
        if job.waiting:
            return
        if job.started is None:
            self.jobs.pop(job.key, None)
        elif job.dropped is None:
            job.dropped = self.clock()
            if job.worker is not None:
                job.worker.cancel()

    def _next(self, light_only: bool) -> Job | None:
        """The job whose turn it is; its visit goes to the end of the line."""
        rounds = [True] if light_only else [True, False] if len(self.threads) == 2 else [False]
        for light in rounds:
            for who, turn in self.turns.items():
                for job in turn:
                    if job.started is None and (not light or job.task.work <= LIGHT):
                        self.turns.move_to_end(who)
                        return job
        return None

    def _work(self, light_only: bool) -> None:
        worker: Worker | None = None
        while True:
            if worker is None:
                worker = self._hired()
                if worker is None:
                    return
            with self.changed:
                while not self.closed and (job := self._next(light_only)) is None:
                    self.changed.wait()
                if self.closed:
                    return
                assert job is not None
                job.started, job.worker = self.clock(), worker
            try:
                letter, content = worker.ask(job.task.message())
                values = unpacked(content) if letter == "d" else None
                if letter == "f":
                    LOGGER.error("a worker could not do its work: %s", content.decode(errors="replace"))
                reason = {"d": None, "c": "dropped"}.get(letter, "failed")
            except WorkerGone:
                values, reason = None, "gone"
            except Exception:
                LOGGER.exception("a task could not be asked for")
                values, reason = None, "failed"
            self._settle(job, values, reason)
            if reason == "gone":
                self._dismiss(worker)
                worker = None

    def _hired(self) -> Worker | None:
        pause = 1.0
        while not self.closed:
            try:
                worker = self.start()
            except (OSError, WorkerGone) as problem:
                LOGGER.error("no worker can be started: %s", type(problem).__name__)
                with self.changed:
                    # Whoever asks has to do without; nobody waits for a process that may never come.
                    self.disabled = not self.workers
                    if self.disabled:
                        self.jobs.clear()
                        self.turns.clear()
                        self.changed.notify_all()
                time.sleep(pause)
                pause = min(2 * pause, 60)
                continue
            with self.changed:
                self.workers.add(worker)
                self.disabled = False
                closed = self.closed
            if not closed:
                return worker
            worker.kill()
        return None

    def _dismiss(self, worker: Worker) -> None:
        with self.changed:
            self.workers.discard(worker)
        worker.kill()

    def _settle(self, job: Job, values: Values | None, reason: str | None) -> None:
        if values is not None:
            try:
                job.finish(values)
            except Exception:
                LOGGER.exception("what a worker computed cannot be used")
                reason = "failed"
        with self.changed:
            job.worker = None
            if (reason == "dropped" or (reason == "gone" and job.given_up)) and job.waiting:
                # Somebody asked again after it had been dropped.
                job.started = job.dropped = None
                job.given_up = False
                self.changed.notify_all()
                return
            if reason not in (None, "dropped") and job.waiting:
                late = job.started is not None and self.clock() - job.started > SECONDS_TO_WORK
                self.failures[job.key] = ("too_slow" if late else str(reason), self.clock())
                self.failures.move_to_end(job.key)
                while len(self.failures) > MOST_FAILURES:
                    self.failures.popitem(last=False)
            self.jobs.pop(job.key, None)
            for who in list(job.waiting):
                self._leave(who, job)
            self.changed.notify_all()

    def _look_after(self) -> None:
        while not self.closed:
            time.sleep(SECONDS_BETWEEN_ROUNDS)
            self.look_after()

    def look_after(self) -> None:
        """Let go of what visits that have ended wait for, and of processes that do not come back."""
        with self.changed:
            for job in self.jobs.values():
                # Once more, should the first word have come before the request.
                if job.dropped is not None and not job.waiting and job.worker is not None:
                    job.worker.cancel()
            gone = [who for who in {who for job in self.jobs.values() for who in job.waiting} if not self.alive(who)]
            for who in gone:
                for job in [job for job in self.jobs.values() if who in job.waiting]:
                    self._leave(who, job)
            if gone:
                self.changed.notify_all()
            now = self.clock()
            late = []
            for job in self.jobs.values():
                if job.worker is None or job.started is None:
                    continue
                forsaken = job.dropped is not None and not job.waiting and now - job.dropped > SECONDS_TO_CANCEL
                if forsaken or now - job.started > SECONDS_TO_WORK:
                    job.given_up = forsaken
                    late.append(job.worker)
        for worker in late:
            worker.process.kill()


def described(pool: Pool) -> dict[str, Any]:
    """How busy a pool is, for whoever measures it: tasks that wait or run, visits in line, processes."""
    with pool.changed:
        return {"jobs": len(pool.jobs), "visits": len(pool.turns), "workers": len(pool.workers)}
