"""Is a statement that the checker returned true? Decided without the checker: by iterating the map that the statement names.

Idea. A statement bounds quantities of the recursion it names. Its texts are read by Python's own parser; the recursion is
iterated in extended floats on a grid of angles, depths and parameters; where value and bound are nearer than 3e-12 both are
computed again at 60 digits. What is said of every smooth map with some numbers is put to polynomials with exactly those
numbers, at the ends of what is assumed. ``wrong`` returns what is false, in words: a counterexample each. What has no meaning
is false. Nothing here uses the checker's code.

What can go wrong. A false statement whose counterexamples lie between the points of the grid would pass; the tests therefore also
show that, with any one part of the checker switched off, tampered certificates are found to say something false.
"""

import ast
import itertools
import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from types import CodeType
from typing import Any

import mpmath
import numpy as np

DIGITS = 60
NEAR = 3e-12
Long = np.longdouble
DEPTHS = (0, 1, 2, 3, 4, 6, 9, 14, 25, 60, 200)
SHORT = (0, 1, 2, 3, 5, 8, 13, 21, 30)
MIDDLE = (0, 1, 2, 3, 5, 9, 20, 50, 150)
GRID = tuple(Fraction(k, 40) for k in (1, 4, 8, 12, 16, 20, 24, 28, 32, 36, 38, 39, 40))
"""Angles as fractions of pi."""
SMALL = (Fraction(1, 3000), Fraction(1, 300))
RATES = (Fraction(9, 10), Fraction(1, 2), Fraction(1, 300))
"""Values of eta that do not depend on the depth."""
RANGES = {
    "(0,1]": (Fraction(1, 500), Fraction(1, 10), Fraction(1, 2), Fraction(9, 10), Fraction(1)),
    "[1,2)": (Fraction(1), Fraction(5, 4), Fraction(17, 10), Fraction(199, 100)),
}
FLOATS = {
    "sin": np.sin,
    "cos": np.cos,
    "sqrt": np.sqrt,
    "log": np.log,
    "acos": np.arccos,
    "pi": Long(4) * np.arctan(Long(1)),
}
EXACTLY = {name: getattr(mpmath, name) for name in ("sin", "cos", "sqrt", "log", "acos")}


# --- texts ------------------------------------------------------------------------------------------------------------


class _Numbers(ast.NodeTransformer):
    """Wrap integers, so that each arithmetic has its own; let nothing but formulas through."""

    ALLOWED = (
        ast.BinOp,
        ast.UnaryOp,
        ast.Call,
        ast.Name,
        ast.Constant,
        ast.operator,
        ast.unaryop,
        ast.Expression,
        ast.Load,
    )

    def generic_visit(self, node: ast.AST) -> ast.AST:
        assert isinstance(node, self.ALLOWED), f"{type(node).__name__} in a formula"
        return super().generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        assert type(node.value) is int
        name = ast.Name(id="_number", ctx=ast.Load())
        return ast.Call(func=name, args=[node], keywords=[])


@lru_cache(maxsize=100_000)
def _compiled(text: str) -> CodeType:
    tree = _Numbers().visit(ast.parse(text.strip().replace("^", "**"), mode="eval"))
    return compile(ast.fix_missing_locations(tree), "formula", "eval")


def value(text: str, names: Mapping[str, Any], *, exact: bool) -> Any:
    """A formula at 60 digits, or in extended floats for arrays; ``x = e; f`` names a part."""
    known: dict[str, Any] = (
        {**EXACTLY, "pi": +mpmath.pi, "_number": mpmath.mpf} if exact else {**FLOATS, "_number": Long}
    )
    known |= names
    *parts, last = text.split(";")
    for part in parts:
        name, _, formula = part.partition("=")
        known[name.strip()] = eval(_compiled(formula), {"__builtins__": {}}, known)
    return eval(_compiled(last), {"__builtins__": {}}, known)


def number(q: Fraction | int | str, *, exact: bool) -> Any:
    """A rational in either arithmetic."""
    q = Fraction(q)
    return mpmath.mpf(q.numerator) / q.denominator if exact else Long(q.numerator) / Long(q.denominator)


def holds(condition: str | None, eta: Fraction | None, depth: int) -> bool:
    """Conditions such as ``eta*L <= 1/2``, in exact rationals."""
    if condition in (None, "L >= l", "h > 0"):
        return True
    assert eta is not None
    left, sign, right = condition.partition(" <= ") if " <= " in condition else condition.partition(" = ")
    names = {"eta": eta, "h": eta / (1 - eta), "L": Fraction(depth), "_number": Fraction}
    sides = [eval(_compiled(side), {"__builtins__": {}}, names) for side in (left, right)]
    return bool(sides[0] <= sides[1] if sign == " <= " else sides[0] == sides[1])


def angles(domain: str) -> list[Fraction]:
    """Angles over pi whose cosines lie in an interval such as [-1,1); others are told by ``special``."""
    low, high = domain[1:-1].split(",")
    if low == high == "-1":
        return [Fraction(1)]
    assert (low, high) == ("-1", "1"), domain
    closed = [Fraction(0)] * domain.endswith("]")
    return [*closed, *SMALL, *GRID[:-1], *([Fraction(1)] if domain.startswith("[") else [Fraction(399, 400)])]


