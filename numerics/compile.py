"""A SymPy expression becomes straight-line calls of one arithmetic: the only road from formulas to numbers.

Idea. ``lower`` walks the expression (after ``sympy.cse``) once and writes a tape: + - * /, powers, and functions out
of a closed list, each distinct operation once. ``Tape.bind`` evaluates what is constant in the arithmetic of a
backend and makes a Python function of the rest. The function is assembled from syntax-tree nodes; no text is produced
or evaluated.

A backend is narrow: exact rationals, pi, the functions, real powers, and a sign. It knows no network.

What can go wrong. Floats, I, oo and functions outside the list are InputErrors: numbers in formulas are exact.
Integer powers are repeated multiplications, because the power of a ball that contains 0 and negative numbers is NaN
in python-flint.
"""

import ast
import builtins
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from types import CodeType, FunctionType
from typing import Any, NamedTuple, Protocol

from sympy import (
    Abs,
    Add,
    E,
    Expr,
    Heaviside,
    Integer,
    Max,
    Min,
    Mul,
    Pow,
    Rational,
    Symbol,
    acos,
    asin,
    atan,
    cos,
    cosh,
    cse,
    erf,
    erfc,
    exp,
    log,
    numbered_symbols,
    pi,
    sign,
    sin,
    sinh,
    tan,
    tanh,
)

from theory.errors import InputError
from theory.flow_kernel import FlowKernel
from theory.moments import GaussianMean, GaussianPair

FUNCTIONS: Mapping[type, str] = {
    exp: "exp",
    log: "log",
    sin: "sin",
    cos: "cos",
    tan: "tan",
    asin: "asin",
    acos: "acos",
    atan: "atan",
    sinh: "sinh",
    cosh: "cosh",
    tanh: "tanh",
    erf: "erf",
    erfc: "erfc",
    Abs: "abs",
    sign: "sgn",
}
"""The functions of one argument that every backend provides under ``functions``, besides ``sqrt``."""

MOMENTS = ("gaussian_mean", "gaussian_pair")
"""Functions whose first arguments are data: (g; q) and (phi, j; q1, q2, K), see ``theory.moments``."""
RARE = (*MOMENTS, "flow_kernel")
"""Functions that some arithmetics do without; ``theory.flow_kernel`` has the last one."""


class Backend(Protocol):
    """An arithmetic: values support + - * / and unary minus.

    functions   the names in FUNCTIONS and ``sqrt`` (one argument), ``max``, ``min``, ``power`` (two arguments), and
                those in RARE where the arithmetic has functions without closed form
    """

    @property
    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """All functions by name."""

    @property
    def pi(self) -> Any:
        """The number pi."""

    def exact(self, numerator: int, denominator: int) -> Any:
        """The rational number numerator/denominator."""

    def sign(self, value: Any) -> int | None:
        """-1, 0 or 1; None where it is not decided."""


class _Node(NamedTuple):
    """One operation: ``op`` is variable, rational, pi, add, sub, mul, div, neg, or the name of a function."""

    op: str
    arguments: tuple[int, ...]
    data: Hashable = None


@dataclass(frozen=True, eq=False)
class Tape:
    """Operations in order; results are indices into ``nodes``; ``constant[i]`` where node i depends on no variable."""

    variables: tuple[Symbol, ...]
    nodes: tuple[_Node, ...]
    constant: tuple[bool, ...]
    results: tuple[int, ...]
    code: CodeType = field(repr=False)

    def bind(self, backend: Backend) -> Callable[..., tuple[Any, ...]]:
        """A function of the variables, in order, that returns the tuple of results in the backend's arithmetic."""
        names: dict[str, Any] = {f"f_{name}": call for name, call in backend.functions.items()}
        values: dict[int, Any] = {}
        for index, node in enumerate(self.nodes):
            if self.constant[index]:
                values[index] = names[f"k{index}"] = _apply(node, values, backend)
            elif node.op in RARE:
                names[f"m{index}"] = partial(_rare(node, backend), *node.data)  # type: ignore[misc]
        return FunctionType(self.code, names)

    def run(self, backend: Backend, given: Sequence[Any]) -> tuple[Any, ...]:
        """The results at given values of the variables, without making a function: for expressions used once."""
        values: dict[int, Any] = {}
        for index, node in enumerate(self.nodes):
            if node.op == "variable":
                assert isinstance(node.data, int)
                values[index] = given[node.data]
            else:
                values[index] = _apply(node, values, backend)
        return tuple(values[index] for index in self.results)


def compile(expression: Expr | Sequence[Expr], variables: Sequence[Symbol], backend: Backend) -> Callable[..., Any]:
    """The expression (or several) as a function of the variables in the backend's arithmetic.

    returns  a value for one expression, a tuple for a sequence
    raises   InputError for a symbol that is not a variable and for an unknown function

    >>> from sympy import sqrt
    >>> from sympy.abc import x
    >>> from numerics.float64 import FLOAT64
    >>> float(compile(sqrt(x) / 2, [x], FLOAT64)(9.0))
    1.5
    """
    if isinstance(expression, Expr):
        single = lower((expression,), tuple(variables)).bind(backend)
        return lambda *values: single(*values)[0]
    return lower(tuple(expression), tuple(variables)).bind(backend)


