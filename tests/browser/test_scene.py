"""The surface in 3-D: where things are in it, what hides what, and the camera, from the mouse to the link."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from optviz import GaussianHills, Race
from optviz.stage.page import html_page
from optviz.text import words
from race_page import PROJECTOR, RacePage
from serving import IN_DEPTH, launched
from tabs import DESKTOP, Tabs, new_tab
from test_everyone import violations
from test_taking_away import SVG, download
from tiers import long, rest_is_long

SCENERY = "document.querySelector('.optviz-stage').parentElement.optvizStage.picture.scenery"
RACE = Race(steps=60).with_optimizers(["adam", "momentum"])
COLORS = ((255, 0, 255), (0, 255, 0), (0, 255, 255), (255, 255, 0))
Open = Callable[..., RacePage]


@pytest.fixture(scope="module")
def deep_tabs(browser: Browser) -> Iterator[Tabs]:
    """Tabs of a Chromium that draws in 3-D."""
    running = launched(browser.browser_type, *IN_DEPTH)
    yield Tabs(running)
    running.close()


@pytest.fixture
def open_deep(server: str, deep_tabs: Tabs) -> Iterator[Open]:
    """Opens the app in 3-D as a new visitor."""
    opened: list[tuple[RacePage, dict[str, object]]] = []

    def open_one(query: str, **settings: object) -> RacePage:
        page = RacePage(deep_tabs.take(**settings), server)
        opened.append((page, settings))
        page.open(query)
        return page

    yield open_one
    for page, settings in opened:
        page.leave()
        deep_tabs.give_back(page.page, **settings)
    assert [(page.foreign, page.errors) for page, _ in opened] == [([], [])] * len(opened)


def standalone(tab: Page, folder: Path, language: str = "en", **chosen: str) -> Page:
    """The page that plays from disk, opened in a view."""
    file = folder / "race.html"
    view = {"chosen": {"drawn": "3d", **chosen}, "hidden": []}
    file.write_bytes(html_page(RACE, RACE.run(), language, view=view))
    tab.goto(file.as_uri())
    tab.wait_for_selector(".optviz-stage[data-drawn]")
    return tab


def camera(page: Page) -> list[float]:
    return page.evaluate(f"{SCENERY}.camera()")


def plotlys_markers(page: Page, points: np.ndarray, colors: Sequence[tuple[int, int, int]], size: int) -> np.ndarray:
    """Where Plotly's picture of the scene has these colours once it draws a marker in each at points (N, 3).

    Shape (colours, height, width).
    """
    source = page.evaluate(
        f"""async ([x, y, z, color, size]) => {{
            const {{ module, plot, box }} = {SCENERY};
            const marker = {{ size, color, opacity: 1, line: {{ width: 0 }} }};
            await module.addTraces(plot, {{ type: "scatter3d", mode: "markers", x, y, z, marker, hoverinfo: "skip" }});
            const {{ width, height }} = box;
            const shot = await module.toImage(plot, {{ format: "png", width, height, scale: 1 }});
            await module.deleteTraces(plot, [plot.data.length - 1]);
            return shot;
        }}""",
        [*points.T.tolist(), [f"rgb{color}" for color in colors], size],
    )
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))).convert("RGB"), dtype=int)
    different = dict.fromkeys(colors)
    return np.array([np.abs(pixels - np.array(color)).max(axis=-1) < 60 for color in different])


def turn(page: Page, to: list[float]) -> None:
    """Look from elsewhere, and wait until it is drawn so: Plotly's camera arrives two of its ticks of 16 ms later."""
    page.evaluate(f"camera => {SCENERY}.watched.turned(camera)", to)
    page.wait_for_function(f"camera => JSON.stringify({SCENERY}.camera()) === JSON.stringify(camera)", arg=to)
    page.evaluate(
        f"""async () => {{
            for (let left = 600, same = 0, before = ""; left && same < 10; left -= 1) {{
                await new Promise(requestAnimationFrame);
                const {{ view }} = {SCENERY};
                [same, before] = [view === before ? same + 1 : 0, view];
            }}
        }}"""
    )


