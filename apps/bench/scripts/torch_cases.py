"""The benchmark's cases in PyTorch: what a task names, as a function without arguments that makes one run of it.

Images are stored in the memory format that the task names.
"""

import torch
import torch.nn.functional as F
from torch_timing import timed

FORMATS = {"channelsFirst": torch.contiguous_format, "channelsLast": torch.channels_last}
NUM_GROUPS = 32
EPSILON = 1e-5
# Steps from which the faster memory format is known.
FORMAT_TRIALS = 3


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
