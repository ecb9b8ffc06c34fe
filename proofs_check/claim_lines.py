"""On which line of its file a claim stands, read off the text: nothing is run.

In TOML a claim begins at its [[claim]]; in Python at the line where its id is written. An id that the file puts together
from parts has no line.
"""

import ast
import re
import tomllib
from pathlib import Path

_STATES = frozenset({"Claim", "state"})


def claim_lines(path: Path) -> dict[str, int]:
    """The first line of each claim of a file, by id; nothing where the file cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return _of_toml(text) if path.suffix == ".toml" else _of_python(text)
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return {}


def table_lines(text: str, name: str = "claim") -> list[int]:
    """The lines of a TOML text on which a [[claim]], or a table of another name, begins."""
    opening = re.compile(rf"\s*\[\[\s*{name}\s*\]\]")
    return [i for i, line in enumerate(text.splitlines(), 1) if opening.match(line)]


def claim_at(path: Path, line: int) -> str | None:
    """The id that is written in the statement of a Python file to which a line belongs."""
    try:
        body = ast.parse(path.read_bytes()).body
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    for statement in body:
        if statement.lineno <= line <= (statement.end_lineno or statement.lineno):
            near = [node for node in ast.walk(statement) if isinstance(node, ast.Call) and _covers(node, line)]
            named = [name for node in near if (name := _id_in(node)) is not None]
            return named[-1] if named else next(iter(_ids(statement)), None)
    return None


def _covers(node: ast.Call, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _ids(tree: ast.AST) -> list[str]:
    return [name for node in ast.walk(tree) if isinstance(node, ast.Call) and (name := _id_in(node)) is not None]


def _id_in(node: ast.Call) -> str | None:
    """The id in a call of ``Claim`` or ``state``, or in any call with an argument ``id``."""
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    given = [one.value for one in node.keywords if one.arg in ("id", "name" if called == "state" else "id")]
    if called in _STATES and node.args:
        given.append(node.args[0])
    texts = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return texts[0] if texts else None


def _of_python(text: str) -> dict[str, int]:
    lines: dict[str, int] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            lines.setdefault(node.value, node.lineno)
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    return {**lines, **{name: node.lineno for node in calls if (name := _id_in(node)) is not None}}


def _of_toml(text: str) -> dict[str, int]:
    found = tomllib.loads(text).get("claim")
    lines = table_lines(text)
    if not isinstance(found, list) or len(found) != len(lines):
        return {}
    return {
        table["id"]: line
        for table, line in zip(found, lines, strict=True)
        if isinstance(table, dict) and isinstance(table.get("id"), str)
    }


__all__ = ["claim_at", "claim_lines", "table_lines"]
