"""Preprocessing that travels: transforms of torchvision in front of a net, and those whose pixels differ by processor."""

from typing import Any

import numpy as np
import pytest

from modelport.errors import UnsupportedModelError


@pytest.fixture(scope="module")
def images() -> Any:
    return np.random.default_rng(3).integers(0, 256, size=(2, 3, 30, 40)).astype(np.uint8)


def _behind(*steps: Any) -> Any:
    import torch

    torch.manual_seed(0)
    net = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 3, 2), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(4 * 121, 3)
    )
    return torch.nn.Sequential(torch.nn.Sequential(*steps), net).eval()


def test_transforms_are_part_of_the_graph(images: Any, converted: Any) -> None:
    import torch
    from torchvision.transforms import v2

    steps = [v2.ToDtype(torch.float32, scale=True), v2.Resize(28, antialias=True), v2.CenterCrop(24), v2.Grayscale(3)]
    bundle, report = converted(_behind(*steps, v2.Normalize([0.5, 0.4, 0.3], [0.2, 0.2, 0.3])), images)
    assert report.passed
    assert bundle.contract.inputs[0].element == "uint8"


def test_the_first_transforms_too(images: Any, converted: Any) -> None:
    import torch
    from torchvision import transforms

    steps = [transforms.ConvertImageDtype(torch.float32), transforms.CenterCrop(20), transforms.Pad(2)]
    assert converted(_behind(*steps, transforms.Normalize([0.5, 0.4, 0.3], [0.2, 0.2, 0.3])), images)[1].passed


def test_bytes_are_not_resized(images: Any, converted: Any) -> None:
    import torch
    from torchvision.transforms import v2

    steps = [v2.Resize((24, 24), antialias=True), v2.ToDtype(torch.float32, scale=True)]
    with pytest.raises(UnsupportedModelError, match=r"images of bytes are resized: 0\.0 \(Resize\)") as caught:
        converted(_behind(*steps), images)
    assert "in front of the first transform" in caught.value.fix
