"""Inside a step: what each line of a rule says in numbers, and what of the step comes from where."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar
from xml.etree import ElementTree

import numpy as np
import pytest

from cases import CONFIGURED
from displayed_lines import DIGITS, checked_step, filled_in, number, read, significant, total
from optviz import (
    CONVENTIONS,
    DriftingBowl,
    FiniteSum,
    Formula,
    GaussianHills,
    Optimizer,
    Racer,
    State,
    Trajectory,
    gallery,
    trace,
    with_convention,
)
from optviz.figures.heights import contour_heights
from optviz.figures.inside import inside_figure
from optviz.formula.rule import read_line, written
from optviz.ledger import Ledger, ledger
from optviz.optimizers import NAG, OPTIMIZERS, SLIPS, Adadelta, Momentum, Term, hyper
from optviz.optimizers.base import TERM_KINDS
from optviz.oracle import Oracle
from optviz.stage import pack, unpack
from optviz.statistics.gradients import gradients
from optviz.surface.moving import at_step
from optviz.text import words
from tiers import rest_is_long

STEPS = 20
HILLS = GaussianHills(seed=1)
# Along x a hill whose curvature changes, along y a plateau so flat that the place and size of ε decide the step.
PLATEAU = Formula("x**2 - 0.2*x**4 + 2e-5*cosh(y)")
SURFACES = {"hills": (HILLS, None), "plateau": (PLATEAU, (0.9, 0.6)), "one axis": (Formula("x**2 + 0*y"), (1.0, 1.0))}
ENGLISH = words("en")
IN_CONVENTIONS = [f"{key}, {convention}" for convention in CONVENTIONS for key in OPTIMIZERS]
EVERY = {**CONFIGURED, **{key: kind() for key, kind in SLIPS.items()}}

# On the plateau every digit of ε counts; along a level axis TensorFlow 1's Adagrad would divide 0 by 0.
QUICK = [
    *((name, "plateau") for name in IN_CONVENTIONS),
    ("adagrad, tensorflow1", "one axis"),
    ("adam, article", "hills"),
]


def run(optimizer: Optimizer | Racer, surface: str = "hills", steps: int = STEPS) -> Trajectory:
    place, start = SURFACES[surface]
    return trace(optimizer, place, start, steps=steps)


def sent(told: Ledger) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The one racer of the message that the browser gets, and its arrays."""
    keys = [told.path.racer.kind]
    heights = contour_heights(told.path.surface, size=5)
    header, arrays = unpack(pack(inside_figure({0: told}, ["it"], keys, heights, "map", ENGLISH), ENGLISH["stage"]))
    (layer,) = header["layers"]
    return layer["racers"][0], arrays


def filled_lines(racer: dict[str, Any], arrays: dict[str, np.ndarray], step: int, axis: int) -> list[str]:
    return [filled_in(line["numbers"], arrays, step, axis) for line in racer["lines"]]


# --- values --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", rest_is_long(EVERY, [*IN_CONVENTIONS, *SLIPS]))
def test_the_values_are_those_of_the_states_that_ran(name: str) -> None:
    """Bit for bit: nothing is derived a second time."""
    optimizer, path = EVERY[name], run(EVERY[name])
    told, oracle = ledger(path), Oracle(HILLS)
    point, state = path.points[0], optimizer.init(path.points[0])
    for step in range(path.steps + 1):
        if path.diverged_at >= 0 and step >= path.diverged_at:
            assert np.isnan(told.values["θ"][step]).all()
            assert all(np.isnan(array[step]).all() for array in told.terms.values())
            continue
        for term in optimizer.terms:
            known = getattr(state, term, np.full(2, np.nan))
            # In its other form NAG looks ahead of nothing.
            assert np.array_equal(told.terms.get(term, np.full((STEPS + 1, 2), np.nan))[step], known, equal_nan=True), (
                term
            )
            if optimizer.terms[term].symbol:
                assert np.array_equal(told.values[optimizer.terms[term].symbol][step], known, equal_nan=True), term
        assert np.array_equal(told.values["θ"][step], point)
        with np.errstate(all="ignore"):
            point, state = optimizer.step(point, state, oracle)


