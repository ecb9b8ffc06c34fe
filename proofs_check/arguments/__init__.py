"""Arguments of a user, judged: chains of steps, and inductions on the depth."""

from proofs_check.arguments.chain import Line, chain
from proofs_check.arguments.induction import induction

__all__ = ["Line", "chain", "induction"]
