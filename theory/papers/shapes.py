"""Shape of kernels at every depth: monotone and convex, ranked, strictly positive definite, and what happens at close inputs.

No single paper: the theorems S, D, E, M, R, B, V, W and I are proved in docs/shapes.md, for networks as their layers say,
not by
name. N_L is the normalised tangent kernel, c_L the correlation (the normalised NNGP kernel), theta_L the angle.
"""

from sympy import Expr, Integer, Rational, pi, sqrt

from theory import symbols
from theory.activations import activation, leaky_relu
from theory.architectures import densenet, ffnet, resnet, resnet_layernorm
from theory.claims import (
    Claim,
    Definite,
    Form,
    Kind,
    Parity,
    Quantity,
    Ranking,
    Scaling,
    Shaped,
    Spectrum,
    Verdict,
)
from theory.network import Network
from theory.papers.huang2020_common import FFNET, RELU, RESNET, resnet_at
from theory.papers.short import at_every_depth, claim, interval

PAPER = "shapes"
PROVED, REFUTED = Verdict.PROVED, Verdict.REFUTED
NNGP, NTK, ANGLE = Quantity.NORMALIZED_NNGP, Quantity.NORMALIZED_NTK, Quantity.ANGLE
_ANY_SCALE = (interval(symbols.gamma, "[0, oo)"),)


def _shaped(
    slug: str,
    title: str,
    network: Network,
    quantity: Quantity,
    form: Form,
    *,
    domain: str = "[-1, 1]",
    first: int = 1,
    expected: Verdict = PROVED,
    note: str = "",
) -> Claim:
    statement = Shaped(
        network=network,
        quantity=quantity,
        form=form,
        correlations=interval(symbols.c, domain),
        depth_low=first,
        parameters=_ANY_SCALE if network.parameters else (),
    )
    topic = "along the depth" if form in (Form.DEEPENING, Form.FADING) else "in the correlation"
    return claim(PAPER, slug, title, topic, Kind.MONOTONICITY, statement, expected, note)


def _ranked(
    slug: str,
    title: str,
    below: tuple[Network, Quantity],
    above: tuple[Network, Quantity],
    *,
    domain: str = "[-1, 1]",
    expected: Verdict = PROVED,
    note: str = "",
) -> Claim:
    statement = Ranking(
        network=below[0],
        quantity=below[1],
        other=above[0],
        other_quantity=above[1],
        correlations=interval(symbols.c, domain),
        parameters=_ANY_SCALE if below[0].parameters or above[0].parameters else (),
    )
    return claim(PAPER, slug, title, "between networks", Kind.MONOTONICITY, statement, expected, note)


def _definite(
    slug: str,
    title: str,
    network: Network,
    quantity: Quantity = NTK,
    *,
    strictly: bool = True,
    depths: tuple[int, int | None] = (1, None),
    expected: Verdict = PROVED,
    note: str = "",
) -> Claim:
    statement = Definite(
        network=network,
        quantity=quantity,
        strictly=strictly,
        depth_low=depths[0],
        depth_high=depths[1],
        parameters=_ANY_SCALE if network.parameters else (),
    )
    topic = "strictly positive definite"
    return claim(PAPER, slug, title, topic, Kind.POSITIVE_DEFINITENESS, statement, expected, note)


def _eigenvalues(
    slug: str, title: str, network: Network, first: int, quantity: Quantity = NTK, expected: Verdict = PROVED
) -> Claim:
    statement = Spectrum(network=network, degrees=Parity.EVERY, relation=">", quantity=quantity, depth_low=first)
    return claim(PAPER, slug, title, "strictly positive definite", Kind.SPECTRUM, statement, expected)


def _bound(
    slug: str,
    title: str,
    network: Network,
    holds: str,
    *,
    quantity: Quantity = NTK,
    domain: str = "[0, 1]",
    slopes: str | None = None,
    gammas: str | None = None,
    expected: Verdict = PROVED,
    note: str = "",
) -> Claim:
    return at_every_depth(
        PAPER, slug, title, "close and opposite inputs", network, holds,
        quantity=quantity, domain=domain, slopes=slopes, gammas=gammas, pointwise=False, expected=expected, note=note,
    )  # fmt: skip


