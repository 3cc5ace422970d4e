"""The rules of the house: which way imports point, two languages with the same words, nothing of one machine."""

from __future__ import annotations

import ast
import re
import string
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from cases import ROOT
from optviz import CONVENTIONS, OPTIMIZERS, Outcome, Racer
from optviz.bad_input import TEMPLATES
from optviz.experiment import read_url
from optviz.figures.heights import contour_heights
from optviz.figures.palette import FIGURE, PAGE, style_sheet
from optviz.figures.race import race_figure
from optviz.figures.race_record import race_record
from optviz.ledger.symbols import REMEMBERED
from optviz.optimizers.base import OVERSHOOTS
from optviz.stage import pack
from optviz.surface import FAMILIES
from optviz.text.telling import start_of
from optviz.ui.server import app_settings

PACKAGE = ROOT / "optviz"
CORE = [file for file in sorted(PACKAGE.rglob("*.py")) if PACKAGE / "ui" not in file.parents]
LANGUAGES = ("en", "zh")
TEXT = {
    language: tomllib.loads((PACKAGE / "text" / f"{language}.toml").read_text(encoding="utf-8"))
    for language in LANGUAGES
}


def imported(file: Path) -> Iterator[str]:
    """Every module that a file imports, wherever the import stands."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


# --- imports -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", CORE, ids=name_of)
def test_the_core_imports_neither_streamlit_nor_plotly(file: Path) -> None:
    assert {module.split(".")[0] for module in imported(file)}.isdisjoint({"streamlit", "plotly"})


# Which of our own modules a module may import: those further down. `cli` and `notebook` show what the app shows, by
# what stands below both; only to serve it the command line reaches up.
LEVELS = [
    ["bad_input", "starting"],
    ["parameter", "formula"],
    ["optimizers"],
    ["conventions"],
    ["surface"],
    ["oracle", "batches"],
    ["outcome", "racer"],
    ["trajectory"],
    ["statistics", "experiment", "gradient_noise", "ledger"],
    ["budget", "export", "swarm", "tour"],
    ["figures"],
    ["laboratory", "text"],
    ["stage", "view"],
    ["guide"],
    ["cli", "notebook"],
]
LEVEL = {name: level for level, names in enumerate(LEVELS) for name in names}


@pytest.mark.parametrize(
    "file", [file for file in CORE if file.parent != PACKAGE or file.stem != "__init__"], ids=name_of
)
def test_imports_point_downwards(file: Path) -> None:
    own = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
    for module in imported(file):
        parts = module.split(".")
        if parts[0] == "optviz" and len(parts) > 1 and parts[1] != own:
            if own == "cli" and module.startswith("optviz.ui.server"):
                # `optviz serve` starts the app.
                continue
            assert LEVEL[parts[1]] < LEVEL[own], f"{own} imports {module}"


def modules() -> dict[str, Path]:
    """Every module of the package, by its name."""
    dotted = {".".join(file.relative_to(ROOT).with_suffix("").parts): file for file in PACKAGE.rglob("*.py")}
    return {name.removesuffix(".__init__"): file for name, file in dotted.items()}


def circles(arrows: dict[str, set[str]]) -> list[list[str]]:
    """What is left when whatever imports nothing of the rest has been taken away, again and again."""
    left = dict(arrows)
    while free := [name for name, below in left.items() if not below & set(left)]:
        for name in free:
            del left[name]
    return [sorted(left)] if left else []


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports inside functions and for types count."""
    known = modules()
    arrows = {}
    for name, file in known.items():
        taken = {module for module in imported(file) if module in known}
        # `from optviz.ui import session` is about that file alone, not about the package's own.
        packages = {module for module in taken if any(other.startswith(f"{module}.") for other in taken)}
        arrows[name] = taken - packages - {name}
    assert circles(arrows) == []
    assert sum(map(len, arrows.values())) > 400


