"""Statements about the shape of a kernel at every depth: monotone, convex, ranked, strictly positive definite (docs/shapes.md).

Idea. What is claimed of a function of c follows from the walk through the layers (``proofs_check.kernel_series``); what is
claimed along the depth, or between two networks, from the map of the correlation:

    Theorem M   C(c) >= c on [-1, 1] where C'(1) <= 1, so correlations do not fall; nor does a tangent kernel that starts to rise
    Theorem R   if C <= C~ and one of them does not fall, then c_L <= c~_L; and N_L <= c_L where sources are correlations

Refutations are kernels enclosed at a few depths and inputs, or the exact criterion of Theorem D.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise, product
from typing import Any

from flint import arb
from sympy import Expr, Integer, Rational, acos, pi

from numerics.balls import evaluate, precision
from numerics.cells import enclose_cell
from numerics.kernel import trajectory
from proofs_check.engines.balls import cover_by_cells
from proofs_check.inequalities import holds_for_all_depths, is_nonnegative_for_all_depths, positive_part
from proofs_check.intervals import compare, inside
from proofs_check.kernel_series import History, Pair, history
from proofs_check.lemmas import decide_inequality
from proofs_check.limits.maps import is_continuous
from proofs_check.natures import Nature, Parts, Size, nature
from proofs_check.signs import sign_of
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.claims import Definite, Form, Inequality, Interval, Parity, Quantity, Ranking, Shaped, Spectrum
from theory.duals import in_angle
from theory.errors import BeyondReach, NtkproofError
from theory.network import Network, Nonlinearity
from theory.recursion import CorrelationRecursion, correlation_form

LOOKED_AT = 4
"""Depths from the first one on at which a counterexample is sought."""
GRID = tuple(Rational(k, 16) for k in range(-16, 17))
NEAR_ENDS = tuple(sign * (1 - Rational(1, 2**k)) for sign in (1, -1) for k in (6, 10, 20))
_NORMALISED = (Quantity.NORMALIZED_NNGP, Quantity.NORMALIZED_NTK)
_NNGP = (Quantity.NNGP, Quantity.NORMALIZED_NNGP, Quantity.ANGLE)


def found(outcome: Outcome, summary: str, **data: Any) -> Evidence:
    """Evidence of this engine."""
    return Evidence(engine="certificates", outcome=outcome, summary=summary, data=data)


def decide_shaped(statement: Shaped) -> Evidence:
    """PROVES by the walk or Theorem M, REFUTES by a witness, else UNDECIDED with the reason."""
    witness = _crooked(statement)
    if witness is not None:
        return witness
    proof, missing = _proved_shape(statement)
    if proof is not None:
        return found(Outcome.PROVES, f"holds for every L by {proof} of docs/shapes.md")
    return found(Outcome.UNDECIDED, missing)


def _proved_shape(statement: Shaped) -> tuple[str | None, str]:
    domain, quantity, form = statement.correlations, statement.quantity, statement.form
    if form in (Form.DEEPENING, Form.FADING):
        return _along_the_depth(statement)
    acute = compare(domain.low, Integer(0)) >= 0
    walked = history(statement.network, nonnegative=acute)
    if quantity is Quantity.ANGLE:
        rises = walked.always(lambda pair: pair.nngp_shape.rising, statement.depth_low, statement.depth_high)
        falls = form is Form.FALLING and rises
        return ("Theorem E" if falls else None), "of angles it is shown only that they do not rise as c grows"
    if form is Form.MIRRORED or (form is Form.ABSOLUTE and acute):
        return "Theorem S", ""

    def holds(pair: Pair) -> bool:
        shape = pair.nngp_shape if quantity in _NNGP else pair.ntk_shape
        return {Form.RISING: shape.rising, Form.CONVEX: shape.convex}.get(form, False)

    if walked.always(holds, statement.depth_low, statement.depth_high):
        return "Theorem E", ""
    return None, "the walk through the layers does not show it on this domain"


def _along_the_depth(statement: Shaped) -> tuple[str | None, str]:
    """Theorem M, for networks whose layers do not depend on their number."""
    form = _map_of(statement.network)
    if form is None:
        return None, "Theorem M speaks of maps of the correlation that do not depend on L, with C'(1) <= 1"
    quantity = statement.quantity
    rises = statement.form is Form.DEEPENING
    if (quantity, rises) in ((Quantity.NORMALIZED_NNGP, True), (Quantity.ANGLE, False)):
        return "Theorem M", ""
    acute = compare(statement.correlations.low, Integer(0)) >= 0
    if rises and sign_of(form.growth - 1) in (0, 1):
        driven = _source_is_the_map(form)
        if acute and (quantity is Quantity.NNGP or (quantity is Quantity.NTK and (driven or form.initial == 0))):
            return "Theorem M", ""
        if quantity is Quantity.NTK and driven and _rises_where_obtuse(statement):
            return "Theorem M", ""
    return None, "Theorem M says nothing of this quantity on this domain"


def _source_is_the_map(form: CorrelationRecursion) -> bool:
    """Whether t_0 = c and the source is C + b C' with b >= 0: then 0 <= t_0 <= t_1 on [0, 1]."""
    surplus = Integer(0) if form.diagonal_source == 1 else (form.diagonal_source - 1) / form.diagonal_factor
    gap = form.source - form.correlation - surplus * form.factor
    return bool(form.initial == symbols.c) and sign_of(surplus) in (0, 1) and is_zero(gap) is Answer.YES


