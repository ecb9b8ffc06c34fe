r"""Mutants: derived recursions with one deliberate mistake, and an engine that finds each by a counterexample.

Operators act on the derived SymPy trees: a constant changed, a sign flipped, a term or factor dropped, a function or a symbol
exchanged, the duals swapped, an index shifted, the covariance taken one layer late. ``catch`` judges a mutant without the tree
it came from: it compares values of the mutant, in balls, with one layer computed from the *layers* of the network by

    NNGP    E[phi(u) phi(v)] = sum_k a_k(q1) a_k(q2) c^k,  a_k(q) = E[phi(sqrt(q) z) He_k(z)] / sqrt(k!),  c = K / sqrt(q1 q2)
    NTK     d/d rho of the NNGP at rho = 1, where the trained weights of the two inputs have correlation rho

Source. The first is Mehler's formula. The second is Gaussian integration by parts: for weights W and W' with correlation rho,
d/d rho E[f(W) g(W')] = E[grad f . grad g]. Neither uses a dual activation, Price's theorem or a rule for the NTK.

Error. a_k by rigorous integration on [-24, 24]; beyond, an activation with |phi(x)| <= exp(|x|) (1 + x^8) adds less than 2^-100
for q <= 4 (exp(-24^2/2) < 2^-415). The tail of the series beyond k = n is at most |c|^(n+1) r, r^2 the product of the rests of
the two squared norms (Cauchy and Schwarz); its
derivative at most (n+1) |c|^n r where |c| <= (n+1)/(n+2), for k |c|^(k-1) falls from k = n + 1 on.

What can go wrong. Price's theorem needs an absolutely continuous phi: step and sign have no place here. A mutant may be equal
to the original (an exchange of the two inputs): it survives, and docs/mutants.md says which kinds do.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import factorial
from random import Random
from typing import Any, TypeAlias

from flint import acb, arb, ctx, fmpq
from sympy import (
    Abs,
    Add,
    E,
    Expr,
    I,
    Mul,
    Pow,
    Rational,
    Symbol,
    acos,
    asin,
    atan,
    cos,
    cosh,
    erf,
    exp,
    log,
    nan,
    oo,
    pi,
    sin,
    sinh,
    sqrt,
    tanh,
    zoo,
)

from proofs_check.engines.properties import counterexample, decimal_ball
from proofs_check.strategies import KernelState, layer_states
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.activations import Activation
from theory.network import Dense, Layer, Network, Nonlinearity, Residual, Scale
from theory.recursion import KernelRecursion

BITS = 160
TERMS = 24
LARGEST_CORR = fmpq(TERMS, TERMS + 1)
"""States have |c| <= 1/2; a bias brings them closer before the nonlinearity."""
RANGE = 24
_UNDEFINED = (nan, oo, zoo)
FIELDS = ("nngp_next", "length_next", "ntk_next", "ntk_diagonal_next", "nngp_initial", "ntk_initial")


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A recursion with one expression replaced.

    recursion    the recursion before the change; ``catch`` reads its network only
    field        the expression that was changed
    operator     the kind of change, e.g. "sign flipped"
    description  the change in words
    expression   what stands there now
    """

    recursion: KernelRecursion
    field: str
    operator: str
    description: str
    expression: Expr

    @property
    def original(self) -> Expr:
        """The expression that was replaced; for explanations, never for ``catch``."""
        return getattr(self.recursion, self.field)


# --- operators -------------------------------------------------------------------------------------------------------

Path = tuple[int, ...]
Change = tuple[str, str, Expr]
"""Operator, description, expression."""


def mutants(recursion: KernelRecursion, seed: int, *, limit: int | None = None) -> tuple[Mutant, ...]:
    """Mutants of a recursion, in an order and with constants that the seed chooses.

    limit  at most so many (default: one per operator and position)
    """
    random = Random(seed)
    found: dict[tuple[str, Expr], Mutant] = {}
    for field in FIELDS:
        original = getattr(recursion, field)
        for operator, description, expression in _changes(recursion, field, random):
            if expression != original and not expression.has(*_UNDEFINED):
                found.setdefault(
                    (field, expression),
                    Mutant(
                        recursion=recursion,
                        field=field,
                        operator=operator,
                        description=description,
                        expression=expression,
                    ),
                )
    ordered = list(found.values())
    random.shuffle(ordered)
    return tuple(ordered[:limit])


def _changes(recursion: KernelRecursion, field: str, random: Random) -> Iterator[Change]:
    original: Expr = getattr(recursion, field)
    for path, node in _walk(original):
        for operator, description, changed in _at(node, random):
            yield operator, description, _replaced(original, path, changed)
    yield from _exchanges(original)
    yield from _structural(recursion, field)


