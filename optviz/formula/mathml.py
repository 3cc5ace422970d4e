"""MathML of a line of an optimizer's rule: "θ ← θ − η g / √(G + ε)".

    line     sum, or name ("←" | "=") sum
    sum      products with + and − between them
    product  fractions with · between them; a fraction is a product of factors written side by side, and / one factor
    factor   name, number, (sum) or √factor, each with ², ᵗ or ⁱ behind it; ∇J(sum); a function such as sign or max

A name is one letter, with a hat or a subscript; a word of several letters is a function of the factor after it.
"""

from __future__ import annotations

import html
import re

from optviz.bad_input import BadInput

TIMES, APPLY, HAT = "\u2062", "\u2061", "\u0302"
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉ₜ", "0123456789t", strict=True))
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹ᵗⁱ", "0123456789ti", strict=True))

_TOKEN = re.compile(rf"\s*(∇J|[0-9]+(?:\.[0-9]+)?|[^\W\d_]{HAT}?[₀-₉ₜ]*|[²³⁰¹⁴-⁹]|[←=+−·/()√|])")
_WORD = re.compile(r"\s*([A-Za-z]{2,})")


def mathml(line: str) -> str:
    """The line as a `math` element; as it is written, in `mtext`, where it is none of the above."""
    try:
        content = _Reader(line).line()
    except BadInput:
        content = f"<mtext>{html.escape(line)}</mtext>"
    return f'<math display="block">{content}</math>'


class _Reader:
    """Reads a line from left to right. Raises BadInput where it is not what the grammar above says."""

    def __init__(self, line: str) -> None:
        self.line_read = line
        self.tokens: list[str] = []
        place = 0
        while line[place:].strip():
            found = _WORD.match(line, place) or _TOKEN.match(line, place)
            if found is None:
                raise self._unreadable()
            self.tokens.append(found[1])
            place = found.end()

    def _unreadable(self) -> BadInput:
        return BadInput("not_readable", name="rule", value=self.line_read, allowed="θ ← θ − η ∇J(θ)")

    @property
    def next(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def take(self, wanted: str = "") -> str:
        if not self.tokens or (wanted and self.next != wanted):
            raise self._unreadable()
        return self.tokens.pop(0)

    def line(self) -> str:
        content = self.sum()
        while self.next in ("←", "="):
            content += f"<mo>{self.take()}</mo>{self.sum()}"
        if self.tokens:
            raise self._unreadable()
        return content

    def sum(self) -> str:
        content = f"<mo>{self.take()}</mo>" if self.next in ("−", "+") else ""
        content += self.product()
        while self.next in ("−", "+"):
            content += f"<mo>{self.take()}</mo>{self.product()}"
        return f"<mrow>{content}</mrow>"

    def product(self) -> str:
        parts = [self.fraction()]
        while self.next == "·":
            self.take()
            parts.append(self.fraction())
        return f'<mo rspace="0.2em">{TIMES}</mo>'.join(parts)

    def fraction(self) -> str:
        # Brackets around all of a numerator or a denominator say what its line says.
        factors = [self.factor()]
        while self.next and self.next not in "←=+−·/)|":
            factors.append(self.factor())
        if self.next != "/":
            return f"<mo>{TIMES}</mo>".join(factors)
        self.take()
        over = _bare(factors[0]) if len(factors) == 1 else f"<mrow>{f'<mo>{TIMES}</mo>'.join(factors)}</mrow>"
        content = f"<mfrac>{over}{_bare(self.factor())}</mfrac>"
        if self.next and self.next not in "←=+−·)|":
            raise self._unreadable()
        return content

    def factor(self) -> str:
        content = self.atom()
        if self.next and self.next in SUPERSCRIPTS:
            exponent = SUPERSCRIPTS[self.take()]
            kind = "mi" if exponent.isalpha() else "mn"
            content = f"<msup>{content}<{kind}>{exponent}</{kind}></msup>"
        return content

    def atom(self) -> str:
        token = self.take()
        if token == "(":
            content = f"<mrow><mo>(</mo>{self.sum()}<mo>)</mo></mrow>"
            self.take(")")
            return content
        if token == "√":
            return f"<msqrt>{_bare(self.factor())}</msqrt>"
        if token == "∇J":
            return f"<mrow><mo>∇</mo><mi>J</mi><mo>{APPLY}</mo>{self.brackets()}</mrow>"
        if token[0].isdigit():
            return f"<mn>{token}</mn>"
        if not token[0].isalpha() or token in SUPERSCRIPTS:
            raise self._unreadable()
        if len(token) > 1 and token.isalpha() and token.isascii():
            return f"<mrow><mi>{token}</mi><mo>{APPLY}</mo>{self.factor()}</mrow>"
        return _name(token)

    def brackets(self) -> str:
        if self.next != "(":
            raise self._unreadable()
        return self.atom()


def _bare(content: str) -> str:
    """Without the brackets around all of it."""
    opened, closed = "<mrow><mo>(</mo>", "<mo>)</mo></mrow>"
    return content[len(opened) : -len(closed)] if content.startswith(opened) and content.endswith(closed) else content


def _name(token: str) -> str:
    letter, below = token[0], "".join(SUBSCRIPTS.get(sign, "") for sign in token[1:])
    content = f"<mi>{letter}</mi>"
    if HAT in token:
        content = f'<mover accent="true">{content}<mo stretchy="false">^</mo></mover>'
    return f"<msub>{content}<mn>{below}</mn></msub>" if below else content
