"""The command line: optviz serve | race | surfaces | optimizers."""

from __future__ import annotations

import argparse
import codecs
import os
import re
import stat
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from optviz.bad_input import BadInput
from optviz.conventions import CONVENTIONS, with_convention
from optviz.experiment import (
    Race,
    article,
    read_number,
    read_racer,
    read_url,
    single_surface,
    surface_names,
    surface_record,
    with_setting,
)
from optviz.export import FORMATS, read_race
from optviz.optimizers import OPTIMIZERS
from optviz.parameter import Parameter
from optviz.racer import Racer
from optviz.statistics import scoreboard
from optviz.surface import FAMILIES, gallery
from optviz.trajectory import Trajectory

PORT = Parameter(at_least=1, at_most=65535, whole=True)
INTERRUPTED = 130
"""The exit code of what Ctrl-C has ended: 128 + SIGINT."""

_NEGATIVE = re.compile(r"-[0-9.]+(?:[eE][+-]?[0-9]+)?")
_READABLE = {
    "–": "-",
    "−": "-",
    "—": "-",
    "…": "...",
    "≤": "<=",
    "≥": ">=",
    "→": "->",
    "←": "<-",
    "∞": "inf",
    "·": "*",
    "“": '"',
    "”": '"',
    "„": '"',
    "’": "'",
    "‘": "'",
    "×": "x",
    "√": "sqrt",
    "∇": "grad ",
    "Σ": "sum ",
    "∂": "d",
    "η": "eta",
    "θ": "theta",
    "γ": "gamma",
    "β": "beta",
    "ε": "epsilon",
    "ρ": "rho",
    "λ": "lambda",
    "σ": "sigma",
}
"""How a character is written where the encoding of the output has none for it."""

RACE_EXAMPLES = """\
examples:
  optviz race --surface gaussian_hills --seed 1 --convention tensorflow1 --optimizers all --steps 200 --out paths.csv
  optviz race --optimizers adam,adam--learning_rate-0.01,minibatch_sgd--batch_size-16 --samples 128 --spread 0.5
  optviz race --formula "(1-x)**2 + 100*(y-x**2)**2" --domain -2 2 -1 3 --start -1.5 2 --set adam.beta1=0.8
  optviz race --link "surface=gaussian_hills&seed=128" --steps 100 --out race.json
  optviz race --race race.json --surface rosenbrock --out race.html
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code: 0, 2 with one sentence on stderr for bad input, 130 for Ctrl-C."""
    _make_readable()
    try:
        try:
            options = _parser().parse_args(_with_signs(sys.argv[1:] if arguments is None else arguments))
            return int(options.run(options))
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except BadInput as problem:
        print(f"optviz: {problem}", file=sys.stderr)
    except BrokenPipeError:
        # The reader has seen enough (`| head`).
        _forget_output()
        return 0
    except KeyboardInterrupt:
        print("optviz: interrupted", file=sys.stderr)
        return INTERRUPTED
    except OSError as problem:
        if problem.filename is None:
            _forget_output()
        print(f"optviz: {problem.filename or 'output'}: {problem.strerror or problem}", file=sys.stderr)
    except MemoryError:
        print("optviz: there is not enough memory for this race; fewer steps or optimizers need less", file=sys.stderr)
    return 2


def _forget_output() -> None:
    # Nothing may be left to write at exit, which would complain.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _make_readable() -> None:
    """Let the output write what its encoding lacks in other words, and not stop there."""
    codecs.register_error("optviz_readable", _in_other_words)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="optviz_readable")


