"""A race as one HTML file, opened from disk in a browser that has no network; and the frames of a notebook."""

from __future__ import annotations

import base64
import gzip
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Frame, Page

from cases import ROOT
from optviz import BadInput, FiniteSum, Formula, GaussianHills, Race, Racer, Regression, gallery, stage, with_convention
from optviz.figures.fans import fans_of
from optviz.stage.page import RUN_AGAIN, html_page
from optviz.statistics import step_lengths
from optviz.text import words
from optviz.text.telling import described
from race_page import PHONE, RacePage
from tabs import PATIENCE, Tabs, new_tab
from test_notebook import outputs
from tiers import long, rest_is_long

MOST_BYTES = 3_000_000
WITHOUT_END = {"meta", "img", "br", "input", "link"}
HOSTILE = ("</script><img src=x onerror=alert(1)>", "<!--<script>alert(2)</script>", "@a %{x} &lt;b&gt; '\"`${1}")


class HostileSurface(GaussianHills):
    """A class that no record can name, with a title that wants to be a script."""

    title = "</title></h1></script><script>alert(3)</script><!--"


def hostile_race() -> Race:
    kinds = ("adam", "momentum", "nag")
    racers = [Racer(with_convention(kind, "article"), label=label) for kind, label in zip(kinds, HOSTILE, strict=True)]
    return Race(surface=Formula("x^2 + 3*y^2"), racers=tuple(racers), convention="article", steps=20)


def sampled_race() -> Race:
    return Race(steps=40).with_optimizers(["sgd", "minibatch_sgd", "adam"])


# What is in the file


