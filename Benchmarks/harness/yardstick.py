"""The C yardsticks beside which the daemon is measured: copied, adapted to our topic and payload,
and built in a temporary directory. Nothing of them enters the repository.

The adapted feed differs from the original in four places, each by a scripted edit that fails when
the original no longer has what it replaces:
  topic    firedamp/v1/bench/reading/sNNNNN instead of gas/v1/mNN/zNN/sNNNNN
  payload  {"ts":...,"v":...,"seq":...}: "v" instead of "ch4"
  ts       rises by 1 ms with every round over the sensors, from the start of the feed, and follows
           the wall clock where the feed is paced; the original sends one fixed instant, which would
           make every reading after the first of a sensor a duplicate and spare our detectors
  value    each sensor trembles around its own level, 0.30 to 0.83 %; every hundredth sensor stands
           above its cut limit at 1.60 to 1.64 % from the first reading to the last
So 1 % of the readings exceed the limit, as in the original, and all of them take the long way
through the threshold detector; the halts they cause are begun once and not by every other reading,
since no journal on a disk should be part of a measure of throughput.
"""
import pathlib
import shutil
import subprocess

CFLAGS = ["-O3", "-march=native", "-std=gnu11"]
CXXFLAGS = ["-O3", "-march=native", "-std=c++17", "-pthread"]

FEED = [
    ('"gas/v1/m%02d/z%02d/s%05d", s / 1000, s / 50 % 20, s);', '"firedamp/v1/bench/reading/s%05d", s);'),
    (
        '"{\\"ts\\":%s,\\"ch4\\":", f->stamp ? "1732350000123000000" : "1732350000123");',
        '"{\\"ts\\":1732350000123,\\"v\\":");',
    ),
    (
        "uint32_t next_sensor, rng; uint16_t mid; uint64_t seq; uint32_t max_len;",
        "uint32_t next_sensor, rng; uint16_t mid; uint64_t seq; uint32_t max_len;\n"
        "    uint64_t first_ms, ms; uint8_t ms_text[13];",
    ),
    ("f->rng = 12345;", "f->first_ms = real_ns() / 1000000; f->rng = 12345;"),
    (
        "/* Append up to max packets to buf;",
        "static inline uint32_t feed_level(struct feed *f, uint32_t sensor) {\n"
        "    uint32_t r = (feed_rand(f) >> 8) % 5;\n"
        "    return sensor % 100 == 99 ? 160 + r : 30 + sensor % 50 + r;\n"
        "}\n"
        "static inline void feed_time(struct feed *f, uint8_t *p, uint64_t stamp_ns) {\n"
        "    uint64_t ms = f->first_ms + f->seq / (uint64_t)f->sensors;\n"
        "    if (stamp_ns / 1000000 > ms) ms = stamp_ns / 1000000;\n"
        "    if (ms != f->ms) { f->ms = ms; put_digits(f->ms_text, 13, ms); }\n"
        "    memcpy(p, f->ms_text, 13);\n"
        "}\n"
        "/* Append up to max packets to buf;",
    ),
    ("uint32_t v = feed_centi(f); uint8_t *q", "uint32_t v = feed_level(f, (uint32_t)(t - f->t)); uint8_t *q"),
    (
        "if (stamp_ns && f->stamp) { if (senml) put_senml_time(p + t->ts_at, stamp_ns); "
        "else put_digits(p + t->ts_at, 19, stamp_ns); }",
        "if (!senml && !cd) feed_time(f, p + t->ts_at, stamp_ns);",
    ),
]
# The daemon subscribes twice, and a SUBACK in the middle of the blast would land inside a half-written
# packet. It also publishes its state, which fakebroker leaves unread in part; closing such a socket
# resets it, and what the daemon had still to read of it would be lost: so it is kept open.
FAKEBROKER = [
    ("> 300000000ull) break;", '> (uint64_t)optn(argc, argv, "--linger", 300) * 1000000ull) break;'),
    (
        "if (!blasting) { f.v5 = v5;",
        'static long subscribes; if (!blasting && ++subscribes >= optn(argc, argv, "--subscribes", 1)) { f.v5 = v5;',
    ),
]

# Push and pop of the yardstick's ring, in one thread as `firedamp-bench ring` does it: the same fill
# and the same look at each record as in its own test "spsc batch both 64", the check of the sequence
# among them, which our ring makes by itself. `burst` 1 is its "spsc one by one".
RING_MAIN = """
template <class F> static void batches(Spsc<Record<64>> &q, uint64_t n, uint64_t burst, F see) {
    for (uint64_t i = 1; i <= n;) {
        i += q.fill([&](Record<64> &x, uint64_t k) {
            x.seq = i + k; x.ts = i; x.value = (double)((i + k) % 100) * 0.0101; x.sensor = 1;
        }, std::min(burst, n - i + 1));
        q.drain(see, 4096);
    }
}
template <class F> static void singles(Spsc<Record<64>> &q, uint64_t n, F see) {
    Record<64> r{}, got;
    for (uint64_t i = 1; i <= n; i++) {
        r.seq = i; r.ts = i; r.value = (double)(i % 100) * 0.0101; r.sensor = 1;
        if (!q.push(r)) abort();
        if (q.pop(got)) see(got);
    }
}
int main(int argc, char **argv) {
    uint64_t n = strtoull(argv[1], nullptr, 10), burst = strtoull(argv[2], nullptr, 10);
    Spsc<Record<64>> q(65536); uint64_t alarms = 0, last = 0;
    auto see = [&](const Record<64> &r) { alarms += r.value > 1.0; if (r.seq != last + 1) abort(); last = r.seq; };
    if (burst > 1) batches(q, n, burst, see); else singles(q, n, see);
    printf("%llu\\n", (unsigned long long)alarms);
}
"""


class Yardstick:
    """The built programs, or nothing where the sources are not there."""

    def __init__(self, sources, directory):
        self.sources = pathlib.Path(sources)
        self.directory = pathlib.Path(directory)
        self.is_there = (self.sources / "drain.c").is_file()

    def program(self, name):
        return str(self.directory / name)

    def build(self):
        for name in ("mqttwire.h", "feed.h", "scan.h", "drain.c", "fakebroker.c", "flood.c", "ringbench.cpp"):
            shutil.copyfile(self.sources / name, self.directory / name)
        self._edit("feed.h", FEED)
        self._edit("fakebroker.c", FAKEBROKER)
        self._compile("flood")
        self._compile("fakebroker", "-lssl", "-lcrypto")
        self._compile("drain", "-lmosquitto", "-lssl", "-pthread")
        self._run("g++", *CXXFLAGS, "-o", "ringbench", "ringbench.cpp")
        text = (self.directory / "ringbench.cpp").read_text()
        (self.directory / "ringcount.cpp").write_text(text.split("int main(")[0] + RING_MAIN)
        # No -march=native here: the count is taken by valgrind, which does not know every extension,
        # and Swift is built without it too.
        flags = [flag for flag in CXXFLAGS if flag != "-march=native"]
        self._run("g++", *flags, "-o", "ringcount", "ringcount.cpp")

    def _edit(self, name, edits):
        path = self.directory / name
        text = path.read_text()
        for old, new in edits:
            if text.count(old) != 1:
                raise SystemExit(f"bench: the yardstick's {name} has changed; cannot find: {old}")
            text = text.replace(old, new)
        path.write_text(text)

    def _compile(self, name, *libraries):
        self._run("gcc", *CFLAGS, "-o", name, f"{name}.c", *libraries)

    def _run(self, *command):
        subprocess.run(command, cwd=self.directory, check=True)
