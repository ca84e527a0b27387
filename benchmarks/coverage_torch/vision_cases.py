"""torchvision's families, small pictures and random weights."""

from typing import Any

import numpy as np

from benchmarks.coverage_torch.case import Case, floats
from fixtures.recipes.torch._common import settled

__all__ = ["vision_cases"]

_NETS = {
    "alexnet": 96,
    "vgg11_bn": 48,
    "squeezenet1_1": 64,
    "mobilenet_v2": 64,
    "mobilenet_v3_small": 64,
    "shufflenet_v2_x0_5": 64,
    "mnasnet0_5": 64,
    "efficientnet_b0": 64,
    "efficientnet_v2_s": 64,
    "regnet_y_400mf": 64,
    "regnet_x_400mf": 64,
    "resnet18": 64,
    "resnext50_32x4d": 64,
    "wide_resnet50_2": 48,
    "densenet121": 64,
    "googlenet": 64,
    "inception_v3": 96,
    "convnext_tiny": 64,
    "swin_t": 64,
    "swin_v2_t": 64,
    "maxvit_t": 224,
    "vit_b_32": 224,
}
_SEGMENTATION = ("fcn_resnet50", "deeplabv3_mobilenet_v3_large", "lraspp_mobilenet_v3_large")
_DETECTION = ("ssdlite320_mobilenet_v3_large", "fasterrcnn_mobilenet_v3_large_320_fpn", "retinanet_resnet50_fpn")


def _net(name: str, size: int, **options: Any) -> Case:
    def make() -> Any:
        import torch
        import torchvision

        if name in ("googlenet", "inception_v3"):
            options.update(init_weights=False, aux_logits=True)
        model = settled(torchvision.models.get_model(name, weights=None, **options))
        with torch.no_grad():
            for part in model.modules():
                if isinstance(part, torch.nn.Linear) and not part.weight.any():
                    torch.nn.init.normal_(part.weight, 0, 0.05)
        return model

    return Case(f"torchvision {name}", "torchvision", make, (floats(2, 3, size, size),))


def vision_cases() -> list[Case]:
    """Returns the cases."""
    cases = [_net(name, size) for name, size in _NETS.items()]
    cases += [_net(name, 64, weights_backbone=None, num_classes=5) for name in _SEGMENTATION]
    video = floats(1, 3, 4, 32, 32)
    cases += [
        Case(f"torchvision {n}", "torchvision", _net(n, 0).make, (np.concatenate([video, video]),))
        for n in ("r3d_18", "r2plus1d_18")
    ]
    cases += [_net(name, 64, weights_backbone=None, num_classes=5) for name in _DETECTION]
    return cases
