"""Race: the only description of a race, and its spellings."""

from optviz.experiment.article import OPTIMIZERS as ARTICLE_OPTIMIZERS
from optviz.experiment.article import seven
from optviz.experiment.league import CHUNK, League, league_families, read_league
from optviz.experiment.link import FIRST_FORMULA, FORMULAS, LONGEST_LINK, read_racer
from optviz.experiment.race import Race, read_query, read_url
from optviz.experiment.reading import read_number
from optviz.experiment.record import LONGEST_FILE, MOST_RACERS, with_setting
from optviz.experiment.surfaces import make_surface, single_surface, surface_names, surface_record

__all__ = [
    "ARTICLE_OPTIMIZERS",
    "CHUNK",
    "FIRST_FORMULA",
    "FORMULAS",
    "LONGEST_FILE",
    "LONGEST_LINK",
    "MOST_RACERS",
    "League",
    "Race",
    "league_families",
    "make_surface",
    "read_league",
    "read_number",
    "read_query",
    "read_racer",
    "read_url",
    "seven",
    "single_surface",
    "surface_names",
    "surface_record",
    "with_setting",
]
