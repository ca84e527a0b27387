"""What torch's own parts ask of values, and that changes no answer, is no branch in the graph and no operator without ONNX."""

from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize("by_file", [False, True])
def test_distributions_check_their_arguments(by_file: bool, rows: Any, converted: Any, tmp_path: Path) -> None:
    import torch

    class Mixture(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.means, self.choice = torch.nn.Parameter(torch.rand(6)), torch.nn.Linear(6, 6)

        def forward(self, x: Any) -> Any:
            chosen = torch.distributions.Categorical(logits=self.choice(x))
            return torch.distributions.Normal(self.means, 0.5).log_prob(x), chosen.probs, chosen.entropy()

    model: Any = Mixture().eval()
    if by_file:
        axes = {"x": {0: torch.export.Dim.DYNAMIC}}
        torch.export.save(
            torch.export.export(model, (torch.tensor(rows),), dynamic_shapes=axes), path := tmp_path / "m.pt2"
        )
        model = str(path)
    assert converted(model, None if by_file else rows)[1].passed
