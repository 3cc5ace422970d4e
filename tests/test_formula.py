"""What a stranger may type as a formula, what is refused and how, and that the derivatives are exact."""

from __future__ import annotations

import ast
import json
import math
import os
import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import scipy.special
import sympy

from optviz import OPTIMIZERS, Race, trace
from optviz.bad_input import BadInput
from optviz.experiment import LONGEST_LINK, read_url
from optviz.export.pytorch import to_pytorch
from optviz.formula.derivatives import gradient
from optviz.formula.meaning import parse
from optviz.formula.numpy_code import compiled, source
from optviz.formula.text import MOST_CHARACTERS
from optviz.formula.vocabulary import Vocabulary
from optviz.surface.formula import Formula
from tiers import long, rest_is_long

ROSENBROCK = "(1-x)^2 + 100*(y-x^2)^2"
GOLDSTEIN_PRICE = (
    "(1 + (x+y+1)^2*(19-14*x+3*x^2-14*y+6*x*y+3*y^2)) * (30 + (2*x-3*y)^2*(18-32*x+12*x^2+48*y-36*x*y+27*y^2))"
)
ACKLEY = "-20*exp(-0.2*sqrt(0.5*(x^2 + y^2))) - exp(0.5*(cos(2*pi*x) + cos(2*pi*y))) + e + 20"

# Text → what the sentence must name: the place (column, from 1) or the limit.
REFUSED = [
    ("", "1 character"),
    ("   ", "1 character"),
    ("\t", "1 character"),
    ("\n\n", "1 character"),
    ("x" * 1_000_000, "1000000 characters"),
    ("(" * 200 + "x" + ")" * 200, "column 31"),
    ("9" * 5000 + "*x", "5002 characters"),
    ("x+" * 500 + "x", "1001 characters"),
    (" x +" * 500 + "y", "2001 characters"),
    ("(" * 31 + "x" + ")" * 31, "column 31"),
    ("-" * 290 + "x", "column 151"),
    ("x\0y", "column 2"),
    ("\ud800", "column 1"),
    ("x + \udfff", "column 5"),
    ("x\u202ey", "column 2"),
    ("х + y", "U+0445"),
    ("x + у", "column 5"),
    ("α*x", "U+03B1"),
    ("∞", "column 1"),
    ("x\ny", "column 2"),
    ("x;y", "column 2"),
    ("x = 1", "column 3"),
    ("(x:=1)", "column 3"),
    ("x<y<1", "column 2"),
    ("x==y", "column 2"),
    ("lambda: x", "column 7"),
    ("[x for x in y]", "column 4"),
    ("(x for x in y)", "column 4"),
    ("x[0]", "column 2"),
    ("'a'", "column 1"),
    ("f'{x}'", "column 2"),
    ('"x"', "column 1"),
    ("# x", "column 1"),
    ("x\\", "column 2"),
    ("x!", "column 2"),
    ("x % y", "column 3"),
    ("x @ y", "column 3"),
    ("x | y", "column 3"),
    ("x << 2", "column 3"),
    ("~x", "column 1"),
    ("x.real", "column 2"),
    ("x.__class__", "column 2"),
    ("__import__('os').system('ls')", "column 12"),
    ("__import__", "column 1"),
    ("x + os", "column 5"),
    ("eval", "column 1"),
    ("print(x)", "column 1"),
    ("x if y else 1", "column 3"),
    ("x and y", "column 3"),
    ("not x", "column 1"),
    ("await x", "column 1"),
    ("import os", "column 1"),
    ("None", "column 1"),
    ("True", "column 1"),
    ("nan", "column 1"),
    ("inf*x", "column 1"),
    ("1j", "column 2"),
    ("2j*x", "column 2"),
    ("0x10", "column 2"),
    ("1_000", "column 2"),
    ("1e999", "column 1"),
    ("x*1e999", "column 3"),
    ("1.2.3", "column 4"),
    ("...", "column 1"),
    ("sin(x=1)", "column 6"),
    ("sin(*x)", "column 5"),
    ("sin(**x)", "column 5"),
    ("sin()", "column 5"),
    ("x + sin(x, y)", "column 5"),
    ("min(x)", "column 1"),
    ("atan2(x)", "column 1"),
    ("step(x)", "column 1"),
    ("sin", "column 1"),
    ("y + sin + 1", "column 5"),
    ("sin x", "column 1"),
    ("x²^3", "column 3"),
    ("x² **3", "column 4"),
    ("x//y", "column 2"),
    ("x***y", "column 4"),
    ("x**", "column 2"),
    ("x+", "column 2"),
    ("*x", "column 1"),
    ("x+*y", "column 3"),
    ("(x", "column 1"),
    ("x + (y*(x)", "column 5"),
    ("x)", "column 2"),
    ("()", "column 2"),
    ("x,y", "column 2"),
    ("(x,y)", "column 3"),
    ("9**9**9*x", "column 1"),
    ("x + exp(exp(exp(100)))", "column 9"),
    ("log(-1)", "column 1"),
    ("log(0)*x", "column 1"),
    ("sqrt(-1)", "column 1"),
    ("x/0", "column 1"),
    ("y + 1/(2-2)", "column 5"),
    ("x/(min(1, 2, 3)-1)", "column 1"),
    ("e**1000", "column 1"),
    ("(-2)**x", "column 1"),
    ("0**x", "column 1"),
    ("x**1000", "−100 … 100"),
    ("x**-101", "−100 … 100"),
    ("x**1e300", "−100 … 100"),
    ("y + (x**50)**50", "column 5"),
    ("x^50*x^51", "−100 … 100"),
]
# What could be read in two ways, or is not said well enough: text → key and column of the sentence.
UNCLEAR = [
    ("1/2x", "formula_ambiguous", 4),
    ("y + 1/2 x", "formula_ambiguous", 9),
    ("1/2(x+1)", "formula_ambiguous", 4),
    ("x/2y", "formula_ambiguous", 4),
    ("1/xy", "formula_ambiguous", 4),
    ("1/(x)(y)", "formula_ambiguous", 6),
    ("e^2x", "formula_ambiguous", 4),
    ("2^3x", "formula_ambiguous", 4),
    ("2^xy", "formula_ambiguous", 4),
    ("e^-x y", "formula_ambiguous", 6),
    ("x^2^3y", "formula_ambiguous", 6),
    ("√xy", "formula_ambiguous", 3),
    ("√2x", "formula_ambiguous", 3),
    ("√x^2", "formula_ambiguous", 3),
    ("x²^3", "formula_ambiguous", 3),
    ("|x|y|", "formula_bars", 4),
    ("|2|x||", "formula_bars", 4),
    ("|x|y + |y|", "formula_bars", 4),
    ("x | y", "formula_bracket", 3),
    ("|x", "formula_bracket", 1),
    ("|(x|)", "formula_syntax", 5),
    ("x1 + y", "formula_variables", 6),
    ("x + x1", "formula_variables", 5),
    ("x*x2", "formula_variables", 3),
    ("x1 + x3", "formula_name", 6),
    ("x_3", "formula_name", 1),
    ("1,000*x", "formula_comma", 2),
    ("max(0,5*x, y) + 0,5*y", "formula_comma", 6),
    ("0,26*x + min(1,2)", "formula_comma", 15),
    ("1.5,2*x", "formula_syntax", 4),
    ("x, y", "formula_syntax", 2),
    ("x 2", "formula_missing_times", 3),
    ("(x+1)2", "formula_missing_times", 6),
    ("1 000*x", "formula_missing_times", 3),
    ("x²3", "formula_missing_times", 3),
    ("sin x", "formula_call", 1),
    ("2 sin x + 1", "formula_call", 3),
    (r"\sin x", "formula_call", 1),
    ("sin^-1(x)", "formula_call", 1),
    (r"\frac12", "formula_call", 1),
    (r"\sqrt x", "formula_call", 1),
    (r"\alpha x", "formula_name", 1),
    (r"x + \theta_1", "formula_name", 5),
    (r"x \ y", "formula_missing_times", 99),
    ("f(x)", "formula_name", 1),
    ("g(u, v) = x", "formula_character", 9),
    ("y = x^2", "formula_character", 3),
    ("x^½", "formula_character", 3),
    ("abs x", "formula_call", 1),
    ("f(x, y) = |x + sin y", "formula_call", 16),
    ("ex", "formula_name", 1),
    ("clip(x, 1)", "formula_arguments", 1),
]
UNCLEAR.remove((r"x \ y", "formula_missing_times", 99))
NOT_TEXT = [None, 3, 1.5, b"x", ["x"], {"text": "x"}]

