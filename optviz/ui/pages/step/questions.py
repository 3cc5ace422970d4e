"""Questions that the numbers of one step answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optviz.experiment import Race
from optviz.view import FIRST_LOOK

EARLY, LATE = "early", "late"

QUESTIONS: dict[str, tuple[str, str]] = {
    "rmsprop_oscillates": ("rmsprop", LATE),
    "adagrad_does": ("adagrad", EARLY),
    "adadelta_stands": ("adadelta", EARLY),
    "nag_differs": ("nag", EARLY),
}
"""Question (its words are in `[inside]`) → the kind of the optimizer that it is about, and when it is answered."""


def questions_of(race: Race, words: Mapping[str, str]) -> list[dict[str, Any]]:
    """The questions that this race can answer: {"asked": words, "racer": place, "at": step}."""
    kinds = [racer.kind for racer in race.racers]
    step = {EARLY: min(FIRST_LOOK, race.steps), LATE: race.steps}
    return [
        {"asked": words[f"ask_{question}"], "racer": kinds.index(kind), "at": step[when]}
        for question, (kind, when) in QUESTIONS.items()
        if kind in kinds
    ]
