"""The swarm on the race page: its controls, and what the picture shows and says of it."""

from __future__ import annotations

import html
import random

import streamlit as st

from optviz.budget import most_steps_of_swarm
from optviz.experiment import Race
from optviz.figures.swarm import ShownSwarm
from optviz.swarm import STARTS
from optviz.text import Words, spaced
from optviz.text.telling import swarm_sentence
from optviz.ui import background, session, widgets

REPLAYS = "swarm_replays"
REPLAYS_TOLD = "swarm_replays_told"
KEPT_SEED = "swarm_seed_kept"


def wanted() -> background.SwarmWish | None:
    """The swarm that the visit's view asks for."""
    view = session.view()
    return None if view.swarm is None else background.SwarmWish(view.swarm, view.swarm_seed)


def drawn(race: Race, whole: bool) -> background.SwarmWish | None:
    """The swarm that can be drawn now in the picture of this race. whole: see `shown`."""
    wish = wanted()
    if wish is None or not whole or wish.place >= len(race.racers):
        return None
    if race.steps > most_steps_of_swarm(race, wish.place, STARTS):
        return None
    return wish if background.swarm_is_there(race, wish, session.is_dragging()) else None


def shown(race: Race, whole: bool, text: Words) -> tuple[ShownSwarm | None, str]:
    """What there is to be shown of the swarm, and what there is to be said of it, beside the picture of this race.

    whole: whether that is all that was asked for, and not its first steps.
    """
    wish, words = wanted(), text["swarm"]
    if wish is None or wish.place >= len(race.racers):
        return None, ""
    most = most_steps_of_swarm(race, wish.place, STARTS)
    if race.steps > most:
        key = "too_much" if race.surface.samples is None else "too_much_of_samples"
        return None, words[key].format(most=f"{most:,}", steps=f"{race.steps:,}")
    if drawn(race, whole) is None:
        dragged = session.is_dragging()
        failed = whole and not dragged and background.swarm_has_failed(race, wish)
        return None, words["failed" if failed else "dragged" if dragged else "awaited"]
    name = race.racer_names(text["optimizer"])[wish.place]
    swarm = background.swarm_of(race, wish)
    told = "" if session.end_is_hidden() else swarm_sentence(swarm, name, text)
    said = spaced(words["hidden"].format(racer=name)) if wish.place in session.view().hidden else told
    return ShownSwarm(swarm, wish.place, told), said


def told_to_the_stage(swarm: ShownSwarm | None) -> dict[str, int]:
    """What the stage needs to know of a swarm that is wanted: how often one was asked for, to be played at once.

    One that has not come yet is not counted; a stage that is new meanwhile learns what is over.
    """
    if wanted() is None:
        return {}
    if swarm is not None:
        st.session_state[REPLAYS_TOLD] = st.session_state.get(REPLAYS, 0)
    return {"replay": st.session_state.get(REPLAYS_TOLD, 0)}


def say(sentence: str) -> None:
    """The sentence about the swarm, where there is one."""
    if sentence:
        st.html(f'<p class="optviz-swarm" role="status">{html.escape(sentence)}</p>')


def controls(race: Race, text: Words) -> None:
    """The switch; once it is on, whose swarm it is and a dice."""
    words, view = text["swarm"], session.view()
    names = race.racer_names(text["optimizer"])
    with st.container(key="swarm_row", horizontal=True, vertical_alignment="center"):
        widgets.switch(words["switch"], view.swarm is not None, _switch, key="swarm", help=words["help"])
        if view.swarm is None:
            return
        widgets.choice(
            st.selectbox,
            words["racer"],
            range(len(names)),
            view.swarm,
            lambda place: session.change_view(swarm=place),
            key="swarm_racer",
            title=lambda place: names[place] if place < len(names) else "",
            label_visibility="collapsed",
            width=220,
        )
        st.button("⚄", key="swarm_dice", help=words["dice"], on_click=_roll)


def _switch(on: bool) -> None:
    view = session.view()
    if not on:
        # The address of a race without a swarm has no seed for one.
        st.session_state[KEPT_SEED] = view.swarm_seed
        session.leave_swarm()
        return
    first = next((place for place in range(len(session.race().racers)) if place not in view.hidden), 0)
    session.change_view(swarm=first, swarm_seed=view.swarm_seed or st.session_state.get(KEPT_SEED, 0))
    _replay()


def _roll() -> None:
    session.change_view(swarm_seed=random.SystemRandom().randrange(10_000))
    _replay()


def _replay() -> None:
    st.session_state[REPLAYS] = st.session_state.get(REPLAYS, 0) + 1
