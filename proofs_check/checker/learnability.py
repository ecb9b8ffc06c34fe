"""Theorem learnability: on given data the deep feedforward predictor forgets where it is asked, the residual one does not.

Proof: docs/learnability.md. The predictor is f_L(x) = k_L(x) . M_L^(-1) y, M_L and k_L the normalised tangent kernel between the
n data points, and between them and x. Data are directions: vectors of rationals, not normalised, so that a cosine is
p/sqrt(q) with p, q rational and pairs are compared exactly. Inside is a certificate for the kernel at every depth.

    feedforward   |f_L(x) - f_L(x')| <= W/(L+1) * |y| B/(1 - (n-1) B e) < spread for L >= depth and x, x' at angles >= distance
    residual      |f_L(x) - f_L(x')| >= gap at two points, for every h <= 1 and L with eta L <= reach
"""

from collections.abc import Callable
from itertools import combinations
from typing import Any

from flint import arb, arb_mat, ctx, fmpq

from proofs_check.checker import half_rate
from proofs_check.checker.expressions import Rejected, ball
from proofs_check.checker.reading import integer, keys, rational
from proofs_check.checker.signs import PRECISION, to_arb
from proofs_check.checker.theorems import FFNET

NAME = "learnability"
MAX_POINTS = 24
MAX_DIMENSION = 24
MAX_COORDINATE = 20
Point = tuple[fmpq, ...]
Check = Callable[[dict[str, Any]], dict[str, Any]]


def conclude(certificate: dict[str, Any], check: Check) -> dict[str, Any]:
    """The statement that the certificate proves; Rejected if a hypothesis fails."""
    keys(certificate, {"version", "theorem", "points", "labels", "feedforward", "residual"}, "certificate")
    integer(certificate["version"], 1, 1, "version")
    points = read_points(certificate["points"], MAX_POINTS, None)
    labels = None if certificate["labels"] is None else read_labels(certificate["labels"], len(points))
    conclusions, maps = [], {}
    with ctx.workprec(PRECISION):
        for name, prove in (("feedforward", _feedforward), ("residual", _residual)):
            if certificate[name] is not None:
                conclusion, kernel = prove(certificate[name], points, labels, check)
                conclusions.append({"kind": "prediction", "network": name, **conclusion})
                maps[name] = {"map": kernel["map"], "mu": kernel["mu"]}
    if not conclusions:
        raise Rejected("the certificate speaks of neither network")
    return {
        "theorem": NAME,
        "words": _words(points, labels, conclusions),
        "points": [[str(x) for x in point] for point in points],
        "labels": None if labels is None else [str(y) for y in labels],
        "maps": maps,
        "conclusions": conclusions,
    }


def _words(points: list[Point], labels: list[fmpq] | None, conclusions: list[dict[str, Any]]) -> list[str]:
    """The statement for a reader."""

    def told(vector: Any) -> str:
        return "(" + ", ".join(map(str, vector)) + ")"

    data = "any labels in [-1, 1]" if labels is None else f"labels {told(labels)}"
    lines = [f"kernel regression with the tangent kernel on the directions {', '.join(map(told, points))}, {data}:"]
    for one in conclusions:
        if one["network"] == "feedforward":
            lines += [
                f"  smallest angle of the data {one['smallest_angle']}",
                f"  ffnet, every L >= {one['first']}: predictions at any two inputs at angles >= {one['distance']} from the "
                f"data differ by less than {one['below']}",
            ]
        else:
            lines.append(
                f"  resnet with {one['condition']}, labels {told(one['labels'])}: predictions at {told(one['at'][0])} and "
                f"{told(one['at'][1])} differ by at least {one['at_least']}"
            )
    return lines


def read_points(value: Any, most: int, dimension: int | None) -> list[Point]:
    """Directions from lists of rationals; Rejected otherwise."""
    if not isinstance(value, list) or not 1 <= len(value) <= most or not all(isinstance(p, list) for p in value):
        raise Rejected(f"points: a list of 1 to {most} lists is expected")
    size = len(value[0]) if dimension is None else dimension
    if not 1 <= size <= MAX_DIMENSION or any(len(p) != size for p in value):
        raise Rejected(f"points: each has the same number of coordinates, from 1 to {MAX_DIMENSION}")
    if any(len(x) > MAX_COORDINATE for p in value for x in p if isinstance(x, str)):
        raise Rejected(f"points: a coordinate has at most {MAX_COORDINATE} characters")
    points = [tuple(rational(x, "points") for x in p) for p in value]
    if any(not any(point) for point in points):
        raise Rejected("points: the origin has no direction")
    return points


