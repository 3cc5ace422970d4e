"""How a race is looked at, and its part of an address: every row of the table, there and back."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any

import pytest

import optviz.view
from optviz import Race
from optviz.experiment import read_query
from optviz.experiment.league import GRID
from optviz.experiment.lesson import lesson
from optviz.ui import address
from optviz.view import OneOf, View, camera, places, seen

# A value beside the default for each field, and how an address spells it.
OTHERWISE: dict[str, tuple[Any, dict[str, str]]] = {
    "language": ("zh", {"lang": "zh"}),
    "axis": ("gap", {"axis": "gap"}),
    "by": ("epoch", {"by": "epoch"}),
    "runs": ("many", {"runs": "many"}),
    "drawn": ("3d", {"view": "3d"}),
    "look": ("article", {"look": "article"}),
    "camera": ((-12.5, 40.0, 2.25), {"camera": "-12.5,40,2.25"}),
    "paths": ("whole", {"paths": "whole"}),
    "hidden": ((0, 2), {"hidden": "0,2"}),
    "swarm": (3, {"swarm": "3"}),
    "swarm_seed": (17, {"swarm_seed": "17"}),
    "veiled": (True, {"veiled": "1"}),
    "draft": ("x^^2 + y", {"draft": "x^^2 + y"}),
    "present": (True, {"present": "1"}),
    "pinned": (Race(steps=7), {"pinned": Race(steps=7).to_url()}),
    "chapter": ("sgd", {"chapter": "sgd"}),
    "without": (("surface", "samples"), {"without": "surface,samples"}),
    "lesson": (lesson("ravine").packed(), {"lesson": lesson("ravine").packed()}),
    "composing": (True, {"compose": "1"}),
    "seeds": ((500, 750), {"seeds": "500~750"}),
    "training": ((1000, 2000), {"training": "1000~2000"}),
    "tuned": ("momentum", {"tuned": "momentum"}),
    "grid": ((0.01, 1.0, 7), {"grid": "0.01~1.0~7"}),
    "chart": ("matrix", {"chart": "matrix"}),
    "racer": (3, {"racer": "3"}),
    "beside": (0, {"beside": "0"}),
    "at": (57, {"at": "57"}),
}


def test_every_field_is_tried() -> None:
    assert list(OTHERWISE) == list(View.rows())
    assert View().to_query() == {}


@pytest.mark.parametrize("field", OTHERWISE)
def test_a_field_goes_into_an_address_and_comes_back(field: str) -> None:
    value, query = OTHERWISE[field]
    view = dataclasses.replace(View(), **{field: value})
    assert view.to_query(View.rows()[field].page) == query
    assert View.from_query(query) == (view, [])


def test_all_of_them_together() -> None:
    on_every_page = [field for field, row in View.rows().items() if row.page is None]
    view = View(**{field: OTHERWISE[field][0] for field in on_every_page})
    query = view.to_query()
    assert query == {name: text for field in on_every_page for name, text in OTHERWISE[field][1].items()}
    assert View.from_query(query) == (view, [])
    assert read_query({**Race().to_query(), **query})[1] == (), "a link knows the names of all of them"


# What an address says, the field as it is then, and the value that the sentence names.
REFUSED = [
    ({"axis": "sideways"}, "axis", "loss"),
    ({"axis": ""}, "axis", "loss"),
    ({"by": "GAP"}, "by", "step"),
    ({"runs": "two"}, "runs", "one"),
    ({"lang": "fr"}, "language", None),
    ({"veiled": "yes"}, "veiled", False),
    ({"present": "2"}, "present", False),
    ({"hidden": "0,x,2"}, "hidden", (0, 2)),
    ({"hidden": "24"}, "hidden", ()),
    ({"view": "4d"}, "drawn", "map"),
    ({"look": "matplotlib"}, "look", "own"),
    ({"camera": ""}, "camera", None),
    ({"camera": "45,35"}, "camera", None),
    ({"camera": "45,35,2,0.1"}, "camera", None),
    ({"camera": "45,35,2,0.1,0,x"}, "camera", None),
    ({"camera": "181,35,2"}, "camera", None),
    ({"camera": "45,-90.5,2"}, "camera", None),
    ({"camera": "45,35,0"}, "camera", None),
    ({"camera": "45,35,11"}, "camera", None),
    ({"camera": "45,35,2,0,0,-2.5"}, "camera", None),
    ({"camera": "nan,inf,1e0"}, "camera", None),
    ({"camera": "٤٥,35,2"}, "camera", None),
    ({"camera": "9" * 9999}, "camera", None),
    ({"swarm": "24"}, "swarm", None),
    ({"swarm": "-1"}, "swarm", None),
    ({"swarm": "٣"}, "swarm", None),
    ({"swarm": ""}, "swarm", None),
    ({"swarm_seed": "4294967296"}, "swarm_seed", 0),
    ({"swarm_seed": "9" * 9999}, "swarm_seed", 0),
    ({"swarm_seed": "1.5"}, "swarm_seed", 0),
    ({"pinned": "seed=3"}, "pinned", None),
    ({"without": "surface,everything"}, "without", ("surface",)),
    ({"without": "x" * 9999}, "without", ()),
    ({"lesson": "nowhere"}, "lesson", None),
    ({"lesson": ".bm90IGEgbGVzc29u"}, "lesson", None),
    ({"lesson": "<script>"}, "lesson", None),
    ({"compose": "yes"}, "composing", False),
    ({"seeds": "7~7"}, "seeds", (0, 1000)),
    ({"seeds": "many"}, "seeds", (0, 1000)),
    ({"training": "0~200000"}, "training", None),
    ({"tuned": "charm"}, "tuned", "learning_rate"),
    ({"tuned": "bias_correction"}, "tuned", "learning_rate"),
    ({"grid": "1"}, "grid", GRID),
    ({"grid": "1~0.1~7"}, "grid", GRID),
    ({"grid": "0.1~1~1e9"}, "grid", GRID),
    ({"grid": "a~b~c"}, "grid", GRID),
    ({"grid": "9~" * 9999}, "grid", GRID),
    ({"pinned": "surface=nowhere"}, "pinned", None),
]


@pytest.mark.parametrize(("query", "field", "value"), REFUSED)
def test_what_cannot_be_used_is_told_and_the_rest_holds(query: dict[str, str], field: str, value: Any) -> None:
    view, (problem,) = View.from_query(query)
    assert getattr(view, field) == value
    (text,) = query.values()
    assert text[:20] in str(problem)


def test_what_the_race_has_not_is_not_seen() -> None:
    view = View(by="epoch", runs="many", axis="gap")
    assert view.fitting(Race()) == View(axis="gap")
    sampled = Race().with_optimizers(["sgd"]).with_samples(samples=16)
    assert view.fitting(sampled) == view
    assert view.fitting(sampled.with_optimizers(["adam"])) == View(axis="gap", by="epoch")
    assert View(swarm=1).fitting(Race()) == View(swarm=1)
    assert View(swarm=1, swarm_seed=3).fitting(Race().with_optimizers(["adam"])) == View(swarm_seed=3)


def test_a_link_for_others_does_not_present() -> None:
    view = View(present=True, axis="gap", pinned=Race())
    assert view.for_others() == View(axis="gap", pinned=Race())


@pytest.mark.parametrize("sent", [{}, {"axis": 7}, {"axis": ["gap"]}, {"axis": None, "by": {}}, {"unknown": "gap"}])
def test_a_choice_that_is_none_is_the_default(sent: dict[str, Any]) -> None:
    assert View(axis="gap", by="epoch", veiled=True).choosing(sent) == View(veiled=True)


def test_a_choice_is_taken() -> None:
    assert View(by="epoch", look="article").choosing({"axis": "gap", "runs": "many", "drawn": "both"}).chosen == {
        "drawn": "both",
        "look": "own",
        "axis": "gap",
        "by": "step",
        "runs": "many",
        "paths": "travelled",
    }


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        ([45.04, -35, 1.234], (45.0, -35.0, 1.23)),
        ([0, 90, 10, 0.001, -0.0, 0], (0.0, 89.0, 10.0)),
        ([0, -89.96, 10], (0.0, -89.0, 10.0)),
        ([-180, 0, 0.1, 0, 0.126, -2], (-180.0, 0.0, 0.3, 0.0, 0.13, -2.0)),
        ([45, 35, True], None),
        ([45, 35, "2"], None),
        ([45, 35, float("nan")], None),
        ([45, 35, 10**400], None),
        ([45, 35], None),
        ("45,35,2", None),
        (None, None),
    ],
)
def test_a_camera_is_rounded_and_its_range_is_checked(listed: Any, found: tuple[float, ...] | None) -> None:
    assert camera(listed) == found
    if found is not None:
        assert View.from_query(View(camera=found).to_query()) == (View(camera=found), [])


@pytest.mark.parametrize(
    ("listed", "found"),
    [([3, 1, 3], (1, 3)), (None, ()), ([True, "1", 2.0, -1, 24, 23], (23,)), ({"0": 1}, ())],
)
def test_places_in_the_list_of_racers(listed: Any, found: tuple[int, ...]) -> None:
    assert places(listed) == found


def test_a_field_of_one_page_is_told_there_and_kept_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclasses.dataclass(frozen=True)
    class Looked(View):
        scale: str = seen("linear", OneOf(("linear", "log")), page="map")

    monkeypatch.setattr(optviz.view, "View", Looked)
    optviz.view._table.cache_clear()
    try:
        view = Looked(scale="log", axis="gap")
        assert view.to_query("race") == {"axis": "gap"}
        assert view.to_query("map") == {"axis": "gap", "scale": "log"}
        assert Looked.from_query({}, "race", view)[0] == Looked(scale="log")
        assert Looked.from_query({}, "map", view)[0] == Looked(), "there the address tells it"
        assert Looked.from_query({"scale": "log"}, "race")[0] == Looked(scale="log")
    finally:
        monkeypatch.undo()
        optviz.view._table.cache_clear()


@pytest.mark.parametrize(
    ("url", "base", "page"),
    [
        (None, "", "race"),
        ("http://127.0.0.1:8501", "", "race"),
        ("http://127.0.0.1:8501/", "", "race"),
        ("https://optviz.example/map", "", "map"),
        ("https://optviz.example/lab/", "lab", "race"),
        ("https://optviz.example/lab/map", "/lab/", "map"),
        ("https://optviz.example/l/map", "l", "map"),
    ],
)
def test_which_page_an_address_is_of(monkeypatch: pytest.MonkeyPatch, url: str | None, base: str, page: str) -> None:
    monkeypatch.setattr(address.st, "context", SimpleNamespace(url=url))
    monkeypatch.setattr(address.config, "get_option", {"server.baseUrlPath": base}.get)
    assert address.page() == page
