"""Widgets that show a value of the visit, and hand over what the visitor answers.

A browser may answer with anything: the label that an option had in the other language, a stop that the slider no longer
has, a forged value. Every answer passes `answer`: one that the widget did not offer changes nothing and earns no
notice, and the widget shows the visit's value again. A browser also repeats what it shows with everything that it
sends, and may not have seen yet that a value was changed from elsewhere: see `key_showing`. Streamlit tells a browser
once what a widget is to show; where that run is given up for a newer one, the widget shows its default, and the browser
says so with whatever it sends next. Sliders and number fields take what they do not know for their default, before this
program sees it. So the default of every widget is what it shows.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

import streamlit as st

from optviz.bad_input import BadInput
from optviz.parameter import Parameter
from optviz.text import counted, sentence, words
from optviz.ui import session

Option = TypeVar("Option")

MOST_TOLD = 4
SIGNS = re.compile(r"[!-/:-@\[-`{-~]")
SEAMS = re.compile(r"(?<=:)(?=\S)|(?=@)|(?<=www)(?=\.)|(?<=[<>=~-])(?=[<>=~-])", re.IGNORECASE)
"""Where Streamlit sees, in a text without marks, the middle of an address, of an emoji's name, or of an arrow."""
WORD_JOINER = "\u2060"

MANTISSAS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
SHARES = (
    *(0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99),
    *(0.995, 0.998, 0.999, 0.9995, 0.9999),
)


def answer(name: str, value: Any, offered: Callable[[Any], bool], use: Callable[[Any], None]) -> Callable[[], None]:
    """The callback of the widget `name`, which shows `value`: hands another answer that was `offered` to `use`."""
    key = _key(name)

    def call() -> None:
        answered = st.session_state[key]
        if offered(answered) and answered != value:
            with answering(name):
                use(answered)

    return call


@contextmanager
def answering(name: str) -> Iterator[None]:
    """What is refused meanwhile is told at the widget `name`: see `tell_here`."""
    st.session_state.answering = name
    try:
        yield
    finally:
        st.session_state.answering = None


def one_of(options: Sequence[Any]) -> Callable[[Any], bool]:
    """Whether an answer is one of these options, and not only equal to one: True is not 1."""
    return lambda answered: any(type(option) is type(answered) and option == answered for option in options)


def some_of(options: Sequence[Any]) -> Callable[[Any], bool]:
    """Whether an answer is a list of these options."""
    known = one_of(options)
    return lambda answered: isinstance(answered, list) and all(known(option) for option in answered)


def a_number(answered: Any) -> bool:
    """Whether an answer is a finite number. Its range is the race's matter, which tells what it refuses."""
    return type(answered) in (int, float) and math.isfinite(answered)


def a_text(answered: Any) -> bool:
    """Whether an answer is a text."""
    return isinstance(answered, str)


def tell(problems: Sequence[BadInput], where: Any = st, *, over: bool = False) -> None:
    """Say what could not be used, in the visitor's language.

    where: the place of the page, or here. over: laid over what stands there, so that nothing on the page moves.
    """
    language = session.language()
    told = [sentence(problem, language) for problem in problems[:MOST_TOLD]]
    if len(problems) > MOST_TOLD:
        more = len(problems) - MOST_TOLD
        told.append(counted(words(language)["app"], "more_problems", more).format(count=more))
    # Not st.warning: its Markdown makes links of what a stranger has put into a link.
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in told)
    where.html(f'<div class="optviz-told" role="alert"{" data-over" if over else ""}>{lines}</div>')


def tell_here(key: str) -> None:
    """Under the widget `key`, say why its answer could not be used."""
    if session.refused_at() == key and session.problems():
        tell(session.problems())
        st.session_state.told_at_widget = True


def begin_telling() -> None:
    """Call before the widgets of a run are drawn."""
    st.session_state.told_at_widget = False


def told_at_the_widget() -> bool:
    """Whether a widget of this run said what could not be used, so that the page need not."""
    told: bool = st.session_state.told_at_widget
    return told


def key_showing(name: str, value: Any, in_all_languages: bool = False) -> str:
    """Let the widget `name` show `value`; call before the widget is made. Returns the key to make it with.

    in_all_languages: its options are called the same in all of them, so that it stays when the language changes.

    A widget that is to show something else than what the browser answered last, or in another language, is mounted anew
    under another key. What a browser that has not seen that yet repeats under the old key is nobody's answer; and a
    select box, which keeps the label that it had, says the new one. So is one whose value Streamlit has forgotten: the
    browser has not.
    """
    mounts: dict[str, tuple[int, str]] = st.session_state.setdefault("mounts", {})
    language, key = session.language(), _key(name)
    times, spoken = mounts.get(name, (-1, language))
    spoken = language if in_all_languages else spoken
    if times < 0 or spoken != language or key not in st.session_state or st.session_state[key] != value:
        mounts[name] = (times + 1, language)
        key = _key(name)
        st.session_state[key] = value
    return key


def _key(name: str) -> str:
    times, _ = st.session_state.setdefault("mounts", {}).get(name, (0, ""))
    return f"{name}~{times}" if times else name


SHOWING: dict[str, Callable[[list[Any], Any], dict[str, Any]]] = {
    "select_slider": lambda known, value: {"value": value},
    "selectbox": lambda known, value: {"index": known.index(value)},
    "radio": lambda known, value: {"index": None if value is None else known.index(value)},
    "segmented_control": lambda known, value: {"default": value, "required": True},
    "pills": lambda known, value: {"default": value},
}
"""Streamlit's widget that chooses one of some options → what it is told so that it shows a value of them."""