@lru_cache(maxsize=2048)
def lower(expressions: tuple[Expr, ...], variables: tuple[Symbol, ...]) -> Tape:
    """The tape of several expressions that share what they have in common."""
    free = set().union(*(e.free_symbols for e in expressions)) if expressions else set()
    missing = {symbol for symbol in free - set(variables) if not isinstance(symbol, Held)}
    if missing:
        names = ", ".join(sorted(map(str, missing)))
        raise InputError(f"expression={_short(expressions[0])}: no value for {names}; allowed is {_names(variables)}")
    shared, reduced = cse(expressions, symbols=numbered_symbols("_shared"), list=True)
    writer = _Writer(variables)
    for symbol, value in shared:
        writer.known[symbol] = writer.write(value)
    results = tuple(writer.write(value) for value in reduced)
    nodes = tuple(writer.nodes)
    constant: list[bool] = []
    for node in nodes:
        constant.append(node.op != "variable" and all(constant[i] for i in node.arguments))
    code = _assemble(nodes, constant, results, len(variables))
    return Tape(variables=variables, nodes=nodes, constant=tuple(constant), results=results, code=code)


class Held(Symbol):  # type: ignore[misc]  # SymPy has no types
    """A positive integer that stays a letter for SymPy, which would rewrite its fractional powers with huge integers."""

    __slots__ = ("number",)
    number: int

    def __new__(cls, number: int) -> "Held":
        """The letter is called by the number."""
        held: Held = Symbol.__new__(cls, f"held_{number}", integer=True, positive=True)
        held.number = number
        return held


