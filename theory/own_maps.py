r"""A recursion of one's own, stated by its maps and not by layers.

    c_l = kappa(c_{l-1}),    Theta_l = F(c_{l-1}) Theta_{l-1} + S(c_{l-1}),    c_0 = c,    Theta_0 given,    l = 1..L

It becomes a ``Network`` of layers ``Given``, so that the engines treat it as they treat a recursion that was derived.
kappa(1) = 1: both kernels of one input are those at c = 1.
"""

from sympy import Expr, Integer, nan, oo, zoo

from theory import symbols
from theory.algebra import Answer, is_zero
from theory.errors import InputError
from theory.network import Given, Network, Repeat
from theory.parsing import parse

_DEPTHS = {"L": symbols.depth, "l": symbols.layer}
_NOT_FINITE = (nan, oo, -oo, zoo)


def kernel_map(
    kappa: Expr | str, *, ntk_next: Expr | str | None = None, ntk_initial: Expr | str | None = None
) -> Network:
    """The network whose recursion this is.

    kappa        the next correlation, in c (and l, L), with kappa(1) = 1
    ntk_next     the next tangent kernel, in c and Theta (and l, L; kappa and kappa_dot as text), affine in Theta; by default
                 kappa_dot*Theta + kappa, as in a feedforward network all of whose layers are trained
    ntk_initial  Theta_0 in c; by default c
    raises       InputError, one line

    Expressions of SymPy are in ``symbols.c`` and ``symbols.ntk``.

    >>> network = kernel_map("(c + c^2)/2")
    >>> network.name
    "c' = c**2/2 + c/2, Theta' = T*(c + 1/2) + c**2/2 + c/2, Theta_0 = c"
    """
    corr = _read(kappa, {"c": symbols.c, **_DEPTHS}, "kappa")
    slope = corr.diff(symbols.c)
    if is_zero(corr.subs(symbols.c, 1) - 1) is not Answer.YES:
        raise InputError(
            f"kappa={_shown(corr)}: at c = 1 it is {_shown(corr.subs(symbols.c, 1))}; equal inputs stay equal, kappa(1) = 1"
        )
    names = {"c": symbols.c, "Theta": symbols.ntk, "kappa": corr, "kappa_dot": slope, **_DEPTHS}
    tangent = slope * symbols.ntk + corr if ntk_next is None else _read(ntk_next, names, "ntk_next")
    factor = tangent.diff(symbols.ntk)
    if factor.has(symbols.ntk):
        raise InputError(f"ntk_next={_shown(tangent)}: not affine in Theta; F(c)*Theta + S(c) is allowed")
    source = tangent.subs(symbols.ntk, 0)
    initial = (
        symbols.c if ntk_initial is None else _read(ntk_initial, {"c": symbols.c, "L": symbols.depth}, "ntk_initial")
    )
    for what, function in (("ntk_next", factor), ("ntk_next", source), ("ntk_initial", initial)):
        if function.subs(symbols.c, 1).has(*_NOT_FINITE):
            raise InputError(f"{what}={_shown(function)}: not finite at c = 1, where the inputs are equal")
    start = Given(correlation=symbols.c, factor=Integer(1), source=initial)
    step = Given(correlation=corr, factor=factor, source=source)
    name = f"c' = {corr}, Theta' = {factor * symbols.ntk + source}, Theta_0 = {initial}"
    return Network(name=name, layers=(start, Repeat(body=(step,))))


def _read(value: Expr | str, names: dict[str, Expr], what: str) -> Expr:
    """The expression; only the letters of the recursion may stand in it."""
    found = parse(value, names=names, what=what) if isinstance(value, str) else value
    if not isinstance(found, Expr):
        raise InputError(f"{what}={_shown(found)}: an expression is needed, of SymPy or as text")
    letters = {symbols.c, symbols.depth, symbols.layer} | ({symbols.ntk} if "Theta" in names else set())
    for symbol in sorted(found.free_symbols - letters, key=str):
        raise InputError(f"{what}={_shown(found)}: {symbol} is free; allowed are {', '.join(sorted(names))}")
    return found


def _shown(value: object) -> str:
    flat = " ".join(str(value).split())
    return flat if len(flat) <= 60 else f"{flat[:57]}..."


__all__ = ["kernel_map"]
