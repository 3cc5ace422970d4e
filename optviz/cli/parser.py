"""What can be said on the command line: commands, options, and their help."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from optviz.cli import commands
from optviz.cli.league import league as run_a_league
from optviz.conventions import CONVENTIONS
from optviz.experiment import article
from optviz.export import FORMATS
from optviz.export.rows import ROW_FORMATS

_NEGATIVE = re.compile(r"-[0-9.]+(?:[eE][+-]?[0-9]+)?")
RACE_EXAMPLES = """\
examples:
  optviz race --surface gaussian_hills --seed 1 --convention tensorflow1 --optimizers all --steps 200 --out paths.csv
  optviz race --optimizers adam,adam--learning_rate-0.01,minibatch_sgd--batch_size-16 --samples 128 --spread 0.5
  optviz race --formula "(1-x)**2 + 100*(y-x**2)**2" --domain -2 2 -1 3 --start -1.5 2 --set adam.beta1=0.8
  optviz race --link "surface=gaussian_hills&seed=128" --steps 100 --out race.json
  optviz race --race race.json --surface rosenbrock --out race.html
"""
LEAGUE_EXAMPLES = """\
examples:
  optviz league --family gaussian_hills --seeds 0:10000 --convention tensorflow1 --report league.html
  optviz league --seeds 0:10000 --tune learning_rate --training 10000:11000 --out fair.csv
  optviz league --family smoothed_noise --seeds 0:2000 --optimizers adam,adam--learning_rate-0.01 --out league.csv
"""
FORMULAS = (
    f"whose formulas and defaults: {', '.join(CONVENTIONS)} (default: {article.CONVENTION}, as in the app: that of the "
    "article's pictures, while article is that of its text)"
)
RATES = (
    "Try 29 learning rates from 0.00001 to 100 on surfaces of the gallery, and print for each optimizer the one that "
    "ends lowest in 200 steps from the surface's own start."
)


def with_signs(arguments: Sequence[str]) -> list[str]:
    """Arguments in which a value that begins with a minus sign cannot be taken for an option.

    argparse knows negative numbers, but neither `-1e-3` nor the formula `-x**2`: a number gets a space in front, and a
    formula is joined to its option.
    """
    plain: list[str] = []
    for argument in arguments:
        if plain and plain[-1] == "--formula":
            plain[-1] = f"--formula={argument}"
        else:
            plain.append(f" {argument}" if _NEGATIVE.fullmatch(argument) else argument)
    return plain


class _Once(argparse.Action):
    """Store a value; an option that is given twice is refused, because one of the two would not count."""

    def __call__(self, parser: Any, namespace: Any, values: Any, option_string: str | None = None) -> None:
        given = vars(namespace).setdefault("given", set())
        if self.dest in given:
            parser.error(f"{option_string} is given twice")
        given.add(self.dest)
        setattr(namespace, self.dest, values)


class _Parser(argparse.ArgumentParser):
    """An argument parser whose refusals are one sentence, as all others are."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.register("action", None, _Once)

    def error(self, message: str) -> NoReturn:
        plain = "".join(character if character.isprintable() else "�" for character in message)
        self.exit(2, f"{self.prog}: {plain}; see {self.prog} --help\n")


