"""What a file, a picture or a page says of a race, for people: names, titles, sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from optviz.bad_input import BadInput
from optviz.experiment import Race, surface_record
from optviz.figures import Figure
from optviz.figures.heights import Heights
from optviz.figures.told import spelled
from optviz.surface import Formula, GallerySurface
from optviz.swarm import ON_THE_WAY, OUTSIDE, Swarm
from optviz.text import counted, spaced, words
from optviz.text.numbers import readable

LONGEST_TITLE = 100
MOST_VALLEYS = 3


def start_of(race: Race) -> tuple[float, float]:
    """Where the race starts: where it says, or where its surface suggests."""
    if race.start is not None:
        return race.start
    x, y = race.bare_surface.suggested_start.tolist()
    return (x, y)


def described(race: Race, language: str) -> str:
    """The race's surface in one phrase."""
    surface = race.bare_surface
    if isinstance(surface, GallerySurface):
        return surface.titles[language]
    phrase = words(language)["surface"].get(f"described_{_surface_name(race)}")
    return surface.title if phrase is None else phrase.format(seed=getattr(surface, "seed", ""))


def caption(race: Race, start: tuple[float, float], language: str, pinned: Race | None = None) -> str:
    """What stands below a picture of the race that is taken elsewhere: surface, setting, what the pale lines are.

    start: where it starts; to find the surface's own takes longer than to say it.
    """
    title = " ".join(title_of(race, language).split())
    if len(title) > LONGEST_TITLE:
        title = f"{title[: LONGEST_TITLE - 1]}…"
    difference = [difference_of_pinned(race, pinned, words(language))] if pinned is not None else []
    moves = [words(language)["standalone"]["moves"]] if race.surface.drift(0) is not None else []
    return " · ".join([title, *setting(race, start, language), *moves, *difference])


def heading(race: Race, language: str) -> str:
    """What the race asks, in one line: how many run from one start, and for what."""
    phrases, count = words(language)["hook"], len(race.racers)
    in_words = phrases["counts"].split(", ")
    told = in_words[count - 2] if 2 <= count < len(in_words) + 2 else str(count)
    return spaced(counted(phrases, "heading", count).format(count=told))


def title_of(race: Race, language: str) -> str:
    """What a page or a picture of the race is called: its surface, or what was typed."""
    # Who opens the file is not who typed the formula.
    surface = race.bare_surface
    return f"J(x, y) = {surface.text}" if isinstance(surface, Formula) else described(race, language)


def difference_of_pinned(race: Race, pinned: Race, text: Mapping[str, Mapping[str, str]]) -> str:
    """One sentence about the pale lines: in what their race differs from the one that is shown."""
    phrases = text["pinned"]
    values: dict[str, Any] = {
        "convention": text["convention"][pinned.convention],
        "steps": pinned.steps,
        "batch_seed": pinned.batch_seed,
        "learning_rate": f"{pinned.shared_learning_rate or 0:g}",
    }
    differences = [
        (counted(phrases, name, pinned.steps) if name == "steps" else phrases[name]).format(value=values.get(name))
        for name in pinned.differences(race)
    ]
    return spaced(phrases["shown"].format(difference=text["stage"]["and"].join(differences) or phrases["same"]))


def sentences_of(figure: Figure, chosen: Iterable[str]) -> list[str]:
    """A sentence about each view that is chosen, where there is one to say."""
    return [figure.views[name]["told"] for name in chosen if "told" in figure.views.get(name, {})]


COLORS = {("3d", "article"): "article", ("both", "article"): "both"}
"""How the surface is drawn and looks → what its colours say; elsewhere dark is low."""


