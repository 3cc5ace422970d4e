"""Who asks for a league: the name of a visit, and how the visit that comes after a reload is found to be the same.

A reload ends a visit and begins another. While one waits for a league, its tab of the browser keeps a token of it,
which is in no address; what comes after in that tab tells it, and waits for the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from optviz.ui import component, leagues

SCRIPT = Path(__file__).with_name("asks.js")
HEARD = "asks_heard"
"""Where the visit keeps that the tab has told whether a visit before it waits, or that none can."""


def visit() -> str:
    """The name of this visit."""
    context = get_script_run_ctx()
    return context.session_id if context is not None else "nobody"


def waits() -> bool:
    """Whether this visit waits for a league."""
    desk = leagues.the_desk()
    return desk is not None and desk.waits_for(visit()) is not None


def is_known() -> bool:
    """Whether it is known that this visit waits, or does not: the tab may have yet to tell of one before a reload."""
    return bool(st.session_state.get(HEARD)) or waits()


def keep_over_reloads() -> None:
    """Have the tab keep that this visit waits, or tell that one before it did; for every page, outside of fragments."""
    desk = leagues.the_desk()
    if desk is None or desk.idle():
        st.session_state[HEARD] = True
        return
    st.session_state[HEARD] = is_known()
    with st.container(key="asks_kept"):
        component.of_script("optviz_asks", SCRIPT)(
            key="asks_keeper",
            height="content",
            data={"visit": leagues.token_of(visit()) if waits() else None, "heard": st.session_state[HEARD]},
            on_kept_change=lambda: take_kept(st.session_state.asks_keeper.kept),
        )


def take_kept(said: Any) -> None:
    """Wait for what the visit before waited for, whatever a browser may send."""
    st.session_state[HEARD] = True
    desk = leagues.the_desk()
    if desk is not None and isinstance(said, str):
        desk.follow(said, visit())
