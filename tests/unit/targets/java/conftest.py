"""Fixtures of the Java target's tests."""

import os

import pytest

from modelport.bundle.reader import Bundle
from modelport.toolchains.maven import Maven, find_maven
from tests.unit.targets.java.handmade import penguins_like


@pytest.fixture(scope="session")
def penguins() -> Bundle:
    """A classifier with every type of feature."""
    return penguins_like()


@pytest.fixture(scope="session")
def maven() -> Maven:
    """Maven; without one the test is skipped, in CI it fails."""
    found = find_maven()
    if isinstance(found, str):
        if os.environ.get("CI"):
            pytest.fail(found)
        pytest.skip(found)
    return found