@long
def test_a_point_is_projected_to_where_plotly_draws_its_marker(deep_tabs: Tabs, tmp_path: Path) -> None:
    # No axes, whose lines would cut the markers.
    page = standalone(deep_tabs.take(), tmp_path, look="article")
    # High above the valleys, so that nothing hides a part of them.
    points = np.array([[-0.7, -0.6, 1.0], [0.0, 0.8, 0.95], [0.4, -0.2, 1.0], [-0.3, 0.3, 0.9]])
    for seen_from in ([-52.0, 42.0, 1.6], [130.0, 20.0, 2.5, 0.2, -0.1, 0.1], [10.0, 80.0, 1.3]):
        turn(page, seen_from)
        for point, marker in zip(points, plotlys_markers(page, points, COLORS, 9), strict=True):
            rows, columns = np.nonzero(marker)
            assert rows.size > 20, "the marker is in the picture"
            left, top = page.evaluate(
                f"([x, y, z]) => {{ const sight = {SCENERY}.sight(); const [left, top] = sight.project(x, y, z);"
                " return [left - sight.box.left, top - sight.box.top]; }",
                point.tolist(),
            )
            # A pixel's number is that of its corner; a disk of 9 pixels is drawn to half a pixel.
            assert np.hypot(columns.mean() + 0.5 - left, rows.mean() + 0.5 - top) < 1.0
    deep_tabs.give_back(page)


@long
def test_what_is_said_to_be_hidden_plotly_hides(deep_tabs: Tabs, tmp_path: Path) -> None:
    tab = deep_tabs.take()
    surface = GaussianHills(seed=1)
    places = np.stack(np.meshgrid(np.linspace(-1.3, 1.3, 14), np.linspace(-1.3, 1.3, 14)), axis=-1).reshape(-1, 2)
    losses = surface.loss(np.array(np.meshgrid(np.linspace(-1.5, 1.5, 121), np.linspace(-1.5, 1.5, 121))).T)
    heights = (surface.loss(places) - losses.min()) / (losses.max() - losses.min())
    # Within the box: what lies beyond it would change its scales.
    places, heights = places[heights < 0.84], heights[heights < 0.84]
    counted, wrong = {True: 0, False: 0}, []
    for seen_from in ([-52.0, 14.0, 1.3], [128.0, 14.0, 1.3], [30.0, 25.0, 1.3]):
        # A page each: Plotly's pictures of a second camera may still be of the first.
        page = standalone(tab, tmp_path, look="article")
        turn(page, seen_from)
        # Above the ground, which would cut a marker that stands on it. What a little more or less height would show or
        # hide is a matter of the marker's size.
        found = page.evaluate(
            """async ([places, heights]) => {
                const stage = document.querySelector(".optviz-stage").parentElement.optvizStage;
                const mark = stage.screen.canvases.marks.find((mark) => mark.layer.kind === "scene");
                return places.map(([x, y], i) => [0.13, 0.17].map((lift) => mark.isBehind(x, y, heights[i] + lift))
                  .concat(mark.sight.project(x, y, heights[i] + 0.15)));
            }""",
            [places.tolist(), heights.tolist()],
        )
        box = page.evaluate(f"{SCENERY}.box")
        (drawn,) = plotlys_markers(page, np.column_stack([places, heights + 0.15]), COLORS[:1] * len(places), 4)
        pixels = np.array([[left - box["left"], top - box["top"]] for *_, left, top in found])
        for place, (low, high, *_) in enumerate(found):
            distances = np.hypot(*(pixels - pixels[place]).T)
            if low != high or np.sort(distances)[1] < 8:
                continue
            column, row = np.floor(pixels[place]).astype(int)
            counted[low] += 1
            if bool(drawn[row, column]) is low:
                wrong.append((seen_from, places[place]))
    assert counted[True] > 10
    assert counted[False] > 100
    assert wrong == []
    deep_tabs.give_back(tab)


