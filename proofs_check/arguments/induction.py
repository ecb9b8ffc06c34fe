r"""Induction on the depth, as claims: base, step, what the step rests on, and the conclusion.

The conclusion is P(L): value REL B(L), for every L >= L_0 and every c of the domain, REL one of <=, <, >=, >. The step is not
what the user says it is; it is derived from the network's recursion, and what the user says must equal it. Three recursions are
known:

    correlation   c_{L+1} = kappa(c_L), and kappa does not depend on the layer. If kappa does not decrease on J and c_L, B(L)
                  lie in J, then c_L >= B(L) gives c_{L+1} >= kappa(B(L)), so that P(L+1) follows from
                      kappa(B(L)) >= B(L+1).
                  J is [-1, 1]; for c >= 0 it is [0, 1], which kappa(0) >= 0 keeps.
    angle         theta_L = acos c_L. The cosine decreases on [0, pi], so that for B(L) in acos J the step of theta_L <= B(L) is
                      kappa(cos B(L)) >= cos B(L+1).
    ntk           t_{L+1} = a(c_L) t_L + b(c_L), lengths being 1. If a >= 0 on [-1, 1] and B is free of c, the step is
                      a(c) B(L) + b(c) REL B(L+1)   for every c in [-1, 1],
                  as nothing is used of c_L. Divided by the diagonal D(L) > 0, in closed form, it is that of the normalised NTK.

One variable. Where B(L) = N/(r L + w) with N, r free of L and c, B(L+1) = N u/(N + r u) at u = B(L): the step is proved for
every u in (0, u_0], u_0 = B(L_0) at the greatest angle; the claims ``range`` show that this contains every B(L).

What can go wrong. A bound that leaves J at some depth has no step there, even where P(L) is true for trivial reasons. Then the
claim ``range`` fails, and the conclusion is OPEN.
"""

from dataclasses import dataclass, replace

from sympy import Expr, Integer, Symbol, acos, cos, fraction, pi, together
from sympy.polys.polyerrors import PolynomialError

from proofs_check.arguments.chain import Setting, gap_of, inequality_of, kind_of, names_for
from proofs_check.intervals import compare, in_angles
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.claims import Argument, Claim, Depth, Identity, Inequality, Interval, Quantity, Rule, Verdict
from theory.duals import in_angle
from theory.errors import InputError, NtkproofError
from theory.language import Chain, Holds, parse_holds
from theory.parsing import parse_chain
from theory.recursion import CorrelationRecursion, correlation_form, diagonal_closed_form, unroll

_TURNED = {"<=": ">=", ">=": "<=", "<": ">", ">": "<"}
UNROLLED = 2
"""The greatest first depth at which the base is written out; beyond it is a claim about the kernel at that depth."""
_L, _T, _C = symbols.depth, symbols.theta, symbols.c
Part = Identity | Inequality | Depth


@dataclass(frozen=True, kw_only=True)
class _Step:
    """P(L) -> P(L+1): ``mapped REL following``, and the claims that make it one; ``names`` are for the step of the user."""

    mapped: Expr
    relation: str
    following: Expr
    statement: Part
    besides: tuple[tuple[str, str, Part], ...]
    names: dict[str, Expr]


class _Missing(Exception):
    """Why there is no step; it becomes the reason of an OPEN conclusion."""


