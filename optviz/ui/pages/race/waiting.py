"""What is still to come, in one sentence above the picture."""

from __future__ import annotations

import html

import streamlit as st

from optviz.text import Words
from optviz.ui import background, session

SECONDS_BETWEEN_LOOKS = 0.5


def waiting(shown: background.Shown, text: Words) -> None:
    """Say what is still to come; the page is run again by itself when it is there."""
    # What is being dragged is told below the picture.
    sentence = "" if session.is_dragging() else _sentence(shown, text)
    if not sentence or (shown.failed and not shown.to_come):
        if sentence:
            st.html(f'<p class="optviz-awaited" role="status">{html.escape(sentence)}</p>')
        return
    view = session.view()

    @st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
    def wait() -> None:
        if background.has_more(shown, view.pinned, view.runs == "many"):
            st.rerun()
        st.html(f'<p class="optviz-awaited" role="status">{html.escape(sentence)}</p>')

    wait()


def _sentence(shown: background.Shown, text: Words) -> str:
    words = text["background"]
    steps = {"first": f"{shown.race.steps:,}" if shown.race else "", "steps": f"{shown.asked.steps:,}"}
    if shown.failed:
        return words["failed" if shown.race is None or shown.whole else "failed_first"].format(**steps)
    if shown.race is None:
        return words["surface"]
    if not shown.whole:
        return words["first_steps"].format(**steps)
    return words["beside"] if shown.to_come else ""
