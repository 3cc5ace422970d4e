"""What may be done on the page of races, and with the controls that stand beside it and other pages.

In one piece, because most of it is the table of these controls.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from monkey.hand import PATIENCE, Hand, NotInSight
from monkey.kinds import CONTROLLED, PLAYED, Kind, nothing, nth, one_of, share, shares
from optviz.conventions import CONVENTIONS
from optviz.experiment import FORMULAS, surface_names
from optviz.racer import PICKS
from optviz.surface import FAMILIES, gallery
from optviz.surface.regression import KINDS as FITTED
from optviz.text import words

RACERS = ":is(.st-key-racers, [class*=st-key-racers-])"

LINKS = tuple(
    item["link"]
    for item in json.loads((Path(__file__).parents[2] / "links_of_version_1.json").read_text(encoding="utf-8"))["links"]
)
GOOD_FORMULAS = (
    "x^2+3*y^2",
    "(1-x)^2+100*(y-x^2)^2",
    "sin(3*x)*cos(2*y)+x^2/4",
    "abs(x)+abs(y)",
    "sqrt(x^2+y^2)",
    "exp(x^2)",
    "1/(1+x^2+y^2)",
    "x",
    "5",
    "log(x)+y^2",
)
BAD_FORMULAS = ("x^2+", "import os", "foo(x)", "x$y", "((x)", "1/0", "", "x^2;y")
SLIDERS = (
    "learning_rate_all",
    "steps",
    "hills",
    "size",
    "smoothing",
    "bowl",
    "octaves",
    "batch_seed",
    "samples",
    "spread",
    "own_learning_rate",
    "own_batch_size",
    "own_momentum",
    "own_rho",
    "own_beta1",
    "own_beta2",
    "own_epsilon",
    "own_initial_accumulator",
    "tour_seconds",
    "noise_step",
)
TOGGLES = (
    "replacement",
    "swarm",
    "own_epsilon_inside",
    "own_epsilon_before_correction",
    "own_bias_correction",
    "own_learning_rate_in_velocity",
    "own_stores_look_ahead",
)
BUTTONS = (
    *("dice", "start_peak", "start_random", "use_suggested", "use_own", "fit_domain"),
    *(
        "each_rate",
        "one_rate",
        "rates_before",
        "compare_rates",
        "duplicate",
        "remove",
        "reset_racer",
        "hook",
        "tour_button",
    ),
    "swarm_dice",
)
EXPANDERS = (
    # Twice: much is in it.
    *("racer_settings", "racer_settings"),
    "surface_more",
    "form",
    "samples_more",
    "domain_more",
    "tour_panel",
    "gradient_noise",
    "qr_code",
    "race_code",
)
NUMBERS = {
    "seed": ("0", "1", "2", "7", "128", "9999", "4294967295", "-3"),
    "x0": ("-1.2", "0", "0.5", "3", "1e6"),
    "y0": ("-1.2", "0", "0.5", "3", "-1e6"),
    "x_min": ("-5", "-1", "0", "10"),
    "x_max": ("5", "1", "0", "-10"),
    "y_min": ("-5", "-1", "0", "10"),
    "y_max": ("5", "1", "0", "-10"),
    "tour_first": ("0", "3", "4294967295"),
}
KEYS = ("Space", "ArrowLeft", "ArrowRight", "Home", "End", "Escape", "Tab")
CHOICES = ("axis:loss", "axis:gap", "axis:length", "by:step", "by:epoch", "runs:one", "runs:many")
LOOKS = ("drawn:map", "drawn:3d", "drawn:both", "drawn:3d", "look:own", "look:article")
TURNS = ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "+", "-", "Home")


def _surface(hand: Hand, key: str) -> None:
    language = hand.language
    title = words(language)["surface"].get(key, key) if key in FAMILIES else gallery(key).titles[language]
    hand.choose("surface", title)


def _nth_option(key: str) -> Callable[[Hand, str], None]:
    def choose(hand: Hand, nth: str) -> None:
        hand.open_list(hand.keyed(key, "input[role=combobox]"))
        options = hand.page.get_by_role("option")
        options.nth(int(nth) % options.count()).click(timeout=PATIENCE)

    return choose


def _article_seed(hand: Hand, seed: str) -> None:
    hand.choose("article_seed", seed)


def _pill(hand: Hand, kind: str) -> None:
    pill = hand.keyed("racers", "button[data-variant=pills]", list(PICKS).index(kind))
    # React Aria's toolbar hands the focus to the pill that had it last, which scrolls to where that one is under the
    # very click: https://github.com/adobe/react-spectrum, useToolbar. All of them in sight, nothing moves.
    pill.evaluate("pill => pill.closest('[class*=st-key-racers]').scrollIntoView({block: 'center'})")
    hand.press(pill)


def _example(hand: Hand, nth: str) -> None:
    hand.press(hand.keyed("formula_example", "button[data-variant=pills]", int(nth)))


def _only(hand: Hand, kind: str) -> None:
    """One optimizer is left, and then that one is pressed too."""
    pills = hand.keyed("racers", "button[data-variant=pills]").page.locator(f"{RACERS} button[data-variant=pills]")
    wanted = list(PICKS).index(kind)
    for index in [wanted, *(place for place in range(len(PICKS)) if place != wanted)]:
        pill = pills.nth(index)
        pressed = pill.get_attribute("aria-pressed") == "true"
        if pressed is not (index == wanted):
            pill.click(timeout=PATIENCE)
            hand.page.evaluate("patience => monkey.rest({sent: monkey.sent - 1, must: 0, patience})", PATIENCE)


def _last_pill(hand: Hand) -> None:
    hand.keyed("racers", "button[data-variant=pills]")
    pressed = hand.page.locator(f"{RACERS} button[data-variant=pills][aria-pressed=true]")
    if pressed.count() != 1:
        raise NotInSight("the last optimizer")
    pressed.click(timeout=PATIENCE)


def _convention(hand: Hand, convention: str) -> None:
    hand.press(hand.keyed("convention", "button[role=radio]", list(CONVENTIONS).index(convention)))


def _expander(hand: Hand, key: str) -> None:
    hand.press(hand.keyed(key, "summary"))
    hand.page.wait_for_function("document.getAnimations().length === 0")


def _toggle(hand: Hand, key: str) -> None:
    hand.press(hand.keyed(key, "label"))


def _press(hand: Hand, key: str) -> None:
    hand.press(hand.keyed(key, ".stButton button"))


def _code(hand: Hand, nth: str) -> None:
    hand.press(hand.keyed("code_language", "button[role=radio]", int(nth)))


def _do(hand: Hand, what: str) -> None:
    hand.press(hand.stage(f"[data-do={what}]"))


def _choice(hand: Hand, choice: str) -> None:
    group, name = choice.split(":")
    hand.press(hand.stage(f".optviz-choose button[data-group={group}][data-name='{name}']"))


def _legend(hand: Hand, nth: str) -> None:
    hand.stage(".optviz-legend button")
    chips = hand.page.locator(".optviz-stage").first.locator(".optviz-legend button")
    hand.press(chips.nth(int(nth) % chips.count()))


def _scrub(hand: Hand, share: str) -> None:
    hand.scrub(hand.stage(".optviz-scrubber"), float(share))


def _speed(hand: Hand, speed: str) -> None:
    hand.stage(".optviz-speed").select_option(speed, timeout=PATIENCE)


def _rate_key(hand: Hand, press: str, times: str) -> None:
    handle = hand.stage(".optviz-rate input")
    if not handle.is_enabled():
        raise NotInSight("η")
    handle.focus(timeout=PATIENCE)
    for _ in range(int(times)):
        hand.page.keyboard.press(press)


def _rate_drag(hand: Hand, begin: str, end: str) -> None:
    handle = hand.stage(".optviz-rate input")
    if not handle.is_enabled():
        raise NotInSight("η")
    handle.scroll_into_view_if_needed(timeout=PATIENCE)
    box = handle.bounding_box(timeout=PATIENCE)
    if box is None:
        raise NotInSight("η")
    middle = box["y"] + box["height"] / 2
    left, right = (box["x"] + float(share) * box["width"] for share in (begin, end))
    hand.drag((left, middle), (right, middle))


def _drag_start(hand: Hand, across: str, down: str) -> None:
    end = hand.place("map", across, down)
    begin = hand.page.evaluate(
        "() => { const plot = document.querySelector('.optviz-plot'); const {xaxis, yaxis} = plot._fullLayout;"
        " const box = plot.getBoundingClientRect(); const start = plot.data[2];"
        " const [left, top] = [xaxis.d2p(start.x[0]), yaxis.d2p(start.y[0])];"
        " return left >= 0 && left <= xaxis._length && top >= 0 && top <= yaxis._length"
        " ? [box.left + xaxis._offset + left, box.top + yaxis._offset + top] : null; }"
    )
    if begin is None:
        raise NotInSight("start")
    hand.drag((begin[0], begin[1]), end)


def _turn(hand: Hand, across: str, down: str) -> None:
    """The surface is taken by its middle and turned."""
    scenery = hand.stage(".optviz-scenery")
    scenery.scroll_into_view_if_needed(timeout=PATIENCE)
    box = scenery.bounding_box(timeout=PATIENCE)
    if box is None:
        raise NotInSight("scenery")
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    hand.drag(middle, (box["x"] + float(across) * box["width"], box["y"] + float(down) * box["height"]))


def _turn_key(hand: Hand, press: str, times: str) -> None:
    hand.stage(".optviz-scenery").focus(timeout=PATIENCE)
    for _ in range(int(times)):
        hand.page.keyboard.press(press)


def _zoom(hand: Hand, chart: str, left: str, top: str, right: str, bottom: str) -> None:
    hand.drag(hand.place(chart, left, top), hand.place(chart, right, bottom), moves=2)


def _click(hand: Hand, chart: str, across: str, down: str) -> None:
    hand.page.mouse.click(*hand.place(chart, across, down))


def _double(hand: Hand, chart: str, across: str, down: str) -> None:
    hand.page.mouse.dblclick(*hand.place(chart, across, down))


def _take(hand: Hand, what: str) -> None:
    hand.press(hand.stage("[data-do=save]"))
    entry = hand.page.locator(f".optviz-stage .optviz-menu [data-take={what}]").first
    if not entry.is_visible():
        raise NotInSight(what)
    if what == "link":
        entry.click(timeout=PATIENCE)
        return
    with hand.page.expect_download(timeout=4 * PATIENCE):
        entry.click(timeout=PATIENCE)


def _menu(hand: Hand) -> None:
    """Opened by the keyboard, and put away again."""
    button = hand.stage("[data-do=save]")
    button.focus(timeout=PATIENCE)
    hand.page.keyboard.press("Enter")
    hand.stage(".optviz-menu")
    hand.page.keyboard.press("ArrowDown")
    hand.page.keyboard.press("Escape")


def _card(hand: Hand, which: str) -> None:
    """The card of a racer, by the key, from its chip in the legend."""
    hand.stage(".optviz-legend button")
    hand.part(".optviz-stage .optviz-legend button", int(which)).focus(timeout=PATIENCE)
    hand.page.keyboard.press("i")


def _card_do(hand: Hand, what: str) -> None:
    hand.press(hand.part(f".optviz-card [data-do={what}]"))


def _card_close(hand: Hand, press: str) -> None:
    hand.part(".optviz-card [data-do=card_close]").focus(timeout=PATIENCE)
    hand.page.keyboard.press(press)


def _full(hand: Hand) -> None:
    hand.press(hand.part(".optviz-stage [data-do=full]"))
    hand.page.wait_for_timeout(100)  # the browser changes the window by and by


def _qr(hand: Hand) -> None:
    hand.press(hand.part(".optviz-stage [data-do=code]"))


def _qr_close(hand: Hand, press: str) -> None:
    hand.part(".optviz-stage [data-do=code_close]").focus(timeout=PATIENCE)
    hand.page.keyboard.press(press)


def _record(hand: Hand) -> None:
    """A video is begun, or the one that is being made is ended; what is done next ends it too."""
    hand.press(hand.stage("[data-do=save]"))
    hand.press(hand.stage(".optviz-menu [data-take=webm]"))


def _stop_tour(hand: Hand, delay: str) -> None:
    if not hand.page.evaluate("delay => monkey.stopTour(delay, 4000)", float(delay)):
        raise NotInSight("the end of a seed")


def _quick_tour(hand: Hand) -> None:
    """The panel of the tour is opened, its pace set to a second a seed, and the tour begun."""
    if not hand.page.evaluate("Boolean(document.querySelector('[class*=st-key-tour_seconds]'))"):
        _expander(hand, "tour_panel")
        hand.page.locator("[class*=st-key-tour_seconds]").wait_for(timeout=PATIENCE)
    hand.slide("tour_seconds", "Home", "1")
    hand.page.evaluate("patience => monkey.rest({sent: monkey.sent, must: 400, patience})", PATIENCE)
    _do(hand, "tour")


def _place(chance: random.Random) -> tuple[str, ...]:
    return (chance.choice(("map", "map", "curves")), share(chance), share(chance))


def _spread(chance: random.Random) -> tuple[str, ...]:
    left, right = chance.choice(((0.05, 0.45), (0.3, 0.8), (0.55, 0.95), (0.9, 0.2)))
    top, bottom = chance.choice(((0.05, 0.45), (0.3, 0.8), (0.55, 0.95), (0.9, 0.2)))
    return (chance.choice(("map", "map", "curves")), *(f"{share}" for share in (left, top, right, bottom)))


def _number(chance: random.Random) -> tuple[str, ...]:
    key = chance.choice((*NUMBERS, "seed", "x0"))
    return key, chance.choice(NUMBERS[key])


PRESSES = ["ArrowRight", "ArrowLeft", "ArrowRight", "ArrowLeft", "Home", "End", "PageUp"]
TIMES = ["1", "1", "2", "4"]

BESIDE: dict[str, Kind] = {
    "surface": Kind(7, one_of([*surface_names(), *FAMILIES, *FAMILIES]), _surface, 200),
    "number": Kind(4, _number, lambda hand, key, text: hand.type(key, text), 200, tells=True),
    "formula": Kind(
        3, one_of([*GOOD_FORMULAS, *BAD_FORMULAS]), lambda hand, text: hand.type("formula", text), 200, True, True
    ),
    "slide": Kind(9, one_of(SLIDERS, PRESSES, TIMES), lambda hand, *how: hand.slide(*how), 400, tells=True, pushes=4),
    "button": Kind(6, one_of(BUTTONS), _press, 200),
    "toggle": Kind(2, one_of(TOGGLES), _toggle, 200),
    "article_seed": Kind(1, one_of(["1", "2", "128", "1024"]), _article_seed, 200),
    "weights": Kind(1, nth(3), _nth_option("weights"), 200),
    "kind": Kind(2, nth(len(FITTED)), _nth_option("kind"), 200),
    "tune": Kind(2, nth(9), _nth_option("tune"), 200, pushes=0),
    "convention": Kind(3, one_of(list(CONVENTIONS)), _convention, 200),
    "pill": Kind(5, one_of(list(PICKS)), _pill, 200, True, True),
    "example": Kind(1, nth(len(FORMULAS)), _example, 200),
    "only": Kind(0.4, one_of(list(PICKS)), _only, 200, tells=True, pushes=9),
    "last_pill": Kind(1, nothing, _last_pill, 200, True, True),
    "expander": Kind(5, one_of(EXPANDERS), _expander, 0, pushes=0),
}
"""The race's controls, and what else is found by its key."""

