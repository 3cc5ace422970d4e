"""What a page shows while a race is computed beside the server: its first steps, a sentence, and then all of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import streamlit as st

from mounted import tracks, visit, widget
from optviz import OPTIMIZERS, Race, Racer, SmoothedNoise, optimizers
from optviz.experiment import read_url
from optviz.laboratory import work
from optviz.laboratory.asking import Task
from optviz.laboratory.jobs import LIGHT, SECONDS_OF_A_FAILURE, Pool, WorkerGone
from optviz.laboratory.values import packed
from optviz.swarm import swarm_of
from optviz.ui import background, cached, keeping
from optviz.view import View
from test_pages import assert_shows_its_race, message, race, told
from tiers import long

pytestmark = pytest.mark.usefixtures("whole_messages")

HEAVY_LINK = "surface=smoothed_noise&seed={seed}&steps=5000&racers=adam~nag"
PATIENCE = 30


class Local:
    """A worker in this process that computes what the test lets it: `gate` opens for heavy tasks."""

    gate = threading.Event()
    breaks = False

    def __init__(self) -> None:
        self.process = self

    def ask(self, message: bytes) -> tuple[str, bytes]:
        import json

        if json.loads(message)["race"]["steps"] > 2000:
            assert self.gate.wait(PATIENCE)
            if Local.breaks:
                raise WorkerGone
        return "d", packed(work.done(message))

    def cancel(self) -> None:
        pass

    def kill(self) -> None:
        Local.gate.set()


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    """A pool of two such workers; a visitor has the patience of a machine, but where the gate is shut."""
    monkeypatch.setattr(Local, "gate", threading.Event())
    monkeypatch.setattr(Local, "breaks", False)
    cached.MEMORY.clear()
    pool = Pool(2, start=Local)  # type: ignore[arg-type]
    background.open_pool(pool)
    yield pool
    background.close_pool()
    cached.MEMORY.clear()


def query(seed: int, **more: str) -> dict[str, str]:
    return {**dict(part.split("=") for part in HEAVY_LINK.format(seed=seed).split("&")), **more}


def awaited(app: Any) -> str:
    """The sentence about what is still to come."""
    return " ".join(html.proto.body for html in app.get("html") if "optviz-awaited" in html.proto.body)


def until(app: Any, holds: Callable[[], bool]) -> None:
    """Run the page when, and only when, its own look at what has come says so."""
    for _ in range(6000):
        if holds():
            return
        shown, view = background.Available(_race_shown(app), race(app)), app.session_state.view
        if background.has_more(shown, view.pinned, view.runs == "many", _swarm_wanted(view)):
            app.run()
        else:
            threading.Event().wait(0.01)
    raise AssertionError("it never did")


def _has_picture(app: Any) -> bool:
    return any(part.proto.bytes for part in app.get("bidi_component"))


def opened(**query: str) -> Any:
    """A visit whose picture has come."""
    app = visit(**query)
    until(app, lambda: _has_picture(app))
    return app


def _race_shown(app: Any) -> Race | None:
    """The race of the picture, or its first steps."""
    if not _has_picture(app):
        return None
    return race(app).replaced(steps=tracks(message(app)[0])["steps"])


def test_a_heavy_race_shows_its_first_steps_and_then_itself(pool: Pool) -> None:
    app = opened(**query(seed=11))
    asked = race(app)
    assert asked.steps == 5000 and not told(app)
    header, arrays = message(app)
    shown = tracks(header)["steps"]
    assert 1 <= shown < 1000
    assert len(arrays["racers/0/loss"]) == shown + 1
    assert f"first {shown:,} of 5,000 steps" in awaited(app)
    assert not app.get("download_button"), "what is not whole cannot be taken away"
    Local.gate.set()
    until(app, lambda: not awaited(app))
    assert tracks(message(app)[0])["steps"] == 5000
    assert_shows_its_race(app)
    assert app.get("download_button")


def _swarm_wanted(view: View) -> background.SwarmWish | None:
    return None if view.swarm is None else background.SwarmWish(view.swarm, view.swarm_seed)


@long
def test_a_heavy_swarm_follows_its_race_and_is_what_would_be_computed_here(pool: Pool) -> None:
    app = opened(**query(seed=31, swarm="1", swarm_seed="4"))
    assert "swarm" not in [layer.get("kind") for layer in message(app)[0]["layers"]]
    assert "The swarm is being computed" in swarm_said(app)
    Local.gate.set()
    until(app, lambda: not awaited(app))
    assert "from 200 starts under NAG" in swarm_said(app)
    (layer,) = [layer for layer in message(app)[0]["layers"] if layer.get("kind") == "swarm"]
    assert (layer["every"], layer["steps"]) == (25, 5000)
    shown = race(app)
    here = swarm_of(shown.racers[1], shown.surface, 4, 5000)
    assert np.array_equal(message(app)[1]["swarm/places"], here.places.reshape(-1))
    # While a hand drags there is no time for it.
    app.session_state.live = {"learning_rate": 0.05, "number": 3}
    app.run()
    assert "follows when you let go" in swarm_said(app)


class SwarmLast(Local):
    """A worker for which the gate is shut before swarms alone; before long races it waits for `race_gate`."""

    race_gate = threading.Event()

    def ask(self, message: bytes) -> tuple[str, bytes]:
        import json

        asked = json.loads(message)
        if asked["what"] == "swarm" or asked["race"]["steps"] > 2000:
            gate = self.gate if asked["what"] == "swarm" else self.race_gate
            assert gate.wait(PATIENCE)
        return "d", packed(work.done(message))


@pytest.fixture
def swarm_last(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    """A pool that is slow with swarms alone; a page waits for what it has to wait for, however long that takes."""
    monkeypatch.setattr(Local, "gate", threading.Event())
    monkeypatch.setattr(SwarmLast, "race_gate", threading.Event())
    monkeypatch.setattr(background, "PATIENCE", PATIENCE / 3)
    cached.MEMORY.clear()
    pool = Pool(2, start=SwarmLast)  # type: ignore[arg-type]
    background.open_pool(pool)
    yield pool
    Local.gate.set()
    SwarmLast.race_gate.set()
    background.close_pool()
    cached.MEMORY.clear()


def test_a_race_does_not_wait_for_its_swarm(swarm_last: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    SwarmLast.race_gate.set()
    looks: list[float] = []
    wait = Pool.wait

    def noted(pool: Pool, keys: Any, seconds: float) -> bool:
        looks.extend(seconds for key in keys if key[0] == "swarm")
        return wait(pool, keys, seconds)

    monkeypatch.setattr(Pool, "wait", noted)
    app = visit(surface="rosenbrock", steps="5000", racers="adam~nag", swarm="1")
    assert tracks(message(app)[0])["steps"] == 5000, "the race is whole"
    assert "The swarm is being computed" in swarm_said(app)
    app.session_state.view = replace(app.session_state.view, language="zh")
    app.run()
    assert not looks, "nor does a click while it is being computed"


def test_a_race_that_comes_late_is_shown_before_its_swarm(swarm_last: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "PATIENCE", 0)
    race_, wish = read_url("surface=rosenbrock&steps=5000&racers=adam~nag")[0], background.SwarmWish(1, 9)
    known = background.available(race_, swarm=wish)
    for _ in range(6000):
        if known.race is not None:
            break
        threading.Event().wait(0.01)
        known = background.available(race_, swarm=wish)
    assert not known.whole and known.to_come == {"path", "swarm"}
    assert not background.has_more(known, None, False, wish)
    SwarmLast.race_gate.set()
    for _ in range(6000):
        if background.is_there(race_):
            break
        threading.Event().wait(0.01)
    assert background.has_more(known, None, False, wish)
    now = background.available(race_, swarm=wish)
    assert now.whole and now.to_come == {"swarm"}
    assert not background.has_more(now, None, False, wish), "it would be run again and again"


def test_a_swarm_that_fails_is_told(pool: Pool) -> None:
    link = {"surface": "smoothed_noise", "seed": "32", "steps": "2500", "racers": "adam"}
    Local.gate.set()
    app = opened(**link)
    until(app, lambda: not awaited(app))
    Local.breaks = True
    app.session_state.view = replace(app.session_state.view, swarm=0)
    app.run()
    until(app, lambda: "The swarm could not be computed" in swarm_said(app))


def swarm_said(app: Any) -> str:
    """The sentence about the swarm."""
    return " ".join(html.proto.body for html in app.get("html") if "optviz-swarm" in html.proto.body)


def test_the_sentence_is_in_the_visitors_language(pool: Pool) -> None:
    assert "5,000 步中的前" in awaited(opened(lang="zh", **query(seed=12)))


def test_controls_stay_alive_and_another_race_drops_the_first(pool: Pool) -> None:
    app = opened(**query(seed=13))
    before = {key for key in pool.jobs if key[0] == "path"}  # type: ignore[index]
    assert before
    widget(app.select_slider, "steps").set_value(50).run()
    assert race(app).steps == 50 and not awaited(app)
    assert_shows_its_race(app)
    with pool.changed:
        assert all(not job.waiting for job in pool.jobs.values()), "nobody waits for 5,000 steps any more"


def test_a_worker_that_dies_is_told_and_the_page_stays(pool: Pool) -> None:
    Local.breaks = True
    app = opened(**query(seed=14))
    Local.gate.set()
    until(app, lambda: "could not be computed" in awaited(app))
    steps = tracks(message(app)[0])["steps"]
    assert 1 <= steps < 5000
    Local.breaks = False
    widget(app.select_slider, "steps").set_value(4000).run()
    until(app, lambda: not awaited(app))
    assert tracks(message(app)[0])["steps"] == 4000


@long
def test_a_button_tries_again_at_once_what_failed(pool: Pool) -> None:
    Local.breaks = True
    app = opened(**query(seed=26))
    assert not [button for button in app.button if button.key == "try_again"], "nothing has failed yet"
    Local.gate.set()
    until(app, lambda: "could not be computed" in awaited(app))
    widget(app.button, "try_again").click().run()
    until(app, lambda: "could not be computed" in awaited(app))
    Local.breaks = False
    widget(app.button, "try_again").click().run()
    until(app, lambda: not awaited(app))
    assert tracks(message(app)[0])["steps"] == 5000
    assert not [button for button in app.button if button.key == "try_again"]


def test_what_failed_is_tried_again_after_a_while_for_everybody(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(pool, "clock", lambda: now[0])
    Local.breaks = True
    app = opened(**query(seed=24))
    Local.gate.set()
    until(app, lambda: "could not be computed" in awaited(app))
    Local.breaks = False
    app.run()
    assert "could not be computed" in awaited(app), "not at once: what ended the process may do so again"
    now[0] += SECONDS_OF_A_FAILURE
    other = opened(**query(seed=24))
    until(other, lambda: not awaited(other))
    assert tracks(message(other)[0])["steps"] == 5000


def test_what_failed_keeps_no_page_from_looking_for_the_rest(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[Any] = []
    fragment = st.fragment
    monkeypatch.setattr(st, "fragment", lambda *given, **named: (looks.append(named), fragment(*given, **named))[1])
    pinned = read_url("surface=smoothed_noise&seed=25&steps=5000&racers=momentum")[0]
    key = ("path", *cached.path_arguments(pinned, 0))
    pool.failures[key] = ("failed", pool.clock())
    app = opened(**query(seed=25, pinned=pinned.to_url()))
    assert "could not be computed" in awaited(app) and pool.jobs
    assert {"run_every": 0.5} in looks, "two of its own paths are still to come"
    Local.gate.set()
    assert pool.wait(list(pool.jobs), PATIENCE)
    looks.clear()
    app.run()
    assert tracks(message(app)[0])["steps"] == 5000
    assert "could not be computed" in awaited(app) and {"run_every": 0.5} not in looks


def test_a_class_that_the_workers_do_not_know_is_computed_here(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the name of ours that it has taken over, a worker would compute something else."""

    @dataclass(frozen=True)
    class Adam(optimizers.Adam):
        """Not the Adam that is known."""

    monkeypatch.setitem(OPTIMIZERS, "adam", Adam)
    app = opened(**query(seed=26))
    assert not awaited(app) and not told(app)
    assert not [job for job in pool.jobs.values() if "adam" in [racer.key for racer in job.task.race.racers]]
    assert tracks(message(app)[0])["steps"] == 5000
    assert_shows_its_race(app)
    dragged = background.available(race(app).replaced(start=(0.1, 0.2)), dragged=True)
    assert dragged.race is not None and dragged.race.steps < 1000


