"""What may be done on the page that looks inside one step."""

from __future__ import annotations

from dataclasses import replace

from monkey.hand import PATIENCE, Hand, NotInSight, Unanswered
from monkey.kinds import Kind, nothing, nth, one_of, shares

KEYS = ("Space", "ArrowLeft", "ArrowRight", "ArrowRight", "Home", "End", "f", "i")
LIT = "document.querySelectorAll('.inside [data-lit]').length"


def _racer(hand: Hand, which: str) -> None:
    hand.press(hand.part(".inside-racers button", int(which)))


def _beside(hand: Hand, which: str) -> None:
    picker = hand.part(".inside-beside select")
    count = picker.locator("option").count()
    picker.select_option(index=int(which) % count, timeout=PATIENCE)


def _question(hand: Hand, which: str) -> None:
    hand.press(hand.part(".inside-questions button", int(which)))


def _scrub(hand: Hand, at: str) -> None:
    hand.scrub(hand.part(".inside .optviz-scrubber"), float(at))


def _do(hand: Hand, what: str) -> None:
    hand.press(hand.part(f".inside [data-do={what}]"))


def _key(hand: Hand, press: str) -> None:
    """With the focus on the scrubber, as after a click."""
    hand.part(".inside .optviz-scrubber").focus(timeout=PATIENCE)
    hand.page.keyboard.press(press)


def _strip(hand: Hand, which: str, across: str) -> None:
    strip = hand.part(".inside-strip svg", int(which))
    box = strip.bounding_box(timeout=PATIENCE)
    if box is None:
        raise NotInSight("strip")
    strip.click(position={"x": float(across) * box["width"], "y": box["height"] / 2}, timeout=PATIENCE)


def _point(hand: Hand, selector: str, which: str) -> None:
    """What is pointed at lights up, and what belongs to it."""
    hand.rest_away()
    # A page that comes under a pointer is not pointed at: a hand's way leads over what is beside it.
    term = hand.part(selector, int(which))
    # Its corner: in the middle of the window it would be where the term comes to be.
    term.locator("xpath=ancestor::section//h2").hover(position={"x": 2, "y": 2}, timeout=PATIENCE)
    term.hover(timeout=PATIENCE)
    if hand.page.evaluate(LIT) == 0:
        raise Unanswered("nothing lights up where a term is pointed at")
    hand.rest_away()
    if hand.page.evaluate(LIT) != 0:
        raise Unanswered("it stays lit when the pointer has gone")


def _term(hand: Hand, which: str) -> None:
    _point(hand, ".inside-rule [data-term], .inside-rule [data-arrows]", which)


def _entry(hand: Hand, which: str) -> None:
    _point(hand, ".inside-key button", which)


OF_STEP: dict[str, Kind] = {
    "step_racer": Kind(9, nth(9), _racer, 200),
    "step_beside": Kind(8, nth(9), _beside, 200),
    "step_question": Kind(4, nth(4), _question, 200),
    "step_scrub": Kind(9, shares(1), _scrub, 0, pushes=0),
    "step_do": Kind(9, one_of(["play", "play", "first", "back", "forward", "last"]), _do, 0, pushes=0),
    "step_full": Kind(2, nothing, lambda hand: _do(hand, "full"), 0, pushes=0),
    "step_key": Kind(8, one_of(KEYS), _key, 0, pushes=0),
    "step_strip": Kind(5, lambda chance: (*nth(6)(chance), *shares(1)(chance)), _strip, 0, pushes=0),
    "step_term": Kind(5, nth(30), _term, 0, pushes=0),
    "step_entry": Kind(3, nth(6), _entry, 0, pushes=0),
    "step_race": Kind(4, nothing, lambda hand: _do(hand, "race"), 200),
}
STEP_KINDS = {name: replace(kind, pages=("step",), keeps=True, in_full=True) for name, kind in OF_STEP.items()}
"""Name → what it is."""
