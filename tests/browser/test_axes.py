"""Where the axes are: at the figure's own ranges, or where the visitor has zoomed to; nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from optviz import GaussianHills, Regression, gallery
from race_page import PHONE, PROJECTOR, RacePage
from tiers import long, rest_is_long

Open = Callable[..., RacePage]
AXES = ("xaxis", "yaxis", "xaxis2", "yaxis2")
ZOOM = {
    "xaxis": (0.2, 0.6),
    "yaxis": (0.3, 0.7),
    "xaxis2": (0.1, 0.5),
    "yaxis2": (0.25, 0.75),
}
"""The part of each axis, from its lower end, over which the mouse draws its box."""


def home(page: RacePage) -> dict[str, list[float]]:
    """The figure's own ranges, as the stage tells them."""
    told = json.loads(page.stage.first.get_attribute("data-home") or "{}")
    return {name: told[name] for name in AXES}


def zoomed(page: RacePage) -> str | None:
    return page.stage.first.get_attribute("data-zoomed")


def draw_box(page: RacePage, x: str, y: str) -> None:
    """Zoom into one chart with the mouse."""
    edges: list[float] = page.plot(
        """(plot, [x, y, across, up]) => {
            const box = plot.getBoundingClientRect(), layout = plot._fullLayout;
            const left = (share) => box.left + layout[x]._offset + share * layout[x]._length;
            const top = (share) => box.top + layout[y]._offset + (1 - share) * layout[y]._length;
            return [left(across[0]), top(up[0]), left(across[1]), top(up[1])];
        }""",
        [x, y, ZOOM[x], ZOOM[y]],
    )
    before = page.ranges()
    mouse = page.page.mouse
    mouse.move(edges[0], edges[1])
    mouse.down()
    mouse.move((edges[0] + edges[2]) / 2, (edges[1] + edges[3]) / 2)
    mouse.move(edges[2], edges[3])
    mouse.up()
    page.page.wait_for_function(
        "([x, before]) => document.querySelector('.optviz-plot')._fullLayout[x].range[0] !== before",
        arg=[x, before[x][0]],
    )


def zoom_both(page: RacePage) -> dict[str, list[float]]:
    draw_box(page, "xaxis", "yaxis")
    draw_box(page, "xaxis2", "yaxis2")
    page.page.wait_for_selector(".optviz-stage[data-zoomed='map curves']")
    ranges, whole = page.ranges(), home(page)
    for name in AXES:
        assert abs(ranges[name][1] - ranges[name][0]) < 0.8 * abs(whole[name][1] - whole[name][0]), name
    return ranges


def assert_ranges(page: RacePage, expected: dict[str, list[float]], why: str) -> None:
    """The axes come to these ranges and stay there."""
    page.page.wait_for_function(
        """expected => {
            const layout = document.querySelector('.optviz-plot')._fullLayout;
            return Object.entries(expected).every(([axis, range]) => range.every((value, end) =>
                Math.abs(layout[axis].range[end] - value) <= 1e-6 * Math.abs(range[1] - range[0])));
        }""",
        arg=expected,
    )
    idle(page)
    for name, range_ in expected.items():
        assert page.ranges()[name] == pytest.approx(range_), (why, name)


def idle(page: RacePage) -> None:
    """Wait until the server has answered and the picture is drawn."""
    page.page.wait_for_function("!document.querySelector('[data-test-script-state=running]')")
    page.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def another_rate(page: RacePage) -> None:
    token = page.token()
    page.slide("One learning rate for all", "ArrowRight")
    page.wait_for_another(token)


def more_steps(page: RacePage) -> None:
    token = page.token()
    page.slide("Steps", "ArrowRight")
    page.wait_for_another(token)


def drag_the_start(page: RacePage) -> None:
    # Where the start lies inside the zoomed map, so that the mouse can hold it.
    token = page.token()
    left, top = page.place(*page.plot("plot => [plot.data[2].x[0], plot.data[2].y[0]]"))
    page.page.mouse.move(left, top)
    page.page.mouse.down()
    page.page.mouse.move(left + 30, top + 20)
    page.page.mouse.move(left + 40, top + 30)
    page.page.mouse.up()
    page.wait_for_address("start=")
    page.wait_for_another(token)


def press(name: str) -> Callable[[RacePage], None]:
    def act(page: RacePage) -> None:
        token = page.token()
        page.do(name)
        page.wait_for_another(token)

    return act


def view(name: str) -> Callable[[RacePage], None]:
    def act(page: RacePage) -> None:
        page.page.locator(f".optviz-views [data-name={name}]").click()
        page.page.wait_for_selector(f".optviz-views [data-name={name}][aria-pressed=true]")
        idle(page)

    return act


def theme(scheme: Any) -> Callable[[RacePage], None]:
    def act(page: RacePage) -> None:
        page.page.emulate_media(color_scheme=scheme)
        page.page.wait_for_selector(f".optviz-stage[data-theme={scheme}]")

    return act


