"""The samples that the loss is the mean of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from optviz.parameter import SEED, parameters
from optviz.text import Words
from optviz.ui import session, widgets


def samples_section(text: Words) -> None:
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
                widgets.number_field(
                    label[name], name, getattr(surface, name), table[name], tip[name], _sampling_changer(name)
                )
        widgets.switch(
            label["replacement"],
            surface.replacement,
            _sampling_changer("replacement"),
            key="replacement",
            help=tip["replacement"],
        )
        widgets.number_field(
            label["batch_seed"],
            "batch_seed",
            race.batch_seed,
            SEED,
            tip["batch_seed"],
            lambda seed: session.attempt(lambda: session.race().replaced(batch_seed=int(seed))),
        )


def _sampling_changer(name: str) -> Callable[[Any], None]:
    return lambda value: session.attempt(lambda: session.race().with_samples(**{name: value}))