@long
def test_what_is_dragged_shows_first_steps_and_begins_nothing_heavy(pool: Pool) -> None:
    app = opened(**query(seed=15))
    Local.gate.set()
    until(app, lambda: not awaited(app))
    before = message(app)[0]["plot"]["layout"]
    assert before["xaxis2"]["range"] == [0, 5000]
    Local.gate.clear()
    app.session_state.live = {"start": [0.5, 0.5], "number": 3}
    app.run()
    header, _ = message(app)
    assert header["live"] == 3 and tracks(header)["steps"] < 5000
    axes = header["plot"]["layout"]
    assert axes["xaxis2"]["range"] == [0, 5000], "the axes stay those of the whole race"
    assert axes["yaxis2"]["range"][0] <= before["yaxis2"]["range"][0]
    assert axes["yaxis2"]["range"][1] >= before["yaxis2"]["range"][1]
    assert not [key for key in pool.jobs if key[0] == "path" and key[-2] == 5000]  # type: ignore[index]


def test_a_pinned_race_that_is_heavy_comes_later(pool: Pool) -> None:
    pinned = "surface=smoothed_noise&seed=16&steps=5000&racers=momentum"
    app = opened(surface="smoothed_noise", seed="16", steps="20", racers="adam", pinned=pinned)
    assert tracks(message(app)[0])["steps"] == 20
    assert "pinned/steps" not in message(app)[1]
    assert awaited(app)
    Local.gate.set()
    until(app, lambda: not awaited(app))
    assert len(message(app)[1]["pinned/steps"]) == 5001


