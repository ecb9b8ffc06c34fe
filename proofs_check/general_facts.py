"""Bounds at every depth that need little of the recursion: docs/shapes.md, Theorems B, D and V, and two trivial ones.

At c = 1 the two inputs coincide: the normalised kernels are 1 and the angle is 0, for every network and depth.

A bound is what ``proofs_check.facts`` collects for a statement.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from sympy import Expr, Integer, cancel, cos, expand, pi, together

from proofs_check.bounded import is_positive
from proofs_check.intervals import CORRELATIONS, INSIDE, describe, inside
from proofs_check.kernel_series import Pair, history
from proofs_check.lemmas import decide_inequality
from proofs_check.natures import Size
from proofs_check.signs import sign_of
from proofs_check.verdicts import Outcome
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.claims import Depth, Inequality, Interval, Quantity
from theory.duals import in_angle
from theory.errors import NtkproofError
from theory.recursion import CorrelationRecursion, diagonal_closed_form

_NORMALISED = (Quantity.NORMALIZED_NTK, Quantity.NORMALIZED_NNGP, Quantity.ANGLE)


@dataclass(frozen=True, kw_only=True)
class Bound:
    """lower <= value <= upper for c in an interval and every L >= first; a side may be missing.

    lower, upper   in L and theta (and gamma, where the network leaves it open)
    source         the theorem and its certificate, for a reader
    condition      what must hold besides, for all large depths, where it does not for all: then no depth is named
    theorem, mu    the meta-theorem and the member of its family, where the bound comes from one
    certificate    its text, where it was searched for this network alone and is found in no file
    """

    quantity: Quantity
    lower: Expr | None
    upper: Expr | None
    correlations: Interval
    first: int
    source: str
    condition: str | None = None
    theorem: str | None = None
    mu: Fraction | None = None
    certificate: str | None = None

    def as_data(self) -> dict[str, str | None]:
        """Strings for the evidence."""
        return {
            "source": self.source,
            "theorem": self.theorem,
            "mu": None if self.mu is None else str(self.mu),
            "quantity": self.quantity.value,
            "lower": None if self.lower is None else str(self.lower),
            "upper": None if self.upper is None else str(self.upper),
            "correlations": describe(self.correlations),
            "first depth": str(self.first),
            "condition": self.condition,
        } | ({} if self.certificate is None else {"certificate": self.certificate})


def near_the_diagonal(mu: Expr) -> Bound:
    """Theorem B of docs/shapes.md: N_L >= c (1 - mu L theta/(2 pi)) for c >= 0, whatever member of the family."""
    least = cos(symbols.theta) * (1 - mu * symbols.depth * symbols.theta / (2 * pi))
    return Bound(
        quantity=Quantity.NORMALIZED_NTK,
        lower=least,
        upper=None,
        correlations=Interval(symbol=symbols.c, low=Integer(0), high=Integer(1)),
        first=0,
        source="theorem B of docs/shapes.md",
        theorem="near-diagonal",
    )


def at_opposite_inputs(statement: Depth) -> list[Bound]:
    """The value at c = -1 where the walk through the layers decides it; none elsewhere."""
    try:
        return list(_opposite(statement))
    except NtkproofError:
        return []  # the parts of the activation are not decided


def _opposite(statement: Depth) -> Iterator[Bound]:
    """The value at c = -1 where every kernel of the network is an even or an odd function of c (docs/shapes.md, Theorem D)."""
    if statement.quantity not in _NORMALISED or not inside(Integer(-1), statement.correlations):
        return
    walked = history(statement.network, nonnegative=True)
    tangent = statement.quantity is Quantity.NORMALIZED_NTK
    for sign in (1, -1):

        def has_parity(pair: Pair, sign: int = sign) -> bool:
            parts = pair.ntk if tangent else pair.nngp
            return (parts.odd if sign == 1 else parts.even) is Size.NONE

        if walked.always(has_parity, 1, None):
            value = Integer(sign) if statement.quantity is not Quantity.ANGLE else pi * (1 - sign) / 2
            yield Bound(
                quantity=statement.quantity,
                lower=value,
                upper=value,
                correlations=Interval(symbol=symbols.c, low=Integer(-1), high=Integer(-1)),
                first=1,
                source="theorem D of docs/shapes.md",
                theorem="parity",
            )


def fading_branches(form: CorrelationRecursion) -> Iterator[Bound]:
    """Theorem V of docs/shapes.md: |N_L - t_0(c)/t_0(1)| <= (2 + 2 g(1)/t_0(1)) h L for branches of variance h, t_0(1) > 0.

    With eta = h/(1+h): factor 1 - eta f(c), source eta g(c), where 0 <= f <= 2 and |g| <= g(1) by certificates.
    """
    scale = expand(form.growth - 1)
    if scale.has(symbols.layer) or not scale.has(symbols.depth):
        return  # of branches of constant size the bound says nothing
    if sign_of(form.diagonal_initial) != 1 or not is_positive(scale, INSIDE):
        return
    eta = scale / (1 + scale)
    if is_zero(form.diagonal_factor - 1) is not Answer.YES:
        return
    loss, gain, most = (cancel(together(part / eta)) for part in (1 - form.factor, form.source, form.diagonal_source))
    signs = (loss, 2 - loss, most - gain, most + gain)
    if any(part.free_symbols - {symbols.c} or not _nonnegative_for_every_angle(in_angle(part)) for part in signs):
        return
    history(form.network, nonnegative=True)  # t_0 is a series with coefficients >= 0: |t_0(c)| <= t_0(1)
    start = in_angle(form.initial) / form.diagonal_initial
    reach = (2 + 2 * most / form.diagonal_initial) * scale * symbols.depth
    yield Bound(
        quantity=Quantity.NORMALIZED_NTK,
        lower=start - reach,
        upper=start + reach,
        correlations=CORRELATIONS,
        first=1,
        source="theorem V of docs/shapes.md",
        theorem="fading-branches",
    )


def _nonnegative_for_every_angle(gap: Expr) -> bool:
    if is_zero(gap) is Answer.YES:
        return True
    angles = Interval(symbol=symbols.theta, low=Integer(0), high=pi)
    decided = decide_inequality(Inequality(gap=gap, domain=angles))
    return decided is not None and decided.outcome is Outcome.PROVES


def always(quantity: Quantity) -> Iterator[Bound]:
    """What holds for every network: a kernel divided by the root of its diagonal values lies in [-1, 1]."""
    ends = {
        Quantity.NORMALIZED_NTK: (Integer(-1), Integer(1)),
        Quantity.NORMALIZED_NNGP: (Integer(-1), Integer(1)),
        Quantity.ANGLE: (Integer(0), pi),
    }.get(quantity)
    if ends is not None:
        source = "the inequality of Cauchy and Schwarz"
        yield Bound(quantity=quantity, lower=ends[0], upper=ends[1], correlations=CORRELATIONS, first=1, source=source)


def coinciding(statement: Depth, form: CorrelationRecursion | None) -> Bound:
    """The value at c = 1, where the two inputs are the same."""
    quantity = statement.quantity
    exact: Expr | None = None
    closed = None if form is None else diagonal_closed_form(form)
    first, second = statement.network.squared_norms
    proportional = form is not None or first == second  # else the inputs differ in length at c = 1, and it may matter
    match quantity:
        case Quantity.NORMALIZED_NTK | Quantity.NORMALIZED_NNGP if proportional:
            exact = Integer(1)
        case Quantity.ANGLE if proportional:
            exact = Integer(0)
        case Quantity.NNGP if closed is not None:
            exact = closed[0]
        case Quantity.NTK if closed is not None:
            exact = closed[1]
    one = Interval(symbol=symbols.c, low=Integer(1), high=Integer(1))
    source = "the two inputs coincide at c = 1"
    return Bound(quantity=quantity, lower=exact, upper=exact, correlations=one, first=1, source=source)


__all__ = ["Bound", "always", "at_opposite_inputs", "coinciding", "fading_branches", "near_the_diagonal"]
