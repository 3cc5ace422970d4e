"""The lowest point of a surface: test functions with minima from the literature, poles, and what runs find lower.

The functions and values are those of M. Jamil and X.-S. Yang 2013 (arXiv:1308.4008), of the SFU Virtual Library
(sfu.ca/~ssurjano/optimization.html) and of A. Gavana's collection (infinity77.net/global_optimization), on domains that
are off the centre where a function allows it, so that no minimum sits on a line of a grid by luck.
"""

from __future__ import annotations

import threading
from math import e, inf, pi

import numpy as np
import pytest

from optviz import FiniteSum, Formula, GaussianHills, Race, Regression, SmoothedNoise, Surface, gallery, trace
from optviz.optimizers import GradientDescent
from optviz.statistics import scoreboard
from optviz.surface import Known
from tiers import few_are_quick, long


def both(term: str) -> str:
    """The term for x and for y."""
    return f"({term})+(" + term.replace("x", "y").replace("eyp", "exp") + ")"


HILLS = zip((1, 2, 5, 2, 3), ((3, 5), (5, 2), (2, 1), (1, 4), (7, 9)), strict=True)
LANGERMANN = "+".join(
    f"{weight}*exp(-((x-{a})^2+(y-{b})^2)/pi)*cos(pi*((x-{a})^2+(y-{b})^2))" for weight, (a, b) in HILLS
)
SHUBERT = "({})*({})".format(*("+".join(f"{i}*cos({i + 1}*{v}+{i})" for i in range(1, 6)) for v in "xy"))
HANSEN = "({})*({})".format(
    "+".join(f"{i + 1}*cos({i}*x+{i + 1})" for i in range(5)),
    "+".join(f"{i + 1}*cos({i + 2}*y+{i + 1})" for i in range(5)),
)
RIPPLE = "-exp(-2*log(2)*((x-0.1)/0.8)^2)*(sin(5*pi*x)^6{})"
CROSS = "abs(sin(x)*sin(y)*exp(abs(100-sqrt(x^2+y^2)/pi)))+1"
DISTANCE = "sqrt(x^2+y^2)"

