internal import GasModel

/// What a sensor of work or air tells the methane sensors of its place.
struct WorkMeter: Sendable {
    /// Work in the minutes up to `minute`, the newest in bit 0; and which minutes are known.
    private(set) var atWork: UInt32 = 0
    private(set) var known: UInt32 = 0
    private(set) var minute = Int64.min
    private(set) var newest = Timestamp.distantPast
    /// The level of the last minutes and of the last hours, for a velocity.
    private(set) var short: Float = 0
    private(set) var long: Float = 0

    /// Takes a value newer than all before.
    mutating func take(_ value: Float, at time: Timestamp) {
        let minute = time.minute
        let seconds = newest == .distantPast ? 0 : Float(min(time.seconds(since: newest), 600))
        newest = time
        let isNext = self.minute > .min && minute >= self.minute
        let passed = isNext ? minute &- self.minute : 32
        // What is not heard of for a minute is as it was: states are sent when they change, too.
        let old = atWork & 1
        atWork = passed > 31 ? 0 : atWork << UInt32(passed)
        known = passed > 31 ? 0 : known << UInt32(passed)
        if passed > 1, passed <= 10 {
            let between = (UInt32(1) << UInt32(passed)) - 2
            known |= between
            if old == 1 { atWork |= between }
        }
        self.minute = minute
        if passed > 0 || value >= 0.5 { atWork = value >= 0.5 ? atWork | 1 : atWork & ~1 }
        known |= 1
        if short == 0 { (short, long) = (value, value) }
        short += (value - short) * min(seconds / 180, 1)
        long += (value - long) * min(seconds / 7200, 1)
    }

    /// Minutes of work among the last 15, and how many of those are known; none if it was not
    /// heard of for 10 minutes.
    func work(at minute: Int64) -> (worked: Int, known: Int) {
        guard self.minute > .min, minute &- self.minute <= 10 else { return (0, 0) }
        let window: UInt32 = 0x7fff
        return ((atWork & window).nonzeroBitCount, (known & window).nonzeroBitCount)
    }

    /// Whether there is work now; `nil` when that is not known.
    func isAtWork(at minute: Int64) -> Bool? {
        guard self.minute > .min, minute &- self.minute <= 10 else { return nil }
        return atWork & 1 == 1
    }

    mutating func exchange(_ state: inout StateExchange) throws(StateError) {
        try state.word(&atWork)
        try state.word(&known)
        try state.word(&minute)
        try state.word(&newest)
        try state.word(&short)
        try state.word(&long)
    }
}

extension Timestamp {
    /// The minute since 1970 that it lies in.
    var minute: Int64 {
        let minute = nanoseconds / 60_000_000_000
        return nanoseconds < 0 && nanoseconds % 60_000_000_000 != 0 ? minute - 1 : minute
    }
}
