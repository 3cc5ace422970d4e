"""The seeds behind a number, and from each of them to its race."""

from __future__ import annotations

import html

import numpy as np
import streamlit as st

from optviz.bad_input import BadInput
from optviz.experiment.league import League
from optviz.figures.league.behind import Group, seeds_behind
from optviz.laboratory.league_answer import LeagueAnswer
from optviz.text import Words
from optviz.text.numbers import readable
from optviz.ui import returning, session

MARK = "league_mark"
"""Where the visit keeps the mark that was clicked last."""

PLACE = "optviz-behind"
"""The id of the heading: where a picture leads whoever has clicked one of its marks."""

MOST_SHOWN = 12
"""So many seeds of a group have a button; a number field leads to any other."""


def behind_section(found: LeagueAnswer, league: League, text: Words) -> None:
    """The seeds behind what was clicked, or how to ask for them."""
    label = text["league"]
    st.html(f"<h2 id='{PLACE}'>{html.escape(label['behind'])}</h2>")
    mark = st.session_state.get(MARK)
    if mark is None:
        mark = ["mean", int(found.record.order[-1])]
    st.caption(label["behind_explained"])
    try:
        groups = seeds_behind(found.result, mark)
    except BadInput:
        # Of a league before this one, or forged.
        st.session_state.pop(MARK, None)
        return
    names = league.racer_names(text["optimizer"])
    for place, group in enumerate(groups):
        _group(group, place, names, found.result.league, text)


def _group(group: Group, place: int, names: tuple[str, ...], league: League, text: Words) -> None:
    slots = dict(zip(("first", "second"), (names[racer] for racer in group.racers), strict=False))
    told = text["league_figures"][group.key].format(**slots, count=f"{len(group.seeds):,}")
    number = text["league_figures"][f"number_{group.number}"].format(**slots)
    st.html(f"<p>{html.escape(told)}<br><small>{html.escape(number)}</small></p>")
    with st.container(key=f"league_seeds_{place}", horizontal=True):
        for seed, value in list(zip(group.seeds.tolist(), group.values.tolist(), strict=True))[:MOST_SHOWN]:
            st.button(
                text["league"]["seed_and_value"].format(seed=f"{seed:,}", value=_number(value, group.number, text)),
                key=f"league_seed_{place}_{seed}",
                on_click=open_race,
                args=(league, seed),
            )


def _number(value: float, number: str, text: Words) -> str:
    if np.isfinite(value):
        return readable(value)
    return text["league_figures"]["never"] if number == "step" else "∞"


def open_race(league: League, seed: int) -> None:
    """Show the race behind the numbers of one seed; the way back leads here."""
    try:
        shown = league.race(seed)
        before = session.race()
        returning.leave("league", shown)
        session.change(shown)
    except BadInput as problem:
        session.refuse(problem)
        return
    if before.racers != shown.racers:
        session.change_view(hidden=())
    session.go_to_page("race")
