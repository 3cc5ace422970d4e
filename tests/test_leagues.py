"""The desk of leagues: one process at a time, a queue, equal questions once, and nothing left behind."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cases import ROOT
from optviz.bad_input import BadInput
from optviz.budget import MOST_SEEDS_OF_LEAGUE
from optviz.experiment.league import League
from optviz.ui.leagues import NICE, SECONDS_TO_START, Desk, _close_input, _of_all, token_of

PATIENCE = 30
"""Seconds until a test gives up; a machine with other work is slow to start a process."""

FIRST, SECOND, THIRD = League(), League(seeds=(0, 500)), League(seeds=(0, 750))


class Office:
    """A desk whose processes do what the test says, and what they have said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.gone: set[str] = set()
        command = (sys.executable, str(ROOT / "tests" / "league_job.py"), str(folder))
        self.desk = Desk(folder / "store", command, alive=self.is_here, patience=0.3, grace=0.3)

    def is_here(self, visit: str) -> bool:
        return visit not in self.gone

    def let(self, what: str) -> None:
        (self.folder / what).touch()

    @property
    def begun(self) -> list[dict[str, Any]]:
        file = self.folder / "begun"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def until(self, holds: Callable[[], bool]) -> None:
        latest = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < latest
            time.sleep(0.01)

    def runs(self, league: League) -> bool:
        return self.desk.standing(league).phase == "running" and len(self.begun) > 0


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.desk.close()
    for job in made.begun:
        assert not is_running(job["pid"])


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_league_is_computed_beside_the_server_and_gives_way_to_it(office: Office) -> None:
    assert not office.desk.standing(FIRST).open
    office.desk.ask("ann", FIRST)
    office.until(lambda: office.desk.standing(FIRST).done == 1 and office.runs(FIRST))
    standing = office.desk.standing(FIRST, "ann")
    assert (standing.done, standing.total, standing.mine) == (1, 4, True)
    # What was told 2.5 s before its end is nearer to it now.
    assert standing.seconds_left is not None and 0 <= standing.seconds_left <= 2.5
    assert League.from_toml(office.begun[0]["job"]) == FIRST
    office.until(lambda: os.getpriority(os.PRIO_PROCESS, office.begun[0]["pid"]) == NICE)
    office.let("go")
    office.until(office.desk.idle)
    assert office.desk.standing(FIRST).phase == "idle"


def test_two_visitors_one_computation(office: Office) -> None:
    office.desk.ask("ann", FIRST)
    office.desk.ask("bob", League())
    office.until(lambda: office.runs(FIRST))
    office.desk.leave("ann")
    assert office.desk.standing(FIRST, "bob").mine
    assert not office.desk.standing(FIRST, "ann").mine
    office.let("go")
    office.until(office.desk.idle)
    assert len(office.begun) == 1


def test_one_at_a_time_in_the_order_of_asking_and_everybody_is_told_their_place(office: Office) -> None:
    for visit, league in (("ann", FIRST), ("bob", SECOND), ("eve", THIRD)):
        office.desk.ask(visit, league)
    office.until(lambda: office.runs(FIRST))
    assert [office.desk.standing(league).phase for league in (SECOND, THIRD)] == ["waiting", "waiting"]
    assert [office.desk.standing(league).ahead for league in (FIRST, SECOND, THIRD)] == [0, 1, 2]
    office.desk.leave("bob")
    assert office.desk.standing(THIRD).ahead == 1
    office.let("go")
    office.until(office.desk.idle)
    assert [League.from_toml(job["job"]) for job in office.begun] == [FIRST, THIRD]


