"""The article: its seeds, and whose formulas the optimizers follow."""

from __future__ import annotations

import streamlit as st

from optviz.conventions import CONVENTIONS
from optviz.surface import GaussianHills
from optviz.text import Words
from optviz.ui import session, widgets
from optviz.ui.sidebar.surface import change_surface

SEEDS = tuple(2**power for power in range(16))
# Not None: a select box that shows it looks as if nothing were chosen.
NO_SEED = -1


def article_section(text: Words) -> None:
    """What the article chose, and others choose otherwise."""
    surface = session.race().bare_surface
    if isinstance(surface, GaussianHills):
        _seed_control(surface, text)
    widgets.choice(
        st.segmented_control,
        text["controls"]["convention"],
        CONVENTIONS,
        session.race().convention,
        lambda chosen: session.attempt(lambda: session.race().with_convention(chosen)),
        key="convention",
        title=lambda key: text["convention"][key],
        width="stretch",
        help=text["help"]["convention"],
    )


def _seed_control(surface: GaussianHills, text: Words) -> None:
    label, seed = text["controls"], surface.seed
    current = seed if seed in SEEDS else NO_SEED
    widgets.choice(
        st.selectbox,
        label["article_seed"],
        [*SEEDS, *([current] if current == NO_SEED else [])],
        current,
        lambda chosen: change_surface(seed=chosen) if chosen != NO_SEED else None,
        key="article_seed",
        title=lambda number: label["article_seed_none"] if number == NO_SEED else str(number),
        help=text["help"]["article_seed"],
    )
