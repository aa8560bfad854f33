#!/usr/bin/env python3
"""Writes golden/keras3/: models in the files that tensorflowjs_converter makes of Keras 3, and what they predict.

    /usr/bin/python3 scripts/make-keras3.py

The files follow Keras' sources (see keras3_format.py), the numbers are PyTorch's in float64, of weights and inputs in float32. Neither
Keras nor TensorFlow is run: a file is what Keras' code says that it writes.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from keras3_format import Input, Layer, Random, functional, initializer, sequential, write

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "keras3"
r = Random(3)

NO_PENALTIES = {f"{name}_{kind}": None for name in ("kernel", "bias") for kind in ("regularizer", "constraint")}
GLOROT = {"kernel_initializer": initializer("GlorotUniform", seed=None), "bias_initializer": initializer("Zeros")}
ACTIVATIONS = {
    "linear": lambda x: x,
    "relu": torch.relu,
    "tanh": torch.tanh,
    "silu": F.silu,
    "softmax": lambda x: torch.softmax(x, -1),
}


def dense(name, size, units, activation="linear", use_bias=True, serialized=None):
    kernel, bias = r.normal(size, units, scale=0.5), r.normal(units)
    config = {"units": units, "activation": serialized or activation, "use_bias": use_bias, **GLOROT, **NO_PENALTIES}
    config |= {"activity_regularizer": None, "quantization_config": None}
    weights = {"kernel": kernel, "bias": bias} if use_bias else {"kernel": kernel}
    f = ACTIVATIONS[activation]
    return Layer("Dense", name, lambda x: f(x @ kernel + (bias if use_bias else 0)), config, weights)


def first(x):
    return x.permute(0, 3, 1, 2)


def last(x):
    return x.permute(0, 2, 3, 1)


CONVOLUTION = {"data_format": "channels_last", "dilation_rate": [1, 1], "groups": 1, "activity_regularizer": None}


def convolution(name, channels, filters, padding="same", activation="linear"):
    kernel, bias = r.normal(3, 3, channels, filters, scale=0.3), r.normal(filters)
    config = {"filters": filters, "kernel_size": [3, 3], "strides": [1, 1], "padding": padding, "use_bias": True}
    config |= {**CONVOLUTION, "activation": activation, **GLOROT, **NO_PENALTIES}

    def compute(x):
        y = F.conv2d(first(x), kernel.permute(3, 2, 0, 1), bias, padding=1 if padding == "same" else 0)
        return ACTIVATIONS[activation](last(y))

    return Layer("Conv2D", name, compute, config, {"kernel": kernel, "bias": bias})


def affine(epsilon, initial="gamma"):
    config = {"epsilon": epsilon, "center": True, "scale": True}
    config |= {"beta_initializer": initializer("Zeros"), "gamma_initializer": initializer("Ones")}
    return config | {f"{name}_{kind}": None for kind in ("regularizer", "constraint") for name in ("beta", "gamma")}


def batch_norm(name, channels, axis=-1):
    gamma, beta, mean, variance = r.normal(channels, offset=1), r.normal(channels), r.normal(channels), r.positive(channels)
    config = {"axis": axis, "momentum": 0.99, **affine(0.001), "synchronized": False}
    config |= {"moving_mean_initializer": initializer("Zeros"), "moving_variance_initializer": initializer("Ones")}
    weights = {"gamma": gamma, "beta": beta, "moving_mean": mean, "moving_variance": variance}
    compute = lambda x: (x - mean) / torch.sqrt(variance + 0.001) * gamma + beta
    return Layer("BatchNormalization", name, compute, config, weights, frozen=("moving_mean", "moving_variance"))


def normalized(x, dims, epsilon):
    mean = x.mean(dims, keepdim=True)
    return (x - mean) / torch.sqrt(((x - mean) ** 2).mean(dims, keepdim=True) + epsilon)


def layer_norm(name, shape, axis):
    gamma, beta = r.normal(*shape, offset=1), r.normal(*shape)
    config = {"axis": axis, **affine(1e-5), "rms_scaling": False}
    compute = lambda x: normalized(x, tuple(axis), 1e-5) * gamma + beta
    return Layer("LayerNormalization", name, compute, config, {"gamma": gamma, "beta": beta})


def group_norm(name, channels, groups):
    gamma, beta = r.normal(channels, offset=1), r.normal(channels)

    def compute(x):
        split = x.reshape(*x.shape[:3], groups, -1)
        return normalized(split, (1, 2, 4), 0.001).reshape(x.shape) * gamma + beta

    return Layer("GroupNormalization", name, compute, {"groups": groups, "axis": -1, **affine(0.001)}, {"gamma": gamma, "beta": beta})


def rms_norm(name, channels):
    scale = r.normal(channels, offset=1)
    compute = lambda x: x / ((x**2).mean(-1, keepdim=True) + 1e-6).sqrt() * scale
    return Layer("RMSNormalization", name, compute, {"axis": -1, "epsilon": 1e-6}, {"scale": scale})


def simple(class_name, name, compute, **config):
    return Layer(class_name, name, compute, config)


def relu(name, **config):
    full = {"max_value": None, "negative_slope": 0.0, "threshold": 0.0, **config}
    return simple("ReLU", name, lambda x: x.clamp(0, full["max_value"]), **full)


def average(name):
    return simple("GlobalAveragePooling2D", name, lambda x: x.mean((1, 2)), data_format="channels_last", keepdims=False)


def add(name="add"):
    return simple("Add", name, lambda xs: sum(xs))


def concatenate(name="concatenate"):
    return simple("Concatenate", name, lambda xs: torch.cat(xs, -1), axis=-1)


def operation(class_name, name, compute):
    """`x + y` of two tensors: no layer, and called with two arguments."""
    return Layer(class_name, name, compute, module="keras.src.ops.numpy")


def plain_sequential():
    x = Input("input_layer", r.normal(5, 4))
    layers = [dense("dense", 4, 8, "relu"), batch_norm("batch_normalization", 8), dense("dense_1", 8, 3, "softmax")]
    dropout = simple("Dropout", "dropout", lambda x: x, rate=0.5, seed=None, noise_shape=None)
    model = sequential("sequential", [x, *layers[:2], dropout, layers[2]])
    write(GOLDEN / "sequential", model, [x.values], [model.compute(x.values)])


def convolutions():
    x = Input("input_layer_1", r.normal(2, 8, 8, 3))
    pool = simple("MaxPooling2D", "max_pooling2d", lambda x: last(F.max_pool2d(first(x), 2)))
    pool.config |= {"pool_size": [2, 2], "padding": "valid", "strides": [2, 2], "data_format": "channels_last"}
    flatten = simple("Flatten", "flatten", lambda x: x.flatten(1), data_format="channels_last")
    layers = [convolution("conv2d", 3, 6, "valid"), batch_norm("batch_normalization_1", 6), relu("re_lu"), pool]
    model = sequential("sequential_1", [x, *layers, flatten, dense("dense_2", 54, 3)], prefixed=False)
    write(GOLDEN / "convolutions", model, [x.values], [model.compute(x.values)], "keras")


def residual():
    image = Input("input_layer_2", r.normal(2, 6, 6, 4))
    x = image.tensor
    layers = [convolution("conv2d_1", 4, 4), batch_norm("batch_normalization_2", 4, 3), relu("re_lu_1")]
    y = x
    for layer in layers:
        y = layer(y, training=False) if layer.class_name == "BatchNormalization" else layer(y)
    tail = [add(), average("global_average_pooling2d"), dense("dense_3", 4, 3, "softmax")]
    y = tail[2](tail[1](tail[0]([y, x])))
    model = functional("functional", [image, *layers, *tail], x, y)
    write(GOLDEN / "residual", model, [x.values], [y.values])


def operations():
    inputs = [Input("a_1", r.normal(3, 4)), Input("a_2", r.normal(3, 4))]
    a, b = (each.tensor for each in inputs)
    plus, times = operation("Add", "add_1", lambda x, y: x + y), operation("Multiply", "multiply", lambda x, y: x * y)
    same = simple("Identity", "identity", lambda x: x)
    y = same(times(plus(a, b), b))
    model = functional("functional_1", [*inputs, plus, times, same], [a, b], [y])
    write(GOLDEN / "operations", model, [a.values, b.values], [y.values], "keras")


def inputs_and_outputs():
    inputs = [Input("left", r.normal(3, 4)), Input("right_side", r.normal(3, 5))]
    a, b = (each.tensor for each in inputs)
    hidden, joined = dense("hidden_1", 4, 5, "silu"), concatenate()
    y = joined([hidden(a), b])
    heads = [dense("head_a", 10, 2), dense("head_b", 10, 3, "tanh")]
    outputs = [head(y) for head in heads]
    model = functional("functional_2", [*inputs, hidden, joined, *heads], [a, b], outputs)
    write(GOLDEN / "inputs-and-outputs", model, [a.values, b.values], [y.values for y in outputs])


def dictionaries():
    inputs = {"width": Input("width", r.normal(3, 2)), "age": Input("age", r.normal(3, 3))}
    joined, head = concatenate("concatenate_1"), dense("dense_4", 5, 2)
    y = head(joined([inputs["width"].tensor, inputs["age"].tensor]))
    tensors = {key: each.tensor for key, each in inputs.items()}
    model = functional("functional_3", [*inputs.values(), joined, head], tensors, {"price": y})
    write(GOLDEN / "dictionaries", model, [inputs[key].values for key in sorted(inputs)], [y.values], "keras")


def shared_layer():
    inputs = [Input("input_a", r.normal(3, 4)), Input("input_b", r.normal(3, 4))]
    a, b = (each.tensor for each in inputs)
    shared, norm, joined = dense("dense_5", 4, 6, "relu"), layer_norm("layer_normalization", [6], [-1]), concatenate("concatenate_2")
    y = joined([norm(shared(a)), norm(shared(b))])
    model = functional("functional_4", [*inputs, shared, norm, joined], [a, b], y)
    write(GOLDEN / "shared-layer", model, [a.values, b.values], [y.values])


def inner_model(name, size, units, layer_name):
    inner = Input(f"{name}_input", r.normal(1, size))
    hidden, norm = dense(layer_name, size, units, "tanh"), batch_norm(f"{layer_name}_norm", units)
    y = norm(hidden(inner.tensor))
    return functional(name, [inner, hidden, norm], inner.tensor, y, lambda x: norm.compute(hidden.compute(x)))


def shared_model():
    inputs = [Input("input_c", r.normal(3, 4)), Input("input_d", r.normal(3, 4))]
    a, b = (each.tensor for each in inputs)
    inner, joined = inner_model("encoder", 4, 5, "dense_6"), add("add_2")
    first_call = inner(a, training=False, mask=None)
    y = joined([first_call, inner(b, training=False, mask=None)])
    model = functional("functional_5", [*inputs, inner, joined], [a, b], [y, first_call])
    write(GOLDEN / "shared-model", model, [a.values, b.values], [y.values, first_call.values], "keras")


def nested_sequential():
    x = Input("input_e", r.normal(3, 4))
    inner = sequential("tower", [Input("tower_input", r.normal(1, 4)), dense("dense_7", 4, 5, "relu"), dense("dense_8", 5, 2)])
    before = dense("dense_9", 4, 4)
    y = inner(before(x.tensor))
    model = functional("functional_6", [x, before, inner], x.tensor, y)
    write(GOLDEN / "nested-sequential", model, [x.values], [y.values])


def same_names():
    """Two nested models whose layers have one name, as two copies of a backbone have; saved in the order of the models' names."""
    x = Input("input_f", r.normal(3, 4))
    z, a = inner_model("z_branch", 4, 4, "dense"), inner_model("a_branch", 4, 4, "dense")
    y = a(z(x.tensor))
    model = functional("functional_7", [x, z, a], x.tensor, y)
    write(GOLDEN / "same-names", model, [x.values], [y.values], "keras")


