"""The sentences below the picture: what its lines are, and what cannot be seen in it."""

from __future__ import annotations

from optviz.budget import most_steps_of_runs
from optviz.experiment import Race
from optviz.figures import Figure
from optviz.figures.fans import FAN_RUNS
from optviz.figures.race_record import RaceRecord
from optviz.text import Words, counted, spaced
from optviz.text.telling import COLORS, difference_of_pinned, key_sentences, sentences_of
from optviz.ui import background, cached, session


def below_the_picture(
    race: Race,
    available: background.Available,
    figure: Figure,
    record: RaceRecord,
    pinned: RaceRecord | None,
    text: Words,
) -> str:
    """What is to be said of this figure of the race."""
    view, key = session.view(), text["figure"]
    colors = COLORS.get((view.drawn, view.look), "dark")
    sentences = key_sentences(
        cached.heights(race.bare_surface), key, colors, bool(record.minima), record.drift is not None
    )
    if race.surface.samples is not None:
        sentences.append(counted(key, "key_samples", race.surface.samples).format(samples=race.surface.samples))
    sentences += sentences_of(figure, (view.axis, view.by, view.runs))
    most = most_steps_of_runs(race, FAN_RUNS) if view.runs == "many" and any(record.batched) else race.steps
    if race.steps > most:
        sentences.append(key["runs_too_many"].format(most=f"{most:,}", steps=f"{race.steps:,}"))
    if not available.whole and session.is_dragging():
        sentences.append(
            text["background"]["dragged"].format(first=f"{race.steps:,}", steps=f"{available.asked.steps:,}")
        )
    if pinned is not None and view.pinned is not None:
        sentences.append(difference_of_pinned(race, view.pinned, text))
    elif view.pinned is not None and background.is_there(view.pinned):
        sentences.append(text["pinned"]["elsewhere"])
    return spaced(" ".join(sentences))
