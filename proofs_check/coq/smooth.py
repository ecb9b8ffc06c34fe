"""Claims about networks with a smooth correlation map as Coq theorems, from certificates of the theorems on smooth maps.

Idea. A map kappa that is a sum of nonnegative multiples of powers of c and of pairs A exp(w c) + B exp(-w c), |B| <= A,
is built in Coq from these parts (``Phases.v``), which gives its power series with nonnegative coefficients. The certificate's
constants are then inequalities between numbers, for Interval.

What can go wrong. Other maps (Gaussian integrals, arccosines of an affine function) have no counterpart and are refused here;
constants that do not fit are refused by Coq.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from sympy import Abs, Add, Expr, Integer, Pow, Rational, Symbol, collect, cos, diff, exp, expand, log, nsimplify, sin

from proofs_check.chains import Half, halves
from proofs_check.coq.printing import rational, term
from proofs_check.intervals import compare
from proofs_check.smooth_facts import SmoothMap, smooth_map
from theory import symbols
from theory.algebra import Answer, is_zero
from theory.claims import Depth, Interval, Quantity
from theory.errors import BeyondReach
from theory.language import Chain, Expansion, Limit
from theory.recursion import correlation_form

MODULES = "Analysis Limits Kernels Smooth PowerSeries Phases SmoothClaims"
_L, _T, _C = symbols.depth, symbols.theta, symbols.c
_ANY = "_ _ _ _ _ _ _ _ _ _"
_AND, _SPLIT = " /\\ ", "repeat match goal with |- _ /\\ _ => split end."


@dataclass(frozen=True, kw_only=True)
class Power:
    """weight c^exponent."""

    weight: Expr
    exponent: int

    def expression(self) -> Expr:
        """The part as an expression in c."""
        return self.weight * _C**self.exponent

    def value(self) -> str:
        """Its Coq term."""
        return f"{term(self.weight)} * c^{self.exponent}"

    def slope(self) -> str:
        """The Coq term of its derivative."""
        return f"{term(self.weight)} * (INR {self.exponent} * c^(pred {self.exponent}))"

    def number(self, order: int) -> str:
        """The derivative of this order at 1, divided by order!, as a Coq term."""
        return f"{term(self.weight)} * choose{order} {self.exponent}"

    def proof(self) -> str:
        """Why it has a power series with nonnegative coefficients."""
        return f"(positive_scal {term(self.weight)} _ _ _ _ _ ltac:(nonnegative) (positive_power {self.exponent}))"


@dataclass(frozen=True, kw_only=True)
class Exponentials:
    """rising exp(rate c) + falling exp(-rate c), rate > 0."""

    rate: Rational
    rising: Expr
    falling: Expr

    def expression(self) -> Expr:
        """The part as an expression in c."""
        return self.rising * exp(self.rate * _C) + self.falling * exp(-self.rate * _C)

    def _sum(self, rising: str, falling: str) -> str:
        return f"({term(self.rising)} * {rising} + {term(self.falling)} * {falling})"

    def value(self) -> str:
        """Its Coq term."""
        w = term(self.rate)
        return self._sum(f"exp ({w} * c)", f"exp (- {w} * c)")

    def slope(self) -> str:
        """The Coq term of its derivative."""
        w = term(self.rate)
        return self._sum(f"({w} * exp ({w} * c))", f"(- {w} * exp (- {w} * c))")

    def number(self, order: int) -> str:
        """The derivative of this order at 1, divided by order!, as a Coq term."""
        w, factorial = term(self.rate), {2: 2, 3: 6, 4: 24}[order]
        return self._sum(f"({w}^{order}/{factorial} * exp {w})", f"((- {w})^{order}/{factorial} * exp (- {w}))")

    def proof(self) -> str:
        """Why it has a power series with nonnegative coefficients."""
        w = term(self.rate)
        return (
            f"(positive_pair {term(self.rising)} {term(self.falling)} {w} ltac:(nonnegative) ltac:(split; nonnegative))"
        )


Part = Power | Exponentials


def parts(kappa: Expr) -> list[Part]:
    """The map as a sum of parts.

    raises  BeyondReach where it has another form
    """
    powers: dict[int, Expr] = {}
    rates: dict[Rational, Expr] = {}
    for summand in Add.make_args(expand(kappa)):
        weight, rest = summand.as_independent(_C, as_Add=False)
        if rest == 1 or (rest.is_Pow and rest.base == _C and rest.exp.is_Integer and rest.exp > 0) or rest == _C:
            exponent = 0 if rest == 1 else 1 if rest == _C else int(rest.exp)
            powers[exponent] = powers.get(exponent, Integer(0)) + weight
        elif isinstance(rest, exp) and is_zero(diff(rest.args[0], _C, 2)) is Answer.YES:
            rate = diff(rest.args[0], _C)
            if not rate.is_Rational:
                raise BeyondReach(f"{str(rest)[:40]}: the rate of an exponential must be rational")
            offset = rest.args[0].subs(_C, 0)
            rates[rate] = rates.get(rate, Integer(0)) + weight * exp(offset)
        else:
            raise BeyondReach(f"the map is not a sum of powers and exponentials of c: {str(rest)[:60]}")
    found: list[Part] = [Power(weight=weight, exponent=n) for n, weight in sorted(powers.items(), reverse=True)]
    for rate in sorted({abs(rate) for rate in rates}):
        sides = (rates.get(sign * rate, Integer(0)) for sign in (1, -1))
        rising, falling = sides
        found.append(Exponentials(rate=rate, rising=rising, falling=falling))
    if is_zero(sum(part.expression() for part in found) - kappa) is not Answer.YES:
        raise BeyondReach("the map is not a sum of powers and exponentials of c")
    return found


@dataclass(frozen=True, kw_only=True)
class Stated:
    """The map of a network in Coq, with what the theorems need of it."""

    found: list[Part]
    numbers: SmoothMap
    constants: dict[str, Fraction]

    def exactly(self, name: str) -> Expr | None:
        """kappa''(1)/2, kappa'''(1)/6 or kappa''''(1)/24 where it is rational."""
        order = {"a": 2, "beta": 3, "gamma": 4}[name]
        kappa = sum((part.expression() for part in self.found), Integer(0))
        value = expand(diff(kappa, _C, order).subs(_C, 1) / {2: 2, 3: 6, 4: 24}[order])
        return value if value.is_Rational else None

    def number(self, name: str) -> str:
        """The number as a Coq term."""
        exact = self.exactly(name)
        order = {"a": 2, "beta": 3, "gamma": 4}[name]
        return self._sum(part.number(order) for part in self.found) if exact is None else rational(exact)

    @staticmethod
    def _sum(texts: Iterator[str]) -> str:
        return "(" + " + ".join(texts) + ")"

    def definitions(self) -> str:
        """Kappa, kappa', the three numbers and the proof that kappa is a correlation map."""
        proof = self.found[0].proof()
        for part in self.found[1:]:
            proof = f"(positive_plus {_ANY} {proof} {part.proof()})"
        lines = [
            f"Definition kappa (c : R) : R := {self._sum(part.value() for part in self.found)}.",
            f"Definition kappa' (c : R) : R := {self._sum(part.slope() for part in self.found)}.",
            *(f"Definition {name} : R := {self.number(name)}." for name in ("a", "beta", "gamma")),
            "Lemma map : correlation_map kappa kappa' a beta gamma.",
            f"Proof. apply (correlation_of {_ANY} {proof}); [reflexivity | reflexivity | | | |];",
            "  unfold a, beta, gamma, kappa; exact_number. Qed.",
        ]
        return "\n".join(lines) + "\n"

    @property
    def bias(self) -> str:
        """The variance of trained biases as a Coq term."""
        return term(self.numbers.b)


