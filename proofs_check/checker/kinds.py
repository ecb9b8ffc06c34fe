"""Further kinds of certificates: each module proves one theorem's hypotheses and returns its statement."""

from collections.abc import Callable
from typing import Any

from proofs_check.checker import half_rate, learnability, spectrum, turn

Check = Callable[[dict[str, Any]], dict[str, Any]]
KINDS: dict[str, Callable[[dict[str, Any], Check], dict[str, Any]]] = {
    half_rate.NAME: half_rate.conclude,
    turn.NAME: turn.conclude,
    learnability.NAME: learnability.conclude,
    spectrum.NAME: spectrum.conclude,
}
"""Name of the theorem -> function of the certificate and of ``check``, for certificates inside it."""
