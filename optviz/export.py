"""Trajectories as files for other programs: CSV, JSON and NPZ, all in float64 with every digit; and races read back.

Every file tells every setting of its race. What is read may be a stranger's: nothing of it is executed, no more of it
is read than a race can take, and what is no race is refused in one sentence.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import json
import math
import re
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from optviz.bad_input import BadInput
from optviz.experiment import LONGEST_FILE, Race
from optviz.statistics import gap
from optviz.trajectory import Trajectory

CSV_TITLE = "# A race of optviz. Its settings, as TOML:"
SEPARATORS = (",", ";", "\t")
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
BOM_AS_LATIN = codecs.BOM_UTF8.decode("cp1252")
LONGEST_HEAD = 4 * LONGEST_FILE
"""Bytes in which the settings of a CSV file are found, in any encoding."""

MOST_BYTES = 64_000_000
"""No file with a race is longer: that of 24 racers and 5,000 steps has 14 MB."""

PIECE = 1 << 20


def to_csv(race: Race, paths: Sequence[Trajectory]) -> bytes:
    """UTF-8 CSV, one row per racer and step: racer, optimizer, step, x, y, loss, gap. Empty fields after divergence.

    The race's settings stand above the table, as TOML in lines that begin with `# `: `pandas.read_csv(…, comment="#")`
    leaves them out, `settings_of_csv` reads them. Text is quoted, so that a # in a label begins no comment. Where a
    name or a formula is not ASCII the file begins with a byte order mark: without one, Excel takes it for the
    encoding of the country, and LibreOffice asks.
    """
    text = io.StringIO()
    text.writelines(f"{line}\n" for line in _settings(race))
    if note := _one_of_many(race):
        # Among the settings it is a comment.
        text.write(f"# # {note}\n")
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(["racer", "optimizer", "step", "x", "y", "loss", "gap"])
    for name, path in zip(race.racer_names(), paths, strict=True):
        gaps = gap(path.losses, path.surface.lowest.loss)
        columns = zip(path.points.tolist(), path.losses.tolist(), gaps.tolist(), strict=True)
        for step, ((x, y), loss, share) in enumerate(columns):
            writer.writerow([_safe(name), path.racer.kind, step, *(_number(value) for value in (x, y, loss, share))])
    written = text.getvalue()
    return written.encode("utf-8" if written.isascii() else "utf-8-sig")


def _one_of_many(race: Race) -> str:
    """What a file says where other seeds of the batches give other runs, in words that no spreadsheet takes apart."""
    batched = any(racer.batch_size is not None for racer in race.racers)
    return f"One run (batch_seed {race.batch_seed}). Other seeds of the batches give other runs." if batched else ""


def settings_of_csv(table: bytes) -> Race:
    """The race whose trajectories `to_csv` wrote; also where a spreadsheet has saved the file again. Raises BadInput.

    A spreadsheet may change the encoding (a byte order mark, UTF-16, that of the country), the ends of lines, and the
    separator, quote lines of the settings, and fill them up with empty cells.
    """
    # Not splitlines: a formula may hold what Unicode counts as the end of a line.
    lines = _text(table[:LONGEST_HEAD]).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    told = list(itertools.takewhile(lambda line: line.lstrip('"').startswith("#"), lines))
    header = next((line for line in lines[len(told) :] if line.strip(",;\t ")), "")
    separator = max(SEPARATORS, key=header.count)
    plain = [line for line in told if not line.startswith(("# A race of optviz", '"'))]
    try:
        if len(plain) + 1 >= len(told):
            return Race.from_toml(_uncommented(plain))
    except BadInput as problem:
        if problem.parts["name"] != "TOML":
            raise
    try:
        cells = [next(csv.reader([line], delimiter=separator), []) for line in told]
    except csv.Error as error:
        raise BadInput("not_readable", name="CSV", value=str(error), allowed="a race") from None
    # Whatever separates cells now, the line was taken apart at commas.
    joined = [",".join(row).rstrip(",") for row in cells]
    return Race.from_toml(_uncommented([line for line in joined if not line.startswith("# A race of optviz")]))


def _uncommented(lines: Sequence[str]) -> str:
    bare = [line.removeprefix("#").removeprefix(" ") for line in lines]
    # Of a list that is written one number a line, a spreadsheet takes the comma at the end for that of a cell.
    return "\n".join(f"{line}," if re.fullmatch(r"\s*[-+]?[0-9.eE+-]+", line) else line for line in bare)


def _text(data: bytes) -> str:
    """Text that is UTF-8, or what its byte order mark says, or else GB 18030 or Windows-1252: what can be read."""
    marked = next((name for mark, name in MARKS.items() if data.startswith(mark)), None)
    for encoding in (marked or "utf-8", "gb18030", "cp1252", "latin-1"):
        try:
            # Incremental, because what was read may end within a character.
            text = codecs.getincrementaldecoder(encoding)().decode(data)
        except UnicodeDecodeError:
            continue
        break
    if BOM_AS_LATIN in text[:4]:
        # LibreOffice without a window has taken the UTF-8 of the file for Windows-1252, mark and all.
        data = b"".join(_byte_of(character) for character in text)
        text = codecs.getincrementaldecoder("utf-8")("replace").decode(data)
    return re.sub(r'^("?)(?:\ufeff|\?+(?=#))', r"\1", text)


def _byte_of(character: str) -> bytes:
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:
        return character.encode("latin-1", errors="replace")


def _settings(race: Race) -> list[str]:
    try:
        toml = race.to_toml(whole=True)
    except BadInput:
        # A surface of the author's own class: it runs, but no file can name it.
        return [CSV_TITLE, f"# surface: {' '.join(race.surface.title.split())}"]
    # Each list on a line of its own: at the end of a line, a spreadsheet loses a comma.
    toml = re.sub(r"\[\n((?: {4}[-+0-9.e]+,\n)+)\]", lambda found: f"[{' '.join(found[1].split())[:-1]}]", toml)
    return [CSV_TITLE, *(f"# {line}".rstrip() for line in toml.split("\n")[:-1])]


def to_json(race: Race, paths: Sequence[Trajectory]) -> bytes:
    """UTF-8 JSON: `race` (every setting), `lowest`, `racers` with points, losses, outcome; null after divergence.

    `note` says that this is one run, where other seeds of the batches give others.
    """
    lowest = paths[0].surface.lowest
    note = _one_of_many(race)
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


def to_toml(race: Race, paths: Sequence[Trajectory]) -> bytes:
    """UTF-8 TOML: every setting, and no trajectory. Raises BadInput for a surface or an optimizer of one's own."""
    return race.to_toml(whole=True).encode()


