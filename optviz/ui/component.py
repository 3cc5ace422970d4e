"""The stage on a Streamlit page."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st

from optviz.stage import bootstrap


@cache
def _component() -> Callable[..., Any]:
    return st.components.v2.component("optviz_stage", html="", js=bootstrap(), isolate_styles=False)


def mount(message: bytes, key: str, **on_change: Callable[[], None]) -> Any:
    """Put the stage on the page. on_change: `on_asked_change`, called for what the stage sends as `asked`.

    That is {"page", "requests": [{"number", "what", "value"}, …], "live"}: see `optviz.ui.requests`; live is what is
    being dragged, if anything is. Whatever a browser sends may be anything: it is for the callback to check.
    """
    return _component()(key=key, data=message, height="content", **on_change)
