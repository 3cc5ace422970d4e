"""What the stage of the race page may ask for, and who answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from optviz.guide.family import CHAPTERS
from optviz.text.guide import as_addressed
from optviz.ui import component, looking, requests, session
from optviz.ui.pages.race import touring
from optviz.view import camera, places

CARD = "card"
"""Where the visit notes whose card is open: the place of a racer, or None."""

CODE = "code_shown"
"""Where the visit notes whether the QR code lies over the picture."""

PICTURE_ALONE = frozenset({"map", "card", "code"})
"""What changes the picture and nothing else."""


def answer(sent: Any) -> bool:
    """The stage asks for something, or says where what is being dragged is now. Whether more than it has changed."""
    more = False
    for request in requests.new(sent):
        with requests.answered(request):
            if request.what in REQUESTS:
                REQUESTS[request.what](request.value)
        more |= request.what not in PICTURE_ALONE
    if isinstance(sent, dict) and isinstance(sent.get("live"), dict):
        session.drag(sent["live"])
    return more


def _start_chosen(chosen: Any) -> None:
    session.attempt(lambda: session.race().replaced(start=chosen))


def _learning_rate_chosen(chosen: Any) -> None:
    session.attempt(lambda: session.race().with_highest_learning_rate(chosen))


def _view_changed(changed: Any) -> None:
    chosen = changed.get("chosen") if isinstance(changed, dict) else None
    if isinstance(chosen, dict) and isinstance(changed, dict):
        session.change_view(
            **session.view().choosing(chosen).chosen,
            hidden=places(changed.get("hidden")),
            veiled=changed.get("veiled") is True,
            camera=camera(changed.get("camera")),
        )


def _map_needed(_: Any) -> None:
    component.send_everything()


def _card_opened(place: Any) -> None:
    st.session_state[CARD] = next(iter(places([place])), None)


def _code_shown(shown: Any) -> None:
    st.session_state[CODE] = shown is True


def _look_inside(shown: Any) -> None:
    if isinstance(shown, dict):
        looking.look_inside(shown.get("racer"), shown.get("at"))
        session.go_to_page("step")


def _read_about(place: Any) -> None:
    known = places([place])
    racers = session.race().racers
    chapter = CHAPTERS.get(racers[known[0]].kind) if known and known[0] < len(racers) else None
    if chapter is not None:
        session.change_view(chapter=as_addressed(chapter))
        session.go_to_page("guide")


REQUESTS: dict[str, Callable[[Any], None]] = {
    "start": _start_chosen,
    "learning_rate": _learning_rate_chosen,
    # Let go without a choice: then the page is what it was.
    "let_go": lambda _: session.drag(None),
    "view": _view_changed,
    "played": session.played,
    "present": lambda present: session.change_view(present=present is True),
    "pin": lambda pinned: session.pin(pinned is True),
    "tour": touring.handle,
    "map": _map_needed,
    "card": _card_opened,
    "code": _code_shown,
    "inside": _look_inside,
    "read": _read_about,
    # Gone back or forward while something was held. Read at once: what is asked for behind it is newer.
    "address": lambda _: session.go_to_the_address(),
    "page": lambda _: None,
}
