"""What was computed beside the server, put where the pages look for it."""

from __future__ import annotations

from typing import Any

from optviz.figures.fans import Fan
from optviz.figures.heights import Heights
from optviz.laboratory.values import Values, record_of
from optviz.outcome import Outcome
from optviz.surface import Surface
from optviz.surface.lowest import Found, Minima
from optviz.swarm import Swarm
from optviz.trajectory import Trajectory
from optviz.ui import cached


def keep_surface(bare: Surface, values: Values) -> None:
    """What was found out about a surface; `bare` learns it too."""
    if "found_loss" in values:
        bare.take_over(record_of(Found, values, "found_"))
    bare.take_over_minima(record_of(Minima, values, "minima_"))
    cached.prepared.put(bare, bare)
    x, y = values["start"].tolist()
    cached.start.put((x, y), bare)
    cached.heights.put(record_of(Heights, values, "heights_"), bare)


def keep_path(arguments: tuple[Any, ...], values: Values) -> None:
    """A racer's path, over the one surface that stands for its equals."""
    racer, surface, *_ = arguments
    known = cached.prepared(surface)
    known.learn(values["points"], values["losses"])
    path = Trajectory(
        racer=racer,
        surface=known,
        points=values["points"],
        losses=values["losses"],
        diverged_at=int(values["diverged_at"]),
        gradient_evaluations=int(values["gradient_evaluations"]),
    )
    vars(path)["outcome"] = Outcome(str(values["outcome"]))
    cached.path.put(path, *arguments)


def keep_result(arguments: tuple[Any, ...], values: Values) -> None:
    """What a task came to."""
    cached.result_of.put(values, *arguments)


def keep_runs(arguments: tuple[Any, ...], values: Values) -> None:
    """The many runs of a racer."""
    cached.fan_of.put(record_of(Fan, values), *arguments)


def keep_swarm(arguments: tuple[Any, ...], values: Values) -> None:
    """A swarm, of whose lowest place its surface learns."""
    known, swarm = cached.prepared(arguments[1]), record_of(Swarm, values)
    known.learn(swarm.best[None, :2], swarm.best[2:])
    cached.swarm_of.put(swarm, *arguments)
