"""The files that the browser needs: plotly.js, the stage's ES modules, and its style sheet.

A server sends the modules as they are, all in one folder whose name holds a hash over all of them: they find each other
by their relative imports, and whatever was kept of one stays true. A page that plays from disk, without a network, may
run but a script of its own: for it the modules are joined into one.
"""

from __future__ import annotations

import gzip
import hashlib
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from optviz.figures.palette import style_sheet

ASSETS = "optviz-assets"
ENTRY = "stage.js"
INSIDE = "inside/inside.js"
"""The page that looks inside one step: fetched where that page is open, and no part of what plays from disk."""

CHART = "chart/chart.js"
"""A chart that stands still, whose marks can be clicked."""

ENTRIES = (ENTRY, INSIDE, CHART)
PLOTLY = {"plane": "plotly", "scene": "plotly_3d"}
"""What a bundle of plotly.js draws → its short name among the assets; that for 3-D is fetched where it is asked for."""
JAVASCRIPT, STYLES = "text/javascript; charset=utf-8", "text/css; charset=utf-8"
IMPORT = re.compile(r'^import \{[^}]*\} from "(\.{1,2}/[\w/.]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?:default )?(?=(?:async function|function|const|class) )", re.MULTILINE)
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Asset:
    """A file for the browser; its name holds its hash, so it may be kept for ever. packed: the body under gzip."""

    name: str
    body: bytes
    packed: bytes
    media_type: str


@cache
def sources(entry: str = ENTRY) -> dict[str, str]:
    """The modules of an entry by their path in `js/`, each after those that it imports; the entry is the last."""
    found: dict[str, str] = {}
    _visit(entry, found, ())
    return found


def _visit(name: str, found: dict[str, str], importers: tuple[str, ...]) -> None:
    if name in found:
        return
    if name in importers:
        raise RuntimeError(f"these modules import each other: {' → '.join((*importers, name))}")
    source = (_HERE / "js" / name).read_text(encoding="utf-8")
    for imported in imports_of(name, source):
        _visit(imported, found, (*importers, name))
    found[name] = source


def imports_of(name: str, source: str) -> Iterator[str]:
    """The paths in `js/` of what a module imports."""
    for address in IMPORT.findall(source):
        yield posixpath.normpath(posixpath.join(posixpath.dirname(name), address))


@cache
def stage_module(entry: str = ENTRY) -> str:
    """All modules of an entry as one self-contained script.

    They import by name only (`import { … } from "./drawing.js";`), without renaming, and no two of them have a name in
    common, so that joining them is a matter of leaving out imports and the word `export`.
    """
    return "\n".join(_EXPORT.sub("", IMPORT.sub("", source)) for source in sources(entry).values())


def stage_style() -> str:
    """The style sheet of the stage; whoever shows a stage puts it on the page."""
    return _sheet("stage.css")


def chart_style() -> str:
    """The style sheet of charts that stand still."""
    return _sheet("chart.css")


def _sheet(name: str) -> str:
    return style_sheet((_HERE / "css" / name).read_text(encoding="utf-8"))


@cache
def assets() -> dict[str, Asset]:
    """What a server sends, by short name: "plotly", "plotly_3d" (plotly.js), the style sheets, and each module."""
    files = {"stage.css": (stage_style(), STYLES), "inside.css": (_sheet("inside.css"), STYLES)}
    files |= {"chart.css": (chart_style(), STYLES)}
    for entry in ENTRIES:
        files |= {name: (text, JAVASCRIPT) for name, text in sources(entry).items()}
    digest = hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()[:12]
    stage = {name: _asset(f"stage-{digest}/{name}", text.encode(), kind) for name, (text, kind) in files.items()}
    return {"plotly": _plotly("cartesian"), "plotly_3d": _plotly("gl3d"), **stage}


def _plotly(bundle: str) -> Asset:
    """plotly.js as its makers bundle it for some kinds of charts: a third of the whole, in a third of the time.

    As it is in the folder, packed: `npm pack plotly.js-cartesian-dist-min@4.1.1` (or `gl3d`), then `gzip -9 -n`.
    """
    packed = (_HERE / "plotly" / f"plotly-{bundle}.min.js.gz").read_bytes()
    body = gzip.decompress(packed)
    return Asset(f"plotly-{hashlib.sha256(body).hexdigest()[:12]}.js", body, packed, JAVASCRIPT)


def _asset(name: str, body: bytes, media_type: str) -> Asset:
    return Asset(name, body, gzip.compress(body, 6, mtime=0), media_type)


def preloaded() -> tuple[str, ...]:
    """The names of the stage's modules: named all at once, the browser need not find one behind the other."""
    return tuple(assets()[name].name for name in sources())


def bootstrap(function: str = "default", module: str = ENTRY) -> str:
    """A component's own script: it imports a module from a route of ours and passes on the function's cleanup."""
    return (
        "export default async function (component) {\n"
        f'  const module = await import(new URL("{ASSETS}/{assets()[module].name}", document.baseURI).href);\n'
        f"  return module.{function}(component);\n"
        "}\n"
    )
