"""A claim's theorem as a Coq file, from the certificate that proves it.

Idea. The file instantiates the meta-theorem of the development (``Certificate.v``, ``ResNetCertificate.v``) with the certificate's
constants: the hypotheses, inequalities of one variable, are discharged by Interval. The claim is then stated for every depth and
every input of its domain and derived from the meta-theorem's conclusions (``Claims.v``).

Nothing is believed: a wrong constant does not compile. Claims of other forms are refused in one line.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Expr, Integer, Rational, cos, log, oo, pi, sin

from proofs_check.chains import Half, halves
from proofs_check.coq.bounds import Linear, Script, linear, tightened
from proofs_check.coq.printing import rational, term
from proofs_check.intervals import compare, describe
from proofs_check.pieces import in_theta
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.claims import Claim, Depth, Interval, Quantity
from theory.duals import in_angle
from theory.errors import BeyondReach
from theory.language import Chain, Expansion, Limit

_L, _T, _G = symbols.depth, symbols.theta, symbols.gamma
HEADER = """From Coq Require Import Reals Lra Lia.
From Interval Require Import Tactic.
From NtkProof Require Import {modules}.
Open Scope R_scope.
"""
COMMON = "Analysis Kernels AngleMap Depth Certificate Hypotheses"
FFNET = ("d_lo", "d_hi", "b", "E", "below", "above", "drift")
RESNET = ("B", "D", "A", "K", "e1", "C0", "C1")


def theorem_of(claim: Claim, *, effort: float) -> str:
    """The Coq file of a claim that one certificate proves.

    raises  BeyondReach where the claim has no certificate, or a form that is not exported
    """
    from proofs_check.certify import certify

    return written(claim, certify(claim, effort=effort))


def written(claim: Claim, certificate: dict[str, Any]) -> str:
    """The Coq file of a claim from a certificate of a meta-theorem; Coq decides whether the constants are right.

    raises  BeyondReach where the claim has a form that is not exported
    """
    statement = claim.statement
    if not isinstance(statement, Depth) or statement.depth_high is not None:
        raise BeyondReach(f"{claim.id}: only statements about every depth are exported to Coq")
    mu = Fraction(certificate.get("mu", "0"))
    try:
        match certificate["theorem"]:
            case "ffnet-critical-angle":
                theorem = _Feedforward(statement, mu, certificate["constants"]).theorem()
                hypothesis = _instance("ffnet_certificate", mu, certificate["constants"], FFNET)
                modules = f"{COMMON} Claims"
            case "resnet-angle":
                theorem = _residual(statement, mu)
                hypothesis = _instance("resnet_certificate", mu, certificate["constants"], RESNET)
                modules = f"{COMMON} ResNet ResNetDegenerate ResNetCertificate ResNetReLU ResNetClaims"
            case other:
                raise BeyondReach(f"certificates of {other} are not exported to Coq")
    except BeyondReach as error:
        raise BeyondReach(f"{claim.id}: not exported to Coq: {error}") from None
    words = f"{claim.id}: {claim.title} ({statement.quantity.value}, {describe(statement.correlations)})".replace("*)", "* )")
    return f"(* {words} *)\n{HEADER.format(modules=modules)}\n{hypothesis}\n{theorem}\nPrint Assumptions claim.\n"


def _instance(record: str, mu: Fraction, constants: dict[str, str], names: tuple[str, ...]) -> str:
    values = " ".join(rational(Fraction(constants[name])) for name in names)
    return f"Theorem certificate : {record} {rational(mu)} {values}.\nProof. prove_{record}. Qed.\n"


def _given(names: tuple[str, ...]) -> str:
    """The arguments of a conclusion of the certificate, all found by unification but the certificate itself."""
    return " ".join(["_"] * (len(names) + 1)) + " certificate"


def _domain(domain: Interval) -> str:
    low = f"{term(domain.low)} {'<=' if domain.low_closed else '<'} c"
    return f"{low} {'<=' if domain.high_closed else '<'} {term(domain.high)}"


def _proof(lines: list[str]) -> str:
    return "Proof.\n" + "\n".join(lines) + "\nQed.\n"


@dataclass(frozen=True)
class _Feedforward:
    """Statements from ffnet-critical-angle for a member mu."""

    statement: Depth
    mu: Fraction
    constants: dict[str, str]

    def theorem(self) -> str:
        domain = self.statement.correlations
        if compare(domain.low, Integer(-1)) < 0 or compare(domain.high, Integer(1)) > 0 or self._meets_one(domain):
            raise BeyondReach("the domain must lie in -1 <= c < 1")
        match self.statement.holds:
            case Limit(target=target):
                return self._limit(target)
            case Expansion(terms=terms):
                return self._expansion(terms)
            case Chain() as chain:
                return self._chain(chain)
            case _:
                raise BeyondReach("an order of growth with an unnamed constant is not exported; state a bound or an expansion")

    @staticmethod
    def _meets_one(domain: Interval) -> bool:
        return domain.high_closed and compare(domain.high, Integer(1)) == 0

    def _value(self) -> str:
        mu = rational(self.mu)
        match self.statement.quantity:
            case Quantity.NORMALIZED_NTK:
                return f"(normalised_ntk {mu} c L)"
            case Quantity.NTK:
                return f"(ntk (dual {mu}) (ddual {mu}) c L)"
            case Quantity.ANGLE:
                return f"(acos (nngp (dual {mu}) c L))"
            case _:
                return f"(nngp (dual {mu}) c L)"

    def _pointwise(self, statement: str, lemma: str) -> str:
        domain = self.statement.correlations
        proof = [f"intros H. apply ({lemma} {_given(FFNET)} c). lra."]
        if not (domain.low.is_Rational and domain.high.is_Rational):
            raise BeyondReach("the ends of the domain must be rational")
        return f"Theorem claim c : {_domain(domain)} -> {statement}.\n" + _proof(proof)

    def _limit(self, target: Expr) -> str:
        quantity = self.statement.quantity
        sequence = f"Un_cv (fun L => {self._value()}) {term(target)}"
        if quantity is Quantity.NORMALIZED_NTK and target == Rational(1, 4):
            return self._pointwise(sequence, "claim_limit")
        if quantity in (Quantity.NNGP, Quantity.NORMALIZED_NNGP) and target == 1:
            return self._pointwise(sequence, "claim_nngp_limit")
        raise BeyondReach("of limits, 1/4 for the normalised tangent kernel and 1 for the correlation are exported")

    def _expansion(self, terms: tuple[Expr, ...]) -> str:
        wanted = Rational(1, 4) + Rational(3, 8) * log(_L) / _L
        if self.statement.quantity is not Quantity.NORMALIZED_NTK or is_zero(sum(terms) - wanted) is not Answer.YES:
            raise BeyondReach("of expansions, 1/4 + 3*log(L)/(8*L) of the normalised tangent kernel is exported")
        return self._pointwise(f"Un_cv (fun L => ({self._value()} - 1/4) * INR L / ln (INR L)) (3/8)", "claim_sharp_limit")

    # --- bounds ---

    def _chain(self, chain: Chain) -> str:
        domain, first = self.statement.correlations, self.statement.depth_low
        if domain.low == domain.high:
            raise BeyondReach("a single input is not exported; state the bound on an interval")
        parts = halves(chain, domain, first)
        proofs = [self._half(half) for half in parts]
        if self.statement.quantity is Quantity.ANGLE and any(half.strict for half in parts):
            raise BeyondReach("a strict bound of the angle is not exported; state it with <= or >=")
        relations = [("<" if half.strict else "<=") for half in parts]
        shown = [
            f"{self._value()} {r} {term(half.bound)}" if half.upper else f"{term(half.bound)} {r} {self._value()}"
            for half, r in zip(parts, relations, strict=True)
        ]
        statement = " /\\ ".join(f"({part})" for part in shown)
        opening = ["repeat match goal with |- _ /\\ _ => split end."] if len(parts) > 1 else []
        blocks = ["{ " + "\n  ".join(proof) + " }" for proof in proofs]
        head = f"Theorem claim c L : {_domain(domain)} -> ({first} <= L)%nat ->\n  {statement}.\n"
        return head + _proof([*self._facts(domain, first), *opening, *blocks])

    def _facts(self, domain: Interval, first: int) -> list[str]:
        """Ranges of c, theta, 1/theta and L, and the conclusion of the certificate."""
        angles = tightened(domain.low, domain.high)
        found = [
            "intros HD HL. assert (P := PI_bounds). assert (PA := PI_above).",
            "assert (HC : -1 <= c < 1) by lra. assert (R := acos_range c HC). assert (N := pos_INR L).",
            f"assert (M : {first} <= INR L) by (replace {first} with (INR {first}) by (simpl; lra); apply le_INR; exact HL).",
            f"assert (LN := log_term_nonneg {_given(FFNET)} c L HC). assert (TL : 0 <= acos c * INR L) by (apply Rmult_le_pos; lra).",
        ]
        if angles.low is not None:
            low = rational(angles.low)
            found.append(f"assert (T0 : {low} <= acos c) by (apply (acos_at_least {low} {term(domain.high)} c); [lra | lra | interval]).")
            found.append(f"assert (W1 : / acos c <= / {low}) by (apply Rinv_le_contravar; lra).")
        if angles.high is not None:
            high = rational(angles.high)
            found.append(f"assert (T1 : acos c <= {high}) by (apply (acos_at_most {high} {term(domain.low)} c); [lra | lra | interval]).")
        found.append(f"assert (W0 : / {angles.high_term} <= / acos c) by (apply Rinv_le_contravar; lra).")
        name = "claim_angle" if self.statement.quantity is Quantity.ANGLE else "claim_ntk"
        return [*found, f"assert (X := {name} {_given(FFNET)} c L HC)."]

    def _half(self, half: Half) -> list[str]:
        """The script for value <= bound or bound <= value."""
        match self.statement.quantity:
            case Quantity.NORMALIZED_NTK:
                form = half.bound * (_L + 1)
            case Quantity.NTK:
                form = half.bound
            case Quantity.ANGLE:
                form = 1 / half.bound
            case _:
                raise BeyondReach("bounds are exported for the tangent kernel and the angle")
        claimed, proved = linear(form), linear(self._proved(half.upper))
        # value <= bound needs bound - proved >= 0; for the angle the reciprocals change sides
        rising = half.upper != (self.statement.quantity is Quantity.ANGLE)
        gap = claimed.minus(proved) if rising else proved.minus(claimed)
        domain = self.statement.correlations
        angles = tightened(domain.low, domain.high)
        script = Script(gap, angles, self.statement.depth_low, self.mu, f"log_term_flat {_given(FFNET)}", strict=half.strict)
        return [*script.lines, *self._conclusion(half, claimed)]

    def _proved(self, upper: bool) -> Expr:
        """The certificate's bound of T, or of 1/angle, as a form."""
        k, mu = {name: Rational(text) for name, text in self.constants.items()}, Rational(self.mu.numerator, self.mu.denominator)
        ell = log(1 + mu * _T * _L / (3 * pi))
        if self.statement.quantity is Quantity.ANGLE:
            pace = 1 / _T + mu / (3 * pi) * _L
            return pace if upper else pace + k["b"] * _T + k["b"] * 3 * pi / mu * ell
        core = (_L + 1) / 4 + Rational(3, 8) * ell
        return core + 3 * pi / (4 * mu * _T) + k["above"] if upper else core + k["below"]

    def _conclusion(self, half: Half, claimed: Linear) -> list[str]:
        form, bound = term(claimed.expression()), term(half.bound)
        nonzero = "repeat split; first [lra | nra]"
        mu = rational(self.mu)
        match self.statement.quantity:
            case Quantity.NTK:
                return [f"assert (E : {bound} = {form}) by (field; {nonzero}). rewrite E. {self._simplified()} lra."]
            case Quantity.NORMALIZED_NTK:
                compare_ = "Rmult_lt_compat_r" if half.strict else "Rmult_le_compat_r"
                side = "apply Rinv_0_lt_compat" if half.strict else "left; apply Rinv_0_lt_compat"
                return [
                    f"assert (E : {bound} = {form} / (INR L + 1)) by (field; {nonzero}). rewrite E, ({_over_depth(mu)}).",
                    f"apply ({compare_} (/ (INR L + 1))); [{side}; lra | {self._simplified()} lra].",
                ]
            case _:
                return [
                    f"destruct X as [X0 X]. assert (F : 0 < {form}) by ({self._positive()}).",
                    f"assert (E : {bound} = 1 / {form}) by (field; {nonzero}).",
                    "assert (I : 0 < " + bound + ") by (rewrite E; apply Rdiv_lt_0_compat; lra).",
                    f"apply inv_le_elim; [assumption | assumption | replace (1 / {bound}) with {form} by (rewrite E; field; lra); {self._simplified()} lra].",
                ]

    def _simplified(self) -> str:
        """The certificate's conclusion with its constants reduced."""
        mu = Rational(self.mu.numerator, self.mu.denominator)
        slope, front = term(3 / (4 * mu)), term(mu / 3)
        return (
            f"replace (3*PI/(4*{rational(self.mu)})) with ({slope} * PI) in X by field; "
            f"replace ({rational(self.mu)}/(3*PI)) with ({front} * / PI) in X by (field; lra); "
            f"replace (3*PI/{rational(self.mu)}) with ({term(3 / mu)} * PI) in X by field; "
            "unfold Rdiv in X |- *; rewrite ?Rmult_1_l in X; "
        )

    def _positive(self) -> str:
        return "assert (0 < / acos c) by (apply Rinv_0_lt_compat; lra); assert (0 < / PI) by (apply Rinv_0_lt_compat; lra); nra"


