"""A league that is not there yet: who asks for it, its place in the queue, how far it is, and the way out."""

from __future__ import annotations

import html

import streamlit as st

from optviz.bad_input import BadInput
from optviz.budget import check_league, most_seeds_of_league
from optviz.experiment.league import TUNED, League
from optviz.laboratory.asking import Task
from optviz.laboratory.store import Store
from optviz.laboratory.tally import runs_in, runs_of
from optviz.text import Words, counted, spaced
from optviz.ui import asking, background, session
from optviz.ui.asking import visit
from optviz.ui.leagues import Desk, Standing
from optviz.ui.pages.league.guess import guess_of
from optviz.ui.pages.league.known import other_conventions

SECONDS_BETWEEN_LOOKS = 0.5
CANCELLED = "league_cancelled"
"""Where the visit keeps which league it has cancelled, and how far that was."""

AWAITED = "league_awaited"
"""Where the visit keeps which answer it waits for."""


def progress_section(desk: Desk, league: League, text: Words) -> None:
    """Ask for the league, or see how far it is."""
    label, standing = text["league"], desk.standing(league, visit())
    if standing.open and standing.mine:
        _watch(desk, league, text)
        return
    if standing.open and not asking.is_known():
        # After a reload: that it is being computed is true whoever waits for it.
        _how_far(desk, league, text)
        return
    if standing.phase == "failed":
        st.html(f"<p role='status'>{html.escape(label['failed'])}</p>")
    elif standing.open:
        st.html(f"<p role='status'>{html.escape(label['others_ask'])}</p>")
    elif desk.waits_for(visit()) is not None:
        st.html(f"<p role='status'>{html.escape(label['instead'])}</p>")
    elif guess_of(league).revealed:
        # It was there, and then a file of it turned out not to be whole, or was swept away.
        st.html(f"<p role='status'>{html.escape(label['gone'])}</p>")
    elif (was := st.session_state.get(CANCELLED)) is not None and was[0] == session.token(league):
        st.html(f"<p role='status'>{html.escape(told_cancelled(was[1], label))}</p>")
    beyond = beyond_the_budget(league, label)
    if beyond is not None:
        st.html(f"<p role='status'>{html.escape(beyond)}</p>")
        return
    st.button(
        counted(label, "ask", league.n).format(n=f"{league.n:,}"),
        key="league_ask",
        type="primary",
        on_click=_ask,
        args=(desk, league),
    )
    for told in costs(desk, league, text):
        st.caption(told)


def beyond_the_budget(league: League, label: dict[str, str]) -> str | None:
    """Why a league is too much work for a visitor, and what is not, in a sentence; None where it is within."""
    try:
        check_league(league)
    except BadInput:
        most = most_seeds_of_league(league)
        training = 0 if league.training is None else league.training[1] - league.training[0]
        key = "too_much" if most else "too_much_tuning" if training else "too_much_for_any"
        return spaced(label[key].format(n=f"{league.n:,}", most=f"{most:,}", training=f"{training:,}"))
    return None


def costs(desk: Desk, league: League, text: Words) -> list[str]:
    """What a league costs, a sentence each: how many runs, how many of them are kept, and about how long the rest."""
    label, runs, others = text["league"], runs_of(league), len(other_conventions(league))
    kept = runs_kept(league, Store(desk.store))
    slots = {"runs": f"{runs:,}", "time": _duration(desk.seconds_of(league, 1 - kept / runs), label)}
    if league.training is None:
        told = [counted(label, "cost", runs).format(**slots)]
        told += [counted(label, "cost_kept", kept).format(kept=f"{kept:,}")] if kept else []
    else:
        first, beyond = league.training
        tried = {"count": league.grid[2], "training": f"{beyond - first:,}", "judged": f"{league.n:,}"}
        told = [label["cost_fair"].format(**tried, **slots)]
        told += [label["cost_grid"]] if league.tuned == TUNED else []
    if others > 1:
        told.append(label["cost_others"].format(count=others - 1))
    return [spaced(f"{sentence} {label['cost_known']}" if sentence is told[-1] else sentence) for sentence in told]


