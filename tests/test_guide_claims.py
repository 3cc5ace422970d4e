"""Every number that the guide says is computed, and compared with the text to the last place that is written there."""

from __future__ import annotations

import pytest

import claims_of_article
import claims_of_descent
import claims_of_scaling
from guide_claims import CLAIMS
from guide_text import FILES, LANGUAGES, claims, numbers

PARTS = (claims_of_descent, claims_of_scaling, claims_of_article)
"""The modules that fill the table."""


def test_every_claim_is_computed_and_everything_computed_is_claimed() -> None:
    for language in LANGUAGES:
        assert {name for file in FILES[language].values() for name, _ in claims(file)} == set(CLAIMS)


@pytest.mark.parametrize("name", CLAIMS)
def test_claim(name: str) -> None:
    """The numbers in English are those computed, in their order; Chinese says the same ones (`test_guide_text.py`)."""
    computed = [abs(float(value)) for value in CLAIMS[name]()]
    texts = [text for file in FILES["en"].values() for said, text in claims(file) if said == name]
    for text in texts:
        for (number, half_place), value in zip(numbers(text, "en"), computed, strict=True):
            # As many roundings as a computed number may have, beside the place that is written.
            near = float(half_place) * (1 + 1e-9) + 1e-9 * float(number)
            assert abs(value - float(number)) <= near, (text, float(number), value)