def room(width: int, height: int, arrangement: str) -> Callable[[RacePage], None]:
    def act(page: RacePage) -> None:
        page.page.set_viewport_size({"width": width, "height": height})
        page.page.wait_for_selector(f".optviz-stage[data-arrangement={arrangement}]")
        page.page.wait_for_function(
            "document.querySelector('.optviz-plot')._fullLayout.width === "
            "document.querySelector('.optviz-picture').clientWidth"
        )

    return act


def hide_adam(page: RacePage) -> None:
    page.page.locator(".optviz-legend button", has_text="Adam").click()
    page.wait_for_address("hidden=")


def speak(language: str) -> Callable[[RacePage], None]:
    def act(page: RacePage) -> None:
        token = page.token()
        page.page.get_by_role("radio", name=language).click()
        page.wait_for_another(token)

    return act


KEPT: dict[str, Callable[[RacePage], None]] = {
    "another learning rate": another_rate,
    "the start dragged": drag_the_start,
    "dark": theme("dark"),
    "light again": theme("light"),
    "a smaller window": room(1200, 760, "wide"),
    "one chart above the other": room(900, 900, "narrow"),
    "side by side again": room(1440, 900, "wide"),
    "pinned": press("pin"),
    "not pinned": press("pin"),
    "more steps": more_steps,
    "a racer hidden": hide_adam,
    "veiled": lambda page: page.do("veil"),
    "seen whole again": lambda page: page.do("veil"),
    "Chinese": speak("中文"),
    "English": speak("English"),
}


@long
def test_a_zoom_is_kept_while_the_surface_stays(open_page: Open) -> None:
    page = open_page("?samples=64&racers=gradient_descent~minibatch_sgd~adam&start=-0.3~0.2")
    ranges = zoom_both(page)
    for why, act in KEPT.items():
        act(page)
        assert_ranges(page, ranges, why)
        assert zoomed(page) == "map curves", why


@long
def test_each_view_of_the_curves_has_a_zoom_of_its_own(open_page: Open) -> None:
    page = open_page("?samples=64&racers=gradient_descent~minibatch_sgd~adam")
    ranges = zoom_both(page)
    view("gap")(page)
    assert_ranges(page, {**ranges, "yaxis2": home(page)["yaxis2"]}, "the gap has not been zoomed")
    view("epoch")(page)
    assert_ranges(page, {**ranges, "xaxis2": home(page)["xaxis2"], "yaxis2": home(page)["yaxis2"]}, "nor the epochs")
    assert zoomed(page) == "map"
    view("loss")(page)
    view("step")(page)
    assert_ranges(page, ranges, "back in the first view")
    assert zoomed(page) == "map curves"


def choose_surface(name: str) -> Callable[[RacePage], None]:
    def act(page: RacePage) -> None:
        token = page.token()
        # The list shows a part of itself only; typing brings the name into it.
        page.page.get_by_test_id("stSidebar").get_by_role("combobox").first.fill(name)
        page.page.get_by_role("option", name=name).click()
        page.wait_for_another(token)

    return act


def another_seed(page: RacePage) -> None:
    token = page.token()
    page.type_seed(7)
    page.wait_for_another(token)


def on_tour(page: RacePage) -> None:
    token = page.token()
    page.do("tour")
    page.wait_for_another(token)
    page.do("tour")
    page.page.wait_for_selector(".optviz-stage[data-touring=false]")


def domain_of(surface: Any) -> dict[str, list[float]]:
    x_min, x_max, y_min, y_max = surface.domain
    return {"xaxis": [x_min, x_max], "yaxis": [y_min, y_max]}


# What is done, and the surface that is shown then: from the first to the last on one page.
HOME = [
    ("another seed", another_seed, GaussianHills(seed=7)),
    ("a lower surface", choose_surface("Ravine"), gallery("ravine")),
    ("six-hump camel", choose_surface("Six-hump camel"), gallery("six_hump_camel")),
    ("a wider one", choose_surface("Himmelblau"), gallery("himmelblau")),
    ("a long one", choose_surface("Rosenbrock"), gallery("rosenbrock")),
    ("on a tour", on_tour, None),
    ("data", choose_surface("Regression on samples"), Regression()),
]


@long
@pytest.mark.parametrize("touched", rest_is_long(["at home", "zoomed"], {"zoomed"}))
def test_another_surface_is_seen_whole(open_page: Open, touched: str) -> None:
    page = open_page()
    for why, act, surface in HOME:
        if touched == "zoomed":
            zoom_both(page)
        act(page)
        expected = home(page)
        if surface is not None:
            assert {name: expected[name] for name in ("xaxis", "yaxis")} == domain_of(surface), why
        assert_ranges(page, expected, why)
        assert zoomed(page) == "", why
        double_click(page, "xaxis2", "yaxis2")
        assert_ranges(page, expected, f"{why}, after a double click")


