"""The learning rates that suit each optimizer: how they are found, and that the gallery's files tell what is found."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from optviz import (
    CONVENTIONS,
    OPTIMIZERS,
    FiniteSum,
    Formula,
    GaussianHills,
    Outcome,
    Race,
    gallery,
    gallery_names,
    trace,
)
from optviz.bad_input import BadInput
from optviz.cli import main
from optviz.conventions import with_convention
from optviz.experiment import article
from optviz.laboratory import tuning
from optviz.laboratory.tuning import (
    END,
    FOUND,
    MOST_WORK,
    RATES,
    STEPS,
    best_of,
    can_be_found,
    found_rates,
    rates_work,
    stored_rates,
    suggested_rates,
)
from optviz.optimizers import GradientDescent
from optviz.racer import Racer, at_rates
from optviz.statistics import gap
from optviz.surface import SmoothedNoise
from optviz.surface.gallery import gallery_file
from test_gallery import EXPECTED
from tiers import few_are_quick, rest_is_long

TUNED = [key for key, kind in OPTIMIZERS.items() if kind.has_own_learning_rate]


@pytest.mark.parametrize("name", rest_is_long(gallery_names(), {"bowl", "rosenbrock", "rastrigin", "winding_valley"}))
def test_a_file_tells_the_rates_that_are_found(name: str) -> None:
    """What `make rates` would write, for all that stand there."""
    for convention, stored in gallery(name).suggested_learning_rates.items():
        assert found_rates(gallery(name), convention, list(stored)) == stored


@pytest.mark.parametrize("name", EXPECTED)
def test_each_surface_has_a_rate_for_each_optimizer_that_can_have_one(name: str) -> None:
    stored = gallery(name).suggested_learning_rates
    assert list(stored) == list(CONVENTIONS)
    assert {key for rates in stored.values() for key in rates} == set(article.OPTIMIZERS) - {"adadelta"}
    text = gallery_file(name).read_text(encoding="utf-8")
    assert text.count(FOUND) == 1, "with a note of how they were found"
    for convention, rates in stored.items():
        assert rates.items() <= suggested_rates(gallery(name), convention).items()
        assert rates.items() <= suggested_rates(FiniteSum(gallery(name)), convention).items()


@pytest.mark.parametrize("convention", few_are_quick(CONVENTIONS, 1))
def test_no_other_rate_ends_lower(convention: str) -> None:
    """Run by run, and counted without the search's own code: on a bowl that nobody leaves."""
    bowl = Formula("x^2 + 3*y^2", domain=(-50.0, 50.0, -50.0, 50.0))
    found = found_rates(bowl, convention)
    for key, rate in found.items():
        ends = {}
        for tried in RATES:
            run = trace(with_convention(key, convention, learning_rate=tried), bowl, None, STEPS)
            gaps = gap(run.losses, 0.0)
            left = run.diverged_at >= 0 or np.abs(run.points).max() > 60
            ends[tried] = 1.0 if left else float(gaps[-END:].clip(0, 1).mean())
        assert ends[rate] <= min(ends.values()) + tuning.LEVEL
        assert ends[rate] < 0.5


def test_on_a_bowl_the_rate_is_the_one_that_theory_names() -> None:
    """Gradient descent contracts by |1 − ηλ|: with λ = 1 in both directions the tried rate nearest to 1 is best."""
    bowl = Formula("(x^2 + y^2)/2", domain=(-4.0, 4.0, -4.0, 4.0))
    assert found_rates(bowl, "article")["gradient_descent"] == 1.0
    # A hundred times as steep: a hundredth of the rate.
    assert found_rates(Formula("50*(x^2 + y^2)", domain=bowl.domain), "article")["gradient_descent"] == 0.01


STILL = np.full(STEPS + 1, 0.4)
FALLS = np.concatenate([[1.0], np.full(STEPS, 0.2)])
FALLS_LATE = np.concatenate([np.ones(STEPS - END), np.full(END + 1, 0.2 - 1e-4)])
LUCKY = np.concatenate([np.full(STEPS, 0.9), [0.0]])
WORST = np.ones(STEPS + 1)


@pytest.mark.parametrize(
    ("gaps", "best"),
    [
        ([STILL, FALLS], 1),
        # Level at the end: who is there first.
        ([FALLS_LATE, FALLS], 1),
        # One low step at the end is no good end.
        ([LUCKY, STILL], 1),
        # The lower rate, which comes first.
        ([WORST, FALLS, FALLS], 1),
        ([WORST, WORST], None),
    ],
)
def test_which_run_is_the_best(gaps: list[np.ndarray], best: int | None) -> None:
    assert best_of(np.array(gaps)) == best


@pytest.mark.parametrize("name", ["rastrigin", "levy", "styblinski_tang"])
def test_nobody_is_sent_off_the_surface(name: str) -> None:
    """There a rate far too high jumps into another valley by luck, far outside the domain on the way."""
    race = Race().on_surface(gallery(name))
    race = race.with_learning_rates(suggested_rates(race.surface, race.convention))
    x_min, x_max, y_min, y_max = race.surface.domain
    for path in race.run():
        assert path.outcome not in (Outcome.DIVERGED, Outcome.LEFT)
        assert (np.abs(path.points[:, 0] - (x_min + x_max) / 2) <= 0.6 * (x_max - x_min) + 1e-9).all()
        assert (np.abs(path.points[:, 1] - (y_min + y_max) / 2) <= 0.6 * (y_max - y_min) + 1e-9).all()


