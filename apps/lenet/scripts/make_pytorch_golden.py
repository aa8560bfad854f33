"""Writes golden/lenet-trained.* and golden/lenet-norms.json: what PyTorch makes of the first test images, in float32.

    python3 scripts/make_pytorch_golden.py

lenet-trained is a checkpoint that PyTorch trained for an epoch on the committed subset, and its logits. lenet-norms has the
logits of every norm and placement: their weights are those of lenet-parity.safetensors, their gammas and betas a wave, so
that no two channels have the same.
"""

import json
import math
import os

import torch
from lenet_torch import NORMS, LeNet, load_images, load_safetensors, save_safetensors
from torch.nn.functional import cross_entropy

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden")
IMAGES = 4


def golden(name):
    return os.path.join(GOLDEN, name)


def logits_of(model):
    model.eval()
    images, _ = load_images("t10k")
    with torch.no_grad():
        return model(images[:IMAGES]).tolist()


def write(name, value):
    with open(golden(name), "w") as file:
        json.dump({"torch": torch.__version__, **value}, file, indent=1)
        file.write("\n")


def trained():
    model = LeNet()
    optimizer = torch.optim.SGD(model.parameters(), 0.9)
    images, labels = load_images("train")
    for batch in torch.randperm(len(images)).split(256):
        optimizer.zero_grad()
        cross_entropy(model(images[batch]), labels[batch]).backward()
        optimizer.step()
    model.eval()
    return model


def with_waves(norm, placement):
    model = LeNet(norm, placement)
    state = model.state_dict()
    weights = load_safetensors(golden("lenet-parity.safetensors"))
    for name, tensor in state.items():
        layer, key = name.split(".")
        if not layer.startswith("norm"):
            tensor.copy_(weights[name])
        elif key in ("weight", "bias"):
            offset = 1 if key == "weight" else 0
            tensor.copy_(torch.tensor([offset + 0.25 * math.sin(index) for index in range(len(tensor))]))
    return model


torch.manual_seed(0)
torch.set_num_threads(1)
model = trained()
save_safetensors(model.state_dict(), golden("lenet-trained.safetensors"))
images, labels = load_images("t10k")
with torch.no_grad():
    accuracy = (model(images).argmax(dim=1) == labels).float().mean().item()
write("lenet-trained.json", {"logits": logits_of(model), "testAccuracy": round(accuracy, 3)})
write(
    "lenet-norms.json",
    {
        "networks": [
            {"norm": norm, "placement": placement, "logits": logits_of(with_waves(norm, placement))}
            for norm in NORMS
            for placement in ("before", "after")
        ]
    },
)
