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

    /// Lowest and highest value of each stretch; NaN where that proves nothing.
    private var bounds = InlineArray<120, SIMD2<Float>>(repeating: SIMD2(.nan, .nan))
    private var stretch = Int64.min
    private var count: Float = 0
    /// Seconds between readings, as they come.
    private var cadence: Float = 0
    private var newest = Timestamp.distantPast
    /// The gateway's numbers of the newest readings with their values, and when they came.
    private var boot: UInt64 = 0
    private var numbered = InlineArray<16, Numbered>(repeating: Numbered())
    private var next = 0
    /// The highest number of this boot: a higher one was not used before.
    private var highestNumber: UInt64 = 0
    /// Contradictions of late, one forgotten every 75 s; and in all since that last was none.
    private(set) var conflicts: Float = 0
    private(set) var total: Float = 0
    private(set) var furthest: Float = 0
    private(set) var conflictTime = Timestamp.distantPast

    /// A number of the gateway with what came under it.
    private struct Numbered: Sendable {
        var number = UInt64.max
        var arrival: Int64 = 0
        var value: Float = 0
    }

    /// Where a stretch is kept; a gateway may well send a time before 1970.
    private static func place(of stretch: Int64) -> Int {
        let place = Int(stretch % 120)
        return place < 0 ? place + 120 : place
    }

    /// Takes a reading newer than all before.
    mutating func take(_ reading: Reading, _ value: Float) {
        let time = reading.eventTime
        let stretch = time.nanoseconds / Self.stretchNanoseconds
        if stretch != self.stretch { turn(to: stretch) }
        let place = Self.place(of: stretch)
        if count == 0 {
            bounds[place] = SIMD2(value, value)
        } else {
            bounds[place].x = min(bounds[place].x, value)
            bounds[place].y = max(bounds[place].y, value)
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
            bounds[Self.place(of: self.stretch)].x = .nan
        }
        let passed = min(stretch &- self.stretch, 120)
        for step in 1...max(passed, 1) where step < passed {
            bounds[Self.place(of: self.stretch &+ step)].x = .nan
        }
        self.stretch = stretch
        count = 0
    }

    private mutating func keepNumber(of reading: Reading, _ value: Float) {
        if reading.boot != boot {
            boot = reading.boot
            numbered = InlineArray(repeating: Numbered())
            highestNumber = 0
        }
        numbered[next] = Numbered(
            number: reading.sequence, arrival: reading.arrivalUptime, value: value)
        highestNumber = max(highestNumber, reading.sequence)
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
        guard stretch < self.stretch, self.stretch &- stretch < 120 else { return 0 }
        let (low, high) = (bounds[Self.place(of: stretch)].x, bounds[Self.place(of: stretch)].y)
        guard !low.isNaN else { return 0 }
        let off = max(low - value, value - high)
        return off > slack ? off : 0
    }

    private func usedNumber(_ reading: Reading, _ value: Float) -> Float {
        guard reading.marks.contains(.hasSequence), reading.boot == boot,
            reading.sequence <= highestNumber
        else { return 0 }
        for place in numbered.indices where numbered[place].number == reading.sequence {
            let other = numbered[place]
            // One message may hold several readings under one number: those came at one time.
            if other.value != value, other.arrival != reading.arrivalUptime {
                return abs(other.value - value)
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
        for place in bounds.indices {
            var (low, high) = (bounds[place].x, bounds[place].y)
            try state.pair(&low, &high)
            bounds[place] = SIMD2(low, high)
        }
        try state.word(&stretch)
        try state.word(&count)
        try state.word(&cadence)
        try state.word(&newest)
        try state.word(&boot)
        for place in numbered.indices {
            try state.word(&numbered[place].number)
            try state.word(&numbered[place].arrival)
            try state.word(&numbered[place].value)
        }
        try state.word(&highestNumber)
        try state.word(&next)
        guard (0..<16).contains(next) else { throw state.damage }
        try state.word(&conflicts)
        try state.word(&total)
        try state.word(&furthest)
        try state.word(&conflictTime)
    }
}
