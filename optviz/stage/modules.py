"""The files that the browser needs: plotly.js, and the stage's own modules as one."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from optviz.figures.palette import style_sheet

ASSETS = "optviz-assets"
PARTS = ("axes.js", "connection.js", "drawing.js", "hints.js", "pictures.js", "requests.js", "sentences.js")
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Asset:
    """A file for the browser; its name holds its hash, so it may be kept for ever. packed: the body under gzip."""

    name: str
    body: bytes
    packed: bytes
    media_type: str


@cache
def stage_module() -> str:
    """stage.js with the modules that it imports and its style sheet, as one self-contained module.

    The parts import each other by name only (`import { … } from "./drawing.js";` on one line), and no two of them have
    a name in common, so that joining them is a matter of leaving those lines out. Only stage.js exports.
    """
    parts = [re.sub(r"(?m)^export (?=async function|function|const|class)", "", _source(name)) for name in PARTS]
    script = re.sub(r'(?m)^import \{[^}]*\} from "\./\w+\.js";\n', "", "\n".join([*parts, _source("stage.js")]))
    return f"{script}\nconst STYLE_SHEET = {json.dumps(style_sheet(_source('stage.css')))};\n"


def _source(name: str) -> str:
    return (_HERE / name.rpartition(".")[2] / name).read_text(encoding="utf-8")


@cache
def assets() -> dict[str, Asset]:
    """plotly.js (out of the plotly package) and the stage, by short name: "plotly", "stage"."""
    return {
        "plotly": _asset("plotly", _plotly_script()),
        "stage": _asset("stage", stage_module().encode()),
    }


def _plotly_script() -> bytes:
    # Without importing plotly, which would cost a second: only its plotly.min.js is wanted.
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise RuntimeError("the plotly package, which brings plotly.js, is not installed")
    return (Path(spec.origin).parent / "package_data" / "plotly.min.js").read_bytes()


def _asset(name: str, body: bytes) -> Asset:
    digest = hashlib.sha256(body).hexdigest()[:12]
    return Asset(f"{name}-{digest}.js", body, gzip.compress(body, 6, mtime=0), "text/javascript; charset=utf-8")


def bootstrap() -> str:
    """The component's own script: it fetches the stage, once, from a route of ours."""
    return (
        "export default async function (component) {\n"
        f'  const stage = await import(new URL("{ASSETS}/{assets()["stage"].name}", document.baseURI).href);\n'
        "  return stage.default(component);\n"
        "}\n"
    )
