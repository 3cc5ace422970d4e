"""What is said of a league, on a page and in a report: of its pairs, of the article's conclusions, and of tuning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from optviz.figures.league.record import LeagueRecord
from optviz.figures.told import spelled
from optviz.statistics.conclusions import SEVEN, Conclusion, conclusions_changed
from optviz.statistics.pairs import Pair, Verdict
from optviz.statistics.ranking import CONTRARY
from optviz.text import Words, counted, spaced, words
from optviz.text.intervals import told_block, told_share
from optviz.text.numbers import readable, roughly

VERDICTS = {True: "holds", False: "fails", None: "unknown"}
MARKS = {True: "✓", False: "✗", None: "?"}
"""What stands before a verdict: it is not told by its colour alone."""

PERCENTAGES = ("drop", "median", "after")
"""Numbers from 0 to 1 that are no share of the surfaces; they may be as small as can be."""


@dataclass(frozen=True)
class ToldConclusion:
    """One conclusion for people: what the article says, how that is judged, what was found, and the verdict.

    holds: the verdict, None where there is none; verdict: the same in words, with a mark. n: how many surfaces, or
    runs, were judged, a sentence. conventions: the verdict in each convention, "" where only one has been judged.
    changes: whether it holds in one of them and does not hold in another one.
    """

    number: int
    claim: str
    metric: str
    found: str
    holds: bool | None
    verdict: str
    n: str
    conventions: str
    changes: bool


def told_pairs(record: LeagueRecord, text: Words, most: int | None = None) -> list[str]:
    """What is to be said aloud of pairs, a sentence each.

    Where who wins and by how much disagree (the clearest first, at most so many), how often one surface misleads, and
    what so many surfaces cannot tell.
    """
    phrases = text["league"]
    conflicts = record.conflicts()
    found = [_conflict(pair, record, phrases) for pair in conflicts[:most]]
    if found and len(conflicts) > len(found):
        count = len(conflicts) - len(found)
        found.append(counted(phrases, "more_conflicts", count).format(count=f"{count:,}"))
    contradicted = record.contradicted
    if np.isfinite(contradicted.surfaces[0]):
        surfaces, pairs = (told_share(numbers, text) for numbers in (contradicted.surfaces, contradicted.pairs))
        sure = [pair for pair in record.pairs.values() if pair.verdict in CONTRARY]
        first, second = (record.names[place] for place in (sure[0].first, sure[0].second))
        told = counted(phrases, "contradicted", len(sure))
        found.append(told.format(surfaces=surfaces, pairs=pairs, first=first, second=second))
    unknown = [pair for pair in record.pairs.values() if pair.verdict is Verdict.UNKNOWN and pair.seeds_range]
    if unknown:
        needed = told_needed([pair.seeds_range for pair in unknown if pair.seeds_range], text)
        first, second = (record.names[place] for place in (unknown[0].first, unknown[0].second))
        told = counted(phrases, "unknown", len(unknown))
        found.append(told.format(count=len(unknown), seeds=needed, first=first, second=second))
    return [spaced(sentence) for sentence in found]


def told_needed(ranges: Sequence[tuple[int, int]], text: Words) -> str:
    """Roughly how many surfaces would tell all these pairs apart: from `Pair.seeds_range` of each."""
    few, many = (roughly(max(ends)) for ends in zip(*ranges, strict=True))
    label = text["league"]
    return (label["roughly"] if few < many else label["roughly_one"]).format(few=f"{few:,}", many=f"{many:,}")


def _conflict(pair: Pair, record: LeagueRecord, phrases: Mapping[str, str]) -> str:
    first, second = (record.means[place][0] for place in (pair.first, pair.second))
    return phrases["conflict"].format(
        first=record.names[pair.first],
        second=record.names[pair.second],
        wins=f"{pair.wins:,}",
        n=f"{record.n:,}",
        first_mean=f"{first:.3f}",
        second_mean=f"{second:.3f}",
    )


def told_conclusions(
    by_convention: Mapping[str, Sequence[Conclusion]], convention: str, language: str
) -> tuple[ToldConclusion, ...]:
    """The six as judged in one convention, and what the verdict is in the others that have been judged.

    Empty where that one has not been judged: there is no text before there is a verdict.
    """
    text, changed = words(language), conclusions_changed(by_convention)
    return tuple(
        ToldConclusion(
            number=conclusion.number,
            claim=text["conclusions"][f"claim_{conclusion.number}"],
            metric=text["conclusions"][f"metric_{conclusion.number}"],
            found=_found(conclusion, text),
            holds=conclusion.holds,
            verdict=_marked(conclusion.holds, text),
            n=_number_of(conclusion, text),
            conventions=_in_conventions(by_convention, conclusion.number, conclusion.number in changed, text),
            changes=conclusion.number in changed,
        )
        for conclusion in by_convention.get(convention, ())
    )


def told_tuning(
    seeds: tuple[tuple[int, int], tuple[int, int]],
    grid: tuple[float, float, int],
    tuned: str,
    at_an_end: Sequence[str],
    still_there: Sequence[str],
    language: str,
) -> list[str]:
    """What is to be said of tuning, a sentence each.

    seeds: the training seeds and those that are judged, each the first one and the one beyond the last. grid: lowest
    and highest learning rate that were tried, and how many. tuned: the hyperparameter that was asked for. at_an_end:
    names of those whose best rate was at an end of the grid; still_there: of those whose best is at the end that was
    reached.
    """
    text = words(language)
    phrases, (low, high, count) = text["fair"], grid
    training, judging = (told_block(block, text) for block in seeds)
    told = [phrases["blocks"].format(training=training, judging=judging)]
    if tuned == "learning_rate":
        told.append(phrases["tried"].format(count=count, low=readable(low), high=readable(high)))
    else:
        told.append(phrases["together"].format(name=text["hyperparameter"][tuned], count=count))
    for key, names in (("edge", at_an_end), ("edge_left", still_there)):
        if names:
            told.append(phrases[key].format(racers=text["stage"]["and"].join(names)))
    return [spaced(sentence) for sentence in told]


def told_fair(record: LeagueRecord, language: str) -> list[str]:
    """`told_tuning` of a record in fair mode, and how sure each racer's best is; nothing where nothing was tuned.

    Who was at an end of the grid at first is not in the record, only whether anybody was.
    """
    fair, phrases = record.fair, words(language)["fair"]
    if fair is None:
        return []
    rates = max(fair.values, key=len)
    grid = (float(np.min(rates)), float(np.max(rates)), len(rates))
    still = [name for name, on_edge in zip(record.names, fair.on_edge, strict=True) if on_edge]
    told = told_tuning((fair.training_seeds, record.seeds), grid, fair.tuned, [], still, language)
    if np.any(fair.extended):
        told.append(phrases["extended"])
    for name, values, best, share in zip(record.names, fair.values, fair.best, fair.resampled, strict=True):
        if len(values) > 1:
            value, percent = readable(float(values[best])), f"{100 * float(share[best]):.0f}"
            told.append(spaced(phrases["wins"].format(racer=name, rate=value, share=percent)))
    return told


def _found(conclusion: Conclusion, text: Words) -> str:
    phrases = text["conclusions"]
    slots: dict[str, str] = {"n": f"{conclusion.n:,}"}
    slots |= {name: f"{count:,}" for name, count in conclusion.counts.items()}
    for name in conclusion.values:
        slots[name] = _value(conclusion, name, phrases)
    for kind in ("steps", "reached"):
        # The quickest first, and whom most runs of get there.
        sign = 1 if kind == "steps" else -1
        listed = sorted(
            (sign * conclusion.values[f"{kind}_{key}"], place, key)
            for place, key in enumerate(SEVEN)
            if f"{kind}_{key}" in slots
        )
        parts = [
            phrases["part"].format(name=text["optimizer"][key], value=slots[f"{kind}_{key}"]) for *_, key in listed
        ]
        slots[kind] = text["stage"]["and"].join(parts)
    return spaced(phrases[f"found_{conclusion.number}"].format(**slots))


def _value(conclusion: Conclusion, name: str, phrases: Mapping[str, str]) -> str:
    """A number with its interval: a share as so many of n, another share as a percentage, or just a number."""
    value, (low, high) = conclusion.values[name], conclusion.intervals[name]
    if np.isnan(value):
        # A share of none, or the middle of none.
        return f"{conclusion.counts[name]:,}" if name in conclusion.counts else spelled(value)
    if name in conclusion.counts:
        shares = {"value": f"{100 * value:.1f}", "low": f"{100 * low:.1f}", "high": f"{100 * high:.1f}"}
        return phrases["share"].format(count=f"{conclusion.counts[name]:,}", **shares)
    if name in PERCENTAGES:
        percentages = {"value": spelled(100 * value), "low": spelled(100 * low), "high": spelled(100 * high)}
        return phrases["percent"].format(**percentages)
    told = [phrases["never"] if number == np.inf else spelled(number) for number in (value, low, high)]
    return told[0] if low == high else phrases["number"].format(value=told[0], low=told[1], high=told[2])


def _marked(holds: bool | None, text: Words) -> str:
    phrases = text["conclusions"]
    return phrases["marked"].format(mark=MARKS[holds], verdict=phrases[VERDICTS[holds]])


def _number_of(conclusion: Conclusion, text: Words) -> str:
    key = "runs" if "all" in conclusion.counts else "surfaces"
    return counted(text["conclusions"], key, conclusion.n).format(n=f"{conclusion.n:,}")


def _in_conventions(by_convention: Mapping[str, Sequence[Conclusion]], number: int, changes: bool, text: Words) -> str:
    phrases = text["conclusions"]
    verdicts = {
        convention: conclusion.holds
        for convention, judged in by_convention.items()
        for conclusion in judged
        if conclusion.number == number
    }
    if len(verdicts) < 2:
        return ""
    parts = [
        phrases["in_convention"].format(formulas=text["formulas"][convention], verdict=phrases[VERDICTS[holds]])
        for convention, holds in verdicts.items()
    ]
    alike = len(set(verdicts.values())) == 1 and None not in verdicts.values()
    key = "changes" if changes else "same" if alike else "open"
    return spaced(phrases[key].format(verdicts=phrases["and_convention"].join(parts)))
