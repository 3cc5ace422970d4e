"""Trajectories as CSV, the settings of their race above the table, and races read back from it."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import math
import re
from collections.abc import Sequence

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


def to_csv(race: Race, paths: Sequence[Trajectory]) -> bytes:
    """UTF-8 CSV, one row per racer and step: racer, optimizer, step, x, y, loss, gap. Empty fields after divergence.

    The race's settings stand above the table, as TOML in lines that begin with `# `: `pandas.read_csv(…, comment="#")`
    leaves them out, `settings_of_csv` reads them. Text is quoted, so that a # in a label begins no comment. Where a
    name or a formula is not ASCII the file begins with a byte order mark: without one, Excel takes it for the
    encoding of the country, and LibreOffice asks.
    """
    text = io.StringIO()
    text.writelines(f"{line}\n" for line in _settings(race))
    if note := one_of_many(race):
        # Among the settings it is a comment.
        text.write(f"# # {note}\n")
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(["racer", "optimizer", "step", "x", "y", "loss", "gap"])
    for name, path in zip(race.racer_names(), paths, strict=True):
        gaps = gap(path.losses, path.surface.lowest.loss)
        columns = zip(path.points.tolist(), path.losses.tolist(), gaps.tolist(), strict=True)
        for step, ((x, y), loss, share) in enumerate(columns):
            writer.writerow([safe_cell(name), path.racer.kind, step, *(_cell(value) for value in (x, y, loss, share))])
    written = text.getvalue()
    return written.encode("utf-8" if written.isascii() else "utf-8-sig")


def one_of_many(race: Race) -> str:
    """What a file says where other seeds of the batches give other runs, in words that no spreadsheet takes apart."""
    batched = any(racer.batch_size is not None for racer in race.racers)
    return f"One run (batch_seed {race.batch_seed}). Other seeds of the batches give other runs." if batched else ""


def settings_of_csv(table: bytes) -> Race:
    """The race whose trajectories `to_csv` wrote; also where a spreadsheet has saved the file again. Raises BadInput.

    A spreadsheet may change the encoding (a byte order mark, UTF-16, that of the country), the ends of lines, and the
    separator, quote lines of the settings, and fill them up with empty cells.
    """
    # Not splitlines: a formula may hold what Unicode counts as the end of a line.
    lines = text_of(table[:LONGEST_HEAD]).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    comments = list(itertools.takewhile(lambda line: line.lstrip('"').startswith("#"), lines))
    header = next((line for line in lines[len(comments) :] if line.strip(",;\t ")), "")
    separator = max(SEPARATORS, key=header.count)
    plain = [line for line in comments if not line.startswith(("# A race of optviz", '"'))]
    try:
        if len(plain) + 1 >= len(comments):
            return Race.from_toml(_uncommented(plain))
    except BadInput as problem:
        if problem.parts["name"] != "TOML":
            raise
    try:
        cells = [next(csv.reader([line], delimiter=separator), []) for line in comments]
    except csv.Error as error:
        raise BadInput("not_readable", name="CSV", value=str(error), allowed="a race") from None
    # Whatever separates cells now, the line was taken apart at commas.
    joined = [",".join(row).rstrip(",") for row in cells]
    return Race.from_toml(_uncommented([line for line in joined if not line.startswith("# A race of optviz")]))


def _uncommented(lines: Sequence[str]) -> str:
    bare = [line.removeprefix("#").removeprefix(" ") for line in lines]
    # Of a list that is written one number a line, a spreadsheet takes the comma at the end for that of a cell.
    return "\n".join(f"{line}," if re.fullmatch(r"\s*[-+]?[0-9.eE+-]+", line) else line for line in bare)


def text_of(data: bytes) -> str:
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


def _cell(value: float) -> float | str:
    return value if math.isfinite(value) else ""


def safe_cell(name: str) -> str:
    """A name as a spreadsheet shows it: with a quote in front where it would run it."""
    # A cell that begins so is a formula: owasp.org/www-community/attacks/CSV_Injection
    return f"'{name}" if name.lstrip()[0] in "=+-@＝＋－＠" else name
