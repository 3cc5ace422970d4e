"""What a league costs that nothing is known of: `python benchmarks/league.py 100 1000 10000`, so many hills each."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time


def report(counts: list[int]) -> None:
    """Print a line for each number of seeds: seven optimizers × 200 steps, lowest points included, a fresh store."""
    for count in counts:
        with tempfile.TemporaryDirectory() as store:
            before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            command = ["league", "--seeds", f"0:{count}", "--convention", "tensorflow1", "--store", store]
            subprocess.run([sys.executable, "-m", "optviz.cli", *command], check=True, capture_output=True)
            elapsed, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
        processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        # In kilobytes on Linux; of the largest process so far, so in ascending order.
        memory = after.ru_maxrss / 1024
        print(
            f"{count:8,} seeds{elapsed:8.1f} s{processor:8.1f} s of processor time,"
            f"{1000 * processor / count:6.2f} ms a seed; the largest process {memory:.0f} MB",
            flush=True,
        )


if __name__ == "__main__":
    report(sorted(map(int, sys.argv[1:])) or [100, 1_000, 10_000])
