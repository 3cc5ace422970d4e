"""Heavy work beside the server: whose turn it is, what is dropped, what a worker that dies leaves behind.

Most tests have workers that do nothing but wait for the test; the last ones start real processes.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from optviz import FiniteSum, Formula, GaussianHills, Race, Racer, SmoothedNoise
from optviz.figures.fans import fan
from optviz.figures.heights import Heights, contour_heights
from optviz.laboratory import jobs, work
from optviz.laboratory.asking import Task
from optviz.laboratory.jobs import LIGHT, Pool, Worker, WorkerGone, described
from optviz.laboratory.values import packed, record_of, unpacked
from optviz.optimizers import Adam, GradientDescent
from optviz.surface import Regression
from optviz.surface.lowest import Found
from optviz.trajectory import trace

PATIENCE = 30
HEAVY = 10 * LIGHT


class Idle:
    """A worker that the test tells when to answer, and what."""

    def __init__(self) -> None:
        self.asked: queue.Queue[bytes] = queue.Queue()
        self.answers: queue.Queue[tuple[str, bytes] | None] = queue.Queue()
        self.cancelled, self.killed = threading.Event(), threading.Event()
        self.process = self

    def ask(self, message: bytes) -> tuple[str, bytes]:
        self.asked.put(message)
        answer = self.answers.get(timeout=PATIENCE)
        if answer is None:
            raise WorkerGone
        return answer

    def cancel(self) -> None:
        self.cancelled.set()
        self.answers.put(("c", b""))

    def kill(self) -> None:
        self.killed.set()
        self.answers.put(None)

    def next(self) -> int:
        """The batch seed of the race that is asked for: it tells the tasks of a test apart."""
        import json

        return int(json.loads(self.asked.get(timeout=PATIENCE))["race"]["batch_seed"])

    def finish(self, value: float = 0.0) -> None:
        self.answers.put(("d", packed({"value": np.array(value)})))


class Bench:
    """A pool whose workers are idle ones, and what its tasks came to."""

    def __init__(self, workers: int = 1, **named: Any) -> None:
        self.hired: queue.Queue[Idle] = queue.Queue()
        self.results: dict[int, float] = {}
        self.arrived = threading.Event()
        self.pool = Pool(workers, start=self.hire, **named)  # type: ignore[arg-type]

    def hire(self) -> Idle:
        worker = Idle()
        self.hired.put(worker)
        return worker

    def worker(self) -> Idle:
        return self.hired.get(timeout=PATIENCE)

    def wish(self, who: str, *numbers: int, amount: float = HEAVY) -> None:
        self.pool.wish(who, {number: self.of(number, amount) for number in numbers})

    def of(self, number: int, amount: float) -> Any:
        race = Race(racers=(GradientDescent(),), steps=1, batch_seed=number)  # type: ignore[arg-type]

        def keep(values: work.Values) -> None:
            self.results[number] = float(values["value"])

        return Task("path", race, {"place": 0}, amount), keep


@contextmanager
def bench(workers: int = 1, **named: Any) -> Iterator[Bench]:
    bench = Bench(workers, **named)
    bench.pool.open()
    try:
        yield bench
    finally:
        bench.pool.close()


def order(worker: Idle, count: int) -> list[int]:
    """The tasks that the worker is asked for, one after the other."""
    asked = []
    for _ in range(count):
        asked.append(worker.next())
        worker.finish()
    return asked


def test_visits_take_turns_however_much_one_of_them_wants() -> None:
    with bench() as room:
        room.wish("greedy", *range(100, 120))
        worker = room.worker()
        assert worker.next() == 100
        room.wish("second", 200, 201)
        room.wish("third", 300)
        worker.finish()
        assert order(worker, 7) == [101, 200, 300, 102, 201, 103, 104]


def test_light_tasks_do_not_wait_behind_heavy_ones() -> None:
    with bench() as room:
        room.wish("heavy", 100, 101)
        worker = room.worker()
        assert worker.next() == 100
        room.wish("light", 200, amount=LIGHT)
        worker.finish()
        assert order(worker, 2) == [200, 101]


def test_one_of_two_workers_is_kept_for_light_tasks() -> None:
    with bench(workers=2) as room:
        workers = [room.worker(), room.worker()]
        room.wish("heavy", *range(100, 110))
        busy = next(worker for _ in range(PATIENCE * 10) for worker in workers if not _empty(worker))
        (free,) = [worker for worker in workers if worker is not busy]
        assert busy.next() == 100
        assert free.asked.empty()
        room.wish("light", 200, amount=LIGHT)
        assert free.next() == 200
        assert room.pool.pending(range(100, 110)) == 10


def _empty(worker: Idle) -> bool:
    threading.Event().wait(0.05)
    return worker.asked.empty()


def test_what_two_visits_want_is_computed_once_and_both_have_it() -> None:
    with bench() as room:
        room.wish("one", 1)
        worker = room.worker()
        room.wish("two", 1, 2)
        assert worker.next() == 1
        room.wish("one")
        assert not worker.cancelled.is_set(), "somebody else still waits"
        worker.finish(7.0)
        assert room.pool.wait([1], PATIENCE)
        assert room.results == {1: 7.0}
        assert worker.next() == 2


def test_what_nobody_waits_for_is_dropped_before_and_while_it_is_computed() -> None:
    with bench() as room:
        room.wish("one", 1, 2, 3)
        worker = room.worker()
        assert worker.next() == 1
        room.wish("one", 3)
        assert worker.cancelled.wait(PATIENCE)
        assert worker.next() == 3
        worker.finish()
        assert room.pool.wait([1, 2, 3], PATIENCE)
        assert list(room.results) == [3]
        assert described(room.pool) == {"jobs": 0, "visits": 0, "workers": 1}


def test_what_is_asked_for_again_while_it_is_being_dropped_is_computed_after_all() -> None:
    with bench() as room:
        room.wish("one", 1)
        worker = room.worker()
        assert worker.next() == 1
        # Both words before the worker answers the first.
        with room.pool.changed:
            room.wish("one")
            room.wish("one", 1)
        assert worker.next() == 1
        worker.finish(3.0)
        assert room.pool.wait([1], PATIENCE)
        assert room.results == {1: 3.0}


def test_visits_that_have_ended_wait_for_nothing() -> None:
    connected = {"one", "two"}
    with bench(alive=lambda who: who in connected) as room:
        room.wish("one", 1, 2)
        room.wish("two", 2, 3)
        worker = room.worker()
        assert worker.next() == 1
        connected.discard("one")
        room.pool.look_after()
        assert worker.cancelled.wait(PATIENCE)
        assert order(worker, 2) == [2, 3]
        connected.clear()
        room.wish("two", *range(10, 40))
        assert worker.next() == 10
        room.pool.look_after()
        assert room.pool.wait(range(40), PATIENCE)
        assert described(room.pool)["jobs"] == 0


def test_a_worker_that_dies_is_replaced_and_its_task_has_failed() -> None:
    with bench() as room:
        room.wish("one", 1, 2)
        worker = room.worker()
        assert worker.next() == 1
        worker.answers.put(None)
        assert room.worker().next() == 2
        assert room.pool.failure(1) == "gone"
        assert room.pool.failure(2) is None
        assert worker.killed.is_set()


def test_a_task_that_failed_may_be_asked_for_again_after_a_while() -> None:
    now = [0.0]
    with bench(clock=lambda: now[0]) as room:
        room.wish("one", 1)
        worker = room.worker()
        worker.next()
        worker.answers.put(("f", b"MemoryError: "))
        assert room.pool.wait([1], PATIENCE)
        now[0] = jobs.SECONDS_OF_A_FAILURE - 1
        assert room.pool.failure(1) == "failed"
        now[0] = jobs.SECONDS_OF_A_FAILURE
        assert room.pool.failure(1) is None
        room.wish("one", 1)
        worker.next()
        worker.finish()
        assert room.pool.wait([1], PATIENCE)
        assert room.results == {1: 0.0}


@pytest.mark.parametrize("dropped", [False, True])
def test_a_worker_that_does_not_come_back_is_ended(dropped: bool) -> None:
    now = [0.0]
    with bench(clock=lambda: now[0]) as room:
        room.wish("one", 1)
        worker = room.worker()
        worker.next()
        worker.cancel = lambda: None  # type: ignore[method-assign]
        if dropped:
            room.wish("one")
            now[0] = jobs.SECONDS_TO_CANCEL + 1
        else:
            now[0] = jobs.SECONDS_TO_WORK + 1
        room.pool.look_after()
        assert worker.killed.wait(PATIENCE)
        room.wish("two", 2)
        assert room.worker().next() == 2
        assert room.pool.failure(1) == (None if dropped else "too_slow")


def test_what_is_asked_for_again_while_its_process_is_being_ended_has_not_failed() -> None:
    now = [0.0]
    with bench(clock=lambda: now[0]) as room:
        room.wish("one", 1)
        worker = room.worker()
        worker.next()
        worker.cancel = lambda: None  # type: ignore[method-assign]
        worker.kill = worker.killed.set  # type: ignore[method-assign]
        room.wish("one")
        now[0] = jobs.SECONDS_TO_CANCEL + 1
        room.pool.look_after()
        assert worker.killed.wait(PATIENCE)
        room.wish("one", 1)
        worker.answers.put(None)
        successor = room.worker()
        assert order(successor, 1) == [1]
        assert room.pool.wait([1], PATIENCE)
        assert room.pool.failure(1) is None and room.results == {1: 0.0}


def test_failures_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_FAILURES", 3)
    with bench() as room:
        room.wish("one", *range(6))
        worker = room.worker()
        for _ in range(6):
            worker.next()
            worker.answers.put(("f", b""))
        assert room.pool.wait(range(6), PATIENCE)
        assert [room.pool.failure(key) for key in range(6)] == [None] * 3 + ["failed"] * 3


def test_a_pool_without_workers_makes_nobody_wait() -> None:
    tried = threading.Event()

    def none() -> Worker:
        tried.set()
        raise OSError("no more processes")

    pool = Pool(1, start=none)
    pool.wish("one", {1: Bench.of(Bench(), 1, HEAVY)})  # type: ignore[dict-item]
    pool.open()
    try:
        assert tried.wait(PATIENCE)
        assert pool.wait([1], PATIENCE)
        assert pool.disabled and described(pool)["jobs"] == 0
        pool.wish("one", {1: Bench.of(Bench(), 1, HEAVY)})  # type: ignore[dict-item]
        assert pool.pending([1]) == 0
    finally:
        pool.close()


def test_a_pool_that_closes_lets_everybody_go() -> None:
    with bench() as room:
        room.wish("one", 1, 2)
        worker = room.worker()
        worker.next()
        room.pool.close()
        assert room.pool.wait([1, 2], PATIENCE)
        assert worker.killed.wait(PATIENCE)


# --- what a worker computes ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.kill()


RACES = [
    Race(steps=20),
    Race(Formula("(1-x)^2 + 100*(y-x^2)^2", domain=(-2, 2, -1, 3)), (Racer(Adam(), label="ein – Läufer"),), steps=20),
    Race(FiniteSum(SmoothedNoise(3), samples=32), (Racer(GradientDescent(), 4), Racer(Adam())), steps=20, batch_seed=5),
    Race(Regression("logistic", samples=64), (Racer(GradientDescent(), 8),), steps=20, start=(0.1, -0.7)),
]


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.surface.title)
def test_a_worker_computes_what_this_process_would(worker: Worker, race: Race) -> None:
    """Bit for bit: the same code on the same machine."""
    for place, path in enumerate(race.run()):
        letter, content = worker.ask(Task("path", race, {"place": place}, 1).message())
        assert letter == "d", content
        values = unpacked(content)
        np.testing.assert_array_equal(values["points"], path.points)
        np.testing.assert_array_equal(values["losses"], path.losses)
        assert str(values["outcome"]) == path.outcome
        assert (int(values["diverged_at"]), int(values["gradient_evaluations"])) == (
            path.diverged_at,
            path.gradient_evaluations,
        )
    values = unpacked(worker.ask(Task("surface", race, {}, 1).message())[1])
    bare = race.bare_surface
    heights = record_of(Heights, values, "heights_")
    if bare.found is not None:
        found = record_of(Found, values, "found_")
        assert (found.loss, found.height) == (bare.found.loss, bare.found.height)
        np.testing.assert_array_equal(found.point, bare.found.point)
    expected = contour_heights(bare)
    np.testing.assert_array_equal(heights.losses, expected.losses)
    np.testing.assert_array_equal(heights.shade, expected.shade)
    assert heights.logarithmic == expected.logarithmic
    np.testing.assert_array_equal(values["start"], bare.suggested_start)


def test_a_worker_computes_many_runs(worker: Worker) -> None:
    race = RACES[2]
    values = unpacked(worker.ask(Task("runs", race, {"place": 0, "count": 20}, 1).message())[1])
    seeds = [race.batch_seed + run for run in range(20)]
    expected = fan(trace(race.racers[0], race.surface, race.start, race.steps, seeds))
    np.testing.assert_array_equal(values["losses"], expected.losses)
    assert int(values["runs"]) == 20


def heaviest() -> Race:
    """Minutes of work."""
    return Race(Regression("logistic", samples=1024), (Racer(Adam()),) * 1, steps=5000)


def test_an_interrupted_worker_goes_on_with_the_next_task() -> None:
    worker = Worker()
    try:
        task = Task("runs", heaviest().replaced(racers=(Racer(GradientDescent(), 1024),)), {"place": 0, "count": 20}, 1)
        for _ in range(3):
            answers: queue.Queue[tuple[str, bytes]] = queue.Queue()
            thread = threading.Thread(target=lambda out=answers: out.put(worker.ask(task.message())))
            thread.start()
            while thread.is_alive():
                worker.cancel()
                thread.join(0.05)
            assert answers.get()[0] == "c"
            assert worker.ask(Task("path", RACES[0], {"place": 0}, 1).message())[0] == "d"
    finally:
        worker.kill()


def test_a_task_that_cannot_be_done_is_told(worker: Worker) -> None:
    letter, content = worker.ask(Task("path", Race(steps=1), {"place": 99}, 1).message())
    assert (letter, content[:10]) == ("f", b"IndexError")


def test_a_worker_ends_when_its_parent_is_gone() -> None:
    worker = Worker()
    assert worker.process.stdin is not None
    worker.process.stdin.close()
    assert worker.process.wait(PATIENCE) == 0
    with pytest.raises(WorkerGone):
        worker.ask(b"{}")
    worker.kill()


def test_a_worker_imports_the_core_alone() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import optviz.laboratory.worker as w; w._warm();"
        "print(sorted({'streamlit', 'plotly', 'pandas'} & set(sys.modules)))"
    )
    import subprocess
    import sys

    done = subprocess.run([sys.executable, "-P", "-c", code, jobs.ROOT], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_surface_without_a_name_cannot_be_sent() -> None:
    from optviz import BadInput, Surface

    class Own(Surface):
        domain, title = (-1.0, 1.0, -1.0, 1.0), "own"
        loss = gradient = hessian = loss_and_gradient = lambda self, point: point[..., 0]  # type: ignore[assignment]

    with pytest.raises(BadInput):
        Task("path", Race(Own(), (GradientDescent(),)), {"place": 0}, 1).message()  # type: ignore[arg-type]
    assert GaussianHills(1) == Race().surface
