"""Thinks with models that several devices share, and with the same on the processor: `far_mind.py [MODEL FREE,FREE,…]…`.

FREE is how many million bytes each device has. Prints one JSON object a line for every model.
"""

import json
import os
import sys

import numpy as np
import torch
from far import far_machine

from actions.frame import frame_from_rgb
from actions.geometry import Rect
from agent.conversation import Conversation, ImagePart, Message, TextPart
from agent.mind import load as loading
from agent.mind.base import ThinkOptions
from agent.mind.encode import encode
from agent.mind.examine import prove
from agent.mind.hardware import Hardware
from agent.mind.qwen import Qwen

MILLION = 1_000_000
# Threads would load weights where the machine is not known.
os.environ["HF_DEACTIVATE_ASYNC_LOAD"] = "1"


def main(told):
    pairs = list(zip(told[::2], told[1::2], strict=True))
    near = {model: asked(Qwen(model)) for model, _ in pairs}
    with far_machine():
        for model, free in pairs:
            print(json.dumps(shared(model, [int(each) * MILLION for each in free.split(",")], near[model])), flush=True)


def shared(model, free, near):
    devices = {f"far:{number}": each for number, each in enumerate(free)}
    hardware = Hardware(",".join(devices), "float32", "float32", "sdpa", None, "told")
    loading.choose_hardware = lambda *asked: hardware
    mind = Qwen(model)
    mind._loaded = loading.load(model, free=devices.__getitem__)
    session = mind.loaded().session
    proven = prove(mind)
    far = asked(mind)
    return {
        "model": model,
        "device": session.device,
        "chosen": proven.device,
        "modules": session._model.hf_device_map,
        "sent": sorted(name for name, part in session._model.named_modules() if hasattr(part, "_hf_hook")),
        "kept": [str(layer.keys.device) for layer in session._memory.cache.layers],
        "one table": session._model.lm_head.weight is session._model.model.language_model.embed_tokens.weight,
        "same replies": far["replies"] == near["replies"],
        "same reuse": far["reuse"] == near["reuse"],
        "apart": max(
            float((one - other).abs().max()) for one, other in zip(far["scores"], near["scores"], strict=True)
        ),
    }


def asked(mind):
    """What a mind says about three pictures, one after the other, and its scores then and after a shorter history."""
    replies, reuse, messages = [], [], []
    for seed in range(3):
        messages.append(Message("user", (ImagePart(picture(seed)), TextPart("What is this?"))))
        reply = list(mind.think(Conversation(tuple(messages)), ThinkOptions(max_new_tokens=6), lambda: False))[-1]
        replies.append(list(reply.ids))
        reuse.append(reply.reuse)
        messages.append(Message("assistant", (TextPart(reply.text),), ids=reply.ids))
    scores = [read(mind, messages[:5]), read(mind, messages[2:5])]
    return {"replies": replies, "reuse": reuse, "scores": scores}


def read(mind, messages):
    one, conversation = mind.loaded(), Conversation(tuple(messages))
    encoded = encode(conversation, one.tokenizer, one.eyes.tokens)
    scores = one.session.read(encoded, conversation.frames, one.eyes).scores.cpu()
    return scores[torch.isfinite(scores)]


def picture(seed):
    pixels = np.random.default_rng(seed).integers(0, 255, (64, 96, 3), np.uint8)
    return frame_from_rgb(pixels.tobytes(), Rect(0, 0, 96, 64), 0.0)


if __name__ == "__main__":
    main(sys.argv[1:])
