"""Where the command line writes: which names it can, and what is the standard output."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from optviz.bad_input import BadInput
from optviz.experiment import Race
from optviz.trajectory import Trajectory

Writer = Callable[[Race, Sequence[Trajectory]], bytes]
Known = TypeVar("Known")


def writer_for(out: Path, writers: Mapping[str, Known], option: str) -> Known:
    """What writes a file of this name. Raises BadInput or OSError where nothing can, before a long race is run.

    option: which one named it, for the message.
    """
    ending = out.suffix[1:].lower()
    if ending not in writers:
        allowed = ", ".join(f".{known}" for known in writers)
        raise BadInput("unknown_choice", name=option, value=out.name or str(out), allowed=allowed)
    if out.is_dir():
        raise IsADirectoryError(21, "Is a directory", str(out))
    if not out.parent.is_dir():
        raise FileNotFoundError(2, "No such folder", str(out.parent))
    return writers[ending]


def is_output(out: Path) -> bool:
    """Whether this file is the standard output."""
    try:
        return os.path.samestat(out.stat(), os.fstat(sys.stdout.fileno()))
    except (OSError, ValueError, AttributeError):
        return False
