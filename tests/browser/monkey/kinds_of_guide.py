"""What may be done in the guide."""

from __future__ import annotations

from dataclasses import replace

from playwright.sync_api import Locator

from monkey.hand import PATIENCE, Hand, NotInSight
from monkey.kinds import Kind, nth, one_of, shares

STAGES = ".st-key-guide .optviz-stage"


def _follow(hand: Hand, link: Locator) -> None:
    """The address that the link has is noted: there it must lead."""
    link.scroll_into_view_if_needed(timeout=PATIENCE)
    hand.noted["led"] = link.evaluate("link => new URL(link.getAttribute('href'), document.baseURI).href")
    link.click(timeout=PATIENCE)


def _chapter(hand: Hand, which: str) -> None:
    if hand.page.locator(".optviz-contents").first.is_visible():
        _follow(hand, hand.part(".optviz-contents a", int(which)))
        return
    above = hand.part(".optviz-contents-above summary")
    above.click(timeout=PATIENCE)
    _follow(hand, hand.part(".optviz-contents-above a", int(which)))


def _neighbour(hand: Hand, which: str) -> None:
    _follow(hand, hand.part(".optviz-neighbours a", int(which)))


def _show(hand: Hand, which: str) -> None:
    _follow(hand, hand.part(".st-key-guide_text a[data-go^='show:']", int(which)))


def _inside(hand: Hand, which: str) -> None:
    _follow(hand, hand.part(".st-key-guide_text a[data-go^='inside:']", int(which)))


def _family(hand: Hand, which: str) -> None:
    link = hand.part(".optviz-family a", int(which))
    link.focus(timeout=PATIENCE)
    hand.page.keyboard.press("Enter")


def _play(hand: Hand, which: str, what: str) -> None:
    stage = hand.part(STAGES, int(which))
    stage.scroll_into_view_if_needed(timeout=PATIENCE)
    button = stage.locator(f"[data-do={what}]").locator("visible=true").first
    if button.count() == 0:
        raise NotInSight(what)
    hand.press(button)


def _start(hand: Hand, which: str, across: str, down: str) -> None:
    """A click on the map of a small picture moves its start."""
    found = hand.part(f"{STAGES} .nsewdrag[data-subplot='xy']", int(which))
    found.scroll_into_view_if_needed(timeout=PATIENCE)
    box = found.bounding_box(timeout=PATIENCE)
    if box is None:
        raise NotInSight("start")
    hand.page.mouse.click(box["x"] + float(across) * box["width"], box["y"] + float(down) * box["height"])


def _drag(hand: Hand, which: str, across: str, down: str) -> None:
    """The start of a small picture is taken and drawn elsewhere."""
    hand.part(f"{STAGES} .optviz-plot", int(which)).scroll_into_view_if_needed(timeout=PATIENCE)
    found = hand.page.evaluate(
        "which => { const plots = [...document.querySelectorAll('.st-key-guide .optviz-stage .optviz-plot')]"
        ".filter((plot) => plot.checkVisibility() && plot._fullLayout); const plot = plots[which % plots.length];"
        " if (!plot) return null; const {xaxis, yaxis} = plot._fullLayout; const start = plot.data[2];"
        " if (!start || start.x.length !== 1) return null; const box = plot.getBoundingClientRect();"
        " return [box.left + xaxis._offset + xaxis.d2p(start.x[0]), box.top + yaxis._offset + yaxis.d2p(start.y[0]),"
        " box.left + xaxis._offset, box.top + yaxis._offset, xaxis._length, yaxis._length]; }",
        int(which),
    )
    if found is None:
        raise NotInSight("start")
    x, y, left, top, width, height = found
    hand.drag((x, y), (left + float(across) * width, top + float(down) * height))


def _scroll(hand: Hand, to: str) -> None:
    hand.page.evaluate(
        "share => { const main = document.querySelector('[data-testid=stMain]');"
        " main.scrollTo(0, share * (main.scrollHeight - main.clientHeight)); }",
        float(to),
    )


OF_GUIDE: dict[str, Kind] = {
    "chapter": Kind(9, nth(13), _chapter, 200, keeps=True),
    "neighbour": Kind(4, nth(2), _neighbour, 200, keeps=True),
    "family": Kind(3, nth(9), _family, 200, keeps=True),
    "show": Kind(7, nth(6), _show, 200),
    "show_inside": Kind(5, nth(4), _inside, 200),
    "guide_play": Kind(
        5, lambda chance: (*nth(4)(chance), chance.choice(("play", "first", "back", "forward"))), _play, 0, pushes=0,
        keeps=True,
    ),
    "guide_start": Kind(4, lambda chance: (*nth(4)(chance), *shares(2)(chance)), _start, 200, pushes=0, keeps=True),
    "guide_drag": Kind(4, lambda chance: (*nth(4)(chance), *shares(2)(chance)), _drag, 200, pushes=0, keeps=True),
    "scroll": Kind(3, one_of(["0", "0.3", "0.6", "1"]), _scroll, 0, pushes=0, keeps=True),
}  # fmt: skip
GUIDE_KINDS = {name: replace(kind, pages=("guide",)) for name, kind in OF_GUIDE.items()}
"""Name → what it is."""