def normalizations():
    image = Input("input_g", r.normal(2, 4, 4, 8))
    layers = [group_norm("group_normalization", 8, 4), layer_norm("layer_normalization_1", [4, 8], [2, 3]), rms_norm("rms_normalization", 8)]
    layers += [simple("Rescaling", "rescaling", lambda x: x * 0.5 + 1, scale=0.5, offset=1.0), average("pool"), dense("dense_10", 8, 2)]
    y = image.tensor
    for layer in layers:
        y = layer(y)
    model = functional("functional_8", [image, *layers], image.tensor, y)
    write(GOLDEN / "normalizations", model, [image.values], [y.values], "keras")


def depthwise():
    image = Input("input_h", r.normal(2, 6, 6, 4))
    kernel, bias = r.normal(3, 3, 4, 1, scale=0.3), r.normal(4)
    config = {"depth_multiplier": 1, "kernel_size": [3, 3], "strides": [1, 1], "padding": "valid", "use_bias": True, "activation": "linear"}
    config |= {**CONVOLUTION, "bias_initializer": initializer("Zeros"), "bias_regularizer": None, "bias_constraint": None}
    del config["groups"]
    config |= {"depthwise_initializer": initializer("GlorotUniform", seed=None), "depthwise_regularizer": None, "depthwise_constraint": None}
    compute = lambda x: last(F.conv2d(first(x), kernel.permute(2, 3, 0, 1), bias, groups=4))
    depth = Layer("DepthwiseConv2D", "depthwise_conv2d", compute, config, {"kernel": kernel, "bias": bias})
    pad = simple("ZeroPadding2D", "zero_padding2d", lambda x: F.pad(x, (0, 0, 1, 1, 1, 1)), padding=[[1, 1], [1, 1]], data_format="channels_last")
    leaky = simple("LeakyReLU", "leaky_re_lu", lambda x: F.leaky_relu(x, 0.2), negative_slope=0.2)
    layers = [pad, depth, batch_norm("batch_normalization_3", 4), relu("re_lu_2", max_value=6.0), convolution("conv2d_2", 4, 3), leaky, average("pool_1")]
    y = image.tensor
    for layer in layers:
        y = layer(y)
    model = functional("functional_9", [image, *layers], image.tensor, y)
    write(GOLDEN / "depthwise", model, [image.values], [y.values])


