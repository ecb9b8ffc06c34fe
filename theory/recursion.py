r"""Kernel recursions derived from the layers of a network by one rule per layer.

Source. The rules are those of the infinite-width limit (Neal 1996; Lee et al. 2018; Jacot et al. 2018; Yang 2020), in the
conventions of ``theory.network``. For a pair of inputs write K for the NNGP kernel, q_1, q_2 for its values at each single
input, and T for the tangent kernel of the layers so far.

    dense         K -> s K + b,           T -> s T + [W trained] s K + [b trained] b       (s, b: weight, bias variance)
    nonlinearity  K -> E[phi(u)phi(v)],   T -> E[phi'(u)phi'(v)] T,   (u,v) ~ N(0, [[q_1,K],[K,q_2]])   (both / c_phi)
    scale         K -> f^2 K,             T -> f^2 T
    layer norm    K -> K / sqrt(q_1 q_2), q -> 1,   T -> T / sqrt(q_1 q_2)
    residual      K -> K_shortcut + K_branch, likewise T: the branch ends in fresh zero-mean weights, so cross terms vanish
    given         K -> q kappa(K/q), T -> F(K/q) T + q S(K/q), q = sqrt(q_1 q_2): a recursion of one's own, lengths unchanged

Layer normalisation. y = x/|x| has the Jacobian (I - y y^T)/|x|, and |x|^2 -> q; its input is Gaussian with zero mean, so
that the subtracted mean, of size m^(-1/2), is gone in the limit. The tangent kernel of the m neurons of x is T times the
identity, so that of y is T/sqrt(q_1 q_2) A with A = (I - y y^T)(I - y' y'^T). What comes next, the diagonals D, D' of slopes
and fresh weights of variance 1/m, takes the trace tr(D A D')/m. The identity in A gives E[phi'(u)phi'(v)]; what differs from
it has rank two and bounded eigenvalues, so that its trace is O(1) and its share O(1/m). Only 1/sqrt(q_1 q_2) stays. As the
norm is a number in the limit, y is Gaussian where x is.

Idea. The body of the Repeat maps the trunk state (K, T) to the next one. The layers behind it (the readout) are affine in
(K, T); the recursion is stated for the *output* kernels, i.e. conjugated by the readout. For ``ffnet`` this is the form
Theta_l = kappa-dot Theta_{l-1} + Sigma_l of the literature.

What can go wrong. A nonlinearity needs a Gaussian input and a residual branch needs fresh weights behind its last
nonlinearity; otherwise the rules do not hold and an InputError says so.
"""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from sympy import Add, Dummy, Expr, Integer, Mul, Symbol, expand, factor_terms, fraction, together

from theory import symbols
from theory.activations import homogeneous_degree
from theory.algebra import Answer, is_zero
from theory.constants import enclose
from theory.derivation import Derivation, Step
from theory.duals import dual, in_angle
from theory.errors import BeyondReach, InputError
from theory.network import Dense, Given, Layer, LayerNorm, Network, Nonlinearity, Residual, Scale
from theory.positive import first_not_positive
from theory.show import aligned, formula

_LONG = 12
"""Operations in a constant beyond which it is not multiplied out."""
_LARGE = 200
"""Operations in a formula beyond which no shorter one is sought."""


@dataclass(frozen=True, kw_only=True)
class _State:
    """Kernels of the layers so far; ``lengths`` is None where the two inputs coincide."""

    nngp: Expr
    ntk: Expr
    lengths: tuple[Expr, Expr] | None
    gaussian: bool


@dataclass(frozen=True, kw_only=True)
class KernelRecursion:
    """Output kernels at depth l from those at depth l - 1, l = 1..L.

    nngp_next, ntk_next           in K, q1, q2, T (and l, L, parameters)
    length_next                   in q
    ntk_diagonal_next             in q, Td
    *_initial                     at depth 0; nngp and ntk in c, the others one value per input
    """

    network: Network
    nngp_next: Expr
    length_next: Expr
    ntk_next: Expr
    ntk_diagonal_next: Expr
    nngp_initial: Expr
    length_initial: tuple[Expr, Expr]
    ntk_initial: Expr
    ntk_diagonal_initial: tuple[Expr, Expr]

    @cached_property
    def derivation(self) -> Derivation:
        """The rules applied, in order; found when asked for, since the recursion does without."""
        network, recorder = self.network, _Recorder()
        start, pair = _inputs(network), _trunk(network)
        for layers, state, part in (
            (network.before, start, "before"),
            (network.body, pair, "body"),
            (network.after, replace(pair, gaussian=True), "readout"),
        ):
            recorder.run(layers, state, part)
        recorder.composed(self.nngp_next, self.ntk_next)
        return Derivation(title=f"Kernel recursion of {network.name}", steps=tuple(recorder.steps))

    def _repr_latex_(self) -> str:
        """LaTeX for Jupyter: the kernels one layer on, in those of this layer."""
        rows = (("K'", self.nngp_next), ("q'", self.length_next), (r"\Theta'", self.ntk_next))
        return aligned((name, formula(value)) for name, value in rows)


