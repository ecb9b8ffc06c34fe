"""Correlation maps of activations, their slopes chi = C'(1), and what follows from them near c = 1, as identities.

What stands on the left is derived when a claim is judged or printed (``theory.derived``).
"""

from sympy import Expr, Integer, Rational, Symbol, acos, asin, exp, pi, sinh, sqrt, tanh

from theory import symbols
from theory.claims import Claim, Kind
from theory.derived import later
from theory.network import Network
from theory.papers.depth_limits_common import CORRELATIONS, REFUTED, chi, corr_map, equal, net

_c = symbols.c
_MAP, _CHI, _FIXED, _LOCAL, _MATRIX = (
    "correlation maps", "chi = C'(1)", "fixed points", "coefficients at c = 1", "condition numbers",
)  # fmt: skip
_DANIELY, _CHO = "Daniely, Frostig, Singer 2016, dual activations", "Cho and Saul 2009, arc-cosine kernels"
_m = Symbol("m", positive=True)


def _derivative(network: Network, order: int, at: Expr) -> Expr:
    """A derivative of the map (order 0: the map itself) at a point."""
    value: Expr = corr_map(network).diff(_c, order).subs(_c, at)
    return value


def _slope(network: Network) -> Expr:
    """The derivative of the map, in c."""
    slope: Expr = corr_map(network).diff(_c)
    return slope


def _times_map(network: Network, factor: Expr) -> Expr:
    """A multiple of the map."""
    return factor * corr_map(network)


def _slope_over_chi(network: Network, at: Expr) -> Expr:
    """C'/chi at a point."""
    return _derivative(network, 1, at) / chi(network)


def _logarithm(network: Network) -> Expr:
    """The coefficient of log(L)/L in N_L for a smooth critical map: 1/3 - 2 C'''(1)/(9 C''(1)^2)."""
    second, third = (_derivative(network, order, Integer(1)) for order in (2, 3))
    return Rational(1, 3) - 2 * third / (9 * second**2)


def _condition(off: Expr) -> Expr:
    """Largest over smallest eigenvalue of the m x m matrix with 1 on the diagonal and ``off`` elsewhere."""
    return (1 + (_m - 1) * off) / (1 - off)


_ERF, _SIN, _COS, _EXP, _GAUSS = (net(name) for name in ("erf", "sin", "cos", "exp", "gaussian"))
_sinh, _cosh = (exp(_c) - exp(-_c)) / (exp(1) - exp(-1)), (exp(_c) + exp(-_c)) / (exp(1) + exp(-1))
_STEP, _SIGN, _RELU, _SQUARE, _CUBE = (net(name) for name in ("step", "sign", "relu", "relu_power:2", "relu_power:3"))
_HALF, _BALANCED, _PLAIN_SQUARE = (net(f"polynomial:{of}") for of in ("0,1,1/3", "2*3^(1/2),3,0,1", "0,0,1"))

