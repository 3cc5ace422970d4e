"""What is asked: these racers, on so many surfaces."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from optviz.bad_input import BadInput
from optviz.budget import most_seeds_of_league
from optviz.experiment import Race
from optviz.experiment.blocks import Block, training_beside
from optviz.experiment.league import TUNED, League, league_families
from optviz.parameter import SEED
from optviz.text import Words, counted, headline, sentence, spaced
from optviz.text.question import told_question
from optviz.ui import returning, session, widgets
from optviz.ui.sidebar.surface import surface_key, surface_title
from optviz.view import View

COUNTS = (100, 250, 1_000, 2_500, 10_000)
"""How many surfaces the page offers."""

MODES = ("alike", "fair")
LAST = int(SEED.at_most or 0)


def league_of(race: Race, view: View) -> League:
    """A race's racers, convention and steps, on a view's seeds, tuned as it says. Raises BadInput for no league."""
    return League(
        surface=race.surface,
        racers=race.racers,
        convention=race.convention,
        seeds=view.seeds,
        steps=race.steps,
        training=view.training,
        tuned=view.tuned,
        grid=view.grid,
    )


def league_of_the_visit() -> League:
    """What the visit asks. Raises BadInput where there is no league."""
    return league_of(session.race(), session.view())


def without_league(problem: BadInput, text: Words) -> None:
    """Why what the visit has is no question about many surfaces, and the way to one that is."""
    st.html(f"<p role='status'>{html.escape(_told(problem, text))}</p>")
    key, way_out = _way_out(problem)
    st.button(text["league"][key], key=f"league_{key}", type="primary", on_click=way_out)


def _told(problem: BadInput, text: Words) -> str:
    if problem.key != "no_league":
        return sentence(problem, session.language())
    surface = surface_title(surface_key(session.race().bare_surface), text, session.language())
    allowed = text["stage"]["and"].join(text["surface"][name] for name in league_families())
    return spaced(text["league"]["no_league"].format(surface=surface, allowed=allowed))


def _way_out(problem: BadInput) -> tuple[str, Callable[[], None]]:
    """The word for what mends it, in the table `league`, and what does."""
    if problem.key == "seeds_overlap":
        return "train_beside", _train_beside
    if problem.parts["name"] == "tuned":
        return "tune_rate", lambda: session.change_view(tuned=TUNED)
    return "usual", _usual


def _train_beside() -> None:
    view = session.view()
    session.change_view(training=training_beside(view.seeds, view.training))


def _usual() -> None:
    surface = League().race(session.view().seeds[0]).surface

    def usual() -> Race:
        shown = session.race().replaced(surface=surface, start=None)
        returning.follow(shown)
        return shown

    session.attempt(usual)


def question_section(league: League, text: Words) -> None:
    """The question in one sentence, and what can be changed about it beside the race's own controls."""
    label = text["league"]
    first, beyond = league.seeds
    with st.container(key="league_question"):
        placebo = " data-placebo" if headline.are_the_same(league) else ""
        st.html(f"<p class='optviz-question'{placebo}>{html.escape(told_question(league, session.language()))}</p>")
        with st.container(key="league_controls", horizontal=True, vertical_alignment="bottom"):
            most = most_seeds_of_league(league)
            counts = sorted({league.n, *(count for count in COUNTS if count <= most)})
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
        limits = counted(label, "limits", most).format(seeds=f"{most:,}") if most else ""
        st.caption(spaced(f"{limits} {label['chosen_beside']}"))


def without_conclusions(league: League, text: Words) -> None:
    """Why the article's conclusions are not judged where racers are tuned, and the way to where they are."""
    label = text["league"]
    title = text["conclusions"]["title"]
    st.html(f"<h2>{html.escape(title)}</h2><p>{html.escape(label['fair_conclusions'])}</p>")
    st.button(label["to_alike"], key="league_to_alike", on_click=_mode, args=("alike", league.seeds))


def _choose(first: int, count: int) -> None:
    if not 0 <= first <= LAST + 1 - count:
        allowed = f"0 … {LAST + 1 - count:,}"
        session.refuse(BadInput("out_of_range", name="seed", value=f"{first:,}", allowed=allowed))
        return
    seeds = (first, first + count)
    training = session.view().training
    training = None if training is None else training_beside(seeds, training)
    session.change_view(seeds=seeds, training=training)


def _mode(mode: str, seeds: Block) -> None:
    if mode != "fair":
        _without_budget()
    session.change_view(training=training_beside(seeds) if mode == "fair" else None)


def _placebo() -> None:
    """One racer twice, the first that draws batches, or else the first: between those two nothing differs."""
    race = session.race()
    twice = replace(next((racer for racer in race.racers if racer.batch_size is not None), race.racers[0]), label=None)
    shown = race.replaced(racers=(twice, twice))
    returning.leave("league", shown)
    _without_budget()
    session.attempt(lambda: shown)


def _without_budget() -> None:
    """Let the address ask for no chart that is there for tuned racers alone."""
    if session.view().chart == "budget":
        session.change_view(chart=View().chart)