@long
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
@pytest.mark.parametrize("width", [390, 360])
@pytest.mark.parametrize("view", ["3d", "both"])
def test_on_a_phone_the_title_of_the_height_is_whole(open_deep: Open, view: str, width: int, locale: str) -> None:
    window = {"width": width, "height": 900}
    page = open_deep(f"?v=1&view={view}", viewport=window, is_mobile=True, has_touch=True, locale=locale)
    page.page.wait_for_function(f"{SCENERY}?.sight() !== undefined")
    page.let_pass(3)
    box = page.page.locator(".optviz-scenery").bounding_box()
    docked = page.page.locator(".optviz-docked").bounding_box()
    assert box is not None
    assert docked is not None
    # What stands to the left of the numbers, above the sentence.
    clip = {"x": box["x"], "y": box["y"], "width": 60, "height": min(box["height"], docked["y"] - box["y"])}
    seen = np.asarray(Image.open(io.BytesIO(page.page.screenshot(clip=clip))).convert("L"), dtype=int)
    columns = (abs(seen - seen[0, 0]) > 40).any(axis=0)
    assert not columns[:2].any(), "it is not cut off at the edge"
    assert columns[:40].any()


def drag_the_scene(page: RacePage, by: tuple[int, int]) -> None:
    box = page.page.locator(".optviz-scenery").bounding_box()
    assert box is not None
    left, top = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.page.mouse.move(left, top)
    page.page.mouse.down()
    page.page.mouse.move(left + by[0], top + by[1], steps=4)
    page.page.mouse.up()


@long
def test_the_camera_is_part_of_the_link_and_stays_over_reruns_and_in_another_language(open_deep: Open) -> None:
    page = open_deep("?view=3d&steps=40&racers=adam~momentum")
    race, home = page.race(), camera(page.page)
    by_processor = "document.querySelector('.optviz-heads').getContext('2d').getContextAttributes().willReadFrequently"
    assert page.page.evaluate(by_processor), "this machine draws without a graphics card"
    drag_the_scene(page, (60, -30))
    page.wait_for_address("camera=")
    # Plotly's camera comes to rest a moment after the hand, and the address follows it.
    page.page.wait_for_function(f"new URLSearchParams(location.search).get('camera') === {SCENERY}.camera().join(',')")
    turned = camera(page.page)
    assert turned[0] != home[0]
    assert turned[1] != home[1]
    assert [float(number) for number in page.query()["camera"].split(",")] == turned
    assert page.race().start == race.start, "the drag has set no start"
    token = page.token()
    for _ in range(10):
        page.slide("One learning rate for all", "ArrowRight")
        page.wait_for_another(token)
        token = page.token()
    page.rest()
    assert camera(page.page) == turned
    page.page.get_by_text("中文", exact=True).click()
    page.page.wait_for_function("document.querySelector('.optviz-scenery').ariaLabel.includes('三维')")
    assert camera(page.page) == turned
    page.open(f"?{page.page.url.partition('?')[2]}")
    assert camera(page.page) == turned
    # Each look has a home of its own, and the way back to the map takes everything along.
    page.page.get_by_role("button", name=words("zh")["stage"]["view_article"]).click()
    page.wait_for_address("look=article")
    page.page.wait_for_function("!location.href.includes('camera=')")
    page.page.wait_for_function(f"{SCENERY}.camera().slice(0, 2).join() === '45,45'")
    page.page.get_by_role("button", name=words("zh")["stage"]["view_map"], exact=True).click()
    page.page.wait_for_function("!location.href.includes('view=')")
    assert page.page.locator(".optviz-scenery").is_hidden()


@long
def test_the_keyboard_turns_it_and_takes_it_home(open_deep: Open) -> None:
    page = open_deep("?view=both&steps=40&racers=adam&camera=10,40,2")
    page.page.locator(".optviz-scenery").focus()
    for key in ("ArrowRight", "ArrowUp", "ArrowUp", "+"):
        page.page.keyboard.press(key)
    page.wait_for_address("camera=15%2C50%2C1.82")
    assert camera(page.page) == [15, 50, 1.82]
    assert page.step() == 40, "the arrows have turned the surface, not the steps"
    page.page.keyboard.press("Home")
    page.page.wait_for_function("!location.href.includes('camera=')")
    assert page.step() == 40
    assert violations(page) == []


