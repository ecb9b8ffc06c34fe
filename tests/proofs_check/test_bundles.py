"""A bundle is verified again without a search, and what was tampered with is refused in one line."""

import json
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sympy import Function, Rational

from proofs_check.bundles import archive, bundle
from proofs_check.bundles.bundle import check_bundle, write_bundle
from proofs_check.bundles.coding import decode, encode
from proofs_check.claim_files import load
from proofs_check.cli.program import run as run_command
from proofs_check.cli.starting import FOLDER, NAME
from proofs_check.ledger import versions
from proofs_check.suite import run
from theory import papers, symbols
from theory.claims import Claim, Depth, Identity, Kind, Verdict
from theory.errors import InputError
from theory.language import Limit

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of the template, judged once."""
    folder = tmp_path_factory.mktemp("bundle")
    source = folder / f"{NAME}.toml"
    source.write_text((FOLDER / f"{NAME}.toml.txt").read_text())
    claims = load(source)
    path = folder / "paper.zip"
    write_bundle(path, claims, run(claims, jobs=0, effort=1), [source])
    return path


def changed(made: Path, tmp_path: Path, change: Callable[[Files], object]) -> Path:
    """The bundle with other files, and a manifest that lists them as they are."""
    files, by = archive.read(made)
    change(files)
    path = tmp_path / "changed.zip"
    archive.write(path, files, by)
    return path


def entries(files: Files) -> Any:
    """What claims.json holds."""
    return json.loads(files["claims.json"])


def refused(path: Path) -> str:
    """The one line with which a bundle is refused."""
    with pytest.raises(InputError) as caught:
        check_bundle(path, jobs=1)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_bundle_is_verified_again_claim_by_claim_and_nothing_is_searched(
    made: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Proved and refuted claims, lemmas, a chain and an induction; the same claims make the same bytes."""
    monkeypatch.setattr("proofs_check.engines.properties.counterexample", None)
    again = {data["claim"]["id"]: data["decided"] for data in entries(archive.read(made)[0])}
    assert any(row["certificates"] for rows in again.values() for row in rows)
    assert run_command(["check", str(made)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[-1].endswith("accepted: 13 of 13 claims verified")
    assert any(line.startswith("REFUTED") for line in out)
    assert run_command(["check", "--json", str(made)]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["accepted"]
    assert all(one["verified"] for one in data["claims"])


def rename_limit(files: Files) -> None:
    """Claim 1/3 in place of 1/4, sentence included."""
    files["claims.json"] = files["claims.json"].replace(b'"=": "1/4"', b'"=": "1/3"').replace(b"-> 1/4", b"-> 1/3")


def drop_source(files: Files) -> None:
    """Without the file from which arguments are read again."""
    del files[f"source/{NAME}.toml"]


def forge_argument(files: Files) -> None:
    """A conclusion from a part that does not give it, in a bundle without a source."""
    drop_source(files)
    data = entries(files)
    for one in data:
        if one["claim"]["id"] == f"{NAME}/angle":
            one["claim"]["statement"]["parts"] = [f"{NAME}/gain:1"]
            one["claim"]["uses"] = [f"{NAME}/gain:1"]
    files["claims.json"] = archive.to_json(data)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (rename_limit, "limit is not the claim of that id in claims.json"),
        (drop_source, "an argument that no TOML file of the bundle makes"),
        (forge_argument, "an argument that no TOML file of the bundle makes"),
        (lambda files: files.pop("certificates/001.json"), "certificates/001.json: missing"),
        (lambda files: files.update({"certificates/099.json": b"{}"}), "certificates/099.json: used by no claim"),
        (lambda files: files.update({"claims.json": b"[]"}), "a list of claims is expected"),
        (lambda files: files.update({"claims.json": b"[" * 9000}), "nested more than"),
        (lambda files: files.update({"claims.json": b'[{"a": 1, "a": 2}]'}), "a key stands twice"),
        (lambda files: files.update({"claims.json": b"[1.5]"}), "numbers are integers or texts"),
        (lambda files: files.update({"latex/extra.tex": b"x"}), "latex/extra.tex: not the LaTeX of these claims"),
        (
            lambda files: files.update({"claims.json": files["claims.json"].replace(b"-> 1/4", b"-> 1/3")}),
            "its sentence is not that of its claim",
        ),
    ],
)
def test_what_was_tampered_with_is_refused(
    made: Path, tmp_path: Path, change: Callable[[Files], object], message: str
) -> None:
    """Also with a manifest whose sums are right again."""
    assert message in refused(changed(made, tmp_path, change))


def without_arguments(made: Path, tmp_path: Path, change: Callable[[Any], object]) -> Path:
    """A bundle of the plain claims only, without a source, after a change of its entries."""

    def reduce(files: Files) -> None:
        data = [one for one in entries(files) if one["claim"]["id"] in (f"{NAME}/limit", f"{NAME}/gain:2")]
        for one in data:
            one["claim"]["uses"] = []
        change(data)
        named = {name for one in data for row in one["decided"] for name in row["certificates"]}
        for name in list(files):
            kind, _, rest = name.partition("/")
            if kind in ("latex", "source") or (kind == "certificates" and rest not in named):
                del files[name]
        files["claims.json"] = archive.to_json(data)

    files, by = archive.read(made)
    reduce(files)
    path = tmp_path / "plain.zip"
    archive.write(path, files, {**by, "ntkproof": "another"})  # another version may set the LaTeX otherwise
    return path


def swap(data: Any) -> None:
    """Each claim gets the certificates of the other."""
    first, second = (one["decided"][0] for one in data)
    first["certificates"], second["certificates"] = second["certificates"], first["certificates"]


def stronger(data: Any) -> None:
    """The proved inequality with 9 in place of 10, and its sentence too."""
    text = json.dumps(data[1]).replace("/(10*pi)", "/(9*pi)").replace("10*pi", "9*pi")
    data[1] = json.loads(text)


def other_limit(data: Any) -> None:
    """The limit 1/3."""
    data[0] = json.loads(json.dumps(data[0]).replace("1/4", "1/3"))


@pytest.mark.parametrize("change", [swap, stronger, other_limit])
def test_a_statement_that_its_certificate_does_not_prove_is_rejected(
    made: Path, tmp_path: Path, change: Callable[[Any], object], capsys: pytest.CaptureFixture[str]
) -> None:
    """Everything fits but the mathematics: exit status 1, and the claim at fault is named."""
    good = without_arguments(made, tmp_path, lambda data: None)
    assert run_command(["check", str(good)]) == 0
    assert "2 of 2 claims verified" in capsys.readouterr().out
    assert run_command(["check", str(without_arguments(made, tmp_path, change))]) == 1
    assert "REJECTED" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../evil.py", "a name that no file of a bundle has"),
        ("/etc/passwd", "a name that no file of a bundle has"),
        ("source/../../x", "a name that no file of a bundle has"),
        ("source\\x", "a name that no file of a bundle has"),
        ("claims.json", "the name stands twice"),
    ],
)
def test_names_that_leave_the_bundle_or_stand_twice_are_refused(
    made: Path, tmp_path: Path, name: str, message: str
) -> None:
    """Nothing is unpacked, whatever a name says."""
    path = tmp_path / "evil.zip"
    path.write_bytes(made.read_bytes())
    with zipfile.ZipFile(path, "a") as evil, _doubled(name):
        evil.writestr(name, b"x")
    assert message in refused(path)


