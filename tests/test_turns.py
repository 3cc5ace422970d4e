"""Whose turn it is: the patient first, floods last, nobody starved, and what is gone holds nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import loops
from optviz.ui.turns import (
    SECONDS_OF_A_LONG_RUN,
    SECONDS_OF_A_STREAM,
    SECONDS_OF_A_TURN,
    SECONDS_OF_A_VISITOR,
    Bucket,
    Rank,
    Turns,
    Visit,
)


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def in_a_loop(test: Callable[[Clock], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Run a test as a coroutine."""

    def run() -> None:
        loops.run(test(Clock()))

    run.__name__ = test.__name__
    return run


async def opened(turns: Turns, clock: Clock) -> Visit:
    """A page that has been opened a while ago."""
    visit = Visit()
    assert await turns.take(visit)
    turns.finish(visit)
    clock.now += 2 * SECONDS_OF_A_STREAM
    return visit


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@in_a_loop
async def test_a_change_finds_a_place_beside_any_number_of_floods(clock: Clock) -> None:
    turns = Turns(at_once=3, clock=clock)
    visitor = await opened(turns, clock)
    floods = [asyncio.create_task(turns.take(Visit(), flooding=True)) for _ in range(50)]
    await settle()
    assert sum(task.done() for task in floods) == 2
    change = asyncio.create_task(turns.take(visitor))
    await settle()
    assert change.done() and visitor.rank is Rank.CHANGE
    for task in floods:
        task.cancel()


@in_a_loop
async def test_a_drag_goes_before_openings_and_these_before_floods(clock: Clock) -> None:
    turns = Turns(at_once=1, clock=clock)
    dragging, holding, new, flooding = await opened(turns, clock), Visit(), Visit(), Visit()
    assert await turns.take(dragging)
    turns.finish(dragging)
    assert await turns.take(holding)
    order: list[str] = []

    async def wait(visit: Visit, name: str, flood: bool = False) -> None:
        if await turns.take(visit, flood):
            order.append(name)
            turns.finish(visit)

    tasks = [
        asyncio.create_task(wait(flooding, "flood", True)),
        asyncio.create_task(wait(new, "opening")),
        asyncio.create_task(wait(dragging, "drag")),
    ]
    await settle()
    assert order == []
    turns.finish(holding)
    await asyncio.gather(*tasks)
    assert order == ["drag", "opening", "flood"]


@in_a_loop
async def test_who_has_used_less_goes_first(clock: Clock) -> None:
    turns = Turns(at_once=1, clock=clock)
    much, little, holding = await opened(turns, clock), await opened(turns, clock), Visit()
    assert await turns.take(much)
    clock.now += 1.0
    turns.finish(much)
    clock.now += 1.0
    assert await turns.take(holding)
    first = asyncio.create_task(turns.take(much))
    await settle()
    second = asyncio.create_task(turns.take(little))
    await settle()
    turns.finish(holding)
    await settle()
    assert second.done() and not first.done()
    turns.finish(little)
    assert await first


@in_a_loop
async def test_a_long_run_does_not_keep_others_waiting(clock: Clock) -> None:
    turns = Turns(at_once=1, clock=clock)
    assert await turns.take(Visit())
    waiting = asyncio.create_task(turns.take(Visit()))
    await settle()
    assert not waiting.done()
    assert await asyncio.wait_for(waiting, 20 * SECONDS_OF_A_TURN)


@in_a_loop
async def test_who_has_gone_waits_no_longer_and_its_run_keeps_its_place_for_a_turn(clock: Clock) -> None:
    turns = Turns(at_once=1, clock=clock)
    running, gone, other = Visit(), Visit(), Visit()
    assert await turns.take(running)
    turns.leave(running)
    waiting = asyncio.create_task(turns.take(gone))
    await settle()
    assert not waiting.done()
    turns.leave(gone)
    assert await waiting is False
    assert await asyncio.wait_for(turns.take(other), 20 * SECONDS_OF_A_TURN)


@in_a_loop
async def test_who_does_not_read_gets_no_turn_until_it_does(clock: Clock) -> None:
    turns = Turns(at_once=2, clock=clock)
    visit = await opened(turns, clock)
    turns.stall(visit, True)
    waiting = asyncio.create_task(turns.take(visit))
    await settle()
    assert not waiting.done()
    turns.stall(visit, False)
    assert await waiting


