"""League: a question about many random surfaces as one frozen value, and its spellings."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

import tomli_w

from optviz.bad_input import BadInput
from optviz.conventions import check_convention
from optviz.experiment import article, link
from optviz.experiment.blocks import Block, block_text, check_block
from optviz.experiment.naming import racer_names
from optviz.experiment.race import Race, check_racers
from optviz.experiment.reading import Reader, number_or_list, read_toml
from optviz.experiment.record import LONGEST_FILE, racer_record, restored, written
from optviz.optimizers import NAMED_OPTIMIZERS
from optviz.parameter import SEED, STEPS, Parameter
from optviz.racer import Racer
from optviz.surface import FAMILIES, FiniteSum, GaussianHills, Surface

CHUNK = 250
"""Seeds are computed so many at once: block k holds the seeds from 250 k to 250 k + 249, whatever is asked."""

SEEDS = (0, 1000)

GRID = (1e-3, 1e2, 21)
GRID_COUNT = Parameter(at_least=2, at_most=101, whole=True)
GRID_END = Parameter(at_least=1e-9, at_most=1e6)
TUNED = "learning_rate"


@dataclass(frozen=True)
class League:
    """A question: how do these racers do on many surfaces of one family?

    surface: the family and its fields; its own seed does not count, and is 0 here. Of `league_families`, or samples
    made of such a surface. Each surface is started at its own suggested start.
    racers: 1 … 24 that text can name. convention: which source's forms they were built from. steps: 1 … 5,000.
    seeds: the first one, and the one beyond the last; 1 … 100,000 of them, from 0 to 2³² − 1.
    training: None for racers as they are; else the seeds on which the hyperparameter `tuned` of each racer is tuned,
    none of which is in `seeds`. grid: lowest and highest learning rate that are tried, 10⁻⁹ … 10⁶, and how many,
    2 … 101, evenly spaced by their logarithm. `tuned` and `grid` are the usual ones where nothing is tuned.

    Raises BadInput for anything else. Equal leagues have equal numbers, bit for bit, on one machine.
    """

    surface: Surface = field(default_factory=lambda: GaussianHills(seed=0))
    racers: tuple[Racer, ...] = field(default_factory=article.seven)
    convention: str = article.CONVENTION
    seeds: Block = SEEDS
    steps: int = article.STEPS
    training: Block | None = None
    tuned: str = TUNED
    grid: tuple[float, float, int] = GRID

    def __post_init__(self) -> None:
        check_convention(self.convention)
        self._set("surface", _of_no_seed(self.surface))
        self._set("racers", check_racers(self.racers))
        for racer in self.racers:
            # That text can name it: other processes know it by that alone.
            racer_record(racer.checked_on(self.surface), self.convention, None, whole=True)
        self._set("steps", STEPS.check_number("steps", self.steps))
        self._set("seeds", check_block("seeds", self.seeds))
        if self.training is None:
            self._set("tuned", TUNED)
            self._set("grid", GRID)
            return
        self._set("training", check_block("training", self.training))
        if self.training[0] < self.seeds[1] and self.seeds[0] < self.training[1]:
            raise BadInput(
                "seeds_overlap", name="training", value=block_text(self.training), allowed=block_text(self.seeds)
            )
        self._set("grid", check_grid(self.grid))
        self._set("tuned", _check_tuned(self.tuned, self.racers))

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    @property
    def n(self) -> int:
        """How many seeds are asked about."""
        return self.seeds[1] - self.seeds[0]

    @property
    def fair(self) -> bool:
        """Whether each racer is judged at its own best setting."""
        return self.training is not None

    @property
    def chunks(self) -> range:
        """The numbers of the chunks of `CHUNK` seeds that hold the seeds."""
        return range(self.seeds[0] // CHUNK, (self.seeds[1] - 1) // CHUNK + 1)

    @property
    def seven(self) -> tuple[int, ...]:
        """The places of the article's optimizers, the first one of each, in the article's order."""
        kinds = [racer.kind for racer in self.racers]
        return tuple(kinds.index(kind) for kind in article.OPTIMIZERS if kind in kinds)

    @property
    def batched(self) -> bool:
        """Whether any racer sees some of the samples per step: only then batch seeds matter."""
        return any(racer.batch_size is not None for racer in self.racers)

    def batch_seeds(self, seeds: Iterable[int]) -> tuple[int, ...]:
        """The seed of the batches on each of these surfaces: that of the surface.

        So all racers of one batch size see common samples on a surface, and other ones on the next.
        """
        return tuple(int(seed) for seed in seeds)

    def stack(self, seeds: Iterable[int]) -> Surface:
        """The surfaces of these seeds as one stack, freshly made: no run has told it of a lower point."""
        return _with_seed(self.surface, tuple(int(seed) for seed in seeds))

    def race(self, seed: int) -> Race:
        """The race behind the numbers of one seed. Raises BadInput for a seed outside 0 … 2³² − 1."""
        surface = _with_seed(self.surface, SEED.check_number("seed", seed))
        batch_seed = self.batch_seeds([seed])[0] if self.batched else 0
        return Race(surface, self.racers, self.convention, None, self.steps, batch_seed)

    def replaced(self, **changes: Any) -> League:
        """The same league with some fields changed."""
        return dataclasses.replace(self, **changes)

    def racer_names(self, titles: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """A distinct name per racer, as in a race."""
        return racer_names(self.racers, titles)

    def digest(self) -> str:
        """64 hexadecimal digits that are equal for leagues whose numbers are, whatever racers are labelled."""
        racers = tuple(dataclasses.replace(racer, label=None) for racer in self.racers)
        record = self.replaced(racers=racers).to_record(whole=True)
        return _digest(record)

    @property
    def sampling_seed(self) -> int:
        """A seed, 0 … 2³² − 1, for what is drawn to say how sure a number is; the same whoever else runs."""
        record = self.to_record(whole=True)
        del record["racers"]
        return int(_digest(record)[:8], 16)

    # Spellings

    def to_record(self, whole: bool = False) -> dict[str, Any]:
        """Plain nested dict of strings, numbers and lists, as of `Race.to_record`; blocks are "first:beyond".

        What goes without saying is left out, unless `whole`: then numbers that do not depend on this program's
        defaults stay true without it.
        """
        record = written(self.surface, self.racers, self.convention, None, self.steps, 0, whole)
        record["surface"].pop("seed", None)
        record.pop("batch_seed", None)
        racers = record.pop("racers")
        record["seeds"] = block_text(self.seeds)
        if self.training is not None:
            record["training"] = block_text(self.training)
            record |= {"tuned": self.tuned} if whole or self.tuned != TUNED else {}
            record |= {"grid": list(self.grid)} if whole or self.grid != GRID else {}
        return {**record, "racers": racers}

    @classmethod
    def from_record(cls, record: Any) -> League:
        """The league that `to_record` describes. Raises BadInput for anything that it cannot have written."""
        return _restored(record, Reader(strict=True))

    def to_json(self) -> str:
        """The league as JSON."""
        return json.dumps(self.to_record(), indent=2, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> League:
        """The league that `to_json` wrote. Raises BadInput."""
        return _read("JSON", json.loads, text)

    def to_toml(self, whole: bool = False) -> str:
        """The league as TOML, to be edited by hand; `whole` as of `to_record`."""
        return tomli_w.dumps(self.to_record(whole))

    @classmethod
    def from_toml(cls, text: str) -> League:
        """The league that `to_toml` wrote. Raises BadInput."""
        return _read("TOML", read_toml, text)

    def to_query(self, whole: bool = False) -> dict[str, str]:
        """The league as query parameters: those of a race without start and seeds, and its own.

        None for `League()`, unless `whole`.
        """
        if not whole and self == usual_league():
            return {}
        record = self.to_record()
        query = link.query_of(record)
        racers = query.pop("racers")
        for name in ("seeds", "training", "tuned", "grid"):
            if name in record:
                query[name] = link.spelled(record[name]).replace(":", "~")
        return {**query, "racers": racers}

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> League:
        """The league of query parameters. Never raises: what cannot be used falls back, as `read_league` tells."""
        return read_league(query)[0]

    def to_url(self) -> str:
        """The league as the text after `?` of a link; empty for `League()`."""
        return urlencode(self.to_query(), quote_via=quote)

    @classmethod
    def from_url(cls, text: str) -> League:
        """The league of a link or of the text after its `?`. Never raises: what cannot be used falls back."""
        problem = link.too_long(len(text))
        return League() if problem is not None else cls.from_query(link.parameters(text))


OWN_FIELDS = ("seeds", "training", "tuned", "grid")
"""What a league's record or link tells that a race's does not."""

NOT_OF_A_LEAGUE = ("start", "batch_seed")


@cache
def usual_league() -> League:
    """`League()`, to compare with."""
    return League()


def league_families() -> tuple[str, ...]:
    """The keys of the families of which many surfaces can be asked about: drawn from a seed, and in stacks."""
    return tuple(name for name, family in FAMILIES.items() if _takes_stacks(family))


def read_league(query: Mapping[str, str]) -> tuple[League, tuple[BadInput, ...]]:
    """The league of query parameters, and one BadInput for each that fell back. Never raises.

    A seed, start or batch seed, as a link of a race has it, is passed over.
    """
    problem = link.too_long(sum(len(name) + len(value) for name, value in query.items()))
    if problem is not None:
        return League(), (problem,)
    own = {name: query[name] for name in OWN_FIELDS if name in query}
    others = {name: value for name, value in query.items() if name not in own}
    reader, unknown = Reader(strict=False), link.unknown_parameters(others)
    record = link.record_of(others, reader) or usual_league().to_record()
    found = _restored({name: record[name] for name in record if name not in NOT_OF_A_LEAGUE} | own, reader)
    return found, (*reader.problems, *unknown)


def _digest(record: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


# --- surfaces ------------------------------------------------------------------------------------------------------


def _with_seed(surface: Surface, seed: Any) -> Surface:
    if isinstance(surface, FiniteSum):
        return dataclasses.replace(surface, surface=_with_seed(surface.surface, seed))
    return dataclasses.replace(surface, seed=seed)  # type: ignore[type-var]


def _takes_stacks(family: type[Surface]) -> bool:
    try:
        return family(seed=(0, 1)).stack_shape == (2,)  # type: ignore[call-arg]
    except (TypeError, ValueError):
        return False


def _of_no_seed(surface: Any) -> Surface:
    """The surface with the seed 0, if it is of a family of many. Raises BadInput for any other."""
    bare = surface.surface if isinstance(surface, FiniteSum) else surface
    if not isinstance(bare, Surface) or type(bare) not in [FAMILIES[name] for name in league_families()]:
        # As a link or a file calls it: its title is in one language.
        family = next((key for key, family in FAMILIES.items() if type(bare) is family), None)
        called: Any = family or getattr(bare, "name", None) or getattr(bare, "title", bare)
        raise BadInput("no_league", name="surface", value=called, allowed=", ".join(league_families()))
    return _with_seed(surface, 0)


# --- what is tuned -------------------------------------------------------------------------------------------------


def check_grid(grid: Any) -> tuple[float, float, int]:
    """What is tried, as lowest, highest and how many. Raises BadInput."""
    allowed = f"{GRID_END.range_text('low < high')}, {GRID_COUNT.range_text('count')}"
    try:
        low, high, count = grid
        low, high = (float(GRID_END.check_number("grid", end)) for end in (low, high))
        count = int(GRID_COUNT.check_number("grid", count))
    except (TypeError, ValueError):
        raise BadInput("bad_grid", name="grid", value=grid, allowed=allowed) from None
    if not low < high:
        raise BadInput("bad_grid", name="grid", value=grid, allowed=allowed)
    return (low, high, count)


def tunable() -> tuple[str, ...]:
    """The hyperparameters that can be tuned, of any optimizer that a link can name: the numbers that have a slider."""
    tables = (kind.hyperparameters() for kind in NAMED_OPTIMIZERS.values())
    return tuple(dict.fromkeys(name for table in tables for name in table if table[name].slider is not None))


def _check_tuned(tuned: Any, racers: Iterable[Racer]) -> str:
    """The name of a number that at least one of the racers has. Raises BadInput."""
    known: dict[str, None] = {}
    for racer in racers:
        table = racer.optimizer.hyperparameters()
        numbers = (name for name in table if not isinstance(getattr(racer.optimizer, name), bool))
        known |= dict.fromkeys(name for name in numbers if table[name].slider is not None)
    if not isinstance(tuned, str) or tuned not in known:
        raise BadInput("unknown_choice", name="tuned", value=tuned, allowed=", ".join(known))
    return tuned


# --- reading -------------------------------------------------------------------------------------------------------


def _restored(record: Any, reader: Reader) -> League:
    """The league that a record describes. Raises BadInput, or notes it, as the reader does."""
    if not isinstance(record, Mapping):
        raise BadInput("not_readable", name="league", value=type(record).__name__, allowed="a table of settings")
    for name in NOT_OF_A_LEAGUE:
        if name in record:
            reader.refuse(BadInput("unknown_field", name="league", value=name, allowed=", ".join(OWN_FIELDS)))
    fields = restored({name: value for name, value in record.items() if name not in OWN_FIELDS}, reader)
    for name in NOT_OF_A_LEAGUE:
        del fields[name]
    # A list is joined by ~ in a link.
    own = {name: record[name] for name in OWN_FIELDS if record.get(name) is not None}
    if "grid" in own:
        own["grid"] = reader.read(lambda: number_or_list("grid", own["grid"]), GRID)
    fields["surface"] = reader.read(lambda: _of_no_seed(fields["surface"]), _instead_of(fields["surface"]))
    for name, check, usual in (("seeds", check_block, SEEDS), ("training", check_block, None)):
        if name in own:
            fields[name] = reader.read(lambda name=name, check=check: check(name, own[name]), usual)  # type: ignore[misc]
    fields["racers"] = tuple(_on(racer, fields["surface"]) for racer in fields["racers"])
    found = reader.read(lambda: League(**fields), None)
    if found is None:
        # Only training can be at odds with what has been checked by itself.
        return League(**{name: value for name, value in fields.items() if name != "training"})
    for name in ("tuned", "grid"):
        if name in own:
            found = reader.read(lambda name=name, now=found: now.replaced(**{name: own[name]}), found)  # type: ignore[misc]
    return found


def _instead_of(surface: Surface) -> Surface:
    usual = usual_league().surface
    samples = surface.samples
    return usual if samples is None else FiniteSum(usual, max(2, samples), replacement=surface.replacement)


def _on(racer: Racer, surface: Surface) -> Racer:
    return racer.with_batch_of_at_most(surface.samples)


def _read(name: str, parse: Callable[[str], Any], text: str) -> League:
    if len(text) > LONGEST_FILE:
        raise BadInput("too_long", name=name, value=f"{len(text):,}", allowed=f"1 … {LONGEST_FILE:,}")
    try:
        return League.from_record(parse(text))
    except BadInput:
        raise
    except (ValueError, RecursionError) as error:
        # Also of a list as deep or a number as long as can be read, but not be told.
        raise BadInput("not_readable", name=name, value=str(error), allowed="a league") from None
