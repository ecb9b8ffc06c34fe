"""``ntkproof limit``: its JSON, its exit status, and one clear line for what cannot be asked."""

import json

import pytest

from proofs_check import cli

KEYS = (
    "architecture", "activation", "gamma", "phase", "fixed_point", "chi", "angle_rate", "ntk_limit_offdiagonal",
    "ntk_diagonal", "leading_correction", "expansion", "exceptions", "status", "reason",
)  # fmt: skip
VALUES = KEYS[4:11]


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of ``limit``."""
    status = cli.run(["limit", *words])
    found = capsys.readouterr()
    return status, found.out, found.err


@pytest.mark.parametrize(
    "words",
    [
        ("ffnet", "--activation", "relu"),
        ("ffnet", "--activation", "gaussian"),
        ("ffnet", "--activation", "step"),
        ("resnet", "--activation", "relu", "--gamma", "1/2"),
        ("resnet", "--activation", "sign", "--gamma", "1/2"),
    ],
)
def test_the_keys_of_the_contract(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    """Each value is null or has "exact" and "decimal"; with --cos also "mid" and "rad"."""
    for more in ((), ("--cos", "1/2", "--digits", "8")):
        status, out, err = ask(capsys, *words, *more, "--json")
        data = json.loads(out)
        assert not err
        assert set(KEYS) <= set(data)
        assert status == (0 if data["status"] == "DERIVED" else 1)
        assert (data["reason"] is None) == (data["status"] == "DERIVED")
        assert data["phase"] in ("ordered", "critical", "chaotic", None)
        for key in VALUES:
            value = data[key]
            if value is not None:
                assert {"exact", "decimal"} <= set(value)
                if more and value["exact"] != "oo":
                    assert {"mid", "rad"} <= set(value)


def test_relu_is_answered_in_the_words_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    """3*log(L)/(8*L), L + 1, 1/4."""
    status, out, _ = ask(capsys, "ffnet", "--activation", "relu", "--json")
    data = json.loads(out)
    assert status == 0
    assert data["leading_correction"]["exact"] == "3*log(L)/(8*L)"
    assert data["ntk_diagonal"]["exact"] == "L + 1"
    assert data["ntk_limit_offdiagonal"] == {"exact": "1/4", "decimal": "0.25"}


def test_inputs_get_their_own_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    """The flow at gamma = 1/2, and equal inputs."""
    words = ("resnet", "--activation", "relu", "--gamma", "1/2", "--digits", "15", "--json")
    value = json.loads(ask(capsys, *words, "--angle", "1")[1])["ntk_limit_offdiagonal"]
    assert value["mid"].startswith("0.466322618127809")
    assert float(value["rad"]) < 1e-14
    equal = json.loads(ask(capsys, "ffnet", "--activation", "relu", "--cos", "1", "--json")[1])
    assert equal["ntk_limit_offdiagonal"]["exact"] == "1"
    assert equal["expansion"] is None


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("resnet", "--activation", "relu", "--gamma", "nan"), "--gamma=nan"),
        (("resnet", "--activation", "relu", "--gamma", "-1"), "--gamma=-1: negative"),
        (("resnet", "--activation", "relu"), "exactly one of gamma and alpha"),
        (("resnet", "--activation", "relu", "--gamma", "1", "--alpha", "1"), "exactly one of gamma and alpha"),
        (("resnet", "--activation", "relu", "--alpha", "0"), "--alpha=0"),
        (("ffnet", "--activation", "relu", "--gamma", "1"), "ffnet has no residual branch"),
        (("ffnet", "--activation", "relu", "--weight-variance", "-1"), "--weight-variance=-1: negative"),
        (("ffnet", "--activation", "relu", "--squared-norm", "0"), "--squared-norm=0: zero"),
        (("ffnet", "--activation", "expr:exp(x^2)"), "is infinite"),
        (("ffnet", "--activation", "expr:0"), "it is 0 almost everywhere"),
        (("ffnet", "--activation", "foo"), "activation=foo: unknown"),
        (("fnet", "--activation", "relu"), "did you mean ffnet?"),
        (("ffnet",), "--activation: missing"),
        (("ffnet", "--activation", "relu", "--cos", "1/2", "--angle", "1"), "--cos, --angle: both given"),
        (("ffnet", "--activation", "relu", "--cos", "2"), "--cos=2: out of range"),
        (("ffnet", "--activation", "relu", "--orders", "-1"), "--orders=-1: out of range"),
        (("ffnet", "--activation", "relu", "--orders", "100"), "--orders=100: out of range"),
        (("ffnet", "--activation", "relu", "--digits", "0"), "--digits=0: out of range"),
    ],
)
def test_bad_input_is_one_line(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str) -> None:
    """It names the input, and the exit status is 2."""
    status, out, err = ask(capsys, *words)
    assert status == 2
    assert not out
    assert says in err
    assert err.count("\n") == 1


def test_what_is_open_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 1, the reason, and at given inputs numbers of which nothing follows."""
    status, out, _ = ask(capsys, "resnet", "--activation", "tanh", "--alpha", "1/l", "--cos", "1/3")
    assert status == 1
    assert "OPEN" in out
    assert "the sum over all layers converges" in out
    assert "L = 8: N_L = " in out


