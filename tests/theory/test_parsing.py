"""Text to exact expressions: what is read, what is refused, and that nothing else can happen."""

import re
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Expr, Integer, Rational, Symbol, acos, cos, exp, log, pi, sqrt

from theory import constants
from theory.errors import InputError
from theory.parsing import ACTIVATION_FUNCTIONS, angle, correlation, decay, integer, number, parse, parse_chain

L, c = Symbol("L", positive=True), Symbol("c", real=True)
NAMES: dict[str, Expr] = {"L": L, "c": c}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.3", Rational(3, 10)),
        ("1e-3", Rational(1, 1000)),
        (".5", Rational(1, 2)),
        ("2.", Integer(2)),
        ("1e400", Integer(10) ** 400),
        ("2^3^2", Integer(512)),
        ("-2^2", Integer(-4)),
        ("2^-1", Rational(1, 2)),
        ("2**-0.5", 1 / sqrt(2)),
        ("--1", Integer(1)),
        ("1 - 2 - 3", Integer(-4)),
        ("8/4/2", Integer(1)),
        ("pi*sqrt(2)", pi * sqrt(2)),
        ("cos(pi/3) + acos(0)", Rational(1, 2) + pi / 2),
        ("log(L+1)/(L+1)", log(L + 1) / (L + 1)),
        ("L^(-3/4)", L ** Rational(-3, 4)),
        ("exp(-L)*abs(-c)", exp(-L) * abs(c)),
        ("0^0", Integer(1)),
        ("(1e9999)^1", Integer(10) ** 9999),
    ],
)
def test_text_is_read_exactly(text: str, value: Expr) -> None:
    """Numbers are exact, powers bind tighter than signs and associate to the right."""
    assert parse(text, names=NAMES) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "nan",
        "inf",
        "oo",
        "zoo",
        "I",
        "2x",
        "2 3",
        "(1",
        "1)",
        "1+",
        "*1",
        "1..2",
        "1e",
        "0x10",
        "1_000",
        "x",
        "f(1)",
        "sqrt",
        "sqrt()",
        "sqrt(1,2)",
        "\u0663",
        "1\u00d72",
        "__import__('os').system('true')",
        "().__class__",
        "lambda: 0",
        "1;2",
        "1/0",
        "0^-1",
        "0^(-1/2)",
        "1/(sqrt(2)*sqrt(3)-sqrt(6))",
        "1/(sqrt(5+2*sqrt(6))-sqrt(2)-sqrt(3))",
        "1/(cos(1)^2+sin(1)^2-1)",
        "log(0)",
        "log(-1)",
        "sqrt(-1)",
        "(-8)^(1/3)",
        "acos(2)",
        "tanh(1)",
        "max(1,2)",
        "1\x002",
    ],
)
def test_what_is_not_a_real_finite_number_is_refused_in_one_line(text: str) -> None:
    """Garbage, code, other digits, divisions by zero and complex values get one line that names the input."""
    with pytest.raises(InputError) as caught:
        number(text, "cos")
    message = str(caught.value)
    assert message.startswith("cos=")
    assert "allowed is" in message
    assert "\n" not in message


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9**9",
        "1e400000",
        "1e-400000",
        "1e99999999999999999999",
        "exp(exp(exp(10)))",
        "exp(log(2)*40000)",
        "(1+1e-9000)^(10^7)",
        "pi^(pi^pi^pi^pi)",
        "(9e9999*L)^1000",
        "exp(10^9*log(2*L))",
        "exp(9999*(1+9999*log(2*L)))",
        "sqrt(1e9999-1)",
        "sqrt(1e500+1)*sqrt(1e500+3)*sqrt(1e500+7)*sqrt(1e500+9)",
        "exp(log(1e9999-1)/2)",
        "2^" * 60 + "1",
        "(" * 300 + "1" + ")" * 300,
        "1+" * 499 + "1" * 10,
    ],
)
def test_large_results_and_deep_nesting_are_refused_at_once(text: str) -> None:
    """Sizes are bounded before anything is evaluated."""
    start = time.perf_counter()
    with pytest.raises(InputError):
        parse(text, names=NAMES)
    assert time.perf_counter() - start < 0.5