def what_is_drawn(
    drawn: str, look: str, is_marked: bool, words: Mapping[str, str], moves: bool = False
) -> dict[str, str]:
    """What a newcomer is told above the picture: what is seen, and what is asked; `words` is the table `hook`.

    is_marked: whether a lowest point is. moves: whether the surface does.
    """
    colors = COLORS.get((drawn, look), "dark" if drawn == "3d" else "dark_map")
    asked = "asked_unmarked" if not is_marked else "asked_moving" if moves else "asked"
    return {"explained": words[f"drawn_{colors}"], "asked": words[asked]}


def key_sentences(
    heights: Heights, words: Mapping[str, str], colors: str, is_marked: bool, moves: bool = False
) -> list[str]:
    """What is to be said of the picture's colours and marks, how the contours are spaced where not evenly, and when.

    colors: a value of `COLORS`, or "dark". is_marked: whether a lowest point is. moves: whether the surface does.
    """
    spacing = {"key_logarithmic": heights.logarithmic, "key_by_area": heights.by_area, "key_moves": moves}
    marks = words["key_marks" if is_marked else "key_marks_unmarked"]
    return [words[f"key_{colors}"], marks, *(words[key] for key, holds in spacing.items() if holds)]


def swarm_sentence(swarm: Swarm, racer: str, text: Mapping[str, Mapping[str, str]]) -> str:
    """Where the starts of a swarm end: in the deepest valley, in others, in none, or outside the map."""
    phrases, counts = text["swarm"], swarm.counts.tolist()
    losses = [spelled(loss) for loss in swarm.valleys.tolist()]
    ends, others = [], list(zip(counts[1:], losses[1:], strict=True))
    if swarm.valleys[0] == swarm.valleys[0]:
        key = f"deepest{'_equal' if swarm.deepest > 1 else ''}{'' if counts[0] else '_none'}"
        found = {"count": counts[0], "loss": losses[0], "valleys": swarm.deepest}
        ends.append(counted(phrases, key, counts[0]).format(**found))
    if len(others) <= MOST_VALLEYS:
        for count, loss in others:
            ends.append(_phrase(phrases, "valley", count, not ends).format(count=count, loss=loss))
    else:
        key = "shallower" if ends else "several"
        ends.append(phrases[key].format(count=sum(counts[1:]), valleys=len(others)))
    for key, end in (("on_the_way", ON_THE_WAY), ("outside", OUTSIDE)):
        if swarm.count(end):
            ends.append(_phrase(phrases, key, swarm.count(end), not ends).format(count=swarm.count(end)))
    return spaced(phrases["told"].format(all=len(swarm.ends), racer=racer, ends=phrases["comma"].join(ends)))


def _phrase(phrases: Mapping[str, str], key: str, count: int, is_first: bool) -> str:
    """The words for so many starts; the verb stands once, in the first phrase of a sentence."""
    return counted(phrases, f"{key}_first", count) if is_first else phrases[key]


def file_name(race: Race) -> str:
    """What a file with this race is called, without its ending: surface, seed and learning rate."""
    seed, rate = getattr(race.bare_surface, "seed", None), race.shared_learning_rate
    parts = [f"seed{seed}"] if seed is not None else []
    parts += [f"eta{rate:g}"] if rate is not None else []
    return "-".join(["optviz", _surface_name(race), *parts])


def _surface_name(race: Race) -> str:
    """The surface's key in a record; for a class that nobody registered, what its author called it."""
    try:
        return str(surface_record(race.bare_surface)["name"])
    except BadInput:
        return type(race.bare_surface).__name__.lower()


def setting(race: Race, start: tuple[float, float], language: str) -> list[str]:
    """What decides the race besides its surface, a phrase each."""
    text = words(language)
    phrases, rate, (x, y) = text["standalone"], race.shared_learning_rate, start
    return [
        phrases["convention"].format(convention=text["convention"][race.convention]),
        counted(phrases, "steps", race.steps).format(steps=race.steps),
        *([phrases["learning_rate"].format(rate=f"{rate:g}")] if rate is not None else []),
        phrases["start"].format(x=readable(x), y=readable(y)),
    ]
