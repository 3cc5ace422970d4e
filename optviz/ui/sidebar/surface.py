"""The surface: which one, and its parameters."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from optviz.experiment import FIRST_FORMULA, Race, make_surface, surface_names
from optviz.parameter import Parameter, parameters
from optviz.surface import FAMILIES, DriftingBowl, Formula, GallerySurface, GaussianHills, Regression, Surface, gallery
from optviz.surface.drifting_bowl import WAYS
from optviz.surface.regression import KINDS
from optviz.text import Words
from optviz.ui import cached, session, widgets
from optviz.ui.sidebar.formula import formula_controls

WEIGHTS = {(-0.2, 0.05): "weights_figures", (-1.0, 0.2): "weights_notebook"}


def surface_section(text: Words, language: str, choose: Callable[[str], None]) -> None:
    """Which surface, and what decides it; `choose` is told the key of another one."""
    label, tip = text["controls"], text["help"]
    surface = session.race().bare_surface
    name = surface_key(surface)

    widgets.choice(
        st.selectbox,
        label["surface"],
        surface_names(),
        name,
        choose,
        key="surface",
        title=lambda key: surface_title(key, text, language),
        help=tip["surface"],
    )
    CONTROLS.get(type(surface), _family_controls)(surface, text)


def surface_key(surface: Surface) -> str:
    """The surface's key in the picker: its family, or its name in the gallery."""
    if isinstance(surface, GallerySurface):
        return surface.name
    return next(key for key, family in FAMILIES.items() if type(surface) is family)


def surface_title(key: str, text: Words, language: str) -> str:
    """What the picker calls a surface."""
    return text["surface"].get(key, key) if key in FAMILIES else gallery(key).titles[language]


def _gallery_controls(surface: GallerySurface, text: Words) -> None:
    st.caption(surface.teaches[session.language()])


def race_on(key: str) -> Race:
    """The visit's race on the surface of this key."""
    race = session.race()
    inner = getattr(race.bare_surface, "inner", None)
    if key == "formula" and isinstance(inner, Formula):
        # From a formula of the gallery to its own text, to be edited: nothing else changes.
        return race.replaced(start=race.start or cached.start(race.surface)).with_bare_surface(inner)
    return race.on_surface(Formula(FIRST_FORMULA) if key == "formula" else make_surface({"name": key}))


def change_surface(**changes: Any) -> None:
    """Change parameters of the surface, or tell why not."""
    session.attempt(lambda: _with_surface(**changes))


def _with_surface(**changes: Any) -> Race:
    race = session.race()
    return race.with_bare_surface(dataclasses.replace(race.bare_surface, **changes))  # type: ignore[type-var]


def _family_controls(surface: Surface, text: Words) -> None:
    label, tip = text["controls"], text["help"]
    table = parameters(surface)
    if "seed" in table:
        _seed_controls(surface, table["seed"], text)
    own = OWN_CONTROLS.get(type(surface), OwnControls())
    if own.above is not None:
        own.above(surface, text)
    if own.alone:
        return
    with st.expander(label["more"], key="surface_more"):
        if own.within is not None:
            own.within(surface, text)
        for name, parameter in table.items():
            if name != "seed":
                value = getattr(surface, name)
                widgets.number_field(
                    label.get(name, name), name, value, parameter, tip.get(name), _surface_changer(name)
                )


def _seed_controls(surface: Surface, parameter: Parameter, text: Words) -> None:
    label, seed = text["controls"], getattr(surface, "seed", 0)
    field, dice = st.columns([4, 1], vertical_alignment="bottom")
    with field:
        widgets.number_field(label["seed"], "seed", seed, parameter, text["help"]["seed"], _surface_changer("seed"))
    dice.button(
        "⚄",
        key="dice",
        help=label["dice"],
        width="stretch",
        on_click=lambda: change_surface(seed=random.SystemRandom().randrange(10_000)),
    )


def _surface_changer(name: str) -> Callable[[Any], None]:
    return lambda new: change_surface(**{name: new})


def _kind_control(kinds: Sequence[str], words: str) -> Callable[[Any, Words], None]:
    """The control of a field `kind`; `words` begins the names of the kinds in the texts."""

    def control(surface: Any, text: Words) -> None:
        widgets.choice(
            st.selectbox,
            text["controls"][f"kind_of_{words}"],
            kinds,
            surface.kind,
            _surface_changer("kind"),
            key="kind",
            title=lambda kind: text["surface"][f"{words}_{kind}"],
            help=text["help"][f"kind_{surface.kind}"],
        )

    return control


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


@dataclass(frozen=True)
class OwnControls:
    """What a family has beside a control for each of its parameters: `above` them all, and `within` "more", first.

    alone: there is nothing else, and no "more".
    """

    above: Callable[[Any, Words], None] | None = None
    within: Callable[[Any, Words], None] | None = None
    alone: bool = False


OWN_CONTROLS: dict[type[Surface], OwnControls] = {
    GaussianHills: OwnControls(within=_weights_control),
    Regression: OwnControls(_kind_control(KINDS, "regression"), alone=True),
    DriftingBowl: OwnControls(_kind_control(WAYS, "drifting")),
}

CONTROLS: dict[type[Surface], Callable[[Any, Words], None]] = {
    GallerySurface: _gallery_controls,
    Formula: formula_controls,
}
"""The controls of a class of surfaces, where they are not made from the table of its parameters."""
