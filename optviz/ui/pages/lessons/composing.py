"""The form in which a teacher composes a lesson from the race of the visit: nothing of it is kept on the server."""

from __future__ import annotations

import contextlib
import html
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import streamlit as st

from optviz.bad_input import BadInput
from optviz.budget import check_budget
from optviz.experiment import Race
from optviz.experiment.lesson import CONTROLS, FEWEST_ANSWERS, LETTERS, LONGEST, MOST_MEASURES, SEEN, Lesson
from optviz.statistics.measures import MEASURES
from optviz.text import Words
from optviz.text.telling import described
from optviz.ui import component, session, widgets
from optviz.ui.messages import LONGEST_LESSON
from optviz.ui.pages.lessons.opened import close, show_lesson, take_along
from optviz.view import View

DRAFT = "lesson_draft"
FILE = Path(__file__).parents[2] / "lesson_file.js"
KEEPER = Path(__file__).parents[2] / "draft.js"
BLANK = {"en": "\N{SYMBOL FOR NULL}"}
"""Stands in a lesson that is not written yet for a text that is still missing."""
UNCHOSEN = "# right: not chosen\n"
"""Begins a lesson that is not written yet, whose right answer is still to be chosen; a comment, as a lesson has one."""


@dataclass
class Draft:
    """A lesson that is being written: texts by language, of which some may still be missing.

    right: None until it is chosen, as whoever hands a lesson out answers for it. race: that of a file that was opened;
    None stands for the visit's own.
    """

    title: dict[str, str] = field(default_factory=dict)
    question: dict[str, str] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    answers: list[dict[str, str]] = field(default_factory=lambda: [{} for _ in LETTERS])
    right: str | None = None
    hides: list[str] = field(default_factory=list)
    measures: list[str] = field(default_factory=lambda: ["steps_to_90"])
    view: dict[str, str] = field(default_factory=dict)
    race: Race | None = None
    order: float = 0

    @classmethod
    def of(cls, found: Lesson) -> Draft:
        """A lesson, to be edited."""
        missing = len(LETTERS) - len(found.answers)
        return cls(
            title=dict(found.title),
            question=dict(found.question),
            why=dict(found.why),
            answers=[dict(answer) for answer in found.answers] + [{} for _ in range(missing)],
            right=found.right,
            hides=list(found.hides),
            # A file of another version may name what this one does not measure.
            measures=[name for name in found.measures if name in MEASURES],
            view=dict(found.view),
            race=found.race,
            order=found.order,
        )

    def spelled(self, race: Race) -> str | None:
        """All of it as a lesson's file, to be read by `restored`; None where nothing is written, or nothing usable."""
        if not any((self.title, self.question, self.why, *self.answers)):
            return None
        answers = [answer or BLANK for answer in self.answers]
        try:
            whole = replace(
                self,
                title=self.title or BLANK,
                question=self.question or BLANK,
                why=self.why or BLANK,
                answers=answers,
                right=self.right or LETTERS[0],
            )
            return ("" if self.right else UNCHOSEN) + whole.lesson(race, self.view).to_toml()
        except BadInput:
            return None

    @classmethod
    def restored(cls, text: str, race: Race) -> Draft:
        """The draft that `spelled` wrote, in a visit with this race. Raises BadInput."""
        found = Lesson.from_toml(text)
        check_budget(found.race)
        draft = cls.of(found)
        for texts in (draft.title, draft.question, draft.why, *draft.answers):
            if texts == BLANK:
                texts.clear()
        if text.startswith(UNCHOSEN):
            draft.right = None
        return replace(draft, race=None if draft.race == race else draft.race)

    def missing(self) -> list[str]:
        """Which fields are still to be filled in."""
        lacking = [name for name in ("title", "question", "why") if not getattr(self, name)]
        given = [place for place, answer in enumerate(self.answers) if answer]
        few = len(given) < FEWEST_ANSWERS or given != list(range(len(given)))
        chosen = self.right is not None and LETTERS.index(self.right) in given
        return [*lacking, *(["answers"] if few else []), *([] if chosen else ["right_one"])]

    def lesson(self, race: Race, view: dict[str, str]) -> Lesson:
        """The lesson, about this race, looked at like this, where no file has brought one. Raises BadInput."""
        return Lesson(
            race=check_budget(self.race or race),
            title=self.title,
            question=self.question,
            answers=tuple(answer for answer in self.answers if answer),
            right=self.right or "",
            why=self.why,
            hides=tuple(self.hides),
            measures=tuple(self.measures[:MOST_MEASURES]),
            view=view if self.race is None else self.view,
            order=self.order,
        )


def composing(text: Words) -> None:
    """The form; below it the lesson to be tried and taken along."""
    label = text["lessons"]
    draft: Draft = st.session_state.setdefault(DRAFT, Draft())
    _keep(draft)
    st.button(f"← {label['all']}", key="all_lessons", on_click=close)
    st.html(
        f"<h1 class='optviz-heading'>{html.escape(label['compose_heading'])}</h1>"
        f"<p>{html.escape(label['compose_explained'])}</p>"
    )
    lesson_file(label, _edit)
    with st.container(key="lesson_form"):
        _texts(draft, label)
        _choices(draft, text)
        _race(draft, text)
    missing = draft.missing()
    if missing:
        names = text["stage"]["and"].join(label[name] for name in missing)
        st.html(f"<p role='status'>{html.escape(label['still_missing'].format(names=names))}</p>")
        return
    try:
        made = draft.lesson(session.race(), _seen())
    except BadInput as problem:
        widgets.tell([problem])
        return
    st.html(f"<h2>{html.escape(label['ready'])}</h2>")
    st.button(label["preview"], key="preview", type="primary", on_click=show_lesson, args=(made,))
    take_along(made, text)