def _at(node: Expr, random: Random) -> Iterator[Change]:
    """Changes of one node of the tree."""
    if node.is_Rational or node == pi:
        other = node + Rational(random.choice([-2, -1, 1, 2]), random.choice([1, 2, 3]))
        yield "constant changed", f"{node} -> {other}", other
    if isinstance(node, Add):
        for term in node.args:
            rest = node - term
            yield "sign flipped", f"+ ({term}) -> - ({term})", rest - term
            yield "term dropped", f"{node} without {term}", rest
    if isinstance(node, Mul):
        for factor in node.args:
            yield "factor dropped", f"{node} without {factor}", node / factor
    for function, other in _PARTNERS:
        if isinstance(node, function):
            yield "function exchanged", f"{function.__name__} -> {other.__name__}", other(*node.args)
    if isinstance(node, acos):
        yield "angle replaced by its supplement", f"{node} -> pi - {node}", pi - node


_PARTNERS = ((sin, cos), (cos, sin), (acos, asin), (asin, acos), (exp, cos), (erf, sin))


def _exchanges(expression: Expr) -> Iterator[Change]:
    """Two symbols trade places, or one is taken for another."""
    free = expression.free_symbols
    for first, second, operator in (
        (symbols.length1, symbols.length2, "inputs exchanged"),
        (symbols.nngp, symbols.ntk, "kernels exchanged"),
        (symbols.length, symbols.ntk_diagonal, "kernels exchanged"),
    ):
        if {first, second} <= free:
            swapped = expression.subs({first: second, second: first}, simultaneous=True)
            yield operator, f"{first} <-> {second}", swapped
    for index in (symbols.layer, symbols.depth):
        if index in free:
            yield "index shifted", f"{index} -> {index} + 1", expression.subs(index, index + 1)
    if {symbols.layer, symbols.depth} & free:
        one, other = (symbols.layer, symbols.depth) if symbols.layer in free else (symbols.depth, symbols.layer)
        yield "index exchanged", f"{one} -> {other}", expression.subs(one, other)


def _structural(recursion: KernelRecursion, field: str) -> Iterator[Change]:
    """Mistakes in the recursion's own terms: the factor and the source of the tangent kernel, one layer late."""
    late = {symbols.nngp: recursion.nngp_next}
    if field == "nngp_next":
        yield "one layer late", "K -> K of the next layer", recursion.nngp_next.subs(late)
        if symbols.length1 in recursion.nngp_next.free_symbols:
            grown = {q: recursion.length_next.subs(symbols.length, q) for q in (symbols.length1, symbols.length2)}
            yield "one layer late", "q -> q of the next layer", recursion.nngp_next.subs(grown, simultaneous=True)
    if field == "ntk_next":
        factor = recursion.ntk_next.diff(symbols.ntk)
        source = recursion.ntk_next.subs(symbols.ntk, 0)
        scale = sqrt(symbols.length1 * symbols.length2)
        yield "one layer late", "derivative dual at K of the next layer", factor.subs(late) * symbols.ntk + source
        yield "one layer late", "source at K of the next layer", factor * symbols.ntk + source.subs(late)
        dual = recursion.nngp_next / scale
        yield "duals swapped", "dual of phi for the dual of phi' as the factor of T", dual * symbols.ntk + source
        yield "duals swapped", "dual of phi' for the dual of phi in the source", factor * symbols.ntk + factor * scale
        yield "path dropped", "T of the layers below forgotten", source
        yield "path dropped", "this layer's own weights forgotten", factor * symbols.ntk
        yield "path dropped", "T taken past the layer unchanged", symbols.ntk + source
        yield "factor 2", "the source counted twice", factor * symbols.ntk + 2 * source
        yield "factor 2", "half of the source lost", factor * symbols.ntk + source / 2
    if field == "ntk_diagonal_next":
        source = recursion.ntk_diagonal_next.subs(symbols.ntk_diagonal, 0)
        yield "factor 2", "half of the source lost", recursion.ntk_diagonal_next - source / 2
        yield "path dropped", "this layer's own weights forgotten", recursion.ntk_diagonal_next - source


def _walk(expression: Expr, path: Path = ()) -> Iterator[tuple[Path, Expr]]:
    yield path, expression
    for index, argument in enumerate(expression.args):
        yield from _walk(argument, (*path, index))


def _replaced(expression: Expr, path: Path, by: Expr) -> Expr:
    if not path:
        return by
    arguments = list(expression.args)
    arguments[path[0]] = _replaced(arguments[path[0]], path[1:], by)
    return expression.func(*arguments)


