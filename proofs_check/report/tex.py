"""Compile a LaTeX file to PDF with the TeX that is installed, or say in one line why there is no PDF.

The same source gives the same bytes: dates come from SOURCE_DATE_EPOCH, 0 unless the caller has set it.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SECONDS = 180
"""Time limit of one document."""
MISSING = "no TeX found (latexmk or pdflatex): no PDF is made; the LaTeX source is {path}"


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """The PDF, or one line that says why there is none."""

    pdf: Path | None
    message: str = ""
    missing: bool = False


def compile_pdf(source: Path, *, seconds: int = SECONDS) -> Compiled:
    """Run latexmk (or pdflatex, three times) on a file; logs and auxiliary files stay in ``build`` beside it."""
    commands = _commands(source)
    if not commands:
        return Compiled(pdf=None, message=MISSING.format(path=source), missing=True)
    build = source.parent / "build"
    build.mkdir(exist_ok=True)
    log = build / f"{source.stem}.log"
    environment = {"SOURCE_DATE_EPOCH": "0", **os.environ, "FORCE_SOURCE_DATE": "1"}
    for command in commands:
        try:
            done = subprocess.run(
                command, cwd=source.parent, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, timeout=seconds, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Compiled(pdf=None, message=f"{source}: TeX took more than {seconds} seconds; see {log}")
        except OSError as error:
            return Compiled(pdf=None, message=f"{source}: {command[0]} cannot be run ({error.strerror})")
        if done.returncode != 0:
            return Compiled(pdf=None, message=f"{source}: TeX failed ({_first_error(log)}); see {log}")
    target = source.with_suffix(".pdf")
    shutil.copyfile(build / target.name, target)
    return Compiled(pdf=target)


def _commands(source: Path) -> list[list[str]]:
    options = ["-interaction=nonstopmode", "-halt-on-error", "-file-line-error"]
    if latexmk := shutil.which("latexmk"):
        return [[latexmk, "-pdf", "-g", "-norc", "-outdir=build", *options, source.name]]
    if pdflatex := shutil.which("pdflatex"):
        return [[pdflatex, "-output-directory=build", *options, source.name]] * 3
    return []


def _first_error(log: Path) -> str:
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "no log was written"
    return next((line.strip() for line in lines if line.startswith("!") or ".tex:" in line), "no message in the log")


__all__ = ["MISSING", "SECONDS", "Compiled", "compile_pdf"]
