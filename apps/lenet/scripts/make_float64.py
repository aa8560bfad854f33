"""Writes golden/lenet-float64.json: the losses of 50 steps from golden/lenet-parity.safetensors, in float64 and float32.

    python3 scripts/make_float64.py

Each step takes the next 256 images of the committed training subset, in file order and from its beginning again. The losses
in float64 say how far rounding leads a training in float32 astray, in one process or several.
"""

import json
import os

import torch
from lenet_torch import LeNet, load_images, load_safetensors
from torch.nn.functional import cross_entropy

STEPS = 50
BATCH_SIZE = 256
LEARNING_RATES = [0.9, 0.1]
GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden")


def losses(learning_rate, dtype):
    model = LeNet()
    model.load_state_dict(load_safetensors(os.path.join(GOLDEN, "lenet-parity.safetensors")))
    model = model.to(dtype)
    optimizer = torch.optim.SGD(model.parameters(), learning_rate)
    images, labels = load_images("train")
    images = images.to(dtype)
    result = []
    for step in range(STEPS):
        batch = torch.arange(step * BATCH_SIZE, (step + 1) * BATCH_SIZE) % len(images)
        loss = cross_entropy(model(images[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        result.append(loss.item())
    return result


torch.set_num_threads(1)
golden = {
    "torch": torch.__version__,
    "batchSize": BATCH_SIZE,
    "runs": [
        {
            "learningRate": learning_rate,
            "float64": losses(learning_rate, torch.float64),
            "float32": losses(learning_rate, torch.float32),
        }
        for learning_rate in LEARNING_RATES
    ],
}
with open(os.path.join(GOLDEN, "lenet-float64.json"), "w") as file:
    json.dump(golden, file, indent=2)
    file.write("\n")