FORMATS: dict[str, Callable[[Race, Sequence[Trajectory]], bytes]] = {"csv": to_csv, "json": to_json, "npz": to_npz}
"""File ending → writer of trajectories."""


def read_race(path: Path) -> Race:
    """The race that a file tells, by its ending: one of `READERS`, in capitals or not.

    Raises BadInput for a file that is something else, or has more than 64 MB; OSError where it cannot be read.
    """
    ending = path.suffix[1:].lower()
    if ending not in READERS:
        allowed = ", ".join(f".{known}" for known in READERS)
        raise BadInput("unknown_choice", name="race", value=path.name, allowed=allowed)
    data = bytearray()
    with path.open("rb") as file:
        # Piece by piece: of a pipe or a device nobody knows the length.
        while len(data) <= MOST_BYTES and (piece := file.read(PIECE)):
            data += piece
    if len(data) > MOST_BYTES:
        raise BadInput("too_large", name=path.name, value=f"{MOST_BYTES:,}", allowed=f"1 … {MOST_BYTES:,}")
    try:
        return READERS[ending](bytes(data))
    except BadInput as problem:
        # Which file it was, before what is wrong with it.
        raise BadInput("bad_file", name=path.name, allowed=str(problem)) from None


def _of_toml(data: bytes) -> Race:
    return Race.from_toml(_text(data))


def _of_json(data: bytes) -> Race:
    """The race of `to_json`, or of `Race.to_json`."""
    try:
        record = json.loads(_text(data))
    except (ValueError, RecursionError) as error:
        raise BadInput("not_readable", name="JSON", value=str(error), allowed="a race") from None
    return Race.from_record(record["race"] if isinstance(record, dict) and "race" in record else record)


# zipfile and zlib tell of damage in the first of these, NumPy of a header in the last.
NPZ_DAMAGE = (
    *(ValueError, KeyError, OSError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error),
    *(SyntaxError, tokenize.TokenError, TypeError, MemoryError, RecursionError),
)


def _of_npz(data: bytes) -> Race:
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


READERS: dict[str, Callable[[bytes], Race]] = {
    "toml": _of_toml,
    "json": _of_json,
    "csv": settings_of_csv,
    "npz": _of_npz,
}
"""File ending → reader of the race's settings."""


def _record(race: Race) -> dict[str, Any]:
    try:
        return race.to_record(whole=True)
    except BadInput:
        # A surface of the author's own class: it runs, but no file can name it.
        return {"surface": " ".join(race.surface.title.split())}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _number(value: float) -> float | str:
    return value if math.isfinite(value) else ""


def _safe(name: str) -> str:
    # A spreadsheet runs a cell that begins so as a formula: owasp.org/www-community/attacks/CSV_Injection
    return f"'{name}" if name.lstrip()[0] in "=+-@＝＋－＠" else name