@in_a_loop
async def test_a_run_given_up_again_and_again_costs_patience(clock: Clock) -> None:
    turns = Turns(at_once=3, clock=clock)
    visit = await opened(turns, clock)
    assert await turns.take(visit)
    patience = [visit.patience]
    for _ in range(3):
        clock.now += visit.patience + 0.01
        turns._end(visit)
        assert await asyncio.wait_for(turns.take(visit), 1)
        patience.append(visit.patience)
    assert patience == [SECONDS_OF_A_TURN * 2**power for power in range(4)]
    turns.finish(visit)
    assert visit.patience == SECONDS_OF_A_TURN


@in_a_loop
async def test_a_long_run_given_up_for_a_new_one_counts_once(clock: Clock) -> None:
    turns = Turns(at_once=3, clock=clock)
    dragging, other = await opened(turns, clock), Visit()
    assert await turns.take(dragging)
    clock.now += 0.01
    tasks = [asyncio.create_task(turns.take(dragging))]
    await settle()
    turns._expire(dragging)
    assert not tasks[0].done()
    clock.now += 2 * SECONDS_OF_A_TURN
    turns._wake(dragging)
    # One that is opened has the second place of those that nobody need wait for.
    clock.now += 2 * SECONDS_OF_A_VISITOR
    tasks.append(asyncio.create_task(turns.take(other)))
    await settle()
    assert [task.done() for task in tasks] == [True, True]
    # Nothing is left that would end the second run's turn when the first one's count were up.
    assert dragging in turns._holding and not turns._long


@in_a_loop
async def test_a_request_that_no_run_came_of_is_not_held_against_the_next(clock: Clock) -> None:
    turns = Turns(at_once=1, clock=clock)
    visit = await opened(turns, clock)
    assert await turns.take(visit)
    turns._expire(visit)
    clock.now += 60
    assert await turns.take(visit)
    assert visit.rank is Rank.CHANGE
    assert (visit.used, visit.patience) == (0, SECONDS_OF_A_TURN)
    turns.finish(visit)


def test_a_bucket_gives_so_many_at_once_and_so_many_a_second() -> None:
    clock = Clock()
    bucket = Bucket(3, 2, clock)
    assert [bucket.take() for _ in range(4)] == [0, 0, 0, 0.5]
    clock.now += 0.5
    assert bucket.left() == 0
    clock.now += 100
    assert bucket.left() == 3


@in_a_loop
async def test_more_openings_are_not_begun_because_those_before_take_long(clock: Clock) -> None:
    turns = Turns(at_once=3, clock=clock)
    visitor = await opened(turns, clock)
    clock.now += 2 * SECONDS_OF_A_VISITOR
    opening = [Visit() for _ in range(5)]
    tasks = [asyncio.create_task(turns.take(visit)) for visit in opening]
    await settle()
    assert [task.done() for task in tasks] == [True, True, False, False, False]
    for visit in opening[:2]:
        turns._expire(visit)
    await settle()
    assert sum(task.done() for task in tasks) == 2
    # Neither keeps a change waiting; and from then on one opening runs at a time.
    assert await turns.take(visitor)
    turns.finish(opening[0])
    await settle()
    assert sum(task.done() for task in tasks) == 2
    turns.finish(opening[1])
    await settle()
    assert sum(task.done() for task in tasks) == 3
    for task in tasks:
        task.cancel()


@in_a_loop
async def test_a_run_without_an_end_lets_the_next_opening_in_at_last(clock: Clock) -> None:
    turns = Turns(at_once=1, clock=clock)
    endless = Visit()
    assert await turns.take(endless)
    assert await asyncio.wait_for(turns.take(Visit()), 20 * SECONDS_OF_A_LONG_RUN)
    assert endless.began is not None


@in_a_loop
async def test_a_long_run_of_a_page_that_has_gone_keeps_nobody_waiting(clock: Clock) -> None:
    turns = Turns(at_once=1, clock=clock)
    gone = Visit()
    assert await turns.take(gone)
    waiting = asyncio.create_task(turns.take(Visit()))
    await settle()
    turns._expire(gone)
    await settle()
    assert not waiting.done()
    turns.leave(gone)
    await settle()
    assert waiting.done()
