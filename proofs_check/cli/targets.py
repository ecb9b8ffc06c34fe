"""What ``verify`` and ``certify`` are asked to judge: papers, claims by id, claim files, claims of files."""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from proofs_check.cli.group import nearest, shown
from theory import papers
from theory.claims import Claim
from theory.errors import InputError

_FILE = re.compile(r"(?P<file>.*\.(?:toml|py))(?:#(?P<id>.*))?", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Written:
    """The names that stand in the sources of the papers, found without deriving anything.

    papers   names
    texts    every text; the end of each claim's id is one of them (a test holds this)
    ids      what the ids of the claims look like, PAPER/SLUG
    """

    papers: frozenset[str]
    texts: frozenset[str]
    ids: frozenset[str]

    def may_name(self, name: str) -> bool:
        """Whether this may be a paper or a claim; False is certain."""
        paper, slash, slug = name.partition("/")
        return paper in self.papers and (not slash or slug in self.texts)

    def nearest(self, name: str) -> str:
        """A hint: the nearest name, of a claim where one was meant."""
        for known in (one for one in sorted(self.ids) if one.partition("/")[2] == name):
            return f"did you mean {known}?"
        return nearest(name, (*sorted(self.papers), *sorted(self.ids)), at_most=0)


def _paper_of(module: str) -> str:
    """The paper of a module: words up to the first part, huang2020_ffnet to huang2020, depth_limits_maps to depth-limits."""
    first, *rest = module.split("_")
    return "-".join([first, *rest[:1]]) if first.isalpha() else first


def written() -> Written:
    """Read the sources of the papers: a mistyped name is answered at once, not after two seconds of derivations."""
    texts, ids = set(), set()
    for path in Path(next(iter(papers.__path__))).glob("*.py"):
        paper = _paper_of(path.stem)
        if paper not in papers.PAPERS:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            if isinstance(node, ast.Call) and len(node.args) > 1 and isinstance(node.args[0], ast.Constant):
                first = str(node.args[0].value)
                if re.fullmatch(r"[a-z][\w.-]*", first):
                    ids.add(f"{paper}/{first}")
    return Written(papers=frozenset(papers.PAPERS), texts=frozenset(texts - {""}), ids=frozenset(ids))


def resolve(targets: Iterable[str]) -> list[Claim]:
    """The claims that the targets name, each once, and in front of them the lemmas that they use.

    targets  none: every claim of every paper
    raises   InputError for a target that is neither a paper nor a claim nor a file, and for a lemma that is unknown
    """
    known = _Known()
    wanted: list[Claim] = []
    for target in tuple(targets) or tuple(papers.PAPERS):
        wanted.extend(known.named(target))
    return _with_lemmas(wanted, known)


def one_claim(target: str) -> Claim:
    """The one claim that a target names, CLAIM or FILE.toml#ID.

    raises  InputError where it names several or none
    """
    claims = _Known().named(target)
    if len(claims) != 1:
        raise InputError(f"{shown(target)}: {len(claims)} claims; name one of them, CLAIM or FILE.toml#ID")
    return claims[0]


def files_of(targets: Iterable[str]) -> list[Path]:
    """The claim files among the targets, each once."""
    found = (_FILE.fullmatch(target) for target in targets)
    return list(dict.fromkeys(Path(one["file"]) for one in found if one))


def claim_file(target: str) -> Path:
    """The claim file that is named, with or without its ending.

    raises  InputError where there is none, or one of each kind
    """
    if target.endswith((".toml", ".py")):
        return Path(target)
    found = [path for path in (Path(f"{target}.toml"), Path(f"{target}.py")) if path.is_file()]
    if len(found) != 1:
        raise InputError(
            f"{shown(target)}: {'two claim files' if found else 'no claim file'}; name NAME.toml or NAME.py"
        )
    return found[0]


def shown_claims(target: str) -> tuple[Claim, ...]:
    """The claim that a target names, or all claims of a file.

    raises  InputError where it names a paper of several claims, or nothing
    """
    return _Known().named(target) if _FILE.fullmatch(target) else (one_claim(target),)


class _Known:
    """The claims that have a name: those of files, and those of papers; a paper is loaded when first asked for."""

    def __init__(self) -> None:
        self.of_files: dict[str, Claim] = {}
        self._loaded: dict[str, tuple[Claim, ...]] = {}

    @cached_property
    def written(self) -> Written:
        """The names in the sources of the papers."""
        return written()

    def of_paper(self, name: str) -> Claim | None:
        """The claim of that id in the paper that the id names."""
        paper = name.partition("/")[0]
        if paper not in papers.PAPERS or not self.written.may_name(name):
            return None
        return next((claim for claim in papers.load(paper).CLAIMS if claim.id == name), None)

    def get(self, name: str) -> Claim | None:
        """The claim of that id; a file's before a paper's."""
        return self.of_files.get(name) or self.of_paper(name)

    def named(self, target: str) -> tuple[Claim, ...]:
        """The claims of one target."""
        file = _FILE.fullmatch(target)
        if file:
            claims = self._load(file["file"])
            return claims if file["id"] is None else _one(claims, file["id"], file["file"])
        if target in papers.PAPERS:
            return tuple(papers.load(target).CLAIMS)
        claim = self.of_paper(target)
        if claim is not None:
            return (claim,)
        raise InputError(f"{shown(target)}: no paper, no claim and no claim file (.toml, .py); {self.hint(target)}")

    def _load(self, file: str) -> tuple[Claim, ...]:
        """The claims of a file, which is read once."""
        from proofs_check.claim_files import load

        if file not in self._loaded:
            self._loaded[file] = load(Path(file))
            self.of_files.update({claim.id: claim for claim in self._loaded[file]})
        return self._loaded[file]

    def hint(self, name: str) -> str:
        """The nearest name, a file's before a paper's."""
        own = nearest(name, tuple(self.of_files), at_most=0)
        return own if "did you mean" in own else self.written.nearest(name)


def _one(claims: tuple[Claim, ...], name: str, file: str) -> tuple[Claim, ...]:
    found = tuple(claim for claim in claims if claim.id == name)
    if not found:
        hint = nearest(name, tuple(claim.id for claim in claims))
        raise InputError(f"{shown(file)}#{shown(name)}: no claim of that id in the file; {hint}")
    return found


def _with_lemmas(wanted: list[Claim], known: _Known) -> list[Claim]:
    """The claims in their order, each once, behind the lemmas that they use and that nobody asked for."""
    chosen: dict[str, Claim] = {}
    for claim in wanted:
        if chosen.setdefault(claim.id, claim) != claim:
            raise InputError(f"id={shown(claim.id)}: two different claims have this id; an id is unique in a run")
    lemmas: dict[str, Claim] = {}
    waiting = list(chosen.values())
    while waiting:
        claim = waiting.pop()
        for name in claim.uses:
            if name in chosen or name in lemmas:
                continue
            lemma = known.get(name)
            if lemma is None:
                raise InputError(f"id={shown(claim.id)}: uses {shown(name)}, an unknown claim; {known.hint(name)}")
            lemmas[name] = lemma
            waiting.append(lemma)
    return [*lemmas.values(), *chosen.values()]
