"""What a visitor takes away, opened by programs that are not ours."""

from __future__ import annotations

import base64
import io
import itertools
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import av
import numpy as np
import pandas
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Download

from optviz import Race
from optviz.experiment import read_url
from race_page import RacePage
from serving import CLASSROOM
from tabs import PATIENCE, new_tab
from test_standalone import STEP_AFTER_2, wait_until
from tiers import long, rest_is_long

Open = Callable[..., RacePage]
SVG = "{http://www.w3.org/2000/svg}"
BATCHES = "?samples=64&steps=50&racers=gradient_descent~minibatch_sgd~adam--batch_size-4"


def download(page: RacePage, act: Callable[[], None]) -> bytes:
    # A video is drawn picture by picture, which takes its time on a busy machine.
    with page.page.expect_download(timeout=5 * PATIENCE) as expected:
        act()
    got: Download = expected.value
    return Path(got.path()).read_bytes()


def button(page: RacePage, name: str) -> Callable[[], None]:
    return lambda: page.page.get_by_role("button", name=name, exact=True).click()


def test_the_link_on_the_page_is_copied_by_its_button(open_page: Open) -> None:
    page = open_page("?seed=3")
    link, button = page.page.locator(".optviz-link code"), page.page.locator(".optviz-link button")
    assert "seed=3" in link.inner_text()
    button.click()
    page.page.wait_for_function("document.querySelector('.optviz-link button').textContent === 'Copied'")
    page.page.evaluate(
        "document.body.appendChild(Object.assign(document.createElement('textarea'), {id: 'pasted'})).focus()"
    )
    page.page.keyboard.press("Control+V")
    assert page.page.locator("#pasted").input_value() == link.inner_text()
    page.page.evaluate("document.getElementById('pasted').remove()")


def test_pandas_reads_the_csv(open_page: Open) -> None:
    page = open_page()
    table = download(page, button(page, "CSV"))
    frame = pandas.read_csv(io.BytesIO(table), comment="#")
    for name, path in zip(["gradient_descent", "momentum", "nag", "adagrad"], Race().run(), strict=False):
        rows = frame[frame["optimizer"] == name]
        np.testing.assert_array_equal(rows[["x", "y"]].to_numpy(), path.points)
        np.testing.assert_array_equal(rows["loss"].to_numpy(), path.losses)
    assert b'# convention = "tensorflow1"' in table


def test_the_json_holds_the_race(open_page: Open) -> None:
    page = open_page("?seed=3&steps=20")
    record = json.loads(download(page, button(page, "JSON")))
    race = page.race()
    assert Race.from_record(record["race"]) == race
    assert record["racers"][0]["losses"] == race.run()[0].losses.tolist()


def test_the_web_page_plays_from_disk_without_a_network(open_page: Open, browser: Browser, tmp_path: Path) -> None:
    page = open_page("?surface=himmelblau&learning_rate=0.01&hidden=1&axis=gap")
    file = tmp_path / "race.html"
    file.write_bytes(download(page, button(page, "Web page that plays")))
    with new_tab(browser, offline=True) as saved:
        asked: list[str] = []
        saved.on("request", lambda request: asked.append(request.url))
        saved.goto(file.as_uri())
        saved.wait_for_selector(".optviz-stage[data-drawn]")
        # As the visitor saw it: Momentum hidden, the axis of the gap.
        assert saved.locator(".optviz-legend button[aria-pressed=false]").all_inner_texts() == ["Momentum"]
        assert saved.locator(".optviz-views button[aria-pressed=true]").first.inner_text() == "log gap"
        saved.locator("[data-do=first]").click()
        still = saved.evaluate("document.querySelector('.optviz-heads').toDataURL()")
        saved.locator("[data-do=play]").click()
        saved.wait_for_selector(".optviz-stage[data-playing=true]")
        wait_until(saved, STEP_AFTER_2)
        assert saved.evaluate("document.querySelector('.optviz-heads').toDataURL()") != still
        assert saved.locator("[data-do=pin], [data-do=tour]").locator("visible=true").count() == 0
        assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