@dataclass(frozen=True, kw_only=True)
class CorrelationRecursion:
    """The recursion divided by the length: c_l = K/q, t_l = Theta/q, for inputs of equal length.

    correlation        c_l as a function of c_{l-1}
    factor, source     t_l = factor(c_{l-1}) t_{l-1} + source(c_{l-1})
    initial            t_0 as a function of c
    diagonal_*         the same at c = 1
    growth             q_l / q_{l-1}
    length             q_0
    """

    network: Network
    correlation: Expr
    factor: Expr
    source: Expr
    initial: Expr
    diagonal_factor: Expr
    diagonal_source: Expr
    diagonal_initial: Expr
    growth: Expr
    length: Expr

    def _repr_latex_(self) -> str:
        """LaTeX for Jupyter: c and t = Theta/q one layer on."""
        step = self.factor * symbols.ntk + self.source
        return aligned([("c'", formula(self.correlation)), ("t'", formula(step).replace(r"\Theta", "t"))])


@dataclass(frozen=True, kw_only=True)
class CorrelationValues:
    """c_L and t_L as expressions in theta, and t_L at one input."""

    correlation: Expr
    ntk: Expr
    ntk_diagonal: Expr


@lru_cache(maxsize=256)
def derive(network: Network) -> KernelRecursion:
    """Derive the kernel recursion of a network.

    raises  InputError where a rule does not apply, NoClosedForm where a Gaussian integral has none

    >>> from theory.activations import activation
    >>> from theory.architectures import ffnet
    >>> derive(ffnet(activation("identity"))).ntk_next
    K + T
    """
    if network.squared_norms[0].is_nonpositive or network.squared_norms[1].is_nonpositive:
        raise InputError(f"squared_norms={network.squared_norms}: the squared norms of the inputs are positive")
    recorder, start, pair = _Recorder(), _inputs(network), _trunk(network)
    trunk = recorder.run(network.before, start, None)
    singles = [
        recorder.run(network.before, replace(start, nngp=norm, lengths=None), None) for norm in network.squared_norms
    ]
    single = _State(nngp=symbols.length, ntk=symbols.ntk_diagonal, lengths=None, gaussian=pair.gaussian)
    body, body_single = recorder.run(network.body, pair, None), recorder.run(network.body, single, None)
    for layer in network.after:
        if not isinstance(layer, Dense | Scale):
            raise InputError(f"network={network.name}: layers behind the Repeat are Dense or Scale; got {layer}")
    readout = recorder.run(network.after, replace(pair, gaussian=True), None)
    readout_single = recorder.run(network.after, replace(single, gaussian=True), None)
    nngp_out, length_out = _affine(readout.nngp, symbols.nngp), _affine(readout_single.nngp, symbols.length)

    def output(state: _State) -> tuple[Expr, Expr]:
        """The readout applied to a trunk state."""
        last = recorder.run(network.after, replace(state, gaussian=True), None)
        return last.nngp, last.ntk

    # conjugate: trunk state as a function of the output kernels
    ntk_rest, ntk_slope = _affine(readout.ntk, symbols.ntk)
    if ntk_slope == 0 or nngp_out[1] == 0:
        raise InputError(f"network={network.name}: the readout forgets its input")
    back = {symbols.nngp: (symbols.nngp - nngp_out[0]) / nngp_out[1]}
    for length in (symbols.length1, symbols.length2, symbols.length):
        back[length] = (length - length_out[0]) / length_out[1]
    rest_single, slope_single = _affine(readout_single.ntk, symbols.ntk_diagonal)
    back[symbols.ntk] = (symbols.ntk - ntk_rest.subs(back, simultaneous=True)) / ntk_slope
    back[symbols.ntk_diagonal] = (
        symbols.ntk_diagonal - rest_single.subs({symbols.length: back[symbols.length]})
    ) / slope_single
    nngp_next, ntk_next = (_tidy(e.subs(back, simultaneous=True)) for e in output(body))
    length_next, diagonal_next = (_tidy(e.subs(back, simultaneous=True)) for e in output(body_single))
    nngp_initial, ntk_initial = output(trunk)
    initial_singles = [output(state) for state in singles]
    return KernelRecursion(
        network=network,
        nngp_next=nngp_next,
        length_next=length_next,
        ntk_next=ntk_next,
        ntk_diagonal_next=diagonal_next,
        nngp_initial=expand(nngp_initial),
        length_initial=(expand(initial_singles[0][0]), expand(initial_singles[1][0])),
        ntk_initial=expand(ntk_initial),
        ntk_diagonal_initial=(expand(initial_singles[0][1]), expand(initial_singles[1][1])),
    )


