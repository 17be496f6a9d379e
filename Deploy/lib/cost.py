#!/usr/bin/env python3
"""What a daemon costs: sends it readings through the broker and waits for lines in its alert log.

Usage: cost.py --site                     writes the site file that the daemon must guard
       cost.py PORT PID ALERT_LOG         measures it
Speaks MQTT 3.1.1 by itself, so that nothing stands between the clock and the wire. For a comparison
with yardsticks see Deploy/bench.
"""
import os
import socket
import statistics
import struct
import sys
import time

READINGS = 50_000
CROSSINGS = 20
# Sent and not yet acknowledged.
WINDOW = 1000
SECONDS_MAX = 60
SAFE, OVER_CUT = 0.4, 1.6
# Each crosses once: one that goes to and fro over its limit is told as that, with its lines held back.
SENSORS = [f"C{number:02}" for number in range(1 + CROSSINGS)]
SITE = """mine: {code: cost, name: Mine of the measurement}
limit-table: own
places: [{id: P1, name: Place, kind: heading}]
sensors:
"""
SENSOR = "  - {id: %s, place: P1, role: T1, interval: 60s, limits: {alarm: 1.0, cut: 1.5, repower: 1.0}}\n"


class Gateway:
    """A connection that publishes at QoS 1."""

    def __init__(self, port):
        self.number = 0
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=SECONDS_MAX)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        name = f"cost-{os.getpid()}".encode()
        body = struct.pack(">H4sBBHH", 4, b"MQTT", 4, 2, 60, len(name)) + name
        self.socket.sendall(bytes([0x10, len(body)]) + body)
        if self._receive(4) != b"\x20\x02\x00\x00":
            raise SystemExit("cost: the broker refuses the connection")

    def packet(self, sensor, value, nanoseconds):
        """One reading of `sensor`, measured at `nanoseconds` since 1970."""
        self.number += 1
        text = f'{{"ts":{nanoseconds / 1e6:.3f},"v":{value}}}'.encode()
        topic = f"firedamp/v1/cost/reading/{sensor}".encode()
        body = struct.pack(">H", len(topic)) + topic
        body += struct.pack(">H", self.number % 65_535 + 1) + text
        return bytes([0x32, len(body)]) + body

    def send(self, packets):
        """Sends them all, at most WINDOW ahead of the acknowledgements."""
        for start in range(0, len(packets), WINDOW):
            part = packets[start:start + WINDOW]
            self.socket.sendall(b"".join(part))
            self._receive(4 * len(part))

    def _receive(self, count):
        received = b""
        while len(received) < count:
            part = self.socket.recv(count - len(received))
            if not part:
                raise SystemExit("cost: the broker closed the connection")
            received += part
        return received


class AlertLog:
    """Waits for halts."""

    def __init__(self, path):
        self.file = open(path, encoding="utf-8")
        self.file.seek(0, os.SEEK_END)

    def wait(self, sensor):
        """Returns when a halt by the sensor stands there."""
        until = time.monotonic() + SECONDS_MAX
        while time.monotonic() < until:
            line = self.file.readline()
            if line.endswith("\n"):
                if line.startswith("HALT") and f" {sensor} " in line:
                    return
            else:
                self.file.seek(self.file.tell() - len(line.encode()))
                time.sleep(0.0001)
        raise SystemExit(f"cost: no halt by {sensor} within {SECONDS_MAX} s")


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_megabytes(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def main():
    if sys.argv[1:] == ["--site"]:
        print(SITE + "".join(SENSOR % sensor for sensor in SENSORS), end="")
        return
    port, pid, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    gateway, log = Gateway(port), AlertLog(path)

    # The last reading crosses the limit: its line says that all before it have been judged.
    flood, *others = SENSORS
    start = time.time_ns() - READINGS * 1000
    packets = [gateway.packet(flood, SAFE, start + index * 1000) for index in range(READINGS - 1)]
    packets.append(gateway.packet(flood, OVER_CUT, start + READINGS * 1000))
    used, began = processor_seconds(pid), time.monotonic()
    gateway.send(packets)
    log.wait(flood)
    seconds, used = time.monotonic() - began, processor_seconds(pid) - used

    latencies = []
    for sensor in others:
        time.sleep(0.05)
        packet = gateway.packet(sensor, OVER_CUT, time.time_ns())
        began = time.monotonic()
        gateway.send([packet])
        log.wait(sensor)
        latencies.append(1e3 * (time.monotonic() - began))

    median, worst = statistics.median(latencies), max(latencies)
    print(f"  rate       {READINGS / seconds:,.0f} readings a second, one a message, QoS 1, from the")
    print(f"             gateway through the broker to judgement ({READINGS:,} of them)")
    print(f"  latency    {median:.1f} ms from sending a crossing to its line in the alert log,")
    print(f"             {worst:.1f} ms at worst of {CROSSINGS}; the journal is synced before")
    print(f"  processor  {1e6 * used / READINGS:.1f} us a reading")
    print(f"  memory     {resident_megabytes(pid):.0f} MB resident")


main()
