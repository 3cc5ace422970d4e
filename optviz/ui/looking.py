"""From a race into one of its steps, and back to the race at that step."""

from __future__ import annotations

from typing import Any

import streamlit as st

from optviz.ui import session
from optviz.view import places

SEEK = "seek"
"""Where the visit notes the step at which a race was asked for, its number, and the token of the race."""


def look_inside(racer: Any, at: Any, beside: Any = None) -> None:
    """Look into a step of a racer, and of another one beside it, from whatever a browser may send."""
    first, *others = (next(iter(places([place])), None) for place in (racer, beside))
    changed = {"racer": first or 0, "beside": next((other for other in others if other != first), None)}
    if type(at) is int and at >= 0:
        changed["at"] = at
    session.change_view(**changed)
    st.session_state.view = session.view().fitting(session.race())
    st.session_state.view_stamp += 1


def show_at(step: Any) -> None:
    """Let the race be shown at a step, from whatever a browser may send."""
    if type(step) is not int or step < 0:
        return
    session.change_view(at=min(step, session.race().steps))
    number = st.session_state.get(SEEK, {"number": 0})["number"] + 1
    st.session_state[SEEK] = {"step": session.view().at, "number": number, "race": session.token(session.race())}


def sought() -> dict[str, int] | None:
    """The step at which this race was last asked for, and how often any was; None where another race was."""
    known = st.session_state.get(SEEK)
    if known is None or known["race"] != session.token(session.race()):
        return None
    return {"step": known["step"], "number": known["number"]}