class Parsed(HTMLParser):
    """The elements of a page: names, attributes, and the text of each."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.open: list[int] = []
        self.feed(page.decode())
        self.close()
        assert self.open == [], "every element ends"

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes), []))
        if tag not in WITHOUT_END:
            self.open.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        assert self.elements[self.open.pop()][0] == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data[:80]}")

    def handle_data(self, data: str) -> None:
        if self.open:
            self.elements[self.open[-1]][2].append(data)

    def text(self, tag: str, **attributes: str) -> str:
        """The text of the one element with this name and these attributes."""
        (found,) = [
            "".join(pieces)
            for name, has, pieces in self.elements
            if name == tag and all(has.get(key) == value for key, value in attributes.items())
        ]
        return found

    def tags(self) -> list[str]:
        return [tag for tag, _, _ in self.elements]


def message(page: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """What the page tells the stage."""
    return stage.unpack(gzip.decompress(base64.b64decode(Parsed(page).text("script", id="figure"))))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_is_one_file_of_2_megabytes(language: str) -> None:
    page = html_page(Race(), Race().run(), language)
    assert len(page) < MOST_BYTES
    parsed = Parsed(page)
    assert parsed.text("h1") == parsed.text("title").removesuffix(" – optviz") == described(Race(), language)
    for told in ("key_dark", "key_marks"):
        assert words(language)["figure"][told] in parsed.text("p", **{"class": "key"})
    assert "200" in parsed.text("p", **{"class": "setting"})
    assert parsed.elements[0] == ("html", {"lang": language}, ["\n", "\n", "\n"])
    wanting = {"src", "href", "action", "data", "srcset", "background"}
    assert [attributes for _, attributes, _ in parsed.elements if wanting & set(attributes)] == []
    assert set(parsed.tags()).isdisjoint({"link", "iframe", "base", "img", "object", "embed", "form"})


def test_the_stage_and_plotly_are_in_it_as_they_are_served() -> None:
    page = Parsed(html_page(Race(), Race().run()))
    assert page.text("script", type="module").startswith(stage.stage_module())
    plotly = base64.b64decode(page.text("script", id="plotly"))
    assert plotly == stage.assets()["plotly"].packed
    assert page.tags().count("script") == 3


def test_two_pages_of_one_race_are_the_same() -> None:
    race = sampled_race()
    assert html_page(race, race.run(), "zh", fans_of(race)) == html_page(race, race.run(), "zh", fans_of(race))


@pytest.mark.parametrize(
    "race",
    [Race(), sampled_race(), hostile_race(), Race(surface=gallery("rosenbrock")).with_learning_rate(0.001)],
    ids=["article", "sampled", "hostile", "gallery"],
)
def test_the_settings_in_the_page_are_the_race(race: Race, tmp_path: Path) -> None:
    settings = Parsed(html_page(race, race.run())).text("code", id="settings")
    assert Race.from_toml(settings) == race
    (tmp_path / "race.toml").write_text(settings, encoding="utf-8")
    code = f"{RUN_AGAIN}\nprint(paths[0].losses[-1])"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert float(done.stdout) == race.run()[0].losses[-1]


def test_what_needs_a_server_is_not_offered() -> None:
    header, _ = message(html_page(sampled_race(), sampled_race().run()))
    assert {"learning_rate", "live", "tools", "tour", "link"}.isdisjoint(header)
    assert header["clicks"] == {}
    flat = {"drawn": ["map"], "look": ["own"]}
    paths = {"paths": ["travelled", "whole"]}
    assert header["choices"] == {
        **flat,
        **paths,
        "axis": ["loss", "gap", "length"],
        "by": ["step", "epoch"],
        "runs": ["one"],
    }


@pytest.mark.parametrize("drawn", ["3d", "both"])
def test_what_draws_in_depth_is_in_a_page_that_opens_so(drawn: str) -> None:
    plain, page = (html_page(Race(), Race().run(), view={"chosen": {"drawn": name}}) for name in ("map", drawn))
    parsed = Parsed(page)
    bundle = base64.b64decode(parsed.text("script", id="plotly_3d"))
    assert bundle == stage.assets()["plotly_3d"].packed
    assert len(page) - len(plain) < 1.4 * len(bundle), "base64, and nothing else"
    assert parsed.tags().count("script") == 4
    assert message(page)[0]["choices"]["drawn"] == ["map", "3d", "both"]
    assert message(page)[0]["choices"]["look"] == ["own", "article"]


def test_20_runs_are_a_choice_where_they_are_included() -> None:
    race = sampled_race()
    header, arrays = message(html_page(race, race.run(), fans=fans_of(race)))
    assert header["choices"]["runs"] == ["one", "many"]
    np.testing.assert_array_equal(arrays["racers/0/fan/loss"], fans_of(race)[0].losses.T.astype("f4"))
    adam = message(html_page(Race(), Race().run(), fans=fans_of(Race())))[0]
    assert adam["choices"]["runs"] == ["one"]


@pytest.mark.parametrize(
    ("surface", "english", "chinese"),
    [
        (GaussianHills(seed=7), "Gaussian hills, seed 7", "高斯山丘，种子 7"),
        (FiniteSum(GaussianHills(seed=7), samples=8), "Gaussian hills, seed 7", "高斯山丘，种子 7"),
        (Regression(seed=3), "Regression, seed 3", "样本回归，种子 3"),
        (gallery("rosenbrock"), *(gallery("rosenbrock").titles[language] for language in ("en", "zh"))),
        (HostileSurface(seed=1), HostileSurface.title, HostileSurface.title),
    ],
    ids=["hills", "samples", "regression", "gallery", "own class"],
)
def test_the_surface_in_one_phrase(surface: Any, english: str, chinese: str) -> None:
    assert [described(Race(surface=surface), language) for language in ("en", "zh")] == [english, chinese]


def test_a_formula_is_the_title_of_its_page() -> None:
    assert Parsed(html_page(hostile_race(), hostile_race().run())).text("h1") == "J(x, y) = x^2 + 3*y^2"


def test_a_surface_that_no_file_can_name_has_a_page_without_settings() -> None:
    race = Race(surface=HostileSurface(seed=1), steps=5)
    page = Parsed(html_page(race, race.run()))
    assert page.text("h1") == HostileSurface.title
    assert "details" not in page.tags()
    assert message(html_page(race, race.run()))[0]["file_name"] == "optviz-hostilesurface-seed1-eta0.1"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(BadInput, match="language = tlh .*en, zh"):
        html_page(Race(), Race().run(), "tlh")


# What it does in a browser


class File(RacePage):
    """A page of ours, opened from disk without a network."""

    def __init__(self, tab: Page, file: Path) -> None:
        super().__init__(tab, file.as_uri())
        self.dialogs: list[str] = []
        self.page.on("dialog", self._dismiss)

    def _dismiss(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def leave(self) -> None:
        super().leave()
        self.page.remove_listener("dialog", self._dismiss)

    def open(self, shows: str = ".optviz-stage[data-drawn]") -> None:
        self.page.goto(self.address)
        self.page.wait_for_selector(shows)


Open = Callable[..., File]


def wait_until(frame: Page | Frame, condition: str, argument: Any = None) -> None:
    """Wait for a condition in the page. Playwright's own way of waiting asks for an `eval` that the policy refuses."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not frame.evaluate(condition, argument):
        assert time.monotonic() < deadline, condition
        time.sleep(0.05)


