"""The sidebar: fields of `experiment.Race` mapped to widgets, one section a file.

Every widget shows the race's value and changes the race through a callback. A value that the race refuses leaves it as
it is and is told in one sentence; the widget then shows the race's value again.

They stand in the order of use: what is gone down, who goes, how fast, from where, how long, and whose formulas.

Two sections follow the hand: those of the optimizers and of the learning rates. They and the page are run again by
themselves after a change that the other sections, the still ones, tell nothing of.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optviz.parameter import parameters
from optviz.text import Words
from optviz.ui import session
from optviz.ui.sidebar.article import article_section
from optviz.ui.sidebar.optimizers import optimizers_section
from optviz.ui.sidebar.rates import learning_rate_section, note_chosen_surface, on_surface_as_before
from optviz.ui.sidebar.samples import samples_section
from optviz.ui.sidebar.start import is_outdated, start_section
from optviz.ui.sidebar.surface import race_on, surface_section

__all__ = ["Places", "is_outdated", "quick_sections", "still", "still_sections"]


class Places(NamedTuple):
    """Where the quick sections stand between the still ones."""

    optimizers: DeltaGenerator
    learning_rate: DeltaGenerator
    many: bool = False
    """Whether the page asks about many surfaces."""


def still_sections(text: Words, language: str, many: bool = False) -> Places:
    """All controls of the race, but for those that follow the hand; returns the places of these.

    many: whether the page asks about many surfaces; then it is said of seed and start that they do not count.
    """
    _hidden_ones(text)
    if _is_shown("surface"):
        surface_section(text, language, _choose_surface)
        if many and "seed" in parameters(session.race().bare_surface):
            st.caption(text["controls"]["seed_of_one"])
    quick = Places(st.container(), st.container(), many)
    if _is_shown("start"):
        start_section(text, text["controls"]["start_of_one" if many else "start_hint"])
    for name, section in (("samples", samples_section), ("article", article_section)):
        if _is_shown(name):
            section(text)
    return quick


def quick_sections(places: Places, text: Words) -> None:
    """The controls that follow the hand."""
    if _is_shown("optimizers"):
        with places.optimizers:
            optimizers_section(text)
    if _is_shown("learning_rate"):
        with places.learning_rate:
            learning_rate_section(text)
            if places.many and session.view().training is not None:
                st.caption(text["controls"]["rate_of_one"])


def _is_shown(name: str) -> bool:
    return name not in session.view().without


def _hidden_ones(text: Words) -> None:
    """That a lesson has hidden some of the controls, and the way to all of them."""
    if not session.view().without:
        return
    words = text["lessons"]
    st.caption(words["controls_hidden"])
    st.button(
        words["show_controls"],
        key="show_controls",
        width="stretch",
        on_click=session.change_view,
        kwargs={"without": ()},
    )


def still() -> tuple[Any, ...]:
    """What the still sections tell: as long as it stays the same, so do they."""
    race = session.race()
    batched = any(racer.batch_size is not None for racer in race.racers)
    return (
        race.surface,
        race.convention,
        race.start,
        race.steps,
        race.batch_seed,
        batched,
        session.view().draft,
        session.view().without,
    )


def _choose_surface(key: str) -> None:
    before = session.race()
    session.attempt(lambda: on_surface_as_before(before, race_on(key)))
    note_chosen_surface(before)
