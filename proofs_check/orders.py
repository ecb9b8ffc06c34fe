"""Limits, expansions and orders of growth, decided from proved bounds.

Every statement is of the form value - center = O(g), o(g) or Theta(g): a limit is value - e = o(1), an expansion
value - sum t_i = o(the smallest t_i that depends on L). A proved bound lower <= value <= upper gives expansions of lower - center
and upper - center in the scales L^p log(L)^q; the statement follows if no scale in them exceeds g, and is contradicted if the
leading term of a lower bound is positive (of an upper bound negative) and exceeds g.

Uniformity. The constants behind O may depend on c in a pointwise statement: then it is enough that every coefficient is defined
at each point. Otherwise they are one for the domain: every coefficient must be bounded, every divisor bounded away from 0. A
uniform statement on a domain extends to its closure and back, since a kernel of fixed depth is continuous in c; so it may be
refuted at an end of the domain that the domain itself leaves out, and proved on the domain without its ends.

What can go wrong. Leading coefficients are compared with zero by replayed algebra or by balls, never by SymPy's assumptions;
an undecided comparison leaves the claim undecided.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from sympy import Add, Expr, Integer, expand, log, nan, oo, zoo

from numerics.balls import evaluate, to_strings
from proofs_check.bounded import (
    is_bounded,
    is_bounded_away_from_zero,
    is_finite,
    is_nonzero,
    is_positive,
)
from proofs_check.defined import not_shown_real
from proofs_check.facts import facts_of
from proofs_check.general_facts import Bound
from proofs_check.intervals import covers, inside, points
from proofs_check.pieces import (
    at_point,
    common,
    cover,
    fixed_gamma,
    in_theta,
    inside_range,
    interior,
    pieces,
    slope_pieces,
)
from proofs_check.signs import sign_of
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.asymptotics import Comparison, Expansion, GammaRange, Scale
from theory.claims import Depth, Interval
from theory.constants import exact_sign
from theory.errors import BeyondReach
from theory.language import Chain, Holds, Limit, Order
from theory.language import Expansion as ExpansionStatement

Relation = Literal["O", "o", "Theta"]
TRIED = 5


@dataclass(frozen=True, kw_only=True)
class Growth:
    """value - center = relation(bound).

    excludes   a point where the bound vanishes is not spoken of
    nonzero    coefficients that must not vanish on the domain, for the bound to be what it is taken for
    """

    center: Expr
    relation: Relation
    bound: Expr
    pointwise: bool
    excludes: bool = False
    nonzero: tuple[Expr, ...] = ()


def growth_of(holds: Holds, gammas: GammaRange) -> Growth:
    """The common form of limits, expansions and orders.

    raises  BeyondReach for other statements
    """
    match holds:
        case Limit(target=target):
            return Growth(center=target, relation="o", bound=Integer(1), pointwise=True)
        case ExpansionStatement(terms=terms):
            smallest = _smallest(terms, gammas)
            varying = [_lead(term, gammas) for term in terms if term.has(symbols.depth)]
            return Growth(
                center=Add(*terms),
                relation="o",
                bound=smallest,
                pointwise=True,
                # a term of one scale is 0 where its coefficient is; any other is smaller there, but not 0
                excludes=all(single for _, single in varying),
                nonzero=tuple(coefficient for coefficient, single in varying if not single),
            )
        case Order(difference=difference, symbol=relation, bound=bound):
            slope = difference.diff(symbols.value)
            if slope.free_symbols or exact_sign(slope) not in (-1, 1):
                raise BeyondReach(f"{difference}: only constant multiples of value minus an expression are decided")
            center = expand(symbols.value - difference / slope)
            return Growth(center=center, relation=relation, bound=bound, pointwise=False)
        case Chain():
            raise BeyondReach("this form is not about an order of growth")


def _smallest(terms: tuple[Expr, ...], gammas: GammaRange) -> Expr:
    """The term of slowest growth among those that depend on L; 1 if none does."""
    comparison = Comparison(gammas)
    best: tuple[Scale, Expr] | None = None
    for term in terms:
        if term.has(symbols.depth):
            lead = comparison.leading(comparison.expand(in_theta(term)))
            order = None if lead is None or best is None else comparison.compare(lead[0], best[0])
            if lead is None or (best is not None and order is None):
                raise BeyondReach(f"the order of {term} is not determined")
            if best is None or order == -1:
                best = (lead[0], term)
    return Integer(1) if best is None else best[1]


def _lead(term: Expr, gammas: GammaRange) -> tuple[Expr, bool]:
    """The leading coefficient of a term, and whether the term is that coefficient times one scale exactly."""
    comparison = Comparison(gammas)
    expansion = comparison.expand(in_theta(term))
    lead = comparison.leading(expansion)
    if lead is None:
        raise BeyondReach(f"the order of {term} is not determined")
    return lead[1], len(expansion.terms) == 1 and not expansion.remainders


def decide_growth(statement: Depth) -> Evidence:
    """PROVES, REFUTES or UNDECIDED for a limit, an expansion or an order of growth."""
    used: list[Bound] = []
    for piece, gammas in pieces(statement):
        facts, reason = facts_of(piece, gammas)
        case = _case(piece, gammas)
        proofs = case.proofs(facts)
        if proofs is None:
            open_slope = symbols.slant in piece.network.parameters  # refuted at one slope by the caller
            witness = None if open_slope else case.refuted(facts) or _refuted_at_one_gamma(piece, gammas)
            if witness is not None:
                return witness
            why = reason or "the proved bounds do not decide it"
            tried = {"theorems": [bound.as_data() for bound in facts]}
            return Evidence(engine="certificates", outcome=Outcome.UNDECIDED, summary=why, data=tried)
        used.extend(proofs)
    unreal = next(filter(None, map(not_shown_real, slope_pieces(statement))), None)
    if unreal is not None:
        return Evidence(engine="certificates", outcome=Outcome.UNDECIDED, summary=unreal)
    sources = list(dict.fromkeys(bound.source for bound in used))
    return Evidence(
        engine="certificates",
        outcome=Outcome.PROVES,
        summary=f"follows for every L from {'; '.join(sources)}",
        data={"theorems": [bound.as_data() for bound in dict.fromkeys(used)]},
    )


def _case(piece: Depth, gammas: GammaRange) -> "_Case":
    growth = growth_of(piece.holds, gammas)
    pointwise = growth.pointwise or piece.pointwise
    return _Case(statement=piece, growth=growth, gammas=gammas, pointwise=pointwise, scale=_scale(growth, gammas))


def _refuted_at_one_gamma(piece: Depth, gammas: GammaRange) -> Evidence | None:
    """A contradiction at one exact gamma inside an open range, where exponents may cross."""
    for gamma in inside_range(gammas) if gammas.low != gammas.high and piece.parameters else ():
        fixed, at = fixed_gamma(piece, gamma)
        facts, _ = facts_of(fixed, at)
        found = _case(fixed, at).refuted(facts)
        if found is not None:
            return found
    return None


def _vanishes(expansion: Expansion) -> bool:
    """Whether the function is 0 exactly."""
    return not expansion.terms and not expansion.remainders


def _scale(growth: Growth, gammas: GammaRange) -> tuple[Scale, Expr, Comparison]:
    """Leading scale and coefficient of g, and what its expansion needs."""
    comparison = Comparison(gammas)
    lead = comparison.leading(comparison.expand(in_theta(growth.bound)))
    if lead is None or is_zero(lead[1]) is Answer.YES:
        raise BeyondReach(f"the order of {growth.bound} is not determined")
    return lead[0], lead[1], comparison


@dataclass(frozen=True, kw_only=True)
class _Case:
    """A statement of growth over one piece of the range of gamma."""

    statement: Depth
    growth: Growth
    gammas: GammaRange
    pointwise: bool
    scale: tuple[Scale, Expr, Comparison]

    def _side(self, side: Expr, domain: Interval) -> tuple[Expansion, Comparison]:
        """The expansion of a bound minus the center; coefficients that vanish by algebra are dropped."""
        comparison = Comparison(self.gammas)
        difference = side - in_theta(self.growth.center)
        if domain.low == domain.high:
            difference = at_point(difference, domain.low)
        expansion = comparison.expand(difference)
        kept = {scale: value for scale, value in expansion.terms.items() if is_zero(value) is not Answer.YES}
        return Expansion(terms=kept, remainders=expansion.remainders), comparison

    # --- proof

    def proofs(self, facts: list[Bound]) -> list[Bound] | None:
        """Facts that together prove the statement on its whole domain, or None."""
        domain = self.statement.correlations
        if self.pointwise or domain.low == domain.high:
            return cover(domain, [fact for fact in facts if self._proves(fact)])
        inner = interior(domain)
        whole = (fact for fact in facts if covers(fact.correlations, inner))
        return next(([fact] for fact in whole if self._proves(fact)), None)

    def _proves(self, fact: Bound) -> bool:
        if fact.lower is None or fact.upper is None:
            return False
        domain = common(fact.correlations, self.statement.correlations)
        if domain is None:
            return False
        try:
            sides = [self._side(side, domain) for side in (fact.lower, fact.upper)]
        except BeyondReach:
            return False
        wanted, coefficient, needed = self.scale
        if domain.low == domain.high:
            coefficient = at_point(coefficient, domain.low)
        limit = -1 if self.growth.relation == "o" else 0
        for expansion, comparison in sides:
            orders = [comparison.compare(scale, wanted) for scale in expansion.scales]
            if any(order is None or order > limit for order in orders):
                return False
        if not all(self._holds_up(comparison, domain) for comparison in (needed, *(c for _, c in sides))):
            return False
        if not self.growth.excludes and not self._apart(coefficient, domain):
            return False
        if not all(self._apart(e, domain) for e in self.growth.nonzero):
            return False
        return self.growth.relation != "Theta" or self._stays_away([e for e, _ in sides], domain)

    def _stays_away(self, sides: list[Expansion], domain: Interval) -> bool:
        """Whether value - center also stays above a multiple of g: one side keeps its sign at the order of g."""
        comparison = Comparison(self.gammas)
        for side, sign in ((sides[0], 1), (sides[1], -1)):
            lead = comparison.leading(side)
            if lead is None or comparison.compare(lead[0], self.scale[0]) != 0:
                continue
            some = next(iter(points(domain, closure=False)), None)
            if some is None or _sign(at_point(lead[1], some)) != sign:
                continue
            if self._apart(lead[1], domain):
                return True
        return False

    def _apart(self, coefficient: Expr, domain: Interval) -> bool:
        """Whether a coefficient does not vanish: at each point, or by a margin where one constant is claimed."""
        if self.pointwise or domain.low == domain.high:
            return is_nonzero(coefficient, domain)
        return is_bounded_away_from_zero(coefficient, domain)

    def _holds_up(self, comparison: Comparison, domain: Interval) -> bool:
        """Whether the constants of the expansions exist: at each point, or together."""
        if domain.low == domain.high:
            bounded, divisors, positive = ([at_point(e, domain.low) for e in some] for some in _lists(comparison))
            return (
                all(is_finite(e, domain) for e in bounded)
                and all(is_nonzero(e, domain) for e in divisors)
                and all(is_positive(e, domain) for e in positive)
            )
        bounded, divisors, positive = _lists(comparison)
        if not all(is_positive(e, domain) for e in positive):
            return False
        if self.pointwise:
            return all(is_finite(e, domain) for e in bounded) and all(is_nonzero(e, domain) for e in divisors)
        return all(is_bounded(e, domain) for e in bounded) and all(
            is_bounded_away_from_zero(e, domain) for e in (*divisors, *positive)
        )

    # --- refutation

    def refuted(self, facts: list[Bound]) -> Evidence | None:
        """A point of the domain (of its closure, for uniform statements) where a proved bound contradicts the statement.

        Everything is expanded at the point itself, where g may have another order than at the points around it.
        """
        for point in self._tried():
            g = self._at(self.growth.bound, point)
            if g is None or (_vanishes(g[0]) and self.growth.excludes):
                continue
            for fact in facts:
                if inside(point, fact.correlations):
                    found = self._beyond(fact, point, *g) or self._too_small(fact, point, *g)
                    if found is not None:
                        return found
        return None

    def _tried(self) -> Iterator[Expr]:
        """A few points: the first of the usual ones, and the ends."""
        domain = self.statement.correlations
        usual = list(points(domain, closure=not self.pointwise))
        yield from dict.fromkeys([*usual[:TRIED], *(p for p in usual if p in (domain.low, domain.high))])

    def _at(self, expression: Expr, point: Expr) -> tuple[Expansion, Comparison] | None:
        """The expansion in L at one input; None where it has none or is not defined there."""
        comparison = Comparison(self.gammas)
        number = at_point(in_theta(expression), point)
        if number.has(zoo, nan, oo):
            return None
        try:
            expansion = comparison.expand(number)
        except BeyondReach:
            return None
        if not self._holds_up(comparison, replace(self.statement.correlations, low=point, high=point)):
            return None
        kept = {scale: value for scale, value in expansion.terms.items() if is_zero(value) is not Answer.YES}
        return Expansion(terms=kept, remainders=expansion.remainders), comparison

    def _beyond(self, fact: Bound, point: Expr, g: Expansion, comparison: Comparison) -> Evidence | None:
        """A bound that exceeds every multiple (for o: some multiple) of g at the point."""
        size = comparison.leading(g)
        for side, away in ((fact.lower, 1), (fact.upper, -1)):
            found = None if side is None else self._at(side - self.growth.center, point)
            lead = None if found is None else comparison.leading(found[0])
            if lead is None or _sign(lead[1]) != away:
                continue
            order = None if size is None else comparison.compare(lead[0], size[0])
            beyond = order is not None and order >= (0 if self.growth.relation == "o" else 1)
            if beyond or _vanishes(g):
                return self._contradiction(fact, point, lead, away)
        return None

    def _too_small(self, fact: Bound, point: Expr, g: Expansion, comparison: Comparison) -> Evidence | None:
        """Theta(g) fails where the value is proved to be o(g)."""
        size = comparison.leading(g)
        if self.growth.relation != "Theta" or size is None or fact.lower is None or fact.upper is None:
            return None
        sides = [self._at(side - self.growth.center, point) for side in (fact.lower, fact.upper)]
        scales = [None] if None in sides else [s for found in sides if found is not None for s in found[0].scales]
        if any(scale is None or comparison.compare(scale, size[0]) != -1 for scale in scales):
            return None
        return Evidence(
            engine="certificates",
            outcome=Outcome.REFUTES,
            summary=f"at c = {point} the difference is o({self.growth.bound}), by {fact.source}",
            data={"witness": {"c": str(point), **self._gamma_data()}, "theorem": fact.as_data()},
        )

    def _contradiction(self, fact: Bound, point: Expr, lead: tuple[Scale, Expr], away: int) -> Evidence:
        exact = at_point(lead[1], point)
        mid, rad = to_strings(evaluate(exact, {}), 10)
        depth = symbols.depth
        growth = depth ** lead[0][0] * log(depth) ** lead[0][1]
        size = "" if growth == 1 else f" * {growth}"
        center = at_point(in_theta(self.growth.center), point)
        left = "value" if center == 0 else f"value - ({center})"
        number = mid if exact.is_Rational or exact.count_ops() > 12 else f"{exact} = {mid}"
        ends = "" if inside(point, self.statement.correlations) else " (an end of the domain; the statement is uniform)"
        where = ", ".join([f"c = {point}{ends}", *(f"{name} = {value}" for name, value in self._gamma_data().items())])
        claimed = f"{self.growth.relation}({at_point(in_theta(self.growth.bound), point)})"
        return Evidence(
            engine="certificates",
            outcome=Outcome.REFUTES,
            summary=(
                f"at {where} a proved bound gives {left} {'>=' if away > 0 else '<='} ({number} + o(1)){size}, "
                f"which is not {claimed}; by {fact.source}"
            ),
            data={
                "witness": {"c": str(point), **self._gamma_data()},
                "coefficient": {"mid": mid, "rad": rad},
                "growth": str(growth),
                "theorem": fact.as_data(),
            },
        )

    def _gamma_data(self) -> dict[str, str]:
        if self.gammas.low == self.gammas.high:
            return {"gamma": str(self.gammas.low)}
        if not self.statement.parameters:
            return {}
        return {"gamma": f"any in ({self.gammas.low}, {self.gammas.high})"}


def _lists(comparison: Comparison) -> tuple[list[Expr], list[Expr], list[Expr]]:
    """Bounded, divisors and positive, in a fixed order."""
    bounded, divisors, positive = comparison.bounded, comparison.divisors, comparison.positive
    return sorted(bounded, key=str), sorted(divisors, key=str), sorted(positive, key=str)


def _sign(coefficient: Expr) -> int | None:
    """Sign of a coefficient free of symbols, by balls."""
    return None if coefficient.free_symbols or coefficient.has(zoo, nan, oo) else sign_of(coefficient)
