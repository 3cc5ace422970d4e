"""The pictures of a league, from a record made by hand: what is drawn, what it is called, and what a click sends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

import league_records
from optviz.figures import Figure, resolved
from optviz.figures.league.duel import duel_figure
from optviz.figures.league.ranking import ranking_figure
from optviz.figures.palette import THEMES
from optviz.figures.styles import styles_of
from optviz.stage import pack, unpack
from optviz.text import LANGUAGES, words

RECORD = league_records.league_record()
WORDS = words("en")["league_figures"]
FIGURES: dict[str, Callable[..., Figure]] = {"ranking": ranking_figure, "duel": duel_figure}


def drawn(figure: Figure, theme: str = "light", **views: str) -> dict[str, Any]:
    """As it is shown with the first of each choice, or with another one."""
    chosen = {group: names[0] for group, names in figure.choices.items()} | views
    return resolved(figure, theme, "wide", chosen.values())


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_view_is_a_figure_of_plotly(name: str, language: str) -> None:
    figure = FIGURES[name](RECORD, words(language)["league_figures"])
    for arrangement in ("wide", "narrow"):
        for theme in THEMES:
            for view in figure.views or [None]:
                go.Figure(resolved(figure, theme, arrangement, [view] if view else []))
    assert all(figure.views[view]["title"] for names in figure.choices.values() for view in names)


@pytest.mark.parametrize("name", FIGURES)
def test_it_travels_and_says_what_a_click_asks_for(name: str) -> None:
    header, _ = unpack(pack(FIGURES[name](RECORD, WORDS), WORDS))
    assert header["clicks"] == {"marks": {"sends": "seeds"}}
    marks = [mark for trace in header["plot"]["data"] for mark in trace.get("customdata", ())]
    told = [trace["meta"] for trace in header["plot"]["data"] if "meta" in trace]
    assert marks or told
    assert all(isinstance(mark[0], str) for mark in (*marks, *told))


def test_the_ranking_has_the_smallest_mean_on_top_and_each_racer_in_its_colour() -> None:
    means, *ranks = drawn(ranking_figure(RECORD, WORDS))["data"]
    assert means["text"] == ["Adam", "RMSProp", "NAG"]
    assert means["x"] == [0.1, 0.19, 0.35]
    assert means["error_x"]["array"] == pytest.approx([0.06, 0.06, 0.05])
    assert means["error_x"]["arrayminus"] == pytest.approx([0.05, 0.04, 0.05])
    assert means["marker"]["color"] == [THEMES["light"][key] for key in ("adam", "rmsprop", "nag")]
    assert means["marker"]["symbol"] == [style["marker"] for style in styles_of(("adam", "rmsprop", "nag"))]
    assert [mark[:2] for mark in means["customdata"]] == [["mean", 2], ["mean", 1], ["mean", 0]]
    assert [trace["x"] for trace in ranks] == [[1, 2], [1, 2], [3, 3]]


def test_the_mean_of_a_skewed_sample_may_lie_beyond_its_interval() -> None:
    record = league_records.league_record()
    record.means[0] = [0.5, 0.3, 0.4]
    bars = drawn(ranking_figure(record, WORDS))["data"][0]["error_x"]
    assert bars["array"][2] == 0
    assert bars["arrayminus"][2] == pytest.approx(0.2)


def test_the_pairs_that_disagree_come_first_and_who_wins_more_often_is_named_first() -> None:
    figure = duel_figure(RECORD, WORDS)
    assert figure.choices == {"pairs": ["conflicts", "against 2", "against 1", "against 0"]}
    shown = drawn(figure)
    share, difference = shown["data"]
    assert (share["x"], difference["x"]) == ([0.7], [0.16])
    assert shown["layout"]["yaxis"]["ticktext"] == ["<b>≠ NAG – RMSProp</b>"]
    assert share["marker"]["color"] == [THEMES["light"]["nag"]]
    assert difference["marker"]["color"] == [THEMES["light"]["rmsprop"]]


def test_a_racer_against_each_other_is_seen_from_its_side() -> None:
    shown = drawn(duel_figure(RECORD, WORDS), pairs="against 1")
    share, difference = shown["data"]
    assert shown["layout"]["yaxis"]["ticktext"] == ["RMSProp – Adam", "<b>≠ RMSProp – NAG</b>"]
    assert share["x"] == pytest.approx([0.4, 0.3])
    assert difference["x"] == pytest.approx([0.09, -0.16])
    assert [mark[3:6] for mark in share["customdata"]] == [[4, 0, 6], [3, 0, 7]]
    assert share["customdata"][1][6:] == pytest.approx([0.2, 0.4])
    assert [mark[5] for mark in difference["customdata"]] == [WORDS["verdict_unknown"], WORDS["verdict_better"]]
    # A filled mark is a verdict.
    assert difference["marker"]["symbol"] == ["circle-open", "circle"]


def test_without_a_pair_that_disagrees_the_best_is_shown_first() -> None:
    record = league_records.league_record()
    record.pairs[0, 1] = league_records.pair(0, 1, 0.7, -0.16, "better")  # type: ignore[index]
    figure = duel_figure(record, WORDS)
    assert figure.choices["pairs"] == ["against 2", "against 1", "against 0"]
    assert drawn(figure)["data"][0]["x"] == pytest.approx([0.6, 0.8])


def test_a_pair_seen_from_the_other_side_and_back_is_itself() -> None:
    for pair in RECORD.pairs.values():
        assert pair.turned().turned().share == pytest.approx(pair.share)
        assert RECORD.pair(pair.second, pair.first).losses == pair.wins
        assert np.sum(pair.turned().difference) == pytest.approx(-np.sum(pair.difference))


@pytest.mark.parametrize("name", FIGURES)
def test_a_name_is_read_whatever_its_letters_mean_to_plotly(name: str) -> None:
    record = league_records.league_record()
    object.__setattr__(record, "names", ("<b>A</b>", "@theme/ink", "%{x}"))
    spelled = str(drawn(FIGURES[name](record, WORDS)))
    assert "<b>A</b>" not in spelled
    assert "&lt;b>A" in spelled
