"""Leagues on the disk and in processes: what is computed, what is computed again, and that the table stays the same."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cases import ROOT
from optviz import Racer
from optviz.experiment.league import League
from optviz.laboratory import jobs, kernel, work
from optviz.laboratory.league import Crew, LeagueFailed, Result, is_there, known, run_league
from optviz.laboratory.store import Piece, Store, arithmetic, pieces, store_folder
from optviz.laboratory.tally import STEPS_AT_ONCE, Tally, portions, runs_of
from optviz.optimizers import Adam, GradientDescent
from optviz.statistics.runs import PER_RUN
from tiers import long, rest_is_long

SMALL = League(racers=(Racer(GradientDescent()), Racer(Adam())), seeds=(0, 40), steps=5)
CHUNK = 10
"""Where a test does not say otherwise, so many seeds are a piece here: what is computed takes a moment."""


@pytest.fixture(autouse=True)
def chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optviz.laboratory.store.CHUNK", CHUNK)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, tuple[int, ...]]]:
    """What is computed in this process from now on: the first seed of a piece, and the racers."""
    calls: list[tuple[int, tuple[int, ...]]] = []
    compute = kernel.compute

    def noted(league: League, first: int, beyond: int, wanted: Any, *rest: Any) -> Any:
        calls.append((first, tuple(wanted)))
        return compute(league, first, beyond, wanted, *rest)

    monkeypatch.setattr(kernel, "compute", noted)
    return calls


def table(result: Result) -> dict[str, bytes]:
    """All numbers of a result, bit for bit."""
    numbers = (
        {"seeds": result.seeds.tobytes(), "by_best": result.by_best.tobytes()} if result.by_best is not None else {}
    )
    for place, runs in enumerate(result.runs):
        for name in (*PER_RUN, "histogram"):
            numbers[f"{place} {name}"] = np.ascontiguousarray(getattr(runs, name)).tobytes()
        numbers[f"{place} evaluations"] = str(runs.evaluations).encode()
    return numbers


def done_of(league: League, store: Store) -> tuple[int, int]:
    """How many pieces of a league are there, and of how many."""
    total = len(list(pieces(league)))
    return total - len(store.missing(league)), total


# --- what is computed ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seeds", "blocks"),
    [
        ((0, 250), [(0, 250)]),
        ((0, 1000), [(0, 250), (250, 500), (500, 750), (750, 1000)]),
        ((100, 200), [(100, 200)]),
        ((240, 510), [(240, 250), (250, 500), (500, 510)]),
        ((2**32 - 10, 2**32), [(2**32 - 10, 2**32)]),
    ],
)
def test_pieces_end_at_multiples_of_250(
    seeds: tuple[int, int], blocks: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    assert list(pieces(SMALL.replaced(seeds=seeds))) == blocks


def test_more_seeds_and_another_racer_cost_only_what_is_new(store: Store, computed: list[Any]) -> None:
    run_league(SMALL, store, 0)
    assert computed == [(first, (0, 1)) for first in (0, 10, 20, 30)]
    computed.clear()
    run_league(SMALL, store, 0)
    assert computed == []
    run_league(SMALL.replaced(seeds=(0, 80)), store, 0)
    assert computed == [(first, (0, 1)) for first in (40, 50, 60, 70)]
    computed.clear()
    # The second racer is known, wherever it stands and whatever it is called; so is none of another rate.
    called = Racer(Adam(), label="the usual one")
    slower = Racer(Adam(learning_rate=0.01))
    run_league(SMALL.replaced(racers=(slower, called)), store, 0)
    assert computed == [(first, (0,)) for first in (0, 10, 20, 30)]


@pytest.mark.parametrize(
    "change",
    [
        {"steps": 6},
        {"surface": dataclasses.replace(SMALL.surface, hills=5)},  # type: ignore[type-var]
        {"racers": (Racer(GradientDescent(learning_rate=0.2)), Racer(Adam(beta1=0.8)))},
    ],
    ids=str,
)
def test_other_settings_are_another_file(store: Store, change: dict[str, Any]) -> None:
    run_league(SMALL.replaced(seeds=(0, 10)), store, 0)
    other = SMALL.replaced(seeds=(0, 10), **change)
    assert [piece.places for piece in store.missing(other)] == [(0, 1)]
    assert known(other, store).seeds.size == 0


def test_other_arithmetic_is_another_file(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    before = store.key(SMALL, 0)
    told = arithmetic()
    monkeypatch.setattr("optviz.laboratory.store.arithmetic", lambda: {**told, "numpy": "0.0"})
    assert store.key(SMALL, 0) != before


def test_where_a_surface_is_lowest_is_searched_for_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    one = SMALL.replaced(seeds=(0, 10))
    first = run_league(one, store, 0)
    monkeypatch.setattr(kernel, "found_of", lambda *_: pytest.fail("searched again"))
    again = run_league(one.replaced(steps=6), store, 0)
    assert again.runs[0].lowest.tobytes() == first.runs[0].lowest.tobytes()
    assert not np.array_equal(again.runs[0].final_loss, first.runs[0].final_loss)


@pytest.mark.parametrize("workers", rest_is_long([1, 2, 7], quick=[2]))
def test_the_table_is_the_same_for_any_number_of_processes(tmp_path: Path, workers: int) -> None:
    asked = SMALL.replaced(seeds=(3, 74))
    serial = table(run_league(asked, Store(tmp_path / "serial"), 0))
    assert table(run_league(asked, Store(tmp_path / "several"), workers)) == serial


def test_the_table_is_the_same_in_any_order(tmp_path: Path) -> None:
    asked = SMALL.replaced(seeds=(3, 34))
    serial = table(run_league(asked, Store(tmp_path / "serial"), 0))
    backwards = Store(tmp_path / "backwards")
    for piece in reversed(backwards.missing(asked)):
        backwards.fill(asked, piece)
    assert table(known(asked, backwards)) == serial
    one_by_one = Store(tmp_path / "one by one")
    for piece in one_by_one.missing(asked):
        for place in reversed(piece.places):
            one_by_one.fill(asked, Piece(piece.first, piece.beyond, (place,)))
        one_by_one.fill(asked, Piece(piece.first, piece.beyond, (), True))
    assert table(known(asked, one_by_one)) == serial


def test_what_is_known_so_far_holds_whole_pieces_alone(store: Store) -> None:
    third = store.missing(SMALL)[2]
    store.fill(SMALL, third)
    store.fill(SMALL, Piece(0, 10, (0,)))
    result = known(SMALL, store)
    assert not result.complete
    assert result.seeds.tolist() == list(range(20, 30))
    assert result.runs[1].n == 10
    assert done_of(SMALL, store) == (1, 4)


def test_progress_counts_runs_and_stop_stops(store: Store) -> None:
    told: list[tuple[int, int]] = []
    stopped = run_league(SMALL, store, 0, lambda *numbers: told.append(numbers), lambda: len(told) > 2)
    assert told == [(0, 80), (20, 80), (40, 80)]
    assert len(stopped.seeds) == 20
    assert run_league(SMALL, store, 0, lambda *numbers: told.append(numbers)).complete
    assert told[3:] == [(40, 80), (60, 80), (80, 80)]


MANY = SMALL.replaced(racers=(Racer(GradientDescent()), *(Racer(Adam(beta1=0.01 * k)) for k in range(9))), steps=100)


@pytest.mark.parametrize(
    ("piece", "shared_out"),
    [
        # In time for a word: 100 steps on 500 surfaces are a quarter of what is handed out at once.
        (Piece(0, 500, tuple(range(10))), [range(4), range(4, 8), range(8, 10)]),
        (Piece(0, 500, (7, 8)), [(7, 8)]),
        # What the article's racers have in common needs them at once, Adam being the second of these.
        (Piece(0, 500, tuple(range(10)), True), [range(4), range(4, 8), range(8, 10)]),
        (Piece(0, 500, (5, 6, 1, 0), True), [(0, 1, 5, 6)]),
        (Piece(0, 2_000, (5, 6, 1, 0), True), [(0, 1), (5,), (6,)]),
        (Piece(0, 500, (), True), [()]),
    ],
)
def test_a_piece_is_handed_out_in_portions(piece: Piece, shared_out: list[Any]) -> None:
    assert MANY.seven == (0, 1) and STEPS_AT_ONCE == 4 * 500 * 100
    found = list(portions(MANY, piece))
    assert [tuple(portion.places) for portion in found] == [tuple(places) for places in shared_out]
    assert [portion.joint for portion in found] == [piece.joint] + [False] * (len(found) - 1)
    assert {(portion.first, portion.beyond) for portion in found} == {(piece.first, piece.beyond)}


def test_the_table_is_the_same_in_portions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = MANY.replaced(seeds=(3, 24), steps=5)
    whole = table(run_league(asked, Store(tmp_path / "whole"), 0))
    monkeypatch.setattr("optviz.laboratory.tally.STEPS_AT_ONCE", 3 * 5 * CHUNK)
    told: list[tuple[int, int]] = []
    assert table(run_league(asked, Store(tmp_path / "portions"), 0, lambda *counts: told.append(counts))) == whole
    # Pieces of 7, 10 and 4 seeds, each in four portions, but for the last: three portions of more racers.
    assert len(told) > 1 + 3 * 2
    assert told[-1] == (210, 210)


def test_what_a_later_round_asks_for_comes_on_top() -> None:
    told: list[tuple[int, int]] = []
    tally = Tally(lambda *counts: told.append(counts))
    tally.begin([SMALL], [Piece(0, 10, (0, 1)), Piece(10, 20, (1,))])
    tally.add(Piece(0, 10, (0, 1)))
    tally.add(Piece(10, 20, (1,)))
    tally.begin([SMALL], [])
    tally.begin([SMALL], [Piece(0, 10, (1,))])
    tally.add(Piece(0, 10, (), True))
    tally.add(Piece(0, 10, (1,)))
    assert told == [(50, 80), (70, 80), (80, 80), (80, 90), (90, 90)]


def test_each_racer_at_its_own_best(store: Store, computed: list[Any]) -> None:
    asked = SMALL.replaced(seeds=(0, 20), training=(20, 35), grid=(1e-2, 1.0, 3))
    nothing = known(asked, store)
    assert not nothing.complete
    assert (nothing.seeds.size, nothing.runs[1].n, nothing.tuned) == (0, 0, None)
    assert not is_there(asked, store)
    told: list[tuple[int, int]] = []
    result = run_league(asked, store, 0, lambda *numbers: told.append(numbers))
    assert result.complete
    # Three rates for each of two racers, on 15 seeds and on 20, in two pieces each.
    assert told[:9] == [(done, 210) for done in (0, 30, 45, 75, 90, 120, 150, 180, 210)]
    assert (runs_of(asked), told[-1][0]) == (210, told[-1][1])
    assert result.tuned is not None
    best = [racer.best_racer for racer in result.tuned.racers]
    assert result.league == SMALL.replaced(seeds=(0, 20), racers=tuple(best))
    for racer, runs in zip(result.tuned.racers, result.runs, strict=True):
        assert racer.training[racer.best] == racer.training.min()
        assert runs.c.mean() == racer.held_out[racer.best]
    computed.clear()
    assert table(known(asked, store)) == table(run_league(asked, store, 0)) == table(result)
    assert computed == []


def test_tuning_that_is_stopped_knows_nothing_yet(store: Store) -> None:
    asked = SMALL.replaced(seeds=(0, 20), training=(20, 35), grid=(1e-2, 1.0, 3))
    told: list[tuple[int, int]] = []
    result = run_league(asked, store, 0, lambda *numbers: told.append(numbers), lambda: len(told) > 3)
    assert not result.complete
    assert result.tuned is None
    assert not is_there(asked, store)


def test_an_answer_is_there_where_it_can_be_read(store: Store) -> None:
    """In fair mode not before all that the grid went on to is there, however many of its settings are known."""
    asked = SMALL.replaced(seeds=(0, 20), training=(20, 35), grid=(1e-3, 1e-2, 3))
    told: list[tuple[int, int]] = []

    def seen(done: int, total: int) -> None:
        assert not is_there(asked, store)
        told.append((done, total))

    stopped = run_league(asked, store, 0, seen, lambda: bool(told) and told[-1][0] == runs_of(asked))
    # The grid goes on, and with it what is to be done.
    assert (stopped.complete, told[-1][0]) == (False, 210)
    assert told[-1][1] > 210
    assert not is_there(asked, store)
    result = run_league(asked, store, 0, seen)
    assert result.complete and result.tuned is not None
    assert sum(result.tuned.extended) > 0, "or else there is nothing to see here"
    assert told[-1][0] == told[-1][1] == 2 * 35 * len(result.tuned.racers[0].settings)
    assert is_there(asked, store) and known(asked, store).complete
    assert not is_there(asked.replaced(grid=(1e-3, 1e-2, 4)), store)
    assert is_there(result.league, store)
    assert not is_there(result.league.replaced(seeds=(0, 40)), store)


# --- files ---------------------------------------------------------------------------------------------------------


def files(store: Store) -> list[Path]:
    return sorted(path for path in store.folder.rglob("*") if path.is_file())


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def flipped(path: Path) -> None:
    # Not just one: some bits of an archive say nothing, such as when it was written.
    content = bytearray(path.read_bytes())
    content[::50] = bytes(byte ^ 1 for byte in content[::50])
    path.write_bytes(content)


def changed(path: Path) -> None:
    """A whole archive, in which one number is another one."""
    with np.load(path) as file:
        values = {name: file[name] for name in file.files}
    name = next(name for name in ("c", "steps", "loss") if name in values)
    values[name] = values[name] + 1
    np.savez(path, **values)


def with_objects(path: Path) -> None:
    np.savez(path, gap=np.array([{}], dtype=object))


@pytest.mark.parametrize("damage", [truncated, emptied, flipped, changed, with_objects])
def test_what_is_not_whole_is_computed_again(store: Store, damage: Any, computed: list[Any]) -> None:
    asked = SMALL.replaced(seeds=(0, 10))
    whole = table(run_league(asked, store, 0))
    computed.clear()
    kept = files(store)
    assert len(kept) == 4  # two racers, what they have in common, where the surfaces are lowest
    for path in kept:
        damage(path)
        assert table(run_league(asked, store, 0)) == whole
    # Where a surface is lowest is looked for again only when somebody asks.
    assert sorted(computed) == [(0, ()), (0, (0,)), (0, (1,))]
    assert files(store) == kept or len(files(store)) == len(kept)


def test_a_file_in_the_place_of_another_one_is_not_believed(store: Store) -> None:
    """Each is whole, and the answer to something else: other seeds, fewer, another racer, the racers together."""
    whole = table(run_league(SMALL, store, 0))
    run_league(SMALL.replaced(seeds=(0, 5)), store, 0)
    adam, descent, joint = (
        store._path(key, 0, 10).parent for key in (store.key(SMALL, 1), store.key(SMALL, 0), store.joint_key(SMALL))
    )
    swaps = [
        (adam / "10-20.npz", adam),
        (adam / "0-5.npz", adam),
        (descent / "0-10.npz", adam),
        (joint / "0-10.npz", adam),
        (joint / "0-5.npz", joint),
        (adam / "0-10.npz", joint),
    ]
    for other, where in swaps:
        shutil.copyfile(other, where / "0-10.npz")
        assert known(SMALL, store).seeds.tolist() == list(range(10, 40)), other
        assert table(run_league(SMALL, store, 0)) == whole


def test_what_can_be_neither_read_nor_removed_is_missing_until_it_is_another_file(store: Store) -> None:
    """A folder; and a pipe, of which nothing would ever come."""
    whole = table(run_league(SMALL, store, 0))
    path, other = (store._path(store.key(SMALL, place), first, first + 10) for place, first in ((1, 0), (0, 20)))
    content = path.read_bytes()
    path.unlink()
    path.mkdir()
    (path / "something").touch()
    if hasattr(os, "mkfifo"):
        other.unlink()
        os.mkfifo(other)
    else:
        truncated(other)
    again = Store(store.folder)
    assert known(SMALL, again).seeds.tolist() == [*range(10, 20), *range(30, 40)]
    assert done_of(SMALL, again) == (2, 4)
    with pytest.raises(OSError, match="0-10"):
        run_league(SMALL, Store(store.folder), 0)
    shutil.rmtree(path)
    path.write_bytes(content)
    assert table(run_league(SMALL, again, 0)) == whole
    assert done_of(SMALL, again) == (4, 4)


def test_a_store_in_which_nothing_stays_readable_is_one_sentence(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "get", lambda *_: None)
    with pytest.raises(LeagueFailed, match="does not stay in the store"):
        run_league(SMALL.replaced(seeds=(0, 10)), store, 0)


def test_a_store_keeps_within_its_quota_and_its_age(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    run_league(SMALL, store, 0)
    now = time.time()
    kept = files(store)
    for hours, path in enumerate(kept):
        os.utime(path, (now - 3600 * hours, now - 3600 * hours))
    half = sum(path.stat().st_size for path in kept[:8])
    left_over = kept[0].with_name(".half.part")
    left_over.write_bytes(b"half")
    Store(store.folder, quota=half).sweep(now)
    assert files(store) == sorted([*kept[:8], left_over])
    Store(store.folder, age=3.5 * 3600).sweep(now + 1)
    assert files(store) == sorted([*kept[:4], left_over])
    Store(store.folder).sweep(now + 2 * 3600)
    assert files(store) == kept[:4]


def test_what_is_of_use_is_not_the_oldest(store: Store) -> None:
    asked = SMALL.replaced(seeds=(0, 10))
    run_league(asked, store, 0)
    for path in files(store):
        os.utime(path, (0, 0))
    known(asked, store)
    now = time.time()
    assert sum(path.stat().st_mtime > now - 60 for path in files(store)) == 3


def test_where_leagues_are_kept() -> None:
    assert store_folder("here", {"OPTVIZ_STORE": "/there"}) == Path("here")
    assert store_folder(None, {"OPTVIZ_STORE": "/there"}) == Path("/there")
    if sys.platform == "linux":
        assert store_folder(None, {"XDG_CACHE_HOME": "/caches"}) == Path("/caches/optviz/league")
        assert store_folder(None, {}) == Path.home() / ".cache" / "optviz" / "league"


# --- processes -----------------------------------------------------------------------------------------------------


class Fleeting:
    """Instead of a process: it computes here, or ends instead, as often as the test says."""

    def __init__(self, deaths: list[int]) -> None:
        self.deaths, self.process, self.killed = deaths, self, 0

    def ask(self, message: bytes) -> tuple[str, bytes]:
        if self.deaths:
            self.deaths.pop()
            raise jobs.WorkerGone
        work.done(message)
        return "d", b""

    def kill(self) -> None:
        self.killed += 1


@pytest.mark.parametrize(("deaths", "survives"), [(3, True), (4, False)])
def test_a_process_that_ends_is_replaced_and_its_piece_repeated_three_times(
    store: Store, deaths: int, survives: bool
) -> None:
    asked = SMALL.replaced(seeds=(0, 20))
    hired: list[Fleeting] = []
    left = list(range(deaths))

    def hire(begun: Any) -> Any:
        hired.append(Fleeting(left))
        begun(hired[-1])
        return hired[-1]

    crew = Crew([(asked, piece) for piece in store.missing(asked)], store, 1, hire)
    if survives:
        assert [piece.first for piece in crew.work(lambda: False)] == [0, 10]
        assert known(asked, store).complete
    else:
        with pytest.raises(LeagueFailed, match="seeds 0 to 9: .* has ended 4 times"):
            list(crew.work(lambda: False))
    assert len(hired) == 4
    assert crew.workers == set()
    assert all(worker.killed for worker in hired)


def test_who_stops_does_not_wait_for_a_process_that_is_still_starting(store: Store) -> None:
    asked, hired = SMALL.replaced(seeds=(0, 10)), []

    def hire(begun: Any) -> jobs.Worker:
        def note(worker: jobs.Worker) -> None:
            begun(worker)
            hired.append(worker)

        return jobs.Worker([sys.executable, "-c", "import time; time.sleep(15)"], note)

    crew = Crew([(asked, piece) for piece in store.missing(asked)], store, 1, hire)
    assert list(crew.work(lambda: bool(hired))) == []
    # Were it waited for, it would have ended by itself.
    assert [worker.process.returncode for worker in hired] == [-signal.SIGKILL]


@long
def test_a_process_that_is_killed_is_replaced(store: Store) -> None:
    asked = SMALL.replaced(seeds=(0, 40))
    crew = Crew([(asked, piece) for piece in store.missing(asked)], store, 1)
    killed = []
    for _ in crew.work(lambda: False):
        for worker in list(crew.workers):
            worker.process.kill()
            killed.append(worker.process.pid)
    assert len(set(killed)) == 4
    assert known(asked, store).complete


# --- whatever ends the command line --------------------------------------------------------------------------------


def children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += map(int, (task / "children").read_text().split())
    return found


def runs_still(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def started(folder: Path, job: Path, workers: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "optviz.cli", "league", "--job", str(job), "--store", str(folder)]
    return subprocess.Popen(
        [*command, "--workers", str(workers)],
        cwd=job.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def let_go(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


KILLS = [(1, 0.0, 10), (2, 0.05, 20), (3, 0.15, 20), (4, 0.3, 20), (7, 0.02, 20)]
"""After how many pieces that were told the command line is killed, how many seconds later, and of how many pieces."""


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc which processes there are")
@pytest.mark.parametrize(("told", "later", "blocks"), rest_is_long(KILLS, quick=KILLS[:1]))
def test_a_command_line_that_is_killed_loses_nothing_and_leaves_nobody(
    tmp_path: Path,
    told: int,
    later: float,
    blocks: int,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.undo()
    workers = 1 if told == 1 else 2
    asked = SMALL.replaced(seeds=(0, 250 * blocks), steps=10 * blocks)
    job, store = tmp_path / "job.toml", Store(tmp_path / "store")
    job.write_text(asked.to_toml())
    process = started(store.folder, job, workers)
    try:
        assert process.stdout is not None
        done = 0
        while done < told:
            # Of two racers on 250 seeds.
            done = json.loads(process.stdout.readline())["done"] // 500
        time.sleep(later)
        left = children(process.pid)
        assert len(left) == workers
        process.kill()
        deadline = time.monotonic() + 30
        while any(map(runs_still, left)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not any(map(runs_still, left))
    finally:
        let_go(process)
    computed = request.getfixturevalue("computed")
    kept, total = done_of(asked, store)
    assert done <= kept < total
    # Of what was begun no more is lost than what each process was at.
    begun = {int(path.name.partition("-")[0]) for path in store.folder.rglob("*.npz")}
    assert len(begun) - kept <= workers
    whole = table(run_league(asked, store, 0))
    # How many, not which: where two work side by side, the second block may be there before the first.
    assert len({first for first, _ in computed}) == total - kept
    assert table(run_league(asked, Store(tmp_path / "at once"), 0)) == whole


@long
@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc which processes there are")
@pytest.mark.parametrize("how", ["its input ends", "SIGTERM"])
def test_a_job_ends_when_nobody_wants_it(tmp_path: Path, how: str) -> None:
    asked = SMALL.replaced(seeds=(0, 20_000))
    job = tmp_path / "job.toml"
    job.write_text(asked.to_toml())
    process = started(tmp_path / "store", job, 2)
    try:
        assert process.stdout is not None
        assert process.stdin is not None
        first = json.loads(process.stdout.readline())
        assert first == {"done": 0, "total": 40_000, "seconds_left": None}
        left = children(process.pid)
        if how == "SIGTERM":
            process.send_signal(signal.SIGTERM)
        else:
            process.stdin.close()
        assert process.wait(60) == 130
        assert not any(map(runs_still, left))
    finally:
        let_go(process)
