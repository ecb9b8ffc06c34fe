"""Claims as plain JSON and back: expressions as text in the language of claim files, objects by the names of their classes.

    an expression   {"=": "1/4 + theta/L"}       read by ``theory.parsing``, with its limits; nothing is evaluated as code
    an object       {"class": "Interval", "symbol": ..., ...}   of a known class, every field named
    a member        {"member": "Kind.LIMIT"}
    a tuple         [...]

What is written is read back at once and compared, so that a claim which the language cannot say is refused when it is written.
"""

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

from sympy import Abs, Basic, E, Expr, Max, Min, Symbol, exp, oo

from theory import activations, claims, language, network, symbols
from theory.claims import Claim, Identity
from theory.derived import Derived, expressed
from theory.errors import InputError, NtkproofError
from theory.parsing import ACTIVATION_FUNCTIONS, parse

_CLASSES: dict[str, Any] = {
    name: one
    for module in (claims, language, network, activations)
    for name, one in vars(module).items()
    if isinstance(one, type) and (is_dataclass(one) or issubclass(one, Enum))
}
_SYMBOLS: dict[str, Expr] = {str(one): one for one in vars(symbols).values() if isinstance(one, Symbol)}
_ENDS = {"oo": oo, "-oo": -oo}
MAX_NESTING = 40


def encode(claim: Claim) -> dict[str, Any]:
    """The claim as JSON data.

    raises  InputError that names the claim, where the language cannot say it
    """
    try:
        data: dict[str, Any] = _encoded(claim)
        same = _decoded(data, 0) == _plain(claim)
    except (NtkproofError, TypeError, ValueError) as error:
        raise InputError(f"id={claim.id}: it cannot be bundled: {' '.join(str(error).split())[:200]}") from error
    if not same:
        raise InputError(
            f"id={claim.id}: it cannot be bundled: an expression of it is not in the language of claim files"
        )
    return data


def decode(data: object) -> Claim:
    """The claim that ``encode`` wrote.

    raises  InputError for anything else
    """
    try:
        claim = _decoded(data, 0)
        same = isinstance(claim, Claim) and _encoded(claim) == data
    except (NtkproofError, TypeError, ValueError, AttributeError, KeyError, ArithmeticError) as error:
        raise InputError(f"claims.json: no claim: {' '.join(str(error).split())[:200]}") from error
    if not same or not isinstance(claim, Claim):
        raise InputError("claims.json: no claim as it was written")
    return claim


def _plain(claim: Claim) -> Claim:
    """The claim with derived sides as the expressions that they are."""
    if not isinstance(claim.statement, Identity):
        return claim
    lhs, rhs = claim.statement.sides
    return replace(claim, statement=replace(claim.statement, lhs=lhs, rhs=rhs))


def _encoded(value: object) -> Any:
    if isinstance(value, Derived):
        value = expressed(value)
    match value:
        case None | bool() | int() | str():
            return value
        case Enum():
            return {"member": f"{type(value).__name__}.{value.name}"}
        case Basic():
            return {"=": _text(value)}
        case tuple():
            return [_encoded(item) for item in value]
        case _ if _CLASSES.get(type(value).__name__) is type(value) and is_dataclass(value):
            return {
                "class": type(value).__name__,
                **{one.name: _encoded(getattr(value, one.name)) for one in fields(value)},
            }
    raise TypeError(f"{type(value).__name__} is not in the language of claim files")


def _text(expression: Basic) -> str:
    """The expression as the parser reads it."""
    lowered = {Abs: "abs", Max: "max", Min: "min"}
    text = str(expression.replace(exp(1), E))
    for head in lowered:
        text = text.replace(f"{head.__name__}(", f"{lowered[head]}(")
    return text


def _decoded(data: Any, level: int) -> Any:
    if level > MAX_NESTING:
        raise ValueError(f"nested more than {MAX_NESTING} deep")
    match data:
        case None | bool() | int() | str():
            return data
        case list():
            return tuple(_decoded(item, level + 1) for item in data)
        case {"=": str() as text} if len(data) == 1:
            if text in _ENDS:
                return _ENDS[text]
            return parse(text, names=_SYMBOLS, what="claims.json", functions=ACTIVATION_FUNCTIONS)
        case {"member": str() as text} if len(data) == 1:
            kind, _, name = text.partition(".")
            found = _CLASSES.get(kind)
            if not (isinstance(found, type) and issubclass(found, Enum)):
                raise InputError(f"{text[:60]}: unknown")
            return found[name]
        case {"class": str() as name}:
            made: Any = _CLASSES.get(name)
            if made is None or not is_dataclass(made):
                raise ValueError(f"class {name[:60]}: unknown")
            given = {str(key): _decoded(item, level + 1) for key, item in data.items() if key != "class"}
            if set(given) != {one.name for one in fields(made)}:
                raise ValueError(f"class {name}: its fields are {', '.join(one.name for one in fields(made))}")
            found_again: Any = made
            return found_again(**given)
    raise ValueError("neither an expression, an object, a member nor a list")


__all__ = ["decode", "encode"]
