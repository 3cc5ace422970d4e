"""A league as one HTML file, to be read without a network: figures, tables and verdicts, with plotly.js in it.

Like the page of a race it asks no server for anything, and runs only what its Content-Security-Policy names.
"""

from __future__ import annotations

import html
import math
import platform
import re
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

from optviz.bad_input import BadInput
from optviz.experiment.article import OPTIMIZERS
from optviz.experiment.league import League
from optviz.experiment.surfaces import surface_record
from optviz.figures import Figure
from optviz.figures.league.bands import bands_figure
from optviz.figures.league.behind import Group, seeds_behind
from optviz.figures.league.budget import budget_figure
from optviz.figures.league.duel import duel_figure
from optviz.figures.league.matrix import matrix_figure
from optviz.figures.league.profiles import profiles_figure
from optviz.figures.league.ranking import ranking_figure
from optviz.figures.league.record import Complete, LeagueRecord, league_record
from optviz.figures.palette import style_sheet
from optviz.stage.message import pack
from optviz.stage.modules import CHART, chart_style, stage_module
from optviz.stage.standalone import UNPACKING, document, packed
from optviz.statistics.pairs import Pair
from optviz.text import LANGUAGES, Words, counted, spaced, words
from optviz.text.headline import all_level, told_headline
from optviz.text.intervals import told_block, told_interval, told_share, with_true_minus
from optviz.text.numbers import readable
from optviz.text.question import told_question, told_setting
from optviz.text.verdicts import VERDICTS, told_needed, told_pairs

STYLE = style_sheet(
    "".join(
        Path(__file__).with_name("css").joinpath(name).read_text(encoding="utf-8")
        for name in ("page.css", "report.css")
    )
)
MOST_BYTES = 64_000_000
"""No report is longer: that of ten thousand seeds has 2 MB, nearly all of it plotly.js."""

SETTINGS = re.compile('<code id="settings">(.*?)</code>', re.DOTALL)
NOTABLE = 8
"""So many seeds of a kind are named."""

BOOTSTRAP = """
{
  const places = [...document.querySelectorAll("[data-figure]")];
  try {
    takePlotly("plane", await scriptIn("plotly"));
    for (const place of places) {
      showChart(place, new Uint8Array(await inflated(place.dataset.figure).arrayBuffer()));
    }
  } catch (error) {
    for (const place of places) place.textContent = place.dataset.broken;
    console.error(error);
  }
}
"""


class Told(Protocol):
    """One of the article's conclusions for people: see `optviz.text.verdicts`."""

    @property
    def claim(self) -> str: ...
    @property
    def metric(self) -> str: ...
    @property
    def found(self) -> str: ...
    @property
    def holds(self) -> bool | None: ...
    @property
    def verdict(self) -> str: ...
    @property
    def n(self) -> str: ...
    @property
    def conventions(self) -> str: ...


Drawing = Callable[[LeagueRecord, Words], Figure]
FIGURES: dict[str, Drawing] = {
    "ranking": lambda record, text: ranking_figure(record, text["league_figures"]),
    "duel": lambda record, text: duel_figure(record, text["league_figures"]),
    "profiles": lambda record, text: profiles_figure(record, text["league_figures"]),
    "bands": lambda record, text: bands_figure(record, text["league_figures"]),
    "matrix": lambda record, text: matrix_figure(record, text["league_figures"]),
    "budget": lambda record, text: budget_figure(record, text["league_figures"], tuned_name(record, text)),
}
"""The sections with a figure, in the order of the report; "budget" is there in fair mode."""

OF_PAIRS = frozenset({"duel", "matrix"})


def report(
    result: Complete,
    language: str = "en",
    conclusions: Sequence[Told] = (),
    address: str = "",
    question: League | None = None,
) -> bytes:
    """The file, UTF-8. conclusions: the article's six, as `optviz.text.verdicts` tells them. address: of a server, for
    links to races; without one the text after the ? of a link is told. question: what was asked, where racers were
    tuned for it. Raises BadInput for another language, ValueError for a league that is not complete.
    """
    if language not in LANGUAGES:
        raise BadInput("unknown_choice", name="language", value=language, allowed=", ".join(LANGUAGES))
    text = words(language)
    record = league_record(result, result.league.racer_names(text["optimizer"]))
    return page_of(result, record, language, conclusions, address, question)


