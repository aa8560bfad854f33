"""How Keras 3 writes a model: what scripts/make-keras3.py builds its files of.

Written after Keras' sources (saving/serialization_lib.py, models/functional.py, legacy/saving/legacy_h5_format.py); TensorFlow and
Keras themselves are not run. Two styles: that of `model.save('x.h5')`, which tensorflowjs_converter reads, and that of
`.keras` files and `model.to_json()`, with module, registered_name and build_config.
"""

import json

import numpy as np
import torch

POLICY = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": None}
MODULES = {"Functional": "keras.src.models.functional", "Sequential": "keras"}


def initializer(name, **config):
    return {"module": "keras.initializers", "class_name": name, "config": config, "registered_name": None}


def history(name, node, tensor, shape):
    config = {"shape": [None, *shape], "dtype": "float32", "keras_history": [name, node, tensor]}
    return {"class_name": "__keras_tensor__", "config": config}


class Tensor:
    """A tensor in a graph: its values in float64, and the call that it comes from."""

    def __init__(self, values, layer, node=0, index=0):
        self.values, self.layer, self.node, self.index = values, layer, node, index

    def saved(self):
        return history(self.layer, self.node, self.index, self.values.shape[1:])


def saved(argument):
    if isinstance(argument, Tensor):
        return argument.saved()
    if isinstance(argument, (list, tuple)):
        return [saved(item) for item in argument]
    return argument


def values_of(argument):
    if isinstance(argument, Tensor):
        return argument.values
    if isinstance(argument, (list, tuple)):
        return [values_of(item) for item in argument]
    return argument


class Layer:
    """One layer of a file: its config, its weights by name, and what it computes of the values of its arguments."""

    def __init__(self, class_name, name, compute, config=None, weights=None, module="keras.layers", frozen=()):
        self.class_name, self.name, self.compute = class_name, name, compute
        self.module, self.frozen = module, frozen
        self.config = {"name": name, "trainable": True, "dtype": POLICY, **(config or {})}
        self.weights = weights or {}
        self.nodes = []

    def __call__(self, *args, **kwargs):
        self.nodes.append({"args": [saved(item) for item in args], "kwargs": saved_keywords(kwargs)})
        used = {key: values_of(value) for key, value in kwargs.items() if key in ("initial_state", "mask") and value is not None}
        # The first argument, if it is given by name.
        named = [kwargs[key] for key in ("inputs", "sequences") if key in kwargs]
        outputs = self.compute(*[values_of(item) for item in [*args, *named]], **used)
        node = len(self.nodes) - 1
        if isinstance(outputs, list):
            return [Tensor(values, self.name, node, index) for index, values in enumerate(outputs)]
        return Tensor(outputs, self.name, node)

    def paths(self, prefix=""):
        """As Keras orders them: what is trained first."""
        named = [(f"{prefix}{self.name}/{name}", values) for name, values in self.weights.items()]
        return sorted(named, key=lambda item: item[0].split("/")[-1] in self.frozen)

    def entry(self, style, input_shape=None):
        entry = {"class_name": self.class_name, "config": self.config}
        if style == "keras":
            entry = {"module": self.module, **entry, "registered_name": None}
            if input_shape is not None:
                entry["build_config"] = {"input_shape": input_shape}
        return entry


def saved_keywords(kwargs):
    return {key: saved(value) for key, value in kwargs.items()}


class Input:
    def __init__(self, name, values, dtype="float32"):
        self.class_name, self.name, self.values, self.dtype = "InputLayer", name, values, dtype
        self.tensor = Tensor(values, name)
        self.nodes, self.weights = [], {}

    def paths(self, prefix=""):
        return []

    def entry(self, style, input_shape=None):
        shape = [None, *self.values.shape[1:]]
        config = {"batch_shape": shape, "dtype": self.dtype, "sparse": False, "ragged": False, "name": self.name}
        entry = {"class_name": "InputLayer", "config": config}
        return {"module": "keras.layers", **entry, "registered_name": None} if style == "keras" else entry


