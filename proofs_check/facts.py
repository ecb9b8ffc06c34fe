"""What is proved about a network's kernel at every depth: bounds from certificates, matched with its derived recursion.

Idea. A certificate proves a statement about a *map*: the next correlation, the factor and source of the tangent kernel, its
initial value. The network's own map is derived from its layers. Only if the two are equal by replayed algebra do the
conclusions become facts about the network. The parameter mu of the family (mu = 1 for ReLU) is read off the derived map
at one angle; a wrong guess fails the comparison. A slope left open is written by v in (0, 1] (``proofs_check.pieces``).

What can go wrong. A conclusion may hold only beyond some depth (``condition``): it may refute a rate but not bound a given
depth. Bounds in eta = h/(1+h) are offered with eta replaced by the larger h too, where every term grows with eta.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sympy import Expr, Integer, Rational, Symbol, expand, pi

from proofs_check import flow_facts, schedule_facts
from proofs_check.bias_facts import bias_conclusions
from proofs_check.bounded import is_positive
from proofs_check.checker.theorems import THEOREMS
from proofs_check.general_facts import (
    Bound,
    always,
    at_opposite_inputs,
    coinciding,
    fading_branches,
    near_the_diagonal,
)
from proofs_check.inequalities import is_nonnegative_for_all_depths
from proofs_check.intervals import INSIDE, compare
from proofs_check.smooth_facts import LETTERS, constants_for, rates, shown, smooth_map
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.asymptotics import Comparison, GammaRange
from theory.claims import Depth, Interval, Quantity
from theory.duals import in_angle
from theory.errors import BeyondReach, NtkproofError
from theory.parsing import parse
from theory.recursion import CorrelationRecursion, correlation_form

NAMES: dict[str, Expr] = {
    "L": symbols.depth,
    "theta": symbols.theta,
    "t": symbols.theta,
    "eta": symbols.eta,
    "mu": symbols.mu,
    "phi": symbols.first_angle,
    "flow": symbols.flow,
    "tau": symbols.tau,
    "x": symbols.steps,
    **LETTERS,
}


_NORMALISED = (Quantity.NORMALIZED_NTK, Quantity.NORMALIZED_NNGP, Quantity.ANGLE)
LONGEST = 80
"""Operations beyond which a number is not tried as mu."""
_V = symbols.slant
_UP_TO_ONE, _FROM_ONE = 2 * _V**2 / (1 + _V**2), 2 / (1 + _V**2)
"""Mu of the slopes (1 - v)/(1 + v) and -(1 - v)/(1 + v), 0 < v <= 1."""


def facts_of(statement: Depth, gammas: GammaRange) -> tuple[list[Bound], str]:
    """Proved bounds on the statement's quantity, and why there are no more of them."""
    try:
        form = correlation_form(statement.network)
    except NtkproofError as error:
        return [], str(error)
    facts = [coinciding(statement, form), *always(statement.quantity), *at_opposite_inputs(statement)]
    try:
        if form is None:
            biased = [fact for fact in _biased(statement) if fact.quantity is statement.quantity]
            return facts + biased, "" if biased else "no meta-theorem covers the way in which the lengths change"
        found = [*_feedforward(form), *_residual(statement, form, gammas), *_scheduled(form), *fading_branches(form)]
        found = [*found, *_smooth(statement, form)] or [*_biased(statement)]
    except NtkproofError as error:
        return facts, str(error)
    facts += [fact for fact in found if fact.quantity is statement.quantity]
    if found:
        return facts, ""
    free = sorted(map(str, statement.network.parameters - {symbols.gamma}))
    if free:
        names = ", ".join(free)
        return facts, f"the theorems are applied at one value of {names} at a time, not over a range"
    return facts, "no meta-theorem for every depth covers this map"


@dataclass(frozen=True, kw_only=True)
class Restart:
    """For every L >= l: Theta_L >= lower, an expression in L and M, for M at most every one of at_most.

    at_most   in l, phi and T: the depth, and the angle and the tangent kernel there
    """

    at_most: tuple[Expr, ...]
    lower: Expr
    source: str
    theorem: str
    mu: Fraction


RESTART_NAMES: dict[str, Expr] = {"L": symbols.depth, "l": symbols.layer, "phi": symbols.theta, "T": symbols.ntk}
LEAST = Symbol("M", real=True)


def restart_of(statement: Depth) -> Restart | None:
    """The theorem that bounds the tangent kernel below from its values at one depth, where one covers the network."""
    form = correlation_form(statement.network)
    match = None if form is None or not _keeps_length_one(form) else matched_feedforward(form)
    if match is None or match.member is None:
        return None
    names = {**RESTART_NAMES, "M": LEAST}
    for found in match.conclusions:
        if found["kind"] == "restart" and found["quantity"] == "ntk" and found["correlations"] == "[-1,1)":
            return Restart(
                at_most=tuple(parse(text, names=names, what="certificate") for text in found["at_most"]),
                lower=parse(found["lower"], names=names, what="certificate"),
                source=f"theorem {match.theorem} ({match.name}), restarted",
                theorem=match.theorem,
                mu=match.member,
            )
    return None


