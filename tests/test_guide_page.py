"""The guide's page: every chapter in both languages, its pictures, its links, and the reader's own race."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mounted import tracks, visit
from optviz import Race
from optviz.budget import check_budget
from optviz.experiment import read_url
from optviz.experiment.link import parameters
from optviz.formula.rule_latex import rule_latex
from optviz.guide.demonstrations import LOOKED_AT, demonstrations
from optviz.guide.family import LONGEST_LINE, MEMBERS, STEPS, family_svg
from optviz.guide.rules import rule_forms
from optviz.racer import PICKS
from optviz.stage import unpack
from optviz.text import LANGUAGES, words
from optviz.text.guide import FIGURE, INSIDE, RULE, SHOW, chapter, chapter_keys
from optviz.ui import background
from optviz.ui.pages.guide.figures import DRAWINGS
from optviz.ui.returning import Left
from optviz.view import View
from tiers import few_are_quick

LARGEST_MESSAGE = 80_000  # bytes, whole and not compressed: words 12,000, map 16,000, and seven racers over 200 steps

LINK = re.compile(r'<a [^>]*?href="([^"]*)" data-go="([a-z]+):([a-z0-9_]+)"')


def opened(key: str, **query: str) -> Any:
    """The guide at a chapter, in a visit with these query parameters."""
    app = visit(**query)
    app.switch_page("guide.py")
    app.session_state.view = View(language=query.get("lang"), chapter=None if key == chapter_keys()[0] else key)
    app.run()
    assert not app.exception, app.exception
    return app


def pictures(app: Any) -> list[bytes]:
    return [found.proto.bytes for found in app.get("bidi_component") if found.proto.bytes]


def markup(app: Any) -> str:
    return "".join(found.proto.body for found in app.get("html"))


IN_BOTH = [(key, language) for key in chapter_keys() for language in LANGUAGES]


@pytest.mark.parametrize(("key", "language"), few_are_quick(IN_BOTH, 9))
def test_a_chapter_shows_its_text_and_its_pictures_and_sends_no_other(key: str, language: str) -> None:
    app, read = opened(key, lang=language), chapter(key, language)
    assert f'id="chapter">{html.escape(read.title)}<' in markup(app)
    shown = [piece.name for piece in read.pieces if piece.kind == FIGURE and piece.name not in DRAWINGS]
    sent = pictures(app)
    assert len(sent) == len(shown)
    for name, message in zip(shown, sent, strict=True):
        header, _ = unpack(message)
        race = demonstrations()[name].race
        assert header["small"] is True
        names = list(race.racer_names(words(language)["optimizer"]))
        looked_at = demonstrations()[name].inside
        if looked_at is None:
            assert [racer["name"] for racer in tracks(header)["racers"]] == names
        else:
            (layer,) = header["layers"]
            assert [racer["name"] for racer in header["racers"]] == names
            assert [(racer["place"], racer["name"]) for racer in layer["racers"]] == [
                (place, names[place]) for place, racer in enumerate(race.racers) if racer.kind == looked_at
            ]
            assert (layer["steps"], header["view"]["at"]) == (race.steps, LOOKED_AT[looked_at])
        assert len(message) < LARGEST_MESSAGE
    for section in read.sections:
        assert not section.key or f'id="{section.key}"' in markup(app)
    written = "".join(found.value for found in app.markdown)
    assert all(piece.words in written for piece in read.pieces if piece.kind == "text")
    assert not re.search(r"\{\{ *[a-z]+ *:|\[\[ *claim", written + markup(app))


@pytest.mark.parametrize(("key", "language"), few_are_quick(IN_BOTH, 5))
def test_each_button_leads_to_the_race_that_it_claims_within_the_budget(key: str, language: str) -> None:
    links = {(kind, name): html.unescape(to) for to, kind, name in LINK.findall(markup(opened(key, lang=language)))}
    buttons = [piece.name for piece in chapter(key, language).pieces if piece.kind == SHOW]
    assert {name for kind, name in links if kind == "show"} == set(buttons)
    for name in buttons:
        path, _, query = links["show", name].partition("?")
        race, problems = read_url(query)
        assert (path, problems) == ("./", ())
        assert race == check_budget(demonstrations()[name].race)
        view, refused = View.from_query(parameters(query), "race")
        assert (view, refused) == (View(**{**demonstrations()[name].view.__dict__, "language": language}), [])
    chapters = {name for kind, name in links if kind == "chapter"}
    assert chapters == set(chapter_keys())


@pytest.mark.parametrize(("key", "language"), few_are_quick(IN_BOTH, 5))
def test_each_look_inside_is_at_a_step_of_the_picture_above(key: str, language: str) -> None:
    figure, wanted = "", {}
    for piece in chapter(key, language).pieces:
        figure = piece.name if piece.kind == FIGURE else figure
        if piece.kind == INSIDE:
            wanted[figure, piece.name] = min(LOOKED_AT[piece.name], demonstrations()[figure].race.steps)
    if not wanted:
        return
    found = re.findall(r'href="(step\?[^"]*)" data-go="inside:(\w+)\.(\w+)"', markup(opened(key, lang=language)))
    assert {(name, kind) for _, name, kind in found} == set(wanted)
    for to, name, kind in found:
        query = html.unescape(to).partition("?")[2]
        race, problems = read_url(query)
        view, refused = View.from_query(parameters(query), "step")
        assert (race, problems, refused) == (demonstrations()[name].race, (), [])
        assert (race.racers[view.racer].kind, view.at) == (kind, wanted[name, kind])


def test_looking_inside_leads_to_the_page_of_steps() -> None:
    _, after = followed("inside:rmsprop_cycle.adam", **READER)
    shown = demonstrations()["rmsprop_cycle"]
    assert (after.race, after.next_page) == (shown.race, "step")
    assert after.view == View(language="zh", present=True, racer=1, at=1)


def test_what_the_text_names_is_there() -> None:
    named = {kind: set[str]() for kind in (FIGURE, SHOW, RULE)}
    for key in chapter_keys():
        for piece in chapter(key, "en").pieces:
            if piece.kind in named:
                named[piece.kind].add(piece.name)
    assert named[SHOW] <= set(demonstrations())
    assert named[FIGURE] == {*demonstrations(), *DRAWINGS}, (
        "a demonstration that no chapter shows, or none that is shown"
    )
    assert named[RULE] <= set(PICKS)


@pytest.mark.parametrize("name", demonstrations())
def test_a_demonstration_is_a_race_that_can_be_run_as_its_link_says(name: str) -> None:
    demonstration = demonstrations()[name]
    assert read_url(demonstration.link) == (demonstration.race, ())
    assert demonstration.view.fitting(demonstration.race) == demonstration.view
    assert set(demonstration.captions) == set(LANGUAGES)


def reading() -> None:
    """A visit that follows what is asked for."""
    import streamlit as st

    from optviz.ui import returning, session
    from optviz.ui.pages.guide import links

    session.begin_run()
    if "asked" in st.session_state:
        if st.session_state.asked == "back":
            returning.go_back()
        links.follow(st.session_state.asked)


def followed(asked: Any, **query: str) -> tuple[Any, Any]:
    """A visit before and after it has followed a link."""
    visits = []
    for at in (None, asked):
        app = AppTest.from_function(reading, default_timeout=60)
        app.query_params.update(query)
        app.run()
        if at is not None:
            app.session_state.asked = at
            app.run()
        assert not app.exception
        visits.append(app.session_state)
    return visits[0], visits[1]


READER = {"v": "1", "surface": "saddle", "steps": "30", "racers": "adam", "lang": "zh", "present": "1", "hidden": "0"}


def test_from_what_was_shown_a_way_leads_back_to_the_chapter_and_the_readers_race() -> None:
    app = AppTest.from_function(reading, default_timeout=60)
    app.query_params.update(READER)
    app.run()
    own = app.session_state.race
    for asked in ("chapter:momentum", "show:article_3d", "show:ravine_momentum", "back"):
        app.session_state.asked = asked
        app.run()
        assert not app.exception
    assert (app.session_state.race, app.session_state.next_page) == (own, "guide")
    assert app.session_state.view == View(language="zh", present=True, chapter="momentum", hidden=(0,))


def test_a_picture_that_could_not_be_computed_says_so_and_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = frozenset({("path", "some key")})
    forgiven: list[Any] = []
    app = opened("nag")
    monkeypatch.setattr(background, "available", lambda race, **_: background.Available(None, race, failed=lost))
    monkeypatch.setattr(background, "try_again", forgiven.append)
    app.run()
    assert pictures(app) == []
    for name in ("nag_live", "nag_arrows"):
        assert app.button(key=f"again_{name}").label == words("en")["background"]["again"]
    assert markup(app).count(words("en")["background"]["failed"]) == 2
    app.button(key="again_nag_arrows").click().run()
    assert forgiven == [tuple(lost)]


def test_the_way_back_is_above_the_race_until_it_is_changed() -> None:
    app = visit(**{**READER, "lang": "en"})
    assert not [button for button in app.button if button.key == "way_back"]
    shown = app.session_state.race
    app.session_state.left_behind = Left("guide", Race(), View(chapter="adam"), shown)
    app.run()
    assert app.button(key="way_back").label == "← Back to the guide"
    assert words("en")["back"]["waits_guide"] in markup(app)
    app.session_state.race = shown.replaced(steps=31)
    app.run()
    assert not [button for button in app.button if button.key == "way_back"]


def test_showing_takes_the_race_and_its_view_and_keeps_what_is_the_visitors_own() -> None:
    before, after = followed("show:article_3d", **READER)
    assert after.race == demonstrations()["article_3d"].race != before.race
    # Who is looked into on the page of a step goes where that racer goes: Adam was the first and is the last.
    assert [now.race.racers[now.view.racer].key for now in (before, after)] == ["adam", "adam"]
    assert replace(after.view, racer=0) == View(language="zh", present=True, drawn="3d", look="article")
    assert after.next_page == "race"
    assert before.view.hidden == (0,)


def test_a_chapter_is_opened_beside_the_race_of_the_visit() -> None:
    before, after = followed("chapter:adam", **READER)
    assert (after.race, after.view) == (before.race, replace(before.view, chapter="adam"))
    first = chapter_keys()[0]
    assert followed(f"chapter:{first}", **READER)[1].view == before.view
    assert "next_page" not in after


@pytest.mark.parametrize(
    "asked",
    [
        "show:no_such",
        "chapter:no_such",
        "film:adam",
        "inside:rmsprop_cycle.nag",
        "inside:adam",
        "",
        7,
        ["chapter:adam"],
    ],
)
def test_what_is_no_link_changes_nothing(asked: Any) -> None:
    before, after = followed(asked, **READER)
    assert (after.race, after.view, "next_page" in after) == (before.race, before.view, False)


def pressing() -> None:
    """A visit whose card's button is pressed."""
    import streamlit as st

    from optviz.ui import session
    from optviz.ui.pages.race.answers import REQUESTS

    session.begin_run()
    REQUESTS["read"](st.session_state.place)


