"""The sidebar: fields of `experiment.Race` mapped to widgets.

Every widget shows the race's value and changes the race through a callback. A value that the race refuses leaves it as
it is and is told in one sentence; the widget then shows the race's value again.
"""

from __future__ import annotations

import dataclasses
import math
import random
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from optviz.bad_input import BadInput
from optviz.conventions import CONVENTIONS, with_convention
from optviz.experiment import (
    FIRST_FORMULA,
    MOST_RACERS,
    USUAL_LEARNING_RATE,
    Race,
    make_surface,
    surface_names,
    with_hyperparameter,
)
from optviz.optimizers import OPTIMIZERS
from optviz.parameter import COORDINATE, SEED, STEPS, Parameter, parameters
from optviz.racer import PICKS, Racer
from optviz.surface import FAMILIES, Formula, GallerySurface, GaussianHills, Regression, Surface, gallery
from optviz.surface.formula_text import MOST_CHARACTERS
from optviz.surface.regression import KINDS
from optviz.ui import cached, session
from optviz.ui.text import LANGUAGES, words

Words = dict[str, dict[str, str]]

ARTICLE_SEEDS = tuple(2**power for power in range(16))
WEIGHTS = {(-0.2, 0.05): "weights_figures", (-1.0, 0.2): "weights_notebook"}
MANTISSAS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)


def sidebar(text: Words, language: str) -> None:
    """All controls of the race."""
    _surface_controls(text, language)
    _convention_control(text)
    _learning_rate_control(text)
    _start_controls(text)
    _racer_controls(text)
    _sample_controls(text)


def attempt(make: Callable[[], Race]) -> None:
    """Change the race, or tell why not."""
    try:
        session.change(make())
    except BadInput as problem:
        session.refuse(problem)


def show(key: str, value: Any) -> str:
    """Let the widget `key` show `value`; call before the widget is made. Returns the key."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
    return key


def log_options(low: float, high: float, value: float | None) -> list[float]:
    """The stops of a logarithmic slider: ten a decade from `low` to `high`, and `value`, wherever it lies."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    stops = {float(f"{mantissa}e{decade}") for decade in decades for mantissa in MANTISSAS}
    options = {stop for stop in stops if low <= stop <= high}
    return sorted(options | ({value} if value is not None else set()))


def decay_options(value: float) -> list[float]:
    """The stops of a slider for a share from 0 to below 1, finer towards 1: what counts there is 1 / (1 − share)."""
    stops = (
        0.0,
        0.2,
        0.4,
        0.5,
        0.6,
        0.7,
        0.8,
        0.85,
        0.9,
        0.93,
        0.95,
        0.97,
        0.98,
        0.99,
        0.995,
        0.998,
        0.999,
        0.9995,
        0.9999,
    )
    return sorted({*stops, value})


def number_widget(
    label: str, key: str, value: float, parameter: Parameter, text: str | None, change: Callable[[Any], None]
) -> None:
    """The widget that a parameter's table asks for: a slider, logarithmic or not, or a number field."""
    low, high = parameter.slider or (None, None)
    if low is None or high is None:
        field: Any = {"step": 1, "format": "%d"} if parameter.whole else {"step": 0.01, "format": "%.6g"}
        st.number_input(
            label,
            min_value=parameter.at_least,
            max_value=parameter.at_most,
            key=show(key, value),
            help=text,
            on_change=lambda: change(st.session_state[key]),
            **field,
        )
    elif parameter.log or parameter.below == 1:
        st.select_slider(
            label,
            options=log_options(low, high, value) if parameter.log else decay_options(value),
            format_func=lambda stop: f"{stop:g}",
            key=show(key, value),
            help=text,
            on_change=lambda: change(st.session_state[key]),
        )
    else:
        kind = int if parameter.whole else float
        st.slider(
            label,
            min_value=kind(min(low, value)),
            max_value=kind(max(high, value)),
            step=1 if parameter.whole else 0.05,
            key=show(key, kind(value)),
            help=text,
            on_change=lambda: change(st.session_state[key]),
        )


# Surface