def test_what_is_asked_for_beside_a_league_is_computed_after_it(office: Office) -> None:
    office.desk.ask("ann", FIRST, [FIRST, SECOND])
    office.until(lambda: office.desk.standing(FIRST).done == 1 and office.runs(FIRST))
    standing = office.desk.standing(FIRST)
    assert (standing.done, standing.total) == (1, 4)
    office.let("go")
    office.until(office.desk.idle)
    assert [League.from_toml(job["job"]) for job in office.begun] == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("said", "at", "count", "told"),
    [
        ((1, 4, 6.0), 0, 4, (1, 4, 6.0)),
        # Eleven runs are left of twelve, three of which take 6 s.
        ((1, 4, 6.0), 1, 4, (1, 12, 22.0)),
        ((1, 4, 6.0), 3, 4, (9, 12, 6.0)),
        ((4, 4, 0.0), 3, 4, (12, 12, 0.0)),
    ],
)
def test_what_comes_after_a_league_is_told_as_one(said: Any, at: int, count: int, told: Any) -> None:
    assert _of_all(said, at, count) == pytest.approx(told)


def test_a_first_word_of_how_long_it_takes_does_not_wait_for_the_first_runs(office: Office) -> None:
    office.let("silent")
    fair = League(training=(1000, 2000))
    office.desk.ask("ann", fair)
    # As soon as its turn has come; then by how much of it is there.
    office.until(lambda: office.desk.standing(fair).phase == "running")
    assert office.desk.standing(fair).seconds_left == pytest.approx(office.desk.seconds_of(fair), rel=0.5)
    office.until(lambda: office.desk.standing(fair).total > 0)
    left = office.desk.standing(fair).seconds_left
    assert left is not None
    assert left == pytest.approx(office.desk.seconds_of(fair, 3 / 4), rel=0.5)


def test_how_long_a_league_takes_is_learnt_from_the_one_before(office: Office) -> None:
    league = League()
    before = office.desk.seconds_of(league)
    # Programs are loaded for 5 s; then 1,000 runs take 4 s, and so do 7,000 28 s.
    office.desk._measure(league, [(10.0, 0), (15.0, 500), (17.0, 1_000), (19.0, 1_500)])
    assert office.desk.seconds_of(league) == pytest.approx(SECONDS_TO_START + 28)
    assert office.desk.seconds_of(league.replaced(seeds=(0, 2000))) == pytest.approx(SECONDS_TO_START + 56)
    # What took a moment tells nothing, nor does what was there before.
    for heard in ([(10.0, 0), (10.5, 500), (12.0, 1_000)], [(10.0, 7_000)], [(10.0, 0), (15.0, 100)], []):
        office.desk._measure(league, heard)
    assert office.desk.seconds_of(league) == pytest.approx(SECONDS_TO_START + 28) != before


def test_a_visit_waits_for_one_league_at_a_time(office: Office) -> None:
    office.desk.ask("ann", FIRST)
    office.until(lambda: office.runs(FIRST))
    office.desk.ask("ann", SECOND)
    assert office.desk.waits_for("ann") == SECOND
    office.until(lambda: office.desk.standing(SECOND).phase == "running")
    assert not office.desk.standing(FIRST).open


@pytest.mark.parametrize("deaf", [False, True])
def test_what_nobody_waits_for_ends(office: Office, deaf: bool) -> None:
    if deaf:
        office.let("deaf")
    office.desk.ask("ann", FIRST)
    office.until(lambda: office.runs(FIRST))
    office.desk.leave("ann")
    office.until(office.desk.idle)
    assert not is_running(office.begun[0]["pid"])
    assert office.desk.standing(FIRST).phase == "idle"


def test_the_end_of_a_visit_leaves_the_queue(office: Office) -> None:
    office.desk.ask("ann", FIRST)
    office.desk.ask("bob", SECOND)
    office.until(lambda: office.runs(FIRST))
    office.gone = {"ann", "bob"}
    office.until(office.desk.idle)
    assert len(office.begun) == 1


