"""Kernels of infinitely wide networks at one depth and one pair of inputs, as balls that contain the true values.

Every digit asked for is proved: the recursion of the network is iterated with exact midpoints
(``numerics.propagation``) at a precision that rises until rad <= 10^-digits max(|mid|, 10^-digits) holds for each of
the values.

What stays exact: equal inputs (c = 1) are the diagonal; c = -1 and c = 0 are mapped exactly where substitution into
the recursion shows it, as for even and odd activations; with coefficients that do not change from layer to layer such
inputs reach any depth.

What can go wrong. Each layer costs some microseconds, so a depth of more than ``REACH`` layers is refused
(BeyondReach).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flint import arb, ctx
from sympy import Expr, Integer, cos, pi

from numerics.balls import (
    LOG2_10,
    REAL,
    accurate,
    bits_of,
    evaluate,
    format_ball,
    precision,
    to_strings,
)
from numerics.cells import decide_inequality_on_interval, enclose_cell
from numerics.compile import lower
from numerics.leaps import leap
from numerics.model import SPECIAL, Model, model
from numerics.propagation import LengthOutOfRange, Reached, Run
from theory.constants import exact_sign
from theory.errors import BeyondReach, InputError
from theory.exact import Exact, exact
from theory.network import Network

REACH = 10**7
"""Layers that are iterated at most, at up to 256 bits; at more bits proportionally fewer."""
LEAP = 10_000
"""Depths beyond which an expansion is tried before iteration."""
MAX_DIGITS = 10_000
_ATTEMPTS = 12
_TRIES_FOR_LENGTHS = 3
_PATIENCE = 4


@dataclass(frozen=True, kw_only=True)
class KernelValues:
    """Balls of the kernels of a network at one depth.

    nngp, ntk               K_L(x, x') and Theta_L(x, x')
    normalized_*            divided by sqrt of the values at (x, x) and (x', x')
    angle                   arccos of the normalised NNGP kernel
    """

    nngp: arb
    ntk: arb
    normalized_nngp: arb
    normalized_ntk: arb
    angle: arb

    def balls(self) -> tuple[arb, ...]:
        """All five."""
        return self.nngp, self.ntk, self.normalized_nngp, self.normalized_ntk, self.angle


def kernel(
    network: Network,
    depth: int,
    corr: Exact | None = None,
    *,
    digits: int = 30,
    angle: Exact | None = None,
    max_layers: int = REACH,
    progress: Callable[[int, int], None] | None = None,
) -> KernelValues:
    """The kernels at a depth, for inputs of correlation ``corr`` or at an ``angle``.

    depth       from 0; from 1 where the NTK at depth 0 is 0
    corr        exact number in [-1, 1]; or angle: exact number in [0, pi]; one of the two
    digits      each ball has rad <= 10^-digits max(|mid|, 10^-digits), with room for rounding when printed
    max_layers  BeyondReach beyond this many layers (fewer at many digits), where layers must be visited at all
    progress    called with (layers done, layers) after each block
    raises      InputError, BeyondReach

    >>> from theory.activations import activation
    >>> from theory.architectures import ffnet
    >>> values = kernel(ffnet(activation("relu")), 1000, Integer(0), digits=12)
    >>> format_ball(values.normalized_ntk, 12)
    ('0.253290525388449', '1.76e-16')
    """
    return trajectory(network, (depth,), corr, digits=digits, angle=angle, max_layers=max_layers, progress=progress)[
        depth
    ]


def trajectory(
    network: Network,
    depths: Sequence[int],
    corr: Exact | None = None,
    *,
    digits: int = 30,
    angle: Exact | None = None,
    max_layers: int = REACH,
    progress: Callable[[int, int], None] | None = None,
) -> dict[int, KernelValues]:
    """``kernel`` at several depths, in one pass where the layers do not depend on the number of layers.

    >>> from theory.activations import activation
    >>> from theory.architectures import ffnet
    >>> found = trajectory(ffnet(activation("relu")), (1, 2), Integer(-1))
    >>> found[1].nngp == 0
    True
    """
    if not 1 <= digits <= MAX_DIGITS:
        raise InputError(f"digits={digits}: allowed is 1 to {MAX_DIGITS}")
    for depth in depths:
        if depth < 0:
            raise InputError(f"depth={depth}: a depth is an integer from 0")
    start = read_inputs(corr, angle)
    used = model(network)
    report = progress or (lambda _done, _total: None)
    wanted = sorted(set(depths))
    if not wanted:
        return {}
    passes = [[depth] for depth in wanted] if used.depends_on_depth else [wanted]
    found: dict[int, KernelValues] = {}
    for group in passes:
        found |= _accurate_pass(used, group, start, digits, max_layers, report)
    return found


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The correlation of the inputs as an expression, and as 1, 0 or -1 where it is that number."""

    corr: Expr
    exact: int | None


def read_inputs(given_corr: Exact | None, given_angle: Exact | None) -> Inputs:
    if (given_corr is None) == (given_angle is None):
        given = "neither" if given_corr is None else "both"
        raise InputError(f"corr, angle: {given} given; exactly one of the two is needed")
    corr = None if given_corr is None else exact(given_corr, "corr")
    angle = None if given_angle is None else exact(given_angle, "angle")
    if angle is not None:
        known = not angle.free_symbols and evaluate(angle, {}).is_finite()
        if not known or -1 in (exact_sign(angle), exact_sign(pi - angle)):
            raise InputError(f"angle={angle}: an angle lies in [0, pi]")
        corr = cos(angle)
    assert corr is not None
    if corr.free_symbols:
        raise InputError(f"corr={corr}: a number is needed")
    ball = evaluate(corr, {})
    if not ball.is_finite() or (angle is None and -1 in (exact_sign(1 - corr), exact_sign(1 + corr))):
        raise InputError(f"corr={corr}: a correlation lies in [-1, 1]")
    for value in SPECIAL:
        if corr == value or (ball.contains(value) and exact_sign(corr - value) == 0):
            return Inputs(corr=Integer(value), exact=value)
    return Inputs(corr=corr, exact=None)


