"""A race as PyTorch code: run in a process that has torch alone, it takes the steps that the race takes."""

from __future__ import annotations

import ast
import dataclasses
import importlib.util
import itertools
import json
import subprocess
import sys
import tomllib
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from cases import CONFIGURED, ROOT
from optviz import (
    CONVENTIONS,
    OPTIMIZERS,
    BadInput,
    FiniteSum,
    Formula,
    GaussianHills,
    Optimizer,
    Race,
    Racer,
    Regression,
    SmoothedNoise,
    State,
    Surface,
    Trajectory,
    gallery,
    gallery_names,
    trace,
    with_convention,
)
from optviz.experiment import ARTICLE_OPTIMIZERS, MOST_RACERS, seven
from optviz.export.pytorch import LONGEST_CODE, to_pytorch
from optviz.export.pytorch.losses import LARGEST_GRID
from optviz.formula.functions import FUNCTIONS
from optviz.surface.regression import KINDS
from test_experiment import RACES as RACES_OF_EXPERIMENT
from test_experiment import random_race
from tiers import long

ABSENT = ("numpy", "scipy", "optviz", "streamlit", "plotly", "tomli_w")
# Whoever asks for one of these is told what Python says of a package that is not installed.
RUNNER = f"""
import contextlib, io, json, sys, warnings

class Without:
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, path=None, target=None):
        return None if name.partition(".")[0] in {ABSENT!r} else self.finder.find_spec(name, path, target)

sys.meta_path[:] = map(Without, sys.meta_path)
sys.path_importer_cache.clear()
warnings.filterwarnings("ignore", "Failed to initialize NumPy")  # torch says so where NumPy is missing
import torch

torch.set_num_threads(1)
for line in sys.stdin:
    torch.set_default_dtype(torch.float32)  # as a fresh process has it
    names, printed = {{"__name__": "__main__"}}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(json.loads(line), "race.py", "exec"), names)
    print(json.dumps([names["paths"], printed.getvalue()]), flush=True)
for name in {ABSENT!r}:
    assert name not in sys.modules, name
"""