# --- one layer from its definition -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Jet:
    """value + slope (rho - 1): a kernel whose trained weights have correlation rho between the two inputs."""

    value: arb
    slope: arb

    def __add__(self, other: "Jet") -> "Jet":
        return Jet(value=self.value + other.value, slope=self.slope + other.slope)

    def __mul__(self, other: "Jet") -> "Jet":
        return Jet(value=self.value * other.value, slope=self.value * other.slope + self.slope * other.value)


Number: TypeAlias = "fmpq | arb"


@dataclass(frozen=True, kw_only=True)
class LayerState:
    """Kernels of the layers so far: the pair as a jet, the two lengths, and the first input's own tangent kernel."""

    pair: Jet
    lengths: tuple[Number, Number]
    diagonal: arb


def through(layers: tuple[Layer, ...], state: LayerState, numbers: dict[Symbol, fmpq]) -> LayerState:
    """The state behind the layers, each by its definition.

    numbers  values of the parameters, of l and L
    raises   ValueError where a nonlinearity gets a length that is not an exact rational in (0, 4]
    """
    for layer in layers:
        state = _through(layer, state, numbers)
    return state


def _through(layer: Layer, state: LayerState, numbers: dict[Symbol, fmpq]) -> LayerState:
    q1, q2 = state.lengths
    match layer:
        case Dense():
            weight, bias = _number(layer.weight_variance, numbers), _number(layer.bias_variance, numbers)
            shared = Jet(value=arb(weight), slope=arb(weight if layer.train_weight else 0))
            offset = Jet(value=arb(bias), slope=arb(bias if layer.train_bias else 0))
            alone = Jet(value=arb(q1), slope=state.diagonal) * shared + offset
            return LayerState(
                pair=state.pair * shared + offset,
                lengths=(weight * q1 + bias, weight * q2 + bias),
                diagonal=alone.slope,
            )
        case Nonlinearity():
            return _nonlinearity(layer, state)
        case Scale():
            square = _number(layer.factor**2, numbers)
            return LayerState(
                pair=state.pair * Jet(value=arb(square), slope=arb(0)),
                lengths=(square * q1, square * q2),
                diagonal=state.diagonal * square,
            )
        case Residual():
            branch, shortcut = through(layer.branch, state, numbers), through(layer.shortcut, state, numbers)
            return LayerState(
                pair=branch.pair + shortcut.pair,
                lengths=(branch.lengths[0] + shortcut.lengths[0], branch.lengths[1] + shortcut.lengths[1]),
                diagonal=branch.diagonal + shortcut.diagonal,
            )
    raise TypeError(f"layer={type(layer).__name__}: a Repeat has no single step")


def _nonlinearity(layer: Nonlinearity, state: LayerState) -> LayerState:
    q1, q2 = state.lengths
    if not (isinstance(q1, fmpq) and isinstance(q2, fmpq) and 0 < q1 <= 4 and 0 < q2 <= 4):
        raise ValueError(f"lengths={q1}, {q2}: the series needs exact rationals in (0, 4]")
    first, second = _moments(layer.activation, q1), _moments(layer.activation, q2)
    norm = _moments(layer.activation, fmpq(1)).second if layer.normalised else arb(1)
    scale = (arb(q1) * arb(q2)).sqrt()
    corr = state.pair.value / scale
    if not abs(corr) <= arb(LARGEST_CORR):
        raise ValueError(f"corr={corr.str(5)}: the tail of the series needs |c| <= {LARGEST_CORR}")
    value, slope, power = arb(0), arb(0), arb(1)
    for k, product in enumerate(a * b for a, b in zip(first.hermite, second.hermite, strict=True)):
        # power = c^(k-1) for the derivative; k = 0 has none
        if k:
            slope += k * product * power
            power *= corr
        value += product * power
    rest = (first.rest * second.rest).sqrt()
    size = abs(corr)
    tail = arb(1)
    for _ in range(TERMS - 1):
        tail *= size
    value += arb(0, (rest * tail * size).abs_upper())
    slope += arb(0, (rest * tail * TERMS).abs_upper())
    return LayerState(
        pair=Jet(value=value / norm, slope=slope / scale * state.pair.slope / norm),
        lengths=(first.second / norm, second.second / norm),
        diagonal=first.derivative_second * state.diagonal / norm,
    )


@dataclass(frozen=True, kw_only=True)
class _Moments:
    """hermite: a_0..a_(n-1); second, derivative_second: E[phi^2], E[phi'^2]; rest: E[phi^2] - sum a_k^2, an upper bound."""

    hermite: tuple[arb, ...]
    second: arb
    derivative_second: arb
    rest: arb


