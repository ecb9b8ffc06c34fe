r"""The kernel of the flow that a residual network tends to where h L stays tau: a function of the angle without closed form.

With V = mu (kappa_1(c) - c) and the source 2 Omega of a layer per unit of eta = h/(1 + h),

    dc/ds = V(c),  dT/ds = V'(c) T + 2 Omega(c),  c = cos theta and T = 0 at s = 0;  FlowKernel(mu, tau, theta) = T(tau)/(2 tau).

mu is that of a leaky ReLU, mu = 1 for ReLU: kappa = (1 - mu) c + mu kappa_1 and 2 Omega = kappa + c kappa'. In the claim language
the kernel is called ``flow``; at alpha = L^(-1/2) it is the limit of the normalised NTK.
"""

from functools import cache
from typing import Any, ClassVar

from sympy import Expr, Function, Integer, expand

from theory.activations import activation
from theory.duals import correlation_derivative, correlation_dual
from theory.symbols import c, mu, theta


class FlowKernel(Function):  # type: ignore[misc]  # SymPy has no types
    """FlowKernel(mu, tau, theta), a number in [-1, 1] for 0 < mu <= 1, tau > 0 and 0 <= theta <= pi.

    >>> from sympy import Integer
    >>> FlowKernel(Integer(1), Integer(1), theta)
    flow
    """

    nargs: ClassVar = (3,)
    is_real = True
    is_finite = True

    @classmethod
    def eval(cls, mu: Expr, tau: Expr, angle: Expr) -> Expr | None:
        """1 where the two inputs coincide: c stays 1, and Omega = 1."""
        del mu, tau
        return Integer(1) if angle == 0 else None

    def _sympystr(self, printer: Any) -> str:
        angle = self.args[2]
        return "flow" if angle == theta else f"flow(theta = {printer._print(angle)})"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        angle = self.args[2]
        said = r"N^{\mathrm{flow}}" + ("" if angle == theta else rf"\left({printer._print(angle)}\right)")
        return said if exp is None else rf"\left({said}\right)^{{{exp}}}"


@cache
def fields() -> tuple[Expr, Expr]:
    """V and 2 Omega in c and mu, from the derived dual of ReLU.

    >>> [field.subs(c, 1) for field in fields()]
    [0, 2]
    """
    relu = activation("relu")
    kappa, slope = correlation_dual(relu), correlation_derivative(relu)
    return expand(mu * (kappa - c)), expand((1 - mu) * 2 * c + mu * (kappa + c * slope))


__all__ = ["FlowKernel", "fields"]
