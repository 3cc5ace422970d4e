"""The pictures of a league, from a record made by hand: what is drawn, what it is called, and what a click sends."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

import league_records
from optviz.figures import Figure, resolved
from optviz.figures.league.bands import FLOOR, bands_figure
from optviz.figures.league.budget import budget_figure
from optviz.figures.league.duel import duel_figure
from optviz.figures.league.frame import in_two_lines
from optviz.figures.league.matrix import matrix_figure
from optviz.figures.league.profiles import profiles_figure
from optviz.figures.league.ranking import ranking_figure
from optviz.figures.palette import DUEL, FIGURE, THEMES, contrast
from optviz.figures.styles import styles_of
from optviz.stage import pack, unpack
from optviz.statistics.pairs import share_interval
from optviz.text import LANGUAGES, words

RECORD = league_records.league_record(fair=True)
WORDS = words("en")["league_figures"]
FIGURES: dict[str, Callable[..., Figure]] = {
    "ranking": ranking_figure,
    "duel": duel_figure,
    "profiles": profiles_figure,
    "bands": bands_figure,
    "matrix": matrix_figure,
    "budget": lambda record, words: budget_figure(record, words, "η"),
}


def drawn(figure: Figure, theme: str = "light", **views: str) -> dict[str, Any]:
    """As it is shown with the first of each choice, or with another one."""
    chosen = {group: names[0] for group, names in figure.choices.items()} | views
    return resolved(figure, theme, "wide", chosen.values())


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_view_is_a_figure_of_plotly(name: str, language: str) -> None:
    figure = FIGURES[name](RECORD, words(language)["league_figures"])
    for arrangement in ("wide", "narrow", "presented"):
        for theme in THEMES:
            for view in figure.views or [None]:
                go.Figure(resolved(figure, theme, arrangement, [view] if view else []))
    assert all(figure.views[view]["title"] for names in figure.choices.values() for view in names)


@pytest.mark.parametrize("name", FIGURES)
def test_it_travels_and_says_what_a_click_asks_for(name: str) -> None:
    header, _ = unpack(pack(FIGURES[name](RECORD, WORDS), WORDS))
    assert header["clicks"] == {"marks": {"sends": "seeds"}}
    marks = [mark for trace in header["plot"]["data"] for mark in trace.get("customdata", ()) if mark]
    if name == "matrix":
        marks = [mark for row in marks for mark in row]
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


def test_the_ends_of_an_interval_are_seen_beside_the_mark_that_hides_the_rest_of_it() -> None:
    for marks in (drawn(ranking_figure(RECORD, WORDS))["data"][0], *drawn(duel_figure(RECORD, WORDS))["data"]):
        # Plotly's width is half of the bar's end, the size of a mark its whole.
        assert 2 * marks["error_x"]["width"] > marks["marker"]["size"]


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
    # What a view changes of an axis does not take the rest of it away.
    assert shown["layout"]["xaxis2"]["title"]["text"] == in_two_lines(WORDS["by_how_much"])
    assert resolved(figure)["layout"]["xaxis2"]["gridcolor"] == THEMES["light"]["grid"]
    assert shown["layout"]["xaxis2"]["range"] == pytest.approx([-0.2352, 0.2352])
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
    assert share["customdata"][1][6:] == pytest.approx(share_interval(3, 0, 7))
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
    record = league_records.league_record(fair=True)
    object.__setattr__(record, "names", ("<b>A</b>", "@theme/ink", "%{x}"))
    figure = FIGURES[name](record, WORDS)
    spelled = str([resolved(figure, views=[view]) for view in figure.views] or resolved(figure))
    assert "<b>A</b>" not in spelled
    assert "&lt;b>A" in spelled
    assert "@theme/ink" in spelled


def test_a_profile_is_a_line_with_its_band_and_the_usual_target_comes_first() -> None:
    figure = profiles_figure(RECORD, WORDS)
    assert figure.choices == {"target": ["target 1", "pooled", "target 0"], "by": ["steps", "evaluations"]}
    low, line, high = drawn(figure)["data"][:3]
    assert line["name"] == "NAG"
    assert line["line"] == {"color": THEMES["light"]["nag"], "dash": "dash", "width": 2.2}
    np.testing.assert_allclose(line["y"], [0, 0.1, 0.2, 0.3, 0.4])
    np.testing.assert_allclose(line["y"] - low["y"], 0.05)
    np.testing.assert_allclose(high["y"] - line["y"], 0.05)
    assert (low.get("fill"), line["fill"], high["fill"]) == (None, "tonexty", "tonexty")
    assert line["meta"] == ["reached", 0, 1]
    assert drawn(figure, target="pooled")["data"][1]["meta"] == ["reached", 0, 2]
    assert [figure.views[view]["title"] for view in ("target 0", "pooled")] == ["gap ≤ 0.5", WORDS["pooled"]]


def test_each_target_has_its_own_profile_and_an_evaluation_is_counted_where_it_is_made() -> None:
    record = league_records.league_record()
    record.profiles[1, 2] = 0.75
    data = drawn(profiles_figure(record, WORDS), target="pooled", by="evaluations")["data"]
    np.testing.assert_array_equal(data[4]["y"], 0.75)
    np.testing.assert_array_equal(data[1]["x"], [0, 2, 4, 6, 8])
    np.testing.assert_array_equal(data[4]["x"], [0, 1, 2, 3, 4])


def test_the_band_is_that_of_the_chosen_racer_below_all_medians() -> None:
    figure = bands_figure(RECORD, WORDS)
    assert figure.choices == {"band": ["band 2", "band 1", "band 0", "medians"]}
    data = drawn(figure, band="band 0")["data"]
    assert [trace["name"] for trace in data[4:]] == ["NAG", "RMSProp", "Adam"]
    np.testing.assert_allclose(data[4]["y"], [1, 0.1, 0.01, 1e-3, 1e-4])
    np.testing.assert_allclose(data[0]["y"], data[4]["y"] / 10)
    np.testing.assert_allclose(data[1]["y"], data[4]["y"] * 10)
    np.testing.assert_allclose(data[3]["y"] / data[2]["y"], 1.1 / 0.9)
    assert data[1]["fillcolor"] == THEMES["light"]["nag/band"]
    assert [trace["visible"] for trace in drawn(figure, band="medians")["data"][:4]] == [False] * 4


def test_what_has_diverged_stands_at_the_upper_edge_and_what_is_level_at_the_lower() -> None:
    record = league_records.league_record()
    record.bands[0, :, :, 2:] = 0.0
    shown = drawn(bands_figure(record, WORDS))
    bottom, top = shown["layout"]["yaxis"]["range"]
    np.testing.assert_allclose(shown["data"][6]["y"], [1, 1, 1, 10.0**top, 10.0**top])
    np.testing.assert_allclose(shown["data"][4]["y"][2:], FLOOR)
    assert bottom < np.log10(FLOOR)
    assert shown["layout"]["annotations"][0]["text"] == WORDS["band_top"]
    record.bands[2] = 1.0
    assert "annotations" not in drawn(bands_figure(record, WORDS))["layout"]


def test_a_cell_says_how_often_its_row_ends_lower_and_the_verdict_by_how_much() -> None:
    shown = drawn(matrix_figure(RECORD, WORDS))
    (cells,) = shown["data"]
    assert shown["layout"]["yaxis"]["ticktext"] == ["Adam", "RMSProp", "NAG"]
    np.testing.assert_allclose(cells["z"], [[np.nan, 0.6, 0.8], [0.4, np.nan, 0.3], [0.2, 0.7, np.nan]])
    assert cells["text"] == [["", "60 ?", "80 ▲"], ["40 ?", "", "30 ≠"], ["20 ▼", "70 ≠", ""]]
    assert cells["customdata"][2][0] == ["pair", 0, 2, "NAG – Adam", WORDS["verdict_worse"]]


@pytest.mark.parametrize("theme", THEMES)
def test_numbers_can_be_read_on_each_colour_of_the_matrix(theme: str) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5."""
    ink = bytes.fromhex(FIGURE["ink"][theme == "dark"][1:])
    assert min(contrast(ink, bytes.fromhex(color[1:])) for color in DUEL[theme]) >= 4.5


