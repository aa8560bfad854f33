"""Writes golden/lenet-parity.*: initial weights, and what PyTorch makes of them in its first 20 steps, in float32.

    python3 scripts/make_parity.py

Each run takes consecutive slices of the committed training subset, in file order. Then the test loss, with running
statistics, says whether these agree too. One run is the tutorial's; slow backends take small batches, at a learning rate
at which these do not make rounding errors larger from step to step.
"""

import json
import os

import torch
from lenet_torch import LeNet, load_images, load_safetensors, save_safetensors
from torch.nn.functional import cross_entropy

STEPS = 20
RUNS = [{"batchSize": 256, "learningRate": 0.9}, {"batchSize": 16, "learningRate": 0.1}]
GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden")
WEIGHTS = os.path.join(GOLDEN, "lenet-parity.safetensors")


def run(batch_size, learning_rate):
    model = LeNet()
    model.load_state_dict(load_safetensors(WEIGHTS))
    optimizer = torch.optim.SGD(model.parameters(), learning_rate)
    images, labels = load_images("train")
    losses = []
    for step in range(STEPS):
        batch = slice(step * batch_size, (step + 1) * batch_size)
        loss = cross_entropy(model(images[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    with torch.no_grad():
        images, labels = load_images("t10k")
        test_loss = cross_entropy(model(images), labels).item()
    return {"losses": losses, "testLoss": test_loss}


torch.manual_seed(0)
torch.set_num_threads(1)
os.makedirs(GOLDEN, exist_ok=True)
save_safetensors(LeNet().state_dict(), WEIGHTS)
golden = {
    "torch": torch.__version__,
    "runs": [{**each, **run(each["batchSize"], each["learningRate"])} for each in RUNS],
}
with open(os.path.join(GOLDEN, "lenet-parity.json"), "w") as file:
    json.dump(golden, file, indent=2)
    file.write("\n")
