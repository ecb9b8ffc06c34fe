"""The shipped certificates, read again by the trusted checker, whose returned statement is what the report prints.

What can go wrong. A certificate that the checker does not accept is left out, and the report says so.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofs_check.report.findings import expression_latex
from proofs_check.report.prose import prose_latex

CERTIFICATES = Path(__file__).parent.parent / "certificates"
_KEYS_OF_CONSTANTS = ("constants", "parameters")


@dataclass(frozen=True, kw_only=True)
class Certified:
    """One accepted certificate.

    name         its file
    theorem      the meta-theorem that it names
    constants    (name, LaTeX of the exact value)
    hypotheses   (what, number of cells)
    conclusions  sentences in LaTeX
    size         bytes of the file
    """

    name: str
    theorem: str
    constants: tuple[tuple[str, str], ...]
    hypotheses: tuple[tuple[str, int], ...]
    conclusions: tuple[str, ...]
    size: int

    @property
    def cells(self) -> int:
        """All cells together."""
        return sum(count for _, count in self.hypotheses)


def certified(directory: Path = CERTIFICATES) -> tuple[list[Certified], list[str]]:
    """(accepted certificates, one line for each that was not read or not accepted)."""
    accepted, refused = [], []
    for path in sorted(directory.glob("*.json")):
        try:
            text = path.read_text(encoding="utf-8")
            certificate = json.loads(text)
            statement = _checked(certificate)
        except (OSError, ValueError, ArithmeticError, LookupError, TypeError, ImportError) as error:
            refused.append(f"{path.name}: {type(error).__name__}: {error}")
            continue
        accepted.append(_certified(path.stem, certificate, statement, len(text.encode())))
    return accepted, refused


def _checked(certificate: Mapping[str, Any]) -> Mapping[str, Any]:
    from proofs_check import checker

    statement = checker.check(certificate)  # type: ignore[attr-defined,unused-ignore]
    if not isinstance(statement, Mapping):
        raise TypeError("the checker returned no statement")
    return statement


def _certified(name: str, certificate: Mapping[str, Any], statement: Mapping[str, Any], size: int) -> Certified:
    constants: dict[str, str] = {}
    for source in (certificate, statement):
        for key in _KEYS_OF_CONSTANTS:
            if isinstance(found := source.get(key), Mapping):
                constants |= {str(k): expression_latex(str(v)) for k, v in found.items() if isinstance(v, str | int)}
    theorem = next((str(s[k]) for s in (statement, certificate) for k in ("theorem", "meta_theorem") if k in s), name)
    return Certified(
        name=name,
        theorem=prose_latex(theorem.replace("_", " ")),
        constants=tuple((prose_latex(key), value) for key, value in constants.items()),
        hypotheses=tuple(_hypotheses(certificate)),
        conclusions=tuple(_conclusions(statement.get("conclusions", ()))),
        size=size,
    )


def _hypotheses(certificate: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    listed = certificate.get("hypotheses", {})
    pairs = list(listed.items()) if isinstance(listed, Mapping) else list(enumerate(listed, start=1))
    for key, hypothesis in pairs:
        label = key
        if isinstance(hypothesis, Mapping):
            label = hypothesis.get("name", hypothesis.get("id", key))
        yield prose_latex(str(label)), _cells(hypothesis)


def _cells(data: Any) -> int:
    """How many cells a subdivision has: one less than its ends, or its number of boxes."""
    if isinstance(data, Mapping):
        total = 0
        for key, value in data.items():
            if isinstance(value, list) and key in ("ends", "cuts"):
                total += max(len(value) - 1, 0)
            elif isinstance(value, list) and key in ("cells", "boxes"):
                total += len(value)
            else:
                total += _cells(value)
        return total
    return sum(map(_cells, data)) if isinstance(data, list) else 0


def _conclusions(listed: Any) -> Iterator[str]:
    """Each conclusion, said from its fields; a string is prose."""
    for one in listed if isinstance(listed, list | tuple) else (listed,):
        if isinstance(one, Mapping):
            bounds = [
                f"{key}: ${expression_latex(str(one[key]))}$" for key in ("lower", "upper") if one.get(key) is not None
            ]
            what = prose_latex(str(one.get("quantity", one.get("name", "bound"))).replace("_", " "))
            yield f"{what}: " + "; ".join(bounds)
        elif one:
            yield prose_latex(str(one))


__all__ = ["CERTIFICATES", "Certified", "certified"]