def _rises_where_obtuse(statement: Shaped) -> bool:
    """The same for c < 0: a depth l with t_l >= 0 and t_(l+1) >= t_l, and rising before it, by enclosures on cells of angles.

    From there on it rises if C' >= 0 and C'' >= 0 on [-1, 1]: where activations are monotone and convex.
    """
    if not all(kind.monotone and kind.convex for kind in _natures(statement.network)):
        return False
    low, high = evaluate(pi / 2, {}), evaluate(acos(statement.correlations.low), {})

    def ntk(depth: int, a: arb, b: arb) -> arb:
        return enclose_cell(statement.network, depth, a, b)["ntk"]

    first = statement.depth_low
    for depth in range(first, first + LOOKED_AT):

        def step(a: arb, b: arb, depth: int = depth) -> arb:
            return ntk(depth + 1, a, b) - ntk(depth, a, b)

        if cover_by_cells(step, low, high, strict=False) is None:
            return False
        if cover_by_cells(partial(ntk, depth), low, high, strict=False) is not None:
            return True
    return False


def _map_of(network: Network) -> CorrelationRecursion | None:
    """The derived recursion of the correlation where C(c) >= c: C'(1) <= 1, activations without jumps, layers free of L."""
    form = correlation_form(network)
    if form is None or not is_continuous(network):
        return None
    history(network, nonnegative=True)  # equal norms and positive scales: coefficients >= 0
    parts = (form.correlation, form.factor, form.source, form.growth)
    if any(part.has(symbols.depth, symbols.layer) for part in parts):
        return None
    return form if sign_of(form.diagonal_factor - 1) in (-1, 0) else None


# --- two kernels ------------------------------------------------------------------------------------------------------


def decide_ranking(statement: Ranking) -> Evidence:
    """PROVES by Theorem R, REFUTES by a witness, else UNDECIDED with the reason."""
    witness = _overtaken(statement)
    if witness is not None:
        return witness
    acute = compare(statement.correlations.low, Integer(0)) >= 0
    kinds = (statement.quantity, statement.other_quantity)
    proved = False
    if kinds == (Quantity.NORMALIZED_NTK, Quantity.NORMALIZED_NNGP) and statement.network == statement.other:
        proved = _tangent_below(statement.network, acute)
    elif kinds == (Quantity.NORMALIZED_NNGP, Quantity.NORMALIZED_NNGP):
        proved = _maps_ranked(statement.network, statement.other, acute)
    elif kinds == (Quantity.ANGLE, Quantity.ANGLE):
        proved = _maps_ranked(statement.other, statement.network, acute)
    if proved:
        return found(Outcome.PROVES, "holds for every L by Theorem R of docs/shapes.md")
    return found(Outcome.UNDECIDED, "Theorem R does not compare these two")


def _tangent_below(network: Network, acute: bool) -> bool:
    form = _map_of(network)
    if form is None or form.initial != symbols.c or is_zero(form.source - form.correlation) is not Answer.YES:
        return False
    # where c may be negative: factors >= 0, correlations >= 0 behind the first layer
    return acute or all(kind.one_sign and (kind.monotone or kind.slope.odd is Size.NONE) for kind in _natures(network))


def _natures(network: Network) -> list[Nature]:
    return [nature(layer.activation) for layer in network.walk() if isinstance(layer, Nonlinearity)]


