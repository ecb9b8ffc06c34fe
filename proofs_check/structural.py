"""Statements that are no inequality in L alone (turning, eigenvalues, predictions on data), from the theorems on them.

Idea. As for bounds, a theorem speaks of a map, and its statement becomes one about the network only where the recursion
derived from the network's layers is that map (``proofs_check.facts``). What a certificate has to say about the very numbers of a
claim (data, degree, dimension) is searched here, checked, and compared with the claim. Refutations are either a contradicting
theorem or kernels enclosed at a few depths.
"""

from fractions import Fraction
from itertools import pairwise
from typing import Any

from flint import fmpq
from sympy import Expr, Integer, Rational, acos

from numerics.balls import evaluate, precision
from numerics.kernel import trajectory
from proofs_check import learning, shapes
from proofs_check.certify import certificate
from proofs_check.checker import check
from proofs_check.checker import learnability as data_theorem
from proofs_check.checker import spectrum as spectrum_theorem
from proofs_check.checker import turn as turn_theorem
from proofs_check.checker.signs import to_arb
from proofs_check.facts import RESIDUAL, ResidualForm, matched_feedforward, matched_residual, residual_form
from proofs_check.inequalities import holds_for_all_depths
from proofs_check.intervals import inside, points
from proofs_check.margins import decide_margin
from proofs_check.settled import eigenvalue
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.claims import Definite, Margin, Parity, Prediction, Quantity, Ranking, Shaped, Spectrum, Structural, Turning
from theory.errors import BeyondReach
from theory.network import Network
from theory.parsing import parse
from theory.recursion import correlation_form

SEEN = 40
"""Depths at which the kernel is looked at for a counterexample."""


def decide(statement: Structural) -> Evidence:
    """PROVES, REFUTES or UNDECIDED.

    raises  BeyondReach where a search finds no certificate
    """
    match statement:
        case Turning():
            return _turning(statement)
        case Spectrum():
            return _spectrum(statement)
        case Prediction():
            return _prediction(statement)
        case Shaped():
            return shapes.decide_shaped(statement)
        case Ranking():
            return shapes.decide_ranking(statement)
        case Definite():
            return shapes.decide_definite(statement)
        case Margin():
            return decide_margin(statement)


def _found(outcome: Outcome, summary: str, *certificates: dict[str, Any], **data: Any) -> Evidence:
    held = {"certificates": list(certificates)} if certificates else {}
    return Evidence(engine="certificates", outcome=outcome, summary=summary, data={**held, **data})


def _undecided(summary: str) -> Evidence:
    return _found(Outcome.UNDECIDED, summary)


def member(network: Network) -> Fraction | ResidualForm | None:
    """The parameter mu of a network of theorem ffnet-critical-angle, the form of a network of the residual theorems, else None.

    The maps are compared with the derived recursion by replayed algebra.
    """
    form = correlation_form(network)
    if form is None:
        return None
    matched = matched_feedforward(form)
    if matched is not None:
        return matched.member
    found = residual_form(form)
    if found is None or matched_residual(RESIDUAL[1] if found.mu == 1 else RESIDUAL[0], found) is None:
        return None
    return found


# --- turning ----------------------------------------------------------------------------------------------------------


def _turning(statement: Turning) -> Evidence:
    witness = _valley(statement)
    if witness is not None:
        return witness
    if member(statement.network) != 1 or statement.quantity is not Quantity.NORMALIZED_NTK:
        return _undecided("no theorem on the turning of this quantity covers the network")
    if inside(Integer(1), statement.correlations):
        return _undecided("the theorem leaves c = 1 out, where the normalised kernel is constant")
    name = turn_theorem.NAME
    held = certificate(name, Fraction(1))[1]
    (conclusion,) = check(held)["conclusions"]
    if not _starts(statement, conclusion):
        return _undecided("the theorem does not say whether it rises at first on the whole domain")
    return _found(Outcome.PROVES, f"follows for every L from theorem {name} ({name}.json)", held)