@long
def test_many_runs_come_later_too(pool: Pool) -> None:
    link = "surface=smoothed_noise&seed=17&samples=64&steps=2400&racers=sgd&runs=many"
    app = opened(**dict(part.split("=") for part in link.split("&")))
    assert awaited(app)
    Local.gate.set()
    until(app, lambda: not awaited(app))
    assert "racers/0/fan/loss" in message(app)[1]


@pytest.mark.parametrize(
    "link",
    [
        "surface=formula&text=x^2%2By^4&steps=50&racers=adam",
        "surface=regression&kind=logistic&samples=64&steps=50&racers=sgd~adam",
        "surface=smoothed_noise&seed=19&octaves=3&steps=50&racers=adam",
    ],
)
def test_a_surface_that_takes_long_is_looked_at_elsewhere(pool: Pool, link: str, monkeypatch: Any) -> None:
    asked = read_url(link)[0]
    here: list[str] = []
    monkeypatch.setattr(keeping, "keep_surface", _noting(keeping.keep_surface, here))
    app = visit(**{name: value.replace("%2B", "+") for name, value in (part.split("=") for part in link.split("&"))})
    until(app, lambda: _has_picture(app) and not awaited(app))
    assert here == [asked.bare_surface.title]
    assert_shows_its_race(app)


