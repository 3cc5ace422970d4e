"""The page of lessons."""

from __future__ import annotations

import html
from collections.abc import Callable

import streamlit as st

from optviz.experiment.lesson import lesson, lesson_names
from optviz.text import Words, words
from optviz.ui import session
from optviz.ui.pages.lessons.composing import composing, lesson_file
from optviz.ui.pages.lessons.opened import open_lesson, opened, show_lesson
from optviz.ui.pages.lessons.state import at_hand
from optviz.view import LESSON_OF_THE_VISIT


def lessons_page() -> None:
    """One lesson, the form in which one is composed, or the list of them."""
    text = words(session.language())
    # Where the visit has lost the lesson that no link holds, it is to be written once more.
    composed = session.view().composing or session.view().lesson == LESSON_OF_THE_VISIT
    now = "opened" if at_hand() is not None else "composing" if composed else "list"
    for name, show in SCREENS.items():
        # A place each: what Streamlit has not yet taken away of another one would stand below this one.
        with st.container(key=f"lessons_{name}" if name == now else f"past_{name}"):
            if name == now:
                show(text)


def _list(text: Words) -> None:
    label, language = text["lessons"], session.language()
    st.html(f"<h1 class='optviz-heading'>{html.escape(label['heading'])}</h1><p>{html.escape(label['explained'])}</p>")
    with st.container(key="lesson_cards"):
        for name in lesson_names():
            found = lesson(name)
            title, question = found.told(found.title, language), found.told(found.question, language)
            with st.container(key=f"lesson_card_{name}"):
                st.html(f"<h2>{html.escape(title)}</h2><p>{html.escape(question)}</p>")
                st.button(
                    label["open"],
                    key=f"open_{name}",
                    help=title,
                    on_click=open_lesson,
                    args=(name,),
                )
    st.html(f"<h2>{html.escape(label['own'])}</h2><p>{html.escape(label['own_explained'])}</p>")
    with st.container(key="lesson_own", horizontal=True, vertical_alignment="center"):
        st.button(label["make"], key="compose", on_click=session.change_view, kwargs={"composing": True})
        lesson_file(label, show_lesson)


SCREENS: dict[str, Callable[[Words], None]] = {"list": _list, "opened": opened, "composing": composing}
