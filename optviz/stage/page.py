"""A race as one HTML file: the stage, plotly.js and the numbers in it, so that it plays from disk, without a network.

Nothing in the file asks a server for anything, and its Content-Security-Policy says so: only the scripts whose
hashes it names may run, whatever a label or a formula contains.
"""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from optviz.bad_input import BadInput
from optviz.experiment import Race
from optviz.figures import Figure
from optviz.figures.card import card_of, with_cards
from optviz.figures.fans import Fan
from optviz.figures.heights import Heights, contour_heights
from optviz.figures.lengths import lengths_of
from optviz.figures.palette import style_sheet
from optviz.figures.race import race_figure
from optviz.figures.race_record import RaceRecord, beside, race_record
from optviz.figures.scene import CHOICES, SHOWN
from optviz.figures.swarm import ShownSwarm, with_swarm
from optviz.stage.message import pack
from optviz.stage.modules import PLOTLY, stage_module, stage_style
from optviz.stage.standalone import UNPACKING, document, packed
from optviz.statistics.gradients import slopes_and_lengths
from optviz.text import LANGUAGES, spaced, words
from optviz.text.telling import (
    caption,
    difference_of_pinned,
    file_name,
    heading,
    key_sentences,
    sentences_of,
    setting,
    start_of,
    title_of,
)
from optviz.trajectory import Trajectory

RUN_AGAIN = """\
from pathlib import Path
import optviz

race = optviz.Race.from_toml(Path("race.toml").read_text(encoding="utf-8"))
paths = race.run()
optviz.show(race)\
"""

# The stage chooses its theme by the background of the body.
STYLE = style_sheet(Path(__file__).with_name("css").joinpath("page.css").read_text(encoding="utf-8"))

# Runs in the stage's own module, so that `show` is at hand. The block keeps its names apart from the stage's.
BOOTSTRAP = """
{
  const place = document.getElementById("stage");
  try {
    for (const [bundle, id] of [["plane", "plotly"], ["scene", "plotly_3d"]]) {
      if (document.getElementById(id)) takePlotly(bundle, await scriptIn(id));
    }
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
    heights: Heights | None = None,
    swarm: ShownSwarm | None = None,
) -> bytes:
    """The page, UTF-8. paths: what `race.run()` gives. fans: what `fans_of` gives, if 20 runs are to be a choice.

    view: what is chosen and hidden when the page opens, as in a message to the stage: {"chosen": {"axis": "gap"},
    "hidden": [0]}. pinned: another race on this surface, to lie under this one; pinned_race: the same, to say in what
    it differs. heights: of the race's bare surface, where they are at hand. swarm: one that is shown too. Raises
    BadInput for another language.
    """
    if language not in LANGUAGES:
        raise BadInput("unknown_choice", name="language", value=language, allowed=", ".join(LANGUAGES))
    text = words(language)
    heights = contour_heights(race.bare_surface) if heights is None else heights
    start = start_of(race)
    record = race_record(paths, race.racer_names(text["optimizer"]), start, fans)
    if pinned is not None:
        record = beside(record, pinned)
    seen = {"chosen": {}, "hidden": [], **(view or {})}
    in_depth = seen["chosen"].get("drawn") in SHOWN
    lengths = lengths_of(record, pinned)
    figure = _figure(race_figure(record, heights, "map", text["figure"], pinned, lengths), record, in_depth)
    figure = with_swarm(figure, record, swarm)
    figure = with_cards(
        figure, {place: card_of(path.racer, slopes_and_lengths(path), text) for place, path in enumerate(paths)}
    )
    message = pack(
        figure,
        text["stage"],
        token="race",
        file_name=file_name(race),
        title=heading(race, language),
        caption=caption(race, start, language, pinned_race if pinned is not None else None),
        view={**seen, "stamp": 1},
    )
    # Its reader chooses the view: what is said holds for each.
    colors = "both" if in_depth else "dark"
    key_line = [
        *key_sentences(heights, text["figure"], colors, bool(record.minima), record.drift is not None),
        *sentences_of(figure, figure.views),
    ]
    if pinned is not None and pinned_race is not None:
        key_line.append(difference_of_pinned(race, pinned_race, text))
    if swarm is not None and swarm.told:
        key_line.append(swarm.told)
    bundles = tuple(PLOTLY) if in_depth else ("plane",)
    return _document(race, language, message, spaced(" ".join(key_line)), bundles).encode()


def _document(race: Race, language: str, message: bytes, key_line: str, bundles: Sequence[str]) -> str:
    title, phrases, script = title_of(race, language), words(language)["standalone"], _script()
    body = f"""<h1>{html.escape(title)}</h1>
<p class="setting">{html.escape(" · ".join(setting(race, start_of(race), language)))}</p>
<div id="stage" data-broken="{html.escape(phrases["broken"])}"></div>
<noscript>{html.escape(phrases["needs_script"])}</noscript>
<p class="key">{html.escape(key_line)}</p>
{_settings(race, phrases)}
<script type="text/plain" id="figure">{packed(message)}</script>"""
    style = f"{STYLE}{stage_style()}"
    return document(language, title, body, kind="optviz-page", style=style, script=script, bundles=bundles)


def _figure(figure: Figure, record: RaceRecord, in_depth: bool) -> Figure:
    """The figure for a stage that nobody answers: without what a server would be asked for."""
    left_out = {} if any(record.fans) else {"runs": ["one"]}
    # What draws in 3-D is half a megabyte: it is in the file where the file opens so.
    if not in_depth:
        left_out |= {group: names[:1] for group, names in CHOICES.items()}
    return dataclasses.replace(figure, choices=figure.choices | left_out, clicks={})


def _settings(race: Race, phrases: Mapping[str, str]) -> str:
    try:
        toml = race.to_toml()
    except BadInput:
        # A surface of the author's own class: it runs, but no file can name it.
        return ""
    return (
        f"<details><summary>{html.escape(phrases['settings'])}</summary>"
        f"<p>{html.escape(phrases['again'])}</p><pre><code>{html.escape(RUN_AGAIN)}</code></pre>"
        f'<pre><code id="settings">{html.escape(toml)}</code></pre></details>'
    )


def _script() -> str:
    return f"{stage_module()}{UNPACKING}{BOOTSTRAP}"
