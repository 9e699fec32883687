"""Measures real sizes on a GPU: `gpu.py [--sizes 2B,4B,8B] [--device cuda]` prints one JSON object a line for every row.

The weights are random, of the published shapes, with Qwen's real vocabulary; what is said does not matter, only how long it
takes. Beside ours stands transformers' own `generate`, in the same process on the same conversation. Exit code 2 where there
is no such device. `--sizes tiny --device cpu` tries the script itself.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.append(str(Path(__file__).resolve().parents[1] / "kit"))

import numpy as np
from published import config_of
from qwen_vocabulary import Missing, tokenizer

from actions.frame import frame_from_rgb
from actions.geometry import Rect
from agent.mind.encode import encode
from agent.mind.sizes import SIZES
from agent.prompt import PastStep, prompt

ROUNDS = 5
ACTION = 40
"""Tokens of a call with a few words before it."""
SAID = 64
FIRST_ACTION, SHARE = 1.0, 0.7


def main(words: list[str]) -> int:
    """Measure and print."""
    names = [shape.name for shape in SIZES] + ["tiny"]
    parser = argparse.ArgumentParser(description="Measure real sizes on a GPU.")
    parser.add_argument("--sizes", default="2B,4B,8B", help=f"some of {', '.join(names)} (2B,4B,8B)")
    parser.add_argument("--device", default="cuda", help="as torch names it (cuda)")
    told = parser.parse_args(words)
    if unknown := set(told.sizes.split(",")) - set(names):
        parser.error(f"{', '.join(sorted(unknown))}: there is no such size; there are {', '.join(names)}.")
    import torch

    if told.device.startswith("cuda") and not torch.cuda.is_available():
        print(
            "There is no GPU that torch can use here: run `make bench-gpu` on a machine that has one.", file=sys.stderr
        )
        return 2
    try:
        for size in told.sizes.split(","):
            for row in rows(size, torch.device(told.device)):
                print(json.dumps(row), flush=True)
    except Missing as error:
        print(f"{error}.", file=sys.stderr)
        return 2
    return 0


def rows(size, device):
    """The rows of one size."""
    run = Run(size, device)
    plain = run.decode()
    recorded = run.hasten()
    fresh, kept = run.first_actions()
    ours, theirs = run.decode(), run.generate()
    bound = run.bound()
    about = {"machine": machine(device), "dtype": run.hardware.dtype, "attention": run.hardware.attention}
    about["recorded"] = recorded
    yield row(
        f"screen_to_first_action_{size}",
        fresh,
        "seconds",
        "a step that knows nothing, 1920×1080",
        FIRST_ACTION,
        **about,
    )
    yield row(f"kept_screen_to_action_{size}", kept, "seconds", "a step that goes on, 1920×1080", FIRST_ACTION, **about)
    yield row(
        f"decode_share_{size}",
        ours / bound,
        "fraction",
        f"{bound:.1f} tokens a second: the weights and the cache read once each, as quickly as memory is copied here",
        SHARE,
        better="higher",
        **about,
    )
    yield row(
        f"recorded_over_launched_{size}",
        ours / plain,
        "ratio",
        "each pass launched anew",
        1.0,
        better="higher",
        **about,
    )
    yield row(
        f"decode_over_generate_{size}", ours / theirs, "ratio", "transformers' generate", 1.0, better="higher", **about
    )


def row(name, value, unit, baseline, goal, better="lower", **about):
    """One row, as the other benchmarks have them."""
    told = {"name": name, "value": round(value, 3), "unit": unit, "baseline": baseline, "goal": goal, "better": better}
    return told | about


def machine(device):
    """What was measured, in words."""
    import torch

    return torch.cuda.get_device_name(device) if device.type == "cuda" else platform.processor() or platform.machine()


class Run:
    """One size on its device, and what it is asked."""

    def __init__(self, size, device):
        from agent.mind.attention import use_blocks
        from agent.mind.hardware import Wish, choose_hardware
        from agent.mind.session import Session
        from agent.mind.vision import load_eyes

        self.device = device
        with tempfile.TemporaryDirectory() as folder:
            self._tokenizer, config, eyes = parts(size, Path(folder))
            self._eyes = load_eyes(eyes)
        self.hardware = choose_hardware(10**12 if size != "tiny" else 0, Wish(device=str(device)))
        self.network = network(config, device, self.hardware)
        if self.hardware.attention == "sdpa":
            use_blocks(self.network)
        self._session = Session(self.network)
        self._said = tuple(self._tokenizer.encode("Save. " * ACTION, add_special_tokens=False)[:ACTION])
        self._weights = sum(weight.nbytes for weight in self.network.parameters())
        self._weights -= sum(weight.nbytes for weight in self.network.model.visual.parameters())

    def first_actions(self):
        """Seconds from a frame to the last token of its call: of a first step, and of one that goes on."""
        fresh, kept = [], []
        for turn in range(ROUNDS + 1):
            self._session.forget()
            first = screen(2 * turn)
            fresh.append(self._act([], first))
            kept.append(self._act([PastStep(first, "", self._said, "Done.")], screen(2 * turn + 1)))
        # The first round finds the kernels.
        return statistics.median(fresh[1:]), statistics.median(kept[1:])

    def hasten(self):
        """Say by recorded passes from now on, where that pays; for how many tokens at most."""
        from agent.mind.examine import hasten

        return hasten(self._session, lambda: self._read([], screen(0)))

    def decode(self):
        """Tokens a second, one by one, after one frame."""
        self._read([], screen(0))
        self._wait()
        began = time.perf_counter()
        token = self._said[0]
        for _ in range(SAID):
            token = int(self._session.say([token]).argmax())
        return SAID / (time.perf_counter() - began)

    def generate(self):
        """The same of transformers' own generate."""
        import torch

        asked = prompt("Save the letter.", [], screen(0))
        encoded = encode(asked, self._tokenizer, self._eyes.tokens)
        picture = self._eyes.look(asked.frames[0], self.device, self.network.dtype)
        ids = torch.tensor([encoded.ids], device=self.device)
        given = {
            "input_ids": ids,
            "attention_mask": torch.ones_like(ids),
            "mm_token_type_ids": (ids == self.network.config.image_token_id).int(),
            "pixel_values": picture.patches,
            "image_grid_thw": picture.grid,
            "do_sample": False,
            "pad_token_id": 0,
        }
        self.network.set_attn_implementation(self.hardware.attention)
        spent = []
        for count in (1, SAID + 1, 1, SAID + 1):
            self._wait()
            began = time.perf_counter()
            self.network.generate(**given, min_new_tokens=count, max_new_tokens=count)
            self._wait()
            spent.append(time.perf_counter() - began)
        return SAID / (spent[3] - spent[2])

    def bound(self):
        """Tokens a second at which the weights and the cache are read as quickly as memory is copied."""
        import torch

        some = torch.empty(2**30 if self.device.type == "cuda" else 2**26, dtype=torch.uint8, device=self.device)
        spent = []
        for _ in range(ROUNDS + 1):
            self._wait()
            began = time.perf_counter()
            some.clone()
            self._wait()
            spent.append(time.perf_counter() - began)
        # A copy reads and writes.
        bandwidth = 2 * some.nbytes / min(spent[1:])
        text = self.network.config.get_text_config()
        tokens = len(self._read([], screen(0)).ids) + SAID // 2
        width = text.num_key_value_heads * text.head_dim * self.network.dtype.itemsize
        return bandwidth / (self._weights + 2 * text.num_hidden_layers * tokens * width)

    def _act(self, past, frame):
        self._wait()
        began = time.perf_counter()
        self._read(past, frame)
        for token in self._said[:-1]:
            int(self._session.say([token]).argmax())
        return time.perf_counter() - began

    def _read(self, past, frame):
        asked = prompt("Save the letter.", past, frame)
        encoded = encode(asked, self._tokenizer, self._eyes.tokens)
        int(self._session.read(encoded, asked.frames, self._eyes).scores.argmax())
        return encoded

    def _wait(self):
        import torch

        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)


