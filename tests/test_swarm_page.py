"""The swarm on the race page: its switch, its optimizer, its dice, its address, what is sent and what is said."""

from __future__ import annotations

from html import unescape
from typing import Any

import numpy as np
import pytest

from mounted import tracks, visit, widget
from optviz import Race
from optviz.swarm import swarm_of
from optviz.ui import background
from optviz.ui.pages.race import swarming
from optviz.view import View
from test_pages import message, sent_bytes, told

BOWL = {"surface": "bowl", "racers": "gradient_descent~adam", "steps": "60"}


pytestmark = pytest.mark.usefixtures("whole_messages")


def layer(app: Any) -> dict[str, Any] | None:
    found = [layer for layer in message(app)[0]["layers"] if layer["kind"] == "swarm"]
    return found[0] if found else None


def said(app: Any) -> str:
    return unescape(" ".join(html.proto.body for html in app.get("html") if "optviz-swarm" in html.proto.body))


def told_by_the_address(app: Any) -> tuple[int | None, int]:
    query = {name: [values] if isinstance(values, str) else values for name, values in app.query_params.items()}
    view, _ = View.from_query({name: values[0] for name, values in query.items()})
    return view.swarm, view.swarm_seed


def assert_shows(app: Any, place: int, seed: int) -> None:
    """The swarm of this racer and seed is drawn, and the address tells it."""
    race = app.session_state.race
    header, arrays = message(app)
    expected = swarm_of(race.racers[place], race.surface, seed, race.steps)
    np.testing.assert_array_equal(arrays["swarm/places"], expected.places.reshape(-1))
    (shown,) = [layer for layer in header["layers"] if layer["kind"] == "swarm"]
    assert (shown["racer"], shown["steps"]) == (place, race.steps)
    assert shown["color"] == tracks(header)["racers"][place]["color"]
    assert told_by_the_address(app) == (place, seed)


def switched_on(app: Any) -> Any:
    return widget(app.toggle, "swarm").set_value(True).run()


def test_off_by_default_nothing_of_it_is_sent_or_said() -> None:
    app = visit(**BOWL)
    header, arrays = message(app)
    assert layer(app) is None and "replay" not in header
    assert not [name for name in arrays if "swarm" in name] and b"swarm" not in sent_bytes(app)
    assert said(app) == "" and "swarm" not in app.query_params
    switched_on(app)
    widget(app.toggle, "swarm").set_value(False).run()
    assert "swarm" not in app.query_params and layer(app) is None
    again, _ = message(app)
    assert {name: again[name] for name in again if name != "arrays"} == {
        name: header[name] for name in header if name != "arrays"
    }, "as if it had never been on"


def test_it_is_switched_on_given_to_another_and_rolled_anew() -> None:
    app = switched_on(visit(**BOWL))
    assert_shows(app, 0, 0)
    assert "from 200 starts under Gradient descent, 200 end in the deepest valley (0)" in said(app)
    assert message(app)[0]["replay"] == 1
    widget(app.selectbox, "swarm_racer").set_value(1).run()
    assert_shows(app, 1, 0)
    assert "under Adam" in said(app)
    assert message(app)[0]["replay"] == 1, "it goes on where it is"
    widget(app.button, "swarm_dice").click().run()
    assert_shows(app, 1, app.session_state.view.swarm_seed)
    assert message(app)[0]["replay"] == 2, "it is played at once"


def test_a_link_opens_it_in_either_language_and_nothing_plays_by_itself() -> None:
    app = visit(**BOWL, swarm="1", swarm_seed="17", lang="zh")
    assert_shows(app, 1, 17)
    assert "Adam 从 200 个起点出发" in said(app)
    assert layer(app)["told"] in said(app)  # type: ignore[index]
    assert message(app)[0]["replay"] == 0
    widget(app.button_group, "language").set_value("en").run()
    assert_shows(app, 1, 17)
    assert "under Adam" in said(app)


def test_it_follows_surface_rate_steps_and_the_list_of_racers() -> None:
    app = visit(**BOWL, swarm="1", swarm_seed="3")
    widget(app.select_slider, "steps").set_value(100).run()
    assert_shows(app, 1, 3)
    widget(app.selectbox, "surface").set_value("himmelblau").run()
    assert_shows(app, 1, 3)
    assert "deepest valley" in said(app)
    widget(app.pills, "racers").set_value(["adam"]).run()
    assert_shows(app, 0, 3)
    widget(app.pills, "racers").set_value(["nag"]).run()
    assert layer(app) is None and "swarm" not in app.query_params, "its racer has gone, and it with it"


def test_the_start_and_what_is_dragged_of_it_leave_it_alone() -> None:
    app = visit(**BOWL, swarm="1")
    before = message(app)[1]["swarm/places"]
    app.session_state.live = {"start": [0.5, 0.5], "number": 3}
    app.run()
    np.testing.assert_array_equal(message(app)[1]["swarm/places"], before)


def test_a_hidden_racer_hides_it_and_the_sentence_says_so() -> None:
    app = visit(**BOWL, swarm="1", hidden="1")
    assert said(app).count("hidden with Adam") == 1 and "valley" not in said(app)
    assert_shows(app, 1, 0)


def test_under_the_veil_nothing_tells_how_it_ends() -> None:
    app = visit(**BOWL, swarm="1", veiled="1")
    assert_shows(app, 1, 0)
    assert said(app) == "" and layer(app)["told"] == ""  # type: ignore[index]
    app.session_state.played = message(app)[0]["shown"]
    app.run()
    assert "200 end in the deepest valley" in said(app)


