"""Predict first: who the visitor thinks does best, and whether the answer was asked for."""

from __future__ import annotations

import html
from dataclasses import dataclass

import streamlit as st

from optviz.experiment.league import League
from optviz.text import Words
from optviz.ui import session, widgets

GUESSED = "league_guess"


@dataclass
class Guess:
    """About one league, which `token` stands for. place: of a racer in its list."""

    token: str
    place: int | None = None
    revealed: bool = False

    def take(self, place: int | None) -> None:
        """A guess; once the answer is there it stays what it is."""
        if not self.revealed:
            self.place = place

    def reveal(self) -> None:
        """Show the answer."""
        self.revealed = True


def guess_of(league: League) -> Guess:
    """The guess about this league; a new one for another league."""
    token = session.token(league)
    known: Guess | None = st.session_state.get(GUESSED)
    if known is None or known.token != token:
        known = st.session_state[GUESSED] = Guess(token)
    return known


def guess_section(league: League, text: Words) -> None:
    """The question to the visitor, until the answer is shown."""
    guess, names = guess_of(league), league.racer_names(text["optimizer"])
    if guess.revealed:
        return
    widgets.choice(
        st.radio,
        text["league"]["predict"],
        range(len(names)),
        guess.place,
        guess.take,
        key="league_guess_choice",
        title=lambda place: widgets.plainly(names[place]) if place is not None else "",
        horizontal=True,
    )


def told_guess(league: League, best: int, text: Words) -> None:
    """Whether the guess was right."""
    label, guess, names = text["league"], guess_of(league), league.racer_names(text["optimizer"])
    key = "no_guess" if guess.place is None else "guessed_right" if guess.place == best else "guessed_wrong"
    own = "" if guess.place is None else names[guess.place]
    told = label[key].format(guess=own, best=names[best])
    st.html(f"<p class='optviz-league-guess'>{html.escape(told)}</p>")
