"""The options of a network on the command line and in claim files: what is built, printed and refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from sympy import Integer, Rational, pi, sqrt

from proofs_check import cli
from proofs_check.claim_files import claim_from_table, load
from proofs_check.cli.options import NetworkWords
from proofs_check.cli.requests import requested_network
from proofs_check.signs import sign_of
from theory import symbols
from theory.activations import activation
from theory.architectures import ARCHITECTURES, critical_point, network
from theory.claims import Depth
from theory.duals import dual
from theory.errors import InputError

RELU, ERF = activation("relu"), activation("erf")
AT = ("--depth", "4", "--cos", "1/2", "--digits", "12")


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of a command."""
    status = cli.run(list(words))
    found = capsys.readouterr()
    return status, found.out, found.err


@pytest.mark.parametrize(
    ("words", "options"),
    [
        (NetworkWords(), {}),
        (
            NetworkWords(weight_variance="pi/2", bias_variance="0.1"),
            {"weight_variance": pi / 2, "bias_variance": "1/10"},
        ),
        (NetworkWords(unnormalised=True, squared_norm="sqrt(2)"), {"unnormalised": True, "squared_norm": sqrt(2)}),
        (NetworkWords(critical="1/2"), {"critical": Rational(1, 2)}),
    ],
)
def test_words_become_the_network_of_the_python_interface(words: NetworkWords, options: dict[str, Any]) -> None:
    """Numbers are exact."""
    assert requested_network("ffnet", "erf", words) == network("ffnet", ERF, **options)


def test_a_residual_network_without_scale_is_symbolic_where_that_is_asked_for() -> None:
    """``derive`` prints the letter alpha; ``kernel`` needs a number."""
    found = requested_network("resnet_layernorm", "relu", NetworkWords(squared_norm="2"), symbolic=True)
    assert (found.alpha, found.squared_norms) == (symbols.alpha, (2, 2))
    with pytest.raises(InputError, match="exactly one of gamma and alpha"):
        requested_network("resnet_layernorm", "relu", NetworkWords())