def test_a_circle_would_be_seen() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}, "e": set()}) == [["a", "b", "c", "d"]]
    assert circles({"a": {"b"}, "b": set(), "c": {"a", "b"}}) == []


def test_the_walk_over_imports_sees_them() -> None:
    assert "numpy" in set(imported(PACKAGE / "trajectory.py"))
    assert "optviz.ui.server" in set(imported(PACKAGE / "cli" / "commands.py"))
    assert len(CORE) > 25


def test_importing_optviz_loads_nothing_slow() -> None:
    """Streamlit and plotly take seconds: the app loads them when it needs them. scipy.stats, half a second, is there
    when it is first asked for: `import scipy` and `scipy.stats.norm`."""
    code = (
        "import sys, optviz, optviz.cli, optviz.figures.race, optviz.statistics.ranking\n"
        "optviz.Race().run()\n"
        "slow = {'streamlit', 'plotly', 'sympy', 'pandas', 'matplotlib', 'pytest', 'scipy.stats'}\n"
        "print(sorted(slow & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


# --- a walk --------------------------------------------------------------------------------------------------------

RATE = 0.123456
WALKS = [f"learning_rate={RATE}&racers=gradient_descent~adam", f"racers=adam~gradient_descent--learning_rate-{RATE}"]


def holds_the_rate(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(holds_the_rate, value.values()))
    if isinstance(value, list | tuple):
        return any(map(holds_the_rate, value))
    return value == RATE if isinstance(value, float) else isinstance(value, str) and str(RATE) in value


@pytest.mark.parametrize("settings", WALKS)
def test_a_learning_rate_enters_seven_files_at_most_on_its_way_from_a_link_to_a_message(settings: str) -> None:
    """It is given to a function there, by itself, in a text or in a table; not as a field of what owns it."""
    entered: dict[str, str] = {}

    def watch(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event != "call" or not code.co_filename.startswith(str(PACKAGE)):
            return
        given = [frame.f_locals.get(name) for name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]]
        if any(map(holds_the_rate, given)):
            entered.setdefault(name_of(Path(code.co_filename)), code.co_name)

    words = TEXT["en"]
    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        race, problems = read_url(f"v=1&surface=gaussian_hills&seed=1&steps=20&{settings}")
        record = race_record(race.run(), race.racer_names(words["optimizer"]), start_of(race))
        pack(race_figure(record, contour_heights(race.bare_surface), "map", words["figure"]), words["stage"])
    finally:
        sys.setprofile(before)
    assert problems == ()
    assert {"optviz/experiment/link.py", "optviz/experiment/record.py"} <= set(entered)
    assert len(entered) <= 7, entered


# --- sizes ---------------------------------------------------------------------------------------------------------

MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 60
REASON = "In one piece"
"""How the docstring of a longer file or function begins the sentence that says why."""


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.py")), ids=name_of)
def test_what_is_long_says_why(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    tree = ast.parse(text)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long: list[ast.Module | ast.FunctionDef | ast.AsyncFunctionDef] = [
        node
        for node in functions
        if node.end_lineno is not None and node.end_lineno - node.lineno >= MOST_LINES_OF_A_FUNCTION
    ]
    if len(text.splitlines()) > MOST_LINES:
        long.append(tree)
    assert [getattr(node, "name", file.name) for node in long if REASON not in (ast.get_docstring(node) or "")] == []


# --- one place each ------------------------------------------------------------------------------------------------

# What is done in one file alone, and where.
ONLY_IN = {
    r"\"(?:text/csv|application/json|application/toml)\"": {"optviz/export/formats.py"},
    r"<style\b": {"optviz/stage/standalone.py"},
    r"\bst\.query_params\b": {"optviz/ui/address.py"},
    r"components\.v2\.component\(": {"optviz/ui/address.py", "optviz/ui/component.py"},
}


@pytest.mark.parametrize("pattern", ONLY_IN)
def test_it_is_done_in_one_place(pattern: str) -> None:
    found = {name_of(file) for file in PACKAGE.rglob("*.py") if re.search(pattern, file.read_text(encoding="utf-8"))}
    assert found == ONLY_IN[pattern]


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.py")), ids=name_of)
def test_nobody_asks_for_one_class_after_the_other(file: Path) -> None:
    """What a place needs to know of a family or an optimizer is a field of it, or a row of a table."""
    kinds = {kind.__name__ for kind in (*FAMILIES.values(), *OPTIMIZERS.values())}
    asked = [
        name.id
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance"
        for name in ast.walk(node.args[1])
        if isinstance(name, ast.Name) and name.id in kinds
    ]
    assert len(asked) < 2, asked


def test_every_room_is_on_the_map_and_no_other() -> None:
    """A file of `optviz/` or `optviz/ui/`, or a folder with code in it."""
    (plan,) = re.findall(r"(?s)```\napp\.py(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    rooms = {
        f"{path.name}/" if path.is_dir() else path.name
        for folder in (PACKAGE, PACKAGE / "ui")
        for path in folder.iterdir()
        if path.suffix in ("", ".py") and (path.is_file() or any(path.glob("**/*.py")))
    } - {"__init__.py"}
    named = set(re.findall(r"(?<![\w/.])(\w+(?:\.py|/))", plan))
    assert rooms - named == set()
    assert {name for name in named if not [*PACKAGE.rglob(name.rstrip("/"))]} == {"app.py", "optviz/", "surfaces/"}


def test_a_script_of_a_page_only_calls_it() -> None:
    for file in (PACKAGE / "ui" / "screens").glob("*.py"):
        docstring, *rest = ast.parse(file.read_text(encoding="utf-8")).body
        assert isinstance(docstring, ast.Expr)
        assert [type(node) for node in rest] == [ast.ImportFrom, ast.Expr], file.name


def test_tables_are_added_to_at_run_time_and_nobody_keeps_a_copy() -> None:
    """No module but those that make the registries goes through one while it is imported."""
    registries = {"OPTIMIZERS", "FAMILIES", "PICKS"}
    makers = {"optviz/optimizers/__init__.py", "optviz/surface/families.py", "optviz/racer.py"}
    found = []
    for file in sorted(PACKAGE.rglob("*.py")):
        if name_of(file) in makers:
            continue
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                names = {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
                found += [f"{name_of(file)}:{node.lineno}" for name in names & registries]
    assert found == []


def test_no_drawer_for_odds_and_ends() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
    assert {file.stem for file in PACKAGE.rglob("*.py")}.isdisjoint(vague)


def test_the_entry_script_has_no_folder_named_pages_beside_it() -> None:
    """Streamlit would take it for its older kind of app, and every file in it for a page."""
    entry = Path(app_settings()["script_path"])
    assert entry.is_file()
    assert not (entry.parent / "pages").exists()


# --- colours -------------------------------------------------------------------------------------------------------

COLOR = re.compile(r"(?<!&)#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})\b|\b(?:rgb|hsl)a?\([\d. ]")
DRAWN = [file for file in sorted(PACKAGE.rglob("*")) if file.suffix in (".py", ".js", ".css", ".html")]


@pytest.mark.parametrize("file", [file for file in DRAWN if file.name != "palette.py"], ids=name_of)
def test_every_colour_is_in_the_palette(file: Path) -> None:
    assert [found[0] for found in COLOR.finditer(file.read_text(encoding="utf-8"))] == []


def test_the_search_for_colours_finds_them() -> None:
    assert len(COLOR.findall((PACKAGE / "figures" / "palette.py").read_text(encoding="utf-8"))) > 80
    assert all(COLOR.search(color) for color in ("#fff", "#14121f", "#0b45b82e", "rgba(9, 8, 7, 0.2)", "hsl(9 1% 2%)"))


@pytest.mark.parametrize("file", [file for file in DRAWN if file.suffix == ".css"], ids=name_of)
def test_a_style_sheet_has_a_value_for_every_colour_that_it_uses(file: Path) -> None:
    css = style_sheet(file.read_text(encoding="utf-8"))
    used = set(re.findall(r"var\((--optviz-[^),]+)\)", css))
    assert used == set(re.findall(r"(--optviz-[^:]+): ", css.partition("\n")[0]))


IN_STREAMLIT = {
    "primaryColor": "accent",
    "backgroundColor": "background",
    "secondaryBackgroundColor": "block",
    "textColor": "ink",
    "borderColor": "line",
}
IN_ITS_SIDEBAR = {"backgroundColor": "sidebar", "secondaryBackgroundColor": "field"}


def test_streamlit_and_the_logo_have_the_colours_of_the_palette() -> None:
    """Both are files that only others read."""
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    colors = FIGURE | PAGE
    for place, name in enumerate(("light", "dark")):
        sidebar = theme[name].pop("sidebar")
        assert theme[name] == {option: colors[key][place] for option, key in IN_STREAMLIT.items()}
        assert sidebar == {option: colors[key][place] for option, key in IN_ITS_SIDEBAR.items()}
    assert set(COLOR.findall((PACKAGE / "ui" / "logo.svg").read_text(encoding="utf-8"))) == set(PAGE["logo"])


# --- words ---------------------------------------------------------------------------------------------------------


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def flat(language: str) -> dict[str, str]:
    return {f"{section}.{key}": words for section, table in TEXT[language].items() for key, words in table.items()}


def test_both_languages_have_the_same_words() -> None:
    assert list(flat("en")) == list(flat("zh"))


@pytest.mark.parametrize("section", TEXT["en"])
def test_both_languages_fill_in_the_same_things(section: str) -> None:
    in_chinese = flat("zh")
    for key, english in flat("en").items():
        if not key.startswith(f"{section}."):
            continue
        # English calls a field by its own name alone; it need not be told in words of another language.
        spare = {"label"} if key == "app.field_in_a_sentence" else set()
        assert placeholders(english) == placeholders(in_chinese.get(key, "")) - spare, key
        for text in (english, in_chinese.get(key, "")):
            # What stands between two names may end in a space, nothing else.
            assert text.strip() == text or key in (
                "stage.and",
                "figure.comma",
                "swarm.comma",
                "conclusions.and_convention",
            ), key
            assert text.strip(), key


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", TEMPLATES)
def test_every_refusal_can_be_said(key: str, language: str) -> None:
    assert placeholders(TEXT[language]["bad_input"][key]) == placeholders(TEMPLATES[key])


def test_english_refusals_read_the_same_everywhere() -> None:
    assert TEXT["en"]["bad_input"] == TEMPLATES


HYPERPARAMETERS = list({name: None for kind in OPTIMIZERS.values() for name in kind.hyperparameters()})
NEEDED = {
    "optimizer": list(OPTIMIZERS),
    "hyperparameter": [*HYPERPARAMETERS, *Racer.settings()],
    "help": [*HYPERPARAMETERS, *Racer.settings()],
    "term": [*{name: None for kind in OPTIMIZERS.values() for name in kind.terms}, "gradient_length", "step_length"],
    "inside": [
        *(f"part_{kind}" for kind in REMEMBERED),
        *(f"say_divided_{how}" for how in ("less", "alike", "level", "shorter")),
        *("part_step", "plain", "full", "asked"),
    ],
    "outcome": [*(str(outcome) for outcome in Outcome), "no_start"],
    "outcome_sentence": [*(str(outcome) for outcome in Outcome), "no_start"],
    "stage": [f"say_uphill_{cause}" for cause in (*OVERSHOOTS, "batch")],
    "convention": list(CONVENTIONS),
    "surface": list(FAMILIES),
    "figure": ["x", "y", "step", "loss", "gap", "start", "lowest"],
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("section", NEEDED)
def test_everything_has_a_name_in_both_languages(section: str, language: str) -> None:
    assert [key for key in NEEDED[section] if key not in TEXT[language][section]] == []


def test_the_chinese_is_chinese() -> None:
    """At least nine texts in ten have a Chinese character: the others are symbols and names."""
    texts = list(flat("zh").values())
    chinese = [text for text in texts if re.search(r"[\u4e00-\u9fff]", text)]
    assert len(chinese) > 0.9 * len([text for text in texts if len(text) > 4])


# --- tests ---------------------------------------------------------------------------------------------------------


OURS = {file: file.read_text(encoding="utf-8") for file in sorted((ROOT / "tests").rglob("*.py"))}


def calling(*names: str) -> list[str]:
    """The files of tests in which one of these is called, or marks a test; but for this one."""
    called = re.compile("|".join(rf"(?<!\w){re.escape(name)}\b(?!\w)" for name in names))
    return [file.name for file, text in OURS.items() if file.name != Path(__file__).name and called.search(text)]


def test_no_test_starts_a_loop_of_its_own() -> None:
    """Where a browser test has run, Playwright keeps one in the main thread: `loops.run` does it on another."""
    assert calling("asyncio.run") == ["loops.py"]
    assert "test_turns.py" in calling("loops.run")


def test_nothing_is_skipped_because_something_is_missing() -> None:
    """But for what only some systems have (`skipif`), a test is run or fails, and once."""
    marks = ("skip", "xfail", "flaky")
    assert (
        calling("pytest.skip", "pytest.importorskip", "importorskip", *(f"pytest.mark.{mark}" for mark in marks)) == []
    )


# --- files ---------------------------------------------------------------------------------------------------------


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.fail("The tests need git, and a checkout made with it: git clone.", pytrace=False)
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_two_modules_of_tests_have_one_name() -> None:
    """They are imported by their bare names, from `tests/` and `tests/browser/` alike."""
    names = [path.name for path in tracked() if path.is_relative_to(ROOT / "tests") and path.suffix == ".py"]
    twice = {name for name in names if names.count(name) > 1} - {"__init__.py", "__main__.py", "conftest.py"}
    # A whole app of its own, for a test of pages.
    assert twice <= {"app.py", "entry.py"}


def test_no_path_of_one_machine_is_tracked() -> None:
    # Spelled in pieces, so that this file does not find itself.
    elsewhere = re.compile("|".join("/" + place + "/" for place in ("work", "home", "Users", "tmp/w", "root")))
    # A container has a home of its own.
    allowed = {"Dockerfile", "compose.yaml", "docker_replay.py", "test_docker.py"}
    found = []
    for file in tracked():
        if not file.is_file() or file.suffix in (".png", ".woff2", ".ico", ".gz") or file.name in allowed:
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if elsewhere.search(line):
                found.append(f"{name_of(file)}:{number}: {line.strip()[:80]}")
    assert found == []


MOUNTED_ANEW = {"choice", "kept_choice", "choices", "switch", "text_field", "key_showing", "kept_number"}
"""Of `optviz.ui.widgets`: what makes a widget whose key changes."""


def keys_that_change() -> Iterator[str]:
    """The names of widgets that are mounted under one key after another."""
    for file in sorted((PACKAGE / "ui").rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                continue
            if call.func.attr in MOUNTED_ANEW:
                named = [word.value for word in call.keywords if word.arg == "key"]
                named += call.args[:1] if call.func.attr == "key_showing" else []
                yield from (str(name.value) for name in named if isinstance(name, ast.Constant))


def test_no_style_sheet_names_a_widget_whose_key_changes() -> None:
    """Streamlit makes a class of the key: a rule for the first one is lost with the first change of language."""
    styled = {
        name
        for sheet in (PACKAGE / "ui" / "css").glob("*.css")
        for name in re.findall(r"\.st-key-(\w+)", sheet.read_text(encoding="utf-8"))
    }
    changing = set(keys_that_change())
    assert {"league_chart", "language"} <= changing
    assert styled & changing == set()
