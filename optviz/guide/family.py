"""The family of the methods: which takes which and changes one thing, as a table and as a drawing."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass

WIDTH, HEIGHT = 388, 478
"""Of the drawing, in its own units: pixels on the narrowest phone."""

COLUMNS, ROW, TOP = (64, 192, 320), 108, 24
WIDE, HIGH = 116, 42
LONGEST_LINE = 11
"""Letters in a line of a name."""
WIDER, LAST_NARROW = 1.5, 0x2E7F
"""How much wider a Chinese letter is than a Latin one, and where those end."""


@dataclass(frozen=True)
class Member:
    """A kind of optimizer, the chapter about it, and where it stands: column and row."""

    kind: str
    chapter: str
    column: int
    row: int

    @property
    def at(self) -> tuple[int, int]:
        """Its middle."""
        return COLUMNS[self.column], TOP + self.row * ROW


@dataclass(frozen=True)
class Step:
    """What one takes from another, and what it adds, by the key of its words. around: how far it goes round others."""

    parent: str
    child: str
    adds: str
    around: int = 0


MEMBERS = (
    Member("gradient_descent", "gradient_descent", 1, 0),
    Member("sgd", "sgd", 0, 1),
    Member("momentum", "momentum", 1, 1),
    Member("adagrad", "adagrad", 2, 1),
    Member("minibatch_sgd", "minibatch", 0, 2),
    Member("nag", "nag", 1, 2),
    Member("adadelta", "adadelta", 2, 2),
    Member("rmsprop", "rmsprop", 2, 3),
    Member("adam", "adam", 1, 4),
)
CHAPTERS = {member.kind: member.chapter for member in MEMBERS}
"""Kind → the chapter about it."""

STEPS = (
    Step("gradient_descent", "sgd", "one_sample"),
    Step("gradient_descent", "momentum", "velocity"),
    Step("gradient_descent", "adagrad", "sum_of_squares"),
    Step("sgd", "minibatch_sgd", "few_samples"),
    Step("momentum", "nag", "look_ahead"),
    Step("adagrad", "adadelta", "own_steps"),
    Step("adagrad", "rmsprop", "fading", around=64),
    Step("momentum", "adam", "direction", around=-64),
    Step("rmsprop", "adam", "size"),
)


def family_svg(link: Callable[[str, str], str], titles: Mapping[str, str], words: Mapping[str, str]) -> str:
    """The drawing: SVG without colours of its own, and each member a link.

    link: the attributes of the link to a chapter, `link(chapter, title)`. titles: kind → name. words: what is added, by
    the keys of `STEPS`, and "family", what the drawing is called.
    """
    places = {member.kind: member.at for member in MEMBERS}
    lines = "".join(_line(step, places) for step in STEPS)
    added = "".join(_added(step, places, words[step.adds]) for step in STEPS)
    parents = {step.child: titles[step.parent] for step in STEPS}
    nodes = "".join(_node(member, titles[member.kind], parents.get(member.kind, ""), link) for member in MEMBERS)
    return (
        f'<svg class="optviz-family" viewBox="0 0 {WIDTH} {HEIGHT}" role="group" '
        f'aria-label="{html.escape(words["family"])}">{lines}{added}{nodes}</svg>'
    )


def _line(step: Step, places: Mapping[str, tuple[int, int]]) -> str:
    (x1, y1), (x2, y2) = places[step.parent], places[step.child]
    below, above = y1 + HIGH // 2, y2 - HIGH // 2
    if step.around:
        side, edge = x1 + step.around, WIDE // 2 if step.around > 0 else -WIDE // 2
        path = f"M{x1 + edge} {y1} Q{side} {y1} {side} {y1 + 24} L{side} {y2 - 24} Q{side} {y2} {x2 + edge} {y2}"
    else:
        middle = (below + above) // 2
        path = f"M{x1} {below} C{x1} {middle} {x2} {middle} {x2} {above}"
    return f'<path d="{path}" fill="none"/>'


def _added(step: Step, places: Mapping[str, tuple[int, int]], said: str) -> str:
    """The words above who adds it; of a line that goes round others, beside the line."""
    (x1, _), (x2, y2) = places[step.parent], places[step.child]
    x, y, anchor = x2, y2 - HIGH // 2 - 16, "middle"
    if step.around < 0:
        x, y = x1 + step.around, y2 - ROW + 4
    elif step.around > 0:
        x, anchor = x1 + step.around - 6, "end"
    return f'<text class="added" x="{x}" y="{y}" text-anchor="{anchor}">{html.escape(said)}</text>'


def _lines(title: str, parent: str) -> list[str]:
    """A title on one line or two; where it ends with its parent's, that is the second."""
    if sum(WIDER if ord(letter) > LAST_NARROW else 1 for letter in title) <= LONGEST_LINE:
        return [title]
    return [title.removesuffix(parent).strip(), parent] if parent and title.endswith(parent) else title.rsplit(" ", 1)


def _node(member: Member, title: str, parent: str, link: Callable[[str, str], str]) -> str:
    x, y = member.at
    lines = _lines(title, parent)
    first = y + 5 - 8 * (len(lines) - 1)
    written = "".join(
        f'<tspan x="{x}" y="{first + 16 * place}">{html.escape(line)}</tspan>' for place, line in enumerate(lines)
    )
    return (
        f"<a {link(member.chapter, title)}>"
        f'<rect x="{x - WIDE // 2}" y="{y - HIGH // 2}" width="{WIDE}" height="{HIGH}" rx="10"/>'
        f'<text text-anchor="middle">{written}</text></a>'
    )
