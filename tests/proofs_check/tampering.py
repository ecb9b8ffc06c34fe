"""Certificates changed at random: numbers, signs, boxes, names, kinds, orders, ranges, claims, whole parts of other certificates.

Idea. A seed chooses a certificate, one to three changes and where: a path is walked from the root, at each object or list any
of its parts with the same chance, so that the one order of a Taylor form is changed as often as one of its hundred boxes. A
number is moved a little or far, to the safe side or the other; that most small moves leave the statement true is intended:
those that are accepted are judged by ``truth``. Deterministic in the seed.
"""

import json
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).parents[2] / "proofs_check" / "certificates"
ACCEPTED = Path(__file__).parents[1] / "certificates" / "accept"
FURTHER = ("data-with-labels", "data-any-labels", "data-feedforward-only", "eigenvalue-3-3", "eigenvalue-0-2")
SELDOM = {"version": 0.15, "theorem": 0.2, "map": 0.3, "mu": 0.6, "kernel": 0.5}
"""Where nearly every change is refused at once: weights of these keys, 1 for the others, and 2 for constants."""
STRINGS = (
    "",
    "0",
    "1",
    "-1",
    "pi",
    "2*pi",
    "t",
    "(0,1]",
    "[1,2)",
    "none",
    "1/0",
    "NaN",
    "1e9",
    ">=",
    ">",
    "1/1000000000",
)


@lru_cache(maxsize=1)
def originals() -> dict[str, dict[str, Any]]:
    """Name -> certificate, for every stored one and for the kinds that are stored nowhere."""
    paths = [*sorted(SHIPPED.glob("*.json")), *(ACCEPTED / f"{name}.json" for name in FURTHER)]
    return {path.stem: json.loads(path.read_text()) for path in paths}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every node, the root's first."""
    yield path
    for key, part in parts(value):
        yield from places(part, (*path, key))


@lru_cache(maxsize=1)
def _nodes() -> dict[str, list[tuple[Any, Any]]]:
    """Name -> last key and value of every node of the originals."""
    return {name: [(p[-1], at(one, p)) for p in places(one) if p] for name, one in originals().items()}


def parts(value: Any) -> list[tuple[Any, Any]]:
    """Keys and values of an object, indices and values of a list, nothing of anything else."""
    return list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []


def at(value: Any, path: tuple[Any, ...]) -> Any:
    """The node at a path."""
    for key in path:
        value = value[key]
    return value


def tampered(number: int, seed: int = 0) -> tuple[str, dict[str, Any]]:
    """The certificate's name and one more tampered copy of it; the same for the same number and seed."""
    chance = random.Random(f"{seed}/{number}")
    names = sorted(originals())
    name = names[number % len(names)]
    changed = deepcopy(originals()[name])
    for _ in range(chance.choice((1, 1, 1, 1, 2, 3))):
        path = _somewhere(changed, chance)
        if path:
            _change(changed, path, chance)
    return name, changed


def _somewhere(value: Any, chance: random.Random) -> tuple[Any, ...]:
    """A path: down to a leaf, seldom only to a part."""
    path: tuple[Any, ...] = ()
    while parts(value) and (not path or chance.random() < 0.93):
        weights = [SELDOM.get(key, 2 if key == "constants" else 1) for key, _ in parts(value)]
        ((key, value),) = chance.choices(parts(value), weights)
        path = (*path, key)
    return path


def _change(root: dict[str, Any], path: tuple[Any, ...], chance: random.Random) -> None:
    *way, last = path
    holder = at(root, tuple(way))
    old = holder[last]
    if chance.random() < 0.08:
        holder[last] = _elsewhere(path, old, chance)
    elif isinstance(old, bool) or old is None:
        holder[last] = chance.choice((None, True, False, 0, "1", [], {}))
    elif isinstance(old, int):
        holder[last] = chance.choice((old + 1, old - 1, old + 1, old - 1, 2 * old, -old, 0, 10**9, True, str(old)))
    elif isinstance(old, str):
        holder[last] = _text(str(last), old, chance)
    elif isinstance(old, list):
        _list(holder, last, old, chance)
    else:
        _object(old, chance)


