"""A lesson: a race, a question that is answered before it is played, and one sentence of why.

A lesson is a value with two spellings, a .toml file and a text short enough for a link. Both may be anybody's: what is
read is bounded in size, checked field by field, and refused in one sentence.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import tomli_w

from optviz.bad_input import BadInput
from optviz.experiment.link import LONGEST_LINK
from optviz.experiment.race import Race
from optviz.experiment.reading import read_toml
from optviz.experiment.record import LONGEST_FILE

LANGUAGES = ("en", "zh")
Text = Mapping[str, str]
"""One or both languages → a line of text."""

LETTERS = "ABCDE"
FEWEST_ANSWERS = 2
LONGEST = {"title": 60, "question": 300, "answers": 120, "why": 400}
"""Characters of each text, in each language."""

CONTROLS = ("surface", "optimizers", "learning_rate", "start", "samples", "article")
"""The sections of the race's controls, each of which a lesson may hide."""

SEEN = ("axis", "by", "runs", "view", "look", "paths", "hidden")
"""What a lesson may say of how its race is looked at: parameters of an address."""

LONGEST_SEEN = 40
MOST_MEASURES = 3
PACKED = re.compile(r"\.[A-Za-z0-9_-]{1,8000}")
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
REQUIRED = ("title", "question", "answers", "right", "why", "race")
OPTIONAL = ("order", "hides", "measures", "view")