def _noting(keep: Callable[..., None], kept: list[str]) -> Callable[..., None]:
    def noting(bare: Any, values: Any) -> None:
        kept.append(bare.title)
        keep(bare, values)

    return noting


def test_what_is_light_is_computed_at_once(pool: Pool) -> None:
    app = visit()
    assert_shows_its_race(app)
    assert not pool.jobs and not awaited(app)


def test_without_a_pool_everything_is_computed_at_once() -> None:
    heavy = Race(SmoothedNoise(18), steps=600)
    assert background.available(heavy).whole
    assert background.is_there(heavy) and background.runs_are_there(heavy)


def test_first_steps_are_as_many_as_are_light() -> None:
    from optviz.budget import race_work

    whole = Race(SmoothedNoise(1), steps=5000)
    first = background.first_steps(whole, LIGHT)
    assert race_work(first) <= LIGHT < race_work(first.replaced(steps=first.steps + 1))
    assert background.first_steps(Race(), LIGHT) == Race()


def test_a_picture_of_a_drag_asks_nobody_where_the_surface_is_known(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    heavy = Race(
        steps=4000, racers=tuple(Racer(OPTIMIZERS["adam"](learning_rate=0.01 + 0.001 * place)) for place in range(24))
    )
    cached.heights(heavy.bare_surface)
    cached.start(heavy.bare_surface)
    asked: list[object] = []
    monkeypatch.setattr(pool, "wish", lambda who, wanted: asked.extend(wanted))
    live = background.available(heavy, dragged=True).race
    assert live is not None and 10 < live.steps < heavy.steps
    assert asked == []


def test_a_page_may_ask_for_a_task_and_gets_it_when_it_is_there(pool: Pool) -> None:
    race = Race(SmoothedNoise(seed=9), racers=(Racer(OPTIMIZERS["adam"]()),), start=(0.5, 0.5), steps=2500)
    task = Task("path", race, {"place": 0}, work=LIGHT)
    assert background.result_of(task) is None, "the gate is shut"
    Local.gate.set()
    values = next(values for values in (background.result_of(task) for _ in range(100)) if values is not None)
    (path,) = race.run()
    assert np.array_equal(values["points"], path.points)
    assert background.result_of(task) is values, "it is computed once"


def test_little_work_and_all_work_without_a_pool_are_done_at_once() -> None:
    race = Race(racers=(Racer(OPTIMIZERS["adam"]()),), start=(0.5, 0.5), steps=3)
    for effort in (1, 10 * LIGHT):
        values = background.result_of(Task("path", race, {"place": 0}, work=effort))
        assert values is not None
        assert values["points"].shape == (4, 2)
