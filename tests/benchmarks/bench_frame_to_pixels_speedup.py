"""CPU time from a frame of 1920×1080 to `pixel_values`: the processor's fastest stock path over ours, in two precisions.

The stock path on torchvision is the fastest there is; where set-up could not get torchvision it is the one on PIL, whose
resize differs a little, so that values are then compared on a frame that needs none.
"""

import contextlib
import random
import statistics
import sys
import time
import types
from pathlib import Path

ROUNDS = 15
PUBLISHED = {
    "size": {"shortest_edge": 65536, "longest_edge": 16777216},
    "patch_size": 16,
    "image_mean": [0.5, 0.5, 0.5],
    "image_std": [0.5, 0.5, 0.5],
}
"""What the preprocessor_config.json of the published Qwen3-VL checkpoints says."""
GOALS = {"float32": 2, "bfloat16": 4}


def rows():
    """One row for each precision."""
    import torch

    backend, stock = _fastest()
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    from agent.mind.vision import Eyes

    eyes = Eyes(Qwen2VLImageProcessorPil(**PUBLISHED))
    torch.set_num_threads(1)
    apart = max(_apart(stock, eyes, height) for height in ((1080, 1088) if backend == "torchvision" else (1088,)))
    for name, goal in GOALS.items():
        dtype, frame, ratios = getattr(torch, name), _frame(1080), []
        for _ in range(ROUNDS):
            began = time.process_time()
            theirs = stock(images=[frame.image()], return_tensors="pt")["pixel_values"].to(dtype)
            between = time.process_time()
            ours = eyes.look(frame, "cpu", dtype).patches
            ratios.append((between - began) / (time.process_time() - between))
            del theirs, ours
        yield {
            "name": f"frame_to_pixels_speedup_{name}",
            "value": round(statistics.median(ratios), 2),
            "unit": "ratio of CPU seconds",
            "baseline": f"transformers' image processor on {backend}, values at most {apart:.1e} apart",
            "goal": goal,
            "better": "higher",
        }


def _fastest():
    sys.path.append(str(Path(sys.prefix, "apart")))
    # It describes what is compiled, which a build for GPUs lacks beside a torch for processors; no transform needs it.
    sys.modules["torchvision._meta_registrations"] = types.ModuleType("torchvision._meta_registrations")
    with contextlib.suppress(ImportError):
        import torchvision  # noqa: F401
        from transformers import Qwen2VLImageProcessor

        return "torchvision", Qwen2VLImageProcessor(**PUBLISHED)
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    return "PIL", Qwen2VLImageProcessorPil(**PUBLISHED)


def _frame(height):
    from actions.frame import frame_from_rgb
    from actions.geometry import Rect

    return frame_from_rgb(random.Random(1).randbytes(3 * 1920 * height), Rect(0, 0, 1920, height), 0.0)


def _apart(stock, eyes, height):
    frame = _frame(height)
    theirs = stock(images=[frame.image()], return_tensors="pt")["pixel_values"]
    return float((theirs - eyes.look(frame).patches).abs().max())
