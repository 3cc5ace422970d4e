"""The server object: asset routes, security headers, warm-up, and unexpected errors as one sentence."""

from __future__ import annotations

import gc
import gzip
import logging
import re
import threading
import tomllib
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route
from streamlit import config

from optviz.ui.stage import ASSETS, Asset, assets

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAIN = Path(__file__).with_name("main.py")
LOGGER = logging.getLogger("optviz")

# Everything comes from this server: a browser then cannot be made to ask anybody else. Streamlit's own pages need
# inline styles, blob: modules (components) and eval (its Vega charts).
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' {sockets} data: blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    ]
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def app_settings() -> dict[str, Any]:
    """What `st.App` needs: the entry script, plotly.js and the stage on routes of our own, headers, warm-up."""
    routes = [Route(f"{_asset_root()}/{asset.name}", _sender(asset)) for asset in assets().values()]
    return {
        "script_path": str(MAIN),
        "routes": routes,
        "middleware": [Middleware(_Headers)],
        "lifespan": _lifespan,
        "on_script_error": _on_script_error,
    }


def serve(host: str, port: int, browser: bool) -> None:
    """Serve until interrupted, from any folder: the app's own settings do not depend on where it is started."""
    overrides: dict[str, Any] = dict(_flat(tomllib.loads(_settings().read_text(encoding="utf-8"))))
    overrides |= {"server.address": host, "server.port": port}
    if browser:
        shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
        threading.Timer(1.5, webbrowser.open, [f"http://{shown}:{port}"]).start()
    st.App(**app_settings()).run(config=overrides)


def _settings() -> Path:
    packed = Path(__file__).with_name("streamlit_config.toml")
    return packed if packed.exists() else Path(__file__).parents[2] / ".streamlit" / "config.toml"


def _flat(table: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            pairs += _flat(value, f"{prefix}{name}.")
        else:
            pairs.append((prefix + name, value))
    return pairs


def _sender(asset: Asset) -> Any:
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}

    async def send(request: Request) -> Response:
        if "gzip" in request.headers.get("accept-encoding", ""):
            packed = {**headers, "Content-Encoding": "gzip"}
            return Response(asset.body, media_type=asset.media_type, headers=packed)
        return Response(gzip.decompress(asset.body), media_type=asset.media_type, headers=headers)

    return send


def _content_security_policy(scope: Scope) -> str:
    # Not every browser lets 'self' stand for the WebSocket of the same host, so it is named.
    host = Headers(scope=scope).get("host", "")
    sockets = f"ws://{host} wss://{host}" if re.fullmatch(r"[\w.:\[\]-]{1,255}", host) else ""
    return CONTENT_SECURITY_POLICY.format(sockets=sockets)


def _preload() -> str:
    # The browser fetches plotly.js and the stage while Streamlit's own scripts start, not after the first run.
    root = _asset_root()
    plotly, stage = assets()["plotly"].name, assets()["stage"].name
    return f"<{root}/{plotly}>; rel=preload; as=script, <{root}/{stage}>; rel=modulepreload"


def _asset_root() -> str:
    prefix = (config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{prefix}/{ASSETS}" if prefix else f"/{ASSETS}"


class _Headers:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and not _same_origin(scope):
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", _content_security_policy(scope))
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("Link", _preload())
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _same_origin(scope: Scope) -> bool:
    # Streamlit would ask a foreign host for this server's public address before it refuses another origin.
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    hosts = (headers.get("host"), headers.get("x-forwarded-host"))
    return origin is None or urlsplit(origin).netloc in hosts


@asynccontextmanager
async def _lifespan(_: Any) -> AsyncIterator[None]:
    from optviz.experiment import Race
    from optviz.ui import cached

    race = Race()
    cached.heights(race.surface)
    for racer in race.racers:
        _ = cached.path(racer, race.surface, cached.start(race.surface), race.steps, race.batch_seed).outcome
    # What is loaded by now lives as long as the server; no later collection needs to look at it.
    gc.collect()
    gc.freeze()
    yield


def _on_script_error(error: Exception) -> bool:
    from optviz.ui import session
    from optviz.ui.text import browser_language, words

    LOGGER.error("unexpected error", exc_info=error)
    language = session.language() if "view" in st.session_state else browser_language()
    st.error(words(language)["app"]["unexpected"])
    return True