def scene_part(picture: Image.Image, page: RacePage) -> np.ndarray:
    """How many of the pixels where the scene is are coloured: columns of the picture, as shares."""
    box = page.page.evaluate(f"{SCENERY}.box")
    whole = page.page.locator(".optviz-picture").bounding_box()
    assert whole is not None
    scale = picture.width / whole["width"]
    part = picture.convert("RGB").crop(
        tuple(int(scale * at) for at in (box["left"], box["top"] + 60, box["left"] + box["width"], box["height"]))
    )
    pixels = np.asarray(part, dtype=int)
    return np.ptp(pixels, axis=-1) > 30


@long
def test_pictures_and_videos_show_the_surface_in_depth(open_deep: Open) -> None:
    page = open_deep("?view=3d&steps=20&racers=adam")
    png = Image.open(io.BytesIO(download(page, lambda: page.take("png"))))
    assert scene_part(png, page).mean() > 0.05, "a path alone has less than a hundredth"
    svg = download(page, lambda: page.take("svg")).decode()
    (image,) = [
        part for part in svg.split("<image ")[1:] if f'width="{page.page.evaluate(SCENERY + ".box.width")}"' in part
    ]
    picture = Image.open(io.BytesIO(base64.b64decode(image.partition("base64,")[2].partition('"')[0])))
    assert (np.asarray(picture.convert("RGBA"))[..., 3] > 0).mean() > 0.1, "a path alone has less than a hundredth"
    assert SVG[1:-1] in svg
    video = download(page, lambda: page.take("webm"))
    with av.open(io.BytesIO(video)) as recorded:
        first = next(recorded.decode(video=0)).to_image()
    assert scene_part(first, page).mean() > 0.05


@long
@pytest.mark.parametrize(
    ("query", "size"),
    [
        ("?view=both", DESKTOP),
        ("?view=both&present=1", PROJECTOR),
        ("?view=3d", PROJECTOR),
        ("?view=3d&lang=zh", PROJECTOR),
    ],
)
def test_no_letter_of_an_axis_is_cut_off(open_deep: Open, query: str, size: dict[str, int]) -> None:
    page = open_deep(query)
    page.page.set_viewport_size(size)  # type: ignore[arg-type]
    page.page.wait_for_function(f"innerWidth === {size['width']} && {SCENERY}.box.width < 0.4 * innerWidth")
    source = page.page.evaluate(f"{SCENERY}.image({{ scale: 1 }}).then(({{ source }}) => source)")
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))).convert("RGB"), dtype=int)
    ink = np.abs(pixels - pixels[0, 0]).max(axis=-1) > 30
    assert ink.any()
    assert not ink[:, :2].any() and not ink[:, -2:].any() and not ink[-2:].any(), "something goes on beyond the edge"


@pytest.mark.parametrize("language", rest_is_long(["en", "zh"], {"zh"}))
def test_without_webgl_a_sentence_says_so_and_the_map_is_shown(browser: Browser, tmp_path: Path, language: str) -> None:
    with new_tab(browser) as tab:
        tab.add_init_script(
            "HTMLCanvasElement.prototype.getContext = new Proxy(HTMLCanvasElement.prototype.getContext, {"
            " apply: (get, canvas, given) => /webgl/.test(given[0]) ? null : get.apply(canvas, given) })"
        )
        page = standalone(tab, tmp_path, language)
        assert page.locator(".optviz-notice").inner_text() == words(language)["stage"]["flat"]
        assert page.evaluate("document.querySelector('.optviz-plot')._fullLayout.xaxis.visible") is True
        assert page.locator(".optviz-scenery").is_hidden()
        page.get_by_role("button", name=words(language)["stage"]["view_map"], exact=True).click()
        assert page.locator(".optviz-notice").is_hidden()
