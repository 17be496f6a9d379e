#!/usr/bin/env python3
"""Composes the traces of this folder from the formulas that PROVENANCE.md explains.

    compose.py            writes the traces
    compose.py --check    compares them with what it would write; exit status 1 when they differ

Seeded, and without anything that is not in Python's standard library: the same bytes every time.
"""
import math
import os
import random
import sys
from datetime import datetime, timedelta, timezone

HERE = os.path.dirname(os.path.abspath(__file__))


def normal(rng):
    """A standard normal number (Box-Muller: only `random` itself is the same in all versions)."""
    return math.sqrt(-2 * math.log(1 - rng.random())) * math.cos(2 * math.pi * rng.random())


def log_normal(rng, median, p90):
    return median * math.exp(math.log(p90 / median) / 1.2816 * normal(rng))


def turbulence(rng, count, step, decorrelation=180.0):
    """An Ornstein-Uhlenbeck process of standard deviation 1; times in seconds."""
    keep = math.exp(-step / decorrelation)
    push = math.sqrt(1 - keep * keep)
    values = [normal(rng)]
    while len(values) < count:
        values.append(keep * values[-1] + push * normal(rng))
    return values


def lagged(values, step, seconds):
    """First-order lag: a sensor (seconds = T90 / 2.303), or the mixing of air."""
    keep = math.exp(-step / seconds)
    result = [values[0]]
    for value in values[1:]:
        result.append(value + (result[-1] - value) * keep)
    return result


def read_off(values):
    """What the display shows: resolution 0.01, full scale 100."""
    return [round(min(max(value, 0.0), 100.0), 2) for value in values]


def carried(values, before, flow, volume, step):
    """Air that has passed `volume` m3 of roadway in plug flow; `flow` in m3/min at each step."""
    passed = [0.0]
    for rate in flow[:-1]:
        passed.append(passed[-1] + rate * step / 60)
    result, source = [], 0
    for now in passed:
        while source + 1 < len(passed) and passed[source + 1] <= now - volume:
            source += 1
        result.append(before if now < volume else values[source])
    return result


def table(start, step, sensors):
    """CSV of equally spaced readings, all sensors of an instant together."""
    lines = ["ts,sensor,value"]
    for index in range(len(next(iter(sensors.values())))):
        stamp = (start + timedelta(seconds=index * step)).strftime("%Y-%m-%dT%H:%M:%SZ")
        lines += [f"{stamp},{name},{values[index]:.2f}" for name, values in sensors.items()]
    return "\n".join(lines) + "\n"


SENSOR_LAG = 15 / 2.303  # s; T90 15 s


def heading_fan_stop():
    """S3: the local fan of a heading stops, and starts again with the gas still inside."""
    step, count, stop, restart = 1, 15 * 60, 180, 615
    volume, gas, fresh, leak = 750.0, 2.0, 500.0, 15.0  # m3, and m3/min
    rng = random.Random(301)

    flow = [leak if stop <= t < restart else fresh for t in range(count)]
    face = [100 * gas / (fresh + gas)]
    for t in range(1, count):
        total = flow[t] + gas
        settled = 100 * gas / total
        face.append(settled + (face[-1] - settled) * math.exp(-total / volume * step / 60))
    # 60 m of 15 m2 between the sensors; the mixing on the way rounds the front of the slug.
    outby = lagged(carried(face, face[0], flow, 900.0, step), step, 20)

    # In still air the turbulence dies down, within half a minute or so.
    spread = lagged([0.006 if rate == leak else 0.02 for rate in flow], step, 30)
    sensors = {}
    for name, gas_there in (("H101-T1", face), ("H101-T2", outby)):
        swirl = turbulence(rng, count, step)
        there = [c + s * n for c, s, n in zip(gas_there, spread, swirl)]
        sensors[name] = read_off(lagged(there, step, SENSOR_LAG))
    return table(datetime(2026, 3, 2, 8, tzinfo=timezone.utc), step, sensors)


