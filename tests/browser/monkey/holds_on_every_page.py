"""What must hold on every page: it is the address's, in one language, nothing broke, nothing is lost."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

import optviz
from monkey.actions import KINDS
from monkey.knowing import LOADED, Known, Seen, expected, language_of
from optviz.formula.functions import FUNCTIONS, SAME_FUNCTION, WRITTEN
from optviz.racer import PICKS
from optviz.surface import FAMILIES, gallery, gallery_names
from optviz.text import LANGUAGES, words
from optviz.view import View

CHINESE = re.compile(r"[\u3400-\u9fff]")
LATIN = re.compile(r"[A-Za-z][A-Za-z'’-]+")
NEXT_TO = re.compile(r"[A-Za-z][A-Za-z'’]{2,}(?:[ ,;:.]+[A-Za-z][A-Za-z'’]{2,})+")
SENTENCE = re.compile(r"(?:[A-Za-z][a-z]+[ ,]+){3,}[A-Za-z]+")
"""Four words of English in a row: in the guide, where names and the titles of works have fewer."""

TITLES = ("Why Momentum Really Works", "Neural Networks for Machine Learning")
"""Of works that have no Chinese one."""
LOG = re.compile(r"Traceback|\bERROR\b|\bWARNING\b|Exception|Error:", re.IGNORECASE)


def the_page_comes_to_rest(seen: Seen, known: Known) -> str | None:
    return known.unrest


def what_was_done_had_its_effect(seen: Seen, known: Known) -> str | None:
    return known.unanswered


def the_page_is_the_addresss(seen: Seen, known: Known) -> str | None:
    page = expected(seen["address"]).page
    if seen["pages"] != [page]:
        return f"the address is that of {page}, on the screen is {' and '.join(seen['pages']) or 'nothing'}"
    if seen["current"] not in (None, page):
        return f"the navigation says {seen['current']}, the address {page}"
    return None


def the_page_is_in_the_addresss_language(seen: Seen, known: Known) -> str | None:
    view = expected(seen["address"]).view
    wanted = view.language or ("zh" if known.locale.startswith("zh") else "en")
    if language_of(seen) != wanted:
        return f"the page is in {language_of(seen)}, its address says {wanted}"
    button = words(wanted)["app"]["present_end" if view.present else "present"]
    if seen["presented"] not in (None, button):
        return f"the corner's button says {seen['presented']!r}, of the address is {button!r}"
    return None


def nothing_is_of_a_run_before(seen: Seen, known: Known) -> str | None:
    return f"of a run before: {seen['stale'][:3]}" if seen["stale"] else None


def nothing_stands_there_twice(seen: Seen, known: Known) -> str | None:
    return f"twice: {seen['twice'][:3]}" if seen["twice"] else None


def notices_are_earned(seen: Seen, known: Known) -> str | None:
    before = list(known.before["told"]) if known.before is not None else []
    new = [line for line in seen["told"] if line not in before]
    if not new or KINDS[known.action.name].tells:
        return None
    wanted = expected(seen["address"])
    # A formula that was refused is in the address, and is refused again.
    if known.action.name in (*LOADED, "history") and (wanted.problems or wanted.view.draft is not None):
        return None
    if known.action.name == "language" and len(seen["told"]) <= len(before):
        return None
    return f"told after {known.action}: {new}"


def nothing_broke(seen: Seen, known: Known) -> str | None:
    return f"shown is {seen['broken']}" if seen["broken"] else None


def the_console_is_silent(seen: Seen, known: Known) -> str | None:
    return f"the browser says {known.said[:3]}" if known.said else None


def nobody_else_is_asked(seen: Seen, known: Known) -> str | None:
    return f"asked for {known.foreign[:3]}" if known.foreign else None


def the_server_complains_of_nothing(seen: Seen, known: Known) -> str | None:
    found = LOG.search(known.logged)
    return f"the server says {known.logged[max(0, found.start() - 200) : found.end() + 800]}" if found else None


def the_words_are_of_one_language(seen: Seen, known: Known) -> str | None:
    own = [racer.label for racer in expected(seen["address"]).race.racers if racer.label]
    in_text = expected(seen["address"]).page == "guide"
    for text in seen["texts"]:
        # A visitor's own names are in any language.
        if text.startswith("keyboard_") or text in LANGUAGES.values() or any(label in text for label in own):
            continue
        if "[[" in text or "{{" in text or re.search(r"\{[a-z_]+\}", text):
            return f"a mark of the text is seen: {text!r}"
        if language_of(seen) == "en":
            if CHINESE.search(text):
                return f"on the English page: {text!r}"
        elif (foreign := (_sentence(text) if in_text else _foreign_words(text))) is not None:
            return f"on the Chinese page: {foreign!r} in {text!r}"
    return None


def _sentence(text: str) -> str | None:
    found = SENTENCE.search(text)
    return None if found is None or any(title in text for title in TITLES) else found[0]


def _foreign_words(text: str) -> str | None:
    """English in a text of the Chinese page: two words in a row that the Chinese texts do not use themselves."""
    for found in NEXT_TO.finditer(text):
        strange = [word for word in LATIN.findall(found[0]) if word.lower() not in _usual_in_chinese()]
        if len(strange) >= 2:
            return found[0]
    if not CHINESE.search(text):
        strange = [word for word in LATIN.findall(text) if len(word) > 3 and word.lower() not in _usual_in_chinese()]
        if strange:
            return strange[0]
    return None


@cache
def _usual_in_chinese() -> frozenset[str]:
    """Names, identifiers and units that stand on the Chinese page as they are."""
    package = Path(optviz.__file__).parent
    texts = [(package / "text" / "zh.toml").read_text(encoding="utf-8")]
    told = [value for section in tomllib.loads(texts[0]).values() for value in section.values()]
    surfaces = [gallery(name) for name in gallery_names()]
    told += [surface.titles["zh"] for surface in surfaces] + [surface.teaches["zh"] for surface in surfaces]
    usual = {word.lower() for text in told for word in LATIN.findall(re.sub(r"\{\w+\}", "", text))}
    usual |= {word.lower() for name in (*gallery_names(), *FAMILIES, *PICKS) for word in (name, *name.split("_"))}
    # Names of functions and variables in formulas, and of parameters in sentences about what was refused.
    functions = LATIN.findall(" ".join((*FUNCTIONS, *WRITTEN, *SAME_FUNCTION)))
    parameters = "domain start racers steps seed batch_seed batch_size learning_rate samples weights text"
    return frozenset(usual | set(functions) | set(parameters.replace("_", " ").split()))


def nothing_lies_on_the_bar(seen: Seen, known: Known) -> str | None:
    return f"covered: {seen['covered'][:3]}" if seen["covered"] else None


def the_page_is_not_wider_than_the_window(seen: Seen, known: Known) -> str | None:
    return f"it is {seen['wide']} px wider" if seen["wide"] > 1 else None


def the_focus_is_somewhere(seen: Seen, known: Known) -> str | None:
    """What is put away gives the focus to something, as long as nobody has gone to another page."""
    before = known.before
    if not KINDS[known.action.name].closes or before is None or before["focus"] is None:
        return None
    if seen["focus"] is not None or seen["pages"] != before["pages"]:
        return None
    return f"the focus was on {before['focus']} and is nowhere after {known.action}"


def what_keeps_the_race_keeps_it(seen: Seen, known: Known) -> str | None:
    before = known.before
    if not KINDS[known.action.name].keeps or before is None or before["touring"] or seen["touring"]:
        return None
    # A race that a lesson or the guide showed is taken up with the page that looks into it.
    one, other = expected(before["address"]).race, expected(seen["address"]).race
    return f"{known.action} has changed the race from {one.to_url()} to {other.to_url()}" if one != other else None


def a_link_leads_to_its_address(seen: Seen, known: Known) -> str | None:
    led = known.noted.get("led")
    if led is None:
        return None
    wanted, found = expected(led), expected(seen["address"])
    if wanted.page != found.page:
        return f"a link to {wanted.page} led to {found.page}"
    if wanted.race != found.race:
        return f"a link to {wanted.race.to_url()} led to {found.race.to_url()}"
    for field, row in View.rows().items():
        if row.page in (None, wanted.page) and getattr(wanted.view, field) != getattr(found.view, field):
            told = getattr(wanted.view, field), getattr(found.view, field)
            return f"{field}: a link's address says {told[0]!r}, where it led {told[1]!r}"
    return None


def back_brings_what_was_there(seen: Seen, known: Known) -> str | None:
    """The same page, race and view as when it was left."""
    if known.action.name != "history" or known.there is None:
        return None
    wanted, found = expected(known.there["address"]), expected(seen["address"])
    if (wanted.page, wanted.race, wanted.view) == (found.page, found.race, found.view):
        return None
    return f"left was {known.there['address']}, back is {seen['address']}"


def entries_made(seen: Seen, known: Known) -> int:
    """How many entries of the history there are more than before the action; none where the page was loaded anew."""
    return 0 if known.before is None else max(0, seen["pushes"] - known.before["pushes"])


def entries_due(known: Known) -> int:
    """How many entries of the history the action may make."""
    touring = known.before is not None and known.before["touring"]
    # A tour that an action stops has an entry of its own: where it was stopped.
    return KINDS[known.action.name].pushes + touring + known.entries_owed


def the_history_grows_by_what_was_done(seen: Seen, known: Known) -> str | None:
    if known.before is None or known.action.name in (*LOADED, "history"):
        return None
    made, most = entries_made(seen, known), entries_due(known)
    return f"{made} entries of the history, at most {most} are due" if made > most else None
