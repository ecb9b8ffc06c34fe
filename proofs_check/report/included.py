r"""Pieces of LaTeX for a paper: each claim, proof and derivation in a file of its own, to be drawn in by \input.

    ntkproof.sty            environments (theorem, lemma, proposition, ntkclaim), the macros fit and ntkverdict
    claim-NAME.tex          a statement in its environment, with the label ntk:NAME and its verdict
    proof-NAME.tex          its proof: a chain as align with a label for each line, ntk:NAME:1, ...; the parts of an induction
    derivation-NAME.tex     the derived recursion of a network, step by step
    all.tex                 a document that draws in all of them

A claim that is not PROVED is set as ``ntkclaim``, never as a theorem. Lines of a chain and parts of an induction have no file of
their own; they stand in its proof.
"""

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from sympy import Expr, Symbol

from proofs_check.report.expressions import latex_of, letters, lines_of, named, width_of
from proofs_check.report.prose import escape, prose_latex
from proofs_check.report.render import derivation_latex
from proofs_check.report.statements import (
    QUANTITIES,
    RELATIONS,
    letters_of,
    network_latex,
    statement_latex,
    title_latex,
)
from proofs_check.verdicts import Judgement
from theory import symbols
from theory.claims import Argument, Claim, Depth, Kind, Rule, Scaling, Spectrum, Turning, Verdict
from theory.errors import InputError, NtkproofError
from theory.network import Network
from theory.recursion import derive

STYLE = Path(__file__).parent / "templates" / "ntkproof.sty"
_FORMULA = re.compile(r"[<>=~]| [Oo] ")
"""A title that repeats the statement."""
_WIDTH = 64
"""Characters of a side in an align, which has a number at its right."""
_WORDS = {"theorem": "Theorem", "lemma": "Lemma", "proposition": "Proposition", "ntkclaim": "Claim"}
"""Environments of ``ntkproof.sty``."""
_NOTATION = r"""\noindent At depth $L$ and inputs of correlation $c = \cos\theta$: $K_L$ is the NNGP kernel, $\Theta_L$ the
neural tangent kernel, $\bar K_L$ and $N_L$ are the two divided by their values at equal inputs, and
$\theta_L = \arccos \bar K_L$.
In derivations $K$ and $\Theta$ are the kernels of the pair of inputs, $q_1$ and $q_2$ the values of $K$ at each of them.
\par\bigskip"""
"""The letters, for ``all.tex``; in a paper they are its own."""


