"""The seeds behind a number, and from each of them to its race."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from optviz.bad_input import BadInput
from optviz.experiment.league import League
from optviz.figures.league.behind import Group, seeds_behind
from optviz.figures.league.record import LeagueRecord
from optviz.laboratory.league_answer import LeagueAnswer
from optviz.text import Words, counted, spaced
from optviz.text.numbers import readable
from optviz.ui import component, returning, session, widgets
from optviz.ui.pages.league.question import league_of_the_visit

CLICKED = "league_clicked"
"""Where the visit keeps, of each league, the mark that was clicked last."""

MOST_KEPT = 100
PLACE = "optviz-behind"
"""The id of the heading: where a picture leads whoever has clicked one of its marks."""

LEAD = Path(__file__).parents[2] / "behind.js"
MOST_SHOWN = 12
"""So many seeds of a group have a button; a number field leads to any other."""


@dataclass(frozen=True)
class Clicked:
    """A mark, whatever a browser has sent. figure: the picture it was clicked in. number: counts the visit's clicks."""

    figure: str
    mark: Any
    number: int


def note_click(figure: str, mark: Any) -> None:
    """Let the seeds behind a mark be listed, of the league that the visit asks about."""
    try:
        token = session.token(league_of_the_visit())
    except BadInput:
        return
    known: dict[str, Clicked] = st.session_state.setdefault(CLICKED, {})
    number = 1 + max((clicked.number for clicked in known.values()), default=0)
    known.pop(token, None)
    known[token] = Clicked(figure, mark, number)
    while len(known) > MOST_KEPT:
        del known[next(iter(known))]


def first_mark(record: LeagueRecord) -> tuple[str, list[Any]]:
    """What is listed before anything was clicked: the key of its words in the table `league`, and the mark.

    The clearest pair of which one wins more often and the other is better by how much; else the two best ones.
    """
    conflicts = record.conflicts()
    if conflicts:
        return "listed_conflict", ["pair", conflicts[0].first, conflicts[0].second]
    if len(record.order) > 1:
        return "listed_best", ["pair", int(record.order[0]), int(record.order[1])]
    return "listed_only", ["mean", int(record.order[0])]


def behind_section(found: LeagueAnswer, league: League, text: Words) -> None:
    """The seeds behind what was clicked, or behind what nobody need click to ask about; and the way to any other."""
    label, names = text["league"], league.racer_names(text["optimizer"])
    st.html(f"<h2 id='{PLACE}'>{html.escape(label['behind'])}</h2>")
    st.caption(label["behind_explained"])
    clicked: Clicked | None = st.session_state.get(CLICKED, {}).get(session.token(league))
    key, mark = first_mark(found.record)
    groups = seeds_behind(found.result, mark)
    if clicked is not None:
        try:
            groups = seeds_behind(found.result, clicked.mark)
            key, mark = "listed_clicked", clicked.mark
        except BadInput:
            # Forged.
            clicked = None
    chart = label.get(f"chart_{clicked.figure.removeprefix('league_')}", "") if clicked is not None else ""
    told = label[key].format(chart=chart, mark=_told_mark(mark, found.record, names, text))
    component.of_script("optviz_behind", LEAD)(
        key="league_lead",
        height="content",
        data={
            "told": spaced(told),
            "number": 0 if clicked is None else clicked.number,
            "figure": None if clicked is None else clicked.figure,
            "place": PLACE,
            "back": f"↑ {label['back_to_picture']}",
        },
    )
    for place, group in enumerate(groups):
        _group(group, place, names, found.result.league, text)
    _any_seed(found.result.league, text)


def _told_mark(mark: Sequence[Any], record: LeagueRecord, names: tuple[str, ...], text: Words) -> str:
    """A mark of this league in words: whose it is, and which target and step."""
    label, kind = text["league"], mark[0]
    if kind in ("pair", "difference"):
        return label["mark_pair"].format(first=names[mark[1]], second=names[mark[2]])
    if kind != "reached":
        return names[mark[1]]
    _, racer, target, step = mark[:4]
    slots = {"first": names[racer], "step": f"{min(step, record.steps):,}"}
    if target == len(record.targets):
        return label["mark_pooled"].format(**slots)
    return label["mark_reached"].format(**slots, target=f"{record.targets[target]:.3g}")


def _group(group: Group, place: int, names: tuple[str, ...], league: League, text: Words) -> None:
    label, count = text["league"], len(group.seeds)
    slots = dict(zip(("first", "second"), (names[racer] for racer in group.racers), strict=False))
    told = text["league_figures"][group.key].format(**slots, count=f"{count:,}")
    key = "of_group" if count <= MOST_SHOWN else "first_of_group"
    many = counted(label, key, count).format(group=told, count=f"{count:,}", shown=MOST_SHOWN)
    number = text["league_figures"][f"number_{group.number}"].format(**slots) if count else ""
    st.html(f"<p>{html.escape(many)}<br><small>{html.escape(number)}</small></p>")
    if not count:
        return
    with st.container(key=f"league_seeds_{place}", horizontal=True):
        for seed, value in list(zip(group.seeds.tolist(), group.values.tolist(), strict=True))[:MOST_SHOWN]:
            st.button(
                label["seed_and_value"].format(seed=seed, value=_number(value, group.number, text)),
                key=f"league_seed_{place}_{seed}",
                on_click=open_race,
                args=(league, seed, group.racers),
            )


def _number(value: float, number: str, text: Words) -> str:
    if np.isfinite(value):
        return readable(value)
    return text["league_figures"]["never"] if number == "step" else "∞"


def _any_seed(league: League, text: Words) -> None:
    """A field for the seed of any surface of the league."""
    name, label = "league_any_seed", text["league"]
    first = league.seeds[0]
    with st.form("league_seed_form", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(label["any_seed"], value=first, step=1, key=widgets.key_showing(name, first), width=170)
        use = widgets.answer(name, None, widgets.a_number, partial(_open_any, league))
        st.form_submit_button(label["open_race"], key="league_open_any", on_click=use)
    widgets.tell_here(name)


def _open_any(league: League, seed: float) -> None:
    first, beyond = league.seeds
    if not first <= seed < beyond or seed != int(seed):
        allowed = f"{first:,} … {beyond - 1:,}"
        session.refuse(BadInput("out_of_range", name="seed", value=f"{seed:,}", allowed=allowed))
        return
    open_race(league, int(seed))


def open_race(league: League, seed: int, racers: Sequence[int] = ()) -> None:
    """Show the race behind the numbers of one seed; the way back leads here. racers: whom the numbers are about."""
    try:
        shown = league.race(seed)
        returning.leave("league", shown)
        session.change(shown)
    except BadInput as problem:
        session.refuse(problem)
        return
    hidden = session.view().hidden
    if set(hidden) & set(racers):
        session.change_view(hidden=tuple(place for place in hidden if place not in racers))
        st.session_state.view_stamp += 1
    session.go_to_page("race")