def _feedforward(form: CorrelationRecursion) -> Iterator[Bound]:
    """Bounds from the theorems on cos G = cos t + mu S with Theta_0 = cos t.

    They speak of K/q and Theta/q, whatever the length q and its growth in a layer: of the normalised kernels and the angle as
    they are, of the kernels themselves only where q is 1 at every depth.
    """
    match = matched_feedforward(form)
    if match is not None:
        alike = _keeps_length_one(form)
        yield from (bound for bound, _ in _bounds(match) if alike or bound.quantity in _NORMALISED)
        yield near_the_diagonal(match.mu)


def _keeps_length_one(form: CorrelationRecursion) -> bool:
    return bool(form.growth == 1 and form.length == 1)


@dataclass(frozen=True, kw_only=True)
class Match:
    """A certificate whose map is that of the network, and the conclusions that the checker returns for it.

    mu  the member of the family that the certificate names, or the network's member of a range that it covers
    """

    theorem: str
    name: str
    mu: Expr
    conclusions: list[dict[str, Any]]

    @property
    def member(self) -> Fraction | None:
        """Mu where the certificate is for it alone."""
        return _exact_member(self.theorem, self.mu)


def _exact_member(theorem: str, mu: Expr) -> Fraction | None:
    exact = theorem not in THEOREMS or THEOREMS[theorem].mu == "exact"
    return Fraction(int(mu.p), int(mu.q)) if exact else None


def matched_feedforward(form: CorrelationRecursion) -> Match | None:
    """The certificate of the feedforward theorem that speaks of mu, where the derived recursion, up to the length, is its own."""
    cosine = in_angle(form.correlation)
    mu = _parameter(cosine, Integer(1))
    if mu is None:
        return None
    ours = {
        "cosine": cosine,
        "kdot": in_angle(form.factor),
        "source": in_angle(form.source),
        "initial": in_angle(form.initial),
    }
    diagonal = (form.diagonal_factor - 1, form.diagonal_source - 1, form.diagonal_initial - 1)
    if any(is_zero(e) is not Answer.YES for e in diagonal):
        return None
    return _matched(_theorem_for(mu), mu, ours, {})


def _theorem_for(mu: Expr) -> str:
    """The feedforward theorem that covers this mu of (0, 2)."""
    if mu.is_Rational and mu <= 1:
        return "ffnet-critical-angle"
    below = mu.has(symbols.slant) and is_zero(mu - _UP_TO_ONE) is Answer.YES
    return (
        "ffnet-slopes" if below or (not mu.free_symbols and compare(mu, Integer(1)) <= 0) else "ffnet-negative-slopes"
    )


@dataclass(frozen=True, kw_only=True)
class ResidualForm:
    """A recursion c' = c + eta mu S with t_0 = 0, eta = h/(1+h), h free of the layer: mu, h and the map in theta."""

    mu: Fraction
    scale: Expr
    map: dict[str, Expr]

    @property
    def eta(self) -> Expr:
        """The weight of the branch."""
        found: Expr = self.scale / (1 + self.scale)
        return found


def _residual(statement: Depth, form: CorrelationRecursion, gammas: GammaRange) -> Iterator[Bound]:
    """Bounds from the theorems on residual networks."""
    found = residual_form(form)
    if found is None:
        return
    general = RESIDUAL if found.mu == 1 else RESIDUAL[:1]
    for theorem in () if flow_facts.speaks_of_it(statement) else general:
        match = matched_residual(theorem, found)
        for bound, condition in () if match is None else _bounds(match):
            kept = _conditioned(bound, condition, found.scale, gammas)
            if kept is not None:
                yield from _in_scale(kept, found.eta, found.scale)
    match = None if flow_facts.time_of(found) is None else matched_residual(flow_facts.NAME, found)
    if match is None or not all(flow_facts.is_meant(one, match.mu) for one in match.conclusions):
        return
    for bound, condition in _bounds(match):
        if condition == flow_facts.CONDITION:
            yield from flow_facts.at_flow(statement, bound, found)


RESIDUAL = ("resnet-angle", "resnet-half-rate")
"""The theorems on residual networks with any scale; the second one speaks of mu = 1 only."""


