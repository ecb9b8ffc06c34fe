"""The meta-theorems: for each, the hypotheses that a certificate must establish and the conclusions that follow.

Proofs: docs/metatheorems.md. S(t) = (sin t - t cos t)/pi. mu is the parameter of the family, mu = 1 for ReLU: an exact number
that the certificate names, or every value of a range at once.
"""

from typing import Any

from flint import arb, ctx

from proofs_check.checker import flow
from proofs_check.checker.expressions import Rejected, ball
from proofs_check.checker.signs import PRECISION, to_arb
from proofs_check.checker.theorem import OMEGA, RESIDUAL_MAP, Names, S, Theorem, bound, schedule

# --- feedforward: cos G = cos t + mu S, Theta' = (1 - mu t/pi) Theta + cos G, Theta_0 = cos t_0 -----------------------

_A = f"(cos(t)+mu*{S})"
_BRACKET = "t/(1+mu/(3*pi)*t+{b1}*t^2+{d}*t^3)"
_B1 = "mu^2/(6*pi^2)"


def _ffnet_conclusions(k: Names) -> list[dict[str, Any]]:
    mu, log = k["mu"], f"log(1+({k['mu']})*theta*L/(3*pi))"
    core = f"1/4*(L+1)+3/8*{log}"
    lower, upper = f"({core}+({k['below']}))", f"({core}+3*pi/(4*({mu})*theta)+({k['above']}))"
    pace = f"1/theta+({mu})*L/(3*pi)+({mu})/(2*pi)*{log}"
    far, near = f"1/({pace})", f"1/({pace}+({k['drift']}))"
    early = f"1/(1/theta+({mu})*L/(3*pi)+({k['b']})*(theta+3*pi/({mu})*{log}))"
    return [
        bound("ntk", lower, upper, "[-1,1)"),
        bound("normalized_ntk", f"{lower}/(L+1)", f"{upper}/(L+1)", "[-1,1)"),
        bound("angle", near, far, "[-1,1)"),
        bound("angle", early, f"theta/(1+({mu})*theta*L/(3*pi))", "[-1,1)"),
        bound("normalized_nngp", f"cos({far})", f"cos({near})", "[-1,1)"),
        bound("nngp", f"cos({far})", f"cos({near})", "[-1,1)"),
        # from a depth l, where the angle is phi and the tangent kernel is T: M is at most both of the numbers at_most
        {
            "kind": "restart",
            "quantity": "ntk",
            "at_most": ["T-(l+1)/4", f"3*pi/(4*({mu})*phi)-l/4-3/8-({k['E']})"],
            "lower": "1/4*(L+1)+M",
            "correlations": "[-1,1)",
            "condition": "L >= l",
        },
    ]


FFNET = Theorem(
    constants=("d_lo", "d_hi", "b", "E", "below", "above", "drift"),
    map={"cosine": f"cos(t)+mu*{S}", "kdot": "1-mu*t/pi", "source": f"cos(t)+mu*{S}", "initial": "cos(t)"},
    hypotheses={
        "H1-lower": (f"{_A}-cos({_BRACKET.format(b1=_B1, d='d_lo')})", "pi"),
        "H1-upper": (f"cos({_BRACKET.format(b1=_B1, d='d_hi')})-{_A}", "pi"),
        "H1-linear": (f"cos({_BRACKET.format(b1='b', d='0')})-{_A}", "pi"),
        "H3": (f"E*mu*t/pi-1+{_A}-3*pi/(4*mu)*d_hi*t^2", "pi"),
    },
    scalars=(
        ("mu > 0", "mu"),
        ("mu <= 1", "1-mu"),
        ("H2: d_lo >= 2 alpha b1", f"d_lo-mu/pi*{_B1}"),
        ("below <= -5/4", "-5/4-below"),
        ("below <= A/pi - 3/8 - E", "3/(4*mu)-3/8-E-below"),
        (
            "above",
            f"above+3/8-3/8*pi*(3*pi*b/mu*37/100+b*pi)-3*pi/(4*mu)*(d_hi+mu/(3*pi)*{_B1})*(pi^2+3*pi^2/mu)",
        ),
        (
            "drift",
            f"drift-mu/(2*pi)*pi*(3*pi*b/mu*37/100+b*pi)-(d_hi+mu/(3*pi)*{_B1})*(pi^2+3*pi^2/mu)",
        ),
    ),
    conclusions=_ffnet_conclusions,
)

# --- the same for every slope at once -------------------------------------------------------------------------------

