"""The race page, from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from optviz.experiment import Race
from optviz.figures.race_record import RaceRecord
from optviz.text import Words, words
from optviz.trajectory import Trajectory
from optviz.ui import background, cached, returning, session
from optviz.ui.pages.race import sharing, swarming, touring
from optviz.ui.pages.race.gradient_noise import gradient_noise
from optviz.ui.pages.race.hook import hook
from optviz.ui.pages.race.picture import AVAILABLE, picture, pinned_record, what_is_there
from optviz.ui.pages.race.scoreboard import blank_table, score_table
from optviz.ui.pages.race.waiting import waiting


def race_page() -> None:
    """The page, with the race that is asked for or as much of it as is there."""
    text = words(session.language())
    returning.way_back(text)
    # The hook is that of the race without what is being dragged: a line more or less would move the picture.
    hook(session.race(), text)
    available = what_is_there()
    st.session_state[AVAILABLE] = available
    picture()
    swarming.controls(session.race(), text)
    view = session.view()
    waiting(
        available,
        text,
        lambda: background.has_more(available, view.pinned, view.runs == "many", swarming.wanted()),
    )
    race = available.race
    if race is None:
        touring.panel(text)
        return
    paths = cached.paths(race)
    pinned = pinned_record(race, text)
    touring.panel(text)
    if session.end_is_hidden():
        blank_table(race, race.racer_names(text["optimizer"]), text)
    else:
        _how_it_ended(race, paths, pinned, text)
    if available.whole:
        sharing.section(race, paths, pinned, text)
    # Last of all: who sees this has the whole page of this race.
    st.html(f'<span data-optviz-race="{session.token(session.race())}" hidden></span>')


def _how_it_ended(race: Race, paths: Sequence[Trajectory], pinned: RaceRecord | None, text: Words) -> None:
    names = race.racer_names(text["optimizer"])
    score_table(race, paths, names, pinned, text)
    if race.surface.samples is not None:
        gradient_noise(race, paths, names, text)
