"""The race page: hook, stage, scoreboard, downloads."""

from __future__ import annotations

import hashlib
import html
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from optviz import stage
from optviz.budget import most_steps_of_runs
from optviz.experiment import Race
from optviz.figures.fans import FAN_RUNS, fans_of
from optviz.figures.gradient_noise import gradient_noise_figure
from optviz.figures.race import race_figure
from optviz.figures.race_record import RaceRecord, beginning, beside, race_record
from optviz.figures.theme import THEMES, styles_of
from optviz.optimizers import OPTIMIZERS
from optviz.statistics import scoreboard
from optviz.text import Words, counted, spaced, words
from optviz.text.telling import caption, described, file_name, key_of, pinned_told, told_of
from optviz.trajectory import Trajectory
from optviz.ui import background, cached, component, requests, session, sharing, touring, widgets

LONGEST_LATEX = 90
WHOLE_PAGE = "whole_page"
SHOWN = "shown"
DRAWN = "drawn"
RANGES = "ranges"
SECONDS_BETWEEN_LOOKS = 0.5
MOST_MAPS = 64
JOINER = "&#8288;"  # no line ends here


def show() -> None:
    """The page."""
    text = words(session.language())
    # The hook is that of the race without what is being dragged: a line more or less would move the picture.
    _hook(session.race(), text)
    shown = _shown()
    st.session_state[SHOWN] = shown
    _stage()
    _awaited(shown, text)
    race = shown.race
    if race is None:
        touring.panel(text)
        return
    paths = cached.paths(race)
    names = race.racer_names(text["optimizer"])
    pinned = _pinned_record(race, text)
    touring.panel(text)
    if session.end_is_hidden():
        st.caption(text["scoreboard"]["veiled"])
    else:
        _scoreboard(race, paths, names, pinned, paths[0].surface.lowest, text)
        if race.surface.samples is not None:
            _gradient_noise(race, paths, names, text)
    if shown.whole:
        sharing.section(race, paths, pinned, text)
    # Last of all: who sees this has the whole page of this race.
    st.html(f'<span data-optviz-race="{session.token(session.race())}" hidden></span>')


def _shown() -> background.Shown:
    """What can be shown of the race now, and of those beside it."""
    view = session.view()
    return background.shown(session.shown(), view.pinned, view.runs == "many", session.is_dragging())


def _awaited(shown: background.Shown, text: Words) -> None:
    """What is still to come, in one sentence; the page is run again by itself when it is there."""
    # What is being dragged is told below the picture.
    said = "" if session.is_dragging() else _told_of(shown, text)
    if not said or (shown.failed and not shown.to_come):
        if said:
            st.html(f'<p class="optviz-awaited" role="status">{html.escape(said)}</p>')
        return
    view = session.view()

    @st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
    def wait() -> None:
        if background.has_more(shown, view.pinned, view.runs == "many"):
            st.rerun()
        st.html(f'<p class="optviz-awaited" role="status">{html.escape(said)}</p>')

    wait()


def _told_of(shown: background.Shown, text: Words) -> str:
    words = text["background"]
    steps = {"first": f"{shown.race.steps:,}" if shown.race else "", "steps": f"{shown.asked.steps:,}"}
    if shown.failed:
        return words["failed" if shown.race is None or shown.whole else "failed_first"].format(**steps)
    if shown.race is None:
        return words["surface"]
    if not shown.whole:
        return words["first_steps"].format(**steps)
    return words["beside"] if shown.to_come else ""


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
        said.markdown(f"**{described(race, session.language())}**{shown}")
        changed, label = authors, words["reset"]
    kind: Any = "primary" if race == authors else "secondary"
    button.button(label, key="hook", type=kind, width="stretch", on_click=lambda: session.attempt(lambda: changed))


def _pinned_record(race: Race, text: Words) -> RaceRecord | None:
    """The pinned race, if there is one on this surface."""
    pinned = session.view().pinned
    if pinned is None or pinned.bare_surface != race.bare_surface:
        return None
    if not background.is_there(pinned):
        return None
    names = pinned.racer_names(text["optimizer"])
    return race_record(cached.paths(pinned), names, pinned.start or cached.start(pinned.surface))


