"""A race as one HTML file: the stage, plotly.js and the numbers in it, so that it plays from disk, without a network.

Nothing in the file asks a server for anything, and its Content-Security-Policy says so: only the two scripts whose
hashes it names may run, whatever a label or a formula contains.
"""

from __future__ import annotations

import base64
import dataclasses
import gzip
import hashlib
import html
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from optviz.bad_input import BadInput
from optviz.budget import most_steps_of_runs
from optviz.experiment import Race, surface_record
from optviz.figures import Figure
from optviz.figures.heights import Heights
from optviz.figures.race import race_figure
from optviz.figures.race_record import Fan, RaceRecord, beside, race_record
from optviz.surface import Formula, GallerySurface
from optviz.text import LANGUAGES, counted, spaced, words
from optviz.trajectory import Trajectory
from optviz.ui import cached, stage

RUN_AGAIN = """\
from pathlib import Path
import optviz

race = optviz.Race.from_toml(Path("race.toml").read_text(encoding="utf-8"))
paths = race.run()
optviz.show(race)\
"""

LONGEST_TITLE = 100

# The stage chooses its theme by the background of the body.
STYLE = Path(__file__).with_name("css").joinpath("standalone.css").read_text(encoding="utf-8")

# Runs in the stage's own module, so that `show` is at hand. The block keeps its names apart from the stage's.
BOOTSTRAP = """
{
  const place = document.getElementById("stage");
  const inflated = (id) => {
    const packed = Uint8Array.from(atob(document.getElementById(id).textContent), (letter) => letter.charCodeAt(0));
    return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip")));
  };
  try {
    const script = document.createElement("script");
    script.textContent = await inflated("plotly").text();
    document.head.appendChild(script);
    script.remove();
    show(place, new Uint8Array(await inflated("figure").arrayBuffer()));
  } catch (error) {
    place.textContent = place.dataset.broken;
    console.error(error);
  }
}
"""


def html_page(
    race: Race,
    paths: Sequence[Trajectory],
    language: str = "en",
    fans: Sequence[Fan | None] | None = None,
    view: Mapping[str, Any] | None = None,
    pinned: RaceRecord | None = None,
    pinned_race: Race | None = None,
) -> bytes:
    """The page, UTF-8. paths: what `race.run()` gives. fans: what `fans_of` gives, if 20 runs are to be a choice.

    view: what is chosen and hidden when the page opens, as in a message to the stage: {"chosen": {"axis": "gap"},
    "hidden": [0]}. pinned: another race on this surface, to lie under this one; pinned_race: the same, to say in what
    it differs. Raises BadInput for another language.
    """
    if language not in LANGUAGES:
        raise BadInput("unknown_choice", name="language", value=language, allowed=", ".join(LANGUAGES))
    text = words(language)
    heights = cached.heights(race.bare_surface)
    record = race_record(paths, race.racer_names(text["optimizer"]), _start(race), fans)
    if pinned is not None:
        record = beside(record, pinned)
    title = _title(race, language)
    figure = _figure(race_figure(record, heights, "map", text["figure"], pinned))
    message = stage.pack(
        figure,
        text["stage"],
        token="race",
        file_name=file_name(race),
        caption=caption(race, language, pinned_race if pinned is not None else None),
        view={"chosen": {}, "hidden": [], **(view or {}), "stamp": 1},
    )
    # Its reader chooses the view: what is said holds for each.
    key_line = [*key_of(heights, text["figure"]), *told_of(figure, figure.views)]
    if pinned is not None and pinned_race is not None:
        key_line.append(pinned_told(race, pinned_race, text))
    said = text["standalone"]
    script = _script()
    page = f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_policy(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)} – optviz</title>
<style>{STYLE}</style>
</head>
<body class="optviz-page">
<h1>{html.escape(title)}</h1>
<p class="setting">{html.escape(" · ".join(setting(race, language)))}</p>
<div id="stage" data-broken="{html.escape(said["broken"])}"></div>
<noscript>{html.escape(said["needs_script"])}</noscript>
<p class="key">{html.escape(spaced(" ".join(key_line)))}</p>
{_settings(race, said)}
<script type="text/plain" id="figure">{_base64(gzip.compress(message, 9, mtime=0))}</script>
<script type="text/plain" id="plotly">{_plotly()[0]}</script>
<script type="module">{script}</script>
</body>
</html>
"""
    return page.encode()


def described(race: Race, language: str) -> str:
    """The race's surface in one phrase."""
    surface = race.bare_surface
    if isinstance(surface, GallerySurface):
        return surface.titles[language]
    told = words(language)["surface"].get(f"described_{_surface_name(race)}")
    return surface.title if told is None else told.format(seed=getattr(surface, "seed", ""))


def caption(race: Race, language: str, pinned: Race | None = None) -> str:
    """What stands below a picture of the race that is taken elsewhere: surface, setting, what the pale lines are."""
    title = " ".join(_title(race, language).split())
    if len(title) > LONGEST_TITLE:
        title = f"{title[: LONGEST_TITLE - 1]}…"
    told = [pinned_told(race, pinned, words(language))] if pinned is not None else []
    return " · ".join([title, *setting(race, language), *told])


