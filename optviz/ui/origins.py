"""Which pages may open a WebSocket: those that this server sent itself, and listed origins."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from functools import cache

from optviz.bad_input import BadInput

VARIABLE = "OPTVIZ_ORIGINS"
FRAMES_VARIABLE = "OPTVIZ_FRAME_ANCESTORS"
_ORIGIN = re.compile(r"(https?)://([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::([0-9]{1,5}))?")
_HOST = re.compile(r"([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::([0-9]{1,5}))?")
_PORTS = {"http": "80", "https": "443"}


def origins(text: str) -> frozenset[str]:
    """Origins out of a list with commas or spaces between them, in their usual form. Raises BadInput."""
    return frozenset(_listed(part) for part in re.split(r"[,\s]+", text) if part)


def _listed(text: str) -> str:
    usual = _usual_origin(text.rstrip("/"))
    if usual is None:
        raise BadInput("not_readable", name="origin", value=text, allowed="https://host or https://host:port")
    return usual


@cache
def listed_origins() -> frozenset[str]:
    """The origins in the environment variable OPTVIZ_ORIGINS."""
    return origins(os.environ.get(VARIABLE, ""))


@cache
def frame_ancestors() -> str:
    """Who may show the app inside a page of theirs: itself, and the origins in OPTVIZ_FRAME_ANCESTORS."""
    return " ".join(["'self'", *sorted(origins(os.environ.get(FRAMES_VARIABLE, "")))])


def _usual_origin(text: str) -> str | None:
    found = _ORIGIN.fullmatch(text)
    if found is None:
        return None
    scheme, host, port = found.groups()
    return f"{scheme}://{host.lower()}" + ("" if port in (None, _PORTS[scheme]) else f":{port}")


def usual_host(host: str | None) -> str | None:
    """A Host header in small letters, or None where it is not a host at all."""
    return host.lower() if host is not None and _HOST.fullmatch(host) else None


def may_connect(origin: str | None, host: str | None, listed: Iterable[str] = ()) -> bool:
    """Whether a page of this origin may open a WebSocket on a server that was asked for as this host.

    Only Host is compared: a browser sets it itself, and any other header can be forged or comes from a proxy that was
    not asked. A program that is not a browser names no origin; it could name any.
    """
    if usual_host(host) is None:
        return False
    if origin is None:
        return True
    usual = _usual_origin(origin)
    if usual is None:
        return False
    scheme = usual.partition("://")[0]
    return usual in listed or usual == _usual_origin(f"{scheme}://{host}")
