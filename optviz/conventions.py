"""Where the article, PyTorch and TensorFlow 1 differ: one table of field values, no branch by name.

The article's formulas are the defaults of the dataclasses, except where a cell below says so. PyTorch's are those of
`torch.optim` 2.x, TensorFlow's those of `tf.compat.v1.train`, with which the article's author drew the figures
(learning rate 0.1 for every method, Adadelta's included).
"""

from __future__ import annotations

from typing import Any

from optviz.bad_input import BadInput
from optviz.optimizers import NAMED_OPTIMIZERS, OPTIMIZERS, Optimizer

CONVENTIONS: dict[str, dict[str, dict[str, Any]]] = {
    "article": {
        "gradient_descent": {},
        "momentum": {"momentum": 0.9, "learning_rate_in_velocity": True},
        "nag": {"momentum": 0.9, "stores_look_ahead": False},
        "adagrad": {"epsilon": 1e-8, "epsilon_inside": True, "initial_accumulator": 0.0},
        "adadelta": {"learning_rate": 1.0, "rho": 0.9, "epsilon": 1e-8},
        "rmsprop": {"rho": 0.9, "epsilon": 1e-8, "epsilon_inside": True, "initial_accumulator": 0.0},
        "adam": {"epsilon": 1e-8, "epsilon_inside": True, "epsilon_before_correction": False},
    },
    "pytorch": {
        "gradient_descent": {},
        "momentum": {"momentum": 0.9, "learning_rate_in_velocity": False},
        "nag": {"momentum": 0.9, "stores_look_ahead": True},
        "adagrad": {"epsilon": 1e-10, "epsilon_inside": False, "initial_accumulator": 0.0},
        "adadelta": {"learning_rate": 1.0, "rho": 0.9, "epsilon": 1e-6},
        "rmsprop": {"rho": 0.99, "epsilon": 1e-8, "epsilon_inside": False, "initial_accumulator": 0.0},
        "adam": {"epsilon": 1e-8, "epsilon_inside": False, "epsilon_before_correction": False},
    },
    "tensorflow1": {
        "gradient_descent": {},
        "momentum": {"momentum": 0.9, "learning_rate_in_velocity": False},
        "nag": {"momentum": 0.9, "stores_look_ahead": True},
        "adagrad": {"epsilon": 0.0, "epsilon_inside": True, "initial_accumulator": 0.1},
        "adadelta": {"learning_rate": 0.1, "rho": 0.95, "epsilon": 1e-8},
        "rmsprop": {"rho": 0.9, "epsilon": 1e-10, "epsilon_inside": True, "initial_accumulator": 1.0},
        "adam": {"epsilon": 1e-8, "epsilon_inside": False, "epsilon_before_correction": True},
    },
}
DEFAULT_CONVENTION = "article"


def check_convention(convention: Any) -> str:
    """The key of a convention. Raises BadInput for anything else."""
    if not isinstance(convention, str) or convention not in CONVENTIONS:
        raise BadInput("unknown_choice", name="convention", value=convention, allowed=", ".join(CONVENTIONS))
    return convention


def with_convention(optimizer: str, convention: str = DEFAULT_CONVENTION, **hyperparameters: Any) -> Optimizer:
    """An optimizer in a source's form and with its defaults: `with_convention("adam", "pytorch", learning_rate=0.1)`.

    Named hyperparameters win over the convention's. Raises BadInput for an unknown optimizer, convention or field, or
    a value outside its valid range.
    """
    check_convention(convention)
    if optimizer not in NAMED_OPTIMIZERS:
        raise BadInput("unknown_choice", name="optimizer", value=optimizer, allowed=", ".join(OPTIMIZERS))
    known = NAMED_OPTIMIZERS[optimizer].hyperparameters()
    for name in hyperparameters:
        if name not in known:
            raise BadInput("unknown_field", name=optimizer, value=name, allowed=", ".join(known))
    return NAMED_OPTIMIZERS[optimizer](**{**CONVENTIONS[convention].get(optimizer, {}), **hyperparameters})