@pytest.fixture
def open_file(tabs: Tabs, tmp_path: Path) -> Iterator[Open]:
    """Opens a page of ours; a request for anything else, a dialog or a script error fails the test."""
    opened: list[tuple[File, dict[str, Any]]] = []

    def open_one(page: bytes, shows: str = ".optviz-stage[data-drawn]", **settings: Any) -> File:
        path = tmp_path / f"race {len(opened)}.html"
        path.write_bytes(page)
        file = File(tabs.take(offline=True, **settings), path)
        opened.append((file, settings))
        file.open(shows)
        return file

    yield open_one
    for file, settings in opened:
        file.leave()
        tabs.give_back(file.page, offline=True, **settings)
    assert [(file.foreign, file.errors, file.dialogs) for file, _ in opened] == [([], [], [])] * len(opened)


DRAWN = """
    plot => plot.data.filter(trace => trace.xaxis === 'x' && trace.mode === 'lines')
        .map(trace => [Array.from(trace.x), Array.from(trace.y)])
"""
CURVES = """
    plot => plot.data.filter(trace => trace.xaxis === 'x2' && trace.customdata).map(trace => Array.from(trace.y))
"""


STEP_AFTER_2 = "+document.querySelector('.optviz-stage').dataset.step > 2"


@pytest.mark.parametrize("language", rest_is_long(["en", "zh"], {"zh"}))
def test_the_numbers_that_are_drawn_are_those_of_the_race(open_file: Open, language: str) -> None:
    paths = Race().run()
    file = open_file(html_page(Race(), paths, language))
    names = list(Race().racer_names(words(language)["optimizer"]))
    assert file.page.locator(".optviz-legend button").all_inner_texts() == names
    assert file.page.locator("h1").inner_text() == described(Race(), language)
    drawn, curves = file.plot(DRAWN), file.plot(CURVES)
    assert len(drawn) == len(curves) == len(paths) == 7
    for path, points, losses in zip(paths, drawn, curves, strict=True):
        np.testing.assert_array_equal(np.array(points, "f4").T, path.points.astype("f4"))
        np.testing.assert_array_equal(np.array(losses, "f4"), path.losses.astype("f4"))
    assert file.page.locator(".optviz-plot .contourlayer path").count() > 20
    file.page.get_by_role("button", name=words(language)["stage"]["view_length"]).click()
    title = words(language)["figure"]["length"]
    wait_until(file.page, f"document.querySelector('.optviz-plot')._fullLayout.yaxis2.title.text === '{title}'")
    for path, lengths in zip(paths, file.plot(CURVES), strict=True):
        np.testing.assert_array_equal(np.array(lengths, "f4"), step_lengths(path.points).astype("f4"))


def test_it_plays_steps_and_hides(open_file: Open) -> None:
    file = open_file(html_page(Race(), Race().run()))
    file.page.keyboard.press("Home")
    assert file.step() == 0
    still, frames = file.head_pixels(), file.frames()
    file.do("play")
    wait_until(file.page, "frames => +document.querySelector('.optviz-stage').dataset.frames > frames + 10", frames)
    wait_until(file.page, STEP_AFTER_2)
    file.page.keyboard.press(" ")
    assert file.stage.get_attribute("data-playing") == "false"
    assert file.head_pixels() != still
    step = file.step()
    file.page.keyboard.press("ArrowRight")
    assert file.step() == step + 1
    file.page.locator(".optviz-scrubber").fill("42")
    assert file.step() == 42
    seven = file.head_pixels()
    file.page.get_by_role("button", name="Adadelta").click()
    wait_until(file.page, "document.querySelector('.optviz-plot').data.some(trace => trace.visible === false)")
    wait_until(file.page, "seven => document.querySelector('.optviz-heads').toDataURL() !== seven", seven)
    file.page.get_by_role("button", name="log gap").click()
    wait_until(file.page, "document.querySelector('.optviz-plot')._fullLayout.yaxis2.type === 'log'")


