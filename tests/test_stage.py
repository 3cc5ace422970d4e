"""The stage's module, joined from its parts."""

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
from optviz.stage.modules import PARTS

FOLDER = Path(stage.__file__).parent / "js"
TOP_LEVEL = re.compile(r"(?m)^(?:export )?(?:async )?(?:function|const|let|class) (\w+)")
IMPORT = re.compile(r'(?m)^import \{([^}]*)\} from "\./(\w+\.js)";$')
EXPORT = re.compile(r"(?m)^export (?:default )?(?:async )?(?:function|const|class) (\w+)")


def test_every_module_of_the_folder_is_joined() -> None:
    assert {*PARTS, "stage.js"} == {file.name for file in FOLDER.glob("*.js")}


def test_no_name_is_there_twice() -> None:
    names = TOP_LEVEL.findall(stage.stage_module())
    assert len(names) > 40
    assert sorted(names) == sorted(set(names))


def test_what_a_part_imports_is_there_and_the_joined_module_imports_nothing() -> None:
    joined = stage.stage_module()
    assert re.search(r"(?m)^import ", joined) is None
    for part in (*PARTS, "stage.js"):
        for names, source in IMPORT.findall((FOLDER / part).read_text("utf-8")):
            exported = EXPORT.findall((FOLDER / source).read_text("utf-8"))
            assert {name.strip() for name in names.split(",")} <= set(exported)


def test_only_what_a_page_needs_is_exported() -> None:
    assert EXPORT.findall(stage.stage_module()) == ["stage", "show", "unpack"]


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
        dict.fromkeys(("x", "y", "step", "loss", "gap", "epoch", "start", "lowest"), ""),
    )
    header, _ = stage.unpack(stage.pack(figure, {}))
    assert {place["type"] for place in header["arrays"]} == {"f4", "i4", "u1"}