KNOWN = {
    "Schaffer N.1": ("0.5+(sin(x^2+y^2)^2-0.5)/(1+0.001*(x^2+y^2))^2", (-100, 90, -80, 100), 0),
    "Schaffer N.2": ("0.5+(sin(x^2-y^2)^2-0.5)/(1+0.001*(x^2+y^2))^2", (-100, 90, -80, 100), 0),
    "Schaffer N.3": ("0.5+(sin(cos(abs(x^2-y^2)))^2-0.5)/(1+0.001*(x^2+y^2))^2", (-100, 100, -100, 100), 0.00156685),
    "Schaffer N.4": ("0.5+(cos(sin(abs(x^2-y^2)))^2-0.5)/(1+0.001*(x^2+y^2))^2", (-100, 100, -100, 100), 0.292579),
    "Schaffer N.6": (f"0.5+(sin({DISTANCE})^2-0.5)/(1+0.001*(x^2+y^2))^2", (-100, 70, -40, 100), 0),
    "Langermann": (LANGERMANN, (0, 10, 0, 10), -4.155809),
    "drop-wave": (f"-(1+cos(12*{DISTANCE}))/(0.5*(x^2+y^2)+2)", (-5, 6, -5, 6), -1),
    "Griewank": ("1+(x^2+y^2)/4000-cos(x)*cos(y/sqrt(2))", (-600, 500, -600, 500), 0),
    "Bohachevsky N.1": ("x^2+2*y^2-0.3*cos(3*pi*x)-0.4*cos(4*pi*y)+0.7", (-100, 70, -50, 100), 0),
    "Bohachevsky N.2": ("x^2+2*y^2-0.3*cos(3*pi*x)*cos(4*pi*y)+0.3", (-100, 70, -50, 100), 0),
    "Bohachevsky N.3": ("x^2+2*y^2-0.3*cos(3*pi*x+4*pi*y)+0.3", (-100, 70, -50, 100), 0),
    "Levy N.13": (
        "sin(3*pi*x)^2+(x-1)^2*(1+sin(3*pi*y)^2)+(y-1)^2*(1+sin(2*pi*y)^2)",
        (-10, 8, -7, 10),
        0,
    ),
    "Eggholder": (
        "-(y+47)*sin(sqrt(abs(y+x/2+47)))-x*sin(sqrt(abs(x-(y+47))))",
        (-512, 512, -512, 512),
        -959.6407,
    ),
    "Holder table": (f"-abs(sin(x)*cos(y)*exp(abs(1-{DISTANCE}/pi)))", (-10, 10, -10, 10), -19.2085),
    "cross-in-tray": (f"-0.0001*({CROSS})^0.1", (-10, 9, -9.5, 10), -2.06261),
    "Schwefel 2.26": (both("418.98288727243369-x*sin(sqrt(abs(x)))"), (-500, 450, -400, 500), 0),
    "Ackley": (
        "-20*exp(-0.2*sqrt(0.5*(x^2+y^2)))-exp(0.5*(cos(2*pi*x)+cos(2*pi*y)))+e+20",
        (-32, 25, -20, 32),
        0,
    ),
    "Rastrigin": (both("10+x^2-10*cos(2*pi*x)"), (-5.12, 4, -3.3, 5.12), 0),
    "Rastrigin, wide": (both("10+x^2-10*cos(2*pi*x)"), (-100, 70, -80, 130), 0),
    "Michalewicz": ("-sin(x)*sin(x^2/pi)^20-sin(y)*sin(2*y^2/pi)^20", (0, pi, 0, pi), -1.8013034),
    "Shubert": (SHUBERT, (-10, 10, -10, 10), -186.730909),
    "Hansen": (HANSEN, (-10, 10, -10, 10), -176.541793),
    "Easom": ("-cos(x)*cos(y)*exp(-(x-pi)^2-(y-pi)^2)", (-100, 100, -100, 100), -1),
    "Bukin N.6": ("100*sqrt(abs(y-0.01*x^2))+0.01*abs(x+10)", (-15, -5, -3, 3), 0),
    "Keane": (f"-abs(sin(x-y)^2*sin(x+y)^2)/{DISTANCE}", (0, 10, 0, 10), -0.673668),
    "Trefethen": (
        "exp(sin(50*x))+sin(60*exp(y))+sin(70*sin(x))+sin(sin(80*y))-sin(10*(x+y))+(x^2+y^2)/4",
        (-10, 10, -10, 10),
        -3.30686865,
    ),
    "Ripple N.1": (both(RIPPLE.format("+0.1*cos(500*pi*x)^2")), (0, 1, 0, 1), -2.2),
    "Ripple N.25": (both(RIPPLE.format("")), (0, 1, 0, 1), -2),
    "Whitley": (
        "+".join(
            f"(100*({a}^2-{b})^2+(1-{b})^2)^2/4000-cos(100*({a}^2-{b})^2+(1-{b})^2)+1" for a in "xy" for b in "xy"
        ),
        (-10.24, 10, -9, 10.24),
        0,
    ),
    "Bird": (
        "sin(x)*exp((1-cos(y))^2)+cos(y)*exp((1-sin(x))^2)+(x-y)^2",
        (-2 * pi, 2 * pi, -2 * pi, 2 * pi),
        -106.764537,
    ),
    "cosine mixture": (both("x^2-0.1*cos(5*pi*x)"), (-1, 0.7, -0.8, 1), -0.2),
    "Alpine N.1": (both("abs(x*sin(x)+0.1*x)"), (-10, 7, -8, 10), 0),
    "Alpine N.2": ("-sqrt(x)*sin(x)*sqrt(y)*sin(y)", (0, 10, 0, 10), -7.88560072),
    "Giunta": (
        both("0.3+sin(16/15*x-1)+sin(16/15*x-1)^2+sin(4*(16/15*x-1))/50"),
        (-1, 1, -1, 1),
        0.0644704205,
    ),
    "Mishra N.3": ("sqrt(abs(cos(sqrt(abs(x^2+y)))))+0.01*(x+y)", (-10, 10, -10, 10), -0.184667),
    # On the edge y = −10, where √(x² + y) = 3π: 0.01 (x + y) to the last digit.
    "Mishra N.4": ("sqrt(abs(sin(sqrt(abs(x^2+y)))))+0.01*(x+y)", (-10, 10, -10, 10), -0.19941136),
    "Mishra N.5": (
        "(sin((cos(x)+cos(y))^2)^2+cos((sin(x)+sin(y))^2)^2+x)^2+0.01*x+0.1*y",
        (-10, 10, -10, 10),
        -1.019829,
    ),
    "Mishra N.6": (
        "-log((sin((cos(x)+cos(y))^2)^2-cos((sin(x)+sin(y))^2)^2+x)^2)+0.1*((x-1)^2+(y-1)^2)",
        (-10, 10, -10, 10),
        -2.28395,
    ),
    "Pathological": (
        "0.5+(sin(sqrt(100*x^2+y^2))^2-0.5)/(1+0.001*(x^2-2*x*y+y^2)^2)",
        (-100, 90, -80, 100),
        0,
    ),
    "Zettl": ("(x^2+y^2-2*x)^2+0.25*x", (-5, 10, -5, 10), -0.00379123722),
    "Price N.1": (both("(abs(x)-5)^2"), (-500, 430, -400, 500), 0),
    "Price N.2": ("1+sin(x)^2+sin(y)^2-0.1*exp(-x^2-y^2)", (-10, 8, -7, 10), 0.9),
    "Price N.4": ("(2*x^3*y-y^3)^2+(6*x-y^2+y)^2", (-50, 40, -30, 50), 0),
    "Quintic": (both("abs(x^5-3*x^4+4*x^3+2*x^2-10*x-4)"), (-10, 9, -8, 10), 0),
    "Styblinski–Tang": (both("(x^4-16*x^2+5*x)/2"), (-5, 5, -5, 5), -78.3323314),
    "Salomon": (f"1-cos(2*pi*{DISTANCE})+0.1*{DISTANCE}", (-100, 70, -60, 100), 0),
    "Xin-She Yang N.2": ("(abs(x)+abs(y))*exp(-sin(x^2)-sin(y^2))", (-2 * pi, 5, -4, 2 * pi), 0),
    "Xin-She Yang N.3": (
        "exp(-(x/15)^10-(y/15)^10)-2*exp(-x^2-y^2)*cos(x)^2*cos(y)^2",
        (-20, 16, -14, 20),
        -1,
    ),
    "Xin-She Yang N.4": (
        "(sin(x)^2+sin(y)^2-exp(-x^2-y^2))*exp(-sin(sqrt(abs(x)))^2-sin(sqrt(abs(y)))^2)",
        (-10, 8, -7, 10),
        -1,
    ),
    # The lowest lies on the axes alone, and right beside them the loss is nearly 0.
    "cross leg table": (f"-1/({CROSS})^0.1", (-10, 8, -7, 10), -1),
    "crowned cross": (f"0.0001*({CROSS})^0.1", (-10, 8, -7, 10), 0.0001),
    "Deckkers–Aarts": (
        "1e5*x^2+y^2-(x^2+y^2)^2+1e-5*(x^2+y^2)^4",
        (-20, 20, -20, 20),
        -24776.5183,
    ),
    "El-Attar–Vidyasagar–Dutta": (
        "(x^2+y-10)^2+(x+y^2-7)^2+(x^2+y^3-1)^2",
        (-500, 500, -500, 500),
        1.712780354,
    ),
    "Rana": (
        "x*sin(sqrt(abs(y+1-x)))*cos(sqrt(abs(x+y+1)))+(y+1)*cos(sqrt(abs(y+1-x)))*sin(sqrt(abs(x+y+1)))",
        (-512, 512, -512, 512),
        -511.7328819,
    ),
    "Chichinadze": (
        "x^2-12*x+11+10*cos(pi*x/2)+8*sin(5*pi*x/2)-sqrt(0.2)*exp(-0.5*(y-0.5)^2)",
        (-30, 30, -30, 30),
        -42.944387,
    ),
    "pen holder": (f"-exp(-1/abs(cos(x)*cos(y)*exp(abs(1-{DISTANCE}/pi))))", (-11, 11, -11, 11), -0.963535),
    "test tube holder": (
        "-4*abs(sin(x)*cos(y)*exp(abs(cos((x^2+y^2)/200))))",
        (-10, 10, -10, 10),
        -10.8723,
    ),
    "Carrom table": (f"-(cos(x)*cos(y)*exp(abs(1-{DISTANCE}/pi)))^2/30", (-10, 10, -10, 10), -24.1568155),
    "Hosaki": ("(1-8*x+7*x^2-7*x^3/3+x^4/4)*y^2*exp(-y)", (0, 10, 0, 10), -2.345812),
    "Bartels–Conn": ("abs(x^2+y^2+x*y)+abs(sin(x))+abs(cos(y))", (-500, 400, -300, 500), 1),
    "Ursem N.1": ("-sin(2*x-0.5*pi)-3*cos(y)-0.5*x", (-2.5, 3, -2, 2), -4.81681406),
    "W / wavy": ("1-(cos(10*x)*exp(-x^2/2)+cos(10*y)*exp(-y^2/2))/2", (-pi, 2.5, -2.2, pi), 0),
    "Csendes": (both("x^6*(2+sin(1/x))"), (-1, 0.8, -0.7, 1), 0),
    "Rosenbrock, wide": ("(1-x)^2+100*(y-x^2)^2", (-1000, 1000, -1000, 1000), 0),
    "Beale": ("(1.5-x+x*y)^2+(2.25-x+x*y^2)^2+(2.625-x+x*y^3)^2", (-4.5, 4.5, -4.5, 4.5), 0),
    # Steep, and yet with a bottom: worked out by hand.
    "steep well": ("-1/(0.0001+x^2)", (-2, 2, -2, 2), -1e4),
    "steeper well, off the grid": ("-1/(1e-8+(x-0.123)^2+(y-pi/5)^2)", (-2, 2, -2, 2), -1e8),
    "peak, not pole": ("1/(x^2+0.001)", (-2, 2, -2, 2), 1 / 4.001),
    "poles that go up": ("1/x^2", (-2, 2, -2, 2), 0.25),
    "an upward pole off the grid": ("1/(x-0.3)^2", (-2, 2, -2, 2), 1 / 2.3**2),
    "cusps": ("abs(x-0.3)^0.2+abs(y)^0.3", (-2, 2, -2, 2), 0),
    "x log x": ("x*log(x)+y^2", (-2, 2, -2, 2), -1 / e),
    "plane": ("x", (-2, 2, -2, 2), -2),
    "level": ("3", (-2, 2, -2, 2), 3),
    "poles of the tangent inside": ("atan(tan(x))+y^2", (-2, 2, -2, 2), -pi / 2),
    "two cracks, one off zero": ("sqrt(abs(x))+abs(y-0.3)^0.1", (-2, 2, -2, 2), 0),
}