@pytest.mark.parametrize("language", rest_is_long(["en", "zh"], {"zh"}))
def test_a_card_follows_the_play_head_without_a_server(open_file: Open, language: str) -> None:
    race = Race().with_optimizers(["nag", "adagrad"])
    paths = race.run()
    file = open_file(html_page(race, paths, language))
    card = file.page.locator(".optviz-card")
    file.do("card")
    file.do("card_next")
    assert card.locator("h3").inner_text() == "Adagrad"
    assert card.locator(".optviz-idea").inner_text() == words(language)["idea"]["adagrad"]
    assert card.locator(".optviz-rule math").count() == 3
    for step in (200, 3):
        file.page.locator(".optviz-scrubber").fill(str(step))
        x, y = (
            float(part.replace("−", "-")) for part in card.locator("[data-value=point]").inner_text()[1:-1].split(", ")
        )
        # Four digits are shown.
        np.testing.assert_allclose([x, y], paths[1].points[step], rtol=1e-3)
        length = float(card.locator("[data-value=length]").inner_text().replace("−", "-"))
        assert length == pytest.approx(np.hypot(*(paths[1].points[step] - paths[1].points[step - 1])), rel=1e-2)
    file.page.keyboard.press("Escape")
    assert card.is_hidden()


def test_no_control_that_needs_a_server(open_file: Open) -> None:
    file = open_file(html_page(Race(), Race().run()))
    assert file.page.locator(".optviz-rate").is_hidden()
    before = file.plot("plot => [plot.data[2].x[0], plot.data[2].y[0]]")
    left, top = file.place(0.8, -0.9)
    file.page.mouse.click(left, top)
    # A click that counts would have been taken by now.
    file.page.wait_for_timeout(500)
    assert file.plot("plot => [plot.data[2].x[0], plot.data[2].y[0]]") == before
    assert file.page.get_by_role("button", name="20 runs").count() == 0


COUNT_BANDS = "[...document.querySelectorAll('.optviz-plot .js-fill')].filter(path => path.getAttribute('d')).length"


def test_20_runs_come_and_go(open_file: Open) -> None:
    race = sampled_race()
    file = open_file(html_page(race, race.run(), fans=fans_of(race)))
    assert file.page.evaluate(COUNT_BANDS) == 0
    for _ in range(2):
        file.page.get_by_role("button", name="20 runs").click()
        wait_until(file.page, f"{COUNT_BANDS} === 4")
        file.page.get_by_role("button", name="1 run", exact=True).click()
        wait_until(file.page, f"{COUNT_BANDS} === 0")
    assert file.plot("plot => plot.data.length") == 3 + 2 * 3 + 3 * 2


def test_it_opens_as_it_was_left(open_file: Open) -> None:
    race = sampled_race()
    view = {"chosen": {"axis": "gap", "by": "epoch", "runs": "many"}, "hidden": [2]}
    file = open_file(html_page(race, race.run(), fans=fans_of(race), view=view))
    pressed = file.page.locator(".optviz-views button[aria-pressed=true]").all_inner_texts()
    assert pressed == ["log gap", "epochs", "20 runs"]
    assert file.page.locator(".optviz-legend button[aria-pressed=false]").all_inner_texts() == ["Adam"]


def test_light_and_dark_follow_the_system(open_file: Open) -> None:
    file = open_file(html_page(Race(), Race().run()), color_scheme="dark")
    assert file.stage.get_attribute("data-theme") == "dark"
    background = "getComputedStyle(document.body).backgroundColor"
    assert file.page.evaluate(background) == "rgb(18, 21, 31)"
    file.page.emulate_media(color_scheme="light")
    file.page.wait_for_selector(".optviz-stage[data-theme=light]")
    assert file.page.evaluate(background) == "rgb(252, 252, 254)"


@long
@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_fits_a_phone(open_file: Open, language: str) -> None:
    file = open_file(html_page(hostile_race(), hostile_race().run(), language), viewport=PHONE, has_touch=True)
    assert file.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    file.page.get_by_text(words(language)["standalone"]["settings"]).click()
    assert file.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_what_a_stranger_typed_is_text(open_file: Open) -> None:
    file = open_file(html_page(hostile_race(), hostile_race().run()))
    assert file.page.locator(".optviz-legend button").all_inner_texts() == list(HOSTILE)
    file.page.locator(".optviz-scrubber").fill("3")
    left, top = file.place(*hostile_race().run()[0].points[3])
    # Plotly answers a mouse that moves.
    for move in range(600):
        file.page.mouse.move(left + move % 3, top)
        if file.page.locator(".hoverlayer .hovertext").count():
            break
        file.page.wait_for_timeout(50)
    assert file.page.locator(".hoverlayer .hovertext").count() > 0
    file.page.get_by_text("All settings").click()
    assert HOSTILE[1] in file.page.locator("#settings").inner_text()
    assert file.page.locator("img:not(.optviz-code img)").count() == 0
    surface = HostileSurface(seed=1)
    file = open_file(html_page(Race(surface=surface, steps=5), Race(surface=surface, steps=5).run()))
    assert file.page.locator("h1").inner_text() == HostileSurface.title
    assert file.page.title() == f"{HostileSurface.title} – optviz"


