"""The script of the page of leagues."""

from optviz.ui.pages.league.page import league_page

league_page()
