"""The command line: what it prints, what it writes, and one sentence with exit code 2 for what it cannot do."""

from __future__ import annotations

import csv
import functools
import io
import json
import os
import shlex
import signal
import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cases import ROOT
from optviz import (
    OPTIMIZERS,
    FiniteSum,
    GaussianHills,
    Race,
    Racer,
    Regression,
    SmoothedNoise,
    gallery,
    gallery_names,
    with_convention,
)
from optviz.cli import main
from optviz.cli.league import league_of_options
from optviz.cli.parser import RACE_EXAMPLES, make_parser
from optviz.experiment import ARTICLE_OPTIMIZERS, League
from optviz.export import to_csv
from optviz.figures.fans import fans_of
from optviz.stage.page import html_page
from optviz.surface import FAMILIES
from tiers import long

THE_ARTICLES_RACE = (
    "race --surface gaussian_hills --seed 1 --convention tensorflow1 --optimizers all --steps 200 --out paths.csv"
)


def race_of_all(convention: str) -> Race:
    return Race(racers=tuple(Racer(with_convention(key, convention)) for key in OPTIMIZERS), convention=convention)


def test_the_articles_race_is_written_by_one_command(tmp_path: Path) -> None:
    """In a process of its own, as a user types it: `python -m optviz.cli` is what the `optviz` command runs."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "optviz.cli", *THE_ARTICLES_RACE.split()],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    everyone = race_of_all("tensorflow1")
    assert set(Race().racers) <= set(everyone.racers)
    assert (tmp_path / "paths.csv").read_bytes() == to_csv(everyone, everyone.run())
    lines = done.stdout.splitlines()
    assert lines[0] == "Gaussian hills, seed 1, tensorflow1, 200 steps"
    assert len(lines) == 2 + len(OPTIMIZERS)
    assert "final loss" in lines[1]
    final = [float(line.split()[1]) for line in lines[2:]]
    assert final == sorted(final)
    articles = [line for line in lines[2:] if line.split()[0] in ARTICLE_OPTIMIZERS]
    assert articles[-1].startswith("adadelta ")
    assert articles[-1].endswith("stalled")


@pytest.mark.parametrize("ending", ["csv", "json", "npz"])
def test_formats(ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / f"paths.{ending}"
    assert (
        main(["race", "--surface", "himmelblau", "--optimizers", "adam,nag", "--steps", "9", "--out", str(file)]) == 0
    )
    content = file.read_bytes()
    if ending == "csv":
        table = [line for line in content.decode().splitlines() if not line.startswith("#")]
        assert len(list(csv.reader(table))) == 1 + 2 * 10
    elif ending == "json":
        assert [racer["name"] for racer in json.loads(content)["racers"]] == ["adam", "nag"]
    else:
        assert np.load(io.BytesIO(content), allow_pickle=False)["losses"].shape == (2, 10)
    assert capsys.readouterr().err == ""


def test_a_page_is_the_one_that_the_app_gives(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "race.html"
    arguments = ["race", "--surface", "himmelblau", "--optimizers", "adam,nag", "--learning-rate", "0.01"]
    assert main([*arguments, "--steps", "9", "--language", "zh", "--out", str(file)]) == 0
    race = raced(tmp_path, *arguments[1:], "--steps", "9")
    assert file.read_bytes() == html_page(race, race.run(), "zh")
    assert capsys.readouterr().err == ""


def test_a_page_of_a_race_with_batches_has_its_20_runs(tmp_path: Path) -> None:
    file = tmp_path / "race.html"
    race = Race(steps=9).with_optimizers(["sgd", "adam"])
    assert main(["race", "--link", race.to_url(), "--out", str(file)]) == 0
    assert file.read_bytes() == html_page(race, race.run(), "en", fans_of(race)) != html_page(race, race.run())


def raced(tmp_path: Path, *arguments: str) -> Race:
    """The race that these arguments run, as the JSON file tells it."""
    file = tmp_path / "race.json"
    assert main(["race", *arguments, "--out", str(file)]) == 0
    return Race.from_record(json.loads(file.read_bytes())["race"])


def test_every_option_reaches_the_race(tmp_path: Path) -> None:
    race = raced(
        tmp_path,
        *("--formula", "(1-x)**2 + 100*(y-x**2)**2", "--domain", "-2", "2", "-1", "3", "--start", "-1.5", "2"),
        *("--optimizers", "adam, nag", "--convention", "pytorch", "--learning-rate", "0.02", "--steps", "7"),
        *("--set", "adam.beta1=0.8", "--set", "nag.stores_look_ahead=false"),
    )
    assert race.surface.title == "(1-x)**2 + 100*(y-x**2)**2"
    assert race.surface.domain == (-2, 2, -1, 3)
    assert (race.start, race.steps, race.convention) == ((-1.5, 2), 7, "pytorch")
    assert race.racers == (
        Racer(with_convention("adam", "pytorch", learning_rate=0.02, beta1=0.8)),
        Racer(with_convention("nag", "pytorch", learning_rate=0.02, stores_look_ahead=False)),
    )


def test_the_defaults_are_those_of_the_app(tmp_path: Path) -> None:
    seven = ("--optimizers", ",".join(ARTICLE_OPTIMIZERS))
    assert raced(tmp_path, *seven) == Race()
    assert raced(tmp_path, *seven, "--convention", "article") == Race().with_convention("article")
    assert raced(tmp_path) == race_of_all(Race().convention)
    league = make_parser().parse_args(["league", *seven])
    assert league_of_options(league) == League()


@pytest.mark.parametrize("command", ["race", "league", "optimizers", "rates"])
def test_the_help_says_which_formulas_are_the_default(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert f"(default: {Race().convention}, as in the app" in told


def test_a_link_of_the_app_runs(tmp_path: Path) -> None:
    race = Race(steps=12).with_learning_rate(0.3)
    assert raced(tmp_path, "--link", f"https://optviz.example/?{race.to_url()}") == race


def test_surfaces_and_optimizers_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["surfaces"]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert listed == [*FAMILIES, *gallery_names()]
    assert main(["optimizers", "--convention", "tensorflow1"]) == 0
    printed = capsys.readouterr().out
    for key, kind in OPTIMIZERS.items():
        assert f"\n{key} " in f"\n{printed}"
        for name in kind.hyperparameters():
            assert f" {name} = " in printed
    assert "initial_accumulator = 1.0   (0 ≤ initial_accumulator)" in printed


BAD_INPUT: list[tuple[str, list[str]]] = [
    ("race --surface nowhere", ["nowhere", "gaussian_hills", "himmelblau"]),
    ("race --seed -1", ["seed = -1", "0 ≤ seed"]),
    ("race --seed 4294967296", ["4294967296", "4,294,967,295"]),
    ("race --seed x", ["seed", "x"]),
    ("race --seed 1,2", ["seed"]),
    ("race --surface himmelblau --seed 1", ["himmelblau", "seed"]),
    ("race --surface formula", ["formula", "text"]),
    ("race --formula x+", ["formula"]),
    ("race --formula import", ["import"]),
    ("race --formula x --seed 1", ["formula", "seed"]),
    ("race --formula x --domain 1 0 0 1", ["domain"]),
    ("race --formula x --domain 0 1 0 nan", ["domain", "nan"]),
    ("race --surface himmelblau --domain 0 1 0 1", ["himmelblau", "domain"]),
    ("race --start 1 x", ["start", "x"]),
    ("race --start nan 0", ["start", "nan"]),
    ("race --start 1e10 0", ["start"]),
    ("race --steps 0", ["steps = 0", "1 ≤ steps ≤ 5,000"]),
    ("race --steps 5001", ["steps = 5001", "1 ≤ steps ≤ 5,000"]),
    ("race --steps 1.5", ["steps = 1.5"]),
    ("race --steps many", ["steps", "many"]),
    ("race --optimizers no_such", ["no_such", "gradient_descent"]),
    ("race --optimizers adam,", ["optimizer"]),
    ("race --optimizers adam,no_such", ["no_such"]),
    (f"race --optimizers {','.join(['adam'] * 25)}", ["25", "24"]),
    ("race --convention keras", ["keras", "article, pytorch, tensorflow1"]),
    ("race --learning-rate 0", ["learning_rate = 0", "0 < learning_rate"]),
    ("race --learning-rate nan", ["learning_rate = nan"]),
    ("race --learning-rate fast", ["learning_rate", "fast"]),
    ("race --set adam.beta1=1", ["beta1 = 1", "0 ≤ beta1 < 1"]),
    ("race --set adam.speed=1", ["speed", "learning_rate, beta1"]),
    ("race --set no_such.beta1=0.5", ["no_such", "adam"]),
    ("race --set beta1=0.5", ["beta1=0.5", "OPTIMIZER.NAME=VALUE"]),
    ("race --set adam.beta1", ["adam.beta1", "OPTIMIZER.NAME=VALUE"]),
    ("race --set adam.beta1=high", ["beta1", "high"]),
    ("race --set adam.epsilon_inside=1", ["epsilon_inside"]),
    ("race --out paths.xlsx", ["paths.xlsx", ".csv, .json, .npz, .toml, .html"]),
    ("race --out paths", ["paths", ".csv, .json, .npz, .toml, .html"]),
    ("race --out nowhere/paths.csv", ["nowhere"]),
    ("race --out race.html --language tlh", ["language = tlh", "en, zh"]),
    ("race --link surface=nowhere", ["nowhere"]),
    ("race --link surface=formula&text=import", ["import"]),
    ("serve --port 99999", ["port = 99999", "65,535"]),
    ("serve --port x", ["port = x", "65,535"]),
    ("serve --port 0", ["port = 0 ", "65,535"]),
    ("serve --port -1", ["port = -1", "65,535"]),
    ("serve --port 80.5", ["port = 80.5", "65,535"]),
    ("serve --host 256.1.1.1", ["host = 256.1.1.1", "127.0.0.1"]),
    ("optimizers --convention keras", ["keras"]),
]


@pytest.mark.parametrize(("command", "named"), BAD_INPUT, ids=[command for command, _ in BAD_INPUT])
def test_bad_input_is_one_sentence_and_exit_code_2(
    command: str, named: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(command.split()) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("optviz: ")
    assert printed.err.endswith("\n")
    assert printed.err.count("\n") == 1
    assert all(word in printed.err for word in named)
    assert list(tmp_path.iterdir()) == []


NOT_A_COMMAND = ["", "fly", "race --colour red", "race --start 1", "race --steps"]


@pytest.mark.parametrize("command", NOT_A_COMMAND)
def test_what_is_not_a_command_is_one_sentence_and_exit_code_2(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(command.split())
    assert stopped.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert printed.err.startswith("optviz")


@pytest.mark.parametrize("command", ["", "serve", "race", "surfaces", "optimizers"])
def test_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*command.split(), "--help"])
    assert stopped.value.code == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("usage: optviz")
    assert printed.err == ""


def test_the_examples_in_the_help_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    examples = [shlex.split(line) for line in RACE_EXAMPLES.splitlines() if line.strip().startswith("optviz ")]
    assert len(examples) == 5
    for _, *arguments in examples:
        assert main(arguments) == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == ["paths.csv", "race.html", "race.json"]
    assert capsys.readouterr().err == ""


def test_a_reader_who_has_seen_enough_is_no_error() -> None:
    """`optviz optimizers | head -1`, where everything fits into the buffer that is written at exit."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "optviz.cli", "optimizers"],
        env={**environment, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        stdout=write,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


def test_values_that_begin_with_a_minus_sign_are_values(tmp_path: Path) -> None:
    file = tmp_path / "paths.json"
    arguments = [
        "race",
        "--formula",
        "-x**2 + x**4 + y**2",
        "--start",
        "-1e-3",
        "-.5",
        "--domain",
        "-2",
        "2",
        "-1e0",
        "1",
    ]
    assert main([*arguments, "--steps", "1", "--out", str(file)]) == 0
    race = json.loads(file.read_bytes())["race"]
    assert race["start"] == [-0.001, -0.5]
    assert race["surface"] == {"name": "formula", "text": "-x**2 + x**4 + y**2", "domain": [-2.0, 2.0, -1.0, 1.0]}


# --- options on top of each other ----------------------------------------------------------------------------------


def test_options_are_applied_on_top_of_a_link(tmp_path: Path) -> None:
    link = "https://optviz.example/race?surface=himmelblau&racers=adam~nag&learning_rate=0.02&steps=50&lang=zh&axis=gap"
    base = Race.from_url(link)
    assert raced(tmp_path, "--link", link) == base
    assert raced(tmp_path, "--link", link, "--steps", "7") == base.replaced(steps=7)
    assert raced(tmp_path, "--link", link, "--start", "1", "-2") == base.replaced(start=(1, -2))
    assert raced(tmp_path, "--link", link, "--convention", "pytorch") == base.with_convention("pytorch")
    assert raced(tmp_path, "--link", link, "--learning-rate", "0.5") == base.with_learning_rate(0.5)
    assert raced(tmp_path, "--link", link, "--surface", "beale") == base.on_surface(gallery("beale"))
    assert raced(tmp_path, "--link", link, "--optimizers", "rmsprop,adam") == base.with_optimizers(["adam", "rmsprop"])
    assert raced(tmp_path, "--link", "seed=3", "--seed", "5").surface == GaussianHills(5)
    changed = raced(tmp_path, "--link", link, "--set", "adam.beta1=0.5", "--set", "nag.label=mine")
    assert [racer.label for racer in changed.racers] == [None, "mine"]
    assert changed.racers[0].optimizer.beta1 == 0.5
    assert changed.shared_learning_rate == 0.02


def test_what_the_page_can_do_the_command_line_can(tmp_path: Path) -> None:
    race = raced(
        tmp_path,
        *("--optimizers", "sgd,minibatch_sgd,adam,adam--learning_rate-0.5--batch_size-4--label-fast"),
        *("--samples", "128", "--spread", "0.5", "--sample-seed", "3", "--replacement", "true", "--batch-seed", "9"),
        *("--set", "minibatch_sgd.batch_size=16", "--set", "surface.hills=4", "--set", "surface.weights=-1,0.2"),
    )
    hills = GaussianHills(1, hills=4, weights=(-1, 0.2))
    assert race.surface == FiniteSum(hills, samples=128, spread=0.5, seed=3, replacement=True)
    assert race.batch_seed == 9
    descent = OPTIMIZERS["gradient_descent"]()
    adam = with_convention("adam", "tensorflow1")
    fast = with_convention("adam", "tensorflow1", learning_rate=0.5)
    assert race.racers == (Racer(descent, 1), Racer(descent, 16), Racer(adam), Racer(fast, 4, "fast"))
    regression = ("--surface", "regression", "--set", "surface.kind=logistic")
    kind = raced(tmp_path, *regression, "--samples", "32", "--seed", "2")
    assert kind.surface == Regression("logistic", 2, 32)
    noise = raced(tmp_path, "--surface", "smoothed_noise", "--set", "surface.bowl=1", "--domain", "-1", "1", "-2", "2")
    assert noise.surface == SmoothedNoise(1, bowl=1.0, domain=(-1, 1, -2, 2))
    every = raced(tmp_path, "--link", "racers=sgd~adam", "--set", "sgd.batch_size=all")
    assert [racer.batch_size for racer in every.racers] == [None, None]
    assert raced(tmp_path, "--set", "adam.batch_size=8").surface.samples == 64


def test_a_surface_brings_the_rate_that_it_suggests_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rate = gallery("rosenbrock").suggested_learning_rate
    assert raced(tmp_path, "--surface", "rosenbrock", "--optimizers", "adam,nag").shared_learning_rate == rate
    assert f"\nlearning rate {rate:g}, which this surface suggests" in capsys.readouterr().out
    assert raced(tmp_path, "--surface", "rosenbrock", "--learning-rate", "0.1").shared_learning_rate == 0.1
    assert "suggests" not in capsys.readouterr().out
    assert raced(tmp_path, "--seed", "2").shared_learning_rate == 0.1
    assert "suggests" not in capsys.readouterr().out


def test_fewer_samples_than_a_batch_has_are_taken_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    link = "surface=regression&samples=512&racers=minibatch_sgd--batch_size-256"
    assert raced(tmp_path, "--link", link, "--samples", "64").racers[0].batch_size == 64
    assert "batch_size = 256 is more than the 64 samples" in capsys.readouterr().out


@pytest.mark.parametrize("ending", ["toml", "json", "csv", "npz", "CSV", "Toml"])
def test_what_out_wrote_is_read_back(ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"one.{ending}"
    arguments = ["--optimizers", "adam--beta1-0.5,sgd--label-亚当", "--samples", "16", "--start", "1", "-1e-17"]
    assert main(["race", *arguments, "--steps", "4", "--out", str(file)]) == 0
    race = raced(tmp_path, "--race", str(file))
    assert race == raced(tmp_path, *arguments, "--steps", "4")
    assert raced(tmp_path, "--race", str(file), "--steps", "9") == race.replaced(steps=9)


@long
def test_the_command_line_has_no_budget_of_work(tmp_path: Path) -> None:
    """More than a visitor of the page may ask for."""
    everyone = ["adam"] * 24
    assert main(["race", "--optimizers", ",".join(everyone), "--steps", "5000", "--surface", "bowl"]) == 0


MORE_BAD_INPUT: list[tuple[list[str], list[str]]] = [
    (["--link", "hello"], ["hello", "surface, start"]),
    (["--link", ""], ["link"]),
    (["--link", "formula=x^2"], ["formula", "text="]),
    (["--link", "lr=0.5"], ["lr", "learning_rate="]),
    (["--link", "localhost:8501"], ["localhost:8501"]),
    (["--link", "x" * 9000], ["9,000"]),
    (["--race", "nowhere.toml"], ["nowhere.toml"]),
    (["--race", "race.xlsx"], ["race.xlsx", ".csv, .json, .npz, .toml"]),
    (["--race", "race"], ["race", ".toml"]),
    (["--race", "picture.json"], ["picture.json"]),
    (["--race", "folder.json"], ["folder.json"]),
    (["--samples", "1"], ["samples = 1", "2 ≤ samples ≤ 4,096"]),
    (["--samples", "1e99"], ["samples"]),
    (["--samples", "nan"], ["samples"]),
    (["--samples", "-5"], ["samples = -5"]),
    (["--samples", "many"], ["samples", "many"]),
    (["--samples", "9" * 50], ["samples"]),
    (["--spread", "-1"], ["spread = -1"]),
    (["--spread", "inf"], ["spread"]),
    (["--sample-seed", "-1"], ["seed = -1"]),
    (["--batch-seed", "4294967296"], ["batch_seed = 4294967296"]),
    (["--batch-seed", "0.5"], ["batch_seed = 0.5"]),
    (["--surface", "regression", "--spread", "1"], ["regression", "spread"]),
    (["--surface", "regression", "--samples", "4"], ["samples = 4", "8 ≤ samples"]),
    (["--optimizers", "minibatch_sgd--batch_size-65"], ["batch_size = 65", "64"]),
    (["--optimizers", "adam--batch_size-0"], ["batch_size = 0"]),
    (["--optimizers", "adam--beta1-2"], ["beta1 = 2"]),
    (["--optimizers", "adam--beta1"], ["adam--beta1"]),
    (["--optimizers", "adam--colour-red"], ["colour"]),
    (["--optimizers", ""], ["optimizer"]),
    (["--set", "surface.colour=1"], ["colour", "seed, hills, weights"]),
    (["--set", "surface.hills=0"], ["hills = 0"]),
    (["--set", "adam.batch_size=1e9"], ["batch_size"]),
    (["--set", "adam.label="], ["label"]),
    (["--set", "adam.learning_rate=1,2"], ["learning_rate"]),
    (["--learning-rate", "1e999"], ["learning_rate = inf"]),
    (["--learning-rate", "-0.1"], ["learning_rate = -0.1"]),
    (["--learning-rate", "1,2"], ["learning_rate", "1,2"]),
    (["--steps", "-1"], ["steps = -1"]),
    (["--steps", "nan"], ["steps"]),
    (["--steps", "9" * 50], ["steps"]),
    (["--start", "inf", "0"], ["start", "inf"]),
    (["--out", "folder.json"], ["folder.json"]),
    (["--out", "."], ["out"]),
    (["--out", "nowhere/race.toml"], ["nowhere"]),
]


@pytest.mark.parametrize(("options", "named"), MORE_BAD_INPUT, ids=[" ".join(case[0])[:50] for case in MORE_BAD_INPUT])
def test_what_cannot_be_done_is_one_sentence(
    options: list[str],
    named: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "picture.json").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    (tmp_path / "folder.json").mkdir()
    before = sorted(tmp_path.iterdir())
    assert main(["race", *options]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("optviz: ")
    assert printed.err.count("\n") == 1
    assert "None" not in printed.err
    assert all(word in printed.err for word in named), printed.err
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "command",
    [
        "race --seed 1 --seed 2",
        "race --steps 5 --link seed=1 --steps 6",
        "race --link seed=1 --race race.toml",
        "race --surface bowl --formula x",
        "race --replacement maybe",
        "race --colour\nred",
        "serve --port 1 --port 2",
    ],
)
def test_what_contradicts_itself_is_one_sentence(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(command.split(" "))
    assert stopped.value.code == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)


# --- files ---------------------------------------------------------------------------------------------------------

WRITE = ["race", "--optimizers", "adam", "--steps", "2", "--out"]


def test_a_file_keeps_its_permissions_and_a_link_its_place(tmp_path: Path) -> None:
    file, pointer = tmp_path / "race.csv", tmp_path / "latest.csv"
    file.write_text("older", encoding="utf-8")
    file.chmod(0o640)
    pointer.symlink_to(file)
    assert main([*WRITE, str(pointer)]) == 0
    assert pointer.is_symlink()
    assert file.read_bytes().startswith(b"# A race of optviz")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    fresh = tmp_path / "fresh.csv"
    before = os.umask(0o027)
    try:
        assert main([*WRITE, str(fresh)]) == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE(fresh.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fresh.csv", "latest.csv", "race.csv"]


FULL = "the disk is full: there is no room for {}; free some, or choose another"


@pytest.mark.parametrize("failing", ["write", "replace"])
def test_a_failed_write_leaves_the_older_file_and_names_it(
    failing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A disk that is full, and a folder that takes no more names."""

    def fail(*arguments: object, **named: object) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "race.csv"
    file.write_text("older", encoding="utf-8")
    monkeypatch.setattr(*((os, "fsync") if failing == "write" else (Path, "replace")), fail)
    assert main([*WRITE, str(file)]) == 2
    assert capsys.readouterr().err == f"optviz: {FULL.format(file)}\n"
    assert file.read_text(encoding="utf-8") == "older"
    assert [path.name for path in tmp_path.iterdir()] == ["race.csv"]


def test_an_interrupted_write_leaves_the_older_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    file = tmp_path / "race.csv"
    file.write_text("older", encoding="utf-8")
    monkeypatch.setattr(os, "fsync", interrupt)
    assert main([*WRITE, str(file)]) == 130
    assert capsys.readouterr().err == "optviz: interrupted\n"
    assert file.read_text(encoding="utf-8") == "older"
    assert [path.name for path in tmp_path.iterdir()] == ["race.csv"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_device_is_told_by_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    full = tmp_path / "full.csv"
    full.symlink_to("/dev/full")
    assert main([*WRITE, str(full)]) == 2
    assert capsys.readouterr().err == f"optviz: {FULL.format(full)}\n"
    assert full.is_symlink()


# --- terminals -----------------------------------------------------------------------------------------------------


def command(*arguments: str, encoding: str = "utf-8", **named: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "optviz.cli", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding},
        stderr=subprocess.PIPE,
        timeout=120,
        check=False,
        **named,
    )


@long
@pytest.mark.parametrize("encoding", ["gbk", "cp1252", "ascii", "latin-1", "cp437"])
def test_an_old_encoding_gets_readable_text(encoding: str) -> None:
    listed = command("optimizers", encoding=encoding, stdout=subprocess.PIPE)
    assert (listed.returncode, listed.stderr) == (0, b"")
    text = listed.stdout.decode(encoding)
    less = "≤" if encoding in ("gbk", "cp437") else "<="
    assert f"(0 {less} beta1 < 1)" in text
    assert "?" not in text
    refused = command("race", "--steps", "0", encoding=encoding, stdout=subprocess.PIPE)
    assert refused.returncode == 2
    assert f"1 {less} steps {less} 5,000" in refused.stderr.decode(encoding)
    labelled = "adam--label-亚当,nag--label-η–x"
    named = command("race", "--optimizers", labelled, encoding=encoding, stdout=subprocess.PIPE)
    assert (named.returncode, named.stderr) == (0, b"")
    assert ("亚当" if encoding == "gbk" else "?? ") in named.stdout.decode(encoding)
    assert command("race", "--help", encoding=encoding, stdout=subprocess.PIPE).returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_an_output_that_is_full_is_one_sentence() -> None:
    with Path("/dev/full").open("wb") as full:
        done = command("surfaces", stdout=full)
    assert (done.returncode, done.stderr) == (2, f"optviz: {FULL.format('the output')}\n".encode())


def test_a_reader_who_has_gone_is_no_error_for_the_help_either() -> None:
    read, write = os.pipe()
    os.close(read)
    done = command("race", "--help", stdout=write)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


INSTALLED = "import sys\nfrom {} import {}\nsys.exit({}())\n"
"""What pip writes for an entry of `project.scripts`."""


@pytest.mark.parametrize("installed", [False, True])
@pytest.mark.parametrize("loaded", ["optviz.bad_input", "numpy._core", "optviz.cli.options"])
def test_ctrl_c_while_it_is_loaded_is_one_line_as_well(installed: bool, loaded: str, tmp_path: Path) -> None:
    """It says which modules it has loaded, and is interrupted after one of the first, one of the last, and between."""
    script = tmp_path / "optviz"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, function = project["scripts"]["optviz"].split(":")
    script.write_text(INSTALLED.format(module, function, function))
    process = subprocess.Popen(
        [sys.executable, "-X", "importtime", *([str(script)] if installed else ["-m", "optviz.cli"]), "surfaces"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stderr is not None
    while not process.stderr.readline().rstrip().endswith(f" {loaded}"):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert [line for line in said.splitlines() if not line.startswith("import time:")] == ["optviz: interrupted"]
    assert process.returncode == 130


def test_whoever_imports_the_package_has_ctrl_c_to_himself() -> None:
    code = "import signal, optviz, optviz.cli; assert signal.getsignal(signal.SIGINT) is signal.default_int_handler"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True, timeout=60)


def test_ctrl_c_is_one_line_and_130() -> None:
    heavy = ["race", "--surface", "regression", "--optimizers", ",".join(["adam"] * 24), "--steps", "5000"]
    process = subprocess.Popen(
        # It says when it is at work: a signal before that would hit Python's own start.
        [
            *(sys.executable, "-c"),
            "import sys, optviz; from optviz import cli; run = optviz.Race.run\n"
            "def told(race):\n    print('running', flush=True)\n    return run(race.replaced(steps=5000))\n"
            "optviz.Race.run = lambda race: [told(race) for _ in range(1000)]\nsys.exit(cli.main(sys.argv[1:]))",
            *heavy,
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell starts what it puts into the background with the signal ignored, and that is inherited.
        preexec_fn=functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"running\n"
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert (process.returncode, told) == (130, b"optviz: interrupted\n")
