"""What is remembered for all visits: bounded in bytes, computed once however many ask."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from optviz import FiniteSum, GaussianHills, Race, SmoothedNoise
from optviz.parameter import STEPS
from optviz.ui import cached
from optviz.ui.memory import ENTRY, Memory, Remembered, size_of


def test_the_bytes_are_bounded_and_the_least_recently_used_goes_first() -> None:
    memory = Memory(most_bytes=10 * (ENTRY + 8000))
    made: list[int] = []

    def array(number: int) -> np.ndarray:
        made.append(number)
        return np.full(1000, float(number))

    remembered = Remembered(memory, array)
    for number in range(10):
        remembered(number)
    remembered(0)
    remembered(10)
    assert made == [*range(11)]
    assert memory.bytes <= memory.most_bytes and len(memory) == 10
    assert remembered.known(0) and not remembered.known(1)
    for number in range(11, 500):
        remembered(number)
        assert memory.bytes <= memory.most_bytes


def test_large_values_push_out_many_small_ones() -> None:
    memory = Memory(most_bytes=100 * (ENTRY + 800))
    remembered = Remembered(memory, lambda count: np.zeros(count))
    for _ in range(3):
        for count in range(60, 100):
            remembered(count)
    assert len(memory) == 40
    remembered(20_000)
    assert remembered.known(20_000) and len(memory) < 25


def test_what_is_larger_than_the_memory_is_handed_out_and_not_kept() -> None:
    memory = Memory(most_bytes=10_000)
    remembered = Remembered(memory, lambda count: np.zeros(count))
    assert remembered(5000).shape == (5000,)
    assert len(memory) == 0 and memory.bytes == 0


def test_an_equal_value_put_again_counts_once() -> None:
    memory = Memory(most_bytes=10**6)
    remembered = Remembered(memory, lambda count: np.zeros(count))
    remembered.put(np.zeros(100), 100)
    first = memory.bytes
    remembered.put(np.zeros(100), 100)
    assert memory.bytes == first
    remembered.cache_clear()
    assert memory.bytes == 0


def test_computed_once_however_many_ask_at_the_same_moment() -> None:
    begun, go_on = threading.Event(), threading.Event()
    made: list[int] = []

    def slow(number: int) -> int:
        made.append(number)
        begun.set()
        assert go_on.wait(30)
        return 2 * number

    remembered = Remembered(Memory(10**6), slow)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(remembered, 21)
        assert begun.wait(30)
        others = [pool.submit(remembered, 21) for _ in range(7)]
        go_on.set()
        assert {first.result(30), *(other.result(30) for other in others)} == {42}
    assert made == [21]


def test_others_try_when_the_first_one_is_stopped() -> None:
    """A visit that ends in the middle of a computation (Streamlit raises a BaseException) leaves nobody waiting."""

    class Stopped(BaseException):
        pass

    begun, go_on = threading.Event(), threading.Event()
    tried: list[int] = []

    def slow(number: int) -> int:
        tried.append(number)
        if len(tried) == 1:
            begun.set()
            assert go_on.wait(30)
            raise Stopped
        return number

    remembered = Remembered(Memory(10**6), slow)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(remembered, 7)
        assert begun.wait(30)
        second = pool.submit(remembered, 7)
        go_on.set()
        with pytest.raises(Stopped):
            first.result(30)
        assert second.result(30) == 7
    assert tried == [7, 7]


def test_a_size_counts_all_that_hangs_on_a_value() -> None:
    surface = SmoothedNoise(3, size=256)
    before = size_of(surface)
    _ = surface.lowest
    assert size_of(surface) - before >= surface.coefficients.nbytes == 256 * 256 * 8
    path = Race(steps=5000).run()[0]
    assert size_of(path) >= path.points.nbytes + path.losses.nbytes
    assert size_of(FiniteSum(surface)) >= surface.coefficients.nbytes


def test_the_largest_race_fits_many_times() -> None:
    """Else a race that was computed elsewhere might be forgotten before its visit fetches it."""
    path = Race(GaussianHills(1), steps=int(STEPS.at_most or 0)).run()[0]
    assert 24 * size_of(path) * 20 < cached.MEMORY.most_bytes
