"""The papers whose statements are judged; a module of claims is one that is named here.

A paper is loaded when one asks for it: its claims are built, and what they need is derived, when its module is imported.
"""

from importlib import import_module
from types import ModuleType

PAPERS = {
    "huang2020": "huang2020",
    "depth-limits": "depth_limits",
    "all-depths": "all_depths",
    "relu-biases": "relu_biases",
    "open-problems": "open_problems",
    "learnability": "learnability",
    "shapes": "shapes",
}
"""The name of each paper, as its claims have it, and its module."""


def load(paper: str) -> ModuleType:
    """The module of a paper: its ``CLAIMS``, and a docstring that begins with its title.

    paper  one of PAPERS
    """
    return import_module(f"{__name__}.{PAPERS[paper]}")


__all__ = ["PAPERS", "load"]
