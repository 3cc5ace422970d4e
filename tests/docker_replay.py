"""Build and start the container image without a container engine, as far as that goes.

    python tests/docker_replay.py

Reads the Dockerfile and replays it: COPY copies what .dockerignore lets through into a temporary directory that stands
for the image's file system, RUN runs its pip commands in a virtual environment of that stage's own, CMD is started on a
free port of this machine, and HEALTHCHECK is asked before and after. Then it makes the file system read-only, as
`docker run --read-only` would, opens pages, and ends the server with the SIGTERM that `docker stop` sends, while a page
is open. What cannot be replayed is said in the output.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import visitor

ROOT = Path(__file__).resolve().parents[1]
PORT = 8501
# Docker waits ten seconds after SIGTERM before it kills.
SECONDS_TO_STOP = 10
CAP_DAC_OVERRIDE, PR_CAPBSET_DROP = 1, 24


class ReplayError(Exception):
    """The image would not build, start, answer or stop as it should."""


# --- reading -------------------------------------------------------------------------------------------------------


class Step(NamedTuple):
    """One instruction: the line it starts on, its word in capitals, its flags by name, and the rest."""

    line: int
    word: str
    flags: dict[str, str]
    rest: str


def parse_dockerfile(text: str) -> list[Step]:
    """The instructions in order: comments dropped, continued lines joined, flags split off."""
    steps = []
    parts: list[str] = []
    first = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not parts:
            first = number
        parts.append(line.strip().removesuffix("\\").strip())
        if not line.rstrip().endswith("\\"):
            steps.append(_step(first, " ".join(parts)))
            parts = []
    if parts:
        raise ReplayError(f"line {first}: the last line ends with a backslash")
    return steps


def _step(line: int, text: str) -> Step:
    word, _, rest = text.partition(" ")
    rest = rest.strip()
    if "<<" in rest:
        raise ReplayError(f"line {line}: here-documents are not understood")
    flags = {}
    while match := re.match(r"--([a-z-]+)(?:=(\S+))?\s*", rest):
        flags[match[1]] = match[2] or ""
        rest = rest[match.end() :]
    return Step(line, word.upper(), flags, rest)


def _shown(step: Step) -> str:
    flags = "".join(f" --{name}={value}" for name, value in step.flags.items())
    text = f"{step.word}{flags} {step.rest}"
    return text if len(text) <= 110 else text[:109] + "…"


def exec_form(step: Step) -> list[str]:
    """The words of a command in exec form: a shell between Docker and the server would swallow SIGTERM."""
    try:
        words = json.loads(step.rest)
    except ValueError:
        words = None
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        raise ReplayError(f'line {step.line}: {step.word} is not in exec form, ["program", "argument"]')
    return words


def let_through(path: str, ignore: str) -> bool:
    """Whether .dockerignore lets a file into the build: the last pattern that matches it or a folder above it wins."""
    inside = True
    for line in ignore.splitlines():
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        again = pattern.startswith("!")
        pattern = pattern.removeprefix("!").strip().strip("/")
        if re.fullmatch(_expression(pattern) + r"(/.*)?", path):
            inside = again
    return inside


def _expression(pattern: str) -> str:
    signs = {"**/": "(.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    pieces = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    return "".join(signs.get(piece, re.escape(piece)) for piece in pieces)


# --- building ------------------------------------------------------------------------------------------------------


@dataclass
class Stage:
    """A stage of the build: `files` stands for its file system, `environment` for its Python."""

    files: Path
    environment: Path
    tops: frozenset[str] = frozenset()
    workdir: str = "/"
    variables: dict[str, str] = field(default_factory=dict)
    command: list[str] | None = None
    health: list[str] | None = None
    port: int | None = None

    def here(self, path: str) -> Path:
        """Where a path of the image lies on this machine."""
        return self.files / os.path.normpath(Path("/", self.workdir, path)).lstrip("/")

    def mapped(self, text: str) -> str:
        """A command or value in which the image's own folders are replaced by those that stand for them."""
        tops = "|".join(re.escape(top) for top in sorted(self.tops))
        return re.sub(rf"(?<![\w./-])/(?=({tops})(/|$|\s))", f"{self.files}/", text)

    def settings(self, base: dict[str, str]) -> dict[str, str]:
        """Environment variables for a command of this stage, on top of `base`."""
        own = {name: self.mapped(value) for name, value in self.variables.items()}
        return {**base, "VIRTUAL_ENV": str(self.environment), **own, "PATH": f"{self.environment}/bin:/usr/bin:/bin"}


