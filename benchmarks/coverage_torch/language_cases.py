"""Transformers of Hugging Face from small configurations."""

from typing import Any

import numpy as np

from benchmarks.coverage_torch.case import Array, Case, floats, wholes

__all__ = ["language_cases"]

_USUAL: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "vocab_size": 100,
    "max_position_embeddings": 64,
}
_CAUSAL: dict[str, Any] = {**_USUAL, "use_cache": False, "bos_token_id": 0, "eos_token_id": 0, "pad_token_id": 0}
# An encoder and a decoder.
_PAIR: dict[str, Any] = {
    "d_model": 32,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 64,
    "decoder_ffn_dim": 64,
    "vocab_size": 100,
    "max_position_embeddings": 64,
    "use_cache": False,
}
_PATCHES: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "image_size": 32,
    "patch_size": 8,
}
_WINDOWS: dict[str, Any] = {
    "embed_dim": 16,
    "depths": [2, 2],
    "num_heads": [2, 4],
    "window_size": 4,
    "image_size": 32,
    "patch_size": 4,
}
_OPEN = ("input_ids:1=length", "attention_mask:1=length")


def _mask() -> Array:
    mask = np.ones((2, 9), dtype=np.int64)
    mask[0, :3] = 0
    mask[1, 7:] = 0
    return mask


def _text(model: str, config: str, settings: dict[str, Any], dynamic: tuple[str, ...] = _OPEN) -> Case:
    made = _made(model, config, settings)

    def make() -> Any:
        from torch import nn

        class Text(nn.Module):
            """Some models take a cache between ids and mask."""

            def __init__(self) -> None:
                super().__init__()
                self.model = made()

            def forward(self, input_ids: Any, attention_mask: Any) -> Any:
                return self.model(input_ids=input_ids, attention_mask=attention_mask)

        return Text()

    return Case(model, "transformers", make, (wholes(2, 9, low=1, high=100), _mask()), dynamic)


def _made(model: str, config: str, settings: dict[str, Any]) -> Any:
    def make() -> Any:
        import transformers

        return getattr(transformers, model)(getattr(transformers, config)(**settings))

    return make


def _picture(model: str, config: str, size: int = 32, **settings: Any) -> Case:
    return Case(model, "transformers", _made(model, config, settings), (floats(2, 3, size, size),))