def _window(
    slug: str, title: str, network: Network, angle: Expr, target: Expr, expected: Verdict = PROVED, note: str = ""
) -> Claim:
    domain = interval(symbols.x, "(0, oo)")
    statement = Scaling(network=network, quantity=NTK, angle=angle, target=target, domain=domain)
    return claim(PAPER, slug, title, "close and opposite inputs", Kind.LIMIT, statement, expected, note)


def _leaky(slope: str) -> Network:
    return ffnet(leaky_relu(Rational(slope)))


def _plain(name: str, **options: Expr) -> Network:
    return ffnet(activation(name), **options)


_TANH = _plain("tanh", critical=Integer(1))
_ERF, _EXP, _ABS, _SIGMOID, _SOFTPLUS = map(_plain, ("erf", "exp", "abs", "sigmoid", "softplus"))
_BIASED = ffnet(RELU, bias_variance=Rational(1, 10))
_SLOW = resnet(RELU, alpha=Rational(1, 2))
_DENSE, _NORMED = densenet(RELU), resnet_layernorm(RELU, alpha=Integer(1))

# a claim in four lines reads better than in fourteen
# fmt: off
IN_C = (
    _shaped("c-absolute", "N_L has only nonnegative derivatives in c on [0, 1], at every depth", FFNET, NTK, Form.ABSOLUTE,
            domain="[0, 1]", note="Theorem S: a power series with coefficients >= 0. So it rises, and is convex, there."),
    _shaped("c-absolute-resnet", "The same for the residual kernel, whatever gamma", RESNET, NTK, Form.ABSOLUTE,
            domain="[0, 1]"),
    _shaped("c-absolute-tanh", "The same for tanh, critical with a bias", _TANH, NTK, Form.ABSOLUTE, domain="[0, 1]"),
    _shaped("c-absolute-dense", "The same where each layer sees the mean of all before it", _DENSE, NTK, Form.ABSOLUTE,
            domain="[0, 1]"),
    _shaped("c-mirrored", "|N_L(c)| <= N_L(|c|) for every pair", FFNET, NTK, Form.MIRRORED, note="Theorem S."),
    _shaped("c-mirrored-layernorm", "The same with layer normalisation and shortcuts", _NORMED, NTK, Form.MIRRORED),
    _shaped("c-rising", "c_L rises with c on all of [-1, 1]", FFNET, NNGP, Form.RISING,
            note="Theorem E: the activation is monotone."),
    _shaped("c-rising-sigmoid", "The same for the sigmoid", _SIGMOID, NNGP, Form.RISING, note="Monotone, not convex."),
    _shaped("c-convex", "c_L is convex in c on all of [-1, 1]", FFNET, NNGP, Form.CONVEX,
            note="Theorem E: the activation is convex and monotone."),
    _shaped("c-convex-resnet", "The same for the residual network, whatever gamma", RESNET, NNGP, Form.CONVEX),
    _shaped("c-convex-abs", "c_L of |x| is convex, though not monotone", _ABS, NNGP, Form.CONVEX),
    _shaped("c-angle", "The angle behind L residual layers grows with the angle of the inputs, whatever gamma", RESNET, ANGLE,
            Form.FALLING),
    _shaped("c-rising-false-ntk", "N_L rises with c on all of [-1, 1]", FFNET, NTK, Form.RISING, expected=REFUTED,
            note="Near c = -1 it falls, with slope -oo there."),
    _shaped("c-rising-false-abs", "c_L of |x| rises with c on all of [-1, 1]", _ABS, NNGP, Form.RISING, expected=REFUTED,
            note="Not a monotone activation."),
    _shaped("c-convex-false-erf", "c_L of erf is convex in c on all of [-1, 1]", _ERF, NNGP, Form.CONVEX, expected=REFUTED,
            note="Odd: concave where c < 0."),
    _shaped("c-convex-false-ntk", "N_L of erf is convex in c on all of [-1, 1]", _ERF, NTK, Form.CONVEX, expected=REFUTED),
    _shaped("c-absolute-false", "N_L has only nonnegative derivatives on all of [-1, 1]", FFNET, NTK, Form.ABSOLUTE,
            expected=REFUTED),
)

