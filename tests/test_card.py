"""An optimizer's card: its rule is what runs, in every form; its numbers are those of the path."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from mounted import tracks, visit
from optviz import (
    CONVENTIONS,
    OPTIMIZERS,
    Formula,
    GaussianHills,
    Optimizer,
    Race,
    Racer,
    State,
    trace,
    with_convention,
)
from optviz.experiment import ARTICLE_OPTIMIZERS
from optviz.figures.card import Card, card_of, with_cards
from optviz.figures.figure import Figure
from optviz.formula.mathml import APPLY, TIMES, mathml, mathml_of
from optviz.formula.rule import HAT, Gradient, Name, every, read_line
from optviz.optimizers import SLIPS, Adam, hyper
from optviz.racer import BATCH_SIZE, PICKS
from optviz.stage import unpack
from optviz.statistics import gradients
from optviz.text import words
from optviz.trajectory import Trajectory
from optviz.ui import cached

# Along x a hill whose curvature changes, along y a plateau so flat that the place and size of ε decide the step.
PLATEAU = Formula("x**2 - 0.2*x**4 + 2e-5*cosh(y)")
START = (0.9, 0.6)
STEPS = 20
# Rounding differs by some 1e-16 per step and grows less than tenfold on this surface.
TOLERANCE = 1e-12
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
ENGLISH = words("en")


def card_after(path: Trajectory) -> Card:
    return card_of(path.racer, gradients.slopes_and_lengths(path), ENGLISH)


def forms(kind: type[Optimizer]) -> list[Optimizer]:
    """An optimizer of this class in each form that its fields choose."""
    usual = kind()
    switches = [name for name in kind.hyperparameters() if isinstance(getattr(usual, name), bool)]
    return [
        replace(usual, **dict(zip(switches, chosen, strict=True)))  # type: ignore[type-var]
        for chosen in itertools.product((False, True), repeat=len(switches))
    ]


TOLD = [key for key, kind in OPTIMIZERS.items() if kind.rule is not Optimizer.rule]
"""Those that say their rule; of others the card shows what their docstring says, whatever that is."""

OPTIMIZERS_IN_ALL_FORMS = {
    **{f"{key} of {convention}": with_convention(key, convention) for convention in CONVENTIONS for key in TOLD},
    **{f"{key} {form}": optimizer for key in TOLD for form, optimizer in enumerate(forms(OPTIMIZERS[key]))},
}


class Reader:
    """Computes what MathML says, as a person reads it: an element is a value, invisible signs are products."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names

    def value(self, element: ElementTree.Element) -> Any:
        parts = list(element)
        match element.tag:
            case "mn":
                return float(element.text or "")
            case "mi" | "msub" | "mover":
                return self.names["".join(element.itertext())]
            case "msqrt":
                return np.sqrt(self.row(parts))
            case "mfrac":
                return self.value(parts[0]) / self.value(parts[1])
            case "msup":
                return self.value(parts[0]) ** self.value(parts[1])
            case "msubsup":
                return self.names["".join((*parts[0].itertext(), *parts[1].itertext()))] ** self.value(parts[2])
            case "mrow":
                return self.row(parts)
        raise AssertionError(f"<{element.tag}> has no meaning here")

    def row(self, parts: list[ElementTree.Element]) -> Any:
        signs = [part.text if part.tag == "mo" else "" for part in parts]
        if signs[0] == "(":
            assert signs[-1] == ")"
            return self.row(parts[1:-1])
        if len(parts) == 3 and signs[1] == APPLY:
            return getattr(np, parts[0].text or "")(self.value(parts[2]))
        if signs[0] == "∇":
            assert signs[2] == APPLY
            return self.names["∇J"](self.value(parts[3]))
        total, product, sign = 0.0, 1.0, 1.0
        for part, between in zip(parts, signs, strict=True):
            if between in ("+", "−"):
                # What stands before the first sign may be nothing.
                total = total + sign * product if part is not parts[0] else 0.0
                product, sign = 1.0, 1.0 if between == "+" else -1.0
            elif between != TIMES:
                product = product * self.value(part)
        return total + sign * product


