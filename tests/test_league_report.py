"""The record of a league, the seeds behind its marks, and its report: from leagues that were really run."""

from __future__ import annotations

import gzip
import html
import re
from base64 import b64decode
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from league_records import fair_record
from optviz.bad_input import BadInput
from optviz.experiment.league import League
from optviz.figures.league.behind import NEAREST, seeds_behind
from optviz.figures.league.record import FairRecord, LeagueRecord, league_record
from optviz.laboratory.kernel import compute
from optviz.laboratory.league import Result
from optviz.optimizers import Adam, GradientDescent
from optviz.racer import Racer
from optviz.stage import unpack
from optviz.stage.report import page_of, report
from optviz.statistics.pairs import Verdict, beats
from optviz.statistics.runs import TARGETS
from optviz.text import words
from optviz.text.intervals import in_two, told_share
from optviz.ui.pages.league.answer import ranking_table

LEAGUE = League(
    racers=(
        Racer(GradientDescent(learning_rate=0.1)),
        Racer(Adam(learning_rate=0.1)),
        Racer(Adam(learning_rate=0.1), label="</script><b>twin"),
        Racer(GradientDescent(learning_rate=1e30), label="lost"),
    ),
    seeds=(0, 40),
    steps=60,
)


@cache
def result() -> Result:
    runs, _ = compute(LEAGUE, 0, 40, range(len(LEAGUE.racers)), joint=False)
    return Result(LEAGUE, np.arange(40), tuple(runs[place] for place in range(len(LEAGUE.racers))), None, LEAGUE.seven)


@cache
def record() -> LeagueRecord:
    return league_record(result(), LEAGUE.racer_names())


@cache
def page(language: str = "en") -> str:
    return report(result(), language).decode()


def test_a_record_has_the_numbers_of_the_runs() -> None:
    found, runs = record(), result().runs
    np.testing.assert_allclose(found.means[:, 0], [run.c.mean() for run in runs], rtol=1e-14)
    assert (found.means[:, 1] <= found.means[:, 0]).all()
    assert (found.means[:, 2] >= found.means[:, 0]).all()
    assert found.diverged.tolist() == [0, 0, 0, 40]
    assert found.left.tolist() == [int(run.left_the_surface.sum()) for run in runs]
    assert found.left.sum() > 0 and found.left[3] == 0
    assert found.names[found.order[-1]] == "lost"
    assert found.pairs[0, 1].wins == int((beats(runs[0].gap, runs[1].gap) > 0).sum())
    at_end = [np.mean(run.hits[:, 1] >= 0) for run in runs]
    np.testing.assert_allclose(found.profiles[:, 1, 0, -1], at_end, rtol=1e-14)
    assert found.profiles.shape == (4, len(TARGETS) + 1, 3, 61)
    assert np.isinf(found.bands[3, 1, 0, -1])
    median = np.quantile(runs[1].gap, 0.5, method="inverted_cdf")
    # Bins of a twentieth of a decade.
    assert abs(np.log10(found.bands[1, 1, 0, -1] / median)) <= 1 / 20


def test_the_same_optimizer_twice_is_all_ties_and_equivalent() -> None:
    pair = record().pairs[1, 2]
    assert (pair.ties, pair.share[0], pair.difference, pair.verdict) == (40, 0.5, (0.0, 0.0, 0.0), "equivalent")


def test_before_all_seeds_are_there_nothing_is_a_verdict() -> None:
    part = Result(LEAGUE, result().seeds[:30], result().runs, None, LEAGUE.seven)
    with pytest.raises(ValueError, match="all seeds"):
        league_record(part, LEAGUE.racer_names())


def test_behind_a_mean_stand_all_seeds_the_highest_c_first() -> None:
    (group,) = seeds_behind(result(), ["mean", 1, 0.1, 0.2])
    assert sorted(group.seeds) == list(range(40))
    np.testing.assert_array_equal(group.values, np.sort(result().runs[1].c)[::-1])
    assert group.values[3] == result().runs[1].c[group.seeds[3]]


