"""Exact objects of the depth theory of neural tangent kernels.

    from theory import activation, ffnet, resnet, derive, correlation_dual

Names are imported when they are first used, so that importing ``theory`` alone does not load SymPy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from theory.activations import Activation, activation
    from theory.architectures import (
        densenet,
        ffnet,
        ffnet_layernorm,
        resnet,
        resnet_layernorm,
        resnet_preact,
        resnet_single,
    )
    from theory.claims import Claim, Depth, Identity, Inequality, Interval, Kind, Quantity, Scaling, Verdict
    from theory.derivation import Derivation, Step
    from theory.duals import Dual, correlation_derivative, correlation_dual, dual
    from theory.language import parse_holds
    from theory.network import Dense, Given, LayerNorm, Network, Nonlinearity, Repeat, Residual, Scale
    from theory.own_maps import kernel_map
    from theory.parsing import parse
    from theory.recursion import CorrelationRecursion, KernelRecursion, correlation_form, derive, unroll
    from theory.stating import state

_HOMES = {
    "activations": ("Activation", "activation"),
    "architectures": (
        "densenet",
        "ffnet",
        "ffnet_layernorm",
        "resnet",
        "resnet_layernorm",
        "resnet_preact",
        "resnet_single",
    ),
    "claims": ("Claim", "Depth", "Identity", "Inequality", "Interval", "Kind", "Quantity", "Scaling", "Verdict"),
    "derivation": ("Derivation", "Step"),
    "duals": ("Dual", "correlation_derivative", "correlation_dual", "dual"),
    "language": ("parse_holds",),
    "network": ("Dense", "Given", "LayerNorm", "Network", "Nonlinearity", "Repeat", "Residual", "Scale"),
    "own_maps": ("kernel_map",),
    "parsing": ("parse",),
    "recursion": ("CorrelationRecursion", "KernelRecursion", "correlation_form", "derive", "unroll"),
    "stating": ("state",),
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [  # noqa: RUF022 - in the order of a claim's life
    "Activation",
    "activation",
    "Dual",
    "dual",
    "correlation_dual",
    "correlation_derivative",
    "Dense",
    "Nonlinearity",
    "Scale",
    "LayerNorm",
    "Residual",
    "Repeat",
    "Given",
    "Network",
    "ffnet",
    "ffnet_layernorm",
    "resnet",
    "resnet_single",
    "resnet_preact",
    "resnet_layernorm",
    "densenet",
    "kernel_map",
    "KernelRecursion",
    "CorrelationRecursion",
    "derive",
    "correlation_form",
    "unroll",
    "Derivation",
    "Step",
    "Claim",
    "Depth",
    "Identity",
    "Inequality",
    "Scaling",
    "Interval",
    "Kind",
    "Quantity",
    "Verdict",
    "parse",
    "parse_holds",
    "state",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first used."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'theory' has no attribute {name!r}")
    value = getattr(import_module(f"theory.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names, those not yet imported too, and the modules.

    >>> import theory
    >>> {"activation", "ffnet", "derive", "symbols", "papers"} <= set(dir(theory))
    True
    """
    return sorted({*__all__, *_HOMES, "papers", "symbols", "__all__", "__doc__", "__name__", "__path__"})