def run_as_shown(optimizer: Optimizer) -> np.ndarray:
    """The path that the lines on the card lead along, read from the MathML alone: (steps + 1, 2)."""
    lines = [list(ElementTree.fromstring(mathml(line))) for line in optimizer.rule]
    table = optimizer.hyperparameters()
    fields = {entry.symbol.translate(SUBSCRIPTS): getattr(optimizer, name) for name, entry in table.items()}
    names: dict[str, Any] = {"∇J": PLATEAU.gradient, "θ": np.array(START)}
    # What nobody says begins at 0; a field such as G₀ says it.
    kept = {"".join(target.itertext()) for target, _, _ in lines} - {"θ"}
    names |= {letter: fields.get(f"{letter}0", 0.0) * np.ones(2) for letter in kept}
    names |= fields
    points = [names["θ"]]
    for step in range(1, STEPS + 1):
        names |= {"t": step, "i": step - 1}
        for target, arrow, told in lines:
            assert arrow.text in ("←", "=")
            names["".join(target.itertext())] = Reader(names).value(told)
        points.append(names["θ"])
    return np.array(points)


@pytest.mark.parametrize("name", OPTIMIZERS_IN_ALL_FORMS)
def test_the_rule_on_the_card_is_the_one_that_runs(name: str) -> None:
    optimizer = OPTIMIZERS_IN_ALL_FORMS[name]
    points = trace(optimizer, PLATEAU, START, steps=STEPS).points
    np.testing.assert_allclose(run_as_shown(optimizer), points, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("key", SLIPS)
def test_the_rule_of_a_slip_is_the_one_that_runs_until_it_is_lost(key: str) -> None:
    path = trace(SLIPS[key](), PLATEAU, START, steps=STEPS)
    steps = path.diverged_at if path.diverged_at >= 0 else STEPS + 1
    with np.errstate(all="ignore"):
        shown = run_as_shown(SLIPS[key]())
    np.testing.assert_allclose(shown[:steps], path.points[:steps], rtol=0, atol=TOLERANCE)
    assert not np.isfinite(shown[steps : steps + 1]).all() or steps > STEPS


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("a b / c", "<mfrac><mrow><mi>a</mi><mo>·</mo><mi>b</mi></mrow><mi>c</mi></mfrac>"),
        (
            "(a + b) / (c d) · e",
            '<mfrac><mrow>{a+b}</mrow><mrow>{c·d}</mrow></mfrac><mo rspace="0.2em">·</mo><mi>e</mi>',
        ),
        ("√(1 − b₂)", "<msqrt><mrow><mn>1</mn><mo>−</mo><msub><mi>b</mi><mn>2</mn></msub></mrow></msqrt>"),
        ("b₂ᵗ", "<msubsup><mi>b</mi><mn>2</mn><mi>t</mi></msubsup>"),
        ("max g", "<mrow><mi>max</mi><mo>'</mo><mi>g</mi></mrow>"),
    ],
)
def test_a_line_becomes_a_picture_of_itself(line: str, shown: str) -> None:
    for sum_, written in (("{a+b}", "<mi>a</mi><mo>+</mo><mi>b</mi>"), ("{c·d}", "<mi>c</mi><mo>·</mo><mi>d</mi>")):
        shown = shown.replace(sum_, written)
    expected = f'<math display="block"><mrow>{shown}</mrow></math>'
    assert mathml(line) == expected.replace("·", TIMES).replace("<mo>'", f"<mo>{APPLY}")


@pytest.mark.parametrize("line", ["θ ← ?", "a / b c", "√", "(a", "a)", "", "θ ← θ − η g; <script>", "a ← b }", "∇J"])
def test_what_is_no_rule_is_shown_as_it_is_written(line: str) -> None:
    shown = ElementTree.fromstring(mathml(line))
    assert [part.tag for part in shown] == ["mtext"]
    assert (shown[0].text or "") == line


def test_what_is_marked_is_set_as_what_is_not() -> None:
    line = read_line("θ ← θ − η m̂ / (1 − β₁ᵗ) + v̂₂ᵗ ∇J(θ)")
    marked = mathml_of(line, {node: {"data-term": "x"} for node in every(line) if isinstance(node, Name | Gradient)})
    assert marked.count(' data-term="x"') == 8
    assert marked.replace(' data-term="x"', "") == mathml_of(line)


