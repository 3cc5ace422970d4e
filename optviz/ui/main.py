"""What is the same on every page: page config, navigation, language, the sidebar, and the notice of what went wrong."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from optviz.text import Words, words
from optviz.ui import address, asking, component, corner, looking, session, sidebar, widgets


class Page(NamedTuple):
    """A page: a script of `screens/` and a title `page_…` among the words of the app have its name.

    controls: whether the race's controls stand in the sidebar.
    read: whether one goes on where one left it, as in a text. many: whether it asks about many surfaces, so that the
    seed and the start of the race do not count.
    """

    name: str
    controls: bool = False
    read: bool = False
    many: bool = False


PAGES = (
    Page("race", controls=True),
    Page("step", controls=True),
    Page("guide", read=True),
    Page("lessons"),
    Page("league", controls=True, read=True, many=True),
)  # fmt: skip
"""The pages in the order of the navigation, the first for an address without a path."""

SCREENS = Path(__file__).with_name("screens")
STYLES = Path(__file__).with_name("css")
STILL = "still"
LOGO = str(Path(__file__).with_name("logo.svg"))


def main(more_pages: Sequence[StreamlitPage] = ()) -> None:
    """One run of the app; `more_pages` come after its own, and have the race's controls."""
    component.begin_whole_run()
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
    pages = {page.name: _streamlit_page(page, text) for page in PAGES}
    shown = st.navigation([*pages.values(), *more_pages], position="top")
    following = session.next_page()
    if following is not None:
        st.switch_page(pages[following])
    looking.arrive(next((name for name, page in pages.items() if page is shown), None))
    controls = not any(pages[page.name] is shown for page in PAGES if not page.controls)
    with st.container(key="corner", horizontal=True):
        corner.present_control(text)
        corner.language_control(language)
    widgets.begin_telling()
    quick = None
    if controls:
        with st.sidebar:
            many = any(pages[page.name] is shown for page in PAGES if page.many)
            quick = sidebar.still_sections(text, language, many)
    # The stage presses it when a lost connection is back; a run is all that it asks for.
    st.button("↻", key="ask_again", on_click=session.drag, args=(None,))
    component.mount_voice(language, text["app"])
    # A place that is always there: an element more or less would move the picture below, which React then builds anew.
    place = st.empty()
    address.keep_history(*session.found_and_spelled(), read=[page.name for page in PAGES if page.read])
    st.session_state[STILL] = _still()
    _quick(shown, quick)
    if session.problems() and not widgets.told_at_the_widget():
        widgets.tell(session.problems(), place, over=not session.problems_are_a_links())
    asking.keep_over_reloads()


@st.fragment
def _quick(page: StreamlitPage, places: sidebar.Places | None) -> None:
    """The page, and of the sidebar what follows the hand: after a change that concerns nothing else it alone is run."""
    if st.session_state[STILL] != _still():
        st.rerun()
    # Streamlit lets a page be run once in each run of the entry script, of which this is a part.
    page._can_be_called = True
    page.run()
    if places is not None:
        # After the page: whoever moves a slider looks at the picture.
        sidebar.quick_sections(places, words(session.language()))
    session.write_address()
    # While the page was drawn the surface has come of which the sidebar knew no start yet.
    if places is not None and sidebar.is_outdated():
        st.rerun()


def _streamlit_page(page: Page, text: Words) -> StreamlitPage:
    return st.Page(SCREENS / f"{page.name}.py", title=text["app"][f"page_{page.name}"], default=page == PAGES[0])


def _still() -> tuple[Any, ...]:
    """What is told outside `_quick`: where that changes, everything is run."""
    leaving = session.leaves_this_page()
    waits = asking.waits()
    return (session.language(), session.view().present, session.problems(), sidebar.still(), leaving, waits)
