"""The trusted checker: what it accepts, what it rejects and why, and that nothing makes it crash."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from proofs_check.certify import FOLDER, regenerate
from proofs_check.checker import Rejected, Unreadable, check, load
from proofs_check.checker.__main__ import main
from proofs_check.checker.expressions import Exact, ball, evaluate, parse, series, vanishing
from proofs_check.checker.signs import nonnegative
from proofs_check.checker.theorems import THEOREMS

FILES = Path(__file__).parents[1] / "certificates"
SHIPPED = sorted(FOLDER.glob("*.json"))


def _files(kind: str) -> list[Path]:
    found = sorted((FILES / kind).glob("*.json"))
    assert len(found) >= 8
    return found


@pytest.mark.parametrize("path", [*_files("accept"), *SHIPPED], ids=lambda path: path.stem)
def test_accepted_files_return_what_they_prove(path: Path) -> None:
    """The statement names the theorem, and has conclusions or an inequality on an interval."""
    statement = check(load(path))
    if statement["theorem"] == "inequality":
        assert statement["expression"] == json.loads(path.read_text())["expression"]
        assert statement["above"] == "0"
    else:
        assert len(statement["conclusions"]) >= (2 if statement["theorem"] in set(THEOREMS) - {"resnet-flow"} else 1)
        wanted = {"bound": {"quantity", "lower", "upper", "correlations", "first", "condition"}}
        wanted["schedule"] = wanted["bound"] | {"sum"}
        wanted["restart"] = {"quantity", "lower", "at_most", "correlations"}
        wanted |= {"turn": {"correlations", "first"}, "prediction": {"network"}}
        wanted |= {"eigenvalues": {"parity", "sign", "first"}, "eigenvalue": {"lower", "degree", "dimension"}}
        assert all(set(found) >= wanted[found["kind"]] for found in statement["conclusions"])


@pytest.mark.parametrize("path", _files("reject"), ids=lambda path: path.stem)
def test_lies_are_rejected(path: Path) -> None:
    """Each file is a true certificate with one change that makes it a lie."""
    with pytest.raises(Rejected, match=r"^[^\n]+$"):
        check(load(path))


@pytest.mark.parametrize("path", _files("survive"), ids=lambda path: path.stem)
def test_hostile_files_end_in_one_line(path: Path) -> None:
    """Neither a crash nor acceptance."""
    with pytest.raises((Rejected, Unreadable), match=r"^[^\n]+$"):
        check(load(path))


KINDS = ("data-with-labels", "data-feedforward-only", "eigenvalue-3-3")
OTHERS = (None, True, -1, 10**40, "0", "-1", "1/3", "x", "", [], {}, ["1"], [[]], {"a": 1}, "1/0", "ts.", "9" * 59)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every node below the root."""
    if path:
        yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield from _places(part, (*path, key))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([*KINDS, "ffnet-turn", "resnet-half-rate"]), st.data())
def test_a_changed_node_ends_in_a_statement_or_one_line(name: str, data: st.DataObject) -> None:
    """No node of a certificate can be replaced so that the checker crashes."""
    path = FILES / "accept" / f"{name}.json" if name in KINDS else FOLDER / f"{name}.json"
    certificate = json.loads(path.read_text())
    *way, last = data.draw(st.sampled_from([place for place in _places(certificate) if len(place) <= 3]))
    node = certificate
    for key in way:
        node = node[key]
    node[last] = data.draw(st.sampled_from(OTHERS))
    try:
        said = check(certificate)["theorem"]
    except Rejected as error:
        said = str(error)
    assert said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("plane-not-cut", r"plane: on \[0, 249/100\]"),
        ("half-rate-pace-negative", "k >= 0: the difference"),
        ("turn-brackets-too-wide", "bracket-upper|pace at 0"),
        ("data-depth-too-small", "spread: the predictors differ by at most"),
        ("data-two-equal-directions", "two of them have the same direction"),
        ("eigenvalue-too-large", "square: the eigenvalue is"),
        ("last-cell-missing", "the cells end at"),
        ("cells-in-disorder", "must increase strictly"),
        ("order-of-zero-too-high", "the zero at 0 is not of order 6"),
        ("another-slope", "above: the difference"),
        ("interval-of-M2-cut", "M2-half: the cells end at"),
        ("linear-coefficient-beyond-the-truth", "H1-linear: on"),
    ],
)
def test_the_message_names_the_hypothesis_that_fails(name: str, reason: str) -> None:
    """A reader learns which hypothesis fails, and where."""
    with pytest.raises(Rejected, match=reason):
        check(load(FILES / "reject" / f"{name}.json"))


