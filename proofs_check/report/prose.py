r"""Plain text with mathematics in it, such as titles, notes and reasons, as LaTeX.

Idea. Parts between dollars are mathematics already. Of the rest, words that look like mathematics (a letter of the
field, an operator, an exponent) are gathered into runs and set between dollars; everything else is escaped.

What can go wrong. A word is taken for what it is not: the sentence stays readable, and nothing is ever dropped.
"""

import re

from proofs_check.report.expressions import shorten_numbers

_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
}  # fmt: skip
_UNICODE = {
    "−": "-",
    "–": "--",
    "—": "---",
    "’": "'",
    "…": "...",
    "≤": "<=",
    "≥": ">=",
    "±": "+/-",
    "π": "pi",
    "θ": "theta",
}

_GREEK = (
    "alpha", "beta", "gamma", "delta", "epsilon", "eta", "theta", "kappa", "lambda", "mu", "pi", "rho", "sigma", "tau",
    "phi", "chi", "Theta", "Sigma", "Omega", "Delta",
)  # fmt: skip
_NAMES = "|".join(_GREEK)
_FUNCTIONS = {"log": r"\log", "sin": r"\sin", "tan": r"\tan", "oo": r"\infty", "relu": r"\mathrm{relu}",
              "polylog": r"\mathrm{polylog}", "cos": r"\cos", "cot": r"\cot", "exp": r"\exp", "acos": r"\arccos",
              "sgn": r"\operatorname{sgn}", "max": r"\max", "min": r"\min", "arccos": r"\arccos",
              "arcsin": r"\arcsin"}  # fmt: skip
