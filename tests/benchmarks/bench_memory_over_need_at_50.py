"""Most memory that a process takes for its model in the first 50 steps of a run, over the weights, keys and values it needs.

Measured of a process of its own as the system counts it: what was resident at most, less what was before the model.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

STEPS = 50
# So large that a page more or less says nothing; keys and values stand to the weights as in the published 2B.
TEXT = {"num_hidden_layers": 24, "hidden_size": 512, "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 64}


def rows():
    """One row; needs Linux."""
    root = str(Path(__file__).parent.parent.parent)
    command = [sys.executable, __file__]
    done = subprocess.run(command, cwd=root, env={"PYTHONPATH": root}, capture_output=True, text=True, check=True)
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
    from episode import Episode, model

    from agent.prompt import HistoryPolicy

    with tempfile.TemporaryDirectory() as folder:
        model(Path(folder) / "small")  # what the libraries take
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        before = _resident("VmRSS")
        loaded = model(Path(folder) / "model", **TEXT)
    episode = Episode(loaded, HistoryPolicy())
    most = 0
    for _ in range(STEPS):
        episode.read(episode.next())
        cache = episode.session._memory.cache
        most = max(
            most,
            sum(part.numel() * part.element_size() for layer in cache.layers for part in (layer.keys, layer.values)),
        )
    weights = sum(weight.numel() * weight.element_size() for weight in loaded.session._model.parameters())
    print(json.dumps({"peak": _resident("VmHWM") - before, "weights": weights, "cache": most}))


def _resident(name):
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    return int(lines[name].split()[0]) << 10


if __name__ == "__main__":
    _measured()
