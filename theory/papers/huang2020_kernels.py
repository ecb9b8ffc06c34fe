"""Huang et al. 2020, the kernels: duals of ReLU, the recursions, the diagonal, and one-layer facts."""

from sympy import Expr, Integer, Rational, acos, asin, cos, pi, sin, sqrt

from theory import symbols
from theory.architectures import ffnet, resnet
from theory.claims import Kind, Quantity
from theory.duals import correlation_dual
from theory.papers.huang2020_common import (
    BLOCK,
    COS_G,
    FFNET,
    KAPPA_0,
    KAPPA_1,
    OMEGA,
    OMEGA_IN_C,
    REFUTED,
    RELU,
    RESNET,
    depth,
    identity,
    inequality,
    unrolled,
)
from theory.papers.short import form, interval
from theory.recursion import derive

# a claim in four lines reads better than in fourteen
# fmt: off
_c, _T, _q, _theta = symbols.c, symbols.ntk, symbols.length, symbols.theta
_h = symbols.alpha**2
_CORRELATIONS = interval(_c, "[-1, 1]")
_INTERIOR = interval(_c, "(-1, 1)")
_ANGLES = interval(_theta, "(0, pi)")
_DUAL, _FF, _RES = "dual of ReLU", "ffnet kernels", "resnet kernels"


def _at_length(expression: Expr) -> Expr:
    """A recursion at two inputs of equal squared length q, with the kernel written as K = q c."""
    same: Expr = expression.subs({symbols.length1: _q, symbols.length2: _q, symbols.nngp: _q * _c}, simultaneous=True)
    return same


def _kappa(order: int, at: Expr) -> Expr:
    """Derived kappa_0 or kappa_1 at another correlation."""
    value: Expr = (KAPPA_1 if order else KAPPA_0).subs(_c, at)
    return value


def _unit(expression: Expr) -> Expr:
    value: Expr = _at_length(expression).subs(_q, 1)
    return value


_FF_NEXT, _RES_NEXT = derive(FFNET), derive(BLOCK)
_SIGMA_1 = KAPPA_1
_SIGMA_2 = _kappa(1, KAPPA_1)
_ONE_BLOCK = form(BLOCK).correlation

DUALS = (
    identity(
        "dual-kappa1", "kappa_1 of ReLU is the arc-cosine kernel of order 1", _DUAL,
        correlation_dual(RELU), (sqrt(1 - _c**2) + (pi - acos(_c)) * _c) / pi, _CORRELATIONS,
        note="The closed form of Cho and Saul 2009, against the dual derived by Gaussian integration.",
    ),
    identity(
        "dual-kappa0", "kappa_0 of ReLU is the arc-cosine kernel of order 0", _DUAL,
        KAPPA_0, (pi - acos(_c)) / pi, _CORRELATIONS,
    ),
    identity(
        "dual-kappa0-arcsin", "kappa_0 = 1/2 + arcsin(c)/pi", _DUAL, KAPPA_0, Rational(1, 2) + asin(_c) / pi,
        _CORRELATIONS,
    ),
    identity(
        "dual-price", "Price: kappa_1' = kappa_0", _DUAL, KAPPA_1.diff(_c), KAPPA_0, _INTERIOR,
    ),
    identity(
        "dual-chi", "ReLU is critical: kappa_1'(1) = 1", _DUAL, KAPPA_0.subs(_c, 1), Integer(1),
    ),
    identity(
        "dual-angle", "In the angle: cos G = cos theta + (sin theta - theta cos theta)/pi", _DUAL,
        COS_G, cos(_theta) + (sin(_theta) - _theta * cos(_theta)) / pi, _ANGLES,
    ),
    inequality(
        "dual-fixed-point", "kappa_1(c) > c for c < 1: the only fixed point is 1", _DUAL,
        COS_G - cos(_theta), "(0, pi]", strict=True,
    ),
    inequality(
        "dual-monotone", "kappa_1 increases in c, to angle 3", _DUAL,
        -COS_G.diff(_theta), "(0, 3]", kind=Kind.MONOTONICITY,
        note="True up to pi, where the derivative vanishes to second order; stated to 3.",
    ),
    identity(
        "dual-kappa0-false-arcsin", "False: kappa_0 = 1/2 + arcsin(c)/(2 pi)", _DUAL,
        KAPPA_0, Rational(1, 2) + asin(_c) / (2 * pi), _CORRELATIONS, expected=REFUTED,
        note="A plausible slip for dual-kappa0-arcsin: the factor is 1/pi.",
    ),
    identity(
        "dual-kappa1-false-angle", "False: kappa_1 with arccos c in the place of pi - arccos c", _DUAL,
        KAPPA_1, (sqrt(1 - _c**2) + acos(_c) * _c) / pi, _CORRELATIONS, expected=REFUTED,
        note="False variant of dual-kappa1; the two agree at c = 0 only.",
    ),
    identity(
        "dual-price-false-half", "False: kappa_1' = kappa_0/2", _DUAL, KAPPA_1.diff(_c), KAPPA_0 / 2, _INTERIOR,
        expected=REFUTED, note="The normalisation by c_phi = 1/2 forgotten on one side of dual-price.",
    ),
    inequality(
        "dual-fixed-point-false-cubic", "False: kappa_1(cos theta) - cos theta >= theta^3/(9 pi) for every angle",
        _DUAL,
        COS_G - cos(_theta) - _theta**3 / (9 * pi), "(0, pi]", expected=REFUTED,
        note="The leading term is theta^3/(3 pi), but at theta = pi the gain is 1 < pi^2/9.",
    ),
)

