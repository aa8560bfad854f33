"""PyTorch as a peer of the benchmark, at its best: tasks and answers are lines of JSON, as in src/measuring/protocol.ts.

    torch_peer.py THREADS FOLDER_OF_LENET_TORCH NAME_OF_ITS_ALLOCATOR

The allocator should keep its pages: one that gives them back makes every run pay for page faults, which this program counts
and reports.
"""

import json
import math
import re
import resource
import signal
import sys

import torch

# Ctrl-C reaches the whole group of processes; the run decides what becomes of its peers.
signal.signal(signal.SIGINT, signal.SIG_IGN)
torch.set_num_threads(int(sys.argv[1]))
sys.path.append(sys.argv[2])
sys.dont_write_bytecode = True

from torch_cases import Unsupported, prepare
from torch_timing import FASTEST, measure

# More page faults in a run than this part of the pages of x: the allocator gives pages back.
FAULTS_OF_X = 0.1


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
