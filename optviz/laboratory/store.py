"""What has been computed of leagues, on the disk: a file per racer and piece, named after what it is the answer to.

A piece is at most 250 seeds, on multiples of 250. What a file holds is a function of its name alone, so that files
need neither an index nor a lock: several processes may read and write one folder at the same time.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import os
import platform
import stat
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import scipy

from optviz.experiment.league import CHUNK, League
from optviz.experiment.record import racer_record
from optviz.experiment.surfaces import surface_record
from optviz.export.archive import NPZ_DAMAGE
from optviz.export.whole import write_whole
from optviz.laboratory import kernel
from optviz.laboratory.values import Values, fields_of, record_of, unpacked
from optviz.statistics.runs import EDGES, TARGETS, Runs
from optviz.surface.lowest import Found

METRICS = 1
"""Raised whenever one of the numbers of a file, computed from the same question, means something else than before."""

QUOTA = 2_000_000_000
"""Bytes that a store keeps; ten thousand surfaces under seven racers take about ten million."""

AGE = 180 * 86_400.0
"""Seconds after which a file that nobody has read is given up."""

VARIABLE = "OPTVIZ_STORE"
MOST_BYTES = 1 << 28
"""No file of a store unpacks to more."""

SECONDS_BETWEEN_SWEEPS = 600.0
SECONDS_TO_WRITE = 3_600.0
"""A file that is half written is left over from a process that has ended when it is as old as that."""

FRESH = 3_600.0
CHECKSUM = "checksum"
ATTEMPTS = 3


@dataclasses.dataclass(frozen=True)
class Piece:
    """Seeds of a question, `first` to one before `beyond`, and what is missing of them.

    places: the racers, by their places in the league. joint: also what needs all of the article's racers at once.
    """

    first: int
    beyond: int
    places: tuple[int, ...] = ()
    joint: bool = False


def pieces(league: League) -> Iterator[tuple[int, int]]:
    """The blocks of seeds, (first, beyond), in which a league is computed: those between multiples of `CHUNK`."""
    first, beyond = league.seeds
    while first < beyond:
        end = min(beyond, (first // CHUNK + 1) * CHUNK)
        yield first, end
        first = end


def store_folder(given: str | os.PathLike[str] | None = None, environment: Mapping[str, str] = os.environ) -> Path:
    """Where leagues are kept: the folder that is given, else that of OPTVIZ_STORE, else in the user's cache folder."""
    if given or environment.get(VARIABLE):
        return Path(given or environment[VARIABLE]).expanduser()
    if sys.platform == "win32":
        caches = Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        caches = Path.home() / "Library" / "Caches"
    else:
        # https://specifications.freedesktop.org/basedir-spec/latest/
        caches = Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return caches / "optviz" / "league"


@cache
def arithmetic() -> dict[str, Any]:
    """What the last bits of a number depend on beside the question: versions, processor, what NumPy makes use of."""
    built: Any = np.show_config(mode="dicts")
    features = built.get("SIMD Extensions", {})
    return {
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "machine": platform.machine(),
        "cpu_features": [*features.get("baseline", []), *features.get("found", [])],
    }


