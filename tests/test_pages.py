"""The pages through Streamlit's own test runner: widgets → race → figure, without a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mounted import SECONDS_OF_A_RUN, tracks, visit, widget
from optviz import OPTIMIZERS, Race, Racer, gallery, gallery_names
from optviz.budget import most_steps
from optviz.experiment import LONGEST_LINK, MOST_RACERS, read_url, surface_names
from optviz.stage import unpack
from optviz.statistics import step_lengths
from optviz.text import LANGUAGES, words
from optviz.ui import background, cached
from optviz.view import View
from tiers import few_are_quick, long, rest_is_long

MOST_BYTES = 32_000


pytestmark = pytest.mark.usefixtures("whole_messages")


def race(app: AppTest) -> Race:
    return app.session_state.race


def message(app: AppTest) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """What the stage was sent."""
    return unpack(sent_bytes(app))


def sent_bytes(app: AppTest) -> bytes:
    """The message to the one stage on the page; what keeps the address has none."""
    (sent,) = [part.proto.bytes for part in app.get("bidi_component") if part.proto.bytes]
    return sent


def scores(app: AppTest) -> str:
    """The markup of the scoreboard."""
    (board,) = [html.proto.body for html in app.get("html") if "<tbody>" in html.proto.body]
    return board


def assert_shows_its_race(app: AppTest) -> None:
    """The stage was sent the trajectories of the session's race, in float32."""
    header, arrays = message(app)
    paths = race(app).run()
    assert len(tracks(header)["racers"]) == len(paths)
    for index, path in enumerate(paths):
        with np.errstate(over="ignore"):  # a loss of 1e40 travels as infinity, which Plotly leaves out
            point, loss = arrays[f"racers/{index}/point"], arrays[f"racers/{index}/loss"]
            np.testing.assert_array_equal(point, path.points.astype(point.dtype))
            np.testing.assert_array_equal(loss, path.losses.astype(loss.dtype))


def told(app: AppTest) -> list[str]:
    """The sentences about what could not be used."""
    boxes = [html.proto.body for html in app.get("html") if 'class="optviz-told"' in html.proto.body]
    return [unescape(line) for box in boxes for line in re.findall("<p>(.*?)</p>", box)]


def test_the_default_is_the_article_setting() -> None:
    app = visit()
    assert race(app) == Race()
    assert not told(app)
    assert_shows_its_race(app)


CHANGES: list[tuple[str, Callable[[AppTest], Any], Callable[[Race], bool]]] = [
    ("seed", lambda app: widget(app.number_input, "seed").set_value(7), lambda race: race.surface.seed == 7),
    ("dice", lambda app: app.button(key="dice").click(), lambda race: race.surface.seed != 1),
    (
        "article's seed",
        lambda app: widget(app.selectbox, "article_seed").set_value("128"),
        lambda r: r.surface.seed == 128,
    ),
    ("hills", lambda app: widget(app.slider, "hills").set_value(4), lambda race: race.surface.hills == 4),
    (
        "weights",
        lambda app: widget(app.selectbox, "weights").set_value((-1.0, 0.2)),
        lambda race: race.surface.weights == (-1.0, 0.2),
    ),
    (
        "learning rate for all",
        lambda app: widget(app.select_slider, "learning_rate_all").set_value(0.3),
        lambda race: race.shared_learning_rate == 0.3,
    ),
    ("steps", lambda app: widget(app.select_slider, "steps").set_value(400), lambda race: race.steps == 400),
    (
        "start x",
        lambda app: widget(app.number_input, "x0").set_value(0.5),
        lambda race: race.start == (0.5, Race().surface.peak()[1]),
    ),
    ("random start", lambda app: app.button(key="start_random").click(), lambda race: race.start is not None),
    (
        "own β₁",
        lambda app: widget(app.select_slider, "own_beta1").set_value(0.5),
        lambda r: r.racers[6].optimizer.beta1 == 0.5,
    ),
    (
        "structure",
        lambda app: widget(app.toggle, "own_epsilon_inside").set_value(True),
        lambda race: race.racers[6].optimizer.epsilon_inside,
    ),
    ("duplicate", lambda app: app.button(key="duplicate").click(), lambda race: len(race.racers) == 8),
    ("remove", lambda app: app.button(key="remove").click(), lambda race: len(race.racers) == 6),
    ("hook", lambda app: app.button(key="hook").click(), lambda race: race == Race().with_convention("article")),
    (
        "surface",
        lambda app: widget(app.selectbox, "surface").set_value("beale"),
        lambda race: race.surface == gallery("beale"),
    ),
]


