"""`optviz league`: the question that the options ask, how it goes on, and where its answer goes."""

from __future__ import annotations

import argparse
import json
import os
import signal
import stat
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

import numpy as np

from optviz.bad_input import BadInput
from optviz.cli.options import EACH, race_of_options
from optviz.cli.writing import is_output, writer_for
from optviz.experiment import LONGEST_FILE
from optviz.experiment.blocks import training_beside
from optviz.experiment.league import TUNED, League
from optviz.export.rows import ROW_FORMATS
from optviz.export.table import text_of
from optviz.export.whole import write_whole
from optviz.laboratory.fair import Tuned
from optviz.laboratory.judging import conclusions_by_convention
from optviz.laboratory.league import LeagueFailed, Result, rows_of, run_league
from optviz.laboratory.store import Store
from optviz.parameter import Parameter
from optviz.starting import INTERRUPTED
from optviz.statistics.intervals import Means
from optviz.statistics.runs import TARGETS
from optviz.text import LANGUAGES
from optviz.text.verdicts import told_conclusions

WORKERS = Parameter(at_least=1, at_most=256, whole=True)
SECONDS_BETWEEN_LINES = 10.0
"""How often the progress is told where it goes into a file, in which no line can be written over."""

SECONDS_TO_JUDGE = 1.5
"""So long runs must have come before they say how long the rest takes: processes that began together come together."""

GOES_ON = "interrupted; what has been computed is kept, and the same command goes on from there"
CALLED = {"tuned": "--tune", "training": "--training", "seeds": "--seeds", "surface": "--family"}
"""Fields of a league → the options that say them."""

BESIDE_QUESTION = {"job", "store", "workers", "out", "report", "language", "address"}


def league(options: argparse.Namespace) -> int:
    """Ask a question of many surfaces: compute what is not known yet, print the table, write files."""
    asked = league_of_options(options)
    out = _checked_out(options.out, asked)
    _check_report(options.report, asked)
    if options.language not in LANGUAGES:
        raise BadInput("unknown_choice", name="--language", value=options.language, allowed=", ".join(LANGUAGES))
    address = _checked_address(options.address)
    workers = None
    if options.workers is not None:
        workers = int(WORKERS.check_number("--workers", _number(options.workers)))
    store = Store(options.store)
    ended = _Ended() if options.job is not None else None
    telling = _Lines() if ended is not None else _Shown()
    run = partial(run_league, workers=workers, progress=telling, stop=None if ended is None else ended.is_set)
    judged = {}
    try:
        with telling:
            result = run(asked, store)
            if options.report is not None and result.complete and not asked.fair:
                # In the other sources' forms too: a verdict that changes with them is marked.
                judged = conclusions_by_convention(asked, store, run)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(GOES_ON) from None
    except LeagueFailed as problem:
        print(f"optviz: {problem}", file=sys.stderr)
        return 2
    if not result.complete:
        return INTERRUPTED
    if out is not None:
        write_whole(out, ROW_FORMATS[out.suffix[1:].lower()].write(rows_of(result, asked)))
    if options.report is not None:
        # Only a report needs plotly.js, which takes a while to read.
        from optviz.stage.report import report

        told = told_conclusions(judged, asked.convention, options.language)
        write_whole(options.report, report(result, options.language, told, address, asked))
    if options.job is None:
        _print_table(result, sys.stderr if out is not None and is_output(out) else sys.stdout)
    return 0


# --- the question --------------------------------------------------------------------------------------------------


def league_of_options(options: argparse.Namespace) -> League:
    """The league that the options describe, or the file of --job. Raises BadInput, or OSError for the file."""
    if options.job is not None:
        given = {*vars(options).get("given", ()), *(["set"] if options.set else [])} - BESIDE_QUESTION
        for name in sorted(given):
            option = f"--{name.replace('_', '-')}"
            raise BadInput("not_together", name=option, value=getattr(options, name), allowed="--job, which says it")
        with options.job.open("rb") as file:
            return League.from_toml(text_of(file.read(4 * LONGEST_FILE)))
    if options.learning_rate == EACH:
        raise BadInput("unknown_choice", name="--learning-rate", value=EACH, allowed="a number, one for all")
    try:
        return _asked(options)
    except BadInput as problem:
        # Under the name by which it can be given here.
        name = problem.parts["name"]
        raise BadInput(problem.key, **problem.parts | {"name": CALLED.get(name, name)}) from None