def test_a_visit_that_is_loaded_again_waits_on_and_may_cancel_at_once(office: Office) -> None:
    office.desk.grace = 3600.0
    office.desk.ask("ann", FIRST, [SECOND])
    office.until(lambda: office.runs(FIRST))
    office.gone = {"ann"}
    office.until(lambda: "ann" in office.desk.gone)
    assert office.desk.standing(FIRST).open
    office.desk.follow(token_of("ann"), "ann, loaded again")
    office.until(lambda: office.desk.jobs[0].visits == {"ann, loaded again"})
    assert office.desk.waits_for("ann, loaded again") == FIRST
    assert len(office.begun) == 1
    office.desk.leave("ann, loaded again")
    # Long before the hour that a visit is waited for.
    office.until(office.desk.idle)


def test_who_loads_again_before_its_browser_knows_of_the_visit_between_waits_on(office: Office) -> None:
    office.desk.grace = 3600.0
    office.desk.ask("ann", FIRST)
    office.until(lambda: office.runs(FIRST))
    office.desk.follow(token_of("ann"), "ann, loaded again")
    office.gone = {"ann"}
    office.until(lambda: office.desk.jobs[0].visits == {"ann, loaded again"})
    office.desk.follow(token_of("ann"), "ann, loaded twice")
    assert office.desk.waits_for("ann, loaded twice") == FIRST
    office.gone |= {"ann, loaded again"}
    office.until(lambda: office.desk.jobs[0].visits == {"ann, loaded twice"})
    office.desk.follow(token_of("ann"), "ann, loaded three times")
    office.desk.leave("ann, loaded twice")
    office.desk.leave("ann, loaded three times")
    office.until(office.desk.idle)
    office.desk.ask("bob", FIRST)
    office.desk.follow(token_of("ann"), "mallory")
    assert office.desk.waits_for("mallory") is None


def test_who_is_followed_before_anybody_sees_that_it_has_gone_holds_nothing_up(office: Office) -> None:
    office.desk.grace = 3600.0
    office.desk.ask("ann", FIRST)
    office.until(lambda: office.runs(FIRST))
    office.desk.follow(token_of("ann"), "ann, loaded again")
    assert office.desk.jobs[0].visits == {"ann", "ann, loaded again"}
    office.desk.leave("ann, loaded again")
    office.gone = {"ann"}
    office.until(office.desk.idle)


def test_of_all_leagues_of_a_job_nothing_is_left_in_the_desk_s_folder(office: Office) -> None:
    office.let("go")
    office.desk.ask("ann", FIRST, [SECOND, THIRD])
    office.until(office.desk.idle)
    assert len(office.begun) == 3
    assert not list(Path(office.desk.folder.name).iterdir())


def test_who_comes_back_in_time_has_not_gone(office: Office) -> None:
    office.desk.grace = 3600.0
    office.desk.ask("ann", FIRST)
    office.until(lambda: office.runs(FIRST))
    office.gone = {"ann"}
    office.until(lambda: "ann" in office.desk.gone)
    office.gone = set()
    office.until(lambda: not office.desk.gone)
    assert office.desk.standing(FIRST, "ann").mine


@pytest.mark.parametrize("token", ["", "ann", token_of("bob"), token_of("eve")])
def test_nobody_follows_whom_it_cannot_name(office: Office, token: str) -> None:
    office.desk.ask("ann", FIRST)
    office.desk.ask("eve", SECOND)
    office.desk.leave("eve")
    office.desk.follow(token, "mallory")
    assert office.desk.waits_for("mallory") is None


def test_who_has_asked_anew_does_not_go_back_to_what_it_asked_before(office: Office) -> None:
    office.desk.ask("ann", FIRST)
    office.desk.ask("ann, loaded again", SECOND)
    office.desk.follow(token_of("ann"), "ann, loaded again")
    assert office.desk.waits_for("ann, loaded again") == SECOND


def test_who_cancels_and_asks_again_is_served_again(office: Office) -> None:
    office.let("deaf")
    office.desk.ask("ann", FIRST)
    office.until(lambda: office.runs(FIRST))
    office.desk.leave("ann")
    office.until(lambda: office.desk.jobs[0].ended is not None)
    office.desk.ask("ann", FIRST)
    assert office.desk.standing(FIRST, "ann").mine
    office.until(lambda: len(office.begun) == 2)
    assert office.desk.standing(FIRST).phase == "running"