@st.fragment
def _stage() -> None:
    """The picture. While something is dragged it alone is run again, and the page follows when it is let go."""
    if st.session_state.pop(WHOLE_PAGE, False):
        st.rerun()
    view, text = session.view(), words(session.language())
    shown = st.session_state.pop(SHOWN, None) or _shown()
    # Nothing is known yet: the picture before stays in sight.
    race = shown.race or st.session_state.get(DRAWN)
    if race is None or not background.is_there(race):
        return
    st.session_state[DRAWN] = race
    paths, names = cached.paths(race), race.racer_names(text["optimizer"])
    # The map is that of the full loss: how samples are drawn does not change it.
    map_key = _digest(repr(race.bare_surface))
    start = race.start or cached.start(race.surface)
    fans = fans_of(race, cached.fan_of, start) if view.runs == "many" and background.runs_are_there(race) else None
    # After all that runs: whatever went lower than was known counts for every gap that is drawn.
    pinned = _pinned_record(race, text)
    record = race_record(paths, names, start, fans)
    if pinned is not None:
        record = beside(record, pinned)
    if shown.whole:
        st.session_state[RANGES] = (map_key, record.loss_range, record.gap_range)
    elif shown.race is not None:
        # The axes are those of the whole race, as far as they are known.
        known_key, *ranges = st.session_state.get(RANGES, ("",))
        record = beginning(record, shown.asked.steps, *(ranges if known_key == map_key else ()))
    figure = race_figure(record, cached.heights(race.bare_surface), map_key, text["figure"], pinned)
    sent: dict[str, None] = st.session_state.setdefault("maps_sent", {})
    vocabulary = stage.words_key(text["stage"])
    message = stage.pack(
        figure,
        text["stage"],
        with_map=map_key not in sent,
        with_words=st.session_state.get("words_sent") != vocabulary,
        token=_digest(repr((race, session.language(), view.runs, view.pinned, view.present))),
        view={
            "chosen": {"axis": view.axis, "by": view.by, "runs": view.runs},
            "hidden": list(view.hidden),
            "veiled": view.veiled,
            "stamp": st.session_state.view_stamp,
        },
        start_by_click=True,
        rates=_rates(race),
        live=session.live_number(),
        heard=requests.heard(),
        race=session.token(session.race()),
        shown=session.token(race),
        played=view.veiled and session.end_was_seen(),
        file_name=file_name(race),
        caption=caption(race, start, session.language(), view.pinned if pinned is not None else None),
        language=session.language(),
        tools=["tour", "pin"],
        pinned=view.pinned is not None,
        present=view.present,
        tour=touring.header(),
        link=session.link(),
        hints=[
            {"about": about, "text": hint, "on_touch": text["hint_on_touch"][about]}
            for about, hint in text["hint"].items()
        ],
    )
    st.session_state.words_sent = vocabulary
    sent[map_key] = None
    if len(sent) > MOST_MAPS:
        # The browser asks again for one that it should still have.
        del sent[next(iter(sent))]
    component.mount(
        message,
        key="stage",
        on_asked_change=_asked,
    )
    heights = cached.heights(race.bare_surface)
    key = text["figure"]
    said = key_of(heights, key)
    if race.surface.samples is not None:
        said.append(counted(key, "key_samples", race.surface.samples).format(samples=race.surface.samples))
    said += told_of(figure, (view.by, view.runs))
    if view.runs == "many" and any(record.batched) and race.steps > most_steps_of_runs(race, FAN_RUNS):
        said.append(
            key["runs_too_many"].format(most=f"{most_steps_of_runs(race, FAN_RUNS):,}", steps=f"{race.steps:,}")
        )
    if not shown.whole and session.is_dragging():
        said.append(text["background"]["dragged"].format(first=f"{race.steps:,}", steps=f"{shown.asked.steps:,}"))
    if view.pinned is not None and (pinned is not None or background.is_there(view.pinned)):
        said.append(pinned_told(race, view.pinned, text) if pinned is not None else text["pinned"]["elsewhere"])
    st.caption(spaced(" ".join(said)))


