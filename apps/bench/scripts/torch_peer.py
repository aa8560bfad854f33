"""PyTorch as a peer of the benchmark, at its best: tasks and answers are lines of JSON, as in src/measuring/protocol.ts.

    torch_peer.py THREADS FOLDER_OF_LENET_TORCH NAME_OF_ITS_ALLOCATOR

Images are stored in the memory format that the task names, and the allocator should keep its pages: one that gives them
back makes every run pay for page faults, which this program counts and reports.
"""

import collections
import json
import math
import re
import resource
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

FORMATS = {"channelsFirst": torch.contiguous_format, "channelsLast": torch.channels_last}
NUM_GROUPS = 32
EPSILON = 1e-5
# As in src/measuring/loop.ts and warmUp.ts.
NO_WARM_UP = 100
SHORT_RUN, SHORTEST_RUN = 5, 0.5
LONG_FIRST_RUN = 250
COLD_RUNS, COLD_MILLISECONDS = 5, 25
SHORTEST_WARM_UP = 20
KNOWN_RUNS = 5000
KNOWN_MILLISECONDS, KNOWN_MILLISECONDS_OF_LONGER = 1000, 600
KNOWN_STEP, EVERY_STEP = 1500, 200
WINDOW_MILLISECONDS, FASTER, SLOWER = 10, 0.05, 0.1
MOST_WINDOWS = 20
BLOCK_MILLISECONDS = 2
FEWEST_BLOCKS = 3
# Steps from which the faster memory format is known.
FORMAT_TRIALS = 3
# More page faults in a run than this part of the pages of x: the allocator gives pages back.
FAULTS_OF_X = 0.1


class Unsupported(Exception):
    pass


def prepare(task):
    operation, phase, shape = task["operation"], task["phase"], task["shape"]
    if phase == "step":
        return prepare_lenet(operation.removeprefix("lenet-"), shape)
    if len(shape) == 3 and task.get("dataFormat") == "channelsLast":
        raise Unsupported("PyTorch has no channels last for tensors of rank 3")
    memory_format = FORMATS[task.get("dataFormat", "channelsFirst")]
    if len(shape) == 5 and memory_format == torch.channels_last:
        memory_format = torch.channels_last_3d
    x = (torch.rand(*shape) * 2 - 1).contiguous(memory_format=memory_format)
    if operation == "batchNormLayer":
        forward, parameters = layer(x, shape[1], phase)
    else:
        forward, parameters = function(operation, x, phase)
    if phase != "forwardBackward":
        return torch.inference_mode()(forward)
    dy = torch.rand(*shape).contiguous(memory_format=memory_format)
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
    kind = {4: torch.nn.BatchNorm2d, 5: torch.nn.BatchNorm3d}.get(x.dim(), torch.nn.BatchNorm1d)
    module = kind(channels, EPSILON)
    module.train(phase != "inference")
    return lambda: module(x), (module.weight, module.bias)


def prepare_lenet(norm, shape):
    """A training step of apps/lenet's network, as its trainer takes it, in the faster of the two memory formats."""
    steps = [lenet_step(norm, shape, memory_format) for memory_format in FORMATS.values()]
    for step in steps:
        timed(step, FORMAT_TRIALS)
    return min(steps, key=lambda step: timed(step, FORMAT_TRIALS))


