"""The answer: the ranking, who wins beside by how much, the article's conclusions, and the seeds behind each number."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from optviz import stage
from optviz.experiment import article
from optviz.experiment.league import League
from optviz.figures import Figure
from optviz.figures.league.bands import bands_figure
from optviz.figures.league.budget import budget_figure
from optviz.figures.league.duel import duel_figure
from optviz.figures.league.matrix import matrix_figure
from optviz.figures.league.profiles import profiles_figure
from optviz.figures.league.ranking import ranking_figure
from optviz.figures.league.record import LeagueRecord
from optviz.laboratory.league_answer import LeagueAnswer, answer_of
from optviz.stage.report import best_called, best_of, verdict_mark
from optviz.text import Words, spaced
from optviz.text.intervals import in_two, told_interval, told_share
from optviz.text.question import told_setting
from optviz.text.verdicts import told_conclusions, told_fair, told_pairs
from optviz.ui import component, requests, session, widgets
from optviz.ui.leagues import Desk
from optviz.ui.pages.league.behind import behind_section, note_click
from optviz.ui.pages.league.files import files_section
from optviz.ui.pages.league.guess import told_answer
from optviz.ui.pages.league.question import without_conclusions

MOST_CONFLICTS = 3
"""So many pairs are told of in sentences; the figure shows all."""


def answer_section(desk: Desk, league: League, values: Mapping[str, np.ndarray], text: Words) -> None:
    """All that is shown of a complete league."""
    found = answer_of(values)
    if found is None:
        st.html(f"<p role='status'>{html.escape(text['league']['gone'])}</p>")
        return
    record = dataclasses.replace(found.record, names=league.racer_names(text["optimizer"]))
    label = text["league"]
    told_answer(league, record, text)
    st.html(f"<h2>{html.escape(label['ranking'])}</h2>")
    explained = spaced(f"{label['gap_explained']} {label['ranking_explained']}")
    present = session.view().present
    if not present:
        st.caption(explained)
    _mount(ranking_figure(record, text["league_figures"]), "ranking", record, league, text)
    if present:
        # In a lecture room it is told aloud; what everybody is to see comes first.
        st.caption(explained)
    st.html(ranking_table(record, text))
    st.caption(spaced(f"{label['columns_explained']} {label['paired_explained']}"))
    for told in told_pairs(record, text, MOST_CONFLICTS):
        st.html(f"<p>{html.escape(told)}</p>")
    _charts(record, league, text)
    behind_section(found, league, text)
    _conclusions(found, league, text)
    files_section(desk, league, text)


def ranking_table(record: LeagueRecord, text: Words) -> str:
    """The numbers of the ranking, the smallest mean c first; of tuned racers also the value that did best."""
    label = text["league"]
    columns = {name: label[name] for name in ("mean_c", "rank", "alone", "shared", "diverged", "left")}
    if record.fair is not None:
        columns = {"best_value": best_called(record, text), **columns}
    head = "".join(
        f"<th class='number' title='{html.escape(label[f'{name}_help'], quote=True)}'>{html.escape(title)}</th>"
        for name, title in columns.items()
    )
    rows = "".join(_row(record, int(place), text) for place in record.order)
    return (
        f"<div class='optviz-scroll' tabindex='0' role='region' aria-label='{html.escape(label['ranking'])}'>"
        f"<table class='optviz-scores optviz-league'><thead><tr><th>{html.escape(text['scoreboard']['racer'])}</th>"
        f"{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(record: LeagueRecord, place: int, text: Words) -> str:
    best, worst = (int(rank) for rank in record.ranks[place])
    cells = (
        *([] if record.fair is None else [best_of(record, place)]),
        _in_small(told_interval(record.means[place], text)),
        str(best) if best == worst else f"{best}–{worst}",
        *(_in_small(told_share(share, text)) for share in (record.alone[place], record.shared[place])),
        f"{int(record.diverged[place]):,}",
        f"{int(record.left[place]):,}",
    )
    numbers = "".join(f"<td class='number'>{cell}</td>" for cell in cells)
    return f"<tr><td>{html.escape(record.names[place])}</td>{numbers}</tr>"


def _in_small(told: str) -> str:
    value, interval = in_two(told)
    return f"{html.escape(value)} <small>{html.escape(interval)}</small>"


# --- figures -------------------------------------------------------------------------------------------------------


def _charts(record: LeagueRecord, league: League, text: Words) -> None:
    label, tuned = text["league"], text["hyperparameter"].get(league.tuned, league.tuned)
    charts: dict[str, Callable[[], Figure]] = {
        "duel": partial(duel_figure, record, text["league_figures"]),
        "profiles": partial(profiles_figure, record, text["league_figures"]),
        "bands": partial(bands_figure, record, text["league_figures"]),
        "matrix": partial(matrix_figure, record, text["league_figures"]),
    }
    if record.fair is not None:
        charts["budget"] = partial(budget_figure, record, text["league_figures"], tuned)
    if len(record.names) < 2:
        charts = {name: chart for name, chart in charts.items() if name in ("profiles", "bands", "budget")}
    shown = session.view().chart
    shown = shown if shown in charts else next(iter(charts))
    st.html(f"<h2>{html.escape(label['charts'])}</h2>")
    # What is mounted anew has another key: the place that the style sheet names is around it.
    with st.container(key="league_pictures"):
        widgets.choice(
            st.segmented_control,
            label["charts"],
            charts,
            shown,
            lambda name: session.change_view(chart=name),
            key="league_chart",
            title=lambda name: label[f"chart_{name}"],
            label_visibility="collapsed",
        )
    st.caption(label[f"chart_{shown}_explained"])
    if shown == "budget":
        told = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in told_fair(record, session.language()))
        st.html(f"<ul>{told}</ul>")
    _mount(charts[shown](), shown, record, league, text)


def _mount(figure: Figure, name: str, record: LeagueRecord, league: League, text: Words) -> None:
    key, present = f"league_{name}", session.view().present
    message = stage.pack(
        figure,
        text["league_figures"],
        token=session.token((league, name, session.language(), present)),
        title=text["league"][f"chart_{name}"],
        caption=told_setting(league, session.language()),
        file_name=f"optviz-league-{name}",
        stage=key,
        heard=requests.heard(key),
        present=present,
    )
    component.mount(message, key, partial(_answered, key), module=stage.CHART)


def _answered(key: str, sent: Any) -> bool:
    more = False
    for request in requests.new(sent, key):
        with requests.answered(request):
            if request.what == "seeds":
                note_click(key, request.value)
        more = True
    return more


# --- the article's conclusions -------------------------------------------------------------------------------------


def _conclusions(found: LeagueAnswer, league: League, text: Words) -> None:
    label = text["league"]
    if league.fair and len(league.seven) == len(article.OPTIMIZERS):
        without_conclusions(league, text)
        return
    told = told_conclusions(found.conclusions, league.convention, session.language())
    if not told:
        return
    rows = "".join(
        f"<li{' data-changes' if one.changes else ''}><p><b>{one.number}. {html.escape(one.claim)}</b> "
        f"{verdict_mark(one)}</p><p>{html.escape(one.found)}</p>"
        f"<p class='optviz-metric'>{html.escape(spaced(f'{one.metric} {one.n}'))}</p>"
        f"{_in_conventions(one.conventions, one.changes)}</li>"
        for one in told
    )
    st.html(
        f"<h2>{html.escape(label['conclusions'])}</h2><p>{html.escape(label['conclusions_explained'])}</p>"
        f"<ul class='optviz-conclusions'>{rows}</ul>"
    )


def _in_conventions(conventions: str, changes: bool) -> str:
    told = html.escape(conventions)
    return f"<p class='optviz-metric'>{f'<b>{told}</b>' if changes else told}</p>" if told else ""