def _asked(options: argparse.Namespace) -> League:
    # All that a race and a league have in common is said, and read, alike.
    beside = {"link": None, "file": None, "formula": None, "seed": None, "start": None, "batch_seed": None}
    race, _ = race_of_options(argparse.Namespace(**vars(options), **beside, surface=options.family))
    asked = League(race.surface, race.racers, race.convention, options.seeds, race.steps)
    if options.tune is None and options.training is None:
        return asked
    training = training_beside(asked.seeds) if options.training is None else options.training
    return asked.replaced(training=training, tuned=TUNED if options.tune is None else options.tune)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadInput("not_a_number", name="--workers", value=text, allowed=WORKERS.range_text("--workers")) from None


def _checked_out(out: Path | None, asked: League) -> Path | None:
    """The file to write, if it can be: nothing stands there, or the table of the same league. Raises BadInput."""
    if out is None:
        return None
    known = writer_for(out, ROW_FORMATS, "--out")
    if out.is_file():
        try:
            same = known.league_of(out).digest() == asked.digest()
        except BadInput:
            same = False
        if not same:
            raise BadInput("other_league", name="--out", value=str(out), allowed="another name")
    return out


def _checked_address(address: str | None) -> str:
    """What a link begins with, up to its ?; "" for none. Raises BadInput."""
    if address is None:
        return ""
    try:
        split = urlsplit(address)
        is_whole = split.scheme in ("http", "https") and bool(split.hostname) and split.port != 0
        is_whole = is_whole and address.isprintable() and not set(address) & set(' "<>')
    except ValueError:
        is_whole = False
    if not is_whole:
        raise BadInput("not_readable", name="--address", value=address, allowed="http://… or https://…")
    return address.partition("#")[0].partition("?")[0]


def _check_report(out: Path | None, asked: League) -> None:
    """Raises BadInput where anything else than a report of the same league stands."""
    if out is None:
        return
    writer_for(out, {"html": None}, "--report")
    if out.is_file():
        # It knows plotly.js, which takes a while to read.
        from optviz.stage.report import league_of

        try:
            same = league_of(out).digest() == asked.digest()
        except BadInput:
            same = False
        if not same:
            raise BadInput("other_report", name="--report", value=str(out), allowed="another name")


# --- how it goes on ------------------------------------------------------------------------------------------------


