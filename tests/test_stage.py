"""The stage's module, joined from its parts."""

from __future__ import annotations

import re
from pathlib import Path

from optviz.ui import stage

FOLDER = Path(stage.__file__).parent
TOP_LEVEL = re.compile(r"(?m)^(?:export )?(?:async )?(?:function|const|let|class) (\w+)")
IMPORT = re.compile(r'(?m)^import \{([^}]*)\} from "\./(\w+\.js)";$')
EXPORT = re.compile(r"(?m)^export (?:default )?(?:async )?(?:function|const|class) (\w+)")


def test_every_module_of_the_folder_is_joined() -> None:
    assert {*stage.PARTS, "stage.js"} == {file.name for file in FOLDER.glob("*.js")}


def test_no_name_is_there_twice() -> None:
    names = TOP_LEVEL.findall(stage.stage_module())
    assert len(names) > 40
    assert sorted(names) == sorted(set(names))


def test_what_a_part_imports_is_there_and_the_joined_module_imports_nothing() -> None:
    joined = stage.stage_module()
    assert re.search(r"(?m)^import ", joined) is None
    for part in (*stage.PARTS, "stage.js"):
        for names, source in IMPORT.findall((FOLDER / part).read_text("utf-8")):
            exported = EXPORT.findall((FOLDER / source).read_text("utf-8"))
            assert {name.strip() for name in names.split(",")} <= set(exported)


def test_only_what_a_page_needs_is_exported() -> None:
    assert EXPORT.findall(stage.stage_module()) == ["stage", "show", "unpack"]
