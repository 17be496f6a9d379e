/// What a detector says: something began, grew worse or ended. It is a claim about readings, not
/// yet a decision; `HaltAdvisory` makes advisories of findings.
package struct Finding: Sendable, Equatable {
    /// What happened to the condition that the rule watches.
    package enum Change: String, Sendable {
        /// It holds now and did not before.
        case began
        /// It holds and has grown more serious by one step.
        case worsened
        /// It no longer holds, proven by a fresh good reading, or as the rule says.
        case ended
    }

    /// What a finding is about.
    package enum Subject: Sendable, Hashable {
        /// One sensor, by its index in the registry.
        case sensor(UInt32)
        /// A working place, by `Place.id`.
        case place(String)
        /// A gateway, by the code that the site file gives it.
        case gateway(String)
        /// The link to the broker.
        case link
    }

    /// One figure that a finding rests on.
    package struct Evidence: Sendable, Equatable, Codable {
        /// What it is, in a few lower-case words: `SD in 20 min`, `lowest neighbour`.
        package var name: String
        /// The figure, finite.
        package var value: Double
        /// Its unit, empty for a plain number; the sensor that it comes from, where it is another
        /// one than the subject, stands in `name`.
        package var unit: String

        /// A figure with its name and unit.
        package init(_ name: String, _ value: Double, _ unit: String = "") {
            self.name = name
            self.value = value
            self.unit = unit
        }
    }

    /// What it is about.
    package var subject: Subject
    /// The rule.
    package var rule: Rule
    /// What happened.
    package var change: Change
    /// The value that caused it, in the sensor's unit; `.nan` when there is none.
    package var value: Double
    /// Why the causing record is a fault; `.good` otherwise.
    package var quality: Reading.Quality
    /// When the value that caused it was measured, or the record that did came about.
    package var eventTime: Timestamp
    /// When the site was changed, where not a new reading but the change of a limit caused it;
    /// `nil` otherwise.
    package var changedAt: Timestamp?
    /// When the record arrived that led to the finding: the instant at which it was decided.
    package var arrivalTime: Timestamp
    /// Position in the ring of the record that led to the finding; never falls from one finding of
    /// a detector to the next.
    package var position: UInt64
    /// Whether the record is newer than all that was judged of this sensor before.
    package var isInOrder: Bool
    /// For `.trend` and `.slowRise`: when the limits are reached if it goes on like this.
    package var projection: Projection?
    /// The figures that it rests on, the weightiest first.
    package var evidence: [Evidence]
    /// The person in it, by the hash of the name; see `UInt64.init(nameHash:)`. 0 when there is
    /// none.
    package var person: UInt64 = 0
    /// When the newest reading of the sensor before this one was measured, where it is a reading
    /// that led to the finding and there was one; else `nil`.
    package var previousTime: Timestamp?

    /// For how long it had been so when it was told: how long it was held back. Nanoseconds.
    package var heldNanoseconds: Int64 = 0

    /// Since when it is so: the onset, when `change` is `.began`.
    package var since: Timestamp {
        changedAt ?? eventTime.advanced(byNanoseconds: -heldNanoseconds)
    }

    /// Whether sight was lost of a place just while its gas was high or rising: then the figures
    /// hold a value, and not only counts and times. Not the link: it would halt the whole mine for
    /// what stood in one place.
    package var isLossInGas: Bool {
        guard change != .ended, [.silence, .fault, .gateway, .flapping].contains(rule) else {
            return false
        }
        return evidence.contains { !$0.unit.isEmpty && $0.unit != "s" }
    }

    /// The sensor that it is about, if it is one.
    package var sensor: UInt32? {
        if case .sensor(let index) = subject { index } else { nil }
    }

    /// A finding with all that is known of its cause.
    package init(
        _ rule: Rule, _ change: Change, of subject: Subject, value: Double = .nan,
        quality: Reading.Quality = .good, eventTime: Timestamp, arrivalTime: Timestamp,
        position: UInt64, isInOrder: Bool = true, projection: Projection? = nil,
        evidence: [Evidence] = []
    ) {
        self.subject = subject
        self.rule = rule
        self.change = change
        self.value = value
        self.quality = quality
        self.eventTime = eventTime
        self.arrivalTime = arrivalTime
        self.position = position
        self.isInOrder = isInOrder
        self.projection = projection
        self.evidence = evidence
    }

    /// The finding `change` of `rule` that the record `reading` caused; on `subject`, or on the
    /// sensor of the record.
    package init(
        _ rule: Rule, _ change: Change, by reading: Reading, of subject: Subject? = nil,
        isInOrder: Bool = true, projection: Projection? = nil, evidence: [Evidence] = []
    ) {
        self.init(
            rule, change, of: subject ?? .sensor(reading.sensor), value: reading.value,
            quality: reading.quality, eventTime: reading.eventTime,
            arrivalTime: reading.arrivalTime, position: reading.position, isInOrder: isInOrder,
            projection: projection, evidence: evidence)
    }
}

/// When a rising value reaches the limits of its sensor, if it goes on as it does.
package struct Projection: Sendable, Equatable, Codable {
    /// A time with its band, in minutes from the newest reading; `latest` is `nil` where the band
    /// has no end: it may as well never come to that.
    package struct Band: Sendable, Equatable, Codable {
        /// Not sooner than this, but for one case in ten. Minutes, at least 0.
        package var earliest: Double
        /// The likeliest time. Minutes, at least `earliest`.
        package var likely: Double
        /// Not later than this, but for one case in ten. Minutes, at least `likely`.
        package var latest: Double?

        /// A band, in minutes.
        package init(earliest: Double, likely: Double, latest: Double?) {
            self.earliest = earliest
            self.likely = likely
            self.latest = latest
        }
    }

    /// To the alarm limit; `nil` where it is passed already, or where that cannot be predicted.
    package var toAlarm: Band?
    /// To the cut limit (to the alarm limit where the law knows no cut); `nil` where that cannot be
    /// predicted.
    package var toCut: Band?

    /// A projection to one or both limits.
    package init(toAlarm: Band? = nil, toCut: Band? = nil) {
        self.toAlarm = toAlarm
        self.toCut = toCut
    }
}
