"""How a link spells values and racers, and what it spells.

A list is joined by `~`, a racer's settings by `--`, and a setting is name-value: adam--beta1-0.8~nag. None of these
characters is ever percent-encoded, so that links stay short and legible wherever they are pasted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from optviz.bad_input import BadInput

MOST_SETTINGS = 16
ENCODED = re.compile("(?:%[0-9A-Fa-f]{2})+")


def spelled(value: Any) -> str:
    """A value of a record as a link spells it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "~".join(spelled(item) for item in value)
    return value if isinstance(value, str) else repr(value)


def spelled_racer(record: Mapping[str, Any]) -> str:
    """A racer's record as a link spells it."""
    settings = [record["optimizer"]]
    for name, value in record.items():
        if name == "label":
            settings.append("label-" + quote(value, safe="").replace("-", "%2D").replace("~", "%7E"))
        elif name != "optimizer":
            settings.append(f"{name}-{spelled(value)}")
    return "--".join(settings)


def split_racer(text: str) -> dict[str, str]:
    """What `spelled_racer` wrote, numbers still as text. Raises BadInput."""
    optimizer, *settings = text.split("--")
    record = {"optimizer": optimizer}
    if len(settings) > MOST_SETTINGS or not all("-" in setting for setting in settings):
        raise BadInput("not_readable", name="racers", value=text, allowed="adam--beta1-0.8~nag")
    for setting in settings:
        name, _, value = setting.partition("-")
        record[name] = decoded(value) if name == "label" else value
    return record


def decoded(text: str) -> str:
    """Text without percent-encoding; what is not UTF-8 becomes �."""
    # As urllib's `unquote` does, which takes ten times as long for a text of nothing but %.
    return ENCODED.sub(lambda run: bytes.fromhex(run[0].replace("%", "")).decode(errors="replace"), text)
