#!/usr/bin/env python3
"""Writes golden/: a Keras model in the files that tensorflowjs_converter makes of it, and what it predicts.

    /usr/bin/python3 scripts/make-golden.py

The topology is what tf.keras 2 saves of a functional model with all five normalizations (those of TensorFlow Addons
and KerasHub under their registered names). The numbers are PyTorch's, in float64, from the formulas in the sources of
Keras, TensorFlow Addons and KerasHub; weights and input are float32.
"""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
SIZE, CHANNELS, CLASSES, BATCH = 6, 8, 5, 3

random = np.random.default_rng(2022)
weights = {}  # by the name that the converter gives, in the order of the file


def weight(name, *shape, scale=1.0, offset=0.0):
    values = (random.standard_normal(shape) * scale + offset).astype(np.float32)
    weights[name] = values
    return torch.from_numpy(values).double()


def positive_weight(name, *shape):
    values = random.uniform(0.5, 2, shape).astype(np.float32)
    weights[name] = values
    return torch.from_numpy(values).double()


def normalize(x, dims, epsilon):
    mean = x.mean(dims, keepdim=True)
    variance = ((x - mean) ** 2).mean(dims, keepdim=True)
    return (x - mean) / torch.sqrt(variance + epsilon)


def grouped(x, groups, epsilon):
    """Channels last, as Keras has them: [N, H, W, C] as [N, H, W, groups, C / groups]."""
    split = x.reshape(*x.shape[:3], groups, -1)
    return normalize(split, (1, 2, 4), epsilon).reshape(x.shape)


def initializer(name):
    return {"class_name": name, "config": {}}


def affine(epsilon):
    """The part of the config that all layers with gamma and beta share."""
    config = {"epsilon": epsilon, "center": True, "scale": True}
    config |= {"beta_initializer": initializer("Zeros"), "gamma_initializer": initializer("Ones")}
    return config | {f"{name}_{kind}": None for kind in ("regularizer", "constraint") for name in ("beta", "gamma")}


layers = []
outputs = {}


def add(class_name, name, config, output):
    inbound = [[[layers[-1]["name"], 0, 0, {}]]] if layers else []
    config = {"name": name, "trainable": True, "dtype": "float32"} | config
    layers.append({"class_name": class_name, "config": config, "name": name, "inbound_nodes": inbound})
    outputs[name] = output
    return output


x = torch.from_numpy(random.standard_normal((BATCH, SIZE, SIZE, 3)).astype(np.float32)).double()
images = x
add("InputLayer", "input_1", {"batch_input_shape": [None, SIZE, SIZE, 3], "sparse": False, "ragged": False}, x)
del layers[0]["config"]["trainable"]

kernel, bias = weight("conv2d/kernel", 3, 3, 3, CHANNELS, scale=0.3), weight("conv2d/bias", CHANNELS)
y = F.conv2d(x.permute(0, 3, 1, 2), kernel.permute(3, 2, 0, 1), bias, padding=1).permute(0, 2, 3, 1)
conv = {"filters": CHANNELS, "kernel_size": [3, 3], "strides": [1, 1], "padding": "same", "groups": 1}
conv |= {"data_format": "channels_last", "dilation_rate": [1, 1], "activation": "linear", "use_bias": True}
conv |= {"kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": None}}}
conv |= {"bias_initializer": initializer("Zeros"), "kernel_regularizer": None, "bias_regularizer": None}
conv |= {"activity_regularizer": None, "kernel_constraint": None, "bias_constraint": None}
x = add("Conv2D", "conv2d", conv, y)

name = "batch_normalization"
gamma, beta = weight(f"{name}/gamma", CHANNELS, offset=1), weight(f"{name}/beta", CHANNELS)
mean, variance = weight(f"{name}/moving_mean", CHANNELS), positive_weight(f"{name}/moving_variance", CHANNELS)
config = {"axis": [3], "momentum": 0.99} | affine(0.001)
config |= {"moving_mean_initializer": initializer("Zeros"), "moving_variance_initializer": initializer("Ones")}
x = add("BatchNormalization", name, config, (x - mean) / torch.sqrt(variance + 0.001) * gamma + beta)

