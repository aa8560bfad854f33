"""Networks of PyTorch with their state dicts, an input and its output, as safetensors files: golden/*.safetensors.

    /usr/bin/python3 scripts/make-golden.py
"""

import json
import pathlib
import struct

import torch
from torch import nn

golden = pathlib.Path(__file__).parent.parent / "golden"
types = {torch.float32: "F32", torch.int64: "I64"}


def save(tensors, path):
    header, blocks, offset = {}, [], 0
    for name, tensor in sorted(tensors.items(), key=lambda item: -item[1].element_size()):
        block = tensor.detach().contiguous().numpy().tobytes()
        header[name] = {
            "dtype": types[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [offset, offset + len(block)],
        }
        offset += len(block)
        blocks.append(block)
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blocks))


class RMSNorm(nn.Module):
    """torch.nn.RMSNorm, which PyTorch has since 2.4."""

    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, x):
        return x / (x.square().mean(-1, keepdim=True) + 1e-5).sqrt() * self.weight


class Separable(nn.Module):
    def __init__(self, channels, multiplier, filters):
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels * multiplier, 3, groups=channels, bias=False)
        self.pointwise = nn.Conv2d(channels * multiplier, filters, 1)

    def forward(self, x):
        return self.pointwise(self.depthwise(x))


networks = {
    # [N, 3, 9, 10]
    "image": (
        nn.Sequential(
            nn.Conv2d(3, 4, 3),
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.Conv2d(4, 8, (3, 2), groups=4),
            nn.GroupNorm(4, 8),
            nn.ConvTranspose2d(8, 6, 3, stride=2),
            Separable(6, 2, 5),
            nn.InstanceNorm2d(5, affine=True),
            nn.AvgPool2d(2),
            nn.Flatten(),
            nn.BatchNorm1d(120),
            nn.ReLU(),
            nn.Linear(120, 7),
            RMSNorm(7),
            nn.Linear(7, 3),
            nn.LayerNorm(3),
        ),
        (2, 3, 9, 10),
    ),
    # [N, 2, 11]
    "sequence": (nn.Sequential(nn.Conv1d(2, 3, 4), nn.Tanh(), nn.Flatten(), nn.Linear(24, 5)), (2, 2, 11)),
    # [N, 2, 5, 4, 6]
    "volume": (
        nn.Sequential(nn.Conv3d(2, 3, (2, 3, 2)), nn.ConvTranspose3d(3, 4, 2), nn.Flatten(), nn.Linear(360, 2)),
        (2, 2, 5, 4, 6),
    ),
}

torch.manual_seed(18)
for name, (network, shape) in networks.items():
    for weight in network.parameters():
        nn.init.uniform_(weight, -0.7, 0.7)
    for module in network.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            nn.init.uniform_(module.running_mean, -1, 1)
            nn.init.uniform_(module.running_var, 0.5, 2)
    x = torch.randn(shape)
    with torch.no_grad():
        y = network.double().eval()(x.double()).float()
    save(network.float().state_dict(), golden / f"{name}.safetensors")
    save({"x": x, "y": y}, golden / f"{name}-values.safetensors")
    print(name, tuple(y.shape))
