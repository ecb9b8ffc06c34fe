"""The form of the claims about every depth."""

from functools import partial

from theory.claims import Quantity, Verdict
from theory.papers.short import at_every_depth

PAPER = "all-depths"
PROVED, REFUTED = Verdict.PROVED, Verdict.REFUTED
NTK, NORMALIZED, ANGLE = Quantity.NTK, Quantity.NORMALIZED_NTK, Quantity.ANGLE
NNGP = Quantity.NORMALIZED_NNGP

bound = partial(at_every_depth, PAPER)
"""A claim about every depth."""