class Build:
    """The replay of a Dockerfile's steps in a folder of its own."""

    def __init__(self, context: Path, target: Path, tell: Callable[[str], None]) -> None:
        self.context = context
        self.target = target
        self.tell = tell
        self.ignore = (context / ".dockerignore").read_text(encoding="utf-8")
        self.stages: dict[str, Stage] = {}
        self.tops: frozenset[str] = frozenset()
        self.left_out: list[str] = []

    def run(self) -> Stage:
        """Replay all steps; the last stage is the image."""
        stage: Stage | None = None
        steps = parse_dockerfile((self.context / "Dockerfile").read_text(encoding="utf-8"))
        # The folders at the top of the image's file system that the Dockerfile itself makes.
        self.tops = frozenset(
            word.split("/")[1]
            for step in steps
            if step.word in ("COPY", "VOLUME", "WORKDIR")
            for word in step.rest.split()
            if word[0] == "/"
        )
        for step in steps:
            self.tell(f"line {step.line:2}: {_shown(step)}")
            if step.word == "FROM":
                stage = self._from(step)
                continue
            replay = getattr(self, f"_{step.word.lower()}", None)
            if replay is None:
                raise ReplayError(f"line {step.line}: this script does not know {step.word}")
            if stage is None:
                raise ReplayError(f"line {step.line}: {step.word} before FROM")
            replay(stage, step)
        if stage is None:
            raise ReplayError("the Dockerfile has no FROM")
        return stage

    def _from(self, step: Step) -> Stage:
        image, _, name = step.rest.partition(" AS ")
        name = name.strip() or str(len(self.stages))
        folder = self.target / f"stage-{name}"
        stage = Stage(folder / "files", folder / "environment", self.tops)
        stage.files.mkdir(parents=True)
        venv.create(stage.environment, with_pip=True, symlinks=True)
        self.stages[name] = stage
        self.left_out.append(f"FROM {image}: Python {sys.version.split()[0]} of this machine stands for the base image")
        return stage

    def _workdir(self, stage: Stage, step: Step) -> None:
        stage.workdir = str(Path(stage.workdir, step.rest))
        stage.here(".").mkdir(parents=True, exist_ok=True)

    def _env(self, stage: Stage, step: Step) -> None:
        for word in shlex.split(step.rest):
            name, equals, value = word.partition("=")
            if not equals:
                raise ReplayError(f"line {step.line}: ENV needs NAME=value")
            stage.variables[name] = value

    def _copy(self, stage: Stage, step: Step) -> None:
        *sources, destination = step.rest.split()
        origin = step.flags.get("from")
        if set(step.flags) - {"from"}:
            raise ReplayError(f"line {step.line}: this script does not know the flags {', '.join(step.flags)}")
        if origin is not None and origin not in self.stages:
            raise ReplayError(f"line {step.line}: there is no stage {origin}")
        for source in sources:
            files = list(self._files(source, origin))
            if not files:
                raise ReplayError(f"line {step.line}: {source} is not there, or .dockerignore keeps it out")
            into = stage.here(destination)
            for path, name in files:
                folder = name != "" or destination.endswith("/") or into.is_dir()
                copy = into / (name or path.name) if folder else into
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, copy)

    def _files(self, source: str, origin: str | None) -> Iterator[tuple[Path, str]]:
        """Files that COPY takes, each with its name below a copied folder, "" for a file that was named itself."""
        base = self.context if origin is None else self.stages[origin].files
        named = base / source.strip("/")
        paths = sorted(named.rglob("*")) if named.is_dir() else [named]
        for path in paths:
            if not path.is_file():
                continue
            if origin is None and not let_through(path.relative_to(base).as_posix(), self.ignore):
                continue
            yield path, path.relative_to(named).as_posix() if named.is_dir() else ""

    def _run(self, stage: Stage, step: Step) -> None:
        for command in step.rest.split("&&"):
            if command.split()[0] not in ("pip", "python"):
                self.left_out.append(
                    f"line {step.line}: RUN {command.strip()}, which needs the base image's own system"
                )
                continue
            outside = re.findall(r"(?<![\w./-])/(?!" + f"(?:{'|'.join(sorted(self.tops))})" + r"\b)[\w./-]+", command)
            if outside:
                raise ReplayError(f"line {step.line}: RUN would touch {outside[0]}, which the Dockerfile does not make")
            # A package index may be configured in this machine's environment; everything else is the image's.
            kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "STREAMLIT"))}
            done = subprocess.run(
                ["sh", "-c", stage.mapped(command)],
                cwd=stage.here("."),
                env=stage.settings(kept),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
            )
            if done.returncode:
                raise ReplayError(f"line {step.line}: RUN failed with {done.returncode}:\n{done.stdout}{done.stderr}")

    def _user(self, stage: Stage, step: Step) -> None:
        if step.rest.split(":")[0] in ("root", "0"):
            raise ReplayError(f"line {step.line}: the container would run as root")
        self.left_out.append(f"line {step.line}: USER {step.rest}: it runs as you, without the right to override modes")

    def _volume(self, stage: Stage, step: Step) -> None:
        if not step.rest.startswith("/"):
            raise ReplayError(f"line {step.line}: VOLUME needs one folder, as a path")
        stage.here(step.rest).mkdir(parents=True, exist_ok=True)
        self.left_out.append(f"line {step.line}: VOLUME {step.rest}: a folder that is read-only like the rest")

    def _expose(self, stage: Stage, step: Step) -> None:
        stage.port = int(step.rest)

    def _healthcheck(self, stage: Stage, step: Step) -> None:
        word, _, rest = step.rest.partition(" ")
        if word != "CMD":
            raise ReplayError(f"line {step.line}: HEALTHCHECK without CMD")
        stage.health = exec_form(step._replace(rest=rest))
        self.left_out.append(f"line {step.line}: HEALTHCHECK's schedule: its command is run by hand")

    def _cmd(self, stage: Stage, step: Step) -> None:
        stage.command = exec_form(step)