POLICY_REFUSES = """async () => {
    const refused = new Set();
    document.addEventListener('securitypolicyviolation', event => refused.add(event.effectiveDirective));
    document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="window.ran = 1">');
    const script = document.createElement('script');
    script.textContent = 'window.ran = 1';
    document.body.append(script);
    const picture = new Image();
    picture.src = 'https://elsewhere.example/picture.png';
    await fetch('https://elsewhere.example/').catch(() => {});
    // Not at once: what the test itself evaluates is exempt from the policy.
    setTimeout(() => { window.ran = new Function('return 1')(); });
    await new Promise(resolve => setTimeout(resolve, 300));
    return [window.ran ?? 'nothing ran', ...[...refused].sort()];
}"""


def test_the_policy_refuses_what_is_not_ours(browser: Browser, tmp_path: Path) -> None:
    """Whatever would get past the escaping: it does not run, and nothing leaves."""
    path = tmp_path / "race.html"
    path.write_bytes(html_page(Race(), Race().run()))
    with new_tab(browser) as tab:
        file = File(tab, path)
        file.open()
        # A route hears of what is about to leave, `foreign` also of what the policy holds back.
        left: list[str] = []
        tab.route("**/*", lambda route: (left.append(route.request.url), route.abort()))
        refused = file.page.evaluate(POLICY_REFUSES)
    assert refused == ["nothing ran", "connect-src", "img-src", "script-src", "script-src-attr", "script-src-elem"]
    assert left == []


def test_a_browser_that_cannot_draw_says_so(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "race.html"
    path.write_bytes(html_page(Race(), Race().run(), "zh"))
    with new_tab(browser, offline=True) as tab:
        tab.add_init_script("delete window.DecompressionStream")
        tab.goto(path.as_uri())
        wait_until(tab, "document.querySelector('#stage').innerText")
        said = tab.locator("#stage").inner_text()
    assert said == words("zh")["standalone"]["broken"]


@long
def test_the_picture_can_be_saved(open_file: Open) -> None:
    file = open_file(html_page(Race(), Race().run()))
    file.do("save")
    with file.page.expect_download() as download:
        file.page.locator("[data-take=png]").click()
    assert download.value.suggested_filename == "optviz-gaussian_hills-seed1-eta0.1.png"
    assert Path(download.value.path()).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


# In a notebook


@long
def test_the_frames_of_the_executed_notebook_draw_and_play(open_file: Open) -> None:
    """The outputs as Jupyter puts them on its page, each in a frame of its own."""
    shown = "".join(f"<div>{output}</div>" for output in outputs("text/html"))
    file = open_file(f"<!doctype html><meta charset='utf-8'>{shown}".encode(), shows="iframe")
    frames = file.page.frames[1:]
    assert len(frames) == 3
    for frame in frames:
        # A frame out of sight is not painted.
        frame.frame_element().scroll_into_view_if_needed()
        stage_of = frame.locator(".optviz-stage")
        frame.wait_for_selector(".optviz-stage[data-drawn]")
        assert frame.locator(".optviz-plot .contourlayer path").count() > 20
        frame.locator("[data-do=first]").click()
        assert stage_of.get_attribute("data-step") == "0"
        still = frame.evaluate("document.querySelector('.optviz-heads').toDataURL()")
        frame.locator("[data-do=play]").click()
        wait_until(frame, STEP_AFTER_2)
        assert frame.evaluate("document.querySelector('.optviz-heads').toDataURL()") != still
        frame.locator("[data-do=play]").click()
        assert stage_of.get_attribute("data-playing") == "false"
    assert frames[2].locator(".optviz-legend button").all_inner_texts()[1:3] == ["Momentum", "momentum, η = 0.5"]
    out = "(() => { try { return parent.document.title; } catch { return 'refused'; } })()"
    assert frames[0].evaluate(out) == "refused"
    frames[0].frame_element().scroll_into_view_if_needed()
    frames[0].locator("[data-do=save]").click()
    with file.page.expect_download() as download:
        frames[0].locator("[data-take=png]").click()
    assert Path(download.value.path()).stat().st_size > 10_000
