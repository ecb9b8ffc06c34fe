"""The trusted checker by itself: every part of it against values known without it. Imports nothing else of ours.

These tests are what a mutation of the checker's code has to pass (docs/soundness.md); so each says exactly where a limit
lies, and what a number must be, not only that it is near.
"""

import json
import math
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import mpmath
import pytest
from flint import arb, ctx, fmpq

from proofs_check.checker import Rejected, Unreadable, check, load
from proofs_check.checker import expressions as language
from proofs_check.checker.__main__ import main
from proofs_check.checker.expressions import Exact, ball, evaluate, parse, series, tower, value_of, vanishing
from proofs_check.checker.reading import MAX_BYTES, MAX_DEPTH, integer, keys, rational
from proofs_check.checker.signs import MAX_CELLS, MAX_TEXT, chain, has_sign, nonnegative, taylor_form, to_arb

STORED = Path(__file__).parents[2] / "proofs_check" / "certificates"


def refused(call: Callable[[], Any], match: str = "^.") -> None:
    """Rejected in one line that matches."""
    with pytest.raises(Rejected, match=match) as caught:
        call()
    assert "\n" not in str(caught.value)


def near(found: arb, wanted: Any, radius: str = "1e-30") -> bool:
    """The ball contains the number, given at 60 digits, and is small."""
    with mpmath.workdps(60), ctx.workprec(200):
        reference = arb(mpmath.nstr(mpmath.mpf(wanted), 55)) + arb(0, "1e-50")
    return bool(found.overlaps(reference)) and bool(found.rad() <= arb(radius))


# --- reading ----------------------------------------------------------------------------------------------------------


def written(folder: Path, text: str | bytes) -> Path:
    """A file with this content."""
    path = folder / "certificate.json"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_a_file_of_the_largest_size_is_read_and_a_byte_more_is_not(tmp_path: Path) -> None:
    """One million bytes."""
    assert MAX_BYTES == 1_000_000
    assert load(written(tmp_path, '{"a": 1}'.ljust(MAX_BYTES))) == {"a": 1}
    with pytest.raises(Unreadable, match="more than 1000000 bytes"):
        load(written(tmp_path, '{"a": 1}'.ljust(MAX_BYTES + 1)))