FF_RECURSION = (
    identity(
        "rec-ffnet-nngp", "Sigma_l = kappa_1(Sigma_{l-1})", _FF,
        _unit(_FF_NEXT.nngp_next), KAPPA_1, _CORRELATIONS, kind=Kind.RECURSION,
    ),
    identity(
        "rec-ffnet", "Theta_l = kappa_0(Sigma_{l-1}) Theta_{l-1} + Sigma_l", _FF,
        _unit(_FF_NEXT.ntk_next), KAPPA_0 * _T + KAPPA_1, _CORRELATIONS, kind=Kind.RECURSION,
    ),
    identity(
        "rec-ffnet-sum", "Theta_2 is the sum of three products", _FF,
        unrolled(FFNET, 2).ntk,
        (_SIGMA_2 + _kappa(0, _SIGMA_1) * _SIGMA_1 + _kappa(0, _SIGMA_1) * KAPPA_0 * _c).subs(_c, cos(_theta)),
        _ANGLES, kind=Kind.RECURSION,
        note="The paper's sum of L + 1 products, at L = 2.",
    ),
    depth(
        "rec-ffnet-diagonal", "Theta_L(x,x) = L + 1", _FF, "value == L + 1",
        quantity=Quantity.NTK, domain="[1, 1]", depths=(0, None),
    ),
    depth(
        "rec-ffnet-diagonal-fixed-readout", "With a fixed readout Theta_L(x,x) = L", _FF, "value == L",
        network=ffnet(RELU, train_readout=False), quantity=Quantity.NTK, domain="[1, 1]",
        note="The convention under which papers that print L are right.",
    ),
    depth(
        "rec-ffnet-length", "Sigma_L(x,x) = 1 at every depth", _FF, "value == 1",
        quantity=Quantity.NNGP, domain="[1, 1]", depths=(0, None),
    ),
    identity(
        "rec-ffnet-false-late", "False: kappa_0 taken at Sigma_l instead of Sigma_{l-1}", _FF,
        _unit(_FF_NEXT.ntk_next), _kappa(0, KAPPA_1) * _T + KAPPA_1, _CORRELATIONS, kind=Kind.RECURSION,
        expected=REFUTED,
        note="False variant of rec-ffnet: an index shifted by one.",
    ),
    depth(
        "rec-ffnet-false-diagonal", "False: Theta_L(x,x) = L with every weight trained", _FF, "value == L",
        quantity=Quantity.NTK, domain="[1, 1]", expected=REFUTED,
        note="False variant of rec-ffnet-diagonal; true for a fixed readout.",
    ),
    identity(
        "rec-ffnet-false-no-dual", "False: Theta_l = kappa_0 Theta_{l-1} + Sigma_{l-1}", _FF,
        _unit(_FF_NEXT.ntk_next), KAPPA_0 * _T + _c, _CORRELATIONS, kind=Kind.RECURSION, expected=REFUTED,
        note="False variant of rec-ffnet: the source one layer too early.",
    ),
)