_D0, _DK = f"(1+mu*t/(3*pi)+{_B1}*t^2)", f"(1+mu*t/(3*pi)+{_B1}*t^2+K*mu*t^3)"
# derivatives in mu of cos t + mu S - cos(t/D): both sides of G <= t/D or G >= t/D are equal at mu = 0
_RISING = f"{S}-t^2*sin(t/{_D0})/{_D0}^2*(1/(3*pi)+mu*t/(3*pi^2))"
_FALLING = f"t^2*sin(t/{_DK})/{_DK}^2*(1/(3*pi)+mu*t/(3*pi^2)+K*t^2)-{S}"
_ABOVE = f"cos(t/{_DK})-{_A}"
_SOURCE = "E*t/pi-1+cos(t)-3*pi/4*K*t^2"
_SQUARES = "(K+{top}/(18*pi^3))*{sum}"  # mu times sum rho from above, mu sum theta^2 <= sum
_NU = "((1+cos(2))*pi/(sin(2)-2*cos(2)))"  # mu times the layers above the angle 2, less one
_LOSS = f"log(pi/phi+({_NU}+1)/3)"
_BENT = "2*(1/(3*pi^2)+K*(4+6*pi)+37/(200*pi))"
_SUM = "(4+6*pi)"


def _slopes_conclusions(k: Names) -> list[dict[str, Any]]:
    log = "log(1+mu*theta*L/(3*pi))"
    core = f"1/4*(L+1)+3/8*{log}"
    lower, upper = f"({core}-({k['below']})/mu)", f"({core}+3*pi/(4*mu*theta)+({k['above']})/mu)"
    far = "theta/(1+mu*theta*L/(3*pi))"
    near = f"1/(1/theta+mu*L/(3*pi)+mu/(2*pi)*{log}+({k['drift']}))"
    return [
        bound("ntk", lower, upper, "[-1,1)"),
        bound("normalized_ntk", f"{lower}/(L+1)", f"{upper}/(L+1)", "[-1,1)"),
        bound("angle", near, far, "[-1,1)"),
        bound("normalized_nngp", f"cos({far})", f"cos({near})", "[-1,1)"),
    ]


SLOPES = Theorem(
    mu="(0,1]",
    constants=("K", "E", "phi", "below", "above", "drift"),
    map=FFNET.map,
    hypotheses={
        "lower": (_RISING, "2", "0", "1"),
        "upper-start": (_FALLING, "2", "0", "1/2"),
        "upper-rest": (_ABOVE, "2", "1/2", "1"),
        "source": (_SOURCE, "2"),
    },
    scalars=(
        ("K >= 0", "K"),
        ("phi > 0", "phi"),
        ("phi <= 2", "2-phi"),
        ("burn-in: angle behind it", "cos(phi)-cos(2)-1"),
        ("below, by the kernel", f"below-5/4*({_NU}+2)-3/8*{_LOSS}-{_SUM}/(16*pi^2)"),
        ("below, by the source", f"below-E+3*pi/8-({_NU}+1)/4-3/8-3/8*{_LOSS}-{_SUM}/(16*pi^2)"),
        ("above", f"above-3*pi/(4*phi)+3/4-3/8*{_BENT}-3*pi/4*{_SQUARES.format(top=1, sum=_SUM)}"),
        ("above, early layers", f"above-3/4*({_NU}+1)"),
        ("drift", f"drift-1/phi+1/pi-1/(2*pi)*{_BENT}-{_SQUARES.format(top=1, sum=_SUM)}"),
    ),
    conclusions=_slopes_conclusions,
)


def _negative_slopes_conclusions(k: Names) -> list[dict[str, Any]]:
    # phi: the angle behind the first layer, at most pi/2
    core = "1/4*(L-1)+3/8*log(1+mu*phi*(L-1)/(3*pi))"
    lower, upper = f"({core}-({k['below']}))", f"({core}+3*pi/(4*mu*phi)+({k['above']}))"
    far = "phi/(1+mu*phi*(L-1)/(3*pi))"
    near = f"1/(1/phi+mu*(L-1)/(3*pi)+mu/(2*pi)*log(1+mu*phi*(L-1)/(3*pi))+({k['drift']}))"
    return [
        bound("ntk", lower, upper, "[-1,1)", first=1),
        bound("normalized_ntk", f"{lower}/(L+1)", f"{upper}/(L+1)", "[-1,1)", first=1),
        bound("angle", near, far, "[-1,1)", first=1),
        bound("normalized_nngp", f"cos({far})", f"cos({near})", "[-1,1)", first=1),
    ]