def test_the_svg_is_a_picture_of_the_race(open_page: Open) -> None:
    page = open_page()
    page.page.locator(".optviz-legend button", has_text="Adadelta").click()
    page.wait_for_address("hidden=4")
    root = ElementTree.fromstring(download(page, lambda: page.take("svg")).decode("utf-8"))
    assert root.tag == f"{SVG}svg"
    said = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
    assert "Gaussian hills, seed 1 · formulas: TF 1 · 200 steps · learning rate 0.1 · start (−1.5, 1.44)" in said
    # The question above, and below what came of it: what is hidden is not told.
    assert "Seven optimizers, one start: who finds the valley?" in said
    assert page.page.locator(".optviz-sentence").inner_text() in " ".join(said)
    assert "5 of 6 end up in the nearer valley" in " ".join(said)
    # In the legend, and at the ends of the curves.
    assert set(said) & {"Gradient descent", "Momentum", "Adadelta", "Adam"} == {"Gradient descent", "Momentum", "Adam"}
    blue = "#0b45b8"
    strokes = [path for path in root.iter(f"{SVG}path") if path.get("stroke") == blue and len(path.get("d") or "") > 99]
    assert len(strokes) == 2, "Adam's path and its loss curve"
    # 200 steps are 200 lines from point to point, on the pixel where the page shows them.
    data = strokes[0].get("d") or ""
    assert data.count("L") == 200
    x, y = (float(part) for part in data.rsplit("L", 1)[1].split(","))
    left, top = page.place(*Race().run()[6].points[200])
    box = page.page.locator(".optviz-plot").bounding_box()
    assert box is not None
    assert (x, y) == pytest.approx((left - box["x"], top - box["y"]), abs=0.02)
    assert any("contour" in (group.get("class") or "") for group in root.iter(f"{SVG}g"))


def pixels(picture: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(picture)) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def shown_map(page: RacePage) -> tuple[np.ndarray, int]:
    """The map as the page shows it, and how far it is from the left edge of the picture, in pixels of the page."""
    place = page.plot(
        "plot => { const { left, top } = plot.getBoundingClientRect(), { xaxis: x, yaxis: y } = plot._fullLayout;"
        " return { x: Math.ceil(left + x._offset), y: Math.ceil(top + y._offset), width: Math.floor(x._length) - 1,"
        " height: Math.floor(y._length) - 1, inside: Math.ceil(left + x._offset) - left }; }"
    )
    inside = round(place.pop("inside"))
    page.page.mouse.move(5, 5)
    return pixels(page.page.screenshot(clip=place)), inside


def difference(found: np.ndarray, shown: np.ndarray, inside: int) -> float:
    """How much a saved picture's map differs from the page's at most places of it, in levels of 255: the mean.

    The map is somewhere below the title; there it is the same. Thin lines fall on other parts of a pixel. Without the
    relief it is some 90, without the casings some 4.
    """
    rows, columns = shown.shape[:2]
    strip = found[:, inside : inside + columns]
    tops = range(len(strip) - rows + 1)
    return float(min(np.abs(strip[top : top + rows : 5, ::5] - shown[::5, ::5]).mean() for top in tops))


PICTURES = [("png", ""), ("svg", ""), ("png", "?swarm=0"), ("svg", "?swarm=0")]


@long
@pytest.mark.parametrize(("kind", "query"), PICTURES)
def test_a_saved_picture_has_the_map_of_the_page(open_page: Open, browser: Browser, kind: str, query: str) -> None:
    page = open_page(query)
    if query:
        page.page.locator(".optviz-scrubber").fill("5")
    saved = download(page, lambda: page.take(kind))
    shown, inside = shown_map(page)
    if kind == "svg":
        with new_tab(browser, viewport={"width": 1400, "height": 1000}) as reader:
            reader.set_content(
                f'<body style="margin:0"><img src="data:image/svg+xml;base64,{base64.b64encode(saved).decode()}">'
            )
            reader.wait_for_function("document.images[0].complete")
            found = pixels(reader.screenshot(full_page=True))
    else:
        with Image.open(io.BytesIO(saved)) as image:
            found = np.asarray(image.convert("RGB").reduce(2)).astype(int)
    assert difference(found, shown, inside) < 2.5
    if query:
        page.page.locator(".optviz-legend button").first.click()
        without, _ = shown_map(page)
        assert difference(found, without, inside) > 3, "200 points cover a 50th of the map"


