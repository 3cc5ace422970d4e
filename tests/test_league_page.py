"""The page of leagues: the question, a guess, no verdict before all is there, and from each number to its race."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cases import ROOT
from league_records import league_record as by_hand
from league_records import store_knowing
from mounted import read_aloud, visit, widget
from optviz import Race
from optviz.budget import most_seeds_of_league
from optviz.experiment.league import League
from optviz.figures.league.record import LeagueRecord, league_record
from optviz.laboratory.kernel import compute
from optviz.laboratory.league import Result, known, run_league
from optviz.laboratory.league_answer import answer, answer_of, values_of
from optviz.laboratory.store import Store
from optviz.laboratory.values import packed, unpacked
from optviz.stage import unpack
from optviz.statistics.pairs import Pair, Verdict
from optviz.surface import GaussianHills
from optviz.text import words
from optviz.text.headline import NO_DIFFERENCE, told_guess, told_headline, verdict
from optviz.text.numbers import roughly
from optviz.text.verdicts import told_fair, told_pairs
from optviz.ui import leagues
from optviz.ui.asking import HEARD
from optviz.ui.asking import visit as name_of_visit
from optviz.ui.leagues import Desk, token_of
from optviz.ui.pages.league.answer import ranking_table
from optviz.ui.pages.league.guess import offered
from optviz.ui.pages.league.progress import beyond_the_budget
from optviz.ui.pages.league.question import COUNTS
from optviz.ui.returning import Left, spelled_left
from optviz.view import View

ASKED = League(seeds=(0, 30), steps=60)
LINK = {"seeds": "0~30", **Race(steps=60).to_query(whole=True)}
VISITOR = "test session id"
"""What AppTest calls every visit."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store that knows the league that is asked about, in two conventions."""
    return store_knowing(ASKED, tmp_path_factory.mktemp("store"))


@pytest.fixture
def desk(kept: Store, tmp_path: Path) -> Iterator[Desk]:
    command = (sys.executable, str(ROOT / "tests" / "league_job.py"), str(tmp_path))
    opened = Desk(kept.folder, command)
    leagues.open_desk(opened)
    yield opened
    leagues.close_desk()


def on_the_page(**query: str) -> AppTest:
    app = visit(**{name: text for name, text in query.items() if name in ("lang", *LINK) and name != "seeds"})
    app.query_params.update(query)
    app.switch_page("league.py").run()
    assert not app.exception, app.exception
    return app


def asking(seeds: tuple[int, int] = (0, 30), lang: str = "en") -> AppTest:
    app = on_the_page(**{**LINK, "lang": lang})
    app.session_state.view = app.session_state.view.__class__(language=lang, seeds=seeds)
    app.run()
    assert not app.exception, app.exception
    return app


def charts(app: AppTest) -> dict[str, dict[str, Any]]:
    """The figures on the page, by the stage's name."""
    blobs = [part.proto.bytes for part in app.get("bidi_component") if len(part.proto.bytes) > 1000]
    headers = [unpack(blob)[0] for blob in blobs]
    return {header["stage"]: header for header in headers}


def test_an_answer_travels_whole(kept: Store) -> None:
    made = answer(ASKED, kept.folder, ["tensorflow1", "article"])
    assert made is not None
    there = answer_of(unpacked(packed(values_of(made))))
    assert there is not None
    assert list(there.conclusions) == list(made.conclusions) == ["article", "tensorflow1"]
    assert there.conclusions["article"][0].values == pytest.approx(made.conclusions["article"][0].values, nan_ok=True)
    assert there.record.pairs == made.record.pairs
    assert {type(pair.verdict) for pair in there.record.pairs.values()} == {Verdict}
    assert there.record.contradicted == made.record.contradicted
    assert there.record.names == made.record.names
    np.testing.assert_array_equal(there.record.profiles, made.record.profiles)
    for one, other in zip(there.result.runs, made.result.runs, strict=True):
        np.testing.assert_array_equal(one.hits, other.hits)
    assert answer(ASKED.replaced(steps=61), kept.folder, []) is None
    assert answer_of(values_of(None)) is None


