"""Whether the conclusion of an argument follows from its parts as they are stated, whoever made the argument.

Idea. An argument is data, and a Python file may hold one that ``chain`` and ``induction`` never made. So what they derive is
derived again, from the conclusion and the parts: the statement of each line from its two sides, the relation from end to end, the
base, the step and what it rests on. Whatever differs from the parts that were judged is named, and nothing follows.

    LINES          each part says what its line says; the conclusion is what they say from end to end, for no more depths
    TRANSITIVITY   the part is a chain that does, with the same conclusion
    INDUCTION      base, step and what the step rests on are among the parts
"""

from collections.abc import Mapping

from sympy import Add, cos

from proofs_check.arguments.chain import Line, Setting, Step, composed, statement_of
from proofs_check.arguments.induction import parts_of
from proofs_check.intervals import covers
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.claims import Argument, Claim, Depth, Identity, Inequality, Interval, Rule
from theory.errors import NtkproofError


def gap_in(argument: Argument, claims: Mapping[str, Claim]) -> str:
    """Why the conclusion does not follow from the parts even if they hold; empty if it does.

    claims  by id; nothing is looked at where a part is not among them
    """
    if not argument.parts or not all(name in claims for name in argument.parts):
        return ""
    try:
        match argument.rule:
            case Rule.LINES:
                return _gap_in_chain(argument, claims)
            case Rule.TRANSITIVITY:
                return _gap_at_the_end(argument, claims)
            case Rule.INDUCTION:
                return _gap_in_induction(argument, claims)
    except NtkproofError as error:
        return str(error)


def _gap_at_the_end(argument: Argument, claims: Mapping[str, Claim]) -> str:
    chains = [claims[name].statement for name in argument.parts]
    if len(chains) != 1 or not isinstance(chains[0], Argument) or chains[0].rule is not Rule.LINES:
        return f"{argument.parts[0]} is no chain"
    if chains[0].conclusion != argument.conclusion:
        return f"the chain {argument.parts[0]} ends with another statement"
    return gap_in(chains[0], claims)


def _gap_in_induction(argument: Argument, claims: Mapping[str, Claim]) -> str:
    stated = [claims[name].statement for name in argument.parts]
    lacking = [name for name, part in parts_of(argument.conclusion) if part not in stated]
    return f"none of its parts is the {lacking[0]} of this induction" if lacking else ""


def _gap_in_chain(argument: Argument, claims: Mapping[str, Claim]) -> str:
    count = len(argument.parts)
    if not len(argument.relations) == len(argument.terms) == len(argument.sides) - 1 == count:
        return "the sides and relations of the chain are not those of its lines"
    end = _setting(argument.conclusion)
    steps, settings = [], []
    for k, name in enumerate(argument.parts):
        said = claims[name].statement
        step = Step(
            lhs=argument.sides[k], relation=argument.relations[k], rhs=argument.sides[k + 1], terms=argument.terms[k],
            line=Line(rhs=""), where=name,
        )  # fmt: skip
        if not isinstance(said, Identity | Inequality | Depth):
            return f"{name} is no line of a chain"
        setting = _setting(said)
        as_terms = "~" not in argument.relations or is_zero(Add(*step.terms) - step.rhs) is Answer.YES
        if setting is None or not as_terms or statement_of(step, setting) != said:
            return f"{name} does not say that {step.lhs} {step.relation} {step.rhs}"
        steps.append(step)
        settings.append(setting)
    last = Step(
        lhs=steps[0].lhs, relation=composed(steps), rhs=steps[-1].rhs, terms=steps[-1].terms, line=Line(rhs=""), where="its end"
    )  # fmt: skip
    if end is None or statement_of(last, end) != argument.conclusion:
        return f"from end to end the chain says that {last.lhs} {last.relation} {last.rhs}"
    return next(
        (f"{s.where}: {why}" for s, one in zip(steps, settings, strict=True) if (why := _less(one, end))), ""
    ) or (_apart([one for one in settings if one.network is not None]))


def _setting(said: Identity | Inequality | Depth) -> Setting | None:
    """What a line has in common with others; None where it has no domain of one variable."""
    match said:
        case Depth():
            return Setting(
                network=said.network, quantity=said.quantity, correlations=said.correlations,
                depths=(said.depth_low, said.depth_high), parameters=said.parameters, pointwise=said.pointwise,
            )  # fmt: skip
        case Inequality(domain=domain) | Identity(domain=(domain,)):
            if domain.symbol == symbols.theta:
                domain = Interval(
                    symbol=symbols.c, low=cos(domain.high), high=cos(domain.low),
                    low_closed=domain.high_closed, high_closed=domain.low_closed,
                )  # fmt: skip
            return Setting(correlations=domain)
    return None


def _less(line: Setting, end: Setting) -> str:
    """What the end needs and the line does not give."""
    if not covers(line.correlations, end.correlations):
        return "its domain does not contain that of the chain"
    if line.network is None or end.network is None:
        return ""
    if (line.network, line.quantity, line.parameters, line.pointwise) != (
        end.network, end.quantity, end.parameters, end.pointwise,
    ):  # fmt: skip
        return "it speaks of another network, quantity or range of parameters than the chain"
    (low, high), (first, last) = line.depths, end.depths
    if low > first or (high is not None and (last is None or last > high)):
        return "its depths do not contain those of the chain"
    return ""


def _apart(lines: list[Setting]) -> str:
    """Why nothing goes from line to line where they speak of depths: different kernels, or no common depth."""
    if len({(one.network, one.quantity, one.parameters, one.pointwise) for one in lines}) > 1:
        return "its lines speak of different networks, quantities or ranges of parameters"
    lasts = [one.depths[1] for one in lines if one.depths[1] is not None]
    if lines and lasts and max(one.depths[0] for one in lines) > min(lasts):
        return "its lines have no depth in common"
    return ""


__all__ = ["gap_in"]
