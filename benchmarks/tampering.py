"""Tamper with certificates at random and look for a false statement that the checker accepts (docs/soundness.md).

    python benchmarks/tampering.py [--number 5000] [--seed 1]

The attack of tests/proofs_check/test_tampered.py, with another seed or more certificates, the checker as it is. Exit 1 if
anything false was accepted.
"""

import argparse
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "proofs_check")]

from test_tampered import attack  # noqa: E402


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--number", type=int, default=5000)
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    start = time.monotonic()
    accepted, rejected, said = attack(range(asked.number), asked.seed)
    print("| certificate | tampered | accepted |\n|---|---|---|")
    for name in sorted({*accepted, *rejected}):
        print(f"| `{name}` | {accepted[name] + rejected[name]} | {accepted[name]} |")
    print(f"| all | {asked.number} | {accepted.total()} |")
    false = [what for found in said.values() for what in found]
    print(f"{len(said)} different statements accepted, {len(false)} false, {time.monotonic() - start:.0f} s")
    print("\n".join(false))
    return int(bool(false))


if __name__ == "__main__":
    sys.exit(main())
