r"""Bounds at every depth for ReLU and leaky ReLU networks with biases, from the theorems of docs/biases.md.

Idea. The theorems speak of the recursion

    q' = omega q + beta,  K' = u v (cos t + mu S(t)),  T' = (1 - mu t/pi)(omega T + beta) + K',  T_d' = omega T_d + beta + q'

with u^2 = omega q_1 + beta, v^2 = omega q_2 + beta, u v cos t = omega K + beta, from K = T = sqrt(n) c and q = T_d = 1, n. omega,
beta and mu are read off the network's derived recursion, in units in which the first input has squared norm 1; the recursion is
then demanded to be equal, for all lengths and kernels, by replayed algebra. A wrong guess or a neighbouring network fails there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Expr, Rational, Symbol, acos, cancel, pi

from theory import symbols
from theory.algebra import Answer, is_zero
from theory.duals import in_angle
from theory.network import Network
from theory.parsing import parse
from theory.recursion import derive

_OMEGA, _BETA = Symbol("omega", positive=True), Symbol("beta", positive=True)
_OTHER = Symbol("other", positive=True)
_U, _V = Symbol("u", positive=True), Symbol("v", positive=True)
NAMES: dict[str, Expr] = {
    **{"omega": _OMEGA, "beta": _BETA, "mu": symbols.mu, "t": symbols.theta, "u": _U, "v": _V},
    **{"q": symbols.length, "T": symbols.ntk, "other": _OTHER},
}


@dataclass(frozen=True, kw_only=True)
class BiasedMap:
    """A derived recursion in units of the first input's squared norm.

    omega, beta, mu, other   the numbers of the theorems; other is the second squared norm
    map                      the recursion in u, v, t, q and T
    """

    omega: Fraction
    beta: Fraction
    mu: Fraction
    other: Fraction
    map: dict[str, Expr]


def biased_map(network: Network) -> BiasedMap | None:
    """The recursion of a network, if its lengths change by a rational affine map and its kernels start at those of the inputs."""
    found = derive(network)
    first, second = found.length_initial
    q, q1, q2, k = symbols.length, symbols.length1, symbols.length2, symbols.nngp
    t, tangent, diagonal = symbols.theta, symbols.ntk, symbols.ntk_diagonal
    starts = (
        found.ntk_initial - found.nngp_initial,
        *(value - norm for value, norm in zip(found.ntk_diagonal_initial, (first, second), strict=True)),
    )
    if not found.length_next.is_polynomial(q):
        return None
    omega, beta = found.length_next.diff(q), found.length_next.subs(q, 0) / first
    if not all(value.is_Rational and value > 0 for value in (omega, beta, second / first)):
        return None
    if any(is_zero(value) is not Answer.YES for value in starts):
        return None
    scaled = {s: first * s for s in (q, q1, q2, k, tangent, diagonal)}
    behind = {q1: (_U**2 - beta) / omega, q2: (_V**2 - beta) / omega, k: (_U * _V * symbols.c - beta) / omega}

    def written(value: Expr) -> Expr:
        value = (value.subs(scaled, simultaneous=True) / first).subs(behind, simultaneous=True)
        return in_angle(value.replace(acos, lambda argument: acos(cancel(argument))))

    kernel = written(found.nngp_next)
    mu = (kernel.subs(t, pi / 2) * pi / (_U * _V)).simplify()
    if not (mu.is_Rational and 0 < mu <= 1):
        return None
    return BiasedMap(
        **{name: Fraction(int(value.p), int(value.q))
           for name, value in (("omega", omega), ("beta", beta), ("mu", mu), ("other", second / first))},
        map={
            "length": (found.length_next.subs(q, first * q) / first),
            "kernel": kernel,
            "tangent": written(found.ntk_next),
            "diagonal": (found.ntk_diagonal_next.subs(scaled, simultaneous=True) / first).subs(diagonal, tangent),
            "initial": in_angle(found.nngp_initial / first),
        },
    )  # fmt: skip


def bias_conclusions(network: Network) -> Iterator[tuple[dict[str, Any], str, str | None, dict[str, Any]]]:
    """Conclusion, theorem, file name if shipped, and certificate: what the theorems say of the network's normalised kernels."""
    from proofs_check.bias_search import bias_certificate
    from proofs_check.checker import check

    found = biased_map(network)
    if found is None:
        return
    name, certificate = bias_certificate(found.omega, found.beta, found.mu, found.other)
    proved = check(certificate)
    if speaks_of(proved, found):
        for conclusion in proved["conclusions"]:
            yield conclusion, proved["theorem"], name, certificate


def speaks_of(proved: dict[str, Any], found: BiasedMap) -> bool:
    """Whether a checked statement is one about this recursion: equal numbers, and maps that are equal by replayed algebra."""
    numbers = {key: proved["constants"].get(key) for key in ("omega", "beta")} | {"mu": proved["mu"]}
    ours = {"omega": found.omega, "beta": found.beta, "mu": found.mu}
    other = Fraction(proved["constants"].get("other", "1"))
    if any(numbers[key] is None or Fraction(numbers[key]) != ours[key] for key in ours) or other != found.other:
        return False
    values = (Rational(v.numerator, v.denominator) for v in (*ours.values(), other))
    put = dict(zip((_OMEGA, _BETA, symbols.mu, _OTHER), values, strict=True))
    theirs = {key: parse(text, names=NAMES, what="certificate").subs(put) for key, text in proved["map"].items()}
    return set(theirs) == set(found.map) and all(is_zero(theirs[k] - found.map[k]) is Answer.YES for k in theirs)


__all__ = ["BiasedMap", "bias_conclusions", "biased_map", "speaks_of"]
