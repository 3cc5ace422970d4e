"""What the page of a step shows: who reads its lines alone, as text, gets the step that was recorded."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from displayed_lines import checked_step
from optviz import CONVENTIONS
from optviz.experiment import ARTICLE_OPTIMIZERS
from race_page import RacePage
from tiers import long

STEPS = 20

# Of every step the lines along x and along y; each is there within some hundred pictures, or the page is at fault.
LINES = """async (steps) => {
  const scrubber = document.querySelector('.inside .optviz-scrubber');
  const shown = [];
  for (let step = 1; step <= steps; step += 1) {
    scrubber.value = step;
    scrubber.dispatchEvent(new Event('input', { bubbles: true }));
    const next = () => new Promise((done) => requestAnimationFrame(done));
    for (let left = 600; document.querySelector('.inside').dataset.at !== String(step); left -= 1) {
      if (left === 0) throw new Error(`step ${step} is not shown, but ${document.querySelector('.inside').dataset.at}`);
      await next();
    }
    await next();
    const along = (axis) => [...document.querySelectorAll(`.inside-numbers[data-axis=${axis}] .inside-sum`)];
    shown.push(['x', 'y'].map((axis) => along(axis).map((row) => row.textContent)));
  }
  return shown;
}"""

ANOTHER = "token => document.querySelector('.inside').dataset.drawn !== token"

FEW = ("tensorflow1", ("nag", "adam"))
EVERY = [(convention, ARTICLE_OPTIMIZERS) for convention in CONVENTIONS]


@long
@pytest.mark.parametrize(("convention", "keys"), [FEW, *EVERY])
def test_the_lines_on_the_page_make_the_recorded_step(
    open_page: Callable[..., RacePage], convention: str, keys: tuple[str, ...]
) -> None:
    page = open_page(f"?convention={convention}&racers={'~'.join(keys)}&steps={STEPS}")
    page.page.keyboard.press("l")
    page.page.locator(".inside[data-drawn]").wait_for()
    page.rest()
    paths = page.race().run()
    assert [path.racer.key for path in paths] == list(keys)
    for place, path in enumerate(paths):
        if place > 0:
            token = page.page.locator(".inside").get_attribute("data-drawn")
            page.page.locator(".inside-racers button").nth(place).click()
            page.page.wait_for_function(ANOTHER, arg=token)
            page.rest()
        for step, axes in enumerate(page.page.evaluate(LINES, STEPS), start=1):
            for axis, lines in enumerate(axes):
                assert len(lines) == len(path.racer.optimizer.rule)
                before, moved = checked_step(lines)
                # The difference of two points has rounding in the size of θ.
                recorded = path.points[step, axis] - path.points[step - 1, axis]
                assert moved.low - 1e-15 <= recorded <= moved.high + 1e-15, (keys[place], step, lines)
                assert before.low <= path.points[step - 1, axis] <= before.high, (keys[place], step, lines)
