"""What the symbols of a rule stand for, and what they were at every step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from optviz.bad_input import BadInput
from optviz.formula.functions import FUNCTIONS
from optviz.formula.rule import (
    Brackets,
    Fraction,
    Function,
    Gradient,
    Line,
    Name,
    Node,
    Number,
    Power,
    Product,
    Root,
    Sum,
    every,
    read_line,
    written,
)
from optviz.formula.summands import POINT, Displacement, Expansion
from optviz.ledger.entries import Symbol
from optviz.ledger.running import Record
from optviz.parameter import array_of_numbers

TIME, TIME_FROM_ZERO = "t", "i"
"""The number of the step, and how many were before it; exponents of a rule."""


REMEMBERED = ("moment", "update", "point", "gradient")
"""The kinds of terms that a step is a multiple of: of these are its displacements."""


class Book:
    """The rule of a record with the values of its symbols.

    points (steps + 1, 2): where the steps lead. kept (steps + 1,), bool: where the run has not diverged; elsewhere
    values are NaN. before: the terms that a step starts from, where they are not those that the step before left.

    values: symbol → (steps + 1, 2) or (steps + 1,), float64; terms: the same by the names of the state.
    """

    def __init__(
        self, record: Record, points: np.ndarray, kept: np.ndarray, before: Mapping[str, np.ndarray] | None = None
    ) -> None:
        self.record, self.kept = record, kept
        self.optimizer = record.optimizers[-1]
        self.terms = {name: array for name in self.optimizer.terms if (array := self._term(name)) is not None}
        self.before_terms = self.terms if before is None else before
        self.trees = [_tree(line) for line in self.optimizer.rule]
        self.expansion = Expansion([tree for tree in self.trees if tree is not None], self._remembers)
        self.values: dict[str, np.ndarray] = {POINT: points, TIME: np.arange(len(points), dtype=float)}
        self.known: dict[str, Symbol] = {
            POINT: Symbol(POINT, "point", "point"),
            TIME: Symbol(TIME, "count", "step"),
        }
        self.values[TIME_FROM_ZERO] = self.values[TIME] - 1
        self._name_fields()
        self._name_terms()
        self._name_gradients()

    # --- what symbols stand for

    def _term(self, name: str) -> np.ndarray | None:
        """The term after each step; NaN where a state has none. None where it never is a number, or one an axis."""
        found = [array_of_numbers(getattr(state, name, np.nan)) for state in self.record.states]
        shapes = {array.shape for array in found if array is not None}
        if not shapes or shapes - {(), (2,)}:
            return None
        shape = max(shapes, key=len)
        if len(shapes) == 1 and all(array is not None for array in found):
            stacked = np.array(found, dtype=float)
            stacked[~self.kept] = np.nan
            return None if np.isnan(stacked).all() and self.kept[1:].any() else stacked
        rows = [np.full(shape, np.nan) if array is None else np.broadcast_to(array, shape) for array in found]
        stacked = np.array(rows)
        stacked[~self.kept] = np.nan
        return None if np.isnan(stacked).all() and self.kept[1:].any() else stacked

    def _name_fields(self) -> None:
        for name, parameter in self.optimizer.hyperparameters().items():
            settings = [getattr(optimizer, name) for optimizer in self.record.optimizers]
            if parameter.symbol and not isinstance(settings[0], bool) and np.ndim(settings[0]) == 0:
                self.known[parameter.symbol] = Symbol(parameter.symbol, "field", name)
                # Row 0 is no step.
                self.values[parameter.symbol] = np.array([settings[-1], *settings[1:]], dtype=float)

    def _name_terms(self) -> None:
        for name, term in self.optimizer.terms.items():
            if term.symbol and name in self.terms:
                self.known[term.symbol] = Symbol(term.symbol, term.kind, name)
                self.values[term.symbol] = self.terms[name]

    def _name_gradients(self) -> None:
        """∇J(…) is what the step was told, or the one gradient that its state says there was."""
        nodes = (node for line in self.expansion.lines for node in every(line) if isinstance(node, Gradient))
        texts = list(dict.fromkeys(written(node) for node in nodes))
        declared = [
            name for name, term in self.optimizer.terms.items() if term.kind == "gradient" and name in self.terms
        ]
        asked = self._asked(len(texts))
        for place, text in enumerate(texts):
            self.known[text] = Symbol(text, "gradient", "gradient")
            if asked is not None:
                self.values[text] = asked[place][1]
            elif len(texts) == 1 and declared:
                self.values[text] = self.terms[declared[0]]
            else:
                del self.known[text]
        self.asked_text = texts[0][len("∇J(") : -1] if len(texts) == 1 else ""

    def _asked(self, times: int) -> list[tuple[np.ndarray, np.ndarray]] | None:
        """Of each of the questions of a step the points and the gradients; None where it did not ask so many times."""
        said = self.record.said[1:]
        if not times or any(len(answers) != times for answers in said):
            return None
        nothing = np.full((1, 2), np.nan)
        found = []
        for place in range(times):
            columns = [np.concatenate([nothing, [answers[place][side] for answers in said]]) for side in (0, 1)]
            for column in columns:
                column[~self.kept] = np.nan
            found.append((columns[0], columns[1]))
        return found

    def asked(self, points: np.ndarray) -> np.ndarray | None:
        """Where the one gradient of each step was asked, (steps + 1, 2); None where that is always θ."""
        told = [name for name, term in self.optimizer.terms.items() if term.kind == "point" and name in self.terms]
        one = self._asked(1)
        at = one[0][0] if one else self.terms[told[0]] if told else None
        return None if at is None or np.array_equal(at[1:][self.kept[1:]], points[:-1][self.kept[1:]]) else at

    @property
    def gradient(self) -> np.ndarray | None:
        """The one gradient that each step was made from, (steps + 1, 2); None where it was not one."""
        told = [name for name, term in self.optimizer.terms.items() if term.kind == "gradient" and name in self.terms]
        one = self._asked(1)
        return one[0][1] if one else self.terms[told[0]] if told else None

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """Those that the rule has and that have values, in its order."""
        texts = dict.fromkeys(
            written(node) if isinstance(node, Gradient) else node.symbol
            for line in self.expansion.lines
            for node in every(line)
            if isinstance(node, Gradient | Name)
        )
        return tuple(self.known[text] for text in texts if text in self.known)

    def _remembers(self, symbol: str) -> bool:
        """What a step can be a multiple of: no setting, and none of what learning rates are made of."""
        known = self.known.get(symbol)
        changes = any(line.target is not None and line.target.symbol == symbol for line in self.expansion.lines)
        return known.kind in REMEMBERED if known else changes

    def is_before(self, node: Name) -> bool:
        """Whether at its place in the rule a symbol still has the value that it had before the step."""
        place = self.expansion.line_of[node]
        targets = [line.target for line in self.expansion.lines]
        if node is targets[place]:
            return False
        symbols = [target.symbol if target else "" for target in targets]
        return node.symbol in symbols[place:] and node.symbol not in symbols[:place]

    # --- values

    def value(self, node: Node) -> np.ndarray:
        """Of every step, (steps + 1, 2) or (steps + 1, 1), NaN or infinite where it is not defined.

        Raises LookupError for what has no value.
        """
        match node:
            case Number(text):
                return np.full((len(self.kept), 1), float(text))
            case Name(symbol):
                if self.is_before(node):
                    return self._before(symbol)
                return _column(self.values[symbol])
            case Gradient():
                return _column(self.values[written(node)])
            case Brackets(inner) | Root(Brackets(inner)):
                found = self.value(inner)
                return np.sqrt(found) if isinstance(node, Root) else found
            case Root(inner):
                return np.sqrt(self.value(inner))
            case Function(name, argument) if len(FUNCTIONS[name].slopes) == 1:
                return np.asarray(FUNCTIONS[name].value(self.value(argument)))
            case Power(base, exponent):
                raised = _column(self.values[exponent]) if exponent.isalpha() else float(exponent)
                return np.asarray(self.value(base) ** raised)
            case Product(factors):
                return np.asarray(_product([self.value(factor) for factor in factors]))
            case Fraction(over, under):
                return _divided(self.value(over), self.value(under))
            case Sum(signs, terms):
                return np.asarray(
                    sum(
                        -self.value(term) if sign == "−" else self.value(term)
                        for sign, term in zip(signs, terms, strict=True)
                    )
                )
        raise LookupError(type(node).__name__)

    def _before(self, symbol: str) -> np.ndarray:
        known = self.known[symbol]
        column = _column(self.values[symbol] if symbol == POINT else self.before_terms[known.name])
        return np.concatenate([np.full_like(column[:1], np.nan), column[:-1]])

    def value_of(self, found: Displacement) -> np.ndarray:
        """The displacement of every step, (steps + 1, 2). Raises LookupError where a part of it has no value."""
        total = np.zeros((len(self.kept), 2))
        for summand in found.summands:
            value = _product([self.value(factor) for factor in summand.factors])
            for divisor in summand.divisors:
                value = _divided(value, self.value(divisor))
            total = total - value if summand.negative else total + value
        return total


def _tree(line: str) -> Line | None:
    try:
        return read_line(line)
    except BadInput:
        return None


def _column(values: np.ndarray) -> np.ndarray:
    return values[:, None] if values.ndim == 1 else values


def _product(factors: Sequence[np.ndarray]) -> np.ndarray:
    product = factors[0]
    for factor in factors[1:]:
        product = product * factor
    return product


def _divided(over: np.ndarray, under: np.ndarray) -> np.ndarray:
    # As in the optimizers: along an axis whose gradient has always been 0 there is no step.
    return np.where((over == 0) & (under == 0), 0.0, over / under)