_OPERATORS = {
    "->": r"\to",
    "<=": r"\le",
    ">=": r"\ge",
    "!=": r"\ne",
    "~": r"\sim",
    "==": "=",
    "+/-": r"\pm",
    "..": r"\dots",
}
_WORDS = ("max", "min")
"""Names of functions that are words of prose where they have no argument."""
_SIGNS = ("+", "-", "=", "<", "<=", ">", ">=")
_LETTERS = "bcdfghklnmpqrtuvwxyzBCDEFGKLNORSTUVW"
_NUMERIC = re.compile(r"[(\[]*[+-]?\d+(?:\.\d+)?[)\]]*[.,;:]*")
_NUMBER = r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
_TOKEN = re.compile(
    rf"""(?P<number>{_NUMBER})
    | (?P<operator>->|<=|>=|!=|==|\+/-|\.\.|[=<>+*/|~()\[\],'-])
    | (?P<power>\^)
    | (?P<index>_\{{[^{{}}]*\}}|_[A-Za-z0-9]+)
    | (?P<word>[A-Za-z]+)
    | (?P<space>\s+)
    | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)


def escape(text: str) -> str:
    r"""Text in which every character stands for itself.

    >>> escape("50 % of a_b")
    '50 \\% of a\\_b'
    """
    return "".join(_ESCAPES.get(char, char) for char in text)


def prose_latex(text: str) -> str:
    r"""LaTeX of a sentence written for terminals.

    >>> prose_latex("normalised NTK -> 1/4 for x != x'")
    "normalised NTK $\\to 1/4$ for $x \\ne x'$"
    >>> prose_latex("see thm-resnet-rate: $K$ is 5 % off")
    'see \\texttt{thm-resnet-rate}: $K$ is 5 \\% off'
    """
    for char, plain in _UNICODE.items():
        text = text.replace(char, plain)
    text = re.sub(r"\bA and ([a-zA-Z])\b", r"$A$ and $\1$", shorten_numbers(text))
    if text.count("$") % 2:
        return _plain_part(text.replace("$", ""))
    parts = text.split("$")
    return "".join(f"${part}$" if i % 2 else _plain_part(part) for i, part in enumerate(parts))


def _plain_part(text: str) -> str:
    pieces = _join_numbers([(_is_math(chunk), chunk) for chunk in re.split(r"(\s+)", text) if chunk])
    out, i = "", 0
    while i < len(pieces):
        if not pieces[i][0]:
            out += pieces[i][1] if pieces[i][1].isspace() else _word(pieces[i][1])
            i += 1
            continue
        j = i + 1
        while j + 1 < len(pieces) and pieces[j][1].isspace() and pieces[j + 1][0]:
            run = "".join(piece for _, piece in pieces[i:j])
            if _ends_phrase(pieces[j - 1][1]) and run.count("(") <= run.count(")"):
                break
            j += 2
        out += _math("".join(piece for _, piece in pieces[i:j]))
        i = j
    return out


def _join_numbers(pieces: list[tuple[bool, str]]) -> list[tuple[bool, str]]:
    """Numbers and brackets beside mathematics belong to it: 3 of "3 pi", 0 of "c = 0"."""
    pieces = list(pieces)
    for order in (range(2, len(pieces)), range(len(pieces) - 3, -1, -1)):
        for i in order:
            beside = i - 2 if order.step > 0 else i + 2
            if pieces[i][0] or not _NUMERIC.fullmatch(pieces[i][1]) or not pieces[beside][0]:
                continue
            if not _ends_phrase(pieces[min(i, beside)][1]):
                pieces[i] = (True, pieces[i][1])
    # "a", "s" and "sum" are words, but for an operator or a term behind them
    for i in range(len(pieces) - 2):
        word, after = pieces[i][1].lstrip("(["), pieces[i + 2]
        sums = word == "sum" and after[0] and "_" in after[1]
        if (word == "a" and after[1] in _SIGNS) or sums or (word == "s" and after[0] and pieces[i - 2][0]):
            pieces[i] = (True, pieces[i][1])
    return pieces


def _ends_phrase(chunk: str) -> bool:
    return chunk[-1] in ",;:." and not chunk.endswith("..")


def _word(chunk: str) -> str:
    """A word of prose; the id of a claim in typewriter."""
    core = chunk.rstrip(".,;:)")
    if re.fullmatch(r"\(?[\w-]+\.json", core):
        opened = "(" if core.startswith("(") else ""
        said = escape(core.removeprefix("(").removesuffix(".json"))
        return rf"{opened}certificate \texttt{{{said}}}" + escape(chunk[len(core) :])
    if re.fullmatch(r"\(?(?:[a-z0-9]+/)?[a-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+", core) and (
        "/" in core
        or re.match(
            r"\(?(?:thm|lemma|rec|dual|gamma|half|antipode|ff|ffnet|nngp|notlearn|angle|resnet|slope|uniform)-", core
        )
    ):
        opened = "(" if core.startswith("(") else ""
        return opened + r"\texttt{" + escape(core.removeprefix("(")) + "}" + escape(chunk[len(core) :])
    return escape(chunk)


def _is_math(chunk: str) -> bool:
    core = chunk.strip("(),;:.[]")
    if core in ("",):
        return chunk in ("..",)
    if core in ("-", "--", "---", "/", "'", "a", "A", "I", "s"):
        return core in ("-", "/")
    if (
        core in _GREEK
        or (core in _FUNCTIONS and core not in _WORDS)
        or core == "sqrt"
        or core in _OPERATORS
        or core in "=<>+*|~"
    ):
        return True
    if re.fullmatch(rf"\d*(?:d?(?:{_NAMES}))(?:/(?:d?(?:{_NAMES})|\d+|[A-Z]))*", core):
        return True
    if len(core) == 1 and core.isalpha():
        return core in _LETTERS
    if re.fullmatch(r"\d+(\.\d+)?(\.\.\.)?", core):
        return False
    if re.fullmatch(r"[A-Za-z]{2,}(?:[-/'][A-Za-z0-9]+)*", core):
        return bool(re.fullmatch(r"x-x'|log L/L", core))
    if re.fullmatch(r"[a-z0-9]+(?:-[A-Za-z0-9]+)+", core) and re.search(r"[a-z]{3}", core) and "^" not in core:
        return False
    if re.fullmatch(r"[\w./-]+\.(?:json|py|toml|tex|log|pdf)", core):
        return False
    words = re.findall(r"[A-Za-z]+", re.sub(r"_\w+|\^\(?\w+", "", core))
    known = all(
        len(word) <= 1 or word.removeprefix("d") in _GREEK or word in _FUNCTIONS or word in ("sqrt", "sum")
        for word in words
    )
    return known and bool(re.search(r"[_^=<>|+*/'()\[\]-]|\d[a-z]|\d", core))


def _math(text: str) -> str:
    """A run of mathematics between dollars; punctuation at its end stays outside."""
    match = re.search(r"[,;:.]+$", text)
    tail = match[0] if match and not text.endswith("...") else ""
    core = text[: len(text) - len(tail)]
    opened = ""
    while core.startswith("(") and core.count("(") > core.count(")"):
        opened, core = opened + "(", core[1:]
    closed = ""
    while core.endswith(")") and core.count(")") > core.count("(") and "^(" not in core[core.rfind(" ") :]:
        closed, core = ")" + closed, core[:-1]
    return f"{opened}${math_latex(core)}${closed}{escape(tail)}"


def math_latex(text: str) -> str:
    r"""LaTeX of a formula typed for a terminal.

    >>> math_latex("|N_L - 1/4| <= (3/8) log L/L^(1-2 gamma)")
    '|N_L - 1/4| \\le (3/8) \\log L/L^{1-2 \\gamma}'
    """
    tokens = [(match.lastgroup or "other", match[0]) for match in _TOKEN.finditer(text)]
    return re.sub(r"(\\[a-zA-Z]+) (?=[]_^){}/,|']|$)", r"\1", re.sub(r"\s+", " ", _render(tokens))).strip()


def _render(tokens: list[tuple[str, str]]) -> str:
    out, i = "", 0
    while i < len(tokens):
        kind, token = tokens[i]
        i += 1
        match kind:
            case "power":
                inner, i = _script(tokens, i)
                out += f"^{{{inner}}}"
            case "index":
                inner = token[1:].strip("{}")
                out += f"_{inner}" if len(inner) == 1 else f"_{{{math_latex(inner)}}}"
            case "word" if token == "sqrt":
                while i < len(tokens) and tokens[i][0] == "space":
                    i += 1
                inner, i = _script(tokens, i)
                out += rf"\sqrt{{{inner}}}"
            case "word":
                out += _letter(token)
            case "operator":
                out += (
                    _spaced(_OPERATORS[token]) if token in _OPERATORS else token if token != "*" else _times(tokens, i)
                )
            case "number":
                mantissa, mark, power = re.sub("E", "e", token).partition("e")
                out += rf"{mantissa}\cdot 10^{{{power}}}" if mark else mantissa
            case "other":
                out += escape(token)
            case _:
                out += " "
    return out


def _times(tokens: list[tuple[str, str]], i: int) -> str:
    """A product is written side by side, but for two numbers."""
    return (
        r" \cdot " if i < len(tokens) and tokens[i][0] == "number" and i > 1 and tokens[i - 2][0] == "number" else " "
    )


def _script(tokens: list[tuple[str, str]], i: int) -> tuple[str, int]:
    """The argument of ^ or sqrt: a bracket, or a sign and one token with its index."""
    if i < len(tokens) and tokens[i][1] == "(":
        level, j = 0, i
        for j in range(i, len(tokens)):
            level += (tokens[j][1] == "(") - (tokens[j][1] == ")")
            if level == 0:
                break
        return _render(tokens[i + 1 : j]).strip(), j + 1
    j = i + 1
    if i < len(tokens) and tokens[i][1] in "+-":
        j += 1
    while j < len(tokens) and tokens[j][0] == "index":
        j += 1
    return _render(tokens[i:j]).strip(), j


def _letter(word: str) -> str:
    if word[0] == "d" and word[1:] in _GREEK:
        return "d" + _letter(word[1:])
    if word in _GREEK:
        return rf"\{word} "
    if word == "sum":
        return r"\sum "
    if word in _FUNCTIONS:
        return _FUNCTIONS[word] + " "
    return word if len(word) == 1 or (len(word) == 2 and word.isupper()) else rf"\mathrm{{{word}}}"


def _spaced(operator: str) -> str:
    return f" {operator} "


__all__ = ["escape", "math_latex", "prose_latex"]
