import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sympy import Integer, Rational, oo, pi, sqrt

from proofs_check.claim_files import MAX_BYTES, claim_from_table, load
from theory import symbols
from theory.activations import activation
from theory.architectures import ffnet, resnet
from theory.claims import Claim, Depth, Interval, Kind, Quantity, Verdict
from theory.errors import InputError
from theory.language import Chain, Expansion, Limit, Order

BASE: dict[str, Any] = {
    "id": "mine/limit",
    "architecture": "ffnet",
    "activation": "relu",
    "quantity": "normalized_ntk",
    "holds": "limit == 1/4",
}
RESIDUAL = {**BASE, "architecture": "resnet"}
MINIMAL = "\n".join(["[[claim]]", *(f'{name} = "{value}"' for name, value in BASE.items())])


def read(**changes: Any) -> Depth:
    """The statement of the base claim with changed keys; None takes a key out."""
    table = {name: value for name, value in {**BASE, **changes}.items() if value is not None}
    statement = claim_from_table(table, paper="mine").statement
    assert isinstance(statement, Depth)
    return statement


def refusal(**changes: Any) -> str:
    """The one line that a changed base claim is refused with."""
    with pytest.raises(InputError) as caught:
        read(**changes)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_smallest_claim_has_the_defaults_of_the_contract(tmp_path: Path) -> None:
    """Domain -1 < c < 1, depths L >= 1, expected PROVED; the title is the statement."""
    path = tmp_path / "mine.toml"
    path.write_text(MINIMAL)
    (claim,) = load(path)
    assert claim == Claim(
        id="mine/limit",
        paper="mine",
        number="",
        title="limit == 1/4",
        kind=Kind.LIMIT,
        statement=Depth(
            network=ffnet(activation("relu")),
            quantity=Quantity.NORMALIZED_NTK,
            holds=Limit(target=Rational(1, 4)),
        ),
    )


def test_every_key_is_read(tmp_path: Path) -> None:
    """A claim that uses all keys."""
    path = tmp_path / "mine.toml"
    path.write_text(
        MINIMAL.replace('"ffnet"', '"resnet"')
        + """
        gamma = 0.3
        domain = "c = 1/2"
        depths = "1 <= L <= 100"
        expected = "REFUTED"
        pointwise = true
        title = "A  title"
        note = "a note"
        uses = ["huang2020/lemma"]
        """
    )
    (claim,) = load(path)
    statement = claim.statement
    assert isinstance(statement, Depth)
    assert statement.network == resnet(activation("relu"), gamma=Rational(3, 10))
    assert (statement.correlations.low, statement.correlations.high) == (Rational(1, 2), Rational(1, 2))
    assert (statement.depth_low, statement.depth_high, statement.pointwise) == (1, 100, True)
    assert (claim.expected, claim.title, claim.note) == (Verdict.REFUTED, "A title", "a note")
    assert claim.uses == ("huang2020/lemma",)


@pytest.mark.parametrize(
    ("toml", "exact"),
    [
        ("0.3", Rational(3, 10)),
        ("1e-3", Rational(1, 1000)),
        ("1_0.2_5", Rational(41, 4)),
        ("2", Integer(2)),
        ("+0.5", Rational(1, 2)),
        ('"3/4"', Rational(3, 4)),
        ('"sqrt(2)/2"', sqrt(2) / 2),
        ("0.1000000000000000055511151231257827", Rational("0.1000000000000000055511151231257827")),
    ],
)
def test_numbers_are_exact(tmp_path: Path, toml: str, exact: Any) -> None:
    """A TOML number is its digits, never the nearest float."""
    path = tmp_path / "mine.toml"
    path.write_text(MINIMAL.replace('"ffnet"', '"resnet"') + f"\ngamma = {toml}\n")
    (claim,) = load(path)
    assert isinstance(claim.statement, Depth)
    assert claim.statement.network.gamma == exact


@pytest.mark.parametrize(
    ("text", "low", "high", "low_closed", "high_closed"),
    [
        ("-1 < c < 1", -1, 1, False, False),
        ("-1 <= c <= 1/2", -1, Rational(1, 2), True, True),
        ("1/2 >= c > -1", -1, Rational(1, 2), False, True),
        ("c = 0.5", Rational(1, 2), Rational(1, 2), True, True),
        ("c == -1", -1, -1, True, True),
        ("0 = c", 0, 0, True, True),
        ("c > 0", 0, 1, False, True),
        ("cos(pi/3) <= c", Rational(1, 2), 1, True, True),
        ("1/2 < c < 1/4", Rational(1, 2), Rational(1, 4), False, False),
    ],
)
def test_domains(text: str, low: Any, high: Any, low_closed: bool, high_closed: bool) -> None:
    """Chains and equations in c, both ways round; an empty domain is read, and the judge calls it vacuous."""
    assert read(domain=text).correlations == Interval(
        symbol=symbols.c, low=Integer(0) + low, high=Integer(0) + high, low_closed=low_closed, high_closed=high_closed
    )


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("L >= 1", 1, None),
        ("L = 7", 7, 7),
        ("1 <= L <= 100", 1, 100),
        ("1 < L < 1e3", 2, 999),
        ("L > 0", 1, None),
        ("L <= 10^12", 0, 10**12),
        ("5 <= L <= 3", 5, 3),
        ("10 > L", 0, 9),
    ],
)
def test_depths(text: str, low: int, high: int | None) -> None:
    """Chains and equations in L; strict ends move to the next integer."""
    statement = read(depths=text)
    assert (statement.depth_low, statement.depth_high) == (low, high)


