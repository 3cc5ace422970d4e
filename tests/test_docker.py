"""The container image, replayed without an engine: how its files are read, and that it builds, runs and stops."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

import docker_replay
from docker_replay import Build, ReplayError, Stage, exec_form, let_through, local, parse_dockerfile
from tiers import long

ROOT = Path(__file__).parents[1]
IGNORE = (ROOT / ".dockerignore").read_text(encoding="utf-8")

EXAMPLE = """\
# syntax=docker/dockerfile:1
FROM python:3.11-slim AS build

COPY --from=earlier one \\
    # a comment between continued lines
    two ./
RUN pip install one && \\
    pip check
HEALTHCHECK --interval=30s --timeout=5s CMD ["python", "-c", "pass"]
"""


def test_steps_are_read_with_their_flags_and_continued_lines() -> None:
    steps = parse_dockerfile(EXAMPLE)
    assert [step.line for step in steps] == [2, 4, 7, 9]
    assert [step.word for step in steps] == ["FROM", "COPY", "RUN", "HEALTHCHECK"]
    assert steps[0].rest == "python:3.11-slim AS build"
    assert steps[1].flags == {"from": "earlier"}
    assert steps[1].rest == "one two ./"
    assert steps[2].rest == "pip install one && pip check"
    assert steps[3].flags == {"interval": "30s", "timeout": "5s"}
    assert steps[3].rest == 'CMD ["python", "-c", "pass"]'


@pytest.mark.parametrize("text", ["RUN pip install \\\n", "RUN <<EOF\npip\nEOF\n"])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ReplayError, match="line 1"):
        parse_dockerfile(text)


@pytest.mark.parametrize("rest", ["uvicorn app:app", "[]", "['uvicorn']", '["uvicorn", 1]', '"uvicorn"'])
def test_a_command_in_shell_form_is_refused(rest: str) -> None:
    # A shell in between would not pass SIGTERM on.
    with pytest.raises(ReplayError, match="exec form"):
        exec_form(docker_replay.Step(1, "CMD", {}, rest))


@pytest.mark.parametrize(
    ("ignore", "path", "inside"),
    [
        ("", "a/b.py", True),
        ("a", "a/b.py", False),
        ("b.py", "a/b.py", True),
        ("**/b.py", "a/b.py", False),
        ("**/b.py", "b.py", False),
        ("*.py", "a/b.py", True),
        ("*.py", "b.py", False),
        ("*\n!a", "a/b.py", True),
        ("*\n!a\n**/*.pyc", "a/b.pyc", False),
        ("!a\n*", "a/b.py", False),
        ("/a/", "a/b.py", False),
        ("a?", "ab", False),
        ("a?", "a/b", True),
        ("# a", "a", True),
        ("a.b", "axb", True),
    ],
)
def test_dockerignore_is_understood_as_docker_does(ignore: str, path: str, inside: bool) -> None:
    assert let_through(path, ignore) is inside


def test_nothing_but_the_app_gets_into_the_build() -> None:
    for path in (
        "app.py",
        "optviz/trajectory.py",
        "optviz/stage/js/stage.js",
        "surfaces/bowl.toml",
        "lessons/ravine.toml",
        ".streamlit/config.toml",
    ):
        assert let_through(path, IGNORE), path
    for path in (
        ".git/config",
        ".venv/bin/python",
        ".env",
        ".streamlit/secrets.toml",
        "tests/cases.py",
        "optviz/__pycache__/racer.cpython-311.pyc",
        "Dockerfile",
    ):
        assert not let_through(path, IGNORE), path


def test_a_server_of_the_image_listens_on_this_machine_only() -> None:
    assert local(["uvicorn", "--host", "0.0.0.0", "--port", "8501"], 4321) == [
        "uvicorn",
        "--host",
        "127.0.0.1",
        "--port",
        "4321",
    ]


def test_paths_of_the_image_are_mapped_and_others_left_alone(tmp_path: Path) -> None:
    stage = Stage(tmp_path, tmp_path, frozenset({"app", "wheels"}), "/app")
    assert stage.mapped("pip install /wheels/*.whl --target /app") == (
        f"pip install {tmp_path}/wheels/*.whl --target {tmp_path}/app"
    )
    for text in ("/usr/bin/env", "a/app/b", "http://127.0.0.1/app/x", "/apple"):
        assert stage.mapped(text) == text
    assert stage.here("x/../y") == tmp_path / "app" / "y"
    assert stage.here("/wheels") == tmp_path / "wheels"
    assert stage.here("../../../etc") == tmp_path / "etc"


def _build(folder: Path, dockerfile: str, ignore: str = "") -> tuple[Build, Stage]:
    context = folder / "context"
    (context / "part" / "inner").mkdir(parents=True)
    (context / "part" / "one.txt").write_text("1")
    (context / "part" / "inner" / "two.txt").write_text("2")
    (context / "three.txt").write_text("3")
    (context / "Dockerfile").write_text(dockerfile)
    (context / ".dockerignore").write_text(ignore)
    build = Build(context, folder / "target", lambda _: None)
    return build, build.run()


def _files(stage: Stage) -> set[str]:
    return {path.relative_to(stage.files).as_posix() for path in stage.files.rglob("*") if path.is_file()}


@pytest.fixture
def no_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docker_replay.venv, "create", lambda *_, **__: None)


@pytest.mark.usefixtures("no_environments")
def test_copy_does_what_docker_does(tmp_path: Path) -> None:
    dockerfile = (
        "FROM one AS first\nWORKDIR /src\nCOPY part/ part/\nCOPY three.txt ./\nCOPY three.txt four.txt\n"
        "FROM one\nWORKDIR /app\nWORKDIR inner\nCOPY part .\nCOPY --from=first /src/part/ /wheels/\n"
    )
    build, stage = _build(tmp_path, dockerfile, ignore="**/two.txt")
    assert _files(build.stages["first"]) == {"src/part/one.txt", "src/three.txt", "src/four.txt"}
    assert _files(stage) == {"app/inner/one.txt", "wheels/one.txt"}


@pytest.mark.usefixtures("no_environments")
def test_a_volume_is_a_folder_of_the_image_that_settings_may_name(tmp_path: Path) -> None:
    _, stage = _build(tmp_path, "FROM one\nENV STORE=/store\nVOLUME /store\n")
    assert stage.here("/store").is_dir()
    assert stage.settings({})["STORE"] == str(stage.here("/store"))


def test_leagues_outlive_the_container() -> None:
    """The folder is a volume of the image, and belongs to the user who runs it; compose names the volume."""
    steps = parse_dockerfile((ROOT / "Dockerfile").read_text(encoding="utf-8"))
    told = [(step.word, step.rest) for step in steps]
    (user,) = [rest for word, rest in told if word == "USER"]
    (volume,) = [rest for word, rest in told if word == "VOLUME"]
    assert ("ENV", f"OPTVIZ_STORE={volume}") in told
    made = told.index(("RUN", f"mkdir {volume} && chown {user} {volume}"))
    # What is changed in a volume after it was declared is lost.
    assert made < told.index(("VOLUME", volume))
    compose = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    (name,) = re.findall(rf"^      - (\w+):{volume}$", compose, re.MULTILINE)
    assert re.search(rf"^volumes:\n  {name}:$", compose, re.MULTILINE)


@pytest.mark.usefixtures("no_environments")
@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ("COPY nothing ./", "nothing is not there"),
        ("COPY three.txt ./", "dockerignore"),
        ("COPY --from=other three.txt ./", "no stage other"),
        ("COPY --chmod=777 part ./", "does not know the flags chmod"),
        ('VOLUME ["/data"]', "one folder, as a path"),
        ("SHELL sh", "does not know SHELL"),
        ("USER root", "run as root"),
        ("ENV HOME /app", "NAME=value"),
        ("RUN pip install --target /outside one", "would touch /outside"),
        ("CMD uvicorn app:app", "exec form"),
    ],
)
def test_a_step_that_cannot_work_is_told_with_its_line(tmp_path: Path, step: str, problem: str) -> None:
    with pytest.raises(ReplayError, match=f"line 3: .*{problem}"):
        _build(tmp_path, f"FROM one\nWORKDIR /app\n{step}\n", ignore="three.txt")


@pytest.mark.usefixtures("no_environments")
def test_what_needs_the_base_image_is_left_out_and_said(tmp_path: Path) -> None:
    build, _ = _build(tmp_path, "FROM one\nRUN useradd somebody\nUSER 10001\n")
    assert [text.split(":")[0] for text in build.left_out] == ["FROM one", "line 2", "line 3"]


@long
@pytest.mark.skipif(sys.platform == "win32", reason="an image for Linux, replayed with a POSIX shell and signals")
def test_the_image_builds_runs_and_stops(tmp_path: Path) -> None:
    said: list[str] = []
    target = tmp_path / "image"
    try:
        docker_replay.replay(ROOT, target, said.append)
    finally:
        shutil.rmtree(target, ignore_errors=True)
    for begin in ("CMD: answers", "answers: /optviz-assets/plotly-", "runs: the page “optviz”", "SIGTERM: stopped"):
        assert any(line.startswith(begin) for line in said), (begin, said)
    assert "no file of the image changed, and nothing was written to the temporary folder" in said
    assert not any("lets us write" in line for line in said)
