"""The papers whose statements are judged; a module of claims is one that is named here."""

from theory.papers import all_depths, depth_limits, huang2020

PAPERS = (huang2020, depth_limits, all_depths)
