"""Makes golden/golden.json and golden/golden.bin from golden/cases.json.

For each case: every output in float64 (golden.bin, little-endian, one after another) and, in the index, where it
stands, the scale by which errors in it are divided, the error that PyTorch's own float32 kernel makes, and the error
that comes of statistics rounded to float32.

    python3 scripts/make-golden.py        # PyTorch >= 1.13, numpy

Inputs are not stored: src/golden/inputs.ts draws the same numbers. The checksum of their bytes is stored instead.
Running the script again gives the same two files.
"""
import json
import os
import sys
import zlib
from pathlib import Path

# One instruction set and one thread, so that PyTorch's float32 rounding is the same on every x86 machine.
os.environ['ATEN_CPU_CAPABILITY'] = 'avx2'

import numpy as np
import torch
import torch.nn.functional as F

torch.set_num_threads(1)
GOLDEN = Path(__file__).resolve().parent.parent / 'golden'
ROW_OPS = ('layerNorm', 'rmsNorm')


# ---- Inputs, number for number as src/golden/inputs.ts ------------------------------------------------------------


def text_seed(text):
    """FNV-1a, 32 bits."""
    value = 0x811C9DC5
    for byte in text.encode('utf-8'):
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def uniform_bits(seed, count):
    """Hash of a counter: 32 random bits for each of 0 .. count - 1."""
    value = (np.arange(count, dtype=np.uint64) * 0x9E3779B1 + seed) & 0xFFFFFFFF
    for shift, factor in ((16, 0x21F0AAAD), (15, 0x735A2D97)):
        value = ((value ^ (value >> np.uint64(shift))) * factor) & 0xFFFFFFFF
    return value ^ (value >> np.uint64(15))


def uniform(seed, count):
    """Uniform in [0, 1)."""
    return uniform_bits(seed, count).astype(np.float64) * 2.0**-32


def normal(seed, count):
    """Mean 0, variance 1: the sum of four uniform numbers."""
    bits = uniform_bits(seed, 4 * count).reshape(count, 4).sum(axis=1).astype(np.float64)
    return (bits - 2.0**33) * (np.sqrt(3.0) * 2.0**-32)


def make_inputs(case):
    """All float32 inputs of a case, in the order in which the checksum takes them."""
    size = int(np.prod(case['shape']))
    channels = parameter_size(case)
    seed = text_seed(f"{case['op']}: {case['name']}")
    offset, scale = case.get('offset', 0), case.get('scale', 1)
    inputs = {
        'x': offset + scale * normal(seed, size),
        'dy': normal(seed + 1, size),
    }
    if case.get('affine', True):
        inputs['gamma'] = 1 + 0.5 * normal(seed + 2, channels)
        if case['op'] != 'rmsNorm':
            inputs['beta'] = 0.5 * normal(seed + 3, channels)
    if case['op'] in ('batchNorm', 'batchNormInference'):
        inputs['mean'] = offset + (0.5 * scale) * normal(seed + 4, channels)
        inputs['variance'] = (scale * scale) * (0.5 + uniform(seed + 5, channels))
    return {name: values.astype(np.float32) for name, values in inputs.items()}


def parameter_size(case):
    if case['op'] in ROW_OPS:
        return int(np.prod(case['normalizedShape']))
    return case['shape'][channel_axis(case)]


def channel_axis(case):
    return 1 if case.get('dataFormat', 'channelsFirst') == 'channelsFirst' else len(case['shape']) - 1


# ---- What PyTorch computes, in the dtype of the inputs -------------------------------------------------------------


def normalize(case, x, gamma, beta, running):
    """y of channels-first x."""
    op, epsilon = case['op'], case.get('epsilon', 1e-5)
    if op == 'batchNorm':
        return F.batch_norm(x, None, None, gamma, beta, True, 0.0, epsilon)
    if op == 'batchNormInference':
        return F.batch_norm(x, running['mean'], running['variance'], gamma, beta, False, 0.0, epsilon)
    if op == 'layerNorm':
        return F.layer_norm(x, case['normalizedShape'], gamma, beta, epsilon)
    if op == 'groupNorm':
        return torch.group_norm(x, case['numGroups'], gamma, beta, epsilon)
    if op == 'instanceNorm':
        return torch.instance_norm(x, gamma, beta, None, None, True, 0.0, epsilon, False)
    if op == 'rmsNorm':  # PyTorch has no kernel of it before 2.4.
        axes = tuple(range(-len(case['normalizedShape']), 0))
        y = x * torch.rsqrt(x.square().mean(axes, keepdim=True) + epsilon)
        return y if gamma is None else y * gamma
    raise ValueError(f'unknown op {op}')