def read_labels(value: Any, size: int) -> list[fmpq]:
    """One rational for each point; Rejected otherwise."""
    if not isinstance(value, list) or len(value) != size:
        raise Rejected(f"labels: a list of {size} rationals is expected")
    return [rational(y, "labels") for y in value]


def product(x: Point, y: Point) -> fmpq:
    """The inner product."""
    return sum((a * b for a, b in zip(x, y, strict=True)), fmpq(0))


def signed_square(x: Point, y: Point) -> fmpq:
    """The cosine times its absolute value, exact: it orders pairs of points by their cosines."""
    p = product(x, y)
    return p * abs(p) / (product(x, x) * product(y, y))


def cosine(x: Point, y: Point) -> arb:
    """The enclosure of the cosine of the angle between two directions."""
    p = product(x, y)
    return to_arb(p) / (to_arb(product(x, x)) * to_arb(product(y, y))).sqrt()


def largest_cosine(points: list[Point]) -> fmpq | None:
    """The largest cosine times its absolute value, None for one point; Rejected for equal directions."""
    largest = max((signed_square(x, y) for x, y in combinations(points, 2)), default=None)
    if largest is not None and largest >= 1:
        raise Rejected("points: two of them have the same direction")
    return largest


def smallest_angle(points: list[Point]) -> arb:
    """The enclosure of the smallest angle between two of the points; pi for one point."""
    largest = largest_cosine(points)
    if largest is None:
        return arb.pi()
    root = to_arb(abs(largest)).sqrt()
    return (root if largest >= 0 else -root).acos()


# --- feedforward ------------------------------------------------------------------------------------------------------


def _feedforward(
    said: Any, points: list[Point], labels: list[fmpq] | None, check: Check
) -> tuple[dict[str, Any], dict[str, Any]]:
    keys(said, {"distance", "spread", "depth", "kernel"}, "feedforward")
    kernel = _kernel(said["kernel"], "ffnet-critical-angle", check)
    distance, spread, depth = (rational(said[key], key) for key in ("distance", "spread", "depth"))
    if depth.q != 1 or depth < 1:
        raise Rejected("depth: an integer from 1 on is expected")
    if not 0 < to_arb(distance) < arb.pi():
        raise Rejected("distance: an angle between 0 and pi is expected")
    found = feedforward_spread(kernel, points, labels, distance, depth)
    if not found < to_arb(spread):
        raise Rejected(f"spread: the predictors differ by at most {found.str(5)}, wanted below {spread}")
    largest = largest_cosine(points)
    conclusion = {
        "smallest_angle": smallest_angle(points).str(20),
        "largest_cosine_times_its_absolute_value": None if largest is None else str(largest),
        "first": str(depth),
        "distance": str(distance),
        "below": str(spread),
    }
    return conclusion, kernel


def feedforward_spread(
    kernel: dict[str, Any], points: list[Point], labels: list[fmpq] | None, distance: fmpq, depth: fmpq
) -> arb:
    """A bound of |f_L(x) - f_L(x')| for every L >= depth; Rejected where the kernel matrix may be singular."""
    mu, above, below = (to_arb(fmpq(*_parts(text))) for text in (kernel["mu"], *_bounds(kernel)))
    size, layers = len(points), to_arb(depth)
    if not below <= 0:
        raise Rejected("kernel: the constant below is not negative")

    def excess(angle: arb) -> arb:
        """|N_L - 1/4| at angles from this one on, L >= depth; the numerator grows slower than L + 1 from L = 0 on."""
        rest = 3 * arb.pi() / (4 * mu * angle) + above
        if not rest >= arb(3) / 8:
            raise Rejected("kernel: the bound is not shown to decrease with the depth")
        return (arb(3) / 8 * (1 + mu * layers / 3).log() + rest).max(-below) / (layers + 1)

    angle = to_arb(distance)
    width = arb(3) / 8 * (arb.pi() / angle).log() + 3 * arb.pi() / (4 * mu * angle) + above - below
    inverse = arb(4) / 3 * (2 * size + 1) / (size + 3)  # the norm of (3/4 I + 1/4 J)^(-1)
    room = 1 - (size - 1) * inverse * excess(smallest_angle(points))
    if not room > 0:
        raise Rejected("depth: the kernel matrix is not shown to be regular from this depth on")
    total = arb(size) if labels is None else sum((to_arb(abs(y)) for y in labels), arb(0))
    return width / (layers + 1) * total * inverse / room


