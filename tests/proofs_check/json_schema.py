"""The part of JSON Schema that the published schemas use, as a check of its own: no output passes a schema that is misspelled."""

from typing import Any

_TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "integer": int, "number": (int, float),
}  # fmt: skip
_KNOWN = {
    "$schema", "$id", "$defs", "$ref", "title", "type", "properties", "required", "additionalProperties", "items", "prefixItems",
    "enum", "const", "anyOf", "minimum", "minItems",
}  # fmt: skip


def faults(value: Any, schema: Any, root: Any = None, at: str = "$") -> list[str]:
    """Where the value breaks the schema.

    raises  ValueError for a keyword that is not known here
    """
    root = schema if root is None else root
    if isinstance(schema, bool):
        return [] if schema else [f"{at}: not allowed"]
    if set(schema) - _KNOWN:
        raise ValueError(f"{at}: unknown keywords {set(schema) - _KNOWN}")
    if "$ref" in schema:
        return faults(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, at)
    if "anyOf" in schema:
        return [] if any(not faults(value, one, root, at) for one in schema["anyOf"]) else [f"{at}: none of the forms"]
    if "const" in schema:
        return [] if value == schema["const"] else [f"{at}: {value!r} is not {schema['const']!r}"]
    if "enum" in schema:
        return [] if value in schema["enum"] else [f"{at}: {value!r} is none of {schema['enum']}"]
    kind = schema.get("type")
    if kind is not None and (not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
        return [f"{at}: {type(value).__name__} is no {kind}"]
    found = [f"{at}: {value} < {schema['minimum']}"] if "minimum" in schema and value < schema["minimum"] else []
    if isinstance(value, dict):
        known = schema.get("properties", {})
        found += [f"{at}: {name} is missing" for name in schema.get("required", []) if name not in value]
        for name, one in value.items():
            found += faults(one, known.get(name, schema.get("additionalProperties", True)), root, f"{at}.{name}")
    if isinstance(value, list):
        first = schema.get("prefixItems", [])
        found += [f"{at}: too short"] if len(value) < schema.get("minItems", 0) else []
        for i, one in enumerate(value):
            found += faults(one, first[i] if i < len(first) else schema.get("items", True), root, f"{at}[{i}]")
    return found