def _accurate_pass(
    used: Model,
    depths: list[int],
    start: Inputs,
    digits: int,
    max_layers: int,
    report: Callable[[int, int], None],
) -> dict[int, KernelValues]:
    last = depths[-1]
    guard = 64 if last > LEAP else 4 * min(last, max_layers).bit_length() + 40
    for attempt in range(_ATTEMPTS):
        bits = bits_of(digits) + guard
        try:
            with precision(bits):
                patient = attempt < _PATIENCE
                found = _one_pass(used, depths, start, _reach(bits, max_layers), digits, patient, report)
        except LengthOutOfRange as error:
            if attempt >= _TRIES_FOR_LENGTHS:
                raise InputError(
                    f"network={used.network.name}: the variance of the pre-activations leaves the range of finite "
                    f"Gaussian moments at layer {error.layer}; use fewer layers or inputs of another norm"
                ) from None
            guard *= 4
            continue
        short = max(_missing_bits(values, digits) for values in found.values())
        if short <= 0:
            return found
        # geometric growth: an input of huge size, such as sin(10^99 + 1/7), hides how many bits it costs
        guard += max(min(short + 16, 8 * bits + 1000), guard // 2)
    raise BeyondReach(f"digits={digits}, depth={_power_of_ten(last)}: accuracy ran out; ask for fewer digits or layers")


def _reach(bits: int, max_layers: int) -> int:
    """Layers in about the time of ``max_layers`` at 256 bits; the time of a layer grows like bits^1.5."""
    return max_layers if bits <= 256 else max(1, int(max_layers * (256 / bits) ** 1.5))


def _one_pass(
    used: Model,
    depths: list[int],
    start: Inputs,
    reach: int,
    digits: int,
    patient: bool,
    report: Callable[[int, int], None],
) -> dict[int, KernelValues]:
    last = depths[-1]
    tape = lower((start.corr,), ())
    run = Run(used, last, lambda: tape.run(REAL, ())[0], start.exact)
    found: dict[int, KernelValues] = {}
    for depth in depths:

        def visit(layer: int) -> None:
            report(layer, last)

        def good(reached: Reached) -> bool:
            return _missing_bits(_values_of(run, reached), digits) <= 0

        if depth > LEAP and run.needs_iteration:
            leapt = leap(run, depth, int(ctx.prec), visit, good)
            # patient: an expansion whose balls are too large is tried again with more bits before layers are iterated
            if leapt is not None and (patient or depth > reach or good(leapt)):
                found[depth] = _values_of(run, leapt)
                continue
        if depth > reach and run.needs_iteration:
            raise BeyondReach(
                f"depth={_power_of_ten(depth)}: iteration reaches {reach} layers at this accuracy, and no expansion "
                "holds for this network; ask for fewer layers or digits"
            )
        run.advance(depth, visit)
        found[depth] = _values(run)
    return found


def _values(run: Run) -> KernelValues:
    """The five balls at the present layer."""
    angle = None if run.exact is None else (1 - run.exact) * arb.pi() / 2
    state = Reached(
        corr=run.corr, ntk=run.ntk, diagonals=run.diagonals, lengths=run.lengths, size=run.size, angle=angle
    )
    return _values_of(run, state)


def _values_of(run: Run, state: Reached) -> KernelValues:
    """The five balls of a state of the run."""
    equal = run.model.equal
    diagonal = state.diagonals[0] if equal else (state.diagonals[0] * state.diagonals[1]).sqrt()
    if diagonal == 0:
        name = run.model.network.name
        raise InputError(f"depth={run.layer}: the NTK of {name} is 0 at this depth; use a depth from 1")
    if run.model.lengths is None:
        size, unit = state.size, state.size
    else:
        first = state.lengths[0]
        size, unit = first if equal else (first * state.lengths[1]).sqrt(), arb(1)
    return KernelValues(
        nngp=state.corr * size,
        ntk=state.ntk * unit,
        normalized_nngp=state.corr,
        normalized_ntk=arb(1) if run.started_equal else state.ntk / diagonal,
        angle=REAL.functions["acos"](state.corr) if state.angle is None else state.angle,
    )


def _missing_bits(values: KernelValues, digits: int) -> int:
    """How many bits more are needed, about; <= 0 if every ball is as accurate as asked, with 2 bits to spare."""
    worst = 0
    for ball in values.balls():
        if accurate(ball, digits, margin=2):
            continue
        if not ball.is_finite():
            return 8 * bits_of(digits) + 1000
        unit = -int(digits * LOG2_10)
        mid = ball.mid()
        size = unit if mid == 0 else max(_log2(mid), unit)
        worst = max(worst, _log2(ball.rad()) - size - unit + 3, 1)
    return worst


def _log2(point: arb) -> int:
    man, power = point.man_exp()
    return int(power) + abs(int(man)).bit_length()


def _power_of_ten(depth: int) -> str:
    text = str(depth) if depth < 10**12 else ""
    return text or f"about 10^{int(depth.bit_length() / LOG2_10)}"


__all__ = [
    "REACH",
    "KernelValues",
    "decide_inequality_on_interval",
    "enclose_cell",
    "format_ball",
    "kernel",
    "to_strings",
    "trajectory",
]