def test_behind_a_pair_stand_its_wins_losses_and_ties() -> None:
    wins, losses, ties = seeds_behind(result(), ["pair", 0, 1])
    pair = record().pairs[0, 1]
    assert (len(wins.seeds), len(losses.seeds), len(ties.seeds)) == (pair.wins, pair.losses, pair.ties)
    assert pair.losses > 0
    for group, sign in ((wins, 1), (losses, -1), (ties, 0)):
        np.testing.assert_array_equal(beats(*(result().runs[place].gap[group.seeds] for place in (0, 1))), sign)
    assert (np.diff(losses.values) <= 0).all()


def test_behind_a_point_of_a_profile_stand_who_is_there_and_who_is_not() -> None:
    target, step = 1, 30
    reached, others = seeds_behind(result(), ["reached", 1, target, step])
    assert len(reached.seeds) + len(others.seeds) == 40
    assert len(reached.seeds) / 40 == record().profiles[1, target, 0, step]
    assert (np.diff(reached.values) >= 0).all()
    (never,) = (group for group in seeds_behind(result(), ["reached", 3, target, step]) if len(group.seeds))
    assert np.isinf(never.values).all()


def test_behind_a_point_of_the_pooled_profile_stands_how_many_targets_each_seed_has_reached() -> None:
    step = 30
    (group,) = seeds_behind(result(), ["reached", 1, len(TARGETS), step])
    assert sorted(group.seeds) == list(range(40))
    assert (np.diff(group.values) <= 0).all()
    # The pooled profile is the share of all targets of all seeds.
    assert group.values.sum() / (40 * len(TARGETS)) == pytest.approx(record().profiles[1, -1, 0, step])


def led(record: LeagueRecord) -> str:
    found = re.search('<p class="lead">(.*?)</p>', page_of(result(), record, "en").decode())
    assert found
    return html.unescape(found[1])


def of_verdicts(verdict: Verdict) -> LeagueRecord:
    """The record, its best racer surely ahead by the interval of the difference, with this verdict."""
    best = int(record().order[0])
    pairs = {
        (pair.first, pair.second): replace(pair, difference=(-0.01, -0.015, -0.005), verdict=verdict)
        for pair in (pair if pair.first < pair.second else pair.turned() for pair in record().against(best))
        if pair.first == best
    }
    assert pairs
    return replace(record(), pairs={**record().pairs, **pairs})


@pytest.mark.parametrize("verdict", [Verdict.UNKNOWN, Verdict.EQUIVALENT])
def test_nobody_is_surely_first_without_a_verdict_against_everybody(verdict: Verdict) -> None:
    assert "not surely better" in led(of_verdicts(verdict))


def test_the_report_of_a_placebo_names_nobody_the_first() -> None:
    twins = LEAGUE.replaced(racers=(LEAGUE.racers[0],) * 2)
    runs, _ = compute(twins, *twins.seeds, [0, 1], joint=False)
    found = Result(twins, result().seeds, (runs[0], runs[1]), None, twins.seven)
    told = re.search('<p class="lead">(.*?)</p>', report(found).decode())
    assert told is not None
    assert told[1].startswith("No difference: all 2 end level on all 40 surfaces.")
    assert told[1].endswith(html.escape(words("en")["league"]["level_shows"]))


def test_one_racer_is_first_of_nobody() -> None:
    alone = replace(LEAGUE, racers=LEAGUE.racers[:1])
    found = Result(alone, result().seeds, result().runs[:1], None, alone.seven)
    told = re.search('<p class="lead">(.*?)</p>', report(found).decode())
    assert told and "first" not in told[1] and "smallest" not in told[1]


def test_behind_a_band_stand_the_runs_nearest_to_each_quantile() -> None:
    low, median, high = seeds_behind(result(), ["band", 1, 12])
    assert len(median.seeds) == NEAREST
    assert median.values[0] == np.quantile(result().runs[1].gap, 0.5, method="inverted_cdf")
    assert low.values.max() < high.values.max()


