"""Depth limits: what becomes of the kernels of a network as its depth grows, derived from its recursion."""

from proofs_check.limits.assemble import derivation, limit
from proofs_check.limits.inputs import at_input
from proofs_check.limits.result import DepthLimit

__all__ = ["DepthLimit", "at_input", "derivation", "limit"]
