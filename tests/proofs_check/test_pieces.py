"""A statement falls into pieces that together say the same; facts cover a domain only if every point is covered."""

from dataclasses import dataclass

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sympy import Expr, Integer, Rational, cos, oo, pi
from test_intervals import INTERVALS, POINTS, belongs, between

from proofs_check.intervals import is_empty
from proofs_check.pieces import at_point, common, cover, gamma_pieces, in_theta, interior
from theory import symbols
from theory.activations import activation
from theory.architectures import resnet
from theory.asymptotics import GammaRange
from theory.claims import Depth, Interval, Quantity
from theory.language import Limit

GAMMA = symbols.gamma


@dataclass(frozen=True)
class On:
    """A fact that holds on an interval."""

    correlations: Interval


@given(INTERVALS, INTERVALS)
def test_the_common_part_has_the_common_points(first: Interval, second: Interval) -> None:
    """And is None where there are none."""
    assume(not is_empty(first) and not is_empty(second))
    shared = [p for p in POINTS if belongs(p, first) and belongs(p, second)]
    found = common(first, second)
    assert (found is None) == (not shared)
    if found is not None:
        assert [p for p in POINTS if belongs(p, found)] == shared


@given(INTERVALS, st.lists(INTERVALS, max_size=4))
def test_a_cover_covers_every_point(domain: Interval, parts: list[Interval]) -> None:
    """The facts used are among those given, and their union contains the domain."""
    assume(not is_empty(domain))
    facts = [On(part) for part in parts if not is_empty(part)]
    used = cover(domain, facts)
    if used is None:
        assert not any(all(belongs(p, f.correlations) for p in POINTS if belongs(p, domain)) for f in facts)
    else:
        assert set(used) <= set(facts)
        assert all(any(belongs(p, f.correlations) for f in used) for p in POINTS if belongs(p, domain))


def test_an_end_left_out_is_covered_by_a_fact_of_its_own() -> None:
    """[-1, 1] by [-1, 1) and {1}; without {1} it is not covered."""
    most, one = On(between(Integer(-1), Integer(1), True, False)), On(between(Integer(1), Integer(1)))
    whole = between(Integer(-1), Integer(1))
    assert cover(whole, [most, one]) == [most, one]
    assert cover(whole, [most]) is None
    assert cover(interior(whole), [most]) == [most]
    assert cover(between(Integer(1), Integer(1)), [most, one]) == [one]


def test_correlations_and_angles_are_exchanged_exactly() -> None:
    """A correlation is cos theta, and theta = pi at c = -1."""
    assert in_theta(symbols.c**2 + symbols.depth) == cos(symbols.theta) ** 2 + symbols.depth
    assert at_point(symbols.theta / 2, Integer(-1)) == pi / 2
    assert at_point(symbols.theta, Integer(1)) == 0


def statement(low: Expr, high: Expr, *closed: bool) -> Depth:
    """The kernel tends to gamma, for a range of gamma."""
    low_closed, high_closed = closed
    gammas = Interval(symbol=GAMMA, low=low, high=high, low_closed=low_closed, high_closed=high_closed)
    network = resnet(activation("relu"), gamma=GAMMA)
    return Depth(network=network, quantity=Quantity.NORMALIZED_NTK, holds=Limit(target=GAMMA), parameters=(gammas,))


def values(pieces: list[tuple[Depth, GammaRange]]) -> tuple[list[Expr], list[tuple[Expr, Expr]]]:
    """Single values of gamma and open ranges."""
    singles = [piece.holds.target for piece, _ in pieces if not piece.parameters]
    return singles, [(r.low, r.high) for piece, r in pieces if piece.parameters]


HALF, ONE = Rational(1, 2), Integer(1)


@pytest.mark.parametrize(
    ("low", "high", "closed", "singles", "ranges"),
    [
        (Integer(0), ONE, (True, True), [0, 1, HALF], [(0, HALF), (HALF, 1)]),
        (Integer(0), ONE, (False, False), [HALF], [(0, HALF), (HALF, 1)]),
        (HALF, ONE, (False, True), [1], [(HALF, 1)]),
        (HALF, oo, (True, False), [HALF], [(HALF, oo)]),
        (Integer(0), oo, (True, True), [0, HALF], [(0, HALF), (HALF, oo)]),
        (ONE, ONE, (True, True), [1], []),
    ],
    ids=str,
)
def test_a_range_of_gamma_is_cut_at_one_half(
    low: Expr, high: Expr, closed: tuple[bool, bool], singles: list[Expr], ranges: list[tuple[Expr, Expr]]
) -> None:
    """Closed ends and 1/2 stand alone, with gamma put into network and statement; open ranges lie between."""
    pieces = gamma_pieces(statement(low, high, *closed))
    assert values(pieces) == (singles, ranges)
    for piece, gammas in pieces:
        assert bool(piece.network.parameters) == bool(piece.parameters)
        assert not piece.parameters or not (gammas.low_closed or gammas.high_closed)


def test_other_parameters_stay_with_every_piece() -> None:
    """A range of the slope is kept when gamma is cut."""
    slopes = Interval(symbol=symbols.slope, low=Integer(0), high=ONE)
    whole = statement(Integer(0), ONE, True, True)
    both = Depth(
        network=whole.network, quantity=whole.quantity, holds=whole.holds, parameters=(*whole.parameters, slopes)
    )
    assert all(slopes in piece.parameters for piece, _ in gamma_pieces(both))


def test_a_statement_without_gamma_is_its_own_only_piece() -> None:
    """Nothing is cut."""
    plain = Depth(
        network=resnet(activation("relu"), gamma=ONE), quantity=Quantity.NORMALIZED_NTK, holds=Limit(target=GAMMA)
    )
    assert gamma_pieces(plain) == [(plain, GammaRange())]
