"""How fast: one learning rate for all, or for each one that suits it; and what another surface made of them."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from optviz.experiment import Race, article
from optviz.laboratory.tuning import can_be_found, differences_from_search, stored_rates
from optviz.optimizers import OPTIMIZERS
from optviz.text import Words, counted, spaced
from optviz.ui import background, cached, session, widgets
from optviz.ui.sidebar.surface import surface_key, surface_title

MIXED = "mixed"
REPLACED = "rates_replaced"
ONE_RATE = "one_rate_before"
BEFORE = "rates_before_click"
MOST_RATES = 3


def learning_rate_section(text: Words) -> None:
    """One learning rate for all that have one of their own, or for each one that suits it."""
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
        lambda chosen: session.attempt(lambda: session.race().with_learning_rate(chosen)) if chosen != MIXED else None,
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
    if not nobody:
        _replaced_rates(text)
        _each_its_own(text)
        _one_for_all(text)
        _rates_before(text)


def note_chosen_surface(before: Race) -> None:
    """Another surface has been chosen: keep what it replaced of the visitor's own learning rates."""
    st.session_state[ONE_RATE] = st.session_state[BEFORE] = None
    # A rate that a surface had suggested goes with it; one of the visitor's own does not without a word.
    usual = usual_rate(before)
    own = any(rate != usual for rate in before.own_learning_rates)
    moved = session.race().own_learning_rates != before.own_learning_rates
    st.session_state[REPLACED] = (session.race(), before) if own and moved and not _runs_at_its_own(before) else None


def on_surface_as_before(before: Race, race: Race) -> Race:
    """A race on another surface: where each ran at the rate that suits it, each does there too.

    Where nobody knows that of the other surface, one rate for all is what comes with it.
    """
    if not _runs_at_its_own(before) or getattr(before.bare_surface, "inner", None) == race.bare_surface:
        return race
    known = _known_rates(race)
    return race.with_learning_rates(known) if known else race.with_learning_rate(usual_rate(race))


def usual_rate(race: Race) -> float:
    """The one rate for all that comes with a race's surface."""
    return race.surface.suggested_learning_rate or article.LEARNING_RATE


def _replaced_rates(text: Words) -> None:
    """What became of the visitor's own learning rates when this surface was chosen, and a way back to them."""
    race = session.race()
    before = _before_replacing(race)
    if before is None:
        return
    label, said = text["controls"], _spelled(before.own_learning_rates, text)
    title = surface_title(surface_key(race.bare_surface), text, session.language())
    sentence = label["learning_rate_replaced"].format(before=said, rate=f"{usual_rate(race):g}", surface=title)
    st.html(f'<p class="optviz-replaced" role="status">{html.escape(sentence)}</p>')
    st.button(
        label["use_own"].format(before=said),
        key="use_own",
        width="stretch",
        on_click=lambda: session.attempt(lambda: _with_optimizers_of(before)),
    )


def _before_replacing(race: Race) -> Race | None:
    """The race whose own learning rates this surface's took the place of, as long as they are what it runs with."""
    chosen, before = st.session_state.get(REPLACED) or (race, None)
    return before if (chosen.surface, chosen.racers) == (race.surface, race.racers) else None


def _with_optimizers_of(before: Race) -> Race:
    race = session.race()
    pairs = zip(race.racers, before.racers, strict=True)
    return race.replaced(racers=tuple(dataclasses.replace(now, optimizer=old.optimizer) for now, old in pairs))


def _each_its_own(text: Words) -> None:
    """For each optimizer the rate that suits it, or that it runs at that already."""
    race, label = session.race(), text["controls"]
    known = _known_rates(race)
    if known is not None and not known:
        st.caption(label["rates_none"])
    elif known is not None and _runs_at_its_own(race):
        st.caption(_said_of_rates(race, known, text))
    elif can_be_found(race.bare_surface, race.convention):
        st.button(
            label["each_rate"],
            key="each_rate",
            help=text["help"]["each_rate"],
            width="stretch",
            disabled=not background.surface_is_there(race),
            on_click=_give_each_its_own,
        )
    else:
        st.caption(label["rates_dear"])


def _known_rates(race: Race) -> Mapping[str, float] | None:
    """Optimizer → the rate that suits it on the race's surface; None where nobody has looked for them."""
    stored = stored_rates(race.bare_surface, race.convention)
    if stored is not None:
        return stored
    arguments = (race.bare_surface, race.convention)
    return cached.suggested_rates(*arguments) if cached.suggested_rates.known(*arguments) else None