class _Writer:
    """Writes nodes, each distinct one once."""

    def __init__(self, variables: Sequence[Symbol]) -> None:
        self.nodes: list[_Node] = []
        self.seen: dict[_Node, int] = {}
        self.variables = variables
        self.known: dict[Expr, int] = {symbol: self._node("variable", data=i) for i, symbol in enumerate(variables)}

    def write(self, expression: Expr) -> int:
        if expression not in self.known:
            self.known[expression] = self._write(expression)
        return self.known[expression]

    def _node(self, op: str, *arguments: int, data: Hashable = None) -> int:
        node = _Node(op, arguments, data)
        if node not in self.seen:
            self.seen[node] = len(self.nodes)
            self.nodes.append(node)
        return self.seen[node]

    def _write(self, e: Expr) -> int:
        if isinstance(e, Rational) and e.is_finite:
            return self._node("rational", data=(int(e.p), int(e.q)))
        if isinstance(e, Held):
            return self._node("rational", data=(e.number, 1))
        if e == pi:
            return self._node("pi")
        if e == E:
            return self._node("exp", self.write(Integer(1)))
        if isinstance(e, Add):
            return self._sum(e)
        if isinstance(e, Mul):
            return self._product(e)
        if isinstance(e, exp):
            return self._node("exp", self.write(e.args[0]))
        if isinstance(e, Pow):
            return self._power(e.base, e.exp)
        if isinstance(e, Max | Min):
            name = "max" if isinstance(e, Max) else "min"
            first, *rest = (self.write(argument) for argument in e.args)
            for other in rest:
                first = self._node(name, first, other)
            return first
        if isinstance(e, Heaviside):
            return self.write((1 + sign(e.args[0])) / 2)
        if isinstance(e, GaussianMean):
            return self._node("gaussian_mean", self.write(e.args[1]), data=(e.integrand,))
        if isinstance(e, GaussianPair):
            return self._node("gaussian_pair", *map(self.write, e.args[2:]), data=(e.integrand, e.order))
        if isinstance(e, FlowKernel):
            return self._node("flow_kernel", *map(self.write, e.args), data=())
        function = next((word for kind, word in FUNCTIONS.items() if isinstance(e, kind)), None)
        if function is not None:
            return self._node(function, self.write(e.args[0]))
        raise InputError(f"expression={_short(e)}: no arithmetic for {type(e).__name__}; numbers are exact and real")

    def _sum(self, e: Add) -> int:
        # constants first, so that they fold into one
        total: int | None = None
        for term in sorted(e.args, key=lambda a: (bool(a.free_symbols), a.could_extract_minus_sign(), str(a))):
            if total is not None and term.could_extract_minus_sign():
                total = self._node("sub", total, self.write(-term))
            else:
                value = self.write(term)
                total = value if total is None else self._node("add", total, value)
        assert total is not None
        return total

    def _product(self, e: Mul) -> int:
        if e.args[0] == -1:
            return self._node("neg", self.write(Mul(*e.args[1:])))
        top: int | None = None
        bottom: int | None = None
        for factor in sorted(e.args, key=lambda a: (bool(a.free_symbols), str(a))):
            base, exponent = factor.as_base_exp() if isinstance(factor, Pow) else (factor, Integer(1))
            if factor.free_symbols and exponent.is_Rational and exponent < 0 and base != E:
                value = self.write(Pow(base, -exponent))
                bottom = value if bottom is None else self._node("mul", bottom, value)
            else:
                value = self.write(factor)
                top = value if top is None else self._node("mul", top, value)
        if top is None:
            top = self.write(Integer(1))
        return top if bottom is None else self._node("div", top, bottom)

    def _power(self, base: Expr, exponent: Expr) -> int:
        if base == E:
            return self._node("exp", self.write(exponent))
        if exponent.is_Rational and exponent < 0:
            return self._node("div", self.write(Integer(1)), self.write(Pow(base, -exponent)))
        if exponent.is_Rational and exponent.q <= 2:
            value = self.write(base)
            whole, half = divmod(int(exponent.p), 2) if exponent.q == 2 else (int(exponent.p), 0)
            root = self._node("sqrt", value) if half else None
            if whole == 0:
                assert root is not None
                return root
            power = self._repeated(value, whole)
            return power if root is None else self._node("mul", power, root)
        if not base.free_symbols and exponent.free_symbols:
            return self._node("exp", self._node("mul", self.write(exponent), self.write(log(base))))
        return self._node("power", self.write(base), self.write(exponent))

    def _repeated(self, value: int, times: int) -> int:
        if times == 1:
            return value
        half = self._repeated(value, times // 2)
        square = self._node("mul", half, half)
        return self._node("mul", square, value) if times % 2 else square


_OPERATORS: Mapping[str, Callable[[], ast.operator]] = {
    "add": ast.Add,
    "sub": ast.Sub,
    "mul": ast.Mult,
    "div": ast.Div,
}


def _apply(node: _Node, values: Mapping[int, Any], backend: Backend) -> Any:
    arguments = [values[i] for i in node.arguments]
    match node.op:
        case "rational":
            return backend.exact(*node.data)  # type: ignore[misc]
        case "pi":
            return backend.pi
        case "add":
            return arguments[0] + arguments[1]
        case "sub":
            return arguments[0] - arguments[1]
        case "mul":
            return arguments[0] * arguments[1]
        case "div":
            return arguments[0] / arguments[1]
        case "neg":
            return -arguments[0]
    if node.op in RARE:
        return _rare(node, backend)(*node.data, *arguments)  # type: ignore[misc]
    return backend.functions[node.op](*arguments)


def _rare(node: _Node, backend: Backend) -> Callable[..., Any]:
    if node.op not in backend.functions:
        name, what = type(backend).__name__, "Gaussian moments" if node.op in MOMENTS else "kernels of flows"
        raise InputError(f"expression={what}: the arithmetic {name} has none without closed form")
    return backend.functions[node.op]


def _assemble(nodes: Sequence[_Node], constant: Sequence[bool], results: Sequence[int], arity: int) -> CodeType:
    """The code of ``def straight(v0, ...)``: one assignment per node that varies; constants are globals k0, k1, ..."""

    def name(index: int) -> ast.expr:
        node = nodes[index]
        word = f"k{index}" if constant[index] else f"v{node.data}" if node.op == "variable" else f"t{index}"
        return ast.Name(id=word, ctx=ast.Load())

    body: list[ast.stmt] = []
    for index, node in enumerate(nodes):
        if constant[index] or node.op == "variable":
            continue
        value: ast.expr
        if node.op in _OPERATORS:
            left, right = (name(i) for i in node.arguments)
            value = ast.BinOp(left=left, op=_OPERATORS[node.op](), right=right)
        elif node.op == "neg":
            value = ast.UnaryOp(op=ast.USub(), operand=name(node.arguments[0]))
        else:
            word = f"m{index}" if node.op in RARE else f"f_{node.op}"
            call = ast.Name(id=word, ctx=ast.Load())
            value = ast.Call(func=call, args=[name(i) for i in node.arguments], keywords=[])
        body.append(ast.Assign(targets=[ast.Name(id=f"t{index}", ctx=ast.Store())], value=value))
    body.append(ast.Return(value=ast.Tuple(elts=[name(i) for i in results], ctx=ast.Load())))
    arguments = ast.arguments(
        posonlyargs=[], args=[ast.arg(arg=f"v{i}") for i in range(arity)], kwonlyargs=[], kw_defaults=[], defaults=[]
    )
    # a lambda could hold no assignments; the function is the only constant of the module that is code
    function = ast.FunctionDef(name="straight", args=arguments, body=body, decorator_list=[])
    tree = ast.fix_missing_locations(ast.Module(body=[function], type_ignores=[]))
    module = builtins.compile(tree, "<tape>", "exec")
    return next(constant for constant in module.co_consts if isinstance(constant, CodeType))


def _names(variables: Sequence[Symbol]) -> str:
    return ", ".join(map(str, variables)) or "no symbol"


def _short(expression: Expr) -> str:
    text = str(expression)
    return text if len(text) <= 60 else f"{text[:57]}..."
