"""Files that are written as a whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path

FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
"""A disk, or somebody's share of it."""


def told(problem: OSError) -> str:
    """In one sentence, what stands in the way of which file; one without a name is what is printed."""
    if problem.errno in FULL:
        return (
            f"the disk is full: there is no room for {problem.filename or 'the output'}; free some, or choose another"
        )
    return f"{problem.filename or 'output'}: {problem.strerror or problem}"


def write_whole(out: Path, content: bytes) -> None:
    """Write a file as a whole or not at all: what stood there before is there until all of the new one is on the disk.

    Raises OSError with the name of the file.
    """
    try:
        target = out.resolve()
        known = target.stat() if target.exists() else None
        if known is not None and not stat.S_ISREG(known.st_mode):
            # A terminal, a pipe: there is nothing to keep.
            with target.open("wb") as file:
                file.write(content)
            return
        if known is not None and not os.access(target, os.W_OK):
            raise PermissionError(13, "Permission denied")
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".part", dir=target.parent)
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.chmod(stat.S_IMODE(known.st_mode) if known is not None else 0o666 & ~_umask())
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as problem:
        raise OSError(problem.errno, problem.strerror or str(problem), str(out)) from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
