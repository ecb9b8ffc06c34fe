"""Write the report: LaTeX from judged claims, a page for each headline theorem, figures, JSON, PDFs where TeX is found.

Files of a report:

    report.tex, report.pdf          the article
    page-NAME.tex, page-NAME.pdf    one theorem a page
    figures/*.pdf                   vector figures
    lemmas.svg                      which claim uses which, where some do
    report.json                     claims, sentences, verdicts and evidence with every digit
    build/                          logs of TeX
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from proofs_check.ledger import judgement_to_json
from proofs_check.report.article import SPOTLIGHTS, context, spotlight_context
from proofs_check.report.certified import CERTIFICATES, certified
from proofs_check.report.figures import draw_all
from proofs_check.report.prose import prose_latex
from proofs_check.report.statements import statement_latex, statement_text
from proofs_check.report.tex import compile_pdf
from proofs_check.uses import to_svg
from proofs_check.verdicts import Judgement
from theory.claims import Claim
from theory.errors import InputError

Progress = Callable[[str], None]


def write_report(
    directory: Path,
    claims: Sequence[Claim],
    judgements: Sequence[Judgement],
    *,
    on_progress: Progress | None = None,
    certificates: Path = CERTIFICATES,
) -> list[Path]:
    """Write the report into a directory and return the files written, the most readable first.

    judgements   one for each claim, in the same order
    on_progress  receives one line for each stage, and for what a reader should know, such as a missing TeX; stderr by default
    raises       InputError where the directory cannot be written
    """
    tell = on_progress or (lambda line: print(f"report: {line}", file=sys.stderr, flush=True))
    if [claim.id for claim in claims] != [judgement.claim_id for judgement in judgements]:
        raise ValueError("judgements: one for each claim, in the same order")
    try:
        (directory / "figures").mkdir(parents=True, exist_ok=True)
        sources = _sources(directory, claims, judgements, certificates, tell)
        data = directory / "report.json"
        text = json.dumps(report_json(claims, judgements), indent=2, ensure_ascii=False)
        data.write_text(text + "\n", encoding="utf-8")
        drawings = _graph(directory / "lemmas.svg", claims, judgements)
    except OSError as error:
        raise InputError(f"{error.filename or directory}: cannot be written ({error.strerror})") from error
    pdfs = []
    for source in sources:
        tell(f"compiling {source.name}")
        done = compile_pdf(source)
        if done.pdf is None:
            tell(done.message)
            if done.missing:
                break
        else:
            pdfs.append(done.pdf)
    return [*pdfs, *sources, *drawings, data]


def _graph(path: Path, claims: Sequence[Claim], judgements: Sequence[Judgement]) -> list[Path]:
    """Draw the claims that use others and what they use; nothing where there are none."""
    lemmas = {name for claim in claims for name in claim.uses}
    shown = [claim for claim in claims if claim.uses or claim.id in lemmas]
    if not shown:
        return []
    path.write_text(to_svg(shown, {one.claim_id: one.verdict for one in judgements}), encoding="utf-8")
    return [path]


def report_json(claims: Sequence[Claim], judgements: Sequence[Judgement]) -> dict[str, Any]:
    """The report as plain data: each claim with its sentence, verdict and evidence."""
    return {
        "claims": [
            {
                "id": claim.id,
                "paper": claim.paper,
                "number": claim.number,
                "title": claim.title,
                "kind": claim.kind.value,
                "statement": {"text": statement_text(claim), "latex": statement_latex(claim)},
                "note": claim.note,
                **judgement_to_json(judgement),
            }
            for claim, judgement in zip(claims, judgements, strict=True)
        ]
    }


def _sources(
    directory: Path, claims: Sequence[Claim], judgements: Sequence[Judgement], certificates: Path, tell: Progress
) -> list[Path]:
    """Draw the figures and fill the templates."""
    environment = _environment()
    accepted, refused = certified(certificates)
    tell("drawing figures")
    figures = draw_all(directory / "figures", accepted)
    tell(f"setting {len(claims)} claims and the derivations")
    everything = context(claims, judgements, figures, accepted, refused)
    sources = [_fill(environment, "report.tex.j2", directory / "report.tex", everything)]
    for spotlight in SPOTLIGHTS:
        shown = spotlight_context(spotlight, everything, claims, judgements, accepted)
        if shown is not None:
            target = directory / f"page-{spotlight.stem}.tex"
            sources.append(_fill(environment, "page.tex.j2", target, shown))
    return sources


def _environment() -> Any:
    """Jinja with delimiters that LaTeX never uses: ((* block *)), ((( value ))), ((= comment =))."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("proofs_check.report"),
        block_start_string="((*", block_end_string="*))",
        variable_start_string="(((", variable_end_string=")))",
        comment_start_string="((=", comment_end_string="=))",
        trim_blocks=True, undefined=StrictUndefined, keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters["prose"] = prose_latex
    environment.filters["capital"] = lambda text: text[:1].upper() + text[1:]
    return environment


def _fill(environment: Any, template: str, target: Path, values: Mapping[str, Any]) -> Path:
    target.write_text(environment.get_template(template).render(**values), encoding="utf-8")
    return target


__all__ = ["report_json", "write_report"]
