"""What must hold once the page has come to rest after an action; one table, each entry a complaint or None.

What the page ought to show is computed from its address alone, by the core, and compared with what the page shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from monkey import holds_elsewhere as elsewhere
from monkey import holds_on_every_page as everywhere
from monkey import holds_on_the_race as on_the_race
from monkey.kinds import CONTROLLED, PAGES, PLAYED
from monkey.knowing import Known, Seen, expected


class Invariant(NamedTuple):
    """A complaint or None; and the pages that have it."""

    holds: Callable[[Seen, Known], str | None]
    pages: tuple[str, ...] = PAGES


RACE, STEP, GUIDE, LESSONS, LEAGUE = ("race",), ("step",), ("guide",), ("lessons",), ("league",)

INVARIANTS: dict[str, Invariant] = {
    "rest": Invariant(everywhere.the_page_comes_to_rest),
    "console": Invariant(everywhere.the_console_is_silent),
    "foreign": Invariant(everywhere.nobody_else_is_asked),
    "broken": Invariant(everywhere.nothing_broke),
    "log": Invariant(everywhere.the_server_complains_of_nothing),
    "page": Invariant(everywhere.the_page_is_the_addresss),
    "effect": Invariant(everywhere.what_was_done_had_its_effect),
    "race": Invariant(on_the_race.the_picture_is_the_pages_race, RACE),
    "start": Invariant(on_the_race.the_start_is_the_pages, RACE),
    "steps": Invariant(on_the_race.the_step_is_within_the_race, RACE),
    "axes": Invariant(on_the_race.the_axes_are_home_or_zoomed, RACE),
    "home": Invariant(on_the_race.who_asks_for_it_is_home, RACE),
    "picture": Invariant(on_the_race.the_picture_is_there, RACE),
    "veil": Invariant(on_the_race.a_veil_keeps_its_secret, PLAYED),
    "sidebar": Invariant(on_the_race.the_sidebar_is_the_pages_race, CONTROLLED),
    "view": Invariant(on_the_race.the_view_is_the_addresss, RACE),
    "hidden": Invariant(on_the_race.what_is_hidden_is_what_was_hidden, RACE),
    "silence": Invariant(on_the_race.what_is_asked_is_answered, CONTROLLED),
    "step": Invariant(elsewhere.the_step_is_the_addresss, STEP),
    "lines": Invariant(elsewhere.the_lines_make_the_recorded_step, STEP),
    "chapter": Invariant(elsewhere.the_chapter_is_the_addresss, GUIDE),
    "lesson": Invariant(elsewhere.the_lesson_is_the_addresss, LESSONS),
    "predict": Invariant(elsewhere.a_lesson_is_predicted_first, LESSONS),
    "guess": Invariant(elsewhere.what_was_guessed_stays, LESSONS),
    "question": Invariant(elsewhere.the_question_is_the_addresss, LEAGUE),
    "verdict": Invariant(elsewhere.no_verdict_before_it_is_asked_for, LEAGUE),
    "answer": Invariant(elsewhere.the_answer_is_the_leagues, LEAGUE),
    "behind": Invariant(elsewhere.the_seeds_behind_are_the_leagues, LEAGUE),
    "seed": Invariant(elsewhere.a_seed_leads_to_its_race),
    "led": Invariant(everywhere.a_link_leads_to_its_address),
    "back": Invariant(everywhere.back_brings_what_was_there),
    "kept": Invariant(everywhere.what_keeps_the_race_keeps_it),
    "focus": Invariant(everywhere.the_focus_is_somewhere),
    "stale": Invariant(everywhere.nothing_is_of_a_run_before),
    "twice": Invariant(everywhere.nothing_stands_there_twice),
    "notice": Invariant(everywhere.notices_are_earned),
    "language": Invariant(everywhere.the_page_is_in_the_addresss_language),
    "words": Invariant(everywhere.the_words_are_of_one_language),
    "bar": Invariant(everywhere.nothing_lies_on_the_bar),
    "width": Invariant(everywhere.the_page_is_not_wider_than_the_window),
    "history": Invariant(everywhere.the_history_grows_by_what_was_done),
}
"""Name → what must hold after every action."""

COMPARED: dict[str, tuple[str, ...]] = {
    "race": ("drawn", "veiled", "pinned", "present", "legend", "chosen", "whole", "camera", "start"),
    "step": ("step_page",),
    "guide": ("guide",),
    "lessons": (),
    "league": (),
}
"""Page → what a fresh page at the same address shows as well; a guess and an answer are this visit's alone."""

NOT_IN_A_LINK = re.compile(
    r"tune|own_|tour_|noise_|code_language|gradient_noise|race_code|qr_code|ask_again|download_|corner"
    r"|guess|lesson_|league_guess"
)
"""Widgets whose state is not the race's or the view's: which racer is tuned, what is opened below the picture."""


def restored(seen: Seen, again: Seen) -> str | None:
    """What a fresh page at the same address shows otherwise."""
    if seen["touring"] or (seen["step_page"] or {}).get("playing"):
        return None
    for name in ("pages", "language", *COMPARED[expected(seen["address"]).page]):
        if seen[name] != again[name]:
            return f"{name}: {seen[name]!r}, opened again {again[name]!r}"
    for key in sorted(set(seen["widgets"]) & set(again["widgets"])):
        if key == "formula" and seen["widgets"][key] != getattr(
            expected(seen["address"]).race.bare_surface, "text", ""
        ):
            # What was typed and refused is not lost, and not in the address.
            continue
        if not NOT_IN_A_LINK.match(key) and seen["widgets"][key] != again["widgets"][key]:
            return f"{key} shows {seen['widgets'][key]!r}, opened again {again['widgets'][key]!r}"
    return None


def broken(seen: Seen, known: Known, names: tuple[str, ...] = tuple(INVARIANTS)) -> dict[str, str]:
    """Each invariant of this page that does not hold, and its complaint."""
    page = expected(seen["address"]).page
    found = {name: INVARIANTS[name].holds(seen, known) for name in names if page in INVARIANTS[name].pages}
    return {name: complaint for name, complaint in found.items() if complaint is not None}
