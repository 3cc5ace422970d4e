"""The entry script. It stands here because Streamlit takes a folder named pages beside it for its older kind of app."""

from optviz.ui.main import main

main()
