"""Settings of the whole test suite: how long hypothesis searches, and a ledger that is nobody's own."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Deadlines are off: a first example pays for SymPy's caches. The continuous run repeats itself exactly.
settings.register_profile("desk", max_examples=50, deadline=None)
settings.register_profile(
    "ci", max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "desk"))


@pytest.fixture(autouse=True)
def ledger_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test, and each process it starts, has a ledger of its own unless it names one."""
    path = tmp_path / "state" / "ledger.sqlite"
    monkeypatch.setenv("NTKPROOF_LEDGER", str(path))
    return path
