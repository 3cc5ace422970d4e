"""A race as PyTorch code: text that runs in a fresh process with torch alone, and takes the same steps in float64."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np

from optviz.bad_input import BadInput
from optviz.batches import batches
from optviz.experiment import Race
from optviz.formula.meaning import parse
from optviz.formula.nodes import Node, reachable
from optviz.optimizers import (
    NAG,
    OPTIMIZERS,
    Adadelta,
    Adagrad,
    Adam,
    GradientDescent,
    Momentum,
    RMSProp,
)
from optviz.racer import Racer
from optviz.surface import (
    FAMILIES,
    FiniteSum,
    Formula,
    GallerySurface,
    GaussianHills,
    Regression,
    SmoothedNoise,
    Surface,
)

LONGEST_CODE = 200_000
"""No text is longer, in characters: an editor should still open it."""

LARGEST_GRID = 96
"""The largest `size` of smoothed noise that is written: its 96² coefficients take 100,000 characters."""

MOST_WRITTEN_OUT = 200
LINE = 116


def to_pytorch(race: Race) -> str:
    """Python source text that runs the race in PyTorch, in float64, and prints where each racer ends.

    It imports torch and the standard library. Run, it leaves `paths`: racer's name → list of (x, y, loss), at the start
    and after each step; the loss is the full one, also where the steps see batches, and those are the race's own. What
    is exactly an optimizer of `torch.optim` is that one, every other rule is written out.

    The steps are the same up to rounding, which chaotic paths amplify. One thing differs: a run that diverges simply
    goes on, where optviz records NaN from `Trajectory.diverged_at`. A formula is computed as it was typed, and where a
    slope is not finite (√x at 0) that term of the gradient is 0, here as there.

    Raises BadInput for an optimizer or a family of surfaces that is not in the tables below, smoothed noise of a `size`
    above 96, and batches that would make the text longer than 200,000 characters.
    """
    rules = [_rule(racer) for racer in race.racers]
    loss = _loss(race)
    sizes = sorted({racer.batch_size for racer in race.racers if racer.batch_size is not None})
    racers = "".join(
        f"    {name!r}: ({rule.call}, {racer.batch_size}),\n" if sizes else f"    {name!r}: {rule.call},\n"
        for name, rule, racer in zip(race.racer_names(), rules, race.racers, strict=True)
    )
    start = race.surface.suggested_start if race.start is None else race.start
    setting = SETTING.format(
        start=(float(start[0]), float(start[1])),
        steps=race.steps,
        comment="the optimizer, and how many samples it sees at each step (None: all)" if sizes else "the optimizer",
        racers=racers,
    )
    tables = "".join(_table(name, table) for name, table in loss.tables.items())
    packed = "from_base64(" in tables
    written = dict.fromkeys(rule.definition for rule in rules if rule.definition)
    parts = [loss.code, *loss.definitions, *written, setting, WALK_WITH_BATCHES if sizes else WALK]
    numbers = [NUMBERS + tables] if tables else []
    body = "\n\n".join([*parts, *([FROM_BASE64] if packed else []), *numbers])
    imports = ["import base64\n"] * packed + ["import math\n"] * ("math." in loss.code)
    code = HEAD + "".join(imports) + ("\n" if imports else "") + IMPORT_TORCH + "\n\n" + body
    end = RUN_WITH_BATCHES if sizes else RUN
    count = sum(sizes) * race.steps
    # Millions of indices are refused before they are drawn: none takes less than three characters, and indentation and
    # brackets a tenth on top.
    drawn = _batches(race, sizes) if 3 * count < LONGEST_CODE else ""
    length = len(drawn) or 1.1 * count * len(f"{race.surface.samples}, ")
    room = LONGEST_CODE - len(code) - len(end)
    if length > room:
        _refuse("batch_size × steps", f"{count:,}", f"batch_size × steps ≤ {int(count * room / length):,}")
    return code + drawn + end


def _refuse(name: str, value: object, allowed: str) -> NoReturn:
    raise BadInput("no_pytorch", name=name, value=value, allowed=allowed)


# --- the frame -----------------------------------------------------------------------------------------------------

HEAD = """\
# A race of optimizers on a loss surface, written by optviz. It needs PyTorch alone; `paths` is what it leaves.

