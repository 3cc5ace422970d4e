"""The entry script: page config, navigation, language, and the sidebar that all pages share."""

import streamlit as st

from optviz.ui import controls, session
from optviz.ui.pages import race
from optviz.ui.text import sentence, words

STYLE = """
<style>
[data-testid="stMainBlockContainer"] { padding: 2.6rem 2rem 2rem; max-width: 1500px; }
[data-testid="stHeader"] { height: 2.6rem; min-height: 2.6rem; background: transparent; }
[data-testid="stSidebarUserContent"] { padding-top: 0.5rem; }
[data-testid="stSidebarHeader"] { height: 2.6rem; padding-top: 0.4rem; padding-bottom: 0; margin-bottom: 0; }
[data-testid="stMain"] [data-testid="stVerticalBlock"] { gap: 0.6rem; }
@media (max-width: 640px) { [data-testid="stMainBlockContainer"] { padding: 2.4rem 0.7rem 2rem; } }
</style>
"""


def main() -> None:
    """One run of the app."""
    st.set_page_config(page_title="optviz", page_icon="📉", layout="wide", initial_sidebar_state="auto")
    session.begin_run()
    language = session.language()
    text = words(language)
    st.html(STYLE)
    page = st.navigation(
        [st.Page(lambda: race.show(text, language), title=text["app"]["page_race"], url_path="race", default=True)],
        position="top",
    )
    with st.sidebar:
        title, switch = st.columns([1, 1.9], vertical_alignment="center")
        title.markdown("### optviz")
        with switch:
            controls.language_control(language)
        controls.sidebar(text, language)
    for problem in session.problems():
        st.warning(sentence(problem, language), icon="⚠️")
    page.run()
    session.write_address()


main()
