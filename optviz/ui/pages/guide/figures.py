"""The small pictures in the guide's text: each is a fragment with a race of its own, beside that of the visit."""

from __future__ import annotations

import html
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from optviz.bad_input import BadInput
from optviz.experiment import Race
from optviz.figures.race import race_figure
from optviz.figures.race_record import race_record
from optviz.figures.small import small_figure
from optviz.guide.demonstrations import Demonstration, demonstrations
from optviz.guide.family import family_svg
from optviz.text import words
from optviz.text.telling import caption, file_name, heading
from optviz.ui import background, cached, component, requests, session
from optviz.ui.pages.guide import arrows, links
from optviz.ui.pages.guide.starts import HELD, STARTS, race_shown


def show(name: str) -> None:
    """The picture of this name: a drawing, or that of a demonstration and what stands under it."""
    if name in DRAWINGS:
        # Streamlit's own way of showing HTML takes drawings out.
        shown = component.of_script("optviz_guide_drawing", Path(__file__).with_name("drawing.js"))
        shown(key=f"guide_drawing_{name}", data={"drawn": DRAWINGS[name]()}, height="content")
        return
    demonstration = demonstrations()[name]
    with st.container(key=f"guide_figure_{name}"):
        (arrows.show if demonstration.inside is not None else _picture)(name)
        said = html.escape(demonstration.captions[session.language()])
        st.html(f'<p class="optviz-guide-caption">{said}</p>')


def _family() -> str:
    text = words(session.language())
    return family_svg(lambda chapter, _: links.to_chapter(chapter), text["optimizer"], text["guide"])


DRAWINGS: dict[str, Callable[[], str]] = {"family": _family}
"""What is drawn, and does not play."""


def key_of(name: str) -> str:
    """What the stage of a demonstration is mounted as."""
    return f"guide_{name}"


@st.fragment
def _picture(name: str) -> None:
    demonstration = demonstrations()[name]
    held = st.session_state.get(HELD, {}).get(name)
    asked = race_shown(demonstration)
    available = background.available(asked, dragged=bool(held))
    race = available.race
    if race is not None:
        component.mount(_message(demonstration, race, held), key_of(name), partial(answer, name))
    if not available.whole and not held:
        arrows.await_whole(name, available)


def answer(name: str, sent: Any) -> bool:
    """The stage of a demonstration asks for something, or says where its start is held. Nothing else changes."""
    for request in requests.new(sent, key_of(name)):
        with requests.answered(request):
            if request.what == "start":
                _start_chosen(name, request.value)
            elif request.what == "map":
                component.send_everything()
            st.session_state.setdefault(HELD, {})[name] = None
    if isinstance(sent, dict) and isinstance(sent.get("live"), dict):
        st.session_state.setdefault(HELD, {})[name] = sent["live"]
    return False


def _start_chosen(name: str, start: Any) -> None:
    try:
        chosen = demonstrations()[name].race.replaced(start=start).start
    except BadInput:
        return
    st.session_state.setdefault(STARTS, {})[name] = chosen


def _message(demonstration: Demonstration, race: Race, held: dict[str, Any] | None) -> bytes:
    text, language = words(session.language()), session.language()
    start = race.start or cached.start(race.surface)
    record = race_record(cached.paths(race), race.racer_names(text["optimizer"]), start)
    map_key = f"small {session.token(race.bare_surface)}"
    whole = race_figure(record, cached.small_heights(race.bare_surface), map_key, text["figure"])
    view = demonstration.view
    figure = small_figure(whole, demonstration.curves, view.chosen)
    number = (held or {}).get("number")
    return component.next_message(
        figure,
        text["stage"],
        key_of(demonstration.name),
        token=session.token((race, language)),
        view={"chosen": view.chosen, "hidden": [], "veiled": False, "camera": view.camera, "stamp": 0},
        live=number if isinstance(number, int) else None,
        heard=requests.heard(key_of(demonstration.name)),
        race=session.token(race),
        shown=session.token(race),
        file_name=file_name(race),
        title=heading(race, language),
        caption=caption(race, start, language, None),
        small=True,
    )
