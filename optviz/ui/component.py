"""The stage on a Streamlit page, and what the browser has got of its figure, so that it need not be sent again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import streamlit as st

from optviz.figures import Figure
from optviz.stage import MAPS_KEPT, bootstrap, pack_new

MAPS, PARTS = "maps_sent", "parts_sent"


@cache
def _component() -> Callable[..., Any]:
    return st.components.v2.component("optviz_stage", html="", js=bootstrap(), isolate_styles=False)


def mount(message: bytes, key: str, **on_change: Callable[[], None]) -> Any:
    """Put the stage on the page. on_change: `on_asked_change`, called for what the stage sends as `asked`.

    That is {"page", "requests": [{"number", "what", "value"}, …], "live"}: see `optviz.ui.requests`; live is what is
    being dragged, if anything is. Whatever a browser sends may be anything: it is for the callback to check.
    """
    return _component()(key=key, data=message, height="content", **on_change)


def next_message(figure: Figure, text: Mapping[str, str], key: str, **extra: Any) -> bytes:
    """The message to the stage `key`, without what the browser has got already; the rest as of `stage.pack`.

    A browser that has not got it after all asks for the "map": see `send_everything`.
    """
    maps: dict[str, None] = st.session_state.setdefault(MAPS, {})
    parts: dict[str, frozenset[str]] = st.session_state.setdefault(PARTS, {})
    known, with_map = known_parts(key), figure.map_key not in maps
    message, parts[key] = pack_new(figure, text, known, with_map=with_map, stage=key, **extra)
    maps[figure.map_key] = None
    if len(maps) > MAPS_KEPT:
        del maps[next(iter(maps))]
    return message


def known_parts(key: str) -> frozenset[str]:
    """The parts of the last message to the stage `key`."""
    known: frozenset[str] = st.session_state.get(PARTS, {}).get(key, frozenset())
    return known


def send_everything() -> None:
    """The browser lacks what it should have: the next message to each stage is whole."""
    st.session_state[MAPS], st.session_state[PARTS] = {}, {}