def test_twenty_levels_are_read_and_one_more_is_not(tmp_path: Path) -> None:
    """Brackets and braces alike; what closes counts back."""
    assert MAX_DEPTH == 20
    inner = "[" * 19 + "]" * 19
    assert load(written(tmp_path, f'{{"a": {inner}, "b": {inner}, "c": {{"d": {{}}}}}}'))["c"] == {"d": {}}
    for deep in ("[" * 20 + "]" * 20, '{"b": ' * 20 + "1" + "}" * 20):
        with pytest.raises(Unreadable, match="nested more than 20 deep"):
            load(written(tmp_path, f'{{"a": {deep}}}'))


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("[1]", "a certificate is a JSON object"),
        ('{"a": 1, "b": 2, "a": 1}', "a key stands twice"),
        ('{"x": {"a": 1, "a": 2}}', "a key stands twice"),
        ('{"a": 1.5}', "1.5: numbers are integers or strings p/q"),
        ('{"a": 1e5}', "1e5: numbers are integers"),
        ('{"a": NaN}', "NaN: numbers are integers"),
        ('{"a": -Infinity}', "-Infinity: numbers are integers"),
        (b'{"a": "\xff"}', "not a JSON certificate"),
        ("", "not a JSON certificate"),
        ('{"a": 1} {"b": 2}', "not a JSON certificate"),
    ],
)
def test_what_is_no_certificate_is_unreadable(tmp_path: Path, text: str | bytes, match: str) -> None:
    """One line says why."""
    with pytest.raises(Unreadable, match=match) as caught:
        load(written(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_a_message_shows_the_beginning_of_a_long_number_only(tmp_path: Path) -> None:
    """Twenty characters."""
    with pytest.raises(Unreadable, match=r": 1\.234567890123456789: numbers are"):
        load(written(tmp_path, '{"a": 1.2345678901234567890123}'))


def test_rationals() -> None:
    """Strings p and p/q of ASCII digits, at most 120 characters, the denominator positive."""
    assert rational("-12/30", "x") == fmpq(-2, 5)
    assert rational("7", "x") == fmpq(7)
    assert rational("0/5", "x") == 0
    assert rational("1" * 120, "x") == fmpq(int("1" * 120))
    assert rational("5/1", "x").q == 1
    for wrong in (
        "1/0",
        "-3/00",
        "1/-2",
        "+1",
        " 1",
        "1 ",
        "1/",
        "/2",
        "",
        "0.5",
        "1e3",
        "٣",
        "1\n",
        "1" * 121,
        1,
        True,
        None,
    ):
        refused(lambda wrong=wrong: rational(wrong, "here"), "^here: .* is no rational; write a string p or p/q$")


def test_integers() -> None:
    """Both ends belong to the range; a boolean, a string, a float does not."""
    assert [integer(n, 2, 5, "x") for n in (2, 3, 5)] == [2, 3, 5]
    for wrong in (1, 6, True, "3", 3.0, None, [3]):
        refused(lambda wrong=wrong: integer(wrong, 1 if wrong is True else 2, 5, "n"), "^n: .* is no integer from")


def test_keys() -> None:
    """Exactly those; the message says which is unknown or missing."""
    keys({"a": 1, "b": 2}, {"a", "b"}, "x")
    refused(lambda: keys({"a": 1}, {"a", "b"}, "x"), "^x: the key 'b' is missing$")
    refused(lambda: keys({"a": 1, "b": 2}, {"a"}, "x"), "^x: the key 'b' is unknown$")
    refused(lambda: keys({"b": 1}, {"a"}, "x"), "^x: the key 'a' is missing$")
    refused(lambda: keys(["a"], {"a"}, "x"), "^x: an object is expected$")


# --- the language -----------------------------------------------------------------------------------------------------


def exactly(text: str, **names: int) -> Fraction:
    """The rational value of an expression: one arithmetic of Python's own in the checker's evaluation."""
    found: Fraction = evaluate(parse(text), {key: Fraction(value) for key, value in names.items()}, Fraction)
    return found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8-3-2", 3),
        ("8/4/2", 1),
        ("8/4*2", 4),
        ("2+3*4", 14),
        ("(2+3)*4", 20),
        ("-2^2", -4),
        ("(-2)^2", 4),
        ("2*-3", -6),
        ("2--3", 5),
        ("--3", 3),
        ("5^0", 1),
        ("2^12", 4096),
        ("2^1", 2),
        ("(2^3)^2", 64),
        ("1/3", Fraction(1, 3)),
        ("007", 7),
        ("x*y-x_1", 5),
        (" 1 +\t2 ", 3),
        ("3-(1-(1-1))", 2),
        ("2^3*2", 16),
        ("12/2^2", 3),
    ],
)
def test_arithmetic_has_its_usual_order(text: str, value: Any) -> None:
    """From the left, products first, powers before signs."""
    assert exactly(text, x=2, y=3, x_1=1) == value


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "an operand expected, found the end"),
        ("1+", "an operand expected, found the end"),
        ("(1", r"\) expected, found the end"),
        ("(1]", r"\) expected, found \]"),
        ("1)", r"'\)' is not understood"),
        ("2^", "an operand expected"),
        ("2^13", "exponents are integers from 0 to 12"),
        ("2^-1", "exponents are integers"),
        ("2^x", "exponents are integers"),
        ("2^01", "exponents are integers"),
        ("2^3^2", r"'\^' is not understood"),
        ("((x^2)^2)^2", "not nested"),
        ("sin x", r"\( expected, found x"),
        ("sin(x", r"\) expected"),
        ("*2", r"'\*' is not understood"),
        ("_x", "'_' is not understood|'_x' is not understood"),
        ("1 2", "'2' is not understood"),
        ("x.y", r"'\.' is not understood"),
        ("²", "not understood"),
        ("exp(x)", r"'\(' is not understood"),
        ("z", "the name 'z' has no meaning here"),
    ],
)
def test_what_is_no_expression_is_refused(text: str, match: str) -> None:
    """With what was expected."""
    refused(lambda: exactly(text, x=2), match)


def test_limits_of_an_expression() -> None:
    """2,000 characters, 400 operators, 50 levels, two powers in a power: those pass, one more does not."""
    assert exactly("1" * 1999 + " ") == int("1" * 1999)
    refused(lambda: parse("1" * 2001), "more than 2000 characters")
    assert exactly("2*" + "(1" + "+1" * 398 + ")^2") == 2 * 399**2
    refused(lambda: parse("2*" + "(1" + "+1" * 399 + ")^2"), "more than 400 operators")
    assert exactly("(" * 50 + "1" + ")" * 50) == 1
    refused(lambda: parse("(" * 51 + "1" + ")" * 51), "nested too deeply")
    assert exactly("-" * 50 + "1") == 1
    refused(lambda: parse("-" * 51 + "1"), "nested too deeply")
    assert exactly("(3*2^2+1)^2") == 169
    assert tower(parse("(1+x^2)^2*x")) == 2
    assert tower(parse("sin(x^2)+y^3")) == 1
    assert tower(parse("x+1")) == 0


