"""What the page of a step may ask for, and who answers. Which step is looked at is the browser's alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from optviz.ui import component, looking, requests, session


def answer(sent: Any) -> bool:
    """The page asks for something. Nothing is outside its fragment, so there is never more to be run."""
    for request in requests.new(sent):
        with requests.answered(request):
            if request.what in REQUESTS:
                REQUESTS[request.what](request.value)
    return False


def _another_chosen(chosen: Any) -> None:
    if isinstance(chosen, dict):
        travels = chosen.get("travels") is True
        looking.look_inside(chosen.get("racer"), chosen.get("at"), chosen.get("beside"), travels=travels)


def _back_to_the_race(shown: Any) -> None:
    looking.show_at(shown.get("at") if isinstance(shown, dict) else None)
    session.go_to_page("race")


REQUESTS: dict[str, Callable[[Any], None]] = {
    "inside": _another_chosen,
    "race": _back_to_the_race,
    "present": lambda present: session.change_view(present=present is True),
    "map": lambda _: component.send_everything(),
}
