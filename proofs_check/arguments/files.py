"""Arguments in TOML files: ``[[proof]]`` with ``[[proof.step]]``, and ``[[induction]]``.

    [[proof]]
    id = "mine/gain"
    architecture = "ffnet"
    activation = "relu"
    domain = "-1 <= c < 1"

    [[proof.step]]
    lhs = "kappa - c"
    relation = "="
    rhs = "(sin(theta) - theta*cos(theta))/pi"
    reason = "the derived dual, in the angle"

    [[proof.step]]
    relation = ">="
    rhs = "theta^3/(10*pi)"

    [[induction]]
    id = "mine/angle"
    architecture = "ffnet"
    activation = "relu"
    quantity = "angle"
    domain = "-1 <= c <= 1"
    depths = "L >= 0"
    holds = "value <= 3*pi/(L + 3)"
    step = "map >= cos(next)"

A line that names no domain and no depths has those of the proof; one without lhs begins where the line before ended.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from proofs_check.arguments.chain import EVERYWHERE, Line, Setting, chain
from proofs_check.arguments.induction import induction
from theory.claims import Claim, Depth, Verdict
from theory.errors import InputError

TABLES = ("proof", "induction")
_OWN = {
    "proof": ("step", "expected_conclusion"),
    "induction": ("holds", "step", "expected_base", "expected_step"),
}
_WITHOUT_NETWORK = ("id", "quantity", "domain", "depths", "pointwise", "title", "note", "uses", "expected")
_STEP = ("lhs", "relation", "rhs", "reason", "domain", "depths", "expected")
_ANY = {"architecture": "ffnet", "activation": "relu", "quantity": "normalized_ntk", "holds": "limit == 0"}
"""Stands in where a table names no network: its domain and depths are read as those of a claim."""


def claims_from_table(name: str, table: Mapping[str, Any], *, paper: str) -> tuple[Claim, ...]:
    """The claims of one ``[[proof]]`` or ``[[induction]]``.

    raises  InputError that names the key, and the line of the proof where one is at fault
    """
    shared = {key: value for key, value in table.items() if key not in _OWN[name]}
    needed = "step" if name == "proof" else "holds"
    if needed not in table:
        raise InputError(f"key {needed} is missing; {_NEEDED[name]}")
    claim, setting = _read(shared, paper)
    common: dict[str, Any] = {
        "id": claim.id,
        "setting": setting,
        "paper": paper,
        "title": claim.title if "title" in table else "",
        "note": claim.note,
        "uses": claim.uses,
    }
    if "expected" in table:
        common["expected"] = claim.expected
    common |= {key: _verdict(table[key], key) for key in table if key.startswith("expected_")}
    if name == "induction":
        step = _text(table["step"], "step") if "step" in table else None
        return induction(**common, holds=_text(table["holds"], "holds"), step=step)
    steps = table["step"]
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        raise InputError(f"step: {_NEEDED[name]}")
    lines = []
    for number, step in enumerate(steps, 1):
        try:
            lines.append(_line(step))
        except InputError as error:
            raise InputError(f"{claim.id}, line {number}: {error}") from error
    return chain(**common, lines=lines)


_NEEDED = {
    "proof": "a proof consists of [[proof.step]] tables, one for each line",
    "induction": "an induction concludes holds, such as value <= 3*pi/(L + 3)",
}


def _read(shared: Mapping[str, Any], paper: str) -> tuple[Claim, Setting]:
    """Id, prose and lemmas as those of a claim; network, quantity, domain and depths as those of its statement."""
    without = set(shared) <= set(_WITHOUT_NETWORK)
    missing = _ANY if without else {key: _ANY[key] for key in ("quantity", "holds")}
    claim = _as_claim({**missing, **shared}, paper)
    statement = claim.statement
    assert isinstance(statement, Depth)
    return claim, Setting(
        network=None if without else statement.network,
        quantity=statement.quantity if "quantity" in shared else None,
        correlations=statement.correlations if "domain" in shared else EVERYWHERE,
        depths=(statement.depth_low, statement.depth_high),
        parameters=statement.parameters,
        pointwise=statement.pointwise,
    )


def _as_claim(table: Mapping[str, Any], paper: str) -> Claim:
    from proofs_check.claim_files import claim_from_table  # which reads these tables by this module

    return claim_from_table(table, paper=paper)


def _line(step: Mapping[str, Any]) -> Line:
    for key in step:
        if key not in _STEP:
            raise InputError(f"unknown key {str(key)[:60]}; known: {', '.join(_STEP)}")
    if "rhs" not in step:
        raise InputError("key rhs is missing; a line says lhs, relation, rhs, and the reason")
    read = _as_claim({**_ANY, "id": "line", **{key: step[key] for key in ("domain", "depths") if key in step}}, "")
    assert isinstance(read.statement, Depth)
    line = Line(
        lhs=_side(step["lhs"], "lhs") if "lhs" in step else None,
        relation=_text(step.get("relation", "="), "relation").strip(),
        rhs=_side(step["rhs"], "rhs"),
        reason=" ".join(_text(step["reason"], "reason").split()) if "reason" in step else "",
        domain=read.statement.correlations if "domain" in step else None,
        depths=(read.statement.depth_low, read.statement.depth_high) if "depths" in step else None,
    )
    return replace(line, expected=_verdict(step["expected"], "expected")) if "expected" in step else line


def _side(value: object, key: str) -> str:
    """An expression in quotes, or a whole number."""
    return str(value) if type(value) is int else _text(value, key)


def _text(value: object, key: str) -> str:
    if type(value) is not str or not value.strip():
        raise InputError(f"{key}={str(value)[:60]}: a nonempty text in quotes is needed")
    return value


def _verdict(value: object, key: str) -> Verdict:
    if not isinstance(value, str) or value not in Verdict.__members__:
        raise InputError(f"{key}={str(value)[:60]}: allowed is one of {', '.join(Verdict.__members__)}")
    return Verdict[value]


__all__ = ["TABLES", "claims_from_table"]
