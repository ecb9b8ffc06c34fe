"""Five thousand certificates changed at random: what the checker still accepts is true, decided without the checker."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from flint import arb, fmpq
from tampering import originals, tampered
from truth import wrong

from proofs_check.checker import Rejected, check, core, half_rate, learnability, signs, spectrum, turn

STATEMENTS = Path(__file__).parents[1] / "certificates" / "statements"
HOW_MANY, SEED = 5000, 1


@pytest.fixture
def remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signs that were decided once are not decided again: most changes leave all of a certificate's signs but one as they are.

    A sign depends on its arguments alone. ``benchmarks/tampering.py`` does the same without this.
    """

    def memory(decide: Callable[..., None]) -> Callable[..., None]:
        known: dict[tuple[str, str], Rejected | None] = {}

        def again(*arguments: Any, **options: Any) -> None:
            # a ball is the right end of an interval: a function of the other arguments but for pi, printed in full
            key = (repr([a.str(40) if hasattr(a, "rad") else a for a in arguments]), repr(options))
            if key not in known:
                known[key] = None
                try:
                    decide(*arguments, **options)
                except Rejected as error:
                    known[key] = error
            if (error := known[key]) is not None:
                raise Rejected(str(error))

        return again

    for module in (core, half_rate, turn):
        monkeypatch.setattr(module, "nonnegative", memory(module.nonnegative))
    monkeypatch.setattr(half_rate, "_plane", memory(half_rate._plane))


def attack(
    numbers: Iterable[int], seed: int, *, enough: int | None = None
) -> tuple[Counter[str], Counter[str], dict[str, list[str]]]:
    """How many were accepted and rejected, by name, and what the accepted ones say that is false."""
    accepted: Counter[str] = Counter()
    rejected: Counter[str] = Counter()
    said: dict[str, list[str]] = {}
    for number in numbers:
        name, certificate = tampered(number, seed)
        try:
            statement = check(certificate)
        except Rejected as error:
            rejected[name] += 1
            if "\n" in str(error):
                said[str(error)] = [f"{seed}/{number} {name}: a message of two lines"]
            continue
        accepted[name] += 1
        text = json.dumps(statement, sort_keys=True)
        if text not in said:
            said[text] = [f"{seed}/{number} {name}: {what}" for what in wrong(statement)]
            if enough and sum(map(bool, said.values())) >= enough:
                break
    return accepted, rejected, said


@pytest.mark.usefixtures("remembered")
def test_no_tampered_certificate_proves_anything_false() -> None:
    """5,000 over all stored kinds; hundreds are accepted, with other constants or boxes, and what they say is true."""
    accepted, rejected, said = attack(range(HOW_MANY), SEED)
    assert [what for found in said.values() for what in found] == []
    assert accepted.total() + rejected.total() == HOW_MANY
    assert accepted.total() >= 500
    assert len(said) >= 250
    assert set(rejected) == set(originals())
    assert len(accepted) >= len(originals()) - 1


def test_what_is_stored_is_true() -> None:
    """The statements of all stored and accepted certificates, by the same decision."""
    for path in sorted(STATEMENTS.glob("*.json")):
        assert wrong(json.loads(path.read_text())) == [], path.stem


# --- what must be found -----------------------------------------------------------------------------------------------