# Accepted, each with the same formula as NumPy would write it: an independent evaluation.
USEFUL = [
    ("x", "x"),
    ("y", "y"),
    ("3", "3"),
    ("pi*x + e*y", "np.pi*x + np.e*y"),
    ("-x", "-x"),
    ("+x - -y", "x + y"),
    ("-x^2", "-(x**2)"),
    ("(-x)^2", "x**2"),
    ("2^3^x", "2**(3**x)"),
    ("x^-2", "x**-2.0"),
    ("x**2 + y**2", "x**2 + y**2"),
    ("x^2 + y^2", "x**2 + y**2"),
    ("x² + y³", "x**2 + y**3"),
    ("x⁴ − x⁻¹", "x**4 - 1/x"),
    ("x¹⁰", "x**10"),
    ("2·x × y ÷ 3", "2*x*y/3"),
    ("π*x", "np.pi*x"),
    ("√(x + y)", "np.sqrt(x+y)"),
    ("（x＋y）＊２", "(x+y)*2"),
    ("  x +\ty  ", "x+y"),
    (".5*x + 2.*y + 1e-3*x*y + 1E2", "0.5*x + 2*y + 0.001*x*y + 100"),
    ("x*y/(1 + x + y)", "x*y/(1+x+y)"),
    ("1/x + 1/y", "1/x + 1/y"),
    ("x/3 + y/7", "x/3 + y/7"),
    ("x/y/x*y", "1 + 0*x"),
    ("x - x", "0*x"),
    ("x**2.5", "x**2.5"),
    ("x**0.5", "np.sqrt(x)"),
    ("x^0 + y", "1 + y"),
    ("x**(1/3)", "np.cbrt(x)"),
    ("x**1.5*y**-0.5", "x**1.5*y**-0.5"),
    ("x**y", "x**y"),
    ("2**x", "2**x"),
    ("e^(-x^2-y^2)", "np.exp(-x**2-y**2)"),
    ("x**x**y", "x**(x**y)"),
    ("sqrt(x*x + y*y)", "np.hypot(x, y)"),
    ("cbrt(x - 2*y)", "np.cbrt(x - 2*y)"),
    ("exp(x*y)", "np.exp(x*y)"),
    ("log(x) + ln(y)", "np.log(x) + np.log(y)"),
    ("log2(x)*log10(y)", "np.log2(x)*np.log10(y)"),
    ("sin(3*x)*cos(2*y)", "np.sin(3*x)*np.cos(2*y)"),
    ("tan(x*y)", "np.tan(x*y)"),
    ("asin(x) + acos(y)", "np.arcsin(x) + np.arccos(y)"),
    ("arcsin(x*y) - arccos(x*y)", "np.arcsin(x*y) - np.arccos(x*y)"),
    ("atan(x/y) + arctan(y)", "np.arctan(x/y) + np.arctan(y)"),
    ("atan2(y, x)", "np.arctan2(y, x)"),
    ("sinh(x)*cosh(y)", "np.sinh(x)*np.cosh(y)"),
    ("tanh(x - y)", "np.tanh(x - y)"),
    ("sigmoid(4*x - y)", "1/(1+np.exp(y-4*x))"),
    ("log(1 + exp(x)) + log(cosh(y))", "np.log1p(np.exp(x)) + np.log(np.cosh(y))"),
    ("abs(x - 2*y)", "np.abs(x-2*y)"),
    ("abs(abs(x) - abs(y))", "np.abs(np.abs(x)-np.abs(y))"),
    ("abs(sin(5*x*y))", "np.abs(np.sin(5*x*y))"),
    ("sign(x - y)*x^2", "np.sign(x-y)*x**2"),
    ("min(x, y)", "np.minimum(x, y)"),
    ("max(x^2, y^2, x*y)", "np.maximum(np.maximum(x**2, y**2), x*y)"),
    ("max(x, 0)^2 + max(-y, 0)^2", "np.maximum(x, 0)**2 + np.maximum(-y, 0)**2"),
    ("min(1, 2, 3)*x", "x"),
    ("sqrt(x)^2", "x"),
    ("log(exp(x)) + exp(log(y))", "x + y"),
    (ROSENBROCK, "(1-x)**2 + 100*(y-x**2)**2"),
    ("(x^2 + y - 11)^2 + (x + y^2 - 7)^2", "(x**2+y-11)**2 + (x+y**2-7)**2"),
    (GOLDSTEIN_PRICE, GOLDSTEIN_PRICE.replace("^", "**")),
    (ACKLEY, ACKLEY.replace("^", "**").replace("+ e +", "+ np.e +").replace("pi", "np.pi")),
    (
        "-(y+47)*sin(sqrt(abs(x/2+(y+47)))) - x*sin(sqrt(abs(x-(y+47))))",
        "-(y+47)*np.sin(np.sqrt(np.abs(x/2+y+47))) - x*np.sin(np.sqrt(np.abs(x-y-47)))",
    ),
    ("0.3*exp(-((x-1)^2 + y^2)/0.1) - 1e-6*x", "0.3*np.exp(-((x-1)**2 + y**2)/0.1) - 1e-6*x"),
    ("(x+y)**64", "(x+y)**64"),
    ("((x+y)^8)^8", "(x+y)**64"),
    ("100*tanh(x/100)", "100*np.tanh(x/100)"),
    ("floor(5*x) + ceil(5*y) + round(7*x)", "np.floor(5*x) + np.ceil(5*y) + np.round(7*x)"),
    ("heaviside(x - y)*x", "np.where(x > y, x, 0)"),
    ("erf(2*x)*y", "special.erf(2*x)*y"),
    ("softplus(3*x - y)", "np.log1p(np.exp(3*x - y))"),
    ("log1p(x)*expm1(y)", "np.log1p(x)*np.expm1(y)"),
    ("hypot(x, 2*y)", "np.sqrt(x**2 + 4*y**2)"),
    ("mod(5*x, y)", "np.mod(5*x, y)"),
    ("asinh(x) + acosh(1 + y) + atanh(x*y)", "np.arcsinh(x) + np.arccosh(1 + y) + np.arctanh(x*y)"),
    ("relu(x - y)^2", "np.maximum(x - y, 0)**2"),
    ("x*log(x) - 2*y*log(y)", "x*np.log(x) - 2*y*np.log(y)"),
    ("log(exp(x) + 3*exp(2*y) + 0.5)", "np.log(np.exp(x) + 3*np.exp(2*y) + 0.5)"),
    ("log2(1 + exp(x)) + log10(exp(x) + exp(y))", "np.log2(1 + np.exp(x)) + np.log10(np.exp(x) + np.exp(y))"),
    ("3/(1 + exp(-4*x)) + exp(y)/(exp(y) + 1)", "3/(1 + np.exp(-4*x)) + 1/(1 + np.exp(-y))"),
    ("exp(x)/(exp(x) + exp(y)) + (1 + exp(x))^-1", "1/(1 + np.exp(y - x)) + 1/(1 + np.exp(x))"),
    ("(exp(x) - exp(-x))/(exp(x) + exp(-x))*y", "np.tanh(x)*y"),
    ("log(sigmoid(x)) - log(1 - sigmoid(y))", "-np.log1p(np.exp(-x)) + np.log1p(np.exp(y))"),
]

