internal import GasModel

/// How good early warnings were: those of the rule `trend`, held against the limit that they warn
/// of.
///
/// TRUE: an event begins within the horizon after it, strictly later, and after it was told.
/// NEUTRAL: the limit was reached already, it is crossed within the horizon by a run that is no
/// event, or the record ends or has a gap before that could be seen. FALSE: any other; those of one
/// sensor within the horizon after a counted one are not counted again. RECALL: events with a true
/// warning of all events. LEAD: from when the earliest true warning was told to the event.
package struct WarningScore: Sendable, Equatable {
    /// How far ahead a warning speaks. Seconds.
    package static let horizonSeconds = 600.0

    /// Warnings given.
    package internal(set) var total = 0
    /// True ones.
    package internal(set) var rightful = 0
    /// False ones that count.
    package internal(set) var unfounded = 0
    /// Neither.
    package internal(set) var neutral = 0
    /// False ones soon after a counted one.
    package internal(set) var repeated = 0
    /// Events of the limit.
    package internal(set) var events = 0
    /// Events with a true warning.
    package internal(set) var warned = 0
    /// Seconds, one for each of them.
    package internal(set) var leads: [Double] = []
    /// Days in which sensors were observed.
    package internal(set) var sensorDays = 0.0

    /// Warned events of all; `nil` without events.
    package var recall: Double? { events > 0 ? Double(warned) / Double(events) : nil }
    /// False warnings in a day of one sensor; `nil` where nothing was observed.
    package var falsePerSensorDay: Double? {
        sensorDays > 0 ? Double(unfounded) / sensorDays : nil
    }
    /// Lead in seconds below which the share `part` (0 to 1) lies; `nil` without a lead.
    package func lead(_ part: Double) -> Double? { quantile(leads, part) }

    init() {}

    init(_ tally: SensorTally) {
        guard let log = tally.warned else { return }
        let step = tally.stepSeconds
        let starts = log.events(step: step)
        sensorDays = tally.observedSeconds / 86_400
        events = starts.count
        total = tally.warnings.count
        var first: [Int: Timestamp] = [:]
        var lastFalse = Timestamp.distantPast
        for warning in tally.warnings.sorted(by: { $0.time < $1.time }) {
            switch Self.judge(warning, tally, log, starts, step) {
            case .rightful(let event):
                rightful += 1
                if first[event] == nil { first[event] = warning.told }
            case .neutral: neutral += 1
            case .unfounded:
                let isCounted =
                    lastFalse == .distantPast
                    || warning.time.seconds(since: lastFalse) >= Self.horizonSeconds
                guard isCounted else {
                    repeated += 1
                    continue
                }
                unfounded += 1
                lastFalse = warning.time
            }
        }
        warned = first.count
        leads = first.sorted { $0.key < $1.key }.map { wait(from: $0.value, to: starts[$0.key]) }
    }

    private enum Verdict {
        case rightful(event: Int)
        case neutral
        case unfounded
    }

    private static func judge(
        _ warning: SensorTally.Warning, _ tally: SensorTally, _ log: CrossingLog,
        _ events: [Timestamp], _ step: Double
    ) -> Verdict {
        guard let segment = warning.segment, !warning.isOver else { return .neutral }
        let time = warning.time
        if let event = firstIndex(in: events, after: time),
            events[event].seconds(since: time) <= horizonSeconds
        {
            // What was measured in time and came too late has warned nobody.
            return warning.told < events[event] ? .rightful(event: event) : .neutral
        }
        let starts = log.runs.map(\.start)
        if let run = firstIndex(in: starts, after: time),
            starts[run].seconds(since: time) <= horizonSeconds
        {
            return .neutral
        }
        let left = tally.segments[segment].last.seconds(since: time)
        return left < horizonSeconds - step ? .neutral : .unfounded
    }

    /// The sum of two sensors.
    static func += (sum: inout WarningScore, part: WarningScore) {
        sum.total += part.total
        sum.rightful += part.rightful
        sum.unfounded += part.unfounded
        sum.neutral += part.neutral
        sum.repeated += part.repeated
        sum.events += part.events
        sum.warned += part.warned
        sum.leads += part.leads
        sum.sensorDays += part.sensorDays
    }
}

