"""A chain of steps, a = b <= c <= d, as claims: one for each line, one for the chain, one for what it says from end to end.

Idea. A line is a claim like any other: an identity or an inequality of one variable where it speaks of neither ``value`` nor L,
else a statement about depth. A line goes on where the line before ended. How relations compose, from the first line on:

    =  then r               r
    <= then <, =            < where one of both is strict, else <=; the same for >= and >
    |a| <= b then O or o    O or o, as 0 <= |a| <= b = O(g)
    ~  then =, ~            ~, if no line's smallest term is of larger order than that of the end
    O  then =, O            O
    o  then =, o, O         o; O then o is o, too
    anything else           an error that names the line

What can go wrong. ``a ~ t_1 + t_2`` says that the difference is o(the smallest term that depends on L). Written with other terms,
the same sum may say more: hence the comparison of the smallest terms, which is decided or refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sympy import Abs, Add, Expr, Integer, log

from proofs_check.intervals import INSIDE, covers, in_angles
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.asymptotics import Comparison, Scale
from theory.claims import Argument, Claim, Depth, Identity, Inequality, Interval, Kind, Quantity, Rule, Verdict
from theory.duals import in_angle
from theory.errors import InputError, NtkproofError
from theory.language import NAMES, Chain, Expansion, Holds, Order, top_level_terms
from theory.network import Network
from theory.parsing import parse
from theory.recursion import correlation_form

RELATIONS = ("=", "<=", "<", ">=", ">", "~", "O", "o")
EVERYWHERE = INSIDE
MAX_LINES = 200


@dataclass(frozen=True, kw_only=True)
class Line:
    """lhs relation rhs, for a reason; None stands for what the chain says.

    lhs       the end of the line before where it is None
    domain    values of c; it must contain the domain of the chain, and so must the depths
    expected  the verdict expected of this line
    """

    rhs: str
    relation: str = "="
    lhs: str | None = None
    reason: str = ""
    domain: Interval | None = None
    depths: tuple[int, int | None] | None = None
    expected: Verdict = Verdict.PROVED


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What all lines of an argument have in common.

    network   None where no line speaks of ``value``, ``kappa`` or L
    quantity  what ``value`` means
    """

    network: Network | None = None
    quantity: Quantity | None = None
    correlations: Interval = EVERYWHERE
    depths: tuple[int, int | None] = (1, None)
    parameters: tuple[Interval, ...] = ()
    pointwise: bool = False


@dataclass(frozen=True, kw_only=True)
class Step:
    """A line as read: its sides, and the terms of the right one as written."""

    lhs: Expr
    relation: str
    rhs: Expr
    terms: tuple[Expr, ...]
    line: Line
    where: str


def chain(
    *,
    id: str,
    lines: Sequence[Line],
    setting: Setting,
    paper: str = "",
    title: str = "",
    note: str = "",
    uses: tuple[str, ...] = (),
    expected: Verdict | None = None,
    expected_conclusion: Verdict = Verdict.PROVED,
) -> tuple[Claim, ...]:
    """The claims of a chain: ID:1, ID:2, ... for its lines, ID for the chain, ID:end for what it says from end to end.

    expected             of the chain; the worst that is expected of its lines, unless given
    expected_conclusion  of ID:end
    raises               InputError, one line that names the line of the chain
    """
    if not 1 <= len(lines) <= MAX_LINES:
        raise InputError(f"{id}: {len(lines)} lines; a chain has from 1 to {MAX_LINES}")
    steps = _read(id, lines, setting)
    relation = composed(steps)
    claims = [_claim_of(step, f"{id}:{k}", setting, paper) for k, step in enumerate(steps, 1)]
    last = steps[-1]
    end = statement_of(replace(last, lhs=steps[0].lhs, relation=relation), setting)
    said = title or f"{_text(steps[0])} {relation} {_bound(last.line.rhs, relation)}"
    parts = tuple(claim.id for claim in claims)
    worst = min((line.expected for line in lines), key=_FROM_THE_WORST.index)
    whole = Claim(
        id=id,
        paper=paper,
        number="",
        title=said,
        kind=kind_of(end),
        statement=Argument(
            conclusion=end,
            rule=Rule.LINES,
            parts=parts,
            sides=(steps[0].lhs, *(step.rhs for step in steps)),
            relations=tuple(step.relation for step in steps),
            terms=tuple(step.terms for step in steps),
        ),
        expected=expected or worst,
        note=note,
        uses=(*parts, *uses),
    )
    conclusion = replace(
        whole,
        id=f"{id}:end",
        title=f"end to end: {said}",
        statement=Argument(conclusion=end, rule=Rule.TRANSITIVITY, parts=(id,)),
        expected=expected_conclusion,
        uses=(id,),
    )
    return (*claims, whole, conclusion)


_FROM_THE_WORST = (Verdict.REFUTED, Verdict.OPEN, Verdict.SUPPORTED, Verdict.PROVED)