@pytest.mark.parametrize(("place", "chapter"), [(0, "minibatch"), (1, "adam"), (2, None), (3, None), ("1", None)])
def test_a_card_leads_to_the_chapter_about_its_optimizer(place: Any, chapter: str | None) -> None:
    app = AppTest.from_function(pressing, default_timeout=60)
    app.query_params.update(v="1", racers="minibatch_sgd~adam~slip_adam_from_zero", samples="64", steps="5")
    app.session_state.place = place
    app.run()
    assert not app.exception
    assert app.session_state.view.chapter == chapter
    assert ("next_page" in app.session_state) is (chapter is not None)


def started(name: str, *sent: Any) -> Any:
    """The visit of a reader whose small picture has sent this."""
    app = AppTest.from_function(dragging, default_timeout=60)
    app.session_state.name = name
    for message in sent:
        app.session_state.sent = message
        app.run()
        assert not app.exception
    return app.session_state


def dragging() -> None:
    """A visit in which a small picture asks for something."""
    import streamlit as st

    from optviz.guide.demonstrations import demonstrations
    from optviz.ui import requests, session
    from optviz.ui.pages.guide import figures

    session.begin_run()
    st.session_state.more = figures.answer(st.session_state.name, st.session_state.sent)
    st.session_state.shown = figures.race_shown(demonstrations()[st.session_state.name])
    st.session_state.told = requests.heard(figures.key_of(st.session_state.name))