def test_a_claim_about_a_range_of_gamma() -> None:
    """The network keeps the letter gamma, and so may the statement."""
    for gamma in (None, "gamma"):
        statement = read(
            architecture="resnet", gamma=gamma, parameters="1/2 < gamma <= 1", holds="value - 1 = O(L^(1-2*gamma))"
        )
        assert statement.network == resnet(activation("relu"), gamma=symbols.gamma)
        assert statement.parameters == (
            Interval(symbol=symbols.gamma, low=Rational(1, 2), high=Integer(1), low_closed=False),
        )
    (interval,) = read(architecture="resnet", parameters="gamma > 1/2").parameters
    assert (interval.high, interval.high_closed) == (oo, False)


def test_a_claim_about_a_range_of_slopes() -> None:
    """leaky_relu:s leaves its slope free."""
    statement = read(activation="leaky_relu:s", parameters="0 < s < 1", holds="limit == 1/4 + 0*s")
    assert statement.network.parameters == {symbols.slope}
    assert statement.parameters[0].symbol == symbols.slope


def test_gamma_in_the_statement_is_the_number_of_the_claim() -> None:
    """With gamma = 3/4, holds may speak of gamma, in every form of statement."""
    for text, holds in {
        "limit == gamma": Limit(target=Rational(3, 4)),
        "value <= gamma": Chain(sides=(symbols.value, Rational(3, 4)), relations=("<=",)),
        "value ~ gamma": Expansion(terms=(Rational(3, 4),)),
        "value = o(L^(-gamma))": Order(difference=symbols.value, symbol="o", bound=symbols.depth ** Rational(-3, 4)),
    }.items():
        assert read(architecture="resnet", gamma="3/4", holds=text).holds == holds


