"""Claims in files: TOML for the simple ones, Python for all; proofs and inductions see ``proofs_check.arguments``.

    [[claim]]
    id = "mine/limit"
    architecture = "ffnet"
    activation = "relu"
    quantity = "normalized_ntk"
    holds = "limit == 1/4"

A TOML file is data: its numbers are read exactly, nothing in it is executed, an unknown key is an error. A Python file
ends with ``CLAIMS = (...)`` and is *run*, with all rights of the user: verify only files that you trust.

What can go wrong. An interval whose ends lie outside the natural range (a correlation of 2, a depth of -1) is a mistake
and refused; an interval between lawful ends that holds nothing, 5 <= L <= 3, is read, and the judge calls the claim
vacuous.
"""

import re
import runpy
import sys
import tomllib
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sympy import Expr, Integer, Symbol, oo

from proofs_check.arguments import files as arguments
from proofs_check.signs import sign_of
from theory import symbols
from theory.activations import Activation, leaky_relu
from theory.activations import activation as read_activation
from theory.architectures import network as build_network
from theory.claims import Claim, Depth, Holds, Interval, Kind, Quantity, Verdict
from theory.constants import exact_sign
from theory.errors import InputError, NtkproofError
from theory.language import Chain, Limit, expressions_of, parse_holds, substitute_holds
from theory.network import Network
from theory.parsing import parse, parse_chain, require_decay

MAX_BYTES = 10**7
MAX_DEPTH = 10**1000
_REQUIRED = ("id", "architecture", "activation", "quantity", "holds")
_OPTIONAL = (
    "gamma", "alpha", "weight_variance", "bias_variance", "unnormalised", "critical", "domain", "depths", "parameters",
    "expected", "pointwise", "title", "note", "uses",
)  # fmt: skip
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "==": "=", "~": "~"}


class _Number(str):
    """The text of a TOML number, so that 0.3 stays 3/10."""

    __slots__ = ()


def load(path: Path) -> tuple[Claim, ...]:
    """The claims of FILE.toml or FILE.py.

    raises  InputError, one line that names the file and, where there is one, the line
    """
    if path.suffix == ".toml":
        claims = load_toml(path)
    elif path.suffix == ".py":
        claims = load_python(path)
    else:
        raise InputError(f"{path}: a claim file ends in .toml or .py")
    seen: set[str] = set()
    for claim in claims:
        if claim.id in seen:
            raise InputError(f"{path}: id={claim.id}: two claims of the file have this id")
        seen.add(claim.id)
    return claims


def load_toml(path: Path) -> tuple[Claim, ...]:
    """The claims of a TOML file, in its order."""
    text = _read(path)
    try:
        data = tomllib.loads(text, parse_float=_Number)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise InputError(f"{path}: not TOML: {_line(error)}") from error
    for name in data:
        if name not in ("claim", *arguments.TABLES):
            raise InputError(f"{path}: unknown key {_shown(name)}; {_CONSISTS}")
    claims: list[Claim] = []
    for name, index, table in _tables(data, path):
        lines = _table_lines(text, name)
        where = f"line {lines[index]}" if len(lines) == len(data[name]) else f"{name} {index + 1}"
        try:
            if name == "claim":
                claims.append(claim_from_table(table, paper=path.stem))
            else:
                claims += arguments.claims_from_table(name, table, paper=path.stem)
        except InputError as error:
            raise InputError(f"{path}, {where}: {error}") from error
        except NtkproofError as error:
            raise InputError(f"{path}, {where}: {_line(error)}") from error
    return tuple(claims)


_CONSISTS = "a claim file consists of [[claim]] tables, and of [[proof]] and [[induction]]"


def _tables(data: Mapping[str, Any], path: Path) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    """Kind, place and content of each table, claims first."""
    for name in ("claim", *arguments.TABLES):
        found = data.get(name, [])
        if not isinstance(found, list) or not all(isinstance(table, dict) for table in found):
            raise InputError(f"{path}: no {name}s; {_CONSISTS}")
        for index, table in enumerate(found):
            yield name, index, table
    if not any(data.values()):
        raise InputError(f"{path}: no claims; {_CONSISTS}")