# --- recursions -------------------------------------------------------------------------------------------------------

Key = tuple[Any, ...]


def _layer(said: Mapping[str, str], names: dict[str, Any], ntk: Any, *, exact: bool) -> tuple[Any, Any]:
    """Angle and tangent kernel one layer further, by the texts of the statement's map."""
    cosine = value(said.get("cosine", said.get("correlation", "")), names, exact=exact)
    factor = value(said.get("kdot", said.get("factor", "")), names, exact=exact)
    ntk = factor * ntk + value(said["source"], names, exact=exact)
    if exact:
        return mpmath.acos(min(max(cosine, mpmath.mpf(-1)), mpmath.mpf(1))), ntk
    return np.arccos(np.clip(cosine, -1, 1)), ntk


@lru_cache(maxsize=400)
def _floats(said: Key, mu: Fraction, eta: Fraction | None, over_pi: Key, depths: tuple[int, ...]) -> dict[int, Any]:
    """Depth -> (angles, tangent kernels) at all angles, in extended floats."""
    theta = np.array([number(q, exact=False) for q in over_pi]) * FLOATS["pi"]
    return _iterated(said, mu, eta, theta, depths)


def _iterated(said: Key, mu: Fraction, eta: Fraction | None, theta: Any, depths: tuple[int, ...]) -> dict[int, Any]:
    texts, found = dict(said), {}
    names = _parameters(mu, eta, exact=False)
    ntk = value(texts["initial"], {"t": theta, **names}, exact=False) + 0 * theta
    for depth in range(max(depths) + 1):
        if depth in depths:
            found[depth] = (theta, ntk)
        theta, ntk = _layer(texts, {"t": theta, **names}, ntk, exact=False)
    return found


@lru_cache(maxsize=2000)
def _path(said: Key, mu: Fraction, eta: Fraction | None, over_pi: Fraction) -> list[tuple[Any, Any]]:
    """Angles and tangent kernels at one point at 60 digits; ``_precisely`` continues it."""
    theta = number(over_pi, exact=True) * mpmath.pi
    return [(theta, value(dict(said)["initial"], {"t": theta, **_parameters(mu, eta, exact=True)}, exact=True))]


def _precisely(said: Key, mu: Fraction, eta: Fraction | None, over_pi: Fraction, depth: int) -> tuple[Any, Any]:
    """Angle and tangent kernel at one point and depth, at 60 digits."""
    path, texts, names = _path(said, mu, eta, over_pi), dict(said), _parameters(mu, eta, exact=True)
    while len(path) <= depth:
        theta, ntk = path[-1]
        path.append(_layer(texts, {"t": theta, **names}, ntk, exact=True))
    return path[depth]


def _parameters(mu: Fraction, eta: Fraction | None, *, exact: bool) -> dict[str, Any]:
    return {"mu": number(mu, exact=exact), **({} if eta is None else {"eta": number(eta, exact=exact)})}


def quantity(name: str, theta: Any, ntk: Any, depth: int, eta: Any, *, exact: bool) -> Any:
    """What a bound speaks of: without eta the diagonal is L + 1, with eta it is 2 eta L."""
    if name == "angle":
        return theta
    if name in ("nngp", "normalized_nngp"):
        return mpmath.cos(theta) if exact else np.cos(theta)
    if name == "normalized_ntk":
        return ntk / (depth + 1 if eta is None else 2 * eta * depth)
    assert name == "ntk"
    return ntk


def _runs(statement: Mapping[str, Any]) -> Iterator[tuple[Fraction, Fraction | None, tuple[int, ...]]]:
    """mu, eta and depths to look at."""
    for mu in RANGES.get(statement["mu"]) or (Fraction(statement["mu"]),):
        if "correlation" not in statement["map"]:
            yield mu, None, DEPTHS
            continue
        for eta in RATES:
            yield mu, eta, DEPTHS
        for depth in (1, 2, 20, 90):
            yield mu, Fraction(1, depth + 1), (depth,)


def _wrong_bounds(statement: Mapping[str, Any]) -> Iterator[str]:
    said = tuple(sorted(statement["map"].items()))
    for mu, eta, depths in _runs(statement):
        for one in statement["conclusions"]:
            if one["kind"] == "restart":
                yield from _wrong_restart(said, mu, one)
                continue
            if one["kind"] == "schedule":
                one = _with_equal_steps(one)
            assert one["kind"] == "bound"
            if one["correlations"] == "[9/10,9/10]":
                yield from _wrong_at_nine_tenths(said, mu, eta, depths, one)
                continue
            where = tuple(angles(one["correlations"]))
            if eta is None:
                yield from _wrong_at_last(said, mu, one)
            for depth in depths:
                if depth < one["first"] or not holds(one["condition"], eta, depth):
                    continue
                yield from _wrong_at(said, mu, eta, where, depth, one)


