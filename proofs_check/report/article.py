"""What the templates are filled with: claims, verdicts, evidence and derivations as LaTeX.

Idea. The templates hold the order of things and the conventions; every formula beyond comes from an object that was
judged or derived.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sympy import Expr, Integer, expand, fraction, together

from proofs_check.report.certified import Certified, ProvedBound
from proofs_check.report.expressions import latex_of, named, names
from proofs_check.report.figures import Figure
from proofs_check.report.findings import (
    NUMBERS,
    contradiction_latex,
    deciding,
    evidence_latex,
    summary_latex,
    theorems_of,
    witness_latex,
)
from proofs_check.report.limits import depth_limits
from proofs_check.report.prose import escape, prose_latex
from proofs_check.report.render import derivation_latex
from proofs_check.report.statements import (
    QUANTITIES,
    activation_text,
    network_latex,
    statement_latex,
    title_latex,
)
from proofs_check.report.written import OMEGA_LATEX, R_LATEX, S_LATEX
from proofs_check.verdicts import Judgement, Outcome
from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet, resnet, resnet_single
from theory.claims import Claim, Quantity, Verdict
from theory.duals import correlation_derivative, correlation_dual, dual
from theory.errors import NtkproofError
from theory.network import Network
from theory.recursion import correlation_form, derive

ACTIVATIONS = (
    "relu", "leaky_relu:1/5", "abs", "relu_power:2", "step", "sign", "erf", "sin", "cos", "exp", "gaussian", "gelu",
    "hermite:2",
)  # fmt: skip
"""The activations of the table of duals."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One claim with its verdict, ready to print.

    label        where the article refers to it
    evidence     what carries the verdict
    witness      the point of a counterexample, or that there is none to name
    found        what it shows
    """

    id: str
    label: str
    topic: str
    verdict: str
    expected: str
    as_expected: bool
    title: str
    statement: str
    note: str
    evidence: tuple[str, ...]
    witness: str
    found: str


@dataclass(frozen=True, kw_only=True)
class Topic:
    """The claims of one topic, in the order of the paper, and how many have each verdict."""

    title: str
    label: str
    entries: tuple[Entry, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Family:
    """A meta-theorem with the certificates that establish its hypotheses, the one for ReLU first."""

    name: str
    first: Certified
    others: tuple[Certified, ...]


@dataclass(frozen=True, kw_only=True)
class Spotlight:
    """A page of its own: the claim at its head, its verdict wanted, what stands beside it, and its figure.

    certificate  the file that carries it; of its conclusions the page shows those on the normalised NTK
    conditions   that have one of these conditions
    """

    stem: str
    title: str
    head: str
    verdict: Verdict
    beside: tuple[str, ...]
    figure: str
    certificate: str
    conditions: tuple[str | None, ...]


SPOTLIGHTS = (
    Spotlight(
        stem="ffnet-limit",
        title="The deep feedforward kernel forgets its inputs",
        head="huang2020/thm-ffnet-limit",
        verdict=Verdict.PROVED,
        beside=("huang2020/thm-ffnet-bound", "huang2020/thm-ffnet-rate-sharp", "huang2020/thm-ffnet-rate-false-no-log"),
        figure="rate-ffnet",
        certificate="ffnet-mu-1-1",
        conditions=(None,),
    ),
    Spotlight(
        stem="resnet-rate",
        title="The residual rate is not uniform",
        head="huang2020/thm-resnet-rate-false-all-inputs",
        verdict=Verdict.REFUTED,
        beside=("huang2020/thm-resnet-rate", "huang2020/thm-resnet-rate-all-inputs"),
        figure="rate-resnet",
        certificate="resnet-mu-1-1",
        conditions=(None, "eta*L <= 1/2"),
    ),
)
"""The pages that a reader is shown first."""


def entry(claim: Claim, judgement: Judgement) -> Entry:
    """A claim and its judgement as LaTeX."""
    shown = [replace(e, summary=_with_letter(e.summary, claim)) for e in deciding(judgement)]
    refuting = next((e for e in shown if e.outcome is Outcome.REFUTES), None)
    lines = tuple(evidence_latex(e) for e in shown)
    if not lines and judgement.reason:
        label = "Open: " if judgement.verdict is Verdict.OPEN else ""
        lines = (label + prose_latex(_with_letter(judgement.reason, claim)),)
    return Entry(
        id=escape(claim.id),
        label=claim.id,
        topic=_topic(claim.number),
        verdict=judgement.verdict.name,
        expected=judgement.expected.name,
        as_expected=judgement.as_expected,
        title=title_latex(claim),
        statement=statement_latex(claim),
        note=prose_latex(claim.note),
        evidence=lines,
        witness="" if refuting is None else witness_latex(refuting.data) or NUMBERS,
        found="" if refuting is None else contradiction_latex(refuting.data) or summary_latex(refuting),
    )


_VALUE = re.compile(r"(?<=[-+*/(|])value\b|\bvalue(?=[-+*/)|^]| (?:[-+<>]|[<>]=) )")


def _with_letter(text: str, claim: Claim) -> str:
    """The sentence of an engine with the letter of the quantity where a formula of it says "value"."""
    quantity = getattr(claim.statement, "quantity", None)
    return text if quantity is None else _VALUE.sub(lambda _: f"${QUANTITIES[quantity][0]}$", text)


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
    shipped = {one.name for one in certificates}
    return {
        "counts": [(verdict.name, counts[verdict], _MEANINGS.get(verdict, verdict.value)) for verdict in Verdict],
        "total": len(claims),
        "short": [e for e in entries.values() if not e.as_expected],
        "papers": sorted({escape(claim.paper) for claim in claims}),
        "names": [(name.latex, latex_of(name.expression), name.definition) for name in names() if name.definition],
        "networks": _networks(),
        "dual_derivation": derivation_latex(dual(activation("relu")).derivation, heading=False, shrink=True),
        "duals": _duals(),
        "limits": depth_limits(),
        "letters": (S_LATEX, R_LATEX, OMEGA_LATEX),
        "families": _families(certificates),
        "lemmas": [one for one in certificates if not one.bounds],
        # what a certificate concludes is printed with the certificate
        "theorems": [t for t in theorems_of(judgements) if not any(f"{name}.json" in t.source for name in shipped)],
        "refused": [prose_latex(line) for line in refused],
        "printed": _beside_what_holds(claims, entries, _PRINTED),
        "slips": _beside_what_holds(claims, entries, _SLIP),
        "sharper": [
            entries[c.id] for c in claims if "harper than the paper" in c.note and _is(entries[c.id], Verdict.PROVED)
        ],
        "counterexamples": [e for e in entries.values() if _is(e, Verdict.REFUTED)],
        "topics": _topics(claims, entries),
        "figures": {figure.stem: figure for figure in figures},
    }


def spotlight_context(
    spotlight: Spotlight,
    context: Mapping[str, Any],
    claims: Sequence[Claim],
    judgements: Sequence[Judgement],
    certificates: Sequence[Certified],
) -> dict[str, Any] | None:
    """What the page of one theorem shows; None where its claim was not judged as the page says."""
    pairs = {c.id: (c, j) for c, j in zip(claims, judgements, strict=True)}
    if spotlight.head not in pairs or pairs[spotlight.head][1].verdict is not spotlight.verdict:
        return None
    ids = [spotlight.head, *(one for one in spotlight.beside if one in pairs)]
    return {
        "title": spotlight.title,
        "head": entry(*pairs[spotlight.head]),
        "beside": [replace(e, statement=_inline(e.statement)) for e in (entry(*pairs[one]) for one in ids[1:])],
        "certificates": [
            replace(c, bounds=tuple(bound for bound in c.bounds if _shown(bound, spotlight)))
            for c in certificates
            if c.name == spotlight.certificate
        ],
        "letters": context["letters"],
        "figure": context["figures"].get(spotlight.figure),
    }


def _shown(bound: ProvedBound, spotlight: Spotlight) -> bool:
    return bound.two_sided and bound.quantity is Quantity.NORMALIZED_NTK and bound.condition in spotlight.conditions


def _inline(statement: str) -> str:
    """The sentence with its formula in the line, unless that has several rows."""
    return re.sub(r"\n?\\\[ \\fit\{((?!\\begin).*)\} \\\]$", r" \\mbox{$\1$}", statement)


def _is(one: Entry, verdict: Verdict) -> bool:
    return one.verdict == verdict.name


def _topic(number: str) -> str:
    """The topic of a claim as a heading."""
    said = re.sub(r"\bresnet\b", "residual network", re.sub(r"\bffnet\b", "feedforward network", number))
    said = said or "Further claims"
    plain = re.match(r"[a-z]+(?= |$)", said)
    return prose_latex(said[:1].upper() + said[1:] if plain and plain[0] not in ("gamma", "alpha") else said)


def _topics(claims: Sequence[Claim], entries: Mapping[str, Entry]) -> list[Topic]:
    """By paper and topic, in the order in which they first occur."""
    grouped: dict[tuple[str, str], list[Entry]] = {}
    for claim in claims:
        grouped.setdefault((claim.paper, claim.number), []).append(entries[claim.id])
    several = len({paper for paper, _ in grouped}) > 1
    return [
        Topic(
            title=f"{escape(paper)}: {inside[0].topic}" if several else inside[0].topic,
            label=f"topic-{i}",
            entries=tuple(inside),
            counts=tuple(sum(_is(e, verdict) for e in inside) for verdict in Verdict),
        )
        for i, ((paper, _), inside) in enumerate(grouped.items(), start=1)
    ]


def _families(certificates: Sequence[Certified]) -> list[Family]:
    """Certificates by their meta-theorem; mu = 1, which is ReLU, first."""
    found = []
    for name in dict.fromkeys(one.theorem for one in certificates if one.bounds):
        first, *others = sorted((c for c in certificates if c.theorem == name), key=lambda c: (c.mu != "1", c.name))
        found.append(Family(name=escape(name), first=first, others=tuple(others)))
    return found


_MEANINGS = {Verdict.PROVED: "proved by replayed algebra, covering enclosures, or a certificate"}
_CORRECTED = re.compile(r"[Cc]orrected: ([\w-]+)")
_SLIP = re.compile(r"\bslip for ([\w-]+)")
_PRINTED = re.compile(r"\bas (?:printed|published)\b", re.IGNORECASE)


def _beside_what_holds(
    claims: Sequence[Claim], entries: Mapping[str, Entry], said: re.Pattern[str]
) -> list[tuple[Entry, Entry | None]]:
    """(refuted claim of which this is said, the one that holds, None where no claim is named as the corrected one)."""
    found = []
    for claim in claims:
        one = entries[claim.id]
        if not _is(one, Verdict.REFUTED) or not said.search(f"{claim.title}. {claim.note}"):
            continue
        match = _CORRECTED.search(claim.note) or _SLIP.search(claim.note)
        right = entries.get(f"{claim.paper}/{match[1]}") if match else None
        found.append((one, None if right is not None and _is(right, Verdict.REFUTED) else right))
    return found


def _networks() -> list[dict[str, str]]:
    relu = activation("relu")
    shown = (ffnet(relu), resnet(relu, alpha=symbols.alpha), resnet_single(relu, alpha=symbols.alpha))
    return [_network(network, full=i < 2) for i, network in enumerate(shown)]


def _network(network: Network, *, full: bool) -> dict[str, str]:
    form = correlation_form(network)
    assert form is not None
    said = network_latex(network)
    before = {name.symbol: name.latex.replace("(c)", r"(c_{\ell-1})") for name in names()}
    before |= {symbols.c: r"c_{\ell-1}", symbols.layer: r"\ell"}

    def line(expression: Expr) -> str:
        return latex_of(_collected(named(expression)), before)

    factor = line(form.factor)
    factor = rf"\left({factor}\right)" if form.factor.is_Add and "frac" not in factor[:5] else factor
    growth = "" if form.growth == Integer(1) else line(form.growth)
    growth = rf"\left({growth}\right) " if form.growth.is_Add else growth
    rows = [
        rf"c_\ell &= {line(form.correlation)}, & c_0 &= c",
        rf"t_\ell &= {factor}\; t_{{\ell-1}} + {line(form.source)}, & t_0 &= {latex_of(form.initial)}",
        rf"q_\ell &= {growth}q_{{\ell-1}}, & q_0 &= {latex_of(form.length)}",
    ]
    return {
        "name": escape(network.name),
        "words": said[:1].upper() + said[1:],
        "form": r"\begin{aligned} " + r" \\[3pt] ".join(rows) + r" \end{aligned}",
        "derivation": derivation_latex(derive(network).derivation, heading=False, shrink=True) if full else "",
    }


def _collected(expression: Expr) -> Expr:
    """One fraction, whose numerator is a sum in the named functions."""
    above, below = fraction(together(expand(expression)))
    return expand(above) / below if expression.free_symbols & {name.symbol for name in names()} else expression


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