def test_names_for_parts() -> None:
    """Each may be used behind its definition, none is defined twice."""
    assert value_of("x = 2; y = x*x; y-x", {}, Fraction) == 2
    refused(lambda: value_of("x = 2; x = 3; x", {}, Fraction), "the name 'x' is defined twice")
    refused(lambda: value_of("pi = 3; pi", {"pi": Fraction(1)}, Fraction), "'pi' is defined twice")
    refused(lambda: value_of("y = x; x = 2; y", {}, Fraction), "'x' has no meaning")


def test_malformed_trees_are_refused() -> None:
    """What the parser never writes is not evaluated."""
    refused(lambda: evaluate(("number", "1"), {}, Fraction), "malformed")
    refused(lambda: evaluate(("sin", ("number", 1)), {}, Fraction), "sin has no exact series here")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sin(t)", lambda t: mpmath.sin(t)),
        ("cos(2*t)^3", lambda t: mpmath.cos(2 * t) ** 3),
        ("sqrt(1+t)/pi", lambda t: mpmath.sqrt(1 + t) / mpmath.pi),
        ("log(2+t)-acos(t/3)", lambda t: mpmath.log(2 + t) - mpmath.acos(t / 3)),
        ("x = t-1; x*x*x-1/(1+t)", lambda t: (t - 1) ** 3 - 1 / (1 + t)),
    ],
)
def test_balls_and_series_of_balls(text: str, value: Callable[[Any], Any]) -> None:
    """Value and Taylor coefficients at a point, as mpmath has them; the enclosures are narrow."""
    with ctx.workprec(128), mpmath.workdps(60):
        at, cap = arb(3) / 7, ctx.cap
        assert near(ball(text, {"t": at}), value(mpmath.mpf(3) / 7))
        found = series(text, {}, at, 4)
        assert ctx.cap == cap
        assert len(found) == 4
        for ours, theirs in zip(found, mpmath.taylor(value, mpmath.mpf(3) / 7, 3), strict=True):
            assert near(ours, theirs, "1e-28")


def test_series_on_a_wide_ball_contain_the_series_at_its_points() -> None:
    """And are not much wider than they must be."""
    with ctx.workprec(128):
        wide = series("sin(t)*t", {}, arb(1).union(arb(2)), 3)
        for point in (1, 1.25, 2):
            for ours, theirs in zip(wide, series("sin(t)*t", {}, arb(point), 3), strict=True):
                assert ours.contains(theirs)
                assert ours.rad() < 4


@pytest.mark.parametrize("text", ["1/t", "log(t)", "sqrt(t-1)", "1/(t-t)", "acos(2+t)", "log(-t)"])
def test_a_series_that_flint_cannot_enclose_is_rejected_or_not_a_number(text: str) -> None:
    """Never a finite ball; and the length of series is set back."""
    cap = ctx.cap
    try:
        said, found = "", series(text, {}, arb(0), 3)
    except Rejected as error:
        said, found = str(error), []
    assert ctx.cap == cap
    assert not any(value.is_finite() for value in found)
    assert found or "cannot be enclosed on 0" in said or "loses its coefficients" in said


