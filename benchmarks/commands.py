"""Time and memory of the commands a user waits for, each in a process of its own; prints a Markdown table.

    python benchmarks/commands.py [--runs 3]

Wall time is the median over the runs, memory the largest resident set of the process and its children. The last column
compares with starting Python alone, measured in the same run, so that figures from two machines can be read side by side.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
NTKPROOF = [str(Path(sys.executable).with_name("ntkproof"))]
CERTIFICATES = sorted(map(str, (ROOT / "proofs_check" / "certificates").glob("*.json")))

COMMANDS = (
    ("--help", [*NTKPROOF, "--help"], False),
    ("verify huang2020, cold", [*NTKPROOF, "verify", "huang2020", "--jobs", "2"], True),
    ("verify huang2020, warm", [*NTKPROOF, "verify", "huang2020"], False),
    ("check, every certificate", [*NTKPROOF, "check", *CERTIFICATES], False),
    *(
        (
            f"kernel ffnet relu L=10^{k}, 30 digits",
            [*NTKPROOF, "kernel", "ffnet", "--activation", "relu", "--depth", f"1e{k}", "--cos", "0.3"],
            False,
        )
        for k in (3, 5, 6)
    ),
)


def run(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds of wall time and MiB of memory of one run, in a child that reports its own children's peak."""
    script = (
        "import resource,subprocess,sys;"
        "subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-I", "-c", script, *command], env=environment, capture_output=True, text=True
    )
    return time.perf_counter() - start, int(done.stdout) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "NTKPROOF_LEDGER": str(Path(folder) / "ledger.sqlite")}
        bare = statistics.median(run([sys.executable, "-c", ""], environment)[0] for _ in range(5))
        print("| command | wall s | memory MiB | times bare Python |\n|---|---|---|---|")
        for name, command, once in COMMANDS:
            figures = [run(command, environment) for _ in range(1 if once else runs)]
            wall = statistics.median(seconds for seconds, _ in figures)
            memory = max(size for _, size in figures)
            print(f"| {name} | {wall:.2f} | {memory:.0f} | {wall / bare:.0f} |", flush=True)


if __name__ == "__main__":
    main()