def test_a_fair_answer_travels_whole(tmp_path: Path) -> None:
    racers = ASKED.racers[:1] + ASKED.racers[-1:]
    league = League(racers=racers, seeds=(0, 20), steps=10, training=(20, 40), grid=(1e-2, 1.0, 3))
    store = Store(tmp_path)
    run_league(league, store, workers=0)
    made = answer(league, tmp_path, [])
    assert made is not None and made.record.fair is not None
    there = answer_of(unpacked(packed(values_of(made))))
    assert there is not None and there.record.fair is not None
    for place in range(2):
        np.testing.assert_array_equal(there.record.fair.training[place], made.record.fair.training[place])
    assert there.record.fair.training_seeds == (20, 40)
    assert told_fair(there.record, "en") == told_fair(made.record, "en")
    assert "20 to 39" in told_fair(there.record, "en")[0]
    assert there.result.league == made.result.league != league


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_told_before_the_answer_is_asked_for(desk: Desk, language: str) -> None:
    app = asking(lang=language)
    text = words(language)
    assert widget(app.radio, "league_guess_choice").value is None
    assert text["league"]["ranking"] not in read_aloud(app)
    assert not charts(app)
    widget(app.radio, "league_guess_choice").set_value(0).run()
    widget(app.button, "league_reveal").click().run()
    assert not app.exception, app.exception
    page = read_aloud(app)
    assert text["league"]["ranking"] in page
    assert set(charts(app)) == {"league_ranking", "league_duel"}
    means = [runs.c.mean() for runs in known(ASKED, Store(desk.store)).runs]
    record = league_record(known(ASKED, Store(desk.store)), ASKED.racer_names(text["optimizer"]))
    assert told_headline(ASKED, record, text) in page
    assert told_guess(record, 0, text) in page
    for mean in means:
        assert f"{mean:.3f}" in page


def test_the_six_conclusions_say_where_they_depend_on_the_formulas(desk: Desk) -> None:
    app = asking()
    widget(app.button, "league_reveal").click().run()
    page = read_aloud(app)
    assert words("en")["league"]["conclusions"] in page
    for number in range(1, 7):
        assert f"{number}. {words('en')['conclusions'][f'claim_{number}']}" in page


def test_another_question_is_asked_and_nothing_is_told_meanwhile(desk: Desk) -> None:
    app = asking((0, 40))
    assert words("en")["league"]["ranking"] not in read_aloud(app)
    widget(app.button, "league_ask").click().run()
    assert not app.exception, app.exception
    other = ASKED.replaced(seeds=(0, 40))
    assert desk.standing(other).open
    assert words("en")["league"]["until_complete"].format(n="40") in read_aloud(app)
    assert words("en")["league"]["ranking"] not in read_aloud(app)
    widget(app.button, "league_cancel").click().run()
    assert not desk.standing(other).open
    assert widget(app.button, "league_ask")


def test_too_many_surfaces_are_refused_in_a_sentence(desk: Desk) -> None:
    app = asking((0, 10_001))
    assert not app.exception
    said = read_aloud(app)
    assert "10,001 surfaces are more than" in said and "at most 10,000" in said and "seeds +" not in said
    assert "league_ask" not in [button.key for button in app.button], "what would be refused is not offered"
    widget(app.selectbox, "league_count").select(100).run()
    assert "more than this server" not in read_aloud(app) and widget(app.button, "league_ask")


def test_where_each_is_tuned_the_sidebar_says_that_its_rates_do_not_count(desk: Desk) -> None:
    note = words("en")["controls"]["rate_of_one"]
    app = asking((0, 100))
    assert note not in read_aloud(app)
    app.session_state["view"] = replace(app.session_state["view"], training=(10_000, 11_000))
    assert note in read_aloud(app.run())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_menu_offers_what_is_allowed_and_no_variable_is_named(desk: Desk, language: str) -> None:
    fair = League(racers=Race().racers, steps=60, seeds=(0, 10_000), training=(10_000, 17_000))
    most = most_seeds_of_league(fair)
    assert 100 < most < 10_000
    app = asking((0, 100), language)
    app.session_state["view"] = replace(app.session_state["view"], training=(10_000, 17_000))
    app.run()
    counts = [int(option.replace(",", "")) for option in widget(app.selectbox, "league_count").options]
    assert counts == [count for count in COUNTS if count <= most]
    label = words(language)["league"]
    said = beyond_the_budget(fair, label)
    assert said is not None and f"{most:,}" in said and not re.search("seeds|training|[{}]", said)
    tuning = beyond_the_budget(fair.replaced(training=(10_000, 90_000)), label)
    assert tuning is not None and "80,000" in tuning and not re.search(r"[{}]|\b0\b", tuning)
    assert beyond_the_budget(fair.replaced(seeds=(0, most)), label) is None


