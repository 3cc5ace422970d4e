"""What a racer is called in Plotly's texts, which know some HTML and templates, and in ours, which know references."""

from __future__ import annotations


def shown_name(name: str) -> str:
    """A name as it is to be read, whatever its letters mean to Plotly."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace("%{", "% {")


def as_text(text: str) -> str:
    """A text that stays a text: one that begins with @ would be a reference."""
    return f"@{text}" if text.startswith("@") else text


def trace_name(name: str) -> str:
    """A name where nothing stands before it."""
    return as_text(shown_name(name))