def double_click(page: RacePage, x: str, y: str) -> None:
    left, top = page.plot(
        "(plot, [x, y]) => { const box = plot.getBoundingClientRect(), layout = plot._fullLayout;"
        " return [box.left + layout[x]._offset + layout[x]._length / 3,"
        " box.top + layout[y]._offset + layout[y]._length / 3]; }",
        [x, y],
    )
    page.click_twice(left, top)


def test_a_double_click_takes_its_own_chart_home(open_page: Open) -> None:
    page = open_page("?surface=himmelblau")
    ranges = zoom_both(page)
    whole = home(page)
    double_click(page, "xaxis", "yaxis")
    assert_ranges(page, {**ranges, "xaxis": whole["xaxis"], "yaxis": whole["yaxis"]}, "the map")
    assert zoomed(page) == "curves"
    double_click(page, "xaxis2", "yaxis2")
    assert_ranges(page, whole, "the curves")
    assert zoomed(page) == ""
    assert "start" not in page.query(), "two clicks set no start"


@long
@pytest.mark.parametrize(("locale", "words"), [("zh-CN", "还原缩放"), ("en-US", "Reset zoom")])
def test_the_way_home_is_in_sight_only_while_zoomed(open_page: Open, locale: str, words: str) -> None:
    page = open_page(locale=locale)
    button = page.page.get_by_role("button", name=words)
    assert button.count() == 0
    zoom_both(page)
    box = button.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    # With the keyboard; what had the focus is gone then, and the keys are the race's again.
    button.focus()
    page.page.keyboard.press("Enter")
    assert_ranges(page, home(page), "the button takes all charts home")
    assert button.count() == 0
    page.page.keyboard.press("Home")
    assert page.step() == 0


@long
def test_the_cloud_of_gradients_has_the_same_way_home(open_page: Open) -> None:
    page = open_page("?samples=64&racers=gradient_descent~minibatch_sgd")
    page.page.get_by_text("Mini-batch gradients at one point").click()
    cloud = page.page.locator(".optviz-stage[data-drawn]").nth(1)
    cloud.wait_for()
    cloud.scroll_into_view_if_needed()
    ranges = "() => [...document.querySelectorAll('.optviz-plot')[1]._fullLayout.xaxis.range]"
    whole = page.page.evaluate(ranges)
    box = cloud.locator(".optviz-plot").bounding_box()
    assert box is not None
    mouse = page.page.mouse
    mouse.move(box["x"] + 0.15 * box["width"], box["y"] + 0.3 * box["height"])
    mouse.down()
    mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.5 * box["height"])
    mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.6 * box["height"])
    mouse.up()
    page.page.wait_for_function(f"first => ({ranges})()[0] !== first", arg=whole[0])
    assert cloud.get_attribute("data-zoomed") == "map"
    cloud.get_by_role("button", name="Reset zoom").click()
    page.page.wait_for_function(f"first => ({ranges})()[0] === first", arg=whole[0])
    assert cloud.get_attribute("data-zoomed") == ""


LABELS_HAVE_ROOM = """() => {
  const labels = [...document.querySelectorAll(".optviz-plot .y2tick text")];
  const boxes = labels.map((label) => label.getBoundingClientRect());
  boxes.sort((one, other) => one.top - other.top);
  // 2 px: a box is that much higher than its digits.
  return boxes.length > 0 && boxes.every((box, place) => !place || box.top >= boxes[place - 1].bottom - 2);
}"""
HEIGHTS = [(-0.75, 0.05), (-0.3, 0.1), (-1.2, 0.1), (-3, 0), (-8, 0.2), (-40, 0), (-0.5, 2.6), (-0.02, 0)]
"""Ranges of the logarithmic axis, in decades."""


SCREENS: dict[str, tuple[str, dict[str, Any]]] = {
    "projector": ("?present=1", {"viewport": PROJECTOR}),
    "presenting": ("?present=1", {}),
    "desk": ("", {}),
    "phone": ("", {"viewport": PHONE, "is_mobile": True, "has_touch": True}),
    "upright": ("", {"viewport": {"width": 768, "height": 1024}}),
}


@long
@pytest.mark.parametrize("screen", rest_is_long(SCREENS, {"phone"}))
def test_labels_of_the_logarithmic_axis_have_room(open_page: Open, screen: str) -> None:
    query, context = SCREENS[screen]
    page = open_page(f"{query}{'&' if query else '?'}axis=gap", **context)
    if context.get("is_mobile"):
        page.page.locator("[data-name=curves]").tap()
    page.page.wait_for_function(LABELS_HAVE_ROOM)
    for height in HEIGHTS:
        page.plot("(plot, range) => window.Plotly.relayout(plot, { 'yaxis2.range': range })", list(height))
        page.page.wait_for_function(LABELS_HAVE_ROOM)
