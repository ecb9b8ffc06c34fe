"""What a claim says, as data that can be kept in a file, and whether two such records mean the same.

A record has words (form, quantity, relations), which are compared as they stand; intervals; and expressions, which are compared
by what they mean: equal text is equal; else replayed algebra may show that the difference is 0, or balls at one of ``POINTS``
that do not meet show that it is not. What neither decides counts as a change, and says so.

A network is recorded by its derived recursion: another name, or other layers with the same recursion, change nothing.

What can go wrong. An expression that the parser does not read (an integral without closed form, more than 1,000 characters) is
compared by its text alone.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from flint import arb
from sympy import Expr, Integer, Rational, Symbol, acos, oo
from sympy.printing.str import StrPrinter

from numerics.balls import evaluate
from proofs_check.intervals import covers
from proofs_check.ledger import content_of
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.claims import Chain, Claim, Depth, Identity, Inequality, Interval, Scaling
from theory.errors import NtkproofError
from theory.language import Expansion, Holds, Limit, Order
from theory.network import Network
from theory.parsing import ACTIVATION_FUNCTIONS, parse
from theory.recursion import derive

POINTS = (Rational(1, 3), Rational(1, 2), Rational(4, 5), Rational(1, 7))
DEPTHS = (3, 1, 10, 100)
_RECURSION = ("nngp_next", "length_next", "ntk_next", "ntk_diagonal_next", "nngp_initial", "ntk_initial")
_LETTERS = {str(one): one for one in vars(symbols).values() if isinstance(one, Symbol)}


@dataclass(frozen=True, kw_only=True)
class Record:
    """What a claim says.

    words        compared as they stand
    expressions  by name, as text
    intervals    by symbol: low, high, low_closed, high_closed
    depths       first and last; None: every one
    """

    words: Mapping[str, str]
    expressions: Mapping[str, str]
    intervals: Mapping[str, tuple[str, str, bool, bool]]
    depths: tuple[int, int | None] | None = None

    def as_data(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "words": dict(self.words),
            "expressions": dict(self.expressions),
            "intervals": {name: list(ends) for name, ends in self.intervals.items()},
            "depths": None if self.depths is None else list(self.depths),
        }

    @staticmethod
    def of_data(data: Mapping[str, Any]) -> "Record":
        """The record that ``as_data`` wrote."""
        intervals = {name: (ends[0], ends[1], ends[2], ends[3]) for name, ends in data["intervals"].items()}
        depths = data["depths"]
        return Record(
            words=data["words"],
            expressions=data["expressions"],
            intervals=intervals,
            depths=None if depths is None else (depths[0], depths[1]),
        )


class _Printer(StrPrinter):  # type: ignore[misc]
    """SymPy's own spelling, in names that the parser reads."""

    def _print_Exp1(self, expr: Expr) -> str:
        return "exp(1)"

    def _print_Abs(self, expr: Expr) -> str:
        return f"abs({self._print(expr.args[0])})"


def text_of(expression: Expr) -> str:
    """The expression as text that the parser reads, where it can."""
    return str(_Printer().doprint(expression))


def record_of(claim: Claim) -> Record:
    """What a claim says."""
    match claim.statement:
        case Depth() as statement:
            words, expressions = _of_holds(statement.holds)
            network_words, network = _of_network(statement.network)
            words |= {
                "quantity": statement.quantity.value,
                "constants": "by input" if statement.pointwise else "uniform",
            }
            return Record(
                words={"form": "Depth", **words, **network_words},
                expressions={**expressions, **network},
                intervals=_of_intervals((statement.correlations, *statement.parameters)),
                depths=(statement.depth_low, statement.depth_high),
            )
        case Identity() as statement:
            left, right = statement.sides
            return Record(
                words={"form": "Identity"},
                expressions={"left": text_of(left), "right": text_of(right)},
                intervals=_of_intervals(statement.domain),
            )
        case Inequality() as statement:
            return Record(
                words={"form": "Inequality", "relation": ">" if statement.strict else ">="},
                expressions={"gap": text_of(statement.gap)},
                intervals=_of_intervals((statement.domain,)),
            )
        case Scaling() as statement:
            words, network = _of_network(statement.network)
            return Record(
                words={"form": "Scaling", "quantity": statement.quantity.value, **words},
                expressions={"angle": text_of(statement.angle), "target": text_of(statement.target), **network},
                intervals=_of_intervals((statement.domain,)),
            )
        case other:
            return Record(words={"form": type(other).__name__, "content": _digest(other)}, expressions={}, intervals={})