def language_cases() -> list[Case]:
    """Returns the cases."""
    kv = {**_CAUSAL, "num_key_value_heads": 2}
    return [
        _text("BertModel", "BertConfig", _USUAL),
        _text("BertForSequenceClassification", "BertConfig", {**_USUAL, "num_labels": 3}),
        _text("BertForTokenClassification", "BertConfig", {**_USUAL, "num_labels": 3}),
        _text("BertForQuestionAnswering", "BertConfig", _USUAL),
        _text("BertForMaskedLM", "BertConfig", _USUAL),
        _text(
            "DistilBertForSequenceClassification",
            "DistilBertConfig",
            {"dim": 32, "n_layers": 2, "n_heads": 4, "hidden_dim": 64, "vocab_size": 100},
        ),
        _text("RobertaModel", "RobertaConfig", _USUAL),
        _text("RobertaForSequenceClassification", "RobertaConfig", _USUAL),
        _text("XLMRobertaModel", "XLMRobertaConfig", _USUAL),
        _text("CamembertModel", "CamembertConfig", _USUAL),
        _text("AlbertModel", "AlbertConfig", {**_USUAL, "embedding_size": 16}),
        _text("ElectraModel", "ElectraConfig", {**_USUAL, "embedding_size": 16}),
        _text("ElectraForPreTraining", "ElectraConfig", {**_USUAL, "embedding_size": 16}),
        _text("DebertaModel", "DebertaConfig", {**_USUAL, "relative_attention": True, "pos_att_type": ["c2p", "p2c"]}),
        _text(
            "DebertaV2Model",
            "DebertaV2Config",
            {
                **_USUAL,
                "relative_attention": True,
                "pos_att_type": ["c2p", "p2c"],
                "position_buckets": 8,
                "share_att_key": True,
            },
        ),
        _text("MPNetModel", "MPNetConfig", _USUAL),
        _text(
            "MobileBertModel",
            "MobileBertConfig",
            {**_USUAL, "embedding_size": 16, "true_hidden_size": 16, "intra_bottleneck_size": 16},
        ),
        _text("SqueezeBertModel", "SqueezeBertConfig", {**_USUAL, "embedding_size": 32}),
        _text(
            "FunnelModel",
            "FunnelConfig",
            {"vocab_size": 100, "block_sizes": [1, 1], "d_model": 32, "n_head": 4, "d_head": 8, "d_inner": 64},
        ),
        _text(
            "XLNetModel", "XLNetConfig", {"vocab_size": 100, "d_model": 32, "n_layer": 2, "n_head": 4, "d_inner": 64}
        ),
        _text("ModernBertModel", "ModernBertConfig", {**_USUAL, "pad_token_id": 0}),
        _text(
            "GPT2LMHeadModel",
            "GPT2Config",
            {"n_embd": 32, "n_layer": 2, "n_head": 4, "vocab_size": 100, "n_positions": 64, "use_cache": False},
        ),
        _text(
            "GPTNeoModel",
            "GPTNeoConfig",
            {
                "hidden_size": 32,
                "num_layers": 2,
                "num_heads": 4,
                "vocab_size": 100,
                "max_position_embeddings": 64,
                "attention_types": [[["global", "local"], 1]],
                "window_size": 4,
                "use_cache": False,
            },
        ),
        _text("GPTNeoXForCausalLM", "GPTNeoXConfig", _CAUSAL),
        _text(
            "GPTJForCausalLM",
            "GPTJConfig",
            {
                "n_embd": 32,
                "n_layer": 2,
                "n_head": 4,
                "rotary_dim": 4,
                "vocab_size": 100,
                "n_positions": 64,
                "use_cache": False,
            },
        ),
        _text("LlamaForCausalLM", "LlamaConfig", kv),
        _text("LlamaForSequenceClassification", "LlamaConfig", {**kv, "num_labels": 3}),
        _text("MistralForCausalLM", "MistralConfig", {**kv, "sliding_window": 4}),
        _text("Qwen2ForCausalLM", "Qwen2Config", kv),
        _text("Qwen3ForCausalLM", "Qwen3Config", {**kv, "head_dim": 8}),
        _text("GemmaForCausalLM", "GemmaConfig", {**kv, "head_dim": 8}),
        _text("Gemma2ForCausalLM", "Gemma2Config", {**kv, "head_dim": 8, "sliding_window": 4}),
        _text("PhiForCausalLM", "PhiConfig", _CAUSAL),
        _text("Phi3ForCausalLM", "Phi3Config", kv),
        _text("StableLmForCausalLM", "StableLmConfig", kv),
        _text("CohereForCausalLM", "CohereConfig", kv),
        _text("OlmoForCausalLM", "OlmoConfig", kv),
        _text("MixtralForCausalLM", "MixtralConfig", {**kv, "num_local_experts": 2}),
        _text("FalconForCausalLM", "FalconConfig", {**_CAUSAL, "alibi": False}),
        _text(
            "BloomForCausalLM",
            "BloomConfig",
            {"hidden_size": 32, "n_layer": 2, "n_head": 4, "vocab_size": 100, "use_cache": False},
        ),
        _text(
            "OPTForCausalLM",
            "OPTConfig",
            {
                "hidden_size": 32,
                "num_hidden_layers": 2,
                "num_attention_heads": 4,
                "ffn_dim": 64,
                "vocab_size": 100,
                "max_position_embeddings": 64,
                "word_embed_proj_dim": 32,
                "use_cache": False,
            },
        ),
        _text(
            "MptForCausalLM",
            "MptConfig",
            {"d_model": 32, "n_layers": 2, "n_heads": 4, "vocab_size": 100, "max_seq_len": 64, "use_cache": False},
        ),
        _text(
            "MambaForCausalLM",
            "MambaConfig",
            {"hidden_size": 32, "num_hidden_layers": 2, "vocab_size": 100, "state_size": 4, "use_cache": False},
        ),
        _text(
            "Mamba2ForCausalLM",
            "Mamba2Config",
            {
                "hidden_size": 32,
                "num_hidden_layers": 2,
                "vocab_size": 100,
                "state_size": 4,
                "num_heads": 8,
                "head_dim": 8,
                "n_groups": 2,
                "use_cache": False,
            },
        ),
        _text("BartModel", "BartConfig", _PAIR),
        _text("PegasusModel", "PegasusConfig", _PAIR, ("fixed",)),
        _text("LongformerModel", "LongformerConfig", {**_USUAL, "attention_window": 4}, ("fixed",)),
        _text("RoFormerModel", "RoFormerConfig", {**_USUAL, "embedding_size": 32}),
        _text(
            "NystromformerModel",
            "NystromformerConfig",
            {**_USUAL, "num_landmarks": 3, "segment_means_seq_len": 9},
            ("fixed",),
        ),
        _text("FNetModel", "FNetConfig", _USUAL, ("fixed",)),
        _picture("ViTModel", "ViTConfig", **_PATCHES),
        _picture("ViTForImageClassification", "ViTConfig", **_PATCHES),
        _picture("DeiTModel", "DeiTConfig", **_PATCHES),
        _picture(
            "BeitModel",
            "BeitConfig",
            **_PATCHES,
            use_relative_position_bias=True,
        ),
        _picture(
            "Dinov2Model",
            "Dinov2Config",
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=4,
            image_size=32,
            patch_size=8,
        ),
        _picture("SwinModel", "SwinConfig", **_WINDOWS),
        _picture("Swinv2Model", "Swinv2Config", **_WINDOWS),
        _picture("ConvNextModel", "ConvNextConfig", depths=[1, 1], hidden_sizes=[16, 32], num_stages=2),
        _picture(
            "ResNetForImageClassification", "ResNetConfig", embedding_size=16, hidden_sizes=[16, 32], depths=[1, 1]
        ),
        _picture("MobileViTModel", "MobileViTConfig", size=64, image_size=64),
        _picture(
            "SegformerForSemanticSegmentation",
            "SegformerConfig",
            size=64,
            hidden_sizes=[8, 16, 24, 32],
            depths=[1, 1, 1, 1],
            decoder_hidden_size=32,
        ),
        _picture("CLIPVisionModel", "CLIPVisionConfig", **_PATCHES),
        _text("CLIPTextModel", "CLIPTextConfig", {**_USUAL, "eos_token_id": 99, "bos_token_id": 0}),
        Case(
            "WhisperEncoder",
            "transformers",
            _whisper,
            (floats(2, 8, 60),),
        ),
        Case(
            "Wav2Vec2Model",
            "transformers",
            _made(
                "Wav2Vec2Model",
                "Wav2Vec2Config",
                {
                    **{k: v for k, v in _USUAL.items() if k != "max_position_embeddings"},
                    "conv_dim": (8, 8),
                    "conv_stride": (5, 2),
                    "conv_kernel": (10, 3),
                    "num_conv_pos_embeddings": 4,
                    "num_conv_pos_embedding_groups": 2,
                    "num_feat_extract_layers": 2,
                },
            ),
            (floats(2, 400),),
        ),
        Case(
            "PatchTSTModel",
            "transformers",
            _made(
                "PatchTSTModel",
                "PatchTSTConfig",
                {
                    "num_input_channels": 2,
                    "context_length": 32,
                    "patch_length": 8,
                    "patch_stride": 8,
                    "d_model": 16,
                    "num_attention_heads": 2,
                    "num_hidden_layers": 2,
                    "ffn_dim": 32,
                },
            ),
            (floats(2, 32, 2),),
        ),
    ]


def _whisper() -> Any:
    import transformers

    settings = {
        "d_model": 32,
        "encoder_layers": 2,
        "encoder_attention_heads": 4,
        "encoder_ffn_dim": 64,
        "num_mel_bins": 8,
    }
    config = transformers.WhisperConfig(
        max_source_positions=30, decoder_layers=1, decoder_attention_heads=4, vocab_size=100, pad_token_id=0, **settings
    )
    return transformers.WhisperModel(config).encoder
