"""`optviz serve`: the app on an address of this computer, with one line of our own instead of its parts' chatter."""

from __future__ import annotations

import errno
import logging
import socket
import threading
import webbrowser
from collections.abc import Callable
from typing import Any

import streamlit as st
import uvicorn
from streamlit.web import bootstrap

from optviz.bad_input import BadInput

BACKLOG = 2048
INTERRUPTED = 130


class _Server(uvicorn.Server):
    def __init__(self, configured: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(configured)
        self._tell = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if not self.should_exit:
            self._tell()


def run(
    settings: dict[str, Any], app_settings: Callable[[], dict[str, Any]], host: str, port: int, browser: bool
) -> int:
    """Serve until interrupted; the exit code. Raises BadInput where the address cannot be had."""
    with listen(host, port) as listening:
        bound = listening.getsockname()
        address = _address(host, int(bound[1]))
        bootstrap.load_config_options({**settings, "server.address": host, "server.port": int(bound[1])})

        def started() -> None:
            print(f"optviz: {address} (Ctrl-C stops it)", flush=True)
            if browser:
                threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()

        app = st.App(**app_settings())
        configured = uvicorn.Config(app, log_config=None, log_level=logging.WARNING, ws="websockets-sansio")
        server = _Server(configured, started)
        try:
            server.run(sockets=[listening])
        except KeyboardInterrupt:
            return INTERRUPTED
        return 0 if server.started else 2


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on this address; port 0 takes any that is free. Raises BadInput in one sentence."""
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise BadInput("bad_host", name="host", value=host, allowed=HOSTS) from None
    family, kind, protocol, _, address = found[0]
    listening = socket.socket(family, kind, protocol)
    try:
        if hasattr(socket, "SO_REUSEADDR") and not hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6 and host == "::":
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listening.bind(address)
        listening.listen(BACKLOG)
    except PermissionError:
        listening.close()
        raise BadInput("port_forbidden", name="port", value=port, allowed="1,024 … 65,535") from None
    except OSError as problem:
        listening.close()
        if problem.errno == errno.EADDRINUSE:
            raise BadInput("port_busy", name="port", value=port, allowed="--port 8502") from None
        raise BadInput("bad_host", name="host", value=host, allowed=HOSTS) from None
    return listening


HOSTS = "an address of this computer, such as 127.0.0.1 for itself or 0.0.0.0 for the whole network"


def _address(host: str, port: int) -> str:
    named = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host
    return f"http://[{named}]:{port}" if ":" in named else f"http://{named}:{port}"