/// How good halts were: held against every run over the cut limit that lasts for long enough. A
/// halt that stands when a run begins is its halt too.
package struct HaltScore: Sendable, Equatable {
    /// A halt may come this long after a run and still belong to it. Seconds.
    static let graceSeconds = 60.0

    /// Runs that call for a halt.
    package internal(set) var runs = 0
    /// Those that had one while they lasted.
    package internal(set) var halted = 0
    /// Seconds from when the first reading over the limit was measured to when the halt was told,
    /// one for each of them; 0 where one stood already.
    package internal(set) var latencies: [Double] = []
    /// Halts begun.
    package internal(set) var total = 0
    /// Halts beyond the first of a run.
    package internal(set) var repeated = 0
    /// Halts that a reading raised which came later than newer ones, outside all runs: of such
    /// readings no runs are counted.
    package internal(set) var late = 0
    /// Other halts of no run at all.
    package internal(set) var unfounded = 0

    /// Runs without a halt.
    package var missed: Int { runs - halted }

    init() {}

    init(_ tally: SensorTally) {
        guard let log = tally.cut else { return }
        let step = tally.stepSeconds
        let halts = tally.halts.sorted { $0.began < $1.began }
        total = halts.count
        var isUsed = halts.map { _ in false }
        var at = 0
        for (index, run) in log.runs.enumerated() {
            let next = index + 1 < log.runs.count ? log.runs[index + 1].start : nil
            let seconds = run.seconds(step: step)
            // Both are in order, and no two runs share the beginning of a halt.
            while at < halts.count, halts[at].began < run.start { at += 1 }
            let first = at
            while at < halts.count, next.map({ halts[at].began < $0 }) != false,
                halts[at].began.seconds(since: run.start) < seconds + Self.graceSeconds
            { at += 1 }
            for index in first..<at { isUsed[index] = true }
            guard seconds >= CrossingLog.sustainSeconds else { continue }
            runs += 1
            // While values go to and fro over the limit, a halt goes on over the next run too.
            let standsOn = first > 0 && halts[first - 1].gone.map { $0 > run.start } != false
            repeated += max(0, at - first - (standsOn ? 0 : 1))
            if standsOn {
                latencies.append(0)
            } else if first < at, halts[first].began.seconds(since: run.start) < seconds {
                latencies.append(max(0, wait(from: run.start, to: halts[first].told)))
            }
        }
        halted = latencies.count
        let unused = zip(halts, isUsed).filter { !$0.1 }.map(\.0)
        late = unused.count { $0.isLate }
        unfounded = unused.count - late
    }

    /// The sum of two sensors.
    static func += (sum: inout HaltScore, part: HaltScore) {
        sum.runs += part.runs
        sum.halted += part.halted
        sum.latencies += part.latencies
        sum.total += part.total
        sum.repeated += part.repeated
        sum.late += part.late
        sum.unfounded += part.unfounded
    }
}

extension BacktestResult {
    /// The warnings of all sensors.
    package var warnings: WarningScore {
        tallies.reduce(into: WarningScore()) { $0 += WarningScore($1) }
    }

    /// The halts of all sensors.
    package var halts: HaltScore { tallies.reduce(into: HaltScore()) { $0 += HaltScore($1) } }
}

/// Seconds from one to the other, to the millisecond: what arrives at one instant is told apart by
/// a nanosecond.
private func wait(from start: Timestamp, to end: Timestamp) -> Double {
    (end.seconds(since: start) * 1000).rounded() / 1000
}

/// The first of the rising `times` that is strictly after `time`.
private func firstIndex(in times: [Timestamp], after time: Timestamp) -> Int? {
    var (low, high) = (0, times.count)
    while low < high {
        let middle = (low + high) / 2
        if times[middle] > time { high = middle } else { low = middle + 1 }
    }
    return low < times.count ? low : nil
}

/// The value below which the share `part` of `values` lies, between neighbours in proportion.
func quantile(_ values: [Double], _ part: Double) -> Double? {
    let sorted = values.sorted()
    guard let last = sorted.last else { return nil }
    let place = part * Double(sorted.count - 1)
    let low = Int(place)
    guard low + 1 < sorted.count else { return last }
    return sorted[low] + (sorted[low + 1] - sorted[low]) * (place - Double(low))
}