def _asked() -> None:
    """The stage asks for something, or says where what is being dragged is now."""
    sent = st.session_state.stage.asked
    for request in requests.new(sent):
        with requests.answered(request):
            if request.what in REQUESTS:
                REQUESTS[request.what](request.value)
        # What it changes is told outside the picture too.
        if request.what != "map":
            st.session_state[WHOLE_PAGE] = True
    if isinstance(sent, dict) and isinstance(sent.get("live"), dict):
        session.drag(sent["live"])


def _rates(race: Race) -> dict[str, float] | None:
    """What the handle of the learning rate shows and where it ends; None where nobody has a rate of their own."""
    rates = race.own_learning_rates
    least, most = OPTIMIZERS["gradient_descent"].hyperparameters()["learning_rate"].slider or (1e-4, 10.0)
    return {"lowest": min(rates), "highest": max(rates), "least": least, "most": most} if rates else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _start_chosen(chosen: Any) -> None:
    session.attempt(lambda: session.race().replaced(start=chosen))


def _learning_rate_chosen(chosen: Any) -> None:
    session.attempt(lambda: session.race().with_highest_learning_rate(chosen))


def _view_changed(changed: Any) -> None:
    chosen = changed.get("chosen") if isinstance(changed, dict) else None
    if isinstance(chosen, dict) and isinstance(changed, dict):
        session.change_view(
            axis="gap" if chosen.get("axis") == "gap" else "loss",
            by="epoch" if chosen.get("by") == "epoch" else "step",
            runs="many" if chosen.get("runs") == "many" else "one",
            hidden=session.places(changed.get("hidden")),
            veiled=changed.get("veiled") is True,
        )


def _map_needed(_: Any) -> None:
    st.session_state.maps_sent, st.session_state.words_sent = {}, None


REQUESTS: dict[str, Callable[[Any], None]] = {
    "start": _start_chosen,
    "learning_rate": _learning_rate_chosen,
    # Let go without a choice: then the page is what it was.
    "let_go": lambda _: session.drag(None),
    "view": _view_changed,
    "played": session.played,
    "present": lambda present: session.change_view(present=present is True),
    "pin": lambda pinned: session.pin(pinned is True),
    "tour": touring.handle,
    "map": _map_needed,
    "page": lambda _: None,
}
"""What the stage may ask for, and who answers; after all but `map` the whole page is run."""


def _scoreboard(
    race: Race,
    paths: Sequence[Trajectory],
    names: Sequence[str],
    pinned: RaceRecord | None,
    lowest: Any,
    text: Words,
) -> None:
    words = text["scoreboard"]
    rows = scoreboard(paths)
    finals: dict[str, float] = {}
    if pinned is not None:
        finals = {name: float(losses[-1]) for name, losses in zip(pinned.names, pinned.losses, strict=True)}
    styles = styles_of(tuple(path.racer.kind for path in paths))
    nobody = all(row["steps_to_90"] in (None, -1) for row in rows)
    # Where nobody comes near the surface's lowest point, what they did reach still tells who was quick.
    columns = ["learning_rate", "final_loss", "gap", "steps_to_90_of_best" if nobody else "steps_to_90"]
    if finals:
        columns.insert(2, "pinned")
    head = "".join(
        f'<th class="number {name}" title="{html.escape(words.get(f"{name}_help", ""))}">{_head(name, words)}</th>'
        for name in columns
    )
    body = "".join(_score_row(row, race, columns, names, finals, styles, text) for row in rows)
    st.html(
        f"<h3>{html.escape(words['title'])}</h3>"
        f'<div class="optviz-scroll" tabindex="0" role="region" aria-label="{html.escape(words["title"])}">'
        f'<table class="optviz-scores"><thead><tr>'
        f"<th>{html.escape(words['racer'])}</th>{head}"
        f"<th class='outcome'>{html.escape(words['outcome'])}</th></tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
        + "".join(f"<p>{html.escape(note)}</p>" for note in _score_notes(rows, lowest, words))
        # Where heads are short and no pointer rests on them.
        + "".join(
            f'<p class="optviz-narrow">{html.escape(_explained(name, words, "_short"))}</p>'
            for name in ("pinned", "steps_to_90")
            if name in columns
        )
    )


