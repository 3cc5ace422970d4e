"""The sidebar's learning rates: for each optimizer one that suits it, one for all again, two of one kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from mounted import visit, widget
from optviz import Formula, GaussianHills, Outcome, Race, Racer, gallery
from optviz.bad_input import BadInput
from optviz.conventions import with_convention
from optviz.laboratory import tuning
from optviz.laboratory.tuning import found_rates
from optviz.text import words
from optviz.ui.pages.race.scoreboard import _rate
from optviz.ui.sidebar import rates as rates_section

SUGGESTED = gallery("himmelblau").suggested_learning_rates["tensorflow1"]


def race(app: AppTest) -> Race:
    return app.session_state.race


def rates(app: AppTest) -> dict[str, float]:
    """Optimizer → its own learning rate, of those that have one."""
    found = {racer.key: racer.optimizer.own_learning_rate for racer in race(app).racers}
    return {key: rate for key, rate in found.items() if rate is not None}


def has(app: AppTest, key: str) -> bool:
    return any((button.key or "").partition("~")[0] == key for button in app.button)


def captions(app: AppTest) -> list[str]:
    return [caption.value for caption in app.caption]


def press(app: AppTest, key: str) -> AppTest:
    widget(app.button, key).click().run()
    assert not app.exception
    return app


def address(app: AppTest) -> dict[str, str]:
    return {name: values[0] if isinstance(values, list) else values for name, values in app.query_params.items()}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_click_gives_each_optimizer_its_rate_and_one_takes_it_back(language: str) -> None:
    app = visit(surface="himmelblau", learning_rate="0.02", lang=language)
    label = words(language)["controls"]
    assert label["rates_each"] not in captions(app)
    assert not has(app, "one_rate")
    press(app, "each_rate")
    assert rates(app) == SUGGESTED
    assert label["rates_each"] in captions(app)
    assert not has(app, "each_rate")
    # Each has its own in the link.
    assert rates(visit(**address(app))) == SUGGESTED
    # Back to the rate that all had before.
    assert "0.02" in widget(app.button, "one_rate").label
    press(app, "one_rate")
    assert race(app).shared_learning_rate == 0.02
    assert has(app, "each_rate")


DIFFERENT = {
    "start=1.9~-0.9": ("another start",),
    "racers=momentum--momentum-0.99~adam": ("other hyperparameters",),
    "racers=sgd~adam&start=1~1&steps=300": ("another start", "batches of samples", "300 steps"),
}


@pytest.mark.parametrize("query", DIFFERENT)
def test_where_the_race_is_another_one_than_the_rates_were_found_by_that_is_said(query: str) -> None:
    """At the first two links optimizers diverge at the rates that were found for them."""
    app = press(visit(surface="rosenbrock", convention="pytorch", **dict(parse_qsl(query))), "each_rate")
    label = words("en")["controls"]
    said = label["rates_differ"].format(differences=", ".join(DIFFERENT[query]))
    assert f"{label['rates_each']} {said}" in captions(app)
    if "sgd" not in query:
        assert any(path.outcome == Outcome.DIVERGED for path in race(app).run())


def test_nobody_is_said_to_have_a_rate_that_none_was_found_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates_section, "_known_rates", lambda race: {"adam": 0.1})
    said = " ".join(captions(visit(racers="nag~adam")))
    assert words("en")["controls"]["rates_not_found"].format(names="NAG") in said


OWN = {
    "one optimizer": ({"surface": "bowl", "racers": "adam"}, "0.1"),
    "two rates": (
        {"surface": "himmelblau", "racers": "gradient_descent--learning_rate-0.3~adam--learning_rate-0.02"},
        "0.3, 0.02",
    ),
    "a comparison": (
        {"surface": "bowl", "racers": "adam--learning_rate-0.3~adam--learning_rate-0.1"},
        "0.3, 0.1",
    ),
}


@pytest.mark.parametrize(("name", "language"), [("one optimizer", "en"), ("two rates", "zh"), ("a comparison", "en")])
def test_one_click_leads_back_to_ones_own_rates(name: str, language: str) -> None:
    query, told = OWN[name]
    if language == "zh":
        told = told.replace(", ", "、")
    app = visit(**query, lang=language)
    before = race(app)
    assert not has(app, "rates_before")
    press(app, "each_rate")
    assert race(app) != before
    assert widget(app.button, "rates_before").label == words(language)["controls"]["rates_before"].format(rates=told)
    # What is no learning rate may change in between.
    widget(app.select_slider, "steps").set_value(400).run()
    press(app, "rates_before")
    assert race(app) == before.replaced(steps=400)
    assert not has(app, "rates_before"), "a good rate for each is one click again"


def test_a_comparison_of_two_rates_stays_one() -> None:
    app = press(visit(surface="bowl", racers="adam--learning_rate-0.3~adam--learning_rate-0.1"), "each_rate")
    good = gallery("bowl").suggested_learning_rates["tensorflow1"]["adam"]
    assert [racer.optimizer.own_learning_rate for racer in race(app).racers] == [good, 0.1]
    assert words("en")["controls"]["rates_kept"] in " ".join(captions(app))
    assert not has(app, "each_rate")


def test_what_else_changes_the_rates_ends_the_way_back() -> None:
    app = press(visit(surface="himmelblau", racers="nag--learning_rate-0.3~adam--learning_rate-0.02"), "each_rate")
    widget(app.select_slider, "learning_rate_all").set_value(0.1).run()
    assert not has(app, "rates_before")
    press(app, "each_rate")
    widget(app.selectbox, "surface").set_value("booth").run()
    assert not has(app, "rates_before")


def test_one_rate_for_all_can_be_taken_back_as_well() -> None:
    app = visit(surface="himmelblau", racers="nag--learning_rate-0.3~adam--learning_rate-0.02")
    before = race(app)
    press(app, "one_rate")
    assert race(app).shared_learning_rate == 0.01
    press(app, "rates_before")
    assert race(app) == before


def test_a_link_at_those_rates_goes_back_to_the_one_that_comes_with_the_surface() -> None:
    each = Race().on_surface(gallery("himmelblau")).with_learning_rates(SUGGESTED)
    app = visit(**each.to_query())
    assert words("en")["controls"]["rates_each"] in captions(app)
    press(app, "one_rate")
    assert race(app).shared_learning_rate == gallery("himmelblau").suggested_learning_rate


def test_a_convention_has_rates_of_its_own() -> None:
    app = press(visit(surface="himmelblau"), "each_rate")
    widget(app.button_group, "convention").set_value("article").run()
    assert has(app, "each_rate"), "those of another convention"
    press(app, "each_rate")
    assert rates(app) == gallery("himmelblau").suggested_learning_rates["article"] != SUGGESTED


@pytest.mark.parametrize(
    ("query", "surface"), [({}, GaussianHills(1)), ({"surface": "formula", "text": "x^2+9*y^2"}, Formula("x^2+9*y^2"))]
)
def test_where_no_file_tells_them_they_are_found(query: dict[str, str], surface: GaussianHills | Formula) -> None:
    app = press(visit(**query), "each_rate")
    assert rates(app) == found_rates(surface, "tensorflow1")
    assert words("en")["controls"]["rates_each"] in captions(app)


def test_where_none_leads_lower_that_is_said() -> None:
    app = visit(surface="formula", text="0*x+3")
    before = rates(app)
    press(app, "each_rate")
    assert rates(app) == before
    assert words("en")["controls"]["rates_none"] in captions(app)


def test_what_would_take_a_server_long_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "MOST_WORK", 1.0)
    app = visit(surface="formula", text="x^2+8*y^2")
    assert not has(app, "each_rate")
    assert words("en")["controls"]["rates_dear"] in captions(app)


def test_on_another_surface_each_has_what_suits_it_there() -> None:
    app = press(visit(surface="himmelblau"), "each_rate")
    widget(app.selectbox, "surface").set_value("booth").run()
    assert rates(app) == gallery("booth").suggested_learning_rates["tensorflow1"]
    assert not has(app, "use_own"), "none of them was the visitor's own"
    # Where nobody knows them, one for all.
    widget(app.selectbox, "surface").set_value("smoothed_noise").run()
    assert race(app).shared_learning_rate == 0.1
    assert has(app, "each_rate")


def test_a_formula_that_is_edited_in_place_keeps_its_rates() -> None:
    app = press(visit(surface="himmelblau"), "each_rate")
    widget(app.selectbox, "surface").set_value("formula").run()
    assert rates(app) == SUGGESTED


def test_two_rates_of_one_optimizer_are_compared_in_one_click() -> None:
    app = visit(racers="nag~adam")
    widget(app.selectbox, "tune").set_value(0).run()
    press(app, "compare_rates")
    assert [(racer.key, racer.optimizer.learning_rate) for racer in race(app).racers] == [
        ("nag", 0.1),
        ("nag", 0.033),
        ("adam", 0.1),
    ]
    # The new one is the one that is set now.
    assert widget(app.selectbox, "tune").value == 1
    widget(app.select_slider, "own_learning_rate").set_value(0.3).run()
    assert [racer.optimizer.learning_rate for racer in race(app).racers] == [0.1, 0.3, 0.1]
    assert race(visit(**address(app))) == race(app)


@pytest.mark.parametrize("left", [["adam"], ["adam", "nag", "adadelta"]])
@pytest.mark.parametrize(
    "act",
    [
        lambda app: widget(app.button, "compare_rates").click(),
        lambda app: widget(app.button, "duplicate").click(),
        lambda app: widget(app.button, "remove").click(),
        lambda app: widget(app.button, "reset_racer").click(),
        lambda app: widget(app.select_slider, "own_learning_rate").set_value(0.3),
        lambda app: widget(app.select_slider, "own_batch_size").set_value(4),
    ],
)
def test_what_is_asked_for_an_optimizer_that_a_link_took_away_meanwhile_is_left(
    act: Callable[..., AppTest], left: list[str]
) -> None:
    app = visit(racers="adam~nag~sgd--learning_rate-0.02", samples="64")
    others = race(app).replaced(racers=tuple(Racer(with_convention(key, "article")) for key in left))
    app.session_state["race"] = others
    act(app).run()
    assert not app.exception
    assert race(app) == others


def test_who_has_only_a_factor_is_compared_by_that() -> None:
    app = visit(racers="adadelta")
    press(app, "compare_rates")
    assert [racer.optimizer.learning_rate for racer in race(app).racers] == [0.1, 0.033]


@pytest.mark.parametrize(("rate", "other"), [(0.1, 0.033), (0.001, 0.00033), (3.0, 1.0), (1e-300, 3.3e-301)])
def test_the_other_rate(rate: float, other: float) -> None:
    racer = Racer(with_convention("adam", "article", learning_rate=rate), label="mine")
    assert racer.at_another_rate().optimizer.learning_rate == other
    assert racer.at_another_rate().label == "mine"


def test_there_is_no_rate_below_the_lowest() -> None:
    with pytest.raises(BadInput, match="learning_rate"):
        Racer(with_convention("adam", "article", learning_rate=5e-324)).at_another_rate()


def test_the_factor_of_adadelta_stands_where_others_have_their_rate() -> None:
    adadelta = with_convention("adadelta", "article")
    label = words("en")["scoreboard"]
    cells = {factor: _rate(Racer(replace(adadelta, learning_rate=factor)), label) for factor in (1.0, 17.78, 0.1)}
    assert cells == {1.0: "–", 17.78: "×17.78", 0.1: "×0.1"}
    assert _rate(Racer(with_convention("adam", "article", learning_rate=0.02)), label) == "0.02"
