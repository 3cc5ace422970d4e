"""What the stage asks for is done once, in order, whatever is lost, repeated or forged on the way."""

from __future__ import annotations

import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cases import ROOT
from optviz.ui.pages.race.answers import PICTURE_ALONE, REQUESTS


def script() -> None:
    import streamlit as st

    from optviz.ui import requests

    st.session_state.done = []
    for request in requests.new(st.session_state.get("sent")):
        with requests.answered(request):
            if st.session_state.get("breaks") == request.value:
                del st.session_state.breaks
                st.rerun() if st.session_state.interrupts else 1 / 0
            st.session_state.done.append(request.value)
    st.session_state.told = requests.heard()


def asked(numbers: list[Any], page: Any = "a") -> dict[str, Any]:
    return {"page": page, "requests": [{"number": number, "what": "pin", "value": number} for number in numbers]}


def heard(sent: list[Any]) -> tuple[list[list[Any]], Any]:
    """The values that are done after each message, and what the browser is told last."""
    app = AppTest.from_function(script)
    done = []
    for message in sent:
        app.session_state["sent"] = message
        app.run()
        assert not app.exception
        done.append(list(app.session_state["done"]))
    return done, app.session_state["told"]


CASES = [
    ("each once", [asked([1]), asked([2])], [[1], [2]]),
    ("repeated until heard", [asked([1]), asked([1, 2]), asked([1, 2, 3])], [[1], [2], [3]]),
    ("one lost on the way", [asked([1]), asked([2, 3])], [[1], [2, 3]]),
    ("an old one that comes late", [asked([1, 2]), asked([1])], [[1, 2], []]),
    ("another page of the browser", [asked([1, 2]), asked([1], page="b")], [[1, 2], [1]]),
]


@pytest.mark.parametrize(("sent", "done"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_request_is_done_once_and_in_order(sent: list[Any], done: list[list[Any]]) -> None:
    found, told = heard(sent)
    assert found == done
    assert told["page"] == sent[-1]["page"]
    assert told["number"] == max(
        number
        for message, numbers in zip(sent, done, strict=True)
        if message["page"] == told["page"]
        for number in numbers
    )


@pytest.mark.parametrize("interrupts", [True, False])
def test_what_is_interrupted_is_asked_again_and_what_breaks_is_not(interrupts: bool) -> None:
    """The run of a tour that waits for a race is given up when the visitor changes the language."""
    app = AppTest.from_function(script)
    app.session_state["sent"], app.session_state["breaks"] = asked([1, 2, 3]), 2
    app.session_state["interrupts"] = interrupts
    app.run()
    if not interrupts:
        assert len(app.exception) == 1
        assert app.session_state["heard"] == {"stage": {"page": "a", "number": 2}}
        return
    assert not app.exception
    assert app.session_state["done"] == [2, 3], "in the run that follows, without the one that was done before"
    assert app.session_state["told"] == {"page": "a", "number": 3}


FORGED = [
    None,
    7,
    "asked",
    [],
    {},
    {"page": "a"},
    {"page": "a", "requests": {}},
    {"page": 3, "requests": []},
    {"page": "a" * 41, "requests": []},
    asked([True, 1.5, None, "2", -1, 0]),
    {"page": "a", "requests": [None, [], {"what": "pin"}]},
]


@pytest.mark.parametrize("message", FORGED, ids=range(len(FORGED)))
def test_what_is_no_request_is_left_out(message: Any) -> None:
    assert heard([message])[0] == [[]]


def test_the_stage_and_the_page_agree_on_what_changes_the_picture_alone() -> None:
    written = (ROOT / "optviz" / "stage" / "js" / "requests.js").read_text(encoding="utf-8")
    found = re.search(r"const PICTURE_ALONE = \[([^\]]*)\]", written)
    assert found is not None
    assert set(re.findall(r'"(\w+)"', found[1])) == PICTURE_ALONE <= REQUESTS.keys()