def make_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; the options it gives have `run`, what to do with them."""
    parser = _Parser(prog="optviz", description="See how optimizers move over a loss surface.")
    known = parser.add_subparsers(required=True, metavar="command")
    _add_serve(known.add_parser("serve", help="open the app in a browser", description="Serve the app."))
    race = known.add_parser(
        "race",
        help="run optimizers over a surface",
        description="Run optimizers over one surface; print the scoreboard, or write every step to a file. Everything "
        "that the app can set can be set here. Options are applied on top of --link or --race.",
        epilog=RACE_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_surface(race)
    _add_racers(race)
    _add_run(race)
    race.set_defaults(run=commands.race)
    league = known.add_parser(
        "league",
        help="run optimizers over many random surfaces",
        description="Run optimizers over many random surfaces of one family, each from its own start. What has been "
        "computed is kept, and never computed again: what was interrupted goes on, and more seeds or another "
        "optimizer cost only what is new.",
        epilog=LEAGUE_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_league(league)
    _add_racers(league)
    league.set_defaults(run=run_a_league)
    surfaces = known.add_parser("surfaces", help="list the surfaces")
    surfaces.set_defaults(run=commands.surfaces)
    optimizers = known.add_parser("optimizers", help="list the optimizers, their hyperparameters and ranges")
    optimizers.add_argument("--convention", default=article.CONVENTION, help=FORMULAS)
    optimizers.set_defaults(run=commands.optimizers)
    _add_rates(known.add_parser("rates", help="find a learning rate for each optimizer", description=RATES))
    return parser


def _add_rates(rates: argparse.ArgumentParser) -> None:
    rates.add_argument("surface", nargs="*", metavar="NAME", help="surfaces of the gallery (default: all)")
    rates.add_argument("--convention", help=FORMULAS)
    rates.add_argument(
        "--write", action="store_true", help="write those of all conventions into the files of the surfaces"
    )
    rates.set_defaults(run=commands.rates)


def _add_serve(serve: argparse.ArgumentParser) -> None:
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this computer only)")
    serve.add_argument("--port", default="8501", help="port to listen on (default: 8501)")
    serve.add_argument("--no-browser", action="store_true", help="do not open a browser window")
    serve.add_argument(
        "--origin",
        action="append",
        default=[],
        metavar="URL",
        help="an address under which a proxy shows the app, such as https://optviz.example.org; repeatable",
    )
    serve.set_defaults(run=commands.serve)


def _add_surface(race: argparse.ArgumentParser) -> None:
    begin = race.add_argument_group("a race to begin with").add_mutually_exclusive_group()
    begin.add_argument("--link", metavar="URL", help="a link copied from the app, or what stands in it after the ?")
    begin.add_argument(
        "--race", dest="file", type=Path, metavar="FILE", help=f"what --out wrote: .{', .'.join(FORMATS)}"
    )
    where = race.add_argument_group("surface")
    which = where.add_mutually_exclusive_group()
    which.add_argument("--surface", help="a key that `optviz surfaces` lists (default: gaussian_hills)")
    which.add_argument("--formula", metavar="TEXT", help="a formula in x and y, instead of --surface")
    where.add_argument("--seed", help="seed of a random surface (default: 1)")
    where.add_argument("--domain", nargs=4, metavar=("X_MIN", "X_MAX", "Y_MIN", "Y_MAX"), help="of formula or noise")
    where.add_argument("--start", nargs=2, metavar=("X", "Y"), help="default: the surface's own start")


def _add_league(league: argparse.ArgumentParser) -> None:
    what = league.add_argument_group("question")
    what.add_argument(
        "--job", type=Path, metavar="FILE", help="a league as TOML, instead of all options of the question"
    )
    what.add_argument("--family", metavar="NAME", help="a family of random surfaces (default: gaussian_hills)")
    what.add_argument("--domain", nargs=4, metavar=("X_MIN", "X_MAX", "Y_MIN", "Y_MAX"), help="of smoothed noise")
    what.add_argument("--seeds", default="0:1000", metavar="FIRST:BEYOND", help="which surfaces (default: 0:1000)")
    what.add_argument("--steps", help="1 … 5000 (default: 200)")
    what.add_argument(
        "--tune",
        metavar="NAME",
        help="each racer at its own best value of this setting, such as learning_rate, tuned on other seeds",
    )
    what.add_argument(
        "--training", metavar="FIRST:BEYOND", help="the seeds to tune on (default: the 1,000 that follow --seeds)"
    )
    how = league.add_argument_group("computing")
    how.add_argument(
        "--store",
        type=Path,
        metavar="FOLDER",
        help="what is computed stays here (default: $OPTVIZ_STORE, else in the cache folder of the user)",
    )
    how.add_argument("--workers", metavar="N", help="processes (default: one a processor)")
    answer = league.add_argument_group("answer")
    endings = ", ".join(f".{ending}" for ending in ROW_FORMATS)
    answer.add_argument("--out", type=Path, metavar="FILE", help=f"write a row per seed and optimizer: {endings}")
    answer.add_argument(
        "--report", type=Path, metavar="FILE", help="write a page with all figures and verdicts, for any browser: .html"
    )
    answer.add_argument("--language", default="en", help="of the page: en, zh (default: en)")
    answer.add_argument(
        "--address",
        metavar="URL",
        help="of a server of optviz: the page has links that open its races there",
    )


def _add_racers(race: argparse.ArgumentParser) -> None:
    who = race.add_argument_group("optimizers")
    who.add_argument(
        "--optimizers",
        help="all, or keys with commas between them, sgd and minibatch_sgd too, also with settings as in a link: "
        "adam--beta1-0.8 (default: all)",
    )
    who.add_argument("--convention", help=FORMULAS)
    who.add_argument(
        "--learning-rate",
        metavar="RATE",
        help="one for all that have one of their own (default: what the surface suggests, else 0.1); "
        "each: one for each, as `optviz rates` finds them",
    )
    who.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="WHOSE.NAME=VALUE",
        help="one setting of an optimizer (adam.beta1=0.8, adam.batch_size=8) or of the surface (surface.hills=5); "
        "repeatable",
    )
    batches = race.add_argument_group("samples, for optimizers that see batches")
    batches.add_argument("--samples", metavar="N", help="of how many samples the surface is the mean (default: 64)")
    batches.add_argument("--spread", help="how far their gradients differ, in typical gradients (default: 1)")
    batches.add_argument("--sample-seed", metavar="SEED", help="draws the samples (default: 0)")
    batches.add_argument("--replacement", choices=("true", "false"), help="draw them with replacement (default: false)")


def _add_run(race: argparse.ArgumentParser) -> None:
    race.add_argument("--batch-seed", metavar="SEED", help="draws the batches (default: 0)")
    race.add_argument("--steps", help="1 … 5000 (default: 200)")
    every_step = ", ".join(f".{ending}" for ending, known in FORMATS.items() if known.holds_trajectories)
    race.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help=f"write every step: {every_step}; a page that plays in any browser, without a network: .html; "
        "the settings alone, to be edited: .toml",
    )
    race.add_argument("--language", default="en", help="of the page: en, zh (default: en)")
