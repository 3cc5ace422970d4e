"""Figures: a record of numbers in, a Plotly figure as a plain dict out.

A figure never computes and needs no plotly to import. Strings that begin with `@` are references: `@paths/3/x` is an
array of the figure's blob, `@paths/3/point:0` its first column, `@theme/ink` a colour of the theme; `@@` stands for a
plain `@` at the beginning of a text. The stage fills them in where it draws; `resolved` does the same in Python, for
tests and for other programs.
"""

from optviz.figures.figure import Figure, resolved

__all__ = ["Figure", "resolved"]
