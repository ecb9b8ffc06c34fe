r"""Limits and orders of growth decided from the depth limit of a network (``proofs_check.limits``).

Idea. The theorems of docs/depth-limits.md give, for each -1 < c < 1 (and for c = -1 where that is an exceptional input),

    value = sum of coefficient * rho^L L^p log(L)^q + O(scales) + o(scales),      rho > 0,

with coefficients that are exact, functions of c, or known by balls. A statement value - center = O(g), o(g) or Theta(g) is
compared with it scale by scale, for each c by itself: what is claimed uniformly in c is never proved here, only refuted.

What can go wrong. A coefficient counts as 0 only by replayed algebra, as different from 0 only by balls; a constant that
depends on the inputs in an unknown way is a remainder. Whatever is not decided leaves the statement undecided.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sympy import Add, Expr, Integer, Mul, Pow, Symbol, acos, exp, expand, log, nan, oo, zoo

from numerics.balls import to_strings
from proofs_check.bounded import is_bounded, is_finite, is_nonzero, is_positive
from proofs_check.defined import not_shown_real
from proofs_check.intervals import INSIDE, compare, inside, points
from proofs_check.limits import limit
from proofs_check.limits.fixed_map import diagonal_constant, ordered_constant
from proofs_check.limits.result import DepthLimit
from proofs_check.orders import Relation, growth_of
from proofs_check.pieces import at_point, in_theta
from proofs_check.signs import sign_of
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.asymptotics import Comparison, GammaRange
from theory.claims import Depth, Interval, Quantity
from theory.constants import exact_sign
from theory.errors import BeyondReach, NtkproofError
from theory.language import Expansion as ExpansionStatement
from theory.network import Network

L = symbols.depth
_POSITIVE = frozenset({ordered_constant, diagonal_constant})
"""Constants of the inputs that are known to be positive."""
_DIGITS = 12
"""Digits of a limit that depends on every layer."""
LONGEST = 2000
"""Operations up to which a number is written out to be compared by algebra."""


@dataclass(frozen=True)
class Scale:
    """rho^L L^p log(L)^q."""

    rho: Expr = Integer(1)
    p: Expr = Integer(0)
    q: Expr = Integer(0)

    def __str__(self) -> str:
        return str(self.rho**L * L**self.p * log(L) ** self.q)


@dataclass(frozen=True, kw_only=True)
class Growing:
    """A sum of terms plus O(big) plus o(small); coefficients in theta."""

    terms: tuple[tuple[Scale, Expr], ...] = ()
    big: tuple[Scale, ...] = ()
    small: tuple[Scale, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What is known of a quantity for each c of an interval, and from which theorem.

    balls, written  of the letters in it
    """

    value: Growing
    correlations: Interval
    theorem: str
    hypotheses: Mapping[str, str]
    balls: Mapping[Symbol, Any] = field(default_factory=dict)
    written: Mapping[Symbol, Expr] = field(default_factory=dict)

    def vanishes(self, value: Expr) -> bool:
        """Whether a coefficient is 0 by replayed algebra; a letter is written out where its ball leaves that possible."""
        if is_zero(value) is Answer.YES:
            return True
        if not value.free_symbols & set(self.written) or self.sign(value) is not None:
            return False
        long = value.subs(self.written)
        return long.count_ops() <= LONGEST and is_zero(long) is Answer.YES

    def sign(self, value: Expr) -> int | None:
        """The sign of a number; constants that are positive by a theorem are left out."""
        free, rest = value.as_independent(*_POSITIVE, as_Add=False)
        if rest != 1 and not all(_is_power_of_positive(factor) for factor in Mul.make_args(rest)):
            return None
        return None if free.has(nan, zoo, oo) else sign_of(free, self.balls)

    def compare(self, first: Scale, second: Scale) -> int | None:
        """1, 0 or -1 as the first scale grows faster than, as, or slower than the second."""
        for a, b in ((first.rho, second.rho), (first.p, second.p), (first.q, second.q)):
            side = 0 if a == b else self.sign(a - b)
            if side != 0:
                return side
        return 0


def _is_power_of_positive(factor: Expr) -> bool:
    return factor.as_base_exp()[0] in _POSITIVE


