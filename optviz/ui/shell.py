"""The page before anything of it has run: Streamlit's own, with our words where it cannot be connected."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse
from streamlit import file_util

from optviz.text import LANGUAGES, words
from optviz.ui.origins import listed_origins, may_connect
from optviz.ui.own_files import widget_scripts
from optviz.ui.sending import Sent

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_SCRIPT = Path(__file__).with_name("shell.js")


def page_shell(preload: str, modules: Sequence[str], styles: Sequence[str], clipboard: str) -> Sent:
    """The HTML that every address of a page answers with.

    preload: its Link header; modules: where the stage's are, to be fetched all at once; styles: our style sheets;
    clipboard: the one of the stage's modules that copies.
    """
    page = Path(file_util.get_static_dir(), "index.html").read_text(encoding="utf-8")
    said = {language: words(language)["connection"] for language in LANGUAGES}
    script = _SCRIPT.read_text(encoding="utf-8").replace("SAID", json.dumps(said).replace("<", "\\u003c"), 1)
    script = script.replace("CLIPBOARD", json.dumps(clipboard), 1)
    without = "".join(f"<p>{words(language)['connection']['no_script']}</p>" for language in LANGUAGES)
    # Streamlit's comments and hints are for other programs, whose interface this server does not offer.
    page = re.sub(r"<!--(?!\s*Copyright).*?-->|<link rel=\"service-desc\"[^>]*>", "", page, flags=re.DOTALL)
    page = re.sub(r"<noscript>.*?</noscript>", f"<noscript>{without}</noscript>", page, flags=re.DOTALL)
    page = page.replace("<title>Streamlit</title>", "<title>optviz</title>")
    fetched = "".join(f'<link rel="modulepreload" href="{module}">' for module in modules)
    widgets = "".join(f'<link rel="modulepreload" crossorigin href="./{name}">' for name in widget_scripts())
    page = page.replace("</head>", f"<script>{script}</script>{widgets}{fetched}</head>", 1)
    # At the beginning of the body: after the styles that Streamlit's scripts add to the head, before those of a run.
    sheets = "".join(f'<link rel="stylesheet" href="{style}">' for style in styles)
    page = page.replace("<body>", f"<body>{sheets}", 1)
    headers = {"Cache-Control": "no-cache", "Link": preload}
    return Sent(page.encode(), "text/html; charset=utf-8", headers)


async def asks_about_origin(scope: Scope, receive: Receive, send: Send) -> None:
    """Whether a page of the origin that it names in its query may open a WebSocket: it cannot see why it may not."""
    request = Request(scope)
    allowed = may_connect(request.query_params.get("of"), request.headers.get("host"), listed_origins())
    await JSONResponse({"allowed": allowed}, headers={"Cache-Control": "no-store"})(scope, receive, send)