def _runs_at_its_own(race: Race) -> bool:
    known = _known_rates(race)
    return known is not None and len(known) > 0 and race.with_learning_rates(known).racers == race.racers


def _said_of_rates(race: Race, known: Mapping[str, float], text: Words) -> str:
    """How the rates were found that all run at, and in what this race differs from that."""
    label, join = text["controls"], text["stage"]["and"].join
    said, differences = [label["rates_each"]], differences_from_search(race)
    if differences:
        phrases = {
            "start": text["pinned"]["start"],
            "hyperparameters": text["pinned"]["hyperparameters"],
            "batches": label["rates_batches"],
            "steps": counted(text["pinned"], "steps", race.steps).format(value=race.steps),
        }
        said.append(label["rates_differ"].format(differences=join(phrases[name] for name in differences)))
    with_own = [racer for racer in race.racers if racer.optimizer.own_learning_rate is not None]
    if any(
        known.get(racer.key, racer.optimizer.own_learning_rate) != racer.optimizer.own_learning_rate
        for racer in with_own
    ):
        said.append(label["rates_kept"])
    unknown = dict.fromkeys(text["optimizer"].get(racer.key, racer.key) for racer in with_own if racer.key not in known)
    if unknown:
        said.append(label["rates_not_found"].format(names=join(unknown)))
    return spaced(" ".join(said))


def _give_each_its_own() -> None:
    race = session.race()
    if race.shared_learning_rate is not None:
        st.session_state[ONE_RATE] = race.shared_learning_rate
    _set_rates(lambda: race.with_learning_rates(cached.suggested_rates(race.bare_surface, race.convention)))


def _set_rates(make: Callable[[], Race]) -> None:
    """Other learning rates by one click, which can be taken back until something else changes them."""
    before = session.race()
    session.attempt(make)
    st.session_state[BEFORE] = (_rates(session.race()), _rates(before))


def _rates(race: Race) -> tuple[tuple[str, float | None], ...]:
    return tuple((racer.kind, racer.optimizer.own_learning_rate) for racer in race.racers)


def _rates_before(text: Words) -> None:
    """The way back to what a click of this section has replaced, where no other button leads there."""
    race = session.race()
    after, before = st.session_state.get(BEFORE) or (None, None)
    if before is None or after != _rates(race) or before == after:
        return
    racers = tuple(racer.with_learning_rate(rate) for racer, (_, rate) in zip(race.racers, before, strict=True))
    old = race.replaced(racers=racers)
    all_again = old.shared_learning_rate is not None and race.shared_learning_rate is None
    if _runs_at_its_own(old) or (all_again and old.shared_learning_rate == st.session_state.get(ONE_RATE)):
        return
    st.button(
        text["controls"]["rates_before"].format(rates=_spelled(old.own_learning_rates, text)),
        key="rates_before",
        width="stretch",
        on_click=lambda: session.attempt(lambda: old),
    )


def _spelled(rates: Sequence[float], text: Words) -> str:
    """Some learning rates, or from where to where they go."""
    distinct = [f"{rate:g}" for rate in dict.fromkeys(rates)]
    return text["stage"]["and"].join(distinct) if len(distinct) <= MOST_RATES else f"{min(rates):g}–{max(rates):g}"


def _one_for_all(text: Words) -> None:
    """The way back to one rate, where they differ; else what the surface suggests."""
    race, label = session.race(), text["controls"]
    suggested = race.surface.suggested_learning_rate
    if race.shared_learning_rate is None:
        rate, said, key = st.session_state.get(ONE_RATE) or usual_rate(race), "one_rate", "one_rate"
    elif suggested is None or suggested == article.LEARNING_RATE:
        return
    elif race.shared_learning_rate == suggested:
        high = suggested > article.LEARNING_RATE
        sentence = label["learning_rate_suggested_high" if high else "learning_rate_suggested"]
        title = surface_title(surface_key(race.bare_surface), text, session.language())
        st.caption(sentence.format(rate=f"{suggested:g}", surface=title))
        return
    else:
        rate, said, key = suggested, "use_suggested", "use_suggested"
    st.button(
        label[said].format(rate=f"{rate:g}"),
        key=key,
        width="stretch",
        on_click=lambda: _set_rates(lambda: session.race().with_learning_rate(rate)),
    )
