"""What ``verify`` and ``certify`` are asked to judge: papers, claims by id, claim files, claims of files."""

import re
from collections.abc import Iterable
from pathlib import Path

from proofs_check.cli.group import nearest, shown
from theory.claims import Claim
from theory.errors import InputError

_FILE = re.compile(r"(?P<file>.*\.(?:toml|py))(?:#(?P<id>.*))?", re.DOTALL)


def papers() -> dict[str, tuple[Claim, ...]]:
    """The claims of every paper, by the paper's name."""
    from theory.papers import PAPERS

    return {module.__name__.rpartition(".")[2]: tuple(module.CLAIMS) for module in PAPERS}


def resolve(targets: Iterable[str]) -> list[Claim]:
    """The claims that the targets name, each once, and in front of them the lemmas that they use.

    targets  none: every claim of every paper
    raises   InputError for a target that is neither a paper nor a claim nor a file, and for a lemma that is unknown
    """
    by_paper = papers()
    pool = {claim.id: claim for claims in by_paper.values() for claim in claims}
    wanted: list[Claim] = []
    for target in tuple(targets) or tuple(by_paper):
        wanted.extend(_named(target, by_paper, pool))
    return _with_lemmas(wanted, pool)


def one_claim(target: str) -> Claim:
    """The one claim that a target names, CLAIM or FILE.toml#ID.

    raises  InputError where it names several or none
    """
    by_paper = papers()
    claims = _named(target, by_paper, {claim.id: claim for claims in by_paper.values() for claim in claims})
    if len(claims) != 1:
        raise InputError(f"{shown(target)}: {len(claims)} claims; name one of them, CLAIM or FILE.toml#ID")
    return claims[0]


def _named(target: str, by_paper: dict[str, tuple[Claim, ...]], pool: dict[str, Claim]) -> tuple[Claim, ...]:
    """The claims of one target; those of a file enter the pool, where lemmas are looked up."""
    file = _FILE.fullmatch(target)
    if file:
        from proofs_check.claim_files import load

        claims = load(Path(file["file"]))
        pool.update({claim.id: claim for claim in claims})
        return claims if file["id"] is None else _one(claims, file["id"], file["file"])
    if target in by_paper:
        return by_paper[target]
    if target in pool:
        return (pool[target],)
    hint = nearest(target, (*by_paper, *pool))
    raise InputError(f"{shown(target)}: no paper, no claim and no claim file (.toml, .py); {hint}")


def _one(claims: tuple[Claim, ...], name: str, file: str) -> tuple[Claim, ...]:
    found = tuple(claim for claim in claims if claim.id == name)
    if not found:
        hint = nearest(name, tuple(claim.id for claim in claims))
        raise InputError(f"{shown(file)}#{shown(name)}: no claim of that id in the file; {hint}")
    return found


def _with_lemmas(wanted: list[Claim], pool: dict[str, Claim]) -> list[Claim]:
    """The claims, each once, with every claim that they use, lemmas first."""
    ordered: dict[str, Claim] = {}
    visited: set[str] = set()
    stack: list[tuple[Claim, bool]] = [(claim, False) for claim in reversed(wanted)]
    while stack:
        claim, entered = stack.pop()
        if entered:
            ordered[claim.id] = claim
            continue
        if claim.id in visited:
            if claim.id in ordered and ordered[claim.id] != claim:
                raise InputError(f"id={shown(claim.id)}: two different claims have this id; an id is unique in a run")
            continue
        visited.add(claim.id)
        stack.append((claim, True))
        for name in reversed(claim.uses):
            if name not in pool:
                raise InputError(
                    f"id={shown(claim.id)}: uses {shown(name)}, an unknown claim; {nearest(name, tuple(pool))}"
                )
            stack.append((pool[name], False))
    return list(ordered.values())
