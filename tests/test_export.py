"""Files for other programs: every format gives back every bit, and none can do harm."""

from __future__ import annotations

import csv
import io
import json
import tomllib
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest

from optviz import OPTIMIZERS, BadInput, FiniteSum, Formula, GaussianHills, Race, Racer, SmoothedNoise, Trajectory
from optviz.export import FORMATS, read_race, settings_of_csv, to_csv, to_json, to_npz
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
    lines = [line for line in written.decode("utf-8-sig").split("\n") if not line.startswith("#")]
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


AWKWARD = Race(
    FiniteSum(Formula("x·y + max(x^2, y^2, 0.25)", domain=(-1, 2.5, -3, 4)), samples=100),
    racers=(
        Racer(OPTIMIZERS["adam"](), 8, label='亚当, "a";b # c'),
        Racer(OPTIMIZERS["nag"](), label="été €"),
        Racer(OPTIMIZERS["nag"](learning_rate=0.01)),
    ),
    start=(0.1 + 0.2, -1e-17),
    steps=2,
)
LATIN = AWKWARD.without(0)


def resaved(written: bytes, separator: str, quoting: int, end: str) -> str:
    """The text of a CSV file as spreadsheets write it anew: cells filled up to a rectangle, quotes where need be.

    So do LibreOffice Calc 7.4 (by hand: all of these separators and quotings) and Excel.
    """
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))
    width = max(map(len, rows))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    writer.writerows([*row, *[""] * (width - len(row))] for row in rows)
    return text.getvalue()


ENCODINGS = {
    "utf-8": lambda text: text.encode(),
    "utf-8 with a mark": lambda text: text.encode("utf-8-sig"),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16, big end first": lambda text: "\ufeff".encode("utf-16-be") + text.encode("utf-16-be"),
    "gb18030": lambda text: text.encode("gb18030"),
    # What LibreOffice makes of the mark where it is told no encoding and has no window to ask in.
    "utf-8 taken for cp1252": lambda text: (
        (b"\xef\xbb\xbf" + text.encode())
        .decode("latin-1")
        .translate(
            {
                byte: bytes([byte]).decode("cp1252", "replace")
                for byte in range(128, 160)
                if bytes([byte]).decode("cp1252", "ignore")
            }
        )
        .encode()
    ),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL], ids=["quotes", "all quoted"])
@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_a_file_that_a_spreadsheet_has_saved_again_still_tells_its_race(
    end: str, separator: str, quoting: int, encoding: str
) -> None:
    text = resaved(to_csv(AWKWARD, AWKWARD.run()), separator, quoting, end)
    assert settings_of_csv(ENCODINGS[encoding](text)) == AWKWARD


def test_windows_1252_is_read_where_it_is_nothing_else() -> None:
    written = to_csv(LATIN, LATIN.run()).decode("utf-8-sig")
    assert settings_of_csv(written.encode("cp1252")) == LATIN


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\x85", "\u00a0", "\u3000"])
def test_no_character_ends_a_line_but_the_end_of_a_line(character: str) -> None:
    """All that `str.splitlines` would take for one and TOML holds as it is."""
    told = to_csv(AWKWARD, AWKWARD.run()).decode("utf-8-sig").replace("b # c", f"b{character}c").encode()
    with pytest.raises(BadInput, match="label|characters"):
        # The line is whole: what is refused is the label, of which it is a part.
        settings_of_csv(told)


def test_the_lines_of_a_list_that_lost_their_commas_are_a_list() -> None:
    """As earlier versions wrote them, one number a line, once a spreadsheet took the comma for a cell's."""
    old = "# domain = [\n#     -1.0,,,\n#     2.5,,,\n#     -3.0,,,\n#     4.0,,,\n# ]"
    whole = to_csv(AWKWARD, AWKWARD.run()).decode("utf-8-sig")
    assert "# domain = [-1.0, 2.5, -3.0, 4.0]" in whole
    assert settings_of_csv(whole.replace("# domain = [-1.0, 2.5, -3.0, 4.0]", old).encode()) == AWKWARD
    assert (
        settings_of_csv(whole.replace("# domain = [-1.0, 2.5, -3.0, 4.0]", old.replace(",,,", ",")).encode()) == AWKWARD
    )


def test_the_mark_is_there_where_a_spreadsheet_needs_it_and_pandas_passes_over_it() -> None:
    """Plain files stay as they were, for readers that do not know the mark."""
    plain = Race(steps=1)
    assert to_csv(plain, plain.run()).isascii()
    written = to_csv(AWKWARD, AWKWARD.run())
    assert written.startswith(b"\xef\xbb\xbf# ")
    frame = pandas.read_csv(io.BytesIO(written), comment="#")
    assert frame.columns[0] == "racer"
    assert frame["racer"].unique().tolist() == list(AWKWARD.racer_names())


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


