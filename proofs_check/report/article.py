"""What the templates are filled with: claims, verdicts, evidence and derivations as LaTeX.

Idea. The templates hold the order of things and the conventions; every formula beyond comes from an object that was
judged or derived.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Integer

from proofs_check.report.certified import Certified
from proofs_check.report.expressions import latex_of, names
from proofs_check.report.figures import Figure
from proofs_check.report.findings import balls_of, deciding, evidence_latex, theorems_of, witness_latex
from proofs_check.report.prose import escape, prose_latex
from proofs_check.report.render import derivation_latex
from proofs_check.report.statements import activation_text, network_latex, statement_latex, title_latex
from proofs_check.verdicts import Judgement, Outcome
from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet, resnet, resnet_single
from theory.claims import Claim, Kind, Verdict
from theory.duals import correlation_derivative, correlation_dual, dual
from theory.errors import NtkproofError
from theory.network import Network
from theory.recursion import correlation_form, derive

ACTIVATIONS = (
    "relu", "leaky_relu:1/5", "abs", "relu_power:2", "step", "sign", "erf", "sin", "cos", "exp", "gaussian", "gelu",
    "hermite:2",
)  # fmt: skip
"""The activations of the table of duals."""


_COLUMN = 36
"""Characters of a line in a table of two columns."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One claim with its verdict, ready to print."""

    id: str
    verdict: str
    expected: str
    as_expected: bool
    title: str
    number: str
    statement: str
    narrow: str
    note: str
    evidence: tuple[str, ...]
    witness: str
    balls: tuple[tuple[str, str], ...]
    kind: Kind


@dataclass(frozen=True, kw_only=True)
class Spotlight:
    """A page of its own: the claim at its head, its verdict wanted, what stands beside it, and its figure."""

    stem: str
    title: str
    head: str
    verdict: Verdict
    beside: tuple[str, ...]
    figure: str
    certificates: tuple[str, ...]


SPOTLIGHTS = (
    Spotlight(
        stem="ffnet-limit",
        title="The deep feedforward kernel forgets its inputs",
        head="huang2020/thm-ffnet-limit",
        verdict=Verdict.PROVED,
        beside=("huang2020/thm-ffnet-bound", "huang2020/thm-ffnet-rate-sharp", "huang2020/thm-ffnet-rate-false-no-log"),
        figure="rate-ffnet",
        certificates=("ffnet",),
    ),
    Spotlight(
        stem="resnet-rate",
        title="The residual rate is not uniform",
        head="huang2020/thm-resnet-rate-false-all-inputs",
        verdict=Verdict.REFUTED,
        beside=("huang2020/thm-resnet-rate", "huang2020/thm-resnet-rate-all-inputs", "huang2020/antipode-sharp"),
        figure="rate-resnet",
        certificates=("resnet",),
    ),
)
"""The pages that a reader is shown first."""


def entry(claim: Claim, judgement: Judgement) -> Entry:
    """A claim and its judgement as LaTeX."""
    shown = deciding(judgement)
    refuting = next((e for e in shown if e.outcome is Outcome.REFUTES), None)
    lines = tuple(evidence_latex(e) for e in shown)
    if not lines and judgement.reason:
        lines = (prose_latex(judgement.reason),)
    return Entry(
        id=escape(claim.id),
        verdict=judgement.verdict.name,
        expected=judgement.expected.name,
        as_expected=judgement.as_expected,
        title=title_latex(claim),
        number=prose_latex(claim.number),
        statement=statement_latex(claim),
        narrow=statement_latex(claim, width=_COLUMN),
        note=prose_latex(claim.note),
        evidence=lines,
        witness="" if refuting is None else witness_latex(refuting.data),
        balls=() if refuting is None else tuple(balls_of(refuting.data)),
        kind=claim.kind,
    )


def context(
    claims: Sequence[Claim],
    judgements: Sequence[Judgement],
    figures: Sequence[Figure],
    certificates: Sequence[Certified],
    refused: Sequence[str],
) -> dict[str, Any]:
    """Everything the article shows."""
    entries = {c.id: entry(c, j) for c, j in zip(claims, judgements, strict=True)}
    counts = Counter(judgement.verdict for judgement in judgements)
    by_kind = {kind: [e for e in entries.values() if e.kind is kind] for kind in Kind}
    return {
        "counts": [(verdict.name, counts[verdict], verdict.value) for verdict in Verdict],
        "total": len(claims),
        "short": [e for e in entries.values() if not e.as_expected],
        "papers": sorted({escape(claim.paper) for claim in claims}),
        "names": [(name.latex, latex_of(name.expression), name.definition) for name in names() if name.definition],
        "networks": _networks(),
        "dual_derivation": derivation_latex(dual(activation("relu")).derivation, heading=False, shrink=True),
        "duals": _duals(),
        "theorems": theorems_of(judgements),
        "certificates": list(certificates),
        "refused": [prose_latex(line) for line in refused],
        "corrections": _corrections(claims, judgements, entries),
        "sharper": [
            entries[c.id] for c in claims if "harper than the paper" in c.note and _is(entries[c.id], Verdict.PROVED)
        ],
        "groups": [(_heading(kind), by_kind[kind]) for kind in Kind if by_kind[kind]],
        "figures": {figure.stem: figure for figure in figures},
    }


