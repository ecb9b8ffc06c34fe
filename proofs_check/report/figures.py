"""Vector figures of the report: kernels against the angle, and distances from the limit inside the bounds that are proved.

Every curve comes from a checked object: kernels from the networks, limits from their derived recursions, bounds from the
conclusions of accepted certificates, each drawn only at depths where its condition holds exactly. The same input gives
the same bytes: no file carries a date.

Readable without colour: curves differ in dashes and in lightness, and the colours are told apart by every eye.

What can go wrong. The curves are drawn through floats and the midpoints of balls; a figure shows, it proves nothing.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sympy import Expr, Integer, Rational, acos

from numerics.balls import evaluate
from numerics.float64 import kernel_float64
from numerics.kernel import trajectory
from proofs_check.report.certified import Certified, ProvedBound
from proofs_check.report.expressions import names
from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet, resnet
from theory.claims import Quantity
from theory.network import Network

DEPTHS = (1, 2, 8, 32, 128, 1024)
ANGLES = 241
_BAND, _EDGE, _VALUE, _SLOW, _FAST = "#d9d9d9", "#8a8a8a", "#0b3c6f", "#000000", "#b35806"
_DASHES: tuple[Any, ...] = ("solid", (0, (6, 1)), (0, (4, 1, 1, 1)), (0, (3, 1)), (0, (1, 1)), (0, (5, 1, 1, 1, 1, 1)))
_STYLE = {
    "font.family": "STIXGeneral", "mathtext.fontset": "stix", "font.size": "9", "axes.linewidth": "0.6",
    "axes.spines.top": "False", "axes.spines.right": "False", "legend.frameon": "False", "legend.fontsize": "8",
    "lines.linewidth": "1.1", "pdf.fonttype": "42", "axes.titlesize": "9.5", "xtick.major.width": "0.6",
    "ytick.major.width": "0.6", "svg.hashsalt": "ntkproof",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A drawn figure: its file (without suffix) and the caption in LaTeX."""

    stem: str
    caption: str


@dataclass(frozen=True, kw_only=True)
class Corridor:
    """The depths at which a proved bound holds, and its two sides there."""

    depths: tuple[int, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]


def feedforward() -> Network:
    """The feedforward ReLU network."""
    return ffnet(activation("relu"))


def residual() -> Network:
    """The residual ReLU network with alpha = 1/L."""
    return resnet(activation("relu"), gamma=Integer(1))


def draw_all(directory: Path, certificates: Sequence[Certified]) -> list[Figure]:
    """Draw the figures into the directory, as PDF.

    certificates  those that the checker accepts; where none proves a bound on a network, none is drawn
    """
    import matplotlib as mpl

    with mpl.rc_context(_STYLE):
        drawn = {"angle": _against_angle(), "rate-ffnet": _rate_ffnet(certificates),
                 "rate-resnet": _rate_resnet(certificates)}  # fmt: skip
        for stem, (canvas, _) in drawn.items():
            no_date = {"CreationDate": None, "ModDate": None, "Producer": None}
            canvas.savefig(directory / f"{stem}.pdf", metadata=no_date)
    return [Figure(stem=stem, caption=caption) for stem, (_, caption) in drawn.items()]


def write_kernels_svg(path: Path) -> None:
    """Write the picture of the README: both kernels against the angle, as SVG."""
    import matplotlib as mpl

    with mpl.rc_context(_STYLE):
        canvas, _ = _against_angle()
        canvas.savefig(path, format="svg", metadata={"Date": None, "Creator": None}, facecolor="white")