def _surface_controls(text: Words, language: str) -> None:
    label, tip = text["controls"], text["help"]
    surface = session.race().bare_surface
    name = surface_key(surface)

    def choose() -> None:
        attempt(lambda: _race_on(st.session_state.surface))

    st.selectbox(
        label["surface"],
        surface_names(),
        format_func=lambda key: surface_title(key, text, language),
        key=show("surface", name),
        help=tip["surface"],
        on_change=choose,
    )
    if isinstance(surface, GallerySurface):
        st.caption(surface.teaches[language])
        _suggestion(surface, text, language)
    elif isinstance(surface, Formula):
        _formula_controls(surface, text)
    else:
        _family_controls(surface, text)


def surface_key(surface: Surface) -> str:
    """The surface's key in the picker: its family, or its name in the gallery."""
    if isinstance(surface, GallerySurface):
        return surface.name
    return next(key for key, family in FAMILIES.items() if type(surface) is family)


def surface_title(key: str, text: Words, language: str) -> str:
    """What the picker calls a surface."""
    return text["surface"].get(key, key) if key in FAMILIES else gallery(key).titles[language]


def _suggestion(surface: GallerySurface, text: Words, language: str) -> None:
    label, rate = text["controls"], surface.suggested_learning_rate
    if rate is None or rate == USUAL_LEARNING_RATE:
        return
    if session.race().shared_learning_rate == rate:
        told = "learning_rate_suggested" if rate < USUAL_LEARNING_RATE else "learning_rate_suggested_high"
        st.caption(label[told].format(rate=f"{rate:g}", surface=surface.titles[language]))
    else:
        st.button(
            label["use_suggested"].format(rate=f"{rate:g}"),
            key="use_suggested",
            width="stretch",
            on_click=lambda: attempt(lambda: session.race().with_learning_rate(rate)),
        )


def _race_on(key: str) -> Race:
    race = session.race()
    inner = getattr(race.bare_surface, "inner", None)
    if key == "formula" and isinstance(inner, Formula):
        # From a formula of the gallery to its own text, to be edited: nothing else changes.
        return race.replaced(start=race.start or cached.start(race.surface)).with_bare_surface(inner)
    return race.on_surface(Formula(FIRST_FORMULA) if key == "formula" else make_surface({"name": key}))


def _change_surface(**changes: Any) -> None:
    def make() -> Race:
        race = session.race()
        return race.with_bare_surface(dataclasses.replace(race.bare_surface, **changes))  # type: ignore[type-var]

    attempt(make)


def _family_controls(surface: Surface, text: Words) -> None:
    label, tip = text["controls"], text["help"]
    table = parameters(surface)
    if "seed" in table:
        _seed_controls(surface, table["seed"], text)
    if isinstance(surface, GaussianHills):
        _article_seed_control(surface.seed, text)
    if isinstance(surface, Regression):
        _kind_control(surface, text)
        return
    with st.expander(label["more"], key="surface_more"):
        if isinstance(surface, GaussianHills):
            _weights_control(surface, text)
        for name, parameter in table.items():
            if name != "seed":
                value = getattr(surface, name)
                number_widget(label.get(name, name), name, value, parameter, tip.get(name), _surface_changer(name))


def _seed_controls(surface: Surface, parameter: Parameter, text: Words) -> None:
    label, seed = text["controls"], getattr(surface, "seed", 0)
    field, dice = st.columns([4, 1], vertical_alignment="bottom")
    with field:
        number_widget(label["seed"], "seed", seed, parameter, text["help"]["seed"], _surface_changer("seed"))
    dice.button(
        "⚄",
        key="dice",
        help=label["dice"],
        width="stretch",
        on_click=lambda: _change_surface(seed=random.SystemRandom().randrange(10_000)),
    )


def _surface_changer(name: str) -> Callable[[Any], None]:
    return lambda new: _change_surface(**{name: new})


