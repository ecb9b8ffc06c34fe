"""The state of a kernel recursion many layers on, by ``numerics.slow_layers``: layers that differ, and lengths that move.

The state is c, t, t at each single input, and the lengths (or the logarithm of their product, where t is divided by them).
"""

from collections.abc import Mapping

from flint import arb
from sympy import Expr, Integer, Symbol, log

from numerics.model import about_one, at_depth
from numerics.propagation import Reached, Run
from numerics.slow_layers import SlowMap, advance
from theory import symbols

FROM = 1000
"""Layers that are iterated at least: blocks of layers are about as long as the number of layers in front of them."""
_AGAIN = 16_000
"""Layers from which it is tried once more."""
_WORTH = 50_000
"""Layers that are as well iterated."""
_MOST = 10**60
"""Layers that some hundred blocks hold, at half a second each."""
_SINGLES = (Symbol("t_d1"), Symbol("t_d2"))
_SIZE = Symbol("log_size")


def by_blocks(run: Run, count: int) -> Reached | None:
    """The state ``count`` layers on, at the precision that is set; None where blocks of layers fail."""
    if run.layer < FROM or symbols.layer not in run.varies:
        return None
    if not _WORTH <= count <= _MOST or 2 * FROM < run.layer < _AGAIN:
        return None
    rule, start = slow_map(run)
    found = advance(rule, start, run.layer, run.layer + count)
    return None if found is None else reached(run, dict(zip(rule.state, found, strict=True)))


def slow_map(run: Run) -> tuple[SlowMap, list[arb]]:
    """The recursion of a run as a map of one vector, and the vector at its present layer."""
    m, c, t = run.model, symbols.c, symbols.ntk
    at = {c: Integer(run.exact)} if run.exact is not None else {}
    step = m.factor * t + m.source
    images: dict[Symbol, Expr] = {}
    values: dict[Symbol, arb] = {}
    slopes: dict[tuple[Symbol, Symbol], Expr] = {}
    lengths = _length_letters(run)
    for letter, q in zip(lengths, run.lengths, strict=True):
        assert m.lengths is not None
        images[letter], values[letter] = m.lengths.subs(symbols.length, letter), q
        slopes[letter, letter] = about_one(m.length_slope.subs(symbols.length, letter))
    if run.exact is None:
        images[c], values[c] = m.corr, run.corr
        slopes |= {(c, c): about_one(m.corr_slope), (t, c): m.factor_slope * t + m.source_slope}
    images[t], values[t] = step.subs(at), run.ntk
    slopes[t, t] = about_one(m.factor.subs(at))
    singles = _SINGLES[: len(run.diagonals)]
    for k, (letter, value) in enumerate(zip(singles, run.diagonals, strict=True)):
        own = {symbols.length: lengths[k]} if lengths else {}
        factor = m.diagonal_factor.subs(own)
        images[letter], values[letter] = factor * letter + m.diagonal_source.subs(own), value
        slopes[letter, letter] = about_one(factor)
    if m.lengths is None:
        images[_SIZE], values[_SIZE] = _SIZE + log(m.growth), run.size.log()
    state = tuple(images)
    place = {letter: k for k, letter in enumerate(state)}

    def ready(expression: Expr) -> Expr:
        return at_depth(expression, run.depth)

    rule = SlowMap(
        state=state,
        image=tuple(map(ready, images.values())),
        slopes={(place[i], place[j]): ready(e) for (i, j), e in slopes.items()},
    )
    return rule, list(values.values())


def _length_letters(run: Run) -> tuple[Symbol, ...]:
    if not run.lengths:
        return ()
    return (symbols.length,) if run.model.equal else (symbols.length1, symbols.length2)


def reached(run: Run, values: Mapping[Symbol, arb]) -> Reached:
    """The state as kernels are made of it."""
    return Reached(
        corr=values.get(symbols.c, run.corr),
        ntk=values[symbols.ntk],
        diagonals=[values[letter] for letter in _SINGLES if letter in values],
        lengths=[values[letter] for letter in _length_letters(run)],
        size=values[_SIZE].exp() if _SIZE in values else run.size,
    )


def named(run: Run, values: Mapping[Symbol, arb]) -> dict[Symbol, arb]:
    """The state by the letters of the recursion: c, Theta or t, the same at one input, and the length."""
    found = {symbols.c: run.corr, **values}
    return found | {symbols.ntk_diagonal: values[_SINGLES[0]]}


__all__ = ["FROM", "by_blocks", "named", "reached", "slow_map"]
