"""Settings of all tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# The machine may be busy with other tests: how long an example takes proves nothing.
settings.register_profile("unhurried", deadline=None)
settings.register_profile("soak", parent=settings.get_profile("unhurried"), max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "unhurried"))

sys.path.insert(0, str(Path(__file__).parent))

DATA = Path(
    os.environ.get("STREAMSTATS_CORPUS") or Path(__file__).resolve().parents[2] / "shared" / "data"
)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real logs with known answers."""
    return DATA


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if DATA.is_dir():
        return
    absent = pytest.mark.skipif(True, reason="the real logs of ../shared/data are not there")
    for item in items:
        if item.get_closest_marker("corpus"):
            item.add_marker(absent)