def _with_equal_steps(one: Mapping[str, Any]) -> dict[str, Any]:
    """A bound in the sum H of steps, where all steps are eta: x = H = eta L satisfies every condition on x.

    h_l <= 1 is eta <= 1/2, and 0 < x asks for a layer.
    """
    assert one["sum"] in ("H <= x", "0 < x <= H")
    assert one["condition"] in (None, "h_l <= 1")
    sides = {side: None if one[side] is None else f"x=eta*L;{one[side]}" for side in ("lower", "upper")}
    first = one["first"] if one["sum"] == "H <= x" else max(one["first"], 1)
    condition = None if one["condition"] is None else "eta <= 1/2"
    return {**one, **sides, "kind": "bound", "first": first, "condition": condition}


def _wrong_at(
    said: Key, mu: Fraction, eta: Fraction | None, where: Key, depth: int, one: Mapping[str, Any]
) -> Iterator[str]:
    """Compare a quantity with its bounds at one depth."""
    for side, sign in (("lower", 1), ("upper", -1)):
        if one[side] is not None:
            yield from _counterexamples(said, mu, eta, where, depth, one["quantity"], one[side], sign)


@lru_cache(maxsize=200_000)
def _counterexamples(
    said: Key, mu: Fraction, eta: Fraction | None, where: Key, depth: int, name: str, text: str, sign: int
) -> tuple[str, ...]:
    """At most one angle at which a bound fails: all angles together, then one by one where quantity and bound are close."""
    theta0 = _floats(said, mu, eta, where, (0,))[0][0]
    run = _floats(said, mu, eta, where, tuple(sorted({*DEPTHS, depth})))
    theta, ntk = run[depth]
    rate = None if eta is None else number(eta, exact=False)
    # phi stands for the angle behind the first layer
    names = {"theta": theta0, "phi": run[1][0], "L": Long(depth), "mu": number(mu, exact=False), "eta": rate}
    with np.errstate(all="ignore"):
        found = quantity(name, theta, ntk, depth, rate, exact=False)
        room = sign * (found - value(text, names, exact=False)) + 0 * theta0
    for k in np.flatnonzero(~(room > NEAR * (1 + np.abs(found)))):
        if not _true_at(said, mu, eta, where[k], depth, name, text, sign):
            return (f"{name} {'>=' if sign > 0 else '<='} {text} at mu={mu} eta={eta} theta={where[k]}*pi L={depth}",)
    return ()