@lru_cache(maxsize=256)
def _moments(phi: Activation, q: fmpq) -> _Moments:
    """Gaussian moments of phi(sqrt(q) z), by integration over each half-line, where phi is analytic."""
    half_line = Symbol("p", positive=True)
    sides = [phi.expression.subs(symbols.x, sign * half_line) for sign in (1, -1)]
    root = acb(arb(q).sqrt())
    density = acb((2 * arb.pi()).sqrt())

    def mean(integrand: Callable[[acb, acb], acb], expressions: list[Expr], parity: int) -> arb:
        total = arb(0, arb(2) ** -100)  # beyond the range, see the module docstring
        for expression, sign in zip(expressions, (1, parity), strict=True):
            if expression == 0:
                continue

            def weighted(z: acb, analytic: bool, expression: Expr = expression) -> acb:
                value = _evaluate(expression, {half_line: root * z}, analytic=analytic)
                return integrand(value, z) * (-z * z / 2).exp() / density

            total += sign * acb.integral(weighted, acb(0), acb(RANGE), abs_tol=arb(2) ** -90).real
        return total

    def against(k: int) -> Callable[[acb, acb], acb]:
        return lambda value, z: value * _hermite(k, z)

    hermite = tuple(mean(against(k), sides, (-1) ** k) / arb(factorial(k)).sqrt() for k in range(TERMS))
    second = mean(lambda value, _: value * value, sides, 1)
    derivative = mean(lambda value, _: value * value, [side.diff(half_line) for side in sides], 1)
    rest = second - sum((a * a for a in hermite), arb(0))
    return _Moments(hermite=hermite, second=second, derivative_second=derivative, rest=arb(rest.abs_upper()))


def _hermite(k: int, z: acb) -> acb:
    """Probabilists' Hermite polynomial by its recurrence."""
    before, now = acb(0), acb(1)
    for j in range(k):
        before, now = now, z * now - j * before
    return now


_MEROMORPHIC: dict[Any, Callable[[acb], acb]] = {
    sin: acb.sin,
    cos: acb.cos,
    exp: acb.exp,
    erf: acb.erf,
    sinh: acb.sinh,
    cosh: acb.cosh,
    tanh: acb.tanh,
}
_BRANCHED: dict[Any, Callable[[acb], acb]] = {
    acos: acb.acos,
    asin: acb.asin,
    atan: acb.atan,
    log: acb.log,
    Abs: lambda z: acb(abs(z)),
}


def _evaluate(expression: Expr, values: dict[Symbol, acb], *, analytic: bool = False) -> acb:
    """The value of an expression at complex balls.

    analytic  NaN where the expression may not be analytic on the balls: an integrator needs to know it
    """
    if expression.is_Symbol:
        return values[expression]
    if expression.is_Rational:
        return acb(fmpq(int(expression.p), int(expression.q)))
    if expression in _CONSTANTS:
        return _CONSTANTS[expression]()
    arguments = [_evaluate(argument, values, analytic=analytic) for argument in expression.args]
    if isinstance(expression, Add):
        return sum(arguments[1:], arguments[0])
    if isinstance(expression, Mul):
        product = arguments[0]
        for argument in arguments[1:]:
            product = product * argument
        return product
    if isinstance(expression, Pow):
        return _power(arguments[0], arguments[1], expression.exp, analytic)
    if expression.func in _MEROMORPHIC:
        return _MEROMORPHIC[expression.func](*arguments)
    if analytic:  # acos, log and the modulus have cuts or no derivative; no integrand here needs them
        return acb(arb.nan())
    return _BRANCHED[expression.func](*arguments)


_CONSTANTS: dict[Expr, Callable[[], acb]] = {
    pi: lambda: acb(arb.pi()),
    E: lambda: acb(arb(1).exp()),
    I: lambda: acb(0, 1),
}


def _power(base: acb, exponent: acb, exact: Expr, analytic: bool) -> acb:
    if exact.is_Rational and exact.q in (1, 2):  # repeated multiplication: a power of a ball may be NaN
        root = base if exact.q == 1 else base.sqrt(analytic=analytic)
        product = acb(1)
        for _ in range(abs(int(exact.p))):
            product = product * root
        return product if exact.p >= 0 else 1 / product
    return base.pow(exponent, analytic=analytic)


