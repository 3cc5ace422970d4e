"""The QR code of a link, and what does not fit into one (tests/browser reads a code with a reader of codes)."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from mounted import visit
from optviz.stage import unpack
from optviz.text import words
from optviz.ui.pages.race.sharing import MOST_IN_QR_CODE, qr_code


def test_the_longest_link_that_has_a_code() -> None:
    picture = qr_code("x" * MOST_IN_QR_CODE)
    assert picture is not None
    assert picture.startswith("data:image/svg+xml")
    assert qr_code("x" * (MOST_IN_QR_CODE + 1)) is None


def test_other_links_have_other_codes() -> None:
    assert qr_code("https://optviz.example/?seed=1") != qr_code("https://optviz.example/?seed=2")


def shown(app: AppTest) -> dict[str, str] | None:
    header, _ = unpack(next(part.proto.bytes for part in app.get("bidi_component") if part.proto.bytes))
    found: dict[str, str] | None = header["code"]
    return found


def test_the_code_over_the_picture_is_that_of_the_page_and_comes_when_it_is_asked_for() -> None:
    app = visit(seed="3", present="1")
    assert shown(app) is None
    app.session_state["code_shown"] = True
    code = shown(app.run())
    assert code is not None
    assert code["told"] == words("en")["download"]["qr"]
    assert code["picture"].startswith("data:image/svg+xml")
    app.session_state["code_shown"] = False
    assert shown(app.run()) is None