def test_a_hat_stands_over_its_letter() -> None:
    assert '<mover accent="true"><mi>m</mi><mo stretchy="false">^</mo></mover>' in mathml(f"m{HAT} = m")


def test_the_numbers_on_the_card_are_those_of_the_path() -> None:
    path = trace(with_convention("adam", learning_rate=0.3), GaussianHills(seed=1), steps=30)
    numbers = card_after(path).numbers
    assert numbers.shape == (31, 4)
    step = 1e-6
    for place in (0, 7, 30):
        x, y = path.points[place]
        surface = path.surface
        slope = [
            (surface.loss(np.array([x + step, y])) - surface.loss(np.array([x - step, y]))) / (2 * step),
            (surface.loss(np.array([x, y + step])) - surface.loss(np.array([x, y - step]))) / (2 * step),
        ]
        # Central differences: 1e-12 of curvature, and rounding of 1e-16 over 1e-6.
        np.testing.assert_allclose(numbers[place, :2], slope, atol=1e-8)
        assert numbers[place, 2] == np.hypot(*numbers[place, :2])
    assert np.isnan(numbers[0, 3])
    np.testing.assert_allclose(numbers[1:, 3], np.linalg.norm(np.diff(path.points, axis=0), axis=1), rtol=1e-15)


def test_after_a_run_has_diverged_there_are_no_numbers() -> None:
    path = trace(with_convention("gradient_descent", learning_rate=5.0), Formula("x**2 + 100*y**2"), (1.0, 1.0), 60)
    assert path.diverged_at > 0
    numbers = card_after(path).numbers
    assert np.isfinite(numbers[1 : path.diverged_at]).all()
    assert np.isnan(numbers[path.diverged_at :]).all()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_optimizer_says_what_it_does(language: str) -> None:
    ideas = words(language)["idea"]
    assert {*ARTICLE_OPTIMIZERS, "sgd", "minibatch_sgd"} <= set(ideas) <= {*PICKS, *SLIPS}
    assert len(set(ideas.values())) == len(ideas)
    assert set(ARTICLE_OPTIMIZERS) <= set(TOLD)


def test_the_settings_are_named_and_forms_are_left_to_the_rule() -> None:
    surface = Race.from_url("surface=regression&samples=64").surface
    path = trace(Racer(with_convention("adagrad", "tensorflow1"), batch_size=8), surface, steps=3)
    assert card_after(path).settings == (
        ("Learning rate η", "0.1"),
        ("Epsilon ε", "0"),
        ("Initial accumulator G₀", "0.1"),
        ("Batch size", "8"),
    )


@pytest.mark.parametrize(
    ("value", "digits", "told"),
    [
        (0.999, 6, "0.999"),
        (0.9999999, 6, "0.9999999"),
        (0.9999999, 4, "0.9999999"),
        (0.99951, 4, "0.99951"),
        # What is kept is the distance from 1, to a hundredth.
        (1 - 1.23456e-7, 6, "0.999999877"),
        (0.123456789, 6, "0.123457"),
        (1 - 2**-53, 6, "0.9999999999999999"),
        (0, 6, "0"),
    ],
)
def test_a_share_is_never_written_as_one(value: float, digits: int, told: str) -> None:
    assert Adam.hyperparameters()["beta2"].written(value, digits) == told


def test_a_number_without_an_end_near_it_has_its_digits_and_a_whole_one_all() -> None:
    assert Adam.hyperparameters()["learning_rate"].written(1e-8 / 3) == "3.33333e-09"
    assert Adam.hyperparameters()["epsilon"].written(1.0000001) == "1"
    assert BATCH_SIZE.written(1_000_000) == "1000000"


@dataclass(frozen=True)
class Waning(Racer):
    """A racer with settings of its own."""

    share: float = hyper(0.5, symbol="α", above=0, below=1)
    offset: float = hyper(0.0, symbol="δ")


