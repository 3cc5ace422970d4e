"""The wheel, installed into a clean environment and used from an empty folder elsewhere, as a stranger would."""

from __future__ import annotations

import csv
import shutil
import signal
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import visitor
from docker_replay import free_port
from optviz import OPTIMIZERS, gallery_names
from tiers import long

ROOT = Path(__file__).parents[1]


@dataclass
class Installed:
    """Where the wheel is installed, and an empty folder to use it from."""

    environment: Path
    folder: Path

    @property
    def settings(self) -> dict[str, str]:
        """Environment variables of somebody who has never used any of this."""
        return {"PATH": f"{self.environment}/bin:/usr/bin:/bin", "HOME": str(self.folder), "LANG": "C.UTF-8"}

    def optviz(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command to its end."""
        command = [self.environment / "bin" / "optviz", *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=self.settings, capture_output=True, text=True, encoding="utf-8", timeout=120
        )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment, with_pip=True, symlinks=True)
    install = [environment / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-input", "--no-compile"]
    # Not --no-deps: the pins must be enough, and fit what the wheel says it needs.
    done = subprocess.run([*install, "-r", ROOT / "requirements.txt", wheel], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    yield Installed(environment, tmp_path_factory.mktemp("empty"))
    # Half a gigabyte, which pytest would keep for three runs.
    shutil.rmtree(environment)


def test_the_wheel_carries_the_app_and_nothing_else(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    surfaces = {f"optviz/_surfaces/{path.name}" for path in (ROOT / "surfaces").glob("*.toml")}
    lessons = {f"optviz/_lessons/{path.name}" for path in (ROOT / "lessons").glob("*.toml")}
    package = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "optviz").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert len(surfaces) >= 16
    assert len(lessons) >= 8
    assert {"optviz/text/zh.toml", "optviz/stage/js/stage.js", "optviz/stage/css/stage.css"} <= package
    assert names == surfaces | lessons | package | {"optviz/ui/streamlit_config.toml"}


@long
def test_the_pins_are_all_that_is_installed(installed: Installed) -> None:
    pip = [installed.environment / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
    frozen = subprocess.run([*pip, "freeze", "--exclude", "optviz"], capture_output=True, text=True, check=True)
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = {line.lower() for line in lines if line and not line.startswith("#")}
    if sys.platform == "linux":
        assert {line.lower() for line in frozen.stdout.split()} == pins
    assert subprocess.run([*pip, "check"], capture_output=True).returncode == 0


@long
def test_it_lists_its_surfaces(installed: Installed) -> None:
    done = installed.optviz("surfaces")
    assert done.returncode == 0, done.stderr
    assert set(gallery_names()) <= {line.split()[0] for line in done.stdout.splitlines()}


@long
def test_it_runs_a_race(installed: Installed, tmp_path: Path) -> None:
    out = tmp_path / "paths.csv"
    race = ("race", "--surface", "gaussian_hills", "--seed", "1", "--convention", "tensorflow1", "--optimizers", "all")
    done = installed.optviz(*race, "--steps", "200", "--out", str(out))
    assert done.returncode == 0, done.stderr
    with out.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if row and not row[0].startswith("#")]
    assert len(rows) == 1 + len(OPTIMIZERS) * 201


@long
def test_bad_input_is_one_sentence(installed: Installed) -> None:
    done = installed.optviz("race", "--surface", "nowhere")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "nowhere" in done.stderr


@pytest.fixture(scope="module")
def port(installed: Installed) -> Iterator[int]:
    """The port of an `optviz serve`, which must end in good order on SIGTERM and leave its folder empty."""
    number = free_port()
    server = subprocess.Popen(
        [installed.environment / "bin" / "optviz", "serve", "--no-browser", "--port", str(number)],
        cwd=installed.folder,
        env=installed.settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        visitor.wait_until_healthy(number, server)
        yield number
        server.send_signal(signal.SIGTERM)
        output, _ = server.communicate(timeout=60)
    finally:
        server.kill()
        server.wait()
    assert server.returncode in (0, -signal.SIGTERM), output.decode()
    assert b"Traceback" not in output
    assert list(installed.folder.iterdir()) == []


@long
def test_it_serves_the_page_and_its_scripts_from_an_empty_folder(port: int) -> None:
    assert {address.split("/")[-1] for address in visitor.check_addresses(port)} >= {"", "stage.js"}


@long
def test_the_page_runs_and_reports_to_nobody(port: int) -> None:
    with visitor.open_page(port) as page:
        assert page.title == "optviz"
        assert page.gathers_statistics is False
        assert len(page.elements) > 20