@pytest.mark.parametrize("surface", ["himmelblau", "goldstein_price", "rastrigin"])
def test_with_a_rate_of_its_own_adam_does_not_crawl(surface: str) -> None:
    race = Race().on_surface(gallery(surface))
    each = race.with_learning_rates(suggested_rates(race.surface, race.convention))
    lefts = [float(gap(raced.run()[6].losses, race.surface.lowest.loss)[30]) for raced in (race, each)]
    assert lefts[1] < 0.5 * lefts[0]


def test_where_no_rate_helps_none_is_found() -> None:
    assert found_rates(Formula("0*x + 3"), "article") == {}


def test_a_race_takes_the_rates_by_optimizer_and_leaves_the_others_alone() -> None:
    race = Race().with_optimizers(["gradient_descent", "sgd", "adadelta", "adam"])
    each = race.with_learning_rates({"gradient_descent": 0.5, "adadelta": 7.0, "nag": 3.0})
    assert [racer.optimizer.learning_rate for racer in each.racers] == [0.5, 0.5, 0.1, 0.1]
    assert Race.from_url(each.to_url()) == each
    assert each.with_learning_rate(0.1) == race
    with pytest.raises(BadInput, match="learning_rate"):
        race.with_learning_rates({"adam": -1.0})


def adams(*rates: float) -> tuple[Racer, ...]:
    return tuple(Racer(with_convention("adam", "article", learning_rate=rate)) for rate in rates)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((0.3, 0.1), (0.5, 0.1)),
        # One of them is there already.
        ((0.3, 0.5), (0.3, 0.5)),
        # Copies that nobody has changed stay the same.
        ((0.3, 0.3), (0.5, 0.5)),
        ((0.3, 0.3, 0.1), (0.5, 0.5, 0.1)),
    ],
)
def test_who_is_compared_by_the_rate_alone_keeps_it(before: tuple[float, ...], after: tuple[float, ...]) -> None:
    moved = at_rates(adams(*before), {"adam": 0.5})
    assert moved == adams(*after)
    assert at_rates(moved, {"adam": 0.5}) == moved


def test_a_label_makes_no_other_optimizer_and_a_hyperparameter_does() -> None:
    slow, fast = (dataclasses.replace(racer, label=name) for racer, name in zip(adams(0.1, 0.3), "ab", strict=True))
    other = fast.with_hyperparameter("beta1", 0.5)
    assert at_rates((slow, fast, other), {"adam": 0.5}) == (
        slow.with_learning_rate(0.5),
        fast,
        other.with_learning_rate(0.5),
    )


def test_what_would_take_a_server_long_is_known_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """A formula may cost twice what a server takes upon itself; the files' rates cost nothing."""
    # 1,500 operations, as many as there may be.
    assert 0.05 * 1500 * STEPS * len(TUNED) > MOST_WORK
    dear = Formula("+".join(f"sin({number}*x)*cos(y)" for number in range(1, 60)))
    assert rates_work(dear, "article") > 10 * rates_work(Formula("x^2 + y^2"), "article") > 0
    assert rates_work(gallery("rosenbrock"), "article") == 0
    monkeypatch.setattr(tuning, "MOST_WORK", 20_000)
    assert not can_be_found(dear, "article")
    for surface in (GaussianHills(1), SmoothedNoise(1), Formula("x^2 + y^2")):
        assert can_be_found(surface, "article")
    assert can_be_found(gallery("rosenbrock"), "article")


def test_for_an_optimizer_that_the_files_do_not_know_a_rate_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    class Plain(GradientDescent):
        """Another one, registered while the program runs."""

    bowl, before = gallery("bowl"), gallery("bowl").suggested_learning_rates["article"]
    monkeypatch.setitem(OPTIMIZERS, "plain", Plain)
    assert stored_rates(bowl, "article") is None
    assert suggested_rates(bowl, "article") == {**before, "plain": before["gradient_descent"]}
    assert 0 < rates_work(bowl, "article") < rates_work(Formula("x^2 + y^2"), "article")


def test_the_command_prints_them_and_writes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rates", "bowl", "--convention", "pytorch"]) == 0
    printed = capsys.readouterr().out
    for key, rate in found_rates(gallery("bowl"), "pytorch").items():
        assert f"{key} {rate:g}" in printed
    whole = gallery_file("bowl").read_text(encoding="utf-8")
    copy = tmp_path / "bowl.toml"
    copy.write_text(whole.partition(FOUND)[0], encoding="utf-8")
    monkeypatch.setattr("optviz.cli.commands.gallery_file", lambda name: copy)
    assert main(["rates", "bowl", "--write"]) == 0
    assert copy.read_text(encoding="utf-8") == whole
    assert main(["rates", "bowl", "--convention", "keras"]) == 2
    assert main(["rates", "nowhere"]) == 2
    # It would write those of the others as well: nothing is written.
    copy.write_text("", encoding="utf-8")
    capsys.readouterr()
    for convention in ("article", "pytorch"):
        assert main(["rates", "bowl", "--write", "--convention", convention]) == 2
        told = capsys.readouterr().err
        assert "--write" in told
        assert f"--convention = {convention}" in told
        assert told.count("\n") == 1
    assert copy.read_text(encoding="utf-8") == ""


def test_a_race_on_the_command_line_can_run_at_them(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "race.toml"
    assert main(["race", "--surface", "himmelblau", "--learning-rate", "each", "--out", str(out)]) == 0
    race = Race.from_toml(out.read_text(encoding="utf-8"))
    stored = gallery("himmelblau").suggested_learning_rates["tensorflow1"]
    assert {racer.key: racer.optimizer.own_learning_rate for racer in race.racers} == {**stored, "adadelta": None}
