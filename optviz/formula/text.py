"""The text of a formula that a stranger typed: read character by character into a tree, or refused in one sentence.

The way of a text: characters → plain characters, LaTeX and Unicode spelled out → tokens → tree. What people write
without a sign (2x, x(y+1), |x|, sin^2(x), 0,5) is read where it has one meaning; where it has two, the sentence says
so and names the column. Nothing is evaluated, and nothing takes longer than a few milliseconds.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import NoReturn

from optviz.bad_input import BadInput
from optviz.formula.functions import CONSTANTS, FOLDING, FUNCTIONS, SAME_FUNCTION, WRITTEN

MOST_CHARACTERS = 1000
"""Spaces do not count."""

MOST_TYPED = 2000
"""With spaces: what a field takes, so that the limit above is told in a sentence and nothing is cut off."""

MOST_NESTED = 30
MOST_LEVELS = 150

EXAMPLE = "x^2 + 3*y^2"
CHARACTERS = "letters, digits, dot, comma, + - * / ^ ( ) |"
NAMES = f"x, y, {', '.join((*CONSTANTS, *FUNCTIONS, *WRITTEN, 'ln', 'lg'))}"


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


@dataclass(frozen=True)
class Source:
    """The plain text of a formula, and where each of its characters begins (from 1) and ends in what was typed."""

    typed: str
    plain: str
    columns: list[int]
    ends: list[int]

    def refuse(self, key: str, start: int, end: int, allowed: object) -> NoReturn:
        """Raise BadInput about the part of the formula between two places of the plain text."""
        first = self.columns[start]
        _refuse(key, self.typed[first - 1 : self.ends[max(start, end - 1)]], first, allowed)


def read(typed: str) -> tuple[Source, Tree]:
    """The tree of a text that is neither empty nor too long. Raises BadInput."""
    source = _plain(typed)
    return source, _Parser(source).whole()


def _refuse(key: str, what: str, column: int, allowed: object) -> NoReturn:
    shown = "".join(character if character.isprintable() else _code(character) for character in what)
    shown = shown if len(shown) <= 40 else shown[:39] + "…"
    raise BadInput(key, name=shown, value=str(column), allowed=allowed)


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"


# --- from what was typed to plain characters -----------------------------------------------------------------------

INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060\u00ad"
"""What comes along when a formula is pasted, and means nothing."""

SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))
SUBSCRIPTS = {"₁": "_1", "₂": "_2"}
# Names get spaces around them, so that they stay names of their own.
SPELLINGS = {
    **dict.fromkeys("−–‐‑﹣", "-"),
    **dict.fromkeys("×·⋅∙•∗✕", "*"),
    **dict.fromkeys("÷∕⁄", "/"),
    **dict.fromkeys("\t\u00a0\u2009\u202f\u3000", " "),
    **dict.fromkeys("∣│", "|"),
    "π": " pi ",
    "⌊": " floor(",
    "⌋": ")",
    "⌈": " ceil(",
    "⌉": ")",
    **dict.fromkeys(INVISIBLE, ""),
}
COMMANDS = {
    **{name: f" {name} " for name in (*FUNCTIONS, *WRITTEN, *SAME_FUNCTION)},
    **dict.fromkeys(("left", "right", "displaystyle", "textstyle"), ""),
    **dict.fromkeys(("big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr"), ""),
    **dict.fromkeys(("cdot", "times", "ast"), "*"),
    **dict.fromkeys(("quad", "qquad"), " "),
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac"), r"\frac"),
    **dict.fromkeys(("lvert", "rvert", "vert", "mid"), "|"),
    "div": "/",
    "sqrt": r"\sqrt",
    "pi": " pi ",
    "sigma": " sigmoid ",
    "lfloor": " floor(",
    "rfloor": ")",
    "lceil": " ceil(",
    "rceil": ")",
    **dict.fromkeys(",;:! ", " "),
    **dict.fromkeys("()[]", ""),
}
"""LaTeX's commands, without the backslash."""
NAMED = re.compile(r"\\(?:operatorname\*?|mathrm|mathit|mathop|text|textrm)\s*\{\s*([A-Za-z][A-Za-z0-9]*)\s*\}")
COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-*/^(){}[]|,. √∛\\")
FULL_WIDTH = 0xFEE0
# The name of what is computed, in front: f(x, y) = …, z = …
PREFIX = re.compile(
    r"\s*([A-Za-z]\w*)\s*(?:[({\[]\s*(?:[xX]\s*,\s*[yY]|[xX]_?\{?1\}?\s*,\s*[xX]_?\{?2\}?)\s*[)}\]])?\s*=(?!=)\s*",
    re.ASCII,
)


