"""What a browser sends as a widget's value: what the widget's own script sends is read."""

from __future__ import annotations

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import Serialized, WStates

from optviz.ui.wire import _read


def sent(value_type: str, **value: object) -> WStates:
    """A widget that takes one form of value, and what the browser says that it has."""
    states = WStates()
    metadata = WidgetMetadata("it", lambda given: given, lambda given: given, value_type)  # type: ignore[arg-type]
    states.set_widget_metadata(metadata)
    states.states["it"] = Serialized(WidgetState(id="it", **value))  # type: ignore[arg-type]
    return states


@pytest.mark.parametrize("value", [{"int_value": 5}, {"double_value": 5.0}], ids=["whole", "double"])
def test_a_field_of_numbers_reads_whole_ones_too(value: dict[str, object]) -> None:
    """The script of `st.number_input` sends an int where the field takes whole numbers."""
    assert _read(sent("double_value", **value), "it") == 5


def test_another_form_counts_as_not_sent() -> None:
    with pytest.raises(KeyError):
        _read(sent("double_value", string_value="5"), "it")