@pytest.mark.parametrize(
    ("change", "holds"), few_are_quick([case[1:] for case in CHANGES], 7), ids=[case[0] for case in CHANGES]
)
def test_each_control_changes_the_race_the_picture_and_the_address(
    change: Callable[[AppTest], Any], holds: Callable[[Race], bool]
) -> None:
    app = visit()
    assert not holds(race(app)), "else the test could not fail"
    change(app).run()
    assert not app.exception
    assert not told(app)
    assert holds(race(app))
    assert_shows_its_race(app)
    sent = {name: values[0] if isinstance(values, list) else values for name, values in app.query_params.items()}
    assert race(visit(**sent)) == race(app), "a link with these parameters restores the race"


def test_a_formula_of_the_gallery_can_be_edited_where_it_is() -> None:
    app = visit(surface="rosenbrock", learning_rate="0.001")
    before = race(app)
    widget(app.selectbox, "surface").set_value("formula").run()
    assert race(app).surface.title == "(1-x)^2 + 100*(y-x^2)^2"
    assert race(app).racers == before.racers
    assert race(app).start == tuple(gallery("rosenbrock").suggested_start)


def test_switching_the_convention_control() -> None:
    app = visit()
    widget(app.button_group, "convention").set_value("pytorch").run()
    assert race(app) == Race().with_convention("pytorch")


def test_leaving_out_optimizers_and_bringing_them_back() -> None:
    app = visit()
    widget(app.button_group, "racers").set_value(["adam", "nag"]).run()
    assert [racer.key for racer in race(app).racers] == ["nag", "adam"]
    widget(app.button_group, "racers").set_value(["adam", "nag", "rmsprop"]).run()
    assert [racer.key for racer in race(app).racers] == ["nag", "rmsprop", "adam"]


def test_the_last_optimizer_stays() -> None:
    app = visit()
    widget(app.button_group, "racers").set_value([]).run()
    assert race(app) == Race()


@pytest.mark.parametrize("name", few_are_quick(surface_names(), 3))
@pytest.mark.parametrize("language", rest_is_long(["en", "zh"], {"zh"}))
def test_every_surface_opens_in_both_languages(name: str, language: str) -> None:
    query = {"surface": name, "lang": language} | ({"text": "x^2+y^2"} if name == "formula" else {})
    app = visit(**query)
    assert not told(app)
    assert_shows_its_race(app)


@pytest.mark.parametrize("name", rest_is_long(gallery_names(), {"bowl", "rosenbrock", "ackley"}))
def test_choosing_a_gallery_surface_applies_its_learning_rate_and_says_so(name: str) -> None:
    app = visit()
    widget(app.selectbox, "surface").set_value(name).run()
    rate = gallery(name).suggested_learning_rate
    assert rate is not None
    assert race(app).shared_learning_rate == rate
    told = [caption.value for caption in app.caption if f"Learning rate {rate:g} is the one suggested" in caption.value]
    assert len(told) == (rate != 0.1)


def replaced_rate(app: AppTest) -> list[str]:
    """What is said about a learning rate of the visitor's own that a surface replaced."""
    return [unescape(part.proto.body) for part in app.sidebar.get("html") if "optviz-replaced" in part.proto.body]


@pytest.mark.parametrize(
    ("query", "surface", "told"),
    [
        ({"learning_rate": "0.5"}, "rosenbrock", "your learning rate 0.5 has become the suggested 0.001"),
        ({"surface": "rosenbrock", "learning_rate": "0.5"}, "himmelblau", "0.5 has become the suggested 0.01"),
        ({"racers": "nag--learning_rate-0.5~adam--learning_rate-0.2"}, "rosenbrock", "0.5, 0.2 has become"),
        # Nobody's own: the usual one, or what the surface before had suggested.
        ({}, "rosenbrock", None),
        ({"surface": "rosenbrock"}, "himmelblau", None),
        # It stays.
        ({"learning_rate": "0.5"}, "smoothed_noise", None),
        ({"surface": "rosenbrock", "learning_rate": "0.5"}, "smoothed_noise", None),
    ],
)
def test_a_learning_rate_of_ones_own_does_not_go_without_a_word(
    query: dict[str, str], surface: str, told: str | None
) -> None:
    app = visit(**query)
    before = race(app)
    widget(app.selectbox, "surface").set_value(surface).run()
    said = replaced_rate(app)
    assert len(said) == (told is not None)
    if told is not None:
        assert told in said[0]
        widget(app.button, "use_own").click().run()
        assert race(app).own_learning_rates == before.own_learning_rates
        assert race(app).surface == gallery(surface)
        assert replaced_rate(app) == []
    elif surface == "smoothed_noise":
        assert race(app).own_learning_rates == before.own_learning_rates


