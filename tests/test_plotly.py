"""The plotly.js that the stage brings."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import plotly
import pytest

from optviz.stage import assets, preloaded
from optviz.ui import server

BUNDLES = {"plotly": b"cartesian", "plotly_3d": b"gl3d"}


@pytest.mark.parametrize("name", BUNDLES)
def test_it_is_the_version_that_validates_the_figures(name: str) -> None:
    theirs = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    told = re.search(rb"plotly\.js \(%b - minified\) v([\d.]+)\n" % BUNDLES[name], assets()[name].body)
    assert told is not None
    assert b"plotly.js v%b\n" % told[1] in theirs.read_bytes()[:200]


@pytest.mark.parametrize(("name", "most"), [("plotly", 500_000), ("plotly_3d", 600_000)])
def test_it_travels_packed_as_it_lies_in_the_folder(name: str, most: int) -> None:
    asset = assets()[name]
    assert gzip.decompress(asset.packed) == asset.body
    assert len(asset.packed) < most


def test_that_for_three_dimensions_is_fetched_where_it_is_asked_for() -> None:
    named = server._preload() + " ".join(preloaded())
    assert assets()["plotly"].name in named
    assert assets()["plotly_3d"].name not in named
