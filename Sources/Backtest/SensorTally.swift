internal import GasDetection
internal import GasModel

/// What is counted of one sensor while a trace is judged.
struct SensorTally: Sendable {
    /// A warning, as it stood when it was given.
    struct Warning: Sendable {
        var time: Timestamp
        /// When it was told.
        var told: Timestamp
        /// Whether the newest reading reached the limit then.
        var isOver: Bool
        /// The stretch without gaps that it was given in; `nil` where there was no reading near.
        var segment: Int?
    }

    /// A halt of the cut limit.
    struct Halt: Sendable {
        /// When the gas was measured that began it.
        var began: Timestamp
        /// When it was told.
        var told: Timestamp
        /// Whether newer readings had arrived before that one: no run is counted of such.
        var isLate: Bool
        /// When the gas behind it was gone.
        var gone: Timestamp?
    }

    var readings = 0
    var faults = 0
    /// Readings that were no newer than one before them.
    var late = 0
    /// Steps of more than the sensor's silence.
    var gaps = 0
    var longestGapSeconds = 0.0
    var lowest = Double.infinity
    var highest = -Double.infinity
    private(set) var first: Timestamp?
    private(set) var last: Timestamp?
    /// Against the alarm and the cut limit, as far as the sensor has them.
    private(set) var alarm: CrossingLog?
    private(set) var cut: CrossingLog?
    private(set) var warnings: [Warning] = []
    private(set) var halts: [Halt] = []
    /// First and last reading of each stretch without a gap.
    private(set) var segments: [(first: Timestamp, last: Timestamp)] = []
    private var steps = StepCounts()
    private let silenceSeconds: Double
    /// A longer step is a gap: a sensor that speaks but every ten minutes has none by that.
    private let gapSeconds: Double
    var envelope: ValueEnvelope?

    init(_ sensor: Sensor, bucketsMax: Int?) {
        alarm = sensor.limits.map { CrossingLog(limit: $0.alarm.reachedAt) }
        cut = sensor.limits?.cut.map { CrossingLog(limit: $0.reachedAt) }
        silenceSeconds = max(
            sensor.intervalSeconds * ThresholdDetector.silentIntervals,
            ThresholdDetector.silentSecondsMin)
        gapSeconds = max(CrossingLog.gapSeconds, silenceSeconds)
        envelope = bucketsMax.map { ValueEnvelope(bucketsMax: $0, gapSeconds: silenceSeconds) }
    }

    /// The log that warnings are held against: as the trend detector, the cut, and the alarm where
    /// the law knows no cut.
    var warned: CrossingLog? { cut ?? alarm }

    mutating func take(_ record: Reading) {
        readings += 1
        guard record.kind == .measurement else {
            faults += 1
            return
        }
        let (time, value) = (record.eventTime, record.value)
        lowest = min(lowest, value)
        highest = max(highest, value)
        if first == nil { first = time }
        var before = last
        if let last {
            guard time > last else {
                late += 1
                envelope?.takeLate(value, at: time)
                return
            }
            let step = time.seconds(since: last)
            steps.count(nanoseconds: time.nanoseconds - last.nanoseconds)
            if step > silenceSeconds {
                gaps += 1
                longestGapSeconds = max(longestGapSeconds, step)
            }
            if step > gapSeconds {
                breakOff()
                before = nil
            }
        }
        if before == nil {
            segments.append((time, time))
        } else {
            segments[segments.count - 1].last = time
        }
        last = time
        alarm?.take(value, at: time, after: before)
        cut?.take(value, at: time, after: before)
        envelope?.take(value, at: time)
    }

    mutating func halt(_ finding: Finding) {
        halts.append(
            Halt(
                began: finding.eventTime, told: finding.arrivalTime, isLate: !finding.isInOrder))
    }

    mutating func haltEnded(at time: Timestamp) {
        if !halts.isEmpty { halts[halts.count - 1].gone = time }
    }

    mutating func warn(_ finding: Finding) {
        let time = finding.eventTime
        let isNear = last.map { time.seconds(since: $0) <= gapSeconds } ?? false
        warnings.append(
            Warning(
                time: time, told: max(time, finding.arrivalTime), isOver: warned?.isOver ?? false,
                segment: isNear ? segments.count - 1 : nil))
    }

    /// The record has ended.
    mutating func finish() { breakOff() }

    private mutating func breakOff() {
        guard let last else { return }
        alarm?.breakOff(at: last)
        cut?.breakOff(at: last)
    }

    /// The usual time between two readings, in seconds: the median.
    var stepSeconds: Double { steps.medianSeconds }

    /// Seconds in which the sensor was observed.
    var observedSeconds: Double {
        let step = min(stepSeconds, gapSeconds)
        return segments.reduce(0) { $0 + $1.last.seconds(since: $1.first) + step }
    }
}

/// How often each step between two readings occurs, to the millisecond.
private struct StepCounts: Sendable {
    private var counts: [Int64: Int] = [:]
    private var newest: Int64 = -1
    private var newestCount = 0

    mutating func count(nanoseconds: Int64) {
        let milliseconds = (nanoseconds + 500_000) / 1_000_000
        if milliseconds != newest {
            flush()
            newest = milliseconds
        }
        newestCount += 1
    }

    private mutating func flush() {
        if newestCount > 0 { counts[newest, default: 0] += newestCount }
        newestCount = 0
    }

    var medianSeconds: Double {
        var all = self
        all.flush()
        let sorted = all.counts.sorted { $0.key < $1.key }
        let total = sorted.reduce(0) { $0 + $1.value }
        guard total > 0 else { return 0 }
        func step(_ rank: Int) -> Int64 {
            var left = rank
            for (step, count) in sorted {
                if left < count { return step }
                left -= count
            }
            return 0
        }
        return Double(step((total - 1) / 2) + step(total / 2)) / 2000
    }
}