MAPS = (
    equal(
        "map-erf", "erf: C(c) = arcsin(2c/3)/arcsin(2/3)", _MAP, later(corr_map, _ERF), asin(2 * _c / 3) / asin(Rational(2, 3)),
        CORRELATIONS, source=_DANIELY,
    ),
    equal(
        "map-erf-false", "erf: C(c) = arcsin(c/2)/arcsin(1/2)", _MAP, later(corr_map, _ERF), asin(_c / 2) / asin(Rational(1, 2)),
        CORRELATIONS, expected=REFUTED,
    ),
    equal("map-sin", "sin: C(c) = sinh(c)/sinh(1)", _MAP, later(corr_map, _SIN), _sinh, CORRELATIONS, source=_DANIELY),
    equal("map-cos", "cos: C(c) = cosh(c)/cosh(1)", _MAP, later(corr_map, _COS), _cosh, CORRELATIONS, source=_DANIELY),
    equal(
        "map-cos-false", "cos: C(c) = sinh(c)/sinh(1)", _MAP, later(corr_map, _COS), _sinh, CORRELATIONS, expected=REFUTED,
        note="The odd part belongs to sin.",
    ),
    equal("map-exp", "exp: C(c) = exp(c - 1)", _MAP, later(corr_map, _EXP), exp(_c - 1), CORRELATIONS, source=_DANIELY),
    equal(
        "map-gaussian", "exp(-x^2): C(c) = 5^(1/2)/(9 - 4c^2)^(1/2)", _MAP, later(corr_map, _GAUSS),
        sqrt(5) / sqrt(9 - 4 * _c**2), CORRELATIONS,
    ),
    equal(
        "map-gaussian-false", "exp(-x^2): C(c) = 3^(1/2)/(4 - c^2)^(1/2)", _MAP, later(corr_map, _GAUSS),
        sqrt(3) / sqrt(4 - _c**2), CORRELATIONS, expected=REFUTED, note="That is the map of exp(-x^2/2).",
    ),
    equal(
        "map-step", "step: C(c) = 1 - arccos(c)/pi", _MAP, later(corr_map, _STEP), 1 - acos(_c) / pi, CORRELATIONS, source=_CHO,
    ),
    equal("map-sign", "sign: C(c) = (2/pi) arcsin(c)", _MAP, later(corr_map, _SIGN), 2 * asin(_c) / pi, CORRELATIONS),
    equal(
        "map-relu2", "relu^2: C(c) = (3 c sin t + (pi - t)(1 + 2 c^2))/(3 pi)", _MAP, later(corr_map, _SQUARE),
        (3 * _c * sqrt(1 - _c**2) + (pi - acos(_c)) * (1 + 2 * _c**2)) / (3 * pi), CORRELATIONS, source=_CHO,
    ),
    equal(
        "map-relu3", "relu^3: C(c) = (sin t (11 c^2 + 4) + (pi - t)(6 c^3 + 9 c))/(15 pi)", _MAP, later(corr_map, _CUBE),
        (sqrt(1 - _c**2) * (11 * _c**2 + 4) + (pi - acos(_c)) * (6 * _c**3 + 9 * _c)) / (15 * pi), CORRELATIONS, source=_CHO,
    ),
    equal(
        "map-relu2-slope", "relu^2: C' = (4/3) times the map of relu", _MAP, later(_slope, _SQUARE),
        later(_times_map, _RELU, Rational(4, 3)), CORRELATIONS, source=f"{_CHO}, with Price's theorem",
    ),
    equal(
        "map-relu3-slope", "relu^3: C' = (9/5) times the map of relu^2", _MAP, later(_slope, _CUBE),
        later(_times_map, _SQUARE, Rational(9, 5)), CORRELATIONS, source=f"{_CHO}, with Price's theorem",
    ),
    equal(
        "map-relu3-slope-false", "relu^3: C' = (9/4) times the map of relu^2", _MAP, later(_slope, _CUBE),
        later(_times_map, _SQUARE, Rational(9, 4)), CORRELATIONS, expected=REFUTED,
        note="The norm of relu^n is (2n - 1)!!/2, not (n!)/2.",
    ),
)  # fmt: skip

SLOPES = (
    equal("chi-sin", "sin: chi = coth 1", _CHI, later(chi, _SIN), 1 / tanh(1)),
    equal("chi-cos", "cos: chi = tanh 1", _CHI, later(chi, _COS), tanh(1)),
    equal(
        "chi-cos-false", "cos: chi = coth 1", _CHI, later(chi, _COS), 1 / tanh(1), expected=REFUTED,
        note="Taken from sin: one is ordered, the other chaotic.",
    ),
    equal(
        "chi-erf", "erf: chi = (4/5) 5^(1/2)/(pi - 2 arccos(2/3))", _CHI, later(chi, _ERF),
        4 * sqrt(5) / (5 * (pi - 2 * acos(Rational(2, 3)))),
    ),
    equal(
        "chi-erf-false", "erf: chi = 1", _CHI, later(chi, _ERF), Integer(1), expected=REFUTED,
        note="Without bias erf is chaotic: criticality takes a bias.",
    ),
    equal("chi-gaussian", "exp(-x^2): chi = 4/5", _CHI, later(chi, _GAUSS), Rational(4, 5)),
    equal("chi-exp", "exp: chi = 1", _CHI, later(chi, _EXP), Integer(1)),
    equal("chi-relu2", "relu^2: chi = 4/3", _CHI, later(chi, _SQUARE), Rational(4, 3), source=_CHO),
    equal("chi-relu3", "relu^3: chi = 9/5", _CHI, later(chi, _CUBE), Rational(9, 5), source=_CHO),
    equal("chi-relu2-false", "relu^2: chi = 1", _CHI, later(chi, _SQUARE), Integer(1), expected=REFUTED),
)  # fmt: skip

