"""The app: `streamlit run app.py` and `uvicorn app:app` both start it."""

import streamlit as st

from optviz.ui.server import app_settings

# `streamlit run` recognizes an app by this very call.
app = st.App(**app_settings())
