"""A formula of the visitor's own: its text and what is wrong with it, examples, and its domain."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from optviz.bad_input import BadInput
from optviz.experiment import FORMULAS, Race
from optviz.formula.text import MOST_TYPED
from optviz.parameter import COORDINATE
from optviz.surface import Formula
from optviz.text import Words
from optviz.ui import cached, session, widgets


def formula_controls(surface: Formula, text: Words) -> None:
    """The text, with what is wrong with one that was refused; examples; the domain."""
    label, tip = text["controls"], text["help"]
    draft = session.view().draft
    problem = None if draft is None else _why_not(draft)
    widgets.text_field(
        label["formula"],
        surface.text if draft is None else draft,
        _type,
        key="formula",
        help=tip["formula"],
        max_chars=MOST_TYPED,
    )
    if problem is not None:
        # The formula that runs is another one, until this is mended or another surface is shown.
        widgets.tell([problem])
    known = next((name for name, formula in FORMULAS.items() if formula == surface.text), None)
    widgets.choice(
        st.pills,
        label["formula_examples"],
        [*FORMULAS],
        known,
        _show,
        key="formula_example",
        title=lambda name: label[f"formula_{name}"],
    )
    st.button(
        label["fit_domain"],
        key="fit_domain",
        help=tip["fit_domain"],
        width="stretch",
        on_click=_fit_the_domain,
    )
    widgets.tell_here("fit_domain")
    with st.expander(label["domain"], key="domain_more"):
        columns = st.columns(2)
        for index, name in enumerate(("x_min", "x_max", "y_min", "y_max")):
            with columns[index % 2]:
                widgets.number_field(
                    name.replace("_", " "),
                    name,
                    surface.domain[index],
                    COORDINATE,
                    tip["domain"],
                    _edge_changer(surface, index),
                )


def _type(formula: str) -> None:
    try:
        session.change(session.with_formula(session.race(), formula))
        session.change_view(draft=None)
    except BadInput:
        # It stays in the field, and in the address, so that it is there after a reload.
        session.change_view(draft=formula)


def _why_not(formula: str) -> BadInput | None:
    """Why a formula cannot be used in this race; None where it can."""
    try:
        session.with_formula(session.race(), formula)
    except BadInput as problem:
        return problem
    return None


def _show(name: str | None) -> None:
    """An example, where it is interesting, from its own start."""
    surface = cached.fitted(Formula(FORMULAS[name or "ripples"]))
    session.attempt(lambda: session.race().with_bare_surface(surface).replaced(start=None))
    session.change_view(draft=None)


def _fit_the_domain() -> None:
    before = session.race()
    surface = before.bare_surface
    if not isinstance(surface, Formula):
        return
    with widgets.answering("fit_domain"):
        session.attempt(lambda: _on_its_fitted_domain(before, surface))
        if session.race() == before and not session.problems():
            x_min, x_max, y_min, y_max = surface.domain
            shown = f"{x_min:.9g} ≤ x ≤ {x_max:.9g}, {y_min:.9g} ≤ y ≤ {y_max:.9g}"
            session.refuse(BadInput("fits_already", name="domain", value=shown))


def _on_its_fitted_domain(race: Race, surface: Formula) -> Race:
    fitted = cached.fitted(surface)
    # A start that is out of sight then is of no use.
    inside = race.start is None or fitted.contains(np.array(race.start))
    return race.with_bare_surface(fitted).replaced(start=race.start if inside else None)


def _with(**changes: Any) -> Race:
    race = session.race()
    return race.with_bare_surface(dataclasses.replace(race.bare_surface, **changes))  # type: ignore[type-var]


def _edge_changer(surface: Formula, index: int) -> Callable[[Any], None]:
    def change(new: float) -> None:
        domain = (*surface.domain[:index], new, *surface.domain[index + 1 :])
        session.attempt(lambda: _with(domain=domain))

    return change
