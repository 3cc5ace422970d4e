"""The search for the lowest point of a surface inside its domain, and for its other minima."""

from optviz.surface.searching.fitting import fitted_domain
from optviz.surface.searching.minima import local_minima
from optviz.surface.searching.search import search
from optviz.surface.searching.smooth import search_smooth
from optviz.surface.searching.stacked import highest_on

__all__ = ["fitted_domain", "highest_on", "local_minima", "search", "search_smooth"]
