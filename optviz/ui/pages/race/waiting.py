"""What is still to come, in one sentence above the picture."""

from __future__ import annotations

import html
from collections.abc import Callable

import streamlit as st

from optviz.text import Words
from optviz.ui import background, session


def waiting(available: background.Available, text: Words, has_more: Callable[[], bool]) -> None:
    """Say what is still to come; the page is run again by itself when `has_more` says that more of it is there."""
    # What is being dragged is told below the picture.
    sentence = "" if session.is_dragging() else _sentence(available, text)
    if not sentence:
        return
    if available.failed and not available.to_come:
        st.html(f'<p class="optviz-awaited" role="status">{html.escape(sentence)}</p>')
    else:
        _wait(sentence, has_more)
    if available.failed:
        st.button(text["background"]["again"], key="try_again", on_click=background.try_again, args=(available.failed,))


def _wait(sentence: str, has_more: Callable[[], bool]) -> None:
    @st.fragment(run_every=background.SECONDS_BETWEEN_LOOKS)
    def wait() -> None:
        if has_more():
            st.rerun()
        st.html(f'<p class="optviz-awaited" role="status">{html.escape(sentence)}</p>')

    wait()


def _sentence(available: background.Available, text: Words) -> str:
    words = text["background"]
    steps = {"first": f"{available.race.steps:,}" if available.race else "", "steps": f"{available.asked.steps:,}"}
    if available.failed:
        return words["failed" if available.race is None or available.whole else "failed_first"].format(**steps)
    if available.race is None:
        return words["surface"]
    if not available.whole:
        return words["first_steps"].format(**steps)
    return words["beside"] if available.to_come else ""
