"""The stage: the one component that shows every figure.

`pack` turns a figure into one binary message, `stage_module` is the JavaScript that shows it. The message is

    uint32 length of the header | JSON header, padded to 4 bytes | arrays, one after the other, little-endian

and the header holds the figure's dict, the place of each array, both themes and the words to show. An array travels as
"f4", "f8" where single precision would spoil the picture, "i4" or "u1"; what is not finite is NaN.
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
    """A file for the browser; its name holds its hash, so it may be kept for ever. packed: the body under gzip."""

    name: str
    body: bytes
    packed: bytes
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
    return Asset(f"{name}-{digest}.js", body, gzip.compress(body, 6, mtime=0), "text/javascript; charset=utf-8")


def bootstrap() -> str:
    """The component's own script: it fetches the stage, once, from a route of ours."""
    return (
        "export default async function (component) {\n"
        f'  const stage = await import(new URL("{ASSETS}/{assets()["stage"].name}", document.baseURI).href);\n'
        "  return stage.default(component);\n"
        "}\n"
    )


def pack(
    figure: Figure, text: Mapping[str, str], *, with_map: bool = True, with_words: bool = True, **extra: Any
) -> bytes:
    """One message for the stage.

    Without the map, the stage uses the one it was sent before under the same key; so with the words and colours.
    text: the stage's words. extra: further entries of the header, such as `token`, `view`, `start_by_click`.
    """
    places: list[dict[str, Any]] = []
    blocks: list[bytes] = []
    offset = 0
    for name, array in figure.arrays.items():
        if name.startswith("map/") and not with_map:
            continue
        kind = _kind(array)
        known = array if kind in ("u1", "i4") else np.where(np.isfinite(array), array, np.nan)
        block = np.ascontiguousarray(known, dtype=f"<{kind}").tobytes()
        places.append({"name": name, "shape": array.shape, "type": kind, "offset": offset})
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
        "words_key": words_key(text),
        **({"text": dict(text), "themes": THEMES} if with_words else {}),
        "plotly": f"{ASSETS}/{assets()['plotly'].name}",
        **extra,
    }
    head = json.dumps(header, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    padding = b"\0" * (-len(head) % 4)
    return b"".join([len(head).to_bytes(4, "little"), head, padding, *blocks])


def words_key(text: Mapping[str, str]) -> str:
    """A name for words and colours together: another one where any of them differs."""
    return _digest_of(tuple(text.items()))


@cache
def _digest_of(words: tuple[tuple[str, str], ...]) -> str:
    return hashlib.sha256(json.dumps([words, THEMES]).encode()).hexdigest()[:12]


def _kind(array: np.ndarray) -> str:
    """The smallest type in which an array can travel: "u1", "i4", "f4", or "f8" where a picture would lose by "f4".

    It would where a finite number becomes infinite or 0 (beyond 3e38, below 1e-38), and where the numbers of a column
    differ by less than a thousandth of their size: of those differences 24 bits leave too few to draw.
    """
    if array.dtype == np.uint8:
        return "u1"
    if np.issubdtype(array.dtype, np.integer):
        small = not array.size or (array.min() >= -(2**31) and array.max() < 2**31)
        return "i4" if small else "f8"
    columns = np.where(np.isfinite(array), array, np.nan).reshape(len(array), -1) if array.size else np.empty((0, 1))
    sizes = np.abs(columns)
    single = np.finfo(np.float32)
    if (sizes > single.max).any() or ((sizes > 0) & (sizes < single.tiny)).any():
        return "f8"
    low, high = np.fmin.reduce(columns, axis=0, initial=np.inf), np.fmax.reduce(columns, axis=0, initial=-np.inf)
    spread = high - low
    return "f8" if ((spread > 0) & (spread < 1e-3 * np.fmax.reduce(sizes, axis=0, initial=0.0))).any() else "f4"


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
