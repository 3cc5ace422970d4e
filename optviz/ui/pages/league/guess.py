"""Predict first: who the visitor thinks does best, and whether the answer was asked for."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

import streamlit as st

from optviz.experiment.league import League
from optviz.figures.league.record import LeagueRecord
from optviz.text import Words
from optviz.ui import session, widgets
from optviz.ui.guessing import keep_guess, read_kept

GUESSES = "league_guesses"
"""Where the visit keeps what it has guessed of each league."""

MOST_KEPT = 100
"""Of so many leagues a visit remembers its guess; its browser remembers more."""

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
    """The guess about this league; of one that is new to the visit, a new one."""
    token = session.token(league)
    known: dict[str, Guess] = st.session_state.setdefault(GUESSES, {})
    # The one that was looked at last comes last.
    found = known[token] = known.pop(token, Guess(token))
    while len(known) > MOST_KEPT:
        del known[next(iter(known))]
    return found


def take_kept(said: Any, league: League) -> None:
    """Take the guess that a browser has kept over a reload, and that the answer was shown, whatever it may send."""
    guess = guess_of(league)
    kept = read_kept(said, guess.token, tuple(str(place) for place in range(len(league.racers))))
    if kept is None or guess.place is not None or guess.revealed:
        return
    guess.take(None if kept.guess is None else int(kept.guess))
    if kept.revealed:
        guess.reveal()


def guess_section(league: League, text: Words) -> None:
    """The question to the visitor, until the answer is shown; the browser keeps what was guessed."""
    guess, names = guess_of(league), league.racer_names(text["optimizer"])
    place = None if guess.place is None else str(guess.place)
    keep_guess(guess.token, place, guess.revealed, lambda said: take_kept(said, league))
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
