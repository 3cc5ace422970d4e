"""The slips of the article's pseudo-code: each is its rule but for one thing, and shows what comes of it."""

from __future__ import annotations

import numpy as np
import pytest

from mounted import visit, widget
from optviz import OPTIMIZERS, Formula, GaussianHills, Race, Racer, gallery, trace, with_convention
from optviz.experiment import read_url
from optviz.optimizers import NAMED_OPTIMIZERS, SLIPS
from optviz.racer import PICKS
from optviz.text import LANGUAGES, words


def test_they_are_named_by_links_and_offered_by_nobody() -> None:
    assert not set(SLIPS) & (set(OPTIMIZERS) | set(PICKS))
    assert set(NAMED_OPTIMIZERS) == {*OPTIMIZERS, *SLIPS}
    for key in SLIPS:
        race = Race(racers=(Racer(with_convention(key, learning_rate=0.03)),), convention="article")
        found, problems = read_url(race.to_url())
        assert (found, problems) == (race, ())
        assert found.racers[0].key == key
        assert Race.from_json(race.to_json()) == race


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_has_a_name(language: str) -> None:
    assert set(SLIPS) <= set(words(language)["optimizer"])
    assert set(SLIPS) <= set(words(language)["idea"])


def test_a_step_that_is_added_to_the_gradient_moves_nothing() -> None:
    path = trace(SLIPS["slip_added_to_gradient"](), GaussianHills(seed=1), steps=50)
    assert (path.points == path.points[0]).all()


def test_a_mean_of_updates_is_negative_as_soon_as_an_axis_goes_down() -> None:
    # Downhill is −x and −y here: the first update is positive, so that Δθ is negative.
    slope = Formula("x + 2*y")
    assert trace(SLIPS["slip_average_of_updates"](), slope, (1.0, 1.0), 20).diverged_at == 2
    right = trace(OPTIMIZERS["adadelta"](), slope, (1.0, 1.0), 20)
    assert right.diverged_at == -1
    # The first step is that of Adadelta, bit for bit: nothing has been averaged yet.
    slip = trace(SLIPS["slip_average_of_updates"](), slope, (1.0, 1.0), 20)
    assert (slip.points[:2] == right.points[:2]).all()


def test_an_epsilon_behind_the_quotient_leaves_a_division_by_zero_where_an_axis_is_flat() -> None:
    surface = gallery("saddle")
    assert trace(SLIPS["slip_adam_precedence"](), surface, (1.6, 0.0), 100).diverged_at == 1
    assert trace(OPTIMIZERS["adam"](), surface, (1.6, 0.0), 100).diverged_at == -1
    # Off that axis the two differ by ε at most: √v̂ ≥ 0.1 on the way.
    twin = [
        trace(kind(), surface, (1.6, 0.3), 5).points for kind in (SLIPS["slip_adam_precedence"], OPTIMIZERS["adam"])
    ]
    np.testing.assert_allclose(*twin, rtol=0, atol=1e-6)


def test_counted_from_zero_the_first_correction_divides_by_zero() -> None:
    assert trace(SLIPS["slip_adam_from_zero"](), gallery("bowl"), steps=100).diverged_at == 1


def test_a_picker_lists_a_slip_that_runs_so_that_it_can_be_taken_out() -> None:
    app = visit(v="1", surface="bowl", convention="article", steps="20", racers="adam~slip_adam_from_zero")
    kinds = ["adam", "slip_adam_from_zero"]
    assert widget(app.button_group, "racers").value == kinds
    assert len(widget(app.button_group, "racers").options) == len(PICKS) + 1
    assert len(widget(visit(steps="20").button_group, "racers").options) == len(PICKS)
    widget(app.button_group, "racers").set_value(["adam"]).run()
    assert [racer.key for racer in app.session_state.race.racers] == ["adam"]
