"""The search for the lowest point of a surface inside its domain, and for its other minima."""

from optviz.surface.searching.minima import local_minima
from optviz.surface.searching.search import search

__all__ = ["local_minima", "search"]