@pytest.mark.parametrize(
    ("holds", "kind"),
    [
        ("limit == 1/4", Kind.LIMIT),
        ("0 <= value <= 1", Kind.BOUND),
        ("value == c", Kind.IDENTITY),
        ("value ~ 1/4 + 3*log(L)/(8*L)", Kind.RATE),
        ("value - 1/4 = Theta(log(L)/L)", Kind.RATE),
    ],
)
def test_the_kind_follows_the_form(holds: str, kind: Kind) -> None:
    """The kind column of the table."""
    assert claim_from_table({**BASE, "holds": holds}, paper="mine").kind is kind


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"holdss": "x"}, "unknown key holdss; did you mean holds?"),
        ({"zzz": 1}, "unknown key zzz; known: id, architecture"),
        ({"holds": None}, "key holds is missing"),
        ({"id": ""}, "id=: a nonempty text"),
        ({"id": 7}, "id=7: a nonempty text"),
        ({"id": "a b"}, "id=a b: an id has"),
        ({"id": "a\x1bb"}, "an id has"),
        ({"id": "a#b"}, "no #"),
        ({"architecture": "fnet"}, "architecture=fnet: unknown architecture; did you mean ffnet?"),
        ({"activation": "rleu"}, "activation=rleu: unknown; did you mean relu?"),
        ({"quantity": "normalised_ntk"}, "quantity=normalised_ntk: did you mean normalized_ntk?"),
        ({"quantity": "NTK"}, "quantity=NTK: known: nngp, ntk"),
        ({"expected": "proved"}, "expected=proved: known: PROVED, REFUTED"),
        ({"holds": "limit = 1/4"}, "a limit is stated as limit == expression"),
        ({"holds": "1 < 2"}, "value does not occur"),
        ({"holds": "value <= gamma"}, "gamma is no parameter"),
        ({"holds": "value <= __import__('os')"}, "holds="),
        ({"gamma": "1"}, "ffnet has no residual branch"),
        ({"domain": "-2 < c < 1"}, "-2 is out of range; a correlation lies in [-1, 1]"),
        ({"domain": "c < 1 + 1e-30"}, "out of range"),
        ({"domain": "c ~ 1"}, "a chain in c is needed"),
        ({"domain": "c < c"}, "a chain in c is needed"),
        ({"domain": "0 < c < 1/2 < 1"}, "a chain in c is needed"),
        ({"domain": "0 < 1/2 < c"}, "c stands between its two bounds"),
        ({"domain": "0 < c > 1/2"}, "two bounds on the same side"),
        ({"domain": "0 < c = 1/2"}, "two bounds on the same side"),
        ({"domain": "0 < theta < 1"}, "theta"),
        ({"domain": ""}, "domain=: a nonempty text"),
        ({"domain": "c < nan"}, "nan"),
        ({"domain": "c = ½"}, "domain="),
        ({"depths": "L >= -1"}, "-1 is out of range; a depth is an integer"),
        ({"depths": "L = 3/2"}, "3/2 is not a depth"),
        ({"depths": "L <= 10^1001"}, "a depth is an integer from 0 to 10^1000"),
        ({"depths": 7}, "depths=7: a nonempty text"),
        ({"pointwise": "yes"}, "pointwise=yes: true or false"),
        ({"uses": "a"}, "uses=a: a list of claim ids"),
        ({"uses": [1]}, "a list of claim ids"),
        ({"activation": "leaky_relu:s"}, "s is free; give its range"),
        ({"parameters": "0 < s < 1"}, "the network does not depend on s"),
        ({"parameters": "1/2 < gamma"}, "gamma"),
        ({"parameters": "0 < t < 1"}, "a chain in gamma or in s"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, Any], message: str) -> None:
    """One line with the key, what is wrong and what is allowed."""
    assert message in refusal(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "exactly one of gamma and alpha"),
        ({"gamma": "1", "alpha": "1/L"}, "exactly one of gamma and alpha"),
        ({"gamma": "-1"}, "gamma=-1"),
        ({"gamma": True}, "gamma=True: a number"),
        ({"gamma": [1]}, "gamma=[1]: a number"),
        ({"gamma": "gamma"}, "give the range"),
        ({"gamma": "1", "parameters": "1/2 < gamma <= 1"}, "leave gamma and alpha out"),
        ({"alpha": "1/L", "parameters": "1/2 < gamma <= 1"}, "leave gamma and alpha out"),
        ({"parameters": "-1 < gamma <= 1"}, "-1 is out of range; gamma is a real >= 0"),
        ({"alpha": "x"}, "alpha=x"),
        ({"alpha": "1/L", "holds": "value <= gamma"}, "gamma is no parameter"),
        ({"alpha": "0"}, "alpha=0: without its branches the network has no NTK"),
        ({"alpha": "l-l"}, "alpha=l-l: without its branches"),
        ({"gamma": "1e9000"}, "gamma=1e9000: too large; allowed is a number from 0 to 10,000"),
        ({"gamma": "cos(1)^2+sin(1)^2-1"}, "it cannot be decided whether this is negative"),
        ({"gamma": "sqrt(2)-3/2"}, "gamma=sqrt(2)-3/2: negative"),
        ({"gamma": "gama"}, "unknown name 'gama' (did you mean gamma?)"),
    ],
)
def test_what_is_wrong_with_a_residual_claim_is_named(changes: dict[str, Any], message: str) -> None:
    """The scale is given once, as gamma or alpha or as a range of gamma."""
    assert message in refusal(**{"architecture": "resnet", **changes})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no claims"),
        (b"claim = 3", "no claims"),
        (b"[claim]\nid = 'a'", "no claims"),
        (b"[[claims]]", "unknown key claims"),
        (b"[[claim]\n", "not TOML: Expected ']]'"),
        (b"\xff\xfe", "not UTF-8"),
        (b"def f(): pass", "not TOML"),
        (b"x = " + b"[" * 20000, "not TOML"),
        (MINIMAL.encode() + b"\ncolour = 1\n", "line 1: unknown key colour"),
        (b"# one\n\n" + MINIMAL.encode() + b"\n" + MINIMAL.encode(), "id=mine/limit: two claims"),
        (MINIMAL.encode() + b"\n\n[[claim]]\nid = 'b'\n", "line 8: key architecture is missing"),
        (b"claim = [{id = 'b'}]", "claim 1: key architecture is missing"),
        (MINIMAL.encode() + b"\ndomain = 1979-05-27\n", "domain=1979-05-27: a nonempty text"),
        (MINIMAL.replace("ffnet", "resnet").encode() + b"\ngamma = nan\n", "gamma=nan"),
        (MINIMAL.replace("ffnet", "resnet").encode() + b"\ngamma = inf\n", "gamma=inf"),
        (MINIMAL.replace("ffnet", "resnet").encode() + b"\ngamma = 1e99999\n", "gamma=1e99999"),
        (MINIMAL.replace("ffnet", "resnet").encode() + b"\ngamma = " + b"9" * 5000, "mine.toml"),
        (b"#" * (MAX_BYTES + 1), "larger than 10 MB"),
    ],
)
def test_a_file_that_is_no_claim_file_is_one_line(tmp_path: Path, content: bytes, message: str) -> None:
    """The file, the line of the [[claim]], and what is wrong."""
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_a_directory_and_another_ending_are_refused(tmp_path: Path) -> None:
    """Each says what it is."""
    (tmp_path / "folder.toml").mkdir()
    for name, message in (
        ("none.toml", "no such file"),
        ("folder.toml", "a directory"),
        ("a.txt", "ends in .toml or .py"),
    ):
        with pytest.raises(InputError, match=message):
            load(tmp_path / name)