IN_DEPTH = (
    _shaped("depth-nngp", "c_L does not fall as the depth grows, for every pair", FFNET, NNGP, Form.DEEPENING, first=0,
            note="Theorem M: no phase but the chaotic one moves inputs apart."),
    _shaped("depth-nngp-tanh", "The same for tanh, critical", _TANH, NNGP, Form.DEEPENING, first=0),
    _shaped("depth-nngp-sigmoid", "The same for the sigmoid, ordered", _SIGMOID, NNGP, Form.DEEPENING, first=0),
    _shaped("depth-angle-resnet", "alpha = 1/2: the angle does not grow with the depth", _SLOW, ANGLE, Form.FADING, first=0),
    _shaped("depth-ntk", "Theta_L itself does not fall as the depth grows, for every pair", FFNET, Quantity.NTK,
            Form.DEEPENING, first=0,
            note="Theorem M, with enclosures of the first two steps where c < 0. N_L = Theta_L/(L+1) does fall."),
    _shaped("depth-ntk-softplus", "The same for softplus where c >= 0", _SOFTPLUS, Quantity.NTK, Form.DEEPENING,
            domain="[0, 1]", first=0),
    _shaped("depth-ntk-tanh", "The same for tanh, critical, biases trained", _TANH, Quantity.NTK, Form.DEEPENING,
            domain="[0, 1]", first=0),
    _shaped("depth-nngp-false-erf", "c_L of erf without bias does not fall", _ERF, NNGP, Form.DEEPENING, first=0,
            expected=REFUTED,
            note="Chaotic: C'(1) > 1."),
    _shaped("depth-ntk-false-normalised", "N_L does not fall as the depth grows", FFNET, NTK, Form.DEEPENING, first=0,
            expected=REFUTED),
    _shaped("depth-ntk-false-fading", "N_L does not rise as the depth grows", FFNET, NTK, Form.FADING, first=0,
            expected=REFUTED,
            note="It rises at first for angles above 1.16556."),
    _shaped("depth-ntk-false-erf", "Theta_L of erf without bias does not fall", _ERF, Quantity.NTK, Form.DEEPENING, first=0,
            expected=REFUTED),
)

RANKS = (
    _ranked("rank-kinds", "N_L <= c_L for every pair: the tangent kernel is the more singular one", (FFNET, NTK), (FFNET, NNGP),
            note="Theorem R."),
    _ranked("rank-kinds-softplus", "The same for softplus, ordered", (_SOFTPLUS, NTK), (_SOFTPLUS, NNGP)),
    _ranked("rank-kinds-acute", "The same for slope -1/3 where c >= 0", (_leaky("-1/3"), NTK), (_leaky("-1/3"), NNGP),
            domain="[0, 1]"),
    _ranked("rank-resnet", "Correlations behind L residual layers are at most those behind L plain layers, whatever gamma",
            (RESNET, NNGP), (FFNET, NNGP), note="Theorem R: c + eta S <= c + S."),
    _ranked("rank-scales", "A larger gamma moves inputs together more slowly: 1 against 1/2", (resnet_at("1"), NNGP),
            (resnet_at("1/2"), NNGP)),
    _ranked("rank-slopes", "A larger slope moves inputs together more slowly: 1/5 against ReLU", (_leaky("1/5"), NNGP),
            (FFNET, NNGP)),
    _ranked("rank-abs", "|x| moves inputs together faster than ReLU", (_ABS, ANGLE), (FFNET, ANGLE),
            note="Though its own map is not monotone: one of the two suffices."),
    _ranked("rank-power", "ReLU^2 leaves inputs further apart than ReLU", (_plain("relu_power:2"), NNGP), (FFNET, NNGP)),
    _ranked("rank-kinds-false-resnet", "the same order for the residual kernels", (RESNET, NTK), (RESNET, NNGP),
            expected=REFUTED,
            note="At c = -1 and L = 1, N is 0 and the correlation is near -1."),
    _ranked("rank-false-ntk", "N_L of the plain network is at most that of the residual network", (FFNET, NTK), (RESNET, NTK),
            expected=REFUTED, note="At c = -1 the residual kernel is negative."),
    _ranked("rank-false-ntk-turned", "or at least", (resnet_at("1"), NTK), (FFNET, NTK), expected=REFUTED, note="Near c = 1."),
    _ranked("rank-slopes-false", "a larger slope moves inputs together faster", (FFNET, NNGP), (_leaky("1/5"), NNGP),
            expected=REFUTED),
)

