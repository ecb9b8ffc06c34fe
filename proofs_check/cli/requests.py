"""From the words of a command to objects, and from their answers to plain data."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sympy import Expr

from proofs_check.verdicts import Judgement
from theory import parsing, symbols
from theory.activations import activation as read_activation
from theory.architectures import ARCHITECTURES
from theory.architectures import network as build_network
from theory.claims import Claim
from theory.errors import InputError
from theory.network import Network

MAX_DEPTH = 10**1000


@dataclass(frozen=True, kw_only=True)
class KernelRequest:
    """The words of ``ntkproof kernel``, as typed."""

    architecture: str
    activation: str
    depth: str
    cos: str | None
    angle: str | None
    gamma: str | None
    alpha: str | None
    digits: int


def network(
    architecture: str, activation: str, *, gamma: str | None, alpha: str | None, symbolic: bool = False
) -> Network:
    """The network that the words name.

    symbolic  without gamma and alpha, a residual scale stays the letter alpha
    raises    InputError that names the word
    """
    residual = {entry.name: entry.residual for entry in ARCHITECTURES}
    scale: dict[str, Expr] = {}
    if gamma is not None:
        scale["gamma"] = parsing.number(gamma, "--gamma")
    if alpha is not None:
        scale["alpha"] = parsing.parse(alpha, names={"L": symbols.depth, "l": symbols.layer}, what="--alpha")
    if symbolic and residual.get(architecture) and not scale:
        scale["alpha"] = symbols.alpha
    return build_network(architecture, read_activation(activation), **scale)


def kernel_values(request: KernelRequest) -> dict[str, Any]:
    """The answer of ``ntkproof kernel --json``."""
    asked = network(request.architecture, request.activation, gamma=request.gamma, alpha=request.alpha)
    residual = next(entry.residual for entry in ARCHITECTURES if entry.name == request.architecture)
    depth = parsing.integer(request.depth, "--depth", 1 if residual else 0, MAX_DEPTH)
    if (request.cos is None) == (request.angle is None):
        given = "neither" if request.cos is None else "both"
        raise InputError(f"--cos, --angle: {given} given; exactly one of the two is needed")
    corr = None if request.cos is None else parsing.correlation(request.cos, "--cos")
    angle = None if request.angle is None else parsing.angle(request.angle, "--angle")

    from numerics.kernel import format_ball, kernel

    values = kernel(asked, depth, corr, digits=request.digits, angle=angle)
    balls = {name: getattr(values, name) for name in ("nngp", "ntk", "normalized_nngp", "normalized_ntk")}
    return {
        "architecture": request.architecture,
        "activation": request.activation,
        "depth": request.depth,
        "cos": request.cos,
        "angle": request.angle,
        "gamma": request.gamma,
        "alpha": request.alpha,
        **{
            name: dict(zip(("mid", "rad"), format_ball(ball, request.digits), strict=True))
            for name, ball in balls.items()
        },
        "digits": request.digits,
    }


def kernel_text(data: dict[str, Any]) -> str:
    """The same answer for a person: the question in one line, then mid +/- rad."""
    question = [
        f"{name} = {data[name]}" for name in ("depth", "cos", "angle", "gamma", "alpha") if data[name] is not None
    ]
    names = {
        "nngp": "NNGP",
        "ntk": "NTK",
        "normalized_nngp": "normalised NNGP",
        "normalized_ntk": "normalised NTK",
    }
    wide = max(len(data[name]["mid"]) for name in names)
    rows = [f"  {says:<16} {data[name]['mid']:<{wide}}  +/- {data[name]['rad']}" for name, says in names.items()]
    return "\n".join([f"{data['architecture']} {data['activation']}, {', '.join(question)}", *rows])


def derivation_of(asked: Network, form: str) -> str:
    """The derivation of the network's recursion, as text, LaTeX or JSON."""
    from proofs_check.report import render_derivation
    from theory.recursion import derive

    return render_derivation(derive(asked).derivation, form)


def certificate_for(claim: Claim, *, effort: float) -> dict[str, Any]:
    """A certificate that the checker accepts and that proves the claim.

    raises  BeyondReach where the search finds none
    """
    from proofs_check.certify import certify

    return certify(claim, effort=effort)


def write_report_of(directory: Path, claims: list[Claim], judgements: list[Judgement]) -> list[str]:
    """Write the report; one line for each file written."""
    from proofs_check.report import write_report

    return [str(path) for path in write_report(directory, claims, judgements)]
