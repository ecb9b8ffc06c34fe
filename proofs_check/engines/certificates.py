"""Statements about every depth, from theorems whose certificates the checker has accepted.

Idea. ``proofs_check.facts`` matches a network with a meta-theorem and returns proved bounds

    lower(L, theta) <= value <= upper(L, theta)      on an interval of c, for every L >= L_0.

Every form of claim about depth is decided from such bounds alone:

    value - e = O(g), o(g), Theta(g)   from the expansions of lower - e and upper - e in the scales L^p log(L)^q
    limit == e                         is value - e = o(1)
    value ~ t_1 + ... + t_k            is value - sum t = o(the smallest t that depends on L)
    a <= value <= b                    from a <= lower and upper <= b for all depths, small depths by cells

Uniformity. An expansion whose coefficients are continuous in theta holds uniformly on compact subsets of the interval of
its bound. A uniform statement on a domain extends to the closure of the domain, since a kernel of fixed depth is continuous
in c; so it may be refuted at an end of the domain that the domain itself leaves out.

What can go wrong. Leading coefficients are compared with zero by replayed algebra or by balls, never by SymPy's assumptions;
an undecided comparison leaves the claim undecided.
"""

from dataclasses import dataclass, replace
from typing import Literal

from sympy import Add, Expr, Integer, acos, cos, expand, oo

from proofs_check.facts import Bound, facts_of
from proofs_check.intervals import covers, inside, points
from proofs_check.judge import Options
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.asymptotics import Comparison, Expansion, GammaRange, Scale
from theory.claims import Chain, Claim, Depth, Interval
from theory.constants import exact_sign
from theory.errors import BeyondReach
from theory.language import Expansion as ExpansionStatement
from theory.language import Limit, Order, substitute_holds

Relation = Literal["O", "o", "Theta"]


def examine(claim: Claim, options: Options) -> Evidence | None:
    """Decide statements about every depth; None for other forms."""
    match claim.statement:
        case Depth(holds=Chain(), depth_high=high) if high is not None:
            return None
        case Depth(holds=Chain()) as statement:
            from proofs_check.chains import decide_chain

            return decide_chain(statement, options)
        case Depth(holds=holds) as statement if statement.depth_high is None:
            return _decide(statement, _Order.of(holds), options)
        case _:
            return None


@dataclass(frozen=True, kw_only=True)
class _Order:
    """value - center = relation(bound), the common form of limits, expansions and orders."""

    center: Expr
    relation: Relation
    bound: Expr
    pointwise: bool

    @classmethod
    def of(cls, holds: Limit | ExpansionStatement | Order | Chain) -> "_Order":
        match holds:
            case Limit(target=target):
                return cls(center=target, relation="o", bound=Integer(1), pointwise=True)
            case ExpansionStatement(terms=terms):
                return cls(center=Add(*terms), relation="o", bound=_smallest(terms), pointwise=True)
            case Order(difference=difference, symbol=relation, bound=bound):
                slope = difference.diff(symbols.value)
                if slope.free_symbols or exact_sign(slope) == 0:
                    raise BeyondReach(f"{difference}: only constant multiples of value minus an expression are decided")
                center = expand(symbols.value - difference / slope)
                return cls(center=center, relation=relation, bound=bound, pointwise=False)
        raise BeyondReach("this form is not about an order of growth")


def _smallest(terms: tuple[Expr, ...]) -> Expr:
    """The term of slowest growth among those that depend on L; 1 if none does."""
    comparison = Comparison()
    best: tuple[Scale, Expr] | None = None
    for term in terms:
        if term.has(symbols.depth):
            lead = comparison.leading(comparison.expand(term))
            if lead is None:
                raise BeyondReach(f"the order of {term} is not determined")
            if best is None or comparison.compare(lead[0], best[0]) == -1:
                best = (lead[0], term)
    return Integer(1) if best is None else best[1]


