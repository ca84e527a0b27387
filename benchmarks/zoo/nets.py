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


def _layers(name: str, make: Callable[[], Any], tensors: Callable[[], Any], dynamic: tuple[str, ...] = ()) -> Net:
    def made() -> Any:
        import torch

        torch.manual_seed(20)
        return settled(make())

    return Net(f"torch {name}", made, tensors, dynamic)


def _recurrent(kind: str) -> Net:
    def make() -> Any:
        import torch

        return getattr(torch.nn, kind)(64, 128, 2, batch_first=True)

    return _layers(f"nn.{kind}", make, lambda: floats(2, 20, 64), ("input:1=length",))


def _mlp() -> Any:
    from torch import nn

    return nn.Sequential(
        nn.Linear(64, 256), nn.BatchNorm1d(256), nn.GELU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10)
    )


def _autoencoder() -> Any:
    from torch import nn

    encoder = nn.Sequential(nn.Linear(256, 64), nn.SELU(), nn.Linear(64, 8))
    return nn.Sequential(encoder, nn.Sequential(nn.Linear(8, 64), nn.Softplus(), nn.Linear(64, 256)))


def _tabular() -> Any:
    import torch
    from torch import nn

    class TabularTransformer(nn.Module):
        """Categories become tokens that attend to each other; numbers join them at the end."""

        def __init__(self) -> None:
            super().__init__()
            self.kinds = nn.ModuleList(nn.Embedding(20, 32) for _ in range(6))
            layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True)
            self.encoder = nn.TransformerEncoder(layer, 3, enable_nested_tensor=False)
            self.norm = nn.LayerNorm(8)
            self.head = nn.Sequential(nn.Linear(6 * 32 + 8, 64), nn.ReLU(), nn.Linear(64, 3))

        def forward(self, categories: Any, numbers: Any) -> Any:
            words = torch.stack([table(categories[:, i]) for i, table in enumerate(self.kinds)], 1)
            return self.head(torch.cat([self.encoder(words).flatten(1), self.norm(numbers)], 1))

    return TabularTransformer()


def _hub(name: str, make: Callable[[Any], Any], tensors: Callable[[], Any], dynamic: tuple[str, ...] = ()) -> Net:
    def made() -> Any:
        import torch
        import transformers

        torch.manual_seed(20)
        return make(transformers).eval()

    return Net(f"transformers {name}", made, tensors, dynamic)


_T5 = {"num_layers": 4, "vocab_size": 5000, "d_model": 256, "d_ff": 512, "use_cache": False}
_LENGTHS = ("input_ids:1=length", "decoder_input_ids:1=decoded")


_FEW = {"num_hidden_layers": 4}
NETS = [
    _layers("MLP", _mlp, lambda: floats(2, 64)),
    _layers("autoencoder", _autoencoder, lambda: floats(2, 256)),
    _layers("tabular transformer", _tabular, lambda: {"categories": tokens(4, 6, below=20), "numbers": floats(4, 8)}),
    _recurrent("RNN"),
    _recurrent("GRU"),
    _recurrent("LSTM"),
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
    _hub(
        "T5 encoder", lambda t: t.T5EncoderModel(t.T5Config(**_T5)), lambda: {"input_ids": tokens(2, 16)}, _LENGTHS[:1]
    ),
    _hub(
        "T5 encoder and decoder",
        lambda t: t.T5Model(t.T5Config(**_T5, decoder_start_token_id=0)),
        lambda: {"input_ids": tokens(2, 16), "decoder_input_ids": tokens(2, 7)},
        _LENGTHS,
    ),
    _hub(
        "ViT", lambda t: t.ViTModel(t.ViTConfig(num_hidden_layers=4)), lambda: {"pixel_values": floats(2, 3, 224, 224)}
    ),
    _hub(
        "Whisper encoder",
        lambda t: t.WhisperModel(t.WhisperConfig(encoder_layers=4, decoder_layers=1, vocab_size=51865)).encoder,
        lambda: {"input_features": floats(2, 80, 3000)},
    ),
]
