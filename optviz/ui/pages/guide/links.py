"""The guide's links: a browser follows them by their addresses, and this page without loading anew.

What is pressed is told by the link's `data-go`: "chapter:adam", "show:article". Their addresses hold the visit's race,
so that a link that is opened in another tab, or copied, leads to the same.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from optviz.experiment import Race
from optviz.guide.demonstrations import LOOKED_AT, demonstrations
from optviz.text.guide import as_addressed, chapter_keys
from optviz.ui import address, component, looking, returning, session
from optviz.ui.pages.guide.starts import race_shown
from optviz.view import View

PAGE = "guide"
STEP = "step"
CHAPTER, SHOW, INSIDE = "chapter", "show", "inside"
_KEY = "guide_links"
_SCRIPT = Path(__file__).with_name("links.js")


def chapter(key: str, title: str, is_open: bool = False) -> str:
    """A link to a chapter."""
    current = ' aria-current="page"' if is_open else ""
    return f"<a {to_chapter(key)}{current}>{html.escape(title)}</a>"


def to_chapter(key: str) -> str:
    """The attributes of a link to a chapter."""
    to = session.address_on(PAGE, session.race(), replace(session.view(), chapter=as_addressed(key)))
    return f'href="{html.escape(to)}" data-go="{CHAPTER}:{key}" target="_self"'


def demonstration(name: str, said: str, kind: str) -> str:
    """A link to a demonstration on the page of races."""
    shown = demonstrations()[name]
    seen = replace(shown.view, language=session.view().language)
    to = session.address_on(address.FIRST_PAGE, race_shown(shown), seen)
    return f'<a class="{kind}" href="{html.escape(to)}" data-go="{SHOW}:{name}" target="_self">{html.escape(said)}</a>'


def inside(name: str, kind: str, said: str) -> str:
    """A link into a step of a demonstration's racer of this kind."""
    shown = demonstrations()[name]
    to = session.address_on(STEP, race_shown(shown), replace(shown.look_inside(kind), language=session.view().language))
    go = f"{INSIDE}:{name}.{kind}"
    return f'<a class="optviz-show" href="{html.escape(to)}" data-go="{go}" target="_self">{html.escape(said)}</a>'


def mount(opened: str) -> None:
    """Put on the page what hears of the links; opened: the chapter, whose beginning is shown when it is another one."""
    with st.container(key=_KEY):
        heard = component.of_script("optviz_guide_links", _SCRIPT)
        heard(key=f"{_KEY}_heard", data={"opened": opened}, height="content", on_asked_change=_go)


def _go() -> None:
    follow(st.session_state[f"{_KEY}_heard"].asked)


def follow(asked: Any) -> None:
    """Do what a link says, whatever a browser may send; what is no link does nothing."""
    kind, _, name = asked.partition(":") if isinstance(asked, str) else ("", "", "")
    if kind in GO:
        GO[kind](name)


def _open(key: str) -> None:
    if key in chapter_keys():
        session.change_view(chapter=as_addressed(key))


def _show(name: str) -> None:
    shown = demonstrations().get(name)
    if shown is not None and _take_up(race_shown(shown), shown.view, address.FIRST_PAGE):
        looking.play()


def _take_up(race: Race, view: View, page: str) -> bool:
    # Language and screen stay the visitor's own.
    rows = View.rows().items()
    brought = [field for field, row in rows if row.shared and row.page in (None, address.FIRST_PAGE, page)]
    if not returning.take_up(PAGE, race, **{field: getattr(view, field) for field in brought if field != "language"}):
        return False
    session.go_to_page(page)
    return True


def _look_inside(names: str) -> None:
    name, _, kind = names.partition(".")
    shown = demonstrations().get(name)
    if shown is None or kind not in LOOKED_AT or all(racer.kind != kind for racer in shown.race.racers):
        return
    _take_up(race_shown(shown), shown.look_inside(kind), STEP)


GO: dict[str, Callable[[str], None]] = {CHAPTER: _open, SHOW: _show, INSIDE: _look_inside}
