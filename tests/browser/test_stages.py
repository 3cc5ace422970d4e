"""Stages by themselves, put on a page of the test's own, which hears what they send."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optviz import Race, stage
from optviz.figures import Figure
from optviz.figures.heights import contour_heights
from optviz.figures.race import race_figure
from optviz.figures.race_record import race_record
from optviz.text import words
from race_page import CLICK, RacePage
from tabs import Tabs

TEXT = words("en")
# Each place is mounted as Streamlit mounts a component; `asked` lists what it sends.
PAGE = """<!doctype html><meta charset="utf-8"><style>.optviz-picture {{ height: 260px }} {style}</style>
<button id="elsewhere">elsewhere</button>{places}
<script>{plotly}</script>
<script type="module">
{module}
window.asked = [];
window.leave = {{}};
window.give = (place, message) => {{
  const data = Uint8Array.from(atob(message), (letter) => letter.charCodeAt(0));
  const parentElement = document.getElementById(place);
  window.leave[place] = stage({{ parentElement, data, setTriggerValue: (_, asked) => window.asked.push(asked) }});
}};
{given}
</script>"""


def message(race: Race, **extra: Any) -> str:
    """What the server would say of a race, in base64."""
    record = race_record(race.run(), race.racer_names(TEXT["optimizer"]), race.start or race.surface.suggested_start)
    figure = race_figure(record, contour_heights(race.bare_surface), repr(race.bare_surface), TEXT["figure"])
    token = {"token": repr(race), **extra}
    return base64.b64encode(stage.pack(figure, TEXT["stage"], **token)).decode()


def arrow_message() -> str:
    """A figure without tracks: one arrow, nearly upright, in the colour of the accent."""
    axis = {"range": [0, 10], "gridcolor": "#ffffff", "zeroline": False}
    layer = {"kind": "arrows", "chart": "map", **{name: f"@{name}" for name in ("x1", "y1", "x2", "y2")}}
    figure = Figure(
        {"data": [{"type": "scatter"}], "layout": {"xaxis": axis, "yaxis": axis, "plot_bgcolor": "#ffffff"}},
        {"x1": np.array([4.0]), "y1": np.array([1.0]), "x2": np.array([4.2]), "y2": np.array([9.0])},
        layers=[{**layer, "color": "@theme/accent", "width": 4}],
    )
    return base64.b64encode(stage.pack(figure, TEXT["stage"], token="an arrow")).decode()


def opened(tabs: Tabs, path: Path, messages: dict[str, str]) -> RacePage:
    path.write_text(
        PAGE.format(
            style=stage.stage_style(),
            places="".join(f'<div id="{place}"></div>' for place in messages),
            plotly=stage.assets()["plotly"].body.decode(),
            module=stage.stage_module(),
            given="".join(f"give('{place}', '{given}');\n" for place, given in messages.items()),
        ),
        encoding="utf-8",
    )
    page = RacePage(tabs.take(offline=True), path.as_uri())
    page.page.goto(path.as_uri())
    for place in messages:
        page.page.wait_for_selector(f"#{place} .optviz-stage[data-drawn]")
    return page


@pytest.fixture
def mounted(tabs: Tabs, tmp_path: Path) -> Any:
    pages: list[RacePage] = []

    def mount(**messages: str) -> RacePage:
        pages.append(opened(tabs, tmp_path / f"{len(pages)}.html", messages))
        return pages[-1]

    yield mount
    for page in pages:
        page.leave()
        tabs.give_back(page.page, offline=True)
    assert [page.errors for page in pages] == [[]] * len(pages)


RACE = Race(steps=40).with_optimizers(["adam", "nag"])


def steps_of(page: RacePage) -> list[str | None]:
    return [stage.get_attribute("data-step") for stage in page.page.locator(".optviz-stage").all()]


def playing(page: RacePage) -> list[str | None]:
    return [stage.get_attribute("data-playing") for stage in page.page.locator(".optviz-stage").all()]


def test_of_two_stages_the_one_in_use_answers_the_keys(mounted: Any) -> None:
    page = mounted(first=message(RACE), second=message(RACE))
    page.page.keyboard.press("Home")
    assert steps_of(page) == ["0", "40"], "before either is used, the first"
    page.page.locator("#second [data-do=back]").click()
    page.page.keyboard.press("ArrowLeft")
    assert steps_of(page) == ["0", "38"]
    page.page.locator("#second .optviz-sentence").click()
    page.page.keyboard.press(" ")
    assert playing(page) == ["false", "true"]
    page.page.keyboard.press(" ")
    assert playing(page) == ["false", "false"]
    page.page.locator("#first .optviz-sentence").click()
    page.page.keyboard.press("ArrowRight")
    assert steps_of(page)[0] == "1"
    page.page.locator("#elsewhere").focus()
    page.page.keyboard.press("ArrowRight")
    assert steps_of(page)[0] == "1", "a button of the page has its keys to itself"


def test_a_stage_that_leaves_takes_its_keys_along(mounted: Any) -> None:
    page = mounted(first=message(RACE), second=message(RACE))
    page.page.evaluate("leave.first()")
    page.page.keyboard.press("Home")
    assert steps_of(page) == ["0", "40"], "of an overtaken message, while it stays"
    page.page.evaluate("document.getElementById('first').remove(); leave.first()")
    page.page.keyboard.press("Home")
    assert steps_of(page) == ["0"]
    page.page.evaluate("document.getElementById('second').remove(); leave.second()")
    page.page.keyboard.press("End")
    assert page.errors == []


def test_new_paths_are_on_the_canvas_before_plotly_has_drawn_them(mounted: Any) -> None:
    page = mounted(first=message(RACE))
    faster = RACE.with_learning_rate(0.3)
    # Where nothing has been travelled, only the pale paths are to be seen, if they are asked for.
    page.do("paths")
    page.page.keyboard.press("Home")
    seen = page.page.evaluate(
        """given => {
          const stage = document.querySelector(".optviz-stage"), canvas = document.querySelector(".optviz-trails");
          const before = [stage.dataset.painted, canvas.toDataURL()];
          window.give("first", given);
          const groups = [...document.querySelectorAll(".scatterlayer .trace")];
          return {
            painted: stage.dataset.painted !== before[0], pixels: canvas.toDataURL() !== before[1],
            drawn: stage.dataset.drawn === before[0], ahead: canvas.toDataURL(),
            stale: groups.filter(group => group.style.visibility === "hidden").length,
          };
        }""",
        message(faster),
    )
    # The paths and curves of two racers and the circle of the start.
    ahead = seen.pop("ahead")
    assert seen == {"painted": True, "pixels": True, "drawn": True, "stale": 5}
    page.page.wait_for_function(
        "token => document.querySelector('.optviz-stage').dataset.drawn === token", arg=repr(faster)
    )
    assert page.page.locator(".scatterlayer .trace[style*=hidden]").count() == 0
    now = page.page.evaluate("document.querySelector('.optviz-trails').toDataURL()")
    assert now != ahead, "Plotly has the pale paths"


def test_one_drag_is_one_request_at_a_time_and_one_when_it_ends(mounted: Any) -> None:
    page = mounted(first=message(RACE))
    page.page.mouse.move(*page.place(*RACE.surface.suggested_start))
    page.page.mouse.down()
    for x in (0.1, 0.3, 0.5):
        page.page.mouse.move(*page.place(x, -0.5))
    (live,) = page.page.evaluate("asked.map(({ live }) => live.start)")
    assert live == pytest.approx([0.1, -0.5], abs=0.02)
    page.page.evaluate("given => give('first', given)", message(RACE.replaced(start=(0.1, -0.5)), live=1))
    page.page.wait_for_function("asked.length === 2")
    assert page.page.evaluate("asked[1].live.start") == pytest.approx([0.5, -0.5], abs=0.02)
    page.page.mouse.up()
    (request,) = page.page.evaluate("asked.at(-1).requests")
    assert (request["what"], request["value"]) == ("start", pytest.approx([0.5, -0.5], abs=0.02))
    assert page.page.evaluate("asked.length") == 3


def zoom_into_the_map(page: RacePage) -> None:
    page.page.mouse.move(*page.place(-1, 1))
    page.page.mouse.down()
    page.page.mouse.move(*page.place(0.5, -0.5))
    page.page.mouse.up()
    page.page.wait_for_selector(".optviz-stage[data-zoomed=map]")


ASKED = "asked.flatMap(({ requests }) => requests.map(({ what }) => what))"


def test_a_click_is_sent_at_once(mounted: Any) -> None:
    page = mounted(first=message(RACE))
    left, top = page.place(0.4, -0.4)
    page.page.mouse.move(left, top)
    # Asked in the same turn as the click: no time has passed.
    asked = page.page.evaluate(
        f"""place => {{
          ({CLICK})(place);
          return window.asked.flatMap(({{requests}}) => requests.map(({{what, value}}) => [what, ...value]));
        }}""",
        [left, top],
    )
    assert asked == [["start", pytest.approx(0.4, abs=0.02), pytest.approx(-0.4, abs=0.02)]]


def test_where_a_chart_is_zoomed_one_click_is_shown_and_then_sent_and_two_take_it_home(mounted: Any) -> None:
    page = mounted(first=message(RACE))
    zoom_into_the_map(page)
    place = page.place(0, 0)
    page.page.mouse.click(*place)
    shown = page.page.evaluate("asked.findLast(({ live }) => live).live.start")
    assert shown == pytest.approx([0, 0], abs=0.02)
    page.page.wait_for_function(f"{ASKED}.at(-1) === 'start'")
    page.page.evaluate("asked.length = 0")
    page.click_twice(*place)
    page.page.wait_for_selector(".optviz-stage[data-zoomed='']")
    assert page.page.evaluate("asked.at(-1).requests.at(-1).what") == "let_go"
    page.page.wait_for_timeout(400)
    # Of the first click nothing is sent any more.
    assert page.page.evaluate("asked.at(-1).requests.at(-1).what") == "let_go"


# The colours along a row of a picture, half way up the arrow, as runs: how many pixels of each.
ACROSS = """async picture => {
  const bitmap = await createImageBitmap(picture);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height), context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const row = context.getImageData(0, Math.round(bitmap.height * 0.45), bitmap.width, 1).data;
  const pixels = Array.from({length: bitmap.width}, (_, i) => [...row.subarray(4 * i, 4 * i + 4)]);
  const bluish = pixels.filter(([red, green, blue, alpha]) => alpha > 8 && blue - green > 8);
  const full = bluish.filter(([red, green, blue, alpha]) => alpha > 250 && blue - green > 140);
  return {full: full.length, edge: bluish.length - full.length};
}"""


def test_arrows_are_drawn_where_nothing_moves_and_are_as_sharp_in_a_file(mounted: Any) -> None:
    page = mounted(first=arrow_message())
    on_screen = page.page.evaluate(f"({ACROSS})(document.querySelector('.optviz-trails'))")
    assert on_screen["full"] in (3, 4) and on_screen["edge"] <= 2, on_screen
    page.page.evaluate(
        "document.querySelector('#first').optvizStage.saver.download = picture => { window.saved = picture; }"
    )
    page.page.evaluate("document.querySelector('#first').optvizStage.saver.save('png')")
    page.page.wait_for_function("window.saved")
    # Twice as many pixels, and no wider an edge: it is not the screen's, made larger.
    in_file = page.page.evaluate(f"({ACROSS})(window.saved)")
    assert in_file["full"] in (7, 8) and in_file["edge"] <= 2, in_file
    page.page.evaluate("window.saved = null; document.querySelector('#first').optvizStage.saver.save('svg')")
    page.page.wait_for_function("window.saved")
    drawn = page.page.evaluate("window.saved.text()")
    assert drawn.count('stroke-width="4"') == 1 and 'fill="#6a48d7" stroke="none"' in drawn
