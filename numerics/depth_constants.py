"""Constants that the inputs leave in the depth limit: what the expansion in L cannot know, enclosed.

Critical (``numerics.abel``; x = theta or 1 - c, see the field ``variable``):

    M = lim (1/x_L - a L - alpha log L),     B = lim (t_L - P(x_L))/h(x_L),
    K = lim (t_L - p (a L + alpha log L)) = p M + p_0,       P = p/x + p_0 + O(x log x),  t = Theta/q,

in the normalisation of ``theory.critical``. Settling at a fixed point c* with rate lambda = C'(c*), |lambda| < 1:

    Q = lim (c_L - c*)/lambda^L       (Koenigs).

Proof of the last. c_{k+1} - c* = lambda (c_k - c*)(1 + e_k) with |e_k| <= H |c_k - c*|/|lambda|, H a bound of |C''|/2 on the
ball D of radius d around c* that C maps into itself with rate rho. So Q = (c_l - c*) lambda^(-l) e^(+-2s),
s = H d/(|lambda| (1 - rho)) <= 1/2, since |log(1 + e)| <= 2 |e| for |e| <= 1/2.

What can go wrong. Equal inputs, and others that stay exact, have no such constants: None. So have networks whose lengths
change, and kinked maps that settle at c* = 1.
"""

from dataclasses import dataclass

from flint import arb, arb_series, ctx

from numerics.abel import advance, coordinates, input_constants
from numerics.balls import REAL, SERIES, accurate, bits_of, precision, series
from numerics.compile import lower
from numerics.contraction import Maps, attraction
from numerics.critical_maps import GAP, critical_map
from numerics.kernel import read_inputs
from numerics.leaps import BURN_IN
from numerics.model import at_depth, model
from numerics.propagation import Run
from theory import symbols
from theory.exact import Exact
from theory.network import Network

_ATTEMPTS = 8


@dataclass(frozen=True, kw_only=True)
class CriticalConstants:
    """M, B and K of a critical network and its inputs, with the numbers a, alpha and p of the network.

    variable   what x is: "theta" or "1 - c"
    """

    variable: str
    a: arb
    alpha: arb
    shift: arb
    tangent: arb
    ntk_slope: arb
    ntk_constant: arb


@dataclass(frozen=True, kw_only=True)
class SettlingConstants:
    """c*, lambda and Q of a network and its inputs."""

    point: arb
    rate: arb
    koenigs: arb


def critical_constants(
    network: Network, corr: Exact | None = None, *, angle: Exact | None = None, digits: int = 30
) -> CriticalConstants | None:
    """The constants of a critical network, or None where it is not, or where the inputs stay exact.

    digits   each ball has rad <= 10^-digits max(|mid|, 10^-digits)

    >>> from theory.activations import activation
    >>> from theory.architectures import ffnet
    >>> found = critical_constants(ffnet(activation("relu")), angle=1, digits=10)
    >>> None if found is None else found.ntk_constant.str(8, radius=False)
    '1.5650737'
    """
    start, used = read_inputs(corr, angle), model(network)
    found = None if used.depends_on_depth else critical_map(network, 1)
    if found is None:
        return None
    tape = lower((start.corr,), ())
    bits = bits_of(digits) + 64
    for _ in range(_ATTEMPTS):
        with precision(bits):
            run = Run(used, 1, lambda: tape.run(REAL, ())[0], start.exact)
            at = coordinates(found, bits)
            if at is None or not run.needs_iteration:
                return None
            while run.exact is not None or not at.holds(found.coordinate(run.corr)):
                if run.layer >= BURN_IN:
                    return None
                run.advance(run.layer + 32, lambda _: None)
            x = found.coordinate(run.corr)
            constants = input_constants(at, x, run.ntk, run.layer)
            if constants is None or advance(at, x, run.ntk, 1) is None:
                return None
            slope, offset = at.u[0], at.u[1] + at.s[1] * at.u[0]
            answer = CriticalConstants(
                variable="1 - c" if found.letter == GAP else "theta",
                a=+at.a,
                alpha=+at.alpha,
                shift=+constants[0],
                tangent=+constants[1],
                ntk_slope=+slope,
                ntk_constant=slope * constants[0] + offset,
            )
        if all(accurate(ball, digits, margin=2) for ball in (answer.shift, answer.tangent, answer.ntk_constant)):
            return answer
        bits += bits // 2
    return None


def settling_constants(
    network: Network, corr: Exact | None = None, *, angle: Exact | None = None, digits: int = 30
) -> SettlingConstants | None:
    """The constants of a network whose correlation settles, or None where that is not shown.

    >>> from theory.activations import activation
    >>> from theory.architectures import ffnet
    >>> from sympy import Rational
    >>> found = settling_constants(ffnet(activation("erf")), Rational(3, 10), digits=10)
    >>> None if found is None else found.koenigs.str(10, radius=False)
    '0.3129407406'
    """
    start, used = read_inputs(corr, angle), model(network)
    if used.depends_on_depth or used.lengths is not None or any(e.has(symbols.layer) for e in used.coefficients):
        return None
    tape = lower((start.corr,), ())
    jets = lower((at_depth(used.corr, 1),), (symbols.c,))
    bits = 2 * bits_of(digits) + 96
    for _ in range(_ATTEMPTS):
        with precision(bits, 3):
            run = Run(used, 1, lambda: tape.run(REAL, ())[0], start.exact)
            if not run.needs_iteration:
                return None
            maps = Maps(run)
            answer, target = None, 64
            while target <= BURN_IN and not (answer is not None and _all_accurate(answer, digits)):
                run.advance(target, lambda _: None)
                answer = _koenigs(run, maps, jets.bind(SERIES))
                target *= 2
        if answer is not None and _all_accurate(answer, digits):
            return answer
        if answer is None:
            return None
        bits *= 2
    return None


def _all_accurate(found: SettlingConstants, digits: int) -> bool:
    return all(accurate(ball, digits, margin=2) for ball in (found.point, found.rate, found.koenigs))


def _koenigs(run: Run, maps: Maps, jets: object) -> SettlingConstants | None:
    """Q by the product formula from the present layer on."""
    near = attraction(run, maps)
    if near is None or near.rate == 0:
        return None
    assert callable(jets)
    try:
        (value,) = jets(series([near.box, 1]))
    except (ValueError, ZeroDivisionError):
        return None
    rate = maps.corr(near.point, [])[1]
    if not (isinstance(value, arb_series) and value[2].is_finite()) or rate.contains(0):
        return None
    wander = (abs(value[2]) * near.distance / (abs(rate) * (1 - near.rate))).upper()
    if not wander <= 0.5:
        return None
    with precision(int(ctx.prec) + run.layer.bit_length(), 3):
        gone = rate**run.layer
    return SettlingConstants(
        point=near.point, rate=rate, koenigs=(run.corr - near.point) / gone * arb(0, 2 * wander).exp()
    )
