"""From the words of a command to objects, and from their answers to plain data."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sympy import Integer, Rational, expand, pi

from proofs_check.cli.group import shown
from proofs_check.cli.options import NetworkWords
from proofs_check.signs import sign_of
from proofs_check.verdicts import Judgement
from theory import parsing, symbols
from theory.activations import activation as read_activation
from theory.architectures import architecture_named, require_options, variance
from theory.architectures import network as build_network
from theory.claims import Claim
from theory.errors import BeyondReach, InputError
from theory.network import Network, Nonlinearity

MAX_DEPTH = 10**1000
KERNELS = {
    "nngp": "NNGP",
    "ntk": "NTK",
    "normalized_nngp": "normalised NNGP",
    "normalized_ntk": "normalised NTK",
}
"""What ``kernel`` prints, and its name for a person."""
_FURTHER = ("weight_variance", "bias_variance", "unnormalised", "critical", "squared_norm")
_LAYERS_EXAMINED = 1000
"""Layers at which alpha is looked at, where a kernel could not be enclosed."""


@dataclass(frozen=True, kw_only=True)
class KernelRequest:
    """The words of ``ntkproof kernel``, as typed."""

    architecture: str
    activation: str
    depth: str
    cos: str | None
    angle: str | None
    words: NetworkWords
    digits: int


def requested_network(architecture: str, activation: str, words: NetworkWords, *, symbolic: bool = False) -> Network:
    """The network that the words of a command name.

    symbolic  without gamma and alpha, a residual scale stays the letter alpha
    raises    InputError that names the option
    """
    require_options(architecture, words.given(), spell=_option)
    options: dict[str, Any] = {}
    if words.gamma is not None:
        options["gamma"] = parsing.decay(words.gamma, "--gamma")
    if words.alpha is not None:
        options["alpha"] = parsing.parse(words.alpha, names={"L": symbols.depth, "l": symbols.layer}, what="--alpha")
        if options["alpha"] == 0:
            raise InputError(
                f"--alpha={shown(words.alpha)}: without its branches the network has no NTK; "
                "allowed is a number that is not 0"
            )
    if symbolic and architecture_named(architecture).residual and not options:
        options["alpha"] = symbols.alpha
    for name in ("weight_variance", "bias_variance", "critical", "squared_norm"):
        text = getattr(words, name)
        if text is not None:
            value = parsing.number(text, _option(name))
            options[name] = variance(value, _option(name), positive=name != "bias_variance", typed=text)
    return build_network(
        architecture,
        read_activation(activation),
        unnormalised=words.unnormalised,
        spell=_option,
        sign=sign_of,
        **options,
    )


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def kernel_values(request: KernelRequest) -> dict[str, Any]:
    """The answer of ``ntkproof kernel --json``; options beyond gamma and alpha are echoed where they were given."""
    asked = requested_network(request.architecture, request.activation, request.words)
    residual = architecture_named(request.architecture).residual
    depth = parsing.integer(request.depth, "--depth", 1 if residual else 0, MAX_DEPTH)
    if (request.cos is None) == (request.angle is None):
        given = "neither" if request.cos is None else "both"
        raise InputError(f"--cos, --angle: {given} given; exactly one of the two is needed")
    corr = None if request.cos is None else parsing.correlation(request.cos, "--cos")
    angle = None if request.angle is None else parsing.angle(request.angle, "--angle")
    _require_activations(asked, request, depth)
    if residual:
        _require_scales(asked, request, depth)

    from numerics.kernel import format_ball, kernel

    try:
        values = kernel(asked, depth, corr, digits=request.digits, angle=angle)
    except BeyondReach:
        if residual:  # a scale that is not finite at some layer lets every accuracy run out
            _require_scales(asked, request, depth, layers=_LAYERS_EXAMINED)
        raise
    balls = {name: _printable(getattr(values, name), name, request) for name in KERNELS}
    return {
        "architecture": request.architecture,
        "activation": request.activation,
        "depth": request.depth,
        "cos": request.cos,
        "angle": request.angle,
        "gamma": request.words.gamma,
        "alpha": request.words.alpha,
        **{name: value for name, value in request.words.given().items() if name in _FURTHER},
        **{
            name: dict(zip(("mid", "rad"), format_ball(ball, request.digits), strict=True))
            for name, ball in balls.items()
        },
        "digits": request.digits,
    }


def _require_activations(asked: Network, request: KernelRequest, depth: int) -> None:
    """Refuse an activation that depends on L and is 0 at this depth, so that it cannot be normalised."""
    for layer in asked.walk():
        if isinstance(layer, Nonlinearity) and layer.activation.expression.has(symbols.depth):
            at = layer.activation.expression.subs(symbols.depth, Integer(max(depth, 1)))
            if expand(at) == 0:
                raise InputError(
                    f"--activation={shown(request.activation)}: it is 0 at depth {shown(request.depth)}; use another depth"
                )


def _require_scales(asked: Network, request: KernelRequest, depth: int, layers: int = 1) -> None:
    """Refuse an alpha that is not a real number below 10^10000 at the last layer or one of the first."""
    from flint import arb

    from numerics.balls import evaluate

    words = request.words
    what = f"--gamma={words.gamma}" if words.alpha is None else f"--alpha={words.alpha}"
    alpha = symbols.depth ** (-asked.gamma) if asked.alpha is None and asked.gamma is not None else asked.alpha
    assert alpha is not None
    for layer in (*range(1, min(depth, layers) + 1), depth):
        found = evaluate(alpha, {symbols.depth: arb(depth), symbols.layer: arb(layer)})
        if not found.is_finite():
            raise InputError(
                f"{what}: alpha is no finite real number at layer {layer}; allowed is one that is, at every layer"
            )
        large = arb(10) ** parsing.MAX_SIZE
        if not abs(found) < large or (found != 0 and abs(found) < 1 / large):
            raise InputError(
                f"{what}: alpha is too large or too small at layer {layer}; "
                f"allowed are sizes from 10^-{parsing.MAX_SIZE} to 10^{parsing.MAX_SIZE}"
            )


def _printable(ball: Any, name: str, request: KernelRequest) -> Any:
    """The ball with a size that decimals can show: below 10^10000, a radius of 0 or above 10^-30000.

    raises  BeyondReach for a larger one
    """
    from flint import arb

    from numerics.balls import bits_of, precision

    with precision(bits_of(request.digits) + 128):
        if not abs(ball) < arb(10) ** parsing.MAX_SIZE:
            raise BeyondReach(
                f"depth={shown(request.depth)}: {name} is larger than 10^{parsing.MAX_SIZE}; ask for fewer layers"
            )
        least = arb(10) ** (-3 * parsing.MAX_SIZE)  # far below the radius that any number of digits asks for
        if ball != 0 and abs(ball) < least:
            return arb(0, least)
        return ball + arb(0, least) if 0 < ball.rad() < least else ball


def kernel_text(data: dict[str, Any]) -> str:
    """The same answer for a person: the question in one line, then mid +/- rad."""
    question = [
        f"{name} = {shown(data[name])}"
        for name in ("depth", "cos", "angle", "gamma", "alpha")
        if data[name] is not None
    ]
    question += [name if data[name] is True else f"{name} = {shown(data[name])}" for name in _FURTHER if name in data]
    wide = max(len(data[name]["mid"]) for name in KERNELS)
    rows = [f"  {says:<16} {data[name]['mid']:<{wide}}  +/- {data[name]['rad']}" for name, says in KERNELS.items()]
    return "\n".join([f"{data['architecture']} {shown(data['activation'])}, {', '.join(question)}", *rows])


def explanation_of(target: str, claims: Sequence[Claim], judgements: Sequence[Judgement], width: int) -> str:
    """What ``ntkproof show`` prints: one claim after the other."""
    from proofs_check.cli.showing import explanation

    file, mark, _ = target.partition("#")
    whole_file = not mark and file.endswith((".toml", ".py"))
    return "\n\n".join(
        explanation(claim, judgement, target=f"{file}#{claim.id}" if whole_file else target, width=width)
        for claim, judgement in zip(claims, judgements, strict=True)
    )


def certificate_for(claim: Claim, *, effort: float) -> dict[str, Any]:
    """A certificate that the checker accepts and that proves the claim.

    raises  BeyondReach where the search finds none
    """
    from proofs_check.certify import certify

    return certify(claim, effort=effort)


def data_certificate(path: Path, delta: str, eps: str) -> dict[str, Any]:
    """A certificate of theorem learnability on the data of a file.

    raises  InputError for a file or a number that cannot be read, BeyondReach where the search finds none
    """
    from flint import fmpq

    from proofs_check.learning import read, search

    def number(name: str, text: str) -> fmpq:
        value = parsing.parse(text, what=name)
        if not value.is_Rational or not value > 0:
            raise InputError(f"{name}={shown(text)}: a positive rational number is expected, such as 1/10")
        return fmpq(int(value.p), int(value.q))

    points, labels = read(path)
    distance = number("--delta", delta)
    if not Rational(int(distance.p), int(distance.q)) < pi:
        raise InputError(f"--delta={shown(delta)}: out of range; allowed is an angle above 0 and below pi")
    return search(points, labels, distance=distance, spread=number("--eps", eps))


def coq_for(claim: Claim, certificate: dict[str, Any]) -> str:
    """The claim's theorem as a Coq file.

    raises  BeyondReach where the claim has a form that is not exported
    """
    from proofs_check.coq.export import written

    return written(claim, certificate)


def write_report_of(directory: Path, claims: list[Claim], judgements: list[Judgement]) -> list[str]:
    """Write the report; one line for each file written."""
    from proofs_check.report import write_report

    return [str(path) for path in write_report(directory, claims, judgements)]
