"""The stage: the one component that shows every figure, without Streamlit.

`message.py` turns a figure into one binary message, `modules.py` is the JavaScript that shows it (`js/`, `css/`), and
`page.py` the web page that plays without a server.
"""

from optviz.stage.message import MAPS_KEPT, pack, pack_new, unpack, words_key
from optviz.stage.modules import (
    ASSETS,
    CHART,
    ENTRY,
    INSIDE,
    Asset,
    assets,
    bootstrap,
    chart_style,
    preloaded,
    stage_module,
    stage_style,
)

__all__ = [
    "ASSETS",
    "CHART",
    "ENTRY",
    "INSIDE",
    "MAPS_KEPT",
    "Asset",
    "assets",
    "bootstrap",
    "chart_style",
    "pack",
    "pack_new",
    "preloaded",
    "stage_module",
    "stage_style",
    "unpack",
    "words_key",
]
