"""`torchContender.py TASKS`: what PyTorch's float32 kernels make of the golden cases.

TASKS is a JSON list of places in the list of tasks (src/run/tasks.ts). Prints the lines that src/run/lines.ts describes. The
calls of PyTorch are those of packages/conformance/scripts/make-golden.py.
"""
import importlib.util
import json
import math
import sys
from pathlib import Path

PARTS = {
    'forward': ('y',),
    'gradients': ('dx', 'dGamma', 'dBeta'),
    'runningStatistics': ('runningMean', 'runningVariance'),
}
SCRIPT = Path(__file__).resolve().parents[3] / 'packages/conformance/scripts/make-golden.py'


def load_golden():
    spec = importlib.util.spec_from_file_location('make_golden', SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main():
    golden = load_golden()
    cases = json.loads((golden.GOLDEN / 'golden.json').read_text())['cases']
    tasks = [(case, part) for case in cases for part in PARTS
             if part != 'runningStatistics' or case['op'] == 'batchNorm']
    print(json.dumps({'versions': {'PyTorch': golden.torch.__version__}}, separators=(',', ':')), flush=True)
    for task in json.loads(sys.argv[1]):
        case, part = tasks[task]
        inputs = golden.make_inputs(case)
        got = golden.compute(case, inputs, golden.torch.float32)
        truth = golden.compute(case, inputs, golden.torch.float64)
        errors = {}
        for name in PARTS[part]:
            if name in got:
                error = golden.largest(got[name] - truth[name]) / case['outputs'][name]['scale']
                errors[name] = error if math.isfinite(error) else None
        print(json.dumps({'task': task, 'errors': errors}, separators=(',', ':')), flush=True)


if __name__ == '__main__':
    main()