def _title(race: Race, language: str) -> str:
    # Who opens the file is not who typed the formula.
    surface = race.bare_surface
    return f"J(x, y) = {surface.text}" if isinstance(surface, Formula) else described(race, language)


def pinned_told(race: Race, pinned: Race, text: Mapping[str, Mapping[str, str]]) -> str:
    """One sentence about the pale lines: in what their race differs from the one that is shown."""
    said = text["pinned"]
    values: dict[str, Any] = {
        "convention": text["convention"][pinned.convention],
        "steps": pinned.steps,
        "batch_seed": pinned.batch_seed,
        "learning_rate": f"{pinned.shared_learning_rate or 0:g}",
    }
    told = [
        (counted(said, name, pinned.steps) if name == "steps" else said[name]).format(value=values.get(name))
        for name in pinned.differences(race)
    ]
    return spaced(said["shown"].format(difference=text["stage"]["and"].join(told) or said["same"]))


def told_of(figure: Figure, chosen: Iterable[str]) -> list[str]:
    """A sentence about each view that is chosen, where there is one to say."""
    return [figure.views[name]["told"] for name in chosen if "told" in figure.views[name]]


def key_of(heights: Heights, words: Mapping[str, str]) -> list[str]:
    """What is to be said of the picture's lines: what they are, and how the contours are spaced where not evenly."""
    spacing = {"key_logarithmic": heights.logarithmic, "key_by_area": heights.by_area}
    return [words["key_line"], *(words[key] for key, holds in spacing.items() if holds)]


def file_name(race: Race) -> str:
    """What a file with this race is called, without its ending: surface, seed and learning rate."""
    seed, rate = getattr(race.bare_surface, "seed", None), race.shared_learning_rate
    told = [f"seed{seed}"] if seed is not None else []
    told += [f"eta{rate:g}"] if rate is not None else []
    return "-".join(["optviz", _surface_name(race), *told])


def fans_of(race: Race) -> list[Fan | None]:
    """20 runs with other batches of every racer that sees batches; None for a racer that sees all samples.

    None for all of them where that would be more work than `budget` has room for.
    """
    affordable = race.steps <= most_steps_of_runs(race, cached.FAN_RUNS)
    return [
        cached.fan_of(racer, race.surface, _start(race), race.steps, race.batch_seed)
        if racer.batch_size is not None and affordable
        else None
        for racer in race.racers
    ]


def _start(race: Race) -> tuple[float, float]:
    return race.start or cached.start(race.surface)


def _surface_name(race: Race) -> str:
    """The surface's key in a record; for a class that nobody registered, what its author called it."""
    try:
        return str(surface_record(race.bare_surface)["name"])
    except BadInput:
        return type(race.bare_surface).__name__.lower()


def _figure(figure: Figure) -> Figure:
    """The figure for a stage that nobody answers: what the server would leave out is hidden instead."""
    fans = [place for place, trace in enumerate(figure.plot["data"]) if "/fan/" in str(trace.get("y"))]
    if not fans:
        return dataclasses.replace(figure, choices=figure.choices | {"runs": ["one"]})
    one = {"data": {str(place): {"mode": "none", "fill": "none"} for place in fans}, "layout": {}}
    return dataclasses.replace(figure, views=figure.views | {"one": one})


def setting(race: Race, language: str) -> list[str]:
    """What decides the race besides its surface, a phrase each."""
    text = words(language)
    said, rate, (x, y) = text["standalone"], race.shared_learning_rate, _start(race)
    return [
        said["convention"].format(convention=text["convention"][race.convention]),
        counted(said, "steps", race.steps).format(steps=race.steps),
        *([said["learning_rate"].format(rate=f"{rate:g}")] if rate is not None else []),
        said["start"].format(x=_number(x), y=_number(y)),
    ]


def _number(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")


def _settings(race: Race, said: Mapping[str, str]) -> str:
    try:
        toml = race.to_toml()
    except BadInput:
        # A surface of the author's own class: it runs, but no file can name it.
        return ""
    return (
        f"<details><summary>{html.escape(said['settings'])}</summary>"
        f"<p>{html.escape(said['again'])}</p><pre><code>{html.escape(RUN_AGAIN)}</code></pre>"
        f'<pre><code id="settings">{html.escape(toml)}</code></pre></details>'
    )


def _script() -> str:
    return f"{stage.stage_module()}{BOOTSTRAP}"


@cache
def _plotly() -> tuple[str, str]:
    """plotly.js as gzip in base64, and the hash of the script that comes out of it."""
    body = stage.assets()["plotly"].packed
    return _base64(body), _hash(gzip.decompress(body))


def _policy(script: str) -> str:
    allowed = {
        "default-src": "'none'",
        "script-src": f"'{_hash(script.encode())}' '{_plotly()[1]}'",
        # Plotly and the stage write style sheets and attributes while they run.
        "style-src": "'unsafe-inline'",
        "img-src": "data: blob:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{what} {where}" for what, where in allowed.items())


def _hash(script: bytes) -> str:
    return f"sha256-{_base64(hashlib.sha256(script).digest())}"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
