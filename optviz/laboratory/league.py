"""A league, computed by a few processes into a store, and what is known of one."""

from __future__ import annotations

import dataclasses
import os
import platform
import queue
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from optviz.experiment.league import League
from optviz.export.rows import NOT_MEASURED, Rows
from optviz.laboratory import asking
from optviz.laboratory.fair import Tuned, tuned, tuned_league
from optviz.laboratory.jobs import Worker, WorkerGone
from optviz.laboratory.store import Piece, Store, arithmetic, pieces
from optviz.laboratory.tally import Progress, Tally, portions
from optviz.statistics.runs import BINS, PER_RUN, TARGETS, Runs, joined

MOST_REPEATS = 3
"""How often a piece is computed again whose process ended before it was done."""

ROUNDS = 3
"""How often what turns out not to be whole, or is swept away by another process meanwhile, is computed again."""

AT_ONCE = 10
"""Pieces of one racer in memory before they become one."""

SECONDS_BETWEEN_LOOKS = 0.1


class LeagueFailed(RuntimeError):
    """A league cannot be computed: in one sentence, why."""


@dataclass(frozen=True, eq=False)
class Result:
    """What is known of a league.

    league: the racers and surfaces that the numbers are of; where racers were tuned, each at its best, as an ordinary
    league. tuned: what tuning has found; None where nothing was tuned, or not all of that is known.
    seeds: (m,) int64, those that are computed, in order. runs: one `Runs` a racer, over these seeds. by_best: (m, S)
    int32, steps to 90 % of the drop to the lowest that the article's racers reached, −1 never; its columns are the
    racers at the places `seven`, None where the league has none of them.
    """

    league: League
    seeds: np.ndarray
    runs: tuple[Runs, ...]
    by_best: np.ndarray | None
    seven: tuple[int, ...]
    tuned: Tuned | None = None

    @property
    def complete(self) -> bool:
        """Whether all of the question's seeds are there: nothing is a verdict before."""
        return len(self.seeds) == self.league.n


def is_there(league: League, store: Store) -> bool:
    """Whether an answer can be read from the store; quick, by the names of files alone.

    Where racers are tuned, how far the grid goes is not known before all of it has been read: then it is there once
    `run_league` has been through with it.
    """
    return store.has_tuned(league) if league.fair else not store.missing(league)


def known(league: League, store: Store) -> Result:
    """What the store knows of a league; computes nothing. Pieces of which anything is missing are left out.

    Where racers are tuned, nothing is known before all that tuning asks for is there.
    """
    if not league.fair:
        return _known(league, store)
    found = tuned(league, store, known)
    if found is None:
        return Result(league, np.zeros(0, np.int64), tuple(_none(league) for _ in league.racers), None, league.seven)
    return dataclasses.replace(_known(tuned_league(league, found), store), tuned=found)


def _known(league: League, store: Store) -> Result:
    lacking = {(piece.first, piece.beyond) for piece in store.missing(league)}
    while True:
        there = [piece for piece in pieces(league) if piece not in lacking]
        runs, by_best, broken = _read(league, store, there)
        if not broken:
            seeds = [np.arange(first, beyond) for first, beyond in there]
            together = np.concatenate([np.zeros(0, np.int64), *seeds])
            return Result(league, together, runs, by_best, league.seven)
        # Whether or not the store could remove them: what could not be read once is not asked for again.
        lacking |= broken


def _read(
    league: League, store: Store, there: Sequence[tuple[int, int]]
) -> tuple[tuple[Runs, ...], np.ndarray | None, set[tuple[int, int]]]:
    """Runs and joint steps of these pieces, and those that were not whole: where there are any, the rest is void."""
    runs, broken = [], set()
    # Racer by racer: the histograms of a few pieces of one of them are all that is in memory beside the result.
    for place in range(len(league.racers)):
        parts: list[Runs] = []
        for piece in there:
            part = store.get(league, place, *piece) if piece not in broken else None
            if part is None:
                broken.add(piece)
            elif not broken:
                parts.append(part)
            if len(parts) == AT_ONCE:
                parts = [joined(parts)]
        runs.append(joined(parts) if parts else _none(league))
    if not league.seven:
        return tuple(runs), None, broken
    steps = [np.zeros((0, len(league.seven)), np.int32)]
    for piece in there:
        joint = store.get_joint(league, *piece) if piece not in broken else None
        if joint is None:
            broken.add(piece)
        else:
            steps.append(joint)
    return tuple(runs), np.concatenate(steps), broken


