"""Vector figures of the report: kernels against the angle, and rates beside the bounds that are proved.

Every curve comes from the objects of the claims: kernels from the networks, limits and bounds from the statements of
claims with the verdict PROVED. The same input gives the same bytes: the PDF carries no date.

What can go wrong. The curves are drawn through floats and the midpoints of balls; a figure shows, it proves nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sympy import Abs, Expr, Integer, Rational, acos

from numerics.balls import evaluate
from numerics.float64 import kernel_float64
from numerics.kernel import trajectory
from proofs_check.report.expressions import latex_of, names
from proofs_check.verdicts import Judgement
from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet, resnet
from theory.claims import Chain, Claim, Depth, Quantity, Verdict
from theory.language import Expansion
from theory.network import Network

DEPTHS = (1, 2, 8, 32, 128, 1024)
ANGLES = 361
_GREY, _BOUND, _RATE, _VALUE = "#777777", "#b3432b", "#5b7f3a", "#1f4e79"
_STYLE = {
    "font.family": "STIXGeneral", "mathtext.fontset": "stix", "font.size": "9", "axes.linewidth": "0.6",
    "axes.spines.top": "False", "axes.spines.right": "False", "legend.frameon": "False", "legend.fontsize": "7.5",
    "lines.linewidth": "1.1", "pdf.fonttype": "42", "axes.titlesize": "9.5", "xtick.major.width": "0.6",
    "ytick.major.width": "0.6",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A drawn figure: its file (without suffix) and the caption in LaTeX."""

    stem: str
    caption: str


def feedforward() -> Network:
    """The feedforward ReLU network."""
    return ffnet(activation("relu"))


def residual() -> Network:
    """The residual ReLU network with alpha = 1/L."""
    return resnet(activation("relu"), gamma=Integer(1))


def draw_all(directory: Path, claims: Sequence[Claim], judgements: Sequence[Judgement]) -> list[Figure]:
    """Draw the figures into the directory, as PDF."""
    import matplotlib as mpl

    proved = [c for c, j in zip(claims, judgements, strict=True) if j.verdict is Verdict.PROVED]
    with mpl.rc_context(_STYLE):
        return [_against_angle(directory), _rate_ffnet(directory, proved), _rate_resnet(directory, proved)]


