"""What a league asks, in words: the surfaces, the learning rates, and one of each where there is one."""

from __future__ import annotations

import re

import pytest

from optviz import OPTIMIZERS, FiniteSum, GaussianHills, Racer, SmoothedNoise
from optviz.experiment.league import League
from optviz.text.question import told_question, told_setting

NAG, ADAM, ADADELTA = (Racer(OPTIMIZERS[key]()) for key in ("nag", "adam", "adadelta"))
PAIR = League(racers=(NAG, ADAM), convention="pytorch", seeds=(5, 1005), steps=70)

CASES: dict[str, tuple[League, str, str]] = {
    "usual": (
        PAIR,
        "NAG, Adam on 1,000 random surfaces: Gaussian hills, seeds 5 to 1004; learning rate 0.1, steps: 70,"
        " PyTorch's formulas.",
        "NAG、Adam：高斯山丘，种子 5 到 1004 的随机曲面，共 1,000 个；学习率 0.1，步数 70，PyTorch 的公式。",
    ),
    "one surface": (
        PAIR.replaced(seeds=(7, 8)),
        "NAG, Adam on 1 random surface: Gaussian hills, seed 7; learning",
        "种子 7 的随机曲面，共 1 个；",
    ),
    "other hills": (
        PAIR.replaced(surface=GaussianHills(0, hills=20, weights=(-1.0, 0.2))),
        "Gaussian hills (Number of hills: 20, Hill weights: −1 … 0.2), seeds",
        "（山丘个数：20、山丘权重：−1 … 0.2）",
    ),
    "noise": (
        PAIR.replaced(surface=SmoothedNoise(0, octaves=3)),
        "Smoothed noise (Roughness (octaves): 3), seeds",
        "3）",
    ),
    "samples": (
        PAIR.replaced(surface=FiniteSum(GaussianHills(0), samples=32, replacement=True)),
        "Number of samples: 32, Spread of sample gradients: 1, Draw with replacement), seeds",
        "：32",
    ),
    "rates": (
        PAIR.replaced(racers=(NAG, ADAM.with_learning_rate(0.02), ADAM.with_learning_rate(0.003), ADADELTA)),
        "learning rates NAG 0.1, Adam 0.02 / 0.003, steps",
        "学习率：NAG 0.1、Adam 0.02 / 0.003，",
    ),
    "fair": (
        PAIR.replaced(training=(2000, 3000)),
        "Gaussian hills, seeds 5 to 1004; steps: 70, PyTorch's formulas. Whose loss ends closest to the lowest point?"
        " Each first gets its own best learning rate of 21, from 0.001 to 100, which are tried on the seeds 2000",
        "从 0.001 到 100 的 21 个学习率",
    ),
    "momentum": (
        PAIR.replaced(training=(2000, 3000), tuned="momentum", grid=(0.01, 1.0, 8)),
        "own best setting of 8: Momentum γ and the learning rate are tuned together on the seeds 2000 to 2999;",
        "动量 γ 与学习率一起调",
    ),
}


@pytest.mark.parametrize(("league", "english", "chinese"), CASES.values(), ids=CASES)
def test_a_question_names_its_surfaces_and_its_rates(league: League, english: str, chinese: str) -> None:
    assert english in told_question(league, "en")
    assert chinese in told_question(league, "zh")
    for language in ("en", "zh"):
        assert not re.search(r"[{}]|None|_", told_question(league, language))


def test_a_rate_of_nobody_is_not_told() -> None:
    assert "learning rate" not in told_question(PAIR.replaced(racers=(ADADELTA,)), "en")


def test_what_stands_below_a_picture_has_all_of_the_question_but_the_names() -> None:
    surface = "Gaussian hills, seeds 5 to 1004"
    assert told_setting(PAIR, "en") == f"{surface} · learning rate 0.1 · steps: 70 · PyTorch's formulas"
    assert told_setting(PAIR, "zh") == "高斯山丘，种子 5 到 1004 · 学习率 0.1 · 步数 70 · PyTorch 的公式"
    fair = told_setting(PAIR.replaced(training=(2000, 3000), convention="article"), "en")
    assert fair == f"{surface} · steps: 70 · the article's formulas · each optimizer at its own best learning rate"
    other = PAIR.replaced(surface=FiniteSum(GaussianHills(0), samples=32), seeds=(1569, 1570))
    assert "Number of samples: 32" in told_setting(other, "en") and "seed 1569 ·" in told_setting(other, "en")