def request(number: int, what: str, value: Any) -> dict[str, Any]:
    return {"page": "p", "requests": [{"number": number, "what": what, "value": value}]}


def test_a_start_that_is_dragged_is_that_of_the_small_picture_alone() -> None:
    race = demonstrations()["saddle"].race
    held = started("saddle", {"page": "p", "requests": [], "live": {"start": [0.5, 0.5], "number": 1}})
    assert (held.shown.start, held.race, held.more) == ((0.5, 0.5), Race(), False)
    let_go = started("saddle", {"live": {"start": [0.5, 0.5]}}, request(1, "start", [0.25, 0.5]))
    assert (let_go.shown, let_go.told) == (race.replaced(start=(0.25, 0.5)), {"page": "p", "number": 1})
    given_up = started("saddle", {"live": {"start": [0.5, 0.5]}}, request(1, "let_go", None))
    assert given_up.shown == race


@pytest.mark.parametrize(("link", "page"), [("show:saddle", "race"), ("inside:saddle.gradient_descent", "step")])
def test_the_start_that_was_dragged_goes_along(link: str, page: str) -> None:
    race = demonstrations()["saddle"].race
    app = AppTest.from_function(reading, default_timeout=60)
    app.session_state.asked = link
    app.session_state["guide_starts"] = {"saddle": (0.25, 0.5)}
    app.run()
    assert not app.exception
    assert app.session_state.race == race.replaced(start=(0.25, 0.5))
    assert app.session_state.next_page == page