def induction(
    *,
    id: str,
    holds: str,
    setting: Setting,
    step: str | None = None,
    paper: str = "",
    title: str = "",
    note: str = "",
    uses: tuple[str, ...] = (),
    expected: Verdict = Verdict.PROVED,
    expected_base: Verdict = Verdict.PROVED,
    expected_step: Verdict = Verdict.PROVED,
) -> tuple[Claim, ...]:
    """The claims of an induction: ID:base, ID:step, what the step rests on (ID:monotone, ID:range, ...), and the conclusion ID.

    holds    ``value <= B`` with B in L, c, theta; the depths of the setting begin with the base
    step     a relation in ``bound`` = B(L), ``next`` = B(L+1), ``map`` = what the recursion makes of the bound, kappa, L, c;
             None: as derived
    raises   InputError, one line that names the induction
    """
    where = id
    if setting.network is None or setting.quantity is None:
        raise InputError(f"{where}: an induction needs architecture, activation and quantity")
    first, last = setting.depths
    if last is not None:
        raise InputError(f"{where}: an induction is about every depth; leave the last depth out")
    if setting.parameters:
        raise InputError(f"{where}: an induction is about one network; leave parameters out")
    bound, relation = _bound(holds, where)
    conclusion = Depth(
        network=setting.network,
        quantity=setting.quantity,
        holds=Chain(sides=(symbols.value, bound), relations=(relation,)),
        correlations=setting.correlations,
        depth_low=first,
    )
    said = title or " ".join(holds.split())
    start = _base(conclusion, bound, relation)
    base = Claim(
        id=f"{id}:base",
        paper=paper,
        number="",
        title=f"base, L = {first}: {said}",
        kind=kind_of(start),
        statement=start,
        expected=expected_base,
    )
    claims, missing = [base], ""
    try:
        derived = _derived(conclusion, bound, relation)
        if step is not None:
            missing = _other_step(step, derived, setting, where)
        shown = f"{derived.mapped} {derived.relation} {derived.following}"
        for name, heading, statement in (("step", f"from L to L + 1: {shown}", derived.statement), *derived.besides):
            wanted = expected_step if name == "step" else Verdict.PROVED
            kind = kind_of(statement)
            part = replace(base, id=f"{id}:{name}", title=heading, kind=kind, statement=statement, expected=wanted)
            claims.append(part)
    except _Missing as error:
        missing = str(error)
    parts = tuple(claim.id for claim in claims)
    whole = replace(
        base,
        id=id,
        title=said,
        kind=kind_of(conclusion),
        statement=Argument(conclusion=conclusion, rule=Rule.INDUCTION, parts=parts, missing=missing),
        expected=expected,
        note=note,
        uses=(*parts, *uses),
    )
    return (*claims, whole)


def _bound(holds: str, where: str) -> tuple[Expr, str]:
    """B and the relation of ``value REL B``."""
    return _one_bound(parse_holds(holds, what=f"{where}: holds"), f"{where}: holds={holds}")


def _one_bound(read: Holds, where: str) -> tuple[Expr, str]:
    if not isinstance(read, Chain) or len(read.relations) != 1 or read.relations[0] not in _TURNED:
        raise InputError(f"{where}: an induction concludes value <= e, value < e, value >= e or value > e")
    (left, right), (relation,) = read.sides, read.relations
    if right == symbols.value:
        left, right, relation = right, left, _TURNED[relation]
    if left != symbols.value or right.has(symbols.value) or not right.free_symbols <= {_L, _T, _C}:
        raise InputError(f"{where}: value stands alone on one side, L, c and theta on the other")
    return right, relation


def parts_of(conclusion: Identity | Inequality | Depth) -> list[tuple[str, Part]]:
    """Names and statements from which the conclusion follows by induction: base, step, what the step rests on.

    raises  InputError where there is no induction to this conclusion
    """
    where = "the conclusion"
    if not isinstance(conclusion, Depth) or conclusion.depth_high is not None or conclusion.parameters:
        raise InputError(f"{where}: an induction is about every depth of one network")
    bound, relation = _one_bound(conclusion.holds, where)
    try:
        derived = _derived(conclusion, bound, relation)
    except _Missing as error:
        raise InputError(str(error)) from error
    besides = [(name, part) for name, _, part in derived.besides]
    return [("base", _base(conclusion, bound, relation)), ("step", derived.statement), *besides]


def _derived(conclusion: Depth, bound: Expr, relation: str) -> _Step:
    """The step that the network's recursion demands.

    raises  _Missing where the recursion has none of the three forms
    """
    try:
        form = correlation_form(conclusion.network)
    except NtkproofError as error:
        raise _Missing(str(error)) from error
    if form is None:
        raise _Missing("the recursion is not one in the correlation alone, as the lengths enter the map in another way")
    parts = (form.correlation, form.factor, form.source, form.growth, form.initial)
    if any(part.has(_L, symbols.layer) for part in parts):
        raise _Missing("a layer depends on its index or on the total depth: depth L + 1 is no further layer of depth L")
    if conclusion.quantity in (Quantity.NTK, Quantity.NNGP) and not _unit_lengths(form):
        raise _Missing("the lengths change with the depth; state it for the normalised kernel")
    if conclusion.quantity in (Quantity.NTK, Quantity.NORMALIZED_NTK):
        return _tangent_step(form, conclusion, bound, relation)
    return _correlation_step(form, conclusion, bound, relation)


