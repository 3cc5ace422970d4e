"""The way back from a race that a page showed: to that page, and to the race that was there before."""

from __future__ import annotations

import html
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from optviz.bad_input import BadInput
from optviz.experiment import Race
from optviz.text import Words, counted, spaced
from optviz.ui import address, session
from optviz.view import View

_LEFT = "left_behind"


@dataclass(frozen=True)
class Left:
    """What was left: a page, with the race and the view of the visit. shown: the race for which it was left."""

    page: str
    race: Race
    view: View
    shown: Race


def leave(page: str, shown: Race) -> None:
    """Note what the visit has now, before `page` shows another race. What was only shown is not theirs."""
    before, race, view = left(), session.race(), session.view()
    if before is not None:
        read = {field: getattr(view, field) for field, row in View.rows().items() if row.page == page}
        race, view = before.race, replace(before.view, **read)
    st.session_state[_LEFT] = Left(page, race, view, shown)


def take_up(page: str, shown: Race, **seen: Any) -> bool:
    """Let the visit have the race that `page` shows, seen like this; whether it could. `left` says what it had."""
    leave(page, shown)
    try:
        session.change(shown)
    except BadInput as problem:
        session.refuse(problem)
        return False
    session.change_view(**seen)
    st.session_state.view_stamp += 1
    return True


def follow(shown: Race) -> None:
    """Keep the way back where what was shown becomes another race, because it could not be asked about as it was."""
    known = left()
    if known is not None:
        st.session_state[_LEFT] = replace(known, shown=shown)


def left() -> Left | None:
    """What was left for the race that the visit has; None once that has been changed."""
    known: Left | None = st.session_state.get(_LEFT)
    return known if known is not None and known.shown == session.race() else None


def go_back() -> None:
    """Go to what was left; language and screen stay as they are now."""
    known = left()
    if known is None:
        return
    now = session.view()
    try:
        session.change(known.race)
    except BadInput as problem:
        session.refuse(problem)
        return
    st.session_state.view = replace(known.view, language=now.language, present=now.present).fitting(known.race)
    st.session_state.view_stamp += 1
    session.go_to_page(known.page)


def way_back(text: Words) -> None:
    """A small link back, above the race, and that another race waits there."""
    known = left()
    if known is None or (known.page == address.page() and known.race == known.shown):
        # There is no other race, and no other page, to go back to.
        return
    words, is_here = text["back"], known.page == address.page()
    with st.container(key="way_back_row", horizontal=True, vertical_alignment="center"):
        # Who is on that page already goes back to nothing but another question of it.
        st.button(f"← {words['here' if is_here else known.page]}", key="way_back", type="tertiary", on_click=go_back)
        if known.race != known.shown:
            count = len(known.race.racers)
            waits = counted(words, "waits_here", count).format(count=count) if is_here else words["waits"]
            st.html(f"<p class='optviz-waits'>{html.escape(spaced(waits))}</p>")
