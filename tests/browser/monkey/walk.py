"""One walk: actions on a real page, one after the other, and what must hold after each."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize
from playwright.sync_api import Error as PlaywrightError

from monkey import holds_on_every_page as everywhere
from monkey import holds_on_the_race as on_the_race
from monkey import invariants
from monkey.actions import KINDS, tell_walk
from monkey.hand import Hand, NotInSight, Unanswered
from monkey.invariants import INVARIANTS
from monkey.kinds import Action, Kind
from monkey.kinds_of_every_page import VIEWPORTS
from monkey.knowing import LOADED, Known, Seen, expected
from tabs import returning

EYES = tuple(Path(__file__).with_name(name) for name in ("eyes_elsewhere.js", "eyes.js"))
SETTLED = 60_000
"""Milliseconds after which a page that has not come to rest is at fault."""

PERSISTENT = 5000
"""Milliseconds for which a complaint must stand: what comes right by itself a moment later was only late."""

AGAIN_EVERY = 20
"""Every so many actions the address is opened in a fresh page."""

LOCALES = ("en-US", "zh-CN", "en-US", "zh-CN", "de-DE")
WINDOWS = ("1440", "390", "1440", "1024")


@dataclass(frozen=True)
class Failure:
    """What did not hold, after which actions, the last of which broke it."""

    invariant: str
    complaint: str
    actions: tuple[Action, ...]
    seed: int = 0

    @property
    def kind(self) -> tuple[str, str]:
        """Which invariant broke after what kind of action: failures of one kind are told once."""
        return self.invariant, self.actions[-1].name if self.actions else ""

    def told(self) -> str:
        return f"{self.invariant}: {self.complaint}\n  WALK='{tell_walk(self.actions)}' SEED={self.seed}"


@dataclass
class Walker:
    """A browser context with the page that is walked on and another one that opens its address afresh.

    seed: decides the language of the browser and how large its window is at first. printed: what the server has written
    so far, if that is known.
    """

    browser: Browser
    address: str
    seed: int = 0
    only: tuple[str, ...] = tuple(INVARIANTS)
    printed: Callable[[], str] = str
    done: list[Action] = field(default_factory=list)
    standing: frozenset[str] = frozenset()
    passed_over: int = 0

    def __post_init__(self) -> None:
        self.locale = random.Random(f"locale {self.seed}").choice(LOCALES)
        width, height = VIEWPORTS[random.Random(f"window {self.seed}").choice(WINDOWS)]
        self.window: ViewportSize = {"width": width, "height": height}
        self.context: BrowserContext = returning(
            self.browser.new_context(
                viewport=self.window, locale=self.locale, accept_downloads=True, color_scheme="light"
            )
        )
        for script in EYES:
            self.context.add_init_script(path=script)
        self.context.set_default_timeout(SETTLED)
        self.mirror: Page | None = None
        self.said: list[str] = []
        self.foreign: list[str] = []
        self.begin()

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("console", lambda said: self.said.append(said.text) if said.type == "error" else None)
        page.on("request", self._requested)
        page.on("dialog", lambda dialog: dialog.dismiss())

    def _requested(self, request: Any) -> None:
        ours = (self.address, self.address.replace("http", "ws", 1), "data:", "blob:", "about:")
        if not request.url.startswith(ours):
            self.foreign.append(request.url)

    def close(self) -> None:
        self.context.close()

    def begin(self) -> None:
        """A new visit: no zoom, no history that the walk knows of, nothing that the browser has kept."""
        # A page of its own, so that the history begins here.
        for page in self.context.pages:
            page.close()
        self.mirror = None
        self.page = self.context.new_page()
        self._listen(self.page)
        self.hand = Hand(self.page, self.address)
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(self.window)
        self.page.goto(self.address)
        self.page.evaluate("localStorage.clear(), sessionStorage.clear()")
        self.done = []
        self.standing = frozenset()
        self.known = Known(Action("reload"), None, self.locale, said=self.said, foreign=self.foreign)
        self.said.clear()
        self.foreign.clear()
        self._rest(0, 0)
        self.read = len(self.printed())
        self.seen: Seen = self._see()
        # What was seen last at each entry of the history.
        self.entries: dict[str, Seen] = {self.seen["entry"]: self.seen}

    def _rest(self, sent: int, must: int) -> str | None:
        for _ in range(3):
            try:
                return self.page.evaluate(
                    "settings => monkey.rest(settings)", {"sent": sent, "must": must, "patience": SETTLED}
                )
            except PlaywrightError as error:
                if not _page_went(error):
                    raise
                self.page.wait_for_load_state("domcontentloaded")
                sent, must = 0, 0
        return "the page is loaded again and again"

    def _see(self) -> Seen:
        for _ in range(3):
            try:
                return dict(self.page.evaluate("monkey.see()"))
            except PlaywrightError as error:
                if not _page_went(error):
                    raise
                self._rest(0, 0)
        raise RuntimeError("the page is loaded again and again")

    def act(self, action: Action) -> Failure | None:
        """Do one thing and look. Passed over, without a trace, where its control is not in sight."""
        kind = KINDS[action.name]
        before = self.seen
        if expected(before["address"]).page not in kind.pages or (before["full"] and not kind.in_full):
            return None
        unanswered = None
        self.hand.noted = {}
        try:
            self._do(kind, action)
        except NotInSight:
            self.passed_over += 1
            return None
        except Unanswered as what:
            unanswered = str(what)
        except PlaywrightError as error:
            self.done.append(action)
            self.seen = self._see()
            return self._failure("usable", f"{action} could not be done: {str(error).splitlines()[0]}")
        # What is under the pointer on a chart may still wait for it: a second click, the end of a zoom.
        if not kind.stays:
            self.hand.rest_away()
        self.done.append(action)
        fresh = action.name in LOADED
        unrest = self._rest(0 if fresh else before["sent"], 0 if fresh else kind.sends)
        if kind.stays:
            self.hand.rest_away()
        # One back: what is owed from before the last action will not come any more.
        last = replace(self.known, entries_owed=0)
        owed = max(0, everywhere.entries_due(last) - everywhere.entries_made(before, last))
        self.known = replace(
            last,
            action=action,
            before=before,
            unrest=unrest,
            entries_owed=owed,
            noted=self.hand.noted,
            unanswered=unanswered,
        )
        return self._look(before)

    def _do(self, kind: Kind, action: Action) -> None:
        # What was moving under the hand is at rest the second time.
        for last in (False, True):
            try:
                return kind.do(self.hand, *action.arguments)
            except PlaywrightError as error:
                if _page_went(error):
                    return None
                if last:
                    raise
                self._rest(0, 0)
        return None

    def _look(self, before: Seen) -> Failure | None:
        found: dict[str, str] = {}
        waited = 0
        while True:
            self.seen = self._see()
            self._remember(before)
            self.known.logged = self.printed()[self.read :]
            self.known.there = self.entries.get(self.seen["entry"])
            found = invariants.broken(self.seen, self.known, self.only)
            if found.keys() <= self.standing or waited >= PERSISTENT or "rest" in found:
                break
            # Late is not wrong: a tour moves on, a script runs once more. What is wrong stays so.
            self.page.wait_for_timeout(150)
            waited += 150
            self._rest(self.seen["sent"], 0)
        self.said.clear()
        self.foreign.clear()
        self.read += len(self.known.logged)
        self.entries[self.seen["entry"]] = self.seen
        # What has been broken since an earlier action is told once, where it broke.
        new = [name for name in found if name not in self.standing]
        self.standing = frozenset(found)
        return self._failure(new[0], found[new[0]]) if new else None

    def _remember(self, before: Seen) -> None:
        """Where the visitor has zoomed to, and from which race a tour set out."""
        action, seen = self.known.action, self.seen
        if action.name in LOADED:
            self.known.zooms = {}
        if seen["touring"] and not before["touring"]:
            self.known.tour_from = expected(before["address"]).race
        if not seen["touring"] and not before["touring"]:
            self.known.tour_from = None
        race = on_the_race.page_race(seen, self.known)
        if race is None:
            return
        for axis in on_the_race.axes_sent_home(action):
            self.known.zooms.pop(axis, None)
        if action.name in ("zoom", "drag_start") and seen["address"] == before["address"]:
            for axis, shown in seen["axes"].items():
                if shown != before["axes"].get(axis):
                    self.known.zooms.setdefault(axis, []).append((on_the_race.chart_key(axis, race, seen), shown))

    def open_again(self) -> Failure | None:
        """Open the address in a fresh page, and compare what is seen."""
        if self.seen["touring"]:
            return None
        if self.mirror is None:
            self.mirror = self.context.new_page()
            self._listen(self.mirror)
        self.mirror.set_viewport_size(self.page.viewport_size or self.window)
        self.mirror.goto(self.seen["address"])
        self.mirror.evaluate("patience => monkey.rest({sent: 0, must: 0, patience})", SETTLED)
        complaint = None
        for waited in range(0, PERSISTENT + 1, PERSISTENT // 4):
            if waited:
                self.mirror.wait_for_timeout(PERSISTENT // 4)
                self.seen = self._see()
            complaint = invariants.restored(self.seen, dict(self.mirror.evaluate("monkey.see()")))
            if complaint is None:
                break
        self.mirror.goto("about:blank")
        # A page behind another one draws once a second, and each move of the mouse waits for that.
        self.page.bring_to_front()
        return self._failure("restored", complaint) if complaint else None

    def _failure(self, name: str, complaint: str) -> Failure:
        return Failure(name, complaint, tuple(self.done), self.seed)

    def walk(self, actions: Iterable[Action], most: int, again_every: int = AGAIN_EVERY) -> Iterator[Failure]:
        """Failures on the way, until `most` actions have been done."""
        compared = 0
        for action in actions:
            if len(self.done) >= most:
                break
            try:
                failure = self.act(action)
            except Exception as error:
                done = self.done if self.done[-1:] == [action] else [*self.done, action]
                error.add_note(f"WALK='{tell_walk(tuple(done))}' SEED={self.seed}")
                raise
            if failure is None and len(self.done) >= compared + again_every:
                compared = len(self.done)
                failure = self.open_again()
            if failure is not None:
                yield failure
        else:
            failure = self.open_again()
            if failure is not None:
                yield failure


def _page_went(error: PlaywrightError) -> bool:
    """Whether the page was loaded anew while it was asked something."""
    return any(part in str(error) for part in ("Execution context was destroyed", "monkey is not defined", "navigat"))


@contextmanager
def walker(browser: Browser, address: str, seed: int = 0, **settings: Any) -> Iterator[Walker]:
    """A walker that is closed at the end."""
    made = Walker(browser, address, seed, **settings)
    try:
        yield made
    finally:
        made.close()
