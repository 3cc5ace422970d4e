"""Taking a race away: downloads, its link and QR code, and its code."""

from __future__ import annotations

import html
import threading
from collections.abc import Callable, Sequence
from functools import partial
from urllib.parse import urlsplit

import segno
import streamlit as st

from optviz.bad_input import BadInput
from optviz.experiment import LONGEST_LINK, Race
from optviz.export import FORMATS
from optviz.figures.fans import fans_of
from optviz.figures.race_record import RaceRecord
from optviz.stage.page import html_page
from optviz.text import Words, sentence, spaced
from optviz.text.telling import file_name
from optviz.trajectory import Trajectory
from optviz.ui import background, cached, session, widgets
from optviz.ui.pages.race import swarming

OFFERED = ("csv", "json")
"""Formats that the page offers beside itself."""

CODES: dict[str, Callable[[Race], str]] = {"python": Race.to_python, "pytorch": cached.pytorch_code}
MOST_IN_QR_CODE = 2953
"""Bytes in the largest QR code, at the lowest level of error correction (ISO/IEC 18004, table 7)."""

THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
"""What an address is called that no other machine can reach."""

PAGE_TYPE = "text/html"
MAKING = threading.Semaphore(1)
"""One file is made at a time: Streamlit makes them in threads of their own, as many as are asked for."""


def section(race: Race, paths: Sequence[Trajectory], pinned: RaceRecord | None, text: Words) -> None:
    """The part of the page below the scoreboard."""
    words = text["download"]
    st.html(f"<h3>{html.escape(words['title'])}</h3>")
    _downloads(race, paths, pinned, text)
    link = _link()
    if link is None:
        st.caption(words["link_too_long"].format(most=f"{LONGEST_LINK:,}"))
    else:
        left_out = [words["link_without_pinned"]] if session.pinned_is_left_out() else []
        st.caption(spaced(" ".join([words["link"], *left_out])))
        link_to_copy(link, words)
        code_box("qr_code", partial(code_to_show, words), words)
    st.button(text["lessons"]["make"], key="make_lesson", help=text["lessons"]["make_help"], on_click=_make_lesson)
    _code(race, words)


def _make_lesson() -> None:
    session.change_view(lesson=None, composing=True)
    session.go_to_page("lessons")


def link_to_copy(link: str, words: dict[str, str]) -> None:
    """A link, and the button that copies it."""
    # Not st.code: a script of 1.5 MB, which knows how to colour two hundred languages, would come with it.
    copy, copied = html.escape(words["copy"]), html.escape(words["copied"])
    st.html(
        f'<p class="optviz-link"><code>{html.escape(link)}</code>'
        f'<button type="button" data-copied="{copied}">{copy}</button></p>'
    )


def _link() -> str | None:
    """The whole link of what is seen; None where it would be too long."""
    query = session.link()
    return None if query is None else f"{(st.context.url or '').split('?')[0]}?{query}"


def code_to_show(words: dict[str, str]) -> dict[str, str]:
    """The QR code of what is seen as {"picture": address of an image, "told": what it is}, or "told" alone: why not."""
    return code_of(_link(), words)


def code_of(link: str | None, words: dict[str, str]) -> dict[str, str]:
    """The same of any link of the app; None is one that would be too long."""
    if link is None:
        return {"told": words["link_too_long"].format(most=f"{LONGEST_LINK:,}")}
    if urlsplit(link).hostname in THIS_MACHINE:
        return {"told": words["qr_local"]}
    picture = qr_code(link)
    if picture is None:
        return {"told": words["qr_too_long"].format(length=f"{len(link):,}", most=f"{MOST_IN_QR_CODE:,}")}
    return {"picture": picture, "told": words["qr"]}


def _downloads(race: Race, paths: Sequence[Trajectory], pinned: RaceRecord | None, text: Words) -> None:
    words, view = text["download"], session.view()
    seen = {"chosen": view.chosen, "hidden": list(view.hidden), "veiled": view.veiled, "camera": view.camera}
    fans = (
        fans_of(race, cached.fan_of, cached.start(race.surface))
        if view.runs == "many" and background.runs_are_there(race)
        else None
    )
    heights = cached.heights(race.bare_surface)
    swarm, _ = swarming.shown(race, True, text)
    page = partial(html_page, race, paths, session.language(), fans, seen, pinned, view.pinned, heights, swarm)
    files: dict[str, tuple[Callable[[], bytes], str]] = {
        ending: (partial(FORMATS[ending].write, race, paths), FORMATS[ending].media_type) for ending in OFFERED
    }
    files["html"] = (page, PAGE_TYPE)
    with st.container(horizontal=True, vertical_alignment="center"):
        for ending, (make, media_type) in files.items():
            st.download_button(
                words[ending],
                data=partial(_made, make),
                file_name=f"{file_name(race)}.{ending}",
                mime=media_type,
                key=f"download_{ending}",
                help=words[f"{ending}_help"],
                on_click="ignore",
            )
        st.caption(words["png_hint"])
    if fans is not None and any(fans):
        st.caption(words["one_run"].format(seed=race.batch_seed))


def _made(make: Callable[[], bytes]) -> bytes:
    with MAKING:
        return make()


def code_box(key: str, make: Callable[[], dict[str, str]], words: dict[str, str]) -> None:
    """The QR code that `make` makes, once somebody opens its box; what is made is as of `code_of`."""
    box = st.expander(words["qr_title"], key=key, on_change="rerun")
    if not box.open:
        return
    with box:
        code = make()
        if "picture" in code:
            st.html(f'<img class="optviz-qr" src="{code["picture"]}" alt="{html.escape(code["told"])}">')
        else:
            st.caption(code["told"])


@cached.once
def qr_code(text: str) -> str | None:
    """A QR code as the address of an SVG picture that holds it; None where the text does not fit into one."""
    try:
        code = segno.make(text, error="l", micro=False)
    except segno.DataOverflowError:
        return None
    address: str = code.svg_data_uri(border=2, omitsize=True, encode_minimal=False)
    return address


def _code(race: Race, words: dict[str, str]) -> None:
    box = st.expander(words["code"], key="race_code", on_change="rerun")
    if not box.open:
        return
    with box:
        name = widgets.kept_choice(
            st.segmented_control,
            words["code_language"],
            CODES,
            "python",
            key="code_language",
            title=lambda name: words[f"code_{name}"],
            label_visibility="collapsed",
        )
        st.caption(words[f"code_{name}_note"])
        try:
            code = CODES[name](race)
        except BadInput as problem:
            st.html(f"<p>{html.escape(sentence(problem, session.language()))}</p>")
            return
        st.code(code, language="python")