def names_for(texts: Sequence[str], setting: Setting) -> Mapping[str, Expr]:
    """What a name stands for; ``kappa`` and ``kappa_dot`` are derived from the layers where a text has them.

    raises  InputError where there is no network to derive them from
    """
    if not any("kappa" in text for text in texts):
        return NAMES
    form = None if setting.network is None else correlation_form(setting.network)
    if form is None:
        why = "the proof names no network" if setting.network is None else "the lengths enter the map in another way"
        raise InputError(f"kappa: there is no map of correlations alone, as {why}")
    return {**NAMES, "kappa": form.correlation, "kappa_dot": form.factor}


def _read(name: str, lines: Sequence[Line], setting: Setting) -> list[Step]:
    """The lines with their sides as expressions, each going on where the one before ended."""
    names = names_for([text for line in lines for text in (line.lhs or "", line.rhs)], setting)
    steps: list[Step] = []
    for number, line in enumerate(lines, 1):
        where = f"{name}, line {number}"
        relation = "=" if line.relation == "==" else line.relation
        if relation not in RELATIONS:
            raise InputError(f"{where}: relation={line.relation}: allowed is one of {' '.join(RELATIONS)}")
        lhs = None if line.lhs is None else parse(line.lhs, names=dict(names), what=f"{where}: lhs")
        if not steps and lhs is None:
            raise InputError(f"{where}: lhs is missing; the first line of a chain says where it begins")
        before = steps[-1].rhs if steps else lhs
        if lhs is not None and not _same(lhs, before, setting):
            raise InputError(
                f"{where}: it begins with {line.lhs}, but the line before ended with {steps[-1].line.rhs}; leave lhs out"
            )
        terms = tuple(parse(term, names=dict(names), what=f"{where}: rhs") for term in top_level_terms(line.rhs))
        rhs = parse(line.rhs, names=dict(names), what=f"{where}: rhs")
        _require_cover(line, setting, where)
        assert before is not None
        said = replace(line, lhs=line.lhs or steps[-1].line.rhs)
        steps.append(Step(lhs=before, relation=relation, rhs=rhs, terms=terms, line=said, where=where))
    return steps


def _same(first: Expr, second: Expr, setting: Setting) -> bool:
    """Whether two sides are equal by replayed algebra, also at L = 0, where the algebra takes L to be positive."""
    if first == second:
        return True
    gaps = [first - second]
    if setting.depths[0] == 0:
        gaps.append(gaps[0].subs(symbols.depth, 0))
    return all(is_zero(gap) is Answer.YES for gap in gaps)


def _require_cover(line: Line, setting: Setting, where: str) -> None:
    """A line must hold wherever the chain is claimed."""
    if line.domain is not None and not covers(line.domain, setting.correlations):
        raise InputError(f"{where}: its domain does not contain that of the chain; narrow the domain of the chain")
    if line.depths is not None:
        (low, high), (first, last) = line.depths, setting.depths
        if low > first or (high is not None and (last is None or last > high)):
            raise InputError(f"{where}: its depths do not contain those of the chain; narrow the depths of the chain")


def composed(steps: Sequence[Step]) -> str:
    """The relation between the first side and the last, by the table of the module.

    raises  InputError that names the line at which the relations cannot be joined
    """
    relation = "="
    for step in steps:
        joined = _joined(relation, step.relation, absolute=isinstance(steps[0].lhs, Abs))
        if joined is None:
            hint = "; start from abs(...)" if relation in ("<", "<=") and step.relation in ("O", "o") else ""
            raise InputError(f"{step.where}: {step.relation} cannot follow {relation}: nothing can be concluded{hint}")
        relation = joined
    if relation == "~":
        _require_no_finer_end(steps)
    return relation


def _joined(first: str, second: str, *, absolute: bool) -> str | None:
    """The relation r with a r c that follows from a first b second c; None where nothing follows."""
    if second == "=":
        return first
    if first == "=":
        return second
    for pair in ("<=", ">="):
        strict = pair[0]
        if {first, second} <= {pair, strict}:
            return strict if strict in (first, second) else pair
    if first in ("<=", "<") and second in ("O", "o") and absolute:
        return second
    if {first, second} <= {"O", "o"}:
        return "o" if "o" in (first, second) else "O"
    return "~" if first == second == "~" else None


def _require_no_finer_end(steps: Sequence[Step]) -> None:
    """The error that the last side promises must be no smaller than that of any line with ~."""
    comparison = Comparison()
    scale, factor = smallest(steps[-1].terms, steps[-1].where)
    for step in steps:
        if step.relation != "~":
            continue
        found, coefficient = smallest(step.terms, step.where)
        steady = not coefficient.free_symbols or is_zero(coefficient - factor) is Answer.YES
        if comparison.compare(found, scale) not in (0, -1) or not steady:
            raise InputError(
                f"{steps[-1].where}: the chain ends with a smaller term than {step.where} leaves open, so that its last "
                "side says more than was shown; end with the terms of that line"
            )


