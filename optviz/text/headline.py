"""What a league has come to, in a few sentences: the same whatever was guessed; then what that says of a guess."""

from __future__ import annotations

from collections.abc import Sequence

from optviz.experiment.league import League
from optviz.figures.league.record import LeagueRecord
from optviz.statistics.pairs import Verdict
from optviz.text import Words, counted, spaced

NO_DIFFERENCE = -1
"""The guess that nobody does better than anybody else, where others are the place of a racer."""

MOST_NAMED = 5
"""More names than this are counted, not listed."""

GUESSES = {
    Verdict.BETTER: "guess_wrong",
    Verdict.EQUIVALENT: "guess_alike",
    Verdict.UNKNOWN: "guess_open",
    Verdict.WORSE: "guess_open",
}
"""What the best one is against the one that was guessed → what is said of the guess."""


def are_the_same(league: League) -> bool:
    """Whether all racers, two or more, differ in their names alone."""
    first, *others = ((racer.optimizer, racer.batch_size) for racer in league.racers)
    return bool(others) and all(other == first for other in others)


def all_level(record: LeagueRecord) -> bool:
    """Whether every racer, of two or more, ends level with every other on all surfaces, with the same mean c."""
    return bool(record.pairs) and all(
        pair.ties == pair.n and pair.difference == (0.0, 0.0, 0.0) for pair in record.pairs.values()
    )


def told_headline(league: League, record: LeagueRecord, text: Words) -> str:
    """Who comes first by mean gap left, from whom it cannot be told, and who by who wins, where those are others."""
    label = text["league"]
    if all_level(record):
        return _level(league, record, text)
    best = int(record.order[0])
    slots = {"best": record.names[best], "mean": f"{record.means[best][0]:.3f}"}
    rivals = {verdict: [pair.second for pair in record.against(best) if pair.verdict == verdict] for verdict in Verdict}
    # By an interval the best one can hardly be the worse of two; if it is, nobody knows.
    unclear, alike = rivals[Verdict.UNKNOWN] + rivals[Verdict.WORSE], rivals[Verdict.EQUIVALENT]
    if not record.pairs:
        told = [label["first_only"].format(**slots)]
    elif not unclear and not alike:
        told = [label["first_surely"].format(**slots)]
    else:
        told = [label["first_open"].format(**slots)]
        if unclear:
            told.append(label["first_unclear"].format(others=_names(unclear, record, text), **slots))
        if alike:
            told.append(label["first_alike"].format(others=_names(alike, record, text), **slots))
    told.append(_by_wins([best, *unclear, *alike], record, text))
    if record.left[best] > record.n / 2:
        told.append(label["first_left"].format(left=f"{int(record.left[best]):,}", n=f"{record.n:,}", **slots))
    return spaced(" ".join(filter(None, told)))


def _by_wins(by_mean: Sequence[int], record: LeagueRecord, text: Words) -> str:
    """Who may be the first by who wins; "" where those are the same as by mean c."""
    firsts = [int(place) for place in record.order if record.ranks[place][0] == 1]
    if not firsts or set(firsts) == set(by_mean):
        return ""
    surely = len(firsts) == 1 and record.ranks[firsts[0]][1] == 1
    return text["league"]["wins_surely" if surely else "wins_open"].format(names=_names(firsts, record, text))


def _level(league: League, record: LeagueRecord, text: Words) -> str:
    label = text["league"]
    told = [counted(label, "level", record.n).format(count=f"{len(record.names):,}", n=f"{record.n:,}")]
    if are_the_same(league):
        told.append(label["level_batches" if league.batched else "level_same"])
        told.append(label["level_shows"])
    return spaced(" ".join(told))


def _names(places: Sequence[int], record: LeagueRecord, text: Words) -> str:
    if len(places) > MOST_NAMED:
        return text["league"]["so_many"].format(count=f"{len(places):,}", all=f"{len(record.names):,}")
    return text["figure"]["comma"].join(record.names[place] for place in places)


def verdict(record: LeagueRecord, place: int) -> str:
    """What is to be said of a guess: a key of the table `league`.

    A guess is wrong only where it is surely so: where the best one is surely better than the one that was guessed, or,
    where it was that there is no difference (`NO_DIFFERENCE`), than anybody.
    """
    best = int(record.order[0])
    rivals = {pair.verdict for pair in record.against(best)}
    if place == NO_DIFFERENCE:
        if Verdict.BETTER in rivals:
            return "guess_difference"
        return "guess_none_open" if rivals - {Verdict.EQUIVALENT} else "guess_none_right"
    if all_level(record):
        return "guess_level"
    if place != best:
        return GUESSES[record.pair(best, place).verdict]
    return "guess_right" if rivals <= {Verdict.BETTER} else "guess_right_open"


def told_guess(record: LeagueRecord, place: int, text: Words) -> str:
    """What came of a guess: a racer's place, or `NO_DIFFERENCE`."""
    own = text["league"]["no_difference"] if place == NO_DIFFERENCE else record.names[place]
    best = record.names[int(record.order[0])]
    return spaced(text["league"][verdict(record, place)].format(guess=own, best=best))