def test_a_card_a_name_and_a_slider_show_a_share_near_one_as_it_is() -> None:
    surface = Formula("x**2 + y**2")
    racer = Waning(Adam(beta2=0.9999999), share=0.99999999, offset=-2e-7)
    card = card_after(trace(racer, surface, (1.0, 1.0), 2))
    assert ("Decay β₂", "0.9999999") in card.settings
    assert card.settings[-2:] == (("share α", "0.99999999"), ("offset δ", "−2e−07"))
    race = Race.from_url("racers=adam--beta2-0.999~adam--beta2-0.9999999")
    assert race.racer_names()[1] == "adam β₂=0.9999999"
    app = visit(racers="adam--beta2-0.9999999")
    shown = {slider.key: slider for slider in app.select_slider}
    (own,) = [slider for key, slider in shown.items() if "beta2" in (key or "")]
    assert "0.9999999" in own.options and "1" not in own.options


@dataclass(frozen=True)
class Untold(Optimizer):
    """A rule of somebody's own,
    with a docstring.

        u = g / 2,  g = ∇J(θ)
        θ ← θ − ς u
    """

    learning_rate: float = hyper(0.1, symbol="ς", above=0)

    def init(self, point: np.ndarray) -> State:
        return State()

    def step(self, point: np.ndarray, state: State, oracle: Any) -> tuple[np.ndarray, State]:
        return point - self.learning_rate * oracle.gradient(point) / 2, State()


# A class that says nothing of itself.
SILENT: Any = dataclass(frozen=True)(type("Silent", (Untold,), {}))


def test_an_own_class_has_a_card_of_what_is_known() -> None:
    card = card_after(trace(Untold(), PLATEAU, START, 3))
    assert card.sentence == "A rule of somebody's own, with a docstring."
    assert card.rule == ("θ ← θ − ς u",)
    assert card.settings == (("Learning rate η ς", "0.1"),)
    assert np.isfinite(card.numbers[1:]).all()
    silent = card_after(trace(SILENT(), PLATEAU, START, 3))
    assert (silent.sentence, silent.rule) == ("", ())


def test_a_card_is_with_the_racer_that_it_belongs_to() -> None:
    figure = Figure(
        plot={"data": [], "layout": {}}, arrays={}, layers=[{"kind": "relief"}, {"kind": "tracks", "racers": [{}, {}]}]
    )
    card = card_after(trace(Untold(), PLATEAU, START, 3))
    shown = with_cards(figure, {1: card})
    assert shown.layers[1]["racers"][0] == {}
    assert shown.layers[1]["racers"][1]["card"]["numbers"] == "@cards/1"
    assert shown.layers[1]["racers"][1]["card"]["rule"] == [mathml("θ ← θ − ς u")]
    assert shown.arrays["cards/1"] is card.numbers
    assert figure.arrays == {}


def test_the_page_sends_the_card_that_is_open_and_no_other() -> None:
    def cards(app: Any) -> list[str]:
        header, arrays = unpack(next(part.proto.bytes for part in app.get("bidi_component") if part.proto.bytes))
        # A racer that the stage has got already is but the name of a part.
        racers = [racer for racer in tracks(header)["racers"] if "card" in racer]
        assert [name for name in arrays if name.startswith("cards/")] == [
            racer["card"]["numbers"][1:] for racer in racers
        ]
        return [racer["name"] for racer in racers]

    app = visit(v="1")
    assert cards(app) == []
    app.session_state["card"] = 2
    assert cards(app.run()) == ["NAG"]
    # Nobody stands there.
    app.session_state["card"] = 20
    assert cards(app.run()) == []


def test_the_numbers_of_an_open_card_are_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    computed: list[Trajectory] = []
    real = gradients.gradients
    monkeypatch.setattr(gradients, "gradients", lambda path: computed.append(path) or real(path))
    cached.MEMORY.clear()
    app = visit(surface="regression", samples="64", steps="30", racers="adam~nag")
    app.session_state["card"] = 1
    app.run()
    app.run()
    (path,) = computed
    assert path.racer == app.session_state.race.racers[1]
    app.session_state.live = {"learning_rate": 0.05, "number": 3}
    app.run()
    app.run()
    assert len(computed) == 2
