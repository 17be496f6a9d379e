#!/usr/bin/env python3
"""What a daemon costs: sends it readings through the broker and waits for lines in its alert log.

Usage: cost.py PORT TOPIC PID ALERT_LOG
TOPIC is that of one sensor with an alarm limit of 1.0. Speaks MQTT 3.1.1 by itself, so that nothing
stands between the clock and the wire. For a comparison with yardsticks see Deploy/bench.
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
SAFE, OVER_ALARM = 0.4, 1.2


class Gateway:
    """A connection that publishes at QoS 1."""

    def __init__(self, port, topic):
        self.topic = topic.encode()
        self.number = 0
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=SECONDS_MAX)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        name = f"cost-{os.getpid()}".encode()
        body = struct.pack(">H4sBBHH", 4, b"MQTT", 4, 2, 60, len(name)) + name
        self.socket.sendall(bytes([0x10, len(body)]) + body)
        if self._receive(4) != b"\x20\x02\x00\x00":
            raise SystemExit("cost: the broker refuses the connection")

    def packet(self, value, nanoseconds):
        """One reading, measured at `nanoseconds` since 1970."""
        self.number += 1
        text = f'{{"ts":{nanoseconds / 1e6:.3f},"v":{value},"seq":{self.number}}}'.encode()
        body = struct.pack(">H", len(self.topic)) + self.topic
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
    """Waits for lines of one sensor."""

    def __init__(self, path, sensor):
        self.file = open(path, encoding="utf-8")
        self.sensor = sensor
        self.file.seek(0, os.SEEK_END)

    def wait(self):
        """Returns when the next line that names the sensor stands there."""
        until = time.monotonic() + SECONDS_MAX
        while time.monotonic() < until:
            line = self.file.readline()
            if line.endswith("\n"):
                if f" {self.sensor} " in line:
                    return
            else:
                self.file.seek(self.file.tell() - len(line.encode()))
                time.sleep(0.0001)
        raise SystemExit(f"cost: no line on {self.sensor} within {SECONDS_MAX} s")


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_megabytes(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def main():
    port, topic, pid, path = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
    gateway, log = Gateway(port, topic), AlertLog(path, topic.rpartition("/")[2])

    # The last reading crosses the limit: its line says that all before it have been judged.
    start = time.time_ns() - READINGS * 1000
    packets = [gateway.packet(SAFE, start + index * 1000) for index in range(READINGS - 1)]
    packets.append(gateway.packet(OVER_ALARM, start + READINGS * 1000))
    used, began = processor_seconds(pid), time.monotonic()
    gateway.send(packets)
    log.wait()
    seconds, used = time.monotonic() - began, processor_seconds(pid) - used

    latencies = []
    for value in [SAFE, OVER_ALARM] * CROSSINGS:
        time.sleep(0.05)
        packet = gateway.packet(value, time.time_ns())
        began = time.monotonic()
        gateway.send([packet])
        log.wait()
        if value == OVER_ALARM:
            latencies.append(1e3 * (time.monotonic() - began))

    median, worst = statistics.median(latencies), max(latencies)
    print(f"  rate       {READINGS / seconds:,.0f} readings a second, one a message, QoS 1, from the")
    print(f"             gateway through the broker to judgement ({READINGS:,} of them)")
    print(f"  latency    {median:.1f} ms from sending a crossing to its line in the alert log,")
    print(f"             {worst:.1f} ms at worst of {CROSSINGS}; the journal is synced before")
    print(f"  processor  {1e6 * used / READINGS:.1f} us a reading")
    print(f"  memory     {resident_megabytes(pid):.0f} MB resident")


main()
