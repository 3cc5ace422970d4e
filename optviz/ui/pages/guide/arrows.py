"""A step's arrows in the guide's text: the page of steps, small, for one racer of a demonstration."""

from __future__ import annotations

import html
from functools import partial
from typing import Any

import streamlit as st

from optviz import stage
from optviz.experiment import Race
from optviz.figures.inside import inside_figure
from optviz.figures.styles import styles_of
from optviz.guide.demonstrations import Demonstration, demonstrations
from optviz.text import words
from optviz.ui import background, cached, component, requests, session
from optviz.ui.pages.step.message import OF_THE_STAGE


def key_of(name: str) -> str:
    """What the arrows of a demonstration are mounted as."""
    return f"guide_arrows_{name}"


@st.fragment
def show(name: str) -> None:
    """The arrows of the demonstration of this name, at the step that it looks into; the reader goes to another."""
    demonstration = demonstrations()[name]
    race = demonstration.race.replaced(racers=(demonstration.race.racers[demonstration.looked_at.racer],))
    available = background.available(race)
    if available.race is not None:
        component.mount(_message(demonstration, available.race), key_of(name), partial(answer, name), stage.INSIDE)
    if not available.whole:
        await_whole(name, available)


def await_whole(name: str, available: background.Available) -> None:
    """Run the page again when all of a picture's race is there; what could not be computed is told.

    name: the demonstration's.
    """
    phrases = words(session.language())["background"]
    if available.failed:
        _say(phrases["failed"])
        st.button(phrases["again"], key=f"again_{name}", on_click=background.try_again, args=(tuple(available.failed),))
        return

    @st.fragment(run_every=background.SECONDS_BETWEEN_LOOKS)
    def look() -> None:
        if background.wait_for(available.asked, 0.0):
            st.rerun()
        if available.race is None:
            _say(phrases["surface"])

    look()


def _say(sentence: str) -> None:
    st.html(f'<p class="optviz-awaited" role="status">{html.escape(sentence)}</p>')


def answer(name: str, sent: Any) -> bool:
    """What it may ask for is to be sent everything: which step is seen is the browser's alone."""
    for request in requests.new(sent, key_of(name)):
        with requests.answered(request):
            if request.what == "map":
                component.send_everything()
    return False


def _message(demonstration: Demonstration, race: Race) -> bytes:
    """race: that of its one racer, as many steps as are there."""
    text, view, whole = words(session.language()), demonstration.looked_at, demonstration.race
    names, keys = whole.racer_names(text["optimizer"]), [racer.kind for racer in whole.racers]
    styles = styles_of(tuple(keys))
    surface = race.bare_surface
    figure = inside_figure(
        {view.racer: cached.ledger_of(*cached.path_arguments(race, 0))},
        names,
        keys,
        cached.small_heights(surface),
        f"small {session.token(surface)}",
        text,
    )
    return component.next_message(
        figure,
        {**{key: text["stage"][key] for key in OF_THE_STAGE}, **text["inside"]},
        key_of(demonstration.name),
        token=session.token((race, session.language())),
        view={"at": view.at, "stamp": 0},
        first_look=view.at,
        heard=requests.heard(key_of(demonstration.name)),
        racers=[
            {"name": name, "color": style["color"], "marker": style["marker"]}
            for name, style in zip(names, styles, strict=True)
        ],
        racer=view.racer,
        beside=None,
        questions=[],
        present=False,
        small=True,
    )
