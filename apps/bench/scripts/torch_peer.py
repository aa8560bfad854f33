"""PyTorch as a peer of the benchmark: tasks and answers are lines of JSON, as in src/measuring/protocol.ts.

    torch_peer.py THREADS FOLDER_OF_LENET_TORCH
"""

import json
import signal
import statistics
import sys
import time

import torch
import torch.nn.functional as F

# Ctrl-C reaches the whole group of processes; the run decides what becomes of its peers.
signal.signal(signal.SIGINT, signal.SIG_IGN)
torch.set_num_threads(int(sys.argv[1]))
sys.path.insert(0, sys.argv[2])
sys.dont_write_bytecode = True

NUM_GROUPS = 32
EPSILON = 1e-5
# As in src/measuring/loop.ts.
NO_WARM_UP = 1000
SHORTEST_WARM_UP = 20
BLOCK_MILLISECONDS = 2
FEWEST_BLOCKS = 3


class Unsupported(Exception):
    pass


def prepare(task):
    operation, phase, shape = task["operation"], task["phase"], task["shape"]
    if phase == "step":
        return prepare_lenet(operation.removeprefix("lenet-"), shape)
    x = torch.rand(*shape) * 2 - 1
    if operation == "batchNormLayer":
        forward, parameters = layer(x, shape[1], phase)
    else:
        forward, parameters = function(operation, x, phase)
    if phase != "forwardBackward":
        return torch.no_grad()(forward)
    dy = torch.rand(*shape)
    inputs = (x, *parameters)
    for tensor in inputs:
        tensor.requires_grad_()
    return lambda: torch.autograd.grad(forward(), inputs, dy)


def function(operation, x, phase):
    channels = x.shape[-1] if operation in ("layerNorm", "rmsNorm") else x.shape[1]
    gamma, beta = torch.rand(channels) + 0.5, torch.rand(channels)
    mean, variance = torch.zeros(channels), torch.ones(channels)
    if operation == "rmsNorm" and not hasattr(F, "rms_norm"):
        raise Unsupported(f"PyTorch {torch.__version__} has no rms_norm")

    def forward():
        if operation == "layerNorm":
            return F.layer_norm(x, (channels,), gamma, beta, EPSILON)
        if operation == "rmsNorm":
            return F.rms_norm(x, (channels,), gamma, EPSILON)
        if operation == "groupNorm":
            return F.group_norm(x, NUM_GROUPS, gamma, beta, EPSILON)
        if operation == "instanceNorm":
            return F.instance_norm(x, None, None, gamma, beta, True, 0.1, EPSILON)
        if phase == "inference":
            return F.batch_norm(x, mean, variance, gamma, beta, False, 0.1, EPSILON)
        return F.batch_norm(x, None, None, gamma, beta, True, 0.1, EPSILON)

    return forward, (gamma,) if operation == "rmsNorm" else (gamma, beta)


def layer(x, channels, phase):
    module = (torch.nn.BatchNorm2d if x.dim() == 4 else torch.nn.BatchNorm1d)(channels, EPSILON)
    module.train(phase != "inference")
    return lambda: module(x), (module.weight, module.bias)


def prepare_lenet(norm, shape):
    """A training step of apps/lenet's network, as its trainer takes it."""
    try:
        from lenet_torch import LeNet

        model = LeNet(norm)
    except (ImportError, KeyError) as error:
        raise Unsupported(f"no LeNet with {norm} norm in PyTorch: {error!r}")
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    images, labels = torch.rand(*shape), torch.arange(shape[0]) % 10
    order = torch.randperm(shape[0])

    def step():
        x, y = images[order], labels[order]
        logits = model(x)
        loss = F.cross_entropy(logits, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item(), (logits.argmax(dim=1) == y).sum().item()

    return step


def timed(run, runs):
    start = time.perf_counter()
    for _ in range(runs):
        run()
    return (time.perf_counter() - start) * 1e3


KNOWN = set()


def measure(run, budget, known):
    warm_up_end = time.perf_counter() + max(budget / 2, SHORTEST_WARM_UP) / 1e3
    first = timed(run, 1)
    if known and first > NO_WARM_UP and first > budget:
        return first, 1
    while time.perf_counter() < warm_up_end:
        run()
    per_block = 1
    blocks = []
    start = time.perf_counter()
    while True:
        block = timed(run, per_block)
        if block < BLOCK_MILLISECONDS:
            per_block *= 2
            blocks.clear()
        else:
            blocks.append(block / per_block)
        used = (time.perf_counter() - start) * 1e3
        if blocks and used >= budget and (len(blocks) >= FEWEST_BLOCKS or used > 2 * budget):
            return statistics.median(blocks), len(blocks) * per_block


def answer(task):
    try:
        case = (task["operation"], task["phase"], *task["shape"])
        milliseconds, runs = measure(prepare(task), task["budget"], case in KNOWN)
        KNOWN.add(case)
    except Unsupported as error:
        return {"kind": "unsupported", "reason": str(error)}
    except Exception as error:
        return {"kind": "failed", "reason": repr(error)}
    return {"kind": "measured", "milliseconds": milliseconds, "runs": runs, "heapBytes": 0}


print(json.dumps({"versions": {"PyTorch": torch.__version__}}), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