def run_with_torch_alone(codes: list[str]) -> list[tuple[dict[str, np.ndarray], str]]:
    """`paths` (racer → x, y, loss per step) and what was printed, for each code; two processes share the codes."""

    def run(share: list[str]) -> list[Any]:
        done = subprocess.run(
            [sys.executable, "-I", "-X", "utf8", "-c", RUNNER],
            input="".join(json.dumps(code) + "\n" for code in share),
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return [json.loads(line) for line in done.stdout.splitlines()]

    with ThreadPoolExecutor(2) as pool:
        even, odd = pool.map(run, (codes[::2], codes[1::2]))
    ran = [done for pair in itertools.zip_longest(even, odd) for done in pair if done is not None]
    return [({name: np.array(path) for name, path in paths.items()}, printed) for paths, printed in ran]


# --- races ---------------------------------------------------------------------------------------------------------


def on_gallery(name: str) -> Race:
    """All seven at the learning rate that the file suggests, in one of the conventions, each in turn."""
    convention = list(CONVENTIONS)[gallery_names().index(name) % len(CONVENTIONS)]
    race = Race(gallery(name), seven(convention), convention, steps=100)
    return race.with_learning_rate(gallery(name).suggested_learning_rate)


def with_settings(*settings: tuple[str, dict[str, Any]]) -> tuple[Racer, ...]:
    return tuple(Racer(OPTIMIZERS[key](**values)) for key, values in settings)


OWN = ("Tanh", "Sigmoid", "CubeRoot", "LogCosh", "softplus", "heaviside", "x_log_x")
FEW = (
    Racer(with_convention("gradient_descent", learning_rate=0.02)),
    Racer(with_convention("nag", learning_rate=0.02)),
    Racer(with_convention("rmsprop", learning_rate=0.01)),
    Racer(with_convention("adam", learning_rate=0.03)),
)
# Every function of a formula, where its slope is large, small and, for kinks and roots, where it has none: text, start.
FORMULAS: list[tuple[str, tuple[float, float]]] = [
    ("sqrt(x^2 + 2*y^2) + x/5", (1.0, 0.7)),
    ("sqrt(x + 1e-3) + (y - 1)^2", (0.2, 0.3)),
    ("cbrt(x - 0.3) + cbrt(y)^2 + x^2", (1.5, -0.7)),
    ("exp(x/2) + exp(-y) + y^2", (1.2, -0.5)),
    ("exp(-1/x^2) + y^2", (0.9, 0.4)),
    ("log(1 + x^2) + log2(2 + y^2) + ln(3 + x*y/9)", (1.5, -1.1)),
    ("log10(x + 3)*x + y^2", (0.5, 0.5)),
    ("sin(3*x)*cos(2*y) + 0.1*x^2", (0.9, 0.6)),
    ("tan(x/3)^2 + tan(y/2)*y", (1.4, 1.2)),
    ("asin(x/3)*x + acos(y/4) + y^2", (1.1, 0.8)),
    ("atan(2*x)^2 + arctan(y)*y", (1.7, -1.6)),
    ("atan2(y, x)^2 + (x^2 + y^2 - 1)^2", (1.3, 0.9)),
    ("atan2(y, 1) + atan2(-2, x) + y^2", (0.6, 1.9)),
    ("sinh(x)*x + cosh(y)", (1.0, -1.3)),
    ("tanh(3*x) + y^2", (9.0, 0.4)),
    ("sigmoid(4*x) + sigmoid(-3*y)", (9.5, -1.0)),
    ("abs(x) + 3*abs(y - 0.5)", (1.1, 1.0)),
    ("sign(x)*x^2 + sign(y)", (1.0, 1.0)),
    ("min(x, y, x*y) + x^2 + y^2", (1.3, 1.1)),
    ("max(x, -y, 0.25) + max(0.1, y)^2 + x^2/4", (1.5, -1.4)),
    ("(x^2 + 1)^0.7 + 2^y + (1 + y^2)^(x/4)", (1.0, -0.8)),
    ("x^3/3 - x*y + y^5/50 + (2 + x)^-2 + 1/(4 + y^2) - 3/(-5 - x^2)", (0.9, 1.2)),
    ("x - -y + (x - (y - 1))*-2 + (-x)^2 + -y^2*-3 - (1/x)/(2*y)", (1.1, 1.4)),
    ("x^2^2 - (x*y)^2*(x - y)/9/(x + 7) + pi*e*y^2", (0.8, 0.6)),
    ("1e-7*x^4 + 1.5e20/1e20*y^2 - 1e300*x/1e300", (0.4, 0.9)),
    ("7", (0.5, 0.5)),
    ("y", (0.5, 0.5)),
    ("floor(3*x)*x + ceil(2*y)*y + round(5*x)/9", (1.3, -1.2)),
    ("heaviside(x - 0.3)*x^2 + y^2 + mod(3*x, 2 + y)", (1.1, 0.7)),
    ("erf(x)*x + log1p(y^2) + expm1(x/3)", (1.2, 0.9)),
    ("softplus(40*x) + softplus(-3*y) + log(1 + exp(x))", (0.9, -0.4)),
    ("log(exp(x) + exp(2*y) + 3) + log(cosh(4*x)) + y^2", (1.4, 0.6)),
    ("hypot(x - 1, y) + asinh(3*x) + acosh(2 + y^2) + atanh(x/4)", (2.0, 0.8)),
    ("x*log(x) + 3/(1 + exp(-2*y)) + y^2 + relu(x - 1) + clip(y, 0, 1)", (1.9, 0.7)),
    ("2sin(x)^2 + |y|x² + 0,5*y^2", (0.9, -0.7)),
]
# Where a slope is not finite, or two slopes meet: text, start.
KINKS: list[tuple[str, tuple[float, float]]] = [
    ("sqrt(x) + (y - 1)^2", (0.0, 0.3)),
    ("sqrt(x^2 + y^2) + x", (0.0, 0.0)),
    ("cbrt(x) + y^2", (0.0, 1.0)),
    ("abs(y)^0.5 + x^2", (1.0, 0.0)),
    ("exp(-1/x^2) + y^2", (0.0, 0.4)),
    ("asin(x) + y^2", (1.0, 0.4)),
    ("atan2(x, y) + y^2", (0.0, 0.0)),
    ("abs(x) + 3*abs(y - 0.5)", (0.0, 1.0)),
    ("min(x, y) + x^2 + y^2", (1.0, 1.0)),
    ("max(x, 1) + max(x, -y, 0.25) + x^2/4", (1.0, -1.0)),
    ("sqrt(x^2+y^2)+sqrt((x-2)^2+y^2)+sqrt((x-1)^2+(y-2)^2)", (0.0, 0.0)),
    ("exp(sqrt(x^2+y^2) + x) + y^2", (0.0, 0.0)),
    ("sqrt(x) + cbrt(x) + 3*x + x*y + x^0.3", (0.0, 2.0)),
    ("asin(x) + 2*x + x*y", (1.0, 3.0)),
    ("x^y + x + y^2", (0.0, 2.0)),
    ("atan2(y, x) + 3*x + y^2/2", (0.0, 0.0)),
    ("1/(1 + exp(-x)) + x + y^2", (-1000.0, 0.5)),
    ("min(1/x, 3) + atan(1/x) + x*y", (0.0, 2.0)),
    ("x*log(x) + 3*x + y^2", (0.0, 1.0)),
    ("hypot(x, y) + x + heaviside(y) + floor(x)", (0.0, 0.0)),
    ("relu(x) + relu(-y) + log(cosh(x)) + mod(y, 1)", (0.0, 0.0)),
    ("log(1 + exp(x)) + log(exp(x) + exp(y)) - log(sigmoid(y))", (800.0, -800.0)),
]
SAMPLED = (
    Racer(with_convention("gradient_descent", learning_rate=0.05), 1),
    Racer(with_convention("gradient_descent", learning_rate=0.05), 8),
    Racer(with_convention("gradient_descent", learning_rate=0.05)),
    Racer(with_convention("nag", learning_rate=0.01), 8),
    Racer(with_convention("adam", learning_rate=0.05), 5),
    Racer(with_convention("adam", "pytorch", learning_rate=0.05), 64),
)
HOSTILE_LABELS = (
    *("'", '"', "'''", '"""', "\\", "\\'", "{x}", "{name!r}", "# no", "%s", "亚当 η=0.3", "🙂", "paths", "loss"),
    *(
        "': 1}; raise SystemExit; {'",
        "\\N{DASH}",
        "__import__('os').abort()",
        "x = 1",
        "math.pi base64.b",
        "\\n",
        "<b>&",
    ),
)
LABELLED = Race(
    racers=tuple(
        Racer(with_convention("adam", learning_rate=0.01 * (1 + index)), label=label)
        for index, label in enumerate(HOSTILE_LABELS)
    ),
    steps=3,
)
RACES: dict[str, Race] = {
    **{f"hills, {convention}": Race(racers=seven(convention), convention=convention) for convention in CONVENTIONS},
    "a hundred hills": Race(GaussianHills(seed=2**32 - 1, hills=100), steps=50),
    **{
        f"every form from {first}": Race(
            GaussianHills(seed=3), tuple(map(Racer, list(CONFIGURED.values())[first : first + MOST_RACERS])), steps=100
        )
        for first in range(0, len(CONFIGURED), MOST_RACERS)
    },
    # A surface that moves is refused: see tests/test_drifting.py.
    **{
        f"gallery, {name}": race
        for name, race in ((name, on_gallery(name)) for name in gallery_names())
        if race.surface.drift(1) is None
    },
    "noise": Race(SmoothedNoise(seed=7), steps=120),
    "rugged noise in a bowl": Race(SmoothedNoise(3, octaves=5, bowl=0.7), seven("article"), "article", steps=60),
    "noise on a long domain": Race(
        SmoothedNoise(6, 96, 4.5, 0.5, 2, (-1.0, 9.0, 2.0, 4.0)), start=(30.5, -17.2), steps=60
    ),
    "coarse noise": Race(SmoothedNoise(0, 8, 1), seven("pytorch"), "pytorch", start=(0.0, 0.0), steps=60),
    **{f"formula {text}": Race(Formula(text), FEW, start=start, steps=60) for text, start in FORMULAS},
    "plateaus whose slope is far below rounding": Race(
        Formula("tanh(3*x) + sigmoid(8*y)"),
        (Racer(with_convention("adam", "pytorch", epsilon=1e-40)), Racer(with_convention("rmsprop", epsilon=0.0))),
        start=(9.0, 9.0),
        steps=40,
    ),
    **{f"kink {text}": Race(Formula(text), FEW, start=start, steps=5) for text, start in KINKS},
    **{f"regression, {kind}": Race(Regression(kind, seed=2), SAMPLED, start=(-1.0, 1.5), steps=100) for kind in KINDS},
    "regression, large, with replacement": Race(
        Regression("logistic", 4, 1000, replacement=True), SAMPLED, start=(2.0, 2.0), steps=60, batch_seed=3
    ),
    "regression, all samples": Race(Regression("linear"), seven("pytorch"), "pytorch", start=(0.0, 0.0), steps=100),
    **{
        f"sum of samples, replacement {replacement}": Race(
            FiniteSum(GaussianHills(seed=1), samples=100, spread=0.5, seed=4, replacement=replacement),
            SAMPLED,
            steps=120,
            batch_seed=9,
        )
        for replacement in (False, True)
    },
    "kink with samples": Race(FiniteSum(Formula("sqrt(y) + x^2"), 64), SAMPLED, start=(1.0, 0.0), steps=1),
    "samples of noise": Race(FiniteSum(SmoothedNoise(seed=2, size=32, bowl=1.0), 64), SAMPLED, steps=60),
    "samples of a gallery surface": Race(FiniteSum(gallery("booth"), 64, 0.2), SAMPLED, steps=60),
    "samples that nobody draws": Race(FiniteSum(GaussianHills(seed=1)), steps=20),
    "hyperparameters": Race(
        GaussianHills(seed=2),
        with_settings(
            ("momentum", {"learning_rate": 0.7, "momentum": 0.5}),
            ("momentum", {"learning_rate": 0.7, "momentum": 0.5, "learning_rate_in_velocity": False}),
            ("momentum", {"momentum": 0.0}),
            ("nag", {"learning_rate": 0.7, "momentum": 0.5}),
            ("nag", {"learning_rate": 0.7, "momentum": 0.5, "stores_look_ahead": True}),
            ("nag", {"momentum": 0.0}),
            ("nag", {"momentum": 0.0, "stores_look_ahead": True}),
            ("adagrad", {"epsilon": 0.3}),
            ("rmsprop", {"rho": 0.0, "epsilon": 0.01}),
            ("rmsprop", {"rho": 0.5, "epsilon": 0.1, "epsilon_inside": False}),
            ("adadelta", {"learning_rate": 3.0, "rho": 0.5, "epsilon": 0.01}),
            ("adam", {"beta1": 0.0, "beta2": 0.0, "epsilon": 0.1}),
            ("adam", {"beta1": 0.5, "beta2": 0.9, "epsilon": 0.1, "epsilon_inside": False}),
        ),
    ),
    "no epsilon, and an axis without slope": Race(
        Formula("y^2"),
        with_settings(
            ("adagrad", {"epsilon": 0.0}),
            ("adagrad", {"epsilon": 0.0, "epsilon_inside": False, "initial_accumulator": 0.1}),
            ("rmsprop", {"epsilon": 0.0}),
            ("rmsprop", {"epsilon": 0.0, "initial_accumulator": 0.1}),
        ),
        start=(0.7, 0.9),
        steps=40,
    ),
    "a run that diverges": Race(gallery("rosenbrock"), seven("pytorch"), "pytorch", steps=60),
    "labels": LABELLED,
}


def breadth() -> Iterator[tuple[str, Race]]:
    """The races of other tests and random ones, a few steps each, as far as they can be written."""
    random = np.random.default_rng(5)
    drawn = {f"random {number}": random_race(random) for number in range(40)}
    for name, race in {**RACES_OF_EXPERIMENT, **drawn}.items():
        short = race.replaced(steps=min(race.steps, 20))
        if not name.startswith("on ") and getattr(race.bare_surface, "size", 0) <= LARGEST_GRID:
            yield f"elsewhere, {name}", short


RACES |= dict(breadth())


# --- how far apart -------------------------------------------------------------------------------------------------

# Two programs add and multiply in different orders. Per step that is a few units in the last place of numbers the size
# of the path's; where the path is chaotic, or RMSProp divides rounding by rounding at the very bottom, it grows as any
# difference grows. Hence, at each step: a floor for rounding, and a thousand times what became by then of runs that ask
# for each gradient a few units in the last place away (a sum of a hundred hills rounds a few hundred times itself).
FLOOR = 1e-12
TIMES_NOISE = 1000
LAST_PLACES = 1e-15
RUNS = 8
# Beyond this, relative to the larger of 1 and the number itself, the two are different runs of the same chaos.
DEPARTED = 1e-6


class Shaken(Surface):
    """A surface whose gradient is that of a point a few units in the last place away, each time another one."""

    def __init__(self, surface: Surface, random: np.random.Generator) -> None:
        self.surface, self.random = surface, random
        self.domain, self.title = surface.domain, surface.title

    @property
    def samples(self) -> int | None:
        return self.surface.samples

    @property
    def replacement(self) -> bool:
        return self.surface.replacement

    def on_batch(self, indices: np.ndarray) -> Surface:
        return Shaken(self.surface.on_batch(indices), self.random)

    def loss(self, point: np.ndarray) -> np.ndarray:
        return self.surface.loss(point)

    def gradient(self, point: np.ndarray) -> np.ndarray:
        shift = self.random.uniform(-LAST_PLACES, LAST_PLACES, point.shape)
        return self.surface.gradient(point + shift * np.maximum(np.abs(point), 0.1))

    def hessian(self, point: np.ndarray) -> np.ndarray:
        return self.surface.hessian(point)

    def loss_and_gradient(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.loss(point), self.gradient(point)


@dataclass(frozen=True)
class Comparison:
    """Two paths, over the steps at which they can be compared."""

    worst: float
    """How far they are apart, in tolerances, at worst."""

    together: int
    """At how many steps they were compared."""

    steps: int
    """At how many they could have been, had chaos not taken over: up to a divergence."""


def compare(path: Trajectory, race: Race, torch_path: np.ndarray, *, at_kink: bool = False) -> Comparison:
    """One racer's path and torch's, up to the step from which the path counts as diverged.

    From a start at a kink, where shaken runs would all leave it, nothing but the floor is allowed.
    """
    last = path.diverged_at if path.diverged_at >= 0 else race.steps + 1
    ours = np.column_stack([path.points, path.losses])[:last]
    noise = np.zeros_like(ours)
    if last and not at_kink:
        shaken = Shaken(path.surface, np.random.default_rng(0))
        near = trace(path.racer, shaken, np.tile(path.points[0], (RUNS, 1)), race.steps, race.batch_seed)
        others = np.concatenate([near.points, near.losses[..., None]], axis=-1)[:, :last]
        # A run that diverges earlier says nothing any more, and its NaN lets everything pass.
        noise = np.maximum.accumulate(np.abs(others - ours).max(axis=0))
    scale = np.maximum(1, np.abs(ours))
    allowed = np.maximum(FLOOR * scale, TIMES_NOISE * noise)
    together = (allowed <= DEPARTED * scale).all(axis=1)
    apart = np.abs(torch_path[:last] - ours) / allowed
    return Comparison(float(apart[together].max(initial=0.0)), int(together.sum()), len(ours))


def comparisons(race: Race, torch_paths: dict[str, np.ndarray], at_kink: bool = False) -> list[Comparison]:
    assert list(torch_paths) == list(race.racer_names())
    with warnings.catch_warnings():
        # Shaken runs may meet what the race itself never meets, such as the log of a number below 0.
        warnings.simplefilter("ignore", RuntimeWarning)
        return [
            compare(path, race, torch_paths[name], at_kink=at_kink)
            for name, path in zip(race.racer_names(), race.run(), strict=True)
        ]


@pytest.fixture(scope="module")
def torch_paths() -> dict[str, tuple[dict[str, np.ndarray], str]]:
    if importlib.util.find_spec("torch") is None:
        pytest.fail("PyTorch is not installed: `make test-all` installs it.", pytrace=False)
    return dict(zip(RACES, run_with_torch_alone([to_pytorch(race) for race in RACES.values()]), strict=True))


# --- the code runs the race ----------------------------------------------------------------------------------------


@long
@pytest.mark.parametrize("name", RACES)
def test_torch_takes_the_same_steps(name: str, torch_paths: dict[str, tuple[dict[str, np.ndarray], str]]) -> None:
    race, (paths, _) = RACES[name], torch_paths[name]
    for racer, compared in zip(paths, comparisons(race, paths, name.startswith("kink")), strict=True):
        assert paths[racer].shape == (race.steps + 1, 3)
        assert compared.worst <= 1, racer


@long
def test_chaos_is_the_exception(torch_paths: dict[str, tuple[dict[str, np.ndarray], str]]) -> None:
    """What is not compared is not a way out."""
    steps = together = 0
    for name in ("hills, article", "hills, pytorch", "hills, tensorflow1", "noise", "hyperparameters", "labels"):
        for compared in comparisons(RACES[name], torch_paths[name][0]):
            steps, together = steps + compared.steps, together + compared.together
            assert compared.together >= min(50, compared.steps)
    assert together > 0.95 * steps


@long
def test_a_changed_hyperparameter_would_be_noticed(
    torch_paths: dict[str, tuple[dict[str, np.ndarray], str]],
) -> None:
    """One part in a million, and every sign between two sources."""
    for convention in CONVENTIONS:
        race, (paths, _) = RACES[f"hills, {convention}"], torch_paths[f"hills, {convention}"]
        for optimizer in seven(convention):
            known = optimizer.optimizer.hyperparameters()
            for name in known:
                value = getattr(optimizer.optimizer, name)
                other = not value if isinstance(value, bool) else value * (1 + 1e-6) + (value == 0) * 1e-6
                if name == "epsilon":
                    other = 2 * value + 1e-6
                changed = dataclasses.replace(optimizer.optimizer, **{name: other})
                path = trace(changed, race.surface, race.start, race.steps)
                compared = compare(path, race, paths[optimizer.key])
                # Inside the velocity or outside, it is the same sequence; and where there is no ε it has no place.
                same = name == "learning_rate_in_velocity"
                same |= name == "epsilon_inside" and getattr(optimizer.optimizer, "epsilon", 1) == 0
                assert (compared.worst <= 1) == same, f"{convention} {optimizer.key} {name}"


@long
def test_other_batches_would_be_noticed(torch_paths: dict[str, tuple[dict[str, np.ndarray], str]]) -> None:
    name = "sum of samples, replacement False"
    other = RACES[name].replaced(batch_seed=10)
    worst = [compared.worst for compared in comparisons(other, torch_paths[name][0])]
    assert [value > 1000 for value in worst] == [racer.batch_size is not None for racer in SAMPLED]


@long
def test_it_prints_where_each_racer_ends(torch_paths: dict[str, tuple[dict[str, np.ndarray], str]]) -> None:
    for paths, printed in torch_paths.values():
        assert printed.splitlines() == [
            f"{name}: x = {x:.6g}, y = {y:.6g}, loss = {value:.6g}"
            for name, (x, y, value) in ((name, path[-1]) for name, path in paths.items())
        ]


# --- the text ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RACES)
def test_the_text_is_fit_to_be_read(name: str) -> None:
    code = to_pytorch(RACES[name])
    imports = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert {alias.name for node in imports for alias in node.names} <= {"base64", "math", "torch"}
    # A formula's factor or a hyperparameter with all its digits can be longer than a line.
    wide = [line for line in code.splitlines() if len(line) > 120 and "lambda point" not in line]
    assert wide == [] or "formula" in name or "elsewhere" in name
    assert code.index("def loss(point)") < 700


@pytest.mark.parametrize("key", ARTICLE_OPTIMIZERS)
def test_in_its_own_convention_every_optimizer_is_torchs(key: str) -> None:
    code = to_pytorch(Race(racers=(Racer(with_convention(key, "pytorch")),)))
    assert "torch.optim." in code
    assert "class " not in code


def test_only_what_the_race_needs_is_written() -> None:
    code = to_pytorch(Race(gallery("bowl"), (Racer(with_convention("adam", "article")),) * 2, "article"))
    classes = [node.name for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ClassDef)]
    assert classes == ["AdamEpsilonInside"]
    assert "base64" not in code and "math" not in code and "BATCHES" not in code
    assert code.count("AdamEpsilonInside(point") == 2


def test_drawn_numbers_keep_all_their_digits() -> None:
    tree = ast.parse(to_pytorch(Race(GaussianHills(seed=5))))
    written = {
        node.targets[0].id: ast.literal_eval(node.value.args[0])
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Call)
    }
    assert [*written.values()] == GaussianHills(seed=5).drawn.tolist()