STAGE: dict[str, Kind] = {
    "do": Kind(9, one_of(["play", "play", "first", "back", "forward", "last"]), _do, 0, pushes=0),
    "home": Kind(1.5, nothing, lambda hand: _do(hand, "home"), 0, pushes=0),
    "fold": Kind(1, one_of(["more", "hint"]), _do, 0, pushes=0),
    "veil": Kind(2, nothing, lambda hand: _do(hand, "veil"), 200),
    "choice": Kind(5, one_of(CHOICES), _choice, 200),
    "look": Kind(2, one_of(LOOKS), _choice, 200),
    "paths": Kind(1, nothing, lambda hand: _do(hand, "paths"), 200),
    "turn": Kind(2, shares(2), _turn, 0, pushes=0),
    "turn_key": Kind(1.5, one_of(TURNS, TIMES), _turn_key, 0, pushes=0),
    "legend": Kind(5, nth(9), _legend, 200, pushes=0),
    "scrub": Kind(2, shares(1), _scrub, 0, pushes=0),
    "speed": Kind(1, one_of(["0.25", "1", "8"]), _speed, 0, pushes=0),
    "zoom": Kind(5, _spread, _zoom, 0, pushes=1, stays=True),
    "click": Kind(3, _place, _click, 500, stays=True),
    "double": Kind(5, _place, _double, 500, pushes=1, stays=True),
    "take": Kind(0.7, one_of(["link", "png", "svg"]), _take, 0, pushes=0),
    "menu": Kind(1, nothing, _menu, 0, pushes=0, closes=True),
    "card": Kind(2.5, nth(9), _card, 200, pushes=0),
    "card_do": Kind(2, one_of(["card_before", "card_next", "look", "read"]), _card_do, 200),
    "card_close": Kind(1.5, one_of(["Enter", "Escape"]), _card_close, 200, pushes=0, closes=True),
    "full": Kind(1.5, nothing, _full, 0, pushes=0),
    "qr_close": Kind(1, one_of(["Enter", "Escape"]), _qr_close, 200, pushes=0, closes=True),
    "qr": Kind(1.5, nothing, _qr, 200, pushes=0, closes=True),
}
"""The stage, which plays a race or a lesson's."""

