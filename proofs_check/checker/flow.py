"""Theorem resnet-flow: a residual kernel lies within C/(L + tau) of that of its flow, tau = h L <= 1.

Proof: docs/metatheorems.md. The map is that of theorem resnet-angle. The flow: with V = mu S and Omega as there, in c,

    dc/ds = V, c = c_0 at s = 0;   flow = (1/tau) V(c_tau) int_{c_0}^{c_tau} Omega/V^2 dc.

y bounds the angle at time 1 from below; M, w, Z and Y bound what Omega does on the way.
"""

from typing import Any

from proofs_check.checker.theorem import OMEGA, RESIDUAL_MAP, Names, S, Theorem, bound

NAME = "resnet-flow"
_LATER = "(t/(1+mu/(3*pi)*t+mu^2/(6*pi^2)*t^2+d*t^3))"
_NOW, _THEN = OMEGA.format(t="t"), OMEGA.format(t=_LATER)
DRIFT, LOSS, SOURCE = f"mu*{S}", "mu*t/pi", f"2*{_NOW}"
"""dc/ds, and the coefficients of dT/ds = -loss T + source, whose value at time tau is 2 tau flow."""


def _conclusions(k: Names) -> list[dict[str, Any]]:
    near = f"({k['C']})/(L+tau)"
    return [
        bound(
            "normalized_ntk",
            f"flow-{near}",
            f"flow+{near}",
            "[-1,1)",
            first=1,
            condition="h = tau/L, 0 < tau <= 1",
            flow={"drift": DRIFT, "loss": LOSS, "source": SOURCE},
        )
    ]


FLOW = Theorem(
    constants=("d", "M", "w", "Z", "Y", "C"),
    map=RESIDUAL_MAP,
    hypotheses={
        "reach": (f"cos{_LATER}-cos(t)-mu*{S}", "pi"),
        "floor": (f"M+{_NOW}", "pi"),
        "rise": (f"w+{_NOW}-{_THEN}", "pi"),
        "share": (f"Z-t*{_NOW}/pi", "pi"),
        "travel": (f"Y-(t-{_LATER})*{_THEN}/pi", "pi"),
    },
    scalars=(
        ("mu > 0", "mu"),
        ("mu <= 1", "1-mu"),
        *((f"{name} >= 0", name) for name in "dMwZY"),
        ("Omega(pi) >= -M", "M+mu-1"),
        ("Y <= Z", "Z-Y"),
        ("C, above", "C-2*(M+mu-1)-5/2*mu*M-mu*Z-mu/2*(Z+w+mu*M)"),
        ("C, below", "C-2*w-mu*Z-mu/2*(Y+Z)-mu*M-mu/2*(M+mu*Z)"),
    ),
    conclusions=_conclusions,
)