def _true_at(
    said: Key, mu: Fraction, eta: Fraction | None, over_pi: Fraction, depth: int, name: str, text: str, sign: int
) -> bool:
    with mpmath.workdps(DIGITS):
        theta, ntk = _precisely(said, mu, eta, over_pi, depth)
        rate = None if eta is None else number(eta, exact=True)
        start = number(over_pi, exact=True) * mpmath.pi
        names = {"theta": start, "L": mpmath.mpf(depth), "mu": number(mu, exact=True), "eta": rate}
        names["phi"] = _precisely(said, mu, eta, over_pi, 1)[0]
        if over_pi == 0 and "/sin(theta)" in text:
            names["theta"] = mpmath.mpf(10) ** -25  # by continuity
        found = quantity(name, theta, ntk, depth, rate, exact=True)
        room = sign * (found - value(text, names, exact=True))
        # what is equal at 60 digits is taken for equal; acos near 1 and -1 has half of the digits
        return bool(mpmath.im(room) == 0 and mpmath.re(room) > -(mpmath.mpf(10) ** -(DIGITS // 2 - 5)))


def _wrong_at_last(said: Key, mu: Fraction, one: Mapping[str, Any]) -> Iterator[str]:
    """The coefficients of L and log L, which no depth on the grid shows."""
    if one["quantity"] in ("ntk", "normalized_ntk", "angle"):
        yield from _other_growth(said, mu, one["quantity"], one["lower"], one["upper"])


@lru_cache(maxsize=20_000)
def _other_growth(said: Key, mu: Fraction, name: str, low: str, high: str) -> tuple[str, ...]:
    """At L = 10^200 by the expansion of the feedforward recursion, up to a constant.

    1/theta_L = mu L/(3 pi) + mu/(2 pi) log L + O(1), Theta_L = (L+1)/4 + 3/8 log L + O(1), the O(1) below 12/mu at these angles.
    """
    with mpmath.workdps(230):
        depth, m = mpmath.mpf(10) ** 200, number(mu, exact=True)
        for over_pi in (Fraction(1, 3), Fraction(9, 10)):
            theta = number(over_pi, exact=True) * mpmath.pi
            names = {"theta": theta, "L": depth, "mu": m, "phi": _precisely(said, mu, None, over_pi, 1)[0]}
            lower, upper = (value(text, names, exact=True) for text in (low, high))
            growth, room = (depth + 1) / 4 + mpmath.mpf(3) / 8 * mpmath.log(depth), 12 / m
            if name == "angle":
                growth = m * depth / (3 * mpmath.pi) + m / (2 * mpmath.pi) * mpmath.log(depth)
                lower, upper = 1 / upper, (1 / lower if lower > 0 else mpmath.inf)
            elif name == "normalized_ntk":
                lower, upper = lower * (depth + 1), upper * (depth + 1)
            if not lower - room <= growth <= upper + room:
                return (f"{name} grows otherwise at theta={over_pi}*pi, mu={mu}",)
    return ()


def _wrong_at_nine_tenths(
    said: Key, mu: Fraction, eta: Fraction | None, depths: Key, one: Mapping[str, Any]
) -> Iterator[str]:
    """The conclusion about c = 9/10, whose angle is no fraction of pi."""
    theta = np.array([np.arccos(Long(9) / 10)])
    for depth in depths:
        if depth < one["first"] or not holds(one["condition"], eta, depth):
            continue
        assert eta is not None
        rate = number(eta, exact=False)
        now, ntk = _iterated(said, mu, eta, theta, (depth,))[depth]
        found = quantity(one["quantity"], now, ntk, depth, rate, exact=False)
        names = {"theta": theta, "L": Long(depth), "mu": number(mu, exact=False), "eta": rate}
        low, high = (value(one[side], names, exact=False) for side in ("lower", "upper"))
        if not (low <= found <= high):
            yield f"{one['quantity']} at c=9/10, L={depth}"


def _wrong_restart(said: Key, mu: Fraction, one: Mapping[str, Any]) -> Iterator[str]:
    """For every l and L >= l among the depths: Theta_L >= lower(M), M the smaller of the two numbers at depth l."""
    run = _floats(said, mu, None, tuple(angles(one["correlations"])), DEPTHS)
    for first, depth in itertools.combinations_with_replacement(DEPTHS, 2):
        phi, start = run[first]
        names = {"phi": phi, "T": start, "l": Long(first), "L": Long(depth), "mu": number(mu, exact=False)}
        least = np.minimum(*(value(text, names, exact=False) for text in one["at_most"]))
        if not np.all(run[depth][1] >= value(one["lower"], {**names, "M": least}, exact=False) - NEAR):
            yield f"restart {one['at_most']} from l={first} to L={depth} at mu={mu}"


# --- one inequality ---------------------------------------------------------------------------------------------------


def _wrong_inequality(statement: Mapping[str, Any]) -> Iterator[str]:
    text, strict = statement["expression"], statement["relation"] == ">"
    with mpmath.workdps(DIGITS):
        last = value(statement["upto"], {}, exact=True)
        points = [last * mpmath.mpf(k) / 300 for k in range(1, 301)]
        coarse = np.array([Long(mpmath.nstr(t, 25)) for t in points])
        with np.errstate(all="ignore"):
            found = value(text, {"t": coarse}, exact=False) + 0 * coarse
        close = [points[k] for k in np.flatnonzero(~(found > NEAR))]
        for t in [*close, *(last * mpmath.mpf(m) / 10**k for k in range(2, 7) for m in (1, 4))]:
            at = value(text, {"t": t}, exact=True)
            if mpmath.im(at) != 0 or not (at > 0 if strict else at > -(mpmath.mpf(10) ** (10 - DIGITS))):
                yield f"{text} is {mpmath.nstr(at, 5)} at t={mpmath.nstr(t, 8)}"
                return


# --- smooth maps ------------------------------------------------------------------------------------------------------

FACTS = {
    "kappa'(1)": lambda k: k,
    "kappa''(1)": lambda k: k * (k - 1),
    "kappa''(1)/2": lambda k: k * (k - 1) / 2,
    "kappa'''(1)/6": lambda k: k * (k - 1) * (k - 2) / 6,
    "kappa''''(1)/24": lambda k: k * (k - 1) * (k - 2) * (k - 3) / 24,
    "kappa(-1)": lambda k: (-1.0) ** k,
    "kappa'(0)": lambda k: float(k == 1),
}
DEGREES = (0, 1, 2, 3, 4, 5, 7, 10, 15, 24, 45)


def _fact(name: str, k: int) -> float:
    """What a term c^k adds to a number of the map; the texts also speak of kappa and kappa' at a rational."""
    if name in FACTS:
        return float(FACTS[name](k))
    at = float(Fraction(name.partition("(")[2][:-1]))
    return at**k if name.startswith("kappa(") else (k * at ** (k - 1) if k else 0.0)


@lru_cache(maxsize=4000)
def maps(
    assumes: tuple[tuple[str, str | None, str | None], ...], most: int = 4
) -> tuple[tuple[tuple[int, float], ...], ...]:
    """Polynomials with coefficients >= 0, of sum 1, for which all that is assumed holds, at its ends where that is possible."""
    fixed = [one for one in assumes if one[0] not in ("kappa''''(1)/24",)]
    found = []
    for chosen in itertools.product(*({low, high} - {None} for _, low, high in fixed)):
        wanted = np.array([1.0, *(float(Fraction(v)) for v in chosen)])
        for size in (len(wanted), len(wanted) - 1):
            for degrees in itertools.islice(itertools.combinations(DEGREES, size), 120):
                matrix = np.array([[1.0] * size, *([_fact(name, k) for k in degrees] for name, *_ in fixed)])
                try:
                    weights = np.linalg.solve(matrix[:size], wanted[:size])
                except np.linalg.LinAlgError:
                    continue
                if np.all(weights >= 0) and _satisfied(dict(zip(degrees, weights, strict=True)), assumes):
                    found.append(tuple((k, float(a)) for k, a in zip(degrees, weights, strict=True)))
                    break
            if len(found) >= most:
                return tuple(found)
    return tuple(found)


def _satisfied(weights: Mapping[int, float], assumes: tuple[tuple[str, str | None, str | None], ...]) -> bool:
    for name, low, high in assumes:
        total = sum(a * _fact(name, k) for k, a in weights.items())
        slack = 1e-13 * (1 + abs(total))
        if (low is not None and total < float(Fraction(low)) - slack) or (
            high is not None and total > float(Fraction(high)) + slack
        ):
            return False
    return True


def _wrong_smooth(statement: Mapping[str, Any]) -> Iterator[str]:
    texts = statement["map"]
    assert (texts["correlation"], texts["factor"], texts["initial"]) == ("kappa(c)", "kappa'(c)", "c")
    assert texts["source"] in ("kappa(c)", "kappa(c)+b*kappa'(c)")
    trained = (0.0, 3.0) if "b" in texts["source"] else (0.0,)
    for weights in maps(tuple(tuple(one) for one in statement["assumes"])):
        yield from _wrong_rates(statement, dict(weights))
        for b in trained:
            yield from _wrong_for(statement, dict(weights), b)


def _wrong_rates(statement: Mapping[str, Any], weights: Mapping[int, float]) -> Iterator[str]:
    """The coefficients of log L, which no depth on the grid shows."""
    if statement["theorem"] != "smooth-critical":
        return
    a, beta = (sum(w * _fact(name, k) for k, w in weights.items()) for name in ("kappa''(1)/2", "kappa'''(1)/6"))
    lo, hi, alpha = (float(Fraction(statement["constants"][name])) for name in ("lo", "hi", "alpha"))
    if not (lo - NEAR <= (a * a - beta) / (3 * a * a) <= hi + NEAR and abs(a * a - beta) / a <= alpha + NEAR):
        yield f"log L has another coefficient for {weights}"
    # at L = 10^300: Y_L = L/3 + (a^2 - beta)/(3 a^2) log L + O(1), the O(1) below 1,000
    with mpmath.workdps(330):
        depth = mpmath.mpf(10) ** 300
        names = {"a": mpmath.mpf(a), "beta": mpmath.mpf(beta), "b": mpmath.mpf(0), "theta": mpmath.mpf(1), "L": depth}
        for one in statement["conclusions"]:
            lower, upper = (value(one[side], names, exact=True) for side in ("lower", "upper"))
            growth = depth / 3 + (names["a"] ** 2 - beta) / (3 * names["a"] ** 2) * mpmath.log(depth)
            if one["quantity"] == "normalized_ntk":
                lower, upper = lower * (depth + 1), upper * (depth + 1)
            if one["quantity"] != "normalized_nngp" and not lower - 1000 <= growth <= upper + 1000:
                yield f"{one['quantity']} grows otherwise"


def _wrong_for(statement: Mapping[str, Any], weights: Mapping[int, float], b: float) -> Iterator[str]:
    """The recursion in u = 1 - c where |c| is near 1, so that nothing cancels."""
    over_pi = [q for q in (*SMALL, *GRID[:-1], Fraction(399, 400))]
    theta = np.array([number(q, exact=False) for q in over_pi]) * FLOATS["pi"]
    known = {"theta": theta, "b": Long(b), "a": Long(0), "beta": Long(0)}
    known["a"] = Long(sum(w * _fact("kappa''(1)/2", k) for k, w in weights.items()))
    known["beta"] = Long(sum(w * _fact("kappa'''(1)/6", k) for k, w in weights.items()))
    chi = Long(sum(w * k for k, w in weights.items()))
    c, diagonal = np.cos(theta), Long(1)
    ntk, depths = c, MIDDLE if statement["theorem"] == "smooth-critical" else SHORT
    for depth in range(max(depths) + 1):
        found = {"ntk": ntk, "normalized_ntk": ntk / diagonal, "normalized_nngp": c}
        for one in statement["conclusions"] if depth in depths else ():
            if one["condition"] == "kappa(0) = 0" and weights.get(0, 0) > 0:
                continue
            assert one["condition"] in (None, "kappa(0) = 0")
            if depth < one["first"]:
                continue
            for side, sign in (("lower", 1), ("upper", -1)):
                room = sign * (found[one["quantity"]] - value(one[side], {**known, "L": Long(depth)}, exact=False))
                # coefficients are floats: 1e-15 in each is 1e-12 after the deepest layer
                if not np.all(room >= -Long("1e-11") * (1 + np.abs(found[one["quantity"]]))):
                    yield f"{one['quantity']} {side} {one[side]} at L={depth}, b={b} for {weights}"
        slope = sum(Long(w) * k * c ** (k - 1) for k, w in weights.items() if k)
        c = sum(Long(w) * c**k for k, w in weights.items())
        ntk, diagonal = slope * ntk + c + Long(b) * slope, chi * diagonal + 1 + Long(b) * chi


# --- the other theorems -----------------------------------------------------------------------------------------------


def _wrong_turn(statement: Mapping[str, Any]) -> Iterator[str]:
    """Unimodal in the depth, rising at once where the statement says so: 300 angles, 400 depths."""
    (one,) = statement["conclusions"]
    over_pi = tuple(Fraction(k, 300) for k in range(1, 301))
    run = _floats(tuple(sorted(statement["map"].items())), Fraction(statement["mu"]), None, over_pi, tuple(range(400)))
    steps = np.sign(np.diff([run[depth][1] / (depth + 1) for depth in range(400)], axis=0))
    falls, rises = one["falls_from_the_first_depth_if"], one["rises_at_the_first_depth_if"]
    names = {"theta": run[0][0]}
    down = value(falls.removesuffix(" >= 0"), names, exact=False) >= 0
    up = value(rises.removesuffix(" < 0"), names, exact=False) < 0
    if one["quantity"] != "normalized_ntk" or (one["first"], one["condition"]) != (0, None):
        yield "a turn of something else"
    if not (np.all(down ^ up) and np.all((steps[0] > 0) == up) and np.all(np.diff(steps, axis=0) <= 0)):
        yield f"turn: {falls}"


def _unit(points: list[list[str]]) -> Any:
    directions = np.array([[float(Fraction(x)) for x in point] for point in points])
    return directions / np.linalg.norm(directions, axis=1, keepdims=True)


def _kernel_on(said: Key, eta: Fraction | None, x: Any, y: Any, depth: int) -> Any:
    """The normalised tangent kernel between directions; beyond 800 layers its expansion, from there."""
    theta = np.arccos(np.clip(x @ y.T, -1, 1)).astype(Long)
    theta = np.where(theta < 1e-7, Long(0), theta)
    reached = min(depth, 800) if eta is None else depth
    at, ntk = _iterated(said, Fraction(1), eta, theta, (reached,))[reached]
    del at
    if eta is not None:
        return (ntk / (2 * number(eta, exact=False) * depth)).astype(float)
    growth = Long(3) / 8 * np.log((1 + theta * depth / (3 * FLOATS["pi"])) / (1 + theta * reached / (3 * FLOATS["pi"])))
    excess = ntk - Long(reached + 1) / 4 + growth
    deep = Long(1) / 4 + excess / Long(depth + 1)
    return np.where(theta == 0, Long(1), deep).astype(float)


def _wrong_prediction(statement: Mapping[str, Any]) -> Iterator[str]:
    data = _unit(statement["points"])
    labels = None if statement["labels"] is None else np.array([float(Fraction(y)) for y in statement["labels"]])
    random = np.random.default_rng(0)
    for one in statement["conclusions"]:
        said = tuple(sorted(statement["maps"][one["network"]]["map"].items()))
        assert (statement["maps"][one["network"]]["mu"], one["kind"]) == ("1", "prediction")
        if one["network"] == "feedforward":
            cosines = [float(x @ y) for x, y in itertools.combinations(data, 2)]
            smallest = np.arccos(np.clip(max(cosines, default=-1.0), -1, 1))
            if abs(float(one["smallest_angle"].strip("[]").split()[0]) - smallest) > 1e-7:
                yield f"the smallest angle is not {one['smallest_angle']}"
            new = random.normal(size=(4000, data.shape[1]))
            new /= np.linalg.norm(new, axis=1, keepdims=True)
            far = new[np.all(np.arccos(np.clip(new @ data.T, -1, 1)) >= float(Fraction(one["distance"])), axis=1)][:25]
            for depth in (int(one["first"]), 3 * int(one["first"])):
                near = _kernel_on(said, None, far, data, depth)
                weights = np.linalg.solve(_kernel_on(said, None, data, data, depth), near.T).T
                spread = (
                    max(
                        np.abs(p - q).sum() if labels is None else abs((p - q) @ labels)
                        for p, q in itertools.combinations(weights, 2)
                    )
                    if len(weights) > 1
                    else 0
                )
                if not spread < float(Fraction(one["below"])):
                    yield f"predictions differ by {spread} at L={depth}"
            continue
        given, at = np.array([float(Fraction(y)) for y in one["labels"]]), _unit(one["at"])
        for depth in (1, 7, 100):
            for part in (Fraction(1), Fraction(1, 5)):
                eta = min(Fraction(1, 2), Fraction(one["reach"]) / depth * part)
                near, own = (_kernel_on(said, eta, x, data, depth) for x in (at, data))
                gap = abs((near[0] - near[1]) @ np.linalg.solve(own, given))
                if not gap >= float(Fraction(one["at_least"])):
                    yield f"predictions differ by {gap} only at L={depth}, eta={eta}"


@lru_cache(maxsize=1)
def _gauss() -> tuple[Any, Any]:
    return np.polynomial.legendre.leggauss(240)


@lru_cache(maxsize=400)
def _eigenvalues(said: Key, eta: Fraction | None, depth: int, dimension: int, most: int) -> Any:
    """Eigenvalues of degree 0 .. most: means of the kernel times the zonal polynomials, by Gauss-Legendre in the angle."""
    nodes, weights = _gauss()
    theta = (nodes.astype(Long) + 1) * FLOATS["pi"] / 2
    ntk = _iterated(said, Fraction(1), eta, theta, (depth,))[depth][1]
    kernel = ntk / (depth + 1) if eta is None else ntk / (2 * number(eta, exact=False) * depth)
    measure = weights * np.sin(theta) ** (dimension - 2)
    measure /= measure.sum()
    c, zonal = np.cos(theta), [np.ones_like(theta), np.cos(theta)]
    for k in range(1, most):
        zonal.append(((2 * k + dimension - 2) * c * zonal[k] - k * zonal[k - 1]) / (k + dimension - 2))
    return [float((kernel * measure * p).sum()) for p in zonal]


def _wrong_spectrum(statement: Mapping[str, Any]) -> Iterator[str]:
    said = {name: tuple(sorted(one["map"].items())) for name, one in statement["maps"].items()}
    rates: dict[str, tuple[Fraction | None, ...]] = {
        "feedforward": (None,),
        "residual": (Fraction(1, 2), Fraction(1, 20), Fraction(9, 10)),
    }
    for one in statement["conclusions"]:
        if one["kind"] == "eigenvalue":
            for eta, depth in itertools.product(rates[one["network"]], (2, 3, 6)):
                degree, dimension = one["degree"], one["dimension"]
                found = _eigenvalues(said[one["network"]], eta, depth, dimension, max(degree, 1))[degree]
                names = {"L": Long(depth), "eta": None if eta is None else number(eta, exact=False)}
                if not found >= value(one["lower"], names, exact=False) - 1e-13:
                    yield f"eigenvalue {degree} in dimension {dimension} is {found} at L={depth}"
            continue
        assert one["kind"] == "eigenvalues"
        chosen = {"every": range(9), "even or 1": (0, 1, 2, 4, 6, 8), "odd from 3": (3, 5, 7)}[one["parity"]]
        for name, depth, dimension in itertools.product(
            said, (one["first"], one["last"] or one["first"] + 2), (2, 3, 6)
        ):
            for eta in rates[name]:
                found = _eigenvalues(said[name], eta, depth, dimension, 8)
                ok = {"positive": lambda x: x > 1e-12, "zero": lambda x: abs(x) < 1e-12}[one["sign"]]
                if not all(ok(found[k]) for k in chosen):
                    yield f"eigenvalues of {name} at L={depth} in dimension {dimension}: {found}"


# --- ReLU with biases, and the flow -----------------------------------------------------------------------------------

_BIASED_MAP = {
    "length": "omega*q+beta",
    "kernel": "u*v*(cos(t)+mu*(sin(t)-t*cos(t))/pi)",
    "tangent": "(1-mu*t/pi)*(omega*T+beta)+u*v*(cos(t)+mu*(sin(t)-t*cos(t))/pi)",
    "diagonal": "omega*T+beta+omega*q+beta",
}
"""In each layer u v is the root of the product of the lengths omega q + beta, and cos t is (omega K + beta)/(u v)."""
_BIASED_DIGITS = 150
_BIASED_DEPTHS = (0, 1, 2, 3, 5, 8, 14, 25, 60, 200)


@lru_cache(maxsize=500)
def _biased_run(mu: Fraction, omega: Fraction, beta: Fraction, other: Fraction, over_pi: Fraction) -> dict[int, Any]:
    """Depth -> normalised NNGP and tangent kernel of two inputs of lengths 1 and ``other``."""
    with mpmath.workdps(_BIASED_DIGITS):
        m, w, b, second = (number(q, exact=True) for q in (mu, omega, beta, other))
        q, p = mpmath.mpf(1), second
        kernel = mpmath.sqrt(second) * mpmath.cos(number(over_pi, exact=True) * mpmath.pi)
        tangent, first_own, second_own, found = kernel, q, p, {}
        for depth in range(_BIASED_DEPTHS[-1] + 1):
            if depth in _BIASED_DEPTHS:
                found[depth] = (kernel / mpmath.sqrt(q * p), tangent / mpmath.sqrt(first_own * second_own))
            q, p = w * q + b, w * p + b
            root = mpmath.sqrt(q * p)
            t = mpmath.acos(max(min((w * kernel + b) / root, mpmath.mpf(1)), mpmath.mpf(-1)))
            kernel = root * (mpmath.cos(t) + m * (mpmath.sin(t) - t * mpmath.cos(t)) / mpmath.pi)
            tangent = (1 - m * t / mpmath.pi) * (w * tangent + b) + kernel
            first_own, second_own = w * first_own + b + q, w * second_own + b + p
        return found


def _wrong_biased(statement: Mapping[str, Any]) -> Iterator[str]:
    """Every bound at every depth and angle, in numbers of 150 digits."""
    said = dict(statement["map"])
    start = said.pop("initial")
    assert said == _BIASED_MAP
    assert start in ("cos(t)", "sqrt(other)*cos(t)")
    mu = Fraction(statement["mu"])
    omega, beta, other = (Fraction(statement["constants"].get(name, "1")) for name in ("omega", "beta", "other"))
    for one in statement["conclusions"]:
        assert one["kind"] == "bound"
        assert one["condition"] is None
        low, high = one["correlations"][1:-1].split(",")
        place = {"normalized_nngp": 0, "normalized_ntk": 1}[one["quantity"]]
        for over_pi in angles(f"{one['correlations'][0]}-1,{high}{one['correlations'][-1]}"):
            if math.cos(math.pi * over_pi) < Fraction(low):
                continue
            run = _biased_run(mu, omega, beta, other, over_pi)
            for depth in (depth for depth in _BIASED_DEPTHS if depth >= one["first"]):
                with mpmath.workdps(_BIASED_DIGITS):
                    names = {"theta": number(over_pi, exact=True) * mpmath.pi, "L": mpmath.mpf(depth)}
                    for side, sign in (("lower", 1), ("upper", -1)):
                        if one[side] is None:
                            continue
                        room = sign * (run[depth][place] - value(one[side], names, exact=True))
                        if not room >= -(mpmath.mpf(10) ** -120):
                            yield f"{one['quantity']} and {one[side]} at theta={over_pi}*pi L={depth}"


_STEPS = 400


@lru_cache(maxsize=500)
def _flow_at(mu: Fraction, tau: Fraction, over_pi: Fraction) -> float:
    """U(tau)/(2 tau) of c' = mu S, U' = -(mu theta/pi) U + 2 Omega, U(0) = 0, by Runge and Kutta's method; 10^-8."""

    def slope(c: float, u: float) -> tuple[float, float]:
        t = math.acos(max(-1.0, min(1.0, c)))
        gain = (math.sin(t) - t * c) / math.pi
        return float(mu) * gain, -float(mu) * t / math.pi * u + 2 * (c + float(mu) / 2 * (gain - t * c / math.pi))

    c, u, h = math.cos(math.pi * over_pi), 0.0, float(tau) / _STEPS
    for _ in range(_STEPS):
        k1 = slope(c, u)
        k2 = slope(c + h / 2 * k1[0], u + h / 2 * k1[1])
        k3 = slope(c + h / 2 * k2[0], u + h / 2 * k2[1])
        k4 = slope(c + h * k3[0], u + h * k3[1])
        c += h / 6 * (k1[0] + 2 * k2[0] + 2 * k3[0] + k4[0])
        u += h / 6 * (k1[1] + 2 * k2[1] + 2 * k3[1] + k4[1])
    return u / (2 * float(tau))


_FLOW = {
    "drift": "mu*(sin(t)-t*cos(t))/pi",
    "loss": "mu*t/pi",
    "source": "2*(cos(t)+mu/2*((sin(t)-t*cos(t))/pi-t*cos(t)/pi))",
}


def _wrong_flow(statement: Mapping[str, Any]) -> Iterator[str]:
    """The kernel with h = tau/L against that of its flow, at angles inside (0, pi); differences above 10^-6 count."""
    said, mu = tuple(sorted(statement["map"].items())), Fraction(statement["mu"])
    where = tuple(angle for angle in GRID if angle < 1)
    for one in statement["conclusions"]:
        assert (one["kind"], one["condition"], one["flow"]) == ("bound", "h = tau/L, 0 < tau <= 1", _FLOW)
        for tau, depth in itertools.product((Fraction(1), Fraction(1, 3), Fraction(1, 50)), (1, 2, 5, 20, 90)):
            eta = tau / (depth + tau)
            theta, ntk = _floats(said, mu, eta, where, tuple(sorted({*DEPTHS, depth})))[depth]
            found = quantity(one["quantity"], theta, ntk, depth, number(eta, exact=False), exact=False)
            names = {
                "flow": np.array([_flow_at(mu, tau, angle) for angle in where], dtype=Long),
                "tau": number(tau, exact=False),
                "L": Long(depth),
            }
            for side, sign in (("lower", 1), ("upper", -1)):
                if not np.all(sign * (found - value(one[side], names, exact=False)) >= -1e-6):
                    yield f"{one['quantity']} and {one[side]} at tau={tau} L={depth}"


def wrong(statement: Mapping[str, Any]) -> list[str]:
    """What is false in a statement, each with a counterexample; nothing where it is true as far as this can see."""
    deciders = {
        "inequality": _wrong_inequality,
        "ffnet-turn": _wrong_turn,
        "learnability": _wrong_prediction,
        "relu-spectrum": _wrong_spectrum,
        "resnet-flow": _wrong_flow,
        **dict.fromkeys(("relu-bias-ordered", "relu-bias-linear", "relu-bias-growing"), _wrong_biased),
    }
    decide = _wrong_smooth if statement.get("assumes") else _wrong_bounds
    try:
        return list(itertools.islice(deciders.get(statement["theorem"], decide)(statement), 3))
    except (AssertionError, SyntaxError, NameError, TypeError, ValueError, ArithmeticError) as error:
        return [f"the statement has no meaning: {error!r}"]