class Model(Layer):
    """A functional model of layers that have been called, or a Sequential."""

    def __init__(self, class_name, name, layers, config, compute=None, prefixed=False):
        super().__init__(class_name, name, compute, config, module=MODULES[class_name])
        self.layers, self.prefixed = layers, prefixed

    def paths(self, prefix=""):
        inner = f"{prefix}{self.name}/" if self.prefixed else prefix
        all_paths = [(path, layer) for layer in self.layers for path in layer.paths(inner)]
        return [path for path, layer in sorted(all_paths, key=lambda item: item[0][0].split("/")[-1].startswith("moving"))]

    def entry(self, style, input_shape=None):
        layers = []
        for layer in self.layers:
            entry = layer.entry(style, None)
            if self.class_name == "Functional":
                entry |= {"name": layer.name, "inbound_nodes": layer.nodes}
            layers.append(entry)
        config = {"name": self.name, "trainable": True, **self.config, "layers": layers}
        if self.class_name == "Sequential":
            config["dtype"] = POLICY
        entry = {"class_name": self.class_name, "config": config}
        return {"module": self.module, **entry, "registered_name": self.class_name} if style == "keras" else entry


def functional(name, layers, inputs, outputs, compute=None):
    """inputs and outputs: a tensor, a list or a dictionary of tensors."""

    def ends(tensors):
        if isinstance(tensors, Tensor):
            nested = any(layer.name == tensors.layer and layer.class_name == "Functional" for layer in layers)
            return [tensors.layer, tensors.node + (1 if nested else 0), tensors.index]
        if isinstance(tensors, dict):
            return {key: ends(tensor) for key, tensor in tensors.items()}
        return [ends(tensor) for tensor in tensors]

    config = {"input_layers": ends(inputs), "output_layers": ends(outputs)}
    model = Model("Functional", name, layers, config, compute)
    model.outputs = outputs
    return model


def sequential(name, layers, prefixed=True):
    """layers: an Input, and the rest; the values go through them in turn when it is called."""

    def compute(x):
        for layer in layers[1:]:
            x = layer.compute(x)
        return x

    config = {"build_input_shape": [None, *layers[0].values.shape[1:]]}
    return Model("Sequential", name, layers, config, compute, prefixed)


def flat(tensor):
    return [float(f"{value:.9g}") for value in tensor.flatten().tolist()]


def recorded(tensor):
    return {"shape": list(tensor.shape), "values": flat(tensor)}


def write(folder, model, inputs, outputs, style="h5"):
    """Files of tensorflowjs_converter: groups of weights in the order of the names of the model's layers, as HDF5 has them."""
    folder.mkdir(parents=True, exist_ok=True)
    prefix = f"{model.name}/" if model.class_name == "Sequential" and model.prefixed else ""
    weights = [path for layer in sorted(model.layers, key=lambda layer: layer.name) for path in layer.paths(prefix)]
    manifest = [{"name": name, "shape": list(values.shape), "dtype": "float32"} for name, values in weights]
    topology = {"keras_version": "3.5.0", "backend": "tensorflow", "model_config": model.entry(style)}
    if style == "keras":
        topology["model_config"]["compile_config"] = {"optimizer": "rmsprop", "loss": "mse", "metrics": None}
    file = {
        "format": "layers-model",
        "generatedBy": "keras v3.5.0",
        "convertedBy": "TensorFlow.js Converter v4.22.0",
        "modelTopology": topology,
        "weightsManifest": [{"paths": ["group1-shard1of1.bin"], "weights": manifest}],
    }
    (folder / "model.json").write_text(json.dumps(file) + "\n")
    data = b"".join(values.numpy().astype(np.float32).tobytes() for _, values in weights)
    (folder / "group1-shard1of1.bin").write_bytes(data)
    expected = {"inputs": [recorded(x) for x in inputs], "outputs": [recorded(y) for y in outputs]}
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")


class Random:
    """Weights and inputs in float64 that are exact in float32."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)

    def normal(self, *shape, scale=1.0, offset=0.0):
        values = self.random.standard_normal(shape) * scale + offset
        return torch.from_numpy(np.asarray(values, dtype=np.float32)).double()

    def positive(self, *shape):
        return torch.from_numpy(self.random.uniform(0.5, 2, shape).astype(np.float32)).double()
