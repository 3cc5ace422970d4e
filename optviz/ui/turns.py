"""Whose turn it is to run: one interpreter serves all pages, so runs are let in a few at a time, the patient first.

A visit asks for a turn before a request to run the page is handed on, and ends the turn when the run has told that it
is finished. A run that takes longer than a turn keeps running, but no longer keeps changes waiting: heavy work has
bounds of its own. It does keep openings, drags and floods waiting for a while: more of them at a time would only make
all of them slower, and then last longer than a turn. Nothing here limits an address: a whole class may share one.

Everything happens on the event loop; there are no locks.
"""

from __future__ import annotations

import asyncio
import enum
import time
from collections.abc import Callable

# With more than this many threads at work, the event loop waits for each of them whenever it wants the interpreter.
AT_ONCE = 3
SECONDS_OF_A_TURN = 0.25
SECONDS_OF_A_LONG_RUN = 1.0
# So long after somebody has moved a control, one of the others runs at a time.
SECONDS_OF_A_VISITOR = 1.0
# A request that comes sooner after an answer is one of a stream: the hand is on the mouse.
SECONDS_OF_A_STREAM = 0.15
HALF_LIFE = 5.0
LONGEST_PATIENCE = 8.0


class Rank(enum.IntEnum):
    """Who goes first. CHANGE always finds one place that the others may not take."""

    CHANGE = 0  # somebody moved a control and waits for the picture
    STREAM = 1  # a drag: each message follows the answer to the one before
    OPENING = 2  # a page's first run
    FLOOD = 3  # messages pile up without a look at the answers


class Visit:
    """What `Turns` knows of one open page. `used`: seconds of turns, forgotten by half every `HALF_LIFE` seconds."""

    def __init__(self) -> None:
        self.used = 0.0
        self.counted = 0.0
        self.began: float | None = None  # of the run under way
        self.finished = -1e9
        self.patience = SECONDS_OF_A_TURN
        self.opened = False
        self.gone = False
        self.stalled = False  # it does not read what it is sent
        self.waiting: asyncio.Future[bool] | None = None
        self.rank = Rank.OPENING
        self.asked = 0.0
        self.expiry: asyncio.TimerHandle | None = None