def _in_other_words(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    words = []
    for character in error.object[error.start : error.end]:
        plain = _READABLE.get(character) or unicodedata.normalize("NFKD", character)
        words.append(plain if plain.isascii() else "?")
    return "".join(words), error.end


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
        description="Run optimizers over one surface; print the scoreboard, or write every step to a file. Everything "
        "that the app can set can be set here. Options are applied on top of --link or --race.",
        epilog=RACE_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
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
    who = race.add_argument_group("optimizers")
    who.add_argument(
        "--optimizers",
        help="all, or keys with commas between them, sgd and minibatch_sgd too, also with settings as in a link: "
        "adam--beta1-0.8 (default: all)",
    )
    who.add_argument("--convention", help=f"{', '.join(CONVENTIONS)} (default: article)")
    who.add_argument(
        "--learning-rate",
        metavar="RATE",
        help="one for all that have one of their own (default: what the surface suggests, else 0.1)",
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
    batches.add_argument("--batch-seed", metavar="SEED", help="draws the batches (default: 0)")
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
    race.set_defaults(run=_race)

    surfaces = commands.add_parser("surfaces", help="list the surfaces")
    surfaces.set_defaults(run=_surfaces)
    optimizers = commands.add_parser("optimizers", help="list the optimizers, their hyperparameters and ranges")
    optimizers.add_argument("--convention", default="article", help=f"{', '.join(CONVENTIONS)} (default: article)")
    optimizers.set_defaults(run=_optimizers)
    return parser


def _race(options: argparse.Namespace) -> int:
    # Also the page, which needs plotly.js.
    writers: dict[str, Writer] = {ending: known.write for ending, known in FORMATS.items()}
    writers["html"] = partial(_page, language=options.language)
    write = None if options.out is None else _writer(options.out, writers)
    race, notes = _race_of_options(options)
    paths = race.run()
    table = sys.stdout
    if write is not None:
        # To `--out paths.csv` that leads to the standard output, nothing else may be written.
        table = sys.stderr if _is_output(options.out) else table
        _write(options.out, write(race, paths))
    names = race.racer_names()
    longest = max(len(name) for name in names)
    print(f"{race.surface.title}, {race.convention}, {race.steps} steps", file=table)
    for note in notes:
        print(note, file=table)
    print(f"{'':{longest}}  {'final loss':>14}  {'gap':>10}  {'to 90 %':>7}  outcome", file=table)
    for row in scoreboard(paths):
        reached = row["steps_to_90"] if row["steps_to_90"] not in (None, -1) else "–"
        print(
            f"{names[row['index']]:{longest}}  {row['final_loss']:14.6g}  {row['final_gap']:10.3g}  {reached:>7}  "
            f"{row['outcome'].replace('_', ' ')}",
            file=table,
        )
    return 0


def _page(race: Race, paths: Sequence[Trajectory], language: str) -> bytes:
    # Only this format needs plotly.js, which takes a while to read.
    from optviz.figures.fans import fans_of
    from optviz.stage.page import html_page

    return html_page(race, paths, language, fans_of(race))


# --- files ---------------------------------------------------------------------------------------------------------

Writer = Callable[[Race, Sequence[Trajectory]], bytes]


def _writer(out: Path, writers: dict[str, Writer]) -> Writer:
    """What writes a file of this name. Raises BadInput or OSError where nothing can, before a long race is run."""
    ending = out.suffix[1:].lower()
    if ending not in writers:
        allowed = ", ".join(f".{known}" for known in writers)
        raise BadInput("unknown_choice", name="out", value=out.name or str(out), allowed=allowed)
    if out.is_dir():
        raise IsADirectoryError(21, "Is a directory", str(out))
    if not out.parent.is_dir():
        raise FileNotFoundError(2, "No such folder", str(out.parent))
    return writers[ending]


def _is_output(out: Path) -> bool:
    try:
        return os.path.samestat(out.stat(), os.fstat(sys.stdout.fileno()))
    except (OSError, ValueError, AttributeError):
        return False


def _write(out: Path, content: bytes) -> None:
    """Write a file as a whole or not at all: what stood there before is there until all of the new one is on the disk.

    Raises OSError with the name of the file.
    """
    try:
        target = out.resolve()
        known = target.stat() if target.exists() else None
        if known is not None and not stat.S_ISREG(known.st_mode):
            # A terminal, a pipe: there is nothing to keep.
            with target.open("wb") as file:
                file.write(content)
            return
        if known is not None and not os.access(target, os.W_OK):
            raise PermissionError(13, "Permission denied")
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".part", dir=target.parent)
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.chmod(stat.S_IMODE(known.st_mode) if known is not None else 0o666 & ~_umask())
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as problem:
        raise OSError(problem.errno, problem.strerror or str(problem), str(out)) from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


# --- options -------------------------------------------------------------------------------------------------------


def _race_of_options(options: argparse.Namespace) -> tuple[Race, list[str]]:
    """The race, and what its reader should know of it: a sentence each.

    The options are applied in an order in which none undoes another, each as the app does.
    """
    own, settings = _settings(options.set)
    race = _begun(options)
    if options.convention is not None:
        race = race.with_convention(options.convention)
    before = race
    race = _on_surface(race, options, own)
    race = _with_samples(race, options)
    if options.optimizers is not None:
        race = _with_optimizers(race, options.optimizers)
    if options.learning_rate is not None:
        race = race.with_learning_rate(read_number("learning_rate", options.learning_rate))
    for whose, name, value in settings:
        race = _with_setting(race, whose, name, value)
    beside = {"steps": options.steps, "batch_seed": options.batch_seed}
    told: dict[str, Any] = {name: read_number(name, value) for name, value in beside.items() if value is not None}
    if options.start is not None:
        told["start"] = tuple(read_number("start", value) for value in options.start)
    race = race.replaced(**told)
    notes = [str(note) for note in race.lowered_batches(before)] if options.optimizers is None else []
    suggested = race.surface.suggested_learning_rate
    if options.learning_rate is None and race.shared_learning_rate == suggested not in (None, article.LEARNING_RATE):
        notes.append(f"learning rate {suggested:g}, which this surface suggests; --learning-rate sets another")
    return race, notes


def _begun(options: argparse.Namespace) -> Race:
    if options.file is not None:
        return read_race(options.file)
    if options.link is None:
        racers = tuple(Racer(with_convention(key, "article")) for key in OPTIMIZERS)
        return Race(racers=racers, convention="article")
    race, problems = read_url(options.link)
    if problems:
        raise problems[0]
    if not options.link.strip("?# \n"):
        raise BadInput("not_readable", name="link", value=options.link, allowed="surface=gaussian_hills&seed=1")
    return race


def _settings(given: Sequence[str]) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    """What --set says of the surface, and of optimizers: (whose, name, value)."""
    own: dict[str, str] = {}
    settings = []
    for setting in given:
        name, equals, value = setting.partition("=")
        whose, dot, field = name.partition(".")
        if not equals or not dot:
            raise BadInput("not_readable", name="--set", value=setting, allowed="OPTIMIZER.NAME=VALUE")
        if whose == "surface":
            own[field] = value
        else:
            settings.append((whose, field, value))
    return own, settings


def _on_surface(race: Race, options: argparse.Namespace, own: dict[str, str]) -> Race:
    changes: dict[str, Any] = dict(own)
    if options.seed is not None:
        changes["seed"] = options.seed
    if options.domain is not None:
        changes["domain"] = ",".join(options.domain)
    if options.formula is not None:
        return race.on_surface(single_surface({"name": "formula", "text": options.formula, **changes}))
    if options.surface is not None:
        return race.on_surface(single_surface({"name": options.surface, **changes}))
    if changes:
        return race.with_bare_surface(single_surface(surface_record(race.bare_surface) | changes))
    return race


def _with_samples(race: Race, options: argparse.Namespace) -> Race:
    given = {"samples": options.samples, "spread": options.spread, "sample_seed": options.sample_seed}
    given["replacement"] = options.replacement
    told = {name: value for name, value in given.items() if value is not None}
    if not told:
        return race
    # By its record, so that a regression refuses a spread, which it does not have.
    return race.with_sampled(single_surface(surface_record(race.surface) | told))


def _with_optimizers(race: Race, text: str) -> Race:
    parts = list(OPTIMIZERS) if text == "all" else [part.strip() for part in text.replace("~", ",").split(",")]
    return race.with_racers([read_racer(part, race.convention, race.shared_learning_rate) for part in parts])


def _with_setting(race: Race, whose: str, name: str, value: str) -> Race:
    of_kind = [index for index, racer in enumerate(race.racers) if racer.kind == whose]
    of_class = [index for index, racer in enumerate(race.racers) if racer.key == whose]
    indices = of_kind or of_class
    if not indices:
        allowed = ", ".join(dict.fromkeys(racer.kind for racer in race.racers))
        raise BadInput("unknown_choice", name="--set", value=whose, allowed=allowed)
    chosen = enumerate(race.racers)
    return race.with_racers([with_setting(racer, name, value) if i in indices else racer for i, racer in chosen])


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
