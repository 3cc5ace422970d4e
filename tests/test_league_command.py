"""`optviz league`: tables that other programs read, the question in each, and one sentence for what cannot be done."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest

from cases import ROOT
from optviz import CONVENTIONS, Racer, with_convention
from optviz.cli import main
from optviz.cli.league import _Progress
from optviz.experiment.league import League
from optviz.export.rows import ROW_FORMATS
from optviz.laboratory.jobs import Worker
from optviz.laboratory.judging import conclusions_by_convention
from optviz.laboratory.league import Crew, Result, about, known, rows_of, run_league
from optviz.laboratory.store import Store
from optviz.stage.report import league_of
from optviz.statistics.intervals import mean_interval
from optviz.text import words
from optviz.text.verdicts import ToldConclusion, told_conclusions
from tiers import long

QUESTION = ["--seeds", "5:25", "--steps", "15", "--convention", "tensorflow1", "--optimizers", "adam,gradient_descent"]
ADAM, GRADIENT_DESCENT = (Racer(with_convention(key, "tensorflow1")) for key in ("adam", "gradient_descent"))
ASKED = League(racers=(ADAM, GRADIENT_DESCENT), seeds=(5, 25), steps=15)


def ask(folder: Path, *options: str) -> int:
    """The exit code, in this process."""
    return main(["league", "--store", str(folder / "store"), "--workers", "1", *options])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the answer in every format."""
    folder = tmp_path_factory.mktemp("league")
    for ending in ROW_FORMATS:
        assert ask(folder, *QUESTION, "--out", str(folder / f"league.{ending}")) == 0
    return folder


def read_json(path: Path) -> pandas.DataFrame:
    record = json.loads(path.read_text(encoding="utf-8"))
    return pandas.DataFrame(record["rows"], columns=record["columns"])


def read_npz(path: Path) -> pandas.DataFrame:
    with np.load(path, allow_pickle=False) as file:
        columns = {name: file[name] for name in file.files if name not in ("league", "about")}
    frame = pandas.DataFrame(columns)
    steps = [name for name in frame.columns if name.startswith("steps_to") or name == "diverged_at"]
    return frame.assign(**{name: frame[name].where(frame[name] >= 0) for name in steps})


READERS: dict[str, Any] = {
    "parquet": pandas.read_parquet,
    "csv": lambda path: pandas.read_csv(path, comment="#"),
    "json": read_json,
    "npz": read_npz,
}


@pytest.mark.parametrize("ending", ROW_FORMATS)
def test_other_programs_read_every_number_bit_for_bit(folder: Path, ending: str) -> None:
    frame = READERS[ending](folder / f"league.{ending}")
    result = known(ASKED, Store(folder / "store"))
    assert result.complete
    assert frame.seed.tolist() == [seed for seed in range(5, 25) for _ in range(2)]
    assert frame.racer.tolist() == frame.optimizer.tolist() == ["adam", "gradient_descent"] * 20
    for place, runs in enumerate(result.runs):
        mine = frame[place::2]
        for name in ("start_loss", "final_loss", "gap", "c", "lowest", "swing", "end_distance"):
            np.testing.assert_array_equal(mine[name].to_numpy(dtype=float), getattr(runs, name))
        np.testing.assert_array_equal(mine.left_the_surface.to_numpy(), runs.left_the_surface)
        half = np.where(runs.hits[:, 0] < 0, np.nan, runs.hits[:, 0])
        np.testing.assert_array_equal(mine["steps_to_gap_0.5"].to_numpy(dtype=float), half)
    assert 0 < frame["steps_to_gap_0.5"].isna().sum() < 40
    # The league's order has Adam first, the article's gradient descent.
    assert result.seven == (1, 0)
    by_best = np.where(result.by_best < 0, np.nan, result.by_best)  # type: ignore[operator]
    np.testing.assert_array_equal(frame.steps_to_90_by_best[0::2].to_numpy(dtype=float), by_best[:, 1])
    assert ROW_FORMATS[ending].league_of(folder / f"league.{ending}") == ASKED