def exported(statement: Depth, theorem: str, constants: dict[str, str]) -> tuple[str, str, str]:
    """The instance of the theorem on smooth maps, the claim's theorem, and the modules that both need.

    raises  BeyondReach where the map or the claim has a form that is not exported
    """
    form = correlation_form(statement.network)
    numbers = None if form is None else smooth_map(form)
    if numbers is None or numbers.maps is None:
        raise BeyondReach("the network has no smooth correlation map")
    kappa, factor = numbers.maps
    found = parts(kappa)
    if is_zero(diff(kappa, _C) - factor) is not Answer.YES:
        raise BeyondReach("the factor of the tangent kernel is not the derivative of the map")
    domain = statement.correlations
    if not (domain.low.is_Rational and domain.high.is_Rational):
        raise BeyondReach("the ends of the domain must be rational")
    if statement.quantity is Quantity.NTK and form is not None and form.length != 1:
        raise BeyondReach("the tangent kernel itself is exported where the lengths are 1")
    stated = Stated(found=found, numbers=numbers, constants={key: Fraction(text) for key, text in constants.items()})
    build = {"smooth-critical": _critical, "smooth-ordered": _ordered, "smooth-chaotic": _chaotic}[theorem]
    instance, claim = build(statement, stated)
    return stated.definitions() + instance, claim, MODULES


