"""How the app feels: first paint, slider → pixels, playback, and what a rerun costs server and network."""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tests" / "browser"))

from race_page import RacePage
from serving import IN_DEPTH, chromium, serving
from tabs import new_tab

MOVES = 30
PAINTS = 5
DRAG_MOVES = 80
SECONDS_OF_PLAYBACK = 5

COUNT_BYTES = """
window.received = 0;
const Plain = window.WebSocket;
window.WebSocket = class extends Plain {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", (event) => { window.received += event.data.byteLength ?? event.data.size ?? 0; });
  }
};
"""
# A key press counts until the frame after the canvas that shows the new paths has been painted; Plotly may follow.
WATCH_PICTURE = """
() => {
  window.waits = [];
  document.addEventListener("keydown", () => { window.pressed = performance.now(); }, true);
  new MutationObserver(() => requestAnimationFrame(() => requestAnimationFrame(
    () => window.waits.push(performance.now() - window.pressed)
  ))).observe(document.querySelector(".optviz-stage"), {attributes: true, attributeFilter: ["data-painted"]});
}
"""
COUNT_PICTURES = """() => {
  window.pictures = new Set();
  new MutationObserver(() => window.pictures.add(document.querySelector(".optviz-stage").dataset.painted))
    .observe(document.querySelector(".optviz-stage"), {attributes: true, attributeFilter: ["data-painted"]});
}"""
WHERE_START = """plot => {
  const {xaxis, yaxis} = plot._fullLayout, box = plot.getBoundingClientRect(), start = plot.data[2];
  return [box.left + xaxis._offset + xaxis.d2p(start.x[0]), box.top + yaxis._offset + yaxis.d2p(start.y[0])];
}"""
# A frame counts only if the pixels of the heads have changed since the last one.
WATCH_HEADS = """
() => {
  window.changed = 0;
  window.watching = true;
  const canvas = document.querySelector(".optviz-heads");
  const small = new OffscreenCanvas(canvas.width >> 2, canvas.height >> 2);
  const context = small.getContext("2d", {willReadFrequently: true});
  let before = null;
  const look = () => {
    context.clearRect(0, 0, small.width, small.height);
    context.drawImage(canvas, 0, 0, small.width, small.height);
    const words = new Uint32Array(context.getImageData(0, 0, small.width, small.height).data.buffer);
    let hash = 0;
    for (let i = 0; i < words.length; i += 1) if (words[i]) hash = (Math.imul(hash, 31) + words[i] + i) | 0;
    if (before !== null && hash !== before) window.changed += 1;
    before = hash;
    if (window.watching) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
"""


def report() -> None:
    """Print the figures."""
    with serving() as server, chromium() as browser:
        paints = []
        for _ in range(PAINTS + 1):
            with new_tab(browser) as tab:
                begin = time.perf_counter()
                RacePage(tab, server.address).open()
                paints.append(time.perf_counter() - begin)
        # The first visit also warms the server.
        median = statistics.median(paints[1:])
        print(f"First paint on a warm server, empty browser cache: median {median:.2f} s of {PAINTS}")
        with new_tab(browser) as tab:
            page = RacePage(tab, server.address)
            page.page.add_init_script(COUNT_BYTES)
            page.open()
            _moves(page, server.process.pid)
            _playback(page)
            _drag(page, "")
            page.do("pin")
            page.wait_for_address("pinned=")
            _drag(page, ", over a pinned race")
        with new_tab(browser) as tab:
            page = RacePage(tab, server.address)
            page.open(f"?v=1&steps=4000&racers={'~'.join(f'adam--learning_rate-{n / 1000:g}' for n in range(10, 34))}")
            _drag(page, ", of 24 optimizers and 4,000 steps")
    with serving() as server, chromium(*IN_DEPTH) as browser, new_tab(browser) as tab:
        page = RacePage(tab, server.address)
        page.open("?view=3d")
        _playback(page, " in 3-D, with WebGL in software")


def _moves(page: RacePage, pid: int) -> None:
    page.page.get_by_role("slider", name="One learning rate for all").focus()
    page.page.evaluate(WATCH_PICTURE)
    page.page.wait_for_timeout(1000)
    page.page.evaluate("window.received = 0")
    processor = _processor_seconds(pid)
    for move in range(MOVES):
        page.page.keyboard.press("ArrowRight" if move % 10 < 5 else "ArrowLeft")
        page.page.wait_for_function("count => window.waits.length > count", arg=move)
        page.page.wait_for_timeout(300)
    spent = None if processor is None else (_processor_seconds(pid) or 0) - processor
    waits = sorted(page.page.evaluate("window.waits"))
    print(
        f"Slider to pixels, {len(waits)} key presses: median {statistics.median(waits):.0f} ms, "
        f"p95 {waits[int(0.95 * len(waits))]:.0f} ms"
    )
    received = page.page.evaluate("window.received") / MOVES / 1000
    print(f"Bytes per rerun that leaves the surface alone: {received:.1f} KB")
    print("Server CPU per rerun: " + ("not measured here" if spent is None else f"{1000 * spent / MOVES:.0f} ms"))


def _processor_seconds(pid: int) -> float | None:
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return None
    fields = stat.read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _playback(page: RacePage, what: str = "") -> None:
    page.page.evaluate("document.activeElement.blur()")
    page.do("first")
    page.do("play")
    page.page.evaluate(WATCH_HEADS)
    page.page.wait_for_timeout(500)
    counted, begin = page.page.evaluate("[window.changed, performance.now()]")
    page.page.wait_for_timeout(1000 * SECONDS_OF_PLAYBACK)
    changed, end = page.page.evaluate("[window.changed, performance.now()]")
    print(
        f"Playback{what}: {1000 * (changed - counted) / (end - begin):.0f} frames per second whose head pixels changed"
    )


def _drag(page: RacePage, what: str) -> None:
    page.page.evaluate(COUNT_PICTURES)
    begin, end = page.place(*page.race().surface.peak()), page.place(0.8, -0.9)
    page.page.mouse.move(*page.plot(WHERE_START))
    page.page.mouse.down()
    started = time.perf_counter()
    for move in range(1, DRAG_MOVES + 1):
        share = move / DRAG_MOVES
        page.page.mouse.move(*(a + (b - a) * share for a, b in zip(begin, end, strict=True)))
        page.page.wait_for_timeout(25)
    seconds = time.perf_counter() - started
    pictures = page.page.evaluate("window.pictures.size")
    page.page.mouse.up()
    page.page.wait_for_timeout(1500)
    print(f"Dragging the start{what}: {pictures / seconds:.1f} pictures per second")