_HALF_SUM = "(pi^2/2+3*pi^2/2)"
_HALF_BENT = f"pi/2*(1/(3*pi)+K*{_HALF_SUM}+37/(100*pi))"
_HALF_SQUARES = _SQUARES.format(top=4, sum=_HALF_SUM)
NEGATIVE_SLOPES = Theorem(
    mu="[1,2)",
    constants=("K", "E", "below", "above", "drift"),
    map=FFNET.map,
    hypotheses={
        "lower": (_RISING, "pi/2", "0", "2"),
        "upper": (_ABOVE, "pi/2", "1", "2"),
        "source": (_SOURCE, "pi/2"),
    },
    scalars=(
        ("K >= 0", "K"),
        ("below, by the kernel", "below-2-1/4"),
        ("below, by the source", "below-E+3/4-1/8-1/4"),
        ("above", f"above-5/4-3/8*{_HALF_BENT}-3*pi/4*{_HALF_SQUARES}"),
        ("drift", f"drift-1/pi*{_HALF_BENT}-{_HALF_SQUARES}"),
    ),
    conclusions=_negative_slopes_conclusions,
)

# --- residual: c' = c + eta mu S, t' = (1 - eta mu theta/pi) t + 2 eta Omega, t_0 = 0, n = t/(2 eta L) -----------------

_OMEGA = OMEGA.format(t="t")
_FALL = "(sin({t})-({mu})/2*(2*{t}*sin({t})-cos({t}))/pi)"  # -d Omega/dt
_SLOPE = _FALL.format(t="t", mu="mu")
_CURVATURE = "(cos(t)-mu/2*(3*sin(t)+2*t*cos(t))/pi)"  # -d^2 Omega/dt^2


def _resnet_conclusions(k: Names) -> list[dict[str, Any]]:
    mu, most = k["mu"], k["B"]
    spread = "(sin(theta)-theta*cos(theta))/pi"
    omega = f"(cos(theta)+({mu})/2*({spread}-theta*cos(theta)/pi))"
    uniform = f"(eta*L/2+({most})*pi*sqrt(2)/3*sqrt(eta*L))"
    inner = f"(({mu})*eta*(L-1)/2*(theta/pi+2*({most})*{spread}/sin(theta)))"
    quantity = "normalized_ntk"
    ratio = f"({spread}/sin(theta))"
    slope = _FALL.format(t="theta", mu=mu)
    first = f"({mu})*eta*(L-1)/2*({ratio}*{slope}-theta/pi*{omega})"
    second = (
        f"(({mu})*eta*L)^2*(theta^2/(6*pi^2)+{ratio}/pi+({most})*theta*{ratio}/(3*pi)"
        f"+(2*({k['D']})*{ratio}^2+({most})*(29/50*{ratio}+2*{ratio}^2)/sin(theta))/3)"
    )
    small = f"(3*pi/(2*({mu})*theta)+({k['C0']})+({k['C1']})*eta*log(1+eta*L))/(2*eta*L)"
    closer = f"theta/(1+({mu})*eta*theta*L/(3*pi))"
    found = [
        bound("angle", "0", closer, "[-1,1)"),
        bound("normalized_nngp", f"cos({closer})", "1", "[-1,1)"),
        bound("normalized_nngp", "cos(theta)", f"cos(theta)+({mu})*eta*L*{spread}", "[-1,1]"),
        bound(quantity, f"{omega}-{uniform}", f"{omega}+{uniform}", "[-1,1]", first=1),
        bound(quantity, f"{omega}-{inner}", f"{omega}+{inner}", "(-1,1)", first=1),
        bound(quantity, f"{omega}+{first}-{second}", f"{omega}+{first}+{second}", "(-1,1)", first=1),
        bound(quantity, f"1/4-{small}", f"1/4+{small}", "[-1,1)", first=1, condition="h <= 1"),
    ]
    found += _steps(k, omega, spread)
    if mu == 1:
        reach = "sqrt(2)/(3*pi)*sqrt(eta*L)"
        least = f"(1-eta*L)*(1-2*eta*L)*sqrt(1-eta*L/2)*(1-1/L)*sqrt(1-1/L)*{reach}"
        found += [
            bound(quantity, f"-{reach}", None, "[-1,-1]", first=1),
            bound(quantity, f"-{reach}", f"-{least}", "[-1,-1]", first=2, condition="eta*L <= 1/2"),
            bound(quantity, "3/4", f"{omega}-1/50", "[9/10,9/10]", first=20, condition="eta = 1/(L+1)"),
        ]
    return found