def _axes(count: int, height: str) -> tuple[Any, Any]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Canvas

    figure = Canvas(figsize=(float("6.3"), float(height)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, count, squeeze=False)[0]
    return figure, axes


def _save(figure: Any, directory: Path, stem: str) -> None:
    figure.savefig(directory / f"{stem}.pdf", metadata={"CreationDate": None, "ModDate": None, "Producer": None})


def _against_angle(directory: Path) -> Figure:
    from matplotlib import colormaps

    figure, axes = _axes(2, "2.75")
    angles = np.linspace(0, math.pi, ANGLES)
    omega = next(name.expression for name in names() if name.text == "Omega_1" and name.expression.has(symbols.theta))
    limits = (np.full(ANGLES, 1 / 4), _on_angles(omega, angles))
    titles = (r"feedforward", r"residual, $\alpha = L^{-1}$")
    said = (r"limit $1/4$ $(\theta > 0)$", r"limit $\Omega_1(\theta)$")
    colours = colormaps["viridis"](np.linspace(0, 7 / 8, len(DEPTHS)))
    for ax, network, limit, title, label in zip(axes, (feedforward(), residual()), limits, titles, said, strict=True):
        for depth, colour in zip(DEPTHS, colours, strict=True):
            values = kernel_float64(network, depth, angles)["normalized_ntk"]
            ax.plot(angles, values, color=colour, label=f"$L = {depth}$")
        ax.plot(angles, limit, color="black", linestyle=(0, (4, 2)), linewidth=1, label=label)
        ax.set_xlabel(r"angle $\theta$ between the inputs")
        ax.set_title(title)
        ax.set_xticks([0, math.pi / 2, math.pi], ["$0$", r"$\pi/2$", r"$\pi$"])
        ax.set_ylim(-9 / 50, 26 / 25)
        ax.margins(x=0)
    axes[0].set_ylabel(r"normalised NTK $N_L$")
    axes[0].legend(loc="upper right")
    axes[1].legend(handles=[axes[1].lines[-1]], loc="upper right")
    _save(figure, directory, "angle")
    return Figure(
        stem="angle",
        caption=r"The normalised neural tangent kernel of the ReLU networks against the angle of the inputs, at depths "
        + ", ".join(map(str, DEPTHS)) + r". The feedforward kernel tends to $\frac14$ at every angle but 0: it forgets "
        r"its inputs. The residual kernel tends to $\Omega_1(\theta)$, which it equals at $L = 1$.",
    )  # fmt: skip


def _on_angles(expression: Expr, angles: Any) -> Any:
    return np.array([_float(expression.subs(symbols.theta, Rational(float(angle)))) for angle in angles])


def _float(expression: Expr) -> float:
    return float(evaluate(expression, {}).mid())


def _sampled(first: int, last: int, count: int) -> list[int]:
    return sorted({round(first * (last / first) ** (i / (count - 1))) for i in range(count)})


def _bound_of(claim: Claim) -> tuple[Expr, Expr] | None:
    """(e, bound) of a claim abs(value - e) <= bound, else None."""
    statement = claim.statement
    if not isinstance(statement, Depth) or not isinstance(statement.holds, Chain):
        return None
    sides, relations = statement.holds.sides, statement.holds.relations
    if relations != ("<=",) or not isinstance(sides[0], Abs) or statement.quantity is not Quantity.NORMALIZED_NTK:
        return None
    return (symbols.value - sides[0].args[0]).expand(), sides[1]


def _rate_ffnet(directory: Path, proved: Sequence[Claim]) -> Figure:
    figure, axes = _axes(2, "2.6")
    network, quarter = feedforward(), evaluate(Rational(1, 4), {})
    depths = _sampled(8, 100_000, 44)
    bounds = [(c, b) for c in proved if (b := _bound_of(c)) is not None and c.statement.network == network]  # type: ignore[union-attr]
    rates = [
        c.statement.holds
        for c in proved
        if isinstance(c.statement, Depth) and isinstance(c.statement.holds, Expansion)
        and c.statement.network == network and c.statement.quantity is Quantity.NORMALIZED_NTK
    ]  # fmt: skip
    general = next((b for _, b in bounds if b[1].has(symbols.theta)), None)
    for ax, corr, title in zip(axes, (Integer(0), Integer(-1)), ("$c = 0$", "$c = -1$"), strict=True):
        found = trajectory(network, depths, corr, digits=20)
        values = [abs(float((found[depth].normalized_ntk - quarter).mid())) for depth in depths]
        if general is not None:
            heights = [_float(general[1].subs({symbols.theta: acos(corr), symbols.depth: depth})) for depth in depths]
            ax.plot(depths, heights, color=_BOUND, label="proved bound, every $L$")
        for rate in rates[:1]:
            term = rate.terms[-1]
            ax.plot(depths, [_float(term.subs(symbols.depth, depth)) for depth in depths], color=_RATE,
                    linestyle=(0, (4, 2)), label=rf"${_math(latex_of(term))}$")  # fmt: skip
        ax.plot(depths, values, "o", color=_VALUE, markersize=2, label=r"$|N_L - 1/4|$")
        ax.set_xscale("log")
        ax.set_yscale("log")
        ax.set_xlabel("depth $L$")
        ax.set_title(title)
    axes[0].legend(loc="lower left")
    _save(figure, directory, "rate-ffnet")
    below = " It lies below the bound that is proved for every $L$" if general is not None else ""
    size = (
        ", and its size is that of the proved first term." if below else " Its size is that of the proved first term."
    )
    return Figure(
        stem="rate-ffnet",
        caption=r"The distance of the feedforward kernel from its limit, at midpoints of balls of 20 digits, for "
        r"orthogonal and for opposite inputs, to depth $10^5$." + below + (size if rates else "." if below else ""),
    )


def _rate_resnet(directory: Path, proved: Sequence[Claim]) -> Figure:
    figure, axes = _axes(2, "2.6")
    network = residual()
    depths = _sampled(2, 4096, 26)
    family = resnet(activation("relu"), gamma=symbols.gamma)
    bound = None
    for claim in proved:
        found = _bound_of(claim)
        if found is None or not isinstance(claim.statement, Depth):
            continue
        at_one = found[1].subs(symbols.gamma, 1) if claim.statement.network == family else found[1]
        domain = claim.statement.correlations
        if claim.statement.network in (family, network) and domain.low == -1 and domain.low_closed:
            bound = bound or at_one
    omega = next(name.expression for name in names() if name.text == "Omega_1" and name.expression.has(symbols.theta))
    cases = ((Rational(1, 2), "$c = 1/2$", 1, "$1/L$"), (Integer(-1), "$c = -1$", Rational(1, 2), r"$1/\sqrt{L}$"))
    for ax, (corr, title, power, label) in zip(axes, cases, strict=True):
        target = evaluate(omega.subs(symbols.theta, acos(corr)), {})
        values = []
        for depth, one in trajectory(network, depths, corr, digits=20).items():
            values.append((depth, abs(float((one.normalized_ntk - target).mid()))))
        if bound is not None:
            heights = [_float(bound.subs({symbols.theta: acos(corr), symbols.depth: depth})) for depth in depths]
            ax.plot(depths, heights, color=_BOUND, label="proved bound, every $L$ and $c$")
        last, size = values[-1]
        reference = [size * (last / depth) ** float(power) for depth in depths]
        ax.plot(depths, reference, color=_GREY, linestyle=(0, (4, 2)), label=f"slope of {label}")
        ax.plot([d for d, _ in values], [v for _, v in values], "o", color=_VALUE, markersize=2,
                label=r"$|N_L - \Omega_1|$")  # fmt: skip
        ax.set_xscale("log")
        ax.set_yscale("log")
        ax.set_xlabel("depth $L$")
        ax.set_title(title)
        ax.set_ylim(bottom=ax.get_ylim()[0] / 8)
        ax.legend(loc="lower left")
    _save(figure, directory, "rate-resnet")
    return Figure(
        stem="rate-resnet",
        caption=r"The distance of the residual kernel with $\alpha = L^{-1}$ from its limit. At a generic pair it "
        r"falls like $1/L$, at opposite inputs like $1/\sqrt L$ only: one constant cannot serve both at the faster "
        r"rate.",
    )


def _math(latex: str) -> str:
    """LaTeX that Matplotlib's own mathematics understands."""
    return latex.replace(r"\left", "").replace(r"\right", "").replace(r"\frac", r"\dfrac")


__all__ = ["DEPTHS", "Figure", "draw_all", "feedforward", "residual"]