def league_of(path: Path) -> League:
    """The question of a report that is a file. Raises BadInput for anything else, OSError where it cannot be read."""
    with path.open("rb") as file:
        text = file.read(MOST_BYTES).decode("utf-8", errors="replace")
    told = SETTINGS.search(text)
    if told is None:
        raise BadInput("not_readable", name="HTML", value=path.name, allowed="the report of a league")
    return League.from_toml(html.unescape(told[1]))


def page_of(
    result: Complete,
    record: LeagueRecord,
    language: str,
    conclusions: Sequence[Told] = (),
    address: str = "",
    question: League | None = None,
) -> bytes:
    """The file of a record that is at hand: see `report`."""
    text, league = words(language), question or result.league
    phrases = text["league_report"]
    surface = text["surface"][surface_record(league.surface)["name"]]
    title = spaced(counted(phrases, "title", record.n).format(surface=surface, count=f"{record.n:,}"))
    sections = [
        *(_section(name, record, text, told_setting(league, language)) for name in FIGURES if _has(name, record)),
        _conclusions(conclusions, record.fair is not None and len(league.seven) == len(OPTIMIZERS), text),
        _notable(result, record, text, address),
        _question(league, phrases),
    ]
    script = f"{stage_module(CHART)}{UNPACKING}{BOOTSTRAP}"
    body = f"""<h1>{html.escape(title)}</h1>
<p class="setting">{html.escape(told_question(league, language))}</p>
<p class="lead">{html.escape(spaced(_lead(league, record, text)))}</p>
<noscript>{html.escape(text["standalone"]["needs_script"])}</noscript>
{"".join(sections)}"""
    style = f"{STYLE}{chart_style()}"
    page = document(language, title, body, kind="optviz-report", style=style, script=script, bundles=("plane",))
    return page.encode()


def _has(name: str, record: LeagueRecord) -> bool:
    """Whether a league has this section: one racer has no pair."""
    return record.fair is not None if name == "budget" else name not in OF_PAIRS or len(record.names) > 1


def tuned_name(record: LeagueRecord, text: Words) -> str:
    """What the tuned hyperparameter is called."""
    name = record.fair.tuned if record.fair else ""
    return text["hyperparameter"].get(name, name)


def best_called(record: LeagueRecord, text: Words) -> str:
    """The head of the column of each racer's best: what was tuned."""
    return text["league"]["best_value"].format(name=tuned_name(record, text))


def best_of(record: LeagueRecord, place: int) -> str:
    """The value of the tuned hyperparameter at which a racer did best; a dash where it has none."""
    assert record.fair is not None
    value = float(record.fair.values[place][record.fair.best[place]])
    return readable(value) if math.isfinite(value) else "–"


def _section(name: str, record: LeagueRecord, text: Words, setting: str) -> str:
    heading = text["league"][f"chart_{name}"]
    message = pack(
        FIGURES[name](record, text),
        text["league_figures"],
        token=name,
        title=heading,
        caption=setting,
        file_name=f"optviz-league-{name}",
    )
    table = TABLES[name](record, text) if name in TABLES else ""
    return (
        f'<section id="section-{name}"><h2>{html.escape(heading)}</h2>'
        f"{''.join(f'<p>{html.escape(spaced(told))}</p>' for told in _explained(name, record, text))}"
        f'<div data-figure="figure-{name}" data-broken="{html.escape(text["standalone"]["broken"])}"></div>'
        f'<script type="text/plain" id="figure-{name}">{packed(message)}</script>{table}</section>'
    )


def _explained(name: str, record: LeagueRecord, text: Words) -> list[str]:
    """What is said before a figure, a paragraph each."""
    phrases = text["league_report"]
    told = [phrases[f"{name}_explained"]]
    if name == "duel":
        told += told_pairs(record, text)
    if name == "budget" and record.fair is not None:
        training, judging = (told_block(seeds, text) for seeds in (record.fair.training_seeds, record.seeds))
        told.append(phrases["blocks"].format(training=training, judging=judging))
        if any(record.fair.extended):
            told.append(phrases["extended"])
        still = [name for name, on_edge in zip(record.names, record.fair.on_edge, strict=True) if on_edge]
        told += [phrases["on_edge"].format(racer=name) for name in still]
    return told


