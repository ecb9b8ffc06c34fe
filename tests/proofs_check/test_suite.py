import math
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import fakes
import pytest
from sympy import Symbol

from proofs_check import suite
from proofs_check.ledger import Ledger, LedgerError
from proofs_check.suite import Progress, run, with_lemmas
from proofs_check.verdicts import Judgement
from theory.claims import Claim, Identity, Verdict
from theory.errors import InputError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def ledger(tmp_path: Path) -> Any:
    """A new ledger."""
    with Ledger(tmp_path / "ledger.sqlite") as opened:
        yield opened


def verdicts_of(judgements: list[Judgement]) -> list[str]:
    """The names of the verdicts."""
    return [judgement.verdict.name for judgement in judgements]


def test_workers_answer_in_the_order_of_the_claims(ledger: Ledger) -> None:
    """Two workers, four claims; afterwards the ledger has them all and nothing is judged again."""
    claims = [fakes.claim(name) for name in ("a/PROVED", "b/OPEN", "c/REFUTED", "d/SUPPORTED")]
    steps: list[Progress] = []
    judged = run(claims, jobs=2, ledger=ledger, on_progress=steps.append, judge=fakes.by_name)
    assert [judgement.claim_id for judgement in judged] == [claim.id for claim in claims]
    assert verdicts_of(judged) == ["PROVED", "OPEN", "REFUTED", "SUPPORTED"]
    assert sorted(step.latest.claim_id for step in steps if step.latest) == sorted(claim.id for claim in claims)
    assert (steps[0].done, steps[-1].done, steps[-1].running, steps[-1].kept) == (0, 4, (), 0)
    again = run(claims, jobs=2, ledger=ledger, on_progress=steps.append, judge=fakes.troubled)
    assert again == judged
    assert steps[-1].kept == 4


def meeting(of: Claim, **options: Any) -> Judgement:
    """PROVED where another claim is judged at the same time as this one."""
    here = Path(os.environ["MEETING"])
    (here / of.id).touch()
    end = time.monotonic() + 20
    while len(list(here.iterdir())) < 2 and time.monotonic() < end:
        time.sleep(0.01)
    return fakes.judgement(of, Verdict.PROVED if len(list(here.iterdir())) == 2 else Verdict.OPEN)