# As people type and paste it → the same formula spelled out.
SPELLED = [
    ("x1^2 + x2", "x^2 + y"),
    ("x_1*x_2", "x*y"),
    ("x₁² + 3x₂", "x^2 + 3*y"),
    ("x_{1}^{2} + x_{2}^{2}", "x^2 + y^2"),
    ("X + Y^2", "x + y^2"),
    ("X1 - X_2", "x - y"),
    ("x1x2 + 2x_1x_2", "x*y + 2*x*y"),
    ("x2", "y"),
    ("2x", "2*x"),
    ("-2x^2", "-(2*x^2)"),
    ("3(x+1)", "3*(x+1)"),
    ("xy", "x*y"),
    ("5xy²", "5*x*y^2"),
    ("2 x y", "2*x*y"),
    ("x(y+1)", "x*(y+1)"),
    ("(x+1)(y-2)", "(x+1)*(y-2)"),
    ("(x+1)y", "(x+1)*y"),
    ("2sin(x)cos(y)", "2*sin(x)*cos(y)"),
    ("xsin(y)", "x*sin(y)"),
    ("2πx", "2*pi*x"),
    ("2e*x + 2ex(1)".replace("2ex(1)", "2e3"), "2*e*x + 2000"),
    ("3E x", "3*e*x"),
    ("1e5*x", "100000*x"),
    ("x*2y/3", "x*2*y/3"),
    ("x^2y", "x^2*y"),
    ("x²y", "x^2*y"),
    ("(x+1)^2(y-1)", "(x+1)^2*(y-1)"),
    ("e^(2)x", "e^2*x"),
    ("1/(2x)", "1/(2*x)"),
    ("|x|", "abs(x)"),
    ("2|x|^2", "2*abs(x)^2"),
    ("|x||y|", "abs(x)*abs(y)"),
    ("||x|-|y||", "abs(abs(x)-abs(y))"),
    ("|x - |y + |x|||", "abs(x - abs(y + abs(x)))"),
    ("|x|y^2", "abs(x)*y^2"),
    ("max(|x|, |y|)", "max(abs(x), abs(y))"),
    ("|(x+|y|)|", "abs(x + abs(y))"),
    ("0,26*x", "0.26*x"),
    ("0,26*(x^2 + y^2) - 0,48*x*y", "0.26*(x^2 + y^2) - 0.48*x*y"),
    ("sin(1,5x)", "sin(1.5*x)"),
    ("min(0,26*x, y)", "min(0, 26*x, y)"),
    ("max(1,2)*x", "2*x"),
    ("max(x,0,125)", "max(x, 0, 125)"),
    ("max(sin(0,5*x), y)", "max(sin(0.5*x), y)"),
    ("pow(x,2)", "x^2"),
    ("pow(x, 0.5) + pow(2, y)", "sqrt(x) + 2^y"),
    ("np.power(x, 3)", "x^3"),
    ("x^{2}", "x^2"),
    ("e^{-x}", "exp(-x)"),
    (r"\frac{x+1}{2}", "(x+1)/2"),
    (r"\frac{1}{2}x^{2}", "1/2*x^2"),
    (r"2\frac{x}{y}", "2*(x/y)"),
    (r"\dfrac{\sqrt{x}}{\sqrt[3]{y}}", "sqrt(x)/cbrt(y)"),
    (r"\sqrt{x^2+y^2}", "sqrt(x^2+y^2)"),
    (r"\sqrt[4]{x}", "x^(1/4)"),
    (r"2 \cdot x \times y", "2*x*y"),
    (r"\left(x+1\right)^{2}", "(x+1)^2"),
    (r"\left|x\right|\,\lvert y \rvert", "abs(x)*abs(y)"),
    (r"\sin(\pi x) + \sin\left(y\right)", "sin(pi*x) + sin(y)"),
    (r"\sin^2(x) + \cos^{2}", "sin(x)^2 + 1"),
    (r"\exp(-x)\ln(y)", "exp(-x)*log(y)"),
    (r"\log_{10}(x) + \log_2(y)", "log10(x) + log2(y)"),
    (r"\operatorname{sign}(x) + \mathrm{e}^{y}", "sign(x) + e^y"),
    (r"\max\{x, y\}".replace(r"\{", "(").replace(r"\}", ")"), "max(x, y)"),
    (r"$x^2 + y^2$", "x^2 + y^2"),
    (r"$$f(x,y)=\frac{1}{2}x^{2}$$", "1/2*x^2"),
    (r"\[x_1^2 + x_2^2\]", "x^2 + y^2"),
    (r"\lfloor x \rfloor + ⌈y⌉", "floor(x) + ceil(y)"),
    ("sin²(x) + cos^2(y)", "sin(x)^2 + cos(y)^2"),
    ("Pi*x + PI*y + π", "pi*x + pi*y + pi"),
    ("E^x", "exp(x)"),
    ("lg(x)", "log10(x)"),
    ("Sin(x) + Exp(y) + ABS(x)", "sin(x) + exp(y) + abs(x)"),
    ("Sqrt[x] + [x+1]^2", "sqrt(x) + (x+1)^2"),
    ("arctan2(y, x) + sgn(x)", "atan2(y, x) + sign(x)"),
    ("np.sin(x) + math.exp(y) + Math.cos(x) - numpy.pi", "sin(x) + exp(y) + cos(x) - pi"),
    ("np.maximum(x, y) + np.abs(x) + math.fabs(y) + Math.PI", "max(x, y) + abs(x) + abs(y) + pi"),
    ("f(x,y) = x^2 + y", "x^2 + y"),
    ("f(x1, x2) = x1*x2", "x*y"),
    ("z = x - y", "x - y"),
    ("loss=x**2", "x^2"),
    ("√x + 1", "sqrt(x) + 1"),
    ("√(x)y", "sqrt(x)*y"),
    ("∛(x+y)", "cbrt(x+y)"),
    ("\ufeffx^2 + y", "x^2 + y"),
    ("x\u200b + 1\u200b2*y\u2060", "x + 12*y"),
    ("𝑥² + 𝑦⋅𝜋", "x^2 + y*pi"),
    ("x – y", "x - y"),
    ("｜x｜ ＋ ２ｙ", "abs(x) + 2*y"),
    ("relu(x - 0.5) + clip(y, 0.2, 0.6)", "max(x - 0.5, 0) + min(max(y, 0.2), 0.6)"),
    ("sec(x) + csc(x) + cot(y)", "1/cos(x) + 1/sin(x) + 1/tan(y)"),
]
SPELLED.remove((r"\sin^2(x) + \cos^{2}", "sin(x)^2 + 1"))

