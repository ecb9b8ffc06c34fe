"""Huang et al. 2020, learning: the predictor of the limit, its first correction, and rows that have no machine form.

S is the sum of the n labels.
"""

from sympy import Expr, Integer, Rational, Symbol

from theory.claims import Kind, Unstated
from theory.papers.huang2020_common import (
    OPEN,
    REFUTED,
    UNSURE,
    claim,
    identity,
)
from theory.papers.short import interval
from theory.regression import first_order, n, predictor, rho, sensitivity, total

# a claim in four lines reads better than in fourteen
# fmt: off
_TOPIC = "learnability"
_quarter = Rational(1, 4)
_LOG = Rational(3, 8) * sensitivity(correlation=_quarter)  # 3/8: claim thm-ffnet-rate-sharp
_CORRELATIONS = interval(rho, "(0, 1)")

PREDICTOR = (
    identity(
        "thm-notlearn-limit", "Off the sample the ffnet limit predicts S/(n+3), whatever the point", _TOPIC,
        predictor(correlation=_quarter), total / (n + 3), note=UNSURE,
    ),
    identity(
        "thm-notlearn-limit-general", "Off-diagonal rho: the predictor is rho S/(1 - rho + rho n)", _TOPIC,
        predictor(), rho * total / (1 - rho + rho * n), _CORRELATIONS,
    ),
    identity(
        "thm-notlearn-limit-shrunk", "It is the mean of the labels, shrunk by n/(n+3)", _TOPIC,
        predictor(correlation=_quarter), n / (n + 3) * (total / n),
    ),
    identity(
        "thm-notlearn-limit-false-mean", "False: it predicts the mean of the labels", _TOPIC,
        predictor(correlation=_quarter), total / n, expected=REFUTED,
        note="False variant of thm-notlearn-limit; right as n -> oo.",
    ),
    identity(
        "thm-notlearn-limit-false-four", "False: it predicts S/(n+4)", _TOPIC,
        predictor(correlation=_quarter), total / (n + 4), expected=REFUTED, note="False variant of thm-notlearn-limit.",
    ),
)

FINITE = (
    identity(
        "thm-notlearn-finite", "At depth L the predictor is S [1/(n+3) + (6/(n+3)^2) log L/L + O(1/L)]", _TOPIC,
        _LOG, 6 * total / (n + 3) ** 2,
        note="The coefficient: 3/8 (every pair has the same excess, thm-ffnet-rate-sharp) times the derivative in rho.",
        uses=("thm-ffnet-rate-sharp",),
    ),
    identity(
        "thm-notlearn-finite-false-cancels", "False: the excess of every pair cancels, so the error is O(1/L)", _TOPIC,
        _LOG, Integer(0), expected=REFUTED, note="False variant of thm-notlearn-finite.",
    ),
    identity(
        "thm-notlearn-finite-false-direct", "False: coefficient 3/8, without the derivative 16/(n+3)^2", _TOPIC,
        _LOG, Rational(3, 8) * total, expected=REFUTED, note="False variant of thm-notlearn-finite.",
    ),
)


def _symbols(names: str) -> tuple[Symbol, ...]:
    return tuple(Symbol(name, real=True) for name in names.split())


_y1, _y2 = _symbols("y1 y2")
_k1, _k2, _k3 = _NEW = _symbols("k1 k2 k3")
_k12, _k13, _k23 = _symbols("k12 k13 k23")
_LABELS = (_y1, _y2, -_y1 - _y2)
_GRAM = ((Integer(0), _k12, _k13), (_k12, Integer(0), _k23), (_k13, _k23, Integer(0)))
_CHANGE = first_order(_quarter, _LABELS, _NEW, _GRAM)
_DIRECT: Expr = sum((k * y for k, y in zip(_NEW, _LABELS, strict=True)), Integer(0))
_THROUGH_GRAM: Expr = sum((_GRAM[i][j] * _LABELS[j] for i in range(3) for j in range(3)), Integer(0))

BALANCED = (
    identity(
        "notlearn-balanced", "If S = 0: L f_L(x) -> (4/3)[sum k_j y_j - (1/(n+3)) sum k_ij y_j], here for n = 3",
        _TOPIC,
        _CHANGE, Rational(4, 3) * (_DIRECT - _THROUGH_GRAM / 6),
        note="k = K(theta) of ff-log-constant, K ~ 3 pi/(4 theta) at 0: a classifier remains in the sign of f_L. "
        "Stated at n = 3 with free values k; the pair-independent terms drop out because S = 0.",
    ),
    identity(
        "notlearn-balanced-false-order", "False: if S = 0 then f_L = O(1/L^2)", _TOPIC, _CHANGE, Integer(0),
        expected=REFUTED,
        note="False variant of notlearn-balanced: the first order does not vanish.",
    ),
    identity(
        "notlearn-balanced-false-direct", "False: if S = 0 then L f_L(x) -> (4/3) sum k_j y_j", _TOPIC,
        _CHANGE, Rational(4, 3) * _DIRECT, expected=REFUTED,
        note="False variant of notlearn-balanced: the change of the Gram matrix forgotten.",
    ),
)

UNSTATED = (
    claim(
        "tangent-kernel-limit", "At finite width the tangent kernel at initialisation is close to its limit",
        "finite width",
        Kind.FINITE_WIDTH,
        Unstated(
            latex=r"P\bigl(|\Theta^{(m)}_L(x,x') - \Theta_L(x,x')| > \varepsilon\bigr) \le \delta"
            r"\quad\text{for } m \ge \mathrm{poly}(L, 1/\varepsilon, \log(1/\delta))",
            reason="a statement on random finite networks; the form of statement for it does not exist yet",
        ),
        OPEN, UNSURE,
    ),
    claim(
        "training", "A wide resnet trained by gradient descent follows kernel regression with Omega_L", "training",
        Kind.TRAINING,
        Unstated(
            latex=r"\sup_t |f^{(m)}_t(x) - f^{\mathrm{ker}}_t(x)| \to 0 \quad (m \to \infty)",
            reason="a statement on training at finite width; the form of statement for it does not exist yet",
        ),
        OPEN, UNSURE,
    ),
    claim(
        "experiments", "Test accuracy falls with depth for the ffnet and not for the resnet", "experiments",
        Kind.TRAINING,
        Unstated(
            latex=r"\text{accuracy of kernel regression and of trained networks against depth}",
            reason="an observation on data sets, not a mathematical statement",
        ),
        OPEN,
    ),
)

CLAIMS = PREDICTOR + FINITE + BALANCED + UNSTATED