def decide_by_limit(statement: Depth) -> Evidence | None:
    """PROVES or REFUTES a statement about L -> oo for one network; None where the depth limit does not decide it."""
    if statement.parameters or statement.network.parameters or statement.depth_high is not None:
        return None
    try:
        alone = statement.correlations.low == statement.correlations.high
        facts = facts_of(statement.network, statement.quantity, _witness(statement.correlations), alone=alone)
        case = None if not facts else _Case.of(statement)
    except NtkproofError:
        return None
    if case is None:
        return None
    for fact in facts:
        found = case.proved(fact) or case.refuted(fact)
        if found is not None:
            return found
    return None


# --- what the depth limit says ---------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _limit(network: Network) -> DepthLimit:
    return limit(network, orders=1)


@lru_cache(maxsize=64)
def _limit_at(network: Network, corr: Expr) -> DepthLimit:
    from proofs_check.limits import at_input

    return at_input(_limit(network), corr, _DIGITS)


def _witness(correlations: Interval) -> Expr | None:
    """The only point of an interval, or 0 where it lies inside."""
    if correlations.low == correlations.high:
        return correlations.low if correlations.low.is_number and abs(correlations.low) < 1 else None
    return Integer(0) if exact_sign(correlations.low) == -1 and exact_sign(correlations.high) == 1 else None


def facts_of(
    network: Network, quantity: Quantity, witness: Expr | None = None, *, alone: bool = False
) -> tuple[Fact, ...]:
    """The expansions of a quantity that follow from the depth limit of a network.

    witness  a correlation in (-1, 1) at which the limit is computed, where it has no closed form
    alone    whether only that correlation is asked for: then the NTK of a flow is followed, too, which may take a minute
    """
    if quantity in (Quantity.NTK, Quantity.NNGP):
        return ()
    found = _limit(network)
    domain = INSIDE
    flows = found.flow is not None and alone and quantity is Quantity.NORMALIZED_NTK
    if witness is not None and (found.schedule is not None or found.germ is not None or flows):
        found = _limit_at(network, witness)
        domain = Interval(symbol=symbols.c, low=witness, high=witness)
    if found.status != "DERIVED":
        return ()
    written = {one.symbol: one.expression for one in found.letters if one.expression is not None}

    def fact(value: Growing, domain: Interval, extra: str = "") -> Fact:
        return Fact(
            value=value,
            correlations=domain,
            theorem=f"depth-limit theorem: {_theorem(found)}{extra}",
            hypotheses=_hypotheses(found),
            balls=found.balls,
            written=written,
        )

    facts = []
    value = _ntk(found) if quantity is Quantity.NORMALIZED_NTK else _correlation(found, quantity is Quantity.ANGLE)
    if value is not None:
        facts.append(fact(value, domain))
    for one in found.exceptions:
        if one.corr == -1 and one.limit is not None and quantity is Quantity.NORMALIZED_NTK:
            point = Interval(symbol=symbols.c, low=Integer(-1), high=Integer(-1))
            facts.append(fact(_tending(one.limit, ()), point, f"; {one.reason}"))
    return tuple(facts)


def _tending(value: Expr, more: Iterable[tuple[Scale, Expr]], big: tuple[Scale, ...] = ()) -> Growing:
    """The limit and terms behind it, with a remainder smaller than the last of them, or those given."""
    terms = [(Scale(), in_theta(value)), *more]
    return Growing(terms=tuple(terms), big=big, small=() if big else (terms[-1][0],))


def _ntk(found: DepthLimit) -> Growing | None:
    """The normalised NTK."""
    if found.ntk_limit is None or (
        found.flow is not None and found.ntk_limit.free_symbols - {symbols.c} - set(found.balls)
    ):
        return None
    change = found.leading_correction
    if change is None or change == 0 or change.has(nan, zoo):
        return _tending(found.ntk_limit, ())
    try:
        scale, coefficient = split(change)
    except BeyondReach:  # log log L, say
        return _tending(found.ntk_limit, ())
    if coefficient.free_symbols - set(found.balls) - _POSITIVE - {symbols.c, symbols.theta}:
        return _tending(found.ntk_limit, (), (scale,))
    logarithmic = scale == Scale(p=Integer(-1), q=Integer(1)) and found.phase == "critical"
    return _tending(found.ntk_limit, [(scale, in_theta(coefficient))], (Scale(p=Integer(-1)),) if logarithmic else ())


