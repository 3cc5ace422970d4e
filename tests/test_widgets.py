"""What a browser may answer for a widget: labels of another language, stops that have gone, forged values."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

from mounted import visit
from optviz.ui import widgets
from test_pages import told
from tiers import rest_is_long

# Together they have every control there is.
VISITS: dict[str, dict[str, str]] = {
    "article": {},
    "article, other weights": {"surface": "gaussian_hills", "seed": "5", "weights": "-1~0.2"},
    "gallery": {"surface": "ravine"},
    "noise, rates differ": {"surface": "smoothed_noise", "racers": "adam--learning_rate-0.3~nag"},
    "regression": {"surface": "regression", "kind": "logistic", "racers": "sgd~minibatch_sgd--batch_size-8"},
    "formula": {"surface": "formula", "text": "x^2+y^2"},
}
OTHER = {"en": "zh", "zh": "en"}
SETTINGS = (
    *("race", "view", "touring", "tuned", "tour_settings", "addressed"),
    *("kept_code_language", "kept_noise_racer", "kept_noise_step"),
)
PANELS = ("tour_panel", "race_code", "gradient_noise")


def run(app: AppTest, states: list[WidgetState]) -> None:
    """A run with what a browser sends; the lazy panels are open, so that their controls answer too."""
    for panel in PANELS:
        app.session_state[panel] = True
    app._run(WidgetStates(widgets=states))
    assert not app.exception, app.exception


def states(app: AppTest) -> dict[str, WidgetState]:
    """What a browser would send for the controls of this page, by their names; buttons are not sent until pressed."""
    sent = app._tree.get_widget_states().widgets
    known = [state for state in sent if state.WhichOneof("value") != "trigger_value"]
    return {state.id.split("-", 2)[-1].partition("~")[0]: state for state in known}


def settings(app: AppTest) -> dict[str, Any]:
    """All that controls can change."""
    return {name: copy(app.session_state[name]) for name in SETTINGS if name in app.session_state}


@pytest.mark.parametrize("language", rest_is_long(OTHER, {"en"}))
@pytest.mark.parametrize("query", VISITS.values(), ids=VISITS)
def test_the_labels_of_the_other_language_change_nothing(query: dict[str, str], language: str) -> None:
    app = visit(**query, lang=language)
    run(app, list(states(app).values()))
    labels = states(app)
    # A browser that has not seen the change of language sends the labels that it shows.
    stale = [state for name, state in labels.items() if name != "language"]
    app.session_state.view = replace(app.session_state.view, language=OTHER[language])
    run(app, [])
    assert states(app)["surface"] != labels["surface"], "else the test could not fail"
    before = settings(app)
    for _ in range(2):
        run(app, stale)
        assert told(app) == []
        assert settings(app) == before


# What stands for each kind of widget on the wire. Streamlit itself refuses another kind.
FORGED: dict[str, list[Any]] = {
    "string_value": ["no option", "", "x" * 100_000],
    "string_array_value": [{"data": data} for data in (["no option"], ["no option"] * 1000, [], [""])],
    "double_value": [float("nan"), float("inf"), -float("inf")],
    "double_array_value": [{"data": data} for data in ([float("nan")], [1e300], [1.0] * 1000, [])],
    "bool_value": [],
}
WHOLE = {"seed", "tour_first", "batch_seed"}
"""Streamlit itself refuses what is not finite where a whole number is asked for."""


@pytest.mark.parametrize("name", rest_is_long(VISITS, {"regression"}))
def test_a_forged_answer_changes_nothing(name: str) -> None:
    app = visit(**VISITS[name])
    run(app, [])
    before = settings(app)
    for name, state in states(app).items():
        kind = state.WhichOneof("value") or "string_value"
        # Any text may be a formula, and is told where it is none.
        app.session_state.problems = []
        for forged in [] if name in {"formula", *WHOLE} else FORGED[kind]:
            run(app, [WidgetState(id=states(app)[name].id, **{kind: forged})])
            assert settings(app) == before, (name, forged)
            # Of the pills Streamlit leaves out what it does not know: no optimizer at all is told.
            assert told(app) == [] or name == "racers", (name, forged)


def test_an_answer_that_only_equals_an_option_is_none() -> None:
    assert widgets.one_of((1, 2))(1)
    assert not widgets.one_of((1, 2))(True)
    assert not widgets.one_of((1, 2))(1.0)
    assert not widgets.one_of(("a",))(None)
    assert widgets.some_of(("a", "b"))(["b"])
    assert not widgets.some_of(("a", "b"))("ab")
    assert not widgets.some_of(("a", "b"))(["a", "c"])
    assert widgets.a_number(0)
    assert not any(widgets.a_number(forged) for forged in (True, "1", None, float("nan"), float("inf"), [1]))


def test_what_a_browser_repeats_is_no_answer_to_what_it_has_not_seen() -> None:
    """A tour that ends sets seed and start: the message that ended it still carries those that were shown before."""
    app = visit(surface="gaussian_hills", seed="1")
    run(app, [])
    seen = [state for name, state in states(app).items() if name in ("seed", "x0", "y0", "steps")]
    race = app.session_state.race
    app.session_state.race = race.with_bare_surface(replace(race.bare_surface, seed=2)).replaced(steps=300)
    run(app, [])
    after = app.session_state.race
    run(app, seen)
    assert app.session_state.race == after
    run(app, [WidgetState(id=states(app)["seed"].id, double_value=1)])
    assert app.session_state.race.surface.seed == 1, "an answer to what is shown counts, also with an earlier value"


def test_a_widget_whose_value_was_forgotten_is_mounted_anew() -> None:
    """Streamlit forgets the values of what a run that was broken off has not come to; the browser shows it still."""
    app = visit(surface="gaussian_hills", seed="1")
    run(app, [])
    seen = states(app)["x0"].id
    app.session_state.race = app.session_state.race.replaced(start=(0.25, 0.5))
    del app.session_state[seen.split("-", 2)[-1]]
    run(app, [])
    assert states(app)["x0"].id != seen
    assert states(app)["x0"].double_value == 0.25


SHOWN_BY_DEFAULT: dict[str, Any] = {
    "toggle": lambda proto: (proto.default, proto.value),
    "text_input": lambda proto: (proto.default, proto.value),
    "number_input": lambda proto: (proto.default, proto.value),
    "slider": lambda proto: (list(proto.default), list(proto.value)),
    "select_slider": lambda proto: ([proto.options[int(index)] for index in proto.default], list(proto.raw_value)),
    "selectbox": lambda proto: (proto.options[proto.default], proto.raw_value),
    "button_group": lambda proto: ([proto.options[index].content for index in proto.default], list(proto.raw_values)),
}


@pytest.mark.parametrize("query", VISITS.values(), ids=VISITS)
def test_a_widget_that_lost_what_it_was_told_shows_the_same(query: dict[str, str]) -> None:
    """Streamlit tells it once; a browser that has not heard it shows the default, and sends it as the visitor's."""
    app = visit(**query)
    found = set()
    for kind, compared in SHOWN_BY_DEFAULT.items():
        for shown in app.get(kind):
            if shown.proto.set_value:
                default, value = compared(shown.proto)
                assert default == value, (kind, shown.key)
                found.add(kind)
    assert {"toggle", "number_input", "selectbox", "button_group"} <= found


def test_a_slider_of_whole_numbers_offers_whole_numbers() -> None:
    app = visit(**VISITS["regression"])
    offered = {shown.key: shown.options for shown in app.select_slider}
    for name in ("samples", "steps"):
        assert len(offered[name]) > 5
        assert all(float(stop).is_integer() for stop in offered[name]), name


def test_who_changes_the_language_twice_at_once_clicks_the_same_control() -> None:
    app = visit(surface="ravine", lang="zh")
    run(app, [])
    seen = states(app)["language"].id
    for label, language in (("English", "en"), ("中文", "zh")):
        run(app, [WidgetState(id=seen, string_array_value={"data": [label]})])
        assert app.session_state.view.language == language
        assert states(app)["language"].id == seen
