"""Depth limits: what becomes of the kernels of a network as its depth grows, derived from its recursion.

What depends on the inputs, ``at_input``, loads the numerics behind it when it is first used.
"""

from typing import TYPE_CHECKING, Any

from proofs_check.limits.assemble import derivation, limit
from proofs_check.limits.result import DepthLimit

if TYPE_CHECKING:
    from proofs_check.limits.inputs import at_input

__all__ = ["DepthLimit", "at_input", "derivation", "limit"]


def __getattr__(name: str) -> Any:
    """Import ``at_input`` when it is first used."""
    if name != "at_input":
        raise AttributeError(f"module 'proofs_check.limits' has no attribute {name!r}")
    from proofs_check.limits.inputs import at_input

    return at_input
