"""What the browser is sent of a step: all numbers of one or two runs, so that another step asks for none."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from optviz.experiment import Race
from optviz.figures.inside import inside_figure
from optviz.figures.styles import styles_of
from optviz.text import Words
from optviz.ui import cached, component, requests, session
from optviz.ui.pages.step.questions import questions_of
from optviz.view import FIRST_LOOK

OF_THE_STAGE = (
    *("and_then", "lost", "play", "pause", "back", "forward", "first", "last", "scrubber", "speed", "full", "full_end"),
)  # fmt: skip
"""The words that this page shares with the race's."""


def message(race: Race, computed: Race, told: int, shown: Sequence[int], text: Words) -> bytes:
    """The message. computed: the race of those that are shown alone, or as many of its steps as are there.

    told: of so many of them.
    """
    view = session.view()
    names, keys = race.racer_names(text["optimizer"]), [racer.kind for racer in race.racers]
    racers = [
        {"name": name, "color": style["color"], "marker": style["marker"]}
        for name, style in zip(names, styles_of(tuple(keys)), strict=True)
    ]
    ledgers = {place: cached.ledger_of(*cached.path_arguments(computed, at), told) for at, place in enumerate(shown)}
    map_key = session.token(race.bare_surface)
    figure = inside_figure(ledgers, names, keys, cached.heights(race.bare_surface), map_key, text)
    return component.next_message(
        figure,
        {**{key: text["stage"][key] for key in OF_THE_STAGE}, **text["inside"]},
        "inside",
        token=session.token((computed, told, tuple(shown), session.language())),
        view={"at": view.at, "stamp": st.session_state.view_stamp},
        first_look=min(FIRST_LOOK, race.steps),
        heard=requests.heard(),
        racers=racers,
        racer=view.racer,
        beside=view.beside,
        questions=questions_of(race, text["inside"]),
        present=view.present,
    )
