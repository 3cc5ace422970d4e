"""The sentence below the picture: which words the stage picks for which standing, in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from optviz import stage
from optviz.text import LANGUAGES, words

SOURCE = (Path(stage.__file__).parent / "js" / "sentences.js").read_text(encoding="utf-8")
SAY = """async ([source, called, given]) => {
    const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    return module[called](...given);
}"""


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