@pytest.mark.parametrize(
    "mark",
    [
        *(None, "mean", [], ["mean"], ["mean", -1], ["mean", 4], ["mean", 1.0], ["mean", True], [["mean"], 1]),
        *(["pair", 0], ["reached", 0, 99, 1], ["none"], {"mean": 1}, ["mean", "0"]),
        # More than any number of an array, or of a place in one.
        *(["reached", 0, 0, 10**400], ["mean", 10**400]),
    ],
    ids=str,
)
def test_what_is_no_mark_of_this_league_is_refused(mark: Any) -> None:
    with pytest.raises(BadInput):
        seeds_behind(result(), mark)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_asks_nobody_for_anything(language: str) -> None:
    text = page(language)
    assert f'<html lang="{language}">' in text
    assert "default-src 'none'" in text
    bare = re.sub(r"<script.*?</script>", "", text, flags=re.S)
    assert re.findall(r"\b(?:src|href|action)=|@import|url\(", bare) == []
    assert text.count('id="plotly"') == 1


def test_the_report_has_each_figure_as_the_page_shows_it() -> None:
    figures = re.findall(r'id="figure-(\w+)">([^<]*)<', page())
    assert [name for name, _ in figures] == ["ranking", "duel", "profiles", "bands", "matrix"]
    for _, packed in figures:
        header, _ = unpack(gzip.decompress(b64decode(packed)))
        assert header["plot"]["data"]


def test_a_label_is_text_in_the_report() -> None:
    assert "</script><b>twin" not in page()
    assert "&lt;/script&gt;&lt;b&gt;twin" in page()


def test_the_report_tells_the_question_the_numbers_and_the_seeds() -> None:
    text, found = page(), record()
    best = found.means[found.order[0]]
    assert f"{best[0]:.3f} ({best[1]:.3f} to {best[2]:.3f})" in text
    told = re.search(r'id="settings">(.*?)</code>', text, re.S)
    assert told is not None
    assert (
        League.from_toml(
            told[1].replace("&#x27;", "'").replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">")
        )
        == LEAGUE
    )
    worst = int(seeds_behind(result(), ["mean", int(found.order[0])])[0].seeds[0])
    assert f"seed {worst}" in text
    linked = page_of(result(), found, "en", address="http://here/").decode()
    assert f"http://here/?{LEAGUE.race(worst).to_url()}".replace("&", "&amp;") in linked


def test_the_six_conclusions_are_told_with_their_verdicts() -> None:
    told = SimpleNamespace(
        claim="A <claim>",
        metric="By this?",
        found="So many.",
        holds=True,
        verdict="✓ holds",
        n="Judged on 40.",
        conventions="",
    )
    text = page_of(result(), record(), "en", [told]).decode()
    assert '<strong>A &lt;claim&gt;</strong> <em data-verdict="holds">✓ holds</em>' in text
    assert "By this? Judged on 40." in text
    assert "section-conclusions" not in page()


def test_one_racer_has_no_pairs() -> None:
    alone = LEAGUE.replaced(racers=LEAGUE.racers[:1])
    one = Result(alone, result().seeds, result().runs[:1], None, alone.seven)
    text = page_of(one, league_record(one, alone.racer_names()), "en").decode()
    assert re.findall(r'id="figure-(\w+)"', text) == ["ranking", "profiles", "bands"]


