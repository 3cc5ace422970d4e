"""Handing a league on: the link that asks the same question, and its QR code."""

from __future__ import annotations

from functools import partial
from urllib.parse import quote, urlencode

import streamlit as st

from optviz.experiment import LONGEST_LINK
from optviz.experiment.league import League
from optviz.text import Words, spaced
from optviz.ui import session
from optviz.ui.pages.race.sharing import code_box, code_of, link_to_copy
from optviz.view import View


def link_of(league: League, view: View) -> str | None:
    """The league as the text after the `?` of a link, seen in the same language; None where a link may not be so long.

    It tells nothing of a guess, nor whether the answer was shown.
    """
    seen = View(language=view.language, chart=view.chart).to_query("league")
    text = urlencode({**league.to_query(whole=True), **seen}, quote_via=quote)
    return text if len(text) <= LONGEST_LINK else None


def sharing_section(league: League, text: Words) -> None:
    """The link, to be copied, and its code, once somebody asks for it."""
    words = {**text["download"], **{name: text["league"][name] for name in ("link", "link_too_long", "qr_too_long")}}
    query = link_of(league, session.view())
    if query is None:
        st.caption(words["link_too_long"].format(most=f"{LONGEST_LINK:,}"))
        return
    link = f"{(st.context.url or '').split('?')[0]}?{query}"
    st.caption(spaced(words["link"]))
    link_to_copy(link, words)
    code_box("league_code", partial(code_of, link, words), words)
