"""The sentence below the picture: which words the stage picks for which standing, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser
from scipy.optimize import minimize

from optviz import GaussianHills, Race, SmoothedNoise, gallery, stage
from optviz.figures.race_record import race_record
from optviz.figures.told import TOLD, told_arrays
from optviz.statistics.events import events
from optviz.text import LANGUAGES, spaced, words

SOURCE = (Path(stage.__file__).parent / "js" / "sentences.js").read_text(encoding="utf-8")
SAY = """async ([source, called, given]) => {
    const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    return module[called](...given);
}"""

SAY_OF_RACE = """async ([source, [text, racers, arrays, layer, told, steps, playing]]) => {
    const { courseOf, happened, soFar } = await import(
        URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    const course = courseOf(layer, new Map(Object.entries(arrays)));
    return told.map((step) => playing
        ? soFar(text, racers, course, step, steps) : happened(text, racers, step, steps, course));
}"""


def finite(values: np.ndarray) -> list[float | None]:
    return [value if np.isfinite(value) else None for value in values.tolist()]


def racer(name: str, losses: list[float | None], standing: list[int], overshoot: str = "momentum") -> dict[str, Any]:
    return {"name": name, "losses": losses, "standing": standing, "overshoot": overshoot}


FIRST = racer("A", [2, 1, 0.5], [1, 1, 1])
SECOND = racer("B", [2, 1.5, 0.75], [1, 2, 2])
LEVEL = racer("C", [2, 1, 0.5], [1, 1, 1])
LEFT = racer("L", [2, 0.1, 0.1], [1, 200, 200])
LOST = racer("X", [2, None, None], [1, 0, 0])
NOWHERE = racer("N", [None, None, None], [0, 0, 0])


def climber(cause: str) -> dict[str, Any]:
    return racer("U", [2, 2.5, 2.25], [1, 103, 3], cause)


@pytest.fixture(scope="module")
def say(browser: Browser) -> Any:
    page = browser.new_page()

    def said(called: str, racers: list[dict[str, Any]], step: int, language: str = "en") -> str:
        return str(page.evaluate(SAY, [SOURCE, called, [words(language)["stage"], racers, step, 2]]))

    def of_race(
        race: Race, steps: Sequence[int], language: str = "en", playing: bool = False, hidden: tuple[int, ...] = ()
    ) -> list[str]:
        paths = race.run()
        record = race_record(paths, race.racer_names(words(language)["optimizer"]), (0.0, 0.0))
        shown = [
            racer(record.names[place], finite(record.losses[place]), record.standings[place].tolist(), cause)
            | {"place": place}
            for place, cause in enumerate(record.overshoots)
            if place not in hidden
        ]
        arrays = {name: [finite(row) for row in rows] for name, rows in told_arrays(record.events).items()}
        given = [words(language)["stage"], shown, arrays, TOLD, list(steps), race.steps, playing]
        return [str(sentence) for sentence in page.evaluate(SAY_OF_RACE, [SOURCE, given])]

    said.of_race = of_race  # type: ignore[attr-defined]
    yield said
    page.close()


@pytest.mark.parametrize(
    ("racers", "step", "sentence"),
    [
        ([FIRST, SECOND], 0, "All start at the same point. Press play."),
        ([FIRST, SECOND], 1, "Step 1: A leads with loss 1. B is next, 0.5 higher."),
        ([FIRST, SECOND], 2, "After step 2 A is lowest, with loss 0.5. B is next, 0.25 higher."),
        ([FIRST, LEVEL, SECOND], 1, "Step 1: A, C lead together with loss 1. B is next, 0.5 higher."),
        ([FIRST, LEVEL], 2, "After step 2 A, C are level at 0.5 (within a millionth of the drop)."),
        ([FIRST], 1, "Step 1: A is at loss 1."),
        # Whoever is outside is neither first nor next, however low.
        ([FIRST, LEFT], 2, "After step 2 A is lowest of those on the surface, with loss 0.5. Outside the surface: L."),
        (
            [FIRST, SECOND, LEFT, LOST],
            1,
            "Step 1: of those on the surface A leads, with loss 1. B is next, 0.5 higher. Outside the surface: L."
            " Diverged: X.",
        ),
        ([{**LEFT, "name": name} for name in "ABCDE"], 2, "Outside the surface: A, B, C, D and others, 5 in all."),
        ([LEFT, LOST], 2, "Outside the surface: L. Diverged: X."),
        ([LOST], 2, "Every optimizer has diverged; a lower learning rate may keep them on the surface."),
        ([NOWHERE], 0, "The start has no loss, or lies too far from the surface; choose another one."),
        ([NOWHERE], 2, "The start has no loss, or lies too far from the surface; choose another one."),
        # Hidden in the legend: of those that are shown the first leads.
        ([SECOND], 2, "Step 2: B is at loss 0.75."),
        (
            [FIRST, climber("learning_rate")],
            1,
            "Step 1 moved U uphill: loss 2 → 2.5; it overshot the valley, because its learning rate is too high for"
            " this slope.",
        ),
    ],
)
def test_the_sentence(say: Any, racers: list[dict[str, Any]], step: int, sentence: str) -> None:
    assert say("happened", racers, step) == sentence


@pytest.mark.parametrize(
    ("cause", "english", "chinese", "never"),
    [
        ("learning_rate", "learning rate", "学习率", "惯性"),
        ("momentum", "momentum", "惯性", "步长没有"),
        ("step_size", "does not shrink", "步长没有随梯度变小而缩短", "惯性"),
        ("batch", "batch of samples", "一批样本", "越过"),
        ("rule", "overshot the valley.", "越过了谷底", "学习率"),
    ],
)
def test_the_cause_is_one_that_the_rule_has(say: Any, cause: str, english: str, chinese: str, never: str) -> None:
    assert english in say("happened", [FIRST, climber(cause)], 1)
    told = say("happened", [FIRST, climber(cause)], 1, "zh")
    assert chinese in told
    assert never not in told


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", [0, 1, 2])
@pytest.mark.parametrize("racers", [[FIRST, LEVEL, LEFT], [FIRST, LEFT], [FIRST, SECOND], [LEFT], [LOST], [NOWHERE]])
def test_no_word_is_missing(say: Any, racers: list[dict[str, Any]], step: int, language: str) -> None:
    for called in ("happened", "standings"):
        told = say(called, racers, step, language)
        assert told
        assert "undefined" not in told
        assert "{" not in told


def test_the_standings_for_those_who_cannot_see(say: Any) -> None:
    told = say("standings", [LOST, LEFT, SECOND, FIRST], 2)
    assert told.endswith("from lowest to highest: A 0.5, B 0.75, L 0.1 (outside the surface), X –.")


# --- of whole races: what is said is recomputed from the paths -----------------------------------------------------

ARTICLES = {
    "en": (
        "{count} of 7 end up in the nearer valley (−0.283), {first} first, at step {step};"
        " the deepest, −0.354, is never found."
    ),
    "zh": (
        "7 个优化器中有 {count} 个最终落在较近的山谷（−0.283），{first}最先到达（第 {step} 步）；"
        "没有优化器找到最深的山谷（−0.354）。"
    ),
}


def arrivals(race: Race, point: tuple[float, float]) -> dict[str, int]:
    """Who stays within 3 % of the width of a point to the end, for 10 % of the steps at least: since which step."""
    found = {}
    for name, run in zip(race.racer_names(words("en")["optimizer"]), race.run(), strict=True):
        away = np.hypot(*(run.points - point).T) / run.surface.width
        since = next((step for step in range(race.steps + 1) if (away[step:] <= 0.03).all()), race.steps)
        if race.steps - since >= race.steps / 10:
            found[name] = since
    return found


@pytest.mark.parametrize("convention", ["tensorflow1", "article", "pytorch"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_on_the_articles_surface_nobody_finds_the_deepest_valley(say: Any, convention: str, language: str) -> None:
    race = Race().with_convention(convention)
    there = arrivals(race, (-0.0517, 0.7360))
    assert not arrivals(race, (-0.6900, -0.5984))
    first = min(there, key=lambda name: there[name])
    place = race.racer_names(words("en")["optimizer"]).index(first)
    name = race.racer_names(words(language)["optimizer"])[place]
    expected = ARTICLES[language].format(count=len(there), first=name, step=there[first])
    assert say.of_race(race, [race.steps], language) == [spaced(expected)]


def ends(race: Race) -> dict[str, tuple[int, float, np.ndarray]]:
    """Racer → since when it is in its valley, how deep that is, and where: looked for from the end of each path."""
    found = {}
    for name, run in zip(race.racer_names(words("en")["optimizer"]), race.run(), strict=True):
        if not np.isfinite(run.points[-1]).all():
            continue
        surface = run.surface
        here = minimize(surface.loss, run.points[-1], jac=surface.gradient, method="BFGS")
        away = np.hypot(*(run.points - here.x).T) / surface.width
        near = (away <= 0.03) & (run.losses - here.fun <= 0.1 * abs(run.losses[0] - here.fun))
        since = next((step for step in range(race.steps + 1) if near[step:].all()), race.steps)
        curved = np.linalg.eigvalsh(surface.hessian(here.x)).min() > 0
        if race.steps - since + 1 >= race.steps / 10 and surface.contains(here.x) and curved:
            found[name] = (since, float(here.fun), here.x)
    return found


def number(value: float) -> str:
    return f"{float(f'{value:.3g}') + 0:g}".replace("-", "−")


# How many minima are as low as the lowest; the first two: "Virtual Library of Simulation Experiments", Surjanovic.
DEEPEST = {"himmelblau": 4, "six_hump_camel": 2, "saddle": 2}


def retold(race: Race) -> str:
    """What is to be said of the end of a race in which somebody has arrived and nobody has left or diverged."""
    there, surface, paths = ends(race), race.run()[0].surface, race.run()
    start, lowest = paths[0].points[0], surface.lowest
    everyone, places = len(race.racers), DEEPEST.get(getattr(surface, "name", ""), 1)
    tie = 1e-6 * (paths[0].losses[0] - lowest.loss)
    deepest = {name: told for name, told in there.items() if told[1] <= lowest.loss + tie}
    told = deepest or there
    depths = {round(depth, 5) for _, depth, _ in told.values()}
    first = min(since for since, *_ in told.values())
    names = ", ".join(name for name, (since, *_) in told.items() if since == first)
    if deepest:
        valley = f"one of the {places} deepest valleys" if places > 1 else "the deepest valley"
    else:
        nearer = np.hypot(*(next(iter(told.values()))[2] - start)) < np.hypot(*(lowest.point - start))
        valley = "the nearer valley" if nearer else "another valley"
    who = "All" if len(told) == everyone else f"{len(told)} of {everyone}"
    if not deepest and len(depths) > 1:
        head = (
            f"{who} end up in {len(depths)} different valleys, the lowest at {number(min(depths))}; {names} was first,"
        )
        head += f" at step {first}"
    elif len(told) == 1:
        only = names if everyone == 1 else f"Only {names}"
        head = f"{only} ends up in {valley} ({number(min(depths))}), at step {first}"
    else:
        head = f"{who} end up in {valley} ({number(min(depths))}), {names} first, at step {first}"
    passed = any((np.hypot(*(run.points - lowest.point).T) <= 0.03 * surface.width).any() for run in paths)
    elsewhere = len(there) - len(deepest)
    if deepest:
        many = f"; {elsewhere} in others that are less deep"
        tail = "" if not elsewhere else "; 1 in another that is less deep" if elsewhere == 1 else many
    else:
        some, none = (f"any of the {places}", f"none of the {places}") if places > 1 else ("the", "the")
        tail = f"; nobody stays in {some} deepest, {number(lowest.loss)}" if passed else ""
        tail = tail or f"; {none} deepest, {number(lowest.loss)}, is {'' if places > 1 else 'never '}found"
    return f"{head}{tail}."


CAMEL, TANG = gallery("six_hump_camel"), gallery("styblinski_tang")


@pytest.mark.parametrize(
    "race",
    [
        Race(gallery("himmelblau")).with_learning_rate(0.01),
        Race(CAMEL).with_learning_rate(0.05),
        Race(CAMEL).with_learning_rate(0.03).with_optimizers(["momentum", "nag"]),
        Race(CAMEL).with_learning_rate(0.05).with_optimizers(["momentum"]),
        Race(TANG).with_learning_rate(0.01),
        Race(TANG).with_learning_rate(0.3).with_optimizers(["adam", "rmsprop"]),
        Race(gallery("saddle")).with_learning_rate(0.05).with_convention("pytorch"),
        Race(GaussianHills(7)).with_learning_rate(0.3).with_convention("article"),
        Race(GaussianHills(128), steps=400).with_learning_rate(0.2).with_optimizers(["adam", "momentum"]),
        Race(SmoothedNoise(7)).with_learning_rate(0.05),
    ],
    ids=lambda race: f"{race.bare_surface.title} {race.shared_learning_rate}, {len(race.racers)}",
)
def test_what_is_said_at_the_end_is_told_by_the_paths(say: Any, race: Race) -> None:
    runs = race.run()
    inside = [run.surface.contains(run.points[-1]) for run in runs]
    (sentence,) = say.of_race(race, [race.steps])
    if ends(race):
        assert sentence.startswith(retold(race))
        names = race.racer_names(words("en")["optimizer"])
        rest = [name for name, here in zip(names, inside, strict=True) if here and name not in ends(race)]
        # Where the deepest valley is to be told of, there is no room for them.
        rest = [] if ";" in sentence else rest
        assert f"In no valley yet: {', '.join(rest[:4])}" in sentence if rest else "no valley yet" not in sentence
    else:
        assert sentence.startswith(f"After step {race.steps}") and "no valley yet" not in sentence
    assert ("Outside" in sentence or "Diverged" in sentence) == (not all(inside))


@pytest.mark.parametrize("language", LANGUAGES)
def test_while_it_plays_the_sentence_changes_at_events_alone(say: Any, language: str) -> None:
    race = Race()
    said = say.of_race(race, range(race.steps + 1), language, playing=True)
    changes = [step for step in range(1, race.steps + 1) if said[step] != said[step - 1]]
    happened = [event.step for event in events(race.run()).said]
    assert changes == sorted({*happened, race.steps})
    assert len(changes) <= 8
    assert not any("{" in sentence or "undefined" in sentence or not sentence for sentence in said)


def test_what_is_hidden_is_not_told(say: Any) -> None:
    race = Race()
    places = dict(zip(race.racer_names(words("en")["optimizer"]), range(7), strict=True))
    there = arrivals(race, (-0.0517, 0.7360))
    first = min(there, key=lambda name: there[name])
    second = min(there.keys() - {first}, key=lambda name: there[name])
    told = say.of_race(race, range(race.steps + 1), playing=True, hidden=(places[first],))
    assert told[-1].startswith(f"{len(there) - 1} of 6 end up in the nearer valley (−0.283), {second} first,")
    assert not any(first in sentence for sentence in told)
