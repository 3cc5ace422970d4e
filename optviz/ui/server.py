"""The server object: the door and its files, warm-up, unexpected errors as one sentence; and `optviz serve`."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
import tomllib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st
from starlette.middleware import Middleware
from streamlit import config

from optviz.figures.palette import style_sheet
from optviz.stage import ASSETS, assets, preloaded
from optviz.ui import connections, entrance
from optviz.ui.door import Door
from optviz.ui.lighter_runs import lighten_runs
from optviz.ui.logs import bound_logs
from optviz.ui.origins import VARIABLE, frame_ancestors, listed_origins
from optviz.ui.own_files import KEPT, first_files, pack_first_files
from optviz.ui.sending import Sent
from optviz.ui.shell import asks_about_origin, page_shell
from optviz.ui.wire import leave_out_what_cannot_be_read

if TYPE_CHECKING:
    from starlette.types import ASGIApp

ENTRY = Path(__file__).parent / "screens" / "entry.py"
LOGGER = logging.getLogger("optviz")
# The event loop, which all visitors share, wants the interpreter back sooner than Python's usual 5 ms.
SECONDS_OF_A_THREAD = 0.001


def app_settings() -> dict[str, Any]:
    """What `st.App` needs: the entry script, the door, warm-up."""
    # What is listed wrongly is said at the start, not to the first visitor.
    listed_origins()
    frame_ancestors()
    return {
        "script_path": str(ENTRY),
        "middleware": [Middleware(_door)],
        "lifespan": _lifespan,
        "on_script_error": _on_script_error,
    }


def _door(app: ASGIApp) -> Door:
    prefix = config.get_option("server.baseUrlPath") or ""
    files: dict[str, ASGIApp] = {f"{ASSETS}/origin": asks_about_origin}
    for asset in assets().values():
        files[f"{ASSETS}/{asset.name}"] = Sent(asset.body, asset.media_type, KEPT, asset.packed)
    files |= first_files()
    style = Sent(_style(), "text/css; charset=utf-8", KEPT)
    name = f"{ASSETS}/page-{style.digest}.css"
    files[name] = style
    root = _asset_root()
    styles = [f"{root}/{assets()['stage.css'].name}", f"{root.removesuffix(ASSETS)}{name}"]
    clipboard = f"{root}/{assets()['clipboard.js'].name}"
    shell = page_shell(_preload(), [f"{root}/{module}" for module in preloaded()], styles, clipboard)
    return Door(app, prefix, shell, files, entrance.most_pages)


def _style() -> bytes:
    return style_sheet(Path(__file__).with_name("css").joinpath("page.css").read_text(encoding="utf-8")).encode()


def serve(host: str, port: int, browser: bool, origins: Sequence[str] = ()) -> int:
    """Serve until interrupted, from any folder: the app's own settings do not depend on where it is started.

    origins: further ones than the host itself whose pages may connect. Returns the exit code. Raises BadInput.
    """
    from optviz.ui.serving import run

    if origins:
        os.environ[VARIABLE] = ",".join(origins)
    overrides: dict[str, Any] = dict(_flat(tomllib.loads(_settings().read_text(encoding="utf-8"))))
    return run(overrides, app_settings, host, port, browser)


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


def _preload() -> str:
    # The browser fetches plotly.js while Streamlit's own scripts start, not after the first run.
    return f"<{_asset_root()}/{assets()['plotly'].name}>; rel=preload; as=script"


def _asset_root() -> str:
    prefix = (config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{prefix}/{ASSETS}" if prefix else f"/{ASSETS}"


@asynccontextmanager
async def _lifespan(_: Any) -> AsyncIterator[None]:
    from optviz.experiment import Race
    from optviz.laboratory.jobs import Pool
    from optviz.laboratory.store import Store
    from optviz.ui import background, cached, leagues

    bound_logs()
    connections.tune()
    leave_out_what_cannot_be_read()
    lighten_runs()
    sys.setswitchinterval(SECONDS_OF_A_THREAD)
    race = Race()
    cached.heights(race.surface)
    for racer in race.racers:
        _ = cached.path(racer, race.surface, cached.start(race.surface), race.steps, race.batch_seed).outcome
    # What is loaded by now lives as long as the server; no later collection needs to look at it.
    gc.collect()
    gc.freeze()
    asyncio.get_running_loop().run_in_executor(None, pack_first_files)
    background.open_pool(Pool(alive=background.alive))
    leagues.open_desk(leagues.Desk(Store().folder, alive=background.alive))
    try:
        yield
    finally:
        background.close_pool()
        leagues.close_desk()


def _on_script_error(error: Exception) -> bool:
    from optviz.text import words
    from optviz.ui import session

    LOGGER.error("unexpected error", exc_info=error)
    st.error(words(session.language())["app"]["unexpected"])
    return True
