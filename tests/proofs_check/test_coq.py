"""The Coq development and the theorems written from certificates; what needs coqc is skipped where there is none."""

import math
import re
import shutil
from fractions import Fraction
from pathlib import Path

import pytest
from sympy import Rational, cos, log, pi, sqrt

from proofs_check import cli
from proofs_check.certify import certificate
from proofs_check.coq import development
from proofs_check.coq.bounds import linear
from proofs_check.coq.export import theorem_of, written
from proofs_check.coq.printing import term
from proofs_check.report.findings import evidence_latex
from proofs_check.verdicts import Evidence, Outcome
from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet
from theory.claims import Claim
from theory.errors import BeyondReach, InputError
from theory.papers import all_depths, huang2020
from theory.papers.all_depths_common import bound

COQC = pytest.mark.skipif(shutil.which("coqc") is None, reason="coqc is not installed")
COMPILED = pytest.mark.skipif(
    shutil.which("coqc") is None or not (development.build_folder() / "SmoothClaims.vo").exists(),
    reason="the development is not compiled; ntkproof coq compiles it",
)
SMOOTH = {claim.id.partition("/")[2]: claim for claim in all_depths.CLAIMS}
CLAIMS = {claim.id.partition("/")[2]: claim for claim in huang2020.CLAIMS}


CHAOTIC = bound(
    "cubic", "an odd cubic", "test", ffnet(activation("polynomial:0,1,0,1/4")),
    "abs(value) <= 100*(1 + 2/sin(theta)^2)^12*(9/10)^L", domain="(-1, 1)",
)  # fmt: skip
ORDERED = bound(
    "quadratic", "a quadratic", "test", ffnet(activation("polynomial:2,1,1/4")),
    "abs(value - 1) <= (3/4)^L*(1 - c)*(1 + 50*L)", domain="[-1, 1]",
)  # fmt: skip


def text_of(name: str, theorem: str = "ffnet-critical-angle", **constants: str) -> str:
    """The Coq file of a claim about ReLU, with some constants of the certificate replaced."""
    data = certificate(theorem, Fraction(1))[1]
    return written(CLAIMS[name], {**data, "constants": {**data["constants"], **constants}})


class TestTerms:
    """Exact expressions in Coq."""

    def test_every_operation_has_its_parentheses(self) -> None:
        """Angles are acos c, depths INR L, logarithms ln."""
        theta, depth = symbols.theta, symbols.depth
        assert term(Rational(-1, 4)) == "(-1/4)"
        assert term(log(1 + depth / 3)) == "(ln (1 + ((1/3) * (INR L))))"
        assert term(cos(theta) / pi) == "((/ PI) * (cos (acos c)))"
        assert term(depth ** Rational(-3, 2)) == "(Rpower (INR L) (-3/2))"
        assert term(1 / sqrt(theta)) == "(/ sqrt (acos c))"

    def test_a_function_without_counterpart_is_refused(self) -> None:
        """A power with an exponent in L is none of Coq's real powers."""
        with pytest.raises(BeyondReach, match="no counterpart"):
            term(symbols.theta**symbols.depth)

    def test_forms_are_linear_in_the_depth_and_the_inverse_angle(self) -> None:
        """Coefficients are read off; a product of both is refused."""
        theta, depth = symbols.theta, symbols.depth
        form = linear(depth / 4 + 3 * pi / (4 * theta) + 2 + log(depth + 1))
        assert (form.depth, form.inverse, form.constant) == (Rational(1, 4), 3 * pi / 4, 2)
        assert form.logs == ((1, depth + 1),)
        with pytest.raises(BeyondReach, match="not linear"):
            linear(depth / theta)


