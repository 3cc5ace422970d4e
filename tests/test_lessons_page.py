"""The page of lessons: the list, one that is opened, its answer, and one that is composed."""

from __future__ import annotations

import dataclasses
import re
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from streamlit.testing.v1 import AppTest

from mounted import read_aloud, visit, widget
from optviz import Racer
from optviz.experiment import LONGEST_LINK, Race
from optviz.experiment.lesson import LETTERS, Lesson, lesson, lesson_names
from optviz.optimizers import Adam
from optviz.stage import unpack
from optviz.statistics.measures import MEASURES
from optviz.text import words
from optviz.text.numbers import readable
from optviz.ui import address
from optviz.ui.pages.lessons.composing import DRAFT, Draft
from optviz.ui.pages.lessons.state import KEPT, STATE
from optviz.ui.widgets import WORD_JOINER, plainly
from optviz.view import LESSON_OF_THE_VISIT
from tiers import few_are_quick

LATIN = re.compile(r"(?:[A-Za-z][a-z]+[ ,]+){3,}[A-Za-z]+")
"""Four words of English in a row; names and formulas have fewer."""


def opened(**query: str) -> AppTest:
    app = visit(**{name: text for name, text in query.items() if name == "lang"})
    app.query_params.update(query)
    app.switch_page("lessons.py").run()
    assert not app.exception, app.exception
    return app


def at_lesson(spelled: str, language: str = "en") -> AppTest:
    app = opened(lang=language)
    app.session_state.view = dataclasses.replace(app.session_state.view, lesson=spelled)
    app.run()
    assert not app.exception, app.exception
    return app


def told(app: AppTest) -> str:
    """All that the page says, tags taken away."""
    offered = [button.label for button in app.button] + [option for radio in app.radio for option in radio.options]
    return "\n".join([read_aloud(app), *offered])


def stage_of(app: AppTest) -> dict[str, Any]:
    (blob,) = [part.proto.bytes for part in app.get("bidi_component") if len(part.proto.bytes) > 1000]
    return unpack(blob)[0]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_list_shows_each_lesson(language: str) -> None:
    app = opened(lang=language)
    page = told(app)
    for name in lesson_names():
        assert lesson(name).title[language] in page
        assert lesson(name).question[language] in page
    widget(app.button, "open_ravine").click().run()
    assert app.session_state.view.lesson == "ravine"
    assert lesson("ravine").question[language] in told(app)


@pytest.mark.parametrize(
    ("name", "language"), few_are_quick([(name, language) for name in lesson_names() for language in ("en", "zh")], 7)
)
def test_a_lesson_opens_the_race_that_it_claims(name: str, language: str) -> None:
    found = lesson(name)
    app = at_lesson(name, language)
    assert app.session_state.race == Race()
    header = stage_of(app)
    assert header["view"]["veiled"] is True and header["played"] is False
    # Nothing gives the answer away before it has been played.
    assert found.why[language] not in told(app)
    widget(app.radio, "guess").set_value("A").run()
    widget(app.button, "reveal").click().run()
    assert found.why[language] not in told(app)
    widget(app.button, "skip_to_answer").click().run()
    page = told(app)
    assert found.why[language] in page
    verdict = "guessed_right" if found.right == "A" else "guessed_wrong"
    assert words(language)["lessons"][verdict].format(guess="A", right=found.right) in page
    paths = found.race.run()
    for measure in found.measures:
        assert words(language)["measure"][MEASURES[measure].called(paths)] in page
        for number in MEASURES[measure].numbers(paths):
            assert readable(number) in page
    if language == "zh":
        assert LATIN.findall(page) == []
    widget(app.button, "open_race").click().run()
    assert not app.exception
    assert app.session_state.race == found.race
    assert app.session_state.view.without == found.hides
    widget(app.button, "way_back").click().run()
    assert not app.exception
    assert found.why[language] in told(app), "the lesson, revealed as it was left"