def test_fair_mode_shows_each_tried_value_the_chosen_one_and_what_a_budget_brings() -> None:
    record = league_records.league_record(fair=True)
    assert record.fair is not None
    record.fair.values[0][:] = [1.0, 0.01, 0.1]
    shown = drawn(budget_figure(record, WORDS, "learning rate η"))
    tried, chosen, expected = shown["data"][:3]
    np.testing.assert_array_equal(tried["x"], [0.01, 0.1, 1.0])
    np.testing.assert_allclose(tried["y"], [0.36, 0.51, 0.91])
    assert (chosen["x"], chosen["y"]) == ([0.01], [0.36])
    assert chosen["customdata"] == [["mean", 0, 0.9]]
    np.testing.assert_array_equal(expected["x"], [1, 2, 3])
    np.testing.assert_array_equal(expected["y"], record.fair.expected[0])
    assert len(shown["data"][5]["x"]) == len(shown["data"][5]["y"]) == 2
    assert shown["layout"]["xaxis"]["title"]["text"] == "value tried: learning rate η"


def test_a_league_that_was_not_tuned_has_no_budget() -> None:
    with pytest.raises(ValueError, match="not tuned"):
        budget_figure(league_records.league_record(), WORDS, "η")


def test_a_target_is_written_as_people_write_it() -> None:
    record = dataclasses.replace(RECORD, targets=np.array([0.1, 3.1623e-5]))
    titles = [view["title"] for view in profiles_figure(record, WORDS).views.values()]
    assert "3.16·10⁻⁵" in " ".join(titles), titles


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("by how much: the first less the second", "by how much:<br>the first less the second"),
        ("谁赢：前者终点更低的比例", "谁赢：<br>前者终点更低的比例"),
        ("gap left (0: at the lowest point)", "gap left<br>(0: at the lowest point)"),
        ("剩余差距（0：在最低点，1：不比起点低）", "剩余差距<br>（0：在最低点，1：不比起点低）"),
        ("possible ranks by who wins", "possible ranks by who wins"),
    ],
)
def test_what_explains_an_axis_stands_in_a_line_of_its_own(title: str, told: str) -> None:
    assert in_two_lines(title) == told