def _lead(league: League, record: LeagueRecord, text: Words) -> str:
    """What the ranking says, in a sentence."""
    if all_level(record):
        return told_headline(league, record, text)
    best = int(record.order[0])
    rivals = record.against(best)
    surely = all(pair.verdict == "better" for pair in rivals)
    key = "lead_alone" if not rivals else "lead_sure" if surely else "lead_open"
    mean = told_interval(record.means[best], text)
    return text["league_report"][key].format(racer=record.names[best], mean=mean)


# --- tables --------------------------------------------------------------------------------------------------------


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], last: str = "number") -> str:
    """Rows of text; the first of each row names it. last: "number" or "word", what stands in the last column."""
    titles = "".join(f'<th scope="col">{html.escape(title)}</th>' for title in head)
    lines = "".join(
        f'<tr><th scope="row">{html.escape(first)}</th>'
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
        + "</tr>"
        for first, *cells in rows
    )
    table = f'<table class="last-{last}"><thead><tr>{titles}</tr></thead><tbody>{lines}</tbody></table>'
    return f'<div class="wide" tabindex="0">{table}</div>'


def _ranking_table(record: LeagueRecord, text: Words) -> str:
    label = text["league"]
    head = [text["league_report"]["racer"], *([] if record.fair is None else [best_called(record, text)])]
    head += [label[name] for name in ("mean_c", "rank", "alone", "shared", "diverged", "left")]
    rows = []
    for place in map(int, record.order):
        low, high = (int(rank) for rank in record.ranks[place])
        rows.append(
            [
                record.names[place],
                *([] if record.fair is None else [best_of(record, place)]),
                told_interval(record.means[place], text),
                f"{low}" if low == high else f"{low}–{high}",
                told_share(record.alone[place], text),
                told_share(record.shared[place], text),
                f"{record.diverged[place]:,}",
                f"{record.left[place]:,}",
            ]
        )
    return _table(head, rows)


def _pair_table(record: LeagueRecord, text: Words) -> str:
    phrases = text["league_report"]
    head = [phrases[name] for name in ("pair", "wins", "ties", "losses", "beats", "p_holm", "difference", "verdict")]
    order = {int(place): row for row, place in enumerate(record.order)}
    pairs = sorted(
        (pair if order[pair.first] < order[pair.second] else pair.turned() for pair in record.pairs.values()),
        key=lambda pair: (order[pair.first], order[pair.second]),
    )
    rows = [
        [
            f"{record.names[pair.first]} – {record.names[pair.second]}",
            f"{pair.wins:,}",
            f"{pair.ties:,}",
            f"{pair.losses:,}",
            told_share(pair.share, text),
            "< 0.001" if pair.p_holm < 0.001 else f"{pair.p_holm:.3f}",
            told_interval(pair.difference, text, "+.3f"),
            _verdict(pair, text),
        ]
        for pair in pairs
    ]
    title = html.escape(phrases["all_pairs"])
    return f"<details><summary>{title}</summary>{_table(head, rows, last='word')}</details>"


def _verdict(pair: Pair, text: Words) -> str:
    phrases = text["league_report"]
    told = [text["league_figures"][f"verdict_{pair.verdict}"]]
    if pair.conflict:
        told.append(phrases["disagree"])
    if pair.seeds_range is not None:
        told.append(phrases["needed"].format(more=told_needed([pair.seeds_range], text)))
    return text["figure"]["comma"].join(told)


def _fair_table(record: LeagueRecord, text: Words) -> str:
    fair, phrases = record.fair, text["league_report"]
    if fair is None:
        return ""
    head = [phrases["racer"], best_called(record, text)]
    head += [phrases[name] for name in ("c_training", "c_judging", "resampled", "edge")]
    rows = []
    for place in record.order:
        best = fair.best[place]
        rows.append(
            [
                record.names[place],
                best_of(record, int(place)),
                f"{fair.training[place][best]:.3f}",
                f"{fair.held_out[place][best]:.3f}",
                text["conclusions"]["bare_percent"].format(value=f"{100 * fair.resampled[place][best]:.0f}"),
                phrases["at_edge"] if fair.on_edge[place] else "–",
            ]
        )
    return _table(head, rows, last="word")


