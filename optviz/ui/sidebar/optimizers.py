"""Who runs: the optimizers and their hyperparameters."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any

import streamlit as st

from optviz.bad_input import BadInput
from optviz.conventions import with_convention
from optviz.experiment import MOST_RACERS, Race
from optviz.parameter import Parameter
from optviz.racer import PICKS, Racer
from optviz.text import Words
from optviz.ui import session, widgets

EVERY_SAMPLE = 0

Shown = tuple[int, str]
"""The optimizer whose settings are shown: its place in the race, and its key."""


def optimizers_section(text: Words) -> None:
    """Which optimizers run, and the settings of one of them."""
    label, race = text["controls"], session.race()
    running = list(dict.fromkeys(racer.kind for racer in race.racers))
    # What runs and is not offered, a slip of the article's, can be taken out all the same.
    offered = [*PICKS, *(kind for kind in running if kind not in tuple(PICKS))]
    present = [kind for kind in offered if kind in running]

    widgets.choices(
        label["racers_section"],
        offered,
        present,
        _choose_optimizers,
        key="racers",
        title=lambda kind: text["optimizer"].get(kind, kind),
        help=label["racers"],
    )
    with st.expander(f"⚙ {label['racer_settings']}", key="racer_settings"):
        _racer_settings(race, text)


def _racer_settings(race: Race, text: Words) -> None:
    label, tip = text["controls"], text["help"]
    names = race.racer_names(text["optimizer"])
    index = min(st.session_state.get("tuned", len(names) - 1), len(names) - 1)

    def tune(place: int) -> None:
        st.session_state.tuned = place

    widgets.choice(
        st.selectbox,
        label["tune"],
        range(len(names)),
        index,
        tune,
        key="tune",
        title=lambda place: names[place] if place < len(names) else "",
        help=tip["tune"],
    )
    shown = index, race.racers[index].key
    _hyperparameter_controls(race.racers[index], shown, text)
    if "learning_rate" in race.racers[index].optimizer.hyperparameters():
        st.button(
            label["compare_rates"],
            key="compare_rates",
            help=tip["compare_rates"],
            disabled=len(names) >= MOST_RACERS,
            width="stretch",
            on_click=_compare_rates,
            args=shown,
        )
    duplicate, remove = st.columns(2)
    duplicate.button(
        label["duplicate"],
        key="duplicate",
        help=tip["duplicate"],
        disabled=len(names) >= MOST_RACERS,
        width="stretch",
        on_click=_duplicate,
        args=shown,
    )
    remove.button(
        label["remove"],
        key="remove",
        width="stretch",
        disabled=len(names) == 1,
        on_click=_remove,
        args=shown,
    )
    if race.racers[index].optimizer != with_convention(race.racers[index].key, race.convention):
        st.button(label["reset_racer"], key="reset_racer", width="stretch", on_click=_reset, args=shown)


def _choose_optimizers(chosen: list[str]) -> None:
    if chosen:
        session.attempt(lambda: session.race().with_optimizers(chosen))
    else:
        session.refuse(BadInput("last_racer", name="racers", value=0, allowed=f"1 … {MOST_RACERS}"))


def _if_there(act: Callable[..., None]) -> Callable[..., None]:
    """Do it where the optimizer that is shown is there: a link that was followed meanwhile may have brought others."""

    @wraps(act)
    def acted(index: int, key: str, *rest: Any) -> None:
        racers = session.race().racers
        if index < len(racers) and racers[index].key == key:
            act(index, *rest)

    return acted


@_if_there
def _duplicate(index: int) -> None:
    _join(index, lambda: session.race().with_duplicate(index))


@_if_there
def _compare_rates(index: int) -> None:
    other = session.race().racers[index].at_another_rate
    _join(index, lambda: session.race().with_duplicate(index).with_racer(index + 1, other()))


def _join(index: int, make: Callable[[], Race]) -> None:
    """A race with one more racer, next to the one at `index`."""
    st.session_state.tuned = index
    # The copy is what is going to be changed, and it is in sight though the one that it was made of be hidden.
    session.attempt(make, lambda place: place + (place > index))
    if not session.problems():
        st.session_state.tuned = index + 1


@_if_there
def _remove(index: int) -> None:
    def moved(place: int) -> int | None:
        return None if place == index else place - (place > index)

    session.attempt(lambda: session.race().without(index), moved)


@_if_there
def _reset(index: int) -> None:
    racer = session.race().racers[index]
    fresh = dataclasses.replace(racer, optimizer=with_convention(racer.key, session.race().convention))
    session.attempt(lambda: session.race().with_racer(index, fresh))


@_if_there
def _change_racer(index: int, name: str, value: Any) -> None:
    session.attempt(
        lambda: session.race().with_racer(index, session.race().racers[index].with_hyperparameter(name, value))
    )


@_if_there
def _change_batch_size(index: int, size: int) -> None:
    changed = dataclasses.replace(session.race().racers[index], batch_size=size or None)
    session.attempt(lambda: session.race().with_racer(index, changed))


def _racer_changer(shown: Shown, name: str) -> Callable[[Any], None]:
    return lambda value: _change_racer(*shown, name, value)


def _hyperparameter_controls(racer: Racer, shown: Shown, text: Words) -> None:
    table = racer.optimizer.hyperparameters()
    samples = session.race().surface.samples
    if samples is not None:
        _batch_size_control(racer, shown, samples, text)
    for name in _named(table, structural=False):
        widgets.number_field(
            text["hyperparameter"].get(name, name),
            f"own_{name}",
            getattr(racer.optimizer, name),
            table[name],
            text["help"].get(name),
            _racer_changer(shown, name),
        )
    for name, parameter in racer.settings().items():
        value, tip = getattr(racer, name), text["help"].get(name)
        label = text["hyperparameter"].get(name, name)
        widgets.number_field(label, f"own_{name}", value, parameter, tip, _racer_changer(shown, name))
    structural = _named(table, structural=True)
    if structural:
        with st.expander(text["controls"]["form"], key="form"):
            for name in structural:
                _structural_control(racer, shown, name, table[name], text)


def _batch_size_control(racer: Racer, shown: Shown, samples: int, text: Words) -> None:
    current = racer.batch_size
    sizes = sorted({2**power for power in range(13) if 2**power < samples} | ({current} if current else set()))

    widgets.choice(
        st.select_slider,
        text["controls"]["batch_size"],
        [*sizes, EVERY_SAMPLE],
        current or EVERY_SAMPLE,
        partial(_change_batch_size, *shown),
        key="own_batch_size",
        title=lambda size: text["controls"]["batch_size_all"] if size == EVERY_SAMPLE else str(size),
        help=text["help"]["batch_size"],
    )


def _structural_control(racer: Racer, shown: Shown, name: str, parameter: Parameter, text: Words) -> None:
    value = getattr(racer.optimizer, name)
    label, tip, key = text["hyperparameter"].get(name, name), text["help"].get(name), f"own_{name}"
    if isinstance(value, bool):
        widgets.switch(label, value, _racer_changer(shown, name), key=key, help=tip)
    else:
        widgets.number_field(label, key, value, parameter, tip, _racer_changer(shown, name))


def _named(table: dict[str, Parameter], *, structural: bool) -> Sequence[str]:
    return [name for name, parameter in table.items() if parameter.structural is structural]
