"""The script of the guide."""

from optviz.ui.pages.guide.page import guide_page

guide_page()
