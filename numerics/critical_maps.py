"""Critical maps: recursions whose correlation tends to 1 like 1/L or 1/L^2, in a coordinate that is analytic at 0.

    x = theta   C(cos theta) = 1 - theta^2/2 + O(theta^3): kinked activations, 1 - c ~ L^-2
    x = 1 - c   C(1 - u) = 1 - u + a u^2 + ...: smooth activations

What is exact. kappa'(1) = 1, and that the factor of the NTK is the derivative of the map of the correlation, are decided by
replayed algebra, never by a ball. By the chain rule x^m, m = 3 or 2, is then the leading term of the homogeneous solution.
"""

from dataclasses import dataclass
from functools import lru_cache

from flint import arb, arb_series
from sympy import Expr, Symbol

from numerics.balls import REAL, SERIES, precision, series
from numerics.compile import lower
from numerics.germs import Germ, germ
from numerics.model import at_depth, model
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.duals import in_angle
from theory.network import Network

GAP = Symbol("u_gap", real=True)
"""The letter of 1 - c."""
_TRIAL = 16


@dataclass(frozen=True, kw_only=True)
class CriticalMap:
    """The recursion x' = G(x), t' = F(x) t + S(x) near x = 0.

    letter               theta or GAP
    drop, factor, source 1 - C, F and S in the letter
    power                m: 3 for the angle, 2 for 1 - c
    """

    letter: Symbol
    drop: Expr
    factor: Expr
    source: Expr
    power: int

    def coordinate(self, corr: arb) -> arb:
        """The coordinate of a correlation."""
        value: arb = 1 - corr if self.letter == GAP else REAL.functions["acos"](corr)
        return value

    def corr(self, x: arb) -> arb:
        """The correlation at x."""
        return 1 - x if self.letter == GAP else x.cos()

    def germs(self, order: int, reach: arb) -> tuple[Germ, Germ, Germ]:
        """G/x, F and S on (0, reach] as Taylor models of the order."""
        tape = lower((self.drop, self.factor, self.source), (self.letter,)).bind(SERIES)

        def jets(x: arb_series) -> tuple[arb_series, ...]:
            try:
                values = tape(x)
            except (ValueError, ZeroDivisionError):  # a quotient whose denominator straddles 0
                values = (series([arb.nan()] * (order + 3)),) * 3
            return tuple(value if isinstance(value, arb_series) else series([value]) for value in values)

        drop, factor, source = germ(jets, order + 2, arb(0).union(reach))
        factor, source = factor.without(1, 1).cut(order), source.cut(order)
        if self.letter == GAP:
            return drop.lowered(1).without(1, 1).cut(order), factor, source
        # cos G = 1 - x^2 V: G = 2 asin(x sqrt(V/2)), where 4 (V/2) = 1 + O(x)
        half = drop.lowered(2).scaled(arb(2)).without(1, 1).root().scaled(arb(1) / 2)
        angle = half.raised(1).into(_arcsine).scaled(arb(2))
        return angle.lowered(1).without(1, 1).cut(order), factor, source


def _arcsine(x: arb_series) -> arb_series:
    return SERIES.functions["asin"](x)


def critical_map(network: Network, depth: int) -> CriticalMap | None:
    """The critical map of a network at a depth, or None where its recursion is another one.

    >>> from theory.activations import activation
    >>> from theory.architectures import ffnet
    >>> found = critical_map(ffnet(activation("relu")), 100)
    >>> None if found is None else found.power
    3
    """
    return _critical_map(network, depth if model(network).depends_on_depth else 1)


@lru_cache(maxsize=128)
def _critical_map(network: Network, depth: int) -> CriticalMap | None:
    used = model(network)
    if used.lengths is not None or not used.equal or any(e.has(symbols.layer) for e in used.coefficients):
        return None
    if not _is_critical(network):
        return None
    corr, factor, source = (at_depth(e, depth) for e in (used.corr, used.factor, used.source))
    gap = {symbols.c: 1 - GAP}
    smooth = CriticalMap(letter=GAP, drop=1 - corr.subs(gap), factor=factor.subs(gap), source=source.subs(gap), power=2)
    kinked = CriticalMap(
        letter=symbols.theta, drop=1 - in_angle(corr), factor=in_angle(factor), source=in_angle(source), power=3
    )
    return next((found for found in (smooth, kinked) if _is_regular(found)), None)


@lru_cache(maxsize=128)
def _is_critical(network: Network) -> bool:
    """Whether kappa'(1) = 1 and F = C', exactly."""
    used = model(network)
    one, slope = used.diagonal_factor - 1, used.corr.diff(symbols.c) - used.factor
    same = used.corr_slope == used.factor or is_zero(slope) is Answer.YES
    return same and is_zero(one) is Answer.YES


def _is_regular(found: CriticalMap) -> bool:
    """Whether jets at 0 exist and the map is x - a x^2 + ... with a > 0."""
    with precision(128, 10):
        ratio, factor, source = found.germs(4, arb(1) / 2**_TRIAL)
        finite = all(g[k].is_finite() for g in (ratio, factor, source) for k in range(4))
        return bool(finite and ratio.rest.is_finite() and ratio[1] < 0)
