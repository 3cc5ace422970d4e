"""The page that looks inside a step: whose numbers it is sent, what its address tells, the way there and back."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from mounted import visit, widget
from optviz import Race, budget
from optviz.stage import unpack
from optviz.text import words
from optviz.ui.pages.step.answers import answer
from optviz.ui.pages.step.questions import QUESTIONS, questions_of
from optviz.view import View


def look(**query: str) -> Any:
    """A visit of the race that goes to the page."""
    app = visit(**query)
    app.switch_page("step.py").run()
    assert not app.exception
    return app


def sent(app: Any) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Header and arrays of the message to the page; nothing else on it is that large."""
    (blob,) = [found.proto.bytes for found in app.get("bidi_component") if len(found.proto.bytes) > 1000]
    return unpack(blob)


def test_it_is_sent_the_whole_run_of_the_racer_that_is_looked_at_and_of_no_other() -> None:
    header, arrays = sent(look(racers="gradient_descent~adam", steps="30"))
    (layer,) = header["layers"]
    (racer,) = layer["racers"]
    assert (racer["place"], layer["steps"], header["racer"], header["beside"]) == (0, 30, 0, None)
    path = Race().with_optimizers(["gradient_descent", "adam"]).replaced(steps=30).run()[0]
    # In double precision, as it has run.
    assert np.array_equal(arrays[racer["points"].removeprefix("@")], path.points)


def test_of_a_run_that_is_much_work_the_first_steps_are_told_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    query = {"racers": "gradient_descent~nag", "steps": "40"}
    said = words("en")["background"]["told_steps"].format(first="12", steps="40")
    whole = look(**query)
    assert said not in [told.proto.body for told in whole.get("html")]
    _, arrays = sent(whole)
    # A step on Gaussian hills is 0.6 + 10 · 0.05 and some, thrice, and 2.
    cost = budget.LEDGER_STEP + 3 * budget.racer_work(Race().racers[0], Race().surface)
    monkeypatch.setattr(budget, "MOST_WORK_OF_LEDGER", 12.5 * cost)
    app = look(**query)
    header, first = sent(app)
    assert header["layers"][0]["steps"] == 12
    assert any(said in told.proto.body for told in app.get("html"))
    points = header["layers"][0]["racers"][0]["points"].removeprefix("@")
    assert np.array_equal(first[points], arrays[points][:13])


def test_two_are_shown_side_by_side_once_each() -> None:
    app = look(racers="gradient_descent~adam~rmsprop", steps="20")
    app.session_state.view = View(racer=2, beside=1, at=7)
    header, _ = sent(app.run())
    assert [racer["name"] for racer in header["layers"][0]["racers"]] == ["RMSProp", "Adam"]
    assert header["view"]["at"] == 7


def test_what_the_race_has_no_room_for_is_not_looked_at() -> None:
    app = look(racers="gradient_descent~adam", steps="20")
    app.session_state.view = View(racer=1, beside=0, at=20)
    app.run()
    widget(app.select_slider, "steps").set_value(5).run()
    view = app.session_state.view
    assert (view.racer, view.beside, view.at) == (1, 0, 5)
    header, _ = sent(app)
    assert header["layers"][0]["steps"] == 5


def test_nobody_stands_beside_itself() -> None:
    race = Race().with_optimizers(["adam", "nag"])
    assert View(racer=1, beside=1).fitting(race).beside is None
    assert View(racer=0, beside=1).fitting(race).beside == 1


def test_a_link_that_asks_for_more_is_told_what_there_is() -> None:
    race = Race().with_optimizers(["adam"]).replaced(steps=9)
    view, problems = View.from_query({"racer": "3", "at": "12"}, "step")
    assert problems == []
    assert [
        (problem.parts["name"], problem.parts["value"]) for problem in view.beyond(race, {"racer": "3", "at": "12"})
    ] == [
        ("racer", "3"),
        ("at", "12"),
    ]
    fitted = view.fitting(race)
    assert (fitted.racer, fitted.at) == (0, 9)
    # What nobody has asked for is not told.
    assert View().beyond(race, {}) == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_question_leads_to_an_optimizer_of_the_race_at_one_of_its_steps(language: str) -> None:
    asked = questions_of(Race(), words(language)["inside"])
    assert len(asked) == len(QUESTIONS)
    kinds = [racer.kind for racer in Race().racers]
    assert [kinds[question["racer"]] for question in asked] == [kind for kind, _ in QUESTIONS.values()]
    assert all(0 < question["at"] <= Race().steps for question in asked)
    assert len({question["asked"] for question in asked}) == len(QUESTIONS)
    alone = Race().with_optimizers(["adam", "nag"]).replaced(steps=3)
    (only,) = questions_of(alone, words(language)["inside"])
    assert (only["racer"], only["at"]) == ([racer.kind for racer in alone.racers].index("nag"), 3)


@pytest.mark.parametrize("nonsense", [None, 7, {}, {"page": 1, "requests": "x"}, {"page": "p", "requests": [None]}])
def test_whatever_a_browser_sends_is_no_error(nonsense: Any) -> None:
    assert answer(nonsense) is False


def test_descent_on_one_on_some_and_on_all_samples_are_told_apart() -> None:
    query = {"racers": "sgd~minibatch_sgd~gradient_descent", "samples": "64", "steps": "20"}
    header, _ = sent(look(**query))
    styles = [(racer["color"], racer["marker"]) for racer in header["racers"]]
    assert len(set(styles)) == 3
    (racer,) = header["layers"][0]["racers"]
    assert racer["plain"]["told"] == racer["plain"]["label"] == words("en")["inside"]["full"]
    board = "".join(part.proto.body for part in visit(**query).get("html"))
    dots = re.findall(r'class="dot" style="background:([^"]+)"', board)
    assert len(dots) == len(set(dots)) == 3