def test_long_input_is_shortened_in_the_message() -> None:
    """The message stays one short line whatever was typed."""
    with pytest.raises(InputError) as caught:
        number("1+" * 5000 + "\n\x1b[31m1")
    assert len(str(caught.value)) < 200
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("1", True),
        ("-1", True),
        ("1+1e-900", False),
        ("1-1e-900", True),
        ("1e400", False),
        ("sqrt(5+2*sqrt(6))-sqrt(2)-sqrt(3)-1", True),
        ("sqrt(5+2*sqrt(6))-sqrt(2)-sqrt(3)-1-1e-500", False),
        ("cos(pi/7)-cos(2*pi/7)+cos(3*pi/7)+1/2", True),
        ("cos(1e100)", True),
        ("cos(1)^2+sin(1)^2", False),  # equal to 1, but no proof is known here
        ("sqrt(2)", False),
        ("pi/4", True),
    ],
)
def test_membership_of_the_interval_is_decided_exactly(text: str, inside: bool) -> None:
    """Algebraic numbers are compared with -1 and 1 by a separation bound, others by enclosures up to 1,000 digits."""
    if inside:
        correlation(text)
    else:
        with pytest.raises(InputError):
            correlation(text)


def test_angle_takes_both_ends_of_its_interval() -> None:
    """An angle lies in [0, pi]."""
    assert angle("pi") == pi
    assert angle("0") == 0
    assert angle("acos(-1/3)") == acos(Rational(-1, 3))
    for text in ("-1e-30", "pi+1e-30", "22/7"):
        with pytest.raises(InputError, match=r"\[0, pi\]"):
            angle(text)


def test_integers_may_be_written_as_powers() -> None:
    """10^12, 1e12 and 10**12 are the same depth; fractions and numbers out of range are refused."""
    assert {integer(text, "depth", 0, 10**1000) for text in ("10^12", "1e12", "10**12", "sqrt(1e24)")} == {10**12}
    for text, reason in (
        ("1/2", "not a whole number"),
        ("-1", "out of range"),
        ("1e1001", "to 10\\^1000"),
        ("", "empty"),
    ):
        with pytest.raises(InputError, match=reason):
            integer(text, "depth", 0, 10**1000)


def test_chains_keep_their_relations_as_written() -> None:
    """Sides and relations come back in order."""
    assert parse_chain("-1 < c <= 1/2", NAMES) == ([Integer(-1), c, Rational(1, 2)], ["<", "<="])
    assert parse_chain("c ~ L = 1 == 2 > 0 >= -1", NAMES)[1] == ["~", "=", "==", ">", ">="]
    for text in ("c", "c <", "< c", "c << 1", "c = = 1", "(c < 1)", "c < 1)"):
        with pytest.raises(InputError):
            parse_chain(text, NAMES)


def test_a_separation_bound_does_not_call_small_numbers_zero() -> None:
    """A nonzero algebraic number below the precision of its first enclosure keeps its sign."""
    tiny = parse("sqrt(10^80+1) - 10^40")
    assert constants.exact_sign(tiny) == 1
    assert constants.exact_sign(-tiny) == -1
    assert constants.exact_sign(parse("(sqrt(2)-1)^100 - (99-70*sqrt(2))^(100/3)*0 - (3-2*sqrt(2))^50")) == 0


def refusal(read: Callable[[], object]) -> str | None:
    """The message of the InputError, None if there is none."""
    try:
        read()
    except InputError as error:
        return str(error)
    return None


PIECES = st.sampled_from(
    ["1", "2.5", "1e9", "1e-9", "9", "x", "pi", "+", "-", "*", "/", "^", "**", "(", ")", ",", "<", "=", " ", "e", "\n"]
    + [f"{name}(" for name in ACTIVATION_FUNCTIONS]
)