"""

IMPORT_TORCH = """\
import torch

# In torch's usual float32 the paths would soon part from those of optviz.
torch.set_default_dtype(torch.float64)
"""

SETTING = """\
START = {start!r}
STEPS = {steps}
# Name: {comment}.
RACERS = {{
{racers}}}
"""

WALK = '''\
def walk(make_optimizer):
    """(x, y, loss) at the start and after each step."""
    point = torch.tensor(START, requires_grad=True)
    optimizer = make_optimizer(point)

    def closure():
        point.grad = None
        value = loss(point)
        value.backward()
        return value

    path = [(*START, loss(point).item())]
    for _ in range(STEPS):
        optimizer.step(closure)
        path.append((*point.tolist(), loss(point).item()))
    return path
'''

WALK_WITH_BATCHES = '''\
def walk(make_optimizer, batch_size):
    """(x, y, loss) at the start and after each step; the loss of all samples, whatever the step has seen."""
    point = torch.tensor(START, requires_grad=True)
    optimizer = make_optimizer(point)

    def closure():
        point.grad = None
        value = loss(point) if batch_size is None else batch_loss(point, BATCHES[batch_size][step])
        value.backward()
        return value

    path = [(*START, loss(point).item())]
    for step in range(STEPS):
        optimizer.step(closure)
        path.append((*point.tolist(), loss(point).item()))
    return path
'''

NUMBERS = "# The numbers of this race, with all their digits.\n"

FROM_BASE64 = '''\
def from_base64(text):
    """A tensor from its float64 numbers, written in letters."""
    return torch.frombuffer(bytearray(base64.b64decode(text)), dtype=torch.float64)
'''

RUN = """
paths = {name: walk(make_optimizer) for name, make_optimizer in RACERS.items()}
for name, path in paths.items():
    x, y, value = path[-1]
    print(f"{name}: x = {x:.6g}, y = {y:.6g}, loss = {value:.6g}")
