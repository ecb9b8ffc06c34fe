"""One claim and its verdict in full: the statement, the reason, what each engine found, the bounds that decided it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from sympy import Expr, expand

from proofs_check.certify import FOLDER, LEMMAS, name_of
from proofs_check.checker import load
from proofs_check.checker.biases import BIASES
from proofs_check.cli.readable import formula, legend, sentence, shortened, wrapped
from proofs_check.coq.development import counterparts
from proofs_check.report.expressions import letters, named
from proofs_check.report.statements import QUANTITIES, network_text, range_text, statement_text
from proofs_check.verdicts import Evidence, Judgement, Outcome
from theory.claims import Chain, Claim, Depth, Holds, Identity, Inequality, Quantity, Scaling, Verdict
from theory.language import Limit, Order

_LABEL = 13
_QUANTITIES = {
    Quantity.NNGP: "the NNGP kernel",
    Quantity.NTK: "the NTK",
    Quantity.NORMALIZED_NNGP: "the normalised NNGP kernel",
    Quantity.NORMALIZED_NTK: "the normalised NTK",
    Quantity.ANGLE: "the angle, arccos of the normalised NNGP kernel",
}
_PROOFS = {"resnet-half-rate": "open-problems"} | dict.fromkeys(BIASES, "biases")
"""The page under docs/ with the proof of a theorem, where it is not metatheorems."""
Row = Mapping[str, Any]


def explanation(claim: Claim, judgement: Judgement, *, target: str, width: int) -> str:
    """Everything there is to say about a verdict, in lines of at most that width.

    target  how the claim is named on the command line
    """
    lines = [claim.id, *_statement(claim, width), ""]
    expected = "as expected" if judgement.as_expected else f"expected {judgement.expected.name}"
    lines += _field("verdict", f"{judgement.verdict.name}, {expected}", width)
    lines += _field("because", sentence(judgement.reason), width)
    lines += _lacking(judgement, width)
    if judgement.evidence:
        lines += ["", "evidence", *(_finding(found, width) for found in judgement.evidence)]
    decisive = {Verdict.PROVED: Outcome.PROVES, Verdict.REFUTED: Outcome.REFUTES}.get(judgement.verdict)
    for found in judgement.evidence:
        if found.outcome is decisive:
            lines += _decided_by(found, claim, target, width)
    meanings = legend("\n".join(lines))
    if meanings:
        lines += ["", "letters", *(line for letter in meanings for line in wrapped(letter, width, "    ", "  "))]
    return "\n".join(lines)


def _statement(claim: Claim, width: int) -> Iterator[str]:
    """The claim's fields, each on the lines it needs."""
    rows = [("title", claim.title), ("source", ", ".join(part for part in (claim.paper, claim.number) if part))]
    rows.append(("kind", claim.kind.value))
    match claim.statement:
        case Depth() as statement:
            rows.append(("network", network_text(statement.network)))
            rows.append(("quantity", _quantity(statement.quantity)))
            rows.append(("domain", f"{range_text(statement.correlations)}, theta = arccos(c)"))
            high = statement.depth_high
            rows.append(("depths", f"L >= {statement.depth_low}" + ("" if high is None else f" and L <= {high}")))
            rows.append(("parameters", ", ".join(range_text(one) for one in statement.parameters)))
        case Scaling() as statement:
            rows.append(("network", network_text(statement.network)))
            rows.append(("quantity", _quantity(statement.quantity)))
            rows.append(("domain", range_text(statement.domain)))
        case Inequality(domain=interval):
            rows.append(("domain", range_text(interval)))
        case Identity(domain=intervals):
            rows.append(("domain", ", ".join(range_text(one) for one in intervals)))
        case _:
            pass
    rows += [("statement", statement_text(_with_letters(claim))), ("note", claim.note), ("uses", ", ".join(claim.uses))]
    for label, text in rows:
        if text:
            yield from _field(label, " ".join(text.replace("$", "").split()), width)


def _with_letters(claim: Claim) -> Claim:
    """The claim with its sides multiplied out where only then a derived kernel, such as Omega_1, is recognised."""
    if not isinstance(claim.statement, Depth):
        return claim
    match claim.statement.holds:
        case Limit() as holds:
            said: Holds = replace(holds, target=_recognised(holds.target))
        case Chain() as holds:
            said = replace(holds, sides=tuple(map(_recognised, holds.sides)))
        case Order() as holds:
            said = replace(holds, difference=_recognised(holds.difference))
        case holds:
            said = holds
    return replace(claim, statement=replace(claim.statement, holds=said))


def _recognised(side: Expr) -> Expr:
    """The side as it is, or multiplied out with letters in it."""
    if letters(named(side)):
        return side
    said = side.replace(lambda node: node.is_Add, lambda node: named(expand(node)))
    return said if letters(said) else side


def _quantity(quantity: Quantity) -> str:
    return f"{QUANTITIES[quantity][1]}, {_QUANTITIES[quantity]}"


def _field(label: str, text: str, width: int) -> list[str]:
    return wrapped(text, width, " " * _LABEL, f"{label:<{_LABEL}}")


