"""The trusted checker, python-flint and the standard library only: python -I -m proofs_check.checker FILE [--json]."""

from proofs_check.checker.core import check
from proofs_check.checker.expressions import Rejected
from proofs_check.checker.reading import Unreadable, load

__all__ = ["Rejected", "Unreadable", "check", "load"]