def _article_seed_control(seed: int, text: Words) -> None:
    label = text["controls"]
    other = label["article_seed_none"]

    def choose() -> None:
        if st.session_state.article_seed != other:
            _change_surface(seed=int(st.session_state.article_seed))

    current = str(seed) if seed in ARTICLE_SEEDS else other
    options = [str(number) for number in ARTICLE_SEEDS] + ([other] if current == other else [])
    st.selectbox(
        label["article_seed"],
        options,
        key=show("article_seed", current),
        help=text["help"]["article_seed"],
        on_change=choose,
    )


def _kind_control(surface: Regression, text: Words) -> None:
    st.selectbox(
        text["controls"]["kind"],
        KINDS,
        format_func=lambda kind: text["surface"][f"regression_{kind}"],
        key=show("kind", surface.kind),
        help=text["help"][f"kind_{surface.kind}"],
        on_change=lambda: _change_surface(kind=st.session_state.kind),
    )


def _sample_controls(text: Words) -> None:
    """How the surface is made of samples, where a racer needs them."""
    race = session.race()
    surface = race.surface
    if surface.samples is None:
        return
    label, tip = text["controls"], text["help"]
    table = parameters(surface)
    with st.expander(label["samples_section"], key="samples_more"):
        for name in ("samples", "spread"):
            if name in table:
                number_widget(
                    label[name], name, getattr(surface, name), table[name], tip[name], _sampling_changer(name)
                )
        st.toggle(
            label["replacement"],
            key=show("replacement", surface.replacement),
            help=tip["replacement"],
            on_change=lambda: _sampling_changer("replacement")(st.session_state.replacement),
        )
        number_widget(
            label["batch_seed"],
            "batch_seed",
            race.batch_seed,
            SEED,
            tip["batch_seed"],
            lambda seed: attempt(lambda: session.race().replaced(batch_seed=int(seed))),
        )


def _sampling_changer(name: str) -> Callable[[Any], None]:
    return lambda value: attempt(lambda: session.race().with_samples(**{name: value}))


def _weights_control(surface: GaussianHills, text: Words) -> None:
    label = text["controls"]
    options = [*WEIGHTS, *([surface.weights] if surface.weights not in WEIGHTS else [])]

    def title(weights: tuple[float, float]) -> str:
        low, high = weights
        return label[WEIGHTS[weights]] if weights in WEIGHTS else label["weights_other"].format(low=low, high=high)

    st.selectbox(
        label["weights"],
        options,
        format_func=title,
        key=show("weights", surface.weights),
        help=text["help"]["weights"],
        on_change=lambda: _change_surface(weights=st.session_state.weights),
    )


def _formula_controls(surface: Formula, text: Words) -> None:
    label, tip = text["controls"], text["help"]
    # What was refused stays in the field, so that it can be mended.
    draft = st.session_state.get("formula_draft") if session.problems() else None

    def typed() -> None:
        st.session_state.formula_draft = st.session_state.formula
        _change_surface(text=st.session_state.formula)

    st.text_input(
        label["formula"],
        key=show("formula", draft or surface.text),
        help=tip["formula"],
        max_chars=MOST_CHARACTERS,
        on_change=typed,
    )
    with st.expander(label["domain"], key="domain_more"):
        columns = st.columns(2)
        for index, name in enumerate(("x_min", "x_max", "y_min", "y_max")):
            with columns[index % 2]:
                number_widget(
                    name.replace("_", " "),
                    name,
                    surface.domain[index],
                    COORDINATE,
                    tip["domain"],
                    _edge_changer(surface, index),
                )


def _edge_changer(surface: Formula, index: int) -> Callable[[Any], None]:
    return lambda new: _change_surface(domain=(*surface.domain[:index], new, *surface.domain[index + 1 :]))


# Convention and learning rate


def _convention_control(text: Words) -> None:
    def choose() -> None:
        if st.session_state.convention is not None:
            attempt(lambda: session.race().with_convention(st.session_state.convention))

    st.segmented_control(
        text["controls"]["convention"],
        list(CONVENTIONS),
        format_func=lambda key: text["convention"][key],
        key=show("convention", session.race().convention),
        width="stretch",
        help=text["help"]["convention"],
        on_change=choose,
    )