RES_RECURSION = (
    identity(
        "rec-resnet-nngp", "K_l = K_{l-1} + alpha^2 D kappa_1(K_{l-1}/D)", _RES,
        _at_length(_RES_NEXT.nngp_next), _q * _c + _h * _q * KAPPA_1, _CORRELATIONS, kind=Kind.RECURSION,
    ),
    identity(
        "rec-resnet-length", "D_l = (1 + alpha^2) D_{l-1}", _RES, _RES_NEXT.length_next, (1 + _h) * _q,
        kind=Kind.RECURSION,
    ),
    identity(
        "rec-resnet", "Theta_l = (1 + alpha^2 kappa_0) Theta_{l-1} + alpha^2 (D kappa_1 + K kappa_0)", _RES,
        _at_length(_RES_NEXT.ntk_next), (1 + _h * KAPPA_0) * _T + _h * (_q * KAPPA_1 + _q * _c * KAPPA_0),
        _CORRELATIONS, kind=Kind.RECURSION,
        note="The paper prints the sum over l of the backward products B_{l+1}; layout of the sum from memory.",
    ),
    identity(
        "rec-resnet-sum", "Omega_2 = alpha^2 [B_2 (...)(0) + (...)(1)] with B_2 = 1 + alpha^2 kappa_0(1)", _RES,
        unrolled(BLOCK, 2).ntk * (1 + _h) ** 2,
        _h * (
            (1 + _h * _kappa(0, _ONE_BLOCK)) * (KAPPA_1 + _c * KAPPA_0)
            + (1 + _h) * (_kappa(1, _ONE_BLOCK) + _ONE_BLOCK * _kappa(0, _ONE_BLOCK))
        ).subs(_c, cos(_theta)),
        _ANGLES, kind=Kind.RECURSION,
        note="The printed sum over layers, at L = 2.",
    ),
    depth(
        "rec-resnet-diagonal", "Omega_L(x,x) = 2 L alpha^2 (1 + alpha^2)^(L-1)", _RES,
        "value == 2*L*L^(-2*gamma)*(1 + L^(-2*gamma))^(L-1)",
        network=RESNET, gammas="[0, oo)", quantity=Quantity.NTK, domain="[1, 1]",
    ),
    depth(
        "rec-resnet-length-all", "D_L = (1 + alpha^2)^L", _RES, "value == (1 + L^(-2*gamma))^L",
        network=RESNET, gammas="[0, oo)", quantity=Quantity.NNGP, domain="[1, 1]",
    ),
    identity(
        "resnet-L1", "One block: N_1 = Omega_1 = N_1^ff for every alpha", _RES,
        unrolled(BLOCK, 1).ntk / unrolled(BLOCK, 1).ntk_diagonal,
        unrolled(FFNET, 1).ntk / unrolled(FFNET, 1).ntk_diagonal,
        _ANGLES,
    ),
    identity(
        "resnet-L1-kappas", "Omega_1 = (kappa_1 + c kappa_0)/2", _RES, OMEGA_IN_C, (KAPPA_1 + _c * KAPPA_0) / 2,
        _CORRELATIONS,
    ),
    identity(
        "resnet-L1-angle", "Omega_1 = cos theta + (sin theta - 2 theta cos theta)/(2 pi)", _RES,
        OMEGA, cos(_theta) + (sin(_theta) - 2 * _theta * cos(_theta)) / (2 * pi), _ANGLES,
    ),
    depth(
        "resnet-L1-depth", "At depth 1 the normalised NTK is Omega_1, whatever gamma", _RES, "value == Omega_1",
        network=RESNET, gammas="[0, oo)", domain="[-1, 1]", depths=(1, 1),
    ),
    identity(
        "rec-resnet-false-factor", "False: the factor 2 lost in alpha^2, K_l = K_{l-1} + alpha^2 D kappa_1/2", _RES,
        _at_length(_RES_NEXT.nngp_next), _q * _c + _h * _q * KAPPA_1 / 2, _CORRELATIONS, kind=Kind.RECURSION,
        expected=REFUTED,
        note="False variant of rec-resnet-nngp: E[relu(z)^2] = 1/2 not divided out.",
    ),
    identity(
        "rec-resnet-false-no-identity-path", "False: B_l without the identity path, B_l = alpha^2 kappa_0 B_{l+1}",
        _RES,
        _at_length(_RES_NEXT.ntk_next), _h * KAPPA_0 * _T + _h * (_q * KAPPA_1 + _q * _c * KAPPA_0),
        _CORRELATIONS, kind=Kind.RECURSION, expected=REFUTED,
        note="False variant of rec-resnet; here T is the tangent kernel one layer below.",
    ),
    identity(
        "rec-resnet-false-one-matrix", "False: the gradient of one of the two branch matrices is forgotten", _RES,
        _at_length(_RES_NEXT.ntk_next), (1 + _h * KAPPA_0) * _T + _h * _q * KAPPA_1, _CORRELATIONS, kind=Kind.RECURSION,
        expected=REFUTED, note="False variant of rec-resnet: only V_l trained.",
    ),
    identity(
        "rec-resnet-false-trained-ends", "False: with A and v trained the recursion is unchanged", _RES,
        _at_length(derive(resnet(RELU, alpha=symbols.alpha, train_first=True, train_readout=True)).ntk_next),
        _at_length(_RES_NEXT.ntk_next), _CORRELATIONS, kind=Kind.RECURSION, expected=REFUTED,
        note="Trained ends add terms to the output kernel.",
    ),
    depth(
        "rec-resnet-false-diagonal", "False: Omega_L(x,x) = L alpha^2 (1 + alpha^2)^(L-1)", _RES,
        "value == L*L^(-2*gamma)*(1 + L^(-2*gamma))^(L-1)",
        network=RESNET, gammas="[0, oo)", quantity=Quantity.NTK, domain="[1, 1]", expected=REFUTED,
        note="False variant of rec-resnet-diagonal: V_l and W_l contribute equally, hence the 2.",
    ),
    depth(
        "rec-resnet-false-length", "False: D_L = 1 + L alpha^2", _RES, "value == 1 + L*L^(-2*gamma)",
        network=RESNET, gammas="[0, oo)", quantity=Quantity.NNGP, domain="[1, 1]", expected=REFUTED,
        note="The expansion of (1 + alpha^2)^L to first order; equal at L = 1 only.",
    ),
    identity(
        "resnet-L1-false-sum", "False: N_1 = (kappa_1 + kappa_0)/2", _RES, OMEGA_IN_C, (KAPPA_1 + KAPPA_0) / 2,
        _CORRELATIONS,
        expected=REFUTED, note="False variant of resnet-L1-kappas: the factor c lost.",
    ),
    identity(
        "resnet-L1-false-two-blocks", "False: two blocks give N_2 = N_2^ff, at any alpha", _RES,
        unrolled(BLOCK, 2).ntk / unrolled(BLOCK, 2).ntk_diagonal,
        unrolled(FFNET, 2).ntk / unrolled(FFNET, 2).ntk_diagonal,
        _ANGLES,
        expected=REFUTED, note="False variant of resnet-L1: the coincidence ends at L = 1.",
    ),
)