def _steps(k: Names, omega: str, spread: str) -> list[dict[str, Any]]:
    """The bounds for steps eta_1, ..., eta_L that differ, in any x on the named side of H = eta_1 + ... + eta_L."""
    mu, most = k["mu"], k["B"]
    uniform = f"(x/2+({most})*pi*sqrt(2)/3*sqrt(x))"
    inner = f"(({mu})*x/2*(theta/pi+2*({most})*{spread}/sin(theta)))"
    closer = f"theta/(1+({mu})*theta*x/(3*pi))"
    kernel = "normalized_ntk"
    found = [
        schedule("angle", "0", closer, "[-1,1)", "0 < x <= H", first=0),
        schedule("normalized_nngp", f"cos({closer})", "1", "[-1,1)", "0 < x <= H", first=0),
        schedule("normalized_nngp", "cos(theta)", f"cos(theta)+({mu})*x*{spread}", "[-1,1]", "H <= x", first=0),
        schedule(kernel, f"{omega}-{uniform}", f"{omega}+{uniform}", "[-1,1]", "H <= x"),
        schedule(kernel, f"{omega}-{inner}", f"{omega}+{inner}", "(-1,1)", "H <= x"),
    ]
    for rest in ("log(1+x)", "sqrt(x)"):  # log(1+x) <= sqrt(x)
        small = f"(3*pi/(2*({mu})*theta)+({k['C0']})+({k['C1']})/2*{rest})/(2*x)"
        found.append(schedule(kernel, f"1/4-{small}", f"1/4+{small}", "[-1,1)", "0 < x <= H", condition="h_l <= 1"))
    return found


# the transition at gamma = 1/2, at c = 9/10: the angle starts at acos(9/10) and moves by at most 2 S/sin
_START, _BELOW = "4511/10000", "45102/100000"  # above and below acos(9/10)
_LAST = f"({_BELOW}-2*(sin({_START})-{_START}*cos({_START}))/pi/sin({_BELOW}))"
_AT_LAST = f"(cos({_LAST})+1/2*((sin({_LAST})-2*{_LAST}*cos({_LAST}))/pi))"
_AT_START = f"(cos({_START})+1/2*((sin({_START})-2*{_START}*cos({_START}))/pi))"

# 1/G <= 1/t + m/(3 pi) + A m^2 t + K m t^2 for m = eta mu in (0, 1/2], t in (0, 2]
_ONE_HALF = "(1+1/2*(t/(3*pi)+A/2*t^2+K*t^3))"  # the bracket at m = 1/2
_SQUARE = "t^2*sin(t)"

RESNET = Theorem(
    constants=("B", "D", "A", "K", "e1", "C0", "C1"),
    map=RESIDUAL_MAP,
    hypotheses={
        "slope-above": (f"B-{_SLOPE}", "pi"),
        "slope-below": (f"B+{_SLOPE}", "pi"),
        "curvature-above": (f"D-{_CURVATURE}", "pi"),
        "curvature-below": (f"D+{_CURVATURE}", "pi"),
        "gain-slope": ("29/50-t*sin(t)/pi", "pi"),
        "M2-start": (f"{_SQUARE}*(1/(3*pi)+K*t^2)-{S}", "2"),
        "M2-half": (f"{_SQUARE}*(1/(3*pi)+K*t^2+A*t)/({_ONE_HALF}*{_ONE_HALF}*{_ONE_HALF})-{S}", "2"),
        "source": (f"e1*mu*t/pi-2+2*{_OMEGA}", "pi"),
        "falling": (_SLOPE, "1"),
    },
    scalars=(
        ("mu > 0", "mu"),
        ("mu <= 1", "1-mu"),
        ("A >= 0", "A"),
        ("K >= 0", "K"),
        ("C1", "C1-9*pi^2/2*A"),
        ("burn-in: layers above the angle 2", "39/10-5/2*((1+cos(2))*pi/(sin(2)-2*cos(2))+1/2)"),
        ("burn-in: angle behind them", "cos(37/25)-cos(2)-1/2"),
        ("burn-in: its reciprocal", "39/10-3*pi/(2*37/25)"),
        ("C0", "C0-3*pi/(2*mu)*(A/2+2*K+6*pi*K)-(e1+3*pi^2/(2*mu)*(A/2+2*K))-39/10/mu"),
        ("gap: average of the products", f"{_AT_START}-1/50-{_AT_LAST}*(1-{_LAST}/pi/2*(19/21)+({_LAST}/pi)^2/6)"),
        ("gap: start", f"{_AT_START}*(1-{_START}/pi/2)-3/4"),
        ("gap: above acos(9/10)", f"9/10-cos({_START})"),
        ("gap: below acos(9/10)", f"cos({_BELOW})-9/10"),
    ),
    conclusions=_resnet_conclusions,
)

