"""A small net, and its files, made once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelport.options import Options
from modelport.pipeline import convert


@pytest.fixture(scope="session")
def net() -> Any:
    import torch

    torch.manual_seed(1)
    return torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3)).eval()


@pytest.fixture(scope="session")
def rows() -> Any:
    return np.random.default_rng(1).normal(size=(4, 6)).astype(np.float32)


@pytest.fixture
def converted(tmp_path: Path) -> Callable[..., Any]:
    """Converts and returns the bundle and the report."""

    def make(model: Any, data: Any = None, **options: Any) -> Any:
        return convert(model, data, tmp_path / "net", Options(targets=(), **options))

    return make
