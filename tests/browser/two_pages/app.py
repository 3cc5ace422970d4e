"""The app with a second page, for a test of what a page change keeps."""

from pathlib import Path

import streamlit as st

from optviz.ui.server import app_settings

app = st.App(**{**app_settings(), "script_path": str(Path(__file__).with_name("entry.py"))})