def exact(text: str, length: int, **names: Any) -> dict[tuple[int, int, int], fmpq]:
    """The terms of an exact series in t, with pi and mu."""

    def term(t: int, pi: int, mu: int, value: fmpq) -> Exact:
        return Exact({(t, pi, mu): value}, length)

    known = {"t": term(1, 0, 0, fmpq(1)), "pi": term(0, 1, 0, fmpq(1)), "mu": term(0, 0, 1, fmpq(1))}
    found: Exact = value_of(text, known | names, lambda n: term(0, 0, 0, fmpq(n)))
    assert found.length == length
    return dict(found.terms)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("cos(t)", {0: 1, 2: Fraction(-1, 2), 4: Fraction(1, 24), 6: Fraction(-1, 720)}),
        ("sin(t)", {1: 1, 3: Fraction(-1, 6), 5: Fraction(1, 120)}),
        ("cos(pi/2+t)", {1: -1, 3: Fraction(1, 6), 5: Fraction(-1, 120)}),
        ("sin(pi/2-t)", {0: 1, 2: Fraction(-1, 2), 4: Fraction(1, 24), 6: Fraction(-1, 720)}),
        ("cos(pi+t)", {0: -1, 2: Fraction(1, 2), 4: Fraction(-1, 24), 6: Fraction(1, 720)}),
        ("sin(pi+t)", {1: -1, 3: Fraction(1, 6), 5: Fraction(-1, 120)}),
        ("cos(3*pi/2+t)", {1: 1, 3: Fraction(-1, 6), 5: Fraction(1, 120)}),
        ("sin(3*pi/2+t)", {0: -1, 2: Fraction(1, 2), 4: Fraction(-1, 24), 6: Fraction(1, 720)}),
        ("sin(t-pi/2)", {0: -1, 2: Fraction(1, 2), 4: Fraction(-1, 24), 6: Fraction(1, 720)}),
        ("sin(2*pi+t)", {1: 1, 3: Fraction(-1, 6), 5: Fraction(1, 120)}),
        ("1/(1-t)", dict.fromkeys(range(7), 1)),
        ("t/(2+t)", {k: Fraction((-1) ** (k + 1), 2**k) for k in range(1, 7)}),
        ("(1+t)^3-1", {1: 3, 2: 3, 3: 1}),
        ("sin(t)^2+cos(t)^2", {0: 1}),
        ("t-t", {}),
    ],
)
def test_exact_series(text: str, terms: dict[int, Any]) -> None:
    """All seven coefficients of a known series; a quarter turn is exact."""
    wanted = {(k, 0, 0): fmpq(Fraction(value).numerator, Fraction(value).denominator) for k, value in terms.items()}
    assert exact(text, 7) == wanted


def test_exact_series_keep_pi_and_the_parameter_apart() -> None:
    """Laurent polynomials: a power of each in every term."""
    assert exact("mu*t/pi/pi+3*pi/mu", 3) == {(1, -2, 1): fmpq(1), (0, 1, -1): fmpq(3)}
    assert exact("1/(2*pi*mu+t)", 3) == {(0, -1, -1): fmpq(1, 2), (1, -2, -2): fmpq(-1, 4), (2, -3, -3): fmpq(1, 8)}
    assert exact("t^2*t", 3) == {}
    assert exact("t^2", 3) == {(2, 0, 0): fmpq(1)}
    assert exact("sin(mu*t/pi)", 4) == {(1, -1, 1): fmpq(1), (3, -3, 3): fmpq(-1, 6)}
    for text in ("1/t", "1/(1+pi)", "1/(t-t)", "sin(1+t)", "cos(mu+t)", "sin(pi/4+t)", "cos(pi+mu)", "sin(pi*pi)"):
        refused(lambda text=text: exact(text, 3), "rational multiple|multiple of pi/2")
    for text in ("sqrt(1+t)", "log(1+t)", "acos(t)"):
        refused(lambda text=text: exact(text, 3), "has no exact series here")


def test_an_exact_series_has_at_most_600_terms() -> None:
    """600 pass, 601 do not."""
    assert language.MAX_TERMS == 600
    terms = {(0, power, 0): fmpq(1) for power in range(600)}
    assert len(Exact(terms, 1).terms) == 600
    refused(lambda: Exact({**terms, (0, 600, 0): fmpq(1)}, 1), "more than 600 terms")
    assert len(Exact({**terms, (0, 600, 0): fmpq(0), (1, 601, 0): fmpq(1)}, 1).terms) == 600


def test_zeros_are_exact() -> None:
    """Coefficients 0 .. m - 1, for the values of the names and for every value of the parameter."""
    assert vanishing("t^3", {}, 3)
    assert not vanishing("t^3", {}, 4)
    assert vanishing("x*t-t/2", {"x": fmpq(1, 2)}, 12)
    assert not vanishing("x*t-t/2", {"x": fmpq(1, 3)}, 2)
    assert vanishing("x*t-t/2", {"x": fmpq(1, 3)}, 1)
    assert vanishing("mu*t-t*mu", {}, 5, "mu")
    assert not vanishing("mu*t-t", {}, 5, "mu")
    assert not vanishing("t/10^12", {}, 2)
    refused(lambda: vanishing("mu*t", {}, 2), "'mu' has no meaning")


# --- signs ------------------------------------------------------------------------------------------------------------


def test_signs_of_balls() -> None:
    """True only where every point agrees; never for what is not a number."""
    assert has_sign(arb(0), strict=False)
    assert not has_sign(arb(0), strict=True)
    assert has_sign(arb(2, 1), strict=True)
    assert has_sign(arb(1, 1), strict=False) is bool(arb(1, 1) >= 0)
    assert not has_sign(arb(1, 2), strict=False)
    assert not has_sign(arb(-1), strict=False)
    assert not has_sign(arb(-1), strict=True)
    assert not has_sign(arb("nan"), strict=False)
    assert not has_sign(arb("nan"), strict=True)