def test_changing_one_racer_recomputes_only_that_racer(monkeypatch: pytest.MonkeyPatch) -> None:
    traced = []
    cached.path.cache_clear()

    def counting(racer: Any, *arguments: Any) -> Any:
        traced.append(racer.key)
        return trace(racer, *arguments)

    def counting_all(racers: Any, *arguments: Any) -> Any:
        traced.extend(racer.key for racer in racers)
        return race_of(racers, *arguments)

    trace, race_of = cached.trace, cached.run_race
    monkeypatch.setattr(cached, "trace", counting)
    monkeypatch.setattr(cached, "run_race", counting_all)
    app = visit()
    assert len(traced) == 7
    widget(app.select_slider, "own_beta1").set_value(0.5).run()
    assert traced[7:] == ["adam"]
    widget(app.select_slider, "own_beta1").set_value(0.9).run()
    assert len(traced) == 8, "the way back is remembered"


def test_a_rerun_that_leaves_the_surface_alone_sends_what_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    app = visit()
    header, arrays = message(app)
    assert "map/shade" in arrays
    assert {"play", "pause"} <= set(header["text"])
    widget(app.select_slider, "learning_rate_all").set_value(0.3).run()
    again, arrays = message(app)
    assert again["words_key"] == header["words_key"]
    assert [set(again[name]) for name in ("text", "themes", "arrangements")] == [{"part"}] * 3
    assert [set(trace) for trace in again["plot"]["data"]] == [{"part"}] * len(header["plot"]["data"])
    assert again["map_key"] == header["map_key"]
    # Adadelta has no learning rate of its own, and steps are steps.
    sent = {name.rpartition("/")[0] for name in arrays}
    assert sent == {"told", *(f"racers/{index}" for index in range(7) if index != 4)}
    assert len(sent_bytes(app)) < MOST_BYTES
    widget(app.select_slider, "learning_rate_all").set_value(0.1).run()
    assert set(message(app)[1]) == set(arrays)


def test_lengths_of_steps_are_sent_where_they_are_looked_at() -> None:
    plain, shown = message(visit()), message(visit(axis="length", pinned=Race(steps=50).to_url()))
    assert plain[0]["choices"]["axis"] == shown[0]["choices"]["axis"] == ["loss", "gap", "length"]
    assert not [name for name in plain[1] if "length" in name]
    assert len([name for name in shown[1] if name.endswith("/length")]) == 14
    for place, path in enumerate(Race().run()):
        told = shown[1][f"racers/{place}/length"]
        np.testing.assert_allclose(told, step_lengths(path.points), rtol=2**-23)
    assert shown[0]["token"] != plain[0]["token"]
    axis = shown[0]["views"]["length"]["layout"]["yaxis2"]["range"]
    longest = max(float(np.nanmax(shown[1][name])) for name in shown[1] if name.endswith("/length"))
    assert axis[0] < np.log10(longest) < axis[1]


