"""Inside one step: how an optimizer of the visit's race came from one point to the next, in numbers and arrows."""

from __future__ import annotations

import html
from functools import partial

import streamlit as st

from optviz import stage
from optviz.budget import most_steps_of_ledger
from optviz.experiment import Race
from optviz.text import Words, words
from optviz.text.telling import described, setting
from optviz.ui import background, cached, component, returning, session
from optviz.ui.pages.race.waiting import waiting
from optviz.ui.pages.step.answers import answer
from optviz.ui.pages.step.message import message

INSIDE = "inside"


def step_page() -> None:
    """The page: which race this is, and one or two of its optimizers at a step."""
    text, race, view = words(session.language()), session.race(), session.view()
    shown = list(dict.fromkeys(place for place in (view.racer, view.beside) if place is not None))
    returning.way_back(text)
    # The others need not be computed for it.
    few = race.replaced(racers=tuple(race.racers[place] for place in shown))
    available = background.available(few)
    _heading(race, text)
    if available.race is not None:
        told = min(available.race.steps, most_steps_of_ledger(few))
        component.mount(message(race, available.race, told, shown, text), INSIDE, answer, stage.INSIDE)
        if told < available.race.steps:
            counts = {"first": f"{told:,}", "steps": f"{race.steps:,}"}
            said = text["background"]["told_steps"].format(**counts)
            st.html(f'<p class="optviz-awaited" role="status">{html.escape(said)}</p>')
    waiting(available, text, partial(background.has_more, available, None, False))


def _heading(race: Race, text: Words) -> None:
    told = ""
    # Until the surface is known, nobody knows where it starts.
    if background.surface_is_there(race):
        start = race.start or cached.start(race.surface)
        told = "".join(f" · {phrase}" for phrase in setting(race, start, session.language()))
    which = html.escape(described(race, session.language()))
    st.html(
        f"<h1 class='optviz-heading'>{html.escape(text['app']['page_step'])}</h1>"
        f"<p class='optviz-which'><b>{which}</b>{html.escape(told)}</p>"
    )
