internal import GasModel

/// Back-dated: what comes late contradicts what was received first.
///
/// Of the last hours the lowest and highest value of every two minutes are kept. A late reading
/// from a stretch that was received whole cannot lie outside; one that fills a hole can be what it
/// likes. So can a number of the gateway that was used before, with another value.
struct UploadCheck: Sendable {
    /// Stretches that are kept, of two minutes each: four hours.
    static let kept = 120
    static let stretchNanoseconds: Int64 = 120_000_000_000
    /// Contradictions within about ten minutes that it takes: gateways do garble one in a thousand.
    static let conflictsMin: Float = 8
    static let quietSeconds = 3600.0

    private var lowest = InlineArray<120, Float>(repeating: .nan)
    private var highest = InlineArray<120, Float>(repeating: .nan)
    private var stretch = Int64.min
    private var count: Float = 0
    /// Seconds between readings, as they come.
    private var cadence: Float = 0
    private var newest = Timestamp.distantPast
    /// The gateway's numbers of the newest readings with their values, and when they came.
    private var boot: UInt64 = 0
    private var numbers = InlineArray<16, UInt64>(repeating: .max)
    private var values = InlineArray<16, Float>(repeating: 0)
    private var arrivals = InlineArray<16, Int64>(repeating: 0)
    private var next = 0
    /// Contradictions of late, one forgotten every 75 s; and in all since that last was none.
    private(set) var conflicts: Float = 0
    private(set) var total: Float = 0
    private(set) var furthest: Float = 0
    private(set) var conflictTime = Timestamp.distantPast

    /// Takes a reading newer than all before.
    mutating func take(_ reading: Reading, _ value: Float) {
        let time = reading.eventTime
        let stretch = time.nanoseconds / Self.stretchNanoseconds
        if stretch != self.stretch { turn(to: stretch) }
        let place = Int(stretch % 120)
        if count == 0 {
            (lowest[place], highest[place]) = (value, value)
        } else {
            lowest[place] = min(lowest[place], value)
            highest[place] = max(highest[place], value)
        }
        count += 1
        if newest > .distantPast {
            let seconds = Float(min(time.seconds(since: newest), 120))
            cadence = cadence == 0 ? seconds : cadence + (seconds - cadence) / 32
        }
        newest = time
        if reading.marks.contains(.hasSequence) { keepNumber(of: reading, value) }
    }

    private mutating func turn(to stretch: Int64) {
        guard self.stretch > .min else {
            self.stretch = stretch
            return
        }
        // A stretch with holes can be completed, and so proves nothing.
        let expected = cadence > 0 ? 120 / cadence : .infinity
        if count < 0.9 * expected {
            lowest[Int(self.stretch % 120)] = .nan
        }
        let passed = min(stretch &- self.stretch, 120)
        for step in 1...max(passed, 1) where step < passed {
            lowest[Int((self.stretch + step) % 120)] = .nan
        }
        self.stretch = stretch
        count = 0
    }

    private mutating func keepNumber(of reading: Reading, _ value: Float) {
        if reading.boot != boot {
            boot = reading.boot
            numbers = InlineArray(repeating: .max)
        }
        (numbers[next], values[next], arrivals[next]) =
            (reading.sequence, value, reading.arrivalUptime)
        next = (next + 1) & 15
    }

    /// Whether a reading that is not newer than all before contradicts what was received first.
    /// `instead`: the other value that is known of the very same instant.
    mutating func contradicts(
        _ reading: Reading, _ value: Float, slack: Float, instead: Float? = nil
    ) -> Bool {
        let off = max(
            distance(reading, value, slack: slack), usedNumber(reading, value),
            instead.map { abs($0 - value) } ?? 0)
        guard off > 0 else { return false }
        forget(until: reading.arrivalTime)
        conflicts += 1
        total += 1
        furthest = max(furthest, off)
        conflictTime = reading.arrivalTime
        return true
    }

    /// How far outside its stretch the value lies, beyond `slack`; 0 where that proves nothing.
    private func distance(_ reading: Reading, _ value: Float, slack: Float) -> Float {
        let stretch = reading.eventTime.nanoseconds / Self.stretchNanoseconds
        guard stretch < self.stretch, self.stretch &- stretch < 120, stretch >= 0 else { return 0 }
        let (low, high) = (lowest[Int(stretch % 120)], highest[Int(stretch % 120)])
        guard !low.isNaN else { return 0 }
        let off = max(low - value, value - high)
        return off > slack ? off : 0
    }

    private func usedNumber(_ reading: Reading, _ value: Float) -> Float {
        guard reading.marks.contains(.hasSequence), reading.boot == boot else { return 0 }
        for place in numbers.indices where numbers[place] == reading.sequence {
            // One message may hold several readings under one number: those came at one time.
            if values[place] != value, arrivals[place] != reading.arrivalUptime {
                return abs(values[place] - value)
            }
        }
        return 0
    }

    /// Whether the number of a reading in order was used before for another value.
    mutating func usedBefore(_ reading: Reading, _ value: Float) -> Bool {
        guard usedNumber(reading, value) > 0 else { return false }
        return contradicts(reading, value, slack: .infinity)
    }

    private mutating func forget(until time: Timestamp) {
        guard conflictTime > .distantPast else { return }
        let seconds = max(time.seconds(since: conflictTime), 0)
        if seconds > Self.quietSeconds { (total, furthest) = (0, 0) }
        conflicts = max(conflicts - Float(min(seconds, 1e6)) / 75, 0)
    }

    /// Whether there were enough of them of late.
    var isRewritten: Bool { conflicts >= Self.conflictsMin - 0.5 }

    /// Whether none came for an hour.
    func isQuiet(at time: Timestamp) -> Bool {
        conflictTime == .distantPast || time.seconds(since: conflictTime) > Self.quietSeconds
    }

    /// Takes up from the journal that there were some.
    mutating func resume(at time: Timestamp) { conflictTime = time }

    mutating func exchange(_ state: inout StateExchange) throws(StateError) {
        for place in lowest.indices { try state.pair(&lowest[place], &highest[place]) }
        try state.word(&stretch)
        try state.word(&count)
        try state.word(&cadence)
        try state.word(&newest)
        try state.word(&boot)
        for place in numbers.indices {
            try state.word(&numbers[place])
            try state.word(&values[place])
            try state.word(&arrivals[place])
        }
        try state.word(&next)
        guard (0..<16).contains(next) else { throw state.damage }
        try state.word(&conflicts)
        try state.word(&total)
        try state.word(&furthest)
        try state.word(&conflictTime)
    }
}