@pytest.mark.parametrize("kind", [*OPTIMIZERS.values(), *SLIPS.values()])
def test_every_term_is_of_a_kind_and_stands_for_one_thing(kind: type[Optimizer]) -> None:
    assert {term.kind for term in kind.terms.values()} <= set(TERM_KINDS)
    symbols = [term.symbol for term in kind.terms.values() if term.symbol]
    symbols += [parameter.symbol for parameter in kind.hyperparameters().values() if parameter.symbol]
    assert len(set(symbols)) == len(symbols)


# --- lines ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "surface"), rest_is_long(itertools.product(CONFIGURED, SURFACES), QUICK))
def test_who_reads_the_lines_alone_gets_the_recorded_step(name: str, surface: str) -> None:
    path = run(CONFIGURED[name], surface)
    racer, arrays = sent(ledger(path))
    for step in range(1, STEPS + 1):
        for axis in (0, 1):
            lines = filled_lines(racer, arrays, step, axis)
            before, moved = checked_step(lines)
            recorded = path.points[step, axis] - path.points[step - 1, axis]
            # Of the difference of two points only rounding in the size of θ is lost.
            slack = 1e-15 * max(1.0, abs(path.points[step, axis]))
            assert moved.low - slack <= recorded <= moved.high + slack, lines
            assert before.low <= path.points[step - 1, axis] <= before.high
            # An interval that holds everything would say nothing: of six digits in all, four are left.
            sizes = max(summand.size for summand in read(lines[-1])[1][0][1:])
            assert moved.width <= 1e-4 * sizes or moved.width < 1e-12


@pytest.mark.parametrize("name", rest_is_long(CONFIGURED, IN_CONVENTIONS))
def test_what_one_line_makes_is_what_the_next_one_takes(name: str) -> None:
    """A symbol has one number at each step, before and after its line has run."""
    optimizer = CONFIGURED[name]
    racer, arrays = sent(ledger(run(optimizer)))
    for step in (1, 2, STEPS):
        now = {}
        for text, line in zip(optimizer.rule, racer["lines"], strict=True):
            for token in line["numbers"][1:]:
                term, shown = token.get("term"), filled_in([token], arrays, step, 0).strip("()")
                if "value" in token and not token.get("raised") and token is not line["numbers"][-1]:
                    kept = filled_in([{"value": token["value"]}], arrays, step - 1, 0)
                    assert shown == now.get(term, kept if token.get("before") else shown), text
            target = text.split()[0]
            now[target] = filled_in(line["numbers"], arrays, step, 0).rpartition("= ")[2]
        assert now["θ"] == significant(float(arrays[racer["points"][1:]][step, 0]))


