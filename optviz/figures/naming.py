"""What a racer is called in Plotly's texts, which know some HTML and templates, and in ours, which know references."""

from __future__ import annotations


def shown_name(name: str) -> str:
    """A name as it is to be read, whatever its letters mean to Plotly."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace("%{", "% {")


def trace_name(name: str) -> str:
    """The same where a text that begins with @ would be a reference."""
    shown = shown_name(name)
    return f"@{shown}" if shown.startswith("@") else shown