def _starts(statement: Turning, conclusion: dict[str, Any]) -> bool:
    """Whether the kernel starts as claimed on the whole domain.

    2 theta cos theta - sin theta is positive on (0, tau) and negative on (tau, pi): the widest angle decides that it falls
    everywhere, the smallest one that it rises.
    """
    domain = statement.correlations
    if statement.rises is None:
        return True
    end, key = (domain.high, "rises") if statement.rises else (domain.low, "falls")
    said = conclusion[f"{key}_from_the_first_depth_if" if key == "falls" else f"{key}_at_the_first_depth_if"]
    side = parse(said.split("<" if statement.rises else ">=")[0], names={"theta": symbols.theta}, what="certificate")
    if statement.depth_low == conclusion["first"]:
        with precision(128):
            value = evaluate(side.subs(symbols.theta, acos(end)), {})
        return bool(value < 0 if statement.rises else value > 0)
    if domain.low != domain.high:
        return False
    # what has risen up to some depth and then falls, falls from a depth on if it does there
    low = statement.depth_low
    values = trajectory(statement.network, (low, low + 1), domain.low, digits=20)
    first, second = (values[depth].normalized_ntk for depth in (low, low + 1))
    return bool(first < second if statement.rises else first > second)


def _valley(statement: Turning) -> Evidence | None:
    """Depths at one input that contradict the claim."""
    low = statement.depth_low
    if statement.network.parameters:
        return None
    for corr in points(statement.correlations, closure=False):
        found = trajectory(statement.network, range(low, low + SEEN), corr, digits=20)
        values = [(depth, getattr(kernels, statement.quantity.value)) for depth, kernels in found.items()]
        fallen: int | None = None
        for (depth, value), (_, after) in pairwise(values):
            if value > after and fallen is None:
                fallen = depth
            starts_wrong = (depth == low and statement.rises is True and value > after) or (
                statement.rises is False and value < after
            )
            if starts_wrong or (fallen is not None and value < after):
                moves = "falls" if value > after else "rises"
                again = "" if fallen in (None, depth) else f" after falling from depth {fallen}"
                summary = f"at c = {corr} the value {moves} from {value.str(8)} at L = {depth} to {after.str(8)}{again}"
                witness = {"c": str(corr), "L": str(depth)}
                return _found(Outcome.REFUTES, summary, witness=witness)
    return None


# --- eigenvalues ------------------------------------------------------------------------------------------------------


def _spectrum(statement: Spectrum) -> Evidence:
    whole = isinstance(statement.degrees, Parity) and statement.relation == ">" and statement.bound == 0
    kind = member(statement.network) if statement.quantity is Quantity.NORMALIZED_NTK else None
    if isinstance(kind, ResidualForm) and kind.mu != 1:
        kind = None
    if whole and kind != 1 and not isinstance(kind, ResidualForm):
        return shapes.decide_positive(statement)
    if kind is None or (isinstance(kind, Fraction) and kind != 1):
        return _undecided("the theorem on eigenvalues speaks of ReLU networks without bias")
    high, low = statement.depth_high, statement.depth_low
    if low < 1:
        return _undecided("the theorem on eigenvalues starts at L = 1")
    name, degrees = spectrum_theorem.NAME, statement.degrees
    if isinstance(degrees, Parity):
        if statement.bound != 0 or statement.relation not in (">", "=="):
            return _undecided("for a class of degrees only > 0 and == 0 are decided")
        held = eigenvalue(3, 3)
        signs = _signs(check(held), degrees, low, high)
        wanted = "positive" if statement.relation == ">" else "zero"
        if signs == {wanted}:
            return _found(Outcome.PROVES, f"theorem {name}: the eigenvalues are {wanted} at each of these depths", held)
        other = min(signs - {wanted})
        depth = low if other == "zero" or degrees is not Parity.ODD else max(low, 2)
        said = f"theorem {name}: at L = {depth} some eigenvalues of these degrees are {other}"
        return _found(Outcome.REFUTES, said, held, witness={"L": str(depth)})
    if statement.relation != ">=" or low < 2:
        return _undecided("for one degree only >= at depths from 2 on is decided")
    held = eigenvalue(*degrees)
    network = "residual" if isinstance(kind, ResidualForm) else "feedforward"
    bounds = [one["lower"] for one in check(held)["conclusions"] if one.get("network") == network]
    for text in bounds:
        bound = parse(text, names={"L": symbols.depth, "eta": symbols.eta}, what="certificate")
        if isinstance(kind, ResidualForm):
            bound = bound.subs(symbols.eta, kind.eta)
        if holds_for_all_depths(bound - statement.bound, first=low, low=Integer(1), high=Integer(2)):
            return _found(Outcome.PROVES, f"follows for every L from theorem {name}", held)
    return _undecided(f"the bound that is proved, {bounds[-1]}, does not imply the one claimed")


def _signs(proved: dict[str, Any], degrees: Parity, low: int, high: int | None) -> set[str]:
    """What the theorem says of these degrees at depths from low to high: of 1, and of those from 2 on."""
    said = {(one["parity"], one["first"], one["last"]): one["sign"] for one in proved["conclusions"] if "parity" in one}
    found = set()
    if high is None or high >= 2:
        found.add(said["every", 2, None])
    if low == 1:
        if degrees is not Parity.ODD:
            found.add(said["even or 1", 1, None])
        if degrees is not Parity.EVEN:
            found.add(said["odd from 3", 1, 1])
    return found


