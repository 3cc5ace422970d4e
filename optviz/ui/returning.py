"""The way back from a race that a page showed: to that page, and to the race that was there before.

The browser keeps it over a reload, for the tab.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from optviz.bad_input import BadInput
from optviz.experiment import Race
from optviz.text import Words, counted, spaced
from optviz.ui import address, component, session
from optviz.view import View, WholeRace

_LEFT = "left_behind"
PAGES = ("guide", "lessons", "league")
"""The pages that show a race which is not the visit's own."""

_SCRIPT = Path(__file__).with_name("returning.js")


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


def spelled_left(known: Left | None) -> dict[str, str] | None:
    """What was left as a browser keeps it."""
    if known is None:
        return None
    race, shown = (WholeRace().spelled(each) for each in (known.race, known.shown))
    return {"page": known.page, "race": race, "view": urlencode(known.view.to_query(known.page)), "shown": shown}


def take_kept(said: Any) -> None:
    """Take what a browser has kept over a reload, whatever it may send, where the visit has the race shown for it."""
    names = ("page", "race", "view", "shown")
    if left() is not None or not isinstance(said, dict) or not all(isinstance(said.get(name), str) for name in names):
        return
    race, shown = (WholeRace().read(name, said[name], []) for name in ("race", "shown"))
    if said["page"] not in PAGES or race is None or shown is None or shown != session.race():
        return
    view, _ = View.from_query(dict(parse_qsl(said["view"])), said["page"])
    st.session_state[_LEFT] = Left(said["page"], race, view.fitting(race), shown)


def _keep() -> None:
    with st.container(key="left_kept"):
        component.of_script("optviz_left", _SCRIPT)(
            key="left_keeper",
            height="content",
            data={"left": spelled_left(left())},
            on_kept_change=lambda: take_kept(st.session_state.left_keeper.kept),
        )


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
    _keep()
    known = left()
    if known is None or (known.page == address.page() and known.race == known.shown):
        # There is no other race, and no other page, to go back to.
        return
    words, is_here = text["back"], known.page == address.page()
    with st.container(key="way_back_row", horizontal=True, vertical_alignment="center"):
        # Who is on that page already goes back to nothing but another question of it.
        st.button(f"← {words['here' if is_here else known.page]}", key="way_back", type="tertiary", on_click=go_back)
        if known.race != known.shown:
            st.html(f"<p class='optviz-waits'>{html.escape(spaced(_waits(known, words, is_here)))}</p>")


def _waits(known: Left, words: Mapping[str, str], is_here: bool) -> str:
    """What the way back leads to: a league is a question about its racers, any other page has a place of its own."""
    if not is_here and known.page != "league":
        return words[f"waits_{known.page}"]
    count = len(known.race.racers)
    return counted(words, "waits_here" if is_here else "waits_league", count).format(count=count)
