"""What ``check`` says of a bundle."""

from pathlib import Path
from typing import Any

from proofs_check.bundles.bundle import Checked, check_bundle


def check_one(path: Path) -> tuple[dict[str, Any], list[str], int]:
    """The answer as JSON data, as lines, and the exit status."""
    found = check_bundle(path)
    verified = [one for one in found if one.verified]
    rejected = [one for one in found if one.wrong]
    lines = [_line(one) for one in found]
    count = f"{len(verified)} of {len(found)} claims verified"
    passed = len(found) - len(verified) - len(rejected)
    tail = f", {passed} without proof" if passed else ""
    lines.append(f"{path}: {'rejected' if rejected else 'accepted'}: {count}{tail}")
    data = {
        "accepted": not rejected,
        "claims": [
            {
                "id": one.claim.id,
                "statement": one.statement,
                "verdict": one.recorded.name,
                "verified": one.verified,
                "reason": one.wrong or None,
            }
            for one in found
        ],
    }
    return data, lines, 1 if rejected else 0


def _line(one: Checked) -> str:
    if one.wrong:
        return f"REJECTED   {one.claim.id}  {one.wrong}"
    state = one.recorded.name if one.verified else f"({one.recorded.name})"
    return f"{state:<9}  {one.claim.id}  {one.statement}"


__all__ = ["check_one"]
