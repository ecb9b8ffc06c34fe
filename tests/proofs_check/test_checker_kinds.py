"""The theorems that are modules of the checker, against numbers found without it; and every stored statement, word for word.

Imports nothing of ours but the checker: these tests too are what a mutation of its code has to pass (docs/soundness.md).
"""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import pytest
from flint import arb, ctx, fmpq

from proofs_check.checker import Rejected, check, half_rate, learnability, load, spectrum, turn
from proofs_check.checker.expressions import parse

STORED = Path(__file__).parents[2] / "proofs_check" / "certificates"
FILES = Path(__file__).parents[1] / "certificates"
STATEMENTS = {path.stem: path for path in sorted((FILES / "statements").glob("*.json"))}


def certificate(name: str) -> dict[str, Any]:
    """A stored certificate, or one of the accepted test files."""
    path = STORED / f"{name}.json"
    found: dict[str, Any] = json.loads((path if path.exists() else FILES / "accept" / f"{name}.json").read_text())
    return found


def refused(call: Callable[[], Any], match: str) -> None:
    """Rejected in one line that matches."""
    with pytest.raises(Rejected, match=match) as caught:
        call()
    assert "\n" not in str(caught.value)


def rejected(name: str, change: Callable[[dict[str, Any]], Any], match: str) -> None:
    """A certificate with a change is rejected for this reason."""
    data = certificate(name)
    change(data)
    refused(lambda: check(data), match)


def test_every_certificate_has_its_statement_on_file() -> None:
    """What the checker returns for each stored or accepted certificate is kept, to be read and compared."""
    names = {path.stem for path in [*STORED.glob("*.json"), *(FILES / "accept").glob("*.json")]}
    assert set(STATEMENTS) == names
    assert len(names) >= 30


@pytest.mark.parametrize("name", STATEMENTS)
def test_statements_are_returned_word_for_word(name: str) -> None:
    """No bound, depth, condition or interval changes without a change that a reader sees."""
    assert check(certificate(name)) == json.loads(STATEMENTS[name].read_text())


@pytest.mark.parametrize("path", sorted((FILES / "reject").glob("*.json")), ids=lambda path: path.stem)
def test_lies_are_rejected(path: Path) -> None:
    """Each of the files is a true certificate with one change that makes it a lie."""
    refused(lambda: check(load(path)), r"^[^\n]+$")


# --- the half rate ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("t", "s"),
    [((0, Fraction(1, 8)), (Fraction(9, 10), 1)), ((2, Fraction(17, 8)), (3, Fraction(25, 8))), ((1, 1), (2, 2))],
)
def test_the_mean_value_form_contains_the_function(t: tuple[Any, Any], s: tuple[Any, Any]) -> None:
    """At every point of a grid on the box; and it is nearly as narrow as the function's range."""
    k = Fraction(2, 5)

    def value(x: Any, y: Any) -> Any:
        reach = mpmath.sqrt(2) / (3 * mpmath.pi)

        def omega(u: Any) -> Any:
            return mpmath.cos(u) + (mpmath.sin(u) - 2 * u * mpmath.cos(u)) / (2 * mpmath.pi)

        later = 2 * mpmath.asin(mpmath.sin(x / 2) / (1 + k * y * y * mpmath.sin(x / 2)))
        return omega(x) * (1 + y**2 * later / mpmath.pi) - omega(later) + reach * (3 * y / 2 + y**3 * later / mpmath.pi)

    def rational(x: Any) -> fmpq:
        return fmpq(Fraction(x).numerator, Fraction(x).denominator)

    found = half_rate.mean_value(
        parse(half_rate.PLANE), rational(k), (rational(t[0]), rational(t[1])), (rational(s[0]), rational(s[1]))
    )
    with mpmath.workdps(40):
        points = [
            value(mpmath.mpf(float(t[0] + (t[1] - t[0]) * i / 6)), mpmath.mpf(float(s[0] + (s[1] - s[0]) * j / 6)))
            for i in map(Fraction, range(7))
            for j in map(Fraction, range(7))
        ]
    assert all(found.overlaps(arb(mpmath.nstr(v, 25)) + arb(0, "1e-15")) for v in points)
    assert float(found.rad()) < 2.5 * float(max(points) - min(points)) + 1e-15
    assert ctx.cap != 2