# --- running -------------------------------------------------------------------------------------------------------


def replay(context: Path, target: Path, tell: Callable[[str], None] = print) -> None:
    """Build into `target`, run, ask, stop. Raises ReplayError with what went wrong."""
    build = Build(context, target, tell)
    stage = build.run()
    if stage.command is None or stage.health is None:
        raise ReplayError("the image has no CMD or no HEALTHCHECK")
    if stage.port != PORT:
        raise ReplayError(f"the image does not EXPOSE {PORT}")
    port = free_port()
    home = target / "empty"
    home.mkdir()
    before = _snapshot(stage)
    _make_read_only(stage)
    try:
        if not _is_read_only(stage, home):
            build.left_out.append("the read-only file system: this machine lets us write all the same")
        if _healthy(stage, port, home):
            raise ReplayError("HEALTHCHECK says healthy while nothing runs")
        _serve(stage, port, home, tell)
    finally:
        _make_writable(stage)
    changed = _changes(before, _snapshot(stage)) | {path.name for path in home.iterdir()}
    if changed:
        raise ReplayError(f"the server wrote to its file system: {', '.join(sorted(changed)[:10])}")
    tell("no file of the image changed, and nothing was written to the temporary folder")
    for what in build.left_out:
        tell(f"not replayed: {what}")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def local(words: list[str], port: int) -> list[str]:
    """A command of the image for this machine: our port, and never another address than this machine's own."""
    return [word.replace("0.0.0.0", "127.0.0.1").replace(str(PORT), str(port)) for word in words]