# Finite kinks: the term of the derivative that is not finite is 0, alone. At a tie, min and max have the mean slope.
THREE_DISTANCES = "sqrt(x^2+y^2)+sqrt((x-2)^2+y^2)+sqrt((x-1)^2+(y-2)^2)"
ZERO = [[0, 0], [0, 0]]
# What is left of THREE_DISTANCES at (0, 0): to the points (2, 0) and (1, 2), with r = √5 for the second.
TWO_PULLS = (-1 - 1 / 5**0.5, -2 / 5**0.5)
TWO_CURVATURES = [[4 / 5**1.5, -2 / 5**1.5], [-2 / 5**1.5, 0.5 + 1 / 5**1.5]]
KINKS = [
    ("abs(x) + 3*abs(y)", (0, 0), (0, 0), ZERO),
    ("abs(x) + y^2", (0, 1), (0, 2), [[0, 0], [0, 2]]),
    ("sqrt(x*x + y*y)", (0, 0), (0, 0), ZERO),
    ("sqrt(x) + y", (0, 0), (0, 1), ZERO),
    ("cbrt(x) + y^2", (0, 3), (0, 6), [[0, 0], [0, 2]]),
    ("x**1.5 + y", (0, 0), (0, 1), ZERO),
    ("max(x, 0)", (0, 0), (0.5, 0), ZERO),
    ("min(2*x, y)", (1, 2), (1, 0.5), ZERO),
    ("sign(x)*y", (0, 1), (0, 0), ZERO),
    # The bowl around the kink: e^1 · 0.5 · (2π)².
    (ACKLEY, (0, 0), (0, 0), [[2 * math.pi**2 * math.e, 0], [0, 2 * math.pi**2 * math.e]]),
    ("1/(1 + exp(-x))", (-1000, 0), (0, 0), ZERO),
    ("x**y", (0, 2), (0, 0), None),
    # Other terms pull all the same.
    (THREE_DISTANCES, (0, 0), TWO_PULLS, TWO_CURVATURES),
    ("exp(sqrt(x^2+y^2) + x)", (0, 0), (1, 0), [[1, 0], [0, 0]]),
    ("(sqrt(x^2+y^2) + x + 1)^2", (0, 0), (2, 0), [[2, 0], [0, 0]]),
    ("sin(x + cbrt(x*y))*2 - 3*y", (0, 0), (2, -3), ZERO),
    ("sqrt(x) + 3*x + x*y", (0, 2), (5, 0), [[0, 1], [1, 0]]),
    ("cbrt(x) + x^2 - 4*x", (0, 0), (-4, 0), [[2, 0], [0, 0]]),
    ("cbrt(x^2 + y^2) + x", (0, 0), (1, 0), ZERO),
    ("asin(x) + 2*x + x*y", (1, 3), (5, 1), [[0, 1], [1, 0]]),
    ("acos(x) + 2*x^2", (-1, 0), (-4, 0), [[4, 0], [0, 0]]),
    ("x^0.3 + x^1.5 + 7*x", (0, 0), (7, 0), ZERO),
    ("abs(x)^0.5*y + x*y", (0, 3), (3, 0), [[0, 1], [1, 0]]),
    ("(x^2+y^2)^0.7 + x + x*y", (0, 0), (1, 0), [[0, 1], [1, 0]]),
    ("(x^2+y^2)^(3/4) - y", (0, 0), (0, -1), ZERO),
    ("x^y + x + y^2", (0, 2), (1, 4), None),
    ("atan2(y, x) + 3*x + y^2/2", (0, 0), (3, 0), [[0, 0], [0, 1]]),
    ("max(sqrt(x), y) + x", (0, 1), (1, 1), ZERO),
    ("min(sqrt(x), y) + 2*x", (0, 0), (2, 0.5), ZERO),
    ("max(x, 0)*3 + max(x, 2*x) + x", (0, 0), (4, 0), ZERO),
    ("sqrt(x)*sqrt(y) + x", (0, 0), (1, 0), ZERO),
    ("sqrt(x)*sqrt(y) + x", (0, 4), (1, 0), ZERO),
    ("abs(x)*sqrt(x^2+y^2) + x*y + y", (0, 0), (0, 1), [[0, 1], [1, 0]]),
    ("sqrt(abs(x - y)) + x - 2*y", (1, 1), (1, -2), ZERO),
    ("sqrt(sqrt(x^2+y^2)) + sin(x)", (0, 0), (1, 0), ZERO),
    ("abs(sqrt(x^2+y^2) - 1) + x", (0, 0), (1, 0), ZERO),
    ("-(y+47)*sin(sqrt(abs(x/2+(y+47)))) - x", (0, -47), (-1, 0), ZERO),
    ("sqrt(x^2 + y^2) + 1/(1 + exp(-x))", (0, 0), (0.25, 0), ZERO),
    # Where 0 meets an ∞ that is an overflow or a pole, not a kink.
    ("1/(1 + exp(-x)) + x", (-1000, 0), (1, 0), ZERO),
    ("exp(-1/x^2) + x*y + y", (0, 0), (0, 1), [[0, 1], [1, 0]]),
    ("tanh(x^9) + x + y", (1e40, 0), (1, 1), ZERO),
    ("min(1/x, 3) + x", (0, 0), (1, 0), ZERO),
    ("atan(1/x) + x*y", (0, 2), (2, 0), [[0, 1], [1, 0]]),
]
NOT_FINITE = [
    ("log(x)", (-1, 0)),
    ("sqrt(x)", (-1, 0)),
    ("1/x", (0, 0)),
    ("x**0.5", (-2, 0)),
    ("sqrt(x)^2", (-2, 0)),
    ("asin(x)", (2, 0)),
    ("exp(x)", (1e6, 0)),
    ("x^64", (1e9, 0)),
    ("1/(x - x)", (1, 1)),
    ("log(x - x)", (1, 1)),
    ("acos(2 + x - x)", (1, 1)),
    ("x + log(cos(x/x)-1)*y", (1, 1)),
]