"""

RUN_WITH_BATCHES = RUN.replace("walk(make_optimizer) for name, make_optimizer in", "walk(*how) for name, how in")


def _table(name: str, table: Any) -> str:
    """An assignment of a number, or of an array as a float64 tensor of the same shape, each with all its digits."""
    if np.ndim(table) == 0:
        return f"{name} = {table!r}\n"
    array = np.asarray(table, dtype=float)
    if array.size > MOST_WRITTEN_OUT:
        letters = "\n".join(textwrap.wrap(base64.b64encode(array.astype("<f8").tobytes()).decode(), LINE))
        shape = f".reshape{array.shape}" if array.ndim > 1 else ""
        return f'{name} = from_base64("""\n{letters}\n"""){shape}\n'
    items = [repr(item) for item in array.tolist()]
    line = f"{name} = torch.tensor([{', '.join(items)}])\n"
    return line if len(line) <= LINE else f"{name} = torch.tensor(\n    [\n{_wrapped(items)}\n    ]\n)\n"


def _wrapped(items: list[str]) -> str:
    # A short pair or batch stays on one line: what cannot break has no space for the moment.
    whole = (item.replace(" ", "\0") if len(item) < LINE // 2 else item for item in items)
    space = " " * 8
    lines = textwrap.fill(
        ", ".join(whole) + ",",
        LINE,
        initial_indent=space,
        subsequent_indent=space,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines.replace("\0", " ")


def _batches(race: Race, sizes: list[int]) -> str:
    """The samples that each step sees, per batch size, as a dict."""
    if not sizes:
        return ""
    lines = ["\n# Batch size: the samples of each step. Racers of one batch size see the same ones.\nBATCHES = {\n"]
    for size in sizes:
        samples = race.surface.samples or 0
        drawn = batches(samples, size, race.steps, np.asarray(race.batch_seed), race.surface.replacement)
        lines.append(f"    {size}: [\n{_wrapped([repr(batch.tolist()) for batch in drawn])}\n    ],\n")
    return "".join([*lines, "}\n"])


# --- losses --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Loss:
    """`def loss(point)`, the tensors and numbers that it reads, and the classes that it needs."""

    code: str
    tables: Mapping[str, Any] = field(default_factory=dict)
    definitions: tuple[str, ...] = ()


def _loss(race: Race) -> _Loss:
    bare: Surface = race.bare_surface
    surface = bare.inner if isinstance(bare, GallerySurface) else bare
    if type(surface) not in LOSSES:
        allowed = ", ".join(key for key, family in FAMILIES.items() if family in LOSSES)
        _refuse("surface", surface.title, allowed)
    loss = LOSSES[type(surface)](surface)
    code, tables = loss.code, dict(loss.tables)
    if isinstance(bare, GallerySurface):
        # One printable line, which the gallery makes sure of; a comment, because it may hold quotes.
        code = f"# {bare.title}\n{code}"
    if any(racer.batch_size is not None for racer in race.racers):
        tilted = isinstance(race.surface, FiniteSum)
        code += TILTED_BATCH if tilted else BATCH
        if isinstance(race.surface, FiniteSum):
            tables["SLOPES"] = race.surface.slopes
    return _Loss(code, tables, loss.definitions)


BATCH = '''

def batch_loss(point, batch):
    """The mean of some of the samples."""
    return sample_losses(point, batch).mean()
'''

TILTED_BATCH = '''

def batch_loss(point, batch):
    """The mean of some of the samples: each is the loss and a slope of its own, and all slopes add up to 0."""
    return loss(point) + SLOPES[batch].mean(dim=0) @ point
'''

HILLS = '''\
def loss(point):
    """A sum of Gaussian hills and valleys."""
    x, y = point
    heights = WEIGHTS / (2 * math.pi * X_SIGMAS * Y_SIGMAS)
    squares = ((x - X_MEANS) / X_SIGMAS) ** 2 + ((y - Y_MEANS) / Y_SIGMAS) ** 2
    return (heights * torch.exp(-squares / 2)).sum()
'''


def _hills(surface: GaussianHills) -> _Loss:
    names = ("WEIGHTS", "X_MEANS", "Y_MEANS", "X_SIGMAS", "Y_SIGMAS")
    return _Loss(HILLS, dict(zip(names, surface.drawn, strict=True)))


NOISE = '''\
def loss(point):
    """Smooth random heights: a cubic B-spline on a grid that repeats without end."""
    position = (point - LOW) / CELL
    knot = position.detach().floor()
    t = position - knot
    weights = torch.stack([(1 - t) ** 3, (3 * t - 6) * t**2 + 4, ((3 - 3 * t) * t + 3) * t + 1, t**3]) / 6
    columns, rows = ((knot.long() + torch.arange(-1, 3)[:, None]) % len(COEFFICIENTS)).T
    return weights[:, 1] @ COEFFICIENTS[rows][:, columns] @ weights[:, 0]
'''

BOWL = "    return height + BOWL * (((point - CENTRE) / HALF) ** 2).sum()\n"


def _noise(surface: SmoothedNoise) -> _Loss:
    if surface.size > LARGEST_GRID:
        _refuse("size", surface.size, f"size ≤ {LARGEST_GRID}")
    low, high = np.array(surface.domain[::2]), np.array(surface.domain[1::2])
    tables = {"LOW": low, "CELL": (high - low) / surface.size}
    code = NOISE
    if surface.bowl:
        code = NOISE.replace("return weights", "height = weights") + BOWL
        tables |= {"BOWL": surface.bowl, "CENTRE": (high + low) / 2, "HALF": (high - low) / 2}
    return _Loss(code, tables | {"COEFFICIENTS": surface.coefficients})


REGRESSION = '''\
def loss(point):
    """The mean over all samples."""
    return sample_losses(point).mean()


def sample_losses(point, chosen=slice(None)):
    """{title}, for each of the chosen samples."""
    w1, w2 = point
{body}'''

_LINEAR = (
    "½ (w · x − y)²",
    "    error = w1 * FIRST[chosen] + w2 * SECOND[chosen] - TARGETS[chosen]\n    return error**2 / 2\n",
)
REGRESSION_KINDS: dict[str, tuple[str, str]] = {
    "linear": _LINEAR,
    "rare_feature": _LINEAR,
    "logistic": (
        "log(1 + exp(−y w · x))",
        "    score = TARGETS[chosen] * (w1 * FIRST[chosen] + w2 * SECOND[chosen])\n"
        "    return -torch.nn.functional.logsigmoid(score)\n",
    ),
    "network": (
        "½ (w₂ tanh(w₁ x) − y)²",
        "    error = w2 * torch.tanh(w1 * FIRST[chosen]) - TARGETS[chosen]\n    return error**2 / 2\n",
    ),
}


def _regression(surface: Regression) -> _Loss:
    if surface.kind not in REGRESSION_KINDS:
        _refuse("kind", surface.kind, ", ".join(REGRESSION_KINDS))
    title, body = REGRESSION_KINDS[surface.kind]
    features, targets = surface.data
    tables = {"FIRST": features[:, 0], "SECOND": features[:, 1], "TARGETS": targets}
    if "SECOND" not in body:
        del tables["SECOND"]
    return _Loss(REGRESSION.format(title=title, body=body), tables)


def _formula(surface: Formula) -> _Loss:
    root = parse(surface.text).root
    used = {node.kind for node in reachable([root])}
    # Where every step of the formula has a finite slope, nothing needs to be caught.
    pieces, _ = _expression(root)
    if not used & {"x", "y"}:
        pieces = [*pieces, "+ 0 * (x + y)"]
    line = " ".join(pieces)
    if len(line) > LINE - 12:
        line = "(\n        " + "\n        ".join(pieces) + "\n    )"
    kinks = KINKS if used & {"abs", "min", "max"} else ""
    code = f"def loss(point):\n    x, y = point\n{kinks}    return {line}\n"
    definitions = [FINITE_SLOPE] if "finite_slope(" in line else []
    definitions += [FUNCTION_CLASSES[kind] for kind in FUNCTION_CLASSES if kind in used]
    return _Loss(code, {}, tuple(definitions))


LOSSES: dict[type[Surface], Callable[[Any], _Loss]] = {
    GaussianHills: _hills,
    SmoothedNoise: _noise,
    Regression: _regression,
    Formula: _formula,
}
"""Family → how its loss is written. A surface of any other type is refused."""


# --- formulas ------------------------------------------------------------------------------------------------------

SLOPES_ARE_FINITE = frozenset(
    ["number", "x", "y", "+", "-", "*", "**", "sin", "cos", "atan", "tanh", "asinh", "sigmoid", "softplus", "logaddexp"]
) | frozenset(["log_cosh", "erf", "abs", "sign", "heaviside", "floor", "ceil", "round", "min", "max"])
"""Kinds of nodes whose value and slope are finite wherever their arguments are; "**" where it is above 0."""

FINITE_SLOPE = '''\
class FiniteSlope(torch.autograd.Function):
    """Leaves a number as it is; a slope that is not finite counts as 0 from here on, as in optviz: √x at x = 0."""

    @staticmethod
    def forward(context, u):
        return u.clone()

    @staticmethod
    def backward(context, slope):
        return slope.nan_to_num(nan=0.0, posinf=0.0, neginf=0.0)


finite_slope = FiniteSlope.apply
'''

KINKS = "    # Kinks: the slope of |u| at 0 is 0, and where min or max has a tie each side counts half, as in optviz.\n"

FUNCTION_CLASSES: dict[str, str] = {
    "tanh": '''\
class Tanh(torch.autograd.Function):
    """tanh, with a slope that keeps its digits on the plateaus; torch's own is 1 − tanh², which becomes 0 there."""

    @staticmethod
    def forward(context, u):
        context.save_for_backward(u)
        return torch.tanh(u)

    @staticmethod
    def backward(context, slope):
        (u,) = context.saved_tensors
        return slope / torch.cosh(u) ** 2