def test_a_file_says_that_it_is_one_run_where_there_are_others() -> None:
    sampled = Race.from_url("surface=regression&racers=minibatch_sgd--batch_size-8~adam&batch_seed=3&steps=2")
    (told,) = [line for line in to_csv(sampled, sampled.run()).decode().split("\n") if "One run" in line]
    assert told == "# # One run (batch_seed 3). Other seeds of the batches give other runs."
    assert settings_of_csv(to_csv(sampled, sampled.run())) == sampled
    assert json.loads(to_json(sampled, sampled.run()))["note"] == told.removeprefix("# # ")
    full = Race(steps=2)
    assert b"One run" not in to_csv(full, full.run())
    assert "note" not in json.loads(to_json(full, full.run()))


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


# --- reading back --------------------------------------------------------------------------------------------------

WRITERS = {ending: known.write for ending, known in FORMATS.items()}


@pytest.mark.parametrize("ending", [*WRITERS, "CSV", "Json"])
@pytest.mark.parametrize("name", [*RACES, "awkward"])
def test_a_file_gives_its_race_back(name: str, ending: str, tmp_path: Path) -> None:
    race = AWKWARD if name == "awkward" else RACES[name]
    file = tmp_path / f"race.{ending}"
    file.write_bytes(WRITERS[ending.lower()](race, race.run()))
    assert read_race(file) == race


@pytest.mark.parametrize("ending", WRITERS)
def test_a_file_tells_every_setting_whatever_the_defaults_become(ending: str, tmp_path: Path) -> None:
    """Also of what is a default today."""
    race = Race(steps=1)
    written = WRITERS[ending](race, race.run())
    if ending == "npz":
        with np.load(io.BytesIO(written), allow_pickle=False) as archive:
            written = str(archive["race"]).encode()
    for name in ("steps", "batch_seed", "hills", "weights", "beta1", "epsilon_inside", "initial_accumulator"):
        assert name.encode() in written


def archive_with(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return buffer.getvalue()


def array_file(array: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
HUGE_HEADER = array_file(np.array("x")).replace(
    b"'<U1', 'fortran_order': False, 'shape': (), }", b"'<U1', 'fortran_order': False, 'shape': (99999999999,), }"
)
NOT_RACES: dict[str, tuple[str, bytes]] = {
    **{f"nothing.{ending}": (ending, b"") for ending in FORMATS},
    **{f"a picture.{ending}": (ending, PNG) for ending in FORMATS},
    **{f"zeros.{ending}": (ending, bytes(10_000)) for ending in FORMATS},
    "a deep list": ("json", b"[" * 100_000),
    "a number": ("json", b"3"),
    "a race that is a list": ("json", b'{"race": [1]}'),
    "a long number": ("json", b"1" * 10_000),
    "another table": ("csv", b"name,age\nAda,36\n"),
    "a line without end": ("csv", b"# " + b"x" * 3_000_000),
    "quotes without end": ("csv", b'"# ' + b'"' * 300_000),
    "an empty archive": ("npz", archive_with()),
    "no race in it": ("npz", archive_with(points=array_file(np.ones(3)))),
    "numbers for a race": ("npz", archive_with(race=array_file(np.ones(3)))),
    "an object for a race": ("npz", archive_with(race=array_file(np.array({"a": 1})))),
    "a bomb": ("npz", archive_with(race=bytes(50_000_000))),
    "a text of 100 MB": ("npz", archive_with(race=array_file(np.array("x" * 25_000_000)))),
    "a header that promises much": ("npz", archive_with(race=HUGE_HEADER)),
    "cut off": ("npz", to_npz(RACES["labels"], RACES["labels"].run())[:-200]),
    "damaged": ("npz", to_npz(RACES["labels"], RACES["labels"].run()).replace(b"PK\x03\x04", b"PK\x03\x05")),
}


@pytest.mark.parametrize("name", NOT_RACES)
def test_a_file_that_is_no_race_is_refused_in_a_sentence_that_names_it(name: str, tmp_path: Path) -> None:
    ending, content = NOT_RACES[name]
    file = tmp_path / f"stranger.{ending}"
    file.write_bytes(content)
    tracemalloc.start()
    with pytest.raises(BadInput) as refused:
        read_race(file)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "stranger" in str(refused.value)
    assert "\n" not in str(refused.value)
    # A few copies of what was read, never what it says it would become.
    assert most < 20 * len(content) + 20_000_000


def test_a_file_of_two_gigabytes_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "race.json"
    with file.open("wb") as sparse:
        sparse.truncate(2 * 2**30)
    tracemalloc.start()
    with pytest.raises(BadInput, match=r"race\.json has more than 64,000,000 bytes"):
        read_race(file)
    assert tracemalloc.get_traced_memory()[1] < 200_000_000
    tracemalloc.stop()


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"race\.xlsx is not known; choose one of \.csv, \.json, \.npz, \.toml"):
        read_race(tmp_path / "race.xlsx")


def test_the_formats() -> None:
    assert [ending for ending, known in FORMATS.items() if known.holds_trajectories] == ["csv", "json", "npz"]
