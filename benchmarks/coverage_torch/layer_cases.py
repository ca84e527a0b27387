"""Every layer of torch.nn, with the options that change its arithmetic."""

from typing import Any

import numpy as np

from benchmarks.coverage_torch.case import Array, Case, calling, floats, wholes

__all__ = ["layer_cases"]

_LINE, _IMAGE, _VOLUME = floats(2, 4, 11), floats(2, 4, 9, 11), floats(2, 4, 5, 6, 7)
_ROWS = floats(3, 8)
_POSITIVE = np.abs(floats(3, 8)) % 1


def _layer(
    kind: str, sample: Array | tuple[Array, ...], *args: Any, dynamic: tuple[str, ...] = (), **options: Any
) -> Case:
    def make() -> Any:
        import torch

        layer = getattr(torch.nn, kind)(*args, **options)
        _unsettle(layer)
        return layer

    told = ", ".join([*map(repr, args), *(f"{key}={value!r}" for key, value in options.items())])
    given = sample if isinstance(sample, tuple) else (sample,)
    axes = f" of {list(given[0].shape)}{' open' if dynamic else ''}"
    return Case(f"{kind}({told}){axes}", kind, make, given, dynamic)


# Any: a module of torch.
def _unsettle(module: Any) -> None:
    """Scales and running statistics away from 0 and 1, where a wrong graph would not be seen."""
    import torch

    with torch.no_grad():
        for part in module.modules():
            for name, values in [*part.named_parameters(recurse=False), *part.named_buffers(recurse=False)]:
                if values.dtype.is_floating_point and (torch.all(values == 0) or torch.all(values == 1)):
                    values.uniform_(0.5, 1.5) if "var" in name or "weight" in name else values.normal_(0, 0.2)


def _convolutions() -> list[Case]:
    cases = []
    for d, sample in ((1, _LINE), (2, _IMAGE), (3, _VOLUME)):
        conv, transposed = f"Conv{d}d", f"ConvTranspose{d}d"
        cases += [
            _layer(conv, sample, 4, 6, 3),
            _layer(conv, sample, 4, 6, 3, stride=2, padding=2, dilation=2, bias=False),
            _layer(conv, sample, 4, 6, 3, padding="same", dilation=2, groups=2),
            _layer(conv, sample, 4, 6, 4, padding="same"),
            _layer(conv, sample, 4, 8, 1, padding="valid", groups=4),
            *(
                _layer(conv, sample, 4, 6, 3, padding=2, padding_mode=m)
                for m in ("reflect", "replicate", "circular", "zeros")
            ),
            _layer(transposed, sample, 4, 6, 3),
            _layer(transposed, sample, 4, 6, 3, stride=2, padding=1, output_padding=1, groups=2),
            _layer(transposed, sample, 4, 6, 3, stride=3, dilation=2, padding=2, bias=False),
            _layer(conv, sample, 4, 6, 3, dynamic=("input:2=width",)),
            _layer(transposed, sample, 4, 6, 3, stride=2, dynamic=("input:2=width",)),
        ]
    cases += [
        _layer("Conv2d", _IMAGE, 4, 6, (3, 1), stride=(2, 1), padding=(0, 2)),
        _layer("Conv2d", _IMAGE, 4, 6, (2, 3), padding="same", padding_mode="circular"),
        _layer("Conv2d", _IMAGE[0], 4, 6, 3, dynamic=("fixed",)),
    ]
    return cases


