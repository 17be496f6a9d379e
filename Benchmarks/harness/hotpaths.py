"""Wall-clock time of the hot paths without socket and broker, the ring beside the C++ yardstick."""
import json

from procs import Noise, Process, wait_quiet
from tables import median, spread

OURS = {
    "ring, 1 writer, 3 readers, 4 threads": ["ring", "--readers", "3", "--threads"],
    "ring, 1 reader, one thread": ["ring"],
    "decode": ["decode"],
    "ingest": ["ingest"],
    "pipeline, three workers": ["pipeline"],
    "threshold detector, 20,000 sensors": ["detector", "threshold"],
    "trend detector, 20,000 sensors": ["detector", "trend"],
    "integrity detector, 20,000 sensors": ["detector", "integrity"],
}
BROADCAST = "C++ broadcast 1 -> 3, 4 threads"


def run(bench, rounds, records):
    rows = []
    for number in range(rounds):
        for name, arguments in OURS.items():
            wait_quiet(bench.quiet_seconds)
            noise = Noise()
            with Process([bench.microbench, *arguments, "--records", records]) as process:
                found = json.loads(process.finish(120))["ns_record"]
            rows.append({"case": name, "round": number, "ns": found, "other": noise.cores()})
        if bench.yardstick.is_there:
            noise = Noise()
            with Process([bench.yardstick.program("ringbench"), records * 2, 6]) as process:
                lines = [json.loads(line) for line in process.finish(120).splitlines()]
            found = next(line["ns_rec"] for line in lines if line["bytes"] == 64)
            rows.append({"case": BROADCAST, "round": number, "ns": found, "other": noise.cores()})
    print(f"\nhot paths, {rounds} interleaved rounds of {records:,} records, "
          "ns per record: median [min-max]")
    for name in dict.fromkeys(row["case"] for row in rows):
        mine = [row for row in rows if row["case"] == name]
        print(f"  {name:40}{spread([row['ns'] for row in mine], '{:.1f}'):>24}"
              f"  other {median(row['other'] for row in mine):.2f}")
    return rows
