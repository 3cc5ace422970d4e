"""The race page: hook, stage, scoreboard, downloads."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from optviz.experiment import Race
from optviz.export import FORMATS
from optviz.figures.gradient_noise import gradient_noise_figure
from optviz.figures.race import race_figure
from optviz.figures.theme import THEMES, styles_of
from optviz.statistics import race_record, scoreboard
from optviz.surface import GallerySurface
from optviz.trajectory import Trajectory
from optviz.ui import cached, session, stage
from optviz.ui.controls import Words, attempt, surface_key
from optviz.ui.text import words

LONGEST_LATEX = 90
MEDIA_TYPES = {"csv": "text/csv", "json": "application/json"}
SCOREBOARD_STYLE = """
<style>
.optviz-scores { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.93rem; }
.optviz-scores th { text-align: left; font-weight: 600; opacity: 0.72; padding: 4px 10px 4px 0; }
.optviz-scores td { padding: 5px 10px 5px 0; border-top: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
.optviz-scores .number { text-align: right; white-space: nowrap; }
.optviz-scores .why { opacity: 0.75; }
.optviz-scores .dot { display: inline-block; width: 0.75em; height: 0.75em; border-radius: 50%; margin-right: 0.5em; }
.optviz-scores td:first-child, .optviz-scores .word { white-space: nowrap; }
.optviz-scroll { overflow-x: auto; }
@media (max-width: 640px) {
  .optviz-scores { font-size: 0.85rem; }
  .optviz-scores th { white-space: nowrap; }
  .optviz-scores td:last-child { min-width: 17em; }
}
</style>
"""


def show() -> None:
    """The page."""
    race = session.shown()
    text = words(session.language())
    surface = cached.prepared(race.surface)
    start = race.start or cached.start(race.surface)
    paths = [cached.path(racer, race.surface, start, race.steps, race.batch_seed) for racer in race.racers]
    names = race.racer_names(text["optimizer"])
    _hook(race, text)
    _stage(race, paths, names, text)
    _scoreboard(race, paths, names, surface.lowest, text)
    if race.surface.samples is not None:
        _gradient_noise(race, paths, names, text)
    _downloads(race, paths, text)


def _hook(race: Race, text: Words) -> None:
    words = text["hook"]
    authors = Race()
    said, button = st.container(key="hook_row").columns([3, 2], vertical_alignment="center")
    if race == authors:
        said.markdown(words["article_setting"])
        changed, label = authors.with_convention("article"), words["to_article"]
    elif race == authors.with_convention("article"):
        said.markdown(words["article_formulas"])
        changed, label = authors, words["to_tensorflow"]
    else:
        latex = getattr(race.bare_surface, "latex", "")
        shown = f"  ${latex}$" if 0 < len(latex) <= LONGEST_LATEX else ""
        said.markdown(f"**{described(race, text)}**{shown}")
        changed, label = authors, words["reset"]
    kind: Any = "primary" if race == authors else "secondary"
    button.button(label, key="hook", type=kind, width="stretch", on_click=lambda: attempt(lambda: changed))


def described(race: Race, text: Words) -> str:
    """The surface in one phrase."""
    surface = race.bare_surface
    if isinstance(surface, GallerySurface):
        return surface.titles[session.language()]
    return text["surface"][f"described_{surface_key(surface)}"].format(seed=getattr(surface, "seed", ""))


def _stage(race: Race, paths: Sequence[Trajectory], names: Sequence[str], text: Words) -> None:
    view = session.view()
    # The map is that of the full loss: how samples are drawn does not change it.
    map_key = _digest(repr(race.bare_surface))
    fans = [
        cached.fan_of(path.racer, race.surface, race.start or cached.start(race.surface), race.steps, race.batch_seed)
        if view.runs == "many" and path.racer.batch_size is not None
        else None
        for path in paths
    ]
    record = race_record(paths, names, fans)
    figure = race_figure(record, cached.heights(race.bare_surface), map_key, text["figure"])
    sent: set[str] = st.session_state.setdefault("maps_sent", set())
    message = stage.pack(
        figure,
        text["stage"],
        with_map=map_key not in sent,
        token=_digest(repr((race, session.language(), view.runs))),
        view={
            "chosen": {"axis": view.axis, "by": view.by, "runs": view.runs},
            "hidden": list(view.hidden),
            "stamp": st.session_state.view_stamp,
        },
        start_by_click=True,
        learning_rate=race.shared_learning_rate,
        live=session.live_number(),
        file_name=f"optviz-{surface_key(race.bare_surface)}",
    )
    sent.add(map_key)
    stage.mount(
        message,
        key="stage",
        on_start_change=_start_chosen,
        on_learning_rate_change=_learning_rate_chosen,
        on_live_change=_dragged,
        on_view_change=_view_changed,
        on_need_map_change=_map_needed,
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _start_chosen() -> None:
    chosen = st.session_state.stage.start
    if chosen is not None:
        attempt(lambda: session.race().replaced(start=chosen))


def _learning_rate_chosen() -> None:
    chosen = st.session_state.stage.learning_rate
    if chosen is not None:
        attempt(lambda: session.race().with_learning_rate(chosen))


def _dragged() -> None:
    session.drag(st.session_state.stage.live)


def _view_changed() -> None:
    changed = st.session_state.stage.view
    chosen = changed.get("chosen") if isinstance(changed, dict) else None
    if isinstance(chosen, dict) and isinstance(changed.get("hidden"), list):
        session.change_view(
            axis="gap" if chosen.get("axis") == "gap" else "loss",
            by="epoch" if chosen.get("by") == "epoch" else "step",
            runs="many" if chosen.get("runs") == "many" else "one",
            hidden=tuple(index for index in changed["hidden"][:100] if isinstance(index, int)),
        )


def _map_needed() -> None:
    st.session_state.maps_sent = set()


def _scoreboard(race: Race, paths: Sequence[Trajectory], names: Sequence[str], lowest: Any, text: Words) -> None:
    words = text["scoreboard"]
    rows = scoreboard(paths)
    styles = styles_of(tuple(path.racer.kind for path in paths))
    head = "".join(
        f'<th class="{"number" if numeric else ""}" title="{html.escape(words.get(f"{name}_help", ""))}">'
        f"{html.escape(words[name])}</th>"
        for name, numeric in (
            ("racer", False),
            ("learning_rate", True),
            ("final_loss", True),
            ("gap", True),
            ("steps_to_90", True),
            ("outcome", False),
        )
    )
    body = "".join(_score_row(row, race, names, styles, text) for row in rows)
    said = words["lowest_exact" if lowest.exact else "lowest_found"].format(
        loss=number(lowest.loss), x=number(lowest.point[0]), y=number(lowest.point[1])
    )
    notes = [said]
    if all(row["steps_to_90"] is None for row in rows):
        notes.append(words["start_is_lowest"])
    elif all(row["steps_to_90"] == -1 for row in rows):
        notes.append(words["nobody"])
    st.html(
        f"{SCOREBOARD_STYLE}<h3>{html.escape(words['title'])}</h3>"
        f'<div class="optviz-scroll"><table class="optviz-scores"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div><p>{html.escape(' '.join(notes))}</p>"
    )


def _score_row(
    row: dict[str, Any], race: Race, names: Sequence[str], styles: Sequence[dict[str, str]], text: Words
) -> str:
    index, words = row["index"], text["scoreboard"]
    key = styles[index]["color"].removeprefix("@theme/")
    color = f"light-dark({THEMES['light'][key]}, {THEMES['dark'][key]})"
    if row["steps_to_90"] is None:
        reached = words["undefined"]
    elif row["steps_to_90"] < 0:
        reached = words["never"].format(steps=race.steps)
    else:
        reached = str(row["steps_to_90"])
    why = text["outcome_sentence"][row["outcome"]].format(step=row["diverged_at"])
    gap = number(row["final_gap"]) if row["steps_to_90"] is not None else words["undefined"]
    rate = race.racers[index].optimizer.learning_rate
    return (
        f'<tr><td><span class="dot" style="background:{color}"></span>{html.escape(names[index])}</td>'
        f'<td class="number">{rate:g}</td><td class="number">{number(row["final_loss"])}</td>'
        f'<td class="number">{gap}</td><td class="number">{html.escape(reached)}</td>'
        f'<td><span class="word">{html.escape(text["outcome"][row["outcome"]])}</span> · '
        f'<span class="why">{html.escape(why)}</span></td></tr>'
    )


def number(value: float) -> str:
    """A number for reading: four digits, a true minus sign, a dash for what is not finite."""
    if value != value or value in (float("inf"), float("-inf")):
        return "–"
    return f"{value:.4g}".replace("-", "−")


def _gradient_noise(race: Race, paths: Sequence[Trajectory], names: Sequence[str], text: Words) -> None:
    words, label = text["gradient_noise"], text["controls"]
    box = st.expander(words["title"], key="gradient_noise", on_change="rerun")
    if not box.open:
        return
    with box:
        st.caption(words["explained"])
        who, when = st.columns([1, 2])
        index = who.selectbox(
            words["racer"], range(len(names)), format_func=lambda place: names[place] if place < len(names) else ""
        )
        step = when.slider(words["step"], 0, race.steps, 0)
        index = min(index or 0, len(paths) - 1)
        path = paths[index]
        x, y = path.points[step].tolist()
        if x != x or y != y:
            st.caption(text["outcome_sentence"]["diverged"].format(step=path.diverged_at))
            return
        size = path.racer.batch_size or min(8, race.surface.samples or 8)
        noise = cached.noise_at(race.surface, (x, y), size, race.batch_seed)
        st.caption(words["where"].format(x=number(x), y=number(y), batch_size=size))
        message = stage.pack(
            gradient_noise_figure(noise, words | {"batch_size": label["batch_size"]}),
            text["stage"] | {"stage": words["title"]},
            token=_digest(repr((race, index, step, session.language()))),
            file_name="optviz-gradient-noise",
        )
        stage.mount(message, key="gradient_noise_stage")


def _downloads(race: Race, paths: Sequence[Trajectory], text: Words) -> None:
    words = text["download"]
    st.html(f"<h3>{html.escape(words['title'])}</h3>")
    columns = st.columns([1, 1, 4], vertical_alignment="center")
    for column, ending in zip(columns, MEDIA_TYPES, strict=False):
        column.download_button(
            words[ending],
            data=partial(FORMATS[ending], race, paths),
            file_name=f"optviz-{surface_key(race.bare_surface)}.{ending}",
            mime=MEDIA_TYPES[ending],
            key=f"download_{ending}",
            on_click="ignore",
            width="stretch",
        )
    columns[2].caption(words["png_hint"])
    base = (st.context.url or "").split("?")[0]
    st.caption(words["link"])
    query = session.query_text()
    st.code(f"{base}?{query}" if query else base, language=None, wrap_lines=True)


show()
