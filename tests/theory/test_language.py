"""The language of ``holds``: which sentence is which statement, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Integer, Rational, cos, log, pi

from theory import symbols
from theory.errors import InputError
from theory.language import Chain, Expansion, Limit, Order, parse_holds, substitute_holds

value, L, c = symbols.value, symbols.depth, symbols.c


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("limit == 1/4", Limit(target=Rational(1, 4))),
        ("  limit==theta*gamma + s", Limit(target=symbols.theta * symbols.gamma + symbols.slope)),
        ("value == 1", Chain(sides=(value, Integer(1)), relations=("==",))),
        ("value = 1", Chain(sides=(value, Integer(1)), relations=("==",))),
        ("c < value = 1", Chain(sides=(c, value, Integer(1)), relations=("<", "=="))),
        ("0 <= value < c", Chain(sides=(Integer(0), value, c), relations=("<=", "<"))),
        ("1 > value >= 0", Chain(sides=(Integer(1), value, Integer(0)), relations=(">", ">="))),
        ("abs(value - 1/4) <= 2/L", Chain(sides=(abs(value - Rational(1, 4)), 2 / L), relations=("<=",))),
        ("value ~ 1/4", Expansion(terms=(Rational(1, 4),))),
        ("value ~ 1/4 + 3*log(L)/(8*L)", Expansion(terms=(Rational(1, 4), 3 * log(L) / (8 * L)))),
        ("value ~ (1/4 + 1/L) - 1/L^2", Expansion(terms=(Rational(1, 4) + 1 / L, -1 / L**2))),
        ("value ~ -1/L - 2*cos(c+1)", Expansion(terms=(-1 / L, -2 * cos(c + 1)))),
        ("value ~ 1e-3 + L^-1", Expansion(terms=(Rational(1, 1000), 1 / L))),
        ("value ~ 2*-1/L", Expansion(terms=(-2 / L,))),
        ("value - 1/4 = O(log(L)/L)", Order(difference=value - Rational(1, 4), symbol="O", bound=log(L) / L)),
        ("value=o(1)", Order(difference=value, symbol="o", bound=Integer(1))),
        ("value - pi = Theta( 1/L ) ", Order(difference=value - pi, symbol="Theta", bound=1 / L)),
    ],
)
def test_sentences(text: str, holds: Limit | Chain | Expansion | Order) -> None:
    """Each of the four forms, with the spacing and signs that people write."""
    assert parse_holds(text) == holds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("limit", "a limit is stated as limit == expression"),
        ("limit = 1/4", "a limit is stated as limit == expression"),
        ("limit <= 1", "a limit is stated as"),
        ("limit == 1/L", "a limit speaks of neither value nor L"),
        ("limit == value", "a limit speaks of neither value nor L"),
        ("value", "nothing is compared"),
        ("c < 1", "value does not occur"),
        ("c = O(1/L)", "value stands on the left of = O"),
        ("value - c = o(value)", "value stands on the left of = o"),
        ("value = theta(1/L)", "unknown function 'theta'"),
        ("2*value ~ 1", "value ~ t1"),
        ("value ~ 1 ~ 2", "value ~ t1"),
        ("value ~ value + 1/L", "do not contain value"),
        ("value ~ 1/4 +", "empty"),
        ("value ~", "empty"),
        ("value <= 1; c", "';'"),
        ("valeu <= 1", "did you mean value?"),
        ("value <= 1 = O(1)", "unknown function 'O'"),
        ("value <= L!", "'!'"),
        ("value <= 2^2^2^2^2^2", "too large"),
        ("", "empty"),
        ("value \u2264 1", "ASCII only"),
        ("value + " + "0 + " * 400 + "0 <= 1", "characters"),
    ],
)
def test_what_is_no_sentence_is_one_line(text: str, message: str) -> None:
    """The statement, what is wrong with it and what is allowed."""
    with pytest.raises(InputError) as caught:
        parse_holds(text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("holds=")


@pytest.mark.parametrize(
    "text", ["limit == gamma", "value <= gamma", "value ~ gamma/L", "value - gamma = O(L^(-gamma))"]
)
def test_a_parameter_is_replaced_in_every_form(text: str) -> None:
    """Of the letter nothing is left, and the sentence is the one with the number."""
    put = substitute_holds(parse_holds(text), symbols.gamma, Rational(3, 4))
    assert put == parse_holds(text.replace("gamma", "(3/4)"))


@given(st.text(alphabet="valuelimitOothetaL c0123456789+-*/^().<>=~,;_'\n", max_size=40))
def test_no_text_does_anything_else(text: str) -> None:
    """A sentence or one line of refusal; never another exception."""
    refused = None
    try:
        holds = parse_holds(text)
    except InputError as error:
        refused = str(error)
    assert isinstance(holds, Limit | Chain | Expansion | Order) if refused is None else "\n" not in refused