def test_rationals_as_balls() -> None:
    """The ball contains the quotient."""
    with ctx.workprec(128):
        assert (to_arb(fmpq(-22, 7)) * 7 + 22).contains(0)
        assert to_arb(fmpq(-22, 7)).rad() < arb("1e-37")
        assert to_arb(fmpq(3)) == 3


def test_chains() -> None:
    """Strictly increasing from above the lower end to the upper one or beyond."""
    assert chain(["1/2", "3/2"], fmpq(0), arb(1), "x") == [fmpq(1, 2), fmpq(3, 2)]
    assert chain(["1"], fmpq(0), arb(1), "x") == [fmpq(1)]
    assert len(chain([str(k) for k in range(1, MAX_CELLS + 1)], fmpq(0), arb(1), "x")) == MAX_CELLS == 5000
    for wrong in (
        [],
        ["0", "1"],
        ["-1", "1"],
        ["1/2", "1/2", "1"],
        ["2", "1"],
        [str(k) for k in range(1, MAX_CELLS + 2)],
        "12",
        {"1": "2"},
        None,
    ):
        refused(lambda wrong=wrong: chain(wrong, fmpq(0), arb(1), "x"), "ends is a list of 1 to 5000|the cells end")
    refused(lambda: chain(["1"], fmpq(1), arb(1), "x"), "increase strictly from above 1")
    refused(lambda: chain(["1/2", "9/10"], fmpq(0), arb(1), "x"), "the cells end at 9/10, before 1")
    with ctx.workprec(128):
        refused(
            lambda: chain(["314159265358979323846/100000000000000000000"], fmpq(0), arb.pi(), "x"), "before 3.14159"
        )
    refused(lambda: chain(["1"], fmpq(0), arb("nan"), "x"), "the cells end")


