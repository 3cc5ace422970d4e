"""The picture of the race page: a fragment, so that it alone is run again while something is dragged."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import streamlit as st

from optviz.experiment import Race
from optviz.figures import Figure
from optviz.figures.card import Card, card_of, with_cards
from optviz.figures.fans import fans_of
from optviz.figures.lengths import Lengths, lengths_of
from optviz.figures.race import race_figure
from optviz.figures.race_record import RaceRecord, beginning, beside, race_record
from optviz.figures.swarm import with_swarm
from optviz.guide.family import CHAPTERS
from optviz.optimizers import OPTIMIZERS
from optviz.text import Words, words
from optviz.text.telling import caption, file_name, heading
from optviz.ui import background, cached, component, looking, requests, session
from optviz.ui.pages.race import swarming, touring
from optviz.ui.pages.race.answers import CARD, CODE, answer
from optviz.ui.pages.race.caption import below_the_picture
from optviz.ui.pages.race.sharing import code_to_show

STAGE = "stage"
AVAILABLE = "available"
DRAWN = "drawn"
RANGES = "ranges"
LENGTH_RANGE = "length_range"


def what_is_there() -> background.Available:
    """What can be shown of the race now, and of those beside it."""
    view = session.view()
    return background.available(
        session.shown(), view.pinned, view.runs == "many", session.is_dragging(), swarming.wanted()
    )


def pinned_record(race: Race, text: Words) -> RaceRecord | None:
    """The pinned race, if there is one on this surface and its paths are there."""
    pinned = session.view().pinned
    if pinned is None or pinned.bare_surface != race.bare_surface:
        return None
    if not background.is_there(pinned):
        return None
    names = pinned.racer_names(text["optimizer"])
    return race_record(cached.paths(pinned), names, pinned.start or cached.start(pinned.surface))


@st.fragment
def picture() -> None:
    """The picture. While something is dragged it alone is run again, and the page follows when it is let go."""
    if component.more_has_changed():
        st.rerun()
    text = words(session.language())
    available = st.session_state.pop(AVAILABLE, None) or what_is_there()
    # Nothing is known yet: the picture before stays in sight.
    race = available.race or st.session_state.get(DRAWN)
    if race is None or not background.is_there(race):
        return
    st.session_state[DRAWN] = race
    # The map is that of the full loss: how samples are drawn does not change it.
    map_key = session.token(race.bare_surface)
    # Before all that is measured by the lowest loss: the swarm may have found a lower one.
    session.draw_swarm(swarming.drawn(race, available.whole))
    swarm, said = swarming.shown(race, available.whole, text)
    record, pinned = _records(race, available, map_key, text)
    lengths = _lengths(record, pinned, available, map_key) if session.view().axis == "length" else None
    figure = race_figure(record, cached.heights(race.bare_surface), map_key, text["figure"], pinned, lengths)
    figure = with_cards(with_swarm(figure, record, swarm), _open_card(race, text))
    if "start" in session.view().without:
        figure = dataclasses.replace(figure, clicks={})
    told = swarming.told_to_the_stage(swarm)
    component.mount(_message(race, figure, pinned, text, told), STAGE, answer)
    st.caption(below_the_picture(race, available, figure, record, pinned, text))
    swarming.say(said)


def _open_card(race: Race, text: Words) -> dict[int, Card]:
    """The card that is open, by the place of its racer: all of them would be a third of a message."""
    place = st.session_state.get(CARD)
    if place is None or place >= len(race.racers):
        return {}
    numbers = cached.slopes_and_lengths(*cached.path_arguments(race, place))
    return {place: card_of(race.racers[place], numbers, text)}


def _records(
    race: Race, available: background.Available, map_key: str, text: Words
) -> tuple[RaceRecord, RaceRecord | None]:
    """What is drawn: the race, and the pinned one if it is on this surface."""
    paths, names = cached.paths(race), race.racer_names(text["optimizer"])
    start = race.start or cached.start(race.surface)
    many = session.view().runs == "many" and background.runs_are_there(race)
    fans = fans_of(race, cached.fan_of, start) if many else None
    # After all that runs: whatever went lower than was known counts for every gap that is drawn.
    pinned = pinned_record(race, text)
    record = race_record(paths, names, start, fans)
    if pinned is not None:
        record = beside(record, pinned)
    if available.whole:
        st.session_state[RANGES] = (map_key, record.loss_range, record.gap_range)
    elif available.race is not None:
        # The axes are those of the whole race, as far as they are known.
        known_key, *ranges = st.session_state.get(RANGES, ("",))
        record = beginning(record, available.asked.steps, *(ranges if known_key == map_key else ()))
    return record, pinned


def _lengths(record: RaceRecord, pinned: RaceRecord | None, available: background.Available, map_key: str) -> Lengths:
    """What is drawn of the lengths of steps, which travel only where they are looked at."""
    known_key, known = st.session_state.get(LENGTH_RANGE, ("", None))
    is_known = known_key == map_key and not available.whole
    lengths = lengths_of(record, pinned, [known] if is_known else [])
    if available.whole:
        st.session_state[LENGTH_RANGE] = (map_key, lengths.range)
    return lengths


def _message(race: Race, figure: Figure, pinned: RaceRecord | None, text: Words, more: Mapping[str, Any]) -> bytes:
    """The figure and what the stage needs to know beside it, of which the browser is sent what it has not got."""
    view, start = session.view(), race.start or cached.start(race.surface)
    return component.next_message(
        figure,
        text["stage"],
        STAGE,
        token=session.token(_picture_of(race)),
        view={
            "chosen": view.chosen,
            "hidden": list(view.hidden),
            "veiled": view.veiled,
            "camera": view.camera,
            "stamp": st.session_state.view_stamp,
        },
        rates=None if "learning_rate" in view.without else _rates(race),
        live=session.live_number(),
        heard=requests.heard(),
        race=session.token(session.race()),
        shown=session.token_of_what_plays(race),
        played=view.veiled and session.end_was_seen(),
        seek=looking.sought(),
        file_name=file_name(race),
        title=heading(race, session.language()),
        caption=caption(race, start, session.language(), view.pinned if pinned is not None else None),
        tools=["tour", "pin", "code", "inside"],
        readable=[place for place, racer in enumerate(race.racers) if racer.kind in CHAPTERS],
        code=code_to_show(text["download"]) if st.session_state.get(CODE) else None,
        pinned=view.pinned is not None,
        present=view.present,
        tour=touring.header(),
        link=session.link(),
        hints=[
            {"about": about, "text": hint, "on_touch": text["hint_on_touch"][about]}
            for about, hint in text["hint"].items()
        ],
        **more,
    )


def _picture_of(race: Race) -> tuple[object, ...]:
    """All that makes the picture another one."""
    view, swarm = session.view(), swarming.wanted()
    seen = (race, session.language(), view.runs, view.axis == "length", view.pinned, view.present)
    return seen if swarm is None else (*seen, swarm)


def _rates(race: Race) -> dict[str, float] | None:
    """What the handle of the learning rate shows and where it ends; None where nobody has a rate of their own."""
    rates = race.own_learning_rates
    least, most = OPTIMIZERS["gradient_descent"].hyperparameters()["learning_rate"].slider or (1e-4, 10.0)
    return {"lowest": min(rates), "highest": max(rates), "least": least, "most": most} if rates else None
