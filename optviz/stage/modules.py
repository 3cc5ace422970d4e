"""The files that the browser needs: plotly.js, and the stage's own modules as one."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from optviz.figures.palette import style_sheet

ASSETS = "optviz-assets"
JAVASCRIPT = "text/javascript; charset=utf-8"
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
    """plotly.js and the stage, by short name: "plotly", "stage"."""
    return {
        "plotly": _plotly(),
        "stage": _asset("stage", stage_module().encode()),
    }


def _plotly() -> Asset:
    """plotly.js as its makers bundle it for plane charts: a third of the whole, and a third of the time to start.

    As it is in the folder, packed: `npm pack plotly.js-cartesian-dist-min@4.1.1`, then `gzip -9 -n`.
    """
    packed = (_HERE / "plotly" / "plotly-cartesian.min.js.gz").read_bytes()
    body = gzip.decompress(packed)
    return Asset(f"plotly-{hashlib.sha256(body).hexdigest()[:12]}.js", body, packed, JAVASCRIPT)


def _asset(name: str, body: bytes) -> Asset:
    digest = hashlib.sha256(body).hexdigest()[:12]
    return Asset(f"{name}-{digest}.js", body, gzip.compress(body, 6, mtime=0), JAVASCRIPT)


def bootstrap() -> str:
    """The component's own script: it fetches the stage, once, from a route of ours."""
    return (
        "export default async function (component) {\n"
        f'  const stage = await import(new URL("{ASSETS}/{assets()["stage"].name}", document.baseURI).href);\n'
        "  return stage.default(component);\n"
        "}\n"
    )
