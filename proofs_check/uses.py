"""Which claim rests on which: the graph of ``uses``, its cycles, what falls with a lemma, and three drawings of it.

Idea. An arrow goes from a claim to each lemma that it uses. A claim is at fault if it is not PROVED although all of its lemmas
are, or if it is REFUTED, or if it stands in a cycle; with it falls everything that uses it, directly or through others.

    tree_text   a tree for a terminal: theorems at the left, what they use under them
    to_dot      the language of Graphviz
    to_svg      a picture: theorems at the top, an arrow from each claim to the lemmas that it uses
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

from proofs_check.verdicts import Judgement
from theory.claims import Claim, Verdict

Uses = Mapping[str, tuple[str, ...]]
_COLOURS = {
    Verdict.PROVED: "#d8f0d8",
    Verdict.REFUTED: "#f3d3ea",
    Verdict.SUPPORTED: "#d5ecf5",
    Verdict.OPEN: "#fbf1c7",
}
_PLAIN = "#f4f4f4"
_LETTER, _HEIGHT, _GAP, _LAYER = 7, 34, 24, 84
"""Sizes in the picture: width of a letter, height of a box, distance of two boxes, distance of two layers."""


def uses_of(claims: Iterable[Claim]) -> dict[str, tuple[str, ...]]:
    """Id -> ids of its lemmas, each once, in the order of the claims."""
    return {claim.id: tuple(dict.fromkeys(claim.uses)) for claim in claims}


def reached(name: str, uses: Uses) -> set[str]:
    """Every id that is used, directly or through others."""
    found: set[str] = set()
    waiting = list(uses.get(name, ()))
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting.extend(uses.get(current, ()))
    return found


def cycle(name: str, uses: Uses) -> tuple[str, ...]:
    """A shortest way from the claim through its lemmas back to itself, both ends named; empty if there is none.

    >>> cycle("a", {"a": ("b", "c"), "b": ("a",), "c": ()})
    ('a', 'b', 'a')
    """
    came: dict[str, str] = {}
    waiting = [name]
    for current in waiting:  # grows while it is read: the nearest first
        for lemma in uses.get(current, ()):
            if lemma == name:
                way = [name]
                while current != name:
                    way.append(current)
                    current = came[current]
                return (name, *reversed(way)) if len(way) > 1 else (name, name)
            if lemma not in came:
                came[lemma] = current
                waiting.append(lemma)
    return ()


def fallen(claims: Sequence[Claim], judgements: Sequence[Judgement]) -> dict[str, tuple[str, ...]]:
    """Claim at fault -> the claims that fall with it, in the order of the claims; those with which nothing falls are left out."""
    uses = uses_of(claims)
    verdicts = {judgement.claim_id: judgement.verdict for judgement in judgements}
    below = {name: reached(name, uses) for name in uses}
    found = {}
    for name, lemmas in uses.items():
        if verdicts[name] is Verdict.PROVED:
            continue
        held = any(verdicts.get(lemma) is not Verdict.PROVED for lemma in lemmas)
        if held and verdicts[name] is not Verdict.REFUTED and name not in below[name]:
            continue  # it falls itself
        falling = tuple(other for other in uses if other != name and name in below[other])
        if falling:
            found[name] = falling
    return found


def fall_lines(claims: Sequence[Claim], judgements: Sequence[Judgement]) -> Iterator[str]:
    """One sentence for each claim at fault: what falls with it."""
    verdicts = {judgement.claim_id: judgement.verdict for judgement in judgements}
    for name, falling in fallen(claims, judgements).items():
        verb = "falls" if len(falling) == 1 else "fall"
        yield f"{name} is {verdicts[name].name}: with it {verb} {', '.join(falling)}"


def tree_text(claims: Sequence[Claim], verdicts: Mapping[str, Verdict] | None = None) -> str:
    """The graph as a tree: under each claim the lemmas that it uses; what stands further up is not spread out again.

    verdicts  by id; printed behind each claim
    """
    uses = uses_of(claims)
    lines: list[str] = []
    spread: set[str] = set()
    # a stack, as chains of lemmas may be longer than Python's calls may be deep
    none: tuple[str, ...] = ()
    waiting = [(name, "", "", none) for name in reversed(_tops(uses))]
    while waiting:
        name, first, rest, above = waiting.pop()
        verdict = f"  {verdicts[name].name}" if verdicts and name in verdicts else ""
        known = name in spread and bool(uses.get(name))
        note = "  (circular)" if name in above else "  (see above)" if known else "" if name in uses else "  (unknown)"
        lines.append(f"{first}{name}{verdict}{note}")
        if name in spread:
            continue
        spread.add(name)
        lemmas = uses.get(name, ())
        inside = (*above, name)
        for i, lemma in reversed(list(enumerate(lemmas))):
            last = i == len(lemmas) - 1
            waiting.append(
                (lemma, f"{rest}{'└── ' if last else '├── '}", f"{rest}{'    ' if last else '│   '}", inside)
            )
    return "\n".join(lines)


def _tops(uses: Uses) -> list[str]:
    """Claims that nothing uses, and of each cycle that no such claim reaches the first one."""
    used = {lemma for lemmas in uses.values() for lemma in lemmas}
    tops = [name for name in uses if name not in used]
    seen = set(tops).union(*(reached(name, uses) for name in tops)) if tops else set()
    for name in uses:
        if name not in seen:
            tops.append(name)
            seen |= {name} | reached(name, uses)
    return tops


def to_dot(claims: Sequence[Claim], verdicts: Mapping[str, Verdict] | None = None) -> str:
    """The graph for Graphviz.

    >>> print(to_dot([]))
    digraph uses {
      node [shape=box, style=filled, fontname="Helvetica"];
    }
    """
    lines = ["digraph uses {", '  node [shape=box, style=filled, fontname="Helvetica"];']
    uses = uses_of(claims)
    lines += [f"  {_quoted(name)} [fillcolor={_quoted(_colour(name, verdicts))}];" for name in _nodes(uses)]
    for name, lemmas in uses.items():
        lines += [f"  {_quoted(name)} -> {_quoted(lemma)};" for lemma in lemmas]
    return "\n".join([*lines, "}"])


def to_svg(claims: Sequence[Claim], verdicts: Mapping[str, Verdict] | None = None) -> str:
    """The graph as a picture: in each row the claims whose longest way to a top has the same length."""
    uses = uses_of(claims)
    rows: dict[int, list[str]] = {}
    for name, level in _levels(uses).items():
        rows.setdefault(level, []).append(name)
    widths = {name: _LETTER * len(name) + 20 for name in _nodes(uses)}
    room = max((sum(widths[n] + _GAP for n in row) + _GAP for row in rows.values()), default=2 * _GAP)
    height = _LAYER * max(len(rows), 1) + _GAP
    places: dict[str, tuple[int, int]] = {}
    for level, row in rows.items():
        at = (room - sum(widths[n] + _GAP for n in row) + _GAP) // 2
        for name in row:
            places[name] = (at + widths[name] // 2, _GAP + level * _LAYER)
            at += widths[name] + _GAP
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{room}" height="{height}" font-family="sans-serif" font-size="12">',
        '<defs><marker id="to" markerWidth="9" markerHeight="9" refX="8" refY="4" orient="auto">'
        '<path d="M0,0 L8,4 L0,8 z"/></marker></defs>',
    ]
    for name, lemmas in uses.items():
        x1, y1 = places[name]
        for lemma in lemmas:
            x2, y2 = places[lemma]
            drawn.append(
                f'<line x1="{x1}" y1="{y1 + _HEIGHT}" x2="{x2}" y2="{y2}" stroke="black" marker-end="url(#to)"/>'
            )
    for name, (x, y) in places.items():
        wide = widths[name]
        drawn.append(
            f'<rect x="{x - wide // 2}" y="{y}" width="{wide}" height="{_HEIGHT}" rx="4" fill="{_colour(name, verdicts)}" '
            f'stroke="black"/><text x="{x}" y="{y + 21}" text-anchor="middle">{escape(name)}</text>'
        )
    return "\n".join([*drawn, "</svg>"]) + "\n"


def _nodes(uses: Uses) -> tuple[str, ...]:
    """Every id of the graph, lemmas that are no claim of it included."""
    return tuple(dict.fromkeys([*uses, *(lemma for lemmas in uses.values() for lemma in lemmas)]))


def _levels(uses: Uses) -> dict[str, int]:
    """Row of each claim: below everything that uses it; claims of a cycle stand where the first of them is met."""
    levels = dict.fromkeys(_nodes(uses), 0)
    circular = {name for name in uses if name in reached(name, uses)}
    waiting = list(levels)
    for name in waiting:  # grows while it is read; every way is finite, as arrows inside a cycle lower nothing
        for lemma in uses.get(name, ()):
            if not {name, lemma} <= circular and levels[lemma] <= levels[name]:
                levels[lemma] = levels[name] + 1
                waiting.append(lemma)
    return levels


def _colour(name: str, verdicts: Mapping[str, Verdict] | None) -> str:
    return _COLOURS[verdicts[name]] if verdicts and name in verdicts else _PLAIN


def _quoted(name: str) -> str:
    inside = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inside}"'


__all__ = ["cycle", "fall_lines", "fallen", "reached", "to_dot", "to_svg", "tree_text", "uses_of"]