class TestExport:
    """The text of a claim's theorem."""

    def test_a_limit_is_stated_for_every_input_of_the_domain(self) -> None:
        """The constants of the certificate and the statement stand in the file."""
        text = text_of("thm-ffnet-limit")
        assert "ffnet_certificate 1 (3503/500000) (1641/100000) (6789/100000) (803/500) (-5/4) (37/20) (19/20)." in text
        assert "Theorem claim c : (-1) <= c < 1 -> Un_cv (fun L => (normalised_ntk 1 c L)) (1/4)." in text
        assert "Admitted" not in text

    def test_a_bound_is_stated_for_every_depth(self) -> None:
        """Both sides of the absolute value, and the first depth."""
        text = text_of("thm-ffnet-bound-uniform")
        statement = text[text.index("Theorem claim") : text.rindex("Proof.")]
        assert "(-1) <= c <= (1/2) -> (1 <= L)%nat" in statement
        assert statement.count("(normalised_ntk 1 c L)") == 2
        assert "(17 * (/ (4 + (4 * (INR L)))))" in statement

    def test_a_residual_limit_ranges_over_gamma(self) -> None:
        """Omega for every gamma of the claim."""
        text = text_of("thm-resnet-limit-all-gamma", "resnet-angle")
        assert "Theorem claim gamma c : (1/2) < gamma -> " in text
        assert "(Omega 1 c)." in text

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("thm-ffnet-rate", "not exported to Coq: an order of growth"),
            ("thm-ffnet-bound-simple", "does not imply it at the first depth"),
            ("rec-ffnet-diagonal", "the domain must lie in -1 <= c < 1"),
            ("resnet-L1-depth", "only statements about every depth"),
        ],
    )
    def test_other_claims_are_refused_in_one_line(self, name: str, message: str) -> None:
        """The line names the claim and says why."""
        with pytest.raises(BeyondReach, match=re.escape(message)) as error:
            text_of(name)
        assert str(error.value).startswith(f"huang2020/{name}: ")
        assert "\n" not in str(error.value)

    def test_a_limit_other_than_the_proved_one_is_refused(self) -> None:
        """1/3 is not written from a certificate of 1/4."""
        claim: Claim = CLAIMS["thm-ffnet-false-limit"]
        with pytest.raises(BeyondReach, match="1/4 for the normalised tangent kernel"):
            written(claim, certificate("ffnet-critical-angle", Fraction(1))[1])

    def test_a_certificate_of_an_inequality_is_refused(self) -> None:
        """Only the two meta-theorems are exported."""
        with pytest.raises(BeyondReach, match="certificates of inequality are not exported"):
            written(CLAIMS["thm-ffnet-limit"], {"version": 1, "theorem": "inequality"})


class TestSmooth:
    """Theorems on networks with a smooth map."""

    def test_a_limit_is_stated_for_the_map_of_the_network(self) -> None:
        """The quadratic map, its biases and the coefficient of the logarithm."""
        text = theorem_of(SMOOTH["polynomial-log"], effort=1)
        assert "Definition kappa (c : R) : R := ((24/169) * c^2 + (121/169) * c^1 + (24/169) * c^0)." in text
        assert "ntkb kappa kappa' (1/12) c L / ntkb kappa kappa' (1/12) 1 L) - 1/3) * INR L / ln (INR L))" in text
        assert "(-1) <= c < 1" in text

    def test_bounds_keep_their_constants(self) -> None:
        """Both sides, with the logarithm of the claim."""
        text = theorem_of(SMOOTH["exp-two-sided"], effort=1)
        statement = text[text.index("Theorem claim") : text.rindex("Proof.")]
        assert statement.count("(ntk kappa kappa' c L)") == 2
        assert "(-65/3)" in statement  # 1/3 - 22

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("erf-limit", "not a sum of powers and exponentials"),
            ("exp-floor", "of smooth critical maps, the limit 1/3"),
        ],
    )
    def test_other_maps_and_claims_are_refused(self, name: str, message: str) -> None:
        """In one line."""
        with pytest.raises(BeyondReach, match=message):
            theorem_of(SMOOTH[name], effort=1)

    def test_a_bound_of_the_ordered_phase_keeps_its_rate(self) -> None:
        """The rate, and the coefficients of the claim."""
        text = theorem_of(ORDERED, effort=1)
        assert "(1 + (-1) * ((3/4)^L * (1 - c)) + (-50) * ((3/4)^L * (1 - c) * INR L))" in text

    @COMPILED
    @pytest.mark.parametrize(
        "claim", [SMOOTH["exp-two-sided"], SMOOTH["exp-log"], ORDERED, CHAOTIC], ids=lambda claim: claim.id
    )
    def test_an_exported_theorem_compiles(self, tmp_path: Path, claim: Claim) -> None:
        """Critical, ordered and chaotic maps, with nothing assumed beyond the classical reals and Interval."""
        path = tmp_path / "smooth.v"
        path.write_text(theorem_of(claim, effort=1))
        printed = development.compile_file(path, development.build_folder())
        assert development.unexpected(development.assumptions(printed)) == ()

    @COMPILED
    def test_a_smaller_constant_does_not_compile(self, tmp_path: Path) -> None:
        """The constants of the certificate are checked."""
        path = tmp_path / "lie.v"
        text = theorem_of(SMOOTH["exp-two-sided"], effort=1)
        path.write_text(text.replace("1157/1000", "1057/1000"))
        assert path.read_text() != text
        with pytest.raises(InputError, match="coqc rejects it"):
            development.compile_file(path, development.build_folder())


