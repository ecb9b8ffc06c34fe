"""Limits, expansions and orders against values at high precision along depths: evidence, never proof.

Every statement about L -> oo is turned into the limit of one sequence: the value itself, the value against its target along
moving inputs, (value - other terms) / (smallest term) -> 1 for an expansion, difference / bound for O, o and Theta. The sequence
is computed at depths 2^k and extrapolated with the corrections that are common for such recursions; the spread is how far the
extrapolated limit moves when the deepest values are left out. Agreement at every input tried SUPPORTS the claim; anything else
decides nothing, since no finite depth refutes a limit.

What can go wrong. A logarithm is invisible between two depths and shows in the spread only: a fit whose spread is not small
supports nothing. A statement on a whole range of gamma is tried at a few values, which are named; a uniform one also near the
ends of its domain.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

from flint import arb
from mpmath.ctx_mp import MPContext
from sympy import Expr, Integer, Rational, Symbol, log, oo

from numerics.balls import REAL, precision
from numerics.compile import lower
from numerics.multiprecision import (
    APPROXIMATION_BITS,
    Approximation,
    approximation,
    observed_rate,
    values_along,
)
from proofs_check.intervals import inside, points
from proofs_check.judge import Options
from proofs_check.trials import FULL_SEARCH, number_ball
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.claims import Claim, Depth, Interval, Scaling
from theory.language import Expansion, Limit, Order
from theory.network import Network

DIGITS = 55
"""Digits of the values; an approximation has 60."""
INPUTS, PARAMETERS = 2, 3
"""Inputs tried besides the ends of the domain; values of gamma tried."""
NEAR_ENDS = tuple(Rational(1, 2**k) for k in (8, 20, 40))
"""Distances from an end at which a uniform statement is tried."""
SHARP = Rational(1, 10**4)
"""The largest spread, relative to 1 + |limit|, of an extrapolation that may support."""
SPREADS = 10
"""Extrapolated and claimed limit may differ by so many spreads."""
_TAIL = 5
"""Depths at the end of a sequence that are looked at where it has no sharp limit."""
SHOWN = 2
"""Inputs whose figures are in the summary of a supported claim; all are in the data."""
_L = symbols.depth
_CONTEXT = MPContext()
_CONTEXT.dps = DIGITS


@dataclass(frozen=True, kw_only=True)
class Row:
    """What one input showed: where, what was found against what is claimed, and whether they agree."""

    where: str
    found: str
    claimed: str
    agrees: bool


def examine(claim: Claim, options: Options) -> Evidence | None:
    """Extrapolate along depths at some inputs; None for chains, whose business is the engine ``properties``."""
    deep = options.effort >= FULL_SEARCH
    match claim.statement:
        case Depth(holds=Limit() | Expansion() | Order(), depth_high=None) as statement:
            if any(interval.symbol != symbols.gamma for interval in statement.parameters):
                return None
            if options.proved and approximation(statement.network) is None:
                return None  # layers that are visited one by one take longer than a look beside a proof may
            return _evidence(_depth_rows(statement, deep), deep)
        case Scaling() as statement:
            return _evidence(_scaling_rows(statement, deep), deep)
        case _:
            return None


def _evidence(rows: Iterable[Row], deep: bool) -> Evidence:
    """SUPPORTS if all rows agree; else the first that does not."""
    seen: list[Row] = []
    for row in rows:
        seen.append(row)
        if not row.agrees:
            break
    data = {"rows": [vars(row) for row in seen], "digits": DIGITS, "deep": deep}
    if not seen:
        return Evidence(engine="precision", outcome=Outcome.UNDECIDED, summary="no input could be tried", data=data)
    last = seen[-1]
    if not last.agrees:
        summary = f"extrapolated at {last.where}: {last.found} against claimed {last.claimed}"
        return Evidence(engine="precision", outcome=Outcome.UNDECIDED, summary=summary, data=data)
    shown = "; ".join(f"at {row.where}: {row.found}, claimed {row.claimed}" for row in seen[:SHOWN])
    others = "; ".join(row.where for row in seen[SHOWN:])
    summary = f"extrapolated {shown}" + (f"; the same agreement at {others}" if others else "")
    return Evidence(engine="precision", outcome=Outcome.SUPPORTS, summary=summary, data=data)


# --- the sequence at one input ---------------------------------------------------------------------------------------


class _Values:
    """The quantity of a network along depths, at one value of gamma where the network has one."""

    def __init__(self, network: Network, quantity: str, gamma: Expr | None, *, deep: bool) -> None:
        self.quantity, self.gamma = quantity, gamma
        self.guide: Approximation | None = approximation(network)
        self.network = network
        if self.guide is None:
            self.network = network if gamma is None else network.substitute(symbols.gamma, gamma)
            self.depths = _powers(2, 9 if deep else 8)
        elif self.guide.moves:
            self.depths = _powers(4, 12 if deep else 11)
        else:
            self.depths = _powers(5, 15 if deep else 12)

    def at(self, point: Expr) -> dict[int, arb]:
        """By depth, for inputs of one correlation."""
        if self.guide is None:
            found = values_along(self.network, self.depths, point, quantity=self.quantity, digits=DIGITS)
            return {depth: _ball(value) for depth, value in found.items()}
        corr = number_ball(point, APPROXIMATION_BITS)
        return {depth: self._one(depth, corr) for depth in self.depths}

    def along(self, angle: Callable[[arb], arb], depths: tuple[int, ...]) -> dict[int, arb]:
        """By depth, for inputs at an angle that moves with the depth."""
        return {depth: self._one(depth, angle(arb(depth)).cos().mid()) for depth in depths}

    def _one(self, depth: int, corr: arb) -> arb:
        assert self.guide is not None
        values = [number_ball(self.gamma, APPROXIMATION_BITS)] if self.gamma is not None else []
        return self.guide.at(depth, corr, values[: len(self.guide.parameters)], quantity=self.quantity)


def _powers(first: int, last: int) -> tuple[int, ...]:
    return tuple(2**k for k in range(first, last + 1))


def _number(ball: arb) -> Any:
    man, power = ball.mid().man_exp()
    return _CONTEXT.ldexp(_CONTEXT.mpf(int(man)), int(power))


def _text(number: Any, digits: int) -> str:
    text: str = _CONTEXT.nstr(number, digits)
    return text.removesuffix(".0")


def _ball(value: Any) -> arb:
    sign, man, power, _ = value._mpf_
    with precision(APPROXIMATION_BITS):
        return arb(-int(man) if sign else int(man)) * arb(2) ** int(power)


@dataclass(frozen=True, kw_only=True)
class Extrapolated:
    """A limit and how far it moves when the deepest values are left out."""

    limit: Any
    spread: Any

    @property
    def sharp(self) -> bool:
        """Whether the spread is small enough to support anything."""
        return bool(int(SHARP.q) * self.spread <= int(SHARP.p) * (1 + abs(self.limit)))

    def agrees(self, claimed: Any) -> bool:
        """Whether the limit is sharp and equals the claimed one within its spread."""
        return self.sharp and bool(abs(self.limit - claimed) <= SPREADS * self.spread + _CONTEXT.mpf(10) ** -20)


def extrapolate(sequence: Mapping[int, arb], gamma: Expr | None, *, logarithmic: bool) -> Extrapolated | None:
    """The limit of a sequence by the family of corrections that moves least; None where none applies.

    gamma        the residual exponent, whose powers of L then occur
    logarithmic  whether corrections by 1/log(L) are expected, as after division by a term with log(L)
    """
    if not all(ball.is_finite() for ball in sequence.values()):
        return None
    values = {depth: _number(sequence[depth]) for depth in sorted(sequence)}
    before = dict(list(values.items())[:-1])
    best: Extrapolated | None = None
    for first, *others in _families(gamma, logarithmic=logarithmic):
        if len(before) <= len(others) + 2:
            continue
        try:
            newest, older = (observed_rate(some, first, corrections=others, digits=DIGITS) for some in (values, before))
        except ZeroDivisionError:
            continue
        found = Extrapolated(limit=newest.limit, spread=max(newest.limit_spread, older.limit_spread))
        if best is None or found.spread < best.spread:
            best = found
    return best


def _families(gamma: Expr | None, *, logarithmic: bool) -> Iterator[tuple[Expr, ...]]:
    """Corrections that vanish as L -> oo, the terms of one family together."""
    one = log(_L)
    if logarithmic:
        leading = (1 / one, one / _L, 1 / _L, 1 / (_L * one))
        yield leading
        yield (*leading, one**2 / _L**2, one / _L**2, 1 / _L**2)
        return
    yield one / _L, 1 / _L, one**2 / _L**2, one / _L**2, 1 / _L**2
    yield 1 / _L, _L**-2, _L**-3, _L**-4
    if gamma is not None and gamma != Rational(1, 2):
        small = _L ** -abs(1 - 2 * gamma)
        for step in (Rational(1, 2), Integer(1)):
            yield tuple(small ** (step * k) for k in range(1, 6))
        if small not in (1 / _L, _L**-2):
            yield tuple(dict.fromkeys((small, one / _L, 1 / _L, small**2, small**3)))
    elif gamma is not None:
        yield 1 / _L, 1 / _L**2, 1 / _L**3


# --- statements at fixed inputs --------------------------------------------------------------------------------------


def _depth_rows(statement: Depth, deep: bool) -> Iterator[Row]:
    look: Callable[[Depth, _Values, Expr], Row | None]
    match statement.holds:
        case Limit():
            look = _limit
        case Expansion():
            look = _expansion
        case _:
            look = _order
    for gamma in _gammas(statement):
        values = _Values(statement.network, statement.quantity.value, gamma, deep=deep)
        for point in _inputs(statement):
            row = look(statement, values, point)
            if row is not None:
                yield row


def _gammas(statement: Depth) -> list[Expr | None]:
    """Exact values of gamma: the ends that belong to the range, and some within."""
    fixed = statement.network.gamma
    if not statement.parameters:
        return [fixed if fixed is not None and fixed.is_Rational else None]
    (interval,) = statement.parameters
    if interval.high == oo:
        within = [interval.low + Rational(k, 4) for k in (1, 2, 4)]
    else:
        span = interval.high - interval.low
        # powers of L such as L^(1-2 gamma) are small enough to be fitted a quarter beyond the low end
        first = Rational(1, 4) if span >= Rational(1, 2) else span / 4
        within = [interval.low + first, interval.low + span / 2, interval.low + 3 * span / 4]
    # near the low end first: there the exponents are most often in another order than in the middle
    ends = [end for end in (interval.low, interval.high) if end != oo and inside(end, interval)]
    return list(dict.fromkeys([within[0], *ends, *(gamma for gamma in within[1:] if inside(gamma, interval))]))[
        :PARAMETERS
    ]


def _inputs(statement: Depth) -> list[Expr]:
    """Correlations of the domain: simple ones, its own ends, and for a uniform order some near every end."""
    domain = statement.correlations
    found = list(islice(points(domain, closure=False), INPUTS))
    found += [end for end in (domain.low, domain.high) if inside(end, domain)]
    if isinstance(statement.holds, Order) and not statement.pointwise:
        found += [domain.low + gap for gap in NEAR_ENDS] + [domain.high - gap for gap in NEAR_ENDS]
    return [point for point in dict.fromkeys(found) if inside(point, domain)]


def _limit(statement: Depth, values: _Values, point: Expr) -> Row | None:
    assert isinstance(statement.holds, Limit)
    (target,) = _evaluated((statement.holds.target,), values, point, 1)
    found = extrapolate(values.at(point), values.gamma, logarithmic=False)
    return _row(found, target, _where(values, {symbols.c: point}))


def _expansion(statement: Depth, values: _Values, point: Expr) -> Row | None:
    """(value - other terms) / (smallest term) -> 1; a point at which the smallest term vanishes is left out."""
    assert isinstance(statement.holds, Expansion)
    terms = statement.holds.terms
    varying = [term for term in terms if term.has(_L)]
    where = _where(values, {symbols.c: point})
    if not varying:
        (target,) = _evaluated((sum(terms, Integer(0)),), values, point, 1)
        return _row(extrapolate(values.at(point), values.gamma, logarithmic=False), target, where)
    sizes = [abs(size) for size in _evaluated(tuple(varying), values, point, 2**200)]
    if any(size.contains(0) for size in sizes):
        return None
    last = min(range(len(varying)), key=lambda i: sizes[i].log().mid())
    rest = sum(terms, Integer(0)) - varying[last]
    sequence = {}
    for depth, value in values.at(point).items():
        others, smallest = _evaluated((rest, varying[last]), values, point, depth)
        with precision(APPROXIMATION_BITS):
            sequence[depth] = (value - others) / smallest
    found = extrapolate(sequence, values.gamma, logarithmic=varying[last].has(log))
    return _row(found, arb(1), where, unit=f" times {varying[last]}")


def _order(statement: Depth, values: _Values, point: Expr) -> Row | None:
    """Difference / bound stays bounded (O), tends to 0 (o), or to a limit that is not 0 (Theta)."""
    assert isinstance(statement.holds, Order)
    order = statement.holds
    sequence = {}
    for depth, value in values.at(point).items():
        difference, bound = _evaluated((order.difference, order.bound), values, point, depth, value)
        with precision(APPROXIMATION_BITS):
            sequence[depth] = difference / bound
    found = extrapolate(sequence, values.gamma, logarithmic=order.bound.has(log))
    where = _where(values, {symbols.c: point})
    claimed = {"O": "boundedness", "o": "convergence to 0", "Theta": "limit other than 0"}
    if found is None:
        return Row(where=where, found="no finite quotient", claimed=claimed[order.symbol], agrees=False)
    last = sorted(sequence)[-_TAIL:]
    tail = [abs(sequence[depth]) for depth in last]
    falls = all(later <= earlier for earlier, later in pairwise(tail))
    vanishes = found.agrees(0) or all(4 * later <= 3 * earlier for earlier, later in pairwise(tail))
    agrees = {"O": found.sharp or falls, "o": vanishes, "Theta": found.sharp and not found.agrees(0)}[order.symbol]
    if found.sharp:
        text = f"{_text(found.limit, 6)} +/- {_text(found.spread, 2)} times {order.bound}"
    else:
        ends = " to ".join(_text(_number(size), 4) for size in (tail[0], tail[-1]))
        text = f"{ends} times {order.bound} from L = {last[0]} to {last[-1]}"
    return Row(where=where, found=text, claimed=claimed[order.symbol], agrees=agrees)


def _evaluated(
    expressions: tuple[Expr, ...], values: _Values, point: Expr, depth: int, value: arb | None = None
) -> tuple[arb, ...]:
    """Balls of expressions in value, c, theta, gamma, L."""
    variables = (symbols.value, symbols.c, symbols.theta, symbols.gamma, _L)
    tape = lower(expressions, variables)
    corr = number_ball(point, APPROXIMATION_BITS)
    gamma = number_ball(values.gamma or Integer(0), APPROXIMATION_BITS)
    with precision(APPROXIMATION_BITS):
        theta = REAL.functions["acos"](corr)
        found: tuple[arb, ...] = tape.run(REAL, (value or arb(0), corr, theta, gamma, arb(depth)))
    return found


def _where(values: _Values, at: Mapping[Symbol, Expr]) -> str:
    named = {**at, **({} if values.gamma is None else {symbols.gamma: values.gamma})}
    return ", ".join(f"{symbol} = {value}" for symbol, value in named.items())


def _row(found: Extrapolated | None, claimed: arb, where: str, unit: str = "") -> Row:
    target = _number(claimed) if claimed.is_finite() else _CONTEXT.nan
    shown = _text(target, 10)
    if found is None or not claimed.is_finite():
        return Row(where=where, found="no finite value", claimed=shown, agrees=False)
    width = "" if found.sharp else " (too wide to support anything)"
    text = f"{_text(found.limit, 10)} +/- {_text(found.spread, 2)}{unit}{width}"
    return Row(where=where, found=text, claimed=shown, agrees=found.agrees(target))


# --- inputs that move with the depth ---------------------------------------------------------------------------------


def _scaling_rows(statement: Scaling, deep: bool) -> Iterator[Row]:
    gamma = statement.network.gamma
    if statement.network.parameters:
        return
    values = _Values(statement.network, statement.quantity.value, gamma, deep=deep)
    if values.guide is None:
        return
    symbol = statement.domain.symbol
    tape = lower((statement.angle, statement.target), (symbol, _L))
    for point in _abscissas(statement.domain):
        x = number_ball(point, APPROXIMATION_BITS)

        def moving(depth: arb, x: arb = x) -> arb:
            return tape.run(REAL, (x, depth))[0]

        with precision(APPROXIMATION_BITS):
            target = tape.run(REAL, (x, arb(1)))[1]
            sequence = values.along(moving, _powers(5, 12 if deep else 11))
        yield _row(extrapolate(sequence, gamma, logarithmic=False), target, f"{symbol} = {point}")


def _abscissas(domain: Interval) -> list[Expr]:
    """Three values of the variable, small, middling and large, inside the domain."""
    if domain.high == oo:
        return [domain.low + x for x in (1, 5, 20)]
    width = domain.high - domain.low
    return [domain.low + width * Rational(k, 4) for k in (1, 2, 3)]