def _number(expression: Expr, numbers: dict[Symbol, fmpq]) -> Number:
    """An exact rational where the expression has one at these values, else a ball."""
    at = expression.subs({symbol: Rational(int(v.p), int(v.q)) for symbol, v in numbers.items()})
    if at.is_Rational:
        return fmpq(int(at.p), int(at.q))
    return _evaluate(at, {}).real


# --- the engine ------------------------------------------------------------------------------------------------------


def catch(mutant: Mutant, *, seed: int = 0, examples: int = 40, seconds: int = 10) -> Evidence:
    """Look for a state of the kernels on which the mutant differs from one layer computed by definition; shrink it.

    REFUTES carries the state and both balls; UNDECIDED says how many states were tried
    """
    start = time.monotonic()
    network = mutant.recursion.network
    with ctx.workprec(BITS):
        search = counterexample(
            layer_states(network), lambda state: _differs(mutant, state), seed=seed, examples=examples, seconds=seconds
        )
    cost = time.monotonic() - start
    data: dict[str, Any] = {
        "seed": seed,
        "examples": search.examples,
        "operator": mutant.operator,
        "field": mutant.field,
    }
    if search.witness is None or search.finding is None:
        return Evidence(
            engine="properties",
            outcome=Outcome.UNDECIDED,
            summary=f"no counterexample in {search.examples} examples",
            data=data,
            seconds=cost,
        )
    values, left, right = search.finding
    shown = ", ".join(f"{name} = {value}" for name, value in values.items())
    summary = (
        f"{mutant.field} of {network.name}, {mutant.description}: at {shown} it is {left['shown']}, "
        f"one layer by definition gives {right['shown']}"
    )
    data |= {"witness": values, "left": left, "right": right}
    return Evidence(engine="properties", outcome=Outcome.REFUTES, summary=summary, data=data, seconds=cost)


def _differs(mutant: Mutant, state: KernelState) -> tuple[dict[str, str], dict[str, str], dict[str, str]] | None:
    """The state as the mutant sees it and two disjoint balls, or None."""
    given, truth = _layer(mutant.recursion.network, mutant.field.endswith("initial"), state)
    found = _evaluate(mutant.expression, {symbol: acb(value) for symbol, value in given.items()})
    expected = acb(truth[mutant.field])
    if not (found.is_finite() and expected.is_finite()) or found.overlaps(expected):
        return None
    used = sorted(mutant.expression.free_symbols | mutant.original.free_symbols, key=str)
    shown = {str(symbol): _shown(given[symbol]) for symbol in used}
    left = decimal_ball(found.real)
    if not found.imag.contains(0):  # then the mutant is refuted by not being a real number
        left |= {"imaginary": decimal_ball(found.imag)["mid"], "shown": found.str(8)}
    return shown, left, decimal_ball(expected.real)


@lru_cache(maxsize=4096)
def _layer(network: Network, initial: bool, state: KernelState) -> tuple[dict[Symbol, Number], dict[str, arb]]:
    """The output kernels in front of a layer, by symbol, and behind it, by field; or those at depth 0."""
    numbers = {symbol: _exact(value) for symbol, value in state.parameters}
    lengths = (_exact(state.lengths[0]), _exact(state.lengths[1]))
    if initial:
        first = LayerState(
            pair=Jet(value=arb(_exact(state.corr)), slope=arb(0)), lengths=(fmpq(1), fmpq(1)), diagonal=arb(0)
        )
        out = through(network.before + network.after, first, numbers)
        return {symbols.c: _exact(state.corr), **numbers}, {
            "nngp_initial": out.pair.value,
            "ntk_initial": out.pair.slope,
        }
    trunk = LayerState(
        pair=Jet(value=arb(_exact(state.corr) * min(lengths)), slope=arb(_exact(state.ntk))),
        lengths=lengths,
        diagonal=arb(_exact(state.ntk_diagonal)),
    )
    front, behind = (through(layers + network.after, trunk, numbers) for layers in ((), network.body))
    given: dict[Symbol, Number] = {
        symbols.nngp: front.pair.value,
        symbols.ntk: front.pair.slope,
        symbols.length1: front.lengths[0],
        symbols.length2: front.lengths[1],
        symbols.length: front.lengths[0],
        symbols.ntk_diagonal: front.diagonal,
        **numbers,
    }
    return given, {
        "nngp_next": behind.pair.value,
        "ntk_next": behind.pair.slope,
        "length_next": arb(behind.lengths[0]),
        "ntk_diagonal_next": behind.diagonal,
    }


def _exact(value: Expr) -> fmpq:
    return fmpq(int(value.p), int(value.q))


def _shown(value: Number) -> str:
    return str(value) if isinstance(value, fmpq) else decimal_ball(value)["mid"]
