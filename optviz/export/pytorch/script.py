"""A race as PyTorch code: text that runs in a fresh process with torch alone, and takes the same steps in float64."""

from __future__ import annotations

from optviz.experiment import Race
from optviz.export.pytorch import frame
from optviz.export.pytorch.code import refuse
from optviz.export.pytorch.losses import loss_of
from optviz.export.pytorch.rules import rule_of

LONGEST_CODE = 200_000
"""No text is longer, in characters: an editor should still open it."""


def to_pytorch(race: Race) -> str:
    """Python source text that runs the race in PyTorch, in float64, and prints where each racer ends.

    It imports torch and the standard library. Run, it leaves `paths`: racer's name → list of (x, y, loss), at the start
    and after each step; the loss is the full one, also where the steps see batches, and those are the race's own. What
    is exactly an optimizer of `torch.optim` is that one, every other rule is written out.

    The steps are the same up to rounding, which chaotic paths amplify. One thing differs: a run that diverges simply
    goes on, where optviz records NaN from `Trajectory.diverged_at`. A formula is computed as it was typed, and where a
    slope is not finite (√x at 0) that term of the gradient is 0, here as there.

    Raises BadInput for an optimizer or a family of surfaces that is not in the tables below, smoothed noise of a `size`
    above 96, and batches that would make the text longer than 200,000 characters.
    """
    rules = [rule_of(racer) for racer in race.racers]
    loss = loss_of(race)
    sizes = sorted({racer.batch_size for racer in race.racers if racer.batch_size is not None})
    racers = "".join(
        f"    {name!r}: ({rule.call}, {racer.batch_size}),\n" if sizes else f"    {name!r}: {rule.call},\n"
        for name, rule, racer in zip(race.racer_names(), rules, race.racers, strict=True)
    )
    start = race.surface.suggested_start if race.start is None else race.start
    setting = frame.SETTING.format(
        start=(float(start[0]), float(start[1])),
        steps=race.steps,
        comment="the optimizer, and how many samples it sees at each step (None: all)" if sizes else "the optimizer",
        racers=racers,
    )
    tables = "".join(frame.table(name, table) for name, table in loss.tables.items())
    packed = "from_base64(" in tables
    written = dict.fromkeys(rule.definition for rule in rules if rule.definition)
    parts = [loss.code, *loss.definitions, *written, setting, frame.WALK_WITH_BATCHES if sizes else frame.WALK]
    numbers = [frame.NUMBERS + tables] if tables else []
    body = "\n\n".join([*parts, *([frame.FROM_BASE64] if packed else []), *numbers])
    imports = ["import base64\n"] * packed + ["import math\n"] * ("math." in loss.code)
    code = frame.HEAD + "".join(imports) + ("\n" if imports else "") + frame.IMPORT_TORCH + "\n\n" + body
    end = frame.RUN_WITH_BATCHES if sizes else frame.RUN
    count = sum(sizes) * race.steps
    # Millions of indices are refused before they are drawn: none takes less than three characters, and indentation and
    # brackets a tenth on top.
    drawn = frame.batches_of(race, sizes) if 3 * count < LONGEST_CODE else ""
    length = len(drawn) or 1.1 * count * len(f"{race.surface.samples}, ")
    room = LONGEST_CODE - len(code) - len(end)
    if length > room:
        refuse("batch_size × steps", f"{count:,}", f"batch_size × steps ≤ {int(count * room / length):,}")
    return code + drawn + end
