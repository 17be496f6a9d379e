internal import GasModel

/// Repeated windows: the same values, held for the same numbers of readings, come a second time.
///
/// The readings are taken as runs (value, how often in a row). Of each 12 runs in a row a hash is
/// made; the few hashes whose lowest bits are 0 are landmarks and are kept. The choice hangs on the
/// content alone, so a replayed stretch has its landmarks at the same places as the original,
/// wherever it begins. One trail of them is dense and finds within minutes what was sent in the
/// last hours; the other, of every eighth, finds within hours what was sent a day ago and more.
struct RepeatCheck: Sendable {
    /// Runs in a hash.
    static let runs = 12
    /// Landmarks in a row that have to come again in the same order.
    static let streakMin: Int32 = 3
    /// Different runs among the 12, so that a to and fro between two digits counts for nothing.
    static let kindsMin = 8
    /// Of so many landmarks one is on the far trail, too.
    static let farStride: UInt32 = 8

    private var value = Float.nan
    private var length: UInt32 = 0
    private var tokens = InlineArray<12, UInt32>(repeating: 0)
    private var count: Int64 = 0
    /// The newest landmark that was met, and when.
    private(set) var landmark: UInt32 = 0
    private(set) var landmarkTime = Timestamp.distantPast
    private(set) var near = Trail()
    private(set) var far = Trail()

    /// Takes a reading of `time`. `mask`: how rare landmarks are. Whether a landmark was met.
    mutating func take(_ value: Float, at time: Timestamp, mask: UInt32) -> Bool {
        guard value != self.value else {
            length += 1
            return false
        }
        tokens[Int(count % 12)] = Self.mix(self.value.bitPattern, length)
        count += 1
        self.value = value
        length = 1
        guard count > Int64(Self.runs) else { return false }
        let hash = hash
        guard hash & mask == 0, isVaried else { return false }
        landmark = max(hash, 1)
        landmarkTime = time
        near.meet(landmark)
        if hash & (mask &* Self.farStride &+ (Self.farStride - 1)) == 0 { far.meet(landmark) }
        return true
    }

    /// Begins anew after a gap: what is on either side does not belong together.
    mutating func interrupt() {
        value = .nan
        length = 0
        count = 0
    }

    /// Whether a stretch has come again.
    var isRepeated: Bool { max(near.streak, far.streak) >= Self.streakMin }
    /// Whether what comes is new, once more.
    var isNew: Bool { near.misses >= 4 && far.misses >= 2 }

    private var hash: UInt32 {
        var hash: UInt32 = 0x811c_9dc5
        for back in 0..<12 { hash = Self.mix(hash, tokens[Int((count + Int64(back)) % 12)]) }
        return hash
    }

    private var isVaried: Bool {
        var kinds = 0
        for place in 0..<12 {
            var isNew = true
            for earlier in 0..<place where tokens[earlier] == tokens[place] { isNew = false }
            if isNew { kinds += 1 }
        }
        return kinds >= Self.kindsMin
    }

    private static func mix(_ a: UInt32, _ b: UInt32) -> UInt32 {
        var x = UInt64(a) << 32 | UInt64(b)
        x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
        x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
        return UInt32(truncatingIfNeeded: x ^ (x >> 31))
    }

    mutating func exchange(_ state: inout StateExchange) throws(StateError) {
        try state.word(&value)
        try state.word(&length)
        for place in tokens.indices { try state.word(&tokens[place]) }
        try state.word(&count)
        guard count >= 0 else { throw state.damage }
        try state.word(&landmarkTime)
        try near.exchange(&state)
        try far.exchange(&state)
    }
}

extension RepeatCheck {
    /// The newest landmarks, in their order.
    struct Trail: Sendable {
        /// Landmarks that are kept.
        static let kept = 128

        private var landmarks = InlineArray<128, UInt32>(repeating: 0)
        private var marks: Int64 = 0
        private var matched: Int64 = -1
        /// Landmarks in a row that came again in the same order.
        private(set) var streak: Int32 = 0
        /// Landmarks in a row that are new.
        private(set) var misses: Int32 = 0

        /// The number of the newest landmark; -1 before the first.
        var newest: Int64 { marks - 1 }

        /// The number of the landmark `hash`; -1 where it is not kept. Of several the one with the
        /// number `expected`, or else the oldest.
        func number(of hash: UInt32, expected: Int64) -> Int64 {
            var found: Int64 = -1
            let oldest = max(marks - Int64(Self.kept), 0)
            var mark = marks - 1
            while mark >= oldest {
                if landmarks[Int(mark % 128)] == hash {
                    found = mark
                    if mark == expected { break }
                }
                mark -= 1
            }
            return found
        }

        mutating func meet(_ hash: UInt32) {
            let found = number(of: hash, expected: matched + 1)
            if found >= 0 {
                streak = found == matched + 1 ? streak + 1 : 1
                misses = 0
            } else {
                streak = 0
                misses += 1
            }
            matched = found
            landmarks[Int(marks % 128)] = hash
            marks += 1
        }

        mutating func exchange(_ state: inout StateExchange) throws(StateError) {
            for place in stride(from: 0, to: 128, by: 2) {
                var pair = UInt64(landmarks[place]) << 32 | UInt64(landmarks[place + 1])
                try state.word(&pair)
                landmarks[place] = UInt32(pair >> 32)
                landmarks[place + 1] = UInt32(truncatingIfNeeded: pair)
            }
            try state.word(&marks)
            guard marks >= 0 else { throw state.damage }
            try state.word(&matched)
            try state.word(&streak)
            try state.word(&misses)
        }
    }
}