@dataclass(frozen=True)
class Lesson:
    """A race with a question: predict first, then play.

    title, question, why: a line of text in one or both languages. answers: 2 … 5 of them. right: the letter of the
    right one, from "A". hides: the sections of the race's controls that a class shall not touch, of `CONTROLS`.
    measures: names of what is measured when it has been played, of `optviz.statistics.measures`. view: how the race is
    looked at, as in an address. order: its place in the list.

    Raises BadInput for anything else.
    """

    race: Race
    title: Text
    question: Text
    answers: tuple[Text, ...]
    right: str
    why: Text
    hides: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    view: Mapping[str, str] = field(default_factory=dict)
    order: float = 0

    def __post_init__(self) -> None:
        if not isinstance(self.race, Race):
            raise BadInput("not_readable", name="race", value=type(self.race).__name__, allowed="a race")
        for name in ("title", "question", "why"):
            object.__setattr__(self, name, _checked_text(name, getattr(self, name)))
        object.__setattr__(self, "answers", _checked_answers(self.answers))
        letters = LETTERS[: len(self.answers)]
        if not isinstance(self.right, str) or len(self.right) != 1 or self.right not in letters:
            raise BadInput("unknown_choice", name="right", value=self.right, allowed=", ".join(letters))
        object.__setattr__(self, "hides", _checked_names("hides", self.hides, CONTROLS))
        object.__setattr__(self, "measures", _checked_measures(self.measures))
        object.__setattr__(self, "view", _checked_view(self.view))
        object.__setattr__(self, "order", _checked_order(self.order))

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which all of it can be read; where there is none of both, in which its title is."""
        texts = (self.title, self.question, self.why, *self.answers)
        both = tuple(language for language in LANGUAGES if all(language in text for text in texts))
        return both or tuple(language for language in LANGUAGES if language in self.title)

    def told(self, text: Text, language: str) -> str:
        """A text of it in a language, or in the one that it has."""
        return text[language] if language in text else next(iter(text.values()))

    # Two spellings

    def to_record(self) -> dict[str, Any]:
        """A plain nested dict, without what goes without saying."""
        record: dict[str, Any] = {"order": self.order} if self.order else {}
        record["right"] = self.right
        record |= {name: list(getattr(self, name)) for name in ("hides", "measures") if getattr(self, name)}
        record |= {name: dict(getattr(self, name)) for name in ("title", "question", "why")}
        record["answers"] = [dict(answer) for answer in self.answers]
        if self.view:
            record["view"] = dict(self.view)
        return record | {"race": self.race.to_record()}

    @classmethod
    def from_record(cls, record: Any) -> Lesson:
        """The lesson that `to_record` describes. Raises BadInput for anything that it cannot have written."""
        if not isinstance(record, Mapping):
            raise BadInput("not_readable", name="lesson", value=type(record).__name__, allowed=", ".join(REQUIRED))
        for name in record:
            if name not in (*REQUIRED, *OPTIONAL):
                raise BadInput("unknown_field", name="lesson", value=name, allowed=", ".join((*REQUIRED, *OPTIONAL)))
        for name in REQUIRED:
            if name not in record:
                raise BadInput("gallery_missing", name="lesson", value=name, allowed=", ".join(REQUIRED))
        return cls(**{**record, "race": Race.from_record(record["race"])})

    def to_toml(self) -> str:
        """The lesson as a file, to be edited by hand."""
        return tomli_w.dumps(self.to_record())

    @classmethod
    def from_toml(cls, text: str) -> Lesson:
        """The lesson that `to_toml` wrote, or a teacher. Raises BadInput."""
        if len(text) > LONGEST_FILE:
            raise BadInput("too_long", name="TOML", value=f"{len(text):,}", allowed=f"1 … {LONGEST_FILE:,}")
        try:
            return cls.from_record(read_toml(text))
        except BadInput:
            raise
        except (ValueError, RecursionError) as error:
            raise BadInput("not_readable", name="TOML", value=str(error), allowed="a lesson") from None

    def packed(self) -> str:
        """The lesson as a parameter of a link: a dot, then Latin letters, digits, - and _ that hold all of it."""
        spelled = json.dumps(self.to_record(), ensure_ascii=False, separators=(",", ":"))
        deflated = zlib.compress(spelled.encode(), 9, wbits=-15)
        return "." + base64.urlsafe_b64encode(deflated).decode().rstrip("=")

    @classmethod
    def unpacked(cls, text: str) -> Lesson:
        """The lesson that `packed` wrote. Raises BadInput."""
        if len(text) > LONGEST_LINK:
            raise BadInput("too_long", name="lesson", value=f"{len(text):,}", allowed=f"1 … {LONGEST_LINK:,}")
        try:
            if not PACKED.fullmatch(text):
                raise ValueError("characters")
            reader = zlib.decompressobj(wbits=-15)
            deflated = base64.b64decode(text[1:] + "=" * (-(len(text) - 1) % 4), altchars="-_", validate=True)
            spelled = reader.decompress(deflated, LONGEST_FILE)
            if not reader.eof or reader.unused_data:
                raise ValueError("its end is missing")
            return cls.from_record(json.loads(spelled))
        except BadInput:
            raise
        except (ValueError, RecursionError, binascii.Error, zlib.error):
            raise BadInput("not_readable", name="lesson", value=text, allowed="a whole link to a lesson") from None

    @property
    def fits_a_link(self) -> bool:
        """Whether a link may be as long as this one's; else it goes about as a file."""
        # Beside it stand the language and where the page is.
        return len(self.packed()) <= LONGEST_LINK - 100


def lesson_names() -> tuple[str, ...]:
    """The lessons of `lessons/`, in their order. Raises BadInput where a file cannot be used."""
    return tuple(sorted(_files(), key=lambda name: (lesson(name).order, name)))


def lesson(name: str) -> Lesson:
    """A lesson of `lessons/`. Raises BadInput where there is no such file, or where it cannot be used."""
    if not isinstance(name, str) or name not in _files():
        raise BadInput("unknown_choice", name="lesson", value=name, allowed=", ".join(_files()))
    return _lesson(name)


# --- files ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _lesson(name: str) -> Lesson:
    return read_lesson(_files()[name])


def read_lesson(path: Path) -> Lesson:
    """The lesson of a file. Raises BadInput with a sentence that names the file."""
    if not KEY.fullmatch(path.stem):
        allowed = "lower-case letters, digits and _, such as two_rates.toml"
        raise BadInput("gallery_field", name="file name", value=path.name, allowed=allowed)
    try:
        return Lesson.from_toml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, BadInput) as problem:
        raise BadInput("bad_lesson", name=path.name, allowed=str(problem)) from None