@pytest.mark.parametrize("ending", ROW_FORMATS)
def test_who_is_not_measured_by_the_best_has_not_failed_to_get_there(tmp_path: Path, ending: str) -> None:
    """Descent and Adam set the yardstick; other Adams are not measured by it."""
    crowd = (ADAM, ADAM.with_learning_rate(0.2), ADAM.with_learning_rate(0.3), GRADIENT_DESCENT)
    result = run_league(ASKED.replaced(racers=crowd), Store(tmp_path), 0)
    path = tmp_path / f"league.{ending}"
    path.write_bytes(ROW_FORMATS[ending].write(rows_of(result)))
    frame = READERS[ending](path)
    assert frame.measured_by_best.tolist() == [True, False, False, True] * 20
    by_best = frame.steps_to_90_by_best.to_numpy(dtype=float).reshape(20, 4)
    assert result.by_best is not None
    np.testing.assert_array_equal(by_best[:, [3, 0]], np.where(result.by_best < 0, np.nan, result.by_best))
    assert np.isnan(by_best[:, 1:3]).all()
    if ending == "npz":
        with np.load(path) as file:
            assert set(file["steps_to_90_by_best"].reshape(20, 4)[:, 1:3].ravel()) == {-2}


@pytest.mark.parametrize("ending", ROW_FORMATS)
def test_every_file_says_what_it_was_computed_with(folder: Path, ending: str) -> None:
    from pyarrow import parquet

    path = folder / f"league.{ending}"
    if ending == "csv":
        lines = [line[4:].partition(": ") for line in path.read_text().splitlines() if line.startswith("# # ")]
        told = {name: value for name, _, value in lines}
    elif ending == "json":
        told = json.loads(path.read_text())["about"]
    elif ending == "npz":
        with np.load(path) as file:
            told = json.loads(str(file["about"]))
    else:
        told = json.loads(parquet.read_schema(path).metadata[b"about"])
    assert told == about()
    assert set(told) == {"optviz", "python", "numpy", "scipy", "platform", "machine", "cpu_features"}
    assert told["numpy"] == np.__version__


def test_a_name_is_no_formula_of_a_spreadsheet(tmp_path: Path) -> None:
    out = tmp_path / "league.csv"
    job = tmp_path / "job.toml"
    job.write_text(ASKED.replaced(racers=(replace(ADAM, label="=1+1"), replace(ADAM, label="动量"))).to_toml())
    assert ask(tmp_path, "--job", str(job), "--out", str(out)) == 0
    assert out.read_bytes().startswith("\ufeff".encode())
    assert set(pandas.read_csv(out, comment="#").racer) == {"'=1+1", "动量"}
    assert ROW_FORMATS["csv"].league_of(out).racer_names() == ("=1+1", "动量")


