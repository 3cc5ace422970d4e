"""The one exception that bad input raises: one sentence, and the parts to say it again in another language."""

from __future__ import annotations

TEMPLATES: dict[str, str] = {
    "out_of_range": "{name} = {value} is not allowed; the valid range is {allowed}.",
    "not_a_number": "{name} = {value} is not a number; the valid range is {allowed}.",
    "not_a_whole_number": "{name} = {value} is not a whole number; the valid range is {allowed}.",
    "bare_array": (
        "{name} has shape {value}; an array of hyperparameters needs a last axis of length 1, "
        "such as (K, 1), so that it does not scale x and y separately."
    ),
    "unknown_choice": "{name} = {value} is not known; choose one of {allowed}.",
    "unknown_field": "{name} has no setting called {value}; it has {allowed}.",
    "unknown_parameter": "The link's parameter {value} is not known; it may be one of {allowed}.",
    "unknown_parameter_near": "The link's parameter {value} is not known; {allowed} may be meant.",
    "batch_size_lowered": "{name} = {value} is more than the {allowed} samples that there are; it became {allowed}.",
    "too_large": "{name} has more than {value} bytes; a file with a race has {allowed}.",
    "bad_file": "The file {name} tells no race that can be run: {allowed}",
    "bad_lesson": "The lesson {name} cannot be used: {allowed}",
    "bad_point": "{name} = {value} is not a point; give two finite numbers, {allowed}.",
    "bad_domain": "{name} = {value} is not a domain; give x_min < x_max, y_min < y_max, four numbers, {allowed}.",
    "bad_interval": "{name} = {value} is not an interval; give two different numbers, smaller first, {allowed}.",
    "bad_seed": "{name} = {value} is not a seed; give whole numbers, {allowed}.",
    "bad_block": "{name} = {value} is not a block of seeds; give first:beyond, two whole numbers, {allowed}.",
    "seeds_overlap": "{name} = {value} shares seeds with {allowed}, which are judged; choose a block that does not.",
    "bad_grid": "{name} = {value} is not a grid; give low, high and count, three numbers, {allowed}.",
    "no_league": "{name} = {value} is not drawn from a seed; a league can be asked about {allowed}.",
    "no_samples": "batch_size = {value} needs a surface made of samples; {name} has none.",
    "last_racer": (
        "{name} = {value}: the last optimizer stays, choose another one first; the valid range is {allowed}."
    ),
    "too_many": "{name}: {value} are too many; the valid range is {allowed}.",
    "too_much_work": (
        "steps = {value} is too much work for {name} optimizers on this surface; the valid range is {allowed}, "
        "or more with fewer optimizers."
    ),
    "too_much_work_of_samples": (
        "steps = {value} is too much work for {name} optimizers on this surface; the valid range is {allowed}, "
        "or more with fewer optimizers or fewer samples."
    ),
    "too_much_league": (
        "seeds: {value} are too much work for {name} optimizers and so many steps; the valid range is {allowed}, "
        "or more with fewer optimizers or steps."
    ),
    "too_long": "{name} has {value} characters; the valid range is {allowed}.",
    "not_readable": "{name} cannot be read: {value}; expected {allowed}.",
    "text_characters": "{name} = {value} holds characters that cannot be shown; use {allowed}.",
    "formula_empty": "The {name} is empty; write an expression in x and y of at least 1 character, such as {allowed}.",
    "formula_character": "The formula cannot contain “{name}”, found at column {value}; use {allowed}.",
    "formula_name": "The formula has the unknown name {name} at column {value}; it may use {allowed}.",
    "formula_call": "The function {name} at column {value} of the formula needs its arguments in brackets: {allowed}.",
    "formula_arguments": "{name} at column {value} of the formula has the wrong number of arguments; write {allowed}.",
    "formula_missing_times": "A sign is missing before “{name}” at column {value} of the formula; write * to multiply.",
    "formula_ambiguous": (
        "“{name}” at column {value} of the formula can be read in two ways; say which, as in {allowed}."
    ),
    "formula_bars": (
        "At “{name}”, column {value} of the formula, it is not clear which bars belong together; write {allowed}."
    ),
    "formula_variables": (
        "The formula mixes x, y with x1, x2 (“{name}” at column {value}); use one of the two: {allowed}."
    ),
    "formula_comma": (
        "The comma “{name}” at column {value} of the formula may stand for a decimal point or between two numbers; "
        "write decimals with a point, such as {allowed}."
    ),
    "formula_bracket": "The bracket “{name}” at column {value} of the formula is never closed; add {allowed}.",
    "formula_syntax": "The formula cannot be read at “{name}”, column {value}; write it like {allowed}.",
    "formula_depth": "The formula is nested too deeply at “{name}”, column {value}; at most {allowed} levels.",
    "formula_degree": "The power {name} at column {value} of the formula is too high; powers combine to {allowed}.",
    "formula_base": "The base of {name} at column {value} of the formula must be positive; allowed is {allowed}.",
    "formula_constant": "{name} at column {value} of the formula is not a finite number; the valid range is {allowed}.",
    "formula_operations": (
        "The derivatives of {name} at column {value} of the formula are too long; "
        "at most {allowed} operations are allowed."
    ),
    "gallery_missing": "{name} has no {value}; it must have {allowed}.",
    "gallery_field": "{name} = {value} cannot be used; it must be {allowed}.",
    "gallery_surface": "{name} describes a surface that cannot be made: {allowed}",
    "bad_host": "{name} = {value} cannot be listened on; give {allowed}.",
    "port_busy": "{name} = {value} is in use by another program; choose another one, such as {allowed}.",
    "port_forbidden": "{name} = {value} is not open to you on this computer; the range that is, is {allowed}.",
    "fits_already": "The domain {value} is already the one that fits this formula; nothing has changed.",
    "not_together": "{name} = {value} cannot be given together with {allowed}; leave one of the two out.",
    "other_league": (
        "{name} = {value} holds something else than the table of this league, and stays as it is; "
        "give {allowed}, or remove that file first."
    ),
    "other_report": (
        "{name} = {value} holds something else than a report of this league, and stays as it is; "
        "give {allowed}, or remove that file first."
    ),
    "no_pytorch": "{name} = {value} cannot be written as PyTorch code; the code can have {allowed}.",
}


class BadInput(ValueError):
    """Input that cannot be used, told in one sentence that names the value and what is allowed.

    `key` and `parts` let a user interface say the same sentence in another language; `str(error)` is English.
    """

    def __init__(self, key: str, *, name: str, value: object = "", allowed: object = "") -> None:
        self.key = key
        self.parts = {"name": name, "value": _short(value), "allowed": str(allowed)}
        super().__init__(TEMPLATES[key].format(**self.parts))

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (self.key, self.parts))


def _rebuild(key: str, parts: dict[str, str]) -> BadInput:
    return BadInput(key, name=parts["name"], value=parts["value"], allowed=parts["allowed"])


def _short(value: object, most: int = 60) -> str:
    try:
        text = value if isinstance(value, str) else repr(value)
    except (ValueError, RecursionError):
        # A whole number of 5,000 digits, a list that holds itself a thousand times.
        text = type(value).__name__
    text = "".join(character if character.isprintable() else "�" for character in text)
    return text if len(text) <= most else text[: most - 1] + "…"
