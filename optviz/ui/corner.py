"""What stands in the corner of every page: presenting, and the language."""

from __future__ import annotations

import streamlit as st

from optviz.text import LANGUAGES, Words, words
from optviz.ui import session, widgets


def present_control(text: Words) -> None:
    """The button for a lecture room."""
    label, present = text["app"], session.view().present
    st.button(
        label["present_end" if present else "present"],
        key="present",
        help=None if present else label["present_help"],
        on_click=session.change_view,
        kwargs={"present": not present},
    )


def language_control(language: str) -> None:
    """The language switch, always in sight."""

    widgets.choice(
        st.segmented_control,
        words(language)["app"]["language"],
        LANGUAGES,
        language,
        lambda chosen: session.change_view(language=chosen),
        key="language",
        title=lambda key: LANGUAGES[key],
        # Whoever changes their mind at once still has the control that they click.
        in_all_languages=True,
        label_visibility="collapsed",
    )
