"""The command line: optviz serve | race | surfaces | optimizers."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

from optviz.bad_input import BadInput
from optviz.conventions import CONVENTIONS, with_convention
from optviz.experiment import Race, make_surface, read_url, surface_names, with_hyperparameter
from optviz.export import FORMATS
from optviz.optimizers import OPTIMIZERS
from optviz.parameter import Parameter
from optviz.racer import Racer
from optviz.statistics import scoreboard
from optviz.surface import FAMILIES, gallery
from optviz.trajectory import Trajectory

PORT = Parameter(at_least=1, at_most=65535, whole=True)
ENDINGS = (*FORMATS, "html")
_NEGATIVE = re.compile(r"-[0-9.]+(?:[eE][+-]?[0-9]+)?")
RACE_EXAMPLES = """\
examples:
  optviz race --surface gaussian_hills --seed 1 --convention tensorflow1 --optimizers all --steps 200 --out paths.csv
  optviz race --surface himmelblau --optimizers adam,nag --learning-rate 0.01
  optviz race --formula "(1-x)**2 + 100*(y-x**2)**2" --domain -2 2 -1 3 --start -1.5 2 --set adam.beta1=0.8
  optviz race --link "surface=gaussian_hills&seed=128" --out race.json
  optviz race --surface rosenbrock --learning-rate 0.001 --out race.html
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code: 0, or 2 with one sentence on stderr for bad input."""
    parser = _parser()
    options = parser.parse_args(_with_signs(sys.argv[1:] if arguments is None else arguments))
    try:
        code = int(options.run(options))
        sys.stdout.flush()
        return code
    except BadInput as problem:
        print(f"optviz: {problem}", file=sys.stderr)
    except BrokenPipeError:
        # The reader has seen enough (`| head`); nothing may be left to write at exit, which would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as problem:
        print(f"optviz: {problem.filename}: {problem.strerror}", file=sys.stderr)
    return 2


def _with_signs(arguments: Sequence[str]) -> list[str]:
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


class _Parser(argparse.ArgumentParser):
    """An argument parser whose refusals are one sentence, as all others are."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="optviz", description="See how optimizers move over a loss surface.")
    commands = parser.add_subparsers(required=True, metavar="command")

    serve = commands.add_parser("serve", help="open the app in a browser", description="Serve the app.")
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
    serve.set_defaults(run=_serve)

    race = commands.add_parser(
        "race",
        help="run optimizers over a surface",
        description="Run optimizers over one surface; print the scoreboard, or write every step to a file.",
        epilog=RACE_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    where = race.add_argument_group("surface")
    which = where.add_mutually_exclusive_group()
    which.add_argument("--surface", default="gaussian_hills", help="a key that `optviz surfaces` lists")
    which.add_argument("--formula", metavar="TEXT", help="a formula in x and y, instead of --surface")
    where.add_argument("--seed", help="seed of a random surface (default: 1)")
    where.add_argument("--domain", nargs=4, metavar=("X_MIN", "X_MAX", "Y_MIN", "Y_MAX"), help="of a formula")
    where.add_argument("--start", nargs=2, metavar=("X", "Y"), help="default: the surface's own start")
    who = race.add_argument_group("optimizers")
    who.add_argument("--optimizers", default="all", help="all, or keys with commas between them (default: all)")
    who.add_argument("--convention", default="article", help=f"{', '.join(CONVENTIONS)} (default: article)")
    who.add_argument("--learning-rate", metavar="RATE", help="one learning rate for all that have one of their own")
    who.add_argument(
        "--set", action="append", default=[], metavar="OPTIMIZER.NAME=VALUE", help="one hyperparameter; repeatable"
    )
    race.add_argument("--steps", default="200", help="1 … 5000 (default: 200)")
    race.add_argument("--link", metavar="URL", help="a link copied from the app, instead of all of the above")
    race.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help=f"write every step: .{', .'.join(FORMATS)}; or a page that plays in any browser, without a network: .html",
    )
    race.add_argument("--language", default="en", help="of the page: en, zh (default: en)")
    race.set_defaults(run=_race)

    surfaces = commands.add_parser("surfaces", help="list the surfaces")
    surfaces.set_defaults(run=_surfaces)
    optimizers = commands.add_parser("optimizers", help="list the optimizers, their hyperparameters and ranges")
    optimizers.add_argument("--convention", default="article", help=f"{', '.join(CONVENTIONS)} (default: article)")
    optimizers.set_defaults(run=_optimizers)
    return parser


