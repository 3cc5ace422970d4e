"""Where Chromium and a Chinese font come from, on every kind of machine: nothing is really run or fetched."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import browser


class Machine:
    """A machine that exists only in this test: which programs it has, what they do, and what was asked of them."""

    def __init__(self) -> None:
        self.programs: set[str] = set()
        self.broken: set[str] = set()
        self.root = True
        self.sudo_needs_password = True
        self.playwright_has_it = False
        self.playwright_can_download = False
        self.packages: dict[str, str] = {}
        self.fonts = ""
        self.hangs: set[str] = set()
        self.asked: list[str] = []

    def which(self, name: str) -> str | None:
        return f"/bin/{name}" if name in self.programs else None

    def run(self, command: list[str], **settings: Any) -> subprocess.CompletedProcess[str]:
        assert settings["stdin"] == subprocess.DEVNULL, "nobody is there to answer a question"
        assert 0 < settings["timeout"] <= 900
        line = " ".join(part.removeprefix("/bin/") for part in command)
        line = line.replace(sys.executable, "python").replace("env DEBIAN_FRONTEND=noninteractive ", "")
        self.asked.append(line)
        for pattern in self.hangs:
            if pattern in line:
                raise subprocess.TimeoutExpired(command, settings["timeout"])
        done, output = self._does(line)
        if not done:
            raise subprocess.CalledProcessError(1, command)
        return subprocess.CompletedProcess(command, 0, output, "")

    def _does(self, line: str) -> tuple[bool, str]:
        if line.endswith("--version"):
            name = line.split()[0]
            if name == "/downloads/chrome":
                return self.playwright_has_it, "Chromium 1"
            return name in self.programs and name not in self.broken, "Chromium 1"
        if line.startswith("python -c"):
            return True, "/downloads/chrome\n"
        if line.startswith("python -m playwright install"):
            self.playwright_has_it = self.playwright_can_download
            return self.playwright_can_download, ""
        if line == "sudo -n true":
            return not self.sudo_needs_password, ""
        if "apt-get install" in line:
            wanted = line.split("-y ")[1].split()
            if not set(wanted) <= set(self.packages):
                return False, ""
            self.programs |= {self.packages[name] for name in wanted}
            self.fonts = "Noto Sans CJK" if "fonts-noto-cjk" in wanted else self.fonts
            return True, ""
        if line.startswith("fc-list"):
            return True, self.fonts
        return "apt-get update" in line, ""

    def asked_for(self, part: str) -> int:
        return sum(part in line for line in self.asked)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine()
    monkeypatch.setattr(shutil, "which", made.which)
    monkeypatch.setattr(subprocess, "run", made.run)
    monkeypatch.setattr(os, "geteuid", lambda: 0 if made.root else 1000)
    monkeypatch.setattr(sys, "platform", "linux")
    # Not the cached functions themselves: what the real ones found out must stay known to the browser tests.
    for name in ("chromium_path", "check_chinese_font", "_update_apt"):
        monkeypatch.setattr(browser, name, functools.cache(getattr(browser, name).__wrapped__))
    return made


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_a_browser_on_path_is_taken_and_nothing_is_installed(machine: Machine, name: str) -> None:
    machine.programs = {name, "apt-get"}
    assert browser.chromium_path() == f"/bin/{name}"
    assert machine.asked == [f"{name} --version"]


def test_the_answer_is_remembered(machine: Machine) -> None:
    machine.programs = {"chromium"}
    assert browser.chromium_path() == browser.chromium_path()
    assert len(machine.asked) == 1


def test_a_placeholder_that_does_not_start_is_passed_over(machine: Machine) -> None:
    machine.programs = {"chromium-browser", "google-chrome"}
    machine.broken = {"chromium-browser"}
    assert browser.chromium_path() == "/bin/google-chrome"


def test_a_browser_that_hangs_is_passed_over(machine: Machine) -> None:
    machine.programs = {"chromium", "google-chrome"}
    machine.hangs = {"chromium --version"}
    assert browser.chromium_path() == "/bin/google-chrome"


def test_an_earlier_download_of_playwright_is_taken(machine: Machine) -> None:
    machine.playwright_has_it = True
    assert browser.chromium_path() == "/downloads/chrome"
    assert machine.asked_for("playwright install") == 0


def test_playwright_downloads_one(machine: Machine) -> None:
    machine.programs = {"apt-get"}
    machine.playwright_can_download = True
    assert browser.chromium_path() == "/downloads/chrome"
    assert machine.asked_for("apt-get") == 0


@pytest.mark.parametrize("hangs", [set(), {"playwright install"}])
def test_debians_package_where_playwright_cannot_download(machine: Machine, hangs: set[str]) -> None:
    machine.programs = {"apt-get"}
    machine.packages = {"chromium": "chromium"}
    machine.hangs = hangs
    assert browser.chromium_path() == "/bin/chromium"
    assert machine.asked_for("playwright install") == 1
    assert "apt-get install -y chromium" in machine.asked


def test_an_old_list_of_packages_may_do(machine: Machine) -> None:
    machine.programs = {"apt-get"}
    machine.packages = {"chromium": "chromium"}
    machine.hangs = {"apt-get update"}
    assert browser.chromium_path() == "/bin/chromium"


def test_a_download_that_lacks_libraries_is_not_taken(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.programs = {"apt-get"}
    machine.playwright_can_download = True
    machine.packages = {"chromium": "chromium"}
    machine.hangs = {"/downloads/chrome --version"}
    assert browser.chromium_path() == "/bin/chromium"


def test_sudo_is_used_where_it_asks_for_no_password(machine: Machine) -> None:
    machine.root = False
    machine.sudo_needs_password = False
    machine.programs = {"apt-get", "sudo"}
    machine.packages = {"chromium": "chromium"}
    assert browser.chromium_path() == "/bin/chromium"
    assert "sudo -n apt-get install -y chromium" in machine.asked


@pytest.mark.parametrize(
    ("programs", "root"),
    [(set(), True), ({"apt-get"}, False), ({"apt-get", "sudo"}, False), ({"apt-get"}, True)],
    ids=["no apt", "neither root nor sudo", "sudo asks for a password", "no such package"],
)
def test_one_sentence_where_nothing_helps(machine: Machine, programs: set[str], root: bool) -> None:
    machine.programs = programs
    machine.root = root
    with pytest.raises(browser.Missing) as chromium:
        browser.chromium_path()
    with pytest.raises(browser.Missing) as font:
        browser.check_chinese_font()
    for message, package in ((str(chromium.value), "chromium"), (str(font.value), "fonts-noto-cjk")):
        assert f"apt-get install {package}" in message or f" {package})" in message
        assert "\n" not in message
        assert message.endswith(".")
        assert message.count(". ") == 0
    if not root:
        assert machine.asked_for("apt-get install") == 0


def test_a_chinese_font_that_is_there_is_enough(machine: Machine) -> None:
    machine.programs = {"fc-list", "apt-get"}
    machine.fonts = "WenQuanYi"
    browser.check_chinese_font()
    assert machine.asked_for("apt-get") == 0


@pytest.mark.parametrize("programs", [{"apt-get"}, {"apt-get", "fc-list"}])
def test_a_chinese_font_is_installed(machine: Machine, programs: set[str]) -> None:
    machine.programs = programs
    machine.packages = {"fontconfig": "fc-list", "fonts-noto-cjk": "fonts"}
    browser.check_chinese_font()
    assert machine.asked_for("fonts-noto-cjk") == 1


def test_packages_are_listed_once(machine: Machine) -> None:
    machine.programs = {"apt-get"}
    machine.packages = {"fontconfig": "fc-list", "fonts-noto-cjk": "fonts", "chromium": "chromium"}
    browser.check_chinese_font()
    browser.chromium_path()
    assert machine.asked_for("apt-get update") == 1


def test_a_mac_has_chinese_fonts_of_its_own(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    browser.check_chinese_font()
    assert machine.asked == []


def test_the_command_fails_with_the_sentence_alone(tmp_path: Path) -> None:
    # A PATH without any program, and a Playwright that keeps its downloads where nothing is and may not fetch.
    command = (
        "import sys, runpy, subprocess\n"
        "def refuse(*_, **__): raise OSError\n"
        "subprocess.run = refuse\n"
        f"runpy.run_path({browser.__file__!r}, run_name='__main__')\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", command],
        env={"PATH": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert output == ""
    expected = browser.NO_FONT if sys.platform.startswith("linux") else browser.NO_BROWSER
    assert errors.splitlines()[-1] == expected