def test_the_plane_is_cut_as_the_letters_say() -> None:
    """A letter halves one variable, the first half is next; every box is decided, none is left."""
    name = "resnet-half-rate"
    cuts = certificate(name)["plane"]
    for changed, match in (
        (cuts[:-1], "plane: 1 boxes are not decided"),
        (cuts + ".", "goes on behind the last box"),
        ("", "plane: 1 boxes are not decided"),
        ("t", "plane: 2 boxes are not decided"),
        ("tst", "plane: 4 boxes are not decided"),
        (".", r"plane: on \[0, 249/100\] x \[\d+/\d+, \d"),
        ("t.", r"plane: on \[0, 249/200\] x"),
        ("s.", r"plane: on \[0, 249/100\] x \["),
        ("tt.", r"plane: on \[0, 249/400\] x"),
        (cuts.replace(".", "x", 1), "letters t, s and . is expected"),
        ("t" * 1001, "a string of at most 1000 letters"),
        (list(cuts), "a string of at most 1000 letters"),
        (None, "a string of at most 1000 letters"),
    ):
        rejected(name, lambda d, changed=changed: d.update(plane=changed), match)
    refused(lambda: half_rate._plane("t" * 1000, {key: fmpq(1) for key in half_rate.CONSTANTS}), "1001 boxes are not")


def test_a_box_is_decided_by_its_whole_ball(monkeypatch: pytest.MonkeyPatch) -> None:
    """0 passes; a little below 0, and what is no number, does not."""
    names = {key: fmpq(k) for k, key in enumerate(half_rate.CONSTANTS)}
    for value, passes in ((arb(0), True), (arb("-1e-30"), False), (arb(1, 2), False), (arb("nan"), False)):
        monkeypatch.setattr(half_rate, "mean_value", lambda *arguments, value=value: value)
        if passes:
            half_rate._plane("t..", names)
        else:
            refused(lambda: half_rate._plane("t..", names), "wanted >= 0")


