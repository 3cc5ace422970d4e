"""What may be done on the page of leagues: ask, wait, give up, predict, look at the answer, go to a seed's race."""

from __future__ import annotations

import contextlib
import random
from dataclasses import replace

from playwright.sync_api import Error as PlaywrightError

from monkey.hand import PATIENCE, Hand, NotInSight, Unanswered
from monkey.kinds import Kind, nothing, nth, one_of

SMALLEST = ("100", "250")
FIRST = ("0", "1", "240", "4294967000", "4294967295", "-1")
MARKS = """
which => {
  const marks = '.optviz-chart .points path, .optviz-chart .point path, .optviz-chart .hm';
  const points = [...document.querySelectorAll(marks)].filter((mark) => mark.checkVisibility());
  const mark = points[which % points.length];
  if (!mark) return null;
  mark.scrollIntoView({ block: 'center' });
  const box = mark.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}
"""
SEED = "button => /st-key-league_seed_\\d+_(\\d+)/.exec(button.closest('[class*=st-key-league_seed_]').className)[1]"


def _pressed(key: str, weight: float = 4, sends: int = 300, **more: int) -> Kind:
    return Kind(weight, nothing, lambda hand: hand.press(hand.part(f".st-key-{key} button")), sends, **more)


def _guess(hand: Hand, which: str) -> None:
    hand.press(hand.part("[class*='st-key-league_guess_choice'] label:has(input[type=radio])", int(which)))


def _await(hand: Hand, seconds: str) -> None:
    """Stay until the league is there, if one is being computed, at most so many seconds."""
    cancel = hand.page.locator(".st-key-league_cancel")
    if cancel.count() == 0:
        raise NotInSight("a league under way")
    with contextlib.suppress(PlaywrightError):
        cancel.wait_for(state="detached", timeout=1000 * float(seconds))


def _count(hand: Hand, count: str) -> None:
    hand.choose("league_count", f"{int(count):,}")


def _first(hand: Hand, seed: str) -> None:
    hand.type("league_first", seed)


def _mode(hand: Hand, which: str) -> None:
    hand.press(hand.part("[class*='st-key-league_mode'] button", int(which)))


def _chart(hand: Hand, which: str) -> None:
    hand.press(hand.part("[class*='st-key-league_chart'] button", int(which)))


def _picker(hand: Hand, which: str) -> None:
    """What a chart lets choose by itself."""
    picker = hand.part(".optviz-chart-bar select")
    picker.select_option(index=int(which) % picker.locator("option").count(), timeout=PATIENCE)


def _mark(hand: Hand, which: str) -> None:
    hand.part(".optviz-chart-plot")
    place = hand.page.evaluate(MARKS, int(which))
    if place is None:
        raise NotInSight("a mark")
    hand.page.mouse.click(*place)


def _save(hand: Hand, which: str) -> None:
    button = hand.part(".optviz-chart-save button", int(which))
    with hand.page.expect_download(timeout=4 * PATIENCE):
        button.click(timeout=PATIENCE)


def _file(hand: Hand, ending: str) -> None:
    button = hand.part(f".st-key-league_file_{ending} button")
    with hand.page.expect_download(timeout=4 * PATIENCE) as download:
        button.click(timeout=PATIENCE)
    if download.value.failure() is not None:
        raise Unanswered(f"the file {ending} did not come: {download.value.failure()}")


def _seed(hand: Hand, which: str) -> None:
    button = hand.part("[class*='st-key-league_seed_'] button", int(which))
    hand.noted["seed"] = int(button.evaluate(SEED))
    hand.press(button)


def _share(hand: Hand) -> None:
    """What holds the code of the league's link."""
    hand.press(hand.part(".st-key-league_code summary"))
    hand.page.wait_for_function("document.getAnimations().length === 0")


def _any_seed(hand: Hand, seed: str) -> None:
    """A seed that is typed into the field under the lists."""
    field = hand.part("[class*='st-key-league_any_seed'] input")
    field.fill(seed, timeout=PATIENCE)
    hand.press(hand.part(".st-key-league_open_any button"))


def _counted(chance: random.Random) -> tuple[str, ...]:
    return (chance.choice(SMALLEST),)


OF_LEAGUE: dict[str, Kind] = {
    "league_guess": Kind(6, nth(7), _guess, 200, pushes=0),
    "league_ask": _pressed("league_ask", 12, pushes=0),
    "league_await": Kind(10, one_of(["1", "4", "10"]), _await, 0, pushes=0),
    "league_cancel": _pressed("league_cancel", 3, pushes=0),
    "league_again": _pressed("league_again", 3, pushes=0),
    "league_reveal": _pressed("league_reveal", 14, pushes=0),
    "league_usual": _pressed("league_usual", 8),
    "league_beside": _pressed("league_train_beside", 8),
    "league_rate": _pressed("league_tune_rate", 8),
    "league_alike": _pressed("league_to_alike", 3),
    "league_placebo": _pressed("league_placebo", 2),
    "league_count": Kind(2, _counted, _count, 200),
    "league_first": Kind(3, lambda chance: (chance.choice(FIRST),), _first, 200, tells=True),
    "league_mode": Kind(2, nth(2), _mode, 200),
    "league_chart": Kind(8, nth(5), _chart, 200),
    "league_picker": Kind(3, nth(4), _picker, 0, pushes=0),
    "league_mark": Kind(9, nth(60), _mark, 200, pushes=0),
    "league_seed": Kind(6, nth(12), _seed, 200),
    "league_any": Kind(2, one_of(["0", "3", "41", "99999"]), _any_seed, 300, tells=True),
    "league_share": Kind(1.5, nothing, _share, 200, pushes=0),
    "league_save": Kind(2, nth(6), _save, 0, pushes=0),
    "league_file": Kind(0.6, lambda chance: (chance.choice(("csv", "json", "html")),), _file, 0, pushes=0),
}
CHANGES_THE_RACE = ("league_usual", "league_placebo", "league_seed", "league_any")
LEAGUE_KINDS = {
    name: replace(kind, pages=("league",), keeps=name not in CHANGES_THE_RACE) for name, kind in OF_LEAGUE.items()
}
"""Name → what it is."""
