"""What is proved about a network's kernel at every depth, as bounds on a quantity.

At c = 1 the two inputs coincide: the normalised kernels are 1 and the angle is 0, for every network and depth.

What can go wrong. A conclusion may hold only beyond some depth (``conditional``): it may refute a rate but not bound a given
depth.
"""

from dataclasses import dataclass

from sympy import Expr, Integer

from proofs_check.judge import Options
from theory import symbols
from theory.asymptotics import GammaRange
from theory.claims import Depth, Interval, Quantity


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


def facts_of(statement: Depth, gammas: GammaRange, options: Options) -> tuple[list[Bound], str]:
    """Proved bounds on the statement's quantity, and why there are no more of them."""
    del gammas, options
    return [_coinciding(statement)], "no certificate for every depth covers this network"


def _coinciding(statement: Depth) -> Bound:
    """The value at c = 1, where the two inputs are the same."""
    quantity = statement.quantity
    exact: Expr | None
    match quantity:
        case Quantity.NORMALIZED_NTK | Quantity.NORMALIZED_NNGP:
            exact = Integer(1)
        case Quantity.ANGLE:
            exact = Integer(0)
        case _:
            exact = None
    one = Interval(symbol=symbols.c, low=Integer(1), high=Integer(1))
    source = "the two inputs coincide at c = 1"
    return Bound(quantity=quantity, lower=exact, upper=exact, correlations=one, first=1, source=source)