def _over_depth(mu: str) -> str:
    return f"normalised_over_depth {mu} c L"


def _residual(statement: Depth, mu: Fraction) -> str:
    """Limits and the uniform bound from resnet-angle for h = L^(-2 gamma)."""
    gammas = next((i for i in statement.parameters if i.symbol == _G), None)
    gamma = statement.network.gamma
    if gamma is None or statement.quantity is not Quantity.NORMALIZED_NTK:
        raise BeyondReach("of residual networks, the normalised tangent kernel with the scale L^(-gamma) is exported")
    if gammas is None and not gamma.is_Rational:
        raise BeyondReach("gamma must be rational, or range over an interval")
    domain = statement.correlations
    low, high = (gamma, gamma) if gammas is None else (gammas.low, gammas.high)
    conditions = [f"gamma = {term(gamma)}"] if gammas is None else _range(gammas)
    quantified = "".join(f"{condition} -> " for condition in conditions)
    kernel = f"normalised (dual {rational(mu)}) (ddual {rational(mu)}) (hL gamma L) c L"
    omega = in_angle(_omega(mu))
    match statement.holds:
        case Limit(target=target):
            sequence = f"Un_cv (fun L => {kernel})"
            above = compare(low, Rational(1, 2)) > 0 or (gammas is not None and not gammas.low_closed and low == Rational(1, 2))
            if above and is_zero(in_theta(target) - omega) is Answer.YES:
                conclusion, lemma = f"{sequence} (Omega {rational(mu)} c)", "claim_res_limit"
            elif compare(high, Rational(1, 2)) < 0 and target == Rational(1, 4):
                conclusion, lemma = f"{sequence} (1/4)", "claim_res_degenerate"
            else:
                raise BeyondReach("of limits, Omega for gamma > 1/2 and 1/4 for gamma < 1/2 are exported")
            names = " ".join(f"G{k}" for k in range(len(conditions)))
            proof = [f"intros {names} H. apply ({lemma} {_given(RESNET)} gamma c); lra."]
            return f"Theorem claim gamma c : {quantified}{_domain(domain)} -> {conclusion}.\n" + _proof(proof)
        case _:
            raise BeyondReach("of residual networks, limits are exported")


def _range(interval: Interval) -> list[str]:
    found = [f"{term(interval.low)} {'<=' if interval.low_closed else '<'} gamma"]
    if interval.high != oo:
        found.append(f"gamma {'<=' if interval.high_closed else '<'} {term(interval.high)}")
    return found


def _omega(mu: Fraction) -> Expr:
    """The kernel of one residual layer in the angle."""
    m = Rational(mu.numerator, mu.denominator)
    return cos(_T) + m / 2 * ((sin(_T) - _T * cos(_T)) / pi - _T * cos(_T) / pi)
