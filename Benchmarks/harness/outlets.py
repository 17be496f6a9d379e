"""From a reading over the limit to those whom advisories are for: subscribers of the broker and a webhook.

Two runs through mosquitto, with the shipped settings. `paced`: the publisher of `latency`, every sensor
crosses its cut at a moment of its own. `burst`: all sensors cross in one and the same second, some to the
alarm, some to the cut, some far beyond it; all must arrive within two seconds, the gravest first.
"""
import http.server
import json
import multiprocessing
import random
import socket
import struct
import threading
import time

from broker import start_broker
from daemon import SENSORS, Daemon
from latency import RATE, SEED, connect, packet, publish
from procs import Noise, free_port
from tables import quantile

P99_MILLISECONDS_MAX = 25
BURST_SECONDS_MAX = 2.0
# What the first of a burst overtake: they are on their way before anybody knows of the rest.
BURST_VALUES = (120, 160, 320)


class Arrivals:
    """What came by one way: for each sensor when its gravest line was there, and in what order."""

    def __init__(self):
        self.at, self.order = {}, []

    def take(self, entry, now):
        if entry.get("transition") not in ("RAISED", "WORSE") or not entry.get("sensor"):
            return
        sensor, severity = int(entry["sensor"][1:]), entry["severity"]
        if severity in ("HALT", "ALARM") and entry["advisory"]["rule"] in ("cut", "alarm"):
            self.at.setdefault((sensor, severity), now)
            self.order.append((sensor, severity, entry["cause"].get("value")))


def subscribe(port, arrivals, stop):
    link = connect(port, b"bench-subscriber")
    topic = b"firedamp/v1/bench/advisory/#"
    body = b"\0\1" + struct.pack(">H", len(topic)) + topic + b"\0"
    link.sendall(bytes([0x82, len(body)]) + body)
    link.settimeout(0.2)
    data = b""
    while not stop.is_set():
        try:
            data += link.recv(1 << 18)
        except TimeoutError:
            continue
        now = time.monotonic_ns()
        while len(data) > 1:
            length, shift, head = 0, 0, 1
            while head < len(data) and head < 5:
                length |= (data[head] & 127) << shift
                shift, head = shift + 7, head + 1
                if not data[head - 1] & 128:
                    break
            if len(data) < head + length:
                break
            body, kind, data = data[head:head + length], data[0] >> 4, data[head + length:]
            if kind == 3:
                text = body[2 + struct.unpack(">H", body[:2])[0]:]
                if text:
                    arrivals.take(json.loads(text)["entry"], now)
    link.close()


def receive(arrivals, ready):
    """An HTTP receiver on a free port; runs until the process that made it ends."""
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            text = self.rfile.read(int(self.headers["Content-Length"]))
            arrivals.take(json.loads(text)["entry"], time.monotonic_ns())
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

        def setup(self):
            super().setup()
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    ready.put(server.server_address[1])


def watch(port, orders, results):
    """Runs in a process of its own, so that reading costs the publisher nothing."""
    by_mqtt, by_webhook, stop = Arrivals(), Arrivals(), threading.Event()
    receive(by_webhook, results)
    if orders.get() != "begin":
        return
    reader = threading.Thread(target=subscribe, args=(port, by_mqtt, stop))
    reader.start()
    orders.get()
    stop.set()
    reader.join()
    results.put({name: (ways.at, ways.order)
                 for name, ways in (("subscribers", by_mqtt), ("webhook", by_webhook))})
    results.close()
    results.join_thread()


def burst(port, results):
    """All sensors calm for two seconds, then each once over a limit, in a random order."""
    link, number = connect(port), 0
    for _ in range(2):
        link.sendall(b"".join(packet(s, number + s, 40) for s in range(SENSORS)))
        number += SENSORS
        time.sleep(1)
    sensors = list(range(SENSORS))
    random.Random(SEED).shuffle(sensors)
    began = time.monotonic_ns()
    link.sendall(b"".join(
        packet(s, number + s, BURST_VALUES[s % len(BURST_VALUES)]) for s in sensors))
    number += SENSORS
    # Closed with PUBACKs unread, the link would be reset, and what the broker has not read yet lost.
    link.settimeout(10)
    acknowledged = 0
    while acknowledged < 4 * number:
        acknowledged += len(link.recv(1 << 16))
    results.put(({s: began for s in sensors}, 0.0))
    results.close()
    results.join_thread()