''',
    "sigmoid": '''\
class Sigmoid(torch.autograd.Function):
    """σ, with a slope that keeps its digits on the plateaus; torch's own is σ (1 − σ), which becomes 0 above."""

    @staticmethod
    def forward(context, u):
        context.save_for_backward(u)
        return torch.sigmoid(u)

    @staticmethod
    def backward(context, slope):
        (u,) = context.saved_tensors
        return slope * torch.sigmoid(u) * torch.sigmoid(-u)
''',
    "log_cosh": '''\
class LogCosh(torch.autograd.Function):
    """log(cosh(u)), finite also where cosh is not."""

    @staticmethod
    def forward(context, u):
        context.save_for_backward(u)
        far = torch.logaddexp(u, -u) - torch.log(torch.tensor(2.0))
        return torch.where(torch.abs(u) < 1, torch.log1p(2 * torch.sinh(u / 2) ** 2), far)

    @staticmethod
    def backward(context, slope):
        (u,) = context.saved_tensors
        return slope * torch.tanh(u)
''',
    "softplus": '''\
def softplus(u):
    """log(1 + exp(u)), with all its digits; torch's own is u itself above 20."""
    return torch.logaddexp(u, torch.tensor(0.0))
''',
    "heaviside": '''\
def heaviside(u):
    """0 below 0, 1 above, and 1/2 at 0; torch's own has no slope."""
    return (torch.sign(u) + 1) / 2
