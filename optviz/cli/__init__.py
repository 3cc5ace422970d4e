"""The command line: optviz serve | race | league | surfaces | optimizers | rates."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from optviz import starting
from optviz.bad_input import BadInput
from optviz.cli.parser import make_parser, with_signs
from optviz.cli.readable import make_readable
from optviz.export.whole import told
from optviz.starting import INTERRUPTED


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code: 0, 2 with one sentence on stderr for bad input, 130 for Ctrl-C."""
    make_readable()
    try:
        try:
            starting.over()
            options = make_parser().parse_args(with_signs(sys.argv[1:] if arguments is None else arguments))
            return int(options.run(options))
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except BadInput as problem:
        print(f"optviz: {problem}", file=sys.stderr)
    except BrokenPipeError:
        # The reader has seen enough (`| head`).
        _forget_output()
        return 0
    except KeyboardInterrupt as interruption:
        print(f"optviz: {str(interruption) or 'interrupted'}", file=sys.stderr)
        return INTERRUPTED
    except OSError as problem:
        if problem.filename is None:
            _forget_output()
        print(f"optviz: {told(problem)}", file=sys.stderr)
    except MemoryError:
        print("optviz: there is not enough memory for this race; fewer steps or optimizers need less", file=sys.stderr)
    return 2


def _forget_output() -> None:
    # Nothing may be left to write at exit, which would complain.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