def _doubled(name: str) -> AbstractContextManager[object]:
    """Python warns of a name that stands twice, and of nothing else."""
    return pytest.warns(UserWarning, match="Duplicate name") if name == "claims.json" else nullcontext()


def test_a_zip_bomb_is_refused_before_it_is_unpacked(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a file unpacks to is read up to the limit only."""
    path = tmp_path / "bomb.zip"
    path.write_bytes(made.read_bytes())
    with zipfile.ZipFile(path, "a", compression=zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("latex/bomb.tex", b"0" * (archive.MAX_FILE + 1))
    assert path.stat().st_size < 10**6
    assert "unpacked it is too large" in refused(path)
    monkeypatch.setattr(archive, "MAX_FILES", 3)
    assert "a bundle has at most 3" in refused(made)


def test_a_file_that_is_no_bundle_is_refused(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No zip, a cut zip, a changed file with an old manifest, a missing file: exit status 2, one line."""
    path = tmp_path / "a.zip"
    for content in (b"no zip", made.read_bytes()[:-300]):
        path.write_bytes(content)
        assert "no bundle" in refused(path)
    files, by = archive.read(made)
    archive.write(path, files, by)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "b.zip", "w") as new:
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry) + (b" " if entry.filename == "claims.json" else b""))
    assert "claims.json: not the file that the manifest lists" in refused(tmp_path / "b.zip")
    assert run_command(["check", str(tmp_path / "gone.zip")]) == 2
    assert capsys.readouterr().err.endswith("gone.zip: no such file\n")


def test_claims_are_data_and_come_back_equal() -> None:
    """Every claim of a paper that the language can say; what it cannot say is refused by name."""
    told = 0
    for claim in papers.load("huang2020").CLAIMS[:60]:
        try:
            data = encode(claim)
        except InputError:
            continue
        assert encode(decode(json.loads(json.dumps(data)))) == data
        told += 1
    assert told >= 40
    odd = Claim(
        id="odd", paper="p", number="", title="t", kind=Kind.IDENTITY,
        statement=Identity(lhs=Function("f")(symbols.c), rhs=symbols.c),
    )  # fmt: skip
    with pytest.raises(InputError, match="id=odd: it cannot be bundled"):
        encode(odd)


@pytest.mark.parametrize(
    "data",
    [
        None, 7, {"class": "Path"}, {"class": "Claim"}, {"member": "Kind.NONE"}, {"member": "os.system"},
        {"=": "__import__('os')"}, {"=": "10^10^10"}, {"class": "Interval", "symbol": {"=": "c"}},
    ],
)  # fmt: skip
def test_what_is_no_claim_is_refused(data: object) -> None:
    """No class but ours, no code, no number beyond the limits."""
    with pytest.raises(InputError, match=r"claims\.json"):
        decode(data)


def test_a_proof_in_python_is_not_bundled(made: Path, tmp_path: Path) -> None:
    """It could not be read again without running the file."""
    claims = load(made.parent / f"{NAME}.toml")
    with pytest.raises(InputError, match="a proof is bundled from a TOML file only"):
        write_bundle(tmp_path / "x.zip", claims, [], [tmp_path / "mine.py"])


def test_supported_claims_no_proof_and_versions_are_written(made: Path) -> None:
    """Only PROVED and REFUTED count as verified."""
    claim = load(made.parent / f"{NAME}.toml")[0]
    for verdict in Verdict:
        one = bundle.Checked(claim=claim, statement="", recorded=verdict, wrong="")
        assert one.verified == (verdict in (Verdict.PROVED, Verdict.REFUTED))
    assert not replace(one, wrong="why").verified
    assert archive.read(made)[1] == versions()
    assert isinstance(claim.statement, Depth)
    assert claim.statement.holds == Limit(target=Rational(1, 4))
