"""Owns transformers' config of a published size, without its checkpoint."""

from transformers import AutoConfig, PretrainedConfig

from agent.mind.sizes import VOCABULARY, Shape


def config_of(shape: Shape, **more: int) -> PretrainedConfig:
    """The config of a size, with more of its own entries, such as the tokens that mark pictures."""
    tower = shape.tower
    text = {
        "vocab_size": VOCABULARY,
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.kv_heads,
        "head_dim": shape.head,
        "moe_intermediate_size" if shape.experts else "intermediate_size": shape.inner,
    }
    if shape.experts:
        text |= {"num_experts": shape.experts, "num_experts_per_tok": shape.chosen}
    sight = {
        "depth": tower.depth,
        "hidden_size": tower.hidden,
        "intermediate_size": tower.inner,
        "num_heads": 16,
        "out_hidden_size": shape.hidden,
        "deepstack_visual_indexes": list(tower.deep),
    }
    kind = "qwen3_vl_moe" if shape.experts else "qwen3_vl"
    return AutoConfig.for_model(kind, text_config=text, vision_config=sight, tie_word_embeddings=shape.tied, **more)
