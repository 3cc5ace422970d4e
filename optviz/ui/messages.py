"""What a page may send: the kinds of message that the app needs, bounded in size and depth before it is read."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

# A page with 24 racers sends two thousand bytes; the longest link would add eight thousand, and every widget of every
# racer, moved, some twenty thousand. What the stage sends as JSON has a few hundred; a lesson's file, with the longest
# texts in both languages and 24 racers, has fourteen thousand. To check a message takes a few milliseconds at most.
LONGEST_MESSAGE = 65_536
LONGEST_VALUE = 20_480
LONGEST_JSON = LONGEST_VALUE
LONGEST_LESSON = 16_000
DEEPEST_VALUE = 16
MOST_WIDGETS = 500
# Others clear the caches of all visitors, read the server's folder, install files on it, or are for developers.
OPERATIONS = ("deferred_file", "dataframe_chunk")
KINDS = ("rerun_script", "stop_script", "app_heartbeat", "backend_operation_request")
_END_OF_RUN = 1000  # bytes; a message that tells of a run's end is far shorter


class NoMessage(ValueError):
    """The bytes are none of the app's messages."""


@dataclass(frozen=True)
class Taken:
    """What may be handed on of a message: data is None where nothing is. runs: it asks for a run.

    makes_file: it asks for a file to be made. refused: what was taken out of it, in a word for the log.
    """

    data: bytes | None
    runs: bool = False
    refused: str | None = None
    makes_file: bool = False


def take(data: bytes) -> Taken:
    """Check a message. Raises NoMessage.

    A value that is too long or too deep is left out, and the rest is handed on: the page goes on as if that value had
    not been sent.
    """
    if len(data) > LONGEST_MESSAGE:
        raise NoMessage("too long")
    try:
        message = BackMsg.FromString(data)
    except DecodeError:
        raise NoMessage("not readable") from None
    kind = message.WhichOneof("type")
    if kind not in KINDS:
        return Taken(None, refused=f"a message {kind}")
    if kind == "backend_operation_request":
        operation = message.backend_operation_request.WhichOneof("payload")
        if operation not in OPERATIONS:
            return Taken(None, refused=f"an operation {operation}")
        return Taken(data, makes_file=operation == "deferred_file")
    if kind != "rerun_script":
        return Taken(data)
    widgets = message.rerun_script.widget_states.widgets
    unbounded = [place for place, widget in enumerate(widgets) if place >= MOST_WIDGETS or not _bounded(widget)]
    if not unbounded:
        return Taken(data, runs=True)
    sentence = f"{len(unbounded)} of {len(widgets)} widget values"
    for place in reversed(unbounded):
        del widgets[place]
    return Taken(message.SerializeToString(), runs=True, refused=sentence)


def no_file(data: bytes, why: str) -> bytes:
    """The answer to a message that asks for a file which will not be made: the page shows why."""
    answer = ForwardMsg()
    answer.backend_operation_response.request_id = BackMsg.FromString(data).backend_operation_request.request_id
    answer.backend_operation_response.error_msg = why
    return answer.SerializeToString()


def _bounded(widget: WidgetState) -> bool:
    # An id that no widget can have would be asked for by its name, which is an error.
    if widget.ByteSize() > LONGEST_VALUE or not widget.id.startswith("$$"):
        return False
    return all(_bounded_json(getattr(widget, name)) for name in ("json_value", "json_trigger_value"))


def _bounded_json(text: str) -> bool:
    if not text:
        return True
    if len(text) > LONGEST_JSON or _depth(text) > DEEPEST_VALUE:
        return False
    try:
        # Half of a surrogate pair can be read, but never be sent again.
        json.dumps(json.loads(text), ensure_ascii=False).encode()
    except ValueError:
        return False
    return True


def _depth(text: str) -> int:
    # Brackets inside strings do not count. A string that does not end goes to the end, so that each character is looked
    # at once; it is no JSON, which is found out later.
    depth = deepest = 0
    for bracket in re.sub(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', "", text, flags=re.DOTALL):
        if bracket in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif bracket in "]}":
            depth -= 1
    return deepest


def ends_run(data: bytes) -> bool:
    """Whether a message to the page says that its run is over, and not only given up for the next one."""
    if len(data) > _END_OF_RUN:
        return False
    try:
        told = ForwardMsg.FromString(data)
    except DecodeError:
        return False
    return told.WhichOneof("type") == "script_finished" and told.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