''',
    "x_log_x": '''\
def x_log_x(u):
    """u log(u), which is 0 at u = 0."""
    return torch.xlogy(u, u)
''',
    "cbrt": '''\
class CubeRoot(torch.autograd.Function):
    """The cube root, also of negative numbers; torch has none."""

    @staticmethod
    def forward(context, u):
        root = torch.sign(u) * torch.abs(u) ** (1 / 3)
        context.save_for_backward(root)
        return root

    @staticmethod
    def backward(context, slope):
        (root,) = context.saved_tensors
        return slope / (3 * root**2)
''',
}

TORCH_FUNCTIONS: dict[str, str] = {
    **{name: f"torch.{name}" for name in ("sqrt", "exp", "log", "log2", "log10", "sin", "cos", "tan")},
    **{name: f"torch.{name}" for name in ("asin", "acos", "atan", "atan2", "sinh", "cosh", "abs", "sign")},
    **{name: f"torch.{name}" for name in ("floor", "ceil", "round", "erf", "log1p", "expm1", "hypot", "logaddexp")},
    **{name: f"torch.{name}" for name in ("asinh", "acosh", "atanh")},
    **{name: name for name in ("softplus", "heaviside", "x_log_x")},
    "log_cosh": "LogCosh.apply",
    "mod": "torch.remainder",
    "min": "torch.minimum",
    "max": "torch.maximum",
    "tanh": "Tanh.apply",
    "sigmoid": "Sigmoid.apply",
    "cbrt": "CubeRoot.apply",
}
"""Function of a formula → what is called for it."""

SUM, PRODUCT, POWER, ATOM = range(4)


def _expression(node: Node) -> tuple[list[str], int]:
    """The node as torch code, in pieces that a space or a new line may join, and how tightly its outermost sign binds.

    Only numbers, x, y, signs, brackets and names from `TORCH_FUNCTIONS` come out, whatever was typed.
    """
    match node.kind:
        case "number":
            return [_number(node.number)], ATOM if node.number >= 0 else SUM
        case "x" | "y":
            return [node.kind], ATOM
        case "+" | "-":
            left, right = node.arguments
            pieces = _expression(left)[0]
            pieces = pieces if left.kind in ("+", "-") else [" ".join(pieces)]
            if node.kind == "+" and right.kind == "number" and right.number < 0:
                return [*pieces, f"- {_number(-right.number)}"], SUM
            if node.kind == "+" and _is_negated(right):
                return [*pieces, f"- {_operand(right.arguments[1], PRODUCT)}"], SUM
            return [*pieces, f"{node.kind} {_operand(right, PRODUCT)}"], SUM
        case "*" if _is_negated(node):
            return [f"-{_operand(node.arguments[1], PRODUCT)}"], PRODUCT
        case "*":
            left, right = node.arguments
            pieces, binding = _expression(left)
            # A sign in front needs no brackets: -2 * x is both (-2) * x and -(2 * x).
            if binding < PRODUCT and left.kind != "number":
                pieces = [_operand(left, PRODUCT)]
            return [*pieces, f"* {_operand(right, POWER)}"], PRODUCT
        case "/" if node.arguments[1].kind == "number":
            return [f"{_operand(node.arguments[0], PRODUCT)} / {_operand(node.arguments[1], POWER)}"], PRODUCT
        case "/":
            left, right = node.arguments
            above = _finite_slope(left) if left.varies else _operand(left, PRODUCT)
            return [f"{above} / {_finite_slope(right)}"], PRODUCT
        case "**" if node.number < 0:
            return [_power(_finite_slope(node.arguments[0]), str(int(node.number)))], POWER
        case "**":
            return [_power(_operand(node.arguments[0], ATOM), str(int(node.number)))], POWER
        case "power":
            base, exponent = (
                _finite_slope(argument) if argument.varies else _operand(argument, ATOM) for argument in node.arguments
            )
            return [_power(base, exponent)], POWER
    # A function of torch takes tensors only.
    arguments = [
        f"torch.tensor({argument.number!r})"
        if argument.kind == "number"
        else " ".join(_expression(argument)[0])
        if node.kind in SLOPES_ARE_FINITE
        else _finite_slope(argument)
        for argument in node.arguments
    ]
    return [f"{TORCH_FUNCTIONS[node.kind]}({', '.join(arguments)})"], ATOM


def _finite_slope(node: Node) -> str:
    return f"finite_slope({' '.join(_expression(node)[0])})"


def _is_negated(node: Node) -> bool:
    return node.kind == "*" and node.arguments[0].kind == "number" and node.arguments[0].number == -1


def _operand(node: Node, least: int) -> str:
    pieces, binding = _expression(node)
    text = " ".join(pieces)
    return f"({text})" if binding < least or text.startswith("-") else text


def _power(base: str, exponent: str) -> str:
    # Written as formatters of Python code write it.
    return f"{base} ** {exponent}" if "(" in base + exponent else f"{base}**{exponent}"


def _number(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


# --- optimizers ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Rule:
    """How an optimizer is made, and the class that must be written out for it; "" for those of torch."""

    call: str
    definition: str = ""


def _rule(racer: Racer) -> _Rule:
    key = racer.key
    # A class that nobody registered may have the name of one that is.
    if key not in RULES or OPTIMIZERS.get(key) is not type(racer.optimizer):
        _refuse("optimizer", key, ", ".join(name for name in RULES if name in OPTIMIZERS))
    return RULES[key](racer.optimizer)


def _torch(name: str, **settings: Any) -> _Rule:
    told = ", ".join(f"{setting}={value!r}" for setting, value in settings.items())
    return _Rule(f"lambda point: torch.optim.{name}([point], {told})")


def _own(definition: str, name: str, **settings: Any) -> _Rule:
    told = ", ".join(f"{setting}={value!r}" for setting, value in settings.items())
    return _Rule(f"lambda point: {name}(point, {told})", definition)


def _gradient_descent(optimizer: GradientDescent) -> _Rule:
    return _torch("SGD", lr=optimizer.learning_rate)


def _momentum(optimizer: Momentum) -> _Rule:
    # With a constant learning rate it is the same whether it stands inside the velocity, as in the article, or outside.
    return _torch("SGD", lr=optimizer.learning_rate, momentum=optimizer.momentum)


NESTEROV = '''\
class NesterovOfTheArticle:
    """v ← γ v + η ∇J(θ − γ v), θ ← θ − v. The point is θ; for torch's nesterov=True it is θ − γ v, the point ahead."""

    def __init__(self, point, lr, momentum):
        self.point, self.lr, self.momentum = point, lr, momentum
        self.velocity = torch.zeros(2)

    def step(self, closure):
        here = self.point.detach().clone()
        with torch.no_grad():
            self.point -= self.momentum * self.velocity
        closure()
        self.velocity = self.momentum * self.velocity + self.lr * self.point.grad
        with torch.no_grad():
            self.point.copy_(here - self.velocity)
