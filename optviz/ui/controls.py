"""The sidebar: fields of `experiment.Race` mapped to widgets.

Every widget shows the race's value and changes the race through a callback. A value that the race refuses leaves it as
it is and is told in one sentence; the widget then shows the race's value again.
"""

from __future__ import annotations

import dataclasses
import html
import random
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from optviz.bad_input import BadInput
from optviz.conventions import CONVENTIONS, with_convention
from optviz.experiment import (
    FIRST_FORMULA,
    MOST_RACERS,
    Race,
    article,
    make_surface,
    surface_names,
)
from optviz.formula.text import MOST_TYPED
from optviz.optimizers import OPTIMIZERS
from optviz.parameter import COORDINATE, SEED, STEPS, Parameter, parameters
from optviz.racer import PICKS, Racer
from optviz.surface import FAMILIES, Formula, GallerySurface, GaussianHills, Regression, Surface, gallery
from optviz.surface.regression import KINDS
from optviz.text import LANGUAGES, words
from optviz.ui import background, cached, session, widgets

Words = dict[str, dict[str, str]]

ARTICLE_SEEDS = tuple(2**power for power in range(16))
# Not None: a select box that shows it looks as if nothing were chosen.
NO_ARTICLE_SEED = -1
EVERY_SAMPLE = 0
MIXED = "mixed"
REPLACED = "rates_replaced"
WEIGHTS = {(-0.2, 0.05): "weights_figures", (-1.0, 0.2): "weights_notebook"}


def sidebar(text: Words, language: str) -> None:
    """All controls of the race."""
    _surface_controls(text, language)
    _convention_control(text)
    _learning_rate_control(text)
    _start_controls(text)
    _racer_controls(text)
    _sample_controls(text)


def attempt(make: Callable[[], Race], moved: Callable[[int], int | None] | None = None) -> None:
    """Change the race, or tell why not; `moved` as of `session.change`."""
    try:
        session.change(make(), moved)
    except BadInput as problem:
        session.refuse(problem)


# Surface


def _surface_controls(text: Words, language: str) -> None:
    label, tip = text["controls"], text["help"]
    surface = session.race().bare_surface
    name = surface_key(surface)

    widgets.choice(
        st.selectbox,
        label["surface"],
        surface_names(),
        name,
        _surface_chosen,
        key="surface",
        title=lambda key: surface_title(key, text, language),
        help=tip["surface"],
    )
    _replaced_rate(surface_title(name, text, language), text)
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
    if rate is None or rate == article.LEARNING_RATE:
        return
    if session.race().shared_learning_rate == rate:
        told = "learning_rate_suggested" if rate < article.LEARNING_RATE else "learning_rate_suggested_high"
        st.caption(label[told].format(rate=f"{rate:g}", surface=surface.titles[language]))
    else:
        st.button(
            label["use_suggested"].format(rate=f"{rate:g}"),
            key="use_suggested",
            width="stretch",
            on_click=lambda: attempt(lambda: session.race().with_learning_rate(rate)),
        )


def _surface_chosen(key: str) -> None:
    before = session.race()
    attempt(lambda: _race_on(key))
    # A rate that a surface had suggested goes with it; one of the visitor's own does not without a word.
    usual = before.surface.suggested_learning_rate or article.LEARNING_RATE
    own = any(rate != usual for rate in before.own_learning_rates)
    moved = session.race().own_learning_rates != before.own_learning_rates
    st.session_state[REPLACED] = (session.race(), before) if own and moved else None


def _replaced_rate(title: str, text: Words) -> None:
    """What became of the visitor's own learning rates when this surface was chosen, and a way back to them."""
    race = session.race()
    chosen, before = st.session_state.get(REPLACED) or (race, None)
    if before is None or (chosen.surface, chosen.racers) != (race.surface, race.racers):
        return
    label, rates = text["controls"], before.own_learning_rates
    said = f"{rates[0]:g}" if before.shared_learning_rate is not None else f"{min(rates):g}–{max(rates):g}"
    now = race.surface.suggested_learning_rate or article.LEARNING_RATE
    told = label["learning_rate_replaced"].format(before=said, rate=f"{now:g}", surface=title)
    st.html(f'<p class="optviz-replaced" role="status">{html.escape(told)}</p>')
    st.button(
        label["use_own"].format(before=said),
        key="use_own",
        width="stretch",
        on_click=lambda: attempt(lambda: _with_optimizers_of(before)),
    )


def _with_optimizers_of(before: Race) -> Race:
    race = session.race()
    pairs = zip(race.racers, before.racers, strict=True)
    return race.replaced(racers=tuple(dataclasses.replace(now, optimizer=old.optimizer) for now, old in pairs))


def _race_on(key: str) -> Race:
    race = session.race()
    inner = getattr(race.bare_surface, "inner", None)
    if key == "formula" and isinstance(inner, Formula):
        # From a formula of the gallery to its own text, to be edited: nothing else changes.
        return race.replaced(start=race.start or cached.start(race.surface)).with_bare_surface(inner)
    return race.on_surface(Formula(FIRST_FORMULA) if key == "formula" else make_surface({"name": key}))