FORMS: dict[str, tuple[str, Callable[[Any], Any], int]] = {
    "cubic": ("1-2*t+3*t^2-t^3", lambda t: 1 - 2 * t + 3 * t**2 - t**3, 0),
    "sine": ("sin(3*t)", lambda t: mpmath.sin(3 * t), 0),
    "gain": ("sin(t)-t*cos(t)", lambda t: mpmath.sin(t) - t * mpmath.cos(t), 3),
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("taylor", [1, 2, 5])
@pytest.mark.parametrize(("left", "right"), [(0, Fraction(1, 4)), (Fraction(1, 2), Fraction(5, 8)), (2, 3)])
def test_taylor_forms_contain_the_values(name: str, taylor: int, left: Any, right: Any) -> None:
    """On the whole cell, divided by the power of t at 0; with narrower cells the form is as narrow as its order promises."""
    text, value, order = FORMS[name]
    order = 0 if left else order
    with ctx.workprec(128), mpmath.workdps(40):
        ends = [to_arb(fmpq(Fraction(end).numerator, Fraction(end).denominator)) for end in (left, right)]
        form = taylor_form(text, {}, *ends, taylor, order)
        samples = [left + (right - left) * Fraction(k, 40) for k in range(1, 41)]
        values = [
            value(t) / t**order for t in (mpmath.mpf(f.numerator) / f.denominator for f in map(Fraction, samples))
        ]
        assert all(form.overlaps(arb(mpmath.nstr(v, 30))) for v in values)
        narrow = taylor_form(text, {}, ends[0], ends[0] + (ends[1] - ends[0]) / 64, taylor, order)
        assert form.contains(narrow)
        slope = 12 * (float(right) - float(left)) / 64
        assert float(narrow.rad()) < slope
        if left:
            middle = value((mpmath.mpf(float(left)) + mpmath.mpf(float(right))) / 2)
            assert abs(float(form.mid()) - float(middle)) < 3 * (float(right) - float(left))


@pytest.mark.parametrize("taylor", [1, 2, 4, 6])
def test_a_taylor_form_of_a_power_is_as_small_as_the_power(taylor: int) -> None:
    """(t - 2)^4 on [2 - w, 2 + w], expanded at 2, is of the order of w^4, and contains 0 and w^4."""
    with ctx.workprec(128):
        for width in (Fraction(1, 4), Fraction(1, 64)):
            w = to_arb(fmpq(1, width.denominator))
            form = taylor_form("(t-2)^4", {}, 2 - w, 2 + w, taylor)
            assert form.contains(0)
            assert form.overlaps(w * w * w * w)
            assert form.abs_upper() <= 8 * w * w * w * w


def proof(**changed: Any) -> dict[str, Any]:
    """A sign of t^3 - t^4/4 on (0, 3], order 3."""
    return {"order": 3, "taylor": 4, "ends": ["1", "2", "3"], **changed}


def sign(text: str = "t^3-t^4/4", upper: Any = 3, **changed: Any) -> None:
    """The check of that sign, or of one with something changed."""
    nonnegative("here", text, {}, proof(**changed), arb(upper))


def test_a_sign_with_a_zero_at_0() -> None:
    """Accepted with its order and with a lower one only if the rest of the form decides it."""
    sign()
    sign(ends=["7/2"])
    sign(upper="3.5", ends=["1", "2", "3", "7/2"])
    refused(lambda: sign(ends=["5"], upper=5), "here: on .* the value/t.3 lies in")
    refused(lambda: sign(text="t^3/9-t^4/4"), r"here: on \[0, 1\] the value/t\^3 lies in .*, wanted >= 0")
    refused(lambda: sign(text="t^3-t^4/2"), r"here: on \[.*\] the value lies in .*, wanted >= 0")
    refused(lambda: sign(order=4), "the zero at 0 is not of order 4")
    refused(lambda: sign(ends=["-1/2", "1", "2", "3"]), "increase strictly from above 0")
    nonnegative("here", "t^3", {}, proof(ends=["1", "5/4", "3/2"]), arb("1.5"), strict=True)


@pytest.mark.parametrize(("key", "low", "high"), [("order", 0, 12), ("taylor", 1, 16)])
def test_orders_have_limits(key: str, low: int, high: int) -> None:
    """Both ends are allowed, one beyond is not."""
    for value in (low, high):
        sign(
            text="1+t^12" if key == "order" and not value else "t^12",
            upper="0.25",
            ends=["1/4"],
            **{"order": 12, key: value},
        )
    for value in (low - 1, high + 1, True, "4"):
        refused(lambda value=value: sign(**{key: value}), f"is no integer from {low} to {high}")


def test_strictness() -> None:
    """A zero inside is a sign >= 0, not > 0; at 0 the quotient by the power of t counts."""
    even = {"order": 2, "taylor": 2, "ends": ["1"]}
    nonnegative("x", "t^2", {}, even, arb(1), strict=True)
    nonnegative("x", "t^2-t^2", {}, {**even, "order": 0}, arb(1))
    refused(
        lambda: nonnegative("x", "t^2-t^2", {}, {**even, "order": 0}, arb(1), strict=True),
        r"the value lies in .*, wanted > 0$",
    )


def test_names_and_ranges_in_signs() -> None:
    """A named rational enters exactly; a parameter is covered by its strips, each with ends of its own."""
    nonnegative("x", "a-t", {"a": fmpq(21, 10)}, {"order": 0, "taylor": 2, "ends": ["2"]}, arb(2))
    refused(
        lambda: nonnegative("x", "a-t", {"a": fmpq(19, 10)}, {"order": 0, "taylor": 2, "ends": ["2"]}, arb(2)),
        "the value lies in",
    )
    strips = {"order": 1, "taylor": 3, "strips": ["1/2", "1"], "ends": [["1"], ["1/2", "1"]]}
    over = ("mu", fmpq(0), fmpq(1))
    nonnegative("x", "t+mu*t^2-t^3/2", {}, strips, arb(1), over=over)
    nonnegative("x", "t+(1-mu)*t^2/4-t^3/4", {}, strips, arb(1), over=over)
    refused(lambda: nonnegative("x", "t*(mu-1/4)", {}, strips, arb(1), over=over), r"mu in \[.*the value/t\^1")
    refused(lambda: nonnegative("x", "t*(3/4-mu)", {}, strips, arb(1), over=over), r"mu in \[.*the value/t\^1")
    for wrong, match in (
        ({"strips": ["1/2"]}, "the cells end at 1/2"),
        ({"strips": ["1/2", "9/10"]}, "the cells end at 9/10"),
        ({"ends": [["1"]]}, "one list of ends is expected for each strip"),
        ({"ends": [["1"], ["1"], ["1"]]}, "one list of ends is expected"),
        ({"ends": {"0": ["1"], "1": ["1"]}}, "one list of ends is expected"),
        ({"ends": [["1"], ["1/2"]]}, "the cells end at 1/2"),
        ({"ends": ["1", "1"]}, "ends is a list"),
        ({"order": 2}, "not of order 2"),
    ):
        refused(lambda wrong=wrong: nonnegative("x", "t+mu*t^2", {}, strips | wrong, arb(1), over=over), match)
    refused(lambda: nonnegative("x", "t", {}, strips, arb(1)), "the key 'strips' is unknown")
    single = {"order": 1, "taylor": 3, "ends": ["1"]}
    refused(lambda: nonnegative("x", "t", {}, single, arb(1), over=over), "the key 'strips' is missing")


def test_all_ends_together_have_a_limit() -> None:
    """100,000 characters as printed."""
    assert MAX_TEXT == 100_000
    ends = ["1" * 96] * 999
    assert len(str([[*ends, "1" * 94]])) == MAX_TEXT
    refused(lambda: sign(ends=[*ends, "1" * 94]), "increase strictly")
    refused(lambda: sign(ends=[*ends, "1" * 95]), "not too many in all")


# --- core and the program ---------------------------------------------------------------------------------------------


def inequality(**changed: Any) -> dict[str, Any]:
    """The certificate of t - t^2/4 > 0 on (0, 3]."""
    signs = {"order": 1, "taylor": 3, "ends": ["1", "2", "3"]}
    certificate = {"version": 1, "theorem": "inequality", "expression": "t-t^2/4", "relation": ">", "upper": "3"}
    return {**certificate, "hypotheses": {"inequality": signs}, **changed}


def test_an_inequality_returns_what_it_proves() -> None:
    """All of it, as stated."""
    assert check(inequality()) == {
        "theorem": "inequality",
        "expression": "t-t^2/4",
        "relation": ">",
        "variable": "t",
        "above": "0",
        "upto": "3",
        "conclusions": [],
    }
    assert check(inequality(relation=">="))["relation"] == ">="
    zero = {"inequality": {"order": 0, "taylor": 1, "ends": ["3"]}}
    assert check(inequality(expression="t-t", relation=">=", hypotheses=zero))["relation"] == ">="
    refused(lambda: check(inequality(expression="t-t", hypotheses=zero)), "wanted > 0")


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"version": 2}, "version: '2' is no integer from 1 to 1"),
        ({"version": 0}, "version: '0' is no integer"),
        ({"theorem": "ffnet"}, "theorem 'ffnet' is unknown|the key"),
        ({"theorem": None}, "the key|unknown"),
        ({"relation": "<"}, "one of >= and > is expected"),
        ({"relation": "=="}, "one of >= and > is expected"),
        ({"expression": 5}, "expression: a string is expected"),
        ({"upper": "0"}, "is no positive number"),
        ({"upper": "-1"}, "is no positive number"),
        ({"upper": 3}, "is no positive number"),
        ({"upper": "31/10"}, "the cells end at 3"),
        ({"upper": "t"}, "has no meaning"),
        ({"hypotheses": {}}, "the key 'inequality' is missing"),
        ({"more": 1}, "the key 'more' is unknown"),
    ],
)
def test_an_inequality_with_something_wrong_is_rejected(changed: dict[str, Any], match: str) -> None:
    """And the message says what."""
    refused(lambda: check(inequality(**changed)), match)


