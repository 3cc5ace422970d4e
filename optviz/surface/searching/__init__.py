"""The search for the lowest point of a surface inside its domain, and for its other minima."""

from optviz.surface.searching.fitting import fitted_domain
from optviz.surface.searching.minima import local_minima
from optviz.surface.searching.search import search

__all__ = ["fitted_domain", "local_minima", "search"]