# --- any smooth map kappa(c) = sum a_k c^k, a_k >= 0, kappa(1) = 1: Y' = kappa' Y + (kappa + b)/(1 + b), b >= 0 --------
# Theta = (1 + b) Y - b, so that Theta' = kappa' Theta + kappa + b kappa'; b is there where biases are trained

_SMOOTH_MAP = {"correlation": "kappa(c)", "factor": "kappa'(c)", "source": "kappa(c)+b*kappa'(c)", "initial": "c"}
_LEAST_A, _LEAST_D = "(1+k_lo)/4", "(1-k_hi)/4"  # below (kappa(c) - c)/(1-c)^2 and (1 - kappa(c))/(1 - c)


def _critical_conclusions(k: Names) -> list[dict[str, Any]]:
    u, weak = "(2*sin(theta/2)^2)", f"(1/(2*sin(theta/2)^2)+({(1 + k['k_lo']) / 4})*L)"
    ahead = f"(1/{u}+a*L)"
    exact = ("(a^2-beta)/(3*a^2)", "(a^2-beta)/(3*a^2)", "a", "a")
    enclosed = tuple(f"({k[name]})" for name in ("lo", "hi", "a_hi", "a_lo"))
    (low, high), (low_rational, high_rational) = (
        (
            f"((L+1)/3+{lo}*log(1+{a_hi}*{u}*L)-({k['C']}))",
            f"((L+1)/3+{hi}*log(1+{a_hi}*{u}*L)+1/(3*{a_lo}*{u})+({k['C']}))",
        )
        for lo, hi, a_hi, a_lo in (exact, enclosed)
    )
    lower, upper = f"((1+b)*{low}-b)", f"((1+b)*{high}-b)"
    found = [
        bound("ntk", lower, upper, "[-1,1)"),
        bound("normalized_ntk", f"{lower}/((1+b)*L+1)", f"{upper}/((1+b)*L+1)", "[-1,1)"),
        # (Y - x)/(L + 1 - x) falls in x = b/(1+b), which lies in [0, 1)
        bound("normalized_ntk", f"({low_rational}-1)/L", f"{high_rational}/(L+1)", "[-1,1)", first=1),
    ]
    spread = f"({k['alpha']})*log(1+a*{u}*L)+({k['drift']})"
    return [
        *found,
        bound("normalized_nngp", f"1-1/{weak}", "1", "[-1,1)"),
        bound("normalized_nngp", f"1-1/{ahead}-({spread})/({weak}*{ahead})", f"1-1/({ahead}+{spread})", "[-1,1)"),
    ]


CRITICAL = Theorem(
    mu="none",
    constants=(
        *("a_lo", "a_hi", "beta_lo", "beta_hi", "gamma", "k_lo", "k_hi", "a1"),
        *("b1", "E", "Z", "K", "alpha", "lo", "hi", "m", "drift", "C"),
    ),
    map=_SMOOTH_MAP,
    hypotheses={},
    assumes=(
        ("kappa'(1)", "1", "1"),
        ("kappa''(1)/2", "a_lo", "a_hi"),
        ("kappa'''(1)/6", "beta_lo", "beta_hi"),
        ("kappa''''(1)/24", None, "gamma"),
        ("kappa(-1)", "k_lo", "k_hi"),
        ("kappa'(0)", None, "a1"),
    ),
    scalars=(
        ("a > 0", "a_lo"),
        ("beta >= 0", "beta_lo"),
        ("gamma >= 0", "gamma"),
        ("kappa(-1) + 1 > 0", "1+k_lo"),
        ("1 - kappa(-1) > 0", "1-k_hi"),
        ("1 - kappa'(0) > 0", "1-a1"),
        ("J1, from above", f"b1*{_LEAST_D}-a_hi^2"),
        ("J1, from below", f"b1*{_LEAST_D}-beta_hi+a_lo*{_LEAST_A}"),
        ("source", "E-(b1+3*beta_hi)/(3*a_lo)-1"),
        ("X, early layers", f"Z-1-1/(3*a_lo)-E*(1/({_LEAST_A})+2)"),
        ("X, late layers", "Z-E/(1-a1)"),
        ("alpha, from above", "alpha*a_lo-a_hi^2+beta_lo"),
        ("alpha, from below", "alpha*a_lo+a_lo^2-beta_hi"),
        ("rho", f"K-(a_hi*beta_hi+gamma+alpha*a_hi^2)/({_LEAST_D})-alpha*(beta_hi+a_hi^2/(2*{_LEAST_D}))"),
        ("drift", f"drift-alpha*2*b1*(2+37/(100*{_LEAST_A}))-K*(4+2/({_LEAST_A}))"),
        ("coefficient, lower end", "1/3-beta_hi/(3*a_lo^2)-lo"),
        ("coefficient, upper end", "hi-1/3+beta_lo/(3*a_hi^2)"),
        *((f"m {sign} {end} >= 0", f"m{sign}{end}") for sign in "+-" for end in ("lo", "hi")),
        ("C", "C-Z-1/3-drift/(3*a_lo)-m*log(a_hi/a_lo)"),
    ),
    conclusions=_critical_conclusions,
)