# Values from the literature have six to nine digits; Bukin's valley is a square root of a difference that floating
# point cannot make smaller than 1e-16, unless it hits (−10, 1).
DIGITS = 1e-6


@pytest.mark.parametrize("name", few_are_quick(KNOWN, 20))
def test_the_lowest_of_well_known_functions(name: str) -> None:
    text, domain, loss = KNOWN[name]
    lowest = Formula(text, domain).lowest
    assert lowest.known == Known.SEARCH
    assert not lowest.exact
    assert lowest.loss == pytest.approx(loss, rel=DIGITS, abs=DIGITS)
    surface = Formula(text, domain)
    assert surface.contains(lowest.point)
    assert float(surface.loss(lowest.point)) == lowest.loss


def test_where_the_lowest_is() -> None:
    for name, places in {
        "Schaffer N.4": [(0, 1.25313), (1.25313, 0)],
        "Langermann": [(2.7934, 1.5972)],
        "Easom": [(pi, pi)],
        "Griewank": [(0, 0)],
        "Rosenbrock, wide": [(1, 1)],
    }.items():
        text, domain, _ = KNOWN[name]
        point = np.abs(Formula(text, domain).lowest.point)
        assert min(np.abs(point - place).max() for place in places) < 1e-4, name


@pytest.mark.parametrize(
    "text",
    [
        "1/x",
        "1/(x-0.3)",
        "tan(x)",
        "log(abs(x-0.123))",
        "1/(x*y)",
        "x^-3",
        "-1/x^2",
        "-1/sqrt(abs(x-0.3))",
        "1/(x^2+y^2-1)",
        "log(abs(x^2+y^2-1))",
        "1/(y-sin(3*x))",
        "-1/sqrt((x-0.1)^2+(y-0.7)^2)",
        "log((x-0.1)^2+(y-0.7)^2)",
        "1/atan(x-0.4)",
        "1000*x^2+1/(x-0.3)",
        "-50*exp(-(x-1)^2-y^2)+log(abs(x+1.23))",
        # The other coordinate's lowest is 0, where floating point resolves everything.
        *("tan(x)+y^2", "x^2+0.001*tan(y)", "abs(y)+tan(x)", "1/cos(x)+sqrt(abs(y))", "log(abs(x-pi/2))+y^2"),
        *("1/cos(x)", "1/sin(x)", "cos(x)/sin(x)", "tan(x*y)", "1/(exp(x)-1)", "1/(exp(x-y)-1)", "sinh(x)/cos(y)"),
    ],
)
def test_a_pole_has_no_lowest(text: str) -> None:
    surface = Formula(text)
    assert surface.lowest.loss == -inf
    assert surface.contains(surface.lowest.point)