def _serve(stage: Stage, port: int, home: Path, tell: Callable[[str], None]) -> None:
    command = local(stage.command or [], port)
    log = home.parent / "log.txt"
    with log.open("w", encoding="utf-8") as output:
        server = _start(stage, command, home, output)
        try:
            tell(f"CMD: answers after {visitor.wait_until_healthy(port, server):.1f} s")
            if not _healthy(stage, port, home):
                raise ReplayError("HEALTHCHECK says unhealthy while the server answers")
            for address in visitor.check_addresses(port):
                tell(f"answers: {address}")
            with visitor.open_page(port) as page:
                tell(f"runs: the page “{page.title}” with {len(page.elements)} elements")
                server.send_signal(signal.SIGTERM)
                began = time.monotonic()
                try:
                    code = server.wait(SECONDS_TO_STOP)
                except subprocess.TimeoutExpired:
                    raise ReplayError(f"still running {SECONDS_TO_STOP} s after SIGTERM") from None
            # As a container's first process uvicorn ends with 0; elsewhere the signal that it caught ends it.
            if code not in (0, -signal.SIGTERM):
                raise ReplayError(f"SIGTERM: ended with {code}:\n{log.read_text(encoding='utf-8')}")
            tell(f"SIGTERM: stopped after {time.monotonic() - began:.1f} s with a page open, exit {code}")
        except visitor.NotAsExpected as problem:
            raise ReplayError(f"{problem}:\n{log.read_text(encoding='utf-8')}") from None
        finally:
            if server.poll() is None:
                server.kill()
                server.wait()
    said = log.read_text(encoding="utf-8")
    if "shutdown complete" not in said or "Traceback" in said:
        raise ReplayError(f"the server did not end in good order:\n{said}")


def _healthy(stage: Stage, port: int, home: Path) -> bool:
    return _start(stage, local(stage.health or [], port), home, subprocess.DEVNULL).wait(30) == 0


def _start(stage: Stage, command: list[str], home: Path, output: object) -> subprocess.Popen[bytes]:
    settings = stage.settings({"TMPDIR": str(home), "LANG": "C.UTF-8"})
    program = shutil.which(command[0], path=settings["PATH"])
    if program is None:
        raise ReplayError(f"there is no {command[0]} in the image")
    return subprocess.Popen(
        [program, *command[1:]],
        cwd=stage.here("."),
        env=settings,
        stdin=subprocess.DEVNULL,
        stdout=output,  # type: ignore[call-overload]
        stderr=subprocess.STDOUT,
        preexec_fn=_bind_to_modes if sys.platform == "linux" and os.geteuid() == 0 else None,
    )


def _bind_to_modes() -> None:
    # File modes do not bind root, but for this capability. It cannot be had back after the exec that follows.
    ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0)


def _is_read_only(stage: Stage, home: Path) -> bool:
    attempt = ["python", "-c", "open('written', 'w').close()"]
    return _start(stage, attempt, home, subprocess.DEVNULL).wait(30) != 0 and not stage.here("written").exists()


def _snapshot(stage: Stage) -> dict[str, tuple[int, int]]:
    paths = [path for top in (stage.files, stage.environment) for path in top.rglob("*") if not path.is_symlink()]
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in paths}


def _changes(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> set[str]:
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def _make_read_only(stage: Stage) -> None:
    _change_modes(stage, lambda mode: mode & ~0o222)


def _make_writable(stage: Stage) -> None:
    _change_modes(stage, lambda mode: mode | 0o200)


def _change_modes(stage: Stage, change: Callable[[int], int]) -> None:
    for top in (stage.files, stage.environment):
        for path in [top, *top.rglob("*")]:
            if not path.is_symlink():
                path.chmod(change(path.stat().st_mode & 0o7777))


def main() -> int:
    """Replay this repository's Dockerfile; 0, or 1 with what went wrong."""
    with tempfile.TemporaryDirectory(prefix="optviz-image-") as target:
        try:
            replay(ROOT, Path(target))
        except ReplayError as problem:
            print(f"docker replay: {problem}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