def _pools() -> list[Case]:
    cases = []
    for d, sample in ((1, _LINE), (2, _IMAGE), (3, _VOLUME)):
        cases += [
            _layer(f"MaxPool{d}d", sample, 3),
            _layer(f"MaxPool{d}d", sample, 3, stride=2, padding=1, ceil_mode=True),
            _layer(f"MaxPool{d}d", sample, 2, dilation=2, stride=1),
            _layer(f"MaxPool{d}d", sample, 2, stride=2, ceil_mode=True),
            _layer(f"MaxPool{d}d", sample, 2, return_indices=True),
            _layer(f"MaxPool{d}d", sample, 3, stride=2, padding=1, ceil_mode=True, return_indices=True),
            _layer(f"MaxPool{d}d", sample, 3, stride=2, dynamic=("input:2=width",)),
            _layer(f"MaxPool{d}d", sample, 2, ceil_mode=True, dynamic=("input:2=width",)),
            _layer(f"AvgPool{d}d", sample, 3),
            _layer(f"AvgPool{d}d", sample, 3, stride=2, padding=1, ceil_mode=True),
            _layer(f"AvgPool{d}d", sample, 3, stride=2, padding=1, count_include_pad=False),
            _layer(f"AvgPool{d}d", sample, 3, stride=2, padding=1, ceil_mode=True, count_include_pad=False),
            _layer(f"AvgPool{d}d", sample, 2, stride=2, ceil_mode=True, dynamic=("input:2=width",)),
            _layer(f"AdaptiveAvgPool{d}d", sample, 3),
            _layer(f"AdaptiveAvgPool{d}d", sample, 1),
            _layer(f"AdaptiveAvgPool{d}d", sample, 1, dynamic=("input:2=width",)),
            _layer(f"AdaptiveAvgPool{d}d", sample, 3, dynamic=("input:2=width",)),
            _layer(f"AdaptiveMaxPool{d}d", sample, 3),
            _layer(f"AdaptiveMaxPool{d}d", sample, 1),
            _layer(f"AdaptiveMaxPool{d}d", sample, 2, return_indices=True),
            _layer(f"LPPool{d}d", sample, 2, 3),
            _layer(f"LPPool{d}d", np.abs(sample), 1.5, 2, ceil_mode=True),
        ]
    cases += [
        _layer("MaxPool2d", _IMAGE, (3, 2), stride=(1, 2), padding=(1, 0)),
        _layer("AvgPool2d", _IMAGE, (3, 2), stride=(2, 1), divisor_override=2),
        _layer("AdaptiveAvgPool2d", _IMAGE, (5, None)),
        _layer("AdaptiveAvgPool2d", _IMAGE, (7, 4)),
        _layer("AdaptiveMaxPool2d", _IMAGE, (7, 4)),
        _layer("AdaptiveAvgPool2d", floats(2, 4, 8, 8), 4),
        _layer("AdaptiveAvgPool2d", floats(2, 4, 3, 3), 7),
        _layer("AdaptiveMaxPool2d", floats(2, 4, 3, 3), 5),
        _layer("FractionalMaxPool2d", _IMAGE, 3, output_ratio=0.5),
    ]
    return cases