'''


def _nag(optimizer: NAG) -> _Rule:
    if optimizer.momentum == 0:
        # Nothing to look ahead to, and torch's nesterov=True refuses it.
        return _torch("SGD", lr=optimizer.learning_rate)
    if optimizer.stores_look_ahead:
        return _torch("SGD", lr=optimizer.learning_rate, momentum=optimizer.momentum, nesterov=True)
    return _own(NESTEROV, "NesterovOfTheArticle", lr=optimizer.learning_rate, momentum=optimizer.momentum)


ADAGRAD = '''\
class {name}:
    """G ← G + g², θ ← θ − η g / {formula}, from G = initial_accumulator."""

    def __init__(self, point, lr, eps, initial_accumulator):
        self.point, self.lr, self.eps = point, lr, eps
        self.squares = torch.full((2,), initial_accumulator)

    def step(self, closure):
        closure()
        gradient = self.point.grad
        self.squares = self.squares + gradient**2
{denominator}        with torch.no_grad():
            self.point -= self.lr / denominator * gradient
'''

RMSPROP = '''\
class {name}:
    """E ← ρ E + (1 − ρ) g², θ ← θ − η g / {formula}, from E = initial_accumulator."""

    def __init__(self, point, lr, rho, eps, initial_accumulator):
        self.point, self.lr, self.rho, self.eps = point, lr, rho, eps
        self.squares = torch.full((2,), initial_accumulator)

    def step(self, closure):
        closure()
        gradient = self.point.grad
        self.squares = self.rho * self.squares + (1 - self.rho) * gradient**2
{denominator}        with torch.no_grad():
            self.point -= self.lr / denominator * gradient