name = "group_normalization"
gamma, beta = weight(f"{name}/gamma", CHANNELS, offset=1), weight(f"{name}/beta", CHANNELS)
config = {"groups": 4, "axis": -1} | affine(0.001)
x = add("GroupNormalization", name, config, grouped(x, 4, 0.001) * gamma + beta)

name = "group_normalization_1"
gamma, beta = weight(f"{name}/gamma", CHANNELS, offset=1), weight(f"{name}/beta", CHANNELS)
config = {"groups": 2, "axis": 3} | affine(1e-5)
x = add("Addons>GroupNormalization", name, config, grouped(x, 2, 1e-5) * gamma + beta)

name = "instance_normalization"
gamma, beta = weight(f"{name}/gamma", CHANNELS, offset=1), weight(f"{name}/beta", CHANNELS)
config = {"groups": CHANNELS, "axis": -1} | affine(0.001)
x = add("Addons>InstanceNormalization", name, config, grouped(x, CHANNELS, 0.001) * gamma + beta)

name = "layer_normalization"
gamma, beta = weight(f"{name}/gamma", SIZE, CHANNELS, offset=1), weight(f"{name}/beta", SIZE, CHANNELS)
config = {"axis": [2, 3]} | affine(0.001)
x = add("LayerNormalization", name, config, normalize(x, (2, 3), 0.001) * gamma + beta)

x = add("GlobalAveragePooling2D", "pool", {"data_format": "channels_last", "keepdims": False}, x.mean((1, 2)))

name = "rms_normalization"
scale = weight(f"{name}/scale", CHANNELS, offset=1)
x = add("RMSNormalization", name, {"axis": [1], "epsilon": 1e-6}, x / (x**2).mean(1, keepdim=True).add(1e-6).sqrt() * scale)

name = "rms_normalization_1"
scale = weight(f"{name}/scale", CHANNELS, offset=1)
y = x / (x**2).mean(1, keepdim=True).add(1e-6).sqrt() * scale
x = add("keras_hub>RMSNormalization", name, {"input_dim": CHANNELS}, y)

kernel, bias = weight("dense/kernel", CHANNELS, CLASSES), weight("dense/bias", CLASSES)
dense = {"units": CLASSES, "activation": "softmax", "use_bias": True}
dense |= {"kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": None}}}
dense |= {"bias_initializer": initializer("Zeros"), "kernel_regularizer": None, "bias_regularizer": None}
dense |= {"activity_regularizer": None, "kernel_constraint": None, "bias_constraint": None}
add("Dense", "dense", dense, torch.softmax(x @ kernel + bias, 1))

model_config = {"name": "model", "trainable": True, "layers": layers}
model_config |= {"input_layers": [["input_1", 0, 0]], "output_layers": [["dense", 0, 0]]}
manifest = [{"name": n, "shape": list(v.shape), "dtype": "float32"} for n, v in weights.items()]
model = {
    "format": "layers-model",
    "generatedBy": "keras v2.13.1",
    "convertedBy": "TensorFlow.js Converter v4.22.0",
    "modelTopology": {
        "keras_version": "2.13.1",
        "backend": "tensorflow",
        "model_config": {"class_name": "Functional", "config": model_config},
    },
    "weightsManifest": [{"paths": ["group1-shard1of1.bin"], "weights": manifest}],
}


def flat(tensor):
    return [float(f"{value:.9g}") for value in tensor.flatten().tolist()]


recorded = {name: {"shape": list(y.shape), "values": flat(y)} for name, y in outputs.items() if "norm" in name}
recorded["dense"] = {"shape": list(outputs["dense"].shape), "values": flat(outputs["dense"])}
expected = {"input": {"shape": list(images.shape), "values": flat(images)}, "outputs": recorded}

GOLDEN.mkdir(exist_ok=True)
(GOLDEN / "model.json").write_text(json.dumps(model, indent=1) + "\n")
(GOLDEN / "expected.json").write_text(json.dumps(expected) + "\n")
(GOLDEN / "group1-shard1of1.bin").write_bytes(b"".join(values.tobytes() for values in weights.values()))
