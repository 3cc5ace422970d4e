"""The report of a league, opened from disk in a browser that has no network."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

import test_league_report as made
from optviz.stage.report import page_of
from tabs import PATIENCE
from tiers import long


@long
@pytest.mark.parametrize("width", [390, 1440])
def test_its_figures_are_drawn_and_what_is_drawn_can_be_taken_away(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    file = tmp_path / "league.html"
    file.write_bytes(page_of(made.result(), made.record(), "en"))
    page = browser.new_page(viewport={"width": width, "height": 800}, accept_downloads=True)
    page.set_default_timeout(PATIENCE)
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(file.as_uri())
    expect(page.locator("[data-drawn]")).to_have_count(5, timeout=PATIENCE)
    ranking = page.locator("#section-ranking")
    ranking.locator(".scatterlayer .point").first.wait_for()
    for ending, begins in (("CSV", b"\xef\xbb\xbfchart,series,row,x"), ("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with page.expect_download() as waiting:
            ranking.get_by_role("button").filter(has_text=ending).click()
        assert waiting.value.suggested_filename == f"optviz-league-ranking.{ending.lower()}"
        assert Path(waiting.value.path()).read_bytes().startswith(begins)
    duel = page.locator("#section-duel")
    before = duel.locator(".ytick").count()
    duel.get_by_role("combobox").select_option(index=0)
    assert before == duel.locator(".ytick").count() == 3
    body = page.locator("body").bounding_box()
    assert body is not None
    assert body["width"] <= width
    assert wrong == []
    page.close()


@long
@pytest.mark.parametrize("width", [1024, 1280])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_on_a_projector_all_columns_of_its_tables_are_in_sight(
    browser: Browser, tmp_path: Path, language: str, width: int
) -> None:
    file = tmp_path / "league.html"
    file.write_bytes(page_of(made.result(), made.record(), language))
    page = browser.new_page(viewport={"width": width, "height": 768})
    page.goto(file.as_uri())
    tables = page.locator(".optviz-report .wide")
    tables.first.wait_for()
    assert all(table.evaluate("box => box.scrollWidth <= box.clientWidth") for table in tables.all())
    page.close()
