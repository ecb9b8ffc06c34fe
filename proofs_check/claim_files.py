"""Claims in files: TOML for the simple ones, Python for all; proofs and inductions see ``proofs_check.arguments``.

    [[claim]]
    id = "mine/limit"
    architecture = "ffnet"
    activation = "relu"
    quantity = "normalized_ntk"
    holds = "limit == 1/4"

A TOML file is data: its numbers are read exactly, nothing in it is executed, an unknown key is an error. A Python file
ends with ``CLAIMS = (...)`` and is *run*, in a process of its own (``claim_process``) but with all rights of the user: verify
only files that you trust.

Instead of architecture and activation a table may state a recursion of its own (``theory.own_maps``): kappa, and ntk_next and
ntk_initial where they are not those of a feedforward network.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sympy import Expr, Integer, Symbol, oo

from proofs_check.arguments import files as arguments
from proofs_check.claim_lines import claim_lines, table_lines
from proofs_check.claim_process import claims_of, one_line
from proofs_check.signs import sign_of
from proofs_check.well_formed import ill_formed
from theory import symbols
from theory.activations import Activation, leaky_relu
from theory.activations import activation as read_activation
from theory.architectures import network as build_network
from theory.claims import Claim, Depth, Interval, Quantity, Verdict
from theory.errors import InputError, NtkproofError
from theory.language import parse_holds
from theory.network import Network
from theory.own_maps import kernel_map
from theory.parsing import parse, require_decay
from theory.stating import (
    ANY_CORRELATION,
    ANY_DEPTH,
    kind_of_statement,
    read_correlations,
    read_depths,
    read_interval,
    with_fixed_gamma,
)

MAX_BYTES = 10**7
_REQUIRED = ("id", "architecture", "activation", "quantity", "holds")
_OWN = ("kappa", "ntk_next", "ntk_initial")
_OF_NETWORK = (
    "architecture", "activation", "gamma", "alpha", "weight_variance", "bias_variance", "unnormalised", "critical",
    "parameters",
)  # fmt: skip
_OPTIONAL = (
    *_OWN,
    "gamma", "alpha", "weight_variance", "bias_variance", "unnormalised", "critical", "domain", "depths", "parameters",
    "expected", "pointwise", "title", "note", "uses",
)  # fmt: skip


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
        wrong = "two claims of the file have this id" if claim.id in seen else ill_formed(claim)
        if wrong is not None:
            line = claim_lines(path).get(claim.id)
            raise InputError(f"{path}{'' if line is None else f', line {line}'}: id={_shown(claim.id)}: {wrong}")
        seen.add(claim.id)
    return claims


def load_toml(path: Path) -> tuple[Claim, ...]:
    """The claims of a TOML file, in its order."""
    text = _read(path)
    try:
        data = tomllib.loads(text, parse_float=_Number)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise InputError(f"{path}: not TOML: {one_line(error)}") from error
    for name in data:
        if name not in ("claim", *arguments.TABLES):
            raise InputError(f"{path}: unknown key {_shown(name)}; {_CONSISTS}")
    claims: list[Claim] = []
    for name, index, table in _tables(data, path):
        lines = table_lines(text, name)
        where = f"line {lines[index]}" if len(lines) == len(data[name]) else f"{name} {index + 1}"
        try:
            if name == "claim":
                claims.append(claim_from_table(table, paper=path.stem))
            else:
                claims += arguments.claims_from_table(name, table, paper=path.stem)
        except InputError as error:
            raise InputError(f"{path}, {where}: {error}") from error
        except NtkproofError as error:
            raise InputError(f"{path}, {where}: {one_line(error)}") from error
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
    """The CLAIMS of a Python file, which is run in a process of its own; it may import modules that lie beside it."""
    _read(path)
    return claims_of(path)


def claim_from_table(table: Mapping[str, Any], *, paper: str) -> Claim:
    """One claim from the keys and values of its [[claim]].

    raises  InputError that names the key
    """
    for name in table:
        if name not in _REQUIRED + _OPTIONAL:
            raise InputError(f"unknown key {_shown(name)}; {_nearest(name, _REQUIRED + _OPTIONAL)}")
    own = any(name in table for name in _OWN)
    required = ("id", "kappa", "quantity", "holds") if own else _REQUIRED
    for name in required:
        if name not in table:
            raise InputError(f"key {name} is missing; a claim needs {', '.join(required)}")
    for name in _OF_NETWORK if own else ():
        if name in table:
            raise InputError(f"key {name}: a claim with kappa states its recursion itself; leave one of the two out")
    fields = _Fields(table)
    parameters = tuple(_parameters(fields))
    free = {interval.symbol for interval in parameters}
    network = _own_map(fields) if own else _network(fields, free)
    holds = parse_holds(fields.text("holds"))
    statement = Depth(
        network=network,
        quantity=fields.choice("quantity", Quantity, by_value=True),
        holds=with_fixed_gamma(holds, network, free),
        correlations=read_correlations(fields.text("domain", ANY_CORRELATION)),
        parameters=parameters,
        pointwise=fields.boolean("pointwise"),
        **read_depths(fields.text("depths", ANY_DEPTH)),
    )
    return Claim(
        id=fields.id(),
        paper=paper,
        number="",
        title=fields.prose("title") or " ".join(fields.text("holds").split()),
        kind=kind_of_statement(holds),
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


def _own_map(fields: _Fields) -> Network:
    """The recursion that the table states."""
    texts = {name: fields.text(name) for name in _OWN if name in fields.table}
    return kernel_map(texts.pop("kappa"), **texts)


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
            yield read_interval(
                "parameters", text, symbols.gamma, low=Integer(0), high=oo, range_="gamma is a real >= 0"
            )
        else:
            yield read_interval("parameters", text, symbols.slope, low=-oo, high=oo, range_="a slope is real")


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
        raise InputError(f"{path}: cannot be read: {one_line(error)}") from error
    if len(content) > MAX_BYTES:
        raise InputError(f"{path}: larger than {MAX_BYTES // 10**6} MB; claim files are small")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 text (byte {error.start})") from error


def _nearest(name: str, known: tuple[str, ...]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"


def _shown(value: object) -> str:
    flat = " ".join(str(value).split())
    return flat if len(flat) <= 60 else flat[:57] + "..."