def test_a_label_stays_a_label() -> None:
    """With every label replaced by a plain one the code is the same, token for token."""

    class Plain(ast.NodeTransformer):
        def visit_Constant(self, node: ast.Constant) -> ast.Constant:
            return ast.Constant(names.index(node.value)) if node.value in names else node

    trees = []
    plain = LABELLED.replaced(
        racers=tuple(dataclasses.replace(racer, label=f"label {index}") for index, racer in enumerate(LABELLED.racers))
    )
    for race in (LABELLED, plain):
        names = list(race.racer_names())
        trees.append(ast.dump(Plain().visit(ast.parse(to_pytorch(race)))))
    assert trees[0] == trees[1]


# Each is as long or as deep as a formula may be.
LONG_FORMULAS = {
    "folded": "min(" + ",".join(["x", "y"] * 15) + ")",
    "signs": "-" * 149 + "x",
    "brackets and signs": "-(" * 30 + "x" + ")" * 30,
    "calls": "abs(" * 30 + "x" + ")" * 30,
    "sum": "+".join(["x*y"] * 75),
    "quotient": "x" + "/y" * 12,
}


@pytest.mark.parametrize("name", LONG_FORMULAS)
def test_the_longest_formulas_can_be_compiled(name: str) -> None:
    compile(to_pytorch(Race(Formula(LONG_FORMULAS[name]), start=(1.0, 1.0))), "race.py", "exec")