@pytest.mark.parametrize("entry", ARCHITECTURES, ids=lambda entry: entry.name)
def test_every_architecture_is_listed_derived_and_computed(entry: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """By its name, with a scale where it needs one, and with another norm of the inputs."""
    scale = ("--gamma", "1/2") if entry.residual else ()
    assert entry.name in ask(capsys, "list", "architectures")[1]
    assert ask(capsys, "derive", entry.name)[0] == 0
    status, out, _ = ask(capsys, "kernel", entry.name, "--activation", "relu", *AT, *scale, "--squared-norm", "2")
    assert (status, "squared_norm = 2" in out) == (0, True)


def test_the_norm_of_the_inputs_scales_the_kernels_of_relu(capsys: pytest.CaptureFixture[str]) -> None:
    """Homogeneous networks multiply both kernels by it and keep the normalised ones."""
    asked = ("kernel", "ffnet", "--activation", "relu", *AT, "--json")
    one, four = (json.loads(ask(capsys, *asked, *more)[1]) for more in ((), ("--squared-norm", "4")))
    for name in ("nngp", "ntk"):
        assert float(four[name]["mid"]) == pytest.approx(4 * float(one[name]["mid"]), rel=1e-11)
    assert four["normalized_ntk"] == one["normalized_ntk"]


def test_the_json_has_a_key_for_each_option_given_and_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    """The keys of the contract stay; an option is echoed as typed."""
    asked = ("kernel", "ffnet", "--activation", "erf", *AT, "--json")
    plain = json.loads(ask(capsys, *asked)[1])
    more = json.loads(ask(capsys, *asked, "--weight-variance", "2.0", "--bias-variance", "1e-1", "--unnormalised")[1])
    assert {name: more[name] for name in set(more) - set(plain)} == {
        "weight_variance": "2.0",
        "bias_variance": "1e-1",
        "unnormalised": True,
    }
    assert set(plain) <= set(more)


def test_variances_that_cancel_the_norm_of_phi_change_no_digit(capsys: pytest.CaptureFixture[str]) -> None:
    """He's initialisation, weight variance 2 and relu as it is, has the kernels of the normalised network after each W."""
    asked = ("kernel", "ffnet", "--activation", "relu", *AT, "--json")
    one = json.loads(ask(capsys, *asked)[1])
    he = json.loads(ask(capsys, *asked, "--weight-variance", "2", "--unnormalised", "--squared-norm", "1/2")[1])
    assert he["normalized_nngp"] == one["normalized_nngp"]
    assert he["normalized_ntk"] == one["normalized_ntk"]


@pytest.mark.parametrize("phi", ["silu", "tanh"])
def test_the_critical_point_needs_no_closed_form(phi: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The sign of the bias variance is decided by balls, and the length stays 1."""
    status, out, _ = ask(capsys, "kernel", "ffnet", "--activation", phi, "--critical", "1", *AT, "--json")
    assert status == 0
    data = json.loads(out)
    moments = dual(activation(phi))
    size = moments.second_moment.subs(symbols.length, 1)
    assert critical_point(activation(phi), 1, sign=sign_of).squared_norm == size / size
    assert data["nngp"] == data["normalized_nngp"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("ffnet", "--weight-variance", "-1"), "--weight-variance=-1: negative; allowed is a number > 0"),
        (("ffnet", "--weight-variance", "0"), "--weight-variance=0: zero; allowed is a number > 0"),
        (("ffnet", "--weight-variance", "nan"), "--weight-variance=nan: unknown name 'nan'"),
        (("ffnet", "--weight-variance", "oo"), "--weight-variance=oo: unknown name 'oo'"),
        (("ffnet", "--weight-variance", ""), "--weight-variance=: empty"),
        (("ffnet", "--weight-variance", "sqrt(-1)"), "--weight-variance=sqrt(-1): "),
        (("ffnet", "--weight-variance", "1/0"), "--weight-variance=1/0: division by zero"),
        (("ffnet", "--weight-variance", "10^10001"), "--weight-variance=10^10001: "),
        (("ffnet", "--bias-variance", "-1e-9"), "--bias-variance=-1e-9: negative; allowed is a number >= 0"),
        (("ffnet", "--squared-norm", "0"), "--squared-norm=0: zero; allowed is a number > 0"),
        (("ffnet", "--critical", "0"), "--critical=0: zero; allowed is a number > 0"),
        (("ffnet", "--critical", "1", "--bias-variance", "1"), "--bias-variance=1: --critical=1 determines it"),
        (("ffnet", "--critical", "1", "--squared-norm", "2"), "--squared-norm=2: --critical=1 determines it"),
        (("ffnet", "--gamma", "1"), "--gamma=1: ffnet has no residual branch; leave --gamma out"),
        (
            ("ffnet_layernorm", "--critical", "1"),
            "--critical=1: ffnet_layernorm has no such option; allowed are --weight-",
        ),
        (("densenet", "--alpha", "1"), "--alpha=1: densenet has no residual branch"),
        (("densenet", "--unnormalised"), "--unnormalised: densenet has no such option; leave --unnormalised out"),
        (
            ("resnet", "--gamma", "1", "--weight-variance", "2"),
            "--weight-variance=2: resnet has no such option; allowed",
        ),
        (("resnet_preact",), "architecture=resnet_preact: a residual network needs exactly one of gamma and alpha"),
        (("densnet",), "architecture=densnet: unknown architecture; did you mean densenet?"),
        (
            ("ffnet", "--weight-varience", "1"),
            "--weight-varience: unknown option of kernel; did you mean --weight-variance?",
        ),
    ],
)
def test_what_cannot_be_meant_is_one_line(
    words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 2, nothing on stdout, one line that names the option as typed."""
    status, out, err = ask(capsys, "kernel", *words, "--activation", "relu", *AT)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert message in err


@pytest.mark.parametrize(
    ("phi", "depth", "message"),
    [
        ("cos", "3", "--critical=1: chi = 1 at this length needs the bias variance"),
        ("step", "3", "--critical=1: the derivative of step is 0 almost everywhere"),
    ],
)
def test_a_length_without_critical_point_is_one_line(
    phi: str, depth: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 2."""
    asked = ("kernel", "ffnet", "--activation", phi, "--depth", depth, "--cos", "0", "--critical", "1")
    status, out, err = ask(capsys, *asked)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert message in err


def test_a_shaped_activation_that_vanishes_at_a_depth_is_refused_there(capsys: pytest.CaptureFixture[str]) -> None:
    """Slopes 1 - 2/sqrt L are 0 at L = 4, and only there."""
    asked = ("kernel", "ffnet", "--activation", "shaped_relu:-2,-2", "--cos", "1/2", "--depth")
    status, _, err = ask(capsys, *asked, "4")
    assert (status, "--activation=shaped_relu:-2,-2: it is 0 at depth 4; use another depth" in err) == (2, True)
    status, out, _ = ask(capsys, *asked, "5")
    assert (status, "NNGP             0.5" in out) == (0, True)


def test_derive_prints_the_rule_of_layer_normalisation(capsys: pytest.CaptureFixture[str]) -> None:
    """And that the length runs beside where the branch is normalised and the shortcut is not."""
    status, out, _ = ask(capsys, "derive", "resnet_layernorm")
    assert status == 0
    assert "the rank-one part of the Jacobian vanishes as the width grows" in out
    assert "there is no recursion in the correlation alone" in out
    status, out, _ = ask(capsys, "derive", "ffnet", "--weight-variance", "2", "--unnormalised", "--format", "json")
    assert (status, json.loads(out)["growth"]) == (0, "1")


# --- claim files -----------------------------------------------------------------------------------------------------

BASE = {"id": "a", "architecture": "ffnet", "activation": "erf", "quantity": "normalized_ntk", "holds": "value <= 1"}


def test_claims_take_the_options_as_keys() -> None:
    """Exact numbers, as TOML integers or text."""
    variances = {"weight_variance": 2, "bias_variance": "1/3", "unnormalised": True}
    for keys, options in ((variances, variances), ({"critical": "1/2"}, {"critical": Rational(1, 2)})):
        statement = claim_from_table({**BASE, **keys}, paper="mine").statement
        assert isinstance(statement, Depth)
        assert statement.network == network("ffnet", ERF, **options)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ('weight_variance = "-1/2"', "weight_variance=-1/2: negative; allowed is a number > 0"),
        ("bias_variance = true", "bias_variance=True: a number, or an expression in quotes, is needed"),
        ('unnormalised = "yes"', "unnormalised=yes: true or false is needed"),
        ("critical = 0", "critical=0: zero; allowed is a number > 0"),
        ("critical = 1\nbias_variance = 1", "bias_variance=1: critical=1 determines it"),
        ('weight_varience = "1"', "unknown key weight_varience; did you mean weight_variance?"),
    ],
)
def test_wrong_keys_of_claims_are_named_with_their_line(keys: str, message: str, tmp_path: Path) -> None:
    """The line is that of the [[claim]]."""
    path = tmp_path / "mine.toml"
    path.write_text(
        "\n\n[[claim]]\n" + "\n".join(f'{name} = "{value}"' for name, value in BASE.items()) + f"\n{keys}\n"
    )
    with pytest.raises(InputError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}, line 3: {message}")


def test_the_sign_of_a_number_is_decided_by_algebra_or_by_balls() -> None:
    """Zero by algebra only; a moment without a closed form by its enclosure; letters are undecided."""
    moment = dual(activation("silu")).second_moment.subs(symbols.length, 1)
    assert [sign_of(e) for e in (Integer(0), sqrt(8) - 2 * sqrt(2), moment, -moment, moment - moment)] == [
        0, 0, 1, -1, 0,
    ]  # fmt: skip
    assert sign_of(symbols.mu) is None