def write_pieces(directory: Path, claims: Sequence[Claim], judgements: Sequence[Judgement]) -> list[Path]:
    """Write the files into a directory, which is made; returned in the order in which ``all.tex`` draws them in.

    raises  InputError where the directory cannot be written
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(STYLE, directory / STYLE.name)
        written = [directory / STYLE.name]
        for name, text in pieces(claims, judgements).items():
            path = directory / name
            path.write_text(text, encoding="utf-8")
            written.append(path)
    except OSError as error:
        raise InputError(f"{error.filename or directory}: cannot be written ({error.strerror})") from error
    return written


def pieces(claims: Sequence[Claim], judgements: Sequence[Judgement]) -> dict[str, str]:
    """File name -> LaTeX, ``all.tex`` at the end.

    judgements  one for each claim, in the same order
    """
    found = {claim.id: (claim, judgement) for claim, judgement in zip(claims, judgements, strict=True)}
    within = {part for claim in claims if isinstance(claim.statement, Argument) for part in claim.statement.parts}
    shown = [c for c in claims if c.id not in within or not _belongs(c, claims)]
    shown = [c for c in shown if not (isinstance(c.statement, Argument) and c.statement.rule is Rule.TRANSITIVITY)]
    slugs = _slugs(claim.id for claim in shown)
    ends = {c.id for c in claims if isinstance(c.statement, Argument) and c.statement.rule is Rule.TRANSITIVITY}
    used = {lemma for claim in claims if claim.id not in ends for lemma in claim.uses}
    files: dict[str, str] = {}
    for claim in shown:
        slug = slugs[claim.id]
        files[f"claim-{slug}.tex"] = _claim(claim, found, slug, slugs, is_lemma=claim.id in used)
        if isinstance(claim.statement, Argument):
            files[f"proof-{slug}.tex"] = _proof(claim, claim.statement, found, slug, is_lemma=claim.id in used)
    for index, network in enumerate(_networks(claims), 1):
        try:
            body = derivation_latex(derive(network).derivation, heading=False, shrink=True)
        except NtkproofError:
            continue
        slug = f"derivation-{index}-{_plain(network.name)}"
        heading = rf"\paragraph{{Kernel recursion of {network_latex(network)}.}}"
        files[f"{slug}.tex"] = rf"{heading}\phantomsection\label{{ntk:{slug}}}\leavevmode\par" + f"\n{body}\n"
    files["all.tex"] = _document(files)
    return files


def _belongs(claim: Claim, claims: Sequence[Claim]) -> bool:
    """Whether the claim is a line or part of an argument, and is printed there."""
    return any(
        isinstance(one.statement, Argument)
        and one.statement.rule is not Rule.TRANSITIVITY
        and claim.id in one.statement.parts
        for one in claims
    )


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-") or "claim"


def _slugs(ids: Iterable[str]) -> dict[str, str]:
    """Id -> a name for files and labels, letters, digits and - only, no two alike."""
    slugs: dict[str, str] = {}
    taken: set[str] = set()
    for name in ids:
        plain = slug = _plain(name)
        number = 2
        while slug.lower() in taken:  # file names may not tell capitals apart
            slug, number = f"{plain}-{number}", number + 1
        taken.add(slug.lower())
        slugs[name] = slug
    return slugs


def _reference(environment: str, slug: str) -> str:
    """The word and the number, as environments are numbered each by itself."""
    return rf"{_WORDS[environment]}~\ref{{ntk:{slug}}}"


def _environment(claim: Claim, judgement: Judgement, *, is_lemma: bool) -> str:
    if judgement.verdict is not Verdict.PROVED:
        return "ntkclaim"
    if is_lemma or claim.kind is Kind.INEQUALITY:
        return "lemma"
    return "proposition" if claim.kind in (Kind.IDENTITY, Kind.RECURSION) else "theorem"


def _claim(
    claim: Claim,
    found: Mapping[str, tuple[Claim, Judgement]],
    slug: str,
    slugs: Mapping[str, str],
    *,
    is_lemma: bool,
) -> str:
    """The statement in its environment; of an argument the conclusion."""
    verdict, reason = found[claim.id][1].verdict, found[claim.id][1].reason
    kind = _environment(*found[claim.id], is_lemma=is_lemma)
    title = "" if _FORMULA.search(claim.title) else f"[{{{title_latex(claim)}}}]"
    said = claim
    if isinstance(claim.statement, Argument):
        said = Claim(**{**vars(claim), "statement": claim.statement.conclusion})
    where = _where(letters_of(said))
    lines = [
        rf"\begin{{{kind}}}{title}\label{{ntk:{slug}}}",
        statement_latex(said) + where,
        rf"\end{{{kind}}}",
    ]
    lemmas = [
        _reference(_environment(*found[name], is_lemma=True), slugs[name]) for name in claim.uses if name in slugs
    ]
    if lemmas:
        lines.append(rf"\noindent Uses {', '.join(lemmas)}.")
    lines.append(rf"\ntkverdict{{{verdict.name}}}{{{prose_latex(reason.rstrip('.'))}}}")
    return "\n".join([f"% {claim.id}", *lines]) + "\n"


def _where(used: Iterable[object]) -> str:
    names = [name for name in used if getattr(name, "definition", "")]
    return "".join(
        f"\nHere ${name.latex} = {latex_of(name.expression)}$."  # type: ignore[attr-defined]
        for name in names
    )


def _proof(
    claim: Claim, argument: Argument, found: Mapping[str, tuple[Claim, Judgement]], slug: str, *, is_lemma: bool
) -> str:
    """A chain as one align and a sentence for each line; an induction as the list of its parts."""
    environment = _environment(*found[claim.id], is_lemma=is_lemma)
    head = [f"% {claim.id}", rf"\begin{{proof}}[Proof of {_reference(environment, slug)}]"]
    if argument.rule is Rule.LINES:
        body = [chain_latex(argument, f"ntk:{slug}"), *_reasons(argument, found, slug)]
    else:
        body = ["By induction on the depth.", r"\begin{itemize}"]
        for name in argument.parts:
            part, judgement = found[name]
            label = name.rpartition(":")[2].replace("-", " ")
            body.append(
                rf"\item \emph{{{escape(label[:1].upper() + label[1:])}}} ({judgement.verdict.name}). {_stated(part)}"
            )
        body.append(r"\end{itemize}")
        if argument.missing:
            body.append(rf"\noindent It does not follow: {prose_latex(argument.missing)}.")
    wrong = next((found[name][1] for name in argument.parts if found[name][1].verdict is not Verdict.PROVED), None)
    if wrong is not None:
        body.append(
            rf"\noindent This is no proof: {escape(wrong.claim_id)} is {wrong.verdict.name}, {prose_latex(wrong.reason)}."
        )
    return "\n".join([*head, *body, r"\end{proof}"]) + "\n"


def _stated(part: Claim) -> str:
    return f"{statement_latex(part)}{_where(letters_of(part))}"


def chain_latex(argument: Argument, label: str) -> str:
    r"""The sides of a chain one under the other, aligned at their relations, as an ``align`` with a label for each line.

    >>> from theory.claims import Identity
    >>> end = Identity(lhs=symbols.c, rhs=symbols.c)
    >>> sides = (symbols.c, 2 * symbols.c - symbols.c)
    >>> print(chain_latex(Argument(conclusion=end, rule=Rule.LINES, parts=("p:1",), sides=sides, relations=("=",)), "p"))
    \begin{align}
    c &= c \label{p:1}
    \end{align}
    """
    conclusion = argument.conclusion
    table = {symbols.value: QUANTITIES[conclusion.quantity][0]} if isinstance(conclusion, Depth) else {}
    first = _side(argument.sides[0], table)
    rows = []
    for number, (relation, side) in enumerate(zip(argument.relations, argument.sides[1:], strict=True), 1):
        said = _side(side, table)
        sign = "=" if relation in ("O", "o") else RELATIONS[relation] if relation != "=" else "="
        if relation in ("O", "o"):
            said = [rf"{relation}\left({latex_of(side, table)}\right)"]
        lead = ""
        if number == 1:
            lead = first[0] if len(first) == 1 and width_of(first[0]) <= _WIDTH // 2 else ""
            if not lead:
                rows += [rf"& {piece} \notag" for piece in first]
        for i, piece in enumerate(said):
            mark = rf"\label{{{label}:{number}}}" if i == len(said) - 1 else r"\notag"
            rows.append(f"{lead} &{sign} {piece} {mark}".lstrip() if i == 0 else rf"&\quad {piece} {mark}")
    joined = " \\\\\n".join(rows)
    return f"\\begin{{align}}\n{joined}\n\\end{{align}}"


def _side(side: Expr, table: Mapping[Symbol, str]) -> list[str]:
    said = named(side)
    return lines_of(said if not letters(said) else side, _WIDTH, dict(table))


def _reasons(argument: Argument, found: Mapping[str, tuple[Claim, Judgement]], slug: str) -> Iterator[str]:
    """A sentence for each line that has a reason, with its verdict where that is not PROVED."""
    for number, name in enumerate(argument.parts, 1):
        line, judgement = found[name]
        verdict = "" if judgement.verdict is Verdict.PROVED else f" ({judgement.verdict.name})"
        if line.note or verdict:
            said = f": {prose_latex(line.note.rstrip('.'))}" if line.note else ""
            yield rf"\noindent\eqref{{ntk:{slug}:{number}}}{verdict}{said}.\par"


def _networks(claims: Iterable[Claim]) -> list[Network]:
    """The networks that the claims speak of, each once."""
    found: dict[Network, None] = {}
    for claim in claims:
        statement = claim.statement.conclusion if isinstance(claim.statement, Argument) else claim.statement
        if isinstance(statement, Depth | Scaling | Turning | Spectrum):
            found[statement.network] = None
    return list(found)


def _document(files: Mapping[str, str]) -> str:
    lines = [
        r"\documentclass{article}",
        r"\usepackage[T1]{fontenc}",
        r"\usepackage[utf8]{inputenc}",
        r"\usepackage[margin=25mm]{geometry}",
        r"\usepackage{ntkproof}",
        r"\begin{document}",
        _NOTATION,
    ]
    derivations = [name for name in files if name.startswith("derivation-")]
    lines += [rf"\input{{{name}}}" for name in files if name not in derivations]
    if derivations:
        lines.append(r"\section*{Derivations}")
        lines += [rf"\input{{{name}}}" for name in derivations]
    return "\n".join([*lines, r"\end{document}"]) + "\n"


__all__ = ["chain_latex", "pieces", "write_pieces"]
