"""The tour on the page: what its buttons do, and the tally."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Callable
from typing import Any

import streamlit as st

from optviz.bad_input import BadInput
from optviz.parameter import SEED
from optviz.text import Words
from optviz.tour import Tour, seeded_families, tour
from optviz.ui import background, cached, session, widgets

SECONDS = (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30)
USUAL_SECONDS = 4
SECONDS_TO_WAIT = 20


def handle(sent: Any) -> None:
    """What the stage asks for: to begin a tour, to end it, or the next seed."""
    if not isinstance(sent, dict):
        return
    going = session.touring()
    if sent.get("do") == "begin" and going is None:
        begin()
    elif sent.get("do") == "end":
        session.end_tour()
    elif sent.get("do") == "next" and going is not None and sent.get("number") == session.tour_number():
        # A tour whose race cannot be computed ends where it is.
        if background.wait_for(going.race, SECONDS_TO_WAIT):
            session.go_on(going.after(cached.paths(going.race)))
        else:
            session.end_tour()


def begin() -> None:
    """Begin a tour with the settings of the panel, or from the race that is shown."""
    settings = st.session_state.get("tour_settings", {})
    try:
        session.begin_tour(tour(session.race(), settings.get("first"), settings.get("family")))
    except BadInput as problem:
        session.refuse(problem)


def seconds() -> int:
    """How long each seed is shown."""
    chosen: int = st.session_state.get("tour_settings", {}).get("seconds", USUAL_SECONDS)
    return chosen


def header() -> dict[str, Any] | None:
    """What the stage needs to know of a tour that is under way."""
    going = session.touring()
    if going is None:
        return None
    return {
        "number": session.tour_number(),
        "seconds": seconds(),
        "seed": going.seed,
        "visited": going.visited,
        "wins": [tally(share) for share in going.wins],
    }


def tally(share: float) -> str:
    """A number of wins for reading: whole, or with one decimal where a win was shared."""
    return f"{share:.0f}" if abs(share - round(share)) < 1e-9 else f"{share:.1f}"


def panel(text: Words) -> None:
    """Settings of the tour and the tally so far, below the picture."""
    words = text["tour"]
    box = st.expander(words["title"], key="tour_panel", on_change="rerun")
    if not box.open:
        return
    with box:
        st.caption(words["explained"])
        _settings(text)
        going = session.touring()
        st.button(
            words["end" if going else "begin"],
            key="tour_button",
            on_click=session.end_tour if going else begin,
        )
        last = session.last_tour()
        if last is not None:
            _tally(last, text)


def _settings(text: Words) -> None:
    words, settings = text["tour"], st.session_state.setdefault("tour_settings", {})
    preset = session.touring() or tour(session.race())
    family, first, pace = st.columns([2, 1, 2])

    def keeper(name: str) -> Callable[[Any], None]:
        return lambda chosen: settings.update({name: chosen})

    widgets.choice(
        family.selectbox,
        words["family"],
        seeded_families(),
        settings.get("family", preset.family),
        keeper("family"),
        key="tour_family",
        title=lambda name: text["surface"].get(name, name),
    )
    with first:
        value = settings.get("first", preset.first)
        # To be typed: any of four thousand million, of which a slider offers ten thousand.
        typed = dataclasses.replace(SEED, slider=None)
        widgets.number_field(words["first"], "tour_first", value, typed, None, keeper("first"))
    widgets.choice(
        pace.select_slider,
        words["seconds"],
        SECONDS,
        settings.get("seconds", USUAL_SECONDS),
        keeper("seconds"),
        key="tour_seconds",
    )


def _tally(last: Tour, text: Words) -> None:
    words = text["tour"]
    if last.visited == 0:
        st.caption(words["nobody"])
        return
    names = last.race.racer_names(text["optimizer"])
    rows = sorted(zip(last.wins, last.shares, names, strict=True), key=lambda row: -row[0])
    body = "".join(
        f"<tr><td>{html.escape(name)}</td><td class='number'>{tally(won)}</td><td class='number'>{share:.0%}</td></tr>"
        for won, share, name in rows
    )
    title = words["tally_one"] if last.visited == 1 else words["tally"].format(count=last.visited)
    st.html(
        f"<p>{html.escape(title)}</p><table class='optviz-scores optviz-tally'><thead><tr>"
        f"<th>{html.escape(words['racer'])}</th><th class='number'>{html.escape(words['wins'])}</th>"
        f"<th class='number'>{html.escape(words['share'])}</th></tr></thead><tbody>{body}</tbody></table>"
    )