def _learning_rate_control(text: Words) -> None:
    label = text["controls"]
    parameter = OPTIMIZERS["gradient_descent"].hyperparameters()["learning_rate"]
    low, high = parameter.slider or (1e-4, 10.0)
    shared = session.race().shared_learning_rate
    mixed = label["learning_rate_mixed"]
    options: list[Any] = list(log_options(low, high, shared))
    options += [mixed] if shared is None else []

    def choose() -> None:
        chosen = st.session_state.learning_rate_all
        if chosen != mixed:
            attempt(lambda: session.race().with_learning_rate(float(chosen)))

    st.select_slider(
        label["learning_rate_all"],
        options=options,
        format_func=lambda stop: stop if isinstance(stop, str) else f"{stop:g}",
        key=show("learning_rate_all", mixed if shared is None else shared),
        help=text["help"]["learning_rate_all"],
        on_change=choose,
    )
    alone = [
        text["optimizer"].get(racer.key, racer.key)
        for racer in session.race().racers
        if not racer.optimizer.has_own_learning_rate
    ]
    if alone:
        st.caption(label["learning_rate_left_alone"].format(names=text["stage"]["and"].join(dict.fromkeys(alone))))


# Racers


def _racer_controls(text: Words) -> None:
    label, tip = text["controls"], text["help"]
    race = session.race()
    present = [kind for kind in PICKS if any(racer.kind == kind for racer in race.racers)]

    def choose() -> None:
        chosen = st.session_state.racers
        if chosen:
            attempt(lambda: session.race().with_optimizers(chosen))

    st.pills(
        label["racers_section"],
        list(PICKS),
        format_func=lambda kind: text["optimizer"].get(kind, kind),
        selection_mode="multi",
        key=show("racers", present),
        help=label["racers"],
        on_change=choose,
    )
    names = race.racer_names(text["optimizer"])
    index = min(st.session_state.get("tuned", len(names) - 1), len(names) - 1)

    def tune() -> None:
        # The browser sends a name; where no racer has it any more, it stays a name.
        if isinstance(st.session_state.tune, int):
            st.session_state.tuned = st.session_state.tune

    st.selectbox(
        label["tune"],
        range(len(names)),
        format_func=lambda place: names[place] if place < len(names) else "",
        key=show("tune", index),
        help=tip["tune"],
        on_change=tune,
    )
    _hyperparameter_controls(race.racers[index], index, text)
    duplicate, remove = st.columns(2)
    duplicate.button(
        label["duplicate"],
        key="duplicate",
        help=tip["duplicate"],
        disabled=len(names) >= MOST_RACERS,
        width="stretch",
        on_click=_duplicate,
        args=(index,),
    )
    remove.button(
        label["remove"],
        key="remove",
        width="stretch",
        disabled=len(names) == 1,
        on_click=lambda: attempt(lambda: session.race().without(index)),
    )
    if race.racers[index].optimizer != with_convention(race.racers[index].key, race.convention):
        st.button(label["reset_racer"], key="reset_racer", width="stretch", on_click=_reset, args=(index,))


def _duplicate(index: int) -> None:
    attempt(lambda: session.race().with_duplicate(index))
    st.session_state.tuned = index + 1


def _reset(index: int) -> None:
    racer = session.race().racers[index]
    fresh = dataclasses.replace(racer, optimizer=with_convention(racer.key, session.race().convention))
    attempt(lambda: session.race().with_racer(index, fresh))


def _change_racer(index: int, name: str, value: Any) -> None:
    attempt(lambda: session.race().with_racer(index, with_hyperparameter(session.race().racers[index], name, value)))


def _racer_changer(index: int, name: str) -> Callable[[Any], None]:
    return lambda value: _change_racer(index, name, value)


def _hyperparameter_controls(racer: Racer, index: int, text: Words) -> None:
    table = racer.optimizer.hyperparameters()
    samples = session.race().surface.samples
    if samples is not None:
        _batch_size_control(racer, index, samples, text)
    for name in _named(table, structural=False):
        number_widget(
            text["hyperparameter"].get(name, name),
            f"own_{name}",
            getattr(racer.optimizer, name),
            table[name],
            text["help"].get(name),
            _racer_changer(index, name),
        )
    structural = _named(table, structural=True)
    if structural:
        with st.expander(text["controls"]["form"], key="form"):
            for name in structural:
                _structural_control(racer, index, name, table[name], text)


