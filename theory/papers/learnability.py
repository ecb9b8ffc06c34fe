"""Learnability on data: what deep feedforward and residual kernels predict at new points, for data sets with exact coordinates.

No single paper: Huang et al. 2020 say that kernel regression with the deep feedforward kernel learns nothing and with the
residual kernel does; here both are statements about given points, with explicit depths, proved in docs/learnability.md. The data
are directions in the plane or in space; labels are exact. "Any labels" means all labels in [-1, 1].
"""

from sympy import Expr, Integer, Rational

from theory.activations import activation, leaky_relu
from theory.architectures import ffnet, resnet
from theory.claims import Claim, Kind, Prediction, Verdict
from theory.network import Network
from theory.papers.short import claim

PAPER = "learnability"
PROVED, REFUTED = Verdict.PROVED, Verdict.REFUTED
Points = tuple[tuple[Expr, ...], ...]


def vectors(text: str) -> Points:
    """Points from text: coordinates apart by spaces, points by commas.

    >>> vectors("3/5 4/5, 1 0")
    ((3/5, 4/5), (1, 0))
    """
    return tuple(tuple(Rational(x) for x in point.split()) for point in text.split(","))


RELU = activation("relu")
DEEP = ffnet(RELU)
RESIDUAL = resnet(RELU, gamma=Integer(1))
SQUARE = vectors("3/5 4/5, -4/5 3/5, 1 0, 0 -1")
CLOSE = vectors("1 0, 100/101 20/101, -3 4")  # the first two at an angle of 1/5
AXES = vectors("1 0 0, 0 1 0, 0 0 1, -1 -1 1, 2 -1 -1")
OPPOSITE = vectors("1 0, -1 0, 0 1")
_SIGNS = (Integer(1), Integer(-1), Integer(1), Integer(-1))
_THREE = (Integer(1), Integer(-1), Rational(1, 2))
_NEW = (vectors("1 1")[0], vectors("-1 -2")[0])


def said(
    slug: str,
    title: str,
    network: Network,
    points: Points,
    labels: tuple[Expr, ...] | None,
    relation: str,
    size: str,
    first: int,
    *,
    at: tuple[tuple[Expr, ...], tuple[Expr, ...]] | None = None,
    distance: str | None = None,
    expected: Verdict = PROVED,
    note: str = "",
) -> Claim:
    """A claim about predictions."""
    statement = Prediction(
        network=network,
        points=points,
        labels=labels,
        relation=relation,
        size=Rational(size),
        first=first,
        at=at,
        distance=None if distance is None else Rational(distance),
    )
    topic = "feedforward" if network.name == "ffnet" else "residual"
    return claim(PAPER, slug, title, topic, Kind.LEARNABILITY, statement, expected, note)


# a claim in four lines reads better than in fourteen
# fmt: off
FORGETS = (
    said("ffnet-square", "Four points: any two predictions 1/10 away from the data differ by less than 1/100",
         DEEP, SQUARE, None, "<", "1/100", 20_000, distance="1/10"),
    said("ffnet-square-labels", "The same from an earlier depth for one choice of labels",
         DEEP, SQUARE, (Integer(1), Integer(0), Integer(0), Integer(-1)), "<", "1/100", 10_000, distance="1/10"),
    said("ffnet-close", "Two of three data points at an angle of 1/5: still forgotten",
         DEEP, CLOSE, None, "<", "1/1000", 10**6, distance="1/10"),
    said("ffnet-space", "Five points in space",
         DEEP, AXES, None, "<", "1/50", 25_000, distance="1/20"),
    said("ffnet-opposite", "A pair of opposite inputs among the data",
         DEEP, OPPOSITE, None, "<", "1/100", 30_000, distance="1/10"),
    said("ffnet-near", "Down to a distance of 1/1000 from the data, at depths from two million on",
         DEEP, SQUARE, None, "<", "1/100", 2 * 10**6, distance="1/1000"),
    said("ffnet-leaky", "Leaky ReLU of slope 1/5 forgets too",
         ffnet(leaky_relu(Rational(1, 5))), SQUARE, None, "<", "1/100", 50_000, distance="1/10"),
    said("ffnet-two-points", "At two named new points the predictions differ by less than 1/1000",
         DEEP, SQUARE, _SIGNS, "<", "1/1000", 200_000, at=_NEW),
    said("ffnet-false-apart", "at two named new points the predictions stay 1/1000 apart",
         DEEP, SQUARE, _SIGNS, ">=", "1/1000", 1, at=_NEW, expected=REFUTED,
         note="False variant of ffnet-two-points: what holds for the residual network."),
    said("ffnet-false-close-apart", "with close data points the predictions stay 1/10000 apart",
         DEEP, CLOSE, _THREE, ">=", "1/10000", 10**6, at=_NEW, expected=REFUTED),
)

REMEMBERS = (
    said("resnet-square", "alpha = 1/L, the same four points: at two new points the predictions differ by at least 9/10",
         RESIDUAL, SQUARE, _SIGNS, ">=", "9/10", 16, at=_NEW),
    said("resnet-square-early", "By at least 1/2 from L = 8 on",
         RESIDUAL, SQUARE, _SIGNS, ">=", "1/2", 8, at=_NEW),
    said("resnet-square-slow", "alpha = L^(-3/4): by at least 1/2 from L = 64 on",
         resnet(RELU, gamma=Rational(3, 4)), SQUARE, _SIGNS, ">=", "1/2", 64, at=_NEW),
    said("resnet-close", "Two of three data points at an angle of 1/5",
         RESIDUAL, CLOSE, _THREE, ">=", "1/2", 512, at=_NEW),
    said("resnet-space", "Five points in space",
         RESIDUAL, AXES, (Integer(1), Integer(1), Integer(-1), Integer(1), Integer(-1)), ">=", "1/2", 128,
         at=(vectors("1 1 0")[0], vectors("0 0 -1")[0])),
    said("resnet-false-forgets", "alpha = 1/L: any two predictions come within 1/10 of each other",
         RESIDUAL, SQUARE, None, "<", "1/10", 20_000, distance="1/10", expected=REFUTED,
         note="False variant of ffnet-square: the other network."),
    said("resnet-false-forgets-at", "alpha = 1/L: at two named points the predictions come within 1/2",
         RESIDUAL, SQUARE, _SIGNS, "<", "1/2", 1, at=_NEW, expected=REFUTED,
         note="False variant of resnet-square."),
    said("resnet-false-forgets-slow", "alpha = L^(-3/4): within 1/2",
         resnet(RELU, gamma=Rational(3, 4)), SQUARE, _SIGNS, "<", "1/2", 10**9, at=_NEW, expected=REFUTED),
)
# fmt: on

CLAIMS: tuple[Claim, ...] = FORGETS + REMEMBERS
