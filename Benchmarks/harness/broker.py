"""A real mosquitto, and what of a held rate gets through it into the ring.

Feeder, broker and daemon share two CPUs here, so the scheduler is part of every figure.
"""
import json
import os
import pathlib
import socket
import time

from daemon import Daemon
from procs import Noise, Process, free_port

LOSS_RATES = ((0, 60_000), (1, 20_000))


def start_broker(bench, directory, port):
    """mosquitto with the shipped settings, and a plain listener on loopback in place of its own."""
    os.makedirs(directory)
    shipped = bench.root / "Deploy/mosquitto/firedamp.conf"
    # Listeners, files and access rules of an installation do not exist here; what decides on loss and
    # speed is kept: queue and in-flight limits, nodelay, persistence times.
    foreign = ("listener", "user", "password_file", "acl_file", "cafile", "certfile", "keyfile", "tls",
               "require_certificate", "use_identity", "persistence_location", "log_dest",
               "allow_anonymous", "pid_file", "include_dir", "bind", "socket_domain", "per_listener",
               "use_username", "crlfile", "dhparamfile", "ciphers", "protocol", "log_type")
    if shipped.is_file():
        source = "Deploy/mosquitto/firedamp.conf"
        kept = [line for line in shipped.read_text().splitlines() if not line.startswith(foreign)]
    else:
        source = "max_queued_messages 0, max_inflight_messages 65535 (no shipped file)"
        kept = ["max_queued_messages 0", "max_inflight_messages 65535"]
    kept += [f"listener {port} 127.0.0.1", "allow_anonymous true", f"user {os.environ.get('USER', 'root')}",
             f"persistence_location {directory}/", "log_dest stderr"]
    conf = pathlib.Path(directory) / "mosquitto.conf"
    conf.write_text("\n".join(kept) + "\n")
    broker = Process(["mosquitto", "-c", conf])
    end = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return broker, source
        except OSError:
            if broker.child.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"mosquitto does not listen: {broker.err.text}") from None
            time.sleep(0.05)


def loss(bench, seconds):
    """Feeds at the rate of the bar and counts what the ring holds and the workers have judged."""
    results = []
    print(f"\nloss through mosquitto, {seconds} s each")
    for qos, rate in LOSS_RATES:
        messages, port, noise = rate * seconds, free_port(), Noise()
        records = 1 << (messages + 4096).bit_length()
        broker, source = start_broker(bench, bench.fresh("broker"), port)
        with broker, Daemon(bench.binary, bench.site, bench.fresh("state"), port, cpu=None,
                            ring_records=records) as under_test:
            under_test.wait_ready()
            with Process([bench.yardstick.program("flood"), "--port", port, "--qos", qos, "--rate",
                          rate, "--n", messages, "--window", 20000]) as flood:
                fed = json.loads(flood.finish(120))
            under_test.wait_idle(quiet_seconds=1.5)
            taken, different = under_test.ring.measurements()
        row = {"qos": qos, "rate": rate, "sent": messages, "sent_rate": fed["msgs_s"], "taken": taken,
               "lost": messages - different, "twice": taken - different, "config": source,
               "other": noise.cores()}
        print(f"  {'met   ' if row['lost'] == 0 else 'MISSED'} QoS {qos}: sent {messages:,} at "
              f"{row['sent_rate']:,.0f}/s (asked {rate:,}), in the ring and judged {taken:,}, lost "
              f"{row['lost']:,}, twice {row['twice']:,}, other {row['other']:.2f}; {source}")
        results.append(row)
    return results
