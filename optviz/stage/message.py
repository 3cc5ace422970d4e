"""Messages to the stage: a figure as one binary blob.

    uint32 length of the header | JSON header, padded to 4 bytes | arrays, one after the other, little-endian

The header holds the figure's dict, the place of each array, both themes and the words to show. An array travels as
"f4", "f8" where single precision would spoil the picture, "i4" or "u1"; what is not finite is NaN.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from optviz.figures import Figure
from optviz.figures.palette import THEMES
from optviz.stage.modules import ASSETS, assets


def pack(
    figure: Figure, text: Mapping[str, str], *, with_map: bool = True, with_words: bool = True, **extra: Any
) -> bytes:
    """One message for the stage.

    Without the map, the stage uses the one it was sent before under the same key; so with the words and colours.
    text: the stage's words. extra: further entries of the header, such as `token`, `view`, `rates`.
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
        "layers": figure.layers,
        "clicks": figure.clicks,
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