def test_the_turn_needs_a_positive_leading_coefficient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Zero is not enough."""
    monkeypatch.setattr(turn, "series", lambda *arguments: [arb(0)] * (turn.TERMS + 1))
    refused(lambda: check(certificate("ffnet-turn")), "pace at 0: divided by t.5 it lies in 0, wanted > 0")


@pytest.mark.parametrize(
    ("s", "low", "high"),
    [("t", ("0", "249/200"), None), ("s", ("0", "249/100"), "first half")],
)
def test_halves(s: str, low: tuple[str, str], high: str | None) -> None:
    """The lower half comes first, in either variable."""
    data = certificate("resnet-half-rate")
    start, end = (Fraction(data["constants"][key]) for key in ("s1", "s2"))
    middle = start if high is None else (start + end) / 2
    second = f"{start}, {end if high is None else middle}"
    data["plane"] = s + "."
    refused(lambda: check(data), rf"plane: on \[{low[0]}, {low[1]}\] x \[{second}\]")


@pytest.mark.parametrize("name", ["resnet-half-rate", "ffnet-turn"])
def test_a_theorem_of_its_own_names_its_map_and_keys(name: str) -> None:
    """Version, map, mu and keys as stated."""
    rejected(name, lambda d: d.update(version=2), "version")
    rejected(name, lambda d: d.update(version=0), "version")
    rejected(name, lambda d: d.update(mu="1/1"), f"the map is not the one that {name} speaks of, at mu = 1")
    rejected(name, lambda d: d["map"].update(more="1"), "the map is not the one")
    rejected(name, lambda d: d.update(more=1), "the key 'more' is unknown")
    rejected(name, lambda d: d["constants"].update(more="1"), "the key 'more' is unknown")
    rejected(name, lambda d: d["constants"].popitem(), "is missing")
    rejected(name, lambda d: d["hypotheses"].popitem(), "is missing")


def test_the_constants_of_the_turn() -> None:
    """0 < near < 1 and 0 < e_lo <= e_hi, before anything else."""
    for changed in ({"near": "0"}, {"near": "1"}, {"near": "-1"}, {"e_lo": "0"}, {"e_lo": "1"}, {"e_hi": "0"}):
        rejected(
            "ffnet-turn", lambda d, c=changed: d["constants"].update(c), "wanted 0 < near < 1 and 0 < e_lo <= e_hi"
        )


# --- data -------------------------------------------------------------------------------------------------------------

POINTS = [tuple(map(fmpq, point)) for point in ((3, 4), (-4, 3), (1, 0), (0, -1))]
NEW = [(fmpq(1), fmpq(1)), (fmpq(-1), fmpq(-2))]
LABELS = [fmpq(1), fmpq(-1), fmpq(1, 2), fmpq(-1)]


def angle(x: Any, y: Any) -> Any:
    """Between two directions, in mpmath."""

    def product(u: Any, v: Any) -> Any:
        return sum(mpmath.mpf(int(p.p)) / int(p.q) * int(q.p) / int(q.q) for p, q in zip(u, v, strict=True))

    return mpmath.acos(product(x, y) / mpmath.sqrt(product(x, x) * product(y, y)))


def limit(x: Any, y: Any) -> Any:
    """Omega at an angle, in mpmath."""
    t = angle(x, y)
    return mpmath.cos(t) + (mpmath.sin(t) - 2 * t * mpmath.cos(t)) / (2 * mpmath.pi)


def close(found: arb, wanted: Any) -> bool:
    """The ball contains the number and is small."""
    return bool(found.overlaps(arb(mpmath.nstr(wanted, 35)) + arb(0, "1e-25"))) and float(found.rad()) < 1e-25


def test_cosines_of_data_are_exact() -> None:
    """Inner products, signed squares and angles of directions that are not normalised."""
    x, y, z = POINTS[:3]
    assert learnability.product(x, z) == 3
    assert learnability.product(x, y) == 0
    assert learnability.signed_square(x, z) == fmpq(9, 25)
    assert learnability.signed_square(y, z) == fmpq(-16, 25)
    assert learnability.signed_square(x, (fmpq(6), fmpq(8))) == 1
    with ctx.workprec(128), mpmath.workdps(40):
        assert close(learnability.cosine(x, z), mpmath.mpf(3) / 5)
        assert close(learnability.smallest_angle(POINTS), mpmath.acos(mpmath.mpf(3) / 5))
        assert close(learnability.smallest_angle(POINTS[1:3]), mpmath.acos(mpmath.mpf(-4) / 5))
        assert close(learnability.smallest_angle(POINTS[:1]), mpmath.pi)
    assert learnability.largest_cosine(POINTS) == fmpq(9, 25)
    assert learnability.largest_cosine(POINTS[1:3]) == fmpq(-16, 25)
    assert learnability.largest_cosine(POINTS[:1]) is None
    refused(lambda: learnability.largest_cosine([x, (fmpq(6), fmpq(8))]), "the same direction")
    assert learnability.largest_cosine([x, (fmpq(-3), fmpq(-4))]) == -1


def test_points_and_labels_are_read_with_limits() -> None:
    """Up to 24 points of up to 24 coordinates of 20 characters, none the origin; a label for each point."""
    read, many = learnability.read_points, [["1"] * 24] * 24
    assert read([["1", "-2/3"]], 1, None) == [(fmpq(1), fmpq(-2, 3))]
    assert len(read(many, 24, None)) == 24
    assert read([["1" * 20]], 24, 1) == [(fmpq(int("1" * 20)),)]
    for wrong, match in (
        ([*many, ["1"] * 24], "a list of 1 to 24 lists"),
        ([], "a list of 1 to 24 lists"),
        (["12"], "a list of 1 to 24 lists"),
        ("ab", "a list of 1 to 24 lists"),
        ([["1"] * 25], "from 1 to 24"),
        ([[]], "from 1 to 24"),
        ([["1"], ["1", "2"]], "the same number of coordinates"),
        ([["1" * 21]], "at most 20 characters"),
        ([["0", "0"]], "the origin has no direction"),
        ([[1]], "no rational"),
    ):
        refused(lambda wrong=wrong: read(wrong, 24, None), match)
    refused(lambda: read([["1", "2"]], 24, 3), "the same number of coordinates")
    assert learnability.read_labels(["1", "-1/2"], 2) == [fmpq(1), fmpq(-1, 2)]
    for labels in (["1"], ["1", "2", "3"], "12", None):
        refused(lambda labels=labels: learnability.read_labels(labels, 2), "a list of 2 rationals is expected")


@pytest.mark.parametrize("labels", [None, LABELS])
@pytest.mark.parametrize(("distance", "depth"), [(fmpq(1, 10), 10**6), (fmpq(2), 3000)])
def test_the_feedforward_spread(labels: list[fmpq] | None, distance: fmpq, depth: int) -> None:
    """The bound of docs/learnability.md, computed again in mpmath."""
    kernel = {"mu": "8/13", "constants": {"above": "37/20", "below": "-5/4"}}
    with ctx.workprec(128), mpmath.workdps(40):
        found = learnability.feedforward_spread(kernel, POINTS, labels, distance, fmpq(depth))
        mu, above, below = mpmath.mpf(8) / 13, mpmath.mpf(37) / 20, -mpmath.mpf(5) / 4
        apart = mpmath.mpf(int(distance.p)) / int(distance.q)
        smallest = mpmath.acos(mpmath.mpf(3) / 5)
        excess = (mpmath.mpf(3) / 8 * mpmath.log(1 + mu * depth / 3) + 3 * mpmath.pi / (4 * mu * smallest) + above) / (
            depth + 1
        )
        width = mpmath.mpf(3) / 8 * mpmath.log(mpmath.pi / apart) + 3 * mpmath.pi / (4 * mu * apart) + above - below
        norm = mpmath.mpf(4) / 3 * 9 / 7
        total = 4 if labels is None else mpmath.mpf(7) / 2
        assert close(found, width / (depth + 1) * total * norm / (1 - 3 * norm * excess))


def test_the_spread_needs_depth_and_a_usable_kernel() -> None:
    """Where the matrix may be singular, or the bound may rise with the depth, nothing is said."""

    def spread(above: str, below: str, depth: int) -> Any:
        kernel = {"mu": "1", "constants": {"above": above, "below": below}}
        return learnability.feedforward_spread(kernel, POINTS, None, fmpq(1), fmpq(depth))

    with ctx.workprec(128):
        assert spread("2", "-5/4", 1000).is_finite()
        assert spread("2", "0", 1000).is_finite()
        refused(lambda: spread("2", "1/100", 1000), "the constant below is not negative")
        refused(lambda: spread("2", "-5/4", 1), "not shown to be regular from this depth on")
        refused(lambda: spread("-5", "-5/4", 1000), "not shown to decrease with the depth")
        refused(lambda: spread("-56/25", "-5/4", 10**6), "not shown to decrease with the depth")
        assert spread("2", "-900", 10**6).is_finite()
        refused(lambda: spread("2", "-900", 1000), "not shown to be regular")


@pytest.mark.parametrize("reach", [fmpq(1, 100), fmpq(1, 2000)])
def test_the_residual_gap(reach: fmpq) -> None:
    """The bound of docs/learnability.md, computed again in mpmath; and the predictor of the limit."""
    with ctx.workprec(128), mpmath.workdps(40):
        found = learnability.residual_gap(POINTS, NEW, LABELS, reach)
        inverse = mpmath.matrix([[limit(x, y) for y in POINTS] for x in POINTS]) ** -1
        near = [inverse * mpmath.matrix([limit(x, y) for y in POINTS]) for x in NEW]
        for ours, theirs in zip(learnability.responses(POINTS, NEW), near, strict=True):
            assert all(close(a, b) for a, b in zip(ours, theirs, strict=True))
        labels = [mpmath.mpf(int(y.p)) / int(y.q) for y in LABELS]
        weights = inverse * mpmath.matrix(labels)
        pull = near[0] - near[1]
        error = mpmath.sqrt(2 * mpmath.mpf(int(reach.p)) / int(reach.q)) / (3 * mpmath.pi)
        norm = max(sum(abs(inverse[i, j]) for i in range(4)) for j in range(4))
        moved = error * (2 + sum(map(abs, pull))) * sum(map(abs, weights)) / (1 - 3 * error * norm)
        assert close(found, abs(sum(g * y for g, y in zip(pull, labels, strict=True))) - moved)


def test_the_gap_needs_a_regular_matrix() -> None:
    """Equal and opposite directions are exact; too long a reach is refused."""
    with ctx.workprec(128), mpmath.workdps(40):
        refused(lambda: learnability.residual_gap(POINTS, NEW, LABELS, fmpq(3)), "not shown to be regular")
        assert close(learnability._limit(POINTS[2], (fmpq(5), fmpq(0))), mpmath.mpf(1))
        assert close(learnability._limit(POINTS[2], (fmpq(-5), fmpq(0))), mpmath.mpf(0))
        refused(lambda: learnability.responses([POINTS[2], POINTS[2]], NEW), "not shown to be regular")


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda d: d.update(version=2), "version"),
        (lambda d: d.update(version=0), "version"),
        (lambda d: d.update(more=1), "the key 'more' is unknown"),
        (lambda d: d.update(points=[[str(k), "1"] for k in range(25)]), "a list of 1 to 24 lists"),
        (lambda d: d.update(points=[[str(k), "1"] for k in range(24)]), "a list of 24 rationals"),
        (lambda d: d.update(feedforward=None, residual=None), "speaks of neither network"),
        (lambda d: d["feedforward"].update(depth="0"), "an integer from 1 on"),
        (lambda d: d["feedforward"].update(depth="1000001/2"), "an integer from 1 on"),
        (lambda d: d["feedforward"].update(distance="0"), "between 0 and pi"),
        (lambda d: d["feedforward"].update(distance="22/7"), "between 0 and pi"),
        (
            lambda d: d["feedforward"].update(kernel=d["residual"]["kernel"]),
            "certificate of theorem ffnet-critical-angle",
        ),
        (lambda d: d["feedforward"].update(kernel=None), "certificate of theorem ffnet-critical-angle"),
        (lambda d: d["residual"].update(kernel=d["feedforward"]["kernel"]), "certificate of theorem resnet-half-rate"),
        (lambda d: d["residual"].update(at=[["1", "1"]]), "two points are expected"),
        (lambda d: d["residual"].update(at=[["1", "1"], ["1", "-1"], ["1", "2"]]), "a list of 1 to 2 lists"),
        (lambda d: d["residual"].update(at=[["1"], ["-1"]]), "the same number of coordinates"),
        (lambda d: d["residual"].update(at=[["1", "1"], ["2", "2"]]), "the same direction"),
        (lambda d: d["residual"].update(at=[["1", "1"], ["6", "8"]]), "the same direction"),
        (lambda d: d["residual"].update(labels=["1", "1", "1", "1"]), "the labels are not those of the data"),
        (lambda d: d["residual"].update(gap="0"), "positive rationals are expected"),
        (lambda d: d["residual"].update(reach="0"), "positive rationals are expected"),
        (lambda d: d["residual"].update(gap="2"), "gap: the predictors are shown to differ by"),
        (lambda d: d["residual"].update(more="2"), "the key 'more' is unknown"),
        (lambda d: d["feedforward"].update(spread="1/200"), "spread: the predictors differ by at most"),
    ],
)
def test_what_a_certificate_on_data_must_not_say(change: Callable[[dict[str, Any]], Any], match: str) -> None:
    """Each is refused by its own line."""
    rejected("data-with-labels", change, match)


def test_labels_left_open_lie_in_the_interval_from_minus_1_to_1() -> None:
    """Where the data have none, those of the residual part are at most 1 in absolute value; ties are allowed."""
    given = certificate("data-any-labels")["residual"]["labels"]
    assert any(abs(Fraction(y)) == 1 for y in given)
    for labels in (["101/100", *given[1:]], ["-101/100", *given[1:]]):
        rejected("data-any-labels", lambda d, ys=labels: d["residual"].update(labels=ys), "not in")


# --- eigenvalues ------------------------------------------------------------------------------------------------------


def mean(f: Callable[[Any], Any], degree: int, dimension: int) -> Any:
    """The mean over the sphere of f(c) P_degree(c), by quadrature; P from its recurrence."""

    def legendre(c: Any) -> Any:
        before, now = mpmath.mpf(0), mpmath.mpf(1)
        for k in range(degree):
            # for k = 0 in the plane both factors are 0/0: P_1 = c
            before, now = now, c if k == 0 else ((2 * k + dimension - 2) * c * now - k * before) / (k + dimension - 2)
        return now

    def weight(t: Any) -> Any:
        return mpmath.sin(t) ** (dimension - 2)

    total = mpmath.quad(lambda t: f(mpmath.cos(t)) * legendre(mpmath.cos(t)) * weight(t), [0, 1, 2, mpmath.pi])
    return total / mpmath.quad(weight, [0, 1, 2, mpmath.pi])


@pytest.mark.parametrize(
    ("degree", "dimension"), [(0, 2), (1, 2), (2, 2), (3, 2), (0, 3), (1, 3), (3, 3), (4, 5), (5, 4), (0, 7)]
)
def test_eigenvalues_by_quadrature(degree: int, dimension: int) -> None:
    """Of kappa_0, c kappa_0 and c^2 kappa_0."""
    with mpmath.workdps(25), ctx.workprec(128):

        def kappa(c: Any) -> Any:
            return 1 - mpmath.acos(c) / mpmath.pi

        for found, power in (
            (spectrum.kappa_0(degree, dimension), 0),
            (spectrum.times_c(spectrum.kappa_0, degree, dimension), 1),
            (spectrum.square(degree, dimension), 2),
        ):
            wanted = mean(lambda c, power=power: c**power * kappa(c), degree, dimension)
            assert abs(mpmath.mpf(found.str(20, radius=False)) - wanted) < mpmath.mpf("1e-15")
            assert float(found.rad()) < 1e-30


def test_a_bound_of_an_eigenvalue_must_lie_below_it() -> None:
    """Exact ties pass; a negative one, one above, a degree or dimension out of range do not."""
    data = certificate("eigenvalue-0-2")
    assert check({**data, "linear": "0", "square": "0"})["conclusions"]
    for changed, match in (
        ({"linear": "-1/100"}, "linear: the eigenvalue is .*, which is not negative"),
        ({"square": "-1/100"}, "square: the eigenvalue is"),
        ({"linear": "1"}, "linear: the eigenvalue is"),
        ({"square": "1"}, "square: the eigenvalue is"),
        ({"dimension": 1}, "dimension: '1' is no integer from 2 to 500"),
        ({"dimension": 501}, "no integer from 2 to 500"),
        ({"degree": -1}, "no integer from 0 to 500"),
        ({"degree": 501}, "no integer from 0 to 500"),
        ({"version": 2}, "version"),
        ({"version": 0}, "version"),
        ({"more": 2}, "the key 'more' is unknown"),
    ):
        refused(lambda changed=changed: check({**data, **changed}), match)
    largest = {**data, "linear": "0", "square": "0"}
    assert check({**largest, "dimension": 500, "degree": 500})["conclusions"]