class Turns:
    """The turns of all visits. clock: seconds, for tests."""

    def __init__(self, at_once: int = AT_ONCE, clock: Callable[[], float] = time.monotonic) -> None:
        self.at_once = at_once
        self.clock = clock
        self.given = 0
        self._waiting: list[Visit] = []
        self._holding: list[Visit] = []
        # Runs longer than a turn, and what will end their count.
        self._long: dict[Visit, asyncio.TimerHandle] = {}
        self._last_seen = -1e9

    async def take(self, visit: Visit, flooding: bool = False) -> bool:
        """Wait for a turn; False where the visit has left meanwhile."""
        now = self.clock()
        if flooding:
            visit.rank = Rank.FLOOD
        elif not visit.opened:
            visit.rank = Rank.OPENING
        else:
            soon = self._is_running(visit, now) or now - visit.finished < SECONDS_OF_A_STREAM
            visit.rank = Rank.STREAM if soon else Rank.CHANGE
        if visit.rank <= Rank.STREAM:
            self._last_seen = now
        visit.asked = now
        visit.waiting = asyncio.get_running_loop().create_future()
        self._waiting.append(visit)
        self._give()
        try:
            return await visit.waiting
        finally:
            visit.waiting = None
            if visit in self._waiting:
                self._waiting.remove(visit)

    def finish(self, visit: Visit) -> None:
        """The visit's run has told that it is finished."""
        if visit.began is None:
            return
        now = self.clock()
        self._count(visit, now, now - visit.began)
        visit.began = None
        visit.finished = now
        visit.patience = SECONDS_OF_A_TURN
        self._end(visit)

    def leave(self, visit: Visit) -> None:
        """The visit is over, and so is its wait. A run under way goes on for a while and keeps its turn."""
        if visit.waiting is not None and not visit.waiting.done():
            visit.waiting.set_result(False)
        if visit in self._waiting:
            self._waiting.remove(visit)
        if visit not in self._holding:
            visit.began = None
            self._end(visit)
        visit.gone = True

    @staticmethod
    def _is_running(visit: Visit, now: float) -> bool:
        # Streamlit tells nothing of a request for a part of the page that has gone meanwhile: it does not run it.
        return visit.began is not None and now - visit.began <= LONGEST_PATIENCE

    def stall(self, visit: Visit, stalled: bool) -> None:
        """A visit that does not read its answers gets no further turn until it does."""
        visit.stalled = stalled
        if not stalled:
            self._give()

    def _end(self, visit: Visit) -> None:
        if visit.expiry is not None:
            visit.expiry.cancel()
            visit.expiry = None
        if visit in self._holding:
            self._holding.remove(visit)
        if visit in self._long:
            self._long.pop(visit).cancel()
        self._give()

    def _expire(self, visit: Visit) -> None:
        visit.expiry = None
        if visit.rank != Rank.CHANGE and visit in self._holding and not visit.gone:
            self._holding.remove(visit)
            rest = SECONDS_OF_A_LONG_RUN - SECONDS_OF_A_TURN
            self._long[visit] = asyncio.get_running_loop().call_later(rest, self._end, visit)
            self._give()
        else:
            self._end(visit)

    def _wake(self, visit: Visit) -> None:
        visit.expiry = None
        self._give()

    def _give(self) -> None:
        while len(self._holding) < self.at_once:
            chosen = self._next()
            if chosen is None:
                return
            self._waiting.remove(chosen)
            assert chosen.waiting is not None
            chosen.waiting.set_result(True)
            now = self.clock()
            if chosen.began is not None and self._is_running(chosen, now):
                # The run under way is given up for the new one. Who does so again and again waits longer each time.
                self._count(chosen, now, now - chosen.began)
                chosen.patience = min(2 * chosen.patience, LONGEST_PATIENCE)
            if chosen in self._long:
                # It counts once, and what would have ended the old count does not end the new turn.
                self._long.pop(chosen).cancel()
            self.given += 1
            chosen.began, chosen.opened = now, True
            self._holding.append(chosen)
            if chosen.expiry is not None:
                chosen.expiry.cancel()
            chosen.expiry = asyncio.get_running_loop().call_later(SECONDS_OF_A_TURN, self._expire, chosen)

    def _next(self) -> Visit | None:
        now = self.clock()
        # Runs that others may not be kept waiting by, and those of them that nobody's hand waits for.
        running = [visit for visit in (*self._holding, *self._long) if visit.rank != Rank.CHANGE]
        unasked = sum(visit.rank > Rank.STREAM for visit in running)
        most = max(1, self.at_once - 1)
        most_unasked = 1 if now - self._last_seen < SECONDS_OF_A_VISITOR else most
        best: tuple[Rank, float, float] | None = None
        chosen = None
        for visit in self._waiting:
            if visit.stalled or visit in self._holding:
                continue
            if visit.rank != Rank.CHANGE and len(running) >= most:
                continue
            if visit.rank > Rank.STREAM and unasked >= most_unasked:
                continue
            if visit.began is not None and now - visit.began < visit.patience:
                # A run longer than a turn may be given up for a newer one, but not at once.
                if visit.expiry is None:
                    rest = visit.patience - (now - visit.began) + 0.001
                    visit.expiry = asyncio.get_running_loop().call_later(rest, self._wake, visit)
                continue
            key = (visit.rank, self._used(visit, now), visit.asked)
            if best is None or key < best:
                best, chosen = key, visit
        return chosen

    def _used(self, visit: Visit, now: float) -> float:
        return visit.used * 0.5 ** ((now - visit.counted) / HALF_LIFE)

    def _count(self, visit: Visit, now: float, seconds: float) -> None:
        visit.used = self._used(visit, now) + seconds
        visit.counted = now


class Bucket:
    """A token bucket: so many at once, so many a second after that."""

    def __init__(self, most: float, a_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self.a_second, self.clock = most, a_second, clock
        self._left, self._at = most, clock()

    def left(self) -> float:
        """What may be taken now; less than nothing after a large take."""
        now = self.clock()
        self._left = min(self.most, self._left + (now - self._at) * self.a_second)
        self._at = now
        return self._left

    def take(self, amount: float = 1.0) -> float:
        """Take, and say how many seconds to wait until that is paid for."""
        self._left = self.left() - amount
        return max(0.0, -self._left / self.a_second)