def _batch_size_control(racer: Racer, index: int, samples: int, text: Words) -> None:
    every = text["controls"]["batch_size_all"]
    current = racer.batch_size
    sizes = sorted({2**power for power in range(13) if 2**power < samples} | ({current} if current else set()))

    def choose() -> None:
        chosen = st.session_state.own_batch_size
        size = None if chosen == every else int(chosen)
        changed = dataclasses.replace(session.race().racers[index], batch_size=size)
        attempt(lambda: session.race().with_racer(index, changed))

    st.select_slider(
        text["controls"]["batch_size"],
        options=[*(str(size) for size in sizes), every],
        key=show("own_batch_size", every if current is None else str(current)),
        help=text["help"]["batch_size"],
        on_change=choose,
    )


def _structural_control(racer: Racer, index: int, name: str, parameter: Parameter, text: Words) -> None:
    value = getattr(racer.optimizer, name)
    label, tip, key = text["hyperparameter"].get(name, name), text["help"].get(name), f"own_{name}"
    if isinstance(value, bool):
        st.toggle(
            label,
            key=show(key, value),
            help=tip,
            on_change=lambda: _change_racer(index, name, st.session_state[key]),
        )
    else:
        number_widget(label, key, value, parameter, tip, _racer_changer(index, name))


def _named(table: dict[str, Parameter], *, structural: bool) -> Sequence[str]:
    return [name for name, parameter in table.items() if parameter.structural is structural]


# Start and steps


def _start_controls(text: Words) -> None:
    label, tip = text["controls"], text["help"]
    race = session.race()
    start = race.start or cached.start(race.surface)
    number_widget(
        label["steps"],
        "steps",
        race.steps,
        STEPS,
        tip["steps"],
        lambda steps: attempt(lambda: session.race().replaced(steps=int(steps))),
    )
    for column, name, place in zip(st.columns(2), ("start_x", "start_y"), (0, 1), strict=True):
        with column:
            number_widget(
                f"{label['start_section']} {label[name]}",
                "x0" if place == 0 else "y0",
                float(start[place]),
                COORDINATE,
                tip["start"],
                _start_mover(place),
            )
    peak, anywhere = st.columns(2)
    peak.button(
        label["start_peak"],
        key="start_peak",
        width="stretch",
        on_click=lambda: attempt(lambda: session.race().replaced(start=None)),
    )
    anywhere.button(label["start_random"], key="start_random", width="stretch", on_click=_random_start)
    st.caption(label["start_hint"])


def _start_mover(place: int) -> Callable[[Any], None]:
    return lambda value: _move_start(place, value)


def _move_start(place: int, value: float) -> None:
    race = session.race()
    start = list(race.start or cached.start(race.surface))
    start[place] = value
    attempt(lambda: session.race().replaced(start=(start[0], start[1])))


def _random_start() -> None:
    x_min, x_max, y_min, y_max = session.race().surface.domain
    chance = random.SystemRandom()
    start = (round(chance.uniform(x_min, x_max), 4), round(chance.uniform(y_min, y_max), 4))
    attempt(lambda: session.race().replaced(start=start))


def present_control(text: Words) -> None:
    """The button for a lecture room."""
    label, present = text["app"], session.view().present
    st.button(
        label["present_end" if present else "present"],
        key="present",
        help=None if present else label["present_help"],
        on_click=session.change_view,
        kwargs={"present": not present},
    )


def language_control(language: str) -> None:
    """The language switch, always in sight."""

    def choose() -> None:
        if st.session_state.language is not None:
            session.change_view(language=st.session_state.language)

    st.segmented_control(
        words(language)["app"]["language"],
        list(LANGUAGES),
        format_func=lambda key: LANGUAGES[key],
        key=show("language", language),
        label_visibility="collapsed",
        on_change=choose,
    )
