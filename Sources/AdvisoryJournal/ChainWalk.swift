internal import HaltAdvisory

/// Follows the chain of a journal from line to line: is each numbered, chained and signed as the
/// one before asks for?
///
/// After damage it goes on from the damaged line, so that each break is told once.
struct ChainWalk {
    /// Where a chain stands: what the next line must carry.
    struct Place: Equatable {
        /// Number of the next line.
        var number: UInt64
        /// Hash of the line before it.
        var previous: String

        /// The beginning of a journal whose first line carries `previous`.
        static func beginning(_ previous: String) -> Place { Place(number: 1, previous: previous) }
    }

    /// What the next line must carry; `nil`: whatever it says is believed.
    var place: Place?
    /// The key that lines are signed with from here on, if they are.
    private(set) var key: JournalKey?
    /// Every key met, in order.
    private(set) var keys: [JournalKey] = []
    /// Number of the first line that is signed.
    private(set) var signedFrom: UInt64?
    /// Number of the first line that is no longer signed.
    private(set) var unsignedFrom: UInt64?
    /// Time of the newest line, nanoseconds since 1970.
    private(set) var newestNanoseconds: Int64?
    /// Where, and by how many seconds, times run backwards.
    private(set) var stepsBack: [(number: UInt64, seconds: Double)] = []
    /// How often they do.
    private(set) var stepsBackCount = 0
    private let trusted: [JournalKey]

    /// Findings are dated by the record that led to them, and what a killed daemon left is judged
    /// late: less than this, in seconds, is no step of a clock.
    private static let stepBackSecondsMin = 5.0
    private static let stepsBackMax = 20

    /// A walk that begins at `place`, under `key`. `trusted`: the only keys that may sign; empty:
    /// any.
    init(from place: Place?, key: JournalKey? = nil, trusted: [JournalKey] = []) {
        self.place = place
        self.key = key
        self.trusted = trusted
        keys = key.map { [$0] } ?? []
    }

    /// Takes the next line; returns its record, where it is one, and the first thing wrong with it.
    mutating func take(_ bytes: [UInt8]) -> (line: JournalLine?, fault: JournalDamage.Kind?) {
        let line: JournalLine
        do {
            line = try JournalLine(bytes: bytes)
        } catch {
            if let known = place {
                place = Place(number: known.number &+ 1, previous: sha256(bytes))
            }
            return (nil, .unreadable(reason: reason(error)))
        }
        let record = line.record
        let signing = checkSignature(line)
        let chain = place.flatMap { Self.check(record, at: $0) }
        noteTime(record)
        place = Place(number: record.number &+ 1, previous: line.hash)
        return (line, signing ?? chain)
    }

    private mutating func checkSignature(_ line: JournalLine) -> JournalDamage.Kind? {
        let record = line.record
        if let text = record.key {
            guard text.isEmpty || JournalKey(text: text) != nil else {
                return .wrongSignature(reason: "it names a key that is none")
            }
            key = JournalKey(text: text)
            if let key, !keys.contains(key) { keys.append(key) }
        }
        guard let key else {
            if record.signature != nil {
                return .wrongSignature(reason: "it is signed, and no line before names a key")
            }
            if signedFrom != nil {
                if unsignedFrom == nil { unsignedFrom = record.number }
                if !trusted.isEmpty { return .unsigned }
            }
            return nil
        }
        if signedFrom == nil { signedFrom = record.number }
        unsignedFrom = nil
        guard let signature = record.signature else { return .unsigned }
        guard let signed = line.signedBytes, key.isSignature(signature, of: signed) else {
            return .wrongSignature(reason: "the line was changed, or signed by another key")
        }
        guard trusted.isEmpty || trusted.contains(key) else {
            return .otherKey(fingerprint: key.fingerprint)
        }
        return nil
    }

    private static func check(
        _ record: JournalRecord, at place: Place
    ) -> JournalDamage.Kind? {
        switch (record.number == place.number, record.previous == place.previous) {
        case (true, true): nil
        case (true, false): .brokenChain
        case (false, true): .wrongNumber(found: record.number, expected: place.number)
        case (false, false):
            record.number > place.number
                ? .missing(from: place.number, through: record.number - 1)
                : .outOfOrder(found: record.number, expected: place.number)
        }
    }

    private mutating func noteTime(_ record: JournalRecord) {
        let time = record.entry.atNanoseconds
        // A carried line has the time of what it restates.
        guard record.carried == nil else { return }
        if let newest = newestNanoseconds {
            let seconds = Double(newest) / 1e9 - Double(time) / 1e9
            if seconds >= Self.stepBackSecondsMin {
                stepsBackCount += 1
                if stepsBack.count < Self.stepsBackMax {
                    stepsBack.append((record.number, seconds))
                }
            }
        }
        newestNanoseconds = time
    }

    private func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "it lacks \"\(key.stringValue)\""
        case DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context):
            "\(context.codingPath.map(\.stringValue).joined(separator: ".")) is of another type"
        case DecodingError.dataCorrupted(let context):
            context.codingPath.isEmpty
                ? "it is no JSON"
                : "\(context.codingPath.map(\.stringValue).joined(separator: ".")) is no such value"
        default: "\(error)"
        }
    }
}