class Store:
    """Computed pieces in a folder. It need not be there; it is made when something is kept.

    quota: bytes; age: seconds since a file was last of use. `sweep` keeps the folder within both. Raises OSError, with
    the name of the file, where the disk is full or the folder cannot be written; what cannot be read is missing.
    """

    def __init__(self, folder: str | os.PathLike[str] | None = None, quota: float = QUOTA, age: float = AGE) -> None:
        self.folder = store_folder(folder)
        self.quota, self.age = quota, age
        self.swept: float | None = None
        self.spoiled: dict[Path, tuple[int, ...]] = {}
        self.named: tuple[League, dict[str, Any], tuple[tuple[str, ...], str]] | None = None

    # What there is

    def key(self, league: League, place: int) -> str:
        """The name of the racer at `place` in every league with the same surfaces, steps and settings of this racer."""
        return self.keys(league)[0][place]

    def joint_key(self, league: League) -> str:
        """The name of what the league's racers of the article have in common."""
        return self.keys(league)[1]

    def keys(self, league: League) -> tuple[tuple[str, ...], str]:
        """`key` of each racer, and `joint_key`; those of the league that was asked about last are remembered."""
        known, version = self.named, _version()
        if known is None or known[0] is not league or known[1] != version:
            around = _surroundings(league)
            racers = [_racer(league, place) for place in range(len(league.racers))]
            together = _digest({**around, "racers": [racers[place] for place in league.seven]})
            keys = tuple(_digest({**around, "racer": racer}) for racer in racers)
            known = self.named = league, version, (keys, together)
        return known[2]

    def tuned_key(self, league: League) -> str:
        """The name of what says that the racers of this league are tuned."""
        return _digest({"tuned": league.digest(), **_version()})

    def found_key(self, league: League) -> str:
        """The name of where the surfaces are lowest."""
        return _digest({"found": _surface(league), **_version()})

    def missing(self, league: League) -> list[Piece]:
        """What is still to be computed, in the order of the seeds; by the files' names, without reading them."""
        racers, together = self.keys(league)
        there = [self._names(key) for key in racers]
        joint = self._names(together) if league.seven else None
        left = []
        for first, beyond in pieces(league):
            name = _file_name(first, beyond)
            places = tuple(place for place, names in enumerate(there) if name not in names)
            lacks_joint = joint is not None and name not in joint
            if places or lacks_joint:
                left.append(Piece(first, beyond, places, lacks_joint))
        return left

    def get(self, league: League, place: int, first: int, beyond: int) -> Runs | None:
        """The runs of the racer at `place` on a piece; None where they are not there, or not whole."""
        values = self._read(self.key(league, place), first, beyond)
        if values is None:
            return None
        return record_of(Runs, values)

    def get_joint(self, league: League, first: int, beyond: int) -> np.ndarray | None:
        """What `kernel.compute` says of the article's racers together, on a piece."""
        values = self._read(self.joint_key(league), first, beyond)
        return None if values is None else values["steps"]

    def get_found(self, league: League, first: int, beyond: int) -> Found | None:
        """Where the surfaces of a piece are lowest, as a search has found."""
        values = self._read(self.found_key(league), first, beyond)
        return None if values is None else record_of(Found, values)

    def has_tuned(self, league: League) -> bool:
        """Whether it is known that everything that tuning this league asked for has been kept."""
        return self._path(self.tuned_key(league), *league.seeds).is_file()

    # What comes

    def put(self, league: League, place: int, first: int, beyond: int, runs: Runs) -> None:
        """Keep the runs of the racer at `place` on a piece."""
        self._write(self.key(league, place), first, beyond, fields_of(runs))

    def put_joint(self, league: League, first: int, beyond: int, steps: np.ndarray) -> None:
        """Keep what the article's racers have in common on a piece."""
        self._write(self.joint_key(league), first, beyond, {"steps": steps})

    def put_found(self, league: League, first: int, beyond: int, found: Found) -> None:
        """Keep where the surfaces of a piece are lowest."""
        self._write(self.found_key(league), first, beyond, fields_of(found))

    def put_tuned(self, league: League) -> None:
        """Note that everything that tuning this league asks for is kept."""
        self._write(self.tuned_key(league), *league.seeds, {"seeds": np.array(league.seeds)})

    def fill(self, league: League, piece: Piece) -> None:
        """Compute what is missing of a piece, and keep it."""
        first, beyond = piece.first, piece.beyond
        found = self.get_found(league, first, beyond)
        if found is None:
            found = kernel.found_of(league, first, beyond)
            if found is not None:
                self.put_found(league, first, beyond, found)
        runs, joint = kernel.compute(league, first, beyond, piece.places, piece.joint, found)
        for place in piece.places:
            self.put(league, place, first, beyond, runs[place])
        if piece.joint and joint is not None:
            self.put_joint(league, first, beyond, joint)

    def forget(self, league: League, first: int, beyond: int) -> None:
        """Give up what is kept of a piece, but for where its surfaces are lowest."""
        keys = [self.key(league, place) for place in range(len(league.racers))]
        for key in [*keys, self.joint_key(league)]:
            with suppress(OSError):
                self._path(key, first, beyond).unlink(missing_ok=True)

    def sweep(self, now: float | None = None) -> None:
        """Give up what is too old, and of the rest what was of use longest ago until the quota is kept.

        At most once in ten minutes, unless `now` (seconds since 1970) is given.
        """
        if now is None:
            now = time.time()
            if self.swept is not None and now - self.swept < SECONDS_BETWEEN_SWEEPS:
                return
            self.swept = now
        kept, total = [], 0
        for path in self.folder.glob("??/*/*"):
            try:
                known = path.stat()
            except OSError:
                continue
            unfinished = path.suffix != ".npz"
            if now - known.st_mtime > (SECONDS_TO_WRITE if unfinished else self.age):
                _give_up(path)
            elif not unfinished:
                kept.append((known.st_mtime, known.st_size, path))
                total += known.st_size
        for _, size, path in sorted(kept, key=lambda item: item[0]):
            if total <= self.quota:
                break
            _give_up(path)
            total -= size

    # Files

    def _path(self, key: str, first: int, beyond: int) -> Path:
        return self.folder / key[:2] / key / _file_name(first, beyond)

    def _names(self, key: str) -> set[str]:
        try:
            paths = list((self.folder / key[:2] / key).iterdir())
        except OSError:
            return set()
        return {path.name for path in paths if path not in self.spoiled or self.spoiled[path] != _state(path)}

    def _read(self, key: str, first: int, beyond: int) -> Values | None:
        path = self._path(key, first, beyond)
        try:
            known = path.stat()
            if not stat.S_ISREG(known.st_mode) or known.st_size > MOST_BYTES:
                # A pipe would never end.
                raise ValueError("no file of a store")
            values = _unpacked(path.read_bytes(), _name(key, first, beyond))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except NPZ_DAMAGE:
            # Half a file, or none of ours: it is computed again.
            state = _state(path)
            _give_up(path)
            if state and state == _state(path):
                # It cannot be removed, by us or now: until it is another file, it is as good as not there.
                self.spoiled[path] = state
            return None
        if time.time() - known.st_mtime > FRESH:
            # When it was last of use is what `sweep` goes by; a store that cannot be written is not swept.
            with suppress(OSError):
                os.utime(path)
        return values

    def _write(self, key: str, first: int, beyond: int, values: Mapping[str, np.ndarray]) -> None:
        path = self._path(key, first, beyond)
        buffer = io.BytesIO()
        told = {CHECKSUM: _checksum(values, _name(key, first, beyond))}
        np.savez_compressed(buffer, allow_pickle=False, **told, **values)
        for attempt in range(ATTEMPTS):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                return write_whole(path, buffer.getvalue())
            except FileNotFoundError:
                # Another process has just given up what was left in this folder, and the folder with it.
                if attempt == ATTEMPTS - 1:
                    raise


