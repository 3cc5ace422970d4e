"""The plotly.js that the stage brings."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import plotly

from optviz.stage import assets


def test_it_is_the_version_that_validates_the_figures() -> None:
    theirs = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    told = re.search(rb"plotly\.js \(cartesian - minified\) v([\d.]+)\n", assets()["plotly"].body)
    assert told is not None
    assert b"plotly.js v%b\n" % told[1] in theirs.read_bytes()[:200]


def test_it_travels_packed_as_it_lies_in_the_folder() -> None:
    asset = assets()["plotly"]
    assert gzip.decompress(asset.packed) == asset.body
    assert len(asset.packed) < 500_000