def _head(name: str, words: dict[str, str]) -> str:
    short = words.get(f"{name}_short")
    if short is None:
        return html.escape(words[name])
    return f'<span class="long">{html.escape(words[name])}</span><span class="short">{html.escape(short)}</span>'


def _score_notes(rows: Sequence[dict[str, Any]], lowest: Any, words: dict[str, str]) -> list[str]:
    if not math.isfinite(lowest.loss):
        return [words["no_lowest"]]
    notes = [
        words[f"lowest_{lowest.known}"].format(
            loss=number(lowest.loss), x=number(lowest.point[0]), y=number(lowest.point[1])
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
    key = styles[index]["color"].removeprefix("@theme/")
    color = f"light-dark({THEMES['light'][key]}, {THEMES['dark'][key]})"
    # A factor is not a learning rate: Adadelta's rule has none.
    own = race.racers[index].optimizer.own_learning_rate
    rate = "–" if own is None else f"{own:g}"
    shown = {
        "learning_rate": rate,
        "final_loss": number(row["final_loss"]),
        "pinned": number(finals.get(names[index], math.nan)),
        "gap": words["undefined"] if row["steps_to_90"] is None else number(row["final_gap"]),
        "steps_to_90": _steps(row, "steps_to_90", race, words),
        "steps_to_90_of_best": _steps(row, "steps_to_90_of_best", race, words),
    }
    cells = "".join(f'<td class="number {name}">{html.escape(shown[name])}</td>' for name in columns)
    outcome = _outcome(row["outcome"], row["diverged_at"])
    why, said = text["outcome_sentence"][outcome].format(step=row["diverged_at"]), html.escape(text["outcome"][outcome])
    return (
        f'<tr><td><span class="dot" style="background:{color}"></span>{JOINER}{html.escape(names[index])}'
        f'<span class="under">{said}</span></td>{cells}'
        f'<td class="outcome"><span class="word">{said}</span>'
        f'<span class="why"> · {html.escape(why)}</span></td></tr>'
    )


def _outcome(outcome: str, diverged_at: int) -> str:
    """The key of an outcome's words: whoever has diverged at step 0 has never begun."""
    return "no_start" if diverged_at == 0 else outcome


def _steps(row: dict[str, Any], name: str, race: Race, words: dict[str, str]) -> str:
    if row[name] is None:
        return words["undefined"]
    if row[name] >= 0:
        return str(row[name])
    return "–" if row["diverged_at"] >= 0 else words["never"].format(steps=race.steps)


def number(value: float) -> str:
    """A number for reading: four digits, a true minus sign, a dash for what is not finite."""
    if value != value or value in (float("inf"), float("-inf")):
        return "–"
    return f"{value + 0:.4g}".replace("-", "−")


def _gradient_noise(race: Race, paths: Sequence[Trajectory], names: Sequence[str], text: Words) -> None:
    words, label = text["gradient_noise"], text["controls"]
    box = st.expander(words["title"], key="gradient_noise", on_change="rerun")
    if not box.open:
        return
    with box:
        st.caption(words["explained"])
        who, when = st.columns([1, 2])
        index = widgets.kept_choice(
            who.selectbox,
            words["racer"],
            range(len(names)),
            0,
            key="noise_racer",
            title=lambda place: names[place] if place < len(names) else "",
        )
        with when:
            step = widgets.kept_number(words["step"], 0, race.steps, key="noise_step")
        path = paths[index]
        x, y = path.points[step].tolist()
        if x != x or y != y:
            st.caption(text["outcome_sentence"][_outcome("diverged", path.diverged_at)].format(step=path.diverged_at))
            return
        size = path.racer.batch_size or min(8, race.surface.samples or 8)
        noise = cached.noise_at(race.surface, (x, y), size, race.batch_seed)
        st.caption(words["where"].format(x=number(x), y=number(y), batch_size=size))
        message = stage.pack(
            gradient_noise_figure(noise, words | {"batch_size": label["batch_size"]}),
            text["stage"] | {"stage": words["title"]},
            token=_digest(repr((race, index, step, session.language()))),
            file_name="optviz-gradient-noise",
            present=session.view().present,
        )
        component.mount(message, key="gradient_noise_stage")


show()