def load_python(path: Path) -> tuple[Claim, ...]:
    """The CLAIMS of a Python file, which is run; it may import modules that lie beside it."""
    _read(path)
    folder = str(path.parent.resolve())
    if folder not in sys.path:
        sys.path.append(
            folder
        )  # at the end, so that nothing of the user's hides an installed package; workers inherit it
    streams = sys.stdout, sys.stderr
    sys.stdout = sys.stderr  # stdout is for the answer
    try:
        found = runpy.run_path(str(path), run_name="claims").get("CLAIMS")
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise InputError(f"{path}, line {_line_of(error, path)}: {type(error).__name__}: {_line(error)}") from error
    finally:
        sys.stdout, sys.stderr = streams  # whatever the file did to them
    if not isinstance(found, tuple | list) or not found or not all(isinstance(claim, Claim) for claim in found):
        raise InputError(f"{path}: a Python claim file ends with CLAIMS = (...), a tuple of theory.claims.Claim")
    return tuple(found)


def claim_from_table(table: Mapping[str, Any], *, paper: str) -> Claim:
    """One claim from the keys and values of its [[claim]].

    raises  InputError that names the key
    """
    for name in table:
        if name not in _REQUIRED + _OPTIONAL:
            raise InputError(f"unknown key {_shown(name)}; {_nearest(name, _REQUIRED + _OPTIONAL)}")
    for name in _REQUIRED:
        if name not in table:
            raise InputError(f"key {name} is missing; a claim needs {', '.join(_REQUIRED)}")
    fields = _Fields(table)
    parameters = tuple(_parameters(fields))
    free = {interval.symbol for interval in parameters}
    network = _network(fields, free)
    holds = parse_holds(fields.text("holds"))
    statement = Depth(
        network=network,
        quantity=fields.choice("quantity", Quantity, by_value=True),
        holds=_with_fixed_gamma(holds, network, free),
        correlations=_correlations(fields),
        parameters=parameters,
        pointwise=fields.boolean("pointwise"),
        **_depths(fields),
    )
    return Claim(
        id=fields.id(),
        paper=paper,
        number="",
        title=fields.prose("title") or " ".join(fields.text("holds").split()),
        kind=_kind(holds),
        statement=statement,
        expected=fields.choice("expected", Verdict, default=Verdict.PROVED),
        note=fields.prose("note"),
        uses=fields.ids("uses"),
    )


@dataclass(frozen=True)
class _Fields:
    """The values of a table, each read as the type it must have."""

    table: Mapping[str, Any]

    def text(self, name: str, default: str | None = None) -> str:
        """A nonempty text."""
        value = self.table.get(name, default)
        if type(value) is not str or not value.strip():
            raise InputError(f"{name}={_shown(value)}: a nonempty text in quotes is needed")
        return value

    def prose(self, name: str) -> str:
        """A text that may be missing, as one line."""
        return " ".join(self.text(name).split()) if name in self.table else ""

    def id(self) -> str:
        """An id: printable, without spaces, so that tables and FILE.toml#ID can show it."""
        value = self.text("id")
        if not value.isprintable() or any(char.isspace() or char == "#" for char in value) or len(value) > 200:
            raise InputError(f"id={_shown(value)}: an id has at most 200 printable characters, no spaces, no #")
        return value

    def ids(self, name: str) -> tuple[str, ...]:
        """A list of ids, possibly missing."""
        value = self.table.get(name, [])
        if not isinstance(value, list) or not all(type(item) is str for item in value):
            raise InputError(f'{name}={_shown(value)}: a list of claim ids is needed, ["a", "b"]')
        return tuple(value)

    def boolean(self, name: str) -> bool:
        """True or false; false if missing."""
        value = self.table.get(name, False)
        if not isinstance(value, bool):
            raise InputError(f"{name}={_shown(value)}: true or false is needed")
        return value

    def expression(self, name: str, names: Mapping[str, Expr]) -> Expr | None:
        """A number or expression, as TOML text or TOML number; None if missing."""
        value = self.table.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise InputError(f"{name}={_shown(value)}: a number, or an expression in quotes, is needed")
        text = value.replace("_", "") if isinstance(value, _Number) else str(value)
        return parse(text, names=dict(names), what=name)

    def choice(self, name: str, choices: Any, *, default: Any = None, by_value: bool = False) -> Any:
        """A member of an enumeration, by its name or by its value."""
        if name not in self.table and default is not None:
            return default
        known = {member.value if by_value else member.name: member for member in choices}
        value = self.text(name)
        if value not in known:
            raise InputError(f"{name}={_shown(value)}: {_nearest(value, tuple(known))}")
        return known[value]


