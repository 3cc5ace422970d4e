"""Chromium and a Chinese font for the browser tests: found, else installed, else one sentence that says what to get.

    python tests/browser/browser.py      prints the path of the browser

Looked for in this order: PATH, Playwright's own download, Debian's package. What does not start does not count: some
systems put a placeholder on PATH that only says where to get the real one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS_TO_START = 60
SECONDS_TO_DOWNLOAD = 300
SECONDS_TO_INSTALL = 900
WHERE_PLAYWRIGHT_PUTS_IT = (
    "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
)

NO_BROWSER = (
    "The browser tests need Chromium, and it could not be installed from here: install it so that `chromium` or "
    "`google-chrome` is on PATH (Debian: apt-get install chromium), then run this again."
)
NO_FONT = (
    "The browser tests need a font with Chinese characters, and none could be installed from here: install one that "
    "`fc-list :lang=zh` lists (Debian and Ubuntu: apt-get install fontconfig fonts-noto-cjk), then run this again."
)


class Missing(Exception):
    """Something that the browser tests need is not there; the message says what to install."""


@cache
def chromium_path() -> str:
    """The path of a Chromium that starts, installed if need be. Raises Missing with one sentence otherwise."""
    path = _on_path() or _of_playwright()
    if path is None:
        _tell("There is no Chromium on PATH: trying Playwright's own download.")
        if _runs([sys.executable, "-m", "playwright", "install", "chromium"], SECONDS_TO_DOWNLOAD):
            path = _of_playwright()
    if path is None and _apt_installs("chromium"):
        path = _on_path()
    if path is None:
        raise Missing(NO_BROWSER)
    return path


@cache
def check_chinese_font() -> None:
    """Make sure that Chinese characters are drawn, not boxes. Raises Missing with one sentence otherwise."""
    # macOS and Windows come with Chinese fonts, and without fontconfig.
    if not sys.platform.startswith("linux") or _has_chinese_font():
        return
    if not (_apt_installs("fontconfig", "fonts-noto-cjk") and _has_chinese_font()):
        raise Missing(NO_FONT)


def _on_path() -> str | None:
    paths = (shutil.which(name) for name in NAMES)
    return next((path for path in paths if path is not None and _starts(path)), None)


def _of_playwright() -> str | None:
    # In a process of its own: Playwright's synchronous interface cannot be started twice in one.
    path = _output([sys.executable, "-c", WHERE_PLAYWRIGHT_PUTS_IT]).strip()
    return path if path and _starts(path) else None


def _starts(path: str) -> bool:
    return _runs([path, "--version"], SECONDS_TO_START)


def _has_chinese_font() -> bool:
    return bool(shutil.which("fc-list") and _output(["fc-list", ":lang=zh"]).strip())


def _apt_installs(*packages: str) -> bool:
    apt = shutil.which("apt-get")
    if apt is None:
        return False
    if os.geteuid() == 0:
        allowed = []
    elif shutil.which("sudo") and _runs(["sudo", "-n", "true"], SECONDS_TO_START):
        allowed = ["sudo", "-n"]
    else:
        return False
    _tell(f"Installing {' and '.join(packages)} with apt-get.")
    _update_apt(*allowed, apt)
    install = ["env", "DEBIAN_FRONTEND=noninteractive", apt, "install", "-y", *packages]
    return _runs([*allowed, *install], SECONDS_TO_INSTALL)


@cache
def _update_apt(*command: str) -> None:
    # A list that could not be fetched is no reason to give up: the one from last time may do.
    _runs([*command, "update"], SECONDS_TO_DOWNLOAD)


def _runs(command: list[str], seconds: float) -> bool:
    return _completed(command, seconds) is not None


def _output(command: list[str]) -> str:
    return _completed(command, SECONDS_TO_START) or ""


def _completed(command: list[str], seconds: float) -> str | None:
    """What a command printed; None where it failed, hung or is not there."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=True, text=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        check_chinese_font()
        print(chromium_path())
    except Missing as missing:
        sys.exit(str(missing))