def test_a_surface_that_is_not_random_has_a_way_to_one_that_is(desk: Desk) -> None:
    app = on_the_page(surface="himmelblau")
    assert "himmelblau" in read_aloud(app).lower()
    assert "“Himmelblau" in read_aloud(app) and "Gaussian hills, Smoothed noise" in read_aloud(app)
    chinese = read_aloud(on_the_page(surface="himmelblau", lang="zh"))
    assert "高斯山丘、平滑噪声" in chinese and "gaussian_hills" not in chinese and "surface =" not in chinese
    widget(app.button, "league_usual").click().run()
    assert not app.exception, app.exception
    assert isinstance(app.session_state.race.bare_surface, GaussianHills)


def test_the_way_to_a_random_surface_keeps_all_else_of_the_race(desk: Desk) -> None:
    app = on_the_page(surface="himmelblau", convention="article", steps="77")
    before = app.session_state.race
    widget(app.button, "league_usual").click().run()
    shown = app.session_state.race
    assert (shown.convention, shown.steps, shown.racers) == ("article", 77, before.racers)
    assert shown.surface == League().race(app.session_state.view.seeds[0]).surface


@pytest.mark.parametrize(
    ("place", "against", "said"),
    [
        (1, "better", "guess_wrong"),
        (1, "equivalent", "guess_alike"),
        (1, "unknown", "guess_open"),
        (2, "better", "guess_right"),
        (2, "equivalent", "guess_right_open"),
        (2, "unknown", "guess_right_open"),
        (NO_DIFFERENCE, "unknown", "guess_difference"),
    ],
)
def test_a_guess_is_wrong_only_where_the_best_is_surely_better(place: int, against: str, said: str) -> None:
    assert verdict(of_the_first_two(against), place) == said


def of_the_first_two(against: str) -> LeagueRecord:
    """Adam first, RMSProp as the verdict says of Adam, NAG surely behind both."""
    made = by_hand()
    opposite = {"better": "worse"}.get(against, against)
    pairs = {key: replace(made.pairs[key], verdict=Verdict.WORSE) for key in ((0, 1), (0, 2))}
    pairs[1, 2] = replace(made.pairs[1, 2], verdict=Verdict(opposite))
    assert int(made.order[0]) == 2
    return replace(made, pairs=pairs)


HEADLINES = {
    "better": "By the mean gap left, Adam is surely first, with 0.100.",
    "unknown": "By the mean gap left, Adam comes first, with 0.100. "
    "Whether it really is ahead of RMSProp, these surfaces cannot tell.",
    "equivalent": "By the mean gap left, Adam comes first, with 0.100. "
    "Equivalent to it, less than 0.02 apart: RMSProp.",
}
RANKS = {
    ((3, 3), (1, 2), (1, 2)): ("better", " By who wins on more surfaces, these may be first: Adam, RMSProp."),
    ((3, 3), (2, 2), (1, 1)): ("unknown equivalent", " By who wins on more surfaces, Adam is surely first."),
    ((1, 1), (2, 3), (2, 3)): ("better unknown equivalent", " By who wins on more surfaces, NAG is surely first."),
}


@pytest.mark.parametrize("against", HEADLINES)
@pytest.mark.parametrize("ranks", RANKS)
def test_the_headline_says_by_what_and_names_whom_it_cannot_be_told_from(
    against: str, ranks: tuple[tuple[int, int], ...]
) -> None:
    verdicts, told_of_wins = RANKS[ranks]
    record = replace(of_the_first_two(against), ranks=np.array(ranks))
    expected = HEADLINES[against] + (told_of_wins if against in verdicts else "")
    assert told_headline(ASKED, record, words("en")) == expected


def test_of_many_names_there_is_a_number() -> None:
    record = replace(of_the_first_two("better"), ranks=np.array([[1, 3]] * 3))
    assert told_headline(ASKED, record, words("en")).endswith("these may be first: Adam, RMSProp, NAG.")
    many = replace(record, names=("NAG",) * 8, ranks=np.array([[1, 8]] * 8), order=np.arange(8)[::-1])
    many = replace(many, pairs={(i, j): made_better(i, j) for i in range(8) for j in range(i + 1, 8)})
    many = replace(many, means=np.linspace(0.9, 0.1, 8)[:, None].repeat(3, axis=1), left=np.zeros(8))
    assert told_headline(ASKED, many, words("en")).endswith("these may be first: 8 of the 8.")


