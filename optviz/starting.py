"""Ctrl-C while the command line is still being loaded, which takes up to a second: one line, as later.

An import that is interrupted anywhere would tell of its own lines. So this module is the first one that `optviz` loads,
and what it does holds until `over`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

INTERRUPTED = 130
"""The exit code of what Ctrl-C has ended: 128 + SIGINT."""


def is_command() -> bool:
    """Whether this process is `optviz …`, or `python -m optviz.cli …`: nobody else's signals are touched."""
    name = os.path.basename(sys.argv[0]) if sys.argv else ""  # noqa: PTH119, as pathlib takes longer than all of this
    as_module = ("-m", "optviz.cli") in zip(sys.orig_argv, sys.orig_argv[1:], strict=False)
    return as_module or name in ("optviz", "optviz.exe")


def over() -> None:
    """All is loaded: from now on Ctrl-C raises KeyboardInterrupt."""
    _exchange(_leave, signal.default_int_handler)


def _exchange(now: object, then: Callable[[int, FrameType | None], object]) -> None:
    if signal.getsignal(signal.SIGINT) is now:
        # In a thread of its own nobody is interrupted.
        with suppress(ValueError):
            signal.signal(signal.SIGINT, then)


def _leave(number: int, frame: FrameType | None) -> None:
    try:
        os.write(2, b"optviz: interrupted\n")
    finally:
        # Nothing has been begun, and nothing is to be written.
        os._exit(INTERRUPTED)


if is_command():
    # Where the signal is ignored, as in the background of a shell, it stays ignored.
    _exchange(signal.default_int_handler, _leave)