FIXED = (
    equal("fixed-polynomial", "x + x^2/3: C(1/2) = 1/2", _FIXED, later(_derivative, _HALF, 0, Rational(1, 2)), Rational(1, 2)),
    equal(
        "fixed-square", "x^2: C(1/2) = 1/2", _FIXED, later(_derivative, _PLAIN_SQUARE, 0, Rational(1, 2)),
        Rational(1, 2),
    ),
    equal(
        "fixed-square-false", "x^2: C(1/3) = 1/3", _FIXED, later(_derivative, _PLAIN_SQUARE, 0, Rational(1, 3)),
        Rational(1, 3), expected=REFUTED, note="1/3 is C(0).",
    ),
    equal(
        "fixed-polynomial-slope", "x + x^2/3: C'(1/2) = 11/12", _FIXED, later(_derivative, _HALF, 1, Rational(1, 2)),
        Rational(11, 12),
    ),
    equal("fixed-sin-slope", "sin: C'(0) = 1/sinh 1", _FIXED, later(_derivative, _SIN, 1, Integer(0)), 1 / sinh(1)),
    equal(
        "fixed-erf-quotient", "erf: C'(0)/chi = 5^(1/2)/3", _FIXED, later(_slope_over_chi, _ERF, Integer(0)), sqrt(5) / 3,
        note="The NTK of a deep erf network decays like L (5^(1/2)/3)^L.",
    ),
    equal(
        "fixed-step-false", "step: C(4/5) = 4/5", _FIXED, later(_derivative, _STEP, 0, Rational(4, 5)), Rational(4, 5),
        expected=REFUTED, note="c* = 0.78983...",
    ),
)  # fmt: skip

LOCAL = (
    equal(
        "local-exp", "exp: C''(1) = C'''(1) = 1, so the logarithm has the coefficient 1/9", _LOCAL, later(_logarithm, _EXP),
        Rational(1, 9),
    ),
    equal(
        "local-balanced", "C = 2/9 + 2c/3 + c^3/9: C''' = (3/2) C''^2, and the logarithm vanishes", _LOCAL,
        later(_logarithm, _BALANCED), Integer(0),
        note="A critical activation without a logarithm: 1/L, against a rate log(L)/L for all smooth activations.",
    ),
    equal(
        "local-balanced-map", "The map of this activation", _LOCAL, later(corr_map, _BALANCED),
        (2 + 6 * _c + _c**3) / 9, CORRELATIONS,
    ),
    equal(
        "local-balanced-false", "C = 2/9 + 2c/3 + c^3/9: coefficient 1/3 of the logarithm", _LOCAL, later(_logarithm, _BALANCED),
        Rational(1, 3), expected=REFUTED, note="1/3 needs C''' = 0.",
    ),
    equal("local-cos", "cos: C''(1) = 1", _LOCAL, later(_derivative, _COS, 2, Integer(1)), Integer(1)),
    equal("local-gaussian", "exp(-x^2): C''(1) = 68/25", _LOCAL, later(_derivative, _GAUSS, 2, Integer(1)), Rational(68, 25)),
    equal(
        "local-gaussian-false", "exp(-x^2): C''(1) = 12/5", _LOCAL, later(_derivative, _GAUSS, 2, Integer(1)), Rational(12, 5),
        expected=REFUTED,
    ),
)  # fmt: skip

MATRICES = (
    equal(
        "condition-smooth", "Off-diagonal 1/3: condition number (m + 2)/2", _MATRIX, _condition(Rational(1, 3)), (_m + 2) / 2,
        kind=Kind.SPECTRUM, source="Xiao, Pennington, Schoenholz 2020, critical smooth activations",
    ),
    equal(
        "condition-kinked", "Off-diagonal 1/4: condition number (m + 3)/3", _MATRIX, _condition(Rational(1, 4)), (_m + 3) / 3,
        kind=Kind.SPECTRUM, source="Xiao, Pennington, Schoenholz 2020",
    ),
    equal(
        "condition-false", "Off-diagonal 1/4: condition number (m + 3)/2", _MATRIX, _condition(Rational(1, 4)), (_m + 3) / 2,
        kind=Kind.SPECTRUM, expected=REFUTED,
    ),
)  # fmt: skip

CLAIMS: tuple[Claim, ...] = (*MAPS, *SLOPES, *FIXED, *LOCAL, *MATRICES)
