"""What stands around loss and rules in the PyTorch code: imports, the loop, the numbers of the race."""

from __future__ import annotations

import base64
import textwrap
from typing import Any

import numpy as np

from optviz.batches import batches
from optviz.experiment import Race
from optviz.export.pytorch.code import LINE

MOST_WRITTEN_OUT = 200
"""So many numbers of a table are written out; a longer one is packed."""

HEAD = """\
# A race of optimizers on a loss surface, written by optviz. It needs PyTorch alone; `paths` is what it leaves.

"""

IMPORT_TORCH = """\
import torch

# In torch's usual float32 the paths would soon part from those of optviz.
torch.set_default_dtype(torch.float64)
"""

SETTING = """\
START = {start!r}
STEPS = {steps}
# Name: {comment}.
RACERS = {{
{racers}}}
"""

WALK = '''\
def walk(make_optimizer):
    """(x, y, loss) at the start and after each step."""
    point = torch.tensor(START, requires_grad=True)
    optimizer = make_optimizer(point)

    def closure():
        point.grad = None
        value = loss(point)
        value.backward()
        return value

    path = [(*START, loss(point).item())]
    for _ in range(STEPS):
        optimizer.step(closure)
        path.append((*point.tolist(), loss(point).item()))
    return path
'''

WALK_WITH_BATCHES = '''\
def walk(make_optimizer, batch_size):
    """(x, y, loss) at the start and after each step; the loss of all samples, whatever the step has seen."""
    point = torch.tensor(START, requires_grad=True)
    optimizer = make_optimizer(point)

    def closure():
        point.grad = None
        value = loss(point) if batch_size is None else batch_loss(point, BATCHES[batch_size][step])
        value.backward()
        return value

    path = [(*START, loss(point).item())]
    for step in range(STEPS):
        optimizer.step(closure)
        path.append((*point.tolist(), loss(point).item()))
    return path
'''

NUMBERS = "# The numbers of this race, with all their digits.\n"

FROM_BASE64 = '''\
def from_base64(text):
    """A tensor from its float64 numbers, written in letters."""
    return torch.frombuffer(bytearray(base64.b64decode(text)), dtype=torch.float64)
'''

RUN = """
paths = {name: walk(make_optimizer) for name, make_optimizer in RACERS.items()}
for name, path in paths.items():
    x, y, value = path[-1]
    print(f"{name}: x = {x:.6g}, y = {y:.6g}, loss = {value:.6g}")
"""

RUN_WITH_BATCHES = RUN.replace("walk(make_optimizer) for name, make_optimizer in", "walk(*how) for name, how in")


def table(name: str, table: Any) -> str:
    """An assignment of a number, or of an array as a float64 tensor of the same shape, each with all its digits."""
    if np.ndim(table) == 0:
        return f"{name} = {table!r}\n"
    array = np.asarray(table, dtype=float)
    if array.size > MOST_WRITTEN_OUT:
        letters = "\n".join(textwrap.wrap(base64.b64encode(array.astype("<f8").tobytes()).decode(), LINE))
        shape = f".reshape{array.shape}" if array.ndim > 1 else ""
        return f'{name} = from_base64("""\n{letters}\n"""){shape}\n'
    items = [repr(item) for item in array.tolist()]
    line = f"{name} = torch.tensor([{', '.join(items)}])\n"
    return line if len(line) <= LINE else f"{name} = torch.tensor(\n    [\n{_wrapped(items)}\n    ]\n)\n"


def _wrapped(items: list[str]) -> str:
    # A short pair or batch stays on one line: what cannot break has no space for the moment.
    whole = (item.replace(" ", "\0") if len(item) < LINE // 2 else item for item in items)
    space = " " * 8
    lines = textwrap.fill(
        ", ".join(whole) + ",",
        LINE,
        initial_indent=space,
        subsequent_indent=space,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines.replace("\0", " ")


def batches_of(race: Race, sizes: list[int]) -> str:
    """The samples that each step sees, per batch size, as a dict."""
    if not sizes:
        return ""
    lines = ["\n# Batch size: the samples of each step. Racers of one batch size see the same ones.\nBATCHES = {\n"]
    for size in sizes:
        samples = race.surface.samples or 0
        drawn = batches(samples, size, race.steps, np.asarray(race.batch_seed), race.surface.replacement)
        lines.append(f"    {size}: [\n{_wrapped([repr(batch.tolist()) for batch in drawn])}\n    ],\n")
    return "".join([*lines, "}\n"])