def made_better(first: int, second: int) -> Pair:
    """The second one is surely better."""
    return replace(by_hand().pairs[0, 1], first=first, second=second)


def test_the_headline_says_that_who_is_first_has_mostly_left_the_surface() -> None:
    record = replace(of_the_first_two("better"), left=np.array([9, 9, 5]))
    assert "outside" not in told_headline(ASKED, record, words("en"))
    record = replace(record, left=np.array([0, 0, 6]))
    assert "On 6 of 10 surfaces, though, Adam ended outside" in told_headline(ASKED, record, words("en"))


@pytest.fixture(scope="module")
def placebo() -> LeagueRecord:
    runs, _ = compute(TWINS, 0, 25, [0, 1], joint=False)
    return league_record(Result(TWINS, np.arange(25), (runs[0], runs[1]), None, TWINS.seven), TWINS.racer_names())


TWINS = League(racers=ASKED.racers[:1] * 2, seeds=(0, 25), steps=10)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_of_two_that_are_the_same_there_is_no_first(placebo: LeagueRecord, language: str) -> None:
    text = words(language)
    told_of_both = told_headline(TWINS, placebo, text)
    assert not any(name in told_of_both for name in placebo.names)
    assert "25" in told_of_both and text["league"]["level_same"] in told_of_both
    assert told_of_both.endswith(text["league"]["level_shows"])
    assert [verdict(placebo, place) for place in (0, 1, NO_DIFFERENCE)] == [
        "guess_level",
        "guess_level",
        "guess_none_right",
    ]
    # Level by chance is no placebo.
    others = TWINS.replaced(racers=ASKED.racers[:2])
    assert text["league"]["level_shows"] not in told_headline(others, placebo, text)


def test_no_difference_can_be_guessed_where_there_are_two() -> None:
    assert offered(TWINS) == (0, 1, NO_DIFFERENCE)
    assert offered(TWINS.replaced(racers=ASKED.racers[:1] * 3)) == (0, 1, 2, NO_DIFFERENCE)
    assert offered(ASKED) == tuple(range(7))


@pytest.mark.parametrize(
    ("count", "rough"),
    [(1, 1), (9, 9), (21, 30), (99, 100), (100, 100), (101, 110), (1_095, 1_100), (3_950, 4_000), (30_000, 30_000)],
)
def test_a_number_of_surfaces_is_told_roughly(count: int, rough: int) -> None:
    assert roughly(count) == rough


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_one_surface_says_is_told_of_pairs_and_surfaces_as_the_function_counts(language: str) -> None:
    text, made = words(language), by_hand()
    conflict, told_of_one, unknown = told_pairs(made, text)
    assert all(part in conflict for part in ("NAG", "RMSProp", "0.350", "0.190", "7", "10"))
    # Single wins may be large: see `test_who_wins_more_often_and_is_worse_wins_by_less_on_average_but_not_each_time`.
    assert {"en": "on average", "zh": "平均每次"}[language] in conflict
    numbers = ("80.0", "49.0", "94.0", "30.0", "20.0", "40.0")
    places = [told_of_one.index(number) for number in numbers]
    assert places == sorted(places)
    for count in ("surface", "pairs") if language == "en" else ("曲面", "组合"):
        assert count in told_of_one
    # Of ± 0.05 after 10 surfaces; 1.65 is how many half intervals the worst difference, 0.01, has to be away.
    assert [f"{roughly(number):,}" in unknown for number in (400, 10 * round((1.653 * 0.05 / 0.01) ** 2))] == [True] * 2
    assert told_pairs(made, text, most=0) == [told_of_one, unknown]
    # Of one pair that is sure there is one number.
    pairs = {**made.pairs, (0, 1): replace(made.pairs[0, 1], verdict=Verdict.UNKNOWN, p_holm=1.0)}
    told_of_one, _ = told_pairs(replace(made, pairs=pairs), text)
    assert "NAG" in told_of_one and "Adam" in told_of_one and "80.0" in told_of_one and "30.0" not in told_of_one


