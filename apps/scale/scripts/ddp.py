"""PyTorch's side of the measurement of speed: steps of LeNet, by DistributedDataParallel over gloo if WORLD_SIZE is more than 1.

    ddp.py <images of a step, over all processes> <seconds> <threads> [synchronize]

Each process normalizes by its own part of the batch. With `synchronize` the batch norms become SyncBatchNorm, which PyTorch
refuses on the CPU. Rank 0 prints JSON: the version and the median of a step in milliseconds, or the refusal.
"""

import json
import math
import os
import statistics
import sys
import time

import torch
import torch.distributed as dist
from lenet_torch import LeNet
from torch.nn.functional import cross_entropy

WARM_UP = 5
FEWEST = 3

images, seconds, threads = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
synchronize = "synchronize" in sys.argv[4:]
torch.set_num_threads(threads)
torch.manual_seed(0)
size, rank = int(os.environ["WORLD_SIZE"]), int(os.environ["RANK"])
if size > 1:
    dist.init_process_group("gloo")
x = torch.rand(images // size, 1, 28, 28)
y = torch.arange(len(x)) % 10


def distributed():
    """LeNet over all processes."""
    model = LeNet()
    if size == 1:
        return model
    if synchronize:
        model = torch.nn.SyncBatchNorm.convert_sync_batchnorm(model)
    return torch.nn.parallel.DistributedDataParallel(model)


def step(model, optimizer):
    start = time.perf_counter()
    loss = cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    loss.item()
    return time.perf_counter() - start


def repeat():
    """Seconds of each step; as many on each process as rank 0 suggests."""
    model = distributed()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    warm = [step(model, optimizer) for _ in range(WARM_UP)]
    count = torch.tensor([max(FEWEST, math.ceil(seconds / statistics.median(warm)))])
    if size > 1:
        dist.broadcast(count, 0)
    return [step(model, optimizer) for _ in range(int(count))]


try:
    result = {"step": 1000 * statistics.median(repeat())}
except (RuntimeError, ValueError) as error:
    if not synchronize:
        raise
    result = {"refusal": str(error)}
if rank == 0:
    print(json.dumps({"version": torch.__version__, **result}), flush=True)
