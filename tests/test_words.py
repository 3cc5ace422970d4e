"""The words on the screen: one word per concept, plain plurals, a space between Chinese and other letters."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qsl

import pytest

from cases import ROOT
from mounted import visit
from optviz import Race, gallery
from optviz.bad_input import BadInput
from optviz.optimizers import GradientDescent
from optviz.stage import unpack
from optviz.surface import DriftingBowl, GaussianHills, SmoothedNoise, Surface, gallery_names
from optviz.text import CALLED, SEAM, STRAY, sentence, spaced, words
from optviz.text.telling import described

CHINESE = {f"{section}.{key}": text for section, table in words("zh").items() for key, text in table.items()}
ENGLISH = {f"{section}.{key}": text for section, table in words("en").items() for key, text in table.items()}

NUMBER_OF = r"(?<!of )(\{(count|steps|samples)\} (more )?[a-z]+s\b|\{value\} steps)"
"""English words that are false beside a 1; "step 1 of {steps} steps" is about more than one."""

# What a Chinese deep-learning teacher would not write, and what stands for it.
NOT_SAID = {
    "惯例": "公式版本",
    "联赛": "多种子评测",
    "地图": "损失曲面",
    "赛手": "优化器",
    "巡览": "连播",
    "成绩表": "结果对比",
    "批大小": "批量大小",
    "保留的轨迹": "对照轨迹",
    "与最低损失之差": "剩余差距",
}


@pytest.mark.parametrize("unwanted", NOT_SAID)
def test_one_word_per_concept(unwanted: str) -> None:
    assert [name for name, text in CHINESE.items() if unwanted in text] == [], NOT_SAID[unwanted]


def test_what_is_said_on_every_surface_speaks_of_no_samples() -> None:
    on_every = ("stage.card_gradient_help", "swarm.too_much", "bad_input.too_much_work")
    assert [name for name in on_every if "样本" in CHINESE[name] or "sample" in ENGLISH[name]] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_button_of_the_bar_says_what_it_does(language: str) -> None:
    """An icon has no other words: they are its tooltip and its name for readers of the screen."""
    source = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "optviz" / "stage" / "js").glob("*.js"))
    actions = set(re.findall(r'data-do="(\w+)"', source))
    assert {"paths", "veil", "play", "pin"} <= actions
    assert [action for action in sorted(actions) if not words(language)["stage"].get(action)] == []


def test_the_button_above_the_picture_says_which_article_and_what_changes() -> None:
    settings: tuple[dict[str, str], ...] = ({}, {"convention": "article"}, {"seed": "2"})
    for query, key in zip(settings, ("to_article", "to_tensorflow", "reset"), strict=True):
        button = visit(**query).button(key="hook")
        assert (button.label, button.help) == (words("en")["hook"][key], words("en")["hook"][f"{key}_help"])
        assert ("article" in button.help and "TensorFlow 1" in button.help) or key == "to_tensorflow"


def test_the_lowest_point_has_one_name() -> None:
    """In the question, in what is asked, in the key and at the mark on the map."""
    about_it = ("hook.asked", "figure.key_marks", "figure.lowest")
    assert [name for name in (*about_it, "hook.heading", "hook.heading_one") if "最低点" not in CHINESE[name]] == []
    assert [name for name in about_it if "lowest point" not in ENGLISH[name]] == []


def test_between_chinese_and_other_letters_stands_a_space() -> None:
    assert [name for name, text in CHINESE.items() if SEAM.search(text)] == []


@pytest.mark.parametrize(
    ("close", "apart"),
    [
        ("Adam的损失", "Adam 的损失"),
        ("其次是RMSProp，Adagrad等5个", "其次是 RMSProp，Adagrad 等 5 个"),
        ("学习率η为0.1", "学习率 η 为 0.1"),
        ("第 3 步：动量领先", "第 3 步：动量领先"),
        ("PyTorch公式（100%）", "PyTorch 公式（100%）"),
        ("○ 起点。 等高线 按对数。", "○ 起点。等高线按对数。"),
        ("起点（start） = 1", "起点（start）= 1"),
    ],
)
def test_a_name_that_is_put_into_a_sentence_keeps_its_distance(close: str, apart: str) -> None:
    assert spaced(close) == apart


def test_no_stray_space_stands_in_chinese() -> None:
    assert [name for name, text in CHINESE.items() if STRAY.search(text)] == []


def test_no_stray_space_stands_in_what_is_composed() -> None:
    """All sentences of the page for races with samples, pinned, on an unusual map, and of their files."""
    races = {
        "by=epoch": "surface=regression&racers=sgd~gradient_descent&by=epoch&runs=many&samples=64&steps=60",
        "pinned": "seed=1&pinned=surface%3Dgaussian_hills%26seed%3D1%26steps%3D50%26learning_rate%3D0.3",
        "elsewhere": "surface=rosenbrock&learning_rate=0.5&pinned=surface%3Dgaussian_hills%26seed%3D1",
        "refused": "start=x&steps=0&racers=nobody&surface=nowhere&formula=x&lang=xx&domain=1~2",
        "flat": "surface=formula&text=-cos(x)*cos(y)*exp(-(x-3.14)^2-(y-3.14)^2)&domain=-100~100~-100~100",
    }
    for query in races.values():
        app = visit(**(dict(parse_qsl(query)) | {"lang": "zh"}))
        told = [part.value for part in (*app.caption, *app.markdown)]
        told += [unescape(re.sub("<[^>]*>", "\\n", part.proto.body)) for part in app.get("html")]
        (header, _) = unpack(next(part.proto.bytes for part in app.get("bidi_component") if part.proto.bytes))
        told += [header["caption"], *(view.get("told", "") for view in header["views"].values())]
        assert len(told) > 10
        for text in told:
            # A formula is a word of the sentence.
            read = re.sub(r"\$.*?\$", "J", re.sub(r"<style>.*?</style>", "", text))
            assert not STRAY.search(read), (query, text)


def test_a_formatted_problem_keeps_its_distance() -> None:
    for key, template in words("zh")["bad_input"].items():
        parts = dict.fromkeys(re.findall(r"\{(\w+)\}", template), "Adam")
        assert not SEAM.search(sentence(BadInput(key, **{"name": "", "value": "", "allowed": "", **parts}), "zh")), key


@pytest.mark.parametrize("name", [name for name, text in ENGLISH.items() if re.search(NUMBER_OF, text)])
def test_a_number_of_things_has_a_form_for_one(name: str) -> None:
    section, key = name.split(".")
    assert f"{key}_one" in words("en")[section], ENGLISH[name]
    assert f"{key}_one" in words("zh")[section], ENGLISH[name]


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (BadInput("out_of_range", name="learning_rate", value=11, allowed="0 … 10"), "学习率 η（learning_rate）= 11"),
        (BadInput("not_a_whole_number", name="steps", value="x", allowed="1 … 5,000"), "步数（steps）= x"),
        (BadInput("bad_point", name="start", value="1", allowed="x, y"), "起点（start）= 1"),
        (BadInput("last_racer", name="racers", value=0, allowed="1 … 24"), "优化器（racers）= 0"),
        (BadInput("batch_size_lowered", name="batch_size", value=512, allowed=64), "批量大小（batch_size）= 512"),
        # What somebody typed is nobody's field, whatever it is called.
        (BadInput("formula_name", name="seed", value=3, allowed="x, y"), "第 3 列的 seed 无法识别"),
    ],
)
def test_a_chinese_sentence_names_a_field_as_its_control_does(problem: BadInput, said: str) -> None:
    assert said in sentence(problem, "zh")
    assert "（" not in sentence(problem, "en")
    assert problem.parts["name"] in sentence(problem, "en")


def test_fields_that_are_called_otherwise_have_their_label_in_each_language() -> None:
    for language in ("en", "zh"):
        assert all(key in words(language)[section] for section, key in CALLED.values())


@pytest.mark.parametrize(
    "surface",
    [GaussianHills(seed=3), SmoothedNoise(seed=2), DriftingBowl(), *map(gallery, gallery_names())],
    ids=lambda surface: surface.title,
)
def test_a_sentence_calls_a_surface_by_its_title_in_the_visitors_language(surface: Surface) -> None:
    problem = BadInput("no_samples", name=surface.title, value=8)
    told = sentence(problem, "zh")
    assert surface.title in sentence(problem, "en")
    assert spaced(described(Race(surface, [GradientDescent(0.1)]), "zh")) in told
