"""What a walk may do: every control, every key, the browser's own buttons; one table of kinds.

An action is a name and a few arguments, spelled `name` or `name:first,second`, so that a walk is a line of text. It
does not depend on what the page shows: where the control is not in sight, the action is passed over.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from urllib.parse import unquote

from monkey.kinds import PAGES, Action, Kind
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


def draw(seed: int, page: str | None = None) -> Iterator[Action]:
    """Actions without end, the same for the same seed. page: what is done is mostly what can be done there alone."""
    chance = random.Random(seed)
    weights = {name: kind.weight * _share_on(kind, page) for name, kind in KINDS.items()}
    while True:
        name = chance.choices(list(weights), list(weights.values()))[0]
        drawn = Action(name, KINDS[name].draw(chance))
        if page is not None and (name == "go" or (name == "elsewhere" and not drawn.arguments[0].startswith(page))):
            drawn = Action("go", (page,))
        yield drawn


def _share_on(kind: Kind, page: str | None) -> float:
    """Of a kind's weight, where a walk is to stay on a page: what is done beside other pages too is done less."""
    if page is None or kind.pages == (page,):
        return 1.0
    return 0.5 if kind.pages == PAGES else 0.1 if page in kind.pages else 0.0
