"""A lower bound of the feedforward tangent kernel at every depth from l on, from enclosures of its values at depth l.

Idea. The feedforward theorem, applied from depth l (docs/metatheorems.md, Restart), bounds Theta_L below for every L >= l by a
number that decreases in the angle and increases in the tangent kernel at depth l. Over a cell of input angles both are enclosed;
the worst of the enclosures serves the whole cell. Cells are halved until the claimed inequality follows.
"""

from dataclasses import dataclass

from flint import arb
from sympy import Expr, Integer, Rational, acos, pi

from numerics.balls import evaluate, fraction_of
from numerics.cells import Outcome, cells_that_cover, enclose_cell
from proofs_check.facts import LEAST, Restart
from proofs_check.inequalities import holds_for_all_depths
from theory import symbols
from theory.claims import Depth, Quantity

LEVELS = 10
DIAGONAL: dict[Quantity, Expr] = {Quantity.NTK: Integer(1), Quantity.NORMALIZED_NTK: symbols.depth + 1}
"""What Theta_L is divided by; the theorem has Theta_L(x,x) = L + 1."""


@dataclass(frozen=True, kw_only=True)
class RestartedBound:
    """value >= bound (strict: >) for every L >= depth and every angle of the domain in (0, pi]."""

    statement: Depth
    bound: Expr
    strict: bool
    theorem: Restart
    depth: int

    def cells(self) -> int | None:
        """The number of cells of angles that prove it, or None."""
        domain = self.statement.correlations
        low, high = evaluate(acos(domain.high), {}), evaluate(acos(domain.low), {})
        return cells_that_cover(lambda a, b: Outcome.yes_if(self._follows(a, b)), low, high, LEVELS)

    def _follows(self, a: arb, b: arb) -> bool:
        """Whether the inequality follows on the cell of input angles [a, b]."""
        kernels = enclose_cell(self.statement.network, self.depth, a, b)
        at = {
            symbols.layer: arb(self.depth),
            symbols.theta: kernels["angle"].upper(),
            symbols.ntk: kernels["ntk"].lower(),
        }
        least = [evaluate(expression, at).lower() for expression in self.theorem.at_most]
        if not all(number.is_finite() for number in least):
            return False
        floor = min(Rational(fraction_of(number)) for number in least)
        gap = self.theorem.lower.subs(LEAST, floor) / DIAGONAL[self.statement.quantity] - self.bound
        low, high = Rational(fraction_of(a.lower())), Rational(fraction_of(b.upper()))
        if self.strict and not holds_for_all_depths(
            gap.subs(symbols.theta, pi), first=self.depth, low=low, high=high, strict=True
        ):
            return False  # the angle pi itself, which the structure leaves out
        return holds_for_all_depths(gap, first=self.depth, low=low, high=high, strict=self.strict)