def _decide(statement: Depth, order: _Order, options: Options) -> Evidence:
    pointwise = order.pointwise or statement.pointwise
    used: list[Bound] = []
    for piece, gammas in gamma_pieces(statement):
        facts, reason = facts_of(piece, gammas, options)
        case = _Case(statement=piece, order=_Order.of(piece.holds), gammas=gammas, pointwise=pointwise)
        witness = case.refuted(facts)
        if witness is not None:
            return witness
        proofs = case.proofs(facts)
        if proofs is None:
            why = reason or "the proved bounds do not decide it"
            return Evidence(engine="certificates", outcome=Outcome.UNDECIDED, summary=why)
        used.extend(proofs)
    sources = list(dict.fromkeys(bound.source for bound in used))
    return Evidence(
        engine="certificates",
        outcome=Outcome.PROVES,
        summary=f"follows for every L from {'; '.join(sources)}",
        data={"theorems": [bound.as_data() for bound in dict.fromkeys(used)]},
    )


@dataclass(frozen=True, kw_only=True)
class _Case:
    """A statement of order over one piece of the range of gamma."""

    statement: Depth
    order: _Order
    gammas: GammaRange
    pointwise: bool

    @property
    def _comparison(self) -> Comparison:
        return Comparison(self.gammas)

    def _scale(self) -> Scale:
        lead = self._comparison.leading(self._comparison.expand(self.order.bound))
        if lead is None or is_zero(lead[1]) is Answer.YES:
            raise BeyondReach(f"the order of {self.order.bound} is not determined")
        return lead[0]

    def _side(self, side: Expr) -> Expansion:
        """The expansion of a bound minus the center, in theta; coefficients that vanish by algebra are dropped."""
        difference = side - in_theta(self.order.center)
        expansion = self._comparison.expand(expand(difference))
        kept = {scale: value for scale, value in expansion.terms.items() if is_zero(value) is not Answer.YES}
        return Expansion(terms=kept, remainder=expansion.remainder)

    def proofs(self, facts: list[Bound]) -> list[Bound] | None:
        """Facts that together prove the statement on its whole domain, or None."""
        proving = [fact for fact in facts if self._proves(fact)]
        domain = self.statement.correlations
        if not self.pointwise:
            closure = Interval(symbol=domain.symbol, low=domain.low, high=domain.high)
            return next(([fact] for fact in proving if covers(fact.correlations, closure)), None)
        return cover(domain, proving)

    def _proves(self, fact: Bound) -> bool:
        if fact.lower is None or fact.upper is None:
            return False
        wanted, compare_scales = self._scale(), self._comparison.compare
        limit = 0 if self.order.relation != "o" else -1
        sides = [self._side(fact.lower), self._side(fact.upper)]
        for side in sides:
            for scale in [*side.terms, *([side.remainder] if side.remainder else [])]:
                order = compare_scales(scale, wanted)
                if order is None or order > limit:
                    return False
        if self.order.relation != "Theta":
            return True
        # |value - center| must also stay above a multiple of the bound: one side keeps its sign
        for side, wanted_sign in ((sides[0], 1), (sides[1], -1)):
            lead = self._comparison.leading(side)
            if lead is not None and compare_scales(lead[0], wanted) == 0 and _sign(lead[1]) == wanted_sign:
                return True
        return False

    def refuted(self, facts: list[Bound]) -> Evidence | None:
        """A point of the domain (of its closure, for uniform statements) where a proved bound contradicts the statement."""
        for fact in facts:
            for side, away in ((fact.lower, 1), (fact.upper, -1)):
                if side is None:
                    continue
                expansion = self._side(side)
                lead = self._comparison.leading(expansion)
                if lead is None:
                    continue
                order = self._comparison.compare(lead[0], self._scale())
                if order is None or order < (0 if self.order.relation == "o" else 1):
                    continue
                for point in points(self.statement.correlations, closure=not self.pointwise):
                    if inside(point, fact.correlations) and _sign(at_point(lead[1], point)) == away:
                        return self._contradiction(fact, point, lead, away)
            if self.order.relation == "Theta":
                found = self._too_small(fact)
                if found is not None:
                    return found
        return None

    def _too_small(self, fact: Bound) -> Evidence | None:
        """Theta(g) fails where the value is proved to be o(g)."""
        if fact.lower is None or fact.upper is None:
            return None
        wanted = self._scale()
        for side in (fact.lower, fact.upper):
            expansion = self._side(side)
            scales = [*expansion.terms, *([expansion.remainder] if expansion.remainder else [])]
            if any(self._comparison.compare(scale, wanted) != -1 for scale in scales):
                return None
        for point in points(self.statement.correlations, closure=False):
            if inside(point, fact.correlations):
                return Evidence(
                    engine="certificates",
                    outcome=Outcome.REFUTES,
                    summary=f"at c = {point} the difference is o({self.order.bound}), by {fact.source}",
                    data={"witness": {"c": str(point)}, "theorem": fact.as_data()},
                )
        return None

    def _contradiction(self, fact: Bound, point: Expr, lead: tuple[Scale, Expr], away: int) -> Evidence:
        from numerics.balls import evaluate, to_strings

        coefficient = evaluate(at_point(lead[1], point), {})
        relation = ">=" if away > 0 else "<="
        growth = symbols.depth ** lead[0][0] * _log_power(lead[0][1])
        ends = "" if inside(point, self.statement.correlations) else " (an end of the domain; the statement is uniform)"
        mid, rad = to_strings(coefficient, 10)
        claimed = f"{self.order.relation}({self.order.bound})"
        return Evidence(
            engine="certificates",
            outcome=Outcome.REFUTES,
            summary=(
                f"at c = {point}{ends} a proved bound gives value - ({self.order.center}) {relation} "
                f"({mid} + o(1)) * {growth}, which is not {claimed}; by {fact.source}"
            ),
            data={
                "witness": {"c": str(point), **self._gamma_data()},
                "coefficient": {"mid": mid, "rad": rad},
                "growth": str(growth),
                "theorem": fact.as_data(),
            },
        )

    def _gamma_data(self) -> dict[str, str]:
        if not self.statement.parameters:
            return {}
        return {"gamma": f"every value in [{self.gammas.low}, {self.gammas.high}] but perhaps the ends"}


