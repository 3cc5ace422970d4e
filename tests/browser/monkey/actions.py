"""What a walk may do: every control, every key, the browser's own buttons; one table of kinds.

An action is a name and a few arguments, spelled `name` or `name:first,second`, so that a walk is a line of text. It
does not depend on what the page shows: where the control is not in sight, the action is passed over.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, Page

from optviz.conventions import CONVENTIONS
from optviz.experiment import FORMULAS, surface_names
from optviz.racer import PICKS
from optviz.surface import FAMILIES, gallery
from optviz.surface.regression import KINDS as FITTED
from optviz.text import LANGUAGES, words

PATIENCE = 10_000
"""Milliseconds in which a control that is in sight can be used, or the page is at fault."""

OPENS_IN = 250
"""Milliseconds in which a list that is asked for mostly opens."""

VIEWPORTS = {"1440": (1440, 900), "1024": (1024, 768), "768": (768, 1024), "390": (390, 844)}
OVERLAID = 768
"""Up to this width the open sidebar lies on the page."""

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


class NotInSight(Exception):
    """The control of an action is not on the page as it is."""


@dataclass(frozen=True)
class Action:
    """One thing that is done: the name of its kind, and arguments as text."""

    name: str
    arguments: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.arguments:
            return self.name
        return f"{self.name}:" + ",".join(quote(argument, safe=".:-=&~") for argument in self.arguments)


def read_walk(text: str) -> tuple[Action, ...]:
    """The actions of a line of text. Raises ValueError for what no walk can hold."""
    actions = []
    for word in text.split():
        name, _, rest = word.partition(":")
        if name not in KINDS:
            raise ValueError(f"{name} is not an action; choose from {', '.join(KINDS)}")
        actions.append(Action(name, tuple(unquote(part) for part in rest.split(",")) if rest or ":" in word else ()))
    return tuple(actions)


def tell_walk(actions: tuple[Action, ...]) -> str:
    """The line of text that `read_walk` reads."""
    return " ".join(str(action) for action in actions)


def draw(seed: int) -> Iterator[Action]:
    """Actions without end, the same for the same seed."""
    chance = random.Random(seed)
    names, weights = list(KINDS), [kind.weight for kind in KINDS.values()]
    while True:
        name = chance.choices(names, weights)[0]
        yield Action(name, KINDS[name].draw(chance))


class Hand:
    """A visitor's hand on one page: finds controls by their key, opens what hides them, and uses them."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    @property
    def language(self) -> str:
        return "zh" if self.page.evaluate("document.documentElement.lang") == "zh" else "en"

    def keyed(self, key: str, part: str = "", nth: int = 0) -> Locator:
        """A widget of the page by its key, after the sidebar is where it must be for it to be used."""
        found = f":is(.st-key-{key}, [class*=st-key-{key}-]) {part}".strip()
        where = self.page.evaluate(
            "found => { const element = document.querySelector(found);"
            " return element && (element.closest('[data-testid=stSidebar]') ? 'sidebar' :"
            " element.checkVisibility() ? 'page' : null); }",
            found,
        )
        if where is None and self._sidebar() == "closed" and key not in ("corner", "language", "present"):
            # A sidebar that is closed may have unmounted what is in it.
            self._open_sidebar(True)
            return self._in_sight(found, nth)
        if where is None:
            raise NotInSight(key)
        self._open_sidebar(where == "sidebar")
        return self._in_sight(found, nth)

    def stage(self, part: str) -> Locator:
        """A part of the first stage, with the sidebar out of the way."""
        self._open_sidebar(False)
        return self._in_sight(f".optviz-stage {part}")

    def _in_sight(self, selector: str, nth: int = 0) -> Locator:
        if not self.page.evaluate(
            "selector => Boolean(document.querySelector(selector)?.checkVisibility({visibilityProperty: true}))",
            selector,
        ):
            raise NotInSight(selector)
        return self.page.locator(selector).nth(nth)

    def _sidebar(self) -> str:
        right = self.page.evaluate(
            "document.querySelector('[data-testid=stSidebar]')?.getBoundingClientRect().right ?? 0"
        )
        return "open" if right > 20 else "closed"

    def _open_sidebar(self, wanted: bool) -> None:
        width = (self.page.viewport_size or {"width": 1440})["width"]
        if self._sidebar() == ("open" if wanted else "closed") or (not wanted and width > OVERLAID):
            return
        # Streamlit opens and closes it by itself when the window changes its width, so it may take a second try.
        self.page.wait_for_function(
            "wanted => { const sidebar = document.querySelector('[data-testid=stSidebar]');"
            " const open = (sidebar?.getBoundingClientRect().right ?? 0) > 20;"
            " if (sidebar?.getAnimations({subtree: true}).some(({playState}) => playState === 'running')) return false;"
            " if (open === wanted) return true;"
            " const name = wanted ? 'stExpandSidebarButton' : 'stSidebarCollapseButton';"
            " const found = document.querySelector(`[data-testid=${name}]`);"
            " (found?.matches('button') ? found : found?.querySelector('button'))?.click(); return false; }",
            arg=wanted,
            polling=50,
            timeout=PATIENCE,
        )

    def press(self, control: Locator) -> None:
        if not control.is_enabled():
            raise NotInSight("disabled")
        control.click(timeout=PATIENCE)

    def choose(self, key: str, title: str) -> None:
        """An option of a select, by what it is called."""
        box = self.keyed(key, "input[role=combobox]")
        if box.input_value() == title:
            return
        self.open_list(box)
        try:
            box.fill(title, timeout=PATIENCE)
            self.page.get_by_role("option", name=title, exact=True).first.click(timeout=PATIENCE)
        except PlaywrightError:
            # What was typed is not what is chosen: the box shows its value again.
            box.press("Escape")
            raise

    def open_list(self, box: Locator) -> None:
        """The options of a select. A list that opens while the page still moves closes at once: it is opened again."""
        box.click(timeout=PATIENCE)
        option = self.page.get_by_role("option").first
        for _ in range(PATIENCE // OPENS_IN):
            try:
                option.wait_for(timeout=OPENS_IN)
                return
            except PlaywrightError:
                # In a list that is open by now it moves the mark, which chooses nothing.
                box.press("ArrowDown", timeout=PATIENCE)
        option.wait_for(timeout=OPENS_IN)

    def type(self, key: str, text: str) -> None:
        field = self.keyed(key, "input:not([type=range])")
        field.fill(text, timeout=PATIENCE)
        field.press("Enter", timeout=PATIENCE)

    def slide(self, key: str, press: str, times: str) -> None:
        slider = self.keyed(key, "input[type=range]")
        slider.focus(timeout=PATIENCE)
        for _ in range(int(times)):
            self.page.keyboard.press(press)

    def box_of(self, chart: str) -> dict[str, float]:
        """A chart's box on the screen: "map" or "curves"."""
        self._open_sidebar(False)
        self._in_sight(".optviz-plot").scroll_into_view_if_needed(timeout=PATIENCE)
        axes = ("xaxis", "yaxis") if chart == "map" else ("xaxis2", "yaxis2")
        found = self.page.evaluate(
            "([x, y]) => { const plot = document.querySelector('.optviz-plot'); const layout = plot._fullLayout;"
            " if (!layout?.[x].visible) return null; const box = plot.getBoundingClientRect();"
            " return {left: box.left + layout[x]._offset, top: box.top + layout[y]._offset,"
            " width: layout[x]._length, height: layout[y]._length}; }",
            axes,
        )
        if found is None:
            raise NotInSight(chart)
        return dict(found)

    def place(self, chart: str, across: str, down: str) -> tuple[float, float]:
        """A place on a chart, by shares of its width and height, that is on the screen."""
        box = self.box_of(chart)
        return box["left"] + float(across) * box["width"], box["top"] + float(down) * box["height"]

    def drag(self, begin: tuple[float, float], end: tuple[float, float], moves: int = 6) -> None:
        mouse = self.page.mouse
        mouse.move(*begin)
        mouse.down()
        for move in range(1, moves + 1):
            mouse.move(*(a + (b - a) * move / moves for a, b in zip(begin, end, strict=True)))
        mouse.up()

    def rest_away(self) -> None:
        """The pointer leaves what it was on, so that no tooltip and no hover box stays."""
        self.page.mouse.move(2, 2)


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
            hand.page.evaluate("monkey.rest({sent: monkey.sent - 1, must: 0, patience: 15000})")


def _last_pill(hand: Hand) -> None:
    hand.keyed("racers", "button[data-variant=pills]")
    pressed = hand.page.locator(f"{RACERS} button[data-variant=pills][aria-pressed=true]")
    if pressed.count() != 1:
        raise NotInSight("the last optimizer")
    pressed.click(timeout=PATIENCE)


def _convention(hand: Hand, convention: str) -> None:
    hand.press(hand.keyed("convention", "button[role=radio]", list(CONVENTIONS).index(convention)))


def _language(hand: Hand, language: str) -> None:
    hand.press(hand.keyed("language", "button[role=radio]", list(LANGUAGES).index(language)))


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
    scrubber = hand.stage(".optviz-scrubber")
    box = scrubber.bounding_box(timeout=PATIENCE)
    if box is None:
        raise NotInSight("scrubber")
    scrubber.click(position={"x": float(share) * box["width"], "y": box["height"] / 2}, timeout=PATIENCE)


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


def _key(hand: Hand, press: str) -> None:
    hand.page.evaluate("document.activeElement?.blur()")
    hand.page.keyboard.press(press)


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
    hand.page.evaluate("monkey.rest({sent: monkey.sent, must: 400, patience: 15000})")
    _do(hand, "tour")


def _watch(hand: Hand, milliseconds: str) -> None:
    hand.page.wait_for_timeout(float(milliseconds))


def _link(hand: Hand, query: str) -> None:
    hand.page.goto(f"{hand.address}/?{query}")


def _back(hand: Hand, way: str) -> None:
    if not hand.page.evaluate("way => way === 'back' ? navigation.canGoBack : navigation.canGoForward", way):
        raise NotInSight(way)
    (hand.page.go_back if way == "back" else hand.page.go_forward)(wait_until="commit")


def _reload(hand: Hand) -> None:
    hand.page.reload(wait_until="commit")


def _viewport(hand: Hand, name: str) -> None:
    width, height = VIEWPORTS[name]
    hand.page.set_viewport_size({"width": width, "height": height})


def _theme(hand: Hand, scheme: Any) -> None:
    hand.page.emulate_media(color_scheme=scheme)


def _nothing(_: random.Random) -> tuple[str, ...]:
    return ()


def _one_of(*lists: tuple[str, ...] | list[str]) -> Callable[[random.Random], tuple[str, ...]]:
    return lambda chance: tuple(chance.choice(listed) for listed in lists)


def _share(chance: random.Random) -> str:
    return f"{chance.uniform(0.04, 0.96):.2f}"


def _place(chance: random.Random) -> tuple[str, ...]:
    return (chance.choice(("map", "map", "curves")), _share(chance), _share(chance))


def _spread(chance: random.Random) -> tuple[str, ...]:
    left, right = chance.choice(((0.05, 0.45), (0.3, 0.8), (0.55, 0.95), (0.9, 0.2)))
    top, bottom = chance.choice(((0.05, 0.45), (0.3, 0.8), (0.55, 0.95), (0.9, 0.2)))
    return (chance.choice(("map", "map", "curves")), *(f"{share}" for share in (left, top, right, bottom)))


def _number(chance: random.Random) -> tuple[str, ...]:
    key = chance.choice((*NUMBERS, "seed", "x0"))
    return key, chance.choice(NUMBERS[key])


def _query(chance: random.Random) -> tuple[str, ...]:
    parts = ("axis=gap", "by=epoch", "runs=many", "veiled=1", "hidden=0,2", "paths=whole", "look=article", "view=both")
    view = [part for part in (*parts, "axis=length", "camera=10,40,2") if chance.random() < 0.2]
    return ("&".join([chance.choice(LINKS), *view]),)


@dataclass(frozen=True)
class Kind:
    """weight: how often it is drawn. sends: milliseconds in which the page sends something, if it does at all.

    tells: whether the page may answer with a notice. answers: whether it must show that it has understood, by another
    address or by a notice. pushes: how many entries of the history it may make.
    """

    weight: float
    draw: Callable[[random.Random], tuple[str, ...]]
    do: Callable[..., None]
    sends: int = 0
    tells: bool = False
    answers: bool = False
    pushes: int = 1


PRESSES = ["ArrowRight", "ArrowLeft", "ArrowRight", "ArrowLeft", "Home", "End", "PageUp"]
TIMES = ["1", "1", "2", "4"]

KINDS: dict[str, Kind] = {
    "surface": Kind(7, _one_of([*surface_names(), *FAMILIES, *FAMILIES]), _surface, 200),
    "number": Kind(4, _number, lambda hand, key, text: hand.type(key, text), 200, tells=True),
    "formula": Kind(
        3, _one_of([*GOOD_FORMULAS, *BAD_FORMULAS]), lambda hand, text: hand.type("formula", text), 200, True, True
    ),
    "slide": Kind(9, _one_of(SLIDERS, PRESSES, TIMES), lambda hand, *how: hand.slide(*how), 400, tells=True, pushes=4),
    "button": Kind(6, _one_of(BUTTONS), _press, 200),
    "toggle": Kind(2, _one_of(TOGGLES), _toggle, 200),
    "article_seed": Kind(1, _one_of(["1", "2", "128", "1024"]), _article_seed, 200),
    "weights": Kind(1, _one_of(["0", "1", "2"]), _nth_option("weights"), 200),
    "kind": Kind(2, _one_of([str(nth) for nth in range(len(FITTED))]), _nth_option("kind"), 200),
    "tour_family": Kind(0.5, _one_of(["0", "1"]), _nth_option("tour_family"), 200, pushes=0),
    "swarm_racer": Kind(1, _one_of([str(nth) for nth in range(9)]), _nth_option("swarm_racer"), 200),
    "noise_racer": Kind(0.5, _one_of([str(nth) for nth in range(9)]), _nth_option("noise_racer"), 200, pushes=0),
    "tune": Kind(2, _one_of([str(nth) for nth in range(9)]), _nth_option("tune"), 200, pushes=0),
    "convention": Kind(3, _one_of(list(CONVENTIONS)), _convention, 200),
    "pill": Kind(5, _one_of(list(PICKS)), _pill, 200, True, True),
    "example": Kind(1, _one_of([str(nth) for nth in range(len(FORMULAS))]), _example, 200),
    "only": Kind(0.4, _one_of(list(PICKS)), _only, 200, tells=True, pushes=9),
    "last_pill": Kind(1, _nothing, _last_pill, 200, True, True),
    "expander": Kind(5, _one_of(EXPANDERS), _expander, 0, pushes=0),
    "code": Kind(0.5, _one_of(["0", "1"]), _code, 200, pushes=0),
    "language": Kind(4, _one_of(list(LANGUAGES)), _language, 200, tells=False),
    "present": Kind(2.5, _nothing, lambda hand: hand.press(hand.keyed("present", "button")), 200),
    "do": Kind(9, _one_of(["play", "play", "first", "back", "forward", "last"]), _do, 0, pushes=0),
    "home": Kind(1.5, _nothing, lambda hand: _do(hand, "home"), 0, pushes=0),
    "fold": Kind(1, _one_of(["more", "hint"]), _do, 0, pushes=0),
    "veil": Kind(2, _nothing, lambda hand: _do(hand, "veil"), 200),
    "pin": Kind(2, _nothing, lambda hand: _do(hand, "pin"), 200),
    "choice": Kind(5, _one_of(CHOICES), _choice, 200),
    "look": Kind(2, _one_of(LOOKS), _choice, 200),
    "paths": Kind(1, _nothing, lambda hand: _do(hand, "paths"), 200),
    "turn": Kind(2, lambda chance: (_share(chance), _share(chance)), _turn, 0, pushes=0),
    "turn_key": Kind(1.5, _one_of(TURNS, TIMES), _turn_key, 0, pushes=0),
    "legend": Kind(5, _one_of([str(nth) for nth in range(9)]), _legend, 200, pushes=0),
    "scrub": Kind(2, lambda chance: (_share(chance),), _scrub, 0, pushes=0),
    "speed": Kind(1, _one_of(["0.25", "1", "8"]), _speed, 0, pushes=0),
    "rate_key": Kind(2, _one_of(PRESSES[:4], TIMES), _rate_key, 200, pushes=4),
    "rate_drag": Kind(2, lambda chance: (_share(chance), _share(chance)), _rate_drag, 200),
    "drag_start": Kind(3, lambda chance: (_share(chance), _share(chance)), _drag_start, 200),
    "zoom": Kind(5, _spread, _zoom, 0, pushes=1),
    "click": Kind(3, _place, _click, 500),
    "double": Kind(5, _place, _double, 500, pushes=1),
    "key": Kind(3, _one_of(KEYS), _key, 0),
    "take": Kind(0.7, _one_of(["link", "png", "svg"]), _take, 0, pushes=0),
    "record": Kind(0.5, _nothing, _record, 0, pushes=0),
    "tour": Kind(2, _nothing, lambda hand: _do(hand, "tour"), 200),
    "quick_tour": Kind(1, _nothing, _quick_tour, 200),
    "stop_tour": Kind(3, _one_of(["0", "20", "60", "120"]), _stop_tour, 200),
    "watch": Kind(1.5, _one_of(["100", "300", "700"]), _watch, 0, pushes=0),
    "link": Kind(2, _query, _link, 0),
    "history": Kind(7, _one_of(["back", "back", "forward"]), _back, 200, pushes=0),
    "reload": Kind(2, _nothing, _reload, 0),
    "viewport": Kind(2.5, _one_of(list(VIEWPORTS)), _viewport, 0, pushes=0),
    "theme": Kind(1, _one_of(["light", "dark"]), _theme, 0, pushes=0),
}
"""Name → what it is: the one table of what a visitor may do."""
