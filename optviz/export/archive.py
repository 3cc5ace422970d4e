"""Trajectories as JSON and as a NumPy archive, and races read back from them."""

from __future__ import annotations

import io
import json
import math
import tokenize
import zipfile
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from optviz.bad_input import BadInput
from optviz.experiment import LONGEST_FILE, Race
from optviz.export.table import one_of_many, text_of
from optviz.trajectory import Trajectory


def to_json(race: Race, paths: Sequence[Trajectory]) -> bytes:
    """UTF-8 JSON: `race` (every setting), `lowest`, `racers` with points, losses, outcome; null after divergence.

    `note` says that this is one run, where other seeds of the batches give others.
    """
    lowest = paths[0].surface.lowest
    note = one_of_many(race)
    record: dict[str, Any] = {
        "race": _record(race),
        **({"note": note} if note else {}),
        "lowest": {"loss": _finite(float(lowest.loss)), "point": lowest.point.tolist(), "exact": lowest.exact},
        "racers": [
            {
                "name": name,
                "outcome": str(path.outcome),
                "diverged_at": path.diverged_at,
                "points": [[_finite(value) for value in point] for point in path.points.tolist()],
                "losses": [_finite(value) for value in path.losses.tolist()],
            }
            for name, path in zip(race.racer_names(), paths, strict=True)
        ],
    }
    return json.dumps(record, ensure_ascii=False, allow_nan=False).encode()


def to_npz(race: Race, paths: Sequence[Trajectory]) -> bytes:
    """NumPy archive without pickles: names (R,), points (R, steps + 1, 2), losses (R, steps + 1), race (JSON text)."""
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        names=np.array(race.racer_names()),
        points=np.stack([path.points for path in paths]),
        losses=np.stack([path.losses for path in paths]),
        race=np.array(json.dumps(_record(race), ensure_ascii=False)),
    )
    return buffer.getvalue()


def race_of_json(data: bytes) -> Race:
    """The race of `to_json`, or of `Race.to_json`."""
    try:
        record = json.loads(text_of(data))
    except (ValueError, RecursionError) as error:
        raise BadInput("not_readable", name="JSON", value=str(error), allowed="a race") from None
    return Race.from_record(record["race"] if isinstance(record, dict) and "race" in record else record)


# zipfile and zlib tell of damage in the first of these, NumPy of a header in the last.
NPZ_DAMAGE = (
    *(ValueError, KeyError, OSError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error),
    *(SyntaxError, tokenize.TokenError, TypeError, MemoryError, RecursionError),
)


def race_of_npz(data: bytes) -> Race:
    """The race of `to_npz`. Of the archive, the one text is unpacked, and only as far as a race's text may go."""
    most = 4 * LONGEST_FILE
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("race.npy") as file:
            array = io.BytesIO(file.read(most + 1000))
        version = np.lib.format.read_magic(array)
        header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        shape, _, kind = header(array)
        if shape != () or kind.kind != "U" or kind.itemsize > most:
            raise ValueError("race is not one text")
        array.seek(0)
        text = str(np.lib.format.read_array(array, allow_pickle=False))
    except NPZ_DAMAGE as error:
        raise BadInput("not_readable", name="NPZ", value=str(error), allowed="a race") from None
    return Race.from_json(text)


def _record(race: Race) -> dict[str, Any]:
    try:
        return race.to_record(whole=True)
    except BadInput:
        # A surface of the author's own class: it runs, but no file can name it.
        return {"surface": " ".join(race.surface.title.split())}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
