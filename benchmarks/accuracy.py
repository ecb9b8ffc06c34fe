"""Largest error of float64 kernels against balls; prints a Markdown table.

    python benchmarks/accuracy.py [--depth 1000]

The inputs are correlations from -1 to 1 - 1e-14, the ends included, and the angle is the float nearest to arccos of
each: the balls start from that very float, so that the error is that of the iteration. NNGP and NTK are divided by their
value on the diagonal.
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
from mpmath import mp
from sympy import Rational, pi

from numerics.float64 import kernel_float64
from numerics.kernel import kernel
from theory.activations import activation
from theory.architectures import ffnet, network
from theory.network import Network

TARGET = 1e-12
NEAR_ONE = [Rational(1, 10**k) for k in (14, 12, 10, 8, 6, 4, 3, 2)]
CORRELATIONS = [
    Rational(-1),
    *(gap - 1 for gap in NEAR_ONE),
    *(Rational(k, 10) for k in range(-9, 10)),
    *(1 - gap for gap in reversed(NEAR_ONE)),
]


def networks() -> dict[str, Network]:
    """What is compared."""
    found = {f"ffnet {name}": ffnet(activation(name)) for name in ("relu", "leaky_relu:1/5", "abs", "erf", "sin")}
    for gamma in (Rational(1, 2), Rational(3, 4), Rational(1)):
        found[f"resnet relu, gamma = {gamma}"] = network("resnet", activation("relu"), gamma=gamma)
    return found


def angle_of(corr: Rational) -> float:
    """The float nearest to arccos."""
    with mp.workdps(50):
        return float(mp.acos(mp.mpf(int(corr.p)) / int(corr.q)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--depth", type=int, default=1000)
    depth = parser.parse_args().depth
    angles = np.array([angle_of(corr) for corr in CORRELATIONS])
    print(f"L = {depth}, {len(angles)} correlations from -1 to 1 - 1e-14, target {TARGET:g} of the diagonal\n")
    print("| network | NNGP | NTK | float64 s | balls s |\n|---|---|---|---|---|")
    for name, net in networks().items():
        start = time.perf_counter()
        floats = kernel_float64(net, depth, angles)
        middle = time.perf_counter()
        # the float nearest to pi stands for pi itself
        exact = [
            kernel(net, depth, angle=pi if angle == np.pi else Rational(*angle.as_integer_ratio()), digits=25)
            for angle in angles
        ]
        end = time.perf_counter()
        errors = [
            max(
                float(abs(getattr(balls, field) - float(value)).upper())
                for balls, value in zip(exact, floats[field], strict=True)
            )
            for field in ("normalized_nngp", "normalized_ntk")
        ]
        figures = " | ".join(f"{error:.1e}" for error in errors)
        print(f"| {name} | {figures} | {middle - start:.3f} | {end - middle:.2f} |", flush=True)
        if max(errors) >= TARGET:
            print(f"{name}: {max(errors):.1e} is not below the target", file=sys.stderr)


if __name__ == "__main__":
    main()
