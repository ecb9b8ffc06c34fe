"""What has a name: papers, claims, activations, architectures, as rows of plain data."""

from collections.abc import Callable

Row = dict[str, str]


def papers() -> list[Row]:
    """Name, number of claims and title of each paper: the first line of its module."""
    from proofs_check.cli.targets import papers as by_paper
    from theory.papers import PAPERS

    titles: dict[str, str] = {}
    for module in PAPERS:
        for claim in module.CLAIMS[:1]:
            titles.setdefault(claim.paper, (module.__doc__ or "").strip().partition("\n")[0])
    return [
        {"name": name, "claims": str(len(claims)), "title": titles.get(name, "")} for name, claims in by_paper().items()
    ]


def claims() -> list[Row]:
    """Every claim of every paper."""
    from proofs_check.cli.targets import papers as by_paper

    return [
        {
            "id": claim.id,
            "expected": claim.expected.name,
            "kind": claim.kind.value,
            "number": claim.number,
            "title": claim.title,
        }
        for group in by_paper().values()
        for claim in group
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
    "papers": papers,
    "claims": claims,
    "activations": activations,
    "architectures": architectures,
}
