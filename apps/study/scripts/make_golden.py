"""Writes golden/measures.json and golden/resnet.json: what PyTorch, in float64, measures on small networks.

    /usr/bin/python3 apps/study/scripts/make_golden.py

measures.json: a two-layer network (conv 3x3, batch norm, ReLU, mean over positions, dense), covariate shift and landscape.
resnet.json: ResNet-20 of width 2, with batch norm and without, weights and the norms and some values of its gradients.
"""

import json
import math
from pathlib import Path

import torch
from torch.nn import functional as F

folder = Path(__file__).parent.parent / "golden"
torch.manual_seed(0)


def flat(tensor):
    """The values in tfjs's layout, rounded to what float32 can tell apart."""
    if tensor.ndim == 4:
        tensor = tensor.permute(2, 3, 1, 0)
    elif tensor.ndim == 2:
        tensor = tensor.T
    return [float(f"{value:.9g}") for value in tensor.detach().double().reshape(-1).tolist()]


def single(*shape, deviation=1.0):
    """Random numbers that float32 holds exactly, as float64."""
    return (deviation * torch.randn(*shape)).float().double()


def images(count, size):
    x = single(count, 1, size, size)
    labels = torch.randint(0, 10, (count,))
    return x, labels, {"images": x.permute(0, 2, 3, 1).reshape(-1).tolist(), "labels": labels.tolist(), "size": size}


def batch_norm(x, gamma, beta):
    return F.batch_norm(x, None, None, gamma, beta, training=True, eps=1e-5)


def two_layer_loss(weights, x, labels):
    conv, gamma, beta, dense, bias = weights
    hidden = F.relu(batch_norm(F.conv2d(x, conv, padding=1), gamma, beta))
    return F.cross_entropy(hidden.mean(dim=(2, 3)) @ dense.T + bias, labels)


def gradients(loss, weights, x, labels):
    weights = [weight.detach().requires_grad_() for weight in weights]
    value = loss(weights, x, labels)
    return value.item(), torch.autograd.grad(value, weights)


def norm(parts):
    return math.sqrt(sum((part**2).sum().item() for part in parts))


def measures():
    x, labels, data = images(8, 6)
    weights = [
        single(4, 1, 3, 3, deviation=0.5),
        (1 + single(4, deviation=0.2)).float().double(),
        single(4, deviation=0.2),
        single(10, 4, deviation=0.5),
        single(10, deviation=0.1),
    ]
    loss, at = gradients(two_layer_loss, weights, x, labels)
    rate = 0.5
    moved = [w - rate * g for w, g in zip(weights[:3], at[:3])] + weights[3:]
    _, after = gradients(two_layer_loss, moved, x, labels)
    shift = {
        "learningRate": rate,
        "difference": norm([at[3] - after[3]]),
        "cosine": ((at[3] * after[3]).sum() / (at[3].norm() * after[3].norm())).item(),
        "gradient": at[3].norm().item(),
    }
    steps = [0.25, 0.5, 1.0, 2.0]
    losses, changes = [], []
    for step in steps:
        there, g = gradients(two_layer_loss, [w - step * d for w, d in zip(weights, at)], x, labels)
        losses.append(there)
        changes.append(norm([a - b for a, b in zip(g, at)]))
    size = norm(at)
    landscape = {
        "steps": steps,
        "loss": loss,
        "gradient": size,
        "losses": losses,
        "changes": changes,
        "beta": max(change / (step * size) for change, step in zip(changes, steps)),
    }
    names = ["conv", "gamma", "beta", "dense", "bias"]
    golden = {**data, "weights": dict(zip(names, map(flat, weights))), "shift": shift, "landscape": landscape}
    (folder / "measures.json").write_text(json.dumps(golden) + "\n")


def resnet_loss(weights, normed, depth):
    def loss(parameters, x, labels):
        queue = iter(parameters)

        def conv(x, stride=1):
            y = F.conv2d(x, next(queue), stride=stride, padding=1)
            return batch_norm(y, next(queue), next(queue)) if normed else y

        x = F.relu(conv(x))
        for stage in range(3):
            for number in range((depth - 2) // 6):
                stride = 2 if stage > 0 and number == 0 else 1
                y = conv(F.relu(conv(x, stride)))
                if stride == 2:
                    x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 0, y.shape[1] - x.shape[1]))
                x = F.relu(y + x)
        return F.cross_entropy(x.mean(dim=(2, 3)) @ next(queue).T + next(queue), labels)

    return loss


def resnet():
    depth, width = 20, 2
    x, labels, data = images(6, 14)
    golden = {**data, "depth": depth, "width": width, "cases": {}}
    for normed in [True, False]:
        weights, channels = [], 1

        def add(inputs, outputs):
            deviation = math.sqrt(2 / (9 * (inputs + outputs)))
            weights.append(single(outputs, inputs, 3, 3, deviation=deviation))
            if normed:
                weights.extend([torch.ones(outputs).double(), torch.zeros(outputs).double()])

        add(1, width)
        channels = width
        for stage in range(3):
            for _ in range((depth - 2) // 6):
                add(channels, width * 2**stage)
                channels = width * 2**stage
                add(channels, channels)
        weights.extend([single(10, channels, deviation=0.3), torch.zeros(10).double()])
        loss, at = gradients(resnet_loss(weights, normed, depth), weights, x, labels)
        golden["cases"]["batch" if normed else "none"] = {
            "loss": loss,
            "weights": [flat(w) for w in weights],
            "gradients": [flat(g) for g in at],
        }
    (folder / "resnet.json").write_text(json.dumps(golden) + "\n")


folder.mkdir(exist_ok=True)
measures()
resnet()