def residual_form(form: CorrelationRecursion) -> ResidualForm | None:
    """The derived recursion as that of a residual network with h > 0, or None."""
    scale = expand(form.growth - 1)
    if not scale.has(symbols.depth) and not (scale.is_Rational and scale > 0):
        return None
    if scale.has(symbols.layer) or scale.has(symbols.alpha) or not is_positive(scale, INSIDE):
        return None  # h > 0 at every depth is a hypothesis
    return _of_family(form, scale)


def _of_family(form: CorrelationRecursion, scale: Expr) -> ResidualForm | None:
    """The form, where the derived recursion is one of the family with the steps eta = h/(1+h)."""
    cosine = in_angle(form.correlation)
    eta = scale / (1 + scale)
    mu = _parameter(cosine, eta)
    diagonal = (form.diagonal_factor - 1, form.diagonal_source - 2 * eta, form.diagonal_initial)
    if mu is None or not (mu.is_Rational and mu <= 1) or any(is_zero(e) is not Answer.YES for e in diagonal):
        return None
    ours = {
        "correlation": cosine,
        "factor": in_angle(form.factor),
        "source": in_angle(form.source),
        "initial": in_angle(form.initial),
    }
    return ResidualForm(mu=Fraction(int(mu.p), int(mu.q)), scale=scale, map=ours)


def _scheduled(form: CorrelationRecursion) -> Iterator[Bound]:
    """Bounds from the theorems on residual networks for a scale that depends on the layer."""
    scale = form.growth - 1
    total = schedule_facts.sum_of_steps(scale) if scale.has(symbols.layer) else None
    found = None if total is None else _of_family(form, scale)
    if total is None or found is None:
        return
    for theorem in RESIDUAL if found.mu == 1 else RESIDUAL[:1]:
        match = matched_residual(theorem, found)
        if match is None:
            continue
        for one, x in schedule_facts.scheduled(match.conclusions, total):
            bound = _bound(match, one)
            lower, upper = (None if e is None else e.subs(symbols.steps, x) for e in (bound.lower, bound.upper))
            yield replace(bound, lower=lower, upper=upper)


def matched_residual(theorem: str, found: ResidualForm) -> Match | None:
    """The certificate and its conclusions, where the theorem's map is the network's."""
    mu = Rational(found.mu.numerator, found.mu.denominator)
    return _matched(theorem, mu, found.map, {symbols.eta: found.eta})


def _smooth(statement: Depth, form: CorrelationRecursion) -> Iterator[Bound]:
    """Bounds from the theorems that assume a few numbers of a smooth map."""
    from proofs_check.certify import search_smooth, shipped_as
    from proofs_check.checker import check

    numbers = smooth_map(form)
    if numbers is None:
        return
    for rate in (None, *rates(statement)):
        theorem, given = constants_for(numbers, rate, contracting=statement.quantity is Quantity.NORMALIZED_NNGP)
        certificate = search_smooth(theorem, given)
        proved = check(certificate)
        trained = {"kappa(c)+b*kappa'(c)": True, "kappa(c)": numbers.b == 0}.get(proved["map"]["source"], False)
        if not trained or not shown(numbers, proved["assumes"]):
            continue
        odd = is_zero(form.correlation.subs(symbols.c, 0)) is Answer.YES
        source, text = f"theorem {theorem} ({shipped_as(certificate)})", json.dumps(certificate)
        for found in proved["conclusions"]:
            bound = _concluded(found, numbers.exact, source=source, theorem=theorem, certificate=text)
            sides = bound.lower, bound.upper
            open_letters = any(side is not None and side.has(*LETTERS.values()) for side in sides)
            unmet = {None: False, "kappa(0) = 0": not odd}.get(found["condition"], True)
            if open_letters or unmet or (found["quantity"] == "ntk" and form.length != 1):
                continue
            yield bound
        if numbers.critical:
            return


def _biased(statement: Depth) -> Iterator[Bound]:
    """Bounds from the theorems on ReLU networks with biases, whose lengths change."""
    for found, theorem, name, certificate in bias_conclusions(statement.network):
        source = f"theorem {theorem} ({name or 'a certificate searched now'})"
        yield _concluded(found, {}, source=source, theorem=theorem, certificate=json.dumps(certificate))


def _parameter(cosine: Expr, eta: Expr) -> Expr | None:
    """Mu from the increment of the correlation at theta = pi/2, where S = 1/pi; None unless it lies in (0, 2).

    It is a number, or one of the two expressions in v whose values for 0 < v <= 1 are (0, 1] and [1, 2).
    """
    guess = expand(cosine.subs(symbols.theta, pi / 2) * pi / eta)
    if not guess.free_symbols and guess.count_ops() > LONGEST:
        return None
    guess = guess.simplify()
    if not guess.free_symbols:
        return guess if guess.is_number and compare(guess, Integer(0)) > 0 > compare(guess, Integer(2)) else None
    return next((mu for mu in (_UP_TO_ONE, _FROM_ONE) if is_zero(guess - mu) is Answer.YES), None)


