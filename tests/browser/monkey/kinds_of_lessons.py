"""What may be done on the page of lessons: open one, predict, let it play, compose one."""

from __future__ import annotations

import random
from dataclasses import replace

from monkey.hand import PATIENCE, Hand, NotInSight, Unanswered
from monkey.kinds import Kind, nothing, nth
from optviz.experiment.lesson import LETTERS, lesson_names

FIELDS = ("title", "question", "why", *(f"answer_{letter}" for letter in LETTERS[:3]))
TYPED = ("", "η = 2?", "θ → 0", "λ < 2/η", "<b>∇J</b>", "**β₁**")
"""In no language."""


def _pressed(key: str) -> Kind:
    return Kind(5, nothing, lambda hand: hand.press(hand.part(f".st-key-{key} button")), 200)


def _open(hand: Hand, name: str) -> None:
    hand.press(hand.part(f".st-key-open_{name} button"))


def _guess(hand: Hand, which: str) -> None:
    hand.press(hand.part(":is(.st-key-guess, [class*='st-key-guess-']) label:has(input[type=radio])", int(which)))


def _type(hand: Hand, name: str, text: str) -> None:
    field = hand.part(f":is(.st-key-lesson_{name}, [class*='st-key-lesson_{name}-']) input")
    field.fill(text, timeout=PATIENCE)
    field.press("Enter", timeout=PATIENCE)


def _right(hand: Hand, which: str) -> None:
    hand.press(hand.part("[class*='st-key-lesson_right'] button", int(which)))


def _hides(hand: Hand, which: str) -> None:
    hand.press(hand.part("[class*='st-key-lesson_hides'] button, [class*='st-key-lesson_measures'] button", int(which)))


def _code_larger(hand: Hand) -> None:
    """As large as the window, and by Escape as it was."""
    code = hand.part(".optviz-qr-larger")
    code.focus(timeout=PATIENCE)
    hand.page.keyboard.press("Enter")
    if not hand.page.evaluate("Boolean(document.querySelector('.optviz-qr-larger[data-whole]'))"):
        raise Unanswered("the code is no larger")
    hand.page.keyboard.press("Escape")


def _share(hand: Hand) -> None:
    box = hand.part(".st-key-share_lesson summary")
    if not box.is_visible():
        raise NotInSight("share")
    hand.press(box)
    hand.page.wait_for_function("document.getAnimations().length === 0")


def _typed(chance: random.Random) -> tuple[str, ...]:
    return chance.choice(FIELDS), chance.choice(TYPED)


OF_LESSONS: dict[str, Kind] = {
    "lesson": Kind(9, lambda chance: (chance.choice(lesson_names()),), _open, 200),
    "guess": Kind(8, nth(3), _guess, 200, pushes=0),
    "reveal": replace(_pressed("reveal"), weight=7, pushes=0),
    "skip": replace(_pressed("skip_to_answer"), weight=4, pushes=0),
    "all_lessons": replace(_pressed("all_lessons"), weight=3),
    "open_race": replace(_pressed("open_race"), keeps=False),
    "compose": _pressed("compose"),
    "preview": _pressed("preview"),
    "change_race": replace(_pressed("change_race"), weight=2, keeps=False),
    "take_race": replace(_pressed("take_race"), weight=2, pushes=0),
    "lesson_type": Kind(9, _typed, _type, 200, tells=True),
    "lesson_right": Kind(2, nth(3), _right, 200, pushes=0),
    "lesson_hides": Kind(2, nth(12), _hides, 200, tells=True, pushes=0),
    "share_lesson": Kind(2, nothing, _share, 200, pushes=0),
    "code_larger": Kind(1, nothing, _code_larger, 0, pushes=0, closes=True),
}
GO_ELSEWHERE = ("open_race", "change_race")
LESSON_KINDS = {
    name: replace(kind, pages=("lessons",), keeps=name not in GO_ELSEWHERE) for name, kind in OF_LESSONS.items()
}
"""Name → what it is."""
