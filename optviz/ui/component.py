"""The stage on a Streamlit page: what the browser has got of its figure, so that it need not be sent again, and the two
ways on which a stage asks for something.

A stage is mounted in a fragment, so what it sends itself runs this fragment alone: what is being dragged goes this way,
and a map that the browser lacks. What changes more than the picture goes through the voice, which is mounted outside
every fragment, and runs the whole page at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path, PurePath
from typing import Any

import streamlit as st

from optviz.figures import Figure
from optviz.stage import ENTRY, MAPS_KEPT, bootstrap, pack_new

Answer = Callable[[Any], bool]
"""Answers what a stage has sent, and says whether more than its picture has changed."""

MAPS, PARTS, MORE = "maps_sent", "parts_sent", "more_has_changed"
VOICE = "voice"
_answers: dict[str, Answer] = {}


@cache
def _component(module: str) -> Callable[..., Any]:
    name = f"optviz_{PurePath(module).stem}"
    return st.components.v2.component(name, html="", js=bootstrap(module=module), isolate_styles=False)


@cache
def _voice() -> Callable[..., Any]:
    script = bootstrap("voice", "requests.js")
    return st.components.v2.component("optviz_voice", html="", js=script, isolate_styles=False)


@cache
def of_script(name: str, script: Path) -> Callable[..., Any]:
    """A component without a stage: a script of a page's own, which Streamlit knows by this name."""
    return st.components.v2.component(name, html="", js=script.read_text(encoding="utf-8"), isolate_styles=False)


def mount(message: bytes, key: str, answer: Answer | None = None, module: str = ENTRY) -> None:
    """Put the stage on the page, or what another module shows of a message.

    answer: called for what the stage sends, whichever way it goes.

    That is {"page", "requests": [{"number", "what", "value"}, …], "live"}: see `optviz.ui.requests`; live is what is
    being dragged, if anything is. Whatever a browser sends may be anything: it is for `answer` to check.
    """
    if answer is None:
        _component(module)(key=key, data=message, height="content")
        return
    _answers[key] = answer
    _component(module)(key=key, data=message, height="content", on_asked_change=lambda: _answer_the_stage(key))


def mount_voice(language: str, words: Mapping[str, str]) -> None:
    """Put on the page what runs all of it for a stage; outside every fragment, out of sight.

    It also says what of Streamlit's own page has no other words: its language, and the link that skips to the content.
    words: those of the app.
    """
    told = {"language": language, "skip": words["skip_to_content"]}
    with st.container(key=VOICE):
        _voice()(key="voice_of_stages", height="content", data=told, on_asked_change=_answer_the_voice)


def more_has_changed() -> bool:
    """Whether a stage has asked for something that changes more than its fragment, which alone is run. Said once."""
    return bool(st.session_state.pop(MORE, False))


def begin_whole_run() -> None:
    """All of the page is run: whatever has changed, no other run is due."""
    st.session_state.pop(MORE, None)


def _answer_the_stage(key: str) -> None:
    if _answers[key](st.session_state[key].asked):
        st.session_state[MORE] = True


def _answer_the_voice() -> None:
    said = st.session_state.voice_of_stages.asked
    stage = said.get("stage") if isinstance(said, dict) else None
    # What a stage sends on its own way at the same moment makes one request of both, and that one runs its fragment.
    if isinstance(stage, str) and stage in _answers and _answers[stage](said.get("asked")):
        st.session_state[MORE] = True


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
