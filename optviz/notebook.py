"""A race in a Jupyter notebook: the figure of the app, in the output of a cell."""

from __future__ import annotations

import html
from dataclasses import dataclass, field

from optviz.bad_input import BadInput
from optviz.experiment import Race
from optviz.parameter import Parameter

HEIGHT = Parameter(at_least=200, at_most=4000, whole=True)


@dataclass(frozen=True)
class Shown:
    """A race to be looked at: Jupyter draws it, and `page` is the same as one HTML file, UTF-8."""

    race: Race
    page: bytes = field(repr=False)
    height: int

    def _repr_html_(self) -> str:
        # Without allow-same-origin the page cannot reach the notebook that it stands in.
        return (
            f'<iframe sandbox="allow-scripts allow-downloads" allow="fullscreen" width="100%" height="{self.height}" '
            f'style="border: 0" title="{html.escape(", ".join(self.race.racer_names()))}" '
            f'srcdoc="{html.escape(self.page.decode())}"></iframe>'
        )


def show(race: Race, language: str = "en", height: int = 640) -> Shown:
    """Run a race and show it in a notebook: make this the last line of a cell.

    language: "en" or "zh". height: of the output, 200 … 4,000 pixels. The output plays without a server, and takes
    2 MB of the notebook's file. Raises BadInput for anything else.
    """
    if not isinstance(race, Race):
        raise BadInput("not_readable", name="race", value=race, allowed="a race, such as optviz.Race()")
    height = int(HEIGHT.check_number("height", height))
    # The page needs plotly.js, which `import optviz` does not wait for.
    from optviz.figures.fans import fans_of
    from optviz.stage.page import html_page

    return Shown(race, html_page(race, race.run(), language, fans_of(race)), height)
