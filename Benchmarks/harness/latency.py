"""From a reading over the limit to its line in the alert log, through mosquitto, and what the daemon
weighs meanwhile.

A publisher of our own sends 5,000 messages a second at QoS 1 over 1,000 sensors. Every sensor crosses
its cut limit once, at a moment of its own within the first two minutes, and stays above it: a longer run
shows whether memory stays flat once all halts stand. In a calm run none crosses. The clock starts just
before the crossing is handed to the socket, and stops when a reader that inotify wakes has the line in
hand: an upper bound of what broker and daemon take, with the reader's own wake-up in it.
"""
import ctypes
import math
import multiprocessing
import os
import random
import select
import socket
import struct
import time

from broker import start_broker
from daemon import SENSORS, Daemon
from hanging import HangingReceiver
from procs import Noise, free_port
from tables import quantile

RATE = 5000
P99_MILLISECONDS_MAX = 10
RESIDENT_KILOBYTES_MAX = 40 * 1024
IN_MODIFY = 2
TICK_SECONDS = 0.001
CROSSING_SECONDS = 120
WEIGHING_SECONDS = 5
# An outlet that failed is tried again after five minutes at most.
MEND_SECONDS_MAX = 400
SEED = 1


def packet(sensor, number, hundredths):
    """One PUBLISH at QoS 1; every one of the same length."""
    topic = b"firedamp/v1/bench/reading/s%05d" % sensor
    payload = b'{"ts":%d,"v":%d.%02d,"seq":%d}' % (
        time.time_ns() // 1_000_000, hundredths // 100, hundredths % 100, 1_000_000_000 + number)
    rest = struct.pack(">H", len(topic)) + topic + struct.pack(">H", number % 65535 + 1) + payload
    return bytes([0x32, len(rest)]) + rest


def connect(port, name=b"bench-publisher"):
    link = socket.create_connection(("127.0.0.1", port), 5)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    body = b"\0\4MQTT\4\2\0\0" + struct.pack(">H", len(name)) + name
    link.sendall(bytes([0x10, len(body)]) + body)
    if link.recv(4)[:1] != b"\x20":
        raise RuntimeError("no CONNACK")
    return link


def publish(port, seconds, results, is_calm=False):
    """Runs in a process of its own; tells when each crossing was sent, and the worst lag in ms."""
    moments = random.Random(SEED)
    span = min(seconds, CROSSING_SECONDS) - 2
    crosses_at = [math.inf if is_calm else 1 + moments.random() * span for _ in range(SENSORS)]
    sent_at, link, acknowledged = {}, connect(port), 0
    start, number, worst = time.monotonic(), 0, 0.0
    while number < RATE * seconds:
        now = time.monotonic() - start
        due = min(int(now * RATE), RATE * seconds)
        if due > number:
            worst = max(worst, now - number / RATE)
            batch, crossings = [], []
            for index in range(number, due):
                sensor = index % SENSORS
                if now >= crosses_at[sensor]:
                    if sensor not in sent_at:
                        crossings.append(sensor)
                        sent_at[sensor] = 0
                    batch.append(packet(sensor, index, 160))
                else:
                    batch.append(packet(sensor, index, 30 + sensor % 50 + index % 3))
            moment = time.monotonic_ns()
            link.sendall(b"".join(batch))
            for sensor in crossings:
                sent_at[sensor] = moment
            number = due
        link.setblocking(False)
        try:
            acknowledged += len(link.recv(1 << 16)) // 4
        except BlockingIOError:
            pass
        link.setblocking(True)
        time.sleep(TICK_SECONDS)
    results.put((sent_at, worst * 1000))
    results.close()
    results.join_thread()


class AlertWatch:
    """Reads the alert log as it grows and notes when the line of each sensor's halt was there."""

    def __init__(self, path):
        libc = ctypes.CDLL(None, use_errno=True)
        self._events = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if libc.inotify_add_watch(self._events, os.fsencode(path), IN_MODIFY) < 0:
            raise OSError(ctypes.get_errno(), "inotify_add_watch")
        self._file = open(path, "rb")
        self._rest = b""
        self.seen_at = {}

    def look(self, seconds):
        if not select.select([self._events], [], [], seconds)[0]:
            return
        os.read(self._events, 1 << 16)
        text = self._rest + self._file.read()
        now = time.monotonic_ns()
        *lines, self._rest = text.split(b"\n")
        for line in lines:
            fields = line.split(None, 5)
            if fields[:2] == [b"HALT", b"RAISED"]:
                self.seen_at.setdefault(int(fields[4][1:]), now)

    def close(self):
        self._file.close()
        os.close(self._events)


def hang(bench):
    """A receiver that hangs, and a site that has it for a webhook."""
    receiver, site = HangingReceiver(), bench.fresh("site.yaml")
    site.write_text(bench.site.read_text()
                    + f'delivery:\n  - {{kind: webhook, name: hanging, url: "{receiver.url}"}}\n')
    return receiver, site


def mend(receiver, row):
    """Lets the receiver answer, and waits until it has what it was owed."""
    row["attempts_while_it_hung"] = receiver.attempts
    began = time.monotonic()
    receiver.mend()
    while len(receiver.halts) < row["crossings"] and time.monotonic() - began < MEND_SECONDS_MAX:
        time.sleep(0.1)
    row["halts_after_it_was_mended"] = len(receiver.halts)
    row["halts_doubled"] = len(receiver.halts) - len(set(receiver.halts))
    row["mend_seconds"] = time.monotonic() - began


def run(bench, seconds, has_hanging_webhook=False, is_calm=False):
    port, noise = free_port(), Noise()
    receiver, site = hang(bench) if has_hanging_webhook else (None, bench.site)
    broker, source = start_broker(bench, bench.fresh("broker"), port)
    results = multiprocessing.Queue()
    with broker, Daemon(bench.binary, site, bench.fresh("state"), port, cpu=None) as under_test:
        under_test.wait_ready()
        watch = AlertWatch(under_test.state / "alerts.log")
        resident = [under_test.resident_kilobytes()]
        publisher = multiprocessing.Process(target=publish, args=(port, seconds, results, is_calm))
        publisher.start()
        try:
            end, next_weighing = time.monotonic() + seconds + 2, time.monotonic() + WEIGHING_SECONDS
            while time.monotonic() < end:
                watch.look(0.2)
                if time.monotonic() >= next_weighing:
                    resident.append(under_test.resident_kilobytes())
                    next_weighing += WEIGHING_SECONDS
            sent_at, worst_lag = results.get(timeout=30)
        finally:
            publisher.terminate()
            publisher.join()
        resident.append(under_test.resident_kilobytes())
        watch.close()
        mended = {"crossings": len(sent_at)}
        if receiver:
            mend(receiver, mended)
    found = [(watch.seen_at[s] - t) / 1e6 for s, t in sent_at.items() if s in watch.seen_at]
    row = {"rate": RATE, "seconds": seconds, "is_calm": is_calm, "crossings": len(sent_at), "told": len(found),
           "p50_ms": quantile(found, 0.5), "p99_ms": quantile(found, 0.99), "max_ms": max(found, default=0),
           "publisher_lag_max_ms": worst_lag, "resident_kb": resident, "config": source,
           "other": noise.cores(), **mended}
    show(row)
    return row


def split(values, parts):
    """`values` in so many stretches of the same length, as far as there are enough."""
    bounds = [len(values) * part // parts for part in range(parts + 1)]
    return [values[a:b] for a, b in zip(bounds, bounds[1:]) if a < b]


def show(row):
    print(f"\nlatency through mosquitto, QoS 1, {row['rate']:,}/s over {SENSORS:,} sensors, "
          f"{row['seconds']} s; {row['config']}; other {row['other']:.2f}; "
          f"publisher late by at most {row['publisher_lag_max_ms']:.1f} ms")
    if not row["is_calm"]:
        show_latency(row)
    show_memory(row)


def show_latency(row):
    told = "met   " if row["told"] == row["crossings"] == SENSORS else "MISSED"
    print(f"  {told} crossings told: {row['told']} of {row['crossings']}, bar all of {SENSORS}")
    fast = "met   " if row["p99_ms"] < P99_MILLISECONDS_MAX else "MISSED"
    print(f"  {fast} send to line in the alert log: p50 {row['p50_ms']:.2f} ms, p99 {row['p99_ms']:.2f} "
          f"ms, max {row['max_ms']:.2f} ms, bar p99 < {P99_MILLISECONDS_MAX} ms")


def show_memory(row):
    own = [own for own, _ in row["resident_kb"]]
    small = "met   " if max(own) < RESIDENT_KILOBYTES_MAX else "MISSED"
    tenths = [max(tenth) for tenth in split(own[1:], 10)]
    print(f"  {small} resident without the ring: {own[0] / 1024:.1f} MiB when ready, then at most "
          + ", ".join(f"{kilobytes / 1024:.1f}" for kilobytes in tenths)
          + f" MiB in each tenth of the time, {len(own)} looks "
          f"(ring pages at the end {row['resident_kb'][-1][1] / 1024:.1f}); "
          f"bar {RESIDENT_KILOBYTES_MAX // 1024} MiB")
    if "mend_seconds" in row:
        is_whole = row["halts_after_it_was_mended"] == row["crossings"] and not row["halts_doubled"]
        print(f"  {'met   ' if is_whole else 'MISSED'} a webhook hung all the time "
              f"({row['attempts_while_it_hung']} attempts); {row['mend_seconds']:.1f} s after it was mended "
              f"it had {row['halts_after_it_was_mended']} of {row['crossings']} halts, "
              f"{row['halts_doubled']} of them twice")
