"""The sidebar: fields of `experiment.Race` mapped to widgets, one section a file.

Every widget shows the race's value and changes the race through a callback. A value that the race refuses leaves it as
it is and is told in one sentence; the widget then shows the race's value again.

Two sections follow the hand: those of the learning rates and of the optimizers. They and the page are run again by
themselves after a change that the other sections, the still ones, tell nothing of.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from optviz.text import Words
from optviz.ui import session
from optviz.ui.sidebar.optimizers import convention_section, learning_rate_section, optimizers_section
from optviz.ui.sidebar.samples import samples_section
from optviz.ui.sidebar.start import is_outdated, start_section
from optviz.ui.sidebar.surface import state_of_rates, surface_section

__all__ = ["Places", "is_outdated", "quick_sections", "still", "still_sections"]


class Places(NamedTuple):
    """Where the quick sections stand between the still ones."""

    learning_rate: DeltaGenerator
    optimizers: DeltaGenerator


def still_sections(text: Words, language: str) -> Places:
    """All controls of the race, but for those that follow the hand; returns the places of these."""
    surface_section(text, language)
    convention_section(text)
    learning_rate = st.container()
    start_section(text)
    optimizers = st.container()
    samples_section(text)
    return Places(learning_rate, optimizers)


def quick_sections(places: Places, text: Words) -> None:
    """The controls that follow the hand."""
    with places.learning_rate:
        learning_rate_section(text)
    with places.optimizers:
        optimizers_section(text)


def still() -> tuple[Any, ...]:
    """What the still sections tell: as long as it stays the same, so do they."""
    race = session.race()
    batched = any(racer.batch_size is not None for racer in race.racers)
    return (race.surface, race.convention, race.start, race.steps, race.batch_seed, batched, state_of_rates())
