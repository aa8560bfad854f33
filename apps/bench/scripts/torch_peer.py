"""PyTorch as a peer of the benchmark, one thread: tasks and answers are lines of JSON, as in src/protocol.ts."""

import json
import sys
import time

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
NUM_GROUPS = 32
WARM_UP = 2
MIN_RUNS = 3
EPSILON = 1e-5


def prepare(task):
    operation, phase, shape = task["operation"], task["phase"], task["shape"]
    channels = shape[-1] if operation == "layerNorm" else shape[1]
    x = torch.randn(*shape) * 2 + 0.5
    if phase == "copy":
        return lambda: x.clone()
    gamma = torch.rand(channels) + 0.5
    beta = torch.randn(channels)
    if operation == "batchNormLayer":
        return prepare_layer(x, channels)
    mean, variance = torch.zeros(channels), torch.ones(channels)
    training = phase == "training"

    def normalize():
        if operation == "layerNorm":
            return F.layer_norm(x, (channels,), gamma, beta, EPSILON)
        if operation == "groupNorm":
            return F.group_norm(x, NUM_GROUPS, gamma, beta, EPSILON)
        if training:
            return F.batch_norm(x, None, None, gamma, beta, True, 0.1, EPSILON)
        return F.batch_norm(x, mean, variance, gamma, beta, False, 0.1, EPSILON)

    if not training:
        return torch.no_grad()(normalize)
    dy = torch.randn(*shape)
    inputs = (x, gamma, beta)
    for tensor in inputs:
        tensor.requires_grad_()
    return lambda: torch.autograd.grad(normalize(), inputs, dy)


def prepare_layer(x, channels):
    layer = (torch.nn.BatchNorm2d if x.dim() == 4 else torch.nn.BatchNorm1d)(channels)
    dy = torch.randn_like(x)
    x.requires_grad_()
    inputs = (x, layer.weight, layer.bias)
    return lambda: torch.autograd.grad(layer(x), inputs, dy)


def measure(run, budget):
    for _ in range(WARM_UP):
        run()
    milliseconds = []
    start = time.perf_counter()
    while (time.perf_counter() - start) * 1e3 < budget or len(milliseconds) < MIN_RUNS:
        before = time.perf_counter()
        run()
        milliseconds.append((time.perf_counter() - before) * 1e3)
    return milliseconds


print(json.dumps({"ready": True, "version": torch.__version__}), flush=True)
for line in sys.stdin:
    task = json.loads(line)
    print(json.dumps({"milliseconds": measure(prepare(task), task["budget"])}), flush=True)
