"""The same training step of LeNet as scripts/lenet.mjs, on PyTorch's CPU kernels with one thread."""

import statistics
import time

import torch
from torch import nn

BATCH = 256
STEPS = 40

torch.set_num_threads(1)
net = nn.Sequential(
    nn.Conv2d(1, 6, 5), nn.Sigmoid(), nn.AvgPool2d(2),
    nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.AvgPool2d(2),
    nn.Flatten(),
    nn.Linear(256, 120), nn.Sigmoid(),
    nn.Linear(120, 84), nn.Sigmoid(),
    nn.Linear(84, 10),
)
optimizer = torch.optim.SGD(net.parameters(), lr=0.9)
loss = nn.CrossEntropyLoss()
images = torch.rand(BATCH, 1, 28, 28)
labels = torch.randint(0, 10, (BATCH,))

times = []
for _ in range(STEPS):
    start = time.perf_counter()
    optimizer.zero_grad()
    loss(net(images), labels).backward()
    optimizer.step()
    times.append((time.perf_counter() - start) * 1e3)

print(f"PyTorch {torch.__version__}: {statistics.median(times):.1f} ms a step (median), {min(times):.1f} (least)")
