"""The text of a formula that a stranger typed: read character by character into a tree, or refused in one sentence.

The way of a text: characters → plain characters (`plain`) → tokens (`tokens`) → tree, over a `Vocabulary`. What people
write without a sign (2x, x(y+1), |x|, sin^2(x), 0,5) is read where it has one meaning; where it has two, the sentence
says so and names the column. Nothing is evaluated, and nothing takes longer than a few milliseconds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from optviz.formula.functions import FOLDING, FUNCTIONS, WRITTEN
from optviz.formula.plain import CHARACTERS, EXAMPLE, SUPERSCRIPTS, Source, plain
from optviz.formula.tokens import Token, tokens
from optviz.formula.vocabulary import LOSS, Vocabulary

MOST_CHARACTERS = 1000
"""Spaces do not count."""

MOST_TYPED = 2000
"""With spaces: what a field takes, so that the limit above is told in a sentence and nothing is cut off."""

MOST_NESTED = 30
MOST_LEVELS = 150


@dataclass(frozen=True)
class Tree:
    """A formula as it was typed: "number", "variable", "constant", "negative", "sum", "product", "power" or "call".

    `name` is that of a variable, constant or function; `signs` are "+" and "-" of a sum, "*" and "/" of a product, one
    before each argument. `start` and `end` are places in the plain text.
    """

    kind: str
    start: int
    end: int
    arguments: tuple[Tree, ...] = ()
    name: str = ""
    number: float = 0.0
    signs: str = ""


def read(typed: str, vocabulary: Vocabulary = LOSS) -> tuple[Source, Tree]:
    """The tree of a text that is neither empty nor too long. Raises BadInput."""
    source = plain(typed, vocabulary)
    return source, _Parser(source, vocabulary).whole()


CLOSING = {"(": ")", "[": "]", "{": "}", "|": "|"}
VALUES = ("number", "variable", "constant", "function", "(", "{", "[", "|", "\\frac", "\\sqrt", "√", "∛")
NEVER = (".", "//", "_", "\\")
ROOTS = {"√": "sqrt", "∛": "cbrt"}


class _Parser:
    """Reads sums of products of powers. Recursion follows brackets, powers and signs in front, which are bounded."""

    def __init__(self, source: Source, vocabulary: Vocabulary) -> None:
        self.source = source
        self.vocabulary = vocabulary
        self.tokens = tokens(source.plain, vocabulary)
        self.index = 0
        self.levels = 0
        # What is open: "(" for brackets, "|" for bars, the name of a function for its arguments.
        self.open: list[str] = []
        self.decimal_comma = False
        self.doubtful_comma: Token | None = None
        self.style: dict[str, Token] = {}

    def whole(self) -> Tree:
        for token in self.tokens:
            if token.kind == "unknown":
                self.refuse("formula_name", token, self.vocabulary.allowed)
            if token.kind in NEVER:
                self.refuse("formula_syntax", token, EXAMPLE)
            if token.kind == "variable":
                self.style.setdefault("index" if token.text[-1].isdigit() else "letter", token)
        if len(self.style) == 2 and self.vocabulary.one_style:
            later = max(self.style.values(), key=lambda token: token.start)
            self.refuse("formula_variables", later, self.vocabulary.one_style)
        tree = self.sum()
        if self.token.kind != "end":
            self.refuse("formula_syntax", self.token, EXAMPLE)
        if self.decimal_comma and self.doubtful_comma:
            self.refuse("formula_comma", self.doubtful_comma, "0.5")
        return tree

    @property
    def token(self) -> Token:
        return self.after(0)

    def after(self, count: int) -> Token:
        place = self.index + count
        length = len(self.source.plain)
        return self.tokens[place] if place < len(self.tokens) else Token("end", "", length, length)

    def take(self) -> Token:
        token = self.token
        self.index += 1
        return token

    def refuse(self, key: str, token: Token, allowed: object) -> NoReturn:
        if token.kind == "end":
            # What is missing is missing after the last character.
            token = self.tokens[-1]
        self.source.refuse(key, token.start, token.end, allowed)

    def deeper(self, token: Token) -> None:
        self.levels += 1
        if self.levels > MOST_LEVELS:
            self.refuse("formula_depth", token, MOST_LEVELS)

    def sum(self) -> Tree:
        terms, signs = [self.product()], "+"
        while self.token.kind in ("+", "-"):
            signs += self.take().kind
            terms.append(self.product())
        if len(terms) == 1:
            return terms[0]
        return Tree("sum", terms[0].start, terms[-1].end, tuple(terms), signs=signs)

    def product(self) -> Tree:
        factors, signs = [self.signed()], "*"
        while True:
            if self.token.kind in ("*", "/"):
                sign = self.take()
                signs += sign.kind
                if signs.count("/") > MOST_LEVELS:
                    self.refuse("formula_depth", sign, MOST_LEVELS)
                factors.append(self.signed())
            elif self.token.kind in VALUES and not (self.token.kind == "|" and self.open and self.open[-1] == "|"):
                self.check_without_sign(factors[-1], signs[-1])
                signs += "*"
                factors.append(self.power())
            else:
                break
        if len(factors) == 1:
            return factors[0]
        return Tree("product", factors[0].start, factors[-1].end, tuple(factors), signs=signs)

    def check_without_sign(self, left: Tree, sign: str) -> None:
        """Whether a value that follows another without a sign can only be meant as a product."""
        token, before = self.token, self.tokens[self.index - 1]
        if token.kind == "number":
            self.refuse("formula_missing_times", token, CHARACTERS)
        # |x|y|z| is |x|·y·|z|, or |x·|y|·z|.
        if before.kind == "|" and token.kind != "|" and any(later.kind == "|" for later in self.tokens[self.index :]):
            self.refuse("formula_bars", token, "abs(x)")
        if token.kind == "[" and before.kind in ("variable", "constant", "number"):
            self.refuse("formula_syntax", token, EXAMPLE)
        if sign == "/" and before.kind not in (")", "}", "]"):
            self.refuse("formula_ambiguous", token, "1/(2*x), (1/2)*x")
        if sign == "/":
            self.refuse("formula_ambiguous", token, "1/((x)*y), (1/(x))*y")
        # A root without brackets, and a power such as e^2x or 2^xy: how far do they reach?
        last = left.arguments[-1] if left.kind == "power" else left
        if before.kind in (")", "}", "]", "|"):
            return
        if left.kind == "power" and (last.kind != "number" or left.arguments[0].kind in ("number", "constant")):
            self.refuse("formula_ambiguous", token, "e^(2*x), e^2*x")
        if left.kind == "call":
            self.refuse("formula_ambiguous", token, "√(2*x), √(2)*x")

    def signed(self) -> Tree:
        if self.token.kind not in ("+", "-"):
            return self.power()
        sign = self.take()
        self.deeper(sign)
        inner = self.signed()
        self.levels -= 1
        return Tree("negative", sign.start, inner.end, (inner,)) if sign.kind == "-" else inner

    def power(self) -> Tree:
        first = self.token
        base = self.value()
        if self.token.kind != "^":
            return base
        sign = self.take()
        if first.kind in ROOTS and base.kind == "call" and self.tokens[self.index - 2].kind != ")":
            self.refuse("formula_ambiguous", sign, "√(x^2), √(x)^2")
        self.deeper(sign)
        raised = self.source.typed[self.source.columns[sign.start] - 1] in SUPERSCRIPTS
        exponent = self.signed()
        if raised and exponent.kind == "power":
            # x²^3 is neither x^(2^3) nor (x^2)^3 for certain.
            second = next(token for token in self.tokens if token.start >= exponent.arguments[0].end)
            self.refuse("formula_ambiguous", second, "(x^2)^3, x^(2^3)")
        self.levels -= 1
        return Tree("power", base.start, exponent.end, (base, exponent))

    def value(self) -> Tree:
        token = self.take()
        match token.kind:
            case "number":
                return self.number(token)
            case "variable":
                return Tree("variable", token.start, token.end, name=self.vocabulary.variables[token.text])
            case "constant":
                return Tree("constant", token.start, token.end, name=token.text)
            case "function":
                return self.call(token)
            case "(" | "{" | "[":
                inner = self.enclosed(token, "(")
                return Tree(**{**vars(inner), "start": token.start, "end": self.tokens[self.index - 1].end})
            case "|":
                inner = self.enclosed(token, "|")
                return Tree("call", token.start, self.tokens[self.index - 1].end, (inner,), "abs")
            case "\\frac":
                above, below = self.group(token), self.group(token)
                return Tree("product", token.start, self.tokens[self.index - 1].end, (above, below), signs="*/")
            case "\\sqrt":
                return self.root(token)
            case "√" | "∛":
                return self.sign_of_root(token)
        self.index -= 1
        if token.kind == "end" and self.index:
            last = self.tokens[self.index - 1]
            self.refuse_open() if last.kind in ("(", "{", "[", "|") else self.refuse("formula_syntax", last, EXAMPLE)
        self.refuse("formula_syntax", token, EXAMPLE)

    def number(self, token: Token) -> Tree:
        comma, decimals = self.token, self.after(1)
        adjacent = comma.kind == "," and decimals.kind == "number" and token.end == comma.start
        if adjacent and comma.end == decimals.start and token.text.isdigit() and decimals.text[0].isdigit():
            if self.open and self.open[-1] in SEVERAL:
                self.doubtful_comma = self.doubtful_comma or comma
            else:
                digits = re.match(r"\d+", decimals.text)
                thousands = digits and len(digits[0]) == 3 and token.text.strip("0")
                if "." in decimals.text or thousands:
                    self.refuse("formula_comma", comma, "0.5")
                self.decimal_comma = True
                self.index += 2
                return Tree("number", token.start, decimals.end, number=float(f"{token.text}.{decimals.text}"))
        return Tree("number", token.start, token.end, number=float(token.text))

    def call(self, function: Token) -> Tree:
        name = function.text
        power = self.token.kind == "^" and self.after(1).kind == "number" and self.after(2).kind in ("(", "{", "[")
        exponent: Tree | None = None
        if power and name not in SEVERAL and self.after(1).text.isdigit():
            # sin^2(x) is the square of sin(x).
            self.take()
            exponent = self.number(self.take())
        if self.token.kind not in ("(", "{", "["):
            self.refuse("formula_call", function, signature(name))
        bracket = self.take()
        arguments = [self.enclosed(bracket, name)]
        while self.tokens[self.index - 1].kind == ",":
            arguments.append(self.enclosed(bracket, name))
        end = self.tokens[self.index - 1].end
        least, most = ARGUMENTS[name]
        if not least <= len(arguments) <= most:
            self.source.refuse("formula_arguments", function.start, end, signature(name))
        tree = Tree("call", function.start, end, tuple(arguments), name)
        return Tree("power", function.start, end, (tree, exponent)) if exponent else tree

    def enclosed(self, bracket: Token, what: str) -> Tree:
        """The expression up to the closing bracket, which is taken too; between arguments up to the comma."""
        self.open.append(what)
        self.levels += 1
        if len(self.open) > MOST_NESTED:
            self.refuse("formula_depth", bracket, MOST_NESTED)
        if self.token.kind == "end":
            self.refuse("formula_bracket", bracket, CLOSING[bracket.kind])
        inner = self.sum()
        if self.token.kind == "end":
            self.refuse("formula_bracket", bracket, CLOSING[bracket.kind])
        separates = self.token.kind == "," and what in ARGUMENTS
        if self.token.kind != CLOSING[bracket.kind] and not separates:
            self.refuse("formula_syntax", self.token, EXAMPLE)
        self.take()
        self.levels -= 1
        self.open.pop()
        return inner

    def refuse_open(self) -> NoReturn:
        last = self.tokens[-1]
        self.refuse("formula_bracket", last, CLOSING[last.kind])

    def group(self, command: Token) -> Tree:
        if self.token.kind != "{":
            self.refuse("formula_call", command, r"\frac{x}{y}")
        return self.enclosed(self.take(), "(")

    def root(self, command: Token) -> Tree:
        degree = 2.0
        if self.token.kind == "[":
            if self.after(1).kind != "number" or self.after(2).kind != "]" or float(self.after(1).text) == 0:
                self.refuse("formula_call", command, r"\sqrt[3]{x}")
            degree = float(self.after(1).text)
            self.index += 3
        if self.token.kind not in ("{", "("):
            self.refuse("formula_call", command, r"\sqrt{x}")
        inner = self.enclosed(self.take(), "(")
        end = self.tokens[self.index - 1].end
        if degree in (2, 3):
            return Tree("call", command.start, end, (inner,), "sqrt" if degree == 2 else "cbrt")
        one, below = (Tree("number", command.start, end, number=number) for number in (1.0, degree))
        fraction = Tree("product", command.start, end, (one, below), signs="*/")
        return Tree("power", command.start, end, (inner, fraction))

    def sign_of_root(self, sign: Token) -> Tree:
        if self.token.kind in ("(", "{", "["):
            inner = self.enclosed(self.take(), "(")
        elif self.token.kind in ("number", "variable", "constant"):
            inner = self.value()
        else:
            self.refuse("formula_call", sign, "√(x)")
        return Tree("call", sign.start, self.tokens[self.index - 1].end, (inner,), ROOTS[sign.kind])


ARGUMENTS: dict[str, tuple[int, int]] = {
    **{name: (len(function.slopes), len(function.slopes)) for name, function in FUNCTIONS.items()},
    **dict.fromkeys(FOLDING, (2, MOST_CHARACTERS)),
    **{name: (written.arguments, written.arguments) for name, written in WRITTEN.items()},
}
"""Function → fewest and most arguments."""

SEVERAL = frozenset(name for name, (_, most) in ARGUMENTS.items() if most > 1)


def signature(name: str) -> str:
    """How a function is called, for the sentence that says so."""
    if name in FOLDING:
        return f"{name}(x, y, …)"
    if name == "atan2":
        return "atan2(y, x)"
    return f"{name}({', '.join('xyz'[: ARGUMENTS[name][0]])})"