@pytest.mark.parametrize("start", [None, "far", [1], [1e300, 0], {"x": 1}, [float("nan"), 0]])
def test_no_start_is_taken_that_is_none(start: Any) -> None:
    race = demonstrations()["saddle"].race
    assert started("saddle", request(1, "start", start)).shown == race
    assert started("saddle", {"page": "p", "requests": [], "live": {"start": start, "number": 1}}).shown == race


def test_the_rule_of_a_method_is_that_of_its_sources() -> None:
    article, pytorch, tensorflow = rule_forms("adam")
    assert [form.conventions for form in (article, pytorch, tensorflow)] == [
        ("article",),
        ("pytorch",),
        ("tensorflow1",),
    ]
    assert article.lines[-1] == "θ ← θ − η m̂ / √(v̂ + ε)"
    assert article.settings == (("β₁", "0.9"), ("β₂", "0.999"), ("ε", "1e−8"))
    assert [form.conventions for form in rule_forms("sgd")] == [("article", "pytorch", "tensorflow1")]
    # Adadelta's factor is no learning rate of its own, so it is told.
    assert ("η", "0.1") in rule_forms("adadelta")[-1].settings


@pytest.mark.parametrize(
    ("line", "latex"),
    [
        (
            "θ ← θ − η ∇J(θ − γ v)",
            r"\theta & \leftarrow  \theta - \eta \, \nabla J \left( \theta - \gamma \, v \right)",
        ),
        ("m̂ = m / (1 − β₁ᵗ)", r"\hat{m} & = \frac{m}{1 - {\beta}_{1}^{t}}"),
        ("G ← G + g²", r"G & \leftarrow  G + {g}^{2}"),
        ("θ ← θ − η g / √(G + ε)", r"\theta & \leftarrow  \theta - \frac{\eta \, g}{\sqrt{G + \varepsilon}}"),
        ("a step of 5 % {or} less", r"\text{a step of 5  or less}"),
    ],
)
def test_a_line_is_typeset(line: str, latex: str) -> None:
    assert rule_latex([line]) == rf"\begin{{aligned}}{latex}\end{{aligned}}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_family_has_each_kind_once_and_each_leads_to_its_chapter(language: str) -> None:
    kinds = [member.kind for member in MEMBERS]
    assert sorted(kinds) == sorted(PICKS)
    assert {member.chapter for member in MEMBERS} <= set(chapter_keys())
    assert {step.child for step in STEPS} == set(kinds) - {"gradient_descent"}
    text = words(language)
    drawn = family_svg(lambda key, title: f'href="{key}" title="{title}"', text["optimizer"], text["guide"])
    assert re.findall(r'<a href="(\w+)"', drawn) == [member.chapter for member in MEMBERS]
    assert drawn.count("<path") == len(STEPS)
    lines = re.findall(r"<tspan[^>]*>([^<]*)</tspan>", drawn)
    assert len(lines) >= len(STEPS)
    # A Chinese character is as wide as one and a half others.
    widths = [sum(1.5 if ord(letter) > 0x2E80 else 1 for letter in line) for line in lines]
    assert all(0 < width <= LONGEST_LINE for width in widths), "in its frame"
    assert all(text["guide"][step.adds] in drawn for step in STEPS)