def _keep(draft: Draft) -> None:
    spelled = draft.spelled(session.race())

    def take() -> None:
        said = st.session_state.draft_keeper.kept
        if isinstance(said, str) and spelled is None:
            with contextlib.suppress(BadInput):
                st.session_state[DRAFT] = Draft.restored(said, session.race())

    with st.container(key="draft_kept"):
        component.of_script("optviz_draft", KEEPER)(
            key="draft_keeper", height="content", data={"draft": spelled}, on_kept_change=take
        )


def _texts(draft: Draft, label: dict[str, str]) -> None:
    def keeper(texts: dict[str, str]) -> Callable[[str], None]:
        def keep(typed: str) -> None:
            typed = " ".join(typed.split())
            if typed:
                texts[session.language()] = typed
            else:
                texts.pop(session.language(), None)

        return keep

    def line(name: str, title: str, texts: dict[str, str], most: int) -> None:
        shown, other = texts.get(session.language(), ""), next(iter(texts.values()), "")
        widgets.text_field(title, shown, keeper(texts), key=f"lesson_{name}", max_chars=most, placeholder=other or None)

    line("title", label["title"], draft.title, LONGEST["title"])
    line("question", label["question"], draft.question, LONGEST["question"])
    for letter, answer in zip(LETTERS, draft.answers, strict=True):
        line(f"answer_{letter}", label["answer"].format(letter=letter), answer, LONGEST["answers"])
    line("why", label["why"], draft.why, LONGEST["why"])


def _choices(draft: Draft, text: Words) -> None:
    label = text["lessons"]

    def keeper(name: str) -> Callable[[Any], None]:
        return lambda value: setattr(draft, name, value)

    letters = [letter for letter, answer in zip(LETTERS, draft.answers, strict=True) if answer] or [LETTERS[0]]
    if draft.right not in letters:
        draft.right = None
    widgets.choice(st.segmented_control, label["right_one"], letters, draft.right, keeper("right"), key="lesson_right")
    widgets.choices(
        label["hides"],
        CONTROLS,
        draft.hides,
        keeper("hides"),
        key="lesson_hides",
        title=lambda name: label[f"hides_{name}"],
    )
    widgets.choices(
        label["measures"],
        MEASURES,
        draft.measures,
        keeper("measures"),
        key="lesson_measures",
        title=lambda name: text["measure"][name],
    )


def _race(draft: Draft, text: Words) -> None:
    label, race = text["lessons"], draft.race or session.race()
    names = text["stage"]["and"].join(race.racer_names(text["optimizer"]))
    told = label["race_of_file" if draft.race is not None else "race_of_visit"]
    st.html(f"<p>{html.escape(told.format(surface=described(race, session.language()), names=names))}</p>")
    row = st.container(key="lesson_race", horizontal=True)
    row.button(label["change_race"], key="change_race", on_click=_to_the_race, args=(draft,))

    def take_visits() -> None:
        draft.race = None

    if draft.race is not None and draft.race != session.race():
        row.button(label["take_race"], key="take_race", on_click=take_visits)


def _seen() -> dict[str, str]:
    """How the visit looks at its race, as far as a lesson can say it."""
    return {name: value for name, value in session.view().to_query().items() if name in SEEN}


def _to_the_race(draft: Draft) -> None:
    if draft.race is not None:
        moved = draft.race
        session.attempt(lambda: moved)
        # Of the visit's own the lesson takes its view again when it comes back.
        seen = View.from_query(draft.view)[0].fitting(moved)
        session.change_view(hidden=seen.hidden, **seen.chosen)
        st.session_state.view_stamp += 1
        draft.race = None
    session.change_view(without=())
    session.go_to_page("race")


# --- a file --------------------------------------------------------------------------------------------------------


def lesson_file(label: dict[str, str], use: Callable[[Lesson], None]) -> None:
    """The field in which a lesson's file is chosen, which is handed to `use`; or it is told why it cannot be."""

    def chosen() -> None:
        try:
            found = _read(st.session_state.lesson_file_picker.chosen)
        except BadInput as problem:
            session.refuse(problem)
            return
        if found is not None:
            # What was told of another file is not about this one.
            st.session_state.problems = []
            use(found)

    with st.container(key="lesson_file"):
        component.of_script("optviz_lesson_file", FILE)(
            key="lesson_file_picker",
            height="content",
            data={"label": label["open_file"], "most": LONGEST_LESSON},
            on_chosen_change=chosen,
        )


def _read(said: Any) -> Lesson | None:
    """The lesson of a file that was chosen, whatever a browser may send; None for what is no file. Raises BadInput."""
    if not isinstance(said, dict):
        return None
    name, given = str(said.get("name"))[:100], said.get("text")
    if not isinstance(given, str):
        most = f"{LONGEST_LESSON:,}"
        raise BadInput("too_large", name=name, value=most, allowed=f"1 … {most}")
    found = Lesson.from_toml(given)
    check_budget(found.race)
    return found


def _edit(found: Lesson) -> None:
    st.session_state[DRAFT] = Draft.of(found)
