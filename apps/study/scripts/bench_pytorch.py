"""PyTorch's side of benchPytorch.mjs: the study's VGG with batch norm, one thread; a round of steps for each line on standard input."""

import sys
import time

import torch
from torch import nn
from torch.nn.functional import cross_entropy

BATCH_SIZE = 64
LEARNING_RATE = 0.1

torch.set_num_threads(1)
torch.manual_seed(0)
layers, channels = [], 1
for width in [8, 16, 32]:
    for _ in range(2):
        layers += [nn.Conv2d(channels, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
        channels = width
    layers.append(nn.MaxPool2d(2))
layers += [nn.Flatten(), nn.Linear(channels, 64, bias=False), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 10)]
model = nn.Sequential(*layers)
optimizer = torch.optim.SGD(model.parameters(), LEARNING_RATE)
images = torch.randn(BATCH_SIZE, 1, 14, 14)
labels = torch.arange(BATCH_SIZE) % 10
print("ready", torch.__version__, flush=True)

for line in sys.stdin:
    start = time.perf_counter()
    for _ in range(int(line)):
        loss = cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loss.item()
    print(time.perf_counter() - start, flush=True)
