"""A claim's theorem as a Coq file, from the certificate that proves it.

Idea. The file instantiates the meta-theorem of the development (``Certificate.v``, ``ResNetCertificate.v``) with the
certificate's constants: the hypotheses, inequalities of one variable, are discharged by Interval. The claim is then stated
for every depth and every input of its domain and derived from the meta-theorem's conclusions (``Claims.v``).

Nothing is believed: a wrong constant does not compile. Claims of other forms are refused in one line.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Abs, Add, Expr, Integer, Rational, cancel, cos, expand, log, oo, pi, sin, sqrt

from proofs_check.chains import Half, halves
from proofs_check.coq import smooth
from proofs_check.coq.bounds import Linear, Script, linear, own_log, tightened
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
    try:
        hypothesis, theorem, modules = _exported(statement, certificate)
    except BeyondReach as error:
        raise BeyondReach(f"{claim.id}: not exported to Coq: {error}") from None
    words = f"{claim.id}: {claim.title} ({statement.quantity.value}, {describe(statement.correlations)})".replace(
        "*)", "* )"
    )
    return f"(* {words} *)\n{HEADER.format(modules=modules)}\n{hypothesis}\n{theorem}\nPrint Assumptions claim.\n"


def _exported(statement: Depth, certificate: dict[str, Any]) -> tuple[str, str, str]:
    """The instance of the meta-theorem, the claim's theorem, and the modules that both need."""
    constants = certificate.get("constants", {})
    match certificate["theorem"]:
        case "ffnet-critical-angle":
            mu = Fraction(certificate["mu"])
            theorem = _Feedforward(statement, mu, constants).theorem()
            return _instance("ffnet_certificate", mu, constants, FFNET), theorem, f"{COMMON} Claims"
        case "resnet-angle":
            mu = Fraction(certificate["mu"])
            theorem = _residual(statement, mu, Rational(constants["B"]))
            modules = f"{COMMON} ResNet ResNetDegenerate ResNetCertificate ResNetReLU ResNetClaims"
            return _instance("resnet_certificate", mu, constants, RESNET), theorem, modules
        case "smooth-critical" | "smooth-ordered" | "smooth-chaotic" as theorem:
            return smooth.exported(statement, theorem, constants)
        case other:
            raise BeyondReach(f"certificates of {other} are not exported to Coq")


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
                raise BeyondReach(
                    "an order of growth with an unnamed constant is not exported; state a bound or an expansion"
                )

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
        return self._pointwise(
            f"Un_cv (fun L => ({self._value()} - 1/4) * INR L / ln (INR L)) (3/8)", "claim_sharp_limit"
        )

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
            f"assert (LN := log_term_nonneg {_given(FFNET)} c L HC).",
            "assert (TL : 0 <= acos c * INR L) by (apply Rmult_le_pos; lra).",
        ]
        if angles.low is not None:
            low, end = rational(angles.low), term(domain.high)
            found.append(
                f"assert (T0 : {low} <= acos c) by (apply (acos_at_least {low} {end} c); [lra | lra | interval])."
            )
            found.append(f"assert (W1 : / acos c <= / {low}) by (apply Rinv_le_contravar; lra).")
        if angles.high is not None:
            high, end = rational(angles.high), term(domain.low)
            found.append(
                f"assert (T1 : acos c <= {high}) by (apply (acos_at_most {high} {end} c); [lra | lra | interval])."
            )
        found.append(f"assert (W0 : / {angles.high_term} <= / acos c) by (apply Rinv_le_contravar; lra).")
        name = "claim_angle" if self.statement.quantity is Quantity.ANGLE else "claim_ntk"
        return [*found, f"assert (X := {name} {_given(FFNET)} c L HC)."]

    def _half(self, half: Half) -> list[str]:
        """The script for value <= bound or bound <= value."""
        match self.statement.quantity:
            case Quantity.NORMALIZED_NTK:
                form = sum((cancel(part * (_L + 1)) for part in Add.make_args(expand(half.bound))), Integer(0))
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
        script = Script(
            gap, angles, self.statement.depth_low, self.mu, f"log_term_flat {_given(FFNET)}", strict=half.strict
        )
        named = [
            f"assert (QL : {term(log(argument))} = log_term {rational(self.mu)} c L) by (unfold log_term; f_equal; field; lra)."
            for _, argument in claimed.logs
            if own_log(argument, self.mu)
        ]
        return [*script.lines, *named, *self._conclusion(half, claimed, "rewrite ?QL; " if named else "")]

    def _proved(self, upper: bool) -> Expr:
        """The certificate's bound of T, or of 1/angle, as a form."""
        k, mu = (
            {name: Rational(text) for name, text in self.constants.items()},
            Rational(self.mu.numerator, self.mu.denominator),
        )
        ell = log(1 + mu * _T * _L / (3 * pi))
        if self.statement.quantity is Quantity.ANGLE:
            pace = 1 / _T + mu / (3 * pi) * _L
            return pace if upper else pace + k["b"] * _T + k["b"] * 3 * pi / mu * ell
        core = (_L + 1) / 4 + Rational(3, 8) * ell
        return core + 3 * pi / (4 * mu * _T) + k["above"] if upper else core + k["below"]

    def _conclusion(self, half: Half, claimed: Linear, own: str) -> list[str]:
        form, bound = term(claimed.expression()), term(half.bound)
        nonzero = "repeat split; first [lra | nra]"
        mu = rational(self.mu)
        match self.statement.quantity:
            case Quantity.NTK:
                return [
                    f"assert (E : {bound} = {form}) by (field; {nonzero}). rewrite E. {own}{self._simplified()}; lra."
                ]
            case Quantity.NORMALIZED_NTK:
                compare_ = "Rmult_lt_compat_r" if half.strict else "Rmult_le_compat_r"
                side = "apply Rinv_0_lt_compat" if half.strict else "left; apply Rinv_0_lt_compat"
                return [
                    f"assert (E : {bound} = {form} / (INR L + 1)) by (field; {nonzero}).",
                    f"rewrite E, (normalised_over_depth {mu} c L).",
                    f"apply ({compare_} (/ (INR L + 1))); [{side}; lra | {own}{self._simplified()}; lra].",
                ]
            case _:
                return [
                    "destruct X as [X0 X]. assert (IA : 0 < / acos c) by (apply Rinv_0_lt_compat; lra).",
                    f"{self._simplified()}.",
                    f"assert (XW : 0 < / acos c + {term(Rational(self.mu.numerator, self.mu.denominator) / (3 * pi))} * INR L) "
                    "by (assert (0 < / PI) by (apply Rinv_0_lt_compat; lra); nra).",
                    f"assert (F : 0 < {form}) by ({own}{self._positive(half, claimed)}).",
                    f"assert (E : {bound} = 1 / {form}) by (first [exact (eq_sym (Rmult_1_l _)) | field; {nonzero}]).",
                    f"apply ({'above' if half.upper else 'below'}_reciprocal _ _ _ E F X0). {own}lra.",
                ]

    def _simplified(self) -> str:
        """The certificate's conclusion with its constants reduced."""
        mu = Rational(self.mu.numerator, self.mu.denominator)
        slope, front = term(3 / (4 * mu)), term(mu / 3)
        return (
            f"try replace (3*PI/(4*{rational(self.mu)})) with ({slope} * PI) in X by field; "
            f"try replace ({rational(self.mu)}/(3*PI)) with ({front} * / PI) in X by (field; lra); "
            f"try replace (3*PI/{rational(self.mu)}) with ({term(3 / mu)} * PI) in X by field; "
            "replace (1 / acos c) with (/ acos c) in X by (field; lra)"
        )

    @staticmethod
    def _positive(half: Half, claimed: Linear) -> str:
        """Why the reciprocal of the claimed bound is positive: above 1/angle, or by the signs of its terms."""
        if not half.upper:
            return "lra"
        weights = (claimed.constant, claimed.depth, claimed.inverse)
        if claimed.logs or claimed.angle != 0 or any(compare(weight, Integer(0)) < 0 for weight in weights):
            raise BeyondReach("the bound of the angle is not positive by the signs of its terms")
        depth, inverse = f"{term(claimed.depth)} * INR L", f"{term(claimed.inverse)} * / acos c"
        facts = [f"assert (0 <= {part}) by (apply Rmult_le_pos; [interval | lra])" for part in (depth, inverse)]
        if compare(claimed.constant, Integer(0)) > 0:
            facts.append(f"assert (0 < {term(claimed.constant)}) by interval")
        else:
            facts.append(f"assert (0 < {inverse}) by (apply Rmult_lt_0_compat; [interval | lra])")
        return "; ".join([*facts, "lra"])