def _correlation(found: DepthLimit, angle: bool) -> Growing | None:
    """The normalised NNGP, or its angle."""
    point = found.fixed_point
    if found.phase is None and point is None and found.flow is None and found.ntk_limit is not None:
        return _tending(symbols.theta if angle else symbols.c, ())  # nothing moves in the limit
    if point is None:
        return None
    value = acos(point) if angle else point
    rate = found.angle_rate
    if rate is None:
        return _tending(value, ())
    if found.phase == "chaotic":
        if found.rate is None or sign_of(found.rate, found.balls) != 1:
            return _tending(value, ())
        return _tending(value, (), (Scale(rho=found.rate),))
    try:
        scale, coefficient = split(rate if angle else -(rate**2) / 2)
    except BeyondReach:
        return _tending(value, ())
    return _tending(value, [(scale, coefficient)])


def _theorem(found: DepthLimit) -> str:
    """The theorems of docs/depth-limits.md that were applied."""
    notes = " ".join(found.notes)
    if found.theorem is not None:
        what = "lengths that tend to 0" if found.length == 0 else "a sum of steps that stays bounded"
        return f"{found.phase or what} (docs/depth-limits.md, Theorem {found.theorem})"
    if found.phase is None or "s = " in notes:
        return f"{found.phase or 'layers that tend to the identity'} (docs/depth-limits.md, Theorem 7)"
    number = {"ordered": "2", "chaotic": "3", "critical": "4"}[found.phase]
    if "lengths grow" in notes:
        number = "8"
    elif found.length is not None:
        number = f"{number} and 5"
    return f"{found.phase} (docs/depth-limits.md, Theorems 1 and {number})"


def _hypotheses(found: DepthLimit) -> dict[str, str]:
    """The figures on which the theorem rests."""
    data = {}
    figures = {
        "chi": found.chi,
        "fixed point": found.fixed_point,
        "rate": found.rate,
        "limit of the NTK": found.ntk_limit,
        "correction": found.leading_correction,
        "length": found.length,
    }
    for name, value in figures.items():
        if value is not None:
            data[name] = str(value)
    for one in found.letters:
        if one.ball is not None:
            mid, rad = to_strings(one.ball, 15)
            data[str(one.symbol)] = f"{mid} +/- {rad}, {one.meaning}"
    return data


# --- scales ----------------------------------------------------------------------------------------------------------


def split(expression: Expr) -> tuple[Scale, Expr]:
    """A product as coefficient * rho^L L^p log(L)^q.

    raises  BeyondReach for other forms
    """
    coefficient, rest = expression.as_independent(L, as_Add=False)
    rho, p, q = Integer(1), Integer(0), Integer(0)
    for factor in Mul.make_args(rest):
        base, power = (exp(1), factor.args[0]) if isinstance(factor, exp) else factor.as_base_exp()
        if power.has(L) and not base.has(L):
            power = expand(power)
            slope = power.coeff(L, 1)
            if (power - slope * L).has(L):
                raise BeyondReach(f"{factor}: not a power of a number")
            rho, coefficient = rho * base**slope, coefficient * base ** (power - slope * L)
        elif base == L and not power.has(L):
            p += power
        elif base == log(L) and not power.has(L):
            q += power
        elif factor != 1:
            raise BeyondReach(f"{factor}: not a scale")
    return Scale(rho, p, q), coefficient


def _is_exponential(expression: Expr) -> bool:
    return any(node.as_base_exp()[1].has(L) for node in expression.atoms(Pow, exp))


