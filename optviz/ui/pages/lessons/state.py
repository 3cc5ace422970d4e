"""How far a visit is in a lesson: its guess, whether the race was asked for, whether it was seen to its end."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from optviz.experiment.lesson import Lesson
from optviz.ui import session
from optviz.ui.looking import Shown
from optviz.view import LESSON_OF_THE_VISIT, View, lesson_of

STATE = "lesson_state"
KEPT = "lesson_at_hand"
"""Where the visit keeps a lesson that no link can hold."""


def at_hand() -> Lesson | None:
    """The lesson that is open."""
    spelled = session.view().lesson
    kept: Lesson | None = st.session_state.get(KEPT)
    if spelled is None:
        return None
    return kept if spelled == LESSON_OF_THE_VISIT else lesson_of(spelled)


@dataclass
class State:
    """Of one lesson, which `token` stands for.

    guess: a letter. revealed: whether the race has been asked for; replays: how often, which the stage goes by.
    answered: whether it was played to its end, or that was skipped. view: how the visit looks at the picture; stamp:
    how often the server changed that.
    """

    token: str
    view: View
    stamp: int
    guess: str | None = None
    revealed: bool = False
    answered: bool = False
    replays: int = 0

    def take_guess(self, letter: str | None) -> None:
        """A guess; once the race is played it stays what it is."""
        if not self.revealed:
            self.guess = letter

    def reveal(self) -> None:
        """Play the race."""
        self.revealed = True
        self.replays += 1

    def answer(self) -> None:
        """It has been seen."""
        self.revealed = self.answered = True


def state_of(found: Lesson) -> State:
    """The state of the lesson that is open; a new one for another lesson."""
    token = session.token(found)
    known: State | None = st.session_state.get(STATE)
    if known is None or known.token != token:
        view, _ = View.from_query(found.view)
        known = State(token, view.fitting(found.race), (known.stamp if known is not None else 0) + 1)
        st.session_state[STATE] = known
    return known


def shown_by(found: Lesson) -> Shown:
    """The race of a lesson, looked at as the lesson says."""
    chosen = View.from_query(found.view)[0].fitting(found.race)
    seen = {"without": found.hides, "veiled": False, "hidden": chosen.hidden, "pinned": None, **chosen.chosen}
    return Shown("lessons", found.race, seen)