def stored(name: str) -> dict[str, Any]:
    """A stored certificate."""
    found: dict[str, Any] = json.loads((STORED / f"{name}.json").read_text())
    return found


def test_a_theorem_of_one_family_member_is_not_one_of_another() -> None:
    """The member is an exact rational where the theorem has one, else the range as the theorem writes it."""
    ffnet, slopes = stored("ffnet-mu-1-1"), stored("ffnet-slopes")
    assert check(ffnet)["mu"] == "1"
    assert check({**ffnet, "mu": "2/2"})["mu"] == "1"
    for mu in ("0", "-1", "2", "(0,1]", 1, None, "none"):
        refused(lambda mu=mu: check({**ffnet, "mu": mu}))
    for mu in ("1", "[0,1]", "(0,1)", None):
        refused(lambda mu=mu: check({**slopes, "mu": mu}), r"mu: ffnet-slopes covers \(0,1\], all at once")
    refused(lambda: check({**ffnet, "theorem": "nothing"}), "theorem 'nothing' is unknown; known: ffnet-critical-angle")
    refused(
        lambda: check({**ffnet, "map": {**ffnet["map"], "kdot": "1"}}), "the map is not the one that ffnet-critical-"
    )


def test_certificates_are_objects() -> None:
    """Anything else is rejected in a line."""
    for wrong in (None, [], "x", 1, {}, {"theorem": []}, {"theorem": "inequality"}):
        refused(lambda wrong=wrong: check(wrong))  # type: ignore[arg-type]