BROKEN = [
    ({"surface": "atlantis"}, "atlantis"),
    ({"surface": "gaussian_hills", "seed": "-1"}, "seed"),
    ({"surface": "gaussian_hills", "hills": "9999"}, "hills"),
    ({"surface": "formula", "text": "x.__class__"}, " 2"),
    ({"surface": "formula", "text": "9**9**9**9*x"}, "9**9**9"),
    ({"convention": "keras"}, "keras"),
    ({"steps": "0"}, "1 ≤ steps ≤ 5,000"),
    ({"start": "1"}, "start"),
    ({"learning_rate": "-1"}, "learning_rate"),
    ({"racers": "adam--beta1-2"}, "0 ≤ beta1 < 1"),
    ({"racers": "zorro"}, "zorro"),
    ({"v": "99"}, "version"),
    ({"axis": "sideways"}, "loss, gap"),
    ({"by": "hour"}, "step, epoch"),
    ({"runs": "20"}, "one, many"),
    ({"hidden": "1,x,-5,999999999999"}, "0 … 23"),
    ({"veiled": "yes"}, "yes"),
    ({"present": "yes"}, "yes"),
    ({"pinned": "surface=atlantis"}, "pinned"),
    ({"formula": "x^2"}, "text="),
    ({"lr": "0.5"}, "learning_rate="),
    ({"optimizers": "adam"}, "racers="),
    ({"colour": "red"}, "colour"),
    ({"utm_source": "newsletter", "fbclid": "1"}, None),
    ({"axis": "gap", "by": "epoch", "hidden": "1,3", "veiled": "1", "present": "0"}, None),
]


@pytest.mark.parametrize("language", rest_is_long(["en", "zh"], {"zh"}))
@pytest.mark.parametrize(("query", "part"), few_are_quick(BROKEN, 9), ids=[json.dumps(query) for query, _ in BROKEN])
def test_a_broken_link_tells_one_sentence_and_falls_back(
    query: dict[str, str], part: str | None, language: str
) -> None:
    app = visit(**{"lang": language, **query})
    sentences = told(app)
    language = query.get("lang", language)
    if part is None:
        assert sentences == []
    else:
        assert len(sentences) == 1
        assert part in sentences[0]
        assert sentences[0].endswith("." if language == "en" else "。")
        assert "\n" not in sentences[0]
    assert_shows_its_race(app)


def test_a_refused_value_leaves_the_race_and_a_good_one_clears_the_sentence() -> None:
    app = visit(surface="formula", text="x^2+y^2")
    before = race(app)
    widget(app.text_input, "formula").set_value("x^^").run()
    assert race(app) == before
    assert len(told(app)) == 1
    assert widget(app.text_input, "formula").value == "x^^", "what was typed stays, to be mended"
    widget(app.text_input, "formula").set_value("x^2+2*y^2").run()
    assert race(app).surface.title == "x^2+2*y^2"
    assert told(app) == []


def test_the_scoreboard_tells_final_losses_and_outcomes() -> None:
    app = visit()
    board = scores(app)
    assert board.count("<tr>") == 8
    for word in ("converged", "oscillating", "still moving", "stalled", "−0.2832"):
        assert word in board


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({}, "The surface's lowest point is −0.3543 at ("),
        ({"surface": "himmelblau"}, "The surface has 4 equally low points: 0 at (3, 2), ("),
        ({"surface": "himmelblau", "lang": "zh"}, "曲面有 4 个同样低的最低点，损失为 0，位于 (3, 2), ("),
        (
            {"surface": "formula", "text": "sin(x)*sin(y)", "domain": "-10~10~-10~10"},
            "The surface has 18 equally low points: −1 at (",
        ),
    ],
)
def test_the_scoreboard_names_every_point_that_is_as_low_as_the_lowest(query: dict[str, str], told: str) -> None:
    note = scores(visit(**query)).split("</table>")[1].split("</p>")[0]
    assert told in unescape(note)
    assert note.endswith(", …, found by a dense search.") == ("18" in told)


def test_a_race_that_blows_up_is_shown_and_told() -> None:
    app = visit(surface="rosenbrock", learning_rate="10")
    assert_shows_its_race(app)
    board = scores(app)
    assert "diverged" in board
    assert "nan" not in board.lower()


# Comparing, presenting


def test_a_pinned_race_is_sent_along_and_told() -> None:
    pinned = Race(steps=50).with_learning_rate(0.3)
    app = visit(pinned=pinned.to_url())
    header, arrays = message(app)
    assert header["pinned"] is True
    for index, path in enumerate(pinned.run()):
        np.testing.assert_array_equal(arrays[f"pinned/{index}/point"], path.points.astype(np.float32))
        np.testing.assert_array_equal(arrays[f"pinned/{index}/loss"], path.losses.astype(np.float32))
    assert [caption.value for caption in app.caption if "learning rate 0.3, 50 steps" in caption.value]
    assert "Final loss, pinned" in scores(app)
    assert app.session_state.view.to_query()["pinned"] == pinned.to_url()
    widget(app.number_input, "seed").set_value(2).run()
    header, arrays = message(app)
    assert [name for name in arrays if name.startswith("pinned/")] == []
    assert [caption.value for caption in app.caption if "another surface" in caption.value]


