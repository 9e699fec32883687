"""Most memory that a process takes for its model in the last steps of 50, over what weights, keys and values need.

Measured in a process of its own as the system counts it: the most that was resident, less what was before there was a
model. What the frames themselves take, which is the same for any model, is there before.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

STEPS, READ = 50, 16
# A sixth of the published 2B in single precision: a frame takes as much here as there, and so weighs six times as much.
# Most of the weights are of the vocabulary, which costs no time.
TEXT = {"num_hidden_layers": 16, "intermediate_size": 512, "num_attention_heads": 4, "num_key_value_heads": 2}
SIZES = {"hidden_size": 256, "head_dim": 64, "vocab_size": 600_000}


def rows():
    """One row; needs Linux."""
    root = str(Path(__file__).parent.parent.parent)
    done = subprocess.run(
        [sys.executable, __file__], cwd=root, env={"PYTHONPATH": root}, capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    yield {
        "name": "memory_over_need_at_50",
        "value": round(found["peak"] / (found["weights"] + found["cache"]), 3),
        "unit": "ratio of bytes",
        "baseline": f"weights of {found['weights'] >> 20} MiB, keys and values of {found['cache'] >> 20} MiB",
        "goal": 1.1,
        "better": "lower",
    }


def _measured():
    from episode import REPLY, model, screen

    from agent.history import HistoryPolicy
    from agent.prompt import PastStep, prompt

    with tempfile.TemporaryDirectory() as folder:
        small = model(Path(folder) / "small")  # what the libraries take
        reply = tuple(small.tokenizer.encode(REPLY, add_special_tokens=False))
        past = [PastStep(screen(step), REPLY, reply, "Done.") for step in range(STEPS)]
        _read(small, prompt("Save.", [], past[0].frame), reply)
        del small
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        before = _resident("VmRSS")
        loaded = model(Path(folder) / "model", **TEXT, **SIZES)
    cache = 0
    for step in range(STEPS - READ, STEPS):
        cache = max(cache, _read(loaded, prompt("Save.", past[:step], past[step].frame, HistoryPolicy()), reply))
    weights = sum(weight.numel() * weight.element_size() for weight in loaded.session._model.parameters())
    print(json.dumps({"peak": _resident("VmHWM") - before, "weights": weights, "cache": cache}))


def _read(loaded, conversation, reply):
    """Read a step and say its reply; returns what keys and values take."""
    from agent.mind.encode import encode

    encoded = encode(conversation, loaded.tokenizer, loaded.eyes.tokens)
    loaded.session.read(encoded, conversation.frames, loaded.eyes)
    for token in reply[:-1]:
        loaded.session.say([token])
    layers = loaded.session._memory.cache.layers
    return sum(part.numel() * part.element_size() for layer in layers for part in (layer.keys, layer.values))


def _resident(name):
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    return int(lines[name].split()[0]) << 10


if __name__ == "__main__":
    _measured()