def spotlight_context(
    spotlight: Spotlight, context: Mapping[str, Any], claims: Sequence[Claim], judgements: Sequence[Judgement]
) -> dict[str, Any] | None:
    """What the page of one theorem shows; None where its claim was not judged as the page says."""
    pairs = {c.id: (c, j) for c, j in zip(claims, judgements, strict=True)}
    if spotlight.head not in pairs or pairs[spotlight.head][1].verdict is not spotlight.verdict:
        return None
    ids = [spotlight.head, *(one for one in spotlight.beside if one in pairs)]
    used = [pairs[one][1] for one in ids]
    return {
        "title": spotlight.title,
        "head": entry(*pairs[spotlight.head]),
        "beside": [entry(*pairs[one]) for one in ids[1:]],
        "theorems": theorems_of(used),
        "certificates": [c for c in context["certificates"] if c.name.startswith(spotlight.certificates)],
        "figure": context["figures"].get(spotlight.figure),
        "names": context["names"],
    }


def _is(one: Entry, verdict: Verdict) -> bool:
    return one.verdict == verdict.name


def _heading(kind: Kind) -> str:
    plural = {"identity": "Identities", "recursion": "Recursions", "limit": "Limits", "rate": "Rates",
              "bound for all L": "Bounds for every depth", "monotonicity": "Monotonicity", "spectrum": "Spectra",
              "finite width": "Finite width", "training": "Training"}  # fmt: skip
    return plural.get(kind.value, kind.value.capitalize())


_CORRECTED = re.compile(r"[Cc]orrected: ([\w-]+)")
_VARIANT = re.compile(r"(?:[Ff]alse variant of|printed slip for) ([\w-]+)")


def _corrections(
    claims: Sequence[Claim], judgements: Sequence[Judgement], entries: Mapping[str, Entry]
) -> list[tuple[Entry, Entry, bool]]:
    """(false statement, the one that holds, whether the false one is as printed), printed ones first."""
    found = []
    for claim, judgement in zip(claims, judgements, strict=True):
        if judgement.verdict is not Verdict.REFUTED:
            continue
        printed = _CORRECTED.search(claim.note) or re.search(r"printed slip", claim.note) is not None
        match = _CORRECTED.search(claim.note) or _VARIANT.search(claim.note)
        right = entries.get(f"{claim.paper}/{match[1]}") if match else None
        if right is not None and not _is(right, Verdict.REFUTED):
            found.append((entries[claim.id], right, bool(printed)))
    return sorted(found, key=lambda pair: not pair[2])


def _networks() -> list[dict[str, str]]:
    relu = activation("relu")
    shown = (ffnet(relu), resnet(relu, gamma=symbols.gamma), resnet_single(relu, alpha=symbols.alpha))
    return [_network(network, full=i < 2) for i, network in enumerate(shown)]


def _network(network: Network, *, full: bool) -> dict[str, str]:
    form = correlation_form(network)
    assert form is not None
    said = network_latex(network)
    extra = {symbols.c: r"c_{\ell-1}"}
    rows = [
        rf"c_\ell &= {latex_of(form.correlation, extra)}",
        rf"t_\ell &= {latex_of(form.factor, extra)}\; t_{{\ell-1}} + {latex_of(form.source, extra)}",
        rf"c_0 &= c, \qquad t_0 = {latex_of(form.initial)}, \qquad q_\ell = {latex_of(form.growth)}\; q_{{\ell-1}}"
        if form.growth != Integer(1)
        else rf"c_0 &= c, \qquad t_0 = {latex_of(form.initial)}, \qquad q_\ell = q_{{\ell-1}}",
    ]
    return {
        "name": escape(network.name),
        "words": said[:1].upper() + said[1:],
        "form": r"\begin{aligned} " + r" \\[4pt] ".join(rows) + r" \end{aligned}",
        "derivation": derivation_latex(derive(network).derivation, heading=False, shrink=True) if full else "",
    }


def _duals() -> list[dict[str, str]]:
    rows = []
    for name in ACTIVATIONS:
        acting = activation(name)
        try:
            kappa, slope = correlation_dual(acting), correlation_derivative(acting)
        except NtkproofError:
            continue
        rows.append(
            {
                "name": escape(activation_text(acting)),
                "phi": latex_of(acting.expression),
                "kappa": latex_of(kappa),
                "slope": latex_of(slope),
            }
        )
    return rows


__all__ = ["ACTIVATIONS", "SPOTLIGHTS", "Entry", "Spotlight", "context", "entry", "spotlight_context"]