def _within(domain: Interval, *, closed: bool) -> str:
    """The domain in Coq; closed: whether c = 1 may belong to it."""
    if not closed and domain.high_closed and compare(domain.high, Integer(1)) == 0:
        raise BeyondReach("the domain must lie in -1 <= c < 1")
    low = f"{term(domain.low)} {'<=' if domain.low_closed else '<'} c"
    return f"{low} {'<=' if domain.high_closed else '<'} {term(domain.high)}"


def _value(statement: Depth, stated: Stated) -> str:
    match statement.quantity:
        case Quantity.NORMALIZED_NTK:
            return f"(ntkb kappa kappa' {stated.bias} c L / ntkb kappa kappa' {stated.bias} 1 L)"
        case Quantity.NTK if stated.numbers.b == 0:
            return "(ntk kappa kappa' c L)"
        case Quantity.NNGP | Quantity.NORMALIZED_NNGP:
            return "(nngp kappa c L)"
        case _:
            raise BeyondReach("of smooth maps, the correlation, the tangent kernel and its normalisation are exported")


def _in_c(expression: Expr) -> Expr:
    """An expression in theta as one in c."""
    found = expression.replace(
        lambda e: e.is_Pow and e.base == sin(_T) and e.exp.is_even, lambda e: (1 - _C**2) ** (e.exp / 2)
    )
    return found.subs(cos(_T), _C)


# --- critical ---


