"""The daemon under test: its site, its life, and what it has done as far as the ring's file tells."""
import array
import mmap
import os
import pathlib
import struct
import time

from procs import Process, thread_seconds

SENSORS = 1000

# Sources/ReadingRing/RingLayout.swift and Sources/GasModel/Reading.swift.
MAGIC, VERSION = 0x504D414445524946, 1
HEADER_BYTES, RECORD_BYTES = 4096, 64
PUBLISHED, LINE_BYTES, READERS = 256, 128, 3
KIND_OFFSET, MEASUREMENT = 4, 1
SEQUENCE_WORD, WORDS = 4, 8


def write_site(path):
    """A thousand sensors in fifty places, named as the adapted feed names them."""
    lines = ["mine:", "  code: bench", "  name: Benchmark mine", "limit-table: own",
             "places:"]
    lines += [f"  - id: P{place:02}\n    name: Place {place}\n    kind: heading"
              for place in range(SENSORS // 20)]
    lines.append("sensors:")
    for sensor in range(SENSORS):
        lines.append(
            f"  - id: s{sensor:05}\n    place: P{sensor // 20:02}\n    role: T1\n"
            '    unit: "%CH4"\n    limits: {alarm: 1.0, cut: 1.5, repower: 1.0}\n'
            "    interval: 1s"
        )
    path.write_text("\n".join(lines) + "\n")


class Ring:
    """The ring's file, looked at from outside: read only, and never trusted beyond its magic."""

    def __init__(self, path, records):
        self.records = records
        size = HEADER_BYTES + records * RECORD_BYTES
        end = time.monotonic() + 30
        while not (path.exists() and path.stat().st_size == size):
            if time.monotonic() > end:
                raise RuntimeError(f"no ring of {records} records at {path}")
            time.sleep(0.01)
        with open(path, "rb") as file:
            self.map = mmap.mmap(file.fileno(), size, prot=mmap.PROT_READ)
        magic, version = struct.unpack_from("<QI", self.map, 0)
        if (magic, version) != (MAGIC, VERSION):
            raise RuntimeError(f"{path} is no ring of version {VERSION}")

    def _word(self, offset):
        return struct.unpack_from("<Q", self.map, offset)[0]

    def published(self):
        return self._word(PUBLISHED)

    def done(self):
        """How far the slowest of the workers is."""
        return min(self._word(PUBLISHED + LINE_BYTES * (1 + reader)) for reader in range(READERS))

    def measurements(self):
        """How many measurements stand in the ring, and how many different sequence numbers they have;
        true as long as fewer records than its capacity were ever written."""
        kinds = self.map[HEADER_BYTES + KIND_OFFSET :: RECORD_BYTES]
        words = array.array("Q", self.map[HEADER_BYTES:])
        sequences = words[SEQUENCE_WORD::WORDS]
        held = {s for s, kind in zip(sequences, kinds) if kind == MEASUREMENT}
        return kinds.count(MEASUREMENT), len(held)


class Daemon(Process):
    """`firedamp serve` on one CPU, in a state directory that nobody used before."""

    RING_RECORDS = 1 << 18

    def __init__(self, binary, site, state, port, cpu=1, mqtt="5", ring_records=RING_RECORDS):
        super().__init__(
            [binary, "serve", "--site", site, "--broker", f"mqtt://127.0.0.1:{port}",
             "--state-dir", state, "--mqtt", mqtt, "--ring-records", ring_records], cpu=cpu)
        self._look_at(state, ring_records)

    def _look_at(self, state, ring_records):
        self.state = pathlib.Path(state)
        try:
            self.ring = Ring(self.state / "ring", ring_records)
        except RuntimeError as error:
            self.end()
            raise RuntimeError(f"{error}; {self.err.text[-2000:]}") from None

    def wait_ready(self, seconds=20):
        self.err.wait_for("firedamp: ready: guarding", seconds)

    def wait_idle(self, quiet_seconds=0.5, most_seconds=60):
        """Returns when both workers have judged all that came and nothing more comes."""
        end, last, since = time.monotonic() + most_seconds, -1, time.monotonic()
        while time.monotonic() < end:
            now, position = time.monotonic(), self.ring.published()
            # A tick a second goes on for ever: a step or two is nothing.
            if position > last + 2:
                last, since = position, now
            elif now - since > quiet_seconds and self.ring.done() >= position - 1:
                return
            time.sleep(0.02)
        raise RuntimeError("the daemon did not come to rest")

    def cpu(self):
        """CPU seconds: of the network thread, which is the busiest under any load, and of all others."""
        threads = thread_seconds(self.pid)
        network = max(threads)
        return network, sum(threads) - network

    def resident_kilobytes(self):
        """Resident memory without the pages of the ring's file, and those pages."""
        total, ring, name = 0, 0, ""
        with open(f"/proc/{self.pid}/smaps") as smaps:
            for line in smaps:
                fields = line.split()
                if "-" in fields[0] and not fields[0].endswith(":"):
                    name = fields[5] if len(fields) > 5 else ""
                elif fields[0] == "Rss:":
                    total += int(fields[1])
                    ring += int(fields[1]) if name == os.fspath(self.state / "ring") else 0
        return total - ring, ring


class CountedDaemon(Daemon):
    """`firedamp-bench daemon` behind a program that counts what it does."""

    ends_with_input = True

    def __init__(self, prefix, binary, state, port):
        # Hashing must not make two runs differ.
        Process.__init__(
            self, [*prefix, binary, "daemon", "--port", port, "--state-dir", state],
            env={"SWIFT_DETERMINISTIC_HASHING": "1"})
        self._look_at(state, self.RING_RECORDS)