'''

DENOMINATORS: dict[str, tuple[str, str]] = {
    "EpsilonInside": ("√({} + ε)", "        denominator = (self.squares + self.eps).sqrt()\n"),
    "EpsilonOutside": ("(√{} + ε)", "        denominator = self.squares.sqrt() + self.eps\n"),
    "WithoutEpsilon": (
        "√{}",
        "        denominator = self.squares.sqrt()\n"
        "        # An axis without any slope so far would divide 0 by 0; it stays where it is.\n"
        "        denominator = torch.where(denominator > 0, denominator, torch.inf)\n",
    ),
}


def _divided(template: str, name: str, letter: str, form: str, **settings: Any) -> _Rule:
    formula, denominator = DENOMINATORS[form]
    definition = template.format(name=name + form, formula=formula.format(letter), denominator=denominator)
    return _own(definition, name + form, **settings)


def _form(optimizer: Adagrad | RMSProp) -> str:
    if optimizer.epsilon == 0:
        return "WithoutEpsilon"
    return "EpsilonInside" if optimizer.epsilon_inside else "EpsilonOutside"


def _adagrad(optimizer: Adagrad) -> _Rule:
    rate, epsilon, accumulator = optimizer.learning_rate, optimizer.epsilon, optimizer.initial_accumulator
    form = _form(optimizer)
    if form == "EpsilonOutside" or (form == "WithoutEpsilon" and accumulator > 0):
        return _torch("Adagrad", lr=rate, initial_accumulator_value=accumulator, eps=epsilon)
    return _divided(ADAGRAD, "Adagrad", "G", form, lr=rate, eps=epsilon, initial_accumulator=accumulator)


def _adadelta(optimizer: Adadelta) -> _Rule:
    return _torch("Adadelta", lr=optimizer.learning_rate, rho=optimizer.rho, eps=optimizer.epsilon)


def _rmsprop(optimizer: RMSProp) -> _Rule:
    rate, rho, epsilon = optimizer.learning_rate, optimizer.rho, optimizer.epsilon
    accumulator = optimizer.initial_accumulator
    form = _form(optimizer)
    if form == "EpsilonOutside" and accumulator == 0:
        return _torch("RMSprop", lr=rate, alpha=rho, eps=epsilon)
    return _divided(RMSPROP, "RMSprop", "E", form, lr=rate, rho=rho, eps=epsilon, initial_accumulator=accumulator)


ADAM = '''\
class {name}:
    """m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², θ ← θ − {formula}.

    m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ); torch.optim.Adam has η m̂ / (√v̂ + ε).
    """

    def __init__(self, point, lr, betas, eps):
        self.point, self.lr, self.eps = point, lr, eps
        self.beta1, self.beta2 = betas
        self.mean, self.squares, self.time = torch.zeros(2), torch.zeros(2), 0

    def step(self, closure):
        closure()
        gradient = self.point.grad
        self.time += 1
        self.mean = self.beta1 * self.mean + (1 - self.beta1) * gradient
        self.squares = self.beta2 * self.squares + (1 - self.beta2) * gradient**2
        mean = self.mean / (1 - self.beta1**self.time)
        correction = 1 - self.beta2**self.time
        denominator = {denominator}
        with torch.no_grad():
            self.point -= self.lr / denominator * mean
