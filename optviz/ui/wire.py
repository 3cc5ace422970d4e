"""What a browser sends as a widget's value, and the widget cannot read: it counts as not sent.

Streamlit reads a value when it is first asked for, before the page runs, and takes it for granted that it has the form
that the widget's own script would have sent. A string where a list of numbers was due ended the visit's runs for good.
"""

from __future__ import annotations

from typing import Any

from streamlit.runtime.state.session_state import Serialized, WStates

FORMS = {"double_value": ("double_value", "int_value")}
"""A field for whole numbers says that it takes a double, and its script sends an int."""

_read_by_streamlit = WStates.__getitem__


def leave_out_what_cannot_be_read() -> None:
    """Let every value that comes in pass `_read`, from now on."""
    WStates.__getitem__ = _read  # type: ignore[method-assign]


def _read(states: WStates, name: str) -> Any:
    sent, widget = states.states.get(name), states.widget_metadata.get(name)
    if not isinstance(sent, Serialized) or widget is None:
        return _read_by_streamlit(states, name)
    form = sent.value.WhichOneof("value")
    # None: the field has been cleared.
    if form is not None and form not in FORMS.get(widget.value_type, (widget.value_type,)):
        raise KeyError(name)
    try:
        return _read_by_streamlit(states, name)
    except Exception:
        # What Streamlit itself says of a value that it has no way to read.
        raise KeyError(name) from None