def _inputs(network: Network) -> _State:
    """The kernels of two inputs in front of the first layer."""
    norm1, norm2 = network.squared_norms
    return _State(nngp=symbols.c * _root(norm1 * norm2), ntk=Integer(0), lengths=(norm1, norm2), gaussian=False)


def _trunk(network: Network) -> _State:
    """The kernels in front of a copy of the body, as letters."""
    return _State(
        nngp=symbols.nngp,
        ntk=symbols.ntk,
        lengths=(symbols.length1, symbols.length2),
        gaussian=_body_input_is_gaussian(network),
    )


@lru_cache(maxsize=256)
def correlation_form(network: Network) -> CorrelationRecursion | None:
    """The recursion in c and t = Theta/q, or None where the length enters the map in another way.

    It exists where the body and the readout multiply their kernels by r when lengths and kernels in front of them are
    multiplied by r, as without bias and with nonlinearities of degree one, or where both inputs have a length that the
    network keeps (q' = q, decided by replayed algebra); and where the layers in front of the body keep the correlation.
    """
    recursion = derive(network)
    q1, q2 = recursion.length_initial
    homogeneous = (
        _degree(network.before, 1) is not None and _degree(network.body, 1) == 1 and _degree(network.after, 1) == 1
    )
    start = _root(q1 * q2)
    if (q1 != q2 and not homogeneous) or is_zero(recursion.nngp_initial - symbols.c * start) is not Answer.YES:
        return None  # layers in front of the body that move the correlation
    if homogeneous:
        unit = Integer(1)
        at_unit = {symbols.length: unit, symbols.length1: unit, symbols.length2: unit}
        nngp = recursion.nngp_next.subs({**at_unit, symbols.nngp: symbols.c})
        ntk = recursion.ntk_next.subs({**at_unit, symbols.nngp: symbols.c})
        ntk_diagonal = recursion.ntk_diagonal_next.subs(at_unit)
        growth = _tidy(recursion.length_next.subs(at_unit))
    else:
        kept = _at_kept_length(network)
        if kept is None:
            return None
        unit, nngp, ntk, ntk_diagonal = kept
        growth = Integer(1)
    rest, slope = _affine(ntk, symbols.ntk)
    rest_d, slope_d = _affine(ntk_diagonal, symbols.ntk_diagonal)
    return CorrelationRecursion(
        network=network,
        correlation=_tidy(nngp / (unit * growth)),
        factor=_tidy(slope / growth),
        source=_tidy(rest / (unit * growth)),
        initial=expand(recursion.ntk_initial / start),
        diagonal_factor=_tidy(slope_d / growth),
        diagonal_source=_tidy(rest_d / (unit * growth)),
        diagonal_initial=expand(recursion.ntk_diagonal_initial[0] / q1),
        growth=growth,
        length=start,
    )


def _at_kept_length(network: Network) -> tuple[Expr, Expr, Expr, Expr] | None:
    """Length q and K', T', Td' of the outputs at K = c q, in c, T and Td; None where the body does not keep the length.

    The rules are applied to the numbers themselves: at the critical point w q + b is Q as it stands, and stays so in
    moments that have no closed form, where no algebra could find it later.
    """
    recorder = _Recorder()
    readout = tuple(layer for layer in network.after if isinstance(layer, Dense | Scale))
    starts = [
        recorder.run(network.before, _State(nngp=norm, ntk=Integer(0), lengths=None, gaussian=False), None)
        for norm in network.squared_norms
    ]
    length = starts[0].nngp
    gaussian = _body_input_is_gaussian(network)
    single = _State(nngp=length, ntk=symbols.ntk_diagonal, lengths=None, gaussian=gaussian)
    pair = _State(nngp=symbols.c * length, ntk=symbols.ntk, lengths=(length, length), gaussian=gaussian)
    body, body_single = recorder.run(network.body, pair, None), recorder.run(network.body, single, None)
    if any(is_zero(other - length) is not Answer.YES for other in (starts[1].nngp, body_single.nngp)):
        return None
    outputs = []
    for now, after, letter in ((pair, body, symbols.ntk), (single, body_single, symbols.ntk_diagonal)):
        # T of the body is (T' - rest)/slope of the output kernels T', where the readout gives rest + slope T
        rest, slope = _affine(recorder.run(readout, replace(now, gaussian=True), None).ntk, letter)
        behind = recorder.run(readout, replace(after, gaussian=True), None)
        outputs.append((behind.nngp, behind.ntk.subs(letter, (letter - rest) / slope)))
    unit = recorder.run(readout, replace(single, gaussian=True), None).nngp
    return unit, outputs[0][0], outputs[0][1], outputs[1][1]


