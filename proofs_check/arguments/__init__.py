"""Arguments of a user, judged: chains of steps, and inductions on the depth."""

from proofs_check.arguments.chain import Line, Setting, chain
from proofs_check.arguments.induction import induction

__all__ = ["Line", "Setting", "chain", "induction"]
