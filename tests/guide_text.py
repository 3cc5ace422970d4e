"""The guide's text as its tests read it: files, marks, claims, and the numbers in running text."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from cases import ROOT

FOLDER = ROOT / "optviz" / "text" / "guide"
LANGUAGES = ("en", "zh")
FILES = {
    language: {path.name: path.read_text(encoding="utf-8") for path in sorted((FOLDER / language).glob("*.md"))}
    for language in LANGUAGES
}

MARK = re.compile(r"^\{\{(rule|figure|show|inside): *(\w+) *(?:\| *([^|{}]+?) *)?\}\}$")
ANCHOR = re.compile(r"^## .+ \{#(\w+)\}$")
CLAIM = re.compile(r"\[\[claim: *(\w+) *\| *([^\[\]]+?) *\]\]")
MATH = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$", re.DOTALL)

_PAPER = re.compile(r"\n## [^\n]+ \{#paper\}\n.*", re.DOTALL)
_ADDRESS = re.compile(r"https?://\S+|doi:\S+|arXiv:\S+|`[^`]*`|\]\([^)]*\)")
_NAMES = re.compile(r"TensorFlow 1\b|\b3-D\b|^\d+\. ", re.MULTILINE)


def marks(text: str) -> list[tuple[str, str, str]]:
    """(kind, name, words) of each {{…}} in order; words is "" where there are none."""
    found = [MARK.match(line) for line in text.splitlines() if "{{" in line]
    return [(mark[1], mark[2], mark[3] or "") if mark else ("not read", "", "") for mark in found]


def anchors(text: str) -> list[str]:
    """The keys of the sections, in order; a heading without one is ""."""
    headings = [line for line in text.splitlines() if line.startswith("##")]
    return [found[1] if (found := ANCHOR.match(line)) else "" for line in headings]


def claims(text: str) -> list[tuple[str, str]]:
    """(name, text) of each claim, in order."""
    return CLAIM.findall(text)


def running_text(text: str) -> str:
    """What is left without claims, anchors, formulas, addresses and the section of the paper; of a mark its words."""
    kept = "\n".join(MARK.sub(r"\3", line) for line in _PAPER.sub("\n", text).splitlines())
    return _NAMES.sub("", _ADDRESS.sub("", MATH.sub(" ", CLAIM.sub(" ", re.sub(r" \{#\w+\}", "", kept)))))


# --- numbers ---------------------------------------------------------------------------------------------------------

_COUNTS = (
    *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_MANY = {"twice": 2, "dozen": 12, "hundred": 100, "thousand": 1000, "million": 10**6}
_SHARES = {"half": 0.5, "halves": 0.5, "quarter": 0.25, "tenth": 0.1, "hundredth": 0.01, "thousandth": 0.001}
ENGLISH = {**dict(zip(_COUNTS, range(2, 21), strict=True)), **_MANY, **_SHARES}
_ENGLISH = re.compile(rf"\b({'|'.join(ENGLISH)})s?\b", re.IGNORECASE)

CHINESE = {"两": 2, **dict(zip("二三四五六七八九十", range(2, 11), strict=True)), "百": 100, "千": 1000, "万": 10**4}
_SIGN = f"[{''.join(CHINESE)}]"
_CHINESE = re.compile(rf"({_SIGN})分之([一{''.join(CHINESE)}])|(?<!第)(十一|十?{_SIGN})|(半)")

_POWER = re.compile(r"(?:(\d+(?:\.\d+)?) ?(?:\\cdot|·) ?)?10\^\{?([-−]?)(\d+)\}?")
_DIGITS = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")

HARMLESS = {
    "en": (
        *("the two", "The two", "two forms", "two methods", "two memories", "two weights", "two branches"),
        *("Two questions", "two meanings", "two versions", "two parameters", "two mountains"),
        *("two directions", "two curvatures", "next two chapters", "half sentence", "first half", "three different"),
        *(
            "All three",
            "seven optimizers",
            "six conclusions",
            "Six conclusions",
            "millions",
            "few dozen",
            "few hundred",
        ),
    ),
    "zh": (
        *("两壁", "两难", "两章", "两者", "两种写法", "两种方法", "两种记忆", "两个方向", "两个曲率", "两个平均"),
        *("两个权重", "两个学习率", "两个参数", "两座山", "两条轨迹", "几十到几百", "几百步", "几百万", "半句", "多半"),
        *("七个优化器", "六条结论", "三维", "三家"),
    ),
}
"""Counts of what stands beside them, and idioms: no test need compute them."""

Number = tuple[Fraction, Fraction]
"""A number as it is written, and the half of its last place: 3.2 is anything within 0.05 of it."""


def numbers(text: str, language: str) -> list[Number]:
    """All numbers of a text, in digits and words, in order and without signs; "one" is none: it is mostly a pronoun."""
    for harmless in HARMLESS[language]:
        text = text.replace(harmless, " " * len(harmless))
    found: dict[int, Number] = {}

    def taken(pattern: re.Pattern[str], read: Callable[[re.Match[str]], Number]) -> None:
        nonlocal text
        for match in pattern.finditer(text):
            found[match.start()] = read(match)
        text = pattern.sub(lambda match: " " * len(match[0]), text)

    text = _NAMES.sub(lambda match: " " * len(match[0]), text)
    taken(_POWER, _power)
    taken(_DIGITS, lambda match: (Fraction(match[0].replace(",", "")), _half_place(match[0])))
    taken(*((_ENGLISH, _english) if language == "en" else (_CHINESE, _chinese)))
    return [found[place] for place in sorted(found)]


def _power(match: re.Match[str]) -> Number:
    digits, places = match[1] or "1", Fraction(10) ** (int(match[3]) * (-1 if match[2] else 1))
    return Fraction(digits) * places, _half_place(digits) * places


def _english(match: re.Match[str]) -> Number:
    return Fraction(str(ENGLISH[match[1].lower()])), Fraction(0)


def _half_place(digits: str) -> Fraction:
    return Fraction(1, 2 * 10 ** len(digits.partition(".")[2]))


def _chinese(match: re.Match[str]) -> Number:
    if match[1]:
        return Fraction(CHINESE.get(match[2], 1), CHINESE[match[1]]), Fraction(0)
    return Fraction(1, 2) if match[4] else sum(Fraction(CHINESE.get(sign, 1)) for sign in match[3]), Fraction(0)
