"""A language model with one table for both ends, whose weights are then stored once."""

from typing import Any


def tied_net(width: int) -> Any:
    """Takes ids [batch, length] below 50, gives scores [batch, length, 50]; random weights of a fixed seed."""
    import torch

    class Tied(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = torch.nn.Embedding(50, width)
            self.middle = torch.nn.Linear(width, width)
            self.head = torch.nn.Linear(width, 50, bias=False)
            self.head.weight = self.table.weight

        def forward(self, ids: Any) -> Any:
            return self.head(torch.relu(self.middle(self.table(ids))))

    torch.manual_seed(0)
    return Tied().eval()
