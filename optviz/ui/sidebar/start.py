"""From where, and how long."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import streamlit as st

from optviz.parameter import COORDINATE, STEPS
from optviz.text import Words
from optviz.ui import background, session, widgets

TOLD = "start_told"


def start_section(text: Words, hint: str) -> None:
    """Start and steps. hint: what is said of the start beside its controls."""
    label, tip = text["controls"], text["help"]
    race = session.race()
    start = race.start or background.start(race.surface)
    st.session_state[TOLD] = start
    for column, name, place in zip(st.columns(2), ("start_x", "start_y"), (0, 1), strict=True):
        with column:
            widgets.number_field(
                f"{label['start_section']} {label[name]}",
                "x0" if place == 0 else "y0",
                float(start[place]),
                COORDINATE,
                tip["start"],
                _start_mover(place),
            )
    peak, anywhere = st.columns(2)
    peak.button(
        label["start_peak"],
        key="start_peak",
        width="stretch",
        disabled=race.start is None,
        on_click=lambda: session.attempt(lambda: session.race().replaced(start=None)),
    )
    anywhere.button(label["start_random"], key="start_random", width="stretch", on_click=_random_start)
    st.caption(hint)
    widgets.number_field(
        label["steps"],
        "steps",
        race.steps,
        STEPS,
        tip["steps"],
        lambda steps: session.attempt(lambda: session.race().replaced(steps=int(steps))),
    )


def is_outdated() -> bool:
    """Whether the surface's own start, which was still being looked for when the section was drawn, is another one."""
    race = session.race()
    if race.start is not None or "start" in session.view().without or not background.surface_is_there(race):
        return False
    return bool(st.session_state.get(TOLD) != background.start(race.surface))


def _start_mover(place: int) -> Callable[[Any], None]:
    return lambda value: _move_start(place, value)


def _move_start(place: int, value: float) -> None:
    race = session.race()
    start = list(race.start or background.start(race.surface))
    start[place] = value
    session.attempt(lambda: session.race().replaced(start=(start[0], start[1])))


def _random_start() -> None:
    x_min, x_max, y_min, y_max = session.race().surface.domain
    chance = random.SystemRandom()
    start = (round(chance.uniform(x_min, x_max), 4), round(chance.uniform(y_min, y_max), 4))
    session.attempt(lambda: session.race().replaced(start=start))