@pytest.mark.parametrize("half", [1e4, 1e6])
@pytest.mark.parametrize(
    ("text", "lowest"),
    [("x^2+y^2", 0), ("abs(x)+abs(y)", 0), ("x^2+1e300*y^2", 0), ("1/x+y^2", -inf), ("log(x^2+y^2)", -inf)],
)
def test_at_0_of_a_large_domain_rounding_is_no_matter(text: str, lowest: float, half: float) -> None:
    found = Formula(text, domain=(-half, half, -half, half)).lowest
    assert found.loss == lowest
    assert lowest == -inf or (found.point == 0).all()


def test_nowhere_defined_has_no_lowest() -> None:
    assert Formula("log(-1-x^2)").lowest.loss == inf


def test_the_search_is_the_same_every_time() -> None:
    text, domain, _ = KNOWN["Trefethen"]
    first, second = (Formula(text, domain).lowest for _ in range(2))
    assert first.loss == second.loss
    assert first.point.tobytes() == second.point.tobytes()


@long
@pytest.mark.parametrize(
    "surface",
    [
        GaussianHills(seed=range(40)),
        SmoothedNoise(seed=range(20)),
        SmoothedNoise(seed=range(8), smoothing=3, octaves=3),
    ],
    ids=["hills", "noise", "rugged noise"],
)
def test_nothing_on_a_fine_grid_is_lower(surface: Surface) -> None:
    """401 lines each way, and none of them those of the search's even grid."""
    x_min, x_max, y_min, y_max = surface.domain
    for single, lowest in zip(surface.singles(), surface.lowest.loss, strict=True):
        assert single.losses_on(np.linspace(x_min, x_max, 401), np.linspace(y_min, y_max, 401)).min() >= lowest - 1e-14


