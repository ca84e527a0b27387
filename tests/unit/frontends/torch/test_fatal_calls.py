"""A call that would end the process is one that the original refuses; nothing is left of that afterwards."""

from typing import Any

import numpy as np
import pytest

IMAGES = np.random.default_rng(1).normal(size=(2, 2, 6, 7)).astype(np.float32)
BOXES = np.array([[0, 1, 1, 4, 5], [1, 0, 2, 5, 3]], dtype=np.float32)


@pytest.mark.parametrize("name", ["deform_conv2d", "roi_align"])
def test_places_that_are_no_numbers(name: str, converted: Any) -> None:
    import torch
    from torchvision import ops

    torch.manual_seed(1)

    class Deformed(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.where, self.what = torch.nn.Conv2d(2, 18, 3, padding=1), ops.DeformConv2d(2, 3, 3, padding=1)

        def forward(self, x: Any) -> Any:
            return self.what(x, self.where(x))

    class Cut(torch.nn.Module):
        def forward(self, x: Any, boxes: Any) -> Any:
            return ops.roi_align(x, boxes, (2, 2), sampling_ratio=2)

    deformed = name == "deform_conv2d"
    _, report = converted(Deformed(), IMAGES) if deformed else converted(Cut(), {"x": IMAGES, "boxes": BOXES})
    assert report.passed
    assert any(f"{name} takes finite places only" in note for note in report.notes)
    zeros = torch.zeros(1, 18, 4, 5)
    assert ops.deform_conv2d(torch.tensor(IMAGES[:1]), zeros + torch.inf, torch.rand(3, 2, 3, 3)).shape == (1, 3, 4, 5)