PINNED_BADLY = ["x", "surface=atlantis", "steps=9", "surface=gaussian_hills&seed=-1", "%", "=" * 5000]


@pytest.mark.parametrize("text", PINNED_BADLY)
def test_a_pinned_race_that_cannot_be_read_is_none(text: str) -> None:
    app = visit(pinned=text)
    assert app.session_state.view.pinned is None
    assert race(app) == Race()


def test_where_race_and_pinned_race_are_longer_than_a_link_the_pinned_one_is_left_out() -> None:
    label = "%E4%BA%9A" * 40
    many = "~".join([f"adam--label-{label}"] * 11)
    long = read_url(f"v=1&surface=gaussian_hills&seed=1&racers={many}")[0]
    assert 4000 < len(long.to_url()) < LONGEST_LINK
    app = visit(**long.to_query())
    assert race(app) == long
    app.session_state.view = replace(app.session_state.view, pinned=long)
    widget(app.number_input, "seed").set_value(2).run()
    assert not app.exception
    assert app.session_state.view.pinned == long
    assert "pinned" not in app.query_params
    sent = {name: values[0] if isinstance(values, list) else values for name, values in app.query_params.items()}
    assert race(visit(**sent)) == race(app)


def test_a_race_that_no_link_can_hold_says_so() -> None:
    app = visit()
    label = "🙂" * 40
    app.session_state.race = Race(racers=tuple(Racer(OPTIMIZERS["adam"](), label=label) for _ in range(24)))
    app.run()
    assert not app.exception
    assert [caption.value for caption in app.caption if "longer than a link may be (8,000 characters)" in caption.value]


def test_presenting_is_in_the_address_and_in_the_message() -> None:
    app = visit()
    assert message(app)[0]["present"] is False
    app.button(key="present").click().run()
    assert message(app)[0]["present"] is True
    assert app.query_params["present"] in ("1", ["1"])
    app.button(key="present").click().run()
    assert "present" not in app.query_params


HOSTILE_TRIGGERS = [
    *(None, 0, "x", [], {}, {"do": "next"}, {"do": "next", "number": -1}, {"do": {}}, {"do": "begin", "x": 1})
]


@pytest.mark.parametrize("sent", few_are_quick(HOSTILE_TRIGGERS, 3), ids=json.dumps)
def test_what_a_browser_may_send_about_a_tour_does_no_harm(sent: Any) -> None:
    def script(sent: object) -> None:
        from optviz.ui import session
        from optviz.ui.pages.race import touring

        session.begin_run()
        touring.handle(sent)

    app = AppTest.from_function(script, kwargs={"sent": sent}, default_timeout=SECONDS_OF_A_RUN)
    app.run()
    assert not app.exception
    assert app.session_state.race == Race()


def test_on_a_tour_the_address_keeps_its_race_and_tells_the_view() -> None:
    app = visit(surface="ravine", racers="adam~nag")
    before = app.session_state.race
    app.session_state.tour_panel = True
    app.run()
    widget(app.button, "tour_button").click().run()
    toured = app.session_state.race
    assert toured.bare_surface != before.bare_surface
    widget(app.button, "present").click().run()
    assert app.session_state.touring
    sent = {name: values[0] if isinstance(values, list) else values for name, values in app.query_params.items()}
    assert read_url(urlencode(sent))[0] == before, "a reload begins where the tour began"
    assert View.from_query(sent)[0] == app.session_state.view
    assert app.session_state.view.present
    app.session_state.tour_panel = True
    widget(app.button, "tour_button").click().run()
    assert race(app) == toured


def test_a_start_that_comes_while_the_page_is_drawn_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    known = [(0.0, 0.0)]
    real = background.start
    monkeypatch.setattr(background, "start", lambda surface: known.pop() if known else real(surface))
    app = visit(surface="ravine")
    x, y = race(app).surface.suggested_start.tolist()
    assert x != 0
    assert (widget(app.number_input, "x0").value, widget(app.number_input, "y0").value) == (x, y)


