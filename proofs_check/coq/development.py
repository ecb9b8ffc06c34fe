"""The Coq development: its files in order, its theorems, and their compilation.

Idea. ``_CoqProject`` lists the files; each is compiled by ``coqc`` in that order, one at a time, in a folder named by the content
of the sources, so that what is compiled once stays compiled. ``Check`` and ``Print Assumptions`` then give the statement
of each theorem and what it rests on, which must be the classical reals of the standard library and Interval's primitive integers
and floats, and nothing else.
"""

import hashlib
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from theory.errors import BeyondReach, InputError

FOLDER = Path(__file__).parent
LIBRARY = "NtkProof"
THEOREMS = {
    "Depth": ("inverse_angle", "abel", "kernel_pole", "kernel_second"),
    "Certificate": ("cert_kernel", "cert_angle", "restart", "limit_quarter", "limit_three_eighths"),
    "FFNet": (
        "relu_certificate",
        "ffnet_angle",
        "ffnet_two_sided",
        "ffnet_lower_attained",
        "ffnet_quarter",
        "ffnet_quarter_uniform",
        "ffnet_limit",
        "ffnet_sharp_limit",
        "ffnet_rate_not_1_over_L",
    ),
    "FFNetAbove": ("ffnet_above_quarter", "ffnet_below_quarter"),
    "Leaky": ("leaky_two_sided", "leaky_limit", "leaky_sharp_limit", "linear_keeps"),
    "Negative": (
        "negative_angle",
        "negative_two_sided",
        "negative_slopes",
        "negative_limit",
        "negative_sharp_limit",
    ),
    "ResNet": ("uniform_bound", "inner_bound", "first_order_bound"),
    "ResNetDegenerate": ("degeneration",),
    "ResNetCertificate": ("res_uniform", "res_inner", "res_first_order", "res_degeneration", "res_limit_uniform"),
    "ResNetReLU": (
        "relu_resnet_certificate",
        "resnet_4A",
        "resnet_4B",
        "resnet_4C",
        "resnet_first_order",
        "resnet_first_order_limit",
        "resnet_transition",
        "resnet_limit_uniform",
        "resnet_rate",
        "resnet_nondegenerate",
        "resnet_nondegenerate_1",
        "resnet_at_half",
        "resnet_half_is_no_limit_kernel",
    ),
    "ResNetAntipode": ("resnet_m1", "resnet_rate_not_uniform"),
    "Learning": (
        "ffnet_regression",
        "ffnet_regression_forgets",
        "ffnet_regression_limit",
        "resnet_regression_remembers",
        "resnet_regression_no_limit",
    ),
    "Ordered": (
        "contraction",
        "ordered_nngp",
        "ordered_ntk",
        "ordered_ntk_kinked",
        "relu_ordered",
        "exponential_ordered",
        "chaotic_nngp",
        "chaotic_ntk",
        "exponential_chaotic",
    ),
    "Biases": ("own_ntk", "bias_nngp", "bias_ntk", "bias_limit"),
    "Limits": ("log_limit_bound", "log_limit", "first_limit"),
    "Smooth": ("smooth_angle", "smooth_kernel", "smooth_limit", "smooth_log_limit"),
    "PowerSeries": ("critical_series",),
    "Phases": ("smooth_ordered_nngp", "smooth_ordered", "smooth_chaotic_nngp", "smooth_chaotic"),
    "SmoothClaims": (
        "claim_smooth_ntk",
        "claim_smooth_angle",
        "smooth_nngp_limit",
        "exp_two_sided",
        "exp_limit",
        "quadratic_limit",
        "quadratic_log_limit",
    ),
}
"""The main theorems by file."""
COUNTERPARTS = {
    "ffnet-critical-angle": ("Certificate", "cert_kernel"),
    "ffnet-slopes": ("Leaky", "leaky_two_sided"),
    "ffnet-negative-slopes": ("Negative", "negative_two_sided"),
    "resnet-angle": ("ResNetCertificate", "res_uniform"),
    "relu-bias-ordered": ("Biases", "bias_ntk"),
    "smooth-critical": ("Smooth", "smooth_kernel"),
    "smooth-ordered": ("Phases", "smooth_ordered"),
    "smooth-chaotic": ("Phases", "smooth_chaotic"),
}
"""The file and theorem of the meta-theorems that certificates name; those of leaky slopes have constants of
their own, and ``bias_ntk`` is the upper bound for ReLU."""
ALLOWED = (
    "ClassicalDedekindReals.",
    "FunctionalExtensionality.",
    "functional_extensionality_dep",
    "Classical_Prop.classic",
    "PrimInt63.",
    "Int63.",
    "Uint63.",
    "Sint63.",
    "PrimFloat.",
    "FloatAxioms.",
    "FloatOps.",
)
"""Prefixes of the assumptions that a theorem may have."""
MINUTES = 10


@dataclass(frozen=True, kw_only=True)
class Theorem:
    """A theorem with its statement as Coq prints it and what the theorems of the development assume."""

    file: str
    name: str
    statement: str
    assumptions: tuple[str, ...]

    @property
    def unexpected(self) -> tuple[str, ...]:
        """Assumptions beyond the classical reals and Interval's primitives."""
        return unexpected(self.assumptions)