def _plain(typed: str) -> Source:
    """The text in the characters of `PLAIN`, without spaces, dollar signs and "f(x, y) =" in front."""
    start, end = 0, len(typed)
    around = frozenset(INVISIBLE + "$")
    while start < end and (typed[start].isspace() or typed[start] in around):
        start += 1
    while start < end and (typed[end - 1].isspace() or typed[end - 1] in around):
        end -= 1
    pieces: list[str] = []
    columns: list[int] = []
    ends: list[int] = []
    raised = False
    place = start
    while place < end:
        piece, after = _spelled(typed, place, end)
        above = typed[place] in SUPERSCRIPTS
        if above and not raised:
            piece = "^" + piece
        elif raised and not above and piece:
            # x²3 is not x to the power of 23.
            piece = " " + piece
        pieces.append(piece)
        columns += [place + 1] * len(piece)
        ends += [after] * len(piece)
        if piece or typed[place] == "\\":
            raised = above
        place = after
    plain = "".join(pieces)
    if not plain.strip():
        raise BadInput("formula_empty", name="formula", value=typed, allowed=EXAMPLE)
    prefix = PREFIX.match(plain)
    if prefix and prefix[1] not in VARIABLE_NAMES and prefix.end() < len(plain):
        plain, columns, ends = plain[prefix.end() :], columns[prefix.end() :], ends[prefix.end() :]
    source = Source(typed, plain, columns, ends)
    for index, character in enumerate(plain):
        if character not in PLAIN:
            if character.isascii() and character.isprintable():
                _refuse("formula_character", character, columns[index], CHARACTERS)
            # Letters of other alphabets can look like x and y: say which character it is.
            strange = typed[columns[index] - 1]
            shown = f"{strange} ({_code(strange)})" if strange.isprintable() else _code(strange)
            _refuse("formula_character", shown, columns[index], CHARACTERS)
    return source


def _spelled(typed: str, place: int, end: int) -> tuple[str, int]:
    """One typed character, or one command of LaTeX, in plain characters, and the place after it."""
    character = typed[place]
    if character == "\\":
        if named := NAMED.match(typed, place, end):
            return f" {named[1]} ", named.end()
        command = COMMAND.match(typed, place, end)
        if command and command[1] in COMMANDS:
            # \\log_{10} is one name.
            piece, after = COMMANDS[command[1]], command.end()
            return (piece.rstrip() if typed[after : after + 1] == "_" else piece), after
        if command and command[1].isalpha() and command[1].isascii():
            _refuse("formula_name", command[0], place + 1, NAMES)
        _refuse("formula_character", character, place + 1, CHARACTERS)
    if "\uff01" <= character <= "\uff5e":
        character = chr(ord(character) - FULL_WIDTH)
    elif "\U0001d400" <= character <= "\U0001d7ff":  # letters and digits of formulas in PDF files: 𝑥, 𝜋
        character = unicodedata.normalize("NFKC", character)
    for spellings in (SUPERSCRIPTS, SUBSCRIPTS, SPELLINGS):
        character = spellings.get(character, character)
    return character, place + 1


# --- tokens --------------------------------------------------------------------------------------------------------

