"""What the tests of the data share: where the official files are."""

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def official(name: str) -> Path:
    """The path of an official file beside the repository; a test that needs one it cannot have is skipped, in CI it fails."""
    path = SHARED / name
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"official file absent: {name}")
        pytest.skip(f"official file absent: {name}")
    return path
