"""The rules of optimizers as PyTorch code: one of `torch.optim` where it is exactly that, else written out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from optviz.export.pytorch.code import Rule, refuse
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


def rule_of(racer: Racer) -> Rule:
    """How the racer's optimizer is written. Raises BadInput for one without a row in `RULES`,
    and for a setting of the racer's own."""
    for name, value in racer.changed_settings.items():
        refuse(name, value, str(getattr(Racer, name)))
    key = racer.key
    # A class that nobody registered may have the name of one that is.
    if key not in RULES or OPTIMIZERS.get(key) is not type(racer.optimizer):
        refuse("optimizer", key, ", ".join(name for name in RULES if name in OPTIMIZERS))
    return RULES[key](racer.optimizer)


def _torch(name: str, **settings: Any) -> Rule:
    arguments = ", ".join(f"{setting}={value!r}" for setting, value in settings.items())
    return Rule(f"lambda point: torch.optim.{name}([point], {arguments})")


def _own(definition: str, name: str, **settings: Any) -> Rule:
    arguments = ", ".join(f"{setting}={value!r}" for setting, value in settings.items())
    return Rule(f"lambda point: {name}(point, {arguments})", definition)


def _gradient_descent(optimizer: GradientDescent) -> Rule:
    return _torch("SGD", lr=optimizer.learning_rate)


def _momentum(optimizer: Momentum) -> Rule:
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


def _nag(optimizer: NAG) -> Rule:
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


def _divided(template: str, name: str, letter: str, form: str, **settings: Any) -> Rule:
    formula, denominator = DENOMINATORS[form]
    definition = template.format(name=name + form, formula=formula.format(letter), denominator=denominator)
    return _own(definition, name + form, **settings)


def _form(optimizer: Adagrad | RMSProp) -> str:
    if optimizer.epsilon == 0:
        return "WithoutEpsilon"
    return "EpsilonInside" if optimizer.epsilon_inside else "EpsilonOutside"


def _adagrad(optimizer: Adagrad) -> Rule:
    rate, epsilon, accumulator = optimizer.learning_rate, optimizer.epsilon, optimizer.initial_accumulator
    form = _form(optimizer)
    if form == "EpsilonOutside" or (form == "WithoutEpsilon" and accumulator > 0):
        return _torch("Adagrad", lr=rate, initial_accumulator_value=accumulator, eps=epsilon)
    return _divided(ADAGRAD, "Adagrad", "G", form, lr=rate, eps=epsilon, initial_accumulator=accumulator)


def _adadelta(optimizer: Adadelta) -> Rule:
    return _torch("Adadelta", lr=optimizer.learning_rate, rho=optimizer.rho, eps=optimizer.epsilon)


def _rmsprop(optimizer: RMSProp) -> Rule:
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

ADAM_UNCORRECTED = '''\
class {name}:
    """m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², θ ← θ − {formula}.

    torch.optim.Adam corrects both averages for starting at 0.
    """

    def __init__(self, point, lr, betas, eps):
        self.point, self.lr, self.eps = point, lr, eps
        self.beta1, self.beta2 = betas
        self.mean, self.squares = torch.zeros(2), torch.zeros(2)

    def step(self, closure):
        closure()
        gradient = self.point.grad
        self.mean = self.beta1 * self.mean + (1 - self.beta1) * gradient
        self.squares = self.beta2 * self.squares + (1 - self.beta2) * gradient**2
        denominator = {denominator}
        with torch.no_grad():
            self.point -= self.lr / denominator * self.mean
'''

# Is ε inside the root → name, formula, code.
UNCORRECTED_FORMS: dict[bool, tuple[str, str, str]] = {
    True: ("AdamUncorrectedEpsilonInside", "η m / √(v + ε)", "(self.squares + self.eps).sqrt()"),
    False: ("AdamUncorrected", "η m / (√v + ε)", "self.squares.sqrt() + self.eps"),
}

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


def _adam(optimizer: Adam) -> Rule:
    rate, betas, epsilon = optimizer.learning_rate, (optimizer.beta1, optimizer.beta2), optimizer.epsilon
    if optimizer.bias_correction:
        template, form = ADAM, ADAM_FORMS.get((optimizer.epsilon_inside, optimizer.epsilon_before_correction))
    else:
        template, form = ADAM_UNCORRECTED, UNCORRECTED_FORMS[optimizer.epsilon_inside]
    if form is None:
        return _torch("Adam", lr=rate, betas=betas, eps=epsilon)
    name, formula, denominator = form
    definition = template.format(name=name, formula=formula, denominator=denominator)
    return _own(definition, name, lr=rate, betas=betas, eps=epsilon)


RULES: dict[str, Callable[[Any], Rule]] = {
    "gradient_descent": _gradient_descent,
    "momentum": _momentum,
    "nag": _nag,
    "adagrad": _adagrad,
    "adadelta": _adadelta,
    "rmsprop": _rmsprop,
    "adam": _adam,
}
"""Key in `OPTIMIZERS` → how it is written. An optimizer without a row is refused."""
