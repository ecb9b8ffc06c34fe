"""Theorem learnability under attack, its search, its binding to networks, and ``certify --learnability``.

Predictions are computed in floats, from the printed recursions and Gaussian elimination, at the depths and points of the
certificate and at others drawn by hypothesis.
"""

import json
import math
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flint import fmpq
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy import Integer, Rational

from proofs_check import learning
from proofs_check.checker import check, learnability
from proofs_check.checker.__main__ import in_words
from proofs_check.cli.commands import cli
from proofs_check.judge import judge
from theory.activations import leaky_relu
from theory.architectures import ffnet, resnet
from theory.claims import Claim, Kind, Prediction, Verdict
from theory.errors import BeyondReach, InputError
from theory.network import Network
from theory.papers import learnability as paper
from theory.papers.huang2020_common import FFNET, RELU, resnet_at

Vector = tuple[fmpq, ...]
COORDINATES = st.integers(-6, 6)
PLANE = st.tuples(COORDINATES, COORDINATES).filter(any).map(lambda p: (fmpq(p[0]), fmpq(p[1])))
SPACE = st.tuples(COORDINATES, COORDINATES, COORDINATES).filter(any).map(lambda p: tuple(map(fmpq, p)))
DATA = st.one_of(*(st.lists(kind, min_size=1, max_size=4, unique_by=lambda p: direction(p)) for kind in (PLANE, SPACE)))


def direction(point: Vector) -> tuple[Fraction, ...]:
    """The same for two points exactly if they have one direction."""
    first = next(abs(x) for x in point if x)
    return tuple(Fraction(int(x.p), int(x.q)) / Fraction(int(first.p), int(first.q)) for x in point)


def angle(x: Vector, y: Vector) -> float:
    """The angle in floats."""
    a, b = ([float(Fraction(int(v.p), int(v.q))) for v in p] for p in (x, y))
    cosine = sum(u * v for u, v in zip(a, b, strict=True)) / math.hypot(*a) / math.hypot(*b)
    return math.acos(max(-1.0, min(1.0, cosine)))


def step(theta: float, weight: float) -> float:
    """The next angle, accurate near 0: sin^2(G/2) = sin^2(t/2) - weight S/2."""
    gain = math.sin(theta) - theta * math.cos(theta) if theta > 0.01 else theta**3 / 3 - theta**5 / 30
    return 2 * math.asin(math.sqrt(max(0.0, math.sin(theta / 2) ** 2 - weight * gain / (2 * math.pi))))


def feedforward(theta: float, depth: int) -> float:
    """The normalised tangent kernel of the ReLU ffnet."""
    ntk = math.cos(theta)
    for _ in range(depth):
        factor = 1 - theta / math.pi
        theta = step(theta, 1)
        ntk = factor * ntk + math.cos(theta)
    return ntk / (depth + 1)


def residual(theta: float, depth: int, h: float) -> float:
    """The normalised tangent kernel of the ReLU resnet."""
    eta, total = h / (1 + h), 0.0
    for _ in range(depth):
        omega = math.cos(theta) + (math.sin(theta) - 2 * theta * math.cos(theta)) / (2 * math.pi)
        total = (1 - eta * theta / math.pi) * total + omega
        theta = step(theta, eta)
    return total / depth


def solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Gaussian elimination with pivoting."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for i in range(size):
        pivot = max(range(i, size), key=lambda k: abs(rows[k][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for k in range(size):
            if k != i:
                share = rows[k][i] / rows[i][i]
                rows[k] = [a - share * b for a, b in zip(rows[k], rows[i], strict=True)]
    return [row[-1] / row[i] for i, row in enumerate(rows)]


def spread(kernel: Any, data: list[Vector], labels: list[float], new: tuple[Vector, Vector]) -> float:
    """|f(x) - f(x')| for a kernel that is a function of the angle."""
    matrix = [[1.0 if i == j else kernel(angle(x, y)) for j, y in enumerate(data)] for i, x in enumerate(data)]
    weights = solve(matrix, labels)
    first, second = (sum(a * kernel(angle(x, z)) for a, x in zip(weights, data, strict=True)) for z in new)
    return abs(first - second)


@settings(max_examples=25, deadline=None)
@given(
    DATA,
    st.lists(st.integers(-4, 4), min_size=4, max_size=4),
    st.lists(st.tuples(COORDINATES, COORDINATES, COORDINATES), min_size=2, max_size=5),
    st.sampled_from([1, 2, 7]),
)
def test_the_feedforward_spread_has_no_counterexample(
    data: list[Vector], marks: list[int], more: list[tuple[int, int, int]], times: int
) -> None:
    """At the certified depth and deeper, for labels and new points that hypothesis draws."""
    size = len(data[0])
    found = learning.feedforward(tuple(data), None, distance=fmpq(1, 5), spread=fmpq(1, 2))
    (one,) = check(learning.assembled(tuple(data), None, feedforward=found))["conclusions"]
    depth = int(one["first"]) * times
    assume(depth <= 20_000)
    candidates = [tuple(map(fmpq, p[:size])) for p in more] + [tuple(-x for x in data[0])]
    new = [x for x in candidates if any(x) and all(angle(x, p) >= 0.2000001 for p in data)]
    assume(len(new) >= 2)
    labels = [y / 4 for y in marks[: len(data)]]
    for pair in combinations(new, 2):
        assert spread(lambda t: feedforward(t, depth), data, labels, pair) < 0.5


@settings(max_examples=25, deadline=None)
@given(DATA, st.integers(0, 3), st.sampled_from([1.0, 0.75, 2.0]))
def test_the_residual_gap_has_no_counterexample(data: list[Vector], more: int, gamma: float) -> None:
    """From the certified reach on, for several exponents, at the two points that the search names."""
    try:
        found = learning.remembered(tuple(data), None, distance=fmpq(1, 10))
    except BeyondReach:
        return  # singular or nearly so: nothing is claimed
    reach, least = (float(Fraction(found[key])) for key in ("reach", "gap"))
    depth = math.ceil(reach ** (-1 / (2 * gamma - 1))) + more
    assume(depth <= 4000)
    labels = [float(Fraction(y)) for y in found["labels"]]
    first, second = (tuple(map(learnability.rational, p, "xyz")) for p in found["at"])
    h = depth ** (-2 * gamma)
    assert spread(lambda t: residual(t, depth, h), data, labels, (first, second)) >= least - 1e-9


def test_the_attack_on_the_spread_finds_a_violation() -> None:
    """Well before the certified depth the predictions do differ by more: the comparison is not empty."""
    data, new = [(fmpq(1), fmpq(0)), (fmpq(0), fmpq(1))], ((fmpq(5), fmpq(1)), (fmpq(-1), fmpq(0)))
    assert spread(lambda t: feedforward(t, 3), data, [1.0, -1.0], new) > 0.3
    assert spread(lambda t: feedforward(t, 20_000), data, [1.0, -1.0], new) < 0.002


def test_the_least_depth_is_the_first_for_which_the_bound_holds() -> None:
    """One layer less is rejected by the checker."""
    data = ((fmpq(3), fmpq(4)), (fmpq(1), fmpq(0)))
    found = learning.feedforward(data, None, distance=fmpq(1, 10), spread=fmpq(1, 100))
    found["depth"] = str(int(found["depth"]) - 1)
    with pytest.raises(BeyondReach, match="spread: the predictors differ by at most"):
        learning.assembled(data, None, feedforward=found)


def test_the_smallest_angle_is_exact() -> None:
    """The pair with the largest cosine is found among pairs whose cosines agree to 30 digits."""
    near = fmpq(1, 10**30)
    data = [(fmpq(1), fmpq(0)), (fmpq(0), fmpq(1)), (fmpq(-1), near), (fmpq(near), fmpq(-1))]
    largest = learnability.largest_cosine([tuple(p) for p in data])
    assert largest == near**2 / (1 + near**2)
    assert learnability.largest_cosine([(fmpq(1),), (fmpq(-2),)]) == -1
    assert learnability.smallest_angle([(fmpq(1), fmpq(0))]).overlaps(learnability.arb.pi())


# --- binding to the network -------------------------------------------------------------------------------------------


def verdict(network: Network, relation: str, first: int, **more: Any) -> Verdict:
    """The judge's verdict on the four points of the paper's module."""
    at = None if "distance" in more else (paper.vectors("1 1")[0], paper.vectors("-1 -2")[0])
    said: dict[str, Any] = {"labels": tuple(map(Integer, (1, -1, 1, -1))), "size": Rational(1, 2), "at": at, **more}
    statement = Prediction(network=network, points=paper.SQUARE, relation=relation, first=first, **said)
    claim = Claim(id="a/b", paper="a", number="", title="", kind=Kind.LEARNABILITY, statement=statement)
    return judge(claim, engines=("certificates",), effort=5).verdict


@pytest.mark.parametrize(
    ("network", "relation", "first", "expected"),
    [
        (FFNET, "<", 2000, Verdict.PROVED),
        (FFNET, "<", 1, Verdict.OPEN),
        (FFNET, ">=", 1, Verdict.REFUTED),
        (ffnet(leaky_relu(Rational(1, 5))), "<", 5000, Verdict.PROVED),
        (ffnet(RELU, bias_variance=Rational(1, 10)), "<", 10**9, Verdict.OPEN),
        (ffnet(RELU, train_readout=False), "<", 10**9, Verdict.OPEN),
        (resnet_at("1"), ">=", 8, Verdict.PROVED),
        (resnet_at("1"), ">=", 7, Verdict.OPEN),
        (resnet_at("1"), "<", 10**9, Verdict.REFUTED),
        (resnet_at("3/4"), ">=", 64, Verdict.PROVED),
        (resnet_at("3/4"), ">=", 63, Verdict.OPEN),
        (resnet_at("1/2"), ">=", 10**9, Verdict.OPEN),
        (resnet_at("1/4"), ">=", 10**9, Verdict.OPEN),
        (resnet(leaky_relu(Rational(1, 5)), gamma=Integer(1)), ">=", 10**9, Verdict.OPEN),
        (resnet(RELU, gamma=Integer(1), train_inner=False), ">=", 10**9, Verdict.OPEN),
    ],
)
def test_predictions_are_judged_for_the_networks_of_the_theorem_only(
    network: Network, relation: str, first: int, expected: Verdict
) -> None:
    """A neighbouring network, scale or depth gets no verdict."""
    assert verdict(network, relation, first) is expected


@pytest.mark.parametrize(
    "more",
    [{"labels": None}, {"distance": Rational(1, 10)}, {"size": Integer(5)}],
    ids=["whatever the labels", "wherever", "further than they are"],
)
def test_that_predictions_differ_is_not_proved_for_all_labels_or_points(more: dict[str, Any]) -> None:
    """Labels 0 or two equal inputs are counterexamples; and no gap larger than the truth."""
    assert verdict(resnet_at("1"), ">=", 10**9, **more) is Verdict.OPEN


@pytest.mark.parametrize("claim", paper.CLAIMS, ids=lambda claim: claim.id)
def test_learnability_claims_are_judged_as_expected(claim: Claim) -> None:
    """By certificates alone."""
    assert judge(claim, engines=("certificates",), effort=5).verdict is claim.expected


# --- the command ------------------------------------------------------------------------------------------------------


def written(tmp_path: Path, data: object) -> Path:
    """A data file."""
    path = tmp_path / "data.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return path


def test_certify_learnability_writes_a_certificate(tmp_path: Path) -> None:
    """The checker accepts it and says it in words."""
    path, out = written(tmp_path, {"points": [[3, 4], ["1", "0"]], "labels": [1, "-1/2"]}), tmp_path / "out.json"
    asked = ["certify", "--learnability", str(path), "--delta", "1/10", "--eps", "0.01", "-o", str(out)]
    answer = CliRunner().invoke(cli, asked)
    assert answer.exit_code == 0, answer.output
    statement = check(json.loads(out.read_text()))
    assert statement["labels"] == ["1", "-1/2"]
    assert "differ by less than 1/100" in in_words(statement)
    assert CliRunner().invoke(cli, ["check", str(out)]).exit_code == 0


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"points": [[1, 0], [2, 0]]}, "two of them have the same direction"),
        ({"points": [[0, 0]]}, "the origin has no direction"),
        ({"points": [[1, 0], [1]]}, "the same number of coordinates"),
        ({"points": [["0.5.5", "1"]]}, "no rational"),
        ({"points": [[1, 0]], "labels": []}, "a list of 1 rationals"),
        ({"points": [[1, 0]], "label": [1]}, '"points", a list'),
        ({"labels": [1]}, '"points", a list'),
        ("[1]", "a JSON object"),
        ('{"points": [[0.5, 1]]}', "numbers are integers or strings"),
    ],
)
def test_data_that_cannot_be_used_is_one_line(tmp_path: Path, data: object, message: str) -> None:
    """The message names what is wrong."""
    path = str(written(tmp_path, data))
    asked = ["certify", "--learnability", path, "--delta", "1/10", "--eps", "1/10", "-o", "-"]
    answer = CliRunner().invoke(cli, asked)
    assert isinstance(answer.exception, InputError | BeyondReach)
    assert message in str(answer.exception)
    assert "\n" not in str(answer.exception)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "one of the two"),
        (["huang2020/lemma-I1", "--learnability", "data.json", "--delta", "1", "--eps", "1"], "one of the two"),
        (["--learnability", "data.json", "--delta", "1"], "needs both"),
        (["huang2020/lemma-I1", "--eps", "1"], "needs both"),
        (["--learnability", "data.json", "--delta", "-1", "--eps", "1"], "--delta='-1'|--delta=-1"),
    ],
)
def test_options_that_do_not_fit_are_refused(tmp_path: Path, words: list[str], message: str) -> None:
    """A claim or data, and both numbers with the data."""
    data = written(tmp_path, {"points": [[1, 0]]})
    words = [str(data) if word == "data.json" else word for word in words]
    answer = CliRunner().invoke(cli, ["certify", *words, "-o", "-"])
    assert answer.exit_code != 0
    with pytest.raises(InputError, match=message):
        raise answer.exception if answer.exception is not None else AssertionError(answer.output)


@pytest.mark.parametrize("where", ["points", "at"])
def test_a_vector_without_direction_leaves_a_claim_open(where: str) -> None:
    """The zero vector is no input of the networks that are spoken of."""
    new = paper.vectors("1 1, 0 0") if where == "at" else paper.vectors("1 1, 1 -2")
    data = paper.vectors("1 0, 0 0") if where == "points" else paper.vectors("1 0, 0 1")
    labels = (Integer(1), Integer(-1))
    claim = paper.said("x", "x", FFNET, data, labels, "<", "1/2", 10**9, at=new)  # type: ignore[arg-type]
    found = judge(claim)
    assert found.verdict is Verdict.OPEN
    assert "zero vector" in found.reason
