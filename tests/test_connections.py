"""How WebSockets are read: a little at a time, the thrifty first, and never so that a round of the loop takes long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from optviz.ui.connections import ALL_SHARE, LONG_REST, OWN_MOST, SAVED, SECONDS_OF_A_ROUND, Readings


class Loop:
    """An event loop whose time passes only where something costs time."""

    def __init__(self) -> None:
        self.now = 0.0
        self.calls: list[tuple[float, Callable[..., Any], tuple[Any, ...]]] = []

    def time(self) -> float:
        return self.now

    def call_soon(self, function: Callable[..., Any], *given: Any) -> Handle:
        return self.call_later(0.0, function, *given)

    def call_later(self, wait: float, function: Callable[..., Any], *given: Any) -> Handle:
        call = (self.now + wait, function, given)
        self.calls.append(call)
        return Handle(self, call)

    def run_once(self) -> float:
        """Do what is due next; how long it took."""
        call = min(self.calls, key=lambda call: call[0])
        self.calls.remove(call)
        self.now = began = max(self.now, call[0])
        call[1](*call[2])
        return self.now - began


class Handle:
    """What a call can be cancelled with."""

    def __init__(self, loop: Loop, call: Any) -> None:
        self.loop, self.call = loop, call

    def cancel(self) -> None:
        self.loop.calls.remove(self.call)


class Connection:
    """A connection with so many pieces to be read, each of which takes so long."""

    def __init__(self, readings: Readings, loop: Loop, credit: float, pieces: int, cost: float = 0.001) -> None:
        self.readings, self.loop = readings, loop
        self.left, self.pieces, self.cost = credit, pieces, cost
        self.read: list[float] = []

    def credit(self) -> float:
        return self.left

    def charge(self, seconds: float) -> None:
        self.left -= seconds
        self.readings.bucket.take(seconds)

    def read_a_piece(self) -> None:
        self.loop.now += self.cost
        self.pieces -= 1
        self.read.append(self.loop.now)
        if self.pieces:
            self.come_in()

    def come_in(self) -> None:
        self.readings.come_in(self)  # type: ignore[arg-type]


def readings_of(loop: Loop) -> Readings:
    readings = Readings()
    readings.bucket.clock = loop.time
    readings.bucket._at = loop.now
    return readings


def test_a_round_reads_for_a_moment_however_many_have_sent_something() -> None:
    loop = Loop()
    readings = readings_of(loop)
    cost = 0.0007
    crowd = [Connection(readings, loop, OWN_MOST, 10, cost) for _ in range(400)]
    for connection in crowd:
        connection.come_in()
    rounds = [loop.run_once() for _ in range(200)]
    # A piece that has been begun is read to its end.
    assert max(rounds) <= SECONDS_OF_A_ROUND + cost
    assert sum(len(connection.read) for connection in crowd) >= 200


def test_who_has_cost_least_is_read_first() -> None:
    loop = Loop()
    readings = readings_of(loop)
    crowd = [Connection(readings, loop, OWN_MOST / 2, 100) for _ in range(50)]
    for connection in crowd:
        connection.come_in()
    for _ in range(20):
        loop.run_once()
    visitor = Connection(readings, loop, OWN_MOST, 1)
    visitor.come_in()
    asked = loop.now
    while not visitor.read:
        loop.run_once()
    assert not [when for connection in crowd for when in connection.read if asked < when < visitor.read[0]]


def test_a_crowd_costs_its_share_and_who_has_saved_something_does_not_wait_for_it() -> None:
    loop = Loop()
    readings = readings_of(loop)
    crowd = [Connection(readings, loop, SAVED / 2, 10_000) for _ in range(100)]
    for connection in crowd:
        connection.come_in()
    while loop.now < 10:
        loop.run_once()
    spent = sum(len(connection.read) * connection.cost for connection in crowd)
    # What was saved at the beginning comes on top, and what a round goes beyond it.
    assert spent <= loop.now * ALL_SHARE + readings.bucket.most + 2 * SECONDS_OF_A_ROUND
    assert spent > 0.5 * loop.now * ALL_SHARE
    while readings.bucket.left() > -LONG_REST:
        readings.bucket.take(0.001)
    visitor = Connection(readings, loop, OWN_MOST, 1)
    asked = loop.now
    visitor.come_in()
    while not visitor.read:
        loop.run_once()
    assert visitor.read[0] <= asked + visitor.cost + SECONDS_OF_A_ROUND
