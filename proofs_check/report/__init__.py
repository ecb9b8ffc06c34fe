"""Readable views of checked objects: derivations, claims and verdicts as text, LaTeX, PDF and JSON."""

from proofs_check.report.render import render_derivation, statement_latex, statement_text
from proofs_check.report.write import write_report

__all__ = ["render_derivation", "statement_latex", "statement_text", "write_report"]
