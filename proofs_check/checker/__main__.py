"""Check certificates: exit status 0 all accepted, 1 some rejected, 2 some unreadable or no file named."""

import json
import sys
from pathlib import Path
from typing import Any

from proofs_check.checker import Rejected, Unreadable, check, load


def in_words(statement: dict[str, Any]) -> str:
    """The proved statement for a reader."""
    if statement["theorem"] == "inequality":
        return f"{statement['expression']} {statement['relation']} 0 for every t in (0, {statement['upto']}]"
    lines = [f"{statement['theorem']}, mu = {statement['mu']}; the map: {statement['map']}"]
    for found in statement["conclusions"]:
        if found["kind"] == "restart":
            most = " and ".join(found["at_most"])
            lines.append(f"  for every L >= l and c in {found['correlations']}: {found['lower']} <= ntk if M <= {most}")
            continue
        sides = " <= ".join(side for side in (found["lower"], found["quantity"], found["upper"]) if side is not None)
        condition = f" if {found['condition']}" if found["condition"] else ""
        lines.append(f"  for every L >= {found['first']} and c in {found['correlations']}{condition}: {sides}")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Check the files named and print what each proves."""
    as_json = "--json" in arguments
    files = [Path(argument) for argument in arguments if argument != "--json"]
    if not files:
        print("usage: python -m proofs_check.checker FILE ... [--json]", file=sys.stderr)
        return 2
    status = 0
    for file in files:
        statement, reason, failed = None, None, 0
        try:
            statement = check(load(file))
        except (Unreadable, Rejected) as error:
            reason, failed = str(error), 2 if isinstance(error, Unreadable) else 1
        status = max(status, failed)
        if as_json:
            print(json.dumps({"accepted": not failed, "statement": statement, "reason": reason}, indent=2))
        elif statement is None:
            print(f"{file.name}: {('', 'rejected', 'unreadable')[failed]}: {reason}", file=sys.stderr)
        else:
            print(f"{file.name}: accepted\n{in_words(statement)}")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
