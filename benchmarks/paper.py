"""What a theorist waits for with a paper of their own: a changed claim under --watch, the pytest plugin, a file of 200 claims.

    python benchmarks/paper.py [--runs N] [--only watch | plugin | file]

Wall seconds (of the plugin CPU seconds, which a difference of two short runs needs), the smallest of N runs; the file of 200
claims runs once with an empty ledger and 4 jobs, and once more from the ledger.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

CLAIM = """[[claim]]
id = "mine/{name}"
architecture = "ffnet"
activation = "relu"
quantity = "normalized_ntk"
domain = "-1 < c <= {high}"
holds = "{holds}"
pointwise = true
"""


def claims(count: int, changed: int = 0) -> str:
    """So many true claims of four kinds; ``changed`` changes one of them."""
    kinds = ("limit == 1/4", "value - 1/4 = O(log(L)/L)", "value <= {n}/2 + 1", "value ~ 1/4 + 3*log(L)/(8*L)")
    return "\n".join(
        CLAIM.format(
            name=i, high=f"1/{i + 2 + (changed if i == count // 2 else 0)}", holds=kinds[i % 4].format(n=i + 1)
        )
        for i in range(count)
    )


def watch(folder: Path, runs: int) -> list[tuple[str, float]]:
    """Saving a file of 40 claims of which one changed, until its verdict is shown."""
    rows = []
    for ending in ("toml", "py"):
        file = folder / f"watched.{ending}"
        write(file, 0)
        command = verifying(file, "--watch", "--ledger", str(folder / "w.sqlite"))
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        try:
            until_judged(process)
            best = min(changed_once(process, file, run) for run in range(1, runs + 1))
        finally:
            process.terminate()
            process.wait()
        rows.append((f"--watch, one of 40 claims of a .{ending} file changed, save to verdict", best))
    return rows


def verifying(file: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "proofs_check.cli", "verify", str(file), *options]


def write(file: Path, changed: int) -> None:
    if file.suffix == ".toml":
        file.write_text(claims(40, changed))
        return
    lines = [
        f"    state('mine/{i}', relu, 'limit == 1/4', domain='-1 < c <= 1/{i + 2 + (changed if i == 20 else 0)}'),"
        for i in range(40)
    ]
    head = "from theory import activation, ffnet, state\nrelu = ffnet(activation('relu'))\n"
    file.write_text(head + "CLAIMS = (\n" + "\n".join(lines) + "\n)\n")


def changed_once(process: "subprocess.Popen[str]", file: Path, run: int) -> float:
    time.sleep(0.5)
    start = time.monotonic()
    write(file, 100 * run + os.getpid())
    until_judged(process)
    return time.monotonic() - start


def until_judged(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if " judged in " in line:
            return
    raise SystemExit("the watcher ended")


def plugin(folder: Path, runs: int) -> list[tuple[str, float]]:
    """A pytest run with one empty test, with the plugin and without."""
    (folder / "test_x.py").write_text("def test_x():\n    pass\n")

    def pytest(*arguments: str) -> Callable[[], object]:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            *arguments,
            str(folder / "test_x.py"),
        ]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        return lambda: subprocess.run(command, env=environment, cwd=folder, capture_output=True, check=True)

    bare, loaded = pytest(), pytest("-p", "proofs_check.pytest_plugin")
    times = [(cpu_of(bare), cpu_of(loaded)) for _ in range(runs)]
    without, with_it = min(a for a, _ in times), min(b for _, b in times)
    return [("pytest, one empty test, CPU", without), ("the plugin, not asked for: added CPU", with_it - without)]


def file_of_200(folder: Path, runs: int) -> list[tuple[str, float]]:
    """Cold with 4 jobs, then from the ledger."""
    del runs
    file = folder / "claims.toml"
    file.write_text(claims(200))
    command = verifying(file, "--jobs", "4", "--ledger", str(folder / "f.sqlite"))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def verify() -> object:
        return subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)

    return [
        ("200 claims, 4 jobs, empty ledger", timed(verify)),
        ("200 claims, every verdict from the ledger", timed(verify)),
    ]


def cpu_of(action: Callable[[], object]) -> float:
    """CPU seconds of the processes that the action starts and waits for; a busy machine changes them little."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    action()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def timed(action: Callable[[], object]) -> float:
    start = time.monotonic()
    action()
    return time.monotonic() - start


PARTS = {"watch": watch, "plugin": plugin, "file": file_of_200}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", choices=sorted(PARTS))
    asked = parser.parse_args()
    print("| what | s |\n|---|---|")
    for name, part in PARTS.items():
        if asked.only in (None, name):
            with tempfile.TemporaryDirectory() as folder:
                for row, seconds in part(Path(folder), asked.runs):
                    print(f"| {row} | {seconds:.2f} |", flush=True)


if __name__ == "__main__":
    main()
