"""The race page in a real browser: what a visitor sees and does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser

from optviz import Race
from optviz.experiment import ARTICLE_OPTIMIZERS, read_url
from optviz.figures.palette import THEMES
from optviz.text import words
from race_page import GO, PHONE, PROJECTOR, RacePage
from tabs import DESKTOP, new_tab
from tiers import long, rest_is_long

Open = Callable[..., RacePage]
SEVEN = ["Gradient descent", "Momentum", "NAG", "Adagrad", "Adadelta", "RMSProp", "Adam"]


def drawn_paths(page: RacePage) -> list[np.ndarray]:
    """The points of every path that Plotly has drawn."""
    paths = page.plot(
        "plot => plot.data.filter(trace => trace.xaxis === 'x' && trace.mode === 'lines')"
        ".map(trace => [Array.from(trace.x), Array.from(trace.y)])"
    )
    return [np.array(path, dtype=float).T for path in paths]


def assert_drawn(page: RacePage, race: Race) -> None:
    """The picture is that of `race`: its points, to the float32 in which they travel."""
    drawn = drawn_paths(page)
    computed = [path.points for path in race.run()]
    assert len(drawn) == len(computed)
    for shown, points in zip(drawn, computed, strict=True):
        np.testing.assert_allclose(shown, points, rtol=1e-6, atol=1e-6)


def test_first_paint_is_the_article_setting_with_seven_racers(open_page: Open) -> None:
    page = open_page()
    assert page.page.locator(".optviz-legend button").all_inner_texts() == SEVEN
    main = page.page.locator("[data-testid=stMain]")
    assert main.locator("h1").inner_text() == "Seven optimizers, one start: who finds the valley?"
    assert "a Chinese survey article on optimization methods in deep learning" in main.inner_text()
    # Play is the only primary button.
    assert page.page.locator("[data-testid=stBaseButton-primary]").count() == 0
    assert page.query() == {}
    assert_drawn(page, Race())


@long
def test_the_hook_switches_to_the_article_formulas_and_the_ranking_changes(open_page: Open) -> None:
    page = open_page()
    ranking = page.page.locator(".optviz-scores tbody tr td:first-child")
    before, token = ranking.all_inner_texts(), page.token()
    page.page.get_by_role("button", name="Switch to the article's own formulas").click()
    page.wait_for_another(token)
    page.wait_for_address("convention=article")
    assert page.query()["convention"] == "article"
    assert_drawn(page, Race().with_convention("article"))
    page.page.wait_for_function(
        "before => [...document.querySelectorAll('.optviz-scores tbody tr td:first-child')]"
        ".map(cell => cell.innerText).join() !== before",
        arg=",".join(before),
    )
    assert sorted(ranking.all_inner_texts()) == sorted(before)


# What is said


@long
@pytest.mark.parametrize(
    ("settings", "viewport"),
    [({}, DESKTOP), ({"locale": "zh-CN"}, PHONE), ({}, PROJECTOR)],
    ids=["desk", "phone in Chinese", "projector"],
)
def test_whatever_is_said_has_room(open_page: Open, settings: dict[str, Any], viewport: dict[str, int]) -> None:
    """The sentence of every step, and those of the events, in the room that is kept for them."""
    page = open_page(**settings, viewport=viewport)
    heights = page.page.evaluate(
        """() => {
            const stage = document.querySelector(".optviz-stage").parentElement.optvizStage;
            const sentence = document.querySelector(".optviz-sentence");
            const heights = new Set();
            for (const playing of [false, true]) {
                for (let step = 0; step <= 200; step += 1) {
                    stage.state = { ...stage.state, playing };
                    stage.dispatch({ type: "seek", step });
                    stage.screen.paint();
                    heights.add(sentence.offsetHeight);
                }
            }
            stage.dispatch({ type: "pause" });
            return [...heights];
        }"""
    )
    assert len(heights) == 1


# Playing


def test_playing_moves_the_heads_until_it_is_paused(open_page: Open) -> None:
    page = open_page()
    page.do("first")
    assert page.step() == 0
    still, frames = page.head_pixels(), page.frames()
    page.do("play")
    page.page.wait_for_function(
        "frames => +document.querySelector('.optviz-stage').dataset.frames > frames + 20", arg=frames
    )
    page.do("play")
    assert page.stage.get_attribute("data-playing") == "false"
    assert page.step() > 0
    assert page.head_pixels() != still


def test_single_steps_and_the_scrubber(open_page: Open) -> None:
    page = open_page()
    page.do("first")
    for what, step in [("forward", 1), ("forward", 2), ("back", 1), ("last", 200), ("forward", 200), ("back", 199)]:
        page.do(what)
        assert page.step() == step
    page.page.locator(".optviz-scrubber").fill("42")
    assert page.step() == 42
    assert page.page.locator(".optviz-readout").inner_text() == "42 / 200"


def test_the_keyboard_plays_and_steps(open_page: Open) -> None:
    page = open_page()
    for key, step in [("Home", 0), ("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 200)]:
        page.page.keyboard.press(key)
        assert page.step() == step
    page.page.keyboard.press(" ")
    assert page.stage.get_attribute("data-playing") == "true"
    page.page.keyboard.press(" ")
    assert page.stage.get_attribute("data-playing") == "false"


def test_keys_belong_to_a_field_that_has_the_focus(open_page: Open) -> None:
    page = open_page()
    page.page.get_by_label("Seed", exact=True).focus()
    page.page.keyboard.press("Home")
    assert page.step() == 200


def test_heads_stand_on_the_point_of_the_step_in_both_charts(open_page: Open) -> None:
    # Alone: where heads meet, each is a piece of a pie.
    page = open_page("?hidden=0,1,2,3,4,5")
    page.page.locator(".optviz-scrubber").fill("30")
    adam = Race().run()[6]
    left, top = page.place(*adam.points[30])
    colors = page.page.evaluate(
        """([left, top]) => {
            const canvas = document.querySelector('.optviz-heads'), box = canvas.getBoundingClientRect();
            const scale = canvas.width / box.width, context = canvas.getContext('2d');
            const read = (x, y) => [...context.getImageData(x * scale, y * scale, 1, 1).data];
            const plot = document.querySelector('.optviz-plot'), {xaxis2, yaxis2} = plot._fullLayout;
            const loss = plot.data.find(trace => trace.name === 'Adam' && trace.xaxis === 'x2').y[30];
            return [read(left - box.left, top - box.top),
                    read(xaxis2._offset + xaxis2.d2p(30), yaxis2._offset + yaxis2.d2p(loss))];
        }""",
        [left, top],
    )
    # Adam's blue, drawn last and so on top, with full opacity.
    assert colors == [[11, 69, 184, 255]] * 2


@long
def test_of_heads_on_one_spot_all_are_seen(open_page: Open) -> None:
    page = open_page()
    page.do("first")
    left, top = page.place(*Race().surface.peak())
    seen = page.page.evaluate(
        """([left, top]) => {
            const canvas = document.querySelector('.optviz-heads'), box = canvas.getBoundingClientRect();
            const scale = canvas.width / box.width, context = canvas.getContext('2d');
            const colors = new Set();
            for (let degree = 0; degree < 360; degree += 2) {
                const turn = degree * Math.PI / 180;
                const [x, y] = [left + 6 * Math.sin(turn), top - 6 * Math.cos(turn)];
                const pixel = context.getImageData((x - box.left) * scale, (y - box.top) * scale, 1, 1).data;
                const hex = [...pixel].slice(0, 3).map(part => part.toString(16).padStart(2, '0')).join('');
                if (pixel[3] === 255) colors.add(hex);
            }
            return [...colors];
        }""",
        [left, top],
    )
    assert {THEMES["light"][kind].lstrip("#") for kind in ARTICLE_OPTIMIZERS} <= set(seen)


def test_playing_goes_on_across_a_rerun_and_the_plot_is_the_same_node(open_page: Open) -> None:
    page = open_page()
    page.plot("plot => { plot.marked = true; }")
    page.do("first")
    page.page.locator(".optviz-speed").select_option("0.25")
    page.do("play")
    token = page.token()
    page.slide("One learning rate for all", "ArrowRight")
    page.wait_for_another(token)
    step = page.step()
    assert page.stage.get_attribute("data-playing") == "true"
    page.page.wait_for_function("step => +document.querySelector('.optviz-stage').dataset.step > step", arg=step)
    assert page.plot("plot => plot.marked") is True


# Looking


def test_the_legend_hides_a_racer_on_both_charts_and_in_the_address(open_page: Open) -> None:
    page = open_page()
    shown = page.head_pixels()
    page.page.locator(".optviz-legend button", has_text="Adam").click()
    page.wait_for_address("hidden=6")
    visible = page.plot("plot => plot.data.filter(trace => trace.name === 'Adam').map(trace => trace.visible)")
    assert visible == [False, False]
    assert page.head_pixels() != shown
    page.open("?hidden=6")
    assert page.page.locator(".optviz-legend button[aria-pressed=false]").all_inner_texts() == ["Adam"]


@long
def test_the_log_axis_shows_the_gap_and_survives_in_a_link(open_page: Open) -> None:
    page = open_page()
    page.page.get_by_role("button", name="log gap").click()
    page.wait_for_address("axis=gap")
    assert page.plot("plot => plot._fullLayout.yaxis2.type") == "log"
    again = open_page("?axis=gap")
    assert again.plot("plot => plot._fullLayout.yaxis2.type") == "log"
    first = again.plot("plot => plot.data.filter(trace => trace.xaxis === 'x2').map(trace => trace.y[0])")
    assert first == [1] * 7


@long
def test_zoom_survives_reruns(open_page: Open) -> None:
    page = open_page()
    whole = page.ranges()
    left, top = page.place(-1, 1)
    right, bottom = page.place(0.5, 0)
    page.page.mouse.move(left, top)
    page.page.mouse.down()
    page.page.mouse.move((left + right) / 2, (top + bottom) / 2)
    page.page.mouse.move(right, bottom)
    page.page.mouse.up()
    page.wait_for_range("xaxis", whole["xaxis"], other=True)
    zoomed = page.ranges()
    assert page.query() == {}, "a drag is no click: the start stays"
    token = page.token()
    page.slide("One learning rate for all", "ArrowRight")
    page.wait_for_another(token)
    after = page.ranges()
    assert after["xaxis"] == pytest.approx(zoomed["xaxis"])
    assert after["yaxis"] == pytest.approx(zoomed["yaxis"])


def test_hover_tells_racer_step_loss_and_place(open_page: Open) -> None:
    page = open_page()
    adam = Race().run()[6]
    # Step 4 lies alone on the way down; later points crowd.
    label = page.page.locator(".optviz-plot .hoverlayer .hovertext").first
    for nudge in range(60):
        # Plotly answers the last of several moves; one that comes while it draws is lost.
        left, top = page.place(*adam.points[4])
        page.page.mouse.move(left + nudge % 2, top)
        page.page.wait_for_timeout(100)
        if label.is_visible():
            break
    text = label.text_content() or ""
    x, y = adam.points[4]
    assert "Adam" in text
    assert "step 4" in text
    assert adam.losses[4] < 0 and x < 0
    for number in (f"{adam.losses[4]:.6g}", f"{x:.4f}", f"{y:.4f}"):
        assert number.replace("-", "−") in text


# Changing


def test_a_click_on_the_contour_sets_the_start_at_the_exact_pixel(open_page: Open) -> None:
    page = open_page()
    for target in [(0.4, -0.7), (-1.2, -1.1), (1.25, 0.3)]:
        token, before = page.token(), page.page.url
        left, top = (round(pixel) for pixel in page.place(*target))
        page.page.mouse.click(left, top)
        page.wait_for_another(token)
        page.page.wait_for_function("before => location.href !== before", arg=before)
        x, y = (float(part) for part in page.query()["start"].split("~"))
        # Back on the screen it is the pixel that was clicked, to the six decimals that are kept.
        assert page.place(x, y) == pytest.approx((left, top), abs=0.01)
        assert_drawn(page, Race(start=(x, y)))


def test_every_control_changes_the_race_and_the_address(open_page: Open) -> None:
    page = open_page()
    page.unfold("Settings of an optimizer")
    steps: list[tuple[str, Callable[[], None]]] = [
        ("learning_rate", lambda: page.slide("One learning rate for all", "ArrowRight")),
        ("seed", lambda: page.type_seed(2)),
        ("convention", lambda: page.page.get_by_role("radio", name="PyTorch").click()),
        ("steps", lambda: page.slide("Steps", "ArrowRight")),
        ("racers", lambda: page.slide("Learning rate η", "ArrowLeft")),
        ("start", lambda: page.page.get_by_role("button", name="Random", exact=True).click()),
    ]
    for name, change in steps:
        before, token = page.query().get(name), page.token()
        change()
        page.wait_for_another(token)
        page.page.wait_for_function(
            "([name, before]) => new URL(location).searchParams.get(name) !== before", arg=[name, before]
        )
        race, problems = read_url(page.page.url)
        assert problems == ()
        assert_drawn(page, race)


def test_duplicate_and_remove_a_racer(open_page: Open) -> None:
    page = open_page()
    page.unfold("Settings of an optimizer")
    for button, names in [("Duplicate", [*SEVEN, "Adam 2"]), ("Remove", SEVEN)]:
        token = page.token()
        page.page.get_by_role("button", name=button, exact=True).click()
        page.wait_for_another(token)
        assert page.page.locator(".optviz-legend button").all_inner_texts() == names


def test_back_and_forward_restore_each_race(open_page: Open) -> None:
    page = open_page()
    tokens = [page.token()]
    for _ in range(2):
        page.slide("One learning rate for all", "ArrowRight")
        page.wait_for_another(tokens[-1])
        tokens.append(page.token())
    for expected in (tokens[1], tokens[0]):
        before = page.token()
        page.page.go_back()
        page.wait_for_another(before)
        assert page.token() == expected
    page.page.go_forward()
    page.wait_for_another(tokens[0])
    assert page.token() == tokens[1]


@long
def test_a_surface_whose_map_the_browser_has_dropped_is_sent_again(open_page: Open) -> None:
    page = open_page()
    first = page.token()
    # More surfaces than the stage keeps maps of.
    for seed in range(2, 15):
        token = page.token()
        page.type_seed(seed)
        page.wait_for_another(token)
    token = page.token()
    page.page.get_by_role("button", name="Back to the article's setting").click()
    page.wait_for_another(token)
    assert page.token() == first
    assert page.plot("plot => plot.data[0].z.length") == 121


def test_a_formula_is_drawn_and_a_bad_one_is_told_and_changes_nothing(open_page: Open) -> None:
    page = open_page("?surface=formula&text=x%5E2%2B3*y%5E2")
    assert_drawn(page, read_url("surface=formula&text=x%5E2%2B3*y%5E2")[0])
    token = page.token()
    field = page.page.get_by_role("textbox", name="Formula in x and y")
    field.fill("x^2 + __import__('os')")
    field.press("Enter")
    told = page.page.locator(".optviz-told")
    told.wait_for()
    assert "column 18" in told.inner_text()
    assert page.token() == token
    field.fill("(x-1)^2 + y^4")
    field.press("Enter")
    page.wait_for_another(token)
    page.wait_for_address("x-1")
    assert_drawn(page, read_url(page.page.url)[0])
    told.wait_for(state="detached")


# Links


LINKS = [
    "?v=1&surface=himmelblau&convention=pytorch&steps=120&learning_rate=0.01&racers=adam~nag--momentum-0.8",
    "?v=1&surface=smoothed_noise&seed=7&octaves=3&bowl=0.5&start=0.25~-0.5&convention=article&steps=300&racers=adam~adam--learning_rate-0.3--label-fast",
    "?v=1&surface=gaussian_hills&seed=128&weights=-1.0~0.2&convention=tensorflow1&steps=50&racers=rmsprop--epsilon_inside-false",
]


def test_a_link_restores_the_exact_picture(open_page: Open) -> None:
    page = open_page(LINKS[0])
    for link in LINKS:
        if link != LINKS[0]:
            page.go(link)
        race, problems = read_url(link)
        assert problems == ()
        assert_drawn(page, race)
        assert read_url(page.page.url)[0] == race
        assert page.page.locator(".optviz-told").count() == 0


BROKEN = [
    ("?surface=atlantis", "en-US", "surface = atlantis is not known"),
    ("?seed=-3&surface=gaussian_hills", "en-US", "seed = -3 is not allowed"),
    ("?steps=1e9", "en-US", "1 ≤ steps ≤ 5,000"),
    ("?steps=1e9", "zh-CN", "有效范围是 1 ≤ steps ≤ 5,000"),
    ("?racers=adam--learning_rate-0~zorro", "en-US", "optimizer = zorro is not known"),
    ("?surface=formula&text=%3Cscript%3Ealert(1)%3C/script%3E", "en-US", "column"),
    ("?start=nan~1", "zh-CN", "start"),
    ("?racers=" + "adam~" * 1500 + "nag", "en-US", "too many"),
    ("?text=" + "x" * 9000 + "&surface=formula", "en-US", "8,000"),
]


@pytest.mark.parametrize("locale", rest_is_long(["en-US", "zh-CN"], {"zh-CN"}))
def test_a_broken_link_is_told_in_one_sentence_and_the_race_runs(open_page: Open, locale: str) -> None:
    links = [(link, sentence) for link, language, sentence in BROKEN if language == locale]
    page = open_page(links[0][0], locale=locale)
    for link, sentence in links:
        page.page.evaluate(GO, link)
        page.page.locator(".optviz-told", has_text=sentence).wait_for()
        page.rest()
        assert len(drawn_paths(page)) >= 1
        body = page.page.locator("body").inner_text()
        assert "Traceback" not in body
        assert "Error" not in body


def test_a_label_is_text_and_never_markup(open_page: Open) -> None:
    page = open_page("?v=1&surface=bowl&racers=adam--label-%253Cimg%2520src%253Dx%2520onerror%253Dx%253E")
    assert page.page.locator(".optviz-legend button").all_inner_texts() == ["<img src=x onerror=x>"]
    assert page.page.locator(".optviz-scores img, .optviz-legend img").count() == 0


# Languages, themes, widths


@pytest.mark.parametrize(
    ("locale", "word"),
    [
        ("en-US", "Loss surface"),
        ("zh-CN", "损失曲面"),
        pytest.param("de-DE", "Loss surface", marks=long),
    ],
)
def test_the_browser_language_comes_first(open_page: Open, locale: str, word: str) -> None:
    page = open_page(locale=locale)
    assert word in page.page.locator("[data-testid=stSidebar]").inner_text()
    assert page.page.evaluate("document.documentElement.lang") == ("zh" if locale == "zh-CN" else "en")


def test_the_language_switch_is_kept_in_the_address(open_page: Open) -> None:
    page = open_page()
    token, entries = page.token(), page.page.evaluate("history.length")
    page.page.get_by_role("radio", name="中文").click()
    page.wait_for_another(token)
    page.wait_for_address("lang=zh")
    assert page.query()["lang"] == "zh"
    assert "梯度下降" in page.page.locator(".optviz-legend").inner_text()
    assert page.page.evaluate("history.length") == entries


@long
@pytest.mark.parametrize("name", ["step", "guide", "lessons", "league"])
def test_the_way_back_leads_past_the_language(open_page: Open, name: str) -> None:
    page = open_page()
    page.page.get_by_role("link", name=words("en")["app"][f"page_{name}"], exact=True).click()
    page.page.wait_for_url(f"**/{name}*")
    page.rest()
    for language, title in (("zh", "中文"), ("en", "English")):
        page.page.get_by_role("radio", name=title).click()
        page.page.wait_for_function("language => document.documentElement.lang === language", arg=language)
        page.wait_for_address(f"lang={language}")
        page.rest()
    page.page.go_back()
    page.page.wait_for_selector(".optviz-stage[data-drawn]")
    page.page.wait_for_url(lambda url: name not in url)
    assert page.page.evaluate("document.documentElement.lang") == "en"


@pytest.mark.parametrize(("scheme", "ink"), [("light", "rgb(17, 17, 17)"), ("dark", "rgb(255, 255, 255)")])
def test_the_stage_follows_the_theme(open_page: Open, scheme: str, ink: str) -> None:
    page = open_page(color_scheme=scheme)
    assert page.stage.get_attribute("data-theme") == scheme
    stroke = page.plot("plot => getComputedStyle(plot.querySelector('.scatterlayer .lines path')).stroke")
    assert stroke == ink, "gradient descent is black on light, white on dark"


@pytest.mark.parametrize("viewport", [DESKTOP, PROJECTOR], ids=["desktop", "projector"])
@pytest.mark.parametrize("locale", rest_is_long(["en-US", "zh-CN"], {"zh-CN"}))
def test_picture_and_transport_are_above_the_fold(open_page: Open, viewport: dict[str, int], locale: str) -> None:
    page = open_page(viewport=viewport, locale=locale)
    for part in (".optviz-legend", ".optviz-picture", ".optviz-transport", ".optviz-sentence"):
        box = page.page.locator(part).bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= viewport["height"], part
        assert box["x"] + box["width"] <= viewport["width"], part


@pytest.mark.parametrize("locale", rest_is_long(["en-US", "zh-CN"], {"zh-CN"}))
def test_a_phone_sees_the_picture_first_and_reaches_every_control(open_page: Open, locale: str) -> None:
    page = open_page(viewport=PHONE, locale=locale, is_mobile=True, has_touch=True)
    picture = page.page.locator(".optviz-picture").bounding_box()
    transport = page.page.locator(".optviz-transport").bounding_box()
    assert picture is not None
    assert transport is not None
    # Below the heading and a legend that names all seven; the whole map is above what is docked.
    assert picture["y"] < PHONE["height"] * 0.42
    box = page.plot("plot => plot._fullLayout.yaxis._offset + plot._fullLayout.yaxis._length")
    assert picture["y"] + box < page.page.locator(".optviz-sentence").bounding_box()["y"]
    assert transport["y"] + transport["height"] <= PHONE["height"], (
        "the controls are docked while the picture is in sight"
    )
    assert page.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.page.get_by_test_id("stExpandSidebarButton").click()
    steps = page.page.get_by_test_id("stSidebar").get_by_test_id("stNumberInput").last
    steps.scroll_into_view_if_needed()
    assert steps.is_visible()
    page.page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()


@long
def test_nothing_is_cut_off(open_page: Open) -> None:
    """No button, chip or readout whose text is wider than its box."""
    for locale in ("en-US", "zh-CN"):
        page = open_page(locale=locale)
        for viewport in (DESKTOP, PROJECTOR, PHONE):
            page.page.set_viewport_size(viewport)
            arrangement = "narrow" if viewport is PHONE else "wide"
            page.page.wait_for_selector(f".optviz-stage[data-arrangement={arrangement}]")
            if viewport is PHONE:
                page.page.get_by_test_id("stExpandSidebarButton").click()
                # It slides in; only at rest do its buttons have their width.
                page.page.wait_for_function(
                    "Math.round(document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().left) === 0"
                    " && document.querySelector('[data-testid=stSidebar]').getAnimations({subtree: true}).length === 0"
                )
            cut = page.page.evaluate(
                "[...document.querySelectorAll('button, .optviz-readout, .optviz-sentence')]"
                ".filter(part => part.offsetParent && [part, ...part.querySelectorAll('div, span, p')]"
                ".some(inner => inner.scrollWidth > inner.clientWidth + 1"
                " && getComputedStyle(inner).overflow !== 'visible'))"
                ".map(part => part.innerText)"
            )
            assert cut == [], (viewport, locale)


# The hand on the picture

COUNT_PICTURES = """() => {
    window.pictures = new Set();
    new MutationObserver(() => window.pictures.add(document.querySelector('.optviz-stage').dataset.drawn))
        .observe(document.querySelector('.optviz-stage'), {attributes: true, attributeFilter: ['data-drawn']});
}"""


TOLD_OF_A_POINT = """() => {
  const { optvizStage } = document.querySelector(".optviz-stage").parentElement;
  const labels = document.querySelector(".optviz-plot .hoverlayer");
  return [getComputedStyle(labels).display !== "none", optvizStage.state.lit];
}"""
"""Whether the label of a point would be seen, and who is lit."""


def test_dragging_the_start_is_followed_and_committed_once(open_page: Open) -> None:
    page = open_page()
    page.page.evaluate(COUNT_PICTURES)
    entries = page.page.evaluate("history.length")
    begin, end = page.place(*Race().surface.peak()), page.place(0.8, -0.9)
    page.page.mouse.move(*begin)
    page.page.mouse.down()
    for move in range(600):
        share = 1 - abs(move % 80 - 40) / 40  # to and fro
        page.page.mouse.move(*(a + (b - a) * share for a, b in zip(begin, end, strict=True)))
        page.let_pass(2)
        if page.page.evaluate("window.pictures.size") >= 4:
            break
    # How many a second is for benchmarks/ to say; it is followed where there are some on the way.
    assert page.page.evaluate("window.pictures.size") >= 4
    page.page.mouse.move(*end)
    assert page.query() == {}, "nothing is in the address while the start is held"
    assert page.page.evaluate(TOLD_OF_A_POINT) == [False, None]
    page.page.mouse.up()
    page.wait_for_address("start=")
    assert page.page.evaluate(TOLD_OF_A_POINT) == [False, None], "the hand is still there"
    x, y = (float(part) for part in page.query()["start"].split("~"))
    assert (x, y) == pytest.approx((0.8, -0.9), abs=0.01)
    page.page.wait_for_function("start => document.querySelector('.optviz-plot').data[2].x[0] === start", arg=x)
    assert_drawn(page, Race(start=(x, y)))
    assert page.page.evaluate("history.length") == entries + 1
    page.page.mouse.move(end[0] + 60, end[1] - 60)
    assert page.page.evaluate(TOLD_OF_A_POINT)[0], "it has left"
    page.page.go_back()
    page.page.wait_for_function("!location.search.includes('start=')")


@long
def test_the_learning_rate_follows_the_hand_and_is_committed_once(open_page: Open) -> None:
    page = open_page()
    page.page.evaluate(COUNT_PICTURES)
    entries = page.page.evaluate("history.length")
    handle = page.page.locator(".optviz-rate input")
    box = handle.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.page.mouse.move(box["x"] + 0.6 * box["width"], middle)
    page.page.mouse.down()
    for move in range(600):
        page.page.mouse.move(box["x"] + (0.6 + 0.2 * (move % 60) / 60) * box["width"], middle)
        page.let_pass(2)
        if move % 60 == 59 and page.page.evaluate("window.pictures.size") >= 6:
            break
    assert page.query() == {}
    page.page.mouse.up()
    page.wait_for_address("learning_rate=")
    rate = float(page.query()["learning_rate"])
    assert rate > 0.2
    # The answer to the last move may still come before the one to the release.
    page.page.wait_for_function(
        "rate => document.querySelector('.optviz-rate output').innerText === rate", arg=f"{rate:g}"
    )
    page.page.wait_for_function("window.pictures.size >= 6")
    assert page.page.evaluate("history.length") == entries + 1
    race, problems = read_url(page.page.url)
    assert problems == ()
    assert race.shared_learning_rate == rate


@long
def test_the_learning_rates_handle_moves_with_each_press_of_a_key(open_page: Open) -> None:
    page = open_page()
    handle = page.page.locator(".optviz-rate input")
    handle.focus()
    rates = [0.1]
    for _ in range(3):
        token = page.token()
        page.page.keyboard.press("ArrowRight")
        page.wait_for_another(token)
        page.wait_for_address(f"learning_rate={page.page.locator('.optviz-rate output').inner_text()}&")
        rates.append(page.race().shared_learning_rate or 0)
    # Twenty stops to a factor of ten, told in two digits.
    assert rates == [float(f"{0.1 * 10 ** (press / 20):.2g}") for press in range(4)]


# Samples


@long
def test_sgd_minibatch_and_gradient_descent_part_on_the_page(open_page: Open) -> None:
    page = open_page()
    token = page.token()
    page.page.get_by_test_id("stSidebar").get_by_role("button", name="SGD", exact=True).click()
    page.wait_for_another(token)
    token = page.token()
    page.page.get_by_test_id("stSidebar").get_by_role("button", name="Minibatch SGD").click()
    page.wait_for_another(token)
    assert page.page.locator(".optviz-legend button").all_inner_texts()[:3] == [
        "Gradient descent",
        "SGD",
        "Minibatch SGD B=8",
    ]
    page.wait_for_address("minibatch_sgd")
    race, problems = read_url(page.page.url)
    assert problems == ()
    assert_drawn(page, race)
    descent, sgd, minibatch = drawn_paths(page)[:3]
    assert np.abs(descent - sgd).max() > 1e-2
    assert np.abs(descent - minibatch).max() > 1e-3
    assert np.abs(sgd - minibatch).max() > 1e-3
    page.page.get_by_role("button", name="epochs").click()
    page.wait_for_address("by=epoch")
    last = page.plot("plot => plot.data.filter(trace => trace.xaxis === 'x2').slice(0, 3).map(trace => trace.x[200])")
    assert last == [200, 200 / 64, 25]
    page.page.get_by_role("button", name="20 runs").click()
    page.wait_for_address("runs=many")
    page.page.wait_for_function("document.querySelector('.optviz-plot').data.some(trace => trace.fill === 'tonexty')")


# What a first reading found


@long
def test_a_double_click_puts_the_axes_back_and_leaves_the_start(open_page: Open) -> None:
    page = open_page()
    whole = page.ranges()
    left, top = page.place(-1, 1)
    right, bottom = page.place(0.5, 0)
    page.page.mouse.move(left, top)
    page.page.mouse.down()
    page.page.mouse.move(right, bottom)
    page.page.mouse.up()
    page.page.wait_for_function("document.querySelector('.optviz-plot')._fullLayout.xaxis.range[0] > -1.4")
    page.click_twice((left + right) / 2, (top + bottom) / 2)
    page.page.wait_for_function("document.querySelector('.optviz-plot')._fullLayout.xaxis.range[0] < -1.4")
    assert page.ranges()["xaxis"] == pytest.approx(whole["xaxis"])
    # A click that counts would have been sent by now.
    page.page.wait_for_timeout(700)
    assert page.query() == {}


def test_keys_work_after_a_click_on_the_transport_bar(open_page: Open) -> None:
    page = open_page()
    page.do("first")
    page.page.keyboard.press("ArrowRight")
    assert page.step() == 1
    page.do("forward")
    page.page.keyboard.press("End")
    assert page.step() == 200


def test_the_sentence_is_about_the_racers_that_are_shown(open_page: Open) -> None:
    page = open_page("?hidden=1,2,3,4,5,6")
    said = page.page.locator(".optviz-sentence").inner_text()
    assert "Gradient descent" in said
    assert "Adam" not in said


def test_text_of_a_link_is_never_a_link_on_the_page(open_page: Open) -> None:
    page = open_page("?steps=[free](https://evil.example)%20:red[x]%20!%5Bp%5D(https://evil.example/p.png)")
    told = page.page.locator(".optviz-told")
    assert "[free](https://evil.example)" in told.inner_text()
    assert told.locator("a, img").count() == 0


def test_another_origin_cannot_open_the_socket(server: str, browser: Browser) -> None:
    with new_tab(browser) as page:
        page.route(
            "http://elsewhere.example/*", lambda route: route.fulfill(body="<p>elsewhere</p>", content_type="text/html")
        )
        page.goto("http://elsewhere.example/")
        outcome = page.evaluate(
            "address => new Promise(resolve => { const socket = new WebSocket(address);"
            " socket.onopen = () => resolve('open'); socket.onerror = () => resolve('refused'); })",
            server.replace("http", "ws") + "/_stcore/stream",
        )
    assert outcome == "refused"


@long
def test_the_cloud_of_gradients_opens_below_the_scoreboard(open_page: Open) -> None:
    page = open_page("?samples=64&racers=gradient_descent~minibatch_sgd")
    page.page.get_by_text("Mini-batch gradients at one point").click()
    cloud = page.page.locator(".optviz-stage[data-drawn]").nth(1)
    cloud.wait_for()
    assert cloud.locator(".optviz-transport").is_hidden()
    assert cloud.locator(".scatterlayer .trace").count() == 6


@long
def test_a_racer_that_diverges_beyond_single_precision_keeps_its_cross(open_page: Open) -> None:
    """From (2, 1) the first step of gradient descent on exp(x²) leads to a loss of 1e164."""
    page = open_page("?surface=formula&text=exp(x^2)&start=2~1&racers=gradient_descent")
    race = page.race()
    assert race.run()[0].losses[1] > 1e100
    page.page.keyboard.press("End")
    losses = page.plot("plot => Array.from(plot.data.at(-1).y)")
    assert losses[1] > 1e100
    assert losses[2] is None or np.isnan(losses[2])
    paths = page.page.locator(".optviz-stage path").evaluate_all("paths => paths.map(path => path.getAttribute('d'))")
    assert not [path for path in paths if path and ("NaN" in path or "Infinity" in path)]
    # The cross stands where the curve leaves the top of the loss chart, at step 0 or just after.
    axis = page.plot("plot => { const { xaxis2: x, yaxis2: y } = plot._fullLayout; return [x._offset, y._offset]; }")
    drawn = page.page.evaluate(
        """([left, top]) => [...document.querySelectorAll('.optviz-stage canvas')].some((canvas) => {
            const ratio = canvas.width / canvas.clientWidth;
            const corner = [(left - 6) * ratio, (top - 6) * ratio, 12 * ratio, 12 * ratio];
            const { data } = canvas.getContext("2d").getImageData(...corner);
            let inked = 0;
            for (let i = 3; i < data.length; i += 4) inked += data[i] > 128;
            return inked > 20 * ratio * ratio;
        })""",
        axis,
    )
    assert drawn, "no cross where the racer left the chart"
