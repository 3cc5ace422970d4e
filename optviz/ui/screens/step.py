"""The script of the page that looks inside one step."""

from optviz.ui.pages.step.page import step_page

step_page()
