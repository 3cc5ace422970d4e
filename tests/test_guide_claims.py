"""Every number that the guide says is computed, and compared with the text to the last place that is written there."""

from __future__ import annotations

from itertools import product

import pytest

import claims_of_article
import claims_of_descent
import claims_of_scaling
from guide_claims import CLAIMS
from guide_text import FILES, LANGUAGES, claims, numbers

PARTS = (claims_of_descent, claims_of_scaling, claims_of_article)
"""The modules that fill the table."""

SAID = {
    (language, name): [text for file in FILES[language].values() for said, text in claims(file) if said == name]
    for language, name in product(LANGUAGES, CLAIMS)
}


def test_every_claim_is_computed_and_everything_computed_is_claimed() -> None:
    for language in LANGUAGES:
        assert {name for file in FILES[language].values() for name, _ in claims(file)} == set(CLAIMS)


@pytest.mark.parametrize("name", CLAIMS)
def test_claim(name: str) -> None:
    computed = [abs(float(value)) for value in CLAIMS[name]()]
    for language in LANGUAGES:
        for text in SAID[language, name]:
            for number, half_place in numbers(text, language):
                # As many roundings as a computed number may have, beside the place that is written.
                near = float(half_place) * (1 + 1e-9) + 1e-9 * float(number)
                assert any(abs(value - float(number)) <= near for value in computed), (text, float(number), computed)
