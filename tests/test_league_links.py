"""A league's link opens the same league in the app, and the app's own address tells it too."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl

import pytest

from mounted import visit, widget
from optviz import Racer
from optviz.experiment import League, link, read_query, seven
from optviz.optimizers import NAG, Adadelta, Adam, GradientDescent, Momentum, RMSProp
from optviz.surface import FiniteSum, GaussianHills, SmoothedNoise
from optviz.text import words
from optviz.ui import session
from optviz.ui.pages.league.question import league_of
from optviz.view import View

PAIR = (Adam(beta1=0.8), Racer(NAG(0.02), label="NAG, slow"))

# One beside the usual for each field, alone and together with others.
LEAGUES = {
    "usual": League(),
    "hills": League(GaussianHills(hills=3, weights=(-1, 0.2))),
    "noise": League(SmoothedNoise(octaves=3, bowl=0.5)),
    "samples": League(FiniteSum(GaussianHills(hills=3), 32, seed=7), (Racer(GradientDescent(0.3), 4, "four"), Adam())),
    "one racer": League(racers=[Adadelta()]),
    "labels": League(racers=[*PAIR, Racer(RMSProp(), label="~ a--b & c=d")]),
    "the same twice": League(racers=[Momentum()] * 2),
    "24 racers": League(racers=[Racer(Adam(learning_rate=0.001 * (k + 1)), label=f"n° {k}") for k in range(24)]),
    "article": League(racers=seven("article"), convention="article"),
    "pytorch": League(racers=seven("pytorch"), convention="pytorch"),
    "seeds": League(seeds=(500, 750)),
    "one seed": League(seeds=(7, 8)),
    "last seeds": League(seeds=(2**32 - 5, 2**32)),
    "most seeds": League(seeds=(0, 100_000)),
    "steps": League(steps=1),
    "fair": League(seeds=(0, 400), training=(400, 1400)),
    "training before": League(seeds=(1000, 2000), training=(0, 7)),
    "momentum": League(training=(1000, 2000), tuned="momentum"),
    "beta": League(racers=PAIR, training=(1000, 2000), tuned="beta1"),
    "grid": League(training=(1000, 2000), grid=(1e-9, 1e6, 101)),
    "fine grid": League(training=(1000, 2000), grid=(0.1 + 0.2, 1 / 3, 2)),
    "all at once": League(
        SmoothedNoise(octaves=2),
        (Adam(beta1=0.8), Momentum(momentum=0.5)),
        "pytorch",
        (20, 30),
        77,
        (0, 10),
        "momentum",
        (0.01, 1.0, 7),
    ),
}


@pytest.mark.parametrize("league", LEAGUES.values(), ids=LEAGUES)
@pytest.mark.parametrize("whole", [False, True])
def test_a_link_opens_the_league_that_it_was_made_of_and_so_does_the_address(league: League, whole: bool) -> None:
    query = link.parameters(league.to_url()) if not whole else league.to_query(whole=True)
    race, refused = read_query(query)
    view, unseen = View.from_query(query, "league")
    assert (refused, unseen) == ((), [])
    assert league_of(race, view) == league
    address = session.address_on("league", race, view).partition("?")[2]
    assert League.from_url(address) == league
    again = dict(parse_qsl(address))
    assert league_of(read_query(again)[0], View.from_query(again, "league")[0]) == league


def test_a_link_is_opened_by_a_visit() -> None:
    for name in ("momentum", "all at once"):
        app = visit(**LEAGUES[name].to_query())
        assert league_of(app.session_state.race, app.session_state.view) == LEAGUES[name]
        assert not app.session_state.problems


OVERLAPPING = {"training": "500~1500", "seeds": "0~1000"}

# What a link asks, the button that leads out of what cannot be asked, and the league that it leads to.
WAYS_OUT = {
    "in the middle": (OVERLAPPING, "train_beside", League(training=(1000, 2000))),
    "as many as before": ({"training": "0~30"}, "train_beside", League(training=(1000, 1030))),
    "at the end": (
        {"seeds": f"{2**32 - 5}~{2**32}", "training": f"{2**32 - 9}~{2**32 - 1}"},
        "train_beside",
        League(seeds=(2**32 - 5, 2**32), training=(0, 8)),
    ),
    "nobody has it": (
        {"racers": "nag~momentum", "training": "1000~2000", "tuned": "rho"},
        "tune_rate",
        League(racers=[NAG(), Momentum()], training=(1000, 2000)),
    ),
}


@pytest.mark.parametrize(("query", "button", "league"), WAYS_OUT.values(), ids=WAYS_OUT)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_out_of_what_cannot_be_asked_leads_a_button(
    query: dict[str, str], button: str, league: League, language: str
) -> None:
    app = visit(**query, lang=language)
    app.switch_page("league.py").run()
    assert not app.exception, app.exception
    way_out = widget(app.button, f"league_{button}")
    assert way_out.label == words(language)["league"][button]
    way_out.click().run()
    assert not app.exception, app.exception
    found = league_of(app.session_state.race, app.session_state.view)
    assert (found.seeds, found.training, found.tuned) == (league.seeds, league.training, league.tuned)
    assert [racer.kind for racer in found.racers] == [racer.kind for racer in league.racers]


def test_training_seeds_that_are_apart_stay_what_they_are_when_others_are_judged() -> None:
    app = visit(training="2000~2010")
    app.switch_page("league.py").run()
    for count, training in ((1_000, (2000, 2010)), (2_500, (2_500, 2_510))):
        widget(app.selectbox, "league_count").set_value(count).run()
        assert not app.exception, app.exception
        assert (app.session_state.view.seeds, app.session_state.view.training) == ((0, count), training)


def test_a_view_of_a_league_without_training_says_nothing_of_tuning() -> None:
    race, _ = read_query({})
    assert league_of(race, replace(View(), tuned="momentum", grid=(0.1, 1.0, 3))) == League()