'''

# Is ε inside the root, is it added before the correction → name, formula, code.
ADAM_FORMS: dict[tuple[bool, bool], tuple[str, str, str]] = {
    (True, False): ("AdamEpsilonInside", "η m̂ / √(v̂ + ε)", "(self.squares / correction + self.eps).sqrt()"),
    (False, True): (
        "AdamEpsilonBeforeCorrection",
        "η √(1 − β₂ᵗ) m̂ / (√v + ε)",
        "(self.squares.sqrt() + self.eps) / correction**0.5",
    ),
    (True, True): (
        "AdamEpsilonInsideBeforeCorrection",
        "η √(1 − β₂ᵗ) m̂ / √(v + ε)",
        "(self.squares + self.eps).sqrt() / correction**0.5",
    ),
}


def _adam(optimizer: Adam) -> _Rule:
    rate, betas, epsilon = optimizer.learning_rate, (optimizer.beta1, optimizer.beta2), optimizer.epsilon
    place = (optimizer.epsilon_inside, optimizer.epsilon_before_correction)
    if place not in ADAM_FORMS:
        return _torch("Adam", lr=rate, betas=betas, eps=epsilon)
    name, formula, denominator = ADAM_FORMS[place]
    definition = ADAM.format(name=name, formula=formula, denominator=denominator)
    return _own(definition, name, lr=rate, betas=betas, eps=epsilon)


RULES: dict[str, Callable[[Any], _Rule]] = {
    "gradient_descent": _gradient_descent,
    "momentum": _momentum,
    "nag": _nag,
    "adagrad": _adagrad,
    "adadelta": _adadelta,
    "rmsprop": _rmsprop,
    "adam": _adam,
}
"""Key in `OPTIMIZERS` → how it is written. An optimizer without a row is refused."""
