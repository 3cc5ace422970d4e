"""The sidebar: fields of `experiment.Race` mapped to widgets, one section a file.

Every widget shows the race's value and changes the race through a callback. A value that the race refuses leaves it as
it is and is told in one sentence; the widget then shows the race's value again.
"""

from optviz.text import Words
from optviz.ui.sidebar.optimizers import convention_section, learning_rate_section, optimizers_section
from optviz.ui.sidebar.samples import samples_section
from optviz.ui.sidebar.start import start_section
from optviz.ui.sidebar.surface import surface_section


def sidebar(text: Words, language: str) -> None:
    """All controls of the race."""
    surface_section(text, language)
    convention_section(text)
    learning_rate_section(text)
    start_section(text)
    optimizers_section(text)
    samples_section(text)
