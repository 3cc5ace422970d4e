"""What several test files share: the race that the article's numbers are about, computed once."""

from __future__ import annotations

import pytest

from optviz import GaussianHills, Trajectory, race
from optviz.experiment import seven


@pytest.fixture(scope="session")
def thousand_races() -> dict[str, Trajectory]:
    """The author's seven optimizers (tensorflow1, η 0.1) over seeds 0 … 999 as one stack, 200 steps each, by key."""
    paths = race(seven("tensorflow1"), GaussianHills(seed=range(1000)), steps=200)
    return {path.racer.key: path for path in paths}
