"""The QR code of a link, and what does not fit into one (tests/browser reads a code with a reader of codes)."""

from __future__ import annotations

from optviz.ui.pages.race.sharing import MOST_IN_QR_CODE, qr_code


def test_the_longest_link_that_has_a_code() -> None:
    picture = qr_code("x" * MOST_IN_QR_CODE)
    assert picture is not None
    assert picture.startswith("data:image/svg+xml")
    assert qr_code("x" * (MOST_IN_QR_CODE + 1)) is None


def test_other_links_have_other_codes() -> None:
    assert qr_code("https://optviz.example/?seed=1") != qr_code("https://optviz.example/?seed=2")
