"""Owns the run that the benchmarks of the mind measure: frames of 1280×800 through a small model of the real architecture.

What is measured is the processor time of one thread. Making the frames and their patches is left out on both sides, and
so is the description of the tool: a tokenizer of bytes would make it four times as long as it is for a real model.
"""

import time
from dataclasses import replace

import numpy as np

from actions.frame import frame_from_rgb
from actions.geometry import Rect
from agent.mind.encode import encode
from agent.prompt import PastStep, prompt

WIDTH, HEIGHT = 1280, 800
REPLY = 'Save.\n<tool_call>\n{"act":"click","at":[512,377]}\n</tool_call>'
# As with the published 2B, attention costs about as much as all else at the length of a full history.
TEXT = {
    "hidden_size": 256,
    "intermediate_size": 1536,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 32,
    "max_position_embeddings": 131072,
}
SIGHT = {"hidden_size": 64, "intermediate_size": 256, "depth": 2, "num_heads": 2}


def model(folder, **text):
    """A checkpoint in memory, with other sizes of the language model if told; one thread."""
    import torch
    from transformers import AutoConfig, AutoModelForImageTextToText

    from agent.mind.attention import use_blocks
    from agent.mind.load import load
    from agent.mind.session import Session
    from agent.mind.tiny import build_tiny

    torch.set_num_threads(1)
    loaded = load(str(build_tiny(folder)))
    config = loaded.session._model.config.to_dict()
    config["text_config"] |= TEXT | text
    config["vision_config"] |= SIGHT | {"out_hidden_size": config["text_config"]["hidden_size"]}
    torch.manual_seed(0)
    network = AutoModelForImageTextToText.from_config(AutoConfig.for_model(**config)).eval()
    # Both sides say so many tokens, whatever they are.
    network.generation_config.eos_token_id = None
    use_blocks(network)
    return replace(loaded, session=Session(network))


def screen(step):
    """What the step sees, the same each time."""
    pixels = np.random.default_rng(step).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    return frame_from_rgb(pixels.tobytes(), Rect(0, 0, WIDTH, HEIGHT), 0.0)


class _Remembering:
    """Eyes that made the patches of all frames before."""

    def __init__(self, eyes, pictures):
        self.grid, self._pictures = eyes.grid, pictures

    def look(self, frame, device, dtype):
        picture = self._pictures[frame.digest]
        assert (picture.patches.device, picture.patches.dtype) == (device, dtype)
        return picture


class Episode:
    """The conversations of a run, step by step, in a session of its own.

    Args:
        loaded: the model.
        policy: how much of the past is read again.
    """

    def __init__(self, loaded, policy):
        from agent.mind.session import Session

        self._loaded, self._policy = loaded, policy
        self.session = Session(loaded.session._model)
        self._past, self._pictures = [], {}
        self._reply = tuple(loaded.tokenizer.encode(REPLY, add_special_tokens=False))

    def skip(self, steps):
        """Go on without reading; returns what the last of the steps asked."""
        return [self.next() for _ in range(steps)][-1]

    def next(self):
        """What the next step asks."""
        step = len(self._past)
        asked = prompt("Save the letter.", self._past, screen(step), self._policy)
        self._past.append(PastStep(asked.frames[-1], REPLY, self._reply, "Done."))
        self._pictures[asked.frames[-1].digest] = self._loaded.eyes.look(asked.frames[-1])
        kept = {one.digest for one in asked.frames}
        self._pictures = {digest: picture for digest, picture in self._pictures.items() if digest in kept}
        return replace(asked, tools=())

    def read(self, conversation):
        """Processor seconds of a step that goes on from the last one, and the first token that it would say."""
        session, eyes, began = self.session, _Remembering(self._loaded.eyes, self._pictures), time.process_time()
        encoded = encode(conversation, self._loaded.tokenizer, self._loaded.eyes.tokens)
        first = int(session.read(encoded, conversation.frames, eyes).scores.argmax())
        for token in self._reply[:-1]:
            int(session.say([token]).argmax())
        return time.process_time() - began, first

    def generate(self, conversation):
        """The same of transformers' own generate, which knows nothing of the last step."""
        import torch

        from agent.mind.attention import use_blocks

        network = self._loaded.session._model
        network.set_attn_implementation("sdpa")
        began = time.process_time()
        encoded = encode(conversation, self._loaded.tokenizer, self._loaded.eyes.tokens)
        ids = torch.tensor([encoded.ids])
        pictures = [self._pictures[frame.digest] for frame in conversation.frames]
        said = network.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            mm_token_type_ids=(ids == network.config.image_token_id).int(),
            pixel_values=torch.cat([picture.patches for picture in pictures]),
            image_grid_thw=torch.cat([picture.grid for picture in pictures]),
            max_new_tokens=len(self._reply),
            do_sample=False,
            pad_token_id=0,
            suppress_tokens=[network.config.image_token_id, network.config.video_token_id],
        )
        seconds = time.process_time() - began
        use_blocks(network)
        return seconds, int(said[0, ids.shape[1]])