TABLES: dict[str, Callable[[LeagueRecord, Words], str]] = {
    "ranking": _ranking_table,
    "duel": _pair_table,
    "budget": _fair_table,
}


# --- words ---------------------------------------------------------------------------------------------------------


def _conclusions(conclusions: Sequence[Told], tuned: bool, text: Words) -> str:
    heading = f'<section id="section-conclusions"><h2>{html.escape(text["league"]["conclusions"])}</h2>'
    if tuned:
        return f"{heading}<p>{html.escape(text['league']['fair_conclusions'])}</p></section>"
    if not conclusions:
        return ""
    items = "".join(
        f"<li><p><strong>{html.escape(told.claim)}</strong> {verdict_mark(told)}</p>"
        f"<p>{html.escape(told.found)}</p>"
        f'<p class="setting">{html.escape(spaced(f"{told.metric} {told.n} {told.conventions}".strip()))}</p></li>'
        for told in conclusions
    )
    return f"{heading}<p>{html.escape(text['league']['conclusions_explained'])}</p><ol>{items}</ol></section>"


def verdict_mark(told: Told) -> str:
    """The verdict as HTML, to be seen before all else."""
    return f'<em data-verdict="{VERDICTS[told.holds]}">{html.escape(told.verdict)}</em>'


def _notable(result: Complete, record: LeagueRecord, text: Words, address: str) -> str:
    phrases, league = text["league_report"], result.league
    best = int(record.order[0])
    marks: list[list[Any]] = [["pair", pair.first, pair.second] for pair in record.conflicts()[:1]]
    marks.append(["mean", best])
    groups = [group for mark in marks for group in seeds_behind(result, mark) if len(group.seeds)]
    lists = "".join(_seeds(group, league, record, text, address) for group in groups)
    if address:
        told = html.escape(phrases["notable_linked"])
    else:
        seed = int(groups[0].seeds[0])
        called = {"race": text["app"]["page_race"], "seed": text["controls"]["seed"]}
        explained = html.escape(spaced(phrases["notable_explained"].format(**called)))
        told = f"{explained} <code>?{html.escape(league.race(seed).to_url())}</code>"
    return (
        f'<section id="section-notable"><h2>{html.escape(phrases["notable"])}</h2>'
        f'<p class="link">{told}</p>{lists}</section>'
    )


def _seeds(group: Group, league: League, record: LeagueRecord, text: Words, address: str) -> str:
    called = dict(zip(("first", "second"), (record.names[place] for place in group.racers), strict=False))
    heading = spaced(text["league_figures"][group.key].format(**called))
    number = spaced(text["league_figures"][f"number_{group.number}"].format(**called))
    items, phrase = [], text["league_report"]["seed"]
    for seed, value in zip(group.seeds[:NOTABLE].tolist(), group.values[:NOTABLE].tolist(), strict=True):
        label = html.escape(spaced(phrase.format(seed=seed, value=with_true_minus(f"{value:.3f}"))))
        link = html.escape(f"{address}?{league.race(seed).to_url()}") if address else ""
        items.append(f'<li><a href="{link}">{label}</a></li>' if link else f"<li>{label}</li>")
    return (
        f'<h3>{html.escape(heading)}</h3><p class="setting">{html.escape(number)}</p>'
        f'<ul class="seeds">{"".join(items)}</ul>'
    )


def _question(league: League, phrases: Mapping[str, str]) -> str:
    told = [f"{name} {version(name)}" for name in ("optviz", "numpy", "scipy")]
    made_by = ", ".join([*told, f"Python {platform.python_version()}", platform.platform(), platform.machine()])
    return (
        f'<section id="section-question"><details><summary>{html.escape(phrases["question"])}</summary>'
        f'<pre><code id="settings">{html.escape(league.to_toml(whole=True))}</code></pre></details>'
        f'<p class="setting">{html.escape(made_by)}</p></section>'
    )
