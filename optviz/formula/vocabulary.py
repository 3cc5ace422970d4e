"""The names that a text may use: the variables and constants of a language. Its functions are those of `functions`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from optviz.formula.functions import CONSTANTS, FUNCTIONS, WRITTEN


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """variables, constants: spelling → name. prefix: the name of what is computed, in front, which is passed over.

    one_style: variables that end in a digit, and those that do not, are two styles, of which a text uses one; it says
    so in a refusal. "" where both may stand beside each other.
    """

    variables: Mapping[str, str]
    constants: Mapping[str, str]
    prefix: re.Pattern[str] | None = None
    one_style: str = ""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The variables, each once."""
        return tuple(dict.fromkeys(self.variables.values()))

    @cached_property
    def allowed(self) -> str:
        """All names, for the sentence that says which there are."""
        constants = [name for name in CONSTANTS if name in self.constants.values()]
        return ", ".join((*self.names, *constants, *FUNCTIONS, *WRITTEN, "ln", "lg"))

    @cached_property
    def letter(self) -> re.Pattern[str]:
        """A variable of one letter."""
        return self._one_of([spelling for spelling in self.variables if len(spelling) == 1])

    @cached_property
    def longer(self) -> re.Pattern[str]:
        """A variable of more letters."""
        return self._one_of([spelling for spelling in self.variables if len(spelling) > 1])

    @cached_property
    def before_function(self) -> re.Pattern[str]:
        """Variables of one letter, and behind them what may be a function: xsin."""
        return re.compile(rf"((?:{self.letter.pattern})+)([A-Za-z]\w*)", re.ASCII)

    @staticmethod
    def _one_of(spellings: list[str]) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, sorted(spellings, key=len, reverse=True))) or "(?!)")


LOSS = Vocabulary(
    variables={
        **dict.fromkeys(("x", "X", "x1", "x_1", "X1", "X_1"), "x"),
        **dict.fromkeys(("y", "Y", "x2", "x_2", "X2", "X_2"), "y"),
    },
    constants={"pi": "pi", "Pi": "pi", "PI": "pi", "e": "e", "E": "e"},
    # f(x, y) = …, z = …
    prefix=re.compile(
        r"\s*([A-Za-z]\w*)\s*(?:[({\[]\s*(?:[xX]\s*,\s*[yY]|[xX]_?\{?1\}?\s*,\s*[xX]_?\{?2\}?)\s*[)}\]])?\s*=(?!=)\s*",
        re.ASCII,
    ),
    one_style="x, y / x1, x2",
)
"""What a loss is made of."""
