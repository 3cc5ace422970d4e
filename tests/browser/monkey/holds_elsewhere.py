"""What must hold on the pages of steps, guide, lessons and leagues: they show what the core says of the address."""

from __future__ import annotations

import html
import re
import tempfile
from functools import cache, lru_cache
from pathlib import Path

from displayed_lines import checked_step
from monkey.knowing import Known, Seen, expected, language_of
from optviz import BadInput, Race
from optviz.experiment.league import League
from optviz.experiment.lesson import Lesson
from optviz.figures.league.record import LeagueRecord, league_record
from optviz.laboratory.league import run_league
from optviz.laboratory.store import Store
from optviz.text import words
from optviz.text.guide import FIGURE, chapter, chapter_keys
from optviz.text.question import told_question
from optviz.trajectory import Trajectory
from optviz.view import LESSON_OF_THE_VISIT, View, lesson_of

MOST_WORK = 150_000
"""Steps of all racers on all seeds of a league that is computed here once more: a second of work."""


def view_of(seen: Seen) -> View:
    """The view of the address, as far as its race has room for it."""
    wanted = expected(seen["address"])
    return wanted.view.fitting(wanted.race)


# --- inside a step -------------------------------------------------------------------------------------------------


@lru_cache(64)
def _run_of(race: Race, place: int) -> Trajectory:
    return race.with_racers([race.racers[place]]).run()[0]


def the_step_is_the_addresss(seen: Seen, known: Known) -> str | None:
    here, race, view = seen["step_page"], expected(seen["address"]).race, view_of(seen)
    if here is None:
        return None
    names = list(race.racer_names(words(language_of(seen))["optimizer"]))
    shown = [names[place] for place in dict.fromkeys((view.racer, view.beside)) if place is not None]
    pairs = (
        ("the optimizers to choose from", here["racers"], names),
        ("the chosen one", here["racer"], view.racer),
        ("the one beside it", here["beside"], view.beside),
        ("what is looked into", here["sides"], shown),
        ("the steps", here["steps"], race.steps),
        # While it plays, the address follows by and by.
        *([] if here["playing"] else [("the step", here["step"], view.at)]),
    )
    for what, found, wanted in pairs:
        if found != wanted:
            return f"{what}: {found!r}, of the address {wanted!r}"
    return None


def the_lines_make_the_recorded_step(seen: Seen, known: Known) -> str | None:
    """Who reads the lines alone gets the step that the core recorded."""
    here, race, view = seen["step_page"], expected(seen["address"]).race, view_of(seen)
    if here is None or here["playing"] or not here["step"] or here["gone"]:
        return None
    places = [place for place in dict.fromkeys((view.racer, view.beside)) if place is not None]
    for place, lines in zip(places, here["lines"], strict=False):
        points = _run_of(race, place).points
        for axis, along in enumerate(lines):
            if not along or any("–" in line for line in along):
                continue
            try:
                _, moved = checked_step(along)
            except AssertionError as problem:
                return f"the lines {along} cannot be read: {problem}"
            recorded = points[here["step"], axis] - points[here["step"] - 1, axis]
            # The difference of two points has rounding in the size of θ.
            slack = 1e-15 * max(1.0, abs(points[here["step"], axis]))
            if not (moved.low - slack <= recorded <= moved.high + slack):
                return f"the lines {along} make {moved}, the run moved by {recorded!r}"
    return None


# --- the guide -----------------------------------------------------------------------------------------------------


def the_chapter_is_the_addresss(seen: Seen, known: Known) -> str | None:
    here = seen["guide"]
    if here is None:
        return None
    key = view_of(seen).chapter or chapter_keys()[0]
    opened = chapter(key, language_of(seen))
    if here["chapters"] != [key] * len(here["chapters"]) or not here["chapters"]:
        return f"the contents mark {here['chapters']}, open is {key}"
    if here["title"] != opened.title:
        return f"the heading is {here['title']!r}, the chapter's {opened.title!r}"
    wanted = [piece.name for piece in opened.pieces if piece.kind == FIGURE]
    if here["figures"] != [name for name in wanted if name != "family"]:
        return f"the pictures are {here['figures']}, of the text {wanted}"
    return None


# --- lessons -------------------------------------------------------------------------------------------------------


def _lesson(seen: Seen) -> Lesson | None:
    spelled = view_of(seen).lesson
    return None if spelled in (None, LESSON_OF_THE_VISIT) else lesson_of(spelled)  # type: ignore[arg-type]


