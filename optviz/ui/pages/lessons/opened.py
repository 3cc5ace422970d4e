"""One lesson: its question and picture, and once it has been played the answer, why, and what was measured."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

import streamlit as st

from optviz.budget import most_steps_of_runs, race_work, runs_work
from optviz.experiment.lesson import LETTERS, Lesson
from optviz.export import FORMATS
from optviz.laboratory.asking import Task
from optviz.statistics.measures import MEASURES
from optviz.text import Words, spaced
from optviz.text.numbers import readable
from optviz.trajectory import Trajectory
from optviz.ui import background, cached, looking, session, widgets
from optviz.ui.guessing import keep_guess, read_kept
from optviz.ui.pages.lessons import picture
from optviz.ui.pages.lessons.state import KEPT, State, at_hand, shown_by, state_of
from optviz.ui.pages.race.sharing import code_of, link_to_copy
from optviz.view import LESSON_OF_THE_VISIT, lesson_of

FINE = 350
"""Characters of a link; of a longer one the code has more than 65 dots a side, too fine to be read from a last row."""


def open_lesson(spelled: str) -> None:
    """Show a lesson, by its name or as `Lesson.packed` spells it."""
    session.change_view(lesson=spelled, composing=False)


def show_lesson(found: Lesson) -> None:
    """Show a lesson that is somebody's own; the visit keeps one that no link can hold."""
    if found.fits_a_link:
        open_lesson(found.packed())
        return
    st.session_state[KEPT] = found
    session.change_view(lesson=LESSON_OF_THE_VISIT, composing=False)


def close() -> None:
    """Back to the list."""
    st.session_state.pop(looking.SHOWN, None)
    session.change_view(lesson=None, composing=False)


def opened(text: Words) -> None:
    """The lesson that is open."""
    found = at_hand()
    if found is None:
        return
    label, language = text["lessons"], session.language()
    state = state_of(found)
    st.session_state[looking.SHOWN] = shown_by(found)
    title, question = found.told(found.title, language), found.told(found.question, language)
    with st.container(key="lesson_head"):
        st.button(f"← {label['all']}", key="all_lessons", type="tertiary", on_click=close)
        st.html(f"<h1 class='optviz-heading'>{html.escape(title)}</h1>")
    with st.container(key="lesson"):
        st.html(f"<p class='optviz-question'>{html.escape(question)}</p>")
        with st.container(key="lesson_columns"):
            with st.container(key="lesson_asked"):
                _answers(found, state, text)
            # Who plays the race needs no code any more, and the picture the room; why there is none is not for a class.
            code = code_of(link_of(found), text["download"]) if session.view().present and not state.revealed else {}
            if "picture" in code:
                with st.container(key="lesson_code"):
                    st.html(_picture_of(code, text))
        picture.picture()
        picture.wait_for_more(found)
        if state.answered:
            _answer(found, state, text)
            _measured(found, text)
    keep_guess(
        state.token, state.guess, state.revealed, lambda said: take_kept(said, found, state), answered=state.answered
    )
    if not session.view().present:
        _sharing(found, text)


def _answers(found: Lesson, state: State, text: Words) -> None:
    label, language = text["lessons"], session.language()
    letters = LETTERS[: len(found.answers)]
    if state.answered:
        rows = (_answered_row(found, letter, state, label, language) for letter in letters)
        st.html(f"<ol class='optviz-answers'>{''.join(rows)}</ol>")
        return
    answers: dict[str | None, str] = {
        letter: found.told(answer, language) for letter, answer in zip(letters, found.answers, strict=True)
    }
    widgets.choice(
        st.radio,
        label["predict"],
        answers,
        state.guess,
        state.take_guess,
        key="guess",
        disabled=state.revealed,
        title=lambda letter: f"**{letter}** {widgets.plainly(answers[letter])}",
    )
    row = st.container(key="lesson_row", horizontal=True, vertical_alignment="center")
    if not state.revealed:
        row.button(label["reveal"], key="reveal", type="primary", on_click=state.reveal)
    else:
        row.button(label["skip"], key="skip_to_answer", on_click=state.answer)


def _answered_row(found: Lesson, letter: str, state: State, label: dict[str, str], language: str) -> str:
    right, own = letter == found.right, letter == state.guess
    told = html.escape(found.told(found.answers[LETTERS.index(letter)], language))
    notes = [label["right"]] if right else []
    notes += [label["your_guess"]] if own else []
    note = f" <em>{html.escape(' · '.join(notes))}</em>" if notes else ""
    mark = "✓" if right else "✗" if own else ""
    kind = "right" if right else "own" if own else ""
    return f"<li class='{kind}'><b>{letter}</b><span>{told}{note}</span><i aria-hidden='true'>{mark}</i></li>"


