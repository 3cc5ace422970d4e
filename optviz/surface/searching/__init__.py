"""The search for the lowest point of a surface inside its domain."""

from optviz.surface.searching.search import search

__all__ = ["search"]