def the_lesson_is_the_addresss(seen: Seen, known: Known) -> str | None:
    here, view = seen["lessons"], view_of(seen)
    if here is None:
        return None
    wanted = "opened" if view.lesson is not None else "composing" if view.composing else "list"
    if view.lesson == LESSON_OF_THE_VISIT:
        wanted = here["screen"]  # whether the visit has it still
    if here["screen"] != wanted:
        return f"the page shows {here['screen']}, of the address is {wanted}"
    found = _lesson(seen)
    if found is None or here["question"] is None:
        return None
    question = found.told(found.question, language_of(seen))
    if here["question"] != question:
        return f"asked is {here['question']!r}, the lesson asks {question!r}"
    return None


def a_lesson_is_predicted_first(seen: Seen, known: Known) -> str | None:
    """Until its race has been played, or skipped, nothing of its end is told."""
    here = seen["lessons"]
    if here is None or here["screen"] != "opened" or here["why"]:
        return None
    if here["measured"]:
        return "what was measured is told before the answer"
    if here["marked"]:
        return f"the answers are marked before the race was played: {here['marked']}"
    if here["offered"] == 0:
        return "there is nothing to answer"
    return None


def what_was_guessed_stays(seen: Seen, known: Known) -> str | None:
    """A guess is changed by guessing alone."""
    before = known.before["lessons"] if known.before is not None else None
    here = seen["lessons"]
    if here is None or before is None or known.action.name == "guess":
        return None
    if here["question"] is None or before["question"] is None or _lesson(seen) != _lesson(known.before or seen):
        return None
    if before["guess"] is not None and here["guess"] != before["guess"]:
        return f"the guess was {before['guess']}, now it is {here['guess']}"
    return None


# --- leagues -------------------------------------------------------------------------------------------------------


def league_of(seen: Seen) -> League | None:
    """The question of the address; None where its race is none about many surfaces."""
    race, view = expected(seen["address"]).race, view_of(seen)
    try:
        return League(
            race.surface, race.racers, race.convention, view.seeds, race.steps, view.training, view.tuned, view.grid
        )
    except BadInput:
        return None


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="optviz-monkey-")


@lru_cache(32)
def _record_of(league: League) -> LeagueRecord:
    """The league computed here, in a store of its own."""
    return league_record(run_league(league, Store(Path(_folder().name)), workers=0), league.racer_names())


def the_question_is_the_addresss(seen: Seen, known: Known) -> str | None:
    here = seen["league"]
    if here is None:
        return None
    league = league_of(seen)
    if league is None:
        return None if here["usual"] else "no way leads to a question that can be asked"
    told = told_question(league, language_of(seen))
    if _plain(here["question"]) != _plain(told):
        return f"asked is {here['question']!r}, of the address {told!r}"
    return None


def _plain(text: str | None) -> str:
    return re.sub(r"\s+", " ", html.unescape(text or "")).strip()


def no_verdict_before_it_is_asked_for(seen: Seen, known: Known) -> str | None:
    here = seen["league"]
    if here is None or here["answered"]:
        return None
    if here["table"] or here["charts"] or here["behind"]:
        return f"told before the answer: {here['table'] or here['charts'] or here['behind']}"
    ways = [name for name in ("usual", "ask", "cancel", "reveal", "again", "judging") if here[name]]
    return None if ways else "the page offers nothing that leads on"


def the_answer_is_the_leagues(seen: Seen, known: Known) -> str | None:
    """The ranking is that of the same question computed here."""
    here, league = seen["league"], league_of(seen)
    if here is None or not here["table"] or league is None or league.fair:
        return None
    if league.n * league.steps * len(league.racers) > MOST_WORK:
        return None
    record, names = _record_of(league), league.racer_names(words(language_of(seen))["optimizer"])
    wanted = [[names[int(place)], f"{record.means[int(place)][0]:.3f}"] for place in record.order]
    found = [row[:2] for row in here["table"]]
    return f"the ranking is {found}, computed here {wanted}" if found != wanted else None


def the_seeds_behind_are_the_leagues(seen: Seen, known: Known) -> str | None:
    here, league = seen["league"], league_of(seen)
    if here is None or league is None:
        return None
    strange = [seed for seed in here["behind"] if not league.seeds[0] <= seed < league.seeds[1]]
    return f"behind the mark are the seeds {strange}, asked were {league.seeds}" if strange else None


def a_seed_leads_to_its_race(seen: Seen, known: Known) -> str | None:
    seed, before = known.noted.get("seed"), known.before
    if seed is None or before is None:
        return None
    league = league_of(before)
    found = expected(seen["address"])
    if league is None or found.page != "race":
        return f"the seed {seed} led to {found.page}"
    wanted = league.race(seed)
    return f"the seed {seed} led to {found.race.to_url()}" if found.race != wanted else None