def lstm(name, size, units, backwards=False, sequences=False, states=False):
    kernel, recurrent, bias = r.normal(size, 4 * units, scale=0.4), r.normal(units, 4 * units, scale=0.4), r.normal(4 * units, scale=0.3)
    config = {"return_sequences": sequences, "return_state": states, "go_backwards": backwards, "stateful": False, "unroll": False}
    config |= {"zero_output_for_mask": False, "units": units, "activation": "tanh", "recurrent_activation": "sigmoid", "use_bias": True}
    config |= {**GLOROT, "recurrent_initializer": initializer("OrthogonalInitializer", gain=1.0, seed=None), "unit_forget_bias": True}
    config |= {**NO_PENALTIES, "recurrent_regularizer": None, "recurrent_constraint": None, "activity_regularizer": None}
    config |= {"dropout": 0.0, "recurrent_dropout": 0.0, "seed": None}

    def compute(x, initial_state=None, mask=None):
        h, c = initial_state or [torch.zeros(x.shape[0], units).double()] * 2
        mask = torch.ones(x.shape[:2], dtype=torch.bool) if mask is None else mask
        steps = []
        for t in reversed(range(x.shape[1])) if backwards else range(x.shape[1]):
            i, f, g, o = (x[:, t] @ kernel + h @ recurrent + bias).chunk(4, -1)
            counts = mask[:, t, None]
            # A step of padding keeps the state, and its output is that of the step before.
            c = torch.where(counts, f.sigmoid() * c + i.sigmoid() * g.tanh(), c)
            h = torch.where(counts, o.sigmoid() * c.tanh(), h)
            steps.append(h)
        y = torch.stack(steps, 1) if sequences else h
        return [y, h, c] if states else y

    weights = {f"lstm_cell/{key}": value for key, value in zip(("kernel", "recurrent_kernel", "bias"), (kernel, recurrent, bias))}
    return Layer("LSTM", name, compute, config, weights)


