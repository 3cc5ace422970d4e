"""Lessons: the inequality that makes each one's point, on its own race, and what becomes of files and links."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from cases import ROOT
from optviz import Racer, gallery, trace
from optviz.bad_input import BadInput
from optviz.budget import check_budget
from optviz.experiment import LONGEST_LINK, Race
from optviz.experiment.lesson import CONTROLS, LETTERS, LONGEST, Lesson, lesson, lesson_names, read_lesson
from optviz.optimizers import Adam
from optviz.outcome import Outcome
from optviz.statistics import scoreboard
from optviz.statistics.measures import MEASURES
from optviz.surface import DriftingBowl
from optviz.text import SEAM, STRAY, sentence, words
from optviz.ui.messages import LONGEST_LESSON, take
from tiers import long

LESSONS = lesson_names()


def measured(name: str, race: Race) -> list[float]:
    return MEASURES[name].numbers(race.run())


def with_settings(race: Race, place: int, **settings: Any) -> Race:
    racer = race.racers[place]
    optimizer: Any = dataclasses.replace(racer.optimizer, **settings)  # type: ignore[type-var]
    return race.with_racer(place, dataclasses.replace(racer, optimizer=optimizer))


def turned_round(race: Race) -> Race:
    """The same optimizers in the other order."""
    return race.with_racers(race.racers[::-1])


# --- what each of them shows ---------------------------------------------------------------------------------------


def the_edge_is_two_over_lambda(race: Race) -> bool:
    """η lies below 2/λ, then above it: |x| shrinks at each step, then grows at each."""
    low, high = race.own_learning_rates
    steepest = np.linalg.eigvalsh(race.surface.hessian(np.array(race.start))).max()
    if not low < 2 / steepest < high:
        return False
    paths = race.run()
    for path, rate in zip(paths, (low, high), strict=True):
        x = path.points[:, 0]
        # A rounding a step; near 0 of the start's size.
        np.testing.assert_allclose(x, x[0] * (1 - rate * steepest) ** np.arange(race.steps + 1), rtol=1e-10)
    shrinks, grows = (np.diff(np.abs(path.points[:, 0])) for path in paths)
    return bool((shrinks < 0).all() and (grows > 0).all())


def momentum_needs_a_third(race: Race) -> bool:
    descent, momentum = measured("steps_to_90", race)
    return race.shared_learning_rate is not None and descent >= 3 * momentum


def nag_bears_less(race: Race) -> bool:
    """η lies between 2(1 + γ)/((1 + 2γ)λ) and 2(1 + γ)/λ: the one comes nearer, the other leaves the surface."""
    momentum, nag = race.run()
    start = np.hypot(*momentum.points[0])
    assert start == np.hypot(*nag.points[0])
    outside = ~race.surface.contains(nag.points[-1])
    return bool(np.hypot(*momentum.points[-1]) < start / 10 and outside)


def out_of_the_saddle_in_turn(race: Race) -> bool:
    """The saddle is at loss 0, 72 % of the way down: who has 90 % behind it has left it."""
    (lowest,) = {path.surface.lowest.loss for path in race.run()}
    start = float(race.surface.loss(np.array(race.start)))
    assert (start - 0) / (start - lowest) < 0.9
    descent, momentum, rmsprop = measured("steps_to_90", race)
    return descent > momentum > rmsprop


def without_correction_the_first_step_is_longer(race: Race) -> bool:
    corrected, plain = measured("first_step", race)
    optimizer: Any = race.racers[1].optimizer
    predicted = (1 - optimizer.beta1) / np.sqrt(1 - optimizer.beta2)
    # ε = 1e-8 under the root moves the step by ε/2g² of it, and (1 − β₂) g² is a thousandth of g².
    return bool(abs(plain / corrected / predicted - 1) < 1e-5 and predicted > 3)


def adadelta_hardly_moves(race: Race) -> bool:
    small, large, adam = measured("path_length", race)
    first = measured("first_step", race)
    epsilons = [float(racer.optimizer.epsilon) for racer in race.racers[:2]]  # type: ignore[attr-defined]
    # Where g² ≫ ε the first step goes with √ε.
    ratio = first[1] / first[0] / np.sqrt(epsilons[1] / epsilons[0])
    return bool(small < adam / 100 and large > 50 * small and abs(ratio - 1) < 1e-3)


def rmsprop_never_rests(race: Race) -> bool:
    rmsprop, adam = measured("swing", race)
    rate = race.shared_learning_rate
    return rate is not None and rmsprop >= rate and adam < rate / 10


def the_spread_shrinks_with_the_batch(race: Race) -> bool:
    one, four, sixteen = measured("end_spread", race)
    return one > four > sixteen and 3 < one / sixteen < 5


def the_accumulator_decides_the_place(race: Race) -> bool:
    places = dict(zip(race.racer_names(), measured("place", race), strict=True))
    return places["Adagrad G₀ = 0"] < places["Adagrad G₀ = 0.1"]


Reversal = Callable[[Race], Race]
SHOWS: dict[str, tuple[Callable[[Race], bool], list[Reversal]]] = {
    "edge": (
        the_edge_is_two_over_lambda,
        [turned_round, lambda race: with_settings(race, 1, learning_rate=0.49)],
    ),
    "ravine": (
        momentum_needs_a_third,
        [
            turned_round,
            lambda race: with_settings(race, 1, momentum=0.0),
            lambda race: race.replaced(start=(-0.1, 0.9)),
        ],
    ),
    "nag_edge": (
        nag_bears_less,
        [turned_round, lambda race: race.with_learning_rate(0.013), lambda race: race.with_learning_rate(0.039)],
    ),
    "saddle": (
        out_of_the_saddle_in_turn,
        [turned_round, lambda race: with_settings(race, 1, momentum=0.0)],
    ),
    "bias_correction": (
        without_correction_the_first_step_is_longer,
        [turned_round, lambda race: with_settings(race, 1, bias_correction=True)],
    ),
    "adadelta": (
        adadelta_hardly_moves,
        [turned_round, lambda race: with_settings(race, 0, epsilon=1e-2)],
    ),
    "two_cycle": (
        rmsprop_never_rests,
        [turned_round, lambda race: race.replaced(steps=20)],
    ),
    "batch_size": (
        the_spread_shrinks_with_the_batch,
        [turned_round, lambda race: race.with_samples(spread=0.0)],
    ),
    "accumulator": (
        the_accumulator_decides_the_place,
        [
            lambda race: with_settings(race, -1 % len(race.racers), initial_accumulator=1.0),
            lambda race: with_settings(race, -2 % len(race.racers), initial_accumulator=0.0),
        ],
    ),
}
"""Lesson → what its race shows, and other races which, with its premise reversed, do not."""


def test_each_lesson_has_its_point() -> None:
    assert set(SHOWS) >= set(LESSONS) and len(LESSONS) >= 8


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_makes_its_point(name: str) -> None:
    holds, reversals = SHOWS[name]
    race = lesson(name).race
    assert holds(race)
    assert reversals
    for place, reverse in enumerate(reversals):
        other = reverse(race)
        assert other != race
        assert not holds(other), f"with the premise reversed ({place}) it still holds"


OUTCOMES = {
    "edge": [Outcome.CONVERGED, Outcome.LEFT],
    "nag_edge": [Outcome.OSCILLATING, Outcome.LEFT],
    "two_cycle": [Outcome.OSCILLATING, Outcome.CONVERGED],
}
"""Lesson whose right answer says what becomes of each → the words that stand below it, in the table."""


@pytest.mark.parametrize("name", OUTCOMES)
def test_the_table_calls_it_what_the_answer_says(name: str) -> None:
    assert [path.outcome for path in lesson(name).race.run()] == OUTCOMES[name]


def test_two_paths_of_one_optimizer_do_not_lie_on_each_other() -> None:
    """Two runs of one optimizer have one colour: where both go to and fro along one line, their dashes fill it."""
    low, high = lesson("edge").race.run()
    inside = low.surface.contains(high.points)
    left = int(np.argmin(inside))
    apart = np.abs(np.diff(high.points[: left + 1, 1]))
    # In widths of the map, of which a line is a hundredth.
    assert apart.min() / low.surface.width > 0.004 and high.points[left, 1] / low.surface.width > 0.08


def test_the_edges_of_momentum_and_nag_are_on_either_side_of_the_lesson_about_them() -> None:
    race = lesson("nag_edge").race
    (gamma,) = {racer.optimizer.momentum for racer in race.racers}  # type: ignore[attr-defined]
    steepest = np.linalg.eigvalsh(race.surface.hessian(np.array(race.start))).max()
    nag, ball = 2 * (1 + gamma) / ((1 + 2 * gamma) * steepest), 2 * (1 + gamma) / steepest
    assert race.shared_learning_rate is not None
    assert nag < race.shared_learning_rate < ball


@long
def test_the_spread_of_many_runs_is_sigma_over_the_root_of_the_batch() -> None:
    """On a round bowl gradient descent is linear in the noise, whose variance with replacement is σ²/B."""
    race = lesson("batch_size").race
    spreads = []
    for racer in race.racers:
        ends = trace(racer, race.surface, race.start, race.steps, range(1000)).points[:, -1]
        spreads.append(float(np.sqrt(ends.var(axis=0).sum())))
    # A standard deviation of 1,000 runs in two directions is off by 1/√4000 of itself; four of those, in both.
    np.testing.assert_allclose(spreads[0] / np.array(spreads[1:]), [2, 4], rtol=4 * np.sqrt(2 / 4000))


def test_at_the_start_the_accumulator_outweighs_the_slopes() -> None:
    race = lesson("accumulator").race
    paths = dict(zip(race.racer_names(), race.run(), strict=True))
    slopes = race.surface.gradient(race.surface.suggested_start)
    assert np.abs(slopes).max() == pytest.approx(0.04, abs=0.005)
    first = np.diff(paths["Adagrad G₀ = 0"].points[:2], axis=0)[0]
    np.testing.assert_allclose(np.abs(first), race.shared_learning_rate, rtol=1e-12)  # without ε; some roundings
    held = np.diff(paths["Adagrad G₀ = 0.1"].points[:2], axis=0)[0]
    assert np.abs(held).max() < race.shared_learning_rate / 5


def test_where_a_path_ends_is_measured_from_where_the_lowest_point_is_by_then() -> None:
    """One that starts at the bottom of a bowl that moves, and hardly moves itself, is left behind by it."""
    bowl = DriftingBowl("line", speed=0.02, direction=0)
    race = Race(bowl).with_optimizers(["gradient_descent"]).with_learning_rate(1e-9).replaced(steps=50, start=(-1, 0))
    (path,) = race.run()
    assert path.surface.lowest.point.tolist() == [-1, 0]
    # The bowl moves by 0.02 a step; in 50 steps of 1e-9 the path comes no farther than 1e-6.
    assert MEASURES["end_distance"].numbers([path]) == pytest.approx([50 * 0.02], abs=1e-6)


# --- the files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LESSONS)
def test_a_file_says_all_of_it_in_both_languages(name: str) -> None:
    found = lesson(name)
    assert found.languages == ("en", "zh")
    assert found == Lesson.from_toml(found.to_toml()) == Lesson.unpacked(found.packed())
    assert set(found.measures) <= set(MEASURES) and found.measures
    assert check_budget(found.race) == found.race
    assert found.fits_a_link
    for text in (found.title, found.question, found.why, *found.answers):
        assert not SEAM.search(text["zh"]) and not STRAY.search(text["zh"]), text
        assert not re.search("[\u4e00-\u9fff]", text["en"])
        assert re.search("[\u4e00-\u9fff]|^RMSProp", text["zh"])


def test_they_stand_in_an_order_of_their_own() -> None:
    orders = [lesson(name).order for name in LESSONS]
    assert orders == sorted(set(orders))
    assert len(LESSONS) == len(list((ROOT / "lessons").glob("*.toml")))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_measured_has_a_name(language: str) -> None:
    assert set(MEASURES) <= set(words(language)["measure"])


@pytest.mark.parametrize(
    ("race", "told"),
    [
        (Race(steps=30), "steps_to_90_of_best"),
        (lesson("ravine").race, "steps_to_90"),
    ],
    ids=["nobody comes so far down", "somebody does"],
)
def test_the_steps_of_a_lesson_are_those_of_the_scoreboard(race: Race, told: str) -> None:
    paths = race.run()
    rows = {row["index"]: row[told] for row in scoreboard(paths)}
    measure = MEASURES["steps_to_90"]
    assert measure.called(paths) == told
    expected = [np.nan if rows[place] in (None, -1) else rows[place] for place in range(len(paths))]
    np.testing.assert_array_equal(measure.numbers(paths), expected)
    assert np.isfinite(expected).any()


def test_a_file_that_cannot_be_used_is_told_by_its_name(tmp_path: Any) -> None:
    for name, content in (("Broken.toml", ""), ("broken.toml", "right = "), ("two.toml", 'right = "A"')):
        (tmp_path / name).write_text(content, encoding="utf-8")
        with pytest.raises(BadInput, match=re.escape(name)):
            read_lesson(tmp_path / name)


# --- hostile files and links ---------------------------------------------------------------------------------------

PLAIN = Lesson(
    race=Race(gallery("bowl")).with_optimizers(["adam"]),
    title={"en": "Title"},
    question={"en": "What?"},
    answers=({"en": "This"}, {"en": "That"}),
    right="A",
    why={"en": "Because."},
)
REFUSED: dict[str, Any] = {
    "a title of nothing": {"title": {"en": "  "}},
    "a title that is a text": {"title": "Title"},
    "a title in a third language": {"title": {"fr": "Titre"}},
    "a title of two lines": {"title": {"en": "a\nb"}},
    "a title that hides its end": {"title": {"en": "a\u202eb"}},
    "a long title": {"title": {"en": "a" * (LONGEST["title"] + 1)}},
    "a long question": {"question": {"zh": "问" * (LONGEST["question"] + 1)}},
    "a number for a question": {"question": {"en": 3}},
    "one answer": {"answers": [{"en": "This"}]},
    "six answers": {"answers": [{"en": "This"}] * 6},
    "answers in a text": {"answers": "AB"},
    "a long answer": {"answers": [{"en": "a" * (LONGEST["answers"] + 1)}, {"en": "b"}]},
    "the third of two answers": {"right": "C"},
    "no letter": {"right": ""},
    "two letters": {"right": "AB"},
    "a number for a letter": {"right": 0},
    "an unknown control": {"hides": ["everything"]},
    "a control that is no text": {"hides": [["surface"]]},
    "controls in a text": {"hides": "surface"},
    "too many measures": {"measures": ["a", "b", "c", "d"]},
    "a measure that is no name": {"measures": ["<b>"]},
    "a view that no lesson has": {"view": {"present": "1"}},
    "a view that is no text": {"view": {"axis": 1}},
    "a long view": {"view": {"hidden": "1" * 100}},
    "an order that is none": {"order": float("nan")},
    "an order that is true": {"order": True},
    "an unknown field": {"script": "<script>"},
    "a race that is none": {"race": {"surface": {"name": "nowhere"}}},
    "a race in a text": {"race": "seed=1"},
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_cannot_be_used_is_told_in_a_sentence(name: str, language: str) -> None:
    record = PLAIN.to_record() | REFUSED[name]
    with pytest.raises(BadInput) as refused:
        Lesson.from_record(record)
    assert len(sentence(refused.value, language)) < 500
    packed = "." + base64.urlsafe_b64encode(zlib.compress(json.dumps(record).encode(), wbits=-15)).decode().rstrip("=")
    with pytest.raises(BadInput):
        Lesson.unpacked(packed)


@pytest.mark.parametrize("missing", ["title", "question", "answers", "right", "why", "race"])
def test_what_is_missing_is_named(missing: str) -> None:
    record = PLAIN.to_record()
    del record[missing]
    with pytest.raises(BadInput, match=missing):
        Lesson.from_record(record)


def test_a_text_that_unpacks_to_more_than_it_may_is_refused() -> None:
    bomb = zlib.compressobj(9, wbits=-15)
    packed = bomb.compress(b" " * 3_000_000) + bomb.flush()
    text = "." + base64.urlsafe_b64encode(packed).decode().rstrip("=")
    assert len(text) < LONGEST_LINK
    with pytest.raises(BadInput):
        Lesson.unpacked(text)


@pytest.mark.parametrize(
    "text", ["", ".", "x", ".a", ".%00", ".é", "." + "A" * 7999, "." + "_" * 9000, "." + "A" * 5, ".====", "..."]
)
def test_what_nobody_packed_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        Lesson.unpacked(text)


@pytest.mark.parametrize("cut", [1, 2, 5, 20])
def test_a_link_that_has_lost_its_end_is_refused(cut: int) -> None:
    whole = PLAIN.packed()
    with pytest.raises(BadInput):
        Lesson.unpacked(whole[:-cut])


@pytest.mark.parametrize("text", ["[" * 5000, "a = " + "9" * 5000, "x" * 100_001, "\0", "title = 1979-05-27", ""])
def test_no_file_is_too_strange_to_be_told(text: str) -> None:
    with pytest.raises(BadInput):
        Lesson.from_toml(text)


@pytest.mark.parametrize("part", ["a", '"a"', "'a'", "a ", "-"])
@pytest.mark.parametrize("frame", ["{} = 1", "[{}]", "[[{}]]", "a = {{{} = 1}}"])
@pytest.mark.parametrize("read", [Lesson.from_toml, Race.from_toml])
def test_a_name_of_many_dots_is_refused_before_it_is_read(part: str, frame: str, read: Callable[[str], Any]) -> None:
    """tomllib would take minutes for it: its time grows with the cube of the dots."""
    deep = frame.format(".".join([part] * (90_000 // (len(part) + 1))))
    with pytest.raises(BadInput, match="64 dots"):
        read(deep)


def test_dots_in_what_a_teacher_writes_are_no_name() -> None:
    dotted = dataclasses.replace(PLAIN, why={"en": "x.y. " + "." * 100 + ' "a" 0.1, 0.2. One. Two. ' + "I. " * 40})
    assert Lesson.from_toml(dotted.to_toml()) == dotted


def test_one_language_is_enough() -> None:
    only = dataclasses.replace(PLAIN, title={"zh": "标题"})
    assert (only.languages, only.told(only.title, "en")) == (("zh",), "标题")
    assert PLAIN.languages == ("en",)
    assert PLAIN.told(PLAIN.question, "zh") == "What?"


def test_whatever_is_typed_comes_back_from_link_and_file() -> None:
    """Letters of many scripts, quotes, brackets and signs, at the longest that each text may be."""
    rng = np.random.default_rng(0)
    alphabet = [chr(code) for code in range(32, 0x3000) if chr(code).isprintable()] + list("问题“”《》\"'<>&=\\{}#%")

    def line(most: int) -> dict[str, str]:
        return {"en": ("x" + "".join(rng.choice(alphabet, most - 2)) + "x"), "zh": "问" * most}

    for count in range(2, len(LETTERS) + 1):
        made = Lesson(
            race=Race().with_racers([Racer(racer.optimizer, label="ηλ~- 标签") for racer in Race().racers]),
            title=line(LONGEST["title"]),
            question=line(LONGEST["question"]),
            answers=tuple(line(LONGEST["answers"]) for _ in range(count)),
            right=LETTERS[count - 1],
            why=line(LONGEST["why"]),
            hides=CONTROLS,
            measures=("swing", "place"),
            view={"axis": "gap"},
            order=count,
        )
        assert made == Lesson.from_toml(made.to_toml()) == Lesson.unpacked(made.packed())
        assert made.fits_a_link is (len(made.packed()) <= LONGEST_LINK - 100)


def largest() -> Lesson:
    """The longest texts in both languages, and as many optimizers as a race has, each with a name of its own."""

    def line(most: int) -> dict[str, str]:
        return dict.fromkeys(("en", "zh"), "问" * most)

    racers = [Racer(Adam(learning_rate=1 / 3 + place / 997), label=f"{place:02d}" + "名" * 38) for place in range(24)]
    return Lesson(
        race=Race().with_racers(racers),
        title=line(LONGEST["title"]),
        question=line(LONGEST["question"]),
        answers=tuple(line(LONGEST["answers"]) for _ in LETTERS),
        right="E",
        why=line(LONGEST["why"]),
        hides=CONTROLS,
        measures=("swing", "place", "end_distance"),
    )


def test_the_largest_lesson_goes_to_a_page_as_a_file() -> None:
    """What the page gives away it takes back: the bounds of a file, of a value and of a message all leave room."""
    text = largest().to_toml()
    assert len(text.encode()) <= LONGEST_LESSON
    said = json.dumps([{"event": "chosen", "value": {"name": "x" * 100, "text": text}}], ensure_ascii=False)
    message = BackMsg()
    message.rerun_script.widget_states.widgets.append(WidgetState(id="$$ID-" + "x" * 200, json_trigger_value=said))
    taken = take(message.SerializeToString())
    assert taken.refused is None and taken.data is not None
    assert BackMsg.FromString(taken.data).rerun_script.widget_states.widgets[0].json_trigger_value == said


def test_a_lesson_that_no_link_can_hold_says_so() -> None:
    rng = np.random.default_rng(1)

    def noise(most: int) -> dict[str, str]:
        return {name: "".join(chr(code) for code in rng.integers(0x4E00, 0x9FA5, most)) for name in ("en", "zh")}

    large = dataclasses.replace(
        PLAIN,
        question=noise(LONGEST["question"]),
        why=noise(LONGEST["why"]),
        answers=tuple(noise(LONGEST["answers"]) for _ in LETTERS),
    )
    assert not large.fits_a_link
    assert Lesson.from_toml(large.to_toml()) == large
