"""A page without a browser that stays open: it speaks the app's own messages over a WebSocket and moves its widgets."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from optviz.ui.background import SECONDS_BETWEEN_LOOKS

LABEL_OF_RATES = "One learning rate for all"
SECONDS_TO_ANSWER = 120
FINISHED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


@dataclass
class SocketPage:
    """An open page: `async with SocketPage(port) as page: await page.choose_rate("0.01")`.

    rates: what the slider for all learning rates offers. files: what it can ask to be made for a download; answers: how
    many it was given while it waited for a run. session: its own name for the server. stage, voice: the ids of the
    picture and of what runs the whole page for it, with which they name what they send. picture: the message that was
    sent to it last. runs: how many have ended.
    kinds: the kind of each widget, by its id. elements: what was last sent for each place of the page; fragments: the
    part of the page that each of them belongs to; last_run: the places that the last run has sent something for.
    widgets: the value of each widget that was moved; all of them travel with each change, as a browser sends them.
    name: which page it is; "" for the first one. address: the query that the app has last written, None for none yet.
    """

    port: int
    query: str = ""
    name: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    rates: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    session: str = ""
    slider: str = ""
    stage: str = ""
    voice: str = ""
    fragment: str = ""
    picture: bytes = b""
    address: str | None = None
    exceptions: list[str] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    elements: dict[tuple[int, ...], Element] = field(default_factory=dict)
    fragments: dict[tuple[int, ...], str] = field(default_factory=dict)
    last_run: list[tuple[int, ...]] = field(default_factory=list)
    widgets: dict[str, WidgetState] = field(default_factory=dict)
    received: int = 0
    runs: int = 0
    answers: int = 0
    connection: ClientConnection | None = None

    async def __aenter__(self) -> SocketPage:
        self.connection = await connect(
            f"ws://127.0.0.1:{self.port}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            additional_headers=self.headers,
            proxy=None,
            max_size=None,
            compression=None,
            open_timeout=SECONDS_TO_ANSWER,
            ping_interval=None,
            close_timeout=2,
        )
        try:
            await self.ask()
        except BaseException:
            await self.connection.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.connection is not None:
            await self.connection.close()

    def message(self, fragment: str = "") -> bytes:
        """A request to run the page with its widgets as they are now."""
        ask = BackMsg()
        ask.rerun_script.query_string = self.query
        ask.rerun_script.fragment_id = fragment
        ask.rerun_script.page_name = self.name
        ask.rerun_script.widget_states.widgets.extend(self.widgets.values())
        return ask.SerializeToString()

    async def ask(self, fragment: str = "") -> None:
        """Run the page and wait until it has answered whole. Raises TimeoutError, or ConnectionClosed."""
        assert self.connection is not None
        await self.connection.send(self.message(fragment))
        async with asyncio.timeout(SECONDS_TO_ANSWER):
            while not await self.finished():
                # Nothing is there yet: a browser looks again by itself.
                await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
                await self.connection.send(self.message())

    async def finished(self) -> bool:
        """Read until a run has ended; whether it has sent any component, such as the picture."""
        assert self.connection is not None
        pictures = 0
        self.last_run = []
        while True:
            data = await self.connection.recv(decode=False)
            self.received += len(data)
            told = ForwardMsg.FromString(data)
            kind = told.WhichOneof("type")
            if kind == "new_session":
                self.session = told.new_session.initialize.session_id
            elif kind == "backend_operation_response":
                self.answers += 1
            elif kind == "page_info_changed":
                self.address = told.page_info_changed.query_string
            elif kind == "delta":
                pictures += self._note(told)
            elif kind == "script_finished":
                self.runs += 1
                if told.script_finished in FINISHED:
                    return pictures > 0

    def _note(self, told: ForwardMsg) -> int:
        element, path = told.delta.new_element, tuple(told.metadata.delta_path)
        if told.delta.WhichOneof("type") == "new_element":
            self.elements[path], self.fragments[path] = element, told.delta.fragment_id
            self.last_run.append(path)
        kind = element.WhichOneof("type")
        name = getattr(getattr(element, kind or "empty"), "id", "")
        if name:
            self.kinds[name] = str(kind)
        if kind == "exception":
            self.exceptions.append(element.exception.message)
        elif kind == "slider" and element.slider.label == LABEL_OF_RATES:
            self.slider, self.rates = element.slider.id, list(element.slider.options)
        elif kind == "download_button":
            self.files.append(element.download_button.deferred_file_id)
        elif kind == "bidi_component":
            self._note_component(told)
            return 1
        return 0

    def _note_component(self, told: ForwardMsg) -> None:
        component = told.delta.new_element.bidi_component
        if component.component_name == "optviz_voice":
            self.voice = component.id
        elif component.component_name == "optviz_stage":
            self.stage, self.fragment, self.picture = component.id, told.delta.fragment_id, component.bytes

    async def choose_rate(self, rate: str) -> None:
        """Move the slider for all learning rates, and wait for the picture."""
        await self.choose(LABEL_OF_RATES, rate)

    async def choose(self, label: str, option: str) -> None:
        """Choose an option of the slider or select box that has this label, and wait for the picture."""
        path, widget = self._widget(label)
        moved = WidgetState(id=widget.id)
        if option not in widget.options:
            raise ValueError(f"{label} offers {list(widget.options)}")
        if hasattr(widget, "step"):
            moved.string_array_value.data.append(option)
        else:
            moved.string_value = option
        self.widgets[widget.id] = moved
        await self.ask(self.fragments[path])

    def offers(self, label: str) -> bool:
        """Whether the last run has sent a button whose label begins like this."""
        return self._button(label) is not None

    async def press(self, label: str) -> bool:
        """Press that button, and wait for what comes of it; whether there is one."""
        path = self._button(label)
        if path is None:
            return False
        pressed = WidgetState(id=self.elements[path].button.id, trigger_value=True)
        self.widgets[pressed.id] = pressed
        try:
            await self.ask(self.fragments[path])
        finally:
            del self.widgets[pressed.id]
        return True

    def _button(self, label: str) -> tuple[int, ...] | None:
        for path in self.last_run:
            element = self.elements[path]
            if element.WhichOneof("type") == "button" and element.button.label.startswith(label):
                return path
        return None

    def _widget(self, label: str) -> tuple[tuple[int, ...], Any]:
        for path, element in self.elements.items():
            widget = getattr(element, element.WhichOneof("type") or "")
            if getattr(widget, "label", None) == label and hasattr(widget, "options"):
                return path, widget
        raise ValueError(f"no slider or select box {label}")

    def word(self, component: str, asked: Any) -> WidgetState:
        """What a component sends, which is not repeated with the next message."""
        said = [{"event": "asked", "value": asked}]
        return WidgetState(id=f"$$STREAMLIT_INTERNAL_KEY_{component}__events", json_trigger_value=json.dumps(said))

    async def say(self, component: str, asked: Any, fragment: str = "") -> None:
        """Send a word of a component, and wait for the picture."""
        said = self.word(component, asked)
        self.widgets[said.id] = said
        # A component's state travels along; what it says is looked for there.
        self.widgets[component] = WidgetState(id=component, json_value="{}")
        try:
            await self.ask(fragment)
        finally:
            del self.widgets[said.id]

    async def drag(self, live: Any) -> None:
        """What the picture sends while the start is dragged, {"start": [x, y]}."""
        await self.say(self.stage, {"page": "page", "requests": [], "live": live}, self.fragment)

    async def request(self, number: int, what: str, value: Any, at: str = "") -> None:
        """What the picture asks for; at: "stage" where it asks by itself, as long as there is no voice."""
        await self.requests([(number, what, value)], at)

    async def requests(self, requests: list[tuple[int, str, Any]], at: str = "") -> None:
        """Several of them that the server is sent at once: (number, what, value)."""
        several = [{"number": number, "what": what, "value": value} for number, what, value in requests]
        asked = {"page": "page", "requests": several}
        if at == "stage":
            await self.say(self.stage, asked, self.fragment)
        else:
            await self.say(self.voice, {"stage": "stage", "asked": asked})
