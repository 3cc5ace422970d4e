"""The script of the race page."""

from optviz.ui.pages.race.page import race_page

race_page()