def _network(fields: _Fields, free: set[Symbol]) -> Network:
    """The network, with gamma left free where the claim is about a range of it."""
    gamma = fields.expression("gamma", {"gamma": symbols.gamma})
    alpha = fields.expression("alpha", {"L": symbols.depth, "l": symbols.layer})
    if symbols.gamma in free:
        if alpha is not None or gamma not in (None, symbols.gamma):
            raise InputError(
                'gamma: the parameters range over gamma; leave gamma and alpha out, or write gamma = "gamma"'
            )
        gamma = symbols.gamma
    elif gamma is not None and gamma.free_symbols:
        raise InputError('gamma="gamma": give the range, parameters = "1/2 < gamma <= 1"')
    elif gamma is not None:
        require_decay(gamma, str(fields.table["gamma"]), "gamma")
    if alpha == 0:
        raise InputError(f"alpha={_shown(fields.table['alpha'])}: without its branches the network has no NTK")
    network = build_network(
        fields.text("architecture"),
        _activation(fields),
        gamma=gamma,
        alpha=alpha,
        weight_variance=fields.expression("weight_variance", {}),
        bias_variance=fields.expression("bias_variance", {}),
        unnormalised=fields.boolean("unnormalised"),
        critical=fields.expression("critical", {}),
        sign=sign_of,
    )
    known = network.parameters
    for symbol in (symbols.gamma, symbols.slope):
        if symbol in known and symbol not in free:
            raise InputError(f'activation: {symbol} is free; give its range, parameters = "0 < {symbol} < 1"')
        if symbol in free and symbol not in known:
            raise InputError(
                f"parameters={_shown(fields.table['parameters'])}: the network does not depend on {symbol}"
            )
    return network


def _activation(fields: _Fields) -> Activation:
    """The activation; leaky_relu:s leaves its slope free."""
    text = fields.text("activation")
    return leaky_relu(symbols.slope) if "".join(text.split()) == "leaky_relu:s" else read_activation(text)


def _parameters(fields: _Fields) -> Iterator[Interval]:
    if "parameters" in fields.table:
        text = fields.text("parameters")
        named = [symbol for symbol in (symbols.gamma, symbols.slope) if re.search(rf"\b{symbol}\b", text)]
        if len(named) != 1:
            raise InputError(f"parameters={_shown(text)}: a chain in gamma or in s is needed, 1/2 < gamma <= 1")
        if named[0] == symbols.gamma:
            yield _interval("parameters", text, symbols.gamma, low=Integer(0), high=oo, range_="gamma is a real >= 0")
        else:
            yield _interval("parameters", text, symbols.slope, low=-oo, high=oo, range_="a slope is real")


def _correlations(fields: _Fields) -> Interval:
    text = fields.text("domain", "-1 < c < 1")
    return _interval(
        "domain", text, symbols.c, low=Integer(-1), high=Integer(1), range_="a correlation lies in [-1, 1]"
    )


def _depths(fields: _Fields) -> dict[str, Any]:
    text = fields.text("depths", "L >= 1")
    says = "a depth is an integer from 0 to 10^1000"
    interval = _interval("depths", text, symbols.depth, low=Integer(0), high=oo, range_=says)
    ends: dict[str, int | None] = {}
    for name, end, closed, inward in (
        ("depth_low", interval.low, interval.low_closed, 1),
        ("depth_high", interval.high, interval.high_closed, -1),
    ):
        if end == oo:
            ends[name] = None
            continue
        if not end.is_Integer or end > MAX_DEPTH:
            raise InputError(f"depths={_shown(text)}: {_shown(end)} is not a depth; {says}")
        ends[name] = int(end) if closed else int(end) + inward
    return ends