# Races that nobody would run twice, and that a link or the widgets allow.
EXTREME = [
    {"start": "1e8~0"},
    {"surface": "rosenbrock", "start": "1e7~0"},
    {"surface": "formula", "text": "log(x)", "start": "-1~0"},
    {"surface": "formula", "text": "log(-1-x^2)"},
    {"surface": "formula", "text": "log(x-5)"},
    {"surface": "formula", "text": "1e308*x"},
    {"surface": "formula", "text": "exp(x)", "domain": "-1000~1000~-1~1"},
    {"surface": "formula", "text": "log(x^2+y^2)"},
    {"surface": "formula", "text": "-1/x^2"},
    {"surface": "formula", "text": "3"},
    {"surface": "smoothed_noise", "size": "8", "smoothing": "1", "bowl": "100", "octaves": "6"},
    {"surface": "gaussian_hills", "hills": "100", "weights": "-100~100", "learning_rate": "1e9"},
    {"steps": "1"},
    {"steps": "5000", "racers": "adam"},
    {"racers": "~".join(["adam"] * 24)},
    {"samples": "2", "spread": "100", "racers": "sgd~minibatch_sgd--batch_size-2", "runs": "many", "by": "epoch"},
    {"surface": "regression", "kind": "logistic", "racers": "sgd", "learning_rate": "1e6", "runs": "many"},
]


@pytest.mark.parametrize("query", few_are_quick(EXTREME, 4), ids=json.dumps)
def test_every_race_that_is_allowed_is_shown(query: dict[str, str]) -> None:
    app = visit(**query)
    assert told(app) == []
    header, arrays = message(app)
    assert np.isfinite(arrays["racers/0/point"][0]).all() or tracks(header)["racers"][0]["lost_at"] == -1
    start = header["plot"]["data"][2]
    assert np.isfinite([start["x"][0], start["y"][0]]).all()


def test_no_lowest_point_is_said_and_not_made_up() -> None:
    app = visit(surface="formula", text="log(x^2+y^2)")
    assert "No finite lowest point" in scores(app)
    assert "The start is the lowest point" not in scores(app)


def test_thousands_of_bad_settings_are_told_in_a_few_sentences() -> None:
    app = visit(racers="~".join(["zorro"] * 1500))
    assert 1 <= len(told(app)) <= 5


def test_what_a_link_says_is_told_as_text() -> None:
    said = "<b>[free](https://evil.example)</b>"
    app = visit(steps=said)
    assert said in told(app)[0]
    (box,) = [html.proto.body for html in app.get("html") if 'class="optviz-told"' in html.proto.body]
    assert "<b>" not in box


@long
def test_a_link_beyond_the_budget_runs_as_far_as_it_may_and_says_so() -> None:
    link = "surface=regression&kind=logistic&samples=1024&steps=5000&racers=" + "~".join(["adam"] * MOST_RACERS)
    asked = read_url(link)[0]
    app = visit(**dict(part.split("=") for part in link.split("&")))
    assert race(app) == asked.replaced(steps=most_steps(asked)) != asked
    (sentence,) = told(app)
    assert sentence.startswith("steps = 5,000 is too much work for 24 optimizers on this surface")


def test_a_change_beyond_the_budget_is_refused_and_the_race_stays() -> None:
    link = "surface=regression&kind=logistic&samples=1024&steps=200&racers=" + "~".join(["adam"] * MOST_RACERS)
    app = visit(lang="zh", **dict(part.split("=") for part in link.split("&")))
    before, picture = race(app), message(app)[0]["token"]
    assert not told(app)
    widget(app.select_slider, "steps").set_value(5000).run()
    assert not app.exception
    assert race(app) == before
    assert message(app)[0]["token"] == picture
    (sentence,) = told(app)
    assert sentence.startswith("步数 = 5,000：24 个优化器") and f"{most_steps(before):,}" in sentence
    assert widget(app.select_slider, "steps").value == 200


def test_a_pinned_race_beyond_the_budget_is_left_out() -> None:
    heavy = "surface=regression&kind=logistic&samples=1024&steps={}&racers=" + "~".join(["adam"] * MOST_RACERS)
    assert visit(pinned=heavy.format(100)).session_state.view.pinned is not None
    assert visit(pinned=heavy.format(5000)).session_state.view.pinned is None


