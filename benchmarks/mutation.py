"""Change the trusted checker's code in one place at a time and see whether the tests notice (docs/soundness.md).

    pip install -e ".[dev,mutation]"
    python benchmarks/mutation.py [--machinery N] [--theorems N] [--seed S] [--out FILE.json]

cosmic-ray writes every mutant of every module of proofs_check/checker/. Those of the machinery (reading, language, signs, core,
program) and those of the theorems are two sessions, each with its own order of tests; a seeded sample of each session is run. All
happens in a copy of the sources, which stay as they are. The result is a table, and a diff for each mutant that survives.
"""

import argparse
import collections
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
CHECKER = "proofs_check/checker"
MACHINERY = ("reading", "expressions", "signs", "core", "__main__")
THEOREMS = ("theorems", "half_rate", "learnability", "spectrum", "turn")
PYTEST = f"{sys.executable} -m pytest -x -q --noconftest -p no:cacheprovider -p no:hypothesispytest"
ALONE, KINDS = (f"tests/proofs_check/test_checker_{name}.py" for name in ("alone", "kinds"))
COMMANDS = {
    "machinery": f"{PYTEST} {ALONE} {KINDS}",
    "theorems": f"bash -c '{PYTEST} {KINDS} -k \"not lies and not word\" && {PYTEST} {KINDS} {ALONE}'",
}
CONFIG = """[cosmic-ray]
module-path = {modules}
timeout = 90.0
excluded-modules = []
test-command = {command}
[cosmic-ray.distributor]
name = "local"
"""


def ray(folder: Path, *arguments: str) -> None:
    # Python trusts a compiled file of the same second and size, so that a mutant could go unseen: none is written
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(folder)}
    subprocess.run([sys.executable, "-m", "cosmic_ray.cli", *arguments], cwd=folder, env=environment, check=True)


def sampled(session: Path, size: int, seed: int) -> int:
    """Leave a seeded sample of the mutants in the session; return how many there were."""
    with sqlite3.connect(session) as found:
        places = "module_path, start_pos_row, start_pos_col, operator_name, operator_args, occurrence"
        jobs = [job for (job,) in found.execute(f"select job_id from mutation_specs order by {places}")]
        kept = set(random.Random(seed).sample(jobs, min(size, len(jobs))))
        for job in set(jobs) - kept:
            found.execute("delete from mutation_specs where job_id = ?", (job,))
            found.execute("delete from work_items where job_id = ?", (job,))
    return len(jobs)


def results(session: Path) -> list[dict[str, object]]:
    query = (
        "select module_path, operator_name, start_pos_row, definition_name, test_outcome, worker_outcome, diff"
        " from mutation_specs join work_results using (job_id)"
    )
    names = ("module", "operator", "row", "function", "outcome", "worker", "diff")
    with sqlite3.connect(session) as found:
        return [dict(zip(names, row, strict=True)) for row in found.execute(query)]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--machinery", type=int, default=400)
    options.add_argument("--theorems", type=int, default=400)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument(
        "--folder", type=Path, help="where the copy is made and sessions are kept; else a temporary one"
    )
    options.add_argument("--out", type=Path)
    asked = options.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="mutation-"))
    for name in ("proofs_check", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    shutil.copy(ROOT / "pyproject.toml", folder)
    every = []
    for kind, modules, size in (
        ("machinery", MACHINERY, asked.machinery),
        ("theorems", THEOREMS, asked.theorems),
    ):
        if not size:
            continue
        paths = [f"{CHECKER}/{name}.py" for name in modules]
        config = CONFIG.format(modules=json.dumps(paths), command=json.dumps(COMMANDS[kind]))
        (folder / f"{kind}.toml").write_text(config)
        ray(folder, "baseline", f"{kind}.toml")
        ray(folder, "init", f"{kind}.toml", f"{kind}.sqlite")
        written = sampled(folder / f"{kind}.sqlite", size, asked.seed)
        ray(folder, "exec", f"{kind}.toml", f"{kind}.sqlite")
        found = results(folder / f"{kind}.sqlite")
        print(f"{kind}: {written} mutants written, {len(found)} run")
        for module in sorted({str(one["module"]) for one in found}):
            outcomes = collections.Counter(str(one["outcome"]) for one in found if one["module"] == module)
            print(f"  {module}: {dict(outcomes)}")
        every += found
    for one in every:
        if "SURVIVED" in str(one["outcome"]):
            print(f"\n{one['module']}:{one['row']} {one['function']} {one['operator']}\n{one['diff']}")
    if asked.out:
        asked.out.write_text(json.dumps(every, indent=1))


if __name__ == "__main__":
    main()