def test_the_png_shows_picture_and_legend(open_page: Open) -> None:
    page = open_page()
    picture = download(page, lambda: page.take("png"))
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    size = page.page.evaluate(
        "async source => { const image = new Image(); image.src = source; await image.decode();"
        " const canvas = new OffscreenCanvas(image.width, image.height), context = canvas.getContext('2d');"
        " context.drawImage(image, 0, 0); const data = context.getImageData(0, 0, image.width, image.height).data;"
        " let blue = 0; for (let i = 0; i < data.length; i += 4)"
        " blue += data[i] === 11 && data[i + 1] === 69 && data[i + 2] === 184;"
        " return {width: image.width, blue}; }",
        "data:image/png;base64," + base64.b64encode(picture).decode(),
    )
    assert size["width"] == 2 * page.plot("plot => plot._fullLayout.width")
    assert size["blue"] > 500, "Adam's blue: its path, head and legend"


@long
def test_the_video_shows_the_race_being_run(open_page: Open) -> None:
    page = open_page("?steps=100")
    page.page.locator(".optviz-speed").select_option("2")
    video = download(page, lambda: page.take("webm"))
    with av.open(io.BytesIO(video)) as container:
        (stream,) = container.streams.video
        pictures = [frame.to_image() for frame in container.decode(stream)]
    frames = [np.asarray(picture.convert("L")) for picture in pictures]
    plot = page.plot("plot => [plot._fullLayout.width, plot._fullLayout.height]")
    assert frames[0].shape[1] == 2 * plot[0]
    # Four seconds and a rest, at up to 30 frames a second; a busy machine leaves most of them out.
    assert len(frames) >= 3
    changed = [np.abs(a.astype(int) - b).max() > 60 for a, b in itertools.pairwise(frames)]
    assert sum(changed) >= 2, "the paths grow from frame to frame"
    # Every path is there at the end, and none at the beginning: what is still to come is not shown.
    assert np.count_nonzero(frames[-1] < 80) > np.count_nonzero(frames[0] < 80) + 500
    page.page.wait_for_selector(".optviz-stage[data-recording=false]")
    assert page.step() == 100
    shown, inside = shown_map(page)
    last, first = (np.asarray(pictures[place].convert("RGB").reduce(2)).astype(int) for place in (-1, 0))
    # A frame is compressed: it keeps one colour for four of its pixels, which alone makes some 2.7; in a hurry, 3.9.
    assert difference(last, shown, inside) < 4.5
    assert difference(first, shown, inside) > 5, "of the paths none was there at first"


@long
def test_a_recording_can_be_stopped(open_page: Open) -> None:
    page = open_page()
    page.page.locator(".optviz-speed").select_option("0.25")
    with page.page.expect_download(timeout=5 * PATIENCE) as expected:
        page.take("webm")
        # It plays, and the encoder, which takes its time to begin, has had some seconds.
        page.page.wait_for_selector(".optviz-stage[data-recording=true][data-playing=true]")
        page.page.wait_for_function("+document.querySelector('.optviz-stage').dataset.step > 20")
        page.do("save")
        assert page.page.locator("[data-take=webm]").inner_text() == "Stop recording"
        page.page.locator("[data-take=webm]").click()
    assert expected.value.suggested_filename == "optviz-gaussian_hills-seed1-eta0.1.webm"