def test_runs_that_left_the_surface_are_counted_beside_those_that_diverged() -> None:
    rows = re.findall("<tr>.*?</tr>", ranking_table(by_hand(), words("en")))
    assert [re.findall("<td class='number'>([0-9,]+)</td>", row)[-2:] for row in rows[1:]] == [
        ["1", "0"],
        ["0", "0"],
        ["0", "2"],
    ]
    assert "ended outside the domain" in rows[0]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_word_of_a_league_calls_the_gap_left_by_its_letter(language: str) -> None:
    text = words(language)
    for table in ("league", "league_figures", "league_report"):
        for key, phrase in text[table].items():
            assert not re.search(r"(?<![A-Za-z_{.])c(?![A-Za-z_}.])", re.sub("%?{[^}]*}", "", phrase)), (table, key)


def test_a_seed_opens_its_race_and_the_way_back_leads_here(desk: Desk) -> None:
    app = asking()
    widget(app.button, "league_reveal").click().run()
    button = next(found for found in app.button if (found.key or "").startswith("league_seed_"))
    seed = int(button.key.split("_")[-1])
    before = app.session_state.race
    button.click().run()
    assert app.session_state.race == ASKED.race(seed)
    app.switch_page("race.py").run()
    widget(app.button, "way_back").click().run()
    assert app.session_state.race == before


