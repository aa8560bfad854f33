"""LeNet with normalization in PyTorch, and the safetensors and data files that the trainer shares with it."""

import gzip
import json
import os
import struct

import numpy as np
import torch
from torch import nn

MINI = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "mini")
TYPES = {"F32": np.float32, "I64": np.int64}


def groups_of(channels):
    """The divisor of channels next to its square root from below."""
    return next(groups for groups in range(int(channels**0.5), 0, -1) if channels % groups == 0)


# For each norm what stands behind a convolution and what behind a dense layer, by the number of channels.
NORMS = {
    "batch": (nn.BatchNorm2d, nn.BatchNorm1d),
    "layer": (lambda channels: nn.GroupNorm(1, channels), nn.LayerNorm),
    "group": (lambda channels: nn.GroupNorm(groups_of(channels), channels),) * 2,
    "instance": (nn.InstanceNorm2d, nn.LayerNorm),
    "none": (lambda channels: nn.Identity(),) * 2,
}


class LeNet(nn.Module):
    """The network of "Dive into Deep Learning" with the trainer's module names, norms and placements."""

    def __init__(self, norm="batch", placement="before"):
        super().__init__()
        self.placement = placement
        image_norm, feature_norm = NORMS[norm]
        self.conv1 = nn.Conv2d(1, 6, kernel_size=5)
        self.norm1 = image_norm(6)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.norm2 = image_norm(16)
        self.fc1 = nn.Linear(256, 120)
        self.norm3 = feature_norm(120)
        self.fc2 = nn.Linear(120, 84)
        self.norm4 = feature_norm(84)
        self.fc3 = nn.Linear(84, 10)
        self.pool = nn.AvgPool2d(kernel_size=2, stride=2)
        for layer in (self.conv1, self.conv2, self.fc1, self.fc2, self.fc3):
            nn.init.xavier_uniform_(layer.weight)

    def forward(self, x):
        x = self.pool(self.activate(self.norm1, self.conv1(x)))
        x = self.pool(self.activate(self.norm2, self.conv2(x)))
        x = torch.flatten(x, 1)
        x = self.activate(self.norm3, self.fc1(x))
        x = self.activate(self.norm4, self.fc2(x))
        return self.fc3(x)

    def activate(self, norm, x):
        return torch.sigmoid(norm(x)) if self.placement == "before" else norm(torch.sigmoid(x))


def load_checkpoint(path):
    """The network that a checkpoint of the trainer holds."""
    metadata = load_metadata(path)
    model = LeNet(metadata.get("norm", "batch"), metadata.get("placement", "before"))
    model.load_state_dict(load_safetensors(path))
    return model


def load_images(part, folder=MINI):
    """Images [N, 1, 28, 28] in [0, 1] and classes [N] of 'train' or 't10k'."""
    with gzip.open(os.path.join(folder, part + "-images-idx3-ubyte.gz")) as file:
        pixels = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 1, 28, 28)
    with gzip.open(os.path.join(folder, part + "-labels-idx1-ubyte.gz")) as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    return torch.from_numpy(pixels.astype(np.float32) / 255), torch.from_numpy(labels.astype(np.int64))


def read_safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        return header, file.read()


def load_metadata(path):
    """The texts that a .safetensors file holds beside its arrays."""
    return read_safetensors(path)[0].get("__metadata__", {})


def load_safetensors(path):
    """A state dict from a .safetensors file; the package of that name does the same."""
    header, data = read_safetensors(path)
    header.pop("__metadata__", None)
    state = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        array = np.frombuffer(data[begin:end], TYPES[entry["dtype"]]).reshape(entry["shape"])
        state[name] = torch.from_numpy(array.copy())
    return state


def save_safetensors(state, path):
    """Writes a state dict."""
    header, chunks, offset = {"__metadata__": {"format": "pt"}}, [], 0
    for name, tensor in state.items():
        array = tensor.detach().numpy()
        dtype = next(key for key, numpy_type in TYPES.items() if array.dtype == numpy_type)
        chunk = array.tobytes()
        header[name] = {
            "dtype": dtype,
            "shape": list(array.shape),
            "data_offsets": [offset, offset + len(chunk)],
        }
        chunks.append(chunk)
        offset += len(chunk)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(chunks))
