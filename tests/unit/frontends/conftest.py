"""What the tests of nets share: a sample, and a conversion that is proven in Python alone."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelport.options import Options
from modelport.pipeline import convert


@pytest.fixture(scope="session")
def rows() -> Any:
    return np.random.default_rng(1).normal(size=(4, 6)).astype(np.float32)


@pytest.fixture
def converted(tmp_path: Path) -> Callable[..., Any]:
    """Converts and returns the bundle and the report; a test may convert several times."""
    folders = (tmp_path / f"net{place or ''}" for place in count())

    def make(model: Any, data: Any = None, **options: Any) -> Any:
        return convert(model, data, next(folders), Options(targets=(), **options))

    return make
