r"""Ridgeless kernel regression, solved from its normal equations.

Source. Huang, Wang, Tao, Zhao 2020, their discussion of learnability; elementary linear algebra.

Idea. With Gram matrix M on n training points, kernel vector k at a new point and labels y, the predictor is k.a where
M a = y. For an equicorrelated kernel, M_ii = 1 and M_ij = k_i = rho, the n equations (1 - rho) a_i + rho sum(a) = y_i
add up to one equation for A = sum(a), and the predictor is rho A: the same number at every new point.

What can go wrong. M is singular at rho = 1 and at rho = -1/(n-1); the domain of a claim excludes both.
"""

from collections.abc import Sequence
from functools import cache

from sympy import Expr, Integer, Matrix, Symbol, eye, ones, solve

from theory.derivation import Derivation, Step

n = Symbol("n", integer=True, positive=True)
total = Symbol("S", real=True)
rho = Symbol("rho", real=True)
_A = Symbol("A", real=True)


@cache
def equicorrelated() -> Derivation:
    """The predictor off the sample from the sum of the normal equations; S is the sum of the labels.

    >>> equicorrelated().result
    S*rho/(n*rho - rho + 1)
    """
    # a_1 + ... + a_n = A: the diagonal contributes (1 - rho) A, the constant part n rho A
    summed = (1 - rho) * _A + n * rho * _A
    (solution,) = solve(summed - total, _A)
    return Derivation(
        title="Ridgeless regression with an equicorrelated kernel",
        steps=(
            Step(
                lhs=total,
                rhs=summed,
                rule="definition",
                reason=r"the normal equations $(1-\rho)a_i + \rho\sum_j a_j = y_i$, added up; $A = \sum_j a_j$",
            ),
            Step(lhs=summed.subs(_A, solution), rhs=total, rule="algebra", reason="solved for $A$"),
            Step(
                lhs=rho * solution,
                rhs=rho * solution,
                rule="definition",
                reason=r"at a new point the kernel vector is $\rho(1,\dots,1)$, so the predictor is $\rho A$",
            ),
        ),
    )


def predictor(points: Expr = n, correlation: Expr = rho) -> Expr:
    """The equicorrelated predictor for a number of points and a correlation; ``total`` is the sum of the labels."""
    result: Expr = equicorrelated().result.subs({n: points, rho: correlation}, simultaneous=True)
    return result


def sensitivity(points: Expr = n, correlation: Expr = rho) -> Expr:
    """The derivative of the predictor in the common correlation."""
    result: Expr = equicorrelated().result.diff(rho).subs({n: points, rho: correlation}, simultaneous=True)
    return result


def first_order(correlation: Expr, labels: Sequence[Expr], new: Sequence[Expr], gram: Sequence[Sequence[Expr]]) -> Expr:
    """First-order change of the predictor when the kernel vector moves by eps * new and the Gram matrix by eps * gram.

    labels, new  one value for each training point
    gram         symmetric, with a zero diagonal
    returns      d/d eps of k.M^(-1) y at eps = 0, with M and k equicorrelated

    >>> from sympy import Rational
    >>> first_order(Rational(1, 4), (total, -total), (1, 1), ((0, 0), (0, 0)))
    0
    """
    size = len(labels)
    base = (1 - correlation) * eye(size) + correlation * ones(size, size)
    weights = base.LUsolve(Matrix(labels))
    moved = base.LUsolve(Matrix(gram) * weights)
    change = (Matrix(new).T * weights)[0] - correlation * sum(moved, Integer(0))
    result: Expr = change.expand()
    return result
