"""The stage's modules, served one by one and joined for a page from disk; and the messages to it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from optviz import Race, stage
from optviz.figures import Figure
from optviz.figures.heights import contour_heights
from optviz.figures.race import race_figure
from optviz.figures.race_record import race_record
from optviz.stage import modules
from optviz.stage.modules import imports_of, sources
from optviz.text import words
from optviz.view import camera

FOLDER = Path(stage.__file__).parent / "js"
TOP_LEVEL = re.compile(r"(?m)^(?:export (?:default )?)?(?:async )?(?:function|const|let|class) (\w+)")
IMPORT = re.compile(r'(?m)^import \{([^}]*)\} from "([^"]*)";$')
EXPORT = re.compile(r"(?m)^export (?:async )?(?:function|const|class) (\w+)")
EVERY = sorted(file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*.js"))
FILES = [file for file in EVERY if not file.startswith(("inside/", "chart/"))]
"""Those of the stage; those of the page that looks inside a step, and of charts that stand still, are not for it."""


def source_of(module: str) -> str:
    """A module, whichever entry it belongs to."""
    return {name: text for entry in modules.ENTRIES for name, text in sources(entry).items()}[module]


def test_every_module_of_the_folder_is_reached_from_an_entry() -> None:
    assert sorted(sources()) == FILES
    assert list(sources())[-1] == "stage.js"
    assert sorted({*sources(), *sources(modules.INSIDE), *sources(modules.CHART)}) == EVERY


@pytest.mark.parametrize("entry", [stage.ENTRY, stage.CHART])
def test_no_name_is_there_twice(entry: str) -> None:
    """Of what is joined into one script."""
    names = TOP_LEVEL.findall(stage.stage_module(entry))
    assert len(names) > 40
    assert sorted(names) == sorted(set(names))


def constant(module: str, name: str) -> float:
    """A number at the top of a module."""
    (found,) = re.findall(rf"(?m)^const {name} = ([\d.]+);", sources()[module])
    return float(found)


def test_what_is_painted_before_plotly_has_drawn_it_is_as_plotly_draws_it() -> None:
    """Otherwise a path or a handle would change twice: when it is dragged, and when Plotly follows."""
    race = Race().with_optimizers(["adam"])
    record = race_record(race.run(), race.racer_names(), (0.0, 0.0))
    figure = race_figure(record, contour_heights(race.surface), "key", words("en")["figure"])
    traces = figure.plot["data"]
    (tracks,) = [layer for layer in figure.layers if layer["kind"] == "tracks"]
    path, handle = traces[tracks["racers"][0]["own"][0]], traces[figure.clicks["map"]["trace"]]
    assert path["opacity"] == constant("layers/tracks.js", "PALENESS")
    assert path["line"]["width"] == constant("layers/tracks.js", "PALE")
    assert handle["marker"]["symbol"] == "circle-open"
    assert handle["marker"]["size"] == 2 * constant("canvases.js", "RESTING")
    assert handle["marker"]["line"]["width"] == constant("canvases.js", "RESTING_LINE")


def test_the_browser_keeps_as_many_maps_as_it_is_taken_to_have() -> None:
    """One more, and going back to it would cost a second message; one less, and a map is sent twice."""
    assert constant("message.js", "MAPS_KEPT") == stage.MAPS_KEPT


def test_a_link_takes_every_camera_that_the_stage_tells() -> None:
    highest, nearest, farthest, aside = (
        constant("camera.js", name) for name in ("HIGHEST", "NEAREST", "FARTHEST", "FARTHEST_ASIDE")
    )
    for told in ([180.0, highest, farthest, aside, aside, -aside], [-180.0, -highest, nearest, -aside, 0.0, aside]):
        assert camera(told) == tuple(told)
    assert camera([0, highest + 0.1, nearest - 0.01]) == (0.0, highest, nearest)


@pytest.mark.parametrize("module", EVERY)
def test_what_a_module_imports_is_there(module: str) -> None:
    source = source_of(module)
    # Every import is in the one form that joining takes away.
    assert (
        len(re.findall(r"(?m)^import\b", source)) == len(IMPORT.findall(source)) == len([*imports_of(module, source)])
    )
    for (names, _), imported in zip(IMPORT.findall(source), imports_of(module, source), strict=True):
        assert {name.strip() for name in names.split(",")} - {""} <= set(EXPORT.findall(source_of(imported)))


def test_the_joined_module_stands_alone() -> None:
    assert re.search(r"(?m)^(import|export)\b", stage.stage_module()) is None


def test_one_folder_with_a_hash_over_all_of_them() -> None:
    names = [stage.assets()[name].name for name in ("stage.css", "inside.css", "chart.css", *EVERY)]
    (folder,) = {name.partition("/")[0] for name in names}
    assert re.fullmatch("stage-[0-9a-f]{12}", folder)
    assert sorted(stage.preloaded()) == [f"{folder}/{name}" for name in FILES]


def test_another_content_is_in_another_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    before = stage.assets()["stage.js"].name
    changed = {**sources(), FILES[0]: f"{sources()[FILES[0]]}// changed\n"}
    monkeypatch.setattr(modules, "sources", lambda _: changed)
    after = modules.assets.__wrapped__()
    assert after["stage.js"].name != before
    assert after["stage.js"].body == stage.assets()["stage.js"].body


@pytest.mark.parametrize(
    ("array", "kind"),
    [
        (np.array([0.0, 1.5, -2.5]), "f4"),
        (np.array([[0.0, 1e9], [1.0, 2e9]]), "f4"),
        (np.array([np.nan, np.inf, -np.inf, 1.0]), "f4"),
        (np.array([np.nan]), "f4"),
        (np.empty(0), "f4"),
        (np.array([3.0, 3.0]), "f4"),
        # What single precision would make infinite, 0 or level.
        (np.array([1.0, 1e39]), "f8"),
        (np.array([1.0, -1e200, np.nan]), "f8"),
        (np.array([1.0, 1e-42]), "f8"),
        (np.array([1e9, 1e9 + 1e-3]), "f8"),
        (np.array([[0.0, 1e5], [1.0, 1e5 + 1]]), "f8"),
        (np.arange(4), "i4"),
        (np.array([0, 2**31]), "f8"),
        (np.array([0, 255], dtype=np.uint8), "u1"),
    ],
)
def test_an_array_travels_in_the_smallest_type_that_keeps_the_picture(array: np.ndarray, kind: str) -> None:
    """Beside one of another size, so that the places of both must be right."""
    header, arrays = stage.unpack(stage.pack(Figure({}, {"first": np.ones(3, np.uint8), "second": array}), {}))
    assert header["arrays"][1]["type"] == kind
    expected = np.where(np.isfinite(array), array, np.nan)
    assert arrays["first"].tolist() == [1, 1, 1]
    assert arrays["second"].shape == array.shape
    np.testing.assert_allclose(arrays["second"], expected, rtol=2**-24 if kind == "f4" else 0)


def test_the_default_picture_travels_in_single_precision() -> None:
    race = Race()
    record = race_record(race.run(), race.racer_names(), (0.0, 0.0))
    figure = race_figure(
        record,
        contour_heights(race.surface),
        "key",
        dict.fromkeys(("x", "y", "step", "at_step", "loss", "gap", "epoch", "start", "lowest", "lowest_label"), ""),
    )
    header, _ = stage.unpack(stage.pack(figure, {}))
    assert {place["type"] for place in header["arrays"]} == {"f4", "i4", "u1"}
