"""Predict first: who the visitor thinks does best, and whether the answer was asked for."""

from __future__ import annotations

import html
from dataclasses import dataclass

import streamlit as st

from optviz.experiment.league import League
from optviz.figures.league.record import LeagueRecord
from optviz.text import Words
from optviz.ui import session, widgets

GUESSED = "league_guess"
WORDS = {"better": "guessed_wrong", "equivalent": "guessed_alike", "unknown": "guessed_open", "worse": "guessed_open"}
"""What the best one is against the one that was guessed → what is said of the guess."""


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


def verdict(record: LeagueRecord, place: int | None) -> str:
    """What is to be said of a guess, None for no guess: a key of the table `league`.

    A guess is wrong only where the best one is surely better than the one that was guessed.
    """
    best = int(record.order[0])
    if place is not None and place != best:
        return WORDS[record.pair(best, place).verdict]
    surely = all(pair.verdict == "better" for pair in record.against(best))
    return f"{'no_guess' if place is None else 'guessed_right'}{'' if surely else '_open'}"


def told_guess(league: League, record: LeagueRecord, text: Words) -> None:
    """Whether the guess was right, as far as these surfaces can tell."""
    place = guess_of(league).place
    own = "" if place is None else record.names[place]
    told = text["league"][verdict(record, place)].format(guess=own, best=record.names[int(record.order[0])])
    st.html(f"<p class='optviz-league-guess'>{html.escape(told)}</p>")