def test_from_a_formula_come_only_names_of_ours() -> None:
    for text, _ in FORMULAS + KINKS:
        tree = ast.parse(to_pytorch(Race(Formula(text))))
        loss = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "loss")
        names = {node.id for node in ast.walk(loss) if isinstance(node, ast.Name)}
        assert names <= {"point", "x", "y", "torch", "finite_slope", *OWN}
        constants = [node.value for node in ast.walk(loss) if isinstance(node, ast.Constant)]
        assert all(isinstance(value, int | float) for value in constants)


def test_every_function_of_a_formula_is_there() -> None:
    assert [name for name in FUNCTIONS if not any(f"{name}(" in text for text, _ in FORMULAS)] == []


def test_writing_the_code_loads_neither_torch_nor_sympy() -> None:
    code = (
        "import sys, optviz.export.pytorch as written, optviz\n"
        "written.to_pytorch(optviz.Race())\n"
        "print(sorted({'torch', 'sympy', 'streamlit', 'plotly'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


# --- what is refused -----------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Still(Optimizer):
    """θ ← θ."""

    def init(self, point: np.ndarray) -> State:
        return State()

    def step(self, point: np.ndarray, state: State, oracle: Any) -> tuple[np.ndarray, State]:
        return point, state


class Plane(Surface):
    """A surface that nobody registered."""

    domain = (-1.0, 1.0, -1.0, 1.0)
    title = "Plane"

    def loss(self, point: np.ndarray) -> np.ndarray:
        return point.sum(axis=-1)

    def gradient(self, point: np.ndarray) -> np.ndarray:
        return np.ones_like(point)

    def hessian(self, point: np.ndarray) -> np.ndarray:
        return np.zeros((*point.shape, 2))

    def loss_and_gradient(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.loss(point), self.gradient(point)


LARGE = FiniteSum(SmoothedNoise(seed=1, size=LARGEST_GRID), samples=4096)
MINIBATCH = with_convention("gradient_descent")
# A race, and what its sentence must name: the value, and what is allowed.
REFUSED: dict[str, tuple[Race, str, str]] = {
    "an optimizer that nobody registered": (Race(racers=(Racer(Still()),)), "optimizer = still", "momentum, nag"),
    "one with the name of another": (
        Race(racers=(Racer(type("Adam", (Still,), {})()),)),
        "optimizer = adam",
        "gradient_descent",
    ),
    "a surface that nobody registered": (Race(Plane()), "surface = Plane", "gaussian_hills, smoothed_noise"),
    "samples of one": (Race(FiniteSum(Plane())), "surface = Plane", "formula"),
    "a grid too large": (Race(SmoothedNoise(size=LARGEST_GRID + 1)), f"size = {LARGEST_GRID + 1}", "size ≤ 96"),
    "too many samples drawn": (
        Race(FiniteSum(GaussianHills()), (Racer(MINIBATCH, 32),), steps=5000),
        "batch_size × steps = 160,000",
        "batch_size × steps ≤ 4",
    ),
    "far too many samples drawn": (
        Race(LARGE, (Racer(MINIBATCH, 4096), Racer(MINIBATCH, 4000)), steps=5000),
        "batch_size × steps = 40,480,000",
        "batch_size × steps ≤ 1",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_written_is_refused_in_one_sentence(name: str) -> None:
    race, value, allowed = REFUSED[name]
    with pytest.raises(BadInput) as refused:
        to_pytorch(race)
    assert refused.value.key == "no_pytorch"
    for language in ("en", "zh"):
        text = tomllib.loads((ROOT / "optviz" / "text" / f"{language}.toml").read_text(encoding="utf-8"))
        sentence = text["bad_input"]["no_pytorch"].format(**refused.value.parts)
        assert value in sentence
        assert allowed in sentence


def test_what_a_refusal_allows_is_written() -> None:
    race, *_ = REFUSED["too many samples drawn"]
    with pytest.raises(BadInput) as refused:
        to_pytorch(race)
    most = int(refused.value.parts["allowed"].split()[-1].replace(",", ""))
    code = to_pytorch(race.replaced(steps=int(0.99 * most / 32)))
    assert 0.85 * LONGEST_CODE < len(code) <= LONGEST_CODE


def test_the_largest_surface_leaves_room_for_batches() -> None:
    racers = tuple(
        Racer(with_convention("adam", "tensorflow1", beta1=0.1 + 1 / (3 + index)), 1, label="亚" * 38 + str(index))
        for index in range(10, 10 + MOST_RACERS)
    )
    assert len(to_pytorch(Race(LARGE, racers, steps=100))) <= LONGEST_CODE
    assert len(to_pytorch(Race(SmoothedNoise(size=64)))) < 60_000