def test_fewer_samples_than_a_batch_has_are_taken_and_told() -> None:
    app = visit(surface="regression", samples="512", racers="minibatch_sgd--batch_size-256~adam")
    widget(app.selectbox, "surface").set_value("himmelblau").run()
    assert race(app).surface.samples == 512
    assert told(app) == []
    widget(app.select_slider, "samples").set_value(100).run()
    assert not app.exception, app.exception
    assert race(app).racers[0].batch_size == race(app).surface.samples == 100
    assert told(app) == ["batch_size = 256 is more than the 100 samples that there are; it became 100."]
    assert_shows_its_race(app)
    widget(app.select_slider, "samples").set_value(200).run()
    assert told(app) == []


# What is said where, and what stays with whom


def test_a_refused_formula_stays_in_its_field_until_it_is_mended() -> None:
    app = visit(surface="formula", text="x^2+y^2")
    widget(app.text_input, "formula").set_value("x^^").run()
    others = [
        lambda: widget(app.button_group, "language").set_value("zh"),
        lambda: widget(app.select_slider, "learning_rate_all").set_value(0.3),
        lambda: app.button(key="present").click(),
        lambda: app,
        lambda: widget(app.button_group, "language").set_value("en"),
    ]
    for other in others:
        other().run()
        assert widget(app.text_input, "formula").value == "x^^"
        assert len(told(app)) == 1
        assert race(app).surface.title == "x^2+y^2"
    assert race(app).shared_learning_rate == 0.3
    widget(app.text_input, "formula").set_value("x^2+2*y^2").run()
    assert told(app) == []
    widget(app.text_input, "formula").set_value("x^^").run()
    widget(app.selectbox, "surface").set_value("beale").run()
    assert told(app) == []
    widget(app.selectbox, "surface").set_value("formula").run()
    assert told(app) == []
    assert widget(app.text_input, "formula").value == race(app).surface.title


@pytest.mark.parametrize(("key", "typed", "allowed"), [("seed", -3, "0"), ("seed", 2**33, "4294967295")])
def test_a_number_out_of_range_is_told_and_the_field_shows_the_race_again(key: str, typed: float, allowed: str) -> None:
    app = visit()
    field = widget(app.number_input, key)
    before = field.value
    # A bound that the browser knows it keeps to itself: what was typed would stay there without a word.
    assert not field.proto.has_min
    assert not field.proto.has_max
    field.set_value(typed).run()
    (sentence,) = told(app)
    assert f"{typed:.6g}" in sentence.replace("−", "-") or str(typed) in sentence.replace("−", "-")
    assert allowed in sentence.replace(",", "").replace("−", "-")
    assert widget(app.number_input, key).value == before


def test_what_a_widget_refuses_is_told_once_beside_it() -> None:
    app = visit(surface="formula", text="x^2+y^2")
    refused: list[tuple[Callable[[], Any], str]] = [
        (lambda: widget(app.text_input, "formula").set_value("x^^"), "column 3"),
        (lambda: widget(app.number_input, "x_min").set_value(9.0), "domain"),
        (lambda: widget(app.button_group, "racers").set_value([]), "1 … 24"),
    ]
    for number, (change, part) in enumerate(refused, 1):
        change().run()
        assert len(told(app)) == 1
        assert part in told(app)[0]
        assert [part for part in app.sidebar.get("html") if 'class="optviz-told"' in part.proto.body]
        widget(app.text_input, "formula").set_value(f"x^2+{number}*y^2+1").run()
        assert told(app) == []


def test_the_last_optimizer_stays_and_that_is_told() -> None:
    app = visit(racers="adam")
    widget(app.button_group, "racers").set_value([]).run()
    assert [racer.key for racer in race(app).racers] == ["adam"]
    assert widget(app.button_group, "racers").value == ["adam"], "the pill is shown as chosen again"
    assert "1 … 24" in told(app)[0]
    widget(app.button_group, "racers").set_value(["adam", "nag"]).run()
    assert told(app) == []


def hidden_names(app: AppTest) -> list[str]:
    names = race(app).racer_names()
    return [names[place] for place in app.session_state.view.hidden]


