"""What a meta-theorem is: the hypotheses that a certificate must establish and the conclusions that follow."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flint import fmpq

S = "(sin(t)-t*cos(t))/pi"
OMEGA = "(cos({t})+mu/2*((sin({t})-{t}*cos({t}))/pi-{t}*cos({t})/pi))"
"""The source of a residual layer at the angle t, over 2 eta."""
RESIDUAL_MAP = {
    "correlation": f"cos(t)+eta*mu*{S}",
    "factor": "1-eta*mu*t/pi",
    "source": f"2*eta*{OMEGA.format(t='t')}",
    "initial": "0",
}
Names = dict[str, fmpq]


@dataclass(frozen=True)
class Theorem:
    """Map and conclusions as text in mu and the constants.

    hypotheses  name -> (function >= 0, upper end), and where it is one for a range of mu, the ends of that range
    mu          "exact" where the certificate names the member of the family, else the range that is covered
    assumes     numbers of the network's map, each with two constants between which the theorem takes it to lie: whoever uses
                the statement has to show that
    """

    constants: tuple[str, ...]
    map: dict[str, str]
    hypotheses: dict[str, tuple[str, str] | tuple[str, str, str, str]]
    scalars: tuple[tuple[str, str], ...]
    conclusions: Callable[[Names], list[dict[str, Any]]]
    mu: str = "exact"
    assumes: tuple[tuple[str, str | None, str | None], ...] = ()


def bound(quantity: str, lower: str | None, upper: str | None, domain: str, **more: Any) -> dict[str, Any]:
    """A two-sided bound for L >= first on an interval of c such as [-1,1)."""
    rest = {"first": 0, "condition": None, **more}
    return {"kind": "bound", "quantity": quantity, "lower": lower, "upper": upper, "correlations": domain, **rest}


def schedule(quantity: str, lower: str, upper: str, domain: str, side: str, **more: Any) -> dict[str, Any]:
    """The same for steps that differ from layer to layer, in the letter x on one side of their sum H."""
    return {**bound(quantity, lower, upper, domain, **{"first": 1, **more}), "kind": "schedule", "sum": side}
