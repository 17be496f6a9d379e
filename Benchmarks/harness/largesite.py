"""How long a site of 20,000 sensors takes to be checked, and to be loaded: until the daemon says that
it is ready. There is no broker, so that it waits for none.
"""
import subprocess
import time

from procs import Noise, Process
from tables import median, spread

CHECK_SECONDS_MAX, LOAD_SECONDS_MAX = 2, 3
PLACES, SENSORS_EACH = 2000, 10


def write(path):
    lines = ["mine: {code: large, name: Large mine, gas-class: high, licensed-output: 1200000}",
             "limit-table: cn-2025", "places:"]
    lines += [f"  - id: P{place}\n    name: Heading {place}\n    kind: heading"
              for place in range(PLACES)]
    lines.append("sensors:")
    lines += [
        f"  - id: P{place}-S{sensor}\n    place: P{place}\n    role: T{1 + sensor % 2}\n"
        "    type: laser\n    range: [0, 100]\n    resolution: 0.01\n    limits: {alarm: 0.8}\n"
        f"    interval: 1s\n    calibration-due: 2026-12-01\n    gateway: F{place}"
        for place in range(PLACES) for sensor in range(SENSORS_EACH)]
    path.write_text("\n".join(lines) + "\n")


def check(bench, site):
    begun = time.monotonic()
    subprocess.run([bench.binary, "check", site, "--today", "2026-11-23"], check=True,
                   stdout=subprocess.DEVNULL, timeout=60)
    return time.monotonic() - begun


def load(bench, site):
    begun = time.monotonic()
    with Process([bench.binary, "serve", "--site", site, "--state-dir", bench.fresh("state"),
                  "--broker", "mqtt://127.0.0.1:1"]) as daemon:
        daemon.err.wait_for("firedamp: ready", 60)
        return time.monotonic() - begun


def run(bench, rounds):
    site, noise = bench.fresh("large"), Noise()
    write(site)
    rows = {"check": [], "load": []}
    for _ in range(rounds):
        rows["check"].append(check(bench, site))
        rows["load"].append(load(bench, site))
    print(f"\nsite of {PLACES * SENSORS_EACH:,} sensors, {rounds} rounds: median [min-max]; "
          f"other {noise.cores():.2f}")
    for name, allowed in (("check", CHECK_SECONDS_MAX), ("load", LOAD_SECONDS_MAX)):
        word = "met   " if median(rows[name]) < allowed else "MISSED"
        print(f"  {word} {name}: {spread(rows[name], '{:.2f}')} s, bar < {allowed} s")
    return rows
