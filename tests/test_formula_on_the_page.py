"""The controls of a formula: what is wrong with one stands under it, examples, and a domain that fits."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from mounted import visit, widget
from optviz import Formula, Race
from optviz.bad_input import BadInput
from optviz.experiment import FORMULAS, read_query
from optviz.text import sentence
from optviz.view import View
from test_pages import told
from test_rates_on_the_page import address, press


def race(app: AppTest) -> Race:
    return app.session_state.race


def typed(app: AppTest) -> str:
    return widget(app.text_input, "formula").value


def test_a_refused_formula_is_there_after_a_reload_with_what_is_wrong() -> None:
    app = visit(surface="formula", text="x^2+y^2", racers="adam")
    widget(app.text_input, "formula").set_value("x^^2 + y").run()
    again = visit(**address(app))
    for seen in (app, again):
        assert typed(seen) == "x^^2 + y"
        assert len(told(seen)) == 1
        assert "column 3" in told(seen)[0]
        assert race(seen).bare_surface == Formula("x^2+y^2"), "what runs is the one before"
    # Mended, or left for another surface, it is gone.
    widget(again.text_input, "formula").set_value("x^2 + y^4").run()
    assert race(again).bare_surface == Formula("x^2 + y^4")
    assert told(again) == []
    assert "draft" not in address(again)
    widget(app.selectbox, "surface").set_value("bowl").run()
    assert "draft" not in address(app)
    widget(app.selectbox, "surface").set_value("formula").run()
    assert told(app) == []


def test_other_changes_leave_the_refused_formula_in_its_field() -> None:
    app = visit(surface="formula", text="x^2+y^2", racers="adam", draft="sin(", lang="zh")
    assert typed(app) == "sin("
    widget(app.select_slider, "steps").set_value(100).run()
    assert typed(app) == "sin("
    assert len(told(app)) == 1
    link = app.session_state.view.for_others()
    assert link.draft is None, "it is nobody else's"


def test_a_field_that_was_emptied_is_empty_after_a_reload() -> None:
    app = visit(surface="formula", text="x^2+y^2", racers="adam")
    widget(app.text_input, "formula").set_value("").run()
    again = visit(**address(app))
    for seen in (app, again):
        assert typed(seen) == ""
        assert len(told(seen)) == 1
        assert race(seen).bare_surface == Formula("x^2+y^2")


LONG = "+".join(f"sin({number}x)*cos({number}y)" for number in range(1, 45))
"""Too much work for many steps, not for a few."""


@pytest.mark.parametrize("reloaded", [False, True])
def test_a_refused_formula_runs_as_soon_as_what_the_refusal_advised_is_done(reloaded: bool) -> None:
    app = visit(surface="formula", text="x^2+y^2", steps="5000")
    widget(app.text_input, "formula").set_value(LONG).run()
    assert "steps" in told(app)[0]
    if reloaded:
        app = visit(**address(app))
    before = race(app)
    assert (typed(app), before.bare_surface) == (LONG, Formula("x^2+y^2"))
    # Of what does not help it waits on.
    widget(app.select_slider, "steps").set_value(4000).run()
    assert (typed(app), race(app)) == (LONG, before.replaced(steps=4000))
    assert "steps" in told(app)[0]
    widget(app.select_slider, "steps").set_value(20).run()
    assert not app.exception
    assert race(app) == before.replaced(steps=20).with_bare_surface(Formula(LONG))
    assert (typed(app), told(app)) == (LONG, [])
    assert race(visit(**address(app))) == race(app)
    assert "draft" not in address(app)


def test_another_formula_than_the_refused_one_is_the_visitors_choice() -> None:
    app = visit(surface="formula", text="x^2+y^2", steps="5000", draft=LONG)
    widget(app.text_input, "formula").set_value("x^2+y^4").run()
    widget(app.select_slider, "steps").set_value(20).run()
    assert race(app).bare_surface == Formula("x^2+y^4")
    assert typed(app) == "x^2+y^4"


def test_a_draft_of_a_link_that_can_be_used_is_used() -> None:
    app = visit(surface="formula", text="x^2+y^2", racers="adam", draft="x^2")
    assert race(app).bare_surface == Formula("x^2")
    assert typed(app) == "x^2"
    assert told(app) == []
    assert app.session_state.view.draft is None
    assert "draft" not in address(app)


def test_a_draft_belongs_to_a_formula_and_is_bounded() -> None:
    assert View(draft="x^^").fitting(Race()).draft is None
    view, problems = View.from_query({"draft": "x" * 2001})
    assert "draft" in str(problems[0])
    assert view.draft is None
    assert len(problems) == 1
    app = visit(surface="formula", text="x^2+y^2", racers="adam")
    # Percent-encoded it would be longer than a link may be: then it is in the field alone.
    widget(app.text_input, "formula").set_value("大" * 1000).run()
    assert typed(app) == "大" * 1000
    assert "draft" not in address(app)
    assert read_query(address(app))[1] == ()


@pytest.mark.parametrize("name", FORMULAS)
def test_an_example_is_one_that_descent_goes_down_at_the_usual_rate(name: str) -> None:
    surface = Formula(FORMULAS[name]).fitted()
    run = Race(surface).with_optimizers(["gradient_descent"]).with_learning_rate(0.1).run()[0]
    assert run.diverged_at == -1
    assert run.losses[-1] < run.losses[0]


def test_an_example_is_shown_where_it_is_interesting() -> None:
    app = visit(surface="formula", text="x+y", start="1~1", racers="adam", draft="sin(")
    assert widget(app.button_group, "formula_example").value in (None, [])
    widget(app.button_group, "formula_example").set_value("valley").run()
    assert not app.exception
    assert race(app).bare_surface == Formula(FORMULAS["valley"]).fitted()
    assert race(app).start is None
    assert typed(app) == FORMULAS["valley"]
    assert told(app) == []
    assert race(visit(**address(app))) == race(app)


def test_the_domain_is_fitted_and_a_start_out_of_sight_is_left() -> None:
    app = visit(surface="formula", text="(x-30)^2+(y-3)^2", start="1~1", racers="adam")
    press(app, "fit_domain")
    fitted = Formula("(x-30)^2+(y-3)^2").fitted()
    assert race(app).bare_surface == fitted
    assert fitted.domain == (-15.0, 75.0, -42.0, 48.0)
    assert race(app).start == (1.0, 1.0)
    widget(app.number_input, "x0").set_value(-90.0).run()
    press(app, "fit_domain")
    assert race(app).start is None


@pytest.mark.parametrize(("language", "part"), [("en", "nothing has changed"), ("zh", "没有变化")])
def test_a_fit_that_changes_nothing_says_so(language: str, part: str) -> None:
    app = visit(surface="formula", text="(x-30)^2+(y-3)^2", racers="adam", lang=language)
    press(app, "fit_domain")
    fitted = race(app)
    assert told(app) == []
    press(app, "fit_domain")
    assert race(app) == fitted
    (sentence,) = told(app)
    assert part in sentence
    assert "-15 ≤ x ≤ 75, -42 ≤ y ≤ 48" in sentence
    # Once something is done, it is of the past.
    widget(app.number_input, "x_min").set_value(-20.0).run()
    assert told(app) == []
    press(app, "fit_domain")
    assert (race(app), told(app)) == (fitted, [])


@pytest.mark.parametrize(("language", "part"), [("en", "column 3"), ("zh", "第 3 列")])
def test_what_is_wrong_is_said_in_both_languages(language: str, part: str) -> None:
    with pytest.raises(BadInput) as refused:
        Formula("x^^2")
    app = visit(surface="formula", text="x^2+y^2", racers="adam", draft="x^^2", lang=language)
    assert told(app) == [sentence(refused.value, language)]
    assert part in told(app)[0]
