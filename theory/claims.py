"""Claims: frozen statements about kernels, each with its source, its domain and the verdict expected of it.

A claim is data. Nothing here computes; the engines in ``proofs_check`` read the fields. These forms of statement cover
the suite:

    Identity    lhs = rhs for all values of the free symbols in their domains
    Inequality  gap >= 0 (or > 0) for all values of the one variable in its domain
    Depth       a statement in the claim language about a network's kernel at every depth (see ``theory.language``)
    Scaling     a limit along inputs that move with the depth, theta_0 = angle(x, L)
    Turning     a quantity rises and falls at most once as the depth grows
    Spectrum    signs and bounds of the eigenvalues of the kernel on a sphere
    Shaped      a quantity is monotone or convex in c, or monotone in the depth
    Ranking     a quantity of one network is never above a quantity of another one
    Definite    the kernel is strictly positive definite on every sphere, or on none
    Margin      a quantity differs at two inputs by a number, at every depth
    Prediction  what kernel regression on given data says at two new points, at every depth
    Argument    a conclusion with the claims from which it is to follow: a chain of steps, or an induction

What none of them expresses is Unstated: kept with its LaTeX, and OPEN.
"""

from dataclasses import dataclass, field
from enum import Enum

from sympy import Expr, Integer, Symbol

from theory import symbols
from theory.derived import Derived, expressed
from theory.language import Chain, Holds
from theory.network import Network


class Verdict(Enum):
    """What the engines found; the value is the sentence the user reads."""

    PROVED = "proved"
    REFUTED = "refuted by a rigorous counterexample or a contradicting theorem"
    SUPPORTED = "numerical evidence only"
    OPEN = "nothing decided"


class Kind(Enum):
    """The kind of statement, for tables and filters."""

    IDENTITY = "identity"
    RECURSION = "recursion"
    LIMIT = "limit"
    RATE = "rate"
    BOUND = "bound for all L"
    INEQUALITY = "inequality"
    MONOTONICITY = "monotonicity"
    POSITIVE_DEFINITENESS = "positive definiteness"
    SPECTRUM = "spectrum"
    FINITE_WIDTH = "finite width"
    TRAINING = "training"
    LEARNABILITY = "learnability on data"


class Quantity(Enum):
    """What ``value`` means in the claim language."""

    NNGP = "nngp"
    NTK = "ntk"
    NORMALIZED_NNGP = "normalized_nngp"
    NORMALIZED_NTK = "normalized_ntk"
    ANGLE = "angle"


@dataclass(frozen=True, kw_only=True)
class Interval:
    """Values of a real symbol between two exact ends, each included or not; an end may be oo for a parameter."""

    symbol: Symbol
    low: Expr
    high: Expr
    low_closed: bool = True
    high_closed: bool = True


@dataclass(frozen=True, kw_only=True)
class Identity:
    """lhs = rhs on the domain; symbols without an interval range over the values that their assumptions allow.

    A side may be derived when it is asked for; ``sides`` are the expressions themselves.
    """

    lhs: Expr | Derived
    rhs: Expr | Derived
    domain: tuple[Interval, ...] = ()

    @property
    def sides(self) -> tuple[Expr, Expr]:
        """Left and right side as expressions."""
        return expressed(self.lhs), expressed(self.rhs)


@dataclass(frozen=True, kw_only=True)
class Inequality:
    """gap >= 0 (strict: > 0) for every value of the variable in its interval."""

    gap: Expr
    domain: Interval
    strict: bool = False


@dataclass(frozen=True, kw_only=True)
class Depth:
    """A statement of the claim language about a quantity of a network, for all depths, inputs and parameters named.

    correlations  values of c (default -1 < c < 1)
    depth_low, depth_high  integers; depth_high None means every larger depth
    parameters    intervals of gamma or of a slope s, over the whole of which the statement is claimed
    pointwise     constants in O, o, Theta may depend on c
    """

    network: Network
    quantity: Quantity
    holds: Holds
    correlations: Interval = Interval(
        symbol=symbols.c, low=Integer(-1), high=Integer(1), low_closed=False, high_closed=False
    )
    depth_low: int = 1
    depth_high: int | None = None
    parameters: tuple[Interval, ...] = ()
    pointwise: bool = False


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """The quantity at theta_0 = angle(x, L) tends to target(x) as L -> oo, for each value of the variable x in its domain."""

    network: Network
    quantity: Quantity
    angle: Expr
    target: Expr
    domain: Interval


@dataclass(frozen=True, kw_only=True)
class Turning:
    """For each c the quantity, from depth_low on, rises up to some depth and falls from there on; either part may be empty.

    rises   True: it rises at first (N_first < N_(first+1)), False: it never rises, None: nothing said
    Two neighbouring depths may have equal values where it turns.
    """

    network: Network
    quantity: Quantity
    correlations: Interval
    depth_low: int = 0
    rises: bool | None = None


class Parity(Enum):
    """Which degrees of spherical harmonics are meant."""

    EVERY = "every degree"
    EVEN = "every even degree"
    ODD = "every odd degree from 3 on"


class Form(Enum):
    """What a quantity does, as the predicate of a sentence."""

    RISING = "does not fall as c grows"
    FALLING = "does not rise as c grows"
    CONVEX = "is convex in c"
    ABSOLUTE = "has only derivatives >= 0 in c"
    MIRRORED = "is at c at most as large in absolute value as at |c|"
    DEEPENING = "does not fall as the depth grows"
    FADING = "does not rise as the depth grows"