def test_jobs_work_at_the_same_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers have two claims in hand at once."""
    monkeypatch.setenv("MEETING", str(tmp_path))
    assert verdicts_of(run([fakes.claim("a"), fakes.claim("b")], jobs=2, judge=meeting)) == ["PROVED", "PROVED"]


def test_an_interrupt_leaves_no_worker(ledger: Ledger) -> None:
    """Whatever moment it comes at: here, when the second claim is handed out."""

    def interrupt(progress: Progress) -> None:
        if len(progress.running) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(
            [fakes.claim("a"), fakes.claim("hangs")], jobs=2, ledger=ledger, on_progress=interrupt, judge=fakes.troubled
        )
    assert multiprocessing.active_children() == []


def test_trouble_with_one_claim_costs_that_claim_only(ledger: Ledger) -> None:
    """A claim that raises, one that kills its worker and one that never ends are OPEN, say why, and are not kept."""
    names = ("a", "raises", "b", "dies", "c", "hangs", "d")
    claims = [fakes.claim(name) for name in names]
    judged = run(claims, jobs=2, limit=4, ledger=ledger, judge=fakes.troubled)
    found = {judgement.claim_id: judgement for judgement in judged}
    assert verdicts_of(judged) == ["PROVED", "OPEN", "PROVED", "OPEN", "PROVED", "OPEN", "PROVED"]
    assert found["raises"].reason == "judging it raised ValueError: no such kernel"
    assert "signal 9" in found["dies"].reason
    assert "no verdict within 4 s" in found["hangs"].reason
    assert len(ledger) == 4


def test_a_claim_that_cannot_be_sent_is_open() -> None:
    """A claim with an object of a file that workers do not know costs no other claim its verdict."""

    class Local(Symbol):
        """A symbol class that pickle cannot name."""

    strange = replace(fakes.claim("strange"), statement=Identity(lhs=Local("y"), rhs=Symbol("y")))
    judged = run([strange, fakes.claim("a")], jobs=1, judge=fakes.by_name)
    assert verdicts_of(judged) == ["OPEN", "PROVED"]
    assert "cannot be sent" in judged[0].reason


def test_without_workers_the_answers_are_the_same() -> None:
    """jobs=0 judges in this process."""
    claims = [fakes.claim("a"), fakes.claim("raises"), fakes.claim("b/OPEN")]
    assert run(claims, jobs=0, judge=fakes.troubled) == run(claims, jobs=1, judge=fakes.troubled)


def test_an_id_used_twice_is_refused() -> None:
    """An id names one claim of a run."""
    with pytest.raises(InputError, match="id=a: two claims"):
        run([fakes.claim("a"), fakes.claim("a", lhs=2)], jobs=0, judge=fakes.by_name)


def test_fresh_judges_again(ledger: Ledger) -> None:
    """Verdicts in the ledger are passed over and replaced."""
    claims = [fakes.claim("a")]
    run(claims, jobs=0, ledger=ledger, judge=fakes.by_name)

    def other(claim: Claim, **options: Any) -> Judgement:
        return fakes.judgement(claim, Verdict.SUPPORTED)

    assert verdicts_of(run(claims, jobs=0, ledger=ledger, judge=other)) == ["PROVED"]
    assert verdicts_of(run(claims, jobs=0, ledger=ledger, fresh=True, judge=other)) == ["SUPPORTED"]
    assert verdicts_of(run(claims, jobs=0, ledger=ledger, judge=fakes.by_name)) == ["SUPPORTED"]


def test_a_changed_expectation_is_seen_without_judging_again(ledger: Ledger) -> None:
    """What is expected is the reader's business, not the judge's."""
    run([fakes.claim("a")], jobs=0, ledger=ledger, judge=fakes.by_name)
    changed = fakes.claim("a", expected=Verdict.REFUTED)
    (found,) = run([changed], jobs=0, ledger=ledger, judge=fakes.troubled)
    assert found.expected is Verdict.REFUTED
    assert not found.as_expected


def test_a_ledger_that_stops_working_costs_one_warning(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk does not end the run."""

    def full(self: Ledger, key: str, judgement: Judgement) -> None:
        raise LedgerError("ledger: the disk is full")

    monkeypatch.setattr(Ledger, "put", full)
    words: list[str] = []
    claims = [fakes.claim("a"), fakes.claim("b")]
    assert verdicts_of(run(claims, jobs=0, ledger=ledger, warn=words.append, judge=fakes.by_name)) == ["PROVED"] * 2
    assert words == ["ledger: the disk is full"]