def test_runs_that_left_the_surface_stand_beside_those_that_diverged() -> None:
    (table,) = re.findall(r'<section id="section-ranking">.*?<table.*?>(.*?)</table>', page(), re.S)
    rows = [re.findall("<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall("<tr>(.*?)</tr>", table)]
    assert rows[0][-2:] == ["diverged", "left the surface"]
    assert "left the surface” those on which it ended outside the domain" in page()
    order = record().order.tolist()
    assert [row[-2:] for row in rows[1:]] == [[str(record().diverged[at]), str(record().left[at])] for at in order]


def test_no_minus_stands_before_nothing() -> None:
    assert re.search(r"−0\.0+(?![0-9])", page()) is None
    assert "−0." in page()


def test_another_language_is_refused() -> None:
    with pytest.raises(BadInput, match="language"):
        report(result(), "fr")


def test_of_one_seed_little_is_known_and_the_report_says_it() -> None:
    league = LEAGUE.replaced(seeds=(3, 4), steps=1)
    runs, _ = compute(league, 3, 4, range(len(league.racers)), joint=False)
    one = Result(league, np.arange(3, 4), tuple(runs[place] for place in range(len(runs))), None, league.seven)
    found = league_record(one, league.racer_names())
    assert {pair.verdict for pair in found.pairs.values()} == {"unknown"}
    told = page_of(one, found, "en").decode()
    assert "Gaussian hills, 1 surface:" in told
    assert "on 1 random surface: Gaussian hills, seed 3; " in told and "steps: 1, " in told


def fair_of(count: int) -> FairRecord:
    """So many tuned racers."""
    made = fair_record()
    of_racers = ("values", "training", "held_out", "expected", "resampled", "best", "on_edge")
    return replace(made, **{name: (getattr(made, name) * 3)[:count] for name in of_racers})


@pytest.mark.parametrize("language", ["en", "zh"])
def test_why_the_six_conclusions_are_not_judged_of_tuned_racers(language: str) -> None:
    league = League(seeds=(0, 4), steps=5)
    runs, _ = compute(league, 0, 4, range(7), joint=False)
    few = Result(league, np.arange(4), tuple(runs[place] for place in range(7)), None, league.seven)
    ordinary = league_record(few, league.racer_names())
    tuned = fair_of(7)
    sentence = html.escape(words(language)["league"]["fair_conclusions"])
    assert sentence in page_of(few, replace(ordinary, fair=tuned), language).decode()
    assert sentence not in page_of(few, ordinary, language).decode()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_and_the_page_have_one_vocabulary(language: str) -> None:
    label, text = words(language)["league"], page(language)
    heads = [html.unescape(head) for head in re.findall('<th scope="col">(.*?)</th>', text)]
    for name in ("mean_c", "rank", "alone", "shared", "diverged", "left"):
        assert label[name] in heads
    titles = [html.unescape(title) for title in re.findall("<h2>(.*?)</h2>", text)]
    for name in ("ranking", "duel", "profiles", "bands", "matrix"):
        assert label[f"chart_{name}"] in titles
    found = record()
    for share in (found.alone[1], found.shared[1]):
        assert told_share(share, words(language)) in text
        assert " ".join(in_two(told_share(share, words(language)))) in re.sub(
            "</?small>", "", ranking_table(found, words(language))
        )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_did_best_of_each_stands_in_the_ranking_of_page_and_report(language: str) -> None:
    tuned, text = replace(record(), fair=fair_of(4)), words(language)
    heading = text["league"]["best_value"].format(name=text["hyperparameter"]["learning_rate"])
    assert tuned.fair is not None
    reported = page_of(result(), tuned, language).decode()
    shown = ranking_table(tuned, text)
    assert f">{heading}</th>" in shown and f">{heading}</th>" in reported
    assert heading not in ranking_table(record(), text)
    (table,) = re.findall(r'<section id="section-ranking">.*?<table.*?>(.*?)</table>', reported, re.S)
    cells = re.findall("<tr><th[^>]*>.*?</th><td>(.*?)</td>", table)
    best = [tuned.fair.values[place][tuned.fair.best[place]] for place in tuned.order]
    assert cells == re.findall("<tr><td>.*?</td><td class='number'>(.*?)</td>", shown)
    for cell, value in zip(cells, best, strict=True):
        assert cell == "–" if np.isnan(value) else float(cell) == pytest.approx(value, rel=1e-3)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_an_address_the_report_says_how_a_surface_is_seen(language: str) -> None:
    text = words(language)
    (told,) = re.findall('<section id="section-notable">(.*?)</section>', page(language), re.S)
    how = html.unescape(told)
    assert text["app"]["page_race"] in how and text["controls"]["seed"] in how
    assert "<a " not in told
