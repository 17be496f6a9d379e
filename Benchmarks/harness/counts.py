"""Instructions and allocations per record, by callgrind, as the difference of two run lengths, so that
start and end drop out. What `--check` holds against `budgets.json`.

An allocation is a call of malloc or one of its kin; it belongs to the object file that calls it, so
that libmosquitto's own are told from ours.
"""
import glob
import math
import os
import re
import subprocess

from daemon import CountedDaemon
from procs import Process, free_port
from throughput import feeder

SHORT, LONG = 20_000, 60_000
# The daemon also works by the clock, and how much of that falls into a run is chance: a long row of
# records makes little of it.
DAEMON_LONG = 200_000
ALLOCATORS = {
    "malloc", "calloc", "realloc", "aligned_alloc", "posix_memalign", "memalign", "reallocarray",
}
NAMED = re.compile(r"^(c?ob|c?f[lien]|c?fn|fl|fi|fe|cfi)=\((\d+)\)(?: (.*))?$")


class Profile:
    """What one run under callgrind counted; several files are the threads of one run."""

    def __init__(self, paths):
        self.cost = {}  # (object, function) -> instructions of its own
        self.allocations = {}  # object that calls -> calls
        for path in paths:
            self._read(path)

    def _read(self, path):
        names = {"ob": {}, "fn": {}}
        place = {"ob": "", "fn": "", "cob": "", "cfn": ""}
        is_call = False
        with open(path, errors="replace") as file:
            for line in file:
                named = NAMED.match(line)
                if named:
                    key, number, name = named.groups()
                    if key in place:
                        table = names[key.removeprefix("c")]
                        if name is not None:
                            table[number] = name
                        place[key] = table[number]
                        if key == "fn":
                            place["cob"] = place["ob"]
                elif line.startswith("calls="):
                    if place["cfn"].split("'")[0] in ALLOCATORS:
                        caller, count = place["ob"], int(line[6:].split()[0])
                        self.allocations[caller] = self.allocations.get(caller, 0) + count
                    is_call = True
                elif line[:1] in "0123456789+-*" and " " in line:
                    if not is_call:
                        where = (place["ob"], place["fn"])
                        self.cost[where] = self.cost.get(where, 0) + int(line.split()[1])
                    is_call, place["cob"] = False, place["ob"]

    def instructions(self):
        return sum(self.cost.values())


def callgrind(directory):
    return ["valgrind", "--tool=callgrind", "--separate-threads=yes", "-q",
            f"--callgrind-out-file={directory}/out"]


def profile(command, directory):
    os.makedirs(directory)
    with Process([*callgrind(directory), *command], env={"SWIFT_DETERMINISTIC_HASHING": "1"}) as run:
        run.finish(120)
    return Profile(glob.glob(f"{directory}/out*"))


def difference(short, long, records):
    """Per record: instructions, allocations by ours, and allocations by libmosquitto."""
    instructions = (long.instructions() - short.instructions()) / records
    ours = theirs = 0.0
    for caller in long.allocations.keys() | short.allocations.keys():
        calls = long.allocations.get(caller, 0) - short.allocations.get(caller, 0)
        if "libmosquitto" in caller:
            theirs += calls / records
        else:
            ours += calls / records
    return {"instructions": instructions, "allocations": ours, "allocations_libmosquitto": theirs}


def in_process(binary):
    """Name of each hot path, and how to run it with so many records."""
    def ours(*arguments):
        return lambda n: [binary, *arguments, "--records", n]

    return {
        "ring, bursts of 64": ours("ring", "--burst", 64),
        "ring, one by one": ours("ring", "--burst", 1),
        "decode": ours("decode"),
        "ingest": ours("ingest"),
        "pipeline": ours("pipeline"),
    }


def of_command(bench, run):
    short = profile(run(SHORT), bench.fresh("callgrind"))
    long = profile(run(LONG), bench.fresh("callgrind"))
    return difference(short, long, LONG - SHORT)


def of_daemon(bench, binary, qos, budget):
    """The whole daemon with all its threads, fed by fakebroker; libmosquitto included.

    What other programs do to its wake-ups and ticks shows in both lengths alike, or not: where a
    budget is exceeded it is the median of three that counts.
    """
    def once(messages):
        port, directory = free_port(), bench.fresh("callgrind")
        os.makedirs(directory)
        with feeder(bench, qos, messages, port, 2):
            with CountedDaemon(callgrind(directory), binary, bench.fresh("state"), port) as under_test:
                under_test.wait_ready(60)
                under_test.wait_idle(quiet_seconds=1.0)
                taken, _ = under_test.ring.measurements()
                under_test.end(60)
        if taken != messages:
            raise RuntimeError(f"the daemon took {taken} of {messages} readings")
        return Profile(glob.glob(f"{directory}/out*"))

    def count():
        return difference(once(SHORT), once(DAEMON_LONG), DAEMON_LONG - SHORT)

    counts = [count()]
    if any(counts[0][what] > budget[what] for what in ("instructions", "allocations")):
        counts += [count(), count()]
    return sorted(counts, key=lambda found: found["instructions"])[len(counts) // 2]


def run(bench, budgets):
    # Valgrind 3.19 cannot read the DWARF of newer compilers; symbols are enough.
    binary, results = bench.fresh("firedamp-bench"), {}
    subprocess.run(["objcopy", "--strip-debug", bench.microbench, binary], check=True)
    for name, command in in_process(binary).items():
        results[name] = of_command(bench, command)
    if bench.yardstick.is_there:
        for name, burst in (("ring, bursts of 64", 64), ("ring, one by one", 1)):
            count = of_command(bench, lambda n: [bench.yardstick.program("ringcount"), n, burst])
            results[name]["yardstick"] = count["instructions"]
        none = {"instructions": math.inf, "allocations": math.inf}
        for qos in (0, 1):
            name = f"daemon, QoS {qos}"
            results[name] = of_daemon(bench, binary, qos, budgets.get(name, none))
    return results


def show(results, budgets):
    """Prints the table; returns what exceeds its budget, or has none."""
    print(f"\n{'per record':32}{'instructions':>14}{'budget':>8}{'C++':>7}"
          f"{'allocations':>13}{'budget':>8}{'libmosquitto':>14}")
    over = []
    for name, row in results.items():
        budget = budgets.get(name)
        if budget is None:
            over.append(f"{name}: no budget")
            budget = {"instructions": 0, "allocations": 0}
        yardstick = f"{row['yardstick']:.1f}" if "yardstick" in row else "-"
        print(f"{name:32}{row['instructions']:14.1f}{budget['instructions']:8}{yardstick:>7}"
              f"{row['allocations']:13.4f}{budget['allocations']:8}"
              f"{row['allocations_libmosquitto']:14.2f}")
        for what in ("instructions", "allocations"):
            if row[what] > budget[what]:
                over.append(f"{name}: {row[what]:.4g} {what} per record, budget {budget[what]}")
    for name, row in results.items():
        if "yardstick" in row:
            word = "met   " if row["instructions"] <= row["yardstick"] else "MISSED"
            print(f"  {word} {name}: {row['instructions']:.1f} instructions, bar <= the C++ "
                  f"yardstick's {row['yardstick']:.1f}")
    for line in over:
        print(f"  OVER BUDGET {line}")
    return over