class _Ended:
    """Whether whoever started the job wants it no longer: its end of the pipe is closed, or it has sent SIGTERM."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.is_set = self.event.is_set
        signal.signal(signal.SIGTERM, lambda *_: self.event.set())
        pipe = _waiting_program()
        if pipe is not None:
            threading.Thread(target=self._listen, args=(pipe,), daemon=True).start()

    def _listen(self, pipe: int) -> None:
        while os.read(pipe, 1 << 16):
            pass
        self.event.set()


def _waiting_program() -> int | None:
    """The input, where a program holds its other end: not a terminal, a file, or nothing at all."""
    try:
        number = sys.stdin.fileno()
        return number if stat.S_ISFIFO(os.fstat(number).st_mode) else None
    except (AttributeError, OSError, ValueError):
        return None


class _Progress:
    """Told how many runs are there, says how long the rest will take, judging by those since the first that came.

    What comes before that one is no measure: to start processes takes longer than many runs.
    """

    def __init__(self) -> None:
        self.last: int | None = None
        self.began: tuple[float, int] | None = None

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        pass

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if self.last is None or done < self.last:
            self.began = None
        elif self.began is None and done > self.last:
            self.began = now, done
        self.last = done
        self.tell(done, total, self._left(now, done, total))

    def _left(self, now: float, done: int, total: int) -> float | None:
        if done == total:
            return 0.0
        if self.began is None or done == self.began[1] or now - self.began[0] < SECONDS_TO_JUDGE:
            return None
        began, before = self.began
        return (now - began) / (done - before) * (total - done)

    def tell(self, done: int, total: int, seconds_left: float | None) -> None:
        raise NotImplementedError


class _Lines(_Progress):
    """A line of JSON each, for programs."""

    def tell(self, done: int, total: int, seconds_left: float | None) -> None:
        left = None if seconds_left is None else round(seconds_left, 1)
        print(json.dumps({"done": done, "total": total, "seconds_left": left}), flush=True)


class _Shown(_Progress):
    """For people: one line on a terminal, now and then one in a file."""

    def __init__(self) -> None:
        super().__init__()
        self.over = sys.stderr.isatty()
        self.told = time.monotonic()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.over:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def tell(self, done: int, total: int, seconds_left: float | None) -> None:
        now = time.monotonic()
        if not self.over and now - self.told < SECONDS_BETWEEN_LINES:
            return
        self.told = now
        text = f"{done:,} of {total:,} run{'' if total == 1 else 's'}"
        if seconds_left is not None:
            text += f", {_duration(seconds_left)} left"
        print(f"\r\x1b[K{text}" if self.over else text, end="" if self.over else "\n", file=sys.stderr, flush=True)


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 100:
        return f"{whole} s"
    minutes = round(whole / 60)
    return f"{minutes} min" if minutes < 100 else f"{round(minutes / 60)} h"


# --- the answer ----------------------------------------------------------------------------------------------------


EXPLAINED = (
    "gap left: 0 at the lowest point of the surface, 1 where a run is no lower than its start, or diverged;",
    "  in brackets the interval that holds the true mean with 95 % confidence",
    "gap left ≤ 0.1: on so many surfaces a run has made 90 % of the drop to the surface's lowest point; the article's",
    "  conclusions measure by another one, the lowest that any of the seven reached",
    "diverged, left the surface: on so many surfaces its numbers ran away, or it ended outside the domain",
)


def _print_table(result: Result, table: object) -> None:
    asked = result.league
    names = asked.racer_names()
    longest = max(len(name) for name in names)
    first, beyond = asked.seeds

    def say(text: str) -> None:
        print(text, file=table)  # type: ignore[call-overload]

    family = asked.to_record()["surface"]["name"]
    say(f"{family}, {asked.convention}, {asked.steps} steps, seeds {first} to {beyond - 1}")
    heads = ("mean gap left (95 %)", "median gap left", "gap left ≤ 0.1", "diverged", "left the surface")
    widths = (22, *map(len, heads[1:]))
    say("  ".join([" " * longest, *(f"{head:>{width}}" for head, width in zip(heads, widths, strict=True))]))
    tenth = TARGETS.index(0.1)
    means = Means([runs.c for runs in result.runs], asked.sampling_seed)
    for place, (name, runs) in enumerate(zip(names, result.runs, strict=True)):
        ranked = np.where(np.isnan(runs.gap), np.inf, runs.gap)
        reached, diverged = int((runs.hits[:, tenth] >= 0).sum()), int((runs.diverged_at >= 0).sum())
        left = int(runs.left_the_surface.sum())
        low, high = means.of(place)
        # The interval of one seed is endless.
        ends = f"{low:.3f} to {high:.3f}" if runs.n > 1 else "one seed"
        cells = (
            f"{runs.c.mean():.3f} ({ends})",
            f"{np.median(ranked):.3g}",
            *(f"{n:,}" for n in (reached, diverged, left)),
        )
        say("  ".join([f"{name:{longest}}", *(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))]))
    if result.tuned is not None:
        for line in _told_of_tuning(result.tuned):
            say(line)
    for line in EXPLAINED:
        say(line)


def _told_of_tuning(tuned: Tuned) -> Iterator[str]:
    low, high, count = tuned.grid
    first, beyond = tuned.training
    yield f"each at its own best of {count} settings, tuned on seeds {first} to {beyond - 1}:"
    for racer in tuned.racers:
        best = ", ".join(
            f"{name} {value:.4g}" for name, value in zip(racer.names, racer.values[racer.best], strict=True)
        )
        edge = ", at the edge of the grid" if racer.on_edge else ""
        yield f"  {racer.racer.kind}: {best or 'nothing to tune'}{edge}"
    if any(tuned.extended):
        yield f"the grid goes on beyond what was asked for, for all: {low:.4g} … {high:.4g}"