class TestDevelopment:
    """The files, their theorems and what they assume."""

    def test_every_file_is_listed(self) -> None:
        """_CoqProject names the files of the folder."""
        assert sorted(development.files()) == sorted(path.stem for path in development.FOLDER.glob("*.v"))

    def test_every_theorem_is_stated_in_its_file(self) -> None:
        """A name in the list is a Theorem or Corollary there."""
        for file, names in development.THEOREMS.items():
            text = (development.FOLDER / f"{file}.v").read_text()
            assert [name for name in names if not re.search(rf"(Theorem|Corollary) {name}\b", text)] == []

    def test_the_counterparts_of_meta_theorems_are_stated_and_documented(self) -> None:
        """Every name in the table is a theorem of its file, and stands in docs/coq.md; the report prints it."""
        page = (Path(__file__).parents[2] / "docs" / "coq.md").read_text()
        for file, name in development.COUNTERPARTS.values():
            assert re.search(rf"Theorem {name}\b", (development.FOLDER / f"{file}.v").read_text())
            assert f"| {file} |" in page
            assert f"`{name}`" in page
        row = {"theorem": "smooth-critical"}
        evidence = Evidence(engine="certificates", outcome=Outcome.PROVES, summary="shown", data={"theorems": [row]})
        assert r"Coq: \texttt{Smooth.smooth\_kernel}" in evidence_latex(evidence)

    def test_nothing_is_assumed_in_the_sources(self) -> None:
        """No axiom, parameter or admitted proof."""
        words = re.compile(r"\b(Axiom|Axioms|Parameter|Parameters|Conjecture|Admitted|admit|Abort)\b")
        assert [path.name for path in development.FOLDER.glob("*.v") if words.search(path.read_text())] == []
        assert words.search("Lemma l : False. Admitted.")

    def test_assumptions_are_read_and_judged(self) -> None:
        """A long name stands on a line of its own; an axiom of ours is unexpected."""
        printed = (
            "Axioms:\nUint63.tail0_spec\n  : forall x : PrimInt63.int,\n    (0 < Uint63.to_Z x)%Z\n"
            "PrimInt63.sub : PrimInt63.int\nmine : False\n"
        )
        found = development.assumptions(printed)
        assert set(found) == {"Uint63.tail0_spec", "PrimInt63.sub", "mine"}
        assert development.unexpected(found) == ("mine",)
        assert development.assumptions("Closed under the global context\n") == ()

    def test_a_file_needs_the_development_up_to_the_last_module_it_names(self) -> None:
        """And nothing if it names none."""
        assert development.required(text_of("thm-ffnet-limit"))[-1] == "Claims"
        assert development.required("From Coq Require Import Reals.") == ()

    def test_without_coqc_there_is_one_line(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """And exit status 1."""
        monkeypatch.setattr(shutil, "which", lambda name: None)
        assert cli.run(["coq"]) == 1
        said = capsys.readouterr().err
        assert "coqc was not found; install coq and libcoq-interval" in said
        assert said.count("\n") == 1


class TestCoqc:
    """What Coq itself says."""

    @COQC
    def test_a_true_inequality_compiles_and_a_false_one_does_not(self, tmp_path: Path) -> None:
        """Without the development: pi <= 355/113 is true, pi <= 314/100 is not."""
        template = "From Coq Require Import Reals.\nFrom Interval Require Import Tactic.\nOpen Scope R_scope.\n"
        for name, limit in (("right", "355/113"), ("wrong", "314/100")):
            statement = (
                f"Theorem claim : PI <= {limit}.\nProof. interval with (i_prec 60). Qed.\nPrint Assumptions claim.\n"
            )
            (tmp_path / f"{name}.v").write_text(template + statement)
        printed = development.compile_file(tmp_path / "right.v", tmp_path)
        assert development.unexpected(development.assumptions(printed)) == ()
        with pytest.raises(InputError, match=r"wrong\.v: coqc rejects it"):
            development.compile_file(tmp_path / "wrong.v", tmp_path)

    @COMPILED
    def test_an_exported_bound_compiles(self, tmp_path: Path) -> None:
        """With its assumptions."""
        path = tmp_path / "bound.v"
        path.write_text(text_of("thm-ffnet-bound-uniform"))
        printed = development.compile_file(path, development.build_folder())
        assert development.unexpected(development.assumptions(printed)) == ()

    @COMPILED
    def test_a_false_constant_does_not_compile(self, tmp_path: Path) -> None:
        """The defect of the angle map exceeds t/20 at t = pi."""
        path = tmp_path / "lie.v"
        path.write_text(text_of("thm-ffnet-limit", b="1/20"))
        with pytest.raises(InputError, match="coqc rejects it"):
            development.compile_file(path, development.build_folder())

    @COMPILED
    def test_a_claim_beyond_the_certificate_does_not_compile(self, tmp_path: Path) -> None:
        """The script that proves 17/4 does not prove 1."""
        path = tmp_path / "beyond.v"
        text = text_of("thm-ffnet-bound-uniform")
        path.write_text(text.replace("(17 * (/ (4", "(4 * (/ (4"))
        with pytest.raises(InputError, match="coqc rejects it"):
            development.compile_file(path, development.build_folder())

    @COMPILED
    def test_the_bracket_of_negative_slopes_is_checked(self, tmp_path: Path) -> None:
        """The defect is at most t/5 on (0, pi/2] at mu = 2; the least coefficient is 0.1825, so 9/50 is rejected."""
        text = (development.FOLDER / "Negative.v").read_text()
        part = text[: text.index("Lemma wide_linear")]
        (tmp_path / "right.v").write_text(part)
        (tmp_path / "lie.v").write_text(part.replace("square 2 (1/5) t", "square 2 (9/50) t"))
        development.compile_file(tmp_path / "right.v", development.build_folder())
        with pytest.raises(InputError, match="coqc rejects it"):
            development.compile_file(tmp_path / "lie.v", development.build_folder())


def relu_duals(c: float) -> tuple[float, float]:
    """kappa1 and kappa0 at c in [-1, 1]."""
    t = math.acos(max(-1.0, min(1.0, c)))
    return (math.sin(t) + (math.pi - t) * math.cos(t)) / math.pi, 1 - t / math.pi


class TestStatements:
    """What the theorems say, against the recursions in floating point."""

    @pytest.mark.parametrize("slope", [-0.9, -0.4, 0.0])
    @pytest.mark.parametrize("start", [-1.0, -0.3, 0.8])
    def test_the_bounds_of_negative_slopes_hold(self, slope: float, start: float) -> None:
        """The constants stand in the statement; the logarithm starts from the angle behind one layer."""
        text = (development.FOLDER / "Negative.v").read_text()
        found = re.search(r"Theorem negative_slopes .*?\n  (-\d+) <= .* \+ (\d+)\.\n", text, re.DOTALL)
        assert found is not None
        low, high = map(float, found.groups())
        mu = (1 - slope) ** 2 / (1 + slope**2)
        correlation = kernel = start
        angle = math.acos(start + mu * (relu_duals(start)[0] - start))
        for depth in range(400):
            middle = kernel - (depth + 1) / 4 - 3 / 8 * math.log(1 + mu * angle * depth / (3 * math.pi))
            assert low <= middle <= 3 * math.pi / (4 * mu * angle) + high
            one, zero = relu_duals(correlation)
            correlation, derivative = correlation + mu * (one - correlation), 1 - mu * (1 - zero)
            kernel = derivative * kernel + correlation

    @pytest.mark.parametrize("first", [1.0, 3.0])
    def test_the_bound_with_biases_holds(self, first: float) -> None:
        """Theorem bias_ntk at w = 1/2, b = 1/4 for lengths 1 and another; the distance is of the order of the bound."""
        w, b, c = 0.5, 0.25, -0.5
        norms, own = [first, 1.0], [first, 1.0]
        low, high = min(1.0, b / (1 - w)), max(first, b / (1 - w))
        nngp = tangent = math.sqrt(first) * c
        gap, root = (first + 1) / 2 - math.sqrt(first) * c, math.sqrt(w)
        bound = (gap + high / (1 - w) * math.sqrt(gap / (2 * low))) / ((1 - root) * low)
        for depth in range(25):
            distance = 1 - tangent / math.sqrt(own[0] * own[1])
            assert bound * root**depth / 1000 <= distance <= bound * root**depth
            norms = [w * q + b for q in norms]
            own = [w * d + b + q for d, q in zip(own, norms, strict=True)]
            length = math.sqrt(norms[0] * norms[1])
            one, zero = relu_duals((w * nngp + b) / length)
            nngp, tangent = length * one, zero * (w * tangent + b) + length * one