def runs_kept(league: League, store: Store) -> int:
    """How many runs of a league are in the store; none where racers are tuned, as nobody has counted those."""
    if league.fair:
        return 0
    return max(0, runs_of(league) - sum(map(runs_in, store.missing(league))))


def _duration(seconds: float, label: dict[str, str]) -> str:
    if seconds < 90:
        return label["about_seconds"].format(count=max(1, round(seconds)))
    return label["about_minutes"].format(count=round(seconds / 60))


def told_cancelled(standing: Standing, label: dict[str, str]) -> str:
    """What became of a league that was cancelled when it was so far."""
    if not standing.done:
        return label["cancelled_at_once"]
    return spaced(label["cancelled"].format(done=f"{standing.done:,}", total=f"{standing.total:,}"))


def _cancel(desk: Desk, league: League) -> None:
    st.session_state[CANCELLED] = session.token(league), desk.standing(league, visit())
    desk.leave(visit())


def _ask(desk: Desk, league: League) -> None:
    st.session_state.pop(CANCELLED, None)
    awaited = st.session_state.pop(AWAITED, None)
    if awaited is not None:
        # Whatever was missing of its answer is computed now.
        background.ask_again(awaited)
    try:
        desk.ask(visit(), league, other_conventions(league))
    except BadInput as problem:
        session.refuse(problem)


def note_awaited(task: Task) -> None:
    """Remember which answer is waited for: that it has failed is not held against it once it is asked for again."""
    st.session_state[AWAITED] = task


def unanswered_section(desk: Desk, league: League, text: Words) -> None:
    """The answer could not be worked out: something may be missing in the store, or it took too long."""
    label = text["league"]
    st.html(f"<p role='status'>{html.escape(label['unanswered'])}</p>")
    st.button(label["again"], key="league_again", type="primary", on_click=_ask, args=(desk, league))


def what_is_to_come(desk: Desk, league: League, text: Words) -> None:
    """Say that the league in the other conventions is still being computed, until it is there."""
    if not desk.standing(league).open:
        return
    label = text["league"]
    st.html(f"<p role='status'>{html.escape(label['others_to_come'])}</p>")

    @st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
    def look() -> None:
        standing = desk.standing(league)
        if not standing.open:
            st.rerun()
        if standing.itself:
            st.caption(told(standing, label))

    look()


def _how_far(desk: Desk, league: League, text: Words) -> None:
    label = text["league"]

    @st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
    def look() -> None:
        standing = desk.standing(league, visit())
        if not standing.open or standing.itself:
            st.rerun()
        share = standing.done / standing.total if standing.total else 0.0
        st.progress(min(max(share, 0.0), 1.0), text=told(standing, label))
        if league.fair and standing.total > runs_of(league):
            st.caption(label["grid_goes_on"])

    look()


def _watch(desk: Desk, league: League, text: Words) -> None:
    label = text["league"]
    _how_far(desk, league, text)
    told_until = counted(label, "until_complete", league.n).format(n=f"{league.n:,}")
    told_leave = label["leave"].format(seconds=f"{desk.grace:.0f}")
    st.html(f"<p>{html.escape(spaced(f'{told_until} {told_leave}'))}</p>")
    st.button(label["cancel"], key="league_cancel", on_click=_cancel, args=(desk, league))


def told(standing: Standing, label: dict[str, str]) -> str:
    """How far a league is, in a sentence."""
    if standing.phase == "waiting" and standing.ahead:
        key = "waiting_one" if standing.ahead == 1 else "waiting"
        return label[key].format(ahead=standing.ahead)
    if not standing.total:
        left = standing.seconds_left
        return label["begins"] if left is None else label["begins_time"].format(time=_duration(left, label))
    runs = {"done": f"{standing.done:,}", "total": f"{standing.total:,}"}
    if standing.done >= standing.total:
        return label["finishing"].format(**runs)
    if standing.seconds_left is None:
        return label["running"].format(**runs)
    return label["time_left"].format(**runs, time=_duration(standing.seconds_left, label))
