"""CPU seconds of ``ntkproof limit`` for every built-in pair of an architecture and an activation; prints a Markdown table.

    python benchmarks/limits.py [--only TEXT] [--slow SECONDS] [--answers FILE]

Each pair runs cold, in a process of its own, imports included: user and system time together, so that a busy machine changes
little. Residual architectures run at gamma = 1/4, 1/2 and 3/4, ``ffnet`` also at its critical point of length 1. ``--only`` takes
the pairs whose command contains the text; ``--answers`` keeps what each of them printed as JSON, one line a pair, so that the
answers of two versions can be compared. Exit status 1 of a command (open) counts as an answer.
"""

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent.parent))

from theory.activations import ACTIVATIONS
from theory.architectures import ARCHITECTURES

ROOT = Path(__file__).parent.parent
PARAMETERS = {
    "leaky_relu": ("1/5", "-1/2", "2^(1/2)"),
    "shaped_relu": ("1,-1",),
    "relu_power": ("2", "3"),
    "hermite": ("2", "3"),
    "polynomial": ("0,1,1/3",),
}
"""Parameters of the families that take one."""
FAMILY = ("relu", "leaky_relu", "abs", "identity")
"""What counts as the ReLU family."""
TARGET, FAMILY_TARGET = 10, 1


def pairs() -> Iterator[tuple[str, str, list[str]]]:
    """Architecture with its options, activation, and the words of the command."""
    names = [
        f"{one.name}:{parameter}" if parameter else one.name
        for one in ACTIVATIONS
        for parameter in PARAMETERS.get(one.name, ("",))
    ]
    for entry in ARCHITECTURES:
        cases: list[list[str]] = [["--gamma", gamma] for gamma in ("1/4", "1/2", "3/4")] if entry.residual else [[]]
        if "critical" in entry.options:
            cases.append(["--critical", "1"])
        for case in cases:
            for name in names:
                yield " ".join([entry.name, *case]), name, [entry.name, "--activation", name, *case]


def measure(words: list[str]) -> tuple[float, int, str]:
    """CPU seconds, exit status and what was printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "proofs_check.cli", "limit", *words, "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, done.returncode, done.stdout or done.stderr


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="TEXT")
    parser.add_argument("--slow", type=float, default=5, metavar="SECONDS", help="pairs above it are named [5]")
    parser.add_argument("--answers", type=Path, metavar="FILE")
    asked = parser.parse_args()
    found: dict[str, dict[str, float]] = {}
    answers: list[dict[str, object]] = []
    for architecture, activation, words in pairs():
        if asked.only not in " ".join(words):
            continue
        used, status, said = measure(words)
        if status in (0, 1):  # 2: there is no such network, such as a critical point of sign
            found.setdefault(architecture, {})[activation] = used
        answers.append({"command": words, "seconds": round(used, 2), "exit": status, "said": said})
        if asked.answers is not None:
            asked.answers.write_text("".join(json.dumps(one) + "\n" for one in answers), encoding="utf-8")
    table(found, asked.slow)


def table(found: dict[str, dict[str, float]], slow: float) -> None:
    """A row for each architecture, then the slow pairs and those above their target."""
    print("| architecture | pairs | median s | largest s | with | largest of the ReLU family s |")
    print("|---|---|---|---|---|---|")
    for architecture, row in found.items():
        worst = max(row, key=lambda name: row[name])
        family = max((used for name, used in row.items() if name.partition(":")[0] in FAMILY), default=0)
        print(
            f"| `{architecture}` | {len(row)} | {median(row.values()):.2f} | {row[worst]:.2f} | {worst} | {family:.2f} |"
        )
    every = [(used, f"{a} {n}", n) for a, row in found.items() for n, used in row.items()]
    if not every:
        return
    times = [used for used, _, _ in every]
    print(f"\n{len(every)} pairs: median {median(times):.2f} s, largest {max(times):.2f} s")
    print(f"above {slow:g} s: " + (", ".join(f"{w} {u:.1f}" for u, w, _ in sorted(every)[::-1] if u > slow) or "none"))
    above = [one for one in every if one[0] > (FAMILY_TARGET if one[2].partition(":")[0] in FAMILY else TARGET)]
    print("above the target: " + (", ".join(f"{what} {used:.2f}" for used, what, _ in sorted(above)[::-1]) or "none"))


if __name__ == "__main__":
    main()
