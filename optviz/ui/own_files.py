"""The files of Streamlit's that the first page needs, named to the browser at once and sent out of memory, packed once.

Streamlit's page names what its frame is made of; each kind of widget is another script that it asks for when it first
meets one, and which then asks for those that it imports. And it sends each of them unpacked, from the disk.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from streamlit import file_util

from optviz.ui.sending import Sent

WIDGETS = (
    *("BidiComponent", "Button", "ButtonGroup", "Checkbox", "DownloadButton"),
    *("Html", "NumberInput", "Selectbox", "Slider"),
)
"""The scripts of what stands on the first page, by the names that Streamlit gives them."""

KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}
_SCRIPTS = "static/js/"
# As its bundler writes them, without a space.
_IMPORT = re.compile(r'(?:\bfrom|\bimport)"\./([\w.-]+\.js)"')
_NAMED = re.compile(r'(?:href|src)="\./(static/[\w./-]+)"')


@cache
def widget_scripts() -> tuple[str, ...]:
    """The scripts of `WIDGETS` with all that they import, as addresses: those that the page itself does not name."""
    folder, named = _folder() / _SCRIPTS, set(named_by_the_page())
    waiting = [script.name for widget in WIDGETS for script in sorted(folder.glob(f"{widget}.*.js"))]
    found: dict[str, None] = {}
    while waiting:
        name = waiting.pop(0)
        if _SCRIPTS + name in named or name in found:
            continue
        found[name] = None
        waiting += _IMPORT.findall((folder / name).read_text(encoding="utf-8"))
    return tuple(_SCRIPTS + name for name in found)


@cache
def named_by_the_page() -> tuple[str, ...]:
    """The files that Streamlit's own page names."""
    return tuple(_NAMED.findall((_folder() / "index.html").read_text(encoding="utf-8")))


@cache
def first_files() -> dict[str, Sent]:
    """All files of Streamlit's that the first page needs, by address."""
    files = {}
    for name in (*named_by_the_page(), *widget_scripts()):
        kind = KINDS.get(Path(name).suffix)
        if kind is not None:
            files[name] = Sent((_folder() / name).read_bytes(), kind, KEPT)
    return files


def pack_first_files() -> None:
    """Pack them now, and not for the first visitor."""
    for file in first_files().values():
        _ = file.bodies


def _folder() -> Path:
    return Path(file_util.get_static_dir())