LIES: tuple[tuple[str, str, str], ...] = (
    ("ffnet-mu-1-1", "3/8*log", "1/2*log"),
    ("ffnet-mu-1-1", "1/4*(L+1)", "1/3*(L+1)"),
    ("ffnet-mu-1-1", "-5/4))", "-5/4+1/10^15))"),
    ("ffnet-mu-1-1", "1/4*(L+1)+M", "1/2*(L+1)+M"),
    ("ffnet-mu-1-1", "T-(l+1)/4", "T"),
    ("ffnet-mu-1-1", "+(1)/(2*pi)*log", "+(1)/pi*log"),
    ("ffnet-mu-1-1", "1-mu*t/pi", "1-mu*t/3"),
    ("ffnet-mu-1-1", '"initial": "cos(t)"', '"initial": "-1-t"'),
    ("ffnet-mu-8-13", '"mu": "8/13"', '"mu": "9/13"'),
    ("ffnet-slopes", '"mu": "(0,1]"', '"mu": "[1,2)"'),
    ("ffnet-slopes", "theta/(1+mu*theta*L/(3*pi))", "theta/(1+mu*theta*L/(2*pi))"),
    ("ffnet-negative-slopes", '"first": 1', '"first": 0'),
    ("resnet-mu-1-1", "1327/2000", "1/1000"),
    ("resnet-mu-1-1", "eta = 1/(L+1)", "h <= 1"),
    ("resnet-mu-1-1", "eta*L <= 1/2", "h <= 1"),
    ("resnet-mu-1-1", "2*eta*(cos", "2*eta*(1/2*cos"),
    ("resnet-mu-1-1", "-1/50", "-1/5"),
    ("resnet-half-rate", "sqrt(2)/(3*pi)", "sqrt(2)/(4*pi)"),
    ("resnet-mu-1-1", "theta/(1+(1)*theta*x/(3*pi))", "theta/(1+(1)*theta*x/(2*pi))"),
    ("resnet-flow-mu-1-1", "(99/100)", "(9/100)"),
    ("relu-bias-linear", "(494179/1000000)", "(94179/1000)"),
    ("relu-bias-growing", "(42691/100000)", "(42691/10000000)"),
    ("relu-bias-ordered", "^(L/2)", "^L"),
    ("resnet-half-rate", "sqrt(2)/(3*pi)", "1/20"),
    ("smooth-critical-tanh", "(L+1)/3", "(L+1)/4"),
    ("smooth-critical-tanh", '"lo": "-8528759/10000000"', '"lo": "-85/100"'),
    ("smooth-critical-tanh", '"alpha": "703/1000"', '"alpha": "702/1000"'),
    ("smooth-ordered-sigmoid", "(7641351/50000000)^L", "(15/100)^L"),
    ("ffnet-turn", "2*theta*cos", "3*theta*cos"),
    ("lemma-angle-lower", "t/(3*pi)", "t/(3*pi-1/1000)"),
    ("data-with-labels", '"below": "1/100"', '"below": "1/1000000"'),
    ("eigenvalue-3-3", '"parity": "odd from 3"', '"parity": "every"'),
)
"""Statement, text in it, text instead: what a checker with a hole might return."""


@pytest.mark.parametrize(("name", "old", "new"), LIES)
def test_false_statements_are_found(name: str, old: str, new: str) -> None:
    """The decision is no rubber stamp."""
    text = json.dumps(json.loads((STATEMENTS / f"{name}.json").read_text()))
    assert old in text
    assert wrong(json.loads(text.replace(old, new)))


HOLES: dict[str, tuple[str, Any, str, Callable[..., Any]]] = {
    "no sign is decided": ("ffnet", core, "nonnegative", lambda *arguments, **options: None),
    "every ball is positive": ("", signs, "has_sign", lambda ball, strict: True),
    "cells may stop short": (
        "lemma",
        signs,
        "chain",
        lambda values, low, high, name: [fmpq(*map(int, end.split("/"))) for end in values],
    ),
    "no constant is compared": ("", core, "scalars_hold", lambda *arguments: None),
    "no constant of a smooth map is compared": ("smooth", core, "scalars_hold", lambda *arguments: None),
    "a gap is not computed": ("data", learnability, "residual_gap", lambda *arguments: arb(10)),
    "an eigenvalue is not computed": ("eigenvalue", spectrum, "times_c", lambda *arguments: arb(1)),
}
"""Which certificates are tampered with, a part of the checker, and what stands in its place in a checker with that hole."""


@pytest.mark.usefixtures("remembered")
@pytest.mark.parametrize("hole", HOLES)
def test_the_attack_finds_holes(hole: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With any one part of the checker switched off, a tampered certificate proves something false."""
    names, module, name, instead = HOLES[hole]
    monkeypatch.setattr(module, name, instead)
    numbers = [number for number in range(HOW_MANY) if names in sorted(originals())[number % len(originals())]]
    _, _, said = attack(numbers, SEED, enough=1)
    assert any(said.values())
