"""Every file of the gallery says what is true, and a file that does not is refused with a sentence."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from optviz.bad_input import BadInput
from optviz.surface.gallery import SETTINGS, GallerySurface, gallery, gallery_names, read_entry

FOLDER = Path(__file__).parents[1] / "surfaces"
NAMES = gallery_names()
EXPECTED = [
    "rosenbrock",
    "himmelblau",
    "beale",
    "rastrigin",
    "ackley",
    "saddle",
    "monkey_saddle",
    "ravine",
    "plateau",
    "styblinski_tang",
    "goldstein_price",
    "six_hump_camel",
    "booth",
    "matyas",
    "three_hump_camel",
    "levy",
    "bowl",
    "abs_valley",
    "double_well",
    "winding_valley",
    "notebook_hills",
]
# At a kink there is no stationary point in the usual sense; our gradient there is 0 by definition.
KINKED = ("abs_valley", "ackley")

VALID = """
order = 5
start = [0.5, 0.5]
learning_rate = 0.1
minima = [[0.0, 0.0]]
source = "nobody"

[surface]
family = "formula"
text = "x^2 + y^2"
domain = [-1.0, 1.0, -1.0, 1.0]

[title]
en = "A bowl"
zh = "碗"

[teaches]
en = "Nothing."
zh = "无。"
"""
# What is replaced in the valid file, by what, and what the sentence must name beside the file.
HOSTILE = [
    ("order = 5", 'order = "5"', "order"),
    ("order = 5", "order = true", "order"),
    ("order = 5", "order = nan", "order"),
    ("order = 5", "order = ", "TOML"),
    ("order = 5", "order = 5\norder = 6", "TOML"),
    ("order = 5", "order = 5\ncolour = 1", "colour"),
    ("order = 5", "", "order"),
    ("start = [0.5, 0.5]", "", "start"),
    ("start = [0.5, 0.5]", "start = [0.5]", "start"),
    ("start = [0.5, 0.5]", "start = [0.5, inf]", "start"),
    ("start = [0.5, 0.5]", "start = 0.5", "start"),
    ("start = [0.5, 0.5]", 'start = ["0.5", "0.5"]', "start"),
    ("start = [0.5, 0.5]", "start = [5.0, 0.5]", "start"),
    ("learning_rate = 0.1", "learning_rate = 0", "learning_rate"),
    ("learning_rate = 0.1", "learning_rate = -1.0", "learning_rate"),
    ("learning_rate = 0.1", "learning_rate = [0.1]", "learning_rate"),
    ("minima = [[0.0, 0.0]]", "minima = [0.0, 0.0]", "minima"),
    ("minima = [[0.0, 0.0]]", "minima = 3", "minima"),
    ("minima = [[0.0, 0.0]]", "minima = [[0.0, 9.0]]", "minima"),
    ('source = "nobody"', "source = 1", "source"),
    ('source = "nobody"', 'source = "two\\nlines"', "source"),
    ('family = "formula"', 'family = "os"', "os"),
    ('family = "formula"', "family = []", "family"),
    ('family = "formula"', "", "family"),
    ('family = "formula"', 'family = "gaussian_hills"', "text"),
    ('text = "x^2 + y^2"', "", "text"),
    ('text = "x^2 + y^2"', "text = 3", "formula"),
    ('text = "x^2 + y^2"', 'text = "__import__"', "column 1"),
    ('text = "x^2 + y^2"', 'text = "x^2"\nseed = 1', "seed"),
    ("domain = [-1.0, 1.0, -1.0, 1.0]", "domain = [1.0, -1.0, -1.0, 1.0]", "domain"),
    ("domain = [-1.0, 1.0, -1.0, 1.0]", "domain = 1.0", "domain"),
    ("domain = [-1.0, 1.0, -1.0, 1.0]", "", "domain"),
    ('zh = "碗"', "", "zh"),
    ('zh = "碗"', 'zh = ""', "title.zh"),
    ('zh = "碗"', "zh = 1", "title.zh"),
    ('zh = "碗"', 'zh = "碗"\nfr = "bol"', "fr"),
    ('en = "Nothing."', "", "en"),
    ('en = "Nothing."', f'en = "{"n" * 301}"', "teaches.en"),
    ('[title]\nen = "A bowl"\nzh = "碗"', "[title]", "title"),
]


def descend(surface: GallerySurface, momentum: float) -> np.ndarray:
    """Losses (201,) of gradient descent, or of the heavy ball, from the suggested start at the suggested rate."""
    point, velocity = surface.suggested_start, np.zeros(2)
    losses = [surface.loss(point)]
    for _ in range(200):
        velocity = momentum * velocity + surface.suggested_learning_rate * surface.gradient(point)
        point = point - velocity
        losses.append(surface.loss(point))
    return np.array(losses)


def test_the_gallery_is_complete_and_ordered() -> None:
    assert set(EXPECTED) <= set(NAMES)
    assert sorted(NAMES) == sorted(path.stem for path in FOLDER.glob("*.toml"))
    assert NAMES[0] == "bowl"
    orders = [read_entry(FOLDER / f"{name}.toml").order for name in NAMES]
    assert orders == sorted(set(orders))


@pytest.mark.parametrize("name", NAMES)
def test_minima_are_stationary_and_the_lowest(name: str) -> None:
    surface = gallery(name)
    x_min, x_max, y_min, y_max = surface.domain
    grid = surface.losses_on(np.linspace(x_min, x_max, 801), np.linspace(y_min, y_max, 801))
    assert np.isfinite(grid).all()
    span = grid.max() - grid.min()
    assert surface.contains(surface.lowest.point)
    assert surface.lowest.loss <= grid.min() + 1e-13 * span
    assert surface.lowest.exact == bool(surface.minima)
    for minimum in surface.minima:
        point = np.array(minimum)
        assert surface.contains(point)
        # Equally low, up to the rounding of the formula itself.
        assert abs(surface.loss(point) - surface.lowest.loss) <= 1e-13 * max(1.0, span)
        curvature = np.abs(surface.hessian(point)).max()
        # A coordinate rounded to float64 is off by up to ε/2 of itself, and the terms of the gradient round alike.
        assert np.abs(surface.gradient(point)).max() <= 1e-14 * (1 + curvature) * (10 + np.abs(point).max())
        if name not in KINKED:
            assert np.linalg.eigvalsh(surface.hessian(point)).min() > 0
        ring = point + 1e-3 * np.stack([np.cos(np.arange(12.0)), np.sin(np.arange(12.0))], axis=-1)
        assert (surface.loss(ring) > surface.loss(point)).all()


@pytest.mark.parametrize("name", [name for name in NAMES if gallery(name).minima])
def test_no_minimum_is_missing(name: str) -> None:
    """Every dip of a dense grid that is as low as the lowest point belongs to one of the minima in the file."""
    surface = gallery(name)
    x_min, x_max, y_min, y_max = surface.domain
    x, y = np.linspace(x_min, x_max, 401), np.linspace(y_min, y_max, 401)
    losses = surface.losses_on(x, y)
    inner = losses[1:-1, 1:-1]
    around = [losses[1 + row : 400 + row, 1 + column : 400 + column] for row in (-1, 0, 1) for column in (-1, 0, 1)]
    spacing = np.array([x[1] - x[0], y[1] - y[0]])
    for row, column in np.argwhere(inner <= np.minimum.reduce(around)):
        point = np.array([x[column + 1], y[row + 1]])
        for _ in range(30):
            step = np.linalg.lstsq(surface.hessian(point), surface.gradient(point), rcond=None)[0]
            point = point - np.clip(step, -spacing, spacing)
        if surface.contains(point) and surface.loss(point) <= surface.lowest.loss + 1e-9:
            assert min(np.abs(point - minimum).max() for minimum in np.array(surface.minima)) < 1e-4


@pytest.mark.parametrize("name", NAMES)
def test_the_suggestions_suit_gradient_descent(name: str) -> None:
    surface = gallery(name)
    assert surface.contains(surface.suggested_start)
    plain = descend(surface, momentum=0.0)
    assert np.isfinite(plain).all()
    assert np.isfinite(descend(surface, momentum=0.9)).all()
    # Real progress, even where a local minimum is the end of it.
    assert plain[0] - plain[-1] > 0.2 * (plain[0] - surface.lowest.loss)


@pytest.mark.parametrize("name", NAMES)
def test_both_languages(name: str) -> None:
    surface = gallery(name)
    assert surface.title == surface.titles["en"]
    for words in (surface.titles, surface.teaches):
        assert set(words) == {"en", "zh"}
        assert all(text.strip() and text.isprintable() for text in words.values())
    assert any("\u4e00" <= character <= "\u9fff" for character in surface.titles["zh"] + surface.teaches["zh"])
    assert not set(surface.teaches["zh"]) & set(",:;?!"), "Chinese text has Chinese punctuation"
    assert surface.teaches["en"].endswith(".") and surface.teaches["zh"].endswith("。")


@pytest.mark.parametrize("name", NAMES)
def test_derivatives_against_central_differences(name: str) -> None:
    surface = gallery(name)
    x_min, x_max, y_min, y_max = surface.domain
    points = np.random.default_rng(4).uniform((x_min, y_min), (x_max, y_max), (20, 2))
    loss, gradient = surface.loss_and_gradient(points)
    hessian = surface.hessian(points)
    step = 1e-6 * surface.width
    for axis in (0, 1):
        shift = step * np.eye(2)[axis]
        # Rounding: ε·J/step; truncation: step²·J'''/6. Both are far below 1e-6 of the largest value here.
        difference = (surface.loss(points + shift) - surface.loss(points - shift)) / (2 * step)
        np.testing.assert_allclose(gradient[:, axis], difference, rtol=1e-6, atol=1e-7 * (1 + np.abs(loss).max()))
        difference = (surface.gradient(points + shift) - surface.gradient(points - shift)) / (2 * step)
        scale = 1 + np.abs(gradient).max()
        np.testing.assert_allclose(hessian[:, :, axis], difference, rtol=1e-6, atol=1e-7 * scale)


def test_a_gallery_surface_is_its_name() -> None:
    assert gallery("himmelblau") is gallery("himmelblau")
    assert GallerySurface("himmelblau") == gallery("himmelblau") != gallery("booth")
    assert len({GallerySurface("booth"), gallery("booth")}) == 1
    assert pickle.loads(pickle.dumps(gallery("booth"))) == gallery("booth")
    assert gallery("booth").latex.startswith(r"\left(x + 2 y - 7\right)^{2}")
    assert gallery("notebook_hills").latex == ""
    assert gallery("booth").lowest.loss == 0.0


@pytest.mark.parametrize(
    "name", ["", "Himmelblau", "../himmelblau", "himmelblau.toml", "\ud800", "x" * 10_000, None, 3, []]
)
def test_an_unknown_name_is_refused(name: object) -> None:
    with pytest.raises(BadInput, match="choose one of bowl") as refusal:
        gallery(name)  # type: ignore[arg-type]
    assert refusal.value.key == "unknown_choice" and str(refusal.value).isprintable()


def test_a_new_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "new_bowl.toml"
    path.write_text(VALID, encoding="utf-8")
    entry = read_entry(path)
    assert entry.titles == {"en": "A bowl", "zh": "碗"} and entry.minima == ((0.0, 0.0),)
    assert entry.made.loss(np.array([0.5, 0.0])) == 0.25


def test_what_a_file_must_and_may_say_of_its_surface() -> None:
    """A new family adds a row of its own; one that is made of samples has none."""
    expected = {
        "gaussian_hills": (("seed",), ("hills", "weights")),
        "smoothed_noise": (("seed",), ("size", "smoothing", "bowl", "octaves", "domain")),
        "formula": (("text", "domain"), ()),
    }
    assert {family: SETTINGS.get(family) for family in expected} == expected
    assert "regression" not in SETTINGS


@pytest.mark.parametrize(("family", "settings"), [("gaussian_hills", "seed = 3"), ("smoothed_noise", "seed = 3")])
def test_every_family_can_be_in_the_gallery(tmp_path: Path, family: str, settings: str) -> None:
    assert family in SETTINGS
    formula = VALID[VALID.index("family") : VALID.index("[title]")]
    path = tmp_path / "new.toml"
    path.write_text(VALID.replace(formula, f'family = "{family}"\n{settings}\n\n'), encoding="utf-8")
    assert np.isfinite(read_entry(path).made.loss(np.zeros(2)))


@pytest.mark.parametrize(
    ("old", "new", "named"), HOSTILE, ids=[f"{new[:30]!r} for {old[:20]!r}" for old, new, _ in HOSTILE]
)
def test_a_hostile_file_is_refused(tmp_path: Path, old: str, new: str, named: str) -> None:
    assert VALID.count(old) == 1
    path = tmp_path / "bad.toml"
    path.write_text(VALID.replace(old, new), encoding="utf-8")
    with pytest.raises(BadInput) as refusal:
        read_entry(path).made  # noqa: B018
    sentence = str(refusal.value)
    assert "bad.toml" in sentence and named in sentence and sentence.isprintable()


def test_a_file_that_is_not_text_or_badly_named_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="bad.toml"):
        read_entry(tmp_path / "bad.toml")
    with pytest.raises(BadInput, match="missing.toml"):
        read_entry(tmp_path / "missing.toml")
    for name in ("Bad Name.toml", "é.toml", "1.toml", "x.txt"):
        with pytest.raises(BadInput, match="file name"):
            read_entry(tmp_path / name)