def _unpool(d: int, sample: Array) -> Case:
    def make() -> Any:
        from torch import nn

        class Unpool(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.pool = getattr(nn, f"MaxPool{d}d")(2, return_indices=True)
                self.back = getattr(nn, f"MaxUnpool{d}d")(2)

            def forward(self, x: Any) -> Any:
                return self.back(*self.pool(x))

        return Unpool()

    return Case(f"MaxUnpool{d}d", "MaxUnpool", make, (sample,))


def _activations() -> list[Case]:
    plain = (
        "ELU Hardshrink Hardsigmoid Hardtanh Hardswish LeakyReLU LogSigmoid PReLU ReLU ReLU6 RReLU "
        "SELU CELU GELU Sigmoid SiLU Mish "
        "Softplus Softshrink Softsign Tanh Tanhshrink Identity Dropout AlphaDropout "
        "FeatureAlphaDropout Dropout1d Flatten"
    ).split()
    cases = [_layer(name, _ROWS) for name in plain]
    cases += [_layer(name, _ROWS.astype(np.float64)) for name in plain if name not in ("PReLU",)]
    cases += [
        _layer("ELU", _ROWS, alpha=0.3),
        _layer("CELU", _ROWS, alpha=0.3),
        _layer("Hardshrink", _ROWS, 0.7),
        _layer("Hardtanh", _ROWS, -0.3, 2.0),
        _layer("LeakyReLU", _ROWS, 0.3),
        _layer("PReLU", _IMAGE, 4),
        _layer("GELU", _ROWS, approximate="tanh"),
        _layer("Softplus", _ROWS, beta=2.5, threshold=3),
        _layer("Softshrink", _ROWS, 0.2),
        _layer("Threshold", _ROWS, 0.3, -7.0),
        _layer("GLU", _ROWS),
        _layer("GLU", _IMAGE, 1),
        _layer("Softmax", _ROWS, dim=1),
        _layer("Softmax", _IMAGE, dim=2),
        _layer("Softmin", _ROWS, dim=1),
        _layer("LogSoftmax", _ROWS, dim=-1),
        _layer("Softmax2d", _IMAGE),
        _layer("Dropout2d", _IMAGE),
        _layer("Dropout3d", _VOLUME),
        _layer("Flatten", _IMAGE, 2),
        _layer("Unflatten", _ROWS, 1, (2, 4)),
    ]
    return cases


def _norms() -> list[Case]:
    cases = []
    for d, sample in ((1, _LINE), (2, _IMAGE), (3, _VOLUME)):
        cases += [
            _layer(f"BatchNorm{d}d", sample, 4),
            _layer(f"BatchNorm{d}d", sample, 4, eps=0.1, affine=False),
            _layer(f"BatchNorm{d}d", sample, 4, track_running_stats=False),
            _layer(f"InstanceNorm{d}d", sample, 4),
            _layer(f"InstanceNorm{d}d", sample, 4, affine=True, eps=0.1),
            _layer(f"InstanceNorm{d}d", sample, 4, affine=True, track_running_stats=True),
        ]
    cases += [
        _layer("BatchNorm1d", floats(3, 4), 4),
        _layer("GroupNorm", _IMAGE, 2, 4),
        _layer("GroupNorm", _LINE, 4, 4, affine=False, eps=0.1),
        _layer("GroupNorm", floats(3, 4), 2, 4),
        _layer("LayerNorm", _ROWS, 8),
        _layer("LayerNorm", _IMAGE, (9, 11), eps=0.01),
        _layer("LayerNorm", _IMAGE, (4, 9, 11), bias=False),
        _layer("LayerNorm", _ROWS, 8, elementwise_affine=False),
        _layer("RMSNorm", _ROWS, 8),
        _layer("RMSNorm", _IMAGE, (9, 11), eps=0.1),
        _layer("RMSNorm", _ROWS, 8, elementwise_affine=False),
        _layer("LocalResponseNorm", _IMAGE, 2),
        _layer("LocalResponseNorm", _IMAGE, 3, alpha=0.1, beta=0.5, k=2.0),
        _layer("LocalResponseNorm", _LINE, 5),
        _layer("CrossMapLRN2d", _IMAGE, 3),
    ]
    return cases


def _paddings() -> list[Case]:
    cases = []
    for d, sample, sides in ((1, _LINE, (2, 1)), (2, _IMAGE, (2, 1, 0, 3)), (3, _VOLUME, (2, 1, 0, 3, 1, 1))):
        for kind in ("Reflection", "Replication", "Zero", "Circular"):
            cases += [_layer(f"{kind}Pad{d}d", sample, sides), _layer(f"{kind}Pad{d}d", sample, 1)]
        cases += [_layer(f"ConstantPad{d}d", sample, sides, 3.5)]
    cases += [
        _layer("ConstantPad2d", _IMAGE, (-1, 2, 1, -2), 1.0),
        _layer("ZeroPad2d", _IMAGE, (-1, -1, -2, 0)),
        _layer("ReplicationPad2d", _IMAGE, (-1, 2, 1, -2)),
        _layer("ReflectionPad2d", _IMAGE, (-1, 2, 1, -2)),
        _layer("CircularPad2d", _IMAGE, (-1, 2, 1, 3)),
    ]
    return cases


def _shapes() -> list[Case]:
    cases = [
        _layer("PixelShuffle", floats(2, 8, 3, 5), 2),
        _layer("PixelUnshuffle", floats(2, 2, 6, 8), 2),
        _layer("ChannelShuffle", _IMAGE, 2),
        _layer("Fold", floats(2, 12, 20), (5, 6), (2, 2)),
        _layer("Fold", floats(2, 12, 16), (6, 7), (2, 2), stride=2, padding=1),
        _layer("Unfold", _IMAGE, (2, 3)),
        _layer("Unfold", _IMAGE, 3, dilation=2, padding=1, stride=2),
        _layer("CosineSimilarity", (_ROWS, floats(3, 8) + 1)),
        _layer("CosineSimilarity", (_IMAGE, _IMAGE + 1), dim=2, eps=0.1),
        _layer("PairwiseDistance", (_ROWS, _ROWS * 2 + 1)),
        _layer("PairwiseDistance", (_ROWS, _ROWS * 2 + 1), p=1.0, keepdim=True),
        _layer("Bilinear", (floats(3, 8), floats(3, 5)), 8, 5, 4),
        _layer("Linear", _ROWS, 8, 4, bias=False),
        _layer("Linear", floats(2, 3, 5, 8), 8, 4),
        _layer("Linear", floats(8), 8, 4, dynamic=("fixed",)),
        _layer("Upsample", _IMAGE, scale_factor=2, mode="bilinear", align_corners=True),
        _layer("UpsamplingNearest2d", _IMAGE, scale_factor=2),
        _layer("UpsamplingBilinear2d", _IMAGE, size=(5, 20)),
    ]
    for d, sample, modes in (
        (1, _LINE, ("linear",)),
        (2, _IMAGE, ("bilinear", "bicubic")),
        (3, _VOLUME, ("trilinear",)),
    ):
        for mode in modes:
            for corners in (False, True):
                size = tuple(n + 3 for n in sample.shape[2:])
                cases += [
                    _layer("Upsample", sample, scale_factor=1.7, mode=mode, align_corners=corners),
                    _layer("Upsample", sample, size=size, mode=mode, align_corners=corners),
                    _layer("Upsample", sample, scale_factor=0.6, mode=mode, align_corners=corners),
                ]
            cases += [
                _layer("Upsample", sample, scale_factor=1.7, mode=mode, recompute_scale_factor=True),
                _layer("Upsample", sample, scale_factor=2, mode=mode, dynamic=("input:2=width",)),
            ]
        cases += [
            _layer("Upsample", sample, scale_factor=f, mode=m)
            for f in (2, 1.7, 0.6)
            for m in ("nearest", "nearest-exact")
        ]
        cases += [_layer("Upsample", sample, size=(7,) * d, mode=m) for m in ("nearest", "nearest-exact")]
    return cases


def _lookups() -> list[Case]:
    ids = wholes(3, 5)
    cases = [
        _layer("Embedding", ids, 10, 4),
        _layer("Embedding", ids, 10, 4, padding_idx=0),
        _layer("Embedding", ids, 10, 4, max_norm=0.7),
        _layer("Embedding", ids.astype(np.int32), 10, 4),
        _layer("Embedding", wholes(3, 2, 2), 10, 4, padding_idx=-1),
    ]
    for mode in ("sum", "mean", "max"):
        cases += [
            _layer("EmbeddingBag", ids, 10, 4, mode=mode),
            _layer("EmbeddingBag", ids, 10, 4, mode=mode, padding_idx=2),
        ]
    cases += [
        _layer("EmbeddingBag", (wholes(9), np.array([0, 2, 2, 5])), 10, 4, mode="sum", dynamic=("fixed",)),
        _layer(
            "EmbeddingBag",
            (wholes(9), np.array([0, 2, 5, 9])),
            10,
            4,
            mode="mean",
            include_last_offset=True,
            dynamic=("fixed",),
        ),
    ]
    return cases


def _attention() -> list[Case]:
    def attend(**options: Any) -> Any:
        def make() -> Any:
            from torch import nn

            class Attend(nn.Module):
                def __init__(self) -> None:
                    super().__init__()
                    self.mha = nn.MultiheadAttention(16, 4, batch_first=True, **options.get("layer", {}))

                def forward(self, q: Any, k: Any, padding: Any) -> Any:
                    return self.mha(q, k, k, key_padding_mask=padding, **options.get("call", {}))

            return Attend()

        return make

    q, k, padding = floats(2, 5, 16), floats(2, 7, 16), np.zeros((2, 7), dtype=np.bool_)
    padding[:, 5:] = True
    axes = ("q:1=queries", "k:1=keys", "padding:1=keys")
    cases = [
        Case("MultiheadAttention weights", "attention", attend(), (q, k, padding)),
        Case("MultiheadAttention open", "attention", attend(), (q, k, padding), axes),
        Case("MultiheadAttention no weights", "attention", attend(call={"need_weights": False}), (q, k, padding), axes),
        Case(
            "MultiheadAttention each head", "attention", attend(call={"average_attn_weights": False}), (q, k, padding)
        ),
        Case(
            "MultiheadAttention bias_kv",
            "attention",
            attend(layer={"add_bias_kv": True, "bias": False}),
            (q, k, padding),
        ),
        Case("MultiheadAttention zero", "attention", attend(layer={"add_zero_attn": True}), (q, k, padding)),
    ]
    src, tgt = floats(2, 6, 16), floats(2, 5, 16)
    options: dict[str, Any] = {"batch_first": True}
    cases += [
        _layer("TransformerEncoderLayer", src, 16, 4, 32, activation="gelu", **options),
        _layer("TransformerEncoderLayer", src, 16, 2, 32, norm_first=True, bias=False, **options),
        _layer("TransformerEncoderLayer", floats(6, 2, 16), 16, 2, 32, dynamic=("fixed",)),
        _layer("TransformerDecoderLayer", (tgt, src), 16, 4, 32, **options),
        _layer(
            "TransformerDecoderLayer",
            (tgt, src),
            16,
            4,
            32,
            norm_first=True,
            dynamic=("tgt:1=t", "memory:1=s"),
            **options,
        ),
        _layer("Transformer", (src, tgt), 16, 4, 1, 1, 32, **options),
        _layer("Transformer", (src, tgt), 16, 4, 1, 1, 32, dynamic=("src:1=s", "tgt:1=t"), **options),
    ]

    def masked() -> Any:
        from torch import nn

        class Masked(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
                self.encoder = nn.TransformerEncoder(layer, 2)

            def forward(self, x: Any, padding: Any) -> Any:
                mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1])
                return self.encoder(x, mask=mask, src_key_padding_mask=padding, is_causal=True)

        return Masked()

    cases += [
        Case("TransformerEncoder causal, padded", "attention", masked, (k, padding), ("x:1=length", "padding:1=length"))
    ]
    return cases