def _of_holds(holds: Holds) -> tuple[dict[str, str], dict[str, str]]:
    match holds:
        case Limit(target=target):
            return {"holds": "limit"}, {"limit": text_of(target)}
        case Chain(sides=sides, relations=relations):
            named = {f"side {i}": text_of(side) for i, side in enumerate(sides, 1)}
            return {"holds": "chain", "relations": " ".join(relations)}, named
        case Expansion(terms=terms):
            return {"holds": f"expansion of {len(terms)} terms"}, {
                f"term {i}": text_of(t) for i, t in enumerate(terms, 1)
            }
        case Order(difference=difference, symbol=symbol, bound=bound):
            return {"holds": f"order {symbol}"}, {"difference": text_of(difference), "bound": text_of(bound)}


def _of_network(network: Network) -> tuple[dict[str, str], dict[str, str]]:
    """The derived recursion, or a digest of the layers where there is none."""
    try:
        recursion = derive(network)
    except NtkproofError:
        return {"network": _digest(network)}, {}
    return {}, {f"network: {name}": text_of(getattr(recursion, name)) for name in _RECURSION}


def _of_intervals(intervals: tuple[Interval, ...]) -> dict[str, tuple[str, str, bool, bool]]:
    return {
        str(one.symbol): (text_of(one.low), text_of(one.high), one.low_closed, one.high_closed) for one in intervals
    }


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(content_of(value), sort_keys=True).encode()).hexdigest()[:16]


# --- comparison ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Change:
    """One difference of two records: what was recorded, what is said now, why they differ, and whether it weakens the claim."""

    what: str
    before: str
    now: str
    why: str
    weaker: bool = True


def changes(before: Record, now: Record) -> Iterator[Change]:
    """The differences in meaning, in the order of the record."""
    for name in {**before.words, **now.words}:
        old, new = before.words.get(name, "nothing"), now.words.get(name, "nothing")
        if old != new:
            stronger = name == "constants" and new == "uniform"
            yield Change(what=name, before=old, now=new, why="another statement", weaker=not stronger)
    yield from _of_depths(before, now)
    for name in {**before.intervals, **now.intervals}:
        change = _of_interval(name, before.intervals.get(name), now.intervals.get(name))
        if change is not None:
            yield change
    for name in {**before.expressions, **now.expressions}:
        found = _of_expression(name, before, now)
        if found is not None:
            yield found


def _of_depths(before: Record, now: Record) -> Iterator[Change]:
    if before.depths == now.depths or before.depths is None or now.depths is None:
        return
    (low, high), (new_low, new_high) = before.depths, now.depths
    wider = new_low <= low and (new_high is None or (high is not None and new_high >= high))
    shown = [f"{a} <= L" if b is None else f"{a} <= L <= {b}" for a, b in (before.depths, now.depths)]
    why = "more depths than before" if wider else "depths are missing that were claimed"
    yield Change(what="depths", before=shown[0], now=shown[1], why=why, weaker=not wider)


def _of_interval(
    name: str, before: tuple[str, str, bool, bool] | None, now: tuple[str, str, bool, bool] | None
) -> Change | None:
    if before == now:
        return None
    shown = [_shown_interval(name, one) for one in (before, now)]
    if before is None or now is None:
        return Change(what=f"domain of {name}", before=shown[0], now=shown[1], why="another domain")
    try:
        old, new = (_interval(name, one) for one in (before, now))
        if covers(new, old):
            if covers(old, new):
                return None
            return Change(what=f"domain of {name}", before=shown[0], now=shown[1], why="a larger domain", weaker=False)
    except NtkproofError as error:
        return Change(what=f"domain of {name}", before=shown[0], now=shown[1], why=f"not decided: {error}")
    return Change(what=f"domain of {name}", before=shown[0], now=shown[1], why="values are missing that were claimed")


