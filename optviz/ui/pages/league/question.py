"""What is asked: these racers, on so many surfaces."""

from __future__ import annotations

import html
from dataclasses import replace

import streamlit as st

from optviz.bad_input import BadInput
from optviz.budget import MOST_SEEDS_OF_LEAGUE
from optviz.experiment.league import USUAL_TRAINING, League
from optviz.parameter import SEED
from optviz.text import Words, sentence, spaced
from optviz.ui import returning, session, widgets

COUNTS = (100, 250, 1_000, 2_500, 10_000)
"""How many surfaces the page offers."""

MODES = ("alike", "fair")
LAST = int(SEED.at_most or 0)


def league_of_the_visit() -> League:
    """The visit's racers, convention and steps, on the seeds of the view. Raises BadInput where there is no league."""
    race, view = session.race(), session.view()
    return League(race.surface, race.racers, race.convention, view.seeds, race.steps, view.training)


def without_league(problem: BadInput, text: Words) -> None:
    """Why the visit's race is no question about many surfaces, and the way to one that is."""
    st.html(f"<p role='status'>{html.escape(sentence(problem, session.language()))}</p>")
    st.button(text["league"]["usual"], key="league_usual", type="primary", on_click=_usual)


def _usual() -> None:
    surface = League().race(session.view().seeds[0]).surface
    session.attempt(lambda: session.race().replaced(surface=surface, start=None))
    session.change_view(training=None)


def question_section(league: League, text: Words) -> None:
    """The question in one sentence, and what can be changed about it beside the race's own controls."""
    label = text["league"]
    first, beyond = league.seeds
    with st.container(key="league_question"):
        st.html(f"<p class='optviz-question'>{html.escape(_told(league, text))}</p>")
        with st.container(key="league_controls", horizontal=True, vertical_alignment="bottom"):
            counts = sorted({*COUNTS, league.n})
            widgets.choice(
                st.selectbox,
                label["count"],
                counts,
                league.n,
                lambda count: _choose(first, count),
                key="league_count",
                title=lambda count: f"{count:,}",
                in_all_languages=True,
                width=150,
            )
            st.number_input(
                label["first_seed"],
                value=first,
                step=1,
                key=widgets.key_showing("league_first", first),
                on_change=widgets.answer(
                    "league_first", first, widgets.a_number, lambda seed: _choose(int(seed), league.n)
                ),
                width=170,
            )
            widgets.choice(
                st.segmented_control,
                label["mode"],
                MODES,
                "fair" if league.fair else "alike",
                lambda mode: _mode(mode, (first, beyond)),
                key="league_mode",
                title=lambda mode: label[f"mode_{mode}"],
                help=label["mode_help"],
            )
            st.button(label["placebo"], key="league_placebo", help=label["placebo_help"], on_click=_placebo)
        st.caption(label["limits"].format(seeds=f"{MOST_SEEDS_OF_LEAGUE:,}"))


def _told(league: League, text: Words) -> str:
    label, names = text["league"], league.racer_names(text["optimizer"])
    first, beyond = league.seeds
    parts = {
        "names": text["stage"]["and"].join(names) if len(names) == 2 else text["figure"]["comma"].join(names),
        "n": f"{league.n:,}",
        "first": f"{first:,}",
        "last": f"{beyond - 1:,}",
        "steps": f"{league.steps:,}",
        "convention": text["convention"][league.convention],
    }
    told = label["asked"].format(**parts)
    if league.training is not None:
        low, high = league.training
        told += " " + label["asked_fair"].format(first=f"{low:,}", last=f"{high - 1:,}", count=league.grid[2])
    return spaced(told)


def _choose(first: int, count: int) -> None:
    if not 0 <= first <= LAST + 1 - count:
        allowed = f"0 … {LAST + 1 - count:,}"
        session.refuse(BadInput("out_of_range", name="seed", value=f"{first:,}", allowed=allowed))
        return
    seeds = (first, first + count)
    training = None if session.view().training is None else _beside(seeds)
    session.change_view(seeds=seeds, training=training)


def _mode(mode: str, seeds: tuple[int, int]) -> None:
    session.change_view(training=_beside(seeds) if mode == "fair" else None)


def _beside(seeds: tuple[int, int]) -> tuple[int, int]:
    """Training seeds that are not among those that are judged: those that follow, or those from 0 where none do."""
    beyond = seeds[1]
    return (beyond, beyond + USUAL_TRAINING) if beyond + USUAL_TRAINING <= LAST + 1 else (0, USUAL_TRAINING)


def _placebo() -> None:
    """The first racer twice: what is told to differ between those two is luck."""
    race = session.race()
    twice = replace(race.racers[0], label=None)
    shown = race.replaced(racers=(twice, twice))
    returning.leave("league", shown)
    session.attempt(lambda: shown)