def _maps_ranked(network: Network, other: Network, acute: bool) -> bool:
    """Whether C <= C~ on [0, 1] or [-1, 1], where one of the two maps does not fall."""
    forms = [correlation_form(one) for one in (network, other)]
    if forms[0] is None or forms[1] is None:
        return False
    rising = [history(one, nonnegative=acute).at(1).nngp_shape.rising for one in (network, other)]
    gap = in_angle(forms[1].correlation - forms[0].correlation)
    return any(rising) and _nowhere_negative(gap, pi / 2 if acute else pi)


def _nowhere_negative(gap: Expr, high: Expr) -> bool:
    """Whether gap(theta, L, gamma) >= 0 for 0 <= theta <= high, L >= 1, gamma >= 0."""
    if gap.has(symbols.layer):
        return False
    if is_zero(gap) is Answer.YES:
        return True
    if gap.has(symbols.gamma):
        numerator = positive_part(gap)
        return numerator is not None and is_nonnegative_for_all_depths(numerator, 1)
    if holds_for_all_depths(gap, first=1, low=Integer(0), high=high):
        return True
    if gap.free_symbols != {symbols.theta}:
        return False
    angles = Interval(symbol=symbols.theta, low=Integer(0), high=high)
    decided = decide_inequality(Inequality(gap=gap, domain=angles))
    return decided is not None and decided.outcome is Outcome.PROVES


# --- positive definiteness, eigenvalues -------------------------------------------------------------------------------


def decide_definite(statement: Definite) -> Evidence:
    """PROVES or REFUTES by Theorem D, which is exact."""
    walked = history(statement.network, nonnegative=True)

    kernel_of = _kernel_of(statement.quantity)

    def strictly(pair: Pair) -> bool:
        parts = kernel_of(pair)
        return parts.even is Size.MANY and parts.odd is Size.MANY

    return _everywhere(walked, strictly, statement.strictly, statement.depth_low, statement.depth_high)


def _kernel_of(quantity: Quantity) -> Callable[[Pair], Parts]:
    """The parts of the series that the quantity is up to a positive factor.

    raises  BeyondReach for the angle, which is no such series
    """
    if quantity is Quantity.ANGLE:
        raise BeyondReach("Theorem D speaks of kernels; the angle of two inputs is none")
    return (lambda pair: pair.nngp) if quantity in _NNGP else (lambda pair: pair.ntk)


def _everywhere(walked: History, holds: Callable[[Pair], bool], wanted: bool, low: int, high: int | None) -> Evidence:
    other = walked.first_where(lambda pair: holds(pair) is not wanted, low, high)
    if other is None:
        return found(Outcome.PROVES, "holds at each of these depths by Theorem D of docs/shapes.md")
    parts = walked.at(other)
    sizes = (
        f"NNGP {_in_words(parts.nngp.even, parts.nngp.odd)}; tangent kernel {_in_words(parts.ntk.even, parts.ntk.odd)}"
    )
    summary = f"Theorem D of docs/shapes.md decides otherwise at L = {other}: positive coefficients of the {sizes}"
    return found(Outcome.REFUTES, summary, witness={"L": str(other)})


def _in_words(even: Size, odd: Size) -> str:
    said = {Size.NONE: "no", Size.CONSTANT: "one", Size.FINITE: "finitely many", Size.MANY: "infinitely many"}
    return f"{said[even]} of even degree and {said[odd]} of odd degree"


def decide_positive(statement: Spectrum) -> Evidence:
    """Whether all eigenvalues of a class of degrees are positive: exactly if infinitely many coefficients of that parity are."""
    walked = history(statement.network, nonnegative=True)

    kernel_of = _kernel_of(statement.quantity)

    def positive(pair: Pair) -> bool:
        parts = kernel_of(pair)
        needed = {Parity.EVEN: (parts.even,), Parity.ODD: (parts.odd,), Parity.EVERY: (parts.even, parts.odd)}
        return all(size is Size.MANY for size in needed[statement.degrees])  # type: ignore[index]

    return _everywhere(walked, positive, True, statement.depth_low, statement.depth_high)


# --- witnesses --------------------------------------------------------------------------------------------------------


def _inputs(domain: Interval) -> list[Expr]:
    return sorted(point for point in {*GRID, *NEAR_ENDS} if inside(point, domain))


