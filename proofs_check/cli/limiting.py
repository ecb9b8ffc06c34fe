"""What ``ntkproof limit`` answers: plain data, and the same for a person."""

from dataclasses import asdict, dataclass, replace
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
from proofs_check.signs import sign_of
from theory import parsing
from theory.activations import activation
from theory.architectures import critical_point
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


def _critical_point(request: LimitRequest) -> dict[str, Expr]:
    """What ``--critical`` stands for: both variances and the squared norm of the inputs; nothing without it."""
    words = request.words
    if words.critical is None:
        return {}
    length = parsing.number(words.critical, "--critical")
    return asdict(
        critical_point(
            activation(request.activation), length, normalised=not words.unnormalised, what="--critical", sign=sign_of
        )
    )


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
        "critical_point": {
            name: _value(value, found, None, request.digits) for name, value in _critical_point(request).items()
        }
        or None,
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
    """Exact text, a decimal for a number, and a ball unless the number is a rational one, known without inputs."""
    if value is None:
        return None
    if value == oo:
        return {"exact": "oo", "decimal": None}
    exact = str(value) if is_exact(value.subs({one: 0 for one in _INPUT})) else None
    ball = ball_of(value, found.balls, digits)
    data = {"exact": exact, "decimal": None if ball is None else _decimal(ball, digits)}
    if exact is None:
        data["expression"] = str(value)
    if corr is None and value.is_Rational:
        return data
    return data | _ball(ball if corr is None else ball_of(value.subs(c, corr), found.balls, digits), digits)


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


def _with_radius(ball: dict[str, Any]) -> str:
    """The number with the radius of its enclosure, as ``kernel`` prints it."""
    return str(ball["mid"]) if ball["rad"] == "0" else f"{ball['mid']} +/- {ball['rad']}"


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
    for name, value in _critical_point(request).items():
        lines += _equation(f"{name.replace('_', ' ')} =", value, _value(value, found, None, request.digits))
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
        more = (name in ("expansion", "inverse")) * " + ..."
        lines += _equation(says, value, _value(value, found, corr, request.digits), more)
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
            length = _with_radius(_ball(at.length, request.digits))
            lines.append(f"  {'fixed length':<15} q = {length}, {at.stability}")
    for letter in _used(found):
        ball = "" if letter.ball is None else f" = {_with_radius(_ball(letter.ball, request.digits))}"
        lines.append(f"  with {letter.symbol}{ball}: {letter.meaning}")
    for note in found.notes:
        lines += wrapped(sentence(note), _WIDTH, "    ", "  ")
    if found.numerics:
        lines.append("  Numbers at finite depth, of which nothing follows for the limit:")
        lines += [f"    L = {depth}: N_L = {_with_radius(_ball(ball, 12))}" for depth, ball in found.numerics]
    lines.append("  N_L is the normalised NTK at inputs of correlation c, -1 < c < 1.")
    if any("E[" in line for line in lines):
        lines.append("  E[g(u); q] is the mean of g(u) over u ~ N(0, q).")
    return "\n".join(line.replace("**", "^") for line in lines)


def _equation(says: str, value: Expr, data: dict[str, Any] | None, more: str = "") -> list[str]:
    """One value of the answer with its decimals, if there are any."""
    shown = "infinite" if value == oo else _text(value)
    plain = "" if value.is_Rational or data is None or data.get("mid") is None else f"  = {_with_radius(data)}"
    return wrapped(f"{says:<15} {shown}{more}{plain}", _WIDTH, " " * 18, "  ")


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


_COLUMNS = ("weight_variance", "bias_variance", "chi_parallel")


def line_text(data: dict[str, Any], digits: int) -> str:
    """The same for a person; decimals are rounded to ``digits`` digits."""
    lines = [f"critical line of ffnet {data['activation']}: chi = 1 at pre-activations of length q", ""]
    for key, says in (
        ("weight_variance", "weight variance"),
        ("bias_variance", "bias variance"),
        ("chi_parallel", "chi_par"),
    ):
        lines.append(f"  {says:<15} = {data[key].replace('**', '^')}")
    width = digits + 9
    lines += ["", f"  {'q':>6}  {'weight variance':<{width}}{'bias variance':<{width}}chi_par"]
    for point in data["points"]:
        numbers = [f"{Decimal(point[key]['mid']):.{digits}g}" for key in _COLUMNS]
        outside = "" if point["admissible"] else "  bias variance below 0: not on the line"
        lines.append(f"  {point['length']:>6}  " + "".join(f"{one:<{width}}" for one in numbers).rstrip() + outside)
    lines += [f"  half-stable length (chi_par = 1): q = {one['mid']}" for one in data["half_stable_lengths"]]
    lines.append(
        "  With smaller weight variance at the same q: ordered; with larger: chaotic. q is stable for chi_par < 1."
    )
    return "\n".join(line.replace("**", "^") for line in lines)


__all__ = ["LimitRequest", "limit_data", "limit_of", "limit_text", "line_data", "line_text"]
