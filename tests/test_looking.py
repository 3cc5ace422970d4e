"""From a race into a step and back: the step is that race's."""

from __future__ import annotations

import pytest
import streamlit as st

from optviz import Race
from optviz.ui import looking, session
from optviz.view import View


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", _State(race=Race(steps=50), view=View(), view_stamp=0))


class _State(dict[str, object]):
    """As much of Streamlit's as is asked for: entries that are attributes too."""

    def __getattr__(self, name: str) -> object:
        return self[name]

    def __setattr__(self, name: str, value: object) -> None:
        self[name] = value


@pytest.mark.usefixtures("visit")
def test_the_step_that_is_gone_back_to_is_that_of_its_race() -> None:
    assert looking.sought() is None
    for number, (asked, step) in enumerate([(30, 30), (900, 50)], 1):
        looking.show_at(asked)
        assert looking.sought() == {"step": step, "number": number}
    for no_step in (-1, 2.5, "3", None, True):
        looking.show_at(no_step)
    assert looking.sought() == {"step": 50, "number": 2}
    st.session_state.race = Race(steps=51)
    assert looking.sought() is None
    st.session_state.race = Race(steps=50)
    assert looking.sought() == {"step": 50, "number": 2}
    looking.play()
    assert looking.sought() == {"step": 0, "number": 3, "plays": True}
    assert session.view().at == 50