def _unit_lengths(form: CorrelationRecursion) -> bool:
    return all(is_zero(one - 1) is Answer.YES for one in (form.growth, form.length))


def _correlation_step(form: CorrelationRecursion, conclusion: Depth, bound: Expr, relation: str) -> _Step:
    """Kappa of the bound against the next bound, in cosines where the quantity is the angle."""
    angular = conclusion.quantity is Quantity.ANGLE
    upper_half = compare(conclusion.correlations.low, Integer(0)) >= 0
    bound = in_angle(bound)
    mapped_at = in_angle(form.correlation)
    following = bound.subs(_L, _L + 1)
    if angular:
        mapped, target, rel = mapped_at.subs(_T, bound), cos(following), _TURNED[relation]
    else:
        mapped, target, rel = form.correlation.subs(_C, bound), following, relation
    low = Integer(0) if upper_half else Integer(-1)
    kept = Interval(symbol=_C, low=low, high=Integer(1))
    besides: list[tuple[str, str, Part]] = [
        (
            "monotone",
            f"kappa does not decrease on [{low}, 1]",
            Inequality(gap=form.correlation.diff(_C), domain=_open(kept)),
        )
    ]
    if upper_half:
        at_zero = Inequality(gap=form.correlation.subs(_C, 0), domain=kept)
        besides.append(("kept", "kappa(0) >= 0, so that correlations stay in [0, 1]", at_zero))
    statement: Part
    highest = acos(low) if angular else Integer(1)
    lowest = Integer(0) if angular else low
    moved = _moebius(bound, conclusion) if angular else None
    if moved is None:
        statement = _depths(conclusion, mapped, rel, target)
        ends = ((">=", lowest), ("<=", highest))
    else:
        u, following_of_u, start = moved
        if compare(start, highest) > 0:
            raise _Missing(f"at the first depth the bound is {start}, beyond {highest}")
        gap = mapped_at.subs(_T, u) - cos(following_of_u)
        statement = Inequality(
            gap=gap if rel.startswith(">") else -gap,
            domain=Interval(symbol=u, low=Integer(0), high=start, low_closed=False),
            strict=rel in ("<", ">"),
        )
        ends = ((">", Integer(0)), ("<=", start))
    for name, (rel_end, end) in zip(("range", "range-above"), ends, strict=True):
        besides.append((name, f"the bound is {rel_end} {end} at every depth", _depths(conclusion, bound, rel_end, end)))
    names = {"bound": bound, "next": following, "map": mapped}
    return _Step(
        mapped=mapped, relation=rel, following=target, statement=statement, besides=tuple(besides), names=names
    )


def _open(interval: Interval) -> Interval:
    """Without the ends, where a slope may be infinite; monotone inside is monotone, as kappa is continuous."""
    return replace(interval, low_closed=False, high_closed=False)


def _moebius(bound: Expr, conclusion: Depth) -> tuple[Symbol, Expr, Expr] | None:
    """(u, B(L+1) as a function of u = B(L), the greatest u) for B = N/(r L + w); None for other bounds."""
    above, below = fraction(together(bound))
    try:
        rate = below.diff(_L)
        if not (above.diff(_L) == 0 and rate.diff(_L) == 0) or not bound.has(_L):
            return None
    except PolynomialError:
        return None
    u = _T
    ratio = together(rate / above)  # r/N
    if ratio.has(_T, _C, _L):
        return None
    following = u / (1 + ratio * u)
    if is_zero(bound.subs(_L, _L + 1) - bound / (1 + ratio * bound)) is not Answer.YES:
        return None
    start = bound.subs({_L: Integer(conclusion.depth_low), _T: acos(conclusion.correlations.low)}, simultaneous=True)
    return (u, following, start) if not start.free_symbols and start.is_finite else None