def _axes(count: int, height: str, *, sharey: bool = False) -> tuple[Any, Any]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Canvas

    figure = Canvas(figsize=(float("6.3"), float(height)), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(1, count, squeeze=False, sharey=sharey)[0]


def _omega() -> Expr:
    """The limit of the residual kernel, in the angle."""
    return next(name.expression for name in names() if name.text == "Omega_1" and name.expression.has(symbols.theta))


def _against_angle() -> tuple[Any, str]:
    from matplotlib import colormaps

    figure, axes = _axes(2, "2.75", sharey=True)
    angles = np.linspace(0, math.pi, ANGLES)
    coarse = angles[::3]  # enough for a wide line
    limits = (np.full(len(coarse), 1 / 4), _on_angles(_omega(), coarse))
    titles = (r"feedforward", r"residual, $\alpha = L^{-1}$")
    said = (r"limit $1/4$ $(\theta > 0)$", r"limit $\Omega_1(\theta)$")
    colours = colormaps["viridis"](np.linspace(0, 3 / 4, len(DEPTHS)))
    for ax, network, limit, title, label in zip(axes, (feedforward(), residual()), limits, titles, said, strict=True):
        ax.plot(coarse, limit, color=_BAND, linewidth=5, solid_capstyle="butt", label=label)
        for depth, colour, dashes in zip(DEPTHS, colours, _DASHES, strict=True):
            values = kernel_float64(network, depth, angles)["normalized_ntk"]
            ax.plot(angles, values, color=colour, linestyle=dashes, label=f"$L = {depth}$")
        ax.set_xlabel(r"angle $\theta$ between the inputs")
        ax.set_title(title)
        ax.set_xticks([0, math.pi / 4, math.pi / 2, 3 * math.pi / 4, math.pi],
                      ["$0$", r"$\pi/4$", r"$\pi/2$", r"$3\pi/4$", r"$\pi$"])  # fmt: skip
        ax.set_ylim(-9 / 50, 26 / 25)
        ax.margins(x=0)
        lines = ax.get_legend_handles_labels()
        ax.legend(*([*side[1:], side[0]] for side in lines), loc="upper right", handlelength=3)
    axes[0].set_ylabel(r"normalised NTK $N_L$")
    caption = (
        r"The normalised neural tangent kernel of the ReLU networks against the angle of the inputs, at depths "
        + ", ".join(map(str, DEPTHS)) + r"; the limit is the wide grey line. The feedforward kernel tends to $\frac14$ "
        r"at every angle but 0: it forgets its inputs. The residual kernel tends to $\Omega_1(\theta)$, which it equals "
        r"at $L = 1$ and from which it departs, like $1/\sqrt L$ at most, near $\theta = \pi$."
    )  # fmt: skip
    return figure, caption


def _on_angles(expression: Expr, angles: Any) -> Any:
    return np.array([_float(expression.subs(symbols.theta, Rational(float(angle)))) for angle in angles])


def _float(expression: Expr) -> float:
    return float(evaluate(expression, {}).mid())


def _sampled(first: int, last: int, count: int) -> list[int]:
    return sorted({round(first * (last / first) ** (i / (count - 1))) for i in range(count)})


# --- the bounds of certificates, at one pair of inputs ----------------------------------------------------------------


def corridors(
    certificates: Sequence[Certified], theorem: str, corr: Expr, depths: Sequence[int], eta: Expr = Integer(0)
) -> Iterator[Corridor]:
    """The two-sided bounds on the normalised NTK that ReLU certificates of a theorem prove at this input, tightest first.

    eta  h/(1 + h) of the residual network, an expression in L; a bound counts at the depths that meet its condition
    """
    bounds = [b for one in certificates if (one.theorem, one.mu) == (theorem, "1") for b in one.bounds]
    usable = [b for b in bounds if b.quantity is Quantity.NORMALIZED_NTK and b.covers(corr) and b.two_sided]
    found = [_corridor(bound, corr, depths, eta) for bound in usable]
    wide = [c for c in found if c.depths]
    yield from sorted(wide, key=lambda c: (-len(c.depths), c.upper[-1] - c.lower[-1]))


def _corridor(bound: ProvedBound, corr: Expr, depths: Sequence[int], eta: Expr) -> Corridor:
    kept = tuple(depth for depth in depths if bound.holds_at(depth, eta.subs(symbols.depth, depth)))
    sides = []
    for side in (bound.lower, bound.upper):
        assert side is not None
        formula = side.subs(symbols.eta, eta).subs(symbols.theta, acos(corr))
        sides.append(tuple(_float(formula.subs(symbols.depth, depth)) for depth in kept))
    return Corridor(depths=kept, lower=sides[0], upper=sides[1])


def _rate_ffnet(certificates: Sequence[Certified]) -> tuple[Any, str]:
    figure, axes = _axes(3, "2.7", sharey=True)
    network, quarter = feedforward(), Rational(1, 4)
    depths = _sampled(1, 100_000, 41)
    bounded = False
    for ax, corr in zip(axes, (Rational(9, 10), Integer(0), Integer(-1)), strict=True):
        tight = next(corridors(certificates, "ffnet-critical-angle", corr, depths), None)
        if tight is not None:
            bounded = True
            low, high = (
                [(depth + 1) * (side - 1 / 4) for depth, side in zip(tight.depths, sides, strict=True)]
                for sides in (tight.lower, tight.upper)
            )
            _band(ax, tight.depths, low, high, "proved for every $L$")
        found = trajectory(network, depths, corr, digits=15)
        values = [(depth + 1) * float((found[depth].normalized_ntk - evaluate(quarter, {})).mid()) for depth in depths]
        ax.plot(depths, values, "o", color=_VALUE, markersize=2, label="kernel")
        slope = [3 / 8 * math.log(depth) + values[-1] - 3 / 8 * math.log(depths[-1]) for depth in depths]
        ax.plot(
            depths, slope, color=_SLOW, linestyle=(0, (4, 2)), linewidth=4 / 5, label=r"$\frac{3}{8}\log L + $ const."
        )
        ax.set_xscale("log")
        ax.set_xlabel("depth $L$")
        ax.set_title(f"$c = {corr}$")
    axes[0].yaxis.get_major_locator().set_params(integer=True)
    axes[0].set_ylabel(r"$(L + 1)\,(N_L - \frac{1}{4})$")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    proved = r" The grey corridor between the two bounds is proved for every $L$ by a certificate." if bounded else ""
    caption = (
        r"The rate of the feedforward kernel: $(L+1)(N_L - \frac14)$ for inputs at correlation $\frac9{10}$, 0 and $-1$, to "
        r"depth $10^5$; the dots are midpoints of balls of 15 digits." + proved + r" The dashed line has the slope "
        r"$\frac38$ of the logarithm."
    )
    return figure, caption


def _rate_resnet(certificates: Sequence[Certified]) -> tuple[Any, str]:
    figure, axes = _axes(2, "2.9")
    network, eta = residual(), 1 / (symbols.depth**2 + 1)
    depths = _sampled(2, 4096, 24)
    cases = ((Rational(1, 2), "$c = 1/2$"), (Integer(-1), "$c = -1$"))
    bounded = False
    for ax, (corr, title) in zip(axes, cases, strict=True):
        limit = evaluate(_omega().subs(symbols.theta, acos(corr)), {})
        middle = float(limit.mid())
        tight = next(corridors(certificates, "resnet-angle", corr, depths, eta), None)
        if tight is not None:
            bounded = True
            pairs = list(zip(tight.lower, tight.upper, strict=True))
            high = [max(middle - low, up - middle) for low, up in pairs]
            low = [max(low - middle, middle - up, 0) for low, up in pairs]
            _band(ax, tight.depths, low, high, "proved for every $L$")
        values = {
            depth: abs(float((one.normalized_ntk - limit).mid()))
            for depth, one in trajectory(network, depths, corr, digits=15).items()
        }
        last = depths[-1]
        for power, dashes, colour, label in (
            (1, (0, (1, 1)), _FAST, "$1/L$"),
            (1 / 2, (0, (4, 2)), _SLOW, r"$1/\sqrt{L}$"),
        ):
            line = [values[last] * (last / depth) ** power for depth in depths]
            ax.plot(depths, line, color=colour, linestyle=dashes, label=f"slope of {label}")
        ax.plot(list(values), list(values.values()), "o", color=_VALUE, markersize=3, label=r"$|N_L - \Omega_1|$")
        ax.set_xscale("log")
        ax.set_yscale("log")
        ax.set_ylim(min(values.values()) / 3, 3)
        ax.set_xlabel("depth $L$")
        ax.set_title(title)
    axes[0].set_ylabel(r"$|N_L - \Omega_1|$")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    proved = r" Grey: what is proved for every $L$; at $c = -1$ from both sides." if bounded else ""
    caption = (
        r"The distance of the residual kernel with $\alpha = L^{-1}$ from its limit. At a generic pair it falls like "
        r"$1/L$; at opposite inputs like $1/\sqrt L$, so that no constant serves both at the faster rate." + proved
    )
    return figure, caption


def _band(ax: Any, depths: Sequence[int], low: Sequence[float], high: Sequence[float], label: str) -> None:
    """The proved corridor: a grey band with drawn edges."""
    ax.fill_between(depths, low, high, color=_BAND, linewidth=0, label=label)
    for side in (low, high):
        ax.plot(depths, side, color=_EDGE, linewidth=4 / 5)


__all__ = ["DEPTHS", "Corridor", "Figure", "corridors", "draw_all", "feedforward", "residual", "write_kernels_svg"]