# --- what runs find lower ------------------------------------------------------------------------------------------


class Needle(Surface):
    """A bowl with a needle that no grid meets: 1e-5 wide, one deep, at (0.123456, −0.654321)."""

    domain = (-1.0, 1.0, -1.0, 1.0)
    title = "Needle"
    place = np.array([0.123456, -0.654321])

    def loss(self, point: np.ndarray) -> np.ndarray:
        point = np.asarray(point, dtype=float)
        near = np.abs(point - self.place).max(axis=-1) < 1e-5
        return (point * point).sum(axis=-1) - np.where(near, 2.0, 0.0)

    def gradient(self, point: np.ndarray) -> np.ndarray:
        return 2.0 * np.asarray(point)

    def hessian(self, point: np.ndarray) -> np.ndarray:
        return np.broadcast_to(2 * np.eye(2), (*np.shape(point)[:-1], 2, 2))

    def loss_and_gradient(self, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.loss(point), self.gradient(point)


def test_a_run_that_goes_lower_teaches_the_surface() -> None:
    surface = Needle()
    assert (surface.lowest.loss, surface.lowest.known) == (0.0, Known.SEARCH)
    path = trace(GradientDescent(learning_rate=1e-9), surface, Needle.place, 3)
    assert surface.lowest.known == Known.RUN
    assert surface.lowest.loss == path.losses.min() == pytest.approx(-2 + (Needle.place**2).sum())
    assert not surface.lowest.exact
    assert surface.loss(surface.lowest.point) == surface.lowest.loss
    (row,) = scoreboard([path])
    assert row["final_gap"] >= 0 or np.isnan(row["final_gap"])
    # A later run that does not go so low changes nothing.
    trace(GradientDescent(learning_rate=0.1), surface, (0.5, 0.5), 50)
    assert surface.lowest.loss == path.losses.min()


def test_runs_outside_the_domain_teach_nothing() -> None:
    surface = Formula("x", (-1, 1, -1, 1))
    trace(GradientDescent(learning_rate=1.0), surface, (0.0, 0.0), 20)
    assert (surface.lowest.loss, surface.lowest.known) == (-1.0, Known.SEARCH)


def test_what_theory_knows_no_run_changes() -> None:
    for surface in (gallery("bowl"), Regression("linear"), FiniteSum(gallery("bowl"))):
        before = surface.lowest
        surface.learn(np.array([[0.1, 0.1]]), np.array([-5.0]))
        assert surface.lowest.known == Known.THEORY
        assert surface.lowest.loss == before.loss


def test_what_is_lower_by_rounding_is_taken_over_without_a_word() -> None:
    surface = GaussianHills(seed=3)
    found = surface.lowest
    surface.learn(found.point[None], np.array([np.nextafter(found.loss, -inf)]))
    assert surface.lowest.loss < found.loss
    assert surface.lowest.known == Known.SEARCH


@pytest.mark.parametrize("outer", [FiniteSum(Needle(), samples=4), FiniteSum(GaussianHills(seed=9), samples=4)])
def test_whoever_shares_the_surface_learns_too(outer: FiniteSum) -> None:
    found = outer.lowest.loss
    outer.learn(np.array([0.25, 0.25]), np.array(found - 1.0))
    assert outer.surface.lowest.loss == outer.lowest.loss == found - 1.0


def test_a_stack_learns_surface_by_surface() -> None:
    stack = GaussianHills(seed=range(3))
    found = stack.lowest.loss
    points, losses = np.zeros((4, 3, 2)), np.full((4, 3), 9.0)
    losses[2, 1], points[2, 1] = found[1] - 1, (0.5, -0.5)
    losses[3, 2], points[3, 2] = found[2] - 1, (99.0, 0.0)
    losses[1, 0] = np.nan
    stack.learn(points, losses)
    assert stack.lowest.loss.tolist() == [found[0], found[1] - 1, found[2]]
    assert stack.lowest.point[1].tolist() == [0.5, -0.5]
    assert list(stack.lowest.known) == [Known.SEARCH, Known.RUN, Known.SEARCH]


def test_of_many_threads_the_lowest_counts() -> None:
    surface = Formula("x^2 + y^2")
    losses = -np.random.RandomState(1).permutation(2000).astype(float)
    threads = [
        threading.Thread(
            target=lambda part: [surface.learn(np.zeros((1, 2)), loss[None]) for loss in part], args=(part,)
        )
        for part in losses.reshape(8, 250)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert surface.lowest.loss == -1999


def test_no_gap_of_the_articles_race_is_negative() -> None:
    """Every racer ends inside the domain here, so that none can be lower than the lowest."""
    race = Race()
    rows = scoreboard(race.run())
    assert all(row["final_gap"] >= 0 for row in rows)


@pytest.mark.parametrize(
    ("text", "lowest"),
    [
        ("x+y", -4.0),
        ("x-y", -4.0),
        ("2*x+3*y", -10.0),
        ("x*y", -4.0),
        ("x*y+x", -6.0),
        ("-x-y", -4.0),
        ("x+y^3", -10.0),
        ("x*y^2", -8.0),
        ("exp(x)*y", -2 * e**2),
        ("x+abs(y)", -2.0),
        ("x+y+0.1*x*y", -3.6),
        ("x/(y+3)", -2.0),
        ("3", 3.0),
        ("x", -2.0),
    ],
)
def test_where_the_hessian_has_no_inverse_the_lowest_is_on_the_edge(text: str, lowest: float) -> None:
    found = Formula(text, domain=(-2, 2, -2, 2)).lowest
    assert found.loss == pytest.approx(lowest, rel=1e-12)
    assert np.isfinite(found.point).all()
