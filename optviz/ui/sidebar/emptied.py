"""A page without a sidebar has none, also where the page before had one."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from optviz.ui import component

SCRIPT = Path(__file__).with_name("emptied.js")


@st.fragment
def let_sidebar_go() -> None:
    """Have an empty sidebar taken off the page: a run of this fragment alone ends when it has become empty."""
    with st.container(key="sidebar_emptied"):
        component.of_script("optviz_sidebar", SCRIPT)(
            key="sidebar_keeper", height="content", on_emptied_change=_nothing
        )


def _nothing() -> None:
    """The run is all that is asked for."""