def _tangent_step(form: CorrelationRecursion, conclusion: Depth, bound: Expr, relation: str) -> _Step:
    """a(c) B(L) + b(c) against B(L+1), for every correlation c that the layer below may have."""
    if bound.has(_C, _T):
        raise _Missing("the bound depends on c, and the correlation changes from layer to layer; state it free of c")
    every = Interval(symbol=_C, low=Integer(-1), high=Integer(1))
    besides: list[tuple[str, str, Part]] = [
        ("monotone", "the factor of the NTK is >= 0 on [-1, 1]", Inequality(gap=form.factor, domain=every))
    ]
    at, following = bound, bound.subs(_L, _L + 1)
    size: Expr = Integer(1)
    conclusion = replace(conclusion, correlations=every)
    if conclusion.quantity is Quantity.NORMALIZED_NTK:
        closed = diagonal_closed_form(form)
        if closed is None:
            raise _Missing("the diagonal of the NTK has no closed form in L")
        diagonal = together(closed[1] / closed[0])
        besides.append(
            ("diagonal", "the diagonal of the NTK is positive", _depths(conclusion, diagonal, ">", Integer(0)))
        )
        at = bound * diagonal
        size = diagonal.subs(_L, _L + 1)
    mapped = (form.factor * at + form.source) / size
    statement = _depths(conclusion, mapped, relation, following)
    names = {"bound": bound, "next": following, "map": mapped}
    return _Step(
        mapped=mapped, relation=relation, following=following, statement=statement, besides=tuple(besides), names=names
    )


def _depths(conclusion: Depth, lhs: Expr, relation: str, rhs: Expr) -> Part:
    """That lhs REL rhs for every depth and input of the conclusion; no kernel occurs in it."""
    gap = gap_of(lhs, relation, rhs)
    if not gap.has(_L):
        domain = conclusion.correlations
        return inequality_of(lhs, relation, rhs, in_angles(domain) if gap.has(_T) else domain)
    return replace(conclusion, holds=Chain(sides=(lhs, rhs), relations=(relation,)))


def _base(conclusion: Depth, bound: Expr, relation: str) -> Part:
    """P(L_0), written out in theta where the recursion can be unrolled so far."""
    first = conclusion.depth_low
    plain = replace(conclusion, depth_high=first)
    if first > UNROLLED or conclusion.quantity is Quantity.NORMALIZED_NTK:
        return plain
    try:
        form = correlation_form(conclusion.network)
        if form is None or not _unit_lengths(form):
            return plain
        values = unroll(conclusion.network, first)
    except NtkproofError:
        return plain
    at = in_angle(bound.subs(_L, first))
    if conclusion.quantity is Quantity.ANGLE:
        constant = not at.free_symbols and compare(at, Integer(0)) >= 0 and compare(pi, at) >= 0
        if not constant and is_zero(at - _T) is not Answer.YES:
            return plain  # the cosine decreases on [0, pi] only
        left, right, relation = values.correlation, cos(at), _TURNED[relation]
    else:
        left, right = (values.ntk if conclusion.quantity is Quantity.NTK else values.correlation), at
    angles = in_angles(conclusion.correlations)
    if is_zero(left - right) is Answer.YES and relation in ("<=", ">="):
        return Identity(lhs=left, rhs=right, domain=(angles,))
    return inequality_of(left, relation, right, angles)


def _other_step(text: str, derived: _Step, setting: Setting, where: str) -> str:
    """Why the step that the user states is not the derived one; empty if it is.

    raises  InputError where it cannot be read
    """
    names = {**names_for([text], setting), **derived.names}
    sides, relations = parse_chain(text, names, what=f"{where}: step")
    if len(relations) != 1 or relations[0] not in _TURNED:
        raise InputError(f"{where}: step={text}: one inequality is needed, such as map <= next")
    gap = gap_of(sides[0], relations[0], sides[1])
    mapped, following = derived.mapped, derived.following
    wanted = gap_of(mapped, derived.relation, following)
    strict = derived.relation in ("<", ">")
    if is_zero(in_angle(gap) - in_angle(wanted)) is Answer.YES and (relations[0] in ("<", ">")) == strict:
        return ""
    return (
        f"the step stated, {' '.join(text.split())}, is not the implication P(L) -> P(L+1) of the derived recursion, "
        f"which is {mapped} {derived.relation} {following}"
    )


__all__ = ["induction", "parts_of"]
