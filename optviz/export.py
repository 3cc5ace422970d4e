"""Trajectories as files for other programs: CSV, JSON and NPZ, all in float64 with every digit."""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from optviz.bad_input import BadInput
from optviz.experiment import Race
from optviz.statistics import gap
from optviz.trajectory import Trajectory

CSV_TITLE = "# A race of optviz. Its settings, as TOML:"


def to_csv(race: Race, paths: Sequence[Trajectory]) -> bytes:
    """UTF-8 CSV, one row per racer and step: racer, optimizer, step, x, y, loss, gap. Empty fields after divergence.

    The race's settings stand above the table, as TOML in lines that begin with `# `: `pandas.read_csv(…, comment="#")`
    leaves them out, `settings_of_csv` reads them. Text is quoted, so that a # in a label begins no comment.
    """
    text = io.StringIO()
    text.writelines(f"{line}\n" for line in _settings(race))
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(["racer", "optimizer", "step", "x", "y", "loss", "gap"])
    for name, path in zip(race.racer_names(), paths, strict=True):
        gaps = gap(path.losses, path.surface.lowest.loss)
        columns = zip(path.points.tolist(), path.losses.tolist(), gaps.tolist(), strict=True)
        for step, ((x, y), loss, share) in enumerate(columns):
            writer.writerow([_safe(name), path.racer.kind, step, *(_number(value) for value in (x, y, loss, share))])
    return text.getvalue().encode()


def settings_of_csv(table: bytes) -> Race:
    """The race whose trajectories `to_csv` wrote. Raises BadInput."""
    lines = table.decode("utf-8", errors="replace").splitlines()
    told = itertools.takewhile(lambda line: line.startswith("#"), lines)
    return Race.from_toml("\n".join(line.removeprefix("# ") for line in told if line not in (CSV_TITLE, "#")))


def _settings(race: Race) -> list[str]:
    try:
        toml = race.to_toml(whole=True)
    except BadInput:
        # A surface of the author's own class: it runs, but no file can name it.
        return [CSV_TITLE, f"# surface: {' '.join(race.surface.title.split())}"]
    return [CSV_TITLE, *(f"# {line}".rstrip() for line in toml.splitlines())]


def to_json(race: Race, paths: Sequence[Trajectory]) -> bytes:
    """UTF-8 JSON: `race` (every setting), `lowest`, `racers` with points, losses, outcome; null after divergence."""
    lowest = paths[0].surface.lowest
    record: dict[str, Any] = {
        "race": race.to_record(whole=True),
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
        race=np.array(race.to_json()),
    )
    return buffer.getvalue()


FORMATS: dict[str, Callable[[Race, Sequence[Trajectory]], bytes]] = {"csv": to_csv, "json": to_json, "npz": to_npz}
"""File ending → writer."""


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _number(value: float) -> float | str:
    return value if math.isfinite(value) else ""


def _safe(name: str) -> str:
    # A spreadsheet runs a cell that begins so as a formula: owasp.org/www-community/attacks/CSV_Injection
    return f"'{name}" if name.lstrip()[0] in "=+-@＝＋－＠" else name
