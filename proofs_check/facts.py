"""What is proved about a network's kernel at every depth: bounds from certificates, matched with its derived recursion.

Idea. A certificate proves a statement about a *map*: the cosine of the next angle, the factor and source of the tangent
kernel, its initial value. The network's own map is derived from its layers. Only if the two are equal by replayed algebra do
the certificate's conclusions become facts about the network. The parameter mu of the family (mu = 1 for ReLU) is guessed from
the derived map at one angle; a wrong guess fails the comparison.

At c = 1 the two inputs coincide: the normalised kernels are 1 and the angle is 0, for every network. This needs no certificate.

What can go wrong. A conclusion may hold under a condition on L h (``eventually``): it may refute a rate but not bound a
given depth. Bounds in eta = h/(1+h) are also offered with eta replaced by the larger h where they only grow by it.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sympy import Expr, Integer, Rational, cos, pi, sin

from proofs_check.judge import Options
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.asymptotics import Comparison, GammaRange
from theory.claims import Depth, Interval, Quantity
from theory.duals import in_angle
from theory.errors import BeyondReach, NtkproofError
from theory.parsing import parse
from theory.recursion import CorrelationRecursion, correlation_form

NAMES: dict[str, Expr] = {
    "L": symbols.depth,
    "theta": symbols.theta,
    "t": symbols.theta,
    "eta": symbols.eta,
    "h": symbols.scale,
    "mu": symbols.mu,
}


@dataclass(frozen=True, kw_only=True)
class Bound:
    """lower <= value <= upper for c in an interval and every L >= first; a side may be missing.

    lower, upper   in L and theta (and gamma, where the network leaves it open)
    source         the theorem and its certificate, for a reader
    conditional    proved only for depths beyond some unstated one
    """

    quantity: Quantity
    lower: Expr | None
    upper: Expr | None
    correlations: Interval
    first: int
    source: str
    conditional: bool = False

    def as_data(self) -> dict[str, str | None]:
        """Strings for the evidence."""
        return {
            "source": self.source,
            "quantity": self.quantity.value,
            "lower": None if self.lower is None else str(self.lower),
            "upper": None if self.upper is None else str(self.upper),
            "correlations": f"{self.correlations.low} .. {self.correlations.high}",
            "first depth": str(self.first),
        }
