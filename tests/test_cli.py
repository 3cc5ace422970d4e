"""The command line: what it prints, what it writes, and one sentence with exit code 2 for what it cannot do."""

from __future__ import annotations

import csv
import io
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cases import ROOT
from optviz import OPTIMIZERS, Race, Racer, gallery_names, with_convention
from optviz.cli import RACE_EXAMPLES, main
from optviz.experiment import ARTICLE_OPTIMIZERS
from optviz.export import to_csv
from optviz.surface import FAMILIES
from optviz.ui.standalone import fans_of, html_page

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


def test_the_defaults_are_the_articles_formulas_on_its_surface(tmp_path: Path) -> None:
    seven = ("--optimizers", ",".join(ARTICLE_OPTIMIZERS))
    assert raced(tmp_path, *seven) == Race().with_convention("article")
    assert raced(tmp_path, *seven, "--convention", "tensorflow1") == Race()
    assert raced(tmp_path) == race_of_all("article")


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
    ("race --out paths.xlsx", ["paths.xlsx", ".csv, .json, .npz, .html"]),
    ("race --out paths", ["paths", ".csv, .json, .npz, .html"]),
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
