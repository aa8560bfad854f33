"""How long a run takes once the process is warm: src/measuring/loop.ts and warmUp.ts in Python."""

import collections
import math
import resource
import statistics
import time

NO_WARM_UP = 100
SHORT_RUN, SHORTEST_RUN = 5, 0.5
LONG_FIRST_RUN = 250
COLD_RUNS, COLD_MILLISECONDS = 5, 25
SHORTEST_WARM_UP = 20
KNOWN_RUNS = 5000
KNOWN_MILLISECONDS, KNOWN_MILLISECONDS_OF_LONGER = 1000, 600
KNOWN_STEP, EVERY_STEP = 1500, 200
WINDOW_MILLISECONDS, FASTER, SLOWER = 10, 0.05, 0.1
MOST_WINDOWS = 20
BLOCK_MILLISECONDS = 2
FEWEST_BLOCKS = 3


def timed(run, runs):
    start = time.perf_counter()
    for _ in range(runs):
        run()
    return (time.perf_counter() - start) * 1e3


def page_faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


# Milliseconds of a run of each case, as fast as it was here.
FASTEST = {}
# Milliseconds and runs of each kind of work.
EXPERIENCE = collections.defaultdict(lambda: {"milliseconds": 0, "runs": 0})


def warm_up(run, budget, first, kind, before):
    """Runs until the time of a run can be believed; `first` is the time of the first run, which has been made."""
    start = time.perf_counter()
    experience = EXPERIENCE[kind]
    earlier = experience["milliseconds"]
    is_step = kind == "step"

    def run_once():
        experience["runs"] += 1
        return timed(run, 1)

    fastest = run_once() if first < LONG_FIRST_RUN else first
    runs_before = experience["runs"]

    def is_warm(spent):
        if is_step:
            return experience["milliseconds"] >= KNOWN_STEP and spent >= EVERY_STEP
        if fastest < SHORT_RUN:
            enough = KNOWN_MILLISECONDS if fastest < SHORTEST_RUN else KNOWN_MILLISECONDS_OF_LONGER
            return experience["runs"] >= KNOWN_RUNS or experience["milliseconds"] >= enough
        is_long = fastest > COLD_MILLISECONDS or experience["runs"] - runs_before >= COLD_RUNS
        return is_long and spent >= max(budget / 2, SHORTEST_WARM_UP)

    while True:
        spent = first + (time.perf_counter() - start) * 1e3
        experience["milliseconds"] = earlier + spent
        if is_warm(spent):
            break
        fastest = min(fastest, run_once())
    if fastest < SHORT_RUN or is_step:
        until_stable(run, before)


def until_stable(run, before):
    best = math.inf
    for _ in range(MOST_WINDOWS):
        runs, used = 0, 0
        while used < WINDOW_MILLISECONDS:
            used += timed(run, 1)
            runs += 1
        if used / runs > best * (1 - FASTER) and used / runs <= before * (1 + SLOWER):
            return
        best = min(best, used / runs)


def measure(run, budget, before, kind):
    """Median milliseconds of a run, how many runs, and page faults in one of them."""
    first = timed(run, 1)
    if before < math.inf and first > NO_WARM_UP and first > budget:
        return first, 1, 0
    warm_up(run, budget, first, kind, before)
    per_block = 1
    blocks = []
    all_runs = 0
    faults_before = page_faults()
    start = time.perf_counter()
    while True:
        block = timed(run, per_block)
        all_runs += per_block
        if block < BLOCK_MILLISECONDS:
            per_block *= 2
            blocks.clear()
        else:
            blocks.append(block / per_block)
        used = (time.perf_counter() - start) * 1e3
        if blocks and used >= budget and (len(blocks) >= FEWEST_BLOCKS or used > 2 * budget):
            faults = (page_faults() - faults_before) / all_runs
            return statistics.median(blocks), len(blocks) * per_block, faults
