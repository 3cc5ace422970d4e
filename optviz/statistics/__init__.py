"""Every number that a table or figure shows about trajectories; the records of figures are with the figures."""

from optviz.statistics.gaps import best_reached, gap, log_gap, steps_to_drop
from optviz.statistics.lengths import length_range, step_lengths
from optviz.statistics.ranges import epoch_range, gap_range, loss_range, veiled_loss_range
from optviz.statistics.scores import scoreboard
from optviz.statistics.standings import standing
from optviz.statistics.wins import tie_width, wins, wins_of

__all__ = [
    "best_reached",
    "epoch_range",
    "gap",
    "gap_range",
    "length_range",
    "log_gap",
    "loss_range",
    "scoreboard",
    "standing",
    "step_lengths",
    "steps_to_drop",
    "tie_width",
    "veiled_loss_range",
    "wins",
    "wins_of",
]
