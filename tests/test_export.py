"""Files for other programs: every format gives back every bit, and none can do harm."""

from __future__ import annotations

import csv
import io
import json
import tomllib

import numpy as np
import pandas
import pytest

from optviz import OPTIMIZERS, BadInput, Formula, GaussianHills, Race, Racer, SmoothedNoise, Trajectory
from optviz.export import FORMATS, settings_of_csv, to_csv, to_json, to_npz
from optviz.statistics import gap

RACES: dict[str, Race] = {
    "hills": Race(steps=30),
    "noise": Race(surface=SmoothedNoise(seed=3), steps=5, start=(0.1 + 0.2, -1e-17)),
    "one that diverges": Race(
        surface=Formula("x**2 + y**2"),
        racers=(Racer(OPTIMIZERS["gradient_descent"](learning_rate=20.0)), Racer(OPTIMIZERS["adam"]())),
        start=(1, 1),
        steps=12,
    ),
    "from the lowest point": Race(surface=Formula("x**2 + y**2"), start=(0, 0), steps=3),
    "labels": Race(
        racers=tuple(
            Racer(OPTIMIZERS["adam"](), label=label) for label in ("亚当", 'a,"b"', "a;b", "🙂", "# no comment", "a#b")
        ),
        steps=2,
    ),
}


@pytest.fixture(params=RACES)
def raced(request: pytest.FixtureRequest) -> tuple[Race, tuple[Trajectory, ...]]:
    return RACES[request.param], RACES[request.param].run()


def bits(values: list[float]) -> bytes:
    return np.array(values, dtype=float).tobytes()


def table(written: bytes) -> list[dict[str, str]]:
    """The rows below the settings."""
    lines = [line for line in written.decode("utf-8").split("\n") if not line.startswith("#")]
    return list(csv.DictReader(io.StringIO("\n".join(lines), newline="")))


def test_csv_gives_back_every_bit(raced: tuple[Race, tuple[Trajectory, ...]]) -> None:
    race, paths = raced
    rows = table(to_csv(race, paths))
    assert list(rows[0]) == ["racer", "optimizer", "step", "x", "y", "loss", "gap"]
    assert len(rows) == len(paths) * (race.steps + 1)
    for index, (name, path) in enumerate(zip(race.racer_names(), paths, strict=True)):
        mine = rows[index * (race.steps + 1) : (index + 1) * (race.steps + 1)]
        assert {row["racer"] for row in mine} == {name}
        assert {row["optimizer"] for row in mine} == {path.racer.key}
        assert [int(row["step"]) for row in mine] == list(range(race.steps + 1))
        expected = {
            "x": path.points[:, 0],
            "y": path.points[:, 1],
            "loss": path.losses,
            "gap": gap(path.losses, race.surface.lowest.loss),
        }
        for column, values in expected.items():
            known = np.isfinite(values)
            assert bits([float(row[column]) for row, there in zip(mine, known, strict=True) if there]) == bits(
                values[known]
            )
            assert {row[column] for row, there in zip(mine, known, strict=True) if not there} <= {""}


def test_csv_tells_its_settings(raced: tuple[Race, tuple[Trajectory, ...]]) -> None:
    written = to_csv(*raced)
    assert settings_of_csv(written) == raced[0]
    told = tomllib.loads("\n".join(line[2:] for line in written.decode().split("\n")[1:] if line.startswith("#")))
    for racer, record in zip(raced[0].racers, told["racers"], strict=True):
        for name in racer.optimizer.hyperparameters():
            assert record[name] == getattr(racer.optimizer, name), "also where it is the default"


def test_a_csv_without_settings_is_refused() -> None:
    with pytest.raises(BadInput, match="surface"):
        settings_of_csv(b"racer,step\nadam,0\n")


def test_pandas_reads_the_csv(raced: tuple[Race, tuple[Trajectory, ...]]) -> None:
    race, paths = raced
    frame = pandas.read_csv(io.BytesIO(to_csv(race, paths)), comment="#")
    assert list(frame.columns) == ["racer", "optimizer", "step", "x", "y", "loss", "gap"]
    assert len(frame) == len(paths) * (race.steps + 1)
    names = [name for name in race.racer_names() for _ in range(race.steps + 1)]
    assert frame["racer"].tolist() == names
    np.testing.assert_array_equal(frame["loss"].to_numpy(), np.concatenate([path.losses for path in paths]))
    np.testing.assert_array_equal(frame[["x", "y"]].to_numpy(), np.concatenate([path.points for path in paths]))


def test_json_gives_back_every_bit_and_the_race(raced: tuple[Race, tuple[Trajectory, ...]]) -> None:
    race, paths = raced

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    record = json.loads(to_json(race, paths), parse_constant=refuse)
    assert Race.from_record(record["race"]) == race
    assert record["lowest"]["loss"] == race.surface.lowest.loss
    assert record["lowest"]["point"] == race.surface.lowest.point.tolist()
    assert [racer["name"] for racer in record["racers"]] == list(race.racer_names())
    for racer, path in zip(record["racers"], paths, strict=True):
        assert racer["outcome"] == path.outcome
        assert racer["diverged_at"] == path.diverged_at
        points = np.array([[np.nan if value is None else value for value in point] for point in racer["points"]])
        losses = np.array([np.nan if value is None else value for value in racer["losses"]])
        assert points.tobytes() == np.where(np.isnan(path.points), np.nan, path.points).tobytes()
        assert losses.tobytes() == np.where(np.isnan(path.losses), np.nan, path.losses).tobytes()


def test_npz_gives_back_every_bit_without_pickles(raced: tuple[Race, tuple[Trajectory, ...]]) -> None:
    race, paths = raced
    with np.load(io.BytesIO(to_npz(race, paths)), allow_pickle=False) as archive:
        assert sorted(archive) == ["losses", "names", "points", "race"]
        assert archive["names"].tolist() == list(race.racer_names())
        assert archive["points"].tobytes() == np.stack([path.points for path in paths]).tobytes()
        assert archive["losses"].tobytes() == np.stack([path.losses for path in paths]).tobytes()
        assert Race.from_json(str(archive["race"])) == race


@pytest.mark.parametrize("label", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "=", " =1+1", "＝1+1"])
def test_no_label_becomes_a_spreadsheets_formula(label: str) -> None:
    race = Race(surface=GaussianHills(seed=2), racers=(Racer(OPTIMIZERS["adam"](), label=label),), steps=1)
    name = table(to_csv(race, race.run()))[0]["racer"]
    assert name.lstrip()[0] not in "=+-@＝＋－＠"
    assert label in name


def test_numbers_below_zero_stay_numbers() -> None:
    """The apostrophe that defuses a label would make text of a number."""
    race = Race(surface=Formula("-x"), start=(-1, -1), steps=1)
    assert table(to_csv(race, race.run()))[0]["x"] == "-1.0"


def test_the_formats() -> None:
    assert list(FORMATS) == ["csv", "json", "npz"]