def _change_surface(**changes: Any) -> None:
    attempt(lambda: _with_surface(**changes))


def _with_surface(**changes: Any) -> Race:
    race = session.race()
    return race.with_bare_surface(dataclasses.replace(race.bare_surface, **changes))  # type: ignore[type-var]


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
                widgets.number(label.get(name, name), name, value, parameter, tip.get(name), _surface_changer(name))


def _seed_controls(surface: Surface, parameter: Parameter, text: Words) -> None:
    label, seed = text["controls"], getattr(surface, "seed", 0)
    field, dice = st.columns([4, 1], vertical_alignment="bottom")
    with field:
        widgets.number(label["seed"], "seed", seed, parameter, text["help"]["seed"], _surface_changer("seed"))
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
    current = seed if seed in ARTICLE_SEEDS else NO_ARTICLE_SEED
    widgets.choice(
        st.selectbox,
        label["article_seed"],
        [*ARTICLE_SEEDS, *([current] if current == NO_ARTICLE_SEED else [])],
        current,
        lambda chosen: _change_surface(seed=chosen) if chosen != NO_ARTICLE_SEED else None,
        key="article_seed",
        title=lambda number: label["article_seed_none"] if number == NO_ARTICLE_SEED else str(number),
        help=text["help"]["article_seed"],
    )


