"""What a walk may do: every control, every key, the browser's own buttons; one table of kinds.

An action is a name and a few arguments, spelled `name` or `name:first,second`, so that a walk is a line of text. It
does not depend on what the page shows: where the control is not in sight, the action is passed over.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from urllib.parse import unquote

from monkey.kinds import Action, Kind
from monkey.kinds_of_every_page import EVERY_PAGE
from monkey.kinds_of_guide import GUIDE_KINDS
from monkey.kinds_of_league import LEAGUE_KINDS
from monkey.kinds_of_lessons import LESSON_KINDS
from monkey.kinds_of_race import RACE_KINDS
from monkey.kinds_of_step import STEP_KINDS

KINDS: dict[str, Kind] = {
    **RACE_KINDS,
    **STEP_KINDS,
    **GUIDE_KINDS,
    **LESSON_KINDS,
    **LEAGUE_KINDS,
    **EVERY_PAGE,
}
"""Name → what it is: the one table of what a visitor may do."""


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
