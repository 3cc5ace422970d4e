"""The stage's modules under Node's own test runner: `tests/js/`, a file a test."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable

from cases import ROOT
from optviz.stage.modules import CHART, ENTRY, stage_module

FILES = sorted((ROOT / "tests" / "js").glob("*.test.js"))


def node() -> str:
    """The Node that playwright brings; where it has none, the machine's."""
    own, _ = compute_driver_executable()
    found = own if Path(own).exists() else shutil.which("node")
    assert found, "Node is missing: install playwright anew (make setup), or Node.js 20 or newer"
    return str(found)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.removesuffix(".test.js"))
def test_module(file: Path) -> None:
    done = subprocess.run(
        [node(), "--test", "--test-reporter=spec", str(file)],
        cwd=ROOT,
        env={**os.environ, "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    assert "\u2714" in done.stdout, "some test has run"


def test_every_file_of_the_folder_is_tried() -> None:
    assert len(FILES) > 5


@pytest.mark.parametrize("entry", [ENTRY, CHART])
def test_the_modules_of_what_plays_from_disk_are_one_script(tmp_path: Path, entry: str) -> None:
    """A name that two of them declare is an error of syntax."""
    script = tmp_path / "joined.mjs"
    script.write_text(stage_module(entry), encoding="utf-8")
    done = subprocess.run([node(), "--check", str(script)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
