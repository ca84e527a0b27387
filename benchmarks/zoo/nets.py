"""The nets of torch in the zoo at the sizes in which they are used, with random weights: one line each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.zoo.bare import bare_torch
from fixtures.recipes.torch._common import floats, settled, tokens

__all__ = ["NETS", "Net"]


@dataclass(frozen=True)
class Net:
    """``make`` gives the module, ``tensors`` the sample, ``dynamic`` the axes that callers choose besides the batch.

    ``bare`` exports it with the framework's exporter alone.
    """

    name: str
    make: Callable[[], Any]
    tensors: Callable[[], Any]
    dynamic: tuple[str, ...] = ()
    bare: Callable[[Any, Any, Sequence[str]], bool] = bare_torch


def _picture(name: str, size: int = 224) -> Net:
    def make() -> Any:
        import torch
        import torchvision

        torch.manual_seed(20)
        model = settled(torchvision.models.get_model(name, weights=None))
        for head in ("heads.head", "head", "classifier.2"):
            part = dict(model.named_modules()).get(head)
            if isinstance(part, torch.nn.Linear) and not part.weight.any():
                # Some heads start at 0: every picture would give 0.
                torch.nn.init.normal_(part.weight, 0, 0.05)
        return model

    return Net(f"torchvision {name}", make, lambda: floats(2, 3, size, size))


def _text(name: str, model: str, config: str, **settings: Any) -> Net:
    def make() -> Any:
        import torch
        import transformers

        torch.manual_seed(20)
        return getattr(transformers, model)(getattr(transformers, config)(**settings)).eval()

    def tensors() -> dict[str, Any]:
        mask = np.ones((2, 16), dtype=np.int64)
        mask[0, :4] = 0
        return {"input_ids": tokens(2, 16), "attention_mask": mask}

    return Net(f"transformers {name}", make, tensors, ("input_ids:1=length", "attention_mask:1=length"))


_FEW = {"num_hidden_layers": 4}
NETS = [
    _picture("resnet18"),
    _picture("resnet50"),
    _picture("mobilenet_v3_large"),
    _picture("efficientnet_b0"),
    _picture("convnext_tiny"),
    _picture("vit_b_16"),
    _picture("swin_t"),
    _picture("densenet121"),
    _picture("regnet_y_400mf"),
    _text("BERT", "BertModel", "BertConfig", **_FEW),
    _text("DistilBERT", "DistilBertModel", "DistilBertConfig", n_layers=4),
    _text("RoBERTa", "RobertaModel", "RobertaConfig", **_FEW),
    _text("GPT-2", "GPT2LMHeadModel", "GPT2Config", n_layer=4, vocab_size=5000, use_cache=False),
    _text(
        "Llama (GQA)",
        "LlamaForCausalLM",
        "LlamaConfig",
        hidden_size=512,
        intermediate_size=1024,
        num_attention_heads=8,
        num_key_value_heads=2,
        vocab_size=5000,
        use_cache=False,
        **_FEW,
    ),
]
