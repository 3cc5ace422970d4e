"""The script of the page of lessons."""

from optviz.ui.pages.lessons.page import lessons_page

lessons_page()
