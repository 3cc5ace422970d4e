"""Figures as data: from a record made by hand to traces, titles and references, which Plotly itself then validates."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects
import pytest

from optviz import OPTIMIZERS, Formula, GaussianHills, Racer, gallery, race
from optviz.figures import Figure, resolved
from optviz.figures.fans import Fan
from optviz.figures.heights import Heights, contour_heights, height_ticks
from optviz.figures.lengths import Lengths
from optviz.figures.palette import THEMES
from optviz.figures.race import race_figure
from optviz.figures.race_record import RaceRecord, race_record
from optviz.figures.scene import BELOW_TITLE
from optviz.figures.styles import REPEATS, STYLES, color_of, styles_of
from optviz.racer import PICKS
from optviz.statistics.events import Event, Events, Kind
from tiers import few_are_quick

WORDS = {
    name: f"the {name}" for name in ("x", "y", "step", "at_step", "loss", "gap", "length", "epoch", "start", "lowest")
}
WORDS |= {name: f"the {name}" for name in ("key_runs", "key_length")}
WORDS |= {"comma": ", ", "epochs_beyond": "{racers} beyond {end}, to {last}", "lowest_label": "lowest {loss}"}
NAN = float("nan")

RECORD = RaceRecord(
    names=("Adam", "Adam 2", "lost"),
    keys=("adam", "adam", "gradient_descent"),
    points=(
        np.array([[0.0, 0.5], [0.1, 0.4], [0.2, 0.3]]),
        np.array([[0.0, 0.5], [0.3, 0.6], [0.4, 0.7]]),
        np.array([[0.0, 0.5], [NAN, NAN], [NAN, NAN]]),
    ),
    losses=(np.array([5.0, 4, 3]), np.array([5.0, 6, 2]), np.array([5.0, NAN, NAN])),
    log_gaps=(np.array([1.0, 0.75, 0.5]), np.array([1.0, 1.25, 0.25]), np.array([1.0, NAN, NAN])),
    epochs=(np.array([0.0, 1, 2]), np.array([0.0, 0.5, 1]), np.array([0.0, 0.5, 1])),
    epoch_range=2.0,
    has_samples=True,
    batched=(False, True, False),
    fans=(None, None, None),
    lost_at=(-1, -1, 0),
    standings=tuple(np.array(codes, dtype=np.uint8) for codes in ([1, 1, 1], [1, 2, 1], [1, 0, 0])),
    overshoots=("momentum", "batch", "learning_rate"),
    events=Events(
        said=(Event(1, Kind.LEAD, (0,), 1), Event(2, Kind.ARRIVED, (0, 1), 2, 1)),
        arrived=np.array([2, 2, -1]),
        valley=np.array([1, 1, -1]),
        valleys=np.array([-1.0, 2.0]),
        away=np.array([0.5, 0.25]),
        passed=np.array([False, True, False]),
        deepest=1,
    ),
    loss_range=(1.9, 6.1),
    gap_range=(-0.7, 0.2),
    steps=2,
    start=(0.0, 0.5),
    lowest=(0.25, 0.75),
    minima=((0.25, 0.75, -1.5), (0.5, 1.5, 0.0625)),
    domain=(-1.0, 1.0, 0.0, 2.0),
    veiled_loss_range=(0.5, 7.0),
)
HEIGHTS = Heights(
    x=np.array([-1.0, 0, 1]),
    y=np.array([0.0, 2]),
    losses=np.array([[0.0, 1, 2], [3, 4, 5]]),
    shade=np.array([[0.0, 0.2, 0.4], [0.6, 0.8, 1]]),
    logarithmic=False,
)
LENGTHS = Lengths(
    racers=(np.array([NAN, 0.25, 0.5]), np.array([NAN, 2.0, 0.0]), np.array([NAN, NAN, NAN])),
    pinned=(np.array([NAN, 1.0, 2, 3]), np.array([NAN, 4.0, 5, 6])),
    range=(-0.75, 0.5),
    veiled_range=(-6.0, 0.25),
)
FIGURE = race_figure(RECORD, HEIGHTS, "map 1", WORDS, lengths=LENGTHS)
FAN = Fan(
    losses=np.array([[5.0, 4, 1], [5.0, 6, 2], [5.0, 7, NAN]]),
    log_gaps=np.array([[1.0, 0.7, 0.1], [1.0, 1.2, 0.2], [1.0, 1.4, NAN]]),
    lengths=np.array([[NAN, 0.1, 0.2], [NAN, 0.3, 0.4], [NAN, 0.5, NAN]]),
    runs=9,
)
FANNED = race_figure(replace(RECORD, fans=(None, FAN, None)), HEIGHTS, "map 1", WORDS, lengths=LENGTHS)
PINNED = replace(
    RECORD,
    names=("Adam", "NAG"),
    keys=("adam", "nag"),
    points=RECORD.points[:2],
    losses=(np.array([4.0, 3, 2, 1]), np.array([4.0, 5, 6, 7])),
    log_gaps=(np.array([1.0, 0.6, 0.3, 0.1]), np.array([1.0, 1.1, 1.2, 1.3])),
    epochs=(np.array([0.0, 0.1, 0.2, 0.3]), np.array([0.0, 1, 2, 3])),
    fans=(None, None),
    lost_at=(-1, -1),
    standings=RECORD.standings[:2],
    overshoots=RECORD.overshoots[:2],
    steps=3,
)
COMPARED = race_figure(RECORD, HEIGHTS, "map 1", WORDS, PINNED, LENGTHS)
OF_THE_SCENE = ("drawn", "look")
VIEWS = [
    (),
    *itertools.product(*(names for group, names in FIGURE.choices.items() if group in OF_THE_SCENE)),
    *itertools.product(*(names for group, names in FIGURE.choices.items() if group not in OF_THE_SCENE)),
]
DRAWN = list(itertools.product(THEMES, FIGURE.arrangements, VIEWS))


def references(value: Any) -> Iterator[str]:
    """Every string in a nested dict that begins with @."""
    if isinstance(value, dict):
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, str) and value.startswith("@"):
        yield value


def parts(figure: Figure) -> list[Any]:
    return [figure.plot, figure.arrangements, figure.views, figure.layers]


def tracks(figure: Figure) -> dict[str, Any]:
    """The layer of a race that moves."""
    (layer,) = [layer for layer in figure.layers if layer["kind"] == "tracks"]
    return layer


def scene(figure: Figure, theme: str = "light", look: str = "own") -> dict[str, Any]:
    """The 3-D chart of a race as Plotly takes it."""
    (layer,) = [layer for layer in figure.layers if layer["kind"] == "scene"]
    patch = figure.views[look].get("scene", {"data": {}, "layout": {}})
    return resolved(Figure(layer["plot"], figure.arrays, views={"look": patch}), theme, views=["look"])


def test_traces() -> None:
    data = resolved(FIGURE)["data"]
    assert [trace["type"] for trace in data] == ["contour", *["scatter"] * (2 + 2 * 3)]
    contour, lowest, start = data[:3]
    assert np.array_equal(contour["z"], HEIGHTS.shade)
    assert (contour["zmin"], contour["zmax"]) == (0, 1)
    assert (lowest["x"], lowest["y"]) == ([0.25], [0.75])
    assert (start["x"], start["y"]) == ([0.0], [0.5])
    for index, name in enumerate(RECORD.names):
        path, curve = data[3 + 2 * index : 5 + 2 * index]
        assert path["name"] == curve["name"] == name
        assert (path["xaxis"], path["yaxis"], curve["xaxis"], curve["yaxis"]) == ("x", "y", "x2", "y2")
        assert np.array_equal(path["x"], RECORD.points[index][:, 0], equal_nan=True)
        assert np.array_equal(path["y"], RECORD.points[index][:, 1], equal_nan=True)
        assert np.array_equal(curve["x"], [0, 1, 2])
        assert np.array_equal(curve["y"], RECORD.losses[index], equal_nan=True)
        assert path["line"] == curve["line"]


def places(figure: Figure) -> list[dict[str, Any]]:
    (layer,) = [layer for layer in figure.layers if layer["kind"] == "places"]
    return list(layer["places"])


def test_minima_are_marked_and_labelled_with_their_losses() -> None:
    assert [(place["at"], place["label"]) for place in places(FIGURE)] == [
        ([0.25, 0.75], "lowest −1.5"),
        ([0.5, 1.5], "0.0625"),
    ]
    # Of many, labels would cover the map: the lowest has one, and of very many the first are marked.
    for count, marked in ((12, 12), (13, 13), (90, 60)):
        minima = tuple((place / 100, 1.0, float(place)) for place in range(count))
        shown = places(race_figure(replace(RECORD, minima=minima), HEIGHTS, "map 1", WORDS))
        labels = [place["label"] for place in shown]
        assert len(shown) == marked
        assert labels[0] == "lowest 0"
        assert labels[1:] == ([f"{place}" for place in range(1, count)] if count == 12 else [""] * (marked - 1))


def test_minima_that_are_as_low_as_the_lowest_are_marked_alike() -> None:
    # Himmelblau, "Applied Nonlinear Programming" (1972): four zeros of a sum of two squares.
    surface, start = gallery("himmelblau"), (-0.2708, -0.9230)
    record = race_record(race([Racer(OPTIMIZERS["adam"]())], surface, start, 2), ["Adam"], start)
    assert record.deepest == len(record.minima) == 4
    figure = race_figure(record, HEIGHTS, "map 1", WORDS)
    assert {(place["label"], place["size"]) for place in places(figure)} == {("lowest 0", places(FIGURE)[0]["size"])}
    (told,) = [trace for trace in resolved(figure)["data"] if trace.get("hovertemplate", "").startswith("the lowest")]
    zeros = [(-3.7793, -3.2832), (-2.8051, 3.1313), (3.0, 2.0), (3.5844, -1.8481)]
    assert sorted(zip(told["x"], told["y"], strict=True)) == [pytest.approx(zero, abs=1e-4) for zero in zeros]


def test_of_many_that_are_equally_low_only_the_first_is_labelled() -> None:
    minima = (*((place / 100, 1.0, 0.0) for place in range(13)), (0.5, 0.5, 1.0))
    shown = places(race_figure(replace(RECORD, minima=minima, deepest=13), HEIGHTS, "map 1", WORDS))
    assert [place["label"] for place in shown] == ["lowest 0"] + [""] * 13
    assert len({place["size"] for place in shown[:13]}) == 1
    assert shown[13]["size"] < shown[12]["size"]


def test_the_lowest_point_comes_first_also_where_it_is_no_minimum() -> None:
    # The one minimum inside is (0, 0); towards both edges of x the loss falls below it.
    surface = Formula("-(x**4)/4 + x**2/2 + y**2", domain=(-1.9, 1.9, -1, 1))
    paths = race([Racer(OPTIMIZERS["adam"]())], surface, (0.5, 0.5), 2)
    found = race_record(paths, ["Adam"], (0.5, 0.5)).minima
    assert found[0] == pytest.approx((found[0][0], 0.0, -(1.9**4) / 4 + 1.9**2 / 2), abs=1e-9)
    assert abs(found[0][0]) == pytest.approx(1.9)
    assert found[1:] == (pytest.approx((0.0, 0.0, 0.0), abs=1e-9),)


def test_a_lowest_point_that_a_run_has_taught_is_marked_once() -> None:
    surface = GaussianHills(seed=1)
    paths = race([Racer(OPTIMIZERS["adam"]())], surface, (-1.5, 1.44), 2)
    before = race_record(paths, ["Adam"], (-1.5, 1.44)).minima
    lower = np.array(surface.lowest.point) + 1e-9
    surface.learn(lower, np.array(surface.lowest.loss - 1e-9))
    after = race_record(paths, ["Adam"], (-1.5, 1.44)).minima
    assert after[0][:2] == tuple(lower)
    assert after[1:] == before[1:]


def test_titles_and_ranges() -> None:
    layout = resolved(FIGURE)["layout"]
    titles = {axis: layout[axis]["title"]["text"] for axis in ("xaxis", "yaxis", "xaxis2", "yaxis2")}
    assert titles == {"xaxis": "the x", "yaxis": "the y", "xaxis2": "the step", "yaxis2": "the loss"}
    assert layout["xaxis"]["range"] == [-1.0, 1.0]
    assert layout["yaxis"]["range"] == [0.0, 2.0]
    assert layout["xaxis2"]["range"] == [0, 2]
    assert layout["yaxis2"]["range"] == [1.9, 6.1]


@pytest.mark.parametrize(
    ("axis", "curves", "span"), [("gap", RECORD.log_gaps, [-0.7, 0.2]), ("length", LENGTHS.racers, [-0.75, 0.5])]
)
def test_another_axis_changes_the_curves_and_their_axis_only(axis: str, curves: Any, span: list[float]) -> None:
    loss, other = resolved(FIGURE, views=["loss"]), resolved(FIGURE, views=[axis])
    assert other["layout"]["yaxis2"]["type"] == "log"
    assert other["layout"]["yaxis2"]["title"]["text"] == f"the {axis}"
    assert other["layout"]["yaxis2"]["range"] == span
    for index, (before, after) in enumerate(zip(loss["data"], other["data"], strict=True)):
        racer, kind = divmod(index - 3, 2)
        if index >= 3 and kind == 1:
            assert np.array_equal(after["y"], curves[racer], equal_nan=True)
            assert f"the {axis} %{{y:.3g}}" in after["hovertemplate"]
            reference = tracks(FIGURE)["racers"][racer][axis]
            assert FIGURE.arrays[reference.removeprefix("@")] is curves[racer], "the canvases draw the same"
        else:
            assert repr(after) == repr(before)


def test_lengths_of_steps_are_in_a_figure_where_they_are_asked_for() -> None:
    """They would be a fifth of what a slider sends, and are seldom looked at."""
    without = race_figure(RECORD, HEIGHTS, "map 1", WORDS, PINNED)
    assert without.choices == COMPARED.choices
    assert not [name for name in without.arrays if "length" in name]
    assert "length" not in without.views
    assert [name for name in COMPARED.arrays if "length" in name] == [
        *(f"pinned/{place}/length" for place in (0, 1)),
        *(f"racers/{place}/length" for place in (0, 1, 2)),
    ]
    assert set(references(parts(without))) < set(references(parts(COMPARED)))
    assert COMPARED.views["length"]["told"] == "the key_length"


def test_a_fan_adds_its_band_and_median_and_changes_nothing_else() -> None:
    plain, fanned = resolved(FIGURE)["data"], resolved(FANNED)["data"]
    assert repr(fanned[: len(plain)]) == repr(plain)
    low, median, high = fanned[len(plain) :]
    for trace, losses in zip((low, median, high), FAN.losses, strict=True):
        assert np.array_equal(trace["y"], losses, equal_nan=True)
        assert (trace["xaxis"], trace["yaxis"], trace["name"]) == ("x2", "y2", "Adam 2")
    assert ("fill" in low, median["fill"], high["fill"]) == (False, "tonexty", "tonexty")
    for axis, quantiles in (("gap", FAN.log_gaps), ("length", FAN.lengths)):
        traces = resolved(FANNED, views=[axis, "epoch"])["data"][len(plain) :]
        for trace, quantile in zip(traces, quantiles, strict=True):
            assert np.array_equal(trace["y"], quantile, equal_nan=True)
            assert np.array_equal(trace["x"], RECORD.epochs[1])
    assert tracks(FANNED)["racers"][1]["traces"] == [5, 6, 9, 10, 11], "the legend hides the fan as well"
    plotly.graph_objects.Figure(resolved(FANNED, "dark", views=["gap", "many"]))


def test_a_pinned_race_lies_under_the_racers_and_changes_nothing_else() -> None:
    plain, compared = resolved(FIGURE)["data"], resolved(COMPARED)["data"]
    assert repr(compared[:3]) == repr(plain[:3])
    assert repr(compared[7:]) == repr(plain[3:])
    pale = compared[3:7]
    assert [trace["line"]["width"] > 3 * compared[7]["line"]["width"] for trace in pale] == [True] * 4
    for index in range(2):
        path, curve = pale[2 * index : 2 * index + 2]
        assert np.array_equal(path["x"], PINNED.points[index][:, 0])
        assert np.array_equal(curve["x"], [0, 1, 2, 3]), "its own steps"
        assert np.array_equal(curve["y"], PINNED.losses[index])
        assert path["line"]["color"] == curve["line"]["color"] == THEMES["light"][PINNED.keys[index]]
    for axis, curves in (("gap", PINNED.log_gaps), ("length", LENGTHS.pinned)):
        seen = resolved(COMPARED, views=[axis, "epoch"])["data"][3:7]
        for index, curve in enumerate(seen[1::2]):
            assert np.array_equal(curve["y"], curves[index], equal_nan=True)
            assert np.array_equal(curve["x"], PINNED.epochs[index])
    hidden_with = [racer["traces"] for racer in tracks(COMPARED)["racers"]]
    assert hidden_with == [[7, 8, 3, 4], [9, 10], [11, 12]], "the legend hides a racer's pale lines as well"
    plotly.graph_objects.Figure(resolved(COMPARED, "dark", "presented", ["gap"]))


def test_arrangements_put_the_charts_beside_each_other_or_below() -> None:
    wide, narrow = (resolved(FIGURE, arrangement=name)["layout"] for name in ("wide", "narrow"))
    assert wide["xaxis"]["domain"][1] < wide["xaxis2"]["domain"][0]
    assert narrow["yaxis"]["domain"][0] > narrow["yaxis2"]["domain"][1]


def test_every_reference_resolves_and_every_array_is_referred_to() -> None:
    told = {reference for part in parts(FIGURE) for reference in references(part)}
    themed = {reference for reference in told if reference.startswith("@theme/")}
    for theme in THEMES.values():
        assert {reference.removeprefix("@theme/") for reference in themed} <= set(theme)
    assert {reference[1:].partition(":")[0] for reference in told - themed} == set(FIGURE.arrays)
    for theme, arrangement, view in DRAWN:
        assert list(references(resolved(FIGURE, theme, arrangement, view))) == []


def test_the_tracks_name_what_moves() -> None:
    layer = tracks(FIGURE)
    assert layer["steps"] == 2
    assert [racer["name"] for racer in layer["racers"]] == list(RECORD.names)
    assert [racer["lost_at"] for racer in layer["racers"]] == [-1, -1, 0]
    assert [racer["traces"] for racer in layer["racers"]] == [[3, 4], [5, 6], [7, 8]]
    assert [racer["own"] for racer in tracks(COMPARED)["racers"]] == [[7, 8], [9, 10], [11, 12]]
    assert tracks(FANNED)["racers"][1]["own"] == [5, 6, 9, 10, 11]


def test_a_click_on_the_map_sets_the_start() -> None:
    target = COMPARED.clicks["map"]
    assert (target["sends"], target["at"]) == ("start", list(RECORD.start))
    trace = resolved(COMPARED)["data"][target["trace"]]
    assert ([*trace["x"], *trace["y"]], trace["xaxis"], trace["yaxis"]) == (target["at"], "x", "y")


def test_the_view_of_one_run_hides_the_fan() -> None:
    plain, fanned = resolved(FANNED, views=["many"])["data"], resolved(FANNED, views=["one"])["data"]
    hidden = [place for place, trace in enumerate(fanned) if trace.get("mode") == "none"]
    assert hidden == [9, 10, 11]
    assert repr(fanned[:9]) == repr(plain[:9])


def test_a_figure_does_not_change_its_record_or_itself() -> None:
    before = repr(FIGURE.plot)
    drawn = resolved(FIGURE)
    drawn["layout"]["xaxis"]["range"] = None
    drawn["data"][3]["line"]["width"] = 99
    assert repr(FIGURE.plot) == before


@pytest.mark.parametrize(("theme", "arrangement", "view"), few_are_quick(DRAWN, 60))
def test_plotly_validates_the_figure(theme: str, arrangement: str, view: str | None) -> None:
    drawn = plotly.graph_objects.Figure(resolved(FIGURE, theme, arrangement, view))
    assert len(drawn.data) == 9


@pytest.mark.parametrize("look", FIGURE.choices["look"])
@pytest.mark.parametrize("theme", THEMES)
def test_plotly_validates_the_scene(theme: str, look: str) -> None:
    drawn = plotly.graph_objects.Figure(scene(FIGURE, theme, look))
    (surface,) = drawn.data
    assert surface.type == "surface"
    assert np.array_equal(surface.z, HEIGHTS.shade)
    assert surface.colorscale[0][1] == THEMES[theme][{"own": "relief", "article": "article_relief"}[look]][0][1]
    assert drawn.layout.scene.zaxis.visible is {"own": None, "article": False}[look]


def test_in_depth_the_map_is_not_drawn_and_the_curves_stay() -> None:
    shown = {
        drawn: [trace["xaxis"] for trace in resolved(COMPARED, views=[drawn])["data"] if trace.get("visible", True)]
        for drawn in FIGURE.choices["drawn"]
    }
    assert set(shown["3d"]) == {"x2"}
    assert shown["map"] == shown["both"]
    assert shown["3d"] == [axis for axis in shown["map"] if axis == "x2"]


def test_the_scene_shows_what_the_map_shows() -> None:
    (layer,) = [layer for layer in COMPARED.layers if layer["kind"] == "scene"]
    (on_the_map,) = [layer for layer in COMPARED.layers if layer["kind"] == "places"]
    assert layer["places"] == on_the_map["places"]
    for path in layer["pinned"]:
        trace = COMPARED.plot["data"][path["trace"]]
        assert (trace["x"], trace["y"], trace["line"]["color"]) == (path["x"], path["y"], path["color"])
    assert len(layer["pinned"]) == len(PINNED.names)


@pytest.mark.parametrize(
    ("surface", "count"),
    [
        (GaussianHills(seed=1), 3),
        (Formula("(1-x)**2 + 100*(y-x**2)**2", domain=(-2, 2, -1, 3)), 5),
        (Formula("-exp(-x**2-y**2)", domain=(-50, 50, -50, 50)), 2),
        (Formula("1e-9*x", domain=(0, 1, 0, 1)), 3),
        (Formula("log(x) + y**2", domain=(-1, 9, 0, 1)), 3),
        (Formula("-cos(x)*cos(y)*exp(-(x-3.14)^2-(y-3.14)^2)", domain=(-100, 100, -100, 100)), 3),
        (Formula("3"), 0),
    ],
    ids=lambda given: getattr(given, "title", str(given)),
)
def test_the_axis_of_heights_tells_the_loss(surface: Any, count: int) -> None:
    heights = contour_heights(surface)
    positions, losses = height_ticks(heights)
    assert len(positions) == len(losses)
    assert count <= len(losses) <= 5
    assert positions == sorted(set(positions))
    assert all(0 <= position <= 1 for position in positions)
    assert losses == sorted(set(losses))
    for position, loss in zip(positions, losses, strict=True):
        # Where the grid is about as high as a tick, its loss is about what the tick says: the nearest of its points
        # has neighbours in the order of the losses on both sides of it.
        assert float(f"{loss:.6g}") == loss, "few digits"
        below, above = heights.losses[heights.shade <= position], heights.losses[heights.shade >= position]
        assert np.nanmax(below) <= loss or np.isclose(np.nanmax(below), loss)
        assert np.nanmin(above) >= loss or np.isclose(np.nanmin(above), loss)


def test_the_validation_would_notice_a_wrong_figure() -> None:
    wrong = resolved(FIGURE)
    wrong["data"][0]["z_range"] = 1
    with pytest.raises(ValueError, match="z_range"):
        plotly.graph_objects.Figure(wrong)


@pytest.mark.parametrize(
    "surface",
    [GaussianHills(seed=1), Formula("log(x) + y**2", domain=(-1, 9, 0, 1)), Formula("3")],
    ids=lambda surface: surface.title,
)
@pytest.mark.parametrize("theme", THEMES)
def test_plotly_validates_real_races(surface: Any, theme: str) -> None:
    racers = [Racer(kind()) for kind in OPTIMIZERS.values()]
    paths = race([*racers, Racer(OPTIMIZERS["gradient_descent"](learning_rate=1e9))], surface, (0.5, 0.5), 20)
    record = race_record(paths, [*OPTIMIZERS, "lost"], tuple(paths[0].points[0]))
    figure = race_figure(record, contour_heights(surface, 31), "map", WORDS)
    for view in figure.views:
        plotly.graph_objects.Figure(resolved(figure, theme, views=[view]))


# A name, and what Plotly must be given so that it shows just that: it reads HTML, entities and %{templates}.
NAMES = [
    ("plain η = 0.3", "plain η = 0.3"),
    ("<b>bold</b>", "&lt;b>bold&lt;/b>"),
    ("<script>", "&lt;script>"),
    ("a & b &lt;", "a &amp; b &amp;lt;"),
    ("%{x}", "% {x}"),
    ("@steps", "@steps"),
    ("@theme/ink", "@theme/ink"),
    ("@nowhere", "@nowhere"),
    ("@@", "@@"),
]


@pytest.mark.parametrize(("name", "given"), NAMES)
def test_names_are_shown_as_they_are(name: str, given: str) -> None:
    figure = race_figure(dataclasses.replace(RECORD, names=("a", name, "c")), HEIGHTS, "map 1", WORDS)
    path, curve = resolved(figure)["data"][5:7]
    assert path["name"] == curve["name"] == given
    assert f"<b>{given}</b>" in path["hovertemplate"]


# --- styles ----------------------------------------------------------------------------------------------------------


def test_repeated_racers_get_other_line_styles() -> None:
    styles = styles_of(("adam", "nag", "adam", "adam", "adam", "no_such"))
    dashes = [style["dash"] for style in styles if style["color"] == "@theme/adam"]
    assert len(set(dashes)) == len(REPEATS) == 4
    assert styles[5]["color"] == color_of("no_such") == f"@theme/extra/{len(set(PICKS) - set(STYLES))}"


def test_what_a_veil_hides_is_every_trace_of_the_future() -> None:
    data = resolved(FANNED)["data"]
    racers = tracks(FANNED)["racers"]
    future = {place for racer in racers for place in racer["future"]}
    drawn = {place for place, trace in enumerate(data) if trace["type"] == "scatter" and trace["mode"] == "lines"}
    assert future == drawn, "paths, curves and bands; not the map, the start and the lowest point"
    pinned = tracks(COMPARED)["racers"]
    widths = {resolved(COMPARED)["data"][place]["line"]["width"] for racer in pinned for place in racer["future"]}
    assert widths == {1.4}, "the pinned race is known already"
    # But where it is the same race, or its beginning, or goes on longer, it would tell how this one ends.
    for steps in (1, 2, 3):
        same = replace(PINNED, losses=(PINNED.losses[0], RECORD.losses[1][: steps + 1]), names=("NAG", RECORD.names[1]))
        layer = tracks(race_figure(RECORD, HEIGHTS, "map 1", WORDS, same))
        hidden = [len(set(racer["future"]) & {3, 4, 5, 6}) for racer in layer["racers"]]
        assert hidden == [0, 2, 0]
    for axis in ("loss", "gap"):
        assert FANNED.views[axis]["veiled"]["yaxis2"]["range"] == list(getattr(RECORD, f"veiled_{axis}_range"))
    assert FANNED.views["length"]["veiled"]["yaxis2"]["range"] == [-6.0, 0.25]


def test_what_an_axis_of_epochs_cuts_off_is_told() -> None:
    assert "told" not in FIGURE.views["epoch"], "all of it is seen"
    cut = race_figure(replace(RECORD, epoch_range=1.25), HEIGHTS, "map 1", WORDS)
    assert cut.views["epoch"]["told"] == f"{RECORD.names[0]} beyond 1.25, to 2"
    assert (
        "told"
        not in race_figure(replace(RECORD, epoch_range=1.25, has_samples=False), HEIGHTS, "m", WORDS).views["epoch"]
    )


def test_bands_are_told_where_they_are_drawn() -> None:
    assert FANNED.views["many"]["told"] == "the key_runs"
    assert "told" not in FIGURE.views["many"]


def test_what_the_sentence_is_made_of_travels_in_rows() -> None:
    (layer,) = (layer for layer in FIGURE.layers if layer["kind"] == "tracks")
    rows = [FIGURE.arrays[layer[name].removeprefix("@")].tolist() for name in ("events", "arrivals", "valleys")]
    assert rows[0] == [[0, 1, Kind.LEAD, 1, 0, -1], [1, 2, Kind.ARRIVED, 2, 0, 1], [1, 2, Kind.ARRIVED, 2, 1, 1]]
    assert rows[1:] == [[[2, 1, 0], [2, 1, 1], [-1, -1, 0]], [[-1.0, 0.5, 1], [2.0, 0.25, 1]]]


@pytest.mark.parametrize("surface", [GaussianHills(seed=1), gallery("rosenbrock"), gallery("bowl"), Formula("0*x")])
def test_the_scale_says_which_loss_has_which_shade(surface: Any) -> None:
    heights = contour_heights(surface)
    figure = race_figure(RECORD, heights, "map 1", WORDS, lengths=LENGTHS)
    (layer,) = [layer for layer in figure.layers if layer["kind"] == "places"]
    scale = layer["scale"]
    assert (scale["title"], scale["colors"]) == ("the loss", "@theme/relief")
    assert bool(scale["ticks"]) == (np.ptp(heights.losses) > 0)
    for position, label in scale["ticks"]:
        # The grid's point whose shade is nearest has nearly that loss: two are a few hundredths of the range apart.
        nearest = np.abs(heights.shade - position).argmin()
        loss, shade = heights.losses.flat[nearest], heights.shade.flat[nearest]
        assert abs(shade - position) < 5e-3
        around = heights.losses[np.abs(heights.shade - position) < 1.5e-2]
        assert around.min() <= float(label.replace("−", "-")) <= around.max(), (label, loss)
    assert [position for position, _ in scale["ticks"]] == sorted({position for position, _ in scale["ticks"]})


def test_no_number_of_the_vertical_axis_stands_on_those_of_another_one() -> None:
    """The lowest loss, 0, stands at the very foot, where the numbers along x begin."""
    positions, losses = height_ticks(HEIGHTS)
    assert (positions[0], losses[0]) == (0, 0)
    (layer,) = [layer for layer in FIGURE.layers if layer["kind"] == "scene"]
    axis = layer["plot"]["layout"]["scene"]["zaxis"]
    assert axis["tickvals"] == positions[1:]
    assert [float(text) for text in axis["ticktext"]] == losses[1:]
    # Beside the curves the title stands above some of them.
    for view, every in [("wide 3d", 1), ("wide both", 2)]:
        headed = layer["arrangements"][view]["scene"]["zaxis"]
        assert (headed["ticktext"][-1], headed["tickvals"][-1], headed["title"]["text"]) == (
            axis["title"]["text"],
            1,
            "",
        )
        assert headed["tickvals"][:-1] == [place for place in positions[1:] if place < BELOW_TITLE][::every]