def _critical(statement: Depth, stated: Stated) -> tuple[str, str]:
    k = stated.constants
    curve, width, right = (1 + k["k_lo"]) / 4, (1 - k["k_hi"]) / 4, 1 - k["a1"]
    base = " ".join(["a", "beta", *(rational(value) for value in (k["gamma"], curve, width, right))])
    more = " ".join(rational(k[name]) for name in ("b1", "E", "Z", "K", "alpha", "drift", "C"))
    instance = (
        f"Lemma critical : critical_map kappa kappa' {base}.\n"
        "Proof. apply (critical_series _ _ _ _ _ _ _ _ _ map); unfold kappa, kappa', gamma; between_numbers. Qed.\n"
        f"Theorem certificate : critical_constants {base} {more}.\n"
        "Proof. constructor; unfold a, beta; between_numbers. Qed.\n"
    )
    domain = _within(statement.correlations, closed=False)
    value = _value(statement, stated)
    head = f"Theorem claim c : {domain} -> Un_cv (fun L => {{}}) {{}}.\n"
    applied = "_ _ _ _ _ _ _ _ critical"
    match statement.holds, statement.quantity:
        case Limit(target=target), Quantity.NORMALIZED_NTK if target == Rational(1, 3):
            proof = f"intros H. apply (smooth_limit {applied} {stated.bias} c); nonnegative."
            return instance, head.format(value, "(1/3)") + f"Proof. {proof} Qed.\n"
        case Expansion(terms=terms), Quantity.NORMALIZED_NTK:
            weight = _log_weight(stated)
            if is_zero(sum(terms) - Rational(1, 3) - weight * log(_L) / _L) is not Answer.YES:
                raise BeyondReach(f"the expansion is 1/3 + {weight}*log(L)/L; the claim's is another")
            sequence = f"({value} - 1/3) * INR L / ln (INR L)"
            proof = (
                f"intros H. assert (X := smooth_log_limit {applied} {stated.bias} c ltac:(nonnegative) ltac:(lra)).\n"
                "cbv zeta in X. "
                f"replace ((a^2 - beta) / a / (3 * a)) with {term(weight)} in X by (unfold a, beta; field). exact X."
            )
            return instance, head.format(sequence, term(weight)) + f"Proof. {proof} Qed.\n"
        case Expansion(terms=terms), Quantity.NNGP | Quantity.NORMALIZED_NNGP:
            a = stated.exactly("a")
            if a is None or is_zero(sum(terms) - 1 + 1 / (a * _L)) is not Answer.YES:
                raise BeyondReach("of expansions of the correlation, 1 - 1/(a*L) with a = kappa''(1)/2 is exported")
            proof = (
                f"intros H. replace {term(1 / a)} with (1 / a) by (unfold a; field). "
                "apply (smooth_nngp_limit _ _ _ _ _ _ _ _ c critical); lra."
            )
            return instance, head.format(f"(1 - {value}) * (INR L + 1)", term(1 / a)) + f"Proof. {proof} Qed.\n"
        case Chain() as chain, Quantity.NTK:
            return instance, _critical_chain(statement, stated, chain, domain)
        case _:
            raise BeyondReach(
                "of smooth critical maps, the limit 1/3, expansions and bounds of the tangent kernel are exported"
            )


def _curvature(stated: Stated) -> Expr:
    """kappa''(1)/2, exactly."""
    a = stated.exactly("a")
    if a is None:
        raise BeyondReach("the second derivative of the map at 1 is not rational")
    return a


def _log_weight(stated: Stated) -> Expr:
    """The coefficient of log(L)/L, exactly."""
    a, beta = _curvature(stated), stated.exactly("beta")
    if beta is None:
        raise BeyondReach("the third derivative of the map at 1 is not rational")
    return (a**2 - beta) / (3 * a**2)


def _critical_chain(statement: Depth, stated: Stated, chain: Chain, domain: str) -> str:
    value, first = _value(statement, stated), statement.depth_low
    parts_ = halves(chain, statement.correlations, first)
    a, weight = _curvature(stated), _log_weight(stated)
    own = f"ln (1 + {term(a)} * (1 - c) * INR L)"
    shown, blocks = [], []
    for half in parts_:
        bound = _in_c(half.bound)
        pole, constant = _coefficients(bound, a, weight, stated, half)
        relation = "<" if half.strict else "<="
        shown.append(f"({value} {relation} {term(bound)})" if half.upper else f"({term(bound)} {relation} {value})")
        form = f"((INR L + 1)/3 + {term(weight)} * {own} + {term(pole)} * / (1 - c) + {term(constant)})"
        logs = [argument for argument in bound.atoms(log)]
        named = "".join(f"replace {term(one)} with ({own}) by (f_equal; field); " for one in logs)
        size = pole - 1 / (3 * a) if half.upper else -pole
        blocks.append(
            f"{{ assert (E : {term(bound)} = {form}) by ({named}field; lra). rewrite E.\n"
            f"  assert (0 <= {term(size)} * / (1 - c)) by (apply Rmult_le_pos; lra). lra. }}"
        )
    both = _AND.join(shown)
    opening = f"{_SPLIT}\n" if len(parts_) > 1 else ""
    return (
        f"Theorem claim c L : {domain} -> ({first} <= L)%nat ->\n  {both}.\n"
        "Proof.\nintros H N. assert (I : 0 < / (1 - c)) by (apply Rinv_0_lt_compat; lra).\n"
        "assert (X := claim_smooth_ntk _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ critical certificate c L ltac:(lra)).\n"
        f"replace ((a^2 - beta) / a / (3 * a)) with {term(weight)} in X by (unfold a, beta; field).\n"
        f"replace (1 / (3 * a)) with {term(1 / (3 * a))} in X by (unfold a; field). unfold a in X.\n"
        + opening
        + "\n".join(blocks)
        + "\nQed.\n"
    )