# --- names ---------------------------------------------------------------------------------------------------------


def _name(key: str, first: int, beyond: int) -> str:
    return f"{key}/{_file_name(first, beyond)}"


def _file_name(first: int, beyond: int) -> str:
    return f"{first}-{beyond}.npz"


def _digest(of: Mapping[str, Any]) -> str:
    text = json.dumps(of, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _version() -> dict[str, Any]:
    """What every number depends on: how it is defined, and who does the arithmetic."""
    return {"metrics": METRICS, "arithmetic": arithmetic()}


def _surface(league: League) -> dict[str, Any]:
    """The settings of the surfaces, without their seed."""
    return {name: value for name, value in surface_record(league.surface, whole=True).items() if name != "seed"}


def _racer(league: League, place: int) -> dict[str, Any]:
    """The settings of a racer, without what it is called."""
    return racer_record(dataclasses.replace(league.racers[place], label=None), league.convention, None, whole=True)


def _surroundings(league: League) -> dict[str, Any]:
    """Surface, start rule, steps, and what the fields of `Runs` are: for all racers alike."""
    return {
        "surface": _surface(league),
        "start": "suggested_start",
        "steps": league.steps,
        "targets": list(TARGETS),
        "edges": EDGES.tolist(),
        "fields": [item.name for item in dataclasses.fields(Runs)],
        **_version(),
    }


# --- content -------------------------------------------------------------------------------------------------------


def _checksum(values: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    """BLAKE2 of names, types, shapes and numbers, and of what the file is the answer to, its name: (32,) uint8."""
    state = hashlib.blake2b(f"{name}\n".encode(), digest_size=32)
    for array in sorted(values):
        value = values[array]
        state.update(f"{array} {value.dtype.str} {value.shape}\n".encode())
        state.update(value.tobytes())
    return np.frombuffer(state.digest(), dtype=np.uint8)


def _unpacked(content: bytes, name: str) -> Values:
    """The arrays of the file of this name, read-only. Raises one of `NPZ_DAMAGE`."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(member.file_size for member in archive.infolist()) > MOST_BYTES:
            raise ValueError("larger than any file of a store")
    values = unpacked(content)
    told = values.pop(CHECKSUM)
    if not np.array_equal(told, _checksum(values, name)):
        raise ValueError("not what was written")
    return values


def _state(path: Path) -> tuple[int, ...]:
    """Changes when another file is put in the place of this one; nothing where there is none."""
    try:
        known = path.lstat()
    except OSError:
        return ()
    return known.st_ino, known.st_mtime_ns, known.st_size


def _give_up(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
    for folder in (path.parent, path.parent.parent):
        # Only where nothing is left in it.
        with suppress(OSError):
            folder.rmdir()
