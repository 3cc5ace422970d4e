"""The picture of a lesson: its own race, beside the visit's, under a veil until it has been played."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import streamlit as st

from optviz.experiment.lesson import Lesson
from optviz.figures import Figure
from optviz.figures.card import card_of, with_cards
from optviz.figures.fans import fans_of
from optviz.figures.race import race_figure
from optviz.figures.race_record import race_record
from optviz.text import Words, words
from optviz.text.telling import caption, file_name
from optviz.ui import background, cached, component, looking, requests, session
from optviz.ui.pages.lessons.state import STATE, State, at_hand, shown_by, state_of
from optviz.view import camera, places

STAGE = "lesson_stage"
CARD = "lesson_card"
KNOWN = "lesson_known"
"""Where a visit keeps what there was to be shown when its picture was drawn last."""


@st.fragment
def picture() -> None:
    """The picture; a fragment, so that it alone is run again for what changes nothing else."""
    if component.more_has_changed():
        st.rerun()
    found, text = at_hand(), words(session.language())
    if found is None:
        return
    state, race = state_of(found), found.race
    known = st.session_state[KNOWN] = background.available(race, None, state.view.runs == "many")
    if known.race is None or not known.whole:
        failed = bool(known.failed) and not known.to_come
        st.html(f"<p class='optviz-awaited' role='status'>{text['background']['failed' if failed else 'surface']}</p>")
        if failed:
            st.button(text["background"]["again"], key="try_again", on_click=_try_again, args=(known.failed,))
        return
    component.mount(_message(found, state, _figure(found, state, text), text), STAGE, _answer)


def wait_for_more(found: Lesson) -> None:
    """Run the page again when what its picture still lacks is there."""
    many = state_of(found).view.runs == "many"
    known: background.Available = st.session_state[KNOWN]
    if not known.to_come:
        return

    @st.fragment(run_every=background.SECONDS_BETWEEN_LOOKS)
    def wait() -> None:
        if background.has_more(known, None, many):
            st.rerun()

    wait()


def _try_again(failed: frozenset[background.WishKey]) -> None:
    background.try_again(failed)
    st.session_state[component.MORE] = True


def _figure(found: Lesson, state: State, text: Words) -> Figure:
    race = found.race
    paths, names = cached.paths(race), race.racer_names(text["optimizer"])
    start = race.start or cached.start(race.surface)
    many = state.view.runs == "many" and background.runs_are_there(race)
    record = race_record(paths, names, start, fans_of(race, cached.fan_of, start) if many else None)
    key = session.token(race.bare_surface)
    figure = race_figure(record, cached.heights(race.bare_surface), key, text["figure"], None, None)
    # A lesson's start is the lesson's.
    figure = dataclasses.replace(figure, clicks={})
    place = st.session_state.get(CARD)
    if place is None or place >= len(race.racers):
        return figure
    numbers = cached.slopes_and_lengths(*cached.path_arguments(race, place))
    return with_cards(figure, {place: card_of(race.racers[place], numbers, text)})


def _message(found: Lesson, state: State, figure: Figure, text: Words) -> bytes:
    race, view = found.race, state.view
    return component.next_message(
        figure,
        text["stage"],
        STAGE,
        token=session.token((race, session.language(), view.runs, session.view().present)),
        view={
            "chosen": view.chosen,
            "hidden": list(view.hidden),
            "veiled": True,
            "camera": view.camera,
            "stamp": state.stamp,
        },
        rates=None,
        heard=requests.heard(),
        shown=session.token(race),
        played=state.answered,
        replay=state.replays,
        file_name=file_name(race),
        title=found.told(found.title, session.language()),
        caption=caption(race, race.start or cached.start(race.surface), session.language()),
        tools=["inside"] if state.answered else [],
        present=session.view().present,
    )


# --- what the stage asks for ---------------------------------------------------------------------------------------


def _answer(sent: Any) -> bool:
    more = False
    for request in requests.new(sent):
        with requests.answered(request):
            if request.what in REQUESTS:
                REQUESTS[request.what](request.value)
        more |= request.what not in ("map", "card")
    return more


def _state() -> State | None:
    known: State | None = st.session_state.get(STATE)
    return known


def _view_changed(changed: Any) -> None:
    state, chosen = _state(), changed.get("chosen") if isinstance(changed, dict) else None
    if state is not None and isinstance(chosen, dict):
        seen = state.view.choosing(chosen)
        hidden, eye = places(changed.get("hidden")), camera(changed.get("camera"))
        state.view = dataclasses.replace(seen, hidden=hidden, camera=eye)
        # Who takes the veil away has looked.
        if changed.get("veiled") is False:
            state.answer()


def _played(seen: Any) -> None:
    state, found = _state(), at_hand()
    if state is not None and found is not None and seen == session.token(found.race):
        state.answer()


def _card_opened(place: Any) -> None:
    st.session_state[CARD] = next(iter(places([place])), None)


def _look_inside(shown: Any) -> None:
    found = at_hand()
    if found is None or not isinstance(shown, dict) or not shown_by(found).take_up():
        return
    looking.look_inside(shown.get("racer"), shown.get("at"))
    session.go_to_page(looking.PAGE)


REQUESTS: dict[str, Callable[[Any], None]] = {
    "view": _view_changed,
    "played": _played,
    "card": _card_opened,
    "inside": _look_inside,
    "map": lambda _: component.send_everything(),
    "address": lambda _: session.go_to_the_address(),
    "present": lambda present: session.change_view(present=present is True),
}
