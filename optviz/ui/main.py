"""The entry script: page config, navigation, language, and the sidebar that all pages share."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from optviz.ui import address, controls, session, widgets
from optviz.ui.text import words

# Not called "pages": Streamlit takes a folder of that name beside the entry script for its older kind of app.
SCREENS = Path(__file__).with_name("screens")
LOGO = str(Path(__file__).with_name("logo.svg"))
STYLE = """
<style>
[data-testid="stMainBlockContainer"] { padding: 2.6rem 2rem 2rem; max-width: 1500px; }
[data-testid="stHeader"] { height: 2.6rem; min-height: 2.6rem; background: light-dark(#fcfcfe, #12151f); }
[data-testid="stSidebarUserContent"] { padding-top: 0.5rem; }
[data-testid="stSidebarHeader"] { height: 2.6rem; padding-top: 0.4rem; padding-bottom: 0; margin-bottom: 0; }
[data-testid="stMain"] [data-testid="stVerticalBlock"] { gap: 0.6rem; }
/* Room for two lines, so that the picture below stays where it is when the sentence changes. */
.st-key-hook_row [data-testid="stMarkdownContainer"] { overflow-x: auto; overflow-y: hidden; }
.st-key-hook_row { min-height: 3.4rem; justify-content: center; }
/* Streamlit's own colours for these two have too little contrast: WCAG 2.2, 1.4.3. */
[data-testid="stCaptionContainer"] { opacity: 1; color: light-dark(#565b6c, #a9afc1); }
[data-testid="stBaseButton-primary"] p { color: light-dark(#ffffff, #14121f); }
[data-testid="stMain"] :is(summary, button, [role="radio"]):focus-visible {
  outline: 2px solid light-dark(#6a48d7, #a48bff);
}
.st-key-ask_again, .st-key-address { display: none; }
.optviz-told {
  border: 1px solid #d09a2a; border-left-width: 6px; border-radius: 0.6rem; padding: 0.5rem 0.9rem;
  background: color-mix(in srgb, #d09a2a 12%, transparent);
}
.optviz-told p { margin: 0.15rem 0; overflow-wrap: anywhere; }
.st-key-corner { position: fixed; top: 0.25rem; right: 3.4rem; z-index: 999990; width: auto; }
.st-key-corner button { min-height: 2rem; padding: 0.1rem 0.6rem; white-space: nowrap; }
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding: 2.4rem 0.7rem 2rem; }
  .st-key-hook_row p { font-size: 0.9rem; line-height: 1.35; }
  .st-key-hook_row [data-testid="stHorizontalBlock"] { gap: 0.3rem; }
}
</style>
"""
USUAL_STYLE = "<style>@media (max-width: 640px) { .st-key-present { display: none; } }</style>"
# Everything on a Streamlit page is measured in rem.
PRESENTED_STYLE = """
<style>
html { font-size: 19px; }
[data-testid="stMainBlockContainer"] { padding: 2.6rem 1.2rem 1rem; max-width: none; }
.st-key-hook_row { min-height: 0; }
</style>
"""


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
    st.html(STYLE + (PRESENTED_STYLE if present else USUAL_STYLE))
    st.logo(LOGO, size="large")
    page = st.navigation(
        [st.Page(SCREENS / "race.py", title=text["app"]["page_race"], default=True), *more_pages],
        position="top",
    )
    with st.container(key="corner", horizontal=True):
        controls.present_control(text)
        controls.language_control(language)
    widgets.begin_telling()
    with st.sidebar:
        controls.sidebar(text, language)
    # The stage presses it when a lost connection is back; a run is all that it asks for.
    st.button("↻", key="ask_again", on_click=session.drag, args=(None,))
    # A place that is always there: an element more or less would move the picture below, which React then builds anew.
    place = st.empty()
    if session.problems() and not widgets.told_at_the_widget():
        widgets.tell(session.problems(), place)
    address.keep_history()
    page.run()
    session.write_address()


# Streamlit runs the entry script under this name.
if __name__ == "__main__":
    main()
