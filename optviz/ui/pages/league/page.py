"""The page of leagues, from top to bottom."""

from __future__ import annotations

import html

import streamlit as st

from optviz.bad_input import BadInput
from optviz.experiment.league import League
from optviz.laboratory.league_answer import Missing
from optviz.text import Words, counted, words
from optviz.ui import background, leagues, returning, session
from optviz.ui.pages.league.answer import answer_section
from optviz.ui.pages.league.guess import guess_of, guess_section
from optviz.ui.pages.league.known import answer_tasks, is_complete
from optviz.ui.pages.league.progress import note_awaited, progress_section, unanswered_section, what_is_to_come
from optviz.ui.pages.league.question import league_of_the_visit, question_section, without_league
from optviz.ui.pages.league.sharing import sharing_section


def league_page() -> None:
    """The page: what is asked, who the visitor thinks wins, and then what came of it, or how far it is."""
    text = words(session.language())
    label = text["league"]
    returning.way_back(text)
    st.html(f"<h1 class='optviz-heading'>{html.escape(label['heading'])}</h1><p>{html.escape(label['explained'])}</p>")
    try:
        league = league_of_the_visit()
    except BadInput as problem:
        without_league(problem, text)
        return
    question_section(league, text)
    _below_the_question(league, text)
    sharing_section(league, text)


def _below_the_question(league: League, text: Words) -> None:
    """A guess, and then the answer, or how far it is."""
    desk, label = leagues.the_desk(), text["league"]
    if desk is None:
        st.html(f"<p role='status'>{html.escape(label['no_desk'])}</p>")
        return
    guess_section(league, text)
    if not is_complete(desk, league):
        progress_section(desk, league, text)
        return
    if not guess_of(league).revealed:
        st.html(f"<p role='status'>{html.escape(counted(label, 'is_done', league.n).format(n=f'{league.n:,}'))}</p>")
        st.button(label["reveal"], key="league_reveal", type="primary", on_click=guess_of(league).reveal)
        return
    _answered(desk, league, text)


def _answered(desk: leagues.Desk, league: League, text: Words) -> None:
    """The answer, or that it is being worked out, or that it could not be."""
    label = text["league"]
    asked, *meanwhile = answer_tasks(desk, league)
    note_awaited(asked)
    try:
        values = background.result_of(asked)
    except Missing:
        unanswered_section(desk, league, text)
        return
    if values is None and background.has_failed(asked):
        unanswered_section(desk, league, text)
        return
    awaited = values is None
    if awaited:
        values = next((background.result_of(task) for task in meanwhile if background.is_known(task)), None)
    if values is None:
        st.html(f"<p class='optviz-awaited' role='status'>{html.escape(label['judging'])}</p>")
        background.await_result(asked)
        return
    answer_section(desk, league, values, text)
    if awaited:
        background.await_result(asked)
    what_is_to_come(desk, league, text)
    # Who sees this has the whole answer.
    st.html(f'<span data-optviz-league="{session.token(league)}" hidden></span>')
