"""The papers whose statements are judged; a module of claims is one that is named here."""

from theory.papers import depth_limits, huang2020, learnability, open_problems

PAPERS = (huang2020, depth_limits, open_problems, learnability)