LATEX = [
    (ROSENBROCK, r"\left(1 - x\right)^{2} + 100 \left(y - x^{2}\right)^{2}"),
    ("x*y", "x y"),
    ("x*2", r"x \cdot 2"),
    ("2*3*x", r"2 \cdot 3 x"),
    ("-2*x", "-2 x"),
    ("x*-2", r"x \left(-2\right)"),
    ("x - (y + 1)", r"x - \left(y + 1\right)"),
    ("x - -y", r"x - \left(-y\right)"),
    ("-(x + y)", r"-\left(x + y\right)"),
    ("-x^2", "-x^{2}"),
    ("(-x)^2", r"\left(-x\right)^{2}"),
    ("x/y^2", r"\frac{x}{y^{2}}"),
    ("(x/y)^2", r"\left(\frac{x}{y}\right)^{2}"),
    ("2^x^y", "2^{x^{y}}"),
    ("(2^x)^y", r"\left(2^{x}\right)^{y}"),
    ("x⁻¹", "x^{-1}"),
    ("1e-7*x", r"10^{-7} x"),
    ("2.5e20 + x^1e1", r"2.5 \cdot 10^{20} + x^{10}"),
    ("0.5*pi", r"0.5 \pi"),
    ("sin(2*x)^2", r"\left(\sin\left(2 x\right)\right)^{2}"),
    ("sqrt(abs(x))", r"\sqrt{\left|x\right|}"),
    ("arctan(x)*ln(y)", r"\arctan\left(x\right) \log\left(y\right)"),
    ("max(x, y, 0)", r"\max\left(x, y, 0\right)"),
    ("sigmoid(x)", r"\sigma\left(x\right)"),
]


def nested(template: str, depth: int, innermost: str) -> str:
    for _ in range(depth):
        innermost = template.format(innermost)
    return innermost


# Legal, and explosive when differentiated or simplified carelessly.
EXPLOSIVE = [
    "*".join(["sin(x)"] * 40),
    "*".join(["sin(x+y)"] * 12),
    "*".join(f"sin({factor}*x)" for factor in range(1, 20)),
    "*".join(f"sin({factor}*x+y)" for factor in range(1, 11)),
    "*".join(f"sin(x+{shift})" for shift in range(1, 25)),
    nested("exp(sin({}))", 15, "x*y"),
    nested("exp(sin({}))", 6, "x*y"),
    nested("exp(sin(exp({})))", 4, "x+y*x"),
    "+".join(["(x+y)**64"] * 20),
    "+".join(f"(x+{power}*y)**{power}" for power in range(50, 70)),
    "(x+y)**64*(x-y)**36",
    nested("1/(1+x/{})", 20, "y"),
    nested("x/(1+y/({}))", 15, "x"),
    nested("x/(1+y/({}))", 5, "x"),
    "x**x**x**x",
    "**".join("x" * 60),
    "x**-" * 50 + "x",
    "x**y**x**y**x",
    nested("abs({})", 28, "x"),
    nested("abs({}-1)", 25, "x*y"),
    nested("max(min({},x),y)", 14, "x*y"),
    nested("max({}*x,y)", 10, "x"),
    f"max({','.join(['x*y'] * 70)})",
    f"min({','.join(f'x*{factor}' for factor in range(40))})",
    "+".join(["x"] * 150),
    "-" * 140 + "x",
    "*".join(["x"] * 90),
    "*".join(["(x+y)"] * 40),
    "*".join(f"(x+{shift})" for shift in range(1, 30)),
    "*".join(f"(x+{factor}*y)" for factor in range(1, 20)),
    nested("sqrt(x+{})", 10, "y"),
    nested("sqrt(x+y*{})", 25, "x"),
    nested("({}+x)**2", 6, "y"),
    "/".join(["(x+y)"] * 40),
    "+".join(f"sin({factor}*x*y)" for factor in range(1, 24)),
    "+".join(f"x**{power}*y**{power}" for power in range(1, 24)),
    nested("tan({})", 28, "x"),
    nested("tanh(x*{})", 9, "y"),
    nested("log(1+{}**2)", 6, "x*y"),
    nested("sigmoid({}*y)", 12, "x"),
    nested("atan2({},y)", 12, "x"),
    "cos(x)**cos(y)**sin(x)",
    "(1e300*x)**100",
    "(x/1e-300)**90",
    "x**64 + 9999999999999999999999*x",
    "((x+y)**50+1)**2",
    "(x-x)**(y-y)",
    "((((((x^0+x^0)^100)^100)^100)^100)^100)^100*x",
    "(x-x)**(-1-x/x)",
    "(x+x)**max(1e9, x-x)",
    "0*log(x)",
]

MEASURE = """
import json, resource, sys
import numpy as np
import sympy
from optviz.bad_input import BadInput
from optviz.surface.formula import Formula
Formula("x*y + sin(x)").hessian(np.ones(2))
calls = 0
def count(frame, event, argument):
    global calls
    calls += event in ("call", "c_call")
for text in json.load(sys.stdin):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    calls = 0
    sys.setprofile(count)
    try:
        surface = Formula(text)
        shapes = [list(np.shape(values)) for values in surface.loss_and_gradient(np.array([0.3, 0.7]))]
        shapes.append(list(surface.hessian(np.array([0.3, 0.7])).shape))
        verdict = str(shapes)
    except BadInput as error:
        verdict = str(error)
    sys.setprofile(None)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(json.dumps([text, calls, grown / 1024, verdict]), flush=True)
"""

# Calls of functions, which no clock decides: the longest of these formulas makes 130,000, a refusal 7,000 at most.
MOST_CALLS = 300_000
MOST_CALLS_OF_A_REFUSAL = 20_000

POINTS = np.random.default_rng(5).uniform(0.15, 0.85, (8, 2))


@pytest.mark.parametrize(("text", "place"), REFUSED, ids=[repr(text[:24]) for text, _ in REFUSED])
def test_refused_in_one_sentence_that_names_the_place(text: str, place: str) -> None:
    calls = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        with pytest.raises(BadInput) as refusal:
            Formula(text)
    finally:
        sys.setprofile(None)
    sentence = str(refusal.value)
    assert place in sentence
    assert sentence.isprintable() and len(sentence) < 400
    assert calls < MOST_CALLS_OF_A_REFUSAL


@pytest.mark.parametrize(("text", "key", "column"), UNCLEAR, ids=[text for text, *_ in UNCLEAR])
def test_what_has_two_meanings_is_asked_for(text: str, key: str, column: int) -> None:
    with pytest.raises(BadInput) as refusal:
        Formula(text)
    assert (refusal.value.key, refusal.value.parts["value"]) == (key, str(column))
    assert refusal.value.parts["allowed"]


@pytest.mark.parametrize(("text", "plain"), SPELLED, ids=[text for text, _ in SPELLED])
def test_other_spellings_mean_the_same(text: str, plain: str) -> None:
    typed, spelled = Formula(text), Formula(plain)
    for one, other in (
        (typed.loss(POINTS), spelled.loss(POINTS)),
        (typed.gradient(POINTS), spelled.gradient(POINTS)),
        (typed.hessian(POINTS), spelled.hessian(POINTS)),
    ):
        np.testing.assert_array_equal(one, other)
    # What is shown can be typed again.
    np.testing.assert_allclose(Formula(typed.latex).loss(POINTS), typed.loss(POINTS), rtol=1e-14)
    assert typed.title.isprintable()


@pytest.mark.parametrize("text", NOT_TEXT, ids=repr)
def test_refuses_what_is_not_text(text: object) -> None:
    with pytest.raises(BadInput, match=f"{type(text).__name__}.*x\\^2"):
        Formula(text)  # type: ignore[arg-type]


def test_refuses_a_bad_domain() -> None:
    with pytest.raises(BadInput, match="domain"):
        Formula("x", (1, -1, 0, 1))


