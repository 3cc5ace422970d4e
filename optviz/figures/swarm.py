"""The layer of a swarm: many starts that move on the map as the racers do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from optviz.figures.figure import Figure
from optviz.figures.race_record import RaceRecord
from optviz.figures.styles import styles_of
from optviz.swarm import Swarm, box_of

PLACES = "swarm/places"


@dataclass(frozen=True, eq=False)
class ShownSwarm:
    """A swarm as it is shown. place: its racer's among those of the race. told: the sentence about it, "" for none."""

    swarm: Swarm
    place: int
    told: str = ""


def with_swarm(figure: Figure, record: RaceRecord, shown: ShownSwarm | None) -> Figure:
    """The figure of a race with a swarm: below its racers and the labels of its minima. None: the figure as it is."""
    if shown is None:
        return figure
    first = next(place for place, layer in enumerate(figure.layers) if layer["kind"] == "places")
    layers = [*figure.layers[:first], swarm_layer(shown, record), *figure.layers[first:]]
    return replace(figure, layers=layers, arrays=figure.arrays | {PLACES: shown.swarm.places.reshape(-1)})


def swarm_layer(shown: ShownSwarm, record: RaceRecord) -> dict[str, Any]:
    """The layer; `@swarm/places` are the numbers of `Swarm.places` in their order, moment by moment, x before y.

    Of 200 starts and 200 steps they are 160 KB.
    """
    return {
        "kind": "swarm",
        "racer": shown.place,
        "color": styles_of(record.keys)[shown.place]["color"],
        "starts": shown.swarm.places.shape[1],
        "every": shown.swarm.every,
        "steps": shown.swarm.steps,
        "places": f"@{PLACES}",
        "box": list(box_of(record.domain)),
        "grid": {"x": "@map/x", "y": "@map/y", "z": "@map/shade"},
        "told": shown.told,
    }
