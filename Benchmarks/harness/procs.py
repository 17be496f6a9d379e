"""Processes that a measurement starts, pins and ends, and how much CPU everybody else had meanwhile."""
import os
import resource
import socket
import subprocess
import threading
import time

HZ = os.sysconf("SC_CLK_TCK")


def busy_seconds():
    """CPU seconds of the machine that were neither idle, waiting for a disk, stolen nor niced."""
    with open("/proc/stat") as stat:
        fields = [int(field) for field in stat.readline().split()[1:9]]
    return (sum(fields) - fields[1] - fields[3] - fields[4] - fields[7]) / HZ


def thread_seconds(pid):
    """CPU seconds of each thread of `pid`."""
    seconds = []
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{task}/schedstat") as stat:
                seconds.append(int(stat.read().split()[0]) / 1e9)
        except OSError:
            continue  # The thread ended between the listing and the look.
    return seconds


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Lines:
    """Collects a stream on a thread of its own, so that nobody blocks on a full pipe."""

    def __init__(self, stream):
        self.text = ""
        self._changed = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._thread.start()

    def _read(self, stream):
        for line in stream:
            with self._changed:
                self.text += line
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wait_for(self, word, seconds):
        with self._changed:
            self._changed.wait_for(lambda: word in self.text or self._ended, seconds)
            if word not in self.text:
                raise RuntimeError(f"no '{word}' within {seconds} s; it said: {self.text[-2000:]}")


class Process:
    """A child of ours: pinned, bounded, ended by its PID."""

    ends_with_input = False

    def __init__(self, command, cpu=None, env=None):
        pin = ["taskset", "-c", str(cpu)] if cpu is not None else []
        self.child = subprocess.Popen(
            pin + [str(part) for part in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **(env or {})},
        )
        self.pid = self.child.pid
        self.out = Lines(self.child.stdout)
        self.err = Lines(self.child.stderr)

    def finish(self, seconds):
        """Waits for its own end and returns what it printed."""
        code = self.child.wait(seconds)
        self.out._thread.join()
        if code != 0:
            raise RuntimeError(f"{self.child.args[-1]}: exit {code}: {self.err.text[-2000:]}")
        return self.out.text

    def end(self, seconds=10):
        self.child.stdin.close()
        if self.child.poll() is None and not self.ends_with_input:
            self.child.terminate()
        if self.child.poll() is None:
            try:
                self.child.wait(seconds)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        self.out._thread.join()
        self.err._thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


class Noise:
    """CPU, in cores, that others used between two moments: read beside every figure.

    All processes of the measurement must have ended at `cores`, so that they count as ours.
    """

    def __init__(self):
        self._start = (self._mine(), busy_seconds(), time.monotonic())

    @staticmethod
    def _mine():
        total = 0.0
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
            usage = resource.getrusage(who)
            total += usage.ru_utime + usage.ru_stime
        return total

    def cores(self):
        mine, busy, start = self._start
        used = busy_seconds() - busy - (self._mine() - mine)
        return max(0.0, used / (time.monotonic() - start))


def wait_quiet(most_seconds):
    """Lets bursts of other programs pass: returns when they use little, or after `most_seconds`."""
    end = time.monotonic() + most_seconds
    while time.monotonic() < end:
        before = busy_seconds()
        time.sleep(0.4)
        if (busy_seconds() - before) / 0.4 < 0.3:
            return
