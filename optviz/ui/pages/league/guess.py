"""Predict first: who the visitor thinks does best, and whether the answer was asked for."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

import streamlit as st

from optviz.experiment.league import League
from optviz.figures.league.record import LeagueRecord
from optviz.text import Words, headline
from optviz.text.headline import NO_DIFFERENCE
from optviz.ui import session, widgets
from optviz.ui.guessing import keep_guess, read_kept

GUESSES = "league_guesses"
"""Where the visit keeps what it has guessed of each league."""

MOST_KEPT = 100
"""Of so many leagues a visit remembers its guess; its browser remembers more."""


@dataclass
class Guess:
    """About one league, which `token` stands for. place: of a racer in its list, or `NO_DIFFERENCE`."""

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


def offered(league: League) -> tuple[int, ...]:
    """What may be guessed: a racer's place; where there are two, or all are the same, also that none does better."""
    places = tuple(range(len(league.racers)))
    return (*places, NO_DIFFERENCE) if len(places) == 2 or headline.are_the_same(league) else places


def take_kept(said: Any, league: League) -> None:
    """Take the guess that a browser has kept over a reload, and that the answer was shown, whatever it may send."""
    guess = guess_of(league)
    kept = read_kept(said, guess.token, tuple(map(str, offered(league))))
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
        offered(league),
        guess.place,
        guess.take,
        key="league_guess_choice",
        title=lambda place: _title(place, names, text),
        horizontal=True,
    )


def _title(place: int | None, names: tuple[str, ...], text: Words) -> str:
    if place is None:
        return ""
    return text["league"]["no_difference"] if place == NO_DIFFERENCE else widgets.plainly(names[place])


def told_answer(league: League, record: LeagueRecord, text: Words) -> None:
    """What came of the league, and below it what that says of the guess, if there was one."""
    place = guess_of(league).place
    told = [headline.told_headline(league, record, text)]
    if place is not None:
        told.append(headline.told_guess(record, place, text))
    paragraphs = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in told)
    st.html(f"<div class='optviz-league-guess'>{paragraphs}</div>")