@pytest.mark.parametrize("ending", ["toml", "py"])
def test_what_is_no_ordinary_file_is_not_waited_for(tmp_path: Path, ending: str) -> None:
    """A pipe that nobody writes to, a device, a link that leads to itself."""
    pipe, device, loop = (tmp_path / f"{name}.{ending}" for name in ("pipe", "device", "loop"))
    os.mkfifo(pipe)
    device.symlink_to("/dev/zero")
    loop.symlink_to(loop)
    for path, message in ((pipe, "no ordinary file"), (device, "no ordinary file"), (loop, "cannot be read")):
        with pytest.raises(InputError, match=message) as caught:
            load(path)
        assert "\n" not in str(caught.value)


PYTHON = """
from theory.claims import *
from theory.activations import activation
from theory.architectures import ffnet
from sympy import Integer

CLAIMS = (
    Claim(
        id="mine/a", paper="mine", number="1", title="t", kind=Kind.LIMIT,
        statement=Depth(network=ffnet(activation("relu")), quantity=Quantity.NTK, holds=LIMIT),
    ),
)
"""


def test_a_python_file_gives_its_claims(tmp_path: Path) -> None:
    """What stands in CLAIMS, as it is."""
    path = tmp_path / "mine.py"
    path.write_text("from theory.language import Limit\nfrom sympy import pi\nLIMIT = Limit(target=pi)\n" + PYTHON)
    (claim,) = load(path)
    assert isinstance(claim.statement, Depth)
    assert claim.statement.holds == Limit(target=pi)
    assert replace(claim, id="b") != claim


def test_a_python_file_may_import_what_lies_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a module of the user has a name of ours: ours is found first."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "my_limits_of_this_test.py").write_text("from theory.language import Limit\nLIMIT = Limit(target=3)\n")
    (tmp_path / "theory").mkdir()
    (tmp_path / "theory" / "claims.py").write_text("raise ValueError")
    path = tmp_path / "mine.py"
    path.write_text("from my_limits_of_this_test import LIMIT\n" + PYTHON)
    assert [claim.id for claim in load(path)] == ["mine/a"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\ndef broken(:\n", "mine.py, line 2: SyntaxError"),
        ("\n\nraise ValueError('a\\nb')", "mine.py, line 3: ValueError: a b"),
        ("import sys\nsys.exit(3)", "mine.py, line 2: SystemExit: 3"),
        ("def f():\n    return 1 / 0\n\nf()", "mine.py, line 2: ZeroDivisionError"),
        ("import no_such_module_at_all", "line 1: ModuleNotFoundError"),
        ("x = 1", "ends with CLAIMS = (...)"),
        ("CLAIMS = ()", "ends with CLAIMS = (...)"),
        ("CLAIMS = ('a',)", "ends with CLAIMS = (...)"),
        ("\0", "mine.py"),
    ],
)
def test_a_python_file_that_fails_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    """The file, the line and the error; no traceback."""
    path = tmp_path / "mine.py"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        load(path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_python_file_cannot_spoil_the_answer(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What it prints goes to stderr, and the streams are as before, whatever it did to them."""
    path = tmp_path / "mine.py"
    path.write_text("import sys\nprint('hello')\nsys.stdout = sys.stderr = None\nCLAIMS = ()\n")
    before = sys.stdout, sys.stderr
    with pytest.raises(InputError, match="ends with CLAIMS"):
        load(path)
    assert (sys.stdout, sys.stderr) == before
    assert capfd.readouterr() == ("", "hello\n")


def test_an_error_that_cannot_print_itself_is_one_line(tmp_path: Path) -> None:
    """Its class stands for it."""
    path = tmp_path / "mine.py"
    path.write_text("class Odd(BaseException):\n    def __str__(self):\n        raise ValueError\nraise Odd\n")
    with pytest.raises(InputError, match=r"mine.py, line 4: Odd: without a message"):
        load(path)


def test_an_interrupt_in_a_python_file_is_an_interrupt(tmp_path: Path) -> None:
    """Ctrl-C in an endless file ends the command, and is no error of the file."""
    path = tmp_path / "mine.py"
    path.write_text("raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        load(path)
