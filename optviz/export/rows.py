"""The runs of a league as a table, a row per seed and racer, in the formats that statisticians read."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from optviz.bad_input import BadInput
from optviz.experiment import LONGEST_FILE
from optviz.experiment.league import League
from optviz.export.archive import NPZ_DAMAGE
from optviz.export.table import safe_cell, text_of

TITLE = "# A league of optviz, a row per seed and racer. What it was computed with, and its question, as TOML:"
MARK = "# # "
LONGEST_HEAD = 4 * LONGEST_FILE
NEVER = -1
NOT_MEASURED = -2


@dataclass(frozen=True, eq=False)
class Rows:
    """A table of R rows: `columns`, name → (R,) of numbers, text or truths.

    steps: the names of those in which −1 stands for never, and −2 for what was not measured of this racer. about:
    what the numbers were computed with, name → text.
    """

    league: League
    columns: Mapping[str, np.ndarray]
    steps: frozenset[str]
    about: Mapping[str, str]


def _table(rows: Rows) -> Any:
    """The rows as an Arrow table: what is not finite, never reached, or not measured, is null."""
    import pyarrow

    columns = {}
    for name, values in rows.columns.items():
        if values.dtype.kind == "f":
            columns[name] = pyarrow.array(values, mask=~np.isfinite(values))
        elif values.dtype.kind == "i":
            columns[name] = pyarrow.array(values, mask=values < 0 if name in rows.steps else None)
        elif values.dtype.kind == "b":
            columns[name] = pyarrow.array(values)
        else:
            # The few names of racers, each once.
            texts, places = np.unique(values, return_inverse=True)
            columns[name] = pyarrow.DictionaryArray.from_arrays(places.astype(np.int32), texts.tolist())
    return pyarrow.table(columns)


def to_parquet(rows: Rows) -> bytes:
    """Apache Parquet. The schema's metadata has `league` (the question as JSON) and `about` (JSON)."""
    import pyarrow
    from pyarrow import parquet

    told = {"league": _question(rows), "about": json.dumps(dict(rows.about))}
    buffer = pyarrow.BufferOutputStream()
    parquet.write_table(_table(rows).replace_schema_metadata(told), buffer, compression="zstd")
    return buffer.getvalue().to_pybytes()


def to_csv(rows: Rows) -> bytes:
    """UTF-8 CSV, below lines that begin with `#`: `pandas.read_csv(…, comment="#")` leaves them out.

    Text is quoted; where a number is not finite, never reached, or not measured, the field is empty. As in the CSV of a
    race, a byte order mark comes first where not all is ASCII.
    """
    import pyarrow
    from pyarrow import csv as arrow

    table = _table(rows)
    for place, field in enumerate(table.schema):
        if pyarrow.types.is_dictionary(field.type):
            texts = [safe_cell(text) for text in table.column(place).to_pylist()]
            table = table.set_column(place, field.name, pyarrow.array(texts))
    told = io.StringIO()
    told.write(f"{TITLE}\n")
    told.writelines(f"{MARK}{name}: {value}\n" for name, value in rows.about.items())
    told.writelines(f"# {line}".rstrip() + "\n" for line in rows.league.to_toml(whole=True).split("\n")[:-1])
    csv.writer(told, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(table.column_names)
    head = told.getvalue()
    buffer = io.BytesIO()
    arrow.write_csv(table, buffer, arrow.WriteOptions(include_header=False))
    body = buffer.getvalue()
    mark = b"" if head.isascii() and body.isascii() else "\ufeff".encode()
    return mark + head.encode() + body


def to_json(rows: Rows) -> bytes:
    """UTF-8 JSON: `league` (the question), `about`, `columns` (their names) and `rows` (a list of values each)."""
    table = _table(rows)
    values = zip(*(table.column(name).to_pylist() for name in table.column_names), strict=True)
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, allow_nan=False) for row in values)
    head = {"league": json.loads(_question(rows)), "about": dict(rows.about), "columns": table.column_names}
    return f'{json.dumps(head, ensure_ascii=False)[:-1]}, "rows": [\n{lines}\n]}}\n'.encode()


def to_npz(rows: Rows) -> bytes:
    """NumPy archive without pickles: an array a column, `league` and `about` as JSON text.

    NaN and infinity stand for themselves, −1 for what was never reached, −2 for what was not measured.
    """
    buffer = io.BytesIO()
    told = {"league": np.array(_question(rows)), "about": np.array(json.dumps(dict(rows.about)))}
    np.savez_compressed(buffer, allow_pickle=False, **told, **rows.columns)
    return buffer.getvalue()


def _question(rows: Rows) -> str:
    return json.dumps(rows.league.to_record(whole=True), ensure_ascii=False)


# --- which question a file answers ---------------------------------------------------------------------------------


def _of_parquet(path: Path) -> League:
    import pyarrow
    from pyarrow import parquet

    try:
        told = parquet.read_schema(path).metadata or {}
        return League.from_json(told[b"league"].decode())
    except (pyarrow.ArrowException, KeyError, UnicodeDecodeError) as error:
        raise _unreadable("Parquet", error) from None


def _of_csv(path: Path) -> League:
    with path.open("rb") as file:
        lines = text_of(file.read(LONGEST_HEAD)).replace("\r\n", "\n").split("\n")
    if lines[0] != TITLE:
        raise _unreadable("CSV", lines[0])
    told = [line for line in lines[1:] if line.startswith("#") and not line.startswith(MARK)]
    return League.from_toml("\n".join(line.removeprefix("#").removeprefix(" ") for line in told))


def _of_json(path: Path) -> League:
    try:
        # All but the rows stands in the first line.
        with path.open(encoding="utf-8") as file:
            line = file.readline(LONGEST_HEAD)
        return League.from_record(json.loads(f"{line}]}}")["league"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        if isinstance(error, BadInput):
            raise
        raise _unreadable("JSON", error) from None


def _of_npz(path: Path) -> League:
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo("league.npy").file_size > LONGEST_HEAD:
                raise ValueError("league is not one text")
            with archive.open("league.npy") as file:
                text = str(np.lib.format.read_array(io.BytesIO(file.read()), allow_pickle=False))
    except NPZ_DAMAGE as error:
        raise _unreadable("NPZ", error) from None
    return League.from_json(text)


def _unreadable(name: str, problem: object) -> BadInput:
    return BadInput("not_readable", name=name, value=str(problem), allowed="a league")


@dataclass(frozen=True)
class RowFormat:
    """How rows become a file, and how the question of such a file is found. Reading raises BadInput or OSError."""

    write: Callable[[Rows], bytes]
    league_of: Callable[[Path], League]


ROW_FORMATS: dict[str, RowFormat] = {
    "parquet": RowFormat(to_parquet, _of_parquet),
    "csv": RowFormat(to_csv, _of_csv),
    "json": RowFormat(to_json, _of_json),
    "npz": RowFormat(to_npz, _of_npz),
}
"""File ending → format."""
