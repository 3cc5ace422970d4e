"""What a move of a slider runs of the page, and what a run costs Streamlit beside the page."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable, Iterator

import pytest
from streamlit import config
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime import runtime, runtime_util
from streamlit.runtime.app_session import AppSession

import loops
from optviz.stage import unpack
from optviz.ui import lighter_runs
from serving import serving
from socket_page import LABEL_OF_RATES, SocketPage
from tiers import few_are_quick

START = ("Start x", "Start y")
SECTIONS = ("theme", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar", "theme.dark.sidebar")
OF_THEIR_OWN = ("bidi_component", "download_button")
"""A picture is packed for what the browser has got already, and a download is named anew in each run."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving() as server:
        yield int(server.address.rpartition(":")[2])
        assert "Traceback" not in server.printed()


def told(page: SocketPage) -> dict[tuple[int, ...], str]:
    """What can be read at each place of the page, but for `OF_THEIR_OWN`."""
    return {path: _read(element) for path, element in page.elements.items()}


def _read(element: Element) -> str:
    kind = element.WhichOneof("type") or ""
    read = Element()
    read.CopyFrom(element)
    # A widget's name grows when it is mounted anew, and its value travels only where the browser has another.
    read.ClearField("has_one_shot_effect")
    shown = getattr(read, kind)
    for name in ("id", "set_value", "value", "values", "raw_value", "raw_values"):
        if name in shown.DESCRIPTOR.fields_by_name:
            shown.ClearField(name)
    return kind if kind in OF_THEIR_OWN else str(read)


def labels(page: SocketPage) -> set[str]:
    """The labels of all widgets that the last run has sent."""
    sent = [page.elements[path] for path in page.last_run]
    return {getattr(getattr(element, element.WhichOneof("type") or ""), "label", "") for element in sent}


MOVED = [
    # The usual case, to and from the article's setting, which the line above the picture names.
    ("", [(LABEL_OF_RATES, "0.2"), (LABEL_OF_RATES, "0.1"), ("Epsilon ε", "1e-06"), (LABEL_OF_RATES, "0.05")]),
    # The surface suggests a rate: what its section says of it follows the slider.
    ("v=1&surface=rosenbrock&learning_rate=0.001", [(LABEL_OF_RATES, "0.002"), (LABEL_OF_RATES, "0.001")]),
    ("v=1&surface=beale", [(LABEL_OF_RATES, "0.02"), (LABEL_OF_RATES, "0.01")]),
    # With the rate of one racer the slider for all has other stops, and a word for rates that differ.
    ("v=1&racers=adam~adagrad", [("Learning rate η", "0.2"), ("Learning rate η", "0.1"), (LABEL_OF_RATES, "0.3")]),
    # A surface is chosen with rates of the visitor's own; that they were replaced is told until one is moved.
    ("v=1&learning_rate=0.2", [("Loss surface", "Beale"), (LABEL_OF_RATES, "0.3")]),
    # A link with a fault: the notice goes with the first change.
    ("v=1&steps=none", [(LABEL_OF_RATES, "0.3")]),
    (
        "v=1&surface=gaussian_hills&seed=1&samples=64&racers=minibatch_sgd--batch_size-8",
        [("Learning rate η", "0.2"), ("Batch size", "4"), (LABEL_OF_RATES, "0.3")],
    ),
]


@pytest.mark.parametrize(("query", "moves"), few_are_quick(MOVED, 3))
def test_after_a_move_the_page_says_what_it_says_when_all_of_it_is_run(
    port: int, query: str, moves: list[tuple[str, str]]
) -> None:
    async def compared() -> None:
        async with SocketPage(port, query=query) as page:
            for label, option in moves:
                await page.choose(label, option)
                after = dict(told(page))
                await page.ask()
                assert page.exceptions == []
                whole = {path: element for path, element in told(page).items() if path in page.last_run}
                assert {path: after.get(path) for path in whole} == whole, (label, option)

    loops.run(compared())


def test_a_move_of_a_learning_rate_leaves_the_other_sections_alone(port: int) -> None:
    async def sent() -> tuple[set[str], set[str]]:
        async with SocketPage(port) as page:
            whole = labels(page)
            await page.choose(LABEL_OF_RATES, "0.2")
            return whole, labels(page)

    whole, quick = loops.run(sent())
    assert {"Loss surface", "Steps", LABEL_OF_RATES} <= whole
    assert LABEL_OF_RATES in quick
    assert not {"Loss surface", "Steps"} & quick


@pytest.mark.parametrize(("at", "runs"), [("voice", 1), ("stage", 2)])
def test_a_click_on_the_map_is_one_run_and_its_answer_is_the_same_on_both_ways(port: int, at: str, runs: int) -> None:
    async def clicked() -> tuple[int, list[float], set[str]]:
        async with SocketPage(port, query="v=1&racers=adam&steps=20") as page:
            before = page.runs
            await page.request(1, "start", [0.25, 0.5], at)
            assert unpack(page.picture)[0]["heard"] == {"page": "page", "number": 1}
            fields = {element.number_input.label: element.number_input for element in page.elements.values()}
            start = [fields[label].value if fields[label].set_value else fields[label].default for label in START]
            return page.runs - before, start, labels(page)

    counted, start, sent = loops.run(clicked())
    assert counted == runs
    assert start == [0.25, 0.5]
    assert {"Loss surface", LABEL_OF_RATES} <= sent, "all of the page follows"


