"""Taking a league away: its table, and its report."""

from __future__ import annotations

import html
import threading
from functools import partial

import streamlit as st

from optviz.experiment.league import League
from optviz.export import FORMATS
from optviz.text import Words
from optviz.ui import session
from optviz.ui.leagues import Desk
from optviz.ui.pages.race.sharing import PAGE_TYPE

OFFERED = ("csv", "json", "html")
"""The endings that the page offers; their media types are those of a race's files."""

MAKING = threading.Semaphore(1)
"""One file is made at a time. Not a race's semaphore: a report that lacks runs in other formulas takes minutes."""


def files_section(desk: Desk, league: League, text: Words) -> None:
    """The downloads; each file is made by a process of its own when it is asked for."""
    label = text["league"]
    st.html(f"<h2>{html.escape(text['download']['title'])}</h2>")
    st.caption(label["files_explained"])
    with st.container(key="league_files", horizontal=True):
        for ending in OFFERED:
            st.download_button(
                label[f"file_{ending}"],
                data=partial(made, desk, league, ending, session.language(), _address()),
                file_name=f"optviz-league-{league.seeds[0]}-{league.seeds[1]}.{ending}",
                mime=PAGE_TYPE if ending == "html" else FORMATS[ending].media_type,
                key=f"league_file_{ending}",
                on_click="ignore",
            )


def _address() -> str:
    """Of this server's page of races, as the visit's browser calls it; "" where it says nothing."""
    return (st.context.url or "").partition("?")[0].removesuffix("/").removesuffix("/league")


def made(desk: Desk, league: League, ending: str, language: str, address: str) -> bytes:
    """The file, once it is its turn. Raises OSError where it cannot be made."""
    with MAKING:
        return desk.file(league, ending, language, f"{address}/" if address else "")
