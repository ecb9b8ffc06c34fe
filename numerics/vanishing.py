r"""Where the correlation goes while the lengths tend to 0: layers, then a nearly conserved quantity.

Way. The first layers are iterated as for ``kernel``. From a length on at which the Taylor polynomial of the activation is as
good as asked, a layer of a network whose moments take a quadrature is replaced by its model (``numerics.small_lengths``); and at
a length at which the invariant is as good as asked, it gives the limit of all layers behind. That lengths decrease from there on
to 0 is part of the model.
"""

from flint import arb
from sympy import Expr

from numerics.balls import ARB, REAL, bits_of, precision
from numerics.compile import lower
from numerics.kernel import read_inputs
from numerics.model import model
from numerics.propagation import LengthOutOfRange, Run
from numerics.small_lengths import Invariant, Layer, invariant, layer_at
from theory.errors import NtkproofError
from theory.moments import GaussianMean, GaussianPair
from theory.network import Network
from theory.symbols import layer as layer_symbol
from theory.symbols import length

_GUARD = 120
_FIRST, _LAYERS, _DEAR_LAYERS = 8, 40_000, 80
_TERMS, _MODEL_TERMS = 8, 16
_LONGEST = 4
"""A length from which no model is tried."""
_TRIES = 6


def tends_to_zero(image: Expr, start: Expr, psi: Expr, power: int, *, odd: bool) -> bool:
    """Whether q_l -> 0 is proved: iterated into an interval (0, top] on which q' <= q - alpha q^(k + 1), alpha > 0."""
    with precision(bits_of(20)):
        step = lower((image,), (length, layer_symbol)).bind(ARB)
        (q,) = lower((start,), ()).run(ARB, ())
        most = _DEAR_LAYERS if image.has(GaussianMean, GaussianPair) else _LAYERS
        wait = 1
        for number in range(most):
            if not (q.is_finite() and q > 0):
                return False
            if number == wait - 1:
                wait *= 2
                if q < _LONGEST and layer_at(psi, power, power + 3, q.upper(), odd=odd) is not None:
                    return True
            (q,) = step(q, arb(number + 1))
    return False


def correlation_limit(network: Network, psi: Expr, power: int, corr: Expr, *, digits: int) -> arb | None:
    """A ball of lim c_l for inputs of a correlation and of one length; None where it is not reached.

    psi, power   as in ``numerics.small_lengths.layer_at``, psi odd
    corr         exact, in [-1, 1]
    """
    inputs = read_inputs(corr, None)
    tape = lower((inputs.corr,), ())
    with precision(bits_of(digits) + _GUARD):
        run = Run(model(network), 1, lambda: tape.run(REAL, ())[0], inputs.exact)
        if run.exact is not None and run.model.to(run.exact) == run.exact:
            return arb(run.exact)
        dear = any(e.has(GaussianMean, GaussianPair) for e in (run.model.corr, run.model.lengths) if e is not None)
        try:
            return _followed(_Way(psi, power, digits), run, dear=dear)
        except (LengthOutOfRange, NtkproofError):
            return None


class _Way:
    """The models for an activation and an accuracy."""

    def __init__(self, psi: Expr, power: int, digits: int) -> None:
        self.psi, self.power, self.digits = psi, power, digits
        self.goal = arb(10) ** (-digits - 2)
        self.terms = power * (_TERMS + digits // 3)

    def model_at(self, top: arb) -> Layer | None:
        """A layer whose error is far below the goal for lengths up to ``top``."""
        found = layer_at(self.psi, self.power, self.power * (_MODEL_TERMS + 2 * self.digits), top)
        if found is None or not found.change.tail * top**found.change.terms < self.goal / 1000:
            return None
        return found

    def invariant_at(self, top: arb) -> tuple[Invariant, arb] | None:
        """The invariant for lengths up to ``top``, and its error there."""
        found = layer_at(self.psi, self.power, self.terms, top)
        if found is None:
            return None
        made = invariant(found)
        return made, (made.error * top**made.order).upper()

    def next_length(self, top: arb, error: arb, order: int) -> arb:
        """A length at which the error may be as small as the goal."""
        return (top * (self.goal / error).root(order) * arb(3) / 4).mid()


def _followed(way: _Way, run: Run, *, dear: bool) -> arb | None:
    """The layers one by one, and the models."""
    most = _DEAR_LAYERS if dear else _LAYERS
    wanted, layers = arb(_LONGEST), _FIRST
    q, corr, step = run.lengths[0], run.corr, None
    tries = 0
    while tries < _TRIES:
        if q < wanted:
            found = way.invariant_at(q.upper())
            wanted = q / 2
            if found is not None:
                made, error = found
                if error < way.goal:
                    return made.at(q, corr)
                tries += 1
                if error < 1:
                    wanted = way.next_length(q, error, made.order)
        if dear and step is None and q < _LONGEST:
            step = way.model_at(q.upper())
        if step is not None:
            after = _by_model(step, q, corr, wanted)
            if after is None:
                return None
            q, corr = after
            continue
        if layers > most:
            return None
        run.advance(layers, lambda *_: None)
        layers += max(layers // 4, 1)
        q, corr = run.lengths[0], run.corr
    return None


def _by_model(step: Layer, q: arb, corr: arb, wanted: arb) -> tuple[arb, arb] | None:
    """Layers of the model until the length is as small as wanted."""
    for _ in range(_LAYERS):
        if q < wanted:
            return q, corr
        q, corr = step.applied(q, corr)
        if not (q.is_finite() and corr.is_finite() and q > 0):
            return None
    return None


__all__ = ["correlation_limit", "tends_to_zero"]