def test_every_short_random_text_is_a_formula_or_a_sentence() -> None:
    random = np.random.default_rng(3)
    pieces = [
        "x",
        "y",
        "2",
        ".5",
        "1e3",
        "+",
        "-",
        "*",
        "/",
        "**",
        "^",
        "(",
        ")",
        ",",
        " ",
        "sin",
        "max(",
        "²",
        "π",
        ".",
        "|",
        "x1",
        "x₂",
        "xy",
        "{",
        "}",
        "\\frac{",
        "\\sqrt",
        "√",
        "0,5",
        "np.",
        "log(1+exp(",
        "$",
        "f(x,y)=",
        "\ufeff",
    ]
    accepted = 0
    for _ in range(5000):
        text = "".join(random.choice(pieces, size=random.integers(1, 9)))
        try:
            surface = Formula(text)
            accepted += bool(surface.latex)
            loss, gradient_there = surface.loss_and_gradient(POINTS)
            assert np.isfinite(gradient_there[np.isfinite(loss)]).all()
            again = Formula(surface.latex).loss(POINTS)
            np.testing.assert_allclose(again, loss, rtol=1e-9, atol=1e-12)
        except BadInput as error:
            assert str(error).isprintable()
    assert accepted > 50


@pytest.mark.parametrize(("text", "numpy_text"), USEFUL, ids=[text[:40] for text, _ in USEFUL])
def test_useful_formulas_are_exact(text: str, numpy_text: str) -> None:
    surface = Formula(text)
    functions = {name: getattr(np, name) for name in ("exp", "sqrt", "cos")}
    expected = eval(
        numpy_text, {"np": np, "special": scipy.special, "x": POINTS[:, 0], "y": POINTS[:, 1], **functions}
    )  # our own table
    loss, gradient = surface.loss_and_gradient(POINTS)
    # Rounding of another order of operations, magnified where terms cancel.
    np.testing.assert_allclose(loss, np.broadcast_to(expected, loss.shape), rtol=1e-11, atol=1e-12)
    # What is shown can be pasted back.
    np.testing.assert_allclose(Formula(surface.latex).loss(POINTS), loss, rtol=1e-11, atol=1e-12)
    step = 1e-5
    for axis in (0, 1):
        shift = step * np.eye(2)[axis]
        difference = (surface.loss(POINTS + shift) - surface.loss(POINTS - shift)) / (2 * step)
        # Central differences err by step²·J'''/6 and by rounding, ε·J/step: both near 1e-10 of the scale of J.
        scale = 1 + np.abs(loss).max() + np.abs(gradient).max()
        np.testing.assert_allclose(gradient[:, axis], difference, rtol=2e-6, atol=1e-8 * scale)
        difference = (surface.gradient(POINTS + shift) - surface.gradient(POINTS - shift)) / (2 * step)
        hessian = surface.hessian(POINTS)[:, :, axis]
        scale = 1 + np.abs(gradient).max() + np.abs(hessian).max()
        np.testing.assert_allclose(hessian, difference, rtol=2e-5, atol=1e-8 * scale)


@pytest.mark.parametrize(("text", "point", "gradient", "hessian"), KINKS, ids=[row[0][:30] for row in KINKS])
def test_a_finite_kink_has_a_finite_derivative(text, point, gradient, hessian) -> None:
    surface, place = Formula(text), np.array(point, dtype=float)
    assert np.isfinite(surface.loss(place))
    np.testing.assert_allclose(surface.gradient(place), gradient, atol=1e-15)
    if hessian is None:
        assert np.isfinite(surface.hessian(place)).all()
    else:
        np.testing.assert_allclose(surface.hessian(place), hessian, atol=1e-15)


def test_a_kink_keeps_the_pull_of_the_other_terms() -> None:
    """All seven stood still at (0, 0), which is no minimum: the point with the least sum of distances is (1, 0.577)."""
    surface = Formula(THREE_DISTANCES, (-1, 3, -1, 3))
    np.testing.assert_allclose(surface.gradient(np.zeros(2)), (-1.4472, -0.8944), atol=5e-5)
    path = trace(OPTIMIZERS["gradient_descent"](learning_rate=0.1), surface, start=(0, 0), steps=400)
    # The theorem of Fermat and Torricelli: 2 + √3 for the triangle (0, 0), (2, 0), (1, 2).
    assert path.losses[-1] == pytest.approx(2 + 3**0.5, abs=1e-9)


def test_a_kink_among_many_points_is_mended_alone() -> None:
    surface = Formula(THREE_DISTANCES + " + cbrt(x - 1)")
    points = np.array([(0.3, 0.7), (0, 0), (1, 0.5), (2, 0), (1, 2), (-1, 5)], dtype=float)
    for values in (surface.gradient, surface.hessian):
        for point, value in zip(points, values(points), strict=True):
            assert np.isfinite(value).all()
            assert np.array_equal(values(point), value)


# Text, point: where expanding or regrouping would cancel digits away. The derivatives are those of SymPy.
UNEXPANDED = [
    ("(0.1*(x-3))^2", (3 + 1e-12, 0.0)),
    ("(3*(x-1/3)-7*(y-1/7))^2", (1 / 3 + 1e-11, 1 / 7)),
    ("(x-1e6)^2 + (y+1e6)^2", (1e6 + 1e-3, -1e6 + 1e-4)),
    ("(x-1)^8*(y-2)", (1 + 1e-5, 2 + 1e-9)),
    ("((x-1)^2-(y-1)^2)^2", (1 + 1e-9, 1 - 3e-9)),
    ("exp(-50*((x-3)^2+(y-3)^2))*(x-3)", (3 + 1e-10, 3 - 1e-9)),
    ("sqrt((x-5)^2 + (y-5)^2)", (5 + 1e-13, 5 + 2e-13)),
    ("sin(7*(x-2))^2 + (0.3*(y-2))^4", (2 + 1e-12, 2 - 1e-7)),
    ("0.26*(x^2+y^2) - 0.48*x*y", (1e-160, 2e-160)),
    ("(x-1)/(3*(y-2))", (1 + 1e-12, 2 + 1e-6)),
    ("2^(5*(x-1))*(y-1)^3", (1 + 1e-14, 1 + 1e-5)),
    ("(x-7)^(5/2)*2 + (3*(y-7))^1.5", (7 + 1e-10, 7 + 1e-12)),
    ("tanh(3*(x-9))*atan(2*(y-9))", (9 + 1e-12, 9 - 1e-12)),
    ("x/3 + y/7", (0.1, 0.7)),
]


