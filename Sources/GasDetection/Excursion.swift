internal import GasModel

/// What is kept of one time over a limit, by the times of its readings: how high, how long, and how
/// much in all. A value holds until the next one; where that came later than the sensor's silence
/// allows, nothing is known of the time between, and it is counted apart. 32 bytes.
struct Excursion: Sendable, Equatable {
    private(set) var peak = -Double.infinity
    private(set) var secondsOver = 0.0
    /// Value above the limit times seconds.
    private(set) var excessSeconds = 0.0
    private(set) var secondsUnseen = 0.0

    /// Takes note of a value of the excursion.
    mutating func see(_ value: Double) { peak = max(peak, value) }

    /// Counts `seconds` that passed since `value` was measured, which may be none.
    mutating func hold(_ value: Double, limit: Double, seconds: Double, secondsMax: Double) {
        // Endless after a calibration, whose length is told by itself.
        guard seconds > 0, seconds.isFinite else { return }
        guard seconds <= secondsMax, !value.isNaN else {
            secondsUnseen += seconds
            return
        }
        guard value >= limit else { return }
        secondsOver += seconds
        excessSeconds += (value - limit) * seconds
    }

    /// The figures for the end of it.
    func evidence(unit: String) -> [Finding.Evidence] {
        var figures: [Finding.Evidence] = []
        if peak.isFinite { figures.append(.init("peak", peak, unit)) }
        figures.append(.init("over the limit for", secondsOver, "s"))
        figures.append(.init("above the limit x time", excessSeconds / 60, unit + " min"))
        if secondsUnseen > 0 { figures.append(.init("not seen for", secondsUnseen, "s")) }
        return figures
    }

    func save(to state: inout StateWriter) {
        state.write(peak)
        state.write(secondsOver)
        state.write(excessSeconds)
        state.write(secondsUnseen)
    }

    mutating func load(from state: inout StateReader) throws(StateError) {
        peak = try state.read()
        secondsOver = try state.read()
        excessSeconds = try state.read()
        secondsUnseen = try state.read()
    }
}

/// The newest time over the cut of a sensor that a halt told of, by the times of its readings. What
/// comes late of it, or of what was before it, completes the record and no more: a store may be
/// sent twice. 24 bytes.
struct ToldOver: Sendable, Equatable {
    private var from = Timestamp.distantPast
    private var until = Timestamp.distantPast
    /// How grave it was told to be; -1 before the first.
    var step = -1

    /// Whether a late reading of `time` over the cut is of another, later one, or graver than was
    /// told. Readings that lie no further apart than `silence`, in nanoseconds, are of one.
    func isNews(_ time: Timestamp, step: Int, silence: Int64) -> Bool {
        time > until.advanced(byNanoseconds: silence)
            || step > self.step && time.advanced(byNanoseconds: silence) >= from
    }

    /// A halt begins with the reading of `time`.
    mutating func begin(_ time: Timestamp, step: Int) {
        from = time
        until = max(until, time)
        self.step = step
    }

    /// Takes note of a reading of `time` over the cut.
    mutating func see(_ time: Timestamp, silence: Int64) {
        if time.advanced(byNanoseconds: silence) >= from { from = min(from, time) }
        until = max(until, time)
    }

    func save(to state: inout StateWriter) {
        state.write(from)
        state.write(until)
        state.write(step)
    }

    mutating func load(from state: inout StateReader) throws(StateError) {
        from = try state.read()
        until = try state.read()
        step = try state.read()
    }
}

/// When a limit was reached the last few times. 24 bytes.
struct Beginnings: Sendable, Equatable {
    private var times: (Timestamp, Timestamp, Timestamp) = (
        .distantPast, .distantPast, .distantPast
    )

    static func == (a: Beginnings, b: Beginnings) -> Bool { a.times == b.times }

    /// Takes note of one more, and says whether they have become too many within ten minutes.
    mutating func note(_ time: Timestamp) -> Bool {
        let first = times.0
        times = (times.1, times.2, time)
        return first > .distantPast
            && time.seconds(since: first) <= ThresholdDetector.chatterSeconds
    }

    func save(to state: inout StateWriter) {
        state.write(times.0)
        state.write(times.1)
        state.write(times.2)
    }

    mutating func load(from state: inout StateReader) throws(StateError) {
        times = (try state.read(), try state.read(), try state.read())
    }
}

/// How one limit of a sensor stands.
struct Level: Sendable, Equatable {
    /// Whether it is told to stand.
    var isOn = false
    /// Whether it does stand; differs from `isOn` while lines are held back.
    var isOver = false
    var excursion = Excursion()
    var beginnings = Beginnings()

    func save(to state: inout StateWriter) {
        state.write(isOn)
        state.write(isOver)
        excursion.save(to: &state)
        beginnings.save(to: &state)
    }

    mutating func load(from state: inout StateReader) throws(StateError) {
        isOn = try state.read()
        isOver = try state.read()
        try excursion.load(from: &state)
        try beginnings.load(from: &state)
    }
}

/// The state of going to and fro over a limit: while it lasts, nothing is told to be over.
struct Chatter: Sendable, Equatable {
    var isOn = false
    /// How often a limit was reached since it began, and before for it to begin.
    var count = 0
    var began = Timestamp.distantPast
    /// Since when nothing has crossed a limit, in a time that is covered with readings.
    var calmSince = Timestamp.distantPast

    func save(to state: inout StateWriter) {
        state.write(isOn)
        state.write(count)
        state.write(began)
        state.write(calmSince)
    }

    mutating func load(from state: inout StateReader) throws(StateError) {
        isOn = try state.read()
        count = try state.read()
        began = try state.read()
        calmSince = try state.read()
    }
}