@pytest.mark.parametrize("reveals", [True, False])
def test_inside_a_step_after_a_lesson_is_inside_the_lesson_s_race(reveals: bool) -> None:
    found = lesson("ravine")
    app = at_lesson("ravine")
    mine = app.session_state.race
    if reveals:
        widget(app.button, "reveal").click().run()
        widget(app.button, "skip_to_answer").click().run()
    app.switch_page("step.py").run()
    assert not app.exception
    assert app.session_state.race == found.race and app.session_state.view.without == found.hides
    widget(app.button, "way_back").click().run()
    assert not app.exception and app.session_state.race == mine
    assert found.question["en"] in told(app)
    # Who has put the lesson away looks into the own race again.
    widget(app.button, "all_lessons").click().run()
    app.switch_page("step.py").run()
    assert app.session_state.race == mine


@pytest.mark.parametrize(
    ("kept", "guess", "revealed", "answered"),
    [
        ({"guess": "B", "revealed": False}, "B", False, False),
        ({"guess": "B", "revealed": True}, "B", True, False),
        ({"guess": None, "revealed": True}, None, True, False),
        ({"guess": "B", "revealed": True, "answered": True}, "B", True, True),
        ({"guess": None, "revealed": True, "answered": True}, None, True, True),
        ({"guess": "Z", "revealed": "yes", "answered": "yes"}, None, False, False),
        ({"guess": ["B"], "revealed": 1, "answered": 1}, None, False, False),
    ],
)
def test_a_guess_that_the_browser_kept_is_taken_and_once_revealed_stays(
    kept: dict[str, Any], guess: str | None, revealed: bool, answered: bool
) -> None:
    app = AppTest.from_function(loaded_again, default_timeout=60)
    app.session_state.said = kept
    app.run()
    assert not app.exception
    state = app.session_state[STATE]
    assert (state.guess, state.revealed, state.answered, state.replays) == (guess, revealed, answered, 0)
    state.take_guess("A")
    assert state.guess == (guess if revealed else "A")


@pytest.mark.parametrize(("revealed", "guess"), [(True, "B"), (False, "A")])
def test_who_is_quick_after_a_reload_changes_no_guess_that_was_followed_by_the_race(revealed: bool, guess: str) -> None:
    app = AppTest.from_function(loaded_again, default_timeout=60)
    app.session_state.said = {"guess": "B", "revealed": revealed}
    app.session_state.quick = "A"
    app.run()
    assert not app.exception
    state = app.session_state[STATE]
    assert (state.guess, state.revealed) == (guess, revealed)


def loaded_again() -> None:
    """A visit to a lesson, whose browser tells what it has kept."""
    import streamlit as st

    from optviz.experiment.lesson import lesson
    from optviz.ui import session
    from optviz.ui.pages.lessons.opened import take_kept
    from optviz.ui.pages.lessons.state import state_of

    session.begin_run()
    state = state_of(lesson("ravine"))
    state.take_guess(st.session_state.get("quick"))
    take_kept({"question": "another", "guess": "C", "revealed": True}, lesson("ravine"), state)
    take_kept({"question": state.token, **st.session_state.said}, lesson("ravine"), state)


def test_a_step_of_a_lesson_s_racer_is_looked_into_from_its_picture() -> None:
    app = at_lesson("ravine")
    assert stage_of(app)["tools"] == []
    widget(app.button, "reveal").click().run()
    widget(app.button, "skip_to_answer").click().run()
    assert stage_of(app)["tools"] == ["inside"]
    asking = AppTest.from_function(looking_inside, default_timeout=60)
    asking.query_params.update(v="1", steps="5")
    asking.run()
    assert not asking.exception
    view = asking.session_state.view
    assert asking.session_state.race == lesson("ravine").race and (view.racer, view.at) == (1, 7)
    assert asking.session_state.next_page == "step"


