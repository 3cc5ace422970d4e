"""A league that is not there yet: who asks for it, its place in the queue, how far it is, and the way out."""

from __future__ import annotations

import html

import streamlit as st

from optviz.bad_input import BadInput
from optviz.experiment.league import League
from optviz.laboratory.asking import Task
from optviz.text import Words
from optviz.text.numbers import readable
from optviz.ui import background, session
from optviz.ui.asking import visit
from optviz.ui.leagues import Desk, Standing
from optviz.ui.pages.league.known import other_conventions

SECONDS_BETWEEN_LOOKS = 0.5


def progress_section(desk: Desk, league: League, text: Words) -> None:
    """Ask for the league, or see how far it is."""
    label, standing = text["league"], desk.standing(league, visit())
    if standing.open and standing.mine:
        _watch(desk, league, text)
        return
    if standing.phase == "failed":
        st.html(f"<p role='status'>{html.escape(label['failed'])}</p>")
    elif standing.open:
        st.html(f"<p role='status'>{html.escape(label['others_ask'])}</p>")
    elif desk.waits_for(visit()) is not None:
        st.html(f"<p role='status'>{html.escape(label['instead'])}</p>")
    st.button(
        label["ask"].format(n=f"{league.n:,}"), key="league_ask", type="primary", on_click=_ask, args=(desk, league)
    )


def _ask(desk: Desk, league: League) -> None:
    try:
        desk.ask(visit(), league, other_conventions(league))
    except BadInput as problem:
        session.refuse(problem)


def unanswered_section(desk: Desk, league: League, task: Task, text: Words) -> None:
    """The answer could not be worked out: something may be missing in the store, or it took too long."""
    label = text["league"]
    st.html(f"<p role='status'>{html.escape(label['unanswered'])}</p>")
    st.button(label["again"], key="league_again", type="primary", on_click=_ask_again, args=(desk, league, task))


def _ask_again(desk: Desk, league: League, task: Task) -> None:
    background.ask_again(task)
    _ask(desk, league)


def what_is_to_come(desk: Desk, league: League, text: Words) -> None:
    """Say that the league in the other conventions is still being computed, until it is there."""
    if not desk.standing(league).open:
        return
    st.html(f"<p role='status'>{html.escape(text['league']['others_to_come'])}</p>")

    @st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
    def look() -> None:
        if not desk.standing(league).open:
            st.rerun()

    look()


def _watch(desk: Desk, league: League, text: Words) -> None:
    label = text["league"]

    @st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
    def look() -> None:
        standing = desk.standing(league, visit())
        if not standing.open or standing.itself:
            st.rerun()
        share = standing.done / standing.total if standing.total else 0.0
        st.progress(min(max(share, 0.0), 1.0), text=told(standing, label))

    look()
    st.html(f"<p>{html.escape(label['until_complete'].format(n=f'{league.n:,}'))}</p>")
    st.button(label["cancel"], key="league_cancel", on_click=desk.leave, args=(visit(),))


def told(standing: Standing, label: dict[str, str]) -> str:
    """How far a league is, in a sentence."""
    if standing.phase == "waiting":
        key = "waiting_one" if standing.ahead == 1 else "waiting"
        return label[key].format(ahead=standing.ahead)
    if not standing.total:
        return label["begins"]
    blocks = {"done": f"{standing.done:,}", "total": f"{standing.total:,}"}
    if standing.seconds_left is None:
        return label["running"].format(**blocks)
    seconds = standing.seconds_left
    if seconds < 90:
        return label["seconds_left"].format(**blocks, left=readable(max(1, round(seconds))))
    return label["minutes_left"].format(**blocks, left=readable(round(seconds / 60)))
