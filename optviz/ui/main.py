"""What is the same on every page: page config, navigation, language, the sidebar, and the notice of what went wrong."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from optviz.text import words
from optviz.ui import address, corner, session, widgets
from optviz.ui.sidebar import sidebar

SCREENS = Path(__file__).with_name("screens")
STYLES = Path(__file__).with_name("css")
LOGO = str(Path(__file__).with_name("logo.svg"))


def main(more_pages: Sequence[StreamlitPage] = ()) -> None:
    """One run of the app; `more_pages` come after its own."""
    session.begin_run()
    present = session.view().present
    st.set_page_config(
        page_title="optviz",
        page_icon="📉",
        layout="wide",
        initial_sidebar_state="collapsed" if present else "auto",
    )
    language = session.language()
    text = words(language)
    st.html(STYLES / ("presented.css" if present else "usual.css"))
    st.logo(LOGO, size="large")
    page = st.navigation(
        [st.Page(SCREENS / "race.py", title=text["app"]["page_race"], default=True), *more_pages],
        position="top",
    )
    with st.container(key="corner", horizontal=True):
        corner.present_control(text)
        corner.language_control(language)
    widgets.begin_telling()
    with st.sidebar:
        sidebar(text, language)
    # The stage presses it when a lost connection is back; a run is all that it asks for.
    st.button("↻", key="ask_again", on_click=session.drag, args=(None,))
    # A place that is always there: an element more or less would move the picture below, which React then builds anew.
    place = st.empty()
    if session.problems() and not widgets.told_at_the_widget():
        widgets.tell(session.problems(), place, over=not session.problems_are_a_links())
    address.keep_history(*session.found_and_spelled())
    page.run()
    session.write_address()