VARIABLE_NAMES = {
    **dict.fromkeys(("x", "X", "x1", "x_1", "X1", "X_1"), "x"),
    **dict.fromkeys(("y", "Y", "x2", "x_2", "X2", "X_2"), "y"),
}
CONSTANT_NAMES = {"pi": "pi", "Pi": "pi", "PI": "pi", "e": "e", "E": "e"}
TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?:(?:np|numpy|math|Math|torch|jnp)\.)?(?P<name>[A-Za-z_]\w*(?:(?<=_)\{\d+\})?)"
    r"|(?P<sign>\*\*|//|\\frac|\\sqrt|[-+*/^(){}\[\]|,._√∛\\])",
    re.ASCII,
)
LETTER = re.compile(r"[xyXY]")
INDEXED = re.compile(r"[xX]_?[12]")
BEFORE_FUNCTION = re.compile(r"([xyXY]+)([A-Za-z]\w*)", re.ASCII)


@dataclass(frozen=True)
class Token:
    """`kind` is "number", "variable", "constant", "function", "unknown" (a name), "end", or the sign itself."""

    kind: str
    text: str
    start: int
    end: int


def _function(name: str) -> str | None:
    for spelling in (name, name.replace("_", ""), name.lower()):
        known = SAME_FUNCTION.get(spelling, spelling)
        if known in FUNCTIONS or known in WRITTEN:
            return known
    return None


def _named(name: str, start: int, end: int) -> list[Token]:
    """The token of a name, or several: xy is x·y, and xsin is x·sin."""
    if name in VARIABLE_NAMES:
        return [Token("variable", name, start, end)]
    if name in CONSTANT_NAMES:
        return [Token("constant", CONSTANT_NAMES[name], start, end)]
    function = _function(name)
    if function:
        return [Token("function", function, start, end)]
    for one in (LETTER, INDEXED):
        parts = list(one.finditer(name))
        if "".join(part[0] for part in parts) == name and end - start == len(name):
            return [Token("variable", part[0], start + part.start(), start + part.end()) for part in parts]
    if (split := BEFORE_FUNCTION.fullmatch(name)) and end - start == len(name) and _function(split[2]):
        middle = start + len(split[1])
        return [*_named(split[1], start, middle), *_named(split[2], middle, end)]
    return [Token("unknown", name, start, end)]


def _tokens(plain: str) -> list[Token]:
    tokens: list[Token] = []
    # Each character of PLAIN but the space begins some token, so that only spaces are skipped.
    for match in TOKEN.finditer(plain):
        if match["number"]:
            tokens.append(Token("number", match[0], match.start(), match.end()))
        elif match["name"]:
            tokens += _named(re.sub(r"[{}]", "", match["name"]), match.start(), match.end())
        else:
            sign = "^" if match[0] == "**" else match[0]
            tokens.append(Token(sign, match[0], match.start(), match.end()))
    return tokens


# --- from tokens to a tree -----------------------------------------------------------------------------------------

CLOSING = {"(": ")", "[": "]", "{": "}", "|": "|"}
VALUES = ("number", "variable", "constant", "function", "(", "{", "[", "|", "\\frac", "\\sqrt", "√", "∛")
NEVER = (".", "//", "_", "\\")
ROOTS = {"√": "sqrt", "∛": "cbrt"}


class _Parser:
    """Reads sums of products of powers. Recursion follows brackets, powers and signs in front, which are bounded."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.tokens = _tokens(source.plain)
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
                self.refuse("formula_name", token, NAMES)
            if token.kind in NEVER:
                self.refuse("formula_syntax", token, EXAMPLE)
            if token.kind == "variable":
                self.style.setdefault("index" if token.text[-1].isdigit() else "letter", token)
        if len(self.style) == 2:
            later = max(self.style.values(), key=lambda token: token.start)
            self.refuse("formula_variables", later, "x, y / x1, x2")
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
                return Tree("variable", token.start, token.end, name=VARIABLE_NAMES[token.text])
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
