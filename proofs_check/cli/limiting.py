"""What ``ntkproof limit`` answers: plain data, and the same for a person."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sympy import Expr, Symbol, cos, oo

from numerics.balls import format_ball
from proofs_check.cli.options import NetworkWords
from proofs_check.cli.readable import sentence, wrapped
from proofs_check.cli.requests import requested_network
from proofs_check.limits import DepthLimit, limit
from proofs_check.limits.fixed_map import koenigs_constant, ordered_constant
from proofs_check.limits.phases import critical_line, half_stable_lengths, points
from proofs_check.limits.result import Letter, Window, ball_of, is_exact
from proofs_check.limits.small_steps import flow_constant
from proofs_check.limits.tidy import tidied
from proofs_check.report.expressions import text_of
from theory import parsing
from theory.activations import activation
from theory.critical import input_constant, tangent_constant
from theory.errors import InputError
from theory.symbols import c

VALUES = {
    "fixed_point": "fixed_point",
    "chi": "chi",
    "angle_rate": "angle_rate",
    "ntk_limit_offdiagonal": "ntk_limit",
    "ntk_diagonal": "ntk_diagonal",
    "leading_correction": "leading_correction",
    "expansion": "expansion",
    "rate": "rate",
    "length": "length",
    "length_slope": "length_slope",
    "inverse": "inverse",
    "window": "window",
}
"""Keys of the answer, and the fields of ``DepthLimit`` behind them."""
_INPUT = (input_constant, tangent_constant, ordered_constant, koenigs_constant, flow_constant)
"""Constants that depend on the inputs and on nothing else: an expression with them is exact."""


@dataclass(frozen=True, kw_only=True)
class LimitRequest:
    """The words of ``ntkproof limit``, as typed."""

    architecture: str
    activation: str
    cos: str | None
    angle: str | None
    words: NetworkWords
    orders: int
    digits: int


def limit_of(request: LimitRequest) -> tuple[DepthLimit, Expr | None]:
    """The depth limit of the network that the words name, and the correlation of the inputs if one was given."""
    if request.cos is not None and request.angle is not None:
        raise InputError("--cos, --angle: both given; at most one of the two is understood")
    corr = None if request.cos is None else parsing.correlation(request.cos, "--cos")
    if request.angle is not None:
        corr = cos(parsing.angle(request.angle, "--angle"))
    asked = requested_network(request.architecture, request.activation, request.words)
    found = limit(asked, orders=request.orders, digits=request.digits)
    if found.leading_correction is not None:
        found = replace(found, leading_correction=tidied(found.leading_correction))
    if corr is None:
        return found, None
    from proofs_check.limits import at_input

    return at_input(found, corr, request.digits), corr


def limit_data(request: LimitRequest, found: DepthLimit, corr: Expr | None) -> dict[str, Any]:
    """The answer of ``ntkproof limit --json``."""
    values = {key: _value(getattr(found, name), found, corr, request.digits) for key, name in VALUES.items()}
    return {
        "architecture": request.architecture,
        "activation": request.activation,
        **request.words.given(),
        "gamma": request.words.gamma,
        "alpha": request.words.alpha,
        "cos": request.cos,
        "angle": request.angle,
        "phase": found.phase,
        **values,
        "variable": found.variable,
        "fixed_points": [
            {
                "cos": _value(point.corr, found, None, request.digits),
                "slope": _value(point.slope, found, None, request.digits),
                "stability": point.stability,
            }
            for point in found.fixed_points
        ],
        "length_fixed_points": [
            {
                "length": _ball(point.length, request.digits),
                "slope": _ball(point.slope, request.digits),
                "stability": point.stability,
            }
            for point in found.lengths
        ],
        "exceptions": [
            {"cos": str(one.corr), "ntk_limit": _value(one.limit, found, None, request.digits), "reason": one.reason}
            for one in found.exceptions
        ],
        "antipode": None if found.antipode is None else _antipode(found.antipode, found, request.digits),
        "letters": {str(one.symbol): _letter(one, request.digits) for one in _used(found)},
        "notes": list(found.notes),
        "numerics": [{"depth": depth, **_ball(ball, 12)} for depth, ball in found.numerics],
        "status": found.status,
        "reason": found.reason or None,
        "digits": request.digits,
    }


def _value(value: Expr | None, found: DepthLimit, corr: Expr | None, digits: int) -> dict[str, Any] | None:
    """Exact text, a decimal for a number, and a ball where the inputs are given."""
    if value is None:
        return None
    if value == oo:
        return {"exact": "oo", "decimal": None}
    exact = str(value) if is_exact(value.subs({one: 0 for one in _INPUT})) else None
    ball = ball_of(value, found.balls, digits)
    data = {"exact": exact, "decimal": None if ball is None else _decimal(ball, digits)}
    if exact is None:
        data["expression"] = str(value)
    if corr is not None:
        at = ball_of(value.subs(c, corr), found.balls, digits)
        data |= _ball(at, digits)
    return data


def _antipode(window: Window, found: DepthLimit, digits: int) -> dict[str, Any]:
    """The window near c = -1."""
    return {
        "variable": window.variable,
        **{key: _value(getattr(window, key), found, None, digits) for key in ("distance", "scale", "value", "angle")},
    }


def _ball(value: Any | None, digits: int) -> dict[str, str | None]:
    mid, rad = (None, None) if value is None else format_ball(value, digits)
    return {"mid": mid, "rad": rad}


def _decimal(ball: Any, digits: int) -> str:
    return str(format_ball(ball, min(digits, 30))[0])


def _letter(letter: Letter, digits: int) -> dict[str, Any]:
    data: dict[str, Any] = {"meaning": letter.meaning}
    if letter.expression is not None:
        data["expression"] = str(letter.expression)
    return data | _ball(letter.ball, digits)


def _used(found: DepthLimit) -> list[Letter]:
    """The letters that occur in the answer."""
    values = [getattr(found, name) for name in VALUES.values()]
    values += [e for point in found.fixed_points for e in (point.corr, point.slope)]
    values += [one.limit for one in found.exceptions]
    if found.antipode is not None:
        values.append(found.antipode.value)
    names = set().union(*(value.free_symbols for value in values if value is not None))
    kept: dict[Symbol, Letter] = {}
    for letter in found.letters:
        if letter.symbol in names:
            kept.setdefault(letter.symbol, letter)
    return list(kept.values())


def _text(value: Expr) -> str:
    """What is derived keeps its fractions: 107/64, not 1.671875."""
    return text_of(value, decimals=False)


_WIDTH = 110
"""Characters of a line."""
_ROWS = (
    ("length", "K_L(x, x) ->"),
    ("fixed_point", "c_L ->"),
    ("chi", "chi ="),
    ("rate", "rate a layer ="),
    ("angle_rate", "angle ~"),
    ("ntk_diagonal", "Theta(x, x) ="),
    ("ntk_limit", "N_L ->"),
    ("leading_correction", "N_L - limit ~"),
    ("expansion", "N_L ="),
    ("inverse", "1/x_L ="),
    ("window", "at x_0 = x/L"),
)


def limit_text(request: LimitRequest, found: DepthLimit, corr: Expr | None) -> str:
    """The same for a person."""
    words = [
        f"{name.replace('_', '-')} = {value}" for name, value in request.words.given().items() if value is not True
    ]
    words += ["unnormalised"] if request.words.unnormalised else []
    words += [f"cos = {request.cos}"] if request.cos else [f"angle = {request.angle}"] if request.angle else []
    head = ", ".join([f"{request.architecture} {request.activation}", *words])
    lines = [f"{head}: {found.phase or 'no phase'}" if found.status == "DERIVED" else f"{head}: OPEN", ""]
    if found.status != "DERIVED":
        lines += [*wrapped(found.reason, _WIDTH, "  ", "  "), ""]
    for name, says in _ROWS:
        value = getattr(found, name)
        if value is None:
            continue
        if name == "inverse":
            says = "1/theta_L =" if found.variable == "angle" else "1/(1 - c_L) ="
        if name == "window":
            says = f"{'theta_0' if found.variable == 'angle' else '1 - c'} = x/L"
        if name == "angle_rate" and found.phase == "chaotic":
            says = "angle - limit ~"
        shown = "infinite" if value == oo else _text(value)
        more = (name in ("expansion", "inverse")) * " + ..."
        data = _value(value, found, corr, request.digits)
        assert data is not None
        number = data.get("mid") or data["decimal"]
        plain = number if number is not None and number != shown and not value.is_Rational else None
        lines += wrapped(f"{says:<15} {shown}{more}" + (f"  = {plain}" if plain else ""), _WIDTH, " " * 18, "  ")
    for one in found.exceptions:
        limit_text_ = "not derived" if one.limit is None else _text(one.limit)
        lines.append(f"  {'at c = ' + str(one.corr):<15} N_L -> {limit_text_}: {one.reason}")
    if found.antipode is not None:
        lines += _antipode_lines(found.antipode)
    for point in found.fixed_points:
        if found.phase == "chaotic" or point.corr == -1:
            lines.append(f"  {'fixed point':<15} c = {_text(point.corr)}, {point.stability}")
    if len(found.lengths) > 1:
        for at in found.lengths:
            lines.append(f"  {'fixed length':<15} q = {_decimal(at.length, request.digits)}, {at.stability}")
    for letter in _used(found):
        ball = "" if letter.ball is None else f" = {format_ball(letter.ball, min(request.digits, 30))[0]}"
        lines.append(f"  with {letter.symbol}{ball}: {letter.meaning}")
    for note in found.notes:
        lines += wrapped(sentence(note), _WIDTH, "    ", "  ")
    if found.numerics:
        lines.append("  Numbers at finite depth, of which nothing follows for the limit:")
        lines += [f"    L = {depth}: N_L = {format_ball(ball, 12)[0]}" for depth, ball in found.numerics]
    lines.append("  N_L is the normalised NTK at inputs of correlation c, -1 < c < 1.")
    return "\n".join(line.replace("**", "^") for line in lines)


def _antipode_lines(window: Window) -> list[str]:
    """The window near c = -1 for a person."""
    at = f"{window.variable} = {_text(window.distance)}"
    what = "N_L" if window.scale == 1 else f"(N_L - limit)/({_text(window.scale)})"
    lines = wrapped(f"{at}: {what} -> {_text(window.value)}", _WIDTH, " " * 18, "  ")
    if window.angle is not None:
        lines += wrapped(f"{at}: pi - theta_L ~ {_text(window.angle)}", _WIDTH, " " * 18, "  ")
    return lines


def line_data(request: LimitRequest) -> dict[str, Any]:
    """The critical line of the activation: exact functions of the length q, and points in balls."""
    if request.architecture != "ffnet":
        raise InputError(f"--critical-line: {request.architecture[:40]} has none; allowed is ffnet")
    acting = activation(request.activation)
    line = critical_line(acting, normalised=not request.words.unnormalised)

    return {
        "activation": request.activation,
        "unnormalised": request.words.unnormalised,
        "weight_variance": str(line.weight_variance),
        "bias_variance": str(line.bias_variance),
        "chi_parallel": str(line.parallel),
        "points": [
            {
                "length": str(point.length),
                "weight_variance": _ball(point.weight_variance, request.digits),
                "bias_variance": _ball(point.bias_variance, request.digits),
                "chi_parallel": _ball(point.parallel, request.digits),
                "admissible": point.admissible,
            }
            for point in points(line, request.digits)
        ],
        "half_stable_lengths": [_ball(value, request.digits) for value in half_stable_lengths(line, request.digits)],
    }


def line_text(data: dict[str, Any]) -> str:
    """The same for a person."""
    lines = [f"critical line of ffnet {data['activation']}: chi = 1 at pre-activations of length q", ""]
    for key, says in (
        ("weight_variance", "weight variance"),
        ("bias_variance", "bias variance"),
        ("chi_parallel", "chi_par"),
    ):
        lines.append(f"  {says:<15} = {data[key].replace('**', '^')}")
    lines += ["", f"  {'q':>6}  {'weight variance':<18}{'bias variance':<20}{'chi_par':<16}"]
    for point in data["points"]:
        numbers = [f"{Decimal(point[key]['mid']):.12g}" for key in ("weight_variance", "bias_variance", "chi_parallel")]
        outside = "" if point["admissible"] else "  bias variance below 0: not on the line"
        lines.append(f"  {point['length']:>6}  {numbers[0]:<18}{numbers[1]:<20}{numbers[2]:<16}{outside}")
    lines += [f"  half-stable length (chi_par = 1): q = {one['mid']}" for one in data["half_stable_lengths"]]
    lines.append(
        "  With smaller weight variance at the same q: ordered; with larger: chaotic. q is stable for chi_par < 1."
    )
    return "\n".join(line.replace("**", "^") for line in lines)


__all__ = ["LimitRequest", "limit_data", "limit_of", "limit_text", "line_data", "line_text"]