@pytest.mark.parametrize("at", ["voice", "stage"])
def test_what_is_asked_for_after_going_back_counts_though_both_come_together(port: int, at: str) -> None:
    async def sent() -> tuple[list[float], float]:
        async with SocketPage(port, query="v=1&racers=adam&steps=20") as page:
            await page.request(1, "start", [0.25, 0.5], at)
            page.query = "v=1&racers=adam&steps=20&start=1,1"
            requests = [(2, "address", ""), (3, "learning_rate", 0.5)]
            await page.requests(requests, at)
            fields = {element.number_input.label: element.number_input for element in page.elements.values()}
            start = [fields[label].value if fields[label].set_value else fields[label].default for label in START]
            return start, unpack(page.picture)[0]["rates"]["highest"]

    assert loops.run(sent()) == ([1, 1], 0.5), "the start of the address, and the rate that is newer"


def test_what_is_let_go_of_is_answered_by_the_page_though_the_picture_alone_was_to_run(
    port: int,
) -> None:
    """On a tour, in one request: where something is held, and that it was let go. It ends, and the address says so."""

    async def sent() -> tuple[str | None, str | None]:
        async with SocketPage(port, query="v=1&racers=adam&steps=20&start=1,1") as page:
            await page.request(1, "tour", {"do": "begin"})
            before = page.address
            live = page.word(page.stage, {"page": "page", "requests": [], "live": {"start": [0.5, 0.5], "number": 1}})
            let_go = {"page": "page", "requests": [{"number": 2, "what": "let_go", "value": None}]}
            freed = page.word(page.voice, {"stage": "stage", "asked": let_go})
            for word, component in ((live, page.stage), (freed, page.voice)):
                page.widgets |= {word.id: word, component: WidgetState(id=component, json_value="{}")}
            await page.ask(page.fragment)
            return before, page.address

    before, after = loops.run(sent())
    assert before is None, "the race that the tour has set out from"
    assert after is not None and "start=" not in after, "where it is: each seed has its own start"


def test_what_a_click_sends_may_be_anything(port: int) -> None:
    async def pushed() -> list[str]:
        async with SocketPage(port) as page:
            for said in (None, 1, "start", [], {"stage": "another"}, {"stage": ["stage"]}, {"stage": "stage"}):
                await page.say(page.voice, said)
            await page.say(page.voice, {"stage": "stage", "asked": {"page": 1, "requests": "start"}})
            return page.exceptions

    assert loops.run(pushed()) == []


def test_what_a_run_sends_keeps_its_order_whether_it_is_held_or_not() -> None:
    seen: list[int] = []

    async def put_all() -> None:
        loop, line = asyncio.get_running_loop(), lighter_runs.Line()

        def fill() -> None:
            for number in range(200):
                line.put(loop, lambda number=number: seen.append(number), at_once=number % 7 == 0)  # type: ignore[misc]

        filler = threading.Thread(target=fill)
        filler.start()
        while len(seen) < 200:
            await asyncio.sleep(0.001)
        filler.join()

    loops.run(put_all())
    assert seen == list(range(200))


def test_one_message_that_cannot_be_sent_does_not_hold_up_those_behind_it() -> None:
    seen: list[str] = []
    failures: list[BaseException] = []

    def fail() -> None:
        raise ValueError

    async def put_three() -> None:
        loop, line = asyncio.get_running_loop(), lighter_runs.Line()
        loop.set_exception_handler(lambda _, context: failures.append(context["exception"]))
        calls: list[Callable[[], None]] = [lambda: seen.append("before"), fail, lambda: seen.append("after")]
        for call in calls:
            line.put(loop, call, at_once=False)
        while len(seen) < 2:
            await asyncio.sleep(0.001)

    loops.run(put_three())
    assert seen == ["before", "after"]
    assert [type(failure) for failure in failures] == [ValueError]


def test_streamlit_has_and_uses_what_is_replaced_in_it() -> None:
    """Where another version does without one of these names, what is put in its place would be of no effect."""
    assert "MESSAGE_FLUSH_INTERVAL_SECS" in runtime.Runtime._loop_coroutine.__code__.co_names
    assert runtime_util.MESSAGE_FLUSH_INTERVAL_SECS > lighter_runs.SECONDS_BETWEEN_SENDINGS
    methods = [method for method in vars(AppSession).values() if inspect.isfunction(method)]
    assert any("_populate_theme_msg" in method.__code__.co_names for method in methods)
    assert "_on_scriptrunner_event" in AppSession._create_scriptrunner.__code__.co_names
    told = inspect.signature(AppSession._handle_scriptrunner_event_on_event_loop).parameters
    assert list(told)[:4] == ["self", "sender", "event", "forward_msg"]


@pytest.mark.parametrize("section", SECTIONS)
def test_a_theme_that_is_read_once_says_what_streamlit_reads_each_time(
    section: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lighter_runs, "_themes", {})
    options = dict(config.get_options_for_section(section)) | {"primaryColor": "#123456", "base": "dark"}
    for settings in (options, dict.fromkeys(options)):
        lighter_runs._themes.clear()
        monkeypatch.setattr(config, "get_options_for_section", lambda _, settings=settings: settings)
        expected = CustomThemeConfig()
        lighter_runs._read_theme(expected.light, section)
        for _ in range(2):
            made = CustomThemeConfig()
            lighter_runs._populate_theme(made.light, section)
            assert made == expected
            assert made.HasField("light") == expected.HasField("light")
