"""The entry script: page config, navigation, language, and the sidebar that all pages share."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from optviz.text import words
from optviz.ui import address, controls, session, widgets

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
.optviz-replaced { margin: 0; }
[data-testid="stSidebar"] :is(.optviz-told p, .optviz-replaced) { font-size: 0.9rem; line-height: 1.4; }
/* Over what stands above the picture, so that this does not move under the hand. */
.optviz-told[data-over] {
  position: absolute; left: 0; right: 0; top: 0; z-index: 6; box-shadow: 0 6px 24px rgba(20, 22, 40, 0.22);
  background: light-dark(#fbf1df, #332a1c);
}
/* It is taken out of the column, and so is the gap that the column gives to what stands in it. */
[data-testid="stMain"] [data-testid="stElementContainer"]:has(.optviz-told[data-over]) { margin-bottom: -0.6rem; }
.st-key-corner { position: fixed; top: 0.25rem; right: 3.4rem; z-index: 999990; width: auto; }
.st-key-corner button { min-height: 2rem; padding: 0.1rem 0.6rem; white-space: nowrap; }
@media (min-width: 641px) and (max-width: 1100px) {
  .st-key-hook_row { min-height: 4.8rem; }
}
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding: 2.4rem 0.7rem 2rem; }
  .st-key-hook_row p { font-size: 0.9rem; line-height: 1.35; }
  /* Three lines and the button below them, where columns stand one under the other. */
  .st-key-hook_row { min-height: 6.9rem; }
  .st-key-hook_row [data-testid="stHorizontalBlock"] { gap: 0.3rem; }
}
/* A thumb needs 44 px both ways (WCAG 2.2, 2.5.5). Streamlit's own controls are made for a mouse. */
@media (pointer: coarse), (max-width: 640px) {
  [data-testid="stHeader"], [data-testid="stSidebarHeader"] { height: 48px; min-height: 48px; }
  [data-testid="stSidebarHeader"] { padding-top: 0; }
  [data-testid="stMainBlockContainer"] { padding-top: 48px; }
  .st-key-corner { top: 2px; right: 0.5rem; gap: 0.3rem; }
  :is([data-testid="stMain"], [data-testid="stSidebar"], [data-testid="stHeader"]) :is(button, summary),
  .st-key-corner button, [role="option"] { min-height: 44px; min-width: 44px; }
  summary { display: flex; align-items: center; }
  :is([data-testid="stSelectbox"], [data-testid="stMultiSelect"]) [role="group"],
  [data-testid="stNumberInputContainer"], [data-testid="stTextInputRootElement"] { height: auto; min-height: 46px; }
  :is([data-testid="stSelectbox"], [data-testid="stNumberInput"], [data-testid="stTextInput"]) input {
    min-height: 44px;
  }
  :is([data-testid="stSelectbox"], [data-testid="stNumberInput"]) :is(input, button) { align-self: stretch; }
  [data-testid="stNumberInputContainer"] button { height: 44px; }
  [data-testid="stCheckbox"] label { min-height: 44px; align-items: center; }
  [data-testid="stWidgetLabel"]:has([data-testid="stTooltipIcon"]) { min-height: 30px; }
  /* The sign stays small; what is touched reaches into the gap above it. */
  [data-testid="stTooltipIcon"] { display: inline-flex; }
  [data-testid="stTooltipIcon"] button {
    position: relative; z-index: 1; box-sizing: border-box; width: 44px; height: 44px; padding: 21px 14px 8px;
    margin: -21px -14px -8px;
  }
  [data-testid="stCheckbox"] [data-testid="stTooltipIcon"] button { padding: 14px; margin: -14px -14px -14px -6px; }
  [data-testid="stSlider"] div:has(> [data-testid="stSliderThumbValue"])::after {
    content: ""; position: absolute; left: 50%; top: 50%; width: 44px; height: 44px; transform: translate(-50%, -50%);
  }
}
</style>
"""
USUAL_STYLE = "<style>@media (max-width: 640px) { .st-key-present { display: none; } }</style>"
# Everything on a Streamlit page is measured in rem.
PRESENTED_STYLE = """
<style>
@media (min-width: 641px) {
  html { font-size: 19px; }
  [data-testid="stMainBlockContainer"] { padding: 2.6rem 1.2rem 1rem; max-width: none; }
  .st-key-hook_row { min-height: 3.5rem; }
}
@media (max-width: 640px) { [data-testid="stHeader"] img { display: none; } }
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
        widgets.tell(session.problems(), place, over=not session.problems_are_a_links())
    address.keep_history(*session.found_and_spelled())
    page.run()
    session.write_address()


# Streamlit runs the entry script under this name.
if __name__ == "__main__":
    main()