@pytest.mark.parametrize("ending", ROW_FORMATS)
def test_the_table_of_another_league_stays(folder: Path, ending: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = folder / f"league.{ending}"
    before = out.read_bytes()
    assert ask(folder, *QUESTION, "--out", str(out)) == 0
    capsys.readouterr()
    assert ask(folder, *QUESTION[2:], "--seeds", "5:26", "--out", str(out)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert f"--out = {out}"[:60] in said.err
    assert out.read_bytes() == before
    # What is no table at all stays as well.
    other = folder / f"notes.{ending}"
    other.write_text("my notes")
    assert ask(folder, *QUESTION, "--out", str(other)) == 2
    assert other.read_text() == "my notes"


def test_the_table_on_the_screen(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(folder, *QUESTION) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "gaussian_hills, tensorflow1, 15 steps, seeds 5 to 24"
    heads = [words("en")["league"][name] for name in ("mean_c", "diverged", "left")]
    assert re.fullmatch(" +{} .* {} +{}".format(*map(re.escape, [f"{heads[0]} (95 %)", *heads[1:]])), lines[1]), lines[
        1
    ]
    # A number stands below the end of its head.
    assert {line.rstrip()[-1].isdigit() and len(line) for line in lines[2:4]} == {len(lines[1])}
    result = known(ASKED, Store(folder / "store"))
    for line, runs in zip(lines[2:4], result.runs, strict=True):
        row = r"\S+ +(\S+) \((\S+) to (\S+)\) +\S+ +(\d+) +(\d+) +(\d+)"
        found = re.fullmatch(row, line)
        assert found, line
        mean, low, high, reached, diverged, left = found.groups()
        told = [runs.c.mean(), *mean_interval(runs.c, ASKED.sampling_seed)]
        assert [float(mean), float(low), float(high)] == pytest.approx(told, abs=5e-4)
        assert [int(reached), int(diverged)] == [(runs.hits[:, 1] >= 0).sum(), (runs.diverged_at >= 0).sum()]
        assert int(left) == runs.left_the_surface.sum()


def test_one_seed_has_no_interval(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_league(ASKED.replaced(seeds=(5, 6)), Store(tmp_path / "store"), 0)
    assert ask(tmp_path, "--seeds", "5:6", *QUESTION[2:]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all("one seed" in line for line in lines[2:4])
    assert "inf" not in "".join(lines[:4]) and "nan" not in "".join(lines[:4])


def test_tuning_says_what_was_found_and_on_which_seeds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = folder / "fair.csv"
    fair = [*QUESTION, "--tune", "learning_rate", "--training", "30:60", "--out", str(out)]
    assert ask(folder, *fair) == 0
    said = capsys.readouterr().out
    assert "tuned on seeds 30 to 59" in said
    frame = pandas.read_csv(out, comment="#")
    rates = frame.groupby("optimizer").learning_rate.first()
    assert frame.groupby("optimizer").learning_rate.nunique().eq(1).all()
    for key, rate in rates.items():
        assert f"{key}: learning_rate {rate:.4g}" in said
    assert rates.gradient_descent > rates.adam
    asked = ROW_FORMATS["csv"].league_of(out)
    assert (asked.training, asked.racers) == ((30, 60), ASKED.racers)


def test_the_report_is_the_one_of_the_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of all of the article's optimizers, with the six conclusions in every source's form; the store has them then."""
    from optviz.stage import report

    told = []

    def written(
        result: Result, language: str, conclusions: Sequence[ToldConclusion], address: str, question: League
    ) -> bytes:
        assert (question, address) == (result.league, "https://here/")
        told.append((result, language, conclusions))
        return b"<!doctype html>"

    monkeypatch.setattr(report, "report", written)
    out = tmp_path / "league.html"
    options = ["--seeds", "0:30", "--steps", "15", "--convention", "tensorflow1"]
    at = ["--address", "https://here/?lang=en"]
    assert ask(tmp_path, *options, "--report", str(out), "--language", "zh", *at) == 0
    assert out.read_bytes() == b"<!doctype html>"
    ((result, language, conclusions),) = told
    assert (result.complete, result.league.convention, language) == (True, "tensorflow1", "zh")
    store = Store(tmp_path / "store")
    judged = conclusions_by_convention(result.league, store, known)
    assert set(judged) == set(CONVENTIONS)
    assert tuple(conclusions) == told_conclusions(judged, "tensorflow1", "zh")
    assert len(conclusions) == 6
    assert "mean gap left" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--seeds", "10:5"], "10:5"),
        (["--seeds", "0:200000"], "100,000"),
        (["--family", "rosenbrock"], "gaussian_hills"),
        (["--learning-rate", "each"], "each"),
        (["--training", "0:500"], "0:1000"),
        (["--report", "x.html", "--address", "here"], "--address cannot be read: here"),
        (["--report", "x.html", "--address", "http://"], "--address cannot be read: http://"),
        (["--report", "x.html", "--address", "http://here:port/"], "--address cannot be read: http://here:port/"),
        (["--report", "x.html", "--address", "http://[::1"], "--address cannot be read: http://[::1"),
        (["--report", "x.html", "--address", " http://here/"], "--address cannot be read:  http://here/"),
        (["--report", "x.html", "--address", "http://here/ there"], "--address cannot be read: http://here/ there"),
        (["--report", "x.html", "--address", 'http://here/"><i>'], "--address cannot be read: http://here/"),
        (["--report", "x.html", "--address", "http://he\nre/"], "--address cannot be read: http://he"),
        (["--tune", "speed"], "--tune = speed"),
        (["--training", "0:500"], "--training = 0:500"),
        (["--seeds", "10:5"], "--seeds = 10:5"),
        (["--family", "rosenbrock"], "--family = "),
        (["--family", "nowhere"], "--family = nowhere"),
        (["--report", "league.pdf"], "--report = league.pdf"),
        (["--report", "league.html", "--language", "de"], "en, zh"),
        (["--workers", "0"], "--workers = 0"),
        (["--workers", "many"], "--workers = many"),
        (["--out", "league.xlsx"], "--out = league.xlsx"),
        (["--job", "job.toml", "--steps", "5"], "--steps"),
        (["--job", "job.toml", "--set", "adam.beta1=0.5"], "--set"),
        (["--job", "nowhere.toml"], "nowhere.toml"),
        (["--job", "race.toml"], "start"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(
    tmp_path: Path, options: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("job.toml").write_text(ASKED.to_toml())
    Path("race.toml").write_text("start = [1.0, 1.0]\n")
    assert main(["league", "--store", "store", *options]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert said in err
    assert not Path("store").exists()


@pytest.fixture(scope="module")
def reported(folder: Path) -> Path:
    """The report of a league whose racers are tuned."""
    out = folder / "fair.html"
    assert ask(folder, *QUESTION, "--tune", "learning_rate", "--training", "30:60", "--report", str(out)) == 0
    return out


def test_a_report_tells_its_question_and_is_written_over_by_the_same_league_alone(
    folder: Path, reported: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert league_of(reported) == ASKED.replaced(training=(30, 60))
    fair = [*QUESTION, "--tune", "learning_rate", "--training", "30:60"]
    assert ask(folder, *fair, "--report", str(reported), "--language", "zh") == 0
    before = reported.read_bytes()
    assert b'lang="zh"' in before
    capsys.readouterr()
    assert ask(folder, *QUESTION, "--report", str(reported)) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert f"--report = {reported}"[:60] in said.err
    assert reported.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"<p>my page</p>", b'<code id="settings">steps = 3</code>', b"\xff\xfe"])
def test_a_page_that_is_no_report_stays(folder: Path, content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    page = folder / "page.html"
    page.write_bytes(content)
    assert ask(folder, *QUESTION, "--report", str(page)) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert page.read_bytes() == content


class Full(Worker):
    """A process that can write nothing."""

    def __init__(self, begun: Callable[[Worker], None]) -> None:
        code = (
            "import errno, os, sys; sys.path.insert(0, sys.argv[1]);"
            "import optviz.laboratory.worker as worker\n"
            "def full(file): raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))\n"
            "os.fsync = full; worker.main()"
        )
        super().__init__((sys.executable, "-P", "-c", code, str(ROOT)), begun)


def test_a_disk_that_is_full_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the words of nobody's system, whoever writes: the process that computes, or the command itself."""
    with monkeypatch.context() as patch:
        patch.setattr(Crew.__init__, "__defaults__", (Full,))
        assert ask(tmp_path, *QUESTION) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"optviz: seeds 5 to 24: the disk is full: there is no room for {tmp_path}/store/")
    assert told.count("\n") == 1 and "Error" not in told
    assert ask(tmp_path, *QUESTION) == 0
    capsys.readouterr()

    def full(file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    out = tmp_path / "league.csv"
    assert ask(tmp_path, *QUESTION, "--out", str(out)) == 2
    assert (
        capsys.readouterr().err
        == f"optviz: the disk is full: there is no room for {out}; free some, or choose another\n"
    )
    assert not out.exists()


def test_a_store_that_cannot_be_written_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "store").write_text("a file")
    assert ask(tmp_path, *QUESTION) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert str(tmp_path / "store") in err


class Told(_Progress):
    """What is told of the time left, by a clock of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.left: list[float | None] = []

    def tell(self, done: int, total: int, seconds_left: float | None) -> None:
        self.left.append(seconds_left)


def test_the_time_left_is_that_of_runs_and_not_of_programs_that_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """After 9 s the first of 100 runs are there; then ten come in each second."""
    told = Told()
    for now, done, total in (
        *((0.0, 0, 100), (9.0, 10, 100), (9.1, 11, 100), (11.0, 30, 100), (15.0, 70, 100)),
        # The grid goes on; then another league begins.
        *((18.0, 100, 100), (18.0, 100, 150), (20.0, 120, 150), (23.0, 150, 150), (24.0, 0, 40), (25.0, 20, 40)),
    ):
        monkeypatch.setattr("optviz.cli.league.time.monotonic", lambda now=now: now)
        told(done, total)
    assert told.left == [None, None, None, *map(pytest.approx, (7, 3, 0, 5, 3, 0)), None, None]


@long
def test_ctrl_c_is_one_line_and_nothing_is_lost(tmp_path: Path) -> None:
    """As it is typed: it is interrupted after its first lines, started again, and goes on."""
    command = [sys.executable, "-m", "optviz.cli", "league", "--store", "store", "--seeds", "0:5000", "--steps", "50"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
    kept = []
    while not kept:
        assert process.poll() is None
        time.sleep(0.01)
        kept = list((tmp_path / "store").rglob("*.npz"))
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said == "optviz: interrupted; what has been computed is kept, and the same command goes on from there\n"
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "store").rglob("*.npz")}
    assert 0 < len(before) < 20 * 9
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert len(list((tmp_path / "store").rglob("*.npz"))) == 20 * 9