def choice(
    draw: Callable[..., Any],
    label: str,
    options: Iterable[Option],
    value: Option,
    use: Callable[[Option], None],
    *,
    key: str,
    title: Callable[[Option], str] = str,
    in_all_languages: bool = False,
    **more: Any,
) -> None:
    """One of some options: `draw` is a select box, a segmented control or a select slider that shows `value`."""
    known = list(options)
    more |= SHOWING[draw.__name__](known, value)
    draw(
        label,
        known,
        format_func=title,
        key=key_showing(key, value, in_all_languages),
        on_change=answer(key, value, one_of(known), use),
        **more,
    )


def kept_choice(
    draw: Callable[..., Any],
    label: str,
    options: Iterable[Option],
    first: Option,
    *,
    key: str,
    title: Callable[[Option], str] = str,
    **more: Any,
) -> Option:
    """A choice that changes neither race nor view, kept for this visit: what is chosen, `first` to begin with."""
    known, name = list(options), f"kept_{key}"
    value = st.session_state.get(name, first)
    if value not in known:
        value = first

    def keep(chosen: Option) -> None:
        st.session_state[name] = chosen

    choice(draw, label, known, value, keep, key=key, title=title, **more)
    return value


def choices(
    label: str,
    options: Iterable[Option],
    values: Sequence[Option],
    use: Callable[[list[Option]], None],
    *,
    key: str,
    title: Callable[[Option], str] = str,
    **more: Any,
) -> None:
    """Any number of some options, as pills."""
    known = list(options)
    # Streamlit raises for one that is not offered.
    values = [value for value in values if value in known]
    st.pills(
        label,
        known,
        format_func=title,
        selection_mode="multi",
        default=list(values),
        key=key_showing(key, list(values)),
        on_change=answer(key, list(values), some_of(known), use),
        **more,
    )
    tell_here(key)


def switch(label: str, value: bool, use: Callable[[bool], None], *, key: str, **more: Any) -> None:
    """On or off."""
    used = answer(key, value, one_of((True, False)), use)
    st.toggle(label, value, key=key_showing(key, value), on_change=used, **more)
    tell_here(key)


def plainly(text: str) -> str:
    """A text for a label, of which Streamlit's Markdown makes nothing: no link, no picture, no formula, no emoji.

    Addresses, names of emojis and arrows are found after the marks are read, where no backslash is left: a character
    without width stands in the middle of them.
    """
    return SIGNS.sub(r"\\\g<0>", SEAMS.sub(WORD_JOINER, text))


def text_field(label: str, value: str, use: Callable[[str], None], *, key: str, **more: Any) -> None:
    """A line of text."""
    st.text_input(label, value, key=key_showing(key, value), on_change=answer(key, value, a_text, use), **more)
    tell_here(key)


def number_field(
    label: str, key: str, value: float, parameter: Parameter, text: str | None, use: Callable[[Any], None]
) -> None:
    """The widget that a parameter's table asks for: a slider, logarithmic or not, or a number field."""
    low, high = parameter.slider or (None, None)
    if low is None or high is None:
        field: Any = {"step": 1, "format": "%d"} if parameter.whole else {"step": 0.01, "format": "%.6g"}
        # Without bounds of its own: those a browser keeps to itself, and shows what was typed without a word.
        st.number_input(
            label,
            value=value,
            key=key_showing(key, value),
            help=text,
            on_change=answer(key, value, a_number, use),
            **field,
        )
        tell_here(key)
    elif parameter.log or parameter.below == 1:
        stops = log_options(low, high, value) if parameter.log else decay_options(value)
        if parameter.whole:
            stops = [stop for stop in stops if float(stop).is_integer()]
        choice(st.select_slider, label, stops, value, use, key=key, title=parameter.written, help=text)
    else:
        kind = int if parameter.whole else float
        st.slider(
            label,
            min_value=kind(min(low, value)),
            max_value=kind(max(high, value)),
            value=kind(value),
            step=1 if parameter.whole else 0.05,
            key=key_showing(key, kind(value)),
            help=text,
            on_change=answer(key, value, a_number, use),
        )
        tell_here(key)


def kept_number(label: str, low: int, high: int, *, key: str) -> int:
    """A slider over whole numbers that changes neither race nor view, kept for this visit; `low` to begin with."""
    name = f"kept_{key}"
    value = min(max(st.session_state.get(name, low), low), high)

    def keep(chosen: int) -> None:
        st.session_state[name] = chosen

    st.slider(label, low, high, value, key=key_showing(key, value), on_change=answer(key, value, a_number, keep))
    return value


def log_options(low: float, high: float, value: float | None) -> list[float]:
    """The stops of a logarithmic slider: ten a decade from `low` to `high`, and `value`, wherever it lies."""
    return sorted(_stops(low, high) | ({value} if value is not None else set()))


@cache
def _stops(low: float, high: float) -> frozenset[float]:
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    stops = (float(f"{mantissa}e{decade}") for decade in decades for mantissa in MANTISSAS)
    return frozenset(stop for stop in stops if low <= stop <= high)


def decay_options(value: float) -> list[float]:
    """The stops of a slider for a share from 0 to below 1, finer towards 1: what counts there is 1 / (1 − share)."""
    return sorted({*SHARES, value})
