"""How this server's own files are sent: compressed once, plain bytes kept, never packed or unpacked for a visitor."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse, Response

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

PIECE = 65_536


@dataclass(frozen=True)
class Sent:
    """An ASGI application that answers with one file. packed: its body under gzip, where that is at hand already."""

    body: bytes
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    packed: bytes = b""

    @cached_property
    def bodies(self) -> dict[str, bytes]:
        """The body by its coding."""
        return {"gzip": self.packed or gzip.compress(self.body, 6, mtime=0), "identity": self.body}

    @cached_property
    def digest(self) -> str:
        """A name of the content, for validators."""
        return hashlib.sha256(self.body).hexdigest()[:16]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        coding = coding_for(given.get("accept-encoding"))
        if coding is None:
            await PlainTextResponse("Not Acceptable", 406, {"Vary": "Accept-Encoding"})(scope, receive, send)
            return
        tag = f'"{self.digest}-{coding}"'
        headers = {**self.headers, "Vary": "Accept-Encoding", "ETag": tag}
        if _matches(given.get("if-none-match"), tag):
            await Response(status_code=304, headers=headers)(scope, receive, send)
            return
        body = self.bodies[coding]
        headers |= {"Content-Length": str(len(body)), "Content-Type": self.media_type}
        if coding != "identity":
            headers["Content-Encoding"] = coding
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": raw})
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body"})
            return
        # In pieces: what a slow client has not read yet is not copied whole.
        for first in range(0, len(body), PIECE):
            more = first + PIECE < len(body)
            await send({"type": "http.response.body", "body": body[first : first + PIECE], "more_body": more})


def coding_for(accepted: str | None) -> str | None:
    """gzip or identity, whichever an Accept-Encoding header prefers (RFC 9110, 12.5.3); None where it takes neither."""
    if accepted is None:
        return "identity"
    weights: dict[str, float] = {}
    for part in accepted.split(","):
        coding, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                weight = _weight(value.strip())
        if coding:
            weights["gzip" if coding == "x-gzip" else coding] = weight
    others = weights.get("*", 0.0)
    packed = weights.get("gzip", others)
    # Plain bytes are welcome unless they are ruled out, but only where they are named are they weighed.
    plain = weights.get("identity", others if "*" in weights else None)
    if packed > 0 and packed >= (plain or 0.0):
        return "gzip"
    return None if plain == 0.0 else "identity"


def _weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0


def _matches(asked: str | None, tag: str) -> bool:
    if asked is None:
        return False
    return asked.strip() == "*" or tag in (part.strip().removeprefix("W/") for part in asked.split(","))
