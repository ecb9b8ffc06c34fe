"""Claim files with mistakes: a seeded generator of TOML texts, from a wrong value in a right file to noise."""

from collections.abc import Iterator
from random import Random

KEYS = (
    "id", "architecture", "activation", "quantity", "holds", "gamma", "alpha", "weight_variance", "bias_variance",
    "unnormalised",
    "critical", "domain", "depths", "parameters", "expected", "pointwise", "title", "note", "uses", "kappa", "ntk_next",
    "ntk_initial", "hold", "Kappa",
)  # fmt: skip
TEXTS = (
    "mine/a", "ffnet", "resnet", "densenet", "resnet_single", "relu", "leaky_relu:1/5", "leaky_relu:s", "erf",
    "expr:max(x, x/3)",
    "normalized_ntk", "nngp", "angle", "limit == 1/4", "value <= 1/4 + 3/(L+1)", "value ~ 1/4 + log(L)/L",
    "value - 1/4 = O(1/L)",
    "-1 < c < 1", "c = 1/2", "0 <= c", "L >= 1", "L = 7", "5 <= L <= 3", "1/2 < gamma <= 1", "0 < s < 1",
    "PROVED", "OPEN", "1", "1/2",
    "L^(-1/2)", "(c + c^2)/2", "exp(c - 1)", "kappa_dot*Theta + kappa", "c/2", "1/0", "log(0)", "sqrt(-1)",
    "0^0", "acos(2)", "c^^2",
    "((((", "abs(", "L^L^L", "9^9^9^9", "value == value", "1 < 0", "", " ", "\u00e9\u2202", "Theta(", "x" * 1100, "-" * 60 + "1",
)  # fmt: skip
VALUES = (
    "true",
    "0.3",
    "1e400",
    "-1",
    "nan",
    "inf",
    "1979-05-27",
    "[]",
    '["a", 1]',
    "{x = 1}",
    "0x1F",
    "10000000000000000000000",
)
_BASE = {
    "id": "a",
    "architecture": "ffnet",
    "activation": "relu",
    "quantity": "normalized_ntk",
    "holds": "limit == 1/4",
}
_NOISE = "[]{}=\"'\\#\n\t ,.:;()<>~^*/+-_0123456789abcLtheta\x00\x7f\u2028"


def fuzzed(seed: int, count: int) -> Iterator[str]:
    """So many texts; the same for the same seed."""
    random = Random(seed)
    for _ in range(count):
        yield _text(random)


def _text(random: Random) -> str:
    tables = [_table(random) for _ in range(random.choice((1, 1, 1, 2, 3)))]
    text = "\n".join(tables)
    if random.random() < 0.3:
        for _ in range(random.randint(1, 6)):
            place = random.randint(0, len(text))
            text = text[:place] + random.choice(_NOISE) + text[place + random.choice((0, 1, 1, 9)) :]
    return text


def _table(random: Random) -> str:
    table = {name: f'"{value}"' for name, value in _BASE.items()}
    if random.random() < 0.3:
        table = {"id": '"a"', "kappa": '"(c + c^2)/2"', "quantity": '"nngp"', "holds": '"limit == 0"'}
    for _ in range(random.randint(0, 4)):
        name = random.choice(KEYS)
        if random.random() < 0.15:
            table.pop(name, None)
        else:
            table[name] = random.choice(VALUES) if random.random() < 0.25 else f'"{_expression(random)}"'
    return "\n".join(["[[claim]]", *(f"{name} = {value}" for name, value in table.items())])


def _expression(random: Random) -> str:
    """One of the texts, or two of them run together, or one with a character changed."""
    text = random.choice(TEXTS)
    if random.random() < 0.2:
        text = f"{text}{random.choice(('+', ' < ', '^', ' == ', ''))}{random.choice(TEXTS)}"
    if text and random.random() < 0.2:
        place = random.randrange(len(text))
        text = text[:place] + random.choice("()^*/<=>~.,cL0 ") + text[place + 1 :]
    return text