def bidirectional():
    x = Input("input_i", r.normal(3, 5, 4))
    forward, backward = lstm("forward_lstm", 4, 3, sequences=True), lstm("backward_lstm", 4, 3, True, True)
    compute = lambda x: torch.cat([forward.compute(x), backward.compute(x).flip(1)], -1)
    config = {"merge_mode": "concat", "layer": forward.entry("keras"), "backward_layer": backward.entry("keras")}
    weights = {f"{each.name}/{key}": value for each in (forward, backward) for key, value in each.weights.items()}
    both = Layer("Bidirectional", "bidirectional", compute, config, weights)
    kernel = dense("dense_11", 6, 2)
    steps = Layer("TimeDistributed", "time_distributed", kernel.compute, {"layer": kernel.entry("keras")}, {f"dense_11/{k}": v for k, v in kernel.weights.items()})
    y = steps(both(x.tensor))
    model = functional("functional_10", [x, both, steps], x.tensor, y)
    write(GOLDEN / "bidirectional", model, [x.values], [y.values], "keras")


def encoder_decoder():
    inputs = [Input("encoder_input", r.normal(2, 4, 3)), Input("decoder_input", r.normal(2, 3, 3))]
    source, target = (each.tensor for each in inputs)
    encoder, decoder = lstm("lstm_1", 3, 5, states=True), lstm("lstm_2", 3, 5, sequences=True)
    _, h, c = encoder(source)
    y = decoder(target, initial_state=[h, c])
    model = functional("functional_11", [*inputs, encoder, decoder], [source, target], y)
    write(GOLDEN / "encoder-decoder", model, [source.values, target.values], [y.values])


