"""The cloud of gradients below the scoreboard: what other batches would have said at one step."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from optviz import stage
from optviz.experiment import Race
from optviz.figures.gradient_noise import gradient_noise_figure
from optviz.text import Words
from optviz.text.numbers import readable
from optviz.trajectory import Trajectory
from optviz.ui import cached, component, session, widgets
from optviz.ui.pages.race.scoreboard import outcome_key


def gradient_noise(race: Race, paths: Sequence[Trajectory], names: Sequence[str], text: Words) -> None:
    """A closed box; whoever opens it chooses a racer and a step."""
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
            st.caption(
                text["outcome_sentence"][outcome_key("diverged", path.diverged_at)].format(step=path.diverged_at)
            )
            return
        size = path.racer.batch_size or min(8, race.surface.samples or 8)
        noise = cached.noise_at(race.surface, (x, y), size, race.batch_seed)
        st.caption(words["where"].format(x=readable(x), y=readable(y), batch_size=size))
        message = stage.pack(
            gradient_noise_figure(noise, words | {"batch_size": label["batch_size"]}),
            text["stage"] | {"stage": words["title"]},
            token=session.token((race, index, step, session.language())),
            file_name="optviz-gradient-noise",
            present=session.view().present,
        )
        component.mount(message, key="gradient_noise_stage")
