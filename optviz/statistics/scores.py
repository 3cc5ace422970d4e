"""The scoreboard: how each racer ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from optviz.statistics.gaps import best_reached, gap, steps_to_drop
from optviz.statistics.wins import wins_of
from optviz.trajectory import Trajectory


def scoreboard(paths: Sequence[Trajectory]) -> list[dict[str, Any]]:
    """One row per racer of a single surface, best first: final loss and gap, steps to 90 %, outcome, learning rate.

    Keys: index (in `paths`), final_loss, final_gap, steps_to_90 (−1 never, None where start = lowest or no
    lowest is known), steps_to_90_of_best (of the drop to the best that any of them reached), outcome,
    diverged_at (−1 never), win (share). NaN sorts last.
    """
    final = np.array([path.losses[-1] for path in paths])
    shares = wins_of(paths)
    best = best_reached([path.losses for path in paths])
    rows = []
    for index, path in enumerate(paths):
        lowest = path.surface.lowest.loss
        reached = steps_to_drop(path.losses, lowest)
        gaps = gap(path.losses, lowest)
        rows.append(
            {
                "index": index,
                "final_loss": float(final[index]),
                "final_gap": float(gaps[-1]),
                "steps_to_90": int(reached) if np.isfinite(gaps[0]) else None,
                "steps_to_90_of_best": int(steps_to_drop(path.losses, best)),
                "outcome": path.outcome,
                "diverged_at": int(path.diverged_at),
                "win": float(shares[index]),
            }
        )
    return sorted(rows, key=lambda row: (np.isnan(row["final_loss"]), row["final_loss"], row["index"]))


def drop_told(rows: Sequence[Mapping[str, Any]]) -> str:
    """Of which drop the steps to 90 % are told, as a key of a scoreboard's rows.

    Where nobody comes as near to the surface's lowest point, what they did reach still tells who was quick.
    """
    nobody = all(row["steps_to_90"] in (None, -1) for row in rows)
    return "steps_to_90_of_best" if nobody else "steps_to_90"
