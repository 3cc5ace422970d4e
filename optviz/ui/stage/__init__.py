"""The stage: the one component that shows every figure.

`pack` turns a figure into one binary message, `stage_module` is the JavaScript that shows it. The message is

    uint32 length of the header | JSON header, padded to 4 bytes | float32 and int32 arrays, one after the other

and the header holds the figure's dict, the place of each array, both themes and the words to show.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from optviz.figures import Figure
from optviz.figures.theme import THEMES

ASSETS = "optviz-assets"
PARTS = ("axes.js", "connection.js", "drawing.js", "hints.js", "pictures.js", "requests.js", "sentences.js")
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Asset:
    """A file for the browser, compressed once; its name holds its hash, so it may be kept for ever."""

    name: str
    body: bytes
    media_type: str


@cache
def stage_module() -> str:
    """stage.js with the modules that it imports and its style sheet, as one self-contained module.

    The parts import each other by name only (`import { … } from "./drawing.js";` on one line), and no two of them have
    a name in common, so that joining them is a matter of leaving those lines out. Only stage.js exports.
    """
    parts = [re.sub(r"(?m)^export (?=async function|function|const|class)", "", _source(name)) for name in PARTS]
    script = re.sub(r'(?m)^import \{[^}]*\} from "\./\w+\.js";\n', "", "\n".join([*parts, _source("stage.js")]))
    return f"{script}\nconst STYLE_SHEET = {json.dumps(_source('stage.css'))};\n"


def _source(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


@cache
def assets() -> dict[str, Asset]:
    """plotly.js (out of the plotly package) and the stage, by short name: "plotly", "stage"."""
    return {
        "plotly": _asset("plotly", _plotly_script()),
        "stage": _asset("stage", stage_module().encode()),
    }


def _plotly_script() -> bytes:
    # Without importing plotly, which would cost a second: only its plotly.min.js is wanted.
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise RuntimeError("the plotly package, which brings plotly.js, is not installed")
    return (Path(spec.origin).parent / "package_data" / "plotly.min.js").read_bytes()


def _asset(name: str, body: bytes) -> Asset:
    digest = hashlib.sha256(body).hexdigest()[:12]
    return Asset(f"{name}-{digest}.js", gzip.compress(body, 6, mtime=0), "text/javascript; charset=utf-8")


def bootstrap() -> str:
    """The component's own script: it fetches the stage, once, from a route of ours."""
    return (
        "export default async function (component) {\n"
        f'  const stage = await import(new URL("{ASSETS}/{assets()["stage"].name}", document.baseURI).href);\n'
        "  return stage.default(component);\n"
        "}\n"
    )


def pack(figure: Figure, text: Mapping[str, str], *, with_map: bool = True, **extra: Any) -> bytes:
    """One message for the stage. Without the map, the stage uses the one it was sent before under the same key.

    text: the stage's words. extra: further entries of the header, such as `token`, `view`, `start_by_click`.
    """
    places: list[dict[str, Any]] = []
    blocks: list[bytes] = []
    offset = 0
    for name, array in figure.arrays.items():
        if name.startswith("map/") and not with_map:
            continue
        whole = np.issubdtype(array.dtype, np.integer)
        with np.errstate(over="ignore"):
            block = np.ascontiguousarray(array, dtype="<i4" if whole else "<f4").tobytes()
        places.append({"name": name, "shape": array.shape, "type": "i4" if whole else "f4", "offset": offset})
        blocks.append(block)
        offset += len(block)
    header = {
        "plot": figure.plot,
        "arrangements": figure.arrangements,
        "views": figure.views,
        "choices": figure.choices,
        "playback": figure.playback,
        "map_key": figure.map_key,
        "arrays": places,
        "themes": THEMES,
        "text": dict(text),
        "plotly": f"{ASSETS}/{assets()['plotly'].name}",
        **extra,
    }
    head = json.dumps(header, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    padding = b"\0" * (-len(head) % 4)
    return b"".join([len(head).to_bytes(4, "little"), head, padding, *blocks])


def unpack(message: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Header and arrays of a message: the inverse of `pack`, for tests and other readers."""
    length = int.from_bytes(message[:4], "little")
    header = json.loads(message[4 : 4 + length])
    first = 4 + length + (-length % 4)
    arrays = {}
    for place in header["arrays"]:
        count = int(np.prod(place["shape"], dtype=int))
        start = first + place["offset"]
        arrays[place["name"]] = np.frombuffer(message, f"<{place['type']}", count, start).reshape(place["shape"])
    return header, arrays


@cache
def _component() -> Callable[..., Any]:
    import streamlit as st

    return st.components.v2.component("optviz_stage", html="", js=bootstrap(), isolate_styles=False)


def mount(message: bytes, key: str, **on_change: Callable[[], None]) -> Any:
    """Put the stage on the page. on_change: `on_asked_change`, called for what the stage sends as `asked`.

    That is {"page", "requests": [{"number", "what", "value"}, …], "live"}: see `optviz.ui.requests`; live is what is
    being dragged, if anything is. Whatever a browser sends may be anything: it is for the callback to check.
    """
    return _component()(key=key, data=message, height="content", **on_change)