def _answer(found: Lesson, state: State, text: Words) -> None:
    """Whether the guess was right, why, and what was measured in this very run."""
    label, language = text["lessons"], session.language()
    if state.guess is None:
        verdict = label["no_guess"].format(right=found.right)
    elif state.guess == found.right:
        verdict = label["guessed_right"].format(right=found.right)
    else:
        verdict = label["guessed_wrong"].format(guess=state.guess, right=found.right)
    why = found.told(found.why, language)
    with st.container(key="lesson_why"):
        st.html(
            f"<p class='optviz-verdict' role='status'>{html.escape(spaced(verdict))}</p>"
            f"<p class='optviz-why'>{html.escape(why)}</p>"
        )
        st.button(label["open_race"], key="open_race", type="primary", on_click=_open_race, args=(found,))
        if found.hides:
            st.caption(label["hidden_there"])


def _open_race(found: Lesson) -> None:
    if shown_by(found).take_up():
        session.go_to_page("race")


def _measured(found: Lesson, text: Words) -> None:
    race = found.race
    if not found.measures or not background.is_there(race):
        return
    paths = cached.paths(race)
    names = race.racer_names(text["optimizer"])
    known = [name for name in found.measures if name in MEASURES]
    columns = {name: numbers for name in known if (numbers := _numbers(name, found, paths)) is not None}
    heads = [text["measure"][MEASURES[name].called(paths)] for name in columns]
    rows = []
    for place, (name, path) in enumerate(zip(names, paths, strict=True)):
        own = [column[place] for column in columns.values()]
        cells = [readable(number) if number == number else "–" for number in own]
        outcome = text["outcome"][str(path.outcome)]
        body = "".join(f"<td class='number'>{html.escape(cell)}</td>" for cell in cells)
        rows.append(f"<tr><td>{html.escape(name)}</td><td class='outcome'>{html.escape(outcome)}</td>{body}</tr>")
    head = "".join(f"<th class='number'>{html.escape(title)}</th>" for title in heads)
    st.html(
        f"<div class='optviz-scroll'><table class='optviz-scores'><caption>"
        f"{html.escape(text['lessons']['measured'])}</caption><thead><tr>"
        f"<th>{html.escape(text['scoreboard']['racer'])}</th>"
        f"<th class='outcome'>{html.escape(text['scoreboard']['outcome'])}</th>{head}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _numbers(name: str, found: Lesson, paths: Sequence[Trajectory]) -> list[float] | None:
    """A measure of the race; None where it takes longer than a page may."""
    measure = MEASURES[name]
    if measure.runs is None:
        return measure.numbers(paths)
    if found.race.steps > most_steps_of_runs(found.race, measure.runs):
        return None
    task = Task(name, found.race, {}, race_work(found.race) + runs_work(found.race, measure.runs))
    values = background.result_of(task)
    if values is None:
        background.await_result(task)
        return None
    return [float(value) for value in values["numbers"]]


# --- guess, link and file ------------------------------------------------------------------------------------------


def take_kept(said: Any, found: Lesson, state: State) -> None:
    """Take the guess that a browser has kept over a reload, whatever it may send."""
    kept = read_kept(said, state.token, tuple(LETTERS[: len(found.answers)]))
    # Before the page was loaded anew it had been played: nobody guesses after that, however quickly.
    if kept is None or (state.guess is not None and not kept.revealed):
        return
    state.take_guess(kept.guess)
    state.revealed |= kept.revealed
    if kept.answered:
        state.answer()


def link_of(found: Lesson) -> str | None:
    """The link of a lesson; None where it would be longer than a link may be."""
    spelled = session.view().lesson
    if spelled in (None, LESSON_OF_THE_VISIT) or lesson_of(spelled) != found:
        if not found.fits_a_link:
            return None
        spelled = found.packed()
    chosen = session.view().language
    query = {"lesson": spelled, **({"lang": chosen} if chosen and len(found.languages) > 1 else {})}
    return f"{(st.context.url or '').split('?')[0]}?{urlencode(query, quote_via=quote)}"


def _code(found: Lesson, text: Words) -> None:
    code = code_of(link_of(found), text["download"])
    if "picture" not in code:
        st.caption(code["told"])
        return
    st.html(_picture_of(code, text))
    if len(link_of(found) or "") > FINE:
        st.caption(text["lessons"]["code_fine"])


def _picture_of(code: dict[str, str], text: Words) -> str:
    told = html.escape(text["lessons"]["code"])
    larger = html.escape(text["lessons"]["code_larger"])
    return (
        f'<button type="button" class="optviz-qr-larger" title="{larger}" aria-label="{told}. {larger}">'
        f'<img class="optviz-qr" src="{code["picture"]}" alt=""></button>'
    )


def _sharing(found: Lesson, text: Words) -> None:
    box = st.expander(text["lessons"]["share"], key="share_lesson", on_change="rerun")
    if not box.open:
        return
    with box:
        take_along(found, text)


def take_along(found: Lesson, text: Words) -> None:
    """A lesson's link, its code and its file."""
    label, link = text["lessons"], link_of(found)
    if link is None:
        st.html(f"<p>{html.escape(label['too_long'])}</p>")
    else:
        link_to_copy(link, text["download"])
        _code(found, text)
    st.download_button(
        label["download"],
        data=found.to_toml,
        file_name="lesson.toml",
        mime=FORMATS["toml"].media_type,
        key="download_lesson",
        on_click="ignore",
    )
