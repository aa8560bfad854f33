"""The way back: loads a checkpoint of the trainer in PyTorch and measures it on the committed test images.

    python3 scripts/eval_in_pytorch.py runs/<name>/checkpoint.safetensors

prints what `eval --dataset mini --checkpoint ...` prints.
"""

import sys

import torch
from lenet_torch import load_checkpoint, load_images
from torch.nn.functional import cross_entropy

model = load_checkpoint(sys.argv[1]).eval()
images, labels = load_images("t10k")
with torch.no_grad():
    logits = model(images)
accuracy = (logits.argmax(dim=1) == labels).float().mean()
print(f"test loss {cross_entropy(logits, labels):.3f}, test acc {accuracy:.3f}")