@long
def test_a_recording_that_is_stopped_in_its_first_moment_saves_nothing(open_page: Open) -> None:
    page = open_page()
    page.page.evaluate(
        "() => { window.saved = []; const { createObjectURL } = URL;"
        " URL.createObjectURL = (blob) => { if (blob.type.startsWith('video')) window.saved.push(blob.size);"
        " return createObjectURL(blob); };"
        " const { start } = MediaRecorder.prototype; MediaRecorder.prototype.start = function () { start.call(this);"
        " window.begun = true; queueMicrotask(() => document.querySelector('[data-take=webm]').click()); }; }"
    )
    page.take("webm")
    page.page.wait_for_function("window.begun && document.querySelector('.optviz-stage').dataset.recording === 'false'")
    assert page.page.evaluate("window.saved") == []


def code_of(page: RacePage, language: str) -> str:
    page.page.get_by_text("This race as code").click()
    block = page.page.get_by_test_id("stExpander").filter(has_text="This race as code").get_by_test_id("stCode")
    block.wait_for()
    if language != "Python with optviz":
        before = block.inner_text()
        page.page.locator("[class*=st-key-code_language]").get_by_role("radio", name=language).click()
        page.page.wait_for_function(
            "before => ![...document.querySelectorAll('[data-testid=stCode]')].some(b => b.innerText === before)",
            arg=before,
        )
    copy = page.page.get_by_test_id("stExpander").filter(has_text="This race as code")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    button = copy.get_by_role("button", name="Copy to clipboard")
    # The button is there while the mouse is over the code, and the code still slides into its place.
    for _ in range(40):
        block.hover()
        page.page.wait_for_timeout(250)
        if button.count():
            break
        page.page.mouse.move(0, 0)
    page.page.evaluate("navigator.clipboard.writeText('')")
    button.click()
    return str(page.page.wait_for_function("navigator.clipboard.readText()").json_value())