def test_the_placebo_is_the_first_racer_twice(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optviz.ui.address.page", lambda: "league")
    app = asking()
    app.session_state.view = replace(app.session_state.view, chart="budget")
    assert not is_marked_as_placebo(app)
    widget(app.button, "league_placebo").click().run()
    assert not app.exception, app.exception
    assert is_marked_as_placebo(app)
    first, second = app.session_state.race.racers
    assert first == second
    # That chart is there for tuned racers alone.
    assert app.session_state.view.chart == View().chart
    back = words("en")["back"]
    assert back["waits_here"].format(count=7) in read_aloud(app)
    assert widget(app.button, "way_back").label == f"← {back['here']}"
    widget(app.button, "way_back").click().run()
    assert len(app.session_state.race.racers) == 7
    assert not is_marked_as_placebo(app)


def is_marked_as_placebo(app: AppTest) -> bool:
    """Whether the page is told to show its button as chosen."""
    return any("data-placebo" in part.proto.body for part in app.get("html"))


def test_the_placebo_takes_a_racer_that_draws_batches_where_there_is_one(desk: Desk) -> None:
    app = asking()
    race = app.session_state.race
    batched = race.with_optimizers(["gradient_descent", "minibatch_sgd"])
    app.session_state.race = batched
    app.run()
    widget(app.button, "league_placebo").click().run()
    assert not app.exception, app.exception
    sizes = {racer.batch_size for racer in app.session_state.race.racers}
    assert len(sizes) == 1 and None not in sizes


def test_two_that_draw_batches_draw_the_same_ones() -> None:
    race = Race().with_optimizers(["minibatch_sgd"])
    twins = League(surface=race.surface, racers=race.racers * 2, seeds=(0, 20), steps=10)
    runs, _ = compute(twins, 0, 20, [0, 1], joint=False)
    record = league_record(Result(twins, np.arange(20), (runs[0], runs[1]), None, twins.seven), twins.racer_names())
    np.testing.assert_array_equal(runs[0].gap, runs[1].gap)
    assert words("en")["league"]["level_batches"] in told_headline(twins, record, words("en"))


SHOWN = ASKED.race(3)
OWN = Race(steps=77)
KEPT = {
    "page": "league",
    "race": urlencode(OWN.to_query(whole=True)),
    "view": "seeds=0~30&chart=bands",
    "shown": urlencode(SHOWN.to_query(whole=True)),
}


@pytest.mark.parametrize(
    ("said", "is_taken"),
    [
        (KEPT, True),
        (KEPT | {"view": "seeds=9~1&chart=none&x=%ff"}, True),
        (KEPT | {"page": "race"}, False),
        (KEPT | {"shown": KEPT["race"]}, False),
        (KEPT | {"race": "surface=nowhere"}, False),
        (KEPT | {"race": ""}, False),
        ({name: text for name, text in KEPT.items() if name != "view"}, False),
        (KEPT | {"view": 7}, False),
        ([KEPT], False),
        (None, False),
    ],
)
def test_the_way_back_that_a_browser_has_kept_is_taken_where_it_leads_back(said: Any, is_taken: bool) -> None:
    app = AppTest.from_function(come_back, default_timeout=60)
    app.session_state.said = said
    app.query_params.update(SHOWN.to_query(whole=True))
    app.run()
    assert not app.exception, app.exception
    assert app.session_state.race == SHOWN
    found = app.session_state.left_behind if "left_behind" in app.session_state else None
    assert (found is not None) is is_taken
    if found is not None:
        assert (found.page, found.race, found.shown) == ("league", OWN, SHOWN)
    if said is KEPT:
        assert (found.view.seeds, found.view.chart) == ((0, 30), "bands")


def come_back() -> None:
    """A visit whose browser tells what it has kept."""
    import streamlit as st

    from optviz.ui import returning, session

    session.begin_run()
    returning.take_kept(st.session_state.said)


def test_what_was_left_comes_back_as_it_was() -> None:
    left = Left("league", OWN, View(seeds=(0, 30), chart="bands"), SHOWN)
    spelled = spelled_left(left)
    assert spelled is not None and set(spelled) == set(KEPT)
    app = AppTest.from_function(come_back, default_timeout=60)
    app.session_state.said = spelled
    app.query_params.update(SHOWN.to_query(whole=True))
    app.run()
    assert app.session_state.left_behind == left


def test_who_asks_about_random_surfaces_instead_keeps_the_way_back(desk: Desk) -> None:
    app = on_the_page(surface="himmelblau")
    before = Race(steps=77)
    app.session_state.left_behind = Left("lessons", before, View(), app.session_state.race)
    app.run()
    widget(app.button, "league_usual").click().run()
    assert not app.exception, app.exception
    assert widget(app.button, "way_back").label == f"← {words('en')['back']['lessons']}"
    widget(app.button, "way_back").click().run()
    assert app.session_state.race == before


def test_that_all_is_done_stands_beside_what_reveals_it(desk: Desk) -> None:
    done = words("en")["league"]["is_done"].format(n="30")
    app = asking()
    assert done in read_aloud(app)
    assert done not in read_aloud(asking((0, 40)))


def test_an_answer_of_which_a_part_is_gone_is_asked_for_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    app = asking()
    with monkeypatch.context() as patched:
        # Its files are there, and cannot be read.
        patched.setattr("optviz.laboratory.league_answer.answer", lambda *arguments: None)
        patched.setattr("optviz.ui.pages.league.known.judged", lambda *arguments: [])
        widget(app.button, "league_reveal").click().run()
        assert not app.exception, app.exception
        assert words("en")["league"]["unanswered"] in read_aloud(app)
        widget(app.button, "league_again").click().run()
        assert desk.standing(ASKED).open
        for visitor in tuple(desk.jobs[0].visits):
            desk.leave(visitor)
    app.run()
    assert words("en")["league"]["ranking"] in read_aloud(app)


def test_who_is_not_in_a_browser_is_nobody() -> None:
    assert name_of_visit() == "nobody"


@pytest.mark.parametrize(
    ("said", "place", "revealed"),
    [
        ({"guess": "2", "revealed": False}, 2, False),
        ({"guess": "2", "revealed": True}, 2, True),
        ({"guess": None, "revealed": True}, None, True),
        ({"guess": "7", "revealed": "yes"}, None, False),
        ({"guess": 2, "revealed": 1}, None, False),
        ({"guess": ["2"]}, None, False),
        ({"question": "another", "guess": "2", "revealed": True}, None, False),
    ],
)
def test_what_the_browser_kept_of_a_guess_is_taken_and_once_revealed_stays(
    said: dict[str, Any], place: int | None, revealed: bool
) -> None:
    app = AppTest.from_function(loaded_again, default_timeout=60)
    app.session_state.said = said
    app.run()
    assert not app.exception, app.exception
    (guess,) = app.session_state.league_guesses.values()
    assert (guess.place, guess.revealed) == (place, revealed)


def loaded_again() -> None:
    """A visit to the usual league, whose browser tells what it has kept; then somebody guesses once more."""
    import streamlit as st

    from optviz.experiment.league import League
    from optviz.ui.pages.league.guess import guess_of, take_kept

    league = League()
    guess = guess_of(league)
    for said in (None, "2", [guess.token], {"question": guess.token, **st.session_state.said}):
        take_kept(said, league)
    was = (guess.place, guess.revealed)
    if guess.revealed:
        guess.take(0)
        take_kept({"question": guess.token, "guess": "1", "revealed": False}, league)
        assert was == (guess.place, guess.revealed)


def test_the_browser_is_asked_to_keep_the_guess_and_that_it_was_revealed(desk: Desk) -> None:
    app = asking()
    *_, token = app.session_state.league_guesses
    assert kept_by(app, "guess_keeper") == {"question": token, "guess": None, "revealed": False, "answered": False}
    widget(app.radio, "league_guess_choice").set_value(3).run()
    assert kept_by(app, "guess_keeper") == {"question": token, "guess": "3", "revealed": False, "answered": False}
    widget(app.button, "league_reveal").click().run()
    assert kept_by(app, "guess_keeper") == {"question": token, "guess": "3", "revealed": True, "answered": False}


def kept_by(app: AppTest, name: str) -> Any:
    """What a component is told; None where it is not on the page."""
    found = [part.proto.json for part in app.get("bidi_component") if name in part.proto.id]
    return json.loads(found[0]) if found else None


def test_a_guess_and_its_answer_are_there_still_after_another_question(desk: Desk) -> None:
    app = asking()
    widget(app.radio, "league_guess_choice").set_value(3).run()
    widget(app.button, "league_reveal").click().run()
    widget(app.selectbox, "league_count").set_value(100).run()
    assert widget(app.radio, "league_guess_choice").value is None
    app.session_state.view = replace(app.session_state.view, seeds=(0, 30))
    app.run()
    assert not app.exception, app.exception
    assert words("en")["league"]["ranking"] in read_aloud(app)
    assert app.session_state.league_guesses[next(reversed(app.session_state.league_guesses))].place == 3


def test_who_waits_is_kept_by_its_tab_as_long_as_it_waits(desk: Desk) -> None:
    app = asking((0, 40))
    assert kept_by(app, "asks_keeper") is None
    widget(app.button, "league_ask").click().run()
    (visitor,) = desk.jobs[0].visits
    kept = {"visit": token_of(visitor), "heard": True}
    assert kept_by(app, "asks_keeper") == kept
    assert visitor not in kept_by(app, "asks_keeper")["visit"]
    # On every page: a reload may come on any.
    app.switch_page("race.py").run()
    assert kept_by(app, "asks_keeper") == kept
    app.switch_page("league.py").run()
    widget(app.button, "league_cancel").click().run()
    assert kept_by(app, "asks_keeper") in ({"visit": None, "heard": True}, None)


def progress(app: AppTest) -> str:
    """What is said of how far a league is; "" where nothing is."""
    return " ".join(part.proto.text for part in app.get("progress"))


def test_the_visit_after_a_reload_finds_what_the_one_before_waits_for(desk: Desk) -> None:
    other = ASKED.replaced(seeds=(0, 40))
    desk.ask("before", other)
    app = asking((0, 40))
    # Until the tab has told whose it is, it is said to be on its way, and not that somebody else asks.
    assert progress(app)
    assert words("en")["league"]["others_ask"] not in read_aloud(app)
    assert not any(button.key in ("league_ask", "league_cancel") for button in app.button)
    assert kept_by(app, "asks_keeper") == {"visit": None, "heard": False}
    desk.follow(token_of("before"), VISITOR)
    app.run()
    assert progress(app)
    assert words("en")["league"]["until_complete"].format(n="40") in read_aloud(app)
    widget(app.button, "league_cancel").click().run()
    desk.leave("before")
    assert not desk.standing(other).open


def test_that_somebody_else_waits_is_told_once_the_tab_has_said_that_it_does_not(desk: Desk) -> None:
    desk.ask("somebody else", ASKED.replaced(seeds=(0, 40)))
    app = asking((0, 40))
    app.session_state[HEARD] = True
    app.run()
    assert not progress(app)
    assert words("en")["league"]["others_ask"] in read_aloud(app)
    assert widget(app.button, "league_ask")
    assert kept_by(app, "asks_keeper") == {"visit": None, "heard": True}


def test_who_comes_while_nobody_waits_need_not_be_asked_whether_it_did(desk: Desk) -> None:
    app = asking((0, 40))
    desk.ask("somebody else", ASKED.replaced(seeds=(0, 40)))
    app.run()
    assert words("en")["league"]["others_ask"] in read_aloud(app)