def looking_inside() -> None:
    """A visit to a lesson, whose picture asks for the inside of a step."""
    from optviz.ui import session
    from optviz.ui.pages.lessons.picture import REQUESTS

    session.begin_run()
    session.change_view(lesson="ravine")
    REQUESTS["inside"]({"racer": 1, "at": 7})


def test_hidden_controls_come_back_by_one_click() -> None:
    app = visit(surface="ravine", racers="gradient_descent~momentum", without="surface,optimizers,start,article")
    names = {(part.key or "").partition("~")[0] for part in (*app.selectbox, *app.slider, *app.number_input)}
    assert not {"surface", "x0", "steps"} & names
    assert widget(app.select_slider, "learning_rate_all")
    widget(app.button, "show_controls").click().run()
    assert app.session_state.view.without == ()
    assert widget(app.selectbox, "surface") and widget(app.number_input, "x0")


@pytest.mark.parametrize("without", ["learning_rate", "start", "samples", "surface"])
def test_a_section_alone_can_be_hidden(without: str) -> None:
    assert not visit(surface="smoothed_noise", racers="sgd~adam", without=without).exception


HOSTILE = "<script>alert(1)</script> ![x](http://evil.example/x.png) $x$ :red[a] www.evil.example"


def test_what_a_stranger_writes_is_shown_as_it_was_written() -> None:
    made = Lesson(
        race=Race().with_optimizers(["adam"]),
        title={"zh": HOSTILE[:60]},
        question={"en": HOSTILE},
        answers=({"en": HOSTILE}, {"en": "That"}),
        right="B",
        why={"en": HOSTILE},
    )
    for language in ("en", "zh"):
        app = at_lesson(made.packed(), language)
        (option, _) = widget(app.radio, "guess").options
        assert "](" not in option.replace("\\]\\(", "") and "\\!\\[x\\]" in option and "\\<script\\>" in option
        for part in app.get("html"):
            assert "<script>alert" not in part.proto.body
        assert HOSTILE in told(app)


def test_a_link_that_holds_no_lesson_is_told_and_leaves_the_list() -> None:
    app = visit(lesson=".AAAA")
    assert app.session_state.view.lesson is None
    assert app.session_state.problems


LINKED = re.compile(r"https?://|www\.[-.\w]|[-.\w+]+@[-\w]+\.|:[\w+-]+:|(^|\s)(<->|->|<-|--|>=|<=|~=)(\s|$)", re.I)
"""What mdast-util-gfm-autolink-literal makes links of, remark-emoji emojis, and Streamlit arrows and signs."""


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.test",
        "HTTP://evil.test/",
        "WWW.evil.test",
        "![i](http://evil.test/b.png)",
        "a.b+c@evil.test",
        ":smile: :+1: :material/home: :streamlit:",
        "a -> b <- c <-> d -- e >= f <= g ~= h",
        "η = 0.1: 2 < 3, x --y",
    ],
)
def test_a_label_is_the_text_alone(text: str) -> None:
    told = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", plainly(text))
    assert told.replace(WORD_JOINER, "") == text
    assert not LINKED.search(told)


def test_the_way_back_from_a_lesson_that_no_link_holds_is_the_form() -> None:
    app = opened()
    widget(app.button, "compose").click().run()
    form = app.session_state.view
    app.session_state[KEPT] = lesson("ravine")
    app.session_state.view = dataclasses.replace(form, lesson=LESSON_OF_THE_VISIT, composing=False)
    app.run()
    assert lesson("ravine").question["en"] in told(app)
    app.session_state.view = form
    app.run()
    assert widget(app.text_input, "lesson_title")
    app.session_state.view = dataclasses.replace(form, composing=False)
    app.run()
    assert widget(app.button, "open_ravine")
    # In a new visit to its address there is none: then it can be written.
    again = visit(lesson=LESSON_OF_THE_VISIT)
    assert again.session_state.view.lesson == LESSON_OF_THE_VISIT and not again.session_state.problems