def _recurrent() -> list[Case]:
    cases = []
    for kind in ("LSTM", "GRU", "RNN"):
        cases += [
            _layer(kind, floats(2, 5, 4), 4, 6, batch_first=True),
            _layer(kind, floats(5, 2, 4), 4, 6, 2, bidirectional=True, dynamic=("fixed",)),
            _layer(kind, floats(2, 5, 4), 4, 6, 2, bias=False, bidirectional=True, batch_first=True),
            _layer(f"{kind}Cell", floats(2, 4), 4, 6),
        ]
    cases += [
        _layer("LSTM", floats(2, 5, 4), 4, 6, proj_size=3, batch_first=True),
        _layer("RNN", floats(2, 5, 4), 4, 6, nonlinearity="relu", batch_first=True),
        _layer("RNNCell", floats(2, 4), 4, 6, nonlinearity="relu"),
    ]
    return cases


def _losses() -> list[Case]:
    pairs = "L1Loss MSELoss SmoothL1Loss HuberLoss SoftMarginLoss PoissonNLLLoss KLDivLoss BCEWithLogitsLoss".split()
    cases = [_layer(name, (_ROWS, _POSITIVE)) for name in pairs]
    cases += [_layer(name, (_ROWS, _POSITIVE), reduction="none") for name in pairs]
    cases += [
        _layer("BCELoss", (_POSITIVE, _POSITIVE[::-1].copy()), reduction="none"),
        _layer("CrossEntropyLoss", (_ROWS, wholes(3, high=8)), reduction="none"),
        _layer("CrossEntropyLoss", (_ROWS, wholes(3, high=8)), label_smoothing=0.1, ignore_index=3),
        _layer("NLLLoss", (_ROWS, wholes(3, high=8)), reduction="none"),
        _layer("CosineEmbeddingLoss", (_ROWS, _ROWS + 1, np.array([1, -1, 1])), reduction="none"),
        _layer("TripletMarginLoss", (_ROWS, _ROWS + 1, _ROWS * 3), reduction="none"),
        _layer("MarginRankingLoss", (_ROWS, _ROWS + 1, np.sign(_ROWS)), margin=0.2, reduction="none"),
        _layer("HingeEmbeddingLoss", (_ROWS, np.sign(_ROWS)), reduction="none"),
        _layer("MultiMarginLoss", (_ROWS, wholes(3, high=8)), reduction="none"),
        _layer("MultiLabelSoftMarginLoss", (_ROWS, (_ROWS > 0).astype(np.float32)), reduction="none"),
        _layer("GaussianNLLLoss", (_ROWS, _ROWS + 1, _POSITIVE), reduction="none"),
        _layer("CTCLoss", (floats(6, 2, 5), wholes(2, 3, low=1, high=5)), dynamic=("fixed",)),
    ]
    return cases