def test_a_hidden_optimizer_stays_hidden_whoever_comes_and_goes() -> None:
    app = visit(racers="momentum~rmsprop~adam", hidden="1")
    assert hidden_names(app) == ["rmsprop"]
    steps: list[tuple[Callable[[], Any], list[str]]] = [
        (lambda: widget(app.button_group, "racers").set_value(["rmsprop", "adam"]), ["rmsprop"]),
        (lambda: widget(app.button_group, "racers").set_value(["nag", "rmsprop", "adam"]), ["rmsprop"]),
        (lambda: widget(app.selectbox, "tune").set_value(0), ["rmsprop"]),
        (lambda: app.button(key="duplicate").click(), ["rmsprop"]),
        (lambda: app.button(key="remove").click(), ["rmsprop"]),
        (lambda: widget(app.select_slider, "learning_rate_all").set_value(0.3), ["rmsprop"]),
        (lambda: widget(app.selectbox, "tune").set_value(1), ["rmsprop"]),
        (lambda: app.button(key="duplicate").click(), ["rmsprop"]),
        (lambda: app.button(key="remove").click(), ["rmsprop"]),
        (lambda: widget(app.button_group, "racers").set_value(["nag", "adam"]), []),
        (lambda: widget(app.button_group, "racers").set_value(["nag", "rmsprop", "adam"]), []),
    ]
    for step, expected in steps:
        step().run()
        assert hidden_names(app) == expected
        assert app.session_state.view.to_query().get("hidden", "") == app.query_params.get("hidden", [""])[0]


def test_the_optimizer_that_is_being_adjusted_stays_the_one() -> None:
    app = visit(racers="momentum~rmsprop~adam")
    widget(app.selectbox, "tune").set_value(1).run()
    widget(app.button_group, "racers").set_value(["momentum", "nag", "rmsprop", "adam"]).run()
    assert widget(app.selectbox, "tune").value == 2
    widget(app.button_group, "racers").set_value(["nag", "rmsprop", "adam"]).run()
    assert widget(app.selectbox, "tune").value == 1


@pytest.mark.parametrize("language", rest_is_long(LANGUAGES, ["en"]))
@pytest.mark.parametrize(
    ("query", "drawn", "key"),
    [
        ({}, "drawn_dark_map", "key_dark"),
        ({"look": "article"}, "drawn_dark_map", "key_dark"),
        ({"view": "3d"}, "drawn_dark", "key_dark"),
        ({"view": "both"}, "drawn_dark_map", "key_dark"),
        ({"view": "3d", "look": "article"}, "drawn_article", "key_article"),
        ({"view": "both", "look": "article"}, "drawn_both", "key_both"),
    ],
)
def test_what_is_said_of_the_colours_is_so_in_the_chosen_view(
    query: dict[str, str], drawn: str, key: str, language: str
) -> None:
    said = _said(visit(lang=language, **query))
    text = words(language)
    assert [name for name, sentence in text["hook"].items() if name.startswith("drawn_") and sentence in said] == [
        drawn
    ]
    assert text["figure"][key] in said
    assert text["hook"]["asked"] in said
    assert text["figure"]["key_marks"] in said


@pytest.mark.parametrize(("language", "end"), [("en", "**Himmelblau**  $"), ("zh", "**Himmelblau 函数**  $")])
def test_the_line_above_the_picture_ends_as_a_sentence_does(language: str, end: str) -> None:
    stop = {"en": ".", "zh": "。"}[language]
    for query, setting in (({"surface": "himmelblau"}, end), ({"seed": "3"}, "3**"), ({}, "")):
        (line,) = [part.value for part in visit(lang=language, **query).markdown if setting in part.value]
        assert line.endswith(stop)


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_a_surface_that_moves_the_colours_are_said_to_be_those_of_its_first_step(language: str) -> None:
    said, hook = _said(visit(lang=language, surface="moving_bowl")), words(language)["hook"]
    assert hook["asked_moving"] in said and hook["asked"] not in said


def test_no_lowest_point_is_spoken_of_where_none_is_marked() -> None:
    app = visit(surface="formula", text="log(abs(x)) + y")
    said, text = _said(app), words("en")
    assert not next(layer for layer in message(app)[0]["layers"] if layer["kind"] == "places")["places"]
    assert "(+)" not in said
    assert text["hook"]["asked_unmarked"] in said
    assert text["figure"]["key_marks_unmarked"] in said


def _said(app: AppTest) -> str:
    return " ".join(part.value for part in (*app.markdown, *app.caption))
