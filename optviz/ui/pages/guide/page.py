"""The guide, from top to bottom: its contents, one chapter, and the way to the next."""

from __future__ import annotations

import html
from itertools import groupby

import streamlit as st

from optviz.text import Words, words
from optviz.text.guide import FIGURE, INSIDE, RULE, SHOW, TEXT, Chapter, Piece, chapter, chapter_keys
from optviz.ui import session
from optviz.ui.pages.guide import figures, links, rule


def guide_page() -> None:
    """The chapter that is open, beside the contents."""
    language = session.language()
    text, keys = words(language), chapter_keys()
    key = session.view().chapter or keys[0]
    opened = chapter(key, language)
    with st.container(key="guide"):
        st.html(_contents(key, language, text["guide"]))
        with st.container(key="guide_text"):
            st.html(f'<h1 class="optviz-chapter" id="chapter">{html.escape(opened.title)}</h1>')
            _sections(opened, text)
            st.html(_neighbours(key, language, text["guide"]))
    links.mount(key)


def _sections(opened: Chapter, text: Words) -> None:
    figure = ""  # the last that was shown: what is looked into is of its race
    for section in opened.sections:
        if section.key:
            title = html.escape(section.title)
            st.html(f'<h2 class="optviz-section" id="{section.key}">{title}</h2>')
        # Buttons that follow one another stand in one row.
        for kind, group in groupby(section.pieces, key=lambda piece: SHOW if piece.kind in BUTTONS else piece.kind):
            pieces = list(group)
            if kind == SHOW:
                st.html(_buttons(pieces, figure))
            else:
                for piece in pieces:
                    figure = piece.name if piece.kind == FIGURE else figure
                    _draw(piece, text)


BUTTONS = (SHOW, INSIDE)


def _draw(piece: Piece, text: Words) -> None:
    if piece.kind == TEXT:
        st.markdown(piece.words)
    elif piece.kind == RULE:
        rule.show(piece.name, text)
    elif piece.kind == FIGURE:
        figures.show(piece.name)


def _buttons(pieces: list[Piece], figure: str) -> str:
    made = [
        links.demonstration(piece.name, piece.words, "optviz-show")
        if piece.kind == SHOW
        else links.inside(figure, piece.name, piece.words)
        for piece in pieces
    ]
    return f'<p class="optviz-shows">{"".join(made)}</p>'


def _contents(key: str, language: str, words: dict[str, str]) -> str:
    """The chapters, once for a wide screen beside the text, once to be opened above it."""
    title = html.escape(words["contents"])
    items = "".join(
        f"<li>{links.chapter(other, chapter(other, language).title, is_open=other == key)}</li>"
        for other in chapter_keys()
    )
    named = f'<nav class="{{}}" aria-label="{title}"><ol>{items}</ol></nav>'
    above = f'<details class="optviz-contents-above"><summary>{title}</summary>{named.format("")}</details>'
    return named.format("optviz-contents") + above


def _neighbours(key: str, language: str, words: dict[str, str]) -> str:
    keys = chapter_keys()
    place = keys.index(key)
    made = [
        f"<span>{html.escape(words[label])}</span>{links.chapter(keys[to], chapter(keys[to], language).title)}"
        if 0 <= to < len(keys)
        else ""
        for label, to in (("previous", place - 1), ("next", place + 1))
    ]
    called = html.escape(words["neighbours"])
    return f'<nav class="optviz-neighbours" aria-label="{called}"><p>{made[0]}</p><p>{made[1]}</p></nav>'