def diagonal_closed_form(form: CorrelationRecursion) -> tuple[Expr, Expr] | None:
    """K_L(x,x) and Theta_L(x,x) in L, where growth, factor and source at c = 1 are the same in every layer.

    There t_l = A t_{l-1} + B is solved by the geometric sum, by induction on l.

    >>> from theory.activations import activation
    >>> from theory.architectures import ffnet
    >>> found = correlation_form(ffnet(activation("relu")))
    >>> None if found is None else diagonal_closed_form(found)
    (1, L + 1)
    """
    factor, source, growth = form.diagonal_factor, form.diagonal_source, form.growth
    if any(e.has(symbols.layer) for e in (factor, source, growth)):
        return None
    depth = symbols.depth
    nngp = form.length * growth**depth
    if is_zero(factor - 1) is Answer.YES:
        return nngp, nngp * (form.diagonal_initial + depth * source)
    return nngp, nngp * (factor**depth * form.diagonal_initial + source * (factor**depth - 1) / (factor - 1))


class _Recorder:
    """Applies the rules and keeps one step per rule of the labelled parts."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def run(self, layers: tuple[Layer, ...], state: _State, part: str | None) -> _State:
        """The state behind the layers; steps are kept where the part has a name."""
        for layer in layers:
            state = self._apply(layer, state, part)
        return state

    def composed(self, nngp_next: Expr, ntk_next: Expr) -> None:
        """Close the derivation with the recursion of the output kernels."""
        for name, rhs in (("K_{\\ell}", nngp_next), ("\\Theta_{\\ell}", ntk_next)):
            self.steps.append(
                Step(
                    lhs=Symbol(name),
                    rhs=rhs,
                    rule="compose",
                    reason="the body followed by the readout, in terms of the output kernels one layer below",
                )
            )

    def _apply(self, layer: Layer, state: _State, part: str | None) -> _State:
        match layer:
            case Dense():
                after = _dense(layer, state)
            case Nonlinearity():
                after = _nonlinearity(layer, state)
            case Scale():
                factor = layer.factor**2
                after = replace(
                    state,
                    nngp=factor * state.nngp,
                    ntk=factor * state.ntk,
                    lengths=None if state.lengths is None else (factor * state.lengths[0], factor * state.lengths[1]),
                )
            case LayerNorm():
                after = _layer_norm(state)
            case Residual():
                after = self._residual(layer, state, part)
            case Given():
                after = _given(layer, state)
            case _:
                raise InputError(f"layer={type(layer).__name__}: a Repeat inside a Repeat is not supported")
        if part is not None:
            name = type(layer).__name__.lower()
            for letter, before, value in (("K", state.nngp, after.nngp), ("T", state.ntk, after.ntk)):
                self.steps.append(
                    Step(
                        lhs=Symbol(f"{letter}_{{\\mathrm{{{name}}}}}"),
                        rhs=value,
                        rule=name,
                        reason=f"{_REASONS[name]} ({part}; the input has {letter} = {before})",
                    )
                )
        return after

    def _residual(self, layer: Residual, state: _State, part: str | None) -> _State:
        if not _ends_in_fresh_weights(layer.branch):
            raise InputError("layer=Residual: the branch needs a Dense layer behind its last nonlinearity")
        branch = self.run(layer.branch, state, part)
        shortcut = self.run(layer.shortcut, state, part)
        lengths = None
        if branch.lengths is not None and shortcut.lengths is not None:
            lengths = (branch.lengths[0] + shortcut.lengths[0], branch.lengths[1] + shortcut.lengths[1])
        return _State(
            nngp=shortcut.nngp + branch.nngp,
            ntk=shortcut.ntk + branch.ntk,
            lengths=lengths,
            gaussian=shortcut.gaussian and branch.gaussian,
        )


_REASONS = {
    "dense": "fresh Gaussian weights: K -> s K + b; the trained ones add their own kernel to T",
    "nonlinearity": "Gaussian expectation of the activation, and of its derivative as the factor of T",
    "scale": "kernels scale by the square of the factor",
    "layernorm": "division by the length of each input; the rank-one part of the Jacobian vanishes as the width grows",
    "residual": "shortcut plus branch; the cross terms vanish as the width grows",
    "given": "as stated, in the correlation",
}


def _dense(layer: Dense, state: _State) -> _State:
    weight, bias = layer.weight_variance, layer.bias_variance
    own = (weight * state.nngp if layer.train_weight else Integer(0)) + (bias if layer.train_bias else Integer(0))
    lengths = None
    if state.lengths is not None:
        lengths = (weight * state.lengths[0] + bias, weight * state.lengths[1] + bias)
    return _State(nngp=weight * state.nngp + bias, ntk=weight * state.ntk + own, lengths=lengths, gaussian=True)


def _layer_norm(state: _State) -> _State:
    if state.lengths is None:
        if state.nngp == 0:
            raise InputError("layer=LayerNorm: its input is 0; the layers in front need a variance > 0")
        return replace(state, nngp=Integer(1), ntk=state.ntk / state.nngp)
    if 0 in state.lengths:
        raise InputError("layer=LayerNorm: its input is 0; the layers in front need a variance > 0")
    size = _root(state.lengths[0]) * _root(state.lengths[1])
    return replace(state, nngp=state.nngp / size, ntk=state.ntk / size, lengths=(Integer(1), Integer(1)))


def _given(layer: Given, state: _State) -> _State:
    wrong = first_not_positive(layer.functions)
    if wrong is not None:
        raise BeyondReach(
            f"{wrong} = {layer.functions[wrong]}: it is not shown to be a sum of a_k c^k with every a_k >= 0, which maps of "
            "kernels are (Schoenberg 1942)"
        )
    size = state.nngp if state.lengths is None else _root(state.lengths[0] * state.lengths[1])
    at = Integer(1) if state.lengths is None else state.nngp / size
    corr, factor, source = (e.subs(symbols.c, at) for e in (layer.correlation, layer.factor, layer.source))
    return replace(state, nngp=size * corr, ntk=factor * state.ntk + size * source)


def _nonlinearity(layer: Nonlinearity, state: _State) -> _State:
    if not state.gaussian:
        raise InputError("layer=Nonlinearity: its input must come from a Dense layer (Gaussian); put one in front")
    moments = dual(layer.activation)
    norm = moments.second_moment.subs(symbols.length, 1) if layer.normalised else Integer(1)
    if norm == 0:
        raise InputError(f"activation={layer.activation.name}: it is 0 almost everywhere and cannot be normalised")

    def at(expression: Expr) -> Expr:
        if state.lengths is None:
            return expression.subs(symbols.length, state.nngp) / norm
        values = {symbols.nngp: state.nngp, symbols.length1: state.lengths[0], symbols.length2: state.lengths[1]}
        return expression.subs(values, simultaneous=True) / norm

    lengths = None
    if state.lengths is not None:
        single = moments.second_moment
        lengths = (
            single.subs(symbols.length, state.lengths[0]) / norm,
            single.subs(symbols.length, state.lengths[1]) / norm,
        )
        return _State(
            nngp=at(moments.covariance),
            ntk=at(moments.derivative_covariance) * state.ntk,
            lengths=lengths,
            gaussian=False,
        )
    return _State(
        nngp=at(moments.second_moment),
        ntk=at(moments.derivative_second_moment) * state.ntk,
        lengths=None,
        gaussian=False,
    )


def _ends_in_fresh_weights(branch: tuple[Layer, ...]) -> bool:
    """Whether a Dense layer stands behind the last nonlinearity of the branch, so that its output is fresh."""
    for layer in reversed(branch):
        if isinstance(layer, Dense):
            return True
        if not isinstance(layer, Scale | LayerNorm):
            return False
    return False


def _degree(layers: tuple[Layer, ...], start: int) -> int | None:
    """The n with kernels behind the layers that grow like r^n when lengths and kernels in front grow like r^start.

    start  0 where they do not change at all
    returns None where there is no such n
    """
    degree = start
    for layer in layers:
        found: int | None = degree
        match layer:
            case Dense() if layer.bias_variance != 0 and degree != 0:
                found = None
            case Nonlinearity() if degree != 0:
                own = homogeneous_degree(layer.activation)
                found = None if own is None else own * degree
            case LayerNorm():
                found = 0
            case Residual():
                branch, shortcut = _degree(layer.branch, degree), _degree(layer.shortcut, degree)
                found = branch if branch == shortcut else None
        if found is None:
            return None
        degree = found
    return degree


def _body_input_is_gaussian(network: Network) -> bool:
    """Whether the input of every copy of the body is Gaussian: after the layers before, and after the body itself."""

    def gaussian(layers: tuple[Layer, ...], start: bool) -> bool:
        for layer in layers:
            match layer:
                case Dense():
                    start = True
                case Nonlinearity():
                    start = False
                case Residual():
                    start = gaussian(layer.branch, start) and gaussian(layer.shortcut, start)
        return start

    first = gaussian(network.before, False)
    return first and gaussian(network.body, first)


def _affine(expression: Expr, symbol: Symbol) -> tuple[Expr, Expr]:
    """(rest, slope) with expression = rest + slope * symbol; both are simplified apart."""
    slope = expression.diff(symbol)
    if slope.has(symbol):
        raise InputError(f"kernel={expression}: not affine in {symbol}")
    return _tidy(expression.subs(symbol, 0)), _tidy(slope)


def _root(expression: Expr) -> Expr:
    from sympy import sqrt

    return sqrt(expression)


def _tidy(expression: Expr) -> Expr:
    """The shortest form found that replayed algebra shows to be equal; the expression itself if none is."""
    if expression.is_Atom:
        return expression
    letters: dict[Expr, Symbol] = {}
    hidden = hide_constants(expression, letters)
    size = hidden.count_ops()
    if size > _LARGE:
        return expression
    back = {letter: constant for constant, letter in letters.items()}
    numerator, denominator = fraction(together(hidden))
    spread = expand(numerator)
    candidates = [expand(hidden), numerator / denominator, spread / denominator, factor_terms(spread) / denominator]
    shorter = [candidate for candidate in candidates if candidate.count_ops() < size]
    for candidate in sorted(shorter, key=lambda e: (e.count_ops(), str(e))):
        if is_zero(candidate - hidden) is Answer.YES:
            return candidate.xreplace(back)
    return expression


def hide_constants(expression: Expr, letters: dict[Expr, Symbol]) -> Expr:
    """The expression with a letter for each long constant, so that algebra need not multiply it out.

    letters  what was hidden so far; new constants are added. A constant that is enclosed above 0 has a positive letter
    """
    if expression.is_Atom:
        return expression
    if not expression.free_symbols:
        if expression.count_ops() <= _LONG:
            return expression
        if expression not in letters:
            found = enclose(expression, 30)
            letters[expression] = Dummy(f"k{len(letters)}", real=True, positive=True if found and found > 0 else None)
        return letters[expression]
    if isinstance(expression, Add | Mul):
        constant, rest = expression.as_independent(*expression.free_symbols, as_Add=isinstance(expression, Add))
        parts = rest.args if rest.func is expression.func else (rest,)
        return expression.func(hide_constants(constant, letters), *(hide_constants(part, letters) for part in parts))
    return expression.func(*(hide_constants(argument, letters) for argument in expression.args))


def unroll(network: Network, depth: int) -> CorrelationValues:
    """Closed expressions in theta of the normalised kernels at a small depth, by applying the recursion.

    depth  from 0; the expressions double in size with each layer
    raises InputError where the recursion has no form in the correlation alone
    """
    form = correlation_form(network)
    if form is None:
        raise InputError(f"network={network.name}: its recursion is not one in the correlation alone")
    corr, tangent, diagonal = symbols.c, form.initial, form.diagonal_initial
    for index in range(1, depth + 1):
        at = {symbols.c: corr, symbols.layer: Integer(index), symbols.depth: Integer(depth)}
        now = {symbols.layer: Integer(index), symbols.depth: Integer(depth)}
        tangent = form.factor.subs(at, simultaneous=True) * tangent + form.source.subs(at, simultaneous=True)
        diagonal = form.diagonal_factor.subs(now) * diagonal + form.diagonal_source.subs(now)
        corr = form.correlation.subs(at, simultaneous=True)
    return CorrelationValues(correlation=in_angle(corr), ntk=in_angle(tangent), ntk_diagonal=_tidy(diagonal))