def _interval(name: str, ends: tuple[str, str, bool, bool]) -> Interval:
    low, high = (oo if end == "oo" else -oo if end == "-oo" else parse(end) for end in ends[:2])
    return Interval(
        symbol=_LETTERS.get(name, Symbol(name)), low=low, high=high, low_closed=ends[2], high_closed=ends[3]
    )


def _shown_interval(name: str, ends: tuple[str, str, bool, bool] | None) -> str:
    if ends is None:
        return "nothing"
    low, high, low_closed, high_closed = ends
    return f"{low} {'<=' if low_closed else '<'} {name} {'<=' if high_closed else '<'} {high}"


def _of_expression(name: str, before: Record, now: Record) -> Change | None:
    old, new = before.expressions.get(name), now.expressions.get(name)
    if old == new:
        return None
    if old is None or new is None:
        return Change(what=name, before=old or "nothing", now=new or "nothing", why="another statement")
    found = compare(old, new)
    if found is None:
        return None
    tighter = name.startswith("side") and _implied(name, before, now)
    if tighter:
        return Change(
            what=name, before=old, now=new, why="a tighter bound, from which the one before follows", weaker=False
        )
    looser = name.startswith("side") and _implied(name, now, before)
    return Change(what=name, before=old, now=new, why=f"a looser bound: {found}" if looser else found)


@lru_cache(maxsize=1024)
def compare(before: str, now: str) -> str | None:
    """None where two expressions mean the same; else why they do not, or that it is not decided."""
    if before == now:
        return None
    try:
        old, new = _parsed(before), _parsed(now)
    except NtkproofError:
        return "not the same text, and too long or without a closed form to be compared by meaning"
    if is_zero(old - new) is Answer.YES:
        return None
    for shift in range(len(POINTS)):
        free = sorted((old.free_symbols | new.free_symbols) - {symbols.theta}, key=str)
        at = {one: _value(one, shift + i) for i, one in enumerate(free)}
        first, second = (evaluate(one, at, digits=20) for one in (old, new))
        if first.is_finite() and second.is_finite() and not first.overlaps(second):
            where = ", ".join(f"{one} = {value}" for one, value in at.items())
            values = " and ".join(_shown_ball(one) for one in (first, second))
            return f"{values}{f' at {where}' if where else ''}"
    return "not shown to be the same, by algebra, nor to differ, by balls"


def _parsed(text: str) -> Expr:
    """The expression, in c where it speaks of theta."""
    return parse(text, names=_LETTERS, functions=ACTIVATION_FUNCTIONS).subs(symbols.theta, acos(symbols.c))


def _value(symbol: Symbol, index: int) -> Expr:
    if symbol.is_integer:
        return Integer(DEPTHS[index % len(DEPTHS)])
    return POINTS[index % len(POINTS)]


def _shown_ball(ball: arb) -> str:
    text: str = ball.str(8, radius=False)
    return text


def _implied(name: str, weak: Record, strong: Record) -> bool:
    """Whether, all else being equal, the changed side of a chain of <= (or of >=) makes ``weak`` follow from ``strong``."""
    from proofs_check.inequalities import holds_for_all_depths
    from proofs_check.pieces import in_theta

    relations = weak.words.get("relations", "").split()
    place = int(name.removeprefix("side ")) - 1
    same = replace(weak, expressions={**weak.expressions, name: strong.expressions[name]}) == strong
    outer = place in (0, len(relations))  # a side in the middle is bounded on both sides
    if not same or not outer or weak.depths is None or "c" not in weak.intervals:
        return False
    rising = {"<": 1, "<=": 1, ">": -1, ">=": -1}
    signs = {rising.get(relation) for relation in relations}
    if len(signs) != 1 or None in signs:
        return False
    sign = (signs.pop() or 0) * (1 if place else -1)
    try:
        gap = in_theta(sign * (_parsed(weak.expressions[name]) - _parsed(strong.expressions[name])))
        domain = _interval("c", weak.intervals["c"])
        if gap.free_symbols - {symbols.depth, symbols.theta} or gap.has(symbols.value):
            return False
        return holds_for_all_depths(gap, first=weak.depths[0], low=acos(domain.high), high=acos(domain.low))
    except NtkproofError:
        return False


__all__ = ["Change", "Record", "changes", "compare", "record_of", "text_of"]