def _coefficients(bound: Expr, a: Expr, weight: Expr, stated: Stated, half: Half) -> tuple[Expr, Expr]:
    """Of bound = (L+1)/3 + weight log(1 + a (1-c) L) + pole/(1-c) + constant; checked against the certificate."""
    u = Symbol("u", positive=True)
    rest = expand((bound - (_L + 1) / 3).subs(_C, 1 - u))
    logs = rest.atoms(log)
    mine = sum((rest.coeff(one) for one in logs), Integer(0))
    if any(is_zero(one.args[0] - 1 - a * u * _L) is not Answer.YES for one in logs) or mine != weight:
        raise BeyondReach("the logarithm of the bound is not that of the certificate")
    rest = expand(rest - sum((rest.coeff(one) * one for one in logs), Integer(0)))
    collected = collect(rest, u, evaluate=False)
    pole, constant = collected.pop(1 / u, Integer(0)), collected.pop(Integer(1), Integer(0))
    if collected or pole.free_symbols or constant.free_symbols:
        raise BeyondReach("the bound is not linear in L, 1/(1 - c) and the logarithm of the certificate")
    offset = Rational(stated.constants["C"].numerator, stated.constants["C"].denominator)
    fits = (
        (compare(pole, 1 / (3 * a)) >= 0 and compare(constant, offset) >= (1 if half.strict else 0))
        if half.upper
        else (compare(pole, Integer(0)) <= 0 and compare(constant, -offset) <= (-1 if half.strict else 0))
    )
    if not fits:
        raise BeyondReach("the certificate's constants do not imply the bound")
    return pole, constant


# --- ordered ---