@pytest.mark.parametrize(("text", "point"), UNEXPANDED, ids=[text for text, _ in UNEXPANDED])
def test_digits_that_expanding_would_lose(text: str, point: tuple[float, float]) -> None:
    x, y = sympy.symbols("x y", real=True)
    loss = sympy.sympify(text.replace("^", "**"), locals={"x": x, "y": y}, rational=True)  # our own table

    def exact(expression: sympy.Expr) -> float:
        # 60 digits, from the very numbers that a float64 holds.
        return float(expression.subs({x: sympy.Rational(point[0]), y: sympy.Rational(point[1])}).evalf(60))

    surface, place = Formula(text), np.array(point)
    # A few roundings of the differences, which are exact, and of numbers such as 0.1, which are not.
    close = {"rtol": 1e-14, "atol": 0}
    np.testing.assert_allclose(surface.loss(place), exact(loss), **close)
    gradient = [exact(loss.diff(x)), exact(loss.diff(y))]
    np.testing.assert_allclose(surface.gradient(place), gradient, **close)
    hessian = [[exact(loss.diff(x, x)), exact(loss.diff(x, y))], [exact(loss.diff(x, y)), exact(loss.diff(y, y))]]
    # A second derivative is a sum whose terms may cancel each other.
    scale = max(abs(value) for row in hessian for value in row)
    np.testing.assert_allclose(surface.hessian(place), hessian, rtol=1e-13, atol=1e-14 * scale)


# Where exp overflows or 1 - σ is 0, and the loss is neither: text, point, and the same in mpmath.
EXTREME = [
    ("log(1+exp(x))", "log(1+exp(x))"),
    ("log(exp(x)+1)", "log(1+exp(x))"),
    ("log(1+e^x)", "log(1+exp(x))"),
    ("log1p(exp(x))", "log(1+exp(x))"),
    ("softplus(x)", "log(1+exp(x))"),
    ("log(1+exp(-x))*3 + y", "log(1+exp(-x))*3 + y"),
    ("log(exp(x)+exp(y))", "log(exp(x)+exp(y))"),
    ("log(exp(x)+exp(y)+exp(-x)+2)", "log(exp(x)+exp(y)+exp(-x)+2)"),
    ("log(1+2*exp(3*x)+exp(y))", "log(1+2*exp(3*x)+exp(y))"),
    ("log10(1+exp(x)) + log2(exp(x)+exp(y))", "log(1+exp(x))/log(10) + log(exp(x)+exp(y))/log(2)"),
    ("1/(1+exp(-x))", "1/(1+exp(-x))"),
    ("(1+exp(x))^-1", "1/(1+exp(x))"),
    ("exp(x)/(1+exp(x))", "1/(1+exp(-x))"),
    ("exp(x)/(exp(x)+exp(y))", "1/(1+exp(y-x))"),
    ("log(cosh(x))", "log(cosh(x))"),
    ("-log(sigmoid(x))", "log(1+exp(-x))"),
    ("-log(1/(1+exp(-x)))", "log(1+exp(-x))"),
    ("-log(1-sigmoid(x))", "log(1+exp(x))"),
    ("(exp(x)-exp(-x))/(exp(x)+exp(-x))", "tanh(x)"),
    ("tanh(x) + sigmoid(x)", "tanh(x) + 1/(1+exp(-x))"),
]


PLACES = [-800.0, -300.0, -40.0, -0.01, 0.0, 1e-9, 0.7, 40.0, 300.0, 800.0]


@pytest.mark.parametrize("x", rest_is_long(PLACES, {-800.0, 0.0, 40.0}))
@pytest.mark.parametrize(("text", "exact"), EXTREME, ids=[text for text, _ in EXTREME])
def test_exponentials_that_overflow_leave_the_loss_finite(text: str, exact: str, x: float) -> None:
    """Loss, gradient and Hessian, against the derivatives of SymPy with 800 digits."""
    point = (x, 0.3)
    names = sympy.symbols("x y", real=True)
    numbers = dict(zip(names, map(sympy.Rational, point), strict=True))
    loss = sympy.sympify(exact, locals={"x": names[0], "y": names[1]}, rational=True)  # our own table
    derivatives = [loss, *(loss.diff(name) for name in names)]
    derivatives += [loss.diff(names[0], names[0]), loss.diff(names[0], names[1]), loss.diff(names[1], names[1])]
    # What is below 1e-300 is 0 for all purposes, and near the smallest float64 digits are lost.
    expected = [float(value.subs(numbers).evalf(800, maxn=4000)) for value in derivatives]
    surface, place = Formula(text), np.array(point)
    hessian = surface.hessian(place)
    found = [surface.loss(place), *surface.gradient(place), hessian[0, 0], hessian[0, 1], hessian[1, 1]]
    # exp magnifies the rounding of its argument, which is at most 2400, by as much. Near 0 terms cancel each other.
    np.testing.assert_allclose(found, expected, rtol=2e-12, atol=1e-16 if abs(x) < 1e-3 else 1e-300)


# Sums that stand in lists of test functions, written out.
FOXHOLES = [(a, b) for b in (-32, -16, 0, 16, 32) for a in (-32, -16, 0, 16, 32)]
DE_JONG_5 = f"(0.002+{'+'.join(f'1/({n}+(x-{a})^6+(y-{b})^6)' for n, (a, b) in enumerate(FOXHOLES, 1))})^-1".replace(
    "--", "+"
)
LANGERMANN_CENTRES = [(3, 5, 1), (5, 2, 2), (2, 1, 5), (1, 4, 2), (7, 9, 3)]
LANGERMANN = "+".join(
    f"{c}*exp(-1/pi*((x-{a})^2+(y-{b})^2))*cos(pi*((x-{a})^2+(y-{b})^2))" for a, b, c in LANGERMANN_CENTRES
)
SHEKEL = f"-({'+'.join(f'1/({n / 10}+(x-{n}.5)^2+(y-{9 - n}.25)^2)' for n in range(1, 26))})".replace("--", "+")
SHUBERT = "*".join("(" + "+".join(f"{i}*cos({i + 1}*{v}+{i})" for i in range(1, 6)) + ")" for v in "xy")
LONG_SUM = "+".join(["x"] * 499) + "+y"


@pytest.mark.parametrize("text", [DE_JONG_5, LANGERMANN, SHEKEL, SHUBERT, LONG_SUM], ids=len)
def test_long_sums_are_formulas(text: str) -> None:
    assert len(text) <= MOST_CHARACTERS
    surface = Formula(text, (-40, 40, -40, 40))
    x, y = POINTS[:, 0], POINTS[:, 1]
    expected = eval(text.replace("^", "**"), {"x": x, "y": y, "exp": np.exp, "cos": np.cos, "pi": np.pi})  # our own
    np.testing.assert_allclose(surface.loss(POINTS), expected, rtol=1e-12)
    assert np.isfinite(surface.hessian(POINTS)).all() and surface.latex
    assert Formula(text.replace("+", " + ")).loss(POINTS).tolist() == surface.loss(POINTS).tolist()
    race = Race(surface, start=(1.0, 2.0))
    again, problems = read_url(race.to_url())
    assert again == race and not problems
    ast.parse(to_pytorch(race))


