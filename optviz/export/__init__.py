"""Races and their trajectories as files for other programs; see `optviz.export.pytorch` for them as code.

All numbers are float64 with every digit, and every file tells every setting of its race. What is read may be a
stranger's: nothing of it is executed, no more of it is read than a race can take, and what is no race is refused in one
sentence.
"""

from optviz.export.archive import to_json, to_npz
from optviz.export.formats import FORMATS, Format, read_race, to_toml
from optviz.export.table import settings_of_csv, to_csv

__all__ = ["FORMATS", "Format", "read_race", "settings_of_csv", "to_csv", "to_json", "to_npz", "to_toml"]
