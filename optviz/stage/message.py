"""Messages to the stage: a figure as one binary blob.

    uint32 length of the header | JSON header, padded to 4 bytes | arrays, one after the other, little-endian

The header holds the figure's dict, the place of each array, both themes and the words to show. An array travels as
"f4", "f8" where single precision would spoil the picture or all digits are read, "i4" or "u1"; what is not finite is
NaN.

Most of a figure is what it was in the message before: a slider moves the paths of some, and no word, no trace's style.
So what is long is a part, named by its content: {"part": name} stands in its place, and the header's `parts` hold those
that the stage has not got. Of an array that it has got, only the name is sent.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

import numpy as np

from optviz.figures import Figure
from optviz.figures.palette import THEMES
from optviz.stage.modules import ASSETS, PLOTLY, assets

MAPS_KEPT = 12
"""So many maps a browser keeps, the last that it was sent: see `js/message.js`."""

SHORTEST_PART = 80
"""Letters; what is shorter is no part."""

spell = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def pack(figure: Figure, text: Mapping[str, str], *, with_map: bool = True, **extra: Any) -> bytes:
    """One message for the stage, whole but for the map.

    Without the map, the stage uses the one it was sent before under the same key. text: the stage's words. extra:
    further entries of the header, such as `token`, `view`, `rates`.
    """
    return pack_new(figure, text, (), with_map=with_map, **extra)[0]


def pack_new(
    figure: Figure, text: Mapping[str, str], known: Collection[str], *, with_map: bool = True, **extra: Any
) -> tuple[bytes, frozenset[str]]:
    """One message for a stage that has got the parts and arrays of these names, and the names of all that are in it.

    The stage keeps those of the last message under the same `stage`, an entry of the header.
    """
    parts = _Parts(known)
    places: list[dict[str, Any]] = []
    blocks: list[bytes] = []
    offset = 0
    for name, array in figure.arrays.items():
        if name.startswith("map/") and not with_map:
            continue
        kind = "f8" if name.startswith(figure.exact) and array.dtype == np.float64 else _kind(array)
        finite = array if kind in ("u1", "u2", "i4") else np.where(np.isfinite(array), array, np.nan)
        block = np.ascontiguousarray(finite, dtype=f"<{kind}").tobytes()
        if name.startswith("map/"):
            place = {}
        else:
            key = _name_of(repr((array.shape, kind)).encode() + block)
            parts.names.add(key)
            if key in known:
                places.append({"name": name, "key": key})
                continue
            place = {"key": key}
        places.append({"name": name, **place, "shape": array.shape, "type": kind, "offset": offset})
        blocks.append(block)
        offset += len(block)
    header = {
        "plot": {**figure.plot, "data": [parts.of(trace) for trace in figure.plot.get("data", ())]},
        "arrangements": parts.of(figure.arrangements),
        "views": {name: parts.of_entries(view) for name, view in figure.views.items()},
        "choices": parts.of(figure.choices),
        # Of what plays each racer is a part: a slider moves some of them.
        "layers": [parts.of_entries(layer) if "racers" in layer else parts.of(layer) for layer in figure.layers],
        "clicks": figure.clicks,
        "map_key": figure.map_key,
        "arrays": places,
        "words_key": words_key(text),
        "text": parts.spelled(*_spelled_words(tuple(text.items()))),
        "themes": parts.spelled(*_spelled_themes()),
        "plotly": parts.of({bundle: f"{ASSETS}/{assets()[name].name}" for bundle, name in PLOTLY.items()}),
        **parts.of_entries(extra),
    }
    head = f'{{"parts":{{{parts.new()}}},{spell(header)[1:]}'.encode()
    padding = b"\0" * (-len(head) % 4)
    return b"".join([len(head).to_bytes(4, "little"), head, padding, *blocks]), frozenset(parts.names)


class _Parts:
    """The parts of one message. names: of all of them, whether the stage has got them or not."""

    def __init__(self, known: Collection[str]) -> None:
        self.known = known
        self.names: set[str] = set()
        self._new: dict[str, str] = {}

    def of(self, value: Any) -> Any:
        """What stands in the header for a value: its name, or itself where that is no longer."""
        spelled = spell(value)
        return value if len(spelled) < SHORTEST_PART else self.spelled(_name_of(spelled.encode()), spelled)

    def of_entries(self, entries: Mapping[str, Any]) -> dict[str, Any]:
        """A table whose entries are parts, and of lists each item."""
        return {
            name: [self.of(item) for item in value]
            if isinstance(value, list)
            else self.of(value)
            if isinstance(value, dict)
            else value
            for name, value in entries.items()
        }

    def spelled(self, name: str, spelled: str) -> dict[str, str]:
        """What stands in the header for a part that is spelled like this."""
        self.names.add(name)
        if name not in self.known:
            self._new[name] = spelled
        return {"part": name}

    def new(self) -> str:
        """The parts that the stage has not got, as the entries of a JSON object."""
        return ",".join(f'"{name}":{spelled}' for name, spelled in self._new.items())


def _name_of(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def words_key(text: Mapping[str, str]) -> str:
    """A name for words and colours together: another one where any of them differs."""
    return _spelled_words(tuple(text.items()))[0] + _spelled_themes()[0]


@cache
def _spelled_words(words: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    spelled = spell(dict(words))
    return _name_of(spelled.encode()), spelled


@cache
def _spelled_themes() -> tuple[str, str]:
    spelled = spell(THEMES)
    return _name_of(spelled.encode()), spelled


def _kind(array: np.ndarray) -> str:
    """The smallest type in which an array can travel: a whole one, "f4", or "f8" where a picture would lose by "f4".

    It would where a finite number becomes infinite or 0 (beyond 3e38, below 1e-38), and where the numbers of a column
    differ by less than a thousandth of their size: of those differences 24 bits leave too few to draw.
    """
    if array.dtype in (np.uint8, np.uint16):
        return f"u{array.dtype.itemsize}"
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
    """Header and arrays of a message: the inverse of `pack`, for tests and other readers.

    Of one that was packed for a stage that has got some of it, that is left out: {"part": name} stays where it stands.
    """
    length = int.from_bytes(message[:4], "little")
    header = json.loads(message[4 : 4 + length])
    parts = header.pop("parts")
    header = _put_back(header, parts)
    first = 4 + length + (-length % 4)
    arrays = {}
    for place in header["arrays"]:
        if "shape" in place:
            count = int(np.prod(place["shape"], dtype=int))
            start = first + place["offset"]
            arrays[place["name"]] = np.frombuffer(message, f"<{place['type']}", count, start).reshape(place["shape"])
    return header, arrays


def _put_back(value: Any, parts: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_put_back(item, parts) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"part"}:
        return parts.get(value["part"], value)
    return {name: _put_back(item, parts) for name, item in value.items()}