def _special(network: Network, parameters: tuple[Interval, ...]) -> Iterator[tuple[Network, dict[str, str]]]:
    """The network at a few values of its parameter."""
    if not network.parameters:
        yield network, {}
        return
    for interval in parameters:
        for value in (Rational(1, 4), Rational(1, 2), Integer(1)):
            one = network.substitute(interval.symbol, value)
            if inside(value, interval) and not one.parameters:
                yield one, {str(interval.symbol): str(value)}


def _values(network: Network, quantity: Quantity, depths: range, inputs: list[Expr]) -> dict[int, list[arb]]:
    columns = [trajectory(network, depths, corr, digits=20) for corr in inputs]
    return {depth: [getattr(column[depth], quantity.value) for column in columns] for depth in depths}


def _depths(low: int, high: int | None) -> range:
    end = low + LOOKED_AT
    return range(low, end if high is None else min(end, high + 1))


def _crooked(statement: Shaped) -> Evidence | None:
    """Inputs and depths that contradict the form."""
    inputs, form = _inputs(statement.correlations), statement.form
    depths = _depths(statement.depth_low, statement.depth_high)
    for network, put in _special(statement.network, statement.parameters):
        try:
            table = _values(network, statement.quantity, depths, inputs)
        except NtkproofError:
            continue
        with precision(128):
            said = (
                _along(table, inputs, form) if form in (Form.DEEPENING, Form.FADING) else _across(table, inputs, form)
            )
        if said is not None:
            where = "".join(f"{name} = {value}: " for name, value in put.items())
            return found(Outcome.REFUTES, where + said[0], witness={**put, **said[1]})
    return None


def _along(table: dict[int, list[arb]], inputs: list[Expr], form: Form) -> tuple[str, dict[str, str]] | None:
    for (depth, row), (_, after) in pairwise(table.items()):
        for corr, value, then in zip(inputs, row, after, strict=True):
            if value > then if form is Form.DEEPENING else value < then:
                said = f"at c = {corr} the value goes from {value.str(8)} at L = {depth} to {then.str(8)}"
                return said, {"c": str(corr), "L": str(depth)}
    return None


def _across(table: dict[int, list[arb]], inputs: list[Expr], form: Form) -> tuple[str, dict[str, str]] | None:
    for depth, row in table.items():
        seen = list(zip(inputs, row, strict=True))
        for (corr, value), (other, then) in pairwise(seen):
            falls = form in (Form.RISING, Form.ABSOLUTE) and value > then
            if falls or (form is Form.FALLING and value < then):
                said = f"at L = {depth} the value is {value.str(8)} at c = {corr} and {then.str(8)} at c = {other}"
                return said, {"L": str(depth), "c": str(other)}
        for left, (corr, value), right in zip(seen, seen[1:], seen[2:], strict=False):
            if form in (Form.CONVEX, Form.ABSOLUTE) and _above_the_chord(left, (corr, value), right):
                said = f"at L = {depth} the value at c = {corr} lies above the chord from c = {left[0]} to {right[0]}"
                return said, {"L": str(depth), "c": str(corr)}
    return None


def _above_the_chord(left: tuple[Expr, arb], middle: tuple[Expr, arb], right: tuple[Expr, arb]) -> bool:
    a, b, c = (arb(int(point.p)) / int(point.q) for point, _ in (left, middle, right))
    return bool(middle[1] * (c - a) > left[1] * (c - b) + right[1] * (b - a))


def _overtaken(statement: Ranking) -> Evidence | None:
    """A depth and an input at which the order is the other one."""
    inputs, depths = _inputs(statement.correlations), _depths(statement.depth_low, None)
    ours, theirs = ([*_special(one, statement.parameters)] for one in (statement.network, statement.other))
    single = 1 in (len(ours), len(theirs))  # only one of the two has a parameter, or neither
    pairs = product(ours, theirs) if single else zip(ours, theirs, strict=True)
    for (below, put), (above, also) in pairs:
        lower = _values(below, statement.quantity, depths, inputs)
        upper = _values(above, statement.other_quantity, depths, inputs)
        for depth in depths:
            for corr, small, large in zip(inputs, lower[depth], upper[depth], strict=True):
                with precision(128):
                    wrong = small > large
                if wrong:
                    said = f"at c = {corr}, L = {depth}: {small.str(8)} > {large.str(8)}"
                    return found(Outcome.REFUTES, said, witness={**put, **also, "c": str(corr), "L": str(depth)})
    return None


__all__ = ["decide_definite", "decide_positive", "decide_ranking", "decide_shaped"]
