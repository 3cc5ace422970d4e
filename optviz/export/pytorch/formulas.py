"""Formulas as PyTorch code."""

from __future__ import annotations

from optviz.export.pytorch.code import LINE, Loss
from optviz.formula.meaning import parse
from optviz.formula.nodes import Node, reachable
from optviz.surface import Formula

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
            return [_literal(node.number)], ATOM if node.number >= 0 else SUM
        case "x" | "y":
            return [node.kind], ATOM
        case "+" | "-":
            left, right = node.arguments
            pieces = _expression(left)[0]
            pieces = pieces if left.kind in ("+", "-") else [" ".join(pieces)]
            if node.kind == "+" and right.kind == "number" and right.number < 0:
                return [*pieces, f"- {_literal(-right.number)}"], SUM
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


def _literal(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def formula_loss(surface: Formula) -> Loss:
    """The loss of a formula, as it was typed."""
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
    return Loss(code, {}, tuple(definitions))
