"""The entry script with a second page that shows nothing but its name."""

import streamlit as st

from optviz.ui.main import main


def second() -> None:
    """The page."""
    st.subheader("The second page")


main([st.Page(second, title="Second", url_path="second")])