def test_a_failure_is_told_until_somebody_asks_again(office: Office) -> None:
    office.let("fail")
    office.desk.ask("ann", FIRST)
    office.until(office.desk.idle)
    assert office.desk.standing(FIRST).phase == "failed"
    assert office.desk.failures[FIRST.digest()] == "optviz: the disk is full"
    (office.folder / "fail").unlink()
    office.desk.ask("ann", FIRST)
    assert office.desk.standing(FIRST).open


def test_what_takes_too_long_is_a_failure(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optviz.ui.leagues.SECONDS_OF_A_LEAGUE", 0.0)
    office.desk.ask("ann", FIRST)
    office.until(office.desk.idle)
    assert office.desk.standing(FIRST).phase == "failed"


def test_a_league_itself_is_done_before_what_is_beside_it(office: Office) -> None:
    office.desk.ask("ann", FIRST, [SECOND])
    office.until(lambda: office.runs(FIRST))
    assert not office.desk.standing(FIRST).itself
    office.desk.jobs[0].at = 1
    assert office.desk.standing(FIRST).itself


def test_a_report_is_asked_for_in_a_language(office: Office) -> None:
    office.desk.command = [
        sys.executable,
        "-c",
        "import pathlib, sys; out = sys.argv[sys.argv.index('--report') + 1];"
        "pathlib.Path(out).write_text(' '.join(sys.argv[-2:]))",
    ]
    assert office.desk.file(FIRST, "html", "zh") == b"--language zh"
    assert office.desk.file(FIRST, "html", "zh", "http://here/") == b"--address http://here/"
    assert office.desk.file(FIRST, "html", "zh", "javascript:here") == b"--language zh", "no link can be of it"
    assert not office.desk.files


def test_a_desk_that_closes_ends_the_file_that_is_made(office: Office) -> None:
    office.desk.command = [sys.executable, "-c", "import time; time.sleep(100)"]
    failed: list[OSError] = []

    def make() -> None:
        with pytest.raises(OSError) as caught:
            office.desk.file(FIRST, "csv")
        failed.append(caught.value)

    maker = threading.Thread(target=make)
    maker.start()
    office.until(lambda: bool(office.desk.files))
    office.desk.close()
    maker.join(PATIENCE)
    assert failed


def test_a_command_that_is_not_there_is_a_failure(office: Office) -> None:
    office.desk.command = [str(office.folder / "nothing")]
    office.desk.ask("ann", FIRST)
    office.until(office.desk.idle)
    assert office.desk.standing(FIRST).phase == "failed"


def test_a_desk_that_closes_ends_what_runs_and_leaves_no_pipe_open(office: Office) -> None:
    office.let("deaf")
    office.desk.ask("ann", FIRST)
    office.until(lambda: office.runs(FIRST))
    process = office.desk.jobs[0].process
    office.desk.close()
    assert not is_running(office.begun[0]["pid"])
    assert process is not None and process.stdin is not None and process.stdout is not None
    assert process.stdin.closed and process.stdout.closed


def test_whose_pipe_another_thread_closes_meanwhile_is_no_failure() -> None:
    """The desk that closes, and who waits for the file that it makes."""

    class Closed:
        def close(self) -> None:
            raise ValueError("I/O operation on closed file.")

    _close_input(SimpleNamespace(stdin=Closed()))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("league", "told"),
    [
        (League(seeds=(0, MOST_SEEDS_OF_LEAGUE + 1)), "seeds"),
        (League(seeds=(0, MOST_SEEDS_OF_LEAGUE), training=(10_000, 20_000)), "seeds"),
        (League(seeds=(0, MOST_SEEDS_OF_LEAGUE), steps=5000), "seeds"),
    ],
)
def test_nobody_can_start_unbounded_work(office: Office, league: League, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        office.desk.ask("ann", league)
    assert office.desk.idle()
    assert not office.desk.standing(league).open
