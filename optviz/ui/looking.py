"""From a race into one of its steps, and back to the race at that step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from optviz.experiment import Race
from optviz.ui import address, returning, session
from optviz.view import places

PAGE = "step"
SHOWN = "shown_instead"
"""Where the visit notes that a page shows another race than its own."""

SEEK = "seek"
"""Where the visit notes the step at which a race was asked for, its number, the token of the race; whether it plays."""


@dataclass(frozen=True)
class Shown:
    """A race that a page shows instead of the visit's own. seen: fields of the view, as it is looked at there."""

    page: str
    race: Race
    seen: dict[str, Any] = field(default_factory=dict)

    def take_up(self) -> bool:
        """Let the visit have it; whether it could."""
        return returning.take_up(self.page, self.race, **self.seen)


def arrive(page: str | None) -> None:
    """Call when a page is about to be drawn: who looks into a step looks into the race that was seen before."""
    shown: Shown | None = st.session_state.get(SHOWN)
    if shown is None or shown.page == page:
        return
    del st.session_state[SHOWN]
    # Who goes back in the history comes to what was there.
    if page == PAGE and shown.race != session.race() and not address.navigated():
        shown.take_up()


def look_inside(racer: Any, at: Any, beside: Any = None, *, travels: bool = True) -> None:
    """Look into a step of a racer, and of another one beside it, from whatever a browser may send.

    travels: the browser is sent to that step; else it is at it already, or further on by the time it is answered.
    """
    first, *others = (next(iter(places([place])), None) for place in (racer, beside))
    changed = {"racer": first or 0, "beside": next((other for other in others if other != first), None)}
    if type(at) is int and at >= 0:
        changed["at"] = at
    session.change_view(**changed)
    st.session_state.view = session.view().fitting(session.race())
    st.session_state.view_stamp += travels


def show_at(step: Any) -> None:
    """Let the race be shown at a step, from whatever a browser may send."""
    if type(step) is not int or step < 0:
        return
    session.change_view(at=min(step, session.race().steps))
    _seek(session.view().at)


def play() -> None:
    """Let the race be played from its start."""
    _seek(0, plays=True)


def _seek(step: int, **more: bool) -> None:
    number = st.session_state.get(SEEK, {"number": 0})["number"] + 1
    race = session.token(session.race())
    st.session_state[SEEK] = {"step": step, "number": number, "race": race, **more}


def sought() -> dict[str, Any] | None:
    """The step at which this race was last asked for, how often any was, and whether it is to be played from there;
    None where another race was."""
    known = st.session_state.get(SEEK)
    if known is None or known["race"] != session.token(session.race()):
        return None
    return {name: value for name, value in known.items() if name != "race"}