DEFINITE = (
    _definite("definite-leaky", "Leaky ReLU of slope 1/5: the NTK is strictly positive definite from L = 2 on", _leaky("1/5"),
            depths=(2, None),
              note="Theorem D: exactly if infinitely many coefficients of even degree, and of odd degree, are positive."),
    _definite("definite-nngp", "ReLU: so is the NNGP kernel", FFNET, NNGP, depths=(2, None)),
    _definite("definite-dense", "So is the kernel of the network whose layers see all before", _DENSE, depths=(2, None)),
    _definite("definite-layernorm", "So is the residual kernel with layer normalisation", _NORMED, depths=(2, None)),
    _definite("definite-bias", "With a bias, ReLU is so from L = 1 on", _BIASED,
            note="The bias mixes the parities in the first layer."),
    _definite("definite-bias-erf", "With a bias, so is erf", ffnet(activation("erf"), bias_variance=Integer(1))),
    _definite("definite-exp", "exp is so from L = 1 on without a bias", _EXP,
            note="All its Hermite coefficients are positive."),
    _definite("definite-one-layer", "ReLU without bias is not at L = 1, on no sphere", FFNET, strictly=False, depths=(1, 1)),
    _definite("definite-one-block", "Nor is one residual block, whatever gamma", RESNET, strictly=False, depths=(1, 1)),
    _definite("definite-odd", "An odd activation without bias is so at no depth: erf", _ERF, strictly=False,
              note="K(x, -x) = -K(x, x): opposite inputs."),
    _definite("definite-even", "An even activation without bias is so at no depth: |x|", _ABS, strictly=False),
    _definite("definite-polynomial", "A polynomial is so at no depth, not even with a bias: x + x^2/3",
              ffnet(activation("polynomial:0,1,1/3"), bias_variance=Integer(1)), strictly=False,
              note="Its kernels are polynomials: of finite rank."),
    _definite("definite-false-one-layer", "ReLU without bias is so at every depth L >= 1", FFNET, expected=REFUTED),
    _definite("definite-false-odd", "a deep enough erf network without bias is so", _ERF, depths=(100, None), expected=REFUTED),
    _definite("definite-false-never", "ReLU without bias is so at no depth", FFNET, strictly=False, expected=REFUTED),
    _definite("definite-false-bias", "a bias is of no use at L = 1", _BIASED, strictly=False, depths=(1, 1), expected=REFUTED),
    _definite("definite-false-polynomial", "a polynomial with a bias is so from L = 2 on",
              ffnet(activation("polynomial:0,1,1/3"), bias_variance=Integer(1)), depths=(2, None), expected=REFUTED),
    _eigenvalues("eigenvalues-softplus", "All eigenvalues of softplus are positive from L = 2 on, in every dimension",
            _SOFTPLUS, 2),
    _eigenvalues("eigenvalues-nngp", "All eigenvalues of the ReLU NNGP kernel are positive from L = 2 on", FFNET, 2, NNGP),
    _eigenvalues("eigenvalues-false-nngp", "all eigenvalues of the ReLU NNGP kernel are positive", FFNET, 1, NNGP, REFUTED),
)

_u = symbols.x / (3 * pi)


def _profile(u: Expr) -> Expr:
    profile: Expr = ((1 + u) ** 4 - 1) / (4 * u * (1 + u) ** 3)
    return profile