def test_a_lowered_constant_fails_at_its_scalar() -> None:
    """Each inequality between constants is decided by itself: exact ties pass where >= is meant, not where > is."""
    ordered = stored("smooth-ordered-sigmoid")
    constants = {"second": "1/8", "r": "1/2", "P": "3/2"}
    assert check({**ordered, "constants": constants})["constants"] == constants
    refused(lambda: check({**ordered, "constants": {**constants, "P": "1499/1000"}}), "^P: the difference lies in")
    refused(lambda: check({**ordered, "constants": {**constants, "r": "1"}}), "^1 - r > 0: the difference")
    refused(lambda: check({**ordered, "constants": {**constants, "r": "0"}}), "^r > 0: the difference")
    tie = {"second": "0", "r": "1/2", "P": "1"}
    assert check({**ordered, "constants": tie})["constants"] == tie


def test_the_program_prints_and_exits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """0 where all are accepted, 1 for a rejected one, 2 for an unreadable one or none; the worst counts."""
    good, bad, broken = (tmp_path / f"{name}.json" for name in ("good", "bad", "broken"))
    good.write_text(json.dumps(inequality()))
    bad.write_text(json.dumps(inequality(upper="4")))
    broken.write_text("{")
    for files, status in (
        ([good], 0),
        ([bad], 1),
        ([broken], 2),
        ([good, bad], 1),
        ([bad, good], 1),
        ([broken, bad], 2),
        ([broken, good], 2),
        ([], 2),
    ):
        assert main([str(file) for file in files]) == status
    printed = capsys.readouterr()
    assert "usage: python -m proofs_check.checker FILE ... [--json]" in printed.err
    assert "good.json: accepted\nt-t^2/4 > 0 for every t in (0, 3]\n" in printed.out
    assert "bad.json: rejected: inequality: the cells end at 3" in printed.err
    assert "broken.json: unreadable: " in printed.err
    assert main([str(good), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer == {"accepted": True, "statement": check(inequality()), "reason": None}
    assert main(["--json", str(bad)]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["accepted"] is False
    assert answer["statement"] is None
    assert "the cells end at 3" in answer["reason"]


def test_the_module_is_the_program(tmp_path: Path) -> None:
    """``python -m proofs_check.checker FILE`` checks the file named and nothing else; a missing one is said to be missing."""
    good = tmp_path / "good.json"
    good.write_text(json.dumps(inequality()))
    command = [sys.executable, "-m", "proofs_check.checker", str(good)]
    ended = subprocess.run(command, cwd=STORED.parents[1], capture_output=True, text=True, check=False)
    assert ended.returncode == 0
    assert "accepted" in ended.stdout
    with pytest.raises(Unreadable, match="No such file or directory"):
        load(tmp_path / "none.json")


def test_the_words_of_a_statement(capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed says each quantity, side, depth and condition."""
    assert main([str(STORED / "ffnet-mu-1-1.json"), str(STORED / "ffnet-turn.json")]) == 0
    out = capsys.readouterr().out
    assert "theorem ffnet-critical-angle, mu = 1, for the map" in out
    assert "\nfor every L >= 0 and c in [-1,1)\n" in out
    assert "\n  ntk >= (1/4*(L+1)+3/8*log(1+theta*L/(3*pi))-5/4)\n" in out
    assert "\n  ntk <= (1/4*(L+1)+3/8*log(1+theta*L/(3*pi))+3*pi/(4*theta)+37/20)\n" in out
    assert "\nfor every L >= l and c in [-1,1)\n" in out
    assert "\n  with M <= T-(l+1)/4, phi the angle and T the ntk at depth l\n" in out
    assert "theorem ffnet-turn\nthe ReLU ffnet without bias" in out
    assert main([str(STORED / "resnet-mu-1-1.json"), str(STORED / "resnet-half-rate.json")]) == 0
    out = capsys.readouterr().out
    assert "\nfor every L >= 20 and c in [9/10,9/10] if eta = 1/(L+1)\n" in out
    assert "\nfor every L >= 1 and c in [-1,1)\n" not in out
    assert "normalized_ntk >= (cos(theta)+(sin(theta)-2*theta*cos(theta))/(2*pi))-sqrt(2)/(3*pi)*sqrt(eta*L)" in out


def test_ends_of_shipped_chains_increase() -> None:
    """What the stored files say is what the chain reads: no end is lost."""
    ends = stored("ffnet-mu-1-1")["hypotheses"]["H3"]["ends"]
    with ctx.workprec(128):
        found = chain(ends, fmpq(0), arb.pi(), "x")
    assert [str(end) for end in found] == ends
    assert all(left < right for left, right in pairwise(found))
    assert math.isclose(float(Fraction(ends[-1])), math.pi, abs_tol=1e-6)