def _log_power(power: Expr) -> Expr:
    from sympy import log

    return log(symbols.depth) ** power


def _sign(coefficient: Expr) -> int | None:
    """Sign of a coefficient free of symbols, by balls."""
    return None if coefficient.free_symbols else exact_sign(coefficient)


def in_theta(expression: Expr) -> Expr:
    """The expression with c = cos theta."""
    return expression.subs(symbols.c, cos(symbols.theta))


def at_point(expression: Expr, point: Expr) -> Expr:
    """The expression in theta at a correlation; acos(-1), acos(0), acos(1) are exact."""
    return expression.subs(symbols.theta, acos(point))


def cover(domain: Interval, facts: list[Bound]) -> list[Bound] | None:
    """Facts whose intervals cover the domain: one, or one for the interior and one for each closed end left out."""
    for fact in facts:
        if covers(fact.correlations, domain):
            return [fact]
    interior = Interval(symbol=domain.symbol, low=domain.low, high=domain.high, low_closed=False, high_closed=False)
    for fact in facts:
        if covers(fact.correlations, interior):
            used = [fact]
            for end, closed in ((domain.low, domain.low_closed), (domain.high, domain.high_closed)):
                if closed:
                    found = next((f for f in facts if inside(end, f.correlations)), None)
                    if found is None:
                        break
                    used.append(found)
            else:
                return used
    return None


def gamma_pieces(statement: Depth) -> list[tuple[Depth, GammaRange]]:
    """The statement at each closed end of the range of gamma, and on its interior, where exponents keep their order."""
    interval = next((i for i in statement.parameters if i.symbol == symbols.gamma), None)
    if interval is None:
        return [(statement, GammaRange())]
    others = tuple(i for i in statement.parameters if i is not interval)
    pieces: list[tuple[Depth, GammaRange]] = []
    for end, closed in ((interval.low, interval.low_closed), (interval.high, interval.high_closed)):
        if closed and end != oo:
            network = statement.network.substitute(symbols.gamma, end)
            holds = substitute_holds(statement.holds, symbols.gamma, end)
            pieces.append((replace(statement, network=network, holds=holds, parameters=others), GammaRange()))
    if interval.low != interval.high:
        inner = GammaRange(low=interval.low, high=interval.high, low_closed=False, high_closed=False)
        pieces.append((statement, inner))
    return pieces[:1] if interval.low == interval.high else pieces


__all__ = ["at_point", "cover", "examine", "gamma_pieces", "in_theta"]
