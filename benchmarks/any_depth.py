"""Depths beyond iteration: agreement with direct iteration on random cases, and time per depth.

Run: python benchmarks/any_depth.py [--cases 200] [--depth 100000] [--seed 1] [--times-only]

A case is a network (feedforward or residual; ReLU family of a random slope, smooth critical, ordered, chaotic; random
gamma), and a random correlation. Its five balls at 30 digits must meet those of layer-by-layer iteration.
"""

import argparse
import sys
import time
from pathlib import Path
from random import Random
from statistics import median

sys.path.insert(0, str(Path(__file__).parent.parent))

from sympy import Expr, Integer, Rational

from numerics import kernel as kernel_module
from numerics.balls import precision
from numerics.kernel import KernelValues, kernel
from theory.activations import activation
from theory.architectures import ffnet, resnet, resnet_single
from theory.network import Network

DIGITS = 30
NEVER = 10**12


def case(random: Random) -> tuple[str, Network, Expr]:
    """A name, a network and a correlation."""
    corr = random.choice(
        [
            Rational(random.randint(-999, 999), 1000),
            1 - Rational(1, 10 ** random.randint(2, 30)),
            Rational(1, 10 ** random.randint(2, 30)) - 1,
        ]
    )
    slope = Rational(random.randint(-10, 9), 10)
    family, gamma = activation(f"leaky_relu:{slope}"), Rational(random.randint(0, 16), 8)
    kinds = {
        f"ffnet leaky_relu:{slope}": lambda: ffnet(family),
        f"resnet leaky_relu:{slope} gamma {gamma}": lambda: resnet(family, gamma=gamma),
        f"resnet_single leaky_relu:{slope} gamma {gamma}": lambda: resnet_single(family, gamma=gamma),
    }
    fixed = {
        "ffnet cos, critical": lambda: ffnet(activation("expr:sqrt(2)*cos(x + pi/4)")),
        "ffnet erf, critical": lambda: ffnet(activation("erf"), critical=1),
        "ffnet erf": lambda: ffnet(activation("erf")),
        "ffnet sin": lambda: ffnet(activation("sin")),
        "ffnet relu_power:2": lambda: ffnet(activation("relu_power:2")),
        "ffnet cos, ordered": lambda: ffnet(activation("expr:cos(x)")),
    }
    pool = kinds if random.random() < 0.75 else fixed
    name = random.choice(sorted(pool))
    return name, pool[name](), corr


def iterated(network: Network, depth: int, corr: Expr) -> KernelValues:
    """The kernels with no expansion."""
    before, kernel_module.LEAP = kernel_module.LEAP, NEVER
    try:
        return kernel(network, depth, corr, digits=DIGITS)
    finally:
        kernel_module.LEAP = before


def agreement(cases: int, depth: int, seed: int) -> None:
    random = Random(seed)
    failures, ours, theirs = 0, [], []
    for _ in range(cases):
        name, network, corr = case(random)
        kernel(network, 5, corr, digits=5)
        start = time.perf_counter()
        one = kernel(network, depth, corr, digits=DIGITS)
        middle = time.perf_counter()
        other = iterated(network, depth, corr)
        ours.append(middle - start)
        theirs.append(time.perf_counter() - middle)
        with precision(1000):
            if not all(a.overlaps(b) for a, b in zip(one.balls(), other.balls(), strict=True)):
                failures += 1
                print(f"  DISAGREE {name}, c = {corr}")
    print(f"{cases} random cases at L = {depth}, seed {seed}, {DIGITS} digits: {failures} disagree")
    print(f"  expansion  median {median(ours):.3f} s, largest {max(ours):.2f} s")
    print(f"  iteration  median {median(theirs):.3f} s, largest {max(theirs):.2f} s")


def times() -> None:
    relu = activation("relu")
    networks = {
        "ffnet relu": ffnet(relu),
        "ffnet leaky_relu:1/5": ffnet(activation("leaky_relu:1/5")),
        "ffnet erf, critical": ffnet(activation("erf"), critical=1),
        "ffnet tanh, critical": ffnet(activation("tanh"), critical=1),
        "ffnet erf": ffnet(activation("erf")),
        "ffnet gelu": ffnet(activation("gelu")),
        "ffnet sigmoid": ffnet(activation("sigmoid")),
        "resnet relu, alpha = 1/2": resnet(relu, alpha=Rational(1, 2)),
        "resnet relu, gamma = 1/4": resnet(relu, gamma=Rational(1, 4)),
        "resnet relu, gamma = 1/2": resnet(relu, gamma=Rational(1, 2)),
        "resnet relu, gamma = 1": resnet(relu, gamma=Integer(1)),
    }
    depths = (10**6, 10**12, 10**100)
    print(f"seconds, {DIGITS} digits, c = 3/10: derivation; first depth; then a further call at each depth")
    for name, network in networks.items():
        start = time.perf_counter()
        kernel(network, 5, Rational(3, 10), digits=5)
        derived = time.perf_counter()
        kernel(network, 2 * 10**6, Rational(3, 10), digits=DIGITS)
        row = [derived - start, time.perf_counter() - derived]
        for depth in depths:
            start = time.perf_counter()
            kernel(network, depth, Rational(3, 10), digits=DIGITS)
            row.append(time.perf_counter() - start)
        print(f"  {name:26}" + "  ".join(f"{value:8.4f}" for value in row), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--depth", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--times-only", action="store_true")
    options = parser.parse_args()
    if not options.times_only:
        agreement(options.cases, options.depth, options.seed)
    times()


if __name__ == "__main__":
    main()