def _lacking(judgement: Judgement, width: int) -> Iterator[str]:
    """Which theorem was tried for a claim that is not decided, and where it falls short."""
    if judgement.verdict in (Verdict.PROVED, Verdict.REFUTED):
        return
    for found in judgement.evidence:
        if found.engine == "certificates" and found.outcome is Outcome.UNDECIDED and found.summary:
            said = sentence(found.summary)
            if said not in sentence(judgement.reason):
                yield from _field("no proof", said, width)
            for source in dict.fromkeys(str(row["source"]) for row in _theorems(found) if row["theorem"]):
                yield from _field("tried", source, width)


def _finding(found: Evidence, width: int) -> str:
    """One line: engine, outcome, cost and as much of the summary as there is room for."""
    head = f"  {found.engine:<12}  {found.outcome.value:<9}  {found.seconds:>6.1f} s  "
    return head + shortened(sentence(found.summary), width - len(head))


def _theorems(found: Evidence) -> list[Row]:
    one = found.data.get("theorem")
    return [*found.data.get("theorems", []), *([one] if isinstance(one, dict) else [])]


def _decided_by(found: Evidence, claim: Claim, target: str, width: int) -> Iterator[str]:
    """The witness, the bounds and the certificates of the evidence that decided."""
    if witness := found.data.get("witness"):
        yield ""
        yield from _field("witness", ", ".join(f"{name} = {value}" for name, value in witness.items()), width)
        for name, ball in found.data.items():
            if isinstance(ball, dict) and {"mid", "rad"} <= set(ball):
                yield from _field("", f"{name} = {ball['mid']} +/- {ball['rad']}", width)
    for row in _theorems(found):
        yield ""
        yield from _bound(row, found, target, width)
    certificates = found.data.get("certificates", [])
    for certificate in certificates:
        yield ""
        shown = _inequality if certificate["theorem"] == "inequality" else _theorem
        yield from shown(certificate, target if len(certificates) == 1 else None, width)


def _bound(row: Row, found: Evidence, target: str, width: int) -> Iterator[str]:
    """A bound on a quantity, the theorem that gives it, and its certificate."""
    letter = QUANTITIES[Quantity(row["quantity"])][1]
    condition = ""
    if row["condition"]:
        condition = f" where {sentence(row['condition'])}, with eta = h/(1 + h) and h = alpha^2"
    where = f"for every L >= {row['first depth']} and {sentence(row['correlations'])}{condition}:"
    yield from _field("bound", where, width)
    for relation, side in ((">=", row["lower"]), ("<=", row["upper"])):
        if side is not None:
            yield from wrapped(f"{letter} {relation} {formula(side)}", width, " " * (_LABEL + 4), " " * (_LABEL + 2))
    if row["theorem"] is None:
        yield from _field("  from", str(row["source"]), width)
        return
    mu = None if row["mu"] is None else Fraction(row["mu"])  # networks with biases have other numbers
    named = row["theorem"] if mu is None else f"{row['theorem']}, mu = {mu}"
    yield from _field("  theorem", f"{named}; proof in docs/{_PROOFS.get(row['theorem'], 'metatheorems')}.md", width)
    for name in counterparts({"theorem": row}):
        yield from _field("  Coq", f"{name}; ntkproof coq compiles it", width)
    path = _shipped(json.loads(row["certificate"])) if "certificate" in row else FOLDER / name_of(row["theorem"], mu)
    yield from _certificate(path, target if found.outcome is Outcome.PROVES else None, width)


def _shipped(certificate: Row) -> Path | None:
    """The file among those that come with the package, where it is one of them."""
    return next((path for path in sorted(FOLDER.glob("*.json")) if load(path) == certificate), None)


def _inequality(certificate: Row, target: str | None, width: int) -> Iterator[str]:
    """An inequality of one variable that a certificate proves."""
    key = (certificate["expression"], certificate["relation"], certificate["upper"])
    expression, relation, upper = key
    yield from _field("inequality", f"{formula(expression)} {relation} 0 for 0 < t <= {upper}", width)
    names = [name for name, known in LEMMAS.items() if known == key]
    yield from _certificate(FOLDER / f"lemma-{names[0]}.json" if names else None, target, width)


def _theorem(certificate: Row, target: str | None, width: int) -> Iterator[str]:
    """A theorem whose statement is no bound, with its certificate."""
    name = certificate["theorem"]
    where = "docs/learnability.md" if name == "learnability" else "docs/open-problems.md"
    yield from _field("theorem", f"{name}; proof in {where}", width)
    path = FOLDER / f"{name}.json"
    yield from _certificate(path if path.exists() and load(path) == certificate else None, target, width)


def _certificate(path: Path | None, target: str | None, width: int) -> list[str]:
    """Where the certificate lies, or how it is written."""
    if path is not None and path.exists():
        said = str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
    elif target is not None:
        said = f"found by a search; ntkproof certify {target} -o FILE writes it"
    else:
        said = "found by a search while the claim was judged, and accepted by the checker"
    return _field("certificate", said, width)


__all__ = ["explanation"]
