"""Readable views of checked objects: derivations, claims and verdicts as text, LaTeX, PDF and JSON.

Names are imported when they are first used, so that a command that prints a formula does not load what draws figures.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proofs_check.report.render import render_derivation, statement_latex, statement_text
    from proofs_check.report.write import write_report

_MODULE_OF = {
    "render_derivation": "render",
    "statement_latex": "statements",
    "statement_text": "statements",
    "write_report": "write",
}

__all__ = ["render_derivation", "statement_latex", "statement_text", "write_report"]


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first used."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'proofs_check.report' has no attribute {name!r}")
    return getattr(import_module(f"proofs_check.report.{_MODULE_OF[name]}"), name)
