"""``limit``: one network, its recursion, and the analysis that fits it."""

from dataclasses import fields, replace

from sympy import Expr

from proofs_check.limits.derivation import derivation_of, failed_steps
from proofs_check.limits.fixed_map import analyse
from proofs_check.limits.flows import endures, residual_flow, residual_lengths
from proofs_check.limits.lengths import analyse_lengths
from proofs_check.limits.maps import Map, is_continuous
from proofs_check.limits.result import DepthLimit
from proofs_check.limits.schedules import undefined_layer
from proofs_check.limits.small_steps import analyse_small_steps, small_steps
from proofs_check.signs import sign_of
from theory import symbols
from theory.derivation import Derivation
from theory.errors import BeyondReach, InputError
from theory.forms import shorter
from theory.network import Given, Network, Scale
from theory.recursion import CorrelationRecursion, correlation_form, derive, diagonal_closed_form

ORDERS = 3
"""Terms behind the limit that are derived unless another number is asked for."""


def limit(network: Network, *, orders: int = ORDERS, digits: int = 30) -> DepthLimit:
    """Derive the fate of the kernels of a network as L grows.

    network  without open parameters
    orders   terms of the expansion in 1/L behind the limit
    digits   digits of the balls in the answer
    raises   InputError for an open parameter or a scale that some layer lacks, and what ``theory.recursion.derive`` raises

    >>> from theory.activations import activation
    >>> from theory.architectures import ffnet
    >>> found = limit(ffnet(activation("relu")))
    >>> found.ntk_limit, found.leading_correction
    (1/4, 3*log(L)/(8*L))
    """
    if network.parameters:
        names = ", ".join(sorted(map(str, network.parameters)))
        raise InputError(f"network={network.name}: {names} has no value; a limit needs every parameter")
    _require_scales(network)
    recursion = derive(network)
    form = correlation_form(network)
    base = DepthLimit(network=network)
    unlike = _unlike_a_network(network)
    if unlike is not None:
        return replace(base, status="OPEN", reason=unlike)
    if form is None:
        changing = any(e.has(symbols.layer, symbols.depth) for e in (recursion.nngp_next, recursion.ntk_next))
        if changing or (recursion.length_next.diff(symbols.length).has(symbols.length) and residual_flow(recursion)):
            return residual_lengths(recursion, base)
        return analyse_lengths(recursion, base, orders, digits)
    if _moves(form):
        steps = small_steps(form)
        if steps is None:
            return replace(base, status="OPEN", reason="the layers differ, and do not tend to the identity")
        if any(
            getattr(steps, one.name).has(symbols.layer, symbols.depth) for one in fields(steps) if one.name != "size"
        ):
            return replace(
                base,
                status="OPEN",
                reason="the layers depend on the depth in two ways, each with its own small parameter",
            )
        found = analyse_small_steps(steps, base)
        flow = residual_flow(recursion) if found.status == "OPEN" else None
        large = flow is not None and endures(flow)
        return residual_lengths(recursion, base) if large else found
    base = DepthLimit(network=network, ntk_diagonal=_diagonal(form))
    return analyse(as_map(form), base, orders, digits)


def _require_scales(network: Network) -> None:
    """Refuse scales alpha_l that are no finite real number at one of the layers in front of their asymptotic form."""
    for one in network.walk():
        if isinstance(one, Scale) and one.factor.free_symbols == {symbols.layer}:
            layer = undefined_layer(one.factor)
            if layer is not None:
                raise InputError(
                    f"alpha={one.factor}: no finite real number at layer {layer}; allowed is one that is, at every layer"
                )


def _unlike_a_network(network: Network) -> str | None:
    """What a recursion of one's own lacks of what the theorems use of networks, or None: F = kappa', and S(1) > 0.

    With F(1) >= 1 > kappa'(1), or with S = 0, the normalised tangent kernel may have another limit: for c' = (1 + c)/2,
    Theta' = Theta/2 and Theta_0 = c it is c at every depth.
    """
    for one in (one for one in network.body if isinstance(one, Given)):
        if not is_continuous(network):
            return "the theorems on depth limits are about recursions in which Theta is multiplied by the derivative of kappa"
        if sign_of(one.source.subs(symbols.c, 1)) != 1:
            return (
                "the theorems on depth limits need a term that is added to Theta and positive at c = 1, in every layer"
            )
    return None


def _diagonal(form: CorrelationRecursion) -> Expr | None:
    """Theta_L(x, x), with the factor in its short form."""
    known = diagonal_closed_form(form)
    if known is None:
        return None
    short = replace(form, diagonal_factor=shorter(form.diagonal_factor), diagonal_source=shorter(form.diagonal_source))
    found = diagonal_closed_form(short)
    return None if found is None else found[1]


def derivation(found: DepthLimit) -> Derivation:
    """The steps from the recursion of a network to its limit, each of them checked.

    raises  BeyondReach naming a step whose check failed
    """
    form = correlation_form(found.network)
    same = form is not None and not _moves(form)
    result = derivation_of(found, as_map(form) if form is not None and same else None)
    for step in failed_steps(result, found.balls):
        raise BeyondReach(f"derivation: the step {step.lhs} = {step.rhs} ({step.rule}) was not confirmed")
    return result


def as_map(form: CorrelationRecursion) -> Map:
    """The recursion in the correlation, with its values at one input in short form."""
    return Map(
        correlation=form.correlation,
        factor=form.factor,
        source=form.source,
        initial=form.initial,
        diagonal_factor=shorter(form.diagonal_factor),
        diagonal_source=shorter(form.diagonal_source),
        diagonal_initial=form.diagonal_initial,
        continuous=is_continuous(form.network),
    )


def _moves(form: CorrelationRecursion) -> bool:
    """Whether the recursion differs from layer to layer, or with the depth."""
    return any(e.has(symbols.layer, symbols.depth) for e in (form.correlation, form.factor, form.source, form.growth))
