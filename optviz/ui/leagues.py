"""The desk of leagues: who waits for which, whose turn it is, and the process that computes.

The server never computes a league. Each is a process of its own, `optviz league --job FILE --store FOLDER`, one at a
time, which gives way to whatever else the machine has to do. It says on each line how far it is, and ends when nobody
waits for it any more, and when the server ends, however that happens: its input is a pipe from here.

In one piece, because the queue, its process and the end of both are one state under one lock.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from optviz.budget import check_league, league_work
from optviz.experiment.league import League
from optviz.laboratory.tally import runs_of

LOGGER = logging.getLogger("optviz")

NICE = 10
SECONDS_TO_END = 1.0
"""So long a process that nobody waits for may take to end by itself."""

SECONDS_TO_COME_BACK = 20.0
"""So long a visit that has gone is still waited for: one that is loaded again is another visit, and follows it."""

SECONDS_BETWEEN_LOOKS = 0.2
SECONDS_TO_START = 3.0
"""About so long it takes until the first runs are there: programs are loaded, surfaces are searched."""

SECONDS_OF_WORK = 20e-6
"""About so long one processor needs for a unit of work (`optviz.budget`), until a league has been measured here."""

SECONDS_TO_MEASURE = 2.0
SECONDS_OF_A_LEAGUE = 3_600.0
"""Longer than any league that a visitor may ask for takes; a process that hangs blocks nobody for ever."""

SECONDS_OF_A_FILE = 300.0
MOST_FAILURES = 64
LONGEST_LINE = 1_000
ROOT = str(Path(__file__).parents[2])
START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from optviz.cli import main; sys.exit(main())"
COMMAND = (sys.executable, "-P", "-c", START, ROOT)


@dataclass(frozen=True)
class Standing:
    """How far a league is. `phase`: "idle", "waiting", "running" or "failed".

    ahead: how many leagues come before one that waits. done, total: its runs, 0 where nothing is known yet;
    seconds_left: None where it cannot be told. mine: whether the visit that asks waits for it. itself: whether it is
    done, and only what was asked for beside it goes on, of which `done`, `total` and `seconds_left` are then.
    """

    phase: str = "idle"
    ahead: int = 0
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    mine: bool = False
    itself: bool = False

    @property
    def open(self) -> bool:
        """Whether it is being computed, or will be."""
        return self.phase in ("waiting", "running")


@dataclass(eq=False)
class Job:
    """A league that somebody waits for, and its process once it has begun.

    leagues: itself, and what is computed after it for whoever asks. at: the place of the one that is being computed.
    """

    key: str
    leagues: list[League]
    at: int = 0
    visits: set[str] = field(default_factory=set)
    process: subprocess.Popen[str] | None = None
    began: float = 0.0
    ended: float | None = None
    """When it was told to end."""
    late: bool = False
    file: Path | None = None
    done: int = 0
    total: int = 0
    seconds_left: float | None = None
    heard: float = 0.0
    """When that was so."""


def _linked(address: str) -> list[str]:
    return ["--address", address] if address.startswith(("http://", "https://")) else []


class Desk:
    """A queue of leagues before one process. A visit waits for one league at a time; equal ones are computed once.

    store: the folder where they are kept. command: what `league --job …` is put behind. alive: whether a visit is still
    there; grace: seconds in which one that is not may come back. patience: seconds that a process that nobody waits for
    has to end by itself.

    Asking, leaving and looking never wait for a process.
    """

    def __init__(
        self,
        store: Path,
        command: Sequence[str] = COMMAND,
        alive: Callable[[str], bool] = lambda visit: True,
        workers: int | None = None,
        patience: float = SECONDS_TO_END,
        grace: float = SECONDS_TO_COME_BACK,
    ) -> None:
        self.store, self.command, self.alive = store, list(command), alive
        # One processor stays the server's own, where there are several.
        self.patience, self.grace = patience, grace
        self.workers = workers or max(1, (os.cpu_count() or 1) - 1)
        self.pace = SECONDS_OF_WORK / self.workers
        self.jobs: list[Job] = []
        # Visits that have gone, since when; and which one has followed each.
        self.gone: dict[str, float] = {}
        self.followed: dict[str, str] = {}
        self.failures: OrderedDict[str, str] = OrderedDict()
        self.changed = threading.Condition()
        self.closed = False
        self.begun = itertools.count()
        self.keeper: threading.Thread | None = None
        self.listeners: list[threading.Thread] = []
        self.folder = tempfile.TemporaryDirectory(prefix="optviz-leagues-")
        self.files: set[subprocess.Popen[str]] = set()

    def ask(self, visit: str, league: League, beside: Iterable[League] = ()) -> None:
        """Let a league be computed for a visit, instead of what it waited for before, and others after it.

        Raises BadInput, and changes nothing, where any of them is too much work.
        """
        key = league.digest()
        leagues = [league, *(other for other in beside if other.digest() != key)]
        for each in leagues:
            check_league(each)
        with self.changed:
            if self.closed:
                return
            for job in self.jobs:
                if job.key != key:
                    job.visits.discard(visit)
            # One that has been told to end cannot be called back; the next one goes on from where it was.
            known = next((job for job in self.jobs if job.key == key and job.ended is None), None)
            if known is None:
                known = Job(key, leagues)
                self.jobs.append(known)
            known.visits.add(visit)
            self.failures.pop(key, None)
            if self.keeper is None:
                self.keeper = threading.Thread(target=self._keep, name="leagues", daemon=True)
                self.keeper.start()
            self.changed.notify_all()

    def leave(self, visit: str) -> None:
        """The visit waits for nothing any more."""
        with self.changed:
            for job in self.jobs:
                job.visits.discard(visit)
            self.changed.notify_all()

    def follow(self, token: str, visit: str) -> None:
        """Let a visit wait for what the one before it waits for, which a reload has ended; token: as of `token_of`.

        Nothing for a token that is nobody's, or where the visit has asked by itself.
        """
        with self.changed:
            waiting = {known: job for job in self.jobs for known in job.visits}
            named = next((known for known in (*waiting, *self.followed) if token_of(known) == token), "")
            # The browser may have been told of no visit between.
            before = self.followed.get(named, named)
            if before not in waiting or visit in waiting:
                return
            waiting[before].visits.add(visit)
            self.followed = {known: visit if after == before else after for known, after in self.followed.items()}
            self.followed[before] = visit
            self.followed.pop(visit, None)
            self.changed.notify_all()

    def standing(self, league: League, visit: str = "") -> Standing:
        """How far a league is, as this visit sees it."""
        key = league.digest()
        with self.changed:
            if key in self.failures:
                return Standing("failed")
            waited_for = [job for job in self.jobs if job.visits]
            job = next((job for job in waited_for if job.key == key), None)
            if job is None:
                return Standing()
            phase = "running" if job.began else "waiting"
            ahead, left = waited_for.index(job), job.seconds_left
            if left is not None:
                left = max(0.0, left - (time.monotonic() - job.heard))
            return Standing(phase, ahead, job.done, job.total, left, visit in job.visits, job.at > 0)

    def seconds_of(self, league: League, share: float = 1.0) -> float:
        """How long this share of a league would take here, about: by the last one, or else by what others are like."""
        return SECONDS_TO_START + share * league_work(league) * self.pace

    def waits_for(self, visit: str) -> League | None:
        """The league that a visit waits for."""
        with self.changed:
            return next((job.leagues[0] for job in self.jobs if visit in job.visits), None)

    def file(self, league: League, ending: str, language: str = "en", address: str = "") -> bytes:
        """A file of a league that is complete: its table, or its report in a language for "html". Waits for it.

        address: of the server, on which the report's links open races; "" for no links. A process of its own makes it.
        Raises OSError where it cannot be made.
        """
        name = Path(self.folder.name) / f"file-{next(self.begun)}"
        job, made = name.with_suffix(".toml"), name.with_suffix(f".made.{ending}")
        out = (
            ["--report", str(made), "--language", language, *_linked(address)]
            if ending == "html"
            else ["--out", str(made)]
        )
        process = None
        try:
            job.write_text(league.to_toml(whole=True), encoding="utf-8")
            with self.changed:
                if self.closed:
                    raise OSError("the server ends")
                process = self._started(job, subprocess.DEVNULL, "--workers", "1", *out)
                self.files.add(process)
            if process.wait(timeout=SECONDS_OF_A_FILE) != 0:
                said = job.with_suffix(".err").read_text(encoding="utf-8", errors="replace")
                raise OSError(said[-LONGEST_LINE:].strip() or f"exit code {process.returncode}")
            return made.read_bytes()
        except subprocess.TimeoutExpired as problem:
            raise OSError(str(problem)) from None
        finally:
            if process is not None:
                _kill(process)
                with self.changed:
                    self.files.discard(process)
            for file in (job, made, job.with_suffix(".err")):
                file.unlink(missing_ok=True)

    def idle(self) -> bool:
        """Whether no process is there, and none will be."""
        with self.changed:
            return not self.jobs

    def close(self) -> None:
        """End everything."""
        with self.changed:
            self.closed = True
            running = [job.process for job in self.jobs if job.process is not None]
            running += self.files
            self.changed.notify_all()
        for process in running:
            _kill(process)
        if self.keeper is not None:
            self.keeper.join(timeout=5)
        # Each closes the pipe from which it reads.
        for listener in self.listeners:
            listener.join(timeout=5)
        self.folder.cleanup()

    # --- in the keeper's thread ------------------------------------------------------------------------------------

    def _keep(self) -> None:
        while True:
            with self.changed:
                if self.closed:
                    return
                self.changed.wait(SECONDS_BETWEEN_LOOKS if self.jobs else None)
                if self.closed:
                    return
            try:
                self._look_after()
            except Exception:
                LOGGER.exception("a league could not be looked after")

    def _look_after(self) -> None:
        self._forget_who_has_gone()
        with self.changed:
            jobs = list(self.jobs)
        for job in jobs:
            if job.process is None:
                if not job.visits:
                    self._settle(job)
            elif job.process.poll() is not None:
                self._settle(job) if self._is_over(job) else self._begin(job)
            elif job.ended is not None:
                if time.monotonic() - job.ended > self.patience:
                    _kill(job.process)
            elif not job.visits or time.monotonic() - job.began > SECONDS_OF_A_LEAGUE:
                job.late = bool(job.visits)
                _end(job.process)
                job.ended = time.monotonic()
        with self.changed:
            if self.closed or any(job.process is not None for job in self.jobs):
                return
            following = next((job for job in self.jobs if job.visits), None)
        if following is not None:
            self._begin(following)

    def _is_over(self, job: Job) -> bool:
        """Whether nothing of the job is left to do; else the next of its leagues is to be computed."""
        assert job.process is not None
        last = job.at + 1 == len(job.leagues) or not job.visits
        if job.ended is not None or job.process.returncode != 0 or last:
            return True
        _close_input(job.process)
        _remove_files(job)
        job.at += 1
        return False

    def _forget_who_has_gone(self) -> None:
        with self.changed:
            visits = {visit for job in self.jobs for visit in job.visits}
        gone, now = [visit for visit in visits if not self.alive(visit)], time.monotonic()
        with self.changed:
            self.gone = {visit: self.gone.get(visit, now) for visit in gone}
            self.followed = {before: after for before, after in self.followed.items() if {before, after} & visits}
            # Nobody comes back as who has been followed.
            late = {visit for visit, since in self.gone.items() if visit in self.followed or now - since >= self.grace}
            for job in self.jobs:
                job.visits -= late

    def _begin(self, job: Job) -> None:
        file = Path(self.folder.name) / f"{next(self.begun)}.toml"
        try:
            file.write_text(job.leagues[job.at].to_toml(whole=True), encoding="utf-8")
            process = self._started(file, subprocess.PIPE, "--workers", str(self.workers))
        except OSError as problem:
            self._settle(job, str(problem))
            return
        with self.changed:
            job.process, job.file = process, file
            if not job.began:
                job.began = job.heard = time.monotonic()
                job.seconds_left = self.seconds_of(job.leagues[0])
            closed = self.closed
        if closed:
            _kill(process)
        listener = threading.Thread(target=self._listen, args=(job, process), name="league's lines", daemon=True)
        self.listeners = [*(thread for thread in self.listeners if thread.is_alive()), listener]
        listener.start()

    def _started(self, file: Path, said: int, *how: str) -> subprocess.Popen[str]:
        """A process of a league's file, which gives way and ends with this one; said: where its lines go."""
        options = ["--job", str(file), "--store", str(self.store), *how]
        with file.with_suffix(".err").open("w", encoding="utf-8") as complaints:
            process = subprocess.Popen(
                [*self.command, "league", *options],
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=complaints,
                text=True,
                encoding="utf-8",
                errors="replace",
                # Ctrl-C in a terminal is for the server. What the process has started ends with its pipes.
                start_new_session=True,
            )
        if hasattr(os, "setpriority"):
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
        return process

    def _settle(self, job: Job, problem: str | None = None) -> None:
        """The job is over: done, failed, or not wanted any more."""
        if job.process is not None and job.file is not None:
            complaints = job.file.with_suffix(".err")
            if job.ended is None and job.process.returncode != 0:
                said = complaints.read_text(encoding="utf-8", errors="replace")[-LONGEST_LINE:].strip()
                problem = said or f"exit code {job.process.returncode}"
            elif job.late:
                problem = f"it took longer than {SECONDS_OF_A_LEAGUE:g} s"
            _close_input(job.process)
            _remove_files(job)
        if problem is not None:
            LOGGER.error("a league could not be computed: %s", problem)
        with self.changed:
            self.jobs.remove(job)
            if problem is not None and job.visits:
                self.failures[job.key] = problem
                while len(self.failures) > MOST_FAILURES:
                    self.failures.popitem(last=False)
            self.changed.notify_all()

    def _listen(self, job: Job, process: subprocess.Popen[str]) -> None:
        """Note what the process says of its progress, until it says nothing any more."""
        assert process.stdout is not None
        league, at, heard = job.leagues[job.at], job.at, []
        with process.stdout as lines, contextlib.suppress(OSError, ValueError):
            while line := lines.readline(LONGEST_LINE):
                said = _progress(line)
                if said is not None:
                    done, total, left = said
                    if left is None:
                        left = self.seconds_of(league, 1 - done / total if total else 0.0)
                    heard.append((time.monotonic(), done))
                    with self.changed:
                        job.done, job.total, job.seconds_left = _of_all((done, total, left), at, len(job.leagues))
                        job.heard = heard[-1][0]
        self._measure(league, heard)
        with self.changed:
            self.changed.notify_all()

    def _measure(self, league: League, heard: Sequence[tuple[float, int]]) -> None:
        """Note how long this league's runs have taken. heard: when so many were there."""
        # From the first that came: before, programs were loaded.
        came = [(when, done) for when, done in heard if done > heard[0][1]]
        if not came:
            return
        (began, before), (ended, after) = came[0], came[-1]
        if after > before and ended - began >= SECONDS_TO_MEASURE:
            self.pace = (ended - began) / (after - before) * runs_of(league) / league_work(league)


