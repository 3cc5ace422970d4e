"""What a stage asks for. It numbers its requests and sends each until it is told that the server has heard of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import streamlit as st
from streamlit.runtime.scriptrunner_utils.exceptions import ScriptControlException

LONGEST_NAME = 40
MOST_WAITING = 200


class Request(NamedTuple):
    """One request of a page of the browser."""

    page: str
    number: int
    what: str
    value: Any


def new(sent: Any) -> list[Request]:
    """The requests that this visit has not heard of before, in their order; each is answered within `answered`.

    sent: whatever a browser sends: {"page": name, "requests": [{"number": 1, "what": "start", "value": …}, …]}. The
    numbers of one page of the browser grow; those of another begin again. What has another form is left out.
    """
    if not isinstance(sent, dict) or not isinstance(sent.get("requests"), list):
        return []
    page = sent.get("page")
    if not isinstance(page, str) or len(page) > LONGEST_NAME:
        return []
    known = heard()
    last = known["number"] if known is not None and known["page"] == page else 0
    found = []
    for request in sent["requests"][:MOST_WAITING]:
        number = request.get("number") if isinstance(request, dict) else None
        if type(number) is int and number > last:
            last = number
            found.append(Request(page, number, str(request.get("what"))[:LONGEST_NAME], request.get("value")))
    if known is None or known["page"] != page:
        st.session_state.heard = {"page": page, "number": 0}
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
        st.session_state.heard = {"page": request.page, "number": request.number}
        raise
    st.session_state.heard = {"page": request.page, "number": request.number}


def heard() -> dict[str, Any] | None:
    """The page of the browser that last asked for something, and the number of the last request that was heard."""
    known: dict[str, Any] | None = st.session_state.get("heard")
    return known
