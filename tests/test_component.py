"""What the browser has got of a figure is not sent again, and what it lacks is."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from optviz.stage import MAPS_KEPT


def script() -> None:
    import numpy as np
    import streamlit as st

    from optviz.figures import Figure
    from optviz.stage import unpack
    from optviz.ui import component

    if st.session_state.lacks:
        component.send_everything()
    st.session_state.sent = []
    for place, key in st.session_state.asked:
        plot = {"data": [{"type": "scatter", "name": "long enough to be a part " * 4}], "layout": {}}
        arrays = {"map/z": np.ones((2, 2)), "x": np.arange(3.0)}
        header, arrays = unpack(component.next_message(Figure(plot, arrays, map_key=f"map {place}"), {}, key))
        st.session_state.sent.append((sorted(arrays), set(header["plot"]["data"][0]) != {"part"}))


def sent(app: AppTest, *asked: tuple[int, str], lacks: bool = False) -> list[Any]:
    """For each figure that is sent, by its map and its stage: which arrays go along, and whether its trace does."""
    app.session_state["asked"], app.session_state["lacks"] = asked, lacks
    app.run()
    assert not app.exception
    return app.session_state["sent"]


WHOLE, NOTHING = (["map/z", "x"], True), ([], False)


def test_what_a_stage_has_got_is_not_sent_again() -> None:
    app = AppTest.from_function(script)
    assert sent(app, (1, "stage"), (1, "stage")) == [WHOLE, NOTHING]
    # A map is the document's, parts and arrays are those of the last message to the same stage.
    assert sent(app, (1, "stage"), (1, "other"), (2, "other"), (1, "other")) == [
        NOTHING,
        (["x"], True),
        (["map/z"], False),
        NOTHING,
    ]


def test_a_map_is_sent_again_once_so_many_others_have_come_that_the_browser_has_let_go_of_it() -> None:
    app = AppTest.from_function(script)
    sent(app, *((place, "stage") for place in range(MAPS_KEPT)))
    assert sent(app, (0, "stage")) == [NOTHING]
    assert sent(app, (MAPS_KEPT, "stage"), (0, "stage"), (2, "stage")) == [
        (["map/z"], False),
        (["map/z"], False),
        NOTHING,
    ]


def test_a_browser_that_lacks_something_is_sent_everything() -> None:
    app = AppTest.from_function(script)
    sent(app, (1, "stage"))
    assert sent(app, (1, "stage"), (1, "stage"), lacks=True) == [WHOLE, NOTHING]
