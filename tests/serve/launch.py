"""Starts `transformers serve` as it is, on an environment whose torchvision need not fit its torch.

Beside a torch for the CPU, pip puts a torchvision for CUDA, whose compiled part does not load. Of that part the server uses
the decoding of pictures alone, which PIL does here; everything else is the real server.
"""

import io
import sys
import types

import numpy as np
import torch
from PIL import Image


def decode_image(data, *_, **__):
    image = Image.open(io.BytesIO(data.numpy().tobytes())).convert("RGB")
    return torch.from_numpy(np.array(image)).permute(2, 0, 1)


def main() -> None:
    sys.modules["torchvision._meta_registrations"] = types.ModuleType("torchvision._meta_registrations")
    import torchvision.io

    torchvision.io.decode_image = decode_image
    from transformers.cli.transformers import main as serve

    serve()


if __name__ == "__main__":
    main()