def _ordered(statement: Depth, stated: Stated) -> tuple[str, str]:
    k = stated.constants
    r, second, slope = (rational(k[name]) for name in ("r", "second", "P"))
    domain, value, first = _within(statement.correlations, closed=True), _value(statement, stated), statement.depth_low
    if not isinstance(statement.holds, Chain):
        raise BeyondReach(
            "of the ordered phase, bounds of the correlation and of the normalised tangent kernel are exported"
        )
    chi = "assert (CHI : kappa' 1 <= {r} < 1) by (unfold kappa'; between_numbers)."
    facts = [
        "intros H N. assert (LN := pos_INR L).",
        chi.format(r=r),
        f"assert (V : 0 <= {r}^L * (1 - c)) by (apply Rmult_le_pos; [apply pow_le; lra | lra]).",
        f"assert (VL : 0 <= {r}^L * (1 - c) * INR L) by (apply Rmult_le_pos; lra).",
    ]
    pointwise = statement.quantity in (Quantity.NNGP, Quantity.NORMALIZED_NNGP)
    if pointwise:
        facts.append(f"assert (X := smooth_ordered_nngp _ _ _ _ _ map {r} CHI ltac:(lra) c L ltac:(lra)).")
    else:
        facts.append(
            f"assert (X := smooth_ordered _ _ _ _ _ map {r} {second} {stated.bias} {slope} CHI ltac:(lra) "
            "ltac:(unfold a; between_numbers) ltac:(nonnegative) ltac:(between_numbers) c L ltac:(lra)). apply Rabs_elim in X."
        )
    shown, blocks = [], []
    for half in halves(statement.holds, statement.correlations, first):
        bound = _in_c(half.bound)
        flat, rising = _rates_of(bound, stated)
        wanted = (Rational(1), Rational(0)) if pointwise else _sizes(stated)
        sign = 1 if half.upper else -1
        if pointwise and half.upper:
            wanted = Rational(0), Rational(0)
        if half.strict or any(compare(sign * w, q) < 0 for w, q in zip((flat, rising), wanted, strict=True)):
            raise BeyondReach("the certificate's constants do not imply the bound")
        shown.append(f"({value} <= {term(bound)})" if half.upper else f"({term(bound)} <= {value})")
        form = f"(1 + {term(flat)} * ({r}^L * (1 - c)) + {term(rising)} * ({r}^L * (1 - c) * INR L))"
        blocks.append(
            f"{{ assert (E : {term(bound)} = {form}) by ring. rewrite E. {_spent(flat, rising, wanted, sign, r)}lra. }}"
        )
    opening = [_SPLIT] if len(shown) > 1 else []
    head = f"Theorem claim c L : {domain} -> ({first} <= L)%nat ->\n  {_AND.join(shown)}.\n"
    return "", head + "Proof.\n" + "\n".join([*facts, *opening, *blocks]) + "\nQed.\n"


def _spent(flat: Expr, rising: Expr, wanted: tuple[Rational, Rational], sign: int, rate: str) -> str:
    """What the claim leaves beyond the theorem, as nonnegative products."""
    v = f"({rate}^L * (1 - c))"
    left = (sign * flat - wanted[0], sign * rising - wanted[1])
    products = zip(left, (v, f"({v} * INR L)"), strict=True)
    return "".join(
        f"assert (0 <= {term(x)} * {y}) by (apply Rmult_le_pos; lra). "
        for x, y in products
        if compare(x, Integer(0)) > 0
    )


def _sizes(stated: Stated) -> tuple[Rational, Rational]:
    """Of (1 + b) r^L (1 - c) (1 + P L)."""
    b, slope = stated.numbers.b, stated.constants["P"]
    if not b.is_Rational:
        raise BeyondReach("the variance of the biases must be rational")
    return Rational(1) + b, (1 + b) * Rational(slope.numerator, slope.denominator)


def _rates_of(bound: Expr, stated: Stated) -> tuple[Expr, Expr]:
    """Of bound = 1 + flat r^L (1-c) + rising r^L (1-c) L."""
    r = Rational(stated.constants["r"].numerator, stated.constants["r"].denominator)
    rest = expand(((bound - 1) / (1 - _C)).simplify() * r ** (-_L))
    rest = expand(rest.simplify())
    rising = rest.coeff(_L)
    flat = expand(rest - rising * _L)
    if flat.free_symbols or rising.free_symbols:
        raise BeyondReach(f"the bound is not 1 + (p + q*L)*({r})^L*(1 - c)")
    return flat, rising


# --- chaotic ---