def _residual(statement: Depth, mu: Fraction, slope: Rational) -> str:
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
            half = Rational(1, 2)
            above = compare(low, half) > 0 or (gammas is not None and not gammas.low_closed and low == half)
            below = compare(high, half) < 0 or (gammas is not None and not gammas.high_closed and high == half)
            if above and is_zero(in_theta(target) - omega) is Answer.YES:
                conclusion, lemma = f"{sequence} (Omega {rational(mu)} c)", "claim_res_limit"
            elif below and target == Rational(1, 4):
                conclusion, lemma = f"{sequence} (1/4)", "claim_res_degenerate"
            else:
                raise BeyondReach("of limits, Omega for gamma > 1/2 and 1/4 for gamma < 1/2 are exported")
            names = " ".join(f"G{k}" for k in range(len(conditions)))
            proof = [f"intros {names} H. apply ({lemma} {_given(RESNET)} gamma c); lra."]
            return f"Theorem claim gamma c : {quantified}{_domain(domain)} -> {conclusion}.\n" + _proof(proof)
        case Chain(sides=(left, right), relations=("<=",)) if isinstance(left, Abs):
            inner = in_theta(left.args[0])
            if all(is_zero(side * inner - symbols.value + omega) is not Answer.YES for side in (1, -1)):
                raise BeyondReach("of the bounds of residual networks, those of abs(value - Omega) are exported")
            first, second = _powers(right, gamma)
            if (
                compare(first, Rational(1, 2)) < 0
                or compare(second, slope * pi * sqrt(2) / 3) < 0
                or statement.depth_low < 1
            ):
                raise BeyondReach(
                    "the certificate's bound is L^(1-2 gamma)/2 + B pi sqrt(2)/3 L^(1/2-gamma); the claim's is smaller"
                )
            return _uniform(quantified, domain, kernel, mu, first, second, len(conditions), statement.depth_low)
        case _:
            raise BeyondReach("of residual networks, limits and the uniform bound of abs(value - Omega) are exported")