_MU = "((1 - s)^2/(1 + s^2))"
_x, _L = symbols.x, symbols.depth
ENDS = (
    _bound("near-slopes", "N_L >= c (1 - mu L theta/(2 pi)) for c >= 0, every slope in (-1, 1) and every depth",
           ffnet(leaky_relu(symbols.slope)), f"value >= c*(1 - {_MU}*L*theta/(2*pi))", slopes="(-1, 1)",
           note="Theorem B: N_L is near 1 within angles of order 1/L, so limit and supremum over c do not commute."),
    _bound("near-slopes-false", "N_L >= c (1 - L theta/(3 pi))", FFNET, "value >= c*(1 - L*theta/(3*pi))", expected=REFUTED,
           note="1/(2 pi) is the slope at theta = 0."),
    _bound("trained-ends", "A and v trained: |N_L - c| <= 4 h L for every pair, gamma >= 0",
            resnet(RELU, gamma=symbols.gamma, train_first=True, train_readout=True),
           "abs(value - c) <= 4*L^(1 - 2*gamma)", domain="[-1, 1]", gammas="[0, oo)", note="Theorem V."),
    _bound("trained-ends-false", "gamma = 1, A and v trained: |N_L - c| <= 1/(100 L)",
           resnet(RELU, gamma=Integer(1), train_first=True, train_readout=True), "abs(value - c) <= 1/(100*L)",
           domain="[-1, 1]",
           expected=REFUTED),
    _bound("opposite-odd", "erf without bias: N_L(-1) = -1 at every depth", _ERF, "value <= -1", domain="[-1, -1]",
            note="Theorem D."),
    _bound("opposite-even", "|x|: N_L(-1) = 1 at every depth", _ABS, "value >= 1", domain="[-1, -1]"),
    _bound("opposite-false", "ReLU: N_L(-1) <= 0 at every depth", FFNET, "value <= 0", domain="[-1, -1]", expected=REFUTED),
    _bound("angle-slow-slopes", "slope 1/5: theta_L >= theta/(1 + L theta/pi)", _leaky("1/5"),
            "value >= theta/(1 + L*theta/pi)",
           quantity=ANGLE, domain="[-1, 1]", note="Theorem I: induction from one layer."),
    _bound("angle-slow-false", "ReLU: theta_L >= theta/(1 + L theta/4)", FFNET, "value >= theta/(1 + L*theta/4)",
            quantity=ANGLE,
           domain="[-1, 1]", expected=REFUTED, note="At theta = pi and L = 1 the constant 1/pi is attained."),
    _window("window-leaky", "Slope 1/5, angle x/L: ((1+u)^4 - 1)/(4u(1+u)^3) with u = mu x/(3 pi), mu = 8/13", _leaky("1/5"),
            _x / _L,
            _profile(Rational(8, 13) * _u), note="Theorem W: one profile for every slope."),
    _window("window-resnet", "alpha = 1/2, angle x/L: the same with u = x/(15 pi)", _SLOW, _x / _L, _profile(_u / 5),
            note="eta = 1/5."),
    _window("window-resnet-quarter", "gamma = 1/4, angle x/sqrt L: the same with u = x/(3 pi)", resnet_at("1/4"),
            _x / sqrt(_L), _profile(_u)),
    _window("window-closer", "Angle x/L^2: the limit is 1", FFNET, _x / _L**2, Integer(1)),
    _window("window-wider", "Angle x/sqrt L: the limit is 1/4", FFNET, _x / sqrt(_L), Rational(1, 4)),
    _window("window-false-slope", "slope 1/5, angle x/L: the profile of ReLU", _leaky("1/5"), _x / _L, _profile(_u), REFUTED),
    _window("window-false-quarter", "angle x/L: the limit is 1/4", FFNET, _x / _L, Rational(1, 4), REFUTED,
            "It is for each pair, not for pairs that approach each other."),
)
# fmt: on

CLAIMS: tuple[Claim, ...] = IN_C + IN_DEPTH + RANKS + DEFINITE + ENDS