@dataclass(frozen=True, kw_only=True)
class _Case:
    """value - center = relation(bound), with what makes the expansions of both meaningful."""

    statement: Depth
    center: Growing
    bound: Growing
    relation: Relation
    pointwise: bool
    excludes: bool
    nonzero: tuple[Expr, ...]
    comparisons: tuple[Comparison, ...]

    @classmethod
    def of(cls, statement: Depth) -> "_Case":
        """Read the statement; BeyondReach where it is not about an order of growth."""
        comparisons: list[Comparison] = []

        def grown(expression: Expr) -> Growing:
            terms: list[tuple[Scale, Expr]] = []
            plain = []
            for part in Add.make_args(in_theta(expression)):
                (terms.append(split(part)) if _is_exponential(part) else plain.append(part))
            comparison = Comparison(GammaRange())
            found = comparison.expand(Add(*plain))
            comparisons.append(comparison)
            terms += [(Scale(Integer(1), *scale), value) for scale, value in found.terms.items()]
            return Growing(terms=tuple(terms), big=tuple(Scale(Integer(1), *one) for one in found.remainders))

        if isinstance(statement.holds, ExpansionStatement) and any(map(_is_exponential, statement.holds.terms)):
            varying = [split(in_theta(term)) for term in statement.holds.terms if term.has(L)]
            if len(varying) != 1:
                raise BeyondReach("an expansion with several exponentials")
            return cls(
                statement=statement,
                center=grown(Add(*statement.holds.terms)),
                bound=Growing(terms=tuple(varying)),
                relation="o",
                pointwise=True,
                excludes=True,
                nonzero=(),
                comparisons=tuple(comparisons),
            )
        growth = growth_of(statement.holds, GammaRange())
        return cls(
            statement=statement,
            center=grown(growth.center),
            bound=grown(growth.bound),
            relation=growth.relation,
            pointwise=growth.pointwise or statement.pointwise,
            excludes=growth.excludes,
            nonzero=growth.nonzero,
            comparisons=tuple(comparisons),
        )

    def difference(self, fact: Fact, put: Mapping[Symbol, Expr]) -> Growing | None:
        """Value - center; None where it is not decided whether a coefficient is 0."""
        collected: list[tuple[Scale, Expr]] = []
        for sign, terms in ((1, fact.value.terms), (-1, self.center.terms)):
            for scale, value in terms:
                known = next((i for i, (one, _) in enumerate(collected) if fact.compare(one, scale) == 0), None)
                value = sign * value.subs(put)
                if known is None:
                    collected.append((scale, value))
                else:
                    collected[known] = (collected[known][0], collected[known][1] + value)
        kept = [(scale, value) for scale, value in collected if not fact.vanishes(value)]
        return Growing(terms=tuple(kept), big=(*fact.value.big, *self.center.big), small=fact.value.small)

    # --- proof

    def proved(self, fact: Fact) -> Evidence | None:
        """Every scale of the difference is within the bound, at each c of the domain."""
        domain = self.statement.correlations
        point = domain.low if domain.low == domain.high else None
        if point is None and not self.pointwise:
            return None
        if not _lies_within(domain, fact.correlations):
            return None
        put = {} if point is None else {symbols.theta: acos(point)}
        left = self.difference(fact, put)
        lead = _leading(self.bound, fact)
        if left is None or lead is None:
            return None
        limit = -1 if self.relation == "o" else 0
        sizes = [fact.compare(scale, lead[0]) for scale in (*(s for s, _ in left.terms), *left.big)]
        sizes += [-1 if fact.compare(scale, lead[0]) in (0, -1) else None for scale in left.small]
        if any(size is None or size > limit for size in sizes):
            return None
        if not self.excludes and not self._apart(lead[1], fact, point):
            return None
        if not all(self._apart(e, fact, point) for e in self.nonzero) or not self._defined(point):
            return None
        if self.relation == "Theta":
            top = _leading(left, fact)
            if top is None or fact.compare(top[0], lead[0]) != 0 or not self._apart(top[1], fact, point):
                return None
        if not_shown_real(self.statement) is not None:
            return None
        shown = Add(*(value * _factor(scale) for scale, value in fact.value.terms))
        rest = "".join(f" + O({s})" for s in fact.value.big) + "".join(f" + o({s})" for s in fact.value.small)
        short = "" if shown.count_ops() > 40 else f": value = {shown}{rest}"
        return Evidence(
            engine="certificates",
            outcome=Outcome.PROVES,
            summary=f"{fact.theorem}{short}",
            data={"theorem": fact.theorem, "hypotheses": dict(fact.hypotheses)},
        )

    def _apart(self, value: Expr, fact: Fact, point: Expr | None) -> bool:
        """Whether a coefficient vanishes nowhere on the domain."""
        if point is not None or not value.has(symbols.theta):
            number = in_theta(value) if point is None else at_point(in_theta(value), point)
            return fact.sign(number) in (1, -1)
        return not value.free_symbols - {symbols.theta} and is_nonzero(value, self.statement.correlations)

    def _defined(self, point: Expr | None) -> bool:
        """Whether the coefficients of the statement's own expansions exist on the domain."""
        domain = self.statement.correlations
        for comparison in self.comparisons:
            for some, check in (
                (comparison.bounded, _exists),
                (comparison.divisors, is_nonzero),
                (comparison.positive, is_positive),
            ):
                if not all(check(e if point is None else at_point(e, point), domain) for e in some):
                    return False
        return True

    # --- refutation

    def refuted(self, fact: Fact) -> Evidence | None:
        """A correlation of the domain at which the difference provably exceeds the bound (Theta: or is too small)."""
        for point in points(self.statement.correlations, closure=False):
            if not inside(point, fact.correlations) or not self._defined(point):
                continue
            left = self.difference(fact, {symbols.theta: acos(point)})
            bound = Growing(
                terms=tuple((s, at_point(value, point)) for s, value in self.bound.terms), big=self.bound.big
            )
            lead = _leading(bound, fact)
            if left is None or lead is None or fact.sign(lead[1]) not in (1, -1):
                continue
            top = _leading(left, fact)
            size = None if top is None or fact.sign(top[1]) not in (1, -1) else fact.compare(top[0], lead[0])
            if size is not None and top is not None and size >= (0 if self.relation == "o" else 1):
                why = f"value - ({self._center(point)}) = ({_shown(top[1], fact)} + o(1)) * {top[0]}"
                return self._refutation(fact, point, why)
            scales = [fact.compare(s, lead[0]) for s in (*(s for s, _ in left.terms), *left.big)]
            scales += [-1 if fact.compare(s, lead[0]) in (0, -1) else None for s in left.small]
            if self.relation == "Theta" and all(one == -1 for one in scales):
                return self._refutation(fact, point, f"the difference is o({lead[0]})")
        return None

    def _center(self, point: Expr) -> str:
        return str(Add(*(at_point(value, point) * _factor(scale) for scale, value in self.center.terms)))

    def _refutation(self, fact: Fact, point: Expr, why: str) -> Evidence:
        bound = Add(*(value * _factor(scale) for scale, value in self.bound.terms))
        return Evidence(
            engine="certificates",
            outcome=Outcome.REFUTES,
            summary=f"at c = {point} {why}, which is not {self.relation}({bound}); by {fact.theorem}",
            data={"witness": {"c": str(point)}, "theorem": fact.theorem, "hypotheses": dict(fact.hypotheses)},
        )