def smallest(terms: Sequence[Expr], where: str) -> tuple[Scale, Expr]:
    """Scale and coefficient of the smallest term that depends on L; (0, 0) and 1 if none does.

    raises  InputError where the terms cannot be compared
    """
    comparison = Comparison()
    found: tuple[Scale, Expr] | None = None
    for term in terms:
        if not term.has(symbols.depth):
            continue
        try:
            lead = comparison.leading(comparison.expand(term))
        except NtkproofError:
            lead = None
        order = None if lead is None else -1 if found is None else comparison.compare(lead[0], found[0])
        if order is None:
            raise InputError(f"{where}: the terms {', '.join(map(str, terms))} are not of comparable orders in L")
        if order == -1:
            found = lead
    return ((Integer(0), Integer(0)), Integer(1)) if found is None else found


def statement_of(step: Step, setting: Setting) -> Identity | Inequality | Depth:
    """The statement that one line makes.

    raises  InputError where it needs a network or a quantity that the argument does not name
    """
    lhs, relation, rhs = step.lhs, step.relation, step.rhs
    free = lhs.free_symbols | rhs.free_symbols
    domain = step.line.domain or setting.correlations
    if relation in ("=", "<=", "<", ">=", ">") and free <= {symbols.c, symbols.theta}:
        return _of_one_variable(lhs, relation, rhs, domain)
    if setting.network is None:
        raise InputError(f"{step.where}: it speaks of L or of a kernel; name architecture and activation")
    if setting.quantity is None and symbols.value in free:
        raise InputError(f"{step.where}: it speaks of value; name a quantity")
    depths = step.line.depths or setting.depths
    if relation in ("~", "O", "o"):
        if rhs.has(symbols.value):
            raise InputError(f"{step.where}: value stands on the left of {relation} only")
        if depths[1] is not None:
            raise InputError(f"{step.where}: {relation} speaks of L -> oo; depths without a last one are needed")
    return Depth(
        network=setting.network,
        quantity=setting.quantity or Quantity.NORMALIZED_NTK,
        holds=_holds(step),
        correlations=domain,
        depth_low=depths[0],
        depth_high=depths[1],
        parameters=setting.parameters,
        pointwise=setting.pointwise,
    )


def _holds(step: Step) -> Holds:
    match step.relation:
        case "~" if step.lhs == symbols.value:
            return Expansion(terms=step.terms)
        case "~":
            (power, logarithms), _ = smallest(step.terms, step.where)
            scale = symbols.depth**power * log(symbols.depth) ** logarithms
            return Order(difference=Add(step.lhs, -step.rhs), symbol="o", bound=scale)
        case "O" | "o" as letter:
            return Order(difference=step.lhs, symbol=letter, bound=step.rhs)
        case relation:
            return Chain(sides=(step.lhs, step.rhs), relations=("==" if relation == "=" else relation,))


def _of_one_variable(lhs: Expr, relation: str, rhs: Expr, domain: Interval) -> Identity | Inequality:
    """The line in c or, where it has theta, in theta."""
    if (lhs - rhs).has(symbols.theta):
        lhs, rhs, domain = in_angle(lhs), in_angle(rhs), in_angles(domain)
    if relation == "=":
        return Identity(lhs=lhs, rhs=rhs, domain=(domain,))
    return inequality_of(lhs, relation, rhs, domain)


def gap_of(lhs: Expr, relation: str, rhs: Expr) -> Expr:
    """What lhs REL rhs says to be >= 0, or > 0."""
    return rhs - lhs if relation.startswith("<") else lhs - rhs


def inequality_of(lhs: Expr, relation: str, rhs: Expr, domain: Interval) -> Inequality:
    """The relation <=, <, >= or > of two sides on an interval."""
    return Inequality(gap=gap_of(lhs, relation, rhs), domain=domain, strict=relation in ("<", ">"))


def kind_of(statement: Identity | Inequality | Depth) -> Kind:
    """The kind of a line, for tables."""
    match statement:
        case Identity() | Depth(holds=Chain(relations=("==",))):
            return Kind.IDENTITY
        case Inequality():
            return Kind.INEQUALITY
        case Depth(holds=Chain()):
            return Kind.BOUND
        case _:
            return Kind.RATE


def _claim_of(step: Step, name: str, setting: Setting, paper: str) -> Claim:
    statement = statement_of(step, setting)
    said = f"{_text(step)} {step.relation} {_bound(step.line.rhs, step.relation)}"
    return Claim(
        id=name,
        paper=paper,
        number="",
        title=said,
        kind=kind_of(statement),
        statement=statement,
        expected=step.line.expected,
        note=step.line.reason,
    )


def _text(step: Step) -> str:
    """The left side as written."""
    return " ".join((step.line.lhs or "").split())


def _bound(text: str, relation: str) -> str:
    """The right side; the letters O and o take it in brackets."""
    said = " ".join(text.split())
    return f"({said})" if relation in ("O", "o") else said


__all__ = [
    "EVERYWHERE",
    "RELATIONS",
    "Line",
    "Setting",
    "Step",
    "chain",
    "composed",
    "kind_of",
    "names_for",
    "smallest",
    "statement_of",
]
