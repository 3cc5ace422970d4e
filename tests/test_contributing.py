"""CONTRIBUTING.md, followed to the letter: its recipes in a copy of the repository, which must pass its own tests.

A recipe is a fenced block after a paragraph that ends in a file name and a colon. A block is the file, a `diff` block
lines to insert, and to take out.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cases import ROOT
from tiers import rest_is_long

# Its last words name the file: "In `optviz/optimizers/__init__.py`:"
RECIPE = re.compile(r"`(?P<file>[\w./]+)`:\n\n```(?P<language>\w+)\n(?P<block>.*?)^```$", re.DOTALL | re.MULTILINE)
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = [(found["file"], found["language"], found["block"]) for found in RECIPE.finditer(GUIDE)]
NEW = {
    "optviz/optimizers/sign_descent.py",
    "surfaces/tilted_bowl.toml",
    "lessons/far_too_large.toml",
    "optviz/surface/steep_bowl.py",
    "optviz/figures/final_gap.py",
    "tests/test_final_gap.py",
    "optviz/figures/first_steps.py",
    "tests/test_decay.py",
    "optviz/laboratory/path_length.py",
    "tests/test_path_length.py",
    "optviz/ui/pages/first_steps/__init__.py",
    "optviz/ui/pages/first_steps/page.py",
    "optviz/ui/screens/first_steps.py",
    "tests/test_first_steps_page.py",
}
CHECKS = {
    "lint": ["ruff", "check", "--no-cache", "."],
    "format": ["ruff", "format", "--no-cache", "--check", "."],
    "types": ["mypy"],
    # Those that run over the tables which the recipes extend: of a table, the rows that the recipes added.
    "tests": [
        *("pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "only_added"),
        *(
            f"tests/test_{name}.py"
            for name in (
                *("final_gap", "optimizers", "conventions", "house", "figures", "experiment", "gallery", "cli"),
                *("ledger", "references", "surfaces", "decay", "path_length", "first_steps_page", "view"),
                "lessons",
            )
        ),
    ],
}
ADDED = (
    "sign_descent",
    "tilted_bowl",
    "far_too_large",
    "steep_bowl",
    "steep bowl",
    "final_gap",
    "decay",
    "alike",
    "first_steps",
)
ONLY_ADDED = f"""
def pytest_collection_modifyitems(config, items):
    added = [item for item in items if any(name in item.name for name in {ADDED})]
    assert len(added) > 50
    left_out = [item for item in items if hasattr(item, "callspec") and item not in added]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
"""
RACE = """
import optviz

assert "{copy}" in optviz.__file__
for surface in (optviz.gallery("tilted_bowl"), optviz.SteepBowl(stretch=3)):
    race = optviz.Race(surface).with_optimizers(["sign_descent", "adam"])
    assert optviz.Race.from_url(race.to_url()) == race
    for name, path in zip(race.racer_names(), race.run()):
        print(name, path.points.shape, path.losses[-1] < path.losses[0])
"""


def inserted(text: str, block: str) -> str:
    """The text with the `+` lines of a block, each after the line that stands before it, without the `-` lines."""
    lines, place = text.splitlines(), -1
    for line in block.splitlines():
        if line.startswith("+"):
            assert place >= 0, f"nothing says where {line!r} goes"
            place += 1
            lines.insert(place, line[1:])
            continue
        assert lines.count(line[1:]) == 1, f"{line[1:]!r} is there {lines.count(line[1:])} times"
        place = lines.index(line[1:])
        if line.startswith("-"):
            del lines[place]
            place -= 1
    return "\n".join(lines) + "\n"


def run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "GIT_", "COV"))}
    return subprocess.run(
        arguments,
        cwd=copy,
        env={
            **environment,
            "PYTHONPATH": os.pathsep.join([str(copy), str(copy / ".git" / "plugins")]),
            "PYTHONIOENCODING": "utf-8",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository, after somebody did all that CONTRIBUTING.md says."""
    copy = tmp_path_factory.mktemp("followed")
    listed = run(ROOT, "git", "ls-files", "-co", "--exclude-standard", "-z")
    assert listed.returncode == 0, listed.stdout
    for name in listed.stdout.split("\0"):
        if name and not name.startswith("docs/") and (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy / name)
    for file, language, block in RECIPES:
        target = copy / file
        assert target.exists() == (language == "diff"), f"{file} is new, or has lines to insert; not both"
        text = inserted(target.read_text(encoding="utf-8"), block) if language == "diff" else block
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    # A test of the house reads what is tracked.
    for arguments in (["init", "--quiet"], ["add", "--all"]):
        done = run(copy, "git", *arguments)
        assert done.returncode == 0, done.stdout
    plugins = copy / ".git" / "plugins"
    plugins.mkdir()
    (plugins / "only_added.py").write_text(ONLY_ADDED, encoding="utf-8")
    # What `make check` has found out about the files that stay as they are.
    if (ROOT / ".mypy_cache").is_dir():
        shutil.copytree(ROOT / ".mypy_cache", copy / ".mypy_cache")
    return copy


def test_every_block_of_code_is_a_recipe() -> None:
    """None slips through because its paragraph ends in other words; shell is for the reader."""
    languages = re.findall(r"^```(\w+)$", GUIDE, re.MULTILINE)
    assert [language for language in languages if language != "sh"] == [language for _, language, _ in RECIPES]
    assert {file for file, language, _ in RECIPES if language != "diff"} == NEW


def test_every_file_that_it_names_is_there(followed: Path) -> None:
    named = set(re.findall(r"`((?:optviz|tests|surfaces|lessons)/[\w./]*|\w+\.(?:py|txt|md))`", GUIDE))
    assert len(named) > 20
    places = [followed, followed / "optviz", followed / "optviz" / "ui"]
    assert [name for name in sorted(named) if not any((place / name).exists() for place in places)] == []


@pytest.mark.parametrize("check", rest_is_long(CHECKS, ("lint", "format")))
def test_who_follows_it_passes(followed: Path, check: str) -> None:
    done = run(followed, sys.executable, "-m", *CHECKS[check])
    assert done.returncode == 0, done.stdout[-5000:]
    assert "skipped" not in done.stdout


def test_what_was_added_races(followed: Path) -> None:
    done = run(followed, sys.executable, "-W", "error", "-c", RACE.format(copy=followed))
    lines = [f"{name} (201, 2) True" for name in ("adam", "sign_descent")]
    assert (done.returncode, done.stdout.splitlines()) == (0, lines * 2), done.stdout
    listed = run(followed, sys.executable, "-m", "optviz.cli", "surfaces").stdout.split()
    assert {"steep_bowl", "tilted_bowl"} <= set(listed)
