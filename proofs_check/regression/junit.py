"""Verdicts as JUnit XML, which CI systems show: one test case a claim, a failure where the verdict is not the expected one."""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from proofs_check.regression.baseline import Difference
from proofs_check.verdicts import Judgement
from theory.claims import Claim


def junit_xml(
    claims: Sequence[Claim],
    judgements: Sequence[Judgement],
    places: Mapping[str, str] | None = None,
    regressions: Sequence[Difference] = (),
) -> str:
    """The XML.

    places       FILE:LINE of a claim, by id
    regressions  differences from a baseline; those that fail are failures too
    """
    places = places or {}
    worse = {one.claim_id: one for one in regressions if one.fails}
    suite = Element("testsuite", name="ntkproof")
    failures = 0
    for claim, judgement in zip(claims, judgements, strict=True):
        case = SubElement(
            suite,
            "testcase",
            classname=_clean(claim.paper or "claims"),
            name=_clean(claim.id),
            time=f"{judgement.seconds:.3f}",
        )
        lines = [] if judgement.as_expected else [failure_line(judgement)]
        lines += worse.pop(claim.id).text if claim.id in worse else []
        if lines:
            failures += 1
            place = places.get(claim.id)
            failure = SubElement(case, "failure", message=_clean(lines[0]), type=judgement.verdict.name)
            failure.text = _clean("\n".join([*([place] if place else []), claim.title, *lines]))
    for name, gone in worse.items():
        failures += 1
        case = SubElement(suite, "testcase", classname="baseline", name=_clean(name), time="0")
        SubElement(case, "failure", message=_clean(gone.text[0]), type="GONE").text = _clean("\n".join(gone.text))
    suite.attrib |= {
        "tests": str(len(suite)),
        "failures": str(failures),
        "errors": "0",
        "time": f"{sum(judgement.seconds for judgement in judgements):.3f}",
    }
    indent(suite)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(suite, encoding="unicode")}\n'


def failure_line(judgement: Judgement) -> str:
    """What was expected, what was found, and why."""
    return f"expected {judgement.expected.name}, found {judgement.verdict.name}: {judgement.reason}"


def _clean(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return "".join(char if char in "\n\t" or char.isprintable() else " " for char in text)


__all__ = ["failure_line", "junit_xml"]