def _ordered_conclusions(k: Names) -> list[dict[str, Any]]:
    rate, u = f"({k['r']})^L", "(2*sin(theta/2)^2)"
    away = f"(1+b)*{rate}*{u}*(1+({k['P']})*L)"
    return [
        bound("normalized_nngp", f"1-{rate}*{u}", "1", "[-1,1]"),
        bound("normalized_ntk", f"1-{away}", f"1+{away}", "[-1,1]"),
    ]


ORDERED = Theorem(
    mu="none",
    constants=("second", "r", "P"),
    map=_SMOOTH_MAP,
    hypotheses={},
    assumes=(("kappa'(1)", None, "r"), ("kappa''(1)", None, "second")),
    scalars=(("r > 0", "r"), ("1 - r > 0", "1-r"), ("P", "P-second/(r*(1-r))-1")),
    conclusions=_ordered_conclusions,
)


def _chaotic_conclusions(k: Names) -> list[dict[str, Any]]:
    start = f"(1+({2 * (1 - k['hi'])})/sin(theta)^2)"
    near = f"1/({k['rho']})*{start}^({k['p']})*({k['rho']})^L"
    small = f"(({k['A']})*{start}^({k['q']})+({k['B']}))*({k['g']})^L"
    return [
        bound("normalized_nngp", f"-{near}", near, "(-1,1)", condition="kappa(0) = 0"),
        bound("normalized_ntk", f"-{small}", small, "(-1,1)"),
    ]


CHAOTIC = Theorem(
    mu="none",
    constants=("hi", "at_hi", "rho", "s", "chi_lo", "chi_hi", "p", "q", "A", "B", "g"),
    map={**_SMOOTH_MAP, "source": "kappa(c)"},
    hypotheses={},
    assumes=(
        ("kappa'(1)", "chi_lo", "chi_hi"),
        ("kappa({hi})", None, "at_hi"),
        ("kappa'({hi})", None, "rho"),
    ),
    scalars=(
        *((f"{text} > 0", text) for text in ("hi", "1-hi", "hi-at_hi", "rho", "1-rho", "s", "chi_lo-1", "g", "1-g")),
        ("chord to 1", "1-at_hi-(1+s)*(1-hi)"),
        ("p", "p*log(1+s)+log(rho)"),
        ("q", "q*log(1+s)-log(chi_hi)"),
        ("A", "A-chi_hi^2/(chi_lo-1)"),
        ("B", "B-1/(1-rho)"),
        ("g", "g*chi_lo-1"),
    ),
    conclusions=_chaotic_conclusions,
)


THEOREMS = {
    "ffnet-critical-angle": FFNET,
    "ffnet-slopes": SLOPES,
    "ffnet-negative-slopes": NEGATIVE_SLOPES,
    "resnet-angle": RESNET,
    flow.NAME: flow.FLOW,
    "smooth-critical": CRITICAL,
    "smooth-ordered": ORDERED,
    "smooth-chaotic": CHAOTIC,
}


def scalars_hold(theorem: Theorem, names: Names) -> None:
    """The inequalities between constants, in balls."""
    with ctx.workprec(PRECISION):
        balls = {key: to_arb(value) for key, value in names.items()}
        for name, text in theorem.scalars:
            value: arb = ball(text, balls)
            if not (value > 0 if name.endswith("> 0") else value >= 0):
                raise Rejected(f"{name}: the difference lies in {value.str(5)}, wanted >= 0")
