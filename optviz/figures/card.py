"""An optimizer's card: what it does in a sentence, its rule, its settings, and the numbers of each step."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from optviz.figures.figure import Figure
from optviz.formula.mathml import mathml
from optviz.parameter import Parameter
from optviz.racer import Racer


@dataclass(frozen=True, eq=False)
class Card:
    """What is on the card of one racer.

    rule: the lines of one step, in the form that the racer's fields choose. settings: name and value of each number
    that it is set by. numbers (steps + 1, 4), by step: ∂J/∂x, ∂J/∂y and |∇J| where it is, and how far the step went.
    """

    sentence: str
    rule: tuple[str, ...]
    settings: tuple[tuple[str, str], ...]
    numbers: np.ndarray


def card_of(racer: Racer, numbers: np.ndarray, text: Mapping[str, Mapping[str, str]]) -> Card:
    """The card of a racer after its run. numbers: what `slopes_and_lengths` gives. text: all words of a language."""
    return Card(
        sentence=_sentence(racer, text["idea"]),
        rule=racer.optimizer.rule,
        settings=tuple(_settings(racer, text)),
        numbers=numbers,
    )


def with_cards(figure: Figure, cards: Mapping[int, Card]) -> Figure:
    """The figure of a race with the cards of some of its racers, by their places in it."""
    layers, arrays = list(figure.layers), dict(figure.arrays)
    for index, layer in enumerate(layers):
        if layer["kind"] != "tracks":
            continue
        racers = list(layer["racers"])
        for place, card in cards.items():
            arrays[f"cards/{place}"] = card.numbers
            racers[place] = {**racers[place], "card": _card(card, f"@cards/{place}")}
        layers[index] = {**layer, "racers": racers}
    return dataclasses.replace(figure, layers=layers, arrays=arrays)


def _card(card: Card, numbers: str) -> dict[str, Any]:
    return {
        "sentence": card.sentence,
        "rule": [mathml(line) for line in card.rule],
        "settings": [list(setting) for setting in card.settings],
        "numbers": numbers,
    }


def _sentence(racer: Racer, ideas: Mapping[str, str]) -> str:
    """What the optimizer does; of a class that the words do not know, the beginning of its own docstring."""
    known = ideas.get(racer.kind)
    if known is not None:
        return known
    kind = type(racer.optimizer)
    written = (kind.__doc__ or "").strip()
    # A dataclass without a docstring is given its signature for one.
    return "" if written.startswith(f"{kind.__name__}(") else " ".join(written.split("\n\n")[0].split())


def _settings(racer: Racer, text: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str]]:
    optimizer, names = racer.optimizer, text["hyperparameter"]
    # What chooses between forms of the rule is seen in the rule.
    found = [
        _setting(name, parameter, value, names)
        for name, parameter in optimizer.hyperparameters().items()
        if not isinstance(value := getattr(optimizer, name), bool)
    ]
    if racer.batch_size is not None:
        found.append((text["controls"]["batch_size"], f"{racer.batch_size:,}"))
    table = racer.settings()
    return found + [_setting(name, table[name], value, names) for name, value in racer.changed_settings.items()]


def _setting(name: str, parameter: Parameter, value: Any, names: Mapping[str, str]) -> tuple[str, str]:
    """What a setting is called, with its symbol, and its value with a true minus sign."""
    called = names.get(name, name)
    if parameter.symbol and parameter.symbol not in called:
        called = f"{called} {parameter.symbol}"
    return called, parameter.written(value).replace("-", "−")
