"""Every example in the README runs as it stands."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from optviz.cli import main

ROOT = Path(__file__).parents[1]
README = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md"))
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]
OPTVIZ = [shlex.split(line)[1:] for line in COMMANDS if line.startswith("optviz ")]


@pytest.mark.parametrize("code", PYTHON, ids=range(len(PYTHON)))
def test_python_examples(code: str, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the commands run, one after the other as in the text: one reads what another has written."""
    return tmp_path_factory.mktemp("commands")


@pytest.mark.parametrize("arguments", OPTVIZ, ids=lambda arguments: " ".join(arguments[:3]))
def test_command_line_examples(
    arguments: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    assert main(arguments) == 0
    assert capsys.readouterr().out.strip()
    if "--out" in arguments:
        assert (folder / arguments[arguments.index("--out") + 1]).stat().st_size > 500


def test_the_two_commands_and_the_files_that_are_named_exist() -> None:
    makefile = (Path(__file__).parents[1] / "Makefile").read_text(encoding="utf-8")
    assert "\nrun:" in makefile
    assert "\ntest:" in makefile
    assert len(PYTHON) >= 4
    assert len(OPTVIZ) >= 4
    for name in re.findall(r"`((?:optviz|surfaces|tests|benchmarks)/[\w./]*)`", README):
        assert (Path(__file__).parents[1] / name).exists(), name
