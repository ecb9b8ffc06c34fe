"""Time of one kernel: balls with exact midpoints, plain balls, mpmath, float64. Medians of several runs.

Run: python -m benchmarks.bench_kernel or python benchmarks/bench_kernel.py [--deep]
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
from flint import arb
from sympy import Rational

from numerics.balls import ARB, precision
from numerics.compile import lower
from numerics.float64 import kernel_float64
from numerics.kernel import format_ball, kernel
from numerics.model import model
from numerics.multiprecision import iterate
from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet, network

CORR = Rational(3, 10)
RELU = ffnet(activation("relu"))


def seconds(call: Callable[[], object], runs: int = 5) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return median(times)


def plain_balls(depth: int, bits: int) -> arb:
    """What a user would write: the recursion on balls, layer by layer."""
    used = model(RELU)
    with precision(bits):
        step = lower((used.corr, used.factor * symbols.ntk + used.source), (symbols.c, symbols.ntk)).bind(ARB)
        corr = ntk = arb(3) / 10
        for _ in range(depth):
            corr, ntk = step(corr, ntk)
        return ntk / (depth + 1)


def main() -> None:
    kernel(RELU, 10, CORR)
    depth = 2000
    ours = seconds(lambda: kernel(RELU, depth, CORR))
    print(f"ffnet relu, L = {depth}, 30 digits")
    print(f"  balls, exact midpoints   {ours * 1e3:9.1f} ms   rad {format_ball(kernel(RELU, depth, CORR).ntk, 30)[1]}")
    for name, call in {
        "balls, layer by layer": lambda: plain_balls(depth, 200),
        "mpmath, no error bound": lambda: iterate(RELU, (depth,), CORR, digits=40),
        "float64, one angle": lambda: kernel_float64(RELU, depth, 1.0),
        "float64, 10^4 angles": lambda: kernel_float64(RELU, depth, np.linspace(0, 3, 10_000)),
    }.items():
        other = seconds(call, 3)
        print(f"  {name:24} {other * 1e3:9.1f} ms   ratio {other / ours:6.1f}")
    print(f"  radius of Theta_L/(L+1), balls layer by layer at 200 bits: {plain_balls(depth, 200).rad().str(3)}")
    print("time by depth, 30 digits")
    nets = {
        "ffnet relu": RELU,
        "ffnet erf": ffnet(activation("erf")),
        "resnet relu, gamma 3/4": network("resnet", activation("relu"), gamma=Rational(3, 4)),
        "resnet erf, gamma 3/4": network("resnet", activation("erf"), gamma=Rational(3, 4)),
    }
    for name, net in nets.items():
        kernel(net, 10, CORR)
        depths = [10**3, 10**4, 10**5] + ([10**6] if "--deep" in sys.argv and name == "ffnet relu" else [])
        row = "  ".join(f"L = {d:.0e}: {seconds(lambda d=d, n=net: kernel(n, d, CORR), 1):7.3f} s" for d in depths)
        print(f"  {name:24} {row}")


if __name__ == "__main__":
    main()
