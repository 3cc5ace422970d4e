"""The table below the picture: how far each racer came, how soon, and how its run ended."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from optviz.experiment import Race
from optviz.figures.palette import css_color
from optviz.figures.race_record import RaceRecord
from optviz.figures.styles import styles_of
from optviz.racer import Racer
from optviz.statistics import scoreboard
from optviz.statistics.scores import drop_told
from optviz.statistics.valleys import valleys_of
from optviz.text import Words
from optviz.text.numbers import readable
from optviz.trajectory import Trajectory

MOST_POINTS = 4
"""Of more points that are equally low the first are told."""

JOINER = "&#8288;"  # no line ends here


def score_table(
    race: Race,
    paths: Sequence[Trajectory],
    names: Sequence[str],
    pinned: RaceRecord | None,
    text: Words,
) -> None:
    """A row per racer, and notes on what the columns mean; `pinned` adds a column for the race beside this one."""
    words = text["scoreboard"]
    rows = scoreboard(paths)
    finals: dict[str, float] = {}
    if pinned is not None:
        finals = {name: float(losses[-1]) for name, losses in zip(pinned.names, pinned.losses, strict=True)}
    styles = styles_of(tuple(path.racer.kind for path in paths))
    columns = ["learning_rate", "final_loss", "gap", drop_told(rows)]
    if finals:
        columns.insert(2, "pinned")
    body = "".join(_score_row(row, race, columns, names, finals, styles, text) for row in rows)
    st.html(
        _table(columns, body, words)
        + "".join(f"<p>{html.escape(note)}</p>" for note in _score_notes(rows, paths[0], words))
        # Where heads are short and no pointer rests on them.
        + "".join(
            f'<p class="optviz-narrow">{html.escape(_explained(name, words, "_short"))}</p>'
            for name in ("pinned", "steps_to_90")
            if name in columns
        )
    )


def blank_table(race: Race, names: Sequence[str], text: Words) -> None:
    """The same table for as long as nobody may know how the race ends: who runs, in the order of the race."""
    words, columns = text["scoreboard"], ("learning_rate", "final_loss", "gap", "steps_to_90")
    styles = styles_of(tuple(racer.kind for racer in race.racers))
    body = "".join(
        f"<tr><td>{_named(name, style)}</td>"
        + "".join(
            f'<td class="number {column}">{_rate(racer, words) if column == "learning_rate" else "?"}</td>'
            for column in columns
        )
        + '<td class="outcome">?</td></tr>'
        for name, style, racer in zip(names, styles, race.racers, strict=True)
    )
    st.html(_table(columns, body, words, " optviz-blank") + f"<p>{html.escape(words['veiled'])}</p>")


def _table(columns: Sequence[str], body: str, words: Mapping[str, str], kind: str = "") -> str:
    head = "".join(
        f'<th class="number {name}" title="{html.escape(words.get(f"{name}_help", ""))}">{_head(name, words)}</th>'
        for name in columns
    )
    return (
        f"<h3>{html.escape(words['title'])}</h3>"
        f'<div class="optviz-scroll" tabindex="0" role="region" aria-label="{html.escape(words["title"])}">'
        f'<table class="optviz-scores{kind}"><thead><tr>'
        f"<th>{html.escape(words['racer'])}</th>{head}"
        f"<th class='outcome'>{html.escape(words['outcome'])}</th></tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def _named(name: str, style: Mapping[str, str]) -> str:
    return f'<span class="dot" style="background:{css_color(style["color"])}"></span>{JOINER}{html.escape(name)}'


def _rate(racer: Racer, words: Mapping[str, str]) -> str:
    own = racer.optimizer.own_learning_rate
    if own is not None:
        return f"{own:g}"
    # A factor is not a learning rate: Adadelta's rule has none. It is told where it changes a step.
    factor = getattr(racer.optimizer, "learning_rate", 1.0)
    return "–" if factor == 1 else words["factor"].format(factor=readable(factor))


def _head(name: str, words: Mapping[str, str]) -> str:
    short = words.get(f"{name}_short")
    if short is None:
        return html.escape(words[name])
    return f'<span class="long">{html.escape(words[name])}</span><span class="short">{html.escape(short)}</span>'


def _score_notes(rows: Sequence[dict[str, Any]], path: Trajectory, words: dict[str, str]) -> list[str]:
    lowest = path.surface.lowest
    if not math.isfinite(lowest.loss):
        return [words["no_lowest"]]
    deepest = valleys_of(path.surface, float(path.losses[0])).deepest
    points = [f"({readable(x)}, {readable(y)})" for x, y in deepest[:MOST_POINTS].tolist()]
    points += ["…"] if len(deepest) > MOST_POINTS else []
    notes = [
        words[f"lowest_{'equal_' if len(deepest) > 1 else ''}{lowest.known}"].format(
            loss=readable(lowest.loss),
            x=readable(lowest.point[0]),
            y=readable(lowest.point[1]),
            count=len(deepest),
            points=", ".join(points),
        )
    ]
    if all(row["steps_to_90"] is None for row in rows):
        notes.append(words["start_is_lowest"])
    elif all(row["steps_to_90"] == -1 for row in rows):
        notes += [words["nobody"], _explained("steps_to_90_of_best", words)]
    return [*notes, _explained("gap", words)]


def _explained(name: str, words: dict[str, str], form: str = "") -> str:
    return words["note"].format(name=words[f"{name}{form}"], help=words[f"{name}_help"])


def _score_row(
    row: dict[str, Any],
    race: Race,
    columns: Sequence[str],
    names: Sequence[str],
    finals: Mapping[str, float],
    styles: Sequence[dict[str, str]],
    text: Words,
) -> str:
    index, words = row["index"], text["scoreboard"]
    cell = {
        "learning_rate": _rate(race.racers[index], words),
        "final_loss": readable(row["final_loss"]),
        "pinned": readable(finals.get(names[index], math.nan)),
        "gap": words["undefined"] if row["steps_to_90"] is None else readable(row["final_gap"]),
        "steps_to_90": _steps(row, "steps_to_90", race, words),
        "steps_to_90_of_best": _steps(row, "steps_to_90_of_best", race, words),
    }
    # What stands before a factor is told where it is.
    title = f' title="{html.escape(words["factor_help"])}"' if cell["learning_rate"].startswith("×") else ""
    cells = "".join(
        f'<td class="number {name}"{title if name == "learning_rate" else ""}>{html.escape(cell[name])}</td>'
        for name in columns
    )
    outcome = outcome_key(row["outcome"], row["diverged_at"])
    why, said = text["outcome_sentence"][outcome].format(step=row["diverged_at"]), html.escape(text["outcome"][outcome])
    return (
        f"<tr><td>{_named(names[index], styles[index])}"
        f'<span class="under">{said}</span></td>{cells}'
        f'<td class="outcome"><span class="word">{said}</span>'
        f'<span class="why"> · {html.escape(why)}</span></td></tr>'
    )


def outcome_key(outcome: str, diverged_at: int) -> str:
    """The key of an outcome's words: whoever has diverged at step 0 has never begun."""
    return "no_start" if diverged_at == 0 else outcome


def _steps(row: dict[str, Any], name: str, race: Race, words: dict[str, str]) -> str:
    if row[name] is None:
        return words["undefined"]
    if row[name] >= 0:
        return str(row[name])
    return "–" if row["diverged_at"] >= 0 else words["never"].format(steps=race.steps)
