"""Fuzzed claim files: each is read, or refused with one line; none ends in another error or takes long.

    python benchmarks/fuzz.py [--count N] [--seed S]

Reading only, as ``verify`` reads them before it judges. Prints how many were read and refused, the slowest, and what went wrong.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from proofs_check.claim_files import load
from tests.proofs_check.fuzzed_toml import fuzzed
from theory.errors import InputError


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    read = refused = 0
    wrong: list[str] = []
    slowest = (0.0, "")
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "claims.toml"
        for text in fuzzed(asked.seed, asked.count):
            path.write_text(text, encoding="utf-8")
            start = time.monotonic()
            try:
                load(path)
                read += 1
            except InputError as error:
                refused += 1
                if "\n" in str(error) or len(str(error)) > 1000:
                    wrong.append(f"not one line: {str(error)[:200]!r}\n{text}")
            except Exception as error:  # noqa: BLE001 - this is what is looked for
                wrong.append(f"{type(error).__name__}: {error}\n{text}")
            slowest = max(slowest, (time.monotonic() - start, text))
    for one in wrong[:20]:
        print(one, end="\n\n")
    seconds = time.monotonic() - begin
    print(f"{asked.count} files, seed {asked.seed}: {read} read, {refused} refused with one line, {len(wrong)} wrong")
    print(f"{seconds:.1f} s in all, {1000 * seconds / asked.count:.1f} ms each; the slowest {slowest[0]:.2f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