def _exists(value: Expr, domain: Interval) -> bool:
    """Whether a coefficient has a value at each c of the domain."""
    return is_finite(value, domain) or is_bounded(value, domain)


def _factor(scale: Scale) -> Expr:
    factor: Expr = scale.rho**L * L**scale.p * log(L) ** scale.q
    return factor


def _leading(growing: Growing, fact: Fact) -> tuple[Scale, Expr] | None:
    """The term that exceeds all others and the remainders, or None."""
    for scale, value in growing.terms:
        others = [s for s, _ in growing.terms if s is not scale]
        if all(fact.compare(scale, other) == 1 for other in (*others, *growing.big)) and all(
            fact.compare(scale, other) in (0, 1) for other in growing.small
        ):
            return scale, value
    return None


def _lies_within(domain: Interval, outer: Interval) -> bool:
    """Whether every c of the domain is spoken of."""
    low, high = compare(outer.low, domain.low), compare(domain.high, outer.high)
    return (low < 0 or (low == 0 and (outer.low_closed or not domain.low_closed))) and (
        high < 0 or (high == 0 and (outer.high_closed or not domain.high_closed))
    )


def _shown(value: Expr, fact: Fact) -> str:
    """A coefficient, in digits where it is a number."""
    from numerics.balls import evaluate

    used = {symbol: fact.balls[symbol] for symbol in value.free_symbols if symbol in fact.balls}
    if value.free_symbols - set(used) or value.is_Rational:
        return str(value)
    return to_strings(evaluate(value, used), 10)[0]


__all__ = ["Fact", "Growing", "Scale", "decide_by_limit", "facts_of", "split"]