def _interval(what: str, text: str, symbol: Symbol, *, low: Expr, high: Expr, range_: str) -> Interval:
    """The interval that a chain in one symbol describes: a < c <= b, b >= c > a, c > a, c = a.

    low, high  the ends of the natural range, taken where the chain names none
    raises     InputError for another shape, or an end outside the natural range
    """
    sides, relations = parse_chain(text, {str(symbol): symbol}, what=what)
    says = f"{what}={_shown(text)}"
    at = [i for i, side in enumerate(sides) if side == symbol]
    if len(at) != 1 or len(sides) > 3 or "~" in relations or any(side.free_symbols for side in sides if side != symbol):
        raise InputError(f"{says}: a chain in {symbol} is needed, such as a < {symbol} <= b, or {symbol} = a")
    place = at[0]
    left = [(sides[i], relations[i].replace("==", "=")) for i in range(place)]
    right = [(sides[i + 1], _TURNED[relations[i]]) for i in range(place, len(relations))]
    bounds = left + right  # each reads: number relation symbol
    if len(left) > 1 or len(right) > 1:
        raise InputError(f"{says}: {symbol} stands between its two bounds, a < {symbol} <= b")
    found: dict[str, tuple[Expr, bool]] = {}
    for number, relation in bounds:
        if _outside(number, low, high):
            raise InputError(f"{says}: {_shown(number)} is out of range; {range_}")
        for name, wanted in (("low", "<"), ("high", ">")):
            if relation.startswith(wanted) or relation == "=":
                if name in found:
                    raise InputError(f"{says}: two bounds on the same side of {symbol}")
                found[name] = (number, relation != wanted)
    low_end, low_closed = found.get("low", (low, low.is_finite is True))
    high_end, high_closed = found.get("high", (high, high.is_finite is True))
    return Interval(symbol=symbol, low=low_end, high=high_end, low_closed=low_closed, high_closed=high_closed)


def _outside(number: Expr, low: Expr, high: Expr) -> bool:
    """Whether a number is not provably in [low, high]; an infinite end bounds nothing."""
    gaps = [gap for gap, end in ((number - low, low), (high - number, high)) if end.is_finite]
    return any((found := exact_sign(gap)) is None or found < 0 for gap in gaps)


def _with_fixed_gamma(holds: Holds, network: Network, free: set[Symbol]) -> Holds:
    """The statement with gamma replaced by its value; every parameter it speaks of must be one of the claim."""
    if network.gamma is not None and symbols.gamma not in free:
        holds = substitute_holds(holds, symbols.gamma, network.gamma)
    for symbol in (symbols.gamma, symbols.slope):
        if symbol not in free and any(part.has(symbol) for part in expressions_of(holds)):
            raise InputError(f"holds: {symbol} is no parameter of this claim")
    return holds


def _kind(holds: Holds) -> Kind:
    match holds:
        case Limit():
            return Kind.LIMIT
        case Chain():
            return Kind.IDENTITY if set(holds.relations) == {"=="} else Kind.BOUND
        case _:
            return Kind.RATE


def _read(path: Path) -> str:
    """The text of a file of bearable size."""
    try:
        if path.is_dir():
            raise InputError(f"{path}: a directory; a claim file ends in .toml or .py")
        if path.exists() and not path.is_file():  # a pipe would be waited for
            raise InputError(f"{path}: no ordinary file; a claim file ends in .toml or .py")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {_line(error)}") from error
    if len(content) > MAX_BYTES:
        raise InputError(f"{path}: larger than {MAX_BYTES // 10**6} MB; claim files are small")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 text (byte {error.start})") from error


def _table_lines(text: str, name: str) -> list[int]:
    """The lines on which a table of that name starts."""
    opening = re.compile(rf"\s*\[\[\s*{name}\s*\]\]")
    return [i for i, line in enumerate(text.splitlines(), 1) if opening.match(line)]


def _line_of(error: BaseException, path: Path) -> int:
    """The last line of the file that the error passed through."""
    if isinstance(error, SyntaxError) and error.lineno is not None:
        return error.lineno
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return frames[-1].lineno or 1 if frames else 1


def _nearest(name: str, known: tuple[str, ...]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"


def _shown(value: object) -> str:
    flat = " ".join(str(value).split())
    return flat if len(flat) <= 60 else flat[:57] + "..."


def _line(error: BaseException) -> str:
    try:
        return " ".join(str(error).split())[:300]
    except Exception:  # noqa: BLE001 - the error of a claim file may be of a class that cannot even print itself
        return "without a message"
