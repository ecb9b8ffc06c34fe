"""A derivation is a tuple of equations, each with the rule it follows by; every step can be checked.

Idea: a step states ``lhs = rhs`` on a domain of its free symbols. Rules of two sorts exist. A *definition* introduces a
name and has nothing to check. Every other rule is an equation between expressions, so that the engines can replay it by
algebra and evaluate both sides in balls at points of the domain. Rendering (text, LaTeX) is a view and lives elsewhere.
"""

from dataclasses import dataclass, field

from sympy import Expr, Symbol

from theory.show import aligned, formula

RELATIONS = {"=": "=", "~": r"\sim", "approx": r"\approx"}
"""The relations of a step, and how LaTeX writes them."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line ``lhs = rhs`` of a derivation, or ``lhs ~ rhs`` or an approximation.

    rule      short name of the rule, e.g. "definition", "stein", "dense", "algebra"
    reason    one sentence for a reader, plain text with $...$ allowed
    relation  "=", "~" (the quotient tends to 1, or an asymptotic expansion), "approx" (up to the radius in the reason)
    domain    for each free symbol that is restricted, the ends of its interval
    """

    lhs: Expr
    rhs: Expr
    rule: str
    reason: str
    relation: str = "="
    domain: tuple[tuple[Symbol, Expr, Expr], ...] = field(default=())


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """A named sequence of steps whose last right-hand side is the result."""

    title: str
    steps: tuple[Step, ...]

    @property
    def result(self) -> Expr:
        """The right-hand side of the last step."""
        return self.steps[-1].rhs

    def _repr_latex_(self) -> str:
        """LaTeX for Jupyter."""
        return aligned((formula(step.lhs), formula(step.rhs), RELATIONS[step.relation]) for step in self.steps)
