"""Where the race of a small picture starts: a reader may drag it, and what is opened from it starts there too."""

from __future__ import annotations

import streamlit as st

from optviz.bad_input import BadInput
from optviz.experiment import Race
from optviz.guide.demonstrations import Demonstration

STARTS = "guide_starts"
"""Where the visit notes the starts that were chosen in small pictures: demonstration → x, y."""

HELD = "guide_held"
"""Where it notes what is being dragged in one of them: demonstration → what its stage says."""


def race_shown(demonstration: Demonstration) -> Race:
    """Its race, from where the visitor has put the start or holds it now."""
    held = st.session_state.get(HELD, {}).get(demonstration.name) or {}
    start = held.get("start", st.session_state.get(STARTS, {}).get(demonstration.name))
    try:
        return demonstration.race if start is None else demonstration.race.replaced(start=start)
    except BadInput:
        return demonstration.race
