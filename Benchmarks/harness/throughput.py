"""Whole-daemon throughput beside the C subscribers of the yardstick, in interleaved rounds.

fakebroker on CPU 0 feeds one subscriber at a time on CPU 1 as fast as its socket takes it. For the C
subscribers rate and CPU are their own figures, from the first to the last callback. The daemon's are
taken from outside: how far its slower worker is in the ring, and the CPU of its threads, between the
first look that finds a tenth of the messages done and the last look before the end. The tenth leaves
the start out, with the ten halts that the feed causes at once.
"""
import json
import os
import time

from daemon import Daemon
from procs import Noise, Process, free_port, wait_quiet
from tables import median, spread

# The bars of the yardstick: whole daemon, and its network thread, beside limit B.
THROUGHPUT_OF_LIMIT_MIN = 0.9
THROUGHPUT_OF_START_MIN = 1.3
NETWORK_CPU_OF_LIMIT_MAX = 1.2
LOOK_SECONDS = 0.02
# The yardstick speaks MQTT 3.1.1. libmosquitto is slower with MQTT 5, whoever uses it, so the daemon
# with MQTT 5 is held to limit B with MQTT 5; the tables show it beside the other as well.
LIMIT, LIMIT_V5, START = "limit B", "limit B, MQTT 5", "C loop_start, empty"


def cases(qos):
    """Limit B, the empty callback, and the daemon, for one quality of service."""
    mode = "own" if qos == 0 else "ownbatch"
    limit = ["--mode", mode, "--nodelay", "0", "--parse", "1"]
    return [
        (LIMIT, "drain", limit),
        (LIMIT_V5, "drain", [*limit, "--proto", "5"]),
        (START, "drain", ["--mode", "start", "--nodelay", "0", "--parse", "0"]),
        ("firedamp, MQTT 3.1.1", "daemon", "3.1.1"),
        ("firedamp, MQTT 5", "daemon", "5"),
    ]


def run(bench, rounds, messages):
    results = []
    for qos in (0, 1):
        rows = []
        for number in range(rounds):
            for name, kind, how in cases(qos):
                wait_quiet(bench.quiet_seconds)
                noise = Noise()
                if kind == "drain":
                    row = drain(bench, qos, messages, how)
                else:
                    row = daemon(bench, qos, messages, how)
                row.update(case=name, qos=qos, round=number, other=noise.cores())
                rows.append(row)
        show(qos, rows)
        results += rows
    return results


def feeder(bench, qos, messages, port, subscribes):
    process = Process(
        [bench.yardstick.program("fakebroker"), "--cpu", 0, "--port", port, "--qos", qos,
         "--n", messages, "--subscribes", subscribes, "--linger", 120_000])
    process.err.wait_for("listening", 10)
    return process


def drain(bench, qos, messages, how):
    port = free_port()
    with feeder(bench, qos, messages, port, 1):
        with Process([bench.yardstick.program("drain"), "--cpu", 1, "--port", port, "--qos", qos,
                      "--n", messages, "--topic", "firedamp/#", *how]) as client:
            figures = json.loads(client.finish(120))
    if figures["msgs"] != messages:
        raise RuntimeError(f"drain got {figures['msgs']} of {messages} messages")
    return {"rate": figures["msgs_s"], "cpu": figures["cpu_us_msg"], "workers": 0.0}


def daemon(bench, qos, messages, mqtt):
    port = free_port()
    with feeder(bench, qos, messages, port, 4):
        with Daemon(bench.binary, bench.site, bench.fresh("state"), port, mqtt=mqtt) as under_test:
            # A look costs some hundred microseconds, which the daemon's CPU must not lose.
            everywhere = os.sched_getaffinity(0)
            os.sched_setaffinity(0, {0})
            try:
                looks = watch(under_test, messages)
            finally:
                os.sched_setaffinity(0, everywhere)
    (t0, p0, n0, w0), (t1, p1, n1, w1) = looks[0], looks[-1]
    done = p1 - p0
    return {"rate": done / (t1 - t0), "cpu": (n1 - n0) * 1e6 / done, "workers": (w1 - w0) * 1e6 / done}


def watch(under_test, messages):
    """Looks at time, progress and CPU from the first reading to the last.

    Progress is what stands in the ring. The workers are behind by no more than the ring holds, since a
    full one stops the session; how far they are done moves in steps, from snapshot to snapshot.
    """
    base, looks, end = None, [], time.monotonic() + 120
    while time.monotonic() < end:
        position = under_test.ring.published()
        if base is None:
            base = position
        # Link and tick records come in between: a handful, where there are 100,000 readings.
        if looks and position >= base + messages:
            return looks
        if position > base + messages // 10 and (not looks or position > looks[-1][1]):
            looks.append((time.monotonic(), position, *under_test.cpu()))
        time.sleep(LOOK_SECONDS)
    raise RuntimeError(f"the daemon took {under_test.ring.published() - base} of {messages} readings")


def show(qos, rows):
    def of(name, key):
        return {row["round"]: row[key] for row in rows if row["case"] == name}

    def ratios(name, key, reference):
        mine, theirs = of(name, key), of(reference, key)
        return [mine[k] / theirs[k] for k in sorted(mine) if k in theirs]

    print(f"\nthroughput, QoS {qos}, {len(of(LIMIT, 'rate'))} interleaved rounds: "
          "median [min-max]; ratios round by round")
    print(f"{'':22}{'readings/s':>27}{'x limit B':>18}{'x loop_start':>18}"
          f"{'network us':>18}{'x limit B':>18}{'workers us':>11}{'other':>6}")
    for name in dict.fromkeys(row["case"] for row in rows):
        print(f"{name:22}"
              f"{spread(of(name, 'rate').values(), '{:,.0f}'):>27}"
              f"{spread(ratios(name, 'rate', LIMIT), '{:.2f}'):>18}"
              f"{spread(ratios(name, 'rate', START), '{:.2f}'):>18}"
              f"{spread(of(name, 'cpu').values(), '{:.2f}'):>18}"
              f"{spread(ratios(name, 'cpu', LIMIT), '{:.2f}'):>18}"
              f"{median(of(name, 'workers').values()):>11.2f}"
              f"{median(of(name, 'other').values()):>6.2f}")
    for name, limit in (("firedamp, MQTT 3.1.1", LIMIT), ("firedamp, MQTT 5", LIMIT_V5)):
        bar(name, f"throughput of {limit}", median(ratios(name, "rate", limit)),
            THROUGHPUT_OF_LIMIT_MIN, at_least=True)
        bar(name, f"throughput of {START}", median(ratios(name, "rate", START)),
            THROUGHPUT_OF_START_MIN, at_least=True)
        bar(name, f"network CPU of {limit}", median(ratios(name, "cpu", limit)),
            NETWORK_CPU_OF_LIMIT_MAX, at_least=False)


def bar(name, what, found, allowed, at_least):
    holds = found >= allowed if at_least else found <= allowed
    sign = ">=" if at_least else "<="
    print(f"  {'met   ' if holds else 'MISSED'} {name}: {what} {found:.2f}x, bar {sign} {allowed}x")