def unexpected(names: tuple[str, ...]) -> tuple[str, ...]:
    """Those assumptions that a theorem may not have."""
    return tuple(name for name in names if not name.startswith(ALLOWED))


def counterparts(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The theorems here, as File.name, of the meta-theorems that the data of an evidence name."""
    listed = data.get("theorems", [])
    rows = [*(listed if isinstance(listed, list | tuple) else []), data.get("theorem")]
    names = {str(row.get("theorem")) for row in rows if isinstance(row, Mapping)}
    return tuple(".".join(COUNTERPARTS[name]) for name in sorted(names & COUNTERPARTS.keys()))


def files() -> tuple[str, ...]:
    """The names of the files, in the order in which they are compiled."""
    lines = (FOLDER / "_CoqProject").read_text().splitlines()
    return tuple(line.removesuffix(".v") for line in lines if line.endswith(".v"))


def coqc() -> str:
    """The compiler.

    raises  BeyondReach where there is none
    """
    found = shutil.which("coqc")
    if found is None:
        raise BeyondReach("coqc was not found; install coq and libcoq-interval (Debian), or do without the Coq proofs")
    return found


def build_folder() -> Path:
    """Where the development is compiled: a folder of the user's cache for these sources."""
    digest = hashlib.sha256()
    for name in files():
        digest.update((FOLDER / f"{name}.v").read_bytes())
    return Path(platformdirs.user_cache_dir("ntkproof")) / "coq" / digest.hexdigest()[:16]


def compile_file(path: Path, library: Path, *, seconds: float = 60 * MINUTES) -> str:
    """Compile one file against the library; what Coq printed.

    raises  InputError where Coq rejects it, with its first words; BeyondReach where it takes too long
    """
    command = [coqc(), "-w", "none", "-Q", str(library), LIBRARY, str(path)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise BeyondReach(f"{path.name}: coqc took more than {seconds:.0f} seconds") from None
    if done.returncode != 0:
        said = " ".join((done.stderr or done.stdout).split())
        raise InputError(f"{path.name}: coqc rejects it: {said[:300]}")
    return done.stdout


def compiled(names: tuple[str, ...], folder: Path | None = None) -> Iterator[tuple[str, float]]:
    """Compile the files named, in order, where they are not compiled yet; each with its seconds."""
    where = build_folder() if folder is None else folder
    coqc()
    where.mkdir(parents=True, exist_ok=True)
    for name in names:
        begun = time.monotonic()
        if not (where / f"{name}.vo").exists():
            shutil.copyfile(FOLDER / f"{name}.v", where / f"{name}.v")
            compile_file(where / f"{name}.v", where)
        yield name, time.monotonic() - begun


def required(text: str) -> tuple[str, ...]:
    """The files of the development that a file needs: up to the last one that it names."""
    order = files()
    words = set(text.replace(".", " ").split())
    last = max((k for k, name in enumerate(order) if name in words), default=-1)
    return order[: last + 1]


def theorems(folder: Path | None = None) -> list[Theorem]:
    """The statement of every main theorem of the compiled development, and what all of them together assume.

    Print Assumptions walks through all of Interval each time, ten seconds: once, for the conjunction of all theorems, is enough.
    """
    where = build_folder() if folder is None else folder
    named = [(file, name) for file, names in THEOREMS.items() for name in names]
    lines = ["From Coq Require Import Reals List.", "Set Printing Width 110.", "Open Scope R_scope."]
    lines += [f"From {LIBRARY} Require {file}." for file in files()]
    for file, name in named:
        lines += ['Goal True. idtac "@@". Abort.', f"Check {file}.{name}."]
    together = "".join(f"(conj {file}.{name} " for file, name in named) + "I" + ")" * len(named)
    lines += [f"Definition all_theorems := {together}.", 'Goal True. idtac "@@". Abort.']
    lines += ["Print Assumptions all_theorems."]
    query = where / "Query.v"
    query.write_text("\n".join(lines) + "\n")
    *checked, printed = compile_file(query, where).split("@@")[1:]
    assumed = assumptions(printed)
    return [
        Theorem(file=file, name=name, statement=_statement(text), assumptions=assumed)
        for (file, name), text in zip(named, checked, strict=True)
    ]


def _statement(text: str) -> str:
    """What Check printed behind the name."""
    return text.split(":", 1)[1].strip()


def assumptions(text: str) -> tuple[str, ...]:
    """The names that Print Assumptions printed: the lines that begin at the margin with a name and a colon."""
    lines = text.splitlines()
    return tuple(
        line.split(":")[0].strip()
        for line in lines
        if line[:1].strip() and ":" in line and not line.startswith("Axioms")
    ) + tuple(line.strip() for line, after in zip(lines, [*lines[1:], ""], strict=True) if _name_alone(line, after))


def _name_alone(line: str, after: str) -> bool:
    """A long name stands on a line of its own, its type on the next."""
    return bool(line[:1].strip()) and ":" not in line and after.startswith("  :")
