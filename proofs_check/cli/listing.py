"""What has a name: papers, claims, activations, architectures, as rows of plain data."""

from collections.abc import Callable

from proofs_check.cli.group import nearest, shown
from theory.errors import InputError

Row = dict[str, str]


def paper_rows() -> list[Row]:
    """Name, number of claims and title of each paper: the first line of its module."""
    from theory import papers

    return [
        {
            "name": name,
            "claims": str(len(papers.load(name).CLAIMS)),
            "title": (papers.load(name).__doc__ or "").strip().partition("\n")[0],
        }
        for name in papers.PAPERS
    ]


def claims(paper: str | None = None) -> list[Row]:
    """Every claim of every paper, or of one.

    raises  InputError for a paper that has no module
    """
    from theory import papers

    if paper is not None and paper not in papers.PAPERS:
        raise InputError(f"{shown(paper)}: no such paper; {nearest(paper, tuple(papers.PAPERS))}")

    return [
        {
            "id": claim.id,
            "expected": claim.expected.name,
            "kind": claim.kind.value,
            "number": claim.number,
            "title": claim.title,
        }
        for name in ((paper,) if paper is not None else papers.PAPERS)
        for claim in papers.load(name).CLAIMS
    ]


def activations() -> list[Row]:
    """Every activation with a name."""
    from theory.activations import ACTIVATIONS

    rows = [{"name": one.name, "latex": one.latex, "parameter": one.parameter} for one in ACTIVATIONS]
    return [*rows, {"name": "expr", "latex": "", "parameter": "any expression of x, such as expr:max(x, x/3)"}]


def architectures() -> list[Row]:
    """Every architecture with a name."""
    from theory.architectures import ARCHITECTURES

    return [
        {
            "name": entry.name,
            "scale": "gamma or alpha" if entry.residual else "-",
            "options": ", ".join(entry.options) or "-",
            "summary": entry.summary,
        }
        for entry in ARCHITECTURES
    ]


SECTIONS: dict[str, Callable[[], list[Row]]] = {
    "papers": paper_rows,
    "claims": claims,
    "activations": activations,
    "architectures": architectures,
}
