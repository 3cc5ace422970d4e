"""The widgets of a page under test by their names, under whatever key they are mounted at the moment."""

from __future__ import annotations

from typing import Any


def widget(kind: Any, name: str) -> Any:
    """The widget `name` among those of a kind: `widget(app.slider, "hills")`. See `optviz.ui.widgets.show`."""
    return next(found for found in kind if (found.key or "").partition("~")[0] == name)
