"""What each command does."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial

from optviz.bad_input import BadInput
from optviz.cli.options import race_of_options
from optviz.cli.writing import Writer, is_output, writer_for
from optviz.conventions import check_convention, with_convention
from optviz.experiment import Race, article, surface_names
from optviz.export import FORMATS
from optviz.export.whole import write_whole
from optviz.laboratory.tuning import found_rates, with_rates
from optviz.optimizers import OPTIMIZERS
from optviz.parameter import Parameter
from optviz.statistics import scoreboard
from optviz.surface import FAMILIES, gallery, gallery_names
from optviz.surface.gallery import gallery_file
from optviz.trajectory import Trajectory

PORT = Parameter(at_least=1, at_most=65535, whole=True)


def race(options: argparse.Namespace) -> int:
    """Run a race; print its scoreboard, or write a file."""
    # Also the page, which needs plotly.js.
    writers: dict[str, Writer] = {ending: known.write for ending, known in FORMATS.items()}
    writers["html"] = partial(_page, language=options.language)
    write = None if options.out is None else writer_for(options.out, writers, "--out")
    raced, notes = race_of_options(options)
    paths = raced.run()
    table = sys.stdout
    if write is not None:
        # To `--out paths.csv` that leads to the standard output, nothing else may be written.
        table = sys.stderr if is_output(options.out) else table
        write_whole(options.out, write(raced, paths))
    names = raced.racer_names()
    longest = max(len(name) for name in names)
    print(f"{raced.surface.title}, {raced.convention}, {raced.steps} steps", file=table)
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


def surfaces(options: argparse.Namespace) -> int:
    """List the surfaces."""
    for name in surface_names():
        if name in FAMILIES:
            print(f"{name:24}  {(FAMILIES[name].__doc__ or '').splitlines()[0]}")
        else:
            print(f"{name:24}  {gallery(name).title}: {gallery(name).teaches['en']}")
    return 0


def optimizers(options: argparse.Namespace) -> int:
    """List the optimizers, their hyperparameters and ranges."""
    for key, kind in OPTIMIZERS.items():
        optimizer = with_convention(key, options.convention)
        print(f"{key:18}{(kind.__doc__ or '').splitlines()[0]}")
        for name, parameter in kind.hyperparameters().items():
            value = getattr(optimizer, name)
            choice = "true, false" if isinstance(value, bool) else parameter.range_text(name)
            print(f"{'':18}{name} = {str(value).lower()}   ({choice})")
    return 0


def rates(options: argparse.Namespace) -> int:
    """Find learning rates for the optimizers on surfaces of the gallery; print them, or write them into their files."""
    if options.write and options.convention is not None:
        allowed = "--write, which writes the rates of all conventions"
        raise BadInput("not_together", name="--convention", value=options.convention, allowed=allowed)
    convention = check_convention(options.convention or article.CONVENTION)
    for name in options.surface or gallery_names():
        surface = gallery(name)
        if options.write:
            file = gallery_file(name)
            write_whole(file, with_rates(file.read_text(encoding="utf-8"), surface).encode())
            print(f"{name:24}  written")
            continue
        found = found_rates(surface, convention)
        print(f"{name:24}  {', '.join(f'{key} {rate:g}' for key, rate in found.items())}")
    return 0


def serve(options: argparse.Namespace) -> int:
    """Serve the app until it is interrupted."""
    # The app needs the web packages, the other commands do not.
    from optviz.ui.server import serve as serve_app

    text = options.port.strip()
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 65535):
        raise BadInput("out_of_range", name="port", value=text, allowed=PORT.range_text("port"))
    return serve_app(host=options.host, port=int(text), browser=not options.no_browser, origins=options.origin)
