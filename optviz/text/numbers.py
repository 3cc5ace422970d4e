"""Numbers as people read them."""

from __future__ import annotations

import math


def readable(value: float) -> str:
    """A number for reading: four digits, a true minus sign, a dash for what is not finite."""
    # Adding 0 makes 0 of the other zero, which has a sign.
    return f"{value + 0:.4g}".replace("-", "−") if math.isfinite(value) else "–"
