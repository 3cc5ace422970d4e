"""The line above the picture: which race this is, and the one click that changes the question."""

from __future__ import annotations

from functools import cache
from typing import Any

import streamlit as st

from optviz.experiment import Race
from optviz.text import Words
from optviz.text.telling import described
from optviz.ui import session

LONGEST_LATEX = 90


def hook(race: Race, text: Words) -> None:
    """What is raced, and a button to the other half of the article's question, or back to its setting."""
    words = text["hook"]
    authors, formulas = _articles()
    said, button = st.container(key="hook_row").columns([3, 2], vertical_alignment="center")
    if race == authors:
        said.markdown(words["article_setting"])
        changed, label = formulas, words["to_article"]
    elif race == formulas:
        said.markdown(words["article_formulas"])
        changed, label = authors, words["to_tensorflow"]
    else:
        latex = getattr(race.bare_surface, "latex", "")
        formula = f"  ${latex}$" if 0 < len(latex) <= LONGEST_LATEX else ""
        said.markdown(f"**{described(race, session.language())}**{formula}")
        changed, label = authors, words["reset"]
    kind: Any = "primary" if race == authors else "secondary"
    button.button(label, key="hook", type=kind, width="stretch", on_click=lambda: session.attempt(lambda: changed))


@cache
def _articles() -> tuple[Race, Race]:
    """The article's race as its author ran it, and by the formulas of its text."""
    return Race(), Race().with_convention("article")
