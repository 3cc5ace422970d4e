"""Every word on the screen, from en.toml and zh.toml, which have the same keys."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from optviz.bad_input import BadInput

LANGUAGES = {"en": "English", "zh": "中文"}


@cache
def words(language: str) -> dict[str, dict[str, str]]:
    """All words of a language, by section and key. An unknown language gets English."""
    name = language if language in LANGUAGES else "en"
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))


def browser_language() -> str:
    """The language that the visitor's browser asks for: "zh" for any Chinese, else "en"."""
    import streamlit as st

    locale: Any = st.context.locale
    return "zh" if str(locale or "").lower().startswith("zh") else "en"


def sentence(problem: BadInput, language: str) -> str:
    """A problem with the input, in the visitor's language."""
    told = words(language)
    english = {text: key for key, text in words("en")["fragment"].items()}
    parts = {name: told["fragment"][english[text]] if text in english else text for name, text in problem.parts.items()}
    return told["bad_input"][problem.key].format(**parts)