@pytest.mark.parametrize(
    "draft",
    [
        Draft(title={"en": "Mine"}),
        Draft(title={"en": "Mine"}, answers=[{"en": letter} for letter in LETTERS]),
        Draft(question={"zh": "谁？"}, answers=[{}, {"en": "That"}, {}, {"zh": "丁"}, {}], right="D", hides=["start"]),
        Draft.of(lesson("edge")),
        dataclasses.replace(Draft.of(lesson("batch_size")), why={}, measures=[]),
    ],
)
def test_what_is_half_written_outlives_a_reload(draft: Draft) -> None:
    race = Race().with_optimizers(["adam"])
    assert Draft.restored(str(draft.spelled(race)), race) == draft
    assert dataclasses.replace(draft, title={}, question={}, why={}, answers=[{}] * 5).spelled(race) is None


def test_what_is_half_written_stays_when_the_language_changes() -> None:
    app = opened()
    widget(app.button, "compose").click().run()
    type_into(app, title="Mine", answer_B="That")
    app.session_state.view = dataclasses.replace(app.session_state.view, language="zh")
    app.run()
    assert (app.session_state[DRAFT].title, app.session_state[DRAFT].answers[1]) == ({"en": "Mine"}, {"en": "That"})
    assert widget(app.text_input, "lesson_title").placeholder == "Mine"


def test_a_text_is_cleared_in_one_language() -> None:
    app = opened(lang="zh")
    widget(app.button, "compose").click().run()
    draft = app.session_state[DRAFT] = Draft.of(lesson("edge"))
    app.run()
    type_into(app, question="")
    assert draft.question == {"en": lesson("edge").question["en"]}
    assert widget(app.text_input, "lesson_question").placeholder == lesson("edge").question["en"]
    type_into(app, question="新的问题？")
    assert draft.question == {"en": lesson("edge").question["en"], "zh": "新的问题？"}