def _none(league: League) -> Runs:
    """No run at all."""
    shapes = dict.fromkeys(PER_RUN, (0,)) | {"hits": (0, len(TARGETS))}
    kinds = {"hits": np.int32, "diverged_at": np.int32, "left_the_surface": np.bool_}
    arrays: dict[str, Any] = {name: np.zeros(shape, kinds.get(name, np.float64)) for name, shape in shapes.items()}
    return Runs(**arrays, evaluations=0, histogram=np.zeros((league.steps + 1, BINS), np.uint32))


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_league(
    league: League,
    store: Store,
    workers: int | None = None,
    progress: Progress | None = None,
    stop: Callable[[], bool] | None = None,
) -> Result:
    """Compute what is missing of a league, and tell what is known of it then: all, unless `stop` said to.

    workers: processes; 0 for none beside this one, None for one a processor. Pieces are kept as they are done, so that
    nothing is lost by whatever ends this; the table is the same for any number of processes and any order. Optimizers
    and surfaces that are not this package's own are computed in this process, and not kept.

    Where racers are tuned, all settings are computed on both blocks of seeds; what is added to the grid then counts
    for the progress, too. Once all of it is there, the store knows that it is tuned.

    Raises LeagueFailed where a piece cannot be computed, OSError where the store cannot be written. Not to be called
    from a server that answers others meanwhile.
    """
    if not asking.is_known_elsewhere(league):
        with tempfile.TemporaryDirectory(prefix="optviz-") as folder:
            return _run(league, Store(folder), 0, progress, stop)
    return _run(league, store, processors() if workers is None else workers, progress, stop)


def _run(
    league: League, store: Store, workers: int, progress: Progress | None, stop: Callable[[], bool] | None
) -> Result:
    store.sweep()
    tally, stopped = Tally(progress or (lambda done, total: None)), stop or (lambda: False)
    if not league.fair:
        return _completed(league, store, workers, tally, stopped)

    def completed(question: League, there: Store) -> Result:
        return _known(question, there) if stopped() else _completed(question, there, workers, tally, stopped)

    found = tuned(league, store, completed, lambda asked: _fill(asked, store, workers, tally, stopped))
    if found is None:
        return known(league, store)
    result = dataclasses.replace(completed(tuned_league(league, found), store), tuned=found)
    if result.complete:
        store.put_tuned(league)
    return result


def _completed(league: League, store: Store, workers: int, tally: Tally, stop: Callable[[], bool]) -> Result:
    for _ in range(ROUNDS):
        _fill([league], store, workers, tally, stop)
        result = _known(league, store)
        if result.complete or stop():
            return result
    raise LeagueFailed(f"what is computed does not stay in the store {store.folder}")


def _fill(leagues: Sequence[League], store: Store, workers: int, tally: Tally, stop: Callable[[], bool]) -> None:
    missing = [
        (league, portion)
        for league in leagues
        for piece in store.missing(league)
        for portion in portions(league, piece)
    ]
    tally.begin(leagues, [piece for _, piece in missing])
    for portion in Crew(missing, store, workers).work(stop):
        tally.add(portion)


Task = tuple[League, Piece]


