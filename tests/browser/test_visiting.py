"""Widgets that are mounted again, and pages that come and go."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from race_page import RacePage

Open = Callable[..., RacePage]
AT_REST = "document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"


@pytest.mark.parametrize("query", ["", "?surface=ravine", "?surface=regression", "?surface=formula&text=x^2%2By^2"])
def test_another_language_and_presenting_change_nothing_else(open_page: Open, query: str) -> None:
    page = open_page(query)
    race = page.race()
    for language, present, end in (("中文", "演示", "退出演示"), ("English", "Present", "End presentation")):
        token = page.token()
        page.page.get_by_role("radio", name=language, exact=True).click()
        page.wait_for_another(token)
        for button in (present, end):
            token = page.token()
            page.page.get_by_role("button", name=button, exact=True).click()
            page.wait_for_another(token)
            page.page.wait_for_function(AT_REST)
            assert page.page.locator(".optviz-told").count() == 0
            assert page.race() == race
