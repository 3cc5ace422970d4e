"""Links: a record as query parameters, and back.

A list is joined by `~`, a racer's settings by `--`, and a setting is name-value: adam--beta1-0.8~nag. None of these
characters is ever percent-encoded, so that links stay short and legible wherever they are pasted.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from optviz.bad_input import BadInput
from optviz.experiment import versions
from optviz.experiment.reading import Reader
from optviz.experiment.record import BESIDE_SURFACE, MOST_RACERS, make_racer
from optviz.experiment.surfaces import SAMPLE_FIELDS, fields_of_family
from optviz.racer import PICKS, Racer
from optviz.surface import FAMILIES, FiniteSum

LONGEST_LINK = 8000
MOST_SETTINGS = 16
ENCODED = re.compile("(?:%[0-9A-Fa-f]{2})+")
MOST_GUESSED = 6
MOST_UNKNOWN = 100
FIRST_FORMULA = "x^2/4 + y^2/2 + sin(3*x)*cos(2*y)/2"
FORMULAS = {
    "ripples": FIRST_FORMULA,
    "bowl": "x^2 + 3*y^2",
    "valley": "(1-x)^2/20 + (y-x^2)^2/10",
    "saddle": "x^2 - y^2 + y^4/4",
    "wells": "x^4 - 2*x^2 + x/4 + y^2",
    "kink": "|x| + 2*|y|",
    "pit": "-exp(-x^2-y^2)",
}
"""Name → a formula to begin with. Each shows something else, and a way to write it."""
OTHER_PARAMETERS: dict[str, None] = {}
"""What else an address of the app may tell, such as how a race is looked at. Whoever reads it adds its name here."""
_FOREIGN_PARAMETERS = re.compile(
    r"utm_\w+|\w*clid|msclkid|gbraid|wbraid|mc_[ce]id|_g[al]|igsh(id)?|ref|ref_src|source|from|spm|si|share\w*|"
    r"scene|clicktime|enterid|isappinstalled|nsukey|weixin\w*|wx\w*|embed|embed_options|token|timestamp|_"
)
"""Parameters that mail programs, advertisements, messengers (WeChat's among them) and Streamlit add to any address."""
_LIKELY_MEANT = {
    **dict.fromkeys(("formula", "function", "expression", "f", "loss"), "text"),
    **dict.fromkeys(("lr", "eta", "rate", "alpha", "step_size"), "learning_rate"),
    **dict.fromkeys(
        ("optimizer", "optimizers", "optimiser", "optimisers", "methods", "method", "algorithms"), "racers"
    ),
    **dict.fromkeys(("x0", "y0", "start_x", "start_y", "point", "initial"), "start"),
    **dict.fromkeys(("iterations", "iters", "epochs", "n", "t"), "steps"),
    **dict.fromkeys(("language", "locale", "hl"), "lang"),
    **dict.fromkeys(("range", "bounds", "limits"), "domain"),
    **dict.fromkeys(("map", "family", "gallery"), "surface"),
    **dict.fromkeys(("batch", "batch_size", "batchsize"), "racers"),
}


def query_of(record: Mapping[str, Any]) -> dict[str, str]:
    """A record of today's version as query parameters."""
    surface = {name: spelled(value) for name, value in record["surface"].items()}
    query = {"v": str(record["version"]), "surface": surface.pop("name"), **surface}
    for name in ("start", "convention", "steps", "batch_seed", "learning_rate"):
        if name in record:
            query[name] = spelled(record[name])
    query["racers"] = "~".join(spelled_racer(racer) for racer in record["racers"])
    return query


def parameters(text: str) -> dict[str, str]:
    """The query parameters of a link, or of the text after its `?`; of one that is told twice the last counts."""
    address, question_mark, query = text.split("#")[0].partition("?")
    if not question_mark and "://" not in address:
        query = address
    parts = [part.replace("+", " ").partition("=") for part in query.split("&") if part]
    return {decoded(name): decoded(value) for name, _, value in parts}


def too_long(length: int) -> BadInput | None:
    """What to tell of a link of so many characters."""
    if length <= LONGEST_LINK:
        return None
    return BadInput("too_long", name="link", value=f"{length:,}", allowed=f"1 … {LONGEST_LINK:,}")


def record_of(query: Mapping[str, str], reader: Reader) -> dict[str, Any] | None:
    """The record that query parameters describe, numbers still as text; None where none of them is a race's."""
    if not set(_parameters_of_links()) & set(query):
        return None
    surface: dict[str, Any] = {name: value for name, value in query.items() if name not in ("v", *BESIDE_SURFACE)}
    surface["name"] = query["surface"] if "surface" in query else _surface_meant(query)
    if surface["name"] == "formula":
        surface.setdefault("text", FIRST_FORMULA)
    record: dict[str, Any] = {**query, "version": query.get("v", versions.VERSION), "surface": surface}
    if "racers" in query:
        # One more than may run, so that too many are told as such.
        parts = query["racers"].split("~", MOST_RACERS + 1)[: MOST_RACERS + 1]
        read = [reader.read(lambda part=part: split_racer(part), None) for part in parts]  # type: ignore[misc]
        record["racers"] = [racer for racer in read if racer is not None]
        kinds = {PICKS.get(racer["optimizer"], ("", None)) for racer in record["racers"]}
        given = {"v", *SAMPLE_FIELDS} & set(query)
        if surface["name"] != "regression" and not given and any(batch_size is not None for _, batch_size in kinds):
            # A link written by hand, such as ?racers=sgd~adam: samples, as the picker would have made them.
            surface["samples"] = FiniteSum.samples
    return record


def leaves_the_rate_to_the_surface(query: Mapping[str, str]) -> bool:
    """Whether a link was written by hand, such as ?surface=rosenbrock: it gets the rate that the picker would set."""
    return not {"v", "racers", "learning_rate"} & set(query)


def _surface_meant(query: Mapping[str, str]) -> str:
    """The surface that a link names, or else the first family that has all the fields that the link tells."""
    fields = {name: set(fields_of_family(name)) for name in FAMILIES}
    given = set(query) & set().union(*fields.values()) - set(SAMPLE_FIELDS)
    return query.get("surface") or next((name for name in fields if given <= fields[name]), "gaussian_hills")


def _parameters_of_links() -> tuple[str, ...]:
    fields = dict.fromkeys(itertools.chain(*(fields_of_family(name) for name in FAMILIES), SAMPLE_FIELDS))
    return ("v", *BESIDE_SURFACE, *fields)


def unknown_parameters(query: Mapping[str, str]) -> tuple[BadInput, ...]:
    """One sentence for each parameter that no link has, with the one that is likely meant, if any is.

    None for a link of another version: nobody knows here what that one had.
    """
    if query.get("v", str(versions.VERSION)) != str(versions.VERSION):
        return ()
    known = (*_parameters_of_links(), *OTHER_PARAMETERS)
    strange = (name for name in query if name not in known)
    unknown = (name for name in strange if not _FOREIGN_PARAMETERS.fullmatch(name[:40].lower()))
    may = ", ".join((*BESIDE_SURFACE, *fields_of_family(_surface_meant(query))))
    problems = []
    # Who sends hundreds of them is nobody to help.
    for place, name in enumerate(itertools.islice(unknown, MOST_UNKNOWN)):
        # To look for what is near takes a while.
        near = difflib.get_close_matches(name[:40].lower(), known, 1, 0.7) if place < MOST_GUESSED else []
        meant = _LIKELY_MEANT.get(name.lower(), near[0] if near else None)
        if meant is not None:
            problems.append(BadInput("unknown_parameter_near", name="link", value=name, allowed=f"{meant}="))
        else:
            problems.append(BadInput("unknown_parameter", name="link", value=name, allowed=may))
    return tuple(problems)


def read_racer(text: str, convention: str, rate: float | None = None) -> Racer:
    """A racer as a link spells it: "adam--beta1-0.8--batch_size-8". Raises BadInput.

    rate: its learning rate, where the text tells none and it can have that one.
    """
    record = split_racer(text)
    racer = make_racer(record, convention, None, Reader(strict=True))
    return racer if "learning_rate" in record else racer.with_possible_learning_rate(rate)


# --- spelling ------------------------------------------------------------------------------------------------------


def spelled(value: Any) -> str:
    """A value of a record as a link spells it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "~".join(spelled(item) for item in value)
    return value if isinstance(value, str) else repr(value)


def spelled_racer(record: Mapping[str, Any]) -> str:
    """A racer's record as a link spells it."""
    settings = [record["optimizer"]]
    for name, value in record.items():
        if name == "label":
            settings.append("label-" + quote(value, safe="").replace("-", "%2D").replace("~", "%7E"))
        elif name != "optimizer":
            settings.append(f"{name}-{spelled(value)}")
    return "--".join(settings)


def split_racer(text: str) -> dict[str, str]:
    """What `spelled_racer` wrote, numbers still as text. Raises BadInput."""
    optimizer, *settings = text.split("--")
    record = {"optimizer": optimizer}
    if len(settings) > MOST_SETTINGS or not all("-" in setting for setting in settings):
        raise BadInput("not_readable", name="racers", value=text, allowed="adam--beta1-0.8~nag")
    for setting in settings:
        name, _, value = setting.partition("-")
        record[name] = decoded(value) if name == "label" else value
    return record


def decoded(text: str) -> str:
    """Text without percent-encoding; what is not UTF-8 becomes �."""
    # As urllib's `unquote` does, which takes ten times as long for a text of nothing but %.
    return ENCODED.sub(lambda run: bytes.fromhex(run[0].replace("%", "")).decode(errors="replace"), text)