@lru_cache(maxsize=1)
def _files() -> dict[str, Path]:
    # The wheel carries the files inside the package; a checkout has them at the top, where contributors look.
    installed = Path(__file__).parent.parent / "_lessons"
    folder = installed if installed.is_dir() else Path(__file__).parents[2] / "lessons"
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


# --- checks --------------------------------------------------------------------------------------------------------


def _checked_text(name: str, text: Any) -> dict[str, str]:
    if not isinstance(text, Mapping) or not text or not all(isinstance(language, str) for language in text):
        value = text if isinstance(text, str) else type(text).__name__
        raise BadInput("not_readable", name=name, value=value, allowed='{en = "…", zh = "…"}')
    for language in text:
        if language not in LANGUAGES:
            raise BadInput("unknown_choice", name=name, value=language, allowed=", ".join(LANGUAGES))
    return {language: checked_line(name, text[language]) for language in LANGUAGES if language in text}


def checked_line(name: str, line: Any) -> str:
    """A line of a lesson's title, question, answers or why, without blanks around it. Raises BadInput."""
    if not isinstance(line, str):
        raise BadInput("not_readable", name=name, value=type(line).__name__, allowed="a line of text")
    line, most = line.strip(), LONGEST[name]
    if not 1 <= len(line) <= most:
        raise BadInput("too_long", name=name, value=f"{len(line):,}", allowed=f"1 … {most}")
    if not line.isprintable():
        raise BadInput("text_characters", name=name, value=line, allowed="one line of printable characters")
    return line


def _checked_answers(answers: Any) -> tuple[dict[str, str], ...]:
    if not isinstance(answers, (list, tuple)) or not FEWEST_ANSWERS <= len(answers) <= len(LETTERS):
        count = len(answers) if isinstance(answers, (list, tuple)) else type(answers).__name__
        raise BadInput("too_many", name="answers", value=count, allowed=f"{FEWEST_ANSWERS} … {len(LETTERS)}")
    return tuple(_checked_text("answers", answer) for answer in answers)


def _checked_names(name: str, listed: Any, known: tuple[str, ...]) -> tuple[str, ...]:
    if not isinstance(listed, (list, tuple)):
        raise BadInput("not_readable", name=name, value=type(listed).__name__, allowed=f"a list of {', '.join(known)}")
    for item in listed:
        if item not in known:
            raise BadInput("unknown_choice", name=name, value=item, allowed=", ".join(known))
    return tuple(item for item in known if item in listed)


def _checked_measures(listed: Any) -> tuple[str, ...]:
    fine = isinstance(listed, (list, tuple)) and len(listed) <= MOST_MEASURES
    if not fine or not all(isinstance(item, str) and KEY.fullmatch(item) for item in listed):
        raise BadInput("not_readable", name="measures", value=listed, allowed=f"up to {MOST_MEASURES} names")
    return tuple(dict.fromkeys(listed))


def _checked_view(view: Any) -> dict[str, str]:
    if not isinstance(view, Mapping):
        raise BadInput("not_readable", name="view", value=type(view).__name__, allowed=", ".join(SEEN))
    for name, value in view.items():
        if name not in SEEN:
            raise BadInput("unknown_field", name="view", value=name, allowed=", ".join(SEEN))
        if not isinstance(value, str) or len(value) > LONGEST_SEEN or not value.isprintable():
            raise BadInput("not_readable", name=name, value=value, allowed=f"0 … {LONGEST_SEEN} characters")
    return dict(view)


def _checked_order(order: Any) -> float | int:
    if type(order) not in (int, float) or not abs(order) <= 1e6:
        raise BadInput("not_a_number", name="order", value=order, allowed="-1e6 … 1e6")
    return order