def token_of(visit: str) -> str:
    """Stands for a visit in what its browser keeps, and does not tell its name."""
    return hashlib.sha256(f"waits {visit}".encode()).hexdigest()


def _progress(line: str) -> tuple[int, int, float | None] | None:
    """What a line says: {"done": 3, "total": 40, "seconds_left": 5.1}; None for any other."""
    try:
        said: Any = json.loads(line)
        left = said["seconds_left"]
        return int(said["done"]), int(said["total"]), None if left is None else float(left)
    except (ValueError, TypeError, KeyError):
        return None


def _of_all(said: tuple[int, int, float], at: int, count: int) -> tuple[int, int, float]:
    """What is said of the first of several leagues; of another one, as that of all that come after the first.

    These are as long as each other.
    """
    done, total, left = said
    if at == 0:
        return said
    if done < total:
        left *= ((count - at) * total - done) / (total - done)
    return (at - 1) * total + done, (count - 1) * total, left


def _end(process: subprocess.Popen[str]) -> None:
    """Ask the process to end."""
    _close_input(process)
    with contextlib.suppress(OSError):
        process.terminate()


def _close_input(process: subprocess.Popen[str]) -> None:
    if process.stdin is not None:
        # Two threads may close it at once: then one of them finds it closed, and cannot flush it.
        with contextlib.suppress(OSError, ValueError):
            process.stdin.close()


def _remove_files(job: Job) -> None:
    if job.file is not None:
        for file in (job.file, job.file.with_suffix(".err")):
            file.unlink(missing_ok=True)


def _kill(process: subprocess.Popen[str] | None) -> None:
    """End the process and all that it has started, without asking."""
    if process is None:
        return
    _close_input(process)
    if hasattr(os, "killpg"):
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=5)


# --- the desk of this server ---------------------------------------------------------------------------------------

_desk: Desk | None = None


def open_desk(desk: Desk) -> None:
    """Compute leagues at this desk, from now on."""
    global _desk
    _desk = desk


def close_desk() -> None:
    """Compute none any more."""
    global _desk
    desk, _desk = _desk, None
    if desk is not None:
        desk.close()


def the_desk() -> Desk | None:
    """The desk of this server; None where none was opened, as in a notebook."""
    return _desk
