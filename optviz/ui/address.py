"""The address bar: read when a visit begins or goes back, written where it does not say what is seen, on every page.

Streamlit forgets the parameters of an address when the visitor goes to another page, and makes a new entry in the
history whenever the app writes. `keep_history` has the browser make one entry per change that is worth going back to.
A link may be spelled in another way than the app spells the same: what counts is what it means.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import streamlit as st
from streamlit import config
from streamlit.runtime.scriptrunner import get_script_run_ctx

from optviz.view import View

QUIET = [row.name for row in View.rows().values() if row.quiet]
"""Parameters too small for an entry of their own in the history: a change of nothing else takes the entry's place."""

FIRST_PAGE = "race"

_SCRIPT = Path(__file__).with_name("history.js")


def read() -> dict[str, str]:
    """The parameters of the address."""
    return st.query_params.to_dict()


def write(query: Mapping[str, str]) -> None:
    """Let the address say this and nothing else."""
    st.query_params.from_dict(query)


def page() -> str:
    """The page that is seen, as the last part of its address says; the first page has none there, and is the race."""
    path, base = urlsplit(st.context.url or "").path.strip("/"), config.get_option("server.baseUrlPath") or ""
    return path.removeprefix(base.strip("/")).strip("/") or FIRST_PAGE


def navigated() -> bool:
    """Whether this run is because the visitor went back or forward in the history."""
    return bool(getattr(get_script_run_ctx(), "is_history_navigation", False))


@cache
def _component() -> Callable[..., Any]:
    script = _SCRIPT.read_text(encoding="utf-8")
    return st.components.v2.component("optviz_address", html="", js=script, isolate_styles=False)


def keep_history(
    found: Mapping[str, str] | None, spelled: Mapping[str, str] | None, *, read: Sequence[str] = ()
) -> None:
    """Put what keeps the browser's history on the page; every page needs it.

    found: what the address says. spelled: how the app spells the same race and view. None where this is not known.
    read: the pages that open where the visitor left them.
    """
    differ = found is not None and spelled is not None and found != spelled
    same = {"found": urlencode(found or {}), "spelled": urlencode(spelled or {})} if differ else {}
    read_by = [row.name for row in View.rows().values() if row.page in read]
    with st.container(key="address"):
        _component()(
            key="address_keeper",
            height="content",
            data={"quiet": QUIET, "read": list(read), "read_by": read_by, **same},
        )