def test_a_claim_without_content_is_judged_each_time(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no key can be had, nothing is kept and nothing is wrong."""

    def none(claim: Claim, **options: object) -> str:
        raise TypeError(claim.id)

    monkeypatch.setattr(suite, "key_of", none)
    assert verdicts_of(run([fakes.claim("a")], jobs=0, ledger=ledger, judge=fakes.by_name)) == ["PROVED"]
    assert len(ledger) == 0


def test_a_verdict_that_another_run_reached_meanwhile_is_taken(ledger: Ledger) -> None:
    """Each claim is looked up again when its turn comes."""
    claims = [fakes.claim("a"), fakes.claim("b")]

    def meddling(claim: Claim, **options: Any) -> Judgement:
        if claim.id == "a":
            run(claims[1:], jobs=0, ledger=ledger, judge=lambda c, **_: fakes.judgement(c, Verdict.SUPPORTED))
        return fakes.judgement(claim, Verdict.PROVED)

    assert verdicts_of(run(claims, jobs=0, ledger=ledger, judge=meddling)) == ["PROVED", "SUPPORTED"]


@pytest.mark.parametrize(
    ("own", "lemma", "combined"),
    [
        ("PROVED", "PROVED", "PROVED"),
        ("PROVED", "SUPPORTED", "SUPPORTED"),
        ("PROVED", "OPEN", "OPEN"),
        ("PROVED", "REFUTED", "OPEN"),
        ("SUPPORTED", "PROVED", "SUPPORTED"),
        ("SUPPORTED", "SUPPORTED", "SUPPORTED"),
        ("SUPPORTED", "REFUTED", "OPEN"),
        ("OPEN", "PROVED", "OPEN"),
        ("REFUTED", "PROVED", "REFUTED"),
        ("REFUTED", "OPEN", "REFUTED"),
    ],
)
def test_no_verdict_is_better_than_its_lemma(own: str, lemma: str, combined: str) -> None:
    """The truth table of the module, also through a lemma between."""
    base = fakes.claim(f"lemma/{lemma}")
    between = fakes.claim("between/PROVED", uses=(base.id,))
    claims = [fakes.claim(f"claim/{own}", uses=(between.id,)), between, base]
    assert run(claims, jobs=0, judge=fakes.by_name)[0].verdict.name == combined


def test_what_holds_a_verdict_down_is_named() -> None:
    """The reader sees which lemma, and what the claim had by itself."""
    claims = [fakes.claim("a", uses=("l/OPEN",)), fakes.claim("l/OPEN")]
    reason = run(claims, jobs=0, judge=fakes.by_name)[0].reason
    assert reason == "PROVED by itself, but it uses l/OPEN, which is OPEN; because"


def test_circular_lemmas_prove_nothing() -> None:
    """Claims that use each other are OPEN, and so is what rests on them; a refuted one stays refuted."""
    claims = [
        fakes.claim("a", uses=("b",)),
        fakes.claim("b", uses=("c/REFUTED", "a")),
        fakes.claim("c/REFUTED", uses=("a",)),
        fakes.claim("d", uses=("a",)),
        fakes.claim("e", uses=("e",)),
    ]
    judged = run(claims, jobs=0, judge=fakes.by_name)
    assert verdicts_of(judged) == ["OPEN", "OPEN", "REFUTED", "OPEN", "OPEN"]
    assert "circular" in judged[0].reason


def test_a_lemma_that_was_not_judged_leaves_the_claim_open() -> None:
    """An unknown lemma is no lemma."""
    claim = fakes.claim("a", uses=("elsewhere",))
    (found,) = with_lemmas([claim], {"a": fakes.judgement(claim, Verdict.PROVED)})
    assert found.verdict is Verdict.OPEN
    assert "elsewhere" in found.reason


def test_a_long_chain_of_lemmas_is_no_recursion() -> None:
    """Two thousand claims, each resting on the next."""
    claims = [fakes.claim(f"{i}", uses=(f"{i + 1}",)) for i in range(2000)] + [fakes.claim("2000")]
    found = {claim.id: fakes.judgement(claim, Verdict.PROVED) for claim in claims}
    assert {judgement.verdict for judgement in with_lemmas(claims, found)} == {Verdict.PROVED}


SCRIPT = f"""
import os, pathlib, sys, time
sys.path.insert(0, {str(Path(__file__).parent)!r})
import fakes
from proofs_check.ledger import Ledger
from proofs_check.suite import run

def endless(claim, **options):
    with open(os.environ["FAKE_NOTES"], "a") as notes:
        notes.write(claim.id + "\\n")
    time.sleep(600)

if __name__ == "__main__":
    claims = [fakes.claim(f"claim-{{i}}") for i in range(12)]
    with Ledger(pathlib.Path(sys.argv[1])) as ledger:
        try:
            judged = run(claims, jobs=2, ledger=ledger, judge=fakes.noted if sys.argv[2] != "inf" else endless)
        except KeyboardInterrupt:
            print("interrupted", len(ledger))
            sys.exit(130)
    print(*(judgement.verdict.name for judgement in judged))
"""


class Runs:
    """Starts the script above: twelve claims, each noted in a file when it is judged."""

    def __init__(self, folder: Path) -> None:
        self.ledger, self.notes, self.script = folder / "ledger.sqlite", folder / "notes", folder / "script.py"
        self.script.write_text(SCRIPT)
        self.notes.write_text("")

    def start(self, seconds: float) -> subprocess.Popen[str]:
        """A run in which every claim takes so many seconds; inf: they note that they begin and never end."""
        return subprocess.Popen(
            [sys.executable, str(self.script), str(self.ledger), str(seconds)],
            env={**os.environ, "FAKE_NOTES": str(self.notes), "FAKE_SECONDS": str(seconds), "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def wait_for(self, count: int) -> None:
        """Until so many claims were judged."""
        end = time.monotonic() + 30
        while len(self.judged()) < count:
            assert time.monotonic() < end, "the run makes no progress"
            time.sleep(0.02)

    def judged(self) -> list[str]:
        """The claims judged so far, by all runs."""
        return self.notes.read_text().split()


def processes_of(session: int) -> list[int]:
    """Processes that still belong to the session of a run."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(entry.name))
    return found


def test_a_killed_run_loses_no_finished_verdict(tmp_path: Path) -> None:
    """SIGKILL in the middle: the next run judges only what was not finished, and no worker is left behind."""
    runs = Runs(tmp_path)
    first = runs.start(0.2)
    runs.wait_for(4)
    first.kill()
    first.communicate()
    end = time.monotonic() + 10
    while processes_of(first.pid):
        assert time.monotonic() < end, "workers outlive their parent"
        time.sleep(0.05)
    with Ledger(runs.ledger) as ledger:
        kept = len(ledger)
    noted = len(runs.judged())
    assert noted - 2 <= kept <= noted  # each of the two workers may have been on its way back with one
    assert kept >= 2
    second = runs.start(0)
    out, err = second.communicate(timeout=60)
    assert (out.split(), err) == (["PROVED"] * 12, "")
    assert len(runs.judged()) == noted + 12 - kept


def test_a_killed_run_leaves_no_worker_in_a_long_judgement(tmp_path: Path) -> None:
    """A worker that never looks at its pipe again notices that its parent is gone."""
    runs = Runs(tmp_path)
    first = runs.start(math.inf)
    runs.wait_for(2)
    first.kill()
    first.wait()  # not communicate(): a worker left behind would hold the pipes open
    end = time.monotonic() + 15
    while processes_of(first.pid):
        assert time.monotonic() < end, "workers outlive their parent"
        time.sleep(0.05)
    first.communicate()


def test_ctrl_c_stops_cleanly(tmp_path: Path) -> None:
    """SIGINT to the whole group, as a terminal sends it: the workers end, the verdicts stay, no traceback."""
    runs = Runs(tmp_path)
    first = runs.start(0.2)
    runs.wait_for(1)
    os.killpg(first.pid, signal.SIGINT)
    out, err = first.communicate(timeout=30)
    assert first.returncode == 130
    assert err == ""
    assert out.startswith("interrupted ")
    assert int(out.split()[1]) <= len(runs.judged())
    assert processes_of(first.pid) == []


def test_two_runs_at_once_share_the_work(tmp_path: Path) -> None:
    """Both end with all verdicts, and what one has settled the other takes."""
    runs = Runs(tmp_path)
    both = [runs.start(0.1), runs.start(0.1)]
    for process in both:
        out, err = process.communicate(timeout=60)
        assert (out.split(), err) == (["PROVED"] * 12, "")
    assert set(runs.judged()) == {f"claim-{i}" for i in range(12)}
    with Ledger(runs.ledger) as ledger:
        assert len(ledger) == 12
