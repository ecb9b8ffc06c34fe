r"""Layers at lengths that tend to 0: how they begin, exactly.

Setting. Between two matrices without bias K' = f E[phi(u) phi(v)] at lengths n q and covariance n K, which is E[psi(u) psi(v)]
at q, K for psi(x) = sqrt(f) phi(sqrt(n) x). Let phi(0) = 0 and f n phi'(0)^2 = 1, so that Q'(0) = 1, and psi'(0) > 0 (the sign of
psi changes nothing). With D_j the derivatives of psi at 0 (Mehler), K = q c:

    K'/q = sum_j c^j q^(j-1)/j! B_j^2,        B_j = sum_i D_(j+2i) (q/2)^i/i!.

    odd, D_3 = ... = D_(2k-1) = 0      W = q'/q = 1 - a q^k + ...,    a = -2 D_(2k+1)/(2^k k!)
                                       c' = c + r(c) q^(2k) + ...,    r = (k a)^2 rho_k,
                                       rho_k = sum_j (2^k k!)^2/(4 k^2 j! (2^i i!)^2) (c^j - c),
                                           over odd j from 3 to 2k + 1, with 2 i = 2k + 1 - j
    D_2 != 0                           W = 1 - a q + ...,             a = -(3 D_2^2/4 + D_3)
                                       c' = c + e q (1 - c)(1 - 2c) + ...,   e = D_2^2/4

The polynomial rho_k does not depend on the activation: rho_1 = -(c - c^3)/6.

Source. Theorem 13 of docs/depth-limits.md; the class K* = 0 of Roberts, Yaida and Hanin 2022.
"""

from dataclasses import dataclass
from math import factorial

from sympy import Expr, Integer, Rational, expand, sqrt

from theory.activations import parity
from theory.algebra import Answer, is_zero
from theory.duals import dual
from theory.network import Dense, Layer, Network, Nonlinearity, Scale
from theory.recursion import KernelRecursion
from theory.series import NoSeries, PowerSeries, expand_in, vanishes
from theory.symbols import c, length, length1, length2, nngp, ntk, ntk_diagonal, x

_MOST = 9
"""Derivatives of psi at 0 that are looked at."""


@dataclass(frozen=True, kw_only=True)
class Germ:
    """Layers K' = E[psi(u) psi(v)] at small lengths.

    psi      in x, psi(0) = 0 and psi'(0) = 1
    odd      whether psi is odd
    power    k
    slope    a
    bend     e; 0 where psi is odd
    """

    psi: Expr
    odd: bool
    power: int
    slope: Expr
    bend: Expr


def germ_of(recursion: KernelRecursion) -> Germ | None:
    """How the layers of a network begin at small lengths; None where they are none of the two kinds above."""
    found = _factors(recursion.network)
    if found is None:
        return None
    nonlinearity, front, inner = found
    moments = dual(nonlinearity.activation)
    if nonlinearity.normalised:
        front /= moments.second_moment.subs(length, 1)
    at = {length: inner * length, length1: inner * length, length2: inner * length, nngp: inner * nngp}
    same = recursion.nngp_next.subs({length1: length, length2: length})
    phi = nonlinearity.activation.expression
    try:
        taylor = expand_in(phi, {x: PowerSeries.variable(_MOST)})
        first = taylor[1]
        agree = (
            is_zero(same - front * moments.covariance.subs(at, simultaneous=True)),
            is_zero(recursion.length_next - front * moments.second_moment.subs(at, simultaneous=True)),
            is_zero(taylor[0]),
            is_zero(front * inner * first**2 - 1),
        )
        if not all(answer is Answer.YES for answer in agree):
            return None
        # psi(x) = phi(sqrt(n) x)/(sqrt(n) phi'(0)), as sqrt(f n) |phi'(0)| = 1
        psi = phi.subs(x, sqrt(inner) * x) / (sqrt(inner) * first)
        values = [taylor[j] * factorial(j) * sqrt(inner) ** (j - 1) / first for j in range(_MOST)]
        return _begins(psi, values, odd=parity(nonlinearity.activation) == -1)
    except NoSeries:
        return None


def _begins(psi: Expr, values: list[Expr], *, odd: bool) -> Germ | None:
    if odd:
        for k in range(1, (_MOST - 1) // 2 + 1):
            if 2 * k + 1 < _MOST and not vanishes(values[2 * k + 1]):
                slope = -2 * values[2 * k + 1] / (2**k * factorial(k))
                return Germ(psi=psi, odd=True, power=k, slope=slope, bend=Integer(0))
        return None
    if vanishes(values[2]):
        return None
    square = values[2] ** 2
    return Germ(psi=psi, odd=False, power=1, slope=-(3 * square / 4 + values[3]), bend=square / 4)


def _factors(network: Network) -> tuple[Nonlinearity, Expr, Expr] | None:
    """The nonlinearity, and f and n for the output kernels; None where the layers are of another kind."""
    body = network.body
    places = [i for i, layer in enumerate(body) if isinstance(layer, Nonlinearity)]
    if len(places) != 1:
        return None
    (at,) = places
    before, behind, readout = _scale(body[:at]), _scale(body[at + 1 :]), _scale(network.after)
    nonlinearity = body[at]
    if before is None or behind is None or readout is None or not isinstance(nonlinearity, Nonlinearity):
        return None
    return nonlinearity, readout * behind, before / readout


def _scale(layers: tuple[Layer, ...]) -> Expr | None:
    """What matrices without bias and scales multiply a kernel by."""
    product: Expr = Integer(1)
    for layer in layers:
        if isinstance(layer, Dense) and layer.bias_variance == 0:
            product *= layer.weight_variance
        elif isinstance(layer, Scale):
            product *= layer.factor**2
        else:
            return None
    return product


def drift(power: int) -> Expr:
    """rho_k, a polynomial in c.

    >>> drift(1)
    c**3/6 - c/6
    """
    total: Expr = Integer(0)
    for j in range(3, 2 * power + 2, 2):
        i = (2 * power + 1 - j) // 2
        weight = Rational(4**power * factorial(power) ** 2, 4 * power**2 * factorial(j) * (2**i * factorial(i)) ** 2)
        total += weight * (c**j - c)
    return expand(total)


def feeds_all(recursion: KernelRecursion) -> bool:
    """Whether what feeds the NTK is u K' + w K A with u, w >= 0 not both 0, A the factor of the NTK, also at one input."""
    slope, rest = recursion.ntk_next.diff(ntk), recursion.ntk_next.subs(ntk, 0)
    slope_d, rest_d = recursion.ntk_diagonal_next.diff(ntk_diagonal), recursion.ntk_diagonal_next.subs(ntk_diagonal, 0)
    for u, w in ((1, 0), (0, 1), (1, 1), (2, 0)):
        off = rest - u * recursion.nngp_next - w * nngp * slope
        one = rest_d - u * recursion.length_next - w * length * slope_d
        if is_zero(expand(off)) is Answer.YES and is_zero(expand(one)) is Answer.YES:
            return True
    return False


__all__ = ["Germ", "drift", "feeds_all", "germ_of"]
