"""A zip file read into memory with limits: nothing is unpacked, nothing is larger than allowed, no name stands twice.

    manifest.json               format, versions, and the SHA-256 of every other file
    claims.json                 claims as data, with verdicts and what decided them
    certificates/NUMBER.json    certificates for the checker
    latex/*                     what ntkproof latex writes
    source/NAME                 the claim file as its author wrote it

The same claims make the same bytes: every file bears the same moment.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from proofs_check.checker.reading import MAX_DEPTH as MAX_NESTING
from proofs_check.checker.reading import decoded, nesting
from theory.errors import InputError

FORMAT = 1
MAX_FILES, MAX_FILE, MAX_TOTAL = 4000, 10**7, 5 * 10**7
"""Limits of a bundle: files, bytes of one, bytes of all, unpacked."""
_NAME = re.compile(r"(manifest|claims)\.json|(certificates|latex|source)/[A-Za-z0-9_][A-Za-z0-9_.-]{0,150}", re.ASCII)
_MOMENT = (1980, 1, 1, 0, 0, 0)
"""Of every file, so that the same claims make the same bundle."""


def write(path: Path, files: Mapping[str, bytes], versions: Mapping[str, str]) -> None:
    """Write the bundle, whole or not at all.

    raises  InputError where it cannot be written
    """
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    manifest = {"format": FORMAT, "versions": dict(versions), "files": sums}
    beside = path.with_name(f".{path.name}.part")
    try:
        with zipfile.ZipFile(beside, "w", compression=zipfile.ZIP_DEFLATED) as archive:
            for name, data in {"manifest.json": to_json(manifest), **files}.items():
                archive.writestr(zipfile.ZipInfo(name, _MOMENT), data, compress_type=zipfile.ZIP_DEFLATED)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InputError(f"{path}: cannot be written ({error.strerror})") from error


def read(path: Path) -> tuple[dict[str, bytes], dict[str, str]]:
    """The files of a bundle, as the manifest lists them, and the versions that made it.

    raises  InputError, one line: no zip, too large, a name that is not allowed or stands twice, a sum that differs
    """
    try:
        with zipfile.ZipFile(path) as archive:
            files = _contents(path, archive)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (
        OSError,
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        RuntimeError,
        NotImplementedError,
        EOFError,
        ValueError,
    ) as error:
        raise InputError(f"{path}: no bundle: {' '.join(str(error).split())[:150]}") from error
    except Exception as error:
        if type(error).__module__ not in ("zlib", "lzma"):
            raise
        raise InputError(f"{path}: no bundle: its data are damaged") from error
    manifest = from_json(files.pop("manifest.json", b""), f"{path}: manifest.json")
    if not isinstance(manifest, dict) or set(manifest) != {"format", "versions", "files"}:
        raise InputError(f"{path}: manifest.json: it has the keys format, versions and files")
    if manifest["format"] != FORMAT:
        raise InputError(
            f"{path}: a bundle of format {str(manifest['format'])[:20]}; this version reads format {FORMAT}"
        )
    versions = manifest["versions"]
    if not isinstance(versions, dict) or not all(isinstance(value, str) for value in versions.values()):
        raise InputError(f"{path}: manifest.json: versions are texts by name")
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    if sums != manifest["files"]:
        listed = manifest["files"] if isinstance(manifest["files"], dict) else {}
        wrong = next(
            name for name in sorted({*sums, *map(str, listed), "claims.json"}) if sums.get(name) != listed.get(name)
        )
        raise InputError(f"{path}: {wrong[:160]}: not the file that the manifest lists")
    return files, versions


def _contents(path: Path, archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = archive.infolist()
    if len(entries) > MAX_FILES:
        raise InputError(f"{path}: {len(entries)} files; a bundle has at most {MAX_FILES}")
    files: dict[str, bytes] = {}
    total = 0
    for entry in entries:
        name = entry.filename
        shown = ascii(name)[:160]
        if not _NAME.fullmatch(name) or ".." in name:
            raise InputError(f"{path}: {shown}: a name that no file of a bundle has")
        if name in files:
            raise InputError(f"{path}: {shown}: the name stands twice")
        if entry.flag_bits & 1:
            raise InputError(f"{path}: {shown}: encrypted")
        with archive.open(entry) as file:
            data = file.read(MAX_FILE + 1)  # whatever size the entry declares
        total += len(data)
        if len(data) > MAX_FILE or total > MAX_TOTAL:
            raise InputError(
                f"{path}: {shown}: unpacked it is too large; allowed are {MAX_FILE} bytes, {MAX_TOTAL} for all"
            )
        files[name] = data
    return files


def to_json(data: object) -> bytes:
    """The bytes of a JSON file of a bundle."""
    return (json.dumps(data, indent=1, sort_keys=True, ensure_ascii=True) + "\n").encode()


def from_json(data: bytes, where: str) -> Any:
    """JSON without doubled keys, without numbers that are not integers, and not nested too deeply.

    raises  InputError, one line
    """
    if nesting(data) > 10 * MAX_NESTING:
        raise InputError(f"{where}: nested more than {10 * MAX_NESTING} deep")
    try:
        return decoded(data, "integers or texts")
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: not JSON: {' '.join(str(error).split())[:100]}") from error


__all__ = ["from_json", "read", "to_json", "write"]