# --- predictions ------------------------------------------------------------------------------------------------------


def _prediction(statement: Prediction) -> Evidence:
    if statement.relation == ">=" and (statement.at is None or statement.labels is None):
        return _undecided("that predictions differ is a statement about two named points and given labels")
    kind = member(statement.network)
    if not all(any(point) for point in (*statement.points, *(statement.at or ()))):
        return _undecided("a point is the zero vector, which has no direction")
    data = tuple(tuple(map(_rational, point)) for point in statement.points)
    labels = None if statement.labels is None else [_rational(y) for y in statement.labels]
    if isinstance(kind, Fraction):
        return _forgets(statement, data, labels, kind)
    if kind is not None and kind.mu == 1:
        return _remembers(statement, data, labels, kind)
    return _undecided("no theorem on predictions covers this network")


def _forgets(statement: Prediction, data: learning.Data, labels: list[fmpq] | None, mu: Fraction) -> Evidence:
    """The feedforward network: predictions at two new points come together."""
    distance = _distance(statement, data)
    part = learning.feedforward(data, labels, distance=distance, spread=_rational(statement.size), mu=mu)
    held = learning.assembled(data, labels, feedforward=part)
    depth = int(part["depth"])
    said = f"theorem {data_theorem.NAME}: from L = {depth} on the two predictions differ by less than {statement.size}"
    if statement.relation == ">=":
        return _found(Outcome.REFUTES, said, held, witness={"L": str(max(depth, statement.first))})
    if depth <= statement.first:
        return _found(Outcome.PROVES, said, held)
    return _undecided(f"{said}; the claim starts at L = {statement.first}")


def _remembers(statement: Prediction, data: learning.Data, labels: list[fmpq] | None, form: ResidualForm) -> Evidence:
    """The residual network: predictions at two new points stay apart."""
    distance, at = _distance(statement, data), None
    if statement.at is not None:
        at = (tuple(map(_rational, statement.at[0])), tuple(map(_rational, statement.at[1])))
    part = learning.remembered(data, labels, distance=distance, at=at, gap=_rational(statement.size))
    held = learning.assembled(data, labels, residual=part)
    reach = Rational(part["reach"])
    coefficient, power = form.scale.as_coeff_exponent(symbols.depth)
    if not (coefficient.is_Rational and power.is_Rational and power < -1):
        return _undecided("the theorem needs L h -> 0")
    first = _first_depth(coefficient, power, reach)
    said = (
        f"theorem {data_theorem.NAME}: from L = {first} on the predictions at ({', '.join(part['at'][0])}) and "
        f"({', '.join(part['at'][1])}) differ by at least {statement.size}"
    )
    if statement.relation == "<":
        return _found(Outcome.REFUTES, said, held, witness={"L": str(max(first, statement.first))})
    if first <= statement.first:
        return _found(Outcome.PROVES, said, held)
    return _undecided(f"{said}; the claim starts at L = {statement.first}")


def _first_depth(coefficient: Expr, power: Expr, reach: Expr) -> int:
    """The least depth from which h <= 1 and h L <= reach, h = coefficient L^power with power < -1; eta < h."""

    def reached(depth: int) -> bool:
        with precision(256):
            scale = evaluate(coefficient * Integer(depth) ** power, {})
            return bool(scale <= 1 and scale * depth <= evaluate(reach, {}))

    high = 1
    while not reached(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


def _distance(statement: Prediction, data: learning.Data) -> fmpq:
    """A rational distance that the new points keep from the data."""
    if statement.distance is not None:
        return _rational(statement.distance)
    if statement.at is None:
        raise BeyondReach("the claim names neither two new points nor their distance from the data")
    new = [tuple(map(_rational, point)) for point in statement.at]
    with precision(128):
        least = min(float(data_theorem.cosine(x, y).acos().lower()) for x in new for y in data)
        distance = fmpq(int(least * 10**4), 10**4)
        if not all(data_theorem.cosine(x, y) <= to_arb(distance).cos() for x in new for y in data) or distance <= 0:
            raise BeyondReach("a new point is too close to the data")
    return distance


def _rational(value: Expr) -> fmpq:
    if not value.is_Rational:
        raise BeyondReach(f"{value}: data, labels and sizes are rational numbers")
    return fmpq(int(value.p), int(value.q))


__all__ = ["decide", "member"]