@pytest.mark.parametrize("name", ["polynomial:1,0,1,0,1/3", "polynomial:1,1,1,1,1,1"])
def test_a_fixed_point_without_closed_form_is_a_ball(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """A root of an irreducible cubic or quartic."""
    status, out, _ = ask(capsys, "ffnet", "--activation", name)
    assert status == 0
    assert "c_star" in out


def test_no_order_behind_the_limit(capsys: pytest.CaptureFixture[str]) -> None:
    """--orders 0 names the limit alone."""
    status, out, _ = ask(capsys, "ffnet", "--activation", "relu", "--orders", "0")
    assert status == 0
    assert "1/4" in out


def test_decimals_carry_their_radius_and_the_critical_point_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """Tanh at length 1: weight variance E[phi^2]/E[phi'^2], both moments about N(0, 1) by another quadrature."""
    from mpmath import exp, mp, pi, quad, sqrt, tanh

    words = ("ffnet", "--activation", "tanh", "--critical", "1", "--orders", "1")
    point = json.loads(ask(capsys, *words, "--json")[1])["critical_point"]
    with mp.workdps(25):
        square, slope = (
            quad(lambda u, f=f: f(u) * exp(-u * u / 2) / sqrt(2 * pi), [-12, -4, 0, 4, 12])
            for f in (lambda u: tanh(u) ** 2, lambda u: (1 - tanh(u) ** 2) ** 2)
        )
        weight = square / slope
    assert abs(float(point["weight_variance"]["mid"]) - float(weight)) < 1e-15
    assert abs(float(point["bias_variance"]["mid"]) - float(1 - weight)) < 1e-15
    assert point["squared_norm"]["exact"] == "1"
    _, out, _ = ask(capsys, *words)
    assert "weight variance = E[tanh(u)^2; 1]" in out
    assert "E[g(u); q] is the mean of g(u) over u ~ N(0, q)." in out
    numbers = [line for line in out.splitlines() if line.startswith("  with ") and " = 0." in line]
    assert numbers
    assert all(" +/- " in line for line in numbers)
    assert "Lambda" not in out


def test_claims_are_listed_by_paper(capsys: pytest.CaptureFixture[str]) -> None:
    """Those of one paper; a misspelt name gets a hint."""
    assert cli.run(["list", "claims", "learnability", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["claims"]
    assert rows
    assert all(row["id"].startswith("learnability/") for row in rows)
    assert cli.run(["list", "claims", "learnabilty"]) == 2
    assert "did you mean learnability?" in capsys.readouterr().err
    assert cli.run(["list", "papers", "learnability"]) == 2
    assert "only claims are listed by paper" in capsys.readouterr().err