def _bounds(kernel: dict[str, Any]) -> tuple[str, str]:
    return kernel["constants"]["above"], kernel["constants"]["below"]


def _parts(text: str) -> tuple[int, int]:
    top, _, bottom = text.partition("/")
    return int(top), int(bottom or 1)


# --- residual ---------------------------------------------------------------------------------------------------------


def _residual(
    said: Any, points: list[Point], labels: list[fmpq] | None, check: Check
) -> tuple[dict[str, Any], dict[str, Any]]:
    keys(said, {"at", "labels", "gap", "reach", "kernel"}, "residual")
    kernel = _kernel(said["kernel"], half_rate.NAME, check)
    new = read_points(said["at"], 2, len(points[0]))
    if len(new) != 2:
        raise Rejected("at: two points are expected")
    given = read_labels(said["labels"], len(points))
    if given != labels and (labels is not None or any(abs(y) > 1 for y in given)):
        raise Rejected("residual: the labels are not those of the data, or not in [-1, 1] where the data have none")
    gap, reach = rational(said["gap"], "gap"), rational(said["reach"], "reach")
    if not (gap > 0 and reach > 0):
        raise Rejected("gap, reach: positive rationals are expected")
    largest_cosine([*points, *new])
    found = residual_gap(points, new, given, reach)
    if not found >= to_arb(gap):
        raise Rejected(f"gap: the predictors are shown to differ by {found.str(5)}, wanted at least {gap}")
    conclusion = {
        "condition": f"h <= 1 and eta*L <= {reach}",
        "reach": str(reach),
        "at": [[str(x) for x in point] for point in new],
        "labels": [str(y) for y in given],
        "at_least": str(gap),
    }
    return conclusion, kernel


def residual_gap(points: list[Point], new: list[Point], labels: list[fmpq], reach: fmpq) -> arb:
    """A lower bound of |f_L(x) - f_L(x')| for h <= 1 and eta L <= reach; Rejected where the matrix may be singular.

    With e = sqrt(2 reach)/(3 pi), N the inverse of the limit's matrix, a = N y, g = N (k(x) - k(x')):

        |g.y| - e (2 + |g|) |a| / (1 - (n-1) e |N|),   |.| the sum of absolute values, |N| its largest over the columns
    """
    inverse, rows = _inverse(points), range(len(points))
    error = (2 * to_arb(reach)).sqrt() / (3 * arb.pi())
    weights = [_sum(inverse[i, j] * to_arb(labels[j]) for j in rows) for i in rows]
    pull = [a - b for a, b in zip(*responses(points, new), strict=True)]
    norm = arb(0)
    for j in rows:
        norm = norm.max(_sum(abs(inverse[i, j]) for i in rows))
    room = 1 - (len(points) - 1) * error * norm
    if not room > 0:
        raise Rejected("reach: the kernel matrix is not shown to be regular")
    moved = error * (2 + _sum(map(abs, pull))) * _sum(map(abs, weights)) / room
    return abs(_sum(g * to_arb(y) for g, y in zip(pull, labels, strict=True))) - moved


def responses(points: list[Point], new: list[Point]) -> list[list[arb]]:
    """M^(-1) k(x) at each new point: what the limit's prediction there gains from each label by itself."""
    inverse, rows = _inverse(points), range(len(points))
    found = []
    for x in new:
        near = [_limit(x, y) for y in points]
        found.append([_sum(inverse[i, j] * near[j] for j in rows) for i in rows])
    return found


def _inverse(points: list[Point]) -> arb_mat:
    size = len(points)
    try:
        return arb_mat(size, size, [_limit(x, y) for x in points for y in points]).inv()
    except ZeroDivisionError:
        raise Rejected("points: the residual limit kernel's matrix is not shown to be regular") from None


def _limit(x: Point, y: Point) -> arb:
    """Omega between two directions."""
    exact = signed_square(x, y)
    angle = arb(0) if exact == 1 else arb.pi() if exact == -1 else cosine(x, y).acos()
    value: arb = ball("cos(t)+(sin(t)-2*t*cos(t))/(2*pi)", {"t": angle})
    return value


def _sum(terms: Any) -> arb:
    return sum(terms, arb(0))


def _kernel(certificate: Any, theorem: str, check: Check) -> dict[str, Any]:
    if not isinstance(certificate, dict) or certificate.get("theorem") != theorem:
        raise Rejected(f"kernel: a certificate of theorem {theorem} is expected")
    found = check(certificate)
    if theorem == "ffnet-critical-angle" and found["map"] != FFNET.map:
        raise Rejected("kernel: the map is not that of the theorem")
    return found