def _chaotic(statement: Depth, stated: Stated) -> tuple[str, str]:
    k = stated.constants
    match statement.holds:
        case Chain(sides=(Abs(args=(inner,)), right), relations=("<=",)) if inner == symbols.value:
            size, width, exponent, rate = _envelope(_in_c(right))
        case _:
            raise BeyondReach("of the chaotic phase, bounds of abs(value) are exported")
    domain = statement.correlations
    if compare(domain.low, Integer(-1)) == 0 and domain.low_closed:
        raise BeyondReach("the domain must lie in -1 < c < 1")
    shown = _within(domain, closed=False)
    normalised = statement.quantity is Quantity.NORMALIZED_NTK
    value = "(ntk kappa kappa' c L / ntk kappa kappa' 1 L)" if normalised else _value(statement, stated)
    first = statement.depth_low
    names = ("hi", "at_hi", "chi_lo", "chi_hi", "rho", "s", "p", "q", "A", "B", "g")
    h, _, _, _, rho, _, p, q, big, small, g = (rational(k[name]) for name in names)
    arguments = " ".join(rational(k[name]) for name in names)
    correlations = statement.quantity in (Quantity.NNGP, Quantity.NORMALIZED_NNGP)
    pieces = (f"(/ {rho})", "0", p, rho) if correlations else (big, small, q, g)
    lemma = "smooth_chaotic_nngp" if correlations else "smooth_chaotic"
    bound = f"{term(size)} * (1 + {term(width)} * / (1 - c^2))^{exponent}"
    instance = (
        "Lemma point : kappa "
        + h
        + " <= "
        + rational(k["at_hi"])
        + " < "
        + h
        + f" /\\ {rational(k['chi_lo'])} <= kappa' 1 <= {rational(k['chi_hi'])} /\\ kappa' {h} <= {rho} < 1.\n"
        "Proof. unfold kappa, kappa'; repeat split; between_numbers. Qed.\n"
    )
    zero = " ltac:(unfold kappa; lra)" if correlations else ""
    lra, numbers = "ltac:(lra)", "ltac:(between_numbers)"
    proof = [
        "intros H N. destruct point as [P1 [P2 P3]].",
        f"assert (X := {lemma} _ _ _ _ _ map {arguments} {lra} P1 {lra} {lra} P3 {lra} {lra}",
        f"  {' '.join([numbers] * 6)} c {lra} L{zero}).",
        f"assert (Y := chaotic_bound {' '.join(pieces[:2])} {h} {pieces[2]} c {term(width)} {term(size)} {exponent}",
        f"  {lra} {lra} {numbers} {lra} {numbers} {lra} ltac:(simpl INR; lra)).",
        f"assert (P : {pieces[3]}^L <= {term(rate)}^L) by (apply pow_incr; lra).",
        f"assert (P0 : 0 <= {pieces[3]}^L) by (apply pow_le; lra).",
        "eapply Rle_trans. exact X.",
        "eapply Rle_trans; [apply Rmult_le_compat_r; [exact P0 | eapply Rle_trans; [|exact Y]; lra] |].",
        "apply Rmult_le_compat_l; [|exact P].",
        "apply Rmult_le_pos; [lra | apply pow_le; assert (0 < / (1 - c^2)) by (apply Rinv_0_lt_compat; nra); nra].",
    ]
    head = f"Theorem claim c L : {shown} -> ({first} <= L)%nat ->\n  Rabs {value} <= {bound} * {term(rate)}^L.\n"
    return instance, head + "Proof.\n" + "\n".join(proof) + "\nQed.\n"


def _envelope(bound: Expr) -> tuple[Expr, Expr, int, Rational]:
    """K (1 + w/(1 - c^2))^e r^L."""
    size, width, exponent, rate = Integer(1), None, 0, None
    for factor in bound.as_ordered_factors():
        if not factor.free_symbols:
            size *= factor
        elif isinstance(factor, Pow) and factor.exp == _L and factor.base.is_Rational:
            rate = factor.base
        elif isinstance(factor, Pow) and factor.exp == -_L and factor.base.is_Rational:
            rate = 1 / factor.base
        elif isinstance(factor, Pow) and factor.exp.is_Integer and factor.exp > 0:
            width, exponent = nsimplify(((factor.base - 1) * (1 - _C**2)).simplify()), int(factor.exp)
    if (
        width is None
        or rate is None
        or width.free_symbols
        or is_zero(size * (1 + width / (1 - _C**2)) ** exponent * rate**_L - bound) is not Answer.YES
    ):
        raise BeyondReach("the bound is not K*(1 + w/sin(theta)^2)^e*r^L")
    return size, width, exponent, rate