@given(st.lists(PIECES, max_size=14).map("".join))
def test_any_sequence_of_tokens_is_read_or_refused(text: str) -> None:
    """Nothing but InputError comes out of text; lists shrink to few tokens."""
    message = refusal(lambda: parse(text, names={"x": Symbol("x", real=True)}, functions=ACTIVATION_FUNCTIONS))
    assert message is None or "\n" not in message


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """The same for arbitrary text, control characters included."""
    message = refusal(lambda: correlation(text))
    assert message is None or message.isprintable()


@st.composite
def sums(draw: st.DrawFn, depth: int = 3) -> tuple[str, Fraction]:
    """An arithmetic expression as text with its value by fractions; shrinks to a digit."""
    if depth == 0 or draw(st.booleans()):
        digits = draw(st.integers(0, 999))
        return f"{digits / 100:.2f}", Fraction(digits, 100)
    (left, a), (right, b) = draw(sums(depth - 1)), draw(sums(depth - 1))
    operator = draw(st.sampled_from("+-*"))
    value = {"+": a + b, "-": a - b, "*": a * b}[operator]
    return f"({left}) {operator} ({right})", value


@given(sums())
def test_arithmetic_agrees_with_fractions(pair: tuple[str, Fraction]) -> None:
    """The parser and Python's fractions give the same rational."""
    text, value = pair
    assert number(text) == Rational(value.numerator, value.denominator)


@given(st.integers(1, 10**6), st.integers(-40, 6))
def test_enclosures_contain_the_number(mantissa: int, exponent: int) -> None:
    """An enclosure of cos of a rational agrees with itself at twice the precision and is narrow."""
    value = cos(Rational(mantissa) * Rational(10) ** exponent)
    coarse, fine = constants.enclose(value, 20), constants.enclose(value, 60)
    assert coarse is not None
    assert fine is not None
    assert fine in coarse
    assert coarse.delta < 1e-15


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(1+L)^9999", "a power of a sum has too many terms; allowed is 300 terms when it is expanded"),
        ("((1+L)^100+c)^90", "too many terms"),
        ("1/(1+L)^300", "too many terms"),
        ("((1+L)*(2+L)*(1+c))^30", "too many terms"),
        ("cos(10^101)", r"cos of a number that is too large; allowed is sizes up to 10\^100 there"),
        ("sin(1e9999)", "sin of a number that is too large"),
        ("sin(10^5*L)", "a number in sin is too large; allowed is numbers up to 10,000 there where a symbol occurs"),
        ("thetta", r"unknown name 'thetta' \(did you mean theta\?\)"),
        ("Log(L)", r"unknown function 'Log' \(did you mean log\?\)"),
        ("zzz", "unknown name 'zzz'; allowed is"),
    ],
)
def test_what_would_take_for_ever_and_what_is_nearly_a_name(text: str, message: str) -> None:
    """Refused before SymPy sees it, with the limit or the nearest name."""
    names = {**NAMES, "theta": Symbol("theta")}
    start = time.monotonic()
    with pytest.raises(InputError, match=message):
        parse(text, names=names)
    assert time.monotonic() - start < 1


def test_powers_within_the_limit_are_read() -> None:
    """300 terms, monomials of any power, and waves of moderate numbers."""
    for text in ("(1+L)^299", "(3*L)^9000", "cos(10^100)", "cos(9999*L)", "(sqrt(2)+1)^50"):
        assert parse(text, names=NAMES) is not None
    assert parse("(1+L)^299", names=NAMES) == (1 + L) ** 299


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("1/2", Rational(1, 2)), ("10^4", 10000), ("exp(log(2))-2", 0)])
def test_a_decay_is_read(text: str, value: Any) -> None:
    """Every gamma from 0 to 10,000 that is provably there."""
    assert decay(text) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-1e-400", "gamma=-1e-400: negative; allowed is a number from 0 to 10,000"),
        ("sqrt(2)-3/2", "negative"),
        ("10^4+1e-9", "too large"),
        ("1e-1001", "too many digits"),
        ("1-cos(1)^2-sin(1)^2", "it cannot be decided whether this is negative"),
    ],
)
def test_a_decay_out_of_range_is_refused(text: str, message: str) -> None:
    """The sign is exact or the number is refused."""
    with pytest.raises(InputError, match=re.escape(message)):
        decay(text)