def _parametrized() -> list[Case]:
    def made(how: str) -> Any:
        def make() -> Any:
            import torch
            from torch import nn
            from torch.nn.utils import parametrizations

            if how == "old weight_norm":
                return torch.nn.utils.weight_norm(nn.Linear(8, 8))
            if how == "old spectral_norm":
                return torch.nn.utils.spectral_norm(nn.Linear(8, 8))
            if how == "conv weight_norm":
                return nn.Sequential(nn.Unflatten(1, (2, 4)), parametrizations.weight_norm(nn.Conv1d(2, 3, 3), dim=0))
            return getattr(parametrizations, how)(nn.Linear(8, 8))

        return make

    names = ("weight_norm", "spectral_norm", "orthogonal", "old weight_norm", "old spectral_norm", "conv weight_norm")
    cases = [Case(f"parametrized {name}", "parametrized", made(name), (_ROWS,)) for name in names]

    def lazy() -> Any:
        import torch
        from torch import nn

        net = nn.Sequential(nn.LazyConv2d(5, 3), nn.LazyBatchNorm2d(), nn.Flatten(), nn.LazyLinear(3))
        net(torch.zeros(2, 4, 9, 11))
        return net

    def shared() -> Any:
        from torch import nn

        layer = nn.Linear(8, 8)
        return nn.Sequential(layer, nn.ReLU(), layer)

    def doubled() -> Any:
        from torch import nn

        return nn.Sequential(
            nn.Linear(8, 5), nn.BatchNorm1d(5), nn.GELU(), nn.LayerNorm(5), nn.Softplus(), nn.Linear(5, 2)
        ).double()

    def half() -> Any:
        from torch import nn

        return nn.Sequential(nn.Linear(8, 5), nn.GELU(), nn.LayerNorm(5), nn.Linear(5, 2)).half()

    def adaptive() -> Any:
        from torch import nn

        softmax = nn.AdaptiveLogSoftmaxWithLoss(8, 20, [5, 10])
        softmax.forward = softmax.log_prob
        return calling(softmax.log_prob, 1)

    cases += [
        Case("lazy layers", "parametrized", lazy, (_IMAGE,)),
        Case("a layer used twice", "parametrized", shared, (_ROWS,)),
        Case("float64 net", "parametrized", doubled, (_ROWS.astype(np.float64),)),
        Case("float16 net", "parametrized", half, (_ROWS.astype(np.float16),)),
        Case("adaptive log softmax", "parametrized", adaptive, (_ROWS,)),
    ]
    return cases


def layer_cases() -> list[Case]:
    """Returns the cases."""
    unpools = [_unpool(1, floats(2, 4, 10)), _unpool(2, floats(2, 4, 8, 10)), _unpool(3, floats(2, 4, 4, 6, 8))]
    groups = (
        _activations,
        _norms,
        _paddings,
        _shapes,
        _lookups,
        _pools,
        _convolutions,
        _attention,
        _recurrent,
        _losses,
        _parametrized,
    )
    return [*(case for group in groups for case in group()), *unpools]