def one(bench, name, publisher, seconds):
    port, noise = free_port(), Noise()
    broker, _ = start_broker(bench, bench.fresh("broker"), port)
    orders, found, sent = multiprocessing.Queue(), multiprocessing.Queue(), multiprocessing.Queue()
    watcher = multiprocessing.Process(target=watch, args=(port, orders, found))
    with broker:
        watcher.start()
        try:
            site = bench.fresh("site.yaml")
            with open(site, "w") as file:
                file.write(open(bench.site).read())
                file.write(f"delivery:\n  - {{kind: webhook, name: bench, "
                           f"url: \"http://127.0.0.1:{found.get(timeout=10)}/\"}}\n")
            with Daemon(bench.binary, site, bench.fresh("state"), port, cpu=None) as under_test:
                under_test.wait_ready()
                orders.put("begin")
                process = multiprocessing.Process(target=publisher, args=(port, *seconds, sent))
                process.start()
                crossings, lag = sent.get(timeout=600)
                process.join()
                time.sleep(BURST_SECONDS_MAX + 1)
                orders.put("end")
                ways = found.get(timeout=30)
        finally:
            watcher.terminate()
            watcher.join()
    return crossings, lag, ways, noise.cores()


def run(bench, seconds):
    rows = []
    crossings, lag, ways, other = one(bench, "paced", publish, (seconds,))
    print(f"\nadvisories to others, QoS 1, {RATE:,}/s over {SENSORS:,} sensors, {seconds} s; "
          f"other {other:.2f}; publisher late by at most {lag:.1f} ms")
    for way, (at, _) in ways.items():
        found = [(at[s, "HALT"] - t) / 1e6 for s, t in crossings.items() if (s, "HALT") in at]
        row = {"way": way, "crossings": len(crossings), "arrived": len(found),
               "p50_ms": quantile(found, 0.5), "p99_ms": quantile(found, 0.99), "other": other}
        rows.append(row)
        is_met = len(found) == len(crossings) == SENSORS and row["p99_ms"] < P99_MILLISECONDS_MAX
        print(f"  {'met   ' if is_met else 'MISSED'} {way}: {len(found)} of {len(crossings)}, p50 "
              f"{row['p50_ms']:.2f} ms, p99 {row['p99_ms']:.2f} ms, bar < {P99_MILLISECONDS_MAX} ms")
    crossings, _, ways, other = one(bench, "burst", burst, ())
    print(f"{SENSORS:,} crossings in one second; other {other:.2f}")
    for way, (at, order) in ways.items():
        wanted = {(s, "ALARM" if BURST_VALUES[s % len(BURST_VALUES)] < 150 else "HALT")
                  for s in crossings}
        last = max(((at[key] - crossings[key[0]]) / 1e9 for key in wanted if key in at), default=0)
        arrived = sum(key in at for key in wanted)
        # A halt is late by as many alarms as came before it.
        late, alarms = [], 0
        for _, severity, _ in order:
            if severity == "ALARM":
                alarms += 1
            else:
                late.append(alarms)
        row = {"way": way, "arrived": arrived, "seconds": last, "alarms_before_halts": max(late, default=0),
               "other": other}
        rows.append(row)
        is_met = arrived == SENSORS and last <= BURST_SECONDS_MAX
        print(f"  {'met   ' if is_met else 'MISSED'} {way}: {arrived} of {SENSORS} within {last:.2f} s, bar "
              f"{BURST_SECONDS_MAX:.0f} s; alarms that came before some halt: {row['alarms_before_halts']}")
    return rows