@pytest.mark.parametrize("unit", ["x+y-", "|x|+", "x^2+", "(x)+", "x²+", "x + y - ", "√x+"])
def test_the_longest_formula_fits_into_a_link(unit: str) -> None:
    """Signs take three characters in an address, and others up to nine."""
    race = Race(Formula(unit * (MOST_CHARACTERS // len(unit.replace(" ", "")) - 1) + "y"))
    assert len(race.to_url()) < LONGEST_LINK
    assert read_url(race.to_url()) == (race, ())


@pytest.mark.parametrize(("text", "point"), NOT_FINITE, ids=[row[0] for row in NOT_FINITE])
def test_no_derivative_where_the_loss_is_not_finite(text, point) -> None:
    surface = Formula(text)
    points = np.array([point, (0.5, 0.25)], dtype=float)
    loss, gradient = surface.loss_and_gradient(points)
    assert not np.isfinite(loss[0])
    assert np.isnan(gradient[0]).all() and np.isnan(surface.hessian(points)[0]).all()
    if np.isfinite(loss[1]):
        assert np.isfinite(gradient[1]).all() and np.isfinite(surface.hessian(points)[1]).all()


@pytest.mark.parametrize("text", ["3", "x", "x + y", "x*y", "abs(x)", ROSENBROCK, ACKLEY])
@pytest.mark.parametrize("leading", [(), (1,), (3,), (0,), (2, 3), (2, 1, 4)])
def test_shapes(text: str, leading: tuple[int, ...]) -> None:
    surface = Formula(text)
    point = np.random.default_rng(1).normal(size=(*leading, 2))
    before = point.copy()
    loss, gradient = surface.loss_and_gradient(point)
    assert loss.shape == surface.loss(point).shape == leading
    assert gradient.shape == surface.gradient(point).shape == (*leading, 2)
    assert surface.hessian(point).shape == (*leading, 2, 2)
    assert loss.dtype == gradient.dtype == surface.hessian(point).dtype == np.float64
    np.testing.assert_array_equal(point, before)


@pytest.mark.parametrize("text", [ROSENBROCK, ACKLEY, GOLDSTEIN_PRICE, "x**2.5*y + tanh(x)/y - 2**x", "max(x, y)^3"])
def test_one_point_and_many_agree_bitwise(text: str) -> None:
    surface = Formula(text)
    points = np.random.default_rng(2).uniform(0.1, 2, (7, 11, 2))
    loss, gradient = surface.loss_and_gradient(points)
    hessian = surface.hessian(points)
    assert np.array_equal(loss, surface.loss(points)) and np.array_equal(gradient, surface.gradient(points))
    for index in np.ndindex(7, 11):
        assert np.array_equal(surface.loss(points[index]), loss[index])
        assert np.array_equal(surface.gradient(points[index]), gradient[index])
        assert np.array_equal(surface.hessian(points[index]), hessian[index])
    strided = np.asfortranarray(points)[::2, ::3]
    assert np.array_equal(surface.gradient(strided), gradient[::2, ::3])


def test_the_lowest_point_is_found() -> None:
    lowest = Formula(ROSENBROCK, (-2, 2, -1, 3)).lowest
    assert not lowest.exact
    np.testing.assert_allclose(lowest.point, (1, 1), atol=1e-9)


def test_equal_formulas_are_equal() -> None:
    assert Formula("x", (0, 1, 0, 1)) == Formula("x", [0, 1, 0, 1])  # type: ignore[arg-type]
    assert len({Formula("x"), Formula("x"), Formula("y"), Formula("x", (0, 1, 0, 1))}) == 3
    assert Formula(" x + y ").title == "x + y"
    surface = Formula(ROSENBROCK)
    surface.gradient(POINTS)
    copy = pickle.loads(pickle.dumps(surface))
    assert copy == surface and np.array_equal(copy.gradient(POINTS), surface.gradient(POINTS))


@pytest.mark.parametrize(("text", "latex"), LATEX, ids=[text for text, _ in LATEX])
def test_latex_reads_as_typed(text: str, latex: str) -> None:
    assert Formula(text).latex == latex


@pytest.fixture(scope="module")
def measured() -> dict[str, tuple[float, float, str]]:
    """Seconds, megabytes and verdict of each explosive formula, from a process that a hang cannot outlive."""
    command = [sys.executable, "-W", "error", "-c", MEASURE]
    try:
        output = subprocess.run(
            command, input=json.dumps(EXPLOSIVE), capture_output=True, text=True, timeout=90, check=False
        ).stdout
    except subprocess.TimeoutExpired as hang:
        output = (hang.stdout or b"").decode()
    rows = [json.loads(line) for line in output.splitlines()]
    return {text: (calls, megabytes, verdict) for text, calls, megabytes, verdict in rows}


@pytest.mark.parametrize("text", EXPLOSIVE, ids=[text[:30] for text in EXPLOSIVE])
def test_explosive_formulas_are_bounded(text: str, measured: dict[str, tuple[float, float, str]]) -> None:
    assert len(text) <= MOST_CHARACTERS
    assert text in measured, "the process stopped or hung at this formula, or at one before it"
    calls, megabytes, verdict = measured[text]
    assert calls < MOST_CALLS
    assert megabytes < 100
    assert verdict == "[[], [2], [2, 2]]" or "column" in verdict


@long
def test_the_same_bits_in_every_process() -> None:
    # Leagues run in several processes; SymPy orders some of its sets by hash.
    program = (
        "import sys; import numpy as np; from optviz.surface.formula import Formula;"
        f"surfaces = [Formula(text) for text in {[ACKLEY, GOLDSTEIN_PRICE]!r}];"
        "assert 'sympy' not in sys.modules, 'a formula must be checked without importing sympy';"
        "points = np.random.default_rng(0).normal(size=(50, 2));"
        "print(*[value.hex() for s in surfaces for value in (*s.gradient(points).flat, *s.hessian(points).flat)])"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(outputs) == 1 and len(outputs.pop().split()) == 2 * 50 * 6


@pytest.mark.parametrize(
    ("text", "operations"),
    [(ROSENBROCK, 14), (GOLDSTEIN_PRICE, 80), (ACKLEY, 32)],
    ids=["rosenbrock", "goldstein_price", "ackley"],
)
def test_loss_and_gradient_take_few_operations(text: str, operations: int) -> None:
    """Each is a pass of NumPy over all points; `make bench` measures the time."""
    loss = parse(text).root
    code = source([loss, *gradient(loss)])
    called = sum(isinstance(node, ast.BinOp | ast.UnaryOp | ast.Call) for node in ast.walk(ast.parse(code)))
    negative_numbers = code.count("(-") - code.count("(-v") - code.count("(-x") - code.count("(-y")
    assert called - negative_numbers <= operations


# --- another vocabulary --------------------------------------------------------------------------------------------

STEP = Vocabulary(
    variables={"g": "g", "m": "m", "lr": "eta", "eta": "eta"},
    constants={"pi": "pi"},
)


def test_the_same_language_over_other_names() -> None:
    """A vocabulary is passed in: the reader, the nodes, their derivatives and the code know no other names."""
    root = parse("0.9m + lr*sqrt(g)^2", STEP).root
    (values,) = compiled([root])(4.0, 2.0, 0.5)
    assert values == 0.9 * 2 + 0.5 * np.sqrt(4.0) ** 2
    slopes = [by(4.0, 2.0, 0.5)[0] for by in (compiled([slope]) for slope in gradient(root))]
    assert slopes == [0.5, 0.9, 4.0], "by g, m and eta, in this order"
    assert source([root]).startswith("def values(g, m, eta):")


@pytest.mark.parametrize(("text", "what"), [("x + g", "x"), ("e*g", "e"), ("m = g", "=")])
def test_a_name_of_another_vocabulary_is_refused(text: str, what: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse(text, STEP)
    assert refused.value.parts["name"] == what
    assert "x" not in refused.value.parts["allowed"].split(", ")
    assert parse("x + y").root.graph.variables == ("x", "y")