def statistic_axes(case, x):
    """x reshaped so that one statistic is taken over the returned axes."""
    if case['op'] == 'batchNorm':
        return x, [axis for axis in range(x.dim()) if axis != 1]
    if case['op'] == 'layerNorm':
        return x.reshape(-1, parameter_size(case)), [1]
    groups = case['numGroups'] if case['op'] == 'groupNorm' else x.shape[1]
    return x.reshape(x.shape[0], groups, -1), [2]


def running_statistics(case, x, mean, variance, running):
    """The running statistics after one training step. F.batch_norm moves them in place."""
    momentum = case.get('momentum', 0.9)
    keep = momentum if momentum is not None else 1 - 1 / (case['batchesTracked'] + 1)
    new_mean, new_variance = running['mean'].clone(), running['variance'].clone()
    F.batch_norm(x, new_mean, new_variance, None, None, True, 1 - keep, case.get('epsilon', 1e-5))
    if case.get('varianceEstimate') == 'biased':  # not in PyTorch
        new_variance = running['variance'] * keep + variance * (1 - keep)
    return {'runningMean': new_mean, 'runningVariance': new_variance}


def compute(case, inputs, dtype):
    """Every output of a case, computed in `dtype`, as float64 arrays with the channel axis where the case has it."""
    tensors = {name: torch.from_numpy(values).to(dtype) for name, values in inputs.items()}
    last = case.get('dataFormat') == 'channelsLast'

    def first(t):
        t = t.reshape(case['shape'])
        return t.movedim(-1, 1).contiguous() if last else t

    def back(t):
        return t.movedim(1, -1) if last else t

    shape = case['normalizedShape'] if case['op'] in ROW_OPS else [-1]
    x = first(tensors['x']).requires_grad_()
    affine = {name: tensors[name].reshape(shape).requires_grad_() for name in ('gamma', 'beta') if name in tensors}
    y = normalize(case, x, affine.get('gamma'), affine.get('beta'), tensors)
    wanted = [x, *affine.values()]
    gradients = torch.autograd.grad(y, wanted, first(tensors['dy']))

    outputs = {'y': back(y)}
    with torch.no_grad():
        if case['op'] not in ('rmsNorm', 'batchNormInference'):
            grouped, axes = statistic_axes(case, x)
            variance, mean = torch.var_mean(grouped, axes, unbiased=False)
            outputs |= {'mean': mean, 'variance': variance}
        if case['op'] == 'batchNorm':
            outputs |= running_statistics(case, x, outputs['mean'], outputs['variance'], tensors)
    outputs['dx'] = back(gradients[0])
    for name, gradient in zip(affine, gradients[1:]):
        outputs['d' + name.capitalize()] = gradient
    return {name: t.detach().to(torch.float64).numpy().reshape(-1) for name, t in outputs.items()}


# ---- What errors are measured by -----------------------------------------------------------------------------------


def element_indices(case):
    """For each element of x, the index of its channel and of its mean and variance."""
    i = np.arange(int(np.prod(case['shape'])))
    channels = parameter_size(case)
    if case['op'] in ROW_OPS:
        return i % channels, i // channels
    stride = int(np.prod(case['shape'][channel_axis(case) + 1:]))
    channel = i // stride % channels
    if case['op'] in ('batchNorm', 'batchNormInference'):
        return channel, channel
    groups = case['numGroups'] if case['op'] == 'groupNorm' else channels
    sample = i // int(np.prod(case['shape'][1:]))
    return channel, sample * groups + channel // (channels // groups)


def formulas(case, inputs, mean, variance):
    """y and gradients in float64 from given statistics, with the terms that they are sums of."""
    x, dy = inputs['x'].astype(np.float64), inputs['dy'].astype(np.float64)
    c, s = element_indices(case)
    gamma = inputs['gamma'].astype(np.float64)[c] if 'gamma' in inputs else np.ones(x.size)
    beta = inputs['beta'].astype(np.float64)[c] if 'beta' in inputs else np.zeros(x.size)
    rstd = (1 / np.sqrt(variance + case.get('epsilon', 1e-5)))[s]
    xhat, g, m = (x - mean[s]) * rstd, gamma * dy, x.size / mean.size
    mean_term = np.bincount(s, g)[s] / m if case['op'] not in ('rmsNorm', 'batchNormInference') else 0 * g
    xhat_term = xhat * np.bincount(s, g * xhat)[s] / m if case['op'] != 'batchNormInference' else 0 * g
    outputs = {
        'y': xhat * gamma + beta,
        'dx': rstd * (g - mean_term - xhat_term),
        'dGamma': np.bincount(c, dy * xhat),
        'dBeta': np.bincount(c, dy),
    }
    # gamma and dy stand for terms of size |xhat| = 1, so that a constant x, whose xhat is 0, has a scale too.
    terms = {'y': (gamma, beta), 'dx': (rstd * g,), 'dGamma': (xhat * dy, dy), 'dBeta': (dy,)}
    return outputs, terms