@dataclass(frozen=True, kw_only=True)
class Shaped:
    """The quantity has the form on the domain, at every depth of the range (for the last two forms: along it)."""

    network: Network
    quantity: Quantity
    form: Form
    correlations: Interval
    depth_low: int = 1
    depth_high: int | None = None
    parameters: tuple[Interval, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """quantity of network <= other_quantity of other, for each c of the domain and every depth from depth_low on."""

    network: Network
    quantity: Quantity
    other: Network
    other_quantity: Quantity
    correlations: Interval
    depth_low: int = 1
    parameters: tuple[Interval, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Definite:
    """At each depth of the range the kernel is strictly positive definite on the unit sphere of R^d for every d >= 2.

    strictly  False: at no depth of the range it is so, for no d >= 2
    Strictly positive definite: the matrix of the kernel at finitely many different points is always positive definite.
    """

    network: Network
    quantity: Quantity
    strictly: bool = True
    depth_low: int = 1
    depth_high: int | None = None
    parameters: tuple[Interval, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Spectrum:
    """Eigenvalue relation bound, for a kernel (the normalised tangent kernel) on the unit sphere of R^d, uniform measure.

    degrees     a class of degrees, in every dimension d >= 2, or (degree, dimension)
    relation    ">", "==" or ">="; the bound is an expression in L, 0 where a class of degrees is meant
    depth_high  None: every depth from depth_low on
    The eigenvalue of degree k is the mean of N_L(x, .) P_k(x, .) with P_k(x, x) = 1.
    """

    network: Network
    degrees: Parity | tuple[int, int]
    relation: str
    quantity: Quantity = Quantity.NORMALIZED_NTK
    bound: Expr = Integer(0)
    depth_low: int = 1
    depth_high: int | None = None
    parameters: tuple[Interval, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """|f_L(x) - f_L(x')| relation size at every depth L >= first, f_L the ridgeless predictor of the network's tangent kernel.

    points    directions of the data: vectors of rationals, not all of length 1
    labels    one for each point; None: whatever the labels in [-1, 1] (relation "<" only)
    at        the two new points; None: any two at angles >= distance from all data
    relation  "<" or ">="
    """

    network: Network
    points: tuple[tuple[Expr, ...], ...]
    labels: tuple[Expr, ...] | None
    relation: str
    size: Expr
    first: int
    at: tuple[tuple[Expr, ...], tuple[Expr, ...]] | None = None
    distance: Expr | None = None


@dataclass(frozen=True, kw_only=True)
class Margin:
    """The quantity at c = inputs[0] exceeds that at c = inputs[1] by size at least, for every L >= depth_low and all parameters.

    So it stays away from every constant: at each depth it is size/2 or more from it at one of the two inputs.
    """

    network: Network
    quantity: Quantity
    inputs: tuple[Expr, Expr]
    size: Expr
    depth_low: int = 1
    parameters: tuple[Interval, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Unstated:
    """A statement of a paper that none of the forms can express: its LaTeX, and why; it is OPEN with that reason."""

    latex: str
    reason: str


class Rule(Enum):
    """How the parts of an argument carry it."""

    LINES = "every line holds"
    TRANSITIVITY = "the lines joined from end to end"
    INDUCTION = "induction on the depth"


@dataclass(frozen=True, kw_only=True)
class Argument:
    """A conclusion, the ids of the claims from which it is to follow, and how.

    Made by ``proofs_check.arguments``. That the parts give the conclusion is derived again before it is believed.

    parts    claims; for LINES the lines in their order, for TRANSITIVITY the chain, for INDUCTION base, step, ...
    missing  why the conclusion would not follow even if all parts held; empty if it would
    sides, relations  of a chain: sides[0] relations[0] sides[1] ..., where relations may be O, o and ~, too
    terms    of a chain: the terms of each side but the first, as written
    """

    conclusion: Identity | Inequality | Depth
    rule: Rule
    parts: tuple[str, ...]
    missing: str = ""
    sides: tuple[Expr, ...] = ()
    relations: tuple[str, ...] = ()
    terms: tuple[tuple[Expr, ...], ...] = ()


Structural = Turning | Spectrum | Prediction | Shaped | Ranking | Definite | Margin
Statement = Identity | Inequality | Depth | Scaling | Structural | Argument | Unstated


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One statement of a paper (or of a user), with its source and the verdict expected.

    id        unique: paper/slug
    paper     short name of the paper or file
    number    theorem number or topic as cited
    title     one line for tables, plain text
    note      what a reader should know: wording uncertain, what is sharper, which statement this is a false variant of
    uses      ids of lemmas; the verdict is never better than theirs
    """

    id: str
    paper: str
    number: str
    title: str
    kind: Kind
    statement: Statement
    expected: Verdict = Verdict.PROVED
    note: str = ""
    uses: tuple[str, ...] = field(default=())


__all__ = [
    "Argument",
    "Chain",
    "Claim",
    "Definite",
    "Depth",
    "Form",
    "Holds",
    "Identity",
    "Inequality",
    "Interval",
    "Kind",
    "Margin",
    "Parity",
    "Prediction",
    "Quantity",
    "Ranking",
    "Rule",
    "Scaling",
    "Shaped",
    "Spectrum",
    "Statement",
    "Structural",
    "Turning",
    "Unstated",
    "Verdict",
]
