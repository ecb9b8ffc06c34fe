"""``pytest --ntkproof``: each claim of ``claims_*.toml`` and ``claims_*.py`` is a test; it passes if its verdict is as expected.

pytest loads this module in every run, so that nothing of ours is imported before ``--ntkproof`` is given. All claims of a
session are judged together when the first of them runs, in worker processes, with verdicts from the ledger where it has them.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from proofs_check.verdicts import Judgement
    from theory.claims import Claim

_JUDGED: "pytest.StashKey[Mapping[tuple[Path, str], Judgement]]" = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options; ``--ntkproof`` turns everything else on."""
    group = parser.getgroup("ntkproof", "claims about neural tangent kernels")
    group.addoption(
        "--ntkproof", action="store_true", help="Collect claims_*.toml and claims_*.py; a Python file is run."
    )
    group.addoption("--ntkproof-effort", default="20", metavar="SECONDS", help="Seconds of search for one claim [20].")
    group.addoption("--ntkproof-jobs", default=None, metavar="N", help="Worker processes [one a core].")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "ClaimFile | None":
    """A claim file, where claims are asked for."""
    wanted = parent.config.getoption("--ntkproof") and file_path.name.startswith("claims_")
    if not wanted or file_path.suffix not in (".toml", ".py"):
        return None
    return ClaimFile.from_parent(parent, path=file_path)


class ClaimFile(pytest.File):
    """A file of claims."""

    def collect(self) -> Iterator["ClaimItem"]:
        """One item for each claim.

        raises  CollectError, one line, for a file that cannot be read
        """
        from proofs_check.claim_files import load
        from proofs_check.claim_lines import claim_lines
        from theory.errors import NtkproofError

        try:
            claims, lines = load(self.path), claim_lines(self.path)
        except NtkproofError as error:
            raise self.CollectError(str(error)) from error
        for claim in claims:
            yield ClaimItem.from_parent(self, name=claim.id, claim=claim, line=lines.get(claim.id))


class WrongVerdict(Exception):
    """A verdict that is not the expected one; its text is what the reader sees."""


class ClaimItem(pytest.Item):
    """A claim as a test."""

    def __init__(self, *, claim: "Claim", line: int | None, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.claim, self.line = claim, line

    def runtest(self) -> None:
        """Judge the claim, with all others of the session.

        raises  WrongVerdict
        """
        if _JUDGED not in self.session.stash:
            self.session.stash[_JUDGED] = _judged(self.session)
        found = self.session.stash[_JUDGED][self.path, self.claim.id]
        if not found.as_expected:
            from proofs_check.regression.junit import failure_line

            place = f"{self.path.name}{'' if self.line is None else f':{self.line}'}"
            raise WrongVerdict(f"{place}: {self.claim.id}\n  {self.claim.title}\n  {failure_line(found)}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The claim, what was expected and what was found: no traceback."""
        if isinstance(excinfo.value, WrongVerdict):
            return str(excinfo.value)
        from theory.errors import NtkproofError

        return str(excinfo.value) if isinstance(excinfo.value, NtkproofError) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The file, the line counted from 0, and the id."""
        return self.path, None if self.line is None else self.line - 1, self.claim.id


def _judged(session: pytest.Session) -> "dict[tuple[Path, str], Judgement]":
    """The verdicts on all claims of the session; ids are unique in a file, so each file is a run of its own."""
    from proofs_check.cli import options
    from proofs_check.cli.running import Settings, judge_all
    from proofs_check.cli.targets import resolve

    effort, jobs = session.config.getoption("--ntkproof-effort"), session.config.getoption("--ntkproof-jobs")
    settings = Settings(
        digits=50,
        effort=options.SECONDS.read(effort, "--ntkproof-effort"),
        engines=_engines(),
        seed=0,
        jobs=None if jobs is None else options.JOBS.read(jobs, "--ntkproof-jobs"),
        fresh=False,
        ledger=None,
    )
    wanted: dict[Path, list[str]] = {}
    for item in session.items:
        if isinstance(item, ClaimItem):
            wanted.setdefault(item.path, []).append(item.claim.id)
    found = {}
    for path, ids in wanted.items():
        answer = judge_all(resolve(tuple(f"{path}#{name}" for name in ids)), settings)
        found.update({(path, one.claim_id): one for one in answer.judgements})
    return found


def _engines() -> tuple[str, ...]:
    from proofs_check.judge import ENGINES

    return ENGINES
