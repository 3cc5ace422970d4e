"""The formats of files with a race in them: one table for whoever writes, reads or serves one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from optviz.bad_input import BadInput
from optviz.experiment import Race
from optviz.export.archive import race_of_json, race_of_npz, to_json, to_npz
from optviz.export.table import settings_of_csv, text_of, to_csv
from optviz.trajectory import Trajectory

MOST_BYTES = 64_000_000
"""No file with a race is longer: that of 24 racers and 5,000 steps has 14 MB."""

PIECE = 1 << 20


@dataclass(frozen=True)
class Format:
    """How a race and its trajectories become a file, how the race is read back from it, and what a browser calls it.

    holds_trajectories: False for a format that tells the settings alone.
    """

    write: Callable[[Race, Sequence[Trajectory]], bytes]
    read: Callable[[bytes], Race]
    media_type: str
    holds_trajectories: bool = True


def to_toml(race: Race, paths: Sequence[Trajectory]) -> bytes:
    """UTF-8 TOML: every setting, and no trajectory. Raises BadInput for a surface or an optimizer of one's own."""
    return race.to_toml(whole=True).encode()


def _race_of_toml(data: bytes) -> Race:
    return Race.from_toml(text_of(data))


FORMATS: dict[str, Format] = {
    "csv": Format(to_csv, settings_of_csv, "text/csv"),
    "json": Format(to_json, race_of_json, "application/json"),
    "npz": Format(to_npz, race_of_npz, "application/octet-stream"),
    "toml": Format(to_toml, _race_of_toml, "application/toml", holds_trajectories=False),
}
"""File ending → format."""


def read_race(path: Path) -> Race:
    """The race that a file tells, by its ending: one of `FORMATS`, in capitals or not.

    Raises BadInput for a file that is something else, or has more than 64 MB; OSError where it cannot be read.
    """
    ending = path.suffix[1:].lower()
    if ending not in FORMATS:
        allowed = ", ".join(f".{known}" for known in FORMATS)
        raise BadInput("unknown_choice", name="race", value=path.name, allowed=allowed)
    data = bytearray()
    with path.open("rb") as file:
        # Piece by piece: of a pipe or a device nobody knows the length.
        while len(data) <= MOST_BYTES and (piece := file.read(PIECE)):
            data += piece
    if len(data) > MOST_BYTES:
        raise BadInput("too_large", name=path.name, value=f"{MOST_BYTES:,}", allowed=f"1 … {MOST_BYTES:,}")
    try:
        return FORMATS[ending].read(bytes(data))
    except BadInput as problem:
        # Which file it was, before what is wrong with it.
        raise BadInput("bad_file", name=path.name, allowed=str(problem)) from None