@lru_cache(maxsize=32)
def _checked(theorem: str, mu: Fraction | None) -> tuple[str, dict[str, Any]]:
    """The statement that the checker returns for the certificate, and the certificate's name."""
    from proofs_check.certify import certificate
    from proofs_check.checker import Rejected, check

    name, data = certificate(theorem, mu)
    try:
        return name, check(data)
    except Rejected as error:
        raise BeyondReach(f"{name}: the checker rejects it: {error}") from None


def _matched(theorem: str, mu: Expr, ours: dict[str, Expr], values: dict[Expr, Expr]) -> Match | None:
    """The certificate and the conclusions that the checker returns, if its map equals ours by replayed algebra."""
    member = _exact_member(theorem, mu)
    name, statement = _checked(theorem, member)
    at = {symbols.mu: mu, **values}
    proved = {key: _read(text).subs(at) for key, text in statement["map"].items()}
    if set(proved) != set(ours) or statement["mu"] != (THEOREMS[theorem].mu if member is None else str(member)):
        return None
    if any(is_zero(proved[key] - ours[key]) is not Answer.YES for key in ours):
        return None
    conclusions: list[dict[str, Any]] = statement["conclusions"]
    return Match(theorem=theorem, name=name, mu=mu, conclusions=conclusions)


def _bounds(match: Match) -> Iterator[tuple[Bound, str | None]]:
    """The conclusions that are bounds at every depth, each with its condition."""
    yield from ((_bound(match, found), found["condition"]) for found in match.conclusions if found["kind"] == "bound")


def _bound(match: Match, found: dict[str, Any]) -> Bound:
    source = f"theorem {match.theorem} ({match.name})"
    return _concluded(found, {symbols.mu: match.mu}, source=source, theorem=match.theorem, mu=match.member)


def _concluded(found: dict[str, Any], at: Mapping[Symbol, Expr], **origin: Any) -> Bound:
    """The bound that a conclusion of the checker states, at values of its letters; origin as in Bound."""
    lower, upper = (None if found[side] is None else _read(found[side]).subs(at) for side in ("lower", "upper"))
    return Bound(
        quantity=Quantity(found["quantity"]),
        lower=lower,
        upper=upper,
        correlations=correlations_of(found["correlations"]),
        first=found["first"],
        **origin,
    )


def _read(text: str) -> Expr:
    return parse(text, names=NAMES, what="certificate")


def correlations_of(text: str) -> Interval:
    """The interval of c that a conclusion names, such as [-1,1)."""
    low, high = (parse(end) for end in text[1:-1].split(","))
    return Interval(symbol=symbols.c, low=low, high=high, low_closed=text[0] == "[", high_closed=text[-1] == "]")


def _conditioned(bound: Bound, condition: str | None, scale: Expr, gammas: GammaRange) -> Bound | None:
    """The bound if its condition on h holds for every depth; marked conditional if for all large ones; else None."""
    if condition is None:
        return bound
    if condition == "eta = 1/(L+1)":
        return bound if is_zero(scale - 1 / symbols.depth) is Answer.YES else None
    comparison = Comparison(gammas)
    expansion = comparison.expand(scale)
    terms = expansion.terms
    if len(terms) != 1 or expansion.remainders:
        return None  # the scale must be one power of L exactly, at every depth
    (((power, log_power), coefficient),) = terms.items()
    if log_power != 0 or coefficient.free_symbols:
        return None
    if condition == "h <= 1":
        return bound if gammas.sign(power) in (0, -1) and compare(coefficient, Integer(1)) <= 0 else None
    if condition == "eta*L <= 1/2":
        return replace(bound, condition=condition) if gammas.sign(power + 1) == -1 else None
    return None


def _in_scale(bound: Bound, eta: Expr, scale: Expr) -> Iterator[Bound]:
    """The bound with the larger h for eta = h/(1+h) where that only widens it, which is shorter, and the bound at eta."""

    def put(value: Expr) -> Bound:
        sides = (None if side is None else side.subs(symbols.eta, value) for side in (bound.lower, bound.upper))
        lower, upper = sides
        return replace(bound, lower=lower, upper=upper)

    falls = bound.lower is None or _grows(-bound.lower.diff(symbols.eta))
    if falls and (bound.upper is None or _grows(bound.upper.diff(symbols.eta))):
        yield put(scale)
    yield put(eta)


def _grows(slope: Expr) -> bool:
    """Whether a derivative in eta is nonnegative for theta in (0, pi), L >= 1, eta > 0, by structure."""
    return is_nonnegative_for_all_depths(slope.subs(symbols.eta, symbols.gamma), 1)
