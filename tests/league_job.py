"""Stands in for `optviz league --job FILE --store FOLDER`: says that it has begun, and does what the test says.

Its first argument is a folder: a line is added to `begun` there. When a file `go` is there, it ends well; `fail`:
badly; `deaf`: it does not end when it is told to; `silent`: it does not say how long it will take.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path


def main(folder: Path, job: Path) -> int:
    ended = threading.Event()
    if (folder / "deaf").exists():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    else:
        threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    left = None if (folder / "silent").exists() else 2.5
    print(json.dumps({"done": 1, "total": 4, "seconds_left": left}), flush=True)
    print("not a line of progress", flush=True)
    with (folder / "begun").open("a") as file:
        file.write(f"{json.dumps({'pid': os.getpid(), 'nice': os.nice(0), 'job': job.read_text()})}\n")
    while not ended.is_set():
        if (folder / "fail").exists():
            print("optviz: the disk is full", file=sys.stderr)
            return 2
        if (folder / "go").exists():
            return 0
        time.sleep(0.01)
    return 130


if __name__ == "__main__":
    assert sys.argv[2:4] == ["league", "--job"]
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[4])))
