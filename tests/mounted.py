"""A page under test without a browser: a visit to it, and its widgets by name, under whatever key they are mounted."""

from __future__ import annotations

import html
import re
from typing import Any

from streamlit.testing.v1 import AppTest

from cases import ROOT

SECONDS_OF_A_RUN = 120
"""A run that takes longer has no end; a machine that has other work may take most of it."""


def visit(**query: str) -> AppTest:
    """A visit that begins with these query parameters."""
    app = AppTest.from_file(str(ROOT / "optviz" / "ui" / "screens" / "entry.py"), default_timeout=SECONDS_OF_A_RUN)
    app.query_params.update(query)
    app.run()
    assert not app.exception, app.exception
    return app


def widget(kind: Any, name: str) -> Any:
    """The widget `name` among those of a kind: `widget(app.slider, "hills")`. See `optviz.ui.widgets.key_showing`."""
    return next(found for found in kind if (found.key or "").partition("~")[0] == name)


def read_aloud(app: AppTest) -> str:
    """What the page says in running text, tags taken away."""
    parts = [part.proto.body for part in app.get("html") if "<style" not in part.proto.body]
    parts += [part.value for part in (*app.caption, *app.markdown)]
    return html.unescape(re.sub("<[^>]*>", " ", "\n".join(parts)))


def tracks(header: dict[str, Any]) -> dict[str, Any]:
    """The layer of a message's figure that plays, wherever it lies among the others."""
    # One that the stage has got already is but the name of a part.
    (layer,) = [layer for layer in header["layers"] if layer.get("kind") == "tracks"]
    return layer