def _kind_control(surface: Regression, text: Words) -> None:
    widgets.choice(
        st.selectbox,
        text["controls"]["kind"],
        KINDS,
        surface.kind,
        _surface_changer("kind"),
        key="kind",
        title=lambda kind: text["surface"][f"regression_{kind}"],
        help=text["help"][f"kind_{surface.kind}"],
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
        if all(racer.batch_size is None for racer in race.racers):
            st.caption(label["no_batches"])
        for name in ("samples", "spread"):
            if name in table:
                widgets.number(
                    label[name], name, getattr(surface, name), table[name], tip[name], _sampling_changer(name)
                )
        widgets.switch(
            label["replacement"],
            surface.replacement,
            _sampling_changer("replacement"),
            key="replacement",
            help=tip["replacement"],
        )
        widgets.number(
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

    widgets.choice(
        st.selectbox,
        label["weights"],
        options,
        surface.weights,
        _surface_changer("weights"),
        key="weights",
        title=title,
        help=text["help"]["weights"],
    )


def _formula_controls(surface: Formula, text: Words) -> None:
    label, tip = text["controls"], text["help"]

    def typed(formula: str) -> None:
        try:
            session.change(_with_surface(text=formula))
            st.session_state.formula_draft = None
        except BadInput as problem:
            # It stays in the field, and the reason under it, until it is mended or another surface is shown.
            st.session_state.formula_draft = (surface.text, formula, problem)

    refused: tuple[str, str, BadInput] | None = st.session_state.formula_draft
    if refused is not None and refused[0] != surface.text:
        refused = None
    widgets.text_field(
        label["formula"],
        refused[1] if refused else surface.text,
        typed,
        key="formula",
        help=tip["formula"],
        max_chars=MOST_TYPED,
    )
    if refused:
        widgets.tell([refused[2]])
    with st.expander(label["domain"], key="domain_more"):
        columns = st.columns(2)
        for index, name in enumerate(("x_min", "x_max", "y_min", "y_max")):
            with columns[index % 2]:
                widgets.number(
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
    widgets.choice(
        st.segmented_control,
        text["controls"]["convention"],
        CONVENTIONS,
        session.race().convention,
        lambda chosen: attempt(lambda: session.race().with_convention(chosen)),
        key="convention",
        title=lambda key: text["convention"][key],
        width="stretch",
        help=text["help"]["convention"],
    )


def _learning_rate_control(text: Words) -> None:
    label = text["controls"]
    parameter = OPTIMIZERS["gradient_descent"].hyperparameters()["learning_rate"]
    low, high = parameter.slider or (1e-4, 10.0)
    shared = session.race().shared_learning_rate
    nobody = not session.race().own_learning_rates
    # A text, because a slider that shows None shows nothing; the same in every language, as an option must be.
    options: list[Any] = [*widgets.log_options(low, high, shared), *([MIXED] if shared is None else [])]
    widgets.choice(
        st.select_slider,
        label["learning_rate_all"],
        options,
        MIXED if shared is None else shared,
        lambda chosen: attempt(lambda: session.race().with_learning_rate(chosen)) if chosen != MIXED else None,
        key="learning_rate_all",
        title=lambda stop: label["learning_rate_mixed"] if stop == MIXED else f"{stop:g}",
        help=text["help"]["learning_rate_all"],
        disabled=nobody,
    )
    if nobody:
        st.caption(label["learning_rate_of_nobody"])
    alone = [
        text["optimizer"].get(racer.key, racer.key)
        for racer in session.race().racers
        if not racer.optimizer.has_own_learning_rate and "learning_rate" in racer.optimizer.hyperparameters()
    ]
    if alone:
        st.caption(label["learning_rate_left_alone"].format(names=text["stage"]["and"].join(dict.fromkeys(alone))))


# Racers


def _racer_controls(text: Words) -> None:
    label, tip = text["controls"], text["help"]
    race = session.race()
    present = [kind for kind in PICKS if any(racer.kind == kind for racer in race.racers)]

    widgets.choices(
        label["racers_section"],
        PICKS,
        present,
        _choose_optimizers,
        key="racers",
        title=lambda kind: text["optimizer"].get(kind, kind),
        help=label["racers"],
    )
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
        on_click=_remove,
        args=(index,),
    )
    if race.racers[index].optimizer != with_convention(race.racers[index].key, race.convention):
        st.button(label["reset_racer"], key="reset_racer", width="stretch", on_click=_reset, args=(index,))


def _choose_optimizers(chosen: list[str]) -> None:
    if chosen:
        attempt(lambda: session.race().with_optimizers(chosen))
    else:
        session.refuse(BadInput("last_racer", name="racers", value=0, allowed=f"1 … {MOST_RACERS}"))


def _duplicate(index: int) -> None:
    st.session_state.tuned = index
    # The copy is what is going to be changed, and it is in sight though the one that it was made of be hidden.
    attempt(lambda: session.race().with_duplicate(index), lambda place: place + (place > index))
    if not session.problems():
        st.session_state.tuned = index + 1


def _remove(index: int) -> None:
    def moved(place: int) -> int | None:
        return None if place == index else place - (place > index)

    attempt(lambda: session.race().without(index), moved)


def _reset(index: int) -> None:
    racer = session.race().racers[index]
    fresh = dataclasses.replace(racer, optimizer=with_convention(racer.key, session.race().convention))
    attempt(lambda: session.race().with_racer(index, fresh))


def _change_racer(index: int, name: str, value: Any) -> None:
    attempt(lambda: session.race().with_racer(index, session.race().racers[index].with_hyperparameter(name, value)))


def _racer_changer(index: int, name: str) -> Callable[[Any], None]:
    return lambda value: _change_racer(index, name, value)


def _hyperparameter_controls(racer: Racer, index: int, text: Words) -> None:
    table = racer.optimizer.hyperparameters()
    samples = session.race().surface.samples
    if samples is not None:
        _batch_size_control(racer, index, samples, text)
    for name in _named(table, structural=False):
        widgets.number(
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
    current = racer.batch_size
    sizes = sorted({2**power for power in range(13) if 2**power < samples} | ({current} if current else set()))

    def choose(size: int) -> None:
        changed = dataclasses.replace(session.race().racers[index], batch_size=size or None)
        attempt(lambda: session.race().with_racer(index, changed))

    widgets.choice(
        st.select_slider,
        text["controls"]["batch_size"],
        [*sizes, EVERY_SAMPLE],
        current or EVERY_SAMPLE,
        choose,
        key="own_batch_size",
        title=lambda size: text["controls"]["batch_size_all"] if size == EVERY_SAMPLE else str(size),
        help=text["help"]["batch_size"],
    )


def _structural_control(racer: Racer, index: int, name: str, parameter: Parameter, text: Words) -> None:
    value = getattr(racer.optimizer, name)
    label, tip, key = text["hyperparameter"].get(name, name), text["help"].get(name), f"own_{name}"
    if isinstance(value, bool):
        widgets.switch(label, value, _racer_changer(index, name), key=key, help=tip)
    else:
        widgets.number(label, key, value, parameter, tip, _racer_changer(index, name))


def _named(table: dict[str, Parameter], *, structural: bool) -> Sequence[str]:
    return [name for name, parameter in table.items() if parameter.structural is structural]


# Start and steps


def _start_controls(text: Words) -> None:
    label, tip = text["controls"], text["help"]
    race = session.race()
    start = race.start or background.start(race.surface)
    widgets.number(
        label["steps"],
        "steps",
        race.steps,
        STEPS,
        tip["steps"],
        lambda steps: attempt(lambda: session.race().replaced(steps=int(steps))),
    )
    for column, name, place in zip(st.columns(2), ("start_x", "start_y"), (0, 1), strict=True):
        with column:
            widgets.number(
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
        disabled=race.start is None,
        on_click=lambda: attempt(lambda: session.race().replaced(start=None)),
    )
    anywhere.button(label["start_random"], key="start_random", width="stretch", on_click=_random_start)
    st.caption(label["start_hint"])


def _start_mover(place: int) -> Callable[[Any], None]:
    return lambda value: _move_start(place, value)


def _move_start(place: int, value: float) -> None:
    race = session.race()
    start = list(race.start or background.start(race.surface))
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

    widgets.choice(
        st.segmented_control,
        words(language)["app"]["language"],
        LANGUAGES,
        language,
        lambda chosen: session.change_view(language=chosen),
        key="language",
        title=lambda key: LANGUAGES[key],
        label_visibility="collapsed",
    )
