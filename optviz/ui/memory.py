"""What is remembered for all visits: computed once however many ask, and bounded in bytes, not in entries.

A path of 5,000 steps is 600 times as large as one of 8, and a noise grid of 256² larger still: a number of entries says
nothing about memory. Nor does `functools.lru_cache` compute a value once when two visits ask at the same moment.
"""

from __future__ import annotations

import dataclasses
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future
from functools import cache, wraps
from typing import Any, Generic, ParamSpec, TypeVar

import numpy as np

P = ParamSpec("P")
R = TypeVar("R")

ENTRY = 1000
"""Bytes that an entry takes beside its value: its key, its place."""


class Memory:
    """Values by key, the least recently used forgotten first, of at most `most_bytes` together.

    A value larger than that is handed out and not kept.
    """

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._entries: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._computing: dict[Hashable, Future[None]] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The value, made by the first who asks while the others wait. What `make` raises goes to who called it."""
        while True:
            with self._lock:
                if key in self._entries:
                    self._entries.move_to_end(key)
                    return self._entries[key][0]
                others = self._computing.get(key)
                if others is None:
                    mine = self._computing[key] = Future()
            if others is not None:
                # Whoever computes it may fail, or its visit may end: then the next one tries.
                others.result()
                continue
            try:
                value = make()
                self.put(key, value)
                return value
            finally:
                with self._lock:
                    del self._computing[key]
                mine.set_result(None)

    def known(self, key: Hashable) -> bool:
        """Whether the value is there; asking counts as use."""
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
                return True
            return False

    def put(self, key: Hashable, value: Any) -> None:
        """Remember a value that was made elsewhere."""
        size = ENTRY + size_of(value)
        with self._lock:
            self._forget(key)
            if size > self.most_bytes:
                return
            self._entries[key] = (value, size)
            self.bytes += size
            while self.bytes > self.most_bytes:
                self._forget(next(iter(self._entries)))

    def clear(self, of: object = None) -> None:
        """Forget everything, or what one function has made."""
        with self._lock:
            for key in [key for key in self._entries if of is None or key[0] is of]:  # type: ignore[index]
                self._forget(key)

    def __len__(self) -> int:
        return len(self._entries)

    def _forget(self, key: Hashable) -> None:
        if key in self._entries:
            self.bytes -= self._entries.pop(key)[1]


class Remembered(Generic[P, R]):
    """A function whose values are remembered, where the arguments, given in order, are small values (see `is_value`).

    A surface of the author's own class need not be one: then the function is called each time.
    """

    def __init__(self, memory: Memory, function: Callable[P, R]) -> None:
        self.memory, self.function = memory, function
        wraps(function)(self)

    def __call__(self, *arguments: P.args, **named: P.kwargs) -> R:
        """The value, remembered or computed."""
        if named:
            raise TypeError(f"{self.function.__name__} takes its arguments in order")
        if not all(map(is_value, arguments)):
            return self.function(*arguments, **named)
        value: R = self.memory.get((self, arguments), lambda: self.function(*arguments, **named))
        return value

    def known(self, *arguments: Any) -> bool:
        """Whether the value is remembered."""
        return all(map(is_value, arguments)) and self.memory.known((self, arguments))

    def put(self, value: R, *arguments: Any) -> None:
        """Remember the value for these arguments."""
        if all(map(is_value, arguments)):
            self.memory.put((self, arguments), value)

    def cache_clear(self) -> None:
        """Forget what this function has made."""
        self.memory.clear(self)


def is_value(thing: Any) -> bool:
    """Whether a thing is what it is for good, and equal to all that are the same: what may stand for a result.

    Numbers, texts, and tuples and frozen dataclasses of them. A thing of any other class can have changed since, or is
    equal to others by a rule that nobody knows here.
    """
    kind = type(thing)
    if kind in _PLAIN:
        return True
    if isinstance(thing, tuple):
        return all(map(is_value, thing))
    if isinstance(thing, (int, float, str, bytes)):
        return True
    names = _fields_of_a_frozen(kind)  # type: ignore[arg-type]
    if names is None:
        return False
    return all(is_value(getattr(thing, name)) for name in names)


_PLAIN = frozenset((type(None), bool, int, float, str, bytes))


@cache
def _fields_of_a_frozen(kind: Any) -> tuple[str, ...] | None:
    options = kind.__dict__.get("__dataclass_params__")
    if options is None or not (options.frozen and options.eq) or kind.__hash__ is None:
        return None
    return tuple(item.name for item in dataclasses.fields(kind))


def size_of(value: Any) -> int:
    """About how many bytes a value holds: arrays and texts exactly, with all that hangs on it; what it shares too."""
    seen: set[int] = set()
    waiting, total = [value], 0
    while waiting:
        item = waiting.pop()
        if id(item) in seen or isinstance(item, type):
            continue
        seen.add(id(item))
        if isinstance(item, np.ndarray):
            total += item.nbytes
        else:
            total += sys.getsizeof(item)
        if isinstance(item, Mapping):
            waiting += [*item.keys(), *item.values()]
        elif isinstance(item, (list, tuple, set, frozenset)):
            waiting += item
        elif hasattr(item, "__dict__"):
            waiting += vars(item).values()
    return total
