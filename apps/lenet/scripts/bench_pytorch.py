"""PyTorch's side of benchPytorch.mjs: trains LeNet with one thread, a round for each line on standard input.

A line says how many images the round takes; the answer is the round's seconds. Batches are gathered in shuffled order
from images that are in memory as floats already, loss and accuracy are read after each step, as the trainer does.
"""

import sys
import time

import torch
from lenet_torch import LeNet, load_images
from torch.nn.functional import cross_entropy

BATCH_SIZE = 256
LEARNING_RATE = 0.9

torch.set_num_threads(1)
torch.manual_seed(0)
model = LeNet()
optimizer = torch.optim.SGD(model.parameters(), LEARNING_RATE)
images, labels = load_images("train")
print("ready", torch.__version__, flush=True)

for line in sys.stdin:
    count = int(line)
    start = time.perf_counter()
    loss_sum = correct_sum = 0.0
    order = torch.randperm(count)
    for indices in order.split(BATCH_SIZE):
        x, y = images[indices], labels[indices]
        logits = model(x)
        loss = cross_entropy(logits, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss_sum += loss.item() * len(y)
        correct_sum += (logits.argmax(dim=1) == y).sum().item()
    print(time.perf_counter() - start, flush=True)