def seen_to_the_end(app: Any) -> None:
    """What is shown is played to its end: so the stage says."""
    app.session_state.played = message(app)[0]["shown"]
    app.run()
    assert "200 starts" in said(app)


def is_blank(app: Any) -> bool:
    return any("optviz-blank" in html.proto.body for html in app.get("html"))


def test_under_the_veil_no_new_swarm_is_told_before_it_has_been_played() -> None:
    app = visit(**BOWL, swarm="0", veiled="1")
    seen_to_the_end(app)
    before = message(app)[0]["shown"]
    widget(app.button, "swarm_dice").click().run()
    header = message(app)[0]
    assert said(app) == "" and layer(app)["told"] == "" and is_blank(app)  # type: ignore[index]
    assert header["shown"] != before and not header["played"], "what the stage hides its end by"
    seen_to_the_end(app)
    widget(app.selectbox, "swarm_racer").set_value(1).run()
    assert said(app) == "" and layer(app)["told"] == ""  # type: ignore[index]
    seen_to_the_end(app)
    widget(app.toggle, "swarm").set_value(False).run()
    assert message(app)[0]["played"] and not is_blank(app), "the race has been seen"
    widget(app.toggle, "swarm").set_value(True).run()
    assert said(app) == "" and is_blank(app)


def test_a_swarm_that_comes_after_its_race_has_been_seen_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    there = [False]
    monkeypatch.setattr(background, "swarm_is_there", lambda *_: there[0])
    app = visit(**BOWL, swarm="0", veiled="1")
    app.session_state.played = message(app)[0]["shown"]
    app.run()
    assert layer(app) is None and not is_blank(app)
    there[0] = True
    app.run()
    assert layer(app)["told"] == "" and said(app) == ""  # type: ignore[index]
    seen_to_the_end(app)


def test_a_stage_that_is_new_while_a_swarm_is_awaited_plays_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    app = switched_on(visit(**BOWL))
    assert message(app)[0]["replay"] == 1
    with monkeypatch.context() as awaited:
        awaited.setattr(background, "swarm_is_there", lambda *_: False)
        assert message(app.run())[0]["replay"] == 1, "it learns what has been played"
        widget(app.button, "swarm_dice").click().run()
        assert layer(app) is None and message(app)[0]["replay"] == 1, "there is nothing to be played yet"
    assert message(app.run())[0]["replay"] == 2


def test_switched_off_it_keeps_its_seed_out_of_the_address() -> None:
    app = visit(**BOWL, swarm="1", swarm_seed="17")
    widget(app.toggle, "swarm").set_value(False).run()
    assert not {"swarm", "swarm_seed"} & set(app.query_params)
    assert_shows(switched_on(app), 0, 17)


@pytest.mark.parametrize("more", [{}, {"present": "1"}, {"pinned": "seed=5&steps=40&racers=adam"}])
def test_a_tour_takes_it_from_seed_to_seed(more: dict[str, str]) -> None:
    app = visit(seed="5", steps="40", racers="adam~nag", swarm="1", swarm_seed="3", **more)
    app.session_state.tour_panel = True
    app.run()
    widget(app.button, "tour_button").click().run()
    for _ in range(2):
        going = app.session_state.tour
        app.session_state.tour = going.after(going.race.run())
        app.session_state.race = app.session_state.tour.race
        app.run()
        assert_shows(app, 1, 3)
        assert "under NAG" in said(app)
    assert app.session_state.touring and app.session_state.race.surface.seed == 7


def test_a_place_where_no_racer_is_is_told() -> None:
    app = visit(**BOWL, swarm="2")
    (sentence,) = told(app)
    assert "swarm = 2" in sentence and "0 ≤ swarm ≤ 1" in sentence
    assert layer(app) is None and "swarm" not in app.query_params


def test_what_would_cost_too_much_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swarming, "most_steps_of_swarm", lambda race, place, starts: 40)
    app = visit(**BOWL, swarm="1")
    assert layer(app) is None
    assert "at most 40 steps, and here they are 60: fewer steps bring it back" in said(app)
    sampled = visit(surface="regression", swarm="0", steps="60")
    assert "at most 40 steps, and here they are 60: fewer steps or fewer samples bring it back" in said(sampled)


def test_the_page_to_take_along_has_it() -> None:
    from optviz.figures.swarm import ShownSwarm
    from optviz.stage.page import html_page

    race = Race(steps=20)
    shown = ShownSwarm(swarm_of(race.racers[0], race.surface, 0, 20), 0, "where they end")
    plain, page = html_page(race, race.run()), html_page(race, race.run(), swarm=shown)
    assert "where they end" in page.decode() and len(page) > len(plain)


def test_it_stays_from_surface_to_surface_and_a_browser_that_missed_its_switch_shows_it_on() -> None:
    """Streamlit tells a switch once that it is on; in a browser that has not heard it, it is as by default."""
    app = visit(surface="formula", text="(x^2+y-1)^2+0.3*sin(5*x)", learning_rate="0.01", view="both", swarm="0")
    for surface in ("himmelblau", "gaussian_hills", "formula"):
        widget(app.selectbox, "surface").set_value(surface).run()
        assert_shows(app, 0, 0)
        assert widget(app.toggle, "swarm").proto.default is True
