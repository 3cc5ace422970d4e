"""Streamlit's own files: which the first page names, and how they leave this server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit import file_util

from optviz.ui import own_files
from optviz.ui.shell import page_shell

STATIC = Path(file_util.get_static_dir())


@pytest.mark.parametrize("widget", own_files.WIDGETS)
def test_streamlit_has_one_script_of_this_name(widget: str) -> None:
    assert len(list((STATIC / "static" / "js").glob(f"{widget}.*.js"))) == 1


def test_the_page_names_every_script_that_those_it_names_import() -> None:
    page = page_shell("", [], [], "").body.decode()
    named = re.findall(r'(?:href|src)="\./(static/js/[^"]+)"', page)
    assert len(named) == len(set(named)) > 90
    imported = {
        f"static/js/{script}"
        for name in named
        for script in re.findall(r'(?:from|import) ?"\./([^"]+\.js)"', (STATIC / name).read_text(encoding="utf-8"))
    }
    assert imported <= set(named)


def test_each_of_them_is_sent_as_streamlit_has_it() -> None:
    files = own_files.first_files()
    assert set(own_files.widget_scripts()) < set(files)
    for name, file in files.items():
        assert file.body == (STATIC / name).read_bytes()
        assert file.media_type.startswith({".js": "text/javascript", ".css": "text/css"}[Path(name).suffix])