def in_a_fresh_process(code: str, ending: str, folder: Path) -> str:
    file = folder / "race.py"
    file.write_text(f"{code}\n{ending}", encoding="utf-8")
    done = subprocess.run([sys.executable, "-I", file], cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_the_copied_python_code_gives_the_same_points_bit_for_bit(open_page: Open, tmp_path: Path) -> None:
    page = open_page(BATCHES)
    code = code_of(page, "Python with optviz")
    ending = "print([float(v).hex() for path in race.run() for v in path.points.ravel()])"
    race = read_url(BATCHES)[0]
    expected = [float(v).hex() for path in race.run() for v in path.points.ravel()]
    assert in_a_fresh_process(code, ending, tmp_path) == str(expected)


@long
def test_the_copied_pytorch_code_gives_the_same_points_up_to_rounding(open_page: Open, tmp_path: Path) -> None:
    page = open_page(BATCHES)
    code = code_of(page, "PyTorch")
    assert "optviz" not in [line.split()[1] for line in code.splitlines() if line.startswith("import ")]
    printed = in_a_fresh_process(code, "print([list(step[:2]) for path in paths.values() for step in path])", tmp_path)
    points = np.array([[float(part) for part in pair.split(",")] for pair in printed[2:-2].split("], [")])
    expected = np.concatenate([path.points for path in read_url(BATCHES)[0].run()])
    # 50 steps on a smooth surface: rounding of 1e-16 grows by less than a thousand.
    np.testing.assert_allclose(points, expected, atol=1e-12)


@long
def test_code_that_pytorch_cannot_express_is_told_in_a_sentence(open_page: Open) -> None:
    page = open_page("?surface=smoothed_noise&size=200&smoothing=8", locale="zh-CN")
    page.page.get_by_text("当前设置的代码").click()
    page.page.locator("[class*=st-key-code_language]").get_by_role("radio", name="PyTorch").click()
    page.page.get_by_text("size ≤ 96").wait_for()


@long
def test_the_copied_link_opens_the_same_race(open_page: Open) -> None:
    page = open_page("?surface=beale&learning_rate=0.003&axis=gap")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.take("link")
    page.page.get_by_text("The link is copied.").wait_for()
    link = page.page.evaluate("navigator.clipboard.readText()")
    assert read_url(link)[0] == page.race()
    assert "axis=gap" in link
    again = open_page(link.split("/")[-1])
    assert again.token() == page.token()


def test_where_there_is_no_clipboard_the_link_is_copied_all_the_same(open_page: Open) -> None:
    """A classroom's server has no https, and then browsers hide their clipboard."""
    page = open_page()
    page.page.evaluate(
        "() => { Object.defineProperty(navigator, 'clipboard', {value: undefined}); window.copied = [];"
        " document.addEventListener('copy', () => window.copied.push(document.activeElement.value)); }"
    )
    page.take("link")
    page.page.get_by_text("The link is copied.").wait_for()
    (copied,) = page.page.evaluate("window.copied")
    assert read_url(copied) == (Race(), ())


@long
def test_a_change_ends_a_recording(open_page: Open) -> None:
    """Paths over the axes of another picture would be a lie."""
    page = open_page()
    page.page.locator(".optviz-speed").select_option("0.25")
    with page.page.expect_download(timeout=5 * PATIENCE):
        page.take("webm")
        # It plays, and the encoder, which takes its time to begin, has had some seconds.
        page.page.wait_for_selector(".optviz-stage[data-recording=true][data-playing=true]")
        page.page.wait_for_function("+document.querySelector('.optviz-stage').dataset.step > 20")
        page.page.get_by_role("button", name="log gap").click()
    page.page.wait_for_selector(".optviz-stage[data-recording=false]")


@long
def test_a_video_goes_on_in_its_colours_when_evening_comes(open_page: Open) -> None:
    page = open_page(color_scheme="light")
    page.page.locator(".optviz-speed").select_option("0.25")
    with page.page.expect_download(timeout=5 * PATIENCE):
        page.take("webm")
        # It plays, and the encoder, which takes its time to begin, has had some seconds.
        page.page.wait_for_selector(".optviz-stage[data-recording=true][data-playing=true]")
        page.page.wait_for_function("+document.querySelector('.optviz-stage').dataset.step > 20")
        page.page.emulate_media(color_scheme="dark")
        page.page.wait_for_function(
            "getComputedStyle(document.querySelector('.stApp')).backgroundColor === 'rgb(18, 21, 31)'"
        )
        step = page.step()
        page.page.wait_for_function(
            "step => +document.querySelector('.optviz-stage').dataset.step > step + 10", arg=step
        )
        assert page.stage.get_attribute("data-recording") == "true"
        assert page.stage.get_attribute("data-theme") == "light"
    page.page.wait_for_selector(".optviz-stage[data-recording=false][data-theme=dark]")
    assert page.step() == 200


@long
@pytest.mark.parametrize("scheme", rest_is_long(["light", "dark"], {"dark"}))
def test_a_reader_of_qr_codes_finds_the_link(server: str, browser: Browser, scheme: str) -> None:
    """As a class sees it: the page is opened by a name that a phone can reach, while the teacher presents."""
    with new_tab(browser, color_scheme=scheme) as tab:
        page = RacePage(tab, f"http://{CLASSROOM}:{server.rsplit(':', 1)[1]}")
        page.open("?surface=himmelblau&learning_rate=0.01&present=1")
        page.page.get_by_text("QR code", exact=True).click()
        picture = page.page.locator(".optviz-qr")
        picture.wait_for()
        page.page.wait_for_function("document.getAnimations().length === 0")
        photo = Image.open(io.BytesIO(picture.screenshot()))
        (code,) = zxingcpp.read_barcodes(photo)
        assert code.text.startswith(page.address)
        assert read_url(code.text) == (page.race(), ())
        assert "present" not in code.text, "the phones do not present"
        assert (page.foreign, page.errors) == ([], [])


@long
def test_an_address_of_this_computer_alone_has_no_code(open_page: Open) -> None:
    page = open_page()
    page.page.get_by_text("QR code", exact=True).click()
    page.page.get_by_text("HOST=0.0.0.0").wait_for()
    assert page.page.locator(".optviz-qr").count() == 0