def _elsewhere(path: tuple[Any, ...], old: Any, chance: random.Random) -> Any:
    """The part at the same name, or of the same type, of this or another certificate."""
    other = _nodes()[chance.choice(sorted(originals()))]
    same = [node for key, node in other if key == path[-1] or type(node) is type(old)]
    return deepcopy(chance.choice(same)) if same else None


def _text(key: str, old: str, chance: random.Random) -> str:
    try:
        q = Fraction(old)
    except (ValueError, ZeroDivisionError):
        return _formula(key, old, chance)
    return str(_moved(q, chance)) if chance.random() < 0.97 else chance.choice((f"{float(q)}", f" {old}", *STRINGS))


def _moved(q: Fraction, chance: random.Random) -> Fraction:
    """Another rational: near it, of another sign, upside down, or anything."""
    size = Fraction(1, 10 ** chance.randint(1, 9))
    moves: tuple[Callable[[], Fraction], ...] = (
        lambda: q * (1 + size),
        lambda: q * (1 - size),
        lambda: q + chance.choice((-1, 1)) * Fraction(1, q.denominator),
        lambda: q * Fraction(chance.randint(1, 20), 10),
        lambda: q * Fraction(chance.randint(80, 120), 100),
        lambda: -q,
        lambda: 1 / q if q else Fraction(1),
        lambda: Fraction(0),
        lambda: q + chance.randint(-3, 3),
        lambda: q * 10 ** chance.randint(-3, 3),
        lambda: Fraction(chance.randint(-50, 50), chance.randint(1, 50)),
    )
    return chance.choice(moves)()


def _formula(key: str, old: str, chance: random.Random) -> str:
    """A name, a formula or a string of cuts: a character changed, dropped, doubled, or another certificate's text."""
    if chance.random() < 0.25:
        texts = [node for nodes in _nodes().values() for other, node in nodes if other == key]
        return str(chance.choice([*texts, *STRINGS]))
    if not old:
        return chance.choice(STRINGS)
    k, how = chance.randrange(len(old)), chance.random()
    if how < 0.25:
        return old[:k] + old[k + 1 :]
    if how < 0.4:
        return old[:k] + old[k] + old[k:]
    pools = {**dict.fromkeys("0123456789", "0123456789"), **dict.fromkeys("+-", "+-"), **dict.fromkeys("*/", "*/")}
    swaps = {**dict.fromkeys("ts.", "ts."), ">": ">="}
    return old[:k] + chance.choice(pools.get(old[k], swaps.get(old[k], "0123456789+-*/()t.,"))) + old[k + 1 :]


def _list(holder: Any, last: Any, old: list[Any], chance: random.Random) -> None:
    new, k = list(old), chance.randrange(len(old)) if old else 0
    how = chance.randrange(7)
    if not old or how == 0:
        new = []
    elif how == 1:
        del new[k]
    elif how == 2:
        new.pop()
    elif how == 3:
        new.insert(k, deepcopy(old[k]))
    elif how == 4:
        j = chance.randrange(len(old))
        new[k], new[j] = new[j], new[k]
    elif how == 5:
        new = new[: k + 1]
    else:
        new.reverse()
    holder[last] = new


def _object(old: dict[str, Any], chance: random.Random) -> None:
    keys = sorted(old)
    if not keys:
        old["more"] = "1"
        return
    a, b = chance.choice(keys), chance.choice(keys)
    how = chance.randrange(4)
    if how == 0:
        old.pop(a)
    elif how == 1:
        old[a + "_"] = old.pop(a)
    elif how == 2:
        old["more"] = deepcopy(old[a])
    else:
        old[a], old[b] = old[b], old[a]