def lenet_step(norm, shape, memory_format):
    try:
        from lenet_torch import LeNet

        model = LeNet(norm).to(memory_format=memory_format)
    except (ImportError, KeyError) as error:
        raise Unsupported(f"no LeNet with {norm} norm in PyTorch: {error!r}")
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    images, labels = torch.rand(*shape), torch.arange(shape[0]) % 10
    order = torch.randperm(shape[0])

    def step():
        x, y = images[order].contiguous(memory_format=memory_format), labels[order]
        logits = model(x)
        loss = F.cross_entropy(logits, y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.item(), (logits.argmax(dim=1) == y).sum().item()

    return step


def timed(run, runs):
    start = time.perf_counter()
    for _ in range(runs):
        run()
    return (time.perf_counter() - start) * 1e3


def page_faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


# Milliseconds of a run of each case, as fast as it was here.
FASTEST = {}
# Milliseconds and runs of each kind of work.
EXPERIENCE = collections.defaultdict(lambda: {"milliseconds": 0, "runs": 0})


def warm_up(run, budget, first, kind, before):
    """Runs until the time of a run can be believed; `first` is the time of the first run, which has been made."""
    start = time.perf_counter()
    experience = EXPERIENCE[kind]
    earlier = experience["milliseconds"]
    is_step = kind == "step"

    def run_once():
        experience["runs"] += 1
        return timed(run, 1)

    fastest = run_once() if first < LONG_FIRST_RUN else first
    runs_before = experience["runs"]

    def is_warm(spent):
        if is_step:
            return experience["milliseconds"] >= KNOWN_STEP and spent >= EVERY_STEP
        if fastest < SHORT_RUN:
            enough = KNOWN_MILLISECONDS if fastest < SHORTEST_RUN else KNOWN_MILLISECONDS_OF_LONGER
            return experience["runs"] >= KNOWN_RUNS or experience["milliseconds"] >= enough
        is_long = fastest > COLD_MILLISECONDS or experience["runs"] - runs_before >= COLD_RUNS
        return is_long and spent >= max(budget / 2, SHORTEST_WARM_UP)

    while True:
        spent = first + (time.perf_counter() - start) * 1e3
        experience["milliseconds"] = earlier + spent
        if is_warm(spent):
            break
        fastest = min(fastest, run_once())
    if fastest < SHORT_RUN or is_step:
        until_stable(run, before)


def until_stable(run, before):
    best = math.inf
    for _ in range(MOST_WINDOWS):
        runs, used = 0, 0
        while used < WINDOW_MILLISECONDS:
            used += timed(run, 1)
            runs += 1
        if used / runs > best * (1 - FASTER) and used / runs <= before * (1 + SLOWER):
            return
        best = min(best, used / runs)


def measure(run, budget, before, kind):
    """Median milliseconds of a run, how many runs, and page faults in one of them."""
    first = timed(run, 1)
    if before < math.inf and first > NO_WARM_UP and first > budget:
        return first, 1, 0
    warm_up(run, budget, first, kind, before)
    per_block = 1
    blocks = []
    all_runs = 0
    faults_before = page_faults()
    start = time.perf_counter()
    while True:
        block = timed(run, per_block)
        all_runs += per_block
        if block < BLOCK_MILLISECONDS:
            per_block *= 2
            blocks.clear()
        else:
            blocks.append(block / per_block)
        used = (time.perf_counter() - start) * 1e3
        if blocks and used >= budget and (len(blocks) >= FEWEST_BLOCKS or used > 2 * budget):
            faults = (page_faults() - faults_before) / all_runs
            return statistics.median(blocks), len(blocks) * per_block, faults


def answer(task):
    try:
        case = (task["operation"], task["phase"], task.get("dataFormat"), *task["shape"])
        kind = "step" if task["phase"] == "step" else case[:2]
        before = FASTEST.get(case, math.inf)
        milliseconds, runs, faults = measure(prepare(task), task["budget"], before, kind)
        FASTEST[case] = min(before, milliseconds)
    except Unsupported as error:
        return {"kind": "unsupported", "reason": str(error)}
    except Exception as error:
        return {"kind": "failed", "reason": repr(error)}
    measured = {"kind": "measured", "milliseconds": milliseconds, "runs": runs, "heapBytes": 0}
    pages = 4 * math.prod(task["shape"]) / resource.getpagesize()
    if faults > max(1, FAULTS_OF_X * pages):
        measured["note"] = "the allocator gives its pages back, which costs page faults in each run"
    return measured


def build():
    """What this PyTorch is made with and runs on, in brief."""
    config = torch.__config__.show()
    facts = re.findall(r"- (GCC [\d.]+|clang [\d.]+)|(Math Kernel Library Version [\d.]+|MKL-DNN v[\d.]+)", config)
    capability = re.findall(r"CPU capability usage: (\S+)", config)
    names = [name for pair in facts for name in pair if name] + capability
    return ", ".join(name.replace("MKL-DNN", "oneDNN") for name in names)


threads = torch.get_num_threads()
about = f"{threads} thread{'s' if threads > 1 else ''}, {sys.argv[3]}, {build()}"
print(json.dumps({"versions": {"PyTorch": torch.__version__}, "about": about}), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
