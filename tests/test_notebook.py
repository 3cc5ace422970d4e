"""`optviz.show` and the notebook of the docs, which is executed as it stands."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
import tempfile
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from cases import ROOT
from optviz import BadInput, GaussianHills, Race, Racer, show
from optviz.figures.fans import fans_of
from optviz.stage.page import html_page

NOTEBOOK = ROOT / "docs" / "notebook.ipynb"
EXECUTE = """
import sys
import nbformat
from nbclient import NotebookClient

source, folder, target = sys.argv[1:]
notebook = nbformat.read(source, as_version=4)
NotebookClient(
    notebook, kernel_name="this_interpreter", timeout=120, resources={"metadata": {"path": folder}}
).execute()
nbformat.write(notebook, target)
"""


@cache
def executed() -> dict[str, Any]:
    """The notebook of the docs after all its cells have run, once for all tests.

    In processes of its own: Jupyter's deprecations are not ours. The kernel is this interpreter, whatever is installed
    in the home folder, and nothing is written there.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kernel = folder / "jupyter" / "kernels" / "this_interpreter"
        kernel.mkdir(parents=True)
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec = {"argv": command, "display_name": "this interpreter", "language": "python"}
        (kernel / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
        places = ("JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
        environment = {
            **os.environ,
            **{place: str(folder / place) for place in places},
            "JUPYTER_PATH": str(folder / "jupyter"),
            "PYTHONPATH": str(ROOT),
            "PYTHONIOENCODING": "utf-8",
        }
        empty = folder / "empty"
        empty.mkdir()
        target = folder / "executed.ipynb"
        arguments = [sys.executable, "-c", EXECUTE, str(NOTEBOOK), str(empty), str(target)]
        done = subprocess.run(arguments, env=environment, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        assert list(empty.iterdir()) == []
        return json.loads(target.read_text(encoding="utf-8"))


def outputs(kind: str) -> list[str]:
    """All outputs of one media type that the executed notebook holds."""
    shown = [output for cell in executed()["cells"] for output in cell.get("outputs", [])]
    return ["".join(output["data"][kind]) for output in shown if kind in output.get("data", {})]


class Frames(HTMLParser):
    """The attributes of every iframe in a piece of HTML."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert tag == "iframe"
        self.found.append(dict(attributes))


def test_the_notebook_is_stored_without_outputs() -> None:
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [(cell["outputs"], cell["execution_count"]) for cell in cells] == [([], None)] * len(cells)
    assert len(cells) >= 4


def test_the_notebook_runs_and_shows_its_races() -> None:
    kinds = [output["output_type"] for cell in executed()["cells"] for output in cell.get("outputs", [])]
    assert kinds == ["execute_result"] * 3 + ["stream"]
    first = Frames(outputs("text/html")[0]).found[0]["srcdoc"]
    race = Race(surface=GaussianHills(seed=1))
    assert first == html_page(race, race.run()).decode()
    assert "momentum, η = 0.5" in html.unescape(outputs("text/html")[2])


def test_what_is_shown_is_the_page_in_a_frame_that_cannot_reach_the_notebook() -> None:
    race = Race(steps=9).with_optimizers(["sgd", "adam"])
    shown = show(race, "zh", height=500)
    assert shown.page == html_page(race, race.run(), "zh", fans_of(race))
    (frame,) = Frames(shown._repr_html_()).found
    assert frame["srcdoc"] == shown.page.decode()
    assert frame["height"] == "500"
    assert frame["sandbox"] == "allow-scripts allow-downloads"


def test_a_label_stays_in_the_attribute() -> None:
    race = Race(steps=1)
    hostile = race.with_racer(0, Racer(race.racers[0].optimizer, label='"></iframe><b>&quot;'))
    (frame,) = Frames(show(hostile)._repr_html_()).found
    assert str(frame["title"]).startswith('"></iframe><b>&quot;, momentum')


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((3,), "race cannot be read: 3"),
        ((Race,), "race cannot be read"),
        ((Race().run(),), "race cannot be read"),
        ((Race(), "tlh"), "language = tlh .*en, zh"),
        ((Race(), "en", 0), "height = 0 .*200 ≤ height ≤ 4,000"),
        ((Race(), "en", "tall"), "height = tall"),
    ],
)
def test_what_cannot_be_shown_is_one_sentence(arguments: tuple[Any, ...], told: str) -> None:
    with pytest.raises(BadInput) as refused:
        show(*arguments)
    assert re.search(told, str(refused.value))
    assert "\n" not in str(refused.value)


def test_showing_needs_no_web_server() -> None:
    """Neither `import optviz` nor `show` loads Streamlit, or Plotly's Python package, which takes a second."""
    code = (
        "import sys, optviz\n"
        "assert 'optviz.ui' not in sys.modules\n"
        "optviz.show(optviz.Race(steps=1))\n"
        "import optviz.stage.page\n"
        "print(sorted({'streamlit', 'plotly', 'starlette', 'IPython'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