class Crew:
    """Processes that fill a store with pieces of leagues; they end when this process does, however it ends."""

    def __init__(self, missing: Sequence[Task], store: Store, size: int, start: Callable[..., Worker] = Worker) -> None:
        self.store, self.start = store, start
        self.size = min(size, len(missing))
        self.missing = list(missing)
        self.left: queue.SimpleQueue[Task] = queue.SimpleQueue()
        self.done: queue.SimpleQueue[Piece | Exception] = queue.SimpleQueue()
        self.lock = threading.Lock()
        self.workers: set[Worker] = set()
        self.closed = False

    def work(self, stop: Callable[[], bool]) -> Iterator[Piece]:
        """Do all of it; yields a piece whenever one is done. Ends early when `stop` says so."""
        if self.size == 0:
            for league, piece in self.missing:
                if stop():
                    return
                self.store.fill(league, piece)
                yield piece
            return
        for task in self.missing:
            self.left.put(task)
        threads = [threading.Thread(target=self._serve, name=f"league {place}") for place in range(self.size)]
        for thread in threads:
            thread.start()
        try:
            yield from self._gather(stop)
        finally:
            self._close()
            for thread in threads:
                thread.join()
            for worker in list(self.workers):
                self._dismiss(worker)

    def _gather(self, stop: Callable[[], bool]) -> Iterator[Piece]:
        for _ in self.missing:
            while not stop():
                with suppress(queue.Empty):
                    answer = self.done.get(timeout=SECONDS_BETWEEN_LOOKS)
                    break
            else:
                return
            if isinstance(answer, Exception):
                raise answer
            yield answer

    def _close(self) -> None:
        with self.lock:
            self.closed = True
            for worker in self.workers:
                # Its thread sees that it is gone, and ends.
                worker.process.kill()

    def _serve(self) -> None:
        worker: Worker | None = None
        try:
            while not self.closed:
                worker = self._done_by(worker, *self.left.get_nowait())
        except queue.Empty:
            return
        except Exception as problem:
            self.done.put(problem)

    def _done_by(self, worker: Worker | None, league: League, piece: Piece) -> Worker | None:
        """Have a piece computed; returns the process that is there now, which may be another one."""
        message = asking.piece_message(league, piece, self.store.folder)
        for _ in range(1 + MOST_REPEATS):
            try:
                worker = worker or self._hired()
                letter, content = worker.ask(message)
            except WorkerGone:
                self._dismiss(worker)
                worker = None
                if self.closed:
                    return None
                continue
            if letter != "d":
                raise LeagueFailed(f"seeds {piece.first} to {piece.beyond - 1}: {content.decode(errors='replace')}")
            self.done.put(piece)
            return worker
        raise LeagueFailed(
            f"seeds {piece.first} to {piece.beyond - 1}: the process that computes them has ended "
            f"{1 + MOST_REPEATS} times, perhaps for lack of memory"
        )

    def _hired(self) -> Worker:
        return self.start(begun=self._begun)

    def _begun(self, worker: Worker) -> None:
        with self.lock:
            self.workers.add(worker)
            if self.closed:
                worker.process.kill()

    def _dismiss(self, worker: Worker | None) -> None:
        if worker is not None:
            with self.lock:
                self.workers.discard(worker)
            # Also what it has left behind, where it has ended by itself.
            worker.kill()


# --- the table -----------------------------------------------------------------------------------------------------


def rows_of(result: Result, question: League | None = None) -> Rows:
    """A row per seed and racer, seed by seed. `question`: what was asked, where racers were tuned for it.

    `steps_to_90_by_best` is of the racers at the places `Result.seven` alone, which is what `measured_by_best` says: to
    the others an empty field there says nothing.
    """
    league, runs, count = result.league, result.runs, len(result.seeds)
    racers = league.racers

    def by_racer(values: Sequence[object]) -> np.ndarray:
        return np.tile(np.array(values), count)

    rates = [racer.optimizer.own_learning_rate for racer in racers]
    columns: dict[str, np.ndarray] = {
        "seed": np.repeat(result.seeds, len(racers)),
        "racer": by_racer(league.racer_names()),
        "optimizer": by_racer([racer.kind for racer in racers]),
        "learning_rate": by_racer([np.nan if rate is None else rate for rate in rates]),
    }
    if result.tuned is not None and (name := result.tuned.name) not in columns:
        columns[name] = by_racer([float(getattr(racer.optimizer, name, np.nan)) for racer in racers])
    for name in PER_RUN:
        if name != "hits":
            columns[name] = np.stack([getattr(run, name) for run in runs], axis=-1).ravel()
    steps = {"diverged_at"}
    for place, target in enumerate(TARGETS):
        steps.add(name := f"steps_to_gap_{target:.2g}")
        columns[name] = np.stack([run.hits[:, place] for run in runs], axis=-1).ravel()
    if result.by_best is not None:
        steps.add(name := "steps_to_90_by_best")
        by_best = np.full((count, len(racers)), NOT_MEASURED, dtype=np.int32)
        by_best[:, list(result.seven)] = result.by_best
        columns[name] = by_best.ravel()
        columns["measured_by_best"] = columns[name] != NOT_MEASURED
    columns["gradient_evaluations"] = by_racer([run.evaluations for run in runs])
    return Rows(question or league, columns, frozenset(steps), about())


def about() -> dict[str, str]:
    """What numbers are computed with, beside the question: versions, platform, what the processor can do."""
    told = arithmetic()
    try:
        ours = version("optviz")
    except PackageNotFoundError:
        ours = "0+source"
    return {
        "optviz": ours,
        "python": platform.python_version(),
        "numpy": told["numpy"],
        "scipy": told["scipy"],
        "platform": platform.platform(),
        "machine": told["machine"],
        "cpu_features": " ".join(told["cpu_features"]),
    }
