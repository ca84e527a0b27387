"""A small net, made once."""

from typing import Any

import pytest


@pytest.fixture(scope="session")
def net() -> Any:
    import torch

    torch.manual_seed(1)
    return torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3)).eval()
