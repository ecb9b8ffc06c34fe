"""The derivations of depth limits for the article: one network of each phase, and residual networks on both sides of 1/2."""

from dataclasses import dataclass

from sympy import Rational

from proofs_check.limits import derivation, limit
from proofs_check.report.prose import escape
from proofs_check.report.render import derivation_latex
from proofs_check.report.statements import activation_text
from theory.activations import activation
from theory.architectures import ffnet, resnet
from theory.network import Network

_CASES = (
    ("relu", None),
    ("exp", None),
    ("erf", None),
    ("cos", None),
    ("relu", Rational(1)),
    ("relu", Rational(1, 4)),
)
"""Activation, and gamma for a residual network."""


@dataclass(frozen=True, kw_only=True)
class LimitEntry:
    """One derivation: the network in words, its phase, and the steps."""

    words: str
    phase: str
    derivation: str


def depth_limits() -> list[LimitEntry]:
    """The derivations, each of whose steps was checked."""
    return [_entry(*case) for case in _CASES]


def _entry(name: str, gamma: Rational | None) -> LimitEntry:
    network: Network = ffnet(activation(name)) if gamma is None else resnet(activation(name), gamma=gamma)
    found = limit(network, orders=1)
    kind = "Feedforward" if gamma is None else rf"Residual, $\gamma = {gamma}$"
    return LimitEntry(
        words=f"{kind}, {escape(activation_text(activation(name)))}",
        phase=found.phase or "no phase: the correlation does not move",
        derivation=derivation_latex(derivation(found), heading=False, shrink=True),
    )


__all__ = ["LimitEntry", "depth_limits"]
