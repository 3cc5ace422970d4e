"""What a run costs Streamlit beside the page: here in fewer steps, with the same messages in the same order.

Streamlit hands each message of a run over to the event loop by itself and wakes the loop for it, which then takes the
interpreter from the run that is still at work: forty times in a run. And it reads the theme out of its settings again
for each run, though they stay what they were at the start.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session, runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import ScriptRunner, ScriptRunnerEvent

SECONDS_HELD = 0.004
"""So long a message may wait for those that follow it."""

LARGE = 10_000
"""Bytes from which on a message is worth waking the loop for: a picture."""

SECONDS_BETWEEN_SENDINGS = 0.003
"""So long Streamlit rests after it has sent what there is; the 5 ms that it takes for itself are a share of what a
hand notices."""


class Line:
    """What one visit's thread has for the event loop, in its order."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()
        self._lock = threading.Lock()
        self._announced = False

    def put(self, loop: asyncio.AbstractEventLoop, call: Callable[[], None], at_once: bool) -> None:
        """Have the loop make this call after those before it: at once, or within `SECONDS_HELD`."""
        with self._lock:
            self._waiting.append(call)
            if not at_once and self._announced:
                return
            self._announced = True
        # A loop that has been closed meanwhile serves nobody any more.
        with contextlib.suppress(RuntimeError):
            if at_once:
                loop.call_soon_threadsafe(self._make_calls)
            else:
                loop.call_soon_threadsafe(loop.call_later, SECONDS_HELD, self._make_calls)

    def _make_calls(self) -> None:
        with self._lock:
            calls, self._waiting = self._waiting, deque()
            self._announced = False
        while calls:
            try:
                calls.popleft()()
            except BaseException:
                # Those behind one that failed are made all the same, as the loop would have.
                with self._lock:
                    self._waiting.extendleft(reversed(calls))
                asyncio.get_running_loop().call_soon(self._make_calls)
                raise


_lines: WeakKeyDictionary[AppSession, Line] = WeakKeyDictionary()
_themes: dict[str, CustomThemeConfig] = {}
_read_theme = app_session._populate_theme_msg


def lighten_runs() -> None:
    """Let the runs of this server cost less, from now on."""
    AppSession._on_scriptrunner_event = _on_scriptrunner_event  # type: ignore[assignment, method-assign]
    app_session._populate_theme_msg = _populate_theme  # type: ignore[assignment]
    runtime.MESSAGE_FLUSH_INTERVAL_SECS = SECONDS_BETWEEN_SENDINGS  # type: ignore[attr-defined]


def _on_scriptrunner_event(
    session: AppSession,
    sender: ScriptRunner | None,
    event: ScriptRunnerEvent,
    forward_msg: ForwardMsg | None = None,
    **given: Any,
) -> None:
    line = _lines.get(session)
    if line is None:
        line = _lines.setdefault(session, Line())
    line.put(
        session._event_loop,
        lambda: session._handle_scriptrunner_event_on_event_loop(sender, event, forward_msg, **given),
        event != ScriptRunnerEvent.ENQUEUE_FORWARD_MSG or forward_msg is None or forward_msg.ByteSize() > LARGE,
    )


def _populate_theme(message: CustomThemeConfig, section: str = "theme") -> None:
    if section not in _themes:
        made = CustomThemeConfig()
        _read_theme(made, section)
        _themes[section] = made
    # Merged with nothing, a part of the theme that is not set would count as set.
    if _themes[section].ByteSize():
        message.MergeFrom(_themes[section])
