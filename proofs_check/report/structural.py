"""Sentences for the statements that are no line of mathematics: turning, eigenvalues, predictions on data."""

from collections.abc import Callable, Sequence

from sympy import Expr

from proofs_check.intervals import describe
from proofs_check.report.expressions import latex_of, text_of
from theory.claims import Definite, Margin, Parity, Prediction, Quantity, Ranking, Shaped, Spectrum, Structural, Turning
from theory.network import Network

_KERNELS = {
    Quantity.NORMALIZED_NTK: "the normalised tangent kernel",
    Quantity.NORMALIZED_NNGP: "the normalised NNGP kernel",
    Quantity.NTK: "the tangent kernel",
    Quantity.NNGP: "the NNGP kernel",
    Quantity.ANGLE: "the angle",
}


def said(statement: Structural, network: Callable[[Network], str], *, latex: bool) -> str:
    """The statement as one sentence.

    network  how the network is named, in the same format
    """
    name = network(statement.network)

    def maths(expression: Expr) -> str:
        return f"${latex_of(expression)}$" if latex else text_of(expression)

    match statement:
        case Turning():
            return _turning(statement, name, _quoted(describe(statement.correlations), latex))
        case Spectrum():
            return _spectrum(statement, name, maths)
        case Prediction():
            return _prediction(statement, name, maths)
        case Margin():
            return _margin(statement, name, maths, latex=latex)
        case Shaped():
            inputs = _quoted(describe(statement.correlations), latex)
            kernel = _KERNELS[statement.quantity]
            return f"For {name} at {_depths(statement)}, {kernel} on {inputs} {statement.form.value}."
        case Ranking():
            inputs = _quoted(describe(statement.correlations), latex)
            below, above = _KERNELS[statement.quantity], _KERNELS[statement.other_quantity]
            other = "the same network" if statement.other == statement.network else network(statement.other)
            depths = f"every depth from {statement.depth_low} on"
            return f"For {name} at {depths} and each {inputs}, {below} is at most {above} of {other}."
        case Definite():
            kernel = _KERNELS[statement.quantity]
            moves = (
                "is strictly positive definite on every"
                if statement.strictly
                else "is strictly positive definite on no"
            )
            return f"For {name} at {_depths(statement)}, {kernel} {moves} unit sphere of dimension 1 or more."


def _depths(statement: Spectrum | Shaped | Definite) -> str:
    low, high = statement.depth_low, statement.depth_high
    if high is None:
        return f"every depth from {low} on"
    return f"depth {low}" if low == high else f"depth {low} to {high}"


def _quoted(text: str, latex: bool) -> str:
    return "$" + text.replace("<=", r"\le") + "$" if latex else text


def _margin(statement: Margin, network: str, maths: Callable[[Expr], str], *, latex: bool) -> str:
    first, second = map(maths, statement.inputs)
    kernel, low = _KERNELS[statement.quantity], statement.depth_low
    ranges = "".join(f" and each {_quoted(describe(one), latex)}" for one in statement.parameters)
    return (
        f"For {network}{ranges} and every depth from {low} on, {kernel} at correlation {first} exceeds that at {second} "
        f"by {maths(statement.size)} at least."
    )


def _turning(statement: Turning, network: str, domain: str) -> str:
    moves = {
        None: "rises up to some depth and falls from there on, where either part may be empty",
        True: "rises at first, up to some depth, and falls from there on",
        False: "falls",
    }[statement.rises]
    kernel = _KERNELS[statement.quantity]
    return f"For {network} and each {domain}, {kernel} {moves}, as the depth grows from L = {statement.depth_low} on."


def _spectrum(statement: Spectrum, network: str, maths: Callable[[Expr], str]) -> str:
    if isinstance(statement.degrees, Parity):
        which = f"the eigenvalue of {statement.degrees.value} on the unit sphere in every dimension"
        moves = {">": "is positive", "==": "is zero"}.get(statement.relation, "is bounded")
    else:
        degree, dimension = statement.degrees
        which = f"the eigenvalue of degree {degree} on the unit sphere of a space of dimension {dimension}"
        moves = f"is at least {maths(statement.bound)}"
    return f"For {network} at {_depths(statement)}, {which} of {_KERNELS[statement.quantity]} {moves}."


def _prediction(statement: Prediction, network: str, maths: Callable[[Expr], str]) -> str:
    def points(vectors: Sequence[Sequence[Expr]]) -> str:
        return ", ".join("(" + ", ".join(map(maths, vector)) + ")" for vector in vectors)

    labels = (
        "any labels in [-1, 1]" if statement.labels is None else f"the labels {', '.join(map(maths, statement.labels))}"
    )
    if statement.at is not None:
        new = f"at {points(statement.at)}"
    elif statement.distance is not None:
        new = f"at any two inputs at angles of at least {maths(statement.distance)} from the data"
    else:
        new = "at any two inputs"
    apart = "less than" if statement.relation == "<" else "at least"
    return (
        f"For {network} at every depth from {statement.first} on, kernel regression on the directions "
        f"{points(statement.points)} with {labels} predicts values {new} that differ by {apart} {maths(statement.size)}."
    )


__all__ = ["said"]
