"""What a stage asks for. It numbers its requests and sends each until it is told that the server has heard of it."""

from __future__ import annotations

from typing import Any

import streamlit as st

LONGEST_NAME = 40
MOST_WAITING = 200


def new(sent: Any) -> list[tuple[str, Any]]:
    """The requests (what, value) that this visit has not heard of before, in their order; from now on it has.

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
            found.append((str(request.get("what"))[:LONGEST_NAME], request.get("value")))
    st.session_state.heard = {"page": page, "number": last}
    return found


def heard() -> dict[str, Any] | None:
    """The page of the browser that last asked for something, and the number of the last request that was heard."""
    known: dict[str, Any] | None = st.session_state.get("heard")
    return known