def parts(size, folder):
    """Tokenizer, config and the folder of the image processor."""
    from transformers import AutoConfig, AutoTokenizer

    from agent.mind.chat_template import chat_template
    from agent.mind.tiny import build_tiny

    tiny = build_tiny(folder / "tiny")
    if size == "tiny":
        return AutoTokenizer.from_pretrained(tiny), AutoConfig.from_pretrained(tiny), tiny
    vocabulary = tokenizer()
    vocabulary.chat_template = chat_template("instruct")
    shape = next(shape for shape in SIZES if shape.name == size)
    marks = {
        f"{name}_token_id": vocabulary.convert_tokens_to_ids(f"<|{mark}|>")
        for name, mark in (("image", "image_pad"), ("video", "video_pad"), ("vision_start", "vision_start"))
    }
    return vocabulary, config_of(shape, **marks), tiny


def network(config, device, hardware):
    """The model with random weights, on its device from the beginning."""
    import torch
    from transformers import AutoModelForImageTextToText

    torch.manual_seed(0)
    with torch.device(device):
        made = AutoModelForImageTextToText.from_config(
            config, dtype=getattr(torch, hardware.dtype), attn_implementation=hardware.attention
        )
    made.generation_config.eos_token_id = None
    return made.eval()


def screen(seed):
    """What the step sees, the same each time."""
    pixels = np.random.default_rng(seed).integers(0, 255, (1080, 1920, 3), np.uint8)
    return frame_from_rgb(pixels.tobytes(), Rect(0, 0, 1920, 1080), 0.0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
