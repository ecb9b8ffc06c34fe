"""Time and memory of the commands a user waits for, each in processes of its own; prints a Markdown table.

    python benchmarks/commands.py [--runs N] [--only TEXT]

Wall time is the smallest of N runs, from fork to exit, imports included; what takes minutes runs once. Memory is the
largest sum of the resident sets of a command's processes, looked at fifty times a second (pages that two processes share
count twice). CPU seconds are those of all processes of a command, the smallest of the runs: on a busy machine they say more
than wall time does. The last column compares wall time with starting Python alone in the same session, so that tables of two
machines can be read side by side. ``--only verify`` runs the rows whose name contains the text.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
NTKPROOF = [str(Path(sys.executable).with_name("ntkproof"))]
CERTIFICATES = sorted(map(str, (ROOT / "proofs_check" / "certificates").glob("*.json")))
TICK = 0.02


@dataclass(frozen=True)
class Row:
    """A command, its target, and whether it runs once only."""

    name: str
    command: list[str]
    seconds: float | None = None
    mebibytes: float | None = None
    once: bool = False


def kernel(depth: str, architecture: str = "ffnet", *options: str) -> list[str]:
    return [
        *NTKPROOF, "kernel", architecture, "--activation", "relu", "--depth", depth, "--cos", "0.3", *options
    ]  # fmt: skip


ROWS = (
    Row("--help", [*NTKPROOF, "--help"], 0.4),
    Row("bad input: kernel --cos 1.2", [*kernel("3")[:-1], "1.2"], 1),
    Row("bad input: verify huang2021", [*NTKPROOF, "verify", "huang2021"], 1),
    Row("check, every certificate", [*NTKPROOF, "check", *CERTIFICATES], 1),
    Row("kernel ffnet relu, L = 10^3, 30 digits", kernel("1e3")),
    Row("kernel ffnet relu, L = 10^5, 30 digits", kernel("1e5"), 3),
    Row("kernel ffnet relu, L = 10^6, 30 digits", kernel("1e6"), 20),
    Row("kernel resnet relu, gamma 3/4, L = 10^5", kernel("1e5", "resnet", "--gamma", "3/4")),
    Row("kernel ffnet relu, L = 10, 10000 digits", kernel("10", "ffnet", "--digits", "10000")),
    Row("derive resnet", [*NTKPROOF, "derive", "resnet"]),
    Row("verify huang2020, cold", [*NTKPROOF, "verify", "huang2020", "--jobs", "2"], 90, 1536, once=True),
    Row("verify huang2020, warm", [*NTKPROOF, "verify", "huang2020", "--jobs", "2"], 3),
)


def tree(root: int) -> list[int]:
    """The process and its descendants, as /proc shows them."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(entry.name))
    found = [root]
    for process in found:
        found.extend(children.get(process, ()))
    return found


def resident(processes: list[int]) -> float:
    """MiB in memory, all together."""
    pages = 0
    for process in processes:
        try:
            pages += int(Path(f"/proc/{process}/statm").read_text().split()[1])
        except OSError:
            continue
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(command: list[str], environment: dict[str, str]) -> tuple[float, float, float, int]:
    """Seconds of wall time and of all processors, MiB, and exit status of one run."""
    start, before, most = time.perf_counter(), processor_seconds(), 0.0
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        try:
            status = child.wait(TICK)
        except subprocess.TimeoutExpired:
            most = max(most, resident(tree(child.pid)))
        else:
            return time.perf_counter() - start, processor_seconds() - before, most, status


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, metavar="N")
    parser.add_argument("--only", default="", metavar="TEXT")
    asked = parser.parse_args()
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "NTKPROOF_LEDGER": str(Path(folder) / "ledger.sqlite")}
        bare = min(run([sys.executable, "-c", ""], environment)[0] for _ in range(10))
        print(f"Python alone {bare:.3f} s, {len(os.sched_getaffinity(0))} cores, load {load}, min of {asked.runs}\n")
        print("| command | wall s | target | CPU s | memory MiB | times Python alone | exit |")
        print("|---|---|---|---|---|---|---|")
        for row in ROWS:
            if asked.only in row.name:
                figures = [run(row.command, environment) for _ in range(1 if row.once else asked.runs)]
                wall, cpu = (min(one[i] for one in figures) for i in (0, 1))
                memory = max(one[2] for one in figures)
                target = "" if row.seconds is None else f"< {row.seconds:g} s"
                target += "" if row.mebibytes is None else f", < {row.mebibytes:g} MiB"
                print(
                    f"| {row.name} | {wall:.2f} | {target} | {cpu:.2f} | {memory:.0f} | {wall / bare:.0f} "
                    f"| {figures[0][3]} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