def _powers(bound: Expr, gamma: Expr) -> tuple[Expr, Expr]:
    """The coefficients of L^(1 - 2 gamma) and L^(1/2 - gamma)."""
    found = [Integer(0), Integer(0)]
    for summand in Add.make_args(expand(bound)):
        weight, power = summand.as_independent(_L, as_Add=False)
        exponent = power.as_base_exp()[1] if power.has(_L) and power.as_base_exp()[0] == _L else None
        gaps = [1 - 2 * gamma, Rational(1, 2) - gamma]
        place = next((k for k, e in enumerate(gaps) if exponent is not None and expand(exponent - e) == 0), None)
        if place is None or weight.has(_G, _T):
            raise BeyondReach(f"{str(summand)[:60]}: not a multiple of L^(1-2 gamma) or L^(1/2-gamma)")
        found[place] += weight
    return found[0], found[1]


def _uniform(
    quantified: str, domain: Interval, kernel: str, mu: Fraction, first: Expr, second: Expr, conditions: int, depth: int
) -> str:
    """The bound of abs(value - Omega) for all inputs."""
    powers = "Rpower (INR L) (1 - 2*gamma)", "Rpower (INR L) (1/2 - gamma)"
    statement = (
        f"Rabs ({kernel} - Omega {rational(mu)} c) <= {term(first)} * {powers[0]} + {term(second)} * {powers[1]}"
    )
    proof = [
        f"intros {' '.join(f'G{k}' for k in range(conditions))} H N.",
        f"eapply Rle_trans. apply (claim_res_uniform {_given(RESNET)} gamma c L); [lra | lia].",
        "apply Rplus_le_compat; (apply Rmult_le_compat_r; [left; unfold Rpower; apply exp_pos | first [lra | interval]]).",
    ]
    return (
        f"Theorem claim gamma c L : {quantified}{_domain(domain)} -> ({depth} <= L)%nat ->\n  {statement}.\n"
        + _proof(proof)
    )


def _range(interval: Interval) -> list[str]:
    found = [f"{term(interval.low)} {'<=' if interval.low_closed else '<'} gamma"]
    if interval.high != oo:
        found.append(f"gamma {'<=' if interval.high_closed else '<'} {term(interval.high)}")
    return found


def _omega(mu: Fraction) -> Expr:
    """The kernel of one residual layer in the angle."""
    m = Rational(mu.numerator, mu.denominator)
    return cos(_T) + m / 2 * ((sin(_T) - _T * cos(_T)) / pi - _T * cos(_T) / pi)