def shearer_pulses(rng, count, step):
    """S5: what cutting adds, as a sum of pulses while the shearer runs; 1 is a median pulse."""
    production = []
    running = True
    while len(production) < count:
        minutes = min(log_normal(rng, 4.5, 24), 60)
        production += [running] * max(1, round(minutes * 60 / step))
        running = not running
    pulses = [0.0] * count
    for start in range(count):
        if not production[start] or rng.random() >= 3.9 * step / 3600:
            continue
        height = log_normal(rng, 0.16, 0.27) / 0.16
        rise = min(max(log_normal(rng, 6, 11), 2.5), 14) * 60 / 0.8  # 10-90 % is 0.8 of a ramp
        half_fall = (1.5 + 2 * rng.random()) * 60
        for index in range(start, count):
            age = (index - start) * step
            if age < rise:
                pulses[index] += height * age / rise
            else:
                pulses[index] += height * 0.5 ** ((age - rise) / half_fall)
    return pulses, production


def longwall_shift():
    """S5: six hours of a longwall that breathes with the shearer and stays below its limits."""
    step, hours, highest = 3, 6, 0.92  # `highest` is of the alarm limit, 1.0 %
    count = hours * 3600 // step
    rng = random.Random(502)
    pulses, production = shearer_pulses(rng, count, step)
    spread = lagged([0.03 if on else 0.006 for on in production], step, 60)

    sensors = {}
    # Base in %, share of a median pulse in %, transport from the face at 1.5 m/s in s.
    for name, base, share, transport in (
            ("W201-T0", 0.48, 0.17, 12), ("W201-T1", 0.40, 0.16, 0), ("W201-T2", 0.36, 0.12, 66)):
        shift = transport // step
        arrived = [pulses[0]] * shift + pulses[:count - shift]
        swirl = turbulence(rng, count, step)
        added = lagged(
            [share * p + s * n for p, s, n in zip(arrived, spread, swirl)], step, SENSOR_LAG)
        scale = min(1.0, (highest - base) / max(added))
        sensors[name] = read_off([base + scale * a for a in added])
        assert max(sensors[name]) <= highest, name
    return table(datetime(2026, 3, 3, 6, tzinfo=timezone.utc), step, sensors)


def outburst():
    """S1: coal and gas burst out of the face of a heading."""
    step, count, onset, hold = 1, 12 * 60, 120, 300
    base, peak, rise, decay = 0.5, 62.0, 10.0, 15 * 60.0  # %, %, s, s
    rng = random.Random(103)

    face = []
    for t in range(count):
        age = t - onset
        top = base + (peak - base) * (1 - math.exp(-max(age, 0) / rise))
        if age > hold:
            top = base + (top - base) * math.exp(-(age - hold) / decay)
        face.append(top)
    # 60 m at 0.56 m/s: the fan runs on, and the gas reaches the return 108 s later.
    outby = lagged(carried(face, base, [500.0] * count, 900.0, step), step, 20)

    sensors = {}
    for name, gas_there in (("H101-T1", face), ("H101-T2", outby)):
        swirl = turbulence(rng, count, step)
        there = [c + 0.02 * n for c, n in zip(gas_there, swirl)]
        sensors[name] = read_off(lagged(there, step, SENSOR_LAG))
    return table(datetime(2026, 3, 4, 8, tzinfo=timezone.utc), step, sensors)


TRACES = {
    "heading-fan-stop.csv": heading_fan_stop,
    "longwall-shift.csv": longwall_shift,
    "outburst.csv": outburst,
}


def main(arguments):
    if arguments not in ([], ["--check"]):
        sys.exit(__doc__)
    differing = []
    for name, compose in TRACES.items():
        path = os.path.join(HERE, name)
        text = compose().encode()
        if not arguments:
            with open(path, "wb") as file:
                file.write(text)
        elif not os.path.exists(path) or open(path, "rb").read() != text:
            differing.append(name)
    if differing:
        sys.exit("not what compose.py writes: " + ", ".join(differing))


if __name__ == "__main__":
    main(sys.argv[1:])