def test_shipped_certificates_are_what_the_search_writes(tmp_path: Path) -> None:
    """They can be regenerated, the same to the byte."""
    written = regenerate(tmp_path)
    assert {path.name for path in written} == {path.name for path in SHIPPED}
    for path in written:
        assert path.read_bytes() == (FOLDER / path.name).read_bytes(), path.name


def test_certificates_are_small() -> None:
    """Each is below 100 kB; a theorem's for one member of its family below 10 kB."""
    families = {path for path in SHIPPED if "slopes" in path.stem}
    assert all(path.stat().st_size < (20_000 if path in families else 10_000) for path in SHIPPED)


# --- the program ------------------------------------------------------------------------------------------------------


def test_runs_alone_and_exits_by_the_worst_file(tmp_path: Path) -> None:
    """Isolated from the package: 0 accepted, 1 rejected, 2 unreadable or no file."""
    accepted, rejected, unreadable = SHIPPED[0], _files("reject")[0], _files("survive")[0]
    for files, status in (([accepted], 0), ([accepted, rejected], 1), ([unreadable, rejected], 2), ([], 2)):
        found = subprocess.run(
            [sys.executable, "-I", "-m", "proofs_check.checker", *map(str, files)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
        )
        assert found.returncode == status, found.stderr
        assert "Traceback" not in found.stderr


def test_answers_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Accepted, statement and reason are the keys, for accepted and for rejected files."""
    assert main([str(SHIPPED[0]), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["accepted"] is True
    assert answer["reason"] is None
    assert answer["statement"]["theorem"] == "ffnet-critical-angle"
    assert main([str(_files("reject")[0]), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["accepted"], answer["statement"]) == (False, None)
    assert answer["reason"]


def test_prints_the_statement_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    """Depths and correlations are said for each conclusion."""
    assert main([str(FOLDER / "resnet-mu-1-1.json"), str(FOLDER / "lemma-relu-gain.json")]) == 0
    out = capsys.readouterr().out
    assert "for every L >= 1 and c in [-1,1]" in out
    assert "assuming" not in out
    assert "> 0 for every t in (0, pi]" in out


def test_what_is_assumed_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """A statement about every map with some numbers names them and where they lie, one side alone where it is one."""
    assert main([str(FOLDER / "smooth-critical-tanh.json")]) == 0
    out = capsys.readouterr().out
    assert "assuming 1 <= kappa'(1) <= 1\n" in out
    assert "None" not in out
    assert "\nassuming kappa'(0) <= " in out
    assert main([str(FOLDER / "smooth-ordered-sigmoid.json")]) == 0
    assert "(7641351/50000000)^L" in capsys.readouterr().out


def test_a_missing_file_is_unreadable(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """One line names it."""
    assert main([str(tmp_path / "none.json")]) == 2
    assert "none.json" in capsys.readouterr().err


def test_a_rejected_file_behind_an_unreadable_one_is_called_rejected(capsys: pytest.CaptureFixture[str]) -> None:
    """Each line speaks of its own file."""
    assert main([str(_files("survive")[0]), str(_files("reject")[0])]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert "unreadable" in first
    assert "rejected" in second


# --- expressions ------------------------------------------------------------------------------------------------------

_SMALL = st.integers(-5, 5)


@given(_SMALL, _SMALL, st.integers(0, 4), st.integers(1, 6))
def test_balls_and_exact_series_agree(a: int, b: int, power: int, order: int) -> None:
    """The Taylor coefficients in balls contain the exact ones, for an expression with sin, cos, pi, / and ^."""
    text = f"(({a})*sin(t)+cos(pi/2+({b})*t)/(2+t))^{power}*pi-t/(1+t)"
    length = order + 1
    with ctx.workprec(128):
        balls = series(text, {}, arb(0), length)

    def power(t: int, pi: int, value: fmpq) -> Exact:
        return Exact({(t, pi, 0): value}, length)

    names = {"pi": power(0, 1, fmpq(1)), "t": power(1, 0, fmpq(1))}
    exact = evaluate(parse(text), names, lambda n: power(0, 0, fmpq(n)))
    with ctx.workprec(128):
        for degree, found in enumerate(balls):
            terms = [(p, value) for (t, p, _), value in exact.terms.items() if t == degree]
            assert found.overlaps(sum((arb(v.p) / arb(v.q) * arb.pi() ** p for p, v in terms), arb(0)))


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("sin(t)-t*cos(t)", 3),
        ("cos(t)-1+t^2/2", 4),
        ("sin(pi/2+t)-1", 2),
        ("cos(pi-t)+1", 2),
        ("cos(3*pi/2+t)", 1),
        ("t^5/(1+pi*t)", 5),
    ],
)
def test_the_order_of_a_zero_is_exact(text: str, order: int) -> None:
    """Vanishing up to the order, not beyond."""
    assert vanishing(text, {}, order)
    assert not vanishing(text, {}, order + 1)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("mu*sin(t)-mu*t", 3),
        ("cos(t/(1+mu*t/pi))-1+t^2/2-mu*t^3/pi", 4),
        ("(mu-1)*t+t-mu*sin(t)", 3),
        ("t/(mu*pi)-t/pi/mu+t^2", 2),
    ],
)
def test_the_order_of_a_zero_is_exact_for_every_value_of_the_parameter(text: str, order: int) -> None:
    """A coefficient vanishes if it is 0 as a polynomial in the parameter."""
    assert vanishing(text, {}, order, "mu")
    assert not vanishing(text, {}, order + 1, "mu")
    with pytest.raises(Rejected, match="no meaning"):
        vanishing(text, {}, order)


@pytest.mark.parametrize(
    ("text", "low", "high", "true"),
    [
        ("mu-t+9/8", "0", "1", True),
        ("mu-t+1/2", "0", "1", False),
        ("mu*t^2-t^3/3+t^2", "-1/2", "1", True),
        ("mu*t^2-t^3/3+t^2/4", "-1/2", "1", False),
        ("t^2*(3/2-mu/2)+t^3/9", "0", "2", True),
    ],
)
def test_a_sign_over_a_range_of_the_parameter(text: str, low: str, high: str, true: bool) -> None:
    """True for every value, or refused; strips and cells as in a certificate."""
    order = 2 if "t^2" in text else 0
    strips = [str(fmpq(low) + (fmpq(high) - fmpq(low)) * k / 8) for k in range(1, 9)]
    proof = {"order": order, "taylor": 6, "strips": strips, "ends": [["1/2", "3/4", "1"]] * 8}
    over = ("mu", fmpq(low), fmpq(high))

    def proved(changed: dict[str, object]) -> bool:
        try:
            nonnegative("f", text, {}, proof | changed, arb(1), over=over)
        except Rejected:
            return False
        return True

    assert proved({}) is true
    for lie in ({"strips": strips[:-1], "ends": proof["ends"][:-1]}, {"ends": [["1/2"]] * 8}, {"strips": strips[::-1]}):
        assert not proved(lie)
    assert not proved({"ends": proof["ends"][:-1]})
    assert not proved({"ends": "1"})


@pytest.mark.parametrize("text", ["sin(1+t)", "cos(t)/(1+pi+t)", "sqrt(t)", "log(1+t)"])
def test_what_has_no_exact_series_is_refused(text: str) -> None:
    """Refused, never taken for zero."""
    with pytest.raises(Rejected, match=r"exact|rational multiple"):
        vanishing(text, {}, 2)


@pytest.mark.parametrize("text", ["", "1+", "(1", "1)", "sin t", "t t", "2^", "2^-1", "t^13", "a b", "1..2", "π", "٣"])
def test_malformed_expressions_are_refused(text: str) -> None:
    """One line, no crash."""
    with pytest.raises(Rejected, match=r"^[^\n]+$"):
        ball(text, {"t": arb(1)})


def test_an_integer_power_of_a_ball_that_straddles_zero_is_finite() -> None:
    """Repeated multiplication, where flint's own power is NaN."""
    with ctx.workprec(64):
        assert ball("t^3", {"t": arb(0, 1)}).is_finite()