def no_mask(layer):
    """A layer whose numbers no mask changes, and that Keras hands one."""
    compute = layer.compute
    layer.compute = lambda x, mask=None: compute(x)
    return layer


def masked_text():
    """What Keras makes of Embedding with mask_zero: an operation for the mask, which goes by keyword to every call that takes one."""
    tokens = Input("tokens", torch.tensor([[3, 1, 4, 2, 0, 0], [2, 2, 1, 0, 0, 0], [5, 4, 3, 2, 1, 5]]).double())
    table = r.normal(6, 4)
    config = {"input_dim": 6, "output_dim": 4, "embeddings_initializer": initializer("RandomUniform", seed=None), "mask_zero": True}
    config |= {"embeddings_regularizer": None, "activity_regularizer": None, "embeddings_constraint": None}
    embedding = Layer("Embedding", "embedding", lambda x: table[x.long()], config, {"embeddings": table})
    is_token = operation("NotEqual", "not_equal", lambda x, y: x != y)
    dropout = simple("Dropout", "dropout_1", lambda x: x, rate=0.5, seed=None, noise_shape=None)
    steps, norm = lstm("lstm_3", 4, 5, sequences=True), no_mask(batch_norm("batch_normalization_4", 5))
    mean = lambda x, mask: torch.where(mask[..., None], x, 0).sum(1) / mask.sum(1, keepdim=True)
    average_steps = simple("GlobalAveragePooling1D", "global_average_pooling1d", mean, data_format="channels_last", keepdims=False)
    last_step, joined, head = lstm("lstm_4", 5, 3), concatenate("concatenate_3"), dense("dense_12", 8, 2)
    mask = is_token(tokens.tensor, 0)
    x = norm(steps(dropout(embedding(tokens.tensor)), mask=mask), mask=mask)
    y = head(joined([average_steps(x, mask=mask), last_step(x, mask=mask)]))
    layers = [tokens, embedding, is_token, dropout, steps, norm, average_steps, last_step, joined, head]
    write(GOLDEN / "masked-text", functional("functional_12", layers, tokens.tensor, y), [tokens.values], [y.values], "keras")


def masked_steps():
    """Masking, and a sum of two branches that have its mask."""
    values = r.normal(3, 5, 4)
    values[0, 3:], values[1, 1:] = 0, 0
    x = Input("steps", values)
    differs = operation("NotEqual", "not_equal_1", lambda x, y: x != y)
    some = Layer("Any", "any", lambda x: x.any(-1), {"axis": -1, "keepdims": False}, module="keras.src.ops.numpy")
    either = operation("LogicalOr", "logical_or", torch.logical_or)
    masking = simple("Masking", "masking", lambda x: x * (x != 0).any(-1, keepdim=True), mask_value=0.0)
    hidden, plus, last_step = dense("dense_13", 4, 4, "tanh"), add("add_3"), lstm("lstm_5", 4, 3)
    mask = some(differs(x.tensor, 0.0))
    masked = masking(inputs=x.tensor)
    y = last_step(sequences=plus([masked, hidden(masked)]), mask=either(mask, mask))
    model = functional("functional_13", [x, differs, some, masking, hidden, plus, either, last_step], x.tensor, y)
    write(GOLDEN / "masked-steps", model, [x.values], [y.values])


for make in (
    *(plain_sequential, convolutions, residual, operations, inputs_and_outputs, dictionaries, shared_layer),
    *(shared_model, nested_sequential, same_names, normalizations, depthwise, bidirectional, encoder_decoder),
    *(masked_text, masked_steps),
):
    make()
