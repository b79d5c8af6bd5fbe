"""One warm process for all tests of a module."""

from collections.abc import Iterator

import pytest

from tests.faults.warm import Warm


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    started = Warm()
    yield started
    started.close()
