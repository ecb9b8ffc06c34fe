"""Check certificates: exit status 0 all accepted, 1 some rejected, 2 some unreadable or no file named."""

import json
import re
import sys
from pathlib import Path
from typing import Any

from proofs_check.checker import Rejected, Unreadable, check, load


def in_words(statement: dict[str, Any]) -> str:
    """The proved statement for a reader, with S where it stands and without needless brackets around numbers."""
    if statement["theorem"] == "inequality":
        return f"{statement['expression']} {statement['relation']} 0 for every t in (0, {statement['upto']}]"
    if "words" in statement:
        return "\n".join([f"theorem {statement['theorem']}", *statement["words"]])
    given = [f"{key} = {value}" for key, value in statement["constants"].items() if key in ("omega", "beta", "other")]
    where = "before the nonlinearity, u v cos t = omega K + beta" if given else "one layer below"
    mu = ", ".join([f"mu = {statement['mu']}", *given])
    lines = [f"theorem {statement['theorem']}, {mu}, for the map (t: the angle {where})"]
    lines += [f"  {key}: {text}" for key, text in statement["map"].items()]
    lines += [f"assuming {low} <= {number} <= {high}" for number, low, high in statement.get("assumes", ())]
    lines += ["where theta = acos c, S = (sin(t)-t*cos(t))/pi at t = theta, h = alpha^2, eta = h/(1+h):"]
    for one in statement["conclusions"]:
        where = f"for every L >= {one.get('first', 'l')} and c in {one['correlations']}"
        where += f", every x with {one['sum']}, H = eta_1 + ... + eta_L" if "sum" in one else ""
        lines.append(where + (f" if {one['condition']}" if one["condition"] and "first" in one else ""))
        lines += [f"  {one['quantity']} {rel} {one[k]}" for k, rel in (("lower", ">="), ("upper", "<=")) if one.get(k)]
        if "flow" in one:
            said = (f"{key} = {text}" for key, text in one["flow"].items())
            lines.append(
                "  flow = T/(2*tau) at s = tau, where dcos(t)/ds = drift, dT/ds = source - loss*T, from t = theta, T = 0:"
            )
            lines.append(f"  {', '.join(said)}")
        lines += [f"  with M <= {text}, phi the angle and T the ntk at depth l" for text in one.get("at_most", ())]
    text = "\n".join(lines).replace("(sin(theta)-theta*cos(theta))/pi", "S")
    needless = r"/\(1\)|(?<!\w)\(1\)\*|\+\((-[\d/]+)\)|(?<=[-+(])\(([\d/]+)\)(?!\^)"
    return re.sub(needless, lambda m: m[1] or m[2] or "", text.replace("None <= ", "").replace(" <= None", ""))


def main(arguments: list[str]) -> int:
    """Check the files named and print what each proves."""
    as_json = "--json" in arguments
    files, status = [Path(argument) for argument in arguments if argument != "--json"], 0
    if not files:
        print("usage: python -m proofs_check.checker FILE ... [--json]", file=sys.stderr)
        return 2
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
