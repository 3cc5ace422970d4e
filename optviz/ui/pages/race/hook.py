"""What stands above the picture: what the race asks, what is drawn, and the one click that changes the question."""

from __future__ import annotations

import html
from functools import cache

import numpy as np
import streamlit as st

from optviz.experiment import Race
from optviz.text import Words
from optviz.text.telling import described, heading, what_is_drawn
from optviz.ui import background, cached, session

LONGEST_LATEX = 90


def hook(race: Race, text: Words) -> None:
    """The question, a sentence for who sees this for the first time, and which race this is.

    Beside it a button to the other half of the article's question, or back to its setting.
    """
    words = text["hook"]
    authors, formulas = _articles()
    with st.container(key="hook_box"):
        row = st.container(key="hook_row", horizontal=True, vertical_alignment="center")
        row.html(f"<h1 class='optviz-heading'>{html.escape(heading(race, session.language()))}</h1>")
        if race == authors:
            setting, changed, label = words["article_setting"], formulas, "to_article"
        elif race == formulas:
            setting, changed, label = words["article_formulas"], authors, "to_tensorflow"
        else:
            latex = getattr(race.bare_surface, "latex", "")
            formula = f"  ${latex}$" if 0 < len(latex) <= LONGEST_LATEX else ""
            surface = f"**{described(race, session.language())}**{formula}"
            setting = words["other_setting"].format(surface=surface)
            changed, label = authors, "reset"
        row.button(
            words[label], key="hook", help=words[f"{label}_help"], on_click=lambda: session.attempt(lambda: changed)
        )
        view = session.view()
        # Until a surface is known, a lowest point is what is looked for.
        is_marked = not background.is_there(race) or bool(np.isfinite(_lowest_loss(race)))
        moves = race.surface.drift(0) is not None
        told = what_is_drawn(view.drawn, view.look, is_marked, words, moves)
        st.container(key="hook_said").markdown(words["said"].format(**told, setting=setting))


def _lowest_loss(race: Race) -> float:
    return cached.prepared(race.bare_surface).lowest.loss


@cache
def _articles() -> tuple[Race, Race]:
    """The article's race as its author ran it, and by the formulas of its text."""
    return Race(), Race().with_convention("article")
