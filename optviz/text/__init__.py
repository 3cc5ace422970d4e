"""Every word on the screen, from en.toml and zh.toml, which have the same keys."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from optviz.bad_input import BadInput
from optviz.surface import gallery, gallery_names

Words = dict[str, dict[str, str]]
"""All words of a language, by section and key."""

LANGUAGES = {"en": "English", "zh": "中文"}

_HAN, _OTHER = "[\u4e00-\u9fff]", "[A-Za-z0-9\u0370-\u03ff₁₂]"
ABOUT_A_FIELD = frozenset(
    (
        *(
            "out_of_range",
            "not_a_number",
            "not_a_whole_number",
            "unknown_choice",
            "bad_point",
            "bad_domain",
            "bad_seed",
        ),
        *(
            "bad_interval",
            "last_racer",
            "too_many",
            "too_long",
            "not_readable",
            "text_characters",
            "batch_size_lowered",
        ),
    )
)
"""The sentences whose {name} is a field of a link."""

CALLED = {
    "start": ("controls", "start_section"),
    "racers": ("controls", "racers_section"),
    "optimizer": ("controls", "racers_section"),
    "text": ("controls", "formula"),
    "lang": ("app", "language"),
    "pinned": ("stage", "pin_short"),
    "axis": ("stage", "choose_axis"),
    "by": ("stage", "choose_by"),
    "runs": ("stage", "choose_runs"),
    "paths": ("stage", "choose_paths"),
    "view": ("stage", "choose_drawn"),
    "look": ("stage", "choose_look"),
    "swarm": ("swarm", "racer"),
    "swarm_seed": ("swarm", "seed"),
    "present": ("app", "present"),
    "lesson": ("app", "page_lessons"),
    "title": ("lessons", "title"),
    "question": ("lessons", "question"),
    "answers": ("lessons", "answers_called"),
    "right": ("lessons", "right_one"),
    "why": ("lessons", "why"),
    "hides": ("lessons", "hides"),
    "measures": ("lessons", "measures"),
}
"""Where the label of a field stands that is not called like the field."""

SEAM = re.compile(f"(?<={_HAN})(?={_OTHER})|(?<={_OTHER})(?={_HAN})")


WIDE = "，。；：？！（）、《》【】"
STRAY = re.compile(f"(?<=[{WIDE}])[ ]+|[ ]+(?=[{WIDE}])|(?<={_HAN})[ ]+(?={_HAN})")


@cache
def words(language: str) -> dict[str, dict[str, str]]:
    """All words of a language, by section and key. An unknown language gets English."""
    name = language if language in LANGUAGES else "en"
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))


def language_for(locale: str | None) -> str:
    """The language for a browser's locale, such as "zh-TW": "zh" for any Chinese, else "en"."""
    return "zh" if (locale or "").lower().startswith("zh") else "en"


def sentence(problem: BadInput, language: str) -> str:
    """A problem with the input, in the visitor's language."""
    table = words(language)
    english = {text: key for key, text in words("en")["fragment"].items()}
    parts = {
        name: table["fragment"][english[text]] if text in english else _title(text, language)
        for name, text in problem.parts.items()
    }
    if problem.key in ABOUT_A_FIELD:
        parts["name"] = _field(problem.parts["name"], table) or parts["name"]
    return spaced(table["bad_input"][problem.key].format(**parts))


def _title(text: str, language: str) -> str:
    """The title of a surface in a language, where the text is its English one; any other text as it is."""
    if language == "en":
        return text
    for key, phrase in words("en")["surface"].items():
        if not key.startswith("described_"):
            continue
        # Some titles say more in brackets.
        found = re.fullmatch(re.escape(phrase).replace(r"\{seed\}", r"(\d+)") + r"(?: \(.*\))?", text)
        if found is not None:
            return words(language)["surface"][key].format(seed=found[1] if found.groups() else "")
    return _gallery_titles(language).get(text, text)


@cache
def _gallery_titles(language: str) -> Mapping[str, str]:
    """English title → title, of all surfaces of the gallery."""
    return {titles["en"]: titles[language] for titles in (gallery(name).titles for name in gallery_names())}


def _field(name: str, table: Mapping[str, Mapping[str, str]]) -> str | None:
    """A field of a link in a sentence: under its own name, and under that of its control where the language says so."""
    section, key = CALLED.get(name, ("hyperparameter" if name in table["hyperparameter"] else "controls", name))
    label = table[section].get(key)
    return table["app"]["field_in_a_sentence"].format(name=name, label=label) if label else None


def counted(table: Mapping[str, str], key: str, count: int) -> str:
    """The words under a key for a number of things: English says "1 step" and "2 steps"."""
    return table[f"{key}_one"] if count == 1 else table[key]


def spaced(text: str) -> str:
    """The text with a space between a Chinese character and a letter or digit of another script.

    None stands beside punctuation that is as wide as a character, or between two Chinese characters.
    """
    return SEAM.sub(" ", STRAY.sub("", text))
