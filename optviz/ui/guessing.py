"""A guess that outlives a reload: kept by the browser it was made in, and told to the visit that comes after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from optviz.ui import component

SCRIPT = Path(__file__).with_name("guess.js")


@dataclass(frozen=True)
class Kept:
    """What a browser has kept. guess: one of those that were offered. revealed, answered: as of `keep_guess`."""

    guess: str | None
    revealed: bool
    answered: bool


def keep_guess(
    question: str, guess: str | None, revealed: bool, take: Callable[[Any], None], *, answered: bool = False
) -> None:
    """Have the browser keep a guess. question: stands for what is asked. revealed: whether the answer was asked for.
    take: called with whatever a browser has kept, which may be anything: see `read_kept`. answered: where the answer
    comes only later, whether it is there."""
    with st.container(key="guess_kept"):
        component.of_script("optviz_guess", SCRIPT)(
            key="guess_keeper",
            height="content",
            data={"question": question, "guess": guess, "revealed": revealed, "answered": answered},
            on_kept_change=lambda: take(st.session_state.guess_keeper.kept),
        )


def read_kept(said: Any, question: str, offered: tuple[str, ...]) -> Kept | None:
    """What a browser says that it has kept of this question, whatever it may send; None where it is of another one."""
    if not isinstance(said, dict) or said.get("question") != question:
        return None
    guess = said.get("guess")
    return Kept(guess if guess in offered else None, said.get("revealed") is True, said.get("answered") is True)
