internal import GasDetection
internal import GasModel

// MARK: Numbers

extension GapLedger {
    /// A reading whose number is not the one that comes next.
    mutating func number(_ record: Reading, _ index: Int) {
        if lanes[index].low == .max {
            guard lanes[index].numbers.run > 0 else { return begin(record, index) }
            // What was heard so far came in order, from 0 and without a boot id.
            lanes[index].low = lanes[index].numbers.start
        }
        if record.boot != lanes[index].numbers.boot {
            restart(record, index, first: record.sequence)
            count(index, record) { $0.reboots += 1 }
        } else if record.sequence > lanes[index].numbers.next {
            ahead(record, index)
        } else if record.sequence < lanes[index].numbers.next {
            behind(record, index)
        }
    }

    /// The first reading of a sensor.
    private mutating func begin(_ record: Reading, _ index: Int) {
        lanes[index].numbers = GatewayNumbers(first: record.sequence, newest: record)
        lanes[index].low = record.sequence
    }

    /// The gateway counts anew: `first` is the number that it began with.
    private mutating func restart(_ record: Reading, _ index: Int, first: UInt64) {
        for hole in holes.indices where Int(holes[hole].sensor) == index && !holes[hole].isTold {
            giveUp(hole)
        }
        // What was missing of a boot that is over cannot be told from what the new one sends.
        holes.removeAll { Int($0.sensor) == index }
        lanes[index].holes = 0
        let newest = lanes[index].numbers.newest
        lanes[index].numbers = GatewayNumbers(first: first, newest: record)
        lanes[index].numbers.newest = max(newest, record.eventTime)
        lanes[index].low = first
    }

    private mutating func ahead(_ record: Reading, _ index: Int) {
        let next = lanes[index].numbers.next
        let count = record.sequence - next
        guard count <= Self.holeMax else {
            restart(record, index, first: record.sequence)
            return self.count(index, record) { $0.reboots += 1 }
        }
        if lanes[index].numbers.isTrusted {
            lanes[index].numbers.forgive()
            open(
                Hole(
                    sensor: record.sensor, from: next, to: record.sequence,
                    uptime: record.arrivalUptime, arrival: record.arrivalTime))
            lanes[index].numbers.next = record.sequence &+ 1
            lanes[index].numbers.run += 1
            // The numbers behind a hole are as good as those before it.
            lanes[index].numbers.start += count
            lanes[index].numbers.newest = max(lanes[index].numbers.newest, record.eventTime)
        } else {
            lanes[index].numbers.note(record)
            self.count(index, record) { $0.skipped += count }
        }
    }

    private mutating func open(_ hole: Hole) {
        if holes.count >= Self.holesMax {
            let oldest = holes.firstIndex { $0.isTold } ?? 0
            if !holes[oldest].isTold { giveUp(oldest) }
            lanes[Int(holes[oldest].sensor)].holes -= 1
            holes.remove(at: oldest)
        }
        holes.append(hole)
        lanes[Int(hole.sensor)].holes += 1
    }

    private mutating func behind(_ record: Reading, _ index: Int) {
        if lanes[index].holes > 0, fill(record, index) { return }
        if record.eventTime > lanes[index].numbers.newest {
            return mayRestart(record, index)
        }
        if record.sequence < lanes[index].low {
            return count(index, record) { $0.reordered += 1 }
        }
        guard !lanes[index].numbers.isTrusted, skipped(index) > 0,
            record.eventTime != lanes[index].numbers.newest
        else { return count(index, record) { $0.duplicates += 1 } }
        // While the numbers are not believed, one that was left out has come after all.
        lanes[index].numbers.note(record)
        count(index, record) {
            $0.reordered += 1
            $0.skipped -= 1
        }
    }

    private func skipped(_ index: Int) -> UInt64 {
        let tally = lanes[index].tally
        return tally < 0 ? 0 : tallies[Int(tally)].skipped
    }

    /// A newer reading with a lower number: a counter that ran over, or was begun anew without
    /// another boot id. One alone may be anything.
    private mutating func mayRestart(_ record: Reading, _ index: Int) {
        let next = lanes[index].numbers.next
        guard let first = lanes[index].numbers.restart(record) else { return }
        let hasWrapped =
            first < Self.wrapSlack
            && [1 << 16, 1 << 32].contains { $0 >= next && $0 - next < Self.wrapSlack }
        restart(record, index, first: first)
        count(index, record) { tally in
            if hasWrapped { tally.wraps += 1 } else { tally.reboots += 1 }
        }
    }

    /// Whether the reading is one that was missing; then it no longer is.
    private mutating func fill(_ record: Reading, _ index: Int) -> Bool {
        let found = holes.firstIndex {
            Int($0.sensor) == index && $0.from <= record.sequence && record.sequence < $0.to
        }
        guard let found else { return false }
        let hole = holes[found]
        if hole.isTold {
            count(index, record) { $0.filled += 1 }
        } else {
            count(index, record) { $0.reordered += 1 }
            lanes[index].numbers.run += 1
            lanes[index].numbers.strikes = 0
        }
        if record.sequence == hole.from {
            holes[found].from += 1
        } else if record.sequence == hole.to - 1 {
            holes[found].to -= 1
        } else {
            holes[found].to = record.sequence
            var rest = hole
            rest.from = record.sequence + 1
            open(rest)
        }
        if let empty = holes.firstIndex(where: { $0.from == $0.to }) {
            lanes[Int(holes[empty].sensor)].holes -= 1
            holes.remove(at: empty)
        }
        return true
    }

    /// A hole was waited for long enough: its numbers are missing. As in `InOrder`, the numbers
    /// have to earn their trust anew.
    mutating func giveUp(_ place: Int) {
        holes[place].isTold = true
        let hole = holes[place]
        let index = Int(hole.sensor)
        count(index, at: hole.arrival) { tally in
            tally.missing += hole.to - hole.from
            tally.firstMissing = min(tally.firstMissing, hole.from)
            tally.lastMissing = max(tally.lastMissing, hole.to - 1)
        }
        // Several holes that are given up at once are one strike.
        guard lanes[index].numbers.run > 0 else { return }
        lanes[index].numbers.strike()
        lanes[index].numbers.begin()
    }

    private mutating func count(
        _ index: Int, _ record: Reading, _ body: (inout NumberTally) -> Void
    ) {
        count(index, at: record.arrivalTime, body)
    }

    private mutating func count(
        _ index: Int, at time: Timestamp, _ body: (inout NumberTally) -> Void
    ) {
        if lanes[index].tally < 0 {
            lanes[index].tally = Int32(tallies.count)
            tallies.append(NumberTally(sensor: UInt32(index), at: time))
        }
        let place = Int(lanes[index].tally)
        tallies[place].from = min(tallies[place].from, time)
        tallies[place].to = max(tallies[place].to, time)
        body(&tallies[place])
    }
}