def statistics(case, inputs, truth):
    """The mean and variance that y is normalized with."""
    if case['op'] == 'batchNormInference':
        return inputs['mean'].astype(np.float64), inputs['variance'].astype(np.float64)
    if case['op'] == 'rmsNorm':
        squares = np.square(inputs['x'].astype(np.float64)).reshape(-1, parameter_size(case)).mean(1)
        return np.zeros_like(squares), squares
    return truth['mean'], truth['variance']


def error_scales(case, inputs, truth):
    """The largest magnitude among an output and the terms whose sum it is.

    Not the output alone: where terms cancel (dx of a statistic over two values, y of a constant) the output is rounding
    noise in every implementation, and an error relative to it says nothing.
    """
    _, terms = formulas(case, inputs, *statistics(case, inputs, truth))
    terms |= {'mean': (inputs['x'],), 'runningMean': (inputs['x'], inputs.get('mean', 0))}
    # A variance of exactly 0 is measured against the square of a rounding error in x.
    floor = (2.0**-24 * largest(inputs['x'])) ** 2
    return {name: max(largest(values, *terms.get(name, ())), floor) for name, values in truth.items()}


def statistics_cost(case, inputs, truth):
    """By how much y and the gradients change when mean and variance are each off by half a unit in the last place.

    Statistics are handed on in float32, so any implementation may be off by that much.
    """
    mean, variance = statistics(case, inputs, truth)
    exact, _ = formulas(case, inputs, mean, variance)
    for name, values in exact.items():
        if name in truth and largest(values - truth[name]) > 1e-9 * max(1, largest(values)):
            sys.exit(f'{case}: the formula of {name} does not agree with PyTorch')
    if case['op'] == 'batchNormInference':
        return {}
    by_mean, _ = formulas(case, inputs, mean * (1 + 2.0**-24), variance)
    by_variance, _ = formulas(case, inputs, mean, variance * (1 + 2.0**-24))
    return {
        name: largest(np.abs(by_mean[name] - exact[name]) + np.abs(by_variance[name] - exact[name]))
        for name in exact
    }


def round_up(value):
    """To four digits, never below the value."""
    short = float(f'{value:.4g}')
    return short if short >= value else float(f'{value * 1.0005:.4g}')


def largest(*arrays):
    return max(float(np.max(np.abs(a))) if np.size(a) else 0.0 for a in arrays)


# ---- Files -----------------------------------------------------------------------------------------------------------


def main():
    cases = json.loads((GOLDEN / 'cases.json').read_text())
    names = [(case['op'], case['name']) for case in cases]
    if len(set(names)) != len(names):
        sys.exit('cases.json: two cases of one operation have the same name')
    index, chunks, offset = [], [], 0
    for case in cases:
        inputs = make_inputs(case)
        truth = compute(case, inputs, torch.float64)
        torch32 = compute(case, inputs, torch.float32)
        scales = error_scales(case, inputs, truth)
        cost = statistics_cost(case, inputs, truth)
        outputs = {}
        for name, values in truth.items():
            if not (np.isfinite(values).all() and np.isfinite(torch32[name]).all()):
                sys.exit(f'{case}: {name} is not finite')
            error = largest(torch32[name] - values) / scales[name]
            outputs[name] = {
                'offset': offset,
                'length': values.size,
                'scale': float(f'{scales[name]:.6g}'),
                'pytorch': round_up(error),
                'statistics': round_up(cost.get(name, 0.0) / scales[name]),
            }
            chunks.append(values.astype('<f8').tobytes())
            offset += values.size
        checksum = zlib.crc32(b''.join(values.astype('<f4').tobytes() for values in inputs.values()))
        index.append({**case, 'inputs': checksum, 'outputs': outputs})
    rows = ',\n'.join(json.dumps(row) for row in index)
    version = torch.__version__.split('a')[0]
    (GOLDEN / 'golden.json').write_text(f'{{"pytorch": "{version}", "cases": [\n{rows}\n]}}\n')
    (GOLDEN / 'golden.bin').write_bytes(b''.join(chunks))
    print(f'{len(cases)} cases, {offset} numbers, PyTorch {torch.__version__}')


if __name__ == '__main__':
    main()
