"""What a stage asks for. It numbers its requests and sends each until it is told that the server has heard of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import streamlit as st
from streamlit.runtime.scriptrunner_utils.exceptions import ScriptControlException

LONGEST_NAME = 40
FIRST_STAGE = "stage"
MOST_WAITING = 200


class Request(NamedTuple):
    """One request of a page of the browser, from one of its stages."""

    page: str
    number: int
    what: str
    value: Any
    stage: str = FIRST_STAGE


def new(sent: Any, stage: str = FIRST_STAGE) -> list[Request]:
    """The requests that this visit has not heard of before, in their order; each is answered within `answered`.

    sent: whatever a browser sends: {"page": name, "requests": [{"number": 1, "what": "start", "value": …}, …]}. The
    numbers of one page of the browser grow; those of another begin again. What has another form is left out. stage:
    the one that asks, as it was mounted; each numbers its own.
    """
    if not isinstance(sent, dict) or not isinstance(sent.get("requests"), list):
        return []
    page = sent.get("page")
    if not isinstance(page, str) or len(page) > LONGEST_NAME:
        return []
    known = heard(stage)
    last = known["number"] if known is not None and known["page"] == page else 0
    found = []
    for request in sent["requests"][:MOST_WAITING]:
        number = request.get("number") if isinstance(request, dict) else None
        if type(number) is int and number > last:
            last = number
            found.append(Request(page, number, str(request.get("what"))[:LONGEST_NAME], request.get("value"), stage))
    if known is None or known["page"] != page:
        _note(stage, page, 0)
    return found


@contextmanager
def answered(request: Request) -> Iterator[None]:
    """Around what a request asks for: from then on the visit has heard of it.

    Not where the run is given up for a newer one in the middle: then the browser asks again.
    """
    try:
        yield
    except ScriptControlException:
        raise
    except BaseException:
        _note(request.stage, request.page, request.number)
        raise
    _note(request.stage, request.page, request.number)


def heard(stage: str = FIRST_STAGE) -> dict[str, Any] | None:
    """The page of the browser where this stage last asked for something, and the number of the last that was heard."""
    known: dict[str, Any] | None = st.session_state.get("heard", {}).get(stage)
    return known


def _note(stage: str, page: str, number: int) -> None:
    st.session_state.setdefault("heard", {})[stage] = {"page": page, "number": number}