ONE_LAYER = (
    inequality(
        "ff-sign-minimum", "Omega_1 >= -171/2500 for every angle", "ffnet NTK, sign",
        OMEGA + Rational(171, 2500), "[0, pi]",
        note="The minimum is -0.06839490 at theta = 0.79206 pi.",
    ),
    depth(
        "ff-sign-antipode", "N_1 = Omega_1 = 0 at c = -1", "ffnet NTK, sign", "value == 0", domain="[-1, -1]",
        depths=(1, 1), kind=Kind.IDENTITY,
    ),
    inequality(
        "lemma-omega-slope-lower", "dOmega_1/dtheta >= -69/100", "Lipschitz constant of Omega_1",
        Rational(69, 100) + OMEGA.diff(_theta), "[0, pi]",
        note="Used for the resnet bounds. The largest |dOmega_1/dtheta| is 0.66017, at theta = 0.96846.",
    ),
    inequality(
        "lemma-omega-slope-upper", "dOmega_1/dtheta <= 69/100", "Lipschitz constant of Omega_1",
        Rational(69, 100) - OMEGA.diff(_theta), "[0, pi]",
    ),
    inequality(
        "thm-notlearn-resnet", "Omega_1 is not constant off the diagonal: it decreases for angles up to 12/5",
        "learnability", -OMEGA.diff(_theta), "(0, 12/5]", strict=True, kind=Kind.MONOTONICITY,
        note="So the predictor of the resnet limit depends on the new point; it decreases to 2.48832.",
    ),
    depth(
        "ff-sign-two", "N_2 > 0 for every pair of inputs", "ffnet NTK, sign", "value > 0", domain="[-1, 1]",
        depths=(2, 2),
        note="The minimum over c is 0.0867.",
    ),
    depth(
        "ff-sign-all", "N_L > 0 for every L >= 2 and every pair of inputs", "ffnet NTK, sign", "value > 0",
        domain="[-1, 1]", depths=(2, None),
        note="From depth 8 on by the lower half of thm-ffnet-bound-two-sided; before, by enclosures.",
    ),
    inequality(
        "lemma-omega-slope-false", "False: |dOmega_1/dtheta| <= 13/20", "Lipschitz constant of Omega_1",
        Rational(13, 20) + OMEGA.diff(_theta), "[0, pi]", expected=REFUTED,
        note="False variant of lemma-omega-slope-lower.",
    ),
    depth(
        "ff-sign-false-nonnegative", "False: the ReLU NTK is nonnegative", "ffnet NTK, sign", "value >= 0",
        domain="[-1, 1]", expected=REFUTED, note="Negative at L = 1 near c = -0.795; false variant of ff-sign-two.",
    ),
    inequality(
        "ff-sign-false-monotone", "False: N_1 is nondecreasing in c", "ffnet NTK, sign", -OMEGA.diff(_theta), "[0, pi]",
        kind=Kind.MONOTONICITY, expected=REFUTED, note="Near c = -1 it increases again; its slope in c is -oo there.",
    ),
    inequality(
        "thm-notlearn-resnet-false-quarter", "False: Omega_1 >= 1/4 for every angle", "learnability",
        OMEGA - Rational(1, 4), "[0, pi]", expected=REFUTED,
        note="The floor of the ffnet limit does not hold for the resnet limit.",
    ),
)

TRAINED_ENDS = resnet(RELU, gamma=symbols.gamma, train_first=True, train_readout=True)

ENDS = (
    depth(
        "thm-resnet-false-trained-ends", "False: the bound of thm-resnet-bound also with A and v trained",
        "resnet limit", "abs(value - Omega_1) <= 1/(2*L) + 103/(100*sqrt(L))",
        network=resnet(RELU, gamma=Integer(1), train_first=True, train_readout=True), domain="[-1, 1]",
        expected=REFUTED,
        note="The added terms dominate: the limit is c.",
    ),
    depth(
        "thm-resnet-trained-ends", "With A and v trained the limit is c, for gamma > 1/2", "resnet limit", "limit == c",
        network=TRAINED_ENDS, gammas="(1/2, oo)", domain="[-1, 1]",
        note="The residual part is of relative size L^(1-2 gamma): Theorem V of docs/shapes.md.",
    ),
)

CLAIMS = DUALS + FF_RECURSION + RES_RECURSION + ONE_LAYER + ENDS