RACE: dict[str, Kind] = {
    "tour_family": Kind(0.5, nth(2), _nth_option("tour_family"), 200, pushes=0),
    "swarm_racer": Kind(1, nth(9), _nth_option("swarm_racer"), 200),
    "noise_racer": Kind(0.5, nth(9), _nth_option("noise_racer"), 200, pushes=0),
    "code": Kind(0.5, nth(2), _code, 200, pushes=0),
    "pin": Kind(2, nothing, lambda hand: _do(hand, "pin"), 200),
    "rate_key": Kind(2, one_of(PRESSES[:4], TIMES), _rate_key, 200, pushes=4),
    "rate_drag": Kind(2, shares(2), _rate_drag, 200),
    "drag_start": Kind(3, shares(2), _drag_start, 200),
    "record": Kind(0.5, nothing, _record, 0, pushes=0),
    "tour": Kind(2, nothing, lambda hand: _do(hand, "tour"), 200),
    "quick_tour": Kind(1, nothing, _quick_tour, 200),
    "stop_tour": Kind(3, one_of(["0", "20", "60", "120"]), _stop_tour, 200),
    "make_lesson": Kind(0.7, nothing, lambda hand: _press(hand, "make_lesson"), 200),
}

RACE_KINDS: dict[str, Kind] = {
    **{name: replace(kind, pages=CONTROLLED) for name, kind in BESIDE.items()},
    **{name: replace(kind, pages=PLAYED, in_full=True) for name, kind in STAGE.items()},
    **{name: replace(kind, pages=("race",)) for name, kind in RACE.items()},
}
"""Name → what it is."""