def changed(tokens: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The line with one thing wrong in it, each in turn."""
    for place, token in enumerate(tokens):
        one = dict(token)
        if token.get("before"):
            one.pop("before")
        elif token.get("text") in (" + ", " − "):
            one["text"] = {" + ": " − ", " − ": " + "}[token["text"]]
        elif token.get("text") == " / ":
            one["text"] = " · "
        else:
            continue
        yield [*tokens[:place], one, *tokens[place + 1 :]]


@pytest.mark.parametrize("name", ["momentum, article", "nag, pytorch", "adadelta, article", "adam, tensorflow1"])
def test_one_thing_wrong_in_a_line_is_seen(name: str) -> None:
    # Along y, where ε is in all of the digits.
    path = run(CONFIGURED[name], "plateau")
    racer, arrays = sent(ledger(path))
    for place, line in enumerate(racer["lines"]):
        for wrong in changed(line["numbers"]):
            lines = filled_lines(racer, arrays, STEPS, 1)
            lines[place] = filled_in(wrong, arrays, STEPS, 1)
            recorded = path.points[STEPS, 1] - path.points[STEPS - 1, 1]
            with pytest.raises(AssertionError):
                before, moved = checked_step(lines)
                assert moved.low <= recorded <= moved.high
                assert before.low <= path.points[STEPS - 1, 1] <= before.high


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("0.9", 0.9, 0.9),
        ("1e−8", 1e-8, 1e-8),
        ("0.0231450", 0.02314495, 0.02314505),
        ("1.23456e−5", 1.234555e-5, 1.234565e-5),
        ("123456", 123455.5, 123456.5),
        ("1.00000e6", 999995.0, 1000005.0),
        ("0", 0.0, 0.0),
    ],
)
def test_a_number_says_what_its_digits_say(text: str, low: float, high: float) -> None:
    told = number(text)
    assert (told.low, told.high) == (pytest.approx(low, rel=1e-15), pytest.approx(high, rel=1e-15))


@pytest.mark.parametrize(
    ("line", "low", "high"),
    [
        ("v = 2 − 3 · (−4) / 6 = 4", 4, 4),
        ("v = √(2 + 7) · (1 − 0.5³) / 3", 0.875, 0.875),
        ("v = √16 / 2 / 2 · 3", 3, 3),
        ("v = (−3)² − (1e2)² / 1000", -1, -1),
        ("v = −0.1 · sign(−3)", 0.1, 0.1),
        ("v = 0 / √0", 0, 0),
        ("v = 0.9¹² · 2", 2 * 0.9**12, 2 * 0.9**12),
        ("v = 1.00000 − 1.00000", -1e-5, 1e-5),
    ],
)
def test_the_reader_of_lines_reads_them(line: str, low: float, high: float) -> None:
    _, sides = read(line)
    assert (total(sides[0]).low, total(sides[0]).high) == (
        pytest.approx(low, abs=1e-15),
        pytest.approx(high, abs=1e-15),
    )


# As in tests/js/template.test.js.
WRITTEN = [
    (0.00709, "0.00709000"),
    (-0.137, "−0.137000"),
    (1234567.0, "1.23457e6"),
    (999999.6, "1.00000e6"),
    (123456.4, "123456"),
    (0.00099999, "9.99990e−4"),
    (-1.5e-12, "−1.50000e−12"),
    (0.0, "0"),
    (-0.0, "0"),
    (float("nan"), "–"),
    (1.0, "1.00000"),
    (100000.0, "100000"),
]


@pytest.mark.parametrize(("value", "text"), WRITTEN)
def test_a_number_has_six_digits(value: float, text: str) -> None:
    assert significant(value) == text
    if np.isfinite(value) and value:
        assert len([sign for sign in text.partition("e")[0].lstrip("−0.") if sign.isdigit()]) == DIGITS


@pytest.mark.parametrize(
    "line",
    [
        *dict.fromkeys(line for optimizer in EVERY.values() for line in optimizer.rule),
        "θ ← θ − η sign ∇J(θ − γ v) / (√v̂ + 2) · a² b₁",
        "−a + b = (c d) / √(−e)",
    ],
)
def test_a_tree_writes_the_line_that_it_was_read_from(line: str) -> None:
    assert written(read_line(line)) == line


# --- displacements -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "surface"), rest_is_long(itertools.product(EVERY, SURFACES), QUICK))
def test_the_displacements_lie_head_to_tail_and_make_the_step(name: str, surface: str) -> None:
    path = run(EVERY[name], surface)
    told = ledger(path)
    at = told.total.ends
    lost = path.diverged_at if path.diverged_at >= 0 else path.steps + 1
    assert np.array_equal(at[1:lost, :2], path.points[: lost - 1])
    assert np.array_equal(at[1:lost, 2:], path.points[1:lost])
    assert np.isnan(at[lost:]).all() and np.isnan(at[0]).all()
    here = at[:, :2]
    for arrow in told.arrows:
        assert np.array_equal(arrow.ends[:, :2], here, equal_nan=True)
        here = arrow.ends[:, 2:]
    # Rounding in the size of θ, which is some 1, and of the displacements.
    np.testing.assert_allclose(here, at[:, 2:], rtol=1e-13, atol=1e-13)


PARTS = {
    "gradient_descent, article": ["−η ∇J(θ)"],
    "momentum, article": ["−γ v", "−η ∇J(θ)"],
    "momentum, pytorch": ["−η γ v", "−η ∇J(θ)"],
    "nag, article": ["−γ v", "−η ∇J(θ − γ v)"],
    "nag, pytorch": ["−η γ² v", "−η (1 + γ) g"],
    "adagrad, article": ["−η g / √(G + ε)"],
    "adagrad, tensorflow1": ["−η g / √G"],
    "adadelta, article": ["−η u"],
    "rmsprop, pytorch": ["−η g / (√E + ε)"],
    "adam, article": ["−η β₁ m / ((1 − β₁ᵗ) √(v̂ + ε))", "−η (1 − β₁) g / ((1 − β₁ᵗ) √(v̂ + ε))"],
    "adam, tensorflow1": [
        "−η √(1 − β₂ᵗ) β₁ m / ((√v + ε) (1 − β₁ᵗ))",
        "−η √(1 − β₂ᵗ) (1 − β₁) g / ((√v + ε) (1 − β₁ᵗ))",
    ],
    "slip_adam_precedence": ["−(η / √v̂ + ε) β₁ m / (1 − β₁ᵗ)", "−(η / √v̂ + ε) (1 − β₁) g / (1 − β₁ᵗ)"],
    "slip_added_to_gradient": ["Δθ"],
}


@pytest.mark.parametrize("name", PARTS)
def test_what_a_step_is_made_of(name: str) -> None:
    told = ledger(run(EVERY[name]))
    assert [arrow.text for arrow in told.arrows] == PARTS[name]
    assert all(len(arrow.label) <= 20 for arrow in told.arrows)


@pytest.mark.parametrize("name", rest_is_long(CONFIGURED, IN_CONVENTIONS))
def test_every_arrow_is_a_part_of_the_line_of_theta_and_has_its_colour(name: str) -> None:
    racer, _ = sent(ledger(run(CONFIGURED[name])))
    known = {term["id"]: term for term in racer["terms"]}
    in_picture, in_numbers = set(), set()
    for line in racer["lines"]:
        for element in ElementTree.fromstring(line["mathml"]).iter():
            if "data-term" in element.attrib:
                assert element.attrib["data-term"] in known
            in_picture |= set(element.attrib.get("data-arrows", "").split())
        for token in line["numbers"]:
            assert token.get("term", "θ") in known
            in_numbers |= set(token.get("arrows", []))
    assert in_picture == {str(place) for place in range(len(racer["arrows"]))}
    assert in_numbers == set(range(len(racer["arrows"])))
    assert all(known[symbol]["told"] for symbol in known)


def test_nag_has_the_three_vectors_of_the_articles_figure() -> None:
    nag = with_convention("nag", learning_rate=0.2)
    assert isinstance(nag, NAG)
    path = run(nag)
    told = ledger(path)
    memory, ahead = told.arrows
    assert told.asked is not None and told.asked_text == "θ − γ v"
    velocity = np.zeros(2)
    for step in range(1, STEPS + 1):
        point = path.points[step - 1]
        look_ahead = point - nag.momentum * velocity
        pulled = nag.learning_rate * HILLS.gradient(look_ahead)
        np.testing.assert_allclose(memory.ends[step], [*point, *look_ahead], rtol=1e-13, atol=1e-15)
        np.testing.assert_allclose(told.asked[step], look_ahead, rtol=1e-13, atol=1e-15)
        np.testing.assert_allclose(ahead.ends[step], [*look_ahead, *(look_ahead - pulled)], rtol=1e-13, atol=1e-15)
        np.testing.assert_allclose(told.total.ends[step], [*point, *(look_ahead - pulled)], rtol=1e-13, atol=1e-15)
        # Classical momentum, from the same point and velocity, asks for the gradient where the point is.
        assert told.counterpart is not None and isinstance(told.counterpart.optimizer, Momentum)
        same, other = told.counterpart.arrows
        classical = look_ahead - nag.learning_rate * HILLS.gradient(point)
        np.testing.assert_allclose(same.ends[step], memory.ends[step], rtol=1e-13, atol=1e-15)
        np.testing.assert_allclose(other.ends[step], [*look_ahead, *classical], rtol=1e-13, atol=1e-15)
        np.testing.assert_allclose(told.counterpart.total.ends[step], [*point, *classical], rtol=1e-13, atol=1e-15)
        velocity = point - path.points[step]


@pytest.mark.parametrize("name", rest_is_long(CONFIGURED, IN_CONVENTIONS))
def test_the_plain_step_is_that_of_gradient_descent(name: str) -> None:
    optimizer, path = CONFIGURED[name], run(CONFIGURED[name])
    plain = ledger(path).plain
    assert (plain is None) == (name.startswith("gradient_descent") or not optimizer.has_own_learning_rate)
    if plain is not None:
        moved = -optimizer.own_learning_rate * HILLS.gradient(path.points[:-1])
        np.testing.assert_allclose(plain.ends[1:, 2:] - plain.ends[1:, :2], moved, rtol=0, atol=1e-15)


@pytest.mark.parametrize("kind", ["gradient_descent", "momentum"])
def test_beside_the_step_of_a_batch_stands_that_of_all_samples(kind: str) -> None:
    surface = FiniteSum(HILLS, samples=16, spread=1.0)
    path = trace(Racer(OPTIMIZERS[kind](learning_rate=0.05), batch_size=4), surface, (-1.5, 1.44), 12, 5)
    told = ledger(path, 5)
    whole = trace(Racer(OPTIMIZERS[kind](learning_rate=0.05)), surface, (-1.5, 1.44), 12)
    assert ledger(whole).full is None
    if kind == "momentum":
        # Its plain step is that of its own batch.
        assert told.full is None and told.plain is not None
        return
    assert told.full is not None
    moved = -0.05 * surface.gradient(path.points[:-1])
    np.testing.assert_allclose(told.full.ends[1:, 2:] - told.full.ends[1:, :2], moved, rtol=0, atol=1e-14)
    assert np.abs(moved - np.diff(path.points, axis=0)).max() > 1e-3, "a batch says something else"


# --- whatever runs -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_on_batches_the_gradients_are_those_of_the_batch(key: str) -> None:
    racer = Racer(with_convention(key, "tensorflow1"), batch_size=4)
    surface = FiniteSum(HILLS, samples=16, spread=1.0)
    path = trace(racer, surface, steps=STEPS, seed=5)
    told = ledger(path, seed=5)
    shown, arrays = sent(told)
    for step in range(1, STEPS + 1):
        _, moved = checked_step(filled_lines(shown, arrays, step, 1))
        assert moved.low - 1e-15 <= path.points[step, 1] - path.points[step - 1, 1] <= moved.high + 1e-15
    assert shown["batched"]
    assert not np.allclose(told.terms["gradient"][1:], surface.gradient(path.points[:-1]))
    # Another seed draws other batches, and the lines would be those of another run.
    assert not np.array_equal(ledger(path, seed=6).terms["gradient"], told.terms["gradient"], equal_nan=True)


@dataclass(frozen=True)
class Waning(Racer):
    """A racer whose learning rate is that of the step."""

    share: float = hyper(0.5, symbol="α", above=0, below=1)

    def optimizers(self, steps: int) -> Iterator[Optimizer]:
        rate = self.optimizer.own_learning_rate
        assert rate is not None
        return (self.with_learning_rate(rate * self.share**step).optimizer for step in range(steps))


@pytest.mark.parametrize("key", ["gradient_descent", "momentum", "nag", "adam"])
def test_a_setting_that_changes_has_the_number_of_its_step(key: str) -> None:
    path = run(Waning(with_convention(key, learning_rate=0.3), share=0.9))
    racer, arrays = sent(ledger(path))
    for step in (1, 2, STEPS):
        _, moved = checked_step(filled_lines(racer, arrays, step, 0))
        assert moved.low - 1e-15 <= path.points[step, 0] - path.points[step - 1, 0] <= moved.high + 1e-15
    (rate,) = {token["value"] for line in racer["lines"] for token in line["numbers"] if token.get("term") == "η"}
    np.testing.assert_allclose(arrays[rate[1:]][1:], 0.3 * 0.9 ** np.arange(STEPS), rtol=1e-14)


def test_after_a_run_has_diverged_nothing_is_told() -> None:
    path = trace(with_convention("nag", learning_rate=0.01), gallery("rosenbrock"), steps=30)
    assert 1 < path.diverged_at < 30
    told = ledger(path)
    every = [*told.values.values(), *told.terms.values(), told.local, told.total.ends, told.asked]
    every += [arrow.ends for arrow in told.arrows]
    assert told.plain and told.counterpart
    every += [told.plain.ends, told.counterpart.total.ends, *(arrow.ends for arrow in told.counterpart.arrows)]
    symbols = {id(told.values["η"]), id(told.values["γ"]), id(told.values["t"]), id(told.values["i"])}
    for array in every:
        assert array is not None
        assert id(array) in symbols or np.isnan(array[path.diverged_at :]).all()
    assert np.isfinite(told.total.ends[1 : path.diverged_at]).all()
    racer, arrays = sent(told)
    assert filled_lines(racer, arrays, 30, 0)[-1] == "θ = – − – = –"
    assert all(series.span is None or np.isfinite(series.span).all() for series in told.series)


@pytest.mark.parametrize("steps", rest_is_long([1, 5000], [1]))
def test_any_number_of_steps_costs_one_run_more(steps: int) -> None:
    asked = []

    class Counted(Formula):
        """A bowl that counts."""

        def gradient(self, point: np.ndarray) -> np.ndarray:
            asked.append(np.size(point) // 2)
            return super().gradient(point)

    path = trace(with_convention("nag", learning_rate=0.01), Counted("x**2 + y**2"), (1.0, 1.0), steps=steps)
    asked.clear()
    told = ledger(path)
    # Its own gradient, the one where the point is, and its counterpart's.
    assert sum(asked) <= 3 * steps
    assert told.total.ends.shape == (steps + 1, 4)


def test_the_surface_around_each_point_is_told_to_second_order() -> None:
    path = run(with_convention("adam"))
    loss, *slopes, xx, xy, yy = ledger(path).local.T
    assert np.array_equal(loss, path.losses)
    away = np.array([2e-4, -1e-4])
    linear = slopes[0] * away[0] + slopes[1] * away[1]
    square = (xx * away[0] ** 2 + 2 * xy * away[0] * away[1] + yy * away[1] ** 2) / 2
    # The third order is some 1e-11; without the second, 1e-8 would be missing.
    np.testing.assert_allclose(loss + linear + square, HILLS.loss(path.points + away), rtol=0, atol=5e-10)


def test_on_a_surface_that_moves_all_is_of_the_surface_of_its_step() -> None:
    bowl = DriftingBowl(speed=0.1)
    path = trace(with_convention("nag"), bowl, steps=STEPS)
    told = ledger(path)
    racer, arrays = sent(told)
    card = gradients(path)
    for step in range(1, STEPS + 1):
        seen, now = at_step(bowl, step - 1), at_step(bowl, step)
        _, moved = checked_step(filled_lines(racer, arrays, step, 0))
        assert moved.low - 1e-15 <= path.points[step, 0] - path.points[step - 1, 0] <= moved.high + 1e-15
        assert told.asked is not None
        assert np.array_equal(told.terms["gradient"][step], seen.gradient(told.asked[step]))
        assert np.array_equal(told.local[step, 1:3], now.gradient(path.points[step]))
        assert np.array_equal(card[step], now.gradient(path.points[step]))
        assert told.local[step, 0] == path.losses[step]
    assert not np.allclose(told.local[1:, 1:3], bowl.gradient(path.points[1:]))
    assert np.array_equal(arrays["inside/drift"], bowl.drift(STEPS))


def test_all_digits_travel() -> None:
    told = ledger(run(with_convention("adam")))
    racer, arrays = sent(told)
    assert np.array_equal(arrays[racer["points"][1:]], told.path.points)
    assert np.array_equal(arrays[racer["total"]["ends"][1:]], told.total.ends, equal_nan=True)
    assert {array.dtype for name, array in arrays.items() if name.startswith("inside/")} == {np.dtype("<f8")}


def test_bars_are_per_axis_and_above_zero() -> None:
    kinds = {
        key: [(bar["key"], bar["kind"]) for bar in sent(ledger(run(with_convention(key))))[0]["bars"]]
        for key in OPTIMIZERS
    }
    assert kinds["gradient_descent"] == kinds["momentum"] == kinds["nag"] == []
    assert kinds["adagrad"] == [("accumulated_square", "square"), ("effective_learning_rate", "rate")]
    assert kinds["adadelta"][-1] == ("effective_learning_rate", "rate")
    told = ledger(run(Adadelta()))
    moved = np.diff(told.path.points, axis=0)
    np.testing.assert_allclose(
        -told.terms["effective_learning_rate"][1:] * told.terms["gradient"][1:], moved, atol=1e-14
    )


# --- classes of somebody's own -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Own(Optimizer):
    """A rule of somebody's own.

        θ ← θ − ς ∇J(θ)

    As said here.
    """

    learning_rate: float = hyper(0.1, symbol="ς", above=0)
    share: ClassVar[float] = 1.0

    def init(self, point: np.ndarray) -> State:
        return State()

    def step(self, point: np.ndarray, state: State, oracle: Any) -> tuple[np.ndarray, State]:
        return point - self.share * self.learning_rate * oracle.gradient(point), State()


class Indented(Own):
    """A rule that is told.

        θ ← θ − ς ∇J(θ)

    As said here.
    """


class Lying(Indented):
    """A rule that is not the one that runs.

        θ ← θ − ς ∇J(θ)

    As said here.
    """

    share = 0.5


class Unknown(Own):
    """A rule with a symbol that nobody explains.

        θ ← θ − ς (∇J(θ) + κ)

    As said here.
    """


class Unreadable(Own):
    """A line that is none.

        θ ← whatever!

    As said here.
    """


class Memory(Own):
    """Momentum without a word about its state."""

    rule = ("v ← ς v + ∇J(θ)", "θ ← θ − v")

    def init(self, point: np.ndarray) -> State:
        return State(v=np.zeros(2))

    def step(self, point: np.ndarray, state: State, oracle: Any) -> tuple[np.ndarray, State]:
        v = self.learning_rate * state.v + oracle.gradient(point)
        return point - v, State(v=v)


class Told(Memory):
    """The same with its table."""

    terms = {"v": Term("v", "moment")}  # noqa: RUF012


class Shrinking(Own):
    """Weight decay that multiplies.

        θ ← (1 − ς) θ − ς ∇J(θ)

    As said here.
    """

    def step(self, point: np.ndarray, state: State, oracle: Any) -> tuple[np.ndarray, State]:
        return (1 - self.learning_rate) * point - self.learning_rate * oracle.gradient(point), State()


class Twice(Own):
    """Two gradients a step."""

    terms = {"u": Term("u", "point")}  # noqa: RUF012
    rule = ("u = θ − ς ∇J(θ)", "θ ← θ − ς ∇J(u)")

    def step(self, point: np.ndarray, state: State, oracle: Any) -> tuple[np.ndarray, State]:
        u = point - self.learning_rate * oracle.gradient(point)
        return point - self.learning_rate * oracle.gradient(u), State(u=u)


class Silent(Optimizer):
    """No dataclass and no rule."""

    def init(self, point: np.ndarray) -> State:
        return State()

    def step(self, point: np.ndarray, state: State, oracle: Any) -> tuple[np.ndarray, State]:
        return point * 0.9, State(odd="text")


OWN: dict[str, tuple[type[Optimizer], list[bool], list[str]]] = {
    # The class; whether each line has numbers; the arrows.
    "told by its docstring": (Indented, [True], ["−ς ∇J(θ)"]),
    "not the rule that runs": (Lying, [False], ["Δθ"]),
    "an unknown symbol": (Unknown, [False], ["Δθ"]),
    "an unreadable line": (Unreadable, [False], ["Δθ"]),
    "without its table": (Memory, [False, False], ["Δθ"]),
    "with its table": (Told, [True, True], ["−ς v", "−∇J(θ)"]),
    "a factor of the point": (Shrinking, [True], ["(1 − ς) θ − θ", "−ς ∇J(θ)"]),
    "two gradients": (Twice, [True, True], ["−ς ∇J(u)"]),
    "no rule": (Silent, [], ["Δθ"]),
}


@pytest.mark.parametrize("name", OWN)
def test_a_class_of_somebodys_own_is_told_as_far_as_it_goes(name: str) -> None:
    kind, lines, arrows = OWN[name]
    told = ledger(run(kind()))
    assert [line.numbers is not None for line in told.lines] == lines
    assert [arrow.text for arrow in told.arrows] == arrows
    np.testing.assert_allclose(told.arrows[-1].ends[1:, 2:], told.path.points[1:], rtol=1e-13, atol=1e-13)
    racer, arrays = sent(told)
    assert [line["numbers"] is not None for line in racer["lines"]] == lines
    if lines and all(lines):
        for step in range(1, STEPS + 1):
            _, moved = (
                checked_step(filled_lines(racer, arrays, step, 0)) if name != "a factor of the point" else (0, None)
            )
            change = told.path.points[step, 0] - told.path.points[step - 1, 0]
            assert moved is None or moved.low - 1e-15 <= change <= moved.high + 1e-15