@pytest.mark.parametrize("racers", [2, 24])
def test_no_address_is_longer_than_one_that_can_be_read(racers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside a long lesson the visit's own race, when it is long as well, is not told: a reload would refuse both."""
    noise = [chr(0x4E00 + place * 37 % 20_000) for place in range(4000)]
    long = dataclasses.replace(
        lesson("edge"),
        question={"zh": "".join(noise[:300]), "en": "".join(noise[300:600])},
        why={"zh": "".join(noise[600:1000]), "en": "".join(noise[1000:1400])},
    )
    assert long.fits_a_link
    app = at_lesson(long.packed())
    monkeypatch.setattr(address, "page", lambda: "lessons")
    own = Race().with_racers([Racer(Adam(), label="".join(noise[place::97][:18])) for place in range(racers)])
    app.session_state.race = own
    app.run()
    written = urlencode(app.query_params, doseq=True, quote_via=quote)
    assert len(written) <= LONGEST_LINK
    assert app.query_params["lesson"] == long.packed()
    assert ("racers" in app.query_params) is (racers == 2)
    widget(app.button, "all_lessons").click().run()
    assert app.session_state.race == own and "racers" in app.query_params


def test_the_guess_of_another_lesson_is_not_this_ones() -> None:
    app = at_lesson("ravine")
    widget(app.radio, "guess").set_value("C").run()
    widget(app.button, "all_lessons").click().run()
    widget(app.button, "open_saddle").click().run()
    assert widget(app.radio, "guess").value is None


def test_what_was_guessed_stays_once_the_race_is_played() -> None:
    app = at_lesson("saddle")
    widget(app.radio, "guess").set_value("B").run()
    widget(app.button, "reveal").click().run()
    assert widget(app.radio, "guess").disabled
    # Whatever a browser says all the same.
    app.session_state[STATE].take_guess("A")
    widget(app.button, "skip_to_answer").click().run()
    assert words("en")["lessons"]["guessed_wrong"].format(guess="B", right="A") in told(app)


def test_without_a_guess_the_answer_is_told_all_the_same() -> None:
    app = at_lesson("edge")
    widget(app.button, "reveal").click().run()
    assert stage_of(app)["replay"] == 1
    widget(app.button, "skip_to_answer").click().run()
    assert words("en")["lessons"]["no_guess"].format(right="B") in told(app)
    assert stage_of(app)["played"] is True


# --- composing -----------------------------------------------------------------------------------------------------


def type_into(app: AppTest, **texts: str) -> None:
    for name, text in texts.items():
        widget(app.text_input, f"lesson_{name}").set_value(text).run()


def test_a_teacher_composes_one_and_it_is_what_was_written() -> None:
    app = visit(surface="ravine", racers="gradient_descent~adam", steps="30", axis="gap")
    widget(app.button, "make_lesson").click().run()
    assert not app.exception and app.session_state.view.composing
    assert words("en")["lessons"]["title"] in told(app)
    type_into(app, title="Mine", question="Who?", answer_A="This", answer_B="That", why="So.")
    widget(app.segmented_control, "lesson_right").set_value("B").run()
    widget(app.pills, "lesson_hides").set_value(["start"]).run()
    app.run()
    widget(app.button, "preview").click().run()
    assert not app.exception
    found = Lesson.unpacked(app.session_state.view.lesson)
    assert (found.title, found.right, found.hides) == ({"en": "Mine"}, "B", ("start",))
    assert found.race == app.session_state.race
    assert [answer["en"] for answer in found.answers] == ["This", "That"]
    assert found.view == {"axis": "gap"}


def test_the_race_of_a_file_is_changed_as_its_lesson_looks_at_it() -> None:
    app = opened()
    widget(app.button, "compose").click().run()
    app.session_state[DRAFT] = Draft.of(dataclasses.replace(lesson("edge"), view={"axis": "gap", "hidden": "1"}))
    app.run()
    widget(app.button, "change_race").click().run()
    assert app.session_state.race == lesson("edge").race
    assert (app.session_state.view.axis, app.session_state.view.hidden) == ("gap", (1,))


@pytest.mark.parametrize("measures", [["nonsense"], ["nonsense", "swing", "other"]])
def test_a_file_may_name_measures_that_are_not_known(measures: list[str]) -> None:
    """One of a newer version: the form opens with those that are."""
    record = lesson("edge").to_record() | {"measures": measures}
    app = opened()
    widget(app.button, "compose").click().run()
    app.session_state[DRAFT] = Draft.of(Lesson.from_record(record))
    app.run()
    assert not app.exception, app.exception
    known = [name for name in measures if name in MEASURES]
    assert widget(app.pills, "lesson_measures").value == known
    widget(app.button, "preview").click().run()
    assert not app.exception
    assert Lesson.unpacked(app.session_state.view.lesson).measures == tuple(known)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_missing_is_said(language: str) -> None:
    app = opened(lang=language)
    widget(app.button, "compose").click().run()
    label = words(language)["lessons"]
    assert all(label[name] in told(app) for name in ("title", "question", "why", "answers"))
    type_into(app, title="T", question="Q", answer_A="a", answer_C="c", why="w")
    assert label["answers"] in told(app)
    type_into(app, answer_B="b")
    # What is right nobody but the teacher says: nothing is taken along before.
    assert label["answers"] not in told(app) and label["still_missing"].format(names=label["right_one"]) in told(app)
    assert widget(app.segmented_control, "lesson_right").value is None
    assert "preview" not in [button.key for button in app.button]
    widget(app.segmented_control, "lesson_right").set_value("C").run()
    assert widget(app.button, "preview")
    # Nor is another one right in the place of one that is taken away.
    type_into(app, answer_C="")
    assert (
        label["still_missing"].format(names=label["right_one"]) in told(app) and app.session_state[DRAFT].right is None
    )
    if language == "zh":
        assert LATIN.findall(told(app)) == []
