"""The value of a question about many surfaces: what it takes, what it refuses, and its spellings."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from optviz import BadInput, Racer, gallery
from optviz.experiment import League, league_families, read_league, seven
from optviz.experiment.blocks import training_beside
from optviz.optimizers import Adam, GradientDescent
from optviz.surface import DriftingBowl, FiniteSum, Formula, GaussianHills, Regression, SmoothedNoise

LEAGUES = {
    "usual": League(),
    "notebook": League(GaussianHills(weights=(-1, 0.2)), seeds=(500, 501), steps=50),
    "noise": League(SmoothedNoise(octaves=3, bowl=0.5), seven("pytorch"), "pytorch", seeds=(2**32 - 5, 2**32)),
    "samples": League(FiniteSum(GaussianHills(hills=3), 32, seed=7), (Racer(GradientDescent(0.3), 4, "four"), Adam())),
    "fair": League(seeds=(0, 400), training=(400, 1400)),
    "tuned": League(seeds=(10, 20), training=(0, 10), tuned="momentum", grid=(0.01, 1.0, 7)),
}


@pytest.mark.parametrize("league", LEAGUES.values(), ids=LEAGUES)
def test_every_spelling_gives_the_same_question(league: League) -> None:
    spelled = [
        League.from_record(league.to_record()),
        League.from_record(league.to_record(whole=True)),
        League.from_toml(league.to_toml()),
        League.from_toml(league.to_toml(whole=True)),
        League.from_json(league.to_json()),
        League.from_url(league.to_url()),
        League.from_url("https://somewhere.org/League?" + league.to_url()),
        League.from_query(league.to_query(whole=True)),
    ]
    assert [other == league for other in spelled] == [True] * 8
    assert {other.digest() for other in spelled} == {league.digest()}
    assert {hash(other) for other in spelled} == {hash(league)}
    assert read_league(league.to_query())[1] == ()


def test_whatever_changes_the_numbers_changes_the_digest_and_a_label_does_not() -> None:
    usual = LEAGUES["fair"]
    changes: list[dict[str, Any]] = [
        {"surface": GaussianHills(hills=9)},
        {"surface": FiniteSum(GaussianHills())},
        {"racers": usual.racers[::-1]},
        {"racers": seven("article"), "convention": "article"},
        {"seeds": (0, 399)},
        {"steps": 199},
        {"training": None},
        {"training": (400, 1401)},
        {"tuned": "epsilon"},
        {"grid": (1e-3, 1e2, 22)},
    ]
    digests = {usual.digest()} | {usual.replaced(**change).digest() for change in changes}
    assert len(digests) == len(changes) + 1
    labelled = usual.replaced(racers=[dataclasses.replace(racer, label="x") for racer in usual.racers])
    assert labelled != usual
    assert labelled.digest() == usual.digest()


def test_what_is_drawn_to_say_how_sure_a_number_is_does_not_depend_on_who_else_runs() -> None:
    usual = League()
    assert usual.replaced(racers=usual.racers[2:4]).sampling_seed == usual.sampling_seed
    assert usual.replaced(seeds=(0, 999)).sampling_seed != usual.sampling_seed


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no seed": ({"surface": Formula("x*y")}, "= formula is not drawn from a seed"),
    "gallery": ({"surface": gallery("rosenbrock")}, "= rosenbrock is not drawn from a seed"),
    "regression": ({"surface": Regression()}, "= regression is not drawn from a seed"),
    "moving": ({"surface": DriftingBowl()}, "not drawn from a seed"),
    "samples of no family": ({"surface": FiniteSum(gallery("rosenbrock"))}, "not drawn from a seed"),
    "no surface": ({"surface": "gaussian_hills"}, "not drawn from a seed"),
    "empty": ({"seeds": (5, 5)}, "seeds = 5:5 is not a block"),
    "backwards": ({"seeds": (5, 4)}, "5:4"),
    "too many": ({"seeds": (0, 100_001)}, "100,001 are too many"),
    "negative": ({"seeds": (-1, 5)}, "is not a block"),
    "beyond": ({"seeds": (0, 2**32 + 1)}, "is not a block"),
    "half": ({"seeds": (0, 1.5)}, "is not a block"),
    "three": ({"seeds": (0, 1, 2)}, "is not a block"),
    "text": ({"seeds": "many"}, "seeds = many is not a block"),
    "number": ({"seeds": 1000}, "seeds = 1000 is not a block"),
    "overlap": ({"training": (999, 2000)}, "training = 999:2000 shares seeds with 0:1000"),
    "inside": ({"training": (10, 20)}, "shares seeds"),
    "nobody": ({"racers": ()}, "racers"),
    "crowd": ({"racers": [Adam()] * 25}, "25 are too many"),
    "no samples": ({"racers": [Racer(Adam(), 8)]}, "needs a surface made of samples"),
    "stack of rates": ({"racers": [Adam(learning_rate=np.array([[0.1], [0.2]]))]}, "not a number"),
    "steps": ({"steps": 0}, "1 ≤ steps ≤ 5,000"),
    "convention": ({"convention": "keras"}, "keras is not known"),
    "tuned": ({"training": (1000, 2000), "tuned": "charm"}, "charm is not known"),
    "tuned form": ({"training": (1000, 2000), "tuned": "epsilon_inside"}, "is not known"),
    "grid of one": ({"training": (1000, 2000), "grid": (1, 2, 1)}, "is not a grid"),
    "grid backwards": ({"training": (1000, 2000), "grid": (2, 1, 5)}, "is not a grid"),
    "grid from 0": ({"training": (1000, 2000), "grid": (0, 1, 5)}, "is not a grid"),
}


@pytest.mark.parametrize(("fields", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_asked_is_refused_in_one_sentence(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        League(**fields)


@pytest.mark.parametrize(
    ("record", "name"),
    [({"start": [0, 0]}, "start"), ({"batch_seed": 3}, "batch_seed"), ({"colour": "red"}, "colour"), ([], "league")],
)
def test_a_file_says_nothing_that_a_league_has_not(record: Any, name: str) -> None:
    with pytest.raises(BadInput, match=name):
        League.from_record(record)


def test_a_link_that_cannot_be_used_falls_back_and_says_so() -> None:
    query = {"surface": "rosenbrock", "racers": "sgd~adam", "seeds": "0~abc", "training": "0~100", "foo": ""}
    league, problems = read_league(query)
    assert league == League(FiniteSum(GaussianHills()), (Racer(GradientDescent(), 1), league.racers[1]))
    told = " ".join(map(str, problems))
    assert len(problems) == 4
    for part in ("rosenbrock", "0~abc", "0:100 shares", "foo"):
        assert part in told
    league, problems = read_league({"training": "1000~1100", "tuned": "charm", "grid": "1"})
    assert league == League(training=(1000, 1100))
    assert [part for part in ("charm", "grid") if part in " ".join(map(str, problems))] == ["charm", "grid"]


def test_seed_start_and_batch_seed_of_a_link_of_a_race_are_passed_over() -> None:
    assert read_league({"seed": "7", "start": "0~1", "batch_seed": "3"}) == (League(), ())


def test_the_seed_of_the_surface_does_not_count() -> None:
    assert League(GaussianHills(5)) == League(GaussianHills(seed=(1, 2)))
    assert League(FiniteSum(SmoothedNoise(5), seed=4)) == League(FiniteSum(SmoothedNoise(6), seed=4))
    assert League(FiniteSum(SmoothedNoise(5), seed=4)) != League(FiniteSum(SmoothedNoise(5), seed=5))


def test_the_race_behind_a_number_is_on_that_seed_and_from_its_own_start() -> None:
    league = LEAGUES["samples"]
    race = league.race(12)
    assert race.bare_surface == GaussianHills(12, hills=3)
    assert (race.batch_seed, race.start, race.steps, race.racers) == (12, None, league.steps, league.racers)
    assert League().race(12).batch_seed == 0
    assert league.stack(range(10, 13)).single(2) == race.surface


def test_only_families_that_are_drawn_from_a_seed_in_stacks_can_be_asked_about() -> None:
    assert league_families() == ("gaussian_hills", "smoothed_noise")


@pytest.mark.parametrize(
    ("seeds", "training"),
    [
        ((0, 1000), (1000, 2000)),
        # The last seed there is belongs to a block, too.
        ((2**32 - 2000, 2**32 - 1000), (2**32 - 1000, 2**32)),
        ((2**32 - 2000, 2**32 - 999), (0, 1000)),
        ((2**32 - 100, 2**32), (0, 1000)),
    ],
)
def test_who_is_tuned_is_tuned_on_the_seeds_that_follow(seeds: tuple[int, int], training: tuple[int, int]) -> None:
    assert training_beside(seeds) == training
    assert League(seeds=seeds, training=training).fair


@pytest.mark.parametrize(
    ("before", "training"),
    [((0, 500), (0, 500)), ((2000, 2500), (2000, 2500)), ((900, 1400), (2000, 2500)), ((1500, 1600), (2000, 2100))],
)
def test_who_has_been_tuned_is_tuned_on_the_same_seeds_or_as_many(
    before: tuple[int, int], training: tuple[int, int]
) -> None:
    assert training_beside((1000, 2000), before) == training


def test_chunks_lie_on_multiples_whatever_is_asked() -> None:
    assert League(seeds=(0, 1000)).chunks == range(4)
    assert League(seeds=(249, 251)).chunks == range(2)
    assert League(seeds=(250, 500)).chunks == range(1, 2)