def _race(options: argparse.Namespace) -> int:
    ending = "" if options.out is None else options.out.suffix[1:]
    if options.out is not None and ending not in ENDINGS:
        allowed = ", ".join(f".{known}" for known in ENDINGS)
        raise BadInput("unknown_choice", name="out", value=options.out.name, allowed=allowed)
    race = _race_of_link(options.link) if options.link is not None else _race_of_options(options)
    paths = race.run()
    if options.out is not None:
        writers = FORMATS | {"html": partial(_page, language=options.language)}
        options.out.write_bytes(writers[ending](race, paths))
    names = race.racer_names()
    longest = max(len(name) for name in names)
    print(f"{race.surface.title}, {race.convention}, {race.steps} steps")
    print(f"{'':{longest}}  {'final loss':>14}  {'gap':>10}  {'to 90 %':>7}  outcome")
    for row in scoreboard(paths):
        reached = row["steps_to_90"] if row["steps_to_90"] not in (None, -1) else "–"
        print(
            f"{names[row['index']]:{longest}}  {row['final_loss']:14.6g}  {row['final_gap']:10.3g}  {reached:>7}  "
            f"{row['outcome'].replace('_', ' ')}"
        )
    return 0


def _page(race: Race, paths: Sequence[Trajectory], language: str) -> bytes:
    # Only this format needs plotly.js, which takes a while to read.
    from optviz.ui.standalone import fans_of, html_page

    return html_page(race, paths, language, fans_of(race))


def _race_of_link(link: str) -> Race:
    race, problems = read_url(link)
    if problems:
        raise problems[0]
    return race


def _race_of_options(options: argparse.Namespace) -> Race:
    if options.formula is not None:
        surface: dict[str, object] = {"name": "formula", "text": options.formula}
    else:
        surface = {"name": options.surface}
    if options.seed is not None:
        surface["seed"] = options.seed
    if options.domain is not None:
        surface["domain"] = ",".join(options.domain)
    racers = _chosen(options.optimizers, options.convention)
    record = {"surface": surface, "convention": options.convention, "steps": options.steps}
    if options.start is not None:
        record["start"] = ",".join(options.start)
    made = make_surface(surface)
    race = Race.from_record(record).replaced(surface=made, racers=racers)
    if options.learning_rate is not None:
        rate = _number("learning_rate", options.learning_rate)
        race = race.with_learning_rate(rate)
    for setting in options.set:
        race = _with_setting(race, setting)
    return race


def _chosen(text: str, convention: str) -> tuple[Racer, ...]:
    keys = list(OPTIMIZERS) if text == "all" else [key.strip() for key in text.split(",")]
    return tuple(Racer(with_convention(key, convention)) for key in keys)


def _with_setting(race: Race, setting: str) -> Race:
    name, equals, text = setting.partition("=")
    key, dot, field = name.partition(".")
    if not equals or not dot:
        raise BadInput("not_readable", name="--set", value=setting, allowed="OPTIMIZER.NAME=VALUE")
    indices = [index for index, racer in enumerate(race.racers) if racer.key == key]
    if not indices:
        allowed = ", ".join(racer.key for racer in race.racers)
        raise BadInput("unknown_choice", name="--set", value=key, allowed=allowed)
    value = text == "true" if text in ("true", "false") else _number(field, text)
    for index in indices:
        race = race.with_racer(index, with_hyperparameter(race.racers[index], field, value))
    return race


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadInput("not_readable", name=name, value=text, allowed="a number") from None


def _surfaces(options: argparse.Namespace) -> int:
    for name in surface_names():
        if name in FAMILIES:
            print(f"{name:24}  {(FAMILIES[name].__doc__ or '').splitlines()[0]}")
        else:
            print(f"{name:24}  {gallery(name).title}: {gallery(name).teaches['en']}")
    return 0


def _optimizers(options: argparse.Namespace) -> int:
    for key, kind in OPTIMIZERS.items():
        optimizer = with_convention(key, options.convention)
        print(f"{key:18}{(kind.__doc__ or '').splitlines()[0]}")
        for name, parameter in kind.hyperparameters().items():
            value = getattr(optimizer, name)
            choice = "true, false" if isinstance(value, bool) else parameter.range_text(name)
            print(f"{'':18}{name} = {str(value).lower()}   ({choice})")
    return 0


def _serve(options: argparse.Namespace) -> int:
    # The app needs the web packages, the other commands do not.
    from optviz.ui.server import serve

    text = options.port.strip()
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 65535):
        raise BadInput("out_of_range", name="port", value=text, allowed=PORT.range_text("port"))
    return serve(host=options.host, port=int(text), browser=not options.no_browser, origins=options.origin)


if __name__ == "__main__":
    sys.exit(main())
